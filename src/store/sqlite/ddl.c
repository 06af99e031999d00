#include "store/sqlite/ddl.h"

static const char *const TYPE[] = {
    [YH_COLUMN_I64] = "INTEGER NOT NULL DEFAULT 0",
    [YH_COLUMN_TEXT] = "TEXT NOT NULL DEFAULT ''",
    [YH_COLUMN_BLOB] = "BLOB NOT NULL DEFAULT x''",
};

/* "a","b",… of columns [from, to), each with `before` and `behind`. */
static void put_columns(struct yh_buf *b, const struct yh_table *t, int from, int to,
                        const char *before, const char *behind, const char *between)
{
    for (int i = from; i < to; i++)
        yh_putf(b, "%s%s\"%s\"%s", i > from ? between : "", before, t->column[i].name, behind);
}

yh_str yh_ddl_table(struct yh_arena *a, const struct yh_table *t)
{
    struct yh_buf b = yh_buf_in(a);
    yh_putf(&b, "CREATE TABLE IF NOT EXISTS \"%s\" (", t->name);
    for (int i = 0; i < t->ncolumn; i++)
        yh_putf(&b, "\"%s\" %s, ", t->column[i].name, TYPE[t->column[i].type]);
    yh_putz(&b, "PRIMARY KEY (");
    put_columns(&b, t, 0, t->nkey, "", "", ", ");
    /* Short rows live in the key's own tree; long ones in a table of their own, where a page holds
     * several of them and the key's tree stays small. */
    yh_putf(&b, ")) STRICT%s", t->wide ? "" : ", WITHOUT ROWID");
    return yh_buf_str(&b);
}

yh_str yh_ddl_column(struct yh_arena *a, const struct yh_table *t, const struct yh_column *c)
{
    return yh_fmt(a, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s", t->name, c->name,
                  TYPE[c->type]);
}

yh_str yh_ddl_index(struct yh_arena *a, const struct yh_table *t, const struct yh_index *index)
{
    struct yh_buf b = yh_buf_in(a);
    yh_putf(&b, "CREATE INDEX IF NOT EXISTS \"%s\" ON \"%s\" (", index->name, t->name);
    for (int i = 0; i < index->ncolumn; i++)
        yh_putf(&b, "%s\"%s\"", i ? ", " : "", t->column[index->column[i]].name);
    yh_putz(&b, ")");
    return yh_buf_str(&b);
}

yh_str yh_ddl_seal(struct yh_arena *a, const struct yh_table *t)
{
    struct yh_buf b = yh_buf_in(a);
    yh_putf(&b,
            "CREATE TRIGGER IF NOT EXISTS \"%s_kept\" BEFORE DELETE ON \"%s\" BEGIN "
            "SELECT RAISE(ABORT, '%s: sealed'); END; "
            "CREATE TRIGGER IF NOT EXISTS \"%s_sealed\" BEFORE UPDATE ON \"%s\" WHEN ",
            t->name, t->name, t->name, t->name, t->name);
    for (int i = 0; i < t->nsealed; i++)
        yh_putf(&b, "%sold.\"%s\" IS NOT new.\"%s\"", i ? " OR " : "", t->column[i].name,
                t->column[i].name);
    yh_putf(&b, " BEGIN SELECT RAISE(ABORT, '%s: sealed'); END", t->name);
    return yh_buf_str(&b);
}

static void put_insert(struct yh_buf *b, const struct yh_table *t)
{
    yh_putf(b, "INSERT INTO \"%s\" (", t->name);
    put_columns(b, t, 0, t->ncolumn, "", "", ", ");
    yh_putz(b, ") VALUES (");
    for (int i = 0; i < t->ncolumn; i++)
        yh_putz(b, i ? ",?" : "?");
    yh_putz(b, ")");
}

static bool is_indexed(const struct yh_schema *schema, const struct yh_table *t, int column)
{
    for (int i = t->first_index; i < t->first_index + t->nindex; i++)
        for (int k = 0; k < schema->index[i].ncolumn; k++)
            if (schema->index[i].column[k] == column)
                return true;
    return false;
}

static void put_update(struct yh_buf *b, const struct yh_schema *schema,
                       const struct yh_table *t)
{
    const char *between = "";
    yh_putf(b, "UPDATE \"%s\" SET ", t->name);
    for (int i = t->nkey; i < t->ncolumn; i++) {
        if (is_indexed(schema, t, i))
            continue;
        yh_putf(b, "%s\"%s\" = ?%d", between, t->column[i].name, i + 1);
        between = ", ";
    }
    for (int i = 0; i < t->ncolumn; i++) {
        bool key = i < t->nkey;
        if (key ||
            is_indexed(schema, t, i)) /* the + keeps the other indexes out of the search */
            yh_putf(b, "%s%s\"%s\" = ?%d", i ? " AND " : " WHERE ", key ? "" : "+",
                    t->column[i].name, i + 1);
    }
}

yh_str yh_sql_verb(struct yh_arena *a, const struct yh_schema *schema, const struct yh_table *t,
                   enum yh_verb verb)
{
    struct yh_buf b = yh_buf_in(a);
    switch (verb) {
    case YH_VERB_GET:
        yh_putz(&b, "SELECT ");
        put_columns(&b, t, t->nkey, t->ncolumn, "", "", ", ");
        yh_putf(&b, " FROM \"%s\" WHERE ", t->name);
        put_columns(&b, t, 0, t->nkey, "", " = ?", " AND ");
        break;
    case YH_VERB_ADD: put_insert(&b, t); break;
    case YH_VERB_PUT:
        put_insert(&b, t);
        yh_putz(&b, " ON CONFLICT DO UPDATE SET ");
        for (int i = t->nkey; i < t->ncolumn; i++)
            yh_putf(&b, "%s\"%s\" = excluded.\"%s\"", i > t->nkey ? ", " : "",
                    t->column[i].name, t->column[i].name);
        break;
    case YH_VERB_KEEP: put_update(&b, schema, t); break;
    case YH_VERB_DROP:
        yh_putf(&b, "DELETE FROM \"%s\" WHERE ", t->name);
        put_columns(&b, t, 0, t->nkey, "", " = ?", " AND ");
        break;
    case YH_VERB_N: break;
    }
    return yh_buf_str(&b);
}

yh_str yh_sql_span(struct yh_arena *a, const struct yh_table *t, const struct yh_index *index,
                   const struct yh_span *span)
{
    struct yh_buf b = yh_buf_in(a);
    int n = index ? index->ncolumn : t->nkey;
    yh_putz(&b, "SELECT ");
    put_columns(&b, t, 0, t->ncolumn, "", "", ", ");
    yh_putf(&b, " FROM \"%s\"", t->name);
    for (int i = 0; i < span->same + (span->ranged ? 1 : 0); i++) {
        const char *name = t->column[index ? index->column[i] : i].name;
        yh_putz(&b, i ? " AND " : " WHERE ");
        if (i < span->same)
            yh_putf(&b, "\"%s\" = ?", name);
        else
            yh_putf(&b, "\"%s\" >= ? AND \"%s\" < ?", name, name);
    }
    yh_putz(&b, " ORDER BY ");
    for (int i = 0; index && i < n; i++)
        yh_putf(&b, "\"%s\"%s, ", t->column[index->column[i]].name, span->down ? " DESC" : "");
    put_columns(&b, t, 0, t->nkey, "", span->down ? " DESC" : "", ", ");
    yh_putz(&b, " LIMIT ?");
    return yh_buf_str(&b);
}
