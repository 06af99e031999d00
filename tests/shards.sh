#!/usr/bin/env bash
# Three PostgreSQL nodes as one store: the one suite, a lost node and what a dead process left, the layout.
# The load, the kills and the crowd are tests/soak-nodes.sh's affair.
# needs: postgresql-15
set -eu
cd "$(dirname "$0")/.."
y=$PWD/build/yiheng
. tests/cluster.inc
# The processes are stopped and killed here, the machine is not: what the disk does is tests/soak-power.sh's affair.
settings='fsync = off'
nodes_start
nodes_make suite
YH_TEST_SHARDS=$dir/suite.tsv timeout 300 build/yiheng-test shards >"$dir/suite.log" 2>&1 || { cat "$dir/suite.log"; exit 1; }
cat "$dir/suite.log"
# One node stopped, one that hangs; and what a process that died has left prepared.
cat >"$dir/node" <<TEXT
#!/usr/bin/env bash
# stop, start; hang: the server and all its backends stand still, go_on: they go on; cut: our connections are ended
as() { if [ "\$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/ "\$@"); else "\$@"; fi; }
each() { local p=\$(head -1 '$dir/two/data/postmaster.pid'); kill -\$1 \$p \$(ps -o pid= --ppid \$p); }
case \$1 in
hang) each STOP ;;
go_on) each CONT ;;
cut) '$pgbin/psql' -h '$dir/two' -p ${port_of[two]} -U postgres -qAtX -d suite -c "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'yiheng'" ;;
*) as '$pgbin/pg_ctl' -D '$dir/two/data' -l '$dir/two/log' -w -t 60 -m immediate \$1 >/dev/null ;;
esac
TEXT
YH_TEST_SHARDS=$dir/suite.tsv YH_TEST_NODE="bash $dir/node" timeout 400 build/yiheng-test nodes_ >"$dir/suite.log" 2>&1 || { cat "$dir/suite.log"; exit 1; }
cat "$dir/suite.log"

# A town over three nodes, laid out by the script.
nodes_make town
nodes_lay_out town
"$y" init-demo --store "$store" --people 400 --family 4 --seed 5 >/dev/null
for node in one two three; do
    n=$(on $node town 'SELECT count(*) FROM public.account_group')
    [ "$n" -gt 20 ] || { echo "node $node has $n groups: they are not spread"; exit 1; }
    echo "node $node: $n groups, $(on $node town 'SELECT count(*) FROM nodes.person') persons seen"
done
crossing=$(on one town "SELECT count(*) FROM nodes.binding b WHERE NOT EXISTS (SELECT FROM public.account_group g WHERE
    (g.region, g.grp) = (b.region, b.grp)) AND EXISTS (SELECT FROM public.account_group g WHERE (g.region, g.grp) = (b.owner_region, b.owner_grp))")
[ "$crossing" -gt 0 ] || { echo 'no relative has an account on another node'; exit 1; }
"$y" sql --store "$store" 'SELECT count(*) FROM person'
"$y" verify --store "$store" | tail -2

# Moving in from a folder.
"$y" init-demo --data "$dir/folder" --people 100 --family 4 --seed 5 >/dev/null
nodes_make moved
"$y" move --from "$dir/folder" --to "$store" --quiet

# The script for Citus, which Debian does not have: all of it runs on PostgreSQL, with Citus's two functions played by
# ones that ask what Citus asks of a table: the column is there, and every unique index holds it.
on one postgres 'CREATE DATABASE citus'
cat >"$dir/stand-in.sql" <<'SQL'
CREATE TABLE laid (name regclass PRIMARY KEY, by_column text, beside text);
CREATE FUNCTION create_distributed_table(name regclass, by_column text, colocate_with text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE n int2 := (SELECT attnum FROM pg_attribute WHERE attrelid = name AND attname = by_column AND NOT attisdropped);
BEGIN
    IF n IS NULL THEN RAISE EXCEPTION '% has no column %', name, by_column; END IF;
    IF EXISTS (SELECT FROM pg_index WHERE indrelid = name AND indisunique AND NOT (n = ANY (indkey::int2[]))) THEN
        RAISE EXCEPTION '% has a unique index without %', name, by_column; END IF;
    IF colocate_with <> 'none' AND NOT EXISTS (SELECT FROM laid l WHERE l.name = colocate_with::regclass) THEN
        RAISE EXCEPTION '% is to lie beside %, which is not distributed', name, colocate_with; END IF;
    INSERT INTO laid VALUES (name, by_column, colocate_with);
END $$;
CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE sql AS $$ INSERT INTO laid VALUES (name, NULL, NULL) $$;
SQL
"$y" sql --citus | sed 's/^CREATE EXTENSION IF NOT EXISTS citus;//' >"$dir/citus.sql"
as_postgres "$pgbin/psql" -qX -v ON_ERROR_STOP=1 -h "$dir/one" -p "${port_of[one]}" -U postgres -d citus -f - <"$dir/stand-in.sql"
as_postgres "$pgbin/psql" -qAtX -v ON_ERROR_STOP=1 -h "$dir/one" -p "${port_of[one]}" -U postgres -d citus -f - <"$dir/citus.sql" >/dev/null
on one citus "SELECT count(*) FILTER (WHERE beside = 'account_group' OR name = 'account_group'::regclass) || ' tables by account group, ' ||
    count(*) FILTER (WHERE beside = 'none' AND name <> 'account_group'::regclass) || ' by a key of their own, ' || count(*) FILTER (WHERE by_column IS NULL) || ' everywhere' FROM laid"
left=$(on one citus "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('laid', 'yiheng_schema') AND NOT EXISTS
    (SELECT FROM laid WHERE name = (quote_ident(tablename))::regclass)")
[ "$left" = 0 ] || { echo "$left tables have no place in Citus"; exit 1; }
