#!/usr/bin/env bash
# usage: tests/policy_guide.sh [GUIDE COMMANDS OUTPUTS]
# docs/policy-guide.md (or another guide) is done literally, in an empty folder: its pages are saved under
# the names it says, its commands are run, and what it shows must be what comes out; at least so many.
set -eu
cd "$(dirname "$0")/.."
guide=$(realpath "${1:-docs/policy-guide.md}")
export YIHENG_HOME=$PWD
PATH=$PWD/build:$PATH
work=$(mktemp -d)
# A guide that starts a server writes its number to serve.pid.
trap '[ ! -e "$work/serve.pid" ] || kill "$(cat "$work/serve.pid")" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
name='' state=text shown=0 ran=0
: > got
while IFS= read -r line || [ -n "$line" ]; do
    case $state in
    text)
        case $line in
        *存成\ \`*) name=${line#*存成 \`}; name=${name%%\`*} ;;
        '~~~'*) [ -n "$name" ] || { echo "a page without a name"; exit 1; }; : > "$name"; state=page ;;
        '```sh') : > cmd; state=sh ;;
        '```text') : > want; state=want ;;
        esac ;;
    page)
        if [ "$line" = '~~~' ]; then state=text; name=''; else printf '%s\n' "$line" >> "$name"; fi ;;
    sh)
        if [ "$line" = '```' ]; then
            bash -eu -o pipefail cmd > got 2>&1 || { echo "failed:"; cat cmd got; exit 1; }
            ran=$((ran + 1)); state=text
        else
            printf '%s\n' "$line" >> cmd
        fi ;;
    want)
        if [ "$line" = '```' ]; then
            diff want got || { echo "the guide shows something else after:"; cat cmd; exit 1; }
            shown=$((shown + 1)); state=text
        else
            printf '%s\n' "$line" >> want
        fi ;;
    esac
done < "$guide"
[ "$ran" -ge "${2:-8}" ] && [ "$shown" -ge "${3:-7}" ] || { echo "only $ran commands, $shown outputs"; exit 1; }
echo "the guide holds: $ran commands, $shown outputs"
