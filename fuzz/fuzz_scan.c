/* Whatever bytes come, they are one of three kinds within bounds, or one clear error. */
#include "model/matter/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct yh_scan v;
    struct yh_err err = { 0 };
    enum yh_status st = yh_scan_look((yh_str){ (const char *)data, (ptrdiff_t)size }, &v, &err);
    if (st == YH_OK)
        yh_assert(v.type && v.width >= 0 && v.width <= YH_SCAN_SIDE_MAX && v.height >= 0 &&
                  v.height <= YH_SCAN_SIDE_MAX);
    else
        yh_assert((st == YH_BAD_INPUT || st == YH_LIMIT) && err.text[0]);
    return 0;
}
