/* service/power_test.c -- a hospital whose agency loses power: it sends each call that was not
 * answered again, and in the end every bill was settled exactly once.
 *
 * Underneath is the file layer of store/sqlite/powercut.h; above it the whole service.  After each
 * cut every answered call gives the stored reply, byte for byte, every unanswered one is done or
 * was done, a call reversed by 2601 stays refused, and the books are proved. */
#include <stdio.h>
#include <stdlib.h>
#include "base/test.h"
#include "service/testing.h"
#include "service/town.h"
#include "service/verify/verify.h"
#include "store/sqlite/powercut.h"

enum { CALLS_MAX = 4000 };

enum fate { UNSENT, IN_DOUBT, ANSWERED, REVERSED };

/* What the hospital remembers of call i; its message id and bill follow from i. */
struct memo {
    uint8_t fate;
    char settlement[40]; /* as answered */
};

struct hospital {
    struct yh_powercut *p;
    struct yh_service *s;
    struct yh_arena arena;
    uint64_t seed;
    struct memo memo[CALLS_MAX];
    int calls;    /* sent so far */
    int64_t rows; /* settlements that must be there: answered, and their undoings */
    struct yh_err err;
};

/* ---- one visit: registered, described, charged and settled in one call ---- */

static yh_str person_of(int i)
{
    const yh_str people[] = { YH_TOWN_WORKER, YH_TOWN_RETIRED, YH_TOWN_RESIDENT,
                              YH_TOWN_CIVIL };
    return people[i % YH_COUNT(people)];
}

static enum yh_status visit_work(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                 struct yh_err *err)
{
    int i = *(const int *)user;
    yh_str person = person_of(i);
    yh_price price = (yh_price)(10 + i % 90) * 1000000;
    struct yh_visit_row in = { .person = person,
                               .scheme = i % 4 == 2 ? YH_S("390") : YH_S("310"),
                               .med_type = YH_S("11"),
                               .begin_time = c->now,
                               .cert_type = YH_S("02"),
                               .number = yh_fmt(c->arena, "MZ%d", i) },
                        visit;
    struct yh_diagnosis_row d = { .kind = YH_S("1"),
                                  .sort = 1,
                                  .main = 1,
                                  .code = YH_S("J18.900"),
                                  .name = YH_S("肺炎"),
                                  .time = c->now,
                                  .valid = 1 };
    enum yh_status st = yh_visit_register(c, &in, &visit, err);
    if (st)
        return st;
    in.visit = visit.visit;
    if ((st = yh_visit_describe(c, &in, &d, 1, err)))
        return st;
    struct yh_charge_in line = { .person = person,
                                 .visit = visit.visit,
                                 .batch = YH_S("B1"),
                                 .line = { .serial = YH_S("1"),
                                           .code = YH_S("002501010010000-250101001"),
                                           .time = c->now,
                                           .price = price,
                                           .qty = 10000,
                                           .amount = price / 10000 } };
    if ((st = yh_charges_add(c, &line, 1, err)))
        return st;
    struct yh_settle_in settle = { .person = person,
                                   .visit = visit.visit,
                                   .account_flag = YH_S("1") };
    struct yh_settled out;
    if ((st = yh_settle(c, &settle, &out, err)))
        return st;
    yh_put(reply, out.row.settlement);
    return YH_OK;
}

static enum yh_status reverse_work(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                   struct yh_err *err)
{
    int i = *(const int *)user;
    yh_putz(reply, "ok");
    return yh_reverse(c, person_of(i), yh_fmt(c->arena, "M%06d", i), YH_S("2207"), err);
}

/* Sends call i ("M", a visit) or its reversal ("R") into the open batch. */
static enum yh_status send_call(struct hospital *h, char kind, int i, struct yh_answer *a)
{
    struct yh_call k = { .infno = kind == 'M' ? YH_S("2207") : YH_S("2601"),
                         .msgid = yh_fmt(&h->arena, "%c%06d", kind, i),
                         .provider = YH_TOWN_HOSPITAL,
                         .office = YH_S("990101"),
                         .operator_no = YH_S("0001"),
                         .person = person_of(i),
                         .body = yh_fmt(&h->arena, "%c%d", kind, i),
                         .now = yh_day_time(yh_day_of(2026, 3, 18)) + 36000 };
    for (int n = 0; n < 16; n++)
        k.salt[n] = (uint8_t)(i >> n % 3 * 8);
    *a = (struct yh_answer){ .repeated = false };
    return yh_service_write(h->s, &k, &h->arena, kind == 'M' ? visit_work : reverse_work, &i, a,
                            &h->err);
}

/* ---- the agency, with and without power ---- */

static enum yh_status open_agency(struct hospital *h)
{
    struct yh_service_options opt = {
        .store = { .region = YH_S("990100"), .now = 1774000000, .vfs = YH_POWERCUT_VFS },
        .world = yh_desk_world()
    };
    return yh_service_open(YH_S("sqlite:pc"), &opt, &h->s, &h->err);
}

static void close_agency(struct hospital *h)
{
    yh_service_close(h->s);
    h->s = NULL;
}

static void answered(struct hospital *h, int i, yh_str settlement)
{
    if (h->memo[i].fate != ANSWERED)
        h->rows++;
    h->memo[i].fate = ANSWERED;
    snprintf(h->memo[i].settlement, sizeof h->memo[i].settlement, "%.*s", YH_ARG(settlement));
}

/* Batches of one to four new visits, and of one reversal, until the power goes. */
static void work_until_dark(struct hospital *h)
{
    while (!h->p->dark && h->calls + 5 < CALLS_MAX) {
        yh_arena_reset(&h->arena);
        if (yh_service_batch_begin(h->s, &h->err))
            continue;
        struct yh_answer a[4];
        int first = h->calls, n = (int)yh_test_between(&h->seed, 1, 4), back = -1;
        for (int k = 0; k < n; k++) {
            h->memo[h->calls].fate = IN_DOUBT;
            enum yh_status st = send_call(h, 'M', h->calls++, &a[k]);
            CHECK(st == YH_OK || h->p->dark);
        }
        if (first && yh_test_between(&h->seed, 0, 2) == 0) {
            back = (int)yh_test_between(&h->seed, 0, first - 1);
            struct yh_answer none;
            if (h->memo[back].fate != ANSWERED || send_call(h, 'R', back, &none))
                back = -1; /* the document may refuse what later bills built on */
        }
        if (yh_service_batch_commit(h->s, &h->err)) {
            if (back >= 0)
                h->memo[back].fate = IN_DOUBT; /* reversed or not: asked again below */
            h->rows -= back >= 0;
            continue;
        }
        for (int k = 0; k < n; k++)
            answered(h, first + k, a[k].reply);
        if (back >= 0) {
            h->memo[back].fate = REVERSED;
            h->rows++;
        }
        if (yh_test_between(&h->seed, 0, 9) == 0)
            CHECK(yh_store_checkpoint(yh_service_store(h->s), NULL) == YH_OK || h->p->dark);
    }
}

/* With power again the hospital asks for each of its last calls once more. */
static void ask_again(struct hospital *h)
{
    int from = h->calls > 40 ? h->calls - 40 : 0;
    for (int i = 0; i < h->calls; i++) {
        if (i < from && h->memo[i].fate != IN_DOUBT)
            continue;
        struct yh_answer a;
        yh_arena_reset(&h->arena);
        CHECK_OK(yh_service_batch_begin(h->s, &h->err), &h->err);
        enum yh_status st = send_call(h, 'M', i, &a);
        struct yh_err e;
        CHECK_OK(yh_service_batch_commit(h->s, &e), &e);
        switch (h->memo[i].fate) {
        case ANSWERED:
            CHECK(st == YH_OK && a.repeated);
            CHECK_STR(a.reply, yh_cstr(h->memo[i].settlement), "the stored reply");
            break;
        case REVERSED: CHECK_I64(st, YH_CONFLICT, "a reversed call is refused"); break;
        default:
            if (st == YH_CONFLICT && h->memo[i].settlement[0]) { /* its reversal was kept */
                h->memo[i].fate = REVERSED;
                h->rows += 2;
            } else {
                CHECK_OK(st, &h->err);
                answered(h, i, a.reply);
            }
        }
    }
}

static void prove(struct hospital *h)
{
    static struct yh_verify_report r;
    struct yh_txn view;
    yh_arena_reset(&h->arena);
    CHECK_OK(yh_view_open(yh_service_store(h->s), &h->arena, &view, &h->err), &h->err);
    CHECK_OK(yh_verify(&view, &h->arena, &r, &h->err), &h->err);
    yh_view_close(&view);
    CHECK_STR(yh_cstr(r.problem[0].what), YH_S(""), r.problem[0].where);
    CHECK_I64(r.settlements, h->rows, "every bill once, every undoing once");
}

TEST(a_hospital_that_sends_again_after_power_cuts_is_paid_once_for_each_bill)
{
    const char *count = getenv("YH_HOSPITAL_CUTS");
    int cuts = count ? atoi(count) : 30, met = 0;
    struct hospital *h = yh_heap(NULL, sizeof *h);
    struct yh_arena scratch;
    for (int round = 0; met < cuts; round++) {
        *h = (struct hospital){ .p = yh_powercut_start(),
                                .seed = 1000 + (uint64_t)round * 7919 };
        CHECK_OK(yh_arena_open(&h->arena, (size_t)1 << 30, &h->err), &h->err);
        CHECK_OK(yh_arena_open(&scratch, (size_t)1 << 28, &h->err), &h->err);
        CHECK_OK(open_agency(h), &h->err);
        CHECK_OK(yh_town_build(yh_service_store(h->s), &scratch, 1774000000, &h->err), &h->err);
        for (int k = 0; k < 10 && met < cuts; k++, met++) {
            h->p->cut_at = h->p->op + yh_test_between(&h->seed, 1, 200);
            work_until_dark(h);
            CHECK(h->p->dark);
            close_agency(h);
            yh_powercut_restore(h->p, yh_test_random(&h->seed));
            CHECK_OK(open_agency(h), &h->err);
            ask_again(h);
            prove(h);
        }
        CHECK(h->rows > 0);
        close_agency(h);
        yh_arena_close(&scratch);
        yh_arena_close(&h->arena);
        yh_powercut_forget(h->p);
    }
    yh_heap(h, 0);
}
