/* model/casemix/casemix.h -- grouping schemes (DRG 分组方案) as flat tables.
 *
 * A scheme is data: `catalogs/chs-drg/<name>/` holds its rules over code lists that all schemes
 * share (FORMAT.md there).  It is compiled once:
 *
 *   code -> class   codes that no list of the scheme tells apart are one class;
 *   class -> lists  one bit a list: "is this code in that list" is one load;
 *   class -> rules  one bit an ADRG rule, in the order of the test: the rules that a principal
 *                   diagnosis (a main procedure) of this class leaves possible.
 *
 * So a case meets only the rules in the intersection of two such rows, in order, and what is left
 * of each rule is a short postfix program.  Nothing is walked from the first rule to the last.
 *
 * Shared tables (codes, lists, complication and exclusion tables) are stored once for all schemes.
 * All memory is the arena's; texts are borrowed from what the reader callback returned. */
#ifndef YH_MODEL_CASEMIX_CASEMIX_H
#define YH_MODEL_CASEMIX_CASEMIX_H
#include "base/base.h"
#include "model/casemix/case.h"
#include "model/casemix/code.h"

/* Gives the text of a file of the catalogue ("_shared/dx.lst", "chs_drg_11/mdc.tsv"); the text
 * outlives the tables.  The shell reads files; tests may hand out literals.  YH_NOT_FOUND: there
 * is no such file. */
struct yh_casemix_source {
    void *ctx;
    enum yh_status (*read)(void *ctx, const char *path, yh_str *text, struct yh_err *err);
};

enum yh_atom_kind {
#define A(NAME, word, argument, chinese) YH_ATOM_##NAME,
#include "model/casemix/atom.def"
#undef A
};

enum yh_compare { YH_EQ, YH_LT, YH_LE, YH_GT, YH_GE };

/* One question of a rule. */
struct yh_atom {
    enum yh_atom_kind kind;
    enum yh_compare op; /* of NUM atoms */
    int32_t list;       /* PDX DX SDX DXPRE, PPX PX SPX: slot in the scheme's lists; else -1 */
    int64_t num;        /* NUM: the bound; SET: bit i set = way i */
    yh_str arg;         /* list name, prefix or word, as written */
    yh_str text;        /* the whole atom, as written */
};

/* A rule is postfix code over atoms: an atom's number, or one of these. */
#define YH_RULE_NOT 0xFFFDu
#define YH_RULE_AND 0xFFFEu
#define YH_RULE_OR 0xFFFFu
#define YH_RULE_ATOMS_MAX 48 /* of one rule; also its stack */
struct yh_rule {
    uint32_t at; /* into scheme->code */
    uint32_t n;
};

/* A result: MDC, ADRG and DRG as they are reported. */
struct yh_group_name {
    yh_str mdc, adrg, drg;
};

struct yh_mdc_row {
    yh_str name, title;
    yh_str text; /* the rule as written */
    struct yh_rule rule;
    int first, n; /* its ADRG rows */
};

enum yh_adrg_kind { YH_ADRG_SURGERY, YH_ADRG_PROCEDURE, YH_ADRG_MEDICAL, YH_ADRG_QY };

struct yh_adrg_row {
    yh_str id, adrg, title;
    yh_str text;
    enum yh_adrg_kind kind;
    struct yh_rule rule;
    int mdc;            /* row of mdc */
    int first, n;       /* its DRG rows */
    bool falls_through; /* no DRG row true: go on with the next ADRG row */
    struct yh_group_name
        no_drg; /* the result when none is true and it does not; QY: the result */
};

struct yh_drg_row {
    yh_str title, text;
    struct yh_rule rule;
    int adrg; /* row of adrg */
    struct yh_group_name name;
};

/* A list of codes under its name, by ids. */
struct yh_code_list {
    yh_str name;
    uint32_t *id;
    int n;
};
struct yh_code_lists {
    struct yh_code_list *list;
    int n, cap;
    struct yh_map by_name;
};

/* Complication levels or exclusion tables by diagnosis id; ids >= n have none. */
#define YH_LEVEL_NONE 0
#define YH_LEVEL_CC 1
#define YH_LEVEL_MCC 2
struct yh_cc_table {
    yh_str name;
    int n;
    uint16_t *excl; /* 0 = none */
    uint8_t *level; /* NULL in an exclusion table */
};

struct yh_casemix {
    struct yh_arena *arena;
    struct yh_casemix_source source;
    struct yh_codes dx, px;
    struct yh_code_lists dxlist, pxlist;
    struct yh_cc_table *table;
    int ntable, table_cap;
    struct yh_map excl_id; /* name of an exclusion table's row set -> 1 .. */
    yh_str *excl_name;
    int nexcl, excl_cap;
    bool named; /* yh_casemix_names was called */
    yh_str *dx_name, *px_name;
    int ndx_name, npx_name;
};

struct yh_scheme {
    const struct yh_casemix *shared;
    yh_str name, label, base, source, licence, repaired;
    struct yh_group_name ungroupable;
    bool retry_each_px;
    int32_t surgery; /* slot of the operations that count as surgery */
    const struct yh_cc_table *cc, *excl;
    struct yh_mdc_row *mdc;
    struct yh_adrg_row *adrg; /* in the order of the test: by MDC, then as published */
    struct yh_drg_row *drg;   /* by ADRG row */
    int nmdc, nadrg, ndrg;
    struct yh_atom *atom;
    int natom;
    uint16_t *code;
    int ncode;
    const struct yh_code_list **dxlist, **pxlist; /* by slot; NULL for a prefix */
    int ndxlist, npxlist;
    /* sites of multiple trauma */
    yh_str *site_name;
    int nsite;
    /* the index; class 0 holds every code that is in no list */
    int ndxid, npxid; /* ids beyond are class 0 */
    uint16_t *dx_class, *px_class;
    int ndxclass, npxclass;
    int dxwords, pxwords, rwords; /* 64-bit words of a row of lists, and of rules */
    uint64_t *dx_lists, *px_lists;
    uint8_t *dx_site;   /* by class: 1 + site, 0 = none */
    uint64_t *dx_rules; /* ndxclass rows */
    uint64_t *px_rules; /* npxclass rows, then the row of a case without procedures */
    /* of dxpre atoms: codes that no table knows are compared as text */
    yh_str *prefix;
    int32_t *prefix_slot;
    int nprefix;
};

/* Opens the shared tables: reads and indexes the code lists.  About 60 ms, 25 MB.
 * YH_BAD_TABLE names file and line; what the source's read returns is passed on. */
YH_MUST_USE
enum yh_status yh_casemix_open(struct yh_arena *arena, struct yh_casemix_source source,
                               struct yh_casemix **out, struct yh_err *err);

/* Loads and compiles one scheme; complication tables are loaded when first named.
 * NAME resolves to NAME_fix where that exists, "NAME@as-published" to exactly NAME.
 * scratch (16 MB at most are used) is another arena than cm's.  YH_NOT_FOUND: no such scheme.  YH_BAD_TABLE:
 * a row breaks FORMAT.md; err->text names file and line, the rule and what was wanted.  YH_LIMIT: more lists, rules or classes than the index
 * holds (65,000). */
YH_MUST_USE
enum yh_status yh_scheme_load(struct yh_casemix *cm, yh_str name, struct yh_arena scratch,
                              struct yh_scheme **out, struct yh_err *err);

/* Reads the names of codes, for explanations.  Once is enough. */
YH_MUST_USE
enum yh_status yh_casemix_names(struct yh_casemix *cm, struct yh_err *err);
/* Name of a code; "" when it is not known or names were not read. */
yh_str yh_dx_name(const struct yh_casemix *cm, yh_str code);
yh_str yh_px_name(const struct yh_casemix *cm, yh_str code);

/* The scheme in force in a region for a discharge on `day`, from the text of regions.tsv
 * (region, region_name, from, to, scheme, standing, note; `to` is exclusive, empty = open).
 * A leaf office is looked up by its six digits, then its prefecture (xxxx00), then its province
 * (xx0000).  YH_NOT_FOUND: no row covers it; nothing is guessed.  YH_BAD_TABLE names the line. */
YH_MUST_USE
enum yh_status yh_scheme_of_region(yh_str regions, yh_str region, yh_day day, yh_str *scheme,
                                   struct yh_err *err);

/* The atom in Chinese. */
yh_str yh_atom_chinese(enum yh_atom_kind kind);
/* Is code in list `slot`?  By the list's text, not by the index: for checks of the index. */
bool yh_scheme_lists_dx(const struct yh_scheme *s, int32_t slot, yh_str code);
bool yh_scheme_lists_px(const struct yh_scheme *s, int32_t slot, yh_str code);
#endif
