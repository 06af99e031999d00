#include "shell/replay/load.h"
#include <stdio.h>
#include <string.h>
#include "shell/file/file.h"

#define PAGE_MAX ((size_t)16 << 20)

/* ---- archives ---- */

static enum yh_status fits(const struct yh_archive *x, yh_str want, struct yh_err *err)
{
    char hex[64];
    yh_hex(hex, x->digest, 32);
    if (want.n <= 64 && yh_starts((yh_str){ hex, 64 }, want))
        return YH_OK;
    return yh_fail(err, YH_CONFLICT,
                   "档案 %s 的摘要是 %.12s…，不是 @%.*s：数据已不是当时那一份", x->path, hex,
                   YH_ARG(want));
}

/* The archive of that year, or the latest, among those of a folder. */
static enum yh_status choose(const char *dir, int64_t year, struct yh_archive *out,
                             struct yh_err *err)
{
    struct yh_arena a;
    struct yh_file_list list = { 0 };
    enum yh_status st = yh_arena_open(&a, (size_t)1 << 28, err);
    if (st)
        return st;
    char path[1100];
    snprintf(path, sizeof path, "%s/archive", dir);
    st = yh_file_find(&a, path, ".yha", &list, NULL);
    if (st || !list.n)
        st = yh_fail(err, YH_NOT_FOUND,
                     "%s 下没有年度档案（archive/*.yha）；用 yiheng synth 造一份，或用 yiheng "
                     "archive 由数据目录生成",
                     dir);
    const char *best = NULL;
    int32_t top = 0;
    for (int i = 0; st == YH_OK && i < list.n; i++) {
        struct yh_archive x;
        if ((st = yh_archive_open(list.path[i], &x, err)) != YH_OK)
            break;
        if (year ? x.about.year == year : !best || x.about.year > top) {
            best = list.path[i];
            top = x.about.year;
        }
        yh_archive_close(&x);
    }
    if (st == YH_OK && !best)
        st = yh_fail(err, YH_NOT_FOUND, "%s 没有 %lld 年的档案", path, (long long)year);
    if (st == YH_OK)
        st = yh_archive_open(best, out, err);
    yh_arena_close(&a);
    return st;
}

enum yh_status yh_replay_find(const char *where, int64_t year, struct yh_archive *out,
                              struct yh_err *err)
{
    char path[1024];
    yh_str want = yh_cstr(where), name = yh_cut(&want, '@');
    if ((size_t)snprintf(path, sizeof path, "%.*s", YH_ARG(name)) >= sizeof path)
        return yh_fail(err, YH_BAD_INPUT, "路径太长");
    enum yh_status st = yh_ends(name, YH_S(".yha")) ? yh_archive_open(path, out, err)
                                                    : choose(path, year, out, err);
    if (st == YH_OK && want.n && (st = fits(out, want, err)) != YH_OK)
        yh_archive_close(out);
    return st;
}

/* ---- drafts ---- */

static enum yh_status refuse(const struct yh_findings *f, yh_str name, struct yh_err *err)
{
    for (int i = 0; i < f->n; i++) {
        const struct yh_finding *x = &f->item[i];
        if (x->severity >= YH_MISSING)
            return yh_fail_at(err, YH_BAD_TABLE, x->line, x->col,
                              "草案不能执行：%.*s:%d:%d %.*s：%.*s —— %.*s", YH_ARG(x->doc),
                              x->line, x->col, YH_ARG(yh_severity_word(x->severity)),
                              YH_ARG(x->text), YH_ARG(x->cure));
    }
    return yh_fail(err, YH_BAD_TABLE, "草案 %.*s 不能执行；用 yiheng policy check 看原因",
                   YH_ARG(name));
}

enum yh_status yh_replay_load_text(struct yh_arena *a, const struct yh_loaded *loaded,
                                   const struct yh_policy_text *mine, int nmine, int at,
                                   const struct yh_plan **out, struct yh_err *err)
{
    const struct yh_policy_set *beside = &loaded->policies.set;
    struct yh_policy_text *page = YH_NEW(a, struct yh_policy_text, beside->ndoc + nmine);
    struct yh_policy_set own, set;
    struct yh_findings *f = YH_NEW(a, struct yh_findings, 1);
    yh_str name = mine[at].name;
    int n = 0;
    for (int i = 0; i < nmine; i++)
        page[n++] = mine[i];
    yh_policy_read(a, loaded->policies.kinds, page, nmine, &own, f);
    if (f->count[YH_ERROR] || f->count[YH_MISSING])
        return refuse(f, name, err);
    for (int i = 0; i < beside->ndoc;
         i++) { /* a page given here takes the place of the loaded one */
        bool given = beside->doc[i].standing == YH_DRAFT;
        for (int k = 0; k < own.ndoc; k++)
            given |= yh_eq(beside->doc[i].text, own.doc[k].text) ||
                     (!own.doc[k].amends.n && yh_eq(beside->doc[i].id, own.doc[k].id));
        if (!given)
            page[n++] = (struct yh_policy_text){ beside->doc[i].name, beside->doc[i].text };
    }
    struct yh_plan *plan;
    yh_policy_read(a, loaded->policies.kinds, page, n, &set, f);
    *f = (struct yh_findings){ 0 }; /* what other pages lack is not this draft's */
    enum yh_status st = yh_policy_compile_doc(
        a, &set, at, (struct yh_policy_how){ .drafts = true }, &plan, f, err);
    if (st == YH_BAD_TABLE)
        return refuse(f, name, err);
    if (st)
        return st;
    yh_policy_check_plan(a, plan, &set, f);
    if (f->count[YH_ERROR] || f->count[YH_MISSING])
        return refuse(f, name, err);
    *out = plan;
    return YH_OK;
}

static enum yh_status same_digest(const struct yh_plan *p, yh_str path, yh_str want,
                                  struct yh_err *err)
{
    char hex[64];
    yh_hex(hex, p->digest, 32);
    if (!want.n || (want.n <= 64 && yh_starts((yh_str){ hex, 64 }, want)))
        return YH_OK;
    return yh_fail(err, YH_CONFLICT, "草案 %.*s 的摘要是 %.8s…，不是 @%.*s：文件已改过",
                   YH_ARG(path), hex, YH_ARG(want));
}

enum yh_status yh_replay_load(struct yh_arena *a, const struct yh_loaded *loaded,
                              const char *paths, yh_day from, struct yh_replay_draft *out,
                              struct yh_err *err)
{
    struct yh_replay_draft d = { .from = from, .plan = YH_NEW(a, const struct yh_plan *, 16) };
    yh_str rest = yh_cstr(paths);
    struct yh_buf name = yh_buf_in(a);
    struct yh_policy_text page[16];
    yh_str wants[16];
    int npage = 0;
    while (rest.n) {
        yh_str want = yh_trim(yh_cut(&rest, ',')), path = yh_cut(&want, '@');
        if (npage == YH_COUNT(page))
            return yh_fail(err, YH_LIMIT, "一种方案最多 16 份文件");
        page[npage].name = path;
        wants[npage] = want;
        enum yh_status st = yh_file_read(a, yh_zdup(a, path), PAGE_MAX, &page[npage].text, err);
        if (st)
            return st;
        npage++;
    }
    for (int k = 0; k < npage; k++) {
        yh_str path = page[k].name, want = wants[k];
        enum yh_status st =
            yh_replay_load_text(a, loaded, page, npage, k, &d.plan[d.nplan], err);
        if (st == YH_OK)
            st = same_digest(d.plan[d.nplan], path, want, err);
        if (st)
            return st;
        for (int i = 0; i < d.nplan; i++)
            if (yh_eq(d.plan[i]->scheme, d.plan[d.nplan]->scheme))
                return yh_fail(err, YH_CONFLICT, "%s：险种 %.*s 有两份文件", paths,
                               YH_ARG(d.plan[i]->scheme));
        d.nplan++;
        ptrdiff_t cut = path.n;
        while (cut > 0 && path.p[cut - 1] != '/')
            cut--;
        yh_str base = yh_sub(path, cut, path.n);
        if (yh_ends(base, YH_S(".md")))
            base = yh_sub(base, 0, base.n - 3);
        for (ptrdiff_t i = 0; i < base.n; i++)
            yh_putc(&name, base.p[i] == '|' ? ' ' : base.p[i]);
        if (k + 1 < npage)
            yh_putc(&name, '+');
    }
    if (!d.nplan)
        return yh_fail(err, YH_BAD_INPUT, "没有写草案文件");
    d.name = yh_buf_str(&name);
    *out = d;
    return YH_OK;
}
