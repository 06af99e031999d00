#include "shell/rules/rules.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/monitor/monitor.h"
#include "shell/catalogs/catalogs.h"
#include "shell/file/file.h"

#define ARENA_MAX ((size_t)4 << 30) /* reserved, not used */
#define FILE_MAX ((size_t)64 << 20)

struct texts {
    struct yh_rule_text *item;
    int n, cap;
};

static enum yh_status add_file(struct yh_rule_book *b, struct texts *t, const char *path,
                               yh_str name, struct yh_err *err)
{
    yh_str text;
    enum yh_status bad = yh_file_read(&b->arena, path, FILE_MAX, &text, err);
    if (bad) {
        if (err && !err->field[0])
            snprintf(err->field, sizeof err->field, "%.60s", path);
        return bad;
    }
    for (int i = 0; i < t->n; i++)
        if (yh_eq(t->item[i].name, name))
            return YH_OK;
    YH_PUSH(&b->arena, t->item, t->n, t->cap) = (struct yh_rule_text){ name, text };
    return YH_OK;
}

/* rules/wrong and rules/guide are examples: not what a place is watched by. */
static bool is_example(const char *root, const char *path)
{
    const char *below = path + strlen(root);
    return strstr(below, "/wrong/") || strstr(below, "/guide/") || strstr(below, "/naive/");
}

/* The table's name: its path below the folder, without .tsv. */
static yh_str table_name(struct yh_arena *a, const char *root, const char *path)
{
    yh_str s = yh_cstr(path + strlen(root));
    while (s.n && s.p[0] == '/')
        s = yh_sub(s, 1, s.n);
    return yh_dup(a, yh_sub(s, 0, s.n - 4));
}

static enum yh_status add_tables(struct yh_rule_book *b, struct texts *t, const char *dir,
                                 struct yh_err *err)
{
    struct yh_file_list list;
    enum yh_status bad = yh_file_find(&b->arena, dir, ".tsv", &list, err);
    for (int i = 0; !bad && i < list.n; i++)
        bad = add_file(b, t, list.path[i], table_name(&b->arena, dir, list.path[i]), err);
    return bad;
}

static enum yh_status add_rules(struct yh_rule_book *b, struct texts *rules,
                                struct texts *tables, const char *path, struct yh_err *err)
{
    struct stat st;
    struct yh_file_list list;
    if (!stat(path, &st) && !S_ISDIR(st.st_mode))
        return add_file(b, rules, path, yh_dup(&b->arena, yh_cstr(path)), err);
    enum yh_status bad = yh_file_find(&b->arena, path, ".rule", &list, err);
    for (int i = 0; !bad && i < list.n; i++)
        if (!is_example(path, list.path[i]))
            bad = add_file(b, rules, list.path[i], yh_cstr(list.path[i]), err);
    return bad ? bad : add_tables(b, tables, path, err);
}

enum yh_status yh_rule_book_open(const char *catalogs, char *const *path, int n, bool alone,
                                 struct yh_rule_book *out, struct yh_err *err)
{
    *out = (struct yh_rule_book){ 0 };
    enum yh_status bad = yh_arena_open(&out->arena, ARENA_MAX, err);
    if (bad)
        return bad;
    struct texts rules = { 0 }, tables = { 0 };
    const char *dir = yh_catalogs_dir(&out->arena, catalogs);
    const char *know = yh_zdup(&out->arena, yh_fmt(&out->arena, "%s/monitoring", dir));
    out->dir = yh_eq(yh_cstr(dir), YH_S("catalogs"))
                   ? "rules"
                   : yh_zdup(&out->arena, yh_fmt(&out->arena, "%s/../rules", dir));
    bad = add_tables(out, &tables, know, err);
    if (!bad && !(alone && n))
        bad = add_rules(out, &rules, &tables, out->dir, err);
    for (int i = 0; !bad && i < n; i++)
        bad = add_rules(out, &rules, &tables, path[i], err);
    out->nfile = rules.n;
    if (!bad)
        bad = yh_rules_read(&out->arena, rules.item, rules.n, tables.item, tables.n,
                            &out->rules, &out->findings, err);
    if (bad)
        yh_rule_book_close(out);
    return bad;
}

enum yh_status yh_rule_book_text(const struct yh_rule_book *from, yh_str name, yh_str text,
                                 struct yh_rule_book *out, struct yh_err *err)
{
    *out = (struct yh_rule_book){ .nfile = 1 };
    enum yh_status bad = yh_arena_open(&out->arena, ARENA_MAX, err);
    if (bad)
        return bad;
    struct yh_arena *a = &out->arena;
    const struct yh_rules *r = from->rules;
    struct yh_rule_text file = { yh_dup(a, name), yh_dup(a, text) };
    struct yh_rule_text *table = YH_NEW(a, struct yh_rule_text, r->ntable + 1);
    int n = 0;
    for (int i = 0; i < r->ntable; i++) /* rows written within a rule are that rule's alone */
        if (yh_rules_find(r, r->table[i].name) < 0)
            table[n++] = (struct yh_rule_text){ yh_dup(a, r->table[i].name),
                                                yh_dup(a, r->table[i].text) };
    bad = yh_rules_read(a, &file, 1, table, n, &out->rules, &out->findings, err);
    if (bad)
        yh_rule_book_close(out);
    return bad;
}

int yh_rule_cases(struct yh_arena *a, const struct yh_rules *rules, int rule,
                  struct yh_rule_case_fail **fail, int *nfail)
{
    const struct yh_mon_rule *q = &rules->rule[rule];
    int right = 0;
    *fail = YH_NEW(a, struct yh_rule_case_fail, q->ncase + 1);
    *nfail = 0;
    for (int i = 0; i < q->ncase; i++) {
        struct yh_mon_case one;
        struct yh_err err;
        yh_str said;
        if (yh_monitor_case(a, rules, rule, i, &one, &err))
            said = yh_fmt(a, "例子看不懂：%s「%s」", err.text, err.met);
        else
            said = one.said;
        if (!said.n)
            right++;
        else
            (*fail)[(*nfail)++] =
                (struct yh_rule_case_fail){ q->cases[i].at, q->cases[i].why, said };
    }
    return right;
}

void yh_rule_book_close(struct yh_rule_book *b)
{
    yh_arena_close(&b->arena);
    *b = (struct yh_rule_book){ 0 };
}
