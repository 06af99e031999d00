#include "model/policy/inside.h"

static bool in_force(const struct yh_policy_doc *d, struct yh_policy_how how)
{
    return d->standing != YH_DRAFT || how.drafts;
}

static void check_ids(struct yh_arena *a, const struct yh_policy_set *set,
                      struct yh_findings *f)
{
    for (int i = 0; i < set->ndoc; i++)
        for (int j = 0; j < i; j++)
            if (set->doc[i].id.n && yh_eq(set->doc[i].id, set->doc[j].id) &&
                !set->doc[i].amends.n && !set->doc[j].amends.n) {
                set->doc[i].broken = true;
                yh_found(a, f, YH_ERROR, &set->doc[i], set->doc[i].title,
                         "改 scheme 或 from，或改成 amends", "与 %.*s 的地区、险种、生效日相同",
                         YH_ARG(set->doc[j].name));
            }
}

void yh_policy_read(struct yh_arena *a, const struct yh_kinds *kinds,
                    const struct yh_policy_text *text, int n, struct yh_policy_set *out,
                    struct yh_findings *findings)
{
    *out = (struct yh_policy_set){ kinds, YH_NEW(a, struct yh_policy_doc, n), n };
    for (int i = 0; i < n; i++)
        yh_page_read(a, text[i], i, &out->doc[i], findings);
    check_ids(a, out, findings);
}

static enum yh_status compile(struct yh_arena *a, const struct yh_policy_set *set, int base,
                              int only, yh_day day, struct yh_policy_how how,
                              struct yh_plan **out, struct yh_findings *f, struct yh_err *err)
{
    struct yh_merge m;
    int errors = f->count[YH_ERROR];
    yh_merge(a, set, base, day, how, only, &m, f);
    for (int i = 0; i < m.ndoc; i++)
        if (set->doc[m.doc[i]].broken)
            return yh_fail(err, YH_BAD_TABLE, "%.*s 有错误，不能执行",
                           YH_ARG(set->doc[m.doc[i]].name));
    struct yh_plan *plan;
    enum yh_status st = yh_compile_merge(a, &m, day, how, &plan, f, err);
    if (!st && f->count[YH_ERROR] > errors)
        st = yh_fail(err, YH_BAD_TABLE, "政策文件有错误，不能执行");
    if (!st)
        *out = plan;
    return st;
}

static int base_on(const struct yh_policy_set *set, yh_str region, yh_str scheme, yh_day day,
                   struct yh_policy_how how)
{
    int base = -1;
    for (int i = 0; i < set->ndoc; i++) {
        const struct yh_policy_doc *d = &set->doc[i];
        if (!d->amends.n && yh_eq(d->region, region) && yh_eq(d->scheme, scheme) &&
            yh_in_period(d->period, day) && in_force(d, how) &&
            (base < 0 || d->period.from > set->doc[base].period.from))
            base = i;
    }
    return base;
}

enum yh_status yh_policy_compile(struct yh_arena *a, const struct yh_policy_set *set,
                                 yh_str region, yh_str scheme, yh_day day,
                                 struct yh_policy_how how, struct yh_plan **out,
                                 struct yh_findings *findings, struct yh_err *err)
{
    char text[16];
    int base = base_on(set, region, scheme, day, how);
    if (base < 0)
        return yh_fail(err, YH_NOT_FOUND, "%.*s %.*s 在 %.*s 没有生效的政策文件",
                       YH_ARG(region), YH_ARG(scheme), YH_ARG(yh_day_text(text, day)));
    return compile(a, set, base, -1, day, how, out, findings, err);
}

enum yh_status yh_policy_compile_doc(struct yh_arena *a, const struct yh_policy_set *set,
                                     int doc, struct yh_policy_how how, struct yh_plan **out,
                                     struct yh_findings *findings, struct yh_err *err)
{
    const struct yh_policy_doc *d = &set->doc[doc];
    int base = doc;
    if (d->amends.n) {
        base = -1;
        for (int i = 0; i < set->ndoc; i++)
            if (!set->doc[i].amends.n && yh_eq(set->doc[i].id, d->amends))
                base = i;
        if (base < 0) {
            yh_found(a, findings, YH_ERROR, d, d->amends, "写被修订文件的 地区/险种/生效日",
                     "被修订的文件「%.*s」找不到", YH_ARG(d->amends));
            return yh_fail(err, YH_NOT_FOUND, "被修订的文件找不到");
        }
    }
    if (d->amends.n && !yh_in_period(set->doc[base].period, d->period.from)) {
        char text[16];
        yh_found(a, findings, YH_ERROR, d, d->amends, "改 from，或修订那一天有效的文件",
                 "修订从 %.*s 起，那一天被修订的文件不在有效期内",
                 YH_ARG(yh_day_text(text, d->period.from)));
        return yh_fail(err, YH_BAD_TABLE, "修订不在被修订文件的有效期内");
    }
    return compile(a, set, base, d->amends.n ? doc : -1, d->period.from, how, out, findings,
                   err);
}

enum yh_status yh_policy_load(struct yh_arena *a, const struct yh_policy_text *text, int n,
                              const struct yh_kinds *kinds, yh_str region, yh_str scheme,
                              yh_day day, struct yh_plan **out, struct yh_findings *findings,
                              struct yh_err *err)
{
    struct yh_policy_set set;
    yh_policy_read(a, kinds, text, n, &set, findings);
    return yh_policy_compile(a, &set, region, scheme, day, (struct yh_policy_how){ 0 }, out,
                             findings, err);
}

/* Does `doc` take part in some plan of (region, scheme)?  Includes count. */
static bool takes_part(const struct yh_policy_set *set, int doc, yh_str region, yh_str scheme,
                       int depth)
{
    const struct yh_policy_doc *d = &set->doc[doc];
    if (yh_eq(d->region, region) && yh_eq(d->scheme, scheme))
        return true;
    for (int i = 0; depth < 8 && i < set->ndoc; i++)
        for (int j = 0; j < set->doc[i].ninclude; j++)
            if (yh_starts(d->id, set->doc[i].include[j]) && i != doc &&
                takes_part(set, i, region, scheme, depth + 1))
                return true;
    return false;
}

static int add_day(yh_day *out, int n, int cap, yh_day day)
{
    int at = n;
    while (at > 0 && out[at - 1] >= day)
        at--;
    if ((at < n && out[at] == day) || n == cap || day == YH_DAY_MAX)
        return n;
    memmove(&out[at + 1], &out[at], sizeof *out * (size_t)(n - at));
    out[at] = day;
    return n + 1;
}

int yh_policy_days(const struct yh_policy_set *set, yh_str region, yh_str scheme, yh_day *out,
                   int cap)
{
    int n = 0;
    for (int i = 0; i < set->ndoc; i++)
        if (set->doc[i].standing != YH_DRAFT && takes_part(set, i, region, scheme, 0)) {
            n = add_day(out, n, cap, set->doc[i].period.from);
            n = add_day(out, n, cap, set->doc[i].period.to);
        }
    return n;
}

int yh_policy_find(const struct yh_policy_set *set, yh_str what)
{
    for (int i = 0; i < set->ndoc; i++)
        if (yh_eq(set->doc[i].name, what) || yh_eq(set->doc[i].id, what))
            return i;
    for (int i = 0; i < set->ndoc; i++)
        if (yh_ends(set->doc[i].name, what) && what.n)
            return i;
    return -1;
}
