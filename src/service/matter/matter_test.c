#include "service/matter/matter.h"
#include "base/test.h"
#include "service/testing.h"
#include "service/town.h"

/* One act in a transaction of its own, by an officer ("" = the person). */
struct desk {
    struct yh_desk d;
    struct yh_matter_row m;
    struct yh_bank_batch_row b;
};

typedef enum yh_status act_fn(struct yh_matter_desk *k, struct desk *t, const void *in,
                              struct yh_err *err);

static enum yh_status act(struct desk *t, const char *officer, act_fn *fn, const void *in)
{
    struct yh_txn x;
    struct yh_err *err = &t->d.err;
    *err = (struct yh_err){ 0 };
    CHECK_OK(yh_service_batch_begin(t->d.service, err), err);
    CHECK_OK(yh_txn_begin(yh_service_store(t->d.service), (struct yh_group){ YH_S(""), 0 },
                          &t->d.arena, &x, err),
             err);
    struct yh_matter_desk k = { .x = &x,
                                .world = yh_desk_world(),
                                .arena = &t->d.arena,
                                .now = t->d.now,
                                .officer = yh_cstr(officer),
                                .name = yh_cstr(officer),
                                .salt = { (uint8_t)++t->d.calls, 1, 2, 3 } };
    enum yh_status st = fn(&k, t, in, err);
    struct yh_err kept;
    if (st == YH_OK)
        CHECK_OK(yh_txn_keep(&x, &kept), &kept);
    else
        yh_txn_drop(&x);
    CHECK_OK(yh_service_batch_commit(t->d.service, &kept), &kept);
    return st;
}

static const struct yh_json *json(struct desk *t, const char *text)
{
    struct yh_json *v = NULL;
    struct yh_err err;
    if (!text)
        return NULL;
    CHECK_OK(yh_json_read(&t->d.arena, yh_cstr(text), (struct yh_json_limits){ 0 }, &v, &err),
             &err);
    return v;
}

static enum yh_status do_start(struct yh_matter_desk *k, struct desk *t, const void *in,
                               struct yh_err *err)
{
    return yh_matter_start(k, in, &t->m, err);
}

static enum yh_status do_step(struct yh_matter_desk *k, struct desk *t, const void *in,
                              struct yh_err *err)
{
    return yh_matter_act(k, in, &t->m, err);
}

static enum yh_status do_batch(struct yh_matter_desk *k, struct desk *t, const void *in,
                               struct yh_err *err)
{
    (void)in;
    return yh_bank_batch(k, YH_S("990100"), NULL, NULL, &t->b, err);
}

static enum yh_status do_answer(struct yh_matter_desk *k, struct desk *t, const void *in,
                                struct yh_err *err)
{
    return yh_bank_answer(k, t->b.batch, yh_cstr(in), &t->b, err);
}

static enum yh_status start(struct desk *t, const char *officer, yh_str person,
                            const char *kind, const char *fields, const char *claim,
                            const char *papers)
{
    struct yh_matter_ask in = { .person = person,
                                .kind = yh_cstr(kind),
                                .scheme = YH_S(""),
                                .fields = json(t, fields),
                                .claim = json(t, claim),
                                .papers = json(t, papers),
                                .note = YH_S("") };
    return act(t, officer, do_start, &in);
}

static enum yh_status step(struct desk *t, const char *officer, enum yh_matter_act_id id,
                           const char *note)
{
    struct yh_matter_do in = { .matter = t->m.matter, .act = id, .note = yh_cstr(note) };
    return act(t, officer, do_step, &in);
}

static bool refused(const struct desk *t, const char *part)
{
    return yh_find(yh_cstr(t->d.err.text), yh_cstr(part)) >= 0;
}

static struct yh_filing_row filing(struct desk *t, yh_str person, const char *kind,
                                   yh_str serial)
{
    struct yh_txn view;
    struct yh_person_key_row like = { .kind = YH_S("psn"), .value = person }, *key = NULL;
    int n = 0;
    CHECK_OK(yh_view_open(yh_service_store(t->d.service), &t->d.arena, &view, &t->d.err),
             &t->d.err);
    CHECK_OK(yh_list_person_key(&view, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like,
                                &key, &n, &t->d.err),
             &t->d.err);
    struct yh_filing_row f = { .region = key->region,
                               .grp = key->grp,
                               .person = person,
                               .kind = yh_cstr(kind),
                               .serial = serial };
    CHECK_OK(yh_get_filing(&view, &f, &t->d.err), &t->d.err);
    yh_view_close(&view);
    return f;
}

#define ID_PAPER "有效身份证件或社会保障卡（医保电子凭证）"

TEST(a_person_files_online_by_promise_and_it_holds_at_once)
{
    struct desk t;
    yh_desk_open(&t.d, NULL);
    const char *fields = "{\"place\":\"990200\",\"from\":\"2026-03-18\"}";
    CHECK_I64(start(&t, "", YH_TOWN_WORKER, "away-posted", fields, NULL, NULL), YH_CONFLICT,
              "nothing promised");
    CHECK(refused(&t, "材料还没有齐"));
    CHECK_OK(start(&t, "", YH_TOWN_WORKER, "away-posted", fields, NULL,
                   "{\"promised\":[\"参保地工作单位派出证明或异地工作证明\"]}"),
             &t.d.err);
    CHECK_STR(t.m.state, YH_S("done"), "done in the same call");
    CHECK_I64(t.m.steps, 2, "taken in and finished");
    struct yh_filing_row f = filing(&t, YH_TOWN_WORKER, "2501", t.m.made);
    CHECK_STR(f.state, YH_S("filed"), "the person's own word");
    CHECK_STR(f.code, YH_S("长期备案"), "what the policy document reads");
    CHECK_I64(start(&t, "", YH_TOWN_WORKER, "away-posted", fields, NULL,
                    "{\"promised\":[\"参保地工作单位派出证明或异地工作证明\"]}"),
              YH_CONFLICT, "the same filing again");
    CHECK_I64(start(&t, "", YH_TOWN_WORKER, "reimburse-stay", "{}", NULL, NULL), YH_DENIED,
              "not online");
    /* Rated once. */
    struct yh_matter_do r = {
        .matter = t.m.matter, .act = YH_MATTER_ACT_RATE, .stars = 5, .note = YH_S("")
    };
    CHECK_OK(act(&t, "", do_step, &r), &t.d.err);
    CHECK_I64(act(&t, "", do_step, &r), YH_CONFLICT, "once");
    yh_desk_prove(&t.d);
    yh_desk_close(&t.d);
}

/* Twenty that are open or of today, then none; the desk still takes it in, and tomorrow those that are over
 * weigh no more. */
TEST(one_person_does_not_fill_the_desks_queue)
{
    struct desk t;
    const char *injury = "{\"from\":\"2026-03-18\",\"payable\":\"1\",\"reason\":\"摔伤\"}";
    yh_desk_open(&t.d, NULL);
    for (int i = 0; i < YH_MATTERS_ONLINE; i++)
        CHECK_OK(start(&t, "", YH_TOWN_WORKER, i % 2 ? "injury" : "certificate",
                       i % 2 ? injury : "{}", NULL, NULL),
                 &t.d.err);
    CHECK_I64(start(&t, "", YH_TOWN_WORKER, "injury", injury, NULL, NULL), YH_CONFLICT,
              "the 21st");
    CHECK(refused(&t, "已有 20 件"));
    CHECK_OK(start(&t, "E1", YH_TOWN_WORKER, "injury", injury, NULL, NULL), &t.d.err);
    CHECK_OK(start(&t, "", YH_TOWN_RESIDENT, "certificate", "{}", NULL, NULL), &t.d.err);
    t.d.now += 24 * 3600;
    for (int i = 0; i < 10; i++)
        CHECK_OK(start(&t, "", YH_TOWN_WORKER, "certificate", "{}", NULL, NULL), &t.d.err);
    CHECK_I64(start(&t, "", YH_TOWN_WORKER, "certificate", "{}", NULL, NULL), YH_CONFLICT,
              "ten of yesterday are open");
    yh_desk_prove(&t.d);
    yh_desk_close(&t.d);
}

/* Opened on Wednesday 18 March 2026 with 15 working days: due on 9 April (3 to 6 April is the festival of
 * that year's notice, where the table has it). */
TEST(the_clock_stands_while_papers_are_awaited_and_two_decide)
{
    struct desk t;
    yh_desk_open(&t.d, NULL);
    const char *fields = "{\"disease\":\"M03900\",\"from\":\"2026-03-18\"}";
    CHECK_I64(start(&t, "clerk1", YH_TOWN_WORKER, "chronic",
                    "{\"disease\":\"M9\",\"from\":\"2026-03-18\"}", NULL, NULL),
              YH_BAD_INPUT, "no such disease");
    CHECK_OK(start(&t, "clerk1", YH_TOWN_WORKER, "chronic", fields, NULL,
                   "{\"have\":[\"" ID_PAPER "\"]}"),
             &t.d.err);
    CHECK_STR(t.m.state, YH_S("papers"), "told once what is missing");
    CHECK(yh_find(t.m.missing, YH_S("病种认定申请表")) >= 0);
    CHECK(yh_find(t.m.missing, YH_S("身份证件")) < 0);
    CHECK_I64(t.m.due, YH_DAY_MAX, "the clock stands");
    CHECK_I64(step(&t, "clerk1", YH_MATTER_ACT_FINISH, ""), YH_CONFLICT, "not while it stands");
    t.d.now += 10 * 86400;
    struct yh_matter_do given = {
        .matter = t.m.matter,
        .act = YH_MATTER_ACT_GIVEN,
        .note = YH_S(""),
        .papers =
            json(&t, "{\"have\":[\"病种认定申请表\",\"二级及以上定点医疗机构的诊断证明、病历"
                     "与检查报告\"]}"),
    };
    CHECK_OK(act(&t, "clerk1", do_step, &given), &t.d.err);
    CHECK_STR(t.m.state, YH_S("accepted"), "goes on");
    const struct yh_workdays *w = &yh_desk_world()->casework->workdays;
    CHECK_I64(t.m.due, yh_workday_add(w, yh_time_day(t.d.now), 15, NULL),
              "none of the term had run before");
    CHECK_OK(step(&t, "clerk1", YH_MATTER_ACT_FINISH, ""), &t.d.err);
    CHECK_STR(t.m.state, YH_S("review"), "another one decides");
    CHECK_I64(step(&t, "clerk1", YH_MATTER_ACT_APPROVE, ""), YH_DENIED, "not the same");
    CHECK_OK(step(&t, "clerk2", YH_MATTER_ACT_APPROVE, ""), &t.d.err);
    CHECK_STR(t.m.state, YH_S("done"), "granted");
    CHECK_STR(filing(&t, YH_TOWN_WORKER, "2503", t.m.made).state, YH_S("approved"),
              "and filed");
    CHECK_I64(step(&t, "clerk1", YH_MATTER_ACT_UNDO, "录错"), YH_DENIED, "another's act");
    CHECK_OK(step(&t, "clerk2", YH_MATTER_ACT_UNDO, "录错"), &t.d.err);
    CHECK_STR(filing(&t, YH_TOWN_WORKER, "2503", t.m.made).state, YH_S("undone"), "taken back");
    CHECK_STR(t.m.state, YH_S("undone"), "the same day");
    yh_desk_close(&t.d);
}

TEST(a_mistake_of_yesterday_is_no_longer_undone)
{
    struct desk t;
    yh_desk_open(&t.d, NULL);
    CHECK_OK(start(&t, "clerk1", YH_TOWN_WORKER, "contact", "{\"phone\":\"13900000001\"}", NULL,
                   "{\"have\":[\"" ID_PAPER "\"]}"),
             &t.d.err);
    CHECK_OK(step(&t, "clerk1", YH_MATTER_ACT_FINISH, ""), &t.d.err);
    t.d.now += 86400;
    CHECK_I64(step(&t, "clerk1", YH_MATTER_ACT_UNDO, "录错"), YH_DENIED, "the next day");
    t.d.now -= 86400;
    CHECK_I64(step(&t, "clerk1", YH_MATTER_ACT_UNDO, ""), YH_BAD_INPUT, "say why");
    CHECK_OK(step(&t, "clerk1", YH_MATTER_ACT_UNDO, "录错"), &t.d.err);
    yh_desk_close(&t.d);
}

/* A stay of 2026-03-02 to 03-06 at the second hospital, one service of 9.00 ten times: 90.00. */
static const char *claim(struct desk *t, const char *invoice, const char *end, int qty)
{
    yh_str s =
        yh_fmt(&t->d.arena,
               "{\"provider\":\"H99010100002\",\"med_type\":\"21\",\"begin\":\"2026-03-02\","
               "\"end\":\"%s\",\"diagnosis\":\"J18.900\",\"diagnosis_name\":\"肺炎\","
               "\"invoice\":\"%s\",\"lines\":[{\"code\":\"001102000010000\",\"name\":\"诊查\","
               "\"price\":\"9\",\"qty\":\"%d\"}]}",
               end, invoice, qty);
    return yh_zdup(&t->d.arena, s);
}

#define BANK "\"payee\":\"测试甲\",\"bank\":\"示例银行\",\"bank_account\":\"6200000000000001\""
#define STAY_PAPERS                                                                                     \
    "{\"have\":[\"" ID_PAPER "\",\"医疗费用电子票据\",\"费用清单\",\"本人银行账户\"," \
    "\"出院小结（诊断证明）\"]}"

static yh_fen account(struct desk *t, const char *name)
{
    struct yh_txn view;
    struct yh_ledger_entry_row *e = NULL;
    int n = 0;
    yh_fen sum = 0;
    CHECK_OK(yh_view_open(yh_service_store(t->d.service), &t->d.arena, &view, &t->d.err),
             &t->d.err);
    CHECK_OK(yh_list_ledger_entry(&view, (struct yh_span){ .index = YH_BY_KEY }, NULL, &e, &n,
                                  &t->d.err),
             &t->d.err);
    for (int i = 0; i < n; i++)
        if (yh_eq(e[i].account, yh_cstr(name)))
            sum += e[i].credit - e[i].debit;
    yh_view_close(&view);
    return sum;
}

#define OWED "person:99010100000000000000000001"

TEST(a_bill_paid_by_the_person_is_reimbursed_by_two_and_paid_through_the_bank)
{
    struct desk t;
    yh_desk_open(&t.d, NULL);
    CHECK_I64(start(&t, "clerk1", YH_TOWN_WORKER, "reimburse-stay", "{" BANK "}",
                    claim(&t, "1234", "2026-03-06", 1000), STAY_PAPERS),
              YH_BAD_INPUT, "no invoice number");
    CHECK(refused(&t, "电子票据号码"));
    static const char *const NAME[] = { "=HYPERLINK(1)", "@SUM(1)", "+1", "-1", "测\\t试" };
    for (int i = 0; i < 2 * YH_COUNT(NAME); i++) {
        yh_str bank = yh_fmt(&t.d.arena,
                             "{\"payee\":\"%s\",\"bank\":\"%s\",\"bank_account\":\"62000001\"}",
                             i % 2 ? NAME[i / 2] : "测试甲", i % 2 ? "示例银行" : NAME[i / 2]);
        CHECK_I64(start(&t, "clerk1", YH_TOWN_WORKER, "reimburse-stay", bank.p,
                        claim(&t, "2600000001", "2026-03-06", 1000), STAY_PAPERS),
                  YH_BAD_INPUT, bank.p);
        CHECK(refused(&t, "应为名称"));
    }
    CHECK_OK(start(&t, "clerk1", YH_TOWN_WORKER, "reimburse-stay", "{" BANK "}",
                   claim(&t, "2600000001", "2026-03-06", 1000), STAY_PAPERS),
             &t.d.err);
    yh_fen quoted = t.m.amount;
    CHECK(quoted > 100000); /* 9,000.00 in all; above 1,000.00 two decide here */
    struct yh_matter_row first = t.m;
    CHECK_I64(start(&t, "clerk1", YH_TOWN_WORKER, "reimburse-stay", "{" BANK "}",
                    claim(&t, "2600000001", "2026-03-06", 1000), STAY_PAPERS),
              YH_CONFLICT, "the invoice is taken by a matter that is open");
    CHECK(refused(&t, "办件"));
    t.m = first;
    CHECK_OK(step(&t, "clerk1", YH_MATTER_ACT_FINISH, ""), &t.d.err);
    CHECK_STR(t.m.state, YH_S("review"), "by amount");
    CHECK_I64(account(&t, OWED), 0, "nothing is booked before it is granted");
    CHECK_OK(step(&t, "clerk2", YH_MATTER_ACT_APPROVE, ""), &t.d.err);
    CHECK_STR(t.m.state, YH_S("paying"), "granted");
    CHECK_I64(t.m.amount, quoted, "what was told at the window");
    CHECK_I64(account(&t, OWED), quoted, "owed to the person");
    CHECK_I64(account(&t, "payable:H99010100002"), 0, "and not to the hospital");
    yh_desk_prove(&t.d);

    /* Undone the same day by who granted it, and granted again under the same invoice. */
    CHECK_OK(step(&t, "clerk2", YH_MATTER_ACT_UNDO, "误办"), &t.d.err);
    CHECK_I64(account(&t, OWED), 0, "mirrored");
    yh_desk_prove(&t.d);
    CHECK_OK(start(&t, "clerk1", YH_TOWN_WORKER, "reimburse-stay", "{" BANK "}",
                   claim(&t, "2600000001", "2026-03-06", 1000), STAY_PAPERS),
             &t.d.err);
    CHECK_OK(step(&t, "clerk1", YH_MATTER_ACT_FINISH, ""), &t.d.err);
    CHECK_OK(step(&t, "clerk2", YH_MATTER_ACT_APPROVE, ""), &t.d.err);
    CHECK_I64(t.m.amount, quoted, "the year is as it was");

    /* The bank returns it, the account is corrected, the bank pays. */
    CHECK_OK(act(&t, "clerk1", do_batch, NULL), &t.d.err);
    CHECK_I64(t.b.amount, quoted, "one payment");
    CHECK_I64(step(&t, "clerk2", YH_MATTER_ACT_UNDO, "误办"), YH_CONFLICT, "with the bank");
    yh_str no = t.m.matter;
    const char *failed =
        yh_zdup(&t.d.arena, yh_fmt(&t.d.arena, "item\tresult\treason\n%.*s-1\t失败\t户名不符\n",
                                   YH_ARG(no)));
    CHECK_I64(act(&t, "clerk1", do_answer, failed), YH_DENIED, "not by who made the batch");
    CHECK_I64(act(&t, "clerk2", do_answer, "item\tresult\treason\nX-1\t成功\t\n"), YH_BAD_INPUT,
              "no item of this batch");
    CHECK_OK(act(&t, "clerk2", do_answer, failed), &t.d.err);
    CHECK_I64(t.b.returned, 1, "came back");
    CHECK_STR(t.b.state, YH_S("settled"), "all answered");
    CHECK_I64(account(&t, OWED), quoted, "still owed");
    t.m.matter = no;
    struct yh_matter_do fix = { .matter = no,
                                .act = YH_MATTER_ACT_ACCOUNT,
                                .note = YH_S(""),
                                .fields =
                                    json(&t, "{\"payee\":\"测试甲\",\"bank\":\"示例银行\","
                                             "\"bank_account\":\"6200000000000002\"}") };
    CHECK_OK(act(&t, "clerk1", do_step, &fix), &t.d.err);
    CHECK_STR(t.m.state, YH_S("paying"), "waits again");
    CHECK_OK(act(&t, "clerk1", do_batch, NULL), &t.d.err);
    const char *paid = yh_zdup(
        &t.d.arena, yh_fmt(&t.d.arena, "item\tresult\treason\n%.*s-2\t成功\t\n", YH_ARG(no)));
    CHECK_OK(act(&t, "clerk2", do_answer, paid), &t.d.err);
    CHECK_I64(act(&t, "clerk2", do_answer, paid), YH_BAD_INPUT, "told twice");
    CHECK_I64(account(&t, OWED), 0, "paid");
    CHECK_I64(account(&t, "bank:990100"), quoted, "by the bank");
    yh_desk_prove(&t.d);
    yh_desk_close(&t.d);
}

struct quoted {
    const struct yh_json *claim;
    struct yh_claim_result r;
};

static enum yh_status do_quote(struct yh_matter_desk *k, struct desk *t, const void *in,
                               struct yh_err *err)
{
    struct quoted *q = *(struct quoted *const *)in;
    (void)t;
    return yh_claim_quote(k, YH_TOWN_WORKER, YH_S(""), YH_S("stay"), q->claim, &q->r, err);
}

static struct yh_claim_result quote(struct desk *t, const char *text)
{
    struct quoted q = { .claim = json(t, text) }, *at = &q;
    CHECK_OK(act(t, "clerk1", do_quote, &at), &t->d.err);
    return q.r;
}

/* Is there exactly one fault there, and does it say so? */
static bool told(const struct yh_claim_result *r, int line, const char *field, const char *what)
{
    int n = 0;
    bool said = false;
    for (int i = 0; i < r->nfault; i++) {
        const struct yh_claim_fault *f = &r->fault[i];
        if (f->line != line || !yh_eq(f->field, yh_cstr(field)))
            continue;
        n++;
        said = yh_find(f->what, yh_cstr(what)) >= 0 && f->cure.n > 0;
    }
    return n == 1 && said;
}

TEST(everything_wrong_with_a_claim_is_told_at_once)
{
    struct desk t;
    yh_desk_open(&t.d, NULL);
    struct yh_claim_result r = quote(
        &t, "{\"provider\":\"H99010100002\",\"med_type\":\"11\",\"begin\":\"2026-03-02\","
            "\"end\":\"2026-03-06\",\"diagnosis\":\"肺炎\",\"invoice\":\"12 34\","
            "\"total\":\"1.234\",\"lines\":["
            "{\"code\":\"\",\"name\":\"甲\",\"price\":\"九元\",\"qty\":\"0\",\"day\":\"3/2\"},"
            "{\"code\":\"001102000010000\",\"name\":\"乙\",\"price\":\"9\",\"qty\":\"10\"},"
            "{\"code\":\"001102000010000\",\"name\":\"丙\",\"price\":\"9\",\"qty\":\"10\","
            "\"amount\":\"80\"},"
            "{\"code\":\"001102000010000\",\"name\":\"丁\",\"price\":\"9\",\"qty\":\"1\","
            "\"day\":\"2026-03-09\"},"
            "{\"code\":\"诊查费\",\"name\":\"戊\",\"price\":\"9\",\"qty\":\"1\"}]}");
    CHECK(told(&r, 0, "med_type", "不符"));
    CHECK(told(&r, 0, "diagnosis", "不合编码规则"));
    CHECK(told(&r, 0, "invoice", "8 至 30 位"));
    CHECK(told(&r, 0, "total", "不是数"));
    CHECK(told(&r, 1, "code", "没有项目编码"));
    CHECK(told(&r, 1, "price", "不是数"));
    CHECK(told(&r, 1, "qty", "大于 0"));
    CHECK(told(&r, 1, "day", "认不出"));
    CHECK(told(&r, 3, "amount", "应为 90.00"));
    CHECK(told(&r, 4, "day", "不在就诊期间"));
    CHECK(told(&r, 5, "code", "不符合编码规则"));
    CHECK_I64(r.nfault, 11, "and nothing else");
    for (int i = 1; i < r.nfault; i++)
        CHECK(r.fault[i - 1].line <= r.fault[i].line);
    for (int i = 0; i < r.nfault; i++)
        CHECK(yh_find(r.fault[i].what, YH_S("=")) < 0); /* no word of the interface */
    CHECK_I64(r.last, yh_day_of(2027, 6, 30), "the deadline is told beside the faults");

    /* Each mended: decided.  The sum on the paper must be that of the lines. */
    r = quote(&t, claim(&t, "2600000021", "2026-03-06", 10));
    CHECK_I64(r.nfault, 0, "nothing is wrong");
    CHECK_I64(r.settled.row.total, 9000, "90.00");
    yh_str good = yh_cstr(claim(&t, "2600000021", "2026-03-06", 10));
    yh_str more =
        yh_fmt(&t.d.arena, "{\"total\":\"91.00\",%.*s", YH_ARG(yh_sub(good, 1, good.n)));
    r = quote(&t, yh_zdup(&t.d.arena, more));
    CHECK(told(&r, 0, "total", "与明细合计不一致"));
    CHECK(yh_find(r.fault[0].cure, YH_S("相差 1.00 元")) >= 0);

    /* An invoice that a matter holds, a hospital that is not known: told, nothing decided. */
    CHECK_OK(start(&t, "clerk1", YH_TOWN_WORKER, "reimburse-stay", "{" BANK "}",
                   claim(&t, "2600000022", "2026-03-06", 10), STAY_PAPERS),
             &t.d.err);
    r = quote(&t, claim(&t, "2600000022", "2026-03-06", 10));
    CHECK(told(&r, 0, "invoice", "已用于另一笔"));
    CHECK_I64(r.settled.row.total, 0, "and not decided");
    r = quote(&t, "{\"provider\":\"H00000000000\",\"med_type\":\"21\",\"begin\":\"2026-03-02\","
                  "\"end\":\"2026-03-06\",\"diagnosis\":\"J18.900\",\"invoice\":\"2600000023\","
                  "\"lines\":[{\"code\":\"001102000010000\",\"price\":\"9\",\"qty\":\"1\"}]}");
    CHECK(told(&r, 0, "provider", "未找到定点医药机构"));
    yh_desk_close(&t.d);
}

TEST(a_bill_past_its_last_day_needs_a_reason_and_two)
{
    struct desk t;
    yh_desk_open(&t.d, NULL);
    t.d.now = yh_day_time(yh_day_of(2027, 7, 1)) + 36000;
    CHECK_I64(start(&t, "clerk1", YH_TOWN_WORKER, "reimburse-stay", "{" BANK "}",
                    claim(&t, "2600000009", "2026-03-06", 100), STAY_PAPERS),
              YH_CONFLICT, "30 June of the next year is over");
    CHECK(refused(&t, "2027-06-30"));
    CHECK_OK(start(&t, "clerk1", YH_TOWN_WORKER, "reimburse-stay",
                   "{\"reason\":\"长期住院，未能按时申报\"," BANK "}",
                   claim(&t, "2600000009", "2026-03-06", 100), STAY_PAPERS),
             &t.d.err);
    CHECK_OK(step(&t, "clerk1", YH_MATTER_ACT_FINISH, ""), &t.d.err);
    CHECK_STR(t.m.state, YH_S("review"), "whatever the amount");
    /* Refused, the invoice is free for another. */
    CHECK_OK(step(&t, "clerk2", YH_MATTER_ACT_REFUSE, "理由不成立"), &t.d.err);
    CHECK_OK(start(&t, "clerk1", YH_TOWN_WORKER, "reimburse-stay",
                   "{\"reason\":\"补充证明\"," BANK "}",
                   claim(&t, "2600000009", "2026-03-06", 100), STAY_PAPERS),
             &t.d.err);
    yh_desk_close(&t.d);
}

TEST(an_account_is_withdrawn_to_the_fen_and_given_back_when_undone)
{
    struct desk t;
    yh_desk_open(&t.d, NULL);
    const char *fields = "{\"reason\":\"出国定居\"," BANK "}";
    const char *papers =
        "{\"have\":[\"" ID_PAPER "\",\"支取情形的证明（出国定居、死亡、转往异地等）\","
        "\"收款人身份证件与银行账户\"]}";
    CHECK_I64(start(&t, "clerk1", YH_TOWN_RESIDENT, "account-withdraw", fields, NULL, papers),
              YH_CONFLICT, "no account");
    CHECK_OK(start(&t, "clerk1", YH_TOWN_WORKER, "account-withdraw", fields, NULL, papers),
             &t.d.err);
    CHECK_I64(t.m.amount, 20000, "200.00");
    CHECK_OK(step(&t, "clerk1", YH_MATTER_ACT_FINISH, ""), &t.d.err);
    CHECK_OK(step(&t, "clerk2", YH_MATTER_ACT_APPROVE, ""), &t.d.err);
    CHECK_STR(t.m.state, YH_S("paying"), "owed");
    CHECK_I64(account(&t, OWED), 20000, "booked");
    yh_desk_prove(&t.d);
    CHECK_OK(step(&t, "clerk2", YH_MATTER_ACT_UNDO, "误办"), &t.d.err);
    CHECK_I64(account(&t, OWED), 0, "given back");
    yh_desk_prove(&t.d);
    yh_desk_close(&t.d);
}

/* ---- scans ---- */

struct scan_do {
    const char *add, *why; /* add: a digest's first letter; else remove nth */
    int64_t nth;
};

static enum yh_status do_scan(struct yh_matter_desk *k, struct desk *t, const void *in,
                              struct yh_err *err)
{
    const struct scan_do *s = in;
    struct yh_matter_row m;
    enum yh_status st = yh_matter_get(k->x, t->m.matter, &m, err);
    if (st || !s->add)
        return st ? st : yh_scan_remove(k, &m, s->nth, yh_cstr(s->why), err);
    struct yh_scan_in one = { .paper = YH_S("费用清单"),
                              .name = YH_S("清单.jpg"),
                              .type = YH_S("image/jpeg"),
                              .digest = yh_cstr(s->add),
                              .sealed = YH_S("sealed bytes"),
                              .bytes = 3 };
    return yh_scan_add(k, &m, &one, err);
}

static enum yh_status scan_add(struct desk *t, const char *officer, const char *digest)
{
    struct scan_do in = { .add = digest };
    return act(t, officer, do_scan, &in);
}

static enum yh_status scan_drop(struct desk *t, const char *officer, int64_t nth,
                                const char *why)
{
    struct scan_do in = { .nth = nth, .why = why };
    return act(t, officer, do_scan, &in);
}

static enum yh_status do_sweep(struct yh_matter_desk *k, struct desk *t, const void *in,
                               struct yh_err *err)
{
    return yh_scans_sweep(k->x, &t->d.arena, t->d.now, 10, *(int *const *)in, err);
}

static int sweep(struct desk *t)
{
    int gone = -1, *at = &gone;
    CHECK_OK(act(t, "", do_sweep, &at), &t->d.err);
    return gone;
}

static struct yh_scan_row scan_row(struct desk *t, int64_t nth, bool *body)
{
    struct yh_txn view;
    CHECK_OK(yh_view_open(yh_service_store(t->d.service), &t->d.arena, &view, &t->d.err),
             &t->d.err);
    struct yh_scan_row s = {
        .region = t->m.region, .grp = t->m.grp, .matter = t->m.matter, .nth = nth
    };
    CHECK_OK(yh_get_scan(&view, &s, &t->d.err), &t->d.err);
    struct yh_scan_body_row b = { s.region, s.grp, s.matter, s.nth, YH_S("") };
    *body = yh_get_scan_body(&view, &b, NULL) == YH_OK;
    yh_view_close(&view);
    return s;
}

TEST(a_scan_is_kept_with_its_matter_and_deleted_by_rule)
{
    struct desk t;
    bool body;
    yh_desk_open(&t.d, NULL);
    CHECK_OK(start(&t, "", YH_TOWN_WORKER, "chronic",
                   "{\"disease\":\"M03900\",\"from\":\"2026-03-18\"}", NULL, NULL),
             &t.d.err);
    CHECK_STR(t.m.state, YH_S("papers"), "papers are awaited");
    CHECK_OK(scan_add(&t, "", "a"), &t.d.err);
    CHECK_OK(scan_add(&t, "clerk1", "b"), &t.d.err);
    CHECK_I64(scan_add(&t, "clerk1", "a"), YH_CONFLICT, "the same bytes again");
    CHECK_I64(scan_drop(&t, "", 2, ""), YH_DENIED, "the clerk's is not the person's to remove");
    CHECK_I64(scan_drop(&t, "clerk1", 1, ""), YH_BAD_INPUT, "a clerk says why");
    CHECK_I64(scan_drop(&t, "clerk1", 9, "错"), YH_NOT_FOUND, "no such number");
    CHECK_OK(scan_drop(&t, "", 1, ""), &t.d.err);
    struct yh_scan_row s = scan_row(&t, 1, &body);
    CHECK(s.removed == t.d.now && !body);
    CHECK_STR(s.digest, YH_S("a"), "the row stays, with what it was");
    CHECK_I64(scan_drop(&t, "clerk1", 1, "再删"), YH_CONFLICT, "it is gone");
    CHECK_OK(scan_add(&t, "", "a"), &t.d.err); /* and may come again, as the third */

    /* Refused: kept for a year (keep.tsv, nothing); opened again the same day: for as long as it is open. */
    struct yh_matter_do ask = { .matter = t.m.matter,
                                .act = YH_MATTER_ACT_WITHDRAW,
                                .note = YH_S("") };
    CHECK_OK(act(&t, "clerk1", do_step, &ask), &t.d.err);
    CHECK_I64(scan_row(&t, 3, &body).until, yh_day_of(2027, 3, 18), "a year");
    CHECK_I64(scan_add(&t, "clerk1", "c"), YH_CONFLICT, "no more is taken");
    CHECK_OK(step(&t, "clerk1", YH_MATTER_ACT_UNDO, "误办"), &t.d.err);
    CHECK_I64(scan_row(&t, 3, &body).until, YH_DAY_MAX, "open again");
    CHECK_OK(act(&t, "clerk1", do_step, &ask), &t.d.err);
    t.d.now = yh_day_time(yh_day_of(2027, 3, 18)) + 36000;
    CHECK_I64(sweep(&t), 0, "the last day is still a day");
    t.d.now += 86400;
    CHECK_I64(sweep(&t), 2, "the two that were there");
    CHECK_I64(sweep(&t), 0, "once");
    s = scan_row(&t, 2, &body);
    CHECK(!body && yh_eq(s.removed_by, YH_S("#")));
    CHECK_STR(s.removed_why, YH_S("保管期满（2027-03-18）"), "and says why");
    yh_desk_close(&t.d);
}
