/* Purchases, relatives' accounts, other places, re-adjudication. */
#include <stdio.h>
#include "base/test.h"
#include "service/filing.h"
#include "service/testing.h"
#include "service/town.h"

#define DRUG "XA01ABD075A002010100483"
#define BLOOD "002501010010000-250101001"
#define BED "001109000010000"
#define YUAN 1000000
#define EACH 10000

struct buy {
    struct yh_visit_row visit;
    struct yh_settle_in in;
    struct yh_charge_in line;
    struct yh_trace trace;
    bool trial;
    struct yh_settled out;
};

static enum yh_status do_buy(struct yh_ctx *c, void *user, struct yh_buf *reply, struct yh_err *err)
{
    struct buy *b = user;
    yh_putz(reply, "ok");
    return yh_purchase(c, b->trial, &b->visit, &b->in, &b->line, 1, &b->trace, b->trace.code.n > 0,
                       &b->out, err);
}

static struct buy drug(struct yh_desk *d, yh_str person, const char *scheme, const char *trace)
{
    return (struct buy){ .visit = { .person = person,
                                    .scheme = yh_cstr(scheme),
                                    .med_type = YH_S("41"),
                                    .begin_time = d->now },
                         .in = { .person = person, .account_flag = YH_S("1") },
                         .line = { .line = { .serial = YH_S("1"),
                                             .code = YH_S(DRUG),
                                             .time = d->now,
                                             .price = 10 * YUAN,
                                             .qty = 20 * EACH,
                                             .amount = 20000 } },
                         .trace = { YH_S("1"), yh_cstr(trace), false } };
}

TEST(a_purchase_draws_on_fund_and_account_and_a_pack_is_sold_once)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    d.provider = YH_TOWN_PHARMACY;
    struct buy b = drug(&d, YH_TOWN_WORKER, "310", "81000000000000000001");
    b.trial = true;
    CHECK_OK(yh_desk_read(&d, "2101", YH_TOWN_WORKER, do_buy, &b), &d.err);
    /* 200.00 = first-pay 20.00 + 180.00 in scope; (180 − 50) × 60 % = 78.00; the rest 122.00. */
    CHECK_I64(b.out.row.fund, 7800, "trial: fund");
    CHECK_I64(b.out.row.settlement.n, 0, "a trial has no id");
    b.trial = false;
    CHECK_OK(yh_desk_write(&d, "2102", YH_TOWN_WORKER, NULL, do_buy, &b), &d.err);
    CHECK_I64(b.out.row.fund, 7800, "fund");
    CHECK_I64(b.out.row.account, 12200, "account");
    CHECK_I64(b.out.row.balance, 7800, "balance");
    struct buy twice = drug(&d, YH_TOWN_RETIRED, "310", "81000000000000000001");
    CHECK(yh_desk_write(&d, "2102", YH_TOWN_RETIRED, NULL, do_buy, &twice) == YH_CONFLICT);
    CHECK(yh_find(yh_cstr(d.err.text), YH_S("追溯码已售出")) >= 0);
    struct yh_settled undo;
    CHECK_OK(yh_desk_undo(&d, "2103", YH_TOWN_WORKER, b.out.row.visit, b.out.row.settlement, &undo),
             &d.err);
    CHECK_OK(yh_desk_write(&d, "2102", YH_TOWN_RETIRED, NULL, do_buy, &twice), &d.err);
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

TEST(a_child_draws_on_the_bound_parents_account)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    d.provider = YH_TOWN_COMMUNITY;
    yh_str v = yh_desk_register(&d, YH_TOWN_CHILD, "390", "11");
    CHECK(v.n > 0);
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_CHILD, v, "A", "1", BLOOD, 80 * YUAN, EACH, ""), &d.err);
    struct yh_settle_in in = { .person = YH_TOWN_CHILD, .visit = v, .account_flag = YH_S("2") };
    struct yh_settled s, undo;
    CHECK_OK(yh_desk_settle(&d, "2207", &in, NULL, &s), &d.err);
    CHECK_I64(s.row.fund, 4000, "a community centre counts as first level: 50 %");
    CHECK_I64(s.row.fund + s.row.relative + s.row.cash, 8000, "nothing is lost");
    yh_desk_prove(&d);
    CHECK_OK(yh_desk_undo(&d, "2208", YH_TOWN_CHILD, v, s.row.settlement, &undo), &d.err);
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

/* An admission of 11,000.00 in scope at the third-level hospital of 示例市, begun days ago. */
static struct yh_settled visitor_stay(struct yh_desk *d, int days_ago, yh_str *visit)
{
    struct yh_settled s;
    d->office = YH_S("990201");
    *visit = yh_desk_admit(d, YH_TOWN_VISITOR, "310", "21", d->now - days_ago * 86400);
    CHECK(visit->n > 0);
    CHECK_OK(yh_desk_charge(d, YH_TOWN_VISITOR, *visit, "", "1", BED, 44 * YUAN, 250 * EACH, ""),
             &d->err);
    CHECK_OK(yh_desk_discharge(d, YH_TOWN_VISITOR, *visit, d->now), &d->err);
    struct yh_settle_in in = { .person = YH_TOWN_VISITOR,
                               .visit = *visit,
                               .sums = { 1100000, 0, 0, 0, 1100000 } };
    CHECK_OK(yh_desk_settle(d, "2304", &in, NULL, &s), &d->err);
    return s;
}

static enum yh_status do_file(struct yh_ctx *c, void *user, struct yh_buf *reply, struct yh_err *err)
{
    struct yh_filing_row *f = user, out;
    yh_putz(reply, "ok");
    return yh_file_make(c, f, &out, err);
}

TEST(a_visitor_is_paid_by_the_homes_document_on_the_places_catalogue)
{
    struct yh_desk d;
    yh_str visit;
    yh_desk_open(&d, NULL);
    struct yh_settled s = visitor_stay(&d, 8, &visit);
    /* Not filed: 10 % of 11,000.00 first; (9,900 − 1,000) × (80 % − 10 points) = 6,230.00. */
    CHECK_I64(s.row.first, 110000, "first-pay on the whole");
    CHECK_I64(s.row.basic, 623000, "basic");
    CHECK_STR(s.row.region, YH_S("990200"), "kept at home");
    CHECK_STR(s.row.document, YH_S("990200/310/2026-01-01"), "decided at home");
    CHECK_STR(s.row.clearing_office, YH_S("990101"), "cleared where treated");
    yh_desk_prove(&d);
    struct yh_settled undo;
    CHECK_OK(yh_desk_undo(&d, "2305", YH_TOWN_VISITOR, visit, s.row.settlement, &undo), &d.err);
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

TEST(a_filed_visitor_is_paid_as_at_home)
{
    struct yh_desk d;
    yh_str visit;
    yh_desk_open(&d, NULL);
    d.office = YH_S("990201");
    struct yh_filing_row f = { .person = YH_TOWN_VISITOR,
                               .kind = YH_S("2501"),
                               .scheme = YH_S("310"),
                               .provider = YH_TOWN_HOSPITAL,
                               .code = YH_S("2"),
                               .from_day = yh_time_day(d.now) - 30,
                               .body = YH_S("{}") };
    CHECK_OK(yh_desk_write(&d, "2501", YH_TOWN_VISITOR, NULL, do_file, &f), &d.err);
    struct yh_settled s = visitor_stay(&d, 8, &visit);
    CHECK_I64(s.row.first, 0, "no first-pay");
    CHECK_I64(s.row.basic, 800000, "(11 000 − 1 000) × 80 %");
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

static yh_str visitor_visit(struct yh_desk *d, const char *batch, int64_t bloods)
{
    yh_str v = yh_desk_register(d, YH_TOWN_VISITOR, "310", "11");
    CHECK(v.n > 0);
    CHECK_OK(yh_desk_charge(d, YH_TOWN_VISITOR, v, batch, batch, BLOOD, 80 * YUAN, bloods * EACH, ""),
             &d->err);
    return v;
}

/* The home's document settles again what stood on an undone settlement: at the end the year is as
 * if the undone one had never been. */
TEST(undoing_beneath_later_ones_settles_them_again)
{
    struct yh_desk d;
    struct yh_settled a, b, undo, alone;
    yh_desk_open(&d, NULL);
    d.provider = YH_TOWN_OTHER;
    d.office = YH_S("990201");
    struct yh_settle_in in = { .person = YH_TOWN_VISITOR };
    in.visit = visitor_visit(&d, "A", 5); /* 400.00: 300 deductible, 50.00 paid */
    yh_str first = in.visit;
    CHECK_OK(yh_desk_settle(&d, "2207", &in, NULL, &a), &d.err);
    CHECK_I64(a.row.fund, 5000, "(400 − 300) × 50 %");
    in.visit = visitor_visit(&d, "B", 10); /* 800.00: the deductible is used up */
    CHECK_OK(yh_desk_settle(&d, "2207", &in, NULL, &b), &d.err);
    CHECK_I64(b.row.fund, 40000, "800 × 50 %");
    CHECK_OK(yh_desk_undo(&d, "2208", YH_TOWN_VISITOR, first, a.row.settlement, &undo), &d.err);
    yh_desk_prove(&d);
    in.visit = visitor_visit(&d, "C", 10);
    CHECK_OK(yh_desk_settle(&d, "2207", &in, NULL, &alone), &d.err);
    CHECK_I64(alone.row.fund, 40000, "the second visit has taken the deductible over");
    yh_desk_prove(&d);
    yh_desk_close(&d);
}
