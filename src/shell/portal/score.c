/* shell/portal/score.c -- how far a hospital's own calls have come, clause by clause (score.def). */
#include <stdio.h>
#include "shell/portal/inside.h"

enum habit {
#define CHAIN(id, part, text, steps)
#define HABIT(id, part, text) HABIT_##id,
#include "shell/portal/score.def"
    HABIT_N
};

static const struct clause {
    const char *id, *part, *text, *steps; /* steps NULL: a habit */
    enum habit habit;
} CLAUSE[] = {
#define CHAIN(id, part, text, steps) { #id, part, text, steps, HABIT_N },
#define HABIT(id, part, text) { #id, part, text, NULL, HABIT_##id },
#include "shell/portal/score.def"
};

#define RECENT 50
#define STEPS_MAX 8

/* What was found of one clause. */
struct found {
    int times, at, of;    /* shown so often; the furthest step reached, of how many */
    yh_str next, refused; /* what comes next; the last refusal on the way */
    bool wrong;           /* a habit that is not kept */
};

static bool names(yh_str step, yh_str infno)
{
    if (yh_ends(step, YH_S("?")))
        step.n--;
    while (step.n)
        if (yh_eq(yh_cut(&step, '|'), infno))
            return true;
    return false;
}

/* One walk along a chain: of one person, or of nobody. */
struct walk {
    yh_str person;
    int at;
};

static struct walk *walk_of(struct walk *walk, int *n, int cap, yh_str person)
{
    for (int i = 0; i < *n; i++)
        if (yh_eq(walk[i].person, person))
            return &walk[i];
    if (*n == cap)
        return NULL;
    walk[*n] = (struct walk){ person, 0 };
    return &walk[(*n)++];
}

static void look_at_chain(struct yh_arena *a, const struct clause *c, const struct heard *h,
                          int n, struct found *out)
{
    yh_str step[STEPS_MAX], rest = yh_cstr(c->steps);
    int nstep = 0, nwalk = 0, best = 0;
    struct walk *walk = YH_NEW(a, struct walk, n + 1);
    while (rest.n && nstep < STEPS_MAX)
        step[nstep++] = yh_cut(&rest, ' ');
    for (int i = 0; i < n; i++) {
        yh_str infno = yh_cstr(h[i].infno);
        struct walk *w = walk_of(walk, &nwalk, n + 1, yh_cstr(h[i].person));
        int at = w->at < nstep ? w->at : 0;
        if (!names(step[at], infno)) {
            bool first = names(step[0], infno);
            if (!first) /* another business of the same person in between is fine */
                continue;
            at = 0; /* begun anew */
        }
        if (!h[i].ok) {
            out->refused = yh_cstr(h[i].message);
            continue;
        }
        w->at = at + 1;
        best = w->at > best ? w->at : best;
        if (w->at == nstep)
            out->times++;
    }
    out->of = nstep;
    out->at = out->times ? nstep : best;
    if (out->times)
        out->refused = YH_S("");
    else if (out->at < nstep)
        out->next = step[out->at];
}

static bool by_field(const struct heard *h)
{
    yh_str m = yh_cstr(h->message);
    return yh_find(m, YH_S("必填")) >= 0 || yh_find(m, YH_S("值“")) >= 0;
}

static void look_at_habit(enum habit habit, const struct heard *h, int n, struct found *out)
{
    int from = n > RECENT ? n - RECENT : 0, wrong = 0;
    out->of = 1;
    switch (habit) {
    case HABIT_RETRY:
        for (int i = 1; i < n; i++)
            for (int k = i - 1; k >= 0; k--)
                if (h[i].ok && h[k].ok && h[i].msgid[0] && !strcmp(h[i].msgid, h[k].msgid) &&
                    !strcmp(h[i].infno, h[k].infno)) {
                    out->times++;
                    break;
                }
        out->next = out->times ? YH_S("") : YH_S("把刚发过的一笔原样再发一次");
        break;
    case HABIT_FIELDS:
        for (int i = from; i < n; i++)
            if (!h[i].ok && by_field(&h[i])) {
                wrong++;
                out->refused = yh_cstr(h[i].message);
            }
        out->wrong = wrong * 20 > n - from;
        out->times = n && !out->wrong;
        break;
    case HABIT_MENDED:
        for (int i = 0; i < n; i++) {
            bool later = h[i].ok;
            for (int k = i + 1; k < n && !later; k++)
                later = h[k].ok && !strcmp(h[k].infno, h[i].infno);
            if (!later) {
                out->wrong = true;
                out->refused = yh_cstr(h[i].message);
                out->next = yh_cstr(h[i].infno);
            }
        }
        out->times = n && !out->wrong;
        break;
    case HABIT_N: break;
    }
    out->at = out->times > 0;
}

static void put_clause(const struct clause *c, const struct found *f, struct yh_jsonw *w)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "id", yh_cstr(c->id));
    yh_jw_kv_str(w, "part", yh_cstr(c->part));
    yh_jw_kv_str(w, "text", yh_cstr(c->text));
    yh_jw_kv_str(w, "state",
                 f->times                ? YH_S("shown")
                 : f->wrong              ? YH_S("wrong")
                 : f->at || f->refused.n ? YH_S("begun")
                                         : YH_S("none"));
    yh_jw_kv_i64(w, "times", f->times);
    yh_jw_kv_i64(w, "at", f->at);
    yh_jw_kv_i64(w, "of", f->of);
    yh_jw_kv_str(w, "next", f->next);
    yh_jw_kv_str(w, "refused", f->refused);
    yh_jw_end(w, '}');
}

void put_score(struct yh_arena *a, yh_str provider, const struct heard *all, int nall,
               struct yh_jsonw *w)
{
    struct heard *h = YH_NEW(a, struct heard, nall + 1);
    int n = 0, shown = 0, passed = 0;
    for (int i = 0; i < nall; i++)
        if (yh_eq(yh_cstr(all[i].provider), provider)) {
            passed += all[i].ok;
            h[n++] = all[i];
        }
    struct found f[YH_COUNT(CLAUSE)];
    for (int i = 0; i < YH_COUNT(CLAUSE); i++) {
        f[i] = (struct found){ .next = YH_S(""), .refused = YH_S("") };
        if (CLAUSE[i].steps)
            look_at_chain(a, &CLAUSE[i], h, n, &f[i]);
        else
            look_at_habit(CLAUSE[i].habit, h, n, &f[i]);
        shown += f[i].times > 0;
    }
    yh_jw_object(w);
    yh_jw_kv_str(w, "provider", provider);
    yh_jw_kv_i64(w, "calls", n);
    yh_jw_kv_i64(w, "passed", passed);
    yh_jw_kv_i64(w, "shown", shown);
    yh_jw_kv_i64(w, "of", YH_COUNT(CLAUSE));
    yh_jw_kv_i64(w, "score", shown * 100 / YH_COUNT(CLAUSE));
    yh_jw_kv_array(w, "clauses");
    for (int i = 0; i < YH_COUNT(CLAUSE); i++)
        put_clause(&CLAUSE[i], &f[i], w);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}
