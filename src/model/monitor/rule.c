/* model/monitor/rule.c -- rule files: statements read, checked, compiled. */
#include <stdio.h>
#include <stdlib.h>
#include "model/monitor/inside.h"

#define STATEMENTS_MAX 400

/* A line that begins in the first column, with the indented lines behind it. */
struct statement {
    yh_str word, args; /* of its first line */
    yh_str whole;      /* args and the indented lines */
    yh_str *more;
    int nmore, line;
};

void yh_rule_wrong(struct yh_rule_reading *r, enum yh_severity sev, yh_str at, const char *cure,
                   const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    n = n >= (int)sizeof text ? (int)sizeof text - 1 : n;
    while (n > 0 && !yh_utf8_ok((yh_str){ text, n }))
        n--;
    if (sev == YH_ERROR)
        r->errors++;
    r->found->count[sev]++;
    if (r->found->n == YH_FINDINGS_MAX)
        return;
    struct yh_finding *x = &r->found->item[r->found->n++];
    *x = (struct yh_finding){ .severity = sev,
                              .doc = r->name,
                              .text = yh_dup(r->a, (yh_str){ text, n }),
                              .cure = yh_dup(r->a, yh_cstr(cure)) };
    yh_place(r->text, at, &x->line, &x->col);
}

/* ---- statements ---- */

static yh_str cut_word(yh_str *rest)
{
    *rest = yh_trim(*rest);
    ptrdiff_t i = 0;
    while (i < rest->n && rest->p[i] != ' ' && rest->p[i] != '\t' &&
           !yh_starts(yh_sub(*rest, i, rest->n), YH_S("\xE3\x80\x80")))
        i++;
    yh_str w = yh_sub(*rest, 0, i);
    *rest = yh_trim(yh_sub(*rest, i, rest->n));
    return w;
}

static int split(struct yh_rule_reading *r, struct statement *out)
{
    yh_str rest = r->text;
    int n = 0, line = 0, cap = 0;
    while (rest.n) {
        yh_str l = yh_cut(&rest, '\n');
        line++;
        if (yh_ends(l, YH_S("\r")))
            l.n--;
        yh_str bare = yh_trim(l);
        if (!bare.n || bare.p[0] == '#')
            continue;
        bool inner = l.p[0] == ' ' || l.p[0] == '\t' || yh_starts(l, YH_S("\xE3\x80\x80"));
        if (inner && n) {
            struct statement *s = &out[n - 1];
            YH_PUSH(r->a, s->more, s->nmore, cap) = bare;
            s->whole.n = bare.p + bare.n - s->whole.p;
        } else if (inner) {
            yh_rule_wrong(r, YH_ERROR, bare, "语句顶格写，续行才缩进", "缩进的行前面没有语句");
        } else if (n == STATEMENTS_MAX) {
            yh_rule_wrong(r, YH_ERROR, bare, "把规则拆成几个文件", "语句太多");
            break;
        } else {
            struct statement s = { .line = line };
            yh_str tail = bare;
            s.word = cut_word(&tail);
            s.args = tail;
            /* Within the text also when empty: what follows is measured from it. */
            s.whole = tail.n ? tail : (yh_str){ bare.p + bare.n, 0 };
            out[n++] = s;
            cap = 0;
        }
    }
    return n;
}

static yh_str next_item(yh_str *list)
{
    *list = yh_trim(*list);
    while (yh_starts(*list, YH_S("、")) || yh_starts(*list, YH_S("，")) ||
           yh_starts(*list, YH_S(",")))
        *list = yh_trim(yh_sub(*list, list->p[0] == ',' ? 1 : 3, list->n));
    ptrdiff_t i = 0;
    while (i < list->n && list->p[i] != ' ' && list->p[i] != '\t' && list->p[i] != ',' &&
           list->p[i] != '\n' && !yh_starts(yh_sub(*list, i, list->n), YH_S("、")) &&
           !yh_starts(yh_sub(*list, i, list->n), YH_S("，")))
        i++;
    yh_str out = yh_sub(*list, 0, i);
    *list = yh_sub(*list, i, list->n);
    return out;
}

/* ---- the single statements ---- */

typedef void reader(struct yh_rule_reading *r, struct statement *s);

static void read_rule(struct yh_rule_reading *r, struct statement *s)
{
    yh_str rest = s->args, id = cut_word(&rest);
    bool ok = id.n > 1 && id.n < 64;
    for (ptrdiff_t i = 0; i < id.n && ok; i++)
        ok = (id.p[i] >= 'a' && id.p[i] <= 'z') || (id.p[i] >= '0' && id.p[i] <= '9') ||
             id.p[i] == '-';
    if (!ok)
        yh_rule_wrong(r, YH_ERROR, s->args.n ? id : s->word,
                      "写成 rule ct-daily  同部位 CT 超次数",
                      "规则标识只能用小写字母、数字和连字符");
    if (!rest.n)
        yh_rule_wrong(r, YH_ERROR, id, "标识后空一格写中文名", "规则没有中文名");
    r->rule->id = id;
    r->rule->name = rest;
}

static void read_class(struct yh_rule_reading *r, struct statement *s)
{
    static const char *const CLASS[] = { "政策", "管理", "医疗", "模型" };
    for (int i = 0; i < YH_COUNT(CLASS); i++)
        if (yh_eq(s->args, yh_cstr(CLASS[i])))
            r->rule->cls = s->args;
    if (!r->rule->cls.n)
        yh_rule_wrong(r, YH_ERROR, s->args.n ? s->args : s->word, "政策、管理、医疗、模型 之一",
                      "不认识的类别「%.*s」", YH_ARG(s->args));
}

static void read_code(struct yh_rule_reading *r, struct statement *s)
{
    r->rule->code = s->args;
}

static void read_covers(struct yh_rule_reading *r, struct statement *s)
{
    r->rule->covers = s->args;
}

static void read_when(struct yh_rule_reading *r, struct statement *s)
{
    yh_str list = s->whole;
    for (yh_str w = next_item(&list); w.n; w = next_item(&list)) {
        int found = -1;
        for (int i = 0; i < YH_STAGE_N; i++)
            if (yh_eq(yh_stage_word(i), w))
                found = i;
        if (found < 0)
            yh_rule_wrong(r, YH_ERROR, w, "开方前、结算前、结算后", "不认识的时机「%.*s」",
                          YH_ARG(w));
        else
            r->rule->stages |= YH_STAGE_BIT(found);
    }
    if (!r->rule->stages)
        yh_rule_wrong(r, YH_ERROR, s->word, "写成 when 结算前 结算后", "没有时机");
}

static void read_needs(struct yh_rule_reading *r, struct statement *s)
{
    yh_str list = s->whole;
    for (yh_str w = next_item(&list); w.n; w = next_item(&list)) {
        int found = -1;
        for (int i = 0; i < YH_NEED_N; i++)
            if (yh_eq(yh_need_word(i), w))
                found = i;
        if (found < 0)
            yh_rule_wrong(r, YH_ERROR, w,
                          "可用的有：明细 病史 人员 诊断 机构 就诊 科室 时刻 处方 支付 价格 "
                          "医师 死亡",
                          "系统没有「%.*s」这类事实，规则不能启用", YH_ARG(w));
        else
            r->rule->needs |= 1u << found;
    }
}

static int table_find(const struct yh_rules *r, yh_str name)
{
    for (int i = 0; i < r->ntable; i++)
        if (yh_eq(r->table[i].name, name))
            return i;
    return -1;
}

struct later {
    struct yh_rule_each each;
    struct yh_tsv head;
    struct statement *table, *forr, *hit, *unless, *money, *window, *across, *message, *advice,
        *verdict, *with;
};

static bool word_is(yh_str *rest, const char *word)
{
    yh_str copy = *rest;
    if (!yh_eq(cut_word(&copy), yh_cstr(word)))
        return false;
    *rest = copy;
    return true;
}

static void kinds_of(struct yh_rule_reading *r, yh_str list)
{
    for (yh_str w = next_item(&list); w.n; w = next_item(&list)) {
        int found = -1;
        for (int i = YH_FW_KIND_INPATIENT; i <= YH_FW_KIND_PHARMACY; i++)
            if (yh_eq(yh_fw_word(i), w))
                found = i;
        if (found < 0)
            yh_rule_wrong(r, YH_ERROR, w, "住院、急诊、门诊、药店", "不认识的就医方式「%.*s」",
                          YH_ARG(w));
        else
            r->rule->kinds |= YH_FW_BIT(found);
    }
}

static void read_for(struct yh_rule_reading *r, struct later *l)
{
    static const char CURE[] = "写成 for each row of official/drug-sex、for each line、for "
                               "each stay 或 for each visit 门诊";
    struct yh_mon_rule *q = r->rule;
    yh_str rest = l->forr->args, what;
    if (!word_is(&rest, "each")) {
        yh_rule_wrong(r, YH_ERROR, l->forr->word, CURE, "for 之后应为 each");
        return;
    }
    what = cut_word(&rest);
    if (yh_eq(what, YH_S("line"))) {
        q->subject = YH_SUBJECT_LINES;
        kinds_of(r, rest);
        return;
    }
    if (yh_eq(what, YH_S("stay")) || yh_eq(what, YH_S("visit"))) {
        q->subject = YH_SUBJECT_VISITS;
        kinds_of(r, rest);
        if (yh_eq(what, YH_S("stay")))
            q->kinds = YH_FW_BIT(YH_FW_KIND_INPATIENT);
        return;
    }
    if (!word_is(&rest, "of")) {
        yh_rule_wrong(r, YH_ERROR, what.n ? what : l->forr->word, CURE, "看不懂 for");
        return;
    }
    yh_str name = cut_word(&rest);
    if (yh_eq(name, YH_S("table")))
        name = q->id;
    q->table = table_find(r->rules, name);
    if (q->table < 0) {
        yh_rule_wrong(r, YH_ERROR, name.n ? name : what,
                      "表名是 catalogs/monitoring/ 下的路径去掉 .tsv；规则自带的表写 of table",
                      "没有知识表「%.*s」", YH_ARG(name));
        return;
    }
    struct yh_err err;
    if (yh_tsv_open(&l->head, r->rules->table[q->table].text, &err)) {
        yh_rule_wrong(r, YH_ERROR, name, "改正知识表的表头", "%s", err.text);
        q->table = -1;
        return;
    }
    r->head = &l->head;
    l->each.at = name;
    if (yh_eq(what, YH_S("point")))
        l->each.group = YH_S("knowledge_id");
    else if (!yh_eq(what, YH_S("row")))
        l->each.group = what;
    if (l->each.group.n && yh_tsv_col(&l->head, l->each.group) < 0)
        yh_rule_wrong(r, YH_ERROR, what, "each row、each point，或 each 后写表中的一列",
                      "表中没有列「%.*s」", YH_ARG(l->each.group));
    if (yh_tsv_col(&l->head, YH_S("item_code")) < 0)
        yh_rule_wrong(r, YH_ERROR, name, "给表加上 item_code 列", "知识表没有 item_code 列");
    if (!rest.n)
        return;
    bool ok = word_is(&rest, "where");
    l->each.column = cut_word(&rest);
    ok = ok && word_is(&rest, "=");
    l->each.want = yh_trim(rest);
    if (!ok || !l->each.want.n || yh_tsv_col(&l->head, l->each.column) < 0) {
        yh_rule_wrong(r, YH_ERROR, l->each.column.n ? l->each.column : name,
                      "写成 where status = current，列名须在表中", "看不懂 where");
        l->each.column = YH_S("");
    }
}

static void read_window(struct yh_rule_reading *r, const struct statement *s)
{
    static const char CURE[] = "日、周、月、年、就诊、处方、手术日、小时 6、滚动 30、疗程 "
                               "30、前后 1，或 by window（由知识表的列决定）";
    struct yh_mon_rule *q = r->rule;
    yh_str rest = s->args;
    q->window = (struct yh_rule_window){ .span = YH_WIN_LINE, .col = -1 };
    if (word_is(&rest, "by")) {
        int slot = yh_rule_slot(r, yh_trim(rest), yh_trim(rest));
        if (slot >= 0 && yh_know_type(q->slot_know[slot]) != YH_FT_SPAN)
            yh_rule_wrong(r, YH_ERROR, rest, CURE, "这一列不是窗口");
        q->window.span = YH_WIN_BY_ROW;
        q->window.col = (int16_t)slot;
        r->in_window = true;
        return;
    }
    yh_str w = cut_word(&rest);
    static const bool NUMBER[] = {
#define R(name, word, column, number) number,
#include "model/monitor/window.def"
#undef R
    };
    int found = -1;
    for (int i = 0; i < YH_WIN_N; i++)
        if (yh_eq(yh_win_word(i), w))
            found = i;
    if (found < 0) {
        yh_rule_wrong(r, YH_ERROR, w.n ? w : s->word, CURE, "不认识的窗口「%.*s」", YH_ARG(w));
        return;
    }
    q->window.span = found;
    r->in_window = found != YH_WIN_LINE;
    int64_t n = 0;
    yh_str number = cut_word(&rest);
    if (yh_eq(rest, YH_S("天")) || yh_eq(rest, YH_S("小时")))
        rest.n = 0;
    if (NUMBER[found] && number.n && number.p[0] >= 'a' && number.p[0] <= 'z') {
        int slot = yh_rule_slot(r, number, number);
        if (slot >= 0 && yh_know_type(q->slot_know[slot]) != YH_FT_NUM)
            yh_rule_wrong(r, YH_ERROR, number, CURE, "这一列不是数字");
        q->window.col = (int16_t)slot;
    } else if (NUMBER[found] && (yh_int_parse(number, &n, NULL) || n < 1 || n > 3660)) {
        yh_rule_wrong(r, YH_ERROR, number.n ? number : w, CURE, "窗口要一个 1 至 3660 的整数");
    } else if (!NUMBER[found] && number.n) {
        yh_rule_wrong(r, YH_ERROR, number, CURE, "这个窗口不带数字");
    }
    if (rest.n)
        yh_rule_wrong(r, YH_ERROR, rest, CURE, "多出来的字「%.*s」", YH_ARG(rest));
    q->window.n = (int32_t)n;
}

static void read_across(struct yh_rule_reading *r, const struct statement *s)
{
    static const char *const WORD[] = { "全部机构", "本机构", "本次就诊" };
    for (int i = 0; i < YH_COUNT(WORD); i++)
        if (yh_eq(s->args, yh_cstr(WORD[i]))) {
            r->rule->across = i;
            return;
        }
    yh_rule_wrong(r, YH_ERROR, s->args.n ? s->args : s->word, "全部机构、本机构、本次就诊 之一",
                  "不认识的范围");
}

static void read_money(struct yh_rule_reading *r, const struct statement *s)
{
    static const char CURE[] =
        "整行、整次、无、成对，或 超出 窗内数量 max_qty、超价 标准单价 * 0.5、部分 缺货数量";
    struct yh_mon_rule *q = r->rule;
    yh_str rest = s->args, w = cut_word(&rest);
    q->money_node = -1;
    static const struct {
        const char *word;
        enum yh_rule_money money;
    } PLAIN[] = { { "整行", YH_MONEY_LINE },
                  { "整次", YH_MONEY_STAY },
                  { "成对", YH_MONEY_PAIRED },
                  { "无", YH_MONEY_NONE } };
    for (int i = 0; i < YH_COUNT(PLAIN); i++)
        if (yh_eq(w, yh_cstr(PLAIN[i].word))) {
            q->money = PLAIN[i].money;
            if (rest.n)
                yh_rule_wrong(r, YH_ERROR, rest, CURE, "多出来的字");
            return;
        }
    if (yh_eq(w, YH_S("超价"))) {
        q->money = YH_MONEY_PRICE;
        q->money_node = (int16_t)yh_rule_number(r, rest.n ? rest : w);
        return;
    }
    if (yh_eq(w, YH_S("部分"))) {
        q->money = YH_MONEY_PART;
        q->money_node = (int16_t)yh_rule_number(r, rest.n ? rest : w);
        return;
    }
    if (!yh_eq(w, YH_S("超出"))) {
        yh_rule_wrong(r, YH_ERROR, w.n ? w : s->word, CURE, "看不懂金额");
        return;
    }
    yh_str fact = cut_word(&rest);
    q->money = YH_MONEY_EXCESS;
    q->money_fact = YH_FACT_N;
    static const uint8_t MAY[] = { YH_FACT_ROW_QTY, YH_FACT_ROW_COUNT, YH_FACT_ROW_DAYS,
                                   YH_FACT_ROW_AMOUNT };
    for (int i = 0; i < YH_COUNT(MAY); i++)
        if (yh_eq(fact, yh_fact_word(MAY[i])))
            q->money_fact = MAY[i];
    if (q->money_fact == YH_FACT_N) {
        yh_rule_wrong(r, YH_ERROR, fact.n ? fact : w, CURE,
                      "只能超出 窗内数量、窗内次数、窗内天数、窗内金额");
        q->money_fact = YH_FACT_ROW_QTY;
    }
    q->money_node = (int16_t)yh_rule_number(r, rest.n ? rest : w);
}

static int verdict_of(yh_str w)
{
    for (int i = 0; i < YH_VERDICT_N; i++)
        if (yh_eq(yh_verdict_word(i), w))
            return i;
    return -1;
}

static void read_verdict(struct yh_rule_reading *r, const struct statement *s)
{
    static const char CURE[] =
        "写成 verdict deny，或 verdict 开方前 warn 结算前 warn 结算后 deny";
    struct yh_mon_rule *q = r->rule;
    yh_str list = s->whole, w = next_item(&list);
    uint32_t said = 0;
    int v = verdict_of(w);
    for (int i = 0; v >= 0 && i < YH_STAGE_N; i++)
        q->verdict[i] = v;
    if (v >= 0) {
        if (next_item(&list).n)
            yh_rule_wrong(r, YH_ERROR, w, CURE, "一个处置之后不再写别的");
        return;
    }
    for (; w.n; w = next_item(&list)) {
        int stage = -1;
        for (int i = 0; i < YH_STAGE_N; i++)
            if (yh_eq(yh_stage_word(i), w))
                stage = i;
        yh_str word = next_item(&list);
        v = verdict_of(word);
        if (stage < 0 || v < 0) {
            yh_rule_wrong(r, YH_ERROR, stage < 0 ? w : word.n ? word : w, CURE, "不认识的处置");
            return;
        }
        q->verdict[stage] = v;
        said |= YH_STAGE_BIT(stage);
    }
    if ((q->stages & ~said) != 0)
        yh_rule_wrong(r, YH_ERROR, s->word, CURE, "有的时机没有写处置");
}

static void read_basis(struct yh_rule_reading *r, struct statement *s)
{
    r->rule->basis = s->whole;
}

static void read_standing(struct yh_rule_reading *r, struct statement *s)
{
    struct yh_err err;
    if (yh_standing_parse(s->args, &r->rule->standing, &err))
        yh_rule_wrong(r, YH_ERROR, s->args.n ? s->args : s->word,
                      "官方、报道、第三方、未核实、虚构、草案 之一", "不认识的依据状态");
}

static void read_net(struct yh_rule_reading *r, struct statement *s)
{
    if (!yh_eq(s->args, YH_S("refunds first")))
        yh_rule_wrong(r, YH_ERROR, s->args.n ? s->args : s->word, "写成 net refunds first",
                      "退费总是先抵");
}

static void read_case(struct yh_rule_reading *r, struct statement *s)
{
    struct yh_mon_rule *q = r->rule;
    yh_str rest = s->args, w = cut_word(&rest);
    bool hit = yh_eq(w, YH_S("hit"));
    if (!hit && !yh_eq(w, YH_S("miss"))) {
        yh_rule_wrong(r, YH_ERROR, w.n ? w : s->word, "case hit 说明，或 case miss 说明",
                      "例子应为 hit 或 miss");
        return;
    }
    struct yh_rule_case c = {
        .hit = hit, .why = rest, .line = s->more, .nline = s->nmore, .at = s->line
    };
    struct yh_rule_case *list = YH_NEW(r->a, struct yh_rule_case, q->ncase + 1);
    if (q->ncase)
        memcpy(list, q->cases, (size_t)q->ncase * sizeof *list);
    list[q->ncase++] = c;
    q->cases = list;
}

static void read_pattern(struct yh_rule_reading *r, struct statement *s)
{
    struct yh_mon_rule *q = r->rule;
    q->subject = YH_SUBJECT_PATTERN;
    q->pattern = YH_PATTERN_N;
    for (int i = 0; i < YH_PATTERN_N; i++)
        if (yh_eq(yh_pattern_word(i), s->args))
            q->pattern = i;
    if (q->pattern == YH_PATTERN_N) {
        yh_rule_wrong(r, YH_ERROR, s->args.n ? s->args : s->word, "结伴就医、医师分身 之一",
                      "不认识的模式「%.*s」", YH_ARG(s->args));
        q->pattern = 0;
    }
}

static const struct {
    uint8_t pattern;
    yh_str word;
    int64_t value;
} PARAM[] = {
#define R(name, word, need, doc)
#define P(pattern, name, word, value, doc) { YH_PATTERN_##pattern, YH_S_INIT(word), value },
#include "model/monitor/pattern.def"
#undef R
#undef P
};

static void read_with(struct yh_rule_reading *r, const struct statement *s)
{
    struct yh_mon_rule *q = r->rule;
    int at = 0;
    for (int i = 0; i < YH_COUNT(PARAM); i++)
        if (PARAM[i].pattern == q->pattern)
            q->param[at++] = PARAM[i].value;
    if (!s)
        return;
    yh_str list = s->whole;
    for (yh_str w = next_item(&list); w.n; w = next_item(&list)) {
        yh_str number = next_item(&list);
        int found = -1, k = 0;
        int64_t v;
        for (int i = 0; i < YH_COUNT(PARAM); i++)
            if (PARAM[i].pattern == q->pattern) {
                if (yh_eq(PARAM[i].word, w))
                    found = k;
                k++;
            }
        if (found < 0 || yh_int_parse(number, &v, NULL) || v < 0 || v > 1000000) {
            yh_rule_wrong(r, YH_ERROR,
                          found < 0  ? w
                          : number.n ? number
                                     : w,
                          "写成 with 人数 3 次数 4；参数名见 docs/rule-guide.md",
                          "看不懂的参数");
            return;
        }
        q->param[found] = v;
    }
}

/* ---- templates ---- */

static void check_template(struct yh_rule_reading *r, yh_str text)
{
    static const char *const PLAIN[] = { "项目", "数量", "金额", "日期",
                                         "机构", "医师", "次",   "还剩天数" };
    yh_str rest = text;
    for (;;) {
        ptrdiff_t open = yh_find(rest, YH_S("{"));
        if (open < 0)
            return;
        rest = yh_sub(rest, open + 1, rest.n);
        ptrdiff_t close = yh_find(rest, YH_S("}"));
        yh_str name = yh_sub(rest, 0, close < 0 ? 0 : close);
        bool ok = close > 0;
        for (int i = 0; i < YH_COUNT(PLAIN) && ok; i++)
            if (yh_eq(name, yh_cstr(PLAIN[i])))
                goto fine;
        for (int i = 0; i < YH_FACT_N && ok; i++)
            if (yh_eq(name, yh_fact_word(i)))
                goto fine;
        if (ok && r->head && yh_tsv_col(r->head, name) >= 0)
            goto fine;
        if (ok && r->rule->subject == YH_SUBJECT_PATTERN)
            goto fine;
        yh_rule_wrong(r, YH_ERROR, close < 0 ? rest : name,
                      "花括号里写事实、列名，或 项目 数量 金额 日期 机构",
                      "文字里的「%.*s」不知道是什么", YH_ARG(name));
        return;
    fine:
        rest = yh_sub(rest, close + 1, rest.n);
    }
}

/* `table` within a rule: a header of column names, then rows that begin with '|'. */
static void read_table(struct yh_rule_reading *r, const struct statement *s)
{
    struct yh_buf b = yh_buf_in(r->a);
    yh_str rest = s->args;
    int ncol = 0;
    for (yh_str w = cut_word(&rest); w.n; w = cut_word(&rest)) {
        if (ncol++)
            yh_putc(&b, '\t');
        yh_put(&b, w);
    }
    if (!ncol) {
        yh_rule_wrong(r, YH_ERROR, s->word,
                      "写成 table group_zh item_code max_qty，下面每行 | 头部 | 0021… | 2 |",
                      "表没有列");
        return;
    }
    yh_putc(&b, '\n');
    for (int i = 0; i < s->nmore; i++) {
        yh_str l = s->more[i];
        int n = 0;
        if (!yh_starts(l, YH_S("|"))) {
            yh_rule_wrong(r, YH_ERROR, l, "表的每一行以 | 开头", "不是表的一行");
            return;
        }
        l = yh_sub(l, 1, l.n);
        if (yh_ends(l, YH_S("|")))
            l.n--;
        while (l.n) {
            if (n++)
                yh_putc(&b, '\t');
            yh_put(&b, yh_trim(yh_cut(&l, '|')));
        }
        if (n != ncol) {
            yh_rule_wrong(r, YH_ERROR, s->more[i], "每行的格数与表头相同；代码之间用、隔开",
                          "这一行有 %d 格，表头有 %d 列", n, ncol);
            return;
        }
        yh_putc(&b, '\n');
    }
    struct yh_rules *rules = r->rules;
    struct yh_rule_table *list = YH_NEW(r->a, struct yh_rule_table, rules->ntable + 1);
    memcpy(list, rules->table, (size_t)rules->ntable * sizeof *list);
    list[rules->ntable++] = (struct yh_rule_table){ r->rule->id, yh_buf_str(&b) };
    rules->table = list;
}

/* ---- the whole ---- */

/* What the condition cannot hold without: an item that must be in the window. */
static int gate_of(const struct yh_mon_rule *q, int at)
{
    const struct yh_rule_node *n = &q->node[at];
    if (n->op == YH_OP_HAS || n->op == YH_OP_HAS_COL)
        return at;
    if (n->op != YH_OP_AND)
        return -1;
    int a = gate_of(q, n->a);
    return a >= 0 ? a : gate_of(q, n->b);
}

static void check_whole(struct yh_rule_reading *r, const struct later *l, yh_str first)
{
    struct yh_mon_rule *q = r->rule;
    bool history = q->needs >> YH_NEED_HISTORY & 1;
    if (q->subject == YH_SUBJECT_LINES && r->in_window && q->across != YH_ACROSS_VISIT &&
        !history)
        yh_rule_wrong(r, YH_ERROR, l->window ? l->window->word : first,
                      "在 needs 中加上「病史」，或写 across 本次就诊",
                      "窗口跨就诊，却没有声明病史");
    if ((q->window.span == YH_WIN_VISIT || q->window.span == YH_WIN_RX ||
         q->window.span == YH_WIN_OPERATION) &&
        q->across != YH_ACROSS_VISIT)
        yh_rule_wrong(r, YH_ERROR, l->window->word, "加上 across 本次就诊",
                      "这个窗口只在一次就诊之内");
    if (q->window.span == YH_WIN_RX && !(q->needs >> YH_NEED_RX & 1))
        yh_rule_wrong(r, YH_ERROR, l->window->word, "在 needs 中加上「处方」",
                      "没有声明需要的事实");
    if (q->window.span == YH_WIN_HOURS && !(q->needs >> YH_NEED_CLOCK & 1))
        yh_rule_wrong(r, YH_ERROR, l->window->word, "在 needs 中加上「时刻」",
                      "没有声明需要的事实");
    if (q->money == YH_MONEY_STAY && q->subject == YH_SUBJECT_LINES)
        yh_rule_wrong(r, YH_ERROR, l->money->word, "逐行的规则写 整行",
                      "整次的金额只能用于逐次就诊的规则");
    if (q->money == YH_MONEY_PART && r->in_window)
        yh_rule_wrong(r, YH_ERROR, l->money->word, "有窗口的规则写 超出 窗内数量 …",
                      "部分金额只能用于没有窗口的逐行规则");
    if ((q->money == YH_MONEY_LINE || q->money == YH_MONEY_PRICE || q->money == YH_MONEY_PART ||
         q->money == YH_MONEY_PAIRED || q->money == YH_MONEY_EXCESS) &&
        q->subject != YH_SUBJECT_LINES)
        yh_rule_wrong(r, YH_ERROR, l->money->word, "逐次就诊的规则写 整次 或 无",
                      "没有明细可计");
    if (q->money == YH_MONEY_PAIRED && (q->hit < 0 || gate_of(q, q->hit) < 0))
        yh_rule_wrong(r, YH_ERROR, l->money->word, "条件中写明 有(…)",
                      "成对的金额要有另一侧的项目");
    if (q->standing == YH_OFFICIAL && q->subject == YH_SUBJECT_LINES && q->table >= 0 &&
        !yh_starts(r->rules->table[q->table].name, YH_S("official/")))
        yh_rule_wrong(r, YH_ERROR, first, "依据状态写 第三方 或 未核实",
                      "知识表不是官方的，规则不能自称官方");
    if (!q->ncase)
        yh_rule_wrong(r, YH_ERROR, first, "至少写一个 case hit 和一个 case miss",
                      "规则没有例子");
}

static void read_statements(struct yh_rule_reading *r, struct statement *s, int n)
{
    static const struct {
        const char *word;
        reader *read;
        bool must, many;
    } PLAIN[] = {
        { "rule", read_rule, true, false },   { "class", read_class, true, false },
        { "code", read_code, false, false },  { "covers", read_covers, false, false },
        { "when", read_when, true, false },   { "needs", read_needs, true, false },
        { "net", read_net, false, false },    { "pattern", read_pattern, false, false },
        { "basis", read_basis, true, false }, { "standing", read_standing, true, false },
        { "case", read_case, false, true }
    };
    struct later l = { 0 };
    struct {
        const char *word;
        struct statement **to;
    } const LATER[] = { { "table", &l.table },   { "for", &l.forr },
                        { "hit", &l.hit },       { "unless", &l.unless },
                        { "money", &l.money },   { "window", &l.window },
                        { "across", &l.across }, { "message", &l.message },
                        { "advice", &l.advice }, { "verdict", &l.verdict },
                        { "with", &l.with } };
    bool seen[YH_COUNT(PLAIN)] = { false };
    struct yh_mon_rule *q = r->rule;
    for (int i = 0; i < n; i++) {
        bool known = false, twice = false;
        for (int k = 0; k < YH_COUNT(PLAIN); k++)
            if (yh_eq(s[i].word, yh_cstr(PLAIN[k].word))) {
                known = true;
                twice = seen[k] && !PLAIN[k].many;
                seen[k] = true;
                if (!twice)
                    PLAIN[k].read(r, &s[i]);
            }
        for (int k = 0; k < YH_COUNT(LATER); k++)
            if (yh_eq(s[i].word, yh_cstr(LATER[k].word))) {
                known = true;
                twice = *LATER[k].to != NULL;
                *LATER[k].to = &s[i];
            }
        if (!known)
            yh_rule_wrong(
                r, YH_ERROR, s[i].word,
                "语句有 rule class code covers when needs table for window across net hit "
                "unless money verdict message advice basis standing pattern with case",
                "不认识的语句「%.*s」", YH_ARG(s[i].word));
        if (twice)
            yh_rule_wrong(r, YH_ERROR, s[i].word, "删去一处", "语句写了两次");
    }
    yh_str first = n ? s[0].word : r->text;
    for (int k = 0; k < YH_COUNT(PLAIN); k++)
        if (PLAIN[k].must && !seen[k])
            yh_rule_wrong(r, YH_ERROR, first, "见 docs/rule-guide.md 的例子", "缺少语句 %s",
                          PLAIN[k].word);
    bool pattern = q->subject == YH_SUBJECT_PATTERN;
    if (!l.verdict || !l.message || (!pattern && (!l.forr || !l.hit || !l.money)))
        yh_rule_wrong(r, YH_ERROR, first, "每条规则要有 for、hit、money、verdict、message",
                      "缺少语句");
    if (r->errors)
        return;
    q->verdict[0] = q->verdict[1] = q->verdict[2] = YH_VERDICT_REVIEW;
    read_verdict(r, l.verdict);
    q->message = l.message->whole;
    q->advice = l.advice ? l.advice->whole : YH_S("");
    if (pattern) {
        read_with(r, l.with);
        check_template(r, q->message);
        if (q->stages != YH_STAGE_BIT(YH_STAGE_AFTER))
            yh_rule_wrong(r, YH_ERROR, first, "写成 when 结算后", "模式只能在结算后查");
        q->money = YH_MONEY_NONE;
        return;
    }
    if (l.table)
        read_table(r, l.table);
    read_for(r, &l);
    if (l.window)
        read_window(r, l.window);
    if (l.across)
        read_across(r, l.across);
    q->hit = (int16_t)yh_rule_condition(r, l.hit->whole);
    if (l.unless)
        q->unless = (int16_t)yh_rule_condition(r, l.unless->whole);
    read_money(r, l.money);
    check_template(r, q->message);
    check_template(r, q->advice);
    if (r->errors)
        return;
    check_whole(r, &l, first);
    q->gate = (int16_t)gate_of(q, q->hit);
    if (q->table >= 0 && !r->errors)
        yh_rule_rows(r, &l.each);
    if (q->table < 0 && !r->errors) {
        struct yh_rules *rules = r->rules;
        q->first_row = rules->nrow;
        q->nrow = 1;
        struct yh_rule_row row = { .rule = rules->n,
                                   .subject = -1,
                                   .param = YH_NEW(r->a, int64_t, 1) };
        YH_PUSH(r->a, rules->row, rules->nrow, rules->row_cap) = row;
    }
    for (int i = 0; i < q->nnode; i++)
        if (q->node[i].op == YH_OP_HAS || q->node[i].op == YH_OP_HAD ||
            q->node[i].op == YH_OP_COUNT)
            r->rules->set[q->node[i].v].wanted = true;
}

/* A region's own file: local, block, silent. */
static void read_local(struct yh_rule_reading *r, struct statement *s, int n)
{
    struct yh_rules *rules = r->rules;
    yh_str rest = s[0].args, region = cut_word(&rest), basis = YH_S("");
    if (region.n != 6)
        yh_rule_wrong(r, YH_ERROR, region.n ? region : s[0].word, "写成 local 990100 示例市",
                      "统筹区是六位数字");
    for (int i = 1; i < n; i++)
        if (yh_eq(s[i].word, YH_S("basis")))
            basis = s[i].whole;
    for (int i = 1; i < n; i++) {
        bool block = yh_eq(s[i].word, YH_S("结算拦截"));
        if (yh_eq(s[i].word, YH_S("basis")))
            continue;
        if (!block && !yh_eq(s[i].word, YH_S("不提示"))) {
            yh_rule_wrong(r, YH_ERROR, s[i].word, "语句有 local、结算拦截、不提示、basis",
                          "不认识的语句");
            continue;
        }
        yh_day from = YH_DAY_MIN;
        int start = rules->nlocal;
        yh_str list = s[i].whole;
        for (yh_str w = next_item(&list); w.n; w = next_item(&list)) {
            if (yh_eq(w, YH_S("since"))) {
                yh_str day = next_item(&list);
                if (yh_day_parse(day, &from, NULL))
                    yh_rule_wrong(r, YH_ERROR, day.n ? day : w, "写成 since 2026-01-01",
                                  "不是日期");
                for (int k = start; k < rules->nlocal; k++)
                    rules->local[k].from = from;
                continue;
            }
            if (yh_rules_find(rules, w) < 0) {
                yh_rule_wrong(r, YH_ERROR, w, "写规则的标识，如 drug-sex", "没有规则「%.*s」",
                              YH_ARG(w));
                continue;
            }
            struct yh_rule_local one = { .region = region,
                                         .rule = w,
                                         .basis = basis,
                                         .from = YH_DAY_MIN,
                                         .block = block,
                                         .silent = !block };
            YH_PUSH(r->a, rules->local, rules->nlocal, rules->local_cap) = one;
        }
    }
    if (!basis.n)
        yh_rule_wrong(r, YH_ERROR, s[0].word, "写上 basis 文件与条款", "本地文件没有依据");
}

static bool is_local(yh_str text)
{
    while (text.n) {
        yh_str l = yh_trim(yh_cut(&text, '\n'));
        if (l.n && l.p[0] != '#')
            return yh_starts(l, YH_S("local "));
    }
    return false;
}

static void read_file(struct yh_arena *a, struct yh_rules *rules, const struct yh_rule_text *f,
                      bool local, struct yh_findings *found)
{
    struct statement s[STATEMENTS_MAX];
    struct yh_mon_rule q = { .table = -1,
                             .hit = -1,
                             .unless = -1,
                             .money_node = -1,
                             .gate = -1,
                             .file = f->name,
                             .text = f->text };
    q.window.col = -1;
    struct yh_rule_reading r = {
        .a = a, .rules = rules, .rule = &q, .name = f->name, .text = f->text, .found = found
    };
    if (!yh_utf8_ok(f->text)) {
        yh_rule_wrong(&r, YH_ERROR, yh_sub(f->text, 0, 0), "存成 UTF-8", "文件不是 UTF-8");
        return;
    }
    int n = split(&r, s);
    if (local) {
        if (n) /* else its one line is indented, which is said already */
            read_local(&r, s, n);
        return;
    }
    int rows = rules->nrow, skips = rules->nskip;
    read_statements(&r, s, n);
    if (!r.errors && yh_rules_find(rules, q.id) >= 0)
        yh_rule_wrong(&r, YH_ERROR, s[0].word, "换一个标识", "标识「%.*s」已有规则使用",
                      YH_ARG(q.id));
    if (r.errors) {
        rules->nrow = rows, rules->nskip = skips;
        return;
    }
    uint8_t digest[32];
    yh_sha256_of(f->text, digest);
    yh_hex(q.digest, digest, 6);
    rules->rule[rules->n++] = q;
}

static enum yh_status read_ages(struct yh_arena *a, struct yh_rules *r, struct yh_err *err)
{
    static const char *const WANT[] = { "age_group", "label_zh",  "min_days",
                                        "max_days",  "min_years", "max_years" };
    int t = table_find(r, YH_S("age_groups")), col[YH_COUNT(WANT)], got, cap = 0;
    struct yh_tsv tsv;
    if (t < 0)
        return yh_fail(err, YH_BAD_TABLE, "缺少年龄段表 age_groups.tsv");
    enum yh_status bad =
        yh_tsv_open_with(&tsv, r->table[t].text, WANT, YH_COUNT(WANT), col, err);
    if (bad)
        return bad;
    while ((got = yh_tsv_next(&tsv, err)) != 0) {
        if (got < 0)
            return YH_BAD_TABLE;
        int64_t v[4];
        for (int i = 0; i < 4; i++) {
            yh_str c = tsv.cell[col[i + 2]];
            v[i] = 0;
            if (c.n && (yh_int_parse(c, &v[i], NULL) || v[i] < 0 || v[i] > 60000))
                return yh_fail_at(err, YH_BAD_TABLE, tsv.line, 1, "年龄段的界限应为整数");
        }
        struct yh_age_group g = { tsv.cell[col[0]], tsv.cell[col[1]], (int32_t)v[0],
                                  (int32_t)v[1],    (int32_t)v[2],    (int32_t)v[3] };
        YH_PUSH(a, r->age, r->nage, cap) = g;
    }
    return YH_OK;
}

/* Sets lead to the rows whose subject they are. */
static void index_rows(struct yh_arena *a, struct yh_rules *r)
{
    r->set_row = YH_NEW(a, int32_t, r->nrow);
    for (int i = 0; i < r->nrow; i++)
        if (r->row[i].subject >= 0)
            r->set[r->row[i].subject].nrow++;
    int32_t at = 0;
    for (int i = 0; i < r->nset; i++) {
        r->set[i].first_row = at;
        at += r->set[i].nrow;
        r->set[i].nrow = 0;
    }
    for (int i = 0; i < r->nrow; i++)
        if (r->row[i].subject >= 0) {
            struct yh_item_set *s = &r->set[r->row[i].subject];
            r->set_row[s->first_row + s->nrow++] = i;
        }
}

static int by_id(const void *x, const void *y)
{
    const struct yh_rule_text *a = x, *b = y;
    return yh_cmp(a->name, b->name);
}

enum yh_status yh_rules_read(struct yh_arena *a, const struct yh_rule_text *file, int nfile,
                             const struct yh_rule_text *table, int ntable,
                             struct yh_rules **out, struct yh_findings *findings,
                             struct yh_err *err)
{
    struct yh_rules *r = YH_NEW(a, struct yh_rules, 1);
    r->exact = yh_map_in(a, 32768);
    r->prefix = yh_map_in(a, 8192);
    r->named = yh_map_in(a, 16384);
    r->named_first = -1;
    r->rule = YH_NEW(a, struct yh_mon_rule, nfile + 1);
    r->table = YH_NEW(a, struct yh_rule_table, ntable);
    for (int i = 0; i < ntable; i++)
        r->table[r->ntable++] = (struct yh_rule_table){ table[i].name, table[i].text };
    enum yh_status bad = read_ages(a, r, err);
    if (bad)
        return bad;
    struct yh_rule_text *sorted = YH_NEW(a, struct yh_rule_text, nfile);
    if (nfile) {
        memcpy(sorted, file, (size_t)nfile * sizeof *sorted);
        qsort(sorted, (size_t)nfile, sizeof *sorted, by_id);
    }
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < nfile; i++)
            if (is_local(sorted[i].text) == (pass == 1))
                read_file(a, r, &sorted[i], pass == 1, findings);
    index_rows(a, r);
    *out = r;
    return YH_OK;
}

int yh_rules_find(const struct yh_rules *r, yh_str id)
{
    for (int i = 0; i < r->n; i++)
        if (yh_eq(r->rule[i].id, id))
            return i;
    return -1;
}

static bool covers(yh_str local, yh_str region)
{
    /* A pool's own code ends in zeros: 990100 holds 990101. */
    while (yh_ends(local, YH_S("00")))
        local.n -= 2;
    return yh_starts(region, local);
}

static bool local_says(const struct yh_rules *r, int rule, yh_str region, yh_day day,
                       bool block)
{
    for (int i = 0; i < r->nlocal; i++) {
        const struct yh_rule_local *l = &r->local[i];
        if ((block ? l->block : l->silent) && l->from <= day &&
            yh_eq(l->rule, r->rule[rule].id) && covers(l->region, region))
            return true;
    }
    return false;
}

bool yh_rules_blocks(const struct yh_rules *r, int rule, yh_str region, yh_day day)
{
    return r->nlocal && local_says(r, rule, region, day, true);
}

bool yh_rules_silent(const struct yh_rules *r, int rule, yh_str region, yh_day day)
{
    return r->nlocal && local_says(r, rule, region, day, false);
}
