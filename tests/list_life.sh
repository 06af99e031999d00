#!/usr/bin/env bash
# A settlement list walks its whole life against a real server, while the agency's own commands go through
# its data folder: settled, uploaded, checked, grouped, submitted, rejected, corrected (3-0-1), passed,
# locked, asked to leave group payment, unlocked, voided, and a late one; then the same commands without a
# server, after a clean stop and after kill -9.
# needs: curl
set -eu
cd "$(dirname "$0")/.."
. tests/serve.inc
yiheng=${YIHENG:-build/yiheng}
d=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null; rm -rf "$d"' EXIT
fail() { echo "list_life: $*" >&2; cat "$d/reply" "$d/log" >&2 2>/dev/null || true; exit 1; }
P=99010100000000000000000002 M=990101M0000000002 S=990101S0000000002 n=0

start() { serve "$d/log" "$yiheng" serve --data "$d/data" --demo --sandbox --port 0; }
# send SAMPLE [sed script]: the sample under its own numbers, changed; the reply is in $d/reply.
send() {
    n=$((n + 1))
    sed -e "s/\"msgid\": \"[^\"]*\"/\"msgid\": \"H99010100001L$(printf %014d $n)\"/" -e "s/990101M0000000002/$M/g" \
        -e "s/990101S0000000002/$S/g" "tests/interface/$1.json" | sed "${2:-}" > "$d/ask"
    curl -sS --max-time 20 -H 'Content-Type: application/json' --data-binary "@$d/ask" "$url" > "$d/reply" || fail "$1: no reply"
}
ok() { send "$@"; grep -q '"infcode":"\?0' "$d/reply" || fail "$1 was refused"; }
bad() { local want=$1; shift; send "$@"; grep -q '"infcode":"\?-1' "$d/reply" || fail "$1 was taken"; has "$want"; }
has() { grep -qF -- "$1" "$d/reply" || fail "the reply lacks $1"; }
lacks() { grep -qF -- "$1" "$d/reply" && fail "the reply has $1"; return 0; }
value() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" "$d/reply"; }
question() {
    n=$((n + 1))
    { sed '/"input"/,$d' tests/interface/4102.json | sed -e "s/\"infno\": \"4102\"/\"infno\": \"$1\"/" \
        -e "s/\"msgid\": \"[^\"]*\"/\"msgid\": \"H99010100001Q$(printf %014d $n)\"/" -e "s/H99010100001\"/${3:-H99010100001}\"/"
      printf '"input":{"data":%s}}\n' "$2"; } > "$d/ask"
    curl -sS --max-time 20 -H 'Content-Type: application/json' --data-binary "@$d/ask" "$url" > "$d/reply" || fail "$1: no reply"
}
about() { question "$1" "{\"setl_id\":\"$S\",\"psn_no\":\"$P\",\"setl_ym\":\"202603\",\"page_num\":1,\"page_size\":10}"; }
agency() { "$yiheng" list "$@" --data "$d/data" > "$d/out" 2> "$d/err"; }

start
[ "$(stat -c %a "$d/data/agency.sock")" = 600 ] || fail "the agency's socket is open to others: $(cat "$d/log"; ls -la "$d")"

# Settled: 8600.00 in five lines.
ok 2401; M=$(value mdtrt_id)
while read -r sn code price count sum; do
    ok 2301 "s/\"feedetl_sn\": \"1\"/\"feedetl_sn\": \"$sn\"/; s/002501010010000-250101001/$code/; s/\"pric\": 80.0/\"pric\": $price/
        s/\"cnt\": 1.0/\"cnt\": $count/; s/\"det_item_fee_sumamt\": 80.0/\"det_item_fee_sumamt\": $sum/"
done <<'LINES'
2 003205000010000 3260 1 3260.00
3 XA02BCA348X006010104145 50 20 1000.00
4 C14141019400002 32 10 320.00
5 001109000030100 250 10 2500.00
6 001201000010000 144 10 1440.00
LINES
send 2301; has '"infcode":"0"'
ok 2402; ok 2304; S=$(value setl_id)

# Uploaded, checked at once and grouped; another hospital sees and does nothing.
bad 未找到该结算的结算清单 4102
ok 4101; has 质控发现错误
about 4104; has 'C-011'; has '"retn_flag":"1"'
about 3605; has '"mdc_codg":"MDCE"'
about 3606; has 'J18.9:BSZL'
question 4103 "{\"setl_id\":\"$S\",\"psn_no\":\"$P\"}" H99010100002; has 未找到
question 4102 "{\"stastinfo\":[{\"setl_id\":\"$S\",\"psn_no\":\"$P\",\"stas_type\":\"1\"}]}" H99010100002; has 未找到

# Submitted, rejected, back to a draft, corrected, submitted, passed: 0-1-3-0-1-2.
agency review --person "$P" --settlement "$S" --outcome pass && fail "a draft was passed"
agency lists --provider H99010100001 --month 2026-03 --state 1 && [ "$(wc -l < "$d/out")" = 1 ] || fail "nothing is submitted yet: $(cat "$d/out" "$d/err")"
ok 4102
agency lists --provider H99010100001 --month 2026-03 --state 1 && grep -q "^$S	$P	202603	1	1	" "$d/out" || fail "what is submitted: $(cat "$d/out" "$d/err")"
bad 已提交或已通过 4101
agency review --person "$P" --settlement "$S" --outcome maybe && fail "an outcome that is none"
agency review --person "$P" --settlement "$S" --outcome reject || fail "reject: $(cat "$d/err")"
ok 4102 's/"stas_type": "1"/"stas_type": "0"/'
ok 4101 's/"ntly": "156"/"ntly": "156", "trt_type": "10", "dscg_time": "2026-03-10 10:00:00"/; s/J18.900/I10.x00x002/; s/"肺炎"/"高血压"/'
about 4104; lacks 'C-011'
about 3605; has '"mdc_codg":"MDCF"'
ok 4102
agency review --person "$P" --settlement "$S" --outcome pass || fail "pass: $(cat "$d/err")"
bad 已提交或已通过 4101

# The month is locked beside the running server, once; then nothing of it changes.
agency lock --month 2026-03 --operator JB01 || fail "lock beside a server: $(cat "$d/err")"
agency lock --month 2026-03 && fail "locked twice"
grep -q 已经锁定 "$d/err" || fail "the server's refusal did not come back: $(cat "$d/err")"
bad 所属月份已锁定 2305

# It asks to leave group payment; the panel decides beside the running server.
question 3602 "{\"setl_id\":\"$S\",\"psn_no\":\"$P\",\"exit_rea\":\"多学科抢救\"}"; has '"infcode":"0"'; id=$(value message)
agency decide --application "$id" --outcome points --opinion 同意 && fail "points without a score"
agency decide --application "$id" --outcome points --points 125.5 --opinion 同意调整 --operator ZJ01 || fail "decide: $(cat "$d/err")"
question 3604 "{\"appy_chk_setl_list_id\":\"$id\"}"; has 同意调整; has '"opnn_exit_type":"2"'
question 3601 "{\"setl_id\":\"$S\"}"; has 125.5; has '"rchk_flag":"1"'

# Opened with a reason, voided by 2305; settled again, the list comes late and is told so.
agency unlock --month 2026-03 --settlement "$S" && fail "opened without a reason"
agency unlock --month 2026-03 --settlement "$S" --reason 编码更正 || fail "unlock: $(cat "$d/err")"
ok 2305
about 3605; has '"vali_flag":"0"'; has 作废
about 4104; has 'C-104'
ok 2304; S=$(value setl_id)
late='s/"inf_time": "2026-03-1[01]/"inf_time": "2026-03-30/'
bad 所属月份已锁定 4101 "$late"
agency unlock --month 202603 --settlement "$S" --reason 迟报，已核实 || fail "unlock the late one: $(cat "$d/err")"
ok 4101 "$late"
about 4104; has 'C-102'

# A clean stop takes the socket away, and the commands work as before; kill -9 leaves a dead one.
kill -TERM "$pid"; wait "$pid" || fail "the server stopped with an error"; pid=
[ ! -e "$d/data/agency.sock" ] || fail "the socket outlived its server"
agency locks || fail "locks"
[ "$(grep -c ^202603 "$d/out")" = 3 ] || fail "a lock and two unlocks are kept: $(cat "$d/out")"
agency lock --month 2026-02 || fail "lock without a server"
start
kill -9 "$pid"; wait "$pid" 2>/dev/null || true; pid=
[ -S "$d/data/agency.sock" ] || fail "no dead socket to try"
agency unlock --month 2026-02 --reason 演练 || fail "a dead server's socket is in the way: $(cat "$d/err")"
start
agency lock --month 2026-02 || fail "the next server took the dead socket's place: $(cat "$d/err")"
kill -TERM "$pid"; wait "$pid"; pid=
"$yiheng" verify --data "$d/data" > "$d/verify" || { cat "$d/verify"; exit 1; }
echo "list_life: a list walked its whole life, the agency beside and without the server"
