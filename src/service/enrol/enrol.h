/* service/enrol/enrol.h -- an agency's own people, enrolments, standings and providers into a store.
 *
 * Tables are TSV by their national names (column.def).  Every row of every file is checked first, by
 * itself and against the store; with one bad row nothing at all is written.  Then the rows go in by
 * batches, persons before what is theirs.  A load that is cut short is finished by the same call again:
 * what is there already is the same.
 *
 * People are of one pooling area, each in an account group of their own.  A psn_no, a certificate, the
 * day that a period begins and an opening balance never change here; other fields do when `update` is
 * asked for: the row is replaced (the store keeps no earlier ones), columns that the file has not are
 * left alone.
 *
 * Memory: the texts are read where they lie (a mapped file), some 200 bytes are kept for a row. */
#ifndef YH_SERVICE_ENROL_ENROL_H
#define YH_SERVICE_ENROL_ENROL_H
#include "service/service.h"

enum yh_enrol_table {
#define T(t, mark, doc) YH_ENROL_##t,
#define C(t, c, need, doc)
#include "service/enrol/column.def"
    YH_ENROL_TABLES
};

struct yh_enrol_file {
    yh_str name, text; /* lives until the call returns */
};

/* Rows seen, in the check as in the writing; called now and then. */
typedef void yh_enrol_fn(void *user, const char *doing, int64_t rows);

struct yh_enrol_ask {
    const struct yh_world *world; /* regions and the text interface/dictionaries.tsv */
    yh_str region;                /* pooling area; "": the store's own */
    yh_time now;
    bool check;            /* writes nothing, and does not ask who else writes */
    bool update;           /* fields may change */
    yh_enrol_fn *progress; /* NULL: nobody */
    void *user;
};

#define YH_ENROL_SHOWN 20
struct yh_enrol_bad {
    yh_str file;
    struct yh_err what; /* line, field, value and cure */
};

struct yh_enrol {
    struct {
        int64_t added, same, changed;
    } count[YH_ENROL_TABLES];
    yh_str region;
    int64_t bad; /* rows; the first of them follow */
    struct yh_enrol_bad shown[YH_ENROL_SHOWN];
};

/* store: as yh_store_open; made when it is not there and every row is good.  *out, texts of it in `keep`,
 * is filled in any case.
 * YH_BAD_INPUT: bad rows (out->bad), or the region is no pooling area, or none is named for a new store.
 * YH_BAD_TABLE: a header; *err names the file.  YH_CONFLICT: somebody else writes the folder, or it is another
 * region's.  Else as the store fails; then batches that were committed stay. */
YH_MUST_USE
enum yh_status yh_enrol(yh_str store, const struct yh_enrol_ask *ask,
                        const struct yh_enrol_file *file, int n, struct yh_arena *keep,
                        struct yh_enrol *out, struct yh_err *err);
/* The columns as a page for people, one line each. */
void yh_enrol_columns(struct yh_buf *b);
#endif
