#include "store/sqlite/lines_table.h"

#include "store/lines.h"

#define MEMORY_MAX ((size_t)256 << 20)

enum {
#define I64(c, doc) column_##c,
#define TEXT(c, doc) column_##c,
#include "store/lines.def"
#undef I64
#undef TEXT
    COLUMN_PACKED
};

struct cursor {
    sqlite3_vtab_cursor base;
    struct yh_arena arena; /* opened with the first filter */
    struct yh_charge_line *line;
    int n, at;
};

static int connect_table(sqlite3 *db, void *aux, int argc, const char *const *argv,
                         sqlite3_vtab **out, char **error)
{
    (void)aux, (void)argc, (void)argv, (void)error;
    int rc = sqlite3_declare_vtab(db, "CREATE TABLE lines("
#define I64(c, doc) "\"" #c "\" INTEGER, "
#define TEXT(c, doc) "\"" #c "\" TEXT, "
#include "store/lines.def"
#undef I64
#undef TEXT
                                      "packed BLOB HIDDEN)");
    if (rc)
        return rc;
    *out = sqlite3_malloc(sizeof **out);
    if (!*out)
        return SQLITE_NOMEM;
    **out = (sqlite3_vtab){ 0 };
    return sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
}

static int disconnect_table(sqlite3_vtab *t)
{
    sqlite3_free(t);
    return SQLITE_OK;
}

/* Only with the batch given; as an equality on the hidden column. */
static int best_index(sqlite3_vtab *t, sqlite3_index_info *info)
{
    (void)t;
    for (int i = 0; i < info->nConstraint; i++) {
        if (info->aConstraint[i].iColumn != COLUMN_PACKED ||
            info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
            continue;
        if (!info->aConstraint[i].usable)
            return SQLITE_CONSTRAINT;
        info->aConstraintUsage[i].argvIndex = 1;
        info->aConstraintUsage[i].omit = 1;
        info->estimatedCost = 10;
        info->estimatedRows = 12;
        return SQLITE_OK;
    }
    info->estimatedCost = 1e12;
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *t, sqlite3_vtab_cursor **out)
{
    (void)t;
    struct cursor *c = sqlite3_malloc(sizeof *c);
    if (!c)
        return SQLITE_NOMEM;
    *c = (struct cursor){ 0 };
    *out = &c->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
    struct cursor *c = (struct cursor *)cursor;
    if (c->arena.start)
        yh_arena_close(&c->arena);
    sqlite3_free(c);
    return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *cursor, int number, const char *plan, int argc,
                  sqlite3_value **argv)
{
    (void)number, (void)plan;
    struct cursor *c = (struct cursor *)cursor;
    struct yh_err err = { 0 };
    c->n = c->at = 0;
    if (argc == 0 || sqlite3_value_type(argv[0]) == SQLITE_NULL)
        return SQLITE_OK;
    if (!c->arena.start && yh_arena_open(&c->arena, MEMORY_MAX, &err))
        return SQLITE_NOMEM;
    yh_arena_reset(&c->arena);
    yh_str packed = { sqlite3_value_blob(argv[0]), sqlite3_value_bytes(argv[0]) };
    /* The value may go when filter returns; the lines borrow from this copy. */
    packed = yh_dup(&c->arena, packed);
    if (yh_lines_unpack(&c->arena, packed, &c->line, &c->n, &err)) {
        cursor->pVtab->zErrMsg = sqlite3_mprintf("charge_lines: %s", err.text);
        return SQLITE_ERROR;
    }
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *cursor)
{
    ((struct cursor *)cursor)->at++;
    return SQLITE_OK;
}

static int eof(sqlite3_vtab_cursor *cursor)
{
    struct cursor *c = (struct cursor *)cursor;
    return c->at >= c->n;
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int number)
{
    struct cursor *c = (struct cursor *)cursor;
    const struct yh_charge_line *l = &c->line[c->at];
    switch (number) {
#define I64(name, doc)                      \
    case column_##name:                     \
        sqlite3_result_int64(out, l->name); \
        break;
#define TEXT(name, doc)                                                      \
    case column_##name:                                                      \
        sqlite3_result_text(out, l->name.n ? l->name.p : "", (int)l->name.n, \
                            SQLITE_TRANSIENT);                               \
        break;
#include "store/lines.def"
#undef I64
#undef TEXT
    default: sqlite3_result_null(out);
    }
    return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
    *out = ((struct cursor *)cursor)->at;
    return SQLITE_OK;
}

/* Without xCreate it is there on every connection and needs no CREATE VIRTUAL TABLE. */
static const sqlite3_module MODULE = {
    .xConnect = connect_table,
    .xDisconnect = disconnect_table,
    .xBestIndex = best_index,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = eof,
    .xColumn = column,
    .xRowid = rowid,
};

int yh_lines_table_register(sqlite3 *db)
{
    return sqlite3_create_module(db, "charge_lines", &MODULE, NULL);
}
