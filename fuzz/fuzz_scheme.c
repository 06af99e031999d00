/* Whatever bytes stand in the files of a scheme, it loads or is refused with one clear error; what
 * loads groups any case.  The input is the files, cut at 0x01 bytes, in the order of FILES. */
#include "engine/casemix/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const FILES[] = { "_shared/dx.lst",     "_shared/px.lst", "_shared/cc01.tsv",
                                     "_shared/excl01.tsv", "x/meta.tsv",     "x/mdc.tsv",
                                     "x/adrg.tsv",         "x/drg.tsv",      "x/sites.tsv" };

static enum yh_status read_file(void *ctx, const char *path, yh_str *text, struct yh_err *err)
{
    yh_str rest = *(yh_str *)ctx;
    for (int i = 0; i < YH_COUNT(FILES); i++) {
        yh_str part = yh_cut(&rest, '\x01');
        if (!strcmp(FILES[i], path)) {
            *text = part.p ? part : YH_S("");
            return YH_OK;
        }
    }
    return yh_fail(err, YH_NOT_FOUND, "%s", path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct yh_arena tables, scratch;
    static struct yh_case c;
    struct yh_err err = { 0 };
    if (!tables.start) {
        yh_assert(!yh_arena_open(&tables, (size_t)1 << 29, &err));
        yh_assert(!yh_arena_open(&scratch, (size_t)1 << 28, &err));
    }
    yh_arena_reset(&tables);
    yh_str text = { (const char *)data, (ptrdiff_t)size };
    struct yh_casemix *cm;
    struct yh_scheme *s;
    if (yh_casemix_open(&tables, (struct yh_casemix_source){ &text, read_file }, &cm, &err) ||
        yh_scheme_load(cm, YH_S("x@as-published"), scratch, &s, &err)) {
        yh_assert(err.status && err.text[0]);
        return 0;
    }
    yh_assert(s->nmdc > 0 && s->ndxclass > 0 && s->npxclass > 0);
    for (int i = 0; i < 8; i++) {
        struct yh_arena a = scratch;
        struct yh_drg_group g, again;
        struct yh_explanation ex;
        c = (struct yh_case){
            .id = YH_S("f"), .dept = YH_S("ICU"), .sex = 1 + i % 2, .ndx = 1
        };
        c.dx[0] = cm->dx.text[i % cm->dx.n];
        c.ndx = 1 + i % 3;
        for (int k = 1; k < c.ndx; k++)
            c.dx[k] = cm->dx.text[(i + k) % cm->dx.n];
        c.npx = i % 4;
        for (int k = 0; k < c.npx; k++)
            c.px[k] = cm->px.text[(i + k) % cm->px.n];
        yh_drg_group(s, &c, &g);
        yh_explain(s, &c, &a, &ex);
        yh_assert(yh_explain_replay(&ex, &again));
        yh_assert(g.adrg == again.adrg && g.drg == again.drg);
    }
    return 0;
}
