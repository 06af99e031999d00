#!/usr/bin/env bash
# yiheng settle: the sketch's bill to the fen, identities of every answer, bad rows, a pipe of many.
set -eu
cd "$(dirname "$0")/.."
y=build/yiheng
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT

$y settle docs/examples/bills.jsonl --explain >"$d/text"
for want in '12,720.00' '5,382.00' '2,728.60' '4,169.40' '✓' '第八条 第九条' '外伤待认定'; do
    grep -q "$want" "$d/text" || { echo "the explained bill lacks $want"; exit 1; }
done
[ "$(grep -c '✗' "$d/text")" = 0 ]
$y settle docs/examples/bills.jsonl --explain --lang en | grep -q '^Total'

# The identities of the interface (reference §6), by another program than ours.
cat >"$d/identities.awk" <<'A'
function v(name) { if (match($0, "\"" name "\":-?[0-9.]+")) return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) * 100; return 0 }
function near(a, b) { return a - b < 0.5 && b - a < 0.5 }
{
    t = v("medfee_sumamt"); fund = v("fund_pay_sumamt"); psn = v("psn_part_amt")
    head = $0; sub(/"setldetail".*/, "", head); tail = $0; sub(/.*"setldetail":\[/, "", tail); sub(/\].*/, "", tail)
    sum = 0; while (match(tail, /"fund_payamt":-?[0-9.]+/)) { sum += substr(tail, RSTART + 14, RLENGTH - 14) * 100; tail = substr(tail, RSTART + RLENGTH) }
    all = $0; $0 = head
    ok = near(t, v("fulamt_ownpay_amt") + v("overlmt_selfpay") + v("preselfpay_amt") + v("inscp_scp_amt"))
    ok = ok && near(t, fund + psn + v("hosp_part_amt")) && near(psn, v("acct_pay") + v("psn_cash_pay"))
    ok = ok && near(fund, v("hifp_pay") + v("cvlserv_pay") + v("hifes_pay") + v("hifmi_pay") + v("hifob_pay") + v("maf_pay") + v("hifdm_pay") + v("oth_pay"))
    ok = ok && near(sum, fund + v("acct_pay"))
    if (!ok) { print "an identity is broken: " all; bad = 1 }
    n++
}
END { if (!n) { print "no settlement"; bad = 1 } exit bad }
A
$y settle docs/examples/bills.jsonl >"$d/out"
[ "$(wc -l <"$d/out")" = 4 ]
awk -f "$d/identities.awk" "$d/out"

# The answer's standing is the next bill's: the year goes on.
$y settle docs/examples/bills.jsonl --explain=json | head -1 | grep -q '"formula":"（累计与段止取小'

# A bad row is reported by its line, keeps its place and stops nobody.
{ sed -n 1p docs/examples/bills.jsonl; echo '{"id":"x"'; echo '{"id":"y","region":"990101","scheme":"390","day":"1999-01-01"}'
  sed -n 2p docs/examples/bills.jsonl; } >"$d/mixed"
rc=0
$y settle - <"$d/mixed" >"$d/out" 2>"$d/err" || rc=$?
[ $rc = 1 ] && [ "$(wc -l <"$d/out")" = 4 ]
sed -n 2p "$d/out" | grep -q '"line":2' && sed -n 3p "$d/out" | grep -q '没有生效的待遇文件'
grep -q ':2: ' "$d/err" && grep -q ':3: ' "$d/err"
sed -n '1p;4p' "$d/out" | awk -f "$d/identities.awk"

# Every wrong bill of the table is refused with its one sentence, and nothing else is.
awk 'BEGIN { FS = "\t" }
NR == FNR { bill[FNR] = $0; next }
FNR > 1 {
    b = bill[$2]; i = index(b, $3)
    if ($3 != "*" && !i) { print "row " FNR ": bill " $2 " has no " $3 > "/dev/stderr"; exit 1 }
    to = $4 == "-" ? "" : $4
    print $3 == "*" ? to : substr(b, 1, i - 1) to substr(b, i + length($3))
}' docs/examples/bills.jsonl tests/bad-bill.tsv >"$d/wrong"
$y settle - <"$d/wrong" 2>"$d/err" >"$d/out" && { echo "wrong bills were settled"; exit 1; }
tail -n +2 tests/bad-bill.tsv | awk -F'\t' '{ print "错误：-:" NR ": " $5 }' | diff - "$d/err"
[ "$(grep -c '"err_msg"' "$d/out")" = "$(wc -l <"$d/wrong")" ]
[ "$(wc -l <"$d/wrong")" -ge 50 ]

# Ten thousand through a pipe, reasons off: the same answers each time.
for _ in $(seq 2500); do cat docs/examples/bills.jsonl; done | $y settle - --reasons off >"$d/many"
[ "$(wc -l <"$d/many")" = 10000 ] && [ "$(sort -u "$d/many" | wc -l)" = 4 ]

rc=0
$y settle 2>/dev/null || rc=$?
[ $rc = 2 ] || { echo "no file answers $rc, not 2"; exit 1; }
rc=0
$y settle "$d/nothing" 2>/dev/null || rc=$?
[ $rc = 1 ]
echo "settle: worked bill, identities, bad rows, 10,000 rows"
