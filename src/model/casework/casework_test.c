#include "model/casework/casework.h"

#include "base/test.h"

static void load(struct yh_casework *w)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_casework_texts t = {
        yh_test_file(a, "catalogs/holidays.tsv"),
        yh_test_file(a, "catalogs/casework/clocks.tsv"),
        yh_test_file(a, "catalogs/casework/measures.tsv"),
        yh_test_file(a, "catalogs/casework/credit.tsv"),
        yh_test_file(a, "catalogs/casework/credit-levels.tsv"),
        yh_test_file(a, "catalogs/casework/credit-repair.tsv"),
        yh_test_file(a, "catalogs/casework/rewards.tsv"),
        yh_test_file(a, "catalogs/casework/margins.tsv"),
        yh_test_file(a, "catalogs/casework/hearings.tsv"),
        yh_test_file(a, "catalogs/casework/templates.md"),
    };
    struct yh_err err;
    CHECK_OK(yh_casework_load(a, &t, w, &err), &err);
}

TEST(the_nearest_place_and_the_day_choose_the_row)
{
    struct yh_casework w;
    struct yh_arena *a = yh_test_arena();
    struct yh_err err;
    enum yh_standing s;
    int days;
    yh_day day = yh_day_of(2026, 3, 2), before = yh_day_of(2025, 12, 31);
    load(&w);
    CHECK_OK(yh_casework_clock(&w, *a, YH_S("990100"), YH_S("appeal"), day, &days, &s, &err),
             &err);
    CHECK_I64(days, 3, "the place's own");
    CHECK_I64(s, YH_INVENTED, "and its standing");
    CHECK_OK(yh_casework_clock(&w, *a, YH_S("990100"), YH_S("appeal"), before, &days, &s, &err),
             &err);
    CHECK_I64(days, 5, "before it, the default");
    CHECK_OK(yh_casework_clock(&w, *a, YH_S("532500"), YH_S("recheck"), day, &days, NULL, &err),
             &err);
    CHECK_I64(days, 10, "elsewhere");
    CHECK_I64(yh_casework_clock(&w, *a, YH_S("990100"), YH_S("lunch"), day, &days, NULL, &err),
              YH_NOT_FOUND, "no such term");
    CHECK(yh_find(yh_cstr(err.text), YH_S("lunch")) > 0);
    struct yh_measure m;
    CHECK_OK(yh_casework_measure(&w, a, YH_S("fine_fraud"), day, &m, &err), &err);
    CHECK_STR(m.power, YH_S("administrative"), "no contract power");
    CHECK_I64(m.times_min, 2 * YH_ONE, "twice");
    CHECK_I64(m.times_max, 5 * YH_ONE, "to five times");
    CHECK_I64(yh_casework_measure(&w, a, YH_S("fine"), yh_day_of(2021, 4, 30), &m, &err),
              YH_NOT_FOUND, "before the regulation");
    struct yh_credit_row c;
    CHECK_OK(yh_casework_points(&w, a, YH_S("990100"), YH_S("staff"), YH_S("serious"),
                                YH_S("main"), day, &c, &err),
             &err);
    CHECK_I64(c.points, 9, "the top of its band");
    struct yh_credit_level l;
    CHECK_OK(yh_casework_level(&w, a, YH_S("990100"), YH_S("staff"), 11, day, &l, &err), &err);
    CHECK_I64(l.points, 9, "nine reached, twelve not");
    CHECK_I64(yh_casework_level(&w, a, YH_S("990100"), YH_S("staff"), 8, day, &l, &err),
              YH_NOT_FOUND, "none");
    struct yh_reward_rate r;
    CHECK_OK(yh_casework_reward(&w, a, YH_S("532500"), YH_S("1"), day, &r, &err), &err);
    CHECK_I64(r.rate, 30000, "3 %");
    CHECK_I64(r.most, 20000000, "200,000 yuan");
    struct yh_credit_repair p;
    CHECK_OK(yh_casework_repair(&w, a, YH_S("990100"), YH_S("provider"), day, &p, &err), &err);
    CHECK_I64(p.points_max, 3, "a year");
}

TEST(every_act_leads_somewhere_and_every_document_has_its_template)
{
    struct yh_casework w;
    struct yh_arena *a = yh_test_arena();
    struct yh_err err;
    unsigned reached = 1u << YH_CASE_OPENED;
    load(&w);
    for (int i = 0; i < YH_ACT_N; i++) {
        const struct yh_case_act_row *act = yh_case_act_of(i);
        int days;
        if (act->to != YH_CASE_SAME)
            reached |= 1u << act->to;
        if (act->clock[0] && act->clock[0] != '=')
            CHECK_OK(yh_casework_clock(&w, *a, YH_S("000000"), yh_cstr(act->clock),
                                       yh_day_of(2026, 1, 1), &days, NULL, &err),
                     &err);
        if (act->document[0]) {
            yh_str out;
            enum yh_status st = yh_template_fill(a, w.text.templates, yh_cstr(act->document),
                                                 NULL, 0, &out, &err);
            CHECK_I64(st, YH_BAD_TABLE, "there, and wants its words");
        }
    }
    for (int s = 0; s < YH_CASE_SAME; s++) {
        CHECK_I64(reached >> s & 1, 1, yh_case_state_word(s));
        CHECK_I64(yh_case_state_read(yh_cstr(yh_case_state_word(s))), s, "read back");
    }
    CHECK_I64(yh_case_state_read(YH_S("gone")), YH_CASE_SAME, "no such word");
}

TEST(templates_fill_every_word_or_say_which)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_err err;
    yh_str out, t = YH_S("# x\n\n## one\n\na {b} c{d}\n\n## two\n\nlast {b}\n");
    struct yh_fill f[] = { { "b", YH_S("甲") }, { "d", YH_S("") } };
    CHECK_OK(yh_template_fill(a, t, YH_S("one"), f, 2, &out, &err), &err);
    CHECK_STR(out, YH_S("a 甲 c\n"), "filled");
    CHECK_OK(yh_template_fill(a, t, YH_S("two"), f, 1, &out, &err), &err);
    CHECK_STR(out, YH_S("last 甲\n"), "the last section");
    CHECK_I64(yh_template_fill(a, t, YH_S("one"), f, 1, &out, &err), YH_BAD_TABLE,
              "d is not given");
    CHECK(yh_find(yh_cstr(err.text), YH_S("{d}")) > 0);
    CHECK_I64(yh_template_fill(a, t, YH_S("three"), f, 2, &out, &err), YH_NOT_FOUND,
              "no section");
    CHECK_I64(yh_template_fill(a, YH_S("## q\n{open"), YH_S("q"), f, 2, &out, &err),
              YH_BAD_TABLE, "open");
}

TEST(bad_casework_tables_are_refused_by_name)
{
    struct yh_casework w;
    struct yh_err err = { 0 };
    struct yh_casework_texts t;
    load(&w);
    t = w.text;
    t.rewards = YH_S("region\ttier\n");
    CHECK_I64(yh_casework_load(yh_test_arena(), &t, &w, &err), YH_BAD_TABLE, "columns missing");
    t = w.text;
    t.clocks =
        YH_S("region\tfrom\tto\tstanding\tclock\tdays\n000000\tnever\t\tunverified\ta\t1\n");
    CHECK_I64(yh_casework_load(yh_test_arena(), &t, &w, &err), YH_BAD_TABLE, "no day");
    CHECK(yh_find(yh_cstr(err.text), YH_S("clocks.tsv")) >= 0 && err.line == 2);
    t = w.text;
    t.measures = YH_S("measure\tfrom\tto\tstanding\nx\t2021-01-01\t\tperhaps\n");
    CHECK_I64(yh_casework_load(yh_test_arena(), &t, &w, &err), YH_BAD_TABLE,
              "no such standing");
}
