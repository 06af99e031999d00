#!/usr/bin/env bash
# Two servers on one PostgreSQL database, 64 desks, families that draw on each other's accounts within and
# across groups, calls sent to both servers at once: 1,000 settlements without a deadlock; then 10 kills of
# server, backends and cluster under load.  With YH_FULL=1 (make soak) 100,000 and 100.
# needs: postgresql-15
set -eu
cd "$(dirname "$0")/.."
make -s build/tests/kill
. tests/cluster.inc
. tests/crowd.inc
seed=${YH_SEED-$(date +%s)}
visits=1000 kills=10 people=400
if [ "${YH_FULL-}" ]; then visits=100000 kills=100 people=4000; fi
echo "seed $seed"
cluster_start one
YH_VISITS=${YH_VISITS-$visits} crowd 0 "$seed" $people
no_deadlock
query postgres 'DROP DATABASE crowd'
unset YH_VISITS
YH_CHAOS=$dir/chaos crowd "${YH_KILLS-$kills}" "$((seed + 1))" $people
