/* bench/engine.c -- bills a second on one core: 12 lines, an employee policy of four layers
 * (bench/data/employee.md), one bill in five at a cap, dense item ids in; medians of five, by the
 * thread's own processor time.  Run from the repository's root. */
#include "limits.h"
#include "engine/benefit/benefit.h"
#include "model/policy/policy.h"
#include "shell/file/file.h"

enum { BILLS = 512, LINES = 12, ITEMS = 3000, ROUNDS = 5 };

static uint64_t state = 20260318;
static int64_t between(int64_t lo, int64_t hi)
{
    return lo + (int64_t)(yh_mix64(state++) % (uint64_t)(hi - lo + 1));
}

static void stop(const struct yh_err *err)
{
    fprintf(stderr, "bench/engine: %s\n", err->text);
    exit(1);
}

/* 3,000 items: half 甲, most others 乙 with 5–30 % first pay, one in five with a price limit. */
static struct yh_terms make_terms(struct yh_arena *a)
{
    struct yh_buf b = yh_buf_in(a);
    struct yh_catalog *catalog;
    struct yh_term_tables *tables = YH_NEW(a, struct yh_term_tables, 1);
    struct yh_err err;
    yh_putz(&b, "code\tname_zh\tclass\tfirst_pay\tlimit\tstanding\n");
    for (int i = 1; i <= ITEMS; i++) {
        int cls = between(0, 9) < 5 ? 0 : between(0, 9) < 9 ? 1 : 2;
        yh_putf(&b, "X%019d\t项目\t%s\t%s\t", i,
                cls == 0   ? "甲"
                : cls == 1 ? "乙"
                           : "丙",
                cls == 1 ? (const char *[]){ "0.05", "0.1", "0.2", "0.3" }[between(0, 3)] : "");
        if (cls < 2 && between(0, 4) == 0)
            yh_putf(&b, "%d", (int)between(20, 400));
        yh_putz(&b, "\tinvented\n");
    }
    struct yh_term_text text = { 990999, yh_buf_str(&b) };
    const struct yh_region *pool = YH_NEW(a, struct yh_region, 1);
    ((struct yh_region *)(uintptr_t)pool)->code = 990999;
    struct yh_place place = { .office = pool, .pool = pool, .province = pool, .code = 990999 };
    if (yh_catalog_load(YH_S("path\trole\ttitle\tsource\tlicence\tstanding\tnote\n"), NULL, 0,
                        a, &catalog, &err) ||
        yh_terms_load(&text, 1, catalog, a, tables, &err))
        stop(&err);
    return yh_terms_at(tables, &place, 310);
}

static struct yh_plan *make_plan(struct yh_arena *a)
{
    struct yh_err err;
    yh_str kinds = { 0 }, page = { 0 };
    const struct yh_kinds *k;
    struct yh_findings *f = YH_NEW(a, struct yh_findings, 1);
    struct yh_plan *plan;
    if (yh_file_read(a, "catalogs/kinds.tsv", 1 << 20, &kinds, &err) ||
        yh_file_read(a, "bench/data/employee.md", 1 << 20, &page, &err) ||
        yh_kinds_load(a, kinds, &k, &err))
        stop(&err);
    struct yh_policy_text text = { YH_S("bench/data/employee.md"), page };
    if (yh_policy_load(a, &text, 1, k, YH_S("990999"), YH_S("310"), yh_day_of(2026, 3, 18),
                       &plan, f, &err)) {
        for (int i = 0; i < f->n; i++)
            fprintf(stderr, "%d:%d: %.*s\n", f->item[i].line, f->item[i].col,
                    YH_ARG(f->item[i].text));
        stop(&err);
    }
    return plan;
}

static struct yh_bill *make_bills(struct yh_arena *a, const struct yh_plan *p)
{
    struct yh_bill *bill = YH_NEW(a, struct yh_bill, BILLS);
    int cap = yh_plan_acc(p, YH_S("基本统筹.已付"));
    if (cap < 0) {
        fprintf(stderr, "bench/engine: no accumulator 基本统筹.已付\n");
        exit(1);
    }
    static const char *const LEVEL[] = { "一级", "二级", "三级" };
    for (int i = 0; i < BILLS; i++) {
        struct yh_line *l = YH_NEW(a, struct yh_line, LINES);
        yh_day day = (yh_day)(yh_day_of(2026, 3, 1) + between(0, 9));
        for (int k = 0; k < LINES; k++) {
            int item = (int)between(1, ITEMS);
            int64_t fen = between(100, 120000), qty = between(1, 10);
            l[k] = (struct yh_line){ .item = (uint32_t)item,
                                     .code = yh_fmt(a, "X%019d", item),
                                     .serial = yh_fmt(a, "%08d", k),
                                     .day = (yh_day)(day + k / 4),
                                     .price = fen * 10000,
                                     .qty = qty * 10000,
                                     .amount = fen * qty };
        }
        int64_t *standing = YH_NEW(a, int64_t, p->nacc);
        if (i % 5 == 0)
            standing[cap] = 12000000 - between(0, 100000);
        struct yh_bill *b = &bill[i];
        *b = (struct yh_bill){ .line = l,
                               .nline = LINES,
                               .begin = day,
                               .end = (yh_day)(day + 5),
                               .settle_day = (yh_day)(day + 5),
                               .standing = standing,
                               .account_flag = 1,
                               .account_balance = between(0, 50000),
                               .term_level = (uint8_t)between(1, 3) };
        b->facts.v[YH_DIM_VISIT] = yh_plan_kind(p, YH_DIM_VISIT, YH_S("住院"));
        b->facts.v[YH_DIM_PERSON] =
            yh_plan_kind(p, YH_DIM_PERSON, i % 3 ? YH_S("在职") : YH_S("退休"));
        b->facts.v[YH_DIM_LEVEL] =
            yh_plan_kind(p, YH_DIM_LEVEL, yh_cstr(LEVEL[b->term_level - 1]));
        b->facts.v[YH_DIM_COUNT] = between(1, 3);
        b->facts.v[YH_DIM_AGE] = between(20, 80);
        b->facts.v[YH_DIM_DAYS] = 5;
        if (i % 7 == 0)
            b->facts.idents = UINT64_C(1) << yh_plan_kind(p, YH_DIM_IDENT, YH_S("公务员"));
        if (i % 50 == 0)
            b->facts.idents |= UINT64_C(1) << yh_plan_kind(p, YH_DIM_IDENT, YH_S("低保"));
    }
    return bill;
}

static double run(const struct yh_plan *plan, const struct yh_terms *terms,
                  const struct yh_bill *bill, bool reasons, struct yh_arena *a, int times,
                  int *capped, int64_t *fund)
{
    double v[ROUNDS];
    for (int r = 0; r < ROUNDS; r++) {
        *capped = 0;
        *fund = 0;
        double t = bench_cpu();
        for (int k = 0; k < times; k++)
            for (int i = 0; i < BILLS; i++) {
                struct yh_decision d;
                struct yh_err err;
                yh_arena_reset(a);
                if (yh_benefit_settle(a, plan, terms, &bill[i],
                                      (struct yh_settle_how){ reasons }, &d, &err))
                    stop(&err);
                *fund += d.fund;
                bool hit = false;
                for (int n = 0; n < d.nlayer; n++)
                    hit |= d.layer[n].capped;
                *capped += hit;
            }
        v[r] = (double)BILLS * times / (bench_cpu() - t);
    }
    return bench_median(v, ROUNDS);
}

int main(void)
{
    struct yh_arena a, work;
    struct yh_err err;
    if (yh_arena_open(&a, (size_t)1 << 30, &err) ||
        yh_arena_open(&work, (size_t)64 << 20, &err))
        stop(&err);
    bench_limits(".");
    struct yh_plan *plan = make_plan(&a);
    struct yh_terms terms = make_terms(&a);
    struct yh_bill *bill = make_bills(&a, plan);
    int capped;
    int64_t fund;
    double quick = run(plan, &terms, bill, false, &work, 480, &capped, &fund);
    printf(
        "引擎，单核（处理器时间），每单 %d 行，职工四层（bench/data/employee.md，%d 层），%d "
        "种账单，%.0f%% 触及限额\n",
        LINES, plan->nlayer, BILLS, 100.0 * capped / (BILLS * 480));
    printf("  不记理由  %9.0f 单/s   目标 1,500,000\n", quick);
    double slow = run(plan, &terms, bill, true, &work, 120, &capped, &fund);
    printf("  记理由    %9.0f 单/s   目标   300,000\n", slow);
    yh_arena_close(&work);
    yh_arena_close(&a);
    return 0;
}
