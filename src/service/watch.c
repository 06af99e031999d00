#include "service/watch.h"

#include <stdlib.h>

#include "service/inside.h"

#define BACK_DAYS \
    400 /* how far other visits are looked up: a year, and what a course may reach */
#define VISITS_MAX 400

struct facts {
    struct yh_ctx *c;
    struct yh_monitor *m;
    struct yh_mon_visit *visit;
    int n, cap;
    const struct yh_watch_visit **said; /* by visit: the call's own; NULL: of the store */
    int said_cap, nsaid;
};

/* Standard prices are those of the place of treatment. */
static struct facts open_facts(struct yh_ctx *c, const struct yh_rules *rules)
{
    struct facts f = { .c = c, .m = yh_monitor_open(c->arena, rules) };
    if (c->provider && c->world->terms) {
        struct yh_terms *terms = YH_NEW(c->arena, struct yh_terms, 1);
        *terms = yh_terms_at(c->world->terms, &c->provider_place, 0);
        yh_monitor_terms(f.m, terms, c->world->catalog);
    }
    return f;
}

static bool add_visit(struct facts *f, const struct yh_mon_visit *v,
                      const struct yh_watch_visit *said)
{
    if (f->n == VISITS_MAX)
        return false;
    YH_PUSH(f->c->arena, f->visit, f->n, f->cap) = *v;
    YH_PUSH(f->c->arena, f->said, f->nsaid, f->said_cap) = said;
    return true;
}

/* ---- from the store ---- */

static uint32_t provider_of(struct facts *f, yh_str code, yh_str name, yh_str office,
                            yh_str level)
{
    struct yh_provider_row row = { .provider = code };
    struct yh_mon_provider p = { .code = code, .name = name, .office = office };
    if (code.n && yh_get_provider(f->c->x, &row, NULL) == YH_OK) {
        p.name = row.name;
        p.office = row.office;
        p.level = (uint8_t)yh_mon_level(row.level);
        p.pharmacy = yh_eq(row.kind, YH_S("2"));
    } else {
        p.level = (uint8_t)yh_mon_level(level);
    }
    return yh_monitor_provider(f->m, &p);
}

static void set_kind(struct yh_mon_visit *v, yh_str med_type, yh_str scheme)
{
    v->med_type = med_type;
    v->scheme = scheme;
    v->kind = (uint8_t)yh_mon_kind(med_type);
    v->scheme_word =
        yh_mon_maternity(med_type) ? YH_FW_SCHEME_MATERNITY : (uint8_t)yh_mon_scheme(scheme);
    v->channel = YH_FW_CHANNEL_OFFLINE;
    v->day_care = yh_mon_day_care(med_type);
    v->chronic = yh_mon_chronic(med_type);
    v->emergency = yh_mon_emergency(med_type);
}

static int charge_of(yh_str kind)
{
    int64_t n;
    return yh_int_parse(kind, &n, NULL) || n < 0 || n > 31 ? 0 : (int)n;
}

/* A kept or new line as a fact. */
static struct yh_mon_line line_of(struct facts *f, const struct yh_charge_line *l)
{
    return (struct yh_mon_line){
        .item = yh_monitor_item(f->m, l->code, l->name),
        .doctor = yh_monitor_name(f->m, l->doctor, l->doctor),
        .time = l->time,
        .qty = l->qty,
        .price = l->price,
        .amount = l->amount,
        .outside = l->outside + l->over,
        .charge = (uint8_t)charge_of(l->charge_kind),
        .covered = l->scope + l->first > 0 || (!l->outside && !l->over && l->amount > 0),
        .serial = l->serial,
    };
}

/* rx: prescriptions by their own numbers; init: what a refund takes back. */
static void link_lines(struct facts *f, const struct yh_charge_line *l, int n,
                       struct yh_mon_line *out)
{
    struct yh_map serial = yh_map_in(f->c->arena, n), rx = yh_map_in(f->c->arena, n);
    for (int i = 0; i < n; i++) {
        yh_map_add(&serial, l[i].serial, i + 1);
        if (l[i].order.n) {
            yh_map_add(&rx, l[i].order, i + 1);
            out[i].rx = yh_map_get(&rx, l[i].order, 0);
        }
    }
    for (int i = 0; i < n; i++)
        if (l[i].undoes.n)
            out[i].init = yh_map_get(&serial, l[i].undoes, 0);
}

static enum yh_status stored_dx(struct facts *f, const struct yh_visit_row *v,
                                struct yh_mon_visit *out, struct yh_err *err)
{
    struct yh_diagnosis_row like = { .region = v->region, .grp = v->grp, .visit = v->visit };
    struct yh_diagnosis_row *d = NULL;
    int n = 0;
    enum yh_status st = yh_list_diagnosis(
        f->c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &d, &n, err);
    uint32_t *dx = YH_NEW(f->c->arena, uint32_t, n + 1);
    if (v->main_diagnosis.n)
        dx[out->ndx++] = yh_monitor_dx(f->m, v->main_diagnosis, v->main_diagnosis_name);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < n; i++)
            if (d[i].valid && (d[i].main != 0) == (pass == 0) && out->ndx <= n &&
                !yh_eq(d[i].code, v->main_diagnosis))
                dx[out->ndx++] = yh_monitor_dx(f->m, d[i].code, d[i].name);
    out->dx = dx;
    return st;
}

static void sum_lines(struct yh_mon_visit *v, const struct yh_mon_line *l, int n)
{
    v->line = l;
    v->nline = n;
    for (int i = 0; i < n; i++) {
        v->total += l[i].amount;
        v->outside += yh_max(l[i].outside, 0);
    }
}

static enum yh_status stored_head(struct facts *f, const struct yh_visit_row *v,
                                  struct yh_mon_visit *out, struct yh_err *err)
{
    *out = (struct yh_mon_visit){ .visit = v->visit, .fund = -1 };
    set_kind(out, v->med_type, v->scheme);
    out->provider = provider_of(f, v->provider, YH_S(""), v->place, YH_S(""));
    out->begin = yh_time_day(v->begin_time);
    out->end = v->end_time                         ? yh_time_day(v->end_time)
               : out->kind == YH_FW_KIND_INPATIENT ? f->c->today
                                                   : out->begin;
    out->end = out->end < out->begin ? out->begin : out->end;
    out->time = v->begin_time;
    out->doctor = yh_monitor_name(f->m, v->doctor, v->doctor_name);
    out->department = yh_monitor_name(f->m, v->department, v->department_name);
    return stored_dx(f, v, out, err);
}

static enum yh_status stored_visit(struct facts *f, const struct yh_visit_row *v,
                                   struct yh_err *err)
{
    struct yh_mon_visit out;
    struct yh_charge_batch_row *row = NULL;
    struct yh_charge_line *line = NULL;
    int *from = NULL, n = 0, nline = 0;
    enum yh_status st = stored_head(f, v, &out, err);
    if (st == YH_OK)
        st = yh_batches_of(f->c, v, &row, &n, err);
    if (st == YH_OK)
        st = yh_batch_lines(f->c, row, n, &line, &from, &nline, err);
    if (st)
        return st;
    struct yh_mon_line *l = YH_NEW(f->c->arena, struct yh_mon_line, nline);
    for (int i = 0; i < nline; i++)
        l[i] = line_of(f, &line[i]);
    link_lines(f, line, nline, l);
    sum_lines(&out, l, nline);
    add_visit(f, &out, NULL);
    return YH_OK;
}

static bool told(const struct yh_watch_person *in, yh_str visit)
{
    for (int i = 0; in && i < in->n; i++)
        if (yh_eq(in->visit[i].visit, visit))
            return true;
    return false;
}

static enum yh_status other_visits(struct facts *f, const struct yh_person_row *p,
                                   const struct yh_watch_person *in, yh_str self,
                                   struct yh_err *err)
{
    struct yh_visit_row *all = NULL;
    int n = 0;
    enum yh_status st = yh_visits_of(f->c, p, &all, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        yh_day last = yh_time_day(all[i].end_time ? all[i].end_time : all[i].begin_time);
        if (!yh_eq(all[i].status, YH_S("cancelled")) && !yh_eq(all[i].visit, self) &&
            !told(in, all[i].visit) && last >= f->c->today - BACK_DAYS)
            st = stored_visit(f, &all[i], err);
    }
    return st;
}

/* ---- from the call ---- */

static void said_visit(struct facts *f, const struct yh_watch_visit *v)
{
    struct yh_mon_visit out = { .visit = v->visit, .begin = v->begin, .fund = -1 };
    set_kind(&out, v->med_type, v->scheme);
    out.end = v->end < v->begin ? v->begin : v->end;
    out.time = yh_day_time(v->begin);
    out.provider = provider_of(f, v->provider, v->provider_name, v->office, v->level);
    out.doctor = yh_monitor_name(f->m, v->doctor, v->doctor);
    out.department = yh_monitor_name(f->m, v->department, v->department);
    uint32_t *dx = YH_NEW(f->c->arena, uint32_t, v->ndx);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < v->ndx; i++)
            if (v->dx[i].main == (pass == 0))
                dx[out.ndx++] = yh_monitor_dx(f->m, v->dx[i].code, v->dx[i].name);
    out.dx = dx;
    struct yh_mon_line *l = YH_NEW(f->c->arena, struct yh_mon_line, v->nline);
    struct yh_map rx = yh_map_in(f->c->arena, v->nline);
    for (int i = 0; i < v->nline; i++) {
        const struct yh_watch_line *x = &v->line[i];
        if (x->rx.n)
            yh_map_add(&rx, x->rx, i + 1);
        l[i] = (struct yh_mon_line){ .item = yh_monitor_item(f->m, x->code, x->name),
                                     .doctor = yh_monitor_name(f->m, x->doctor, x->doctor),
                                     .department =
                                         yh_monitor_name(f->m, x->department, x->department),
                                     .rx = x->rx.n ? yh_map_get(&rx, x->rx, 0) : 0,
                                     .time = x->time,
                                     .qty = x->qty,
                                     .price = x->price,
                                     .amount = x->amount,
                                     .outside = x->outside,
                                     .charge = (uint8_t)x->charge,
                                     .covered = x->outside < x->amount || x->amount == 0,
                                     .first_line = x->first_line,
                                     .serial = x->serial };
    }
    sum_lines(&out, l, v->nline);
    add_visit(f, &out, v);
}

/* ---- asking ---- */

/* By first day; the call's own visits after the store's of the same day. */
static void sort_visits(struct facts *f)
{
    for (int i = 1; i < f->n; i++) {
        struct yh_mon_visit v = f->visit[i];
        const struct yh_watch_visit *s = f->said[i];
        int k = i;
        for (; k > 0 && f->visit[k - 1].begin > v.begin; k--) {
            f->visit[k] = f->visit[k - 1];
            f->said[k] = f->said[k - 1];
        }
        f->visit[k] = v;
        f->said[k] = s;
    }
}

static uint8_t sex_of(yh_str gend)
{
    return yh_eq(gend, YH_S("1"))   ? YH_FW_SEX_MALE
           : yh_eq(gend, YH_S("2")) ? YH_FW_SEX_FEMALE
                                    : YH_FW_SEX_UNKNOWN;
}

static bool asked(const struct facts *f, const struct yh_mon_hit *h, bool marked)
{
    for (int i = 0; i < h->nmark; i++) {
        const struct yh_watch_visit *s = f->said[h->mark[i].visit];
        if (s && s->current && (!marked || s->line[h->mark[i].line].current))
            return true;
    }
    return !h->nmark && f->said[h->visit] && f->said[h->visit]->current;
}

enum yh_status yh_watch_advise(struct yh_ctx *c, const struct yh_watch_person *in,
                               enum yh_mon_stage stage, struct yh_hit **hit, int *n,
                               struct yh_err *err)
{
    *hit = NULL;
    *n = 0;
    const struct yh_rules *rules = c->world->rules;
    if (!rules)
        return YH_OK;
    struct facts f = open_facts(c, rules);
    struct yh_mon_person p = { .region = in->region,
                               .person = in->person,
                               .sex = sex_of(in->sex),
                               .born = in->born,
                               .died = YH_DAY_MAX };
    struct yh_member m;
    bool marked = false;
    enum yh_status st = in->person.n
                            ? yh_member_open(c, in->person, YH_S(""), c->today, &m, err)
                            : YH_NOT_FOUND;
    if (st == YH_OK) {
        p.region = m.person->region;
        p.grp = m.person->grp;
        p.died = (yh_day)m.person->died;
        if (p.born == YH_DAY_MIN)
            p.born = (yh_day)m.person->born;
        st = other_visits(&f, m.person, in, YH_S(""), err);
    } else if (st == YH_NOT_FOUND) {
        st = YH_OK; /* advice needs no enrolment here */
    }
    if (st)
        return st;
    for (int i = 0; i < in->n; i++) {
        said_visit(&f, &in->visit[i]);
        for (int k = 0; k < in->visit[i].nline; k++)
            marked |= in->visit[i].current && in->visit[i].line[k].current;
    }
    sort_visits(&f);
    p.visit = f.visit;
    p.n = f.n;
    struct yh_mon_hit *h;
    int all = yh_monitor_run(f.m, c->arena, &p, -1, stage, &h);
    *hit = YH_NEW(c->arena, struct yh_hit, all);
    for (int i = 0; i < all; i++) {
        if (!asked(&f, &h[i], marked) || yh_rules_silent(rules, h[i].rule, p.region, c->today))
            continue;
        struct yh_hit *one = &(*hit)[*n];
        yh_monitor_tell(f.m, c->arena, &p, &h[i], stage, one);
        /* Another rule has said the same of these lines, on better ground: once is enough. */
        if (one->item_money || rules->rule[h[i].rule].money == YH_MONEY_NONE)
            ++*n;
    }
    return YH_OK;
}

/* ---- what is stored ---- */

static bool touches(const struct facts *f, const struct yh_mon_hit *h, yh_str visit)
{
    for (int i = 0; i < h->nmark; i++)
        if (yh_eq(f->visit[h->mark[i].visit].visit, visit))
            return true;
    return !h->nmark && yh_eq(f->visit[h->visit].visit, visit);
}

enum yh_status yh_watch_stored(struct yh_ctx *c, yh_str person, yh_str visit,
                               struct yh_hit **hit, int *n, struct yh_err *err)
{
    const struct yh_rules *rules = c->world->rules;
    struct yh_member m;
    *hit = NULL;
    *n = 0;
    if (!rules)
        return YH_OK;
    struct facts f = { .c = c, .m = yh_monitor_open(c->arena, rules) };
    enum yh_status st = yh_member_open(c, person, YH_S(""), c->today, &m, err);
    if (st == YH_OK)
        st = other_visits(&f, m.person, NULL, YH_S(""), err);
    if (st)
        return st;
    sort_visits(&f);
    struct yh_mon_person p = { .region = m.person->region,
                               .grp = m.person->grp,
                               .person = person,
                               .sex = sex_of(m.person->sex),
                               .born = (yh_day)m.person->born,
                               .died = (yh_day)m.person->died,
                               .visit = f.visit,
                               .n = f.n };
    struct yh_mon_hit *h;
    int all = yh_monitor_run(f.m, c->arena, &p, -1, YH_STAGE_AFTER, &h);
    *hit = YH_NEW(c->arena, struct yh_hit, all);
    for (int i = 0; i < all; i++) {
        struct yh_hit *one = &(*hit)[*n];
        if (!touches(&f, &h[i], visit) || yh_rules_silent(rules, h[i].rule, p.region, c->today))
            continue;
        yh_monitor_tell(f.m, c->arena, &p, &h[i], YH_STAGE_AFTER, one);
        if (one->item_money || rules->rule[h[i].rule].money == YH_MONEY_NONE)
            ++*n;
    }
    return YH_OK;
}

/* ---- refusing ---- */

static bool any_block(const struct yh_rules *r, yh_str region, yh_day day)
{
    for (int i = 0; r && r->nlocal && i < r->n; i++)
        if (yh_rules_blocks(r, i, region, day))
            return true;
    return false;
}

/* The visit at hand: what it holds, then what the call adds. */
static enum yh_status visit_at_hand(struct facts *f, const struct yh_visit_row *v,
                                    const struct yh_charge_line *kept, int nkept,
                                    const struct yh_charge_in *in, int n, struct yh_err *err)
{
    struct yh_mon_visit out;
    enum yh_status st = stored_head(f, v, &out, err);
    if (st)
        return st;
    struct yh_charge_line *all = YH_NEW(f->c->arena, struct yh_charge_line, nkept + n);
    struct yh_mon_line *l = YH_NEW(f->c->arena, struct yh_mon_line, nkept + n);
    for (int i = 0; i < nkept + n; i++) {
        all[i] = i < nkept ? kept[i] : in[i - nkept].line;
        l[i] = line_of(f, &all[i]);
        if (i >=
            nkept) /* not split yet: whether it is covered is not known, so it counts as covered */
            l[i].outside = 0, l[i].covered = true;
        /* A refused line is no more a claim on the fund, nor is what was refused of one. */
        if (i < nkept && kept[i].fault)
            l[i].covered = false;
        if (i < nkept && kept[i].fault_part && kept[i].amount > 0) {
            yh_fen left = kept[i].amount - kept[i].fault_part;
            l[i].qty = yh_muldiv(l[i].qty, left, kept[i].amount, YH_ROUND_HALF_UP);
            l[i].amount = left;
        }
    }
    link_lines(f, all, nkept + n, l);
    sum_lines(&out, l, nkept + n);
    add_visit(f, &out, NULL);
    return YH_OK;
}

/* `claimed` of the line's net amount, as the rule counts it (the share of what is beyond the limit, rounded
 * half up to a fen); several rules add up, and the whole is the whole. */
static void refuse(struct yh_charge_line *l, yh_fen claimed, yh_fen net)
{
    yh_fen sum = l->fault_part + claimed;
    l->fault = sum >= net;
    l->fault_part = l->fault ? 0 : sum;
}

enum yh_status yh_watch_block(struct yh_ctx *c, const struct yh_member *m,
                              const struct yh_visit_row *v, const struct yh_charge_line *kept,
                              int nkept, struct yh_charge_in *in, int n, struct yh_err *err)
{
    const struct yh_rules *rules = c->world->rules;
    yh_str place = c->provider ? c->provider->office : v->region;
    if (!any_block(rules, place, c->today))
        return YH_OK;
    struct facts f = open_facts(c, rules);
    enum yh_status st = other_visits(&f, m->person, NULL, v->visit, err);
    if (st == YH_OK)
        st = visit_at_hand(&f, v, kept, nkept, in, n, err);
    if (st)
        return st;
    sort_visits(&f);
    struct yh_mon_person p = { .region = v->region,
                               .person = v->person,
                               .grp = v->grp,
                               .sex = sex_of(m->person->sex),
                               .born = (yh_day)m->person->born,
                               .died = (yh_day)m->person->died,
                               .visit = f.visit,
                               .n = f.n };
    int self = 0;
    while (!yh_eq(f.visit[self].visit, v->visit))
        self++;
    struct yh_mon_hit *h;
    int hits = yh_monitor_run(f.m, c->arena, &p, self, YH_STAGE_BILL, &h);
    for (int i = 0; i < hits; i++) {
        if (!yh_rules_blocks(rules, h[i].rule, place, c->today))
            continue;
        for (int k = 0; k < h[i].nmark; k++) {
            const struct yh_mon_mark *x = &h[i].mark[k];
            int at = x->line - nkept;
            if (!x->stake || x->visit != self || at < 0 || x->claimed <= 0 || in[at].line.fault)
                continue;
            refuse(&in[at].line, x->claimed, x->amount);
            struct yh_hit told_hit;
            char money[32];
            yh_monitor_tell(f.m, c->arena, &p, &h[i], YH_STAGE_BILL, &told_hit);
            yh_warn(c, "明细 %.*s 按规则 %.*s 拦截 %.*s 元：%.*s，由机构承担",
                    YH_ARG(in[at].line.serial), YH_ARG(told_hit.rule),
                    YH_ARG(yh_dec_text(money, x->claimed, 2, 2)), YH_ARG(told_hit.message));
        }
    }
    /* A refund goes with its line. */
    for (int i = 0; i < n; i++)
        for (int k = 0; in[i].line.undoes.n && k < nkept + n; k++) {
            const struct yh_charge_line *l = k < nkept ? &kept[k] : &in[k - nkept].line;
            if (l->fault && yh_eq(l->serial, in[i].line.undoes))
                in[i].line.fault = 1;
        }
    return YH_OK;
}

/* ---- 3103 ---- */

enum yh_status yh_watch_answered(struct yh_ctx *c, const struct yh_watch_answer *in, int n,
                                 struct yh_err *err)
{
    for (int i = 0; i < n; i++) {
        if (!in[i].warning.n)
            return yh_fail_field(
                err, YH_BAD_INPUT, "warn_rslt_id", "",
                "warn_rslt_id（违规标识）：必填，未提供；填 3101 或 3102 返回的 jr_id");
        struct yh_document_row d = { .infno = YH_S("3103"),
                                     .provider = c->call->provider,
                                     .own_key = in[i].warning,
                                     .state = in[i].way,
                                     .time = c->now,
                                     .body = in[i].body };
        struct yh_document_row like = d, *old = NULL;
        int m = 0;
        enum yh_status st = yh_list_document(
            c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 5 }, &like, &old, &m, err);
        d.version = m + 1;
        if (st == YH_OK)
            st = yh_add_document(c->x, &d, err);
        if (st)
            return st;
    }
    return YH_OK;
}
