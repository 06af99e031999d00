#!/usr/bin/env bash
# The binary's front: help, version, one clear error for what does not exist; every command's own page
# teaches (ways to call, options, an example that runs, exit codes) and names every option it takes.
set -eu
cd "$(dirname "$0")/.."
y=$PWD/build/yiheng
. tests/town.inc
$y --help | grep -q '^  help '
$y --version | grep -qE '^yiheng [0-9]+\.[0-9]+\.[0-9]+$'
set +e
out=$($y no-such-command 2>&1 >/dev/null)
code=$?
set -e
[ "$code" = 2 ]
[ "$(printf '%s\n' "$out" | wc -l)" = 1 ]
printf '%s' "$out" | grep -q 'no-such-command'
# A day that is none, or missing, is a wrong call, and so is an option without its value: nothing is settled.
wrong() {
    want=$1
    shift
    code=0
    out=$($y "$@" 2>&1) || code=$?
    [ "$code" = 2 ] && [ "${out%%$'\n'*}" = "错误：$want" ] || { echo "cli: $*: $code, ${out%%$'\n'*}"; exit 1; }
}
wrong '写上 --on 日期，如 --on 2026-03-01' policy show 990100 390
wrong '--on “2026-13-01”不是日期，应写成 2026-03-01' policy show 990100 390 --on 2026-13-01
wrong '选项 --region 后面要写它的值' settle docs/examples/bills.jsonl --region
wrong 'yiheng case show 没有选项 --amount（yiheng case --help 列出可用的）' case show X --amount 3
wrong '--lines “0”应为 1 到 1000000 的整数' conform http://127.0.0.1:1 --lines 0
# An amendment is compared with what it amends; another page wants a second one.
out=$($y policy diff policy/990101/390-2026.md 2>&1) && exit 1
printf '%s' "$out" | grep -q '不是修订'
# A full disk is an error, not a success.
if [ -w /dev/full ] && { $y --help >/dev/full || $y verify --help >/dev/full; } 2>/dev/null; then
    echo 'help on a full disk claims success'
    exit 1
fi

d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
bad=0
lacks() { echo "cli: $*"; bad=1; }
commands=$($y help | awk '/^  [a-z]/ { print $1 }' | grep -vx help)
for command in $commands; do
    # Asked for help, the page is told on standard output, and asking is no failure.
    $y "$command" --help >"$d/page" 2>"$d/err" || lacks "$command --help fails"
    [ ! -s "$d/err" ] || lacks "$command --help speaks on standard error: $(cat "$d/err")"
    for part in "用法：yiheng $command" "例：yiheng $command" '退出码：0 '; do
        grep -q -- "$part" "$d/page" || lacks "$command --help has no “$part”"
    done
    cat "$d/page" >>"$d/pages"
    # An option that is not there is named, with the cure, in one line.
    code=0
    $y "$command" --no-such=1 >"$d/out" 2>"$d/err" || code=$?
    [ $code = 2 ] && [ ! -s "$d/out" ] && [ "$(wc -l <"$d/err")" = 1 ] &&
        grep -q -- "--no-such（yiheng $command --help" "$d/err" || lacks "$command --no-such: $code, $(cat "$d/err")"
done
for sub in 'rules learn' 'rules replay' 'rules evaluate' 'rules prove' 'rules same' 'policy handbook' 'policy log' 'policy table' \
    'policy examples' 'list lock'; do
    # shellcheck disable=SC2086
    $y $sub --help >>"$d/pages" || lacks "$sub --help fails"
done

# Every option that the code takes stands on a page.
grep -ohE '"--[a-z][a-z0-9-]*"' src/shell/cli/*.c | tr -d '"' | grep -vx -e --version | sort -u | while read -r option; do
    grep -qE -- "$option([^a-z0-9-]|\$)" "$d/pages" || echo "$option"
done >"$d/untold"
[ ! -s "$d/untold" ] || lacks "options that no page tells: $(tr '\n' ' ' <"$d/untold")"

# Every example runs as it is printed.  Other scripts run serve, conform, demo (demo.sh, conform.sh) and move (operations.sh).
town "$d/demo-data"
for name in catalogs policy rules docs tests; do ln -s "$PWD/$name" "$d/$name"; done
printf 'H%d\n' 1 2 3 4 5 >"$d/机构.txt"
cd "$d"
PATH=${y%/*}:$PATH
for command in synth $(grep -vx synth <<<"$commands"); do
    case $command in serve | conform | demo | move) continue ;; esac
    line=$($y "$command" --help | sed -n 's/^例：//p')
    sh -c "$line" >out 2>err || { lacks "the example fails ($?): $line"; head -5 out err; }
done
exit $bad
