/* shell/cli/score.c -- yiheng score: who stands out in a table of figures, and by which figure. */
#include <stdio.h>

#include "engine/score/score.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"

#define USAGE                                                                                                                              \
    "score TABLE.tsv [--id 列] [--size 列|auto|none] [--peer 列] [--columns 列,列…] "                                               \
    "[--side both|high|low] [--top N] [--json]\n"                                                                                          \
    "  "                                                                                                                                   \
    "任何一张有编号列的数值表（机构、人员）：每行与规模相近的同类比较，列出离群者和是哪几列使" \
    "它离群。\n"                                                                                                                       \
    "  --id 缺省为第一列；--size 为规模列（例数、人次……），auto 自己找并说明（缺省），none "             \
    "不按规模调整；\n"                                                                                                              \
    "  --peer 为分组列（如机构等级），只在同组内比较；--side high 只看偏高。\n"                                   \
    "  分数只说“与同类不同”，不说违规；方法、出处与何时失灵见 docs/score.md。\n"                            \
    "  例：yiheng score 机构指标.tsv --peer 等级 --top 20"

#define ROWS_MAX 5000000

struct input {
    yh_str *id, *peer_name;
    yh_str *name; /* of the figures */
    int32_t *peer;
    yh_micro *cell;
    int rows, columns, peers;
};

struct words {
    const char *file, *id, *size, *peer, *columns, *side, *top;
    bool json;
};

/* "-12.5", "3", "1,234" is refused; digits behind the sixth decimal are cut off. */
static bool figure(yh_str s, yh_micro *out)
{
    ptrdiff_t dot = yh_find(s, YH_S("."));
    if (dot >= 0 && s.n - dot - 1 > 6) {
        for (ptrdiff_t i = dot + 7; i < s.n; i++)
            if (s.p[i] < '0' || s.p[i] > '9')
                return false;
        s = yh_sub(s, 0, dot + 7);
    }
    return yh_dec_parse(s, 6, out, NULL) == YH_OK;
}

static bool listed(const char *columns, yh_str name)
{
    yh_str rest = yh_cstr(columns);
    while (rest.n)
        if (yh_eq(yh_trim(yh_cut(&rest, ',')), name))
            return true;
    return false;
}

static int32_t peer_of(struct yh_arena *a, struct input *in, struct yh_map *map, yh_str name,
                       int *cap)
{
    int32_t g = yh_map_get(map, name, -1);
    if (g < 0) {
        g = in->peers;
        YH_PUSH(a, in->peer_name, in->peers, *cap) = name;
        yh_map_set(map, name, g);
    }
    return g;
}

/* The columns of figures: all but id and peer, or those that were named. */
static enum yh_status choose(const struct yh_tsv *t, const struct words *w, int *id, int *peer,
                             int *col, int *n, struct yh_err *err)
{
    *id = w->id ? yh_tsv_col(t, yh_cstr(w->id)) : 0;
    *peer = w->peer ? yh_tsv_col(t, yh_cstr(w->peer)) : -1;
    if (*id < 0)
        return yh_fail(err, YH_BAD_INPUT, "没有编号列“%s”", w->id);
    if (w->peer && *peer < 0)
        return yh_fail(err, YH_BAD_INPUT, "没有分组列“%s”", w->peer);
    *n = 0;
    for (int i = 0; i < t->ncol; i++) {
        bool sized = w->size && yh_eq(t->name[i], yh_cstr(w->size));
        if (i != *id && i != *peer && (!w->columns || listed(w->columns, t->name[i]) || sized))
            col[(*n)++] = i;
    }
    yh_str rest = yh_cstr(w->columns ? w->columns : "");
    while (rest.n) {
        yh_str one = yh_trim(yh_cut(&rest, ','));
        if (one.n && yh_tsv_col(t, one) < 0)
            return yh_fail(err, YH_BAD_INPUT, "没有列“%.*s”", YH_ARG(one));
    }
    if (*n == 0)
        return yh_fail(err, YH_BAD_INPUT, "除编号与分组外没有可用的列");
    return YH_OK;
}

static enum yh_status load(struct yh_arena *a, yh_str text, const struct words *w,
                           struct input *in, struct yh_err *err)
{
    struct yh_tsv *t = YH_NEW(a, struct yh_tsv, 1);
    int col[YH_TSV_COLUMNS_MAX], id, peer, more, names = 0;
    enum yh_status st = yh_tsv_open(t, text, err);
    if (st == YH_OK)
        st = choose(t, w, &id, &peer, col, &in->columns, err);
    if (st)
        return st;
    int most = 0;
    for (ptrdiff_t i = 0; i < text.n; i++)
        most += text.p[i] == '\n';
    if (++most > ROWS_MAX)
        return yh_fail(err, YH_LIMIT, "超过 %d 行，请分开评分", ROWS_MAX);
    in->id = YH_NEW(a, yh_str, most);
    in->peer = YH_NEW(a, int32_t, most);
    in->cell = YH_NEW(a, yh_micro, (ptrdiff_t)most * in->columns);
    in->name = YH_NEW(a, yh_str, in->columns);
    for (int j = 0; j < in->columns; j++)
        in->name[j] = t->name[col[j]];
    struct yh_map groups = yh_map_in(a, 64), seen = yh_map_in(a, most);
    while ((more = yh_tsv_next(t, err)) != 0) {
        if (more < 0)
            return YH_BAD_TABLE;
        int i = in->rows++;
        in->id[i] = t->cell[id];
        if (!yh_map_add(&seen, t->cell[id], i))
            return yh_fail_at(err, YH_BAD_INPUT, t->line, 0,
                              "编号“%.*s”出现两次，请先合并成一行", YH_ARG(t->cell[id]));
        in->peer[i] = peer < 0 ? 0 : peer_of(a, in, &groups, t->cell[peer], &names);
        for (int j = 0; j < in->columns; j++) {
            yh_str s = yh_trim(t->cell[col[j]]);
            yh_micro *v = &in->cell[(ptrdiff_t)i * in->columns + j];
            if (!s.n)
                *v = YH_SCORE_NONE;
            else if (!figure(s, v))
                return yh_fail_at(
                    err, YH_BAD_INPUT, t->line, 0,
                    "列“%.*s”的“%.*s”不是数（可空，可有小数，整数部分至多 10 位）；文字列请用 "
                    "--columns 排除",
                    YH_ARG(in->name[j]), YH_ARG(s));
        }
    }
    if (in->rows == 0)
        return yh_fail(err, YH_BAD_INPUT, "表中没有数据行");
    return YH_OK;
}

/* Columns of one row, the strongest first. */
static int drivers(const struct input *in, const struct yh_score_result *r, int row, int *out)
{
    const struct yh_score_cell *x = &r->cell[(ptrdiff_t)row * in->columns];
    int n = 0;
    for (int j = 0; j < in->columns; j++) {
        int at = n;
        yh_micro z = x[j].z < 0 ? -x[j].z : x[j].z;
        if (z == 0)
            continue;
        for (; at > 0; at--) {
            yh_micro before = x[out[at - 1]].z < 0 ? -x[out[at - 1]].z : x[out[at - 1]].z;
            if (before >= z)
                break;
            out[at] = out[at - 1];
        }
        out[at] = j;
        n++;
    }
    return n;
}

/* Rounded to two decimals, for people. */
static void put2(struct yh_buf *b, int64_t micro)
{
    char text[32];
    yh_put(b, yh_dec_text(text, yh_muldiv(micro, 1, 10000, YH_ROUND_HALF_UP), 2, 2));
}

static void put_value(struct yh_buf *b, yh_micro v)
{
    char text[32];
    yh_str s = yh_dec_text(text, v, 6, 6);
    while (s.n && s.p[s.n - 1] == '0')
        s.n--;
    if (s.n && s.p[s.n - 1] == '.')
        s.n--;
    yh_put(b, s);
}

/* z² of the row's whole, in percent. */
static int64_t share(yh_micro z, yh_micro score)
{
    __int128 whole = (__int128)score * score;
    return whole ? (int64_t)(((__int128)z * z * 100 + whole / 2) / whole) : 0;
}

static void put_row(struct yh_buf *b, const struct input *in, const struct yh_score_result *r,
                    int nth, bool grouped)
{
    const struct yh_score_row *o = &r->order[nth];
    int list[YH_TSV_COLUMNS_MAX], n = drivers(in, r, o->row, list);
    yh_putf(b, "%d\t%.*s\t", nth + 1, YH_ARG(in->id[o->row]));
    if (grouped)
        yh_putf(b, "%.*s\t", YH_ARG(in->peer_name[in->peer[o->row]]));
    put2(b, o->score);
    yh_putf(b, "\t%d\t", o->flagged);
    for (int i = 0; i < n && i < 3; i++) {
        const struct yh_score_cell *x = &r->cell[(ptrdiff_t)o->row * in->columns + list[i]];
        yh_putf(b, "%s%.*s ", i ? "；" : "", YH_ARG(in->name[list[i]]));
        put_value(b, in->cell[(ptrdiff_t)o->row * in->columns + list[i]]);
        yh_putz(b, "（z ");
        put2(b, x->z);
        if (x->ratio) {
            yh_putz(b, "，为同类的 ");
            put2(b, x->ratio);
            yh_putz(b, " 倍");
        }
        yh_putf(b, "，占 %lld%%）", (long long)share(x->z, o->score));
    }
    yh_putc(b, '\n');
}

static void put_json(struct yh_buf *b, const struct input *in, const struct yh_score_result *r,
                     int nth, bool grouped)
{
    const struct yh_score_row *o = &r->order[nth];
    int list[YH_TSV_COLUMNS_MAX], n = drivers(in, r, o->row, list);
    struct yh_jsonw w = yh_jsonw_on(b);
    yh_jw_object(&w);
    yh_jw_kv_i64(&w, "rank", nth + 1);
    yh_jw_kv_str(&w, "id", in->id[o->row]);
    if (grouped)
        yh_jw_kv_str(&w, "peer", in->peer_name[in->peer[o->row]]);
    yh_jw_key(&w, YH_S("score"));
    yh_jw_dec(&w, o->score, 6, 6);
    yh_jw_kv_i64(&w, "flagged", o->flagged);
    yh_jw_kv_i64(&w, "compared", o->compared);
    yh_jw_kv_array(&w, "drivers");
    for (int i = 0; i < n; i++) {
        const struct yh_score_cell *x = &r->cell[(ptrdiff_t)o->row * in->columns + list[i]];
        yh_jw_object(&w);
        yh_jw_kv_str(&w, "column", in->name[list[i]]);
        yh_jw_key(&w, YH_S("value"));
        yh_jw_dec(&w, in->cell[(ptrdiff_t)o->row * in->columns + list[i]], 6, 6);
        yh_jw_key(&w, YH_S("z"));
        yh_jw_dec(&w, x->z, 6, 6);
        yh_jw_key(&w, YH_S("ratio"));
        if (x->ratio)
            yh_jw_dec(&w, x->ratio, 6, 6);
        else
            yh_jw_null(&w);
        yh_jw_kv_i64(&w, "share_percent", share(x->z, o->score));
        yh_jw_end(&w, '}');
    }
    yh_jw_end(&w, ']');
    yh_jw_end(&w, '}');
    yh_putc(b, '\n');
}

static enum yh_status size_column(const struct input *in, const struct yh_score_table *t,
                                  const struct words *w, struct yh_arena *a, int *out,
                                  struct yh_err *err)
{
    *out = -1;
    if (w->size && !strcmp(w->size, "none")) {
        fprintf(stderr, "规模：不调整\n");
        return YH_OK;
    }
    if (!w->size || !strcmp(w->size, "auto")) {
        *out = yh_score_size(t, *a);
        if (*out >= 0)
            fprintf(stderr, "规模：%.*s（多数列随它增长，自动选定；--size 可改）\n",
                    YH_ARG(in->name[*out]));
        else
            fprintf(stderr, "规模：没有多数列共同随之增长的列，不调整\n");
        return YH_OK;
    }
    for (int j = 0; j < in->columns; j++)
        if (yh_eq(in->name[j], yh_cstr(w->size)))
            *out = j;
    if (*out < 0)
        return yh_fail(err, YH_BAD_INPUT, "没有规模列“%s”", w->size);
    return YH_OK;
}

static enum yh_status run(struct yh_arena *a, const struct words *w, int64_t top,
                          enum yh_score_side side, struct yh_err *err)
{
    struct input in = { 0 };
    struct yh_score_result r;
    yh_str text;
    int size;
    enum yh_status st = yh_file_read(a, w->file, (size_t)1 << 30, &text, err);
    if (st == YH_OK)
        st = load(a, text, w, &in, err);
    if (st)
        return st;
    struct yh_score_table t = { in.rows, in.columns, in.cell, w->peer ? in.peer : NULL,
                                in.peers };
    if ((st = size_column(&in, &t, w, a, &size, err)) != YH_OK)
        return st;
    st = yh_score(&t, (struct yh_score_how){ size, side }, a, &r, err);
    if (st == YH_BAD_INPUT && err->row >= 0)
        return yh_fail(err, st, "编号“%.*s”的规模列“%.*s”须为大于 0 的数；--size 可换一列",
                       YH_ARG(in.id[err->row]), YH_ARG(in.name[size]));
    if (st)
        return st;
    if (!w->json)
        printf("#rank\t%s\t%sscore\tflagged\tdrivers\n", w->id ? w->id : "id",
               w->peer ? "peer\t" : "");
    for (int i = 0; i < in.rows && (top == 0 || i < top); i++) {
        struct yh_arena each = *a;
        struct yh_buf b = yh_buf_in(&each);
        if (w->json)
            put_json(&b, &in, &r, i, w->peer);
        else
            put_row(&b, &in, &r, i, w->peer);
        fwrite(b.p, 1, (size_t)b.n, stdout);
    }
    int alone = 0;
    for (int i = 0; i < in.rows; i++)
        alone += r.order[i].compared == 0;
    if (alone)
        fprintf(stderr, "注意：%d 行没有可比的列（同组不足 %d 行，或各值相同），分数为 0\n",
                alone, YH_SCORE_FEW);
    return YH_OK;
}

int yh_cmd_score(int argc, char **argv)
{
    struct words w = { 0 };
    int64_t top = 0;
    enum yh_score_side side = YH_SCORE_BOTH;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--json"))
            w.json = true;
        else if (!yh_cli_option(&i, argc, argv, "--id", &w.id) &&
                 !yh_cli_option(&i, argc, argv, "--size", &w.size) &&
                 !yh_cli_option(&i, argc, argv, "--peer", &w.peer) &&
                 !yh_cli_option(&i, argc, argv, "--columns", &w.columns) &&
                 !yh_cli_option(&i, argc, argv, "--side", &w.side) &&
                 !yh_cli_option(&i, argc, argv, "--top", &w.top)) {
            if (argv[i][0] == '-' || w.file)
                return yh_cli_usage(USAGE, argc, argv);
            w.file = argv[i];
        }
    }
    if (!w.file || (w.top && (yh_int_parse(yh_cstr(w.top), &top, NULL) || top < 1)))
        return yh_cli_usage(USAGE, argc, argv);
    if (w.side && !strcmp(w.side, "high"))
        side = YH_SCORE_HIGH;
    else if (w.side && !strcmp(w.side, "low"))
        side = YH_SCORE_LOW;
    else if (w.side && strcmp(w.side, "both"))
        return yh_cli_usage(USAGE, argc, argv);
    struct yh_arena a;
    struct yh_err err = { .row = -1 };
    if (yh_arena_open(&a, (size_t)8 << 30, &err))
        return yh_cli_error(NULL, &err);
    enum yh_status bad = run(&a, &w, top, side, &err);
    int code =
        bad ? (yh_cli_error(w.file, &err), bad == YH_BAD_INPUT || bad == YH_BAD_TABLE ? 2 : 1)
            : 0;
    yh_arena_close(&a);
    return code;
}
