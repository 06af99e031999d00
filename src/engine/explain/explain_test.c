/* The page a patient reads, kept as golden files; tests/settle.sh prints the same bills. */
#include "base/test.h"
#include "engine/bill/bill.h"
#include "engine/benefit/testing.h"
#include "model/policy/policy.h"

static struct yh_plan *plan_of(struct yh_arena *a, const char *const *path, int n,
                               yh_str scheme, yh_day day)
{
    const struct yh_kinds *k;
    struct yh_plan *p;
    struct yh_err err;
    struct yh_policy_text *text = YH_NEW(a, struct yh_policy_text, n);
    struct yh_findings *f = YH_NEW(a, struct yh_findings, 1);
    for (int i = 0; i < n; i++)
        text[i] = (struct yh_policy_text){ yh_cstr(path[i]), yh_test_file(a, path[i]) };
    CHECK_OK(yh_kinds_load(a, yh_test_file(a, "catalogs/kinds.tsv"), &k, &err), &err);
    CHECK_OK(yh_policy_load(a, text, n, k, YH_S("990100"), scheme, day, &p, f, &err), &err);
    return p;
}

static const char *const PAGES[] = { "policy/990101/310-2026.md", "policy/990101/390-2026.md",
                                     "policy/990101/392-2026.md", "policy/990101/610-2026.md" };

static bool chinese(yh_str s)
{
    for (int i = 0; i + 2 < s.n; i++)
        if ((unsigned char)s.p[i] >= 0xe4 && (unsigned char)s.p[i] <= 0xe9)
            return true;
    return false;
}

/* Said in English, nothing of a row stays Chinese but a layer's own name. */
static void check_english(const struct yh_explain *e)
{
    for (int i = 0; i < e->nrow; i++) {
        struct yh_explain_row r = e->row[i];
        bool layer = false;
        for (int k = 0; k < e->plan->nlayer; k++)
            layer |= yh_eq(r.label, e->plan->layer[k].name);
        yh_explain_english(yh_test_arena(), &r);
        CHECK(layer || !chinese(r.label));
        CHECK(!chinese(r.text));
    }
}

static void tell(const struct yh_plan *p, const char *json, enum yh_lang lang,
                 struct yh_buf *out)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_json *v;
    struct yh_bill_read b;
    struct yh_decision d;
    struct yh_err err;
    struct yh_bill_plan bp = yh_bill_plan_of(p);
    CHECK_OK(yh_json_read(a, yh_cstr(json), (struct yh_json_limits){ 0 }, &v, &err), &err);
    CHECK_OK(yh_bill_read(a, &bp, NULL, v, &b, &err), &err);
    CHECK_OK(yh_benefit_settle(a, p, NULL, &b.bill, (struct yh_settle_how){ true }, &d, &err),
             &err);
    yh_test_reasons(&d);
    struct yh_explain e = yh_explain_bill(a, p, &b.bill, &d, lang);
    CHECK(e.sums);
    check_english(&e);
    yh_explain_bill_text(&e, out);
    yh_putc(out, '\n');
}

TEST(a_bill_explains_itself)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_buf out = yh_buf_in(a);
    const struct yh_plan *r = plan_of(a, PAGES, 4, YH_S("390"), yh_day_of(2026, 3, 18));
    const struct yh_plan *e = plan_of(a, PAGES, 4, YH_S("310"), yh_day_of(2026, 3, 18));
    static const char SKETCH[] =
        "{\"begin\":\"2026-03-10\",\"end\":\"2026-03-18\",\"facts\":{\"就医类别\":\"住院\","
        "\"人员\":\"成年居民\",\"身份\":[\"低保\"],"
        "\"级别\":\"三级\",\"次数\":1,\"年龄\":40},\"medfee_sumamt\":25000,\"fulamt_ownpay_"
        "amt\":1200,\"overlmt_selfpay\":300,"
        "\"preselfpay_amt\":1500,\"inscp_scp_amt\":22000,\"standing\":{\"大病保险.累计\":6000}"
        "}";
    tell(r, SKETCH, YH_ZH, &out);
    tell(r, SKETCH, YH_EN, &out);
    tell(r,
         "{\"day\":\"2026-11-02\",\"facts\":{\"就医类别\":\"住院\",\"人员\":\"成年居民\","
         "\"级别\":\"三级\",\"次数\":3,\"年龄\":40,"
         "\"就医地\":\"跨省异地\",\"备案\":\"未备案\"},\"inscp_scp_amt\":250000,\"standing\":{"
         "\"基本统筹.已付\":40000}}",
         YH_ZH, &out);
    tell(r,
         "{\"day\":\"2026-05-02\",\"facts\":{\"就医类别\":\"住院\",\"人员\":\"成年居民\","
         "\"级别\":\"一级\",\"年龄\":33},"
         "\"inscp_scp_amt\":4000,\"pended\":true}",
         YH_ZH, &out);
    tell(e,
         "{\"day\":\"2026-03-01\",\"psn_type\":\"12\",\"med_type\":\"11\",\"hosp_lv\":\"1\","
         "\"brdy\":\"1955-06-12\",\"lines\":["
         "{\"feedetl_sn\":\"1\",\"chrgitm_lv\":\"丙\",\"pric\":\"15.00\",\"cnt\":\"1\"},"
         "{\"feedetl_sn\":\"2\",\"chrgitm_lv\":\"01\",\"pric_uplmt_amt\":80,\"pric\":\"120."
         "00\",\"cnt\":\"1\"},"
         "{\"feedetl_sn\":\"3\",\"chrgitm_lv\":\"02\",\"selfpay_prop\":0.1,\"pric\":15,\"cnt\":"
         "20},"
         "{\"feedetl_sn\":\"4\",\"med_list_codg\":\"不在目录\",\"pric\":8,\"cnt\":1}],\"acct_"
         "used_flag\":\"1\",\"balc\":\"60.00\"}",
         YH_ZH, &out);
    /* No fund pays: by a rate of none, and for want of a layer.  The page says which. */
    static const char HIGH[] =
        "{\"day\":\"2026-05-02\",\"facts\":{\"就医类别\":\"门诊\",\"人员\":"
        "\"成年居民\",\"级别\":\"三级\",\"年龄\":33},\"inscp_scp_amt\":200}";
    static const char SHOP[] =
        "{\"day\":\"2026-05-02\",\"facts\":{\"就医类别\":\"药店\",\"人员\":"
        "\"成年居民\",\"级别\":\"药店\",\"年龄\":33},\"inscp_scp_amt\":200}";
    tell(r, HIGH, YH_ZH, &out);
    tell(r, SHOP, YH_ZH, &out);
    tell(r, SHOP, YH_EN, &out);
    CHECK_GOLDEN("tests/golden/explain.txt", yh_buf_str(&out));
}

/* What may not stand in a bill, and the field that the refusal names. */
TEST(a_wrong_bill_is_refused_by_its_field)
{
    struct yh_arena *a = yh_test_arena();
    const struct yh_plan *p = plan_of(a, PAGES, 4, YH_S("390"), yh_day_of(2026, 3, 18));
    struct yh_bill_plan bp = yh_bill_plan_of(p);
#define FACTS                                                                                               \
    "\"day\":\"2026-03-18\",\"facts\":{\"就医类别\":\"住院\",\"人员\":\"成年居民\",\"级别\":" \
    "\"三级\",\"年龄\":40}"
    static const struct {
        const char *json, *field;
    } BAD[] = {
        { "{\"facts\":{}}", "day" },
        { "{\"day\":\"2026-02-30\"}", "day" },
        { "{\"begin\":\"2026-03-02\",\"end\":\"2026-03-01\"}", "begin" },
        { "{\"day\":\"2026-03-18\",\"facts\":{\"人员\":\"成年居民\",\"级别\":\"三级\"},\"inscp_"
          "scp_amt\":1}",
          "就医类别" },
        { "{\"day\":\"2026-03-18\",\"facts\":{\"就医类别\":\"住院\",\"级别\":\"三级\"},\"inscp_"
          "scp_amt\":1}",
          "人员" },
        { "{\"day\":\"2026-03-18\",\"facts\":{\"就医类别\":\"住院\",\"人员\":\"成年居民\"},"
          "\"inscp_scp_amt\":1}",
          "级别" },
        { "{\"day\":\"2026-03-18\",\"facts\":{\"就医类别\":\"飞行\"}}", "就医类别" },
        { "{\"day\":\"2026-03-18\",\"facts\":{\"心情\":\"好\"}}", "心情" },
        { "{\"day\":\"2026-03-18\",\"facts\":[]}", "facts" },
        { "{" FACTS "}", "lines" },
        { "{" FACTS ",\"inscp_scp_amt\":\"1.001\"}", "inscp_scp_amt" },
        { "{" FACTS ",\"inscp_scp_amt\":1e3}", "inscp_scp_amt" },
        { "{" FACTS ",\"inscp_scp_amt\":1,\"typo\":1}", "typo" },
        { "{" FACTS ",\"inscp_scp_amt\":1,\"standing\":{\"没有的累计\":1}}", "没有的累计" },
        { "{" FACTS ",\"lines\":[{\"pric\":1,\"cnt\":1,\"chrgitm_lv\":\"丁\"}]}",
          "chrgitm_lv" },
        { "{" FACTS
          ",\"lines\":[{\"pric\":1,\"cnt\":1,\"chrgitm_lv\":\"乙\",\"selfpay_prop\":2}]}",
          "selfpay_prop" },
        { "{" FACTS ",\"lines\":[{\"pric\":1,\"cnt\":1}],\"medfee_sumamt\":2}",
          "medfee_sumamt" },
        { "{" FACTS ",\"lines\":{}}", "lines" },
        { "{" FACTS ",\"inscp_scp_amt\":1,\"balc\":\"x\"}", "balc" },
    };
    for (int i = 0; i < YH_COUNT(BAD); i++) {
        struct yh_json *v;
        struct yh_bill_read b;
        struct yh_err err = { 0 };
        CHECK_OK(yh_json_read(a, yh_cstr(BAD[i].json), (struct yh_json_limits){ 0 }, &v, &err),
                 &err);
        CHECK_I64(yh_bill_read(a, &bp, NULL, v, &b, &err), YH_BAD_INPUT, BAD[i].json);
        CHECK_STR(yh_cstr(err.field), yh_cstr(BAD[i].field), BAD[i].json);
    }
}
