#!/usr/bin/env bash
# yiheng enrol: a thousand invented people and two providers into an empty folder and an empty database; the server
# knows them and settles a visit; the same files again change nothing, and neither does a bad row.
# needs: postgresql-15 curl
set -eu
cd "$(dirname "$0")/.."
. tests/serve.inc
y=$PWD/build/yiheng
. tests/cluster.inc
fail() { echo "enrol: $*"; exit 1; }
no() { # exit code, words of the error, then the arguments
    local want=$1 words=$2 code=0
    shift 2
    "$y" enrol "$@" >"$dir/out" 2>"$dir/err" || code=$?
    [ $code = "$want" ] && grep -qF -- "$words" "$dir/err" || fail "enrol $*: $code, $(cat "$dir/out" "$dir/err")"
}
did() { # words of the answer, then the arguments
    local words=$1
    shift
    "$y" enrol "$@" >"$dir/out" 2>"$dir/err" && grep -qF -- "$words" "$dir/out" || fail "enrol $*: $(cat "$dir/out" "$dir/err")"
}

# The first is the person of tests/interface, under a number with a true check digit.
awk 'BEGIN {
    OFS = "\t"
    print "psn_no", "psn_cert_type", "certno", "psn_name", "gend", "brdy", "balc"
    for (i = 1; i <= 1000; i++) {
        c = "99010119801231" sprintf("%03d", i % 1000)
        s = 0
        for (k = 1; k <= 17; k++) s = (s + substr(c, k, 1)) * 2 % 11
        print sprintf("990101%020d", i), "01", c substr("10X98765432", s + 1, 1), i == 1 ? "测试甲" : "测试" i, 1 + i % 2, "1980-12-31", i % 4 ? "200.00" : ""
    }
}' >"$dir/person.tsv"
awk 'BEGIN {
    OFS = "\t"
    print "psn_no", "insutype", "insuplc_admdvs", "psn_type", "psn_insu_date", "paus_insu_date"
    for (i = 1; i <= 1000; i++) print sprintf("990101%020d", i), i % 4 ? 310 : 390, "990101", i % 4 ? 11 : 15, "2005-07-01", ""
}' >"$dir/enrolment.tsv"
printf 'fixmedins_code\tfixmedins_name\tfixmedins_type\thosp_lv\tadmdvs\tbegndate\n' >"$dir/provider.tsv"
printf 'H99010100001\t测试第一医院\t1\t2\t990101\t2020-01-01\nP99010100001\t测试药房\t2\t\t990101\t2020-01-01\n' >>"$dir/provider.tsv"
files=("$dir/enrolment.tsv" "$dir/provider.tsv" "$dir/person.tsv")
data=$dir/data

# A bad row keeps all out, and makes no folder.
sed '700s/\t01\t/\t77\t/' "$dir/person.tsv" >"$dir/bad.tsv"
no 2 "bad.tsv:700: psn_cert_type “77”" --data "$data" --region 990100 "$dir/enrolment.tsv" "$dir/bad.tsv"
[ ! -e "$data" ] || fail 'a bad row made a folder'
no 2 '--region' --data "$data" "${files[@]}"
did '参保人：新 1000，相同 0，改动 0' --check --data "$data" --region 990100 "${files[@]}"
[ ! -e "$data" ] || fail 'a check made a folder'

did '参保人：新 1000，相同 0，改动 0' --data "$data" --region 990100 "${files[@]}"
was=$("$y" sql --data "$data" 'SELECT * FROM person' | sha256sum)
did '参保：新 0，相同 1000，改动 0' --data "$data" "${files[@]}"

# What is there is not changed by a bad row, nor without --update; with it, in that one field.
sed -n '1p;3s/测试2/测试改/p;4s/1980/180/p' "$dir/person.tsv" >"$dir/change.tsv"
no 2 '不对' --data "$data" --update "$dir/change.tsv"
sed -i 3d "$dir/change.tsv"
no 2 '加 --update' --data "$data" "$dir/change.tsv"
[ "$("$y" sql --data "$data" 'SELECT * FROM person' | sha256sum)" = "$was" ] || fail 'a refused load changed a person'
did '参保人：新 0，相同 0，改动 1' --data "$data" --update "$dir/change.tsv"
[ "$("$y" sql --data "$data" "SELECT count(*) FROM person WHERE name = '测试改'" | tail -1)" = 1 ] || fail 'the name'
sed -n '1p;2s/200.00/201.00/p' "$dir/person.tsv" >"$dir/change.tsv"
no 2 '装入后不能改' --data "$data" --update "$dir/change.tsv"
# The certificate of another, and a period beside an open one.
awk -F'\t' -v OFS='\t' 'NR == 2 { $1 = "X1" } NR <= 2' "$dir/person.tsv" >"$dir/change.tsv"
no 2 '库中已属于 psn_no 99010100000000000000000001' --data "$data" "$dir/change.tsv"
sed -n '1p;2s/2005-07-01/2020-01-01/p' "$dir/enrolment.tsv" >"$dir/change.tsv"
no 2 '与库中 2005-07-01 起的同一险种重叠' --data "$data" --update "$dir/change.tsv"
sed -n '2s/$/2020-01-01/p' "$dir/enrolment.tsv" >>"$dir/change.tsv" # the earlier one ends there
did '参保：新 1，相同 0，改动 1' --data "$data" --update "$dir/change.tsv"

example=(docs/examples/enrol/*.tsv)
did '身份：新 1，' --data "$data" "${example[@]}"
did '定点机构：新 0，相同 3，改动 0' --data "$data" "${example[@]}"
sed 's/社区卫生$/乡镇卫生/' docs/examples/enrol/provider.tsv >"$dir/change.tsv"
no 2 'level_kind “乡镇卫生”' --data "$data" "$dir/change.tsv"
did '定点机构：新 0，相同 2，改动 1' --data "$data" --update "$dir/change.tsv"

serve "$dir/serve" "$y" serve --data "$data" --sandbox --port 0 --regions 990100
server=$pid
no 1 '先停下它' --data "$data" "${files[@]}"
did '只核对' --check --data "$data" "$dir/provider.tsv"
cert=$(awk -F'\t' 'NR == 2 { print $3 }' "$dir/person.tsv")
M=none
for number in 1101 2201 2203 2204 2207; do
    sed -e "s/990101198001010014/$cert/g" -e "s/990101M0000000001/$M/g" "tests/interface/$number.json" |
        curl -sS --max-time 20 "$url/" --data-binary @- >"$dir/reply"
    grep -q '"infcode":"0"' "$dir/reply" || fail "$number: $(cat "$dir/reply")"
    case $number in
    1101) grep -q '"psn_name":"测试甲"' "$dir/reply" && grep -q '"balc":200.00' "$dir/reply" || fail "1101: $(cat "$dir/reply")" ;;
    2201) M=$(sed 's/.*"mdtrt_id":"\([^"]*\)".*/\1/' "$dir/reply") ;;
    2207) grep -q '"fund_pay_sumamt":[1-9]' "$dir/reply" || fail "2207: $(cat "$dir/reply")" ;;
    esac
done
kill -TERM $server
wait $server
"$y" verify --data "$data" >"$dir/out" || fail "the books: $(cat "$dir/out")"

# A database.
cluster_start one
query postgres "CREATE DATABASE yiheng ENCODING 'UTF8' TEMPLATE template0"
store="postgresql:///yiheng?host=$socket&port=$port&user=postgres"
no 2 'bad.tsv:700' --store "$store" --region 990100 "$dir/enrolment.tsv" "$dir/bad.tsv"
did '参保：新 1000，相同 0，改动 0' --store "$store" --region 990100 "${files[@]}"
did '参保人：新 0，相同 1000，改动 0' --store "$store" "${files[@]}"
echo 'enrol: 1000 people into a folder and a database, a visit settled'
