#!/usr/bin/env bash
# Monitoring rules: what is shipped checks and its cases hold; what is wrong is named with its place and cure; every
# kind of rule that the documents name is decided by a rule or says why not.
set -eu
cd "$(dirname "$0")/.."
y=$PWD/build/yiheng
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
fail() { echo "monitor: $*" >&2; exit 1; }

$y rules check >"$tmp/check" || { cat "$tmp/check"; fail 'rules check'; }
grep -q '错误 0，警告 0$' "$tmp/check" || fail 'rules check says something'
$y rules test >"$tmp/test" || { cat "$tmp/test"; fail 'rules test'; }
for f in rules/wrong/*.rule; do
    set +e
    $y rules check "$f" | sed '$d' >"$tmp/got"
    code=${PIPESTATUS[0]}
    set -e
    [ "$code" = 1 ] || fail "$f is accepted"
    cmp -s "$tmp/got" "${f%.rule}.expect" || { diff "$tmp/got" "${f%.rule}.expect" || true; fail "$f"; }
done

# A case that does not hold fails.
sed 's/得 64.00/得 64.01/' rules/national/service-frequency.rule >"$tmp/twisted.rule"
mkdir "$tmp/one" && sed 's/^rule     service-frequency/rule     twisted/' "$tmp/twisted.rule" >"$tmp/one/twisted.rule"
$y rules test twisted --rules "$tmp/one" >"$tmp/out" && fail 'a wrong case passes'
grep -q '查到 1 处 64.00 元，应为 命中 64.01 元' "$tmp/out" || fail "$(cat "$tmp/out")"
$y rules test no-such-rule >/dev/null 2>&1 && fail 'an unknown rule is tested'

# Each kind of the documents is decided by rules that exist, or says why not.
$y rules list | awk -F'\t' 'NR > 1 { print $1 }' >"$tmp/ids"
awk -F'\t' 'NR > 1 && ($6 == "") == ($7 == "") { print "rule-kinds.tsv: " $1 " is neither decided nor explained"; bad = 1 }
    NR > 1 { n = split($6, id, "、"); for (i = 1; i <= n; i++) print id[i] > "'"$tmp/named"'" }
    END { exit bad }' catalogs/monitoring/rule-kinds.tsv || fail kinds
sort -u "$tmp/named" | while read -r id; do grep -qx "$id" "$tmp/ids" || fail "rule-kinds.tsv names $id"; done
$y rules list --skipped | awk -F'\t' 'NR > 1 && $4 == "" { exit 1 }' || fail 'a row is left out without a reason'
$y rules show drug-sex | grep -q 'XL02BBA326A001010102180' || fail 'show tells the knowledge'

# Each current official row is hit by a made violation and not by its lawful twin.
$y rules prove >"$tmp/prove" 2>"$tmp/missed" || { head "$tmp/missed"; fail 'a row is not proved'; }
awk -F'\t' '$1 == "合计" { exit !($3 == $4 + $7 && $4 > 14000) }' "$tmp/prove" || { cat "$tmp/prove"; fail prove; }
[ "$(awk -F'\t' '$1 == "合计" { print $7 }' "$tmp/prove")" = "$($y rules list --skipped | grep -c '^drug-indication')" ] || fail 'rows without a reason'
echo ok
