/* shell/gateway/list_test.c -- a settlement list walks its whole life through the window. */
#include <stdio.h>

#include "base/test.h"
#include "service/agency.h"
#include "service/document.h"
#include "service/fund/fund.h"
#include "service/lists.h"
#include "service/month.h"
#include "service/special.h"
#include "service/testing.h"
#include "service/town.h"
#include "service/verify/verify.h"
#include "shell/gateway/testing.h"

/* A stay of 8600.00, as the samples have it, up to its discharge. */
static void stay_on(struct yh_counter *c, const char *tag, const char *of_day,
                    const char *admission, const char *discharge, struct yh_counter_ids *ids)
{
    static const char *const LINE[][4] = {
        { "2", "003205000010000", "3260.000000", "1" },
        { "3", "XA02BCA348X006010104145", "50.000000", "20" },
        { "4", "C14141019400002", "32.000000", "10" },
        { "5", "001109000030100", "250.000000", "10" },
        { "6", "001201000010000", "144.000000", "10" },
    };
    if (admission)
        yh_counter_play(c, "2401", admission, ids);
    yh_counter_play(
        c, "2301",
        yh_zdup(&c->arena, yh_fmt(&c->arena, "%s ; msgid=\"L%s\"%s", of_day, tag,
                                  admission ? "" : " ; input.feedetail.1.feedetl_sn=\"9\"")),
        ids);
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
                   "%s ; msgid=\"L%d%s\" ; input.feedetail.1.feedetl_sn=\"%s\" ; "
                   "input.feedetail.1.med_list_codg=\"%s\" ; input.feedetail.1.pric=%s ; "
                   "input.feedetail.1.cnt=%s ; input.feedetail.1.det_item_fee_sumamt=%.*s",
                   of_day, i, tag, LINE[i][0], LINE[i][1], LINE[i][2], LINE[i][3], YH_ARG(sum));
        yh_counter_play(c, "2301", more.p, ids);
    }
    yh_counter_play(c, "2402", discharge, ids);
}

#define FOURTH "input.feedetail.1.fee_ocur_time=\"2026-03-04 08:50:00\""

static void stay(struct yh_counter *c, const char *admission, const char *discharge,
                 struct yh_counter_ids *ids)
{
    stay_on(c, "A", FOURTH, admission, discharge, ids);
}

static void settled_stay(struct yh_counter *c, struct yh_counter_ids *ids)
{
    stay(c, "", "", ids);
    yh_counter_play(c, "2304", "", ids);
}

/* A counter at which the samples' stay has been settled; *ids: the numbers it has here. */
static void opened(struct yh_counter *c, struct yh_counter_ids *ids)
{
    *ids = (struct yh_counter_ids){ 0 };
    yh_counter_open(c);
    settled_stay(c, ids);
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

/* The number that the samples' settlement has here. */
static yh_str settled_id(const struct yh_counter_ids *ids)
{
    for (int i = 0; i < ids->n; i++)
        if (yh_eq(ids->old[i], YH_S("990101S0000000002")))
            return ids->now[i];
    return YH_S("");
}

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
    CHECK(yh_find(c->err_msg, YH_S("所属月份已锁定 ")) >= 0);
    CHECK(yh_find(c->err_msg, YH_S("2026-03；如需更正或撤销，请向经办机构申请解锁")) >= 0);
}

TEST(a_settlement_list_walks_its_whole_life)
{
    struct yh_counter c;
    struct yh_counter_ids ids;
    opened(&c, &ids);
    ask(&c, "4105", "{\"stt_begntime\":\"2026-03-01\",\"stt_endtime\":\"2026-03-31\"}", &ids);
    CHECK_STR(of(c.output, "needUploadCnt"), YH_S("1"), "one stay is settled");
    CHECK_STR(of(c.output, "uploadedCnt"), YH_S("0"), "its list is not there yet");

    /* Uploaded: checked and grouped by what the books say. */
    yh_counter_play(&c, "4101", "", &ids);
    CHECK(yh_find(of(c.root, "warn_msg"), YH_S("质控发现错误")) >= 0);
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
    CHECK_STR(of(first(&c, "data"), "drg_code"), YH_S("ES35"), "its DRG");
    /* 0.753813 x 8000.00 = 6030.504 */
    CHECK_STR(of(first(&c, "data"), "place_grp_pay_std"), YH_S("6030.50"), "its standard");
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

    /* Submitted, rejected, back to a draft, corrected, submitted again, passed: 0-1-3-0-1-2. */
    yh_counter_play(&c, "4102", "", &ids);
    decide(&c, &ids, false);
    yh_counter_play(&c, "4102",
                    "msgid=\"H99010100001STATE0\" ; "
                    "input.data.stastinfo.1.stas_type=\"0\"",
                    &ids);
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

    /* Locked at the month's end: nothing of it changes until the agency opens it and says why. */
    struct yh_err err = { 0 };
    yh_str first_id = settled_id(&ids);
    CHECK_OK(month(&c, true, YH_S(""), "", 1, &err), &err);
    refused_locked(&c, "2305", "msgid=\"H99010100001LIFE1\"", &ids);
    refused_locked(&c, "4102", "msgid=\"H99010100001LIFE2\"", &ids);
    ask(&c, "3605", ONE, &ids);
    CHECK_STR(of(first(&c, "data"), "mdc_codg"), YH_S("MDCF"), "its group stands");
    CHECK_OK(month(&c, false, first_id, "结算有误，撤销重结", 2, &err), &err);

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

    /* Settled again: the new list comes after the lock, so the agency lets it in; it is late. */
    yh_counter_play(&c, "2304", "msgid=\"H99010100001LIFE3\"", &ids);
    refused_locked(&c, "4101", "msgid=\"H99010100001LIFE4\" ; inf_time=\"2026-03-30 09:00:00\"",
                   &ids);
    CHECK_OK(month(&c, false, settled_id(&ids), "重结后补报", 3, &err), &err);
    yh_counter_play(&c, "4101",
                    "msgid=\"H99010100001LIFE5\" ; inf_time=\"2026-03-30 09:00:00\"", &ids);
    ask(&c, "4104", ONE, &ids);
    CHECK(finds(&c, "C-102") && !finds(&c, "C-104"));
    ask(&c, "3605", ONE, &ids);
    CHECK_STR(of(first(&c, "data"), "drg_code"), YH_S("ES35"), "grouped anew");
    CHECK_STR(of(first(&c, "data"), "vali_flag"), YH_S("1"), "in force");
    yh_counter_close(&c);
}

TEST(a_list_that_comes_late_is_told)
{
    struct yh_counter c;
    struct yh_counter_ids ids;
    opened(&c, &ids);
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

TEST(a_month_that_is_closed_needs_the_agency)
{
    struct yh_counter c;
    struct yh_counter_ids ids;
    struct yh_err err = { 0 };
    opened(&c, &ids);
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
    refused_locked(
        &c, "2601",
        "msgid=\"H99010100001LATE5B\" ; "
        "input.data.psn_no=\"99010100000000000000000002\" ; input.data.oinfno=\"2304\" ; "
        "input.data.omsgid=\"H99010100001202603101500000012\"",
        &ids);
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
    struct yh_counter_ids ids;
    struct yh_err err = { 0 };
    opened(&c, &ids);
    CHECK(yh_find(try(&c, "3602", APPLY, &ids), YH_S("未找到该结算的结算清单")) >= 0);
    yh_counter_play(&c, "4101", "", &ids);
    CHECK(yh_find(try(&c, "3602",
                      "{\"setl_id\":\"990101S0000000002\","
                      "\"psn_no\":\"99010100000000000000000002\"}",
                      &ids),
                  YH_S("没有写明理由")) >= 0);
    ask(&c, "3602", APPLY, &ids);
    yh_str id = yh_fmt(&c.arena, "%.*sT1", YH_ARG(settled_id(&ids)));
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
    id = yh_fmt(&c.arena, "%.*sT2", YH_ARG(settled_id(&ids)));
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
    struct yh_counter_ids ids;
    opened(&c, &ids);
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
    struct yh_counter_ids ids;
    struct yh_err err = { 0 };
    opened(&c, &ids);
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

/* ---- what the application names, and what comes of it ---- */

#define ITEM(more)                                                                  \
    "{\"setl_id\":\"990101S0000000002\",\"psn_no\":\"99010100000000000000000002\"," \
    "\"exit_rea\":\"多学科抢救\",\"drgAppySpcasItemDTOList\":[{" more "}]}"
#define DRUG "\"medListCodg\":\"XA02BCA348X006010104145\","

TEST(items_of_an_application_stand_against_the_bill)
{
    static const struct {
        const char *data, *part;
    } BAD[] = {
        { ITEM("\"cnt\":1"), "第 1 条：medListCodg" },
        { ITEM("\"medListCodg\":\"X1\",\"cnt\":1"), "没有这个项目的费用" },
        { ITEM(DRUG "\"setlId\":\"990101S0000000098\""), "属于另一笔结算" },
        { ITEM(DRUG "\"cnt\":2,\"pric\":50,\"detItemFeeSumamt\":100.01"), "不等于金额" },
        { ITEM(DRUG "\"detItemFeeSumamt\":100,\"exitDetlItemFeeSumamt\":100.01"),
          "大于该项目的金额" },
        { ITEM(DRUG "\"detItemFeeSumamt\":1000.01"), "合计超过" },
        { ITEM(DRUG "\"detItemFeeSumamt\":600},{" DRUG "\"exitDetlItemFeeSumamt\":400.01"),
          "合计超过" },
        { ITEM(DRUG "\"detItemFeeSumamt\":-1"), "不能为负" },
        { ITEM(DRUG "\"cnt\":\"x\""), "cnt" },
        { ITEM(DRUG "\"cnt\":0.00001"), "至多 4 位小数" },
    };
    struct yh_counter c;
    struct yh_counter_ids ids;
    opened(&c, &ids);
    yh_counter_play(&c, "4101", "", &ids);
    for (int i = 0; i < YH_COUNT(BAD); i++) {
        yh_str said = try(&c, "3602", BAD[i].data, &ids);
        if (yh_find(said, yh_cstr(BAD[i].part)) < 0)
            yh_test_stop(__FILE__, __LINE__,
                         yh_fmt(&c.arena, "%s: %.*s", BAD[i].part, YH_ARG(said)).p);
    }
    ask(&c, "3602",
        ITEM(DRUG "\"cnt\":20,\"pric\":50,\"detItemFeeSumamt\":1000,"
                  "\"exitDetlItemFeeSumamt\":800"),
        &ids);
    /* A change names the application alone; its items are checked all the same. */
    yh_str id = yh_counter_text(&c, "data", "message");
    const char *worse = yh_zdup(&c.arena, yh_fmt(&c.arena,
                                                 "{\"appy_chk_setl_list_id\":\"%.*s\","
                                                 "\"drgAppySpcasItemDTOList\":[{" DRUG
                                                 "\"detItemFeeSumamt\":1000.01}]}",
                                                 YH_ARG(id)));
    CHECK(yh_find(try(&c, "3603", worse, &ids), YH_S("合计超过")) >= 0);
    yh_counter_close(&c);
}

/* The panel gives points, or nothing; what the case would be by group is told beside what it was. */
static void outcome_told(const char *outcome, int64_t score, const char *type,
                         const char *points)
{
    struct yh_counter c;
    struct yh_counter_ids ids;
    struct yh_err err = { 0 };
    opened(&c, &ids);
    yh_counter_play(&c, "4101", "", &ids);
    ask(&c, "3602", APPLY, &ids);
    yh_str id = yh_counter_text(&c, "data", "message");
    CHECK_OK(panel(&c, id, outcome, score, &err), &err);
    ask(&c, "3601", "{\"rchk_flag\":\"1\"}", &ids);
    CHECK_STR(of(first(&c, "data"), "exit_type"), yh_cstr(type), "the outcome");
    CHECK_STR(of(first(&c, "data"), "spcas_exit_sco"), yh_cstr(points), "its points");
    ask(&c, "3604", "{\"setl_id\":\"990101S0000000002\"}", &ids);
    CHECK_STR(of(first(&c, "appy_chk_opnn_evt_list"), "opnn_exit_type"), yh_cstr(type), "told");
    /* Standard 6030.50 of a bill of 8600.00: the pool bears so much less than it paid. */
    yh_fen paid = 0, group = 0;
    const struct yh_json *pool = first(&c, "preSetl_invy_evt_list");
    while (pool && !yh_eq(of(pool, "fund_pay_type"), YH_S("310100")))
        pool = pool->next;
    CHECK(pool && !yh_fen_parse(of(pool, "fund_payamt"), &paid, NULL) &&
          !yh_fen_parse(of(pool, "drg_fund_payamt"), &group, NULL));
    CHECK_I64(paid - group, 860000 - 603050, "by group, less than by item");
    CHECK_STR(of(pool, "exit_fund_payamt"), YH_S(""), "not known before the clearing");
    yh_counter_close(&c);
}

TEST(a_panel_may_adjust_the_points_or_refuse)
{
    outcome_told("points", 125500000, "2", "125.500000");
    outcome_told("refused", 0, "0", "0.000000");
}

/* Asks as the town's second hospital. */
static yh_str other_asks(struct yh_counter *c, const char *infno, const char *data,
                         struct yh_counter_ids *ids)
{
    static int asked;
    yh_str change = yh_fmt(&c->arena,
                           "infno=\"%s\" ; msgid=\"O%06d\" ; fixmedins_code=\"%.*s\" ; "
                           "input.data=%s",
                           infno, ++asked, YH_ARG(YH_TOWN_SECOND), data);
    yh_str body =
        yh_counter_with_ids(c, yh_counter_change(c, yh_counter_sample(c, "4102"), change), ids);
    return yh_counter_send(c, body) ? YH_S("") : c->err_msg;
}

TEST(a_list_is_its_own_providers_affair)
{
    struct yh_counter c;
    struct yh_counter_ids ids;
    opened(&c, &ids);
    yh_counter_play(&c, "4101", "", &ids);
    ask(&c, "3602", APPLY, &ids);
    yh_str id = yh_counter_text(&c, "data", "message");
    static const char *const REFUSED[] = { "4103", "4104" };
    for (int i = 0; i < YH_COUNT(REFUSED); i++)
        CHECK(yh_find(other_asks(&c, REFUSED[i], ONE, &ids), YH_S("未找到")) >= 0);
    CHECK(yh_find(other_asks(&c, "4102",
                             "{\"stastinfo\":[{\"setl_id\":\"990101S0000000002\","
                             "\"psn_no\":\"99010100000000000000000002\","
                             "\"stas_type\":\"1\"}]}",
                             &ids),
                  YH_S("未找到该结算的结算清单")) >= 0);
    CHECK(yh_find(other_asks(&c, "3602", APPLY, &ids), YH_S("不属于此人员、就诊或本机构")) >=
          0);
    CHECK(yh_find(other_asks(&c, "3603",
                             yh_zdup(&c.arena, yh_fmt(&c.arena,
                                                      "{\"appy_chk_setl_list_id\":\"%.*s\","
                                                      "\"vali_flag\":\"0\"}",
                                                      YH_ARG(id))),
                             &ids),
                  YH_S("未找到特例单议申请")) >= 0);
    static const char *const EMPTY[] = { "3601", "3605", "3606", "3607", "3608", "3610" };
    for (int i = 0; i < YH_COUNT(EMPTY); i++) {
        CHECK_STR(other_asks(&c, EMPTY[i], "{}", &ids), YH_S(""), EMPTY[i]);
        CHECK(!first(&c, "data"));
    }
    yh_counter_close(&c);
}

/* ---- 收付费: the price of the place's table is the patient's bill ---- */

#define APPENDIX_IN                                                                           \
    "input.mdtrtinfo.dise_codg=\"DB001\" ; input.mdtrtinfo.dscg_maindiag_code=\"K35.800\" ; " \
    "input.mdtrtinfo.dscg_maindiag_name=\"急性阑尾炎\""
#define APPENDIX_OUT \
    "input.diseinfo.1.diag_code=\"K35.800\" ; input.diseinfo.1.diag_name=\"急性阑尾炎\""

static yh_str settles(struct yh_counter *c, const char *changes, struct yh_counter_ids *ids)
{
    yh_str body = yh_counter_with_ids(
        c, yh_counter_change(c, yh_counter_sample(c, "2304"), yh_cstr(changes)), ids);
    return yh_counter_send(c, body) ? YH_S("") : c->err_msg;
}

TEST(a_disease_price_is_the_patients_bill)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    yh_counter_open(&c);
    stay(&c, APPENDIX_IN, APPENDIX_OUT, &ids);
    CHECK_STR(settles(&c, "input.data.psn_setlway=\"02\"", &ids), YH_S(""), "it settles");
    /* DB001 in a hospital of the third level is 9800.00; the lines are 8600.00: the hospital keeps
     * 1200.00, which is no part of anybody's bill. */
    yh_fen total = 0, fund = 0, person = 0, gap = 0;
    CHECK(!yh_fen_parse(yh_counter_text(&c, "setlinfo", "medfee_sumamt"), &total, NULL) &&
          !yh_fen_parse(yh_counter_text(&c, "setlinfo", "fund_pay_sumamt"), &fund, NULL) &&
          !yh_fen_parse(yh_counter_text(&c, "setlinfo", "psn_part_amt"), &person, NULL) &&
          !yh_fen_parse(yh_counter_text(&c, "setlinfo", "hosp_part_amt"), &gap, NULL));
    CHECK_I64(total, 860000, "what was done");
    CHECK_I64(gap, -120000, "the gap is the hospital's");
    CHECK_I64(fund + person, 980000, "the price is shared");
    CHECK_STR(yh_counter_text(&c, "setlinfo", "clr_way"), YH_S("2"), "cleared by disease");
    yh_counter_close(&c);
}

TEST(a_stay_off_the_path_has_no_price)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    yh_counter_open(&c);
    stay(&c, "input.mdtrtinfo.dise_codg=\"DB001\"", "", &ids);
    CHECK(yh_find(settles(&c, "input.data.psn_setlway=\"02\"", &ids),
                  YH_S("主要诊断不属于该病种")) >= 0);
    /* DB002 binds the hospital alone; DB999 is in no table. */
    CHECK(yh_find(settles(&c, "input.data.psn_setlway=\"02\" ; input.data.dise_codg=\"DB002\"",
                          &ids),
                  YH_S("没有按病种付费标准")) >= 0);
    CHECK(yh_find(settles(&c, "input.data.psn_setlway=\"02\" ; input.data.dise_codg=\"DB999\"",
                          &ids),
                  YH_S("没有按病种付费标准")) >= 0);
    CHECK_STR(settles(&c, "", &ids), YH_S(""), "by items it settles");
    CHECK_STR(yh_counter_text(&c, "setlinfo", "hosp_part_amt"), YH_S("0.00"), "no gap");
    yh_counter_close(&c);
}

/* ---- a stay of the same disease again ---- */

/* Ten days after the discharge of 03-10, the same disease. */
static void stay_again(struct yh_counter *c, struct yh_counter_ids *ids)
{
    stay_on(c, "B",
            "inf_time=\"2026-03-21 09:00:00\" ; "
            "input.feedetail.1.fee_ocur_time=\"2026-03-21 08:50:00\"",
            "msgid=\"H99010100001AGAIN1\" ; inf_time=\"2026-03-20 10:00:00\" ; "
            "input.mdtrtinfo.begntime=\"2026-03-20 10:00:00\" ; "
            "input.mdtrtinfo.ipt_no=\"ZY20260320000001\"",
            "msgid=\"H99010100001AGAIN2\" ; inf_time=\"2026-03-25 13:00:00\" ; "
            "input.dscginfo.endtime=\"2026-03-25 13:00:00\"",
            ids);
    yh_counter_play(c, "2304",
                    "msgid=\"H99010100001AGAIN3\" ; inf_time=\"2026-03-25 15:00:00\"", ids);
}

TEST(a_readmission_takes_its_auxiliary_list)
{
    struct yh_counter c;
    struct yh_counter_ids ids;
    opened(&c, &ids);
    stay_again(&c, &ids); /* the catalogue's readmission band has 0.8 */
    yh_counter_play(&c, "4101",
                    "msgid=\"H99010100001AGAIN4\" ; inf_time=\"2026-03-26 15:00:00\"", &ids);
    ask(&c, "3606", ONE, &ids);
    CHECK_STR(of(first(&c, "data"), "asst_list_flag"), YH_S("1"), "the auxiliary list holds");
    CHECK_STR(of(first(&c, "data"), "asst_list_detl"), YH_S("再入院"), "which");
    CHECK_STR(of(first(&c, "data"), "act_setl_sco"), YH_S("640.0000"), "800 x 0.8");
    yh_counter_close(&c);
}

/* ---- what the books know beside the list ---- */

static enum yh_status judge(struct yh_ctx *c, void *user, struct yh_buf *reply,
                            struct yh_err *err)
{
    struct yh_list_findings *f = user;
    struct yh_list_found *l = NULL;
    int n = 0;
    yh_putz(reply, "{}");
    enum yh_status st =
        yh_lists_find(c, YH_TOWN_RETIRED, YH_S(""), YH_S("202603"), &l, &n, err);
    CHECK(st || n > 0);
    return st ? st : yh_list_judge(c, &l[0], f, err);
}

#define OPERATION(code)                                                                          \
    "input.oprninfo=[{\"oprn_oprt_type\":\"1\",\"oprn_oprt_code\":\"" code "\","                 \
    "\"oprn_oprt_name\":\"x\",\"oper_dr_code\":\"D1\",\"oper_dr_name\":\"测试主任\",\"oprn_" \
    "oprt_begntime\":\"2026-03-05 10:00:00\","                                                   \
    "\"oprn_oprt_endtime\":\"2026-03-05 11:00:00\"}]"

TEST(the_books_answer_what_the_checks_ask)
{
    struct yh_counter c;
    struct yh_counter_ids ids;
    struct yh_err err = { 0 };
    opened(&c, &ids);
    yh_counter_play(&c, "4101",
                    OPERATION("51.2300") " ; input.setlinfo.days_rinp_flag_31=\"1\" ; "
                                         "input.setlinfo.dscg_way=\"5\" ; "
                                         "input.setlinfo.dscg_time=\"2026-03-10 13:00:00\"",
                    &ids);
    ask(&c, "4104", ONE, &ids);
    CHECK(!finds(&c, "C-083") && !finds(&c, "C-091") && !finds(&c, "C-076"));
    /* Every check but that of the electronic invoice can be decided. */
    struct yh_list_findings f = { .open = -1 };
    struct yh_call call = { .infno = YH_S("4104"),
                            .msgid = YH_S("OPEN"),
                            .provider = YH_TOWN_HOSPITAL,
                            .office = YH_S("990101"),
                            .person = YH_TOWN_RETIRED,
                            .body = YH_S("{}"),
                            .now = yh_day_time(yh_day_of(2026, 3, 12)) };
    struct yh_answer answer;
    CHECK_OK(yh_service_read(c.service, &call, &c.arena, judge, &f, &answer, &err), &err);
    CHECK_I64(f.open, 1, "C-096");

    /* Who died comes again; who was not to come again within 31 days does; the gall bladder that was
     * taken out is operated again; way 9 is half of the month. */
    struct yh_counter_ids first_ids = ids;
    stay_again(&c, &ids);
    ask(&c, "4104", ONE, &first_ids);
    CHECK(finds(&c, "C-083") && finds(&c, "C-091"));
    yh_counter_play(&c, "4101",
                    "msgid=\"H99010100001AGAIN5\" ; inf_time=\"2026-03-26 15:00:00\" ; "
                    "input.setlinfo.dscg_way=\"9\" ; "
                    "input.setlinfo.dscg_time=\"2026-03-25 13:00:00\" ; " OPERATION("51.2200"),
                    &ids);
    ask(&c, "4104", ONE, &ids);
    CHECK(finds(&c, "C-076") && finds(&c, "C-084"));
    CHECK(!finds(&c, "C-083") && !finds(&c, "C-091"));
    yh_counter_close(&c);
}

/* ---- one list for one whole stay ---- */

TEST(a_stay_settled_in_parts_has_one_list)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    yh_counter_open(&c);
    yh_counter_play(&c, "2401", "", &ids);
    yh_counter_play(&c, "2301", "", &ids); /* 80.00 */
    yh_counter_play(&c, "2304",
                    "msgid=\"H99010100001PART1\" ; input.data.mid_setl_flag=\"1\" ; "
                    "input.data.medfee_sumamt=80 ; input.data.fulamt_ownpay_amt=0 ; "
                    "input.data.overlmt_selfpay=0 ; input.data.preselfpay_amt=0 ; "
                    "input.data.inscp_scp_amt=80",
                    &ids);
    yh_str part = yh_counter_text(&c, "setlinfo", "setl_id");
    struct yh_counter_ids of_part = ids;
    yh_str early = yh_counter_with_ids(&c, yh_counter_sample(&c, "4101"), &of_part);
    CHECK(!yh_counter_send(&c, early));
    CHECK(yh_find(c.err_msg, YH_S("中途结算不单独上传清单")) >= 0);
    stay_on(&c, "P", FOURTH, NULL, "", &ids); /* the rest, 8600.00, and the discharge */
    yh_counter_play(&c, "2304", "msgid=\"H99010100001PART2\"", &ids);
    CHECK(!yh_eq(part, yh_counter_text(&c, "setlinfo", "setl_id")));
    yh_counter_play(&c, "4101", "", &ids);
    ask(&c, "3610", "{\"setl_mon\":\"202603\"}", &ids);
    CHECK_STR(of(first(&c, "data"), "medfee_sumamt"), YH_S("8680.00"), "of the whole stay");
    ask(&c, "3606", ONE, &ids);
    CHECK_STR(of(first(&c, "data"), "grp_stas"), YH_S("1"), "grouped once");
    ask(&c, "4105", "{\"stt_begntime\":\"2026-03-01\",\"stt_endtime\":\"2026-03-31\"}", &ids);
    CHECK_STR(of(c.output, "needUploadCnt"), YH_S("1"), "one list is needed");
    yh_counter_close(&c);
}

/* ---- what the month's clearing makes of it (service/clearing) ---- */

#define METHODS \
    "region\tprovider\tscheme\tmethod\tcoefficient\tvalue\tlow\thigh\tfrom\tto\tbasis\n"

/* One act of the agency under other payment methods; what it said, or why not. */
static yh_str agency(struct yh_counter *c, const char *methods, const char *day,
                     const char *json)
{
    struct yh_store *s = yh_service_store(c->service);
    struct yh_world w = *yh_desk_world();
    struct yh_casebook book = *w.casebook;
    struct yh_txn x;
    struct yh_err err = { 0 }, kept;
    yh_str said = YH_S("");
    yh_time now;
    book.methods = yh_cstr(methods);
    w.casebook = &book;
    yh_str text = yh_fmt(&c->arena, "%s", json);
    char *p = yh_zdup(&c->arena, text);
    for (char *q = p; *q; q++)
        *q = *q == '\'' ? '"' : *q;
    CHECK(!yh_time_parse(yh_cstr(day), &now, NULL));
    CHECK_OK(yh_store_batch_begin(s, &err), &err);
    CHECK_OK(yh_txn_begin(s, (struct yh_group){ YH_S(""), 0 }, &c->arena, &x, &err), &err);
    enum yh_status st = yh_agency_act(&x, &w, yh_cstr(p), now, &said, &err);
    if (st)
        yh_txn_drop(&x);
    else
        CHECK_OK(yh_txn_keep(&x, &kept), &kept);
    CHECK_OK(yh_store_batch_commit(s, &kept), &kept);
    return st ? yh_fmt(&c->arena, "refused: %s", err.text) : said;
}

static void proved(struct yh_counter *c)
{
    static struct yh_verify_report r;
    struct yh_txn v;
    CHECK(yh_view_open(yh_service_store(c->service), &c->arena, &v, NULL) == YH_OK);
    CHECK(yh_verify(&v, &c->arena, &r, NULL) == YH_OK);
    for (int i = 0; i < r.problems && i < YH_VERIFY_SHOWN; i++)
        CHECK_STR(yh_cstr(r.problem[i].what), YH_S(""), r.problem[i].where);
    yh_view_close(&v);
}

/* A cell of the answer's first row. */
static yh_str told(struct yh_counter *c, yh_str said, int column)
{
    yh_str rest = said, row, cell = YH_S("");
    if (yh_starts(said, YH_S("refused")))
        yh_test_stop(__FILE__, __LINE__, yh_zdup(&c->arena, said));
    (void)yh_cut(&rest, '\n');
    row = yh_cut(&rest, '\n');
    for (int i = 0; i <= column; i++)
        cell = yh_cut(&row, '\t');
    return cell;
}

static yh_fen amount(struct yh_counter *c, yh_str said, int column)
{
    yh_fen v = 0;
    CHECK(yh_fen_parse(told(c, said, column), &v, NULL) == YH_OK);
    return v;
}

#define MONTH "'provider':'H99010100001','month':'2026-03'"
#define APRIL "2026-04-02 09:00:00"
enum { PAYABLE = 7, BYGROUP, MARGIN = 13, NET };

static yh_str cleared(struct yh_counter *c, const char *methods)
{
    yh_str s = agency(c, methods, APRIL, "{'verb':'clear make'," MONTH ",'officer':'O1'}");
    CHECK_I64(amount(c, s, NET),
              amount(c, s, PAYABLE) + amount(c, s, BYGROUP) - amount(c, s, MARGIN), "adds up");
    proved(c);
    return s;
}

static void undo(struct yh_counter *c, yh_str number)
{
    yh_str ask =
        yh_fmt(&c->arena, "{'verb':'clear undo','clearing':'%.*s','note':'x','officer':'O1'}",
               YH_ARG(number));
    CHECK(!yh_starts(agency(c, METHODS, APRIL, yh_zdup(&c->arena, ask)), YH_S("refused")));
    proved(c);
}

/* The stay of 8,600.00 is worth 6,030.50 by its weight: the pool bears 2,569.50 less than by item. */
TEST(a_month_earns_what_its_stays_are_worth_by_group_or_points)
{
    static const struct {
        const char *methods, *part;
        yh_fen diff;
        const char *why;
    } ROW[] = {
        { METHODS, "", 0, "no row: by item" },
        { METHODS "990100\t\t\tdrg\t1\t\t\t\t2026-01-01\t\tx\n", "权重", -256950,
          "weight × rate" },
        { METHODS "990100\t\t\tdrg\t1.1\t\t\t\t2026-01-01\t\tx\n", "权重", 663355 - 860000,
          "6,030.50 × 1.1 = 6,633.55" },
        { METHODS "990100\t\t\tdrg\t1\t\t\t1.4\t2026-01-01\t\tx\n", "上限倍数", 0,
          "8,600.00 > 1.4 × 6,030.50" },
        { METHODS "990100\t\t\tdrg\t1\t\t1.5\t\t2026-01-01\t\tx\n", "下限倍数", 0,
          "8,600.00 < 1.5 × 6,030.50" },
        { METHODS "990100\t\t390\tdrg\t1\t\t\t\t2026-01-01\t\tx\n", "", 0, "another scheme's" },
        { METHODS "990100\t\t\tdrg\t1\t\t\t\t2026-01-01\t2026-03-01\tx\n", "", 0, "over" },
        { METHODS "990100\t\t\tdrg\t1\t\t\t\t2026-01-01\t\tx\n"
                  "990100\tH99010100001\t\tdrg\t1.1\t\t\t\t2026-01-01\t\tx\n",
          "权重", 663355 - 860000, "the provider's own row counts" },
        { METHODS "990200\t\t\tdrg\t1\t\t\t\t2026-01-01\t\tx\n", "", 0, "another pool's" },
    };
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    yh_counter_open(&c);
    settled_stay(&c, &ids);
    yh_str none =
        agency(&c, ROW[1].methods, APRIL, "{'verb':'clear make'," MONTH ",'officer':'O1'}");
    CHECK_I64(amount(&c, none, BYGROUP), 0, "no list yet: by item");
    undo(&c, told(&c, none, 0));
    yh_counter_play(&c, "4101", "", &ids);
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        yh_str s = cleared(&c, ROW[i].methods), number = told(&c, s, 0);
        CHECK_I64(amount(&c, s, BYGROUP), ROW[i].diff, ROW[i].why);
        yh_str show =
            agency(&c, METHODS, APRIL,
                   yh_zdup(&c.arena, yh_fmt(&c.arena, "{'verb':'clear show','clearing':'%.*s'}",
                                            YH_ARG(number))));
        CHECK(yh_find(show, yh_cstr(ROW[i].part)) >= 0);
        CHECK(yh_find(show, YH_S("figure\tfund:310100")) > 0);
        undo(&c, number);
    }
    CHECK(yh_find(agency(&c, METHODS "990100\t\t\tdrg\t0\t\t\t\t2026-01-01\t\tx\n", APRIL,
                         "{'verb':'clear make'," MONTH ",'officer':'O1'}"),
                  YH_S("methods.tsv 第 2 行")) > 0);
    yh_counter_close(&c);
}

/* Points: what the catalogue gives × the yuan of one; a point more is that much more. */
TEST(a_month_by_points_takes_the_panels_points_before_the_tables)
{
    const char *dip = METHODS "990100\t\t\tdip\t1\t10\t\t\t2026-01-01\t\tx\n",
               *more = METHODS "990100\t\t\tdip\t1\t11\t\t\t2026-01-01\t\tx\n";
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    struct yh_err err = { 0 };
    yh_counter_open(&c);
    settled_stay(&c, &ids);
    yh_counter_play(&c, "4101", "", &ids);
    yh_str s = cleared(&c, dip);
    yh_fen ten = amount(&c, s, BYGROUP);
    undo(&c, told(&c, s, 0));
    s = cleared(&c, more);
    /* worth = points × 10 = 8,600.00 + ten; a tenth of it more at 11, to the fen */
    CHECK_I64(amount(&c, s, BYGROUP) - ten, (860000 + ten) / 10, "a tenth more");
    undo(&c, told(&c, s, 0));
    ask(&c, "3602", APPLY, &ids);
    CHECK_OK(panel(&c, yh_counter_text(&c, "data", "message"), "points", 900500000, &err),
             &err);
    s = cleared(&c, dip);
    CHECK_I64(amount(&c, s, BYGROUP), 900500 - 860000, "900.5 points at 10.00");
    undo(&c, told(&c, s, 0));
    s = cleared(&c, METHODS "990100\t\t\tdrg\t1\t\t\t\t2026-01-01\t\tx\n");
    CHECK_I64(amount(&c, s, BYGROUP), 0, "a place that pays by weight has no price of points");
    yh_counter_close(&c);
}

#define BY2 "2027-01-05 09:00:00"

/* 拨付 as the cockpit sums it: of all funds, and of none. */
static void paid_is(struct yh_counter *c, struct yh_fund_totals *t, yh_fen want, yh_fen none)
{
    const struct yh_paid_month *m;
    yh_fen all = 0, of_none = 0;
    CHECK(yh_fund_totals_refresh(t, yh_service_store(c->service), yh_desk_world(), NULL, NULL,
                                 NULL, NULL) == YH_OK);
    for (int i = yh_fund_totals_paid(t, &m); i-- > 0;) {
        all += m[i].providers;
        of_none += m[i].fund[0] ? 0 : m[i].providers;
    }
    CHECK_I64(all, want, "paid to providers");
    CHECK_I64(of_none, none, "of no fund");
}

TEST(one_drafts_a_clearing_and_another_confirms_it)
{
    struct yh_fund_totals *t = yh_fund_totals_open();
    const char *drg = METHODS "990100\t\t\tdrg\t1\t\t\t\t2026-01-01\t\tx\n";
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    yh_counter_open(&c);
    settled_stay(&c, &ids);
    yh_counter_play(&c, "4101", "", &ids);
    CHECK(yh_find(agency(&c, drg, APRIL, "{'verb':'clear confirm'," MONTH ",'officer':'O2'}"),
                  YH_S("没有待确认")) > 0);
    yh_str d = agency(&c, drg, APRIL, "{'verb':'clear draft'," MONTH ",'officer':'O1'}");
    CHECK_STR(told(&c, d, 2), YH_S("draft"), "kept");
    yh_fen net = amount(&c, d, 3);
    CHECK(yh_find(agency(&c, drg, APRIL, "{'verb':'clear confirm'," MONTH ",'officer':'O1'}"),
                  YH_S("两个人")) > 0);
    CHECK(yh_find(agency(&c, drg, APRIL, "{'verb':'clear return'," MONTH ",'officer':'O2'}"),
                  YH_S("没有写明理由")) > 0);
    /* The weights change in between: the draft no longer says what would be booked. */
    CHECK(
        yh_find(agency(&c, METHODS, APRIL, "{'verb':'clear confirm'," MONTH ",'officer':'O2'}"),
                YH_S("起草之后")) > 0);
    d = agency(&c, drg, APRIL, "{'verb':'clear confirm'," MONTH ",'officer':'O2'}");
    CHECK_I64(amount(&c, d, NET), net, "as drafted");
    paid_is(&c, t, net, 0);
    yh_fen margin = amount(&c, d, MARGIN);
    CHECK(margin > 0);
    CHECK(yh_find(agency(&c, drg, APRIL, "{'verb':'clear draft'," MONTH ",'officer':'O1'}"),
                  YH_S("已经清算过")) > 0);
    proved(&c);

    /* The year's margin: three quarters of it back after the assessment. */
#define BACK(act, day, rest) \
    agency(&c, drg, day,     \
           "{'verb':'clear " act "','provider':'H99010100001','month':'2026'," rest "}")
    CHECK(yh_find(BACK("margin", APRIL, "'back':'1.00','basis':'考核','officer':'O1'"),
                  YH_S("还没有过完")) > 0);
    CHECK(yh_find(BACK("margin", BY2, "'back':'99999.00','basis':'考核','officer':'O1'"),
                  YH_S("尚余")) > 0);
    CHECK(yh_find(BACK("margin", BY2, "'back':'1.00','officer':'O1'"), YH_S("考核依据")) > 0);
    (void)told(
        &c, BACK("margin", BY2, "'back':'1.00','basis':'考核〔2027〕1号','officer':'O1'"), 0);
    CHECK(yh_find(BACK("confirm", BY2, "'officer':'O1'"), YH_S("两个人")) > 0);
    d = BACK("confirm", BY2, "'officer':'O2'");
    CHECK_I64(amount(&c, d, 4), margin, "all that was kept");
    CHECK_I64(amount(&c, d, 5), 100, "given back");
    CHECK_I64(amount(&c, d, 6), margin - 100, "stays with the funds");
    proved(&c);
    paid_is(&c, t, net + 100, 100);
    CHECK(yh_find(BACK("margin", BY2, "'back':'0','basis':'考核','officer':'O1'"),
                  YH_S("尚余 0.00")) > 0);
    undo(&c, told(&c, d, 0));
    (void)told(&c, BACK("margin", BY2, "'back':'2.00','basis':'考核','officer':'O1'"), 0);
    CHECK(yh_find(BACK("return", BY2, "'note':'分数有误','officer':'O2'"), YH_S("分数有误")) >
          0);
    proved(&c);
    paid_is(&c, t, net, 0);
    yh_fund_totals_close(t);
    yh_counter_close(&c);
}

/* A stay undone after its month was cleared gives its difference back in the month of the undoing. */
TEST(a_stay_undone_later_gives_its_difference_back)
{
    const char *drg = METHODS "990100\t\t\tdrg\t1\t\t\t\t2026-01-01\t\tx\n";
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    yh_counter_open(&c);
    settled_stay(&c, &ids);
    yh_counter_play(&c, "4101", "", &ids);
    yh_str s = cleared(&c, drg);
    yh_fen payable = amount(&c, s, PAYABLE);
    yh_counter_play(&c, "2305", "inf_time=\"2026-04-10 10:00:00\"", &ids);
    s = agency(
        &c, drg, "2026-05-02 09:00:00",
        "{'verb':'clear make','provider':'H99010100001','month':'2026-04','officer':'O1',"
        "'bygroup':'99999','basis':'x'}");
    CHECK_I64(amount(&c, s, PAYABLE), -payable, "undone");
    CHECK_I64(amount(&c, s, BYGROUP), 9999900 + 256950, "and its difference with it");
    proved(&c);
    yh_counter_close(&c);
}
