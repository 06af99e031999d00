#!/usr/bin/env bash
# yiheng audit: the same bytes for any number of threads and for a run that was interrupted; what is planted is
# found, lawful look-alikes are not; a rule of one's own is a file.
set -eu
cd "$(dirname "$0")/.."
y=$PWD/build/yiheng
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
fail() { echo "audit: $*" >&2; exit 1; }

$y synth --preset honghe --people 30000 --data "$tmp/d" >/dev/null 2>&1
$y audit --data "$tmp/d" --threads 1 >"$tmp/one" 2>"$tmp/err"
$y audit --data "$tmp/d" --threads 3 >"$tmp/three" 2>/dev/null
cmp "$tmp/one" "$tmp/three" || fail 'threads change the bytes'
[ "$(awk 'END { print NR }' "$tmp/one")" -gt 100 ] || fail 'hardly a hit'
grep -q '^规则 .*按项目金额' "$tmp/err" && grep -q '^县区' "$tmp/err" || fail "$(cat "$tmp/err")"

# Every hit adds up, has its basis and message, and names the rule's version.
awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
    { s = $c["fund_item"] + $c["person_item"] + $c["outside_item"] - $c["item_money"]
      if (s > 0.001 || s < -0.001 || $c["message"] == "" || $c["basis"] == "" || length($c["id"]) != 20 || length($c["version"]) != 12 || $c["settlement"] == "") { print; exit 1 } }' \
    "$tmp/one" || fail 'a hit that does not add up'
[ "$(awk -F'\t' 'NR > 1 { print $1 }' "$tmp/one" | sort | uniq -d | wc -l)" = 0 ] || fail 'two hits of one id'

# No line is claimed above its amount, whatever the number of rules that hit it.
awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next } { print $c["lines"] }' "$tmp/one" | grep -o '{[^}]*}' |
    sed 's/.*"visit":"\([^"]*\)","serial":"\([^"]*\)".*"amount":\([0-9.-]*\),"claimed":\([0-9.-]*\).*/\1 \2 \3 \4/' |
    awk '{ sum[$1 " " $2] += $4; amount[$1 " " $2] = $3 } END { for (k in sum) if (sum[k] > amount[k] + 0.001) { print k, sum[k], amount[k]; exit 1 } }' ||
    fail 'a line is claimed twice'

# A run that went on from its state writes the rest and the same summary.
$y audit --data "$tmp/d" --threads 2 --state "$tmp/state" >"$tmp/two" 2>"$tmp/err2" || fail 'with a state'
[ ! -e "$tmp/state" ] || fail 'a finished run leaves its state'
cmp "$tmp/one" "$tmp/two" || fail 'a state changes the bytes'
diff <(grep -v 行， "$tmp/err" | tail -40) <(grep -v 行， "$tmp/err2" | tail -40) >/dev/null || fail 'another summary'
# One that is stopped in its course and taken up again gives the same bytes: the pipe holds it back until it was told.
mkfifo "$tmp/pipe"
: >"$tmp/parts"
stops=0
while :; do
    $y audit --data "$tmp/d" --threads 1 --state "$tmp/part" >"$tmp/pipe" 2>"$tmp/err3" &
    pid=$!
    exec 9<"$tmp/pipe"
    dd bs=1 count=1 <&9 >>"$tmp/parts" 2>/dev/null
    [ "$stops" -ge 4 ] || kill -TERM "$pid" 2>/dev/null || true
    cat <&9 >>"$tmp/parts"
    exec 9<&-
    set +e
    wait "$pid"; code=$?
    set -e
    [ "$code" != 0 ] || break
    [ "$code" = 1 ] && [ -s "$tmp/part" ] || fail "a stopped run leaves $code $(cat "$tmp/err3")"
    stops=$((stops + 1))
done
[ "$stops" -ge 1 ] || fail 'no run was stopped'
[ ! -e "$tmp/part" ] || fail 'a finished run leaves its state'
cmp "$tmp/one" "$tmp/parts" || fail "stopped $stops times, other bytes"
diff <(sed -n '/^规则/,$p' "$tmp/err") <(sed -n '/^规则/,$p' "$tmp/err3") || fail "stopped $stops times, another summary"
echo "key x" >"$tmp/state"
set +e
$y audit --data "$tmp/d" --state "$tmp/state" >/dev/null 2>"$tmp/e"; code=$?
set -e
[ "$code" = 2 ] && grep -q '另一次审核的进度' "$tmp/e" || fail "$(cat "$tmp/e")"

# What is asked wrongly is said in one sentence.
for words in "--since 昨天" "--threads 0" "--only nothing" "--stays 按天"; do
    set +e
    # shellcheck disable=SC2086
    $y audit --data "$tmp/d" $words >/dev/null 2>"$tmp/e"; code=$?
    set -e
    [ "$code" = 2 ] && [ "$(wc -l <"$tmp/e")" = 1 ] || fail "$words: $code $(cat "$tmp/e")"
done
$y audit --data "$tmp/d" --only drug-sex --json 2>/dev/null | grep -vq '"rule":"drug-sex"' && fail '--only'
since=$($y audit --data "$tmp/d" --since 2024-07-01 2>/dev/null | awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next } $c["day_to"] < "2024-07-01"')
[ -z "$since" ] || fail '--since'
$y audit --data "$tmp/d" --only split-stay --stays group --count >/dev/null 2>&1 || fail '--stays'

# The window would have said the same, visit by visit.
$y rules same --data "$tmp/d" --people 8000 >"$tmp/same" || { cat "$tmp/same"; fail same; }

# Line and window rules: all that is planted, and little else.
$y rules evaluate --data "$tmp/d" --labels "$tmp/d/labels.tsv" >"$tmp/table" 2>/dev/null
awk -F'\t' '$1 == "逐行与窗口合计" { r = $6 + 0; p = $9 + 0; seen = 1 } END { exit !(seen && r >= 95 && p >= 60) }' "$tmp/table" ||
    { cat "$tmp/table"; fail 'recall or precision'; }

# A rule before it is switched on: its hits are the audit's, its look-alikes those of the rule written one step wider.
mkdir "$tmp/new"
sed 's/^rule .*/rule new-bound 试跑/' rules/national/drug-course-days.rule >"$tmp/new/bound.rule"
sed -e 's/^rule .*/rule new-wide 试跑/' -e '/^hit /s/ > / >= /' -e 's/^money .*/money 整行/' "$tmp/new/bound.rule" >"$tmp/wide.rule"
sed 's/^rule .*/rule new-exempt 试跑/' rules/visits/hanging-bed.rule >"$tmp/new/exempt.rule"
sed -e 's/^rule .*/rule new-open 试跑/' -e '/^unless /d' "$tmp/new/exempt.rule" >"$tmp/open.rule"
$y rules replay "$tmp/new" --data "$tmp/d" --threads 1 --sample 3 >"$tmp/r1" 2>"$tmp/r1.sum" || fail "$(cat "$tmp/r1.sum")"
$y rules replay "$tmp/new" --data "$tmp/d" --threads 2 --sample 3 --json >"$tmp/r2" 2>"$tmp/r2.sum" || fail 'replay as JSON'
diff "$tmp/r1.sum" "$tmp/r2.sum" || fail 'threads change the replay'
places() { # rule file...: knowledge, person, visit and settlement of each hit of the rule alone
    $y audit --data "$tmp/d" --rules "$2" --only "$1" 2>/dev/null |
        awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next } { print $c["knowledge"], $c["person"], $c["visit"], $c["settlement"] }' | sort -u
}
said() { # rule word: the number before 处 in the rule's lines that hold the word
    awk -v rule="$1" -v word="$2" '/^规则 / { on = $2 == rule } on && $0 ~ word { match($0, /[0-9]+ 处/); n += substr($0, RSTART, RLENGTH) + 0 } END { print n + 0 }' "$tmp/r1.sum"
}
for triple in bound:wide:差一步 exempt:open:除外; do
    IFS=: read -r narrow wide why <<<"$triple"
    places "new-$narrow" "$tmp/new/$narrow.rule" >"$tmp/n"
    places "new-$wide" "$tmp/$wide.rule" >"$tmp/w"
    [ "$(said "new-$narrow" '^  命中 ')" = "$(wc -l <"$tmp/n")" ] || fail "$narrow: hits"
    [ "$(said "new-$narrow" "^    $why")" = "$(comm -13 "$tmp/n" "$tmp/w" | wc -l)" ] || fail "$narrow: look-alikes"
    [ "$(said "new-$narrow" '^  20')" = "$(wc -l <"$tmp/n")" ] || fail "$narrow: months"
    [ "$(comm -13 "$tmp/n" "$tmp/w" | wc -l)" -gt 0 ] || fail "$narrow: nothing comes near"
done
tail -1 "$tmp/r2" | grep -q '"look_alikes":\[{"why":' || fail 'no summary as JSON'
awk -F'\t' 'NR > 1 { n[$1 $2 $4]++ } END { for (k in n) if (n[k] > 3) exit 1; exit NR < 4 }' "$tmp/r1" || fail 'more than the sample'
$y rules list | grep -q '^new-' && fail 'a replay switches a rule on'
# What changes when the bound is drawn wider: the narrow rule's hits stay, the look-alikes are new, nothing goes.
sed 's/^rule .*/rule new-bound 试跑/' "$tmp/wide.rule" >"$tmp/wider.rule"
$y rules replay "$tmp/wider.rule" --before "$tmp/new/bound.rule" --data "$tmp/d" --sample 0 >/dev/null 2>"$tmp/r3.sum" || fail "$(cat "$tmp/r3.sum")"
was=$(said new-bound '^  命中 ') near=$(said new-bound '^    差一步')
grep -q "^  修改之前 $was 处，.*仍命中 $was 处，新增 $near 处，不再命中 0 处" "$tmp/r3.sum" || fail "before and after: $(cat "$tmp/r3.sum")"
# Every provider of an invented region has a code of its own, or its year could not be audited.
$y synth --region 990100 --people 300 --year 2026 --archive-only --data "$tmp/s" >/dev/null 2>&1
$y audit --data "$tmp/s" >/dev/null 2>"$tmp/e" || fail "$(cat "$tmp/e")"
set +e
$y rules replay "$tmp/new" --data "$tmp/none" >/dev/null 2>"$tmp/e"; code=$?
set -e
[ "$code" = 2 ] && [ "$(wc -l <"$tmp/e")" = 1 ] || fail "$code $(cat "$tmp/e")"
echo ok
