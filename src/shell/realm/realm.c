#include "shell/realm/inside.h"
#include <stdio.h>
#include <stdlib.h>
#include "shell/catalogs/casework.h"
#include "shell/catalogs/matters.h"
#include "shell/file/file.h"

#define DAYS_MAX 256

bool yh_realm_wants(const char *regions, yh_str region)
{
    yh_str all = yh_cstr(regions);
    if (!all.n)
        return true;
    while (all.n)
        if (yh_eq(yh_cut(&all, ' '), region))
            return true;
    return false;
}

void yh_realm_compile(struct yh_arena *a, const struct yh_policy_set *set, yh_str region,
                      yh_str scheme, struct yh_dated_plan **plan, int *n, int *cap,
                      int *refused, struct yh_err *problem)
{
    yh_day day[DAYS_MAX];
    int ndays = yh_policy_days(set, region, scheme, day, DAYS_MAX);
    for (int i = 0; i < ndays; i++) {
        struct yh_plan *p = NULL;
        struct yh_err err = { 0 };
        struct yh_findings *f = yh_heap(NULL, sizeof *f);
        *f = (struct yh_findings){ .n = 0 };
        enum yh_status st =
            yh_policy_compile(a, set, region, scheme, day[i],
                              (struct yh_policy_how){ false, false }, &p, f, &err);
        yh_heap(f, 0);
        if (st == YH_OK) {
            yh_day to = i + 1 < ndays ? day[i + 1] : YH_DAY_MAX;
            YH_PUSH(a, *plan, *n, *cap) = (struct yh_dated_plan){ { day[i], to }, p };
        } else if (st != YH_NOT_FOUND && (*refused)++ == 0) {
            *problem = err;
        }
    }
}

static void plans(struct yh_realm *w, const char *regions)
{
    struct yh_dated_plan *plan = NULL;
    int n = 0, cap = 0;
    const struct yh_policy_set *set = &w->policies.set;
    for (int i = 0; i < set->ndoc; i++) {
        const struct yh_policy_doc *d = &set->doc[i];
        bool seen = d->amends.n > 0 || !yh_realm_wants(regions, d->region);
        for (int k = 0; k < i && !seen; k++)
            seen = yh_eq(set->doc[k].region, d->region) &&
                   yh_eq(set->doc[k].scheme, d->scheme) && !set->doc[k].amends.n;
        if (!seen)
            yh_realm_compile(&w->arena, set, d->region, d->scheme, &plan, &n, &cap, &w->refused,
                             &w->problem);
    }
    w->world.plan = plan;
    w->world.nplan = n;
    struct yh_edition *e = YH_NEW(&w->arena, struct yh_edition, 1);
    *e = (struct yh_edition){ .set = *set, .plans = { plan, n } };
    w->edition = e;
}

/* Texts that are handed out: dictionaries (1901), and the tables of the downloads with the columns
 * that the interface asks of them (1301 …). */
static enum yh_status texts(struct yh_realm *w, struct yh_err *err)
{
    static const char *const PATH[] = {
        "interface/dictionaries.tsv",
        "interface/fields.tsv",
        "benchmarks/fund-lines.tsv",
        "benchmarks/indicators.tsv",
#define TABLE(infno, path) path,
#define COLUMN(infno, national, source, ours)
#include "service/library.def"
#undef TABLE
#undef COLUMN
    };
    struct yh_world_text *t = YH_NEW(&w->arena, struct yh_world_text, YH_COUNT(PATH));
    int n = 0;
    for (int i = 0; i < YH_COUNT(PATH); i++) {
        if (!PATH[i][0]) /* a download that we hold no table of */
            continue;
        yh_str full = yh_fmt(&w->arena, "%s/%s", w->catalogs.dir, PATH[i]);
        t[n].path = yh_cstr(PATH[i]);
        enum yh_status st =
            yh_file_read(&w->arena, yh_zdup(&w->arena, full), 64 << 20, &t[n].text, err);
        if (st)
            return st;
        n++;
    }
    w->world.text = t;
    w->world.ntext = n;
    return YH_OK;
}

/* What settlement lists are judged and grouped by: the checks, and the schemes that the dated table of
 * regions names. */
static enum yh_status read_below(void *ctx, const char *path, yh_str *text, struct yh_err *err)
{
    struct yh_realm *w = ctx;
    struct yh_arena *a = &w->scheme_arena;
    yh_str full = yh_fmt(a, "%s/chs-drg/%s", w->catalogs.dir, path);
    return yh_file_read(a, yh_zdup(a, full), 256 << 20, text, err);
}

static enum yh_status read_text(struct yh_realm *w, const char *path, yh_str *text,
                                struct yh_err *err)
{
    yh_str full = yh_fmt(&w->arena, "%s/%s", w->catalogs.dir, path);
    return yh_file_read(&w->arena, yh_zdup(&w->arena, full), 64 << 20, text, err);
}

struct yh_realm_scheme {
    yh_str name;
    const struct yh_scheme *scheme;
};

static enum yh_status load_scheme(struct yh_realm *w, yh_str name, const struct yh_scheme **out,
                                  struct yh_err *err)
{
    struct yh_arena scratch;
    struct yh_scheme *s = NULL;
    enum yh_status st = yh_arena_open(&scratch, (size_t)64 << 20, err);
    if (st)
        return st;
    st = yh_scheme_load(w->casemix, name, scratch, &s, err);
    yh_arena_close(&scratch);
    if (st)
        return st;
    yh_str own = yh_dup(&w->scheme_arena, name);
    YH_PUSH(&w->scheme_arena, w->scheme, w->nscheme, w->scheme_cap) =
        (struct yh_realm_scheme){ own, s };
    *out = s;
    return YH_OK;
}

/* yh_casebook.scheme */
static enum yh_status scheme_named(void *realm, yh_str name, const struct yh_scheme **out,
                                   struct yh_err *err)
{
    struct yh_realm *w = realm;
    enum yh_status st = YH_OK;
    *out = NULL;
    pthread_mutex_lock(&w->scheme_lock);
    for (int i = 0; !*out && i < w->nscheme; i++)
        if (yh_eq(w->scheme[i].name, name))
            *out = w->scheme[i].scheme;
    if (!*out)
        st = load_scheme(w, name, out, err);
    pthread_mutex_unlock(&w->scheme_lock);
    return st;
}

/* They are read when they are needed: 37 of them are 55 MB, and a place works by one or two. */
static enum yh_status schemes(struct yh_realm *w, struct yh_err *err)
{
    pthread_mutex_init(&w->scheme_lock, NULL);
    enum yh_status st = yh_arena_open(&w->scheme_arena, (size_t)1 << 30, err);
    if (st == YH_OK)
        st = yh_casemix_open(&w->scheme_arena, (struct yh_casemix_source){ w, read_below },
                             &w->casemix, err);
    w->casebook.scheme = scheme_named;
    w->casebook.of = w;
    return st;
}

/* The DIP catalogues that catalogs/dip/regions.tsv names, one folder each below it. */
struct dip_folder {
    struct yh_realm *realm;
    yh_str name;
};
static enum yh_status read_dip(void *ctx, const char *path, yh_str *text, struct yh_err *err)
{
    struct dip_folder *f = ctx;
    yh_str below = f->name.n ? yh_fmt(&f->realm->arena, "dip/%.*s/%s", YH_ARG(f->name), path)
                             : yh_fmt(&f->realm->arena, "dip/%s", path);
    return read_text(f->realm, yh_zdup(&f->realm->arena, below), text, err);
}

/* A rule file of the place's own where it has one, else the common one. */
static enum yh_status read_dip_rule(void *ctx, const char *path, yh_str *text,
                                    struct yh_err *err)
{
    enum yh_status st = read_dip(ctx, path, text, err);
    struct dip_folder common = { ((struct dip_folder *)ctx)->realm, YH_S("") };
    return st == YH_NOT_FOUND ? read_dip(&common, path, text, err) : st;
}

/* The rules that a place works by: its own when its folder has a rules.tsv. */
static enum yh_status dip_rules(struct yh_realm *w, struct dip_folder *f,
                                struct yh_dip_rules *common, struct yh_dip_rules **out,
                                struct yh_err *err)
{
    yh_str ignored;
    struct yh_err none;
    *out = common;
    if (common && read_dip(f, "rules.tsv", &ignored, &none))
        return YH_OK;
    return yh_dip_rules_load(&w->arena, (struct yh_casemix_source){ f, read_dip_rule }, out,
                             err);
}

static enum yh_status dip(struct yh_realm *w, struct yh_err *err)
{
    static const char *const WANT[] = { "scheme" };
    struct yh_tsv *t = YH_NEW(&w->arena, struct yh_tsv, 1);
    struct yh_map seen = yh_map_in(&w->arena, 16);
    struct yh_dip_loaded *all = NULL;
    struct dip_folder folder = { w, YH_S("") };
    struct yh_dip_rules *rules = NULL;
    int col, more, cap = 0;
    enum yh_status st = read_text(w, "dip/regions.tsv", &w->casebook.dip_regions, err);
    if (st == YH_OK)
        st = yh_tsv_open_with(t, w->casebook.dip_regions, WANT, 1, &col, err);
    if (st == YH_OK)
        st = dip_rules(w, &folder, NULL, &rules, err);
    while (st == YH_OK && (more = yh_tsv_next(t, err)) != 0) {
        struct yh_dip_catalogue *one;
        struct yh_dip_rules *own = NULL;
        if (more < 0)
            return YH_BAD_TABLE;
        if (!yh_map_add(&seen, t->cell[col], 1))
            continue;
        folder.name = t->cell[col];
        st = yh_dip_catalogue_load(&w->arena, (struct yh_casemix_source){ &folder, read_dip },
                                   &one, err);
        if (st == YH_OK)
            st = dip_rules(w, &folder, rules, &own, err);
        if (st == YH_OK)
            YH_PUSH(&w->arena, all, w->casebook.ndip, cap) =
                (struct yh_dip_loaded){ t->cell[col], own, one };
    }
    w->casebook.dip = all;
    return st;
}

/* The folders that a dated table of regions names, below `below`; each read once. */
struct price_folder {
    struct yh_realm *realm;
    yh_str below;
};
static enum yh_status read_price(void *ctx, const char *path, yh_str *text, struct yh_err *err)
{
    struct price_folder *f = ctx;
    yh_str full = yh_fmt(&f->realm->arena, "%.*s/%s", YH_ARG(f->below), path);
    return read_text(f->realm, yh_zdup(&f->realm->arena, full), text, err);
}

static enum yh_status folders(struct yh_realm *w, yh_str regions, yh_str **out, int *n,
                              struct yh_err *err)
{
    static const char *const WANT[] = { "scheme" };
    struct yh_tsv *t = YH_NEW(&w->arena, struct yh_tsv, 1);
    struct yh_map seen = yh_map_in(&w->arena, 16);
    int col, more, cap = 0;
    enum yh_status st = yh_tsv_open_with(t, regions, WANT, 1, &col, err);
    while (st == YH_OK && (more = yh_tsv_next(t, err)) != 0) {
        if (more < 0)
            return YH_BAD_TABLE;
        if (yh_map_add(&seen, t->cell[col], 1))
            YH_PUSH(&w->arena, *out, *n, cap) = t->cell[col];
    }
    return st;
}

static enum yh_status prices(struct yh_realm *w, struct yh_err *err)
{
    struct yh_casebook *b = &w->casebook;
    yh_str *name = NULL;
    int n = 0;
    struct price_folder f = { .realm = w };
    struct yh_casemix_source source = { &f, read_price };
    enum yh_status st = read_text(w, "tariff/regions.tsv", &b->tariff_regions, err);
    if (st == YH_OK)
        st = folders(w, b->tariff_regions, &name, &n, err);
    struct yh_tariff_loaded *t = YH_NEW(&w->arena, struct yh_tariff_loaded, n);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_tariff *one = NULL;
        f.below = yh_fmt(&w->arena, "tariff/%.*s", YH_ARG(name[i]));
        st = yh_tariff_load(&w->arena, source, &one, err);
        t[b->ntariff++] = (struct yh_tariff_loaded){ name[i], one };
    }
    b->tariff = t;
    if (st == YH_OK)
        st = read_text(w, "tariff/drg-regions.tsv", &b->drg_pay_regions, err);
    name = NULL;
    n = 0;
    if (st == YH_OK)
        st = folders(w, b->drg_pay_regions, &name, &n, err);
    struct yh_drg_pay_loaded *p = YH_NEW(&w->arena, struct yh_drg_pay_loaded, n);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_drg_pay *one = NULL;
        f.below = yh_fmt(&w->arena, "tariff/%.*s", YH_ARG(name[i]));
        st = yh_drg_pay_load(&w->arena, source, &one, err);
        p[b->ndrg_pay++] = (struct yh_drg_pay_loaded){ name[i], one };
    }
    b->drg_pay = p;
    return st ? st : read_text(w, "tariff/methods.tsv", &b->methods, err);
}

static enum yh_status casebook(struct yh_realm *w, struct yh_err *err)
{
    struct yh_list_texts x;
    struct yh_list_tables *checks;
    enum yh_status st = read_text(w, "settlement-list/list-checks.tsv", &x.checks, err);
    if (st == YH_OK)
        st = read_text(w, "settlement-list/lists.tsv", &x.lists, err);
    if (st == YH_OK)
        st = read_text(w, "icd10/diagnosis.tsv", &x.diagnosis, err);
    if (st == YH_OK)
        st = read_text(w, "icd9cm3/procedures.tsv", &x.procedures, err);
    if (st == YH_OK)
        st = read_text(w, "interface/dictionaries.tsv", &x.dictionaries, err);
    if (st == YH_OK)
        st = read_text(w, "chs-drg/regions.tsv", &w->casebook.regions, err);
    if (st == YH_OK)
        st = read_text(w, "settlement-list/special-quota.tsv", &w->casebook.quota, err);
    if (st == YH_OK)
        st = read_text(w, "settlement-list/deadline.tsv", &w->casebook.deadline, err);
    if (st == YH_OK)
        st = yh_list_tables_load(&w->arena, &x, &checks, err);
    if (st == YH_OK)
        st = yh_list_kinds(checks, err);
    if (st)
        return st;
    w->casebook.checks = checks;
    st = schemes(w, err);
    if (st == YH_OK)
        st = dip(w, err);
    if (st == YH_OK)
        st = prices(w, err);
    w->world.casebook = st ? NULL : &w->casebook;
    return st;
}

/* A folder without rules is served without monitoring. */
static enum yh_status monitoring(struct yh_realm *w, struct yh_err *err)
{
    enum yh_status st = yh_rule_book_open(w->catalogs.dir, NULL, 0, false, &w->rules, err);
    if (st == YH_NOT_FOUND)
        return YH_OK;
    if (st == YH_OK)
        w->world.rules = w->rules.rules;
    return st;
}

enum yh_status yh_realm_open(const char *catalogs, const char *policies, const char *regions,
                             struct yh_realm *out, struct yh_err *err)
{
    *out = (struct yh_realm){ .refused = 0 };
    pthread_mutex_init(&out->lock, NULL);
    enum yh_status st = yh_arena_open(&out->arena, (size_t)1 << 30, err);
    if (st == YH_OK)
        out->regions = yh_zdup(&out->arena, yh_cstr(regions));
    if (st == YH_OK)
        st = yh_catalogs_open(catalogs, &out->catalogs, err);
    if (st == YH_OK) {
        char *path[1] = { yh_zdup(&out->arena, yh_cstr(policies)) };
        st = yh_policies_open(out->catalogs.dir, path, policies ? 1 : 0, &out->policies, err);
    }
    if (st == YH_OK) {
        out->world.regions = &out->catalogs.regions;
        out->world.catalog = out->catalogs.catalog;
        out->world.terms = &out->catalogs.terms;
        plans(out, regions);
        st = texts(out, err);
        if (st == YH_OK)
            st = casebook(out, err);
        if (st == YH_OK)
            st =
                yh_catalogs_casework(out->catalogs.dir, &out->arena, &out->world.casework, err);
        if (st == YH_OK)
            st = yh_catalogs_matters(out->catalogs.dir, &out->arena, &out->world.matters, err);
        if (st == YH_OK)
            st = monitoring(out, err);
    }
    if (st)
        yh_realm_close(out);
    return st;
}

void yh_realm_close(struct yh_realm *w)
{
    /* The first edition is the realm's own. */
    for (struct yh_edition *e = (struct yh_edition *)(uintptr_t)w->edition, *b; e && e->no;
         e = b) {
        b = e->before;
        yh_edition_drop(e);
    }
    w->edition = NULL;
    yh_rule_book_close(&w->rules);
    yh_policies_close(&w->policies);
    yh_catalogs_close(&w->catalogs);
    yh_arena_close(&w->scheme_arena);
    yh_arena_close(&w->arena);
    w->world = (struct yh_world){ .nplan = 0 };
}
