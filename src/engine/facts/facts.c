#include "engine/facts/facts.h"
#include <stdio.h>
#include "model/catalog/terms.h"

int64_t yh_kind_of(const struct yh_plan *p, enum yh_dim dim, const yh_str *word, int n)
{
    for (int i = 0; i < n; i++) {
        int k = word[i].n ? yh_plan_kind(p, dim, word[i]) : -1;
        if (k >= 0)
            return k;
    }
    return 0;
}

int64_t yh_kind_one(const struct yh_plan *p, enum yh_dim dim, yh_str word)
{
    return yh_kind_of(p, dim, &word, 1);
}

int64_t yh_kind_visit(const struct yh_plan *p, yh_str med_type)
{
    yh_str by_digit = YH_S("门诊");
    if (med_type.n && med_type.p[0] == '2')
        by_digit = YH_S("住院");
    else if (med_type.n && med_type.p[0] == '4')
        by_digit = YH_S("药店");
    else if (med_type.n && med_type.p[0] == '5')
        by_digit = YH_S("生育住院");
    return yh_kind_of(p, YH_DIM_VISIT, (yh_str[]){ med_type, by_digit }, 2);
}

int64_t yh_kind_person(const struct yh_plan *p, yh_str code, yh_str scheme, int age)
{
    yh_str last = YH_S("成年居民");
    if (yh_eq(scheme, YH_S("310")))
        last = YH_S("在职");
    else if (age < 18)
        last = YH_S("未成年居民");
    return yh_kind_of(p, YH_DIM_PERSON, (yh_str[]){ code, yh_sub(code, 0, 2), last }, 3);
}

uint64_t yh_kind_ident(const struct yh_plan *p, yh_str kind)
{
    int k = yh_plan_kind(p, YH_DIM_IDENT, kind);
    return k >= 0 && k < 64 ? UINT64_C(1) << k : 0;
}

int64_t yh_kind_level(const struct yh_plan *p, yh_str kind, yh_str level, yh_str own,
                      uint8_t *term_level)
{
    *term_level = YH_LEVEL_ANY;
    if (yh_eq(kind, YH_S("2")))
        return yh_kind_of(p, YH_DIM_LEVEL, (yh_str[]){ YH_S("定点药店"), YH_S("未定级") }, 2);
    int64_t n = 0;
    if (yh_int_parse(level, &n, NULL) == YH_OK) {
        bool third = (n >= 1 && n <= 4) || n == 12, second = (n >= 5 && n <= 7) || n == 13;
        bool first = (n >= 8 && n <= 10) || n == 14;
        *term_level = third    ? YH_LEVEL_3
                      : second ? YH_LEVEL_2
                      : first  ? YH_LEVEL_1
                               : YH_LEVEL_ANY;
    }
    char text[48];
    int m = snprintf(text, sizeof text, "hosp_lv:%.*s", level.n < 30 ? (int)level.n : 30,
                     level.n ? level.p : "");
    return yh_kind_of(p, YH_DIM_LEVEL, (yh_str[]){ own, { text, m }, YH_S("未定级") }, 3);
}

int64_t yh_kind_place(const struct yh_plan *p, enum yh_away away)
{
    return yh_kind_one(p, YH_DIM_PLACE,
                       away == YH_AWAY_LOCAL      ? YH_S("0")
                       : away == YH_AWAY_PROVINCE ? YH_S("1")
                                                  : YH_S("2"));
}

int64_t yh_kind_delivery(const struct yh_plan *p, yh_str matn_type)
{
    return yh_kind_of(p, YH_DIM_DELIVERY, (yh_str[]){ matn_type, YH_S("无分娩") }, 2);
}

bool yh_is_emergency(yh_str med_type)
{
    return yh_eq(med_type, YH_S("13")) || yh_eq(med_type, YH_S("1301")) ||
           yh_eq(med_type, YH_S("24"));
}
