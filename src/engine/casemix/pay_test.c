/* Weight 1.075 at 8,000.00 is 8,600.00; 0.333333 at 8,000.00 is 2,666.664, 2,666.66 to the fen. */
#include "base/test.h"
#include "engine/casemix/pay.h"

static const char *weight_text, *summary_text;

static enum yh_status read_text(void *ctx, const char *path, yh_str *text, struct yh_err *err)
{
    (void)ctx, (void)err;
    *text = yh_cstr(strcmp(path, "weight.tsv") ? summary_text : weight_text);
    return YH_OK;
}

static enum yh_status load(struct yh_arena *a, const char *weight, const char *summary,
                           struct yh_drg_pay **out, struct yh_err *err)
{
    weight_text = weight;
    summary_text = summary;
    return yh_drg_pay_load(a, (struct yh_casemix_source){ NULL, read_text }, out, err);
}

TEST(a_drg_is_worth_weight_times_rate)
{
    struct yh_arena a;
    struct yh_err err = { 0 };
    struct yh_drg_pay *p;
    yh_micro w;
    yh_fen f, m;
    CHECK_OK(yh_arena_open(&a, 1 << 22, &err), &err);
    CHECK_OK(load(&a, "#drg\tweight\tfrom\nES21\t1.075000\t\nES25\t0.333333\t\nES31\t\t\n",
                  "#item\tvalue\ncases\t9\nbase_rate\t8000.00\n", &p, &err),
             &err);
    CHECK(yh_drg_standard(p, YH_S("ES21"), &w, &m, &f));
    CHECK_I64(f, 860000, "8600.00");
    CHECK(yh_drg_standard(p, YH_S("ES25"), &w, &m, &f));
    CHECK_I64(f, 266666, "2666.66");
    CHECK(!yh_drg_standard(p, YH_S("ES31"), &w, &m, &f)); /* empty in history */
    CHECK(!yh_drg_standard(p, YH_S("0000"), &w, &m, &f));
    yh_arena_close(&a);
}

TEST(a_table_of_weights_that_is_wrong_is_refused)
{
    static const struct {
        const char *weight, *summary, *part;
    } BAD[] = {
        { "#drg\tweight\nA\t-1\n", "#item\tvalue\nbase_rate\t1\n", "第 2 行" },
        { "#drg\tweight\nA\t1\nA\t1\n", "#item\tvalue\nbase_rate\t1\n", "第 3 行" },
        { "#drg\tweight\nA\t1\n", "#item\tvalue\ncases\t1\n", "base_rate" },
        { "#drg\tweight\nA\t1\n", "#item\tvalue\nbase_rate\t0\n", "base_rate" },
    };
    struct yh_arena a;
    struct yh_err err = { 0 };
    struct yh_drg_pay *p;
    CHECK_OK(yh_arena_open(&a, 1 << 22, &err), &err);
    for (int i = 0; i < YH_COUNT(BAD); i++) {
        CHECK_I64(load(&a, BAD[i].weight, BAD[i].summary, &p, &err), YH_BAD_TABLE, BAD[i].part);
        CHECK(yh_find(yh_cstr(err.text), yh_cstr(BAD[i].part)) >= 0);
    }
    yh_arena_close(&a);
}
