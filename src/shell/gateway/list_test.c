/* shell/gateway/list_test.c -- a settlement list walks its whole life through the window. */
#include <stdio.h>

#include "base/test.h"
#include "service/document.h"
#include "service/lists.h"
#include "service/month.h"
#include "service/special.h"
#include "service/testing.h"
#include "service/town.h"
#include "shell/gateway/testing.h"

/* A settled stay of 8600.00, as the samples have it. */
static void settled_stay(struct yh_counter *c, struct yh_counter_ids *ids)
{
    static const char *const LINE[][4] = {
        { "2", "003205000010000", "3260.000000", "1" },
        { "3", "XA02BCA348X006010104145", "50.000000", "20" },
        { "4", "C14141019400002", "32.000000", "10" },
        { "5", "001109000030100", "250.000000", "10" },
        { "6", "001201000010000", "144.000000", "10" },
    };
    yh_counter_play(c, "2401", "", ids);
    yh_counter_play(c, "2301", "", ids);
    for (int i = 0; i < YH_COUNT(LINE); i++) {
        yh_price price;
        int64_t count;
        char amount[32];
        CHECK(!yh_dec_parse(yh_cstr(LINE[i][2]), 6, &price, NULL) &&
              !yh_int_parse(yh_cstr(LINE[i][3]), &count, NULL));
        yh_str sum =
            yh_dec_text(amount, yh_line_amount(price, count * 10000, YH_ROUND_HALF_UP), 2, 2);
        yh_str more =
            yh_fmt(&c->arena,
                   "msgid=\"L%d\" ; input.feedetail.1.feedetl_sn=\"%s\" ; "
                   "input.feedetail.1.med_list_codg=\"%s\" ; input.feedetail.1.pric=%s ; "
                   "input.feedetail.1.cnt=%s ; input.feedetail.1.det_item_fee_sumamt=%.*s",
                   i, LINE[i][0], LINE[i][1], LINE[i][2], LINE[i][3], YH_ARG(sum));
        yh_counter_play(c, "2301", more.p, ids);
    }
    yh_counter_play(c, "2402", "", ids);
    yh_counter_play(c, "2304", "", ids);
}

/* Asks a question about the list under a number of the 3600s or 4100s. */
static void ask(struct yh_counter *c, const char *infno, const char *data,
                struct yh_counter_ids *ids)
{
    static int asked;
    yh_str change =
        yh_fmt(&c->arena, "infno=\"%s\" ; msgid=\"H99010100001Q%06d\" ; input.data=%s", infno,
               ++asked, data);
    yh_str body =
        yh_counter_with_ids(c, yh_counter_change(c, yh_counter_sample(c, "4102"), change), ids);
    if (!yh_counter_send(c, body))
        yh_test_stop(__FILE__, __LINE__,
                     yh_fmt(&c->arena, "%s was refused: %.*s", infno, YH_ARG(c->err_msg)).p);
}

#define ONE                                                                         \
    "{\"setl_id\":\"990101S0000000002\",\"psn_no\":\"99010100000000000000000002\"," \
    "\"setl_ym\":\"202603\",\"page_num\":1,\"page_size\":10}"

static const struct yh_json *first(const struct yh_counter *c, const char *node)
{
    const struct yh_json *list = yh_json_get(c->output, yh_cstr(node));
    return list ? list->first : NULL;
}

static bool finds(const struct yh_counter *c, const char *check)
{
    for (const struct yh_json *f = first(c, "detailinfo"); f; f = f->next)
        if (yh_starts(yh_json_text(yh_json_get(f, YH_S("qltctrl_chk_rslt"))), yh_cstr(check)))
            return true;
    return false;
}

static yh_str of(const struct yh_json *o, const char *name)
{
    return yh_json_text(yh_json_get(o, yh_cstr(name)));
}

/* The agency's decision, which the national interface does not carry. */
struct review {
    yh_str settlement;
    bool pass;
};

static enum yh_status review(struct yh_ctx *c, void *user, struct yh_buf *reply,
                             struct yh_err *err)
{
    struct review *r = user;
    yh_putz(reply, "{}");
    return yh_list_review(c, YH_TOWN_HOSPITAL, YH_TOWN_RETIRED, r->settlement, r->pass, err);
}

static void decide(struct yh_counter *c, const struct yh_counter_ids *ids, bool pass)
{
    static int n;
    struct review r = { .pass = pass };
    for (int i = 0; i < ids->n; i++)
        if (yh_eq(ids->old[i], YH_S("990101S0000000002")))
            r.settlement = ids->now[i];
    struct yh_call call = { .infno = YH_S("4102"),
                            .provider = YH_TOWN_HOSPITAL,
                            .office = YH_S("990101"),
                            .operator_no = YH_S("0001"),
                            .person = YH_TOWN_RETIRED,
                            .body = YH_S("{}"),
                            .now = yh_day_time(yh_day_of(2026, 3, 12)) };
    call.msgid = yh_fmt(&c->arena, "REVIEW%d", ++n);
    struct yh_answer a;
    struct yh_err err = { 0 };
    CHECK_OK(yh_service_batch_begin(c->service, &err), &err);
    CHECK_OK(yh_service_write(c->service, &call, &c->arena, review, &r, &a, &err), &err);
    CHECK_OK(yh_service_batch_commit(c->service, &err), &err);
}

TEST(a_settlement_list_walks_its_whole_life)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    yh_counter_open(&c);
    settled_stay(&c, &ids);
    ask(&c, "4105", "{\"stt_begntime\":\"2026-03-01\",\"stt_endtime\":\"2026-03-31\"}", &ids);
    CHECK_STR(of(c.output, "needUploadCnt"), YH_S("1"), "one stay is settled");
    CHECK_STR(of(c.output, "uploadedCnt"), YH_S("0"), "its list is not there yet");

    /* Uploaded: checked and grouped by what the books say. */
    yh_counter_play(&c, "4101", "", &ids);
    ask(&c, "4105", "{\"stt_begntime\":\"2026-03-01\",\"stt_endtime\":\"2026-03-31\"}", &ids);
    CHECK_STR(of(c.output, "uploadedCnt"), YH_S("1"), "now it is");
    ask(&c, "4104", ONE, &ids);
    CHECK_STR(of(c.output, "retn_flag"), YH_S("1"), "it has errors");
    CHECK(finds(&c, "C-011") && finds(&c, "C-012") && finds(&c, "C-092"));
    CHECK_STR(of(first(&c, "detailinfo"), "exam_data_fld"), YH_S("hi_paymtd"),
              "the field it is about");
    CHECK(!finds(&c, "C-104") && !finds(&c, "C-105") && !finds(&c, "C-028"));
    ask(&c, "3605", ONE, &ids);
    CHECK_STR(of(first(&c, "data"), "mdc_codg"), YH_S("MDCE"), "J18.900 is respiratory");
    CHECK_STR(of(first(&c, "data"), "grp_rslt"), YH_S("1"), "grouped");
    CHECK_STR(of(first(&c, "data"), "grp_ver"), YH_S("chs_drg_11_fix"),
              "the scheme of the place");
    ask(&c, "3606", ONE, &ids);
    CHECK_STR(of(first(&c, "data"), "grp_stas"), YH_S("1"), "by the invented catalogue");
    CHECK_STR(of(first(&c, "data"), "dip_dise_grp_code"), YH_S("J18.9:BSZL"), "its group");
    CHECK_STR(of(first(&c, "data"), "grp_dise_sco"), YH_S("800.0000"), "its score");
    /* 8600.00 is 1.075 of the mean: neither high nor low, so the group's own points. */
    CHECK_STR(of(first(&c, "data"), "act_setl_sco"), YH_S("800.0000"), "its points");
    for (int i = 8; i <= 11; i++) {
        ask(&c, yh_zdup(&c.arena, yh_fmt(&c.arena, "36%02d", i)), "{\"setl_mon\":\"202603\"}",
            &ids);
        CHECK_STR(of(first(&c, "data"), "setl_psntime"), YH_S("1"), "one case");
        CHECK_STR(of(first(&c, "data"), "medfee_sumamt"), YH_S("8600.00"), "its cost");
        CHECK_STR(of(first(&c, "data"), "ave_medfee_sumamt"), YH_S("8600.00"), "the mean");
        CHECK(!first(&c, "data")->next);
    }
    ask(&c, "3610", "{\"setl_mon\":\"202604\"}", &ids);
    CHECK(!first(&c, "data"));
    ask(&c, "3611", "{\"dise_code\":\"XX\"}", &ids);
    CHECK(!first(&c, "data"));
    ask(&c, "3607", ONE, &ids);
    CHECK_STR(of(first(&c, "data"), "qltctrl_rslt"), YH_S("0"), "the same verdict as 4104");
    ask(&c, "4103", ONE, &ids);
    CHECK_STR(yh_counter_text(&c, "setlinfo", "stas_type"), YH_S("0"), "a draft");
    CHECK_STR(of(first(&c, "diseinfo"), "diag_code"), YH_S("J18.900"), "as it was sent");

    /* Submitted, rejected, corrected, submitted again, passed. */
    yh_counter_play(&c, "4102", "", &ids);
    decide(&c, &ids, false);
    yh_counter_play(
        &c, "4101",
        "msgid=\"H99010100001LIST2\" ; input.setlinfo.trt_type=\"10\" ; "
        "input.setlinfo.dscg_time=\"2026-03-10 10:00:00\" ; "
        "input.diseinfo.1.diag_code=\"I10.x00x002\" ; input.diseinfo.1.diag_name=\"x\"",
        &ids);
    ask(&c, "4104", ONE, &ids);
    CHECK(!finds(&c, "C-012") && !finds(&c, "C-011"));
    ask(&c, "3605", ONE, &ids);
    CHECK_STR(of(first(&c, "data"), "mdc_codg"), YH_S("MDCF"),
              "regrouped by the corrected list");
    yh_counter_play(&c, "4102", "msgid=\"H99010100001STATE2\"", &ids);
    decide(&c, &ids, true);
    yh_str late = yh_counter_with_ids(&c,
                                      yh_counter_change(&c, yh_counter_sample(&c, "4101"),
                                                        YH_S("msgid=\"H99010100001LIST3\"")),
                                      &ids);
    CHECK(!yh_counter_send(&c, late));
    CHECK(yh_find(c.err_msg, YH_S("已提交或已通过")) >= 0);

    /* 2305 voids the list: no group, and the check says that there is no settlement. */
    yh_counter_play(&c, "2305", "", &ids);
    ask(&c, "3605", ONE, &ids);
    CHECK_STR(of(first(&c, "data"), "vali_flag"), YH_S("0"), "void");
    CHECK_STR(of(first(&c, "data"), "grp_rslt"), YH_S("0"), "no group");
    ask(&c, "3606", ONE, &ids);
    CHECK_STR(of(first(&c, "data"), "grp_stas"), YH_S("0"), "nor a DIP group");
    for (int i = 8; i <= 11; i++) {
        ask(&c, yh_zdup(&c.arena, yh_fmt(&c.arena, "36%02d", i)), "{\"setl_mon\":\"202603\"}",
            &ids);
        CHECK(!first(&c, "data")); /* a void list counts nowhere */
    }
    ask(&c, "4104", ONE, &ids);
    CHECK(finds(&c, "C-104"));
    ask(&c, "4105", "{\"stt_begntime\":\"2026-03-01\",\"stt_endtime\":\"2026-03-31\"}", &ids);
    CHECK_STR(of(c.output, "needUploadCnt"), YH_S("0"), "nothing is settled any more");
    yh_counter_close(&c);
}

TEST(a_list_that_comes_late_is_told)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    yh_counter_open(&c);
    settled_stay(&c, &ids);
    yh_counter_play(
        &c, "4101",
        "inf_time=\"2026-03-30 09:00:00\" ; msgid=\"H99010100001202603300900000140\" ; "
        "input.facts={\"uploaded_days\":\"0\",\"locked\":\"1\"}",
        &ids);
    ask(&c, "4104", ONE, &ids);
    CHECK(finds(&c, "C-102")); /* the books decide, not what the sender claims */
    CHECK(!finds(&c, "C-105"));
    yh_counter_close(&c);
}

/* ---- the month's end ---- */

/* What the agency does about 2026-03 on a day of April. */
static enum yh_status month(struct yh_counter *c, bool lock, yh_str settlement,
                            const char *reason, int day, struct yh_err *err)
{
    struct yh_store *s = yh_service_store(c->service);
    struct yh_list_act act = { .month = YH_S("2026-03"),
                               .settlement = settlement,
                               .reason = yh_cstr(reason),
                               .operator_no = YH_S("JB01"),
                               .now = yh_day_time(yh_day_of(2026, 4, day)) };
    struct yh_txn x;
    enum yh_status st = yh_store_batch_begin(s, err);
    if (st == YH_OK)
        st = yh_txn_begin(s, (struct yh_group){ YH_S(""), 0 }, &c->arena, &x, err);
    if (st)
        return st;
    st = lock ? yh_list_lock(&x, &act, err) : yh_list_unlock(&x, &act, err);
    if (st)
        yh_txn_drop(&x);
    else
        st = yh_txn_keep(&x, err);
    struct yh_err ignored;
    enum yh_status end = yh_store_batch_commit(s, &ignored);
    return st ? st : end;
}

static void refused_locked(struct yh_counter *c, const char *infno, const char *changes,
                           const struct yh_counter_ids *ids)
{
    yh_str body = yh_counter_with_ids(
        c, yh_counter_change(c, yh_counter_sample(c, infno), yh_cstr(changes)), ids);
    CHECK(!yh_counter_send(c, body));
    CHECK(yh_find(c->err_msg, YH_S("所属月份已锁定 setl_id=")) >= 0);
    CHECK(yh_find(c->err_msg, YH_S("2026-03；如需更正或撤销，请向经办机构申请解锁")) >= 0);
}

TEST(a_month_that_is_closed_needs_the_agency)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    struct yh_err err = { 0 };
    yh_counter_open(&c);
    settled_stay(&c, &ids);
    yh_str own = YH_S("");
    for (int i = 0; i < ids.n; i++)
        if (yh_eq(ids.old[i], YH_S("990101S0000000002")))
            own = ids.now[i];
    CHECK(own.n > 0);
    CHECK_I64(month(&c, false, YH_S(""), "x", 2, &err), YH_CONFLICT, "nothing is locked yet");
    CHECK_OK(month(&c, true, YH_S(""), "", 1, &err), &err);
    CHECK_I64(month(&c, true, YH_S(""), "", 1, &err), YH_CONFLICT, "locked twice");

    /* A list that comes first after the close is late: the agency lets it in. */
    refused_locked(&c, "4101", "msgid=\"H99010100001LATE1\"", &ids);
    CHECK_I64(month(&c, false, own, " ", 2, &err), YH_BAD_INPUT, "no reason given");
    CHECK_OK(month(&c, false, own, "迟报，已核实", 2, &err), &err);
    CHECK_I64(month(&c, false, own, "再次", 2, &err), YH_CONFLICT, "it is open already");
    yh_counter_play(&c, "4101", "msgid=\"H99010100001LATE2\"", &ids);
    CHECK_OK(month(&c, true, YH_S(""), "", 3, &err), &err);

    /* Locked again: no correction, no change of state, no voiding, by 2305 or by 2601. */
    refused_locked(&c, "4101", "msgid=\"H99010100001LATE3\"", &ids);
    refused_locked(&c, "4102", "msgid=\"H99010100001LATE4\"", &ids);
    refused_locked(&c, "2305", "msgid=\"H99010100001LATE5\"", &ids);
    ask(&c, "4103", ONE, &ids);
    CHECK_STR(yh_counter_text(&c, "setlinfo", "stas_type"), YH_S("0"), "as it was");

    /* Another list being opened does not open this one. */
    CHECK_OK(month(&c, false, YH_S("990101S0000000099"), "另一份", 4, &err), &err);
    refused_locked(&c, "4102", "msgid=\"H99010100001LATE6\"", &ids);

    /* Opened: submitted, rejected by the agency, corrected, and voided in the end. */
    CHECK_OK(month(&c, false, own, "编码更正", 4, &err), &err);
    yh_counter_play(&c, "4102", "msgid=\"H99010100001LATE7\"", &ids);
    CHECK_OK(month(&c, true, YH_S(""), "", 5, &err), &err);
    decide(&c, &ids, false); /* the agency's own decision is not barred */
    refused_locked(&c, "4101", "msgid=\"H99010100001LATE8\"", &ids);
    CHECK_OK(month(&c, false, YH_S(""), "全月重报", 6, &err), &err);
    yh_counter_play(&c, "4101", "msgid=\"H99010100001LATE9\"", &ids);
    yh_counter_play(&c, "2305", "msgid=\"H99010100001LATE10\"", &ids);

    struct yh_txn view;
    struct yh_list_lock_row *row = NULL;
    int n = 0;
    CHECK_OK(yh_view_open(yh_service_store(c.service), &c.arena, &view, &err), &err);
    CHECK_OK(yh_list_locks(&view, YH_S("202603"), &row, &n, &err), &err);
    CHECK_I64(n, 7, "each lock and unlock is kept");
    CHECK_STR(row[1].reason, YH_S("迟报，已核实"), "with its reason");
    CHECK_STR(row[1].settlement, own, "and the list");
    yh_view_close(&view);
    yh_counter_close(&c);
}

TEST(a_month_is_not_closed_before_it_ends)
{
    struct yh_counter c;
    struct yh_err err = { 0 };
    yh_counter_open(&c);
    struct yh_list_act act = { .month = YH_S("2026-04"),
                               .now = yh_day_time(yh_day_of(2026, 4, 30)) };
    struct yh_txn x;
    CHECK_OK(yh_store_batch_begin(yh_service_store(c.service), &err), &err);
    CHECK_OK(yh_txn_begin(yh_service_store(c.service), (struct yh_group){ YH_S(""), 0 },
                          &c.arena, &x, &err),
             &err);
    CHECK_I64(yh_list_lock(&x, &act, &err), YH_BAD_INPUT, "the last day is still of the month");
    act.month = YH_S("2026-13");
    CHECK_I64(yh_list_lock(&x, &act, &err), YH_BAD_INPUT, "no month");
    act.month = YH_S("202603");
    CHECK_OK(yh_list_lock(&x, &act, &err), &err);
    yh_txn_drop(&x);
    CHECK_OK(yh_store_batch_commit(yh_service_store(c.service), &err), &err);
    yh_counter_close(&c);
}

/* ---- leaving group payment ---- */

static yh_str own_id(const struct yh_counter_ids *ids)
{
    for (int i = 0; i < ids->n; i++)
        if (yh_eq(ids->old[i], YH_S("990101S0000000002")))
            return ids->now[i];
    return YH_S("");
}

/* Like ask, but a refusal is the answer: what it says. */
static yh_str try(struct yh_counter *c, const char *infno, const char *data,
                  struct yh_counter_ids *ids)
{
    static int asked;
    yh_str change =
        yh_fmt(&c->arena, "infno=\"%s\" ; msgid=\"H99010100001T%06d\" ; input.data=%s", infno,
               ++asked, data);
    yh_str body =
        yh_counter_with_ids(c, yh_counter_change(c, yh_counter_sample(c, "4102"), change), ids);
    return yh_counter_send(c, body) ? YH_S("") : c->err_msg;
}

static enum yh_status panel(struct yh_counter *c, yh_str application, const char *outcome,
                            int64_t score, struct yh_err *err)
{
    struct yh_store *s = yh_service_store(c->service);
    struct yh_special_verdict v = { .application = application,
                                    .outcome = yh_cstr(outcome),
                                    .opinion = YH_S("病情危重，同意"),
                                    .operator_no = YH_S("ZJ01"),
                                    .score = score,
                                    .now = yh_day_time(yh_day_of(2026, 4, 2)) };
    struct yh_txn x;
    struct yh_err ignored;
    enum yh_status st = yh_store_batch_begin(s, err);
    if (st == YH_OK)
        st = yh_txn_begin(s, (struct yh_group){ YH_S(""), 0 }, &c->arena, &x, err);
    if (st)
        return st;
    st = yh_special_decide(&x, &v, err);
    if (st)
        yh_txn_drop(&x);
    else
        st = yh_txn_keep(&x, err);
    enum yh_status end = yh_store_batch_commit(s, &ignored);
    return st ? st : end;
}

#define APPLY                                                                       \
    "{\"setl_id\":\"990101S0000000002\",\"psn_no\":\"99010100000000000000000002\"," \
    "\"exit_rea\":\"多学科抢救\",\"medcasno\":\"M1\",\"spcas_exit_sco\":12.5}"

TEST(a_case_asks_to_leave_group_payment)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    struct yh_err err = { 0 };
    yh_counter_open(&c);
    settled_stay(&c, &ids);
    CHECK(yh_find(try(&c, "3602", APPLY, &ids), YH_S("未找到该结算的结算清单")) >= 0);
    yh_counter_play(&c, "4101", "", &ids);
    CHECK(yh_find(try(&c, "3602",
                      "{\"setl_id\":\"990101S0000000002\","
                      "\"psn_no\":\"99010100000000000000000002\"}",
                      &ids),
                  YH_S("没有写明理由")) >= 0);
    ask(&c, "3602", APPLY, &ids);
    yh_str id = yh_fmt(&c.arena, "%.*sT1", YH_ARG(own_id(&ids)));
    CHECK_STR(yh_counter_text(&c, "data", "message"), id, "the application's number");
    CHECK(yh_find(try(&c, "3602", APPLY, &ids), YH_S("已有特例单议申请")) >= 0);

    ask(&c, "3601", "{\"setl_id\":\"990101S0000000002\",\"rchk_flag\":\"0\"}", &ids);
    CHECK_STR(of(first(&c, "data"), "appy_chk_setl_list_id"), id, "3601 tells it");
    CHECK_STR(of(first(&c, "data"), "medcasno"), YH_S("M1"), "with what was sent");
    CHECK_STR(of(first(&c, "data"), "vali_flag"), YH_S("1"), "in force");

    /* Withdrawn: a second one may be made; the withdrawn one stays as it is. */
    const char *drop = yh_zdup(
        &c.arena, yh_fmt(&c.arena, "{\"appy_chk_setl_list_id\":\"%.*s\",\"vali_flag\":\"0\"}",
                         YH_ARG(id)));
    ask(&c, "3603", drop, &ids);
    CHECK(yh_find(try(&c, "3603", drop, &ids), YH_S("已评审或已撤销")) >= 0);
    CHECK_I64(panel(&c, id, "item", 0, &err), YH_CONFLICT, "nothing to decide");
    ask(&c, "3602", APPLY, &ids);
    id = yh_fmt(&c.arena, "%.*sT2", YH_ARG(own_id(&ids)));
    const char *change =
        yh_zdup(&c.arena,
                yh_fmt(&c.arena, "{\"appy_chk_setl_list_id\":\"%.*s\",\"exit_rea\":\"新技术\"}",
                       YH_ARG(id)));
    ask(&c, "3603", change, &ids);
    ask(&c, "3601", "{\"vali_flag\":\"1\"}", &ids);
    CHECK_STR(of(first(&c, "data"), "exit_rea"), YH_S("新技术"), "changed");
    CHECK(!first(&c, "data")->next);

    /* The panel decides; before it there is no opinion. */
    ask(&c, "3604", "{\"setl_id\":\"990101S0000000002\"}", &ids);
    CHECK(!first(&c, "appy_chk_opnn_evt_list"));
    CHECK_I64(panel(&c, id, "points", 0, &err), YH_BAD_INPUT, "points without a score");
    CHECK_I64(panel(&c, YH_S("x"), "item", 0, &err), YH_NOT_FOUND, "no such application");
    CHECK_OK(panel(&c, id, "item", 0, &err), &err);
    CHECK_I64(panel(&c, id, "refused", 0, &err), YH_CONFLICT, "decided once");
    CHECK(yh_find(try(&c, "3603", change, &ids), YH_S("已评审或已撤销")) >= 0);
    const char *by_id =
        yh_zdup(&c.arena, yh_fmt(&c.arena, "{\"appy_chk_setl_list_id\":\"%.*s\"}", YH_ARG(id)));
    ask(&c, "3604", by_id, &ids);
    CHECK_STR(of(first(&c, "appy_chk_opnn_evt_list"), "opnn"), YH_S("病情危重，同意"), "said");
    CHECK_STR(of(first(&c, "appy_chk_opnn_evt_list"), "opnn_exit_type"), YH_S("1"), "by item");
    const struct yh_json *fund = first(&c, "preSetl_invy_evt_list");
    CHECK(fund && of(fund, "fund_payamt").n > 0);
    CHECK_STR(of(fund, "exit_fund_payamt"), of(fund, "fund_payamt"), "by item: as settled");
    yh_counter_close(&c);
}

TEST(applications_end_at_the_quota)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    yh_counter_open(&c);
    settled_stay(&c, &ids);
    yh_counter_play(&c, "4101", "", &ids);
    ask(&c, "3602", APPLY, &ids);
    /* One stay of the year × 5 %, rounded up, is one; the same provider's next stay is beyond it. */
    struct yh_special_case_row r = { .region = YH_S("x") };
    struct yh_txn view;
    struct yh_err err = { 0 };
    struct yh_special_case_row *row = NULL;
    int n = 0;
    CHECK_OK(yh_view_open(yh_service_store(c.service), &c.arena, &view, &err), &err);
    CHECK_OK(yh_list_special_case(&view, (struct yh_span){ .index = YH_BY_KEY, .most = 10 }, &r,
                                  &row, &n, &err),
             &err);
    CHECK_I64(n, 1, "one application");
    yh_view_close(&view);
    struct yh_store *s = yh_service_store(c.service);
    struct yh_txn x;
    struct yh_special_case_row other = row[0];
    other.settlement = YH_S("990101S0000000098");
    other.application = YH_S("990101S0000000098T1");
    row[0].state = YH_S("withdrawn");
    CHECK_OK(yh_store_batch_begin(s, &err), &err);
    CHECK_OK(
        yh_txn_begin(s, (struct yh_group){ row[0].region, row[0].grp }, &c.arena, &x, &err),
        &err);
    CHECK_OK(yh_put_special_case(&x, &row[0], &err), &err);
    CHECK_OK(yh_add_special_case(&x, &other, &err), &err);
    CHECK_OK(yh_txn_keep(&x, &err), &err);
    CHECK_OK(yh_store_batch_commit(s, &err), &err);
    CHECK(yh_find(try(&c, "3602", APPLY, &ids), YH_S("本年已申请 1 例，上限 1 例")) >= 0);
    yh_counter_close(&c);
}

TEST(a_lock_of_one_provider_bars_no_other)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    struct yh_err err = { 0 };
    yh_counter_open(&c);
    settled_stay(&c, &ids);
    struct yh_store *s = yh_service_store(c.service);
    struct yh_list_act act = { .month = YH_S("202603"),
                               .provider = YH_TOWN_SECOND,
                               .now = yh_day_time(yh_day_of(2026, 4, 1)) };
    struct yh_txn x;
    CHECK_OK(yh_store_batch_begin(s, &err), &err);
    CHECK_OK(yh_txn_begin(s, (struct yh_group){ YH_S(""), 0 }, &c.arena, &x, &err), &err);
    CHECK_OK(yh_list_lock(&x, &act, &err), &err);
    CHECK_OK(yh_txn_keep(&x, &err), &err);
    CHECK_OK(yh_store_batch_commit(s, &err), &err);
    yh_counter_play(&c, "4101", "", &ids);
    CHECK_OK(month(&c, true, YH_S(""), "", 1, &err), &err);
    refused_locked(&c, "4102", "msgid=\"H99010100001OTHER1\"", &ids);
    yh_counter_close(&c);
}
