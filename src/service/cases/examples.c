#include "service/cases/examples.h"

const char *const YH_EXAMPLE_KINDS[] = {
    "inpatient",        "outpatient",     "chronic",     "critical_illness", "assistance",
    "assist_quota",     "assistance_cap", "chain",       "maternity",        "veteran_subsidy",
    "civil_servant",    "item_split",     "item_refund", "account_only",     "cross_region",
    "year_attribution", "cap_incentive",  NULL,
};

#define NAMES_MAX 32
#define CASES_MAX 16

struct rule {
    yh_str kinds, key, role, column;
};

struct example {
    yh_str id, place, kind, said; /* said: scenario and kind of insurance, to find words in */
    yh_day day;
    bool dated;
    struct {
        yh_str name, value;
        bool ruled;
    } item[NAMES_MAX];
    int nitem;
    const struct yh_case_done *of[CASES_MAX];
    int nof;
};

struct checker {
    struct yh_arena *a;
    const struct yh_policy_set *set;
    const struct yh_case_done *done;
    int ndone;
    struct rule *rule;
    int nrule, rule_cap;
    struct yh_example_result *out;
    int fail_cap;
};

#define FAIL(c, ...)                                                   \
    (YH_PUSH((c)->a, (c)->out->fail, (c)->out->nfail, (c)->fail_cap) = \
         yh_fmt((c)->a, __VA_ARGS__))

/* ---- numbers ---- */

/* "14,450.00", "85%" in millionths. */
static bool read_number(yh_str s, int64_t *out)
{
    char plain[40];
    int n = 0;
    bool percent = yh_ends(s, YH_S("%"));
    for (ptrdiff_t i = 0; i < s.n - percent && n < (int)sizeof plain; i++)
        if (s.p[i] != ',')
            plain[n++] = s.p[i];
    return !yh_dec_parse((yh_str){ plain, n }, percent ? 4 : 6, out, NULL);
}

static bool is_name_byte(char c)
{
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || c == '_' ||
           ('0' <= c && c <= '9') || c == '.';
}

static int item_of(const struct example *e, yh_str name)
{
    for (int i = 0; i < e->nitem; i++)
        if (yh_eq(e->item[i].name, name))
            return i;
    return -1;
}

/* The next name or number of an expression, and the operation before it ('+' at first). */
static yh_str next_term(yh_str *rest, char *op)
{
    *op = '+';
    if (rest->n && strchr("+-*/", *rest->p)) {
        *op = *rest->p;
        *rest = yh_sub(*rest, 1, rest->n);
    }
    yh_str t = { rest->p, 0 };
    while (rest->n && is_name_byte(*rest->p)) {
        *rest = yh_sub(*rest, 1, rest->n);
        t.n++;
    }
    return t;
}

static bool is_digit(yh_str t)
{
    return t.n && '0' <= *t.p && *t.p <= '9';
}

/* Every name of the expression is one of the example's; marks them as ruled. */
static bool rule_applies(struct example *e, yh_str key)
{
    char op;
    yh_str rest = key;
    for (yh_str t; (t = next_term(&rest, &op)).n;)
        if (!is_digit(t) && item_of(e, t) < 0)
            return false;
    rest = key;
    for (yh_str t; (t = next_term(&rest, &op)).n;)
        if (!is_digit(t))
            e->item[item_of(e, t)].ruled = true;
    return true;
}

/* Left to right, in millionths. */
static bool evaluate(const struct example *e, yh_str key, int64_t *out)
{
    int64_t sum = 0;
    char op;
    bool ok = true;
    for (yh_str t; ok && (t = next_term(&key, &op)).n;) {
        int64_t v = 0;
        ok = read_number(is_digit(t) ? t : e->item[item_of(e, t)].value, &v);
        if (op == '+' || op == '-')
            sum += op == '+' ? v : -v;
        else if (op == '*')
            sum = yh_muldiv(sum, v, 1000000, YH_ROUND_HALF_UP);
        else if (ok && v)
            sum = yh_muldiv(sum, 1000000, v, YH_ROUND_HALF_UP);
    }
    *out = sum;
    return ok && !key.n;
}

/* ---- columns ---- */

/* One `*` at most. */
static bool matches(yh_str column, yh_str pattern)
{
    yh_str tail = pattern, head = yh_cut(&tail, '*');
    if (!tail.p)
        return yh_eq(column, pattern);
    return column.n >= head.n + tail.n && yh_starts(column, head) && yh_ends(column, tail);
}

static const struct {
    const char *name;
    enum yh_payer payer;
} PAYERS[] = {
    { "hifp_pay", YH_PAY_BASIC },     { "hifmi_pay", YH_PAY_SERIOUS },
    { "hifob_pay", YH_PAY_LARGE },    { "hifes_pay", YH_PAY_ENTERPRISE },
    { "cvlserv_pay", YH_PAY_CIVIL },  { "maf_pay", YH_PAY_ASSIST },
    { "hifdm_pay", YH_PAY_DISABLED }, { "oth_pay", YH_PAY_OTHER },
};

/* The sum of the compared columns that are layers of the payer; false: there is none. */
static bool sum_of(const struct yh_case_done *d, yh_str name, int64_t *out)
{
    bool any = false;
    *out = 0;
    for (int p = 0; p < YH_COUNT(PAYERS); p++)
        for (int i = 0; yh_eq(name, yh_cstr(PAYERS[p].name)) && i < d->head->n; i++)
            for (int l = 0; d->compared >> i & 1 && l < d->plan->nlayer; l++) {
                const struct yh_layer *x = &d->plan->layer[l];
                int64_t v;
                if (x->payer != PAYERS[p].payer || !yh_eq(x->name, d->head->cell[i]) ||
                    !read_number(d->row->cell[i], &v))
                    continue;
                any = true;
                *out += v;
                break; /* a layer of several visits has several entries */
            }
    return any;
}

static bool eat_at(yh_str *s)
{
    if (!yh_starts(*s, YH_S("@")))
        return false;
    *s = yh_sub(*s, 1, s->n);
    return true;
}

static bool number_in(const struct yh_case_done *d, yh_str pattern, bool compared, int64_t want)
{
    int64_t v;
    if (eat_at(&pattern))
        return compared && sum_of(d, pattern, &v) && v == want;
    for (int i = 0; i < d->head->n && i < 64; i++)
        if ((bool)(d->compared >> i & 1) == compared && matches(d->head->cell[i], pattern) &&
            read_number(d->row->cell[i], &v) && v == want)
            return true;
    return false;
}

/* "普通=无": the case's word for the example's. */
static yh_str word_for(yh_str map, yh_str word)
{
    while (map.n) {
        yh_str to = yh_trim(yh_cut(&map, ';')), from = yh_cut(&to, '=');
        if (yh_eq(yh_trim(from), word))
            return yh_trim(to);
    }
    return word;
}

/* A fact that a case does not name is 无. */
static bool fact_in(const struct yh_case_done *d, yh_str pattern, yh_str want)
{
    bool named = false;
    for (int i = 0; i < d->head->n; i++)
        if (matches(d->head->cell[i], pattern)) {
            yh_str cell = d->row->cell[i];
            named = true;
            if (yh_eq(cell, want) || (!cell.n && yh_eq(want, YH_S("无"))))
                return true;
        }
    return !named && yh_eq(want, YH_S("无"));
}

static bool word_in(const struct yh_case_done *d, yh_str pattern, yh_str word)
{
    for (int i = 0; i < d->head->n; i++)
        if (matches(d->head->cell[i], pattern))
            return yh_find(d->row->cell[i], word) >= 0;
    return true; /* the case does not say: it holds for all */
}

/* ---- one rule ---- */

static bool rule_in(const struct rule *r, const struct example *e, const struct yh_case_done *d)
{
    yh_str rest = r->column, map = rest, columns = yh_cut(&map, ':');
    int64_t want = 0;
    bool fact = yh_eq(r->role, YH_S("fact")), word = yh_eq(r->role, YH_S("word"));
    yh_str text = fact ? word_for(map, e->item[item_of(e, r->key)].value) : r->key;
    if (!fact && !word && !evaluate(e, r->key, &want))
        return false;
    while (columns.n) {
        yh_str p = yh_trim(yh_cut(&columns, '|'));
        if (word   ? word_in(d, p, text)
            : fact ? fact_in(d, p, text)
                   : number_in(d, p, yh_eq(r->role, YH_S("out")), want))
            return true;
    }
    return false;
}

static bool for_kind(yh_str kinds, yh_str kind)
{
    if (yh_eq(kinds, YH_S("*")))
        return true;
    while (kinds.n)
        if (yh_eq(yh_trim(yh_cut(&kinds, ',')), kind))
            return true;
    return false;
}

static void try_rule(struct checker *c, const struct rule *r, struct example *e)
{
    if (!for_kind(r->kinds, e->kind))
        return;
    bool word = yh_eq(r->role, YH_S("word"));
    if (word ? yh_find(e->said, r->key) < 0 : !rule_applies(e, r->key))
        return;
    if (yh_eq(r->role, YH_S("none")))
        return;
    for (int i = 0; i < e->nof; i++)
        if (rule_in(r, e, e->of[i]))
            return;
    FAIL(c, "%.*s：%.*s 应在算例的「%.*s」一列%s", YH_ARG(e->id), YH_ARG(r->key),
         YH_ARG(r->column),
         yh_eq(r->role, YH_S("out"))  ? "与所算结果比较，没有比到"
         : yh_eq(r->role, YH_S("in")) ? "作为输入，没有这个数"
                                      : "写明，没有写或不同");
}

/* ---- one example ---- */

/* "derived E073 E075 示例": does the source name this id? */
static bool names_id(yh_str source, yh_str id)
{
    while (source.n) {
        yh_str w = yh_trim(yh_cut(&source, ' '));
        while (yh_ends(w, YH_S(",")))
            w.n--;
        if (yh_eq(w, id))
            return true;
    }
    return false;
}

static void find_cases(struct checker *c, struct example *e)
{
    static const char *const NOWHERE[] = { "全国", "接口样例" };
    yh_str place = e->place, region = { NULL, 0 };
    for (int i = 0; i < YH_COUNT(NOWHERE); i++)
        if (yh_eq(place, yh_cstr(NOWHERE[i])))
            region = YH_S("000000");
    for (int i = 0; i < c->ndone && e->nof < CASES_MAX; i++) {
        const struct yh_case_done *d = &c->done[i];
        if (!names_id(d->examples, e->id))
            continue;
        const struct yh_policy_doc *doc = &c->set->doc[d->doc];
        e->of[e->nof++] = d;
        if (!d->passed)
            FAIL(c, "%.*s：%.*s 的算例没有通过", YH_ARG(e->id), YH_ARG(doc->name));
        if (region.n ? !yh_eq(doc->region, region) : !yh_starts(doc->title, place))
            FAIL(c, "%.*s：是%.*s的例子，却在 %.*s", YH_ARG(e->id), YH_ARG(place),
                 YH_ARG(doc->name));
        if (e->dated && !yh_in_period(doc->period, e->day))
            FAIL(c, "%.*s：日期不在 %.*s 的期间内", YH_ARG(e->id), YH_ARG(doc->name));
    }
}

static void read_items(struct example *e, yh_str list)
{
    while (list.n && e->nitem < NAMES_MAX) {
        yh_str value = yh_trim(yh_cut(&list, ';')), name = yh_trim(yh_cut(&value, '='));
        if (name.n) {
            e->item[e->nitem].name = name;
            e->item[e->nitem++].value = yh_trim(value);
        }
    }
}

static bool wanted_kind(yh_str kind)
{
    for (int i = 0; YH_EXAMPLE_KINDS[i]; i++)
        if (yh_eq(kind, yh_cstr(YH_EXAMPLE_KINDS[i])))
            return true;
    return false;
}

static void check_one(struct checker *c, struct example *e)
{
    int before = c->out->nfail;
    c->out->wanted++;
    find_cases(c, e);
    if (!e->nof) {
        FAIL(c, "%.*s：没有一份文件的算例写着它（%.*s，%.*s）", YH_ARG(e->id), YH_ARG(e->place),
             YH_ARG(e->kind));
        return;
    }
    for (int i = 0; i < c->nrule; i++)
        try_rule(c, &c->rule[i], e);
    for (int i = 0; i < e->nitem; i++)
        if (!e->item[i].ruled)
            FAIL(c, "%.*s：%.*s 没有规则说它对应哪一列", YH_ARG(e->id),
                 YH_ARG(e->item[i].name));
    c->out->held += c->out->nfail == before;
}

/* ---- the tables ---- */

static enum yh_status read_rules(struct checker *c, yh_str text, struct yh_err *err)
{
    static const char *const WANT[] = { "kinds", "key", "role", "column" };
    static const char *const ROLES[] = { "in", "out", "fact", "word", "none" };
    int col[YH_COUNT(WANT)], got;
    struct yh_tsv t;
    enum yh_status bad = yh_tsv_open_with(&t, text, WANT, YH_COUNT(WANT), col, err);
    while (!bad && (got = yh_tsv_next(&t, err))) {
        struct rule r = { t.cell[col[0]], t.cell[col[1]], t.cell[col[2]], t.cell[col[3]] };
        bool known = false;
        for (int i = 0; i < YH_COUNT(ROLES); i++)
            known |= yh_eq(r.role, yh_cstr(ROLES[i]));
        if (got < 0)
            return YH_BAD_TABLE;
        if (!known)
            return yh_fail(err, YH_BAD_TABLE, "第 %d 行：没有「%.*s」这种 role", t.line,
                           YH_ARG(r.role));
        YH_PUSH(c->a, c->rule, c->nrule, c->rule_cap) = r;
    }
    return bad;
}

/* The open list: what passes by a reading must pass, what cannot be said must not stand. */
static enum yh_status read_open(yh_str text, yh_str id, yh_str *state, struct yh_err *err)
{
    static const char *const WANT[] = { "id", "state", "why" };
    int col[YH_COUNT(WANT)], got;
    struct yh_tsv t;
    *state = YH_S("");
    enum yh_status bad = yh_tsv_open_with(&t, text, WANT, YH_COUNT(WANT), col, err);
    while (!bad && (got = yh_tsv_next(&t, err))) {
        if (got < 0)
            return YH_BAD_TABLE;
        if (!t.cell[col[2]].n)
            return yh_fail(err, YH_BAD_TABLE, "第 %d 行：没有写原因", t.line);
        if (!yh_eq(t.cell[col[0]], id))
            continue;
        *state = t.cell[col[1]];
        if (!yh_eq(*state, YH_S("reading")) && !yh_eq(*state, YH_S("cannot")))
            return yh_fail(err, YH_BAD_TABLE, "第 %d 行：state 写 reading 或 cannot", t.line);
    }
    return bad;
}

enum yh_status yh_examples_check(struct yh_arena *a, const struct yh_policy_set *set,
                                 const struct yh_case_done *done, int n,
                                 const struct yh_example_tables *tables,
                                 struct yh_example_result *out, struct yh_err *err)
{
    static const char *const WANT[] = { "id",   "place",    "policy_date", "insurance_type",
                                        "kind", "scenario", "inputs",      "expected" };
    struct checker c = { .a = a, .set = set, .done = done, .ndone = n, .out = out };
    int col[YH_COUNT(WANT)], got;
    struct yh_tsv t;
    *out = (struct yh_example_result){ 0 };
    enum yh_status bad = read_rules(&c, tables->rules, err);
    if (!bad)
        bad = yh_tsv_open_with(&t, tables->examples, WANT, YH_COUNT(WANT), col, err);
    while (!bad && (got = yh_tsv_next(&t, err))) {
        if (got < 0)
            return YH_BAD_TABLE;
        struct example e = { .id = t.cell[col[0]],
                             .place = t.cell[col[1]],
                             .kind = t.cell[col[4]] };
        yh_str state;
        if (!wanted_kind(e.kind))
            continue;
        e.dated = !yh_day_parse(t.cell[col[2]], &e.day, NULL);
        e.said = yh_fmt(a, "%.*s %.*s", YH_ARG(t.cell[col[3]]), YH_ARG(t.cell[col[5]]));
        read_items(&e, t.cell[col[6]]);
        read_items(&e, t.cell[col[7]]);
        bad = read_open(tables->open, e.id, &state, err);
        if (bad)
            break;
        if (yh_eq(state, YH_S("cannot"))) {
            out->wanted++;
            out->cannot++;
            find_cases(&c, &e);
            if (e.nof)
                FAIL(&c, "%.*s：列为说不出来，却有算例", YH_ARG(e.id));
            continue;
        }
        int held = out->held;
        check_one(&c, &e);
        out->reading += state.n && out->held > held;
    }
    return bad;
}
