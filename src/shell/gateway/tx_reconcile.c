/* shell/gateway/tx_reconcile.c -- 3201 totals, 3202 details by file. */
#include "service/reconcile.h"
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
    yh_jw_key(w, YH_S("stmtinfo"));
    yh_jw_object(w);
    tx_put_str(w, "setl_optins", q.clearing_office);
    tx_put_str(w, "stmt_rslt", out.result);
    tx_put_str(w, "stmt_rslt_dscr", text);
    yh_jw_end(w, '}');
    yh_jw_end(w, '}');
    return YH_OK;
}

/* One line of the provider's file: seven columns, TAB between, "null" for empty. */
static enum yh_status their_row(yh_str line, int number, struct yh_their_row *out,
                                struct yh_err *err)
{
    yh_str cell[7], rest = line;
    int n = 0;
    while (n < 7) {
        cell[n] = yh_trim(yh_cut(&rest, '\t'));
        if (yh_eq(cell[n], YH_S("null")))
            cell[n] = YH_S("");
        n++;
        if (!rest.p)
            break;
    }
    if (n != 7)
        return yh_fail_at(err, YH_BAD_INPUT, number, 1,
                          "对账文件第%d行应有7列（TAB 分隔），现有%d列", number, n);
    struct yh_their_row r = { cell[0], cell[1], cell[2], cell[6], 0, 0, 0 };
    yh_fen *sum[] = { &r.total, &r.fund, &r.account };
    for (int i = 0; i < 3; i++)
        if (cell[3 + i].n && yh_fen_parse(cell[3 + i], sum[i], NULL))
            return yh_fail_at(err, YH_BAD_INPUT, number, 1,
                              "对账文件第%d行第%d列“%.*s”不是金额", number, 4 + i,
                              YH_ARG(yh_sub(cell[3 + i], 0, 30)));
    *out = r;
    return YH_OK;
}

static void put_cell(struct yh_buf *b, yh_str s, char end)
{
    yh_put(b, s.n ? s : YH_S("null"));
    yh_putc(b, end);
}

static void put_diff(struct yh_buf *b, const struct yh_diff_row *r)
{
    put_cell(b, r->person, '\t');
    put_cell(b, r->visit, '\t');
    put_cell(b, r->settlement, '\t');
    put_cell(b, r->msgid, '\t');
    /* The code list knows balanced and not; which side has the row is in the memo. */
    put_cell(b, yh_eq(r->result, YH_S("0")) ? YH_S("0") : YH_S("1"), '\t');
    put_cell(b, r->refund, '\t');
    put_cell(b, r->memo, '\t');
    yh_put_fen(b, r->total);
    yh_putc(b, '\t');
    yh_put_fen(b, r->fund);
    yh_putc(b, '\t');
    yh_put_fen(b, r->account);
    yh_putc(b, '\n');
}

enum yh_status tx_reconcile_details(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                    struct yh_err *err)
{
    struct yh_reconciliation_row q = question(t, tx_node(t, "data"));
    struct yh_file_row file;
    enum yh_status bad = yh_file_get(c, q.file, &file, err);
    yh_str text = file.bytes;
    if (!bad && yh_is_zip(file.bytes))
        bad = yh_zip_read(t->arena, file.bytes, YH_ZIP_LIMITS, &text, err);
    struct yh_their_row *their = NULL;
    int n = 0, cap = 0, line = 0;
    while (!bad && text.n) {
        yh_str row = yh_cut(&text, '\n');
        line++;
        if (!yh_trim(row).n)
            continue;
        struct yh_their_row r;
        bad = their_row(row, line, &r, err);
        if (!bad)
            YH_PUSH(t->arena, their, n, cap) = r;
    }
    struct yh_diff_row *diff;
    int ndiff;
    if (!bad)
        bad = yh_reconcile_details(c, &q, their, n, &diff, &ndiff, err);
    if (bad)
        return bad;
    struct yh_buf b = yh_buf_in(t->arena);
    for (int i = 0; i < ndiff; i++)
        put_diff(&b, &diff[i]);
    yh_str zip, name = yh_fmt(t->arena, "stmt-%.*s.zip", YH_ARG(q.file));
    struct yh_file_row out;
    bad = yh_zip_make(t->arena, "stmt.txt", yh_buf_str(&b), &zip, err);
    if (!bad)
        bad = yh_file_keep(c, name, zip, &out, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    yh_jw_key(w, YH_S("fileinfo"));
    yh_jw_object(w);
    tx_put_str(w, "file_qury_no", out.file);
    tx_put_str(w, "filename", name);
    tx_put_time(w, "dld_endtime", out.expires);
    yh_jw_end(w, '}');
    yh_jw_end(w, '}');
    return YH_OK;
}
