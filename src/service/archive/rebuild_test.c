/* service/archive/rebuild_test.c -- a year settled at the window, made an archive, settled again. */
#include "service/archive/rebuild.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/test.h"
#include "service/replay/replay.h"
#include "service/testing.h"
#include "service/town.h"
#include "shell/world/world.h"

#define DRUG "XA01ABD075A002010100483"
#define BLOOD "002501010010000-250101001"
#define BED "001109000010000"

static const char *const ITEM[] = { DRUG, BLOOD, BED };

struct who {
    char person[32];
    const char *scheme;
};

/* Those of `who` come in turn drawn by lot: bought, treated, in hospital, in parts, undone. */
static int live_a_year(struct yh_desk *d, const struct who *all, int n, int visits,
                       int64_t between)
{
    static const char *const ILL[] = { "J18.900", "I63.900", "K80.200", "N18.000", "E11.900" };
    uint64_t r = 11;
    int settled = 0;
    for (int i = 0; i < visits; i++) {
        const struct who *w = &all[yh_test_between(&r, 0, n - 1)];
        yh_str person = yh_cstr(w->person);
        bool stay = yh_test_between(&r, 0, 2) == 0;
        d->diagnosis = yh_cstr(ILL[yh_test_between(&r, 0, YH_COUNT(ILL) - 1)]);
        d->now += between;
        yh_time begin = d->now;
        if (stay)
            d->now += between * yh_test_between(&r, 1, 9);
        yh_str visit = stay ? yh_desk_admit(d, person, w->scheme, "21", begin)
                            : yh_desk_register(d, person, w->scheme, "11");
        if (!visit.n)
            continue;
        int lines = (int)yh_test_between(&r, 1, 5),
            parts = stay ? (int)yh_test_between(&r, 1, 2) : 1;
        struct yh_settled s;
        for (int part = 1; part <= parts; part++) {
            for (int k = 0; k < lines; k++) {
                char serial[40], batch[40];
                snprintf(serial, sizeof serial, "%d-%d-%d", i, part, k);
                snprintf(batch, sizeof batch, "B%d.%d.%d", i, part, k);
                CHECK_OK(yh_desk_charge(d, person, visit, stay ? "" : batch, serial,
                                        ITEM[yh_test_between(&r, 0, 2)],
                                        yh_test_between(&r, 1, 60) * 1000000,
                                        yh_test_between(&r, 1, stay ? 60 : 4) * 10000, ""),
                         &d->err);
            }
            struct yh_settle_in in = { .person = person, .visit = visit };
            in.account_flag = yh_test_between(&r, 0, 1) ? YH_S("1") : YH_S("0");
            in.interim = part < parts;
            if (part == parts && stay)
                CHECK_OK(yh_desk_discharge(d, person, visit, d->now), &d->err);
            enum yh_status st = yh_desk_settle(d, stay ? "2304" : "2207", &in, NULL, &s);
            if (st) /* refused by a rule: not a bill */
                break;
            settled++;
        }
        if (parts == 1 && settled && yh_test_between(&r, 0, 7) == 0 && s.row.settlement.n &&
            yh_eq(s.row.visit, visit) &&
            yh_desk_undo(d, stay ? "2305" : "2208", person, visit, s.row.settlement, &s) ==
                YH_OK)
            settled--;
    }
    return settled;
}

static int live_in_town(struct yh_desk *d)
{
    static const struct who TOWN[] = {
        { "99010100000000000000000001", "310" }, { "99010100000000000000000004", "390" },
        { "99010100000000000000000003", "390" }, { "99010100000000000000000008", "390" },
        { "99010100000000000000000009", "310" }, { "99010100000000000000000002", "310" }
    };
    return live_a_year(d, TOWN, YH_COUNT(TOWN), 90, 86400);
}

/* tests/year.sh asks for a year of random people, families of four who draw on each other's accounts,
 * in the folder that YH_TEST_YEAR names. */
TEST(year_of_many_people_for_other_programs)
{
    enum { PEOPLE = 2000, VISITS = 1500, SEED = 5 };
    const char *url = getenv("YH_TEST_YEAR");
    struct yh_desk d;
    if (!url)
        return;
    struct who *who = YH_NEW(yh_test_arena(), struct who, PEOPLE);
    yh_desk_open(&d, url);
    struct yh_arena scratch;
    CHECK_OK(yh_arena_open(&scratch, (size_t)1 << 28, &d.err), &d.err);
    CHECK_OK(yh_town_people(yh_service_store(d.service), &scratch, PEOPLE, 4, SEED, &d.err),
             &d.err);
    yh_arena_close(&scratch);
    for (int i = 0; i < PEOPLE; i++) {
        (void)yh_town_person(who[i].person, i);
        who[i].scheme = yh_town_employee(SEED, i) ? "310" : "390";
    }
    int settled = live_a_year(&d, who, PEOPLE, VISITS, 6000);
    CHECK(settled > VISITS / 2);
    yh_desk_prove(&d);
    yh_desk_close(&d);
}

TEST(an_archive_rebuilt_from_the_books_agrees_to_the_fen)
{
    struct yh_desk d;
    struct yh_err err;
    char dir[64] = "/tmp/yiheng-rebuild-XXXXXX", url[96], path[96];
    CHECK(mkdtemp(dir));
    snprintf(url, sizeof url, "sqlite:%s", dir);
    snprintf(path, sizeof path, "%s/990100-2026.yha", dir);
    yh_desk_open(&d, url);
    int settled = live_in_town(&d);
    yh_desk_prove(&d);
    yh_desk_close(&d);
    static struct yh_rebuild_report r;
    CHECK_OK(
        yh_archive_rebuild(yh_cstr(url), yh_desk_world(), 990100, 2026, path, NULL, &r, &err),
        &err);
    for (int i = 0; i < r.nshown; i++)
        fprintf(stderr, "%s %s: books %lld, now %lld\n", r.shown[i].settlement, r.shown[i].what,
                (long long)r.shown[i].books, (long long)r.shown[i].now);
    for (int i = 0; i < r.nsum; i++)
        CHECK_I64(r.sum[i].archive, r.sum[i].books, r.sum[i].name);
    CHECK(r.same);
    CHECK_I64(r.differ, 0, "bills that the walk decides otherwise");
    CHECK_I64(r.heads, settled, "every settlement in force");
    CHECK(r.heads > 40 && r.left_out > 0);

    /* And from the file alone, by the documents on disk. */
    struct yh_loaded l;
    struct yh_archive a;
    struct yh_replay_result x;
    CHECK_OK(yh_loaded_open(NULL, NULL, 0, false, &l, &err), &err);
    CHECK_OK(yh_archive_open(path, &a, &err), &err);
    struct yh_replay_world w = { l.catalogs.catalog, &l.catalogs.terms, &l.catalogs.regions,
                                 &l.plans };
    struct yh_replay_options opt = { .threads = 2 };
    CHECK_OK(yh_replay_run(&a, &w, &opt, &x, &err), &err);
    for (int i = 0; i < x.nwrong; i++)
        fprintf(stderr, "%s %s: %lld, now %lld\n", x.wrong_list[i].settlement,
                x.wrong_list[i].what, (long long)x.wrong_list[i].was,
                (long long)x.wrong_list[i].is);
    CHECK_I64(x.wrong, 0, "bills that differ");
    yh_replay_close(&x);
    yh_archive_close(&a);

    /* The same books give the same file. */
    char other[96], cmd[256];
    snprintf(other, sizeof other, "%s/other.yha", dir);
    CHECK_OK(
        yh_archive_rebuild(yh_cstr(url), yh_desk_world(), 990100, 2026, other, NULL, &r, &err),
        &err);
    snprintf(cmd, sizeof cmd, "cmp -s %s %s", path, other);
    CHECK_I64(system(cmd), 0, "byte for byte");
    snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
    CHECK_I64(system(cmd), 0, "tidied up");
    yh_loaded_close(&l);
}
