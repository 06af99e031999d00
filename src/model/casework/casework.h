/* model/casework/casework.h -- the nouns of casework: states, acts, and the dated tables they go by.
 *
 * Terms, measures, credit points, repairs and rewards are rows with region, days and standing
 * (catalogs/casework); the row of the nearest place holds: the region itself, its prefecture, its
 * province, 000000. */
#ifndef YH_MODEL_CASEWORK_H
#define YH_MODEL_CASEWORK_H
#include "model/standing/standing.h"
#include "model/workday/workday.h"

enum yh_case_state {
#define R(name, word, text, over) YH_CASE_##name,
#include "model/casework/state.def"
#undef R
    YH_CASE_SAME /* of an act: the state stays; also their number */
};

enum yh_case_act_id {
#define A(name, word, text, from, to, clock, document, note) YH_ACT_##name,
#include "model/casework/act.def"
#undef A
    YH_ACT_N
};

struct yh_case_act_row {
    const char *word, *text;
    unsigned from; /* bits of states */
    enum yh_case_state to;
    const char *clock, *document;
    bool note; /* who does it must say why */
};
const struct yh_case_act_row *yh_case_act_of(enum yh_case_act_id act);
const char *yh_case_state_word(enum yh_case_state s);
const char *yh_case_state_text(enum yh_case_state s);
bool yh_case_state_over(enum yh_case_state s);
/* YH_CASE_SAME: no such word. */
enum yh_case_state yh_case_state_read(yh_str word);
/* Chinese of a word of nature.def; "" = no such word. */
yh_str yh_case_nature_text(yh_str word);

/* ---- the tables ---- */

struct yh_measure {
    yh_str name, text, power, subject, money, basis;
    yh_micro times_min, times_max; /* of the loss; 0: no bound */
    int days_max;                  /* of a suspension; 0: no bound */
    enum yh_standing standing;
};
struct yh_credit_row {
    yh_str row, basis;
    int points;
    enum yh_standing standing;
};
struct yh_credit_level {
    int points;
    yh_str consequence;
    enum yh_standing standing;
};
struct yh_credit_repair {
    int after_days, points_max; /* days since the last points; points a year */
    enum yh_standing standing;
};
struct yh_reward_rate {
    yh_micro rate, insider_plus;
    yh_fen least, most;
    yh_str basis;
    enum yh_standing standing;
};

struct yh_casework_texts {
    yh_str holidays, clocks, measures, credit, levels, repair, rewards, margins, hearings,
        templates;
};
struct yh_casework {
    struct yh_workdays workdays;
    struct yh_casework_texts text;
};
/* Takes the texts, reading each table through once.  YH_BAD_TABLE names table and line. */
YH_MUST_USE
enum yh_status yh_casework_load(struct yh_arena *a, const struct yh_casework_texts *t,
                                struct yh_casework *out, struct yh_err *err);

/* Working days of a term; YH_NOT_FOUND: no row for that place and day.  *standing may be NULL. */
YH_MUST_USE
enum yh_status yh_casework_clock(const struct yh_casework *w, struct yh_arena scratch,
                                 yh_str region, yh_str clock, yh_day day, int *days,
                                 enum yh_standing *standing, struct yh_err *err);
/* YH_NOT_FOUND: no such measure on that day. */
YH_MUST_USE
enum yh_status yh_casework_measure(const struct yh_casework *w, struct yh_arena *a, yh_str name,
                                   yh_day day, struct yh_measure *out, struct yh_err *err);
/* Points for (subject, nature, role); role "" but for staff.  YH_NOT_FOUND. */
YH_MUST_USE
enum yh_status yh_casework_points(const struct yh_casework *w, struct yh_arena *a,
                                  yh_str region, yh_str subject, yh_str nature, yh_str role,
                                  yh_day day, struct yh_credit_row *out, struct yh_err *err);
/* The highest level that `points` reach; YH_NOT_FOUND: none. */
YH_MUST_USE
enum yh_status yh_casework_level(const struct yh_casework *w, struct yh_arena *a, yh_str region,
                                 yh_str subject, int points, yh_day day,
                                 struct yh_credit_level *out, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_casework_repair(const struct yh_casework *w, struct yh_arena *a,
                                  yh_str region, yh_str subject, yh_day day,
                                  struct yh_credit_repair *out, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_casework_reward(const struct yh_casework *w, struct yh_arena *a,
                                  yh_str region, yh_str tier, yh_day day,
                                  struct yh_reward_rate *out, struct yh_err *err);
/* What a contract keeps back of a month's payable (预留, 质量保证金): `kind` as fixmedins_type.  YH_NOT_FOUND: no
 * row, so nothing is kept. */
YH_MUST_USE
enum yh_status yh_casework_margin(const struct yh_casework *w, struct yh_arena *a,
                                  yh_str region, yh_str kind, yh_day day, yh_micro *rate,
                                  yh_str *basis, struct yh_err *err);
/* From which amount on a penalty needs that a hearing (听证) was offered.  YH_NOT_FOUND: no row, so none is
 * asked for. */
YH_MUST_USE
enum yh_status yh_casework_hearing(const struct yh_casework *w, struct yh_arena *a,
                                   yh_str region, yh_str measure, yh_day day, yh_fen *least,
                                   yh_str *basis, struct yh_err *err);

/* ---- documents ---- */

struct yh_fill {
    const char *name;
    yh_str value;
};
/* The section "## name" of templates.md with each {word} replaced.  YH_NOT_FOUND: no such section.
 * YH_BAD_TABLE: a {word} that nobody gave, or one not closed. */
YH_MUST_USE
enum yh_status yh_template_fill(struct yh_arena *a, yh_str templates, yh_str section,
                                const struct yh_fill *fill, int n, yh_str *out,
                                struct yh_err *err);
#endif
