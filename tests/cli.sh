#!/usr/bin/env bash
# The binary's front: help, version, and one clear error for what does not exist.
set -eu
cd "$(dirname "$0")/.."
y=build/yiheng
$y --help | grep -q '^  help '
$y --version | grep -qE '^yiheng [0-9]+\.[0-9]+\.[0-9]+$'
set +e
out=$($y no-such-command 2>&1 >/dev/null)
code=$?
set -e
[ "$code" = 2 ]
[ "$(printf '%s\n' "$out" | wc -l)" = 1 ]
printf '%s' "$out" | grep -q 'no-such-command'
# A full disk is an error, not a success.
if [ -w /dev/full ] && $y --help >/dev/full; then
    echo 'help on a full disk claims success'
    exit 1
fi
# Each command's help is told on standard output, and asking for it is no failure.
$y help | awk '/^  [a-z]/ { print $1 }' | grep -vx help | while read -r command; do
    $y "$command" --help 2>/dev/null | grep -q "yiheng $command" || { echo "cli: $command --help tells nothing"; exit 1; }
    $y "$command" --help >/dev/null 2>&1 || { echo "cli: $command --help fails"; exit 1; }
done
