/* model/monitor/facts.h -- what monitoring looks at: one person's visits, in order.
 *
 * Filled from a call at the window (3101, 3102), from the store before a settlement, from an archive
 * by `yiheng audit`, from the cases of a rule file: the engine cannot tell which.  Codes are numbers of
 * a dictionary (engine/monitor/dict.h).  Visits stand in the order of their first day, then of their
 * settlement; what the engine says of a visit follows from it and the visits before it. */
#ifndef YH_MODEL_MONITOR_FACTS_H
#define YH_MODEL_MONITOR_FACTS_H
#include "model/monitor/rule.h"

struct yh_mon_line {
    uint32_t item;               /* dictionary; 0 = no code */
    uint32_t doctor, department; /* names of the dictionary; 0 = not said */
    int32_t init; /* a refund takes back line init - 1 of the visit; 0 = not said */
    int32_t rx;   /* prescription or order, >= 1; 0 = not said */
    yh_time time;
    yh_qty qty; /* negative: refund */
    yh_price price;
    yh_fen amount;
    yh_fen outside; /* of the amount: what no fund pays (全自费, 超限价); -1 = not known */
    uint8_t charge;  /* med_chrgitm_type 1 … 14; 0 = not said */
    bool covered;    /* part of it is paid by insurance */
    bool first_line; /* the hospital says that a first-line drug was used (o_firstItemFlag) */
    yh_str serial;   /* feedetl_sn; p NULL = the caller fills it in before a hit is told */
};

/* What a provider's goods records say of one line (engine/monitor/goods.h). */
struct yh_mon_goods {
    int32_t line;     /* of the visit */
    yh_qty unstocked; /* of it: not on the shelf when it was billed, nor recorded soon after */
    yh_qty supplied, billed; /* since the last count, up to that day; up to this line */
    yh_qty unsold;           /* of it: no sale record speaks of them */
    int32_t trace_sold;      /* trace codes that were sold before by another settlement */
    yh_qty trace_qty;        /* of the line: what they stand for */
    yh_str trace;            /* the first of them, and who sold it before; "" = none */
};

struct yh_mon_visit {
    yh_str visit, settlement, scheme, med_type;
    uint32_t provider; /* index of the dictionary's providers */
    uint8_t kind;      /* enum yh_fact_word of KIND */
    uint8_t scheme_word, channel;
    uint8_t method; /* enum yh_pay_method */
    bool day_care;  /* day surgery or day bed; same-day discharge counts without it */
    bool chronic;   /* 门诊慢特病, 两病, 特殊病 */
    bool emergency; /* 急诊转住院, 外伤, 转外诊治 */
    yh_day begin, end;
    yh_time time; /* when the credential was used: the settlement's, or of registration */
    yh_fen total, outside, fund; /* of the settlement; fund -1 = not settled */
    uint32_t doctor, department;
    const uint32_t *dx; /* diagnoses, the main one first */
    int ndx;
    const struct yh_mon_line *line;
    int nline;
    const struct yh_mon_goods
        *goods; /* of lines of which goods records say something, by line */
    int ngoods;
    int64_t ref; /* the caller's own: where the visit stands in its archive */
};

struct yh_mon_person {
    yh_str region, person;
    int64_t grp;
    uint8_t sex; /* enum yh_fact_word of SEX */
    yh_day born; /* YH_DAY_MIN: not known */
    yh_day died; /* YH_DAY_MAX: alive */
    const struct yh_mon_visit *visit;
    int n;
};

struct yh_mon_provider {
    yh_str code, name, office;
    uint8_t level; /* 0 … 3 */
    bool pharmacy;
};

/* A med_type code's kind (enum yh_fact_word of KIND), whether it is day care, an admission through the
 * emergency door, a maternity visit; an insutype's scheme; a hosp_lv's level 0 … 3.  An unknown code
 * goes by its first sign, as the interface does. */
enum yh_fact_word yh_mon_kind(yh_str med_type);
bool yh_mon_day_care(yh_str med_type);
bool yh_mon_emergency(yh_str med_type);
bool yh_mon_chronic(yh_str med_type);
bool yh_mon_maternity(yh_str med_type);
enum yh_fact_word yh_mon_scheme(yh_str insutype);
int yh_mon_level(yh_str hosp_lv);
#endif
