/* model/casemix/build.h -- what the parts of the scheme compiler share.  Private to casemix. */
#ifndef YH_MODEL_CASEMIX_BUILD_H
#define YH_MODEL_CASEMIX_BUILD_H
#include "model/casemix/casemix.h"

struct yh_build {
    struct yh_arena *arena;
    struct yh_casemix *cm;
    struct yh_scheme *s;
    struct yh_map atoms, dxslots, pxslots;
    int atom_cap, code_cap, dx_cap, px_cap, prefix_cap;
    /* the place read, for errors */
    const char *file;
    int line;
};

/* Parses and appends one rule; the same atom anywhere in the scheme is stored once.
 * YH_BAD_TABLE: not a rule of FORMAT.md, or a list that does not exist. */
YH_MUST_USE
enum yh_status yh_rule_build(struct yh_build *b, yh_str text, struct yh_rule *out,
                             struct yh_err *err);
/* The slot of a list by name, taken on first use; YH_BAD_TABLE: there is no such list. */
YH_MUST_USE
enum yh_status yh_slot_build(struct yh_build *b, bool px, yh_str name, int32_t *out,
                             struct yh_err *err);
/* Classes, list bits and rule bits; site[i] is the list slot of site i.  `scratch` falls back. */
YH_MUST_USE
enum yh_status yh_index_build(struct yh_build *b, const int32_t *site, struct yh_arena scratch,
                              struct yh_err *err);
/* YH_BAD_TABLE at the place read. */
enum yh_status yh_build_fail(const struct yh_build *b, struct yh_err *err, const char *fmt, ...)
    YH_PRINTF(3, 4);

YH_MUST_USE
enum yh_status yh_lists_load(struct yh_arena *arena, yh_str text, const char *file,
                             struct yh_codes *codes, struct yh_code_lists *out,
                             struct yh_err *err);
YH_MUST_USE
enum yh_status yh_table_load(struct yh_casemix *cm, yh_str name, bool levels,
                             const struct yh_cc_table **out, struct yh_err *err);
#endif
