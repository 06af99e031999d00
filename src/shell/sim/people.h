/* shell/sim/people.h -- households of an invented prefecture, each drawn by its number alone. */
#ifndef YH_SHELL_SIM_PEOPLE_H
#define YH_SHELL_SIM_PEOPLE_H
#include "shell/sim/tables.h"

#define YH_SIM_HOUSE 6 /* persons of the largest household */

enum yh_sim_scheme { YH_SIM_EMPLOYEE, YH_SIM_RESIDENT, YH_SIM_SCHEMES };
enum yh_sim_ident { /* bits */
                    YH_SIM_POOREST = 1,
                    YH_SIM_LOW = 2,
                    YH_SIM_EDGE = 4,
                    YH_SIM_WATCHED = 8,
                    YH_SIM_DISABLED = 16,
};

struct yh_sim_person {
    int64_t number, grp; /* household × 8 + place within it; account group */
    yh_day born;
    int age, sex;         /* full years at mid-year; 1 male, 2 female */
    int scheme;           /* enum yh_sim_scheme */
    const char *kind;     /* psn_type */
    int office;           /* index in the prefecture's offices */
    bool civil;           /* civil servant */
    int64_t employer;     /* 0: none */
    yh_fen wage, balance; /* a month; the account's, -1 none */
    int ident;            /* bits */
    int chronic;          /* register, -1 none */
    int months;           /* insured without a break on the year's first day */
};
struct yh_sim_house {
    int64_t number;
    int n;
    bool bound; /* one account group for all */
    yh_fen income;
    struct yh_sim_person p[YH_SIM_HOUSE];
};

struct yh_sim_people { /* how the whole comes out; from yh_sim_people_plan */
    uint64_t seed;
    int year;
    int64_t people, employees;
    int64_t houses; /* the last one may be cut short */
    int last;       /* persons of the last one */
    int noffice, capital;
    int64_t office_upto[64];
    int64_t work_ppm, retired_ppm; /* chance of the employee scheme */
    int64_t count[YH_SIM_SCHEMES][2][YH_SIM_AGES];
    int64_t registered[YH_SIM_SCHEMES];      /* with a chronic register … */
    int64_t register_visits[YH_SIM_SCHEMES]; /* … and the sum of its `visits` */
};

/* Draws the whole population twice, without keeping it: how many households there must be, the chance
 * of each scheme so that employees and their retired share come out, and the counts by age.  threads
 * >= 1; the result does not depend on them. */
void yh_sim_people_plan(const struct yh_sim_tables *t, struct yh_sim_people *p, int threads);

/* Household 0 … houses − 1. */
void yh_sim_house(const struct yh_sim_tables *t, const struct yh_sim_people *p, int64_t number,
                  struct yh_sim_house *out);

/* psn_no, certificate and name: none can be real (area 99…, no such names). */
yh_str yh_sim_psn_no(char out[32], uint32_t region, const struct yh_sim_person *p);
yh_str yh_sim_cert(char out[32], uint32_t region, const struct yh_sim_person *p);
yh_str yh_sim_name(char out[32], const struct yh_sim_person *p);
#endif
