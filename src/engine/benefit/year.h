/* engine/benefit/year.h -- a group's year settled again: retroactive change, undone settlements.
 *
 * A changed document or a changed fact (identity from the first of a month, a late filing, an
 * upheld audit), or the undoing of a settlement that later ones built on, is answered the same way:
 * the group's settlements are decided afresh in commit sequence and compared with what is booked.
 * Nothing is booked here.  What favours the person is payable through the agency, the hospital's
 * settled month stays closed; what goes against is listed for an officer (DESIGN, "Retroactive
 * change").  Pure. */
#ifndef YH_ENGINE_BENEFIT_YEAR_H
#define YH_ENGINE_BENEFIT_YEAR_H
#include "engine/benefit/benefit.h"

#define YH_SPANS (YH_SPAN_BILL + 1)
/* How many counted stays a year has had before the sequence, among `before`. */
#define YH_YEAR_STAYS YH_S("#住院次数")

/* One settlement of the sequence, with the document and facts that hold for it NOW. */
struct yh_year_event {
    yh_str person; /* accumulators are each person's own */
    const struct yh_plan *plan;
    const struct yh_terms *terms;
    struct yh_bill bill; /* standing and prior are not read: they follow from the sequence */
    int64_t
        key[YH_SPANS]; /* which year, stay, disease's year, month, day …: equal = same span */
    bool stay;         /* a stay that 次数 counts: facts.v[YH_DIM_COUNT] is renumbered */
    bool part; /* an interim or last part: earlier parts of the same key[STAY] go before */
    bool gone; /* undone, or never to have been: it pays nothing now */
    const struct yh_decision
        *booked; /* what stands in the books; NULL = nothing yet (a late claim) */
};
/* What accumulators hold before the first event. */
struct yh_year_before {
    yh_str person, acc;
    enum yh_acc_span span;
    int64_t key, value;
};

struct yh_year_change {
    int event;
    const struct yh_decision *now; /* NULL: gone */
    yh_fen pay[YH_PAY_N];          /* now − booked, by payer */
    yh_fen fund, hospital, person, account, relative, cash, to_person;
    bool favours; /* the person owes less, or is paid more */
};
struct yh_year_result {
    struct yh_year_change *change; /* events whose amounts differ, in sequence */
    int n;
    const struct yh_decision **now; /* of every event; NULL where gone */
    yh_fen payable;                 /* sum of what favours the person, >= 0 */
    yh_fen against;                 /* sum of what goes against, >= 0, for an officer */
};

/* Decides the events afresh, in the order given.  Everything out lives in `a`.
 * Fails as yh_benefit_settle, err->row naming the event. */
YH_MUST_USE
enum yh_status yh_year_again(struct yh_arena *a, const struct yh_year_event *event, int n,
                             const struct yh_year_before *before, int nbefore,
                             struct yh_settle_how how, struct yh_year_result *out,
                             struct yh_err *err);
#endif
