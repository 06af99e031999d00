#include "store/postgres/text.h"

static const char *const TYPE[] = {
    [YH_COLUMN_I64] = "bigint NOT NULL DEFAULT 0",
    [YH_COLUMN_TEXT] = "text COLLATE \"C\" NOT NULL DEFAULT ''",
    [YH_COLUMN_BLOB] = "bytea NOT NULL DEFAULT ''",
};

const char yh_pg_next[] =
    "INSERT INTO \"sequence\" AS s (\"scope\", \"name\", \"value\") VALUES ($1, $2, 1) "
    "ON CONFLICT (\"scope\", \"name\") DO UPDATE SET \"value\" = s.\"value\" + 1 "
    "RETURNING \"value\"";

bool yh_pg_grouped(const struct yh_table *t, int *region, int *grp)
{
    for (int i = 0; i + 1 < t->nkey; i++) {
        if (strcmp(t->column[i].name, "region") || strcmp(t->column[i + 1].name, "grp"))
            continue;
        *region = i;
        *grp = i + 1;
        return true;
    }
    return false;
}

/* "a", "b" … of columns [from, to). */
static void put_columns(struct yh_buf *b, const struct yh_table *t, int from, int to)
{
    for (int i = from; i < to; i++)
        yh_putf(b, "%s\"%s\"", i > from ? ", " : "", t->column[i].name);
}

static void put_key(struct yh_buf *b, const struct yh_table *t)
{
    for (int i = 0; i < t->nkey; i++)
        yh_putf(b, "%s\"%s\" = $%d", i ? " AND " : " WHERE ", t->column[i].name, i + 1);
}

yh_str yh_pg_table(struct yh_arena *a, const struct yh_table *t, int partitions)
{
    struct yh_buf b = yh_buf_in(a);
    /* Personal facts, and the calls about them, which are always looked for with their group.  What a
     * person or a visit is found by is not: it lies apart, small. */
    bool parted = partitions > 1 && (t->personal || t->id == YH_TABLE_request);
    /* Room in the page lets a changed row stay on it, and its indexes untouched. */
    const char *room = t->sealed ? "" : " WITH (fillfactor = 85)";
    yh_putf(&b, "CREATE TABLE \"%s\" (", t->name);
    for (int i = 0; i < t->ncolumn; i++)
        yh_putf(&b, "\"%s\" %s, ", t->column[i].name, TYPE[t->column[i].type]);
    yh_putz(&b, "PRIMARY KEY (");
    put_columns(&b, t, 0, t->nkey);
    yh_putf(&b, "))%s", parted ? " PARTITION BY HASH (\"region\", \"grp\")" : room);
    for (int i = 0; parted && i < partitions; i++)
        yh_putf(&b,
                ";\nCREATE TABLE \"%s_%d\" PARTITION OF \"%s\" FOR VALUES WITH (MODULUS %d, "
                "REMAINDER %d)%s",
                t->name, i, t->name, partitions, i, room);
    return yh_buf_str(&b);
}

yh_str yh_pg_column(struct yh_arena *a, const struct yh_table *t, const struct yh_column *c)
{
    return yh_fmt(a, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s", t->name, c->name,
                  TYPE[c->type]);
}

yh_str yh_pg_index(struct yh_arena *a, const struct yh_table *t, const struct yh_index *index)
{
    struct yh_buf b = yh_buf_in(a);
    yh_putf(&b, "CREATE INDEX \"%s\" ON \"%s\" (", index->name, t->name);
    for (int i = 0; i < index->ncolumn; i++)
        yh_putf(&b, "%s\"%s\"", i ? ", " : "", t->column[index->column[i]].name);
    yh_putz(&b, ")");
    return yh_buf_str(&b);
}

yh_str yh_pg_seal(struct yh_arena *a, const struct yh_table *t)
{
    struct yh_buf b = yh_buf_in(a);
    yh_putf(&b,
            "CREATE FUNCTION \"%s_sealed\"() RETURNS trigger LANGUAGE plpgsql AS $yh$ BEGIN "
            "RAISE EXCEPTION '%s: sealed' USING ERRCODE = 'check_violation'; END $yh$;\n"
            "CREATE TRIGGER \"%s_kept\" BEFORE DELETE ON \"%s\" FOR EACH ROW "
            "EXECUTE FUNCTION \"%s_sealed\"();\n"
            "CREATE TRIGGER \"%s_whole\" BEFORE TRUNCATE ON \"%s\" "
            "EXECUTE FUNCTION \"%s_sealed\"();\n"
            "CREATE TRIGGER \"%s_sealed\" BEFORE UPDATE ON \"%s\" FOR EACH ROW WHEN (",
            t->name, t->name, t->name, t->name, t->name, t->name, t->name, t->name, t->name,
            t->name);
    for (int i = 0; i < t->nsealed; i++)
        yh_putf(&b, "%sold.\"%s\" IS DISTINCT FROM new.\"%s\"", i ? " OR " : "",
                t->column[i].name, t->column[i].name);
    yh_putf(&b, ") EXECUTE FUNCTION \"%s_sealed\"()", t->name);
    return yh_buf_str(&b);
}

static void put_insert(struct yh_buf *b, const struct yh_table *t, int rows)
{
    yh_putf(b, "INSERT INTO \"%s\" (", t->name);
    put_columns(b, t, 0, t->ncolumn);
    yh_putz(b, ") VALUES ");
    for (int i = 0; i < rows * t->ncolumn; i++)
        yh_putf(b, "%s$%d", i % t->ncolumn ? ", " : i ? "), (" : "(", i + 1);
    yh_putc(b, ')');
}

static void put_conflict(struct yh_buf *b, const struct yh_table *t)
{
    yh_putz(b, " ON CONFLICT (");
    put_columns(b, t, 0, t->nkey);
    yh_putz(b, ") DO ");
}

static void put_upsert(struct yh_buf *b, const struct yh_table *t, int rows)
{
    put_insert(b, t, rows);
    put_conflict(b, t);
    yh_putz(b, t->nkey < t->ncolumn ? "UPDATE SET " : "NOTHING");
    for (int i = t->nkey; i < t->ncolumn; i++)
        yh_putf(b, "%s\"%s\" = excluded.\"%s\"", i > t->nkey ? ", " : "", t->column[i].name,
                t->column[i].name);
}

static void put_get(struct yh_buf *b, const struct yh_table *t, const char *lock)
{
    yh_putz(b, "SELECT ");
    put_columns(b, t, t->nkey, t->ncolumn);
    yh_putf(b, " FROM \"%s\"", t->name);
    put_key(b, t);
    yh_putz(b, lock);
}

yh_str yh_pg_verb(struct yh_arena *a, const struct yh_table *t, enum yh_pg_verb verb)
{
    struct yh_buf b = yh_buf_in(a);
    switch (verb) {
    case YH_PG_GET: put_get(&b, t, ""); break;
    case YH_PG_LOCK: put_get(&b, t, " FOR UPDATE"); break;
    case YH_PG_SNATCH: put_get(&b, t, " FOR UPDATE NOWAIT"); break;
    case YH_PG_ADD:
        put_insert(&b, t, 1);
        put_conflict(&b, t);
        yh_putz(&b, "NOTHING");
        break;
    case YH_PG_NEW: put_insert(&b, t, 1); break;
    case YH_PG_PUT: put_upsert(&b, t, 1); break;
    case YH_PG_DROP:
        yh_putf(&b, "DELETE FROM \"%s\"", t->name);
        put_key(&b, t);
        break;
    case YH_PG_VERB_N: break;
    }
    return yh_buf_str(&b);
}

yh_str yh_pg_rows(struct yh_arena *a, const struct yh_table *t, enum yh_pg_verb verb, int rows)
{
    struct yh_buf b = yh_buf_in(a);
    yh_assert(verb == YH_PG_NEW || verb == YH_PG_PUT);
    if (verb == YH_PG_NEW)
        put_insert(&b, t, rows);
    else
        put_upsert(&b, t, rows);
    return yh_buf_str(&b);
}

yh_str yh_pg_span(struct yh_arena *a, const struct yh_table *t, const struct yh_index *index,
                  const struct yh_span *span, bool limit)
{
    struct yh_buf b = yh_buf_in(a);
    int at = 1;
    yh_putz(&b, "SELECT ");
    put_columns(&b, t, 0, t->ncolumn);
    yh_putf(&b, " FROM \"%s\"", t->name);
    for (int i = 0; i < span->same + (span->ranged ? 1 : 0); i++) {
        const char *name = t->column[index ? index->column[i] : i].name;
        yh_putz(&b, i ? " AND " : " WHERE ");
        if (i < span->same)
            yh_putf(&b, "\"%s\" = $%d", name, at);
        else
            yh_putf(&b, "\"%s\" >= $%d AND \"%s\" < $%d", name, at, name, at + 1);
        at++;
    }
    at += span->ranged ? 1 : 0;
    /* What is fixed needs no ordering by it, but saying so lets an index give the order. */
    const char *way = span->down ? " DESC" : "";
    yh_putz(&b, " ORDER BY ");
    for (int i = 0; index && i < index->ncolumn; i++)
        yh_putf(&b, "\"%s\"%s, ", t->column[index->column[i]].name, way);
    for (int i = 0; i < t->nkey; i++)
        yh_putf(&b, "%s\"%s\"%s", i ? ", " : "", t->column[i].name, way);
    if (limit)
        yh_putf(&b, " LIMIT $%d", at);
    return yh_buf_str(&b);
}

yh_str yh_pg_from_group(struct yh_arena *a, const struct yh_table *t)
{
    struct yh_buf b = yh_buf_in(a);
    yh_putz(&b, "SELECT ");
    put_columns(&b, t, 0, t->ncolumn);
    yh_putf(&b, " FROM \"%s\" WHERE (\"region\", \"grp\") >= ($1, $2) ORDER BY ", t->name);
    put_columns(&b, t, 0, t->nkey);
    return yh_buf_str(&b);
}

/* As a query: a partitioned table is copied out no other way. */
yh_str yh_pg_copy_out(struct yh_arena *a, const struct yh_table *t)
{
    struct yh_buf b = yh_buf_in(a);
    yh_putz(&b, "COPY (SELECT ");
    put_columns(&b, t, 0, t->ncolumn);
    yh_putf(&b, " FROM \"%s\") TO STDOUT (FORMAT binary)", t->name);
    return yh_buf_str(&b);
}

yh_str yh_pg_copy(struct yh_arena *a, const struct yh_table *t)
{
    struct yh_buf b = yh_buf_in(a);
    yh_putf(&b, "COPY \"%s\" (", t->name);
    put_columns(&b, t, 0, t->ncolumn);
    yh_putz(&b, ") FROM STDIN (FORMAT binary)");
    return yh_buf_str(&b);
}
