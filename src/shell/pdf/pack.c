#include "shell/pdf/pack.h"
#include "model/casework/casework.h"
#include "model/monitor/hit.h"
#include "shell/pdf/pdf.h"

struct pack {
    struct yh_arena *a;
    yh_str number, digest;
    const struct yh_json *content;
    struct yh_hit *hit; /* of content's "hits", in their order */
    int nhit;
};

static yh_str text(const struct yh_json *o, const char *key)
{
    return yh_json_text(yh_json_get(o, yh_cstr(key)));
}

static const struct yh_json *list(const struct yh_json *o, const char *key)
{
    const struct yh_json *l = yh_json_get(o, yh_cstr(key));
    return l ? l->first : NULL;
}

static int count(const struct yh_json *o, const char *key)
{
    const struct yh_json *l = yh_json_get(o, yh_cstr(key));
    return l ? l->count : 0;
}

static yh_str yuan(struct yh_arena *a, yh_fen v)
{
    struct yh_buf b = yh_buf_in(a);
    yh_put_money(&b, v);
    return yh_buf_str(&b);
}

static yh_str sum(const struct pack *k, const struct yh_json *o, const char *key)
{
    int64_t v = 0;
    const struct yh_json *n = yh_json_get(o, yh_cstr(key));
    return n && !yh_json_dec(n, 2, &v, NULL) ? yuan(k->a, v) : text(o, key);
}

static yh_str or_dash(yh_str s)
{
    return s.n ? s : YH_S("—");
}

static yh_str day(struct yh_arena *a, yh_day d)
{
    char t[16];
    return d > YH_DAY_MIN && d < YH_DAY_MAX ? yh_dup(a, yh_day_text(t, d)) : YH_S("—");
}

static yh_str qty(struct yh_arena *a, yh_qty v)
{
    char t[32];
    return yh_dup(a, yh_dec_text(t, v, 4, v % 10000 ? 4 : 0));
}

static yh_str word_of(yh_str word, const char *const (*list)[2], int n)
{
    for (int i = 0; i < n; i++)
        if (yh_eq(word, yh_cstr(list[i][0])))
            return yh_cstr(list[i][1]);
    return word;
}

static yh_str procedure(yh_str word)
{
    static const char *const P[][2] = { { "contract", "协议处理" },
                                        { "administrative", "行政处罚" } };
    return word_of(word, P, YH_COUNT(P));
}

static yh_str hit_state(yh_str word)
{
    static const char *const P[][2] = { { "open", "待答复" },
                                        { "accepted", "机构无异议" },
                                        { "appealed", "机构有异议" },
                                        { "upheld", "成立" },
                                        { "dropped", "不成立" } };
    return word_of(word, P, YH_COUNT(P));
}

static yh_str case_state(yh_str word)
{
    enum yh_case_state s = yh_case_state_read(word);
    return s == YH_CASE_SAME ? word : yh_cstr(yh_case_state_text(s));
}

static yh_str act_text(yh_str word)
{
    for (int i = 0; i < YH_ACT_N; i++)
        if (yh_eq(word, yh_cstr(yh_case_act_of((enum yh_case_act_id)i)->word)))
            return yh_cstr(yh_case_act_of((enum yh_case_act_id)i)->text);
    return word;
}

/* "label：text" where there is a text. */
static void say(struct yh_pdf *p, const struct pack *k, const char *label, yh_str s)
{
    if (s.n)
        yh_pdf_text(p, YH_PDF_BODY, yh_fmt(k->a, "%s：%.*s", label, YH_ARG(s)));
}

static void put_lines(struct yh_pdf *p, const struct pack *k, const struct yh_hit *h)
{
    static const struct yh_pdf_column COL[] = {
        { "就诊·明细", 4, false }, { "日期", 3, false }, { "项目", 7, false },
        { "数量", 2, true },       { "超出", 2, true },  { "金额", 3, true },
        { "其中疑点", 3, true },   { "用途", 2, false }
    };
    yh_str *cell = YH_NEW(k->a, yh_str, h->nline * 8);
    for (int i = 0; i < h->nline; i++) {
        const struct yh_hit_line *l = &h->line[i];
        yh_str *c = &cell[8 * i];
        c[0] = yh_fmt(k->a, "%.*s·%.*s", YH_ARG(l->visit), YH_ARG(l->serial));
        c[1] = day(k->a, l->day);
        c[2] = yh_fmt(k->a, "%.*s %.*s", YH_ARG(l->name), YH_ARG(l->code));
        c[3] = qty(k->a, l->qty);
        c[4] = qty(k->a, l->excess);
        c[5] = yuan(k->a, l->amount);
        c[6] = yuan(k->a, l->claimed);
        c[7] = l->at_stake ? YH_S("疑点") : YH_S("佐证");
    }
    if (h->nline)
        yh_pdf_table(p, COL, YH_COUNT(COL), cell, h->nline);
}

static void put_facts(struct yh_pdf *p, const struct pack *k, const struct yh_hit *h)
{
    struct yh_buf b = yh_buf_in(k->a);
    for (int i = 0; i < h->nfact; i++)
        yh_putf(&b, "%s%.*s = %.*s", i ? "；" : "", YH_ARG(h->fact[i].name),
                YH_ARG(h->fact[i].value));
    say(p, k, "事实", yh_buf_str(&b));
}

static void put_hit(struct yh_pdf *p, const struct pack *k, int nth, const struct yh_json *o)
{
    const struct yh_hit *h = &k->hit[nth];
    const struct yh_json *says = yh_json_get(o, YH_S("provider_says"));
    struct yh_arena *a = k->a;
    const struct yh_pdf_pair PAIR[] = {
        { "疑点编号", h->id },
        { "规则", h->rule },
        { "规则版本", h->version },
        { "知识点", or_dash(h->knowledge) },
        { "结论", yh_verdict_text(h->verdict) },
        { "规则依据", yh_standing_text(h->standing) },
        { "结算编号", or_dash(h->settlement) },
        { "就诊编号", h->visit },
        { "人员编号", h->person },
        { "医师", or_dash(h->doctor) },
        { "起日", day(a, h->day) },
        { "止日", day(a, h->day_to) },
        { "项目金额", yuan(a, h->item_money) },
        { "其中基金", yuan(a, h->fund_item) },
        { "其中个人", yuan(a, h->person_item) },
        { "其中自费", yuan(a, h->outside_item) },
        { "支付方式", yh_method_text(h->method) },
        { "基金损失", yuan(a, h->fund_method) },
        { "状态", hit_state(text(o, "state")) },
        { "成立金额", sum(k, o, "fund") },
        { "应退个人", sum(k, o, "person_back") },
    };
    yh_pdf_text(
        p, YH_PDF_BOLD,
        yh_fmt(a, "疑点 %d　%.*s %.*s", nth + 1, YH_ARG(h->item_name), YH_ARG(h->message)));
    yh_pdf_pairs(p, PAIR, YH_COUNT(PAIR), 3);
    put_lines(p, k, h);
    put_facts(p, k, h);
    say(p, k, "依据", h->basis);
    say(p, k, "合规的做法", h->advice);
    yh_str reason = text(says, "reason");
    say(p, k, "机构陈述", reason.n ? reason : YH_S("没有陈述"));
    if (reason.n)
        say(p, k, "机构申诉金额（元）", sum(k, says, "amount"));
    say(p, k, "机构材料编号", text(says, "papers"));
    say(p, k, "机构申请合议", text(says, "panel"));
    say(p, k, "复核意见", text(o, "recheck"));
    say(p, k, "合议意见", text(o, "panel"));
    yh_pdf_space(p, 2);
}

static void put_rules(struct yh_pdf *p, const struct pack *k)
{
    for (const struct yh_json *r = list(k->content, "rules"); r; r = r->next) {
        yh_str body = text(r, "text");
        yh_pdf_text(p, YH_PDF_BOLD,
                    yh_fmt(k->a, "%.*s　版本 %.*s　知识点 %.*s", YH_ARG(text(r, "rule")),
                           YH_ARG(text(r, "version")), YH_ARG(or_dash(text(r, "knowledge")))));
        if (body.n)
            yh_pdf_text(p, YH_PDF_SMALL,
                        yh_fmt(k->a, "SHA-256 %.*s", YH_ARG(text(r, "digest"))));
        yh_pdf_text(p, YH_PDF_SMALL, body.n ? yh_trim(body) : YH_S("没有留存规则文本。"));
    }
}

static void put_counter(struct yh_pdf *p, const struct pack *k)
{
    yh_pdf_text(p, YH_PDF_SMALL,
                YH_S("所涉就诊的全部诊断；每条疑点的事实、合规的做法与机构陈述见第一部分。"));
    for (const struct yh_json *v = list(k->content, "counter_evidence"); v; v = v->next) {
        struct yh_buf b = yh_buf_in(k->a);
        for (const struct yh_json *d = list(v, "diagnoses"); d; d = d->next)
            yh_putf(&b, "%s%.*s", b.n ? "；" : "", YH_ARG(yh_json_text(d)));
        yh_str all = b.n ? yh_buf_str(&b) : YH_S("没有登记诊断");
        yh_pdf_text(p, YH_PDF_BODY,
                    yh_fmt(k->a, "就诊 %.*s：%.*s", YH_ARG(text(v, "visit")), YH_ARG(all)));
    }
}

static void put_papers(struct yh_pdf *p, const struct pack *k)
{
    static const struct yh_pdf_column COL[] = {
        { "编号", 4, false }, { "名称", 5, false }, { "字节", 2, true }, { "SHA-256", 9, false }
    };
    int n = 0;
    yh_str *cell = YH_NEW(k->a, yh_str, count(k->content, "papers") * 4);
    for (const struct yh_json *o = list(k->content, "papers"); o; o = o->next, n++) {
        cell[4 * n] = text(o, "papers");
        cell[4 * n + 1] = text(o, "name");
        cell[4 * n + 2] = text(o, "bytes");
        cell[4 * n + 3] = text(o, "sha256");
    }
    if (n)
        yh_pdf_table(p, COL, YH_COUNT(COL), cell, n);
    else
        yh_pdf_text(p, YH_PDF_BODY, YH_S("机构没有提交材料。"));
}

static void put_law(struct yh_pdf *p, const struct pack *k)
{
    const struct yh_json *l = list(k->content, "law");
    if (!l)
        yh_pdf_text(p, YH_PDF_BODY, YH_S("还没有提出处理措施；各规则的依据见第一部分。"));
    for (; l; l = l->next)
        yh_pdf_text(p, YH_PDF_BODY, yh_json_text(l));
}

static void put_steps(struct yh_pdf *p, const struct pack *k)
{
    for (const struct yh_json *s = list(k->content, "steps"); s; s = s->next) {
        yh_str others = text(s, "others"), due = text(s, "due");
        struct yh_buf b = yh_buf_in(k->a);
        yh_putf(&b, "%.*s. %.*s　%.*s　经办 %.*s", YH_ARG(text(s, "nth")),
                YH_ARG(act_text(text(s, "act"))), YH_ARG(text(s, "time")),
                YH_ARG(or_dash(text(s, "officer"))));
        if (others.n)
            yh_putf(&b, "（%.*s）", YH_ARG(others));
        yh_putf(&b, "　→ %.*s", YH_ARG(case_state(text(s, "state"))));
        if (due.n)
            yh_putf(&b, "，期限 %.*s", YH_ARG(due));
        yh_pdf_text(p, YH_PDF_BOLD, yh_buf_str(&b));
        say(p, k, "说明", text(s, "note"));
        if (text(s, "document").n)
            yh_pdf_text(p, YH_PDF_SMALL, yh_trim(text(s, "document")));
    }
}

static void draw(struct yh_pdf *p, void *user)
{
    const struct pack *k = user;
    const struct yh_json *c = k->content;
    yh_str nature = text(c, "nature");
    const struct yh_pdf_pair HEAD[] = {
        { "案件", text(c, "case") },
        { "机构", text(c, "provider") },
        { "程序", procedure(text(c, "procedure")) },
        { "状态", case_state(text(c, "state")) },
        { "定性", nature.n ? yh_case_nature_text(nature) : YH_S("—") },
        { "疑点条数", yh_fmt(k->a, "%d", k->nhit) },
        { "疑点金额", sum(k, c, "claimed") },
        { "成立金额", sum(k, c, "upheld") },
        { "应退个人", sum(k, c, "person_back") },
    };
    int nth = 0;
    yh_pdf_title(p, YH_S("违规案件证据包"),
                 yh_fmt(k->a, "编号 %.*s　金额单位：元", YH_ARG(k->number)));
    yh_pdf_pairs(p, HEAD, YH_COUNT(HEAD), 3);
    yh_pdf_text(
        p, YH_PDF_SMALL,
        yh_fmt(k->a, "内容的 SHA-256：%.*s（与同编号的文本证据包相同）", YH_ARG(k->digest)));
    yh_pdf_text(p, YH_PDF_HEAD, YH_S("一、疑点、事实与各方意见"));
    for (const struct yh_json *o = list(c, "hits"); o; o = o->next)
        put_hit(p, k, nth++, o);
    yh_pdf_text(p, YH_PDF_HEAD, YH_S("二、立案当日的规则文本"));
    put_rules(p, k);
    yh_pdf_text(p, YH_PDF_HEAD, YH_S("三、可能有利于机构的事实"));
    put_counter(p, k);
    yh_pdf_text(p, YH_PDF_HEAD, YH_S("四、机构提交的材料"));
    put_papers(p, k);
    yh_pdf_text(p, YH_PDF_HEAD, YH_S("五、处理措施的依据"));
    put_law(p, k);
    yh_pdf_text(p, YH_PDF_HEAD, YH_S("六、经过与文书"));
    put_steps(p, k);
}

static enum yh_status read_pack(struct pack *k, yh_str json, struct yh_err *err)
{
    struct yh_json *root;
    enum yh_status st =
        yh_json_read(k->a, yh_trim(json), (struct yh_json_limits){ 0 }, &root, err);
    if (st)
        return st;
    k->number = text(root, "pack");
    k->digest = text(root, "sha256");
    k->content = yh_json_get(root, YH_S("content"));
    if (!k->number.n || k->digest.n != 64 || !k->content)
        return yh_fail(err, YH_BAD_INPUT, "不是证据包：缺 pack、sha256 或 content");
    k->hit = YH_NEW(k->a, struct yh_hit, count(k->content, "hits"));
    for (const struct yh_json *o = list(k->content, "hits"); st == YH_OK && o; o = o->next)
        st = yh_hit_read(k->a, yh_json_get(o, YH_S("hit")), &k->hit[k->nhit++], err);
    return st;
}

enum yh_status yh_paper_pack(struct yh_arena *a, yh_str pack, yh_str *pdf, struct yh_err *err)
{
    struct pack k = { .a = a };
    yh_time made = 0;
    enum yh_status st = read_pack(&k, pack, err);
    if (st)
        return st;
    for (const struct yh_json *s = list(k.content, "steps"); s; s = s->next)
        if (yh_time_parse(text(s, "time"), &made, NULL))
            made = 0;
    struct yh_pdf_meta meta = { yh_fmt(a, "证据包 %.*s", YH_ARG(k.number)),
                                yh_fmt(a, "证据包 %.*s　SHA-256 %.*s…", YH_ARG(k.number),
                                       YH_ARG(yh_sub(k.digest, 0, 16))),
                                made };
    return yh_pdf_make(a, &meta, draw, &k, pdf, err);
}
