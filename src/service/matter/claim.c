/* service/matter/claim.c -- a bill as it is typed in or pasted: every fault is found, not the first. */
#include <stdio.h>
#include "service/inside.h"
#include "service/matter/inside.h"

#define LINES_MAX 2000

/* Where faults are put, and what of the claim could be read. */
struct reading {
    struct yh_arena *a;
    struct yh_claim k;
    struct yh_claim_fault *fault;
    int n, cap;
};

static yh_str text_of(const struct yh_json *v, const char *name)
{
    return yh_trim(yh_json_text(yh_json_get(v, yh_cstr(name))));
}

static void put(struct reading *r, int line, const char *field, yh_str met,
                enum yh_status status, const char *what, yh_str cure)
{
    /* A value is shown as far as it helps to find it. */
    ptrdiff_t n = yh_min(met.n, 60);
    while (n > 0 && n < met.n && ((unsigned char)met.p[n] & 0xc0) == 0x80)
        n--;
    if (r->n < YH_CLAIM_FAULTS)
        YH_PUSH(r->a, r->fault, r->n, r->cap) =
            (struct yh_claim_fault){ .status = status,
                                     .line = line,
                                     .field = yh_cstr(field),
                                     .met = yh_dup(r->a, yh_sub(met, 0, n)),
                                     .what = yh_dup(r->a, yh_cstr(what)),
                                     .cure = cure };
}

static void bad(struct reading *r, int line, const char *field, yh_str met, const char *what,
                const char *cure)
{
    put(r, line, field, met, YH_BAD_INPUT, what, yh_cstr(cure));
}

/* ---- one line ---- */

static void read_line(struct reading *r, const struct yh_json *v, int nth)
{
    yh_str price = text_of(v, "price"), qty = text_of(v, "qty"), amount = text_of(v, "amount"),
           day = text_of(v, "day");
    struct yh_charge_in *in = &r->k.line[nth - 1];
    struct yh_charge_line *l = &in->line;
    int before = r->n;
    yh_day on = r->k.begin;
    *in = (struct yh_charge_in){ .batch = YH_S("1") };
    l->serial = yh_fmt(r->a, "%d", nth);
    l->undoes = YH_S("");
    l->code = text_of(v, "code");
    l->name = text_of(v, "name");
    if (!l->code.n)
        bad(r, nth, "code", YH_S(""), "没有项目编码",
            "填国家医保编码；清单上没有的，请医院补打有编码的清单");
    if (l->name.n > 300)
        bad(r, nth, "name", l->name, "名称太长", "至多 100 字");
    if (yh_dec_parse(price, 6, &l->price, NULL) || l->price < 0)
        bad(r, nth, "price", price, price.n ? "单价不是数，或小于 0" : "没有单价",
            "填不小于 0 的数，至多六位小数");
    if (yh_dec_parse(qty, 4, &l->qty, NULL) || l->qty <= 0)
        bad(r, nth, "qty", qty, qty.n ? "数量不是大于 0 的数" : "没有数量",
            "填大于 0 的数，至多四位小数；退费的行与原行相抵后再填");
    if (day.n && yh_day_parse(day, &on, NULL))
        bad(r, nth, "day", day, "日期认不出", "写作 2026-03-18");
    l->time = yh_day_time(on);
    if (amount.n && yh_fen_parse(amount, &l->amount, NULL))
        bad(r, nth, "amount", amount, "金额不是数", "填元，至多两位小数；不填则按单价×数量");
    r->k.bad[nth - 1] = r->n > before;
    if (!amount.n && r->n == before)
        l->amount = yh_line_amount(l->price, l->qty, YH_ROUND_HALF_UP);
}

/* The page's word for a field of the interface. */
static const char *word_of(const char *field)
{
    static const char *const WORD[][2] = {
        { "fixmedins_code", "provider" },
        { "begntime", "begin" },
        { "endtime", "end" },
        { "diag_code", "diagnosis" },
        { "invono", "invoice" },
        { "dise_codg", "disease" },
        { "med_type", "med_type" },
        { "pric", "price" },
        { "cnt", "qty" },
        { "det_item_fee_sumamt", "amount" },
        { "fee_ocur_time", "day" },
        { "med_list_codg", "code" },
    };
    for (int i = 0; i < YH_COUNT(WORD); i++)
        if (yh_eq(yh_cstr(field), yh_cstr(WORD[i][0])))
            return WORD[i][1];
    return "";
}

/* "what field=met：明细 3 detail；cure" (service/refuse.c) without what the page shows anyway: the
 * interface's word, the value, the line. */
static void refused(struct reading *r, int line, const struct yh_err *e)
{
    yh_str text = yh_cstr(e->text), cure = YH_S(""),
           named = yh_fmt(r->a, " %s=%s", e->field, e->met);
    ptrdiff_t at = e->field[0] ? yh_find(text, named) : -1;
    yh_str what = at < 0 ? text : yh_sub(text, 0, at),
           rest = at < 0 ? YH_S("") : yh_sub(text, at + named.n, text.n);
    if ((at = yh_find(rest, YH_S("；"))) >= 0) {
        cure = yh_sub(rest, at + 3, rest.n);
        rest = yh_sub(rest, 0, at);
    }
    yh_str said = yh_fmt(r->a, "：明细 %d", line);
    if (line && yh_starts(rest, said))
        rest = yh_trim(yh_sub(rest, said.n, rest.n));
    yh_str all = yh_fmt(r->a, "%.*s%s%.*s", YH_ARG(what),
                        rest.n && !yh_starts(rest, YH_S("：")) ? "，" : "", YH_ARG(rest));
    put(r, line, word_of(e->field), yh_cstr(e->met), e->status, yh_zdup(r->a, all),
        yh_dup(r->a, cure));
}

struct yh_claim_fault *yh_claim_refused(struct yh_arena *a, const struct yh_err *why)
{
    struct reading r = { .a = a };
    refused(&r, 0, why);
    return r.fault;
}

/* What the charges' own rules say of a line that could be read. */
static void check_lines(struct reading *r, struct yh_ctx *c, const struct yh_visit_row *v)
{
    for (int i = 0; i < r->k.nline; i++) {
        struct yh_err e = { 0 };
        if (!r->k.bad[i] && yh_line_fits(c, v, &r->k.line[i], &e))
            refused(r, i + 1, &e);
    }
}

/* ---- the head ---- */

static void read_days(struct reading *r, const struct yh_json *in, struct yh_ctx *c)
{
    struct yh_claim *k = &r->k;
    yh_str begin = text_of(in, "begin"), end = text_of(in, "end");
    bool known = !yh_day_parse(begin, &k->begin, NULL);
    if (!known)
        bad(r, 0, "begin", begin, begin.n ? "日期认不出" : "没有就医（入院）日期",
            "写作 2026-03-18");
    else if (k->begin > c->today)
        bad(r, 0, "begin", begin, "就医日期晚于今天", "核对票据上的日期");
    k->end = k->begin;
    if (k->stay && yh_day_parse(end, &k->end, NULL))
        bad(r, 0, "end", end, end.n ? "日期认不出" : "没有出院日期", "写作 2026-03-20");
    else if (known && k->end < k->begin)
        bad(r, 0, "end", end, "出院日期早于入院日期", "核对两个日期");
    else if (k->stay && k->end > c->today)
        bad(r, 0, "end", end, "出院日期晚于今天", "核对票据上的日期；未出院的不能报销");
    else
        k->days = known;
}

static void read_diagnosis(struct reading *r, struct yh_ctx *c)
{
    struct yh_claim *k = &r->k;
    uint32_t id;
    if (!k->diagnosis.n) {
        if (!yh_is_pharmacy(k->med_type))
            bad(r, 0, "diagnosis", YH_S(""), "没有诊断编码", "按出院小结或病历填，如 J18.900");
        return;
    }
    switch (yh_catalog_find(c->world->catalog, YH_SPACE_DIAGNOSIS, k->diagnosis, k->end, &id)) {
    case YH_FOUND:
    case YH_UNKNOWN: return;
    case YH_EXPIRED:
        bad(r, 0, "diagnosis", k->diagnosis, "诊断编码当日无效", "用就诊当日有效的编码");
        return;
    case YH_MALFORMED:
        bad(r, 0, "diagnosis", k->diagnosis, "诊断编码不合编码规则",
            "用医保版疾病诊断编码，如 J18.900");
        return;
    }
}

static enum yh_status read_invoice(struct reading *r, struct yh_ctx *c, yh_str own,
                                   struct yh_err *err)
{
    yh_str no = r->k.invoice;
    bool digits = 8 <= no.n && no.n <= 30;
    for (ptrdiff_t i = 0; digits && i < no.n; i++)
        digits = '0' <= no.p[i] && no.p[i] <= '9';
    if (!digits) {
        bad(r, 0, "invoice", no, no.n ? "电子票据号码应为 8 至 30 位数字" : "没有电子票据号码",
            "照票据右上角的号码填，不带空格");
        return YH_OK;
    }
    struct yh_invoice_row row = { .provider = r->k.provider, .invoice = no };
    enum yh_status st = yh_get_invoice(c->x, &row, err);
    if (st == YH_OK && !yh_eq(row.settlement, own)) {
        struct yh_err e = { 0 };
        (void)yh_claim_invoice_twice(no, row.settlement, &e);
        refused(r, 0, &e);
    }
    return st == YH_NOT_FOUND ? YH_OK : st;
}

static void read_total(struct reading *r, const struct yh_json *in)
{
    yh_str said = text_of(in, "total");
    yh_fen total, sum = 0;
    char text[32], more[32];
    if (!said.n)
        return;
    if (yh_fen_parse(said, &total, NULL) || total < 0) {
        bad(r, 0, "total", said, "票面金额不是数", "填元，至多两位小数");
        return;
    }
    for (int i = 0; i < r->k.nline; i++) {
        if (r->k.bad[i])
            return;
        sum += yh_clamp(r->k.line[i].line.amount, 0, (yh_fen)100000000 * 100);
    }
    if (sum != total)
        put(r, 0, "total", said, YH_BAD_INPUT, "票面金额与明细合计不一致",
            yh_fmt(r->a, "明细合计 %.*s 元，相差 %.*s 元；核对有没有漏行或重行",
                   YH_ARG(yh_dec_text(text, sum, 2, 2)),
                   YH_ARG(yh_dec_text(more, sum < total ? total - sum : sum - total, 2, 2))));
}

/* The bill first, then line by line; what is said of one line keeps its order. */
static void in_order(struct reading *r)
{
    for (int i = 1; i < r->n; i++) {
        struct yh_claim_fault f = r->fault[i];
        int at = i;
        for (; at > 0 && r->fault[at - 1].line > f.line; at--)
            r->fault[at] = r->fault[at - 1];
        r->fault[at] = f;
    }
}

enum yh_status yh_claim_read(struct yh_ctx *c, const struct yh_json *in, yh_str of, yh_str own,
                             struct yh_claim *out, struct yh_claim_fault **fault, int *n,
                             struct yh_err *err)
{
    struct reading r = { .a = c->arena };
    const struct yh_json *lines = yh_json_get(in, YH_S("lines"));
    r.k = (struct yh_claim){ .provider = text_of(in, "provider"),
                             .med_type = text_of(in, "med_type"),
                             .diagnosis = text_of(in, "diagnosis"),
                             .diagnosis_name = text_of(in, "diagnosis_name"),
                             .disease = text_of(in, "disease"),
                             .invoice = text_of(in, "invoice"),
                             .stay = yh_eq(of, YH_S("stay")) };
    if (!in || in->kind != YH_JSON_OBJECT)
        return yh_refuse(err, YH_REFUSE_CLAIM_BAD, YH_S(""), "没有填写票据");
    if (!r.k.provider.n)
        bad(&r, 0, "provider", YH_S(""), "没有选就医机构", "选一家；名单里没有的先登记机构");
    if (!r.k.med_type.n || yh_is_stay(r.k.med_type) != r.k.stay)
        bad(&r, 0, "med_type", r.k.med_type, "医疗类别与所办事项不符",
            r.k.stay ? "选一种住院" : "选一种门诊或购药");
    read_days(&r, in, c);
    enum yh_status st = read_invoice(&r, c, own, err);
    if (st)
        return st;
    read_diagnosis(&r, c);
    if (!lines || lines->kind != YH_JSON_ARRAY || !lines->count || lines->count > LINES_MAX) {
        bad(&r, 0, "lines", YH_S(""),
            lines && lines->count > LINES_MAX ? "明细太多" : "没有明细",
            "填 1 至 2,000 行；可从表格粘贴");
    } else {
        r.k.line = YH_NEW(c->arena, struct yh_charge_in, lines->count);
        r.k.bad = YH_NEW(c->arena, bool, lines->count);
        r.k.nline = lines->count;
        int nth = 0;
        for (const struct yh_json *v = lines->first; v; v = v->next)
            read_line(&r, v, ++nth);
        /* Against days that are themselves wrong, each line would be wrong. */
        struct yh_visit_row visit = { .begin_time = yh_day_time(r.k.begin),
                                      .end_time = r.k.stay ? yh_day_time(r.k.end) : 0 };
        if (r.k.days)
            check_lines(&r, c, &visit);
        read_total(&r, in);
    }
    in_order(&r);
    *out = r.k;
    *fault = r.fault;
    *n = r.n;
    return YH_OK;
}
