/* model/policy/policy.h -- policy documents: read, check, merge, compile, show, compare.
 *
 * A document is a Markdown page (docs/policy-language.md).  yh_policy_read parses pages into a
 * set; nothing is resolved yet.  yh_policy_compile picks the document of a region and scheme that
 * holds on a day, lays its amendments over it, adds what it includes, and writes a yh_plan.
 * What is wrong becomes a finding with line, column and cure; nothing here prints or reads files.
 *
 * All texts must outlive the set: everything points into them. */
#ifndef YH_MODEL_POLICY_POLICY_H
#define YH_MODEL_POLICY_POLICY_H
#include "model/policy/plan.h"

/* ---- what facts can be, nationally: catalogs/kinds.tsv ---- */

struct yh_kinds;
/* YH_BAD_TABLE with the line: unknown dim, a name or code twice in a dim, a refined value that
 * does not stand above, more than YH_KINDS_MAX values (64 of ident, 32 of tag). */
YH_MUST_USE
enum yh_status yh_kinds_load(struct yh_arena *a, yh_str tsv, const struct yh_kinds **out,
                             struct yh_err *err);
/* "身份" of YH_DIM_IDENT; and back, -1 = no such dimension. */
yh_str yh_dim_word(enum yh_dim dim);
int yh_dim_of(yh_str word);

/* ---- findings ---- */

enum yh_severity {
    YH_NOTE,    /* worth knowing */
    YH_WARN,    /* allowed, but look at it */
    YH_MISSING, /* a parameter is missing (缺): the document may not be in force */
    YH_ERROR,   /* the document is wrong */
};
struct yh_finding {
    enum yh_severity severity;
    yh_str doc;    /* the name the text was given */
    int line, col; /* 1-based; columns count characters */
    yh_str text;   /* what is wrong, Chinese, one line */
    yh_str cure;   /* what to do about it */
};
#define YH_FINDINGS_MAX 50
struct yh_findings {
    struct yh_finding item[YH_FINDINGS_MAX];
    int n; /* kept; later ones are only counted */
    int count[YH_ERROR + 1];
};
yh_str yh_severity_word(enum yh_severity s); /* 错误, 缺, 警告, 提示 */
/* Line and column of `at`, which lies in `text`; 1:1 when it does not. */
void yh_place(yh_str text, yh_str at, int *line, int *col);
/* Sorts by document, line and column. */
void yh_findings_sort(struct yh_findings *f);

/* ---- the parsed page ---- */

struct yh_policy_row {
    yh_str *cell;
    int n;
};

/* One statement.  layer names the block it stands in: a layer's name, or the statement itself for
 * those that stand alone ("year", "split", "params" …). */
struct yh_policy_stmt {
    yh_str group;  /* "基本统筹"; "" for document-wide statements and split, account … */
    yh_str word;   /* "rate", "layer", "split", "split.over", "params" … */
    yh_str args;   /* the rest of its line, before a table; trimmed */
    yh_str tail;   /* what stands behind its table: "per 年度"; trimmed */
    yh_str where;  /* the word in the text */
    yh_str visits; /* what `for` says; "" = none */
    yh_str raw;    /* its lines, as written */
    struct yh_policy_row *row;
    int nrow;
    int clause; /* in the document */
    int doc;    /* in the set */
};

/* A cases block: rows[0] is the header. */
struct yh_policy_cases {
    struct yh_policy_row *row;
    int nrow;
    int clause, doc;
};

struct yh_policy_doc {
    yh_str name, text; /* as given */
    yh_str id;         /* region/scheme/from */
    yh_str region, scheme, title;
    struct yh_period period;
    enum yh_standing standing;
    yh_str source;
    yh_str amends; /* id of the document amended; "" = none */
    yh_str *include;
    int ninclude;
    struct yh_clause *clause;
    int nclause;
    struct yh_policy_stmt *stmt;
    int nstmt;
    struct yh_policy_cases *cases;
    int ncases;
    bool broken; /* an error was found while parsing */
};

struct yh_policy_text {
    yh_str name, text;
};
struct yh_policy_set {
    const struct yh_kinds *kinds;
    struct yh_policy_doc *doc;
    int ndoc;
};

/* Parses all pages; a page with an error is kept, marked broken.  Two documents with one id are
 * an error.  Never fails: what is wrong is in the findings. */
void yh_policy_read(struct yh_arena *a, const struct yh_kinds *kinds,
                    const struct yh_policy_text *text, int n, struct yh_policy_set *out,
                    struct yh_findings *findings);

struct yh_policy_how {
    bool drafts;     /* standing draft counts too: what-if */
    bool missing_ok; /* compile with 缺 as 0, to look at it; never to pay by it */
};

/* The plan of (region, scheme) on `day`.  YH_NOT_FOUND: no document holds then.  YH_BAD_TABLE: a
 * document that takes part has an error or misses a parameter; the findings say where.  The plan
 * lives in `a` and borrows the texts. */
YH_MUST_USE
enum yh_status yh_policy_compile(struct yh_arena *a, const struct yh_policy_set *set,
                                 yh_str region, yh_str scheme, yh_day day,
                                 struct yh_policy_how how, struct yh_plan **out,
                                 struct yh_findings *findings, struct yh_err *err);

/* One document by itself (an amendment over what it amends), on its first day: what `check` and
 * `test` look at. */
YH_MUST_USE
enum yh_status yh_policy_compile_doc(struct yh_arena *a, const struct yh_policy_set *set,
                                     int doc, struct yh_policy_how how, struct yh_plan **out,
                                     struct yh_findings *findings, struct yh_err *err);

/* read + compile in one, for a caller that needs one plan. */
YH_MUST_USE
enum yh_status yh_policy_load(struct yh_arena *a, const struct yh_policy_text *text, int n,
                              const struct yh_kinds *kinds, yh_str region, yh_str scheme,
                              yh_day day, struct yh_plan **out, struct yh_findings *findings,
                              struct yh_err *err);

/* The days on which the plan of (region, scheme) changes, ascending: starts and ends of documents,
 * amendments and includes in force (drafts apart).  Returns how many were written (<= cap). */
int yh_policy_days(const struct yh_policy_set *set, yh_str region, yh_str scheme, yh_day *out,
                   int cap);

/* Beyond what compiling proves, over a set: years without a rule between two versions, two base
 * documents that hold on one day, amendments of nothing, cyclic includes. */
void yh_policy_check_set(struct yh_arena *a, const struct yh_policy_set *set,
                         struct yh_findings *findings);
/* Over a plan: a larger bill paid less, benefits beyond the national list, layers that never pay.
 * The search tries the edges of every table for the common cases; it can miss, it does not invent. */
void yh_policy_check_plan(struct yh_arena *a, const struct yh_plan *plan,
                          const struct yh_policy_set *set, struct yh_findings *findings);

/* The merged text of (region, scheme) on a day, each statement with the origin it has.
 * YH_NOT_FOUND: no document holds then. */
YH_MUST_USE
enum yh_status yh_policy_show(struct yh_arena *a, const struct yh_policy_set *set,
                              yh_str region, yh_str scheme, yh_day day, bool drafts,
                              struct yh_buf *out, struct yh_err *err);
/* What changes from plan x to plan y, a line a change: "基本统筹 · 住院 · 支付比例 · 三级：60% → 65%".
 * Tables are compared case by case, so that a rewritten table with the same amounts is no change.
 * Returns how many lines were written. */
int yh_policy_diff(struct yh_arena *a, const struct yh_plan *x, const struct yh_plan *y,
                   struct yh_buf *out);
/* Index of a document by id or by the name it was given (also its last path part); -1. */
int yh_policy_find(const struct yh_policy_set *set, yh_str what);
#endif
