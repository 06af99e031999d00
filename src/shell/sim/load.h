/* shell/sim/load.h -- the people of an invented prefecture into the store, group by group.
 *
 * Rows come in the order of their keys and are committed some ten thousand persons at a time.  The year
 * itself stays in the archive: balances, last discharges and deaths are those of its end, kept as
 * openings, so that `verify` proves the folder and `serve` can go on from there. */
#ifndef YH_SHELL_SIM_LOAD_H
#define YH_SHELL_SIM_LOAD_H
#include "shell/sim/settle.h"
#include "store/store.h"

/* Rows of some households, made on any thread. */
struct yh_sim_batch {
    struct yh_arena arena;
    uint32_t region;
    int year;
#define T(t)                \
    struct yh_##t##_row *t; \
    int n_##t, cap_##t;
#define YH_SIM_LOADED(T) \
    T(account_group)     \
    T(person)            \
    T(person_key) T(enrolment) T(identity) T(account) T(binding) T(filing) T(accumulator)
    YH_SIM_LOADED(T)
#undef T
};
YH_MUST_USE
enum yh_status yh_sim_batch_open(struct yh_sim_batch *b, uint32_t region, int year,
                                 struct yh_err *err);
void yh_sim_batch_reset(struct yh_sim_batch *b);
void yh_sim_batch_close(struct yh_sim_batch *b);
/* The household last made by `m`. */
void yh_sim_batch_add(struct yh_sim_batch *b, const struct yh_sim_maker *m,
                      const struct yh_sim_house *h);

struct yh_sim_load; /* opaque */
/* Opens DATA's store and writes the providers.  YH_CONFLICT: it holds people already; else as
 * yh_store_open. */
YH_MUST_USE
enum yh_status yh_sim_load_open(struct yh_sim_load **out, const char *data, uint32_t region,
                                const struct yh_sim_places *places, int year,
                                struct yh_err *err);
/* One batch, in the order of groups; one caller at a time. */
YH_MUST_USE
enum yh_status yh_sim_load_batch(struct yh_sim_load *l, const struct yh_sim_batch *b,
                                 struct yh_err *err);
/* The year's head, its totals by day and its archive's digest; at the end. */
YH_MUST_USE
enum yh_status yh_sim_load_year(struct yh_sim_load *l, const char *archive, const char *file,
                                int year, const struct yh_sim_day *day, struct yh_err *err);
/* Closes, when good with what is committed moved into the main file.  NULL is fine. */
YH_MUST_USE
enum yh_status yh_sim_load_close(struct yh_sim_load *l, bool good, struct yh_err *err);
#endif
