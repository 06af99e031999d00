#include "service/list_facts.h"

#include "service/query.h"

#define EARLIER_MOST 200 /* lists of one person, newest first */
#define MONTH_MOST 2000  /* lists of one provider and month */
#define AGAIN_DAYS 31

static void fact(struct yh_jsonw *w, const char *name, int64_t v)
{
    yh_jw_kv_i64(w, name, v);
}

static const struct yh_json *setlinfo(const struct yh_json *body)
{
    const struct yh_json *n = yh_json_get(body, YH_S("setlinfo"));
    return n && n->kind == YH_JSON_ARRAY ? n->first : n;
}

static yh_str text(const struct yh_json *o, const char *name)
{
    return yh_trim(yh_json_text(yh_json_get(o, yh_cstr(name))));
}

static struct yh_json *read_body(struct yh_ctx *c, yh_str body)
{
    struct yh_json *v = NULL;
    return yh_json_read(c->arena, body, (struct yh_json_limits){ 0 }, &v, NULL) ? NULL : v;
}

static const struct yh_json *first_row(const struct yh_json *body, const char *node)
{
    const struct yh_json *n = yh_json_get(body, yh_cstr(node));
    return n && n->kind == YH_JSON_ARRAY ? n->first : NULL;
}

/* The first five characters of the main western diagnosis. */
static yh_str disease_of(const struct yh_json *body)
{
    for (const struct yh_json *d = first_row(body, "diseinfo"); d; d = d->next)
        if (yh_eq(text(d, "maindiag_flag"), YH_S("1")) &&
            !yh_eq(text(d, "diag_type"), YH_S("2")))
            return yh_sub(text(d, "diag_code"), 0, 5);
    return YH_S("");
}

/* ---- the person's other stays ---- */

/* Came again after this discharge, to anyone; within 31 days for a stay of the same disease. */
static enum yh_status later(struct yh_ctx *c, const struct yh_list_found *l, struct yh_jsonw *w,
                            struct yh_err *err)
{
    struct yh_visit_row like = { .region = l->settlement.region,
                                 .grp = l->settlement.grp,
                                 .person = l->document.person },
                        *v = NULL;
    yh_str disease = disease_of(l->body);
    int n = 0;
    bool any = false, again = false;
    enum yh_status st = yh_list_visit(c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 },
                                      &like, &v, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        yh_day begin = yh_time_day(v[i].begin_time);
        if (yh_eq(v[i].visit, l->settlement.visit) || yh_eq(v[i].status, YH_S("cancelled")) ||
            begin <= l->settlement.end_day)
            continue;
        any = true;
        again |= yh_is_stay(v[i].med_type) && begin <= l->settlement.end_day + AGAIN_DAYS &&
                 disease.n && yh_eq(yh_sub(v[i].main_diagnosis, 0, 5), disease);
    }
    fact(w, "later_encounter", any);
    fact(w, "readmitted_31", again);
    return st;
}

/* Operations on the person's lists of stays that ended before this one began, comma-separated. */
static enum yh_status removed(struct yh_ctx *c, const struct yh_list_found *l,
                              struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_document_row like = { .region = l->settlement.region,
                                    .grp = l->settlement.grp,
                                    .infno = YH_S("4101") },
                           *d = NULL;
    struct yh_span span = { .index = YH_BY_KEY, .same = 3, .down = true, .most = EARLIER_MOST };
    struct yh_buf out = yh_buf_in(c->arena);
    int n = 0;
    yh_day began = (yh_day)l->settlement.begin_day, left;
    enum yh_status st = yh_list_document(c->x, span, &like, &d, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        /* Of a list only its newest version counts: it comes first.  A stay settled anew has a list
         * of its own again. */
        if (!yh_eq(d[i].person, l->document.person) ||
            yh_eq(d[i].settlement, l->document.settlement) ||
            yh_eq(d[i].visit, l->settlement.visit) ||
            (i && yh_eq(d[i].own_key, d[i - 1].own_key) &&
             yh_eq(d[i].provider, d[i - 1].provider)))
            continue;
        const struct yh_json *body = read_body(c, d[i].body);
        yh_str end = yh_sub(text(setlinfo(body), "dscg_time"), 0, 10);
        if (yh_day_parse(end, &left, NULL) || left > began)
            continue;
        for (const struct yh_json *o = first_row(body, "oprninfo"); o; o = o->next) {
            if (out.n)
                yh_putc(&out, ',');
            yh_put(&out, text(o, "oprn_oprt_code"));
        }
    }
    yh_jw_kv_str(w, "removed", yh_buf_str(&out));
    return st;
}

/* ---- the provider's month ---- */

/* The share of way-of-discharge 9 among the provider's lists of the 31 days up to this one. */
static enum yh_status way9(struct yh_ctx *c, const struct yh_list_found *l, struct yh_jsonw *w,
                           struct yh_err *err)
{
    if (!yh_eq(text(setlinfo(l->body), "dscg_way"), YH_S("9")))
        return YH_OK;
    struct yh_document_row like = { .provider = l->document.provider, .infno = YH_S("4101") },
                           *d = NULL;
    struct yh_span span = { .index = yh_document_by_provider,
                            .same = 2,
                            .ranged = true,
                            .from = l->document.time - 31 * 86400,
                            .to = l->document.time + 1,
                            .down = true,
                            .most = MONTH_MOST };
    int n = 0;
    int64_t all = 0, nine = 0;
    enum yh_status st = yh_list_document(c->x, span, &like, &d, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        const struct yh_json *body = read_body(c, d[i].body);
        all++;
        nine += yh_eq(text(setlinfo(body), "dscg_way"), YH_S("9"));
    }
    char share[32];
    if (all)
        yh_jw_kv_str(w, "way9_share",
                     yh_dec_text(share, yh_muldiv(nine, YH_ONE, all, YH_ROUND_HALF_UP), 6, 6));
    return st;
}

/* ---- all ---- */

enum yh_status yh_list_facts(struct yh_ctx *c, struct yh_list_found *l, struct yh_jsonw *w,
                             struct yh_err *err)
{
    struct yh_list_grouped g;
    enum yh_status st = yh_list_group(c, l, &g, err);
    if (st)
        return st;
    yh_jw_object(w);
    fact(w, "settled", l->settled);
    fact(w, "entitled", l->settled); /* a settlement was made: entitlement was checked then */
    fact(w, "locked", 0);            /* service/month.h refuses a change after the lock */
    fact(w, "active_lists", 1); /* one key a settlement: another upload is its next version */
    if (g.scheme)
        yh_jw_kv_str(w, "adrg", g.group.name.adrg);
    if (g.priced && g.mean > 0)
        yh_jw_kv_fen(w, "group_mean", g.mean);
    if (l->settled) {
        st = later(c, l, w, err);
        if (st == YH_OK)
            st = removed(c, l, w, err);
        if (st == YH_OK)
            st = way9(c, l, w, err);
        if (st)
            return st;
        struct yh_line_found *line = NULL;
        int n = 0;
        yh_jw_kv_fen(w, "medfee_sumamt", l->settlement.total);
        yh_jw_kv_fen(w, "fund_pay_sumamt", l->settlement.fund);
        fact(w, "uploaded_days",
             yh_max(yh_time_day(l->document.time) - yh_time_day(l->settlement.time), 0));
        int64_t days = -1;
        st = yh_place_value(c, c->world->casebook->deadline, "days",
                            yh_time_day(l->settlement.time), 0, &days, err);
        if (st)
            return st;
        if (days >= 0)
            fact(w, "list_days", days);
        st = yh_lines_list(c, l->document.person, l->settlement.visit,
                           l->parts ? YH_S("") : l->document.settlement, &line, &n, err);
        if (st == YH_OK) {
            yh_jw_kv_array(w, "lines");
            for (int i = 0; i < n; i++) {
                yh_jw_object(w);
                yh_jw_kv_str(w, "med_chrgitm_type", line[i].line.charge_kind);
                yh_jw_kv_fen(w, "amt", line[i].line.amount);
                yh_jw_kv_str(w, "name", line[i].name);
                yh_jw_end(w, '}');
            }
            yh_jw_end(w, ']');
        }
        st = st == YH_NOT_FOUND || st == YH_DENIED ? YH_OK : st;
    }
    yh_jw_end(w, '}');
    return st;
}
