/* shell/cli/list.c -- yiheng list check: the quality checks of settlement lists, off line.  What the
 * agency does about lists is list_agency.c's. */
#include <stdio.h>

#include "engine/list/check.h"
#include "shell/casemix/tables.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"

#define USAGE                                                                                                 \
    "list check [--json] [--catalogs 目录] 文件\n"                                                        \
    "  文件：一份结算清单（4101 的 input 或整条报文）、这样的数组，或每行一份\n" \
    "  清单外的事实（结算、参保、明细、后续就诊、分组）放在成员 facts "           \
    "里；没有的，相关检查不作判断\n"                                                            \
    "      yiheng list lock | unlock | locks | review | special | decide …\n"                               \
    "  经办机构的操作：月末锁定、审核、特例单议（yiheng list lock --help）"

static enum yh_status read_text(struct yh_arena *a, const char *root, const char *path,
                                yh_str *out, struct yh_err *err)
{
    return yh_file_read(a, yh_zdup(a, yh_fmt(a, "%s/%s", root, path)), (size_t)64 << 20, out,
                        err);
}

static enum yh_status load(struct yh_arena *a, const char *root, struct yh_list_tables **out,
                           struct yh_err *err)
{
    struct yh_list_texts x;
    enum yh_status bad = read_text(a, root, "settlement-list/list-checks.tsv", &x.checks, err);
    if (!bad)
        bad = read_text(a, root, "settlement-list/lists.tsv", &x.lists, err);
    if (!bad)
        bad = read_text(a, root, "icd10/diagnosis.tsv", &x.diagnosis, err);
    if (!bad)
        bad = read_text(a, root, "icd9cm3/procedures.tsv", &x.procedures, err);
    if (!bad)
        bad = read_text(a, root, "interface/dictionaries.tsv", &x.dictionaries, err);
    if (!bad)
        bad = yh_list_tables_load(a, &x, out, err);
    return bad ? bad : yh_list_kinds(*out, err);
}

struct total {
    int lists, errors, warnings;
    bool json;
};

static void one_list(const struct yh_list_tables *t, const struct yh_json *v,
                     struct yh_arena scratch, struct total *total)
{
    static const char *const WORD[] = { "提示", "警告", "错误" };
    const struct yh_json *list =
        yh_json_get(v, YH_S("input")) ? yh_json_get(v, YH_S("input")) : v;
    const struct yh_json *main = yh_json_get(list, YH_S("setlinfo"));
    if (main && main->kind == YH_JSON_ARRAY)
        main = main->first;
    yh_str id = yh_json_text(yh_json_get(main, YH_S("setl_id")));
    struct yh_list_findings f;
    struct yh_buf out = yh_buf_in(&scratch);
    yh_list_check_all(t, list, &scratch, &f);
    /* The findings' array grows in the same arena: the buffer is opened after it. */
    out = yh_buf_in(&scratch);
    total->lists++;
    total->errors += f.errors;
    total->warnings += f.warnings;
    for (int i = 0; i < f.n; i++) {
        const struct yh_list_finding *x = &f.item[i];
        if (total->json) {
            struct yh_jsonw w = yh_jsonw_on(&out);
            yh_jw_object(&w);
            yh_jw_kv_str(&w, "setl_id", id);
            yh_jw_kv_str(&w, "check", x->check->id);
            yh_jw_kv_str(&w, "severity",
                         x->check->severity == YH_LIST_ERROR  ? YH_S("error")
                         : x->check->severity == YH_LIST_WARN ? YH_S("warn")
                                                              : YH_S("info"));
            yh_jw_kv_str(&w, "node", x->check->node);
            yh_jw_kv_i64(&w, "row", x->row);
            yh_jw_kv_str(&w, "field", x->field);
            yh_jw_kv_str(&w, "met", x->met);
            yh_jw_kv_str(&w, "message", x->check->message);
            yh_jw_end(&w, '}');
            yh_putc(&out, '\n');
            continue;
        }
        yh_putf(&out, "%.*s\t%.*s\t%s\t%.*s", YH_ARG(id), YH_ARG(x->check->id),
                WORD[x->check->severity], YH_ARG(x->check->message));
        yh_putf(&out, "\t%.*s", YH_ARG(x->check->node));
        if (x->row >= 0)
            yh_putf(&out, "[%d]", x->row + 1);
        yh_putf(&out, ".%.*s\t%.*s\n", YH_ARG(x->field), YH_ARG(x->met));
    }
    fwrite(out.p, 1, (size_t)out.n, stdout);
    if (!total->json)
        printf("# %.*s：检查 %d 项，发现 %d 条，缺事实未判 %d 项\n", YH_ARG(id), t->ncheck, f.n,
               f.open);
}

static enum yh_status check_text(const struct yh_list_tables *t, yh_str text,
                                 struct yh_arena *a, struct total *total, struct yh_err *err)
{
    struct yh_json *v;
    struct yh_arena whole = *a;
    enum yh_status bad = yh_json_read(&whole, text, (struct yh_json_limits){ 0 }, &v, err);
    if (!bad && v->kind == YH_JSON_OBJECT)
        one_list(t, v, whole, total);
    for (const struct yh_json *e = !bad && v->kind == YH_JSON_ARRAY ? v->first : NULL; e;
         e = e->next)
        one_list(t, e, whole, total);
    if (!bad)
        return YH_OK;
    /* Not one value: a list a line, if the first line is one. */
    yh_str rest = text;
    for (int line = 1; rest.p && rest.n; line++) {
        yh_str one = yh_trim(yh_cut(&rest, '\n'));
        struct yh_arena each = *a;
        struct yh_err why;
        if (!one.n)
            continue;
        if (yh_json_read(&each, one, (struct yh_json_limits){ 0 }, &v, &why)) {
            if (total->lists == 0)
                return bad; /* the error of the whole text says more */
            why.line = line;
            *err = why;
            return why.status;
        }
        one_list(t, v, each, total);
    }
    return YH_OK;
}

int yh_cmd_list(int argc, char **argv)
{
    const char *catalogs = NULL, *file = NULL;
    struct total total = { 0 };
    if (argc > 1 && yh_cli_list_is_agency(argv[1]))
        return yh_cli_list_agency(argc, argv);
    if (argc < 2 || strcmp(argv[1], "check"))
        return yh_cli_usage(USAGE, argc, argv);
    for (int i = 2; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--catalogs", &catalogs))
            continue;
        if (!strcmp(argv[i], "--json"))
            total.json = true;
        else if (!file && argv[i][0] != '-')
            file = argv[i];
        else
            return yh_cli_usage(USAGE, argc, argv);
    }
    if (!file)
        return yh_cli_usage(USAGE, argc, argv);
    struct yh_arena a;
    struct yh_err err;
    struct yh_list_tables *t;
    yh_str text;
    if (yh_arena_open(&a, (size_t)2 << 30, &err))
        return yh_cli_error(NULL, &err);
    const char *root = yh_tables_find(&a, catalogs, "", "settlement-list/list-checks.tsv");
    enum yh_status bad = load(&a, root, &t, &err);
    int code = bad ? yh_cli_error(root, &err) : 0;
    if (!bad) {
        bad = yh_file_read(&a, file, (size_t)512 << 20, &text, &err);
        if (!bad)
            bad = check_text(t, text, &a, &total, &err);
        code = bad ? yh_cli_error(file, &err) : total.errors ? 1 : 0;
    }
    if (!bad)
        fprintf(stderr, "清单 %d 份：错误 %d 条，警告 %d 条\n", total.lists, total.errors,
                total.warnings);
    yh_arena_close(&a);
    return code;
}
