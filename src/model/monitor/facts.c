/* model/monitor/facts.c -- national codes as the words of rules. */
#include "model/monitor/facts.h"

struct row {
    yh_str code;
    uint8_t word;
};

static int find(const struct row *list, int n, yh_str code, int otherwise)
{
    for (int i = 0; i < n; i++)
        if (yh_eq(list[i].code, code))
            return list[i].word;
    return otherwise;
}

enum yh_fact_word yh_mon_kind(yh_str m)
{
    static const struct row ROW[] = {
        { YH_S_INIT("13"), YH_FW_KIND_EMERGENCY },
        { YH_S_INIT("1301"), YH_FW_KIND_EMERGENCY },
        { YH_S_INIT("52"), YH_FW_KIND_INPATIENT },
        { YH_S_INIT("71"), YH_FW_KIND_INPATIENT },
        { YH_S_INIT("9902"), YH_FW_KIND_INPATIENT },
        { YH_S_INIT("9904"), YH_FW_KIND_PHARMACY },
        { YH_S_INIT("9907"), YH_FW_KIND_INPATIENT },
        { YH_S_INIT("9921"), YH_FW_KIND_INPATIENT },
        { YH_S_INIT("9925"), YH_FW_KIND_INPATIENT },
        { YH_S_INIT("910301"), YH_FW_KIND_PHARMACY },
        { YH_S_INIT("910302"), YH_FW_KIND_PHARMACY },
    };
    int first = m.n ? m.p[0] : 0;
    return find(ROW, YH_COUNT(ROW), m,
                first == '2'   ? YH_FW_KIND_INPATIENT
                : first == '4' ? YH_FW_KIND_PHARMACY
                               : YH_FW_KIND_OUTPATIENT);
}

bool yh_mon_day_care(yh_str m)
{
    return yh_eq(m, YH_S("28"));
}

bool yh_mon_emergency(yh_str m)
{
    static const struct row ROW[] = {
        { YH_S_INIT("22"), 1 },
        { YH_S_INIT("23"), 1 },
        { YH_S_INIT("24"), 1 },
        { YH_S_INIT("2109"), 1 },
    };
    return find(ROW, YH_COUNT(ROW), m, 0);
}

bool yh_mon_chronic(yh_str m)
{
    static const struct row ROW[] = {
        { YH_S_INIT("14"), 1 },     { YH_S_INIT("16"), 1 },     { YH_S_INIT("1404"), 1 },
        { YH_S_INIT("9901"), 1 },   { YH_S_INIT("110106"), 1 }, { YH_S_INIT("110107"), 1 },
        { YH_S_INIT("990101"), 1 }, { YH_S_INIT("9906"), 1 },
    };
    return find(ROW, YH_COUNT(ROW), m, 0);
}

bool yh_mon_maternity(yh_str m)
{
    static const struct row ROW[] = {
        { YH_S_INIT("51"), 1 },   { YH_S_INIT("52"), 1 },   { YH_S_INIT("53"), 1 },
        { YH_S_INIT("2106"), 1 }, { YH_S_INIT("2107"), 1 },
    };
    return find(ROW, YH_COUNT(ROW), m, 0);
}

enum yh_fact_word yh_mon_scheme(yh_str s)
{
    static const struct row ROW[] = {
        { YH_S_INIT("310"), YH_FW_SCHEME_EMPLOYEE },
        { YH_S_INIT("390"), YH_FW_SCHEME_RESIDENT },
        { YH_S_INIT("391"), YH_FW_SCHEME_RESIDENT },
        { YH_S_INIT("380"), YH_FW_SCHEME_RESIDENT },
        { YH_S_INIT("510"), YH_FW_SCHEME_MATERNITY },
        { YH_S_INIT("410"), YH_FW_SCHEME_OTHER },
    };
    return find(ROW, YH_COUNT(ROW), s, YH_FW_SCHEME_OTHER);
}

int yh_mon_level(yh_str s)
{
    static const struct row ROW[] = {
        { YH_S_INIT("1"), 3 },  { YH_S_INIT("2"), 3 },  { YH_S_INIT("3"), 3 },
        { YH_S_INIT("4"), 3 },  { YH_S_INIT("5"), 2 },  { YH_S_INIT("6"), 2 },
        { YH_S_INIT("7"), 2 },  { YH_S_INIT("8"), 1 },  { YH_S_INIT("9"), 1 },
        { YH_S_INIT("10"), 1 }, { YH_S_INIT("12"), 3 }, { YH_S_INIT("13"), 2 },
        { YH_S_INIT("14"), 1 },
    };
    return find(ROW, YH_COUNT(ROW), s, 0);
}
