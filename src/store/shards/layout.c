/* store/shards/layout.c -- the scripts that lay the tables out: over nodes, and for Citus. */
#include <errno.h>
#include <stdio.h>

#include "store/shards/shards.h"

enum yh_status yh_shards_slurp(yh_str file, struct yh_arena *a, yh_str *out, struct yh_err *err)
{
    char chunk[4096];
    struct yh_buf text = yh_buf_in(a);
    FILE *f = fopen(yh_zdup(a, file), "rb");
    size_t n;
    if (!f)
        return yh_fail(err, errno == ENOENT ? YH_NOT_FOUND : YH_IO, "打不开节点表 %.*s",
                       YH_ARG(file));
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0 && text.n < (1 << 19))
        yh_put(&text, (yh_str){ chunk, (ptrdiff_t)n });
    bool bad = ferror(f);
    fclose(f);
    *out = yh_buf_str(&text);
    return bad ? yh_fail(err, YH_IO, "读不出节点表 %.*s", YH_ARG(file)) : YH_OK;
}

/* 'text' of SQL. */
static void quoted(struct yh_buf *b, yh_str text)
{
    yh_putc(b, '\'');
    for (ptrdiff_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'')
            yh_putc(b, '\'');
        yh_putc(b, text.p[i]);
    }
    yh_putc(b, '\'');
}

static const char *type_of(const struct yh_column *c)
{
    return c->type == YH_COLUMN_I64    ? "bigint NOT NULL"
           : c->type == YH_COLUMN_BLOB ? "bytea NOT NULL"
                                       : "text COLLATE \"C\" NOT NULL";
}

static void columns(struct yh_buf *b, const struct yh_table *t)
{
    for (int i = 0; i < t->ncolumn; i++)
        yh_putf(b, "%s\"%s\" %s", i ? ", " : "", t->column[i].name, type_of(&t->column[i]));
}

/* One value of a libpq address, percent signs undone; "" when it is not said. */
static yh_str part_of(struct yh_arena *a, yh_str url, const char *name)
{
    yh_str rest = yh_sub(url, yh_find(url, YH_S("//")) + 2, url.n), found = YH_S("");
    ptrdiff_t q = yh_find(rest, YH_S("?"));
    yh_str path = yh_sub(rest, 0, q < 0 ? rest.n : q),
           asked = q < 0 ? YH_S("") : yh_sub(rest, q + 1, rest.n);
    ptrdiff_t slash = yh_find(path, YH_S("/"));
    yh_str who = yh_sub(path, 0, slash < 0 ? path.n : slash);
    yh_str base = slash < 0 ? YH_S("") : yh_sub(path, slash + 1, path.n);
    ptrdiff_t mark = yh_find(who, YH_S("@"));
    yh_str user = mark < 0 ? YH_S("") : yh_sub(who, 0, mark),
           host = mark < 0 ? who : yh_sub(who, mark + 1, who.n);
    yh_str name_of_user = yh_cut(&user, ':'), host_only = yh_cut(&host, ':');
    if (!strcmp(name, "dbname"))
        found = base;
    else if (!strcmp(name, "user"))
        found = name_of_user;
    else if (!strcmp(name, "password"))
        found = user;
    else if (!strcmp(name, "host"))
        found = host_only;
    else if (!strcmp(name, "port"))
        found = host;
    while (asked.n) {
        yh_str value = yh_cut(&asked, '&'), key = yh_cut(&value, '=');
        if (yh_eq(key, yh_cstr(name)))
            found = value;
    }
    struct yh_buf out = yh_buf_in(a);
    for (ptrdiff_t i = 0; i < found.n; i++) {
        unsigned int c;
        char hex[3] = { 0 };
        if (found.p[i] == '%' && i + 2 < found.n) {
            memcpy(hex, found.p + i + 1, 2);
            if (sscanf(hex, "%2x", &c) == 1) {
                yh_putc(&out, (char)(unsigned char)c);
                i += 2;
                continue;
            }
        }
        yh_putc(&out, found.p[i]);
    }
    return yh_buf_str(&out);
}

static void option(struct yh_buf *b, struct yh_arena *a, yh_str url, const char *name,
                   bool *some)
{
    yh_str v = part_of(a, url, name);
    if (!v.n)
        return;
    yh_putf(b, "%s%s ", *some ? ", " : "", name);
    quoted(b, v);
    *some = true;
}

/* The others, as servers that are only read through. */
static void servers(struct yh_buf *b, struct yh_arena *a, const struct yh_shards_list *list,
                    int self)
{
    yh_putz(b, "SET client_min_messages = warning;\nCREATE EXTENSION IF NOT EXISTS "
               "postgres_fdw;\nDROP SCHEMA IF EXISTS nodes CASCADE;\n"
               "CREATE SCHEMA nodes;\n");
    for (int i = 0; i < list->n; i++) {
        bool some = false;
        if (i == self)
            continue;
        yh_putf(b,
                "DROP SERVER IF EXISTS yiheng_%d CASCADE;\nCREATE SERVER yiheng_%d FOREIGN "
                "DATA WRAPPER "
                "postgres_fdw OPTIONS (updatable 'false', use_remote_estimate 'false', "
                "fetch_size '1000'",
                i, i);
        some = true;
        option(b, a, list->url[i], "host", &some);
        option(b, a, list->url[i], "port", &some);
        option(b, a, list->url[i], "dbname", &some);
        yh_putf(b, ");\nCREATE USER MAPPING FOR CURRENT_USER SERVER yiheng_%d OPTIONS (", i);
        some = false;
        option(b, a, list->url[i], "user", &some);
        option(b, a, list->url[i], "password", &some);
        yh_putz(b, ");\n");
    }
}

static void foreign(struct yh_buf *b, const struct yh_table *t, const char *as, int node)
{
    yh_putf(b,
            "CREATE FOREIGN TABLE nodes.\"%s_%d\" %s SERVER yiheng_%d OPTIONS (schema_name "
            "'public', "
            "table_name '%s');\n",
            t->name, node, as, node, t->name);
}

/* Our own table is attached where it stands: the settlement path goes on using it by its own name, and the
 * server refuses rows of other nodes' groups in it. */
static void parted(struct yh_buf *b, struct yh_arena *a, const struct yh_table *t, int nodes,
                   int self)
{
    yh_putf(b, "CREATE TABLE nodes.\"%s\" (", t->name);
    columns(b, t);
    yh_putz(b, ") PARTITION BY HASH (\"region\", \"grp\");\n");
    yh_putf(
        b,
        "ALTER TABLE nodes.\"%s\" ATTACH PARTITION public.\"%s\" FOR VALUES WITH (MODULUS %d, "
        "REMAINDER %d);\n",
        t->name, t->name, nodes, self);
    for (int i = 0; i < nodes; i++)
        if (i != self)
            foreign(
                b, t,
                yh_zdup(
                    a,
                    yh_fmt(
                        a,
                        "PARTITION OF nodes.\"%s\" FOR VALUES WITH (MODULUS %d, REMAINDER %d)",
                        t->name, nodes, i)),
                i);
}

static void joined(struct yh_buf *b, struct yh_arena *a, const struct yh_table *t, int nodes,
                   int self)
{
    struct yh_buf cols = yh_buf_in(a);
    yh_putz(&cols, "(");
    columns(&cols, t);
    yh_putz(&cols, ")");
    for (int i = 0; i < nodes; i++)
        if (i != self)
            foreign(b, t, yh_zdup(a, yh_buf_str(&cols)), i);
    yh_putf(b, "CREATE VIEW nodes.\"%s\" AS SELECT * FROM public.\"%s\"", t->name, t->name);
    for (int i = 0; i < nodes; i++)
        if (i != self)
            yh_putf(b, " UNION ALL SELECT * FROM nodes.\"%s_%d\"", t->name, i);
    yh_putz(b, ";\n");
}

/* Is the place of all its rows the hash of (region, grp)?  Calls without a person are the provider's. */
static bool by_group_alone(const struct yh_table *t)
{
    return yh_shards_place(t) == YH_PLACE_GROUP && t->id != YH_TABLE_request &&
           t->id != YH_TABLE_document;
}

static void describe(struct yh_schema *schema)
{
    for (int i = 0; i < YH_TABLE_N; i++)
        schema->table[i] = yh_table_of((enum yh_table_id)i);
    for (int i = 0; i < YH_INDEX_N; i++)
        schema->index[i] = yh_index_of(i);
}

enum yh_status yh_store_layout_nodes(struct yh_arena *a, yh_str file, yh_str *out,
                                     struct yh_err *err)
{
    struct yh_shards_list list;
    struct yh_schema *schema = YH_NEW(a, struct yh_schema, 1);
    enum yh_status st = yh_shards_read(file, a, &list, err);
    if (st)
        return st;
    describe(schema);
    struct yh_buf b = yh_buf_in(a);
    yh_putz(&b, "\\set ON_ERROR_STOP on\n\\set QUIET on\n");
    for (int k = 0; k < list.n; k++) {
        yh_putz(&b, "\\connect ");
        quoted(&b, list.url[k]);
        yh_putf(&b, "\nSELECT count(*) = 0 AS fresh FROM pg_catalog.pg_tables WHERE schemaname "
                    "= 'public' "
                    "AND tablename = 'yiheng_schema' \\gset\nBEGIN;\n\\if :fresh\n");
        yh_postgres_layout(schema, 1, a, &b);
        yh_putf(&b,
                "CREATE TABLE yiheng_decision (gid text PRIMARY KEY, verdict text NOT NULL, "
                "time timestamptz "
                "NOT NULL DEFAULT now());\nCREATE TABLE yiheng_node (one bigint PRIMARY KEY "
                "CHECK (one = 1), "
                "number bigint NOT NULL, nodes bigint NOT NULL);\nINSERT INTO yiheng_node "
                "VALUES (1, %d, "
                "%d);\n\\endif\n",
                k, list.n);
        servers(&b, a, &list, k);
        for (int i = 0; i < YH_TABLE_N; i++) {
            const struct yh_table *t = &schema->table[i];
            if (yh_shards_place(t) == YH_PLACE_EVERY)
                continue; /* its own is the whole */
            if (by_group_alone(t))
                parted(&b, a, t, list.n, k);
            else
                joined(&b, a, t, list.n, k);
        }
        yh_putz(&b, "COMMIT;\n");
    }
    *out = yh_buf_str(&b);
    return YH_OK;
}

yh_str yh_store_layout_citus(struct yh_arena *a)
{
    struct yh_schema *schema = YH_NEW(a, struct yh_schema, 1);
    struct yh_buf b = yh_buf_in(a);
    describe(schema);
    yh_putz(
        &b,
        "-- 没有在 Citus 上试过（docs/operations.md 写明试过什么）。先在空库里试。\n"
        "-- Citus 只能按一列分布，这里按账户组号 grp；同组的行在同一分片（colocate_with）。\n"
        "-- 只追加的表有拒绝修改的触发器，分布之前要打开 citus.enable_unsafe_triggers。\n"
        "CREATE EXTENSION IF NOT EXISTS citus;\nSET citus.enable_unsafe_triggers = on;\n");
    yh_postgres_layout(schema, 1, a, &b);
    const char *with = "none";
    for (int i = 0; i < YH_TABLE_N; i++) {
        const struct yh_table *t = &schema->table[i];
        if (yh_shards_place(t) != YH_PLACE_GROUP)
            continue;
        yh_putf(&b, "SELECT create_distributed_table('%s', 'grp', colocate_with => '%s');\n",
                t->name, with);
        with = "account_group";
    }
    for (int i = 0; i < YH_TABLE_N; i++) {
        const struct yh_table *t = &schema->table[i];
        if (yh_shards_place(t) == YH_PLACE_EVERY)
            yh_putf(&b, "SELECT create_reference_table('%s');\n", t->name);
        else if (yh_shards_place(t) != YH_PLACE_GROUP)
            yh_putf(&b,
                    "SELECT create_distributed_table('%s', '%s', colocate_with => 'none');\n",
                    t->name, t->column[0].name);
    }
    return yh_buf_str(&b);
}
