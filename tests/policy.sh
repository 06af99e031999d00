#!/usr/bin/env bash
# Policy documents: those in force are without error and their cases hold; every form of the
# language has a page whose cases hold; every wrong page is refused with its line, words and cure.
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

# The forms: one page each, every page with cases.
$y policy check policy/forms > "$out" || { cat "$out"; exit 1; }
$y policy test policy/forms > "$out" || { cat "$out"; exit 1; }
tail -1 "$out"
forms=$(find policy/forms -name '*.md' | wc -l)
[ "$forms" -ge 45 ] || { echo "only $forms forms"; exit 1; }
bare=$(grep -L '^```cases' policy/forms/*.md || true)
[ -z "$bare" ] || { echo "without cases: $bare"; exit 1; }

# A figure that is wrong is found, with its place, what was written and what comes out.
bad=$(mktemp --suffix=.md)
trap 'rm -f "$out" "$bad"' EXIT
sed 's/| 10500 | 500 | 8000 /| 10500 | 500 | 8000.01 /' policy/forms/01-deductible-each.md > "$bad"
rc=0
$y policy test "$bad" > "$out" || rc=$?
[ $rc = 1 ] && grep -q ':24:17: 基本统筹：写的是 8000.01，算出来是 8000.00$' "$out" || { cat "$out"; exit 1; }

# The wrong ones: what is said, where, and the cure, to the letter.
wrong=0
for e in policy/wrong/*.expect; do
    page=${e%.expect}
    [ -d "$page" ] || page=$page.md
    rc=0
    $y policy check "$page" > "$out" || rc=$?
    [ $rc -le 1 ] || { echo "$page: exit $rc"; exit 1; }
    grep -v '^[0-9]* 份文件' "$out" | diff - "$e" > /dev/null || { echo "$page says:"; cat "$out"; exit 1; }
    [ -s "$e" ] || { echo "$e expects nothing"; exit 1; }
    wrong=$((wrong + 1))
done
[ "$wrong" -ge 60 ] || { echo "only $wrong wrong documents"; exit 1; }
echo "$forms forms hold, $wrong wrong documents are found out"
