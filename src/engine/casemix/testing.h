/* engine/casemix/testing.h -- the catalogue of the repository, opened once for the tests. */
#ifndef YH_ENGINE_CASEMIX_TESTING_H
#define YH_ENGINE_CASEMIX_TESTING_H
#include "base/test.h"
#include "engine/casemix/group.h"

static const char *const SCHEMES[] = {
    "anyang_2021",    "beijing_2022",  "changchun_2022", "changsha_2023", "changzhou_2022",
    "chongqing_2022", "chs_drg_10",    "chs_drg_10_fix", "chs_drg_11",    "chs_drg_11_fix",
    "foshan_2022",    "fuzhou_2022",   "guangxi_2022",   "haerbin_2022",  "handan_2022",
    "hefei_2023",     "lanzhou_2023",  "liaocheng_2022", "linfen_2022",   "nanping_2023",
    "qingdao_2023",   "qingyang_2023", "quanzhou_2023",  "suzhou_2023",   "taizhou_2022",
    "wlmq_2022",      "wuhan_2022",    "wuhan_2022_fix", "wuxi_2022",     "xjbt_2022",
    "yancheng_2023",  "yantai_2023",   "yinchuan_2023",  "yunnan_2022",   "yunnan_2023",
    "zhejiang_2022",  "zhoukou_2023",
};

struct testing {
    struct yh_arena arena, scratch;
    struct yh_casemix *cm;
    struct yh_scheme *scheme[YH_COUNT(SCHEMES)];
};

/* Files of the repository are read once and kept. */
static enum yh_status testing_read(void *ctx, const char *path, yh_str *text,
                                   struct yh_err *err)
{
    struct testing *t = ctx;
    char whole[256];
    snprintf(whole, sizeof whole, "catalogs/chs-drg/%s", path);
    FILE *f = fopen(whole, "rb");
    if (!f)
        return yh_fail(err, YH_NOT_FOUND, "%s", whole);
    fclose(f);
    *text = yh_test_file(&t->arena, whole);
    return YH_OK;
}

static struct testing *testing_open(void)
{
    static struct testing t;
    if (t.cm)
        return &t;
    CHECK_OK(yh_arena_open(&t.arena, (size_t)1 << 30, NULL), NULL);
    CHECK_OK(yh_arena_open(&t.scratch, (size_t)64 << 20, NULL), NULL);
    struct yh_err err;
    CHECK_OK(
        yh_casemix_open(&t.arena, (struct yh_casemix_source){ &t, testing_read }, &t.cm, &err),
        &err);
    return &t;
}

/* Scheme i exactly as published. */
static const struct yh_scheme *testing_scheme(int i)
{
    struct testing *t = testing_open();
    struct yh_err err;
    if (!t->scheme[i]) {
        yh_str name = yh_fmt(&t->arena, "%s@as-published", SCHEMES[i]);
        CHECK_OK(yh_scheme_load(t->cm, name, t->scratch, &t->scheme[i], &err), &err);
    }
    return t->scheme[i];
}

static inline const struct yh_scheme *testing_named(const char *name)
{
    int i = 0;
    while (strcmp(SCHEMES[i], name))
        i++;
    return testing_scheme(i);
}
#endif
