/* shell/gateway/tx_case.c -- 3701-3704: hits are shown to the provider, disputed with papers, brought
 * before a panel.
 *
 * A document (docId) is a settlement, a suspicion (docSusptId) a hit, a task (taskId) a case.  No national
 * codes are known for these; ours: applyFlag 1 disputed, 0 accepted; susptStas 1 to be answered,
 * 2 disputed, 3 accepted, 4 upheld, 5 dropped, 6 before a panel; flags 1 yes, 0 no; docCode and susptCode
 * 1 accepted.  3702 and 3703 are done as a whole or not at all. */
#include "model/monitor/hit.h"
#include "service/casework/casework.h"
#include "service/query.h"
#include "shell/gateway/tx.h"

/* The table calls the node of `input` by the name of its class; clients send its fields in input, or one
 * level below. */
static const struct yh_json *fields_of(const struct yh_tx_call *t)
{
    static const char *const BELOW[] = { "data", "input" };
    for (int i = 0; i < YH_COUNT(BELOW); i++)
        if (tx_node(t, BELOW[i]))
            return tx_node(t, BELOW[i]);
    return t->env.input;
}

static const struct yh_json *first_of(const struct yh_json *node, const char *name)
{
    const struct yh_json *v = yh_json_get(node, yh_cstr(name));
    return v && v->kind == YH_JSON_ARRAY ? v->first : v && v->kind == YH_JSON_OBJECT ? v : NULL;
}

static const char *stas(const struct yh_case_hit_row *h)
{
    return yh_eq(h->state, YH_S("open"))       ? "1"
           : yh_eq(h->state, YH_S("appealed")) ? "2"
           : yh_eq(h->state, YH_S("accepted")) ? "3"
           : yh_eq(h->state, YH_S("dropped"))  ? "5"
           : h->asked && !h->panel_note.n      ? "6"
                                               : "4";
}

static const char *stas_name(const char *code)
{
    static const char *const NAME[] = {
        "待答复", "已申诉", "无异议", "成立", "不成立", "合议中"
    };
    return NAME[code[0] - '1'];
}

static void put_flag(struct yh_jsonw *w, const char *key, bool yes)
{
    tx_put_str(w, key, yes ? YH_S("1") : YH_S("0"));
}

/* The lines at stake, as the hit kept them. */
static void put_lines(struct yh_tx_call *t, struct yh_jsonw *w, const struct yh_case_found *f)
{
    struct yh_json *o;
    struct yh_hit h = { .nline = 0 };
    if (yh_json_read(t->arena, f->hit.body, (struct yh_json_limits){ 0 }, &o, NULL) ||
        yh_hit_read(t->arena, o, &h, NULL))
        h.nline = 0;
    yh_jw_kv_array(w, "violationDetailIds");
    for (int i = 0; i < h.nline; i++) {
        const struct yh_hit_line *l = &h.line[i];
        if (!l->at_stake)
            continue;
        yh_jw_object(w);
        tx_put_str(w, "docId", f->hit.settlement);
        tx_put_str(w, "docSusptId", f->hit.hit);
        tx_put_str(w, "docSusptDetlId", yh_fmt(t->arena, "%.*s-%d", YH_ARG(f->hit.hit), i + 1));
        tx_put_str(w, "taskId", f->file.case_no);
        tx_put_str(w, "feedetlId", l->serial);
        tx_put_str(w, "hilistCode", l->code);
        tx_put_str(w, "hilistName", l->name);
        tx_put_day(w, "feeOcurTime", l->day);
        tx_put_dec(w, "cnt", l->qty, 4, 4);
        tx_put_fen(w, "sumamt", l->amount);
        tx_put_fen(w, "cnfmVolaAmt", l->claimed);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static void put_hit(struct yh_tx_call *t, struct yh_jsonw *w, const struct yh_case_found *f)
{
    const struct yh_case_hit_row *h = &f->hit;
    const char *code = stas(h);
    bool decided =
        yh_eq(f->file.state, YH_S("decided")) || yh_eq(f->file.state, YH_S("closed"));
    yh_jw_object(w);
    tx_put_str(w, "docId", h->settlement);
    tx_put_str(w, "docSusptId", h->hit);
    tx_put_str(w, "taskId", f->file.case_no);
    tx_put_str(w, "taskName", f->file.title);
    tx_put_str(w, "poolareaNo", h->region);
    tx_put_fen(w, "combine", h->item_money);
    tx_put_str(w, "volaCont", h->message);
    tx_put_str(w, "ruleId", h->rule);
    tx_put_str(w, "ruleCode", h->version);
    tx_put_str(w, "ruleName", h->rule_kind);
    yh_jw_kv_time(w, "checkoutTime", h->time);
    tx_put_fen(w, "checkoutSusptAmt", h->item_money);
    tx_put_fen(w, "chkVolaAmt", h->fund_method);
    tx_put_fen(w, "cnfmVolaAmt", h->recheck_fund);
    tx_put_fen(w, "volaDetAmt", decided ? h->fund + h->person_back : 0);
    yh_jw_kv_time(w, "detTime", decided ? f->file.changed : 0);
    put_flag(w, "detFlag", decided && h->fund + h->person_back > 0);
    tx_put_str(w, "chker", f->file.officer);
    tx_put_str(w, "rchker", f->file.rechecker);
    tx_put_str(w, "rchkOpnn", h->recheck_note);
    put_flag(w, "rchkVolaFlag", h->recheck_fund > 0);
    put_flag(w, "applFlag", h->appealed != 0);
    tx_put_str(w, "appler", h->appealed_by);
    tx_put_fen(w, "applAmt", h->appeal_amount);
    tx_put_str(w, "applRea", h->appeal_reason);
    yh_jw_kv_time(w, "applTime", h->appealed);
    put_flag(w, "appyClglFlag", h->asked != 0);
    tx_put_str(w, "appyClglRea", h->ask_reason);
    yh_jw_kv_time(w, "appyClglTime", h->asked);
    put_flag(w, "clglFlag", h->panel_note.n > 0);
    tx_put_str(w, "clglCcls", h->panel_note);
    tx_put_str(w, "susptStas", yh_cstr(code));
    tx_put_str(w, "susptStasName", yh_cstr(stas_name(code)));
    tx_put_str(w, "crtNodeId", f->file.state);
    put_flag(w, "applUpldAttFlag", false);
    put_lines(t, w, f);
    yh_jw_end(w, '}');
}

static bool same_document(const struct yh_case_found *a, const struct yh_case_found *b)
{
    return yh_eq(a->hit.case_no, b->hit.case_no) && yh_eq(a->hit.settlement, b->hit.settlement);
}

/* The rows of the case list are not grouped: the document stands at its first hit. */
static bool first_there(const struct yh_case_found *row, int i)
{
    for (int k = 0; k < i; k++)
        if (same_document(&row[k], &row[i]))
            return false;
    return true;
}

static void put_document(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                         const struct yh_case_found *row, int n, int at)
{
    const struct yh_case_found *f = &row[at];
    struct yh_settlement_row s;
    struct yh_person_row p = { .region = f->hit.region,
                               .grp = f->hit.grp,
                               .person = f->hit.person };
    bool found = yh_settlement_with_id(c->x, f->hit.region, f->hit.grp, f->hit.settlement, &s,
                                       NULL) == YH_OK;
    if (yh_get_person(c->x, &p, NULL))
        p.name = p.sex = YH_S("");
    yh_jw_object(w);
    tx_put_str(w, "rid", f->hit.settlement);
    tx_put_str(w, "docId", f->hit.settlement);
    tx_put_str(w, "taskId", f->file.case_no);
    tx_put_str(w, "mdtrtsn", f->hit.visit);
    tx_put_str(w, "poolareaNo", f->hit.region);
    tx_put_str(w, "medinsId", f->file.provider);
    tx_put_str(w, "patnId", f->hit.person);
    tx_put_str(w, "patnName", p.name);
    tx_put_str(w, "gend", p.sex);
    tx_put_str(w, "drCode", f->hit.doctor);
    tx_put_str(w, "medType", found ? s.med_type : YH_S(""));
    tx_put_str(w, "insutype", found ? s.scheme : YH_S(""));
    tx_put_day(w, "admTime", found ? (yh_day)s.begin_day : 0);
    tx_put_day(w, "dscgTime", found ? (yh_day)s.end_day : 0);
    yh_jw_kv_time(w, "setlTime", found ? s.time : 0);
    tx_put_day(w, "applDdln",
               yh_eq(f->file.state, YH_S("noticed")) ? (yh_day)f->file.due : YH_DAY_MAX);
    yh_jw_kv_array(w, "docSusptDTOS");
    for (int i = at; i < n; i++)
        if (same_document(&row[i], f))
            put_hit(t, w, &row[i]);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}

enum yh_status tx_case_query(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                             struct yh_err *err)
{
    const struct yh_json *in = fields_of(t);
    struct yh_case_found *row = NULL;
    int64_t page = 1, size = 100, v;
    int n = 0, documents = 0;
    yh_str stage = tx_str(in, "stage");
    if (yh_case_state_read(stage) == YH_CASE_SAME) /* codes of a client: all */
        stage = YH_S("");
    if (!yh_int_parse(tx_str(in, "currentPage"), &v, NULL) && v > 0 && v < 1000000)
        page = v;
    if (!yh_int_parse(tx_str(in, "pageSize"), &v, NULL) && v > 0 && v <= 1000)
        size = v;
    enum yh_status st =
        yh_case_query(c, tx_time(in, "startTime"),
                      tx_time_to(in, "endTime", yh_day_time(YH_DAY_MAX)), stage, &row, &n, err);
    if (st)
        return st;
    for (int i = 0; i < n; i++)
        documents += first_there(row, i);
    yh_jw_object(w);
    yh_jw_kv_object(w, "pageResult");
    tx_put_int(w, "recordCounts", documents);
    tx_put_int(w, "pageSize", size);
    tx_put_int(w, "pageNum", page);
    yh_jw_kv_array(w, "data");
    for (int i = 0, at = 0; i < n; i++)
        if (first_there(row, i) && at++ / size == page - 1)
            put_document(t, c, w, row, n, i);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- 3702, 3703 ---- */

typedef enum yh_status one_fn(struct yh_ctx *c, const struct yh_json *suspicion,
                              struct yh_err *err);

static enum yh_status appeal_one(struct yh_ctx *c, const struct yh_json *s, struct yh_err *err)
{
    yh_str flag = tx_str(s, "applyFlag");
    struct yh_case_answer a = { .hit = tx_str(s, "docSusptId"),
                                .appeals = yh_eq(flag, YH_S("1")),
                                .amount = tx_fen(s, "susptAmt"),
                                .reason = tx_str(s, "auditOpinion"),
                                .papers = tx_str(s, "attUploadId") };
    if (!a.appeals && !yh_eq(flag, YH_S("0")))
        return yh_fail_field(err, YH_BAD_INPUT, "applyFlag", "",
                             "applyFlag（申诉标识）：应为 1（申诉）或 0（无异议）");
    return yh_case_answered(c, &a, err);
}

static enum yh_status ask_one(struct yh_ctx *c, const struct yh_json *s, struct yh_err *err)
{
    return yh_case_ask(c, tx_str(s, "docSusptId"), tx_str(s, "auditOpinion"), err);
}

static enum yh_status all_of(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                             one_fn *one, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    int n = 0;
    yh_jw_array(w);
    for (const struct yh_json *d = first_of(fields_of(t), "docs"); d && !st; d = d->next) {
        yh_jw_object(w);
        tx_put_str(w, "docCode", YH_S("1"));
        tx_put_str(w, "docId", tx_str(d, "docId"));
        tx_put_str(w, "docReason", YH_S(""));
        yh_jw_kv_array(w, "docsuspt");
        for (const struct yh_json *s = first_of(d, "docSusptDTOS"); s && !st; s = s->next) {
            st = one(c, s, err);
            yh_jw_object(w);
            tx_put_str(w, "susptId", tx_str(s, "docSusptId"));
            tx_put_str(w, "susptCode", YH_S("1"));
            tx_put_str(w, "susptReason", YH_S(""));
            yh_jw_end(w, '}');
            n++;
        }
        yh_jw_end(w, ']');
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    if (st == YH_OK && n == 0)
        return yh_fail_field(err, YH_BAD_INPUT, "docs", "",
                             "docs（单据集合）：至少一份单据、一条疑点（docSusptDTOS）");
    return st;
}

enum yh_status tx_case_appeal(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                              struct yh_err *err)
{
    return all_of(t, c, w, appeal_one, err);
}

enum yh_status tx_case_ask(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                           struct yh_err *err)
{
    return all_of(t, c, w, ask_one, err);
}

/* ---- 3704 ---- */

enum yh_status tx_case_paper(struct yh_tx_call *t, struct yh_ctx *c, struct yh_jsonw *w,
                             struct yh_err *err)
{
    const struct yh_json *in = fields_of(t);
    yh_str id = tx_str(in, "attUploadId");
    enum yh_status st = YH_OK;
    int n = 0;
    for (const struct yh_json *f = first_of(in, "fsiAppealFileDTOList"); f && !st;
         f = f->next) {
        const struct yh_json *bytes = yh_json_get(f, YH_S("bytes"));
        yh_str content = YH_S(""), name = tx_str(f, "name");
        if (!bytes || !name.n)
            return yh_fail_field(
                err, YH_BAD_INPUT, "fsiAppealFileDTOList", "",
                "fsiAppealFileDTOList（附件集合）：每个附件须有 name 与 bytes");
        st = tx_bytes(t, bytes, "bytes", &content, err);
        if (st == YH_OK)
            st = yh_case_paper(c, id, name, content, &id, err);
        n++;
    }
    if (st)
        return st;
    if (n == 0)
        return yh_fail_field(err, YH_BAD_INPUT, "fsiAppealFileDTOList", "",
                             "fsiAppealFileDTOList（附件集合）：没有附件");
    yh_jw_object(w);
    tx_put_str(w, "attUploadId", id);
    yh_jw_end(w, '}');
    return YH_OK;
}
