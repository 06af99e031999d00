/* Purchases, relatives' accounts, other places, re-adjudication. */
#include <stdio.h>
#include "base/test.h"
#include "service/filing.h"
#include "service/review.h"
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

static enum yh_status do_buy(struct yh_ctx *c, void *user, struct yh_buf *reply,
                             struct yh_err *err)
{
    struct buy *b = user;
    yh_putz(reply, "ok");
    return yh_purchase(c, b->trial, &b->visit, &b->in, &b->line, 1, &b->trace,
                       b->trace.code.n > 0, &b->out, err);
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
    CHECK(yh_desk_read(&d, "2101", YH_TOWN_WORKER, do_buy, &b) == YH_DENIED);
    b.visit.cert_type = YH_S("02");
    b.visit.cert_no = YH_S("990101195506120020");
    CHECK(yh_desk_read(&d, "2101", YH_TOWN_WORKER, do_buy, &b) == YH_DENIED); /* another's */
    b.visit.cert_no = YH_S("990101198001010014");
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
    CHECK_OK(
        yh_desk_undo(&d, "2103", YH_TOWN_WORKER, b.out.row.visit, b.out.row.settlement, &undo),
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
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_CHILD, v, "A", "1", BLOOD, 80 * YUAN, EACH, ""),
             &d.err);
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
    CHECK_OK(
        yh_desk_charge(d, YH_TOWN_VISITOR, *visit, "", "1", BED, 44 * YUAN, 250 * EACH, ""),
        &d->err);
    CHECK_OK(yh_desk_discharge(d, YH_TOWN_VISITOR, *visit, d->now), &d->err);
    struct yh_settle_in in = { .person = YH_TOWN_VISITOR,
                               .visit = *visit,
                               .sums = { 1100000, 0, 0, 0, 1100000 } };
    CHECK_OK(yh_desk_settle(d, "2304", &in, NULL, &s), &d->err);
    return s;
}

static enum yh_status do_file(struct yh_ctx *c, void *user, struct yh_buf *reply,
                              struct yh_err *err)
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
    CHECK_OK(yh_desk_charge(d, YH_TOWN_VISITOR, v, batch, batch, BLOOD, 80 * YUAN,
                            bloods * EACH, ""),
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

/* Identity from the first of the month, told of later: 壬 becomes 低保 after the stay was settled. */
static enum yh_status do_identity(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                  struct yh_err *err)
{
    struct yh_member m;
    struct yh_identity_row id = { .kind = YH_S("2303"),
                                  .from_day = yh_day_of(2026, 3, 1),
                                  .to_day = YH_DAY_MAX };
    (void)user;
    yh_putz(reply, "ok");
    enum yh_status st = yh_member_open(c, YH_TOWN_RESIDENT, YH_S("390"), c->today, &m, err);
    if (st)
        return st;
    id.region = m.person->region;
    id.grp = m.person->grp;
    id.person = m.person->person;
    return yh_put_identity(c->x, &id, err);
}

TEST(a_late_identity_is_reviewed_and_owed_to_the_person)
{
    struct yh_desk d;
    struct yh_settled s;
    struct yh_review r;
    struct yh_txn view;
    yh_desk_open(&d, NULL);
    yh_str v = yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "21", d.now - 8 * 86400);
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_RESIDENT, v, "", "1", BED, 44 * YUAN, 500 * EACH, ""),
             &d.err);
    struct yh_settle_in in = { .person = YH_TOWN_RESIDENT, .visit = v };
    CHECK_OK(yh_desk_settle(&d, "2304", &in, NULL, &s), &d.err);
    CHECK_I64(s.row.cash, 928000, "9 280.00 of 22 000.00");
    CHECK_OK(yh_view_open(yh_service_store(d.service), &d.arena, &view, &d.err), &d.err);
    CHECK_OK(yh_review_person(&view, yh_desk_world(), &d.arena, d.now, YH_TOWN_RESIDENT,
                              YH_S("390"), 2026, &r, &d.err),
             &d.err);
    yh_view_close(&view);
    CHECK_I64(r.looked, 1, "one settlement");
    CHECK_I64(r.n, 0, "nothing has changed");
    CHECK_OK(yh_desk_write(&d, "x", YH_TOWN_RESIDENT, NULL, do_identity, NULL), &d.err);
    CHECK_OK(yh_view_open(yh_service_store(d.service), &d.arena, &view, &d.err), &d.err);
    CHECK_OK(yh_review_person(&view, yh_desk_world(), &d.arena, d.now, YH_TOWN_RESIDENT,
                              YH_S("390"), 2026, &r, &d.err),
             &d.err);
    yh_view_close(&view);
    /* 大病: (9,280 − 7,000) × 65 % = 1,482.00; 救助: (9,280 − 1,482) × 70 % = 5,458.60. */
    CHECK_I64(r.n, 1, "the stay differs");
    CHECK_I64(r.payable, 148200 + 545860, "owed to the person");
    CHECK_I64(r.against, 0, "nothing against");
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

TEST(an_injury_waits_for_its_filing)
{
    struct yh_desk d;
    struct yh_settled s;
    yh_desk_open(&d, NULL);
    d.injury = true;
    yh_str v = yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "22", d.now - 8 * 86400);
    CHECK(v.n > 0);
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_RESIDENT, v, "", "1", BED, 44 * YUAN, 100 * EACH, ""),
             &d.err);
    struct yh_settle_in in = { .person = YH_TOWN_RESIDENT, .visit = v };
    CHECK_OK(yh_desk_settle(&d, "2303", &in, NULL, &s), &d.err);
    CHECK_I64(s.row.fund, 0, "pended: no fund pays");
    CHECK_I64(s.row.cash, 440000, "the person pays meanwhile");
    struct yh_filing_row f = { .person = YH_TOWN_RESIDENT,
                               .kind = YH_S("2507"),
                               .scheme = YH_S("390"),
                               .code = YH_S("1"),
                               .from_day = yh_time_day(d.now) - 10,
                               .to_day = yh_time_day(d.now) + 10,
                               .body = YH_S("{}") };
    CHECK_OK(yh_desk_write(&d, "2507", YH_TOWN_RESIDENT, NULL, do_file, &f), &d.err);
    CHECK_OK(yh_desk_settle(&d, "2304", &in, NULL, &s), &d.err);
    CHECK_I64(s.row.fund, 216000, "(4 400 − 800) × 60 %");
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

TEST(an_interim_settlement_takes_what_was_charged_up_to_its_day)
{
    struct yh_desk d;
    struct yh_settled a, b;
    yh_desk_open(&d, NULL);
    yh_time now = d.now;
    yh_str v = yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "21", now - 8 * 86400);
    d.now = now - 5 * 86400;
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_RESIDENT, v, "", "1", BED, 44 * YUAN, 300 * EACH, ""),
             &d.err);
    d.now = now;
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_RESIDENT, v, "", "2", BED, 44 * YUAN, 200 * EACH, ""),
             &d.err);
    struct yh_settle_in in = {
        .person = YH_TOWN_RESIDENT, .visit = v, .interim = true, .end_time = now - 3 * 86400
    };
    CHECK_OK(yh_desk_settle(&d, "2304", &in, NULL, &a), &d.err);
    CHECK_I64(a.row.total, 1320000, "the first upload alone");
    in = (struct yh_settle_in){ .person = YH_TOWN_RESIDENT, .visit = v };
    CHECK_OK(yh_desk_settle(&d, "2304", &in, NULL, &b), &d.err);
    CHECK_I64(a.row.fund + b.row.fund, 1272000, "together as one");
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

static enum yh_status do_bind(struct yh_ctx *c, void *user, struct yh_buf *reply,
                              struct yh_err *err)
{
    struct yh_binding_row b = { .owner_region = YH_S("990100"),
                                .owner_grp = 2,
                                .owner = YH_TOWN_RETIRED,
                                .region = YH_S("990100"),
                                .grp = 9,
                                .person = YH_TOWN_CIVIL,
                                .from_day = yh_day_of(2026, 1, 1),
                                .to_day = yh_day_of(2027, 1, 1),
                                .relation = YH_S("配偶"),
                                .limit_fen = *(yh_fen *)user };
    yh_txn_group(c->x, (struct yh_group){ b.region, b.grp });
    yh_putz(reply, "ok");
    return yh_put_binding(c->x, &b, err);
}

static yh_fen balance_of(struct yh_desk *d, yh_str person, int64_t grp)
{
    struct yh_txn view;
    struct yh_account_row a = { .region = YH_S("990100"), .grp = grp, .person = person };
    CHECK_OK(yh_view_open(yh_service_store(d->service), &d->arena, &view, &d->err), &d->err);
    CHECK_OK(yh_get_account(&view, &a, &d->err), &d->err);
    yh_view_close(&view);
    return a.balance;
}

/* 癸 may draw 70.00 a year on 乙's account, who is of another group; the document lets an account
 * pay the deductible of a visit. */
TEST(a_relative_of_another_group_draws_through_transit_up_to_the_limit)
{
    struct yh_desk d;
    struct yh_settled s, undo;
    yh_fen limit = 7000;
    yh_desk_open(&d, NULL);
    CHECK_OK(yh_desk_write(&d, "x", YH_TOWN_RETIRED, NULL, do_bind, &limit), &d.err);
    d.provider = YH_TOWN_COMMUNITY;
    yh_str v = yh_desk_register(&d, YH_TOWN_CIVIL, "310", "11");
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_CIVIL, v, "A", "1", BLOOD, 80 * YUAN, 5 * EACH, ""),
             &d.err);
    struct yh_settle_in in = { .person = YH_TOWN_CIVIL, .visit = v, .account_flag = YH_S("2") };
    CHECK_OK(yh_desk_settle(&d, "2207", &in, NULL, &s), &d.err);
    CHECK_I64(s.row.fund, 21000, "(400 − 50) × 60 %");
    CHECK_I64(s.row.relative, 5000, "the deductible, from the relative first");
    CHECK_I64(s.row.account, 0, "so nothing from the own account");
    yh_fen drawn = s.row.relative;
    CHECK_I64(balance_of(&d, YH_TOWN_RETIRED, 2), 200000 - drawn, "the owner's balance");
    yh_desk_prove(&d);
    yh_str w = yh_desk_register(&d, YH_TOWN_CIVIL, "310", "11");
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_CIVIL, w, "A", "1", BLOOD, 80 * YUAN, 5 * EACH, ""),
             &d.err);
    struct yh_settled more;
    in.visit = w;
    CHECK_OK(yh_desk_settle(&d, "2207", &in, NULL, &more), &d.err);
    CHECK_I64(more.row.relative, 2000, "what the year's limit leaves");
    CHECK_I64(more.row.account, 3000, "the rest from the own account");
    CHECK_OK(yh_desk_undo(&d, "2208", YH_TOWN_CIVIL, w, more.row.settlement, &undo), &d.err);
    CHECK_OK(yh_desk_undo(&d, "2208", YH_TOWN_CIVIL, v, s.row.settlement, &undo), &d.err);
    CHECK_I64(balance_of(&d, YH_TOWN_RETIRED, 2), 200000, "given back");
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

TEST(an_admission_whose_reply_was_lost_is_reversed_and_made_anew)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_str v = yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "21", d.now);
    CHECK(v.n > 0);
    yh_str last = yh_fmt(&d.arena, "%.*s%06lld", YH_ARG(d.provider), (long long)d.calls);
    CHECK(yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "21", d.now).n == 0);
    CHECK_OK(yh_desk_reverse(&d, YH_TOWN_RESIDENT, yh_zdup(&d.arena, last), "2401"), &d.err);
    v = yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "21", d.now);
    CHECK(v.n > 0);
    /* With charges on it, a stay is not reversed from under them. */
    last = yh_fmt(&d.arena, "%.*s%06lld", YH_ARG(d.provider), (long long)d.calls);
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_RESIDENT, v, "", "1", BED, 44 * YUAN, EACH, ""),
             &d.err);
    CHECK(yh_desk_reverse(&d, YH_TOWN_RESIDENT, yh_zdup(&d.arena, last), "2401") ==
          YH_CONFLICT);
    CHECK(yh_desk_reverse(&d, YH_TOWN_RESIDENT, "never", "2204") == YH_BAD_INPUT);
    yh_desk_prove(&d);
    yh_desk_close(&d);
}
