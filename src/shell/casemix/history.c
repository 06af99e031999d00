/* shell/casemix/history.c */
#include "shell/casemix/history.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/casemix/group.h"
#include "shell/casemix/stream.h"

enum yh_status yh_years_parse(yh_str text, struct yh_years *out, struct yh_err *err)
{
    struct yh_years y = { .n = 0 };
    while (text.p) {
        yh_str part = yh_cut(&text, ','), year = yh_cut(&part, ':');
        int64_t a = 0, b = 0;
        if (y.n == YH_YEARS_MAX || yh_int_parse(year, &a, NULL) ||
            yh_int_parse(part, &b, NULL) || a < 1900 || a > 2999 || b < 1 || b > 1000)
            return yh_fail(err, YH_BAD_INPUT, "年份权重应如 2023:1,2024:2,2025:7");
        y.year[y.n] = (int)a;
        y.share[y.n++] = (int32_t)b;
    }
    *out = y;
    return YH_OK;
}

int32_t yh_years_share(const struct yh_years *years, yh_day day)
{
    if (years->n == 0)
        return 1;
    for (int i = 0; day != YH_DAY_MIN && i < years->n; i++)
        if (yh_civil_of(day).year == years->year[i])
            return years->share[i];
    return 0;
}

/* What one thread gathers. */
struct gather {
    struct yh_case c;
    struct yh_past *past;
    int64_t n, cap;
    struct yh_arena arena;
    struct yh_map hospitals;
    yh_str *hospital;
    int nhospital, hospital_cap;
};

struct reading {
    const struct yh_scheme *scheme;
    const struct yh_results *results;
    const struct yh_years *years;
    struct yh_case_columns cols;
    bool json;
    struct gather part[2];
};

static enum yh_status first_line(void *ctx, yh_str line, bool *used, struct yh_err *err)
{
    struct reading *r = ctx;
    r->json = yh_starts(yh_trim(line), YH_S("{"));
    *used = !r->json;
    return r->json ? YH_OK : yh_case_header(line, &r->cols, err);
}

static int32_t hospital_of(struct gather *g, yh_str name)
{
    int32_t at = yh_map_get(&g->hospitals, name, -1);
    if (at >= 0)
        return at;
    name = yh_dup(&g->arena, name);
    at = g->nhospital;
    yh_map_add(&g->hospitals, name, at);
    YH_PUSH(&g->arena, g->hospital, g->nhospital, g->hospital_cap) = name;
    return at;
}

static enum yh_status take(void *ctx, int worker, struct yh_arena scratch, yh_str line,
                           struct yh_buf *out, struct yh_err *err)
{
    struct reading *r = ctx;
    struct gather *g = &r->part[worker];
    (void)out;
    enum yh_status bad = r->json ? yh_case_json(&scratch, line, &g->c, err)
                                 : yh_case_row(&r->cols, line, &g->c, err);
    if (bad)
        return bad;
    if (g->c.cost <= 0)
        return yh_fail_field(err, YH_BAD_INPUT, "cost", NULL,
                             "cost：历史病例须有大于 0 的费用");
    struct yh_drg_group group;
    yh_drg_group(r->scheme, &g->c, &group);
    if (g->n == g->cap) {
        g->cap = g->cap ? 2 * g->cap : 65536;
        g->past = yh_heap(g->past, (size_t)g->cap * sizeof *g->past);
    }
    int32_t which = group.drg >= 0    ? r->results->of_drg[group.drg]
                    : group.adrg >= 0 ? r->results->of_adrg[group.adrg]
                                      : r->results->n - 1;
    g->past[g->n++] = (struct yh_past){ .cost = g->c.cost,
                                        .group = which,
                                        .hospital = hospital_of(g, g->c.hospital),
                                        .los = g->c.los,
                                        .share = yh_years_share(r->years, g->c.discharged) };
    return YH_OK;
}

static int by_text(const void *a, const void *b)
{
    return yh_cmp(*(const yh_str *)a, *(const yh_str *)b);
}

/* One list of hospitals, sorted; both parts' cases in one array under its numbers. */
static void merge(struct reading *r, struct yh_arena *a, struct yh_history *out)
{
    int n = r->part[0].nhospital + r->part[1].nhospital, kept = 0;
    yh_str *all = YH_NEW(a, yh_str, n);
    for (int p = 0, at = 0; p < 2; p++)
        for (int i = 0; i < r->part[p].nhospital; i++)
            all[at++] = yh_dup(a, r->part[p].hospital[i]);
    if (n)
        qsort(all, (size_t)n, sizeof *all, by_text);
    struct yh_map at = yh_map_in(a, n);
    for (int i = 0; i < n; i++)
        if (yh_map_add(&at, all[i], kept))
            all[kept++] = all[i];
    out->hospital = all;
    out->nhospital = kept;
    out->n = r->part[0].n + r->part[1].n;
    for (int p = 0; p < 2; p++) {
        struct gather *g = &r->part[p];
        int32_t *to = YH_NEW(a, int32_t, g->nhospital);
        for (int i = 0; i < g->nhospital; i++)
            to[i] = yh_map_get(&at, g->hospital[i], 0);
        for (int64_t i = 0; i < g->n; i++)
            g->past[i].hospital = to[g->past[i].hospital];
    }
    struct gather *g = r->part;
    out->past = yh_heap(g[0].past, (size_t)(out->n + 1) * sizeof *g->past);
    if (g[1].n)
        memcpy(out->past + g[0].n, g[1].past, (size_t)g[1].n * sizeof *g->past);
    if (g[1].past)
        yh_heap(g[1].past, 0);
}

enum yh_status yh_history_read(const struct yh_scheme *scheme, const struct yh_results *results,
                               const char *file, const struct yh_years *years,
                               struct yh_arena *a, struct yh_history *out, struct yh_err *err)
{
    static struct reading r; /* two cases of 4 KB each */
    r = (struct reading){ .scheme = scheme, .results = results, .years = years };
    bool standard = !strcmp(file, "-");
    struct yh_stream s = { .out = 1,
                           .name = standard ? "标准输入" : file,
                           .threads = 2,
                           .progress = isatty(2),
                           .first = first_line,
                           .work = take,
                           .ctx = &r };
    s.in = standard ? 0 : open(file, O_RDONLY | O_CLOEXEC);
    if (s.in < 0)
        return yh_fail(err, YH_NOT_FOUND, "打不开 %s", file);
    enum yh_status bad = YH_OK;
    for (int i = 0; i < 2 && !bad; i++) {
        bad = yh_arena_open(&r.part[i].arena, (size_t)64 << 20, err);
        if (!bad)
            r.part[i].hospitals = yh_map_in(&r.part[i].arena, 1024);
    }
    if (!bad)
        bad = yh_stream_run(&s, err);
    if (!standard)
        close(s.in);
    if (!bad) {
        *out = (struct yh_history){ .rows = s.rows, .bad = s.bad };
        merge(&r, a, out);
    }
    for (int i = 0; i < 2; i++) {
        if (bad && r.part[i].past)
            yh_heap(r.part[i].past, 0);
        yh_arena_close(&r.part[i].arena);
    }
    return bad;
}

void yh_history_close(struct yh_history *h)
{
    if (h->past)
        yh_heap(h->past, 0);
    h->past = NULL;
}
