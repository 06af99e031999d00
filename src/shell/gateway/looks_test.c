/* Notes of looks: merged while they wait, known at once, written within a second, none lost at a stop. */
#include "shell/gateway/looks.h"
#include <time.h>
#include "shell/gateway/window_test.h"

#define A "99010100000000000000000001"

static struct yh_look_note note(yh_time time, yh_str object)
{
    return (struct yh_look_note){ .region = YH_S("990100"),
                                  .grp = 1,
                                  .person = YH_S(A),
                                  .time = time,
                                  .user = YH_S("H1"),
                                  .user_name = YH_S("示例医院"),
                                  .role = YH_S("provider"),
                                  .purpose = YH_S("care"),
                                  .route = YH_S("1101"),
                                  .object = object };
}

struct found {
    int n;
    int64_t times;
    bool cut;
};

static bool take(void *user, const void *row)
{
    struct found *f = user;
    const struct yh_access_log_row *r = row;
    f->n++;
    f->times += r->times;
    f->cut |= r->user_name.n > 100;
    CHECK(yh_utf8_ok(r->user_name));
    return true;
}

/* When nothing is at work any more: a memory store belongs to one thread. */
static struct found found(struct window *w)
{
    struct found f = { 0 };
    struct yh_txn view;
    struct yh_err err;
    struct yh_access_log_row like = { .region = YH_S("990100"), .grp = 1, .person = YH_S(A) };
    CHECK_OK(yh_view_open(yh_service_store(w->service), &w->arena, &view, &err), &err);
    CHECK_OK(yh_each_access_log(&view, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like,
                                take, &f, &err),
             &err);
    yh_view_close(&view);
    return f;
}

TEST(a_look_is_known_at_once_and_written_within_a_second)
{
    struct window w;
    window_open(&w);
    yh_time at = yh_day_time(yh_day_of(2026, 3, 18)) + 36000;
    yh_day day = yh_time_day(at);
    struct yh_look_note one = note(at, YH_S("")), other = note(at + 1, YH_S("M1"));
    struct yh_looks *l = yh_looks_open(w.gateway);
    CHECK(!yh_looks_has(l, one.user, one.person, one.route, day));
    for (int i = 0; i < 3; i++)
        CHECK(yh_looks_add(l, &one));
    CHECK(yh_looks_add(l, &other));
    CHECK_I64(yh_looks_count(l), 2, "the repeated one counts up");
    CHECK(yh_looks_has(l, one.user, one.person, one.route, day));
    CHECK(!yh_looks_has(l, YH_S("H2"), one.person, one.route, day));
    CHECK(!yh_looks_has(l, one.user, one.person, YH_S("5206"), day));
    CHECK(!yh_looks_has(l, one.user, one.person, one.route, day + 1));
    struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
    int waited = 0;
    for (; waited < 500 && yh_looks_has(l, one.user, one.person, one.route, day); waited++)
        (void)nanosleep(&pause, NULL);
    CHECK(waited >= 10 && waited < 500);
    yh_looks_stop(l);
    yh_gateway_drain(w.gateway);
    struct found f = found(&w);
    CHECK_I64(f.n, 2, "rows");
    CHECK_I64(f.times, 4, "looks");
    yh_looks_close(l);
    window_close(&w);
}

TEST(what_is_noted_before_the_stop_is_written_and_a_long_name_is_cut_between_characters)
{
    struct window w;
    window_open(&w);
    struct yh_look_note n = note(63940000000, YH_S(""));
    struct yh_buf name = yh_buf_in(&w.arena);
    yh_putz(&name, "x");
    for (int i = 0; i < 100; i++)
        yh_putz(&name, "院");
    n.user_name = yh_buf_str(&name);
    CHECK(yh_gateway_look(w.gateway, &n));
    yh_gateway_drain(w.gateway);
    struct found f = found(&w);
    CHECK_I64(f.n, 1, "written by the drain");
    CHECK(f.cut);
    window_close(&w);
}
