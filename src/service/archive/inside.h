/* service/archive/inside.h -- what the files that rebuild an archive share; inside this folder only.
 *
 * rebuild.c runs the parts and joins them; words.c is a part's first reading, group.c and bill.c its second, sums.c
 * proves the file. */
#ifndef YH_SERVICE_ARCHIVE_INSIDE_H
#define YH_SERVICE_ARCHIVE_INSIDE_H
#include <pthread.h>
#include "engine/replay/walk.h"
#include "service/archive/rebuild.h"
#include "service/inside.h"

#define BATCHES 2          /* a part hands one over while it makes the next */
#define YH_REBUILD_SUMS 18 /* amounts of the year that are proved */

/* What all parts share: written before they begin to write bills, read by them. */
struct yh_rebuild_year {
    const struct yh_world *world;
    uint32_t region;
    char region_text[8];
    int year;
    struct yh_arena tables;
    struct yh_arc_dicts dicts;
    struct yh_provider_row *provider;
    int nprovider;
    struct yh_map provider_at;
    yh_str provider_bytes;
    struct yh_arc_chunk provider_chunk;
    struct yh_lens lens;
    struct yh_lens_plans plans;
    pthread_mutex_t mutex; /* guards what parts hand over */
    pthread_cond_t changed;
    bool stop;                /* somebody failed */
    const atomic_bool *asked; /* to stop; NULL */
};

struct yh_rebuild_batch {
    struct yh_arena rows;
    struct yh_arc_builder b;
    int64_t person, head; /* the next group's, for who takes */
    bool full;
};

/* One node's part of the year, on a thread and a snapshot of its own. */
struct yh_rebuild_part {
    struct yh_rebuild_year *y;
    struct yh_arena names, group;
    struct yh_txn x;
    struct yh_arc_dicts words; /* those of this part */
    int64_t *grp;              /* its groups, rising */
    int ngrp, grp_cap;
    struct yh_walk walk;
    struct yh_rebuild_batch batch[BATCHES];
    int making, taking;
    struct yh_arc_builder *b; /* of the batch in the making */
    bool unknown;             /* a word that the first reading did not meet */
    bool ended;
    enum yh_status st;
    struct yh_err err;
    struct yh_rebuild_report r; /* of this part */
    int64_t shown_grp[YH_REBUILD_SHOWN], bills;
    yh_fen books[YH_REBUILD_SUMS];
};

/* One account group as the store has it. */
struct yh_rebuild_rows {
    struct yh_person_row *person;
    struct yh_enrolment_row *enrolment;
    struct yh_identity_row *identity;
    struct yh_account_row *account;
    struct yh_accumulator_row *accumulator;
    struct yh_settlement_row *settlement;
    struct yh_settlement_fund_row *fund;
    struct yh_ledger_entry_row *entry;
    struct yh_diagnosis_row *diagnosis;
    int nperson, nenrolment, nidentity, naccount, naccumulator, nsettlement, nfund, nentry,
        ndiagnosis;
};

/* ---- rebuild.c ---- */

bool yh_rebuild_asked(const struct yh_rebuild_part *m); /* to stop */
enum yh_status yh_rebuild_stopped(struct yh_err *err);
yh_str yh_rebuild_level(struct yh_rebuild_year *y,
                        const struct yh_provider_row *p); /* its own; "" */

/* ---- words.c ---- */

/* Reads the part once: its groups, its words, the books' sums. */
YH_MUST_USE
enum yh_status yh_rebuild_words(struct yh_rebuild_part *m, struct yh_err *err);
/* Numbers the words of all n parts, and of providers and documents. */
void yh_rebuild_number(struct yh_rebuild_year *y, const struct yh_rebuild_part *part, int n);

/* ---- group.c ---- */

/* One group's persons and bills into the part's batch, by the walk that replay uses. */
YH_MUST_USE
enum yh_status yh_rebuild_group(struct yh_rebuild_part *m, int64_t grp, struct yh_err *err);
bool yh_rebuild_in_year(const struct yh_rebuild_part *m, const struct yh_settlement_row *s);
/* The number of a word; one that the first reading did not meet marks the part. */
int64_t yh_rebuild_word(struct yh_rebuild_part *m, enum yh_arc_dict_id d, yh_str s);

/* ---- bill.c ---- */

/* Settlement `at` of the group whose first person is row `first`. */
YH_MUST_USE
enum yh_status yh_rebuild_bill(struct yh_rebuild_part *m, const struct yh_rebuild_rows *r,
                               int at, int64_t first, struct yh_err *err);

/* ---- sums.c ---- */

/* Adds a settlement of the year to the books. */
void yh_rebuild_sum(const struct yh_settlement_row *s, yh_fen books[YH_REBUILD_SUMS]);
/* The parts' counts, and the year's amounts once from the settlement rows and once from the finished file. */
YH_MUST_USE
enum yh_status yh_rebuild_check(const struct yh_rebuild_part *part, int n, const char *path,
                                struct yh_rebuild_report *out, struct yh_err *err);
#endif
