/* shell/cli/rules_same.c -- yiheng rules same: before, during and after say the same of the same facts.
 *
 * Over an archive: each person's whole year is audited once; then, visit by visit, as the window would see
 * it, with that visit and those before it, asked before the order and before the bill.  What touches the
 * visit must be the same hits, line for line and fen for fen, for every rule that runs at that stage. */
#include <stdio.h>

#include "service/audit/audit.h"
#include "shell/catalogs/catalogs.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"
#include "shell/rules/rules.h"

struct run {
    struct yh_rule_book b;
    struct yh_catalogs catalogs;
    struct yh_archive archive;
    struct yh_arena arena, chunk;
    int64_t persons, visits, hits, compared, differ;
};

static bool same(const struct yh_mon_hit *x, const struct yh_mon_hit *y)
{
    bool is = x->rule == y->rule && x->row == y->row && x->visit == y->visit &&
              x->last == y->last && x->qty == y->qty && x->nmark == y->nmark;
    for (int i = 0; is && i < x->nmark; i++) {
        const struct yh_mon_mark *a = &x->mark[i], *b = &y->mark[i];
        is = a->visit == b->visit && a->line == b->line && a->excess == b->excess &&
             a->claimed == b->claimed && a->stake == b->stake;
    }
    return is;
}

static void tell(struct run *r, const struct yh_mon_hit *h, const char *what)
{
    if (r->differ++ < 20)
        fprintf(stderr, "%s：规则 %.*s 第 %d 行知识，第 %d 次就诊\n", what,
                YH_ARG(r->b.rules->rule[h->rule].id), h->row, h->visit + 1);
}

static void compare(struct run *r, struct yh_monitor *m, struct yh_arena scratch,
                    const struct yh_mon_person *p, int visit, enum yh_mon_stage stage,
                    const struct yh_mon_hit *whole, int n)
{
    struct yh_mon_person part = *p;
    struct yh_mon_hit *h;
    part.n = visit + 1;
    int got = yh_monitor_run(m, &scratch, &part, visit, stage, &h), at = 0;
    for (int i = 0; i < n; i++) {
        if (whole[i].last != visit || !(r->b.rules->rule[whole[i].rule].stages >> stage & 1))
            continue;
        r->compared++;
        if (at < got && same(&whole[i], &h[at]))
            at++;
        else
            tell(r, &whole[i],
                 stage == YH_STAGE_ORDER ? "开方前与结算后不同" : "结算前与结算后不同");
    }
    for (; at < got; at++)
        tell(r, &h[at], "结算后没有");
}

static int chunk(struct run *r, const struct yh_audit_words *w, int i, int64_t most,
                 struct yh_err *err)
{
    struct yh_arc_chunk c;
    struct yh_audit_chunk facts;
    if (yh_archive_chunk(&r->archive, i, &c, err))
        return yh_cli_error(NULL, err);
    yh_arena_reset(&r->chunk);
    yh_audit_facts(&r->chunk, &r->archive, &c, w, YH_METHOD_ITEM, NULL, 0, &facts);
    for (int p = 0; p < facts.n && r->persons < most; p++) {
        struct yh_arena scratch = r->chunk;
        struct yh_mon_hit *h;
        int n = yh_monitor_run(w->m, &scratch, &facts.person[p], -1, YH_STAGE_AFTER, &h);
        r->persons++;
        r->visits += facts.person[p].n;
        r->hits += n;
        for (int v = 0; v < facts.person[p].n; v++) {
            compare(r, w->m, scratch, &facts.person[p], v, YH_STAGE_ORDER, h, n);
            compare(r, w->m, scratch, &facts.person[p], v, YH_STAGE_BILL, h, n);
        }
    }
    return 0;
}

static int run(struct run *r, const char *data, const char *where, int64_t most)
{
    struct yh_err err = { 0 };
    struct yh_file_list list = { 0 };
    if (yh_rule_book_open(where, NULL, 0, false, &r->b, &err) ||
        yh_catalogs_open(where, &r->catalogs, &err) ||
        yh_arena_open(&r->chunk, (size_t)2 << 30, &err))
        return yh_cli_error(err.field[0] ? err.field : NULL, &err);
    const char *below = yh_zdup(&r->arena, yh_fmt(&r->arena, "%s/archive", data));
    if (yh_file_find(&r->arena, below, ".yha", &list, &err) || list.n != 1) {
        yh_fail(&err, YH_NOT_FOUND, "%s 里应有一份档案（archive/*.yha）", data);
        yh_cli_error(NULL, &err);
        return 2;
    }
    if (yh_archive_open(list.path[0], &r->archive, &err))
        return yh_cli_error(list.path[0], &err);
    if (yh_audit_sound(r->chunk, &r->archive, &err))
        return yh_cli_error(list.path[0], &err);
    struct yh_audit_words w;
    yh_audit_words(&r->arena, &r->archive, r->b.rules, r->catalogs.catalog, &w);
    for (int i = 0; i < r->archive.nchunk && r->persons < most; i++) {
        int code = chunk(r, &w, i, most, &err);
        if (code)
            return code;
    }
    printf("%lld 人，%lld 次就诊，全年疑点 %lld 处；逐次就诊在开方前与结算前再查，对照 %lld "
           "处，不同 %lld 处\n",
           (long long)r->persons, (long long)r->visits, (long long)r->hits,
           (long long)r->compared, (long long)r->differ);
    return r->differ != 0;
}

int yh_cli_rules_same(int argc, char **argv)
{
    static const char USAGE[] =
        "rules same --data 目录 [--people 数]\n"
        "  同样的事实在开方前、结算前、结算后查到的是否一样：逐人逐次就诊对照，到分。";
    const char *data = NULL, *people = NULL, *where = NULL;
    int64_t most = INT64_MAX;
    for (int i = 2; i < argc; i++)
        if (!yh_cli_option(&i, argc, argv, "--data", &data) &&
            !yh_cli_option(&i, argc, argv, "--people", &people) &&
            !yh_cli_option(&i, argc, argv, "--catalogs", &where))
            return yh_cli_usage(USAGE, argc, argv);
    if (!data || (people && (yh_int_parse(yh_cstr(people), &most, NULL) || most < 1)))
        return yh_cli_usage(USAGE, argc, argv);
    struct run *r = yh_heap(NULL, sizeof *r);
    memset(r, 0, sizeof *r);
    struct yh_err err;
    int code = yh_arena_open(&r->arena, (size_t)2 << 30, &err) ? yh_cli_error(NULL, &err)
                                                               : run(r, data, where, most);
    yh_archive_close(&r->archive);
    yh_catalogs_close(&r->catalogs);
    yh_rule_book_close(&r->b);
    yh_arena_close(&r->chunk);
    yh_arena_close(&r->arena);
    yh_heap(r, 0);
    return code;
}
