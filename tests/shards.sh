#!/usr/bin/env bash
# Three PostgreSQL nodes as one store: the one suite, a town of families played by two servers, a lost node.
# needs: postgresql-15
set -eu
cd "$(dirname "$0")/.."
make -s build/tests/kill
y=$PWD/build/yiheng
. tests/cluster.inc
# The processes are stopped and killed here, the machine is not: what the disk does is tests/soak-power.sh's affair.
settings='max_prepared_transactions = 60
fsync = off'
declare -A port_of
for node in one two three; do
    cluster_start $node
    port_of[$node]=$port
done
on() { # node, database, SQL
    socket=$dir/$1 port=${port_of[$1]} query "$2" "$3"
}
nodes() { # database: makes it on each node, and the list of nodes
    local node
    printf 'node\turl\n' >"$dir/$1.tsv"
    for node in one two three; do
        on $node postgres "CREATE DATABASE $1"
        printf '%s\tpostgresql:///%s?host=%s&port=%s&user=postgres\n' $node "$1" "$dir/$node" "${port_of[$node]}" >>"$dir/$1.tsv"
    done
}
nodes suite
YH_TEST_SHARDS=$dir/suite.tsv timeout 300 build/yiheng-test shards >"$dir/suite.log" 2>&1 || { cat "$dir/suite.log"; exit 1; }
cat "$dir/suite.log"
# One node stopped; and what a process that died has left prepared.
cat >"$dir/node" <<TEXT
#!/usr/bin/env bash
as() { if [ "\$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/ "\$@"); else "\$@"; fi; }
as '$pgbin/pg_ctl' -D '$dir/two/data' -l '$dir/two/log' -w -t 60 -m immediate \$1 >/dev/null
TEXT
YH_TEST_SHARDS=$dir/suite.tsv YH_TEST_NODE="bash $dir/node" timeout 100 build/yiheng-test nodes_ >"$dir/suite.log" 2>&1 || { cat "$dir/suite.log"; exit 1; }
cat "$dir/suite.log"

# A town over three nodes, laid out by the script.
nodes town
"$y" sql --nodes "$dir/town.tsv" >"$dir/layout.sql"
as_postgres "$pgbin/psql" -qX -h "$dir/one" -p "${port_of[one]}" -U postgres -d postgres <"$dir/layout.sql" >/dev/null
store=postgresql+shards:$dir/town.tsv
"$y" init-demo --store "$store" --people 400 --family 4 --seed 5 >/dev/null
for node in one two three; do
    n=$(on $node town 'SELECT count(*) FROM public.account_group')
    [ "$n" -gt 20 ] || { echo "node $node has $n groups: they are not spread"; exit 1; }
    echo "node $node: $n groups, $(on $node town 'SELECT count(*) FROM nodes.person') persons seen"
done
crossing=$(on one town "SELECT count(*) FROM nodes.binding b WHERE NOT EXISTS (SELECT FROM public.account_group g WHERE
    (g.region, g.grp) = (b.region, b.grp)) AND EXISTS (SELECT FROM public.account_group g WHERE (g.region, g.grp) = (b.owner_region, b.owner_grp))")
[ "$crossing" -gt 0 ] || { echo 'no relative has an account on another node'; exit 1; }
mkdir "$dir/desk"
zero() { # nothing is left between the nodes when nobody is at it
    [ "$(on one town "SELECT coalesce(sum(debit - credit), 0) FROM nodes.ledger_entry WHERE account = 'transit'")" = 0 ] ||
        { echo 'the transit account is not at zero'; exit 1; }
    for node in one two three; do
        [ "$(on $node town 'SELECT count(*) FROM pg_prepared_xacts')" = 0 ] || { echo "node $node keeps a transaction prepared"; exit 1; }
    done
}
"$y" sql --store "$store" 'SELECT count(*) FROM person' || exit 1
cat >"$dir/chaos" <<TEXT
#!/usr/bin/env bash
as() { if [ "\$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/ "\$@"); else "\$@"; fi; }
as '$pgbin/pg_ctl' -D '$dir/two/data' -l '$dir/two/log' -w -t 60 -m immediate restart >/dev/null
TEXT
chmod +x "$dir/chaos"
export YH_CHAOS="$dir/chaos"
# Two servers, families across nodes; a server is killed, a node restarted without warning, in turn.
YH_STORE=$store YH_SERVERS=2 YH_FAMILY=1 YH_DESKS=8 timeout 300 build/tests/kill "$dir/desk" "${YH_KILLS:-6}" 5 400
for i in 1 2 3 4 5 6; do # what they left prepared is decided by whoever opens the nodes, when it is 3 s old
    [ "$(for node in one two three; do on $node town 'SELECT count(*) FROM pg_prepared_xacts'; done | tr -d '\n')" = 000 ] && break
    sleep 2
    "$y" user list --store "$store" >/dev/null 2>&1 || true
done
zero
on one town "SELECT count(*) || ' draws on a relative, ' || count(*) FILTER (WHERE EXISTS (SELECT FROM public.account_group g WHERE
    (g.region, g.grp) = (h.region, h.grp)) <> EXISTS (SELECT FROM public.account_group g WHERE (g.region, g.grp) = (h.user_region, h.user_grp)))
    || ' of them to or from node one' FROM nodes.hold h"
"$y" verify --store "$store" | tail -2

# Moving in from a folder.
"$y" init-demo --data "$dir/folder" --people 100 --family 4 --seed 5 >/dev/null
nodes moved
"$y" move --from "$dir/folder" --to "postgresql+shards:$dir/moved.tsv" --quiet
