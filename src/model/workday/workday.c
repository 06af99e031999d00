#include "model/workday/workday.h"

struct yh_holiday {
    yh_day from, to; /* half-open */
    bool work;
    yh_str notice;
};

static enum yh_status read_row(const struct yh_tsv *t, const int *col, struct yh_holiday *out,
                               struct yh_err *err)
{
    yh_str kind = t->cell[col[2]];
    yh_day to;
    enum yh_status st = yh_day_parse(t->cell[col[0]], &out->from, err);
    if (st == YH_OK)
        st = yh_day_parse(t->cell[col[1]], &to, err);
    if (st)
        return yh_fail_at(err, YH_BAD_TABLE, t->line, 0, "日期应写作 2026-01-01");
    out->to = to + 1;
    out->work = yh_eq(kind, YH_S("work"));
    out->notice = t->cell[col[3]];
    if (to < out->from || (!out->work && !yh_eq(kind, YH_S("rest"))))
        return yh_fail_at(err, YH_BAD_TABLE, t->line, 0,
                          "止日早于起日，或 day 不是 rest、work");
    return YH_OK;
}

enum yh_status yh_workdays_load(struct yh_arena *a, yh_str text, struct yh_workdays *out,
                                struct yh_err *err)
{
    static const char *const WANT[] = { "from", "to", "day", "notice" };
    struct yh_tsv *t = YH_NEW(a, struct yh_tsv, 1);
    struct yh_workdays w = { .first = 0, .last = -1 };
    int col[4], more, cap = 0;
    enum yh_status st = yh_tsv_open_with(t, text, WANT, 4, col, err);
    while (st == YH_OK && (more = yh_tsv_next(t, err)) != 0) {
        struct yh_holiday h;
        if (more < 0)
            return YH_BAD_TABLE;
        if ((st = read_row(t, col, &h, err)) != YH_OK)
            break;
        int year = yh_civil_of(h.from).year;
        if (w.n && h.from < w.row[w.n - 1].to)
            return yh_fail_at(err, YH_BAD_TABLE, t->line, 0, "日期须递增，且不重复");
        if (w.n && year > w.last + 1)
            return yh_fail_at(err, YH_BAD_TABLE, t->line, 0, "缺 %d 年的放假安排", w.last + 1);
        w.first = w.n ? w.first : year;
        w.last = year;
        YH_PUSH(a, w.row, w.n, cap) = h;
    }
    if (st == YH_OK)
        *out = w;
    return st;
}

bool yh_workday_known(const struct yh_workdays *w, yh_day d)
{
    int year = yh_civil_of(d).year;
    return w->first <= year && year <= w->last;
}

static const struct yh_holiday *at(const struct yh_workdays *w, yh_day d)
{
    int lo = 0, hi = w->n;
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        if (w->row[mid].to <= d)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < w->n && w->row[lo].from <= d ? &w->row[lo] : NULL;
}

bool yh_workday(const struct yh_workdays *w, yh_day d)
{
    const struct yh_holiday *h = at(w, d);
    int weekday = ((d % 7) + 7 + 3) % 7; /* 1970-01-01 was a Thursday; 0 = Monday */
    return h ? h->work : weekday < 5;
}

yh_str yh_workday_notice(const struct yh_workdays *w, yh_day d)
{
    const struct yh_holiday *h = at(w, d);
    return h ? h->notice : YH_S("");
}

yh_day yh_workday_add(const struct yh_workdays *w, yh_day from, int n, bool *known)
{
    yh_day d = from;
    bool all = true;
    while (n > 0 && d < YH_DAY_MAX) {
        d++;
        all = all && yh_workday_known(w, d);
        n -= yh_workday(w, d);
    }
    if (known)
        *known = all;
    return d;
}

int yh_workday_between(const struct yh_workdays *w, yh_day from, yh_day to)
{
    int n = 0;
    if (to < from)
        return -yh_workday_between(w, to, from);
    for (yh_day d = from + 1; d <= to; d++)
        n += yh_workday(w, d);
    return n;
}

/* ---- clocks ---- */

struct yh_clock yh_clock_start(yh_day on, int days)
{
    yh_assert(days >= 0);
    return (struct yh_clock){ .days = days, .since = on };
}

struct yh_clock yh_clock_stop(const struct yh_workdays *w, struct yh_clock c, yh_day on)
{
    if (c.stopped)
        return c;
    c.used += yh_workday_between(w, c.since, on);
    c.since = on;
    c.stopped = true;
    return c;
}

struct yh_clock yh_clock_go(struct yh_clock c, yh_day on)
{
    if (c.stopped) {
        c.stopped = false;
        c.since = on;
    }
    return c;
}

yh_day yh_clock_due(const struct yh_workdays *w, struct yh_clock c, bool *known)
{
    if (c.stopped) {
        if (known)
            *known = true;
        return YH_DAY_MAX;
    }
    int left = c.days - c.used;
    if (left >= 0)
        return yh_workday_add(w, c.since, left, known);
    if (known)
        *known = true;
    return c.since; /* it was over when it stopped: no day more is given */
}

int yh_clock_left(const struct yh_workdays *w, struct yh_clock c, yh_day on)
{
    return c.days - c.used - (c.stopped ? 0 : yh_workday_between(w, c.since, on));
}
