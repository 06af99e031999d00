/* store/postgres/select.c -- one SELECT of an analyst's own, through a cursor of a transaction that reads. */
#include <strings.h>
#include "store/postgres/inside.h"

static void put_value(struct yh_buf *out, const PGresult *r, int row, int i)
{
    yh_str s = yh_link_get_text(r, row, i);
    if (PQftype(r, i) == 17 && yh_starts(s, YH_S("\\x"))) /* bytea */
        s = yh_sub(s, 2, s.n);
    for (ptrdiff_t k = 0; k < s.n; k++)
        yh_putc(out, s.p[k] == '\t' || s.p[k] == '\n' || s.p[k] == '\r' ? ' ' : s.p[k]);
}

static void put_rows(struct yh_buf *out, const PGresult *r, bool head)
{
    int n = PQnfields(r);
    for (int i = 0; head && i < n; i++)
        yh_putf(out, "%s%s", PQfname(r, i), i + 1 < n ? "\t" : "\n");
    for (int row = 0; row < PQntuples(r); row++)
        for (int i = 0; i < n; i++) {
            put_value(out, r, row, i);
            yh_putc(out, i + 1 < n ? '\t' : '\n');
        }
}

static enum yh_status walk_sql(struct yh_link *c, const char *declare, int64_t most,
                               struct yh_buf *out, struct yh_err *err)
{
    int64_t n = 0;
    int got;
    yh_link_say(c, "SAVEPOINT request", YH_LINK_ANY);
    yh_link_say(c, declare, YH_LINK_ANY);
    do {
        yh_link_ask(c, "FETCH 1000 FROM yh_sql");
        enum yh_status st = yh_link_pull(c, err);
        if (st)
            return st;
        got = PQntuples(c->result);
        if (n + got > most)
            return yh_fail(err, YH_LIMIT, "结果超过 %lld 行，请加条件或 LIMIT",
                           (long long)most);
        put_rows(out, c->result, n == 0);
        n += got;
    } while (got == 1000);
    return YH_OK;
}

/* One SELECT: what a cursor accepts, in a transaction that reads. */
enum yh_status yh_pgdb_sql(void *db, void *view, yh_str text, int64_t most, struct yh_buf *out,
                           struct yh_err *err)
{
    (void)db;
    struct yh_link *c = view;
    text = yh_trim(text);
    while (text.n && text.p[text.n - 1] == ';')
        text = yh_trim(yh_sub(text, 0, text.n - 1));
    yh_arena_reset(&c->scratch);
    if (memchr(text.p, 0, (size_t)text.n) || text.n > (1 << 20))
        return yh_fail(err, YH_BAD_INPUT, "语句太长，或含有零字节");
    const char *declare =
        yh_zdup(&c->scratch,
                yh_fmt(&c->scratch, "DECLARE yh_sql NO SCROLL CURSOR FOR %.*s", YH_ARG(text)));
    enum yh_status st = walk_sql(c, declare, most, out, err);
    if (st == YH_OK || st == YH_LIMIT) {
        return yh_link_rollback(c, true) ? st : YH_IO;
    }
    /* 42 and 22 are the writer's slips; what no cursor may do is none of a reader's business. */
    bool slip = strncmp(c->state, "42", 2) == 0 || strncmp(c->state, "22", 2) == 0;
    bool word = false;
    static const char *const FIRST[] = { "select", "with", "values", "table", "(" };
    for (int i = 0; i < YH_COUNT(FIRST); i++)
        word = word || (text.n >= (ptrdiff_t)strlen(FIRST[i]) &&
                        strncasecmp(text.p, FIRST[i], strlen(FIRST[i])) == 0);
    bool denied = strcmp(c->state, "42501") == 0 || strcmp(c->state, "25006") == 0 ||
                  strcmp(c->state, "42P11") == 0 || strncmp(c->state, "0A", 2) == 0 ||
                  (slip && !word) || (slip && yh_find(text, YH_S(";")) >= 0);
    yh_str said = yh_dup(&c->scratch, yh_cstr(c->why.text));
    /* The server unpacks lines only where our extension is. */
    bool no_lines = strcmp(c->state, "42883") == 0 && yh_find(text, YH_S("charge_lines")) >= 0;
    if (!yh_link_rollback(c, true))
        return YH_IO;
    if (no_lines)
        return yh_fail(err, YH_BAD_INPUT,
                       "这个数据库里没有 charge_lines：请管理员装上扩展（make ext，见 "
                       "docs/sql.md）后执行 CREATE EXTENSION yiheng");
    if (denied)
        return yh_fail(err, YH_DENIED, "只接受一条 SELECT");
    return yh_fail(err, slip ? YH_BAD_INPUT : YH_IO, "%.*s", YH_ARG(said));
}
