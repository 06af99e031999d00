#include "service/replay/testing.h"
#include <stdio.h>
#include <unistd.h>
#include "base/test.h"
#include "shell/world/world.h"

struct bench {
    struct yh_loaded l;
    struct yh_replay_world world;
    struct yh_archive archive;
    char path[80];
};

static void open_bench(struct bench *b, int64_t groups, bool plain)
{
    struct yh_err err;
    char *path[] = { (char *)(uintptr_t) "policy/990101" };
    CHECK_OK(yh_loaded_open(NULL, path, 1, false, &b->l, &err), &err);
    b->world = (struct yh_replay_world){ b->l.catalogs.catalog, &b->l.catalogs.terms,
                                         &b->l.catalogs.regions, &b->l.plans };
    snprintf(b->path, sizeof b->path, "/tmp/yiheng-replay-%d.yha", (int)getpid());
    struct yh_trial_year t = { .seed = 3, .groups = groups, .chunk_heads = 300, .lines = 6 };
    t.plain = plain;
    CHECK_OK(yh_trial_year_make(&t, &b->world, b->path, &err), &err);
    CHECK_OK(yh_archive_open(b->path, &b->archive, &err), &err);
}

static void close_bench(struct bench *b)
{
    yh_archive_close(&b->archive);
    yh_loaded_close(&b->l);
    unlink(b->path);
}

TEST(a_year_settled_again_from_its_lines_is_the_books)
{
    struct bench b;
    struct yh_err err;
    open_bench(&b, 600, false);
    CHECK(b.archive.nchunk > 3 && b.archive.heads > 1000);
    struct yh_replay_options opt = { .threads = 2, .most = 50 };
    struct yh_replay_result r;
    CHECK_OK(yh_replay_run(&b.archive, &b.world, &opt, &r, &err), &err);
    for (int i = 0; i < r.nwrong; i++)
        fprintf(stderr, "%s %s: %lld, now %lld\n", r.wrong_list[i].settlement,
                r.wrong_list[i].what, (long long)r.wrong_list[i].was,
                (long long)r.wrong_list[i].is);
    CHECK_I64(r.wrong, 0, "bills that differ");
    CHECK_I64(r.sampled, b.archive.heads, "all of them");
    CHECK_I64(r.lines_read, b.archive.lines, "from their lines");
    yh_replay_close(&r);
    close_bench(&b);
}

/* The documents in force as a draft: every bill comes out as booked, by its lines and by its cut. */
TEST(the_rule_in_force_as_a_draft_changes_nothing)
{
    struct bench b;
    struct yh_err err;
    open_bench(&b, 300, false);
    const struct yh_dated *res, *emp;
    CHECK_OK(yh_plans_get(b.world.plans, YH_S("990100"), YH_S("390"), yh_day_of(2026, 7, 1),
                          &res, &err),
             &err);
    CHECK_OK(yh_plans_get(b.world.plans, YH_S("990100"), YH_S("310"), yh_day_of(2026, 7, 1),
                          &emp, &err),
             &err);
    const struct yh_plan *plan[] = { res->bill.plan, emp->bill.plan };
    struct yh_replay_draft draft = { YH_S("same"), plan, 2, YH_DAY_MIN };
    for (int lines = 0; lines < 2; lines++) {
        struct yh_replay_options opt = { .threads = 1, .most = 50, .draft = &draft };
        opt.ndraft = 1;
        opt.lines = lines;
        struct yh_replay_result r;
        CHECK_OK(yh_replay_run(&b.archive, &b.world, &opt, &r, &err), &err);
        CHECK_I64(r.read_lines, lines, "lines are read when they must be");
        CHECK_I64(r.ntouched[1], 0, "nobody is touched");
        for (int v = 0; v < YH_VIEWS; v++)
            for (int k = 0; k < r.axes.n[v]; k++)
                for (int m = 0; m < YH_MEASURES; m++)
                    CHECK_I64(yh_tally_at(&r.tally, v, k, 1, m),
                              yh_tally_at(&r.tally, v, k, 0, m), "a cell");
        CHECK(yh_tally_fund(&r.tally, YH_VIEW_ALL, 0, 0) > 10000000);
        CHECK(yh_tally_at(&r.tally, YH_VIEW_ALL, 0, 0, YH_SUM_ACCOUNT) > 0);
        CHECK(yh_tally_at(&r.tally, YH_VIEW_ALL, 0, 0, YH_SUM_RELATIVE) > 0);
        yh_fen funds = 0;
        for (int s = 0; s < r.archive->dicts.of[YH_DICT_SCHEME].n; s++)
            for (int f = 0; f < r.nfund; f++) {
                CHECK_I64(yh_replay_fund_paid(&r, s, f, 1), yh_replay_fund_paid(&r, s, f, 0),
                          "a fund");
                if (!yh_eq(r.fund[f], YH_S("999900")))
                    funds += yh_replay_fund_paid(&r, s, f, 0);
            }
        CHECK(funds > 0);
        yh_replay_close(&r);
    }
    close_bench(&b);
}

/* A draft from the text in force, one word exchanged. */
static const struct yh_plan *draft_of(struct bench *b, struct yh_arena *a, const char *file,
                                      const char *from, const char *to)
{
    yh_str text = yh_test_file(a, file);
    ptrdiff_t at = yh_find(text, yh_cstr(from));
    CHECK(at >= 0);
    text = yh_fmt(a, "%.*s%s%.*s", (int)at, text.p, to,
                  (int)(text.n - at - (ptrdiff_t)strlen(from)), text.p + at + strlen(from));
    struct yh_policy_text page[8] = { { yh_cstr(file), text } };
    int n = 1;
    static const char *const BESIDE[] = { "policy/990101/392-2026.md",
                                          "policy/990101/610-2026.md" };
    for (int i = 0; i < YH_COUNT(BESIDE); i++)
        page[n++] = (struct yh_policy_text){ yh_cstr(BESIDE[i]), yh_test_file(a, BESIDE[i]) };
    struct yh_findings *f = YH_NEW(a, struct yh_findings, 1);
    struct yh_plan *plan;
    struct yh_err err;
    struct yh_policy_doc *doc = NULL;
    struct yh_policy_set set;
    yh_policy_read(a, b->l.policies.kinds, page, n, &set, f);
    doc = &set.doc[0];
    CHECK_OK(yh_policy_compile(a, &set, doc->region, doc->scheme, doc->period.from,
                               (struct yh_policy_how){ 0 }, &plan, f, &err),
             &err);
    return plan;
}

static void same_result(const struct yh_replay_result *x, const struct yh_replay_result *y)
{
    CHECK(!memcmp(x->tally.sum, y->tally.sum,
                  sizeof(int64_t) * yh_tally_words(&x->axes, x->scenarios)));
    CHECK(!memcmp(x->tally.spread, y->tally.spread, sizeof x->tally.spread));
    CHECK(!memcmp(x->change, y->change, sizeof x->change));
    CHECK(!memcmp(&x->share, &y->share, sizeof x->share));
    CHECK_I64(x->ntouched[1], y->ntouched[1], "touched");
    for (int i = 0; i < x->ntouched[1]; i++) {
        CHECK_I64(x->touched[1][i].grp, y->touched[1][i].grp, "in the same order");
        CHECK_I64(x->touched[1][i].after, y->touched[1][i].after, "by as much");
    }
    for (int64_t i = 0; i < x->archive->dicts.of[YH_DICT_SCHEME].n * x->nfund * x->scenarios;
         i++)
        CHECK_I64(x->fund_paid[i], y->fund_paid[i], "a fund");
}

static atomic_bool stop_now;
static void stop_soon(void *user, int64_t done, int64_t all)
{
    (void)user;
    (void)all;
    if (done > 0)
        stop_now = true;
}

TEST(any_number_of_threads_and_an_interrupted_run_give_the_same)
{
    struct bench b;
    struct yh_err err;
    struct yh_arena *a = yh_test_arena();
    open_bench(&b, 3000, false);
    const struct yh_plan *plan =
        draft_of(&b, a, "policy/990101/390-2026.md", "| 70%  | 60%  |", "| 70%  | 65%  |");
    struct yh_replay_draft draft = { YH_S("draft"), &plan, 1, YH_DAY_MIN };
    struct yh_replay_options opt = { .threads = 1, .most = 50, .draft = &draft, .ndraft = 1 };
    struct yh_replay_result one, other;
    CHECK_OK(yh_replay_run(&b.archive, &b.world, &opt, &one, &err), &err);
    CHECK(one.change[1].gain > 10);
    CHECK(one.share.known && one.share.households > 100);
    static const int THREADS[] = { 2, 8 };
    for (int i = 0; i < YH_COUNT(THREADS); i++) {
        opt.threads = THREADS[i];
        CHECK_OK(yh_replay_run(&b.archive, &b.world, &opt, &other, &err), &err);
        same_result(&one, &other);
        yh_replay_close(&other);
    }
    /* Stopped as soon as something is done, taken up again until it ends. */
    char path[96];
    snprintf(path, sizeof path, "%s.part", b.path);
    opt.threads = 2;
    opt.checkpoint = path;
    opt.stop = &stop_now;
    opt.progress = stop_soon;
    int stops = 0;
    enum yh_status st = YH_RETRY;
    for (; st == YH_RETRY && stops < 1000; stops++) {
        stop_now = stops % 2 == 0; /* every other run stops at once, the others soon */
        if (stops > 6)
            opt.stop = NULL;
        st = yh_replay_run(&b.archive, &b.world, &opt, &other, &err);
    }
    CHECK_OK(st, &err);
    CHECK(stops > 1);
    same_result(&one, &other);
    CHECK(access(path, F_OK) != 0);

    struct yh_replay_story s;
    CHECK_OK(yh_replay_tell(a, &one, 1, &one.touched[1][0], &s, &err), &err);
    CHECK(s.before.n && s.after.n && !yh_eq(s.before, s.after));
    yh_replay_close(&other);
    yh_replay_close(&one);
    close_bench(&b);
}
