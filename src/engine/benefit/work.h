/* engine/benefit/work.h -- private to the folder: reasons being gathered, lines being split. */
#ifndef YH_ENGINE_BENEFIT_WORK_H
#define YH_ENGINE_BENEFIT_WORK_H
#include "engine/benefit/benefit.h"

#define YH_TAGS 32
#define YH_CLASSES 4

/* Reasons, in the order of work.  off: nothing is kept. */
struct yh_why {
    struct yh_arena *a;
    struct yh_reason *item;
    int n, cap;
    bool on;
};
static inline struct yh_reason *yh_why_add(struct yh_why *w, enum yh_reason_kind kind,
                                           int layer, int line, int clause, int64_t result)
{
    struct yh_reason *r = &YH_PUSH(w->a, w->item, w->n, w->cap);
    *r = (struct yh_reason){ .kind = (uint16_t)kind,
                             .layer = (int16_t)layer,
                             .clause = clause,
                             .line = line,
                             .clause2 = -1,
                             .result = result };
    return r;
}
/* WHY(w, KIND, layer, line, clause, result, in …) when reasons are on. */
#define WHY(w, kind, layer, line, clause, result, ...)                                         \
    ((w)->on ? (void)memcpy(                                                                   \
                   yh_why_add((w), YH_REASON_##kind, (layer), (line), (clause), (result))->in, \
                   (int64_t[YH_REASON_IN]){ __VA_ARGS__ }, sizeof(int64_t[YH_REASON_IN]))      \
             : (void)0)

/* A bill's lines, split and added up by mark. */
struct yh_cut {
    struct yh_tag_sums part[YH_TAGS]; /* by mark, ascending */
    yh_fen hosp_over[YH_TAGS], hosp_outside[YH_TAGS];
    int npart;
};

/* Splits bill->line into split[]; adds up into *cut.  Scratch falls back. */
YH_MUST_USE
enum yh_status yh_cut_lines(struct yh_arena scratch, const struct yh_plan *plan,
                            const struct yh_terms *terms, const struct yh_bill *bill,
                            struct yh_line_split *split, struct yh_cut *cut, struct yh_why *why,
                            struct yh_err *err);
#endif
