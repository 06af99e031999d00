/* model/monitor/know.c -- knowledge tables to rows, and the index from item codes to them. */
#include <stdio.h>
#include "model/monitor/inside.h"

/* ---- sets ---- */

/* The next of a list "a|b、c d"; "" at the end. */
static yh_str next_code(yh_str *list)
{
    for (;;) {
        while (list->n && (list->p[0] == '|' || list->p[0] == ' ' || list->p[0] == ','))
            *list = yh_sub(*list, 1, list->n);
        if (yh_starts(*list, YH_S("、")))
            *list = yh_sub(*list, 3, list->n);
        else
            break;
    }
    ptrdiff_t i = 0;
    while (i < list->n && list->p[i] != '|' && list->p[i] != ' ' && list->p[i] != ',' &&
           !yh_starts(yh_sub(*list, i, list->n), YH_S("、")))
        i++;
    yh_str out = yh_sub(*list, 0, i);
    *list = yh_sub(*list, i, list->n);
    return out;
}

static void link_code(struct yh_rules *r, struct yh_arena *a, struct yh_map *map, yh_str code,
                      int set, yh_str word)
{
    int32_t head = yh_map_get(map, code, -1);
    for (int32_t i = head; i >= 0; i = r->link[i].next)
        if (r->link[i].set == set && yh_eq(r->link[i].word, word))
            return;
    __typeof__(*r->link) one = { .set = set, .next = head, .word = word };
    YH_PUSH(a, r->link, r->nlink, r->link_cap) = one;
    yh_map_set(map, code, r->nlink - 1);
}

/* Codes of the standards are ASCII; a class of goods is one letter with a word of the name. */
int yh_rule_items(struct yh_rules *r, struct yh_arena *a, yh_str codes, yh_str names,
                  bool prefix)
{
    yh_str key = yh_fmt(a, "%c%.*s\t%.*s", prefix ? 'p' : 'e', YH_ARG(codes), YH_ARG(names));
    int32_t at = yh_map_get(&r->named, key, -1);
    if (at >= 0)
        return at;
    int set = r->nset;
    struct yh_item_set fresh = { .text = codes, .single = -1 };
    YH_PUSH(a, r->set, r->nset, r->set_cap) = fresh;
    yh_map_add(&r->named, key, set);
    yh_str rest = codes, words = names;
    for (yh_str code = next_code(&rest); code.n; code = next_code(&rest)) {
        yh_str word = yh_cut(&words, '|');
        if (code.n == 1) {
            __typeof__(*r->link) one = { .set = set, .next = r->named_first, .word = word };
            YH_PUSH(a, r->link, r->nlink, r->link_cap) = one;
            r->named_first = r->nlink - 1;
        } else if (prefix) {
            /* Goods are listed by class and name together. */
            link_code(r, a, &r->prefix, code, set, code.p[0] == 'C' ? word : YH_S(""));
            r->prefix_lengths |= code.n < 64 ? UINT64_C(1) << code.n : 0;
        } else {
            link_code(r, a, &r->exact, code, set, YH_S(""));
        }
    }
    return set;
}

static int intern(struct yh_map *map, struct yh_arena *a, char kind, yh_str x, yh_str y,
                  int next)
{
    yh_str key = yh_fmt(a, "%c%.*s\t%.*s", kind, YH_ARG(x), YH_ARG(y));
    int32_t at = yh_map_get(map, key, -1);
    if (at < 0)
        yh_map_add(map, key, next);
    return at;
}

int yh_rule_dx(struct yh_rules *r, struct yh_arena *a, yh_str prefixes, yh_str keywords)
{
    int at = intern(&r->named, a, 'd', prefixes, keywords, r->ndx);
    if (at >= 0)
        return at;
    struct yh_dx_set fresh = { prefixes, keywords };
    YH_PUSH(a, r->dx, r->ndx, r->dx_cap) = fresh;
    return r->ndx - 1;
}

int yh_rule_keys(struct yh_rules *r, struct yh_arena *a, yh_str words)
{
    int at = intern(&r->named, a, 'k', words, YH_S(""), r->nkeys);
    if (at >= 0)
        return at;
    YH_PUSH(a, r->keys, r->nkeys, r->keys_cap) = words;
    return r->nkeys - 1;
}

/* ---- slots ---- */

int yh_rule_slot(struct yh_rule_reading *r, yh_str column, yh_str at)
{
    int know = yh_know_find(column);
    if (know < 0) {
        yh_rule_wrong(r, YH_ERROR, at, "列名见 docs/rule-guide.md", "不认识的列「%.*s」",
                      YH_ARG(column));
        return -1;
    }
    bool there =
        r->head && (know == YH_KNOW_DX ? yh_tsv_col(r->head, YH_S("dx_keywords")) >= 0 ||
                                             yh_tsv_col(r->head, YH_S("dx_prefixes")) >= 0
                                       : yh_tsv_col(r->head, column) >= 0);
    if (!there) {
        yh_rule_wrong(r, YH_ERROR, at,
                      r->head ? "换一张表，或改用表中的列" : "用 for each row of 写明知识表",
                      "本规则的知识表没有列「%.*s」", YH_ARG(column));
        return -1;
    }
    for (int i = 0; i < r->rule->nslot; i++)
        if (r->rule->slot_know[i] == know)
            return i;
    if (r->rule->nslot == YH_RULE_SLOTS) {
        yh_rule_wrong(r, YH_ERROR, at, "把规则拆成几条", "用到的列太多");
        return -1;
    }
    r->rule->slot_know[r->rule->nslot] = (uint8_t)know;
    return r->rule->nslot++;
}

/* ---- rows ---- */

static yh_str cell(const struct yh_tsv *t, const char *name)
{
    int i = yh_tsv_col(t, yh_cstr(name));
    return i < 0 ? YH_S("") : t->cell[i];
}

static bool words_mask(enum yh_fact_type dim, yh_str words, int64_t *mask)
{
    static const struct {
        uint8_t dim;
        yh_str column, word;
    } WORD[] = {
#define R(dim_, name, word_, column_) { YH_FT_##dim_, YH_S_INIT(column_), YH_S_INIT(word_) },
#include "model/monitor/word.def"
#undef R
    };
    *mask = 0;
    for (yh_str w = next_code(&words); w.n; w = next_code(&words)) {
        int64_t bit = 0;
        for (int i = 0; i < YH_COUNT(WORD); i++)
            if (WORD[i].dim == dim && (yh_eq(WORD[i].column, w) || yh_eq(WORD[i].word, w)))
                bit = YH_FW_BIT(i);
        if (!bit)
            return false;
        *mask |= bit;
    }
    return true;
}

/* "1h", "6h", "day" … or the words of rule files; number in the upper half. */
static bool span_of(yh_str w, int64_t *out)
{
    static const struct {
        yh_str column, word;
    } SPAN[] = {
#define R(name, word, column, number) { YH_S_INIT(column), YH_S_INIT(word) },
#include "model/monitor/window.def"
#undef R
    };
    int64_t n;
    if (yh_ends(w, YH_S("h")) && !yh_int_parse(yh_sub(w, 0, w.n - 1), &n, NULL) && n > 0 &&
        n < 1000) {
        *out = YH_WIN_HOURS | n << 32;
        return true;
    }
    for (int i = 0; i < YH_COUNT(SPAN); i++)
        if (i != YH_WIN_HOURS && (yh_eq(SPAN[i].column, w) || yh_eq(SPAN[i].word, w))) {
            *out = i;
            return true;
        }
    return false;
}

/* One cell as a parameter.  "" = fine, else what is wrong; *skip: the row cannot be judged. */
static const char *param(struct yh_rule_reading *r, const struct yh_tsv *t, int know,
                         bool prefix, int64_t *out, const char **skip)
{
    if (know == YH_KNOW_DX) {
        yh_str p = cell(t, "dx_prefixes"), k = cell(t, "dx_keywords");
        if (!p.n && !k.n)
            *skip = "没有可判断的诊断条件：知识点未给出病名，也没有代码";
        *out = yh_rule_dx(r->rules, r->a, p, k);
        return "";
    }
    yh_str v = t->cell[yh_tsv_col(t, yh_know_name(know))];
    enum yh_fact_type type = yh_know_type(know);
    switch (type) {
    case YH_FT_NUM:
        *out = YH_RULE_MISSING;
        if (v.n && yh_dec_parse(v, 4, out, NULL))
            return "应为数字，至多四位小数";
        if (v.n && (*out > INT64_C(1) << 40 || *out < -(INT64_C(1) << 40)))
            return "数字太大";
        return "";
    case YH_FT_SEX:
    case YH_FT_KIND:
    case YH_FT_SCHEME:
    case YH_FT_CHANNEL: return words_mask(type, v, out) ? "" : "不认识的取值";
    case YH_FT_ITEMS: {
        const char *names =
            know == yh_know_find(YH_S("required_item_codes")) ? "required_item_names"
            : know == yh_know_find(YH_S("primary_item_code")) ? "primary_item_name"
                                                              : "exclusive_item_name";
        *out = yh_rule_items(r->rules, r->a, v, cell(t, names), prefix);
        r->rules->set[*out].wanted = true;
        return "";
    }
    case YH_FT_AGES:
        for (int i = 0; i < r->rules->nage; i++)
            if (yh_eq(r->rules->age[i].word, v)) {
                *out = i;
                return "";
            }
        return "不认识的年龄段，见 age_groups";
    case YH_FT_KEYS: *out = yh_rule_keys(r->rules, r->a, v); return "";
    case YH_FT_SPAN: return span_of(v, out) ? "" : "不认识的窗口";
    case YH_FT_FLAG:
    case YH_FT_DX:
    case YH_FT_TEXT:
    case YH_FT_SHOW: break;
    }
    return "这一列只能显示，不能比较";
}

static void skip_row(struct yh_rule_reading *r, const struct yh_tsv *t, const char *why)
{
    struct yh_rules *rules = r->rules;
    struct yh_rule_skip s = { .rule = rules->n,
                              .knowledge = cell(t, "knowledge_id"),
                              .code = cell(t, "item_code"),
                              .why = yh_cstr(why) };
    YH_PUSH(r->a, rules->skip, rules->nskip, rules->skip_cap) = s;
    r->rule->skipped++;
}

/* What several lines of one point add up to. */
struct joined {
    struct yh_buf codes, names;
    int row; /* of rules->row */
};

static bool same_params(const struct yh_mon_rule *q, const int64_t *x, const int64_t *y)
{
    return !q->nslot || !memcmp(x, y, (size_t)q->nslot * sizeof *x);
}

void yh_rule_rows(struct yh_rule_reading *r, const struct yh_rule_each *each)
{
    struct yh_rules *rules = r->rules;
    struct yh_mon_rule *q = r->rule;
    struct yh_tsv t;
    struct yh_err err;
    yh_str text = rules->table[q->table].text;
    struct yh_map points = yh_map_in(r->a, 64);
    struct joined *join = NULL;
    int njoin = 0, cap = 0, got, first = rules->nrow;
    if (yh_tsv_open(&t, text, &err))
        return;
    int where = each->column.n ? yh_tsv_col(&t, each->column) : -1;
    int group = each->group.n ? yh_tsv_col(&t, each->group) : -1;
    int code_col = yh_tsv_col(&t, YH_S("item_code"));
    yh_str before = t.rest;
    for (; (got = yh_tsv_next(&t, &err)) != 0; before = t.rest) {
        if (got < 0) {
            yh_rule_wrong(r, YH_ERROR, each->at, "改正知识表", "%.*s 第 %d 行：%s",
                          YH_ARG(rules->table[q->table].name), t.line, err.text);
            return;
        }
        if (where >= 0 && !yh_eq(t.cell[where], each->want))
            continue;
        bool prefix = !yh_eq(cell(&t, "code_match"), YH_S("exact"));
        const char *skip = NULL;
        int64_t *p = YH_NEW(r->a, int64_t, q->nslot + 1);
        for (int i = 0; i < q->nslot; i++) {
            const char *bad = param(r, &t, q->slot_know[i], prefix, &p[i], &skip);
            if (*bad) {
                yh_rule_wrong(r, YH_ERROR, each->at, bad, "%.*s 第 %d 行 %.*s 不可用",
                              YH_ARG(rules->table[q->table].name), t.line,
                              YH_ARG(yh_know_name(q->slot_know[i])));
                return;
            }
        }
        yh_str code = code_col < 0 ? YH_S("") : t.cell[code_col];
        if (!code.n && code_col >= 0)
            skip = "没有项目代码";
        if (skip) {
            skip_row(r, &t, skip);
            continue;
        }
        yh_str raw = { before.p, t.rest.p ? t.rest.p - before.p : before.n };
        int32_t at = -1;
        if (group >= 0)
            at = yh_map_get(&points, t.cell[group], -1);
        if (at >= 0) {
            struct yh_rule_row *row = &rules->row[join[at].row];
            if (!same_params(q, row->param, p)) {
                yh_rule_wrong(r, YH_ERROR, each->at, "改用 for each row，或改正知识表",
                              "%.*s 第 %d 行与同组的前一行条件不同",
                              YH_ARG(rules->table[q->table].name), t.line);
                return;
            }
            yh_putc(&join[at].codes, '|');
            yh_put(&join[at].codes, code);
            yh_putc(&join[at].names, '|');
            yh_put(&join[at].names, cell(&t, "item_name"));
            continue;
        }
        struct yh_rule_row row = { .rule = rules->n,
                                   .subject = -1,
                                   .raw = raw,
                                   .knowledge = cell(&t, "knowledge_id"),
                                   .param = p };
        YH_PUSH(r->a, rules->row, rules->nrow, rules->row_cap) = row;
        if (code_col < 0)
            continue;
        struct joined one = { yh_buf_in(r->a), yh_buf_in(r->a), rules->nrow - 1 };
        yh_put(&one.codes, code);
        yh_put(&one.names, cell(&t, "item_name"));
        if (group >= 0)
            yh_map_add(&points, t.cell[group], njoin);
        YH_PUSH(r->a, join, njoin, cap) = one;
    }
    /* Whether a table's codes are exact is the same for all its rows. */
    if (yh_tsv_open(&t, text, &err))
        return;
    bool exact = yh_tsv_next(&t, &err) == 1 && yh_eq(cell(&t, "code_match"), YH_S("exact"));
    for (int i = 0; i < njoin; i++)
        rules->row[join[i].row].subject = yh_rule_items(rules, r->a, yh_buf_str(&join[i].codes),
                                                        yh_buf_str(&join[i].names), !exact);
    q->first_row = first;
    q->nrow = rules->nrow - first;
    if (!q->nrow)
        yh_rule_wrong(r, YH_ERROR, each->at, "看看 where 与表的内容", "没有一行知识可用");
}

/* ---- lookups ---- */

bool yh_rules_row(const struct yh_rules *r, const struct yh_rule_row *row, struct yh_tsv *out)
{
    const struct yh_mon_rule *q = &r->rule[row->rule];
    if (q->table < 0 || yh_tsv_open(out, r->table[q->table].text, NULL))
        return false;
    out->rest = row->raw;
    return yh_tsv_next(out, NULL) == 1;
}

static int add_set(int32_t *set, int n, int cap, int32_t which)
{
    int k = n;
    while (k > 0 && set[k - 1] > which)
        k--;
    if (n == cap || (k > 0 && set[k - 1] == which))
        return n;
    memmove(set + k + 1, set + k, (size_t)(n - k) * sizeof *set);
    set[k] = which;
    return n + 1;
}

static int add_chain(const struct yh_rules *r, int32_t i, yh_str name, int32_t *set, int n,
                     int cap)
{
    for (; i >= 0; i = r->link[i].next)
        if (!r->link[i].word.n || yh_find(name, r->link[i].word) >= 0)
            n = add_set(set, n, cap, r->link[i].set);
    return n;
}

int yh_rules_sets(const struct yh_rules *r, yh_str code, yh_str name, int32_t *set, int cap)
{
    ptrdiff_t dash = yh_find(code, YH_S("-"));
    if (dash > 0)
        code = yh_sub(code, 0, dash);
    int n = add_chain(r, yh_map_get(&r->exact, code, -1), name, set, 0, cap);
    for (int len = 1; len <= code.n && len < 64; len++)
        if (r->prefix_lengths >> len & 1)
            n = add_chain(r, yh_map_get(&r->prefix, yh_sub(code, 0, len), -1), name, set, n,
                          cap);
    if (code.n && code.p[0] == 'C' && name.n)
        for (int32_t i = r->named_first; i >= 0; i = r->link[i].next)
            if (r->link[i].word.n && yh_find(name, r->link[i].word) >= 0)
                n = add_set(set, n, cap, r->link[i].set);
    return n;
}

static bool in_range(yh_str range, yh_str code)
{
    ptrdiff_t dash = yh_find(range, YH_S("-"));
    if (dash < 0)
        return yh_starts(code, range);
    yh_str lo = yh_sub(range, 0, dash), hi = yh_sub(range, dash + 1, range.n);
    return yh_cmp(yh_sub(code, 0, lo.n), lo) >= 0 && yh_cmp(yh_sub(code, 0, hi.n), hi) <= 0;
}

bool yh_rules_dx_fits(const struct yh_dx_set *s, yh_str code, yh_str name)
{
    yh_str list = s->prefixes;
    while (code.n && list.n) {
        yh_str p = yh_cut(&list, '|');
        if (p.n && in_range(p, code))
            return true;
    }
    list = s->keywords;
    while (name.n && list.n) {
        yh_str k = yh_cut(&list, '|');
        if (k.n && yh_find(name, k) >= 0)
            return true;
    }
    return false;
}
