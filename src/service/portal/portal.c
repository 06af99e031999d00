/* service/portal/portal.c -- what every page needs: whose a thing is, and its words. */
#include "engine/explain/explain.h"
#include "service/portal/inside.h"

bool yh_settlement_place(yh_str no, struct yh_settlement_row *key)
{
    if (no.n != 21 || no.p[6] != 'S' || yh_int_parse(yh_sub(no, 7, 15), &key->grp, NULL) ||
        yh_int_parse(yh_sub(no, 15, 21), &key->seq, NULL))
        return false;
    key->region = yh_sub(no, 0, 6);
    return true;
}

enum yh_status yh_look_settlement(const struct yh_look *k, yh_str person, yh_str no,
                                  struct yh_settlement_row *out, struct yh_err *err)
{
    struct yh_settlement_row s = { .grp = 0 };
    enum yh_status st =
        yh_settlement_place(no, &s) ? yh_get_settlement(k->x, &s, err) : YH_NOT_FOUND;
    /* Another's bill is answered as one that is not there: its number tells nothing. */
    if (st == YH_OK && person.n && !yh_eq(s.person, person))
        st = YH_NOT_FOUND;
    if (st == YH_NOT_FOUND)
        return yh_fail_field(err, YH_NOT_FOUND, "settlement", "", "没有这张账单");
    if (st == YH_OK)
        *out = s;
    return st;
}

enum yh_status yh_look_keys(const struct yh_look *k, yh_str person,
                            struct yh_person_key_row **row, int *n, struct yh_err *err)
{
    struct yh_person_key_row like = { .kind = YH_S("psn"), .value = person };
    enum yh_status st = yh_list_person_key(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like, row, n, err);
    if (st == YH_OK && *n == 0)
        return yh_fail_field(err, YH_NOT_FOUND, "person", "", "没有这个参保人");
    return st;
}

const struct yh_plan *yh_look_plan(const struct yh_world *w, const struct yh_settlement_row *s)
{
    struct yh_plan_list all = yh_world_plans(w);
    for (int i = 0; i < all.n; i++) {
        const struct yh_plan *p = all.plan[i].plan;
        char digest[64];
        if (!yh_eq(p->id, s->document))
            continue;
        yh_hex(digest, p->digest, 32);
        if (yh_eq((yh_str){ digest, 64 }, s->digest))
            return p;
    }
    return NULL;
}

yh_str yh_look_provider_name(const struct yh_look *k, yh_str provider)
{
    struct yh_provider_row p = { .provider = provider };
    return yh_get_provider(k->x, &p, NULL) == YH_OK ? p.name : provider;
}

yh_str yh_look_word(const struct yh_world *w, enum yh_dim dim, yh_str code)
{
    struct yh_plan_list all = yh_world_plans(w);
    if (!all.n || !code.n)
        return code;
    const struct yh_plan *p = all.plan[0].plan;
    int ordinal = yh_plan_kind(p, dim, code);
    for (int i = 0; ordinal >= 0 && i < p->nkind; i++)
        if (p->kind[i].dim == dim && p->kind[i].ordinal == ordinal)
            return p->kind[i].name;
    return code;
}

struct yh_ctx yh_look_ctx(const struct yh_look *k, struct yh_call *call, yh_str person)
{
    *call = (struct yh_call){ .infno = YH_S("portal"), .person = person, .now = k->now };
    return (struct yh_ctx){ .world = k->world,
                            .x = k->x,
                            .arena = k->arena,
                            .call = call,
                            .now = k->now,
                            .today = yh_time_day(k->now),
                            .made = YH_S(""),
                            .warn = yh_buf_in(k->arena) };
}

void yh_page_open(struct yh_jsonw *w, struct yh_look_page p, int64_t total, int64_t *from,
                  int64_t *to)
{
    *from = yh_min(total, (p.page - 1) * p.size);
    *to = yh_min(total, *from + p.size);
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
}

void yh_page_close(struct yh_jsonw *w, struct yh_look_page p, int64_t total)
{
    yh_jw_end(w, ']');
    yh_jw_kv_i64(w, "page", p.page);
    yh_jw_kv_i64(w, "size", p.size);
    yh_jw_kv_i64(w, "total", total);
    yh_jw_end(w, '}');
}

void yh_look_clause(const struct yh_plan *p, int i, struct yh_jsonw *w)
{
    const struct yh_clause *c = &p->clause[i];
    yh_jw_object(w);
    yh_jw_kv_i64(w, "i", i);
    yh_jw_kv_str(w, "short", yh_clause_short(c));
    yh_jw_kv_str(w, "title", c->title);
    yh_jw_kv_str(w, "text", yh_trim(c->text));
    yh_jw_kv_str(w, "source", c->source);
    yh_jw_kv_str(w, "standing", yh_standing_word(c->standing));
    yh_jw_kv_str(w, "document", c->document);
    yh_jw_kv_i64(w, "line", c->line);
    yh_jw_end(w, '}');
}

void yh_look_reasons(const struct yh_explain *e, const struct yh_plan *p, struct yh_jsonw *w)
{
    enum { CLAUSES = 256 };
    bool cited[CLAUSES] = { false };
    yh_jw_kv_array(w, "rows");
    for (int i = 0; i < e->nrow; i++) {
        const struct yh_explain_row *r = &e->row[i];
        yh_explain_row_json(r, w);
        for (int j = 0; j < r->nclause; j++)
            if (r->clause[j] >= 0 && r->clause[j] < CLAUSES)
                cited[r->clause[j]] = true;
    }
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "clauses");
    for (int i = 0; p && i < p->nclause && i < CLAUSES; i++)
        if (cited[i])
            yh_look_clause(p, i, w);
    yh_jw_end(w, ']');
}

/* Bytes of the first `n` characters of valid UTF-8. */
static ptrdiff_t bytes_of(yh_str s, int n)
{
    ptrdiff_t at = 0;
    for (; n > 0 && at < s.n; n--)
        for (at++; at < s.n && ((unsigned char)s.p[at] & 0xc0) == 0x80;)
            at++;
    return at;
}

yh_str yh_mask_name(struct yh_arena *a, yh_str name)
{
    struct yh_buf b = yh_buf_in(a);
    yh_put(&b, yh_sub(name, 0, bytes_of(name, 1)));
    for (int i = yh_utf8_count(name); i > 1; i--)
        yh_putc(&b, '*');
    return yh_buf_str(&b);
}

yh_str yh_mask_number(struct yh_arena *a, yh_str s, int head, int tail)
{
    struct yh_buf b = yh_buf_in(a);
    int n = yh_utf8_count(s);
    if (n <= head + tail)
        head = tail = 0;
    yh_put(&b, yh_sub(s, 0, bytes_of(s, head)));
    for (int i = head; i < n - tail; i++)
        yh_putc(&b, '*');
    yh_put(&b, yh_sub(s, bytes_of(s, n - tail), s.n));
    return yh_buf_str(&b);
}

/* ---- persons ---- */

enum yh_status yh_look_place(const struct yh_look *k, yh_str person, struct yh_look_place *out,
                             struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    struct yh_enrolment_row *e = NULL;
    int n = 0, ne = 0;
    enum yh_status st = yh_look_keys(k, person, &key, &n, err);
    if (st)
        return st;
    struct yh_enrolment_row like = { .region = key->region, .grp = key->grp, .person = person };
    st = yh_list_enrolment(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &e,
                           &ne, err);
    if (st)
        return st;
    struct yh_look_place p = { key->region, key->region, key->grp };
    yh_day newest = YH_DAY_MIN;
    for (int i = 0; i < ne; i++)
        if (e[i].from_day >= newest) {
            newest = (yh_day)e[i].from_day;
            p.office = e[i].office;
        }
    *out = p;
    return YH_OK;
}

static void put_enrolments(const struct yh_look *k, const struct yh_enrolment_row *e, int n,
                           struct yh_jsonw *w)
{
    static const char *const STATUS[] = { "", "正常", "暂停", "终止" };
    for (int i = 0; i < n; i++) {
        struct yh_place place;
        int64_t status = 0;
        bool known = yh_region_locate(k->world->regions, e[i].office, yh_time_day(k->now),
                                      &place, NULL) == YH_OK;
        if (yh_int_parse(e[i].status, &status, NULL) || status < 1 || status > 3)
            status = 0;
        yh_jw_object(w);
        yh_jw_kv_str(w, "region", e[i].region);
        yh_jw_kv_str(w, "region_name", known ? place.pool->name : e[i].region);
        yh_jw_kv_str(w, "office", e[i].office);
        yh_jw_kv_str(w, "scheme", e[i].scheme);
        yh_jw_kv_str(w, "kind", yh_look_word(k->world, YH_DIM_PERSON, e[i].kind));
        yh_jw_kv_str(w, "status", yh_cstr(STATUS[status]));
        yh_jw_kv_str(w, "employer", e[i].employer);
        yh_jw_kv_day(w, "from", e[i].from_day);
        yh_jw_kv_day(w, "to", e[i].to_day);
        yh_jw_kv_i64(w, "months", e[i].months);
        yh_jw_end(w, '}');
    }
}

enum yh_status yh_look_person(const struct yh_look *k, yh_str person, bool full,
                              struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int n = 0;
    enum yh_status st = yh_look_keys(k, person, &key, &n, err);
    if (st)
        return st;
    struct yh_person_row p = { .region = key->region, .grp = key->grp, .person = person };
    if ((st = yh_get_person(k->x, &p, err)) != YH_OK)
        return st;
    struct yh_arena *a = k->arena;
    yh_jw_object(w);
    yh_jw_kv_str(w, "person", p.person);
    yh_jw_kv_str(w, "name", full ? p.name : yh_mask_name(a, p.name));
    yh_jw_kv_str(w, "cert_no", full ? p.cert_no : yh_mask_number(a, p.cert_no, 6, 4));
    yh_jw_kv_str(w, "phone", full ? p.phone : yh_mask_number(a, p.phone, 3, 4));
    yh_jw_kv_str(w, "address", full ? p.address : yh_mask_number(a, p.address, 6, 0));
    yh_jw_kv_str(w, "sex", p.sex);
    yh_jw_kv_day(w, "born", full ? p.born : 0);
    yh_jw_kv_i64(w, "age", yh_age_years((yh_day)p.born, yh_time_day(k->now)));
    yh_jw_kv_bool(w, "masked", !full);
    yh_jw_kv_array(w, "enrolments");
    for (int i = 0; i < n; i++) {
        struct yh_enrolment_row *e = NULL, like = { .region = key[i].region,
                                                    .grp = key[i].grp,
                                                    .person = person };
        int ne = 0;
        st = yh_list_enrolment(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like,
                               &e, &ne, err);
        if (st)
            return st;
        put_enrolments(k, e, ne, w);
    }
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "identities");
    for (int i = 0; i < n; i++) {
        struct yh_identity_row *d = NULL, like = { .region = key[i].region,
                                                   .grp = key[i].grp,
                                                   .person = person };
        int nd = 0;
        st = yh_list_identity(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like,
                              &d, &nd, err);
        if (st)
            return st;
        for (int j = 0; j < nd; j++) {
            yh_jw_object(w);
            yh_jw_kv_str(w, "kind", yh_look_word(k->world, YH_DIM_IDENT, d[j].kind));
            yh_jw_kv_day(w, "from", d[j].from_day);
            yh_jw_kv_day(w, "to", d[j].to_day);
            yh_jw_end(w, '}');
        }
    }
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "filings");
    for (int i = 0; i < n; i++) {
        struct yh_filing_row *f = NULL, like = { .region = key[i].region,
                                                 .grp = key[i].grp,
                                                 .person = person };
        int nf = 0;
        st = yh_list_filing(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &f,
                            &nf, err);
        if (st)
            return st;
        for (int j = 0; j < nf; j++) {
            yh_jw_object(w);
            yh_jw_kv_str(w, "kind", f[j].kind);
            yh_jw_kv_str(w, "serial", f[j].serial);
            yh_jw_kv_str(w, "provider_name",
                         f[j].provider.n ? yh_look_provider_name(k, f[j].provider) : YH_S(""));
            yh_jw_kv_str(w, "code", f[j].code);
            yh_jw_kv_str(w, "state", f[j].state);
            yh_jw_kv_day(w, "from", f[j].from_day);
            yh_jw_kv_day(w, "to", f[j].to_day);
            yh_jw_end(w, '}');
        }
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- finding ---- */

struct found {
    const struct yh_look *k;
    yh_str *person;
    int n, most;
};

static void found_add(struct found *f, yh_str person)
{
    for (int i = 0; i < f->n; i++)
        if (yh_eq(f->person[i], person))
            return;
    if (f->n < f->most && person.n)
        f->person[f->n++] = yh_dup(f->k->arena, person);
}

static bool found_name(void *ctx, const void *row)
{
    struct found *f = ctx;
    found_add(f, ((const struct yh_person_row *)row)->person);
    return f->n < f->most;
}

static bool found_key(void *ctx, const void *row)
{
    struct found *f = ctx;
    const struct yh_person_key_row *key = row;
    if (!key->expires || key->expires > f->k->now) /* a code shown at the window ends */
        found_add(f, key->person);
    return f->n < f->most;
}

enum yh_status yh_look_search(const struct yh_look *k, yh_str what, int most, yh_str *person,
                              int *n, struct yh_err *err)
{
    struct found f = { k, person, 0, most };
    what = yh_trim(what);
    *n = 0;
    if (!what.n)
        return YH_OK;
    struct yh_span two = { .index = YH_BY_KEY, .same = 2, .most = most };
    yh_str cert = yh_fmt(k->arena, "01:%.*s", YH_ARG(what));
    const struct {
        yh_str kind, value;
    } TRY[] = { { YH_S("psn"), what },
                { YH_S("cert"), cert },
                { YH_S("card"), what },
                { YH_S("token"), what } };
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < YH_COUNT(TRY); i++) {
        struct yh_person_key_row like = { .kind = TRY[i].kind, .value = TRY[i].value };
        st = yh_each_person_key(k->x, two, &like, found_key, &f, err);
    }
    struct yh_person_row named = { .name = what };
    if (st == YH_OK)
        st = yh_each_person(
            k->x, (struct yh_span){ .index = yh_person_by_name, .same = 1, .most = most },
            &named, found_name, &f, err);
    struct yh_settlement_row s = { .grp = 0 };
    if (st == YH_OK && yh_settlement_place(what, &s) &&
        yh_get_settlement(k->x, &s, NULL) == YH_OK)
        found_add(&f, s.person);
    struct yh_visit_key_row v = { .visit = what };
    if (st == YH_OK && yh_get_visit_key(k->x, &v, NULL) == YH_OK)
        found_add(&f, v.person);
    *n = f.n;
    return st;
}

struct providers {
    const struct yh_look *k;
    yh_str what, kind, office;
    struct yh_provider_row *row;
    int n, cap;
};

static bool provider_fits(void *ctx, const void *row)
{
    struct providers *f = ctx;
    const struct yh_provider_row *p = row;
    bool fits =
        !f->what.n || yh_find(p->name, f->what) >= 0 || yh_find(p->provider, f->what) >= 0;
    fits = fits && (!f->kind.n || yh_eq(p->kind, f->kind));
    if (fits && (!f->office.n || yh_eq(p->office, f->office))) {
        struct yh_provider_row *to = &YH_PUSH(f->k->arena, f->row, f->n, f->cap);
        *to = *p;
        to->provider = yh_dup(f->k->arena, p->provider);
        to->name = yh_dup(f->k->arena, p->name);
        to->kind = yh_dup(f->k->arena, p->kind);
        to->level = yh_dup(f->k->arena, p->level);
        to->office = yh_dup(f->k->arena, p->office);
        to->status = yh_dup(f->k->arena, p->status);
        to->services = yh_dup(f->k->arena, p->services);
    }
    return f->n < 10000;
}

enum yh_status yh_look_providers(const struct yh_look *k, yh_str what, yh_str kind,
                                 yh_str office, struct yh_look_page p, struct yh_jsonw *w,
                                 struct yh_err *err)
{
    struct providers f = { .k = k, .what = yh_trim(what), .kind = kind, .office = office };
    struct yh_provider_row all = { .kind = YH_S("") };
    int64_t from, to;
    enum yh_status st = yh_each_provider(k->x, (struct yh_span){ .index = YH_BY_KEY }, &all,
                                         provider_fits, &f, err);
    if (st)
        return st;
    yh_page_open(w, p, f.n, &from, &to);
    for (int64_t i = from; i < to; i++) {
        const struct yh_provider_row *r = &f.row[i];
        struct yh_place place;
        bool known = yh_region_locate(k->world->regions, r->office, yh_time_day(k->now), &place,
                                      NULL) == YH_OK;
        yh_jw_object(w);
        yh_jw_kv_str(w, "provider", r->provider);
        yh_jw_kv_str(w, "name", r->name);
        yh_jw_kv_str(w, "kind", r->kind);
        yh_jw_kv_str(w, "level",
                     yh_eq(r->kind, YH_S("2"))
                         ? YH_S("")
                         : yh_look_word(k->world, YH_DIM_LEVEL,
                                        yh_fmt(k->arena, "hosp_lv:%.*s", YH_ARG(r->level))));
        yh_jw_kv_str(w, "region",
                     known ? yh_fmt(k->arena, "%06u", place.pool->code) : YH_S(""));
        yh_jw_kv_str(w, "region_name", known ? place.pool->name : r->office);
        yh_jw_kv_str(w, "office_name", known ? place.office->name : r->office);
        yh_jw_kv_bool(w, "open", yh_eq(r->status, YH_S("1")));
        yh_jw_kv_str(w, "services", r->services);
        yh_jw_end(w, '}');
    }
    yh_page_close(w, p, f.n);
    return YH_OK;
}
