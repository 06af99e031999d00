#!/usr/bin/env bash
# docs/first-hour.md is done literally, on a free port: from an empty folder to a settled, reconciled and undone bill.
# needs: curl
set -eu
cd "$(dirname "$0")/.."
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
port=$((20000 + RANDOM % 12000))
while (: </dev/tcp/127.0.0.1/$port) 2>/dev/null; do port=$((port + 1)); done
sed "s/8080/$port/g" docs/first-hour.md >"$d/first-hour.md"
tests/policy_guide.sh "$d/first-hour.md" 10 8
