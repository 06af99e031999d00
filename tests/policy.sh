#!/usr/bin/env bash
# Every policy document is without error and its worked cases hold; lists and usage behave.
set -eu
cd "$(dirname "$0")/.."
y=build/yiheng
out=$(mktemp)
trap 'rm -f "$out"' EXIT
$y policy check > "$out" || { grep '错误' "$out"; exit 1; }
$y policy test > "$out" || { cat "$out"; exit 1; }
tail -2 "$out"
n=$($y policy list | grep -vc '^#')
[ "$n" -ge 40 ] || { echo "policy list shows $n documents"; exit 1; }
$y policy list --json | head -1 | grep -q '"region":'
rc=0
$y policy nonsense 2> /dev/null || rc=$?
[ $rc = 2 ] || { echo "a wrong word answers $rc, not 2"; exit 1; }
