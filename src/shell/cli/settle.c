/* shell/cli/settle.c -- yiheng settle: bills in, settlements out, one JSON object a line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "shell/cli/cli.h"
#include "shell/world/world.h"

#define USAGE                                                                                                  \
    "settle 文件|- [选项]                   每行一个 JSON 账单，写出结算（docs/settle.md）\n" \
    "  --explain | --explain=json           逐条说明：一页文字，或随结算附在 explain 下\n"    \
    "  --region 区划 --scheme 险种          账单没有写时用\n"                                       \
    "  --policy 文件或目录                  只用这些待遇文件（可写多次）\n"                 \
    "  --drafts                             草案也算生效：试算\n"                                     \
    "  --reasons off                        不记理由，更快\n"                                           \
    "  --lang en                            说明用英文\n"                                                 \
    "  --catalogs 目录                      代码表的位置"

#define ROW_ARENA ((size_t)2 << 30) /* reserved, not used */

struct settle {
    struct yh_loaded world;
    struct yh_arena row;
    jmp_buf full;
    const char *catalogs, *region, *scheme, *reasons, *lang, *explain, *file;
    char *policy[64];
    int npolicy;
    bool text, json, drafts;
    FILE *in;
    int64_t line, bad;
};

static bool read_args(struct settle *s, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *policy = NULL;
        if (yh_cli_option(&i, argc, argv, "--region", &s->region) ||
            yh_cli_option(&i, argc, argv, "--scheme", &s->scheme) ||
            yh_cli_option(&i, argc, argv, "--reasons", &s->reasons) ||
            yh_cli_option(&i, argc, argv, "--lang", &s->lang) ||
            yh_cli_option(&i, argc, argv, "--catalogs", &s->catalogs)) {
            if (!strncmp(argv[i], "--", 2) && !strchr(argv[i], '=')) /* no value came */
                return false;
            continue;
        }
        if (yh_cli_option(&i, argc, argv, "--policy", &policy)) {
            if (!policy || s->npolicy == YH_COUNT(s->policy))
                return false;
            s->policy[s->npolicy++] = (char *)(uintptr_t)policy;
        } else if (!strcmp(argv[i], "--explain") || !strcmp(argv[i], "--explain=text")) {
            s->text = true;
        } else if (!strcmp(argv[i], "--explain=json")) {
            s->json = true;
        } else if (!strcmp(argv[i], "--drafts")) {
            s->drafts = true;
        } else if (!s->file && (argv[i][0] != '-' || !argv[i][1])) {
            s->file = argv[i];
        } else {
            return false;
        }
    }
    return s->file &&
           (!s->reasons || !strcmp(s->reasons, "off") || !strcmp(s->reasons, "on")) &&
           (!s->lang || !strcmp(s->lang, "en") || !strcmp(s->lang, "zh"));
}

static enum yh_status settle_row(struct settle *s, yh_str text, struct yh_buf *out,
                                 struct yh_err *err)
{
    struct yh_json *v;
    struct yh_bill_address at;
    const struct yh_dated *p;
    struct yh_bill_read b;
    struct yh_decision d;
    enum yh_status bad = yh_json_read(&s->row, text, (struct yh_json_limits){ 0 }, &v, err);
    if (!bad)
        bad = yh_bill_address_read(v, &at, err);
    if (bad)
        return bad;
    if (!at.region.n && s->region)
        at.region = yh_cstr(s->region);
    if (!at.scheme.n && s->scheme)
        at.scheme = yh_cstr(s->scheme);
    if (!at.region.n || !at.scheme.n)
        return yh_fail_field(err, YH_BAD_INPUT, at.region.n ? "scheme" : "region", "",
                             "%s：账单没有写，命令行也没有给",
                             at.region.n ? "scheme" : "region");
    bad = yh_plans_for(&s->world.plans, &at, &p, err);
    if (!bad)
        bad = yh_bill_read(&s->row, &p->bill, s->world.catalogs.catalog, v, &b, err);
    if (bad)
        return bad;
    b.address.region = at.region;
    b.address.scheme = at.scheme;
    struct yh_terms terms =
        yh_loaded_terms(&s->world, at.place.n ? at.place : at.region, at.scheme, at.end);
    bool reasons = s->text || s->json || (s->reasons && !strcmp(s->reasons, "on"));
    if (s->reasons && !strcmp(s->reasons, "off"))
        reasons = false;
    bad = yh_benefit_settle(&s->row, p->bill.plan, &terms, &b.bill,
                            (struct yh_settle_how){ .reasons = reasons }, &d, err);
    if (bad)
        return bad;
    enum yh_lang lang = s->lang && !strcmp(s->lang, "en") ? YH_EN : YH_ZH;
    struct yh_explain e;
    if (s->text || s->json)
        e = yh_explain_bill(&s->row, p->bill.plan, &b.bill, &d, lang);
    if (s->text) {
        yh_explain_bill_text(&e, out);
        yh_putc(out, '\n');
        return YH_OK;
    }
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_settlement_write(&w, p->bill.plan, &b, &d, s->json ? &e : NULL);
    yh_putc(out, '\n');
    return YH_OK;
}

/* One row: its answer in *out, or the error as an object, so that answers keep their places. */
static void one_row(struct settle *s, yh_str text, struct yh_buf *out)
{
    struct yh_err err = { 0 };
    enum yh_status bad;
    yh_arena_reset(&s->row);
    *out = yh_buf_in(&s->row);
    if (setjmp(s->full)) {
        yh_arena_reset(&s->row);
        bad = yh_fail(&err, YH_LIMIT, "这一行太大");
    } else {
        bad = settle_row(s, text, out, &err);
    }
    if (!bad)
        return;
    s->bad++;
    fprintf(stderr, "错误：%s:%lld: %s\n", s->file, (long long)s->line, err.text);
    *out = yh_buf_in(&s->row);
    if (s->text)
        return;
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_jw_object(&w);
    yh_jw_kv_i64(&w, "line", s->line);
    yh_jw_kv_str(&w, "status", yh_cstr(yh_status_word(bad)));
    yh_jw_kv_str(&w, "field", yh_cstr(err.field));
    yh_jw_kv_str(&w, "met", yh_cstr(err.met));
    if (err.row >= 0)
        yh_jw_kv_i64(&w, "row", err.row);
    yh_jw_kv_str(&w, "err_msg", yh_cstr(err.text));
    yh_jw_end(&w, '}');
    yh_putc(out, '\n');
}

static int run(struct settle *s)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int rc = 0;
    while ((n = getline(&line, &cap, s->in)) >= 0) {
        s->line++;
        yh_str text = yh_trim((yh_str){ line, n });
        if (s->line == 1 && yh_starts(text, YH_S("\xEF\xBB\xBF")))
            text = yh_sub(text, 3, text.n);
        if (!text.n)
            continue;
        struct yh_buf out;
        one_row(s, text, &out);
        yh_str answer = yh_buf_str(&out);
        if (answer.n && fwrite(answer.p, 1, (size_t)answer.n, stdout) != (size_t)answer.n) {
            rc = 1;
            break;
        }
    }
    free(line);
    if (ferror(s->in)) {
        fprintf(stderr, "错误：%s: 读不完\n", s->file);
        rc = 1;
    }
    return fflush(stdout) || rc || s->bad ? 1 : 0;
}

int yh_cmd_settle(int argc, char **argv)
{
    static struct settle s; /* the arenas point into it */
    struct yh_err err;
    memset(&s, 0, sizeof s);
    if (!read_args(&s, argc, argv))
        return yh_cli_usage(USAGE, argc, argv);
    s.in = strcmp(s.file, "-") ? fopen(s.file, "r") : stdin;
    if (!s.in) {
        fprintf(stderr, "错误：打不开账单文件“%s”（%s）；- 表示从标准输入读\n", s.file,
                strerror(errno));
        return 1;
    }
    int rc;
    if (yh_loaded_open(s.catalogs, s.policy, s.npolicy, s.drafts, &s.world, &err) ||
        yh_arena_open(&s.row, ROW_ARENA, &err)) {
        rc = yh_cli_error(err.field[0] ? err.field : NULL, &err);
    } else {
        s.row.guard = &s.full;
        rc = run(&s);
    }
    yh_arena_close(&s.row);
    yh_loaded_close(&s.world);
    if (s.in != stdin)
        fclose(s.in);
    return rc;
}
