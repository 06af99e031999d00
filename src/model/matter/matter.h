/* model/matter/matter.h -- the nouns of the desk (柜台): kinds of matters (事项), states, acts, and how long
 * a bill may be brought for reimbursement.
 *
 * Kinds and deadlines are rows with region, days and standing (catalogs/desk); the row of the nearest
 * place holds: the region itself, its prefecture, its province, 000000. */
#ifndef YH_MODEL_MATTER_H
#define YH_MODEL_MATTER_H
#include "model/standing/standing.h"
#include "model/workday/workday.h"

enum yh_matter_state {
#define R(name, word, text, over) YH_MATTER_##name,
#include "model/matter/state.def"
#undef R
    YH_MATTER_STATES
};
enum yh_matter_act_id {
#define A(name, word, text, from, clerk, person, note) YH_MATTER_ACT_##name,
#include "model/matter/act.def"
#undef A
    YH_MATTER_ACTS
};
enum yh_matter_effect {
#define R(name, word, text) YH_EFFECT_##name,
#include "model/matter/effect.def"
#undef R
    YH_EFFECTS
};
enum yh_matter_field_id {
#define F(name, word, text, kind) YH_FIELD_##name,
#include "model/matter/field.def"
#undef F
    YH_MATTER_FIELDS
};

struct yh_matter_act_row {
    const char *word, *text;
    unsigned from; /* bits of states */
    bool clerk, person, note;
};
struct yh_matter_field_row {
    const char *word, *text, *kind;
};
const struct yh_matter_act_row *yh_matter_act_of(enum yh_matter_act_id act);
const struct yh_matter_field_row *yh_matter_field_of(enum yh_matter_field_id f);
enum yh_matter_act_id yh_matter_act_read(yh_str word);  /* YH_MATTER_ACTS: no such word */
enum yh_matter_state yh_matter_state_read(yh_str word); /* YH_MATTER_STATES: no such word */
const char *yh_matter_state_word(enum yh_matter_state s);
const char *yh_matter_state_text(enum yh_matter_state s);
bool yh_matter_state_over(enum yh_matter_state s);

/* Who may start one without coming to the window. */
enum yh_matter_online {
    YH_ONLINE_NO,
    YH_ONLINE_APPLY,  /* 网上申请，经办人办理 */
    YH_ONLINE_COMMIT, /* 承诺制：本人承诺即办结 */
};

/* One row of matters.tsv. */
struct yh_matter_kind {
    yh_str region, kind, group, name;
    enum yh_matter_online online;
    int days; /* working days; 0: done while one waits */
    yh_fen review,
        second; /* from this amount another officer approves, and a third one; -1: never */
    enum yh_matter_effect effect;
    yh_str of; /* filing: "2501 长期备案"; unfile: "2501"; reimburse: stay, visit */
    unsigned asks, must; /* bits of fields */
    yh_str papers; /* 材料, "；" between; one behind "承诺:" may be replaced by a promise */
    yh_str basis;
    struct yh_period period;
    enum yh_standing standing;
};

/* One row of deadlines.tsv: until when a bill may be brought. */
struct yh_matter_deadline {
    yh_str region, of; /* stay, visit */
    int months;        /* after the visit's end; 0: by the next column */
    int next_year;     /* month × 100 + day of the year after the visit's end; 0: by months */
    yh_str basis;
    struct yh_period period;
    enum yh_standing standing;
};

/* One row of keep.tsv: how long what was brought for a matter is kept after it ended. */
struct yh_matter_keep {
    yh_str region;
    yh_str outcome; /* paid: money moved; done; nothing: refused, withdrawn, undone */
    int years;
    yh_str basis;
    struct yh_period period;
    enum yh_standing standing;
};

struct yh_matters {
    struct yh_matter_kind *kind;
    int nkind;
    struct yh_matter_deadline *deadline;
    int ndeadline;
    struct yh_matter_keep *keep;
    int nkeep;
};
/* Reads the three tables.  YH_BAD_TABLE names table, line and cell: an unknown word, a number or day that is
 * none, an effect without what it needs, a kind told twice for one place and day. */
YH_MUST_USE
enum yh_status yh_matters_load(struct yh_arena *a, yh_str kinds, yh_str deadlines, yh_str keeps,
                               struct yh_matters *out, struct yh_err *err);
/* The row that holds at a place on a day; NULL = none. */
const struct yh_matter_kind *yh_matter_kind_at(const struct yh_matters *m, yh_str region,
                                               yh_str kind, yh_day day);
/* Every kind that holds there, each once, in the order of the table; out has room for m->nkind. */
int yh_matter_kinds_at(const struct yh_matters *m, yh_str region, yh_day day,
                       const struct yh_matter_kind **out);
/* The last day that a bill whose visit ended on `end` may be brought; `of`: stay or visit.
 * YH_NOT_FOUND: no row.  *row (may be NULL) says by what. */
YH_MUST_USE
enum yh_status yh_matter_last_day(const struct yh_matters *m, yh_str region, yh_str of,
                                  yh_day end, yh_day *last,
                                  const struct yh_matter_deadline **row, struct yh_err *err);
/* The last day that the papers of a matter are kept that ended on `day`; YH_DAY_MAX: no row says so. */
yh_day yh_matter_keep_until(const struct yh_matters *m, yh_str region, yh_str outcome,
                            yh_day day);
#endif
