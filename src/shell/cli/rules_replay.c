/* shell/cli/rules_replay.c -- yiheng rules replay: a new rule over last year before it is switched on.
 *
 * Two passes of the audit over the archive, both with the given files alone: the rules themselves, then
 * their variants (shell/rules/near.h); what only a variant finds is a lawful look-alike. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "service/audit/audit.h"
#include "shell/catalogs/catalogs.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"
#include "shell/rules/goods.h"
#include "shell/rules/near.h"

#define USAGE                                                                                                                   \
    "rules replay 规则文件或目录… --data 目录 [--sample 数] [--json] [--threads 数]\n"                             \
    "  新规则启用之前，先在去年的档案（目录/archive/*.yha）上试跑：只用给出的规则，\n"           \
    "  查到几处、几人、几家机构、按项目多少钱、付费方式下多少钱、各月多少，以及\n"          \
    "  合法的相似情形：因 unless 除外的，和条件只差一步的（数量正好等于上限等）。\n"           \
    "  抽出的例子连同证据写到标准输出：首列 命中、除外 或 差一步，第二列为什么，其余同\n" \
    "  yiheng audit；汇总写到标准错误。什么也不启用，什么也不改。\n"                                     \
    "  --sample 每条规则抽几处命中、每种相似情形抽几处（缺省 10，最多 10000）\n"                      \
    "  --json   每行一个 JSON，末行是汇总\n"                                                                          \
    "  --stays  档案没写付费方式时住院按什么付费：item（缺省）、group、day、head\n"                     \
    "  --catalogs 目录  代码表的位置"

enum { MONTH0 = 1990 * 12, MONTHS = 150 * 12, PATHS = 64, PROVIDERS_TOLD = 10 };

/* The sample is those whose ids, which are digests, are least: any run draws the same. */
struct drawn {
    yh_str id, text;
};
struct tally {
    int64_t hits, persons, providers;
    yh_fen item, fund, method, person, lines;
    struct drawn *drawn;
    int n;
};
struct month {
    int64_t hits;
    yh_fen item, method;
};

struct run {
    struct yh_rule_book rules;
    struct yh_catalogs catalogs;
    struct yh_arena arena;
    struct yh_archive archive;
    struct yh_audit_goods goods;
    struct yh_audit_result sum, near_sum;
    struct yh_rules *variants;
    struct yh_near *near;
    int nnear;
    struct tally *hit, *alike; /* by rule; by variant of `near` */
    struct month *month;       /* rule * MONTHS + month */
    struct yh_map seen, found; /* persons and providers counted; what the rules hit */
    const char *data, *where, *threads, *sample, *stays;
    int64_t draw, nthread;
    char *path[PATHS];
    int npath, method;
    bool json;
};

/* ---- counting ---- */

static bool fresh(struct run *r, const char *what, int at, yh_str who)
{
    struct yh_arena scratch = r->arena;
    yh_str key = yh_fmt(&scratch, "%s %d %.*s", what, at, YH_ARG(who));
    if (yh_map_get(&r->seen, key, 0))
        return false;
    return yh_map_add(&r->seen, yh_dup(&r->arena, key), 1);
}

static void put_row(struct run *r, struct yh_buf *out, const char *as, yh_str why,
                    const struct yh_hit *h)
{
    if (!r->json) {
        yh_putf(out, "%s\t%.*s\t", as, YH_ARG(why));
        yh_hit_tsv(out, h);
        return;
    }
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "as", yh_cstr(as));
    yh_jw_kv_str(&w, "why", why);
    yh_jw_key(&w, YH_S("found"));
    yh_hit_json(&w, h);
    yh_jw_end(&w, '}');
    yh_putc(out, '\n');
}

static void draw(struct run *r, struct tally *t, const char *as, yh_str why,
                 const struct yh_hit *h)
{
    int at = t->n;
    while (at > 0 && yh_cmp(t->drawn[at - 1].id, h->id) > 0)
        at--;
    if (at >= r->draw)
        return;
    struct yh_buf text = yh_buf_in(&r->arena);
    put_row(r, &text, as, why, h);
    t->n = t->n < r->draw ? t->n + 1 : t->n;
    memmove(&t->drawn[at + 1], &t->drawn[at], (size_t)(t->n - 1 - at) * sizeof *t->drawn);
    t->drawn[at] = (struct drawn){ yh_dup(&r->arena, h->id), yh_buf_str(&text) };
}

static void count(struct run *r, struct tally *t, const char *what, int at,
                  const struct yh_hit *h)
{
    t->hits++;
    t->persons += fresh(r, what, at, h->person);
    t->providers += fresh(r, what, at, yh_fmt(&r->arena, "@%.*s", YH_ARG(h->provider)));
    t->item += h->item_money;
    t->fund += h->fund_item;
    t->method += h->fund_method;
    t->person += h->person_item + h->outside_item;
    for (int i = 0; i < h->nline; i++)
        t->lines += h->line[i].at_stake ? h->line[i].amount : 0;
}

/* Which fact it is, whatever amount and lines a variant gives it. */
static yh_str place(struct yh_arena *a, int rule, const struct yh_hit *h)
{
    return yh_fmt(a, "%d %.*s %.*s %.*s %.*s", rule, YH_ARG(h->knowledge), YH_ARG(h->person),
                  YH_ARG(h->visit), YH_ARG(h->settlement));
}

static void on_hit(void *user, const struct yh_hit *h)
{
    struct run *r = user;
    int at = yh_rules_find(r->rules.rules, h->rule);
    struct yh_civil c = yh_civil_of(h->day_to);
    int64_t m = yh_clamp((int64_t)c.year * 12 + c.month - 1 - MONTH0, 0, MONTHS - 1);
    struct month *month = &r->month[at * MONTHS + m];
    month->hits++;
    month->item += h->item_money;
    month->method += h->fund_method;
    count(r, &r->hit[at], "hit", at, h);
    draw(r, &r->hit[at], "命中", YH_S(""), h);
    yh_map_add(&r->found, place(&r->arena, at, h), 1);
}

static void on_near(void *user, const struct yh_hit *h)
{
    struct run *r = user;
    struct yh_arena scratch = r->arena;
    int variant = yh_rules_find(r->variants, h->rule), at = 0;
    while (r->near[at].variant != variant)
        at++;
    const struct yh_near *near = &r->near[at];
    if (yh_map_get(&r->found, place(&scratch, near->rule, h), 0))
        return;
    struct yh_hit shown = *h;
    shown.rule = r->rules.rules->rule[near->rule].id;
    shown.version = YH_S("");
    count(r, &r->alike[at], "near", at, h);
    draw(r, &r->alike[at], near->exempt ? "除外" : "差一步", near->words, &shown);
}

static void on_chunk(void *user, int chunk, int64_t done, int64_t all)
{
    (void)user, (void)chunk;
    if (isatty(2))
        fprintf(stderr, "\r%lld / %lld 行%s", (long long)done, (long long)all,
                done == all ? "\n" : "");
}

static int look(struct run *r, const struct yh_rules *rules, struct yh_audit_result *sum,
                void (*hit)(void *, const struct yh_hit *), struct yh_err *err)
{
    struct yh_audit_options opt = { .rules = rules,
                                    .goods = &r->goods,
                                    .catalog = r->catalogs.catalog,
                                    .threads = (int)r->nthread,
                                    .just = -1,
                                    .since = YH_DAY_MIN,
                                    .stay_method = r->method,
                                    .hit = hit,
                                    .chunk = on_chunk,
                                    .user = r };
    yh_audit_open(&r->arena, &r->archive, rules, sum);
    return yh_audit_run(&r->archive, &opt, sum, err) ? yh_cli_error(NULL, err) : 0;
}

/* ---- what is said ---- */

static void put_fen(struct yh_buf *b, const char *word, yh_fen v)
{
    yh_putz(b, word);
    yh_put_money(b, v);
}

struct ranked {
    int at;
    int64_t hits;
};
static int by_hits(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;
    if (a->hits != b->hits)
        return a->hits > b->hits ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static void put_providers(struct run *r, struct yh_buf *b)
{
    const struct yh_arc_chunk *p = &r->archive.providers;
    struct ranked *list = YH_NEW(&r->arena, struct ranked, r->sum.nprovider + 1);
    char text[24];
    int n = 0;
    for (int i = 0; i < r->sum.nprovider; i++)
        if (r->sum.provider[i].hits)
            list[n++] = (struct ranked){ i, r->sum.provider[i].hits };
    qsort(list, (size_t)n, sizeof *list, by_hits);
    if (n)
        yh_putf(b, "\n疑点最多的机构（共 %d 家）\n", n);
    for (int i = 0; i < n && i < PROVIDERS_TOLD; i++) {
        const struct yh_audit_sum *s = &r->sum.provider[list[i].at];
        yh_putf(b, "  %.*s  %lld 处",
                YH_ARG(yh_arc_text(p, YH_ARC(p, provider, code, list[i].at), text)),
                (long long)s->hits);
        put_fen(b, "，按项目 ", s->item);
        put_fen(b, " 元，付费方式下 ", s->method);
        yh_putz(b, " 元\n");
    }
}

static void put_rule(struct run *r, struct yh_buf *b, int at)
{
    const struct yh_mon_rule *q = &r->rules.rules->rule[at];
    const struct tally *t = &r->hit[at];
    yh_putf(b, "\n规则 %.*s %.*s（%d 行知识，%d 行无法判断）\n", YH_ARG(q->id), YH_ARG(q->name),
            q->nrow, q->skipped);
    yh_putf(b, "  命中 %lld 处，%lld 人，%lld 家机构\n", (long long)t->hits,
            (long long)t->persons, (long long)t->providers);
    put_fen(b, "  按项目 ", t->item);
    put_fen(b, " 元：基金 ", t->fund);
    put_fen(b, "，个人 ", t->person);
    put_fen(b, "；付费方式下基金损失 ", t->method);
    yh_putz(b, " 元\n");
    for (int m = 0; m < MONTHS; m++) {
        const struct month *x = &r->month[at * MONTHS + m];
        if (!x->hits)
            continue;
        yh_putf(b, "  %d-%02d  %lld 处", (MONTH0 + m) / 12, m % 12 + 1, (long long)x->hits);
        put_fen(b, "，按项目 ", x->item);
        put_fen(b, " 元，付费方式下 ", x->method);
        yh_putz(b, " 元\n");
    }
    int kinds = 0;
    for (int i = 0; i < r->nnear; i++) {
        const struct tally *x = &r->alike[i];
        if (r->near[i].rule != at)
            continue;
        if (!kinds++)
            yh_putz(b, "  合法的相似情形（没有命中）\n");
        yh_putf(b, "    %s：%.*s  ", r->near[i].exempt ? "除外" : "差一步",
                YH_ARG(r->near[i].words));
        if (r->near[i].variant < 0) {
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

static void put_tally(struct yh_jsonw *w, const struct tally *t, bool alike)
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
    put_tally(w, &r->hit[at], false);
    yh_jw_key(w, YH_S("months"));
    yh_jw_array(w);
    for (int m = 0; m < MONTHS; m++) {
        const struct month *x = &r->month[at * MONTHS + m];
        char text[24];
        if (!x->hits)
            continue;
        snprintf(text, sizeof text, "%d-%02d", (MONTH0 + m) / 12, m % 12 + 1);
        yh_jw_object(w);
        yh_jw_kv_str(w, "month", yh_cstr(text));
        yh_jw_kv_i64(w, "hits", x->hits);
        yh_jw_kv_fen(w, "item_money", x->item);
        yh_jw_kv_fen(w, "fund_method", x->method);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_key(w, YH_S("look_alikes"));
    yh_jw_array(w);
    for (int i = 0; i < r->nnear; i++) {
        if (r->near[i].rule != at || r->near[i].variant < 0)
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "why", r->near[i].words);
        put_tally(w, &r->alike[i], true);
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
        for (int k = 0; k < r->hit[i].n; k++)
            yh_put(&out, r->hit[i].drawn[k].text);
        for (int v = 0; v < r->nnear; v++)
            for (int k = 0; r->near[v].rule == i && k < r->alike[v].n; k++)
                yh_put(&out, r->alike[v].drawn[k].text);
    }
    if (r->json) {
        struct yh_jsonw w = yh_jsonw_on(&out);
        yh_jw_object(&w);
        yh_jw_kv_i64(&w, "persons", r->sum.persons);
        yh_jw_kv_i64(&w, "visits", r->sum.visits);
        yh_jw_kv_i64(&w, "lines", r->sum.lines);
        yh_jw_key(&w, YH_S("rules"));
        yh_jw_array(&w);
        for (int i = 0; i < n; i++)
            put_rule_json(r, &w, i);
        yh_jw_end(&w, ']');
        yh_jw_end(&w, '}');
        yh_putc(&out, '\n');
    }
    yh_putf(&b, "试跑 %lld 人，%lld 次就诊，%lld 行费用；规则没有启用\n",
            (long long)r->sum.persons, (long long)r->sum.visits, (long long)r->sum.lines);
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
    if (r->sample &&
        (yh_int_parse(yh_cstr(r->sample), &r->draw, NULL) || r->draw < 0 || r->draw > 10000))
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
                  yh_catalogs_open(r->where, &r->catalogs, &err) ||
                  yh_near_read(&r->rules, &r->variants, &r->near, &r->nnear, &err)))
        code = yh_cli_error(NULL, &err);
    if (code)
        return code;
    int n = r->rules.rules->n;
    r->seen = yh_map_in(&r->arena, 1024);
    r->found = yh_map_in(&r->arena, 1024);
    r->month = YH_NEW(&r->arena, struct month, n * MONTHS);
    r->hit = YH_NEW(&r->arena, struct tally, n);
    r->alike = YH_NEW(&r->arena, struct tally, r->nnear + 1);
    for (int i = 0; i < n; i++)
        r->hit[i].drawn = YH_NEW(&r->arena, struct drawn, r->draw + 1);
    for (int i = 0; i < r->nnear; i++)
        r->alike[i].drawn = YH_NEW(&r->arena, struct drawn, r->draw + 1);
    code = look(r, r->rules.rules, &r->sum, on_hit, &err);
    if (!code && r->nnear)
        code = look(r, r->variants, &r->near_sum, on_near, &err);
    return code ? code : say(r);
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
            yh_cli_option(&i, argc, argv, "--catalogs", &r->where))
            continue;
        if (!strcmp(argv[i], "--json"))
            r->json = true;
        else if (argv[i][0] != '-' && r->npath < PATHS)
            r->path[r->npath++] = argv[i];
        else
            code = yh_cli_usage(USAGE);
    }
    struct yh_err err;
    if (!code && (!r->data || !r->npath))
        code = yh_cli_usage(USAGE);
    if (!code && yh_arena_open(&r->arena, (size_t)8 << 30, &err))
        code = yh_cli_error(NULL, &err);
    if (!code)
        code = run(r);
    yh_archive_close(&r->archive);
    yh_catalogs_close(&r->catalogs);
    yh_rule_book_close(&r->rules);
    yh_arena_close(&r->arena);
    yh_heap(r, 0);
    return code;
}
