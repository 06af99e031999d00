/* model/catalog/terms.h -- on what terms a region pays an item, day by day.
 *
 * Class (甲/乙/丙), first-pay share (先行自付), price limit, restriction (限定支付), charge category and
 * tags are local facts: one table a region, catalogs/terms/<region>.tsv, each row dated and with
 * its standing.  Terms fall back office -> pool -> province.  An item without a row is 未定:
 * YH_CLASS_UNKNOWN, all self-pay, and the reason must say so.
 *
 * Hot path: yh_terms_at once a settlement, then yh_term_get a line. */
#ifndef YH_MODEL_TERMS_H
#define YH_MODEL_TERMS_H
#include "model/catalog/catalog.h"
#include "model/region/region.h"

enum yh_item_class {
    YH_CLASS_UNKNOWN, /* 未定: no row, all self-pay */
    YH_CLASS_A,       /* 甲 chrgitm_lv 01 */
    YH_CLASS_B,       /* 乙 02 */
    YH_CLASS_C,       /* 丙 03: all self-pay */
};

enum yh_tag {
#define R(name, word) YH_TAG_##name,
#include "model/catalog/tag.def"
#undef R
    YH_TAG_COUNT
};
_Static_assert(YH_TAG_COUNT <= 32, "tags are one bit each");
#define YH_TAG_BIT(tag) (UINT32_C(1) << (tag))

/* The row names no share of its own: the policy document's share for the class holds. */
#define YH_FIRST_PAY_BY_DOCUMENT ((yh_micro)-1)

/* Hospital level as price limits know it (hilist_lmtpric_type). */
enum yh_level { YH_LEVEL_ANY, YH_LEVEL_1, YH_LEVEL_2, YH_LEVEL_3 };

struct yh_item_term {
    struct yh_period period; /* the day of the charge (fee_ocur_time) must lie in it */
    yh_micro first_pay;      /* 0 .. YH_ONE, or YH_FIRST_PAY_BY_DOCUMENT */
    yh_price limit;          /* per unit, 10^-6 yuan; 0 = none.  What is above is 超限价 */
    yh_str restriction;      /* the wording; "" = none */
    yh_str name;             /* as the region's table names the item; may be "" */
    uint32_t item;           /* id in the catalogue */
    uint32_t region;         /* whose row it is, e.g. 990100 */
    uint32_t tags;           /* YH_TAG_BIT */
    int32_t line;            /* in that region's table; 0 = no row */
    uint16_t insutype;       /* 0 = any; 310, 390, 340 … */
    uint8_t level;           /* enum yh_level; YH_LEVEL_1 = first level and below */
    uint8_t cls;             /* enum yh_item_class */
    uint8_t standing;        /* enum yh_standing */
    bool
        restricted; /* lmt_used_flag: covered only when the hospital approves (hosp_appr_flag) */
    char charge[7]; /* med_chrgitm_type "09", NUL-terminated; "" = not said */
};

/* What of a row decides how a line is split. */
struct yh_term_core {
    yh_micro first_pay;
    yh_price limit;
    uint32_t tags;
    uint8_t cls;
    bool restricted;
};
static inline struct yh_term_core yh_term_core_of(const struct yh_item_term *t)
{
    return (struct yh_term_core){ t->first_pay, t->limit, t->tags, t->cls, t->restricted };
}

/* One region's rows, and all regions'. */
struct yh_term_table;
struct yh_term_tables {
    const struct yh_term_table *table;
    int n;
};

struct yh_term_text {
    uint32_t region;
    yh_str text;
};

/* Loads the tables; every item code not in the catalogue is added to it, so load terms before
 * the catalogue is shared.  The texts must outlive the result.  Columns:
 *   code name_zh class                       must be there
 *   first_pay limit level insutype charge    optional; share 0.1 or 10%, yuan, 1 2 3, 310, 09;
 *                                            no share: 甲 0, 乙 by the document, 丙 1
 *   restricted restriction tags              optional; 0/1, wording, words parted by 、or ,
 *   valid_from valid_to standing note        optional; half-open days; default standing unverified
 * YH_BAD_TABLE with line, field and met: the first bad cell; two rows of one item, level and
 * insutype on one day; a row of class 丙 with a share other than 1; two texts of one region. */
YH_MUST_USE
enum yh_status yh_terms_load(const struct yh_term_text *text, int n, struct yh_catalog *catalog,
                             struct yh_arena *arena, struct yh_term_tables *out,
                             struct yh_err *err);

/* The tables that hold for a place and an insurance type, most specific first: what an engine
 * is given.  A value; cheap to make once a settlement. */
struct yh_terms {
    const struct yh_term_table *table[3];
    int n;
    uint16_t insutype;
};
struct yh_terms yh_terms_at(const struct yh_term_tables *t, const struct yh_place *place,
                            int insutype);

/* The row for an item on a day at a hospital of that level; never NULL: without a row the fixed
 * undetermined term (cls YH_CLASS_UNKNOWN, line 0).  Order: office, pool, province; within a table
 * the row of that insutype before any, then that level before any.  A table that does not name the item answers for its
 * general code (yh_catalog_general).  YH_LEVEL_ANY (a hospital without level) counts as YH_LEVEL_1.  item may be YH_CODE_NONE. */
const struct yh_item_term *yh_term_get(const struct yh_terms *t, uint32_t item, yh_day day,
                                       enum yh_level level);
/* The same, and *span gets days around `day` on each of which it is the answer at that level. */
const struct yh_item_term *yh_term_span(const struct yh_terms *t, uint32_t item, yh_day day,
                                        enum yh_level level, struct yh_period *span);

/* The first of the row's tags in the order of tag.def, for tables that know one tag a line;
 * YH_TAG_COUNT = none. */
enum yh_tag yh_term_tag(const struct yh_item_term *term);

/* Every row of one region in (item, insutype, level, from) order; *n = 0 and NULL = no table. */
const struct yh_item_term *yh_terms_rows(const struct yh_term_tables *t, uint32_t region,
                                         int *n);

/* SHA-256 over all that the tables say of payment, texts of codes included, in a fixed order: what an
 * archive of settled bills is bound to.  Wording, notes and standing do not count. */
void yh_terms_digest(const struct yh_term_tables *t, const struct yh_catalog *catalog,
                     uint8_t out[32]);

/* Writes rows as the text that yh_terms_load reads (without notes); reading it gives the same rows. */
void yh_terms_write(const struct yh_item_term *row, int n, const struct yh_catalog *catalog,
                    struct yh_buf *out);

yh_str yh_class_text(enum yh_item_class cls); /* 甲 乙 丙 未定 */
yh_str yh_class_code(enum yh_item_class cls); /* chrgitm_lv 01 02 03; 未定 answers 03 */
/* 甲 乙 丙 or 01 02 03.  YH_BAD_INPUT: anything else. */
YH_MUST_USE
enum yh_status yh_class_parse(yh_str word, enum yh_item_class *out, struct yh_err *err);
yh_str yh_tag_word(enum yh_tag tag);
/* YH_BAD_INPUT: not a word of tag.def. */
YH_MUST_USE
enum yh_status yh_tag_parse(yh_str word, enum yh_tag *out, struct yh_err *err);
#endif
