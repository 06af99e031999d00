/* A closed year whose bills live in an archive alone is in the sums of the funds. */
#include <stdio.h>
#include <unistd.h>

#include "base/test.h"
#include "service/fund/fund.h"
#include "service/replay/testing.h"
#include "service/testing.h"
#include "shell/world/world.h"

/* The year's head as `yiheng synth` writes it; digest "": the file's own. */
static void register_year(struct yh_desk *d, const struct yh_archive *a, const char *file,
                          const char *digest, yh_fen fund)
{
    struct yh_store *s = yh_service_store(d->service);
    struct yh_err err = { 0 };
    struct yh_txn x;
    char hex[64];
    yh_hex(hex, a->digest, 32);
    struct yh_archived_year_row y = {
        .region = YH_S("990100"),
        .year = 2024,
        .file = yh_cstr(file),
        .digest = digest[0] ? yh_cstr(digest) : (yh_str){ hex, 64 },
        .fund = fund,
    };
    CHECK_OK(yh_store_batch_begin(s, &err), &err);
    CHECK_OK(yh_txn_begin(s, (struct yh_group){ YH_S(""), 0 }, &d->arena, &x, &err), &err);
    CHECK_OK(yh_put_archived_year(&x, &y, &err), &err);
    CHECK_OK(yh_txn_keep(&x, &err), &err);
    CHECK_OK(yh_store_batch_commit(s, &err), &err);
}

static void count(struct yh_desk *d, struct yh_fund_totals *t, int missing)
{
    const struct yh_fund_missing *m;
    struct yh_err err = { 0 };
    struct yh_store *s = yh_service_store(d->service);
    CHECK_OK(yh_fund_totals_refresh(t, s, yh_desk_world(), NULL, NULL, NULL, &err), &err);
    CHECK_OK(yh_fund_totals_archives(t, s, "/tmp", NULL, &err), &err);
    CHECK_I64(yh_fund_totals_missing(t, &m), missing, "years that are not in");
    if (missing)
        CHECK(m->year == 2024 && m->fund == 777 && m->why[0]);
}

static yh_fen charged(const struct yh_fund_totals *t)
{
    const struct yh_fund_month *m;
    yh_fen sum = 0;
    for (int i = yh_fund_totals_months(t, &m); i-- > 0;)
        sum += m[i].charged - m[i].back;
    return sum;
}

/* What the archive's bills say of all funds, head by head. */
static yh_fen by_heads(const struct yh_archive *a, int64_t *bills)
{
    yh_fen sum = 0;
    *bills = 0;
    for (int k = 0; k < a->nchunk; k++) {
        struct yh_arc_chunk c;
        struct yh_arc_head h;
        CHECK(yh_archive_chunk(a, k, &c, NULL) == YH_OK);
        for (int64_t i = 0; i < c.n[YH_ARC_head]; i++) {
            yh_arc_get_head(&c, i, &h);
            sum += yh_arc_fund(&h) + h.to_person;
            *bills += h.kind == 1 ? -1 : 1;
        }
    }
    return sum;
}

TEST(a_closed_year_is_in_the_sums_of_the_funds)
{
    static struct yh_loaded l;
    static struct yh_archive a;
    struct yh_desk d;
    struct yh_err err;
    char path[80];
    char *policy[] = { (char *)(uintptr_t) "policy/990101" };
    CHECK_OK(yh_loaded_open(NULL, policy, 1, false, &l, &err), &err);
    struct yh_replay_world world = { l.catalogs.catalog, &l.catalogs.terms, &l.catalogs.regions,
                                     &l.plans };
    snprintf(path, sizeof path, "/tmp/yiheng-fund-%d.yha", (int)getpid());
    struct yh_trial_year year = { .seed = 5, .groups = 400, .chunk_heads = 300, .lines = 4 };
    CHECK_OK(yh_trial_year_make(&year, &world, path, &err), &err);
    CHECK_OK(yh_archive_open(path, &a, &err), &err);
    int64_t bills = 0, n = 0;
    yh_fen want = by_heads(&a, &bills);
    CHECK(want > 0 && bills > 500);

    yh_desk_open(&d, NULL);
    struct yh_fund_totals *t = yh_fund_totals_open();
    const struct yh_care_month *care;
    register_year(&d, &a, "none.yha", "", 777);
    count(&d, t, 1);
    CHECK_I64(charged(t), 0, "its file is not there");
    register_year(&d, &a, path + 5, "00", 777);
    count(&d, t, 1);
    CHECK_I64(charged(t), 0, "another's file");
    register_year(&d, &a, path + 5, "", 777);
    count(&d, t, 0);
    CHECK_I64(charged(t), want, "what its bills say");
    for (int i = yh_fund_totals_care(t, &care); i-- > 0;)
        n += care[i].bills;
    CHECK_I64(n, bills, "undoings taken off");
    count(&d, t, 0);
    CHECK_I64(charged(t), want, "once");
    yh_fund_totals_close(t);
    yh_desk_close(&d);
    yh_archive_close(&a);
    yh_loaded_close(&l);
    unlink(path);
}
