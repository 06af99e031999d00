/* shell/sim/goods.h -- what the invented pharmacies tell of their goods: counts, purchases, transfers, sales
 * with trace codes; some bills without goods, and lawful cases that look like them.
 *
 * Made from the finished archive, whose bytes it does not change: the file stands beside it
 * (REGION-YEAR.goods.tsv, model/monitor/stock.h).  Shelf by shelf, item by item: every unit billed came in
 * before, but where it is planted that none did. */
#ifndef YH_SHELL_SIM_GOODS_H
#define YH_SHELL_SIM_GOODS_H
#include <stdio.h>

#include "base/base.h"

/* Writes the goods records of the archive at `path` beside it, and its labels to `labels`. */
YH_MUST_USE
enum yh_status yh_sim_goods(const char *path, FILE *labels, struct yh_err *err);
#endif
