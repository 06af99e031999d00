#include "shell/pdf/clearing.h"

#include "shell/pdf/pdf.h"

struct paper {
    struct yh_arena *a;
    const struct yh_json *v;
};

static yh_str text(const struct yh_json *v, const char *name)
{
    return yh_json_text(yh_json_get(v, yh_cstr(name)));
}

static yh_str yuan(struct yh_arena *a, const struct yh_json *v, const char *name)
{
    struct yh_buf b = yh_buf_in(a);
    int64_t fen = 0;
    if (!yh_int_parse(text(v, name), &fen, NULL))
        yh_put_money(&b, fen);
    return yh_buf_str(&b);
}

static const struct yh_json *list(const struct yh_json *v, const char *name)
{
    const struct yh_json *l = yh_json_get(v, yh_cstr(name));
    return l && l->kind == YH_JSON_ARRAY && l->count ? l : NULL;
}

static void figures(struct yh_pdf *p, const struct paper *k)
{
    static const struct yh_pdf_column COL[] = { { "项目", 5, false },
                                                { "金额（元）", 4, true },
                                                { "依据", 12, false } };
    const struct yh_json *l = list(k->v, "figures");
    if (!l)
        return;
    yh_str *cell = YH_NEW(k->a, yh_str, 3 * l->count), *at = cell;
    for (const struct yh_json *f = l->first; f; f = f->next) {
        *at++ = text(f, "words");
        *at++ = yuan(k->a, f, "amount");
        *at++ = text(f, "why");
    }
    yh_pdf_table(p, COL, 3, cell, (int)l->count);
}

static void funds(struct yh_pdf *p, const struct paper *k)
{
    static const struct yh_pdf_column COL[] = {
        { "基金", 8, false }, { "应付（记账）", 4, true }, { "差额", 4, true },
        { "抵扣", 4, true },  { "预留", 4, true },         { "应拨付", 4, true }
    };
    static const char *const NAME[] = { "owed", "bygroup", "set_off", "margin", "net" };
    const struct yh_json *l = list(k->v, "funds");
    if (!l)
        return;
    yh_str *cell = YH_NEW(k->a, yh_str, 6 * l->count), *at = cell;
    for (const struct yh_json *f = l->first; f; f = f->next) {
        *at++ = text(f, "name");
        for (int i = 0; i < YH_COUNT(NAME); i++)
            *at++ = yuan(k->a, f, NAME[i]);
    }
    yh_pdf_space(p, 3);
    yh_pdf_text(p, YH_PDF_HEAD, YH_S("分基金"));
    yh_pdf_table(p, COL, 6, cell, (int)l->count);
}

static void stays(struct yh_pdf *p, const struct paper *k)
{
    static const struct yh_pdf_column COL[] = { { "结算", 6, false },  { "病组", 4, false },
                                                { "总费用", 4, true }, { "应得", 4, true },
                                                { "差额", 4, true },   { "说明", 8, false } };
    const struct yh_json *l = list(k->v, "cases");
    if (!l)
        return;
    yh_str *cell = YH_NEW(k->a, yh_str, 6 * l->count), *at = cell;
    for (const struct yh_json *f = l->first; f; f = f->next) {
        *at++ = text(f, "settlement");
        *at++ = text(f, "code");
        *at++ = yuan(k->a, f, "total");
        *at++ = yuan(k->a, f, "standard");
        *at++ = yuan(k->a, f, "diff");
        *at++ = text(f, "why");
    }
    yh_pdf_space(p, 3);
    yh_pdf_text(p, YH_PDF_HEAD,
                yh_fmt(k->a, "按病组或分值付费的住院：共 %.*s 例，列出 %d 例",
                       YH_ARG(text(k->v, "cases_all")), (int)l->count));
    yh_pdf_table(p, COL, 6, cell, (int)l->count);
}

static void draw(struct yh_pdf *p, void *user)
{
    static const char *const SIGN[] = { "经办", "复核", "机构（盖章）" };
    const struct paper *k = user;
    bool cleared = yh_eq(text(k->v, "state"), YH_S("cleared"));
    const struct yh_pdf_pair head[] = {
        { "机构", yh_fmt(k->a, "%.*s（%.*s）", YH_ARG(text(k->v, "name")),
                         YH_ARG(text(k->v, "provider"))) },
        { "清算月份", text(k->v, "month") },
        { "清算编号", cleared ? text(k->v, "clearing") : YH_S("草案，未核定") },
        { "经办与复核", yh_fmt(k->a, "%.*s　%.*s", YH_ARG(text(k->v, "officer")),
                               YH_ARG(text(k->v, "reviewer"))) },
    };
    yh_pdf_title(p, cleared ? YH_S("医疗保障基金清算单") : YH_S("医疗保障基金清算单（草案）"),
                 YH_S(""));
    yh_pdf_pairs(p, head, YH_COUNT(head), 2);
    yh_pdf_space(p, 3);
    figures(p, k);
    funds(p, k);
    const struct yh_json *off = list(k->v, "set_off");
    if (off) {
        struct yh_buf b = yh_buf_in(k->a);
        for (const struct yh_json *f = off->first; f; f = f->next)
            yh_putf(&b, "%s%.*s", b.n ? "、" : "", YH_ARG(yh_json_text(f)));
        yh_pdf_space(p, 3);
        yh_pdf_text(p, YH_PDF_BODY, yh_fmt(k->a, "抵扣的案件：%.*s", YH_ARG(yh_buf_str(&b))));
    }
    stays(p, k);
    yh_pdf_space(p, 6);
    yh_pdf_sign(p, SIGN, YH_COUNT(SIGN));
}

enum yh_status yh_paper_clearing(struct yh_arena *a, yh_str file, yh_time now, yh_str *pdf,
                                 struct yh_err *err)
{
    struct yh_json *v = NULL;
    enum yh_status st = yh_json_read(a, file, (struct yh_json_limits){ 0 }, &v, err);
    if (st)
        return st;
    if (v->kind != YH_JSON_OBJECT || !list(v, "figures"))
        return yh_fail(err, YH_BAD_INPUT, "不是清算单");
    struct paper k = { a, v };
    struct yh_pdf_meta meta = { .title = YH_S("医疗保障基金清算单"),
                                .footer = YH_S("金额单位：元；应付为记账数，应拨付为拨付数"),
                                .made = now };
    return yh_pdf_make(a, &meta, draw, &k, pdf, err);
}
