#include "shell/sim/goods.h"

#include <stdlib.h>
#include <string.h>

#include "model/monitor/stock.h"
#include "shell/sim/draw.h"
#include "store/archive/archive.h"

#define ARENA ((size_t)16 << 30)
#define PACK 10000 /* of a quantity */

enum plant {
#define R(NAME, word, rule, share, lawful, what, twin) PLANT_##NAME,
#include "shell/sim/goods.def"
#undef R
    PLANTS
};
static const struct {
    const char *word, *rule;
    int share, lawful;
} PLANT[] = {
#define R(NAME, word, rule, share, lawful, what, twin) { word, rule, share, lawful },
#include "shell/sim/goods.def"
#undef R
};

/* A billed line of a pharmacy. */
struct sold {
    uint32_t provider, item;
    yh_time time;
    int32_t units; /* packs */
    int64_t settlement, person;
    bool undone;
};

struct maker {
    struct yh_arena a;
    const struct yh_archive *archive;
    FILE *out, *labels;
    uint64_t seed;
    struct sold *line;
    int64_t n, cap;
    struct yh_buf buf;
    yh_day first, end; /* days of the year: [first, end) */
    int64_t codes;     /* trace codes given out */
    struct last {
        char text[24];
        yh_time time;
    } * last; /* by item: a code that was sold and stands; "" = none */
};

static int by_shelf(const void *x, const void *y)
{
    const struct sold *a = x, *b = y;
    if (a->provider != b->provider)
        return a->provider < b->provider ? -1 : 1;
    if (a->item != b->item)
        return a->item < b->item ? -1 : 1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return (a->settlement > b->settlement) - (a->settlement < b->settlement);
}

static enum yh_status gather(struct maker *m, struct yh_err *err)
{
    const struct yh_arc_chunk *p = &m->archive->providers;
    for (int i = 0; i < m->archive->nchunk; i++) {
        struct yh_arc_chunk c;
        enum yh_status st = yh_archive_chunk(m->archive, i, &c, err);
        for (int64_t h = 0; st == YH_OK && h < c.n[YH_ARC_head]; h++) {
            int64_t provider = YH_ARC(&c, head, provider, h), from, to;
            if (YH_ARC(p, provider, kind, provider) != 2 || YH_ARC(&c, head, kind, h))
                continue;
            YH_ARC_SPAN(&c, head, line, h, &from, &to);
            for (int64_t l = from; l < to; l++) {
                yh_qty qty = YH_ARC(&c, line, qty, l);
                if (qty <= 0 || qty % PACK)
                    continue;
                if (m->n == m->cap) {
                    m->cap = m->cap ? m->cap * 2 : 65536;
                    m->line = yh_heap(m->line, (size_t)m->cap * sizeof *m->line);
                }
                m->line[m->n++] = (struct sold){
                    .provider = (uint32_t)provider,
                    .item = (uint32_t)YH_ARC(&c, line, item, l),
                    .time = yh_day_time((yh_day)YH_ARC(&c, line, day, l)) +
                            YH_ARC(&c, line, minute, l) * 60,
                    .units = (int32_t)(qty / PACK),
                    .settlement = YH_ARC(&c, head, settlement, h),
                    .person = YH_ARC(&c, person, person, YH_ARC(&c, head, person, h)),
                    .undone = YH_ARC(&c, head, undone, h) != 0,
                };
            }
        }
        yh_archive_drop(m->archive, i);
        if (st)
            return st;
    }
    if (m->n)
        qsort(m->line, (size_t)m->n, sizeof *m->line, by_shelf);
    return YH_OK;
}

/* ---- writing ---- */

struct shelf {
    const struct sold *line;
    int64_t n;
    yh_str provider, item;
    struct yh_draw d;
};

static void put(struct maker *m, const struct shelf *s, enum yh_goods_kind kind, yh_time time,
                int64_t packs)
{
    struct yh_stock_row r = { .kind = kind,
                              .provider = s->provider,
                              .item = s->item,
                              .time = time,
                              .qty = packs * PACK };
    yh_stock_put(&m->buf, &r);
}

static void label(struct maker *m, enum plant p, const struct sold *l, bool lawful)
{
    fprintf(m->labels, "%lld\t%lld\t%s\t%s\t%s\n", (long long)l->settlement,
            (long long)l->person, PLANT[p].word, PLANT[p].rule, lawful ? "lawful" : "planted");
}

/* Counted at the year's end and at the end of June; bought at each month's end for the next, with a spare
 * that is now and then sent back.  `cut`: the first line that no goods came for, n = all had some. */
static void fill_shelf(struct maker *m, struct shelf *s, int64_t cut, int late_month,
                       bool by_transfer)
{
    int64_t left = 0, at = 0;
    put(m, s, YH_GOODS_COUNT_ROW, yh_day_time(m->first - 1), 0);
    for (int month = 1; month <= 12; month++) {
        struct yh_civil c = yh_civil_of(m->first);
        yh_day from = yh_day_of(c.year, month, 1);
        yh_day next = month == 12 ? m->end : yh_day_of(c.year, month + 1, 1);
        int64_t need = 0, first = at;
        for (; at < s->n && yh_time_day(s->line[at].time) < next; at++)
            if (!s->line[at].undone && at < cut)
                need += s->line[at].units;
        bool late = month == late_month && need;
        int64_t spare = late || cut < s->n ? 0 : yh_draw_below(&s->d, 6);
        int64_t buy = yh_max(need + spare - left, 0);
        if (late) { /* what came on the first day is told two days later: a look-alike */
            left = 0;
            yh_day day = 0;
            for (int64_t i = first; i < at; i++) {
                if (s->line[i].undone)
                    continue;
                day = day ? day : yh_time_day(s->line[i].time);
                if (yh_time_day(s->line[i].time) < day + 2)
                    label(m, PLANT_SHORT, &s->line[i], true);
            }
            put(m, s, by_transfer ? YH_GOODS_MOVE_IN_ROW : YH_GOODS_BUY_ROW,
                yh_day_time(day + 2) + 36000, need);
        } else if (buy) {
            put(m, s, YH_GOODS_BUY_ROW, yh_day_time(from) + 28800, buy);
            left += buy;
        }
        left -= late ? 0 : need;
        if (left > 3 && yh_draw_chance(&s->d, 200000)) {
            put(m, s, YH_GOODS_RETURN_ROW, yh_day_time(next - 1) + 72000, left);
            left = 0;
        }
        if (month == 6)
            put(m, s, YH_GOODS_COUNT_ROW, yh_day_time(next - 1), left);
    }
}

/* ---- sales, each with the code of its first pack ---- */

static void put_sale(struct maker *m, const struct shelf *s, enum yh_goods_kind kind,
                     const struct sold *l, yh_time time, int64_t packs, const char *code)
{
    char settlement[24];
    snprintf(settlement, sizeof settlement, "%lld", (long long)l->settlement);
    struct yh_stock_row r = { .kind = kind,
                              .provider = s->provider,
                              .item = s->item,
                              .time = time,
                              .qty = packs * PACK,
                              .insured = true,
                              .settlement = yh_cstr(settlement),
                              .trace = yh_cstr(code) };
    yh_stock_put(&m->buf, &r);
}

static void new_code(struct maker *m, char code[24])
{
    snprintf(code, 24, "99%018lld", (long long)++m->codes);
}

static void sales(struct maker *m, struct shelf *s)
{
    for (int64_t i = 0; i < s->n; i++) {
        const struct sold *l = &s->line[i];
        struct last *last = &m->last[l->item];
        char code[24];
        if (l->undone) { /* sold, given back, and the pack may be sold again */
            new_code(m, code);
            put_sale(m, s, YH_GOODS_SALE_ROW, l, l->time, l->units, code);
            put_sale(m, s, YH_GOODS_BACK_ROW, l, l->time + 300, l->units, code);
            continue;
        }
        int64_t r = yh_draw_below(&s->d, 1000000);
        new_code(m, code);
        if ((r -= PLANT[PLANT_UNSOLD].share) < 0) {
            label(m, PLANT_UNSOLD, l, false);
            continue;
        }
        if ((r -= PLANT[PLANT_UNSOLD].lawful) < 0 && l->units > 1) {
            label(m, PLANT_UNSOLD, l, true);
            put_sale(m, s, YH_GOODS_SALE_ROW, l, l->time, 1, code);
            new_code(m, code);
            put_sale(m, s, YH_GOODS_SALE_ROW, l, l->time + 90000, l->units - 1, code);
            continue;
        }
        bool other = last->text[0] && last->time < l->time;
        if ((r -= PLANT[PLANT_TRACE].share) < 0 && other) {
            label(m, PLANT_TRACE, l, false);
            put_sale(m, s, YH_GOODS_SALE_ROW, l, l->time, l->units, last->text);
            last->text[0] = '\0';
            continue;
        }
        if (r < 0 || (r -= PLANT[PLANT_TRACE].lawful) >= 0 || !i ||
            l->time - 86400 < s->line[i - 1].time) {
            put_sale(m, s, YH_GOODS_SALE_ROW, l, l->time, l->units, code);
        } else { /* the pack was sold for cash the day before, and came back */
            label(m, PLANT_TRACE, l, true);
            struct sold cash = *l;
            struct yh_stock_row row = { .kind = YH_GOODS_SALE_ROW,
                                        .provider = s->provider,
                                        .item = s->item,
                                        .time = cash.time - 80000,
                                        .qty = PACK,
                                        .trace = yh_cstr(code) };
            yh_stock_put(&m->buf, &row);
            row.kind = YH_GOODS_BACK_ROW;
            row.time += 3600;
            yh_stock_put(&m->buf, &row);
            put_sale(m, s, YH_GOODS_SALE_ROW, l, l->time, l->units, code);
        }
        if (yh_draw_chance(&s->d, 100000)) {
            memcpy(last->text, code, sizeof code);
            last->time = l->time;
        }
    }
}

static void one_shelf(struct maker *m, const struct sold *line, int64_t n)
{
    const struct yh_arc_chunk *p = &m->archive->providers;
    char code[24];
    struct shelf s = { .line = line, .n = n };
    s.provider = yh_dup(&m->a, yh_arc_text(p, YH_ARC(p, provider, code, line->provider), code));
    s.item = yh_arc_dict_text(&m->archive->dicts, YH_DICT_ITEM, line->item);
    s.d = yh_draw_of(m->seed, YH_DRAW_GOODS, (int64_t)line->provider * 1000000 + line->item);
    int64_t r = yh_draw_below(&s.d, 1000000), cut = n;
    int late = 0;
    if ((r -= PLANT[PLANT_SHORT].share) < 0 && n >= 6)
        cut = n - 1 - yh_draw_below(&s.d, n / 3);
    else if ((r -= PLANT[PLANT_SHORT].lawful) < 0)
        late = (int)yh_draw_between(&s.d, 2, 12);
    /* Records may still come for the year's last days. */
    for (int64_t i = cut; i < n; i++)
        if (!line[i].undone && yh_time_day(line[i].time) < m->end - 5)
            label(m, PLANT_SHORT, &line[i], false);
    fill_shelf(m, &s, cut, late, yh_draw_chance(&s.d, 500000));
    if (line->provider % 4 == 0)
        sales(m, &s);
}

enum yh_status yh_sim_goods(const char *path, FILE *labels, struct yh_err *err)
{
    struct maker m = { .labels = labels };
    struct yh_archive archive;
    char to[1200], part[1210];
    snprintf(to, sizeof to, "%.*s.goods.tsv", (int)strlen(path) - 4, path);
    snprintf(part, sizeof part, "%s.part", to);
    enum yh_status st = yh_archive_open(path, &archive, err);
    if (st)
        return st;
    st = yh_arena_open(&m.a, ARENA, err);
    m.archive = &archive;
    m.seed = archive.about.seed;
    m.first = yh_day_of(archive.about.year, 1, 1);
    m.end = yh_day_of(archive.about.year + 1, 1, 1);
    if (st == YH_OK)
        st = gather(&m, err);
    if (st == YH_OK)
        m.last = YH_NEW(&m.a, struct last, archive.dicts.of[YH_DICT_ITEM].n);
    m.out = st ? NULL : fopen(part, "w");
    if (!st && !m.out)
        st = yh_fail(err, YH_IO, "不能写 %s", part);
    if (!st) {
        yh_str head = yh_stock_head();
        fwrite(head.p, 1, (size_t)head.n, m.out);
    }
    for (int64_t i = 0, end; !st && i < m.n; i = end) {
        for (end = i; end < m.n && m.line[end].provider == m.line[i].provider &&
                      m.line[end].item == m.line[i].item;)
            end++;
        struct yh_arena keep = m.a;
        m.buf = yh_buf_in(&m.a);
        one_shelf(&m, m.line + i, end - i);
        yh_str text = yh_buf_str(&m.buf);
        if (fwrite(text.p, 1, (size_t)text.n, m.out) != (size_t)text.n)
            st = yh_fail(err, YH_IO, "写 %s 失败", part);
        m.a = keep;
    }
    if (m.out && fclose(m.out) && !st)
        st = yh_fail(err, YH_IO, "写 %s 失败", part);
    if (!st && rename(part, to))
        st = yh_fail(err, YH_IO, "不能改名为 %s", to);
    yh_heap(m.line, 0);
    yh_arena_close(&m.a);
    yh_archive_close(&archive);
    return st;
}
