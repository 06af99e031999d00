/* service/audit/audit.h -- a year's archive under the monitoring rules, by threads.
 *
 * Each chunk's persons are rebuilt from its columns and handed to the engine; chunks go to threads as
 * they come free, and what each found is handed over in the order of chunks, so the bytes are the same
 * for any number of threads and for a run that was interrupted and went on.  Settlements that were
 * undone are no facts.  The labels of an invented prefecture are not read here. */
#ifndef YH_SERVICE_AUDIT_H
#define YH_SERVICE_AUDIT_H
#include <stdatomic.h>
#include "engine/monitor/monitor.h"
#include "model/catalog/catalog.h"
#include "model/monitor/stock.h"
#include "store/archive/archive.h"

/* What goods records say against lines of the archive, found before the rules run.  Made once, shared by
 * all threads. */
struct yh_audit_mark {
    int64_t ref; /* chunk << 32 | line of the chunk */
    struct yh_mon_goods goods;
};
struct yh_audit_goods {
    struct yh_audit_mark *mark; /* by ref */
    int64_t n;
    int64_t *first; /* by chunk, nchunk + 1 of them */
    /* Told on standard error: what could not be judged is no finding and no clean bill. */
    int64_t rows, providers,
        judged;      /* rows read; providers with a count; items of providers judged */
    int64_t unknown; /* rows of providers or items that the archive does not name */
    int64_t no_pack; /* items of a provider sold in parts of a pack of unknown size: left out */
};
/* Holds the records against the bills: one walk over the lines of the providers that sent any.
 * Memory: 40 bytes a line of theirs.  `rows` may be sorted.  YH_BAD_TABLE: a damaged chunk. */
YH_MUST_USE
enum yh_status yh_audit_goods_find(struct yh_arena *a, const struct yh_archive *archive,
                                   struct yh_stock_row *rows, int64_t n,
                                   struct yh_audit_goods *out, struct yh_err *err);

struct yh_audit_sum {
    int64_t hits, persons; /* persons: with at least one hit of the rule (of rules alone) */
    yh_fen item, fund, method, person;
};

struct yh_audit_options {
    const struct yh_rules *rules;
    const struct yh_catalog *catalog;   /* names of items and diagnoses; NULL: codes alone */
    const struct yh_audit_goods *goods; /* NULL: no goods records */
    const struct yh_terms *terms;       /* standard prices; NULL: rules on them find nothing */
    int threads;                        /* >= 1 */
    int just;                           /* only this rule; -1 all */
    yh_day since;                       /* hits whose last day is not before; YH_DAY_MIN all */
    enum yh_pay_method stay_method; /* what stays are paid by where the archive does not say */
    bool count;                     /* tell nothing: hits are only counted */
    int first;                      /* chunk to begin with: a run that goes on */
    const atomic_bool *stop; /* becomes true: finish the chunk at hand, answer YH_RETRY */
    /* Each hit, in order; called on the thread of yh_audit_run.  May be NULL with `count`. */
    void (*hit)(void *user, const struct yh_hit *h);
    /* A chunk is whole: all its hits were handed over.  May be NULL. */
    void (*chunk)(void *user, int chunk, int64_t lines_done, int64_t lines_all);
    void *user;
};

struct yh_audit_result {
    struct yh_audit_sum *rule;     /* by rule */
    struct yh_audit_sum *provider; /* by provider of the archive */
    struct yh_audit_sum *county;   /* by number of the dictionary of offices */
    int nprovider, ncounty;
    int64_t persons, visits, lines, hits;
    int next; /* chunk to go on with */
};

/* Sums are added to *out, which the caller opened with yh_audit_open (or filled from an earlier part).
 * YH_RETRY: stopped; out->next says where.  YH_BAD_TABLE: a damaged chunk. */
YH_MUST_USE
enum yh_status yh_audit_run(const struct yh_archive *archive,
                            const struct yh_audit_options *opt, struct yh_audit_result *out,
                            struct yh_err *err);
void yh_audit_open(struct yh_arena *a, const struct yh_archive *archive,
                   const struct yh_rules *rules, struct yh_audit_result *out);

/* A monitor whose numbers are those of the archive's dictionaries: item n is item n, provider n provider n.
 * The archive is sound (yh_audit_sound), which yh_audit_run sees to by itself. */
struct yh_audit_words {
    struct yh_monitor *m;
    uint32_t *doctor, *department, *dx; /* dictionary number -> the monitor's */
    uint8_t *kind, *level, *scheme;     /* by number of med_type, LEVEL, scheme */
};
/* YH_BAD_TABLE: two providers of the archive bear one code. */
YH_MUST_USE
enum yh_status yh_audit_sound(struct yh_arena scratch, const struct yh_archive *archive,
                              struct yh_err *err);
void yh_audit_words(struct yh_arena *a, const struct yh_archive *archive,
                    const struct yh_rules *rules, const struct yh_catalog *catalog,
                    struct yh_audit_words *out);

/* One chunk's persons as facts, texts left out: yh_audit_name fills in what a hit needs.  `chunk` is its
 * number, goods may be NULL. */
struct yh_audit_chunk {
    struct yh_mon_person *person; /* those with a visit that stands */
    int64_t *row;                 /* of the person in the chunk */
    int n;
    int64_t lines, visits;
};
void yh_audit_facts(struct yh_arena *a, const struct yh_archive *archive,
                    const struct yh_arc_chunk *c, const struct yh_audit_words *w,
                    enum yh_pay_method stay_method, const struct yh_audit_goods *goods,
                    int chunk, struct yh_audit_chunk *out);
/* The texts that telling the hit needs: person, visits and lines that it marks.  Facts are changed. */
void yh_audit_name(struct yh_arena *a, const struct yh_archive *archive,
                   const struct yh_arc_chunk *c, const struct yh_mon_hit *h, int64_t row,
                   struct yh_mon_person *p);
#endif
