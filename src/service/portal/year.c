/* service/portal/year.c -- where a person stands: the year, the account, who looked. */
#include "engine/explain/explain.h"
#include "service/facts.h"
#include "service/portal/inside.h"

/* ---- the year ---- */

/* The kinds of visit that people know; a layer is told for those it is for. */
static const char *const VISIT[] = { "住院", "门诊", "门诊慢特病", "门诊两病", "药店" };

struct mark {
    const char *what; /* deductible, start, cap */
    int layer;
    yh_str visit;
    int64_t limit, used;
    int32_t clause;
};
struct marks {
    struct yh_arena *a;
    const struct yh_plan *plan;
    const int64_t *standing;
    struct mark *row;
    int n, cap;
};

static void mark_add(struct marks *m, const char *what, int layer, yh_str visit,
                     const struct yh_cell *c, int acc)
{
    if (!c || c->value == YH_NONE || c->value == YH_UNLIMITED || c->value <= 0 || acc < 0)
        return;
    int64_t used = m->standing[acc];
    for (int i = 0; i < m->n; i++)
        if (m->row[i].layer == layer && m->row[i].what == what && m->row[i].limit == c->value &&
            m->row[i].used == used)
            return;
    YH_PUSH(m->a, m->row, m->n, m->cap) =
        (struct mark){ what, layer, visit, c->value, used, c->clause };
}

static void marks_of_layer(struct marks *m, int i, struct yh_facts *f, yh_str visit)
{
    const struct yh_layer *l = &m->plan->layer[i];
    const struct yh_cell *when = yh_cell_at(&l->when, f);
    if (when && !when->value)
        return;
    if (l->cumulative && l->acc_base >= 0) {
        const struct yh_cell *start = yh_cell_at(&l->deduct.amount, f);
        if ((!start || start->value <= 0) && l->nband)
            start = yh_cell_at(&l->band[0].from, f);
        mark_add(m, "start", i, visit, start, l->acc_base);
    } else if (l->deduct.mode != YH_DEDUCT_PER_BILL) {
        mark_add(m, "deductible", i, visit, yh_cell_at(&l->deduct.amount, f), l->deduct.acc);
    }
    for (int k = 0; k < l->ncap; k++)
        if (l->cap[k].span == YH_SPAN_YEAR || l->cap[k].span == YH_SPAN_LIFE)
            mark_add(m, "cap", i, visit, yh_cell_at(&l->cap[k].amount, f), l->cap[k].acc);
}

static void put_marks(const struct marks *m, struct yh_jsonw *w)
{
    yh_jw_kv_array(w, "marks");
    for (int i = 0; i < m->n; i++) {
        const struct mark *r = &m->row[i];
        yh_jw_object(w);
        yh_jw_kv_str(w, "what", yh_cstr(r->what));
        yh_jw_kv_str(w, "layer", m->plan->layer[r->layer].name);
        yh_jw_kv_str(w, "visit_kind", r->visit);
        yh_jw_kv_i64(w, "limit", r->limit);
        yh_jw_kv_i64(w, "used", r->used);
        yh_jw_kv_i64(w, "left", yh_max(0, r->limit - r->used));
        yh_jw_key(w, YH_S("clause"));
        if (r->clause >= 0 && r->clause < m->plan->nclause)
            yh_look_clause(m->plan, r->clause, w);
        else
            yh_jw_null(w);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

struct sums {
    yh_str person, scheme;
    int64_t year, bills, total, fund, own;
};

static bool sum_row(void *ctx, const void *row)
{
    struct sums *t = ctx;
    const struct yh_settlement_row *s = row;
    if (yh_eq(s->person, t->person) && yh_eq(s->scheme, t->scheme) && s->year == t->year) {
        t->bills += s->undoes.n ? -1 : 1;
        t->total += s->total;
        t->fund += s->fund;
        t->own += s->person_part;
    }
    return true;
}

static enum yh_status year_of(const struct yh_look *k, const struct yh_enrolment_row *e,
                              yh_day day, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_call call;
    struct yh_ctx c = yh_look_ctx(k, &call, e->person);
    struct yh_member m;
    call.office = e->office;
    enum yh_status st = yh_member_open(&c, e->person, e->scheme, day, &m, err);
    if (st)
        return st;
    const struct yh_plan *plan = yh_world_plan(k->world, &m.home, e->scheme, day);
    struct sums t = { .person = e->person, .scheme = e->scheme };
    yh_jw_object(w);
    yh_jw_kv_str(w, "scheme", e->scheme);
    yh_jw_kv_str(w, "region_name", m.home.pool->name);
    yh_jw_kv_str(w, "title", plan ? plan->title : YH_S(""));
    yh_jw_kv_str(w, "document", plan ? plan->id : YH_S(""));
    t.year = yh_civil_of(day).year;
    if (plan) {
        struct marks marks = { .a = k->arena, .plan = plan };
        struct yh_facts_of facts;
        /* A stay that would begin today, at home: what it would find. */
        struct yh_visit_row v = { .region = e->region,
                                  .grp = e->grp,
                                  .person = e->person,
                                  .scheme = e->scheme,
                                  .med_type = YH_S("21"),
                                  .begin_time = yh_day_time(day) };
        struct yh_provider_row p = { .kind = YH_S("1"),
                                     .level = YH_S("1"),
                                     .office = e->office };
        st = yh_facts_build(&c, &m, &v, &p, plan, day, false, &facts, err);
        if (st == YH_OK)
            st = yh_facts_standing(&c, &v, plan, day, day, &facts, err);
        if (st)
            return st;
        t.year = facts.year;
        marks.standing = facts.standing;
        for (int i = 0; i < plan->nlayer; i++)
            for (int j = 0; j < YH_COUNT(VISIT); j++) {
                int kind = yh_plan_kind(plan, YH_DIM_VISIT, yh_cstr(VISIT[j]));
                if (kind < 0 || !(plan->layer[i].visits[kind / 64] >> (kind % 64) & 1))
                    continue;
                facts.facts.v[YH_DIM_VISIT] = kind;
                marks_of_layer(&marks, i, &facts.facts, yh_cstr(VISIT[j]));
            }
        put_marks(&marks, w);
        yh_jw_kv_i64(w, "stays", facts.stays);
    } else {
        yh_jw_kv_array(w, "marks");
        yh_jw_end(w, ']');
        yh_jw_kv_i64(w, "stays", 0);
    }
    struct yh_settlement_row like = { .region = e->region, .grp = e->grp };
    st = yh_each_settlement(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like,
                            sum_row, &t, err);
    yh_jw_kv_i64(w, "year", t.year);
    yh_jw_kv_i64(w, "bills", t.bills);
    yh_jw_kv_i64(w, "total", t.total);
    yh_jw_kv_i64(w, "fund", t.fund);
    yh_jw_kv_i64(w, "person_part", t.own);
    yh_jw_end(w, '}');
    return st;
}

enum yh_status yh_look_year(const struct yh_look *k, yh_str person, int64_t year,
                            struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int n = 0;
    yh_day day = yh_time_day(k->now);
    if (year && year != yh_civil_of(day).year) {
        if (year < 1990 || year > 2200)
            return yh_fail_field(err, YH_BAD_INPUT, "year", "", "年份应为四位数，如 2026");
        day = yh_day_of((int)year, 12, 31);
    }
    enum yh_status st = yh_look_keys(k, person, &key, &n, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_enrolment_row *e = NULL, like = { .region = key[i].region,
                                                    .grp = key[i].grp,
                                                    .person = person };
        int ne = 0;
        st = yh_list_enrolment(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like,
                               &e, &ne, err);
        for (int j = 0; st == YH_OK && j < ne; j++)
            st = year_of(k, &e[j], day, w, err);
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return st;
}

/* ---- the account ---- */

struct flow {
    const struct yh_look *k;
    yh_str account;
    struct yh_ledger_entry_row *row;
    int n, cap;
};

static bool flow_row(void *ctx, const void *row)
{
    struct flow *f = ctx;
    const struct yh_ledger_entry_row *e = row;
    if (yh_eq(e->account, f->account)) {
        struct yh_ledger_entry_row *to = &YH_PUSH(f->k->arena, f->row, f->n, f->cap);
        *to = *e;
        to->settlement = yh_dup(f->k->arena, e->settlement);
    }
    return true;
}

static void put_use(const struct yh_look *k, yh_str owner, const struct yh_ledger_entry_row *e,
                    struct yh_jsonw *w)
{
    struct yh_settlement_row s = { .grp = 0 };
    bool known = e->settlement.n && yh_settlement_place(e->settlement, &s) &&
                 yh_get_settlement(k->x, &s, NULL) == YH_OK;
    struct yh_person_row p = { .region = s.region, .grp = s.grp, .person = s.person };
    bool other = known && !yh_eq(s.person, owner);
    yh_jw_kv_str(w, "settlement", known && !other ? s.settlement : YH_S(""));
    yh_jw_kv_str(w, "provider_name", known ? yh_look_provider_name(k, s.provider) : YH_S(""));
    yh_jw_kv_bool(w, "undo", known && s.undoes.n > 0);
    yh_jw_kv_str(w, "by",
                 !known                                   ? YH_S("")
                 : !other                                 ? YH_S("self")
                 : yh_get_person(k->x, &p, NULL) == YH_OK ? yh_mask_name(k->arena, p.name)
                                                          : YH_S("*"));
}

enum yh_status yh_look_account(const struct yh_look *k, yh_str person, struct yh_look_page p,
                               struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int n = 0;
    enum yh_status st = yh_look_keys(k, person, &key, &n, err);
    if (st)
        return st;
    struct flow f = { .k = k, .account = yh_fmt(k->arena, "acct:%.*s", YH_ARG(person)) };
    struct yh_account_row account = { .balance = 0 };
    bool have = false;
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_account_row a = { .region = key[i].region,
                                    .grp = key[i].grp,
                                    .person = person };
        struct yh_ledger_entry_row like = { .region = key[i].region, .grp = key[i].grp };
        if (yh_get_account(k->x, &a, NULL) == YH_OK) {
            account = a;
            have = true;
        }
        st = yh_each_ledger_entry(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 },
                                  &like, flow_row, &f, err);
    }
    if (st)
        return st;
    int64_t from, to, after = account.balance;
    yh_page_open(w, p, f.n, &from, &to);
    for (int64_t i = 0; i < to; i++) {
        const struct yh_ledger_entry_row *e = &f.row[f.n - 1 - i];
        if (i >= from) {
            yh_jw_object(w);
            yh_jw_kv_time(w, "time", e->time);
            yh_jw_kv_i64(w, "amount", e->credit - e->debit);
            yh_jw_kv_i64(w, "after", after);
            put_use(k, person, e, w);
            yh_jw_end(w, '}');
        }
        after -= e->credit - e->debit;
    }
    yh_jw_end(w, ']');
    yh_jw_kv_bool(w, "has_account", have);
    yh_jw_kv_i64(w, "balance", account.balance);
    yh_jw_kv_i64(w, "opening", account.opening);
    yh_jw_kv_i64(w, "held", account.held);
    yh_jw_kv_bool(w, "frozen", account.frozen != 0);
    yh_jw_kv_i64(w, "page", p.page);
    yh_jw_kv_i64(w, "size", p.size);
    yh_jw_kv_i64(w, "total", f.n);
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- who looked ---- */

struct seen {
    const struct yh_look *k;
    struct yh_access_log_row *row;
    int n, cap;
    bool own;
};

static bool seen_row(void *ctx, const void *row)
{
    struct seen *s = ctx;
    const struct yh_access_log_row *r = row;
    if (!s->own && yh_eq(r->purpose, YH_S("self")))
        return true;
    struct yh_access_log_row *to = &YH_PUSH(s->k->arena, s->row, s->n, s->cap);

    *to = *r;
    yh_str *text[] = { &to->user,    &to->user_name, &to->role,
                       &to->purpose, &to->route,     &to->object };
    for (int i = 0; i < YH_COUNT(text); i++)
        *text[i] = yh_dup(s->k->arena, *text[i]);
    return s->n < 20000;
}

enum yh_status yh_look_seen(const struct yh_look *k, yh_str person, bool own,
                            struct yh_look_page p, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    struct seen s = { .k = k, .own = own };
    int n = 0;
    enum yh_status st = yh_look_keys(k, person, &key, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_access_log_row like = { .region = key[i].region,
                                          .grp = key[i].grp,
                                          .person = person };
        st = yh_each_access_log(k->x,
                                (struct yh_span){ .index = YH_BY_KEY, .same = 3, .down = true },
                                &like, seen_row, &s, err);
    }
    if (st)
        return st;
    int64_t from, to;
    yh_page_open(w, p, s.n, &from, &to);
    for (int64_t i = from; i < to; i++) {
        const struct yh_access_log_row *r = &s.row[i];
        yh_jw_object(w);
        yh_jw_kv_time(w, "time", r->time);
        yh_jw_kv_str(w, "user_name", yh_eq(r->purpose, YH_S("self")) ? YH_S("") : r->user_name);
        yh_jw_kv_str(w, "role", r->role);
        yh_jw_kv_str(w, "purpose", r->purpose);
        yh_jw_kv_str(w, "route", r->route);
        yh_jw_kv_str(w, "object", r->object);
        yh_jw_kv_i64(w, "times", r->times);
        yh_jw_kv_bool(w, "unmasked", r->unmasked != 0);
        yh_jw_end(w, '}');
    }
    yh_page_close(w, p, s.n);
    return YH_OK;
}

/* ---- the sandbox's books ---- */

enum yh_status yh_look_books(const struct yh_look *k, yh_str person, struct yh_jsonw *w,
                             struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int n = 0;
    enum yh_status st = yh_look_keys(k, person, &key, &n, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_array(w, "accumulators");
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_accumulator_row *r = NULL, like = { .region = key[i].region,
                                                      .grp = key[i].grp,
                                                      .person = person };
        int nr = 0;
        st = yh_list_accumulator(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like,
                                 &r, &nr, err);
        for (int j = 0; st == YH_OK && j < nr; j++) {
            yh_jw_object(w);
            yh_jw_kv_str(w, "scheme", r[j].scheme);
            yh_jw_kv_i64(w, "year", r[j].year);
            yh_jw_kv_str(w, "name", r[j].name);
            yh_jw_kv_str(w, "sub", r[j].sub);
            yh_jw_kv_i64(w, "value", r[j].value);
            yh_jw_end(w, '}');
        }
    }
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "entries");
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_ledger_entry_row *r = NULL,
                                   like = { .region = key[i].region, .grp = key[i].grp };
        int nr = 0;
        st = yh_list_ledger_entry(
            k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2, .down = true, .most = 60 },
            &like, &r, &nr, err);
        for (int j = 0; st == YH_OK && j < nr; j++) {
            yh_jw_object(w);
            yh_jw_kv_i64(w, "seq", r[j].seq);
            yh_jw_kv_i64(w, "line", r[j].line);
            yh_jw_kv_str(w, "account", r[j].account);
            yh_jw_kv_i64(w, "debit", r[j].debit);
            yh_jw_kv_i64(w, "credit", r[j].credit);
            yh_jw_kv_time(w, "time", r[j].time);
            yh_jw_kv_str(w, "settlement", r[j].settlement);
            yh_jw_end(w, '}');
        }
    }
    yh_jw_end(w, ']');
    struct yh_account_row a = { .region = key[0].region, .grp = key[0].grp, .person = person };
    yh_jw_kv_i64(w, "balance", yh_get_account(k->x, &a, NULL) == YH_OK ? a.balance : 0);
    yh_jw_end(w, '}');
    return st;
}
