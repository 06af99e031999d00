/* Whatever bytes come as a packed batch, they are lines or one clear error; lines pack again to the
 * same lines.  The checksum is made right, so that the bytes behind it are met. */
#include "store/deltas.h"
#include "store/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct yh_arena arena;

static yh_str sealed(const uint8_t *data, size_t size)
{
    yh_str body = { (const char *)data, (ptrdiff_t)size };
    char *p = yh_alloc(&arena, 1, 1, size + 4);
    uint32_t crc = yh_crc32c(0, body);
    memcpy(p, data, size);
    for (int i = 0; i < 4; i++)
        p[size + (size_t)i] = (char)(crc >> (8 * i));
    return (yh_str){ p, (ptrdiff_t)size + 4 };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct yh_charge_line *line, *again;
    struct yh_delta *delta;
    struct yh_err err;
    int n, m;
    if (!arena.start && yh_arena_open(&arena, (size_t)1 << 30, &err))
        return 0;
    yh_arena_reset(&arena);
    yh_str packed = size ? sealed(data, size) : (yh_str){ 0 };
    if (yh_lines_unpack(&arena, packed, &line, &n, &err) == YH_OK) {
        yh_str second = yh_lines_pack(&arena, line, n);
        yh_assert(yh_lines_unpack(&arena, second, &again, &m, &err) == YH_OK && m == n);
        for (int i = 0; i < n; i++)
            yh_assert(yh_eq(line[i].serial, again[i].serial) &&
                      line[i].amount == again[i].amount &&
                      yh_eq(line[i].extra, again[i].extra));
    } else {
        yh_assert(err.status == YH_BAD_TABLE && err.text[0]);
    }
    if (yh_deltas_unpack(&arena, packed, &delta, &n, &err))
        yh_assert(err.status == YH_BAD_TABLE && err.text[0]);
    return 0;
}
