#include "shell/sim/settle.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const SCHEMES[] = { "310", "390" };
static const char *const IDENTS[] = { "2304", "2303", "2305", "2302", "2308" };
static const char *const KINDS[] = { "11",   "1103", "12",   "1203", "1401",
                                     "1402", "1403", "1404", "15",   "16" };
static const char *const MED_TYPES[] = { "11", "13", "14", "21", "24", "41", "52" };
static const char *const FILINGS[] = { "无需备案", "长期备案", "转诊备案", "急诊备案",
                                       "未备案" };

void yh_sim_words_add(struct yh_arc_dicts *d, const struct yh_sim_tables *t,
                      const struct yh_sim_places *p, int year, struct yh_sim_words *out)
{
    *out = (struct yh_sim_words){ .year = year, .year_from = yh_day_of(year, 1, 1) };
    for (int i = 0; i < YH_SIM_SCHEMES; i++)
        out->scheme[i] = yh_arc_dict_add(d, YH_DICT_SCHEME, yh_cstr(SCHEMES[i]));
    for (int i = 0; i < p->noffice; i++)
        out->office[i] = yh_arc_dict_add(d, YH_DICT_OFFICE, yh_cstr(p->office[i]));
    for (int i = 0; i < YH_COUNT(IDENTS); i++)
        out->ident[i] = yh_arc_dict_add(d, YH_DICT_IDENT, yh_cstr(IDENTS[i]));
    for (int i = 0; i < YH_COUNT(KINDS); i++)
        (void)yh_arc_dict_add(d, YH_DICT_PSN_KIND, yh_cstr(KINDS[i]));
    for (int i = 0; i < YH_COUNT(MED_TYPES); i++)
        (void)yh_arc_dict_add(d, YH_DICT_MED_TYPE, yh_cstr(MED_TYPES[i]));
    for (int i = 0; i < YH_COUNT(FILINGS); i++)
        (void)yh_arc_dict_add(d, YH_DICT_FILING, yh_cstr(FILINGS[i]));
    out->referral = yh_arc_dict_add(d, YH_DICT_REFERRAL, YH_S("未转诊"));
    out->status = yh_arc_dict_add(d, YH_DICT_STATUS, YH_S("正常"));
    (void)yh_arc_dict_add(d, YH_DICT_DELIVERY, YH_S("1"));
    (void)yh_arc_dict_add(d, YH_DICT_DELIVERY, YH_S("3"));
    for (int i = 0; i < p->n; i++) {
        (void)yh_arc_dict_add(d, YH_DICT_LEVEL, yh_cstr(p->provider[i].hosp_lv));
        (void)yh_arc_dict_add(d, YH_DICT_LEVEL_KIND, yh_cstr(p->provider[i].level_kind));
    }
    char name[160];
    for (int i = 0; i < t->nadmission + t->noutpatient; i++) {
        bool in = i < t->nadmission;
        yh_str n = in ? t->admission[i].name : t->outpatient[i - t->nadmission].name;
        snprintf(name, sizeof name, "%s·%.*s", in ? "病区" : "门诊", YH_ARG(n));
        int64_t at = yh_arc_dict_add(d, YH_DICT_DEPARTMENT, yh_cstr(name));
        if (i == 0)
            out->department0 = at;
    }
}

void yh_sim_providers_add(struct yh_arc_builder *b, const struct yh_arc_dicts *d,
                          const struct yh_sim_places *p)
{
    for (int i = 0; i < p->n; i++) {
        const struct yh_sim_provider *x = &p->provider[i];
        struct yh_arc_provider r = {
            .code = yh_arc_text_in(b, yh_cstr(x->code)),
            .name = yh_arc_text_in(b, yh_cstr(x->name)),
            .kind = x->pharmacy ? 2 : 1,
            .level = yh_arc_dict_find(d, YH_DICT_LEVEL, yh_cstr(x->hosp_lv)),
            .level_kind = yh_arc_dict_find(d, YH_DICT_LEVEL_KIND, yh_cstr(x->level_kind)),
            .office = yh_arc_dict_find(d, YH_DICT_OFFICE, yh_cstr(p->office[x->office])),
            .services = -1,
            .beds = x->beds
        };
        yh_arc_add_provider(b, &r);
    }
}

/* ---- persons ---- */

static int64_t word(const struct yh_sim_maker *m, enum yh_arc_dict_id d, const char *text)
{
    int64_t at = yh_arc_dict_find(m->dicts, d, yh_cstr(text));
    yh_assert(at >= 0);
    return at;
}

static int identities(const struct yh_sim_maker *m, const struct yh_sim_person *p,
                      struct yh_arc_identity out[5])
{
    int n = 0;
    for (int i = 0; i < 5; i++)
        if (p->ident >> i & 1)
            out[n++] =
                (struct yh_arc_identity){ m->words->ident[i],
                                          yh_day_of(m->words->year - 1, 1, 1), YH_DAY_MAX };
    return n;
}

static int64_t person_row(struct yh_sim_maker *m, const struct yh_sim_house *h, int i,
                          int64_t grp)
{
    const struct yh_sim_person *p = &h->p[i];
    char no[32];
    struct yh_arc_person r = {
        .grp = grp,
        .person = yh_arc_text_in(&m->chunk, yh_sim_psn_no(no, m->world->places->region, p)),
        .sex = p->sex,
        .born = p->born,
        .died = m->died[i],
        .district = m->words->office[p->office],
        .household = h->number + 1,
        .income = h->income,
        .balance = p->balance,
    };
    int64_t at = yh_arc_add_person(&m->chunk, &r);
    struct yh_arc_enrolment e = { .scheme = m->words->scheme[p->scheme],
                                  .kind = word(m, YH_DICT_PSN_KIND, p->kind),
                                  .office = m->words->office[p->office],
                                  .from_day = yh_max(
                                      p->born, yh_add_months(m->words->year_from, -p->months)),
                                  .to_day = YH_DAY_MAX,
                                  .status = 1,
                                  .civil_servant = p->civil,
                                  .frozen_from = YH_DAY_MAX,
                                  .frozen_until = YH_DAY_MAX,
                                  .months = p->months,
                                  .as_of = m->words->year_from };
    yh_arc_add_enrolment(&m->chunk, &e);
    struct yh_arc_identity id[5];
    for (int k = 0, n = identities(m, p, id); k < n; k++)
        yh_arc_add_identity(&m->chunk, &id[k]);
    return at;
}

/* ---- settlements ---- */

struct group {
    struct yh_sim_maker *m;
    const struct yh_sim_house *h;
    const struct yh_sim_year *y;
    int first, n;    /* persons h->p[first .. first + n) */
    int64_t person0; /* row of the first */
    int64_t seq, settlement;
    int stays[YH_SIM_HOUSE];
    int holder; /* whose account relatives draw on; -1 */
};

static struct yh_arc_head head_of(struct group *g, const struct yh_sim_bill *b)
{
    const struct yh_sim_maker *m = g->m;
    const struct yh_sim_person *p = &g->h->p[b->person];
    const struct yh_sim_places *pl = m->world->places;
    yh_day left = m->left[b->person];
    return (struct yh_arc_head){
        .person = g->person0 + b->person - g->first,
        .seq = ++g->seq,
        .settlement = INT64_C(800000000000000000) + g->h->number * 10000 + ++g->settlement,
        .visit = b->visit,
        .undoes = -1,
        .replaces = -1,
        .provider = b->provider,
        .department = b->department && b->med_type[0] != '4'
                          ? m->words->department0 + b->department - 1
                          : 0,
        .scheme = m->words->scheme[p->scheme],
        .psn_kind = word(m, YH_DICT_PSN_KIND, p->kind),
        .civil = p->civil,
        .office = m->words->office[p->office],
        .place = m->words->office[pl->provider[b->provider].office],
        .away = b->away,
        .med_type = word(m, YH_DICT_MED_TYPE, b->med_type),
        .stay = b->stay,
        .begin = b->begin,
        .end = b->end,
        .time = b->time,
        .year = m->words->year,
        .filing = word(m, YH_DICT_FILING, b->filing),
        .referral = m->words->referral,
        .disease = b->disease,
        .delivery = word(m, YH_DICT_DELIVERY, b->delivery),
        .fetuses = b->fetuses,
        .status = m->words->status,
        .months = p->months + (b->begin > m->words->year_from
                                   ? yh_months_between(m->words->year_from, b->begin)
                                   : 0),
        .count = g->stays[b->person] + 1,
        .gap = left && left <= b->begin ? b->begin - left : YH_GAP_NONE,
        .out_way = b->stay ? b->out_way : 0,
        .relative_of = -1,
        .relative_limit = YH_UNLIMITED,
    };
}

static void accounts(struct group *g, const struct yh_sim_bill *b, struct yh_arc_head *r)
{
    if (!b->account_flag)
        return;
    r->account_flag = 1;
    yh_fen own = g->m->balance[b->person];
    r->account_balance = own > 0 ? own : 0;
    if (b->relative && g->holder >= 0 && g->holder != b->person) {
        r->relative_of = g->person0 + g->holder - g->first;
        r->relative_balance = g->m->balance[g->holder];
    } else {
        r->relative_limit = 0;
    }
}

static yh_str serial(struct yh_arena *a, int n)
{
    char *p = yh_alloc_raw(a, 1, 1, 8), *at = p + 8;
    do
        *--at = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    return (yh_str){ at, p + 8 - at };
}

static struct yh_line *lines_of(struct group *g, const struct yh_sim_bill *b, yh_day from,
                                yh_day to, int most, int *n)
{
    const struct yh_sim_tables *t = g->m->world->tables;
    struct yh_arena *a = &g->m->year_arena;
    struct yh_line *l = YH_NEW(a, struct yh_line, b->nline);
    *n = 0;
    for (int i = 0; i < b->nline && *n < most; i++) {
        const struct yh_sim_line *x = &b->line[i];
        if (x->day < from || x->day >= to)
            continue;
        l[(*n)++] = (struct yh_line){
            .item = g->m->lens->item[t->item[x->item].dict],
            .day = x->day,
            .code = t->item[x->item].code,
            .serial = serial(a, x->serial),
            .price = x->price,
            .qty = x->qty,
            .amount = yh_line_amount(x->price, x->qty, YH_ROUND_HALF_UP),
        };
    }
    return l;
}

static void put_lines(struct group *g, const struct yh_sim_bill *b, yh_day from, yh_day to,
                      int most)
{
    const struct yh_sim_tables *t = g->m->world->tables;
    for (int i = 0, n = 0; i < b->nline && n < most; i++) {
        const struct yh_sim_line *x = &b->line[i];
        if (x->day < from || x->day >= to)
            continue;
        n++;
        struct yh_arc_line r = { .day = x->day,
                                 .minute = x->minute,
                                 .item = t->item[x->item].dict,
                                 .price = x->price,
                                 .qty = x->qty,
                                 .charge = t->item[x->item].charge,
                                 .serial = x->serial };
        yh_arc_add_line(&g->m->chunk, &r);
    }
}

static void put_codes(struct group *g, const struct yh_sim_bill *b)
{
    for (int i = 0; i < b->ncode; i++) {
        struct yh_arc_code r = { b->code_kind[i], b->code[i],
                                 b->code_kind[i] >= 3 ? b->begin : 0 };
        yh_arc_add_code(&g->m->chunk, &r);
    }
}

static void move_accounts(struct group *g, const struct yh_sim_bill *b,
                          const struct yh_arc_head *r, const struct yh_decision *d)
{
    g->m->balance[b->person] -= d->account;
    if (r->relative_of >= 0)
        g->m->balance[g->holder] -= d->relative;
}

static void count_day(struct yh_sim_maker *m, const struct yh_arc_head *r,
                      const struct yh_decision *d)
{
    int64_t at = yh_time_day(r->time) - m->words->year_from + 16;
    struct yh_sim_day *x = &m->day[yh_clamp(at, 0, YH_SIM_DAYS - 1)];
    x->settlements++;
    x->total += d->fund + d->hospital + d->person;
    x->fund += d->fund;
    x->account += d->account + d->relative;
    x->cash += d->cash;
    x->hospital += d->hospital;
}

struct part {
    yh_day from, to; /* of its lines */
    int most;        /* of them, the first so many */
    int kind;        /* head.part */
    int64_t undoes, replaces;
    const struct yh_arc_head *was; /* the head that it undoes */
    const struct yh_lens_plan *plan;
};

static enum yh_status settle(struct group *g, const struct yh_sim_bill *b, struct part part,
                             struct yh_arc_head *r, int64_t *row,
                             const struct yh_lens_plan **plan, struct yh_err *err)
{
    struct yh_sim_maker *m = g->m;
    int n = 0;
    struct yh_line *l =
        part.undoes >= 0 ? NULL : lines_of(g, b, part.from, part.to, part.most, &n);
    struct yh_arc_identity id[5];
    r->kind = part.undoes >= 0;
    r->undoes = part.undoes;
    r->replaces = part.replaces;
    r->part = part.kind;
    accounts(g, b, r);
    *row = yh_arc_rows(&m->chunk, YH_ARC_head);
    struct yh_walk_case c = { .head = r,
                              .who = b->person - g->first,
                              .relative = r->relative_of >= 0 ? g->holder - g->first : -1,
                              .undoes = part.undoes,
                              .row = *row,
                              .born = g->h->p[b->person].born,
                              .identity = id,
                              .nidentity = identities(m, &g->h->p[b->person], id),
                              .visit = yh_walk_visit_number(b->visit),
                              .line = l,
                              .nline = n };
    struct yh_decision d;
    struct yh_walk_told told;
    enum yh_status st =
        yh_walk_settle(&m->walk, &c, (struct yh_settle_how){ .cut = true }, &d, &told, err);
    if (st)
        return st;
    const struct yh_lens_plan *p = told.plan ? told.plan : part.plan;
    yh_walk_book(p, &d, r);
    *plan = p;
    move_accounts(g, b, r, &d);
    count_day(m, r, &d);
    yh_arc_add_head(&m->chunk, r);
    put_codes(g, b);
    struct yh_arc_cut cut;
    for (int i = 0; yh_walk_cut_row(p, &d, i, &cut); i++)
        yh_arc_add_cut(&m->chunk, &cut);
    struct yh_arc_pay pay;
    for (int i = 0; yh_walk_pay_row(p, &d, i, &pay); i++)
        if (pay.amount || pay.beyond)
            yh_arc_add_pay(&m->chunk, &pay);
    if (part.undoes < 0)
        put_lines(g, b, part.from, part.to, part.most);
    return YH_OK;
}

static void label(struct group *g, const struct yh_sim_bill *b, int64_t settlement)
{
    if (!b->misuse)
        return;
    char no[32];
    yh_putf(&g->m->labels, "%" PRId64 "\t%.*s\t%s\t%s\t%s\n", settlement,
            YH_ARG(yh_sim_psn_no(no, g->m->world->places->region, &g->h->p[b->person])),
            yh_sim_misuse_word(b->misuse), yh_sim_misuse_rule(b->misuse),
            b->lawful ? "lawful" : "planted");
}

#define ALL 1000000
static const struct part WHOLE = { YH_DAY_MIN, YH_DAY_MAX, ALL, 0, -1, -1, NULL, NULL };

/* Undone at once; of a part refund the rest is settled again. */
static enum yh_status refund(struct group *g, const struct yh_sim_bill *b,
                             const struct yh_arc_head *was, int64_t row,
                             const struct yh_lens_plan *plan, struct yh_err *err)
{
    struct part back = WHOLE;
    back.undoes = row;
    back.plan = plan;
    struct yh_arc_head r = *was;
    r.undone = 0;
    r.seq = ++g->seq;
    r.settlement = INT64_C(800000000000000000) + g->h->number * 10000 + ++g->settlement;
    r.time = was->time + 300;
    int64_t undo_row;
    enum yh_status st = settle(g, b, back, &r, &undo_row, &plan, err);
    if (st || b->refund == YH_SIM_REFUNDED)
        return st;
    struct part rest = WHOLE;
    rest.most = b->nline - 1;
    rest.replaces = row;
    struct yh_arc_head again = head_of(g, b);
    again.time = was->time + 360;
    return settle(g, b, rest, &again, &undo_row, &plan, err);
}

/* Half of the long stays are settled by the way: their first forty days, then the rest.  Not where another
 * version of the document has come into force between: it would ask to undo the first part. */
static bool by_the_way(const struct group *g, const struct yh_sim_bill *b)
{
    const struct yh_sim_maker *m = g->m;
    yh_day part = b->begin + 39;
    if (!b->stay || b->end - b->begin <= 60 || b->visit % 2 || part < m->words->year_from)
        return false;
    int64_t scheme = m->words->scheme[g->h->p[b->person].scheme];
    return yh_lens_choose(m->walk.plans, m->walk.pool, scheme, b->begin, part, part) ==
           yh_lens_choose(m->walk.plans, m->walk.pool, scheme, b->begin, b->end,
                          yh_time_day(b->time));
}

static enum yh_status one(struct group *g, const struct yh_sim_bill *b, struct yh_err *err)
{
    struct yh_sim_maker *m = g->m;
    const struct yh_lens_plan *plan = NULL;
    enum yh_status st = YH_OK;
    int64_t row;
    bool interim = by_the_way(g, b);
    if (interim) {
        struct part first = WHOLE;
        first.to = b->begin + 40;
        first.kind = 1;
        struct yh_arc_head r = head_of(g, b);
        r.end = b->begin + 39;
        r.time = yh_day_time((yh_day)r.end) + 16 * 3600;
        r.out_way = 0;
        st = settle(g, b, first, &r, &row, &plan, err);
    }
    if (st)
        return st;
    struct part last = WHOLE;
    if (interim)
        last.from = b->begin + 40, last.kind = 2;
    struct yh_arc_head r = head_of(g, b);
    r.undone = b->refund != YH_SIM_KEEP;
    st = settle(g, b, last, &r, &row, &plan, err);
    if (st)
        return st;
    label(g, b, r.settlement);
    if (b->stay) {
        g->stays[b->person]++;
        m->left[b->person] = b->end;
    }
    return b->refund ? refund(g, b, &r, row, plan, err) : YH_OK;
}

static enum yh_status group(struct group *g, struct yh_err *err)
{
    struct yh_sim_maker *m = g->m;
    int64_t grp = g->h->p[g->first].grp;
    g->holder = -1;
    for (int i = g->first; i < g->first + g->n; i++) {
        int64_t at = person_row(m, g->h, i, grp);
        if (i == g->first)
            g->person0 = at;
        if (g->holder < 0 && g->h->p[i].balance >= 0)
            g->holder = i;
    }
    yh_walk_group(&m->walk, g->n);
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < g->y->n; i++) {
        const struct yh_sim_bill *b = &g->y->bill[i];
        if (b->person >= g->first && b->person < g->first + g->n && b->nline)
            st = one(g, b, err);
    }
    return st;
}

enum yh_status yh_sim_household(struct yh_sim_maker *m, const struct yh_sim_house *h,
                                struct yh_err *err)
{
    yh_arena_reset(&m->year_arena);
    struct yh_sim_year y = { .arena = &m->year_arena };
    yh_sim_year_of(m->world, h, &y);
    for (int i = 0; i < h->n; i++) {
        m->balance[i] = h->p[i].balance;
        m->left[i] = 0;
        m->died[i] = YH_DAY_MAX;
        m->away[i].filing = NULL;
    }
    for (int i = 0; i < y.n; i++) {
        const struct yh_sim_bill *b = &y.bill[i];
        if (b->stay && b->away && strcmp(b->filing, "未备案") && !m->away[b->person].filing) {
            m->away[b->person].filing = b->filing;
            m->away[b->person].from = b->begin;
            m->away[b->person].to = b->end + 1;
        }
    }
    /* Who died in hospital: the day of the last bill is then that stay's. */
    for (int i = 0; i < y.n; i++)
        if (y.bill[i].stay && y.bill[i].out_way == 5)
            m->died[y.bill[i].person] = yh_min(m->died[y.bill[i].person], y.bill[i].end);
    for (int i = 0; i < y.n; i++)
        if (y.bill[i].end > m->died[y.bill[i].person])
            y.bill[i].nline = 0;
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < h->n; i += h->bound ? h->n : 1) {
        struct group g = { .m = m,
                           .h = h,
                           .y = &y,
                           .first = i,
                           .n = h->bound ? h->n : 1,
                           .settlement = i * 1000 };
        st = group(&g, err);
    }
    return st;
}
