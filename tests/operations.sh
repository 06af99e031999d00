#!/usr/bin/env bash
# docs/operations.md, tried: from a folder to PostgreSQL with three commands; backup, restore and a return to
# an earlier moment, for both.
# needs: postgresql-15 sqlite3 curl
set -eu
cd "$(dirname "$0")/.."
. tests/serve.inc
make -s build/tests/kill
y=$PWD/build/yiheng
. tests/cluster.inc
page=docs/operations.md
said() { grep -qF -- "$1" $page || { echo "$page does not say: $1"; exit 1; }; }

work() { # folder or address: some visits
    mkdir -p "$dir/desk"
    if [ "${1#postgresql}" = "$1" ]; then
        build/tests/kill "$1" 1 1 2000 >"$dir/text" || { cat "$dir/text"; exit 1; }
    else
        YH_STORE=$1 YH_SERVERS=1 YH_VISITS=50 build/tests/kill "$dir/desk" 0 1 2000 >"$dir/text" || { cat "$dir/text"; exit 1; }
    fi
}
settlements() { "$y" sql --store "$1" 'SELECT count(*) FROM settlement' | tail -1; }
clean() { "$y" verify --store "$1" >"$dir/text" || { cat "$dir/text"; exit 1; }; }

"$y" init-demo --data "$dir/data" --people 2000 >/dev/null
work "$dir/data"

# A folder: copied while it is written to, restored, and an earlier copy is the earlier moment.
said 'sqlite3 data/yiheng.db ".backup copy/yiheng.db"'
mkdir "$dir/copy"
n=$(settlements "$dir/data")
sqlite3 "$dir/data/yiheng.db" ".backup $dir/copy/yiheng.db"
serve "$dir/serve" "$y" serve --data "$dir/data" --sandbox --port 0 --regions 990100
server=$pid
mkdir "$dir/copy2"
sqlite3 "$dir/data/yiheng.db" ".backup $dir/copy2/yiheng.db"
kill -TERM $server
wait $server
clean "$dir/copy"
clean "$dir/copy2"
[ "$(settlements "$dir/copy")" = "$n" ] || { echo 'the copy is not of its moment'; exit 1; }

# Three commands, for a folder that nobody has worked on yet (the desks number their calls from 1).
"$y" init-demo --data "$dir/new" --people 2000 >/dev/null
mkdir -m 777 "$dir/wal"
settings="archive_mode = on
archive_command = 'test ! -f $dir/wal/%f && cp %p $dir/wal/%f'"
cluster_start one
said 'CREATE ROLE yiheng LOGIN'
query postgres 'CREATE ROLE yiheng LOGIN'
query postgres "CREATE DATABASE yiheng OWNER yiheng ENCODING 'UTF8' TEMPLATE template0"
store="postgresql:///yiheng?host=$socket&port=$port&user=yiheng"
said 'yiheng move --from data --to postgresql:///yiheng'
"$y" move --quiet --from "$dir/new" --to "$store" >/dev/null
said 'yiheng serve --store postgresql:///yiheng --folder data'
serve "$dir/serve" "$y" serve --store "$store" --folder "$dir/new" --sandbox --port 0 --regions 990100
server=$pid one=$url
curl -s "$url/" -d '{"infno":"1101","msgid":"H99010100001202603020805100001","fixmedins_code":"H99010100001",
    "mdtrtarea_admvs":"990101","insuplc_admdvs":"","inf_time":"2026-03-02 08:05:10","opter":"0001","opter_name":"测试操作员",
    "opter_type":"1","infver":"V1.0","recer_sys_code":"99","signtype":"SM3","input":{"data":{"mdtrt_cert_type":"02",
    "mdtrt_cert_no":"990101198001010014","psn_cert_type":"01","certno":"990101198001010014","psn_name":"测试甲"}}}' |
    grep -q '"infcode":"0"' || { echo 'the server on PostgreSQL does not answer'; exit 1; }
# A second process on the same database: who signed in to one is known to the other, and gone there when signed out.
serve "$dir/serve2" "$y" serve --store "$store" --folder "$dir/new" --sandbox --port 0 --regions 990100
second=$pid other=$url url=$one
signed=$(curl -s -D "$dir/head" "$url/api/session" -H 'Content-Type: application/json' -d '{"user":"demo-clerk","password":"yiheng-demo"}')
cookie=$(sed -n 's/^[Ss]et-[Cc]ookie: \(yiheng=[0-9a-f]*\).*/\1/p' "$dir/head")
csrf=$(grep -o '"csrf":"[^"]*"' <<<"$signed" | cut -d'"' -f4)
known() { curl -s -H "Cookie: $cookie" "$1/api/session" | grep -q '"user":"demo-clerk"'; }
known "$url" && known "$other" || { echo "signed in to one process, not known to both: $signed"; exit 1; }
curl -s -X DELETE -H "Cookie: $cookie" -H "X-CSRF: $csrf" "$url/api/session" >"$dir/out"
! known "$url" || { echo "still signed in: $(cat "$dir/out")"; exit 1; }
sleep 6
! known "$other" || { echo 'a session that another process ended goes on'; exit 1; }
kill -TERM $server $second
wait $server $second

# A base copy, work, a moment, more work and a mistake.
said 'pg_basebackup -D /backup/base -X stream -c fast'
mkdir "$dir/base"
[ "$(id -u)" != 0 ] || chown postgres "$dir/base"
as_postgres "$pgbin/pg_basebackup" -h "$socket" -p "$port" -U postgres -D "$dir/base/data" -X stream -c fast
work "$store"
n=$(settlements "$store")
moment=$(query yiheng 'SELECT now()')
sleep 1

# A dump is the whole of it.
said 'pg_dump -Fc -d postgresql:///yiheng -f yiheng.dump'
said 'pg_restore --exit-on-error -d postgresql:///yiheng2 yiheng.dump'
"$pgbin/pg_dump" -Fc -d "$store" -f "$dir/yiheng.dump"
query postgres "CREATE DATABASE yiheng2 OWNER yiheng ENCODING 'UTF8' TEMPLATE template0"
"$pgbin/pg_restore" --exit-on-error -d "${store/yiheng?/yiheng2?}" "$dir/yiheng.dump"
clean "${store/yiheng?/yiheng2?}"
[ "$(settlements "${store/yiheng?/yiheng2?}")" = "$n" ] || { echo 'the dump is not the whole'; exit 1; }

query yiheng 'ALTER TABLE ledger_entry DISABLE TRIGGER ALL; DELETE FROM ledger_entry WHERE grp % 2 = 0'
if "$y" verify --store "$store" >/dev/null; then echo 'the mistake went unnoticed'; exit 1; fi
query yiheng 'SELECT pg_switch_wal()' >/dev/null
sleep 1
cluster_stop one

# Back to the moment.
for line in archive_mode archive_command restore_command recovery_target_time recovery_target_action; do said "$line ="; done
as_postgres sh -c "cat >> '$dir/base/data/postgresql.auto.conf'; touch '$dir/base/data/recovery.signal'" <<TEXT
restore_command = 'cp $dir/wal/%f %p'
recovery_target_time = '$moment'
recovery_target_action = 'promote'
unix_socket_directories = '$dir/one'
TEXT
clusters="$clusters base"
cluster_again base
until [ "$(query yiheng 'SELECT pg_is_in_recovery()')" = f ]; do sleep 0.2; done
clean "$store"
[ "$(settlements "$store")" = "$n" ] || { echo "not that moment: $(settlements "$store") settlements, want $n"; exit 1; }
