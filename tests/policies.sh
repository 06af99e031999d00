#!/usr/bin/env bash
# docs/policies.md shows what the documents are: its table is the command's.
# tests/policies.sh --write renews it.
set -eu
cd "$(dirname "$0")/.."
page=docs/policies.md
mark='<!-- table: yiheng policy table --on 2026-01-01 -->'
new=$(mktemp)
trap 'rm -f "$new" "$new.bill"' EXIT
{
    sed "/^$mark\$/q" "$page"
    echo
    build/yiheng policy table --on 2026-01-01
} > "$new"
if [ "${1:-}" = --write ]; then
    cp "$new" "$page"
fi
diff -u "$page" "$new" || { echo "$page is not what the documents say: tests/policies.sh --write"; exit 1; }

# Each of the six regions has something in force; a missing parameter keeps its document out.
for region in 500000 350500 532500 440600 330700 330200; do
    build/yiheng policy table --on 2026-01-01 "policy/$region" | grep -q '| 生效 |$' ||
        { echo "$region has nothing in force"; exit 1; }
done
build/yiheng policy table --on 2026-01-01 policy/440600 | grep '佛山市大病保险\]' | grep -q '不生效：缺 440600/392-2023.md' ||
    { echo "佛山 392 should miss its wage"; exit 1; }
build/yiheng policy table --on 2013-01-01 policy/330200 | grep -q '未到期 |$'
# A draft that is complete can be tried, also beside drafts that miss a parameter.
bill='{"id":"1","region":"440600","scheme":"310","begin":"2026-03-10","end":"2026-03-18","facts":{"就医类别":"住院","人员":"在职","级别":"三级"},"medfee_sumamt":301000,"inscp_scp_amt":301000}'
if echo "$bill" | build/yiheng settle - --reasons off > "$new.bill" 2> /dev/null; then
    echo "佛山 settles without its wage"
    exit 1
fi
echo "$bill" | build/yiheng settle - --drafts --reasons off > "$new.bill" || { echo "the trial draft of 佛山 cannot be tried"; exit 1; }
grep -q '"hifmi_pay":22950' "$new.bill" || { cat "$new.bill"; exit 1; } # (40000 − 13000) × 85%
rm -f "$new.bill"
rc=0
build/yiheng policy table 2> /dev/null || rc=$?
[ $rc = 2 ] || { echo "no day: answers $rc, not 2"; exit 1; }
tail -1 "$new"
