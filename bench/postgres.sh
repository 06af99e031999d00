#!/usr/bin/env bash
# PostgreSQL on the same machine as client and load generator: visits through the gateway at 32 connections,
# settlements alone through the store, a move of SETTLEMENTS (1,000,000; 0: none).
#     bench/postgres.sh [SETTLEMENTS] [FOLDER that has them already]
set -eu
cd "$(dirname "$0")/.."
make -s build/yiheng build/bench/visits build/bench/postgres
settings="shared_buffers = 512MB
max_wal_size = 4GB
checkpoint_timeout = 15min"
. tests/cluster.inc
cluster_start bench
for d in visits settle move; do query postgres "CREATE DATABASE $d"; done
at() { echo "postgresql:///$1?host=$socket&port=$port&user=postgres"; }
[ "${YH_BENCH_ONLY-visits}" != visits ] || build/bench/visits 100000 "${YH_SECONDS-5}" 32 "$(at visits)"
[ "${YH_BENCH_ONLY-settle}" != settle ] || {
    build/bench/postgres settle "$(at settle)" "${YH_SECONDS-5}" 8 1
    build/bench/postgres settle "$(at settle)" "${YH_SECONDS-5}" 4 20
}
n=${1-1000000}
[ "$n" != 0 ] || exit 0
folder=${2-$dir/folder}
[ -e "$folder/yiheng.db" ] || build/bench/postgres fill "$folder" "$n"
build/yiheng move --quiet --from "$folder" --to "$(at move)" | tail -1
query move 'SELECT count(*) FROM settlement'
