#!/usr/bin/env bash
# yiheng list check: a clean list, one with faults, a list a line, and what is no list; then lock, unlock, decide.
set -eu
cd "$(dirname "$0")/.."
yiheng=${YIHENG:-build/yiheng}
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
fail() { echo "list: $*" >&2; exit 1; }

"$yiheng" list check tests/settlement-list/base.json > "$tmp/out" 2> "$tmp/err" || fail "the base list has findings: $(cat "$tmp/out")"
sed 's/"ntly": "CHN"/"ntly": ""/' tests/settlement-list/base.json > "$tmp/bad.json"
code=0; "$yiheng" list check "$tmp/bad.json" > "$tmp/out" 2> "$tmp/err" || code=$?
[ "$code" = 1 ] && grep -q 'C-002' "$tmp/out" && [ "$(grep -vc '^#' "$tmp/out")" = 1 ] || fail "a list without nationality: $(cat "$tmp/out")"
for f in base bad; do
    src=tests/settlement-list/base.json; [ $f = bad ] && src=$tmp/bad.json
    tr -d '\n' < "$src"; echo
done > "$tmp/lines.json"
code=0; "$yiheng" list check --json "$tmp/lines.json" > "$tmp/out" 2> "$tmp/err" || code=$?
[ "$code" = 1 ] && [ "$(wc -l < "$tmp/out")" = 1 ] && grep -q '2 份' "$tmp/err" || fail "a list a line: $(cat "$tmp/out" "$tmp/err")"
echo 'no list' > "$tmp/none"
code=0; "$yiheng" list check "$tmp/none" > "$tmp/out" 2> "$tmp/err" || code=$?
[ "$code" = 1 ] && grep -q '错误' "$tmp/err" || fail "text that is no list"

# A month closed, not twice, opened with a reason only, each kept; the panel knows no case here.
"$yiheng" init-demo --data "$tmp/data" > /dev/null || fail "init-demo"
"$yiheng" list lock --data "$tmp/data" --month 2020-03 > /dev/null || fail "lock"
"$yiheng" list lock --data "$tmp/data" --month 2020-03 > /dev/null 2>&1 && fail "locked twice"
"$yiheng" list lock --data "$tmp/data" --month 2999-12 > /dev/null 2>&1 && fail "a month to come is locked"
"$yiheng" list unlock --data "$tmp/data" --month 2020-03 > /dev/null 2>&1 && fail "opened without a reason"
"$yiheng" list unlock --data "$tmp/data" --month 2020-03 --reason 更正 > /dev/null || fail "unlock"
[ "$("$yiheng" list locks --data "$tmp/data" | grep -c "^202003")" = 2 ] || fail "a lock and an unlock are kept"
"$yiheng" list decide --data "$tmp/data" --application x --outcome item --opinion 同意 > /dev/null 2>&1 && fail "an unknown case is decided"
echo "list: 105 checks, clean and faulty lists"
