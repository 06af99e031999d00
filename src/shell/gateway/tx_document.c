/* shell/gateway/tx_document.c -- 4101 4102 42xx-47xx: checked, kept, acknowledged. */
#include "service/document.h"
#include "service/lists.h"
#include "shell/gateway/tx.h"

/* The sender's own key of a record: these fields of that node, as far as they are filled.  Where
 * the rows of the node are records of their own, each is kept by itself. */
static const struct key {
    const char *number, *node, *field[3];
    bool each;
} KEY[] = {
    { "4101", "setlinfo", { "setl_id" }, false },
    { "4101A", "setlinfo", { "setl_id" }, false },
    { "4201", "feedetail", { "mdtrt_sn", "chrg_bchno" }, false },
    { "4301", "rgstinfo", { "mdtrt_sn" }, false },
    { "4302", "oprninfo", { "mdtrt_sn", "oprn_oprt_sn" }, false },
    { "4401", "baseinfo", { "mdtrt_sn", "medcasno" }, false },
    { "4402", "data", { "mdtrt_sn", "drord_no", "medcas_drord_detl_id" }, true },
    { "4402A", "data", { "mdtrt_sn", "drord_no", "medcas_drord_detl_id" }, true },
    { "4501", "examinfo", { "mdtrt_sn", "appy_no", "rpotc_no" }, false },
    { "4502", "labinfo", { "mdtrt_sn", "appy_no", "rpotc_no" }, false },
    { "4503", "data", { "mdtrt_sn", "rpotc_no", "germ_code" }, true },
    { "4504", "data", { "mdtrt_sn", "rpotc_no", "sstb_code" }, true },
    { "4505", "data", { "mdtrt_sn", "palg_no" }, true },
    { "4506", "data", { "mdtrt_sn", "appy_no" }, true },
    { "4601", "data", { "mdtrt_sn", "bld_cat_code", "bld_time" }, true },
    { "4602", "data", { "mdtrt_sn", "rcd_time" }, true },
    { "4701", "adminfo", { "mdtrt_sn", "adm_rec_no" }, false },
};

/* The first value of that name in any node of the input; "" = none. */
static yh_str anywhere(const struct yh_json *input, const char *name)
{
    for (const struct yh_json *node = input->first; node; node = node->next) {
        const struct yh_json *o = node->kind == YH_JSON_ARRAY ? node->first : node;
        yh_str s = o && o->kind == YH_JSON_OBJECT ? tx_str(o, name) : YH_S("");
        if (s.n)
            return s;
    }
    return tx_str(input, name);
}

static const struct key *key_of(yh_str infno)
{
    for (int i = 0; i < YH_COUNT(KEY); i++)
        if (yh_eq(infno, yh_cstr(KEY[i].number)))
            return &KEY[i];
    return NULL;
}

static yh_str own_key(struct yh_arena *a, const struct key *k, const struct yh_json *row)
{
    struct yh_buf b = yh_buf_in(a);
    for (int i = 0; row && i < YH_COUNT(k->field) && k->field[i]; i++) {
        yh_str s = tx_str(row, k->field[i]);
        if (b.n && s.n)
            yh_putc(&b, '/');
        yh_put(&b, s);
    }
    return yh_buf_str(&b);
}

static enum yh_status keep(struct yh_tx_call *t, struct yh_ctx *c, yh_str key,
                           const struct yh_json *from, struct yh_document_row *out,
                           struct yh_err *err)
{
    struct yh_document_row row = { .infno = t->env.infno,
                                   .provider = t->env.fixmedins_code,
                                   .own_key = key,
                                   .person = anywhere(from, "psn_no"),
                                   .visit = anywhere(from, "mdtrt_id"),
                                   .settlement = anywhere(from, "setl_id"),
                                   .body = from->text };
    return yh_document_put(c, &row, out, err);
}

static enum yh_status check_some(const struct yh_tx_call *t, struct yh_err *err)
{
    if (t->env.input && t->env.input->count)
        return YH_OK;
    return yh_fail_field(err, YH_BAD_INPUT, "input", "",
                         "input（交易输入）：必填，没有任何内容");
}

enum yh_status tx_document(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                           struct yh_err *err)
{
    (void)w;
    struct yh_document_row out;
    const struct key *k = key_of(t->env.infno);
    const struct yh_json *const *row = NULL;
    enum yh_status bad = check_some(t, err);
    if (bad)
        return bad;
    int n = k ? tx_rows(t, k->node, &row) : 0;
    if (!k || !k->each || !n)
        return keep(t, c, n ? own_key(t->arena, k, row[0]) : anywhere(t->env.input, "mdtrt_sn"),
                    t->env.input, &out, err);
    for (int i = 0; !bad && i < n; i++)
        bad = keep(t, c, own_key(t->arena, k, row[i]), row[i], &out, err);
    return bad;
}

/* Checked as soon as it is there: a finding is a word of warning, never a refusal, for the list may
 * still be corrected and the agency decides on what is submitted.  4104 gives the findings. */
static enum yh_status tell_findings(struct yh_ctx *c, const struct yh_document_row *d,
                                    struct yh_err *err)
{
    struct yh_list_found l;
    struct yh_list_findings f;
    if (!c->world->casebook || !d->person.n || !d->settlement.n)
        return YH_OK;
    enum yh_status st = yh_list_open_found(c, d, &l, err);
    if (st == YH_OK)
        st = yh_list_judge(c, &l, &f, err);
    if (st || !(f.errors + f.warnings))
        return st;
    const struct yh_list_finding *worst = &f.item[0];
    for (int i = 1; i < f.n; i++)
        if (f.item[i].check->severity > worst->check->severity)
            worst = &f.item[i];
    yh_warn(c, "质控发现错误 %d 条、警告 %d 条（如 %.*s %.*s），提交前请用 4104 查看并更正",
            f.errors, f.warnings, YH_ARG(worst->check->id), YH_ARG(worst->check->message));
    return YH_OK;
}

/* The list of a settlement is keyed by it, so that a corrected one takes the place of the old. */
enum yh_status tx_list_upload(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                              struct yh_err *err)
{
    struct yh_document_row out;
    enum yh_status bad = keep(t, c, anywhere(t->env.input, "setl_id"), t->env.input, &out, err);
    if (!bad)
        bad = tell_findings(c, &out, err);
    if (bad)
        return bad;
    struct tx_rest rest = { "data" };
    yh_jw_object(w);
    yh_jw_key(w, YH_S("data"));
    ptrdiff_t from = tx_open(w);
    tx_put_str(w, "setl_list_id", out.own_key);
    tx_close(t, w, &rest, from);
    yh_jw_end(w, '}');
    return YH_OK;
}

/* data.stastinfo, one row or several; some clients leave the inner node out. */
enum yh_status tx_list_state(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                             struct yh_err *err)
{
    (void)w;
    const struct yh_json *const *in;
    int n = tx_rows(t, "data.stastinfo", &in);
    if (!n) {
        const struct yh_json *one = tx_node(t, "data");
        n = one && tx_str(one, "stas_type").n ? tx_rows(t, "data", &in) : 0;
    }
    if (!n)
        return yh_fail_field(err, YH_BAD_INPUT, "data.stastinfo", "",
                             "节点 data.stastinfo：必填，未提供");
    for (int i = 0; i < n; i++) {
        enum yh_status bad = yh_list_state(c, tx_str(in[i], "psn_no"), tx_str(in[i], "setl_id"),
                                           tx_str(in[i], "stas_type"), err);
        if (bad)
            return bad;
    }
    return YH_OK;
}
