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

int yh_cli_ask(const char *data, const char *catalogs, yh_str act, struct yh_arena *a,
               yh_str *out)
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
    *out = text;
    return 0;
}

int yh_cli_act(const char *data, const char *catalogs, yh_str act, struct yh_arena *a)
{
    yh_str text;
    int code = yh_cli_ask(data, catalogs, act, a, &text);
    if (code)
        return code;
    fwrite(text.p, 1, (size_t)text.n, stdout);
    return fflush(stdout) ? 1 : 0;
}

/* ---- hits from a file of `yiheng audit`, rules beside them ---- */

struct picked {
    const char *file, *provider, *region, *rule, *hit, *rules;
    bool each;
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

enum yh_status yh_cli_hits(struct yh_arena *a, const char *file, struct yh_hit **hit, int *n,
                           struct yh_err *err)
{
    struct yh_tsv *t = YH_NEW(a, struct yh_tsv, 1);
    struct yh_hit one;
    yh_str text;
    int cap = 0, more;
    *hit = NULL;
    *n = 0;
    enum yh_status st = yh_file_read(a, file, (size_t)1 << 30, &text, err);
    if (st == YH_OK)
        st = yh_tsv_open(t, text, err);
    if (st)
        return st;
    while ((more = yh_tsv_next(t, err)) != 0) {
        if (more < 0)
            return YH_BAD_TABLE;
        if ((st = yh_hit_row(a, t, &one, err)) != YH_OK) {
            if (err && !err->line)
                err->line = t->line;
            return st;
        }
        YH_PUSH(a, *hit, *n, cap) = one;
    }
    return YH_OK;
}

/* Those of the provider, rule and id that were asked for, and the rules' texts. */
static enum yh_status put_hits(struct yh_arena *a, const struct picked *p,
                               const struct yh_hit *all, int nall, struct yh_jsonw *w,
                               struct yh_err *err)
{
    struct yh_file_list files = { NULL, 0 };
    struct yh_map seen = yh_map_in(a, 64);
    const struct yh_hit **hit = YH_NEW(a, const struct yh_hit *, nall);
    int n = 0;
    for (int i = 0; i < nall; i++)
        if (wanted(p->provider, all[i].provider) && wanted(p->region, all[i].region) &&
            wanted(p->rule, all[i].rule) && wanted(p->hit, all[i].id))
            hit[n++] = &all[i];
    if (n == 0)
        return yh_fail(err, YH_BAD_INPUT, "%s 中没有符合 --provider、--rule、--hit 的疑点",
                       p->file);
    yh_jw_kv_array(w, "hits");
    for (int i = 0; i < n; i++)
        yh_hit_json(w, hit[i]);
    yh_jw_end(w, ']');
    if (yh_file_find(a, p->rules, "", &files, NULL))
        return YH_OK; /* no rules here: the pack will say that their text was not kept */
    yh_jw_kv_array(w, "rules");
    for (int i = 0; i < n; i++) {
        yh_str text;
        yh_str key = yh_fmt(a, "%.*s %.*s", YH_ARG(hit[i]->rule), YH_ARG(hit[i]->version));
        if (!yh_map_add(&seen, key, 1) || rule_text(a, &files, hit[i]->rule, &text))
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "rule", hit[i]->rule);
        yh_jw_kv_str(w, "version", hit[i]->version);
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

struct line {
    const char *family, *data, *catalogs;
    const struct yh_cli_verb *v;
    struct picked p;
    const char *wrong; /* the word that is none of this verb's options */
};

/* Is the word, or the word before its "=", an option of the verb? */
static bool takes(const struct yh_cli_verb *v, const char *word)
{
    size_t n = strcspn(word, "=");
    for (int k = 0; k < YH_CLI_OPTIONS_MAX && v->option[k]; k++)
        if (n > 2 && !strncmp(v->option[k], word + 2, n - 2) &&
            (!v->option[k][n - 2] || v->option[k][n - 2] == '!'))
            return true;
    return false;
}

/* The words of the line as members of an act that is begun; false: called wrongly. */
static bool read_line(struct line *l, int argc, char **argv, struct yh_jsonw *w)
{
    const char *value = NULL;
    char name[64];
    bool good = true, hits = l->v->hits;
    (void)snprintf(name, sizeof name, "%s%s%s", l->family, *l->family ? " " : "", l->v->word);
    yh_jw_object(w);
    yh_jw_kv_str(w, "verb", yh_cstr(name));
    for (int i = 2; i < argc && good; i++) {
        int at = i;
        if (hits && yh_cli_option(&at, argc, argv, "--provider", &value) && value)
            l->p.provider = value; /* also an option of the act */
        at = i;
        if (hits && yh_cli_option(&at, argc, argv, "--region", &value) && value)
            l->p.region = value;
        if (yh_cli_option(&i, argc, argv, "--data", &value))
            good = (l->data = value) != NULL;
        else if (yh_cli_option(&i, argc, argv, "--catalogs", &value))
            good = (l->catalogs = value) != NULL;
        else if (hits && yh_cli_option(&i, argc, argv, "--hits", &value))
            good = (l->p.file = value) != NULL;
        else if (hits && yh_cli_option(&i, argc, argv, "--rule", &value))
            good = (l->p.rule = value) != NULL;
        else if (hits && yh_cli_option(&i, argc, argv, "--hit", &value))
            good = (l->p.hit = value) != NULL;
        else if (hits && yh_cli_option(&i, argc, argv, "--rules", &value))
            good = (l->p.rules = value) != NULL;
        else if (hits && !strcmp(argv[i], "--each"))
            l->p.each = true;
        else if (l->v->first && argv[i][0] != '-')
            yh_jw_kv_str(w, l->v->first, yh_cstr(argv[i]));
        else if (!(good = take(l->v, &i, argc, argv, w)) && !takes(l->v, argv[i]))
            l->wrong = argv[i];
    }
    return good;
}

/* One case for each provider and pooling area of the file. */
static int each_provider(struct line *l, int argc, char **argv, const struct yh_hit *hit, int n,
                         struct yh_arena *a)
{
    struct yh_map seen = yh_map_in(a, 1024);
    struct yh_err err = { 0 };
    for (int i = 0; i < n; i++) {
        yh_str key = yh_fmt(a, "%.*s %.*s", YH_ARG(hit[i].region), YH_ARG(hit[i].provider));
        if (!wanted(l->p.rule, hit[i].rule) || !yh_map_add(&seen, key, 1))
            continue;
        struct yh_arena scratch = *a;
        struct yh_buf ask = yh_buf_in(&scratch);
        struct yh_jsonw w = yh_jsonw_on(&ask);
        (void)read_line(l, argc, argv, &w);
        l->p.provider = yh_zdup(&scratch, hit[i].provider);
        l->p.region = yh_zdup(&scratch, hit[i].region);
        yh_jw_kv_str(&w, "provider", hit[i].provider);
        yh_jw_kv_str(&w, "region", hit[i].region);
        if (put_hits(&scratch, &l->p, hit, n, &w, &err))
            return yh_cli_error(l->p.file, &err), 2;
        yh_jw_end(&w, '}');
        int code = yh_cli_act(l->data, l->catalogs, yh_buf_str(&ask), &scratch);
        if (code)
            return code;
    }
    return 0;
}

/* Another verb of the page may have the option, so the verb is named; draw's are called otherwise. */
static int unknown(const struct line *l, char **argv)
{
    if (strcmp(l->family, argv[0]) != 0)
        return yh_cli_unknown(argv[0], l->wrong);
    fprintf(stderr, "错误：yiheng %s %s 没有选项 %.*s（yiheng %s --help 列出可用的）\n",
            argv[0], argv[1], (int)strcspn(l->wrong, "="), l->wrong, argv[0]);
    return 2;
}

int yh_cli_verbs(const char *family, const struct yh_cli_verb *verb, int nverb,
                 const char *usage, int argc, char **argv)
{
    struct yh_arena a;
    struct yh_err err = { 0 };
    struct yh_hit *hit = NULL;
    int n = 0, code = 0;
    struct line l = { family,
                      "data",
                      NULL,
                      argc > 1 ? verb_of(verb, nverb, argv[1]) : NULL,
                      { .rules = "rules" } };
    if (!l.v)
        return yh_cli_usage(usage, argc, argv);
    if (yh_arena_open(&a, (size_t)8 << 30, &err))
        return yh_cli_error(NULL, &err);
    struct yh_buf ask = yh_buf_in(&a);
    struct yh_jsonw w = yh_jsonw_on(&ask);
    bool read = read_line(&l, argc, argv, &w);
    bool help = !strcmp(argv[argc - 1], "--help") || !strcmp(argv[argc - 1], "-h");
    if (l.wrong && !help && !strncmp(l.wrong, "--", 2))
        code = unknown(&l, argv);
    else if (!read || (l.p.each && (!l.p.file || l.p.provider)))
        code = yh_cli_usage(usage, argc, argv);
    else if (l.p.file && yh_cli_hits(&a, l.p.file, &hit, &n, &err))
        code = (yh_cli_error(l.p.file, &err), 2);
    else if (l.p.each)
        code = each_provider(&l, argc, argv, hit, n, &a);
    else if (l.p.file && put_hits(&a, &l.p, hit, n, &w, &err))
        code = (yh_cli_error(l.p.file, &err), 2);
    else {
        yh_jw_end(&w, '}');
        code = yh_cli_act(l.data, l.catalogs, yh_buf_str(&ask), &a);
    }
    yh_arena_close(&a);
    return code;
}
