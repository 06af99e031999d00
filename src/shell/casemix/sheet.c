/* shell/casemix/sheet.c */
#include "shell/casemix/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <xlsxwriter.h>

#include "shell/file/file.h"

enum yh_status yh_book_open(struct yh_book *b, struct yh_arena *a, const char *dir,
                            const char *xlsx, struct yh_err *err)
{
    *b = (struct yh_book){ .dir = dir, .xlsx = xlsx, .arena = a, .print = !dir && !xlsx };
    if (dir && mkdir(dir, 0777) && errno != EEXIST)
        return yh_fail(err, YH_IO, "建不了目录 %s", dir);
    if (xlsx) {
        b->workbook = workbook_new(xlsx);
        if (!b->workbook)
            return yh_fail(err, YH_IO, "建不了工作簿 %s", xlsx);
    }
    return YH_OK;
}

static enum yh_status flush(struct yh_book *b, struct yh_err *err)
{
    if (!b->name)
        return YH_OK;
    if (b->dir) {
        const char *path = yh_zdup(b->arena, yh_fmt(b->arena, "%s/%s.tsv", b->dir, b->name));
        return yh_file_write(path, yh_buf_str(&b->tsv), err);
    }
    if (b->print && b->sheets == 1)
        fwrite(b->tsv.p, 1, (size_t)b->tsv.n, stdout);
    return YH_OK;
}

static void cell(struct yh_book *b)
{
    if (b->col)
        yh_putc(&b->tsv, '\t');
}

void yh_book_text(struct yh_book *b, yh_str s)
{
    cell(b);
    for (ptrdiff_t i = 0; i < s.n; i++)
        yh_putc(&b->tsv, (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
    if (b->sheet)
        worksheet_write_string(b->sheet, (lxw_row_t)b->row, (lxw_col_t)b->col,
                               yh_zdup(b->arena, yh_sub(s, 0, 30000)), NULL);
    b->col++;
}

void yh_book_number(struct yh_book *b, int64_t v, int scale, int digits)
{
    char text[32], z[33];
    yh_str s = yh_dec_text(text, v, scale, digits);
    cell(b);
    yh_put(&b->tsv, s);
    memcpy(z, s.p, (size_t)s.n);
    z[s.n] = '\0';
    /* The file format of workbooks knows doubles only: the digits above are the figure, this is
     * its nearest double, exact to 15 digits, and nothing is computed with it. */
    if (b->sheet)
        worksheet_write_number(b->sheet, (lxw_row_t)b->row, (lxw_col_t)b->col, strtod(z, NULL),
                               NULL);
    b->col++;
}

void yh_book_end_row(struct yh_book *b)
{
    yh_putc(&b->tsv, '\n');
    b->row++;
    b->col = 0;
}

enum yh_status yh_book_table(struct yh_book *b, const char *name, const char *title,
                             const char *columns, struct yh_err *err)
{
    enum yh_status bad = flush(b, err);
    if (bad)
        return bad;
    b->tsv = yh_buf_in(b->arena);
    b->name = name;
    b->row = b->col = 0;
    b->sheets++;
    b->sheet = b->workbook ? workbook_add_worksheet(b->workbook, title) : NULL;
    if (b->workbook && !b->sheet)
        return yh_fail(err, YH_IO, "工作簿里建不了表 %s", title);
    yh_str rest = yh_cstr(columns);
    yh_putc(&b->tsv, '#');
    while (rest.p)
        yh_book_text(b, yh_cut(&rest, '|'));
    yh_book_end_row(b);
    if (b->sheet)
        worksheet_freeze_panes(b->sheet, 1, 0);
    return YH_OK;
}

enum yh_status yh_book_close(struct yh_book *b, struct yh_err *err)
{
    enum yh_status bad = flush(b, err);
    if (b->workbook && workbook_close(b->workbook) != LXW_NO_ERROR && !bad)
        bad = yh_fail(err, YH_IO, "写不了工作簿 %s", b->xlsx);
    b->workbook = NULL;
    return bad;
}
