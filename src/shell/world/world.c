#include "shell/world/world.h"

#define ARENA_MAX ((size_t)4 << 30) /* reserved, not used */

enum yh_status yh_loaded_open(const char *catalogs, char *const *path, int n, bool drafts,
                              struct yh_loaded *out, struct yh_err *err)
{
    *out = (struct yh_loaded){ 0 };
    enum yh_status bad = yh_catalogs_open(catalogs, &out->catalogs, err);
    if (!bad)
        bad = yh_policies_open(catalogs, path, n, &out->policies, err);
    if (!bad)
        bad = yh_arena_open(&out->arena, ARENA_MAX, err);
    if (bad)
        yh_loaded_close(out);
    else
        yh_plans_open(&out->plans, &out->arena, &out->policies.set, &out->catalogs.regions,
                      drafts);
    return bad;
}

void yh_loaded_close(struct yh_loaded *l)
{
    yh_arena_close(&l->arena);
    yh_policies_close(&l->policies);
    yh_catalogs_close(&l->catalogs);
    *l = (struct yh_loaded){ 0 };
}

struct yh_terms yh_loaded_terms(const struct yh_loaded *l, yh_str place, yh_str scheme,
                                yh_day day)
{
    struct yh_place at;
    struct yh_err ignored;
    int64_t insutype = 0;
    if (yh_region_locate(&l->catalogs.regions, place, day, &at, &ignored))
        return (struct yh_terms){ 0 };
    if (yh_int_parse(scheme, &insutype, &ignored) || insutype < 0 || insutype > 999)
        insutype = 0;
    return yh_terms_at(&l->catalogs.terms, &at, (int)insutype);
}
