/* shell/gateway/tx_lists.c -- 4103 4104 4105 3605-3611: lists read back, checked, grouped, counted.
 *
 * The codes of 质控结果, 错误等级 and 回退标志 are not in the national dictionaries: 1 passed, 0 not;
 * 1 error, 2 warning, 3 note; 1 where the list will be sent back. */
#include "service/lists.h"
#include "service/query.h"
#include "shell/gateway/tx.h"

static enum yh_status rows_of(struct yh_tx_call *t, struct yh_ctx *c,
                              struct yh_list_found **row, int *n, int *from, int *to,
                              struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    enum yh_status st = yh_lists_find(c, tx_str(in, "psn_no"), tx_str(in, "setl_id"),
                                      tx_str(in, "setl_ym"), row, n, err);
    int64_t size = tx_int(in, "page_size"), page = tx_int(in, "page_num");
    size = size > 0 && size < YH_LISTS_MOST ? size : YH_LISTS_MOST;
    page = page > 0 && page < YH_LISTS_MOST ? page - 1 : 0;
    *from = (int)yh_min(page * size, *n);
    *to = (int)yh_min(*from + size, *n);
    return st;
}

static enum yh_status need_settlement(const struct yh_tx_call *t, struct yh_err *err)
{
    if (tx_str(tx_node(t, "data"), "setl_id").n)
        return YH_OK;
    return yh_fail_field(err, YH_BAD_INPUT, "setl_id", "", "setl_id（结算ID）：必填，未提供");
}

static enum yh_status one_list(struct yh_tx_call *t, struct yh_ctx *c, struct yh_list_found **l,
                               struct yh_err *err)
{
    int n = 0, from, to;
    enum yh_status st = need_settlement(t, err);
    if (st == YH_OK)
        st = rows_of(t, c, l, &n, &from, &to, err);
    if (st)
        return st;
    return n ? YH_OK
             : yh_refuse(err, YH_REFUSE_LIST_UNKNOWN, tx_str(tx_node(t, "data"), "setl_id"),
                         NULL);
}

/* ---- 4103: the list as it was sent, with its number and state ---- */

enum yh_status tx_list_get(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                           struct yh_err *err)
{
    struct yh_list_found *l;
    enum yh_status bad = one_list(t, c, &l, err);
    if (bad)
        return bad;
    yh_seen(c, (struct yh_seen_person){ l->person.region, l->person.grp, l->person.person,
                                        l->settlement.settlement });
    yh_jw_object(w);
    for (const struct yh_json *node = l->body ? l->body->first : NULL; node;
         node = node->next) {
        if (node->kind != YH_JSON_ARRAY && node->kind != YH_JSON_OBJECT)
            continue;
        yh_jw_key(w, node->key);
        if (!yh_eq(node->key, YH_S("setlinfo"))) {
            yh_jw_raw(w, node->text);
            continue;
        }
        const struct yh_json *s = node->kind == YH_JSON_ARRAY ? node->first : node;
        struct tx_rest rest = { "setlinfo" };
        ptrdiff_t from = tx_open(w);
        for (const struct yh_json *f = s ? s->first : NULL; f; f = f->next) {
            bool plain = f->kind == YH_JSON_STRING || f->kind == YH_JSON_NUMBER;
            if (plain && !yh_eq(f->key, YH_S("stas_type")) &&
                !yh_eq(f->key, YH_S("setl_list_sn"))) {
                yh_jw_key(w, f->key);
                yh_jw_str(w, f->text);
            }
        }
        tx_put_str(w, "stas_type", l->document.state);
        tx_put_str(w, "setl_list_sn", l->document.own_key);
        tx_close(t, w, &rest, from);
    }
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- 4104, 3607: the findings ---- */

/* The first field that the check names (the interface has room for 20 characters), else its node. */
static yh_str field_name(const struct yh_list_finding *f)
{
    ptrdiff_t n = 0;
    while (n < f->field.n && !strchr("|,;#<", f->field.p[n]))
        n++;
    return yh_sub(n ? f->field : f->check->node, 0, n ? yh_min(n, 20) : 20);
}

static void put_finding(struct yh_jsonw *w, const struct yh_list_finding *f, bool old_name)
{
    static const char *const LEVEL[] = { "3", "2", "1" };
    struct yh_arena *a = w->out->arena;
    yh_jw_object(w);
    tx_put_str(w, "exam_data_fld", field_name(f));
    yh_str said = yh_fmt(a, "%.*s %.*s", YH_ARG(f->check->id), YH_ARG(f->check->message));
    tx_put_str(w, "qltctrl_chk_rslt", said);
    if (old_name)
        tx_put_str(w, "qltctrl_chkrslt", said);
    tx_put_str(w, "err_lv", yh_cstr(LEVEL[f->check->severity]));
    tx_put_str(w, "retn_flag", f->check->severity == YH_LIST_ERROR ? YH_S("1") : YH_S("0"));
    tx_put_str(w, "init_val", f->met);
    yh_jw_end(w, '}');
}

static void put_verdict(const struct yh_tx_call *t, struct yh_jsonw *w,
                        const struct yh_list_found *l, const struct yh_list_findings *f,
                        yh_str provider, const char *list, bool old_name)
{
    tx_put_str(w, "fixmedins_code", provider);
    tx_put_str(w, "fixmedins_name",
               tx_str(t->message ? tx_node(t, "data") : NULL, "fixmedins_name"));
    tx_put_str(w, "setl_ym", l->month);
    tx_put_str(w, "setl_id", l->document.settlement);
    tx_put_str(w, "psn_no", l->document.person);
    tx_put_str(w, "psn_name", l->person.name);
    tx_put_str(w, "psn_cert_type", l->person.cert_type);
    tx_put_str(w, "cert_no", l->person.cert_no);
    tx_put_str(w, "qltctrl_rslt", f->errors ? YH_S("0") : YH_S("1"));
    tx_put_str(w, "err_lv",
               f->errors     ? YH_S("1")
               : f->warnings ? YH_S("2")
               : f->n        ? YH_S("3")
                             : YH_S(""));
    tx_put_str(w, "retn_flag", f->errors ? YH_S("1") : YH_S("0"));
    tx_put_str(w, "qltctrl_ver", YH_S("list-checks"));
    yh_jw_kv_time(w, "qltctrl_time", l->document.time);
    tx_put_str(w, "grp_stas", YH_S(""));
    yh_jw_kv_array(w, list);
    for (int i = 0; i < f->n; i++)
        put_finding(w, &f->item[i], old_name);
    yh_jw_end(w, ']');
}

enum yh_status tx_list_findings(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                struct yh_err *err)
{
    struct yh_list_found *l;
    struct yh_list_findings f;
    enum yh_status bad = one_list(t, c, &l, err);
    if (!bad)
        bad = yh_list_judge(c, l, &f, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    put_verdict(t, w, l, &f, c->call->provider, "detailinfo", true);
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status tx_list_quality(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                               struct yh_err *err)
{
    struct yh_list_found *l;
    int n = 0, from, to;
    enum yh_status bad = rows_of(t, c, &l, &n, &from, &to, err);
    if (bad)
        return bad;
    tx_open_list(w, "data");
    for (int i = from; i < to; i++) {
        struct yh_list_findings f;
        bad = yh_list_judge(c, &l[i], &f, err);
        if (bad)
            return bad;
        yh_jw_object(w);
        put_verdict(t, w, &l[i], &f, c->call->provider, "detl_list", false);
        yh_jw_end(w, '}');
    }
    tx_close_list(w);
    return YH_OK;
}

/* ---- 4105 ---- */

enum yh_status tx_list_count(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                             struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    int64_t needed = 0, uploaded = 0;
    yh_time to = tx_time_to(in, "stt_endtime", yh_day_time(YH_DAY_MAX));
    enum yh_status bad =
        yh_lists_count(c, tx_time(in, "stt_begntime"), to, &needed, &uploaded, err);
    if (bad)
        return bad;
    yh_jw_object(w);
    tx_put_int(w, "needUploadCnt", needed);
    tx_put_int(w, "uploadedCnt", uploaded);
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- 3605, 3606 ---- */

static void put_group(struct yh_jsonw *w, const struct yh_list_found *l,
                      const struct yh_list_grouped *g, yh_str provider)
{
    const struct yh_scheme *s = g->scheme;
    bool in = s && g->group.adrg >= 0;
    const struct yh_adrg_row *row = in ? &s->adrg[g->group.adrg] : NULL;
    yh_str drg = s ? g->group.name.drg : YH_S("");
    yh_str name = !in ? YH_S("") : g->group.drg >= 0 ? s->drg[g->group.drg].title : row->title;
    tx_put_str(w, "setl_id", l->document.settlement);
    tx_put_str(w, "psn_no", l->document.person);
    tx_put_str(w, "setl_list_sn", l->document.own_key);
    tx_put_str(w, "setl_ym", l->month);
    tx_put_str(w, "fixmedins_code", provider);
    tx_put_str(w, "drg_code", drg);
    tx_put_str(w, "drg_name", name);
    tx_put_str(w, "adrg_code", s ? g->group.name.adrg : YH_S(""));
    tx_put_str(w, "adrg_name", in ? row->title : YH_S(""));
    tx_put_str(w, "mdc_codg", s ? g->group.name.mdc : YH_S(""));
    tx_put_str(w, "mdc_name", in ? s->mdc[g->group.mdc].title : YH_S(""));
    tx_put_str(w, "ccmcc", s ? g->level : YH_S(""));
    tx_put_str(w, "grp_rslt", in ? YH_S("1") : YH_S("0"));
    tx_put_str(w, "err_info", g->why);
    tx_put_str(w, "grp_name", name);
    tx_put_str(w, "grp_ver", s ? s->name : YH_S(""));
    tx_put_str(w, "grp_spec_ver", s ? s->base : YH_S(""));
    tx_put_str(w, "place_drg_codg", drg);
    tx_put_str(w, "place_drg_name", name);
    if (g->priced)
        tx_put_fen(w, "place_grp_pay_std", g->standard);
    yh_jw_kv_time(w, "grp_time", l->document.time);
    tx_put_str(w, "vali_flag", l->settled ? YH_S("1") : YH_S("0"));
}

enum yh_status tx_drg_groups(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                             struct yh_err *err)
{
    struct yh_list_found *l;
    int n = 0, from, to;
    enum yh_status bad = rows_of(t, c, &l, &n, &from, &to, err);
    if (bad)
        return bad;
    struct tx_rest rest = { "data" };
    tx_open_list(w, "data");
    for (int i = from; i < to; i++) {
        struct yh_list_grouped g;
        bad = yh_list_group(c, &l[i], &g, err);
        if (bad)
            return bad;
        ptrdiff_t at = tx_open(w);
        put_group(w, &l[i], &g, c->call->provider);
        tx_close(t, w, &rest, at);
    }
    tx_close_list(w);
    return YH_OK;
}

static void put_dip(const struct yh_tx_call *t, struct yh_jsonw *w,
                    const struct yh_list_found *l, const struct yh_list_dip *g, yh_str provider)
{
    static const char *const KIND[] = { "核心病种", "基层病种", "综合病种" };
    const struct yh_dip_row *row =
        g->catalogue && g->group.row >= 0 ? &g->catalogue->row[g->group.row] : NULL;
    const struct yh_dip_aux *aux =
        row && g->group.aux >= 0 ? &g->catalogue->aux[g->group.aux] : NULL;
    bool used = aux && g->points.deviation == YH_DIP_NORMAL;
    tx_put_str(w, "setl_id", l->document.settlement);
    tx_put_str(w, "psn_no", l->document.person);
    tx_put_str(w, "psn_name", l->person.name);
    tx_put_str(w, "insutype", l->settlement.scheme);
    yh_jw_kv_time(w, "setl_time", l->settlement.time);
    tx_put_str(w, "clr_optins", l->settlement.clearing_office);
    tx_put_str(w, "insu_admdvs", l->settlement.office);
    tx_put_str(w, "fixmedins_code", provider);
    tx_put_str(w, "grp_stas", g->catalogue ? YH_S("1") : YH_S("0"));
    tx_put_str(w, "grp_stas_name", g->catalogue ? YH_S("已分组") : YH_S("未分组"));
    tx_put_str(w, "dip_dise_grp_code", g->catalogue ? g->code : YH_S(""));
    tx_put_str(w, "grp_diag_code", row ? row->dx : YH_S(""));
    tx_put_str(w, "oprn_grp_code", row ? row->px : YH_S(""));
    tx_put_str(w, "dise_list_type_name",
               row            ? yh_cstr(KIND[row->kind])
               : g->catalogue ? YH_S("空白病组")
                              : YH_S(""));
    tx_put_str(w, "asst_list_flag", used ? YH_S("1") : YH_S("0"));
    tx_put_str(w, "asst_list_detl", used ? yh_dip_dimension_name(aux->dimension) : YH_S(""));
    tx_put_dec(w, "grp_dise_sco", row ? row->score : 0, 4, 4);
    tx_put_dec(w, "act_setl_sco", g->catalogue ? g->points.score : 0, 4, 4);
    tx_put_str(w, "remarks",
               g->catalogue && g->points.deviation == YH_DIP_REVIEW
                   ? yh_fmt(t->arena, "费用超过病种均值太多，送专家评审")
                   : g->why);
}

enum yh_status tx_dip_groups(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                             struct yh_err *err)
{
    struct yh_list_found *l;
    int n = 0, from, to;
    enum yh_status bad = rows_of(t, c, &l, &n, &from, &to, err);
    if (bad)
        return bad;
    struct tx_rest rest = { "data" };
    struct yh_list_dip *g = YH_NEW(t->arena, struct yh_list_dip, 1);
    tx_open_list(w, "data");
    for (int i = from; i < to; i++) {
        bad = yh_list_dip(c, &l[i], g, err);
        if (bad)
            return bad;
        ptrdiff_t at = tx_open(w);
        put_dip(t, w, &l[i], g, c->call->provider);
        tx_close(t, w, &rest, at);
    }
    tx_close_list(w);
    return YH_OK;
}

/* ---- 3608 3610: a month's sum; 3609 3611: group by group ---- */

static void put_sum(struct yh_jsonw *w, const struct yh_list_stat *s, yh_str place)
{
    tx_put_str(w, "setl_mon", s->month);
    tx_put_str(w, "admdvs", place);
    tx_put_fen(w, "medfee_sumamt", s->cost);
    tx_put_str(w, "setl_psntime", yh_fmt(w->out->arena, "%lld", (long long)s->cases));
    tx_put_fen(w, "ave_medfee_sumamt", (2 * s->cost + s->cases) / (2 * s->cases)); /* half up */
}

enum yh_status tx_group_stat(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                             struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    bool dip = yh_eq(t->env.infno, YH_S("3608")) || yh_eq(t->env.infno, YH_S("3609"));
    bool whole = yh_eq(t->env.infno, YH_S("3608")) || yh_eq(t->env.infno, YH_S("3610"));
    yh_str code = tx_str(in, "dise_code"), place = c->provider ? c->provider->office : YH_S(""),
           whose = tx_str(in, "fixmedins_code");
    int64_t size = tx_int(in, "page_size"), page = tx_int(in, "page_num"), at = 0;
    struct yh_list_stat *row = NULL;
    struct tx_rest rest = { "data" };
    int n = 0;
    if (whose.n && !yh_eq(whose, c->call->provider))
        return yh_refuse(err, YH_REFUSE_VISIT_OTHER_PROVIDER, whose, "只能统计本机构");
    enum yh_status st = yh_lists_stat(c, tx_str(in, "setl_mon"), dip, &row, &n, err);
    if (st)
        return st;
    size = size > 0 && size < YH_LISTS_MOST ? size : YH_LISTS_MOST;
    page = page > 0 ? page : 1;
    tx_open_list(w, "data");
    for (int i = 0; i < n;) {
        struct yh_list_stat s = row[i];
        int groups = 1;
        for (i++; whole && i < n && yh_eq(row[i].month, s.month); i++, groups++) {
            s.cases += row[i].cases;
            s.cost += row[i].cost;
        }
        if ((!whole && code.n && !yh_eq(code, s.code)) || at++ / size != page - 1)
            continue;
        ptrdiff_t from = tx_open(w);
        put_sum(w, &s, place);
        if (whole) {
            tx_put_str(w, "fixmedins_code", c->call->provider);
            tx_put_str(w, "fixmedins_name", c->provider ? c->provider->name : YH_S(""));
            tx_put_int(w, "grp_sum", groups);
        } else if (dip) {
            tx_put_str(w, "dip_dise_grp_code", s.code);
            tx_put_str(w, "grp_diag_code", s.dx);
            tx_put_str(w, "oprn_grp_code", s.px);
        } else {
            tx_put_str(w, "drg_code", s.code);
            tx_put_str(w, "drg_name", s.name);
        }
        tx_close(t, w, &rest, from);
    }
    tx_close_list(w);
    return YH_OK;
}
