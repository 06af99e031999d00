#include "store/postgres/schema.h"

enum step {
    STEP_0,
#define STEP(n, sql) STEP_##n,
#include "store/migrate.def"
#undef STEP
    STEP_END
};
#define SCHEMA_VERSION (STEP_END - 1)

static const struct {
    int to;
    const char *sql;
} STEPS[] = {
#define STEP(n, sql) { n, sql },
#include "store/migrate.def"
#undef STEP
};

/* A number of our own, so that two processes do not migrate at once. */
static const char ALONE[] = "SELECT pg_advisory_xact_lock(8245932041)";
static const char VERSIONS[] =
    "CREATE TABLE IF NOT EXISTS yiheng_schema (version bigint PRIMARY KEY, "
    "applied timestamptz NOT NULL DEFAULT now())";
static const char VERSION[] = "SELECT coalesce(max(version), 0)::bigint FROM yiheng_schema";
static const char IS_THERE[] = "SELECT count(*)::bigint FROM pg_catalog.pg_tables WHERE "
                               "schemaname = current_schema() AND tablename = 'yiheng_schema'";

static yh_str step_row(struct yh_arena *a, int version)
{
    return yh_fmt(a, "INSERT INTO yiheng_schema (version) VALUES (%d)", version);
}

/* ---- statements, one after the other ---- */

/* A text of several statements, separated by a semicolon and a line end. */
static enum yh_status run_all(struct yh_link *c, yh_str text, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    while (st == YH_OK && text.n) {
        ptrdiff_t end = yh_find(text, YH_S(";\n"));
        yh_str one = yh_sub(text, 0, end < 0 ? text.n : end);
        st = yh_link_run(c, yh_zdup(&c->scratch, one), 0, NULL, err);
        text = end < 0 ? YH_S("") : yh_sub(text, end + 2, text.n);
    }
    return st;
}

static enum yh_status begin(struct yh_link *c, struct yh_err *err)
{
    enum yh_status st = yh_link_run(c, "BEGIN", 0, NULL, err);
    c->begun = st == YH_OK;
    return st ? st : yh_link_run(c, ALONE, 0, NULL, err);
}

static enum yh_status commit(struct yh_link *c, enum yh_status st, struct yh_err *err)
{
    if (st == YH_OK) {
        yh_link_say(c, "COMMIT", YH_LINK_COMMIT);
        st = yh_link_pull(c, err);
        c->begun = st != YH_OK && c->begun;
    }
    if (st)
        (void)yh_link_rollback(c, false);
    return st;
}

/* ---- what is there ---- */

/* Names of tables, "table.column"s and indexes of the current schema. */
static enum yh_status look(struct yh_link *c, struct yh_map *there, struct yh_err *err)
{
    static const char SQL[] =
        "SELECT table_name::text || '.' || column_name FROM information_schema.columns "
        "WHERE table_schema = current_schema() UNION ALL "
        "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = current_schema() "
        "UNION ALL "
        "SELECT indexname::text FROM pg_catalog.pg_indexes WHERE schemaname = current_schema()";
    enum yh_status st = yh_link_run(c, SQL, 0, NULL, err);
    for (int i = 0; st == YH_OK && i < PQntuples(c->result); i++)
        yh_map_set(there, yh_dup(&c->scratch, yh_link_get_text(c->result, i, 0)), 1);
    return st;
}

static bool has(const struct yh_map *there, yh_str name)
{
    return yh_map_get(there, name, 0) == 1;
}

static void say(struct yh_buf *out, yh_str sql)
{
    yh_put(out, sql);
    yh_putz(out, ";\n");
}

/* What `there` lacks, as statements; bare: without indexes. */
static void lacks(struct yh_arena *a, const struct yh_schema *schema,
                  const struct yh_map *there, int partitions, bool bare, struct yh_buf *out)
{
    for (int k = 0; k < YH_TABLE_N; k++) {
        const struct yh_table *t = &schema->table[k];
        bool old = has(there, yh_cstr(t->name));
        if (!old)
            say(out, yh_pg_table(a, t, partitions));
        for (int i = t->nkey; old && i < t->ncolumn; i++)
            if (!has(there, yh_fmt(a, "%s.%s", t->name, t->column[i].name)))
                say(out, yh_pg_column(a, t, &t->column[i]));
        for (int i = t->first_index; !bare && i < t->first_index + t->nindex; i++)
            if (!has(there, yh_cstr(schema->index[i].name)))
                say(out, yh_pg_index(a, t, &schema->index[i]));
        if (!old && t->sealed)
            say(out, yh_pg_seal(a, t));
    }
}

/* Is it being moved into?  Then whoever opens it leaves the indexes to the move. */
static enum yh_status half_moved(struct yh_link *c, const struct yh_map *there, bool *yes,
                                 struct yh_err *err)
{
    int64_t marks = 0;
    enum yh_status st = YH_OK;
    if (has(there, YH_S("meta")))
        st = yh_link_run(c, "SELECT count(*)::bigint FROM meta WHERE name = 'moving'", 0,
                         &marks, err);
    *yes = marks > 0;
    return st;
}

enum indexes { ALL, NONE, NONE_IF_HALF_MOVED };

static enum yh_status gain(struct yh_link *c, const struct yh_schema *schema, enum indexes want,
                           struct yh_err *err)
{
    struct yh_map there = yh_map_in(&c->scratch, 1024);
    struct yh_buf sql = yh_buf_in(&c->scratch);
    bool bare = want == NONE;
    enum yh_status st = look(c, &there, err);
    if (st)
        return st;
    lacks(&c->scratch, schema, &there, 1, bare, &sql);
    if (!sql.n)
        return YH_OK;
    if (want == NONE_IF_HALF_MOVED && (st = half_moved(c, &there, &bare, err)))
        return st;
    /* Seen without the lock; with it, look again, for another process may have been faster. */
    st = begin(c, err);
    there = yh_map_in(&c->scratch, 1024);
    sql = yh_buf_in(&c->scratch);
    if (st == YH_OK)
        st = look(c, &there, err);
    if (st == YH_OK) {
        lacks(&c->scratch, schema, &there, 1, bare, &sql);
        st = run_all(c, yh_buf_str(&sql), err);
    }
    return commit(c, st, err);
}

/* One step, unless another process has just taken it. */
static enum yh_status take_step(struct yh_link *c, int i, bool fresh, struct yh_err *err)
{
    int64_t version = 0;
    enum yh_status st = begin(c, err);
    if (st == YH_OK)
        st = yh_link_run(c, VERSIONS, 0, NULL, err);
    if (st == YH_OK)
        st = yh_link_run(c, VERSION, 0, &version, err);
    if (st == YH_OK && version < STEPS[i].to) {
        if (!fresh)
            st = run_all(c, yh_cstr(STEPS[i].sql), err);
        if (st == YH_OK)
            st = run_all(c, step_row(&c->scratch, STEPS[i].to), err);
    }
    return commit(c, st, err);
}

enum yh_status yh_pg_schema(struct yh_link *c, const struct yh_schema *schema,
                            const struct yh_store_options *opt, struct yh_err *err)
{
    int64_t there = 0, version = 0;
    yh_arena_reset(&c->scratch);
    enum yh_status st = yh_link_run(c, IS_THERE, 0, &there, err);
    if (st)
        return YH_IO;
    if (!there && (opt->must_exist || opt->read_only))
        return yh_fail(err, YH_NOT_FOUND, "数据库 %s 里没有医衡的表", PQdb(c->pg));
    if (there && yh_link_run(c, VERSION, 0, &version, err))
        return YH_IO;
    if (version > SCHEMA_VERSION)
        return yh_fail(err, YH_CONFLICT,
                       "数据库的结构版本 %lld 比本程序的 %d 新，请用新版程序打开",
                       (long long)version, SCHEMA_VERSION);
    if (opt->read_only && version < SCHEMA_VERSION)
        return yh_fail(err, YH_CONFLICT,
                       "数据库的结构版本 %lld 比本程序的 %d 旧，请先用本程序的服务打开一次",
                       (long long)version, SCHEMA_VERSION);
    if (opt->read_only)
        return YH_OK;
    bool fresh =
        version == 0; /* tables are made as they are now: steps have nothing to change */
    for (int i = 0; st == YH_OK && i < YH_COUNT(STEPS); i++)
        if (STEPS[i].to > version)
            st = take_step(c, i, fresh, err);
    if (st == YH_OK)
        st = gain(c, schema, opt->moving ? NONE : NONE_IF_HALF_MOVED, err);
    yh_arena_reset(&c->scratch);
    return st == YH_RETRY ? YH_IO : st;
}

enum yh_status yh_pg_filled(struct yh_link *c, const struct yh_schema *schema,
                            struct yh_err *err)
{
    yh_arena_reset(&c->scratch);
    /* Sorting whole tables, once; the server's own setting is meant for many at a time. */
    enum yh_status st = yh_link_run(c, "SET maintenance_work_mem = '256MB'", 0, NULL, err);
    if (st == YH_OK)
        st = gain(c, schema, ALL, err);
    struct yh_buf sql = yh_buf_in(&c->scratch);
    for (int k = 0; k < YH_TABLE_N; k++)
        yh_putf(&sql, "%s%s", k ? ", " : "ANALYZE ", schema->table[k].name);
    if (st == YH_OK)
        st = yh_link_run(c, yh_zdup(&c->scratch, yh_buf_str(&sql)), 0, NULL, err);
    if (st == YH_OK)
        st = yh_link_run(c, "RESET maintenance_work_mem", 0, NULL, err);
    yh_arena_reset(&c->scratch);
    return st == YH_RETRY ? YH_IO : st;
}

enum yh_status yh_pg_schema_same(struct yh_link *c, struct yh_err *err)
{
    int64_t version = 0;
    enum yh_status st = yh_link_run(c, VERSION, 0, &version, err);
    if (st == YH_OK && version != SCHEMA_VERSION)
        st = yh_fail(err, YH_RETRY, "数据库的结构版本变成了 %lld，本程序的是 %d",
                     (long long)version, SCHEMA_VERSION);
    return st;
}

void yh_postgres_layout(const struct yh_schema *schema, int partitions,
                        struct yh_arena *scratch, struct yh_buf *out)
{
    struct yh_map none = yh_map_in(scratch, 1);
    say(out, yh_cstr(VERSIONS));
    for (int i = 0; i < YH_COUNT(STEPS); i++)
        say(out, step_row(scratch, STEPS[i].to));
    lacks(scratch, schema, &none, partitions, false, out);
}
