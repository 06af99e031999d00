/* service/guard_test.c -- what must hold however a call is sent: amounts that no bill can have, a
 * stay that is moved onto another, an original withdrawn from under its refund, reversals that
 * name the call by another office or come after 2404. */
#include <time.h>
#include "base/test.h"
#include "service/query.h"
#include "service/testing.h"
#include "service/town.h"
#include "store/store.h"

#define BED "001109000010000"
#define BLOOD "002501010010000-250101001"
#define DRUG "XA01ABD075A002010100483"
#define YUAN 1000000
#define EACH 10000

static enum yh_status charge_work(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                  struct yh_err *err)
{
    yh_putz(reply, "ok");
    return yh_charges_add(c, user, 1, err);
}

/* 2^63 fen is 9.2 × 10^18; number(16,6) × number(16,4) reaches 10^24. */
TEST(an_amount_that_no_bill_can_have_is_refused_before_it_is_multiplied)
{
    static const struct {
        yh_price price;
        yh_qty qty;
        yh_fen amount;
        const char *why;
    } HUGE[] = {
        { 9999999999999999, 9999999999999999, 1, "the largest price and quantity" },
        { 9999999999999999, EACH, 1000000000000, "the largest price" },
        { 1 * YUAN, 9999999999999999, 99999999999999, "the largest quantity" },
        { 9999999 * (yh_price)YUAN, 1000000 * (yh_qty)EACH, 999999900000000,
          "a line too large" },
    };
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_str v = yh_desk_register(&d, YH_TOWN_WORKER, "310", "11");
    for (int i = 0; i < YH_COUNT(HUGE); i++) {
        struct yh_charge_in in = { .person = YH_TOWN_WORKER,
                                   .visit = v,
                                   .batch = YH_S("A"),
                                   .line = { .serial = YH_S("1"),
                                             .code = YH_S(BLOOD),
                                             .time = d.now,
                                             .price = HUGE[i].price,
                                             .qty = HUGE[i].qty,
                                             .amount = HUGE[i].amount } };
        CHECK_I64(yh_desk_write(&d, "2204", YH_TOWN_WORKER, NULL, charge_work, &in),
                  YH_BAD_INPUT, HUGE[i].why);
        CHECK_I64(yh_find(yh_cstr(d.err.text), YH_S("超过")) >= 0, 1, HUGE[i].why);
    }
    /* One that can be, though it is large: 999,999.99 yuan. */
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_WORKER, v, "A", "1", BLOOD, 999999990000, EACH, ""),
             &d.err);
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

enum { MANY = 30000 };

static enum yh_status refunds_work(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                   struct yh_err *err)
{
    yh_putz(reply, "ok");
    return yh_charges_add(c, user, 2 * MANY, err);
}

/* The one writer serves everyone: 30,000 lines and the refund of each must not be 10^9 steps. */
TEST(refunds_of_a_long_list_take_time_in_step_with_it)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_str v = yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "21", d.now);
    struct yh_charge_in *in = YH_NEW(&d.arena, struct yh_charge_in, 2 * MANY);
    for (int i = 0; i < 2 * MANY; i++) {
        bool back = i >= MANY;
        in[i] = (struct yh_charge_in){
            .person = YH_TOWN_RESIDENT,
            .visit = v,
            .line = { .serial = yh_fmt(&d.arena, "%c%08d", back ? 'R' : 'L', i % MANY),
                      .undoes = back ? yh_fmt(&d.arena, "L%08d", i % MANY) : YH_S(""),
                      .code = YH_S(BED),
                      .time = d.now,
                      .price = 44 * YUAN,
                      .qty = back ? -EACH : EACH,
                      .amount = back ? -4400 : 4400 }
        };
    }
    clock_t start = clock();
    CHECK_OK(yh_desk_write(&d, "2301", YH_TOWN_RESIDENT, NULL, refunds_work, in), &d.err);
    CHECK_I64((clock() - start) / CLOCKS_PER_SEC < 2, 1, "seconds of the writer");
    in[0] = in[MANY]; /* once more of one that has nothing left */
    in[0].line.serial = YH_S("again");
    CHECK(yh_desk_write(&d, "2301", YH_TOWN_RESIDENT, NULL, charge_work, in) != YH_OK);
    yh_desk_close(&d);
}

static enum yh_status drop_work(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                struct yh_err *err)
{
    yh_putz(reply, "ok");
    return yh_charges_drop(c, YH_TOWN_RESIDENT, *(const yh_str *)user, YH_S("000001"), err);
}

static enum yh_status two_batches_work(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                       struct yh_err *err)
{
    static const char *const BATCH[] = { "A", "B", "A", "C", "B", "A" };
    struct yh_charge_in in[6];
    for (int i = 0; i < YH_COUNT(in); i++)
        in[i] = (struct yh_charge_in){ .person = YH_TOWN_WORKER,
                                       .visit = *(const yh_str *)user,
                                       .batch = yh_cstr(BATCH[i]),
                                       .line = { .serial = yh_fmt(c->arena, "%d", i + 1),
                                                 .code = YH_S(BLOOD),
                                                 .time = c->now,
                                                 .price = (1 << i) * (yh_price)YUAN,
                                                 .qty = EACH,
                                                 .amount = 100 << i } };
    yh_putz(reply, "ok");
    return yh_charges_add(c, in, YH_COUNT(in), err);
}

/* Lines of 1, 2, 4 … 32 yuan under A B A C B A. */
TEST(lines_of_a_call_come_to_the_batches_that_they_name)
{
    static const struct {
        const char *batch;
        yh_fen total;
    } WANT[] = { { "A", 3700 }, { "B", 1800 }, { "C", 800 } };
    struct yh_desk d;
    struct yh_txn view;
    yh_desk_open(&d, NULL);
    yh_str v = yh_desk_register(&d, YH_TOWN_WORKER, "310", "11");
    CHECK_OK(yh_desk_write(&d, "2204", YH_TOWN_WORKER, NULL, two_batches_work, &v), &d.err);
    CHECK_OK(yh_view_open(yh_service_store(d.service), &d.arena, &view, &d.err), &d.err);
    struct yh_charge_batch_row *b = NULL, like = { 0 };
    int n = 0;
    CHECK_OK(yh_list_charge_batch(&view, (struct yh_span){ .index = YH_BY_KEY }, &like, &b, &n,
                                  &d.err),
             &d.err);
    yh_view_close(&view);
    CHECK_I64(n, YH_COUNT(WANT), "three batches");
    for (int i = 0; i < n; i++) {
        CHECK_STR(b[i].batch, yh_cstr(WANT[i].batch), "in the order of their first lines");
        CHECK_I64(b[i].total, WANT[i].total, WANT[i].batch);
    }
    yh_desk_close(&d);
}

/* 退费: a line's net is never below zero; 2205 is the outpatients', 2302 asks for the refunds. */
TEST(an_original_of_a_stay_is_not_withdrawn_from_under_its_refund)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_str v = yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "21", d.now);
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_RESIDENT, v, "", "1", BED, 44 * YUAN, EACH, ""),
             &d.err);
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_RESIDENT, v, "", "2", BED, 44 * YUAN, -EACH, "1"),
             &d.err);
    CHECK(yh_desk_write(&d, "2205", YH_TOWN_RESIDENT, NULL, drop_work, &v) == YH_CONFLICT);
    yh_desk_close(&d);
}

static enum yh_status settle_work(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                  struct yh_err *err)
{
    struct yh_settled out;
    yh_putz(reply, "ok");
    return yh_settle(c, user, &out, err);
}

struct change {
    yh_str person, visit;
    yh_time begin;
};

static enum yh_status change_work(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                  struct yh_err *err)
{
    const struct change *k = user;
    struct yh_visit_row in = { .person = k->person, .visit = k->visit, .begin_time = k->begin };
    yh_putz(reply, "ok");
    return yh_stay_change(c, &in, NULL, 0, err);
}

TEST(a_stay_is_not_moved_to_where_it_could_not_have_begun)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_time now = d.now, day = 86400;
    d.now = now - 8 * day;
    yh_str first = yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "21", d.now);
    d.now = now - 5 * day;
    CHECK_OK(yh_desk_discharge(&d, YH_TOWN_RESIDENT, first, d.now), &d.err);
    d.now = now - 3 * day;
    yh_str v = yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "21", d.now);
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_RESIDENT, v, "", "1", BED, 44 * YUAN, EACH, ""),
             &d.err);
    d.now = now;
    struct change k = { YH_TOWN_RESIDENT, v, now - 7 * day };
    CHECK(yh_desk_write(&d, "2403", k.person, NULL, change_work, &k) == YH_CONFLICT);
    CHECK(yh_find(yh_cstr(d.err.text), first) >= 0);
    k.begin = now - 1 * day; /* after what was charged */
    CHECK(yh_desk_write(&d, "2403", k.person, NULL, change_work, &k) == YH_BAD_INPUT);
    k.begin = yh_day_time(yh_day_of(1950, 1, 1)); /* nobody was insured then */
    CHECK(yh_desk_write(&d, "2403", k.person, NULL, change_work, &k) != YH_OK);
    k.begin = now - 4 * day;
    CHECK_OK(yh_desk_write(&d, "2403", k.person, NULL, change_work, &k), &d.err);
    yh_desk_close(&d);
}

/* Registered later than the stay that followed it: it may not last into that one. */
TEST(a_backdated_stay_ends_before_the_next_one_begins)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_time now = d.now, day = 86400;
    d.now = now - 3 * day;
    yh_str next = yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "21", d.now);
    d.now = now - day;
    CHECK_OK(yh_desk_discharge(&d, YH_TOWN_RESIDENT, next, d.now), &d.err);
    d.now = now;
    yh_str late = yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "21", now - 6 * day);
    CHECK_I64(late.n > 0, true, "a stay may be registered late");
    CHECK(yh_desk_discharge(&d, YH_TOWN_RESIDENT, late, now - 2 * day) == YH_CONFLICT);
    CHECK(yh_find(yh_cstr(d.err.text), next) >= 0);
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_RESIDENT, late, "", "1", BED, 44 * YUAN, EACH, ""),
             &d.err);
    struct yh_settle_in in = { .person = YH_TOWN_RESIDENT, .visit = late };
    CHECK_I64(yh_desk_write(&d, "2304", YH_TOWN_RESIDENT, NULL, settle_work, &in), YH_CONFLICT,
              "nor be settled as lasting until today");
    CHECK_OK(yh_desk_discharge(&d, YH_TOWN_RESIDENT, late, now - 3 * day), &d.err);
    CHECK_OK(yh_desk_write(&d, "2304", YH_TOWN_RESIDENT, NULL, settle_work, &in), &d.err);
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

static enum yh_status cancel_work(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                  struct yh_err *err)
{
    yh_putz(reply, "ok");
    return yh_stay_cancel(c, YH_TOWN_RESIDENT, *(const yh_str *)user, err);
}

/* As a settlement undone by 2208 meanwhile: nothing is left to reverse. */
TEST(an_admission_cancelled_meanwhile_has_nothing_left_to_reverse)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    yh_str v = yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "21", d.now);
    yh_str last = yh_fmt(&d.arena, "%.*s%06lld", YH_ARG(d.provider), (long long)d.calls);
    CHECK_OK(yh_desk_write(&d, "2404", YH_TOWN_RESIDENT, NULL, cancel_work, &v), &d.err);
    CHECK_OK(yh_desk_reverse(&d, YH_TOWN_RESIDENT, yh_zdup(&d.arena, last), "2401"), &d.err);
    yh_desk_close(&d);
}

/* The worker is also known to the neighbouring area. */
static enum yh_status enrol_twice(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                  struct yh_err *err)
{
    (void)user;
    struct yh_person_row p = { .region = YH_S("990100"), .grp = 1, .person = YH_TOWN_WORKER };
    struct yh_person_key_row key = { .kind = YH_S("psn"),
                                     .value = YH_TOWN_WORKER,
                                     .region = YH_S("990200"),
                                     .grp = 77,
                                     .person = YH_TOWN_WORKER };
    yh_putz(reply, "ok");
    yh_txn_group(c->x, (struct yh_group){ p.region, p.grp });
    enum yh_status st = yh_get_person(c->x, &p, err);
    p.region = key.region;
    p.grp = key.grp;
    yh_txn_group(c->x, (struct yh_group){ p.region, p.grp });
    if (st == YH_OK)
        st = yh_put_person(c->x, &p, err);
    return st ? st : yh_put_person_key(c->x, &key, err);
}

TEST(a_reversal_finds_its_call_in_every_area_that_knows_the_person)
{
    struct yh_desk d;
    struct yh_settled s, undo;
    yh_desk_open(&d, NULL);
    CHECK_OK(yh_desk_write(&d, "1101", YH_S(""), NULL, enrol_twice, NULL), &d.err);
    d.office = YH_S("990101");
    yh_str v = yh_desk_register(&d, YH_TOWN_WORKER, "310", "11");
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_WORKER, v, "A", "1", BLOOD, 80 * YUAN, EACH, ""),
             &d.err);
    struct yh_settle_in in = { .person = YH_TOWN_WORKER, .visit = v };
    CHECK_OK(yh_desk_settle(&d, "2207", &in, "LOST", &s), &d.err);
    /* The reversal comes without the office, or with the other one. */
    d.office = YH_S("990201");
    CHECK_OK(yh_desk_reverse(&d, YH_TOWN_WORKER, "LOST", "2207"), &d.err);
    d.office = YH_S("990101");
    CHECK(yh_desk_undo(&d, "2208", YH_TOWN_WORKER, v, s.row.settlement, &undo) == YH_CONFLICT);
    CHECK_OK(yh_desk_settle(&d, "2207", &in, "AGAIN", &s), &d.err);
    /* A reversal that came first refuses the late original under either office. */
    yh_str w = yh_desk_register(&d, YH_TOWN_WORKER, "310", "11");
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_WORKER, w, "A", "1", BLOOD, 80 * YUAN, EACH, ""),
             &d.err);
    d.office = YH_S("990201");
    CHECK_OK(yh_desk_reverse(&d, YH_TOWN_WORKER, "LATE", "2207"), &d.err);
    d.office = YH_S("990101");
    in.visit = w;
    CHECK(yh_desk_settle(&d, "2207", &in, "LATE", &s) == YH_CONFLICT);
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

/* Answered "done", the sender would give the patient the money back while the bill stands. */
TEST(a_reversal_for_a_person_that_nobody_knows_is_refused)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    CHECK(yh_desk_reverse(&d, YH_S("99010100000000000000009999"), "LOST", "2207") ==
          YH_NOT_FOUND);
    yh_desk_close(&d);
}

static enum yh_status drugs_work(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                 struct yh_err *err)
{
    struct yh_drug_found *row;
    yh_putz(reply, "ok");
    return yh_chronic_drugs_list(c, YH_TOWN_WORKER, 0, c->now + 86400, &row, user, err);
}

TEST(a_drug_history_is_not_for_a_provider_that_does_not_have_the_person)
{
    struct yh_desk d;
    int n = -1;
    yh_desk_open(&d, NULL);
    yh_str hospital = d.provider, v = yh_desk_register(&d, YH_TOWN_WORKER, "310", "14");
    CHECK_OK(yh_desk_charge(&d, YH_TOWN_WORKER, v, "A", "1", DRUG, 12500000, EACH, ""), &d.err);
    CHECK_OK(yh_desk_read(&d, "5205", YH_TOWN_WORKER, drugs_work, &n), &d.err);
    CHECK_I64(n, 1, "its own");
    d.provider = YH_S("H99010100002");
    CHECK(yh_desk_read(&d, "5205", YH_TOWN_WORKER, drugs_work, &n) == YH_DENIED);
    CHECK(yh_desk_register(&d, YH_TOWN_WORKER, "310", "11").n > 0);
    CHECK_OK(yh_desk_read(&d, "5205", YH_TOWN_WORKER, drugs_work, &n), &d.err);
    CHECK_I64(n, 1, "of a patient who is here now");
    CHECK(!yh_eq(hospital, d.provider));
    yh_desk_close(&d);
}
