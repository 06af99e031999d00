/* Every row of tests/bad-input.tsv: after some calls, a wrong one gets its one clear sentence, and
 * nothing is kept of it.
 *
 *   why      what is wrong
 *   after    the state before it (STATES below)
 *   message  a sample of tests/interface; "raw": change is the whole body
 *   change   what is changed in it (testing.h)
 *   want     the err_msg; "…" at the end: it begins so */
#include <stdio.h>
#include "base/test.h"
#include "service/service.h"
#include "shell/gateway/testing.h"

static const struct {
    const char *name, *calls;
} STATES[] = {
    { "start", "" },
    { "signed", "9001" },
    { "registered", "2201" },
    { "described", "2201,2203" },
    { "charged", "2201,2203,2204" },
    { "settled", "2201,2203,2204,2207" },
    { "undone", "2201,2203,2204,2207,2208" },
    { "reversed", "2201,2203,2204,2207,2601" },
    { "cancelled", "2201,2202" },
    { "admitted", "2401" },
    { "stay", "2401,2301" },
    { "discharged", "2401,2301,2402" },
    { "matched", "3301" },
    { "department", "3401" },
    { "sold", "3505" },
    { "filed", "2505" },
    { "unfiled", "2505,2506" },
    { "bought", "2102" },
};

static void reach(struct yh_counter *c, yh_str state, struct yh_counter_ids *ids)
{
    for (int i = 0; i < YH_COUNT(STATES); i++) {
        if (!yh_eq(state, yh_cstr(STATES[i].name)))
            continue;
        yh_str calls = yh_cstr(STATES[i].calls);
        while (calls.n)
            yh_counter_play(c, yh_zdup(&c->arena, yh_cut(&calls, ',')), "", ids);
        return;
    }
    yh_test_stop(__FILE__, __LINE__, yh_zdup(&c->arena, state));
}

static bool as_wanted(yh_str got, yh_str want)
{
    if (yh_ends(want, YH_S("…")))
        return yh_starts(got, yh_sub(want, 0, want.n - 3));
    return yh_eq(got, want);
}

TEST(each_wrong_call_gets_its_sentence_and_leaves_nothing)
{
    enum { WHY, AFTER, MESSAGE, CHANGE, WANT, N };
    static const char *const COLUMN[N] = { "why", "after", "message", "change", "want" };
    struct yh_arena *a = yh_test_arena();
    struct yh_tsv t;
    struct yh_err err = { 0 };
    int col[N], rows = 0, wrong = 0, got;
    CHECK_OK(yh_tsv_open(&t, yh_test_file(a, "tests/bad-input.tsv"), &err), &err);
    CHECK_OK(yh_tsv_want(&t, COLUMN, N, col, &err), &err);
    while ((got = yh_tsv_next(&t, &err)) > 0) {
        struct yh_counter c;
        struct yh_counter_ids ids = { 0 };
        yh_counter_open(&c);
        reach(&c, t.cell[col[AFTER]], &ids);
        int64_t kept = yh_store_stats_of(yh_service_store(c.service)).kept;
        yh_str body = t.cell[col[CHANGE]];
        if (!yh_eq(t.cell[col[MESSAGE]], YH_S("raw")))
            body = yh_counter_change(
                &c, yh_counter_sample(&c, yh_zdup(&c.arena, t.cell[col[MESSAGE]])), body);
        bool ok = yh_counter_send(&c, yh_counter_with_ids(&c, body, &ids));
        yh_str said = yh_counter_without_ids(&c, c.err_msg, &ids);
        bool nothing = yh_store_stats_of(yh_service_store(c.service)).kept == kept;
        rows++;
        if (ok || c.reply.status != 200 || !as_wanted(said, t.cell[col[WANT]]) || !nothing) {
            wrong++;
            fprintf(stderr, "bad-input.tsv:%d %.*s\n  want %.*s\n  got  %.*s%s\n", t.line,
                    YH_ARG(t.cell[col[WHY]]), YH_ARG(t.cell[col[WANT]]),
                    YH_ARG(ok ? YH_S("(accepted)") : said),
                    nothing ? "" : " (and kept something)");
        }
        yh_counter_close(&c);
    }
    CHECK_OK(got < 0 ? YH_BAD_TABLE : YH_OK, &err);
    CHECK(rows >= 80);
    CHECK_I64(wrong, 0, "rows that are not as the table says");
}
