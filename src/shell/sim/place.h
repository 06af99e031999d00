/* shell/sim/place.h -- where people are treated: offices, hospitals, pharmacies, and the way there. */
#ifndef YH_SHELL_SIM_PLACE_H
#define YH_SHELL_SIM_PLACE_H
#include "shell/sim/people.h"

enum yh_sim_away { YH_SIM_HERE, YH_SIM_PROVINCE, YH_SIM_COUNTRY };

struct yh_sim_provider {
    char code[32], name[96];
    bool pharmacy;
    int level; /* 0 first and below … 2 third */
    const char *hosp_lv, *level_kind;
    int office, beds; /* office: index; away ones stand in offices of their own */
    enum yh_sim_away away;
};
struct yh_sim_places {
    uint32_t region;
    int capital, n_local;
    char office[64][8]; /* [0 .. n_local): of the pool; then the places away */
    char office_name[64][64];
    int noffice;
    struct yh_sim_provider *provider;
    int n;
    /* By office and level (3 = pharmacy): provider first … first + n. */
    struct {
        int first, n;
    } at[64][4];
};

/* Offices of the pool from the region tree, hospitals and pharmacies by its people.
 * YH_NOT_FOUND: no such pool, or none of its offices is in the tree. */
YH_MUST_USE
enum yh_status yh_sim_places_build(struct yh_arena *a, const struct yh_regions *regions,
                                   uint32_t region, yh_str capital, yh_str province, yh_day day,
                                   struct yh_sim_people *people, struct yh_sim_places *out,
                                   struct yh_err *err);
/* A hospital of that level (3: a pharmacy) in an office; where it has none, in the capital. */
int yh_sim_provider_draw(const struct yh_sim_places *p, int office, int level,
                         struct yh_draw *d);
#endif
