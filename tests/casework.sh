#!/usr/bin/env bash
# A case walks from hit to recovery against a real server: the provider by 3701-3704, the agency by its
# commands beside the running server; a tip to its reward; the books proved; the draw repeated with sha256sum.
# needs: curl
set -eu
cd "$(dirname "$0")/.."
. tests/serve.inc
yiheng=${YIHENG:-build/yiheng}
d=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null; rm -rf "$d"' EXIT
fail() { echo "casework: $*" >&2; cat "$d/reply" "$d/out" "$d/err" >&2 2>/dev/null || true; exit 1; }
data=${YH_CASEWORK_DATA:-$d/data}
P=99010100000000000000000001 H=H99010100001 M=990101M0000000001 n=0

start() { serve "$d/log" "$yiheng" serve --data "$data" --demo --sandbox --port 0; }
post() {
    curl -sS --max-time 20 -H 'Content-Type: application/json' --data-binary "@$d/ask" "$url" > "$d/reply" || fail "no reply"
}
sample() { # number, sed script: a sample of the interface under its own numbers
    n=$((n + 1))
    sed -e "s/\"msgid\": \"[^\"]*\"/\"msgid\": \"H99010100001K$(printf %014d $n)\"/" -e "s/990101M0000000001/$M/g" \
        "tests/interface/$1.json" | sed "${2:-}" > "$d/ask"
    post
    grep -q '"infcode":"\?0' "$d/reply" || fail "$1 was refused"
}
ask() { # number, input: today's call of the hospital
    n=$((n + 1))
    { sed '/"input"/,$d' tests/interface/4102.json | sed -e "s/\"infno\": \"4102\"/\"infno\": \"$1\"/" \
        -e "s/\"msgid\": \"[^\"]*\"/\"msgid\": \"H99010100001Q$(printf %014d $n)\"/" -e "s/\"inf_time\": \"[^\"]*\"/\"inf_time\": \"$now\"/"
      printf '"input":%s}\n' "$2"; } > "$d/ask"
    post
}
ok() { ask "$@"; grep -q '"infcode":"\?0' "$d/reply" || fail "$1 was refused"; }
bad() { local want=$1; shift; ask "$@"; grep -q '"infcode":"\?-1' "$d/reply" || fail "$1 was taken"; has "$want"; }
has() { grep -qF -- "$1" "$d/reply" || fail "the reply lacks $1"; }
value() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" "$d/reply"; }
y() { "$yiheng" "$@" --data "$data" > "$d/out" 2> "$d/err" || fail "yiheng $*"; }
no() { # the words of the error, then the command
    local want=$1; shift
    "$yiheng" "$@" --data "$data" > "$d/out" 2> "$d/err" && fail "yiheng $* was done"
    grep -qF -- "$want" "$d/err" || fail "yiheng $* says another thing than $want"
}
out() { grep -qF -- "$1" "$d/out" || fail "the answer lacks $1"; }
cell() { awk -F'\t' -v c="$1" 'NR == 2 { print $c }' "$d/out"; }
verify() { "$yiheng" verify --data "$data" --json > "$d/out" || fail "the books: $(cat "$d/out")"; out '"clean":true'; out "\"recovered\":$1,\"person_back\":$2"; }

start
now=$(TZ=CST-8 date '+%Y-%m-%d %H:%M:%S')
visit() { # day
    sample 2201 "s/2026-03-02/$1/g"; M=$(value mdtrt_id)
    sample 2203 "s/2026-03-02/$1/g"; sample 2204 "s/2026-03-02/$1/g"; sample 2207 "s/2026-03-02/$1/g"; S=$(value setl_id)
}
visit 2026-03-02
G=$("$yiheng" sql --data "$data" "SELECT grp FROM settlement WHERE settlement = '$S'" | sed -n 2p)

# Two hits on it as yiheng audit writes them: 10.00 (fund 6.00, patient 4.00) and 5.00 (fund 3.00, patient 2.00).
hit() { # id, rule, item, fund, person, message
    printf '%s\t%s\tabcdefabcdef\t超限定频次\tK1\tdeny\tofficial\t0\t990100\t%s\t%s\t%s\t%s\t%s\tD1\tA03\t310\t11\t990101\t2026-03-02\t2026-03-02\t%s\t%s\t1\t%s\t%s\t%s\t0.00\t%s\titem\t%s\t改用每日一次\t演示规则\t%s\t%s\n' \
        "$1" "$2" "$G" "$P" "$H" "$M" "$S" 002501010010000 血红蛋白测定 "$3" "$4" "$5" "$4" "$6" \
        "[{\"visit\":\"$M\",\"serial\":\"2\",\"code\":\"002501010010000\",\"name\":\"血红蛋白测定\",\"day\":\"2026-03-02\",\"qty\":1,\"excess\":1,\"amount\":$3,\"claimed\":$3,\"at_stake\":true}]" \
        '[{"name":"当日次数","value":"2"}]'
}
H1=00000000000000000001 H2=00000000000000000002
{ printf 'id\trule\tversion\tkind\tknowledge\tverdict\tstanding\tblocks\tregion\tgrp\tperson\tprovider\tvisit\tsettlement\tdoctor\tdepartment\tscheme\tmed_type\toffice\tday\tday_to\titem\titem_name\tqty\titem_money\tfund_item\tperson_item\toutside_item\tfund_method\tmethod\tmessage\tadvice\tbasis\tlines\tfacts\n'
  hit $H1 frequency 10.00 6.00 4.00 '当日 2 次，限 1 次'
  hit $H2 sex 5.00 3.00 2.00 '限女性项目'; } > "$d/hits.tsv"
mkdir "$d/rules"; echo '规则 frequency：当日至多一次。依据：演示。' > "$d/rules/frequency.rule"

# The agency opens, the hospital answers, a second person rechecks.
y draw grid --provider $H --to O2 --name 测试员二 --officer O1; out '1 家有责任人'
no '未找到定点医药机构' case open --region 990100 --provider H00000000000 --officer O1 --source 举报
no '没有符合' case open --region 990100 --provider $H --officer O1 --hits "$d/hits.tsv" --rule none
no '没有写明经办人' case open --region 990100 --provider $H --hits "$d/hits.tsv"
y case open --region 990100 --provider $H --hits "$d/hits.tsv" --rules "$d/rules" --officer O1 --title 三月审核
C=$(cell 1); [ "$(cell 4)" = 2 ] && [ "$(cell 5)" = 9.00 ] || fail 'two hits of 9.00'
no '没有这个案件' case notice 990100-2026-99999 --officer O2
y case assign "$C" --officer O1
no '告知由核查人' case notice "$C" --officer O1
ok 3701 '{"currentPage":1,"pageSize":10}'; has '"recordCounts":"0"'
y case notice "$C" --officer O2
due=$("$yiheng" case due "$(TZ=CST-8 date +%F)" --days 3 | head -1)
[ "$(cell 8)" = "$due" ] || fail "the appeal's term is the town's three working days, until $due"
ok 3701 '{"currentPage":1,"pageSize":10}'; has "\"applDdln\":\"$due\""; has "\"docSusptId\":\"$H1\""; has '"feedetlId":"2"'
ok 3704 '{"fsiAppealFileDTOList":[{"name":"医嘱.txt","bytes":"5Yy75Zix"}]}'; A=$(value attUploadId)
no '申诉截至' case recheck "$C" --note x --officer O3
bad '没有这个附件编号' 3702 "{\"docs\":[{\"docId\":\"$S\",\"docSusptDTOS\":[{\"docSusptId\":\"$H1\",\"applyFlag\":\"1\",\"auditOpinion\":\"x\",\"attUploadId\":\"none\"}]}]}"
ok 3702 "{\"docs\":[{\"docId\":\"$S\",\"docSusptDTOS\":[{\"docSusptId\":\"$H1\",\"applyFlag\":\"1\",\"auditOpinion\":\"病情需要\",\"attUploadId\":\"$A\"},{\"docSusptId\":\"$H2\",\"applyFlag\":\"0\"}]}]}"
y case list --state appealed; out "$C"
no '核查人不能复核' case recheck "$C" --note x --officer O2
y case recheck "$C" --note 医嘱不支持 --officer O3
no '申请合议截至' case decide "$C" --nature general --officer O3
ok 3703 "{\"docs\":[{\"docId\":\"$S\",\"docSusptDTOS\":[{\"docSusptId\":\"$H1\",\"auditOpinion\":\"请专家看\"}]}]}"
no '合议人员不合要求' case panel "$C" --members 'E1 E2 O2' --note x --officer O1
y case panel "$C" --members 'E1 E2 E3' --partial "$H1=4.50" --note 部分合理 --officer O1
no '属行政处罚' case decide "$C" --nature general --measures fine=10 --officer O3
y case decide "$C" --nature general --measures 'damages=1.50;suspend=30天' --staff D1:main --officer O3
no '提出人不能审批' case approve "$C" --officer O3
verify 0.00 0.00
y case approve "$C" --officer O4; [ "$(cell 4)" = 7.50 ] && [ "$(cell 5)" = 5.00 ] || fail 'fund 4.50 + 3.00, patient 3.00 + 2.00'
verify 7.50 5.00
y credit show --kind provider --subject $H --region 990100; out "$(TZ=CST-8 date +%Y) 年累计 3 分"
y credit show --kind staff --subject D1 --region 990100; out '累计 6 分'
bal() { "$yiheng" sql --data "$data" "SELECT sum(credit) - sum(debit) FROM ledger_entry WHERE account = '$1'" | sed -n 2p; }
[ "$(bal "person:$P")" = 500 ] && [ "$(bal damages:990100)" = 150 ] || fail 'the ledger'
no '尚余 14.00 元' case recover "$C" --amount 14.01 --officer O2
y case recover "$C" --amount 4.00 --officer O2; [ "$(cell 2)" = decided ] || fail 'open still'
y case recover "$C" --clearing 2026-11 --officer O2; [ "$(cell 2)" = closed ] || fail 'closed'
verify 7.50 5.00
y case pack "$C"; python=$(grep -c '"pack":"' "$d/out"); [ "$python" = 1 ] || fail 'the pack'
sha=$(sed 's/.*"sha256":"\([0-9a-f]*\)".*/\1/; q' "$d/out")
[ "$(sed 's/^.*"content"://; s/}$//' "$d/out" | tr -d '\n' | sha256sum | cut -d' ' -f1)" = "$(grep -o '"pack":"[^"]*","sha256":"[0-9a-f]*"' "$d/out" | cut -d'"' -f8)" ] || fail "the pack's digest ($sha)"
grep -q '当日至多一次' "$d/out" && grep -q '医嘱.txt' "$d/out" && grep -q 协议处理决定书 "$d/out" || fail 'the pack is not whole'
y case pack "$C" --pdf "$d/one.pdf"; y case pack "$C" --pdf "$d/two.pdf"
cmp -s "$d/one.pdf" "$d/two.pdf" || fail 'the same pack, the same paper'
[ "$(head -c 5 "$d/one.pdf")" = %PDF- ] && [ "$(grep -ac '/Type /Page %' "$d/one.pdf")" -ge 2 ] || fail 'the pack on paper'
no '没有这个案件' case pack 990100-2026-99999 --pdf "$d/none.pdf"; [ ! -e "$d/none.pdf" ] || fail 'no paper of no case'
y case outcomes --year "$(TZ=CST-8 date +%Y)"; out 'recover	追回	contract	1	7.50'
no '已在另一案件中' case open --region 990100 --provider $H --hits "$d/hits.tsv" --officer O1

# A tip, anonymous, to its reward; the case it led to is won by the hospital's second settlement being misuse.
M=990101M0000000001; visit 2026-03-03
H3=00000000000000000003 H4=00000000000000000004
{ head -1 "$d/hits.tsv"; hit $H3 frequency 10.00 6.00 4.00 '当日 2 次，限 1 次'; } > "$d/hits3.tsv"
no '举报内容' tip add --region 990100 --provider $H --text 重复收费 --anonymous
y tip add --region 990100 --provider $H --text 重复收费 --anonymous --code secret-42 --channel web; T=$(cell 1)
y tip accept "$T" --officer O1
y case open --region 990100 --provider $H --kind tip --source "$T" --hits "$d/hits3.tsv" --officer O1; D=$(cell 1)
y tip link "$T" --case "$D" --officer O1
y case assign "$D" --officer O1; y case notice "$D" --officer O2
ok 3702 "{\"docs\":[{\"docId\":\"$S\",\"docSusptDTOS\":[{\"docSusptId\":\"$H3\",\"applyFlag\":\"0\"}]}]}"
y case recheck "$D" --note 无异议 --officer O3; y case decide "$D" --nature minor --officer O3; y case approve "$D" --officer O4
y tip reward "$T" --tier 1 --officer O1; [ "$(cell 7)" = 400.00 ] || fail 'the least reward'
no '提出人不能审批' tip approve "$T" --officer O1
y tip approve "$T" --officer O5
no '查询码不符' tip show "$T" --code guess
y tip show "$T" --code secret-42; [ "$(cell 2)" = rewarded ] || fail 'the sender sees it'
verify 13.50 9.00

# Without a server: an appeal that wins leaves nothing in the ledger and a trace in what is learned.
kill "$pid"; wait "$pid" 2>/dev/null || true; pid=
entries=$("$yiheng" sql --data "$data" 'SELECT count(*) FROM ledger_entry' | sed -n 2p)
{ head -1 "$d/hits.tsv"; hit $H4 frequency 1.00 0.60 0.40 '当日 3 次，限 1 次'; } > "$d/hits4.tsv"
y case open --region 990100 --provider $H --hits "$d/hits4.tsv" --officer O1; E=$(cell 1)
y case assign "$E" --officer O1; y case notice "$E" --officer O2
y case papers "$E" --note 报告单 --officer O2; y case list --provider $H; out '停（待材料）'
y case arrived "$E" --note 收到 --officer O2
y case answer "$E" --hit $H4 --appeals --note 复查有指征 --officer O1
y case recheck "$E" --dropped all --note 申诉成立 --officer O3
y case drop "$E" --note 申诉成立 --officer O3
[ "$("$yiheng" sql --data "$data" 'SELECT count(*) FROM ledger_entry' | sed -n 2p)" = "$entries" ] || fail 'a trace in money'
verify 13.50 9.00
y rules learn --threshold 0.9 --least 1; out 'frequency	超限定频次	2	1	0.666667	10.50	0	0.00	复核规则'; out 复查有指征

# An alarm budget over a file: 6.00 of a rule right two times of three is worth 3.60, 3.00 of one right once is worth 2.00.
{ head -1 "$d/hits.tsv"; hit 00000000000000000011 sex 5.00 3.00 2.00 限女性项目; hit 00000000000000000012 frequency 10.00 6.00 4.00 多收
  hit 00000000000000000013 new 5.00 3.00 2.00 新规则; } > "$d/more.tsv"
y rules learn --hits "$d/more.tsv" --budget 2
[ "$(sed 1d "$d/out" | cut -f2,6 | tr '\t\n' '  ')" = '00000000000000000012 3.60 00000000000000000011 2.00 ' ] || fail 'the alarm budget'
grep -qF '期望追回 5.60 元' "$d/err" || fail 'its sum'
# A list for each provider to check by itself.
y case open --each --kind self --hits "$d/more.tsv" --officer O1; [ "$(cell 4)" = 3 ] || fail 'a case for each provider'
y case assign "$(cell 1)" --officer O1; y case notice "$(cell 1)" --officer O2; [ "$(cell 7)" = self ] || fail 'the longer term'
y case text "$(cell 1)"; out 自查自纠通知

# The draw is repeated by hand.
printf 'H1\nH2\nH3\nH4\nH5\n' > "$d/list"
"$yiheng" draw pick --seed 2026-11-20 --list "$d/list" --count 2 --officers 'I1 I2 I3' > "$d/out"
for c in H1 H2 H3 H4 H5; do printf '%s %s\n' "$(printf '%s' "2026-11-20|$c" | sha256sum | cut -d' ' -f1)" $c; done | sort | head -2 |
    cut -d' ' -f2 > "$d/mine"
sed 1d "$d/out" | cut -f2 | cmp -s - "$d/mine" || fail 'the draw by hand is another'
y draw plan --plan 2026-Q4 --kind random --seed x --count 2 --officers 'I1 I2 I3' --officer O1; out '共 2 家'
