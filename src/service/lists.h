/* service/lists.h -- settlement lists read back, checked and grouped (4103-4105, 3605-3611).
 *
 * A list is judged when it is asked for, from the version last uploaded and what the books say that
 * moment: the same list and the same books give the same findings and the same group. */
#ifndef YH_SERVICE_LISTS_H
#define YH_SERVICE_LISTS_H
#include "engine/casemix/dip.h"
#include "engine/casemix/group.h"
#include "engine/casemix/pay.h"
#include "engine/casemix/tariff.h"
#include "engine/list/check.h"
#include "service/service.h"

/* A DIP catalogue under the name that regions.tsv calls it by. */
struct yh_dip_loaded {
    yh_str name;
    const struct yh_dip_rules *rules; /* its own, or the common ones */
    const struct yh_dip_catalogue *catalogue;
};

/* Price tables, and weights with a base rate, under the names that their regions.tsv call them by. */
struct yh_tariff_loaded {
    yh_str name;
    const struct yh_tariff *tariff;
};
struct yh_drg_pay_loaded {
    yh_str name;
    const struct yh_drg_pay *pay;
};

/* What lists are judged by; part of the world. */
struct yh_casebook {
    const struct yh_list_tables *checks;
    /* The grouping scheme of a name in `regions`, loaded when it is first asked for, on any thread.
     * NULL: none.  YH_NOT_FOUND, YH_IO, YH_BAD_TABLE: it cannot be read. */
    enum yh_status (*scheme)(void *of, yh_str name, const struct yh_scheme **out,
                             struct yh_err *err);
    void *of;
    yh_str regions;     /* text of catalogs/chs-drg/regions.tsv */
    yh_str quota;       /* text of catalogs/settlement-list/special-quota.tsv */
    yh_str dip_regions; /* text of catalogs/dip/regions.tsv: catalogue by place and day */
    const struct yh_dip_loaded *dip;
    int ndip;
    yh_str tariff_regions; /* text of catalogs/tariff/regions.tsv: prices by place and day */
    const struct yh_tariff_loaded *tariff;
    int ntariff;
    yh_str drg_pay_regions; /* text of catalogs/tariff/drg-regions.tsv: weights likewise */
    const struct yh_drg_pay_loaded *drg_pay;
    int ndrg_pay;
    yh_str
        methods; /* text of catalogs/tariff/methods.tsv: how a place pays its providers' stays */
    yh_str deadline; /* text of catalogs/settlement-list/deadline.tsv: days after settlement */
};

#define YH_LISTS_MOST 1000

/* The newest version of a list, with its person and the settlement as it stands. */
struct yh_list_found {
    struct yh_document_row document;
    struct yh_person_row person;
    struct yh_settlement_row settlement; /* total, fund and begin_day: of the whole stay */
    int parts;                           /* interim settlements that are in these sums */
    bool settled; /* the settlement is there and was not undone: 2305 voids the list */
    yh_str month; /* "202603": of setl_end_date, else of the settlement */
    struct yh_json *body;
};
/* This provider's lists; person, settlement and month "" = any.  At most YH_LISTS_MOST. */
YH_MUST_USE
enum yh_status yh_lists_find(struct yh_ctx *c, yh_str person, yh_str settlement, yh_str month,
                             struct yh_list_found **rows, int *n, struct yh_err *err);

/* The same for one version just kept (4101), found without a search. */
YH_MUST_USE
enum yh_status yh_list_open_found(struct yh_ctx *c, const struct yh_document_row *d,
                                  struct yh_list_found *out, struct yh_err *err);

/* The findings of a list.  Facts come from the books: settlement, its lines, the group; what the
 * books of one provider cannot tell (later visits elsewhere, group means) is left open.  Members
 * "facts" that a sender put into the list are not looked at.  YH_NOT_FOUND: no casebook is loaded. */
YH_MUST_USE
enum yh_status yh_list_judge(struct yh_ctx *c, struct yh_list_found *l,
                             struct yh_list_findings *out, struct yh_err *err);

/* The number that a dated table (region, from, to, …) gives the caller's place on a day: the place's own,
 * else of its pool, else of its province (xx0000), else of all (000000); -1 = no row. */
YH_MUST_USE
enum yh_status yh_place_value(struct yh_ctx *c, yh_str table, const char *column, yh_day day,
                              int scale, int64_t *out, struct yh_err *err);
/* The name that a dated table of regions gives the caller's place on a day; "" = none. */
yh_str yh_named_for_place(struct yh_ctx *c, yh_str regions, yh_day day);

/* Codes of a list's text in the order a case has them, the main one first: diagnoses of Western medicine,
 * or procedures (px).  At most YH_CASE_CODES_MAX into out; answers how many, 0 where it is no list. */
int yh_list_codes(struct yh_arena *a, yh_str body, bool px, yh_str *out);

/* The list as a grouper sees it; texts are the list's. */
void yh_list_case(const struct yh_list_found *l, struct yh_case *out);

/* The group of a list under the scheme of the place of care on the day of discharge. */
struct yh_list_grouped {
    const struct yh_scheme
        *scheme; /* NULL: none in force, or the list is no case; `why` says */
    struct yh_drg_group group;
    yh_str level; /* codes that count as MCC or CC, comma-separated */
    yh_str why;   /* why it has no group; "" = it has */
    yh_fen total; /* of the stay */
    bool priced;  /* the place has weights, and one for this group */
    yh_micro weight;
    yh_fen mean;     /* of the group's history; 0 = not told */
    yh_fen standard; /* weight × base rate; hospital coefficients belong to the clearing */
};
YH_MUST_USE
enum yh_status yh_list_group(struct yh_ctx *c, const struct yh_list_found *l,
                             struct yh_list_grouped *out, struct yh_err *err);

/* The DIP group of a list under the catalogue of the place of care on the day of discharge.  Points are
 * those of a hospital coefficient of 1: coefficients belong to the clearing. */
struct yh_list_dip {
    const struct yh_dip_rules *rules;
    const struct yh_dip_catalogue *catalogue; /* NULL: none in force, or no case; `why` says */
    struct yh_dip_facts facts;
    struct yh_dip_group group; /* row -1: the blank group */
    struct yh_dip_points points;
    yh_str code;
    yh_str why;
};
YH_MUST_USE
enum yh_status yh_list_dip(struct yh_ctx *c, const struct yh_list_found *l,
                           struct yh_list_dip *out, struct yh_err *err);

/* 3608-3611: this provider's grouped cases of a month ("202603"; "" = all), one row a month and
 * group, months and codes in order.  Counted are lists of settlements in force that have a group.
 * At most YH_STAT_MOST lists are looked at; beyond that, a warning. */
#define YH_STAT_MOST 20000
struct yh_list_stat {
    yh_str month, code, name, dx, px;
    int64_t cases, days; /* days: Σ length of stay, a same-day stay is one */
    yh_fen cost;         /* Σ medfee_sumamt */
    yh_micro weight;     /* Σ of the place's weights; DIP: 0 */
    int64_t priced;      /* cases that have a weight */
};
YH_MUST_USE
enum yh_status yh_lists_stat(struct yh_ctx *c, yh_str month, bool dip,
                             struct yh_list_stat **rows, int *n, struct yh_err *err);

/* 4105: this provider's settled stays of [from, to), and those of them that have a list. */
YH_MUST_USE
enum yh_status yh_lists_count(struct yh_ctx *c, yh_time from, yh_time to, int64_t *needed,
                              int64_t *uploaded, struct yh_err *err);
#endif
