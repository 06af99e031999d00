#!/usr/bin/env bash
# yiheng score equals a computation written apart (tests/score/by_hand.awk, floating point); size alone is no
# suspicion; bad tables are refused by name.
set -eu
cd "$(dirname "$0")/.."
y=$PWD/build/yiheng t=tests/score/providers.tsv
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
fail() { echo "score: $*" >&2; exit 1; }
columns=stays,cost,drugs,exams,readmitted,days,night,surplus

# Every score and every z, with and without size, to the fourth decimal.
same() { # size word, size column of the awk, table, columns
    $y score "$3" --columns "$4" --size "$1" --json 2>/dev/null | grep -v '^$' >"$tmp/ours"
    awk -v size="$2" -f tests/score/by_hand.awk "$3" >"$tmp/theirs"
    awk 'NR == FNR { score[$1] = $2; for (i = 3; i <= NF; i++) { split($i, p, "="); z[$1, p[1]] = p[2] } ; n++; next }
        function far(a, b) { return a - b > 0.0001 || b - a > 0.0001 }
        { match($0, /"id":"[^"]*"/); id = substr($0, RSTART + 6, RLENGTH - 7)
          match($0, /"score":[0-9.]*/); s = substr($0, RSTART + 8, RLENGTH - 8)
          seen++
          if (far(s, score[id])) { print id ": score " s " is not " score[id]; bad = 1 }
          rest = $0
          while (match(rest, /"column":"[^"]*","value":[-0-9.]*,"z":[-0-9.]*/)) {
              split(substr(rest, RSTART, RLENGTH), q, /[":,]+/); compared++
              if (far(q[7], z[id, q[3]])) { print id " " q[3] ": z " q[7] " is not " z[id, q[3]]; bad = 1 }
              rest = substr(rest, RSTART + RLENGTH) } }
        END { if (seen != n || compared < 5 * n) { print seen " rows, " compared " figures compared"; bad = 1 } exit bad }' \
        "$tmp/theirs" "$tmp/ours" || fail "differs from the computation by hand (size $1)"
}
same stays 3 $t $columns
same none 0 $t $columns
# Fewer rows: the spread of all, an even count, a column of zeros and ones.
awk 'NR == 1 { print $0 "\tflag"; next } NR <= 13 { print $0 "\t" NR % 2 }' $t >"$tmp/small.tsv"
same stays 3 "$tmp/small.tsv" $columns,flag
same none 0 "$tmp/small.tsv" $columns,flag

# The largest is first when size is not looked at, and nothing special when it is; the planted ones are found.
[ "$($y score $t --peer level --size none --side high --top 1 2>/dev/null | awk 'NR == 2 { print $2 }')" = H029 ] ||
    fail 'without size the largest is first'
$y score $t --columns $columns 2>"$tmp/err" >"$tmp/auto"
grep -q '^规模：stays' "$tmp/err" || fail 'the common size is found'
awk '$2 == "H029" && $1 > 8 && $4 == 0' "$tmp/auto" | grep -q . || fail 'the largest is suspicious for being large'
awk -F'\t' '$2 == "H017" && $1 <= 2 && /exams/' "$tmp/auto" | grep -q . || fail "H017's exams"
$y score $t --columns stays,readmitted --top 1 --size stays | grep -q H031 || fail "H031's readmissions"

# What it cannot compare is said, not invented.
printf 'id\ta\nx\t1\ny\t2\nz\t900\n' >"$tmp/few.tsv"
$y score "$tmp/few.tsv" 2>"$tmp/err" | grep -q '	0.00	0	$' || fail 'three rows are no peers'
grep -q '3 行没有可比的列' "$tmp/err" || fail 'and it says so'
bad() { # what, the words of the error
    set +e; $y score "$tmp/bad.tsv" ${3-} >"$tmp/out" 2>"$tmp/err"; code=$?; set -e
    [ $code = 2 ] && [ ! -s "$tmp/out" ] && grep -q "$2" "$tmp/err" || fail "$1: $(cat "$tmp/err")"
}
printf 'id\ta\nx\t1\ny\t二\n' >"$tmp/bad.tsv"; bad 'no number' '列“a”的“二”不是数'
printf 'id\ta\nx\t1\nx\t2\n' >"$tmp/bad.tsv"; bad 'twice' '编号“x”出现两次'
printf 'id\ta\tb\nx\t1\t0\ny\t2\t3\n' >"$tmp/bad.tsv"; bad 'no size' '编号“x”的规模列“b”须为大于 0' '--size b'
printf 'id\ta\nx\t1\n' >"$tmp/bad.tsv"; bad 'no such column' '没有列“q”' '--columns q'
printf 'id\n' >"$tmp/bad.tsv"; bad 'no figures' '没有可用的列'
