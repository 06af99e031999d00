#include "shell/sim/place.h"
#include <stdio.h>
#include <stdlib.h>

static void office(struct yh_sim_places *p, yh_str code, yh_str name)
{
    snprintf(p->office[p->noffice], 8, "%.*s", YH_ARG(code));
    snprintf(p->office_name[p->noffice], 64, "%.*s", YH_ARG(name));
    p->noffice++;
}

static void provider(struct yh_arena *a, struct yh_sim_places *p, int *cap, int at, int level,
                     int nth, struct yh_draw *d)
{
    bool town = level == 0 && nth % 3 != 0;
    struct yh_sim_provider x = {
        .pharmacy = level == 3,
        .level = level == 3 ? 0 : level,
        .hosp_lv = level == 2   ? "2"
                   : level == 1 ? "5"
                   : level == 0 ? "9"
                                : "",
        .level_kind = level     ? ""
                      : !town   ? ""
                      : nth % 2 ? "乡镇卫生院"
                                : "社区卫生",
        .office = at,
        .away = at < p->n_local    ? YH_SIM_HERE
                : at == p->n_local ? YH_SIM_PROVINCE
                                   : YH_SIM_COUNTRY,
        .beds = level == 2   ? 900 + (int)yh_draw_below(d, 900)
                : level == 1 ? 180 + (int)yh_draw_below(d, 300)
                : level == 0 ? 20 + (int)yh_draw_below(d, 60)
                             : 0,
    };
    /* 99 and the last four of the office's six digits: no such area, so no such hospital.  Those in
     * other provinces begin with 98, or they would bear the numbers of a pool XX0100. */
    snprintf(x.code, sizeof x.code, "%c%s%.4s%05d", level == 3 ? 'P' : 'H',
             x.away == YH_SIM_COUNTRY ? "98" : "99", p->office[at] + 2,
             level * 10000 + nth + 1);
    char what[32];
    snprintf(what, sizeof what,
             level == 1           ? "第%d医院"
             : level == 0 && town ? "第%d卫生院"
             : level == 0         ? "第%d门诊部"
             : level == 3         ? "第%d药房"
                                  : "第%d中心医院",
             nth + 1);
    snprintf(x.name, sizeof x.name, "虚构%s%s", p->office_name[at], what);
    YH_PUSH(a, p->provider, p->n, *cap) = x;
}

enum yh_status yh_sim_places_build(struct yh_arena *a, const struct yh_regions *regions,
                                   uint32_t region, yh_str capital, yh_str province, yh_day day,
                                   struct yh_sim_people *people, struct yh_sim_places *p,
                                   struct yh_err *err)
{
    *p = (struct yh_sim_places){ .region = region };
    int64_t sum = 0;
    for (int i = 0; i < regions->n && p->noffice < 58; i++) {
        const struct yh_region *r = &regions->row[i];
        char code[8];
        if (r->kind != YH_REGION_OFFICE || r->parent != region ||
            !yh_in_period(r->period, day) || r->code % 100 == 99)
            continue;
        yh_str text = { code, snprintf(code, sizeof code, "%06u", r->code) };
        if (yh_eq(text, capital))
            p->capital = p->noffice;
        struct yh_draw d = yh_draw_of(people->seed, YH_DRAW_PLACES, r->code);
        people->office_upto[p->noffice] = sum += 60 + yh_draw_below(&d, 90);
        office(p, text, r->name);
    }
    if (!p->noffice)
        return yh_fail_field(
            err, YH_NOT_FOUND, "--region", "",
            "区划 %06u 不是统筹区，或目录里没有它的经办机构；yiheng catalog region 可查",
            region);
    p->n_local = people->noffice = p->noffice;
    people->capital = p->capital;
    /* Away: another city of the province, and the invented province 98 for other provinces. */
    office(p, province, YH_S("省内某市"));
    office(p, YH_S("980101"), YH_S("省外某市"));
    int cap = 0;
    for (int o = 0; o < p->noffice; o++) {
        bool away = o >= p->n_local;
        int64_t here =
            away ? 0
                 : people->people *
                       (people->office_upto[o] - (o ? people->office_upto[o - 1] : 0)) / sum;
        int64_t number[4] = { yh_max(2, here * 130 / 1000000), yh_max(1, here * 11 / 1000000),
                              0, yh_max(1, here * 175 / 1000000) };
        if (o == p->capital)
            number[2] = yh_max(1, people->people * 16 / 10000000);
        if (away)
            number[0] = number[1] = number[3] = 0, number[2] = 6;
        for (int l = 0; l < 4; l++) {
            p->at[o][l].first = p->n;
            p->at[o][l].n = (int)yh_min(number[l], 9999);
            for (int i = 0; i < p->at[o][l].n; i++) {
                struct yh_draw d =
                    yh_draw_of(people->seed, YH_DRAW_PLACES, o * 100000 + l * 10000 + i);
                provider(a, p, &cap, o, l, i, &d);
            }
        }
    }
    return YH_OK;
}

int yh_sim_provider_draw(const struct yh_sim_places *p, int at, int level, struct yh_draw *d)
{
    if (!p->at[at][level].n)
        at = at < p->n_local && level == 2 ? p->capital : at;
    if (!p->at[at][level].n)
        level = 2;
    int64_t n = p->at[at][level].n, r = yh_draw_below(d, 65536);
    /* A few have most of the patients: the place goes with the square of a share. */
    return p->at[at][level].first + (int)(n * r / 65536 * r / 65536);
}
