#include "service/sql/sql.h"

#include "store/store.h"

enum yh_status yh_sql_data(yh_str url, yh_str select, int64_t most, struct yh_arena *a,
                           yh_str *tsv, struct yh_err *err)
{
    struct yh_store *s = NULL;
    struct yh_store_options opt = { .read_only = true };
    struct yh_txn view;
    enum yh_status st = yh_store_open(url, &opt, &s, err);
    if (st)
        return st;
    if (!(st = yh_view_open(s, a, &view, err))) {
        st = yh_view_sql(&view, select, most, tsv, err);
        yh_view_close(&view);
    }
    yh_store_close(s);
    return st;
}

yh_str yh_sql_layout(struct yh_arena *a, int partitions)
{
    return yh_store_layout(a, partitions);
}

enum yh_status yh_sql_nodes(struct yh_arena *a, yh_str file, yh_str *out, struct yh_err *err)
{
    return yh_store_layout_nodes(a, file, out, err);
}

yh_str yh_sql_citus(struct yh_arena *a)
{
    return yh_store_layout_citus(a);
}

void yh_sql_tables(struct yh_buf *out)
{
#define TABLE(t, form, sealed, doc) yh_putf(out, "%s  %s\n", #t, doc);
#define COLUMN(c, type, doc) yh_putf(out, "    %-16s " type "  %s\n", #c, doc);
#define I64(c, doc) COLUMN(c, "整数", doc)
#define TEXT(c, doc) COLUMN(c, "文本", doc)
#define BLOB(c, doc) COLUMN(c, "字节", doc)
#include "store/schema.def"
    yh_putz(out, "charge_lines(packed)  一批费用明细，每行一条\n");
#define I64(c, doc) COLUMN(c, "整数", doc)
#define TEXT(c, doc) COLUMN(c, "文本", doc)
#include "store/lines.def"
#undef I64
#undef TEXT
#undef COLUMN
}
