/* shell/gateway/tx_stock.c -- 3301 3302 3401-3403 3501-3506: what a provider tells of itself. */
#include "service/stock.h"
#include "shell/gateway/tx.h"

enum yh_status tx_match(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                        struct yh_err *err)
{
    (void)w;
    const struct yh_json *const *in;
    int n = tx_rows(
        t, t->env.input && yh_json_get(t->env.input, YH_S("data")) ? "data" : "catalogcompin",
        &in);
    struct yh_provider_item_row *row = YH_NEW(t->arena, struct yh_provider_item_row, n);
    for (int i = 0; i < n; i++)
        row[i] =
            (struct yh_provider_item_row){ .provider = t->env.fixmedins_code,
                                           .list_type = tx_str(in[i], "list_type"),
                                           .own_code = tx_str(in[i], "fixmedins_hilist_id"),
                                           .own_name = tx_str(in[i], "fixmedins_hilist_name"),
                                           .code = tx_str(in[i], "med_list_codg"),
                                           .from_day = tx_day(in[i], "begndate", c->today),
                                           .to_day = tx_day(in[i], "enddate", YH_DAY_MAX),
                                           .extra = in[i]->text };
    return yh_item_match(c, row, n, err);
}

enum yh_status tx_unmatch(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                          struct yh_err *err)
{
    (void)w;
    const struct yh_json *const *in;
    int n = tx_rows(t, "data", &in);
    for (int i = 0; i < n; i++) {
        enum yh_status bad =
            yh_item_unmatch(c, tx_str(in[i], "list_type"), tx_str(in[i], "fixmedins_hilist_id"),
                            tx_str(in[i], "med_list_codg"), err);
        if (bad)
            return bad;
    }
    return YH_OK;
}

static struct yh_department_row department(const struct yh_tx_call *t, const struct yh_json *in)
{
    return (struct yh_department_row){ .provider = t->env.fixmedins_code,
                                       .department = tx_str(in, "hosp_dept_codg"),
                                       .from_day = tx_day(in, "begntime", 0),
                                       .to_day = tx_day(in, "endtime", YH_DAY_MAX),
                                       .name = tx_str(in, "hosp_dept_name"),
                                       .speciality = tx_str(in, "caty"),
                                       .extra = in->text };
}

enum yh_status tx_department_add(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                 struct yh_err *err)
{
    (void)w;
    const struct yh_json *const *in;
    int n = tx_rows(t, "deptinfo", &in);
    struct yh_department_row *row = YH_NEW(t->arena, struct yh_department_row, n);
    for (int i = 0; i < n; i++)
        row[i] = department(t, in[i]);
    return yh_department_add(c, row, n, err);
}

enum yh_status tx_department_change(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                    struct yh_err *err)
{
    (void)w;
    const struct yh_json *const *in;
    int n = tx_rows(t, "deptinfo", &in);
    for (int i = 0; i < n; i++) {
        struct yh_department_row row = department(t, in[i]);
        enum yh_status bad = yh_department_change(c, &row, err);
        if (bad)
            return bad;
    }
    return YH_OK;
}

enum yh_status tx_department_drop(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                  struct yh_err *err)
{
    (void)w;
    const struct yh_json *const *in;
    int n = tx_rows(t, "data", &in);
    for (int i = 0; i < n; i++) {
        enum yh_status bad = yh_department_drop(c, tx_str(in[i], "hosp_dept_codg"),
                                                tx_day(in[i], "begntime", 0), err);
        if (bad)
            return bad;
    }
    return YH_OK;
}

/* Trace codes of a goods row: one in drug_trac_codg, or many in drugtracinfo. */
static int trace_codes(struct yh_arena *a, const struct yh_json *in, const yh_str **out)
{
    const struct yh_json *list = yh_json_get(in, YH_S("drugtracinfo"));
    bool many = list && list->kind == YH_JSON_ARRAY;
    yh_str *code = YH_NEW(a, yh_str, (many ? list->count : 0) + 1);
    int n = 0;
    if (list && list->kind == YH_JSON_OBJECT && tx_str(list, "drug_trac_codg").n)
        code[n++] = tx_str(list, "drug_trac_codg");
    for (const struct yh_json *r = many ? list->first : NULL; r; r = r->next)
        if (tx_str(r, "drug_trac_codg").n)
            code[n++] = tx_str(r, "drug_trac_codg");
    if (!n && tx_str(in, "drug_trac_codg").n)
        code[n++] = tx_str(in, "drug_trac_codg");
    *out = code;
    return n;
}

/* The sender's own key: the batch of a stock record; the sale and what was sold of a sale, for one
 * sale holds several goods. */
static yh_str goods_key(struct yh_arena *a, const struct yh_json *in)
{
    yh_str sale = tx_str(in, "mdtrt_sn"), batch = tx_str(in, "fixmedins_bchno");
    if (!sale.n)
        sale = tx_str(in, "medins_prod_sel_no");
    if (!sale.n)
        return batch;
    return yh_fmt(a, "%.*s/%.*s/%.*s", YH_ARG(sale), YH_ARG(tx_str(in, "fixmedins_hilist_id")),
                  YH_ARG(batch));
}

static struct yh_goods_in goods(const struct yh_tx_call *t, const struct yh_json *in)
{
    static const char *const COUNT[] = { "inv_cnt", "cnt", "purc_retn_cnt", "sel_retn_cnt" };
    struct yh_goods_in row = { .kind = yh_sub(t->env.infno, 0, 4),
                               .own_key = goods_key(t->arena, in),
                               .item = tx_str(in, "med_list_codg"),
                               .person = tx_str(in, "psn_no"),
                               .settlement = tx_str(in, "setl_id"),
                               .visit = tx_str(in, "mdtrt_sn"),
                               .split = yh_eq(tx_str(in, "trdn_flag"), YH_S("1")),
                               .body = in->text };
    for (int k = 0; k < YH_COUNT(COUNT) && !row.count; k++)
        row.count = tx_dec(in, COUNT[k], 4);
    row.ntrace = trace_codes(t->arena, in, &row.trace);
    return row;
}

enum yh_status tx_goods(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                        struct yh_err *err)
{
    (void)w;
    const struct yh_json *const *in;
    int n = tx_rows(t, t->tx->nodes, &in);
    struct yh_goods_in *row = YH_NEW(t->arena, struct yh_goods_in, n);
    for (int i = 0; i < n; i++)
        row[i] = goods(t, in[i]);
    return yh_goods_put(c, row, n, err);
}
