/* shell/gateway/tx_special.c -- 3601-3604: a case asks to leave group payment (特例单议).
 *
 * rchk_flag, exit_type and opnn_exit_type have no national codes: rchk_flag 0 not decided, 1 decided;
 * exit types 1 by item, 2 by adjusted points, 0 not granted.  code: 1 = accepted. */
#include "service/query.h"
#include "service/clearing/bygroup.h"
#include "service/special.h"
#include "shell/gateway/tx.h"

static yh_str either(const struct yh_json *in, const char *a, const char *b)
{
    yh_str s = tx_str(in, a);
    return s.n ? s : tx_str(in, b);
}

static struct yh_special_case_row sent(const struct yh_json *in)
{
    return (struct yh_special_case_row){ .application = tx_str(in, "appy_chk_setl_list_id"),
                                         .person = tx_str(in, "psn_no"),
                                         .settlement = tx_str(in, "setl_id"),
                                         .kind = tx_str(in, "appy_exit_type"),
                                         .reason = tx_str(in, "exit_rea"),
                                         .score = tx_dec(in, "spcas_exit_sco", 6),
                                         .body = in ? in->text : YH_S("") };
}

/* Items stand in the application (drgAppySpcasItemDTOList) or beside it, by the field table's name. */
static const struct yh_json *items_of(const struct yh_tx_call *t, const struct yh_json *in)
{
    const struct yh_json *v = yh_json_get(in, YH_S("drgAppySpcasItemDTOList"));
    return v && v->kind == YH_JSON_ARRAY
               ? v
               : yh_json_get(t->env.input, YH_S("fsiDrgAppySpcasItemEvtDTORet"));
}

static enum yh_status amount(const struct yh_json *row, const char *name, int scale,
                             int64_t *out, struct yh_err *err)
{
    const struct yh_json *v = yh_json_get(row, yh_cstr(name));
    *out = 0;
    if (!yh_json_text(v).n)
        return YH_OK;
    if (!yh_json_dec(v, scale, out, err))
        return YH_OK;
    return yh_fail_field(err, YH_BAD_INPUT, name, "", "%s 值“%.*s”：应为至多 %d 位小数的数",
                         name, YH_ARG(yh_sub(yh_json_text(v), 0, 30)), scale);
}

/* Checks the items against the stay's lines and puts them into the row's body with the rest. */
static enum yh_status take_items(struct yh_tx_call *t, struct yh_ctx *c,
                                 const struct yh_json *in, struct yh_special_case_row *row,
                                 struct yh_err *err)
{
    const struct yh_json *list = items_of(t, in);
    int n = list && list->kind == YH_JSON_ARRAY ? list->count : 0, i = 0;
    if (!n)
        return YH_OK;
    struct yh_special_item *item = YH_NEW(t->arena, struct yh_special_item, n);
    enum yh_status st = YH_OK;
    for (const struct yh_json *v = list->first; v && !st; v = v->next, i++) {
        if (v->kind != YH_JSON_OBJECT || !tx_str(v, "medListCodg").n)
            return yh_fail_field(
                err, YH_BAD_INPUT, "medListCodg", "",
                "drgAppySpcasItemDTOList 第 %d 条：medListCodg（医疗目录编码）必填", i + 1);
        item[i].code = tx_str(v, "medListCodg");
        item[i].settlement = tx_str(v, "setlId");
        st = amount(v, "cnt", 4, &item[i].qty, err);
        if (!st)
            st = amount(v, "pric", 6, &item[i].price, err);
        if (!st)
            st = amount(v, "detItemFeeSumamt", 2, &item[i].amount, err);
        if (!st)
            st = amount(v, "exitDetlItemFeeSumamt", 2, &item[i].asked, err);
    }
    if (!st)
        st = yh_special_items_check(c, row->person, row->settlement, item, n, err);
    if (!st && list != yh_json_get(in, YH_S("drgAppySpcasItemDTOList")))
        row->body = yh_fmt(t->arena, "%.*s,\"drgAppySpcasItemDTOList\":%.*s}",
                           YH_ARG(yh_sub(in->text, 0, in->text.n - 1)), YH_ARG(list->text));
    return st;
}

static void accepted(struct yh_jsonw *w, yh_str message)
{
    yh_jw_object(w);
    yh_jw_kv_object(w, "data");
    tx_put_str(w, "code", YH_S("1"));
    tx_put_str(w, "message", message);
    tx_put_str(w, "type", YH_S(""));
    yh_jw_end(w, '}');
    yh_jw_end(w, '}');
}

static enum yh_status need(const struct yh_json *in, const char *name, const char *said,
                           struct yh_err *err)
{
    return in && tx_str(in, name).n ? YH_OK
                                    : yh_fail_field(err, YH_BAD_INPUT, name, "",
                                                    "%s（%s）：必填，未提供", name, said);
}

enum yh_status tx_special_apply(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_special_case_row out, row = sent(in);
    enum yh_status st = need(in, "setl_id", "结算ID", err);
    if (st == YH_OK)
        st = need(in, "psn_no", "人员编号", err);
    if (st == YH_OK)
        st = take_items(t, c, in, &row, err);
    if (st == YH_OK)
        st = yh_special_apply(c, &row, &out, err);
    if (st == YH_OK)
        accepted(w, yh_fmt(t->arena, "%.*s", YH_ARG(out.application)));
    return st;
}

/* 3603 names the application alone: whose stay it is stands with it. */
static enum yh_status items_of_kept(struct yh_tx_call *t, struct yh_ctx *c,
                                    const struct yh_json *in, struct yh_special_case_row *row,
                                    struct yh_err *err)
{
    struct yh_special_query q = { .application = row->application,
                                  .to = yh_day_time(YH_DAY_MAX) };
    struct yh_special_case_row *kept = NULL;
    int n = 0;
    enum yh_status st = yh_special_list(c, &q, &kept, &n, err);
    if (st || !n) /* an unknown application is refused by what follows */
        return st;
    row->person = kept[0].person;
    row->settlement = kept[0].settlement;
    return take_items(t, c, in, row, err);
}

enum yh_status tx_special_change(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                 struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_special_case_row row = sent(in);
    enum yh_status st = need(in, "appy_chk_setl_list_id", "申请审核结算目录ID", err);
    if (st == YH_OK && items_of(t, in))
        st = items_of_kept(t, c, in, &row, err);
    if (st == YH_OK)
        st = yh_special_change(c, &row, yh_eq(tx_str(in, "vali_flag"), YH_S("0")), err);
    if (st == YH_OK)
        accepted(w, row.application);
    return st;
}

static bool decided(const struct yh_special_case_row *r)
{
    return r->decided != 0;
}

static yh_str exit_type(const struct yh_special_case_row *r)
{
    return yh_eq(r->state, YH_S("item"))     ? YH_S("1")
           : yh_eq(r->state, YH_S("points")) ? YH_S("2")
           : decided(r)                      ? YH_S("0")
                                             : YH_S("");
}

static void put_application(struct yh_tx_call *t, struct yh_jsonw *w,
                            const struct yh_special_case_row *r, const struct yh_person_row *p,
                            const struct yh_settlement_row *s)
{
    static const char *const KEPT[] = { "medcasno",   "rx_drord_no", "drg_codg",
                                        "drg_name",   "setl_listsn", "fund_cap",
                                        "drg_admdvs", "memo",        "pay_std_amt" };
    tx_put_str(w, "appy_chk_setl_list_id", r->application);
    tx_put_str(w, "setl_id", r->settlement);
    tx_put_str(w, "psn_no", r->person);
    tx_put_str(w, "psn_name", p->name);
    tx_put_str(w, "psn_cert_type", p->cert_type);
    tx_put_str(w, "certno", p->cert_no);
    tx_put_str(w, "insutype", s->scheme);
    tx_put_str(w, "fixmedins_code", r->provider);
    tx_put_day(w, "adm_time", (yh_day)s->begin_day);
    tx_put_day(w, "dscg_time", (yh_day)s->end_day);
    yh_jw_kv_time(w, "setl_time", s->time);
    tx_put_str(w, "appy_exit_type", r->kind);
    tx_put_str(w, "mdtrt_id", r->visit);
    tx_put_str(w, "exit_type", exit_type(r));
    tx_put_str(w, "exit_rea", r->reason);
    tx_put_str(w, "vali_flag", yh_eq(r->state, YH_S("withdrawn")) ? YH_S("0") : YH_S("1"));
    tx_put_str(w, "rchk_flag", decided(r) ? YH_S("1") : YH_S("0"));
    tx_put_str(w, "rid", r->application);
    yh_jw_kv_time(w, "crte_time", r->time);
    tx_put_str(w, "crter_id", r->operator_no);
    yh_jw_kv_time(w, "updt_time", r->changed);
    tx_put_str(w, "opter_id", decided(r) ? r->decided_by : r->operator_no);
    yh_jw_kv_time(w, "opt_time", decided(r) ? r->decided : r->changed);
    tx_put_dec(w, "spcas_exit_sco", decided(r) ? r->points : r->score, 6, 6);
    tx_put_kept(t, w, r->body, KEPT, YH_COUNT(KEPT));
}

enum yh_status tx_special_list(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                               struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    yh_str vali = tx_str(in, "vali_flag"), rchk = tx_str(in, "rchk_flag");
    struct yh_special_query q = { .application = tx_str(in, "appy_chk_setl_list_id"),
                                  .person = tx_str(in, "psn_no"),
                                  .settlement = tx_str(in, "setl_id"),
                                  .from = tx_time(in, "begndate"),
                                  .to = tx_time_to(in, "enddate", yh_day_time(YH_DAY_MAX)) };
    struct yh_special_case_row *row = NULL;
    struct tx_rest rest = { "data" };
    int64_t page = 1, size = 100, at = 0, v;
    int n = 0;
    enum yh_status st = yh_special_list(c, &q, &row, &n, err);
    if (!yh_int_parse(either(in, "pageNum", "page_num"), &v, NULL) && v > 0 && v < 1000000)
        page = v;
    if (!yh_int_parse(either(in, "pageSize", "page_size"), &v, NULL) && v > 0 && v <= 1000)
        size = v;
    if (st == YH_OK)
        tx_open_list(w, "data");
    for (int i = 0; st == YH_OK && i < n; i++) {
        bool gone = yh_eq(row[i].state, YH_S("withdrawn"));
        if ((vali.n && yh_eq(vali, YH_S("0")) != gone) ||
            (rchk.n && yh_eq(rchk, YH_S("1")) != decided(&row[i])) || at++ / size != page - 1)
            continue;
        struct yh_settled s;
        st = yh_settlement_get(c, row[i].person, row[i].visit, row[i].settlement, &s, err);
        if (st)
            return st;
        ptrdiff_t from = tx_open(w);
        put_application(t, w, &row[i], &s.person, &s.row);
        tx_close(t, w, &rest, from);
    }
    if (st == YH_OK)
        tx_close_list(w);
    return st;
}

/* ---- 3604: the panel's opinion, and what each fund paid ---- */

static void put_opinion(const struct yh_tx_call *t, struct yh_jsonw *w, struct tx_rest *rest,
                        const struct yh_special_case_row *r)
{
    ptrdiff_t from = tx_open(w);
    tx_put_str(w, "appy_chk_setl_list_opnn_id",
               yh_fmt(t->arena, "%.*s-1", YH_ARG(r->application)));
    tx_put_str(w, "appy_chk_setl_list_id", r->application);
    tx_put_str(w, "setl_id", r->settlement);
    tx_put_str(w, "psn_no", r->person);
    tx_put_str(w, "opnn", r->opinion);
    yh_jw_kv_time(w, "opnn_time", r->decided);
    tx_put_str(w, "opnn_exit_type", exit_type(r));
    tx_put_str(w, "opnn_resper_id", r->decided_by);
    tx_put_str(w, "vali_flag", YH_S("1"));
    yh_jw_kv_time(w, "crte_time", r->decided);
    tx_close(t, w, rest, from);
}

static enum yh_status put_funds(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                const struct yh_special_case_row *r, struct tx_rest *rest,
                                struct yh_err *err)
{
    struct yh_settled s;
    enum yh_status st = yh_settlement_get(c, r->person, r->visit, r->settlement, &s, err);
    struct yh_list_grouped g = { .priced = false };
    if (st == YH_OK)
        st = yh_special_group(c, r, &g, err);
    struct yh_clearing_case_row item;
    bool priced = false;
    if (st == YH_OK && yh_eq(r->state, YH_S("points")))
        st = yh_stay_by_method(c, &s.row, &item, &priced, err);
    priced = priced && yh_eq(item.method, YH_S("dip"));
    yh_str pool = yh_fmt(t->arena, "%.*s100", YH_ARG(s.row.scheme)); /* 310 -> 310100 */
    for (int i = 0; st == YH_OK && i < s.nfund; i++) {
        ptrdiff_t from = tx_open(w);
        tx_put_str(w, "setl_id", r->settlement);
        tx_put_str(w, "psn_no", r->person);
        tx_put_str(w, "mdtrt_id", r->visit);
        tx_put_str(w, "fund_pay_type", s.fund[i].fund);
        tx_put_str(w, "poolarea_fund_pay_name", s.fund[i].name);
        tx_put_fen(w, "fund_payamt", s.fund[i].amount);
        /* By item the provider is cleared for what was settled, by points for what they are worth where a
         * point has a price; else no sum is known here. */
        if (yh_eq(r->state, YH_S("item")) || (priced && !yh_eq(s.fund[i].fund, pool)))
            tx_put_fen(w, "exit_fund_payamt", s.fund[i].amount);
        else if (priced)
            tx_put_fen(w, "exit_fund_payamt", item.was + item.diff);
        else
            tx_put_str(w, "exit_fund_payamt", YH_S(""));
        /* By group the pool bears what the standard leaves after the person and the other funds. */
        if (!g.priced ||
            g.total != s.row.total) /* a part of a stay has no standard of its own */
            tx_put_str(w, "drg_fund_payamt", YH_S(""));
        else if (yh_eq(s.fund[i].fund, pool))
            tx_put_fen(w, "drg_fund_payamt",
                       yh_max(g.standard - (s.row.total - s.fund[i].amount), 0));
        else
            tx_put_fen(w, "drg_fund_payamt", s.fund[i].amount);
        tx_put_str(w, "exit_type", exit_type(r));
        tx_put_str(w, "exit_rea", r->reason);
        tx_put_str(w, "appy_chk_setl_list_id", r->application);
        tx_close(t, w, rest, from);
    }
    return st;
}

enum yh_status tx_special_opinion(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                  struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_special_query q = { .application = tx_str(in, "appy_chk_setl_list_id"),
                                  .person = tx_str(in, "psn_no"),
                                  .settlement = tx_str(in, "setl_id"),
                                  .to = yh_day_time(YH_DAY_MAX) };
    struct yh_special_case_row *row = NULL;
    struct tx_rest opinion = { "appy_chk_opnn_evt_list" }, fund = { "preSetl_invy_evt_list" };
    int n = 0;
    if (!q.application.n && !q.settlement.n)
        return yh_fail_field(err, YH_BAD_INPUT, "appy_chk_setl_list_id", "",
                             "appy_chk_setl_list_id 与 setl_id：至少填一项");
    enum yh_status st = yh_special_list(c, &q, &row, &n, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_array(w, "preSetl_invy_evt_list");
    for (int i = 0; i < n; i++)
        if ((st = put_funds(t, c, w, &row[i], &fund, err)) != YH_OK)
            return st;
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "appy_chk_opnn_evt_list");
    for (int i = 0; i < n; i++)
        if (decided(&row[i]))
            put_opinion(t, w, &opinion, &row[i]);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}
