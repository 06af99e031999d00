#!/usr/bin/env bash
# yiheng group over the whole test sets: every row agrees, in order; bad rows are told and passed over.
# needs: unzip
set -eu
cd "$(dirname "$0")/.."
yiheng=${YIHENG:-build/yiheng}
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
fail() { echo "casemix: $*" >&2; exit 1; }

agree() { # scheme file
    "$yiheng" group --scheme "$1" "$2" > "$tmp/got"
    cut -f1,13-15 "$2" | cmp -s - "$tmp/got" || { cut -f1,13-15 "$2" | diff - "$tmp/got" | head -5; fail "$1 $2"; }
}
for name in chs_drg_11 beijing_2022 guangxi_2022; do
    agree "$name@as-published" "tests/casemix/$name.tsv"
done
n=0
for file in tests/casemix/all/*.tsv; do
    name=$(basename "$file" .tsv)
    agree "$name@as-published" "$file"
    n=$((n + 1))
done
[ "$n" = 37 ] || fail "37 schemes expected, $n tested"

# The repaired twin is the one offered.
agree chs_drg_11 tests/casemix/all/chs_drg_11_fix.tsv
"$yiheng" group --list > "$tmp/list"
[ "$(grep -vc '^#' "$tmp/list")" = 37 ] || fail "--list names $(grep -vc '^#' "$tmp/list") schemes"
grep -q '^chs_drg_11@as-published' "$tmp/list" || fail "--list does not mark the twin"

# One thread and two, a file and a pipe, long and short: the same bytes.
head -1 tests/casemix/chs_drg_11.tsv > "$tmp/big.tsv"
for i in $(seq 20); do grep -v '^#' tests/casemix/chs_drg_11.tsv; done >> "$tmp/big.tsv"
"$yiheng" group --scheme chs_drg_11 --threads 1 "$tmp/big.tsv" > "$tmp/one"
"$yiheng" group --scheme chs_drg_11 < "$tmp/big.tsv" > "$tmp/two"
cmp "$tmp/one" "$tmp/two" || fail "one thread and two differ"
[ "$(wc -l < "$tmp/two")" = 40001 ] || fail "rows were lost"

# JSON lines in and out.
awk -F'\t' 'NR > 1 { gsub(/\|/, "\",\"", $11)
    printf "{\"id\":\"%s\",\"sex\":%s,\"age_years\":%s,\"age_days\":%s,\"birth_weight\":%s,\"dept\":\"%s\",\"los\":%s,\"discharge\":\"%s\",\"icu_hours\":%s,\"cost\":%s,\"dx\":[\"%s\"],\"px\":\"%s\"}\n",
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 }' tests/casemix/guangxi_2022.tsv > "$tmp/in.json"
"$yiheng" group --scheme guangxi_2022 "$tmp/in.json" | cmp -s - <(cut -f1,13-15 tests/casemix/guangxi_2022.tsv) ||
    fail "JSON lines give other groups"
"$yiheng" group --scheme guangxi_2022 --json "$tmp/in.json" 2>/dev/null | sed -n 1p | grep -q '^{"id":"c000001","mdc":"' || fail "--json"

# Bad rows are told by line and the rest is grouped; the exit code says that there were some.
{ head -3 tests/casemix/chs_drg_11.tsv; printf 'short\t1\n'; printf 'x\t1\tabc\t1\t0\t\t1\t1\t0\t1\tI10.x00\t\t\t\t\n'
  printf 'nodx\t1\t50\t1\t0\t\t1\t1\t0\t1\t\t\t\t\t\n'; sed -n 4p tests/casemix/chs_drg_11.tsv; } > "$tmp/bad.tsv"
code=0; "$yiheng" group --scheme chs_drg_11 "$tmp/bad.tsv" > "$tmp/out" 2> "$tmp/err" || code=$?
[ "$code" = 1 ] || fail "exit code $code for bad rows"
[ "$(wc -l < "$tmp/out")" = 4 ] || fail "good rows beside bad ones"
for line in 4 5 6; do grep -q "bad.tsv:$line: " "$tmp/err" || fail "line $line is not told"; done
code=0; "$yiheng" group --scheme no_such_scheme "$tmp/bad.tsv" 2> "$tmp/err" || code=$?
[ "$code" = 1 ] && grep -q no_such_scheme "$tmp/err" || fail "an unknown scheme"

# By region and day of discharge.
"$yiheng" group --region 110105 --day 2024-05-01 tests/casemix/all/beijing_2022.tsv |
    cmp -s - <(cut -f1,13-15 tests/casemix/all/beijing_2022.tsv) || fail "--region 110105"
code=0; "$yiheng" group --region 110105 --day 2020-05-01 tests/casemix/all/beijing_2022.tsv > "$tmp/out" 2> "$tmp/err" || code=$?
[ "$code" = 1 ] && grep -q 110105 "$tmp/err" || fail "a day before the first scheme"
# Each explanation opens with the group that the plain run gives, and names codes and lists.
"$yiheng" group --scheme beijing_2022 --explain tests/casemix/all/beijing_2022.tsv > "$tmp/why"
grep -v '^ ' "$tmp/why" | awk '{ print $1 "\t" $2 "\t" $3 "\t" $4 }' |
    cmp -s - <(sed 1d tests/casemix/all/beijing_2022.tsv | cut -f1,13-15) || fail "--explain gives other groups"
grep -q '  MDC     MDC.*：主要诊断 .* 在 MDC' "$tmp/why" || fail "--explain does not say what chose the MDC"
grep -q '被排除：与主要诊断同在排除表' "$tmp/why" || fail "--explain names no exclusion table"
"$yiheng" group --scheme zhejiang_2022 --explain tests/casemix/all/zhejiang_2022.tsv > "$tmp/retry"
grep -q '当作唯一的手术操作重新分组' "$tmp/retry" ||
    fail "--explain does not tell of the second round"
"$yiheng" group --scheme beijing_2022 --explain --json tests/casemix/all/beijing_2022.tsv > "$tmp/why.json"
[ "$(wc -l < "$tmp/why.json")" = 200 ] || fail "--explain --json"

# Every group that can be reached is reached; the others are listed, each with its reason.
"$yiheng" group --self-test all > "$tmp/self" || fail "--self-test left a group open"
cmp -s "$tmp/self" tests/casemix/unreachable.tsv || { diff tests/casemix/unreachable.tsv "$tmp/self" | head; fail "--self-test"; }

# Weights of an invented history: all cases' weights add up to as many as there are cases when nothing
# is trimmed, and a replay pays exactly weight x rate.
awk -F'\t' 'BEGIN { OFS = "\t" } NR == 1 { print $0, "hospital", "discharge_day"; next }
    { print $0, "H" NR % 7, 2023 + NR % 3 "-05-0" 1 + NR % 9 }' tests/casemix/beijing_2022.tsv > "$tmp/history.tsv"
"$yiheng" weights --scheme beijing_2022 --trim none --fund 7000000 --ratio 0.7 --from 2026-01-01 \
    --out "$tmp/w" --xlsx "$tmp/w.xlsx" "$tmp/history.tsv" || fail "weights"
awk -F'\t' '$1 == "total_weight" { w = $2 } $1 == "grouped" { n = $2 } $1 == "base_rate" { r = $2 }
    END { d = w - n; if (d < 0) d = -d; if (d > 0.01 || n < 1900) exit 1; e = r * w - 1e7; if (e < 0) e = -e; if (e > n) exit 1 }' \
    "$tmp/w/summary.tsv" || fail "weights do not add up: $(cat "$tmp/w/summary.tsv")"
unzip -p "$tmp/w.xlsx" xl/workbook.xml | grep -q '权重.*总览.*机构.*机构与组' || fail "the workbook's sheets"
[ "$(unzip -p "$tmp/w.xlsx" xl/worksheets/sheet1.xml | grep -o '<row ' | wc -l)" = "$(wc -l < "$tmp/w/weight.tsv")" ] || fail "the workbook's rows"
"$yiheng" weights replay --scheme beijing_2022 --weights "$tmp/w/weight.tsv" --rate 10000 --weights2 "$tmp/w/weight.tsv" \
    --rate2 11000 "$tmp/history.tsv" > "$tmp/replay"
awk -F'\t' 'NR > 1 { n++; if ($5 < 9999 * $4 || $5 > 10001 * $4 || $9 < 999 * $4 || $9 > 1001 * $4) exit 1 } END { exit n != 7 }' \
    "$tmp/replay" || fail "replay: $(cat "$tmp/replay")"

# DIP: a catalogue of an invented history, every case grouped by it again, and what a rebuild moves.
{ cat "$tmp/history.tsv"; for i in $(seq 20); do sed 1d "$tmp/history.tsv" | sed -n "$((i * 7)),\$p"; done; } > "$tmp/long.tsv"
"$yiheng" dip build --years 2023:1,2024:2,2025:7 --out "$tmp/dip" --xlsx "$tmp/dip.xlsx" "$tmp/long.tsv" || fail "dip build"
"$yiheng" dip group --catalogue "$tmp/dip" "$tmp/history.tsv" > "$tmp/dip.out" || fail "dip group"
[ "$(wc -l < "$tmp/dip.out")" = 2001 ] || fail "dip group lost rows"
cut -f2 "$tmp/dip.out" | sed 1d | sort -u > "$tmp/used"
cut -f1 "$tmp/dip/catalogue.tsv" | sort > "$tmp/known"
[ -z "$(grep -v '^KBBZ$' "$tmp/used" | comm -23 - "$tmp/known")" ] || fail "dip group names a code that is not in the catalogue"
"$yiheng" dip diff "$tmp/dip" "$tmp/dip" > "$tmp/diff" || fail "dip diff"
[ "$(wc -l < "$tmp/diff")" = 2 ] || fail "a catalogue differs from itself"
"$yiheng" dip build --out "$tmp/dip2" "$tmp/history.tsv" && "$yiheng" dip diff "$tmp/dip" "$tmp/dip2" > "$tmp/diff" || fail "dip diff"
grep -q '^取消' "$tmp/diff" && grep -q '^新增' "$tmp/diff" || fail "dip diff tells no moves"
"$yiheng" dip group --catalogue "$tmp/dip" --explain "$tmp/history.tsv" > "$tmp/why"
grep -q '选中' "$tmp/why" || fail "dip group --explain"

# An institution's coefficient multiplies the points of its cases; a hospital that the table lacks is a bad row.
printf '#hospital\tcoefficient\nH0\t1.1\n' > "$tmp/coefficients.tsv"
printf '#id\tsex\tage_years\tlos\tcost\tdx\thospital\na\t1\t60\t9\t8000\tJ18.900\tH0\nb\t1\t60\t9\t8000\tJ18.900\tH9\n' > "$tmp/k.tsv"
code=0; "$yiheng" dip group --catalogue catalogs/dip/990100 --hospitals "$tmp/coefficients.tsv" "$tmp/k.tsv" > "$tmp/out" 2> "$tmp/err" || code=$?
[ "$code" = 1 ] && grep -q '^a.J18.9:BSZL.880.0000' "$tmp/out" && grep -q 'k.tsv:3: .*H9' "$tmp/err" || fail "coefficients: $(cat "$tmp/out" "$tmp/err")"

# TCM: same effect, same price; without the place's row the case would be blank.
printf '#id\tsex\tage_years\tlos\tcost\tdx\tpx\na\t1\t60\t9\t8000\tJ18.900\t17.91100\n' > "$tmp/tcm.tsv"
"$yiheng" dip group --catalogue catalogs/dip/990100 --explain "$tmp/tcm.tsv" > "$tmp/out"
grep -q '^a.BNW031.800' "$tmp/out" && grep -q '与 J18.9:BSZL 同效同价' "$tmp/out" || fail "TCM: $(cat "$tmp/out")"
mkdir "$tmp/own"; cp catalogs/dip/rules.tsv "$tmp/own/"; head -1 catalogs/dip/tcm.tsv > "$tmp/own/tcm.tsv"
"$yiheng" dip group --catalogue catalogs/dip/990100 --rules "$tmp/own" "$tmp/tcm.tsv" | grep -q '^a.KBBZ' || fail "a place's own TCM table"
"$yiheng" dip group --catalogue catalogs/dip/990100 --rules "$tmp/none" "$tmp/tcm.tsv" > /dev/null 2>&1 && fail "a rules folder that is not there"

# Prices by stage of days, by disease, by outpatient group, from the invented tables.
printf '#id\tsex\tage_years\tlos\tdx\tpx\na\t1\t40\t70\tF20.000\t\nb\t1\t40\t5\tK35.800\t47.0100\nc\t1\t40\t0\tI10.x00\tLAB001|CT001\nd\t1\t40\t3\tQ00.000\t\n' > "$tmp/visits.tsv"
"$yiheng" tariff "$tmp/visits.tsv" > "$tmp/prices" || fail "tariff"
printf '#id\tkind\tcode\tprice\tweight\na\t床日\t精神\t23750.00\t\nb\t单病种（收付费）\tDB001\t9800.00\t\nc\t门诊分组\tX01:打包,X07:全额,V05:全额\t\t0.900000\nd\t无\t\t\t\n' |
    cmp -s - "$tmp/prices" || fail "tariff: $(cat "$tmp/prices")"

# What a coder may ask: the changes carry weights and say whether the record supports them.
"$yiheng" group --scheme beijing_2022 --what-if --weights "$tmp/w/weight.tsv" tests/casemix/all/beijing_2022.tsv > "$tmp/whatif"
grep -q '编码已在病案$' "$tmp/whatif" && grep -q '病案未支持$' "$tmp/whatif" || fail "--what-if"
awk -F'\t' 'NR > 2 && ($2 == $6 || NF != 8) { exit 1 }' "$tmp/whatif" || fail "--what-if names the case's own group"
"$yiheng" group --scheme beijing_2022 --what-if tests/casemix/all/beijing_2022.tsv > "$tmp/whatif2" || fail "--what-if without weights"

echo "casemix: 37 schemes, 13,400 cases agree"
