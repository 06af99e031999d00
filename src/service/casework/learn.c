/* service/casework/learn.c -- what decisions teach about rules. */
#include <stdlib.h>
#include "service/casework/inside.h"

struct past {
    struct yh_rule_past r;
    yh_str kind;
    struct yh_case_hit_row **wrong; /* dropped ones, for the reader */
    int nwrong, cap;
};

struct open_hit {
    struct yh_case_hit_row *h;
    yh_fen expected;
};

static int by_rule(const void *a, const void *b)
{
    return yh_cmp(((const struct past *)a)->r.rule, ((const struct past *)b)->r.rule);
}

static int by_expected(const void *a, const void *b)
{
    const struct open_hit *x = a, *y = b;
    if (x->expected != y->expected)
        return x->expected > y->expected ? -1 : 1;
    return yh_cmp(x->h->hit, y->h->hit);
}

struct lesson {
    struct past *rule;
    int n, cap;
    struct yh_map map;
    struct open_hit *open;
    int nopen, opencap;
};

/* A hit counts as decided when its case was approved, dropped or reversed. */
static enum yh_status gather(struct yh_docket *k, struct lesson *l, struct yh_err *err)
{
    struct yh_case_hit_row none = { .case_no = YH_S("") }, *h = NULL;
    struct yh_case_file_row f = { .case_no = YH_S("") };
    int n = 0;
    enum yh_status st =
        yh_list_case_hit(k->x, (struct yh_span){ .index = YH_BY_KEY }, &none, &h, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (!yh_eq(f.case_no, h[i].case_no) &&
            (st = yh_case_get(k->x, h[i].case_no, &f, err)) != YH_OK)
            break;
        int at = yh_map_get(&l->map, h[i].rule, -1);
        if (at < 0) {
            at = l->n;
            YH_PUSH(k->a, l->rule, l->n, l->cap) =
                (struct past){ .r = { .rule = h[i].rule }, .kind = h[i].rule_kind };
            yh_map_set(&l->map, h[i].rule, at);
        }
        struct past *p = &l->rule[at];
        enum yh_case_state s = yh_case_state_read(f.state);
        bool decided = yh_case_state_over(s) || s == YH_CASE_DECIDED;
        if (!decided) {
            p->r.open++;
            p->r.at_stake += h[i].fund_method;
            YH_PUSH(k->a, l->open, l->nopen, l->opencap) = (struct open_hit){ &h[i], 0 };
        } else if (yh_eq(h[i].state, YH_S("upheld"))) {
            p->r.upheld++;
            p->r.recovered += h[i].fund;
        } else {
            p->r.dropped++;
            YH_PUSH(k->a, p->wrong, p->nwrong, p->cap) = &h[i];
        }
    }
    return st;
}

static void put_review(struct yh_act *t, const struct past *p)
{
    for (int i = 0; i < p->nwrong && i < 5; i++) {
        const struct yh_case_hit_row *h = p->wrong[i];
        yh_putz(t->out, "#   误报 ");
        yh_act_put(t, h->hit, ' ');
        yh_act_put(t, h->message, ' ');
        yh_putz(t->out, "；机构：");
        yh_act_put(t, h->appeal_reason, ' ');
        yh_putz(t->out, "；复核：");
        yh_act_put(t, h->panel_note.n ? h->panel_note : h->recheck_note, '\n');
    }
    if (p->nwrong > 5)
        yh_putf(t->out, "#   另有 %d 条\n", p->nwrong - 5);
}

enum yh_status yh_act_learn(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct lesson l = { 0 };
    int64_t threshold = 600000, least = 10, budget = 0;
    yh_str text[] = { yh_act_text(t, "threshold"), yh_act_text(t, "least"),
                      yh_act_text(t, "budget") };
    enum yh_status st = yh_docket_open(t, &k, err);
    if (st)
        return st;
    if ((text[0].n &&
         (yh_dec_parse(text[0], 6, &threshold, NULL) || threshold < 0 || threshold > YH_ONE)) ||
        (text[1].n && (yh_int_parse(text[1], &least, NULL) || least < 1)) ||
        (text[2].n && (yh_int_parse(text[2], &budget, NULL) || budget < 1)))
        return yh_fail(
            err, YH_BAD_INPUT,
            "threshold 应为 0 至 1，least 与 budget 应为正整数，现为“%.*s”“%.*s”“%.*s”",
            YH_ARG(text[0]), YH_ARG(text[1]), YH_ARG(text[2]));
    l.map = yh_map_in(k.a, 64);
    if ((st = gather(&k, &l, err)) != YH_OK)
        return st;
    for (int i = 0; i < l.nopen; i++)
        l.open[i].expected = yh_expected(&l.rule[yh_map_get(&l.map, l.open[i].h->rule, 0)].r,
                                         l.open[i].h->fund_method);
    if (l.n)
        qsort(l.rule, (size_t)l.n, sizeof *l.rule, by_rule);
    yh_putz(t->out,
            "#rule\tkind\tupheld\tdropped\tprecision\trecovered\topen\tat_stake\tproposal\n");
    for (int i = 0; i < l.n; i++) {
        const struct past *p = &l.rule[i];
        yh_micro precision = yh_rule_precision(&p->r);
        bool review =
            precision >= 0 && precision < threshold && p->r.upheld + p->r.dropped >= least;
        char dec[32];
        yh_act_put(t, p->r.rule, '\t');
        yh_act_put(t, p->kind, '\t');
        yh_putf(t->out, "%lld\t%lld\t", (long long)p->r.upheld, (long long)p->r.dropped);
        yh_act_put(t, precision < 0 ? YH_S("") : yh_dec_text(dec, precision, 6, 6), '\t');
        yh_act_put_fen(t, p->r.recovered, '\t');
        yh_putf(t->out, "%lld\t", (long long)p->r.open);
        yh_act_put_fen(t, p->r.at_stake, '\t');
        yh_act_put(t, review ? YH_S("复核规则") : YH_S(""), '\n');
        if (review)
            put_review(t, p);
    }
    if (!budget)
        return YH_OK;
    if (l.nopen)
        qsort(l.open, (size_t)l.nopen, sizeof *l.open, by_expected);
    yh_putz(t->out, "#hit\trule\tprovider\tcase\tfund_method\texpected\tmessage\n");
    for (int i = 0; i < l.nopen && i < budget; i++) {
        const struct yh_case_hit_row *h = l.open[i].h;
        yh_act_put(t, h->hit, '\t');
        yh_act_put(t, h->rule, '\t');
        yh_act_put(t, h->provider, '\t');
        yh_act_put(t, h->case_no, '\t');
        yh_act_put_fen(t, h->fund_method, '\t');
        yh_act_put_fen(t, l.open[i].expected, '\t');
        yh_act_put(t, h->message, '\n');
    }
    return YH_OK;
}
