/* service/portal/portal.h -- what the pages show of stored facts, as our own JSON.
 *
 * A page asks on a snapshot (or, where it writes, inside the writer's transaction); what it gets is
 * written into a JSON writer: amounts are whole fen, days "2026-03-18", times "2026-03-18 09:30:00".
 * Who may ask for what is decided before, by shell/portal; here a person is looked up by psn_no and
 * only what is that person's is shown.
 *
 * A list is one page: {"rows":[…],"page":1,"size":20,"total":47}. */
#ifndef YH_SERVICE_PORTAL_H
#define YH_SERVICE_PORTAL_H
#include <stdatomic.h>
#include "engine/bill/bill.h"
#include "service/service.h"

struct yh_look {
    struct yh_txn *x;
    const struct yh_world *world;
    struct yh_arena *arena;
    yh_time now;
    enum yh_lang lang; /* of the words that explain an amount */
};
struct yh_look_page {
    int64_t page, size; /* page from 1; size 1 .. 100 */
};

/* ---- a person's own ---- */

/* Names and enrolments.  full: false masks name, certificate, telephone, address.
 * YH_NOT_FOUND: no such person. */
YH_MUST_USE
enum yh_status yh_look_person(const struct yh_look *k, yh_str person, bool full,
                              struct yh_jsonw *w, struct yh_err *err);
/* Settlements and undoings, newest first. */
YH_MUST_USE
enum yh_status yh_look_bills(const struct yh_look *k, yh_str person, struct yh_look_page p,
                             struct yh_jsonw *w, struct yh_err *err);
/* One bill with the rows that explain it and the clauses they cite.  A bill of another person is
 * YH_NOT_FOUND, as one that does not exist. */
YH_MUST_USE
enum yh_status yh_look_bill(const struct yh_look *k, yh_str person, yh_str settlement,
                            struct yh_jsonw *w, struct yh_err *err);
/* Its charge lines in the order of time. */
YH_MUST_USE
enum yh_status yh_look_lines(const struct yh_look *k, yh_str person, yh_str settlement,
                             struct yh_look_page p, struct yh_jsonw *w, struct yh_err *err);
/* 怎样能少付: the same bill decided again with one fact changed, for each fact that would have left
 * the person less to pay; nothing is kept.  "same":false when the year as it stands today is no
 * longer decided as it was booked, and then no ways are shown. */
YH_MUST_USE
enum yh_status yh_look_less(const struct yh_look *k, yh_str person, yh_str settlement,
                            struct yh_jsonw *w, struct yh_err *err);
/* How far the person is in the year `year` (0 = today's): per enrolment the sums, and per layer the
 * deductible, the start and the limits, used and left. */
YH_MUST_USE
enum yh_status yh_look_year(const struct yh_look *k, yh_str person, int64_t year,
                            struct yh_jsonw *w, struct yh_err *err);
/* The personal account's balance and movements, newest first, with who used it. */
YH_MUST_USE
enum yh_status yh_look_account(const struct yh_look *k, yh_str person, struct yh_look_page p,
                               struct yh_jsonw *w, struct yh_err *err);
/* Who looked at the person's data, newest first; own: also the person's own looks. */
YH_MUST_USE
enum yh_status yh_look_seen(const struct yh_look *k, yh_str person, bool own,
                            struct yh_look_page p, struct yh_jsonw *w, struct yh_err *err);
/* What the person has reported as not theirs. */
YH_MUST_USE
enum yh_status yh_look_tips(const struct yh_look *k, yh_str person, struct yh_jsonw *w,
                            struct yh_err *err);

/* Writes: a tip on a line (line "" = the whole bill).  YH_NOT_FOUND: the bill is not the person's, or
 * has no such line; YH_CONFLICT: reported already; YH_BAD_INPUT: words over 500 characters. */
YH_MUST_USE
enum yh_status yh_tip_add(const struct yh_look *k, yh_str person, yh_str settlement,
                          yh_str line, yh_str words, struct yh_tip_row *out,
                          struct yh_err *err);

/* Keeps the code that a person shows, good until `expires`: 1101 finds the person by it.  The one before
 * stays as good as it was, older ones go. */
YH_MUST_USE
enum yh_status yh_credential_put(const struct yh_look *k, yh_str person, yh_str code,
                                 yh_time expires, struct yh_err *err);
/* Issues a numbered proof of enrolment: what stands today is kept with it. */
YH_MUST_USE
enum yh_status yh_certificate_make(const struct yh_look *k, yh_str person,
                                   struct yh_certificate_row *out, struct yh_err *err);
/* What it said, to who checks it: name and certificate masked. */
YH_MUST_USE
enum yh_status yh_look_certificate(const struct yh_look *k, const struct yh_certificate_row *r,
                                   struct yh_jsonw *w, struct yh_err *err);
/* 家庭: consents as owner ("mine") and as member ("theirs"), each with its steps, and whose account the
 * person may draw on (service/consent.h, table binding). */
YH_MUST_USE
enum yh_status yh_look_family(const struct yh_look *k, yh_str person, struct yh_jsonw *w,
                              struct yh_err *err);
/* The psn_no of who bears exactly that name and resident identity number. */
bool yh_look_named(const struct yh_look *k, yh_str name, yh_str cert, yh_str *person);

/* ---- looking at others ---- */

/* Where a person belongs, for the check of areas; the first of the regions that enrol the person.
 * office: of the newest enrolment.  YH_NOT_FOUND. */
struct yh_look_place {
    yh_str region, office;
    int64_t grp;
};
YH_MUST_USE
enum yh_status yh_look_place(const struct yh_look *k, yh_str person, struct yh_look_place *out,
                             struct yh_err *err);
/* One search box: a psn_no, a certificate, a card, a code shown at the window, a whole name, a settlement or a visit.  Up to
 * `most` psn_no, each once. */
YH_MUST_USE
enum yh_status yh_look_search(const struct yh_look *k, yh_str what, int most, yh_str *person,
                              int *n, struct yh_err *err);
/* Designated providers of the regions loaded, by name (part), kind and office (its six digits). */
YH_MUST_USE
enum yh_status yh_look_providers(const struct yh_look *k, yh_str what, yh_str kind,
                                 yh_str office, struct yh_look_page p, struct yh_jsonw *w,
                                 struct yh_err *err);
/* How many hospitals and pharmacies are open in each office. */
YH_MUST_USE
enum yh_status yh_look_provider_offices(const struct yh_look *k, struct yh_jsonw *w,
                                        struct yh_err *err);
/* Ledger entries of the person's group and the person's accumulators, for the sandbox page. */
YH_MUST_USE
enum yh_status yh_look_books(const struct yh_look *k, yh_str person, struct yh_jsonw *w,
                             struct yh_err *err);

/* ---- without sign-in: nothing here names or lets guess a person ---- */

/* To choose from: pools and offices by a part of the name, {code, name, the larger place}; chronic diseases. */
void yh_look_places(const struct yh_look *k, yh_str what, struct yh_jsonw *w);
void yh_look_diseases(const struct yh_look *k, yh_str what, struct yh_jsonw *w);
/* A report on a provider (举报; service/casework): a code is given, by which its sender asks again. */
struct yh_look_report {
    yh_str provider, text, name, contact; /* name "" = anonymous */
    bool insider;
    yh_str code;
};
/* YH_BAD_INPUT: which field, and how it should be.  YH_NOT_FOUND: no such provider. */
YH_MUST_USE
enum yh_status yh_look_report_add(const struct yh_look *k, const struct yh_look_report *r,
                                  struct yh_jsonw *w, struct yh_err *err);
/* State, term and reward, for who has number and code.  YH_NOT_FOUND: the pair fits nothing. */
YH_MUST_USE
enum yh_status yh_look_report(const struct yh_look *k, yh_str report, yh_str code,
                              struct yh_jsonw *w, struct yh_err *err);
/* The reward rates of a pooling area today. */
YH_MUST_USE
enum yh_status yh_look_rewards(const struct yh_look *k, yh_str region, struct yh_jsonw *w,
                               struct yh_err *err);

/* ---- 监管室 ---- */

/* The board: rows within the area (state by state, by last day; of one provider by opening) that fit, and
 * how many stand in each state, whatever is asked for.  Every open case is there; of each state that is over,
 * the 2,000 whose last day is the latest.  YH_NOT_FOUND: no tables. */
struct yh_look_cases {
    yh_str state, provider; /* "" = any */
    bool late;              /* only those past their last day */
    bool (*within)(void *user, yh_str region);
    void *user;
};
YH_MUST_USE
enum yh_status yh_look_cases(const struct yh_look *k, const struct yh_look_cases *ask,
                             struct yh_jsonw *w, struct yh_err *err);
/* One case with its hits, for the caller's check of area and its notes of whom it shows.  YH_NOT_FOUND. */
struct yh_look_case {
    struct yh_case_file_row file;
    struct yh_case_hit_row *hit;
    int nhit;
};
YH_MUST_USE
enum yh_status yh_look_case_of(const struct yh_look *k, yh_str case_no,
                               struct yh_look_case *out, struct yh_err *err);
YH_MUST_USE
enum yh_status yh_look_case(const struct yh_look *k, const struct yh_look_case *c,
                            struct yh_jsonw *w, struct yh_err *err);
/* Reports from the public (举报) within the area, those with the nearest last day first; state "" = any.  Name and
 * contact are masked.  `officer`: whose steps are told in `may`. */
YH_MUST_USE
enum yh_status yh_look_reports(const struct yh_look *k, yh_str state, yh_str officer,
                               bool (*within)(void *user, yh_str region), void *user,
                               struct yh_jsonw *w, struct yh_err *err);
/* Name and contact of who sent one: for the officer who handles it, and nobody else.  YH_DENIED. */
YH_MUST_USE
enum yh_status yh_look_reporter(const struct yh_look *k, const struct yh_tipoff_row *t,
                                yh_str officer, struct yh_jsonw *w, struct yh_err *err);
/* What the room may do to a case: the verb after "case " (service/casework/casework.h), and its act. */
struct yh_look_case_act {
    const char *word;
    int act; /* enum yh_case_act_id */
};
#define YH_LOOK_CASE_ACTS 16
extern const struct yh_look_case_act YH_LOOK_CASE_ACT[YH_LOOK_CASE_ACTS];
/* The rules loaded and those that cases knew, with what decided cases say of each. */
YH_MUST_USE
enum yh_status yh_look_rules(const struct yh_look *k, struct yh_jsonw *w, struct yh_err *err);

/* ---- looked up for others ---- */

/* The settlement, if it is the person's ("" = anybody's); YH_NOT_FOUND. */
YH_MUST_USE
enum yh_status yh_look_settlement(const struct yh_look *k, yh_str person, yh_str no,
                                  struct yh_settlement_row *out, struct yh_err *err);
/* person_key rows of a psn_no, one a region.  YH_NOT_FOUND. */
YH_MUST_USE
enum yh_status yh_look_keys(const struct yh_look *k, yh_str person,
                            struct yh_person_key_row **row, int *n, struct yh_err *err);
/* A provider's name; the code where it is not registered. */
yh_str yh_look_provider_name(const struct yh_look *k, yh_str provider);
/* The word of a national code in a dimension ("21" -> 住院); the code where no document knows it. */
yh_str yh_look_word(const struct yh_world *w, enum yh_dim dim, yh_str code);
/* ---- 医院医保办 ---- */

/* One provider's morning: what is to be done today.  Looked at are the last YH_MORNING_DAYS days; each
 * part shows at most YH_MORNING_ROWS rows and says how many there are.
 *
 *   books    days whose settlements no balanced 3201 or 3202 covers, by scheme and clearing type
 *   lists    settled stays without a list, by the day it is due (catalogs/settlement-list/deadline.tsv)
 *   mend     lists that are drafts or were sent back, with what the checks and the rules find
 *   appeals  hits that wait for the provider's answer (3702) or may go to the panel (3703)
 *   doctors  points of this year, by decisions against this provider, and hits still open
 *
 * seen: told of each person whose visit is shown; false stops with YH_RETRY.  YH_NOT_FOUND: no such
 * provider. */
#define YH_MORNING_DAYS 62
#define YH_MORNING_ROWS 60
YH_MUST_USE
enum yh_status yh_look_morning(const struct yh_look *k, yh_str provider,
                               bool (*seen)(void *user, yh_str region, int64_t grp,
                                            yh_str person, yh_str object),
                               void *user, struct yh_jsonw *w, struct yh_err *err);

/* ---- 月度清算 ---- */

/* Providers of a pool with where a month ("202603") or a year's margin ("2026") stands: none, draft, returned,
 * cleared; and the sums over all that q (part of a name, or a code) finds.  Into an open object. */
YH_MUST_USE
enum yh_status yh_look_clearings(const struct yh_look *k, yh_str pool, yh_str month, yh_str q,
                                 yh_str state, struct yh_look_page page, struct yh_jsonw *w,
                                 struct yh_err *err);
/* A provider's own months that are cleared, the newest first.  Into an open object. */
YH_MUST_USE
enum yh_status yh_look_own_clearings(const struct yh_look *k, yh_str provider,
                                     struct yh_jsonw *w, struct yh_err *err);
/* One provider's month (or year's margin): figures with their reasons, by fund, stay by stay, its draft and
 * what the officer may do; cleared as booked, else as it comes to now.  officer "": the provider itself, who
 * sees what is cleared and nothing else.  YH_NOT_FOUND; fails as yh_clearing_plan. */
YH_MUST_USE
enum yh_status yh_look_clearing(const struct yh_look *k, yh_str provider, yh_str month,
                                yh_str officer,
                                bool (*seen)(void *user, yh_str region, int64_t grp,
                                             yh_str person, yh_str object),
                                void *user, struct yh_jsonw *w, struct yh_err *err);

/* Groups of all hospitals of a pool over the lists of the last twelve months: for each hospital its
 * cases, CMI and cost index, for each of its groups cases and mean cost.  A peer mean is told where
 * at least `least` cases of at least two other hospitals stand behind it.  CMI = Σ weight ÷ cases that have
 * one; cost index = Σ cost ÷ Σ (pool's mean of the group × cases), over groups with `least` cases
 * elsewhere.  only: that hospital's name and groups alone are told, of the others the figures ("" =
 * all).  stop set: YH_RETRY. */
YH_MUST_USE
enum yh_status yh_look_groups(const struct yh_look *k, yh_str pool, int least, bool dip,
                              yh_str only, const atomic_bool *stop, struct yh_jsonw *w,
                              struct yh_err *err);

/* The rules over what was settled on one day in the offices `within` accepts: hits with rule, office,
 * provider and money, the worst first; at most `most` settlements are looked at, the latest first. */
YH_MUST_USE
enum yh_status yh_look_hits(const struct yh_look *k, yh_day day, int most,
                            bool (*within)(void *user, yh_str region, yh_str office),
                            void *user, const atomic_bool *stop, struct yh_jsonw *w,
                            struct yh_err *err);

/* The members region, provider, hits and rules of the acts `case open` and `case add`
 * (service/casework/casework.h), for hits that were picked from such a day: each is computed anew, so what a caller sends of one is its
 * number and nothing else.  npick >= 1.  YH_NOT_FOUND: the rules do not find one now, or it is of a pool
 * that `within` refuses; YH_BAD_INPUT: they are not of one provider in one pool. */
struct yh_look_pick {
    yh_str hit, settlement;
};
struct yh_look_open {
    const struct yh_look_pick *pick;
    int npick;
    bool (*within)(void *user, yh_str region, yh_str office);
    void *user;
};
YH_MUST_USE
enum yh_status yh_look_open_case(const struct yh_look *k, const struct yh_look_open *o,
                                 struct yh_jsonw *w, struct yh_err *err);

/* Plans of inspection in the offices `within` accepts, with the provider's open cases and the notes so
 * far; `mine`: officer is named. */
YH_MUST_USE
enum yh_status yh_look_inspections(const struct yh_look *k, yh_str officer,
                                   bool (*within)(void *user, yh_str region, yh_str office),
                                   void *user, struct yh_jsonw *w, struct yh_err *err);
/* A note on site (a write).  YH_NOT_FOUND: no such place in a plan; YH_BAD_INPUT: neither words nor
 * photo, too long, no digest. */
YH_MUST_USE
enum yh_status yh_inspection_note(const struct yh_look *k,
                                  const struct yh_inspection_note_row *in, struct yh_err *err);

/* ---- policies ---- */

/* Rules in plain figures of one document on a day: for each kind of visit and level the deductible,
 * the bands, the year's limit, with the clause of each. */
void yh_look_plain(struct yh_arena *a, const struct yh_plan *p, struct yh_jsonw *w);
/* A bill that is only supposed (docs/settle.md): decided and explained, nothing kept. */
YH_MUST_USE
enum yh_status yh_look_calculate(const struct yh_look *k, const struct yh_bill_plan *plan,
                                 const struct yh_json *bill, struct yh_jsonw *w,
                                 struct yh_err *err);
/* A clause as JSON: index, short title, title, text, source, standing, document, line. */
void yh_look_clause(const struct yh_plan *p, int i, struct yh_jsonw *w);
/* Two members of an explained bill: its rows, and the clauses that they cite (none where p is NULL). */
void yh_look_reasons(const struct yh_explain *e, const struct yh_plan *p, struct yh_jsonw *w);

/* "测*": the first character and stars. */
yh_str yh_mask_name(struct yh_arena *a, yh_str name);
/* "990101********0014": `head` and `tail` characters, stars between. */
yh_str yh_mask_number(struct yh_arena *a, yh_str s, int head, int tail);
#endif
