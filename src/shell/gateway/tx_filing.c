/* shell/gateway/tx_filing.c -- 2501-2507: filings and taking them back. */
#include "service/filing.h"
#include "shell/gateway/tx.h"

/* Which fields of which filing mean what. */
static const struct filing {
    const char *number, *node, *provider, *code;
} FILING[] = {
    { "2501", "refmedin", "reflin_medins_no", "refl_type" },
    { "2501A", "refmedin", "reflin_medins_no", "refl_type" },
    { "2503", "data", "ide_fixmedins_no", "opsp_dise_code" },
    { "2505", "data", "fixmedins_code", "biz_appy_type" },
    { "2507", "data", "fixmedins_code", "chk_pay_flag" },
};

static void put_serial(struct yh_tx_call *t, struct yh_jsonw *w, yh_str serial)
{
    struct tx_rest rest = { "result" };
    yh_jw_object(w);
    yh_jw_key(w, YH_S("result"));
    ptrdiff_t from = tx_open(w);
    tx_put_str(w, "trt_dcla_detl_sn", serial);
    tx_put_str(w, "exp_content", YH_S(""));
    tx_close(t, w, &rest, from);
    yh_jw_end(w, '}');
}

enum yh_status tx_filing(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                         struct yh_err *err)
{
    const struct filing *f = NULL;
    for (int i = 0; i < YH_COUNT(FILING); i++)
        if (yh_eq(t->env.infno, yh_cstr(FILING[i].number)))
            f = &FILING[i];
    yh_assert(f);
    const struct yh_json *in = tx_node(t, f->node);
    yh_day from = tx_day(in, "begndate", 0);
    if (!from) /* 2501 may leave it to the day of referral */
        from = tx_day(in, "refl_date", c->today);
    struct yh_filing_row row = { .person = tx_str(in, "psn_no"),
                                 .kind = yh_sub(t->env.infno, 0, 4),
                                 .scheme = tx_str(in, "insutype"),
                                 .provider = tx_str(in, f->provider),
                                 .code = tx_str(in, f->code),
                                 .from_day = from,
                                 .to_day = tx_day(in, "enddate", 0),
                                 .body = in->text },
                         out;
    enum yh_status bad = yh_file_make(c, &row, &out, err);
    if (!bad)
        put_serial(t, w, out.serial);
    return bad;
}

/* 2502 takes back a 2501, 2504 a 2503, 2506 a 2505. */
enum yh_status tx_filing_undo(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                              struct yh_err *err)
{
    (void)w;
    const struct yh_json *in = tx_node(t, "data");
    yh_str kind = yh_eq(t->env.infno, YH_S("2502"))   ? YH_S("2501")
                  : yh_eq(t->env.infno, YH_S("2504")) ? YH_S("2503")
                                                      : YH_S("2505");
    return yh_file_undo(c, tx_str(in, "psn_no"), kind, tx_str(in, "trt_dcla_detl_sn"),
                        tx_str(in, "memo"), err);
}
