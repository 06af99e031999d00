#!/usr/bin/env bash
# Every statement of the settlement path touches one partition: the tables are laid out as 16 hash partitions
# by account group, visits are played, and the plans that the server really ran are read.
# needs: postgresql-15 python3
set -eu
cd "$(dirname "$0")/.."
make -s build/tests/kill
y=$PWD/build/yiheng
. tests/cluster.inc
settings="shared_preload_libraries = 'auto_explain'
auto_explain.log_min_duration = -1
log_line_prefix = '@%a '"
cluster_start one
query postgres 'CREATE DATABASE parts'
store="postgresql:///parts?host=$socket&port=$port&user=postgres"
"$y" sql --layout 16 >"$dir/layout"
"$pgbin/psql" -h "$socket" -p "$port" -U postgres -d parts -qX1 -v ON_ERROR_STOP=1 -f "$dir/layout"
"$y" init-demo --store "$store" --people 400 --family 4 --seed 5 >/dev/null
[ "$(query parts "SELECT count(*) FROM pg_partitioned_table")" -gt 15 ] || { echo 'the tables are not partitioned'; exit 1; }
query postgres "ALTER SYSTEM SET auto_explain.log_min_duration = 0; " 
query postgres 'SELECT pg_reload_conf()' >/dev/null
sleep 0.5
mkdir "$dir/desk"
YH_STORE=$store YH_FAMILY=1 YH_DESKS=8 YH_VISITS=60 build/tests/kill "$dir/desk" 0 5 400 >"$dir/text" || { cat "$dir/text"; exit 1; }
# One that is no settlement's: it must be found out.
PGAPPNAME=slip "$pgbin/psql" "$store" -qAtX -c "SELECT count(*) FROM settlement WHERE provider = 'H99010100001'" >/dev/null
query postgres 'SELECT pg_reload_conf()' >/dev/null
python3 - "$dir/one/log" <<'PY'
import re, sys
text = open(sys.argv[1], encoding='utf-8', errors='replace').read()
entries = re.split(r'^@', text, flags=re.M)
seen, tables, bad, slip = {}, set(), {}, False
for e in entries:
    if ' plan:\n' not in e:
        continue
    app = e.split(' ', 1)[0]
    query = re.search(r'Query Text: (.*?)\n(?=\t\w)', e, re.S)
    query = re.sub(r'\s+', ' ', query.group(1)) if query else e[:80]
    # Reports and the proof walk through cursors (FETCH, DECLARE) and by SELECTs of their own.
    if query.startswith(('DECLARE', 'FETCH')):
        continue
    parts = {}
    for table, n in re.findall(r' on (?:public\.)?(\w+?)_(\d+)\b', e):
        parts.setdefault(table, set()).add(n)
    many = {t: len(p) for t, p in parts.items() if len(p) > 1}
    if app == 'slip':
        slip = slip or bool(many)
    elif app == 'yiheng':
        seen[query] = seen.get(query, 0) + 1
        tables |= set(parts) | set(re.findall(r'Insert on (\w+)', e))
        if many:
            bad[query] = many
for q, m in bad.items():
    print('touches several partitions:', m, q)
want = {'account_group', 'person', 'enrolment', 'account', 'binding', 'accumulator', 'visit', 'diagnosis',
        'charge_batch', 'settlement', 'settlement_fund', 'ledger_entry', 'request', 'hold'}
if want - tables:
    print('never touched:', sorted(want - tables))
if not slip:
    print('a statement over all partitions was not found out')
print(len(seen), 'statements,', sum(seen.values()), 'plans')
sys.exit(bool(bad or want - tables or not slip or len(seen) < 30))
PY
