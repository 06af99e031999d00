/* bench/monitor.c -- the monitoring rules on one core: lines a second of an archive with its hits counted,
 * every official and derived rule; and one bill of 20 lines before settlement, a year's history behind
 * it, hits told in full: median and p99.  By the thread's own processor time.
 *
 * bench/monitor [DATA]: an archive's data folder; without one `yiheng synth` makes 100,000 people in
 * build/bench-monitor.  Run from the repository's root. */
#include "limits.h"
#include "service/audit/audit.h"
#include "shell/catalogs/catalogs.h"
#include "shell/file/file.h"
#include "shell/rules/rules.h"

enum { ROUNDS = 5, BILLS = 4000, LINES = 20, VISITS = 12, EACH = 6 };

static uint64_t state = 20260318;
static int64_t between(int64_t lo, int64_t hi)
{
    return lo + (int64_t)(yh_mix64(state++) % (uint64_t)(hi - lo + 1));
}

static void stop(const struct yh_err *err)
{
    fprintf(stderr, "bench/monitor: %s\n", err->text);
    exit(1);
}

struct world {
    struct yh_rule_book rules;
    struct yh_catalogs catalogs;
    struct yh_archive archive;
    struct yh_arena arena, chunk;
};

static void open_all(struct world *w, const char *data)
{
    struct yh_err err = { 0 };
    struct yh_file_list list;
    if (yh_rule_book_open(NULL, NULL, 0, false, &w->rules, &err) ||
        yh_catalogs_open(NULL, &w->catalogs, &err) ||
        yh_arena_open(&w->arena, (size_t)2 << 30, &err) ||
        yh_arena_open(&w->chunk, (size_t)2 << 30, &err))
        stop(&err);
    const char *dir = yh_zdup(&w->arena, yh_fmt(&w->arena, "%s/archive", data));
    if (yh_file_find(&w->arena, dir, ".yha", &list, &err) ||
        yh_archive_open(list.path[0], &w->archive, &err))
        stop(&err);
}

/* Columns to facts to hits, chunk after chunk, as `yiheng audit --count` does. */
static void lines_a_second(struct world *w)
{
    double rate[ROUNDS];
    int64_t hits = 0, lines = 0;
    struct yh_audit_words words;
    struct yh_err err;
    yh_audit_words(&w->arena, &w->archive, w->rules.rules, w->catalogs.catalog, &words);
    for (int round = 0; round < ROUNDS; round++) {
        hits = lines = 0;
        double from = bench_cpu();
        for (int i = 0; i < w->archive.nchunk; i++) {
            struct yh_arc_chunk c;
            struct yh_audit_chunk facts;
            if (yh_archive_chunk(&w->archive, i, &c, &err))
                stop(&err);
            yh_arena_reset(&w->chunk);
            yh_audit_facts(&w->chunk, &w->archive, &c, &words, YH_METHOD_ITEM, NULL, 0, &facts);
            lines += facts.lines;
            for (int p = 0; p < facts.n; p++) {
                struct yh_arena scratch = w->chunk;
                struct yh_mon_hit *h;
                hits +=
                    yh_monitor_run(words.m, &scratch, &facts.person[p], -1, YH_STAGE_AFTER, &h);
            }
        }
        rate[round] = (double)lines / (bench_cpu() - from);
    }
    qsort(rate, ROUNDS, sizeof *rate, bench_by_value);
    printf("%d rules, %d knowledge rows; archive of %lld lines, %lld hits\n", w->rules.rules->n,
           w->rules.rules->nrow, (long long)lines, (long long)hits);
    printf("audit, one core, hits counted      %12.0f lines/s  (median of %d)\n",
           rate[ROUNDS / 2], ROUNDS);
}

static struct yh_mon_line some_line(struct world *w, struct yh_monitor *m, yh_day day,
                                    int serial)
{
    const struct yh_arc_dict *items = &w->archive.dicts.of[YH_DICT_ITEM];
    struct yh_mon_line l = { .item = yh_monitor_item(m, items->text[between(1, items->n - 1)],
                                                     YH_S("项目")),
                             .time = yh_day_time(day) + between(8, 17) * 3600,
                             .qty = between(1, 3) * 10000,
                             .price = between(5, 200) * 1000000,
                             .outside = 0,
                             .charge = (uint8_t)between(1, 11),
                             .covered = true,
                             .rx = 1,
                             .serial = yh_fmt(&w->chunk, "%d", serial) };
    l.amount = yh_line_amount(l.price, l.qty, YH_ROUND_HALF_UP);
    return l;
}

/* A person's year and a bill of 20 lines at its end. */
static double one_bill(struct world *w, int64_t *hits)
{
    yh_arena_reset(&w->chunk);
    struct yh_arena *a = &w->chunk;
    const struct yh_arc_dict *codes = &w->archive.dicts.of[YH_DICT_DIAGNOSIS];
    double from = bench_cpu();
    struct yh_monitor *m = yh_monitor_open(a, w->rules.rules);
    struct yh_mon_provider at = { .code = YH_S("H1"), .name = YH_S("机构"), .level = 2 };
    struct yh_mon_visit *v = YH_NEW(a, struct yh_mon_visit, VISITS + 1);
    for (int i = 0; i <= VISITS; i++) {
        int n = i == VISITS ? LINES : EACH;
        struct yh_mon_line *l = YH_NEW(a, struct yh_mon_line, n);
        uint32_t *dx = YH_NEW(a, uint32_t, 1);
        v[i] = (struct yh_mon_visit){ .visit = yh_fmt(a, "V%d", i),
                                      .provider = yh_monitor_provider(m, &at),
                                      .kind = YH_FW_KIND_OUTPATIENT,
                                      .scheme_word = YH_FW_SCHEME_RESIDENT,
                                      .channel = YH_FW_CHANNEL_OFFLINE,
                                      .begin = yh_day_of(2026, 1, 1) + i * 28,
                                      .fund = -1,
                                      .line = l,
                                      .nline = n,
                                      .dx = dx,
                                      .ndx = 1 };
        v[i].end = v[i].begin;
        dx[0] = yh_monitor_dx(m, codes->text[between(1, codes->n - 1)], YH_S("诊断"));
        for (int k = 0; k < n; k++) {
            l[k] = some_line(w, m, v[i].begin, k);
            v[i].total += l[k].amount;
        }
    }
    struct yh_mon_person p = { .region = YH_S("990100"),
                               .person = YH_S("P"),
                               .sex = YH_FW_SEX_FEMALE,
                               .born = yh_day_of(1980, 1, 1),
                               .died = YH_DAY_MAX,
                               .visit = v,
                               .n = VISITS + 1 };
    struct yh_mon_hit *h;
    int n = yh_monitor_run(m, a, &p, VISITS, YH_STAGE_BILL, &h);
    for (int i = 0; i < n; i++) {
        struct yh_hit told;
        yh_monitor_tell(m, a, &p, &h[i], YH_STAGE_BILL, &told);
    }
    *hits += n;
    return bench_cpu() - from;
}

static void one_bill_at_a_time(struct world *w)
{
    static double took[BILLS];
    int64_t hits = 0;
    for (int i = 0; i < BILLS; i++)
        took[i] = one_bill(w, &hits);
    qsort(took, BILLS, sizeof *took, bench_by_value);
    printf("a bill of %d lines, %d visits behind it: median %.3f ms, p99 %.3f ms (%.1f hits a "
           "bill)\n",
           LINES, VISITS, took[BILLS / 2] * 1e3, took[BILLS * 99 / 100] * 1e3,
           (double)hits / BILLS);
}

int main(int argc, char **argv)
{
    static struct world w;
    const char *data = argc > 1 ? argv[1] : "build/bench-monitor";
    if (argc < 2 && access("build/bench-monitor/archive", R_OK) &&
        system("build/yiheng synth --preset honghe --people 100000 --data build/bench-monitor "
               ">/dev/null 2>&1"))
        return 1;
    open_all(&w, data);
    lines_a_second(&w);
    one_bill_at_a_time(&w);
    return 0;
}
