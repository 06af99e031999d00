/* service/clearing/bygroup.c -- a stay under the payment method of its place and provider. */
#include "service/clearing/bygroup.h"

#include <stdio.h>

#include "service/inside.h"
#include "service/query.h"

/* ---- which method ---- */

enum {
    REGION,
    PROVIDER,
    SCHEME,
    METHOD,
    COEFFICIENT,
    VALUE,
    LOW,
    HIGH,
    FROM,
    TO,
    BASIS,
    COLUMNS
};

static bool number(yh_str s, int64_t *out)
{
    *out = 0;
    return !s.n || (!yh_dec_parse(s, 6, out, NULL) && *out > 0);
}

static enum yh_status read_row(const struct yh_tsv *t, const int *col, struct yh_method *m,
                               struct yh_err *err)
{
    yh_str word = t->cell[col[METHOD]];
    bool dip = yh_eq(word, YH_S("dip"));
    struct yh_method r = { .basis = t->cell[col[BASIS]] };
    bool well = (dip || yh_eq(word, YH_S("drg"))) && number(t->cell[col[VALUE]], &r.value) &&
                number(t->cell[col[COEFFICIENT]], &r.coefficient) &&
                number(t->cell[col[LOW]], &r.low) && number(t->cell[col[HIGH]], &r.high);
    if (!well || !r.coefficient || r.coefficient > 10 * (yh_micro)YH_ONE ||
        dip != (r.value > 0))
        return yh_fail(err, YH_BAD_TABLE,
                       "methods.tsv 第 %d 行：method 写 drg 或 dip，coefficient 大于 0 至 10，"
                       "value（每分多少元）只有 dip 写，low、high 大于 0 或空",
                       t->line);
    (void)snprintf(r.method, sizeof r.method, "%s", dip ? "dip" : "drg");
    *m = r;
    return YH_OK;
}

static bool fits(yh_str cell, yh_str want, int points, int *sum)
{
    if (!cell.n)
        return true;
    *sum += points;
    return yh_eq(cell, want);
}

enum yh_status yh_method_of(const struct yh_casebook *book, yh_str region, yh_str provider,
                            yh_str scheme, yh_day day, struct yh_method *out, bool *found,
                            struct yh_err *err)
{
    static const char *const WANT[] = { "region",      "provider", "scheme", "method",
                                        "coefficient", "value",    "low",    "high",
                                        "from",        "to",       "basis" };
    struct yh_tsv t;
    int col[COLUMNS], more, best = -1;
    *found = false;
    if (!book || !book->methods.n)
        return YH_OK;
    enum yh_status st = yh_tsv_open_with(&t, book->methods, WANT, COLUMNS, col, err);
    while (st == YH_OK && (more = yh_tsv_next(&t, err)) != 0) {
        yh_day from, to = YH_DAY_MAX;
        int near = 0;
        if (more < 0)
            return YH_BAD_TABLE;
        if (yh_day_parse(t.cell[col[FROM]], &from, NULL) ||
            (t.cell[col[TO]].n && yh_day_parse(t.cell[col[TO]], &to, NULL)))
            return yh_fail(err, YH_BAD_TABLE, "methods.tsv 第 %d 行：日期写 2026-01-01",
                           t.line);
        if (!yh_eq(t.cell[col[REGION]], region) || day < from || day >= to ||
            !fits(t.cell[col[PROVIDER]], provider, 2, &near) ||
            !fits(t.cell[col[SCHEME]], scheme, 1, &near) || near <= best)
            continue;
        st = read_row(&t, col, out, err);
        best = near;
    }
    *found = st == YH_OK && best >= 0;
    return st;
}

/* ---- one stay ---- */

/* What came of one; texts that do not stand in a table are here, for all else is scratch. */
struct worth {
    char why[400], code[64];
    int64_t measure;
    yh_fen standard, total, was;
    bool item;
};

#define SAY(o, ...) (void)snprintf((o)->why, sizeof(o)->why, __VA_ARGS__)

static void by_item(struct worth *o, const char *why)
{
    o->item = true;
    SAY(o, "%s：按项目", why);
}

static void put_code(struct worth *o, yh_str code)
{
    (void)snprintf(o->code, sizeof o->code, "%.*s", YH_ARG(code));
}

static enum yh_status special_of(struct yh_ctx *c, const struct yh_settlement_row *s,
                                 struct yh_special_case_row *out, struct yh_err *err)
{
    struct yh_special_case_row like = { .region = s->region, .grp = s->grp }, *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_special_case(
        c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(row[i].settlement, s->settlement) &&
            (yh_eq(row[i].state, YH_S("item")) || yh_eq(row[i].state, YH_S("points"))))
            *out = row[i];
    return st;
}

/* What the pool paid by item in all parts of the stay, and the stay's cost. */
static enum yh_status paid_by_item(struct yh_ctx *c, const struct yh_settlement_row *s,
                                   yh_str pool, struct worth *o, struct yh_err *err)
{
    struct yh_settlement_row *part = NULL;
    int n = 0;
    enum yh_status st =
        yh_settlements_of_visit(c->x, s->region, s->grp, s->visit, &part, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_settlement_fund_row *f = NULL;
        int nf = 0;
        if (part[i].undone_by.n || part[i].undoes.n || !yh_eq(part[i].person, s->person))
            continue;
        o->total += part[i].total;
        st = yh_funds_of(c, &part[i], &f, &nf, err);
        for (int k = 0; st == YH_OK && k < nf; k++)
            o->was += yh_eq(f[k].fund, pool) ? f[k].amount : 0;
    }
    return st;
}

static enum yh_status drg(struct yh_ctx *c, const struct yh_list_found *l,
                          const struct yh_method *m, struct worth *o, struct yh_err *err)
{
    struct yh_list_grouped g;
    char text[32];
    enum yh_status st = yh_list_group(c, l, &g, err);
    if (st)
        return st;
    if (g.group.adrg >= 0 && !g.why.n)
        put_code(o, g.group.name.drg);
    if (!g.priced) {
        by_item(o, g.why.n ? yh_zdup(c->arena, g.why) : "这一组没有权重");
        return YH_OK;
    }
    o->measure = g.weight;
    o->standard = yh_fen_scale(g.standard, m->coefficient, YH_ROUND_HALF_UP);
    if (m->low && o->total < yh_fen_scale(o->standard, m->low, YH_ROUND_HALF_UP))
        by_item(o, "费用低于标准的下限倍数");
    else if (m->high && o->total > yh_fen_scale(o->standard, m->high, YH_ROUND_HALF_UP))
        by_item(o, "费用高于标准的上限倍数");
    else
        SAY(o, "权重 %.*s × 费率 × 系数", YH_ARG(yh_dec_text(text, g.weight, 6, 6)));
    return YH_OK;
}

/* points in ten-thousandths × value in millionths of a yuan, to a fen. */
static yh_fen of_points(int64_t points, int64_t value)
{
    __int128 v = (__int128)points * value;
    return (yh_fen)((v + 50000000) / 100000000);
}

static enum yh_status dip(struct yh_ctx *c, const struct yh_list_found *l,
                          const struct yh_method *m, int64_t given, struct worth *o,
                          struct yh_err *err)
{
    struct yh_list_dip *g = YH_NEW(c->arena, struct yh_list_dip, 1);
    struct yh_dip_points p;
    char text[32], value[32];
    enum yh_status st = yh_list_dip(c, l, g, err);
    if (st)
        return st;
    if (!g->catalogue) {
        by_item(o, yh_zdup(c->arena, g->why));
        return YH_OK;
    }
    put_code(o, g->code);
    yh_dip_points(g->rules, g->catalogue, &g->group, o->total, m->coefficient, &p);
    o->measure = given ? given : p.score;
    o->standard = of_points(o->measure, m->value);
    if (!given && p.deviation == YH_DIP_REVIEW)
        by_item(o, "费用偏离过大，待专家审核");
    else
        SAY(o, "%s %.*s 分 × 每分 %.*s 元", given ? "特例单议核定" : "分值",
            YH_ARG(yh_dec_text(text, o->measure, 4, 4)),
            YH_ARG(yh_dec_text(value, m->value, 6, 6)));
    return YH_OK;
}

static enum yh_status worth_of(struct yh_ctx *c, const struct yh_settlement_row *s,
                               const struct yh_method *m, yh_str pool, struct worth *o,
                               struct yh_err *err)
{
    struct yh_special_case_row special = { .state = YH_S("") };
    struct yh_document_row like = { .region = s->region,
                                    .grp = s->grp,
                                    .infno = YH_S("4101"),
                                    .provider = s->provider,
                                    .own_key = s->settlement },
                           *list = NULL;
    struct yh_list_found l;
    int n = 0;
    enum yh_status st = paid_by_item(c, s, pool, o, err);
    if (st == YH_OK)
        st = special_of(c, s, &special, err);
    if (st == YH_OK)
        st = yh_list_document(
            c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 5, .down = true, .most = 1 },
            &like, &list, &n, err);
    if (st || !n) {
        by_item(o, "没有上传结算清单");
        return st;
    }
    if ((st = yh_list_open_found(c, &list[0], &l, err)) != YH_OK)
        return st;
    bool is_dip = !strcmp(m->method, "dip"), given = yh_eq(special.state, YH_S("points"));
    /* The panel's points are millionths, the catalogue's ten-thousandths. */
    st = is_dip ? dip(c, &l, m, given ? special.points / 100 : 0, o, err)
                : drg(c, &l, m, o, err);
    if (st == YH_OK && yh_eq(special.state, YH_S("item")))
        by_item(o, "特例单议，评审同意退出");
    else if (st == YH_OK && given && !is_dip)
        by_item(o, "特例单议给的是分值，本地按权重付费没有分值单价，请另给差额");
    return st;
}

enum yh_status yh_stay_by_method(struct yh_ctx *c, const struct yh_settlement_row *s,
                                 struct yh_clearing_case_row *out, bool *looked,
                                 struct yh_err *err)
{
    struct yh_method m;
    struct worth o = { .code = "" };
    char region[8];
    bool found = false;
    *looked = false;
    (void)snprintf(region, sizeof region, "%06u",
                   (unsigned)(c->provider ? c->provider_place.pool->code : 0));
    if (!yh_is_stay(s->med_type) || !yh_is_providers(s) || !yh_eq(s->kind, YH_S("settle")) ||
        s->undone_by.n || s->interim || yh_eq(s->clearing_way, YH_S("2")) ||
        !yh_eq(s->region, yh_cstr(region)))
        return YH_OK;
    enum yh_status st = yh_method_of(c->world->casebook, yh_cstr(region), s->provider,
                                     s->scheme, (yh_day)s->end_day, &m, &found, err);
    if (st || !found)
        return st;
    char pool[16];
    (void)snprintf(pool, sizeof pool, "%.*s100", YH_ARG(s->scheme)); /* 310 -> 310100 */
    struct yh_arena *keep = c->arena,
                    scratch = *keep; /* lists are long: what each needs falls back */
    c->x->arena = c->arena = &scratch;
    st = worth_of(c, s, &m, yh_cstr(pool), &o, err);
    c->x->arena = c->arena = keep;
    if (st)
        return st;
    yh_fen pays = yh_max(o.standard - (o.total - o.was), 0);
    *out = (struct yh_clearing_case_row){ .settlement = yh_dup(c->arena, s->settlement),
                                          .home = yh_dup(c->arena, s->region),
                                          .home_grp = s->grp,
                                          .person = yh_dup(c->arena, s->person),
                                          .method = yh_dup(c->arena, yh_cstr(m.method)),
                                          .code = yh_dup(c->arena, yh_cstr(o.code)),
                                          .measure = o.measure,
                                          .standard = o.standard,
                                          .total = o.total,
                                          .fund = yh_dup(c->arena, yh_cstr(pool)),
                                          .was = o.was,
                                          .diff = o.item ? 0 : pays - o.was,
                                          .why = yh_dup(c->arena, yh_cstr(o.why)) };
    *looked = true;
    return YH_OK;
}
