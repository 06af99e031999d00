/* engine/casemix/group_test.c */
#include <stdio.h>
#include "engine/casemix/testing.h"

/* Groups every row of a file of tests/casemix and compares with its expected columns. */
static int agree(const struct yh_scheme *s, const char *path)
{
    struct yh_arena *a = yh_test_arena();
    yh_str rest = yh_test_file(a, path), line = yh_cut(&rest, '\n');
    struct yh_case_columns cols;
    struct yh_err err;
    static struct yh_case c;
    CHECK_OK(yh_case_header(line, &cols, &err), &err);
    int rows = 0;
    while (rest.n) {
        line = yh_cut(&rest, '\n');
        CHECK_OK(yh_case_row(&cols, line, &c, &err), &err);
        struct yh_drg_group g;
        yh_drg_group(s, &c, &g);
        yh_str cell[15], row = line;
        for (int i = 0; i < 15; i++)
            cell[i] = yh_cut(&row, '\t');
        char why[96];
        snprintf(why, sizeof why, "%.40s %.*s", path, YH_ARG(c.id));
        CHECK_STR(g.name.mdc, cell[12], why);
        CHECK_STR(g.name.adrg, cell[13], why);
        CHECK_STR(g.name.drg, cell[14], why);
        rows++;
    }
    return rows;
}

TEST(every_case_of_the_three_large_sets_agrees)
{
    CHECK_I64(agree(testing_named("chs_drg_11"), "tests/casemix/chs_drg_11.tsv"), 2000, "rows");
    CHECK_I64(agree(testing_named("beijing_2022"), "tests/casemix/beijing_2022.tsv"), 2000,
              "rows");
    CHECK_I64(agree(testing_named("guangxi_2022"), "tests/casemix/guangxi_2022.tsv"), 2000,
              "rows");
}

TEST(two_hundred_cases_of_each_scheme_agree)
{
    for (int i = 0; i < YH_COUNT(SCHEMES); i++) {
        char path[128];
        snprintf(path, sizeof path, "tests/casemix/all/%s.tsv", SCHEMES[i]);
        CHECK_I64(agree(testing_scheme(i), path), 200, "rows");
    }
}
