/* shell/replay/report_test.c -- twenty bills by hand, and the report's every cell from them.
 *
 * The pool 990100 of the demonstration in 2026.  Draft: at third-level hospitals residents get 65 %
 * instead of 60 %, and the first stay's deductible is 1,000 instead of 800.
 *
 *  1 甲 adult, third level, 22,000 in scope, 500 outside: (22,000 − 800) × 60 % = 12,720;
 *       draft (22,000 − 1,000) × 65 % = 13,650
 *  2 乙 low income, 6,000 of the year's own share before: basic as 1; critical illness
 *       (15,280 − 7,000) × 65 % = 5,382; assistance (9,280 − 5,382) × 70 % = 2,728.60
 *       draft: own 8,350; (14,350 − 7,000) × 65 % = 4,777.50; (8,350 − 4,777.50) × 70 % = 2,500.75
 *  3 丙 pupil, second level, second stay 3,150: (3,150 − 150) × 70 % = 2,100
 *  4 丙 third level, third stay 1,000, no deductible: 600; draft 650
 *  5 丁 third level 900: (900 − 800) × 60 % = 60; draft 0: all is within the deductible
 *  6 戊 third level 1,000: 120; draft 0
 *  7 戊 third level, second stay 5,000, deductible 400 in both: 4,600 × 60 % = 2,760; × 65 % = 2,990
 *  8 己 clinic of the first level 80: × 50 % = 40          9 己 second level 100: × 40 % = 40
 * 10 庚 outpatient of the third level 200: nothing
 * 11 辛 employee, third level 7,800: 7,000 × 80 % = 5,600  12 壬 retired: × 85 % = 5,950
 * 13 癸 extremely poor, third level 3,000, no deductible: 1,800, assistance 1,200;
 *       draft 1,950 and 1,050
 * 14 子 third level 120,000: 119,200 × 60 % = 71,520; own 48,480; (48,480 − 14,000) × 60 % = 20,688
 *       draft 119,000 × 65 % = 77,350; own 42,650; (42,650 − 14,000) × 60 % = 17,190
 * 15 丑 third level 180,000: 107,520, at most 100,000; (80,000 − 14,000) × 60 % = 39,600; draft the
 *       same: the yearly cap binds in both
 * 16 寅 third level of another pool, filed, 10,000: 9,200 × 50 % = 4,600; draft 9,000 × 55 % = 4,950
 * 17 卯 chronic outpatient 1,000: (1,000 − 200) × 60 % = 480   18 卯 500: × 60 % = 300
 * 19 辰 first level 600: (600 − 100) × 80 % = 400
 * 20 巳 employee at a pharmacy 150: (150 − 50) × 60 % = 60; the account has 30 and pays 30 of the 90 */
#include "shell/replay/report.h"
#include <stdio.h>
#include <unistd.h>
#include "base/test.h"
#include "shell/replay/load.h"

enum { THIRD, SECOND, FIRST, PHARMACY, AWAY };
static const struct person {
    const char *name;
    int age;
    const char *scheme, *kind, *ident, *county;
} PERSON[] = {
    { "甲", 46, "390", "1501", "", "990101" }, { "乙", 50, "390", "1501", "2303", "990102" },
    { "丙", 12, "390", "1405", "", "990101" }, { "丁", 61, "390", "1501", "", "990121" },
    { "戊", 66, "390", "1501", "", "990121" }, { "己", 30, "390", "1501", "", "990101" },
    { "庚", 31, "390", "1501", "", "990101" }, { "辛", 40, "310", "1101", "", "990101" },
    { "壬", 70, "310", "1201", "", "990102" }, { "癸", 76, "390", "1501", "2304", "990121" },
    { "子", 55, "390", "1501", "", "990101" }, { "丑", 58, "390", "1501", "", "990102" },
    { "寅", 48, "390", "1501", "", "990102" }, { "卯", 64, "390", "1501", "", "990101" },
    { "辰", 86, "390", "1501", "", "990121" }, { "巳", 35, "310", "1101", "", "990102" },
};
static const struct bill {
    int who;
    const char *med;
    int at, count, month;
    yh_fen scope, outside, basic, serious, assist, account, basic2, serious2, assist2;
} BILL[] = {
    { 0, "21", THIRD, 1, 1, 2200000, 50000, 1272000, 0, 0, 0, 1365000, 0, 0 },
    { 1, "21", THIRD, 1, 1, 2200000, 0, 1272000, 538200, 272860, 0, 1365000, 477750, 250075 },
    { 2, "21", SECOND, 2, 2, 315000, 0, 210000, 0, 0, 0, 210000, 0, 0 },
    { 2, "21", THIRD, 3, 3, 100000, 0, 60000, 0, 0, 0, 65000, 0, 0 },
    { 3, "21", THIRD, 1, 3, 90000, 0, 6000, 0, 0, 0, 0, 0, 0 },
    { 4, "21", THIRD, 1, 4, 100000, 0, 12000, 0, 0, 0, 0, 0, 0 },
    { 4, "21", THIRD, 2, 5, 500000, 0, 276000, 0, 0, 0, 299000, 0, 0 },
    { 5, "11", FIRST, 1, 5, 8000, 0, 4000, 0, 0, 0, 4000, 0, 0 },
    { 5, "11", SECOND, 1, 6, 10000, 0, 4000, 0, 0, 0, 4000, 0, 0 },
    { 6, "11", THIRD, 1, 6, 20000, 0, 0, 0, 0, 0, 0, 0, 0 },
    { 7, "21", THIRD, 1, 7, 780000, 0, 560000, 0, 0, 0, 560000, 0, 0 },
    { 8, "21", THIRD, 1, 7, 780000, 0, 595000, 0, 0, 0, 595000, 0, 0 },
    { 9, "21", THIRD, 1, 8, 300000, 0, 180000, 0, 120000, 0, 195000, 0, 105000 },
    { 10, "21", THIRD, 1, 8, 12000000, 0, 7152000, 2068800, 0, 0, 7735000, 1719000, 0 },
    { 11, "21", THIRD, 1, 9, 18000000, 0, 10000000, 3960000, 0, 0, 10000000, 3960000, 0 },
    { 12, "21", AWAY, 1, 9, 1000000, 0, 460000, 0, 0, 0, 495000, 0, 0 },
    { 13, "14", FIRST, 1, 10, 100000, 0, 48000, 0, 0, 0, 48000, 0, 0 },
    { 13, "14", FIRST, 1, 11, 50000, 0, 30000, 0, 0, 0, 30000, 0, 0 },
    { 14, "21", FIRST, 1, 12, 60000, 0, 40000, 0, 0, 0, 40000, 0, 0 },
    { 15, "41", PHARMACY, 1, 12, 15000, 0, 6000, 0, 0, 3000, 6000, 0, 0 },
};
static const struct {
    const char *code, *level, *office;
    int kind;
} HOSPITAL[] = { { "H99010100001", "1", "990101", 1 },
                 { "H99010100002", "5", "990102", 1 },
                 { "H99012100003", "8", "990121", 1 },
                 { "P99010100005", "11", "990101", 2 },
                 { "H99020100006", "1", "990201", 1 } };

static yh_fen fund_of(const struct bill *b, int s)
{
    return s ? b->basic2 + b->serious2 + b->assist2 : b->basic + b->serious + b->assist;
}
static yh_fen burden_of(const struct bill *b, int s)
{
    return b->scope + b->outside - fund_of(b, s);
}

/* The archive as the books have it: the amounts above, not the engine's. */
static void write_books(struct yh_arena *a, const struct yh_replay_world *w,
                        const struct yh_loaded *l, const char *path)
{
    struct yh_arena rows;
    struct yh_arc_builder b;
    struct yh_arc_dicts d;
    struct yh_archive_writer *out;
    struct yh_err err;
    CHECK_OK(yh_arena_open(&rows, (size_t)1 << 28, &err), &err);
    yh_arc_dicts_open(&d, a);
    int64_t care = yh_arc_dict_add(&d, YH_DICT_ITEM, YH_S("001109000030100")),
            beyond = yh_arc_dict_add(&d, YH_DICT_ITEM, YH_S("330100000000001"));
    int64_t tag = yh_arc_dict_add(&d, YH_DICT_TAG, YH_S("普通"));
    yh_arc_open(&b, &rows);
    for (int i = 0; i < YH_COUNT(HOSPITAL); i++) {
        struct yh_arc_provider p = { .kind = HOSPITAL[i].kind, .name = -1, .services = -1 };
        p.code = yh_arc_text_in(&b, yh_cstr(HOSPITAL[i].code));
        p.level = yh_arc_dict_add(&d, YH_DICT_LEVEL, yh_cstr(HOSPITAL[i].level));
        p.office = yh_arc_dict_add(&d, YH_DICT_OFFICE, yh_cstr(HOSPITAL[i].office));
        (void)yh_arc_add_provider(&b, &p);
    }
    yh_str providers = yh_arc_encode(&b, a);
    yh_arc_open(&b, &rows);
    for (int i = 0; i < YH_COUNT(PERSON); i++) {
        const struct person *x = &PERSON[i];
        struct yh_arc_person p = { .grp = i + 1, .sex = 1, .died = YH_DAY_MAX };
        p.person = yh_arc_text_in(&b, yh_fmt(a, "测试%s", x->name));
        p.born = yh_day_of(2026 - x->age, 1, 1);
        p.district = yh_arc_dict_add(&d, YH_DICT_OFFICE, yh_cstr(x->county));
        p.household = i + 1;
        p.income = 4000000;
        p.balance = -1;
        int64_t row = yh_arc_add_person(&b, &p);
        int64_t scheme = yh_arc_dict_add(&d, YH_DICT_SCHEME, yh_cstr(x->scheme));
        if (*x->ident) {
            struct yh_arc_identity id = { .to_day = YH_DAY_MAX };
            id.kind = yh_arc_dict_add(&d, YH_DICT_IDENT, yh_cstr(x->ident));
            (void)yh_arc_add_identity(&b, &id);
        }
        if (i == 1) {
            struct yh_arc_opening o = { .scheme = scheme, .year = 2026, .value = 600000 };
            o.acc = yh_arc_dict_add(&d, YH_DICT_ACC, YH_S("大病保险.累计"));
            (void)yh_arc_add_opening(&b, &o);
        }
        for (int k = 0, seq = 0; k < YH_COUNT(BILL); k++) {
            const struct bill *c = &BILL[k];
            if (c->who != i)
                continue;
            bool stay = *c->med == '2';
            struct yh_arc_head h = { .person = row,
                                     .seq = ++seq,
                                     .settlement = 100 + k,
                                     .visit = 500 + k,
                                     .undoes = -1,
                                     .replaces = -1,
                                     .provider = c->at,
                                     .scheme = scheme,
                                     .away = c->at == AWAY,
                                     .stay = stay,
                                     .year = 2026,
                                     .months = 60,
                                     .count = c->count,
                                     .gap = YH_GAP_NONE,
                                     .relative_of = -1,
                                     .relative_limit = YH_UNLIMITED,
                                     .basic = c->basic,
                                     .serious = c->serious,
                                     .assist = c->assist,
                                     .account = c->account,
                                     .account_flag = c->account > 0,
                                     .account_balance = c->account };
            h.psn_kind = yh_arc_dict_add(&d, YH_DICT_PSN_KIND, yh_cstr(x->kind));
            h.office = p.district;
            h.place = p.district;
            h.med_type = yh_arc_dict_add(&d, YH_DICT_MED_TYPE, yh_cstr(c->med));
            h.end = yh_day_of(2026, c->month, 20);
            h.begin = h.end - (stay ? 5 : 0);
            h.time = yh_day_time((yh_day)h.end) + 36000;
            h.filing = yh_arc_dict_add(&d, YH_DICT_FILING,
                                       h.away ? YH_S("转诊备案") : YH_S("无需备案"));
            h.referral = yh_arc_dict_add(&d, YH_DICT_REFERRAL, YH_S("未转诊"));
            h.status = yh_arc_dict_add(&d, YH_DICT_STATUS, YH_S("正常"));
            /* act_pay_dedc, of the basic layers */
            static const yh_fen DEDUCT[] = { 80000, 80000, 15000, 0,     80000, 80000, 40000,
                                             0,     0,     0,     80000, 80000, 0,     80000,
                                             80000, 80000, 20000, 0,     10000, 5000 };
            h.deductible = DEDUCT[k];
            (void)yh_arc_add_head(&b, &h);
            struct yh_arc_cut cut = { .tag = tag, .outside = c->outside, .scope = c->scope };
            (void)yh_arc_add_cut(&b, &cut);
            const struct {
                yh_fen v;
                const char *layer, *fund;
            } PAY[] = { { c->basic, "",
                          *x->scheme == '3' && x->scheme[1] == '1' ? "310100" : "390100" },
                        { c->serious, "大病保险", "390200" },
                        { c->assist, "医疗救助", "610100" } };
            for (int j = 0; j < 3; j++) {
                struct yh_arc_pay pay = { .amount = PAY[j].v };
                pay.layer = yh_arc_dict_add(&d, YH_DICT_LAYER, yh_cstr(PAY[j].layer));
                pay.fund = yh_arc_dict_add(&d, YH_DICT_FUND, yh_cstr(PAY[j].fund));
                if (pay.amount)
                    (void)yh_arc_add_pay(&b, &pay);
            }
            struct yh_arc_line line = { .day = h.begin, .qty = 10000, .serial = 1 };
            line.item = care;
            line.price = c->scope * 10000;
            (void)yh_arc_add_line(&b, &line);
            line.item = beyond;
            line.price = c->outside * 10000;
            line.serial = 2;
            if (c->outside)
                (void)yh_arc_add_line(&b, &line);
        }
    }
    CHECK_OK(yh_archive_create(path, &out, &err), &err);
    CHECK_OK(yh_archive_append(out, yh_arc_encode(&b, a), &err), &err);
    struct yh_archive_about about = { .region = 990100, .year = 2026 };
    yh_terms_digest(&l->catalogs.terms, l->catalogs.catalog, about.catalog);
    CHECK_OK(yh_archive_finish(out, &d, providers, &about, &err), &err);
    yh_arena_close(&rows);
    (void)w;
}

static const char DRAFT[] = "# 草案：三级医院多报五个百分点，起付线 1000\n\n"
                            "amends 990100/390/2026-01-01   from 2027-01-01\n"
                            "source 测试   standing draft\n\n"
                            "## 第一条 起付与比例\n三级 1000 元，65%。\n\n```policy\n"
                            "params 三级比例 = 65%\n"
                            "layer 基本统筹\n  for 住院\n"
                            "  deductible\n    | 次数 | 一级 | 二级 | 三级 |\n"
                            "    | 1    | 100  | 300  | 1000 |\n"
                            "    | 2    | 50   | 150  | 400  |\n"
                            "    | 3..  | 0    | 0    | 0    |\n    transfer 补差\n"
                            "  rate\n    | 一级 | 二级 | 三级 |\n"
                            "    | 80%  | 70%  | 三级比例 |\n```\n";

struct bench {
    struct yh_loaded l;
    struct yh_replay_world world;
    struct yh_archive archive;
    struct yh_replay_draft draft;
    char path[80], page[80];
};

static void open_bench(struct bench *b, struct yh_arena *a)
{
    struct yh_err err;
    char *policy[] = { (char *)(uintptr_t) "policy/990101" };
    CHECK_OK(yh_loaded_open(NULL, policy, 1, false, &b->l, &err), &err);
    b->world = (struct yh_replay_world){ b->l.catalogs.catalog, &b->l.catalogs.terms,
                                         &b->l.catalogs.regions, &b->l.plans };
    snprintf(b->path, sizeof b->path, "/tmp/yiheng-twenty-%d.yha", (int)getpid());
    snprintf(b->page, sizeof b->page, "/tmp/yiheng-twenty-%d.md", (int)getpid());
    write_books(a, &b->world, &b->l, b->path);
    FILE *f = fopen(b->page, "w");
    fputs(DRAFT, f);
    fclose(f);
    CHECK_OK(yh_archive_open(b->path, &b->archive, &err), &err);
    CHECK_OK(yh_replay_load(a, &b->l, b->page, YH_DAY_MIN, &b->draft, &err), &err);
}

static void close_bench(struct bench *b)
{
    yh_archive_close(&b->archive);
    yh_loaded_close(&b->l);
    unlink(b->path);
    unlink(b->page);
}

TEST(twenty_bills_by_hand_are_what_the_rules_in_force_give)
{
    struct yh_arena *a = yh_test_arena();
    struct bench b;
    struct yh_err err;
    struct yh_replay_result r;
    open_bench(&b, a);
    struct yh_replay_options opt = { .threads = 1 };
    CHECK_OK(yh_replay_run(&b.archive, &b.world, &opt, &r, &err), &err);
    for (int i = 0; i < r.nwrong; i++)
        fprintf(stderr, "bill %s %s: %lld, now %lld\n", r.wrong_list[i].settlement,
                r.wrong_list[i].what, (long long)r.wrong_list[i].was,
                (long long)r.wrong_list[i].is);
    CHECK_I64(r.wrong, 0, "bills that differ");
    CHECK_I64(r.sampled, 20, "bills");
    yh_replay_close(&r);
    close_bench(&b);
}

/* ---- the report, cell by cell ---- */

static const struct yh_report_table *find(const struct yh_report *r, const char *name)
{
    for (int i = 0; i < r->ntable; i++)
        if (!strcmp(r->table[i].name, name))
            return &r->table[i];
    CHECK(!"no such table");
    return NULL;
}

static const char *level_of(const struct bill *b)
{
    static const char *const NAME[] = { "三级", "二级", "一级及以下", "药店", "三级" };
    return NAME[b->at];
}
static const char *service_of(const struct bill *b)
{
    return *b->med == '2'     ? "住院"
           : b->med[1] == '4' ? "门诊慢特病"
           : *b->med == '4'   ? "药店"
                              : "门诊";
}
static const char *age_of(const struct bill *b)
{
    static const char *const NAME[] = { "0–6",   "7–17",  "18–44", "45–59",
                                        "60–64", "65–74", "75–84", "85–" };
    static const int TO[] = { 7, 18, 45, 60, 65, 75, 85, 200 };
    int i = 0;
    while (PERSON[b->who].age >= TO[i])
        i++;
    return NAME[i];
}
static const char *ident_of(const struct bill *b)
{
    const char *code = PERSON[b->who].ident;
    return !*code ? "无" : !strcmp(code, "2303") ? "低保" : "特困";
}
static const char *scheme_of(const struct bill *b)
{
    return strcmp(PERSON[b->who].scheme, "310") ? "居民" : "职工";
}
static const char *county_of(const struct bill *b)
{
    return PERSON[b->who].county;
}
static const char *month_of(const struct bill *b)
{
    static const char *const NAME[] = { "",      "1 月",  "2 月", "3 月", "4 月",
                                        "5 月",  "6 月",  "7 月", "8 月", "9 月",
                                        "10 月", "11 月", "12 月" };
    return NAME[b->month];
}
static const char *place_of(const struct bill *b)
{
    return b->at == AWAY ? "省内异地" : "本地";
}

static void check_compared(const struct yh_shown *c, yh_fen was, yh_fen is, const char *why)
{
    CHECK_I64(c[0].v, was, why);
    CHECK_I64(c[1].v, is, why);
    CHECK_I64(c[2].v, is - was, why);
    if (was > 0)
        CHECK_I64(c[3].v, yh_ratio(is - was, was, YH_ROUND_HALF_UP), why);
}

static void check_view(const struct yh_report *r, const char *name,
                       const char *(*of)(const struct bill *))
{
    const struct yh_report_table *t = find(r, name);
    int seen = 0;
    for (int k = 0; k < t->nrow; k++) {
        const struct yh_shown *c = &t->cell[k * t->ncol];
        int n = 0, stays = 0;
        yh_fen total = 0, fund[2] = { 0 }, own[2] = { 0 }, pay[3][2] = { { 0 } };
        for (int i = 0; i < YH_COUNT(BILL); i++) {
            const struct bill *x = &BILL[i];
            if (!yh_eq(c[0].text, yh_cstr(of(x))))
                continue;
            n++;
            stays += *x->med == '2';
            total += x->scope + x->outside;
            for (int s = 0; s < 2; s++) {
                fund[s] += fund_of(x, s);
                own[s] += burden_of(x, s);
                pay[0][s] += s ? x->basic2 : x->basic;
                pay[1][s] += s ? x->serious2 : x->serious;
                pay[2][s] += s ? x->assist2 : x->assist;
            }
        }
        seen += n;
        CHECK_I64(c[1].v, n, name);
        CHECK_I64(c[2].v, stays, name);
        CHECK_I64(c[3].v, total, name);
        check_compared(c + 4, fund[0], fund[1], name);
        check_compared(c + 8, own[0], own[1], name);
        for (int p = 0; p < 3; p++)
            check_compared(c + 12 + 4 * p, pay[p][0], pay[p][1], name);
    }
    CHECK_I64(seen, 20, name);
}

TEST(the_report_of_a_draft_is_the_hand_computed_one_cell_by_cell)
{
    struct yh_arena *a = yh_test_arena();
    struct bench b;
    struct yh_err err;
    struct yh_replay_result r;
    struct yh_report o;
    open_bench(&b, a);
    struct yh_replay_options opt = { .threads = 2, .draft = &b.draft, .ndraft = 1, .most = 50 };
    CHECK_OK(yh_replay_run(&b.archive, &b.world, &opt, &r, &err), &err);
    struct yh_report_money money[] = { { YH_S("居民基金"), YH_S("390100 390200"), 1000000000,
                                         2000000000, 600 } };
    struct yh_report_points points[] = { { YH_S("390"), 20000000, 500 * YH_ONE } };
    struct yh_report_elastic elastic[] = { { YH_S("住院"), -200000, YH_S("测试 2026") } };
    struct yh_report_input in = { .result = &r,
                                  .elastic = elastic,
                                  .nelastic = 1,
                                  .earlier =
                                      &r, /* the same year twice: its parts still add up */
                                  .draft = &b.draft,
                                  .ndraft = 1,
                                  .base_name = YH_S("账面"),
                                  .again = YH_S("again"),
                                  .money = money,
                                  .nmoney = 1,
                                  .points = points,
                                  .npoints = 1,
                                  .stories = 50 };
    CHECK_OK(yh_report_build(a, &in, &o, &err), &err);
    check_view(&o, "by_scheme", scheme_of);
    check_view(&o, "by_level", level_of);
    check_view(&o, "by_service", service_of);
    check_view(&o, "by_county", county_of);
    check_view(&o, "by_age", age_of);
    check_view(&o, "by_ident", ident_of);
    check_view(&o, "by_month", month_of);
    check_view(&o, "by_place", place_of);

    /* Residents' basic 12,720.00 × 2 + 2,100 + 600 + 60 + 120 + 2,760 + 40 + 40 + 1,800 + 71,520 +
     * 100,000 + 4,600 + 480 + 300 + 400 = 210,260.00; draft 13,650 × 2 + 2,100 + 650 + 2,990 + 80 +
     * 1,950 + 77,350 + 100,000 + 4,950 + 1,180 = 218,550.00 */
    const struct yh_report_table *t = find(&o, "funds");
    static const struct {
        const char *what;
        yh_fen was, is;
    } FUND[] = { { "城镇职工基本医疗保险统筹基金", 1155000 + 6000, 1155000 + 6000 },
                 { "城乡居民基本医疗保险基金", 21026000, 21855000 },
                 { "城乡居民大病医疗保险基金", 6567000, 6156750 },
                 { "医疗救助基金", 392860, 355075 },
                 { "基金合计（不含直接付给个人）", 29146860, 29527825 },
                 { "个人负担", 9531140, 9150175 },
                 { "其中个人账户", 3000, 3000 },
                 { "其中现金", 9528140, 9147175 },
                 { "总费用", 38678000, 38678000 } };
    for (int i = 0; i < YH_COUNT(FUND); i++) {
        int found = 0;
        for (int k = 0; k < t->nrow; k++)
            if (yh_eq(t->cell[k * t->ncol + 1].text, yh_cstr(FUND[i].what))) {
                found++;
                check_compared(&t->cell[k * t->ncol + 2], FUND[i].was, FUND[i].is,
                               FUND[i].what);
            }
        CHECK_I64(found, 1, FUND[i].what);
    }

    /* Gain: 1 by 930.00; 2 by 97.65 (own 1,169.40 before, 1,071.75 after); 4 (丙) 50.00; 戊
     * 230.00 − 120.00 = 110.00; 14 (子) 5,830 − 3,498 = 2,332.00; 16 (寅) 350.00.  癸: basic 150.00
     * more, assistance 150.00 less: nothing.  Lose: 丁 60.00.  Of 97.65, 350 … six gains, sorted
     * 50.00 97.65 110.00 350.00 930.00 2,332.00, the one nearer to nothing of the middle two: 110.00 */
    t = find(&o, "people");
    CHECK_I64(t->cell[1].v, 6, "gain");
    CHECK_I64(t->cell[2].v, 11000, "median gain");
    CHECK_I64(t->cell[3].v, 5000 + 9765 + 11000 + 35000 + 93000 + 233200, "sum of gains");
    CHECK_I64(t->cell[4].v, 1, "lose");
    CHECK_I64(t->cell[5].v, 6000, "median loss");
    CHECK_I64(t->cell[7].v, 9, "unchanged");
    t = find(&o, "spread");
    static const int64_t PEOPLE[YH_SPREAD] = { 0, 0, 1, 1, 2, 2, 9, 1 };
    for (int i = 0; i < YH_SPREAD; i++)
        CHECK_I64(t->cell[i * t->ncol + 1].v, PEOPLE[i], "spread");

    /* Every household has 40,000.00: over 10 % bear 甲 9,780 (8,850), 子 27,792 (25,460), 丑 40,400,
     * 寅 5,400 (5,050); over 25 % 子 and 丑; over 40 % both. */
    t = find(&o, "households");
    static const int64_t OVER[3][2] = { { 4, 4 }, { 2, 2 }, { 2, 2 } };
    for (int i = 0; i < 3; i++)
        for (int s = 0; s < 2; s++)
            CHECK_I64(t->cell[i * t->ncol + 1 + s].v, OVER[i][s], "households");

    /* Stays of residents: funds 2,100 … of 382,850.00 in scope less what is outpatient. */
    t = find(&o, "months");
    CHECK_I64(t->cell[4].v, 21026000 + 6567000, "spent");
    CHECK_I64(t->cell[5].v, 3000000000 - 27593000, "closing");
    CHECK_I64(t->cell[6].v,
              yh_muldiv(3000000000 - 27593000, 12 * YH_ONE, 27593000, YH_ROUND_HALF_UP),
              "months");
    t = find(&o, "points");
    CHECK_I64(t->nrow, 2, "one scheme, two cases");
    CHECK(t->cell[5].v >
          t->cell[t->ncol + 5].v); /* a higher ratio, a lower value of the point */

    /* What stays cost their patients and the funds; −0.2 × the change of what a stay
     * costs its patient; the funds pay that much more or less. */
    yh_fen was = 0, is = 0, fund = 0;
    for (int i = 0; i < YH_COUNT(BILL); i++)
        if (*BILL[i].med == '2') {
            was += burden_of(&BILL[i], 0);
            is += burden_of(&BILL[i], 1);
            fund += fund_of(&BILL[i], 1);
        }
    t = find(&o, "behaviour");
    yh_micro price = yh_ratio(is - was, was, YH_ROUND_HALF_UP);
    CHECK_I64(t->cell[6].v, price, "price");
    CHECK_I64(t->cell[7].v, yh_fen_scale(price, -200000, YH_ROUND_HALF_UP), "visits");
    CHECK_I64(t->cell[8].v, yh_fen_scale(fund, t->cell[7].v, YH_ROUND_HALF_UP), "fund");
    CHECK(t->cell[8].v > 0 && !t->summary);
    t = find(&o, "waterfall");
    yh_fen sum = 0;
    for (int i = 0; i + 1 < t->nrow; i++)
        sum += t->cell[i * t->ncol + 1].v;
    CHECK_I64(sum, t->cell[(t->nrow - 1) * t->ncol + 1].v, "the steps lead from year to year");
    CHECK_I64(t->cell[1 * t->ncol + 1].v, 29527825 - 29146860, "the policy's part");
    CHECK_I64(t->cell[2 * t->ncol + 1].v + t->cell[3 * t->ncol + 1].v +
                  t->cell[4 * t->ncol + 1].v,
              0, "the same people, visits and prices");

    t = find(&o, "affected");
    CHECK_I64(t->nrow, 7, "all that a draft touches");
    CHECK_STR(t->cell[2].text, YH_S("测试子"), "the most affected first");
    CHECK_I64(t->cell[7].v, -233200, "by as much");
    CHECK_I64(o.nstory, 7, "each with its bill");
    CHECK(yh_find(o.story[0].before, YH_S("71,520.00")) >= 0);
    CHECK(yh_find(o.story[0].after, YH_S("77,350.00")) >= 0);

    struct yh_buf text = yh_buf_in(a), json = yh_buf_in(a), html = yh_buf_in(a);
    yh_report_text(&o, &text);
    CHECK(yh_find(yh_buf_str(&text), YH_S("+8,290.00")) >= 0);
    yh_report_json(&o, &json);
    struct yh_json *v;
    CHECK_OK(
        yh_json_read(a, yh_trim(yh_buf_str(&json)), (struct yh_json_limits){ 0 }, &v, &err),
        &err);
    yh_report_html(&o, &html);
    CHECK(yh_find(yh_buf_str(&html), YH_S("<svg")) >= 0);
    CHECK(yh_find(yh_buf_str(&html), YH_S("http")) < 0);
    char book[96];
    snprintf(book, sizeof book, "%s.xlsx", b.path);
    CHECK_OK(yh_report_xlsx(&o, book, &err), &err);
    unlink(book);
    yh_replay_close(&r);
    close_bench(&b);
}

TEST(a_draft_with_an_error_or_a_missing_number_does_not_run)
{
    struct yh_arena *a = yh_test_arena();
    struct bench b;
    struct yh_err err;
    open_bench(&b, a);
    static const struct {
        const char *from, *to, *why;
    } BAD[] = { { "= 65%", "= 缺", "a missing number" },
                { "| 80%  | 70%  |", "| 80%  |", "a row too short" },
                { "layer 基本统筹", "layer 无此层", "a layer without a fund" },
                { "三级比例 |", "一百六 |", "no number" } };
    for (int i = 0; i < YH_COUNT(BAD); i++) {
        yh_str text = yh_cstr(DRAFT);
        ptrdiff_t at = yh_find(text, yh_cstr(BAD[i].from));
        CHECK(at >= 0);
        struct yh_policy_text page = { YH_S("bad.md"),
                                       yh_fmt(a, "%.*s%s%s", (int)at, DRAFT, BAD[i].to,
                                              DRAFT + at + strlen(BAD[i].from)) };
        const struct yh_plan *plan;
        CHECK_I64(yh_replay_load_text(a, &b.l, &page, 1, 0, &plan, &err) != YH_OK, 1,
                  BAD[i].why);
        CHECK(err.text[0]);
    }
    close_bench(&b);
}
