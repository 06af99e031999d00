#include "shell/sim/year.h"
#include <stdlib.h>

/* ---- rates ---- */

static const char *const SCHEME[] = { "310", "390" };

static int64_t both(const struct yh_sim_people *p, int s, int a)
{
    return p->count[s][0][a] + p->count[s][1][a];
}

/* Millionths of stays at second-level hospitals; what is left is shared by the first and third so that
 * the means by level give the scheme's mean. */
static const int64_t SECOND[] = { 300000, 420000 };
static const int64_t PHARMACY[] = { 1600000, 0 };     /* invented: no figure is published */
static const int64_t CHRONIC_SHARE_EMPLOYEE = 170000; /* invented */

static int band_of(int age)
{
    return age < 60 ? 0 : age < 70 ? 1 : 2;
}

static void levels(const struct yh_sim_tables *t, struct yh_sim_rates *r, int s,
                   int64_t mean[3])
{
    static const char *const SUB[] = { "1", "2", "3" };
    int64_t want = yh_sim_target(t, "cost", SCHEME[s], "");
    for (int l = 0; l < 3; l++)
        mean[l] = yh_sim_target(t, "cost", SCHEME[s], SUB[l]);
    int64_t x2 = SECOND[s];
    int64_t x3 =
        (want - x2 * (mean[1] / 1000) / 1000 - (YH_ONE - x2) * (mean[0] / 1000) / 1000) * 1000 /
        ((mean[2] - mean[0]) / 1000);
    x3 = yh_clamp(x3, 0, YH_ONE - x2);
    r->level_upto[s][0] = YH_ONE - x2 - x3;
    r->level_upto[s][1] = YH_ONE - x3;
    r->level_upto[s][2] = YH_ONE;
}

void yh_sim_rates_plan(const struct yh_sim_tables *t, const struct yh_sim_people *p,
                       struct yh_sim_rates *r)
{
    static const char *const BAND[] = { "0", "60", "70" };
    *r = (struct yh_sim_rates){ 0 };
    int64_t m[3] = { YH_ONE, YH_ONE, YH_ONE }, level[2][3], people[3] = { 0 }, all = 0;
    __int128 height[2] = { 0 };
    for (int s = 0; s < 2; s++)
        levels(t, r, s, level[s]);
    for (int a = 0; a < YH_SIM_AGES; a++)
        for (int s = 0; s < 2; s++) {
            people[band_of(a)] += both(p, s, a);
            all += both(p, s, a);
        }
    for (int round = 0; round < 40; round++) {
        __int128 spent[3] = { 0 }, total = 0;
        for (int s = 0; s < 2; s++) {
            __int128 raw = 0, cost = 0;
            int64_t n = 0;
            for (int a = 0; a < YH_SIM_AGES; a++) {
                __int128 x = (__int128)both(p, s, a) * t->age[a].inpatient * m[band_of(a)];
                raw += x;
                cost += x * t->age[a].cost;
                n += both(p, s, a);
            }
            if (!raw)
                continue;
            int64_t want = yh_sim_target(t, "admission_rate", SCHEME[s], "");
            height[s] = cost * 1000 / raw; /* mean of `cost` over stays, in thousandths */
            for (int a = 0; a < YH_SIM_AGES; a++) {
                r->inpatient[s][a] =
                    (int64_t)((__int128)want * n * t->age[a].inpatient * m[band_of(a)] / raw);
                for (int l = 0; l < 3; l++)
                    r->cost[s][l][a] = (int64_t)((__int128)level[s][l] / 10 * t->age[a].cost /
                                                 height[s] / 10 * 10) *
                                       1 / 1;
                int64_t mean = yh_sim_target(t, "cost", SCHEME[s], "");
                __int128 one = (__int128)both(p, s, a) * r->inpatient[s][a] *
                               ((__int128)mean * t->age[a].cost / height[s]);
                spent[band_of(a)] += one;
                total += one;
            }
        }
        for (int b = 0; b < 3; b++) {
            int64_t share = people[b] && all ? people[b] * YH_ONE / all : YH_ONE;
            int64_t index =
                total ? (int64_t)(spent[b] * YH_ONE / total * YH_ONE / share) : YH_ONE;
            if (index > 0)
                m[b] = m[b] / 1000 * (yh_sim_target(t, "age_index", "", BAND[b]) / 100) /
                       (index / 100 + 1) * 1000;
        }
    }
    for (int s = 0; s < 2; s++) {
        int64_t n = 0, stays = yh_sim_target(t, "admission_rate", SCHEME[s], "");
        __int128 raw = 0;
        for (int a = 0; a < YH_SIM_AGES; a++) {
            n += both(p, s, a);
            raw += (__int128)both(p, s, a) * t->age[a].outpatient;
        }
        int64_t rest = yh_sim_target(t, "visits", SCHEME[s], "") - stays - PHARMACY[s];
        int64_t share = s == YH_SIM_RESIDENT ? yh_sim_target(t, "chronic_share", "390", "")
                                             : CHRONIC_SHARE_EMPLOYEE;
        int64_t chronic = rest * share / YH_ONE;
        if (p->register_visits[s])
            r->register_visit[s] = (int64_t)((__int128)chronic * n / p->register_visits[s]);
        else
            chronic = 0;
        for (int a = 0; raw && a < YH_SIM_AGES; a++)
            r->outpatient[s][a] =
                (int64_t)((__int128)(rest - chronic) * n * t->age[a].outpatient / raw);
        r->pharmacy[s] = PHARMACY[s];
        r->days_micro[s] = yh_sim_target(t, "days", SCHEME[s], "");
    }
}

/* ---- bills and lines ---- */

struct yh_sim_bill *yh_sim_bill_add(struct yh_sim_year *y, const struct yh_sim_house *h,
                                    int person)
{
    YH_PUSH(y->arena, y->bill, y->n, y->cap) = (struct yh_sim_bill){
        .person = person,
        .visit = INT64_C(700000000000000000) + h->number * 10000 + y->n + 1,
        .filing = "无需备案",
        .delivery = "",
        .med_type = "11",
        .account_flag = 0,
    };
    return &y->bill[y->n - 1];
}

void yh_sim_code_add(struct yh_sim_bill *b, int kind, int64_t code)
{
    if (!code || b->ncode == YH_SIM_CODES)
        return;
    for (int i = 0; i < b->ncode; i++)
        if (b->code[i] == code && (b->code_kind[i] >= 3) == (kind >= 3))
            return;
    b->code[b->ncode] = code;
    b->code_kind[b->ncode++] = (uint8_t)kind;
}

void yh_sim_line_add(struct yh_arena *a, const struct yh_sim_tables *t, struct yh_sim_bill *b,
                     int item, int level, yh_day day, int minute, int64_t units, bool apart)
{
    if (units <= 0)
        return;
    for (int i = b->nline - 1; !apart && i >= 0 && i >= b->nline - 24; i--)
        if (b->line[i].item == item && b->line[i].day == day) {
            b->line[i].qty += units * 10000;
            return;
        }
    YH_PUSH(a, b->line, b->nline, b->cap) =
        (struct yh_sim_line){ .item = item,
                              .day = day,
                              .minute = minute,
                              .serial = b->nline,
                              .price = t->item[item].price[level],
                              .qty = units * 10000 };
}

struct key {
    uint64_t k;
    int at;
};
static int by_key(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    return x->k < y->k ? -1 : x->k > y->k;
}

void yh_sim_lines_sort(const struct yh_sim_tables *t, struct yh_sim_bill *b)
{
    struct key small[512],
        *key = b->nline <= 512 ? small : yh_heap(NULL, sizeof *key * (size_t)b->nline);
    struct yh_sim_line few[512],
        *line = b->nline <= 512 ? few : yh_heap(NULL, sizeof *line * (size_t)b->nline);
    for (int i = 0; i < b->nline; i++)
        key[i] = (struct key){ (uint64_t)(uint32_t)(b->line[i].day + 1000000) << 40 |
                                   (uint64_t)(uint32_t)t->item[b->line[i].item].rank << 20 |
                                   (uint64_t)(uint32_t)b->line[i].serial,
                               i };
    if (b->nline < 24) {
        for (int i = 1; i < b->nline; i++)
            for (int k = i; k > 0 && key[k - 1].k > key[k].k; k--) {
                struct key swap = key[k];
                key[k] = key[k - 1];
                key[k - 1] = swap;
            }
    } else {
        qsort(key, (size_t)b->nline, sizeof *key, by_key);
    }
    memcpy(line, b->line, sizeof *line * (size_t)b->nline);
    for (int i = 0; i < b->nline; i++) {
        b->line[i] = line[key[i].at];
        b->line[i].serial = i + 1;
    }
    if (b->nline > 512) {
        yh_heap(key, 0);
        yh_heap(line, 0);
    }
}

/* ---- a stay ---- */

struct stay {
    const struct yh_sim_case *c;
    int level, los;
    yh_fen left; /* to be spent on lines yet */
};

static yh_fen price_of(const struct yh_sim_tables *t, int item, int level)
{
    return t->item[item].price[level] / 10000;
}

static int one_of(struct yh_sim_uses u, struct yh_draw *d)
{
    return u.n ? u.item[yh_draw_below(d, u.n)] : -1;
}

/* Puts `units` of an item on a day of the stay and takes the money. */
static void spend(const struct yh_sim_world *w, struct yh_sim_year *y, struct yh_sim_bill *b,
                  struct stay *s, int item, int day, int minute, int64_t units)
{
    if (item < 0 || units <= 0)
        return;
    yh_sim_line_add(y->arena, w->tables, b, item, s->level,
                    b->begin + (yh_day)yh_clamp(day, 0, s->los - 1), minute, units, false);
    s->left -= price_of(w->tables, item, s->level) * units;
}

static void daily(const struct yh_sim_world *w, struct yh_sim_year *y, struct yh_sim_bill *b,
                  struct stay *s)
{
    const struct yh_sim_tables *t = w->tables;
    static const enum yh_sim_use_id EACH[] = { YH_USE_BED, YH_USE_CARE, YH_USE_ROUND };
    for (int k = 0; k < YH_COUNT(EACH); k++) {
        int item = one_of(t->used[EACH[k]], &(struct yh_draw){ 0 });
        for (int i = 0; i < s->los; i++)
            spend(w, y, b, s, item, i, 480 + k, 1);
    }
}

static void tests(const struct yh_sim_world *w, struct yh_sim_year *y, struct yh_sim_bill *b,
                  struct stay *s, struct yh_draw *d)
{
    const struct yh_sim_tables *t = w->tables;
    struct yh_sim_uses base = t->used[YH_USE_LAB0], lab = t->used[YH_USE_LAB];
    yh_fen most = s->left * 3 / 10, from = s->left;
    for (int i = 0; i < base.n; i++)
        if (s->left > price_of(t, base.item[i], s->level) * 2)
            spend(w, y, b, s, base.item[i], 0, 540, 1);
    static const enum yh_sim_use_id EXAM[] = { YH_USE_XRAY, YH_USE_ECG,   YH_USE_US,
                                               YH_USE_CT,   YH_USE_HEART, YH_USE_MRI };
    static const int CHANCE[] = { 350000, 500000, 350000, 350000, 150000, 120000 };
    for (int i = 0; i < YH_COUNT(EXAM); i++) {
        int item = one_of(t->used[EXAM[i]], d);
        if (yh_draw_chance(d, CHANCE[i]) && item >= 0 &&
            from - s->left + price_of(t, item, s->level) < most)
            spend(w, y, b, s, item, (int)yh_draw_below(d, 2), 600 + i, 1);
    }
    for (int i = 0; i < 6; i++) {
        int item = one_of(lab, d);
        if (from - s->left < most)
            spend(w, y, b, s, item, (int)yh_draw_below(d, s->los), 430, 1);
    }
}

static void operation(const struct yh_sim_world *w, struct yh_sim_year *y,
                      struct yh_sim_bill *b, struct stay *s, struct yh_draw *d)
{
    const struct yh_sim_tables *t = w->tables;
    int day = s->los > 2 ? 1 : 0;
    if (s->c->op >= 0 && price_of(t, s->c->op, s->level) < s->left * 6 / 10)
        spend(w, y, b, s, s->c->op, day, 660, 1);
    if (s->c->kind == YH_SIM_SURG) {
        int item = one_of(t->used[s->c->cost > 130 ? YH_USE_GANESTH : YH_USE_ANESTH], d);
        if (item >= 0 && price_of(t, item, s->level) < s->left / 3)
            spend(w, y, b, s, item, day, 650, 1);
    }
    for (int i = 0; i < s->c->material.n; i++)
        if (price_of(t, s->c->material.item[i], s->level) < s->left / 2)
            spend(w, y, b, s, s->c->material.item[i], day, 670, 1);
}

static void treatment(const struct yh_sim_world *w, struct yh_sim_year *y,
                      struct yh_sim_bill *b, struct stay *s, struct yh_draw *d)
{
    const struct yh_sim_tables *t = w->tables;
    enum yh_sim_use_id word = s->c->kind == YH_SIM_REHAB   ? YH_USE_REHAB
                              : s->c->kind == YH_SIM_PSYCH ? YH_USE_PSYCH
                              : s->c->kind == YH_SIM_CHEMO ? YH_USE_CHEMO
                                                           : YH_USE_TREAT;
    yh_fen most = s->left / (s->c->kind == YH_SIM_REHAB ? 2 : 5), from = s->left;
    int infuse = one_of(t->used[YH_USE_INFUSE], d), own = one_of(t->used[word], d);
    for (int i = 0; i < s->los; i++) {
        if (s->c->kind != YH_SIM_PSYCH && s->c->kind != YH_SIM_REHAB &&
            from - s->left < most / 2)
            spend(w, y, b, s, infuse, i, 560, 1);
        if (own >= 0 && from - s->left + price_of(t, own, s->level) < most)
            spend(w, y, b, s, own, i, 620, 1);
    }
}

static void dear(const struct yh_sim_world *w, struct yh_sim_year *y, struct yh_sim_bill *b,
                 struct stay *s, struct yh_draw *d)
{
    const struct yh_sim_tables *t = w->tables;
    static const enum yh_sim_use_id BIG[] = { YH_USE_BIGM, YH_USE_BIG, YH_USE_BIGD };
    for (int pass = 0; pass < 3 && s->left > 300000; pass++) {
        yh_fen until = s->left * (pass == 0 ? 65 : 60) / 100;
        struct yh_sim_uses u = t->used[BIG[pass]];
        for (int i = 0; i < 60 && s->left > until; i++) {
            int item = one_of(u, d);
            if (item < 0 || price_of(t, item, s->level) > s->left / 3)
                continue;
            spend(w, y, b, s, item, (int)yh_draw_below(d, s->los), 700 + pass, 1);
        }
    }
}

/* What is left goes into medicines of the case, dearest first, down to infusion bags, so that the bill
 * comes to what it should within a yuan or two. */
static void medicines(const struct yh_sim_world *w, struct yh_sim_year *y,
                      struct yh_sim_bill *b, struct stay *s, struct yh_draw *d)
{
    const struct yh_sim_tables *t = w->tables;
    int pick[4], n = 0;
    if (yh_draw_chance(d, 350000)) { /* 全自费 */
        int item = one_of(t->used[YH_USE_SELF], d);
        int64_t units = s->left / 12 / yh_max(1, price_of(t, item, s->level));
        spend(w, y, b, s, item, 0, 720, yh_min(units, s->los));
    }
    struct yh_sim_uses u = s->c->drugs;
    for (int i = 0; u.n && i < 4; i++)
        pick[n++] = one_of(u, d);
    for (int i = 1; i < n; i++)
        for (int k = i;
             k > 0 && price_of(t, pick[k], s->level) > price_of(t, pick[k - 1], s->level);
             k--) {
            int swap = pick[k];
            pick[k] = pick[k - 1];
            pick[k - 1] = swap;
        }
    for (int i = 0; i < n; i++) {
        yh_fen part = i == n - 1 ? s->left : s->left * 2 / 5,
               p = price_of(t, pick[i], s->level);
        int64_t units = part / yh_max(1, p);
        int times = (int)yh_min(units, (s->los + 3) / 4);
        for (int k = 0; k < times; k++)
            spend(w, y, b, s, pick[i], k * 4, 500 + i,
                  units / times + (k < units % times ? 1 : 0));
    }
    struct yh_sim_uses bag = t->used[YH_USE_BASE];
    int item = one_of(bag, d);
    if (s->left > 0 && item >= 0)
        spend(w, y, b, s, item, 0, 510, yh_draw_round(d, s->left, price_of(t, item, s->level)));
}

static void stay_codes(const struct yh_sim_case *c, const struct yh_sim_person *p,
                       struct yh_sim_bill *b, struct yh_draw *d)
{
    const struct yh_sim_dx *x = &c->dx[yh_draw_below(d, c->ndx)];
    yh_sim_code_add(b, 0, x->dx);
    int others = c->kind == YH_SIM_BIRTH || c->kind == YH_SIM_CHEMO
                     ? 1
                     : (int)yh_draw_below(d, p->age >= 60 ? 5 : 2);
    for (int i = 0; i < others && c->nother; i++)
        yh_sim_code_add(b, 1, c->other[yh_draw_below(d, c->nother)]);
    yh_sim_code_add(b, 4, x->px[0]);
    yh_sim_code_add(b, 3, x->px[1]);
}

/* Where a stay of that level is, and by what filing. */
static void stay_place(const struct yh_sim_world *w, const struct yh_sim_person *p,
                       struct yh_sim_bill *b, int level, struct yh_draw *d)
{
    const struct yh_sim_places *pl = w->places;
    static const int64_t OWN[] = { 960000, 800000, 900000 };
    int at = p->office;
    int64_t away = p->scheme == YH_SIM_EMPLOYEE ? 210000 : 190000;
    if (level == 2 && yh_draw_chance(d, away)) {
        bool far = yh_draw_chance(d, 300000);
        at = pl->n_local + far;
        b->away = far ? YH_SIM_COUNTRY : YH_SIM_PROVINCE;
        int64_t r = yh_draw_below(d, 100);
        b->filing = r < 40 ? "长期备案" : r < 76 ? "转诊备案" : r < 81 ? "急诊备案" : "未备案";
        if (r >= 76 && r < 81)
            b->med_type = "24";
    } else if (!yh_draw_chance(d, OWN[level])) {
        at = (int)yh_draw_below(d, pl->n_local);
    }
    b->provider = yh_sim_provider_draw(pl, at, level, d);
    b->place = pl->provider[b->provider].office;
}

static bool in_hospital(const struct yh_sim_year *y, int from, yh_day a, yh_day z)
{
    for (int i = from; i < y->n; i++)
        if (y->bill[i].stay && a <= y->bill[i].end && z >= y->bill[i].begin)
            return true;
    return false;
}

static int level_draw(const struct yh_sim_rates *r, int scheme, struct yh_draw *d)
{
    int64_t x = yh_draw_below(d, YH_ONE);
    return x < r->level_upto[scheme][0] ? 0 : x < r->level_upto[scheme][1] ? 1 : 2;
}

static void one_stay(const struct yh_sim_world *w, const struct yh_sim_house *h, int who,
                     int mine, struct yh_sim_year *y, struct yh_draw *d)
{
    const struct yh_sim_tables *t = w->tables;
    const struct yh_sim_person *p = &h->p[who];
    struct stay s = { .level = level_draw(w->rates, p->scheme, d) };
    yh_day end = 0, begin = 0;
    int64_t curve = 0;
    const struct yh_sim_mix *m = NULL;
    for (int try = 0; try < 30; try++) {
        end = yh_sim_day(t, d);
        int month = yh_civil_of(end).month - 1;
        m = &t->mix[p->sex - 1][yh_sim_band(p->age)][s.level][month];
        s.c = &t->admission[yh_sim_case_draw(m, t->nadmission, d)];
        curve = yh_curve_draw(&t->stay, d);
        /* scheme's mean days × the case's index ÷ the mix's mean index × the curve */
        int64_t days = (int64_t)((__int128)w->rates->days_micro[p->scheme] * s.c->los * 1000 /
                                 m->los * curve / YH_CURVE_ONE);
        s.los = (int)yh_clamp(yh_draw_round(d, days, YH_ONE), 1, 150);
        begin = end - s.los;
        if (begin >= p->born && !in_hospital(y, mine, begin, end))
            break;
        if (try == 29)
            return;
    }
    struct yh_sim_bill *b = yh_sim_bill_add(y, h, who);
    b->stay = true;
    b->begin = begin;
    b->end = end;
    b->med_type = s.c->kind == YH_SIM_BIRTH ? "52" : "21";
    if (s.c->kind == YH_SIM_BIRTH) {
        b->delivery = s.c->cost > 100 ? "3" : "1";
        b->fetuses = 1;
    }
    b->time = yh_day_time(end) + 9 * 3600 + yh_draw_below(d, 8 * 3600);
    b->out_way = yh_draw_chance(d, p->age >= 70 ? 12000 : 1500) ? 5 : 1;
    b->department = (int)(s.c - t->admission) + 1;
    stay_place(w, p, b, s.level, d);
    stay_codes(s.c, p, b, d);
    /* Half of the cost goes with the days, so that a long stay is a dear one; the mean stays. */
    __int128 cost =
        (__int128)w->rates->cost[p->scheme][s.level][p->age] * s.c->cost * 1000 / m->cost;
    cost = cost * (YH_CURVE_ONE / 2 + curve / 2) / YH_CURVE_ONE;
    s.left = (yh_fen)(cost * yh_curve_draw(&t->cost, d) / YH_CURVE_ONE);
    daily(w, y, b, &s);
    if (s.left > 0) {
        operation(w, y, b, &s, d);
        tests(w, y, b, &s, d);
        treatment(w, y, b, &s, d);
        dear(w, y, b, &s, d);
        medicines(w, y, b, &s, d);
    }
}

/* ---- visits ---- */

static bool visit_day(const struct yh_sim_world *w, const struct yh_sim_person *p,
                      const struct yh_sim_year *y, int mine, struct yh_sim_bill *b,
                      struct yh_draw *d)
{
    for (int try = 0; try < 20; try++) {
        yh_day day = yh_sim_day(w->tables, d);
        if (day < p->born || in_hospital(y, mine, day, day))
            continue;
        b->begin = b->end = day;
        b->time = yh_day_time(day) + yh_sim_minute(w->tables, d) * 60 + yh_draw_below(d, 60);
        return true;
    }
    return false;
}

static void visit_place(const struct yh_sim_world *w, const struct yh_sim_person *p,
                        struct yh_sim_bill *b, int *level, struct yh_draw *d)
{
    const struct yh_sim_places *pl = w->places;
    static const int64_t FIRST[] = { 420000, 700000 }, SECOND_UPTO[] = { 720000, 900000 };
    int64_t r = yh_draw_below(d, YH_ONE);
    int at = yh_draw_chance(d, 930000) ? p->office : (int)yh_draw_below(d, pl->n_local);
    *level = r < FIRST[p->scheme] ? 0 : r < SECOND_UPTO[p->scheme] ? 1 : 2;
    if (yh_draw_chance(d, p->scheme == YH_SIM_EMPLOYEE ? 25000 : 6000)) {
        at = pl->n_local;
        *level = 2;
        b->away = YH_SIM_PROVINCE;
        b->filing = "长期备案";
    }
    b->provider = yh_sim_provider_draw(pl, at, *level, d);
    b->place = pl->provider[b->provider].office;
    *level = pl->provider[b->provider].level;
}

static void outpatient(const struct yh_sim_world *w, const struct yh_sim_person *p,
                       struct yh_sim_year *y, struct yh_sim_bill *b, struct yh_draw *d)
{
    const struct yh_sim_tables *t = w->tables;
    int level, month = yh_civil_of(b->begin).month - 1, minute = (int)(b->time % 86400 / 60);
    const struct yh_sim_mix *m = &t->visit[p->sex - 1][yh_sim_band(p->age)][month];
    const struct yh_sim_case *c = &t->outpatient[yh_sim_case_draw(m, t->noutpatient, d)];
    visit_place(w, p, b, &level, d);
    b->med_type = yh_draw_chance(d, 40000) ? "13" : "11";
    b->department = t->nadmission + 1 + (int)(c - t->outpatient);
    yh_sim_code_add(b, 0, c->dx->dx);
    yh_sim_line_add(y->arena, t, b, one_of(t->used[YH_USE_VISIT], d), level, b->begin, minute,
                    1, false);
    for (int i = 0; i < 2; i++)
        if (c->tests.n && yh_draw_chance(d, level ? 450000 : 200000))
            yh_sim_line_add(y->arena, t, b, one_of(c->tests, d), level, b->begin, minute, 1,
                            true);
    int drugs = (int)yh_draw_between(d, 1, 3);
    for (int i = 0; c->drugs.n && i < drugs; i++)
        yh_sim_line_add(y->arena, t, b, one_of(c->drugs, d), level, b->begin, minute,
                        1 + yh_draw_below(d, 1 + c->cost / 50), false);
}

static void chronic_visit(const struct yh_sim_world *w, const struct yh_sim_person *p,
                          struct yh_sim_year *y, struct yh_sim_bill *b, struct yh_draw *d)
{
    const struct yh_sim_tables *t = w->tables;
    const struct yh_sim_chronic *c = &t->chronic[p->chronic];
    int level, minute = (int)(b->time % 86400 / 60);
    visit_place(w, p, b, &level, d);
    b->med_type = "14";
    b->disease = c->disease;
    b->department = t->nadmission + 1;
    yh_sim_code_add(b, 0, c->dx);
    if (yh_draw_chance(d, 600000))
        yh_sim_line_add(y->arena, t, b, one_of(t->used[YH_USE_VISIT], d), level, b->begin,
                        minute, 1, false);
    for (int i = 0; i < c->extra.n; i++)
        yh_sim_line_add(y->arena, t, b, c->extra.item[i], level, b->begin, minute, 1, false);
    for (int i = 0; c->drugs.n && i < 2; i++)
        yh_sim_line_add(y->arena, t, b, one_of(c->drugs, d), level, b->begin, minute,
                        1 + yh_draw_below(d, 1 + c->cost / 60), false);
    if (!b->nline)
        yh_sim_line_add(y->arena, t, b, one_of(t->used[YH_USE_VISIT], d), level, b->begin,
                        minute, 1, false);
}

static void purchase(const struct yh_sim_world *w, const struct yh_sim_person *p,
                     struct yh_sim_year *y, struct yh_sim_bill *b, struct yh_draw *d)
{
    const struct yh_sim_tables *t = w->tables;
    static const enum yh_sim_use_id SHELF[] = { YH_USE_COLD, YH_USE_TCM, YH_USE_PAIN,
                                                YH_USE_CARDIO, YH_USE_SELFD };
    int minute = (int)(b->time % 86400 / 60);
    b->med_type = "41";
    b->provider = yh_sim_provider_draw(w->places, p->office, 3, d);
    b->place = p->office;
    for (int i = 0, n = 1 + (int)yh_draw_below(d, 2); i < n; i++)
        yh_sim_line_add(y->arena, t, b, one_of(t->used[SHELF[yh_draw_below(d, 5)]], d), 0,
                        b->begin, minute, 1 + yh_draw_below(d, 3), false);
}

typedef void visit_fn(const struct yh_sim_world *w, const struct yh_sim_person *p,
                      struct yh_sim_year *y, struct yh_sim_bill *b, struct yh_draw *d);

static void visits(const struct yh_sim_world *w, const struct yh_sim_house *h, int who,
                   int mine, int64_t mean, visit_fn *fn, struct yh_sim_year *y,
                   struct yh_draw *d)
{
    int64_t much = mean * yh_curve_draw(&w->tables->frailty, d) / YH_CURVE_ONE;
    int64_t n = yh_min(300, yh_draw_round(d, much, YH_ONE));
    for (int64_t i = 0; i < n; i++) {
        struct yh_sim_bill *b = yh_sim_bill_add(y, h, who);
        if (!visit_day(w, &h->p[who], y, mine, b, d)) {
            y->n--;
            continue;
        }
        fn(w, &h->p[who], y, b, d);
        if (yh_draw_chance(d, 2500))
            b->refund = YH_SIM_REFUNDED;
        else if (b->nline > 1 && yh_draw_chance(d, 1500))
            b->refund = YH_SIM_PART_REFUNDED;
    }
}

static int by_time(const void *a, const void *b)
{
    const struct yh_sim_bill *x = a, *y = b;
    return x->time != y->time ? (x->time < y->time ? -1 : 1)
                              : (x->visit > y->visit) - (x->visit < y->visit);
}

void yh_sim_year_of(const struct yh_sim_world *w, const struct yh_sim_house *h,
                    struct yh_sim_year *y)
{
    const struct yh_sim_rates *r = w->rates;
    int holder = -1;
    for (int i = 0; i < h->n; i++)
        if (h->p[i].balance >= 0 && holder < 0)
            holder = i;
    for (int i = 0; i < h->n; i++) {
        const struct yh_sim_person *p = &h->p[i];
        int mine = y->n;
        struct yh_draw d = yh_draw_of(w->people->seed, YH_DRAW_STAYS, p->number);
        int64_t much = r->inpatient[p->scheme][p->age] *
                       yh_curve_draw(&w->tables->frailty, &d) / YH_CURVE_ONE;
        int64_t n = yh_min(20, yh_draw_round(&d, much, YH_ONE));
        for (int64_t k = 0; k < n; k++)
            one_stay(w, h, i, mine, y, &d);
        d = yh_draw_of(w->people->seed, YH_DRAW_VISITS, p->number);
        visits(w, h, i, mine, r->outpatient[p->scheme][p->age], outpatient, y, &d);
        if (p->chronic >= 0)
            visits(w, h, i, mine,
                   r->register_visit[p->scheme] * w->tables->chronic[p->chronic].visits,
                   chronic_visit, y, &d);
        if (r->pharmacy[p->scheme])
            visits(w, h, i, mine, r->pharmacy[p->scheme], purchase, y, &d);
        yh_sim_misuse(w, h, i, y);
        for (int k = mine; k < y->n; k++) {
            struct yh_sim_bill *b = &y->bill[k];
            if (p->balance >= 0)
                b->account_flag = yh_draw_chance(&d, 850000),
                b->relative = h->bound && i != holder && yh_draw_chance(&d, 300000);
            else if (h->bound && holder >= 0 && yh_draw_chance(&d, 300000))
                b->account_flag = 1, b->relative = true;
            if (!b->nline)
                continue;
            yh_sim_lines_sort(w->tables, b);
        }
    }
    if (y->n)
        qsort(y->bill, (size_t)y->n, sizeof *y->bill, by_time);
}
