/* Whatever bytes come, each line is a row, an error or passed over, and reading ends. */
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct yh_tsv t;
    struct yh_err err;
    yh_str text = { (const char *)data, (ptrdiff_t)size };
    if (yh_tsv_open(&t, text, &err)) {
        yh_assert(err.status == YH_BAD_TABLE && err.text[0]);
        return 0;
    }
    size_t lines = 0;
    for (int got; (got = yh_tsv_next(&t, &err)); lines++) {
        yh_assert(lines <= size);
        if (got < 0) {
            yh_assert(err.line > 1 && err.text[0]);
            continue;
        }
        for (int i = 0; i < t.ncol; i++) {
            int64_t v;
            yh_day d;
            yh_assert(yh_utf8_ok(t.cell[i]) && yh_find(t.cell[i], YH_S("\t")) < 0);
            if (!yh_dec_parse(t.cell[i], 2, &v, &err)) {
                char out[32];
                int64_t back;
                yh_assert(!yh_dec_parse(yh_dec_text(out, v, 2, 2), 2, &back, NULL) &&
                          back == v);
            }
            if (!yh_day_parse(t.cell[i], &d, &err)) {
                char out[16];
                yh_assert(yh_starts(t.cell[i], yh_day_text(out, d)));
            }
        }
    }
    return 0;
}
