/* shell/cli/rules_replay.c -- yiheng rules replay: a new rule over last year before it is switched on.
 *
 * The walks and the counting are shell/rules/replay.h's, which the page of the rules shows too. */
#include <stdio.h>
#include <unistd.h>

#include "service/audit/audit.h"
#include "shell/catalogs/catalogs.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"
#include "shell/rules/goods.h"
#include "shell/rules/replay.h"

#define USAGE                                                                                                                   \
    "rules replay 规则文件或目录… --data 目录 [--before 文件或目录] [--sample 数] [--json] "                   \
    "[--threads 数]\n"                                                                                                         \
    "  新规则启用之前，先在去年的档案（目录/archive/*.yha）上试跑：只用给出的规则，\n"           \
    "  查到几处、几人、几家机构、按项目多少钱、付费方式下多少钱、各月多少，以及\n"          \
    "  合法的相似情形：因 unless 除外的，和条件只差一步的（数量正好等于上限等）。\n"           \
    "  抽出的例子连同证据写到标准输出：首列 命中、除外 或 差一步，第二列为什么，其余同\n" \
    "  yiheng audit；汇总写到标准错误。什么也不启用，什么也不改。\n"                                     \
    "  --before 规则修改之前的文件：另说原来多少处，仍命中、新增、不再命中各多少处\n"          \
    "  --sample 每条规则抽几处命中、每种相似情形抽几处（缺省 10，最多 10000）\n"                      \
    "  --json   每行一个 JSON，末行是汇总\n"                                                                          \
    "  --stays  档案没写付费方式时住院按什么付费：item（缺省）、group、day、head\n"                     \
    "  --catalogs 目录  代码表的位置"

enum { PATHS = 64, PROVIDERS_TOLD = 10 };

struct run {
    struct yh_rule_book rules, old;
    struct yh_catalogs catalogs;
    struct yh_arena arena;
    struct yh_archive archive;
    struct yh_audit_goods goods;
    struct yh_terms terms;
    struct yh_rule_replay found;
    const char *data, *where, *threads, *sample, *stays, *before;
    int64_t draw, nthread;
    char *path[PATHS];
    int npath, method;
    bool json;
};

static void put_row(struct run *r, struct yh_buf *out, const char *as, yh_str why,
                    const struct yh_rule_drawn *h)
{
    if (!r->json) {
        yh_putf(out, "%s\t%.*s\t%.*s", as, YH_ARG(why), YH_ARG(h->text));
        return;
    }
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "as", yh_cstr(as));
    yh_jw_kv_str(&w, "why", why);
    yh_jw_kv_raw(&w, "found", h->text);
    yh_jw_end(&w, '}');
    yh_putc(out, '\n');
}

static void progress(void *user, int64_t done, int64_t all)
{
    (void)user;
    if (isatty(2))
        fprintf(stderr, "\r%lld / %lld 行%s", (long long)done, (long long)all,
                done == all ? "\n" : "");
}

/* ---- what is said ---- */

static void put_fen(struct yh_buf *b, const char *word, yh_fen v)
{
    yh_putz(b, word);
    yh_put_money(b, v);
}

static void put_providers(struct run *r, struct yh_buf *b)
{
    const struct yh_arc_chunk *p = &r->archive.providers;
    char text[24];
    int *place, n = yh_rule_replay_providers(&r->arena, &r->found, &place);
    if (n)
        yh_putf(b, "\n疑点最多的机构（共 %d 家）\n", n);
    for (int i = 0; i < n && i < PROVIDERS_TOLD; i++) {
        const struct yh_audit_sum *s = &r->found.sum.provider[place[i]];
        yh_putf(b, "  %.*s  %lld 处",
                YH_ARG(yh_arc_text(p, YH_ARC(p, provider, code, place[i]), text)),
                (long long)s->hits);
        put_fen(b, "，按项目 ", s->item);
        put_fen(b, " 元，付费方式下 ", s->method);
        yh_putz(b, " 元\n");
    }
}

static void put_change(const struct yh_rule_change *c, struct yh_buf *b)
{
    if (!c->known) {
        yh_putz(b, "  修改之前没有这条规则\n");
        return;
    }
    yh_putf(b, "  修改之前 %lld 处", (long long)c->before);
    put_fen(b, "，按项目 ", c->item_before);
    put_fen(b, " 元，付费方式下 ", c->method_before);
    yh_putf(b, " 元；仍命中 %lld 处，新增 %lld 处，不再命中 %lld 处\n", (long long)c->kept,
            (long long)c->fresh, (long long)c->gone);
}

static void put_rule(struct run *r, struct yh_buf *b, int at)
{
    const struct yh_mon_rule *q = &r->rules.rules->rule[at];
    const struct yh_rule_tally *t = &r->found.hit[at];
    yh_putf(b, "\n规则 %.*s %.*s（%d 行知识，%d 行无法判断）\n", YH_ARG(q->id), YH_ARG(q->name),
            q->nrow, q->skipped);
    yh_putf(b, "  命中 %lld 处，%lld 人，%lld 家机构\n", (long long)t->hits,
            (long long)t->persons, (long long)t->providers);
    put_fen(b, "  按项目 ", t->item);
    put_fen(b, " 元：基金 ", t->fund);
    put_fen(b, "，个人 ", t->person);
    put_fen(b, "；付费方式下基金损失 ", t->method);
    yh_putz(b, " 元\n");
    if (r->before)
        put_change(&r->found.change[at], b);
    for (int m = 0; m < YH_RULE_MONTHS; m++) {
        const struct yh_rule_month *x = &r->found.month[at * YH_RULE_MONTHS + m];
        char text[24];
        if (!x->hits)
            continue;
        yh_putf(b, "  %.*s  %lld 处", YH_ARG(yh_rule_month_text(text, m)), (long long)x->hits);
        put_fen(b, "，按项目 ", x->item);
        put_fen(b, " 元，付费方式下 ", x->method);
        yh_putz(b, " 元\n");
    }
    int kinds = 0;
    for (int i = 0; i < r->found.nnear; i++) {
        const struct yh_rule_tally *x = &r->found.alike[i];
        if (r->found.near[i].rule != at)
            continue;
        if (!kinds++)
            yh_putz(b, "  合法的相似情形（没有命中）\n");
        yh_putf(b, "    %s：%.*s  ", r->found.near[i].exempt ? "除外" : "差一步",
                YH_ARG(r->found.near[i].words));
        if (r->found.near[i].variant < 0) {
            yh_putz(b, "没有算出来\n");
            continue;
        }
        yh_putf(b, "%lld 处，%lld 人", (long long)x->hits, (long long)x->persons);
        put_fen(b, "，涉及明细 ", x->lines);
        yh_putz(b, " 元\n");
    }
    if (!kinds)
        yh_putz(b, "  条件里没有界限，也没有 unless：没有相似情形可算\n");
}

static void put_tally(struct yh_jsonw *w, const struct yh_rule_tally *t, bool alike)
{
    yh_jw_kv_i64(w, "hits", t->hits);
    yh_jw_kv_i64(w, "persons", t->persons);
    yh_jw_kv_i64(w, "providers", t->providers);
    if (alike) {
        yh_jw_kv_fen(w, "lines_money", t->lines);
        return;
    }
    yh_jw_kv_fen(w, "item_money", t->item);
    yh_jw_kv_fen(w, "fund_item", t->fund);
    yh_jw_kv_fen(w, "fund_method", t->method);
    yh_jw_kv_fen(w, "person_money", t->person);
}

static void put_rule_json(struct run *r, struct yh_jsonw *w, int at)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "rule", r->rules.rules->rule[at].id);
    put_tally(w, &r->found.hit[at], false);
    if (r->before) {
        const struct yh_rule_change *c = &r->found.change[at];
        yh_jw_kv_i64(w, "before", c->before);
        yh_jw_kv_i64(w, "kept", c->kept);
        yh_jw_kv_i64(w, "fresh", c->fresh);
        yh_jw_kv_i64(w, "gone", c->gone);
    }
    yh_jw_kv_array(w, "months");
    for (int m = 0; m < YH_RULE_MONTHS; m++) {
        const struct yh_rule_month *x = &r->found.month[at * YH_RULE_MONTHS + m];
        char text[24];
        if (!x->hits)
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "month", yh_rule_month_text(text, m));
        yh_jw_kv_i64(w, "hits", x->hits);
        yh_jw_kv_fen(w, "item_money", x->item);
        yh_jw_kv_fen(w, "fund_method", x->method);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "look_alikes");
    for (int i = 0; i < r->found.nnear; i++) {
        if (r->found.near[i].rule != at || r->found.near[i].variant < 0)
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "why", r->found.near[i].words);
        put_tally(w, &r->found.alike[i], true);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}

static int say(struct run *r)
{
    struct yh_buf out = yh_buf_in(&r->arena), b = yh_buf_in(&r->arena);
    int n = r->rules.rules->n;
    if (!r->json)
        yh_putf(&out, "as\twhy\t%.*s", YH_ARG(yh_hit_tsv_head()));
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < r->found.hit[i].n; k++)
            put_row(r, &out, "命中", YH_S(""), &r->found.hit[i].drawn[k]);
        for (int v = 0; v < r->found.nnear; v++)
            for (int k = 0; r->found.near[v].rule == i && k < r->found.alike[v].n; k++)
                put_row(r, &out, r->found.near[v].exempt ? "除外" : "差一步",
                        r->found.near[v].words, &r->found.alike[v].drawn[k]);
    }
    if (r->json) {
        struct yh_jsonw w = yh_jsonw_on(&out);
        yh_jw_object(&w);
        yh_jw_kv_i64(&w, "persons", r->found.sum.persons);
        yh_jw_kv_i64(&w, "visits", r->found.sum.visits);
        yh_jw_kv_i64(&w, "lines", r->found.sum.lines);
        yh_jw_kv_array(&w, "rules");
        for (int i = 0; i < n; i++)
            put_rule_json(r, &w, i);
        yh_jw_end(&w, ']');
        yh_jw_end(&w, '}');
        yh_putc(&out, '\n');
    }
    yh_putf(&b, "试跑 %lld 人，%lld 次就诊，%lld 行费用；规则没有启用\n",
            (long long)r->found.sum.persons, (long long)r->found.sum.visits,
            (long long)r->found.sum.lines);
    for (int i = 0; i < n; i++)
        put_rule(r, &b, i);
    put_providers(r, &b);
    bool bad = fwrite(out.p, 1, (size_t)out.n, stdout) != (size_t)out.n || fflush(stdout);
    fwrite(b.p, 1, (size_t)b.n, stderr);
    return bad;
}

/* ---- the command ---- */

static int wrong(const char *field, const char *met, const char *text)
{
    struct yh_err err;
    yh_fail_field(&err, YH_BAD_INPUT, field, met, "%s，写的是「%s」", text, met);
    yh_cli_error(NULL, &err);
    return 2;
}

static int read_options(struct run *r)
{
    r->draw = 10;
    r->nthread = yh_clamp(sysconf(_SC_NPROCESSORS_ONLN), 1, 64);
    if (r->threads && (yh_int_parse(yh_cstr(r->threads), &r->nthread, NULL) || r->nthread < 1 ||
                       r->nthread > 64))
        return wrong("threads", r->threads, "--threads 写 1 至 64");
    if (r->sample && (yh_int_parse(yh_cstr(r->sample), &r->draw, NULL) || r->draw < 0 ||
                      r->draw > YH_RULE_DRAW_MOST))
        return wrong("sample", r->sample, "--sample 写 0 至 10000");
    if (r->stays) {
        int found = yh_method_find(yh_cstr(r->stays));
        if (found < 0)
            return wrong("stays", r->stays, "--stays 写 item、group、day 或 head");
        r->method = found;
    }
    return 0;
}

static int open_rules(struct run *r, struct yh_err *err)
{
    if (yh_rule_book_open(r->where, r->path, r->npath, true, &r->rules, err))
        return yh_cli_error(err->field[0] ? err->field : NULL, err);
    if (r->rules.findings.count[YH_ERROR])
        return yh_cli_rules_wrong(&r->rules.findings, "没有试跑");
    char *old[] = { (char *)(uintptr_t)r->before };
    if (r->before && yh_rule_book_open(r->where, old, 1, true, &r->old, err))
        return yh_cli_error(err->field[0] ? err->field : NULL, err);
    if (r->old.findings.count[YH_ERROR])
        return yh_cli_rules_wrong(&r->old.findings, "没有试跑");
    if (!r->rules.rules->n)
        return wrong("rule", r->path[0], "给出的文件里没有规则：写 .rule 文件或装着它们的目录");
    return 0;
}

static int open_archive(struct run *r, struct yh_err *err)
{
    struct yh_file_list list = { 0 };
    size_t n = strlen(r->data);
    const char *path = r->data;
    if (n < 4 || strcmp(r->data + n - 4, ".yha")) {
        const char *dir = yh_zdup(&r->arena, yh_fmt(&r->arena, "%s/archive", r->data));
        if (yh_file_find(&r->arena, dir, ".yha", &list, err) || list.n != 1)
            return wrong("data", r->data,
                         "--data 写装着一份档案（archive/*.yha）的目录，或这份档案本身");
        path = list.path[0];
    }
    return yh_archive_open(path, &r->archive, err) ? yh_cli_error(path, err) : 0;
}

static int run(struct run *r)
{
    struct yh_err err = { 0 };
    int code = read_options(r);
    code = code ? code : open_rules(r, &err);
    code = code ? code : open_archive(r, &err);
    if (!code && (yh_goods_beside(&r->arena, &r->archive, &r->goods, &err) ||
                  yh_catalogs_open(r->where, &r->catalogs, &err)))
        code = yh_cli_error(NULL, &err);
    if (code)
        return code;
    bool priced = yh_prices_beside(&r->catalogs, &r->archive, &r->terms);
    struct yh_rule_replay_options opt = { .book = &r->rules,
                                          .before = r->before ? &r->old : NULL,
                                          .archive = &r->archive,
                                          .goods = &r->goods,
                                          .terms = priced ? &r->terms : NULL,
                                          .catalog = r->catalogs.catalog,
                                          .threads = (int)r->nthread,
                                          .draw = r->draw,
                                          .json = r->json,
                                          .stay_method = (enum yh_pay_method)r->method,
                                          .progress = progress };
    if (yh_rule_replay_run(&r->arena, &opt, &r->found, &err))
        return yh_cli_error(NULL, &err);
    return say(r);
}

int yh_cli_rules_replay(int argc, char **argv)
{
    struct run *r = yh_heap(NULL, sizeof *r);
    memset(r, 0, sizeof *r);
    int code = 0;
    for (int i = 2; i < argc && !code; i++) {
        if (yh_cli_option(&i, argc, argv, "--data", &r->data) ||
            yh_cli_option(&i, argc, argv, "--threads", &r->threads) ||
            yh_cli_option(&i, argc, argv, "--sample", &r->sample) ||
            yh_cli_option(&i, argc, argv, "--stays", &r->stays) ||
            yh_cli_option(&i, argc, argv, "--before", &r->before) ||
            yh_cli_option(&i, argc, argv, "--catalogs", &r->where))
            continue;
        if (!strcmp(argv[i], "--json"))
            r->json = true;
        else if (argv[i][0] != '-' && r->npath < PATHS)
            r->path[r->npath++] = argv[i];
        else
            code = yh_cli_usage(USAGE, argc, argv);
    }
    struct yh_err err;
    if (!code && (!r->data || !r->npath))
        code = yh_cli_usage(USAGE, argc, argv);
    if (!code && yh_arena_open(&r->arena, (size_t)8 << 30, &err))
        code = yh_cli_error(NULL, &err);
    if (!code)
        code = run(r);
    yh_archive_close(&r->archive);
    yh_catalogs_close(&r->catalogs);
    yh_rule_book_close(&r->rules);
    yh_rule_book_close(&r->old);
    yh_arena_close(&r->arena);
    yh_heap(r, 0);
    return code;
}
