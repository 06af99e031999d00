/* shell/cli/rules_evaluate.c -- yiheng rules evaluate: what the rules found against what is labelled.
 *
 * The only reader of labels.  It runs the audit as anybody would, then compares settlement by settlement:
 * a planted settlement is found when a hit of the kind's rules touches it, with its lines at stake or as proof;
 * a hit is right when it touches a planted settlement of its kind.  Lawful look-alikes that were hit are counted. */
#include <stdio.h>

#include "service/audit/audit.h"
#include "shell/catalogs/catalogs.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"
#include "shell/rules/goods.h"
#include "shell/rules/rules.h"

#define KINDS_MAX 64
#define RULES_MAX 8
#define FILE_MAX ((size_t)1 << 30)

struct kind {
    yh_str label, kind, note;
    int rule[RULES_MAX], nrule;
    int naive; /* -1 = none */
    int64_t planted, lawful;
    int64_t hits, right, twin; /* hits; those on a planted, on a lawful settlement alone */
    int64_t naive_hits, naive_right;
    int64_t found, naive_found;
};

struct label {
    int kind;
    bool planted, found, naive_found;
};

struct run {
    struct yh_rule_book b;
    struct yh_catalogs catalogs;
    struct yh_archive archive;
    struct yh_arena arena;
    struct kind kind[KINDS_MAX];
    int n;
    struct label *label;
    int nlabel, label_cap;
    struct yh_map settlement, visit; /* settlement or visit -> first label; chains by next */
    int32_t *next;
    int next_n, next_cap;
    int64_t unlabelled; /* hits of rules that no label speaks of */
};

static enum yh_status read_kinds(struct run *r, const char *dir, struct yh_err *err)
{
    yh_str text;
    const char *path =
        yh_zdup(&r->arena, yh_fmt(&r->arena, "%s/monitoring/label-kinds.tsv", dir));
    enum yh_status bad = yh_file_read(&r->arena, path, FILE_MAX, &text, err);
    struct yh_tsv t;
    int got, col[5];
    static const char *const WANT[] = { "label_rule", "kind", "rules", "naive", "note" };
    bad = bad ? bad : yh_tsv_open_with(&t, text, WANT, 5, col, err);
    while (!bad && (got = yh_tsv_next(&t, err)) != 0) {
        if (got < 0 || r->n == KINDS_MAX)
            return yh_fail(err, YH_BAD_TABLE, "label-kinds.tsv 第 %d 行不对", t.line);
        struct kind *k = &r->kind[r->n++];
        *k = (struct kind){ .label = t.cell[col[0]],
                            .kind = t.cell[col[1]],
                            .note = t.cell[col[4]],
                            .naive = yh_rules_find(r->b.rules, t.cell[col[3]]) };
        yh_str list = t.cell[col[2]];
        while (list.n && k->nrule < RULES_MAX) {
            yh_str id = yh_cut(&list, ' ');
            int at = yh_rules_find(r->b.rules, id);
            if (at < 0)
                return yh_fail(err, YH_BAD_TABLE, "label-kinds.tsv 第 %d 行：没有规则「%.*s」",
                               t.line, YH_ARG(id));
            k->rule[k->nrule++] = at;
        }
    }
    return bad;
}

static void chain(struct run *r, struct yh_map *map, yh_str key, int label)
{
    int32_t head = yh_map_get(map, key, -1);
    YH_PUSH(&r->arena, r->next, r->next_n, r->next_cap) = head;
    yh_map_set(map, key, label);
}

static enum yh_status read_labels(struct run *r, const char *path, struct yh_err *err)
{
    yh_str text;
    enum yh_status bad = yh_file_read(&r->arena, path, FILE_MAX, &text, err);
    struct yh_tsv t;
    int got, col[3];
    static const char *const WANT[] = { "settlement", "rule", "label" };
    bad = bad ? bad : yh_tsv_open_with(&t, text, WANT, 3, col, err);
    while (!bad && (got = yh_tsv_next(&t, err)) != 0) {
        if (got < 0)
            return YH_BAD_TABLE;
        int k = 0;
        while (k < r->n && !yh_eq(r->kind[k].label, t.cell[col[1]]))
            k++;
        if (k == r->n)
            return yh_fail_at(err, YH_BAD_TABLE, t.line, 1,
                              "label-kinds.tsv 里没有标注「%.*s」对应的规则",
                              YH_ARG(t.cell[col[1]]));
        bool planted = yh_eq(t.cell[col[2]], YH_S("planted"));
        *(planted ? &r->kind[k].planted : &r->kind[k].lawful) += 1;
        YH_PUSH(&r->arena, r->label, r->nlabel, r->label_cap) =
            (struct label){ .kind = k, .planted = planted };
        chain(r, &r->settlement, t.cell[col[0]], r->nlabel - 1);
    }
    return bad;
}

/* Hits name visits, labels settlements: the archive joins them. */
static enum yh_status join(struct run *r, struct yh_err *err)
{
    for (int i = 0; i < r->archive.nchunk; i++) {
        struct yh_arc_chunk c;
        enum yh_status bad = yh_archive_chunk(&r->archive, i, &c, err);
        if (bad)
            return bad;
        for (int64_t h = 0; h < c.n[YH_ARC_head]; h++) {
            char s[24], v[24];
            yh_str id = yh_arc_text(&c, YH_ARC(&c, head, settlement, h), s);
            int32_t at = yh_map_get(&r->settlement, id, -1);
            if (at < 0)
                continue;
            yh_str visit = yh_arc_text(&c, YH_ARC(&c, head, visit, h), v);
            yh_map_set(&r->visit, yh_dup(&r->arena, visit), at);
        }
        yh_archive_drop(&r->archive, i);
    }
    return YH_OK;
}

static void touch(struct run *r, const struct yh_hit *h, int kind, bool naive, bool *right,
                  bool *twin)
{
    for (int i = -1; i < h->nline; i++) {
        yh_str visit = i < 0 ? h->visit : h->line[i].visit;
        int32_t at = yh_map_get(&r->visit, visit, -1);
        for (; at >= 0; at = r->next[at]) {
            struct label *l = &r->label[at];
            if (l->kind != kind)
                continue;
            *(l->planted ? right : twin) = true;
            *(naive ? &l->naive_found : &l->found) = true;
        }
    }
}

static void on_hit(void *user, const struct yh_hit *h)
{
    struct run *r = user;
    int rule = yh_rules_find(r->b.rules, h->rule);
    bool spoken = false;
    for (int k = 0; k < r->n; k++) {
        struct kind *x = &r->kind[k];
        bool right = false, twin = false;
        for (int i = 0; i < x->nrule; i++)
            if (x->rule[i] == rule) {
                spoken = true;
                touch(r, h, k, false, &right, &twin);
                x->hits++;
                x->right += right;
                x->twin += twin && !right;
            }
        if (x->naive == rule) {
            spoken = true;
            touch(r, h, k, true, &right, &twin);
            x->naive_hits++;
            x->naive_right += right;
        }
    }
    r->unlabelled += !spoken;
}

static void put_share(struct yh_buf *b, int64_t part, int64_t whole)
{
    char text[32];
    if (!whole) {
        yh_putz(b, "\t—");
        return;
    }
    yh_putf(b, "\t%.*s%%",
            YH_ARG(yh_dec_text(text, yh_muldiv(part, 1000, whole, YH_ROUND_HALF_UP), 1, 1)));
}

static int tell(struct run *r)
{
    struct yh_buf b = yh_buf_in(&r->arena);
    yh_putz(&b, "标注\t类\t规则\t埋设\t查到\t查全率\t疑点\t属实\t查准率\t合法相似\t误报其中\t对"
                "照查全率\t对照查准率\t说明\n");
    int64_t all[5] = { 0 };
    for (int i = 0; i < r->nlabel; i++) {
        struct kind *k = &r->kind[r->label[i].kind];
        k->found += r->label[i].planted && r->label[i].found;
        k->naive_found += r->label[i].planted && r->label[i].naive_found;
    }
    for (int i = 0; i < r->n; i++) {
        const struct kind *k = &r->kind[i];
        yh_putf(&b, "%.*s\t%.*s\t", YH_ARG(k->label), YH_ARG(k->kind));
        for (int j = 0; j < k->nrule; j++)
            yh_putf(&b, "%s%.*s", j ? " " : "", YH_ARG(r->b.rules->rule[k->rule[j]].id));
        yh_putf(&b, "\t%lld\t%lld", (long long)k->planted, (long long)k->found);
        put_share(&b, k->found, k->planted);
        yh_putf(&b, "\t%lld\t%lld", (long long)k->hits, (long long)k->right);
        put_share(&b, k->right, k->hits);
        yh_putf(&b, "\t%lld\t%lld", (long long)k->lawful, (long long)k->twin);
        put_share(&b, k->naive_found, k->naive < 0 ? 0 : k->planted);
        put_share(&b, k->naive_right, k->naive_hits);
        yh_putf(&b, "\t%.*s\n", YH_ARG(k->note));
        if (!yh_eq(k->kind, YH_S("pattern"))) {
            all[0] += k->planted, all[1] += k->found, all[2] += k->hits, all[3] += k->right;
            all[4] += k->lawful;
        }
    }
    yh_putf(&b, "逐行与窗口合计\t\t\t%lld\t%lld", (long long)all[0], (long long)all[1]);
    put_share(&b, all[1], all[0]);
    yh_putf(&b, "\t%lld\t%lld", (long long)all[2], (long long)all[3]);
    put_share(&b, all[3], all[2]);
    yh_putf(&b, "\t%lld\n", (long long)all[4]);
    fprintf(stderr, "另有 %lld 处疑点来自没有标注的规则，不在表内\n", (long long)r->unlabelled);
    return fwrite(b.p, 1, (size_t)b.n, stdout) != (size_t)b.n || fflush(stdout);
}

static int fail(const struct yh_err *err)
{
    yh_cli_error(err->field[0] ? err->field : NULL, err);
    return err->status == YH_NOT_FOUND ? 2 : 1;
}

static int run(struct run *r, const char *data, const char *labels, const char *where,
               int threads)
{
    struct yh_err err = { 0 };
    struct yh_file_list list = { 0 };
    const char *dir = yh_catalogs_dir(&r->arena, where);
    const char *naive = yh_zdup(&r->arena, yh_eq(yh_cstr(dir), YH_S("catalogs"))
                                               ? YH_S("rules/naive")
                                               : yh_fmt(&r->arena, "%s/../rules/naive", dir));
    char *path[] = { (char *)naive };
    if (yh_rule_book_open(where, path, 1, false, &r->b, &err) ||
        yh_catalogs_open(where, &r->catalogs, &err))
        return fail(&err);
    const char *below = yh_zdup(&r->arena, yh_fmt(&r->arena, "%s/archive", data));
    if (yh_file_find(&r->arena, below, ".yha", &list, &err) || list.n != 1) {
        yh_fail(&err, YH_NOT_FOUND, "%s 里应有一份档案（archive/*.yha）", data);
        return fail(&err);
    }
    r->settlement = yh_map_in(&r->arena, 1024);
    r->visit = yh_map_in(&r->arena, 1024);
    if (yh_archive_open(list.path[0], &r->archive, &err) || read_kinds(r, dir, &err) ||
        read_labels(r, labels, &err) || join(r, &err))
        return fail(&err);
    struct yh_audit_goods goods;
    if (yh_goods_beside(&r->arena, &r->archive, &goods, &err))
        return fail(&err);
    struct yh_audit_options opt = { .rules = r->b.rules,
                                    .goods = &goods,
                                    .catalog = r->catalogs.catalog,
                                    .threads = threads,
                                    .just = -1,
                                    .since = YH_DAY_MIN,
                                    .hit = on_hit,
                                    .user = r };
    struct yh_audit_result sum;
    yh_audit_open(&r->arena, &r->archive, r->b.rules, &sum);
    if (yh_audit_run(&r->archive, &opt, &sum, &err))
        return fail(&err);
    return tell(r);
}

int yh_cli_rules_evaluate(int argc, char **argv)
{
    static const char USAGE[] = "rules evaluate --data 目录 --labels 文件 [--threads 数]\n"
                                "  "
                                "虚构统筹区的标注与规则对照：各规则的查全率、查准率，旁边是最简"
                                "单口径（rules/naive）的\n"
                                "  同一份数。标注只有这个命令读；audit 从不读。";
    const char *data = NULL, *labels = NULL, *where = NULL, *threads = NULL;
    for (int i = 2; i < argc; i++)
        if (!yh_cli_option(&i, argc, argv, "--data", &data) &&
            !yh_cli_option(&i, argc, argv, "--labels", &labels) &&
            !yh_cli_option(&i, argc, argv, "--threads", &threads) &&
            !yh_cli_option(&i, argc, argv, "--catalogs", &where))
            return yh_cli_usage(USAGE, argc, argv);
    int64_t n = 2;
    if (!data || !labels ||
        (threads && (yh_int_parse(yh_cstr(threads), &n, NULL) || n < 1 || n > 64)))
        return yh_cli_usage(USAGE, argc, argv);
    struct run *r = yh_heap(NULL, sizeof *r);
    memset(r, 0, sizeof *r);
    struct yh_err err;
    int code = yh_arena_open(&r->arena, (size_t)4 << 30, &err)
                   ? yh_cli_error(NULL, &err)
                   : run(r, data, labels, where, (int)n);
    yh_archive_close(&r->archive);
    yh_catalogs_close(&r->catalogs);
    yh_rule_book_close(&r->b);
    yh_arena_close(&r->arena);
    yh_heap(r, 0);
    return code;
}
