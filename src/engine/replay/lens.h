/* engine/replay/lens.h -- documents seen through an archive: its numbers as the ordinals of a plan.
 *
 * An archive names kinds by dictionary numbers, a plan by ordinals of its own.  A lens holds what the
 * archive alone decides (items, providers, terms); a set of plans holds, for every document that may
 * govern a bill, tables from the one to the other, made once.  Both are read-only afterwards and
 * shared by threads.  Pure. */
#ifndef YH_ENGINE_REPLAY_LENS_H
#define YH_ENGINE_REPLAY_LENS_H
#include "engine/benefit/benefit.h"
#include "engine/facts/facts.h"
#include "model/archive/archive.h"

struct yh_lens_provider {
    yh_str code, name, kind, level, own;
    uint32_t pool;          /* where it stands; 0 = its office is in no tree */
    struct yh_terms *terms; /* by dictionary number of the scheme */
};
struct yh_lens {
    const struct yh_arc_dicts *dicts;
    uint32_t *item; /* dictionary number -> catalogue id; YH_CODE_NONE = unknown */
    struct yh_lens_provider *provider;
    int nprovider;
};

/* day: on which offices and codes are looked up, the first of the archive's year.  Adds to the
 * dictionaries nothing; schemes and items added later are not seen.  Lives in `a`. */
void yh_lens_open(struct yh_arena *a, const struct yh_arc_dicts *dicts,
                  const struct yh_arc_chunk *providers, const struct yh_catalog *catalog,
                  const struct yh_term_tables *terms, const struct yh_regions *regions,
                  yh_day day, struct yh_lens *out);

/* A plan that governs bills of a scheme, of persons of one pool, on some days. */
struct yh_lens_plan {
    uint32_t pool;
    int64_t scheme; /* dictionary number */
    struct yh_period period;
    const struct yh_plan *plan;
    /* All below are filled by yh_lens_plans_open. */
    int64_t document; /* dictionary number of "id digest"; -1 = the archive does not know it */
    const int16_t *visit, *filing, *referral, *disease, *delivery, *status; /* by number */
    const int16_t *person[2]; /* by number of psn_type; [1]: under 18 */
    const uint64_t *ident;    /* by number: its bit */
    uint64_t civil;
    int16_t place[3], local,
        unreferred;       /* by enum yh_away; what a host sees of its own patients */
    const int16_t *level; /* by provider */
    const uint8_t *term_level;
    const int16_t *tag;                /* number -> ordinal; -1 */
    const int16_t *tag_id;             /* ordinal -> number; -1 */
    const int16_t *layer_id, *fund_id; /* by layer: number; -1 */
    const int32_t *acc;                /* plan->acc -> accumulator of the set */
    uint8_t spans;                     /* bit per enum yh_acc_span that it keeps */
};
struct yh_lens_plans {
    struct yh_lens_plan *plan;
    int nplan;
    int nacc;              /* accumulators in all: (scheme, name) */
    struct yh_map acc_map; /* "scheme number TAB name" -> index */
};

/* Texts that booking needs in the dictionaries (layers, funds, marks, the document): call for each
 * plan before the dictionaries are shared, when the archive is to be written. */
void yh_lens_texts(struct yh_arc_dicts *dicts, const struct yh_plan *plan);
/* "id digest" as the dictionary DOCUMENT has it. */
yh_str yh_lens_document(struct yh_arena *a, const struct yh_plan *plan);

/* plan[0 .. n): the first four fields given; the array is the set's from now on. */
void yh_lens_plans_open(struct yh_arena *a, const struct yh_lens *lens,
                        struct yh_lens_plan *plan, int n, struct yh_lens_plans *out);

/* The plan that governs: of the settling day, or the day that that document names.  NULL = none. */
const struct yh_lens_plan *yh_lens_choose(const struct yh_lens_plans *s, uint32_t pool,
                                          int64_t scheme, yh_day begin, yh_day end,
                                          yh_day settle);
/* On one day. */
const struct yh_lens_plan *yh_lens_on(const struct yh_lens_plans *s, uint32_t pool,
                                      int64_t scheme, yh_day day);

/* Whether two plans split lines alike, so that a bill's final cut by one serves the other: the same
 * marks and kinds, the same shares, limits and day of terms.  May say no where yes were right. */
bool yh_lens_lines_alike(const struct yh_plan *x, const struct yh_plan *y);
#endif
