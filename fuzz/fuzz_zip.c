/* fuzz/fuzz_zip.c -- any bytes as an uploaded file: refused, or unpacked within the limits. */
#include <stdlib.h>
#include "shell/gateway/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct yh_arena a;
    struct yh_err err = { 0 };
    struct yh_zip_limits lim = { .entries = 4, .bytes = 1 << 20, .ratio = 100 };
    yh_str out;
    if (!a.start && yh_arena_open(&a, 64 << 20, &err))
        exit(1);
    yh_arena_reset(&a);
    if (!yh_zip_read(&a, (yh_str){ (const char *)data, (ptrdiff_t)size }, lim, &out, &err))
        yh_assert(out.n <= lim.bytes);
    else
        yh_assert(err.text[0]);
    return 0;
}
