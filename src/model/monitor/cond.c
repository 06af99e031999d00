/* model/monitor/cond.c -- conditions: words, columns and numbers to nodes.
 *
 *   condition  = term { 或 term }            term = factor { 且 factor }
 *   factor     = 非 factor | ( condition ) | 年龄段(column) | 有(items) | 此前有(items) | 仅有
 *              | flag | number relation number | word 属于 words | 诊断 属于 codes | 科室 含 texts
 *   relation   = = != < <= > >=
 *   number     = product { + or - product }  product = atom { * atom }
 *   atom       = 1.5 | column | fact | 量(items) | 较小(number, number) | ( number )
 *   items      = column | codes parted by 、    words = column | words parted by 、
 * Words are parted by blanks or signs. */
#include <stdio.h>
#include "model/monitor/inside.h"

struct lex {
    struct yh_rule_reading *r;
    yh_str rest;
    yh_str word; /* the token at hand; "" at the end */
    int depth;
    bool bad;
};
#define DEPTH_MAX 40

static bool is_sign(yh_str s, int *n)
{
    static const char *const SIGN[] = {
        "<=", ">=", "!=", "≠", "≤", "≥", "（", "）", "，", "、",
        "<",  ">",  "=",  "(", ")", ",", "+",  "*",  "×",  "-"
    };
    for (int i = 0; i < YH_COUNT(SIGN); i++)
        if (yh_starts(s, yh_cstr(SIGN[i]))) {
            *n = (int)strlen(SIGN[i]);
            return true;
        }
    return false;
}

static bool is_blank(yh_str s, int *n)
{
    if (s.n && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\n' || s.p[0] == '\r')) {
        *n = 1;
        return true;
    }
    *n = 3;
    return yh_starts(s, YH_S("\xE3\x80\x80"));
}

static void next(struct lex *x)
{
    int n;
    while (is_blank(x->rest, &n))
        x->rest = yh_sub(x->rest, n, x->rest.n);
    ptrdiff_t i = 0;
    if (is_sign(x->rest, &n)) {
        i = n;
    } else {
        while (i < x->rest.n && !is_blank(yh_sub(x->rest, i, x->rest.n), &n) &&
               !is_sign(yh_sub(x->rest, i, x->rest.n), &n))
            i++;
        /* A hyphen inside a code or a range of codes belongs to it: Q90-Q99. */
        while (i > 0 && i < x->rest.n && x->rest.p[i] == '-' && i + 1 < x->rest.n &&
               ((x->rest.p[0] >= 'A' && x->rest.p[0] <= 'Z'))) {
            i++;
            while (i < x->rest.n && !is_blank(yh_sub(x->rest, i, x->rest.n), &n) &&
                   !is_sign(yh_sub(x->rest, i, x->rest.n), &n))
                i++;
        }
    }
    x->word = yh_sub(x->rest, 0, i);
    x->rest = yh_sub(x->rest, i, x->rest.n);
}

static bool at(const struct lex *x, const char *word)
{
    return yh_eq(x->word, yh_cstr(word));
}

static bool take(struct lex *x, const char *word)
{
    bool is = at(x, word);
    if (is)
        next(x);
    return is;
}

static bool open(struct lex *x)
{
    return take(x, "(") || take(x, "（");
}

static int wrong(struct lex *x, yh_str where, const char *cure, const char *what)
{
    if (!x->bad)
        yh_rule_wrong(x->r, YH_ERROR, where, cure, "%s「%.*s」", what, YH_ARG(where));
    x->bad = true;
    return -1;
}

static void close_bracket(struct lex *x)
{
    if (!take(x, ")") && !take(x, "）"))
        wrong(x, x->word.n ? x->word : x->rest, "补上右括号", "括号没有合上：");
}

static int node(struct lex *x, enum yh_rule_op op, int fact, int a, int b, int64_t v)
{
    struct yh_mon_rule *q = x->r->rule;
    if (q->nnode >= 2000) {
        wrong(x, x->word, "把规则拆成几条", "条件太长：");
        return -1;
    }
    YH_PUSH(x->r->a, q->node, q->nnode, x->r->cap_node) = (struct yh_rule_node){
        .op = (uint8_t)op, .fact = (uint8_t)fact, .a = (int16_t)a, .b = (int16_t)b, .v = v
    };
    return q->nnode - 1;
}

static int find_fact(yh_str word)
{
    for (int i = 0; i < YH_FACT_N; i++)
        if (yh_eq(yh_fact_word(i), word))
            return i;
    return -1;
}

/* Is the fact to be had here: for this subject, with these needs. */
static bool may_ask(struct lex *x, int f, yh_str where)
{
    struct yh_mon_rule *q = x->r->rule;
    enum yh_fact_scope s = yh_fact_scope(f);
    char cure[160];
    if (!(q->needs >> yh_fact_need(f) & 1)) {
        snprintf(cure, sizeof cure, "在 needs 中加上「%.*s」",
                 YH_ARG(yh_need_word(yh_fact_need(f))));
        return wrong(x, where, cure, "没有声明需要的事实：") >= 0;
    }
    if (s == YH_FS_LINE && q->subject != YH_SUBJECT_LINES)
        return wrong(x, where, "逐行的事实只能用于 for each row/point/line",
                     "本规则不逐行：") >= 0;
    if (s == YH_FS_STAY && q->subject != YH_SUBJECT_VISITS)
        return wrong(x, where, "改用 for each visit 或 for each stay", "本规则不逐次就诊：") >=
               0;
    if (s == YH_FS_WINDOW && !x->r->in_window)
        return wrong(x, where, "用 window 写明窗口，如 window 日", "没有窗口，无从累计：") >= 0;
    bool visits = f == YH_FACT_VISITS || f == YH_FACT_VISITS_AMOUNT;
    if (s == YH_FS_WINDOW && visits != (q->subject == YH_SUBJECT_VISITS) &&
        f != YH_FACT_ROW_PROVIDERS)
        return wrong(x, where, visits ? "改用 for each visit" : "改用 for each row 或 line",
                     "与本规则逐项的对象不合：") >= 0;
    return true;
}

static bool is_column(yh_str w)
{
    return w.n && w.p[0] >= 'a' && w.p[0] <= 'z';
}

static int number(struct lex *x);

/* `有(…)`, `此前有(…)`, `量(…)`: a set of items. */
static int items(struct lex *x, enum yh_rule_op fixed, enum yh_rule_op by_column)
{
    yh_str where = x->word;
    if (!x->r->in_window)
        return wrong(x, where, "用 window 写明窗口，如 window 日", "没有窗口：");
    if (x->r->rule->subject != YH_SUBJECT_LINES)
        return wrong(x, where, "改用 for each row 或 line", "本规则不逐行：");
    next(x);
    if (!open(x))
        return wrong(x, x->word.n ? x->word : where, "写成 有(列名) 或 有(代码、代码)",
                     "缺少括号：");
    int out;
    if (is_column(x->word)) {
        int slot = yh_rule_slot(x->r, x->word, x->word);
        if (slot < 0) {
            x->bad = true;
            return -1;
        }
        if (yh_know_type(x->r->rule->slot_know[slot]) != YH_FT_ITEMS)
            return wrong(x, x->word, "用 primary_item_code、required_item_codes 等代码列",
                         "这一列不是项目代码：");
        next(x);
        out = node(x, by_column, 0, -1, -1, slot);
    } else {
        yh_str from = x->word, list = from;
        while (x->word.n && !at(x, ")") && !at(x, "）")) {
            list.n = x->word.p + x->word.n - from.p;
            next(x);
        }
        if (!from.n || list.n == 0)
            return wrong(x, where, "括号里写列名或项目代码", "没有项目：");
        out = node(x, fixed, 0, -1, -1,
                   yh_rule_items(x->r->rules, x->r->a, list, YH_S(""), true));
    }
    close_bracket(x);
    return out;
}

static int atom(struct lex *x)
{
    yh_str w = x->word;
    if (++x->depth > DEPTH_MAX)
        return wrong(x, w, "把规则拆成几条", "括号套得太深：");
    int out = -1, f;
    int64_t v;
    if (open(x)) {
        out = number(x);
        close_bracket(x);
    } else if (at(x, "量")) {
        out = items(x, YH_OP_COUNT, YH_OP_COUNT_COL);
    } else if (at(x, "较小")) {
        next(x);
        if (!open(x))
            return wrong(x, w, "写成 较小(甲, 乙)", "缺少括号：");
        int a = number(x);
        if (!take(x, ",") && !take(x, "，"))
            return wrong(x, w, "写成 较小(甲, 乙)", "缺少逗号：");
        int b = number(x);
        close_bracket(x);
        out = node(x, YH_OP_MIN, 0, a, b, 0);
    } else if (w.n && w.p[0] >= '0' && w.p[0] <= '9') {
        yh_str digits = w;
        bool percent = yh_ends(w, YH_S("%"));
        if (percent)
            digits.n--;
        if (yh_dec_parse(digits, percent ? 2 : 4, &v, NULL))
            return wrong(x, w, "写成 3、0.5 或 50%，至多四位小数", "不是数字：");
        next(x);
        out = node(x, YH_OP_NUM, 0, -1, -1, v);
    } else if (is_column(w)) {
        int slot = yh_rule_slot(x->r, w, w);
        if (slot < 0) {
            x->bad = true;
            return -1;
        }
        if (yh_know_type(x->r->rule->slot_know[slot]) != YH_FT_NUM)
            return wrong(x, w, "比较大小只能用数字列", "这一列不是数字：");
        next(x);
        out = node(x, YH_OP_COL, 0, -1, -1, slot);
    } else if ((f = find_fact(w)) >= 0 && yh_fact_type(f) == YH_FT_NUM) {
        if (!may_ask(x, f, w))
            return -1;
        next(x);
        out = node(x, YH_OP_FACT, f, -1, -1, 0);
    } else {
        return wrong(x, w.n ? w : x->rest,
                     "写数字、列名或 docs/rule-guide.md 中的事实；词与词之间空一格",
                     "这里要一个数：");
    }
    x->depth--;
    return out;
}

static int product(struct lex *x)
{
    int a = atom(x);
    while (!x->bad && (take(x, "*") || take(x, "×")))
        a = node(x, YH_OP_MUL, 0, a, atom(x), 0);
    return a;
}

static int number(struct lex *x)
{
    int a = product(x);
    while (!x->bad && (at(x, "+") || at(x, "-"))) {
        bool plus = at(x, "+");
        next(x);
        a = node(x, plus ? YH_OP_ADD : YH_OP_SUB, 0, a, product(x), 0);
    }
    return a;
}

static int relation(struct lex *x)
{
    static const struct {
        const char *word;
        enum yh_rule_op op;
        bool turn;
    } REL[] = {
        { "<=", YH_OP_LE, false }, { "≤", YH_OP_LE, false },  { "<", YH_OP_LT, false },
        { ">=", YH_OP_LE, true },  { "≥", YH_OP_LE, true },   { ">", YH_OP_LT, true },
        { "=", YH_OP_EQ, false },  { "!=", YH_OP_NE, false }, { "≠", YH_OP_NE, false }
    };
    int a = number(x);
    if (x->bad)
        return -1;
    for (int i = 0; i < YH_COUNT(REL); i++)
        if (take(x, REL[i].word)) {
            int b = number(x);
            return REL[i].turn ? node(x, REL[i].op, 0, b, a, 0)
                               : node(x, REL[i].op, 0, a, b, 0);
        }
    return wrong(x, x->word.n ? x->word : x->rest,
                 "写上 =、!=、<、<=、> 或 >=", "这里要一个比较号：");
}

static int find_word(enum yh_fact_type dim, yh_str w)
{
    static const uint8_t DIM[] = {
#define R(dim_, name, word, column) YH_FT_##dim_,
#include "model/monitor/word.def"
#undef R
    };
    for (int i = 0; i < YH_FW_N; i++)
        if (DIM[i] == dim && yh_eq(yh_fw_word(i), w))
            return i;
    return -1;
}

static bool comma(struct lex *x)
{
    return take(x, "、") || take(x, ",") || take(x, "，");
}

/* What stands behind 属于 or 含. */
static int belongs(struct lex *x, int f, bool no)
{
    enum yh_fact_type type = yh_fact_type(f);
    int out;
    if (is_column(x->word) && type != YH_FT_DX) {
        int slot = yh_rule_slot(x->r, x->word, x->word);
        if (slot < 0) {
            x->bad = true;
            return -1;
        }
        enum yh_fact_type have = yh_know_type(x->r->rule->slot_know[slot]);
        if (have != type && !(type == YH_FT_TEXT && have == YH_FT_KEYS))
            return wrong(x, x->word, "换一列", "这一列与事实不是一类：");
        out = node(x, type == YH_FT_TEXT ? YH_OP_TEXT_COL : YH_OP_WORD_COL, f, -1, -1, slot);
        next(x);
    } else if (type == YH_FT_DX && at(x, "dx")) {
        int slot = yh_rule_slot(x->r, x->word, x->word);
        if (slot < 0) {
            x->bad = true;
            return -1;
        }
        next(x);
        out = node(x, YH_OP_DX_COL, f, -1, -1, slot);
    } else if (type == YH_FT_DX || type == YH_FT_TEXT) {
        struct yh_buf codes = yh_buf_in(x->r->a), names = yh_buf_in(x->r->a);
        do {
            if (!x->word.n)
                return wrong(x, x->rest, "写上代码或词，用、隔开", "列表是空的：");
            bool code = type == YH_FT_DX && x->word.p[0] >= 'A' && x->word.p[0] <= 'Z';
            struct yh_buf *to = code ? &codes : &names;
            if (to->n)
                yh_putc(to, '|');
            yh_put(to, x->word);
            next(x);
        } while (comma(x));
        out =
            type == YH_FT_DX
                ? node(x, YH_OP_DX, f, -1, -1,
                       yh_rule_dx(x->r->rules, x->r->a, yh_buf_str(&codes), yh_buf_str(&names)))
                : node(x, YH_OP_TEXT, f, -1, -1,
                       yh_rule_keys(x->r->rules, x->r->a, yh_buf_str(&names)));
    } else {
        int64_t mask = 0;
        do {
            int w = find_word(type, x->word);
            if (w < 0)
                return wrong(x, x->word.n ? x->word : x->rest,
                             "见 docs/rule-guide.md 中各事实的取值", "不认识的取值：");
            mask |= YH_FW_BIT(w);
            next(x);
        } while (comma(x));
        out = node(x, YH_OP_WORD, f, -1, -1, mask);
    }
    return no ? node(x, YH_OP_NOT, 0, out, -1, 0) : out;
}

static int condition(struct lex *x);

static int factor(struct lex *x)
{
    yh_str w = x->word;
    if (x->bad || ++x->depth > DEPTH_MAX)
        return wrong(x, w, "把规则拆成几条", "套得太深：");
    int out, f = find_fact(w);
    if (take(x, "非")) {
        int a = factor(x);
        out = node(x, YH_OP_NOT, 0, a, -1, 0);
    } else if (at(x, "有")) {
        out = items(x, YH_OP_HAS, YH_OP_HAS_COL);
    } else if (at(x, "此前有")) {
        out = items(x, YH_OP_HAD, YH_OP_HAD_COL);
    } else if (at(x, "仅有")) {
        if (!x->r->in_window)
            return wrong(x, w, "用 window 写明窗口，如 window 处方", "没有窗口：");
        next(x);
        out = node(x, YH_OP_ONLY, 0, -1, -1, 0);
    } else if (at(x, "年龄段")) {
        next(x);
        if (!open(x))
            return wrong(x, w, "写成 年龄段(age_group)", "缺少括号：");
        int slot = yh_rule_slot(x->r, x->word, x->word);
        if (slot < 0) {
            x->bad = true;
            return -1;
        }
        if (yh_know_type(x->r->rule->slot_know[slot]) != YH_FT_AGES ||
            !may_ask(x, YH_FACT_AGE, w))
            return wrong(x, x->word, "写成 年龄段(age_group)", "这一列不是年龄段：");
        next(x);
        close_bracket(x);
        out = node(x, YH_OP_AGE_COL, 0, -1, -1, slot);
    } else if (f >= 0 && yh_fact_type(f) == YH_FT_FLAG) {
        if (!may_ask(x, f, w))
            return -1;
        next(x);
        out = node(x, YH_OP_FLAG, f, -1, -1, 0);
    } else if (f >= 0 && yh_fact_type(f) != YH_FT_NUM) {
        if (!may_ask(x, f, w))
            return -1;
        next(x);
        bool no = at(x, "不属于") || at(x, "不含") || at(x, "!=") || at(x, "≠");
        if (!no && !at(x, "属于") && !at(x, "含") && !at(x, "="))
            return wrong(x, x->word.n ? x->word : w,
                         "写成 性别 = 男、诊断 属于 N18、科室 含 精神",
                         "这里要「属于」「含」或「=」：");
        next(x);
        out = belongs(x, f, no);
    } else if (open(x)) {
        /* A bracket opens a condition, or a number that is compared: try the condition first. */
        struct lex before = *x;
        int nodes = x->r->rule->nnode, found = x->r->found->n, errors = x->r->errors;
        int counts = x->r->found->count[YH_ERROR];
        out = condition(x);
        close_bracket(x);
        if (x->bad) {
            struct lex failed = *x;
            *x = before;
            x->r->rule->nnode = nodes;
            int n = x->r->found->n, e = x->r->errors, c = x->r->found->count[YH_ERROR];
            x->r->found->n = found, x->r->errors = errors,
            x->r->found->count[YH_ERROR] = counts;
            x->rest = yh_sub(w, 0, 0); /* begin again at the bracket */
            x->rest = (yh_str){ w.p, before.rest.p + before.rest.n - w.p };
            next(x);
            out = relation(x);
            if (x->bad) {
                *x = failed;
                x->r->found->n = n, x->r->errors = e, x->r->found->count[YH_ERROR] = c;
            }
        }
    } else {
        out = relation(x);
    }
    x->depth--;
    return out;
}

static int term(struct lex *x)
{
    int a = factor(x);
    while (!x->bad && take(x, "且"))
        a = node(x, YH_OP_AND, 0, a, factor(x), 0);
    return a;
}

static int condition(struct lex *x)
{
    int a = term(x);
    while (!x->bad && take(x, "或"))
        a = node(x, YH_OP_OR, 0, a, term(x), 0);
    return a;
}

static int whole(struct yh_rule_reading *r, yh_str text, int (*read)(struct lex *x))
{
    struct lex x = { .r = r, .rest = text };
    next(&x);
    if (!x.word.n)
        return wrong(&x, text, "写上条件", "条件是空的：");
    int out = read(&x);
    if (!x.bad && x.word.n)
        return wrong(&x, x.word, "用 且、或 连接；词与词之间空一格", "多出来的字：");
    return x.bad ? -1 : out;
}

int yh_rule_condition(struct yh_rule_reading *r, yh_str text)
{
    return whole(r, text, condition);
}

int yh_rule_number(struct yh_rule_reading *r, yh_str text)
{
    return whole(r, text, number);
}
