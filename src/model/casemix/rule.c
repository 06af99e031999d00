/* model/casemix/rule.c -- the rule language of FORMAT.md, to postfix code.
 *
 *   rule := and ('|' and)*   and := unary ('&' unary)*   unary := '!' unary | '(' rule ')' | atom */
#include "model/casemix/build.h"

enum argument { NONE, DX, PX, PREFIX, NUM, SET, TEXT };
#define DEPTH_MAX 16

static const struct word {
    yh_str word, chinese;
    enum argument argument;
} WORD[] = {
#define A(NAME, word, argument, chinese) { YH_S_INIT(word), YH_S_INIT(chinese), argument },
#include "model/casemix/atom.def"
#undef A
};

yh_str yh_atom_chinese(enum yh_atom_kind kind)
{
    return WORD[kind].chinese;
}

struct reader {
    struct yh_build *b;
    yh_str text;
    ptrdiff_t at;
    int atoms, depth;
    struct yh_err *err;
};

static enum yh_status wrong(struct reader *r, const char *wanted)
{
    return yh_build_fail(r->b, r->err, "规则 %.*s 第 %d 个字符处：应为%s",
                         YH_ARG(yh_sub(r->text, 0, 120)), (int)r->at + 1, wanted);
}

static void emit(struct reader *r, unsigned op)
{
    struct yh_scheme *s = r->b->s;
    YH_PUSH(r->b->arena, s->code, s->ncode, r->b->code_cap) = (uint16_t)op;
}

static int peek(const struct reader *r)
{
    return r->at < r->text.n ? (unsigned char)r->text.p[r->at] : -1;
}

static bool word_char(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static enum yh_status compare(struct reader *r, enum yh_compare *op)
{
    static const struct {
        yh_str text;
        enum yh_compare op;
    } OP[] = { { YH_S_INIT("=="), YH_EQ },
               { YH_S_INIT("<="), YH_LE },
               { YH_S_INIT(">="), YH_GE },
               { YH_S_INIT("<"), YH_LT },
               { YH_S_INIT(">"), YH_GT } };
    yh_str rest = yh_sub(r->text, r->at, r->text.n);
    for (int i = 0; i < YH_COUNT(OP); i++)
        if (yh_starts(rest, OP[i].text)) {
            *op = OP[i].op;
            r->at += OP[i].text.n;
            return YH_OK;
        }
    return wrong(r, "比较符号 == < <= > >=");
}

static enum yh_status number(struct reader *r, int64_t *out)
{
    int64_t v = 0;
    ptrdiff_t from = r->at;
    for (; peek(r) >= '0' && peek(r) <= '9'; r->at++) {
        if (r->at - from >= 9)
            return wrong(r, "至多 9 位的整数");
        v = v * 10 + (peek(r) - '0');
    }
    if (r->at == from)
        return wrong(r, "整数");
    *out = v;
    return YH_OK;
}

/* "(…)": the text between; it has neither bracket nor operator. */
static enum yh_status bracket(struct reader *r, yh_str *out)
{
    if (peek(r) != '(')
        return wrong(r, "左括号");
    ptrdiff_t from = ++r->at;
    while (peek(r) >= 0 && !strchr("()&|!", peek(r)))
        r->at++;
    if (peek(r) != ')' || r->at == from)
        return wrong(r, "名单名和右括号");
    *out = yh_sub(r->text, from, r->at);
    r->at++;
    return YH_OK;
}

static enum yh_status ways(struct reader *r, yh_str arg, int64_t *set)
{
    int64_t bits = 0;
    for (yh_str rest = arg; rest.p;) {
        yh_str one = yh_cut(&rest, ',');
        if (one.n != 1 || one.p[0] < '0' || one.p[0] > '9')
            return wrong(r, "逗号分开的一位离院方式");
        bits |= INT64_C(1) << (one.p[0] - '0');
    }
    *set = bits;
    return YH_OK;
}

static int32_t prefix_slot(struct yh_build *b, yh_str prefix)
{
    struct yh_scheme *s = b->s;
    for (int i = 0; i < s->nprefix; i++)
        if (yh_eq(s->prefix[i], prefix))
            return s->prefix_slot[i];
    int32_t slot = s->ndxlist;
    YH_PUSH(b->arena, s->dxlist, s->ndxlist, b->dx_cap) = NULL;
    int n = s->nprefix, cap = b->prefix_cap;
    YH_PUSH(b->arena, s->prefix, n, cap) = prefix;
    YH_PUSH(b->arena, s->prefix_slot, s->nprefix, b->prefix_cap) = slot;
    return slot;
}

/* Reads the argument that atoms of this kind take. */
static enum yh_status argument(struct reader *r, struct yh_atom *a)
{
    enum yh_status bad = YH_OK;
    enum argument kind = WORD[a->kind].argument;
    switch (kind) {
    case NONE: break;
    case DX:
    case PX:
        bad = bracket(r, &a->arg);
        if (!bad)
            bad = yh_slot_build(r->b, kind == PX, a->arg, &a->list, r->err);
        break;
    case PREFIX:
        bad = bracket(r, &a->arg);
        if (!bad)
            a->list = prefix_slot(r->b, a->arg);
        break;
    case NUM:
        bad = compare(r, &a->op);
        if (!bad)
            bad = number(r, &a->num);
        break;
    case SET:
        bad = bracket(r, &a->arg);
        if (!bad)
            bad = ways(r, a->arg, &a->num);
        break;
    case TEXT: {
        bad = compare(r, &a->op);
        if (!bad && a->op != YH_EQ)
            bad = wrong(r, "==");
        ptrdiff_t from = r->at;
        while (word_char(peek(r)))
            r->at++;
        if (!bad && from == r->at)
            bad = wrong(r, "字母或数字");
        a->arg = yh_sub(r->text, from, r->at);
        break;
    }
    }
    return bad;
}

static enum yh_status atom(struct reader *r)
{
    ptrdiff_t from = r->at;
    while (word_char(peek(r)))
        r->at++;
    yh_str word = yh_sub(r->text, from, r->at);
    int kind = 0;
    while (kind < YH_COUNT(WORD) && !yh_eq(word, WORD[kind].word))
        kind++;
    if (kind == YH_COUNT(WORD)) {
        r->at = from;
        return wrong(r, "条件（pdx、ppx、age 等）");
    }
    if (++r->atoms > YH_RULE_ATOMS_MAX)
        return wrong(r, "至多 48 个条件");
    struct yh_atom a = { .kind = (enum yh_atom_kind)kind, .list = -1 };
    enum yh_status bad = argument(r, &a);
    if (bad)
        return bad;
    a.text = yh_sub(r->text, from, r->at);
    struct yh_scheme *s = r->b->s;
    int32_t known = yh_map_get(&r->b->atoms, a.text, -1);
    if (known < 0) {
        known = s->natom;
        if (known >= 0xFF00)
            return wrong(r, "全方案至多 65,000 个不同条件");
        yh_map_add(&r->b->atoms, a.text, known);
        YH_PUSH(r->b->arena, s->atom, s->natom, r->b->atom_cap) = a;
    }
    emit(r, (unsigned)known);
    return YH_OK;
}

static enum yh_status either(struct reader *r);

static enum yh_status unary(struct reader *r)
{
    enum yh_status bad;
    if (++r->depth > DEPTH_MAX)
        return wrong(r, "至多 16 层括号");
    if (peek(r) == '!') {
        r->at++;
        bad = unary(r);
        if (!bad)
            emit(r, YH_RULE_NOT);
    } else if (peek(r) == '(') {
        r->at++;
        bad = either(r);
        if (!bad && peek(r) != ')')
            bad = wrong(r, "右括号");
        r->at++;
    } else {
        bad = atom(r);
    }
    r->depth--;
    return bad;
}

static enum yh_status both(struct reader *r)
{
    enum yh_status bad = unary(r);
    while (!bad && peek(r) == '&') {
        r->at++;
        bad = unary(r);
        if (!bad)
            emit(r, YH_RULE_AND);
    }
    return bad;
}

static enum yh_status either(struct reader *r)
{
    enum yh_status bad = both(r);
    while (!bad && peek(r) == '|') {
        r->at++;
        bad = both(r);
        if (!bad)
            emit(r, YH_RULE_OR);
    }
    return bad;
}

enum yh_status yh_rule_build(struct yh_build *b, yh_str text, struct yh_rule *out,
                             struct yh_err *err)
{
    struct reader r = { .b = b, .text = text, .err = err };
    int at = b->s->ncode;
    enum yh_status bad = either(&r);
    if (!bad && r.at != text.n)
        bad = wrong(&r, "& 或 | 或结束");
    if (bad)
        return bad;
    *out = (struct yh_rule){ .at = (uint32_t)at, .n = (uint32_t)(b->s->ncode - at) };
    return YH_OK;
}
