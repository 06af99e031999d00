#!/usr/bin/env bash
# A policy document written, reviewed by a second officer and published in a running server: settlements
# of its first day and later go by it, earlier ones do not; a restart and another process know it too.
# needs: nodejs sqlite3
set -eu
cd "$(dirname "$0")/.."
. tests/serve.inc
y=${YIHENG:-build/yiheng}
d=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; wait 2>/dev/null; rm -rf "$d"' EXIT

start() { serve "$d/log" $y serve --data "$d/town" --port 0 --sandbox --regions "990100 990200"; }
stop() {
    kill "$pid"
    wait "$pid" || true
    pid=
}

$y init-demo --data "$d/town" >/dev/null
start
node web/tests/publish.mjs "$url" first
stop
start
node web/tests/publish.mjs "$url" second
stop

# The log is proved by its digests, the books by their entries; a stored bill reads as it was decided.
$y policy log --data "$d/town" --out "$d/out" >"$d/list"
[ "$(wc -l <"$d/list")" = 2 ] || { cat "$d/list"; exit 1; }
$y policy check "$d/out" policy/990101 >/dev/null || { echo "publish: what was published is not sound"; exit 1; }
$y verify --data "$d/town" >"$d/proof" || { cat "$d/proof"; exit 1; }
last=$($y sql --data "$d/town" "SELECT settlement FROM settlement ORDER BY seq DESC LIMIT 1" | sed -n 2p)
$y bill --data "$d/town" "$last" | grep -q '× 70%' || { echo "publish: yiheng bill does not know the published document"; exit 1; }

# A log that was tampered with is found out, and the server does not start on it.
cp -r "$d/town" "$d/bad"
sqlite3 "$d/bad/yiheng.db" "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'policy_publication'" |
    while read -r t; do sqlite3 "$d/bad/yiheng.db" "DROP TRIGGER $t"; done
sqlite3 "$d/bad/yiheng.db" "UPDATE policy_publication SET text = replace(text, '65%', '95%') WHERE no = 1"
if $y policy log --data "$d/bad" >/dev/null 2>"$d/err"; then echo "publish: a changed text passes"; exit 1; fi
grep -q '第 1 号' "$d/err" || { cat "$d/err"; exit 1; }
if timeout 20 $y serve --data "$d/bad" --port 0 --sandbox --regions 990100 >"$d/log2" 2>&1; then echo "publish: a server starts on it"; exit 1; fi
grep -q '发布记录第 1 号' "$d/log2" || { cat "$d/log2"; exit 1; }
echo ok
