/* service/archive/group.c -- one account group into the archive: its persons, what they had before the year, then
 * its bills. */
#include "service/archive/inside.h"

int64_t yh_rebuild_word(struct yh_rebuild_part *m, enum yh_arc_dict_id d, yh_str s)
{
    int64_t id = yh_arc_dict_find(&m->y->dicts, d, s);
    m->unknown |= id < 0;
    return yh_max(id, 0);
}

static enum yh_status load(struct yh_rebuild_part *m, int64_t grp, struct yh_rebuild_rows *r,
                           struct yh_err *err)
{
    yh_str region = { m->y->region_text, 6 };
    struct yh_span same = { .index = YH_BY_KEY, .same = 2 };
    enum yh_status st = YH_OK;
    *r = (struct yh_rebuild_rows){ 0 };
#define LIST(t)                                                      \
    if (st == YH_OK) {                                               \
        struct yh_##t##_row like = { .region = region, .grp = grp }; \
        st = yh_list_##t(&m->x, same, &like, &r->t, &r->n##t, err);  \
    }
    LIST(person)
    LIST(enrolment)
    LIST(identity)
    LIST(account)
    LIST(accumulator)
    LIST(settlement)
    struct yh_settlement_fund_row fund = { .region = region, .grp = grp };
    if (st == YH_OK)
        st = yh_list_settlement_fund(&m->x, same, &fund, &r->fund, &r->nfund, err);
    struct yh_ledger_entry_row entry = { .region = region, .grp = grp };
    if (st == YH_OK)
        st = yh_list_ledger_entry(&m->x, same, &entry, &r->entry, &r->nentry, err);
    LIST(diagnosis)
#undef LIST
    return st;
}

bool yh_rebuild_in_year(const struct yh_rebuild_part *m, const struct yh_settlement_row *s)
{
    return s->year == m->y->year && yh_eq(s->kind, YH_S("settle")) && !s->undone_by.n;
}

/* What an accumulator held before the year's settlements: the value less what they added. */
static enum yh_status openings(struct yh_rebuild_part *m, const struct yh_rebuild_rows *r,
                               const struct yh_person_row *p, int at, struct yh_err *err)
{
    for (int i = 0; i < r->naccumulator; i++) {
        const struct yh_accumulator_row *a = &r->accumulator[i];
        if (!yh_eq(a->person, p->person) || (a->year != m->y->year && a->year != 0) ||
            yh_starts(a->name, YH_S("#")))
            continue;
        int64_t value = a->value;
        for (int k = 0; k < r->nsettlement; k++) {
            struct yh_delta *d = NULL;
            int n = 0;
            if (!yh_rebuild_in_year(m, &r->settlement[k]) ||
                !yh_eq(r->settlement[k].person, p->person))
                continue;
            enum yh_status st =
                yh_deltas_unpack(&m->group, r->settlement[k].deltas, &d, &n, err);
            if (st)
                return st;
            for (int j = 0; j < n; j++)
                if (d[j].year == a->year && yh_eq(d[j].scheme, a->scheme) &&
                    yh_eq(d[j].name, a->name) && yh_eq(d[j].sub, a->sub))
                    value -= d[j].amount;
        }
        if (!value)
            continue;
        struct yh_arc_opening o = { .scheme = yh_rebuild_word(m, YH_DICT_SCHEME, a->scheme),
                                    .year = a->year,
                                    .acc = yh_rebuild_word(m, YH_DICT_ACC, a->name),
                                    .sub = yh_rebuild_word(m, YH_DICT_SUB, a->sub),
                                    .value = value };
        (void)yh_arc_add_opening(m->b, &o);
        yh_walk_opening(&m->walk, at, &o);
    }
    return YH_OK;
}

static enum yh_status add_person(struct yh_rebuild_part *m, const struct yh_rebuild_rows *r,
                                 int at, struct yh_err *err)
{
    const struct yh_person_row *p = &r->person[at];
    struct yh_arc_person x = { .grp = p->grp,
                               .sex = p->sex.n ? p->sex.p[0] - '0' : 9,
                               .born = p->born,
                               .died = p->died,
                               .income = -1,
                               .balance = -1 };
    for (int i = 0; i < r->naccount; i++)
        if (yh_eq(r->account[i].person, p->person)) {
            const struct yh_account_row *a = &r->account[i];
            x.balance = a->balance;
            for (int k = 0; k < r->nsettlement; k++)
                if (yh_rebuild_in_year(m, &r->settlement[k]) &&
                    yh_eq(r->settlement[k].person, p->person))
                    x.balance += r->settlement[k].account;
        }
    for (int i = 0; i < r->nenrolment; i++)
        if (yh_eq(r->enrolment[i].person, p->person))
            x.district = yh_rebuild_word(m, YH_DICT_OFFICE, r->enrolment[i].office);
    x.person = yh_arc_text_in(m->b, p->person);
    (void)yh_arc_add_person(m->b, &x);
    for (int i = 0; i < r->nenrolment; i++) {
        const struct yh_enrolment_row *e = &r->enrolment[i];
        if (!yh_eq(e->person, p->person))
            continue;
        struct yh_arc_enrolment y = { .scheme = yh_rebuild_word(m, YH_DICT_SCHEME, e->scheme),
                                      .kind = yh_rebuild_word(m, YH_DICT_PSN_KIND, e->kind),
                                      .office = yh_rebuild_word(m, YH_DICT_OFFICE, e->office),
                                      .from_day = e->from_day,
                                      .to_day = e->to_day,
                                      .status = e->status.n ? e->status.p[0] - '0' : 0,
                                      .civil_servant = e->civil_servant,
                                      .waiting_until = e->waiting_until,
                                      .frozen_from = e->frozen_from,
                                      .frozen_until = e->frozen_until,
                                      .months = e->months,
                                      .clean_years = e->clean_years,
                                      .as_of = e->as_of };
        (void)yh_arc_add_enrolment(m->b, &y);
    }
    for (int i = 0; i < r->nidentity; i++) {
        const struct yh_identity_row *d = &r->identity[i];
        struct yh_arc_identity y = { yh_rebuild_word(m, YH_DICT_IDENT, d->kind), d->from_day,
                                     d->to_day };
        if (yh_eq(d->person, p->person))
            (void)yh_arc_add_identity(m->b, &y);
    }
    return openings(m, r, p, at, err);
}

/* What a bill's own facts are read from, once for the whole group. */
static void ask_ahead(struct yh_rebuild_part *m, int64_t grp)
{
    yh_str region = { m->y->region_text, 6 };
    struct yh_span same = { .index = YH_BY_KEY, .same = 2 };
#define AHEAD(t)                                                     \
    {                                                                \
        struct yh_##t##_row like = { .region = region, .grp = grp }; \
        yh_txn_ahead(&m->x, YH_TABLE_##t, &same, &like);             \
    }
    AHEAD(person)
    AHEAD(enrolment)
    AHEAD(identity)
    AHEAD(account)
    AHEAD(accumulator)
    AHEAD(binding)
    AHEAD(visit)
    AHEAD(charge_batch)
    AHEAD(filing)
    AHEAD(document)
#undef AHEAD
}

enum yh_status yh_rebuild_group(struct yh_rebuild_part *m, int64_t grp, struct yh_err *err)
{
    struct yh_rebuild_rows r;
    bool asked = false;
    if (yh_rebuild_asked(m))
        return yh_rebuild_stopped(err);
    yh_arena_reset(&m->group);
    enum yh_status st = load(m, grp, &r, err);
    if (st || !r.nperson)
        return st;
    int64_t first = yh_arc_rows(m->b, YH_ARC_person);
    yh_walk_group(&m->walk, r.nperson);
    for (int i = 0; st == YH_OK && i < r.nperson; i++)
        st = add_person(m, &r, i, err);
    for (int i = 0; st == YH_OK && i < r.nsettlement; i++) {
        const struct yh_settlement_row *s = &r.settlement[i];
        if (s->year == m->y->year && !yh_rebuild_in_year(m, s))
            m->r.left_out++;
        if (!yh_rebuild_in_year(m, s))
            continue;
        if (!asked)
            ask_ahead(m, grp);
        asked = true;
        st = yh_rebuild_bill(m, &r, i, first, err);
    }
    m->r.groups++;
    m->r.persons += r.nperson;
    if (st == YH_OK && m->unknown)
        st = yh_fail(err, YH_CONFLICT, "户组 %lld 在两遍读取之间变了", (long long)grp);
    return st;
}
