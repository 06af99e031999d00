/* store/postgres/link.h -- one connection: prepared statements, sent ahead and answered together.
 *
 * libpq's pipeline mode.  yh_link_send queues a statement and returns at once; yh_link_pull sends
 * what is queued, waits for all that is under way, and gives the last one's rows.  So a run of
 * writes costs no waiting, and a read brings the writes before it to account.
 *
 * The first trouble is kept: from then on every call answers with it, until yh_link_rollback.
 * Private to store/postgres/. */
#ifndef YH_STORE_POSTGRES_LINK_H
#define YH_STORE_POSTGRES_LINK_H
#include <libpq-fe.h>

#include "store/postgres/text.h"

#define YH_LINK_PARAMS_MAX 88 /* all columns of a row, and more than a span's */

/* What the answer to a statement is looked at for. */
enum yh_link_want {
    YH_LINK_ANY, /* that it worked */
    YH_LINK_FIRM, /* that it changed as many rows as it was given; else another was first: lost */
    YH_LINK_SNATCH, /* a row kept, or lost where it would have to wait */
    YH_LINK_COMMIT, /* that the server says COMMIT, for a failed transaction answers ROLLBACK */
};

struct yh_link_flight {
    enum yh_link_want want;
    int rows;      /* FIRM: how many */
    int prepare;   /* the number of the statement that this one prepares; -1 */
    int slot;      /* where the rows are kept, from 1; 0: the last result */
    int64_t *into; /* where the first number of the answer goes (-1: no row); NULL */
};

/* Who reads a table group after group in their order is read ahead, through a cursor. */
struct yh_link_ahead {
    int streak;  /* requests in rising order */
    int64_t grp; /* of the last one */
    char region[32];
    int cursor;    /* its number; 0: none is open */
    PGresult *row; /* those fetched */
    int at;
    bool busy, dry; /* dry: the cursor has no more */
};

/* Rows fetched before they were asked for. */
#define YH_LINK_SLOTS 16
struct yh_link_slot {
    int table, same; /* found by the first `same` key columns */
    bool one;        /* the columns behind the key of one row; else whole rows */
    uint64_t mark;   /* of those columns' values */
    PGresult *row;   /* NULL: not answered yet */
};

/* A value for a statement: numbers are passed by copy, texts until the call returns. */
struct yh_link_values {
    int n;
    const char *value[YH_LINK_PARAMS_MAX];
    int length[YH_LINK_PARAMS_MAX];
    Oid type[YH_LINK_PARAMS_MAX];
    uint64_t number[YH_LINK_PARAMS_MAX];
};

/* Written rows of one table and group that will go out as one statement. */
struct yh_link_rows {
    const struct yh_table *table;
    enum yh_pg_verb verb;
    int n; /* 0: none */
    struct yh_link_values v;
    int used;
    char text[4096]; /* what the values point at */
};

struct yh_link {
    PGconn *pg;
    bool view;
    struct yh_arena scratch;
    /* Statements prepared on the server, by number: verbs, what is said often, spans. */
    char *made;
    int nmade;
    struct {
        int table, shape;
    } * span;
    int nspan, span_cap;
    struct yh_link_flight *flight;
    int nflight, flight_cap;
    int unsure;       /* FIRM ones among them */
    PGresult *result; /* of the last pull */
    PGresult **kept;  /* of spans being walked */
    int nkept, kept_cap;
    int64_t cursors;
    struct yh_link_slot slot[YH_LINK_SLOTS];
    int nslot;
    uint64_t slots_of;           /* a view's: the account group that they are of; 0: none yet */
    struct yh_link_ahead *ahead; /* of each table; NULL: none yet */
    bool synced;                 /* the end of what is under way has been sent too */
    int silence_ms; /* how long it may be waited for without a word: then it is broken; 0 = for ever */
    bool silent;
    bool begun;         /* a transaction stands open on the server, or its BEGIN is queued */
    enum yh_status bad; /* the first trouble */
    bool lost;          /* and it was another transaction's doing: the same again may succeed */
    char state[6];      /* its SQLSTATE; "" = the connection's */
    struct yh_err why;
    struct yh_link_rows rows;
    struct yh_link *next; /* idle views */
};

/* Connects; the URL is libpq's.  YH_IO: with libpq's words (never the password). */
YH_MUST_USE
enum yh_status yh_link_open(const char *url, bool view, struct yh_link **out,
                            struct yh_err *err);
void yh_link_close(struct yh_link *c); /* NULL is fine */
/* The server no longer answers here: close it. */
bool yh_link_broken(const struct yh_link *c);

void yh_link_i64(struct yh_link_values *v, int64_t n);
void yh_link_text(struct yh_link_values *v, yh_str s);
/* YH_BAD_INPUT: a text that is no UTF-8 or holds a zero byte, which PostgreSQL cannot keep. */
YH_MUST_USE
enum yh_status yh_link_column(struct yh_link_values *v, const struct yh_column *c,
                              const void *row, struct yh_err *err);

/* Queues a statement without parameters (BEGIN, COMMIT …). */
void yh_link_say(struct yh_link *c, const char *sql, enum yh_link_want want);
/* Queues a statement; `number` >= 0 prepares it once, under that number. */
void yh_link_send(struct yh_link *c, int number, const char *sql,
                  const struct yh_link_values *v, struct yh_link_flight f);
/* Queues a row that is written and whose answer tells nothing (NEW, PUT).  Small ones of one table and
 * group that follow each other go out as one statement, before whatever is queued or pulled next. */
void yh_link_row(struct yh_link *c, const struct yh_table *t, enum yh_pg_verb verb,
                 const struct yh_link_values *v);
/* Queues a statement whose answer comes as text, as a person would read it. */
void yh_link_ask(struct yh_link *c, const char *sql);
/* The number of a span's statement; *known: it is prepared already. */
int yh_link_span_number(struct yh_link *c, int table, int shape, bool *known);
bool yh_link_prepared(const struct yh_link *c, int number);

/* Everything under way is answered; c->result is the last one's. */
YH_MUST_USE
enum yh_status yh_link_pull(struct yh_link *c, struct yh_err *err);
/* Takes c->result out of the next pull's way; give it back with _drop, last first. */
PGresult *yh_link_keep(struct yh_link *c);
void yh_link_drop(struct yh_link *c);
/* What was fetched ahead is old now. */
void yh_link_forget(struct yh_link *c);
/* Undoes the open transaction (or to its savepoint) and forgets the trouble.  false: the link is
 * broken. */
bool yh_link_rollback(struct yh_link *c, bool to_savepoint);

/* The same, sent and not waited for: the next pull brings the answer.  Only for a link without trouble. */
void yh_link_rollback_soon(struct yh_link *c);
/* Has the server hung up, unasked? */
bool yh_link_dead(const struct yh_link *c);

/* Values of a result; texts live as long as it. */
int64_t yh_link_get_i64(const PGresult *r, int row, int column);
yh_str yh_link_get_text(const PGresult *r, int row, int column);
/* Columns [from, ncolumn) of the table out of the result's first fields on. */
void yh_link_get_row(const PGresult *r, int at, const struct yh_table *t, int from, void *row);

/* One statement by itself, outside the pipeline's hurry (schema, settings): its first value as a
 * number, `absent` when it gives none.  out may be NULL. */
YH_MUST_USE
enum yh_status yh_link_run(struct yh_link *c, const char *sql, int64_t absent, int64_t *out,
                           struct yh_err *err);
#endif
