/* shell/gateway/tx_reconcile.c -- 3201 totals, 3202 details by file. */
#include "service/reconcile.h"
#include "shell/gateway/statement.h"
#include "shell/gateway/tx.h"
#include "shell/gateway/zip.h"

static struct yh_reconciliation_row question(const struct yh_tx_call *t,
                                             const struct yh_json *in)
{
    return (struct yh_reconciliation_row){ .provider = t->env.fixmedins_code,
                                           .kind = t->env.infno,
                                           .scheme = tx_str(in, "insutype"),
                                           .clearing_type = tx_str(in, "clr_type"),
                                           .clearing_office = tx_str(in, "setl_optins"),
                                           .from_day = tx_day(in, "stmt_begndate", 0),
                                           .to_day = tx_day(in, "stmt_enddate", 0),
                                           .their_total = tx_fen(in, "medfee_sumamt"),
                                           .their_fund = tx_fen(in, "fund_pay_sumamt"),
                                           .their_account = tx_fen(in, "acct_pay"),
                                           .their_count = tx_int(in, "fixmedins_setl_cnt"),
                                           .file = tx_str(in, "file_qury_no") };
}

enum yh_status tx_reconcile_totals(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                   struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_reconciliation_row q = question(t, in), out;
    yh_str text = YH_S("");
    enum yh_status bad =
        yh_reconcile_totals(c, &q, tx_str(in, "refd_setl_flag"), &out, &text, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    yh_jw_kv_object(w, "stmtinfo");
    tx_put_str(w, "setl_optins", q.clearing_office);
    tx_put_str(w, "stmt_rslt", out.result);
    tx_put_str(w, "stmt_rslt_dscr",
               text); /* three sums and a count: within its 200 characters */
    yh_jw_end(w, '}');
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status tx_reconcile_details(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                    struct yh_err *err)
{
    struct yh_reconciliation_row q = question(t, tx_node(t, "data"));
    struct yh_file_row file = { .bytes = YH_S("") }, out;
    struct yh_their_row *their;
    struct yh_diff_row *diff;
    struct yh_buf b = yh_buf_in(t->arena);
    int n, ndiff;
    enum yh_status bad = yh_file_get(c, q.file, &file, err);
    yh_str text = file.bytes;
    if (!bad && yh_is_zip(file.bytes))
        bad = yh_zip_read(t->arena, file.bytes, YH_ZIP_LIMITS, &text, err);
    if (!bad)
        bad = yh_statement_read(t->arena, text, &their, &n, err);
    if (!bad)
        bad = yh_reconcile_details(c, &q, their, n, &diff, &ndiff, err);
    if (bad)
        return bad;
    yh_statement_write(&b, diff, ndiff);
    yh_str zip, name = yh_fmt(t->arena, "stmt-%.*s.zip", YH_ARG(q.file));
    bad = yh_zip_make(t->arena, "stmt.txt", yh_buf_str(&b), &zip, err);
    if (!bad)
        bad = yh_file_keep(c, name, zip, &out, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    yh_jw_kv_object(w, "fileinfo");
    tx_put_str(w, "file_qury_no", out.file);
    tx_put_str(w, "filename", name);
    yh_jw_kv_time(w, "dld_endtime", out.expires);
    yh_jw_end(w, '}');
    yh_jw_end(w, '}');
    return YH_OK;
}
