/* service/library.h -- catalogues, terms and dictionaries handed out (1301-1319, 1901). */
#ifndef YH_SERVICE_LIBRARY_H
#define YH_SERVICE_LIBRARY_H
#include "service/service.h"

/* 1301-1303, 1305-1311, 1313-1315: the whole table as TAB-separated lines in the interface's column
 * order, `null` for empty (service/library.def says from what).  *rows counts them; a table that
 * the national interface knows and we do not hold is empty, with a warning.
 * YH_NOT_FOUND: that number has no table.  Reads the world's texts of the table and of
 * interface/fields.tsv. */
YH_MUST_USE
enum yh_status yh_catalogue_file(struct yh_ctx *c, yh_str infno, struct yh_buf *out, int *rows,
                                 struct yh_err *err);

/* 1304, 1312, 1316, 1318, 1319: one page of the region's item terms: the office's own rows, then
 * for items it has none of the pooling area's, then the province's.  The number called (ctx)
 * narrows them: 1318 those with a price limit, 1319 those with a first-pay share.
 * YH_BAD_INPUT: page or size.  YH_NOT_FOUND: no such region. */
#define YH_TERMS_PAGE_MOST 1000
struct yh_terms_query {
    yh_str code, name;                    /* exact code; part of the name; "" = any */
    yh_str list_type, item_class, charge; /* "" = any */
    yh_str office;                        /* insu_admdvs; "" = the provider's */
    yh_day day;                           /* 0 = any day */
    int page, size;                       /* from 1; size 1 … YH_TERMS_PAGE_MOST */
};
struct yh_term_found {
    const struct yh_item_term *term;
    yh_str code, name; /* of the catalogue */
    yh_str list_type;  /* 101 drug, 102 decoction, 201 service, 301 consumable */
};
struct yh_terms_page {
    struct yh_term_found *row;
    int n;
    int total, pages;
};
YH_MUST_USE
enum yh_status yh_terms_page(struct yh_ctx *c, const struct yh_terms_query *q,
                             struct yh_terms_page *out, struct yh_err *err);

/* 1901: rows of a dictionary type, in the table's order; "admdvs" is the tree of regions as it
 * stands today.  parent "" = any.  YH_NOT_FOUND: no such type. */
struct yh_dictionary_row {
    yh_str type, label, value, parent;
    int sort;
};
YH_MUST_USE
enum yh_status yh_dictionary_list(struct yh_ctx *c, yh_str type, yh_str parent,
                                  struct yh_dictionary_row **rows, int *n, struct yh_err *err);

/* list_type of an item code: 101 drug, 102 decoction, 201 service, 301 consumable. */
yh_str yh_list_type(yh_str code);
#endif
