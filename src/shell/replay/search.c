#include "shell/replay/search.h"
#include <stdio.h>
#include <string.h>
#include "shell/file/file.h"

#define STEPS_MAX 100000

struct grid {
    yh_str name;
    int64_t from, step; /* millionths, or fen */
    int64_t n;          /* steps; values are 0 .. n */
    bool percent;
};
struct finder {
    struct yh_arena *a;
    const struct yh_loaded *loaded;
    const struct yh_replay_world *world;
    const struct yh_archive *archive;
    struct yh_replay_options opt;
    yh_day from;
    yh_str path, text;
    yh_str head, tail; /* of the page, around the value */
    struct grid g;
};

static bool amount(yh_str s, int64_t *out, bool *percent)
{
    s = yh_trim(s);
    *percent = yh_ends(s, YH_S("%"));
    if (*percent)
        return yh_dec_parse(yh_sub(s, 0, s.n - 1), 4, out, NULL) == YH_OK;
    return yh_dec_parse(s, 2, out, NULL) == YH_OK;
}

static enum yh_status read_grid(const char *text, struct grid *out, struct yh_err *err)
{
    yh_str rest = yh_cstr(text), name = yh_trim(yh_cut(&rest, '='));
    ptrdiff_t dots = yh_find(rest, YH_S(".."));
    struct grid g = { .name = name };
    bool p[3];
    int64_t to = 0;
    if (dots > 0) {
        yh_str first = yh_sub(rest, 0, dots), last = yh_sub(rest, dots + 2, rest.n);
        yh_str upto = yh_cut(&last, '/');
        if (name.n && last.n && amount(first, &g.from, &p[0]) && amount(upto, &to, &p[1]) &&
            amount(last, &g.step, &p[2]) && p[0] == p[1] && p[1] == p[2] && g.step > 0 &&
            to > g.from && (to - g.from) % g.step == 0 && (to - g.from) / g.step <= STEPS_MAX) {
            g.n = (to - g.from) / g.step;
            g.percent = p[0];
            *out = g;
            return YH_OK;
        }
    }
    return yh_fail(err, YH_BAD_INPUT,
                   "--search “%s”应为 名=起..止/步，如 三级比例=60%%..75%%/0.1%% 或 "
                   "起付线=500..1500/10；止与起之差是步的整数倍，不超过 %d 步",
                   text, STEPS_MAX);
}

static yh_str value_text(const struct finder *f, int64_t k)
{
    char text[32];
    int64_t v = f->g.from + k * f->g.step;
    return f->g.percent
               ? yh_fmt(f->a, "%.*s%%", YH_ARG(yh_dec_text(text, v, 4, v % 100 ? 4 : 2)))
               : yh_fmt(f->a, "%.*s", YH_ARG(yh_dec_text(text, v, 2, v % 100 ? 2 : 0)));
}

/* Where the page gives the parameter its value: the line "params 名 = 值". */
static enum yh_status find_value(struct finder *f, struct yh_err *err)
{
    yh_str rest = f->text;
    while (rest.n) {
        yh_str line = yh_cut(&rest, '\n'), s = yh_trim(line);
        if (!yh_starts(s, YH_S("params")))
            continue;
        s = yh_trim(yh_sub(s, 6, s.n));
        yh_str value = s, name = yh_trim(yh_cut(&value, '='));
        if (!value.p || !yh_eq(name, f->g.name))
            continue;
        ptrdiff_t hash = yh_find(value, YH_S("#"));
        value = yh_trim(hash < 0 ? value : yh_sub(value, 0, hash));
        f->head = (yh_str){ f->text.p, value.p - f->text.p };
        f->tail = yh_sub(f->text, value.p + value.n - f->text.p, f->text.n);
        return YH_OK;
    }
    return yh_fail(
        err, YH_BAD_INPUT,
        "草案 %.*s 里没有“params %.*s = …”这一句；把要找的数写成 params，表里引用它的名字",
        YH_ARG(f->path), YH_ARG(f->g.name));
}

/* What the funds pay more than the books with value k. */
static enum yh_status cost_of(struct finder *f, int64_t k, yh_fen *out, struct yh_err *err)
{
    yh_str value = value_text(f, k);
    yh_str page = yh_fmt(f->a, "%.*s%.*s%.*s", YH_ARG(f->head), YH_ARG(value), YH_ARG(f->tail));
    const struct yh_plan *plan;
    struct yh_policy_text one = { f->path, page };
    enum yh_status st = yh_replay_load_text(f->a, f->loaded, &one, 1, 0, &plan, err);
    if (st)
        return st;
    struct yh_replay_draft d = { YH_S("search"), &plan, 1, f->from };
    struct yh_replay_result r;
    f->opt.draft = &d;
    f->opt.ndraft = 1;
    if ((st = yh_replay_run(f->archive, f->world, &f->opt, &r, err)) != YH_OK)
        return st;
    yh_fen cost = 0;
    for (int s = 0; s < 2; s++) {
        yh_fen v = yh_tally_fund(&r.tally, YH_VIEW_ALL, 0, s) +
                   yh_tally_at(&r.tally, YH_VIEW_ALL, 0, s, YH_SUM_TO_PERSON);
        cost += s ? v : -v;
    }
    yh_replay_close(&r);
    struct yh_buf b = yh_buf_in(f->a);
    yh_put_money(&b, cost);
    printf("  %.*s = %-12.*s 基金多付 %.*s\n", YH_ARG(f->g.name), YH_ARG(value),
           YH_ARG(yh_buf_str(&b)));
    fflush(stdout);
    *out = cost;
    return YH_OK;
}

/* `mean` keeps the budget, `rich` does not; neighbours when it ends. */
static enum yh_status halve(struct finder *f, yh_fen budget, int64_t *mean, int64_t *rich,
                            yh_fen *at_mean, yh_fen *at_rich, struct yh_err *err)
{
    while (*mean - *rich > 1 || *rich - *mean > 1) {
        int64_t k = (*mean + *rich) / 2;
        yh_fen cost;
        enum yh_status st = cost_of(f, k, &cost, err);
        if (st)
            return st;
        *(cost <= budget ? mean : rich) = k;
        *(cost <= budget ? at_mean : at_rich) = cost;
    }
    return YH_OK;
}

enum yh_status yh_replay_search(struct yh_arena *a, const struct yh_loaded *loaded,
                                const struct yh_replay_world *world,
                                const struct yh_archive *archive, const char *draft,
                                const char *grid, const char *budget, yh_str where, int threads,
                                yh_day from, struct yh_err *err)
{
    struct finder f = { .a = a,
                        .loaded = loaded,
                        .world = world,
                        .archive = archive,
                        .opt = { .where = where, .threads = threads },
                        .from = from,
                        .path = yh_cstr(draft) };
    int64_t most;
    enum yh_status st = read_grid(grid, &f.g, err);
    if (st == YH_OK && yh_int_parse(yh_cstr(budget), &most, NULL))
        st = yh_fail(err, YH_BAD_INPUT, "--budget “%s”应为整数分，如 500000000（五百万元）",
                     budget);
    if (st == YH_OK)
        st = yh_file_read(a, draft, (size_t)16 << 20, &f.text, err);
    if (st == YH_OK)
        st = find_value(&f, err);
    yh_fen lo, hi;
    if (st == YH_OK)
        st = cost_of(&f, 0, &lo, err);
    if (st == YH_OK)
        st = cost_of(&f, f.g.n, &hi, err);
    if (st)
        return st;
    int64_t mean = lo <= hi ? 0 : f.g.n, rich = lo <= hi ? f.g.n : 0;
    yh_fen at_mean = lo <= hi ? lo : hi, at_rich = lo <= hi ? hi : lo;
    char text[32];
    if (at_mean > most)
        return yh_fail(err, YH_NOT_FOUND, "最省的一格 %.*s 也超出预算 %.*s 元",
                       YH_ARG(value_text(&f, mean)), YH_ARG(yh_dec_text(text, most, 2, 2)));
    struct yh_buf b = yh_buf_in(a);
    if (at_rich <= most) {
        yh_put_money(&b, at_rich);
        printf("结果：%.*s = %.*s（最优的一格，基金多付 %.*s，在预算内；没有更优的一格）\n",
               YH_ARG(f.g.name), YH_ARG(value_text(&f, rich)), YH_ARG(yh_buf_str(&b)));
        return YH_OK;
    }
    if ((st = halve(&f, most, &mean, &rich, &at_mean, &at_rich, err)) != YH_OK)
        return st;
    yh_put_money(&b, at_mean);
    printf("结果：%.*s = %.*s，基金多付 %.*s，在预算内", YH_ARG(f.g.name),
           YH_ARG(value_text(&f, mean)), YH_ARG(yh_buf_str(&b)));
    b = yh_buf_in(a);
    yh_put_money(&b, at_rich);
    printf("；下一格 %.*s 多付 %.*s，超出预算\n", YH_ARG(value_text(&f, rich)),
           YH_ARG(yh_buf_str(&b)));
    return YH_OK;
}
