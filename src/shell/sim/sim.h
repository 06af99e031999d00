/* shell/sim/sim.h -- an invented prefecture: its people, its hospitals and a year of settled bills.
 *
 * DATA receives
 *     archive/REGION-YEAR.yha   the year, settled by the documents in force (store/archive)
 *     archive/REGION-YEAR.goods.tsv   what its pharmacies tell of their goods (model/monitor/stock.h)
 *     yiheng.db                 people, enrolments, identities, accounts, providers (store), for `serve`
 *     labels.tsv                what was planted, which no audit reads
 *     synth.tsv                 what it was made of, and what came out: `yiheng synth --report`
 * The same options give the same bytes, on any machine and with any number of threads. */
#ifndef YH_SHELL_SIM_SIM_H
#define YH_SHELL_SIM_SIM_H
#include "base/base.h"

struct yh_sim_options {
    const char *catalogs; /* NULL: as yh_catalogs_dir */
    const char *data;     /* folder; made when it is not there */
    const char *preset;   /* NULL: none; else the rest may be left 0 */
    uint32_t region;
    int64_t people, employees; /* employees 0: the preset's share, or the nation's */
    int year;
    uint64_t seed;
    int threads;                                            /* 0: as many as there are */
    bool archive_only;                                      /* no yiheng.db */
    void (*progress)(void *ctx, int64_t done, int64_t all); /* of households; NULL = none */
    void *ctx;
};

/* Makes it.  YH_CONFLICT: DATA holds a prefecture already; YH_NOT_FOUND: preset, region, or no document
 * in force in the year; YH_BAD_TABLE: catalogs/synth; YH_IO. */
YH_MUST_USE
enum yh_status yh_sim_make(const struct yh_sim_options *opt, struct yh_buf *summary,
                           struct yh_err *err);

/* The calibration report of DATA as Markdown: target beside result.  *worst: how many lines that
 * must hold do not. */
YH_MUST_USE
enum yh_status yh_sim_report(const char *catalogs, const char *data, struct yh_buf *out,
                             int *failed, struct yh_err *err);
#endif
