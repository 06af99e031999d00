/* fuzz/fuzz_statement.c -- any bytes as a 3202 file: refused with a sentence, or rows whose cells lie
 * in the text. */
#include <stdlib.h>
#include "shell/gateway/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct yh_arena a;
    struct yh_err err = { 0 };
    struct yh_their_row *row = NULL;
    int n = 0;
    yh_str text = { (const char *)data, (ptrdiff_t)size };
    if (!a.start && yh_arena_open(&a, 64 << 20, &err))
        exit(1);
    yh_arena_reset(&a);
    if (yh_statement_read(&a, text, &row, &n, &err)) {
        yh_assert(err.text[0]);
        return 0;
    }
    for (int i = 0; i < n; i++) {
        yh_assert(yh_utf8_ok(row[i].settlement) && yh_utf8_ok(row[i].refund));
        yh_assert(!row[i].person.n ||
                  (row[i].person.p >= text.p && row[i].person.p < text.p + text.n));
        yh_assert(-YH_FEN_MAX <= row[i].total && row[i].total <= YH_FEN_MAX);
    }
    return 0;
}
