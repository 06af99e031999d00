#include "service/archive/goods.h"

#include "service/inside.h"
#include "service/query.h"

struct record {
    struct yh_stock_row row;
    yh_str infno, batch; /* of a 3502 that 3503 or 3504 may tell too: their number */
    bool gone;
};
struct collector {
    struct yh_arena *a;
    struct yh_txn *x;
    yh_time from, to; /* [from, to) */
    struct record *r;
    int n, cap;
    struct yh_map at;    /* "infno provider key time change" -> record */
    struct yh_map batch; /* "3503 provider batch", "3504 …" */
    struct yh_goods_report *report;
};

static yh_str text(const struct yh_json *v, const char *key)
{
    return yh_json_text(yh_json_get(v, yh_cstr(key)));
}

/* Which field says what, by the last digit of 3501 … 3506. */
static const struct {
    const char *qty, *time;
    enum yh_goods_kind kind;
} FORM[] = {
    { "inv_cnt", "invdate", YH_GOODS_COUNT_ROW },
    { "cnt", "inv_chg_time", YH_GOODS_KINDS },
    { "purc_retn_cnt", "purc_retn_stoin_time", YH_GOODS_BUY_ROW },
    { "purc_retn_cnt", "purc_retn_stoin_time", YH_GOODS_RETURN_ROW },
    { "sel_retn_cnt", "sel_retn_time", YH_GOODS_SALE_ROW },
    { "sel_retn_cnt", "sel_retn_time", YH_GOODS_BACK_ROW },
};

/* inv_chg_type: YH_GOODS_KINDS where it is none of the dictionary. */
static enum yh_goods_kind change_of(yh_str type)
{
    static const struct {
        const char *type;
        enum yh_goods_kind kind;
    } CHANGE[] = {
        { "101", YH_GOODS_MOVE_IN_ROW },  { "102", YH_GOODS_MOVE_OUT_ROW },
        { "103", YH_GOODS_MOVE_IN_ROW },  { "104", YH_GOODS_MOVE_OUT_ROW },
        { "105", YH_GOODS_MOVE_OUT_ROW }, { "106", YH_GOODS_MOVE_IN_ROW },
        { "107", YH_GOODS_MOVE_OUT_ROW }, { "108", YH_GOODS_BUY_ROW },
        { "109", YH_GOODS_RETURN_ROW },   { "110", YH_GOODS_MOVE_IN_ROW },
        { "111", YH_GOODS_MOVE_OUT_ROW },
    };
    for (int i = 0; i < YH_COUNT(CHANGE); i++)
        if (yh_eq(type, yh_cstr(CHANGE[i].type)))
            return CHANGE[i].kind;
    return YH_GOODS_KINDS;
}

/* All trace codes of the record, blank-separated. */
static yh_str codes(struct yh_arena *a, const struct yh_json *v)
{
    const struct yh_json *list = yh_json_get(v, YH_S("drugtracinfo"));
    struct yh_buf b = yh_buf_in(a);
    if (list && list->kind == YH_JSON_OBJECT)
        yh_put(&b, text(list, "drug_trac_codg"));
    for (const struct yh_json *c = list && list->kind == YH_JSON_ARRAY ? list->first : NULL; c;
         c = c->next)
        yh_putf(&b, "%s%.*s", b.n ? " " : "", YH_ARG(text(c, "drug_trac_codg")));
    if (!b.n)
        yh_put(&b, text(v, "drug_trac_codg"));
    return yh_buf_str(&b);
}

static bool take(void *user, const void *row)
{
    struct collector *k = user;
    const struct yh_document_row *d = row;
    struct yh_arena *a = k->a;
    int form = d->infno.p[3] - '1';
    struct yh_json *v = NULL;
    struct record r = { .infno = yh_dup(a, d->infno) };
    yh_str body = yh_dup(a, d->body), type = YH_S("");
    bool read = !yh_json_read(a, body, (struct yh_json_limits){ 0 }, &v, NULL) &&
                !yh_time_parse(text(v, FORM[form].time), &r.row.time, NULL) &&
                !yh_json_dec(yh_json_get(v, yh_cstr(FORM[form].qty)), 4, &r.row.qty, NULL) &&
                r.row.qty >= 0;
    r.row.kind = FORM[form].kind;
    if (read && form == 1) {
        type = text(v, "inv_chg_type");
        r.row.kind = change_of(type);
        if (yh_eq(type, YH_S("108")))
            r.batch = YH_S("3503");
        if (yh_eq(type, YH_S("109")))
            r.batch = YH_S("3504");
    }
    if (!read || r.row.kind == YH_GOODS_KINDS) {
        k->report->unread++;
        return true;
    }
    if (r.row.time < k->from || r.row.time >= k->to)
        return true;
    yh_str fees = text(v, "hi_feesetl_type");
    r.row.provider = yh_dup(a, d->provider);
    r.row.item = text(v, "med_list_codg");
    r.row.split = yh_eq(text(v, "trdn_flag"), YH_S("1"));
    r.row.settlement = yh_dup(a, d->settlement);
    r.row.insured = r.row.settlement.n || yh_eq(fees, YH_S("1")) || yh_eq(fees, YH_S("2")) ||
                    yh_eq(text(v, "MDTRT_SETL_TYPE"), YH_S("1"));
    r.row.trace = codes(a, v);
    if (yh_int_parse(text(v, "pac_cnt"), &r.row.pack, NULL) || r.row.pack < 0)
        r.row.pack = 0;
    yh_str batch = text(v, "fixmedins_bchno");
    if (form == 2 || form == 3)
        yh_map_add(
            &k->batch,
            yh_fmt(a, "%.*s %.*s %.*s", YH_ARG(r.infno), YH_ARG(r.row.provider), YH_ARG(batch)),
            1);
    if (r.batch.n)
        r.batch =
            yh_fmt(a, "%.*s %.*s %.*s", YH_ARG(r.batch), YH_ARG(r.row.provider), YH_ARG(batch));
    yh_str key = yh_fmt(a, "%.*s %.*s %.*s %lld %.*s", YH_ARG(r.infno), YH_ARG(r.row.provider),
                        YH_ARG(d->own_key), (long long)r.row.time, YH_ARG(type));
    int32_t was = yh_map_get(&k->at, key, -1);
    if (was >= 0) {
        k->report->corrected++;
        k->r[was] = r;
        return true;
    }
    yh_map_add(&k->at, key, k->n);
    YH_PUSH(a, k->r, k->n, k->cap) = r;
    return true;
}

static enum yh_status documents(struct collector *k, yh_str provider, struct yh_err *err)
{
    static const char *const INFNO[] = { "3501", "3502", "3503", "3504", "3505", "3506" };
    enum yh_status st = YH_OK;
    for (int i = 0; i < YH_COUNT(INFNO) && !st; i++) {
        struct yh_document_row like = { .provider = provider, .infno = yh_cstr(INFNO[i]) };
        st = yh_each_document(k->x,
                              (struct yh_span){ .index = yh_document_by_provider, .same = 2 },
                              &like, take, k, err);
    }
    return st;
}

/* A code that stands as sold by a visit: its settlement's. */
static enum yh_status scan(struct collector *k, const struct yh_trace_sale_row *t,
                           struct yh_err *err)
{
    struct yh_visit_key_row like = { .visit = t->owner }, *key = NULL;
    int n = 0;
    if (yh_eq(t->state, YH_S("returned")) || t->time < k->from || t->time >= k->to)
        return YH_OK;
    enum yh_status st = yh_list_visit_key(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, &key, &n, err);
    if (st || !n)
        return st;
    struct yh_settlement_row *row = NULL;
    st = yh_settlements_of_visit(k->x, key->region, key->grp, t->owner, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(row[i].kind, YH_S("settle")) && !row[i].undone_by.n) {
            YH_PUSH(k->a, k->r, k->n, k->cap) = (struct record){
                .row = { .kind = YH_GOODS_SCAN_ROW,
                         .provider = t->provider,
                         .item = t->item,
                         .time = t->time,
                         .qty = 10000,
                         .split = yh_eq(t->state, YH_S("split")),
                         .insured = true,
                         .settlement = row[i].settlement,
                         .trace = t->code },
            };
            break;
        }
    return st;
}

static enum yh_status scans(struct collector *k, struct yh_err *err)
{
    struct yh_trace_sale_row like = { .code = YH_S("") }, *t = NULL;
    int n = 0;
    enum yh_status st =
        yh_list_trace_sale(k->x, (struct yh_span){ .index = YH_BY_KEY }, &like, &t, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        st = scan(k, &t[i], err);
    return st;
}

static enum yh_status collect(struct collector *k, struct yh_err *err)
{
    struct yh_provider_row like = { .provider = YH_S("") }, *p = NULL;
    int n = 0;
    enum yh_status st =
        yh_list_provider(k->x, (struct yh_span){ .index = YH_BY_KEY }, &like, &p, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        st = documents(k, p[i].provider, err);
    return st ? st : scans(k, err);
}

enum yh_status yh_goods_collect(yh_str data, int year, struct yh_arena *a, struct yh_buf *out,
                                struct yh_goods_report *report, struct yh_err *err)
{
    struct yh_store_options opt = { .must_exist = true, .read_only = true };
    struct yh_store *store = NULL;
    struct yh_txn view;
    *report = (struct yh_goods_report){ 0 };
    struct collector k = { .a = a,
                           .from = yh_day_time(yh_day_of(year, 1, 1) - 1),
                           .to = yh_day_time(yh_day_of(year + 1, 1, 1)),
                           .at = yh_map_in(a, 64),
                           .batch = yh_map_in(a, 64),
                           .report = report };
    enum yh_status st = yh_store_open(data, &opt, &store, err);
    if (st == YH_OK && (st = yh_view_open(store, a, &view, err)) == YH_OK) {
        k.x = &view;
        st = collect(&k, err);
        yh_view_close(&view);
    }
    yh_store_close(store);
    if (st)
        return st;
    yh_put(out, yh_stock_head());
    for (int i = 0; i < k.n; i++) {
        if (k.r[i].batch.n && yh_map_get(&k.batch, k.r[i].batch, 0)) {
            report->corrected++;
            continue;
        }
        report->rows++;
        yh_stock_put(out, &k.r[i].row);
    }
    return YH_OK;
}
