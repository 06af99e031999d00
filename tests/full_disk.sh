#!/usr/bin/env bash
# The database's disk fills up under load: calls are refused for now and nothing acknowledged is lost; when there
# is room again everything goes on.  First the tables' disk, a tablespace on a small file system of its own: the server
# stays up and goes on by itself.  Then the log's, pg_wal: the server breaks down (PANIC) and does not come up before
# somebody makes room and starts it.  Needs the right to mount.
# needs: postgresql-15
set -eu
cd "$(dirname "$0")/.."
make -s build/tests/kill
. tests/cluster.inc
settings='fsync = off'
small() { # name, size: a file system of its own under $dir
    mkdir "$dir/$1"
    if ! mount -t tmpfs -o size="$2",mode=755 tmpfs "$dir/$1" 2>/dev/null; then
        echo 'full_disk: skipped, this user may not mount a small file system'
        exit 0
    fi
    [ "$(id -u)" != 0 ] || chown postgres "$dir/$1"
}
trap 'cluster_end 2>/dev/null || true; umount -l "$dir/tables" "$dir/wal" 2>/dev/null || true; rm -rf "$dir"' EXIT
settled() { on "$1" crowd 'SELECT count(*) FROM settlement' 2>/dev/null || echo 0; }
crowd_begins() { # node
    store=$(address "$1" crowd)
    build/yiheng init-demo --store "$store" --people 400 --family 4 --seed 5 >/dev/null
    mkdir "$dir/desk-$1"
    YH_STORE=$store YH_SERVERS=2 YH_FAMILY=1 YH_DESKS=16 YH_VISITS=${YH_VISITS-400} YH_PATIENT=1 timeout 400 \
        build/tests/kill "$dir/desk-$1" 0 5 400 >"$dir/text-$1" 2>&1 &
    crowd=$!
    until [ "$(settled "$1")" -gt 50 ]; do kill -0 $crowd || { cat "$dir/text-$1"; exit 1; }; sleep 0.2; done
}
crowd_ends() { # node
    wait $crowd || { cat "$dir/text-$1"; exit 1; }
    cat "$dir/text-$1"
    grep -q 'sent to two servers at once, [1-9][0-9]* calls refused for now' "$dir/text-$1" || { echo 'nobody was refused'; exit 1; }
}
fill_up() { dd if=/dev/zero of="$dir/$1/filler" bs=64k oflag=append conv=notrunc 2>/dev/null || true; } # until nothing is left

# ---- the tables' disk ----
small tables 48m
cluster_start one
on one postgres "CREATE TABLESPACE small LOCATION '$dir/tables'"
on one postgres 'CREATE DATABASE crowd TABLESPACE small'
crowd_begins one
fill_up tables
sleep 3
before=$(settled one)
sleep 2
after=$(settled one)
echo "disk full: $before settlements, 2 s later $after"
[ $((after - before)) -lt 40 ] || { echo 'the disk is full and settlements go on'; exit 1; }
rm "$dir/tables/filler"
crowd_ends one
grep -q 53100 "$dir/one/log" || grep -q 'No space left' "$dir/one/log" || { echo 'the server never ran out of space'; exit 1; }
cluster_stop one

# ---- the log's disk: segments of 1 MiB, so that the next one is soon wanted ----
small wal 32m
cluster_start two
cluster_stop two
as_postgres "$pgbin/pg_resetwal" --wal-segsize=1 -D "$dir/two/data" >/dev/null
as_postgres sh -c "mv '$dir/two/data/pg_wal' '$dir/wal/pg_wal' && ln -s '$dir/wal/pg_wal' '$dir/two/data/pg_wal'"
as_postgres sh -c "printf 'min_wal_size = 2MB\nmax_wal_size = 16MB\n' >>'$dir/two/data/postgresql.conf'"
cluster_again two
on two postgres 'CREATE DATABASE crowd'
crowd_begins two
fill_up wal
for _ in $(seq 300); do
    ! grep -q 'PANIC' "$dir/two/log" || break
    fill_up wal # what a checkpoint gave back
    sleep 0.1
done
grep -q 'PANIC.*No space left' "$dir/two/log" || { tail -20 "$dir/two/log"; echo 'the log disk never filled up'; exit 1; }
kill -0 $crowd || { cat "$dir/text-two"; echo 'the crowd was over before the log disk was full'; exit 1; }
sleep 2
rm "$dir/wal/filler"
up() { as_postgres "$pgbin/pg_ctl" -D "$dir/two/data" status >/dev/null; }
for _ in $(seq 50); do up || break; sleep 0.1; done # it gives up, or has come up by itself
up || cluster_again two
echo "log disk full: $(grep -c PANIC "$dir/two/log") breakdowns, then room and a start"
crowd_ends two
