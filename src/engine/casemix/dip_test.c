/* engine/casemix/dip_test.c -- the tie-break order, points, what moved; all by hand. */
#include <stdio.h>

#include "base/test.h"
#include "engine/casemix/dip.h"

#define TEXT(s)         \
    {                   \
        s, sizeof s - 1 \
    }
static const struct {
    const char *path;
    yh_str text;
} FILES[] = {
    { "rules.tsv",
      TEXT("#key\tvalue\nthreshold\t2\noperations\tset\ntrim_low\t0\ntrim_high\t1000\n") },
    { "sections.tsv", TEXT("#from\tto\nI20\tI25\nJ09\tJ18\n") },
    { "classes.tsv",
      TEXT("#operation_class_zh\tclass\n诊断性操作\t1\n治疗性操作\t2\n手术\t3\n") },
    { "../icd9cm3/procedures.tsv",
      TEXT("code\toperation_class_"
           "zh\nA1\t手术\nA2\t手术\nB1\t治疗性操作\nC1\t诊断性操作\nX1\t手术\n") },
    { "excluded-operations.tsv", TEXT("#code\nX1\n") },
    { "charlson.tsv", TEXT("#prefix\tweight\nI50\t1\nE11\t1\nE11.5\t2\nC78\t6\n") },
    { "severity.tsv",
      TEXT("#list\tprefix\nfailure\tJ96\norgan\tN18\nmetastasis\tC78\ntumour\tC\n") },
    { "bands.tsv",
      TEXT("#dimension\tband\tname\tfrom\tto\nage\t1\tyoung\t0\t6569\nage\t2\told\t25550\t60000"
           "\n"
           "cci\t1\ta\t1\t2\ncci\t2\tb\t3\t99\nseverity\t1\tII\t2\t2\nseverity\t2\tIII\t3\t3\n"
           "tumour\t1\tm\t4\t4\nreadmission\t1\tr\t1\t31\n") },
    { "excluded-diagnoses.tsv", TEXT("#prefix\nZ99\n") },
    { "tcm.tsv", TEXT("#code\tdx\tpx\tequals\tname\nT1\tJ18\tB1\tI21.0:A1\t中医肺病组\n") },
    { "catalogue.tsv",
      TEXT("#code\tkind\tdx\tpx\tclass\tcases\tkept\tmean_cost\tcv\tweight\tscore\n"
           "I21.0\tcore\tI21.0\t\t0\t9\t9\t8000.00\t0.9\t0.8\t800\n"
           "I21.0:A1\tcore\tI21.0\tA1\t3\t9\t9\t20000.00\t0.9\t2\t2000\n"
           "I21.0:A1+B1\tcore\tI21.0\tA1+B1\t3\t9\t9\t26000.00\t0.9\t2.6\t2600\n"
           "I21.0:A2/C1\tcore\tI21.0\tA2/C1\t3\t9\t9\t21000.00\t0.9\t2.1\t2100\n"
           "I21.0:B1\tbasic\tI21.0\tB1\t2\t9\t9\t5000.00\t0.9\t0.5\t500\n"
           "I20-I25/2\tcomprehensive\tI20-I25\t\t2\t9\t9\t9000.00\t0.9\t0.9\t900\n"
           "I20-I25/3\tcomprehensive\tI20-I25\t\t3\t9\t9\t15000.00\t0.9\t1.5\t1500\n"
           "I22/3\tcomprehensive\tI22\t\t3\t9\t9\t17000.00\t0.9\t1.7\t1700\n") },
    { "aux.tsv",
      TEXT("#code\tdimension\tband\tcases\tmean_cost\tcoefficient\n"
           "I21.0:A1\tage\t2\t5\t24000.00\t1.2\nI21.0:A1\tcci\t2\t5\t28000.00\t1.4\n") },
    { "summary.tsv", TEXT("#item\tvalue\nmean_cost\t10000.00\n") },
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

static struct yh_dip_rules *rules;
static struct yh_dip_catalogue *catalogue;

static void load(struct yh_arena *a)
{
    struct yh_err err;
    struct yh_casemix_source source = { NULL, read_file };
    CHECK_OK(yh_dip_rules_load(a, source, &rules, &err), &err);
    CHECK_OK(yh_dip_catalogue_load(a, source, &catalogue, &err), &err);
}

static struct yh_dip_facts facts_of(const char *dx, const char *px, int age_days)
{
    static struct yh_case c;
    struct yh_dip_facts f;
    c = (struct yh_case){ .age_days = age_days, .los = 5, .discharge = 1 };
    for (yh_str s = yh_cstr(dx); s.p;)
        c.dx[c.ndx++] = yh_cut(&s, ' ');
    for (yh_str s = yh_cstr(px); s.p && s.n;)
        c.px[c.npx++] = yh_cut(&s, ' ');
    yh_dip_facts_of(rules, &c, &f);
    return f;
}

TEST(a_dip_case_goes_where_the_order_of_choice_sends_it)
{
    static const struct {
        const char *dx, *px;
        yh_fen cost;
        const char *code;
        enum yh_dip_why second; /* why the runner-up lost; CHOSEN = there is none */
        const char *why;
    } ROW[] = {
        { "I21.000", "", 1, "I21.0", YH_DIP_CHOSEN, "no operation: conservative" },
        { "I21.000", "X1", 1, "I21.0", YH_DIP_CHOSEN, "an excluded operation does not matter" },
        { "I21.000", "A1", 1, "I21.0:A1", YH_DIP_BY_KIND, "core before comprehensive" },
        { "I21.000", "B1 A1", 1, "I21.0:A1+B1", YH_DIP_BY_PARTS,
          "two parts before one, in any order" },
        { "I21.000", "A1 A2", 2000000, "I21.0:A1", YH_DIP_BY_DISTANCE,
          "the bill is nearer to 20,000" },
        { "I21.000", "A1 A2", 2100000, "I21.0:A2/C1", YH_DIP_BY_DISTANCE,
          "the bill is nearer to 21,000" },
        { "I21.000", "A1 A2 C1", 2000000, "I21.0:A2/C1", YH_DIP_BY_HITS,
          "two of its operations are hit" },
        { "I21.000", "B1", 1, "I21.0:B1", YH_DIP_BY_KIND, "basic before comprehensive" },
        { "I25.100", "B1", 1, "I20-I25/2", YH_DIP_CHOSEN, "section and class" },
        { "I22.000", "A1", 1, "I22/3", YH_DIP_CHOSEN, "a category before its section" },
        { "J18.900", "B1", 1, "I21.0:A1", YH_DIP_CHOSEN, "TCM: same effect, same price" },
        { "J18.900", "A1", 1, NULL, YH_DIP_CHOSEN, "no cell: blank" },
        { "Z99.100", "A1", 1, NULL, YH_DIP_CHOSEN, "on the exclusion list" },
    };
    load(yh_test_arena());
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        struct yh_dip_facts f = facts_of(ROW[i].dx, ROW[i].px, 15000);
        struct yh_dip_group g;
        yh_dip_group(rules, catalogue, &f, ROW[i].cost, &g);
        CHECK_STR(g.row < 0 ? YH_S("") : catalogue->row[g.row].code, yh_cstr(ROW[i].code),
                  ROW[i].why);
        enum yh_dip_why second = YH_DIP_CHOSEN;
        for (int k = 1; k < g.ncandidate; k++)
            second = g.candidate[k].why > second ? g.candidate[k].why : second;
        CHECK_I64(second, ROW[i].second, ROW[i].why);
    }
}

TEST(dip_bands_follow_their_lists)
{
    load(yh_test_arena());
    struct yh_dip_facts f = facts_of("I21.000 I50.900 E11.500 E11.900 J96.000", "", 26000);
    CHECK_I64(f.band[YH_DIP_AGE], 2, "71 years");
    CHECK_I64(f.band[YH_DIP_CCI], 2, "1 + 2: one weight for category E11, its highest");
    CHECK_I64(f.band[YH_DIP_SEVERITY], 2, "failure, five days");
    CHECK_I64(f.band[YH_DIP_TUMOUR], 0, "no tumour");
    CHECK_I64(f.band[YH_DIP_READMISSION], 0, "nothing said of an earlier stay");
    static const struct {
        int days, band;
    } LAST[] = { { 1, 1 }, { 31, 1 }, { 32, 0 } };
    for (int i = 0; i < YH_COUNT(LAST); i++) {
        struct yh_case c = {
            .ndx = 1, .dx = { YH_S("I21.000") }, .since_last = LAST[i].days, .discharge = 1
        };
        yh_dip_facts_of(rules, &c, &f);
        CHECK_I64(f.band[YH_DIP_READMISSION], LAST[i].band, "within 31 days");
    }
    f = facts_of("C34.100 C78.000 J96.000", "", 15000);
    CHECK_I64(f.band[YH_DIP_TUMOUR], 1, "metastasis comes before failure");
    CHECK_I64(f.band[YH_DIP_SEVERITY], 0, "tumours have their own list");
}

/* Group I21.0:A1: mean 20,000.00, weight 2, base 1000. */
TEST(dip_points_by_hand)
{
    static const struct {
        yh_fen cost;
        int age_days;
        yh_micro hospital;
        enum yh_dip_deviation deviation;
        int64_t score; /* ten-thousandths */
        const char *why;
    } ROW[] = {
        { 2000000, 15000, YH_ONE, YH_DIP_NORMAL, 20000000, "weight x base" },
        { 2000000, 26000, YH_ONE, YH_DIP_NORMAL, 24000000,
          "x 1.2 for age; one coefficient only" },
        { 2000000, 15000, 1100000, YH_DIP_NORMAL, 22000000, "x 1.1 of the hospital" },
        { 1000000, 15000, YH_ONE, YH_DIP_NORMAL, 20000000, "exactly half is normal" },
        { 999999, 26000, YH_ONE, YH_DIP_LOW, 10000000,
          "one fen below half is low; 0.4999995 is shown as 0.500000" },
        { 999980, 26000, YH_ONE, YH_DIP_LOW, 9999800, "0.49999 x 2 x 1000, no coefficient" },
        { 4000000, 15000, YH_ONE, YH_DIP_NORMAL, 20000000, "exactly twice is normal" },
        { 6000000, 26000, YH_ONE, YH_DIP_HIGH, 40000000, "(3 - 2 + 1) x 2 x 1000" },
        { 12000000, 15000, YH_ONE, YH_DIP_REVIEW, 100000000,
          "(6 - 2 + 1) x 2 x 1000, for experts" },
    };
    load(yh_test_arena());
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        struct yh_dip_facts f = facts_of("I21.000", "A1", ROW[i].age_days);
        struct yh_dip_group g;
        struct yh_dip_points p;
        yh_dip_group(rules, catalogue, &f, ROW[i].cost, &g);
        yh_dip_points(rules, catalogue, &g, ROW[i].cost, ROW[i].hospital, &p);
        CHECK_I64(p.deviation, ROW[i].deviation, ROW[i].why);
        CHECK_I64(p.score, ROW[i].score, ROW[i].why);
    }
    /* Blank: 5,000.00 ÷ 10,000.00 × 0.7 × 1000. */
    struct yh_dip_facts f = facts_of("J18.900", "A1", 15000);
    struct yh_dip_group g;
    struct yh_dip_points p;
    yh_dip_group(rules, catalogue, &f, 500000, &g);
    yh_dip_points(rules, catalogue, &g, 500000, YH_ONE, &p);
    CHECK_I64(p.score, 3500000, "blank");
}

TEST(a_rebuilt_dip_catalogue_says_what_moved)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_dip_diff *d;
    struct yh_err err;
    load(a);
    /* The new one: A1+B1 is gone, A1 scores 10 % more, A2 stands alone. */
    struct yh_dip_catalogue now = *catalogue;
    now.row = YH_NEW(a, struct yh_dip_row, catalogue->nrow);
    now.nrow = 0;
    now.naux = 0;
    for (int i = 0; i < catalogue->nrow; i++) {
        struct yh_dip_row row = catalogue->row[i];
        if (yh_eq(row.code, YH_S("I21.0:A1+B1")))
            continue;
        if (yh_eq(row.code, YH_S("I21.0:A1")))
            row.score = 22000000;
        if (yh_eq(row.code, YH_S("I21.0:A2/C1")))
            row.code = YH_S("I21.0:A2"), row.px = YH_S("A2");
        now.row[now.nrow++] = row;
    }
    CHECK_OK(yh_dip_catalogue_index(&now, a, &err), &err);
    int n = yh_dip_compare(rules, catalogue, &now, a, &d), added = 0, removed = 0, scored = 0,
        same = 0;
    for (int i = 0; i < n; i++) {
        added += d[i].move == YH_DIP_ADDED;
        removed += d[i].move == YH_DIP_REMOVED;
        scored += d[i].move == YH_DIP_SCORED;
        same += d[i].move == YH_DIP_SAME;
        yh_str was = d[i].was < 0 ? YH_S("") : catalogue->row[d[i].was].code;
        yh_str is = d[i].is < 0 ? YH_S("") : now.row[d[i].is].code;
        if (d[i].move == YH_DIP_SCORED) {
            CHECK_STR(is, YH_S("I21.0:A1"), "what is scored anew");
            CHECK_I64(d[i].change, 100000, "10 % more");
        }
        if (d[i].move == YH_DIP_ADDED)
            CHECK_STR(was, YH_S("I21.0:A2/C1"), "where its cases went before");
        if (d[i].move == YH_DIP_REMOVED && yh_eq(was, YH_S("I21.0:A1+B1")))
            CHECK_STR(is, YH_S("I21.0:A1"), "where its cases go now");
    }
    CHECK_I64(added, 1, "added");
    CHECK_I64(removed, 2, "removed");
    CHECK_I64(scored, 1, "scored");
    CHECK_I64(same, catalogue->nrow - 3, "the same");
}
