/* service/verify/powercut_test.c -- the power goes, the disk fills, the process is killed: what was
 * acknowledged is there once, nothing is half there, and the books are clean. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/test.h"
#include "service/verify/testing.h"
#include "service/verify/verify.h"
#include "store/sqlite/powercut.h"

#define REGION YH_S("990101")

struct run {
    struct yh_powercut *p;
    struct yh_store *s;
    struct yh_trial t;
    uint64_t seed;
    bool ever;         /* a store was opened without failure, so it must open again */
    int64_t acked;     /* rows of settlement that were acknowledged, undoings too */
    int64_t in_doubt;  /* rows of the batch that was not */
    int64_t state[16]; /* how many rows there were after each batch since the last sync */
    int nstate;
    struct yh_settlement_row
        last[64]; /* lately acknowledged; for undoing, and to be looked for */
    char id[64][48];
    int nlast;
    struct yh_err err;
    int refused; /* times the store answered nothing but retry with the power on */
};

static int count_of(const char *name, int normal)
{
    const char *n = getenv(name);
    return n ? atoi(n) : normal;
}

/* A checkpoint that fails harms nobody: what is committed is in the log. */
static void checkpoint(struct run *r)
{
    enum yh_status st = yh_store_checkpoint(r->s, NULL);
    CHECK(st == YH_OK || st == YH_IO);
}

static enum yh_status open_store(struct run *r)
{
    struct yh_store_options opt = { .region = REGION,
                                    .now = 1774000000,
                                    .vfs = YH_POWERCUT_VFS };
    return yh_store_open(YH_S("sqlite:pc"), &opt, &r->s, &r->err);
}

/* ---- one batch of one to five settlements, some undone later ---- */

struct made {
    struct yh_settlement_row row[8];
    int n, rows;
};

static enum yh_status one_batch(struct run *r, struct made *m, bool soon)
{
    struct yh_txn x;
    m->n = m->rows = 0;
    enum yh_status st = yh_store_batch_begin(r->s, &r->err);
    if (st)
        return st;
    for (int64_t k = yh_test_between(&r->seed, 1, 5); !st && k > 0; k--) {
        if ((st = yh_txn_begin(r->s, (struct yh_group){ { 0 }, 0 }, yh_test_arena(), &x,
                               &r->err)))
            break;
        int64_t what = yh_test_between(&r->seed, 0, 9);
        if (what < 2 && r->nlast) {
            const struct yh_settlement_row *old =
                &r->last[yh_test_random(&r->seed) % (uint64_t)r->nlast];
            st = yh_trial_undo(&r->t, &x, (struct yh_group){ REGION, old->grp }, old->seq,
                               &r->err);
            if (st == YH_CONFLICT) { /* undone already: nothing of it may be kept */
                yh_txn_drop(&x);
                st = YH_OK;
                continue;
            }
        } else {
            st = yh_trial_settle(&r->t, &x, &m->row[m->n], &r->err);
            m->n += st == YH_OK && what < 9;
        }
        m->rows += st == YH_OK && what < 9;
        if (st || what == 9) /* what was begun and given up must leave nothing */
            yh_txn_drop(&x);
        else
            st = yh_txn_keep(&x, &r->err);
    }
    if (st) {
        yh_store_batch_drop(r->s);
        return st;
    }
    return soon ? yh_store_batch_commit_soon(r->s, &r->err)
                : yh_store_batch_commit(r->s, &r->err);
}

static void acknowledge(struct run *r, const struct made *m)
{
    r->acked += m->rows;
    for (int i = 0; i < m->n; i++) {
        int at = r->nlast < 64 ? r->nlast++ : (int)(yh_test_random(&r->seed) % 64);
        r->last[at] = m->row[i];
        snprintf(r->id[at], sizeof r->id[at], "%.*s", YH_ARG(m->row[i].settlement));
    }
}

/* Works until the power goes or `batches` are done. */
static void work(struct run *r, int batches)
{
    struct made m;
    r->in_doubt = 0;
    for (int i = 0; i < batches && !r->p->dark; i++) {
        yh_arena_reset(yh_test_arena());
        if (one_batch(r, &m, false) == YH_OK)
            acknowledge(r, &m);
        else
            r->in_doubt = m.rows;
        if (yh_test_between(&r->seed, 0, 7) == 0)
            checkpoint(r);
    }
}

static bool is_state(const struct run *r, int64_t rows)
{
    for (int i = 0; i < r->nstate; i++)
        if (r->state[i] == rows)
            return true;
    return false;
}

/* What is wrong after reopening; "" = nothing. */
static const char *judge(struct run *r)
{
    static struct yh_verify_report report;
    struct yh_txn view;
    yh_arena_reset(yh_test_arena());
    enum yh_status st = open_store(r);
    if (st)
        return "does not open";
    r->ever = true;
    const char *wrong = "";
    if (yh_view_open(r->s, yh_test_arena(), &view, &r->err))
        return "no view";
    if (yh_verify(&view, yh_test_arena(), &report, &r->err))
        wrong = "cannot be read";
    else if (report.problems)
        wrong = report.problem[0].what;
    else if (report.settlements != r->acked && report.settlements != r->acked + r->in_doubt &&
             !is_state(r, report.settlements))
        wrong = "acknowledged settlements are missing, or half a batch is there";
    for (int i = 0; !*wrong && i < r->nlast; i++) {
        struct yh_settlement_row s = { .region = REGION,
                                       .grp = r->last[i].grp,
                                       .seq = r->last[i].seq };
        if (yh_get_settlement(&view, &s, &r->err) || !yh_eq(s.settlement, yh_cstr(r->id[i])))
            wrong = "an acknowledged settlement is not there";
    }
    r->acked = report.settlements; /* the batch in doubt is now known */
    r->nstate = 0;
    yh_view_close(&view);
    return wrong;
}

static void start_over(struct run *r)
{
    yh_powercut_forget(r->p);
    r->t = (struct yh_trial){ .seed = r->seed, .persons = 20, .lines = 4 };
    r->acked = r->in_doubt = r->nlast = 0;
    r->ever = false;
}

/* n cuts; how many of them were followed by something wrong. */
static int cuts(int n, bool lies)
{
    struct run r = { .p = yh_powercut_start(), .seed = lies ? 77 : 42 };
    int bad = 0;
    for (int i = 0; i < n; i++) {
        if (i % 12 == 0 || bad > 0)
            start_over(&r);
        r.p->sync_lies = lies;
        r.in_doubt = 0;
        r.p->cut_at = r.p->op + yh_test_between(&r.seed, 1, r.ever ? 150 : 400);
        r.s = NULL;
        if (open_store(&r) == YH_OK) {
            r.ever = true;
            work(&r, 1000);
            CHECK(r.p->dark);
        }
        yh_store_close(r.s);
        yh_powercut_restore(r.p, yh_test_random(&r.seed));
        r.s = NULL;
        const char *wrong = judge(&r);
        yh_store_close(r.s);
        if (*wrong && !lies)
            fprintf(stderr, "cut %d: %s (%s)\n", i, wrong, r.err.text);
        bad += *wrong != 0;
        if (lies && bad)
            break;
    }
    if (!lies)
        CHECK(r.p->kept > n && r.p->dropped > n && r.p->torn > n);
    yh_powercut_forget(r.p);
    return bad;
}

TEST(power_cuts_lose_nothing_that_was_acknowledged)
{
    CHECK_I64(cuts(count_of("YH_CUTS", 200), false), 0, "cuts followed by a loss or a half");
}

TEST(power_cuts_with_a_sync_that_does_nothing_are_found_out)
{
    CHECK_I64(cuts(50, true), 1, "the lie is found");
}

/* ---- a sync that comes later than the commit, and may fail ---- */

static int64_t rows_seen(struct run *r)
{
    struct yh_txn view;
    struct yh_settlement_row *row = NULL, like = { .region = REGION };
    int n = -1;
    if (yh_view_open(r->s, yh_test_arena(), &view, &r->err))
        return -1;
    if (yh_list_settlement(&view, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like,
                           &row, &n, &r->err))
        n = -1;
    yh_view_close(&view);
    return n;
}

/* After a failed sync the store may give up what it cannot read back; how many rows there are then. */
static int64_t rows_after(struct run *r, int64_t rows)
{
    if (yh_store_batch_begin(r->s, &r->err))
        return rows;
    yh_store_batch_drop(r->s);
    int64_t seen = rows_seen(r);
    return seen < 0 ? rows : seen;
}

/* Up to three batches are committed before one sync answers for them, as the gateway does when the
 * disk is slow; now and then a sync fails. */
static void work_ahead(struct run *r)
{
    struct made m[3];
    int64_t rows = r->acked, failed = r->p->failed;
    r->nstate = 0;
    while (!r->p->dark) {
        int n = 0, most = (int)yh_test_between(&r->seed, 1, 3);
        enum yh_status st = YH_OK;
        yh_arena_reset(yh_test_arena());
        if (!r->p->fail_sync && yh_test_between(&r->seed, 0, 9) == 0) {
            r->p->fail_sync = (int)yh_test_between(&r->seed, 1, 3);
            r->p->reverts = yh_test_between(&r->seed, 0, 1);
        }
        while (!st && n < most) {
            if (failed != r->p->failed && !r->p->dark) {
                failed = r->p->failed;
                rows = rows_after(r, rows);
            }
            st = one_batch(r, &m[n], true);
            if (st)
                break;
            rows += m[n++].rows;
            r->state[r->nstate++] = rows;
            if (yh_test_between(&r->seed, 0, 7) == 0)
                checkpoint(r);
        }
        if (!st)
            st = yh_store_sync(r->s, &r->err);
        if (!st) {
            for (int i = 0; i < n; i++)
                acknowledge(r, &m[i]);
            r->acked = rows;
            r->nstate = 0;
        } else if (!r->p->dark) { /* told to ask again: it is there or not, as is now seen */
            CHECK_I64(st, YH_RETRY, "the retryable error");
            rows = rows_after(r, rows);
            failed = r->p->failed;
            if (r->nstate > 10) { /* nothing more until the disk works */
                r->p->fail_sync = 0;
                st = yh_store_batch_begin(r->s, &r->err);
                if (!st) {
                    yh_store_batch_drop(r->s);
                    st = yh_store_sync(r->s,
                                       &r->err); /* it may still tell of what was given up */
                    st = st ? yh_store_sync(r->s, &r->err) : st;
                }
                if (st) { /* the lights went out meanwhile */
                    CHECK_I64(st, YH_RETRY, "never another answer");
                    r->refused += !r->p->dark;
                    break;
                }
                rows = rows_after(r, rows);
                r->acked = rows;
                r->nstate = 0;
            }
            r->state[r->nstate++] = rows;
        }
    }
    r->p->fail_sync = 0;
}

TEST(power_cuts_after_a_failed_sync_lose_nothing_that_was_acknowledged)
{
    struct run r = { .p = yh_powercut_start(), .seed = 4711 };
    int64_t acked = 0;
    for (int i = 0; i < count_of("YH_CUTS", 200); i++) {
        if (i % 12 == 0)
            start_over(&r);
        r.p->cut_at = r.p->op + yh_test_between(&r.seed, 1, r.ever ? 1500 : 2000);
        r.s = NULL;
        r.nstate = 0;
        if (open_store(&r) == YH_OK) {
            r.ever = true;
            acked -= r.acked;
            work_ahead(&r);
            acked += r.acked;
        }
        yh_store_close(r.s);
        yh_powercut_restore(r.p, yh_test_random(&r.seed));
        r.s = NULL;
        CHECK_STR(yh_cstr(judge(&r)), YH_S(""), "after the cut");
        yh_store_close(r.s);
    }
    CHECK(acked > 1000);
    CHECK_I64(r.refused, 0, "times it did not go on by itself");
    yh_powercut_forget(r.p);
}

/* ---- full disks and failing writes, at every step ---- */

TEST(a_full_or_failing_disk_at_any_step_answers_retry_and_the_books_stay_clean)
{
    static const struct {
        int code, more;
    } FAIL[] = {
        { SQLITE_FULL, 0 },        { SQLITE_FULL, 40 },        { SQLITE_IOERR_WRITE, 0 },
        { SQLITE_IOERR_FSYNC, 0 }, { SQLITE_IOERR_WRITE, 25 },
    };
    struct run r = { .p = yh_powercut_start(), .seed = 9 };
    int failed = 0;
    for (int k = 0; k < YH_COUNT(FAIL); k++) {
        start_over(&r);
        CHECK_OK(open_store(&r), &r.err);
        for (int step = 1; step <= count_of("YH_FAILS", 20); step++) {
            struct made m;
            r.p->code = FAIL[k].code;
            r.p->fail_more = FAIL[k].more;
            r.p->fail_at = r.p->op + 1 + step % 20;
            bool met = false;
            /* Goes on asking: a batch is refused with the retryable error until the disk works. */
            for (int batch = 0; batch < 30; batch++) {
                yh_arena_reset(yh_test_arena());
                enum yh_status st = one_batch(&r, &m, false);
                if (st) { /* where its sync failed, it is there after all: found by its msgid */
                    CHECK_I64(st, YH_RETRY, "the retryable error");
                    met = true;
                    int64_t seen = rows_seen(&r);
                    CHECK(seen < 0 || seen == r.acked || seen == r.acked + m.rows);
                    r.acked = seen < 0 ? r.acked : seen;
                } else {
                    acknowledge(&r, &m);
                }
                if (batch % 4 == 3)
                    checkpoint(&r);
            }
            failed += met;
            r.p->fail_at = 0;
            if (step % 10)
                continue;
            yh_store_close(r.s);
            r.s = NULL;
            const char *wrong = judge(&r);
            CHECK_STR(yh_cstr(wrong), YH_S(""), "after failures");
        }
        yh_store_close(r.s);
        r.s = NULL;
    }
    CHECK(failed > 50);
    yh_powercut_forget(r.p);
}

/* ---- kill -9 of a process that writes to a real folder ---- */

static void write_until_killed(const char *dir, int out, uint64_t seed)
{
    struct run r = { .seed = seed };
    struct made m;
    char url[128];
    struct yh_store_options opt = { .region = REGION, .now = 1774000000 };
    snprintf(url, sizeof url, "sqlite:%s", dir);
    if (yh_store_open(yh_cstr(url), &opt, &r.s, &r.err))
        _exit(3);
    r.t = (struct yh_trial){ .seed = seed, .persons = 50, .n = (int64_t)seed * 1000000 };
    for (;;) {
        yh_arena_reset(yh_test_arena());
        if (one_batch(&r, &m, false))
            _exit(4);
        acknowledge(&r, &m);
        r.nlast = 0; /* undone ones are drawn from this batch on only */
        int64_t rows = m.rows;
        if (write(out, &rows, sizeof rows) != sizeof rows)
            _exit(5);
    }
}

TEST(kill_9_loses_nothing_that_was_acknowledged)
{
    static struct yh_verify_report report;
    char dir[] = "/tmp/yh-kill-XXXXXX", url[64], clean[64];
    int64_t acked = 0;
    struct yh_err err;
    CHECK(mkdtemp(dir) != NULL);
    snprintf(url, sizeof url, "sqlite:%s", dir);
    snprintf(clean, sizeof clean, "rm -r %s", dir);
    for (int i = 0; i < count_of("YH_KILLS", 5); i++) {
        int fd[2];
        CHECK(pipe(fd) == 0);
        pid_t child = fork();
        if (child == 0) {
            close(fd[0]);
            write_until_killed(dir, fd[1], (uint64_t)i + 1);
        }
        close(fd[1]);
        /* Killed after some number of acknowledgements, wherever it then is. */
        int64_t rows, want = 20 + i * 7 % 60, before = acked;
        for (int64_t k = 0; k < want && read(fd[0], &rows, sizeof rows) == sizeof rows; k++)
            acked += rows;
        struct timespec pause = { 0, (long)(yh_mix64((uint64_t)i) % 3000000) };
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        while (read(fd[0], &rows, sizeof rows) == sizeof rows)
            acked += rows;
        close(fd[0]);
        int status;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        CHECK(acked > before);
        yh_arena_reset(yh_test_arena());
        CHECK_OK(yh_verify_data(yh_cstr(url), yh_test_arena(), &report, &err), &err);
        CHECK_STR(yh_cstr(report.problem[0].what), YH_S(""), report.problem[0].where);
        /* One batch may be there that nobody was told of. */
        CHECK(report.settlements >= acked && report.settlements <= acked + 5);
        acked = report.settlements;
    }
    CHECK(system(clean) == 0);
}
