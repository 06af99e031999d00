#!/usr/bin/env bash
# Stock against sales and trace codes, from the gateway to the audit: a pharmacy sends counts, purchases,
# transfers, returns and sales (3501-3506) and settles purchases (2102); the year is rebuilt from the store
# and audited.  What was billed beyond the shelf is found to the unit; its lawful twins are not.
# needs: curl
set -eu
cd "$(dirname "$0")/.."
. tests/serve.inc
yiheng=${YIHENG:-build/yiheng}
d=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null; rm -rf "$d"' EXIT
fail() { echo "goods: $*" >&2; cat "$d/reply" "$d/out" "$d/err" >&2 2>/dev/null || true; exit 1; }
n=0

serve "$d/log" "$yiheng" serve --data "$d/data" --demo --sandbox --port 0

send() { # sample, sed script
    n=$((n + 1))
    sed -e "s/\"msgid\": \"[^\"]*\"/\"msgid\": \"P99010100001G$(printf %014d $n)\"/" -e 's/"fixmedins_code": "[^"]*"/"fixmedins_code": "P99010100001"/' \
        -e "s/\"fixmedins_bchno\": \"[^\"]*\"/\"fixmedins_bchno\": \"N$n\"/" "tests/interface/$1.json" | sed "$2" > "$d/ask"
    curl -sS --max-time 20 -H 'Content-Type: application/json' --data-binary "@$d/ask" "$url" > "$d/reply" || fail "$1: no reply"
}
ok() { send "$@"; grep -q '"infcode":"\?0' "$d/reply" || fail "$1 was refused"; }
bad() { local want=$1; shift; send "$@"; grep -q '"infcode":"\?-1' "$d/reply" || fail "$1 was taken"; grep -qF -- "$want" "$d/reply" || fail "$1 says another thing than $want"; }
item() { printf 's/XA01ABD075A002010100483/%s/' "$1"; }
count() { ok 3501 "$(item "$1"); s/\"inv_cnt\": 100/\"inv_cnt\": $2/; s/\"invdate\": \"[^\"]*\"/\"invdate\": \"$3\"/"; }
sold() { # item, day, quantity, [trace code]: at 12.50; S is the settlement
    local sum trace=
    sum=$(awk "BEGIN { printf \"%.2f\", $3 * 12.5 }")
    [ -z "${4:-}" ] || trace=", \"drug_trac_info\": [ { \"feedetl_sn\": \"1\", \"drug_trac_codg\": \"$4\", \"trdn_flag\": \"${5:-0}\" } ]"
    send 2102 "$(item "$1"); s/2026-03-02 10:0[01]/$2/; s/\"medfee_sumamt\": 25.0/\"medfee_sumamt\": $sum/; s/_sumamt\": 25.0/_sumamt\": $sum/
        s/\"cnt\": 2.0/\"cnt\": $3/; s/\"pric\": 12.5/\"pric\": 12.5$trace/"
    S=$(sed 's/.*"setl_id":"\([^"]*\)".*/\1/' "$d/reply")
}
sale() { sold "$@"; grep -q '"infcode":"\?0' "$d/reply" || fail "2102 was refused"; }
A=XA01ABD075A002010100483 B=XA02BCA084A012010100453 C=XA02BCA348X006010104145
mapfile -t more < <(awk -F'\t' '/^X/ && $4 == "片剂" { print $1 }' catalogs/drugs/products.tsv | sed -n '200p;300p;400p')
D=${more[0]} E=${more[1]} F=${more[2]}

# A: four on the shelf, three sales of two: the third is beyond it.
count $A 4 2026-03-01
sale $A "2026-03-02 09:00" 2
sale $A "2026-03-02 10:00" 2
sale $A "2026-03-03 10:00" 2; SA=$S
# B, the twin: told two days late.
count $B 1 2026-03-01
sale $B "2026-03-03 11:00" 3
ok 3503 "$(item $B); s/\"purc_retn_cnt\": [0-9.]*/\"purc_retn_cnt\": 2/; s/\"purc_retn_stoin_time\": \"[^\"]*\"/\"purc_retn_stoin_time\": \"2026-03-05 08:00:00\"/"
# C, the twin: moved in from a branch (101); sent again under its own batch it is one arrival.
count $C 1 2026-03-01
for _ in 1 2; do
    ok 3502 "$(item $C); s/\"fixmedins_bchno\": \"[^\"]*\"/\"fixmedins_bchno\": \"MOVE\"/; s/\"inv_chg_type\": \"[^\"]*\"/\"inv_chg_type\": \"101\"/; s/\"cnt\": [0-9.]*/\"cnt\": 2/; s/\"inv_chg_time\": \"[^\"]*\"/\"inv_chg_time\": \"2026-03-02 08:00:00\"/"
done
sale $C "2026-03-03 12:00" 3
# D: three of five went back to the supplier (3504), three were billed.
count "$D" 5 2026-03-01
ok 3504 "$(item "$D"); s/\"purc_retn_cnt\": [0-9.]*/\"purc_retn_cnt\": 3/; s/\"purc_retn_stoin_time\": \"[^\"]*\"/\"purc_retn_stoin_time\": \"2026-03-02 08:00:00\"/"
sale "$D" "2026-03-03 13:00" 3; SD=$S
# F: one sold for cash (3505 without insurance), so the last of the shelf was not there to bill.
count "$F" 2 2026-03-01
ok 3505 "$(item "$F"); s/81000000000000000001/81000000000000000077/; s/\"mdtrt_sn\": \"MZ1\"/\"mdtrt_sn\": \"CASH\"/"
sale "$F" "2026-03-03 14:00" 2; SF=$S

# A trace code is sold once: the window refuses a second sale, takes one after a return (3506), and parts of one pack.
sale $B "2026-03-04 10:00" 1 81000000000000000101
sold $B "2026-03-04 11:00" 1 81000000000000000101; grep -q '"infcode":"\?-1' "$d/reply" && grep -q 追溯码 "$d/reply" || fail 'a code was sold twice'
bad 追溯码 3505 "$(item $B); s/81000000000000000001/81000000000000000101/"
# A again, one yuan above the place's limit of 12.50 (catalogs/terms/990100.tsv).
ok 3502 "$(item $A); s/\"inv_chg_type\": \"[^\"]*\"/\"inv_chg_type\": \"106\"/; s/\"cnt\": [0-9.]*/\"cnt\": 2/; s/\"inv_chg_time\": \"[^\"]*\"/\"inv_chg_time\": \"2026-03-08 08:00:00\"/"
ok 2102 "s/2026-03-02 10:0[01]/2026-03-08 15:00/; s/_sumamt\": 25.0/_sumamt\": 27.0/; s/\"pric\": 12.5/\"pric\": 13.5/"
SP=$(sed 's/.*"setl_id":"\([^"]*\)".*/\1/' "$d/reply")
# E: a pack of ten, sold in parts: 20 parts there were, 15 and 6 were billed.
count "$E" 1 2026-03-05
ok 3503 "$(item "$E"); s/\"purc_retn_cnt\": [0-9.]*/\"purc_retn_cnt\": 1, \"pac_cnt\": \"10\"/; s/\"purc_retn_stoin_time\": \"[^\"]*\"/\"purc_retn_stoin_time\": \"2026-03-06 08:00:00\"/"
part() { # parts, hour: billed in parts, told by 3505 with the settlement
    sale "$E" "2026-03-06 $2:00" "$1"
    ok 3505 "$(item "$E"); s/\"setl_id\": \"\"/\"setl_id\": \"$S\"/; s/\"psn_no\": \"\"/\"psn_no\": \"99010100000000000000000001\"/; s/\"trdn_flag\": \"0\"/\"trdn_flag\": \"1\"/
        s/\"mdtrt_sn\": \"MZ1\"/\"mdtrt_sn\": \"E$2\"/; s/\"sel_retn_cnt\": 1/\"sel_retn_cnt\": $1/; s/\"sel_retn_time\": \"[^\"]*\"/\"sel_retn_time\": \"2026-03-06 $2:00:00\"/; s/81000000000000000001/82000000000000000001/"
}
part 15 10
part 6 11; SE=$S
# And one that was settled after it began to tell of its sales, of which it tells nothing.
sale $C "2026-03-07 10:00" 1; SC=$S
ok 3502 "$(item $C); s/\"inv_chg_type\": \"[^\"]*\"/\"inv_chg_type\": \"106\"/; s/\"cnt\": [0-9.]*/\"cnt\": 5/; s/\"inv_chg_time\": \"[^\"]*\"/\"inv_chg_time\": \"2026-03-07 08:00:00\"/"
count $B 9 2026-03-20

"$yiheng" archive --rebuild --data "$d/data" --region 990100 --year 2026 > "$d/out" 2> "$d/err" || fail rebuild
grep -q '进销存与追溯码' "$d/out" || fail 'no goods records'
g=$d/data/archive/990100-2026.goods.tsv
grep -q "^in	P99010100001	$C	2026-03-02 08:00:00	2.0000	0	0		0	$" "$g" || fail 'the transfer'
[ "$(grep -c "^in	P99010100001	$C	2026-03-02" "$g")" = 1 ] || fail 'a record sent again counts twice'
grep -q '^scan	P99010100001		.*81000000000000000101$' "$g" || grep -q "^scan	P99010100001	$B	.*81000000000000000101\$" "$g" || fail 'the scanned code'
audit() { # rules, each by itself: no other rule takes its money first
    : > "$d/hits"
    for rule in stock-short stock-unsold trace-twice over-price; do
        "$yiheng" audit --data "$d/data" --only $rule 2> "$d/err" >> "$d/hits" || fail "audit $rule"
    done
}
audit
found() { awk -F'\t' -v r="$1" 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next } $c["rule"] == r { print $c["settlement"], $c["qty"] + 0, $c["item_money"] }' "$d/hits" | sort; }
found stock-short > "$d/out"
printf '%s\n' "$SA 2 25.00" "$SD 1 12.50" "$SE 1 12.50" "$SF 1 12.50" | sort > "$d/want"
# B's closing count finds nine where the books leave none: the last units billed never left.
diff <(grep -v "$B" "$d/want") <(grep -F -f <(cut -d' ' -f1 "$d/want") "$d/out") || fail 'stock-short'
[ "$(awk -F'\t' -v i=$B 'NR == 1 { for (k = 1; k <= NF; k++) c[$k] = k; next } $c["rule"] == "stock-short" && $c["item"] == i { q += $c["qty"] } END { print q + 0 }' "$d/hits")" = 4 ] || fail 'the count of B'
[ "$(wc -l < "$d/out")" = 6 ] || fail "other hits of stock-short"
[ "$(found stock-unsold | tr '\n' ' ')" = "$(printf '%s\n' "$SC 1 12.50" "$SP 2 27.00" | sort | tr '\n' ' ')" ] || fail "stock-unsold: $(found stock-unsold)"
[ "$(found over-price | tr '\n' ' ')" = "$SP 2 2.00 " ] || fail "over-price: $(found over-price)"
[ -z "$(found trace-twice)" ] || fail "trace-twice: $(found trace-twice)"

# Records of another shop of the same code, as a year taken in from elsewhere may hold: told against the later sale.
S1=$(awk -F'\t' '$1 == "scan" && /000101$/ { print $8 }' "$g")
{ cat "$g"; printf 'scan\tP99010100001\t%s\t2026-03-04 10:00:00\t1.0000\t0\t0\t%s\t1\t81000000000000000009\nscan\tP99010100001\t%s\t2026-03-02 10:00:00\t1.0000\t0\t0\tOTHER\t1\t81000000000000000009\n' \
    $B "$S1" $B; } > "$d/g2" && cp "$d/g2" "$g"
audit
[ "$(found trace-twice | tr '\n' ' ')" = "$S1 1 12.50 " ] || fail "trace-twice: $(found trace-twice)"
grep 'trace-twice' "$d/hits" | grep -q '81000000000000000009：2026-03-02 10:00:00 由 P99010100001 售出，结算 OTHER' || fail 'its proof'
cmp <("$yiheng" audit --data "$d/data" --threads 1 2>/dev/null) <("$yiheng" audit --data "$d/data" --threads 3 2>/dev/null) || fail 'threads change the bytes'
# A wrong row is one sentence.
printf 'buy\tP99010100001\t%s\t2026-03-04\tviele\t0\t0\t\t0\t\n' $B >> "$g"
set +e; "$yiheng" audit --data "$d/data" > /dev/null 2> "$d/err"; code=$?; set -e
[ "$code" != 0 ] && grep -q 'qty「viele」' "$d/err" && [ "$(wc -l < "$d/err")" = 1 ] || fail 'a wrong row'
"$yiheng" verify --data "$d/data" > "$d/out" || fail verify
echo ok
