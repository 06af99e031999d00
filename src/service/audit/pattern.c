/* service/audit/pattern.c -- pattern rules over a whole archive: a second walk, over heads alone. */
#include <string.h>

#include "engine/monitor/pattern.h"
#include "service/audit/inside.h"

#define ARENA ((size_t)8 << 30) /* reserved; some 40 bytes a visit of those that come often */
#define VISITS_MAX 4096         /* of one person, looked at */
#define NAMES_MAX 50

struct walk {
    const struct yh_archive *archive;
    const struct yh_audit_options *opt;
    struct yh_audit_result *out;
    struct yh_arena a;
    uint32_t *visits; /* by person of the archive */
    int64_t *base;    /* first person of each chunk */
    struct yh_together_event *e;
    int64_t ne, ecap;
    struct yh_apart_event *d;
    int64_t nd, dcap;
    uint32_t *office; /* by doctor: 0 not met, else office + 1; UINT32_MAX: several */
    int times;
};

static void *grown(void *list, int64_t n, int64_t *cap, size_t size)
{
    if (n < *cap)
        return list;
    *cap = *cap ? *cap * 2 : 65536;
    return yh_heap(list, (size_t)*cap * size);
}

/* ---- who comes often to one place ---- */

static bool counts(const struct yh_arc_chunk *c, int64_t h)
{
    return !YH_ARC(c, head, kind, h) && !YH_ARC(c, head, undone, h);
}

/* One person's heads, which stand within the group's rows [from, to). */
static void often(struct walk *w, const struct yh_arc_chunk *c, int64_t from, int64_t to,
                  int64_t person, uint32_t number)
{
    int64_t row[VISITS_MAX];
    int n = 0;
    for (int64_t h = from; h < to && n < VISITS_MAX; h++)
        if (YH_ARC(c, head, person, h) == person && counts(c, h))
            row[n++] = h;
    w->visits[number] = (uint32_t)n;
    for (int i = 0; i < n && n >= w->times; i++) {
        int64_t at = YH_ARC(c, head, provider, row[i]);
        int same = 0;
        for (int k = 0; k < n; k++)
            same += YH_ARC(c, head, provider, row[k]) == at;
        if (same < w->times)
            continue;
        w->e = grown(w->e, w->ne, &w->ecap, sizeof *w->e);
        w->e[w->ne++] = (struct yh_together_event){
            .person = number,
            .grp = (uint32_t)YH_ARC(c, person, grp, person),
            .provider = (uint32_t)at,
            .day = (yh_day)YH_ARC(c, head, begin, row[i]),
        };
    }
}

static void walk_together(struct walk *w, const struct yh_arc_chunk *c, int chunk)
{
    int64_t heads = c->n[YH_ARC_head];
    for (int64_t h = 0, end; h < heads; h = end) {
        int64_t grp = YH_ARC(c, person, grp, YH_ARC(c, head, person, h)), first = INT64_MAX,
                last = -1;
        for (end = h; end < heads; end++) {
            int64_t p = YH_ARC(c, head, person, end);
            if (YH_ARC(c, person, grp, p) != grp)
                break;
            first = yh_min(first, p);
            last = yh_max(last, p);
        }
        for (int64_t p = first; p <= last; p++)
            often(w, c, h, end, p, (uint32_t)(w->base[chunk] + p));
    }
}

/* ---- doctors ---- */

static uint32_t office_of(const struct walk *w, int64_t provider)
{
    return (uint32_t)YH_ARC(&w->archive->providers, provider, office, provider);
}

static void meet_doctors(struct walk *w, const struct yh_arc_chunk *c)
{
    for (int64_t h = 0; h < c->n[YH_ARC_head]; h++) {
        int64_t d = YH_ARC(c, head, doctor, h);
        uint32_t at = office_of(w, YH_ARC(c, head, provider, h)) + 1;
        if (d && counts(c, h))
            w->office[d] = !w->office[d] || w->office[d] == at ? at : UINT32_MAX;
    }
}

static void walk_doctors(struct walk *w, const struct yh_arc_chunk *c)
{
    for (int64_t h = 0; h < c->n[YH_ARC_head]; h++) {
        int64_t d = YH_ARC(c, head, doctor, h), time = YH_ARC(c, head, time, h);
        if (!d || w->office[d] != UINT32_MAX || !counts(c, h) || YH_ARC(c, head, stay, h) ||
            time % 86400 == 0)
            continue;
        int64_t provider = YH_ARC(c, head, provider, h);
        w->d = grown(w->d, w->nd, &w->dcap, sizeof *w->d);
        w->d[w->nd++] = (struct yh_apart_event){ .doctor = (uint32_t)d,
                                                 .place = office_of(w, provider),
                                                 .provider = (uint32_t)provider,
                                                 .minute = time / 60 };
    }
}

/* ---- telling ---- */

static yh_str fill(struct yh_arena *a, yh_str text, const struct yh_hit *h)
{
    struct yh_buf b = yh_buf_in(a);
    for (;;) {
        ptrdiff_t open = yh_find(text, YH_S("{")), close = yh_find(text, YH_S("}"));
        if (open < 0 || close < open)
            break;
        yh_put(&b, yh_sub(text, 0, open));
        yh_str name = yh_sub(text, open + 1, close);
        for (int i = 0; i < h->nfact; i++)
            if (yh_eq(h->fact[i].name, name))
                yh_put(&b, h->fact[i].value);
        text = yh_sub(text, close + 1, text.n);
    }
    yh_put(&b, text);
    return yh_buf_str(&b);
}

static void emit(struct walk *w, const struct yh_mon_rule *q, int rule, int64_t provider,
                 struct yh_hit *h)
{
    const struct yh_arc_chunk *p = &w->archive->providers;
    struct yh_sha256 s;
    uint8_t digest[32];
    char code[24], *hex = YH_NEW(&w->a, char, 20);
    if (h->day_to < w->opt->since)
        return;
    h->rule = q->id;
    h->kind = q->name;
    h->version = yh_cstr(q->digest);
    h->verdict = q->verdict[YH_STAGE_AFTER];
    h->standing = q->standing;
    h->region = yh_fmt(&w->a, "%06u", w->archive->about.region);
    h->provider = yh_dup(&w->a, yh_arc_text(p, YH_ARC(p, provider, code, provider), code));
    h->office = yh_arc_dict_text(&w->archive->dicts, YH_DICT_OFFICE,
                                 YH_ARC(p, provider, office, provider));
    h->basis = q->basis;
    h->advice = q->advice;
    h->message = fill(&w->a, q->message, h);
    yh_sha256_start(&s);
    yh_sha256_add(&s, h->rule);
    yh_sha256_add(&s, h->provider);
    for (int i = 0; i < h->nfact; i++)
        yh_sha256_add(&s, h->fact[i].value);
    yh_sha256_end(&s, digest);
    yh_hex(hex, digest, 10);
    h->id = (yh_str){ hex, 20 };
    yh_audit_add(w->archive, w->out, rule, provider, h);
    if (w->opt->hit && !w->opt->count)
        w->opt->hit(w->opt->user, h);
}

static struct yh_hit_fact fact(struct walk *w, const char *name, int64_t v)
{
    return (struct yh_hit_fact){ yh_cstr(name), yh_fmt(&w->a, "%lld", (long long)v) };
}

/* psn_no of persons of the archive; chunks are opened as they are needed. */
static enum yh_status names(struct walk *w, const struct yh_together_group *g, struct yh_hit *h,
                            struct yh_err *err)
{
    struct yh_buf b = yh_buf_in(&w->a);
    for (int i = 0; i < g->n && i < NAMES_MAX; i++) {
        int chunk = 0;
        while (chunk + 1 < w->archive->nchunk && w->base[chunk + 1] <= g->person[i])
            chunk++;
        struct yh_arc_chunk c;
        enum yh_status st = yh_archive_chunk_quick(w->archive, chunk, &c, err);
        if (st)
            return st;
        char text[24];
        yh_str no =
            yh_arc_text(&c, YH_ARC(&c, person, person, g->person[i] - w->base[chunk]), text);
        if (!i)
            h->person = yh_dup(&w->a, no);
        yh_putf(&b, "%s%.*s", i ? "、" : "", YH_ARG(no));
    }
    h->fact[2] = (struct yh_hit_fact){ YH_S("参保人"), yh_buf_str(&b) };
    return YH_OK;
}

static enum yh_status tell_together(struct walk *w, const struct yh_mon_rule *q, int rule,
                                    struct yh_err *err)
{
    struct yh_together_rule r = { (int)q->param[0], (int)q->param[1], (int)q->param[2] };
    struct yh_together_group *g;
    int n;
    yh_together_find(&w->a, w->e, w->ne, w->visits, &r, &g, &n);
    for (int i = 0; i < n; i++) {
        struct yh_hit_fact f[3];
        struct yh_hit h = { .day = g[i].from, .day_to = g[i].to, .fact = f, .nfact = 3 };
        f[0] = fact(w, "人数", g[i].n);
        f[1] = fact(w, "次数", g[i].times);
        enum yh_status st = names(w, &g[i], &h, err);
        if (st)
            return st;
        emit(w, q, rule, g[i].provider, &h);
    }
    return YH_OK;
}

static void tell_doctors(struct walk *w, const struct yh_mon_rule *q, int rule)
{
    struct yh_apart_hit *x;
    int n;
    yh_apart_find(&w->a, w->d, w->nd, (int)q->param[0], &x, &n);
    for (int i = 0; i < n; i++) {
        struct yh_hit_fact f[4];
        char a[32], b[32], code[24];
        const struct yh_arc_chunk *p = &w->archive->providers;
        yh_str other = yh_arc_text(p, YH_ARC(p, provider, code, x[i].a.provider), code);
        struct yh_hit h = { .day = yh_time_day(x[i].b.minute * 60), .fact = f, .nfact = 4 };
        h.day_to = h.day;
        h.doctor = yh_arc_dict_text(&w->archive->dicts, YH_DICT_DOCTOR, x[i].b.doctor);
        f[0] = fact(w, "分钟", x[i].b.minute - x[i].a.minute);
        f[1] = (struct yh_hit_fact){ YH_S("另一机构"), yh_dup(&w->a, other) };
        f[2] = (struct yh_hit_fact){ YH_S("先"),
                                     yh_dup(&w->a, yh_time_text(a, x[i].a.minute * 60)) };
        f[3] = (struct yh_hit_fact){ YH_S("后"),
                                     yh_dup(&w->a, yh_time_text(b, x[i].b.minute * 60)) };
        emit(w, q, rule, x[i].b.provider, &h);
    }
}

/* ---- the walk ---- */

static int rule_of(const struct yh_audit_options *opt, enum yh_pattern pattern)
{
    for (int i = 0; i < opt->rules->n; i++)
        if (opt->rules->rule[i].subject == YH_SUBJECT_PATTERN &&
            opt->rules->rule[i].pattern == pattern && (opt->just < 0 || opt->just == i))
            return i;
    return -1;
}

static enum yh_status walk_chunks(struct walk *w, bool together, bool doctors,
                                  struct yh_err *err)
{
    for (int pass = doctors ? 0 : 1; pass < 2; pass++)
        for (int i = 0; i < w->archive->nchunk; i++) {
            struct yh_arc_chunk c;
            enum yh_status st = yh_archive_chunk_quick(w->archive, i, &c, err);
            if (st)
                return st;
            if (pass == 0) {
                meet_doctors(w, &c);
                continue;
            }
            if (together)
                walk_together(w, &c, i);
            if (doctors)
                walk_doctors(w, &c);
            yh_archive_drop(w->archive, i);
        }
    return YH_OK;
}

enum yh_status yh_audit_patterns(const struct yh_archive *archive,
                                 const struct yh_audit_options *opt,
                                 struct yh_audit_result *out, struct yh_err *err)
{
    int together = rule_of(opt, YH_PATTERN_TOGETHER),
        doctors = rule_of(opt, YH_PATTERN_DOCTOR_APART);
    if (together < 0 && doctors < 0)
        return YH_OK;
    struct walk w = { .archive = archive, .opt = opt, .out = out };
    enum yh_status st = yh_arena_open(&w.a, ARENA, err);
    if (st)
        return st;
    w.visits = YH_NEW(&w.a, uint32_t, archive->persons + 1);
    w.base = YH_NEW(&w.a, int64_t, archive->nchunk + 1);
    w.office = YH_NEW(&w.a, uint32_t, archive->dicts.of[YH_DICT_DOCTOR].n + 1);
    w.times = together < 0 ? 0 : (int)opt->rules->rule[together].param[1];
    for (int i = 0; i < archive->nchunk; i++)
        w.base[i + 1] = w.base[i] + archive->chunk[i].persons;
    st = walk_chunks(&w, together >= 0, doctors >= 0, err);
    if (st == YH_OK && together >= 0)
        st = tell_together(&w, &opt->rules->rule[together], together, err);
    if (st == YH_OK && doctors >= 0)
        tell_doctors(&w, &opt->rules->rule[doctors], doctors);
    yh_heap(w.e, 0);
    yh_heap(w.d, 0);
    yh_arena_close(&w.a);
    return st;
}
