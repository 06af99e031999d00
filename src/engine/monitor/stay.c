/* engine/monitor/stay.c -- a stay as against the person's other stays, and within itself. */
#include "engine/monitor/work.h"

static bool is_stay(const struct yh_mon_visit *v)
{
    return v->kind == YH_FW_KIND_INPATIENT;
}

/* The stay that ended last among those that began before this one; -1 = none. */
static int last_stay(const struct run *r, int visit)
{
    const struct yh_mon_visit *v = r->p->visit;
    int last = -1;
    for (int i = 0; i < visit; i++)
        if (is_stay(&v[i]) && (last < 0 || v[i].end >= v[last].end))
            last = i;
    return last;
}

/* Nights that the visit shares with a stay elsewhere; *which stay. */
static int64_t overlap(const struct run *r, int visit, int *which)
{
    const struct yh_mon_visit *v = r->p->visit, *x = &v[visit];
    int64_t most = 0;
    *which = -1;
    for (int i = 0; i < visit; i++) {
        int64_t n = yh_min(v[i].end, x->end) - yh_max(v[i].begin, x->begin);
        if (is_stay(&v[i]) && v[i].provider != x->provider && n > most) {
            most = n;
            *which = i;
        }
    }
    return most;
}

static int during(const struct run *r, int visit)
{
    const struct yh_mon_visit *v = r->p->visit, *x = &v[visit];
    for (int i = 0; i < visit; i++)
        if (is_stay(&v[i]) && v[i].begin < x->begin && x->begin < v[i].end)
            return i;
    return -1;
}

/* Three signs of the category. */
static bool same_category(const struct yh_monitor *m, const struct yh_mon_visit *x,
                          const struct yh_mon_visit *y)
{
    if (!x->ndx || !y->ndx)
        return false;
    yh_str a = yh_sub(m->dx[x->dx[0]].code, 0, 3), b = yh_sub(m->dx[y->dx[0]].code, 0, 3);
    return a.n == 3 && yh_eq(a, b);
}

/* Charge categories: 3 检查, 4 化验, 5 治疗, 6 手术, 8 材料, 9 to 11 medicines. */
#define CARE (1u << 5 | 1u << 6 | 1u << 8 | 1u << 9 | 1u << 10 | 1u << 11)
#define TEST (1u << 3 | 1u << 4)

static yh_fen sum_of(const struct run *r, int visit, uint32_t charges)
{
    const struct yh_mon_visit *v = &r->p->visit[visit];
    yh_fen sum = 0;
    for (int i = 0; i < v->nline; i++)
        if (charges >> v->line[i].charge & 1)
            sum += net_amount(r, visit, i);
    return sum;
}

/* The longest run of days of the stay without tests, treatment, goods or medicines. */
static int64_t idle_days(const struct run *r, int visit)
{
    const struct yh_mon_visit *v = &r->p->visit[visit];
    int64_t n = yh_min((int64_t)v->end - v->begin, 3660);
    if (n <= 0 || !v->nline)
        return 0;
    struct yh_arena scratch = *r->a;
    bool *busy = YH_NEW(&scratch, bool, n);
    for (int i = 0; i < v->nline; i++) {
        int64_t d = (int64_t)yh_time_day(v->line[i].time) - v->begin;
        if (d >= 0 && d < n && (CARE | TEST) >> v->line[i].charge & 1 &&
            net_qty(r, visit, i) > 0)
            busy[d] = true;
    }
    int64_t most = 0, idle = 0;
    for (int64_t d = 0; d < n; d++) {
        idle = busy[d] ? 0 : idle + 1;
        most = yh_max(most, idle);
    }
    return most;
}

/* When the credential was used; a stay, or a bill without a time of day, says nothing. */
static yh_time when(const struct yh_mon_visit *v)
{
    return v->kind != YH_FW_KIND_INPATIENT && v->time % 86400 ? v->time : 0;
}

/* Minutes between this visit and the nearest earlier one of the day in another county. */
static int64_t apart(const struct run *r, int visit, int *which)
{
    const struct yh_mon_visit *v = r->p->visit, *x = &v[visit];
    yh_time now = when(x), best = INT64_MAX;
    yh_str office = r->m->provider[x->provider].office;
    *which = -1;
    for (int i = visit; now && i-- > 0 && v[i].begin + 1 >= x->begin;) {
        yh_time then = when(&v[i]);
        yh_time gap = then < now ? now - then : then - now;
        if (then && gap < best && !yh_eq(r->m->provider[v[i].provider].office, office)) {
            best = gap;
            *which = i;
        }
    }
    return best > 86400 ? YH_RULE_MISSING : best / 60 * YH_RULE_ONE;
}

static int64_t share(yh_fen part, yh_fen whole)
{
    return whole > 0 && part > 0 ? yh_muldiv(part, YH_RULE_ONE, whole, YH_ROUND_HALF_UP) : 0;
}

int64_t yh_mon_stay_fact(const struct run *r, int visit, enum yh_mon_fact f)
{
    const struct yh_mon_visit *v = r->p->visit, *x = &v[visit];
    int last = last_stay(r, visit), in;
    switch (f) {
    case YH_FACT_GAP:
        return last < 0 || v[last].end > x->begin
                   ? YH_RULE_MISSING
                   : ((int64_t)x->begin - v[last].end) * YH_RULE_ONE;
    case YH_FACT_SAME_PROVIDER: return last >= 0 && v[last].provider == x->provider;
    case YH_FACT_SAME_CATEGORY: return last >= 0 && same_category(r->m, &v[last], x);
    case YH_FACT_SAME_DEPARTMENT:
        return last >= 0 && x->department && v[last].department == x->department;
    case YH_FACT_APART: return apart(r, visit, &in);
    case YH_FACT_OVERLAP: return overlap(r, visit, &in) * YH_RULE_ONE;
    case YH_FACT_DURING: return during(r, visit) >= 0;
    case YH_FACT_DURING_SAME:
        in = during(r, visit);
        return in >= 0 && v[in].provider == x->provider;
    case YH_FACT_IDLE_DAYS: return idle_days(r, visit) * YH_RULE_ONE;
    case YH_FACT_TEST_SHARE: return share(sum_of(r, visit, TEST), x->total);
    case YH_FACT_CARE_SHARE: return share(sum_of(r, visit, CARE), x->total);
    case YH_FACT_OPERATED: return sum_of(r, visit, 1u << 6) > 0;
    case YH_FACT_DAY_COST:
        return yh_muldiv(x->total * 100, 1, yh_max((int64_t)x->end - x->begin, 1),
                         YH_ROUND_HALF_UP);
    default: break;
    }
    yh_assert(!"no fact of a stay");
    return 0;
}

int yh_mon_stay_other(const struct run *r, int visit, enum yh_mon_fact f)
{
    int which = -1;
    switch (f) {
    case YH_FACT_GAP:
    case YH_FACT_SAME_PROVIDER:
    case YH_FACT_SAME_CATEGORY:
    case YH_FACT_SAME_DEPARTMENT: return last_stay(r, visit);
    case YH_FACT_OVERLAP: overlap(r, visit, &which); return which;
    case YH_FACT_APART: apart(r, visit, &which); return which;
    case YH_FACT_DURING:
    case YH_FACT_DURING_SAME: return during(r, visit);
    default: return -1;
    }
}
