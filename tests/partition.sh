#!/usr/bin/env bash
# Every statement of the settlement path touches one partition: the tables are laid out as 16 hash partitions
# by account group, visits are played, and the plans that the server really ran are read.  Then over three
# nodes: no plan reads another node's table, and every statement of an account group goes to one node, its own.
# needs: postgresql-15 python3
set -eu
cd "$(dirname "$0")/.."
make -s build/tests/kill
y=$PWD/build/yiheng
. tests/cluster.inc
settings="shared_preload_libraries = 'auto_explain'
auto_explain.log_min_duration = -1
log_line_prefix = '@%a '"
mkdir "$dir/desk"

played() { # store, then what to run on each server so that it writes its plans down, or not
    "$y" init-demo --store "$1" --people 400 --family 4 --seed 5 >/dev/null
    $2 on
    sleep 0.5
    YH_STORE=$1 YH_FAMILY=1 YH_DESKS=8 YH_VISITS=60 build/tests/kill "$dir/desk" 0 5 400 >"$dir/text" || { cat "$dir/text"; exit 1; }
}

# ---- one server, 16 partitions ----
cluster_start solo
on solo postgres 'CREATE DATABASE parts'
"$y" sql --layout 16 >"$dir/layout"
"$pgbin/psql" -h "$dir/solo" -p "${port_of[solo]}" -U postgres -d parts -qX1 -v ON_ERROR_STOP=1 -f "$dir/layout"
[ "$(on solo parts "SELECT count(*) FROM pg_partitioned_table")" -gt 15 ] || { echo 'the tables are not partitioned'; exit 1; }
explain_solo() {
    on solo postgres "ALTER SYSTEM SET auto_explain.log_min_duration = 0"
    on solo postgres 'SELECT pg_reload_conf()' >/dev/null
}
store=$(address solo parts)
played "$store" explain_solo
# One that is no settlement's: it must be found out.
PGAPPNAME=slip "$pgbin/psql" "$store" -qAtX -c "SELECT count(*) FROM settlement WHERE provider = 'H99010100001'" >/dev/null

# ---- three nodes ----
nodes_start
nodes_make parts
nodes_lay_out parts
explain_nodes() {
    for node in one two three; do
        on $node postgres "ALTER SYSTEM SET auto_explain.log_min_duration = 0"
        on $node postgres "ALTER SYSTEM SET log_min_duration_statement = 0"
        on $node postgres 'SELECT pg_reload_conf()' >/dev/null
    done
}
played "$store" explain_nodes
PGAPPNAME=slip "$pgbin/psql" "$(address one parts)" -qAtX -c "SELECT count(*) FROM nodes.settlement WHERE provider = 'H99010100001'" >/dev/null
# Which node PostgreSQL's own hash says, from the reading side's partitions.
for node in one two three; do
    on $node parts "SELECT '$node', region, grp FROM public.account_group"
done >"$dir/groups"

cat >"$dir/read.py" <<'PY'
import re, sys

def entries(path):
    text = open(path, encoding='utf-8', errors='replace').read()
    return re.split(r'^@', text, flags=re.M)

def plans(path):
    """(who, statement, plan) of each plan written down, those of cursors and of whole tables (counted, copied
    out; on a view alone) left out: reports and the proof; so is the daily sweep of scans whose time is over."""
    for e in entries(path):
        if ' plan:\n' not in e:
            continue
        query = re.search(r'Query Text: (.*?)\n(?=\t\w)', e, re.S)
        query = re.sub(r'\s+', ' ', query.group(1)) if query else e[:80]
        if ' FROM "scan" WHERE "until" >= ' not in query and not query.startswith(('DECLARE', 'FETCH', 'SELECT count(*)::bigint FROM "', 'COPY (SELECT')):
            yield e.split(' ', 1)[0], query, e

def judge(what, path, wide):
    """wide: what a plan touches too much; {} = nothing."""
    seen, tables, bad, slip = {}, set(), {}, False
    for app, query, e in plans(path):
        many = wide(e)
        if app == 'slip':
            slip = slip or bool(many)
        elif app == 'yiheng':
            seen[query] = seen.get(query, 0) + 1
            tables |= set(re.findall(r' on (?:public\.)?([a-z_]+?)(?:_\d+)?\b', e))
            if many:
                bad[query] = many
    for q, m in bad.items():
        print(what, 'touches several partitions:', m, q)
    return seen, tables, bad, slip

def many_partitions(e):
    parts = {}
    for table, n in re.findall(r' on (?:public\.)?(\w+?)_(\d+)\b', e):
        parts.setdefault(table, set()).add(n)
    return {t: len(p) for t, p in parts.items() if len(p) > 1}

def foreign(e):
    return set(re.findall(r'Foreign Scan on (\w+)', e)) | ({'nodes'} if ' on nodes.' in e else set())

WANT = {'account_group', 'person', 'enrolment', 'account', 'binding', 'accumulator', 'visit', 'diagnosis',
        'charge_batch', 'settlement', 'settlement_fund', 'ledger_entry', 'request', 'hold'}
folder, fail = sys.argv[1], False

seen, tables, bad, slip = judge('one server:', folder + '/solo/log', many_partitions)
print('16 partitions:', len(seen), 'statements,', sum(seen.values()), 'plans')
fail |= bool(bad or WANT - tables or not slip or len(seen) < 30)
if WANT - tables or not slip:
    print('never touched:', sorted(WANT - tables), 'the slip was found out:', slip)

# Over nodes: the plans first, then where each group's statements went.
all_seen, all_tables, slipped, where, statements = {}, set(), False, {}, 0
for node in ('one', 'two', 'three'):
    seen, tables, bad, slip = judge('node ' + node, '%s/%s/log' % (folder, node), foreign)
    fail |= bool(bad)
    slipped |= slip
    all_tables |= tables
    for q, n in seen.items():
        all_seen[q] = all_seen.get(q, 0) + n
    last = None
    for e in entries('%s/%s/log' % (folder, node)):
        m = re.match(r'yiheng LOG:  duration: \S+ ms  execute [^:]*: (.*)', e, re.S)
        if m:
            last = m.group(1)
            continue
        d = re.match(r'yiheng DETAIL:  parameters: (.*)', e, re.S)
        if d and last:
            value = dict(re.findall(r"\$(\d+) = '([^']*)'", d.group(1)))
            at = re.search(r'"region" = \$(\d+) AND "grp" = \$(\d+)', last)
            into = re.match(r'INSERT INTO "\w+" \(([^)]*)\)', last)
            if last.startswith(('DECLARE', 'FETCH')):
                group = None
            elif at:
                group = value.get(at.group(1)), value.get(at.group(2))
            elif into and '"grp"' in into.group(1) and not last.startswith('INSERT INTO "person_key"'):
                names = [c.strip().strip('"') for c in into.group(1).split(',')]
                group = value.get(str(names.index('region') + 1)), value.get(str(names.index('grp') + 1))
            else:
                group = None
            if group and all(group) and group[1] != '0':
                statements += 1
                where.setdefault(group, {}).setdefault(node, last[:150])
        last = None
home = {(r, g): n for n, r, g in (l.rstrip('\n').split('|') for l in open(folder + '/groups'))}
astray = {g: n for g, n in where.items() if len(n) > 1 or (g in home and set(n) != {home[g]})}
for g, n in list(astray.items())[:5]:
    print('group', g, 'is on', home.get(g), 'and was asked of', n)
print('three nodes:', len(all_seen), 'statements,', sum(all_seen.values()), 'plans;', statements, 'statements of',
      len(where), 'groups, each on one node')
if WANT - all_tables or not slipped:
    print('never touched:', sorted(WANT - all_tables), 'the slip was found out:', slipped)
fail |= bool(astray or WANT - all_tables or not slipped or len(all_seen) < 30 or len(where) < 30 or statements < 500)
sys.exit(fail)
PY
python3 "$dir/read.py" "$dir"
