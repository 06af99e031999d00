/* engine/facts/facts.h -- national codes as the kinds of a document's tables.
 *
 * A plan's tables look at ordinals of its own kinds (model/policy/plan.h); registries, visits and
 * archives hold national codes.  This is the one place that says which ordinal a code is, for the
 * settlement at the window (service/facts.c) and for a year's replay (engine/replay).  A code that
 * the plan does not know falls back as each function says; the last resort is ordinal 0.  Pure. */
#ifndef YH_ENGINE_FACTS_H
#define YH_ENGINE_FACTS_H
#include "model/policy/plan.h"
#include "model/region/region.h"

/* 距上次出院天数 where there was none. */
#define YH_GAP_NONE 99999

/* The ordinal of the first of the names or codes that the plan knows; 0 when none. */
int64_t yh_kind_of(const struct yh_plan *p, enum yh_dim dim, const yh_str *word, int n);
int64_t yh_kind_one(const struct yh_plan *p, enum yh_dim dim, yh_str word);

/* 就医类别 by med_type; an unknown one goes by its first digit (reference §11). */
int64_t yh_kind_visit(const struct yh_plan *p, yh_str med_type);
/* 人员类别 by psn_type, then its first two digits, then scheme and age. */
int64_t yh_kind_person(const struct yh_plan *p, yh_str psn_type, yh_str scheme, int age);
/* The bit of an identity (code or word); 0 = the plan does not know it. */
uint64_t yh_kind_ident(const struct yh_plan *p, yh_str kind);
/* 医院级别 of a provider: kind "2" is a pharmacy; own = its kind of level in the document's words,
 * "" none; level = hosp_lv.  *term_level: enum yh_level, for price limits. */
int64_t yh_kind_level(const struct yh_plan *p, yh_str kind, yh_str level, yh_str own,
                      uint8_t *term_level);
int64_t yh_kind_place(const struct yh_plan *p, enum yh_away away);
int64_t yh_kind_delivery(const struct yh_plan *p, yh_str matn_type);
/* 医保发〔2022〕22号 第八、三十四条: emergency rescue counts as filed. */
bool yh_is_emergency(yh_str med_type);
#endif
