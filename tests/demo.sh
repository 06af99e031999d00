#!/usr/bin/env bash
# yiheng demo: the main job of issue 2 shown over HTTP; the bill to the fen; the books proved after.
set -eu
cd "$(dirname "$0")/.."
y=build/yiheng
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT

timeout 120 $y demo --once --data "$d/town" --port 18080 >"$d/text"
for want in '25,000.00' '12,720.00' '5,382.00' '2,728.60' '4,169.40' '(11,000.00 − 起付 1,000.00) × 80%' \
    '按 msgid 冲正成功' '不予受理' '机构 2 笔，总费用 240.00，基金 68.25，账户 100.00：平' 'curl -s http://127.0.0.1:'; do
    grep -qF -- "$want" "$d/text" || { echo "the demonstration lacks $want"; cat "$d/text"; exit 1; }
done
[ "$(grep -c '✓' "$d/text")" = 3 ]
$y verify --data "$d/town" >"$d/proof" || { cat "$d/proof"; exit 1; }

# The bill told again from the folder alone.
no=$(grep -o '990100S[0-9]*' "$d/text" | head -1)
$y bill --data "$d/town" "$no" | grep -q '2,728.60'

# The same year decided again differs in nothing.
$y review --data "$d/town" --person 99010100000000000000000003 --scheme 390 --year "$(date +%Y)" | grep -q "有差额 0 笔"

# A second demonstration starts afresh; a folder that is not the demonstration's is left alone.
timeout 120 $y demo --once --data "$d/town" --port 18080 | grep -q '4,169.40'
$y init-demo --data "$d/own" >/dev/null
if $y demo --once --data "$d/own" >/dev/null 2>&1; then echo "took another's folder"; exit 1; fi
echo ok
