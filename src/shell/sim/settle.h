/* shell/sim/settle.h -- bills become archived settlements, by the walk that replay uses. */
#ifndef YH_SHELL_SIM_SETTLE_H
#define YH_SHELL_SIM_SETTLE_H
#include "engine/replay/walk.h"
#include "shell/sim/year.h"

/* Dictionary numbers that every chunk needs. */
struct yh_sim_words {
    int64_t scheme[YH_SIM_SCHEMES], office[64], ident[5], referral, status, department0;
    yh_day year_from;
    int year;
};
/* Adds all texts that heads and persons name, before the dictionaries are shared. */
void yh_sim_words_add(struct yh_arc_dicts *dicts, const struct yh_sim_tables *t,
                      const struct yh_sim_places *p, int year, struct yh_sim_words *out);
/* The provider block. */
void yh_sim_providers_add(struct yh_arc_builder *b, const struct yh_arc_dicts *dicts,
                          const struct yh_sim_places *p);

struct yh_sim_day {
    int64_t settlements;
    yh_fen total, fund, account, cash, hospital;
};
#define YH_SIM_DAYS 400 /* of a year, and the days around it on which it is settled */

struct yh_sim_maker { /* one a thread */
    const struct yh_sim_world *world;
    const struct yh_sim_words *words;
    const struct yh_arc_dicts *dicts;
    const struct yh_lens *lens;
    struct yh_walk walk;
    struct yh_arc_builder chunk;
    struct yh_arena chunk_arena, year_arena;
    struct yh_buf labels; /* in chunk_arena's twin: the caller empties it */
    struct yh_arena label_arena;
    yh_fen balance[YH_SIM_HOUSE]; /* of the household last made, at the year's end */
    yh_day left[YH_SIM_HOUSE];    /* its last discharges; 0 none */
    yh_day died[YH_SIM_HOUSE];
    struct { /* its first stay elsewhere that was filed; filing NULL: none */
        const char *filing;
        yh_day from, to;
    } away[YH_SIM_HOUSE];
    struct yh_sim_day
        day[YH_SIM_DAYS]; /* from 16 days before the year; grows until it is emptied */
};

/* Adds a household to the chunk: persons, groups, settlements. */
YH_MUST_USE
enum yh_status yh_sim_household(struct yh_sim_maker *m, const struct yh_sim_house *h,
                                struct yh_err *err);
#endif
