#include "shell/policies/policies.h"

#include <stdio.h>
#include <sys/stat.h>

#include "shell/catalogs/catalogs.h"
#include "shell/file/file.h"

#define ARENA_MAX ((size_t)8 << 30) /* reserved, not used */
#define PAGE_MAX ((size_t)4 << 20)

struct pages {
    struct yh_policy_text *text;
    struct {
        dev_t dev;
        ino_t ino;
    } * file;
    int n, cap, file_n, file_cap;
};

static enum yh_status add_page(struct yh_policies *p, struct pages *all, const char *path,
                               struct yh_err *err)
{
    yh_str text;
    struct stat st;
    if (stat(path, &st))
        st = (struct stat){ 0 };
    for (int i = 0; i < all->n; i++)
        if (all->file[i].dev == st.st_dev && all->file[i].ino == st.st_ino)
            return YH_OK;
    enum yh_status bad = yh_file_read(&p->arena, path, PAGE_MAX, &text, err);
    if (bad)
        return bad;
    YH_PUSH(&p->arena, all->text, all->n, all->cap) =
        (struct yh_policy_text){ yh_dup(&p->arena, yh_cstr(path)), text };
    YH_PUSH(&p->arena, all->file, all->file_n, all->file_cap) =
        (__typeof__(*all->file)){ st.st_dev, st.st_ino };
    return YH_OK;
}

/* policy/wrong and policy/forms are examples: not what a place pays by. */
static bool is_example(const char *root, const char *path)
{
    const char *below = path + strlen(root);
    return strstr(below, "/wrong/") || strstr(below, "/forms/");
}

static enum yh_status add_path(struct yh_policies *p, struct pages *all, const char *path,
                               struct yh_err *err)
{
    struct stat st;
    struct yh_file_list list;
    if (!stat(path, &st) && !S_ISDIR(st.st_mode))
        return add_page(p, all, path, err);
    enum yh_status bad = yh_file_find(&p->arena, path, ".md", &list, err);
    for (int i = 0; !bad && i < list.n; i++)
        if (!is_example(path, list.path[i]))
            bad = add_page(p, all, list.path[i], err);
    return bad;
}

/* Does a page lean on one that is not here? */
static bool leans(const struct yh_policy_set *set)
{
    for (int i = 0; i < set->ndoc; i++) {
        const struct yh_policy_doc *d = &set->doc[i];
        bool found = !d->amends.n;
        for (int k = 0; k < set->ndoc && !found; k++)
            found = yh_eq(set->doc[k].id, d->amends) && !set->doc[k].amends.n;
        if (!found || d->ninclude)
            return true;
    }
    return false;
}

static enum yh_status open_all(const char *catalogs, char *const *path, int n, bool also,
                               struct yh_policies *out, struct yh_err *err)
{
    *out = (struct yh_policies){ 0 };
    enum yh_status bad = yh_arena_open(&out->arena, ARENA_MAX, err);
    if (bad)
        return bad;
    struct pages all = { 0 };
    yh_str tsv;
    const char *dir = yh_catalogs_dir(&out->arena, catalogs);
    const char *kinds = yh_zdup(&out->arena, yh_fmt(&out->arena, "%s/kinds.tsv", dir));
    bad = yh_file_read(&out->arena, kinds, PAGE_MAX, &tsv, err);
    if (!bad)
        bad = yh_kinds_load(&out->arena, tsv, &out->kinds, err);
    if (bad && err && !err->field[0])
        snprintf(err->field, sizeof err->field, "%s", "kinds.tsv");
    out->dir = yh_zdup(&out->arena, yh_fmt(&out->arena, "%s/../policy", dir));
    if (yh_eq(yh_cstr(dir), YH_S("catalogs")))
        out->dir = "policy";
    if (!bad && !n)
        bad = add_path(out, &all, out->dir, err);
    for (int i = 0; !bad && i < n; i++)
        bad = add_path(out, &all, path[i], err);
    if (!bad) {
        yh_policy_read(&out->arena, out->kinds, all.text, all.n, &out->set, &out->findings);
        out->nasked = all.n;
    }
    if (!bad && n && (also || leans(&out->set)) && !add_path(out, &all, out->dir, NULL)) {
        out->findings = (struct yh_findings){ .n = 0 };
        yh_policy_read(&out->arena, out->kinds, all.text, all.n, &out->set, &out->findings);
    }
    if (bad)
        yh_policies_close(out);
    return bad;
}

enum yh_status yh_policies_open(const char *catalogs, char *const *path, int n,
                                struct yh_policies *out, struct yh_err *err)
{
    return open_all(catalogs, path, n, false, out, err);
}

enum yh_status yh_policies_open_beside(const char *catalogs, char *const *path, int n,
                                       struct yh_policies *out, struct yh_err *err)
{
    return open_all(catalogs, path, n, true, out, err);
}

void yh_policies_add(struct yh_policies *p, const struct yh_policy_text *more, int n)
{
    struct yh_arena *a = &p->arena;
    int old = p->set.ndoc;
    struct yh_policy_text *page = YH_NEW(a, struct yh_policy_text, old + n);
    for (int i = 0; i < old; i++)
        page[i] = (struct yh_policy_text){ p->set.doc[i].name, p->set.doc[i].text };
    for (int i = 0; i < n; i++)
        page[old + i] =
            (struct yh_policy_text){ yh_dup(a, more[i].name), yh_dup(a, more[i].text) };
    p->findings = (struct yh_findings){ .n = 0 };
    yh_policy_read(a, p->kinds, page, old + n, &p->set, &p->findings);
}

void yh_policies_close(struct yh_policies *p)
{
    yh_arena_close(&p->arena);
    *p = (struct yh_policies){ 0 };
}
