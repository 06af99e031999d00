/* shell/gateway/tx_monitor.c -- 3101 事前分析, 3102 事中分析, 3103 反馈: advice that blocks nothing.
 *
 * sev_deg 1 明确违规, 2 高度可疑, 3 轻度可疑; vola_amt_stas 1 = worked out; vola_bhvr_type 1 就诊类, 2 项目类;
 * vola_item_type 1 违规项, 2 涉及项. */
#include "service/watch.h"
#include "shell/gateway/tx.h"

/* An object, or the first of a list; rows of either. */
static const struct yh_json *first_row(const struct yh_json *v)
{
    return v && v->kind == YH_JSON_ARRAY ? v->first : v && v->kind == YH_JSON_OBJECT ? v : NULL;
}

static int row_count(const struct yh_json *v)
{
    return v && v->kind == YH_JSON_ARRAY ? v->count : v && v->kind == YH_JSON_OBJECT;
}

static const struct yh_json *next_row(const struct yh_json *list, const struct yh_json *row)
{
    return list->kind == YH_JSON_ARRAY ? row->next : NULL;
}

static const struct yh_json *child(const struct yh_json *o, const char *name)
{
    return yh_json_get(o, yh_cstr(name));
}

static bool is_one(const struct yh_json *o, const char *name)
{
    return yh_eq(tx_str(o, name), YH_S("1"));
}

static struct yh_watch_line order_of(const struct yh_json *o)
{
    struct yh_watch_line l = { .serial = tx_str(o, "rx_id"),
                               .rx = tx_str(o, "rxno"),
                               .code = tx_str(o, "hilist_code"),
                               .name = tx_str(o, "hilist_name"),
                               .doctor = tx_str(o, "drord_dr_codg"),
                               .department = tx_str(o, "drord_dept_name"),
                               .time = tx_time(o, "drord_begn_date"),
                               .qty = tx_dec(o, "cnt", 4),
                               .price = tx_dec(o, "pric", 6),
                               .amount = tx_fen(o, "sumamt"),
                               .outside = tx_fen(o, "ownpay_amt"),
                               .current = is_one(o, "curr_drord_flag") };
    int64_t n;
    if (!yh_int_parse(tx_str(o, "chrg_type"), &n, NULL) && n > 0 && n < 32)
        l.charge = (int)n;
    l.first_line = is_one(child(o, "extend_order_map"), "o_firstItemFlag");
    return l;
}

static void read_orders(struct yh_arena *a, const struct yh_json *list,
                        struct yh_watch_visit *v)
{
    struct yh_watch_line *l = YH_NEW(a, struct yh_watch_line, row_count(list));
    for (const struct yh_json *o = first_row(list); o; o = next_row(list, o)) {
        l[v->nline] = order_of(o);
        if (!l[v->nline].time)
            l[v->nline].time = yh_day_time(v->begin);
        v->nline++;
    }
    v->line = l;
}

static void read_diagnoses(struct yh_arena *a, const struct yh_json *o,
                           struct yh_watch_visit *v)
{
    const struct yh_json *list = child(o, "fsi_diagnose_dtos");
    struct yh_watch_dx *dx = YH_NEW(a, struct yh_watch_dx, row_count(list) + 1);
    for (const struct yh_json *d = first_row(list); d; d = next_row(list, d))
        dx[v->ndx++] = (struct yh_watch_dx){ .code = tx_str(d, "dise_codg"),
                                             .name = tx_str(d, "dise_name"),
                                             .main = is_one(d, "maindise_flag") };
    if (!v->ndx && tx_str(o, "dscg_main_dise_codg").n)
        dx[v->ndx++] = (struct yh_watch_dx){ .code = tx_str(o, "dscg_main_dise_codg"),
                                             .name = tx_str(o, "dscg_main_dise_name"),
                                             .main = true };
    v->dx = dx;
}

static struct yh_watch_visit encounter(struct yh_arena *a, const struct yh_json *o,
                                       yh_str current, yh_day today)
{
    struct yh_watch_visit v = { .visit = tx_str(o, "mdtrt_id"),
                                .provider = tx_str(o, "medins_id"),
                                .provider_name = tx_str(o, "medins_name"),
                                .office = tx_str(o, "medins_admdvs"),
                                .level = tx_str(o, "medins_lv"),
                                .med_type = tx_str(o, "med_type"),
                                .scheme = tx_str(o, "insutype"),
                                .doctor = tx_str(o, "dr_codg"),
                                .department = tx_str(o, "adm_dept_name"),
                                .begin = tx_day(o, "adm_date", today) };
    v.end = tx_day(o, "dscg_date", v.begin);
    v.current = !current.n || yh_eq(v.visit, current);
    read_diagnoses(a, o, &v);
    read_orders(a, child(o, "fsi_order_dtos"), &v);
    return v;
}

static enum yh_status read_patient(struct yh_tx_call *t, struct yh_ctx *c,
                                   struct yh_watch_person *out, struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    const struct yh_json *p = first_row(child(in, "patient_dtos"));
    const struct yh_json *list = child(p, "fsi_encounter_dtos");
    if (!p)
        return yh_fail_field(err, YH_BAD_INPUT, "data.patient_dtos", "",
                             "patient_dtos（参保人信息）：必填，未提供");
    if (!row_count(list))
        return yh_fail_field(err, YH_BAD_INPUT, "data.patient_dtos.fsi_encounter_dtos", "",
                             "fsi_encounter_dtos（就诊信息集合）：必填，未提供");
    yh_str current = tx_str(p, "curr_mdtrt_id");
    struct yh_watch_visit *v = YH_NEW(t->arena, struct yh_watch_visit, row_count(list));
    *out = (struct yh_watch_person){ .person = tx_str(p, "patn_id"),
                                     .region = tx_str(p, "poolarea"),
                                     .sex = tx_str(p, "gend"),
                                     .born = tx_day(p, "brdy", YH_DAY_MIN),
                                     .visit = v };
    bool found = false;
    for (const struct yh_json *o = first_row(list); o; o = next_row(list, o)) {
        v[out->n] = encounter(t->arena, o, current, c->today);
        found |= v[out->n++].current;
    }
    if (!found)
        return yh_fail_field(err, YH_BAD_INPUT, "curr_mdtrt_id", "",
                             "curr_mdtrt_id 值“%.*s”：fsi_encounter_dtos 中没有这次就诊",
                             YH_ARG(current));
    return YH_OK;
}

/* rule_ids: the call asks for these rules alone. */
static bool wanted(const struct yh_json *in, yh_str rule)
{
    const struct yh_json *ids = child(in, "rule_ids");
    if (!ids || ids->kind != YH_JSON_ARRAY || !ids->count)
        return true;
    for (const struct yh_json *v = ids->first; v; v = v->next)
        if (yh_eq(yh_json_text(v), rule))
            return true;
    return false;
}

/* At most `most` bytes, cut at a character. */
static yh_str cut(yh_str s, ptrdiff_t most)
{
    if (s.n <= most)
        return s;
    s.n = most;
    while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xC0) == 0x80)
        s.n--;
    return s;
}

static yh_str evidence(struct yh_arena *a, const struct yh_hit *h)
{
    struct yh_buf b = yh_buf_in(a);
    yh_put(&b, h->basis);
    for (int i = 0; i < h->nfact; i++)
        yh_putf(&b, "；%.*s=%.*s", YH_ARG(h->fact[i].name), YH_ARG(h->fact[i].value));
    return cut(yh_buf_str(&b), 500 * 3);
}

static void put_detail(struct yh_jsonw *w, struct yh_arena *a, const struct yh_hit *h,
                       yh_str person)
{
    yh_jw_kv_array(w, "judge_result_detail_dtos");
    for (int i = 0; i < h->nline; i++) {
        yh_jw_object(w);
        tx_put_str(w, "jrd_id", yh_fmt(a, "%.*s-%d", YH_ARG(h->id), i + 1));
        tx_put_str(w, "patn_id", person);
        tx_put_str(w, "mdtrt_id", h->line[i].visit);
        tx_put_str(w, "rx_id", h->line[i].serial);
        tx_put_str(w, "vola_item_type", h->line[i].at_stake ? YH_S("1") : YH_S("2"));
        tx_put_fen(w, "vola_amt", h->line[i].claimed);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static void put_hit(struct yh_tx_call *t, struct yh_jsonw *w, const struct yh_hit *h,
                    yh_str person, yh_str task)
{
    yh_str says = h->advice.n
                      ? yh_fmt(t->arena, "%.*s。%.*s", YH_ARG(h->message), YH_ARG(h->advice))
                      : h->message;
    yh_jw_object(w);
    tx_put_str(w, "jr_id", h->id);
    tx_put_str(w, "rule_id", h->rule);
    tx_put_str(w, "rule_name", h->kind);
    tx_put_str(w, "vola_cont", cut(says, 500 * 3));
    tx_put_str(w, "patn_id", person);
    tx_put_str(w, "mdtrt_id", h->visit);
    put_detail(w, t->arena, h, person);
    tx_put_fen(w, "vola_amt", h->item_money);
    tx_put_str(w, "vola_amt_stas", YH_S("1"));
    tx_put_str(w, "sev_deg", yh_verdict_code(h->verdict));
    tx_put_str(w, "vola_evid", evidence(t->arena, h));
    tx_put_str(w, "vola_bhvr_type", h->item.n ? YH_S("2") : YH_S("1"));
    tx_put_str(w, "task_id", task);
    yh_jw_end(w, '}');
}

enum yh_status tx_advise(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                         struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data");
    struct yh_watch_person p;
    struct yh_hit *hit = NULL;
    int n = 0;
    bool before = yh_eq(c->call->infno, YH_S("3101"));
    enum yh_status st = read_patient(t, c, &p, err);
    if (st == YH_OK)
        st = yh_watch_advise(c, &p, before ? YH_STAGE_ORDER : YH_STAGE_BILL, &hit, &n, err);
    if (st)
        return st;
    tx_open_list(w, "result");
    for (int i = 0; i < n; i++)
        if (wanted(in, hit[i].rule))
            put_hit(t, w, &hit[i], p.person, tx_str(in, "task_id"));
    tx_close_list(w);
    return YH_OK;
}

enum yh_status tx_advice_answer(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                                struct yh_err *err)
{
    const struct yh_json *in = tx_node(t, "data"), *list = child(in, "warns");
    int n = 0;
    struct yh_watch_answer *a = YH_NEW(t->arena, struct yh_watch_answer, row_count(list));
    for (const struct yh_json *o = first_row(list); o; o = next_row(list, o))
        a[n++] = (struct yh_watch_answer){ .warning = tx_str(o, "warn_rslt_id"),
                                           .way = tx_str(o, "dspo_way"),
                                           .reason = tx_str(o, "dspo_way_rea"),
                                           .type = tx_str(in, "warn_type"),
                                           .body = o->text };
    if (!n)
        return yh_fail_field(err, YH_BAD_INPUT, "data.warns", "",
                             "warns（处理数据集合）：必填，未提供");
    enum yh_status st = yh_watch_answered(c, a, n, err);
    if (st == YH_OK)
        yh_jw_null(w);
    return st;
}
