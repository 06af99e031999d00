/* model/policy/compile.c -- a merged document to a plan: its names, its own statements, then its layers. */
#include "model/policy/compile.h"

/* ---- clauses, parameters, names ---- */

static void add_clauses(struct yh_compiler *k)
{
    const struct yh_merge *m = k->c.m;
    for (int i = 0; i < m->ndoc; i++) {
        const struct yh_policy_doc *d = &m->set->doc[m->doc[i]];
        k->c.clause_at[m->doc[i]] = k->plan->nclause;
        struct yh_clause *all = (struct yh_clause *)k->plan->clause;
        for (int j = 0; j < d->nclause; j++)
            YH_PUSH(k->c.a, all, k->plan->nclause, k->nclause_cap) = d->clause[j];
        k->plan->clause = all;
    }
}

static void add_params(struct yh_compiler *k)
{
    const struct yh_merge *m = k->c.m;
    struct yh_param *p = YH_NEW(k->c.a, struct yh_param, m->n + 1);
    k->c.params = (struct yh_params){ p, 0 };
    for (int i = 0; i < m->n; i++) {
        const struct yh_policy_stmt *s = m->item[i].stmt;
        yh_str rest = s->args, name;
        if (yh_stmt_is(s, "params")) {
            name = yh_trim(yh_cut_any(&rest, "=", "＝"));
        } else if (yh_starts(s->word, YH_S("params."))) {
            name = s->where;
            if (!yh_eat(&rest, "=") && !yh_eat(&rest, "＝"))
                rest.p = NULL;
        } else {
            continue;
        }
        if (!rest.p || !name.n) {
            BAD(k, s, s->where, "写成 名称 = 数值", "参数写得不对");
            continue;
        }
        struct yh_param v;
        const char *bad = yh_micro_read(rest, &k->c.params, &v);
        if (*bad) {
            BAD(k, s, yh_trim(rest), "写成 34,000、50% 或 缺", "参数「%.*s」的值%s",
                YH_ARG(name), bad);
            continue;
        }
        if (v.missing)
            yh_found(k->c.a, k->c.f, YH_MISSING, yh_cc_doc(&k->c, s), yh_trim(rest),
                     "查到数值后填上；在此之前文件不得生效", "参数「%.*s」缺失（缺）",
                     YH_ARG(name));
        v.name = name;
        p[k->c.params.n++] = v;
    }
}

static void add_defines(struct yh_compiler *k)
{
    const struct yh_merge *m = k->c.m;
    for (int i = 0; i < m->n; i++) {
        const struct yh_policy_stmt *s = m->item[i].stmt;
        if (!yh_stmt_is(s, "define"))
            continue;
        if (k->ndefine == YH_COUNT(k->define)) {
            BAD(k, s, s->where, "合并相同的 define", "define 太多（超过 64）");
            break;
        }
        yh_str rest = s->args, name = yh_trim(yh_cut_any(&rest, "=", "＝"));
        if (!name.n || !rest.p)
            BAD(k, s, s->where, "写成 define 合规 = 范围内 + 先行自付", "define 写得不对");
        else {
            k->define[k->ndefine].name = name;
            k->define[k->ndefine].s = s;
            k->define[k->ndefine++].expr = yh_trim(rest);
        }
    }
}

static bool below(const struct yh_kinds *k, int i, int top)
{
    for (; i >= 0; i = k->kind[i].parent)
        if (i == top)
            return true;
    return false;
}

/* Which values a table must cover. */
static void set_required(struct yh_compiler *k)
{
    const struct yh_kinds *kinds = k->c.kinds;
    yh_str scheme = k->plan->scheme;
    const char *root = yh_starts(scheme, YH_S("39"))  ? "居民"
                       : yh_starts(scheme, YH_S("3")) ? "职工"
                                                      : "";
    int top = yh_kinds_find(kinds, YH_DIM_PERSON, yh_cstr(root));
    for (int i = 0; i < kinds->n; i++) {
        const struct yh_kind *x = &kinds->kind[i];
        bool must = !kinds->group[i];
        if (x->dim == YH_DIM_PERSON)
            must &= top >= 0 && below(kinds, i, top);
        k->c.required[x->dim][x->ordinal] = must;
    }
}

static void set_order(struct yh_compiler *k)
{
    const struct yh_kinds *kinds = k->c.kinds;
    bool seen[64] = { false };
    struct yh_cc *c = &k->c;
    for (int i = 0; i < c->m->n; i++) {
        const struct yh_policy_stmt *s = c->m->item[i].stmt;
        if (!yh_stmt_is(s, "order"))
            continue;
        yh_str rest = s->args, head = yh_trim(yh_cut_any(&rest, ":", "："));
        if (yh_dim_of(head) != YH_DIM_IDENT || !rest.p) {
            BAD(k, s, s->where, "写成 order 身份: 特困, 低保", "order 只用于身份");
            continue;
        }
        for (yh_str v; (v = yh_next_item(&rest)).n;) {
            int at = yh_kinds_find(kinds, YH_DIM_IDENT, v);
            if (at < 0)
                BAD(k, s, v, "取值见 catalogs/kinds.tsv，或用 kinds 身份 声明",
                    "没有「%.*s」这个身份", YH_ARG(v));
            else if (seen[kinds->kind[at].ordinal])
                BAD(k, s, v, "每个身份写一次", "「%.*s」写了两次", YH_ARG(v));
            else {
                seen[kinds->kind[at].ordinal] = true;
                c->ident[c->nident++] = kinds->kind[at].ordinal;
            }
        }
    }
    /* Then the others as declared; what refines stands before what it refines. */
    for (int o = kinds->dim_n[YH_DIM_IDENT], i = 0; i < o; i++) {
        for (int j = 0; j < o; j++) {
            int up = kinds->kind[kinds->at[YH_DIM_IDENT][j]].parent;
            if (up >= 0 && kinds->kind[up].ordinal == i && !seen[j] && !seen[i]) {
                seen[j] = true;
                c->ident[c->nident++] = j;
            }
        }
        if (!seen[i]) {
            seen[i] = true;
            c->ident[c->nident++] = i;
        }
    }
}

/* ---- the document ---- */

/* A word; commas part words too. */
static yh_str next_token(yh_str *rest)
{
    yh_str s = *rest;
    while (s.n && (strchr(" \t\n,", *s.p) || yh_starts(s, YH_S("，"))))
        s = yh_sub(s, *s.p == (char)0xEF ? 3 : 1, s.n);
    yh_str w = { s.p, 0 };
    while (s.n && !strchr(" \t\n,", *s.p) && !yh_starts(s, YH_S("，"))) {
        s = yh_sub(s, 1, s.n);
        w.n++;
    }
    *rest = s;
    return w;
}

static void read_year(struct yh_compiler *k, const struct yh_policy_stmt *s)
{
    struct yh_plan *p = k->plan;
    yh_str rest = s->args, w;
    while ((w = next_token(&rest)).n) {
        if (yh_eq(w, YH_S("自然年"))) {
            p->year_start_month = p->year_start_day = 1;
        } else if (yh_eq(w, YH_S("from"))) {
            yh_str d = next_token(&rest);
            yh_day day;
            if (d.n != 5 || yh_day_parse(yh_fmt(k->c.a, "2000-%.*s", YH_ARG(d)), &day, NULL)) {
                BAD(k, s, d.n ? d : w, "写成 from 09-01", "不是月-日");
                continue;
            }
            p->year_start_month = yh_civil_of(day).month;
            p->year_start_day = yh_civil_of(day).day;
        } else if (yh_eq(w, YH_S("by"))) {
            yh_str by = next_token(&rest);
            p->year_by_admission = yh_eq(by, YH_S("入院"));
            if (!p->year_by_admission && !yh_starts(by, YH_S("出院")) &&
                !yh_eq(by, YH_S("结算")))
                BAD(k, s, by.n ? by : w, "写 by 出院结算 或 by 入院", "不认得「%.*s」",
                    YH_ARG(by));
        } else {
            BAD(k, s, w, "写成 year 自然年 by 出院结算，或 year from 09-01", "不认得「%.*s」",
                YH_ARG(w));
        }
    }
}

static void read_days(struct yh_compiler *k, const struct yh_policy_stmt *s)
{
    static const struct {
        const char *word;
        enum yh_day_rule rule;
    } DAYS[] = {
        { "入院", YH_DAY_BEGIN },  { "就诊", YH_DAY_BEGIN },  { "出院", YH_DAY_DISCHARGE },
        { "结算", YH_DAY_SETTLE }, { "费用日", YH_DAY_LINE },
    };
    yh_str rest = s->args;
    while (rest.p) {
        yh_str part = yh_trim(yh_cut_any(&rest, ";", "；"));
        yh_str what = yh_next_word(&part), by = yh_next_word(&part), day = yh_next_word(&part);
        enum yh_day_rule *to = yh_eq(what, YH_S("待遇版本")) ? &k->plan->version_day
                               : yh_eq(what, YH_S("身份"))   ? &k->plan->entitle_day
                               : yh_eq(what, YH_S("项目"))   ? &k->plan->term_day
                                                             : NULL;
        int i = 0;
        while (i < YH_COUNT(DAYS) && !yh_eq(day, yh_cstr(DAYS[i].word)))
            i++;
        if (!to || !yh_eq(by, YH_S("by")) || i == YH_COUNT(DAYS))
            BAD(k, s, what.n ? what : s->where,
                "写成 days 待遇版本 by 出院; 身份 by 入院; 项目 by 费用日", "days 写得不对");
        else
            *to = DAYS[i].rule;
    }
}

static void read_choice(struct yh_compiler *k, const struct yh_policy_stmt *s,
                        const char *const *word, int n, int *out)
{
    for (int i = 0; i < n; i++)
        if (yh_eq(s->args, yh_cstr(word[i]))) {
            *out = i;
            return;
        }
    struct yh_buf cure = yh_buf_in(k->c.a);
    for (int i = 0; i < n; i++)
        yh_putf(&cure, "%s%s", i ? "、" : "写 ", word[i]);
    BAD(k, s, s->args.n ? s->args : s->where, yh_zdup(k->c.a, yh_buf_str(&cure)),
        "不认得「%.*s」", YH_ARG(s->args));
}

static void read_account(struct yh_compiler *k, struct yh_entries *parts)
{
    static const char *const PARTS[YH_PART_N] = { "起付", "共付", "先行自付", "超限价",
                                                  "全自费" };
    const struct yh_merge *m = k->c.m;
    for (int i = 0; i < m->n; i++) {
        const struct yh_policy_stmt *s = m->item[i].stmt;
        if (!yh_stmt_is(s, "account.for"))
            continue;
        yh_str rest = s->args, visits = yh_trim(yh_cut_any(&rest, ":", "："));
        struct yh_entry e = { .stmt = s, .op = '=', .at = s->args, .conds = visits };
        e.cond[e.n++] = (struct yh_cond){ .dim = YH_DIM_VISIT };
        if (!rest.p) {
            BAD(k, s, s->where, "写成 for 门诊, 药店: 起付, 共付", "account 的写法不对");
            continue;
        }
        if (!yh_visits_read(k->c.a, k->c.kinds, visits, e.cond[0].set, yh_cc_doc(&k->c, s),
                            k->c.f))
            continue;
        for (yh_str v; (v = yh_next_item(&rest)).n;) {
            int p = 0;
            while (p < YH_PART_N && !yh_eq(v, yh_cstr(PARTS[p])))
                p++;
            if (p == YH_PART_N)
                BAD(k, s, v, "可写 起付、共付、先行自付、超限价、全自费",
                    "个人账户没有「%.*s」这一部分", YH_ARG(v));
            else
                e.v |= 1 << p;
        }
        YH_PUSH(k->c.a, parts->e, parts->n, parts->cap) = e;
        k->plan->account.clause = yh_cc_clause(&k->c, s);
    }
}

static bool parts_at(struct yh_cc *c, void *arg, const struct yh_point *p, struct yh_cell *out)
{
    struct yh_entry *e = yh_pick(c, arg, p, false, 0, 0, "个人账户");
    out->value = e ? e->v : 0;
    if (e)
        out->clause = yh_cc_clause(c, e->stmt);
    return true;
}

static void compile_account(struct yh_compiler *k)
{
    struct yh_entries parts = { 0 };
    read_account(k, &parts);
    if (!parts.n)
        return;
    struct yh_entries *lists[] = { &parts };
    yh_cells_build(&k->c, lists, 1, parts_at, &parts, true, parts.e[0].stmt, "个人账户",
                   &k->plan->account.parts);
}

static bool over_word(struct yh_compiler *k, const struct yh_policy_stmt *s,
                      struct yh_cells *out)
{
    bool hosp = yh_eq(s->args, YH_S("医院"));
    if (!hosp && !yh_eq(s->args, YH_S("个人")))
        return false;
    yh_amount_same(k, hosp, yh_cc_clause(&k->c, s), out);
    return true;
}

static void compile_statement(struct yh_compiler *k, const struct yh_policy_stmt *s)
{
    static const char *const CROSS[] = { "并入出院年", "强制中途结算", "按日拆分" };
    static const char *const INTERIM[] = { "连续", "重算" };
    static const char *const UNDO[] = { "拒绝", "重新结算" };
    struct yh_plan *p = k->plan;
    int choice = 0;
    if (yh_stmt_is(s, "year")) {
        read_year(k, s);
    } else if (yh_stmt_is(s, "days")) {
        read_days(k, s);
    } else if (yh_stmt_is(s, "cross-year")) {
        read_choice(k, s, CROSS, 3, &choice);
        p->cross_year = (enum yh_cross_year)choice;
    } else if (yh_stmt_is(s, "interim")) {
        read_choice(k, s, INTERIM, 2, &choice);
        p->interim_resets = choice;
    } else if (yh_stmt_is(s, "undo")) {
        read_choice(k, s, UNDO, 2, &choice);
        p->undo_readjudicates = choice;
    } else if (yh_stmt_is(s, "split")) {
        yh_amount_build(k, s, s->args, YH_V_RATE, NULL, YH_S(""), true, "先行自付",
                        &p->split.first_pay);
    } else if (yh_stmt_is(s, "split.over")) {
        if (!over_word(k, s, &p->split.over_hosp))
            yh_amount_build(k, s, s->args, YH_V_FLAG, NULL, YH_S(""), true, "超限价由医院负担",
                            &p->split.over_hosp);
    } else if (yh_stmt_is(s, "split.lift")) {
        yh_amount_build(k, s, s->args, YH_V_FLAG, NULL, YH_S(""), true, "不受限价",
                        &p->split.lift_limit);
    } else if (yh_stmt_is(s, "split.pre-self")) {
        yh_amount_build(k, s, s->args, YH_V_RATE, NULL, YH_S(""), false, "先自付",
                        &p->split.pre_self);
    } else if (yh_stmt_is(s, "split.round")) {
        yh_fen unit = 1;
        yh_round_read(k, s, &unit, &p->split.round_mode);
        if (unit != 1)
            BAD(k, s, s->args, "写 四舍五入、舍去 或 进一", "明细只保留到分");
    } else if (yh_stmt_is(s, "entitled")) {
        yh_amount_build(k, s, s->args, YH_V_FLAG, NULL, YH_S(""), false, "待遇资格",
                        &p->entitled);
    } else if (yh_stmt_is(s, "price")) {
        yh_amount_build(k, s, s->args, YH_V_MONEY, NULL, YH_S(""), true, "病种价格",
                        &p->fixed_price);
    } else if (yh_stmt_is(s, "account.family")) {
        yh_amount_build(k, s, s->args, YH_V_FLAG, NULL, YH_S(""), true, "家庭共济",
                        &p->account.family);
    }
}

static void digest_of(struct yh_compiler *k)
{
    const struct yh_merge *m = k->c.m;
    struct yh_sha256 h;
    yh_sha256_start(&h);
    for (int i = 0; i < m->ndoc; i++)
        yh_sha256_add(&h, m->set->doc[m->doc[i]].text);
    yh_sha256_end(&h, k->plan->digest);
}

/* Tags in the order that decides which one a line with several is taken by. */
static void tag_order(struct yh_compiler *k)
{
    struct yh_plan *p = k->plan;
    uint8_t *order = YH_NEW(k->c.a, uint8_t, 32);
    for (int t = 1; t < k->c.kinds->dim_n[YH_DIM_TAG]; t++)
        if (k->c.tags_named >> t & 1)
            order[p->ntag_order++] = (uint8_t)t;
    p->tag_order = order;
}

enum yh_status yh_compile_merge(struct yh_arena *a, const struct yh_merge *m, yh_day day,
                                struct yh_policy_how how, struct yh_plan **out,
                                struct yh_findings *f, struct yh_err *err)
{
    struct yh_compiler *k = YH_NEW(a, struct yh_compiler, 1);
    struct yh_plan *p = YH_NEW(a, struct yh_plan, 1);
    const struct yh_policy_doc *base = &m->set->doc[m->base];
    int errors = f->count[YH_ERROR], missing = f->count[YH_MISSING];
    k->plan = p;
    k->c = (struct yh_cc){ .a = a, .m = m, .kinds = m->kinds, .f = f };
    k->c.clause_at = YH_NEW(a, int, m->set->ndoc);
    memset(k->c.visits, 0xff, sizeof k->c.visits);
    *p = (struct yh_plan){
        .id = base->id,
        .region = base->region,
        .scheme = base->scheme,
        .title = base->title,
        .period = base->period,
        .account.clause = -1,
        .version_day = YH_DAY_DISCHARGE,
        .entitle_day = YH_DAY_BEGIN,
        .term_day = YH_DAY_LINE,
        .year_start_month = 1,
        .year_start_day = 1,
    };
    (void)day;
    add_clauses(k);
    add_params(k);
    add_defines(k);
    set_required(k);
    set_order(k);
    for (int i = 0; i < m->n; i++)
        if (!m->item[i].stmt->group.n)
            compile_statement(k, m->item[i].stmt);
    compile_account(k);
    yh_compile_variants(k);
    struct yh_layer *layer = YH_NEW(a, struct yh_layer, k->nvariant);
    for (int i = 0; i < k->nvariant; i++)
        yh_compile_layer(k, i, &layer[i]);
    p->layer = layer;
    p->nlayer = k->nvariant;
    p->kind = m->kinds->kind;
    p->nkind = m->kinds->n;
    p->kind_map = m->kinds->map;
    memcpy(p->dim_n, m->kinds->dim_n, sizeof p->dim_n);
    tag_order(k);
    digest_of(k);
    if (f->count[YH_ERROR] > errors)
        return yh_fail(err, YH_BAD_TABLE, "政策文件有错误，不能执行");
    if (f->count[YH_MISSING] > missing && !how.missing_ok)
        return yh_fail(err, YH_BAD_TABLE, "政策文件缺参数，不得生效");
    *out = p;
    return YH_OK;
}
