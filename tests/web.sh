#!/usr/bin/env bash
# The pages and their API: built, sizes held, every role at every route, and the rooms' main tasks in
# Debian's chromium.  YH_FULL=1: a thousand bills on the page instead of sixty.
# needs: chromium fonts-noto-cjk
set -eu
cd "$(dirname "$0")/.."
y=${YIHENG:-build/yiheng}
d=$(mktemp -d)
one= two=
trap 'for p in $one $two; do kill "$p" 2>/dev/null || true; done; wait 2>/dev/null; rm -rf "$d"' EXIT

./yh web 2>"$d/web" || { cat "$d/web"; exit 1; }
(cd web && npm run -s types) || { echo "web: the types do not fit"; exit 1; }
if grep -n 'resolved' web/package-lock.json; then echo "web: the lock file names registries"; exit 1; fi
node web/tests/size.mjs

# A sandbox after the demonstration's hospital has been through it, and a plain server that starts for
# the first time.
$y demo --data "$d/town" --port 18300 >"$d/demo" 2>&1 &
one=$!
$y init-demo --data "$d/own" >/dev/null
$y serve --data "$d/own" --port 0 --regions "990100 990200" >"$d/serve" 2>&1 &
two=$!
for _ in $(seq 300); do grep -q 继续服务中 "$d/demo" && grep -q 一次性密码 "$d/serve" && break; sleep 0.1; done
base=$(grep -o 'http://[0-9.:]*' "$d/demo" | head -1)
plain=$(grep -o 'http://[0-9.:]*' "$d/serve" | head -1)
first=$(sed -n 's/.*一次性密码 \([a-zA-Z0-9]*\).*/\1/p' "$d/serve")
[ "$base" ] && [ "$plain" ] && [ "$first" ] || { cat "$d/demo" "$d/serve"; exit 1; }

# A case of two hits on the demonstration's stay, opened beside the running server.
stay=$($y sql --data "$d/town" "SELECT settlement, visit, grp, person, provider FROM settlement WHERE person = '99010100000000000000000003' AND total = 2500000" | sed -n 2p)
IFS=$'\t' read -r S M G P H <<<"$stay"
hit() { # id, rule, item, fund, person, message
    printf '%s\t%s\tabcdefabcdef\t超限定频次\tK1\tdeny\tofficial\t0\t990100\t%s\t%s\t%s\t%s\t%s\tD1\tA03\t390\t21\t990121\t2026-03-18\t2026-03-18\t002501010010000\t血红蛋白测定\t1\t%s\t%s\t%s\t0.00\t%s\titem\t%s\t改用每日一次\t演示规则\t%s\t%s\n' \
        "$1" "$2" "$G" "$P" "$H" "$M" "$S" "$3" "$4" "$5" "$4" "$6" \
        "[{\"visit\":\"$M\",\"serial\":\"1\",\"code\":\"002501010010000\",\"name\":\"血红蛋白测定\",\"day\":\"2026-03-18\",\"qty\":1,\"excess\":1,\"amount\":$3,\"claimed\":$3,\"at_stake\":true}]" \
        '[{"name":"当日次数","value":"2"}]'
}
{ printf 'id\trule\tversion\tkind\tknowledge\tverdict\tstanding\tblocks\tregion\tgrp\tperson\tprovider\tvisit\tsettlement\tdoctor\tdepartment\tscheme\tmed_type\toffice\tday\tday_to\titem\titem_name\tqty\titem_money\tfund_item\tperson_item\toutside_item\tfund_method\tmethod\tmessage\tadvice\tbasis\tlines\tfacts\n'
  hit 00000000000000000001 drug-sex 10.00 6.00 4.00 '当日 2 次，限 1 次'
  hit 00000000000000000002 drug-course-days 5.00 3.00 2.00 '超过限定支付天数'; } >"$d/hits.tsv"
$y case open --data "$d/town" --region 990100 --provider "$H" --hits "$d/hits.tsv" --officer demo-supervisor --title 三月审核 >"$d/case"

node web/tests/api.mjs "$base" "$plain" "$first"
node web/tests/pages.mjs "$base" "$d/town" "$y"
node web/tests/desk.mjs "$base"
node web/tests/papers.mjs "$base"
node web/tests/citizen.mjs "$base"
node web/tests/rooms.mjs "$base"
node web/tests/policy.mjs "$base" "$d/town" "$y"
node web/tests/bills.mjs "$base" "${YH_FULL:+1000}" # last: it uses up a year's limits

# The second start makes no second administrator; the books are sound under all that.
kill "$two"; wait "$two" || true; two=
$y serve --data "$d/own" --port 0 --regions 990100 >"$d/again" 2>&1 &
two=$!
for _ in $(seq 200); do grep -q 网页 "$d/again" && break; sleep 0.1; done
if grep -q 一次性密码 "$d/again"; then echo "web: a second administrator"; exit 1; fi
kill "$one"; wait "$one" || true; one=
$y verify --data "$d/town" >"$d/proof" || { cat "$d/proof"; exit 1; }
echo ok
