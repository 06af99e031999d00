/* shell/gateway/case_test.c -- a suspicion walks from hit to recovery, a tip to its reward: the provider
 * through 3701-3704, the agency by its acts, the books proved after each step that moves money. */
#include "model/monitor/hit.h"
#include "service/agency.h"
#include "service/casework/casework.h"
#include "service/verify/verify.h"
#include "shell/gateway/window_test.h"

#define A "99010100000000000000000001" /* 测试甲, 310 */
#define H1 "00000000000000000001"
#define H2 "00000000000000000002"

/* The settled visit of window_settle: 25.00 of a drug, 80.00 of a test, 15.00 of a fee. */
struct scene {
    struct window w;
    struct window_visit visit;
    struct yh_settlement_row s;
    yh_str case_no;
    yh_str said; /* the last act's answer or error */
};

static yh_time now_of(const struct scene *s)
{
    yh_time t;
    CHECK(yh_time_parse(yh_cstr(s->w.time), &t, NULL) == YH_OK);
    return t;
}

/* One act in a batch of its own, as the running server does it. */
static enum yh_status act(struct scene *s, const char *json)
{
    struct yh_store *store = yh_service_store(s->w.service);
    char *text = yh_zdup(&s->w.arena, yh_cstr(json));
    struct yh_err err = { 0 };
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    CHECK_OK(yh_store_batch_begin(store, &err), &err);
    enum yh_status st = yh_agency_write(store, yh_service_world(s->w.service), yh_cstr(text),
                                        now_of(s), &s->w.arena, &s->said, &err);
    struct yh_err ignored;
    CHECK_OK(yh_store_batch_commit(store, &ignored), &ignored);
    if (st)
        s->said = yh_dup(&s->w.arena, yh_cstr(err.text));
    return st;
}

#define ACT(s, ...) act_ok(__FILE__, __LINE__, s, window_fmt(&(s)->w, __VA_ARGS__))
#define ACT_BAD(s, part, ...) \
    act_bad(__FILE__, __LINE__, s, part, window_fmt(&(s)->w, __VA_ARGS__))

static void act_ok(const char *file, int line, struct scene *s, const char *json)
{
    if (act(s, json))
        yh_test_stop(file, line, yh_zdup(&s->w.arena, s->said));
}

static void act_bad(const char *file, int line, struct scene *s, const char *part,
                    const char *json)
{
    if (!act(s, json))
        yh_test_stop(file, line, "the act was done");
    if (yh_find(s->said, yh_cstr(part)) < 0)
        yh_test_stop(file, line, yh_zdup(&s->w.arena, s->said));
}

/* A hit on the drug or the test: item, fund and person part of it. */
static yh_str hit_json(struct scene *s, const char *id, yh_fen item, yh_fen fund, yh_fen person,
                       const char *rule)
{
    struct yh_hit_line line = { .visit = s->visit.visit,
                                .serial = YH_S("2"),
                                .code = YH_S("002501010010000-250101001"),
                                .name = YH_S("本院2"),
                                .day = (yh_day)s->s.begin_day,
                                .qty = 10000,
                                .excess = 10000,
                                .amount = 8000,
                                .claimed = item,
                                .at_stake = true };
    struct yh_hit_fact fact = { YH_S("当日次数"), YH_S("2") };
    struct yh_hit h = { .id = yh_cstr(id),
                        .rule = yh_cstr(rule),
                        .version = YH_S("abcdefabcdef"),
                        .kind = YH_S("超限定频次"),
                        .region = YH_S("990100"),
                        .grp = s->s.grp,
                        .person = YH_S(A),
                        .provider = YH_TOWN_HOSPITAL,
                        .visit = s->visit.visit,
                        .settlement = s->visit.settlement,
                        .doctor = YH_S("D1"),
                        .scheme = YH_S("310"),
                        .med_type = YH_S("11"),
                        .day = (yh_day)s->s.begin_day,
                        .day_to = (yh_day)s->s.begin_day,
                        .item_money = item,
                        .fund_item = fund,
                        .person_item = person,
                        .outside_item = item - fund - person,
                        .fund_method = fund,
                        .message = YH_S("当日 2 次，限 1 次"),
                        .basis = YH_S("测试用规则"),
                        .line = &line,
                        .nline = 1,
                        .fact = &fact,
                        .nfact = 1 };
    struct yh_buf b = yh_buf_in(&s->w.arena);
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_hit_json(&w, &h);
    return yh_dup(&s->w.arena, yh_buf_str(&b));
}

static struct yh_txn view(struct scene *s)
{
    struct yh_txn v;
    CHECK(yh_view_open(yh_service_store(s->w.service), &s->w.arena, &v, NULL) == YH_OK);
    return v;
}

static void scene_open(struct scene *s)
{
    *s = (struct scene){ .case_no = YH_S("") };
    window_open(&s->w);
    s->visit = window_settle(&s->w, A, "310");
    struct yh_txn v = view(s);
    struct yh_settlement_row like = { .region = YH_S("990100") }, *row = NULL;
    int n = 0;
    CHECK(yh_list_settlement(&v, (struct yh_span){ .index = YH_BY_KEY }, &like, &row, &n,
                             NULL) == YH_OK);
    for (int i = 0; i < n; i++)
        if (yh_eq(row[i].settlement, s->visit.settlement))
            s->s = row[i];
    CHECK(s->s.settlement.n && s->s.fund > 3000);
    yh_view_close(&v);
}

static struct yh_case_file_row file_of(struct scene *s)
{
    struct yh_txn v = view(s);
    struct yh_case_file_row f = { .case_no = s->case_no };
    CHECK(yh_get_case_file(&v, &f, NULL) == YH_OK);
    yh_view_close(&v);
    return f;
}

/* What the ledger says of one account, credits less debits. */
static yh_fen balance(struct scene *s, const char *account)
{
    struct yh_txn v = view(s);
    struct yh_ledger_entry_row like = { .region = YH_S("990100") }, *e = NULL;
    yh_fen sum = 0;
    int n = 0;
    CHECK(yh_list_ledger_entry(&v, (struct yh_span){ .index = YH_BY_KEY }, &like, &e, &n,
                               NULL) == YH_OK);
    for (int i = 0; i < n; i++)
        if (yh_eq(e[i].account, yh_cstr(account)))
            sum += e[i].credit - e[i].debit;
    yh_view_close(&v);
    return sum;
}

static void prove(struct scene *s, yh_fen recovered, yh_fen person_back)
{
    static struct yh_verify_report r;
    struct yh_txn v = view(s);
    CHECK(yh_verify(&v, &s->w.arena, &r, NULL) == YH_OK);
    for (int i = 0; i < r.problems && i < YH_VERIFY_SHOWN; i++)
        CHECK_STR(yh_cstr(r.problem[i].what), YH_S(""), r.problem[i].where);
    CHECK_I64(r.problems, 0, "the books are proved");
    CHECK_I64(r.debit, r.credit, "balanced");
    CHECK_I64(r.recovered, recovered, "taken back into funds");
    CHECK_I64(r.person_back, person_back, "back to the patient");
    yh_view_close(&v);
}

static int points(struct scene *s, const char *kind, const char *subject)
{
    struct yh_txn v = view(s);
    struct yh_credit_point_row like = { .kind = yh_cstr(kind), .subject = yh_cstr(subject) },
                               *r;
    int n = 0, sum = 0;
    CHECK(yh_list_credit_point(&v, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like, &r,
                               &n, NULL) == YH_OK);
    for (int i = 0; i < n; i++)
        sum += (int)r[i].points;
    yh_view_close(&v);
    return sum;
}

static struct yh_provider_row hospital(struct scene *s)
{
    struct yh_txn v = view(s);
    struct yh_provider_row p = { .provider = YH_TOWN_HOSPITAL };
    CHECK(yh_get_provider(&v, &p, NULL) == YH_OK);
    yh_view_close(&v);
    return p;
}

/* Opens a case on two hits, of 30.00 (fund 20.00, person 10.00) and 12.00 (fund 9.00, person 3.00),
 * assigned and notified. */
static void open_case(struct scene *s, const char *kind)
{
    ACT(s, "{'verb':'grid set','provider':'H99010100001','to':'O2','name':'测试员二','from':"
           "'2026-01-01','officer':'O1'}");
    yh_str one = hit_json(s, H1, 3000, 2000, 1000, "frequency"),
           two = hit_json(s, H2, 1200, 900, 300, "sex");
    ACT(s,
        "{'verb':'case open','region':'990100','provider':'H99010100001','kind':'%s','officer':"
        "'O1','hits':[%.*s,%.*s],'rules':[{'rule':'frequency','version':'abcdefabcdef','text':"
        "'当日至多一次'}]}",
        kind, YH_ARG(one), YH_ARG(two));
    yh_str rest = s->said;
    (void)yh_cut(&rest, '\n');
    s->case_no = yh_cut(&rest, '\t');
    CHECK(yh_starts(s->case_no, YH_S("990100-2026-")));
    ACT(s, "{'verb':'case assign','case':'%.*s','officer':'O1'}", YH_ARG(s->case_no));
    CHECK_STR(file_of(s).officer, YH_S("O2"), "the provider's named officer");
}

static void notice(struct scene *s)
{
    ACT(s, "{'verb':'case notice','case':'%.*s','officer':'O2'}", YH_ARG(s->case_no));
}

static void set_time(struct scene *s, const char *time)
{
    s->w.time = time;
}

/* A case of a tip begins empty.  It takes hits of its own provider that are in no other case, until the
 * provider was told; what is refused leaves it as it was. */
TEST(a_case_takes_hits_until_the_provider_is_told)
{
    static const char *const OPEN =
        "{'verb':'case open','region':'990100','provider':'%s','kind':'tip','source':'T1',"
        "'officer':'O1'}";
    static const char *const ADD =
        "{'verb':'case add','case':'%.*s','officer':'%s','hits':[%.*s]}";
    struct scene s;
    scene_open(&s);
    yh_str one = hit_json(&s, H1, 3000, 2000, 1000, "frequency"),
           two = hit_json(&s, H2, 1200, 900, 300, "sex"), no[2];
    for (int i = 0; i < 2; i++) {
        ACT(&s, OPEN, i ? "H99010100002" : "H99010100001");
        (void)yh_cut(&s.said, '\n');
        no[i] = yh_cut(&s.said, '\t');
    }
    s.case_no = no[1];
    ACT_BAD(&s, "疑点不能并入案件", ADD, YH_ARG(no[1]), "O1", YH_ARG(one));
    CHECK_I64(file_of(&s).hits, 0, "of another provider");
    s.case_no = no[0];
    ACT_BAD(&s, "经办人", ADD, YH_ARG(no[0]), "", YH_ARG(one));
    ACT(&s, ADD, YH_ARG(no[0]), "O1", YH_ARG(one));
    CHECK_I64(file_of(&s).claimed, 2000, "what its funds lost");
    ACT_BAD(&s, "已在另一案件中", ADD, YH_ARG(no[0]), "O1", YH_ARG(one));
    CHECK_I64(file_of(&s).hits, 1, "once");
    ACT(&s, "{'verb':'case assign','case':'%.*s','to':'O2','officer':'O1'}", YH_ARG(no[0]));
    notice(&s);
    ACT_BAD(&s, "不能“并入疑点”", ADD, YH_ARG(no[0]), "O2", YH_ARG(two));
    ACT(&s, "{'verb':'case drop','case':'%.*s','note':'x','officer':'O2'}", YH_ARG(no[0]));
    ACT_BAD(&s, "不能“并入疑点”", ADD, YH_ARG(no[0]), "O2", YH_ARG(two));
    CHECK_I64(file_of(&s).hits, 1, "as it was");
    window_close(&s.w);
}

TEST(a_case_walks_from_hit_to_recovery)
{
    struct scene s;
    scene_open(&s);
    yh_fen payable = balance(&s, "payable:H99010100001");
    open_case(&s, "hits");
    WINDOW_OK(&s.w, "3701", "{'currentPage':1,'pageSize':10}");
    CHECK_STR(window_at(&s.w, "pageResult.recordCounts"), YH_S("0"),
              "what is still looked into is not shown");
    ACT_BAD(&s, "告知由核查人", "{'verb':'case notice','case':'%.*s','officer':'O1'}",
            YH_ARG(s.case_no));
    notice(&s);

    /* Wednesday 03-18 and three working days (the town's own term): Monday 03-23. */
    CHECK_I64(file_of(&s).due, yh_day_of(2026, 3, 23), "the appeal's term");
    WINDOW_OK(&s.w, "3701", "{'currentPage':1,'pageSize':10}");
    CHECK_STR(window_at(&s.w, "pageResult.recordCounts"), YH_S("1"), "one document");
    CHECK_STR(window_at(&s.w, "pageResult.data[0].docId"), s.visit.settlement,
              "the settlement");
    CHECK_STR(window_at(&s.w, "pageResult.data[0].applDdln"), YH_S("2026-03-23"), "until when");
    CHECK_STR(window_at(&s.w, "pageResult.data[0].patnName"), YH_S("测试甲"), "whose");
    CHECK_STR(window_at(&s.w, "pageResult.data[0].docSusptDTOS[0].docSusptId"), YH_S(H1),
              "hit");
    CHECK_STR(window_at(&s.w, "pageResult.data[0].docSusptDTOS[0].checkoutSusptAmt"),
              YH_S("30.00"), "by item");
    CHECK_STR(
        window_at(&s.w, "pageResult.data[0].docSusptDTOS[0].violationDetailIds[0].feedetlId"),
        YH_S("2"), "the line");
    s.w.provider = YH_TOWN_SECOND;
    WINDOW_OK(&s.w, "3701", "{}");
    CHECK_STR(window_at(&s.w, "pageResult.recordCounts"), YH_S("0"), "nobody else's");
    WINDOW_BAD(&s.w, "3702",
               "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'" H1
               "','applyFlag':'1','auditOpinion':'x'}]}]}",
               "没有这条疑点");
    s.w.provider = YH_TOWN_HOSPITAL;

    /* Papers awaited: the term stops; a day later it goes on. */
    ACT(&s, "{'verb':'case papers','case':'%.*s','note':'报告单','officer':'O2'}",
        YH_ARG(s.case_no));
    CHECK_I64(file_of(&s).due, YH_DAY_MAX, "stopped");
    set_time(&s, "2026-03-19 09:00:00");
    ACT(&s, "{'verb':'case arrived','case':'%.*s','note':'收到','officer':'O2'}",
        YH_ARG(s.case_no));
    CHECK_I64(file_of(&s).due, yh_day_of(2026, 3, 24), "a day later");

    WINDOW_BAD(&s.w, "3702",
               "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'" H1
               "','applyFlag':'1','auditOpinion':'有医嘱','attUploadId':'none'}]}]}",
               "没有这个附件编号");
    WINDOW_OK(
        &s.w, "3704",
        "{'attUploadId':'P1','fsiAppealFileDTOList':[{'name':'医嘱.txt','bytes':'5Yy75Zix'}"
        "]}");
    CHECK_STR(window_at(&s.w, "attUploadId"), YH_S("P1"), "its id");
    WINDOW_BAD(&s.w, "3702",
               "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'" H1
               "','applyFlag':'1'}]}]}",
               "申诉须写明理由");
    WINDOW_BAD(&s.w, "3702", "{'docs':[]}", "至少一份单据");
    WINDOW_OK(
        &s.w, "3702",
        "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'" H1
        "','applyFlag':'1','auditOpinion':'病情需要','attUploadId':'P1','susptAmt':30}]}]}");
    CHECK_STR(window_at(&s.w, "[0].docsuspt[0].susptCode"), YH_S("1"), "taken");
    WINDOW_BAD(&s.w, "3702",
               "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'" H1
               "','applyFlag':'1','auditOpinion':'再申'}]}]}",
               "已经答复");
    ACT_BAD(&s, "申诉截至 2026-03-24",
            "{'verb':'case recheck','case':'%.*s','note':'x','officer':'O3'}",
            YH_ARG(s.case_no));
    set_time(&s, "2026-03-25 09:00:00");
    WINDOW_BAD(&s.w, "3702",
               "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'" H2
               "','applyFlag':'0'}]}]}",
               "期限已过");
    ACT_BAD(&s, "核查人不能复核",
            "{'verb':'case recheck','case':'%.*s','note':'x','officer':'O2'}",
            YH_ARG(s.case_no));
    ACT_BAD(&s, "至多 9.00 元",
            "{'verb':'case recheck','case':'%.*s','note':'x','partial':'" H2
            "=9.01','officer':'O3'}",
            YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case recheck','case':'%.*s','note':'医嘱不支持','officer':'O3'}",
        YH_ARG(s.case_no));
    CHECK_I64(file_of(&s).upheld, 2900, "20.00 and 9.00");
    prove(&s, 0, 0);

    /* The provider asks for a panel; the panel upholds half of the first hit. */
    ACT_BAD(&s, "申请合议截至",
            "{'verb':'case decide','case':'%.*s','nature':'general','officer':'O3'}",
            YH_ARG(s.case_no));
    WINDOW_BAD(&s.w, "3703",
               "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'" H2
               "','auditOpinion':'未申诉'}]}]}",
               "申诉过");
    WINDOW_OK(&s.w, "3703",
              "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'" H1
              "','auditOpinion':'请专家看'}]}]}");
    ACT_BAD(
        &s, "合议人员不合要求",
        "{'verb':'case panel','case':'%.*s','members':'E1 E2 O3','note':'x','officer':'O1'}",
        YH_ARG(s.case_no));
    ACT(&s,
        "{'verb':'case panel','case':'%.*s','members':'E1 E2 E3','partial':'" H1
        "=10.00','note':'一半合理','officer':'O1'}",
        YH_ARG(s.case_no));
    CHECK_I64(file_of(&s).upheld, 1900, "10.00 and 9.00");
    CHECK_I64(file_of(&s).person_back, 800, "half of 10.00, and 3.00");

    ACT_BAD(
        &s, "属行政处罚",
        "{'verb':'case decide','case':'%.*s','nature':'general','measures':'fine=20','officer'"
        ":'O3'}",
        YH_ARG(s.case_no));
    ACT(&s,
        "{'verb':'case decide','case':'%.*s','nature':'general','measures':'damages=5.70;talk',"
        "'staff':'D1:main','persons':'" A "','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT_BAD(&s, "提出人不能审批", "{'verb':'case approve','case':'%.*s','officer':'O3'}",
            YH_ARG(s.case_no));
    prove(&s, 0, 0);
    CHECK_I64(points(&s, "provider", "H99010100001"), 0, "nothing before the approval");
    ACT(&s, "{'verb':'case approve','case':'%.*s','officer':'O4'}", YH_ARG(s.case_no));
    prove(&s, 1900, 800);
    CHECK_I64(balance(&s, "payable:H99010100001"), payable - 1900 - 800 - 570,
              "set off against what is owed to the hospital");
    CHECK_I64(balance(&s, "person:" A), 800, "owed to the patient");
    CHECK_I64(balance(&s, "damages:990100"), 570, "under the contract");
    CHECK_I64(points(&s, "provider", "H99010100001"), 3, "a general breach");
    CHECK_I64(points(&s, "staff", "D1"), 6, "main responsibility");
    CHECK_I64(points(&s, "person", A), 3, "");
    WINDOW_OK(&s.w, "3701", "{'stage':'decided'}");
    CHECK_STR(window_at(&s.w, "pageResult.data[0].docSusptDTOS[0].volaDetAmt"), YH_S("15.00"),
              "10.00 and the patient's 5.00");
    CHECK_STR(window_at(&s.w, "pageResult.data[0].docSusptDTOS[0].clglCcls"), YH_S("一半合理"),
              "");

    /* The settlement under it may not be undone now. */
    WINDOW_BAD(&s.w, "2208",
               window_fmt(&s.w,
                          "{'data':{'setl_id':'%.*s','mdtrt_id':'%.*s','psn_no':'" A "'}}",
                          YH_ARG(s.visit.settlement), YH_ARG(s.visit.visit)),
               "已有处理决定");

    /* Part is paid in, the rest set off; then it is closed. */
    ACT_BAD(&s, "尚余 32.70 元",
            "{'verb':'case recover','case':'%.*s','amount':'33','officer':'O2'}",
            YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case recover','case':'%.*s','amount':'12.70','officer':'O2'}",
        YH_ARG(s.case_no));
    prove(&s, 1900, 800);
    CHECK_I64(balance(&s, "payable:H99010100001"), payable - 2000,
              "what was paid in is not taken twice");
    CHECK_STR(file_of(&s).state, YH_S("decided"), "some is open");
    ACT(&s, "{'verb':'case recover','case':'%.*s','clearing':'2026-03','officer':'O2'}",
        YH_ARG(s.case_no));
    CHECK_STR(file_of(&s).state, YH_S("closed"), "");
    ACT_BAD(&s, "现为“已结案”",
            "{'verb':'case recover','case':'%.*s','clearing':'2026-03','officer':'O2'}",
            YH_ARG(s.case_no));
    prove(&s, 1900, 800);

    /* The same hit is not tried twice. */
    yh_str again = hit_json(&s, H1, 3000, 2000, 1000, "frequency");
    ACT_BAD(
        &s, "已在另一案件中",
        "{'verb':'case open','region':'990100','provider':'H99010100001','officer':'O1','hits'"
        ":[%.*s]}",
        YH_ARG(again));

    /* Everything can be shown, and the pack's digest is of its content. */
    ACT(&s, "{'verb':'case show','case':'%.*s'}", YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case pack','case':'%.*s'}", YH_ARG(s.case_no));
    struct yh_json *pack;
    uint8_t digest[32];
    char hex[64];
    CHECK(yh_json_read(&s.w.arena, yh_trim(s.said), (struct yh_json_limits){ 0 }, &pack,
                       NULL) == YH_OK);
    const struct yh_json *content = yh_json_get(pack, YH_S("content"));
    yh_sha256_of(content->text, digest);
    yh_hex(hex, digest, 32);
    CHECK_STR(yh_json_text(yh_json_get(pack, YH_S("sha256"))), ((yh_str){ hex, 64 }), "digest");
    CHECK(yh_find(content->text, YH_S("当日至多一次")) > 0);
    CHECK(yh_find(content->text, YH_S("医嘱.txt")) > 0);
    CHECK(yh_find(content->text, YH_S("医保服务协议处理决定书")) > 0);
    CHECK(yh_find(content->text, YH_S("J06.900")) > 0);
    ACT(&s, "{'verb':'case outcomes','year':'2026'}");
    CHECK(yh_find(s.said, YH_S("damages\t违约金\tcontract\t1\t5.70")) > 0);
    CHECK(yh_find(s.said, YH_S("recover\t追回\tcontract\t1\t19.00")) > 0);

    /* Reversed by a third: mirrored, points taken back; what was paid in is owed to the provider. */
    ACT_BAD(&s, "不能撤销自己的决定",
            "{'verb':'case reverse','case':'%.*s','note':'复议','officer':'O4'}",
            YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case reverse','case':'%.*s','note':'复议改正','officer':'O5'}",
        YH_ARG(s.case_no));
    prove(&s, 0, 0);
    CHECK_I64(balance(&s, "payable:H99010100001"), payable + 1270,
              "and the 12.70 that it paid");
    CHECK_I64(balance(&s, "person:" A), 0, "");
    CHECK_I64(points(&s, "provider", "H99010100001"), 0, "taken back");
    CHECK_I64(points(&s, "staff", "D1"), 0, "taken back");
    window_undo(&s.w, A, &s.visit);
    window_close(&s.w);
}

TEST(an_appeal_that_wins_leaves_no_trace_in_money_and_one_in_learning)
{
    struct scene s;
    scene_open(&s);
    yh_fen payable = balance(&s, "payable:H99010100001");
    open_case(&s, "hits");
    notice(&s);
    WINDOW_OK(&s.w, "3702",
              "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'" H1
              "','applyFlag':'1','auditOpinion':'复查有指征'},{'docSusptId':'" H2
              "','applyFlag':'1','auditOpinion':'性别登记错误'}]}]}");
    CHECK_STR(file_of(&s).state, YH_S("appealed"), "all are answered");
    CHECK_I64(file_of(&s).due, yh_day_of(2026, 4, 1),
              "ten working days from 03-18 for the recheck");
    ACT(&s,
        "{'verb':'case "
        "recheck','case':'%.*s','dropped':'all','note':'申诉成立','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT_BAD(&s, "没有一条疑点成立",
            "{'verb':'case decide','case':'%.*s','nature':'minor','officer':'O3'}",
            YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case drop','case':'%.*s','note':'申诉成立','officer':'O3'}",
        YH_ARG(s.case_no));
    prove(&s, 0, 0);
    struct yh_txn v = view(&s);
    struct yh_case_money_row like = { .case_no = s.case_no }, *m;
    int n = 1;
    CHECK(yh_list_case_money(&v, (struct yh_span){ .index = YH_BY_KEY }, &like, &m, &n, NULL) ==
          YH_OK);
    CHECK_I64(n, 0, "no money row");
    yh_view_close(&v);
    CHECK_I64(balance(&s, "payable:H99010100001"), payable, "nothing was moved");
    CHECK_I64(points(&s, "provider", "H99010100001"), 0, "no points");
    ACT(&s, "{'verb':'learn','threshold':'0.6','least':'1'}");
    CHECK(yh_find(s.said,
                  YH_S("frequency\t超限定频次\t0\t1\t0.000000\t0.00\t0\t0.00\t复核规则")) > 0);
    CHECK(yh_find(s.said, YH_S("误报 " H1)) > 0);
    CHECK(yh_find(s.said, YH_S("复查有指征")) > 0);
    window_undo(&s.w, A, &s.visit);
    window_close(&s.w);
}

TEST(a_tip_walks_to_its_reward)
{
    struct scene s;
    scene_open(&s);
    ACT_BAD(
        &s, "举报内容",
        "{'verb':'tip add','region':'990100','anonymous':'1','provider':'H99010100001','text':"
        "'重复收费'}");
    ACT(&s,
        "{'verb':'tip add','region':'990100','anonymous':'1','code':'secret-42','insider':'1',"
        "'provider':'H99010100001','text':'重复收费','name':'不该留下','channel':'web'}");
    yh_str rest = s.said;
    (void)yh_cut(&rest, '\n');
    yh_str tip = yh_cut(&rest, '\t');
    /* 15 working days from Wednesday 03-18, 04-06 being a holiday: Thursday 04-09. */
    CHECK(yh_find(s.said, YH_S("2026-04-09")) > 0);
    ACT(&s, "{'verb':'tip show','tip':'%.*s'}", YH_ARG(tip));
    CHECK(yh_find(s.said, YH_S("不该留下")) < 0 && yh_find(s.said, YH_S("匿名")) > 0);
    ACT_BAD(&s, "查询码不符", "{'verb':'tip show','tip':'%.*s','code':'guess'}", YH_ARG(tip));
    ACT(&s, "{'verb':'tip accept','tip':'%.*s','officer':'O1'}", YH_ARG(tip));
    open_case(&s, "tip");
    ACT(&s, "{'verb':'tip link','tip':'%.*s','case':'%.*s','officer':'O1'}", YH_ARG(tip),
        YH_ARG(s.case_no));
    notice(&s);
    WINDOW_OK(&s.w, "3702",
              "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'" H1
              "','applyFlag':'0'},{'docSusptId':'" H2 "','applyFlag':'0'}]}]}");
    ACT(&s,
        "{'verb':'case recheck','case':'%.*s','dropped':'all','note':'无异议','officer':'O3'}",
        YH_ARG(s.case_no));
    CHECK_I64(file_of(&s).upheld, 2900, "what was accepted stays accepted");
    ACT_BAD(&s, "现在不能办", "{'verb':'tip reward','tip':'%.*s','tier':'1','officer':'O1'}",
            YH_ARG(tip));
    ACT(&s, "{'verb':'case decide','case':'%.*s','nature':'serious','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case approve','case':'%.*s','officer':'O4'}", YH_ARG(s.case_no));
    prove(&s, 2900, 1300);
    ACT_BAD(&s, "没有这一档奖励",
            "{'verb':'tip reward','tip':'%.*s','tier':'9','officer':'O1'}", YH_ARG(tip));
    ACT(&s, "{'verb':'tip reward','tip':'%.*s','tier':'1','officer':'O1'}", YH_ARG(tip));
    /* 5 % of 29.00 is less than the least, 400.00; a fifth more for an insider. */
    CHECK(yh_find(s.said, YH_S("29.00\t480.00")) > 0);
    ACT_BAD(&s, "提出人不能审批", "{'verb':'tip approve','tip':'%.*s','officer':'O1'}",
            YH_ARG(tip));
    ACT(&s, "{'verb':'tip approve','tip':'%.*s','officer':'O5'}", YH_ARG(tip));
    ACT(&s, "{'verb':'tip show','tip':'%.*s','code':'secret-42'}", YH_ARG(tip));
    CHECK(yh_find(s.said, YH_S("rewarded")) > 0);
    CHECK(yh_find(s.said, YH_S("重复收费")) < 0);
    prove(&s, 2900, 1300); /* a reward is the budget's: nothing in the ledger */
    window_close(&s.w);
}

TEST(a_providers_own_check_gives_back_without_points)
{
    struct scene s;
    scene_open(&s);
    open_case(&s, "self");
    notice(&s);
    CHECK_I64(file_of(&s).due, yh_day_of(2026, 4, 9), "fifteen working days");
    WINDOW_OK(&s.w, "3702",
              "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'" H1
              "','applyFlag':'0'},{'docSusptId':'" H2 "','applyFlag':'0'}]}]}");
    ACT(&s, "{'verb':'case recheck','case':'%.*s','note':'已核','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT_BAD(
        &s, "不另作处罚",
        "{'verb':'case decide','case':'%.*s','nature':'minor','measures':'damages=5','officer'"
        ":'O3'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case decide','case':'%.*s','nature':'minor','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case approve','case':'%.*s','officer':'O4'}", YH_ARG(s.case_no));
    prove(&s, 2900, 1300);
    CHECK_I64(points(&s, "provider", "H99010100001"), 0, "none for who gives back by itself");
    window_close(&s.w);
}

TEST(administrative_powers_stay_apart_and_within_their_bounds)
{
    struct scene s;
    scene_open(&s);
    open_case(&s, "hits");
    notice(&s);
    set_time(&s, "2026-03-24 09:00:00"); /* nobody answered */
    ACT(&s, "{'verb':'case recheck','case':'%.*s','note':'逾期未答复','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT(&s,
        "{'verb':'case decide','case':'%.*s','nature':'fraud','measures':'terminate;to_police'"
        ",'officer':'O3'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case approve','case':'%.*s','officer':'O4'}", YH_ARG(s.case_no));
    yh_str contract = s.case_no;
    ACT(&s,
        "{'verb':'case open','region':'990100','provider':'H99010100001','procedure':"
        "'administrative','source':'%.*s','officer':'L1'}",
        YH_ARG(contract));
    yh_str rest = s.said;
    (void)yh_cut(&rest, '\n');
    s.case_no = yh_cut(&rest, '\t');
    ACT(&s, "{'verb':'case assign','case':'%.*s','to':'L1','officer':'L1'}", YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case notice','case':'%.*s','officer':'L1'}", YH_ARG(s.case_no));
    set_time(&s, "2026-03-31 09:00:00");
    ACT(&s, "{'verb':'case recheck','case':'%.*s','note':'x','officer':'L2'}",
        YH_ARG(s.case_no));
    ACT_BAD(
        &s, "属协议处理",
        "{'verb':'case decide','case':'%.*s','nature':'fraud','measures':'damages=1','officer':"
        "'L2'}",
        YH_ARG(s.case_no));
    ACT_BAD(
        &s, "应在 58.00 至 145.00 元",
        "{'verb':'case decide','case':'%.*s','nature':'fraud','measures':'fine_fraud=57.99',"
        "'officer':'L2'}",
        YH_ARG(s.case_no));
    ACT(&s,
        "{'verb':'case "
        "decide','case':'%.*s','nature':'fraud','measures':'fine_fraud=145;halt=300天"
        "','officer':'L2'}",
        YH_ARG(s.case_no));
    /* A fine of 100.00 and above: a hearing is offered first, and who checked does not preside. */
    ACT_BAD(&s, "还没有告知", "{'verb':'case approve','case':'%.*s','officer':'L3'}",
            YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case hearing','case':'%.*s','officer':'L2'}", YH_ARG(s.case_no));
    CHECK_I64(file_of(&s).due, yh_day_of(2026, 4, 8), "five working days, over a holiday");
    ACT_BAD(&s, "期限未满", "{'verb':'case approve','case':'%.*s','officer':'L3'}",
            YH_ARG(s.case_no));
    ACT_BAD(&s, "听证主持人不能是",
            "{'verb':'case held','case':'%.*s','note':'x','officer':'L1'}", YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case held','case':'%.*s','note':'意见不成立','officer':'L5'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case approve','case':'%.*s','officer':'L3'}", YH_ARG(s.case_no));
    prove(&s, 2900, 1300); /* the fine is the treasury's */
    ACT(&s, "{'verb':'case outcomes','year':'2026'}");
    CHECK(yh_find(s.said, YH_S("fine_fraud\t罚款（骗取）\tadministrative\t1\t145.00")) > 0);
    CHECK(yh_find(s.said, YH_S("to_police\t移送公安\treferral\t1\t0.00")) > 0);
    CHECK_I64(hospital(&s).to_day, yh_day_of(2026, 3, 25), "the contract ended the next day");
    s.case_no = contract;
    ACT(&s, "{'verb':'case reverse','case':'%.*s','note':'复议','officer':'O9'}",
        YH_ARG(s.case_no));
    CHECK(hospital(&s).to_day > yh_day_of(2026, 3, 25));
    prove(&s, 0, 0);
    window_close(&s.w);
}

TEST(what_a_settlement_paid_bounds_what_decisions_take)
{
    struct scene s;
    scene_open(&s);
    yh_str hit = hit_json(&s, H1, s.s.fund + 101, s.s.fund + 1, 100, "frequency");
    ACT(&s,
        "{'verb':'case open','region':'990100','provider':'H99010100001','officer':'O1','hits'"
        ":[%.*s]}",
        YH_ARG(hit));
    yh_str rest = s.said;
    (void)yh_cut(&rest, '\n');
    s.case_no = yh_cut(&rest, '\t');
    ACT(&s, "{'verb':'case assign','case':'%.*s','to':'O2','officer':'O1'}", YH_ARG(s.case_no));
    notice(&s);
    set_time(&s, "2026-03-25 09:00:00");
    ACT(&s, "{'verb':'case recheck','case':'%.*s','note':'x','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case decide','case':'%.*s','nature':'minor','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT_BAD(&s, "应退金额超过", "{'verb':'case approve','case':'%.*s','officer':'O4'}",
            YH_ARG(s.case_no));
    CHECK_STR(file_of(&s).state, YH_S("proposed"), "nothing of it was kept");
    prove(&s, 0, 0);
    window_close(&s.w);
}

/* The bill's fund part is 31.50: a case that took 20.00 leaves 11.50 for the next. */
TEST(two_cases_do_not_take_the_same_money)
{
    struct scene s;
    scene_open(&s);
    for (int i = 0; i < 2; i++) {
        yh_str hit = hit_json(&s, i ? H2 : H1, 3000, 2000, 1000, "frequency");
        ACT(&s,
            "{'verb':'case open','region':'990100','provider':'H99010100001','officer':'O1',"
            "'hits':[%.*s]}",
            YH_ARG(hit));
        yh_str rest = s.said;
        (void)yh_cut(&rest, '\n');
        s.case_no = yh_cut(&rest, '\t');
        ACT(&s, "{'verb':'case assign','case':'%.*s','to':'O2','officer':'O1'}",
            YH_ARG(s.case_no));
        notice(&s);
        WINDOW_OK(&s.w, "3702",
                  window_fmt(&s.w,
                             "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'%s',"
                             "'applyFlag':'0'}]}]}",
                             i ? H2 : H1));
        ACT(&s, "{'verb':'case recheck','case':'%.*s','note':'x','officer':'O3'}",
            YH_ARG(s.case_no));
        ACT(&s, "{'verb':'case decide','case':'%.*s','nature':'minor','officer':'O3'}",
            YH_ARG(s.case_no));
        if (i)
            ACT_BAD(&s, "应退金额超过", "{'verb':'case approve','case':'%.*s','officer':'O4'}",
                    YH_ARG(s.case_no));
        else
            ACT(&s, "{'verb':'case approve','case':'%.*s','officer':'O4'}", YH_ARG(s.case_no));
    }
    CHECK(s.s.fund < 4000);
    prove(&s, 2000, 1000);
    window_close(&s.w);
}

TEST(a_hit_of_an_archived_year_is_booked_without_its_settlement)
{
    struct scene s;
    scene_open(&s);
    s.visit.settlement = YH_S("800000000000000007");
    yh_str hit = hit_json(&s, H1, 3000, 2000, 1000, "frequency");
    ACT_BAD(
        &s, "用 --archived",
        "{'verb':'case open','region':'990100','provider':'H99010100001','officer':'O1','hits':"
        "[%.*s]}",
        YH_ARG(hit));
    ACT(&s,
        "{'verb':'case open','region':'990100','provider':'H99010100001','officer':'O1',"
        "'archived':'1','hits':[%.*s]}",
        YH_ARG(hit));
    yh_str rest = s.said;
    (void)yh_cut(&rest, '\n');
    s.case_no = yh_cut(&rest, '\t');
    ACT(&s, "{'verb':'case assign','case':'%.*s','to':'O2','officer':'O1'}", YH_ARG(s.case_no));
    notice(&s);
    WINDOW_OK(&s.w, "3701", "{}");
    CHECK_STR(window_at(&s.w, "pageResult.data[0].docId"), s.visit.settlement,
              "shown all the same");
    set_time(&s, "2026-03-25 09:00:00");
    ACT(&s, "{'verb':'case recheck','case':'%.*s','note':'x','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case decide','case':'%.*s','nature':'minor','officer':'O3'}",
        YH_ARG(s.case_no));
    yh_fen fund = balance(&s, "fund:310100");
    ACT(&s, "{'verb':'case approve','case':'%.*s','officer':'O4'}", YH_ARG(s.case_no));
    CHECK_I64(balance(&s, "fund:310100"), fund + 2000, "the scheme's basic fund");
    prove(&s, 2000, 1000);
    window_close(&s.w);
}

TEST(points_are_repaired_after_their_time_and_within_their_bound)
{
    struct scene s;
    scene_open(&s);
    open_case(&s, "hits");
    notice(&s);
    set_time(&s, "2026-03-25 09:00:00");
    ACT(&s, "{'verb':'case recheck','case':'%.*s','note':'x','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case decide','case':'%.*s','nature':'serious','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case approve','case':'%.*s','officer':'O4'}", YH_ARG(s.case_no));
    ACT(&s,
        "{'verb':'credit show','kind':'provider','subject':'H99010100001','region':'990100'}");
    CHECK(yh_find(s.said, YH_S("累计 6 分：约谈")) > 0);
    ACT_BAD(
        &s, "2026-06-23",
        "{'verb':'credit repair','kind':'provider','subject':'H99010100001','points':'3','note'"
        ":'整改','region':'990100','officer':'O1'}");
    set_time(&s, "2026-06-23 09:00:00");
    ACT_BAD(
        &s, "至多 3 分",
        "{'verb':'credit repair','kind':'provider','subject':'H99010100001','points':'4','note'"
        ":'整改','region':'990100','officer':'O1'}");
    ACT(&s,
        "{'verb':'credit repair','kind':'provider','subject':'H99010100001','points':'3','note'"
        ":'整改','region':'990100','officer':'O1'}");
    CHECK_I64(points(&s, "provider", "H99010100001"), 3, "six less three");
    window_close(&s.w);
}

TEST(a_plan_is_drawn_by_its_seed_and_done_one_by_one)
{
    struct scene s;
    scene_open(&s);
    ACT_BAD(&s, "random 须有种子",
            "{'verb':'plan add','plan':'2026-Q1','kind':'random','count':'2','officer':'O1'}");
    ACT(&s,
        "{'verb':'plan add','plan':'2026-Q1','kind':'random','seed':'s','count':'2','officers':"
        "'I1 I2 I3','officer':'O1'}");
    CHECK(yh_find(s.said, YH_S("# 共 2 家，已检查 0 家")) > 0);
    yh_str rest = s.said;
    (void)yh_cut(&rest, '\n');
    (void)yh_cut(&rest, '\t');
    yh_str first = yh_cut(&rest, '\t');
    ACT_BAD(&s, "写明检查结果",
            "{'verb':'plan done','plan':'2026-Q1','provider':'%.*s','officer':'O1'}",
            YH_ARG(first));
    ACT(&s,
        "{'verb':'plan "
        "done','plan':'2026-Q1','provider':'%.*s','result':'未见异常','officer':'O1'}",
        YH_ARG(first));
    CHECK(yh_find(s.said, YH_S("已检查 1 家")) > 0);
    ACT(&s, "{'verb':'plan add','plan':'2026-all','kind':'full','officer':'O1'}");
    CHECK(yh_find(s.said, YH_S("\tfull\t")) > 0);
    ACT(&s, "{'verb':'grid list'}");
    CHECK(yh_find(s.said, YH_S("0 家有责任人")) > 0);
    window_close(&s.w);
}

/* One write beside all rules, as a damaged or tampered folder would have it. */
static void tamper(struct scene *s, enum yh_status (*write)(struct scene *s, struct yh_txn *x))
{
    struct yh_store *store = yh_service_store(s->w.service);
    struct yh_txn x;
    CHECK(yh_store_batch_begin(store, NULL) == YH_OK);
    CHECK(yh_txn_begin(store, (struct yh_group){ YH_S("990100"), s->s.grp }, &s->w.arena, &x,
                       NULL) == YH_OK);
    CHECK(write(s, &x) == YH_OK);
    CHECK(yh_txn_keep(&x, NULL) == YH_OK && yh_store_batch_commit(store, NULL) == YH_OK);
}

static enum yh_status raise_upheld(struct scene *s, struct yh_txn *x)
{
    struct yh_case_file_row f = { .case_no = s->case_no };
    CHECK(yh_get_case_file(x, &f, NULL) == YH_OK);
    f.upheld++;
    return yh_put_case_file(x, &f, NULL);
}

static enum yh_status give_back_without_decision(struct scene *s, struct yh_txn *x)
{
    struct yh_ledger_entry_row e = { .region = YH_S("990100"),
                                     .grp = s->s.grp,
                                     .account = YH_S("payable:H99010100001"),
                                     .debit = 5 };
    CHECK(yh_txn_next_seq(x, &e.seq, NULL) == YH_OK);
    CHECK(yh_add_ledger_entry(x, &e, NULL) == YH_OK);
    e.line = 1;
    e.account = YH_S("fund:310100");
    e.debit = 0;
    e.credit = 5;
    return yh_add_ledger_entry(x, &e, NULL);
}

static enum yh_status money_without_booking(struct scene *s, struct yh_txn *x)
{
    struct yh_case_money_row m = { .case_no = s->case_no,
                                   .nth = 77,
                                   .kind = YH_S("recover"),
                                   .region = YH_S("990100"),
                                   .grp = s->s.grp,
                                   .seq = 1,
                                   .provider = YH_TOWN_HOSPITAL,
                                   .fund = 1 };
    return yh_add_case_money(x, &m, NULL);
}

TEST(tampered_casework_money_is_found)
{
    static const struct {
        enum yh_status (*write)(struct scene *s, struct yh_txn *x);
        const char *says;
    } HARM[] = {
        { raise_upheld, "应退基金" },
        { give_back_without_decision, "没有结算，也没有处理决定" },
        { money_without_booking, "追回基金" },
    };
    for (int i = 0; i < YH_COUNT(HARM); i++) {
        static struct yh_verify_report r;
        struct scene s;
        bool said = false;
        scene_open(&s);
        open_case(&s, "hits");
        notice(&s);
        set_time(&s, "2026-03-25 09:00:00");
        ACT(&s, "{'verb':'case recheck','case':'%.*s','note':'x','officer':'O3'}",
            YH_ARG(s.case_no));
        ACT(&s, "{'verb':'case decide','case':'%.*s','nature':'minor','officer':'O3'}",
            YH_ARG(s.case_no));
        ACT(&s, "{'verb':'case approve','case':'%.*s','officer':'O4'}", YH_ARG(s.case_no));
        prove(&s, 2900, 1300);
        tamper(&s, HARM[i].write);
        struct yh_txn v = view(&s);
        CHECK(yh_verify(&v, &s.w.arena, &r, NULL) == YH_OK);
        for (int k = 0; k < r.problems && k < YH_VERIFY_SHOWN; k++)
            said = said || yh_find(yh_cstr(r.problem[k].what), yh_cstr(HARM[i].says)) >= 0;
        CHECK_I64(said, 1, HARM[i].says);
        yh_view_close(&v);
        window_close(&s.w);
    }
}

TEST(a_suspension_takes_effect_the_next_day_and_a_reversal_lifts_it)
{
    struct scene s;
    scene_open(&s);
    yh_str before = hospital(&s).suspended;
    int64_t ends = hospital(&s).to_day;
    open_case(&s, "hits");
    notice(&s);
    set_time(&s, "2026-03-25 09:00:00");
    ACT(&s, "{'verb':'case recheck','case':'%.*s','note':'x','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT_BAD(
        &s, "须写明天数",
        "{'verb':'case decide','case':'%.*s','nature':'serious','measures':'suspend','officer':"
        "'O3'}",
        YH_ARG(s.case_no));
    ACT_BAD(&s, "天数应为 1 至 180",
            "{'verb':'case decide','case':'%.*s','nature':'serious','measures':'suspend=181天',"
            "'officer':'O3'}",
            YH_ARG(s.case_no));
    ACT(&s,
        "{'verb':'case decide','case':'%.*s','nature':'serious','measures':"
        "'suspend=10天;to_health','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case approve','case':'%.*s','officer':'O4'}", YH_ARG(s.case_no));
    CHECK(yh_find(hospital(&s).suspended, YH_S("2026-03-26..2026-04-04")) >= 0);
    const char *register_ =
        "{'data':{'psn_no':'" A
        "','insutype':'310','begntime':'2026-03-26 08:10:00','mdtrt_cert_type':"
        "'02','mdtrt_cert_no':'1','ipt_otp_no':'MZ9','atddr_no':'D1','dr_name':"
        "'测试医师','dept_code':'A03','dept_name':'内科','caty':'A03'}}";
    set_time(&s, "2026-03-26 09:00:00");
    WINDOW_BAD(&s.w, "2201", register_, "暂停医保结算");
    WINDOW_OK(&s.w, "3701", "{}"); /* it may still answer what is held against it */
    ACT(&s, "{'verb':'case text','case':'%.*s'}", YH_ARG(s.case_no));
    CHECK(yh_find(s.said, YH_S("移送函")) > 0 && yh_find(s.said, YH_S("卫生健康部门：")) > 0);
    CHECK(yh_find(s.said, YH_S("疑点告知书")) > 0 && yh_find(s.said, YH_S("{")) < 0);
    ACT(&s, "{'verb':'case reverse','case':'%.*s','note':'复议','officer':'O5'}",
        YH_ARG(s.case_no));
    CHECK_STR(hospital(&s).suspended, before, "as it was");
    CHECK_I64(hospital(&s).to_day, ends, "as it was");
    WINDOW_OK(&s.w, "2201", register_);
    window_close(&s.w);
}

/* ---- the month is cleared (service/clearing) ---- */

static const char *cell(struct scene *s, int line, int column)
{
    yh_str rest = s->said, row = YH_S(""), c = YH_S("");
    for (int i = 0; i <= line; i++)
        row = yh_cut(&rest, '\n');
    for (int i = 0; i <= column; i++)
        c = yh_cut(&row, '\t');
    return yh_zdup(&s->w.arena, c);
}

static yh_fen money(struct scene *s, int column)
{
    yh_fen v = 0;
    CHECK(yh_fen_parse(yh_cstr(cell(s, 1, column)), &v, NULL) == YH_OK);
    return v;
}

enum { FUND = 5, PAYABLE = 7, BYGROUP, RECOVERED, PERSON_BACK, DAMAGES, PAID_IN, MARGIN, NET };
#define CLEAR "{'verb':'clear make','provider':'H99010100001','month':'2026-03','officer':'O9'"

/* A case that took 20.00 + 9.00 for the funds and 10.00 + 3.00 for the patient; its provider's month. */
TEST(a_decision_is_set_off_when_the_month_is_cleared)
{
    struct scene s;
    scene_open(&s);
    open_case(&s, "self");
    notice(&s);
    WINDOW_OK(&s.w, "3702",
              "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'" H1
              "','applyFlag':'0'},{'docSusptId':'" H2 "','applyFlag':'0'}]}]}");
    ACT(&s, "{'verb':'case recheck','case':'%.*s','note':'已核','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case decide','case':'%.*s','nature':'minor','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case approve','case':'%.*s','officer':'O4'}", YH_ARG(s.case_no));
    yh_fen due = s.s.fund + s.s.account + s.s.relative, keep = (due * 5 + 50) / 100;
    CHECK_I64(balance(&s, "payable:H99010100001"), due - 4200, "lower since the decision");
    ACT_BAD(&s, "月份不对", CLEAR "}");

    set_time(&s, "2026-04-02 09:00:00");
    ACT_BAD(&s, "没有写依据", CLEAR ",'bygroup':'1.00'}");
    ACT(&s, CLEAR "}");
    CHECK_STR(yh_cstr(cell(&s, 1, 0)), YH_S("H99010100001-202603-1"), "its number");
    CHECK_I64(money(&s, FUND), s.s.fund, "what the funds owe");
    CHECK_I64(money(&s, PAYABLE), due, "and the accounts");
    CHECK_I64(money(&s, RECOVERED), 2900, "set off");
    CHECK_I64(money(&s, PERSON_BACK), 1300, "the patient's");
    CHECK_I64(money(&s, MARGIN), keep, "five per cent, half up");
    CHECK_I64(money(&s, NET), due - 4200 - keep, "to be paid");
    CHECK_I64(balance(&s, "payable:H99010100001"), 0, "nothing is owed beyond it");
    CHECK_I64(balance(&s, "margin:H99010100001"), keep, "kept back");
    CHECK_I64(balance(&s, "cleared:H99010100001"), due - 4200 - keep, "to be paid out");
    CHECK_STR(file_of(&s).state, YH_S("closed"), "the case has ended");
    prove(&s, 2900, 1300);

    /* Asked again it is the same; undone it is a mirror, and the case is open again. */
    ACT(&s, CLEAR "}");
    CHECK_STR(yh_cstr(cell(&s, 1, 0)), YH_S("H99010100001-202603-1"), "the same");
    CHECK_I64(balance(&s, "cleared:H99010100001"), due - 4200 - keep, "once");
    ACT_BAD(&s, "没有写明理由",
            "{'verb':'clear undo','clearing':'H99010100001-202603-1','officer':'O9'}");
    ACT(&s,
        "{'verb':'clear undo','clearing':'H99010100001-202603-1','note':'错','officer':'O9'}");
    CHECK_I64(balance(&s, "payable:H99010100001"), due - 4200, "as before");
    CHECK_I64(balance(&s, "cleared:H99010100001"), 0, "nothing to pay");
    CHECK_STR(file_of(&s).state, YH_S("decided"), "open again");
    prove(&s, 2900, 1300);
    ACT_BAD(
        &s, "已撤销",
        "{'verb':'clear undo','clearing':'H99010100001-202603-1','note':'错','officer':'O9'}");

    /* By group the month comes to 5.00 less. */
    ACT(&s, CLEAR ",'bygroup':'-5.00','basis':'病组清算单 2026-03'}");
    CHECK_STR(yh_cstr(cell(&s, 1, 0)), YH_S("H99010100001-202603-3"), "the third of the month");
    CHECK_I64(money(&s, NET), due - 500 - 4200 - keep, "less");
    CHECK_I64(balance(&s, "bygroup:990100"), 500, "below the items");
    CHECK_I64(balance(&s, "payable:H99010100001"), -0, "nothing is owed beyond it");
    prove(&s, 2900, 1300);
    ACT(&s, "{'verb':'clear show','clearing':'H99010100001-202603-3'}");
    CHECK(yh_find(s.said, YH_S("病组清算单 2026-03")) > 0);
    CHECK(yh_find(s.said, s.visit.settlement) > 0);
    CHECK(yh_find(s.said, s.case_no) > 0);
    CHECK(yh_find(s.said, YH_S("预留质量保证金百分之五")) > 0);
    window_close(&s.w);
}

/* A month that owes less than a case: nothing is set off in part, the case waits. */
TEST(a_case_that_does_not_fit_waits_for_a_later_month)
{
    struct scene s;
    scene_open(&s);
    open_case(&s, "self");
    notice(&s);
    WINDOW_OK(&s.w, "3702",
              "{'docs':[{'docId':'x','docSusptDTOS':[{'docSusptId':'" H1
              "','applyFlag':'0'},{'docSusptId':'" H2 "','applyFlag':'0'}]}]}");
    ACT(&s, "{'verb':'case recheck','case':'%.*s','note':'已核','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case decide','case':'%.*s','nature':'minor','officer':'O3'}",
        YH_ARG(s.case_no));
    ACT(&s, "{'verb':'case approve','case':'%.*s','officer':'O4'}", YH_ARG(s.case_no));
    set_time(&s, "2026-04-02 09:00:00");
    yh_fen due = s.s.fund + s.s.account + s.s.relative;
    ACT(&s, CLEAR ",'bygroup':'%lld.%02lld','basis':'x'}", -(long long)(due - 4000) / 100,
        (long long)(due - 4000) % 100);
    CHECK_I64(money(&s, RECOVERED), 0, "42.00 do not fit into 40.00 less the margin");
    CHECK_STR(file_of(&s).state, YH_S("decided"), "it waits");
    prove(&s, 2900, 1300);
    ACT_BAD(
        &s, "不足以承担",
        "{'verb':'clear make','provider':'P99010100001','month':'2026-03','bygroup':'-1.00',"
        "'basis':'x','officer':'O9'}");
    window_close(&s.w);
}
