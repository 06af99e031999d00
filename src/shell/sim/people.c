#include "shell/sim/people.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

/* Kinds of household and their share in ten thousand: adults of working age, children, elders. */
static const struct {
    int share, adult, child, elder;
} HOUSE[] = {
    { 1700, 1, 0, 0 }, { 2200, 2, 0, 0 }, { 1800, 2, 1, 0 }, { 1500, 2, 2, 0 },
    { 1100, 2, 1, 2 }, { 700, 0, 0, 2 },  { 500, 0, 0, 1 },  { 500, 1, 1, 1 },
};

static int kind_of_house(struct yh_draw *d)
{
    int64_t r = yh_draw_below(d, 10000);
    int i = 0;
    for (; r >= HOUSE[i].share; i++)
        r -= HOUSE[i].share;
    return i;
}

static int elder_age(struct yh_draw *d)
{
    if (yh_draw_chance(d, 601000))
        return 60 + (int)yh_draw_below(d, 10);
    int age = 70;
    while (age < 98 && yh_draw_chance(d, 875000))
        age++;
    return age;
}

/* Ages and sexes alone, from the household's own stream. */
static void ages(struct yh_draw *d, struct yh_sim_house *h)
{
    int k = kind_of_house(d), n = 0, child = -1;
    for (int i = 0; i < HOUSE[k].child; i++) {
        int age = child < 0 ? (int)yh_draw_below(d, 18)
                            : (int)yh_max(0, child - 2 - yh_draw_below(d, 5));
        if (child < 0)
            child = age;
        h->p[n++] =
            (struct yh_sim_person){ .age = age, .sex = yh_draw_chance(d, 525000) ? 1 : 2 };
    }
    int first = child >= 0 ? (int)yh_clamp(child + 22 + yh_draw_below(d, 14), 20, 59)
                           : 18 + (int)yh_draw_below(d, 42);
    int sex = yh_draw_chance(d, 510000) ? 1 : 2;
    for (int i = 0; i < HOUSE[k].adult; i++) {
        int age = i ? (int)yh_clamp(first + yh_draw_between(d, -4, 3), 18, 59) : first;
        h->p[n++] = (struct yh_sim_person){ .age = age, .sex = i ? 3 - sex : sex };
    }
    for (int i = 0; i < HOUSE[k].elder; i++)
        h->p[n++] = (struct yh_sim_person){ .age = elder_age(d),
                                            .sex = HOUSE[k].elder == 2         ? 1 + i
                                                   : yh_draw_chance(d, 400000) ? 1
                                                                               : 2 };
    h->n = n;
}

static bool retired_age(const struct yh_sim_person *p)
{
    return p->age >= (p->sex == 1 ? 60 : 55);
}

static void schemes(const struct yh_sim_people *all, struct yh_sim_person *p, struct yh_draw *d)
{
    bool old = retired_age(p), adult = p->age >= 20;
    bool in = yh_draw_chance(d, old ? all->retired_ppm : all->work_ppm);
    p->scheme = (old || adult) && in ? YH_SIM_EMPLOYEE : YH_SIM_RESIDENT;
    p->balance = -1;
    if (p->scheme == YH_SIM_RESIDENT) {
        bool student = p->age >= 18 && p->age <= 22 && yh_draw_chance(d, 300000);
        p->kind = p->age < 1    ? "1401"
                  : p->age < 6  ? "1402"
                  : p->age < 18 ? "1403"
                  : student     ? "1404"
                  : p->age < 60 ? "15"
                                : "16";
        return;
    }
    p->civil = yh_draw_chance(d, 60000);
    bool flexible = !p->civil && yh_draw_chance(d, 180000);
    p->kind = old ? (flexible ? "1203" : "12") : flexible ? "1103" : "11";
    p->employer = flexible ? 0 : 1 + yh_draw_below(d, all->employees / 40 + 1);
}

static void means(const struct yh_sim_tables *t, struct yh_sim_person *p, struct yh_draw *d)
{
    int64_t m = yh_curve_draw(&t->money, d);
    p->wage = p->scheme == YH_SIM_EMPLOYEE
                  ? (retired_age(p) ? 380000 : 620000) * m / 65536 / 100 * 100
                  : 0;
    m = yh_curve_draw(&t->money, d);
    if (p->scheme == YH_SIM_EMPLOYEE)
        p->balance = yh_sim_target(t, "account_mean", "310", "") / 1000000 * 100 * m / 65536;
    p->months = (int)yh_min(24 + yh_draw_below(d, 300), (int64_t)p->age * 12);
}

static void chronic(const struct yh_sim_tables *t, struct yh_sim_person *p, struct yh_draw *d)
{
    p->chronic = -1;
    int band = p->age < 15 ? 0 : p->age < 45 ? 1 : p->age < 60 ? 2 : p->age < 70 ? 3 : 4;
    if (!yh_draw_chance(d, (int64_t)t->age[p->age].chronic * 1000))
        return;
    int64_t sum = 0;
    for (int i = 0; i < t->nchronic; i++)
        sum += t->chronic[i].w[band];
    int64_t r = sum ? yh_draw_below(d, sum) : 0;
    for (int i = 0; sum && i < t->nchronic; i++) {
        r -= t->chronic[i].w[band];
        if (r < 0) {
            p->chronic = i;
            return;
        }
    }
}

static void household_facts(const struct yh_sim_people *all, struct yh_sim_house *h,
                            struct yh_draw *d)
{
    int64_t r = yh_draw_below(d, all->office_upto[all->noffice - 1]);
    int office = 0, employees = 0;
    while (r >= all->office_upto[office])
        office++;
    int64_t luck = yh_draw_below(d, 1000);
    int ident = luck < 32   ? YH_SIM_LOW
                : luck < 38 ? YH_SIM_EDGE
                : luck < 47 ? YH_SIM_WATCHED
                            : 0;
    h->income = 0;
    for (int i = 0; i < h->n; i++)
        employees += h->p[i].scheme == YH_SIM_EMPLOYEE;
    h->bound = employees && h->n > 1 && yh_draw_chance(d, 250000);
    int64_t other = 1500000 + yh_draw_below(d, 2500000);
    if (ident)
        other = 400000 + yh_draw_below(d, 500000);
    for (int i = 0; i < h->n; i++) {
        struct yh_sim_person *p = &h->p[i];
        p->office = office;
        p->number = h->number * 8 + i;
        p->grp = h->bound ? h->number * 8 + 1 : p->number + 1;
        if (p->scheme == YH_SIM_RESIDENT && employees == 0)
            p->ident = ident;
        if (p->age >= 60 && h->n == 1 && p->scheme == YH_SIM_RESIDENT &&
            yh_draw_chance(d, 150000))
            p->ident = YH_SIM_POOREST;
        if (yh_draw_chance(d, 8000))
            p->ident |= YH_SIM_DISABLED;
        h->income += p->wage ? p->wage * 12 : p->age < 18 ? 0 : other;
    }
}

static void born(const struct yh_sim_people *all, struct yh_sim_person *p, struct yh_draw *d)
{
    yh_day mid = yh_day_of(all->year, 7, 1);
    yh_day last = yh_add_months(mid, -12 * p->age);
    yh_day first = yh_add_months(mid, -12 * (p->age + 1)) + 1;
    p->born = (yh_day)yh_draw_between(d, first, last);
}

void yh_sim_house(const struct yh_sim_tables *t, const struct yh_sim_people *all,
                  int64_t number, struct yh_sim_house *out)
{
    struct yh_draw d = yh_draw_of(all->seed, YH_DRAW_HOUSE, number);
    out->number = number;
    ages(&d, out);
    if (number == all->houses - 1)
        out->n = all->last;
    for (int i = 0; i < out->n; i++) {
        struct yh_draw own = yh_draw_of(all->seed, YH_DRAW_PERSON, number * 8 + i);
        struct yh_sim_person *p = &out->p[i];
        schemes(all, p, &own);
        means(t, p, &own);
        born(all, p, &own);
        chronic(t, p, &own);
    }
    household_facts(all, out, &d);
}

/* ---- the whole ---- */

#define BLOCK 4096
struct job {
    const struct yh_sim_tables *t;
    const struct yh_sim_people *p;
    bool all; /* second pass */
    int part, parts;
    int64_t sex_age[2][YH_SIM_AGES];
    struct yh_sim_people sum;
};

static void *work(void *ctx)
{
    struct job *j = ctx;
    const struct yh_sim_people *p = j->p;
    struct yh_sim_house h;
    for (int64_t b = j->part; b * BLOCK < p->houses; b += j->parts)
        for (int64_t i = b * BLOCK; i < yh_min(p->houses, (b + 1) * BLOCK); i++) {
            if (!j->all) {
                struct yh_draw d = yh_draw_of(p->seed, YH_DRAW_HOUSE, i);
                ages(&d, &h);
                if (i == p->houses - 1)
                    h.n = p->last;
                for (int k = 0; k < h.n; k++)
                    j->sex_age[h.p[k].sex - 1][h.p[k].age]++;
                continue;
            }
            yh_sim_house(j->t, p, i, &h);
            for (int k = 0; k < h.n; k++) {
                const struct yh_sim_person *x = &h.p[k];
                j->sum.count[x->scheme][x->sex - 1][x->age]++;
                if (x->chronic < 0)
                    continue;
                j->sum.registered[x->scheme]++;
                j->sum.register_visits[x->scheme] += j->t->chronic[x->chronic].visits;
            }
        }
    return NULL;
}

static void pass(const struct yh_sim_tables *t, const struct yh_sim_people *p, bool all,
                 int threads, struct job *job)
{
    pthread_t id[64];
    threads = (int)yh_clamp(threads, 1, 64);
    for (int i = 0; i < threads; i++) {
        job[i] = (struct job){ .t = t, .p = p, .all = all, .part = i, .parts = threads };
        if (i && pthread_create(&id[i], NULL, work, &job[i]))
            id[i] = 0;
    }
    (void)work(&job[0]);
    for (int i = 1; i < threads; i++) {
        if (id[i])
            (void)pthread_join(id[i], NULL);
        else
            (void)work(&job[i]);
    }
}

void yh_sim_people_plan(const struct yh_sim_tables *t, struct yh_sim_people *p, int threads)
{
    static const int SIZE[] = { 1, 2, 3, 4, 5, 2, 1, 3 };
    threads = (int)yh_clamp(threads, 1, 64);
    struct job *job = yh_heap(NULL, sizeof *job * (size_t)threads);
    int64_t n = 0, i = 0;
    for (; n < p->people; i++) {
        struct yh_draw d = yh_draw_of(p->seed, YH_DRAW_HOUSE, i);
        p->last = SIZE[kind_of_house(&d)];
        n += p->last;
    }
    p->houses = i;
    p->last -= (int)(n - p->people);
    pass(t, p, false, threads, job);
    int64_t old = 0, adult = 0;
    for (int k = 0; k < threads; k++)
        for (int s = 0; s < 2; s++)
            for (int a = 20; a < YH_SIM_AGES; a++) {
                struct yh_sim_person x = { .age = a, .sex = s + 1 };
                *(retired_age(&x) ? &old : &adult) += job[k].sex_age[s][a];
            }
    int64_t share = yh_sim_target(t, "retired_share", "310", "");
    int64_t retired = p->employees * share / YH_ONE;
    p->retired_ppm = old ? retired * 1000000 / old : 0;
    p->work_ppm = adult ? (p->employees - retired) * 1000000 / adult : 0;
    pass(t, p, true, threads, job);
    for (int k = 0; k < threads; k++)
        for (int s = 0; s < YH_SIM_SCHEMES; s++) {
            p->registered[s] += job[k].sum.registered[s];
            p->register_visits[s] += job[k].sum.register_visits[s];
            for (int x = 0; x < 2; x++)
                for (int a = 0; a < YH_SIM_AGES; a++)
                    p->count[s][x][a] += job[k].sum.count[s][x][a];
        }
    yh_heap(job, 0);
}

/* ---- names and numbers ---- */

/* No area begins with 99, so no such number was ever given out. */
static uint32_t area(uint32_t region)
{
    return 990000 + region / 100 % 10000;
}

yh_str yh_sim_psn_no(char out[32], uint32_t region, const struct yh_sim_person *p)
{
    return (yh_str){ out, snprintf(out, 32, "%06u%012" PRId64, area(region), p->number + 1) };
}

/* Of 18 characters like a certificate, but neither area nor check sign are ones that exist. */
yh_str yh_sim_cert(char out[32], uint32_t region, const struct yh_sim_person *p)
{
    struct yh_civil b = yh_civil_of(p->born);
    (void)region;
    return (yh_str){ out, snprintf(out, 32, "99%04d%04d%02d%02d%03d%c",
                                   (int)(p->number / 1000 % 10000), b.year, b.month, b.day,
                                   (int)(p->number % 1000),
                                   "ABCDEFGHIJKL"[p->number / 10000000 % 12]) };
}

/* An invented list: the twenty-two cyclical signs. */
yh_str yh_sim_name(char out[32], const struct yh_sim_person *p)
{
    static const char *const SIGN[] = { "甲", "乙", "丙", "丁", "戊", "己", "庚", "辛",
                                        "壬", "癸", "子", "丑", "寅", "卯", "辰", "巳",
                                        "午", "未", "申", "酉", "戌", "亥" };
    uint64_t r = yh_mix64((uint64_t)p->number);
    return (yh_str){ out, snprintf(out, 32, "测试%s%s", SIGN[r % 22], SIGN[r / 22 % 22]) };
}
