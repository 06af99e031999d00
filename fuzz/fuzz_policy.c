/* Whatever bytes come as a page, they are read, checked and, where nothing is wrong, compiled to a
 * plan whose every cell can be looked up; findings have a place and words; nothing crashes. */
#include <setjmp.h>

#include "model/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char KINDS[] =
    "dim\tname\trefines\tcodes\taliases\n"
    "visit\t住院\t\t21\t\nvisit\t日间手术\t住院\t28\t\nvisit\t门诊\t\t11\t\n"
    "visit\t药店\t\t41\t\nperson\t居民\t\t-\t\nperson\t成年居民\t居民\t15\t\n"
    "person\t学生儿童\t居民\t14\t\nident\t特困\t\t2304\t\nident\t低保\t\t2303\t\n"
    "level\t一级\t\t1\t\nlevel\t三级\t\t3\t\nlevel\t未定级\t\t9\t\n"
    "place\t本地\t\t0\t\nplace\t异地\t\t1\t\nfiling\t无需备案\t\t\t\n"
    "filing\t未备案\t\t\t\nreferral\t未转诊\t\t\t\ndisease\t无病种\t\t\t\n"
    "tag\t普通\t\t\t\ntag\t双通道\t\t\t\nclass\t未定\t\t\t\nclass\t甲\t\t01\t\n"
    "class\t乙\t\t02\t\ndelivery\t无分娩\t\t\t\nstatus\t正常\t\t1\t\n";

static void look_up(const struct yh_cells *t)
{
    struct yh_facts f = { .idents = 0 };
    for (int i = 0; i < 40; i++) {
        for (int d = 0; d < YH_DIM_N; d++)
            f.v[d] = d < YH_DIM_NUMERIC ? i % 3 : i * 7;
        f.idents = (uint64_t)i;
        const struct yh_cell *c = yh_cell_at(t, &f);
        yh_assert((c != NULL) == (t->ncell > 0));
    }
}

static void walk(const struct yh_plan *p)
{
    for (int i = 0; i < p->nlayer; i++) {
        const struct yh_layer *l = &p->layer[i];
        look_up(&l->deduct.amount);
        look_up(&l->when);
        look_up(&l->lump);
        for (int k = 0; k < l->nband; k++) {
            look_up(&l->band[k].from);
            look_up(&l->band[k].rate);
        }
        for (int k = 0; k < l->ncap; k++)
            look_up(&l->cap[k].amount);
        yh_assert(l->nband || l->lump.ncell || l->per_day.ncell);
        yh_assert(l->of.n >= 0 && l->name.n > 0);
    }
    look_up(&p->split.first_pay);
    look_up(&p->entitled);
}

static void read_page(struct yh_arena *a, yh_str text)
{
    const struct yh_kinds *kinds;
    struct yh_policy_set set;
    struct yh_findings *f = YH_NEW(a, struct yh_findings, 1);
    struct yh_policy_text page = { YH_S("page.md"), text };
    struct yh_plan *plan;
    struct yh_err err;
    struct yh_buf out = yh_buf_in(a);
    yh_assert(!yh_kinds_load(a, (yh_str){ KINDS, sizeof KINDS - 1 }, &kinds, NULL));
    yh_policy_read(a, kinds, &page, 1, &set, f);
    yh_policy_check_set(a, &set, f);
    if (!set.doc[0].broken) {
        struct yh_policy_how how = { .missing_ok = true };
        int errors = f->count[YH_ERROR];
        if (!yh_policy_compile_doc(a, &set, 0, how, &plan, f, &err)) {
            yh_assert(f->count[YH_ERROR] == errors);
            walk(plan);
            yh_policy_check_plan(a, plan, &set, f);
            yh_assert(!yh_policy_diff(a, plan, plan, &out));
        }
        (void)!yh_policy_show(a, &set, set.doc[0].region, set.doc[0].scheme,
                              set.doc[0].period.from, true, &out, &err);
    } else {
        yh_assert(f->count[YH_ERROR] > 0);
    }
    for (int i = 0; i < f->n; i++)
        yh_assert(f->item[i].text.n && f->item[i].line > 0 && f->item[i].col > 0 &&
                  yh_utf8_ok(f->item[i].text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct yh_arena arena;
    static jmp_buf full;
    if (!arena.start)
        yh_assert(!yh_arena_open(&arena, (size_t)1 << 30, NULL));
    yh_arena_reset(&arena);
    if (size > 20000 || setjmp(full))
        return 0;
    struct yh_arena guarded = arena;
    guarded.guard = &full;
    char *copy = yh_alloc_raw(&guarded, 1, 1, size + 1);
    if (size)
        memcpy(copy, data, size);
    read_page(&guarded, (yh_str){ copy, (ptrdiff_t)size });
    return 0;
}
