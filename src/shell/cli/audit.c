/* shell/cli/audit.c -- yiheng audit: a settled year under the monitoring rules. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "service/audit/audit.h"
#include "shell/catalogs/catalogs.h"
#include "shell/cli/books.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"
#include "shell/rules/goods.h"
#include "shell/rules/rules.h"

#define USAGE                                                                                                                \
    "audit --data 目录 | --store 地址 --year 年 [--rules 文件或目录]… [--since 日期] [--only "                 \
    "规则] [--threads 数]\n"                                                                                              \
    "  按监管规则查一年已结算的费用（目录/archive/*.yha，见 yiheng "                                      \
    "synth）。疑点写到标准输出，\n"                                                                               \
    "  按规则、机构、县区的汇总与进度写到标准错误。线程多少，输出的字节都一样。\n"       \
    "  档案旁若有 "                                                                                                     \
    "统筹区-年.goods.tsv（进销存与追溯码，docs/rule-guide.md），先与结算逐件对过。\n"                \
    "  --store "                                                                                                             \
    "从账上读那一年（sqlite:目录、postgresql://…、postgresql+shards:节点表，各节点在其旁"            \
    "并行处理，\n"                                                                                                      \
    "          结果逐字节相同）；--region 统筹区（缺省：库自己的），--folder 目录 "                  \
    "把读成的档案留下\n"                                                                                             \
    "  --rules 再读这些规则     --since 只列这一天起的疑点     --only 只跑一条规则\n"                   \
    "  --json  每行一个 JSON；不写则为 TSV，首行列名\n"                                                        \
    "  --count 只计数，不写疑点\n"                                                                                   \
    "  --stays 档案没写付费方式时住院按什么付费：item 按项目（缺省）、group 病组或病种、day " \
    "床日、head 人头；\n"                                                                                              \
    "          后三种不因少一行费用而少付，追回以「付费方式下的损失」为准\n"                    \
    "  --state 文件  中断（Ctrl-C）后留下进度，同一命令加 >> 接着写；跑完即删\n"                    \
    "  --catalogs 目录  代码表的位置"

struct run {
    struct yh_rule_book rules;
    struct yh_catalogs catalogs;
    struct yh_arena arena;
    struct yh_archive archive;
    struct yh_audit_result sum;
    struct yh_audit_options opt;
    struct yh_audit_goods goods;
    struct yh_arena goods_arena;
    struct yh_terms terms;
    int limits; /* rows of the region's table that name a price */
    const char *data, *since, *only, *threads, *stays, *state, *where, *year, *region, *folder;
    struct yh_cli_books books;
    char *path[64];
    int npath;
    bool json, count, quiet;
    struct yh_buf line;
    time_t told;
    bool failed;
    uint8_t key[32]; /* of archive, rules and options: what a state file belongs to */
};

static atomic_bool stopped;

static void on_signal(int sig)
{
    (void)sig;
    stopped = true;
}

static void put_hit(void *user, const struct yh_hit *h)
{
    struct run *r = user;
    r->line.n = 0;
    if (r->json) {
        struct yh_jsonw w = yh_jsonw_on(&r->line);
        yh_hit_json(&w, h);
        yh_putc(&r->line, '\n');
    } else {
        yh_hit_tsv(&r->line, h);
    }
    r->failed |= fwrite(r->line.p, 1, (size_t)r->line.n, stdout) != (size_t)r->line.n;
}

/* ---- state: what a later run goes on from ---- */

static void put_sums(struct yh_buf *b, const char *what, const struct yh_audit_sum *s, int n)
{
    for (int i = 0; i < n; i++)
        if (s[i].hits)
            yh_putf(b, "%s %d %lld %lld %lld %lld %lld %lld\n", what, i, (long long)s[i].hits,
                    (long long)s[i].persons, (long long)s[i].item, (long long)s[i].fund,
                    (long long)s[i].method, (long long)s[i].person);
}

static void save(struct run *r)
{
    struct yh_arena scratch = r->arena;
    struct yh_buf b = yh_buf_in(&scratch);
    char hex[65] = "";
    struct yh_err err;
    yh_hex(hex, r->key, 32);
    fflush(stdout);
    yh_putf(&b, "key %s\nnext %d\ndone %lld %lld %lld %lld\n", hex, r->sum.next,
            (long long)r->sum.persons, (long long)r->sum.visits, (long long)r->sum.lines,
            (long long)r->sum.hits);
    put_sums(&b, "rule", r->sum.rule, r->rules.rules->n);
    put_sums(&b, "provider", r->sum.provider, r->sum.nprovider);
    put_sums(&b, "county", r->sum.county, r->sum.ncounty);
    if (yh_file_write(r->state, yh_buf_str(&b), &err))
        yh_cli_error(r->state, &err);
}

static bool numbers(yh_str rest, int64_t *v, int n)
{
    for (int i = 0; i < n; i++)
        if (yh_int_parse(yh_cut(&rest, ' '), &v[i], NULL))
            return false;
    return rest.n == 0;
}

static bool take_sum(yh_str rest, struct yh_audit_sum *s, int n)
{
    int64_t v[7];
    if (!numbers(rest, v, 7) || v[0] < 0 || v[0] >= n)
        return false;
    s[v[0]] = (struct yh_audit_sum){ v[1], v[2], v[3], v[4], v[5], v[6] };
    return true;
}

/* 1 = taken up, 0 = none there, -1 = not this run's. */
static int load(struct run *r)
{
    yh_str text;
    char hex[65] = "";
    int64_t v[4];
    if (yh_file_read(&r->arena, r->state, 64 << 20, &text, NULL))
        return 0;
    yh_hex(hex, r->key, 32);
    yh_str first = yh_cut(&text, '\n');
    if (!yh_starts(first, YH_S("key ")) ||
        !yh_eq(yh_sub(first, 4, first.n), (yh_str){ hex, 64 }))
        return -1;
    while (text.n) {
        yh_str rest = yh_cut(&text, '\n'), what = yh_cut(&rest, ' ');
        bool ok;
        if (yh_eq(what, YH_S("next"))) {
            ok = numbers(rest, v, 1) && v[0] >= 0 && v[0] <= r->archive.nchunk;
            r->opt.first = r->sum.next = ok ? (int)v[0] : 0;
        } else if (yh_eq(what, YH_S("done"))) {
            ok = numbers(rest, v, 4);
            r->sum.persons = v[0], r->sum.visits = v[1], r->sum.lines = v[2],
            r->sum.hits = v[3];
        } else if (yh_eq(what, YH_S("rule"))) {
            ok = take_sum(rest, r->sum.rule, r->rules.rules->n);
        } else if (yh_eq(what, YH_S("provider"))) {
            ok = take_sum(rest, r->sum.provider, r->sum.nprovider);
        } else {
            ok = take_sum(rest, r->sum.county, r->sum.ncounty);
        }
        if (!ok)
            return -1;
    }
    return 1;
}

static void make_key(struct run *r)
{
    struct yh_sha256 s;
    char text[200];
    yh_sha256_start(&s);
    yh_sha256_add(&s, (yh_str){ (const char *)r->archive.digest, 32 });
    for (int i = 0; i < r->rules.rules->n; i++)
        yh_sha256_add(&s, yh_cstr(r->rules.rules->rule[i].digest));
    for (int i = 0; i < r->rules.rules->ntable; i++)
        yh_sha256_add(&s, r->rules.rules->table[i].text);
    for (int64_t i = 0; i < r->goods.n; i++)
        yh_sha256_add(&s, (yh_str){ (const char *)&r->goods.mark[i].ref, sizeof(int64_t) });
    snprintf(text, sizeof text, "%d %d %d %d %d", r->opt.just, (int)r->opt.since,
             (int)r->opt.stay_method, r->json, r->count);
    yh_sha256_add(&s, yh_cstr(text));
    yh_sha256_end(&s, r->key);
}

/* ---- progress and summary, on standard error ---- */

static void on_chunk(void *user, int chunk, int64_t done, int64_t all)
{
    struct run *r = user;
    time_t now = time(NULL);
    bool last = chunk + 1 == r->archive.nchunk;
    if (r->state && !last && (stopped || now - r->told >= 5))
        save(r);
    if (isatty(2) && (now != r->told || last))
        fprintf(stderr, "\r%lld / %lld 行，疑点 %lld%s", (long long)done, (long long)all,
                (long long)r->sum.hits, last ? "\n" : "");
    if (now - r->told >= 5 || isatty(2))
        r->told = now;
}

static void put_sum(struct yh_buf *b, yh_str name, const struct yh_audit_sum *s, bool persons)
{
    yh_put_pad(b, name, 40);
    yh_putf(b, " %9lld ", (long long)s->hits);
    if (persons)
        yh_putf(b, "%8lld ", (long long)s->persons);
    yh_fen v[] = { s->item, s->fund, s->method, s->person };
    for (int i = 0; i < YH_COUNT(v); i++) {
        char text[32];
        yh_put_pad(b, yh_dec_text(text, v[i], 2, 2), -17);
    }
    yh_putc(b, '\n');
}

static void head(struct yh_buf *b, const char *what, bool persons)
{
    yh_putc(b, '\n');
    yh_put_pad(b, yh_cstr(what), 40);
    yh_put_pad(b, YH_S("疑点"), -10);
    if (persons)
        yh_put_pad(b, YH_S("人"), -9);
    static const char *const WORD[] = { "按项目金额", "其中基金", "付费方式下损失",
                                        "其中个人" };
    for (int i = 0; i < YH_COUNT(WORD); i++)
        yh_put_pad(b, yh_cstr(WORD[i]), -17);
    yh_putc(b, '\n');
}

struct ranked {
    int at;
    int64_t by;
};

static int by_rank(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;
    if (a->by != b->by)
        return a->by > b->by ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static int rank(struct yh_arena *a, const struct yh_audit_sum *s, int n, struct ranked **out)
{
    int k = 0;
    *out = YH_NEW(a, struct ranked, n);
    for (int i = 0; i < n; i++)
        if (s[i].hits)
            (*out)[k++] = (struct ranked){ i, s[i].fund ? s[i].fund : s[i].hits };
    qsort(*out, (size_t)k, sizeof **out, by_rank);
    return k;
}

static void summary(struct run *r)
{
    struct yh_buf b = yh_buf_in(&r->arena);
    struct ranked *list;
    const struct yh_rules *rules = r->rules.rules;
    const struct yh_arc_chunk *p = &r->archive.providers;
    char text[24];
    yh_putf(&b, "%lld 人，%lld 次就诊，%lld 行费用，疑点 %lld 处\n", (long long)r->sum.persons,
            (long long)r->sum.visits, (long long)r->sum.lines, (long long)r->sum.hits);
    const struct yh_audit_goods *g = &r->goods;
    if (g->rows) {
        yh_putf(
            &b, "进销存 %lld 行：%lld 家机构有盘存，%lld 个机构项目与结算对过，%lld 行费用有疑",
            (long long)g->rows, (long long)g->providers, (long long)g->judged, (long long)g->n);
        if (g->no_pack)
            yh_putf(&b, "；%lld 个拆零销售而不知包装数的机构项目没有对", (long long)g->no_pack);
        if (g->unknown)
            yh_putf(&b, "；%lld 行的机构或项目不在档案里", (long long)g->unknown);
        yh_putc(&b, '\n');
    }
    if (!r->limits)
        yh_putz(&b, "本统筹区的项目表没有限价：需要标准单价的规则没有判断\n");
    head(&b, "规则", true);
    struct yh_audit_sum all = { 0 };
    for (int i = 0; i < rules->n; i++) {
        const struct yh_audit_sum *s = &r->sum.rule[i];
        if (!s->hits)
            continue;
        put_sum(&b,
                yh_fmt(&r->arena, "%.*s %.*s", YH_ARG(rules->rule[i].id),
                       YH_ARG(rules->rule[i].name)),
                s, true);
        all.hits += s->hits;
        all.item += s->item, all.fund += s->fund, all.method += s->method,
            all.person += s->person;
    }
    put_sum(&b, YH_S("合计"), &all, true);
    int n = rank(&r->arena, r->sum.provider, r->sum.nprovider, &list);
    head(&b, n > 30 ? "机构（基金金额最多的 30 家）" : "机构", false);
    for (int i = 0; i < n && i < 30; i++)
        put_sum(&b,
                yh_fmt(&r->arena, "%.*s",
                       YH_ARG(yh_arc_text(p, YH_ARC(p, provider, code, list[i].at), text))),
                &r->sum.provider[list[i].at], false);
    n = rank(&r->arena, r->sum.county, r->sum.ncounty, &list);
    head(&b, "县区", false);
    for (int i = 0; i < n; i++)
        put_sum(&b, yh_arc_dict_text(&r->archive.dicts, YH_DICT_OFFICE, list[i].at),
                &r->sum.county[list[i].at], false);
    fwrite(b.p, 1, (size_t)b.n, stderr);
}

/* ---- the command ---- */

static int refuse(struct yh_err *err)
{
    yh_cli_error(NULL, err);
    return 2;
}

static int read_options(struct run *r, struct yh_err *err)
{
    int64_t n = sysconf(_SC_NPROCESSORS_ONLN);
    r->opt.just = -1;
    r->opt.since = YH_DAY_MIN;
    r->opt.stop = &stopped;
    r->opt.count = r->count;
    if (r->threads && (yh_int_parse(yh_cstr(r->threads), &n, err) || n < 1 || n > 64)) {
        yh_fail_field(err, YH_BAD_INPUT, "threads", r->threads,
                      "--threads 写 1 至 64，写的是「%s」", r->threads);
        return refuse(err);
    }
    r->opt.threads = (int)yh_clamp(n, 1, 64);
    r->books = (struct yh_cli_books){ .data = r->data,
                                      .catalogs = r->where,
                                      .folder = r->folder,
                                      .goods = true,
                                      .stop = &stopped };
    if (r->year && (yh_int_parse(yh_cstr(r->year), &r->books.year, NULL) ||
                    r->books.year < 1990 || r->books.year > 2999)) {
        yh_fail_field(err, YH_BAD_INPUT, "year", r->year, "--year 写四位年份，写的是「%s」",
                      r->year);
        return refuse(err);
    }
    if (r->region && (yh_int_parse(yh_cstr(r->region), &r->books.region, NULL) ||
                      r->books.region < 100000 || r->books.region > 999999)) {
        yh_fail_field(err, YH_BAD_INPUT, "region", r->region,
                      "--region 写六位区划代码，写的是「%s」", r->region);
        return refuse(err);
    }
    if ((r->year || r->region || r->folder) && !yh_cli_books_meant(r->data)) {
        yh_fail_field(err, YH_BAD_INPUT, "store", r->data,
                      "--year、--region、--folder 与 --store 同用（从账上读）");
        return refuse(err);
    }
    if (r->since && yh_day_parse(yh_cstr(r->since), &r->opt.since, NULL)) {
        yh_fail_field(err, YH_BAD_INPUT, "since", r->since,
                      "--since 写日期，如 2026-03-01，写的是「%s」", r->since);
        return refuse(err);
    }
    if (r->stays) {
        int found = yh_method_find(yh_cstr(r->stays));
        if (found < 0) {
            yh_fail_field(err, YH_BAD_INPUT, "stays", r->stays,
                          "--stays 写 item、group、day 或 head，写的是「%s」", r->stays);
            return refuse(err);
        }
        r->opt.stay_method = found;
    }
    return 0;
}

static int use_rules(struct run *r, struct yh_err *err)
{
    if (yh_rule_book_open(r->where, r->path, r->npath, false, &r->rules, err))
        return yh_cli_error(err->field[0] ? err->field : NULL, err);
    if (r->rules.findings.count[YH_ERROR])
        return yh_cli_rules_wrong(&r->rules.findings, "没有开始");
    r->opt.rules = r->rules.rules;
    if (r->only) {
        r->opt.just = yh_rules_find(r->rules.rules, yh_cstr(r->only));
        if (r->opt.just < 0) {
            yh_fail_field(err, YH_NOT_FOUND, "only", r->only,
                          "没有规则「%s」：yiheng rules list 列出全部", r->only);
            return refuse(err);
        }
    }
    return 0;
}

/* The only archive of the data folder, or the one that was named itself. */
static int find_archive(struct run *r, struct yh_err *err)
{
    if (yh_cli_books_meant(r->data))
        return yh_cli_books_open(&r->books, &r->archive);
    struct yh_file_list list = { 0 };
    struct stat st;
    const char *path = r->data;
    if (!stat(r->data, &st) && S_ISDIR(st.st_mode)) {
        const char *dir = yh_zdup(&r->arena, yh_fmt(&r->arena, "%s/archive", r->data));
        if (yh_file_find(&r->arena, dir, ".yha", &list, err) || !list.n) {
            yh_fail(err, YH_NOT_FOUND, "%s 里没有档案（archive/*.yha）：yiheng synth 可造一份",
                    r->data);
            return refuse(err);
        }
        if (list.n > 1) {
            yh_fail(err, YH_BAD_INPUT, "%s 里有 %d 份档案：--data 直接写其中一份，如 %s",
                    r->data, list.n, list.path[0]);
            return refuse(err);
        }
        path = list.path[0];
    }
    return yh_archive_open(path, &r->archive, err) ? yh_cli_error(path, err) : 0;
}

/* Standard prices: the limits of the region's table of terms. */
static void use_prices(struct run *r)
{
    if (!yh_prices_beside(&r->catalogs, &r->archive, &r->terms))
        return;
    r->opt.terms = &r->terms;
    uint32_t pool = r->archive.about.region;
    const uint32_t from[] = { pool, pool / 10000 * 10000 };
    for (int i = 0; i < YH_COUNT(from); i++) {
        int n;
        const struct yh_item_term *row = yh_terms_rows(&r->catalogs.terms, from[i], &n);
        for (int k = 0; k < n; k++)
            r->limits += row[k].limit > 0;
    }
}

static enum yh_status use_goods(struct run *r, struct yh_err *err)
{
    enum yh_status st = yh_arena_open(&r->goods_arena, (size_t)16 << 30, err);
    if (st == YH_OK)
        st = yh_goods_beside(&r->goods_arena, &r->archive, &r->goods, err);
    r->opt.goods = &r->goods;
    return st;
}

static int run(struct run *r)
{
    struct yh_err err = { 0 };
    int code = read_options(r, &err);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    code = code ? code : use_rules(r, &err);
    code = code ? code : find_archive(r, &err);
    if (!code && yh_catalogs_open(r->where, &r->catalogs, &err))
        code = yh_cli_error(NULL, &err);
    if (code)
        return code;
    if (use_goods(r, &err))
        return yh_cli_error(yh_goods_path(&r->arena, r->archive.path), &err);
    use_prices(r);
    r->opt.catalog = r->catalogs.catalog;
    r->opt.hit = put_hit;
    r->opt.chunk = on_chunk;
    r->opt.user = r;
    r->line = yh_buf_in(&r->arena);
    yh_audit_open(&r->arena, &r->archive, r->rules.rules, &r->sum);
    make_key(r);
    int went = r->state ? load(r) : 0;
    if (went < 0) {
        yh_fail(&err, YH_CONFLICT, "%s 是另一次审核的进度：删去它，或换一个文件", r->state);
        return refuse(&err);
    }
    if (!went && !r->json && !r->count) {
        yh_str h = yh_hit_tsv_head();
        r->failed |= fwrite(h.p, 1, (size_t)h.n, stdout) != (size_t)h.n;
    }
    if (yh_audit_run(&r->archive, &r->opt, &r->sum, &err)) {
        if (r->state)
            save(r);
        return yh_cli_error(NULL, &err);
    }
    if (fflush(stdout) || r->failed) {
        yh_fail(&err, YH_IO, "疑点写不出去");
        return yh_cli_error(NULL, &err);
    }
    if (r->state)
        unlink(r->state);
    summary(r);
    return 0;
}

int yh_cmd_audit(int argc, char **argv)
{
    struct run *r = yh_heap(NULL, sizeof *r);
    memset(r, 0, sizeof *r);
    int code = 0;
    for (int i = 1; i < argc && !code; i++) {
        const char *value = NULL;
        if (yh_cli_option(&i, argc, argv, "--data", &r->data) ||
            yh_cli_option(&i, argc, argv, "--since", &r->since) ||
            yh_cli_option(&i, argc, argv, "--only", &r->only) ||
            yh_cli_option(&i, argc, argv, "--threads", &r->threads) ||
            yh_cli_option(&i, argc, argv, "--stays", &r->stays) ||
            yh_cli_option(&i, argc, argv, "--state", &r->state) ||
            yh_cli_option(&i, argc, argv, "--year", &r->year) ||
            yh_cli_option(&i, argc, argv, "--region", &r->region) ||
            yh_cli_option(&i, argc, argv, "--folder", &r->folder) ||
            yh_cli_option(&i, argc, argv, "--catalogs", &r->where))
            continue;
        if (yh_cli_option(&i, argc, argv, "--rules", &value) && value && r->npath < 64)
            r->path[r->npath++] = (char *)value;
        else if (!strcmp(argv[i], "--json"))
            r->json = true;
        else if (!strcmp(argv[i], "--count"))
            r->count = true;
        else
            code = yh_cli_usage(USAGE, argc, argv);
    }
    struct yh_err err;
    if (!code && !r->data)
        code = yh_cli_usage(USAGE, argc, argv);
    if (!code && yh_arena_open(&r->arena, (size_t)1 << 30, &err))
        code = yh_cli_error(NULL, &err);
    if (!code)
        code = run(r);
    yh_arena_close(&r->goods_arena);
    yh_archive_close(&r->archive);
    yh_cli_books_close(&r->books);
    yh_catalogs_close(&r->catalogs);
    yh_rule_book_close(&r->rules);
    yh_arena_close(&r->arena);
    yh_heap(r, 0);
    return code;
}
