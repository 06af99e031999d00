#!/usr/bin/env bash
# usage: tests/soak-postgres.sh [one|nodes]
# Two servers on one PostgreSQL database, or on three nodes as one store; 64 desks, families that draw on
# each other's accounts within and across groups (and nodes), calls sent to both servers at once: 1,000
# settlements without a deadlock; then 10 kills of server, backends and cluster (a node of the three)
# under load.  With YH_FULL=1 (make soak) 100,000 and 100.
# needs: postgresql-15
set -eu
cd "$(dirname "$0")/.."
make -s build/tests/kill
. tests/cluster.inc
. tests/crowd.inc
on_what=${1:-one}
seed=${YH_SEED-$(date +%s)}
visits=1000 kills=10 people=400
if [ "${YH_FULL-}" ]; then visits=100000 kills=100 people=4000; fi
echo "$on_what, seed $seed"
if [ "$on_what" = nodes ]; then nodes_start; else cluster_start one; fi
crowd_open "$on_what"
YH_VISITS=${YH_VISITS-$visits} crowd 0 "$seed" $people
no_deadlock
if [ "$on_what" = nodes ]; then
    on one crowd "SELECT count(*) || ' draws on a relative, ' || count(*) FILTER (WHERE EXISTS (SELECT FROM public.account_group g WHERE
        (g.region, g.grp) = (h.region, h.grp)) <> EXISTS (SELECT FROM public.account_group g WHERE (g.region, g.grp) = (h.user_region, h.user_grp)))
        || ' of them to or from node one' FROM nodes.hold h"
fi
crowd_close
unset YH_VISITS
crowd_open "$on_what"
YH_CHAOS=$dir/chaos crowd "${YH_KILLS-$kills}" "$((seed + 1))" $people
