#include "service/town.h"
#include <inttypes.h>
#include <stdio.h>

#define POOL YH_S_INIT("990100")
#define OPEN YH_DAY_MAX

struct folk {
    yh_str region;
    int64_t grp;
    yh_str person, name, cert, sex;
    int year, month, day; /* born */
    yh_str scheme, kind, office, employer;
    int64_t months;
    yh_fen account;      /* -1: none */
    yh_str identity;     /* "" none */
    const char *trouble; /* frozen, waiting, paused; NULL none */
    bool civil;
};

static const struct folk FOLK[] = {
    { POOL, 1, YH_S_INIT("99010100000000000000000001"), YH_S_INIT("测试甲"),
      YH_S_INIT("990101198001010014"), YH_S_INIT("1"), 1980, 1, 1, YH_S_INIT("310"),
      YH_S_INIT("11"), YH_S_INIT("990101"), YH_S_INIT("示例机械有限公司"), 240, 20000,
      YH_S_INIT(""), NULL, false },
    { POOL, 2, YH_S_INIT("99010100000000000000000002"), YH_S_INIT("测试乙"),
      YH_S_INIT("990101195506120020"), YH_S_INIT("2"), 1955, 6, 12, YH_S_INIT("310"),
      YH_S_INIT("12"), YH_S_INIT("990101"), YH_S_INIT("示例机械有限公司"), 480, 200000,
      YH_S_INIT(""), NULL, false },
    { POOL, 3, YH_S_INIT("99010100000000000000000003"), YH_S_INIT("测试丙"),
      YH_S_INIT("99012119680315003X"), YH_S_INIT("1"), 1968, 3, 15, YH_S_INIT("390"),
      YH_S_INIT("15"), YH_S_INIT("990121"), YH_S_INIT(""), 120, -1, YH_S_INIT("2303"), NULL,
      false },
    { POOL, 1, YH_S_INIT("99010100000000000000000004"), YH_S_INIT("测试丁"),
      YH_S_INIT("990101201605200040"), YH_S_INIT("2"), 2016, 5, 20, YH_S_INIT("390"),
      YH_S_INIT("14"), YH_S_INIT("990101"), YH_S_INIT(""), 96, -1, YH_S_INIT(""), NULL, false },
    { POOL, 5, YH_S_INIT("99010100000000000000000005"), YH_S_INIT("测试己"),
      YH_S_INIT("990101197502020055"), YH_S_INIT("1"), 1975, 2, 2, YH_S_INIT("310"),
      YH_S_INIT("11"), YH_S_INIT("990101"), YH_S_INIT("示例机械有限公司"), 100, 50000,
      YH_S_INIT(""), "frozen", false },
    { POOL, 6, YH_S_INIT("99010100000000000000000006"), YH_S_INIT("测试庚"),
      YH_S_INIT("990101199003030066"), YH_S_INIT("2"), 1990, 3, 3, YH_S_INIT("390"),
      YH_S_INIT("15"), YH_S_INIT("990101"), YH_S_INIT(""), 1, -1, YH_S_INIT(""), "waiting",
      false },
    { POOL, 7, YH_S_INIT("99010100000000000000000007"), YH_S_INIT("测试辛"),
      YH_S_INIT("990101198504040077"), YH_S_INIT("1"), 1985, 4, 4, YH_S_INIT("310"),
      YH_S_INIT("11"), YH_S_INIT("990101"), YH_S_INIT("示例机械有限公司"), 60, 30000,
      YH_S_INIT(""), "paused", false },
    { POOL, 8, YH_S_INIT("99010100000000000000000008"), YH_S_INIT("测试壬"),
      YH_S_INIT("990102197708080088"), YH_S_INIT("2"), 1977, 8, 8, YH_S_INIT("390"),
      YH_S_INIT("15"), YH_S_INIT("990102"), YH_S_INIT(""), 120, -1, YH_S_INIT(""), NULL,
      false },
    { POOL, 9, YH_S_INIT("99010100000000000000000009"), YH_S_INIT("测试癸"),
      YH_S_INIT("990101197909090099"), YH_S_INIT("1"), 1979, 9, 9, YH_S_INIT("310"),
      YH_S_INIT("11"), YH_S_INIT("990199"), YH_S_INIT("示例市某机关"), 200, 100000,
      YH_S_INIT(""), NULL, true },
    { YH_S_INIT("990200"), 1, YH_S_INIT("99020100000000000000000001"), YH_S_INIT("测试戊"),
      YH_S_INIT("990201196611110111"), YH_S_INIT("1"), 1966, 11, 11, YH_S_INIT("310"),
      YH_S_INIT("11"), YH_S_INIT("990201"), YH_S_INIT("样例水泥厂"), 300, 80000, YH_S_INIT(""),
      NULL, false },
};

static const struct {
    yh_str provider, name, kind, level, office, status, services, extra;
} PLACES[] = {
    { YH_S_INIT("H99010100001"), YH_S_INIT("示例市第一人民医院"), YH_S_INIT("1"),
      YH_S_INIT("2"), YH_S_INIT("990101"), YH_S_INIT("1"), YH_S_INIT(""), YH_S_INIT("") },
    { YH_S_INIT("H99010100002"), YH_S_INIT("示例市第二人民医院"), YH_S_INIT("1"),
      YH_S_INIT("5"), YH_S_INIT("990101"), YH_S_INIT("1"), YH_S_INIT(""), YH_S_INIT("") },
    { YH_S_INIT("H99010100003"), YH_S_INIT("示例市城区社区卫生服务中心"), YH_S_INIT("1"),
      YH_S_INIT("14"), YH_S_INIT("990101"), YH_S_INIT("1"), YH_S_INIT(""),
      YH_S_INIT("{\"level_kind\":\"社区卫生\"}") },
    { YH_S_INIT("H99010100007"), YH_S_INIT("示例市城区口腔门诊部"), YH_S_INIT("1"),
      YH_S_INIT("11"), YH_S_INIT("990101"), YH_S_INIT("1"), YH_S_INIT("11"), YH_S_INIT("") },
    { YH_S_INIT("H99010100008"), YH_S_INIT("示例市城区康复医院"), YH_S_INIT("1"),
      YH_S_INIT("9"), YH_S_INIT("990101"), YH_S_INIT("2"), YH_S_INIT(""), YH_S_INIT("") },
    { YH_S_INIT("P99010100001"), YH_S_INIT("示例大药房"), YH_S_INIT("2"), YH_S_INIT(""),
      YH_S_INIT("990101"), YH_S_INIT("1"), YH_S_INIT(""), YH_S_INIT("") },
    { YH_S_INIT("H99010200001"), YH_S_INIT("示例市东区人民医院"), YH_S_INIT("1"),
      YH_S_INIT("5"), YH_S_INIT("990102"), YH_S_INIT("1"), YH_S_INIT(""), YH_S_INIT("") },
    { YH_S_INIT("H99012100001"), YH_S_INIT("示例县人民医院"), YH_S_INIT("1"), YH_S_INIT("5"),
      YH_S_INIT("990121"), YH_S_INIT("1"), YH_S_INIT(""), YH_S_INIT("") },
    { YH_S_INIT("H99020100001"), YH_S_INIT("样例市人民医院"), YH_S_INIT("1"), YH_S_INIT("2"),
      YH_S_INIT("990201"), YH_S_INIT("1"), YH_S_INIT(""), YH_S_INIT("") },
    { YH_S_INIT("H98010100001"), YH_S_INIT("邻市人民医院"), YH_S_INIT("1"), YH_S_INIT("2"),
      YH_S_INIT("980101"), YH_S_INIT("1"), YH_S_INIT(""), YH_S_INIT("") },
};

static enum yh_status places(struct yh_txn *x, struct yh_err *err)
{
    for (int i = 0; i < YH_COUNT(PLACES); i++) {
        struct yh_provider_row p = { .provider = PLACES[i].provider,
                                     .name = PLACES[i].name,
                                     .kind = PLACES[i].kind,
                                     .level = PLACES[i].level,
                                     .office = PLACES[i].office,
                                     .status = PLACES[i].status,
                                     .services = PLACES[i].services,
                                     .from_day = yh_day_of(2020, 1, 1),
                                     .to_day = OPEN,
                                     .auth = YH_S("off"),
                                     .extra = PLACES[i].extra };
        enum yh_status st = yh_add_provider(x, &p, err);
        if (st)
            return st;
    }
    return YH_OK;
}

static enum yh_status keys(struct yh_txn *x, const struct folk *f, struct yh_err *err)
{
    struct yh_person_key_row k = { .region = f->region, .grp = f->grp, .person = f->person };
    const struct {
        yh_str kind, value;
    } key[] = {
        { YH_S("psn"), f->person },
        { YH_S("cert"), yh_fmt(x->arena, "01:%.*s", YH_ARG(f->cert)) },
        { YH_S("card"), yh_fmt(x->arena, "C%.*s", YH_ARG(f->cert)) },
        { YH_S("token"), yh_fmt(x->arena, "T%.*s", YH_ARG(f->person)) },
    };
    for (int i = 0; i < YH_COUNT(key); i++) {
        k.kind = key[i].kind;
        k.value = key[i].value;
        enum yh_status st = yh_add_person_key(x, &k, err);
        if (st)
            return st;
    }
    return YH_OK;
}

/* A row of the enrolment table, as troubled as asked. */
static struct yh_enrolment_row enrolment(const struct folk *f, yh_day as_of)
{
    struct yh_enrolment_row e = { .region = f->region,
                                  .grp = f->grp,
                                  .person = f->person,
                                  .scheme = f->scheme,
                                  .from_day = yh_add_months(as_of, -(int)f->months),
                                  .to_day = OPEN,
                                  .status = YH_S("1"),
                                  .kind = f->kind,
                                  .office = f->office,
                                  .employer = f->employer,
                                  .civil_servant = f->civil,
                                  .frozen_from = OPEN,
                                  .frozen_until = OPEN,
                                  .months = f->months,
                                  .as_of = as_of };
    if (f->person.n && yh_eq(f->person, YH_TOWN_WORKER))
        e.from_day = yh_day_of(2005, 7, 1);
    yh_str trouble = yh_cstr(f->trouble);
    if (yh_eq(trouble, YH_S("frozen")))
        e.frozen_from = as_of;
    if (yh_eq(trouble, YH_S("waiting")))
        e.waiting_until = yh_day_of(2099, 1, 1);
    if (yh_eq(trouble, YH_S("paused")))
        e.status = YH_S("2");
    return e;
}

static enum yh_status one(struct yh_txn *x, const struct folk *f, yh_day as_of,
                          struct yh_err *err)
{
    yh_txn_group(x, (struct yh_group){ f->region, f->grp });
    struct yh_account_group_row g = { f->region, f->grp, 0 };
    enum yh_status st = yh_put_account_group(x, &g, err);
    struct yh_person_row p = { .region = f->region,
                               .grp = f->grp,
                               .person = f->person,
                               .name = f->name,
                               .cert_type = YH_S("01"),
                               .cert_no = f->cert,
                               .sex = f->sex,
                               .nation = YH_S("1"),
                               .born = yh_day_of(f->year, f->month, f->day),
                               .died = OPEN };
    if (st == YH_OK)
        st = yh_add_person(x, &p, err);
    if (st == YH_OK)
        st = keys(x, f, err);
    struct yh_enrolment_row e = enrolment(f, as_of);
    if (st == YH_OK)
        st = yh_add_enrolment(x, &e, err);
    if (st == YH_OK && f->account >= 0) {
        struct yh_account_row a = { .region = f->region,
                                    .grp = f->grp,
                                    .person = f->person,
                                    .balance = f->account,
                                    .opening = f->account };
        st = yh_add_account(x, &a, err);
    }
    if (st == YH_OK && f->identity.n) {
        struct yh_identity_row id = { .region = f->region,
                                      .grp = f->grp,
                                      .person = f->person,
                                      .kind = f->identity,
                                      .from_day = yh_day_of(2024, 1, 1),
                                      .to_day = OPEN,
                                      .source = YH_S("民政") };
        st = yh_add_identity(x, &id, err);
    }
    return st;
}

/* 丙 has borne 6,000.00 of in-scope cost since January (SKETCHES §2); 丁 may draw on 甲's account. */
static enum yh_status history(struct yh_txn *x, yh_day as_of, struct yh_err *err)
{
    yh_txn_group(x, (struct yh_group){ YH_S("990100"), 3 });
    struct yh_accumulator_row a = { .region = YH_S("990100"),
                                    .grp = 3,
                                    .person = YH_TOWN_LOW_INCOME,
                                    .scheme = YH_S("390"),
                                    .year = yh_civil_of(as_of).year,
                                    .name = YH_S("大病保险.累计"),
                                    .sub = YH_S(""),
                                    .value = 600000,
                                    .opening = 600000 };
    enum yh_status st = yh_add_accumulator(x, &a, err);
    yh_txn_group(x, (struct yh_group){ YH_S("990100"), 1 });
    struct yh_binding_row b = { .owner_region = YH_S("990100"),
                                .owner_grp = 1,
                                .owner = YH_TOWN_WORKER,
                                .region = YH_S("990100"),
                                .grp = 1,
                                .person = YH_TOWN_CHILD,
                                .from_day = yh_day_of(2025, 1, 1),
                                .to_day = OPEN,
                                .relation = YH_S("子女"),
                                .limit_fen = 0 };
    return st ? st : yh_add_binding(x, &b, err);
}

enum yh_status yh_town_build(struct yh_store *s, struct yh_arena *scratch, yh_time now,
                             struct yh_err *err)
{
    yh_day as_of = yh_day_of(yh_civil_of(yh_time_day(now)).year, 1, 1);
    struct yh_txn x;
    enum yh_status st = yh_store_solo_begin(s, scratch, &x, err);
    if (st)
        return st;
    st = places(&x, err);
    for (int i = 0; st == YH_OK && i < YH_COUNT(FOLK); i++)
        st = one(&x, &FOLK[i], as_of, err);
    if (st == YH_OK)
        st = history(&x, as_of, err);
    return yh_store_solo_end(s, &x, st, err);
}

/* ---- random people ---- */

yh_str yh_town_person(char out[32], int64_t i)
{
    return (yh_str){ out, snprintf(out, 32, "990101%020" PRId64, 1000000 + i) };
}

bool yh_town_employee(uint64_t seed, int64_t i)
{
    return yh_mix64(seed ^ (uint64_t)i * UINT64_C(0x9E3779B97F4A7C15)) % 10 < 4;
}

static enum yh_status random_person(struct yh_txn *x, uint64_t seed, int64_t i, int64_t family,
                                    struct yh_err *err)
{
    uint64_t r = yh_mix64(seed + 7 + (uint64_t)i);
    bool employee = yh_town_employee(seed, i);
    bool retired = employee && r % 4 == 0;
    int age = retired    ? 60 + (int)(r / 8 % 30)
              : employee ? 20 + (int)(r / 8 % 40)
                         : (int)(r / 8 % 90);
    char number[32], cert[32];
    struct folk f = { .region = YH_S("990100"),
                      .grp = 1000000 + i / family,
                      .person = yh_town_person(number, i),
                      .name = YH_S("测试某"),
                      .sex = r % 2 ? YH_S("1") : YH_S("2"),
                      .year = 2025 - age,
                      .month = 1 + (int)(r / 1024 % 12),
                      .day = 1 + (int)(r / 16384 % 28),
                      .scheme = employee ? YH_S("310") : YH_S("390"),
                      .kind = retired     ? YH_S("12")
                              : employee  ? YH_S("11")
                              : age < 18  ? YH_S("14")
                              : age >= 60 ? YH_S("16")
                                          : YH_S("15"),
                      .office = YH_S("990101"),
                      .employer = YH_S(""),
                      .months = 24 + (int64_t)(r % 200),
                      .account = employee ? (yh_fen)(r % 500000) : -1,
                      .identity = YH_S("") };
    f.cert = (yh_str){ cert, snprintf(cert, sizeof cert, "990101%04d%02d%02d%04d", f.year,
                                      f.month, f.day, (int)(i % 10000)) };
    yh_txn_group(x, (struct yh_group){ f.region, f.grp });
    struct yh_account_group_row g = { f.region, f.grp, 0 };
    enum yh_status st = i % family ? YH_OK : yh_add_account_group(x, &g, err);
    struct yh_person_row p = { .region = f.region,
                               .grp = f.grp,
                               .person = f.person,
                               .name = f.name,
                               .cert_type = YH_S("01"),
                               .cert_no = f.cert,
                               .sex = f.sex,
                               .nation = YH_S("1"),
                               .born = yh_day_of(f.year, f.month, f.day),
                               .died = OPEN };
    if (st == YH_OK)
        st = yh_add_person(x, &p, err);
    struct yh_person_key_row k = { .kind = YH_S("psn"),
                                   .value = f.person,
                                   .region = f.region,
                                   .grp = f.grp,
                                   .person = f.person };
    if (st == YH_OK)
        st = yh_add_person_key(x, &k, err);
    struct yh_enrolment_row e = enrolment(&f, yh_day_of(2026, 1, 1));
    if (st == YH_OK)
        st = yh_add_enrolment(x, &e, err);
    if (st == YH_OK && f.account >= 0) {
        struct yh_account_row a = { .region = f.region,
                                    .grp = f.grp,
                                    .person = f.person,
                                    .balance = f.account,
                                    .opening = f.account };
        st = yh_add_account(x, &a, err);
    }
    return st;
}

/* Person i may draw on `owner`'s account, where the owner has one. */
static enum yh_status bind(struct yh_txn *x, uint64_t seed, int64_t i, int64_t owner,
                           int64_t family, struct yh_err *err)
{
    char one[32], two[32];
    if (owner == i || !yh_town_employee(seed, owner))
        return YH_OK;
    struct yh_binding_row b = { .owner_region = YH_S("990100"),
                                .owner_grp = 1000000 + owner / family,
                                .owner = yh_town_person(one, owner),
                                .region = YH_S("990100"),
                                .grp = 1000000 + i / family,
                                .person = yh_town_person(two, i),
                                .from_day = yh_day_of(2025, 1, 1),
                                .to_day = OPEN };
    yh_txn_group(x, (struct yh_group){ b.region, b.grp });
    return yh_put_binding(x, &b, err);
}

/* In the family, and crosswise with the families before and behind. */
static enum yh_status relatives(struct yh_txn *x, uint64_t seed, int64_t i, int64_t n,
                                int64_t family, struct yh_err *err)
{
    int64_t first = i / family * family;
    enum yh_status st =
        yh_min(first + family, n) > first + 1
            ? bind(x, seed, i, first + (i + 1 - first) % yh_min(family, n - first), family, err)
            : YH_OK;
    if (st == YH_OK)
        st = bind(x, seed, i, (i + family) % n, family, err);
    return st ? st : bind(x, seed, i, (i + n - family % n) % n, family, err);
}

#define PEOPLE_A_BATCH 20000

enum yh_status yh_town_people(struct yh_store *s, struct yh_arena *scratch, int64_t n,
                              int64_t family, uint64_t seed, struct yh_err *err)
{
    yh_assert(family >= 1);
    for (int64_t from = 0; from < n; from += PEOPLE_A_BATCH) {
        yh_arena_reset(scratch);
        struct yh_txn x;
        enum yh_status st = yh_store_solo_begin(s, scratch, &x, err);
        if (st)
            return st;
        int64_t to = yh_min(n, from + PEOPLE_A_BATCH);
        for (int64_t i = from; st == YH_OK && i < to; i++)
            st = random_person(&x, seed, i, family, err);
        for (int64_t i = from; family > 1 && st == YH_OK && i < to; i++)
            st = relatives(&x, seed, i, n, family, err);
        if ((st = yh_store_solo_end(s, &x, st, err)) != YH_OK)
            return st;
    }
    return YH_OK;
}

enum yh_status yh_town_init(yh_str data, yh_time now, int64_t people, int64_t family,
                            uint64_t seed, struct yh_err *err)
{
    struct yh_store_options opt = { .region = YH_S("990100"), .now = now };
    struct yh_store *s = NULL;
    struct yh_arena scratch;
    enum yh_status st = yh_arena_open(&scratch, (size_t)256 << 20, err);
    if (st)
        return st;
    st = yh_store_open(data, &opt, &s, err);
    if (st == YH_OK)
        st = yh_town_build(s, &scratch, now, err);
    if (st == YH_OK)
        st = yh_town_people(s, &scratch, people, family, seed, err);
    yh_store_close(s);
    yh_arena_close(&scratch);
    return st;
}
