#include "shell/sim/misuse.h"
#include "shell/sim/year.h"

static const struct {
    const char *word, *rule;
    int ppm, lawful;
} ROW[] = {
    { "", "", 0, 0 },
#define R(NAME, word, rule, ppm, lawful, what, twin) { word, rule, ppm, lawful },
#include "shell/sim/misuse.def"
#undef R
};

const char *yh_sim_misuse_word(enum yh_sim_misuse m)
{
    return ROW[m].word;
}

const char *yh_sim_misuse_rule(enum yh_sim_misuse m)
{
    return ROW[m].rule;
}

static int item(const struct yh_sim_tables *t, const char *use)
{
    for (int i = 0; i < t->nitem; i++)
        if (yh_eq(t->item[i].use, yh_cstr(use)))
            return i;
    yh_assert(!"an item that misuse is planted with is missing");
    return -1;
}

static int coded(const struct yh_sim_tables *t, const char *code)
{
    for (int i = 0; i < t->nitem; i++)
        if (yh_eq(t->item[i].code, yh_cstr(code)))
            return i;
    yh_assert(!"an item that misuse is planted with is missing");
    return -1;
}

struct yh_sim_plants yh_sim_plants_of(const struct yh_sim_tables *t)
{
    return (struct yh_sim_plants){
        .child_drug = item(t, "plant:child"),
        .female_drug = item(t, "plant:female"),
        .child_service = item(t, "plant:childsvc"),
        .female_service = item(t, "plant:femalesvc"),
        .level_drug = item(t, "plant:level"),
        .inpatient_drug = item(t, "plant:inpatient"),
        .course_drug = item(t, "plant:course"),
        .pair = { item(t, "plant:pair"), coded(t, "002503020010000") },
        .round = item(t, "round"),
        .extra_care = coded(t, "001201000060000"),
        .bed = item(t, "bed"),
        .visit = item(t, "visit"),
        .drug = item(t, "drug:cardio"),
    };
}

/* ---- one bill ---- */

struct at {
    const struct yh_sim_world *w;
    const struct yh_sim_house *h;
    struct yh_sim_year *y;
    struct yh_draw *d;
    int who, bill;
};

static struct yh_sim_bill *bill_of(const struct at *x)
{
    return &x->y->bill[x->bill];
}

static int level_of(const struct at *x)
{
    return x->w->places->provider[bill_of(x)->provider].level;
}

static void line(const struct at *x, int it, yh_day day, int64_t units)
{
    yh_sim_line_add(x->y->arena, x->w->tables, bill_of(x), it, level_of(x), day, 640, units,
                    false);
}

/* Another bill of the same person, at a day and an hour; a plain visit. */
static struct yh_sim_bill *another(const struct at *x, const char *med_type, yh_day day,
                                   int64_t second, int provider)
{
    struct yh_sim_bill like = *bill_of(x);
    struct yh_sim_bill *b = yh_sim_bill_add(x->y, x->h, x->who);
    b->med_type = med_type;
    b->begin = b->end = day;
    b->time = yh_day_time(day) + second;
    b->provider = provider;
    b->place = x->w->places->provider[provider].office;
    b->department = like.department;
    if (like.ncode)
        yh_sim_code_add(b, 0, like.code[0]);
    return b;
}

static void visit_lines(const struct at *x, struct yh_sim_bill *b)
{
    const struct yh_sim_tables *t = x->w->tables;
    int level = x->w->places->provider[b->provider].level;
    yh_sim_line_add(x->y->arena, t, b, x->w->plants->visit, level, b->begin, 600, 1, false);
    yh_sim_line_add(x->y->arena, t, b, x->w->plants->drug, level, b->begin, 600, 2, false);
}

static bool pharmacy(const struct yh_sim_bill *b)
{
    return b->med_type[0] == '4';
}

/* Whether a bill is of the kind that the misuse (or its look-alike) needs. */
static bool fits(const struct at *x, enum yh_sim_misuse m, bool lawful)
{
    const struct yh_sim_person *p = &x->h->p[x->who];
    const struct yh_sim_bill *b = bill_of(x);
    bool visit = !b->stay && !pharmacy(b), adult = p->age >= 20,
         child = p->age >= 2 && p->age <= 6;
    int level = level_of(x);
    yh_day last = x->w->tables->first_day + x->w->tables->ndays;
    if (b->refund != YH_SIM_KEEP || b->away)
        return false;
    switch (m) {
    case YH_MISUSE_NONE:
    case YH_MISUSE_N: return false;
    case YH_MISUSE_CHILD_DRUG:
    case YH_MISUSE_CHILD_SERVICE: return visit && (lawful ? child : adult);
    case YH_MISUSE_SEX_DRUG:
    case YH_MISUSE_SEX_SERVICE:
        return visit && adult && p->age < 50 && p->sex == (lawful ? 2 : 1);
    case YH_MISUSE_DUPLICATE: return lawful ? b->stay && b->end - b->begin > 3 : visit && adult;
    case YH_MISUSE_OVER_DAILY: return b->stay && b->end - b->begin > 3;
    case YH_MISUSE_LEVEL_DRUG: return visit && adult && (lawful ? level > 0 : level == 0);
    case YH_MISUSE_INPATIENT_DRUG: return adult && (lawful ? b->stay && level > 0 : visit);
    case YH_MISUSE_OVER_COURSE: return b->stay && adult && b->end - b->begin > 18;
    case YH_MISUSE_SPLIT_STAY:
        return b->stay && b->med_type[0] == '2' && b->end + 45 < last && b->end - b->begin < 15;
    case YH_MISUSE_DURING_STAY:
        return b->stay && b->end - b->begin > 3 && b->begin > x->w->tables->first_day;
    case YH_MISUSE_OVERSUPPLY: return lawful ? b->med_type[1] == '4' : visit && adult;
    case YH_MISUSE_BURST: return pharmacy(b);
    case YH_MISUSE_TWO_PLACES: return visit && adult;
    case YH_MISUSE_EMPTY_BED: return b->stay && b->end - b->begin > 5;
    }
    return false;
}

static bool free_days(const struct at *x, yh_day a, yh_day z)
{
    for (int i = 0; i < x->y->n; i++)
        if (x->y->bill[i].person == x->who && x->y->bill[i].begin <= z &&
            x->y->bill[i].end >= a && i != x->bill)
            return false;
    return true;
}

/* The stay's lines but bed, care and round are kept for its first and last day alone. */
static void empty_bed(const struct at *x, bool lawful)
{
    struct yh_sim_bill *b = bill_of(x);
    yh_day upto = lawful ? b->begin + 2 : b->end - 1;
    int n = 0;
    for (int i = 0; i < b->nline; i++) {
        const struct yh_sim_line *l = &b->line[i];
        bool daily = l->item == x->w->plants->bed;
        if (daily || l->day <= b->begin || l->day >= upto)
            b->line[n++] = *l;
    }
    b->nline = n;
}

static bool again(const struct at *x, bool lawful)
{
    int gap = lawful ? 20 + (int)yh_draw_below(x->d, 10) : 1 + (int)yh_draw_below(x->d, 2);
    struct yh_sim_bill like = *bill_of(x);
    int days = (int)yh_draw_between(x->d, 3, 8);
    yh_day begin = like.end + gap, end = begin + days;
    if (!free_days(x, begin, end))
        return false;
    struct yh_sim_bill *b = yh_sim_bill_add(x->y, x->h, x->who);
    int64_t visit = b->visit;
    *b = like;
    b->visit = visit;
    b->begin = begin;
    b->end = end;
    b->time = yh_day_time(end) + 10 * 3600 + yh_draw_below(x->d, 3 * 3600);
    b->line = NULL;
    b->nline = b->cap = 0;
    b->misuse = lawful ? YH_MISUSE_NONE : YH_MISUSE_SPLIT_STAY;
    yh_day until = like.begin + days;
    for (int i = 0; i < like.nline; i++)
        if (like.line[i].day < until)
            yh_sim_line_add(x->y->arena, x->w->tables, b, like.line[i].item,
                            x->w->places->provider[b->provider].level,
                            begin + (like.line[i].day - like.begin), 640,
                            like.line[i].qty / 10000, false);
    b->misuse = YH_MISUSE_SPLIT_STAY;
    b->lawful = lawful;
    return true;
}

static bool burst(const struct at *x, bool lawful)
{
    int more = lawful ? 1 : 3 + (int)yh_draw_below(x->d, 3);
    yh_day day = bill_of(x)->begin;
    for (int i = 0; i < more; i++) {
        int office = x->h->p[x->who].office;
        int p = yh_sim_provider_draw(x->w->places, office, 3, x->d);
        if (lawful && p == bill_of(x)->provider) /* the next county's, then */
            p = yh_sim_provider_draw(x->w->places, (office + 1) % x->w->places->n_local, 3,
                                     x->d);
        struct yh_sim_bill *b =
            another(x, "41", day, bill_of(x)->time % 86400 + (i + 1) * 900, p);
        b->ncode = 0;
        yh_sim_line_add(x->y->arena, x->w->tables, b, x->w->plants->drug, 0, day, 600,
                        lawful ? 2 : 12, false);
        b->misuse = YH_MISUSE_BURST;
        b->lawful = lawful;
    }
    return true;
}

static bool elsewhere(const struct at *x, bool lawful)
{
    const struct yh_sim_places *pl = x->w->places;
    int office = (int)yh_draw_below(x->d, pl->n_local);
    if (office == bill_of(x)->place || !pl->at[office][1].n)
        return false;
    int64_t second = bill_of(x)->time % 86400 + (lawful ? 5 * 3600 : 300);
    if (second >= 23 * 3600)
        return false;
    struct yh_sim_bill *b =
        another(x, "11", bill_of(x)->begin, second, yh_sim_provider_draw(pl, office, 1, x->d));
    visit_lines(x, b);
    b->misuse = YH_MISUSE_TWO_PLACES;
    b->lawful = lawful;
    return true;
}

static bool during(const struct at *x, bool lawful)
{
    const struct yh_sim_bill *s = bill_of(x);
    yh_day day = lawful ? s->begin - 1 : s->begin + 1 + (yh_day)yh_draw_below(x->d, 2);
    if (lawful && !free_days(x, day, day))
        return false;
    int office = x->h->p[x->who].office;
    struct yh_sim_bill *b =
        another(x, "11", day, 10 * 3600, yh_sim_provider_draw(x->w->places, office, 0, x->d));
    visit_lines(x, b);
    b->misuse = YH_MISUSE_DURING_STAY;
    b->lawful = lawful;
    return true;
}

/* Does it; false: this bill will not do after all. */
static bool plant(const struct at *x, enum yh_sim_misuse m, bool lawful)
{
    const struct yh_sim_plants *k = x->w->plants;
    yh_day day = bill_of(x)->begin;
    switch (m) {
    case YH_MISUSE_NONE:
    case YH_MISUSE_N: return false;
    case YH_MISUSE_CHILD_DRUG: line(x, k->child_drug, day, 2); break;
    case YH_MISUSE_SEX_DRUG: line(x, k->female_drug, day, 2); break;
    case YH_MISUSE_SEX_SERVICE: line(x, k->female_service, day, 1); break;
    case YH_MISUSE_CHILD_SERVICE: line(x, k->child_service, day, 1); break;
    case YH_MISUSE_DUPLICATE:
        line(x, k->pair[0], day, 1);
        line(x, k->pair[1], lawful ? day + 2 : day, 1);
        for (int i = 0; lawful && i < bill_of(x)->nline; i++) /* none on the first day */
            if (bill_of(x)->line[i].item == k->pair[1] && bill_of(x)->line[i].day == day)
                bill_of(x)->line[i].day = day + 1;
        break;
    case YH_MISUSE_OVER_DAILY: line(x, lawful ? k->extra_care : k->round, day + 1, 1); break;
    case YH_MISUSE_LEVEL_DRUG: line(x, k->level_drug, day, 4); break;
    case YH_MISUSE_INPATIENT_DRUG: line(x, k->inpatient_drug, day, 1); break;
    case YH_MISUSE_OVER_COURSE:
        for (int i = 0; i < (lawful ? 14 : 18); i++)
            line(x, k->course_drug, day + i, 2);
        break;
    case YH_MISUSE_OVERSUPPLY: line(x, k->drug, day, lawful ? 3 : 40); break;
    case YH_MISUSE_EMPTY_BED: empty_bed(x, lawful); break;
    case YH_MISUSE_SPLIT_STAY: return again(x, lawful);
    case YH_MISUSE_BURST: return burst(x, lawful);
    case YH_MISUSE_TWO_PLACES: return elsewhere(x, lawful);
    case YH_MISUSE_DURING_STAY: return during(x, lawful);
    }
    bill_of(x)->misuse = m;
    bill_of(x)->lawful = lawful;
    return true;
}

void yh_sim_misuse(const struct yh_sim_world *w, const struct yh_sim_house *h, int person,
                   struct yh_sim_year *y)
{
    struct yh_draw d = yh_draw_of(w->people->seed, YH_DRAW_MISUSE, h->p[person].number);
    int n = y->n; /* what is added is left alone */
    for (int i = 0; i < n; i++) {
        if (y->bill[i].person != person)
            continue;
        struct at x = { w, h, y, &d, person, i };
        bool done = false;
        for (int m = 1; m < YH_MISUSE_N && !done; m++)
            for (int lawful = 0; lawful < 2 && !done; lawful++)
                if (yh_draw_chance(&d, lawful ? ROW[m].lawful : ROW[m].ppm) &&
                    fits(&x, (enum yh_sim_misuse)m, lawful))
                    done = plant(&x, (enum yh_sim_misuse)m, lawful);
    }
}
