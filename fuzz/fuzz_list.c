/* Whatever JSON comes as a settlement list, every check runs to its end and its findings name what
 * is there.
 * One check of every kind stands in the table. */
#include "engine/list/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROW(text)             \
    {                         \
        text, sizeof text - 1 \
    }
#define CHECK(id, kind, node, field, arg, when) \
    id "\t\tg\terror\t" kind "\t" node "\t" field "\t" arg "\t" when "\tm\tunverified\n"

/* One check of every kind, with the parameters that the real table has. */
static const yh_str CHECKS = ROW(
    "#check\talso\tgroup\tseverity\tkind\tnode\tfield\targ\twhen\tmessage\tstanding\n" CHECK(
        "a", "required", "setlinfo", "psn_no", "",
        "newborn") CHECK("b", "required", "setlinfo", "vent_used_days|vent_used_dura#1", "",
                         "ventilated") CHECK("c", "values", "diseinfo", "adm_cond_type",
                                             "1,2,3,4", "") CHECK("d", "values", "setlinfo",
                                                                  "ntly", "@countries", "")
        CHECK("e", "digits", "setlinfo", "poscode", "",
              "") CHECK("f", "length", "setlinfo", "poscode", "6",
                        "") CHECK("g", "numbers", "setlinfo", "nwb_adm_wt", "",
                                  "") CHECK("h", "range", "setlinfo", "nwb_adm_wt;nwb_bir_wt",
                                            "200..20000", "")
            CHECK("i", "duration", "setlinfo", "x#1,x#2,x#3;y#1,y#2,y#3", "24,60", "") CHECK(
                "j", "order", "oprninfo",
                "adm_time-24h<=oprn_oprt_begntime<oprn_oprt_endtime<=dscg_time",
                "loose", "") CHECK("k", "one_main", "diseinfo", "maindiag_flag", "",
                                   "") CHECK("l", "px_exists", "oprninfo", "oprn_oprt_code", "",
                                             "") CHECK("m", "dx_exists", "setlinfo", "wm_dise_code",
                                                       "", "")
                CHECK("n", "stay_days", "setlinfo", "act_ipt_days", "", "") CHECK(
                    "o", "age",
                    "setlinfo",
                    "age", "", "") CHECK("p", "id_birth", "setlinfo", "certno", "",
                                         "") CHECK("q", "id_sex", "setlinfo", "certno", "", "")
                    CHECK("r", "id_check", "setlinfo", "certno", "", "") CHECK(
                        "s", "fact", "facts",
                        "entitled",
                        "0", "") CHECK("t", "dx_name", "diseinfo", "diag_name", "",
                                       "") CHECK("u", "px_name", "oprninfo", "oprn_oprt_name",
                                                 "",
                                                 "") CHECK("v", "grey", "", "diag_code", "", "")
                        CHECK("w", "main_prefix", "diseinfo", "diag_code", "list", "") CHECK(
                            "x",
                            "main_with_other", "diseinfo", "diag_code",
                            "list>list",
                            "") CHECK("y", "main_field", "diseinfo", "adm_cond_type", "4", "")
                            CHECK("z", "duplicate", "diseinfo", "diag_code", "", "") CHECK(
                                "A",
                                "at_most", "diseinfo", "diag_code",
                                "16",
                                "") CHECK("B", "main_px", "oprninfo", "oprn_oprt_type", "", "")
                                CHECK(
                                    "C",
                                    "removed", "oprninfo", "oprn_oprt_code", "list",
                                    "") CHECK("D", "asterisk", "diseinfo", "diag_code", "", "")
                                    CHECK("E", "sex", "diseinfo", "diag_code",
                                          "list,list", "") CHECK("F", "newborn_dx", "diseinfo",
                                                                 "diag_code", "list", "")
                                        CHECK("G", "death", "setlinfo", "dscg_way", "list",
                                              "") CHECK("H", "share", "setlinfo", "dscg_way",
                                                        "9,way9_share,0.05", "")
                                            CHECK("I",
                                                  "vent_stay", "setlinfo", "vent_used_days", "",
                                                  "") CHECK("J", "vent_code", "setlinfo",
                                                            "vent_used_days",
                                                            "96.70,96.72", "")
                                                CHECK("K", "billed", "icuinfo", "", "list",
                                                      "") CHECK("L", "fee_without", "oprninfo",
                                                                "", "06", "")
                                                    CHECK("M", "code_without", "oprninfo", "",
                                                          "06,08", "") CHECK("N", "readmission",
                                                                             "setlinfo", "f",
                                                                             "1", "")
                                                        CHECK("O", "total", "iteminfo", "amt",
                                                              "medfee_sumamt",
                                                              "") CHECK("P", "parts", "payinfo",
                                                                        "fund_payamt", "", "")
                                                            CHECK("Q", "classes", "iteminfo",
                                                                  "amt", "",
                                                                  "") CHECK("R", "lines",
                                                                            "iteminfo", "amt",
                                                                            "", "")
                                                                CHECK("S", "settled", "payinfo",
                                                                      "fund_payamt", "",
                                                                      "") CHECK("T", "negative",
                                                                                "iteminfo",
                                                                                "amt", "", "")
                                                                    CHECK("U", "zero",
                                                                          "iteminfo", "amt", "",
                                                                          "") CHECK("V",
                                                                                    "outlier",
                                                                                    "iteminfo",
                                                                                    "amt",
                                                                                    "0.4,3", "")
                                                                        CHECK("W", "shares",
                                                                              "iteminfo", "amt",
                                                                              "09+10,0.95", "")
                                                                            CHECK(
                                                                                "X", "late",
                                                                                "facts",
                                                                                "uploaded_days",
                                                                                "list_days", "")
                                                                                CHECK("Y",
                                                                                      "more",
                                                                                      "facts",
                                                                                      "active_"
                                                                                      "lists",
                                                                                      "1", "")
                                                                                    CHECK(
                                                                                        "Z",
                                                                                        "fact_"
                                                                                        "text",
                                                                                        "facts",
                                                                                        "adrg",
                                                                                        "QY",
                                                                                        ""));

static struct yh_list_tables *load(struct yh_arena *a)
{
    struct yh_list_texts x = {
        .checks = CHECKS,
        .lists = ROW("#list\tprefix\tvalue\nlist\tI\t5\nlist\t96.\t96.\ncountries\tCHN\t\n"),
        .diagnosis = ROW("code\tname_zh\tgrey\nI10.x00\tn\t1\nJ18.900\tm\t0\n"),
        .procedures = ROW("code\tname_zh\tgrey\n96.7101\tn\t0\n51.2300\tm\t1\n"),
        .dictionaries = ROW("type\tcode\ncountries\tUSA\n"),
    };
    struct yh_list_tables *t;
    struct yh_err err = { 0 };
    yh_assert(!yh_list_tables_load(a, &x, &t, &err) && !yh_list_kinds(t, &err));
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct yh_arena tables, scratch;
    static struct yh_list_tables *t;
    struct yh_err err = { 0 };
    if (!t) {
        yh_assert(!yh_arena_open(&tables, (size_t)1 << 26, &err));
        yh_assert(!yh_arena_open(&scratch, (size_t)1 << 30, &err));
        t = load(&tables);
    }
    struct yh_arena a = scratch;
    struct yh_json *list;
    struct yh_list_findings f;
    if (yh_json_read(&a, (yh_str){ (const char *)data, (ptrdiff_t)size },
                     (struct yh_json_limits){ 0 }, &list, &err))
        return 0;
    yh_list_check_all(t, list, &a, &f);
    yh_assert(f.n >= 0 && f.open >= 0 && f.open <= t->ncheck && f.errors <= f.n);
    for (int i = 0; i < f.n; i++)
        yh_assert(f.item[i].check >= t->check && f.item[i].check < t->check + t->ncheck &&
                  f.item[i].row >= -1 && f.item[i].met.n >= 0);
    return 0;
}
