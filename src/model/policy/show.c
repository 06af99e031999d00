/* The merged text, statement by statement, with where each comes from. */
#include "model/policy/inside.h"

static void put_origin(const struct yh_merge *m, const struct yh_merged *x, struct yh_buf *out)
{
    const struct yh_policy_doc *d = &m->set->doc[x->stmt->doc];
    const struct yh_clause *c = &d->clause[x->stmt->clause];
    int line, col;
    yh_place(d->text, x->stmt->where, &line, &col);
    yh_putf(out, "      ← %.*s:%d  %.*s（%.*s）", YH_ARG(d->name), line, YH_ARG(c->title),
            YH_ARG(yh_standing_text(c->standing)));
    if (x->replaced_doc >= 0)
        yh_putf(out, "，替换 %.*s", YH_ARG(m->set->doc[x->replaced_doc].name));
    yh_putc(out, '\n');
}

static void put_statement(const struct yh_merge *m, const struct yh_merged *x, yh_str *group,
                          yh_str *visits, struct yh_buf *out)
{
    const struct yh_policy_stmt *s = x->stmt;
    bool layer = s->group.n > 0;
    if (layer && (!yh_eq(*group, s->group) || !yh_eq(*visits, s->visits))) {
        yh_putf(out, "\n%.*s", YH_ARG(s->group));
        if (s->visits.n)
            yh_putf(out, " · %.*s", YH_ARG(s->visits));
        yh_putc(out, '\n');
    } else if (!layer && group->n) {
        yh_putc(out, '\n');
    }
    *group = s->group;
    *visits = s->visits;
    yh_putf(out, "  %.*s\n", YH_ARG(s->raw));
    put_origin(m, x, out);
}

static int base_on(const struct yh_policy_set *set, yh_str region, yh_str scheme, yh_day day)
{
    int base = -1;
    for (int i = 0; i < set->ndoc; i++) {
        const struct yh_policy_doc *d = &set->doc[i];
        if (!d->amends.n && yh_eq(d->region, region) && yh_eq(d->scheme, scheme) &&
            yh_in_period(d->period, day) &&
            (base < 0 || d->period.from > set->doc[base].period.from))
            base = i;
    }
    return base;
}

enum yh_status yh_policy_show(struct yh_arena *a, const struct yh_policy_set *set,
                              yh_str region, yh_str scheme, yh_day day, bool drafts,
                              struct yh_buf *out, struct yh_err *err)
{
    char t[16];
    int base = base_on(set, region, scheme, day);
    if (base < 0)
        return yh_fail(err, YH_NOT_FOUND, "%.*s %.*s 在 %.*s 没有政策文件", YH_ARG(region),
                       YH_ARG(scheme), YH_ARG(yh_day_text(t, day)));
    struct yh_merge m;
    struct yh_findings *f = YH_NEW(a, struct yh_findings, 1);
    yh_merge(a, set, base, day, (struct yh_policy_how){ .drafts = drafts }, -1, &m, f);
    yh_putf(out, "%.*s（%.*s %.*s，%.*s 有效的文本）\n", YH_ARG(set->doc[base].title),
            YH_ARG(region), YH_ARG(scheme), YH_ARG(yh_day_text(t, day)));
    for (int i = 0; i < m.ndoc; i++) {
        const struct yh_policy_doc *d = &set->doc[m.doc[i]];
        yh_putf(out, "  %s %.*s  %.*s（%.*s）%.*s\n",
                i == 0        ? "正文"
                : d->amends.n ? "修订"
                              : "包含",
                YH_ARG(d->id), YH_ARG(d->title), YH_ARG(yh_standing_text(d->standing)),
                YH_ARG(d->source));
    }
    yh_str group = YH_S(""), visits = YH_S("");
    for (int i = 0; i < m.n; i++)
        put_statement(&m, &m.item[i], &group, &visits, out);
    return YH_OK;
}
