/* shell/gateway/tx_catalog.c -- 1301-1319 1901: catalogues, item terms, dictionaries.
 *
 * A download answers with a file number; 9102 then fetches the ZIP.  The file of a catalogue is the
 * same until the program is started with other tables, so its number says which one it is and the
 * bytes are made when they are fetched: nothing is stored for it. */
#include "service/library.h"
#include "service/query.h"
#include "shell/gateway/tx_settlement.h"

enum yh_status tx_catalogue(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                            struct yh_err *err)
{
    struct yh_buf text = yh_buf_in(t->arena);
    int rows = 0;
    enum yh_status bad = yh_catalogue_file(c, t->env.infno, &text, &rows, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    tx_put_str(w, "file_qury_no", yh_fmt(t->arena, "catalog-%.*s", YH_ARG(t->env.infno)));
    tx_put_str(w, "filename", yh_fmt(t->arena, "%.*s.zip", YH_ARG(t->env.infno)));
    /* Two clients of three read dld_end_time, one dld_endtime. */
    yh_jw_kv_time(w, "dld_end_time", c->now + 7 * 86400);
    yh_jw_kv_time(w, "dld_endtime", c->now + 7 * 86400);
    yh_jw_kv_i64(w, "data_cnt", rows);
    yh_jw_end(w, '}');
    return YH_OK;
}

/* The page object that live clients read: {firstPage,lastPage,size,startRow,…,data:[…]}. */
static void put_page(struct yh_jsonw *w, int page, int size, int n, int total, int pages)
{
    yh_jw_kv_bool(w, "firstPage", page <= 1);
    yh_jw_kv_bool(w, "lastPage", page >= pages);
    yh_jw_kv_i64(w, "size", n);
    yh_jw_kv_i64(w, "startRow", (int64_t)(page - 1) * size + (n ? 1 : 0));
    yh_jw_kv_i64(w, "pageSize", size);
    yh_jw_kv_i64(w, "pageNum", page);
    yh_jw_kv_i64(w, "recordCounts", total);
    yh_jw_kv_i64(w, "pages", pages);
}

/* page_num and page_size, 1 and 100 where they are not sent; the service bounds them. */
static void page_asked(const struct yh_json *in, int *page, int *size)
{
    int64_t p = tx_int(in, "page_num"), n = tx_int(in, "page_size");
    *page = p ? (int)yh_clamp(p, -1, 1 << 20) : 1;
    *size = n ? (int)yh_clamp(n, -1, 1 << 20) : 100;
}

/* What every row of 1304, 1312, 1316-1319 ends with; no clerk or office is kept of a row. */
static void put_row_tail(struct yh_jsonw *w, struct yh_ctx *c, yh_str rid)
{
    static const char *const EMPTY[] = { "crter_id", "crter_name", "crte_optins_no",
                                         "opter_id", "opter_name", "optins_no" };
    tx_put_str(w, "memo", YH_S(""));
    tx_put_str(w, "vali_flag", YH_S("1"));
    tx_put_str(w, "rid", rid);
    yh_jw_kv_time(w, "updt_time", yh_day_time(c->today));
    yh_jw_kv_time(w, "crte_time", yh_day_time(c->today));
    yh_jw_kv_time(w, "opt_time", yh_day_time(c->today));
    for (int i = 0; i < YH_COUNT(EMPTY); i++)
        tx_put_str(w, EMPTY[i], YH_S(""));
}

static void put_term(struct yh_tx_call *t, struct yh_jsonw *w, struct yh_ctx *c,
                     const struct yh_term_found *f, struct tx_rest *rest)
{
    const struct yh_item_term *term = f->term;
    yh_str infno = t->env.infno, region = yh_fmt(t->arena, "%u", (unsigned)term->region);
    ptrdiff_t from = tx_open(w);
    tx_put_str(w, "med_list_codg", f->code);
    tx_put_str(w, "hilist_code", f->code);
    tx_put_str(w, "insu_admdvs", region);
    tx_put_day(w, "begndate", term->period.from);
    tx_put_last(w, "enddate", term->period.to);
    tx_put_str(w, "list_type", f->list_type);
    if (yh_eq(infno, YH_S("1304"))) {
        tx_put_str(w, "drug_genname", f->name);
        tx_put_str(w, "drug_prodname", f->name);
        tx_put_str(w, "ver", YH_S("1"));
    } else if (yh_eq(infno, YH_S("1312"))) {
        tx_put_str(w, "hilist_name", f->name);
        tx_put_str(w, "med_chrgitm_type", yh_cstr(term->charge));
        tx_put_str(w, "chrgitm_lv", yh_class_code((enum yh_item_class)term->cls));
        tx_put_str(w, "lmt_used_flag", term->restricted ? YH_S("1") : YH_S("0"));
        tx_put_str(w, "med_use_flag", YH_S("1"));
        tx_put_str(w, "matn_used_flag",
                   term->tags & YH_TAG_BIT(YH_TAG_MATERNITY) ? YH_S("1") : YH_S("0"));
        tx_put_str(w, "hilist_use_type", YH_S("1"));
        tx_put_str(w, "lmt_cpnd_type", YH_S("0"));
        tx_put_str(w, "wubi", YH_S(""));
        tx_put_str(w, "pinyin", YH_S(""));
    } else if (yh_eq(infno, YH_S("1318"))) {
        tx_put_int(w, "hilist_lmtpric_type", term->level);
        tx_put_str(w, "overlmt_dspo_way", YH_S("1"));
        tx_put_dec(w, "hilist_pric_uplmt_amt", term->limit, 6, 6);
        tx_put_str(w, "tabname", YH_S(""));
    } else if (yh_eq(infno, YH_S("1319"))) {
        tx_put_int(w, "selfpay_prop_psn_type", term->insutype);
        tx_put_str(w, "selfpay_prop_type", YH_S("1"));
        /* By the document's own share for its class: this row has no figure, and 0 would be one. */
        if (term->first_pay == YH_FIRST_PAY_BY_DOCUMENT) {
            yh_jw_key(w, YH_S("selfpay_prop"));
            yh_jw_null(w);
        } else {
            tx_put_dec(w, "selfpay_prop", term->first_pay, 6, 4);
        }
        tx_put_str(w, "tabname", YH_S(""));
    }
    tx_put_str(w, "poolarea_no", region);
    put_row_tail(w, c, yh_fmt(t->arena, "%u-%d", (unsigned)term->region, (int)term->line));
    tx_close(t, w, rest, from);
}

/* 1304 1312 1316 1318 1319.  1304 comes with its query under data or directly under input. */
enum yh_status tx_terms(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                        struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    if (!in)
        in = t->env.input;
    yh_str code = tx_str(in, "hilist_code"), name = tx_str(in, "hilist_name");
    struct yh_terms_query q = { .code = code.n ? code : tx_str(in, "med_list_codg"),
                                .name = name.n ? name : tx_str(in, "drug_genname"),
                                .list_type = tx_str(in, "list_type"),
                                .item_class = tx_str(in, "chrgitm_lv"),
                                .charge = tx_str(in, "med_chrgitm_type"),
                                .office = tx_str(in, "insu_admdvs"),
                                .day = tx_day(in, "query_date", 0) };
    page_asked(in, &q.page, &q.size);
    if (yh_eq(t->env.infno, YH_S("1304")) && !q.list_type.n)
        q.list_type = YH_S("104");
    struct yh_terms_page page;
    struct tx_rest rest = { "data" };
    enum yh_status bad = yh_terms_page(c, &q, &page, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    put_page(w, q.page, q.size, page.n, page.total, page.pages);
    yh_jw_kv_array(w, "data");
    for (int i = 0; i < page.n; i++)
        put_term(t, w, c, &page.row[i], &rest);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status tx_matches(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                          struct yh_err *err)
{
    static const char *const MORE[] = { "aprvno", "dosform", "exct_cont", "item_cont",
                                        "prcunt", "spec",    "pacspec" };
    const struct yh_json *in = tx_node(t, "data");
    struct yh_matches_query q = { .own_code = tx_str(in, "medins_list_codg"),
                                  .own_name = tx_str(in, "medins_list_name"),
                                  .code = tx_str(in, "med_list_codg"),
                                  .list_type = tx_str(in, "list_type"),
                                  .day = tx_day(in, "query_date", 0) };
    page_asked(in, &q.page, &q.size);
    struct yh_provider_item_row *row;
    int n, total;
    enum yh_status bad = yh_matches_page(c, &q, &row, &n, &total, err);
    if (bad)
        return bad;
    struct tx_rest rest = { "data" };
    yh_jw_object(w);
    put_page(w, q.page, q.size, n, total, (total + q.size - 1) / q.size);
    yh_jw_kv_array(w, "data");
    for (int i = 0; i < n; i++) {
        ptrdiff_t from = tx_open(w);
        tx_put_str(w, "fixmedins_code", row[i].provider);
        tx_put_str(w, "medins_list_codg", row[i].own_code);
        tx_put_str(w, "medins_list_name", row[i].own_name);
        tx_put_str(w, "insu_admdvs", c->provider ? c->provider->office : YH_S(""));
        tx_put_str(w, "list_type", row[i].list_type);
        tx_put_str(w, "med_list_codg", row[i].code);
        tx_put_str(w, "hilist_code", row[i].code);
        tx_put_day(w, "begndate", (yh_day)row[i].from_day);
        tx_put_last(w, "enddate", row[i].to_day);
        tx_put_kept(t, w, row[i].extra, MORE, YH_COUNT(MORE));
        put_row_tail(w, c,
                     yh_fmt(t->arena, "%.*s-%.*s-%d", YH_ARG(row[i].list_type),
                            YH_ARG(row[i].own_code), (int)row[i].from_day));
        tx_close(t, w, &rest, from);
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status tx_dictionary(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                             struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    yh_str parent = tx_str(in, "parent_value");
    struct yh_dictionary_row *row;
    int n;
    enum yh_status bad = yh_dictionary_list(
        c, tx_str(in, "type"), parent.n ? parent : tx_str(in, "parentValue"), &row, &n, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    yh_jw_kv_array(w, "list");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        tx_put_str(w, "type", row[i].type);
        tx_put_str(w, "label", row[i].label);
        tx_put_str(w, "value", row[i].value);
        tx_put_str(w, "parentValue", row[i].parent);
        tx_put_str(w, "parent_value", row[i].parent);
        yh_jw_kv_i64(w, "sort", row[i].sort);
        tx_put_str(w, "valiFlag", YH_S("1"));
        tx_put_str(w, "vali_flag", YH_S("1"));
        tx_put_str(w, "createUser", YH_S(""));
        tx_put_day(w, "createDate", c->today);
        tx_put_str(w, "version", YH_S("1"));
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}
