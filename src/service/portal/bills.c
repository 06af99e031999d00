/* service/portal/bills.c -- a person's bills: the list, the page that explains one, its lines. */
#include "engine/explain/explain.h"
#include "service/portal/inside.h"
#include "service/review.h"
#include <stdlib.h>

static int64_t integer(const struct yh_json *v)
{
    int64_t n = 0;
    return v && yh_json_dec(v, 0, &n, NULL) == YH_OK ? n : 0;
}

/* ---- the list ---- */

struct pick {
    const struct yh_look *k;
    yh_str person;
    struct yh_settlement_row *row;
    int n, cap;
};

/* Newest first: by time, then by place in the sequence. */
static int newer(const void *x, const void *y)
{
    const struct yh_settlement_row *a = x, *b = y;
    if (a->time != b->time)
        return a->time < b->time ? 1 : -1;
    return a->seq < b->seq ? 1 : a->seq > b->seq ? -1 : 0;
}

static bool pick_row(void *ctx, const void *row)
{
    struct pick *p = ctx;
    const struct yh_settlement_row *s = row;
    if (yh_eq(s->person, p->person)) {
        struct yh_settlement_row *to = &YH_PUSH(p->k->arena, p->row, p->n, p->cap);
        *to = *s;
        yh_str *text[] = { &to->settlement, &to->kind,   &to->undoes,
                           &to->provider,   &to->scheme, &to->med_type,
                           &to->undone_by,  &to->visit,  &to->replaced_by };
        for (int i = 0; i < YH_COUNT(text); i++)
            *text[i] = yh_dup(p->k->arena, *text[i]);
    }
    return true;
}

enum yh_status yh_look_bills(const struct yh_look *k, yh_str person, struct yh_look_page p,
                             struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    struct pick pick = { .k = k, .person = person };
    int n = 0;
    enum yh_status st = yh_look_keys(k, person, &key, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_settlement_row like = { .region = key[i].region, .grp = key[i].grp };
        st = yh_each_settlement(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like,
                                pick_row, &pick, err);
    }
    if (st)
        return st;
    if (pick.n)
        qsort(pick.row, (size_t)pick.n, sizeof *pick.row, newer);
    int64_t from, to;
    yh_page_open(w, p, pick.n, &from, &to);
    for (int64_t i = from; i < to; i++) {
        const struct yh_settlement_row *s = &pick.row[i];
        yh_jw_object(w);
        yh_jw_kv_str(w, "settlement", s->settlement);
        yh_jw_kv_time(w, "time", s->time);
        yh_jw_kv_day(w, "begin", s->begin_day);
        yh_jw_kv_day(w, "end", s->end_day);
        yh_jw_kv_str(w, "provider_name", yh_look_provider_name(k, s->provider));
        yh_jw_kv_str(w, "med_type", s->med_type);
        yh_jw_kv_str(w, "visit_kind", yh_look_word(k->world, YH_DIM_VISIT, s->med_type));
        yh_jw_kv_str(w, "scheme", s->scheme);
        yh_jw_kv_i64(w, "total", s->total);
        yh_jw_kv_i64(w, "fund", s->fund);
        yh_jw_kv_i64(w, "account", s->account + s->relative);
        yh_jw_kv_i64(w, "cash", s->cash);
        yh_jw_kv_i64(w, "person_part", s->person_part);
        yh_jw_kv_str(w, "undoes", s->undoes);
        yh_jw_kv_str(w, "undone_by", s->undone_by);
        yh_jw_end(w, '}');
    }
    yh_page_close(w, p, pick.n);
    return YH_OK;
}

/* ---- one bill ---- */

static enum yh_status put_funds(const struct yh_look *k, const struct yh_settlement_row *s,
                                struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_settlement_fund_row like = { .region = s->region, .grp = s->grp, .seq = s->seq },
                                  *f = NULL;
    int n = 0;
    enum yh_status st = yh_list_settlement_fund(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &f, &n, err);
    if (st)
        return st;
    yh_jw_array(w);
    for (int64_t sort = 0, left = n; left > 0 && sort <= 1000; sort++)
        for (int i = 0; i < n; i++) {
            if (f[i].sort != sort && !(sort == 1000 && f[i].sort > 1000))
                continue;
            left--;
            yh_jw_object(w);
            yh_jw_kv_str(w, "fund", f[i].fund);
            yh_jw_kv_str(w, "name", f[i].name);
            yh_jw_kv_i64(w, "amount", f[i].amount);
            yh_jw_kv_i64(w, "to_person", f[i].to_person);
            yh_jw_end(w, '}');
        }
    yh_jw_end(w, ']');
    return YH_OK;
}

enum yh_status yh_look_bill(const struct yh_look *k, yh_str person, yh_str settlement,
                            struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_settlement_row s;
    struct yh_json *v = NULL;
    enum yh_status st = yh_look_settlement(k, person, settlement, &s, err);
    if (st)
        return st;
    if (s.reasons.n && (st = yh_json_read(k->arena, s.reasons, (struct yh_json_limits){ 0 }, &v,
                                          err)) != YH_OK)
        return st;
    struct yh_visit_row visit = {
        .region = s.region, .grp = s.grp, .person = s.person, .visit = s.visit
    };
    bool seen = yh_get_visit(k->x, &visit, NULL) == YH_OK;
    const struct yh_plan *plan = yh_look_plan(k->world, &s);
    yh_jw_object(w);
    yh_jw_kv_str(w, "settlement", s.settlement);
    yh_jw_kv_str(w, "person", s.person);
    yh_jw_kv_time(w, "time", s.time);
    yh_jw_kv_day(w, "begin", s.begin_day);
    yh_jw_kv_day(w, "end", s.end_day);
    yh_jw_kv_str(w, "provider", s.provider);
    yh_jw_kv_str(w, "provider_name", yh_look_provider_name(k, s.provider));
    yh_jw_kv_str(w, "visit", s.visit);
    yh_jw_kv_str(w, "med_type", s.med_type);
    yh_jw_kv_str(w, "visit_kind", yh_look_word(k->world, YH_DIM_VISIT, s.med_type));
    yh_jw_kv_str(w, "scheme", s.scheme);
    yh_jw_kv_str(w, "diagnosis", seen ? visit.main_diagnosis_name : YH_S(""));
    yh_jw_kv_str(w, "head", yh_json_text(yh_json_get(v, YH_S("head"))));
    yh_jw_kv_i64(w, "total", s.total);
    yh_jw_kv_i64(w, "outside", s.outside);
    yh_jw_kv_i64(w, "over", s.over);
    yh_jw_kv_i64(w, "first", s.first);
    yh_jw_kv_i64(w, "scope", s.scope);
    yh_jw_kv_i64(w, "fund", s.fund);
    yh_jw_kv_i64(w, "person_part", s.person_part);
    yh_jw_kv_i64(w, "account", s.account);
    yh_jw_kv_i64(w, "relative", s.relative);
    yh_jw_kv_i64(w, "cash", s.cash);
    yh_jw_kv_i64(w, "hospital", s.hospital);
    yh_jw_kv_i64(w, "to_person", s.to_person);
    yh_jw_kv_str(w, "undoes", s.undoes);
    yh_jw_kv_str(w, "undone_by", s.undone_by);
    yh_jw_kv_str(w, "replaced_by", s.replaced_by);
    yh_jw_kv_bool(w, "sums", integer(yh_json_get(v, YH_S("sums"))) != 0);
    yh_jw_key(w, YH_S("funds"));
    if ((st = put_funds(k, &s, w, err)) != YH_OK)
        return st;
    struct yh_explain e = { .lang = k->lang };
    yh_explain_rows_read(k->arena, yh_json_get(v, YH_S("rows")), &e);
    yh_look_reasons(&e, plan, w);
    yh_jw_kv_str(w, "document", s.document);
    yh_jw_kv_str(w, "title", plan ? plan->title : YH_S(""));
    yh_jw_kv_bool(w, "document_known", plan != NULL);
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- its lines ---- */

static int by_time(const void *x, const void *y)
{
    const struct yh_charge_line *a = x, *b = y;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->serial.n != b->serial.n) /* numbers in their order, as most senders count */
        return a->serial.n < b->serial.n ? -1 : 1;
    return yh_cmp(a->serial, b->serial);
}

static enum yh_status lines_of(const struct yh_look *k, const struct yh_settlement_row *s,
                               struct yh_charge_line **out, int *nout, struct yh_err *err)
{
    struct yh_charge_batch_row like = { .region = s->region, .grp = s->grp, .visit = s->visit },
                               *b = NULL;
    struct yh_charge_line *all = NULL;
    int nb = 0, n = 0, cap = 0;
    enum yh_status st = yh_list_charge_batch(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &b, &nb, err);
    for (int i = 0; st == YH_OK && i < nb; i++) {
        struct yh_charge_line *line = NULL;
        int nline = 0;
        if (!yh_eq(b[i].settlement, s->settlement))
            continue;
        st = yh_lines_unpack(k->arena, b[i].packed, &line, &nline, err);
        for (int j = 0; st == YH_OK && j < nline; j++)
            YH_PUSH(k->arena, all, n, cap) = line[j];
    }
    if (n)
        qsort(all, (size_t)n, sizeof *all, by_time);
    *out = all;
    *nout = n;
    return st;
}

static yh_str line_name(const struct yh_look *k, const struct yh_charge_line *l)
{
    uint32_t id = 0;
    if (l->name.n || yh_catalog_item(k->world->catalog, l->code, yh_time_day(l->time), &id) > 1)
        return l->name;
    return yh_catalog_code(k->world->catalog, id).name;
}

enum yh_status yh_look_lines(const struct yh_look *k, yh_str person, yh_str settlement,
                             struct yh_look_page p, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_settlement_row s;
    struct yh_charge_line *line = NULL;
    int n = 0;
    char text[32];
    enum yh_status st = yh_look_settlement(k, person, settlement, &s, err);
    if (st == YH_OK)
        st = lines_of(k, &s, &line, &n, err);
    if (st)
        return st;
    int64_t from, to;
    yh_page_open(w, p, n, &from, &to);
    for (int64_t i = from; i < to; i++) {
        const struct yh_charge_line *l = &line[i];
        yh_jw_object(w);
        yh_jw_kv_str(w, "serial", l->serial);
        yh_jw_kv_str(w, "code", l->code);
        yh_jw_kv_str(w, "name", line_name(k, l));
        yh_jw_kv_time(w, "time", l->time);
        yh_jw_kv_str(w, "qty", yh_dec_text(text, l->qty, 4, 4));
        yh_jw_kv_str(w, "price", yh_dec_text(text, l->price, 6, 6));
        yh_jw_kv_i64(w, "amount", l->amount);
        yh_jw_kv_i64(w, "outside", l->outside);
        yh_jw_kv_i64(w, "over", l->over);
        yh_jw_kv_i64(w, "first", l->first);
        yh_jw_kv_i64(w, "scope", l->scope);
        yh_jw_kv_i64(w, "hospital", l->over_hosp + l->refused);
        yh_jw_kv_str(w, "first_rate", yh_dec_text(text, l->first_rate, 4, 4));
        yh_jw_kv_str(w, "limit", l->limit ? yh_dec_text(text, l->limit, 6, 6) : YH_S(""));
        yh_jw_kv_str(w, "class", l->item_class);
        yh_jw_kv_str(w, "note", l->note);
        yh_jw_end(w, '}');
    }
    yh_page_close(w, p, n);
    return YH_OK;
}

/* ---- 这不是我 ---- */

enum yh_status yh_tip_add(const struct yh_look *k, yh_str person, yh_str settlement,
                          yh_str serial, yh_str words, struct yh_tip_row *out,
                          struct yh_err *err)
{
    struct yh_settlement_row s;
    struct yh_charge_line *line = NULL;
    struct yh_tip_row *tip = NULL;
    int n = 0, ntip = 0, at = -1;
    if (yh_utf8_count(words) > 500)
        return yh_fail_field(err, YH_BAD_INPUT, "words", "", "说明最多 500 字，请写短一些");
    enum yh_status st = yh_look_settlement(k, person, settlement, &s, err);
    if (st == YH_OK && serial.n)
        st = lines_of(k, &s, &line, &n, err);
    if (st)
        return st;
    for (int i = 0; i < n; i++)
        if (yh_eq(line[i].serial, serial))
            at = i;
    if (serial.n && at < 0)
        return yh_fail_field(err, YH_NOT_FOUND, "line", "", "这张账单没有这条明细");
    struct yh_tip_row like = { .region = s.region, .grp = s.grp };
    st = yh_list_tip(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like, &tip,
                     &ntip, err);
    for (int i = 0; st == YH_OK && i < ntip; i++)
        if (yh_eq(tip[i].settlement, settlement) && yh_eq(tip[i].line, serial))
            return yh_fail_field(err, YH_CONFLICT, "line", "",
                                 "这一条已经反映过，编号 %.*s，正在核实", YH_ARG(tip[i].tip));
    int64_t no = 0;
    struct yh_group group = { s.region, s.grp };
    yh_txn_group(k->x, group);
    yh_str scope = yh_fmt(k->arena, "%.*s %lld", YH_ARG(s.region), (long long)s.grp);
    if (st == YH_OK)
        st = yh_txn_next(k->x, scope, YH_S("tip"), &no, err);
    if (st)
        return st;
    struct yh_tip_row row = { .region = s.region,
                              .grp = s.grp,
                              .tip = yh_fmt(k->arena, "%.*sF%08lld%04lld", YH_ARG(s.region),
                                            (long long)s.grp, (long long)no),
                              .person = person,
                              .settlement = settlement,
                              .line = serial,
                              .item = at >= 0 ? line_name(k, &line[at]) : YH_S(""),
                              .provider = s.provider,
                              .words = words,
                              .state = YH_S("new"),
                              .answer = YH_S(""),
                              .time = k->now };
    if ((st = yh_add_tip(k->x, &row, err)) == YH_OK)
        *out = row;
    return st;
}

enum yh_status yh_look_tips(const struct yh_look *k, yh_str person, struct yh_jsonw *w,
                            struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int n = 0;
    enum yh_status st = yh_look_keys(k, person, &key, &n, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_tip_row like = { .region = key[i].region, .grp = key[i].grp }, *t = NULL;
        int nt = 0;
        st = yh_list_tip(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like, &t,
                         &nt, err);
        for (int j = nt - 1; st == YH_OK && j >= 0; j--) {
            if (!yh_eq(t[j].person, person))
                continue;
            yh_jw_object(w);
            yh_jw_kv_str(w, "tip", t[j].tip);
            yh_jw_kv_str(w, "settlement", t[j].settlement);
            yh_jw_kv_str(w, "line", t[j].line);
            yh_jw_kv_str(w, "item", t[j].item);
            yh_jw_kv_str(w, "provider_name", yh_look_provider_name(k, t[j].provider));
            yh_jw_kv_str(w, "words", t[j].words);
            yh_jw_kv_str(w, "state", t[j].state);
            yh_jw_kv_str(w, "answer", t[j].answer);
            yh_jw_kv_time(w, "time", t[j].time);
            yh_jw_end(w, '}');
        }
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return st;
}

/* ---- 怎样能少付 ---- */

enum yh_status yh_look_less(const struct yh_look *k, yh_str person, yh_str settlement,
                            struct yh_jsonw *w, struct yh_err *err)
{
    static const char *const WAY[] = { "filed", "level", "referral", "two_diseases" };
    struct yh_settlement_row s;
    struct yh_less l;
    enum yh_status st = yh_look_settlement(k, person, settlement, &s, err);
    if (st == YH_OK)
        st = yh_less_find(k->x, k->world, k->arena, k->now, &s, &l, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_bool(w, "same", l.same);
    yh_jw_kv_i64(w, "person_part", l.person);
    yh_jw_kv_i64(w, "fund", l.fund);
    yh_jw_kv_array(w, "ways");
    for (int i = 0; i < l.n; i++) {
        yh_jw_object(w);
        yh_jw_kv_str(w, "way", yh_cstr(WAY[l.way[i].way]));
        yh_jw_kv_str(w, "was", l.way[i].was);
        yh_jw_kv_str(w, "would", l.way[i].would);
        yh_jw_kv_i64(w, "person_part", l.way[i].person);
        yh_jw_kv_i64(w, "fund", l.way[i].fund);
        yh_jw_kv_i64(w, "saves", l.person - l.way[i].person);
        yh_jw_key(w, YH_S("clause"));
        if (l.way[i].clause >= 0)
            yh_look_clause(l.plan, l.way[i].clause, w);
        else
            yh_jw_null(w);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}
