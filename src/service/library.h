/* service/library.h -- catalogues, terms and dictionaries handed out (1301-1319, 1901). */
#ifndef YH_SERVICE_LIBRARY_H
#define YH_SERVICE_LIBRARY_H
#include "service/service.h"

/* 1301-1311, 1313-1315, 1320 …: the whole table as TAB-separated lines in the interface's column
 * order, `null` for empty.  *rows counts them.  YH_NOT_FOUND: that number has no table here. */
YH_MUST_USE enum yh_status yh_catalogue_file(struct yh_ctx *c, yh_str infno, struct yh_buf *out,
                                             int *rows, struct yh_err *err);

/* 1304, 1312, 1316, 1318, 1319: one page of the region's item terms. */
struct yh_terms_query {
    yh_str code, name;       /* exact code; part of the name; "" = any */
    yh_str list_type, item_class, charge; /* "" = any */
    yh_str office;           /* insu_admdvs; "" = the provider's */
    yh_day day;              /* 0 = any day */
    int page, size;          /* from 1; size 1 … 1000 */
};
struct yh_term_found {
    const struct yh_item_term *term;
    yh_str code, name;       /* of the catalogue */
    yh_str list_type;        /* 101 drug, 201 service, 301 consumable … */
};
struct yh_terms_page { struct yh_term_found *row; int n; int total, pages; };
YH_MUST_USE enum yh_status yh_terms_page(struct yh_ctx *c, const struct yh_terms_query *q,
                                         struct yh_terms_page *out, struct yh_err *err);

/* 1901: rows of a dictionary type. */
struct yh_dictionary_row { yh_str type, label, value, parent; int sort; };
YH_MUST_USE enum yh_status yh_dictionary_list(struct yh_ctx *c, yh_str type, yh_str parent,
                                              struct yh_dictionary_row **rows, int *n,
                                              struct yh_err *err);
#endif
