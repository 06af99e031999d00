#include "shell/rules/near.h"

#include <stdio.h>

#define COMPARISONS_MAX 16

static bool indented(yh_str line)
{
    return line.n && (line.p[0] == ' ' || line.p[0] == '\t');
}

static yh_str first_word(yh_str line)
{
    yh_str rest = yh_trim(line);
    return yh_cut(&rest, ' ');
}

static bool is_comparison(yh_str w)
{
    return yh_eq(w, YH_S(">")) || yh_eq(w, YH_S("<")) || yh_eq(w, YH_S(">=")) ||
           yh_eq(w, YH_S("<="));
}

/* The line with its comparison number `at` (counted on in *seen) let go by one step. */
static void put_eased(struct yh_buf *out, yh_str line, int at, int *seen)
{
    while (line.n) {
        yh_str w = yh_cut(&line, ' ');
        bool this = is_comparison(w) && (*seen)++ == at;
        if (!this)
            yh_put(out, w);
        else if (w.n == 1)
            yh_putf(out, "%.*s=", YH_ARG(w));
        else
            yh_putf(out, "%s 1 %.*s", w.p[0] == '>' ? "+" : "-", YH_ARG(w));
        if (line.p)
            yh_putc(out, ' ');
    }
}

/* A share (0.35) has no next unit. */
static bool has_next(yh_str hit, int at)
{
    int seen = 0;
    while (hit.n) {
        yh_str w = yh_cut(&hit, ' '), rest = hit;
        if (is_comparison(w) && seen++ == at)
            return w.n == 1 || yh_find(yh_cut(&rest, ' '), YH_S(".")) < 0;
    }
    return false;
}

/* The text of the variant: comparison `at` eased, or with at < 0 without `unless`. */
static yh_str variant(struct yh_arena *a, const struct yh_mon_rule *q, yh_str id, int at)
{
    struct yh_buf out = yh_buf_in(a);
    yh_str text = q->text, word = YH_S("");
    int seen = 0;
    while (text.n) {
        yh_str line = yh_cut(&text, '\n');
        if (line.n && !indented(line))
            word = first_word(line);
        if (yh_eq(word, YH_S("rule")))
            yh_putf(&out, "rule %.*s %.*s", YH_ARG(id), YH_ARG(q->name));
        else if (at >= 0 && yh_eq(word, YH_S("hit")))
            put_eased(&out, line, at, &seen);
        else if (at >= 0 && yh_eq(word, YH_S("money")) && q->money == YH_MONEY_EXCESS)
            yh_putz(&out, indented(line) ? "" : "money 整行");
        else if (at >= 0 || !yh_eq(word, YH_S("unless")))
            yh_put(&out, line);
        yh_putc(&out, '\n');
        if (yh_eq(word, YH_S("rule")))
            word = YH_S("");
    }
    return yh_buf_str(&out);
}

/* The statement `hit` in one line, blanks as one. */
static yh_str hit_of(struct yh_arena *a, yh_str text)
{
    struct yh_buf out = yh_buf_in(a);
    bool in = false;
    while (text.n) {
        yh_str line = yh_cut(&text, '\n');
        if (line.n && !indented(line))
            in = yh_eq(first_word(line), YH_S("hit"));
        line = yh_trim(line);
        while (in && line.n) {
            yh_str w = yh_trim(yh_cut(&line, ' '));
            if (w.n && !(yh_eq(w, YH_S("hit")) && !out.n))
                yh_putf(&out, "%s%.*s", out.n ? " " : "", YH_ARG(w));
        }
    }
    return yh_buf_str(&out);
}

static int comparisons(yh_str hit)
{
    int n = 0;
    while (hit.n)
        n += is_comparison(yh_cut(&hit, ' '));
    return n < COMPARISONS_MAX ? n : COMPARISONS_MAX;
}

static yh_str words_of(struct yh_arena *a, yh_str hit, int at)
{
    struct yh_buf out = yh_buf_in(a);
    int seen = 0;
    yh_putz(&out, "条件若是「");
    put_eased(&out, hit, at, &seen);
    yh_putz(&out, "」");
    return yh_buf_str(&out);
}

enum yh_status yh_near_read(struct yh_rule_book *b, struct yh_rules **rules,
                            struct yh_near **near, int *n, struct yh_err *err)
{
    const struct yh_rules *r = b->rules;
    int most = r->n * (COMPARISONS_MAX + 1);
    struct yh_near *list = YH_NEW(&b->arena, struct yh_near, most ? most : 1);
    struct yh_rule_text *file = YH_NEW(&b->arena, struct yh_rule_text, most ? most : 1);
    yh_str *id = YH_NEW(&b->arena, yh_str, most ? most : 1);
    struct yh_rule_text *table = YH_NEW(&b->arena, struct yh_rule_text, r->ntable + 1);
    struct yh_findings findings = { 0 };
    int count = 0;
    for (int i = 0; i < r->ntable; i++)
        table[i] = (struct yh_rule_text){ r->table[i].name, r->table[i].text };
    for (int i = 0; i < r->n; i++) {
        const struct yh_mon_rule *q = &r->rule[i];
        if (q->subject == YH_SUBJECT_PATTERN)
            continue;
        yh_str hit = hit_of(&b->arena, q->text);
        int bounds = comparisons(hit);
        for (int at = q->unless >= 0 ? -1 : 0; at < bounds; at++) {
            if (at >= 0 && !has_next(hit, at))
                continue;
            id[count] = yh_fmt(&b->arena, "%.*s-near-%d", YH_ARG(q->id), at + 1);
            file[count] =
                (struct yh_rule_text){ id[count], variant(&b->arena, q, id[count], at) };
            list[count++] = (struct yh_near){ .rule = i,
                                              .exempt = at < 0,
                                              .words = at < 0 ? YH_S("unless 成立")
                                                              : words_of(&b->arena, hit, at) };
        }
    }
    enum yh_status bad =
        yh_rules_read(&b->arena, file, count, table, r->ntable, rules, &findings, err);
    if (bad)
        return bad;
    for (int i = 0; i < count; i++)
        list[i].variant = yh_rules_find(*rules, id[i]);
    *near = list;
    *n = count;
    return YH_OK;
}
