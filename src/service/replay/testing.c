#include "service/replay/testing.h"
#include <stdio.h>
#include <string.h>

#define YEAR 2026
#define ITEMS_MAX 400

struct item {
    int64_t id; /* dictionary */
    uint32_t code;
    yh_price price;
};
struct maker {
    const struct yh_trial_year *t;
    const struct yh_replay_world *world;
    uint64_t r;
    struct yh_arena tables, rows, bytes, bill;
    struct yh_arc_dicts dicts;
    struct yh_arc_builder b;
    yh_str providers; /* encoded */
    struct yh_arc_chunk provider;
    struct yh_lens lens;
    struct yh_lens_plans plans;
    struct yh_walk walk;
    struct item item[ITEMS_MAX];
    int nitem;
    int64_t scheme[2], resident, employee, retired, child, low, poor, ok, local, unfiled, filed,
        unreferred, serial;
    int64_t office[3], away_office;
    int64_t med[5]; /* 11 21 14 41 9901 */
    int64_t chronic, charge;
    int64_t heads;
};

static int64_t rnd(struct maker *m, int64_t lo, int64_t hi)
{
    m->r = yh_mix64(m->r + 1);
    return lo + (int64_t)(m->r % (uint64_t)(hi - lo + 1));
}

static int64_t word(struct maker *m, enum yh_arc_dict_id d, const char *text)
{
    return yh_arc_dict_add(&m->dicts, d, yh_cstr(text));
}

static void words(struct maker *m)
{
    static const char *const MED[] = { "11", "21", "14", "41", "9901" };
    static const char *const OFFICE[] = { "990101", "990102", "990121" };
    m->scheme[0] = word(m, YH_DICT_SCHEME, "390");
    m->scheme[1] = word(m, YH_DICT_SCHEME, "310");
    m->resident = word(m, YH_DICT_PSN_KIND, "1501");
    m->employee = word(m, YH_DICT_PSN_KIND, "1101");
    m->retired = word(m, YH_DICT_PSN_KIND, "1201");
    m->child = word(m, YH_DICT_PSN_KIND, "1405");
    m->poor = word(m, YH_DICT_IDENT, "2304");
    m->low = word(m, YH_DICT_IDENT, "2303");
    m->ok = word(m, YH_DICT_STATUS, "正常");
    m->local = word(m, YH_DICT_FILING, "无需备案");
    m->unfiled = word(m, YH_DICT_FILING, "未备案");
    m->filed = word(m, YH_DICT_FILING, "转诊备案");
    m->unreferred = word(m, YH_DICT_REFERRAL, "未转诊");
    m->chronic = word(m, YH_DICT_DISEASE, "M03900");
    m->charge = word(m, YH_DICT_CHARGE, "09");
    for (int i = 0; i < 5; i++)
        m->med[i] = word(m, YH_DICT_MED_TYPE, MED[i]);
    for (int i = 0; i < 3; i++)
        m->office[i] = word(m, YH_DICT_OFFICE, OFFICE[i]);
    m->away_office = word(m, YH_DICT_OFFICE, "990201");
    int n = 0;
    static const uint32_t REGION[] = { 990100, 990000 };
    for (int k = 0; k < 2; k++) {
        const struct yh_item_term *row = yh_terms_rows(m->world->terms, REGION[k], &n);
        for (int i = 0; i < n && m->nitem < ITEMS_MAX; i++) {
            struct yh_code c = yh_catalog_code(m->world->catalog, row[i].item);
            struct item *x = &m->item[m->nitem++];
            x->id = yh_arc_dict_add(&m->dicts, YH_DICT_ITEM, c.code);
            x->code = row[i].item;
            x->price = (yh_price)(1 + yh_mix64((uint64_t)i) % 400) * 500000;
        }
    }
    struct item *x = &m->item[m->nitem++]; /* one that no table names: 未定 */
    x->id = word(m, YH_DICT_ITEM, "330100000000001");
    x->code = YH_CODE_NONE;
    x->price = 30000000;
}

static void providers(struct maker *m)
{
    static const struct {
        const char *code, *name, *level;
        int kind, office;
    } P[] = { { "H99010100001", "示例市第一医院", "1", 1, 0 },
              { "H99010100002", "示例市第二医院", "5", 1, 1 },
              { "H99012100003", "示例县卫生院", "8", 1, 2 },
              { "H99010100004", "示例市门诊部", "11", 1, 0 },
              { "P99010100005", "示例市药店", "11", 2, 0 },
              { "H99020100006", "样例市医院", "1", 1, 3 } };
    yh_arc_open(&m->b, &m->rows);
    for (int i = 0; i < YH_COUNT(P); i++) {
        struct yh_arc_provider r = { .kind = P[i].kind };
        r.code = yh_arc_text_in(&m->b, yh_cstr(P[i].code));
        r.name = yh_arc_text_in(&m->b, yh_cstr(P[i].name));
        r.level = word(m, YH_DICT_LEVEL, P[i].level);
        r.office = P[i].office == 3 ? m->away_office : m->office[P[i].office];
        r.services = -1;
        (void)yh_arc_add_provider(&m->b, &r);
    }
    m->providers = yh_arc_encode(&m->b, &m->tables);
}

static enum yh_status open_maker(struct maker *m, struct yh_err *err)
{
    struct yh_lens_plan *plan;
    int n;
    struct yh_arena *a[] = { &m->tables, &m->rows, &m->bytes, &m->bill };
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < 4; i++)
        st = yh_arena_open(a[i], (size_t)1 << 31, err);
    if (st)
        return st;
    yh_arc_dicts_open(&m->dicts, &m->tables);
    words(m);
    providers(m);
    if ((st = yh_arc_chunk_open(m->providers, &m->provider, err)) != YH_OK)
        return st;
    struct yh_archive fake = { .about = { .region = 990100, .year = YEAR } };
    for (int pass = 0; pass < 2;
         pass++) { /* the plans' own words join the dictionaries first */
        yh_lens_open(&m->tables, &m->dicts, &m->provider, m->world->catalog, m->world->terms,
                     m->world->regions, yh_day_of(YEAR, 1, 1), &m->lens);
        fake.dicts = m->dicts;
        st = yh_replay_plans(&m->tables, &fake, &m->lens, m->world->plans, &plan, &n, err);
        if (st)
            return st;
        for (int i = 0; i < n; i++)
            yh_lens_texts(&m->dicts, plan[i].plan);
    }
    yh_lens_plans_open(&m->tables, &m->lens, plan, n, &m->plans);
    st = yh_walk_open(&m->walk, &m->lens, &m->plans, 990100, err);
    m->walk.booking = true;
    return st;
}

struct member {
    int64_t row; /* in the chunk */
    struct yh_arc_person p;
    struct yh_arc_identity ident;
    int nident, scheme;
    int64_t kind;
    yh_fen balance;
    int stays;
    yh_day left;
};

static void add_member(struct maker *m, struct member *x, int64_t grp, int64_t no)
{
    *x = (struct member){ .scheme = (int)rnd(m, 0, 9) < 4 };
    int age = (int)rnd(m, x->scheme ? 20 : 0, 89);
    char text[32];
    x->p = (struct yh_arc_person){ .grp = grp,
                                   .sex = rnd(m, 1, 2),
                                   .born = yh_day_of(YEAR - age, (int)rnd(m, 1, 12), 9),
                                   .died = YH_DAY_MAX,
                                   .district = m->office[rnd(m, 0, 2)],
                                   .household = grp,
                                   .balance = -1 };
    x->p.income = (yh_mix64((uint64_t)grp) % 90 + 10) * 100000;
    x->p.person =
        yh_arc_text_in(&m->b, (yh_str){ text, snprintf(text, sizeof text, "9901%08lld%02lld",
                                                       (long long)grp, (long long)no) });
    x->kind = x->scheme  ? (age >= 60 ? m->retired : m->employee)
              : age < 18 ? m->child
                         : m->resident;
    if (x->scheme)
        x->balance = x->p.balance = rnd(m, 0, 300000);
    x->row = yh_arc_add_person(&m->b, &x->p);
    struct yh_arc_enrolment e = { .scheme = m->scheme[x->scheme],
                                  .kind = x->kind,
                                  .office = x->p.district,
                                  .to_day = YH_DAY_MAX,
                                  .status = 1,
                                  .frozen_from = YH_DAY_MAX,
                                  .months = 120,
                                  .as_of = yh_day_of(YEAR, 1, 1) };
    e.from_day = e.as_of - 3650;
    (void)yh_arc_add_enrolment(&m->b, &e);
    if (rnd(m, 0, 6) == 0) {
        x->ident =
            (struct yh_arc_identity){ rnd(m, 0, 1) ? m->low : m->poor,
                                      yh_day_of(YEAR, (int)rnd(m, 1, 6), 1), YH_DAY_MAX };
        x->nident = 1;
        (void)yh_arc_add_identity(&m->b, &x->ident);
    }
    if (rnd(m, 0, 9) == 0) {
        struct yh_arc_opening o = { .scheme = e.scheme, .year = YEAR };
        o.acc = word(m, YH_DICT_ACC, "大病保险.累计");
        o.value = rnd(m, 0, 2000000);
        (void)yh_arc_add_opening(&m->b, &o);
        yh_walk_opening(&m->walk, (int)no, &o);
    }
}

/* Lines of a bill and their rows; a few take an earlier one back. */
static int lines(struct maker *m, yh_day begin, yh_day end, int most, struct yh_line *l,
                 struct yh_arc_line *row)
{
    int n = (int)rnd(m, 1, most);
    for (int i = 0; i < n; i++) {
        const struct item *x = &m->item[rnd(m, 0, m->nitem - 1)];
        row[i] = (struct yh_arc_line){ .day = begin + (end - begin) * i / n,
                                       .minute = rnd(m, 480, 1080),
                                       .item = x->id,
                                       .price = x->price,
                                       .qty = rnd(m, 1, 7) * 10000,
                                       .charge = m->charge,
                                       .approval = rnd(m, 0, 2),
                                       .fault = rnd(m, 0, 60) == 0,
                                       .serial = ++m->serial };
        if (!m->t->plain && i && row[i - 1].qty > 0 && rnd(m, 0, 20) == 0) {
            row[i] = row[i - 1];
            row[i].serial = ++m->serial - 1 + 1;
            row[i].init = i;
            row[i].qty = -10000;
        }
        int64_t item_id = row[i].item;
        l[i] = (struct yh_line){ .day = (yh_day)row[i].day,
                                 .price = row[i].price,
                                 .qty = row[i].qty,
                                 .amount = yh_arc_amount(&row[i]),
                                 .approval = (uint8_t)row[i].approval,
                                 .provider_fault = row[i].fault != 0 };
        l[i].item = m->lens.item[item_id];
        l[i].code = yh_arc_dict_text(&m->dicts, YH_DICT_ITEM, item_id);
        l[i].serial = yh_fmt(&m->bill, "%lld", (long long)row[i].serial);
        if (row[i].init)
            l[i].init = l[row[i].init - 1].serial;
    }
    return n;
}

static enum yh_status one(struct maker *m, struct member *all, int who, yh_day day, int *seq,
                          struct yh_err *err)
{
    static const int HOSPITAL[5][4] = {
        { 0, 1, 2, 3 }, { 0, 1, 2, 5 }, { 0, 1, 2, 2 }, { 4, 4, 4, 4 }, { 1, 2, 2, 3 }
    };
    struct member *x = &all[who];
    int what = (int)yh_min(rnd(m, 0, 6), 4), parts = 1;
    if (what == 4)
        what = rnd(m, 0, 1) ? 4 : 1;
    bool stay = what == 1;
    if (stay && !m->t->plain && rnd(m, 0, 5) == 0)
        parts = 2;
    bool undone = !m->t->plain && parts == 1 && rnd(m, 0, 12) == 0;
    yh_day end = stay ? day + (yh_day)rnd(m, 1, 12) : day;
    int provider = HOSPITAL[what][rnd(m, 0, 3)];
    bool away = provider == 5;
    int64_t visit = yh_arc_text_in(&m->b, yh_fmt(&m->bill, "M%lld", (long long)(m->heads + 1)));
    for (int part = 0; part < parts; part++) {
        int most = stay ? m->t->lines * 4 : m->t->lines;
        struct yh_line *l = YH_NEW(&m->bill, struct yh_line, most + 1);
        struct yh_arc_line *row = YH_NEW(&m->bill, struct yh_arc_line, most + 1);
        struct yh_arc_head h = {
            .person = x->row,
            .seq = ++*seq,
            .visit = visit,
            .undoes = -1,
            .undone = undone,
            .replaces = -1,
            .part = parts == 1 ? 0 : part + 1,
            .provider = provider,
            .scheme = m->scheme[x->scheme],
            .psn_kind = x->kind,
            .office = x->p.district,
            .place = away ? m->away_office : x->p.district,
            .away = away ? YH_AWAY_PROVINCE : YH_AWAY_LOCAL,
            .med_type = m->med[what],
            .stay = stay,
            .begin = day,
            .end = end,
            .time = yh_day_time(end) + rnd(m, 30000, 60000),
            .year = YEAR,
            .filing = !away          ? m->local
                      : rnd(m, 0, 1) ? m->filed
                                     : m->unfiled,
            .referral = m->unreferred,
            .disease = what == 2 || what == 4 ? m->chronic : 0,
            .status = m->ok,
            .months = 120,
            .count = x->stays + 1,
            .gap = x->left ? day - x->left : YH_GAP_NONE,
            .relative_of = -1,
            .relative_limit = YH_UNLIMITED,
        };
        h.settlement = ++m->heads;
        if (x->scheme && rnd(m, 0, 1)) {
            h.account_flag = 1;
            h.account_balance = x->balance;
            if (who && all[0].scheme) { /* an employee's account is the family's */
                h.account_flag = rnd(m, 1, 2);
                h.relative_of = all[0].row;
                h.relative_balance = all[0].balance;
                if (rnd(m, 0, 1))
                    h.relative_limit = rnd(m, 0, 20000);
            }
        }
        int nl = lines(m, day, end, most, l, row);
        struct yh_walk_case c = { .head = &h,
                                  .who = who,
                                  .relative = h.relative_of < 0 ? -1 : 0,
                                  .undoes = -1,
                                  .row = yh_arc_rows(&m->b, YH_ARC_head),
                                  .born = (yh_day)x->p.born,
                                  .identity = &x->ident,
                                  .nidentity = x->nident,
                                  .visit = (uint64_t)yh_arc_rows(&m->b, YH_ARC_head),
                                  .line = l,
                                  .nline = nl };
        c.visit = yh_walk_visit_text(yh_fmt(&m->bill, "M%lld", (long long)(m->heads - part)));
        struct yh_decision d;
        struct yh_walk_told told;
        enum yh_status st =
            yh_walk_settle(&m->walk, &c, (struct yh_settle_how){ .cut = true }, &d, &told, err);
        if (st)
            return st;
        yh_walk_book(told.plan, &d, &h);
        (void)yh_arc_add_head(&m->b, &h);
        struct yh_arc_cut cut;
        struct yh_arc_pay pay;
        for (int i = 0; yh_walk_cut_row(told.plan, &d, i, &cut); i++)
            (void)yh_arc_add_cut(&m->b, &cut);
        for (int i = 0; yh_walk_pay_row(told.plan, &d, i, &pay); i++)
            if (pay.amount || pay.beyond)
                (void)yh_arc_add_pay(&m->b, &pay);
        for (int i = 0; i < nl; i++)
            (void)yh_arc_add_line(&m->b, &row[i]);
        x->balance -= d.account;
        all[0].balance -= d.relative;
        if (undone) {
            struct yh_arc_head back = h;
            back.kind = 1;
            back.undone = 0;
            back.seq = ++*seq;
            back.undoes = c.row;
            back.settlement = ++m->heads;
            c.head = &back;
            c.undoes = c.row;
            c.nline = 0;
            st = yh_walk_settle(&m->walk, &c, (struct yh_settle_how){ 0 }, &d, NULL, err);
            if (st)
                return st;
            yh_walk_book(NULL, &d, &back);
            (void)yh_arc_add_head(&m->b, &back);
            x->balance -= d.account;
            all[0].balance -= d.relative;
        }
    }
    if (stay && !undone) {
        x->stays++;
        x->left = end;
    }
    return YH_OK;
}

static enum yh_status group(struct maker *m, int64_t grp, struct yh_err *err)
{
    struct member all[4];
    int n = (int)rnd(m, 1, 4), seq = 0;
    yh_walk_group(&m->walk, n);
    for (int i = 0; i < n; i++)
        add_member(m, &all[i], grp, i);
    int bills = (int)rnd(m, 0, 3 * n);
    yh_day day = yh_day_of(YEAR, 1, 1);
    for (int i = 0; i < bills; i++) {
        day += (yh_day)rnd(m, 0, 330 / (bills + 1));
        yh_arena_reset(&m->bill);
        enum yh_status st = one(m, all, (int)rnd(m, 0, n - 1), day, &seq, err);
        if (st)
            return st;
    }
    return YH_OK;
}

static enum yh_status flush(struct maker *m, struct yh_archive_writer *w, struct yh_err *err)
{
    yh_arena_reset(&m->bytes);
    enum yh_status st = yh_archive_append(w, yh_arc_encode(&m->b, &m->bytes), err);
    yh_arc_open(&m->b, &m->rows);
    return st;
}

enum yh_status yh_trial_year_make(const struct yh_trial_year *t,
                                  const struct yh_replay_world *world, const char *path,
                                  struct yh_err *err)
{
    struct yh_archive_writer *w = NULL;
    struct maker *m = yh_heap(NULL, sizeof *m);
    *m = (struct maker){ .t = t, .world = world, .r = t->seed };
    enum yh_status st = open_maker(m, err);
    if (st == YH_OK)
        st = yh_archive_create(path, &w, err);
    if (st == YH_OK)
        yh_arc_open(&m->b, &m->rows);
    for (int64_t g = 1; st == YH_OK && g <= t->groups; g++) {
        st = group(m, g, err);
        if (st == YH_OK &&
            (yh_arc_rows(&m->b, YH_ARC_head) >= t->chunk_heads || g == t->groups))
            st = flush(m, w, err);
    }
    struct yh_archive_about about = { .region = 990100, .year = YEAR, .seed = t->seed };
    about.text = YH_S("source test\n");
    yh_terms_digest(world->terms, world->catalog, about.catalog);
    if (st == YH_OK)
        st = yh_archive_finish(w, &m->dicts, m->providers, &about, err);
    else
        yh_archive_abandon(w);
    yh_walk_close(&m->walk);
    struct yh_arena *a[] = { &m->tables, &m->rows, &m->bytes, &m->bill };
    for (int i = 0; i < 4; i++)
        yh_arena_close(a[i]);
    yh_heap(m, 0);
    return st;
}
