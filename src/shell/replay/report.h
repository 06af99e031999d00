/* shell/replay/report.h -- what a replay found, as tables that a terminal, JSON, XLSX and HTML show.
 *
 * One list of tables is built; each writer walks it, so that all show the same numbers.  Money in fen,
 * shares in millionths; nothing here decides. */
#ifndef YH_SHELL_REPLAY_REPORT_H
#define YH_SHELL_REPLAY_REPORT_H
#include "service/replay/replay.h"

enum yh_show {
    YH_SHOW_NOTHING,
    YH_SHOW_TEXT,
    YH_SHOW_MONEY,  /* fen */
    YH_SHOW_CHANGE, /* fen, with its sign */
    YH_SHOW_COUNT,
    YH_SHOW_SHARE,  /* millionths, as 12.34 % */
    YH_SHOW_GROWTH, /* millionths, as +1.86 % */
    YH_SHOW_POINTS, /* millionths, as +1.42 点 */
    YH_SHOW_MICRO,  /* millionths, as 1.2345 */
};
struct yh_shown {
    enum yh_show as;
    int64_t v;
    yh_str text;
};

enum yh_chart { YH_CHART_NONE, YH_CHART_BARS, YH_CHART_SPREAD, YH_CHART_STEPS };
struct yh_report_table {
    const char *name; /* ASCII: key of the JSON, name of the sheet's file */
    yh_str title, note;
    yh_str *column;
    int ncol;
    struct yh_shown *cell; /* row-major */
    int nrow, cap;
    bool summary;        /* shown in the terminal */
    enum yh_chart chart; /* of column `charted`, named by column 0 */
    int charted;
};
struct yh_report_story {
    int rank, scenario;
    yh_str person, settlement, provider, what, before, after;
    yh_fen year_before, year_after, bill_before, bill_after;
};
struct yh_report {
    struct yh_arena *arena;
    yh_str title, again;
    yh_str *fact; /* name, value, name, value …: data, policies, seed, engine */
    int nfact;
    yh_str *note;
    int nnote;
    struct yh_report_table table[40];
    int ntable;
    struct yh_report_story *story;
    int nstory;
};

/* What the officer gives beside the archive. */
struct yh_report_money {
    yh_str name;  /* 居民基金 */
    yh_str funds; /* fund_pay_type codes, blank-separated: whose spending it bears */
    yh_fen opening, income, warn_months; /* warn in hundredths of a month */
};
struct yh_report_points {
    yh_str scheme;  /* 390 */
    yh_fen budget;  /* what the fund may pay for inpatients, a year */
    int64_t points; /* sum of scores, millionths */
};
struct yh_report_elastic {
    yh_str service; /* bucket of YH_VIEW_SERVICE */
    yh_micro
        elastic; /* change of visits ÷ change of what a visit costs its patient, millionths; <= 0 */
    yh_str source;
};
struct yh_report_input {
    const struct yh_replay_result *result;
    const struct yh_replay_draft *draft;
    int ndraft;
    yh_str base_name; /* 账面, or the document of --against */
    yh_str again;     /* the line that runs it again */
    yh_str where;
    const struct yh_report_money *money;
    int nmoney;
    const struct yh_report_points *points;
    int npoints;
    const struct yh_report_elastic *elastic;
    int nelastic;
    const struct yh_replay_result
        *earlier; /* of the year before, settled by its own books and under
                                             * today's documents (scenarios 0 and 1): the waterfall */
    int stories;  /* how many of the most affected are told */
};

YH_MUST_USE
enum yh_status yh_report_build(struct yh_arena *a, const struct yh_report_input *in,
                               struct yh_report *out, struct yh_err *err);

/* Writers.  The terminal gets the summary alone. */
void yh_report_text(const struct yh_report *r, struct yh_buf *out);
void yh_report_json(const struct yh_report *r, struct yh_buf *out);
void yh_report_html(const struct yh_report *r, struct yh_buf *out);
/* YH_IO names the file. */
YH_MUST_USE
enum yh_status yh_report_xlsx(const struct yh_report *r, const char *path, struct yh_err *err);

/* A cell as people read it. */
yh_str yh_shown_text(struct yh_arena *a, const struct yh_shown *c);

/* Input files, TSV with these columns, amounts in yuan:
 *     name funds opening income warn        months payable
 *     scheme budget points                  closed budget of inpatients under DIP or DRG points
 *     service elasticity source             first-order behaviour; `source` must say where it is from
 * YH_BAD_TABLE with line and field. */
YH_MUST_USE
enum yh_status yh_report_read_money(struct yh_arena *a, yh_str text,
                                    struct yh_report_money **out, int *n, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_report_read_points(struct yh_arena *a, yh_str text,
                                     struct yh_report_points **out, int *n, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_report_read_elastic(struct yh_arena *a, yh_str text,
                                      struct yh_report_elastic **out, int *n,
                                      struct yh_err *err);
#endif
