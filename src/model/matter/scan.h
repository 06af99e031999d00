/* model/matter/scan.h -- a photo or PDF that is kept with a matter: what it is, by its content.
 *
 * A file's name and the word of who sends it say nothing.  Taken are JPEG, PNG and PDF, whole, within
 * bounds; a PDF that runs something or carries other files is refused as far as it can be seen (it is
 * handed out for saving only, never shown in the page). */
#ifndef YH_MODEL_MATTER_SCAN_H
#define YH_MODEL_MATTER_SCAN_H
#include "base/base.h"

#define YH_SCAN_BYTES_MAX ((ptrdiff_t)2 << 20) /* of one file */
#define YH_SCAN_SIDE_MAX 10000                 /* pixels of a picture's longer side */
#define YH_SCANS_MAX 30                        /* of one matter, removed ones not counted */

struct yh_scan {
    const char *type, *ending; /* "image/jpeg", "jpg" … */
    int64_t width, height;     /* pixels; 0: a PDF */
};
/* YH_BAD_INPUT: none of the three, cut off, more than YH_SCAN_SIDE_MAX, a PDF with a script, a launch or
 * another file.  YH_LIMIT: larger than YH_SCAN_BYTES_MAX. */
YH_MUST_USE
enum yh_status yh_scan_look(yh_str bytes, struct yh_scan *out, struct yh_err *err);
#endif
