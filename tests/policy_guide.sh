#!/usr/bin/env bash
# docs/policy-guide.md is done literally, in an empty folder: its pages are saved under the names
# it says, its commands are run, and what it shows must be what comes out.
set -eu
cd "$(dirname "$0")/.."
guide=$PWD/docs/policy-guide.md
PATH=$PWD/build:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
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
[ "$ran" -ge 8 ] && [ "$shown" -ge 7 ] || { echo "only $ran commands, $shown outputs"; exit 1; }
echo "the guide holds: $ran commands, $shown outputs"
