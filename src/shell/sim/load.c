#include "shell/sim/load.h"
#include <inttypes.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "store/archive/archive.h"

enum yh_status yh_sim_batch_open(struct yh_sim_batch *b, uint32_t region, int year,
                                 struct yh_err *err)
{
    *b = (struct yh_sim_batch){ .region = region, .year = year };
    return yh_arena_open(&b->arena, (size_t)1 << 30, err);
}

void yh_sim_batch_reset(struct yh_sim_batch *b)
{
    yh_arena_reset(&b->arena);
#define T(t)     \
    b->t = NULL; \
    b->n_##t = b->cap_##t = 0;
    YH_SIM_LOADED(T)
#undef T
}

void yh_sim_batch_close(struct yh_sim_batch *b)
{
    yh_arena_close(&b->arena);
}

#define ADD(b, t) YH_PUSH(&(b)->arena, (b)->t, (b)->n_##t, (b)->cap_##t)

static const char *const SCHEMES[] = { "310", "390" };
static const char *const IDENTS[] = { "2304", "2303", "2305", "2302", "2308" };

struct key {
    yh_str region, person;
    int64_t grp;
};

static void enrolled(struct yh_sim_batch *b, const struct yh_sim_maker *m,
                     const struct yh_sim_person *p, struct key k)
{
    yh_day as_of = yh_day_of(b->year, 1, 1);
    ADD(b, enrolment) = (struct yh_enrolment_row){
        .region = k.region,
        .grp = k.grp,
        .person = k.person,
        .scheme = yh_cstr(SCHEMES[p->scheme]),
        .from_day = yh_max(p->born, yh_add_months(as_of, -p->months)),
        .to_day = YH_DAY_MAX,
        .status = YH_S("1"),
        .kind = yh_cstr(p->kind),
        .office = yh_cstr(m->world->places->office[p->office]),
        .employer = p->employer ? yh_fmt(&b->arena, "虚构单位%" PRId64, p->employer) : YH_S(""),
        .employer_no = p->employer ? yh_fmt(&b->arena, "99%08" PRId64, p->employer) : YH_S(""),
        .civil_servant = p->civil,
        .frozen_from = YH_DAY_MAX,
        .frozen_until = YH_DAY_MAX,
        .months = p->months,
        .as_of = as_of,
        .extra = p->wage ? yh_fmt(&b->arena, "{\"wage\":\"%" PRId64 ".%02d\"}", p->wage / 100,
                                  (int)(p->wage % 100))
                         : YH_S(""),
    };
}

/* Care elsewhere: a long-term filing is open, the others end with the stay. */
static void filed_away(struct yh_sim_batch *b, const struct yh_sim_maker *m,
                       const struct yh_sim_person *p, int i, struct key k)
{
    if (!m->away[i].filing)
        return;
    bool open = !strcmp(m->away[i].filing, "长期备案");
    yh_day from = open ? yh_day_of(b->year - 1, 1, 1) : m->away[i].from;
    ADD(b, filing) = (struct yh_filing_row){
        .region = k.region,
        .grp = k.grp,
        .person = k.person,
        .kind = YH_S("2501"),
        .serial = yh_fmt(&b->arena, "8%012" PRId64, p->number),
        .scheme = yh_cstr(SCHEMES[p->scheme]),
        .code = yh_cstr(m->away[i].filing),
        .from_day = from,
        .to_day = open ? YH_DAY_MAX : m->away[i].to,
        .state = YH_S("approved"),
        .time = yh_day_time(from) + 9 * 3600,
    };
}

static void filings(struct yh_sim_batch *b, const struct yh_sim_maker *m,
                    const struct yh_sim_person *p, struct key k)
{
    if (p->chronic < 0)
        return;
    ADD(b, filing) = (struct yh_filing_row){
        .region = k.region,
        .grp = k.grp,
        .person = k.person,
        .kind = YH_S("2503"),
        .serial = yh_fmt(&b->arena, "9%012" PRId64, p->number),
        .scheme = yh_cstr(SCHEMES[p->scheme]),
        .code = m->world->tables->chronic[p->chronic].code,
        .from_day = yh_day_of(b->year - 1, 1, 1),
        .to_day = YH_DAY_MAX,
        .state = YH_S("approved"),
        .time = yh_day_time(yh_day_of(b->year - 1, 1, 1)) + 9 * 3600,
    };
}

static void person(struct yh_sim_batch *b, const struct yh_sim_maker *m,
                   const struct yh_sim_house *h, int i, yh_str region)
{
    const struct yh_sim_person *p = &h->p[i];
    char no[32], cert[32], name[32];
    struct key k = { region, yh_dup(&b->arena, yh_sim_psn_no(no, b->region, p)), p->grp };
    yh_str c = yh_dup(&b->arena, yh_sim_cert(cert, b->region, p));
    ADD(b, person) = (struct yh_person_row){ .region = region,
                                             .grp = p->grp,
                                             .person = k.person,
                                             .name = yh_dup(&b->arena, yh_sim_name(name, p)),
                                             .cert_type = YH_S("01"),
                                             .cert_no = c,
                                             .sex = p->sex == 1 ? YH_S("1") : YH_S("2"),
                                             .nation = YH_S("1"),
                                             .born = p->born,
                                             .died = m->died[i] };
    ADD(b, person_key) = (struct yh_person_key_row){
        YH_S("cert"), yh_fmt(&b->arena, "01:%.*s", YH_ARG(c)), region, p->grp, k.person, 0
    };
    ADD(b, person_key) =
        (struct yh_person_key_row){ YH_S("psn"), k.person, region, p->grp, k.person, 0 };
    enrolled(b, m, p, k);
    for (int n = 0; n < YH_COUNT(IDENTS); n++)
        if (p->ident >> n & 1)
            ADD(b, identity) =
                (struct yh_identity_row){ .region = region,
                                          .grp = p->grp,
                                          .person = k.person,
                                          .kind = yh_cstr(IDENTS[n]),
                                          .from_day = yh_day_of(b->year - 1, 1, 1),
                                          .to_day = YH_DAY_MAX,
                                          .source = YH_S("虚构") };
    if (p->balance >= 0)
        ADD(b, account) = (struct yh_account_row){ .region = region,
                                                   .grp = p->grp,
                                                   .person = k.person,
                                                   .balance = m->balance[i],
                                                   .opening = m->balance[i] };
    if (m->left[i])
        ADD(b, accumulator) =
            (struct yh_accumulator_row){ .region = region,
                                         .grp = p->grp,
                                         .person = k.person,
                                         .scheme = yh_cstr(SCHEMES[p->scheme]),
                                         .name = YH_S("#上次出院日"),
                                         .value = m->left[i],
                                         .opening = m->left[i] };
    filed_away(b, m, p, i, k);
    filings(b, m, p, k);
}

/* In a bound household the first who has an account lets the others draw on it. */
static void bindings(struct yh_sim_batch *b, const struct yh_sim_house *h, yh_str region)
{
    char no[32];
    int owner = -1;
    for (int i = 0; i < h->n && owner < 0; i++)
        if (h->p[i].balance >= 0)
            owner = i;
    if (owner < 0)
        return;
    yh_str who = yh_dup(&b->arena, yh_sim_psn_no(no, b->region, &h->p[owner]));
    for (int i = 0; i < h->n; i++)
        if (i != owner && h->p[i].balance < 0)
            ADD(b, binding) = (struct yh_binding_row){
                .owner_region = region,
                .owner_grp = h->p[owner].grp,
                .owner = who,
                .region = region,
                .grp = h->p[i].grp,
                .person = yh_dup(&b->arena, yh_sim_psn_no(no, b->region, &h->p[i])),
                .from_day = yh_day_of(b->year - 1, 1, 1),
                .to_day = YH_DAY_MAX,
                .relation = YH_S("家庭成员"),
            };
}

void yh_sim_batch_add(struct yh_sim_batch *b, const struct yh_sim_maker *m,
                      const struct yh_sim_house *h)
{
    yh_str region = yh_fmt(&b->arena, "%06u", b->region);
    for (int i = 0; i < h->n; i++) {
        if (!i || !h->bound)
            ADD(b, account_group) = (struct yh_account_group_row){ region, h->p[i].grp, 0 };
        person(b, m, h, i, region);
    }
    if (h->bound)
        bindings(b, h, region);
}

/* ---- into the store ---- */

struct yh_sim_load {
    struct yh_store *store;
    struct yh_arena arena;
    yh_str region;
    char region_text[8], path[1100];
};

static enum yh_status providers(struct yh_txn *x, const struct yh_sim_places *p, int year,
                                struct yh_err *err)
{
    for (int i = 0; i < p->n; i++) {
        const struct yh_sim_provider *v = &p->provider[i];
        struct yh_provider_row r = { .provider = yh_cstr(v->code),
                                     .name = yh_cstr(v->name),
                                     .kind = v->pharmacy ? YH_S("2") : YH_S("1"),
                                     .level = yh_cstr(v->hosp_lv),
                                     .office = yh_cstr(p->office[v->office]),
                                     .status = YH_S("1"),
                                     .from_day = yh_day_of(year - 1, 1, 1),
                                     .to_day = YH_DAY_MAX,
                                     .auth = YH_S("off") };
        if (v->level_kind[0])
            r.extra = yh_fmt(x->arena, "{\"level_kind\":\"%s\"}", v->level_kind);
        enum yh_status st = yh_put_provider(x, &r, err);
        if (st)
            return st;
    }
    return YH_OK;
}

enum yh_status yh_sim_load_open(struct yh_sim_load **out, const char *data, uint32_t region,
                                const struct yh_sim_places *places, int year,
                                struct yh_err *err)
{
    struct yh_sim_load *l = yh_heap(NULL, sizeof *l);
    *l = (struct yh_sim_load){ 0 };
    snprintf(l->region_text, sizeof l->region_text, "%06u", region);
    l->region = yh_cstr(l->region_text);
    snprintf(l->path, sizeof l->path, "%.1000s/yiheng.db", data);
    enum yh_status st = yh_arena_open(&l->arena, (size_t)256 << 20, err);
    struct yh_store_options opt = { .region = l->region,
                                    .now = yh_day_time(yh_day_of(year, 1, 1)),
                                    .bulk = true };
    if (st == YH_OK)
        st = yh_store_open(yh_fmt(&l->arena, "sqlite:%s", data), &opt, &l->store, err);
    struct yh_txn x;
    if (st == YH_OK)
        st = yh_store_solo_begin(l->store, &l->arena, &x, err);
    if (st == YH_OK)
        st = yh_store_solo_end(l->store, &x, providers(&x, places, year, err), err);
    if (st) {
        yh_store_close(l->store);
        yh_arena_close(&l->arena);
        yh_heap(l, 0);
        return st;
    }
    *out = l;
    return YH_OK;
}

static enum yh_status rows(struct yh_sim_load *l, struct yh_txn *x,
                           const struct yh_sim_batch *b, struct yh_err *err)
{
    enum yh_status st;
#define GROUPED(t)                                                    \
    for (int i = 0; i < b->n_##t; i++) {                              \
        yh_txn_group(x, (struct yh_group){ l->region, b->t[i].grp }); \
        if ((st = yh_add_##t(x, &b->t[i], err)))                      \
            return st;                                                \
    }
    YH_SIM_LOADED(GROUPED)
#undef GROUPED
    return YH_OK;
}

enum yh_status yh_sim_load_batch(struct yh_sim_load *l, const struct yh_sim_batch *b,
                                 struct yh_err *err)
{
    yh_arena_reset(&l->arena);
    struct yh_txn x;
    enum yh_status st = yh_store_solo_begin(l->store, &l->arena, &x, err);
    return st ? st : yh_store_solo_end(l->store, &x, rows(l, &x, b, err), err);
}

static enum yh_status year_rows(struct yh_sim_load *l, struct yh_txn *x,
                                struct yh_archived_year_row *y, const struct yh_sim_day *day,
                                struct yh_err *err)
{
    yh_day first = yh_day_of((int)y->year, 1, 1) - 16;
    for (int i = 0; i < YH_SIM_DAYS; i++) {
        const struct yh_sim_day *s = &day[i];
        struct yh_archived_day_row d = { l->region,      y->year,  first + i,
                                         s->settlements, s->total, s->fund,
                                         s->account,     s->cash,  s->hospital };
        if (!s->settlements)
            continue;
        y->total += s->total;
        y->fund += s->fund;
        y->account += s->account;
        y->cash += s->cash;
        y->hospital += s->hospital;
        enum yh_status st = yh_add_archived_day(x, &d, err);
        if (st)
            return st;
    }
    return yh_add_archived_year(x, y, err);
}

enum yh_status yh_sim_load_year(struct yh_sim_load *l, const char *archive, const char *file,
                                int year, const struct yh_sim_day *day, struct yh_err *err)
{
    struct yh_archive *a = yh_heap(NULL, sizeof *a);
    char digest[64];
    yh_arena_reset(&l->arena);
    enum yh_status st = yh_archive_open(archive, a, err);
    struct yh_archived_year_row y = { .region = l->region,
                                      .year = year,
                                      .file = yh_cstr(file) };
    if (st == YH_OK) {
        yh_hex(digest, a->digest, 32);
        y.digest = (yh_str){ digest, 64 };
        y.persons = a->persons;
        y.settlements = a->heads;
        y.lines = a->lines;
        yh_archive_close(a);
    }
    yh_heap(a, 0);
    struct yh_txn x;
    if (st == YH_OK)
        st = yh_store_solo_begin(l->store, &l->arena, &x, err);
    return st ? st : yh_store_solo_end(l->store, &x, year_rows(l, &x, &y, day, err), err);
}

/* What was loaded reaches the disk once, at the end. */
static enum yh_status sync_file(const char *path, struct yh_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd);
    return good ? YH_OK : yh_fail(err, YH_IO, "%s：同步失败", path);
}

enum yh_status yh_sim_load_close(struct yh_sim_load *l, bool good, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    if (!l)
        return st;
    yh_store_close(l->store);
    if (good)
        st = sync_file(l->path, err);
    yh_arena_close(&l->arena);
    yh_heap(l, 0);
    return st;
}
