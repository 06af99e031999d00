#!/usr/bin/env bash
# The engine inside PostgreSQL and inside SQLite gives what `yiheng settle`, `group` and `policy check`
# give, and a bad bill is an SQL error that leaves the server standing.
# needs: postgresql-15 postgresql-server-dev-15 sqlite3
set -eu
cd "$(dirname "$0")/.."
. tests/cluster.inc
. tests/town.inc
make -s ext
# The server's user reads copies of its own: no installation, and CREATE EXTENSION is played by the script.
home=$dir/home
mkdir "$home"
cp -R policy "$home/policy"
mkdir -p "$home/catalogs/chs-drg"
cp -R catalogs/kinds.tsv catalogs/regions.tsv catalogs/terms "$home/catalogs/"
cp -R catalogs/chs-drg/_shared catalogs/chs-drg/chs_drg_11* catalogs/chs-drg/regions.tsv "$home/catalogs/chs-drg/"
cp ext/postgres/yiheng.so "$dir/yiheng.so"
chmod -R a+rX "$home" "$dir/yiheng.so"
settings="shared_preload_libraries = '$dir/yiheng.so'
yiheng.home = '$home'
max_parallel_workers_per_gather = 2
min_parallel_table_scan_size = 0
parallel_setup_cost = 0
parallel_tuple_cost = 0"
cluster_start one
sed -e '/^\\echo/d' -e "s|'MODULE_PATHNAME'|'$dir/yiheng.so'|" ext/postgres/yiheng--0.1.sql >"$dir/yiheng.sql"
ask() { query postgres "$1"; }
as_postgres "$pgbin/psql" -h "$socket" -p "$port" -U postgres -qX -v ON_ERROR_STOP=1 -d postgres -f - <"$dir/yiheng.sql"
failed=0
same() { # name, file, file
    cmp -s "$2" "$3" && return
    echo "FAILED: $1"; diff "$2" "$3" | head -5; failed=1
}
refused() { # name, words, SQL
    local out
    if out=$(ask "$3" 2>&1); then echo "FAILED: $1 was accepted: $out"; failed=1; return; fi
    case $out in *"$2"*) ;; *) echo "FAILED: $1 answered: $out"; failed=1 ;; esac
}
quoted() { sed "s/'/''/g"; }

v=$(ask 'SELECT yiheng_version()')
[[ $v =~ ^[0-9a-f]{16}$ ]] || { echo "version: $v"; exit 1; }

# settle, explain: the bytes of the command
build/yiheng settle docs/examples/bills.jsonl >"$dir/want.settle"
build/yiheng settle --explain docs/examples/bills.jsonl >"$dir/want.explain"
ask 'CREATE TABLE bill (n serial, body text)'
while IFS= read -r line; do
    ask "INSERT INTO bill (body) VALUES ('$(printf %s "$line" | quoted)')"
done <docs/examples/bills.jsonl
ask "SELECT yiheng_settle('$v', body) FROM bill ORDER BY n" >"$dir/got.settle"
same 'PostgreSQL settles' "$dir/want.settle" "$dir/got.settle"
grep -q '12,720.00' <<<"$(ask "SELECT yiheng_explain('$v', body) FROM bill WHERE n = 1")" || { echo 'FAILED: explain'; failed=1; }

# pay: totals, the same fen as the JSON way, in parallel workers too
facts='{"region":"990101","scheme":"390","begin":"2026-03-10","end":"2026-03-18","facts":{"就医类别":"住院","人员":"成年居民","身份":["低保"],"级别":"三级","次数":1,"年龄":40}}'
names=$(ask "SELECT yiheng_standing('$v', '$facts')")
grep -q '大病保险.累计' <<<"$names" || { echo "FAILED: standing names $names"; failed=1; }
at=$(ask "SELECT n FROM json_array_elements_text(yiheng_standing('$v', '$facts')) WITH ORDINALITY AS t(name, n) WHERE name = '大病保险.累计'")
before=$(ask "SELECT array_agg(CASE WHEN i = $at THEN 600000 ELSE 0 END ORDER BY i)::bigint[] FROM generate_series(1, $at) i")
got=$(ask "SELECT p.hifp_pay, p.hifmi_pay, p.maf_pay, p.person, p.total FROM yiheng_pay('$v', '$facts', 120000, 30000, 150000, 2200000, '$before') p")
[ "$got" = '1272000|538200|272860|416940|2500000' ] || { echo "FAILED: pay gave $got"; failed=1; }
ask "CREATE TABLE cost AS SELECT i AS n, (i * 7919 % 100000)::bigint AS outside, (i * 104729 % 9000000)::bigint AS scope FROM generate_series(1, 3000) i"
sum='SELECT sum((yiheng_pay('"'$v', '$facts'"', outside, 0, 0, scope)).fund) FROM cost'
one=$(ask "SET max_parallel_workers_per_gather = 0; $sum")
two=$(ask "SET debug_parallel_query = on; SET force_parallel_mode = on; $sum" 2>/dev/null || ask "SET force_parallel_mode = on; $sum")
json=$(ask "SELECT sum(((yiheng_settle('$v', jsonb_set(jsonb_set(jsonb_set('$facts'::jsonb, '{medfee_sumamt}', to_jsonb((outside + scope) / 100.0)), '{inscp_scp_amt}', to_jsonb(scope / 100.0)), '{fulamt_ownpay_amt}', to_jsonb(outside / 100.0))::text) -> 'setlinfo' ->> 'fund_pay_sumamt')::numeric * 100)::bigint) FROM cost")
[ "$one" = "$two" ] && [ "$one" = "$json" ] || { echo "FAILED: pay alone $one, parallel $two, by JSON $json"; failed=1; }

# pay_lines: lines split by their terms, the same fen as the JSON way; a line without a day is of the first day
ask "CREATE TABLE fee AS SELECT i AS n, array_agg(code) AS code, array_agg(price) AS price, array_agg(quantity) AS quantity,
    array_agg(price * quantity / 100000000) AS amount, array_agg(day) AS day
  FROM (SELECT i, (ARRAY['XA01ABD075A002010100483', '002501010010000', '001102000030000', '002103000000000', '001109000010000', 'X404'])[1 + (i * 5 + k * 7) % 6] AS code,
               (1 + i * 7919 % 50000 + k * 37)::bigint * 10000 AS price, (1 + (i + k) % 5)::bigint * 10000 AS quantity, '2026-03-10'::date + k AS day
        FROM generate_series(1, 400) i, generate_series(0, 6) k) l GROUP BY i"
cat >"$dir/lines.sql" <<SQL
SELECT count(*), sum(((j -> 'setlinfo' ->> 'fund_pay_sumamt')::numeric * 100)::bigint), sum((p).fund), sum((p).person), sum((p).standing[1]),
       count(*) FILTER (WHERE p IS DISTINCT FROM q), count(*) FILTER (WHERE (p).fund <> ((j -> 'setlinfo' ->> 'fund_pay_sumamt')::numeric * 100)::bigint
           OR (p).person <> ((j -> 'setlinfo' ->> 'psn_part_amt')::numeric * 100)::bigint OR (p).total <> ((j -> 'setlinfo' ->> 'medfee_sumamt')::numeric * 100)::bigint)
FROM (SELECT n, yiheng_pay_lines('$v', '$facts', code, price, quantity, amount, day) AS p,
             yiheng_pay_lines('$v', '$facts', code, price, quantity, amount) AS q,
             yiheng_settle('$v', jsonb_set('$facts'::jsonb, '{lines}', (SELECT jsonb_agg(jsonb_build_object('feedetl_sn', i::text, 'med_list_codg', c,
                 'pric', p / 1e6, 'cnt', q / 1e4, 'det_item_fee_sumamt', a / 100.0, 'fee_ocur_time', d)) FROM unnest(code, price, quantity, amount, day)
                 WITH ORDINALITY x(c, p, q, a, d, i)))::text) AS j FROM fee OFFSET 0) t
SQL
IFS='|' read -r bills json fund person sum1 days differ < <(ask "$(cat "$dir/lines.sql")")
[ "$bills" = 400 ] && [ "$differ" = 0 ] && [ "$json" = "$fund" ] && [ "$fund" -gt 10000000 ] && [ "$person" -gt 100000000 ] && [ "$days" = 0 ] ||
    { echo "FAILED: lines: $bills bills, JSON $json, lines $fund and $person, $differ differ, $days by day"; failed=1; }
# rows of one statement may be of several documents, each with accumulators of its own
other=${facts//390/310}; other=${other//成年居民/在职}
ask "CREATE TABLE mixed AS SELECT i AS n, CASE WHEN i % 3 = 0 THEN '$other' ELSE '$facts' END AS facts, 10000 * i::bigint AS scope FROM generate_series(1, 60) i"
each='SELECT n, yiheng_pay('"'$v'"', facts, 5, 6, 7, scope) FROM mixed'
ask "SELECT * FROM ($each) t ORDER BY n" >"$dir/mixed"
{ ask "$each WHERE n % 3 = 0"; ask "$each WHERE n % 3 <> 0"; } | sort -n >"$dir/apart"
same 'rows of two documents' "$dir/apart" "$dir/mixed"
[ "$(awk -F, '{ print NF }' "$dir/mixed" | sort -u | wc -l)" = 2 ] || { echo 'FAILED: the two documents have as many accumulators'; failed=1; }
refused 'lines of two lengths' 同样长 "SELECT yiheng_pay_lines('$v', '$facts', ARRAY['X'], ARRAY[1, 2]::bigint[], ARRAY[10000]::bigint[], ARRAY[1]::bigint[])"
refused 'a null among the lines' 不含空值 "SELECT yiheng_pay_lines('$v', '$facts', ARRAY['X', NULL], ARRAY[1, 2]::bigint[], ARRAY[1, 2]::bigint[], ARRAY[1, 2]::bigint[])"
refused 'a line without end' 日期 "SELECT yiheng_pay_lines('$v', '$facts', ARRAY['X'], ARRAY[10000]::bigint[], ARRAY[10000]::bigint[], ARRAY[1]::bigint[], ARRAY['infinity'::date])"
refused 'a price that does not fit' 明细 "SELECT yiheng_pay_lines('$v', '$facts', ARRAY['X'], ARRAY[10000]::bigint[], ARRAY[10000]::bigint[], ARRAY[500]::bigint[])"

# group: the test set's own groups
head -200 tests/casemix/chs_drg_11.tsv >"$dir/cases.tsv"
build/yiheng group --scheme chs_drg_11 "$dir/cases.tsv" | awk -F'\t' '!/^#/ && $1 != "id" { print $4 }' >"$dir/want.drg"
awk -F'\t' 'NR == 1 { sub(/^#/, ""); for (i = 1; i <= NF; i++) name[i] = $i; next }
    { s = ""; for (i = 1; i <= NF; i++) if ($i != "") s = s (s == "" ? "" : ",") "\"" name[i] "\":\"" $i "\""; print "{" s "}" }' \
    "$dir/cases.tsv" >"$dir/cases.jsonl"
ask 'CREATE TABLE discharge (n serial, body text)'
while IFS= read -r line; do printf "INSERT INTO discharge (body) VALUES ('%s');\n" "$line"; done <"$dir/cases.jsonl" >"$dir/cases.sql"
as_postgres "$pgbin/psql" -h "$socket" -p "$port" -U postgres -qX1 -v ON_ERROR_STOP=1 -d postgres -f - <"$dir/cases.sql"
ask "SELECT yiheng_group('$v', 'chs_drg_11', body) FROM discharge ORDER BY n" >"$dir/got.drg"
same 'PostgreSQL groups' "$dir/want.drg" "$dir/got.drg"
[ "$(wc -l <"$dir/want.drg")" -gt 100 ] || { echo 'FAILED: too few cases'; failed=1; }

# check: a wrong document's finding, a right one's silence
wrong=$(ls policy/wrong/*.md | head -1)
line=$(ask "SELECT j ->> 'line' FROM json_array_elements(yiheng_check('$v', '$(quoted <"$wrong")')) j WHERE j ->> 'severity' = '错误' LIMIT 1")
build/yiheng policy check "$wrong" | grep -q ":$line:" || { echo "FAILED: check of $wrong says line '$line'"; failed=1; }
[ "$(ask "SELECT count(*) FROM json_array_elements(yiheng_check('$v', '$(quoted <policy/990101/390-2026.md)')) j WHERE j ->> 'severity' = '错误'")" = 0 ] || { echo 'FAILED: a right document has an error'; failed=1; }

# lines: a real upload's, as rows
town "$dir/data"
build/yiheng sql --data "$dir/data" 'SELECT packed FROM charge_batch' | sed 1d >"$dir/packed"
[ "$(wc -l <"$dir/packed")" -ge 3 ] || { echo 'FAILED: no batches'; failed=1; }
want=$(build/yiheng sql --data "$dir/data" \
    'SELECT count(*) AS n, sum(l.amount) AS a, sum(l.scope) AS s, count(DISTINCT l.serial) AS d FROM charge_batch b, charge_lines(b.packed) l' | sed 1d | tr '\t' '|')
ask 'CREATE TABLE batch (packed bytea)'
while IFS= read -r hex; do ask "INSERT INTO batch VALUES (decode('$hex', 'hex'))"; done <"$dir/packed"
got=$(ask 'SELECT count(*), sum(l.amount), sum(l.scope), count(DISTINCT l.serial) FROM batch b, yiheng_charge_lines(b.packed) l')
[ "$got" = "$want" ] || { echo "FAILED: lines are $got, not $want"; failed=1; }

# `yiheng sql` over a PostgreSQL store takes the SELECT that it takes over a folder, once the extension is there
query postgres 'CREATE DATABASE store'
store="postgresql:///store?host=$socket&port=$port&user=postgres"
build/yiheng move --quiet --from "$dir/data" --to "$store" >/dev/null
lines='SELECT count(*) AS n, sum(l.amount) AS a, sum(l.scope) AS s, count(DISTINCT l.serial) AS d FROM charge_batch b, charge_lines(b.packed) l'
if out=$(build/yiheng sql --store "$store" "$lines" 2>&1); then echo "FAILED: lines without the extension: $out"; failed=1; fi
case $out in *'CREATE EXTENSION yiheng'*) ;; *) echo "FAILED: without the extension: $out"; failed=1 ;; esac
as_postgres "$pgbin/psql" -h "$socket" -p "$port" -U postgres -qX -v ON_ERROR_STOP=1 -d store -f - <"$dir/yiheng.sql"
got=$(build/yiheng sql --store "$store" "$lines" | sed 1d | tr '\t' '|')
[ "$got" = "$want" ] || { echo "FAILED: yiheng sql over PostgreSQL sees lines $got, not $want"; failed=1; }

# Every statement of docs/sql.md runs and answers rows; those over the books alike in PostgreSQL and in the folder.
mkdir "$dir/sql"
chmod 755 "$dir/sql"
awk -v to="$dir/sql/" '/^## Over the books/ { books = 1 }
    fence && $0 == fence { close(file); fence = ""; next }
    fence { print > file; next }
    /^````?(sql|sh)$/ { kind = $0; gsub(/`/, "", kind); fence = substr($0, 1, length($0) - length(kind))
                        file = to sprintf("%02d", ++n) (books ? ".books" : "") "." kind }' docs/sql.md
ran=0
for statement in "$dir"/sql/*.sql; do
    as_postgres "$pgbin/psql" -h "$socket" -p "$port" -U postgres -qAtX -F "$(printf '\t')" -v ON_ERROR_STOP=1 -d store -f - <"$statement" >"$dir/rows" 2>&1 ||
        { echo "FAILED: docs/sql.md:"; cat "$statement" "$dir/rows"; failed=1; }
    case $statement in
    *.books.sql)
        build/yiheng sql --data "$dir/data" "$(cat "$statement")" | sed 1d >"$dir/rows.folder"
        same "docs/sql.md, folder and PostgreSQL: $(head -1 "$statement")" "$dir/rows.folder" "$dir/rows" ;;
    esac
    [ -s "$dir/rows" ] || grep -q '^CREATE TABLE' "$statement" || { echo "FAILED: docs/sql.md, no rows:"; cat "$statement"; failed=1; }
    ran=$((ran + 1))
done
[ $ran -ge 11 ] || { echo "FAILED: only $ran statements of docs/sql.md"; failed=1; }
for commands in "$dir"/sql/*.sh; do
    sed "s|bills.db|$dir/bills.db|" "$commands" >"$dir/commands"
    bash -eu "$dir/commands" >"$dir/rows" 2>&1 && [ "$(wc -l <"$dir/rows")" = "$(wc -l <docs/examples/bills.jsonl)" ] ||
        { echo 'FAILED: docs/sql.md:'; cat "$commands" "$dir/rows"; failed=1; }
done

# bad input: one error each, and the server goes on
refused 'another version' '要的是版本' "SELECT yiheng_settle('0123456789abcdef', '{}')"
refused 'no bill' '' "SELECT yiheng_settle('$v', 'x')"
refused 'a bill without facts' '就医类别' "SELECT yiheng_settle('$v', '{\"day\":\"2026-03-18\",\"region\":\"990101\",\"scheme\":\"390\",\"facts\":{}}')"
refused 'a negative cost' '金额' "SELECT yiheng_pay('$v', '$facts', -1, 0, 0, 100)"
refused 'too many accumulators' 'standing' "SELECT yiheng_pay('$v', '$facts', 0, 0, 0, 100, array_fill(0::bigint, ARRAY[500]))"
refused 'amounts among the facts' '不带金额' "SELECT yiheng_pay('$v', '{\"inscp_scp_amt\":5}', 0, 0, 0, 100)"
refused 'an unknown scheme' 'no_such' "SELECT yiheng_group('$v', 'no_such', '{}')"
refused 'a scheme that climbs' '' "SELECT yiheng_group('$v', '../../policy', '{}')"
refused 'a damaged batch' '' "SELECT * FROM yiheng_charge_lines('\\x0102030405060708')"
[ "$(ask 'SELECT 1 + 1')" = 2 ] || failed=1

# SQLite: the same answers from the same folder
export YIHENG_HOME=$home
lite() { sqlite3 -batch "$dir/lite.db" -cmd '.load build/ext/yiheng' "$1"; }
[ "$(lite 'SELECT yiheng_version()')" = "$v" ] || { echo 'FAILED: SQLite has another version'; failed=1; }
lite 'CREATE TABLE bill (n INTEGER PRIMARY KEY, body TEXT)'
while IFS= read -r line; do lite "INSERT INTO bill (body) VALUES ('$(printf %s "$line" | quoted)')"; done <docs/examples/bills.jsonl
lite "SELECT yiheng_settle('$v', body) FROM bill ORDER BY n" >"$dir/lite.settle"
same 'SQLite settles' "$dir/want.settle" "$dir/lite.settle"
[ "$(lite "SELECT json_extract(yiheng_pay('$v', '$facts', 120000, 30000, 150000, 2200000), '$.total')")" = 2500000 ] || { echo 'FAILED: SQLite pay'; failed=1; }
drg=$(lite "SELECT json_extract(yiheng_group('$v', 'chs_drg_11', '$(head -1 "$dir/cases.jsonl")'), '$.drg')")
[ "$drg" = "$(head -1 "$dir/want.drg")" ] || { echo "FAILED: SQLite groups as $drg"; failed=1; }
lite 'CREATE TABLE batch (packed BLOB)'
while IFS= read -r hex; do lite "INSERT INTO batch VALUES (x'$hex')"; done <"$dir/packed"
got=$(lite 'SELECT count(*), sum(l.amount), sum(l.scope), count(DISTINCT l.serial) FROM batch b, charge_lines(b.packed) l')
[ "$got" = "$want" ] || { echo "FAILED: SQLite lines are $got, not $want"; failed=1; }
if out=$(lite "SELECT yiheng_settle('0123456789abcdef', '{}')" 2>&1); then echo "FAILED: SQLite took another version: $out"; failed=1; fi
[ "$failed" = 0 ] && echo "ext: PostgreSQL and SQLite answer as the command does ($v)"
exit "$failed"
