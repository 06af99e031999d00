/* engine/monitor/goods.h -- what was billed against what was on the shelf, to the unit; trace codes sold twice.
 *
 * One item of one provider is a sequence of events: counts (盘存), arrivals (购进, 调拨入库, 盘盈, 赠药),
 * departures (退供, 调拨出库, 盘损, 销毁, what was sold outside insurance) and billed lines.  A period runs
 * from one count to the next; before the first count nothing is judged, for the opening stock is not
 * known.  Within a day arrivals come first, then billed lines, then departures, then the count: every
 * order that the records leave open is read in the provider's favour.
 *
 * Within a period goods are taken first come, first served.  What a line bills beyond the shelf waits for
 * records that come late: arrivals of the next `grace` days make up for the oldest such units first.  What
 * nobody made up for by then was billed without being there; it is told once, and needs no later
 * arrival, so that all that is told adds up to the least stock that must be missing from the records.
 * A closing count that finds more than the books leave shows goods that were billed and never handed
 * out: so many of the units billed last are told too.
 *
 * Quantities are 1/10,000 of the unit that the item is billed in; all is exact, nothing is rounded here.
 * Pure. */
#ifndef YH_ENGINE_MONITOR_GOODS_H
#define YH_ENGINE_MONITOR_GOODS_H
#include "model/monitor/facts.h"

/* In the order within a day. */
enum yh_goods_act { YH_GOODS_IN, YH_GOODS_BILLED, YH_GOODS_OUT, YH_GOODS_COUNT };

struct yh_goods_event {
    uint32_t provider, item; /* the caller's numbers */
    yh_day day;
    uint8_t act;    /* enum yh_goods_act */
    int16_t minute; /* BILLED: of the day */
    yh_qty qty;     /* >= 0; BILLED: net of refunds */
    int64_t ref;   /* BILLED: the caller's line, >= 0, rising in the order of billing; else 0 */
    int32_t scale; /* BILLED: so many units of qty are one of the line; 0 = 1 */
};

/* A billed line of which something is to be said, in the line's own unit: where the shelf counts parts of
 * a pack and the line packs, rounded down to 1/10,000, in the provider's favour. */
struct yh_goods_found {
    int64_t ref;
    yh_qty unstocked;
    yh_qty supplied, billed; /* since the last count: up to its day, up to the line */
};

#define YH_GOODS_GRACE 3 /* days; our own figure, stated in rules/goods */
struct yh_goods_span {
    yh_day
        first; /* the provider's first count, of whatever item: one not counted then had none */
    yh_day last; /* of all records: later records cannot have come yet */
    int grace;
};
/* Sorts events by provider, item and time: those of one item of one provider stand together. */
void yh_goods_sort(struct yh_goods_event *e, int64_t n);
/* One item of one provider, sorted: the lines with something unstocked, in the order of events. */
void yh_goods_cover(struct yh_arena *a, const struct yh_goods_event *e, int64_t n,
                    const struct yh_goods_span *span, struct yh_goods_found **out, int *nout);

/* ---- trace codes ---- */

/* A trace code seen at a sale or taken back.  `sale` is one number for all records of one sale: a
 * settlement and the shop's own record of it (3505) tell of the same. */
struct yh_trace_event {
    uint32_t code, provider;
    uint32_t sale;
    yh_time time;
    bool back;    /* taken back (3506, or the settlement was undone) */
    bool split;   /* part of a pack (拆零) */
    yh_qty qty;   /* of the sale, in packs; of a split one in parts */
    int32_t pack; /* parts of a pack; 0: not known */
    int64_t ref;  /* the caller's */
};
struct yh_trace_twice {
    int64_t first, second; /* refs: of the sale before, of the one that should not be */
};
/* A code sold while it was sold and not taken back.  Parts of one pack may be sold by one provider as
 * often as the pack has parts (where that is not known, as often as it likes); a pack sold whole
 * after a part of it, or the other way round, is twice.  Sorts `e`; in the order of code and time. */
void yh_trace_find(struct yh_arena *a, struct yh_trace_event *e, int64_t n,
                   struct yh_trace_twice **out, int *nout);
#endif
