#!/usr/bin/env bash
# verify and sql on a folder that is not there, that is damaged, and called wrongly.
# needs: sqlite3
set -eu
cd "$(dirname "$0")/.."
y=$PWD/build/yiheng
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

expect() { # code, word, command …
    local want=$1 word=$2 code=0 out
    shift 2
    out=$("$@" 2>&1) || code=$?
    [ "$code" = "$want" ] || { echo "$*: exit $code, want $want"; exit 1; }
    case $out in *"$word"*) ;; *) echo "$*: says '$out', want '$word'"; exit 1 ;; esac
}

expect 2 用法 "$y" verify
expect 2 用法 "$y" verify --data
expect 1 yiheng.db "$y" verify --data "$dir/none"
[ ! -e "$dir/none" ] || { echo 'verify made a folder'; exit 1; }
expect 2 用法 "$y" sql --data "$dir"
expect 1 yiheng.db "$y" sql --data "$dir" 'SELECT 1'
expect 0 charge_lines "$y" sql --tables
head -c 9000 /dev/urandom > "$dir/yiheng.db"
expect 1 错误 "$y" verify --data "$dir"

# One fen more in one entry, behind the program's back: found, in the words that docs/operations.md shows.
. tests/town.inc
town "$dir/town"
expect 0 账目相符 "$y" verify --data "$dir/town"
sqlite3 "$dir/town/yiheng.db" "DROP TRIGGER ledger_entry_sealed; UPDATE ledger_entry SET credit = credit + 1
    WHERE (region, grp, seq, line) = (SELECT region, grp, seq, line FROM ledger_entry WHERE credit > 0 LIMIT 1)"
"$y" verify --data "$dir/town" >"$dir/told" && { echo 'verify missed a fen'; exit 1; }
sed -n '/^发现 3 处不符/,/^```/p' docs/operations.md | grep -v '^```' | while IFS= read -r line; do
    grep -qxF -- "$line" "$dir/told" || { echo "docs/operations.md shows: $line"; tail -4 "$dir/told"; exit 1; }
done
