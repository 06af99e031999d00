#!/usr/bin/env bash
# ./yh run --once: the main job of the system shown over HTTP; each part is there, the printed bills add
# up to the fen, and the books are proved after.
# needs: curl
set -eu
cd "$(dirname "$0")/.."
y=build/yiheng
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT

timeout 300 ./yh run --once --data "$d/town" --port 18080 >"$d/text" 2>"$d/said" || { cat "$d/said" "$d/text"; exit 1; }
lacks() { echo "the demonstration lacks: $1"; cat "$d/text"; exit 1; }

# The parts, in this order: each is looked for behind the one before.
at=0
while read -r part; do
    line=$(tail -n +$((at + 1)) "$d/text" | grep -nE -m 1 -e "$part" | cut -d: -f1) || true
    [ "$line" ] || lacks "$part"
    at=$((at + line))
done <<'PARTS'
^  9001  .*签到号
^  2401  入院登记
^  2301  上传费用明细 20 条
^  2303  预结算：个人要付现金 4,169\.40
^  2304  结算，结算号 990100S
· 低保 · 住院 ·
基本统筹 .* 12,720\.00
大病保险
 5,382\.00
医疗救助 .* 2,728\.60
^  2201
^  2207  结算，结算号 990100S
· 在职 · 门诊 ·
样例市参保人在示例市住院
^  2304  结算，结算号 990200S
基本统筹  \(11,000\.00 − 起付 1,000\.00\) × 80%
^  2601  按 msgid 冲正成功
^  2207  .*不予受理
^  3201  机构 2 笔，总费用 240\.00，基金 68\.25，账户 100\.00：平
虚构统筹区 532500：100000 人
与账面逐笔逐项相符：各支付方、账户、分项，一分不差
^532500 2024 年重放：账面 → honghe-draft
城乡居民基本医疗保险基金  .*  \+[0-9,.]+
curl -s http://127\.0\.0\.1:
PARTS

# Each bill: the cost's parts make the total, the payers and the person make it again.
awk '
function money(text,  n) {
    n = 0
    while (match(text, /-?[0-9][0-9,]*\.[0-9][0-9]/)) {
        found[++n] = substr(text, RSTART, RLENGTH)
        gsub(/[,.]/, "", found[n])
        text = substr(text, RSTART + RLENGTH)
    }
    return n
}
function wrong(what) { printf "%s: %s\n", what, $0; bad = 1 }
/^    总费用/    { n = money($0); total = found[n]; parts = 0; next }
/^      [^ ]/    { n = money($0); if (n) parts += found[n]; next }
/^    个人负担/  { n = money($0); person = found[n]
                   if (n > 1 && found[1] + found[2] != person) wrong("parts of the person") }
/^    合计/      { n = money($0); s = 0; for (i = 1; i < n; i++) s += found[i]
                   if (s != found[n] || s != total) wrong("payers")
                   if (found[n - 1] != person) wrong("the person")
                   if (parts != total) wrong("cost")
                   if ($0 !~ /✓$/) wrong("no tick")
                   bills++ }
END { if (bills != 3) { print bills " bills, not 3"; bad = 1 } exit bad }' "$d/text" || { cat "$d/text"; exit 1; }

$y verify --data "$d/town" >"$d/proof" || { cat "$d/proof"; exit 1; }
grep -q '账目相符' "$d/proof"

# What the front pages print is what it said, blanks aside; what they leave out they mark with "…".
squeeze() { sed -E 's/ +/ /g; s/^ //; s/ $//'; }
squeeze <"$d/text" >"$d/flat"
for page in README.md README.zh-CN.md; do
    lines=0
    while IFS= read -r line; do
        grep -qF -- "$line" "$d/flat" || { echo "$page prints what the demonstration does not say: $line"; exit 1; }
        lines=$((lines + 1))
    done < <(sed -n '/^    医衡 0/,/✓$/p' "$page" | grep -v -e '医衡 0' -e '^$' -e '^ *…$' | squeeze)
    [ $lines -ge 15 ] || { echo "$page shows no bill"; exit 1; }
done

# The bill told again from the folder alone, and the books proved, by the commands that it prints.
no=$(grep -o '990100S[0-9]*' "$d/text" | head -1)
$y bill --data "$d/town" "$no" | grep -q '2,728.60'
sh -c "$(sed -n 's/^再看那张账单：//p' "$d/text")" | grep -q '2,728.60' || lacks 'a command that tells the bill again'
sh -c "$(sed -n 's/^核对账目：//p' "$d/text")" | grep -q '账目相符' || lacks 'a command that proves the books'

# The same year decided again differs in nothing.
$y review --data "$d/town" --person 99010100000000000000000003 --scheme 390 --year "$(date +%Y)" | grep -q "有差额 0 笔"

# A taken port is stepped over and said; a second demonstration starts afresh.
# Its number is this run's own, for others may test beside it.
taken=$((20000 + RANDOM % 20000))
while (: </dev/tcp/127.0.0.1/$taken) 2>/dev/null; do taken=$((taken + 1)); done
$y serve --memory --sandbox --port $taken --regions 990100 >"$d/taken" 2>&1 &
other=$!
trap 'kill $other 2>/dev/null || true; rm -rf "$d"' EXIT
for _ in $(seq 600); do grep -q 'http://' "$d/taken" && break; sleep 0.1; done
# It goes on serving, says where, and who may sign in does; asked to stop, it ends well.
timeout 120 $y demo --data "$d/town" --port $taken >"$d/text" &
demo=$!
trap 'kill $other $demo 2>/dev/null || true; rm -rf "$d"' EXIT
for _ in $(seq 1200); do grep -q 继续服务中 "$d/text" && break; kill -0 $demo || break; sleep 0.1; done
at=$(sed -n 's/^继续服务中（\(http[^）]*\)）.*/\1/p' "$d/text")
for user in demo-bing demo-officer demo-reviewer demo-clerk demo-hospital demo-supervisor; do
    grep -q "$user" <(sed -n '/^用浏览器打开/,$p' "$d/text") || lacks "$user, who may sign in"
    curl -s "$at/api/session" -H 'Content-Type: application/json' -d "{\"user\":\"$user\",\"password\":\"yiheng-demo\"}" |
        grep -q '"csrf":"[^"]' || lacks "a sign-in of $user"
done
kill $demo
wait $demo || lacks 'a good end'
grep -q '4,169.40' "$d/text" || lacks 'the bill, the second time'
if grep -q "http://127.0.0.1:$taken " "$d/text"; then lacks 'another port'; fi
grep -q "$taken" "$d/text" || lacks 'a word about the taken port'
# The front pages' own request works as printed, but for the port.
for page in README.md README.zh-CN.md; do
    sed -n '/^```sh$/,/^```$/p' "$page" | grep -v '```' | sed "s/8080/$taken/" >"$d/own.sh"
    bash "$d/own.sh" >"$d/reply"
    shown=$(grep -m 1 '^    {"infcode"' "$page")
    for part in "${shown%% …*}" "$(expr "$shown" : '.*… \(.*\), …')"; do
        grep -qF -- "${part#    }" "$d/reply" || { echo "$page: the reply is not as printed"; cat "$d/reply"; exit 1; }
    done
done
kill $other

# A folder that is not the demonstration's is left alone.
$y init-demo --data "$d/own" >/dev/null
if $y demo --once --data "$d/own" >/dev/null 2>&1; then echo "took another folder"; exit 1; fi
echo ok
