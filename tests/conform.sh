#!/usr/bin/env bash
# usage: tests/conform.sh
# A server over a new SQLite folder with the demonstration's people, graded by `yiheng conform` with a
# stay of 20,000 lines; then stopped by SIGTERM under load, and its books proved.
set -eu
cd "$(dirname "$0")/.."
bin=${YIHENG:-build/yiheng}
dir=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT

"$bin" serve --data "$dir/data" --demo --sandbox --port 0 > "$dir/log" 2>&1 &
pid=$!
for _ in $(seq 100); do
  grep -q '已在 http' "$dir/log" && break
  kill -0 "$pid" 2>/dev/null || { cat "$dir/log"; echo "conform: the server did not start"; exit 1; }
  sleep 0.1
done
url=$(grep -o 'http://[0-9.:]*' "$dir/log" | head -1)

"$bin" conform "$url" > "$dir/marks" || { cat "$dir/marks"; exit 1; }
tail -1 "$dir/marks"
"$bin" conform "$url" --lines 100 --json > "$dir/json" || { cat "$dir/json"; echo "conform: a second run differs"; exit 1; }

# A half-sent request and a silent connection must not hold the door open.
exec 3<>"/dev/tcp/127.0.0.1/${url##*:}"
printf 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{' >&3
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
exec 3>&-
pid=
[ "$code" = 0 ] || { cat "$dir/log"; echo "conform: stopped with $code"; exit 1; }
grep -q '已停止' "$dir/log" || { cat "$dir/log"; echo "conform: no word of the stop"; exit 1; }
"$bin" verify --data "$dir/data" > "$dir/verify" || { cat "$dir/verify"; exit 1; }
echo "conform: full marks twice, drained, books proved"
