/* shell/cli/act.c -- acts of the agency from the command line, and the commands that are nothing else:
 * yiheng case, tip, credit, and rules learn. */
#include <stdio.h>
#include <time.h>

#include "model/monitor/hit.h"
#include "service/agency.h"
#include "shell/catalogs/casework.h"
#include "shell/catalogs/catalogs.h"
#include "shell/cli/act.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"
#include "shell/hatch/hatch.h"

int yh_cli_act(const char *data, const char *catalogs, yh_str act, struct yh_arena *a)
{
    struct yh_err err = { 0 };
    struct yh_world w = { .nplan = 0 };
    yh_str text = YH_S("");
    char url[4200];
    (void)yh_cli_store(url, data);
    enum yh_status bad = yh_agency_writes(act, *a) && !yh_cli_served(data)
                             ? yh_hatch_ask(data, act, a, &text, &err)
                             : YH_NOT_FOUND;
    if (bad == YH_NOT_FOUND && !err.text[0]) {
        bad = YH_OK;
        if (!catalogs || strcmp(catalogs, "-") != 0)
            bad = yh_catalogs_casework(yh_catalogs_dir(a, catalogs), a, &w.casework, &err);
        if (bad == YH_OK)
            bad = yh_agency_data(yh_cstr(url), &w, act, (yh_time)time(NULL) + 8 * 3600, a,
                                 &text, &err);
    }
    if (bad) {
        char said[4200];
        (void)yh_cli_error(yh_cli_said(said, data), &err);
        return bad == YH_BAD_INPUT ? 2 : 1;
    }
    fwrite(text.p, 1, (size_t)text.n, stdout);
    return fflush(stdout) ? 1 : 0;
}

/* ---- hits from a file of `yiheng audit`, rules beside them ---- */

struct picked {
    const char *file, *provider, *rule, *hit, *rules;
};

static bool wanted(const char *word, yh_str value)
{
    return !word || !*word || yh_eq(yh_cstr(word), value);
}

/* The file below the rules' folder that is called by the rule's id. */
static enum yh_status rule_text(struct yh_arena *a, const struct yh_file_list *files,
                                yh_str rule, yh_str *out)
{
    for (int i = 0; i < files->n; i++) {
        yh_str path = yh_cstr(files->path[i]), name = path;
        for (ptrdiff_t at; (at = yh_find(name, YH_S("/"))) >= 0;)
            name = yh_sub(name, at + 1, name.n);
        ptrdiff_t dot = yh_find(name, YH_S("."));
        if (yh_eq(yh_sub(name, 0, dot < 0 ? name.n : dot), rule))
            return yh_file_read(a, files->path[i], (size_t)1 << 20, out, NULL);
    }
    return YH_NOT_FOUND;
}

static enum yh_status put_hits(struct yh_arena *a, const struct picked *p, struct yh_jsonw *w,
                               struct yh_err *err)
{
    struct yh_tsv *t = YH_NEW(a, struct yh_tsv, 1);
    struct yh_hit *hit = NULL, one;
    yh_str text;
    int n = 0, cap = 0, more;
    enum yh_status st = yh_file_read(a, p->file, (size_t)1 << 30, &text, err);
    if (st == YH_OK)
        st = yh_tsv_open(t, text, err);
    if (st)
        return st;
    while ((more = yh_tsv_next(t, err)) != 0) {
        if (more < 0)
            return YH_BAD_TABLE;
        if ((st = yh_hit_row(a, t, &one, err)) != YH_OK)
            return st;
        if (wanted(p->provider, one.provider) && wanted(p->rule, one.rule) &&
            wanted(p->hit, one.id))
            YH_PUSH(a, hit, n, cap) = one;
    }
    if (n == 0)
        return yh_fail(err, YH_BAD_INPUT, "%s 中没有符合 --provider、--rule、--hit 的疑点",
                       p->file);
    yh_jw_key(w, YH_S("hits"));
    yh_jw_array(w);
    for (int i = 0; i < n; i++)
        yh_hit_json(w, &hit[i]);
    yh_jw_end(w, ']');
    struct yh_file_list files = { NULL, 0 };
    struct yh_map seen = yh_map_in(a, 64);
    if (yh_file_find(a, p->rules, "", &files, NULL))
        return YH_OK; /* no rules here: the pack will say that their text was not kept */
    yh_jw_key(w, YH_S("rules"));
    yh_jw_array(w);
    for (int i = 0; i < n; i++) {
        if (!yh_map_add(&seen,
                        yh_fmt(a, "%.*s %.*s", YH_ARG(hit[i].rule), YH_ARG(hit[i].version)),
                        1) ||
            rule_text(a, &files, hit[i].rule, &text))
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "rule", hit[i].rule);
        yh_jw_kv_str(w, "version", hit[i].version);
        yh_jw_kv_str(w, "text", text);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    return YH_OK;
}

/* ---- words to an act ---- */

static const struct yh_cli_verb *verb_of(const struct yh_cli_verb *verb, int n,
                                         const char *word)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(verb[i].word, word))
            return &verb[i];
    return NULL;
}

/* One option of the verb into the act; a name that ends in '!' is a flag. */
static bool take(const struct yh_cli_verb *v, int *i, int argc, char **argv, struct yh_jsonw *w)
{
    for (int k = 0; k < YH_CLI_OPTIONS_MAX && v->option[k]; k++) {
        char name[40];
        const char *value = NULL;
        int n = snprintf(name, sizeof name, "--%s", v->option[k]);
        if (name[n - 1] == '!') {
            name[n - 1] = 0;
            if (strcmp(argv[*i], name) != 0)
                continue;
            yh_jw_key(w, yh_cstr(name + 2));
            yh_jw_str(w, YH_S("1"));
            return true;
        }
        if (!yh_cli_option(i, argc, argv, name, &value))
            continue;
        if (value)
            yh_jw_kv_str(w, v->option[k], yh_cstr(value));
        return value != NULL;
    }
    return false;
}

int yh_cli_verbs(const char *family, const struct yh_cli_verb *verb, int nverb,
                 const char *usage, int argc, char **argv)
{
    const char *data = "data", *catalogs = NULL, *value = NULL;
    struct picked p = { .rules = "rules" };
    struct yh_arena a;
    struct yh_err err = { 0 };
    char name[64];
    if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
        printf("用法：yiheng %s\n", usage);
        return 0;
    }
    const struct yh_cli_verb *v = argc > 1 ? verb_of(verb, nverb, argv[1]) : NULL;
    if (!v)
        return yh_cli_usage(usage);
    if (yh_arena_open(&a, (size_t)2 << 30, &err))
        return yh_cli_error(NULL, &err);
    struct yh_buf ask = yh_buf_in(&a);
    struct yh_jsonw w = yh_jsonw_on(&ask);
    bool good = true;
    yh_jw_object(&w);
    (void)snprintf(name, sizeof name, "%s%s%s", family, *family ? " " : "", v->word);
    yh_jw_kv_str(&w, "verb", yh_cstr(name));
    for (int i = 2; i < argc && good; i++) {
        int at = i;
        if (v->hits && yh_cli_option(&at, argc, argv, "--provider", &value) && value)
            p.provider = value; /* also an option of the act */
        if (yh_cli_option(&i, argc, argv, "--data", &value))
            good = (data = value) != NULL;
        else if (yh_cli_option(&i, argc, argv, "--catalogs", &value))
            good = (catalogs = value) != NULL;
        else if (v->hits && yh_cli_option(&i, argc, argv, "--hits", &value))
            good = (p.file = value) != NULL;
        else if (v->hits && yh_cli_option(&i, argc, argv, "--rule", &value))
            good = (p.rule = value) != NULL;
        else if (v->hits && yh_cli_option(&i, argc, argv, "--hit", &value))
            good = (p.hit = value) != NULL;
        else if (v->hits && yh_cli_option(&i, argc, argv, "--rules", &value))
            good = (p.rules = value) != NULL;
        else if (v->first && argv[i][0] != '-')
            yh_jw_kv_str(&w, v->first, yh_cstr(argv[i]));
        else
            good = take(v, &i, argc, argv, &w);
    }
    int code;
    if (good && p.file && put_hits(&a, &p, &w, &err)) {
        (void)yh_cli_error(p.file, &err);
        code = 2;
    } else if (!good) {
        code = yh_cli_usage(usage);
    } else {
        yh_jw_end(&w, '}');
        code = yh_cli_act(data, catalogs, yh_buf_str(&ask), &a);
    }
    yh_arena_close(&a);
    return code;
}
