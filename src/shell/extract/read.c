/* shell/extract/read.c -- an agency's extracts, staged in a database of their own and made an archive.
 *
 * Rows go in by batches, the place in the file with them in one transaction; so whatever stops a run, the
 * next one goes on behind the last whole batch, and what is built in the end follows from the files
 * alone. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "shell/extract/extract.h"
#include "shell/file/file.h"
#include "shell/world/world.h"

enum { BATCH = 20000, COLUMNS_MAX = 64 };
enum need { MUST, MAY };
enum kind { TEXT, DAY, TIME, FEN, PRICE, QTY, FLAG, COUNT };
enum table {
#define T(t, doc) T_##t,
#define C(t, c, need, kind, doc)
#include "shell/extract/columns.def"
#undef T
#undef C
    TABLES
};
static const char *const TABLE[TABLES] = {
#define T(t, doc) #t,
#define C(t, c, need, kind, doc)
#include "shell/extract/columns.def"
#undef T
#undef C
};
static const struct column {
    enum table of;
    const char *name;
    enum need need;
    enum kind kind;
} COLUMN[] = {
#define T(t, doc)
#define C(t, c, need, kind, doc) { T_##t, #c, need, kind },
#include "shell/extract/columns.def"
#undef T
#undef C
};
/* Tables that may be missing altogether. */
static const bool OPTIONAL[TABLES] = { [T_identity] = true };

struct reader {
    struct yh_arena a;
    sqlite3 *db;
    struct yh_extract_report *r;
    const char *from;
    yh_str map;
    struct yh_loaded loaded;
    uint32_t region;
    int year;
};

static enum yh_status trouble(struct reader *x, struct yh_err *err)
{
    return yh_fail(err, YH_IO, "导入的中间库：%s", sqlite3_errmsg(x->db));
}

static enum yh_status run(struct reader *x, const char *sql, struct yh_err *err)
{
    return sqlite3_exec(x->db, sql, NULL, NULL, NULL) ? trouble(x, err) : YH_OK;
}

static sqlite3_stmt *ask(struct reader *x, const char *sql)
{
    sqlite3_stmt *q = NULL;
    int bad = sqlite3_prepare_v2(x->db, sql, -1, &q, NULL);
    if (bad)
        fprintf(stderr, "%s\n", sqlite3_errmsg(x->db));
    yh_assert(!bad); /* our own words */
    return q;
}

static void bind(sqlite3_stmt *q, int at, yh_str s)
{
    sqlite3_bind_text(q, at, s.n ? s.p : "", (int)s.n, SQLITE_STATIC);
}

static yh_str text_at(sqlite3_stmt *q, int at)
{
    return (yh_str){ (const char *)sqlite3_column_text(q, at), sqlite3_column_bytes(q, at) };
}

/* ---- what a cell must be ---- */

static const char *cell_bad(enum kind kind, yh_str s)
{
    int64_t v;
    yh_day d;
    yh_time t;
    switch (kind) {
    case TEXT: return s.n > 200 ? "太长" : NULL;
    case DAY: return yh_day_parse(s, &d, NULL) ? "应为日期，如 2026-03-18" : NULL;
    case TIME: return yh_time_parse(s, &t, NULL) ? "应为时间，如 2026-03-18 09:30:00" : NULL;
    case FEN: return yh_fen_parse(s, &v, NULL) ? "应为元，最多两位小数" : NULL;
    case PRICE:
        return yh_dec_parse(s, 6, &v, NULL) || v < 0 ? "应为不小于零的单价，最多六位小数"
                                                     : NULL;
    case QTY: return yh_dec_parse(s, 4, &v, NULL) ? "应为数量，最多四位小数" : NULL;
    case FLAG: return yh_eq(s, YH_S("0")) || yh_eq(s, YH_S("1")) ? NULL : "应为 0 或 1";
    case COUNT: return yh_int_parse(s, &v, NULL) || v < 0 ? "应为不小于零的整数" : NULL;
    }
    return NULL;
}

static void complain(struct reader *x, const char *table, int64_t line, yh_str what)
{
    sqlite3_stmt *q = ask(x, "INSERT OR IGNORE INTO bad VALUES(?,?,?)");
    sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, line);
    bind(q, 3, what);
    (void)sqlite3_step(q);
    sqlite3_finalize(q);
}

/* ---- one table ---- */

static int columns_of(enum table t, int *first)
{
    int n = 0;
    *first = -1;
    for (int i = 0; i < YH_COUNT(COLUMN); i++)
        if (COLUMN[i].of == t) {
            if (*first < 0)
                *first = i;
            n++;
        }
    return n;
}

/* The name that the agency gives to a column: the mapping's, else the national one. */
static yh_str source_name(const struct reader *x, enum table t, const char *column)
{
    struct yh_tsv m;
    static const char *const WANT[] = { "table", "column", "source" };
    int col[3];
    if (!x->map.n || yh_tsv_open_with(&m, x->map, WANT, 3, col, NULL))
        return yh_cstr(column);
    while (yh_tsv_next(&m, NULL) > 0)
        if (yh_eq(m.cell[col[0]], yh_cstr(TABLE[t])) && yh_eq(m.cell[col[1]], yh_cstr(column)))
            return m.cell[col[2]];
    return yh_cstr(column);
}

struct state {
    char digest[65];
    int64_t offset, line;
    bool done;
};

static void get_state(struct reader *x, enum table t, struct state *s)
{
    sqlite3_stmt *q = ask(x, "SELECT digest, offset, line, done FROM state WHERE tbl = ?");
    sqlite3_bind_text(q, 1, TABLE[t], -1, SQLITE_STATIC);
    *s = (struct state){ .line = 0 };
    if (sqlite3_step(q) == SQLITE_ROW) {
        snprintf(s->digest, sizeof s->digest, "%s", (const char *)sqlite3_column_text(q, 0));
        s->offset = sqlite3_column_int64(q, 1);
        s->line = sqlite3_column_int64(q, 2);
        s->done = sqlite3_column_int(q, 3) != 0;
    }
    sqlite3_finalize(q);
}

static void put_state(struct reader *x, enum table t, const struct state *s)
{
    sqlite3_stmt *q = ask(x, "INSERT OR REPLACE INTO state VALUES(?,?,?,?,?)");
    sqlite3_bind_text(q, 1, TABLE[t], -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, s->digest, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 3, s->offset);
    sqlite3_bind_int64(q, 4, s->line);
    sqlite3_bind_int(q, 5, s->done);
    (void)sqlite3_step(q);
    sqlite3_finalize(q);
}

static void take_row(struct reader *x, enum table t, const struct yh_tsv *tsv, const int *at,
                     int64_t line, sqlite3_stmt *put)
{
    int first, n = columns_of(t, &first);
    bool bad = false;
    sqlite3_reset(put);
    sqlite3_bind_int64(put, 1, line);
    for (int i = 0; i < n; i++) {
        const struct column *c = &COLUMN[first + i];
        yh_str cell = at[i] < 0 ? YH_S("") : yh_trim(tsv->cell[at[i]]);
        const char *why = cell.n            ? cell_bad(c->kind, cell)
                          : c->need == MUST ? "不能为空"
                                            : NULL;
        if (why) {
            bad = true;
            complain(x, TABLE[t], line,
                     yh_fmt(&x->a, "%s “%.*s”：%s", c->name, YH_ARG(yh_sub(cell, 0, 60)), why));
        }
        bind(put, i + 2, cell);
    }
    if (!bad)
        (void)sqlite3_step(put);
}

static enum yh_status load_mapped(struct reader *x, enum table t, yh_str file,
                                  struct yh_err *err)
{
    struct yh_tsv tsv;
    int first, n = columns_of(t, &first), at[COLUMNS_MAX];
    uint8_t digest[32];
    struct state s, was;
    char hex[65] = { 0 };
    yh_sha256_of(file, digest);
    yh_hex(hex, digest, 32);
    get_state(x, t, &was);
    bool same = !strcmp(was.digest, hex);
    if (same && was.done) {
        x->r->resumed = true;
        return YH_OK;
    }
    enum yh_status st = yh_tsv_open(&tsv, file, err);
    if (st)
        return st;
    for (int i = 0; i < n; i++) {
        yh_str name = source_name(x, t, COLUMN[first + i].name);
        at[i] = yh_tsv_col(&tsv, name);
        if (at[i] < 0 && COLUMN[first + i].need == MUST)
            return yh_fail(err, YH_BAD_TABLE,
                           "%s.tsv 没有 %.*s 这一列；列名不同的写进 --map 对照表", TABLE[t],
                           YH_ARG(name));
    }
    char sql[1024];
    int m = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(?", TABLE[t]);
    for (int i = 0; i < n; i++)
        m += snprintf(sql + m, sizeof sql - (size_t)m, ",?");
    snprintf(sql + m, sizeof sql - (size_t)m, ")");
    if ((st = run(x, "BEGIN", err)) != YH_OK)
        return st;
    s = (struct state){ .line = tsv.line };
    snprintf(s.digest, sizeof s.digest, "%s", hex);
    if (same && was.offset) { /* go on behind the last whole batch */
        tsv.rest = yh_sub(file, was.offset, file.n);
        tsv.line = (int)was.line;
        x->r->resumed = true;
    } else {
        char clear[256];
        snprintf(clear, sizeof clear, "DELETE FROM %s; DELETE FROM bad WHERE tbl = '%s'",
                 TABLE[t], TABLE[t]);
        if ((st = run(x, clear, err)) != YH_OK)
            return st;
    }
    sqlite3_stmt *put = ask(x, sql);
    int more = 0, rows = 0;
    struct yh_err slip;
    struct yh_arena keep = x->a;
    while (st == YH_OK && (more = yh_tsv_next(&tsv, &slip)) != 0) {
        x->a = keep;
        if (more < 0)
            complain(x, TABLE[t], tsv.line, yh_cstr(slip.text));
        else
            take_row(x, t, &tsv, at, tsv.line, put);
        if (++rows % BATCH == 0) {
            s.offset = tsv.rest.n ? tsv.rest.p - file.p : file.n;
            s.line = tsv.line;
            put_state(x, t, &s);
            st = run(x, "COMMIT; BEGIN", err);
        }
    }
    sqlite3_finalize(put);
    s.offset = file.n;
    s.line = tsv.line;
    s.done = true;
    put_state(x, t, &s);
    return st == YH_OK ? run(x, "COMMIT", err) : st;
}

static enum yh_status load_table(struct reader *x, enum table t, struct yh_err *err)
{
    char path[4200];
    snprintf(path, sizeof path, "%.4000s/%s.tsv", x->from, TABLE[t]);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && OPTIONAL[t])
        return YH_OK;
    struct stat at;
    if (fd < 0 || fstat(fd, &at) || !S_ISREG(at.st_mode)) {
        if (fd >= 0)
            (void)close(fd);
        return yh_fail(err, YH_NOT_FOUND, "没有 %s（%s）", path, strerror(errno));
    }
    void *p = at.st_size ? mmap(NULL, (size_t)at.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    (void)close(fd);
    if (!p || p == MAP_FAILED)
        return yh_fail(err, YH_IO, "%s：读不了，或是空的", path);
    enum yh_status st = load_mapped(x, t, (yh_str){ p, at.st_size }, err);
    (void)munmap(p, (size_t)at.st_size);
    return st;
}

/* ---- what rows must be to one another ---- */

static enum yh_status cross_check(struct reader *x, struct yh_err *err)
{
    static const char *const SQL[] = {
        "DELETE FROM bad WHERE tbl LIKE '%/'",
        "INSERT OR IGNORE INTO bad SELECT 'person/', line, 'psn_no ' || psn_no || "
        "'：出现了两次' FROM "
        "person WHERE rowid NOT IN (SELECT min(rowid) FROM person GROUP BY psn_no)",
        "INSERT OR IGNORE INTO bad SELECT 'settlement/', line, 'setl_id ' || setl_id || "
        "'：出现了两次' "
        "FROM settlement WHERE rowid NOT IN (SELECT min(rowid) FROM settlement GROUP BY "
        "setl_id)",
        "INSERT OR IGNORE INTO bad SELECT 'enrolment/', line, 'psn_no ' || psn_no || '：不在 "
        "person.tsv' "
        "FROM enrolment WHERE psn_no NOT IN (SELECT psn_no FROM person)",
        "INSERT OR IGNORE INTO bad SELECT 'identity/', line, 'psn_no ' || psn_no || '：不在 "
        "person.tsv' "
        "FROM identity WHERE psn_no NOT IN (SELECT psn_no FROM person)",
        "INSERT OR IGNORE INTO bad SELECT 'settlement/', line, 'psn_no ' || psn_no || '：不在 "
        "person.tsv' FROM settlement WHERE psn_no NOT IN (SELECT psn_no FROM person)",
        "INSERT OR IGNORE INTO bad SELECT 'settlement/', line, 'fixmedins_code ' || "
        "fixmedins_code || "
        "'：不在 provider.tsv' FROM settlement WHERE fixmedins_code NOT IN (SELECT "
        "fixmedins_code FROM "
        "provider)",
        "INSERT OR IGNORE INTO bad SELECT 'line/', line, 'setl_id ' || setl_id || '：不在 "
        "settlement.tsv' FROM line WHERE setl_id NOT IN (SELECT setl_id FROM settlement)",
    };
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < YH_COUNT(SQL); i++)
        st = run(x, SQL[i], err);
    return st;
}

/* Money is compared as whole fen, so in C: sums of a settlement, and of its lines. */
static enum yh_status check_money(struct reader *x, struct yh_err *err)
{
    sqlite3_stmt *q =
        ask(x, "SELECT line, setl_id, medfee_sumamt, fulamt_ownpay_amt, overlmt_selfpay, "
               "preselfpay_amt, inscp_scp_amt, begntime, endtime FROM settlement ORDER BY "
               "line");
    sqlite3_stmt *l =
        ask(x, "SELECT det_item_fee_sumamt, pric, cnt, line FROM line WHERE setl_id = ?");
    struct yh_arena keep = x->a;
    while (sqlite3_step(q) == SQLITE_ROW) {
        yh_fen v[5], lines = 0;
        x->a = keep;
        for (int i = 0; i < 5; i++)
            if (yh_fen_parse(text_at(q, 2 + i), &v[i], NULL))
                v[i] = 0;
        int64_t line = sqlite3_column_int64(q, 0);
        char a[32], b[32];
        if (v[0] != v[1] + v[2] + v[3] + v[4])
            complain(
                x, "settlement/", line,
                yh_fmt(&x->a,
                       "medfee_sumamt %.*s 不等于 全自费 + 超限价 + 先行自付 + 范围内 %.*s",
                       YH_ARG(yh_dec_text(a, v[0], 2, 2)),
                       YH_ARG(yh_dec_text(b, v[1] + v[2] + v[3] + v[4], 2, 2))));
        if (yh_cmp(text_at(q, 8), text_at(q, 7)) < 0)
            complain(x, "settlement/", line, YH_S("endtime 早于 begntime"));
        bind(l, 1, text_at(q, 1));
        while (sqlite3_step(l) == SQLITE_ROW) {
            yh_fen one = 0;
            yh_price price = 0;
            yh_qty qty = 0;
            if (yh_fen_parse(text_at(l, 0), &one, NULL) ||
                yh_dec_parse(text_at(l, 1), 6, &price, NULL) ||
                yh_dec_parse(text_at(l, 2), 4, &qty, NULL))
                continue;
            yh_fen want = yh_line_amount(price, qty, YH_ROUND_HALF_UP);
            if (one - want > 1 || want - one > 1)
                complain(x, "line/", sqlite3_column_int64(l, 3),
                         yh_fmt(&x->a,
                                "det_item_fee_sumamt %.*s 与 pric × cnt %.*s 相差超过 0.01",
                                YH_ARG(yh_dec_text(a, one, 2, 2)),
                                YH_ARG(yh_dec_text(b, want, 2, 2))));
            lines += one;
        }
        sqlite3_reset(l);
        if (lines != v[0])
            complain(x, "settlement/", line,
                     yh_fmt(&x->a, "medfee_sumamt %.*s 不等于明细合计 %.*s",
                            YH_ARG(yh_dec_text(a, v[0], 2, 2)),
                            YH_ARG(yh_dec_text(b, lines, 2, 2))));
    }
    sqlite3_finalize(l);
    sqlite3_finalize(q);
    (void)err;
    return YH_OK;
}

static enum yh_status any_bad(struct reader *x, struct yh_err *err)
{
    sqlite3_stmt *q = ask(x, "SELECT tbl, line, what FROM bad ORDER BY tbl, line, what");
    while (sqlite3_step(q) == SQLITE_ROW) {
        yh_str t = text_at(q, 0);
        if (yh_ends(t, YH_S("/")))
            t = yh_sub(t, 0, t.n - 1);
        if (x->r->nshown < YH_EXTRACT_SHOWN)
            snprintf(x->r->shown[x->r->nshown++], sizeof x->r->shown[0], "%.*s.tsv:%lld: %.*s",
                     YH_ARG(t), (long long)sqlite3_column_int64(q, 1),
                     (int)yh_min(text_at(q, 2).n, 300), text_at(q, 2).p);
        x->r->bad++;
    }
    sqlite3_finalize(q);
    return x->r->bad ? yh_fail(err, YH_BAD_TABLE,
                               "%lld 处有错，没有写档案；改好提取文件后再运行同一条命令",
                               (long long)x->r->bad)
                     : YH_OK;
}

/* ---- the archive ---- */

struct builder {
    struct reader *x;
    struct yh_arena rows, bytes, bill;
    struct yh_arc_dicts d;
    struct yh_arc_builder b;
    struct yh_map provider;
    yh_str providers;
    struct yh_arc_chunk provider_chunk;
    struct yh_lens lens;
    struct yh_lens_plans plans;
    struct yh_walk walk;
    struct yh_archive_writer *out;
    sqlite3_stmt *persons, *enrolments, *identities, *settlements, *lines;
    int64_t grp;
};

static int64_t word(struct builder *k, enum yh_arc_dict_id d, yh_str s)
{
    return yh_arc_dict_add(&k->d, d, s);
}

static void all_words(struct builder *k)
{
    static const struct {
        const char *sql;
        enum yh_arc_dict_id d;
    } W[] = {
        { "SELECT insutype FROM enrolment UNION SELECT insutype FROM settlement",
          YH_DICT_SCHEME },
        { "SELECT insuplc_admdvs FROM enrolment UNION SELECT insuplc_admdvs FROM settlement "
          "UNION SELECT admdvs FROM provider",
          YH_DICT_OFFICE },
        { "SELECT DISTINCT med_type FROM settlement ORDER BY 1", YH_DICT_MED_TYPE },
        { "SELECT psn_type FROM enrolment UNION SELECT psn_type FROM settlement",
          YH_DICT_PSN_KIND },
        { "SELECT DISTINCT psn_idet_type FROM identity ORDER BY 1", YH_DICT_IDENT },
        { "SELECT DISTINCT hosp_lv FROM provider ORDER BY 1", YH_DICT_LEVEL },
        { "SELECT DISTINCT filing FROM settlement ORDER BY 1", YH_DICT_FILING },
        { "SELECT DISTINCT dise_codg FROM settlement ORDER BY 1", YH_DICT_DISEASE },
        { "SELECT DISTINCT maindiag_code FROM settlement ORDER BY 1", YH_DICT_DIAGNOSIS },
        { "SELECT DISTINCT med_list_codg FROM line ORDER BY 1", YH_DICT_ITEM },
        { "SELECT DISTINCT med_chrgitm_type FROM line ORDER BY 1", YH_DICT_CHARGE }
    };
    for (int i = 0; i < YH_COUNT(W); i++) {
        sqlite3_stmt *q = ask(k->x, W[i].sql);
        while (sqlite3_step(q) == SQLITE_ROW)
            (void)word(k, W[i].d, text_at(q, 0));
        sqlite3_finalize(q);
    }
    static const char *const FILING[] = { "无需备案", "未备案", "急诊备案" };
    for (int i = 0; i < YH_COUNT(FILING); i++)
        (void)word(k, YH_DICT_FILING, yh_cstr(FILING[i]));
    (void)word(k, YH_DICT_REFERRAL, YH_S("未转诊"));
    (void)word(k, YH_DICT_STATUS, YH_S("正常"));
    (void)word(k, YH_DICT_STATUS, YH_S("中断"));
    (void)word(k, YH_DICT_TAG, YH_S("普通"));
    static const char *const FUND[] = { "310100", "390100", "320100", "370100", "390200",
                                        "330100", "610100", "350100", "999997" };
    for (int i = 0; i < YH_COUNT(FUND); i++)
        (void)word(k, YH_DICT_FUND, yh_cstr(FUND[i]));
}

static enum yh_status open_lens(struct builder *k, struct yh_err *err)
{
    struct reader *x = k->x;
    struct yh_loaded *l = &x->loaded;
    struct yh_archive like = { .about = { .region = x->region, .year = x->year } };
    struct yh_lens_plan *plan = NULL;
    int n = 0;
    k->provider = yh_map_in(&x->a, 1024);
    yh_arc_open(&k->b, &k->rows);
    sqlite3_stmt *q =
        ask(x, "SELECT fixmedins_code, fixmedins_name, fixmedins_type, hosp_lv, admdvs "
               "FROM provider ORDER BY 1");
    for (int i = 0; sqlite3_step(q) == SQLITE_ROW; i++) {
        struct yh_arc_provider p = { .kind = yh_eq(text_at(q, 2), YH_S("2")) ? 2 : 1,
                                     .services = -1 };
        p.code = yh_arc_text_in(&k->b, text_at(q, 0));
        p.name = yh_arc_text_in(&k->b, text_at(q, 1));
        p.level = word(k, YH_DICT_LEVEL, text_at(q, 3));
        p.office = word(k, YH_DICT_OFFICE, text_at(q, 4));
        (void)yh_arc_add_provider(&k->b, &p);
        (void)yh_map_add(&k->provider, yh_dup(&x->a, text_at(q, 0)), i);
    }
    sqlite3_finalize(q);
    k->providers = yh_arc_encode(&k->b, &x->a);
    enum yh_status st = yh_arc_chunk_open(k->providers, &k->provider_chunk, err);
    for (int pass = 0; st == YH_OK && pass < 2; pass++) {
        yh_lens_open(&x->a, &k->d, &k->provider_chunk, l->catalogs.catalog, &l->catalogs.terms,
                     &l->catalogs.regions, yh_day_of(x->year, 1, 1), &k->lens);
        like.dicts = k->d;
        st = yh_replay_plans(&x->a, &like, &k->lens, &l->plans, &plan, &n, err);
        for (int i = 0; st == YH_OK && i < n; i++)
            yh_lens_texts(&k->d, plan[i].plan);
    }
    if (st)
        return st;
    yh_lens_plans_open(&x->a, &k->lens, plan, n, &k->plans);
    st = yh_walk_open(&k->walk, &k->lens, &k->plans, x->region, err);
    k->walk.booking = true;
    return st;
}

struct member {
    yh_str no;
    yh_day born;
    int64_t row;
    struct yh_arc_identity ident[8];
    int nident, stays, months_since;
    yh_day left, enrolled;
};

static yh_fen fen_at(sqlite3_stmt *q, int at)
{
    yh_fen v = 0;
    return yh_fen_parse(text_at(q, at), &v, NULL) ? 0 : v;
}

static yh_day day_at(sqlite3_stmt *q, int at, yh_day absent)
{
    yh_day d = absent;
    return yh_day_parse(text_at(q, at), &d, NULL) ? absent : d;
}

static void add_member(struct builder *k, sqlite3_stmt *q, struct member *m)
{
    int64_t house = 0;
    (void)!yh_int_parse(text_at(q, 4), &house, NULL);
    struct yh_arc_person p = { .grp = k->grp,
                               .sex = text_at(q, 1).n ? text_at(q, 1).p[0] - '0' : 9,
                               .born = day_at(q, 2, 0),
                               .died = YH_DAY_MAX,
                               .household = house,
                               .income = text_at(q, 5).n ? fen_at(q, 5) : -1,
                               .balance = text_at(q, 6).n ? fen_at(q, 6) : -1 };
    *m = (struct member){ .no = yh_dup(&k->bill, text_at(q, 0)),
                          .born = (yh_day)p.born,
                          .enrolled = YH_DAY_MAX };
    p.person = yh_arc_text_in(&k->b, m->no);
    sqlite3_stmt *e = k->enrolments;
    bind(e, 1, m->no);
    bool first = true;
    while (sqlite3_step(e) == SQLITE_ROW) {
        struct yh_arc_enrolment y = { .scheme = word(k, YH_DICT_SCHEME, text_at(e, 0)),
                                      .kind = word(k, YH_DICT_PSN_KIND, text_at(e, 1)),
                                      .office = word(k, YH_DICT_OFFICE, text_at(e, 2)),
                                      .from_day = day_at(e, 3, 0),
                                      .to_day = day_at(e, 4, YH_DAY_MAX),
                                      .status = 1,
                                      .frozen_from = YH_DAY_MAX };
        y.as_of = yh_day_of(k->x->year, 1, 1);
        y.months =
            y.from_day < y.as_of ? yh_months_between((yh_day)y.from_day, (yh_day)y.as_of) : 0;
        m->enrolled = (yh_day)yh_min(m->enrolled, y.from_day);
        if (first) {
            p.district = y.office;
            m->row = yh_arc_add_person(&k->b, &p);
            first = false;
        }
        (void)yh_arc_add_enrolment(&k->b, &y);
    }
    sqlite3_reset(e);
    if (first)
        m->row = yh_arc_add_person(&k->b, &p);
    bind(k->identities, 1, m->no);
    while (sqlite3_step(k->identities) == SQLITE_ROW && m->nident < YH_COUNT(m->ident)) {
        struct yh_arc_identity y = { word(k, YH_DICT_IDENT, text_at(k->identities, 0)),
                                     day_at(k->identities, 1, 0),
                                     day_at(k->identities, 2, YH_DAY_MAX) };
        m->ident[m->nident++] = y;
        (void)yh_arc_add_identity(&k->b, &y);
    }
    sqlite3_reset(k->identities);
}

static int lines_of(struct builder *k, yh_str no, struct yh_arc_line **row,
                    struct yh_line **line)
{
    int n = 0, cap = 0, m = 0, mcap = 0;
    sqlite3_stmt *q = k->lines;
    bind(q, 1, no);
    *row = NULL;
    *line = NULL;
    while (sqlite3_step(q) == SQLITE_ROW) {
        yh_time t = 0;
        int64_t approval = 0;
        struct yh_arc_line r = { .item = word(k, YH_DICT_ITEM, text_at(q, 3)),
                                 .charge = word(k, YH_DICT_CHARGE, text_at(q, 8)) };
        (void)!yh_time_parse(text_at(q, 2), &t, NULL);
        (void)!yh_dec_parse(text_at(q, 4), 6, &r.price, NULL);
        (void)!yh_dec_parse(text_at(q, 5), 4, &r.qty, NULL);
        (void)!yh_int_parse(text_at(q, 7), &approval, NULL);
        r.day = yh_time_day(t);
        r.minute = t / 60 % 1440;
        r.approval = yh_clamp(approval, 0, 2);
        r.odd = fen_at(q, 6) - yh_line_amount(r.price, r.qty, YH_ROUND_HALF_UP);
        r.serial = yh_arc_text_in(&k->b, text_at(q, 0));
        struct yh_line l = { .item = k->lens.item[r.item],
                             .day = (yh_day)r.day,
                             .code = yh_dup(&k->bill, text_at(q, 3)),
                             .serial = yh_dup(&k->bill, text_at(q, 0)),
                             .init = yh_dup(&k->bill, text_at(q, 1)),
                             .price = r.price,
                             .qty = r.qty,
                             .amount = yh_arc_amount(&r),
                             .approval = (uint8_t)r.approval };
        YH_PUSH(&k->bill, *row, n, cap) = r;
        YH_PUSH(&k->bill, *line, m, mcap) = l;
    }
    sqlite3_reset(q);
    for (int i = 0; i < n; i++)
        for (int j = 0; (*line)[i].init.n && j < n; j++)
            if (yh_eq((*line)[j].serial, (*line)[i].init))
                (*row)[i].init = j + 1;
    return n;
}

static bool is_stay(yh_str t)
{
    return t.n && (t.p[0] == '2' || yh_eq(t, YH_S("52")) || yh_eq(t, YH_S("71")));
}

static void add_head(struct builder *k, sqlite3_stmt *q, struct member *all, int n, int seq)
{
    struct reader *x = k->x;
    int who = 0;
    while (who < n - 1 && !yh_eq(all[who].no, text_at(q, 1)))
        who++;
    struct member *m = &all[who];
    yh_str med = text_at(q, 5);
    yh_time t = 0;
    (void)!yh_time_parse(text_at(q, 10), &t, NULL);
    struct yh_arc_head h = { .person = m->row,
                             .seq = seq,
                             .undoes = -1,
                             .replaces = -1,
                             .provider = yh_map_get(&k->provider, text_at(q, 3), 0),
                             .scheme = word(k, YH_DICT_SCHEME, text_at(q, 4)),
                             .med_type = word(k, YH_DICT_MED_TYPE, med),
                             .psn_kind = word(k, YH_DICT_PSN_KIND, text_at(q, 6)),
                             .office = word(k, YH_DICT_OFFICE, text_at(q, 7)),
                             .begin = day_at(q, 8, 0),
                             .end = day_at(q, 9, 0),
                             .time = t,
                             .year = x->year,
                             .disease = word(k, YH_DICT_DISEASE, text_at(q, 11)),
                             .civil = yh_eq(text_at(q, 14), YH_S("1")),
                             .referral = word(k, YH_DICT_REFERRAL, YH_S("未转诊")),
                             .status = word(k, YH_DICT_STATUS, YH_S("正常")),
                             .stay = is_stay(med),
                             .deductible = fen_at(q, 20),
                             .basic = fen_at(q, 21),
                             .civil_pay = fen_at(q, 22),
                             .enterprise = fen_at(q, 23),
                             .serious = fen_at(q, 24),
                             .large = fen_at(q, 25),
                             .assist = fen_at(q, 26),
                             .disabled = fen_at(q, 27),
                             .other = fen_at(q, 28),
                             .hospital = fen_at(q, 29),
                             .relative_of = -1,
                             .relative_limit = YH_UNLIMITED };
    h.settlement = yh_arc_text_in(&k->b, text_at(q, 0));
    h.visit = yh_arc_text_in(&k->b, text_at(q, 2));
    h.relative = fen_at(q, 31);
    h.account = fen_at(q, 30) - h.relative;
    h.account_flag = h.account || h.relative ? 1 : 0;
    h.account_balance = h.account_flag ? fen_at(q, 32) + h.account : 0;
    h.relative_balance = h.relative;
    uint32_t pool = k->lens.provider[h.provider].pool;
    h.away = pool == x->region                   ? YH_AWAY_LOCAL
             : pool / 10000 == x->region / 10000 ? YH_AWAY_PROVINCE
                                                 : YH_AWAY_COUNTRY;
    yh_str filing = text_at(q, 13);
    h.filing = word(k, YH_DICT_FILING,
                    filing.n               ? filing
                    : !h.away              ? YH_S("无需备案")
                    : yh_is_emergency(med) ? YH_S("急诊备案")
                                           : YH_S("未备案"));
    h.months = m->enrolled < h.begin ? yh_months_between(m->enrolled, (yh_day)h.begin) : 0;
    h.count = m->stays + 1;
    h.gap = m->left && m->left <= h.begin ? h.begin - m->left : YH_GAP_NONE;
    if (h.stay) {
        m->stays++;
        m->left = (yh_day)h.end;
    }
    struct yh_arc_line *row;
    struct yh_line *line;
    int nl = lines_of(k, text_at(q, 0), &row, &line);
    struct yh_walk_case c = { .head = &h,
                              .who = who,
                              .relative = -1,
                              .undoes = -1,
                              .row = yh_arc_rows(&k->b, YH_ARC_head),
                              .born = m->born,
                              .identity = m->ident,
                              .nidentity = m->nident,
                              .visit = yh_walk_visit_text(text_at(q, 2)),
                              .line = line,
                              .nline = nl };
    struct yh_sums s = { fen_at(q, 15), fen_at(q, 16), fen_at(q, 17), fen_at(q, 18),
                         fen_at(q, 19) };
    struct yh_decision d;
    struct yh_walk_told told = { 0 };
    struct yh_err ignored;
    /* The agency's split stands; the marks come from the lines where both agree. */
    bool agree = nl && yh_walk_settle(&k->walk, &c, (struct yh_settle_how){ .cut = true }, &d,
                                      &told, &ignored) == YH_OK;
    agree = agree && d.sums.outside == s.outside && d.sums.over == s.over &&
            d.sums.first == s.first && d.sums.scope == s.scope;
    (void)yh_arc_add_head(&k->b, &h);
    struct yh_arc_cut cut = {
        word(k, YH_DICT_TAG, YH_S("普通")), s.outside, s.over, s.first, s.scope, 0, 0
    };
    if (!agree)
        (void)yh_arc_add_cut(&k->b, &cut);
    for (int i = 0; agree && yh_walk_cut_row(told.plan, &d, i, &cut); i++)
        (void)yh_arc_add_cut(&k->b, &cut);
    yh_fen was, is;
    bool paid = agree && !yh_walk_differs(&h, &d, &was, &is);
    struct yh_arc_pay pay;
    for (int i = 0; paid && yh_walk_pay_row(told.plan, &d, i, &pay); i++)
        if (pay.amount || pay.beyond)
            (void)yh_arc_add_pay(&k->b, &pay);
    const struct {
        yh_fen v;
        const char *fund;
    } PAY[] = { { h.basic, yh_eq(text_at(q, 4), YH_S("310")) ? "310100" : "390100" },
                { h.civil_pay, "320100" },
                { h.enterprise, "370100" },
                { h.serious, "390200" },
                { h.large, "330100" },
                { h.assist, "610100" },
                { h.disabled, "350100" },
                { h.other, "999997" } };
    for (int i = 0; !paid && i < YH_COUNT(PAY); i++) {
        pay =
            (struct yh_arc_pay){ 0, word(k, YH_DICT_FUND, yh_cstr(PAY[i].fund)), PAY[i].v, 0 };
        if (pay.amount)
            (void)yh_arc_add_pay(&k->b, &pay);
    }
    if (text_at(q, 12).n) {
        struct yh_arc_code g = { 0, word(k, YH_DICT_DIAGNOSIS, text_at(q, 12)), 0 };
        (void)yh_arc_add_code(&k->b, &g);
    }
    for (int i = 0; i < nl; i++)
        (void)yh_arc_add_line(&k->b, &row[i]);
    x->r->heads++;
    x->r->lines += nl;
}

static enum yh_status flush(struct builder *k, struct yh_err *err)
{
    yh_arena_reset(&k->bytes);
    enum yh_status st = yh_archive_append(k->out, yh_arc_encode(&k->b, &k->bytes), err);
    yh_arc_open(&k->b, &k->rows);
    return st;
}

static enum yh_status one_group(struct builder *k, yh_str key, struct yh_err *err)
{
    struct member *all = NULL;
    int n = 0, cap = 0, seq = 0;
    yh_arena_reset(&k->bill);
    k->grp++;
    bind(k->persons, 1, key);
    while (sqlite3_step(k->persons) == SQLITE_ROW) {
        struct member m;
        add_member(k, k->persons, &m);
        YH_PUSH(&k->bill, all, n, cap) = m;
    }
    sqlite3_reset(k->persons);
    k->x->r->persons += n;
    yh_walk_group(&k->walk, n);
    bind(k->settlements, 1, key);
    while (sqlite3_step(k->settlements) == SQLITE_ROW)
        add_head(k, k->settlements, all, n, ++seq);
    sqlite3_reset(k->settlements);
    if (yh_arc_rows(&k->b, YH_ARC_head) >= YH_ARC_CHUNK_HEADS ||
        yh_arc_rows(&k->b, YH_ARC_person) >= 4 * YH_ARC_CHUNK_HEADS)
        return flush(k, err);
    return YH_OK;
}

static enum yh_status build(struct reader *x, struct yh_err *err)
{
    struct builder *k = yh_heap(NULL, sizeof *k);
    *k = (struct builder){ .x = x };
    struct yh_arena *a[] = { &k->rows, &k->bytes, &k->bill };
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < 3; i++)
        st = yh_arena_open(a[i], (size_t)1 << 31, err);
    yh_arc_dicts_open(&k->d, &x->a);
    if (st == YH_OK)
        all_words(k);
    if (st == YH_OK)
        st = open_lens(k, err);
    if (st == YH_OK)
        st = yh_archive_create(x->r->path, &k->out, err);
    if (st == YH_OK) {
        k->persons =
            ask(x, "SELECT psn_no, gend, brdy, grp, household, income, balc FROM person "
                   "WHERE gkey = ? ORDER BY psn_no");
        k->enrolments =
            ask(x, "SELECT insutype, psn_type, insuplc_admdvs, psn_insu_date, "
                   "paus_insu_date FROM enrolment WHERE psn_no = ? ORDER BY insutype, "
                   "psn_insu_date");
        k->identities =
            ask(x, "SELECT psn_idet_type, begntime, endtime FROM identity WHERE psn_no = ? "
                   "ORDER BY 1, 2");
        k->settlements = ask(
            x,
            "SELECT setl_id, s.psn_no, mdtrt_id, fixmedins_code, insutype, med_type, psn_type, "
            "insuplc_admdvs, begntime, endtime, setl_time, dise_codg, maindiag_code, filing, "
            "cvlserv_flag, medfee_sumamt, fulamt_ownpay_amt, overlmt_selfpay, preselfpay_amt, "
            "inscp_scp_amt, act_pay_dedc, hifp_pay, cvlserv_pay, hifes_pay, hifmi_pay, "
            "hifob_pay, maf_pay, hifdm_pay, oth_pay, hosp_part_amt, acct_pay, acct_mulaid_pay, "
            "s.balc FROM settlement s JOIN person p ON p.psn_no = s.psn_no WHERE p.gkey = ? "
            "ORDER BY setl_time, setl_id");
        k->lines =
            ask(x, "SELECT feedetl_sn, init_feedetl_sn, fee_ocur_time, med_list_codg, pric, "
                   "cnt, det_item_fee_sumamt, hosp_appr_flag, med_chrgitm_type FROM line "
                   "WHERE setl_id = ? ORDER BY substr(fee_ocur_time, 1, 10), med_list_codg, "
                   "feedetl_sn");
        sqlite3_stmt *q = ask(x, "SELECT DISTINCT gkey FROM person ORDER BY gkey");
        yh_arc_open(&k->b, &k->rows);
        while (st == YH_OK && sqlite3_step(q) == SQLITE_ROW)
            st = one_group(k, text_at(q, 0), err);
        sqlite3_finalize(q);
        if (st == YH_OK && yh_arc_rows(&k->b, YH_ARC_person))
            st = flush(k, err);
        struct yh_archive_about about = { .region = x->region, .year = x->year };
        about.text = YH_S("source 经办机构的提取文件\n");
        yh_terms_digest(&x->loaded.catalogs.terms, x->loaded.catalogs.catalog, about.catalog);
        if (st == YH_OK)
            st = yh_archive_finish(k->out, &k->d, k->providers, &about, err);
        else
            yh_archive_abandon(k->out);
        sqlite3_stmt *all[] = { k->persons, k->enrolments, k->identities, k->settlements,
                                k->lines };
        for (int i = 0; i < YH_COUNT(all); i++)
            sqlite3_finalize(all[i]);
    }
    yh_walk_close(&k->walk);
    for (int i = 0; i < 3; i++)
        yh_arena_close(a[i]);
    yh_heap(k, 0);
    return st;
}

/* ---- the whole ---- */

static enum yh_status make_tables(struct reader *x, struct yh_err *err)
{
    enum yh_status st = run(
        x,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS "
        "state(tbl TEXT PRIMARY KEY, digest TEXT, offset INT, line INT, done INT); CREATE "
        "TABLE IF NOT EXISTS bad(tbl TEXT, line INT, what TEXT, UNIQUE(tbl, line, what))",
        err);
    for (int t = 0; st == YH_OK && t < TABLES; t++) {
        char sql[2048];
        int first, n = columns_of((enum table)t, &first);
        int m = snprintf(sql, sizeof sql, "CREATE TABLE IF NOT EXISTS %s(line INT", TABLE[t]);
        for (int i = 0; i < n; i++)
            m += snprintf(sql + m, sizeof sql - (size_t)m, ", %s TEXT", COLUMN[first + i].name);
        if (t == T_person)
            m +=
                snprintf(sql + m, sizeof sql - (size_t)m,
                         ", gkey TEXT GENERATED ALWAYS AS (CASE grp WHEN '' THEN 'p' || psn_no "
                         "ELSE 'g' || grp END) VIRTUAL");
        snprintf(sql + m, sizeof sql - (size_t)m, ")");
        st = run(x, sql, err);
    }
    return st;
}

static enum yh_status index_tables(struct reader *x, struct yh_err *err)
{
    return run(
        x,
        "CREATE INDEX IF NOT EXISTS i1 ON person(gkey, psn_no); CREATE INDEX IF NOT EXISTS "
        "i2 ON person(psn_no); CREATE INDEX IF NOT EXISTS i3 ON enrolment(psn_no); CREATE "
        "INDEX IF NOT EXISTS i4 ON identity(psn_no); CREATE INDEX IF NOT EXISTS i5 ON "
        "settlement(psn_no); CREATE INDEX IF NOT EXISTS i6 ON line(setl_id); CREATE INDEX "
        "IF NOT EXISTS i7 ON settlement(setl_id)",
        err);
}

static enum yh_status read_all(struct reader *x, const char *map, const char *data,
                               const char *catalogs, const char *policy, struct yh_err *err)
{
    char dir[1100], db[1200];
    char *path[] = { (char *)(uintptr_t)policy };
    enum yh_status st = YH_OK;
    snprintf(dir, sizeof dir, "%.1000s/archive", data);
    snprintf(db, sizeof db, "%s/import.db", dir);
    snprintf(x->r->path, sizeof x->r->path, "%.1070s/%06u-%d.yha", dir, x->region % 1000000,
             x->year);
    if (map)
        st = yh_file_read(&x->a, map, 1 << 20, &x->map, err);
    if (st == YH_OK)
        st = yh_loaded_open(catalogs, path, policy ? 1 : 0, false, &x->loaded, err);
    if (st)
        return st;
    if ((mkdir(data, 0777) && errno != EEXIST) || (mkdir(dir, 0777) && errno != EEXIST))
        return yh_fail(err, YH_IO, "建不了目录 %s：%s", dir, strerror(errno));
    if (sqlite3_open(db, &x->db))
        return trouble(x, err);
    st = make_tables(x, err);
    for (int t = 0; st == YH_OK && t < TABLES; t++)
        st = load_table(x, (enum table)t, err);
    if (st == YH_OK)
        st = index_tables(x, err);
    if (st == YH_OK)
        st = run(x, "BEGIN", err);
    if (st == YH_OK)
        st = cross_check(x, err);
    if (st == YH_OK)
        st = check_money(x, err);
    if (st == YH_OK)
        st = run(x, "COMMIT", err);
    if (st == YH_OK)
        st = any_bad(x, err);
    if (st == YH_OK)
        st = build(x, err);
    sqlite3_close(x->db);
    if (st == YH_OK) {
        char rest[1300];
        static const char *const BEHIND[] = { "", "-wal", "-shm" };
        for (int i = 0; i < 3; i++) {
            snprintf(rest, sizeof rest, "%s%s", db, BEHIND[i]);
            (void)unlink(rest);
        }
    }
    return st;
}

enum yh_status yh_extract_read(const char *from, const char *map, const char *data,
                               const char *catalogs, const char *policy, uint32_t region,
                               int year, struct yh_extract_report *out, struct yh_err *err)
{
    struct reader *x = yh_heap(NULL, sizeof *x);
    *x = (struct reader){ .r = out, .from = from, .region = region, .year = year };
    *out = (struct yh_extract_report){ 0 };
    enum yh_status st = yh_arena_open(&x->a, (size_t)4 << 30, err);
    if (st == YH_OK)
        st = read_all(x, map, data, catalogs, policy, err);
    yh_loaded_close(&x->loaded);
    yh_arena_close(&x->a);
    yh_heap(x, 0);
    return st;
}
