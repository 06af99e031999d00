#!/usr/bin/env bash
# An invented prefecture as its user meets it: made twice alike, proved, reported, served.
# needs: curl
set -eu
cd "$(dirname "$0")/.."
. tests/serve.inc
yiheng=${YIHENG:-build/yiheng}
d=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$d"' EXIT
fail() { echo "synth: $*" >&2; cat "$d/log" "$d/reply" >&2 2>/dev/null || true; exit 1; }

"$yiheng" synth --preset honghe --people 20000 --seed 5 --threads 2 --data "$d/a" > "$d/log" 2>&1 || fail make
"$yiheng" synth --preset honghe --people 20000 --seed 5 --threads 1 --data "$d/b" >> "$d/log" 2>&1 || fail make
for f in archive/532500-2024.yha archive/532500-2024.goods.tsv labels.tsv; do cmp "$d/a/$f" "$d/b/$f" || fail "$f differs"; done
for t in person enrolment identity account account_group person_key filing binding provider accumulator archived_year archived_day; do
    for x in a b; do "$yiheng" sql --data "$d/$x" "select * from $t" > "$d/$x.tsv" || fail "sql $t"; done
    cmp "$d/a.tsv" "$d/b.tsv" || fail "table $t differs"
done
"$yiheng" verify --data "$d/a" > "$d/log" || fail verify
"$yiheng" replay --data "$d/a" > "$d/log" 2>&1 && grep -q 一分不差 "$d/log" || fail 'replay differs from the books'
# The closed year lives in the archive; the store keeps its head, its days and its digest.
"$yiheng" sql --data "$d/a" "select y.settlements = sum(d.settlements) and y.total = sum(d.total) and y.fund = sum(d.fund)
    and length(y.digest) = 64 from archived_year y join archived_day d using (region, year)" | tail -1 | grep -qx 1 || fail 'the head of the year'
"$yiheng" synth --report --data "$d/a" > "$d/report" || fail "the report: $(grep 超限 "$d/report")"
grep -q '全部在限内' "$d/report" || fail 'the report has no verdict'

# Nothing in it could be real: areas 98 and 99 (no province has them), a check sign that does not exist, names of the invented list.
"$yiheng" sql --data "$d/a" "select count(*) from person where person not like '99%' or substr(cert_no, 1, 2) <> '99'
    or substr(cert_no, 18, 1) between '0' and '9' or name not like '测试%'" | tail -1 | grep -qx 0 || fail 'a number or a name could be real'
"$yiheng" sql --data "$d/a" "select count(*) - count(distinct cert_no) from person" | tail -1 | grep -qx 0 || fail 'a certificate twice'
"$yiheng" sql --data "$d/a" "select count(*) from provider where substr(provider, 2, 2) not in ('98', '99')" | tail -1 | grep -qx 0 || fail 'a provider could be real'

# Each kind of misuse is there, and its look-alike.
kinds=$(cat src/shell/sim/misuse.def src/shell/sim/goods.def | grep -c '^R(')
[ "$(cut -f3 "$d/a/labels.tsv" | sed 1d | sort -u | wc -l)" = "$kinds" ] || fail 'a kind of misuse is missing'

# The folder is served: a person of it is known.
IFS=$'\t' read -r cert name < <("$yiheng" sql --data "$d/a" "select cert_no, name from person where grp > 100 limit 1" | tail -1)
hospital=$("$yiheng" sql --data "$d/a" "select provider from provider where kind = '1' limit 1" | tail -1)
serve "$d/log" "$yiheng" serve --data "$d/a" --sandbox --port 0
sed -e "s/990101198001010014/$cert/g" -e "s/测试甲/$name/; s/H99010100001/$hospital/g" -e 's/"990101"/"532503"/' tests/interface/1101.json > "$d/ask"
curl -sS --max-time 20 -H 'Content-Type: application/json' --data-binary "@$d/ask" "$url" > "$d/reply"
grep -q "$cert" "$d/reply" || fail 'a person of the prefecture is not known'

# Called wrongly: one clear sentence, 2, nothing made.
wrong() { set +e; "$yiheng" synth "$@" --data "$d/none" > "$d/log" 2>&1; code=$?; set -e
    [ "$code" = 2 ] && grep -q '错误' "$d/log" && [ ! -e "$d/none" ] || fail "$* gave $code"; }
wrong --preset nowhere
wrong --region 123456 --people 1000
wrong --preset honghe --people 5
wrong --people 1000
wrong --preset honghe --seed x
echo ok
