#include "shell/pdf/pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

/* Points of 1/72 inch. */
#define MM (72.0 / 25.4)
#define PAGE_W (210 * MM)
#define PAGE_H (297 * MM)
#define SIDE (18 * MM)
#define TOP (18 * MM)
#define FOOT (16 * MM)
#define WIDTH (PAGE_W - 2 * SIDE)
#define PAD 3.0
#define PAGES_MAX 2000
#define FONT "Noto Sans CJK SC"

struct bytes {
    char *p;
    size_t n, cap;
};

struct yh_pdf {
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoLayout *layout;
    const struct yh_pdf_meta *meta;
    double y;
    int page, pages; /* pages 0: they are being counted, and nothing is drawn */
};

static cairo_status_t take(void *to, const unsigned char *data, unsigned n)
{
    struct bytes *b = to;
    if (b->n + n > b->cap) {
        b->cap = (b->n + n) * 2;
        b->p = yh_heap(b->p, b->cap);
    }
    memcpy(b->p + b->n, data, n);
    b->n += n;
    return CAIRO_STATUS_SUCCESS;
}

/* ---- text ---- */

static void font(struct yh_pdf *p, double size, bool bold)
{
    PangoFontDescription *f = pango_font_description_new();
    pango_font_description_set_family_static(f, FONT);
    pango_font_description_set_absolute_size(f, size * PANGO_SCALE);
    pango_font_description_set_weight(f, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(p->layout, f);
    pango_font_description_free(f);
}

/* Sets the text in a width; its height. */
static double set(struct yh_pdf *p, yh_str text, double width, PangoAlignment align)
{
    int h;
    pango_layout_set_width(p->layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(p->layout, align);
    pango_layout_set_text(p->layout, text.n ? text.p : "", (int)text.n);
    pango_layout_get_size(p->layout, NULL, &h);
    return (double)h / PANGO_SCALE;
}

static void show(struct yh_pdf *p, double x, double y)
{
    if (!p->pages)
        return;
    cairo_move_to(p->cr, x, y);
    pango_cairo_show_layout(p->cr, p->layout);
}

static void foot(struct yh_pdf *p)
{
    char text[64];
    double y = PAGE_H - FOOT + 4 * MM;
    font(p, 8, false);
    (void)set(p, p->meta->footer, WIDTH * 0.75, PANGO_ALIGN_LEFT);
    show(p, SIDE, y);
    int n = snprintf(text, sizeof text, "第 %d 页　共 %d 页", p->page, p->pages);
    (void)set(p, (yh_str){ text, n }, WIDTH, PANGO_ALIGN_RIGHT);
    show(p, SIDE, y);
}

static void next_page(struct yh_pdf *p)
{
    foot(p);
    cairo_show_page(p->cr);
    p->page++;
    p->y = TOP;
}

/* Room for so much, or a new page. */
static void room(struct yh_pdf *p, double height)
{
    if (p->y + height > PAGE_H - FOOT && p->y > TOP)
        next_page(p);
}

void yh_pdf_title(struct yh_pdf *p, yh_str title, yh_str under)
{
    font(p, 17, true);
    double h = set(p, title, WIDTH, PANGO_ALIGN_CENTER);
    room(p, h + 30);
    show(p, SIDE, p->y);
    p->y += h + 3;
    if (under.n) {
        font(p, 9, false);
        h = set(p, under, WIDTH, PANGO_ALIGN_CENTER);
        show(p, SIDE, p->y);
        p->y += h;
    }
    p->y += 8;
}

void yh_pdf_text(struct yh_pdf *p, enum yh_pdf_style style, yh_str text)
{
    static const struct {
        double size;
        bool bold;
        double before, after;
    } LOOK[] = {
        [YH_PDF_BODY] = { 10, false, 0, 3 },
        [YH_PDF_SMALL] = { 8.5, false, 0, 2 },
        [YH_PDF_BOLD] = { 10, true, 0, 3 },
        [YH_PDF_HEAD] = { 11.5, true, 7, 4 },
    };
    /* Paragraph by paragraph, so that a long text breaks between them. */
    p->y += LOOK[style].before;
    do {
        yh_str line = yh_cut(&text, '\n');
        font(p, LOOK[style].size, LOOK[style].bold);
        double h = set(p, line.n ? line : YH_S(" "), WIDTH, PANGO_ALIGN_LEFT);
        if (p->y + h > PAGE_H - FOOT && p->y > TOP) {
            next_page(p);
            font(p, LOOK[style].size, LOOK[style].bold);
            h = set(p, line.n ? line : YH_S(" "), WIDTH, PANGO_ALIGN_LEFT);
        }
        show(p, SIDE, p->y);
        p->y += h + LOOK[style].after;
    } while (text.p);
}

void yh_pdf_space(struct yh_pdf *p, int mm)
{
    p->y += mm * MM;
}

/* ---- tables ---- */

static void box(struct yh_pdf *p, double x, double y, double w, double h, bool filled)
{
    if (!p->pages)
        return;
    if (filled) {
        cairo_set_source_rgb(p->cr, 0.94, 0.94, 0.94);
        cairo_rectangle(p->cr, x, y, w, h);
        cairo_fill(p->cr);
        cairo_set_source_rgb(p->cr, 0, 0, 0);
    }
    cairo_set_line_width(p->cr, 0.5);
    cairo_rectangle(p->cr, x, y, w, h);
    cairo_stroke(p->cr);
}

/* One row of boxes with texts, all as high as the highest. */
static void row(struct yh_pdf *p, const double *width, const yh_str *text, const bool *right,
                const bool *filled, int n, bool bold)
{
    double h = 0, x = SIDE;
    font(p, 9, bold);
    for (int i = 0; i < n; i++) {
        double one = set(p, text[i], width[i] - 2 * PAD, PANGO_ALIGN_LEFT);
        h = one > h ? one : h;
    }
    h += 2 * PAD;
    for (int i = 0; i < n; i++) {
        box(p, x, p->y, width[i], h, filled[i]);
        (void)set(p, text[i], width[i] - 2 * PAD,
                  right[i] ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
        show(p, x + PAD, p->y + PAD);
        x += width[i];
    }
    p->y += h;
}

static double row_height(struct yh_pdf *p, const double *width, const yh_str *text, int n)
{
    double h = 0;
    font(p, 9, false);
    for (int i = 0; i < n; i++) {
        double one = set(p, text[i], width[i] - 2 * PAD, PANGO_ALIGN_LEFT);
        h = one > h ? one : h;
    }
    return h + 2 * PAD;
}

void yh_pdf_pairs(struct yh_pdf *p, const struct yh_pdf_pair *pair, int n, int columns)
{
    double width[8];
    yh_str text[8];
    bool right[8] = { false }, filled[8];
    columns = columns < 1 ? 1 : columns > 4 ? 4 : columns;
    double each = WIDTH / columns, label = columns > 2 ? each * 0.40 : each * 0.28;
    for (int c = 0; c < columns; c++) {
        width[2 * c] = label;
        width[2 * c + 1] = each - label;
        filled[2 * c] = true;
        filled[2 * c + 1] = false;
    }
    for (int i = 0; i < n; i += columns) {
        for (int c = 0; c < columns; c++) {
            bool there = i + c < n;
            text[2 * c] = there ? yh_cstr(pair[i + c].label) : YH_S("");
            text[2 * c + 1] = there ? pair[i + c].value : YH_S("");
        }
        room(p, row_height(p, width, text, 2 * columns));
        row(p, width, text, right, filled, 2 * columns, false);
    }
    p->y += 5;
}

void yh_pdf_table(struct yh_pdf *p, const struct yh_pdf_column *col, int ncol,
                  const yh_str *cell, int nrow)
{
    double width[YH_PDF_COLUMNS_MAX];
    yh_str head[YH_PDF_COLUMNS_MAX];
    bool right[YH_PDF_COLUMNS_MAX], grey[YH_PDF_COLUMNS_MAX],
        plain[YH_PDF_COLUMNS_MAX] = { false };
    int shares = 0;
    yh_assert(0 < ncol && ncol <= YH_PDF_COLUMNS_MAX);
    for (int i = 0; i < ncol; i++)
        shares += col[i].share;
    for (int i = 0; i < ncol; i++) {
        width[i] = WIDTH * col[i].share / shares;
        head[i] = yh_cstr(col[i].head);
        right[i] = col[i].right;
        grey[i] = true;
    }
    double top = row_height(p, width, head, ncol);
    room(p, top * 3);
    row(p, width, head, right, grey, ncol, true);
    for (int i = 0; i < nrow; i++) {
        const yh_str *text = &cell[(ptrdiff_t)i * ncol];
        if (p->y + row_height(p, width, text, ncol) > PAGE_H - FOOT) {
            next_page(p);
            row(p, width, head, right, grey, ncol, true);
        }
        row(p, width, text, right, plain, ncol, false);
    }
    p->y += 5;
}

/* ---- codes and signatures ---- */

void yh_pdf_qr(struct yh_pdf *p, yh_str text, yh_str beside)
{
    double side = 28 * MM;
    char *z = yh_heap(NULL, (size_t)text.n + 1);
    memcpy(z, text.p, (size_t)text.n);
    z[text.n] = 0;
    QRcode *q = QRcode_encodeString8bit(z, 0, QR_ECLEVEL_M);
    yh_heap(z, 0);
    room(p, side + 4);
    if (q && p->pages) {
        /* Four modules of quiet around it. */
        double cell = side / (q->width + 8);
        for (int i = 0; i < q->width; i++)
            for (int k = 0; k < q->width; k++)
                if (q->data[i * q->width + k] & 1)
                    cairo_rectangle(p->cr, SIDE + (k + 4) * cell, p->y + (i + 4) * cell, cell,
                                    cell);
        cairo_fill(p->cr);
    }
    QRcode_free(q);
    font(p, 9, false);
    (void)set(p, beside, WIDTH - side - 3 * MM, PANGO_ALIGN_LEFT);
    show(p, SIDE + side + 3 * MM, p->y + 4 * 3);
    p->y += side + 4;
}

void yh_pdf_sign(struct yh_pdf *p, const char *const *label, int n)
{
    room(p, 40);
    p->y += 14;
    for (int i = 0; i < n; i++) {
        double x = SIDE + WIDTH / n * i;
        int w, h;
        font(p, 10, false);
        (void)set(p, yh_cstr(label[i]), WIDTH / n, PANGO_ALIGN_LEFT);
        pango_layout_set_width(p->layout, -1);
        pango_layout_get_size(p->layout, &w, &h);
        show(p, x, p->y);
        cairo_set_line_width(p->cr, 0.5);
        cairo_move_to(p->cr, x + (double)w / PANGO_SCALE + 2, p->y + (double)h / PANGO_SCALE);
        cairo_line_to(p->cr, x + WIDTH / n - 10, p->y + (double)h / PANGO_SCALE);
        cairo_stroke(p->cr);
    }
    p->y += 22;
}

/* ---- the whole ---- */

static void draw_all(struct yh_pdf *p, yh_pdf_fn *draw, void *user)
{
    p->cr = cairo_create(p->surface);
    p->layout = pango_cairo_create_layout(p->cr);
    p->page = 1;
    p->y = TOP;
    draw(p, user);
    foot(p);
    cairo_show_page(p->cr);
    g_object_unref(p->layout);
    cairo_destroy(p->cr);
}

enum yh_status yh_pdf_make(struct yh_arena *a, const struct yh_pdf_meta *meta, yh_pdf_fn *draw,
                           void *user, yh_str *out, struct yh_err *err)
{
    struct yh_pdf p = { .meta = meta };
    struct bytes b = { NULL, 0, 0 };
    char day[32], made[40];
    yh_str text = yh_time_text(day, meta->made);
    (void)snprintf(made, sizeof made, "%.10sT%.8s+08:00", text.p, text.p + 11);
    p.surface = cairo_pdf_surface_create_for_stream(NULL, NULL, PAGE_W, PAGE_H);
    draw_all(&p, draw, user);
    cairo_surface_destroy(p.surface);
    p.pages = p.page;
    if (p.pages > PAGES_MAX)
        return yh_fail(err, YH_LIMIT, "超过 %d 页，请缩小范围", PAGES_MAX);
    p.surface = cairo_pdf_surface_create_for_stream(take, &b, PAGE_W, PAGE_H);
    char *title = yh_heap(NULL, (size_t)meta->title.n + 1);
    memcpy(title, meta->title.p, (size_t)meta->title.n);
    title[meta->title.n] = 0;
    cairo_pdf_surface_set_metadata(p.surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(p.surface, CAIRO_PDF_METADATA_CREATOR, "Yiheng");
    cairo_pdf_surface_set_metadata(p.surface, CAIRO_PDF_METADATA_CREATE_DATE, made);
    cairo_pdf_surface_set_metadata(p.surface, CAIRO_PDF_METADATA_MOD_DATE, made);
    yh_heap(title, 0);
    draw_all(&p, draw, user);
    cairo_surface_finish(p.surface);
    cairo_status_t st = cairo_surface_status(p.surface);
    cairo_surface_destroy(p.surface);
    yh_str pdf = { b.p, (ptrdiff_t)b.n };
    if (st == CAIRO_STATUS_SUCCESS)
        *out = yh_dup(a, pdf);
    yh_heap(b.p, 0);
    return st == CAIRO_STATUS_SUCCESS
               ? YH_OK
               : yh_fail(err, YH_IO, "不能排印：%s", cairo_status_to_string(st));
}
