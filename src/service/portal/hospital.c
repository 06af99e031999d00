/* service/portal/hospital.c -- 医院医保办: what one provider has to do today. */
#include <stdio.h>
#include "service/casework/casework.h"
#include "service/lists.h"
#include "service/portal/inside.h"
#include "service/settle.h"
#include "service/watch.h"

#define BILLS_MOST 50000 /* settlements of the days looked at */
#define JUDGED_MOST 40   /* drafts that are checked in one go */
#define WATCHED_MOST 25  /* stays that the rules look at in one go */
#define CASES_MOST 500

struct morning {
    const struct yh_look *k;
    struct yh_ctx c;
    struct yh_call call;
    struct yh_provider_row provider;
    bool (*seen)(void *user, yh_str region, int64_t grp, yh_str person, yh_str object);
    void *user;
    yh_day today, from;
    struct yh_settlement_row *bill;
    int nbill;
    int64_t list_days; /* after settlement; -1: no row of the table */
};

static enum yh_status note(struct morning *m, const struct yh_settlement_row *s,
                           struct yh_err *err)
{
    return m->seen(m->user, s->region, s->grp, s->person, s->settlement)
               ? YH_OK
               : yh_fail(err, YH_RETRY, "查阅记录来不及写入");
}

static enum yh_status open_morning(struct morning *m, yh_str provider, struct yh_err *err)
{
    const struct yh_look *k = m->k;
    struct yh_settlement_row like = { .provider = provider };
    m->provider = (struct yh_provider_row){ .provider = provider };
    enum yh_status st = yh_get_provider(k->x, &m->provider, err);
    if (st)
        return st == YH_NOT_FOUND
                   ? yh_fail_field(err, YH_NOT_FOUND, "provider", "", "没有登记这家机构")
                   : st;
    m->c = yh_look_ctx(k, &m->call, YH_S(""));
    m->call.provider = provider;
    m->c.provider = &m->provider;
    m->today = yh_time_day(k->now);
    m->from = m->today - YH_MORNING_DAYS + 1;
    if ((st = yh_region_locate(k->world->regions, m->provider.office, m->today,
                               &m->c.provider_place, err)) != YH_OK)
        return st;
    struct yh_span span = { .index = (int)yh_settlement_by_provider,
                            .same = 1,
                            .ranged = true,
                            .from = yh_day_time(m->from),
                            .to = yh_day_time(m->today + 1),
                            .down = true,
                            .most = BILLS_MOST };
    st = yh_list_settlement(k->x, span, &like, &m->bill, &m->nbill, err);
    m->list_days = -1;
    if (st == YH_OK && k->world->casebook)
        st = yh_place_value(&m->c, k->world->casebook->deadline, "days", m->today, 0,
                            &m->list_days, err);
    return st;
}

/* ---- books ---- */

struct books {
    yh_day day;
    yh_str scheme, clearing_type, clearing_office;
    int64_t bills;
    yh_fen total, fund, account;
    yh_time last;
};

static bool same_place(yh_str of, yh_str office)
{
    return !of.n || yh_eq(of, office) ||
           (of.n == 6 && yh_ends(of, YH_S("00")) && yh_starts(office, yh_sub(of, 0, 4)));
}

/* 0: covered by a balanced one; 1: only by one that was not; 2: covered before the last change; 3: not. */
static int standing_of(const struct books *b, const struct yh_reconciliation_row *r, int n)
{
    int best = 3;
    for (int i = 0; i < n; i++) {
        if (b->day < r[i].from_day || b->day > r[i].to_day ||
            (r[i].scheme.n && !yh_eq(r[i].scheme, b->scheme)) ||
            (r[i].clearing_type.n && !yh_eq(r[i].clearing_type, b->clearing_type)) ||
            !same_place(r[i].clearing_office, b->clearing_office))
            continue;
        int is = !yh_eq(r[i].result, YH_S("0")) ? 1 : r[i].time < b->last ? 2 : 0;
        best = is < best ? is : best;
    }
    return best;
}

static enum yh_status put_books(struct morning *m, struct yh_jsonw *w, struct yh_err *err)
{
    static const char *const STATE[] = { "balanced", "unequal", "changed", "open" };
    struct yh_reconciliation_row like = { .provider = m->provider.provider }, *r = NULL;
    struct books *b = NULL;
    int n = 0, nb = 0, cap = 0, all = 0;
    enum yh_status st = yh_list_reconciliation(
        m->k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, &r, &n, err);
    if (st)
        return st;
    struct yh_map at = yh_map_in(m->k->arena, 256);
    for (int i = 0; i < m->nbill; i++) {
        const struct yh_settlement_row *s = &m->bill[i];
        yh_day day = yh_time_day(s->time);
        if (day == m->today ||
            !yh_is_providers(s)) /* the day is not over; none of its business */
            continue;
        yh_str key = yh_fmt(m->k->arena, "%d %.*s %.*s %.*s", (int)day, YH_ARG(s->scheme),
                            YH_ARG(s->clearing_type), YH_ARG(s->clearing_office));
        int k = yh_map_get(&at, key, -1);
        if (k < 0) {
            k = nb;
            yh_map_add(&at, key, nb);
            YH_PUSH(m->k->arena, b, nb, cap) =
                (struct books){ day, s->scheme, s->clearing_type, s->clearing_office, 0, 0, 0,
                                0,   0 };
        }
        b[k].bills++;
        b[k].total += s->total;
        b[k].fund += s->fund;
        b[k].account += s->account + s->relative;
        b[k].last = b[k].last < s->time ? s->time : b[k].last;
    }
    yh_jw_kv_array(w, "books");
    for (int i = nb; i-- > 0;) { /* the oldest first */
        int is = standing_of(&b[i], r, n);
        if (!is || all++ >= YH_MORNING_ROWS)
            continue;
        yh_jw_object(w);
        yh_jw_kv_day(w, "day", b[i].day);
        yh_jw_kv_str(w, "scheme", b[i].scheme);
        yh_jw_kv_str(w, "clearing_type", b[i].clearing_type);
        yh_jw_kv_str(w, "office", b[i].clearing_office);
        yh_jw_kv_i64(w, "bills", b[i].bills);
        yh_jw_kv_i64(w, "total", b[i].total);
        yh_jw_kv_i64(w, "fund", b[i].fund);
        yh_jw_kv_i64(w, "account", b[i].account);
        yh_jw_kv_str(w, "state", yh_cstr(STATE[is]));
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_i64(w, "books_all", all);
    return YH_OK;
}

/* ---- lists ---- */

static enum yh_status put_stay(struct morning *m, const struct yh_settlement_row *s,
                               struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_visit_row v = {
        .region = s->region, .grp = s->grp, .person = s->person, .visit = s->visit
    };
    enum yh_status st = yh_get_visit(m->k->x, &v, err);
    if (st == YH_OK)
        st = note(m, s, err);
    if (st)
        return st;
    yh_day due = yh_time_day(s->time) + (yh_day)m->list_days;
    yh_jw_kv_str(w, "settlement", s->settlement);
    yh_jw_kv_str(w, "visit", s->visit);
    yh_jw_kv_str(w, "number", v.number);
    yh_jw_kv_str(w, "department", v.department_name);
    yh_jw_kv_str(w, "doctor", v.doctor);
    yh_jw_kv_str(w, "diagnosis", v.main_diagnosis_name);
    yh_jw_kv_day(w, "discharged", s->end_day);
    yh_jw_kv_day(w, "settled", yh_time_day(s->time));
    yh_jw_kv_i64(w, "total", s->total);
    yh_jw_kv_day(w, "due", m->list_days < 0 ? 0 : due);
    yh_jw_key(w, YH_S("left"));
    if (m->list_days < 0)
        yh_jw_null(w);
    else
        yh_jw_i64(w, due - m->today);
    return YH_OK;
}

static bool needs_list(const struct yh_settlement_row *s)
{
    return yh_is_stay(s->med_type) && !yh_is_manual(s) && !s->undone_by.n &&
           !yh_eq(s->kind, YH_S("undo")) && !s->interim;
}

static enum yh_status put_lists(struct morning *m, const struct yh_map *listed,
                                struct yh_jsonw *w, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    int all = 0;
    yh_jw_kv_array(w, "lists");
    for (int i = m->nbill; st == YH_OK && i-- > 0;) { /* those due first stand first */
        if (!needs_list(&m->bill[i]) || yh_map_get(listed, m->bill[i].settlement, -1) >= 0 ||
            all++ >= YH_MORNING_ROWS)
            continue;
        yh_jw_object(w);
        st = put_stay(m, &m->bill[i], w, err);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_i64(w, "lists_all", all);
    return st;
}

static void put_findings(const struct yh_list_findings *f, struct yh_jsonw *w)
{
    yh_jw_kv_i64(w, "errors", f->errors);
    yh_jw_kv_i64(w, "warnings", f->warnings);
    yh_jw_kv_array(w, "findings");
    for (int i = 0; i < f->n && i < 20; i++) {
        const struct yh_list_check *q = f->item[i].check;
        yh_jw_object(w);
        yh_jw_kv_str(w, "check", q->id);
        yh_jw_kv_str(w, "severity",
                     q->severity == YH_LIST_ERROR ? YH_S("error") : YH_S("warn"));
        yh_jw_kv_str(w, "message", q->message);
        yh_jw_kv_str(w, "node", q->node);
        yh_jw_kv_i64(w, "row", f->item[i].row + 1);
        yh_jw_kv_str(w, "field", f->item[i].field);
        yh_jw_kv_str(w, "met", f->item[i].met);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static void put_hits(const struct yh_hit *h, int n, struct yh_jsonw *w)
{
    yh_jw_kv_array(w, "hits");
    for (int i = 0; i < n && i < 20; i++) {
        yh_jw_object(w);
        yh_jw_kv_str(w, "rule", h[i].rule);
        yh_jw_kv_str(w, "kind", h[i].kind);
        yh_jw_kv_str(w, "verdict", yh_verdict_text(h[i].verdict));
        yh_jw_kv_str(w, "item", h[i].item_name);
        yh_jw_kv_i64(w, "item_money", h[i].item_money);
        yh_jw_kv_str(w, "message", h[i].message);
        yh_jw_kv_str(w, "advice", h[i].advice);
        yh_jw_kv_str(w, "basis", h[i].basis);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

/* Drafts and lists sent back, with what stands in their way; drafts that nothing is found in are to be
 * handed in. */
static enum yh_status put_mend(struct morning *m, struct yh_list_found *l, int n,
                               struct yh_jsonw *w, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    int all = 0, judged = 0, watched = 0;
    yh_jw_kv_array(w, "mend");
    for (int i = 0; st == YH_OK && i < n; i++) {
        bool draft = yh_eq(l[i].document.state, YH_S("0")),
             back = yh_eq(l[i].document.state, YH_S("3"));
        struct yh_list_findings *f = YH_NEW(m->k->arena, struct yh_list_findings, 1);
        struct yh_hit *hit = NULL;
        int nhit = 0;
        if ((!draft && !back) || !l[i].settled || yh_time_day(l[i].settlement.time) < m->from ||
            all++ >= YH_MORNING_ROWS || judged++ >= JUDGED_MOST)
            continue;
        if (m->k->world->casebook)
            st = yh_list_judge(&m->c, &l[i], f, err);
        if (st == YH_OK && watched++ < WATCHED_MOST)
            st = yh_watch_stored(&m->c, l[i].settlement.person, l[i].settlement.visit, &hit,
                                 &nhit, err);
        if (st)
            break;
        yh_jw_object(w);
        st = put_stay(m, &l[i].settlement, w, err);
        yh_jw_kv_str(w, "state", back ? YH_S("back") : YH_S("draft"));
        put_findings(f, w);
        put_hits(hit, nhit, w);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_i64(w, "mend_all", all);
    return st;
}

/* ---- appeals and points ---- */

static enum yh_status put_appeals(struct morning *m, const struct yh_case_file_row *f, int n,
                                  struct yh_map *open, int *count, struct yh_jsonw *w,
                                  struct yh_err *err)
{
    enum yh_status st = YH_OK;
    int all = 0;
    yh_jw_kv_array(w, "appeals");
    for (int i = 0; st == YH_OK && i < n; i++) {
        enum yh_case_state s = yh_case_state_read(f[i].state);
        struct yh_case_hit_row like = { .case_no = f[i].case_no }, *h = NULL;
        int nh = 0;
        if (s != YH_CASE_NOTICED && s != YH_CASE_RECHECKED && s != YH_CASE_APPEALED &&
            s != YH_CASE_PANEL)
            continue;
        st = yh_list_case_hit(m->k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like,
                              &h, &nh, err);
        struct yh_clock c = { (int)f[i].clock_days, (int)f[i].clock_used,
                              (yh_day)f[i].clock_since, f[i].clock_stopped != 0 };
        for (int j = 0; st == YH_OK && j < nh; j++) {
            bool answer = s == YH_CASE_NOTICED && yh_eq(h[j].state, YH_S("open"));
            bool ask = s == YH_CASE_RECHECKED && h[j].recheck_fund > 0 && !h[j].asked;
            int d = yh_map_get(open, h[j].doctor, -1);
            if (d < 0 && h[j].doctor.n)
                yh_map_add(open, h[j].doctor, d = open->n);
            if (d >= 0 && d < CASES_MOST && !yh_eq(h[j].state, YH_S("dropped")))
                count[d]++;
            if ((!answer && !ask) || all++ >= YH_MORNING_ROWS)
                continue;
            yh_jw_object(w);
            yh_jw_kv_str(w, "case", f[i].case_no);
            yh_jw_kv_str(w, "title", f[i].title);
            yh_jw_kv_str(w, "hit", h[j].hit);
            yh_jw_kv_str(w, "rule", h[j].rule);
            yh_jw_kv_str(w, "message", h[j].message);
            yh_jw_kv_str(w, "settlement", h[j].settlement);
            yh_jw_kv_str(w, "doctor", h[j].doctor);
            yh_jw_kv_day(w, "day", h[j].day);
            yh_jw_kv_i64(w, "fund", ask ? h[j].recheck_fund : h[j].fund_method);
            yh_jw_kv_str(w, "what", answer ? YH_S("answer") : YH_S("ask"));
            yh_jw_kv_day(w, "due", f[i].clock_stopped ? 0 : f[i].due);
            yh_jw_kv_i64(w, "left",
                         yh_clock_left(&m->k->world->casework->workdays, c, m->today));
            yh_jw_end(w, '}');
            if (h[j].archived || !h[j].person.n)
                continue;
            if (!m->seen(m->user, h[j].region, h[j].grp, h[j].person, f[i].case_no))
                st = yh_fail(err, YH_RETRY, "查阅记录来不及写入");
        }
    }
    yh_jw_end(w, ']');
    yh_jw_kv_i64(w, "appeals_all", all);
    return st;
}

static enum yh_status points_of(struct morning *m, const char *kind, yh_str who, int *sum,
                                yh_day *last, struct yh_err *err)
{
    struct yh_credit_point_row like = { .kind = yh_cstr(kind), .subject = who }, *p = NULL;
    int n = 0, year = yh_civil_of(m->today).year;
    *sum = 0;
    *last = 0;
    enum yh_status st = yh_list_credit_point(
        m->k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like, &p, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_civil_of((yh_day)p[i].day).year == year) {
            *sum += (int)p[i].points;
            *last = p[i].points > 0 ? (yh_day)p[i].day : *last;
        }
    return st;
}

static enum yh_status put_points(struct morning *m, const char *kind, yh_str who, int open,
                                 struct yh_jsonw *w, struct yh_err *err)
{
    int sum;
    yh_day last;
    struct yh_credit_level level = { .consequence = YH_S("") };
    enum yh_status st = points_of(m, kind, who, &sum, &last, err);
    if (st)
        return st;
    char pool[8];

    (void)snprintf(pool, sizeof pool, "%06u", (unsigned)m->c.provider_place.pool->code);
    if (yh_casework_level(m->k->world->casework, m->k->arena, yh_cstr(pool), yh_cstr(kind), sum,
                          m->today, &level, NULL))
        level.consequence = YH_S("");
    yh_jw_object(w);
    yh_jw_kv_str(w, "kind", yh_cstr(kind));
    yh_jw_kv_str(w, "who", who);
    yh_jw_kv_i64(w, "points", sum);
    yh_jw_kv_day(w, "last", last);
    yh_jw_kv_str(w, "level", level.consequence);
    yh_jw_kv_i64(w, "open", open);
    yh_jw_end(w, '}');
    return YH_OK;
}

static enum yh_status put_doctors(struct morning *m, const struct yh_case_file_row *f, int n,
                                  const struct yh_map *open, const int *count,
                                  struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_map who = yh_map_in(m->k->arena, 64);
    yh_str *list = NULL;
    int nlist = 0, cap = 0;
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_credit_point_row like = { .case_no = f[i].case_no }, *p = NULL;
        int np = 0;
        st = yh_list_credit_point(
            m->k->x, (struct yh_span){ .index = (int)yh_credit_point_by_case, .same = 1 },
            &like, &p, &np, err);
        for (int j = 0; st == YH_OK && j < np; j++)
            if (yh_eq(p[j].kind, YH_S("staff")) && yh_map_add(&who, p[j].subject, nlist))
                YH_PUSH(m->k->arena, list, nlist, cap) = p[j].subject;
    }
    for (int i = 0; i < open->cap; i++)
        if (open->slot[i].key.n && yh_map_add(&who, open->slot[i].key, nlist))
            YH_PUSH(m->k->arena, list, nlist, cap) = open->slot[i].key;
    yh_jw_kv_array(w, "doctors");
    if (st == YH_OK)
        st = put_points(m, "provider", m->provider.provider, 0, w, err);
    for (int i = 0; st == YH_OK && i < nlist && i < YH_MORNING_ROWS; i++) {
        int at = yh_map_get(open, list[i], -1);
        st =
            put_points(m, "staff", list[i], at >= 0 && at < CASES_MOST ? count[at] : 0, w, err);
    }
    yh_jw_end(w, ']');
    return st;
}

enum yh_status yh_look_morning(const struct yh_look *k, yh_str provider,
                               bool (*seen)(void *user, yh_str region, int64_t grp,
                                            yh_str person, yh_str object),
                               void *user, struct yh_jsonw *w, struct yh_err *err)
{
    struct morning m = { .k = k, .seen = seen, .user = user };
    struct yh_list_found *l = NULL;
    struct yh_case_file_row like = { .provider = provider }, *f = NULL;
    int nl = 0, nf = 0, *count = YH_NEW(k->arena, int, CASES_MOST);
    if (!k->world->casework)
        return yh_fail(err, YH_NOT_FOUND, "本服务没有装入案件的期限表");
    enum yh_status st = open_morning(&m, provider, err);
    if (st == YH_OK)
        st = yh_lists_find(&m.c, YH_S(""), YH_S(""), YH_S(""), &l, &nl, err);
    if (st == YH_OK)
        st = yh_list_case_file(k->x,
                               (struct yh_span){ .index = (int)yh_case_file_by_provider,
                                                 .same = 1,
                                                 .down = true,
                                                 .most = CASES_MOST },
                               &like, &f, &nf, err);
    if (st)
        return st;
    struct yh_document_row doc = { .provider = provider, .infno = YH_S("4101") }, *d = NULL;
    struct yh_span sent = { .index = (int)yh_document_by_provider,
                            .same = 2,
                            .ranged = true,
                            .from = yh_day_time(m.from),
                            .to = INT64_MAX,
                            .most = BILLS_MOST };
    int nd = 0;
    if ((st = yh_list_document(k->x, sent, &doc, &d, &nd, err)) != YH_OK)
        return st;
    struct yh_map listed = yh_map_in(k->arena, nd), open = yh_map_in(k->arena, 64);
    for (int i = 0; i < nd; i++)
        (void)yh_map_add(&listed, d[i].settlement, i);
    yh_jw_object(w);
    yh_jw_kv_str(w, "provider", provider);
    yh_jw_kv_str(w, "name", m.provider.name);
    yh_jw_kv_day(w, "day", m.today);
    yh_jw_kv_day(w, "from", m.from);
    yh_jw_kv_i64(w, "list_days", m.list_days);
    yh_jw_kv_bool(w, "cut", m.nbill == BILLS_MOST || nl == YH_LISTS_MOST);
    st = put_books(&m, w, err);
    if (st == YH_OK)
        st = put_lists(&m, &listed, w, err);
    if (st == YH_OK)
        st = put_mend(&m, l, nl, w, err);
    if (st == YH_OK)
        st = put_appeals(&m, f, nf, &open, count, w, err);
    if (st == YH_OK)
        st = put_doctors(&m, f, nf, &open, count, w, err);
    yh_jw_end(w, '}');
    return st;
}
