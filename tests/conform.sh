#!/usr/bin/env bash
# usage: tests/conform.sh
# A server over a new SQLite folder with the demonstration's people, graded by `yiheng conform` with a
# stay of 20,000 lines; then stopped by SIGTERM under load, and its books proved.
set -eu
cd "$(dirname "$0")/.."
. tests/serve.inc
bin=${YIHENG:-build/yiheng}
dir=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT

serve "$dir/log" "$bin" serve --data "$dir/data" --demo --sandbox --port 0

"$bin" conform "$url" > "$dir/marks" || { cat "$dir/marks"; exit 1; }
tail -1 "$dir/marks"
"$bin" conform "$url" --lines 100 --json > "$dir/json" || { cat "$dir/json"; echo "conform: a second run differs"; exit 1; }

# Whoever reads the certificate may ask at once, the note of it unwritten yet; nobody else; and the person's
# log has both looks when the server has stopped.
ask() { # infno, provider, input
  curl -s "$url" -d '{"infno":"'"$1"'","msgid":"LOOK'"$RANDOM$RANDOM"'","inf_time":"2026-03-18 10:00:00","opter":"7","opter_type":"1",
    "opter_name":"测试操作员","fixmedins_code":"'"$2"'","input":{"data":{'"$3"'}}}'
}
who='"psn_no":"99010100000000000000000003","cum_ym":""'
ask 5206 H99010100002 "$who" | grep -q '今天没有在本机构出示过就诊凭证' || { echo "conform: the year of anybody is told"; exit 1; }
ask 1101 H99010100002 '"mdtrt_cert_type":"01","mdtrt_cert_no":"T99010100000000000000000003"' > /dev/null
ask 5206 H99010100002 "$who" | grep -q '"cuminfo"' || { ask 5206 H99010100002 "$who"; echo "conform: who read the certificate is refused"; exit 1; }
ask 5206 H99010100003 "$who" | grep -q '今天没有在本机构出示过就诊凭证' || { echo "conform: another provider is told"; exit 1; }

# A body over the limit is told by how much it may have.
{ printf '{"infno":"1101"'; head -c 34000000 /dev/zero | tr '\0' ' '; } | curl -s "$url" --data-binary @- | grep -q '"err_msg":"请求体超过 32.00 兆，请分批上传"' ||
  { echo "conform: a body of 34 MB is not told the limit"; exit 1; }

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
looks=$("$bin" sql --data "$dir/data" "SELECT group_concat(route || ' ' || times, ',') FROM (SELECT route, sum(times) AS times FROM access_log
  WHERE person = '99010100000000000000000003' AND user = 'H99010100002' GROUP BY route ORDER BY route)" | tail -1)
[ "$looks" = '1101 1,5206 1' ] || { echo "conform: the person's log says: $looks"; exit 1; }
echo "conform: full marks twice, drained, books proved"
