/* Whatever bytes come, a line is a case or one clear error; a case is in its bounds and groups. */
#include "engine/casemix/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROW(text)             \
    {                         \
        text, sizeof text - 1 \
    }
static const struct {
    const char *path;
    yh_str text;
} FILES[] = {
    { "_shared/dx.lst",
      ROW("@A.dx 2\nA00.000\nB00.100\n@S.dx 1\nS00.100\n@T.dx 1\nT01.000\n") },
    { "_shared/px.lst", ROW("@SURG 1\n01.0100\n@P.px 2\n01.0100\n89.0000\n") },
    { "_shared/cc01.tsv", ROW("#code\tlevel\texcl\nI10.x00\tCC\t1\nJ18.900\tMCC\t2\n") },
    { "_shared/excl01.tsv", ROW("#pdx\texcl\nA00.000\t1\n") },
    { "x/meta.tsv", ROW("#key\tvalue\nlabel\tx\nsurgery_list\tSURG\ncc\tcc01\nexcl\texcl01\n"
                        "retry_each_px\t1\n") },
    { "x/mdc.tsv",
      ROW("#mdc\tname\trule\nMDCA\ta\t(pdx(A.dx)|dxpre(Z37.))\nMDCZ\tz\tsites>=2\n") },
    { "x/adrg.tsv", ROW("#rule_id\tmdc\tadrg\tkind\tname\trule\tno_drg\n"
                        "AB1\tMDCA\tAB1\tS\ta\tppx(SURG)&age<=28\t-\n"
                        "AQY\tMDCA\tQY\tQY\tq\tpx(P.px)&!ppx(SURG)\tAQY\n"
                        "AZ1\tMDCA\tAZ1\tM\tm\t1\tAZ1\nZZ1\tMDCZ\tZZ1\tM\tz\t1\tZZ1\n") },
    { "x/drg.tsv", ROW("#rule_id\tdrg\tname\trule\nAB1\tAB11\ta\tmcc\nAZ1\tAZ13\ta\tanycc\n") },
    { "x/sites.tsv", ROW("#site\tlist\nhead\tS.dx\nchest\tT.dx\n") },
};

static enum yh_status read_file(void *ctx, const char *path, yh_str *text, struct yh_err *err)
{
    (void)ctx;
    for (int i = 0; i < YH_COUNT(FILES); i++)
        if (!strcmp(FILES[i].path, path)) {
            *text = FILES[i].text;
            return YH_OK;
        }
    return yh_fail(err, YH_NOT_FOUND, "%s", path);
}

static void check(const struct yh_scheme *s, const struct yh_case *c, struct yh_arena a)
{
    struct yh_drg_group g, again;
    struct yh_explanation ex;
    struct yh_near near[8];
    yh_assert(c->id.n && c->ndx >= 1 && c->ndx <= YH_CASE_CODES_MAX && c->npx >= 0 &&
              c->npx <= YH_CASE_CODES_MAX && c->age >= 0 && c->age_days >= 0 && c->cost >= 0);
    yh_drg_group(s, c, &g);
    yh_explain(s, c, &a, &ex);
    yh_assert(yh_explain_replay(&ex, &again));
    yh_assert(g.adrg == again.adrg && g.drg == again.drg && yh_eq(g.name.drg, again.name.drg));
    int n = yh_explain_near(&ex, c, near, YH_COUNT(near));
    yh_assert(n >= 0 && n <= YH_COUNT(near));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct yh_arena tables, scratch;
    static struct yh_scheme *s;
    static struct yh_case c;
    struct yh_err err = { 0 };
    if (!s) {
        struct yh_casemix *cm;
        yh_assert(!yh_arena_open(&tables, (size_t)1 << 28, &err));
        yh_assert(!yh_arena_open(&scratch, (size_t)1 << 28, &err));
        yh_assert(!yh_casemix_open(&tables, (struct yh_casemix_source){ NULL, read_file }, &cm,
                                   &err));
        yh_assert(!yh_scheme_load(cm, YH_S("x"), scratch, &s, &err));
    }
    /* The first line is a header, the second a row of it; or the whole is JSON. */
    yh_str text = { (const char *)data, (ptrdiff_t)size }, rest = text;
    struct yh_case_columns cols;
    struct yh_arena a = scratch;
    yh_str head = yh_cut(&rest, '\n');
    if (yh_case_header(head, &cols, &err) == YH_OK && rest.p) {
        while (rest.p) {
            yh_str line = yh_cut(&rest, '\n');
            if (yh_case_row(&cols, line, &c, &err) == YH_OK)
                check(s, &c, a);
            else
                yh_assert(err.status && err.text[0]);
        }
    } else {
        yh_assert(!rest.p || err.text[0]);
    }
    if (yh_case_json(&a, text, &c, &err) == YH_OK)
        check(s, &c, a);
    else
        yh_assert(err.status && err.text[0]);
    return 0;
}
