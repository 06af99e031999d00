/* engine/abi/inside.h -- what the files of the C face share; private to the folder. */
#ifndef YH_ENGINE_ABI_INSIDE_H
#define YH_ENGINE_ABI_INSIDE_H
#include <yiheng.h>

#include "engine/bill/plans.h"
#include "model/casemix/casemix.h"

#define YH_ABI_BOUND_MAX 4096
#define YH_ABI_SCHEMES_MAX 64

/* Facts that were read once: a bill without amounts under its plan.  Their text stands behind it. */
struct yh_abi_bound {
    _Alignas(64) ptrdiff_t nfacts;
    const struct yh_dated *plan;
    struct yh_short_split *split; /* NULL: no bill of lines came yet */
    yh_day term_day;              /* the terms are those of this day … */
    bool by_line_day;             /* … or of each line's */
    uint8_t level;                /* enum yh_level that the hospital counts as */
    uint16_t view;                /* its terms, as e->view numbers them from 1; 0: too many */
    struct yh_bill bill;
    struct yh_terms terms; /* of the place that treats */
};
struct yh_abi_at {
    uint64_t hash;
    struct yh_abi_bound *bound; /* NULL: a free place */
};

/* An item code of 8 to 32 bytes, as four words that cover it, and what its terms are at hospitals of
 * these levels in one view from one day to another. */
#define YH_ABI_SEEN_BITS 15
struct yh_abi_seen {
    _Alignas(64) uint64_t word[4];
    yh_price limit;
    int32_t first_pay;
    uint32_t tags;
    yh_day from, to;
    uint16_t view; /* 0: an empty place */
    uint8_t n, levels, cls;
    bool restricted;
};
_Static_assert(sizeof(struct yh_abi_seen) == 64, "one line of the cache");
#define YH_ABI_VIEWS_MAX 64

struct yh_scheme_source {
    int (*read)(void *ctx, const char *path, struct yiheng_text *out);
    void *ctx;
};

struct yiheng {
    struct yh_arena kept, bill; /* of the engine; of one call */
    const struct yh_kinds *kinds;
    const struct yh_policy_text *page;
    int npage;
    struct yh_policy_set set;
    struct yh_plans plans;
    struct yh_catalog *catalog;
    struct yh_term_tables terms;
    struct yh_regions regions;
    bool has_regions;
    char digest[17];
    struct yh_arena bound;      /* facts read, forgotten together when there are too many */
    struct yh_abi_at *bound_at; /* by hash, 2 * YH_ABI_BOUND_MAX places */
    int nbound;
    struct yh_abi_seen *seen; /* codes met last, 1 << YH_ABI_SEEN_BITS places; NULL: none yet */
    struct yh_terms view[YH_ABI_VIEWS_MAX];
    int nview;
    uint16_t last_view;      /* the next bill's too, probably */
    struct yh_arena casemix; /* schemes, opened with the first group */
    struct yh_scheme_source source;
    struct yh_casemix *cm;
    struct yh_scheme *scheme[YH_ABI_SCHEMES_MAX];
    yh_str scheme_name[YH_ABI_SCHEMES_MAX]; /* as asked for */
    int nscheme;
    jmp_buf full;
};

/* Terms of the place that treated: by the tree, or by its very code where there is none. */
struct yh_terms yh_abi_terms(const struct yiheng *e, yh_str place, yh_str scheme, yh_day day);

/* One call: writes its answer to *out; *good is true and may be made false. */
typedef enum yh_status yh_abi_work(struct yiheng *e, const void *what, struct yh_buf *out,
                                   bool *good, struct yh_err *err);
/* Runs it in an empty call arena under the guard; the answer, or the refusal, on the heap. */
char *yh_abi_answer(struct yiheng *e, yh_abi_work *work, const void *what, int *ok);
#endif
