/* model/catalog/catalog.h -- code tables: text outside, dense ids inside.
 *
 * Tables are TSV texts listed in catalogs/tables.tsv; in a code table the first column is `code`
 * and the second `name_zh`; `valid_from` and `valid_to` (first day no longer valid) are optional.
 * Loading copies nothing: the texts must outlive the catalogue.  One open-addressing index serves
 * all tables; ids run from 1, 0 means none.
 *
 * The tables are NOT the whole national lists (catalogs/SOURCES.md says what is missing), so a
 * well-formed code that is in no table is `unknown`, not wrong; an agency's own term table adds
 * its codes with yh_catalog_add. */
#ifndef YH_MODEL_CATALOG_H
#define YH_MODEL_CATALOG_H
#include "base/base.h"
#include "model/standing/standing.h"

#define YH_CODE_NONE ((uint32_t)0)

enum yh_code_kind {
#define R(name, word, text, space) YH_KIND_##name,
#include "model/catalog/kind.def"
#undef R
    YH_KIND_COUNT
};

/* A code is unique within a space. */
enum yh_code_space {
    YH_SPACE_DIAGNOSIS, /* ICD-10 insurance edition 2.0 */
    YH_SPACE_CATEGORY,  /* its three- and four-character categories */
    YH_SPACE_PROCEDURE, /* ICD-9-CM-3 insurance edition 2.0 */
    YH_SPACE_TCM,       /* Chinese-medicine diseases and syndromes */
    YH_SPACE_ITEM,      /* what a fee line names: drugs, services, consumables */
    YH_SPACE_LOCAL,     /* provincial service codes (nine digits) */
    YH_SPACE_CHRONIC,   /* outpatient chronic and special diseases, M + 5 digits */
};

struct yh_code {
    yh_str code, name;       /* borrowed from the table's text */
    struct yh_period period; /* valid on these days */
    enum yh_code_kind kind;
    enum yh_standing standing;
    bool grey; /* 灰码: may not be a principal diagnosis or procedure */
    int table; /* index into tables; -1 = added by yh_catalog_add */
};

struct yh_catalog; /* opaque; lives in the arena it was loaded into */

/* One table's text, by its path below catalogs/. */
struct yh_catalog_text {
    yh_str path, text;
};

/* A row of catalogs/tables.tsv, with what was counted while loading. */
struct yh_catalog_table {
    yh_str path, role, title, source, licence,
        note; /* role: a kind's word, crosswalk, standard, charge, reference */
    enum yh_standing standing;
    int rows;
};

/* Loads every table of `tables` (the text of tables.tsv) whose text is among text[0 .. n).
 * YH_NOT_FOUND: a table's text is not given.  YH_BAD_TABLE with line and field: a column missing,
 * an empty or repeated code, a bad day, an unknown role. */
YH_MUST_USE
enum yh_status yh_catalog_load(yh_str tables, const struct yh_catalog_text *text, int n,
                               struct yh_arena *arena, struct yh_catalog **out,
                               struct yh_err *err);

int yh_catalog_tables(const struct yh_catalog *c);
const struct yh_catalog_table *yh_catalog_table(const struct yh_catalog *c, int i);

/* Ids are 1 .. count. */
uint32_t yh_catalog_count(const struct yh_catalog *c);
struct yh_code yh_catalog_code(const struct yh_catalog *c, uint32_t id);
/* A cell of the code's row by column name; "" where the table has no such column or the code was
 * added.  Walks the row: not for hot paths. */
yh_str yh_catalog_cell(const struct yh_catalog *c, uint32_t id, yh_str column);

/* Exact lookup in one space, whatever the day; YH_CODE_NONE = absent. */
uint32_t yh_catalog_id(const struct yh_catalog *c, enum yh_code_space space, yh_str code);

enum yh_found {
    YH_FOUND,   /* known and valid on that day */
    YH_EXPIRED, /* known, but not valid on that day */
    YH_UNKNOWN, /* in no table, yet it may be a code: its structure fits, or no standard says */
    YH_MALFORMED, /* breaks the structure of its code standard */
};
/* Looks a code up for a day.  *id is set for YH_FOUND and YH_EXPIRED, else YH_CODE_NONE. */
enum yh_found yh_catalog_find(const struct yh_catalog *c, enum yh_code_space space, yh_str code,
                              yh_day day, uint32_t *id);

/* As yh_catalog_find for the med_list_codg of a fee line.  Tries the code itself, then the
 * national part before a '-' (interfaces send "002501010010000-250101001"), then the 15-character
 * specification of a 20-character consumable. */
enum yh_found yh_catalog_item(const struct yh_catalog *c, yh_str code, yh_day day,
                              uint32_t *id);

/* The code under which a more general table may list an item: of a pair with '-' its national part, of
 * a 20-character consumable its specification; YH_CODE_NONE = none, or it is in no table. */
uint32_t yh_catalog_general(const struct yh_catalog *c, uint32_t id);

/* The target of a crosswalk (path as in tables.tsv) for a code; `code` itself where the table
 * lists no change (crosswalks list changed codes only). */
yh_str yh_catalog_cross(const struct yh_catalog *c, yh_str path, yh_str code);

/* The charge category (med_chrgitm_type) of an item whose terms name none, by catalogs/
 * charge-classes.tsv: drugs, decoctions and consumables by their first letter, services by the name
 * of their fee class, else 14 其他费.  For lists and totals only: it decides no payment.  "" when no
 * such table is loaded or id is YH_CODE_NONE. */
yh_str yh_catalog_charge(const struct yh_catalog *c, uint32_t id);

/* Adds a code that no table holds (an agency's own list, a local preparation); an existing code
 * keeps its row.  Texts are borrowed.  Answers the id.  For loading time only, not thread-safe. */
uint32_t yh_catalog_add(struct yh_catalog *c, enum yh_code_kind kind, yh_str code, yh_str name,
                        enum yh_standing standing);

/* The kind an item code's structure speaks of (X, Z drug; T decoction; C consumable; else
 * service). */
enum yh_code_kind yh_item_kind(yh_str code);
enum yh_code_space yh_kind_space(enum yh_code_kind kind);
yh_str yh_kind_word(enum yh_code_kind kind); /* "drug" */
yh_str yh_kind_text(enum yh_code_kind kind); /* "药品" */

/* ---- structure by the code standards (catalogs/coding-standards/standards.tsv) ---- */

enum yh_form {
    YH_FORM_OK,   /* fits a pattern of its standard */
    YH_FORM_WARN, /* fits none, but the standard's text was never seen: never refuse for this */
    YH_FORM_BAD,  /* fits none of a standard whose structure is known */
    YH_FORM_NONE, /* no standard speaks of it */
};
/* `subject` is a kind's word, or provider, pharmacy, physician, nurse, pharmacist, staff … as in
 * the column `subject` of standards.tsv. */
enum yh_form yh_catalog_form(const struct yh_catalog *c, yh_str subject, yh_str code);

/* True when `code` fits `pattern` wholly.  In a pattern 9 is a digit, A a capital letter, # either,
 * ? either or '.'; {n} and {m,n} repeat the sign before; [..] may be absent; (..|..) is a choice;
 * any other sign is itself.  A malformed pattern fits nothing. */
bool yh_form_fits(yh_str pattern, yh_str code);
#endif
