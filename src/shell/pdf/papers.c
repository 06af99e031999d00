#include "shell/pdf/papers.h"

#define FOOTER YH_S("本单由医疗保障经办系统打印；金额单位：元")

static yh_str yuan(struct yh_arena *a, yh_fen v)
{
    struct yh_buf b = yh_buf_in(a);
    yh_put_money(&b, v);
    return yh_buf_str(&b);
}

static yh_str day(struct yh_arena *a, int64_t d)
{
    char text[16];
    return d && d < YH_DAY_MAX ? yh_dup(a, yh_day_text(text, (yh_day)d)) : YH_S("");
}

static yh_str moment(struct yh_arena *a, yh_time t)
{
    char text[32];
    return t ? yh_dup(a, yh_time_text(text, t)) : YH_S("");
}

static enum yh_status person_of(const struct yh_look *k, yh_str person, struct yh_person_row *p,
                                struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int n = 0;
    enum yh_status st = yh_look_keys(k, person, &key, &n, err);
    if (st)
        return st;
    *p = (struct yh_person_row){ .region = key->region, .grp = key->grp, .person = person };
    return yh_get_person(k->x, p, err);
}

static yh_str scheme_word(yh_str scheme)
{
    return yh_eq(scheme, YH_S("310"))   ? YH_S("职工基本医疗保险")
           : yh_eq(scheme, YH_S("390")) ? YH_S("城乡居民基本医疗保险")
                                        : scheme;
}

static yh_str place_name(const struct yh_look *k, yh_str code)
{
    struct yh_place at;
    if (yh_region_locate(k->world->regions, code, yh_time_day(k->now), &at, NULL) ||
        at.leaf_unknown)
        return code;
    return yh_fmt(k->arena, "%.*s（%.*s）", YH_ARG(at.office->name), YH_ARG(code));
}

/* ---- 结算单 ---- */

struct statement {
    const struct yh_look *k;
    struct yh_person_row p;
    struct yh_settlement_row s;
    struct yh_settlement_fund_row *fund;
    struct yh_charge_line *line;
    yh_str provider;
    int nfund, nline;
};

static void statement_head(struct yh_pdf *pdf, const struct statement *t)
{
    struct yh_arena *a = t->k->arena;
    const struct yh_settlement_row *s = &t->s;
    const struct yh_pdf_pair PAIR[] = {
        { "姓名", t->p.name },
        { "人员编号", s->person },
        { "证件号码", t->p.cert_no },
        { "险种", scheme_word(s->scheme) },
        { "参保地", place_name(t->k, s->office) },
        { "就医机构", t->provider },
        { "就医类别", yh_look_word(t->k->world, YH_DIM_VISIT, s->med_type) },
        { "就诊编号", s->visit },
        { "开始日期", day(a, s->begin_day) },
        { "结束日期", day(a, s->end_day) },
        { "结算时间", moment(a, s->time) },
        { "票据号码", s->invoice.n ? s->invoice : YH_S("—") },
    };
    yh_pdf_title(pdf, YH_S("医疗保障结算单"),
                 yh_fmt(a, "结算编号 %.*s%s", YH_ARG(s->settlement),
                        s->undone_by.n    ? "（已撤销）"
                        : s->undoes.n     ? "（撤销）"
                        : yh_is_manual(s) ? "（手工报销）"
                                          : ""));
    yh_pdf_pairs(pdf, PAIR, YH_COUNT(PAIR), 2);
}

static void statement_sums(struct yh_pdf *pdf, const struct statement *t)
{
    struct yh_arena *a = t->k->arena;
    const struct yh_settlement_row *s = &t->s;
    const struct yh_pdf_pair COST[] = {
        { "医疗费总额", yuan(a, s->total) },     { "全自费", yuan(a, s->outside) },
        { "超限价", yuan(a, s->over) },          { "先行自付", yuan(a, s->first) },
        { "政策范围内", yuan(a, s->scope) },     { "本次起付", yuan(a, s->deductible) },
        { "基金支付合计", yuan(a, s->fund) },    { "个人负担合计", yuan(a, s->person_part) },
        { "其中个人账户", yuan(a, s->account) }, { "其中家庭共济", yuan(a, s->relative) },
        { "其中现金", yuan(a, s->cash) },        { "医院负担", yuan(a, s->hospital) },
    };
    yh_pdf_text(pdf, YH_PDF_HEAD, YH_S("费用与负担"));
    yh_pdf_pairs(pdf, COST, YH_COUNT(COST), 3);
    yh_pdf_text(
        pdf, YH_PDF_SMALL,
        YH_S(
            "总额 = 全自费 + 超限价 + 先行自付 + 政策范围内 = 基金支付 + 个人负担 + 医院负担"));
}

static void statement_funds(struct yh_pdf *pdf, const struct statement *t)
{
    static const struct yh_pdf_column COL[] = { { "基金代码", 2, false },
                                                { "基金", 6, false },
                                                { "支付金额", 3, true } };
    struct yh_arena *a = t->k->arena;
    yh_str *cell = YH_NEW(a, yh_str, t->nfund * 3);
    for (int i = 0; i < t->nfund; i++) {
        cell[3 * i] = t->fund[i].fund;
        cell[3 * i + 1] = t->fund[i].name;
        cell[3 * i + 2] = yuan(a, t->fund[i].amount + t->fund[i].to_person);
    }
    if (!t->nfund)
        return;
    yh_pdf_text(pdf, YH_PDF_HEAD, YH_S("基金支付明细"));
    yh_pdf_table(pdf, COL, 3, cell, t->nfund);
}

static void statement_lines(struct yh_pdf *pdf, const struct statement *t)
{
    static const struct yh_pdf_column COL[] = { { "项目", 8, false },  { "数量", 2, true },
                                                { "金额", 3, true },   { "全自费", 3, true },
                                                { "超限价", 3, true }, { "先行自付", 3, true },
                                                { "范围内", 3, true } };
    struct yh_arena *a = t->k->arena;
    yh_str *cell = YH_NEW(a, yh_str, t->nline * 7);
    for (int i = 0; i < t->nline; i++) {
        const struct yh_charge_line *l = &t->line[i];
        char qty[32];
        yh_str *c = &cell[7 * i];
        c[0] = l->name.n ? l->name : l->code;
        c[1] = yh_dup(a, yh_dec_text(qty, l->qty, 4, l->qty % 10000 ? 4 : 0));
        c[2] = yuan(a, l->amount);
        c[3] = yuan(a, l->outside);
        c[4] = yuan(a, l->over);
        c[5] = yuan(a, l->first);
        c[6] = yuan(a, l->scope);
    }
    yh_pdf_text(pdf, YH_PDF_HEAD, yh_fmt(a, "费用明细（%d 项）", t->nline));
    yh_pdf_table(pdf, COL, 7, cell, t->nline);
}

static void draw_statement(struct yh_pdf *pdf, void *user)
{
    static const char *const SIGN[] = { "经办人", "参保人（代办人）签字", "日期" };
    const struct statement *t = user;
    char leaf[65];
    statement_head(pdf, t);
    statement_sums(pdf, t);
    statement_funds(pdf, t);
    statement_lines(pdf, t);
    yh_hex(leaf, (const uint8_t *)t->s.leaf.p, 32);
    yh_str proof = yh_fmt(t->k->arena, "YH1 %.*s %.64s", YH_ARG(t->s.settlement), leaf);
    yh_pdf_qr(pdf, proof,
              yh_fmt(t->k->arena,
                     "码中是结算编号与该笔结算在账上的摘要（SHA-256），可与经办机构的账核对：\n"
                     "%.32s\n%.32s",
                     leaf, leaf + 32));
    yh_pdf_sign(pdf, SIGN, YH_COUNT(SIGN));
}

static enum yh_status lines_of(const struct yh_look *k, struct statement *t, struct yh_err *err)
{
    struct yh_charge_batch_row like = { .region = t->s.region,
                                        .grp = t->s.grp,
                                        .visit = t->s.visit },
                               *b = NULL;
    int nb = 0, cap = 0;
    enum yh_status st = yh_list_charge_batch(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &b, &nb, err);
    for (int i = 0; st == YH_OK && i < nb; i++) {
        struct yh_charge_line *line = NULL;
        int n = 0;
        if (!yh_eq(b[i].settlement, t->s.settlement))
            continue;
        st = yh_lines_unpack(k->arena, b[i].packed, &line, &n, err);
        for (int j = 0; st == YH_OK && j < n; j++)
            YH_PUSH(k->arena, t->line, t->nline, cap) = line[j];
    }
    return st;
}

enum yh_status yh_paper_statement(const struct yh_look *k, yh_str person, yh_str settlement,
                                  yh_str *pdf, struct yh_err *err)
{
    struct statement t = { .k = k };
    enum yh_status st = yh_look_settlement(k, person, settlement, &t.s, err);
    if (st == YH_OK)
        st = person_of(k, t.s.person, &t.p, err);
    if (st == YH_OK)
        st = lines_of(k, &t, err);
    struct yh_settlement_fund_row like = { .region = t.s.region,
                                           .grp = t.s.grp,
                                           .seq = t.s.seq };
    if (st == YH_OK)
        st = yh_list_settlement_fund(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 },
                                     &like, &t.fund, &t.nfund, err);
    if (st)
        return st;
    t.provider = yh_look_provider_name(k, t.s.provider);
    struct yh_pdf_meta meta = { YH_S("医疗保障结算单"), FOOTER, k->now };
    return yh_pdf_make(k->arena, &meta, draw_statement, &t, pdf, err);
}

/* ---- 回执与告知书 ---- */

struct slip {
    const struct yh_look *k;
    struct yh_matter_row m;
    struct yh_person_row p;
    const struct yh_matter_kind *kind;
    const struct yh_json *deputy, *papers;
};

static enum yh_status slip_of(const struct yh_look *k, const struct yh_matter_row *m,
                              struct slip *out, struct yh_err *err)
{
    struct slip s = { .k = k, .m = *m };
    struct yh_json *v = NULL;
    enum yh_status st = person_of(k, m->person, &s.p, err);
    if (st)
        return st;
    if (k->world->matters)
        s.kind =
            yh_matter_kind_at(k->world->matters, m->region, m->kind, yh_time_day(m->opened));
    if (m->deputy.n &&
        !yh_json_read(k->arena, m->deputy, (struct yh_json_limits){ 0 }, &v, NULL))
        s.deputy = v;
    if (m->papers.n &&
        !yh_json_read(k->arena, m->papers, (struct yh_json_limits){ 0 }, &v, NULL))
        s.papers = v;
    *out = s;
    return YH_OK;
}

static void slip_head(struct yh_pdf *pdf, const struct slip *s)
{
    struct yh_arena *a = s->k->arena;
    yh_str deputy = yh_json_text(yh_json_get(s->deputy, YH_S("name")));
    yh_str relation = yh_json_text(yh_json_get(s->deputy, YH_S("relation")));
    const struct yh_pdf_pair PAIR[] = {
        { "办件编号", s->m.matter },
        { "事项", s->kind ? s->kind->name : s->m.kind },
        { "申请人", s->p.name },
        { "证件号码", yh_mask_number(a, s->p.cert_no, 6, 4) },
        { "代办人",
          deputy.n ? yh_fmt(a, "%.*s（%.*s）", YH_ARG(deputy), YH_ARG(relation)) : YH_S("无") },
        { "受理时间", moment(a, s->m.opened) },
        { "承诺办结", s->m.due < YH_DAY_MAX
                          ? yh_fmt(a, "%.*s 前（%d 个工作日）", YH_ARG(day(a, s->m.due)),
                                   (int)s->m.clock_days)
                      : s->m.clock_stopped ? YH_S("材料齐后续计")
                                           : YH_S("已办结") },
        { "办理渠道", yh_eq(s->m.channel, YH_S("web")) ? YH_S("网上") : YH_S("窗口") },
    };
    yh_pdf_pairs(pdf, PAIR, YH_COUNT(PAIR), 2);
}

/* Papers in hand, or promised; nothing where there are none. */
static void slip_papers(struct yh_pdf *pdf, const struct slip *s, const char *word,
                        const char *head)
{
    const struct yh_json *list = yh_json_get(s->papers, yh_cstr(word));
    int n = 0;
    for (const struct yh_json *v = list ? list->first : NULL; v; v = v->next) {
        if (!n++)
            yh_pdf_text(pdf, YH_PDF_HEAD, yh_cstr(head));
        yh_pdf_text(pdf, YH_PDF_BODY,
                    yh_fmt(s->k->arena, "%d. %.*s", n, YH_ARG(yh_json_text(v))));
    }
}

static void slip_missing(struct yh_pdf *pdf, const struct slip *s)
{
    yh_str rest = s->m.missing;
    for (int n = 1; rest.n; n++) {
        ptrdiff_t at = yh_find(rest, YH_S("；"));
        yh_str one = at < 0 ? rest : yh_sub(rest, 0, at);
        rest = at < 0 ? YH_S("") : yh_sub(rest, at + 3, rest.n);
        yh_pdf_text(pdf, YH_PDF_BODY, yh_fmt(s->k->arena, "%d. %.*s", n, YH_ARG(one)));
    }
}

static void slip_code(struct yh_pdf *pdf, const struct slip *s)
{
    yh_pdf_qr(pdf, s->m.matter,
              yh_fmt(s->k->arena,
                     "凭办件编号 %.*s 查询进度、补交材料与评价。\n"
                     "对服务不满意，可在办结后给出评价，经办机构须核实整改。",
                     YH_ARG(s->m.matter)));
}

static void draw_receipt(struct yh_pdf *pdf, void *user)
{
    static const char *const SIGN[] = { "经办人", "申请人（代办人）签字", "日期" };
    const struct slip *s = user;
    yh_pdf_title(pdf, YH_S("医疗保障事项受理回执"), YH_S(""));
    slip_head(pdf, s);
    slip_papers(pdf, s, "have", "收到的材料");
    slip_papers(pdf, s, "promised", "以承诺代替的材料（承诺不实的，依规处理）");
    if (s->m.missing.n) {
        yh_pdf_text(pdf, YH_PDF_HEAD, YH_S("尚需补正"));
        slip_missing(pdf, s);
    }
    if (s->m.amount)
        yh_pdf_text(
            pdf, YH_PDF_BODY,
            yh_fmt(s->k->arena, "涉及金额：%.*s 元", YH_ARG(yuan(s->k->arena, s->m.amount))));
    if (s->m.result.n) {
        yh_pdf_text(pdf, YH_PDF_HEAD, YH_S("办理结果"));
        yh_pdf_text(pdf, YH_PDF_BODY, s->m.result);
    }
    yh_pdf_space(pdf, 4);
    slip_code(pdf, s);
    yh_pdf_sign(pdf, SIGN, YH_COUNT(SIGN));
}

static void draw_notice(struct yh_pdf *pdf, void *user)
{
    static const char *const SIGN[] = { "告知人", "收到人签字", "日期" };
    const struct slip *s = user;
    yh_pdf_title(pdf, YH_S("一次性告知书"), YH_S(""));
    slip_head(pdf, s);
    yh_pdf_text(pdf, YH_PDF_HEAD, YH_S("办理本事项还需要"));
    if (s->m.missing.n)
        slip_missing(pdf, s);
    else
        yh_pdf_text(pdf, YH_PDF_BODY, YH_S("材料已齐，无须补正。"));
    yh_pdf_text(pdf, YH_PDF_BODY,
                YH_S("以上一次告知，补齐即可办理；等待补正的时间不计入办理时限。可由他人代办，"
                     "代办人请带本人与代办人的身份证件。"));
    slip_papers(pdf, s, "have", "已收到");
    yh_pdf_space(pdf, 4);
    slip_code(pdf, s);
    yh_pdf_sign(pdf, SIGN, YH_COUNT(SIGN));
}

enum yh_status yh_paper_receipt(const struct yh_look *k, const struct yh_matter_row *m,
                                yh_str *pdf, struct yh_err *err)
{
    struct slip s;
    struct yh_pdf_meta meta = { YH_S("受理回执"), FOOTER, k->now };
    enum yh_status st = slip_of(k, m, &s, err);
    return st ? st : yh_pdf_make(k->arena, &meta, draw_receipt, &s, pdf, err);
}

enum yh_status yh_paper_notice(const struct yh_look *k, const struct yh_matter_row *m,
                               yh_str *pdf, struct yh_err *err)
{
    struct slip s;
    struct yh_pdf_meta meta = { YH_S("一次性告知书"), FOOTER, k->now };
    enum yh_status st = slip_of(k, m, &s, err);
    return st ? st : yh_pdf_make(k->arena, &meta, draw_notice, &s, pdf, err);
}

/* ---- 参保凭证 ---- */

struct certificate {
    const struct yh_look *k;
    struct yh_person_row p;
    struct yh_enrolment_row *e;
    int n;
    yh_str proof, beside;
};

static yh_str status_word(yh_str status)
{
    return yh_eq(status, YH_S("1"))   ? YH_S("正常参保")
           : yh_eq(status, YH_S("2")) ? YH_S("暂停参保")
           : yh_eq(status, YH_S("4")) ? YH_S("终止参保")
                                      : status;
}

static void draw_certificate(struct yh_pdf *pdf, void *user)
{
    static const struct yh_pdf_column COL[] = {
        { "险种", 4, false },     { "参保地", 5, false },   { "人员类别", 3, false },
        { "开始日期", 3, false }, { "结束日期", 3, false }, { "状态", 3, false }
    };
    const struct certificate *t = user;
    struct yh_arena *a = t->k->arena;
    const struct yh_pdf_pair PAIR[] = {
        { "姓名", t->p.name },
        { "证件号码", t->p.cert_no },
        { "人员编号", t->p.person },
        { "出生日期", day(a, t->p.born) },
    };
    yh_str *cell = YH_NEW(a, yh_str, t->n * 6);
    for (int i = 0; i < t->n; i++) {
        const struct yh_enrolment_row *e = &t->e[i];
        yh_str *c = &cell[6 * i];
        c[0] = scheme_word(e->scheme);
        c[1] = place_name(t->k, e->office);
        c[2] = yh_look_word(t->k->world, YH_DIM_PERSON, e->kind);
        c[3] = day(a, e->from_day);
        c[4] = e->to_day >= YH_DAY_MAX ? YH_S("至今") : day(a, e->to_day - 1);
        c[5] = status_word(e->status);
    }
    yh_pdf_title(pdf, YH_S("基本医疗保险参保凭证"),
                 yh_fmt(a, "打印时间 %.*s", YH_ARG(moment(a, t->k->now))));
    yh_pdf_pairs(pdf, PAIR, YH_COUNT(PAIR), 2);
    yh_pdf_text(pdf, YH_PDF_HEAD, YH_S("参保记录"));
    yh_pdf_table(pdf, COL, 6, cell, t->n);
    if (!t->n)
        yh_pdf_text(pdf, YH_PDF_BODY, YH_S("没有参保记录。"));
    yh_pdf_space(pdf, 3);
    if (t->proof.n)
        yh_pdf_qr(pdf, t->proof, t->beside);
}

enum yh_status yh_paper_certificate(const struct yh_look *k, yh_str person, yh_str proof,
                                    yh_str beside, yh_str *pdf, struct yh_err *err)
{
    struct certificate t = { .k = k, .proof = proof, .beside = beside };
    struct yh_person_key_row *key = NULL;
    int nkey = 0, cap = 0;
    enum yh_status st = person_of(k, person, &t.p, err);
    if (st == YH_OK)
        st = yh_look_keys(k, person, &key, &nkey, err);
    for (int i = 0; st == YH_OK && i < nkey; i++) {
        struct yh_enrolment_row like = { .region = key[i].region,
                                         .grp = key[i].grp,
                                         .person = person },
                                *e = NULL;
        int n = 0;
        st = yh_list_enrolment(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like,
                               &e, &n, err);
        for (int j = 0; st == YH_OK && j < n; j++)
            YH_PUSH(k->arena, t.e, t.n, cap) = e[j];
    }
    if (st)
        return st;
    struct yh_pdf_meta meta = { YH_S("参保凭证"), YH_S("本凭证由医疗保障经办系统打印"),
                                k->now };
    return yh_pdf_make(k->arena, &meta, draw_certificate, &t, pdf, err);
}
