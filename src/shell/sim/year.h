/* shell/sim/year.h -- one household's year of care, as bills that are not yet settled.
 *
 * How often and how dear follows from the targets (yh_sim_rates_plan); what for, where and when from the
 * tables.  Each person's draws are a stream of their own. */
#ifndef YH_SHELL_SIM_YEAR_H
#define YH_SHELL_SIM_YEAR_H
#include "shell/sim/misuse.h"
#include "shell/sim/place.h"

/* A year's chances and means, in millionths and fen. */
struct yh_sim_rates {
    int64_t inpatient[YH_SIM_SCHEMES][YH_SIM_AGES];  /* stays a person */
    int64_t outpatient[YH_SIM_SCHEMES][YH_SIM_AGES]; /* visits a person */
    int64_t register_visit[YH_SIM_SCHEMES]; /* chronic visits for each unit of a register */
    int64_t pharmacy[YH_SIM_SCHEMES];
    int64_t level_upto[YH_SIM_SCHEMES][YH_SIM_LEVELS]; /* of a million stays */
    int64_t cost[YH_SIM_SCHEMES][YH_SIM_LEVELS][YH_SIM_AGES];
    int64_t days_micro[YH_SIM_SCHEMES];
};
/* From the population's counts: age curves are scaled until rates, means and the age index come out. */
void yh_sim_rates_plan(const struct yh_sim_tables *t, const struct yh_sim_people *p,
                       struct yh_sim_rates *out);

struct yh_sim_line {
    int item, minute, serial;
    yh_day day;
    yh_price price;
    yh_qty qty;
};
#define YH_SIM_CODES 10
struct yh_sim_bill {
    int person;    /* in the household */
    int64_t visit; /* mdtrt_id */
    const char *med_type;
    bool stay;
    int provider, away, place; /* place: office treated in */
    const char *filing;
    int64_t disease; /* archive: DISEASE */
    const char *delivery;
    int fetuses, out_way;
    yh_day begin, end;
    yh_time time;
    int64_t code[YH_SIM_CODES]; /* archive dicts, with the kinds of column.def */
    uint8_t code_kind[YH_SIM_CODES];
    int ncode, department;
    struct yh_sim_line *line;
    int nline, cap;
    int account_flag;
    bool relative; /* draws on a relative's account */
    enum { YH_SIM_KEEP, YH_SIM_REFUNDED, YH_SIM_PART_REFUNDED } refund;
    enum yh_sim_misuse misuse; /* or a look-alike of it … */
    bool lawful;               /* … when this says so */
};
struct yh_sim_year {
    struct yh_arena *arena; /* bills and lines live here */
    struct yh_sim_bill *bill;
    int n, cap;
};

struct yh_sim_world {
    const struct yh_sim_tables *tables;
    const struct yh_sim_people *people;
    const struct yh_sim_places *places;
    const struct yh_sim_rates *rates;
    const struct yh_sim_plants *plants; /* what misuse draws from */
};
/* All bills of the household in order of settlement.  Resets nothing: the caller owns the arena. */
void yh_sim_year_of(const struct yh_sim_world *w, const struct yh_sim_house *h,
                    struct yh_sim_year *out);
/* A line more; merged with one of the same item and day unless `apart`. */
void yh_sim_line_add(struct yh_arena *a, const struct yh_sim_tables *t, struct yh_sim_bill *b,
                     int item, int level, yh_day day, int minute, int64_t units, bool apart);
/* A bill more, of that person, with its visit number. */
struct yh_sim_bill *yh_sim_bill_add(struct yh_sim_year *y, const struct yh_sim_house *h,
                                    int person);
void yh_sim_code_add(struct yh_sim_bill *b, int kind, int64_t code);
/* Lines in the engine's order, numbered. */
void yh_sim_lines_sort(const struct yh_sim_tables *t, struct yh_sim_bill *b);
#endif
