/* model/region/region.h -- the dated tree of offices, pooling areas and provinces.
 *
 * A code of six digits names an office (经办机构: a county or district, 市本级 xxxx99), a pooling
 * area (统筹区: it has the fund and the benefit document) or a province.  Where a province pools
 * as a whole (重庆 500000) the same code is both province and pool; where 省本级 keeps a fund of its
 * own (xx9900) it is a pool without offices.  Districts are offices without a fund.
 *
 * Rows are dated: an office may change its pool, a pool may end (371200 joined 370100 in 2019).
 * The tree is read from catalogs/regions.tsv; the text must outlive it.  Pure; immutable once
 * loaded, so any number of threads may read it. */
#ifndef YH_MODEL_REGION_H
#define YH_MODEL_REGION_H
#include "base/base.h"
#include "model/standing/standing.h"

enum yh_region_kind { YH_REGION_OFFICE, YH_REGION_POOL, YH_REGION_PROVINCE };

struct yh_region {
    uint32_t code;           /* 100000 .. 999999 */
    uint32_t parent;         /* office: its pool's code; pool: its province's; province: 0 */
    struct yh_period period; /* this row holds on these days */
    enum yh_region_kind kind;
    enum yh_standing standing;
    yh_str name, note; /* borrowed from the text */
};

/* Rows are sorted by (code, kind, from); rows of one code and kind never overlap. */
struct yh_regions {
    const struct yh_region *row;
    int n;
};

/* Where a code stands on a day.  Never NULL once located; `office` is the pool's row where the code
 * names the pool itself, and `pool` is the province's row only for a bare province code. */
struct yh_place {
    const struct yh_region *office, *pool, *province;
    uint32_t code; /* as given, also of an unknown leaf */
    bool
        leaf_unknown; /* the code is not in the tree but its pool is: accepted, to be warned of */
};

/* How far a visit is from the office where the person is insured. */
enum yh_away {
    YH_AWAY_LOCAL,    /* 本地: same pooling area */
    YH_AWAY_PROVINCE, /* 省内异地: another pool of the same province */
    YH_AWAY_COUNTRY,  /* 跨省异地 */
};

/* Reads the tree.  Columns: code name kind parent from to standing note; kind is office, pool or
 * province; from and to (first day no longer) may be empty = always.
 * YH_BAD_TABLE with line and field: a column missing, a code of other than six digits, an unknown
 * kind or standing, a period that ends before it begins, two rows of one code and kind on one
 * day, or a parent that does not exist on a day of the child's period. */
YH_MUST_USE
enum yh_status yh_regions_load(yh_str text, struct yh_arena *arena, struct yh_regions *out,
                               struct yh_err *err);

/* The row of that code and kind on that day; NULL = none. */
const struct yh_region *yh_region_get(const struct yh_regions *t, uint32_t code,
                                      enum yh_region_kind kind, yh_day day);

/* Six ASCII digits, the first not 0.  YH_BAD_INPUT otherwise. */
YH_MUST_USE
enum yh_status yh_region_code(yh_str text, uint32_t *out, struct yh_err *err);

/* Finds office, pool and province of an insuplc_admdvs or mdtrtarea_admvs on a day.  The most
 * specific row wins (office, then pool, then province).  A code that is in no row is accepted with
 * leaf_unknown when its city (xxxx00) or its province (xx0000) is a pool on that day.
 * A bare province code that is no pool stands for the province itself: pool == province.
 * YH_NOT_FOUND: neither the code nor a pool it could lie in exists that day.
 * YH_BAD_INPUT: not six digits. */
YH_MUST_USE
enum yh_status yh_region_locate(const struct yh_regions *t, yh_str code, yh_day day,
                                struct yh_place *out, struct yh_err *err);

/* How near a row of a dated table that is kept for `of` (six digits; a prefecture xxxx00, a province xx0000,
 * 000000 for all) is to `region`: 4 itself, 3 its prefecture, 2 its province, 1 all, 0 another place. */
int yh_region_near(yh_str of, yh_str region);

/* Seen from `home`.  Same pool code is local whatever the office. */
enum yh_away yh_region_away(const struct yh_place *home, const struct yh_place *visit);
#endif
