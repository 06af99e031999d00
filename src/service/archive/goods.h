/* service/archive/goods.h -- goods records of a store (3501-3506) and the trace codes sold by 2102 and 2207,
 * as the table that stands beside a year's archive (model/monitor/stock.h).
 *
 * A record sent again under its own key, day and kind is a correction: the latest version counts.  3502's
 * 商品采购入库 and 商品退货出库 count where the batch has no 3503, no 3504: the same goods told twice are one
 * arrival. */
#ifndef YH_SERVICE_ARCHIVE_GOODS_H
#define YH_SERVICE_ARCHIVE_GOODS_H
#include "model/monitor/stock.h"
#include "service/service.h"

struct yh_goods_report {
    int64_t rows, corrected; /* corrected: versions that a later one replaced, and doublets */
    int64_t unread; /* documents whose day, quantity or kind of change cannot be read */
};
/* data: "sqlite:DIR" …; read from one snapshot.  Those of the year (of a count: from the last day of the
 * year before), by provider and time, appended to *out with the header line. */
YH_MUST_USE
enum yh_status yh_goods_collect(yh_str data, int year, struct yh_arena *a, struct yh_buf *out,
                                struct yh_goods_report *report, struct yh_err *err);
#endif
