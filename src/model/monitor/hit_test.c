/* model/monitor/hit_test.c */
#include "base/test.h"
#include "model/monitor/hit.h"

static struct yh_hit sample(struct yh_hit_line *line, struct yh_hit_fact *fact)
{
    line[0] = (struct yh_hit_line){ .visit = YH_S("V1"),
                                    .serial = YH_S("L3"),
                                    .code = YH_S("001102000050000"),
                                    .name = YH_S("住院诊查费"),
                                    .day = yh_day_of(2026, 3, 18),
                                    .qty = 30000,
                                    .excess = 20000,
                                    .amount = 6000,
                                    .claimed = 4000,
                                    .at_stake = true };
    fact[0] = (struct yh_hit_fact){ YH_S("上限"), YH_S("1") };
    return (struct yh_hit){ .id = YH_S("0123456789abcdef0123"),
                            .rule = YH_S("service-frequency"),
                            .version = YH_S("0123456789ab"),
                            .kind = YH_S("频次"),
                            .knowledge = YH_S("B08-SFRQ-0002"),
                            .verdict = YH_VERDICT_DENY,
                            .standing = YH_OFFICIAL,
                            .region = YH_S("990100"),
                            .grp = 17,
                            .person = YH_S("P1"),
                            .provider = YH_S("H1"),
                            .visit = YH_S("V1"),
                            .day = yh_day_of(2026, 3, 18),
                            .day_to = yh_day_of(2026, 3, 18),
                            .item = YH_S("001102000050000"),
                            .qty = 20000,
                            .item_money = 4000,
                            .fund_item = 3000,
                            .person_item = 1000,
                            .fund_method = 0,
                            .method = YH_METHOD_GROUP,
                            .message = YH_S("当日 3 次\t上限 1 次\n"),
                            .line = line,
                            .nline = 1,
                            .fact = fact,
                            .nfact = 1 };
}

static void same(const struct yh_hit *a, const struct yh_hit *b)
{
    CHECK_STR(a->rule, b->rule, "rule");
    CHECK_I64(a->verdict, b->verdict, "verdict");
    CHECK_I64(a->standing, b->standing, "standing");
    CHECK_I64(a->method, b->method, "method");
    CHECK_I64(a->qty, b->qty, "qty");
    CHECK_I64(a->day, b->day, "day");
    CHECK_I64(a->fund_item, b->fund_item, "fund");
    CHECK_I64(a->nline, b->nline, "lines");
    CHECK_I64(a->line[0].excess, b->line[0].excess, "excess");
    CHECK_I64(a->line[0].claimed, b->line[0].claimed, "claimed");
    CHECK(a->line[0].at_stake == b->line[0].at_stake);
    CHECK_STR(a->fact[0].value, b->fact[0].value, "fact");
}

TEST(a_hit_comes_back_from_json_and_from_tsv)
{
    struct yh_arena a;
    CHECK(yh_arena_open(&a, 1 << 20, NULL) == YH_OK);
    struct yh_hit_line line[1];
    struct yh_hit_fact fact[1];
    struct yh_hit f = sample(line, fact), g;
    struct yh_buf b = yh_buf_in(&a);
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_hit_json(&w, &f);
    struct yh_json *o;
    struct yh_err err;
    CHECK(yh_json_read(&a, yh_buf_str(&b), (struct yh_json_limits){ 0 }, &o, &err) == YH_OK);
    CHECK(yh_hit_read(&a, o, &g, &err) == YH_OK);
    same(&f, &g);
    CHECK_STR(g.message, f.message, "JSON keeps the text");
    struct yh_buf t = yh_buf_in(&a);
    yh_put(&t, yh_hit_tsv_head());
    yh_hit_tsv(&t, &f);
    struct yh_tsv tsv;
    CHECK(yh_tsv_open(&tsv, yh_buf_str(&t), &err) == YH_OK);
    CHECK_I64(yh_tsv_next(&tsv, &err), 1, "a row");
    CHECK(yh_hit_row(&a, &tsv, &g, &err) == YH_OK);
    same(&f, &g);
    CHECK_STR(g.message, YH_S("当日 3 次 上限 1 次 "), "TSV has no tab in a cell");
    yh_arena_close(&a);
}

TEST(a_hit_that_does_not_add_up_is_refused)
{
    struct yh_arena a;
    CHECK(yh_arena_open(&a, 1 << 20, NULL) == YH_OK);
    struct yh_hit_line line[1];
    struct yh_hit_fact fact[1];
    struct yh_hit f = sample(line, fact), g = { 0 };
    f.fund_item++;
    struct yh_buf b = yh_buf_in(&a);
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_hit_json(&w, &f);
    struct yh_json *o;
    struct yh_err err;
    CHECK(yh_json_read(&a, yh_buf_str(&b), (struct yh_json_limits){ 0 }, &o, &err) == YH_OK);
    CHECK(yh_hit_read(&a, o, &g, &err) == YH_BAD_INPUT);
    CHECK_STR(yh_cstr(err.field), YH_S("item_money"), "the field is named");
    CHECK(!g.rule.p);
    CHECK(yh_json_read(&a, YH_S("{\"id\":\"x\"}"), (struct yh_json_limits){ 0 }, &o, &err) ==
          YH_OK);
    CHECK(yh_hit_read(&a, o, &g, &err) == YH_BAD_INPUT);
    CHECK_STR(yh_cstr(err.field), YH_S("rule"), "the first that is absent");
    yh_arena_close(&a);
}
