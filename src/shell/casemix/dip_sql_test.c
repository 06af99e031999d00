/* shell/casemix/dip_sql_test.c -- a DIP catalogue against a plain computation in SQL, row by row. */
#include <sqlite3.h>
#include <stdio.h>

#include "base/test.h"
#include "engine/casemix/dip.h"

enum { CASES = 8000, HOSPITALS = 5 };

static enum yh_status read_file(void *ctx, const char *path, yh_str *text, struct yh_err *err)
{
    char whole[256];
    (void)err;
    snprintf(whole, sizeof whole, "catalogs/dip/%s", path);
    *text = yh_test_file(ctx, whole);
    return YH_OK;
}

static struct yh_dip_rules *load(struct yh_arena *a)
{
    struct yh_dip_rules *r;
    struct yh_err err;
    CHECK_OK(yh_dip_rules_load(a, (struct yh_casemix_source){ a, read_file }, &r, &err), &err);
    return r;
}

static const char *const DX[] = { "I21.000", "I21.001", "I21.100x001", "I25.101",
                                  "J18.900", "J15.902", "C34.101",     "C34.900x001",
                                  "K80.101", "K35.900", "S72.001",     "M17.900",
                                  "A09.900", "B99.x01", "Z99.900",     "P07.300x011" };
static const char *const OTHER[] = { "I50.900", "E11.900x001", "N18.900", "J96.000",
                                     "C78.000", "I10.x00x002", "A41.900", "K72.900" };
static const char *const PX[] = { "36.0601", "88.5500",     "36.0700x004", "51.2300",
                                  "47.0100", "81.5400x004", "79.1500x006", "33.2400x001",
                                  "96.0400", "99.2500" };

/* A skewed history: a few frequent keys, many rare ones, costs that depend on age and on severity. */
static void invent(uint64_t *seed, struct yh_case *c, int i, struct yh_arena *a)
{
    *c = (struct yh_case){ .id = yh_fmt(a, "d%d", i), .sex = 1, .dept = YH_S("0301") };
    int d = (int)(yh_test_random(seed) % 3 ? yh_test_between(seed, 0, 6)
                                           : yh_test_between(seed, 0, 15));
    c->dx[c->ndx++] = yh_cstr(DX[d]);
    for (int k = (int)yh_test_between(seed, 0, 3); k > 0; k--)
        c->dx[c->ndx++] = yh_cstr(OTHER[yh_test_between(seed, 0, YH_COUNT(OTHER) - 1)]);
    if (yh_test_random(seed) % 2)
        c->px[c->npx++] = yh_cstr(PX[d % 8]);
    for (int k = (int)yh_test_between(seed, 0, 5) - 3; k > 0; k--)
        c->px[c->npx++] = yh_cstr(PX[yh_test_between(seed, 0, YH_COUNT(PX) - 1)]);
    c->age_days = (int32_t)yh_test_between(seed, 0, 90 * 365);
    c->age = c->age_days / 365;
    c->los = (int32_t)yh_test_between(seed, 1, 20);
    c->discharge = yh_test_random(seed) % 30 ? 1 : 5;
    c->icu_hours = yh_test_random(seed) % 9 ? 0 : (int32_t)yh_test_between(seed, 24, 900);
    c->since_last = yh_test_random(seed) % 2 ? 0 : (int32_t)yh_test_between(seed, 1, 60);
    c->cost = (300000 + 90000 * d + 400000 * c->npx) * yh_test_between(seed, 40, 180) / 100;
    bool again = c->since_last > 0 && c->since_last <= 31;
    if (d < 2 ? again : c->age > 69)
        c->cost *= 4;
    if (yh_test_random(seed) % 50 == 0)
        c->cost *= 9;
}

static sqlite3 *db;

static void run(const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why))
        yh_test_stop(__FILE__, __LINE__, why);
}

static sqlite3_stmt *ask(const char *sql)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL))
        yh_test_stop(__FILE__, __LINE__, sqlite3_errmsg(db));
    return s;
}

static void bind(sqlite3_stmt *s, int at, yh_str text)
{
    sqlite3_bind_text(s, at, text.p, (int)text.n, SQLITE_TRANSIENT);
}

static void insert(sqlite3_stmt *s)
{
    CHECK(sqlite3_step(s) == SQLITE_DONE);
    sqlite3_reset(s);
}

static yh_str column(sqlite3_stmt *s, int at)
{
    return yh_cstr((const char *)sqlite3_column_text(s, at));
}

static void near(int64_t got, sqlite3_stmt *s, int col, const char *why)
{
    int64_t want = sqlite3_column_int64(s, col);
    if (got < want - 1 || got > want + 1)
        CHECK_I64(got, want, why);
}

static struct yh_dip_past past[CASES];
static struct yh_dip_key key[CASES];

struct world {
    struct yh_dip_rules *r;
    struct yh_dip_built b;
    struct yh_arena *a, scratch;
    int nkey;
};

/* The same cases into the engine's arrays and, raw, into the database. */
static void make(struct world *w)
{
    static struct yh_case c;
    static struct yh_dip_facts f;
    uint64_t seed = 99;
    struct yh_map keys = yh_map_in(w->a, CASES);
    CHECK(sqlite3_open(":memory:", &db) == SQLITE_OK);
    run("create table visit(id integer primary key, dx text, cost integer, hosp integer, w "
        "integer,"
        " b0 integer, b1 integer, b2 integer, b3 integer, b4 integer, b5 integer)");
    run("create table op(id integer, code text)");
    run("create table opclass(code text primary key, cls integer)");
    run("create table section(f text, t text)");
    run("begin");
    sqlite3_stmt *visit = ask("insert into visit values(?,?,?,?,?,?,?,?,?,?,?)");
    sqlite3_stmt *op = ask("insert into op values(?,?)");
    for (int i = 0; i < CASES; i++) {
        static const int16_t SHARE[] = { 1, 2, 7 };
        invent(&seed, &c, i, w->a);
        yh_dip_facts_of(w->r, &c, &f);
        struct yh_buf text = yh_buf_in(w->a);
        yh_put(&text, f.dx);
        yh_putc(&text, '\t');
        yh_dip_put_px(w->r, &f, &text);
        yh_str whole = yh_buf_str(&text), px = whole;
        if (yh_map_add(&keys, whole, w->nkey)) {
            yh_str dx = yh_cut(&px, '\t');
            key[w->nkey++] = (struct yh_dip_key){ .dx = dx, .px = px, .section = f.section };
        }
        past[i] =
            (struct yh_dip_past){ .cost = c.cost,
                                  .key = yh_map_get(&keys, whole, -1),
                                  .hospital = (int32_t)yh_test_between(&seed, 0, HOSPITALS - 1),
                                  .share = SHARE[yh_test_between(&seed, 0, 2)],
                                  .cls = (uint8_t)f.cls };
        memcpy(past[i].band, f.band, sizeof f.band);
        sqlite3_bind_int(visit, 1, i);
        bind(visit, 2, c.dx[0]);
        sqlite3_bind_int64(visit, 3, c.cost);
        sqlite3_bind_int(visit, 4, past[i].hospital);
        sqlite3_bind_int(visit, 5, past[i].share);
        for (int d = 0; d < YH_DIP_DIMENSIONS; d++)
            sqlite3_bind_int(visit, 6 + d, f.band[d]);
        insert(visit);
        for (int k = 0; k < c.npx; k++) {
            sqlite3_bind_int(op, 1, i);
            bind(op, 2, c.px[k]);
            insert(op);
        }
    }
    sqlite3_finalize(visit);
    sqlite3_finalize(op);
    sqlite3_stmt *class = ask("insert into opclass values(?,?)");
    for (int i = 0; i < YH_COUNT(PX); i++) {
        uint32_t id = yh_codes_get(&w->r->px, yh_cstr(PX[i]));
        CHECK(id != 0);
        bind(class, 1, yh_cstr(PX[i]));
        sqlite3_bind_int(class, 2, w->r->class_of[id]);
        insert(class);
    }
    sqlite3_finalize(class);
    sqlite3_stmt *section = ask("insert into section values(?,?)");
    for (int i = 0; i < w->r->nsection; i++) {
        bind(section, 1, w->r->section[i].from);
        bind(section, 2, w->r->section[i].to);
        insert(section);
    }
    sqlite3_finalize(section);
    run("commit");
}

/* Threshold 15, trimming at 0.3 and 3 times the mean, gate 0.7 and 20 %: catalogs/dip/rules.tsv. */
static void compute(void)
{
    run("create table keyed as select v.*, substr(v.dx,1,5) d, coalesce((select "
        "group_concat(code, '+') from"
        " (select distinct code from op where op.id = v.id order by code)), '') p,"
        " coalesce((select max(cls) from op join opclass using (code) where op.id = v.id), 0) "
        "cls,"
        " (select f || '-' || t from section where substr(v.dx,1,3) between f and t) sec from "
        "visit v");
    run("create table k as select d, p, sum(w) n, sum(w*cost) s from keyed group by d, p");
    run("create table kk as select x.*, x.cost*k.n*10 >= k.s*3 and x.cost*k.n <= k.s*3 keep"
        " from keyed x join k using (d, p)");
    run("create table core as select d, p from kk where keep group by d, p having count(*) >= "
        "15");
    run("create table placed as select kk.*, case when exists(select 1 from core c where c.d = "
        "kk.d and c.p = kk.p)"
        " then d || case when p = '' then '' else ':' || p end else null end corecode from kk");
    run("create table cell as select sec || '/' || cls code, sum(w) n, sum(w*cost) s from "
        "placed"
        " where corecode is null and sec is not null group by 1");
    run("create table final as select x.*, coalesce(corecode, sec || '/' || cls) code,"
        " case when corecode is not null then keep else x.cost*c.n*10 >= c.s*3 and x.cost*c.n "
        "<= c.s*3 end k2"
        " from placed x left join cell c on corecode is null and c.code = sec || '/' || x.cls");
    run("create table total as select 1.0*sum(w*cost)/sum(w) m from final where k2 and code is "
        "not null");
    run("create table rows as select code, count(*) cases, sum(k2) kept, "
        "1.0*sum(k2*w*cost)/sum(k2*w) m,"
        " 1.0*sum(k2*w*cost*cost)/sum(k2*w) q from final where code is not null group by code "
        "having sum(k2) > 0");
}

TEST(a_dip_catalogue_equals_sql_row_by_row)
{
    struct world w = { .a = yh_test_arena() };
    struct yh_err err;
    CHECK_OK(yh_arena_open(&w.scratch, (size_t)1 << 28, &err), &err);
    w.r = load(w.a);
    make(&w);
    CHECK_OK(yh_dip_build(past, CASES, key, w.nkey, HOSPITALS, w.r, w.a, w.scratch, &w.b, &err),
             &err);
    compute();
    const struct yh_dip_catalogue *c = &w.b.catalogue;
    struct yh_map by_code = yh_map_in(w.a, c->nrow);
    for (int i = 0; i < c->nrow; i++)
        yh_map_add(&by_code, c->row[i].code, i);
    sqlite3_stmt *s = ask("select code, cases, kept, cast(round(r.m) as integer), "
                          "cast(round(1e6*r.m/t.m) as integer),"
                          " cast(round(1e6*sqrt(max(0, q - r.m*r.m))/r.m) as integer) from "
                          "rows r, total t order by code");
    int rows = 0;
    for (; sqlite3_step(s) == SQLITE_ROW; rows++) {
        int at = yh_map_get(&by_code, column(s, 0), -1);
        char why[64];
        snprintf(why, sizeof why, "%.60s", (const char *)sqlite3_column_text(s, 0));
        if (at < 0) {
            yh_test_stop(__FILE__, __LINE__, why);
        }
        CHECK_I64(c->row[at].cases, sqlite3_column_int64(s, 1), why);
        CHECK_I64(c->row[at].kept, sqlite3_column_int64(s, 2), why);
        CHECK_I64(c->row[at].mean, sqlite3_column_int64(s, 3), why);
        near(c->row[at].weight, s, 4, why);
        near(c->row[at].cv, s, 5, why);
        CHECK_I64(c->row[at].score, c->row[at].weight * 10,
                  "score: weight x 1000, in ten-thousandths");
    }
    sqlite3_finalize(s);
    CHECK_I64(c->nrow, rows, "rows");
    CHECK(c->ncore > 30 && c->nrow - c->ncore > 20);
    /* The auxiliary lists: gate and coefficient. */
    rows = 0;
    for (int d = 0; d < YH_DIP_DIMENSIONS; d++) {
        char sql[1600];
        snprintf(
            sql, sizeof sql,
            "with g as (select code, sum(w) n, sum(w*cost) s, sum(w*cost*cost) q from final"
            " where k2 and corecode is not null group by code),"
            " b as (select code, b%d band, count(*) k, sum(w) n, sum(w*cost) s from final"
            " where k2 and corecode is not null group by code, band),"
            " cv as (select g.code, sqrt(1.0*g.q/g.n - "
            "(1.0*g.s/g.n)*(1.0*g.s/g.n))/(1.0*g.s/g.n) cv,"
            " sqrt(max(0, 1.0*g.q/g.n - (select sum(1.0*b.s*b.s/b.n) from b where b.code = "
            "g.code)/g.n))/(1.0*g.s/g.n) left_cv"
            " from g)"
            " select b.code, b.band, b.k, cast(round(1.0*b.s/b.n) as integer),"
            " cast(round(1e6*b.s/b.n/(1.0*g.s/g.n)) as integer) from b join g using (code) "
            "join cv using (code)"
            " where b.band > 0 and b.k >= 5 and cv.cv >= 0.7 and left_cv <= 0.8*cv.cv order by "
            "1, 2",
            d);
        s = ask(sql);
        while (sqlite3_step(s) == SQLITE_ROW) {
            int at = yh_map_get(&by_code, column(s, 0), -1), found = 0;
            for (int i = c->row[at].aux; i < c->row[at].aux + c->row[at].naux; i++) {
                const struct yh_dip_aux *x = &c->aux[i];
                if ((int)x->dimension != d || x->band != sqlite3_column_int(s, 1))
                    continue;
                found++;
                CHECK_I64(x->cases, sqlite3_column_int64(s, 2), "cases of the band");
                CHECK_I64(x->mean, sqlite3_column_int64(s, 3), "mean of the band");
                near(x->coefficient, s, 4, "coefficient");
            }
            CHECK_I64(found, 1, "the band is there once");
            rows++;
        }
        sqlite3_finalize(s);
    }
    CHECK_I64(c->naux, rows, "auxiliary rows");
    int again = 0;
    for (int i = 0; i < c->naux; i++)
        again += c->aux[i].dimension == YH_DIP_READMISSION;
    CHECK(again > 0); /* the gate let a readmission band through */
    CHECK(rows > 0);
    s = ask("select hosp, count(*), sum(cost), sum((select cast(round(m) as integer) from rows "
            "r where r.code = final.code)),"
            " cast(round(1e6*sum(cost)/sum((select cast(round(m) as integer) from rows r where "
            "r.code = final.code))) as integer)"
            " from final where code in (select code from rows) group by hosp");
    while (sqlite3_step(s) == SQLITE_ROW) {
        const struct yh_dip_hospital *h = &w.b.hospital[sqlite3_column_int(s, 0)];
        CHECK_I64(h->cases, sqlite3_column_int64(s, 1), "hospital cases");
        CHECK_I64(h->cost, sqlite3_column_int64(s, 2), "hospital cost");
        CHECK_I64(h->expected, sqlite3_column_int64(s, 3), "expected cost");
        near(h->coefficient, s, 4, "coefficient");
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    yh_arena_close(&w.scratch);
}
