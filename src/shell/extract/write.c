/* shell/extract/write.c -- an archive as CSV files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "shell/extract/extract.h"

enum form { PLAIN, DICT, TEXT, DAY, TIME, MONEY, MICRO, QTY, PROVIDER, PERSON, HEAD, SKIP };

struct column {
    enum form form;
    enum yh_arc_dict_id dict;
};

static bool among(const char *name, const char *list)
{
    size_t n = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
            return true;
    return false;
}

/* column.def says in words what a column is; this reads the marks that it uses. */
static struct column column_of(int i)
{
    struct yh_arc_column_info c = yh_arc_column(i);
    struct column out = { PLAIN, YH_DICT_SCHEME };
    const char *dict = strstr(c.doc, "[dict ");
    if (c.of == YH_ARC_code && !strcmp(c.name, "code"))
        return (struct column){ DICT, YH_DICT_DIAGNOSIS };
    if (dict) {
#define R(name, word, doc)                                \
    if (!strncmp(dict + 6, #name "]", strlen(#name "]"))) \
        return (struct column){ DICT, YH_DICT_##name };
#include "model/archive/dict.def"
#undef R
    }
    if (strstr(c.doc, "[text]"))
        out.form = TEXT;
    else if (strstr(c.doc, "[row person]"))
        out.form = !strcmp(c.name, "person") ? SKIP : PERSON;
    else if (strstr(c.doc, "[row head]"))
        out.form = HEAD;
    else if (!strncmp(c.name, "first_", 6))
        out.form = SKIP;
    else if (among(c.name,
                   "born died from_day to_day waiting_until frozen_from frozen_until as_of "
                   "begin end") ||
             (!strcmp(c.name, "day") && c.of == YH_ARC_line))
        out.form = DAY;
    else if (!strcmp(c.name, "time"))
        out.form = TIME;
    else if (!strcmp(c.name, "price") || among(c.name, "liable basic_rate"))
        out.form = MICRO;
    else if (!strcmp(c.name, "qty"))
        out.form = QTY;
    else if (c.of == YH_ARC_head && !strcmp(c.name, "provider"))
        out.form = PROVIDER;
    else if (c.of == YH_ARC_cut || c.of == YH_ARC_pay ||
             among(c.name,
                   "income balance deposits odd deductible basic serious large enterprise "
                   "civil_pay assist disabled other waiver hospital account relative "
                   "to_person account_balance relative_balance joined_deduct"))
        out.form = MONEY;
    return out;
}

static void put_text(FILE *f, yh_str s)
{
    bool quote = false;
    for (ptrdiff_t i = 0; i < s.n; i++)
        quote |= s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
    if (!quote) {
        fwrite(s.p, 1, (size_t)s.n, f);
        return;
    }
    fputc('"', f);
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            fputc('"', f);
        fputc(s.p[i], f);
    }
    fputc('"', f);
}

static void put_value(FILE *f, const struct yh_archive *a, const struct yh_arc_chunk *c,
                      const struct column *how, int column, int64_t row)
{
    int64_t v = yh_arc_at(&c->col[column], row);
    char b[32];
    switch (how->form) {
    case SKIP: break;
    case PLAIN: fprintf(f, "%lld", (long long)v); break;
    case DICT: {
        enum yh_arc_dict_id d = how->dict;
        if (column == YH_ARC_AT_code_code && YH_ARC(c, code, kind, row) >= 3)
            d = YH_DICT_PROCEDURE;
        put_text(f, yh_arc_dict_text(&a->dicts, d, v));
        break;
    }
    case TEXT: put_text(f, yh_arc_text(c, v, b)); break;
    case DAY:
        if (v > YH_DAY_MIN && v < YH_DAY_MAX && v != 0)
            put_text(f, yh_day_text(b, (yh_day)v));
        break;
    case TIME: put_text(f, yh_time_text(b, v)); break;
    case MONEY:
        if (v != -1 || yh_arc_column(column).of != YH_ARC_person) /* -1: not known */
            put_text(f, yh_dec_text(b, v, 2, 2));
        break;
    case PERSON:
        if (v >= 0)
            put_text(f, yh_arc_text(c, YH_ARC(c, person, person, v), b));
        break;
    case HEAD:
        if (v >= 0)
            put_text(f, yh_arc_text(c, YH_ARC(c, head, settlement, v), b));
        break;
    case MICRO: put_text(f, yh_dec_text(b, v, 6, 6)); break;
    case QTY: put_text(f, yh_dec_text(b, v, 4, 4)); break;
    case PROVIDER:
        if (v >= 0 && v < a->providers.n[YH_ARC_provider])
            put_text(f,
                     yh_arc_text(&a->providers, YH_ARC(&a->providers, provider, code, v), b));
        break;
    }
}

/* The parent's id stands first in a child's row. */
static enum yh_arc_table_id parent_of(enum yh_arc_table_id t, int *first)
{
    switch (t) {
    case YH_ARC_enrolment: *first = YH_ARC_AT_person_first_enrolment; return YH_ARC_person;
    case YH_ARC_identity: *first = YH_ARC_AT_person_first_identity; return YH_ARC_person;
    case YH_ARC_opening: *first = YH_ARC_AT_person_first_opening; return YH_ARC_person;
    case YH_ARC_code: *first = YH_ARC_AT_head_first_code; return YH_ARC_head;
    case YH_ARC_cut: *first = YH_ARC_AT_head_first_cut; return YH_ARC_head;
    case YH_ARC_pay: *first = YH_ARC_AT_head_first_pay; return YH_ARC_head;
    case YH_ARC_line: *first = YH_ARC_AT_head_first_line; return YH_ARC_head;
    case YH_ARC_head:
    case YH_ARC_person:
    case YH_ARC_provider:
    case YH_ARC_TABLES: break;
    }
    return YH_ARC_TABLES;
}

static void put_rows(FILE *f, const struct yh_archive *a, const struct yh_arc_chunk *c,
                     enum yh_arc_table_id t)
{
    int first, link = 0, n = yh_arc_columns_of(t, &first);
    enum yh_arc_table_id parent = parent_of(t, &link);
    struct column how[96];
    for (int i = 0; i < n; i++)
        how[i] = column_of(first + i);
    int64_t at = 0;
    for (int64_t row = 0; row < c->n[t]; row++) {
        char b[24];
        if (parent != YH_ARC_TABLES) {
            while (at + 1 < c->n[parent] && yh_arc_at(&c->col[link], at + 1) <= row)
                at++;
            put_text(f, yh_arc_text(c,
                                    parent == YH_ARC_person ? YH_ARC(c, person, person, at)
                                                            : YH_ARC(c, head, settlement, at),
                                    b));
        } else if (t == YH_ARC_head) {
            put_text(
                f, yh_arc_text(c, YH_ARC(c, person, person, YH_ARC(c, head, person, row)), b));
        } else {
            fprintf(f, "%lld", (long long)row);
        }
        for (int i = 0; i < n; i++) {
            if (how[i].form == SKIP)
                continue;
            fputc(',', f);
            put_value(f, a, c, &how[i], first + i, row);
        }
        fputc('\n', f);
    }
}

static enum yh_status one_table(const struct yh_archive *a, const char *to,
                                enum yh_arc_table_id t, struct yh_err *err)
{
    int first, link, n = yh_arc_columns_of(t, &first);
    enum yh_arc_table_id parent = parent_of(t, &link);
    const char *name = t == YH_ARC_head ? "settlement" : yh_arc_column(first).table;
    char path[4200];
    snprintf(path, sizeof path, "%.4000s/%s.csv", to, name);
    FILE *f = fopen(path, "w");
    if (!f)
        return yh_fail(err, YH_IO, "%s：%s", path, strerror(errno));
    fputs(parent == YH_ARC_person || t == YH_ARC_head ? "psn_no"
          : parent == YH_ARC_head                     ? "setl_id"
                                                      : "row",
          f);
    for (int i = 0; i < n; i++)
        if (column_of(first + i).form != SKIP)
            fprintf(f, ",%s", yh_arc_column(first + i).name);
    fputc('\n', f);
    enum yh_status st = YH_OK;
    if (t == YH_ARC_provider)
        put_rows(f, a, &a->providers, t);
    for (int i = 0; t != YH_ARC_provider && st == YH_OK && i < a->nchunk; i++) {
        struct yh_arc_chunk c;
        st = yh_archive_chunk(a, i, &c, err);
        if (st == YH_OK)
            put_rows(f, a, &c, t);
        yh_archive_drop(a, i);
    }
    bool bad = ferror(f);
    if (fclose(f))
        bad = true;
    return st == YH_OK && bad ? yh_fail(err, YH_IO, "%s：写不下", path) : st;
}

enum yh_status yh_extract_write(const struct yh_archive *a, const char *to, struct yh_err *err)
{
    if (mkdir(to, 0777) && errno != EEXIST)
        return yh_fail(err, YH_IO, "建不了目录 %s：%s", to, strerror(errno));
    enum yh_status st = YH_OK;
    for (int t = 0; st == YH_OK && t < YH_ARC_TABLES; t++)
        st = one_table(a, to, (enum yh_arc_table_id)t, err);
    return st;
}
