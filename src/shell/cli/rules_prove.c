/* shell/cli/rules_prove.c -- yiheng rules prove: each official knowledge row against a case that breaks it
 * and its lawful twin.
 *
 * The cases are made here from the tables and from what the batches say of each kind, not from the
 * rule files: two readings of one text.  A row is proved when its rule hits the violating case with
 * that knowledge and that item, and the twin not at all. */
#include <stdio.h>

#include "engine/monitor/monitor.h"
#include "shell/catalogs/catalogs.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"
#include "shell/rules/rules.h"

#define LINES_MAX 800

/* One row of a table, by column name. */
struct row {
    const struct yh_tsv *t;
    yh_str text; /* the whole table */
};
static yh_str cell(const struct row *r, const char *name)
{
    int i = yh_tsv_col(r->t, yh_cstr(name));
    return i < 0 ? YH_S("") : r->t->cell[i];
}
static int64_t number(const struct row *r, const char *name, int64_t absent)
{
    int64_t v;
    return yh_int_parse(cell(r, name), &v, NULL) ? absent : v;
}

/* A made case: one person, up to three visits. */
struct made {
    struct yh_arena *a;
    struct yh_monitor *m;
    struct yh_mon_person p;
    struct yh_mon_visit v[3];
    struct yh_mon_line line[3][LINES_MAX];
    uint32_t dx[3][2];
    int n;
};

#define DAY0 yh_day_of(2026, 3, 2) /* a Monday */

static void begin(struct made *x, uint8_t sex, int age_days)
{
    x->n = 0;
    x->p = (struct yh_mon_person){ .region = YH_S("990100"),
                                   .person = YH_S("P1"),
                                   .sex = sex,
                                   .born = DAY0 - age_days,
                                   .died = YH_DAY_MAX };
}

static struct yh_mon_visit *visit(struct made *x, uint8_t kind, int level, yh_day from,
                                  int days)
{
    struct yh_mon_provider at = { .code = yh_fmt(x->a, "H%d", level), .level = (uint8_t)level };
    struct yh_mon_visit *v = &x->v[x->n];
    *v = (struct yh_mon_visit){ .visit = yh_fmt(x->a, "V%d", x->n + 1),
                                .provider = yh_monitor_provider(x->m, &at),
                                .kind = kind,
                                .scheme_word = YH_FW_SCHEME_RESIDENT,
                                .channel = YH_FW_CHANNEL_OFFLINE,
                                .begin = from,
                                .end = from + days,
                                .time = yh_day_time(from),
                                .fund = -1,
                                .line = x->line[x->n] };
    /* A diagnosis that no drug is limited to: hand-written, outside every chapter of diseases. */
    x->dx[x->n][0] = yh_monitor_dx(x->m, YH_S("Z99.900"), YH_S("其他"));
    v->dx = x->dx[x->n];
    v->ndx = 1;
    x->n++;
    return v;
}

static struct yh_mon_line *charge(struct made *x, yh_day day, int minute, yh_str code,
                                  yh_str name, int64_t qty, yh_fen price)
{
    struct yh_mon_visit *v = &x->v[x->n - 1];
    struct yh_mon_line *l = &x->line[x->n - 1][v->nline++];
    *l = (struct yh_mon_line){ .item = yh_monitor_item(x->m, code, name),
                               .time = yh_day_time(day) + minute * 60,
                               .qty = qty * 10000,
                               .price = price * 10000,
                               .amount = price * qty,
                               .outside = -1,
                               .covered = true,
                               .rx = 1,
                               .serial = yh_fmt(x->a, "%d", v->nline) };
    v->total += l->amount;
    return l;
}

#define ADULT (40 * 366)
#define CODE cell(r, "item_code"), cell(r, "item_name")

/* ---- a case for each kind: `bad` breaks the row, its twin keeps it ---- */

static void out(struct made *x, const struct row *r, uint8_t sex, int age_days)
{
    begin(x, sex, age_days);
    visit(x, YH_FW_KIND_OUTPATIENT, 3, DAY0, 0);
    charge(x, DAY0, 600, CODE, 1, 1000);
}

static void make_sex(struct made *x, const struct row *r, bool bad)
{
    bool man = yh_eq(cell(r, "sex"), YH_S("M"));
    out(x, r, man == !bad ? YH_FW_SEX_MALE : YH_FW_SEX_FEMALE, ADULT);
}

static void make_child(struct made *x, const struct row *r, bool bad)
{
    int64_t lo = number(r, "age_min_years", 0), hi = number(r, "age_max_years", -1);
    bool born = yh_eq(cell(r, "age_group"), YH_S("newborn"));
    int64_t days = born ? 5 : hi >= 0 ? hi * 365 : lo ? lo * 366 + 200 : 2 * 366;
    out(x, r, YH_FW_SEX_FEMALE, bad ? ADULT : (int)days);
}

static void make_work_age(struct made *x, const struct row *r, bool bad)
{
    out(x, r, YH_FW_SEX_FEMALE, bad ? 10 * 366 : ADULT);
}

static void make_insurance(struct made *x, const struct row *r, bool bad)
{
    out(x, r, YH_FW_SEX_FEMALE, ADULT);
    bool injury = yh_eq(cell(r, "insurance_types"), YH_S("work_injury"));
    if (!bad)
        x->v[0].scheme_word = injury ? YH_FW_SCHEME_INJURY : YH_FW_SCHEME_MATERNITY;
}

static void make_level(struct made *x, const struct row *r, bool bad)
{
    int64_t least = number(r, "hospital_level_min", 2);
    begin(x, YH_FW_SEX_FEMALE, ADULT);
    visit(x, YH_FW_KIND_OUTPATIENT, (int)(bad ? least - 1 : least), DAY0, 0);
    charge(x, DAY0, 600, CODE, 1, 1000);
}

static void make_visit_type(struct made *x, const struct row *r, bool bad)
{
    bool emergency = yh_find(cell(r, "visit_types"), YH_S("emergency")) >= 0;
    out(x, r, YH_FW_SEX_FEMALE, ADULT);
    if (!bad)
        x->v[0].kind = emergency ? YH_FW_KIND_EMERGENCY : YH_FW_KIND_INPATIENT;
}

static void make_internet(struct made *x, const struct row *r, bool bad)
{
    out(x, r, YH_FW_SEX_FEMALE, ADULT);
    if (bad)
        x->v[0].channel = YH_FW_CHANNEL_INTERNET;
}

/* The twin carries the first disease that the point names: by its code, else by its name. */
static void make_indication(struct made *x, const struct row *r, bool bad)
{
    int64_t least = number(r, "age_min_years", 0);
    out(x, r, YH_FW_SEX_FEMALE, least > 39 ? 80 * 366 : ADULT);
    if (bad)
        return;
    yh_str codes = cell(r, "dx_prefixes"), names = cell(r, "dx_keywords");
    yh_str code = yh_cut(&codes, '|'), name = yh_cut(&names, '|');
    ptrdiff_t dash = yh_find(code, YH_S("-"));
    code = dash > 0 ? yh_sub(code, 0, dash) : code;
    x->dx[0][0] = yh_monitor_dx(x->m, code, code.n ? YH_S("") : name);
}

static void make_second_line(struct made *x, const struct row *r, bool bad)
{
    out(x, r, YH_FW_SEX_FEMALE, ADULT);
    x->line[0][0].first_line = !bad;
}

static void make_never(struct made *x, const struct row *r, bool bad)
{
    out(x, r, YH_FW_SEX_FEMALE, ADULT);
    x->line[0][0].covered = bad;
}

static void make_single(struct made *x, const struct row *r, bool bad)
{
    out(x, r, YH_FW_SEX_FEMALE, ADULT);
    if (!bad)
        charge(x, DAY0, 600, YH_S("T000000001"), YH_S("甘草"), 1, 100);
}

static void make_course(struct made *x, const struct row *r, bool bad)
{
    int64_t days = number(r, "max_course_days", 0) + bad;
    begin(x, YH_FW_SEX_FEMALE, ADULT);
    visit(x, YH_FW_KIND_INPATIENT, 3, DAY0, (int)days);
    for (int i = 0; i < days && i < LINES_MAX; i++)
        charge(x, DAY0 + i, 600, CODE, 1, 1000);
}

static void make_daily(struct made *x, const struct row *r, bool bad)
{
    begin(x, YH_FW_SEX_FEMALE, ADULT);
    visit(x, YH_FW_KIND_INPATIENT, 3, DAY0, 5);
    charge(x, DAY0 + 1, 600, CODE, number(r, "max_qty", 1), 1000);
    charge(x, bad ? DAY0 + 1 : DAY0 + 2, 660, CODE, 1, 1000);
}

static void make_period(struct made *x, const struct row *r, bool bad)
{
    int64_t n = number(r, "max_per_period", 1), days = number(r, "period_days", 7);
    begin(x, YH_FW_SEX_FEMALE, ADULT);
    visit(x, YH_FW_KIND_INPATIENT, 3, DAY0, 60);
    charge(x, DAY0, 600, CODE, n, 1000);
    charge(x, DAY0 + (yh_day)(bad ? days - 1 : days), 600, CODE, 1, 1000);
}

static void make_duplicate(struct made *x, const struct row *r, bool bad)
{
    yh_str w = cell(r, "window");
    begin(x, YH_FW_SEX_FEMALE, ADULT);
    visit(x, YH_FW_KIND_INPATIENT, 3, DAY0, 5);
    charge(x, DAY0 + 1, 480, CODE, 1, 1000);
    int later = yh_eq(w, YH_S("1h")) ? 60 : yh_eq(w, YH_S("6h")) ? 360 : 24 * 60;
    if (!bad && yh_eq(w, YH_S("visit")))
        visit(x, YH_FW_KIND_INPATIENT, 3, DAY0 + 10, 5);
    int minute = 480 + (bad ? later - 1 : later);
    if (bad && later == 24 * 60)
        minute = 500;
    yh_day day = DAY0 + 1 + (x->n == 2 ? 10 : 0) + minute / 1440;
    charge(x, day, minute % 1440, cell(r, "primary_item_code"), cell(r, "primary_item_name"), 1,
           5000);
}

/* Another operation of the group, dearer; the twin's second is charged at half its price. */
static void make_surgery(struct made *x, const struct row *r, bool bad)
{
    yh_str other = YH_S("");
    struct yh_tsv walk;
    begin(x, YH_FW_SEX_FEMALE, ADULT);
    visit(x, YH_FW_KIND_INPATIENT, 3, DAY0, 5);
    struct yh_mon_line *l = charge(x, DAY0 + 1, 480, CODE, 1, bad ? 100000 : 50000);
    yh_monitor_price(x->m, l->item, INT64_C(1000) * 1000000);
    /* The first other item of the group in the table. */
    bool open = yh_tsv_open(&walk, r->text, NULL) == YH_OK;
    while (open && !other.n && yh_tsv_next(&walk, NULL) == 1) {
        struct row w = { &walk, r->text };
        if (yh_eq(cell(&w, "group_zh"), cell(r, "group_zh")) &&
            !yh_eq(cell(&w, "item_code"), cell(r, "item_code")))
            other = cell(&w, "item_code");
    }
    l = charge(x, DAY0 + 1, 500, other, YH_S("同组手术"), 1, 200000);
    yh_monitor_price(x->m, l->item, INT64_C(2000) * 1000000);
}

static const struct kind {
    const char *table, *rule;
    void (*make)(struct made *x, const struct row *r, bool bad);
} KIND[] = {
    { "drug-sex", "drug-sex", make_sex },
    { "service-sex", "service-sex", make_sex },
    { "drug-child-only", "drug-child-only", make_child },
    { "drug-child-limit", "drug-child-limit", make_child },
    { "service-child-only", "service-child-only", make_child },
    { "service-age", "service-age", make_work_age },
    { "drug-insurance-injury", "drug-insurance-injury", make_insurance },
    { "drug-insurance-maternity", "drug-insurance-maternity", make_insurance },
    { "drug-hospital-level", "drug-hospital-level", make_level },
    { "drug-visit-type", "drug-visit-type", make_visit_type },
    { "drug-internet-hospital", "drug-internet", make_internet },
    { "drug-indication", "drug-indication", make_indication },
    { "drug-second-line", "drug-second-line", make_second_line },
    { "decoction-never-paid", "decoction-never-paid", make_never },
    { "decoction-single-not-paid", "decoction-single", make_single },
    { "drug-course-days", "drug-course-days", make_course },
    { "service-course-days", "service-course-days", make_course },
    { "service-frequency", "service-frequency", make_daily },
    { "service-period-frequency", "service-period-frequency", make_period },
    { "service-duplicate", "service-duplicate", make_duplicate },
    { "surgery-discount-group", "surgery-discount", make_surgery },
};

/* ---- running ---- */

struct run {
    struct yh_rule_book b;
    struct yh_arena arena;
    struct yh_buf out, failed;
    int64_t rows, proved, missed, wrongly, skipped, old;
};

/* Hits of the rule with this knowledge on this item. */
static int hits(struct made *x, struct yh_arena *a, int rule, const struct row *r)
{
    struct yh_mon_hit *h;
    x->p.visit = x->v;
    x->p.n = x->n;
    int all = yh_monitor_run(x->m, a, &x->p, -1, YH_STAGE_AFTER, &h), n = 0;
    const struct yh_rules *rules = yh_monitor_rules(x->m);
    for (int i = 0; i < all; i++) {
        if (h[i].rule != rule)
            continue;
        bool item = false;
        for (int k = 0; k < h[i].nmark; k++)
            item |= h[i].mark[k].stake &&
                    yh_eq(yh_monitor_item_code(
                              x->m, x->v[h[i].mark[k].visit].line[h[i].mark[k].line].item),
                          cell(r, "item_code"));
        /* Rows of a point share its id; a group of operations bears its first row's. */
        yh_str id = rules->row[h[i].row].knowledge;
        n += item && (yh_eq(id, cell(r, "knowledge_id")) || cell(r, "group_zh").n);
    }
    return n;
}

static bool left_out(const struct yh_rules *rules, int rule, const struct row *r, yh_str *why)
{
    for (int i = 0; i < rules->nskip; i++)
        if (rules->skip[i].rule == rule && yh_eq(rules->skip[i].code, cell(r, "item_code")) &&
            yh_eq(rules->skip[i].knowledge, cell(r, "knowledge_id"))) {
            *why = rules->skip[i].why;
            return true;
        }
    return false;
}

static void prove_row(struct run *r, const struct kind *k, int rule, const struct row *row,
                      int64_t *proved, int64_t *missed, int64_t *wrongly)
{
    struct yh_arena scratch = r->arena;
    struct made *x = YH_NEW(&scratch, struct made, 1);
    int got[2];
    for (int bad = 1; bad >= 0; bad--) {
        struct yh_arena inner = scratch;
        x->a = &inner;
        x->m = yh_monitor_open(&inner, r->b.rules);
        k->make(x, row, bad == 1);
        got[bad] = hits(x, &inner, rule, row);
    }
    *missed += got[1] == 0;
    *wrongly += got[0] != 0;
    *proved += got[1] > 0 && got[0] == 0;
    if (got[1] == 0 || got[0])
        yh_putf(&r->failed, "%s\t%.*s\t%.*s\t%s\n", k->table, YH_ARG(cell(row, "knowledge_id")),
                YH_ARG(cell(row, "item_code")), got[1] ? "合法的也查到了" : "违规的没有查到");
}

static void prove_kind(struct run *r, const struct kind *k)
{
    struct yh_tsv t;
    yh_str text = YH_S(""), why;
    int rule = yh_rules_find(r->b.rules, yh_cstr(k->rule));
    yh_str name = yh_fmt(&r->arena, "official/%s", k->table);
    for (int i = 0; i < r->b.rules->ntable; i++)
        if (yh_eq(r->b.rules->table[i].name, name))
            text = r->b.rules->table[i].text;
    int64_t rows = 0, proved = 0, missed = 0, wrongly = 0, skipped = 0, old = 0;
    if (rule < 0 || yh_tsv_open(&t, text, NULL)) {
        yh_putf(&r->failed, "%s\t\t\t没有规则或知识表\n", k->table);
        r->missed++;
        return;
    }
    while (yh_tsv_next(&t, NULL) == 1) {
        struct row row = { &t, text };
        if (!yh_eq(cell(&row, "status"), YH_S("current"))) {
            old++;
            continue;
        }
        rows++;
        if (left_out(r->b.rules, rule, &row, &why)) {
            skipped++;
            continue;
        }
        prove_row(r, k, rule, &row, &proved, &missed, &wrongly);
    }
    yh_putf(&r->out, "%s\t%s\t%lld\t%lld\t%lld\t%lld\t%lld\t%lld\n", k->table, k->rule,
            (long long)rows, (long long)proved, (long long)missed, (long long)wrongly,
            (long long)skipped, (long long)old);
    r->rows += rows, r->proved += proved, r->missed += missed, r->wrongly += wrongly;
    r->skipped += skipped, r->old += old;
}

int yh_cli_rules_prove(int argc, char **argv)
{
    static const char USAGE[] =
        "rules prove [--catalogs 目录]\n"
        "  "
        "每一行现行的官方知识：造一个违规的例子应查到，造一个合法的相似例子应查不到；按知识表计"
        "数。\n"
        "  例子由本命令按批次文字另行编造，不看规则文件。无法判断的行见 rules list --skipped。";
    const char *where = NULL;
    for (int i = 2; i < argc; i++)
        if (!yh_cli_option(&i, argc, argv, "--catalogs", &where))
            return yh_cli_usage(USAGE, argc, argv);
    struct run r = { 0 };
    struct yh_err err = { 0 };
    if (yh_rule_book_open(where, NULL, 0, false, &r.b, &err))
        return yh_cli_error(err.field[0] ? err.field : NULL, &err);
    if (yh_arena_open(&r.arena, (size_t)1 << 30, &err)) {
        yh_rule_book_close(&r.b);
        return yh_cli_error(NULL, &err);
    }
    r.out = yh_buf_in(&r.b.arena);
    r.failed = yh_buf_in(&r.b.arena);
    yh_putz(&r.out,
            "知识表\t规则\t现行行数\t证实\t违规未查到\t合法被查到\t无法判断\t已被替换\n");
    for (int i = 0; i < YH_COUNT(KIND); i++)
        prove_kind(&r, &KIND[i]);
    yh_putf(&r.out, "合计\t\t%lld\t%lld\t%lld\t%lld\t%lld\t%lld\n", (long long)r.rows,
            (long long)r.proved, (long long)r.missed, (long long)r.wrongly,
            (long long)r.skipped, (long long)r.old);
    fwrite(r.out.p, 1, (size_t)r.out.n, stdout);
    fwrite(r.failed.p, 1, (size_t)r.failed.n, stderr);
    bool bad = r.missed || r.wrongly || fflush(stdout);
    yh_arena_close(&r.arena);
    yh_rule_book_close(&r.b);
    return bad;
}
