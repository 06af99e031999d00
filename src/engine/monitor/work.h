/* engine/monitor/work.h -- what the files of this folder share; nobody else includes it. */
#ifndef YH_ENGINE_MONITOR_WORK_H
#define YH_ENGINE_MONITOR_WORK_H
#include "engine/monitor/monitor.h"

/* What an item is to the rules. */
struct item {
    yh_str code, name;
    int32_t *row; /* rows on single lines first, then rows with a window */
    int32_t *set; /* sets that a condition looks for */
    int32_t nline, nrow, nset;
    uint32_t class;   /* of drugs with the same first five signs; 0 = no drug */
    yh_price price;   /* standard unit price; 0 = as the terms say */
    uint32_t catalog; /* its id, once terms were asked */
    bool looked_up;
};
struct dx {
    yh_str code, name;
    uint8_t *fits; /* by dx set: 0 not asked, 1 no, 2 yes; NULL = none asked */
};
struct name {
    yh_str code, text;
    uint8_t *holds; /* by keyword set */
};

struct yh_monitor {
    struct yh_arena *arena;
    const struct yh_rules *rules;
    struct yh_map items, dxs, names, classes, providers;
    struct item *item;
    int nitem, item_cap;
    struct dx *dx;
    int ndx, dx_cap;
    struct name *name;
    int nname, name_cap;
    struct yh_mon_provider *provider;
    int nprovider, provider_cap;
    int nclass;
    int32_t *any; /* rows on every line, without a window */
    int nany;
    int nany_goods;  /* of them, at the end: rules that need goods records */
    int32_t *visits; /* rules on visits */
    int nvisits;
    uint32_t *stamp; /* by set: the person that has such an item */
    uint32_t person;
    const struct yh_terms *terms; /* NULL: no prices but items' own */
    const struct yh_catalog *catalog;
    int just; /* the only rule that makes hits; -1 = all */
};

/* A line that some rule with a window looks at. */
struct event {
    int32_t visit, line;
    yh_day day;
};

/* One person at work. */
struct run {
    struct yh_monitor *m;
    struct yh_arena *a;
    const struct yh_mon_person *p;
    yh_qty **qty; /* by visit: netted, NULL = no refunds */
    yh_fen **amount;
    struct event *event;
    int nevent, event_cap;
    uint64_t *key; /* row or (rows + set) above, event below */
    int nkey, key_cap;
    struct yh_mon_hit *hit;
    int nhit, hit_cap;
    yh_day *day;    /* lists of the sum that is open (window.c) */
    uint32_t *list; /* items, then providers */
};

/* What a condition is asked about. */
struct ask {
    struct run *r;
    const struct yh_mon_rule *q;
    const struct yh_rule_row *row;
    int visit, line;  /* line -1: the visit as such */
    enum yh_win span; /* of the window, resolved */
    int32_t n;
    int64_t bucket; /* that the line lies in */
    uint64_t known; /* bits of fact: worked out */
    int64_t fact[YH_FACT_N];
};
_Static_assert(YH_FACT_N <= 64, "known facts are one bit each");

static inline yh_qty net_qty(const struct run *r, int v, int l)
{
    return r->qty[v] ? r->qty[v][l] : r->p->visit[v].line[l].qty;
}
static inline yh_fen net_amount(const struct run *r, int v, int l)
{
    return r->amount[v] ? r->amount[v][l] : r->p->visit[v].line[l].amount;
}

void yh_mon_ask_open(struct ask *k, struct run *r, int row, int visit, int line);
/* A fact that the caller has worked out. */
static inline void yh_mon_ask_set(struct ask *k, enum yh_mon_fact f, int64_t v)
{
    k->fact[f] = v;
    k->known |= UINT64_C(1) << f;
}
/* Does the rule hit: its condition holds and no exemption does. */
bool yh_mon_ask_hit(struct ask *k);
int64_t yh_mon_ask_number(struct ask *k, int node);
/* Fact values that only a walk over the person's stays gives (stay.c). */
int64_t yh_mon_stay_fact(const struct run *r, int visit, enum yh_mon_fact f);
/* The other visit that the fact speaks of; -1 = none. */
int yh_mon_stay_other(const struct run *r, int visit, enum yh_mon_fact f);
/* In which window of the row the line lies, and whose: lines with the same pair share one. */
int64_t yh_mon_bucket_of(enum yh_win span, const struct run *r, const struct event *e);
int64_t yh_mon_scope_of(const struct yh_mon_rule *q, const struct run *r, int visit);
/* First key of a row or set group; *n how many. */
const uint64_t *yh_mon_keys_of(const struct run *r, uint32_t group, int *n);

struct yh_mon_hit *yh_mon_hit_add(struct run *r, const struct ask *k, int visit);
void yh_mon_hit_mark(struct run *r, struct yh_mon_hit *h, int *cap, int visit, int line,
                     yh_qty excess, yh_fen want, bool stake);

void yh_mon_run_windows(struct run *r);
void yh_mon_run_visits(struct run *r);
#endif
