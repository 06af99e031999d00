/* shell/replay/write.c -- the report in the terminal, as JSON and as a workbook. */
#include <stdio.h>
#include <string.h>
#include "shell/casemix/sheet.h"
#include "shell/replay/report.h"

yh_str yh_shown_text(struct yh_arena *a, const struct yh_shown *c)
{
    struct yh_buf b = yh_buf_in(a);
    char text[32];
    switch (c->as) {
    case YH_SHOW_NOTHING: break;
    case YH_SHOW_TEXT: return c->text;
    case YH_SHOW_CHANGE:
        if (c->v > 0)
            yh_putc(&b, '+');
        yh_put_money(&b, c->v);
        break;
    case YH_SHOW_MONEY: yh_put_money(&b, c->v); break;
    case YH_SHOW_COUNT: {
        struct yh_buf money = yh_buf_in(a);
        yh_put_money(&money, c->v * 100);
        yh_put(&b, yh_sub(yh_buf_str(&money), 0, money.n - 3));
        break;
    }
    case YH_SHOW_SHARE:
    case YH_SHOW_GROWTH:
    case YH_SHOW_POINTS: {
        int64_t v = yh_muldiv(c->v, 1, 100, YH_ROUND_HALF_UP);
        if (v > 0 && c->as != YH_SHOW_SHARE)
            yh_putc(&b, '+');
        yh_put(&b, yh_dec_text(text, v, 2, 2));
        yh_putz(&b, c->as == YH_SHOW_POINTS ? " 点" : " %");
        break;
    }
    case YH_SHOW_MICRO:
        yh_put(&b, yh_dec_text(text, yh_muldiv(c->v, 1, 100, YH_ROUND_HALF_UP), 4, 4));
        break;
    }
    return yh_buf_str(&b);
}

static void text_table(const struct yh_report *r, const struct yh_report_table *t,
                       struct yh_buf *out)
{
    struct yh_arena *a = r->arena;
    int *width = YH_NEW(a, int, t->ncol);
    yh_str *cell = YH_NEW(a, yh_str, t->nrow * t->ncol);
    for (int c = 0; c < t->ncol; c++)
        width[c] = yh_utf8_width(t->column[c]);
    for (int i = 0; i < t->nrow * t->ncol; i++) {
        cell[i] = yh_shown_text(a, &t->cell[i]);
        width[i % t->ncol] = (int)yh_max(width[i % t->ncol], yh_utf8_width(cell[i]));
    }
    yh_putf(out, "\n%.*s\n", YH_ARG(t->title));
    for (int i = -1; i < t->nrow; i++) {
        yh_putz(out, "  ");
        for (int c = 0; c < t->ncol; c++) {
            bool left = c == 0 || (t->nrow && t->cell[c].as == YH_SHOW_TEXT);
            if (c)
                yh_putz(out, "  ");
            yh_put_pad(out, i < 0 ? t->column[c] : cell[i * t->ncol + c],
                       left ? width[c] : -width[c]);
        }
        while (out->n && out->p[out->n - 1] == ' ')
            out->n--;
        yh_putc(out, '\n');
    }
    if (t->note.n)
        yh_putf(out, "  （%.*s）\n", YH_ARG(t->note));
}

void yh_report_text(const struct yh_report *r, struct yh_buf *out)
{
    yh_putf(out, "%.*s\n", YH_ARG(r->title));
    for (int i = 0; i < r->nfact; i += 2)
        yh_putf(out, "  %.*s：%.*s\n", YH_ARG(r->fact[i]), YH_ARG(r->fact[i + 1]));
    for (int i = 0; i < r->ntable; i++)
        if (r->table[i].summary && r->table[i].nrow)
            text_table(r, &r->table[i], out);
    yh_putc(out, '\n');
    for (int i = 0; i < r->nnote; i++)
        yh_putf(out, "%.*s\n", YH_ARG(r->note[i]));
    yh_putf(out, "同一结果：%.*s\n", YH_ARG(r->again));
}

static void json_cell(struct yh_jsonw *w, const struct yh_shown *c)
{
    switch (c->as) {
    case YH_SHOW_NOTHING: yh_jw_null(w); break;
    case YH_SHOW_TEXT: yh_jw_str(w, c->text); break;
    case YH_SHOW_MONEY:
    case YH_SHOW_CHANGE: yh_jw_fen(w, c->v); break;
    case YH_SHOW_COUNT: yh_jw_i64(w, c->v); break;
    case YH_SHOW_SHARE:
    case YH_SHOW_GROWTH:
    case YH_SHOW_POINTS:
    case YH_SHOW_MICRO: yh_jw_dec(w, c->v, 6, 6); break;
    }
}

void yh_report_json(const struct yh_report *r, struct yh_buf *out)
{
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "title", r->title);
    yh_jw_kv_array(&w, "facts");
    for (int i = 0; i < r->nfact; i += 2) {
        yh_jw_array(&w);
        yh_jw_str(&w, r->fact[i]);
        yh_jw_str(&w, r->fact[i + 1]);
        yh_jw_end(&w, ']');
    }
    yh_jw_end(&w, ']');
    yh_jw_kv_object(&w, "tables");
    for (int i = 0; i < r->ntable; i++) {
        const struct yh_report_table *t = &r->table[i];
        yh_jw_kv_object(&w, t->name);
        yh_jw_kv_str(&w, "title", t->title);
        yh_jw_kv_str(&w, "note", t->note);
        yh_jw_kv_array(&w, "columns");
        for (int c = 0; c < t->ncol; c++)
            yh_jw_str(&w, t->column[c]);
        yh_jw_end(&w, ']');
        yh_jw_kv_array(&w, "rows");
        for (int k = 0; k < t->nrow; k++) {
            yh_jw_array(&w);
            for (int c = 0; c < t->ncol; c++)
                json_cell(&w, &t->cell[k * t->ncol + c]);
            yh_jw_end(&w, ']');
        }
        yh_jw_end(&w, ']');
        yh_jw_end(&w, '}');
    }
    yh_jw_end(&w, '}');
    yh_jw_kv_array(&w, "stories");
    for (int i = 0; i < r->nstory; i++) {
        const struct yh_report_story *s = &r->story[i];
        yh_jw_object(&w);
        yh_jw_kv_str(&w, "draft", s->what);
        yh_jw_kv_i64(&w, "rank", s->rank);
        yh_jw_kv_str(&w, "person", s->person);
        yh_jw_kv_str(&w, "settlement", s->settlement);
        yh_jw_kv_fen(&w, "year_before", s->year_before);
        yh_jw_kv_fen(&w, "year_after", s->year_after);
        yh_jw_kv_fen(&w, "bill_before", s->bill_before);
        yh_jw_kv_fen(&w, "bill_after", s->bill_after);
        yh_jw_kv_str(&w, "before", s->before);
        yh_jw_kv_str(&w, "after", s->after);
        yh_jw_end(&w, '}');
    }
    yh_jw_end(&w, ']');
    yh_jw_kv_array(&w, "notes");
    for (int i = 0; i < r->nnote; i++)
        yh_jw_str(&w, r->note[i]);
    yh_jw_end(&w, ']');
    yh_jw_kv_str(&w, "again", r->again);
    yh_jw_end(&w, '}');
    yh_putc(out, '\n');
}

static void sheet_cell(struct yh_book *b, struct yh_arena *a, const struct yh_shown *c)
{
    switch (c->as) {
    case YH_SHOW_NOTHING: yh_book_text(b, YH_S("")); break;
    case YH_SHOW_TEXT: yh_book_text(b, c->text); break;
    case YH_SHOW_MONEY:
    case YH_SHOW_CHANGE: yh_book_number(b, c->v, 2, 2); break;
    case YH_SHOW_COUNT: yh_book_number(b, c->v, 0, 0); break;
    case YH_SHOW_SHARE:
    case YH_SHOW_GROWTH:
    case YH_SHOW_POINTS:
    case YH_SHOW_MICRO: yh_book_number(b, c->v, 6, 6); break;
    }
    (void)a;
}

/* A sheet's name has at most 31 characters and none of these. */
static void sheet_title(char *t)
{
    int n = 0;
    for (char *p = t; *p; p++) {
        n += ((unsigned char)*p & 0xc0) != 0x80;
        if (n > 31) {
            *p = '\0';
            break;
        }
        if (strchr("[]:*?/\\'", *p))
            *p = ' ';
    }
}

enum yh_status yh_report_xlsx(const struct yh_report *r, const char *path, struct yh_err *err)
{
    struct yh_book b;
    enum yh_status st = yh_book_open(&b, r->arena, NULL, path, err);
    if (st)
        return st;
    st = yh_book_table(&b, "facts", "说明", "项目|内容", err);
    for (int i = 0; st == YH_OK && i < r->nfact; i += 2) {
        yh_book_text(&b, r->fact[i]);
        yh_book_text(&b, r->fact[i + 1]);
        yh_book_end_row(&b);
    }
    for (int i = 0; st == YH_OK && i < r->nnote; i++) {
        yh_book_text(&b, YH_S("注"));
        yh_book_text(&b, r->note[i]);
        yh_book_end_row(&b);
    }
    yh_book_text(&b, YH_S("同一结果"));
    yh_book_text(&b, r->again);
    yh_book_end_row(&b);
    for (int i = 0; st == YH_OK && i < r->ntable; i++) {
        const struct yh_report_table *t = &r->table[i];
        struct yh_buf names = yh_buf_in(r->arena);
        for (int c = 0; c < t->ncol; c++) {
            if (c)
                yh_putc(&names, '|');
            yh_put(&names, t->column[c]);
        }
        char *title = yh_zdup(r->arena, yh_fmt(r->arena, "%d %.*s", i + 1, YH_ARG(t->title)));
        sheet_title(title);
        st = yh_book_table(&b, t->name, title, yh_zdup(r->arena, yh_buf_str(&names)), err);
        for (int k = 0; st == YH_OK && k < t->nrow; k++) {
            for (int c = 0; c < t->ncol; c++)
                sheet_cell(&b, r->arena, &t->cell[k * t->ncol + c]);
            yh_book_end_row(&b);
        }
    }
    if (st == YH_OK && r->nstory)
        st = yh_book_table(&b, "stories", "账单对照", "草案|名次|人员|结算|账面|草案后", err);
    for (int i = 0; st == YH_OK && i < r->nstory; i++) {
        const struct yh_report_story *s = &r->story[i];
        yh_book_text(&b, s->what);
        yh_book_number(&b, s->rank, 0, 0);
        yh_book_text(&b, s->person);
        yh_book_text(&b, s->settlement);
        yh_book_text(&b, s->before);
        yh_book_text(&b, s->after);
        yh_book_end_row(&b);
    }
    enum yh_status closed = yh_book_close(&b, st ? NULL : err);
    return st ? st : closed;
}
