#include <stdio.h>
#include "base/test.h"
#include "shell/gateway/field.h"

static struct yh_interface load(void)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_interface t;
    struct yh_err err = { 0 };
    CHECK_OK(yh_interface_load(a, yh_test_file(a, "catalogs/interface/transactions.tsv"),
                               yh_test_file(a, "catalogs/interface/fields.tsv"),
                               yh_test_file(a, "catalogs/interface/dictionaries.tsv"), &t,
                               &err),
             &err);
    return t;
}

TEST(the_tables_load_whole)
{
    struct yh_interface T = load();
    CHECK_I64(T.nmessage, 262, "transactions");
    CHECK(T.nfield > 3000);
    const struct yh_message *m = yh_interface_message(&T, YH_S("2207"));
    CHECK(m != NULL);
    CHECK_STR(m->name_zh, YH_S("门诊结算"), "name");
    const struct yh_node *n = yh_interface_node(m, YH_S("data"));
    CHECK(n && !n->list);
    int i = yh_map_get(&n->by_name, YH_S("medfee_sumamt"), -1);
    CHECK(i >= 0);
    const struct yh_field *f = &T.field[n->first + i];
    CHECK_STR(f->name, YH_S("medfee_sumamt"), "the map points at the field");
    CHECK(f->required && f->kind == YH_FIELD_NUMBER && f->scale == 2 && f->digits == 16);
}

/* infno, nodes, input, error text or "" */
static const struct {
    const char *infno, *nodes, *input, *want, *why;
} CASES[] = {
    { "2208", "data", "{\"data\":{\"setl_id\":\"1\",\"mdtrt_id\":\"2\",\"psn_no\":\"3\"}}", "",
      "complete" },
    { "2208", "data",
      "{\"data\":{\"setl_id\":1,\"mdtrt_id\":\"2\",\"psn_no\":\"3\",\"x\":{},\"exp_content\":{}"
      "}}",
      "", "a number for text, an unknown field, an extension object" },
    { "2208", "data",
      "{\"more\":[1],\"data\":{\"setl_id\":\"1\",\"mdtrt_id\":\"2\",\"psn_no\":\"3\"}}", "",
      "an unknown node is passed over" },
    { "2208", "data", "{}", "节点 data：必填，未提供", "no node" },
    { "2208", "data", "{\"data\":null}", "节点 data：必填，未提供", "null node" },
    { "2208", "data", "{\"data\":\"x\"}", "节点 data：应为对象", "text for a node" },
    { "2208", "data", "{\"data\":[{}]}", "节点 data：应为一个对象，不是数组",
      "list for an object" },
    { "2208", "data", "{\"data\":{\"setl_id\":\"\",\"mdtrt_id\":\"2\",\"psn_no\":\"3\"}}",
      "data.setl_id（结算ID）：必填，未填写", "empty" },
    { "2208", "data", "{\"data\":{\"setl_id\":\"null\",\"mdtrt_id\":\"2\",\"psn_no\":\"3\"}}",
      "data.setl_id（结算ID）：必填，未填写", "the text null" },
    { "2208", "data", "{\"data\":{\"setl_id\":true,\"mdtrt_id\":\"2\",\"psn_no\":\"3\"}}",
      "data.setl_id（结算ID）值“true”：类型不对，应为文本或数字", "a boolean" },
    { "2208", "data",
      "{\"data\":{\"setl_id\":\"1234567890123456789012345678901\",\"mdtrt_id\":\"2\",\"psn_"
      "no\":\"3\"}}",
      "data.setl_id（结算ID）值“1234567890123456789012345678901”：过长，最多30个字符，现有31个",
      "too long" },
    { "2302", "data",
      "{\"data\":[{\"feedetl_sn\":\"1\",\"mdtrt_id\":\"2\",\"psn_no\":\"3\"},{\"feedetl_sn\":"
      "\"1\"}]}",
      "data[2].mdtrt_id（就诊ID）：必填，未填写", "rows count from one" },
    { "2302", "data",
      "{\"data\":{\"feedetl_sn\":\"0000\",\"mdtrt_id\":\"2\",\"psn_no\":\"3\"}}", "",
      "one row for a list" },
    { "2302", "data", "{\"data\":[]}", "节点 data：必填，至少要有一行", "empty list" },
    { "2302", "data", "{\"data\":[7]}", "节点 data[1]：应为对象", "a number in a list" },
};

TEST(one_clear_sentence_for_each_kind_of_wrong_input)
{
    struct yh_interface T = load();
    for (int i = 0; i < YH_COUNT(CASES); i++) {
        struct yh_arena s = *yh_test_arena();
        struct yh_json *v;
        struct yh_err err = { 0 };
        CHECK(
            !yh_json_read(&s, yh_cstr(CASES[i].input), (struct yh_json_limits){ 0 }, &v, NULL));
        const struct yh_message *m = yh_interface_message(&T, yh_cstr(CASES[i].infno));
        enum yh_status bad = yh_interface_check(&T, m, CASES[i].nodes, false, v, s, &err);
        CHECK_STR(yh_cstr(bad ? err.text : ""), yh_cstr(CASES[i].want), CASES[i].why);
    }
}

TEST(money_is_checked_to_its_scale_and_quoted_or_bare)
{
    struct yh_interface T = load();
    static const struct {
        const char *value, *want;
    } ROW[] = {
        { "120.00", "" },
        { "\"120.00\"", "" },
        { "\"\"", "data.medfee_sumamt（医疗费总额）：必填，未填写" },
        { "0", "" },
        { "-5.1", "" },
        { "1.001",
          "data.medfee_sumamt（医疗费总额）值“1.001”：应为数字，最多16位、其中小数2位" },
        { "1e3", "data.medfee_sumamt（医疗费总额）值“1e3”：应为数字，最多16位、其中小数2位" },
        { "\"abc\"",
          "data.medfee_sumamt（医疗费总额）值“abc”：应为数字，最多16位、其中小数2位" },
        { "1.2300", "" },
        { "123456789012345.00", "data.medfee_sumamt（医疗费总额）值“123456789012345.00”：" },
    };
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        struct yh_arena s = *yh_test_arena();
        struct yh_json *v;
        struct yh_err err = { 0 };
        yh_str text = yh_fmt(&s,
                             "{\"data\":{\"psn_no\":\"1\",\"mdtrt_cert_type\":\"02\",\"mdtrt_"
                             "cert_no\":\"1\",\"med_type\":\"11\","
                             "\"medfee_sumamt\":%s,\"psn_setlway\":\"01\",\"mdtrt_id\":\"1\","
                             "\"chrg_bchno\":\"1\","
                             "\"acct_used_flag\":\"1\",\"insutype\":\"310\"}}",
                             ROW[i].value);
        CHECK(!yh_json_read(&s, text, (struct yh_json_limits){ 0 }, &v, NULL));
        enum yh_status bad = yh_interface_check(&T, yh_interface_message(&T, YH_S("2206")),
                                                "data", false, v, s, &err);
        bool as_wanted =
            ROW[i].want[0] ? bad && yh_starts(yh_cstr(err.text), yh_cstr(ROW[i].want)) : !bad;
        if (!as_wanted)
            printf("%s: %s\n", ROW[i].value, err.text);
        CHECK(as_wanted);
    }
}
