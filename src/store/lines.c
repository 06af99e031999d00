#include "store/lines.h"

#include "store/pack.h"

enum {
#define I64(c, doc) column_##c,
#define TEXT(c, doc) column_##c,
#include "store/lines.def"
    COLUMNS
#undef I64
#undef TEXT
};

static size_t room_for(const struct yh_charge_line *line, int n)
{
    size_t room = 2 * YH_VARINT_MAX + (size_t)n * COLUMNS * YH_VARINT_MAX;
    for (int i = 0; i < n; i++) {
#define I64(c, doc)
#define TEXT(c, doc) room += (size_t)line[i].c.n;
#include "store/lines.def"
#undef I64
#undef TEXT
    }
    return room;
}

yh_str yh_lines_pack(struct yh_arena *a, const struct yh_charge_line *line, int n)
{
    struct yh_packer p;
    struct yh_charge_line before = { 0 };
    yh_assert(n >= 0 && n <= YH_LINES_MAX);
    yh_pack_start(&p, a, room_for(line, n));
    yh_pack_u64(&p, COLUMNS);
    yh_pack_u64(&p, (uint64_t)n);
    for (int i = 0; i < n; i++) {
        /* Wrapping differences: what was subtracted is added again, whatever its size. */
#define I64(c, doc) yh_pack_i64(&p, (int64_t)((uint64_t)line[i].c - (uint64_t)before.c));
#define TEXT(c, doc) yh_pack_text(&p, line[i].c, before.c);
#include "store/lines.def"
#undef I64
#undef TEXT
        before = line[i];
    }
    return yh_pack_end(&p);
}

static void unpack_line(struct yh_unpacker *u, uint64_t columns,
                        const struct yh_charge_line *before, struct yh_charge_line *line)
{
    *line = (struct yh_charge_line){ 0 };
#define I64(c, doc)           \
    if (column_##c < columns) \
        line->c = (int64_t)((uint64_t)yh_unpack_i64(u) + (uint64_t)before->c);
#define TEXT(c, doc)          \
    if (column_##c < columns) \
        line->c = yh_unpack_text(u, before->c);
#include "store/lines.def"
#undef I64
#undef TEXT
}

enum yh_status yh_lines_unpack(struct yh_arena *a, yh_str packed, struct yh_charge_line **line,
                               int *n, struct yh_err *err)
{
    struct yh_unpacker u = { 0 };
    enum yh_status st = yh_unpack_start(&u, packed, "费用明细", err);
    if (st)
        return st;
    uint64_t columns = yh_unpack_u64(&u), count = yh_unpack_u64(&u);
    /* A line takes at least a byte per column, so a count beyond that is damage, not a request
     * for memory. */
    if (u.bad || columns == 0 || columns > COLUMNS || count > YH_LINES_MAX ||
        count > (uint64_t)(u.end - u.at) / columns)
        return yh_fail(err, YH_BAD_TABLE, "费用明细的列数或行数不可能");
    struct yh_charge_line *all = YH_NEW(a, struct yh_charge_line, count), none = { 0 };
    for (uint64_t i = 0; i < count; i++)
        unpack_line(&u, columns, i ? &all[i - 1] : &none, &all[i]);
    if (u.bad || u.at != u.end)
        return yh_fail(err, YH_BAD_TABLE, "费用明细长度与行数不符");
    *line = all;
    *n = (int)count;
    return YH_OK;
}
