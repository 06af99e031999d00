/* What was reimbursed by hand the person is owed, not the provider: no sum by provider counts it. */
#include "base/test.h"
#include "service/clearing/clearing.h"
#include "service/fund/fund.h"
#include "service/inside.h"
#include "service/lists.h"
#include "service/portal/portal.h"
#include "service/testing.h"
#include "service/town.h"

#define YUAN 1000000
#define EACH 10000

struct by_hand {
    struct yh_settle_in in;
    struct yh_settled out;
};

/* As service/matter does: under a msgid that no caller may use. */
static enum yh_status settle_by_hand(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                     struct yh_err *err)
{
    struct by_hand *h = user;
    struct yh_call call = *c->call;
    struct yh_ctx own = *c;
    (void)reply;
    call.msgid = YH_S("#零星报销 990100B1");
    own.call = &call;
    return yh_settle(&own, &h->in, &h->out, err);
}

/* A stay of ten days that ends today, at the desk's hospital; settled at the window or by hand. */
static struct yh_settled stay(struct yh_desk *d, yh_str person, bool hand)
{
    yh_str visit = yh_desk_admit(d, person, "390", "21", d->now - 10 * 86400);
    CHECK_OK(
        yh_desk_charge(d, person, visit, "", "1", "001109000010000", 44 * YUAN, 50 * EACH, ""),
        &d->err);
    CHECK_OK(yh_desk_discharge(d, person, visit, d->now), &d->err);
    struct by_hand h = { .in = { .person = person, .visit = visit } };
    CHECK_OK(hand ? yh_desk_write(d, "2304", person, NULL, settle_by_hand, &h)
                  : yh_desk_settle(d, "2304", &h.in, NULL, &h.out),
             &d->err);
    CHECK(h.out.row.fund > 0);
    return h.out;
}

static bool nobody(void *user, yh_str region, int64_t grp, yh_str person, yh_str object)
{
    (void)user, (void)region, (void)grp, (void)person, (void)object;
    return true;
}

static enum yh_status count(struct yh_ctx *c, void *user, struct yh_buf *reply,
                            struct yh_err *err)
{
    int64_t *n = user;
    (void)reply;
    return yh_lists_count(c, 0, yh_day_time(yh_day_of(2027, 1, 1)), &n[0], &n[1], err);
}

static yh_str morning(struct yh_desk *d, yh_time now)
{
    struct yh_txn x;
    CHECK_OK(yh_view_open(yh_service_store(d->service), &d->arena, &x, &d->err), &d->err);
    struct yh_look k = { &x, yh_desk_world(), &d->arena, now };
    struct yh_buf b = yh_buf_in(&d->arena);
    struct yh_jsonw w = yh_jsonw_on(&b);
    CHECK_OK(yh_look_morning(&k, d->provider, nobody, NULL, &w, &d->err), &d->err);
    yh_view_close(&x);
    return yh_buf_str(&b);
}

TEST(what_is_reimbursed_by_hand_is_in_no_sum_of_the_provider)
{
    struct yh_desk d;
    yh_desk_open(&d, NULL);
    struct yh_settled window = stay(&d, YH_TOWN_LOW_INCOME, false),
                      hand = stay(&d, YH_TOWN_RESIDENT, true);
    CHECK(yh_is_manual(&hand.row) && !yh_is_providers(&hand.row));
    CHECK(yh_is_providers(&window.row));
    struct yh_settlement_row again = window.row;
    again.operator_no = YH_READJUDGED;
    CHECK(!yh_is_providers(&again) && !yh_is_manual(&again));

    /* The month's clearing. */
    struct yh_txn x;
    struct yh_clearing_sums s;
    CHECK_OK(yh_view_open(yh_service_store(d.service), &d.arena, &x, &d.err), &d.err);
    CHECK_OK(yh_clearing_sum(&x, d.provider, YH_S("202603"), &s, &d.err), &d.err);
    yh_view_close(&x);
    CHECK_I64(s.settlements, 1, "one of two");
    CHECK_I64(s.fund, window.row.fund, "what the funds owe the hospital");

    /* Lists to be handed in (4105) and the morning page. */
    int64_t n[2] = { -1, -1 };
    CHECK_OK(yh_desk_read(&d, "4105", YH_S(""), count, n), &d.err);
    CHECK_I64(n[0], 1, "a bill reimbursed by hand needs no list");
    yh_str page = morning(&d, d.now + 86400);
    CHECK(yh_find(page, YH_S("\"books_all\":1")) > 0);
    CHECK(yh_find(page, YH_S("\"lists_all\":1")) > 0);
    CHECK(yh_find(page, window.row.settlement) > 0 && yh_find(page, hand.row.settlement) < 0);
    CHECK(yh_find(page, yh_fmt(&d.arena, "\"fund\":%lld", (long long)window.row.fund)) > 0);

    /* Shares of what was settled at the window; the funds' own sums hold both. */
    struct yh_fund_totals *t = yh_fund_totals_open();
    const struct yh_care_month *c;
    CHECK_OK(yh_fund_totals_refresh(t, yh_service_store(d.service), yh_desk_world(), NULL, NULL,
                                    NULL, &d.err),
             &d.err);
    CHECK_I64(yh_fund_totals_care(t, &c), 1, "stays of residents");
    CHECK_I64(c->bills, 2, "both are spending");
    CHECK_I64(c->direct, 1, "one at the window");
    CHECK(c->local <= c->direct);
    CHECK_I64(c->fund, window.row.fund + hand.row.fund, "of both");
    yh_fund_totals_close(t);
    yh_desk_prove(&d);
    yh_desk_close(&d);
}
