/* What is over, what belongs to others and what came later does not crowd out of a desk's list what is to be
 * done there. */
#include <stdio.h>
#include "base/test.h"
#include "service/matter/matter.h"
#include "service/portal/matters.h"
#include "service/testing.h"

enum { MANY = 2100 }; /* more than any list holds of one kind (2,000 cases, 1,000 reports) */

static bool of_990100(void *user, yh_str region)
{
    (void)user;
    return yh_eq(region, YH_S("990100"));
}

static bool office_of_990100(void *user, yh_str region, yh_str office)
{
    (void)office;
    return of_990100(user, region);
}

static yh_str number(struct yh_desk *d, const char *region, const char *kind, int i)
{
    return yh_fmt(&d->arena, "%s-2026-%s%05d", region, kind, i);
}

static void begin(struct yh_desk *d, struct yh_txn *x)
{
    CHECK_OK(yh_store_solo_begin(yh_service_store(d->service), &d->arena, x, &d->err), &d->err);
}

static void end(struct yh_desk *d, struct yh_txn *x)
{
    CHECK_OK(yh_store_solo_end(yh_service_store(d->service), x, YH_OK, &d->err), &d->err);
}

/* What a reader writes of the store as it is. */
static yh_str told(struct yh_desk *d,
                   enum yh_status (*tell)(const struct yh_look *k, struct yh_jsonw *w,
                                          struct yh_err *err))
{
    struct yh_txn view;
    struct yh_buf b = yh_buf_in(&d->arena);
    struct yh_jsonw w = yh_jsonw_on(&b);
    CHECK_OK(yh_view_open(yh_service_store(d->service), &d->arena, &view, &d->err), &d->err);
    struct yh_look k = { &view, yh_desk_world(), &d->arena, d->now };
    CHECK_OK(tell(&k, &w, &d->err), &d->err);
    yh_view_close(&view);
    return yh_buf_str(&b);
}

static bool has(yh_str s, const char *part)
{
    return yh_find(s, yh_cstr(part)) >= 0;
}

/* ---- cases ---- */

static void add_case(struct yh_desk *d, struct yh_txn *x, const char *region, const char *state,
                     int i)
{
    struct yh_case_file_row f = { .case_no = number(d, region, "", i),
                                  .region = yh_cstr(region),
                                  .provider = YH_S("H99010100001"),
                                  .state = yh_cstr(state),
                                  .opened = d->now,
                                  .due = yh_time_day(d->now) + i };
    CHECK_OK(yh_add_case_file(x, &f, &d->err), &d->err);
}

static enum yh_status tell_cases(const struct yh_look *k, struct yh_jsonw *w,
                                 struct yh_err *err)
{
    struct yh_look_cases ask = { .within = of_990100 };
    return yh_look_cases(k, &ask, w, err);
}

TEST(an_open_case_stands_on_the_board_beside_thousands_that_are_closed)
{
    struct yh_desk d;
    struct yh_txn x;
    yh_desk_open(&d, NULL);
    begin(&d, &x);
    for (int i = 0; i < MANY; i++) {
        add_case(&d, &x, "990100", "closed", i);
        add_case(&d, &x, "990200", "opened", i);
    }
    add_case(&d, &x, "990100", "opened", MANY);
    end(&d, &x);
    yh_str s = told(&d, tell_cases);
    CHECK(has(s, "\"case\":\"990100-2026-02100\""));
    CHECK(has(s, "\"state\":\"opened\",\"text\":\"待分派\",\"n\":1,"));
    CHECK(has(s, "\"case\":\"990100-2026-02099\"")); /* of the closed, the last */
    CHECK(!has(s, "\"case\":\"990200-"));
    yh_desk_close(&d);
}

/* ---- reports ---- */

static void add_report(struct yh_desk *d, struct yh_txn *x, const char *region, int i)
{
    struct yh_tipoff_row t = { .tipoff = number(d, region, "T", i),
                               .region = yh_cstr(region),
                               .time = d->now,
                               .channel = YH_S("web"),
                               .provider = YH_S("H99010100001"),
                               .state = YH_S("received"),
                               .clock = YH_S("accept"),
                               .due = yh_time_day(d->now) + i };
    CHECK_OK(yh_add_tipoff(x, &t, &d->err), &d->err);
}

static enum yh_status tell_reports(const struct yh_look *k, struct yh_jsonw *w,
                                   struct yh_err *err)
{
    return yh_look_reports(k, YH_S(""), YH_S("O1"), of_990100, NULL, w, err);
}

TEST(a_report_stands_in_the_list_whatever_flood_comes_after_it)
{
    struct yh_desk d;
    struct yh_txn x;
    yh_desk_open(&d, NULL);
    begin(&d, &x);
    for (int i = 0; i < MANY; i++) {
        add_report(&d, &x, "990100", i);
        add_report(&d, &x, "990200", i);
    }
    end(&d, &x);
    yh_str s = told(&d, tell_reports);
    CHECK(has(s, "\"report\":\"990100-2026-T00000\""));
    CHECK(!has(s, "\"report\":\"990200-"));
    yh_desk_close(&d);
}

/* ---- payments ---- */

static enum yh_status tell_batches(const struct yh_look *k, struct yh_jsonw *w,
                                   struct yh_err *err)
{
    struct yh_look_queue ask = { YH_S(""), false, office_of_990100, NULL, NULL };
    return yh_look_batches(k, &ask, (struct yh_look_page){ 1, 20 }, w, err);
}

/* Another pool's thousands wait since earlier: ours is seen, and put into our batch. */
TEST(a_payment_waits_behind_no_other_pools_payments)
{
    enum { WAIT = 5100 };
    struct yh_desk d;
    struct yh_txn x;
    struct yh_bank_batch_row batch;
    yh_desk_open(&d, NULL);
    begin(&d, &x);
    for (int i = 0; i <= WAIT; i++) {
        const char *region = i < WAIT ? "990200" : "990100";
        struct yh_bank_item_row item = { .region = yh_cstr(region),
                                         .grp = i + 1,
                                         .nth = 1,
                                         .matter = number(&d, region, "M", i),
                                         .office = yh_cstr(region),
                                         .state = YH_S("waiting"),
                                         .amount = 12345,
                                         .time = d.now + i };
        yh_txn_group(&x, (struct yh_group){ item.region, item.grp });
        CHECK_OK(yh_add_bank_item(&x, &item, &d.err), &d.err);
    }
    end(&d, &x);
    CHECK(has(told(&d, tell_batches), "\"waiting\":1,\"waiting_amount\":12345"));
    begin(&d, &x);
    struct yh_look k = { &x, yh_desk_world(), &d.arena, d.now };
    struct yh_matter_desk desk = yh_matter_desk_of(&k, YH_S("demo-clerk"), YH_S("测试经办员"));
    CHECK_OK(yh_bank_batch(&desk, YH_S("990100"), office_of_990100, NULL, &batch, &d.err),
             &d.err);
    end(&d, &x);
    CHECK_I64(batch.items, 1, "ours");
    CHECK_I64(batch.amount, 12345, "its sum");
    yh_desk_close(&d);
}
