/* service/audit/facts.c -- a chunk's columns as the facts of monitoring. */
#include <stdlib.h>

#include "service/audit/audit.h"

#define DICT(which) (&archive->dicts.of[YH_DICT_##which])

enum yh_status yh_audit_sound(struct yh_arena scratch, const struct yh_archive *archive,
                              struct yh_err *err)
{
    const struct yh_arc_chunk *p = &archive->providers;
    int64_t n = p->n[YH_ARC_provider];
    struct yh_map seen = yh_map_in(&scratch, n + 1);
    for (int64_t i = 0; i < n; i++) {
        char text[24];
        yh_str code = yh_arc_text(p, YH_ARC(p, provider, code, i), text);
        if (!yh_map_add(&seen, yh_dup(&scratch, code), i))
            return yh_fail_field(err, YH_BAD_TABLE, "provider", "",
                                 "档案里机构代码 %.*s 出现两次，分不清是哪一家；请重新生成档案",
                                 YH_ARG(code));
    }
    return YH_OK;
}

void yh_audit_words(struct yh_arena *a, const struct yh_archive *archive,
                    const struct yh_rules *rules, const struct yh_catalog *catalog,
                    struct yh_audit_words *out)
{
    struct yh_monitor *m = out->m = yh_monitor_open(a, rules);
    const struct yh_arc_dict *d = DICT(ITEM);
    for (int i = 1; i < d->n; i++) {
        uint32_t id =
            catalog ? yh_catalog_id(catalog, YH_SPACE_ITEM, d->text[i]) : YH_CODE_NONE;
        yh_str name = id ? yh_catalog_code(catalog, id).name : YH_S("");
        uint32_t at = yh_monitor_item(m, d->text[i], name);
        yh_assert(at == (uint32_t)i);
    }
    d = DICT(DIAGNOSIS);
    out->dx = YH_NEW(a, uint32_t, d->n);
    for (int i = 1; i < d->n; i++) {
        uint32_t id =
            catalog ? yh_catalog_id(catalog, YH_SPACE_DIAGNOSIS, d->text[i]) : YH_CODE_NONE;
        out->dx[i] =
            yh_monitor_dx(m, d->text[i], id ? yh_catalog_code(catalog, id).name : YH_S(""));
    }
    d = DICT(DOCTOR);
    out->doctor = YH_NEW(a, uint32_t, d->n);
    for (int i = 1; i < d->n; i++)
        out->doctor[i] =
            yh_monitor_name(m, yh_fmt(a, "医师 %.*s", YH_ARG(d->text[i])), d->text[i]);
    d = DICT(DEPARTMENT);
    out->department = YH_NEW(a, uint32_t, d->n);
    for (int i = 1; i < d->n; i++)
        out->department[i] = yh_monitor_name(m, d->text[i], d->text[i]);
    d = DICT(MED_TYPE);
    out->kind = YH_NEW(a, uint8_t, d->n);
    for (int i = 0; i < d->n; i++)
        out->kind[i] = (uint8_t)yh_mon_kind(d->text[i]);
    d = DICT(SCHEME);
    out->scheme = YH_NEW(a, uint8_t, d->n);
    for (int i = 0; i < d->n; i++)
        out->scheme[i] = (uint8_t)yh_mon_scheme(d->text[i]);
    const struct yh_arc_chunk *p = &archive->providers;
    int64_t n = p->n[YH_ARC_provider];
    for (int64_t i = 0; i < n; i++) {
        char code[24], name[24];
        struct yh_mon_provider one = {
            .code = yh_arc_text(p, YH_ARC(p, provider, code, i), code),
            .name = yh_arc_text(p, YH_ARC(p, provider, name, i), name),
            .office = yh_arc_dict_text(&archive->dicts, YH_DICT_OFFICE,
                                       YH_ARC(p, provider, office, i)),
            .level = (uint8_t)yh_mon_level(yh_arc_dict_text(&archive->dicts, YH_DICT_LEVEL,
                                                            YH_ARC(p, provider, level, i))),
            .pharmacy = YH_ARC(p, provider, kind, i) == 2,
        };
        uint32_t at = yh_monitor_provider(m, &one);
        yh_assert(at == (uint32_t)i);
    }
}

/* ---- one chunk ---- */

/* The columns of a head that facts need. */
/* clang-format off */
#define HEADS(X)                                                                              \
    X(person)                                                                                 \
    X(kind)                                                                                   \
    X(undone)                                                                                 \
    X(provider) X(department) X(doctor) X(scheme) X(med_type) X(stay) X(begin) X(end) X(time) \
        X(delivery) X(basic) X(serious) X(large) X(enterprise) X(civil_pay) X(assist)         \
            X(disabled) X(other) X(first_code) X(first_cut) X(first_line) X(seq)
/* clang-format on */
#define LINES(X) \
    X(day) X(minute) X(item) X(price) X(qty) X(odd) X(charge) X(department) X(doctor) X(init)

struct columns {
#define X(c) int64_t *c;
    HEADS(X)
#undef X
};
struct lines {
#define X(c) int64_t *c;
    LINES(X)
#undef X
};

struct visit_order {
    int64_t begin, seq, head;
};

static int by_begin(const void *x, const void *y)
{
    const struct visit_order *a = x, *b = y;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return (a->seq > b->seq) - (a->seq < b->seq);
}

static uint8_t sex_word(int64_t sex)
{
    return sex == 1 ? YH_FW_SEX_MALE : sex == 2 ? YH_FW_SEX_FEMALE : YH_FW_SEX_UNKNOWN;
}

static int64_t *column(struct yh_arena *a, const struct yh_arc_chunk *c, int which, int64_t n)
{
    int64_t *v = yh_alloc_raw(a, sizeof *v, _Alignof(int64_t), (size_t)n + 1);
    yh_arc_read(c, which, 0, n, v);
    return v;
}

static void fill_lines(const struct columns *h, const struct lines *l,
                       const struct yh_audit_words *w, const int64_t *charge, int64_t head,
                       int64_t end, struct yh_mon_line *line, struct yh_mon_visit *v)
{
    int64_t from = h->first_line[head];
    for (int64_t i = from; i < end; i++) {
        struct yh_mon_line *x = &line[i];
        yh_fen amount = yh_line_amount(l->price[i], l->qty[i], YH_ROUND_HALF_UP) + l->odd[i];
        *x = (struct yh_mon_line){ .item = (uint32_t)l->item[i],
                                   .doctor = w->doctor[l->doctor[i]],
                                   .department = w->department[l->department[i]],
                                   .init = (int32_t)l->init[i],
                                   .time = yh_day_time((yh_day)l->day[i]) + l->minute[i] * 60,
                                   .qty = l->qty[i],
                                   .price = l->price[i],
                                   .amount = amount,
                                   .outside = -1,
                                   .charge = (uint8_t)charge[l->charge[i]],
                                   .covered = v->outside < v->total };
    }
    v->line = line + from;
    v->nline = (int)(end - from);
}

/* What goods records say of the visit's lines, numbered from its first. */
static void fill_goods(struct yh_arena *a, const struct yh_audit_goods *g, int chunk,
                       int64_t from, int64_t end, struct yh_mon_visit *v)
{
    int64_t lo = g->first[chunk], hi = g->first[chunk + 1], last = hi;
    const int64_t base = (int64_t)chunk << 32;
    while (lo < hi) {
        int64_t mid = (lo + hi) / 2;
        if (g->mark[mid].ref < base + from)
            lo = mid + 1;
        else
            hi = mid;
    }
    int n = 0;
    while (lo + n < last && g->mark[lo + n].ref < base + end)
        n++;
    if (!n)
        return;
    struct yh_mon_goods *list = YH_NEW(a, struct yh_mon_goods, n);
    for (int i = 0; i < n; i++) {
        list[i] = g->mark[lo + i].goods;
        list[i].line = (int32_t)(g->mark[lo + i].ref - base - from);
    }
    v->goods = list;
    v->ngoods = n;
}

static void fill_visit(const struct yh_archive *archive, const struct columns *h,
                       const struct yh_audit_words *w, const struct yh_arc_chunk *c,
                       int64_t head, enum yh_pay_method stay_method, struct yh_mon_visit *v)
{
    int64_t med = h->med_type[head], from, to;
    yh_str med_type = yh_arc_dict_text(&archive->dicts, YH_DICT_MED_TYPE, med);
    *v = (struct yh_mon_visit){
        .provider = (uint32_t)h->provider[head],
        .kind = h->stay[head] ? YH_FW_KIND_INPATIENT : w->kind[med],
        .scheme_word = w->scheme[h->scheme[head]],
        .channel = YH_FW_CHANNEL_OFFLINE,
        .begin = (yh_day)h->begin[head],
        .end = (yh_day)h->end[head],
        .time = h->time[head],
        .doctor = w->doctor[h->doctor[head]],
        .department = w->department[h->department[head]],
        .med_type = med_type,
        .scheme = yh_arc_dict_text(&archive->dicts, YH_DICT_SCHEME, h->scheme[head]),
        .fund = h->basic[head] + h->serious[head] + h->large[head] + h->enterprise[head] +
                h->civil_pay[head] + h->assist[head] + h->disabled[head] + h->other[head],
        .ref = head,
    };
    if (yh_mon_maternity(med_type) || h->delivery[head])
        v->scheme_word = YH_FW_SCHEME_MATERNITY;
    v->day_care = yh_mon_day_care(med_type);
    v->chronic = yh_mon_chronic(med_type);
    v->emergency = yh_mon_emergency(med_type);
    v->method = v->kind == YH_FW_KIND_INPATIENT ? stay_method : YH_METHOD_ITEM;
    from = h->first_cut[head];
    to = head + 1 < c->n[YH_ARC_head] ? h->first_cut[head + 1] : c->n[YH_ARC_cut];
    for (int64_t i = from; i < to; i++) {
        yh_fen out = YH_ARC(c, cut, outside, i) + YH_ARC(c, cut, over, i);
        v->outside += out;
        v->total += out + YH_ARC(c, cut, first, i) + YH_ARC(c, cut, scope, i);
    }
}

static void fill_codes(struct yh_arena *a, const struct columns *h,
                       const struct yh_audit_words *w, const struct yh_arc_chunk *c,
                       int64_t head, struct yh_mon_visit *v)
{
    int64_t from = h->first_code[head];
    int64_t to = head + 1 < c->n[YH_ARC_head] ? h->first_code[head + 1] : c->n[YH_ARC_code];
    if (from == to)
        return;
    uint32_t *dx = YH_NEW(a, uint32_t, to - from);
    for (int pass = 0; pass < 2; pass++) /* the main one first */
        for (int64_t i = from; i < to; i++) {
            int64_t kind = YH_ARC(c, code, kind, i);
            if (kind <= 2 && (kind == 0) == (pass == 0))
                dx[v->ndx++] = w->dx[YH_ARC(c, code, code, i)];
        }
    v->dx = dx;
}

/* Persons of the chunk stand in the order of their heads' groups; within a group heads of several
 * persons mix, so heads are first counted and placed by person. */
static int64_t *place_heads(struct yh_arena *a, const struct columns *h, int64_t heads,
                            int64_t persons, struct visit_order **order)
{
    int64_t *at = YH_NEW(a, int64_t, persons + 1);
    for (int64_t i = 0; i < heads; i++)
        if (!h->kind[i] && !h->undone[i])
            at[h->person[i] + 1]++;
    for (int64_t i = 0; i < persons; i++)
        at[i + 1] += at[i];
    int64_t *next = YH_NEW(a, int64_t, persons + 1);
    memcpy(next, at, (size_t)(persons + 1) * sizeof *at);
    *order = YH_NEW(a, struct visit_order, heads + 1);
    for (int64_t i = 0; i < heads; i++)
        if (!h->kind[i] && !h->undone[i])
            (*order)[next[h->person[i]]++] = (struct visit_order){ h->begin[i], h->seq[i], i };
    return at;
}

void yh_audit_facts(struct yh_arena *a, const struct yh_archive *archive,
                    const struct yh_arc_chunk *c, const struct yh_audit_words *w,
                    enum yh_pay_method stay_method, const struct yh_audit_goods *goods,
                    int chunk, struct yh_audit_chunk *out)
{
    int64_t heads = c->n[YH_ARC_head], nline = c->n[YH_ARC_line], persons = c->n[YH_ARC_person];
    struct columns h;
    struct lines l;
    const struct yh_arc_dict *charges = DICT(CHARGE);
    int64_t *charge = YH_NEW(a, int64_t, charges->n);
    for (int i = 0; i < charges->n; i++)
        if (yh_int_parse(charges->text[i], &charge[i], NULL) || charge[i] < 0 || charge[i] > 31)
            charge[i] = 0;
#define X(name) h.name = column(a, c, YH_ARC_AT_head_##name, heads);
    HEADS(X)
#undef X
#define X(name) l.name = column(a, c, YH_ARC_AT_line_##name, nline);
    LINES(X)
#undef X
    struct visit_order *order;
    int64_t *at = place_heads(a, &h, heads, persons, &order);
    struct yh_mon_visit *visit = YH_NEW(a, struct yh_mon_visit, at[persons] + 1);
    struct yh_mon_line *line =
        yh_alloc_raw(a, sizeof *line, _Alignof(struct yh_mon_line), (size_t)nline + 1);
    *out = (struct yh_audit_chunk){ .person = YH_NEW(a, struct yh_mon_person, persons),
                                    .row = YH_NEW(a, int64_t, persons) };
    for (int64_t p = 0; p < persons; p++) {
        int64_t n = at[p + 1] - at[p];
        if (!n)
            continue;
        if (n > 1)
            qsort(order + at[p], (size_t)n, sizeof *order, by_begin);
        for (int64_t k = at[p]; k < at[p + 1]; k++) {
            int64_t head = order[k].head;
            int64_t end = head + 1 < heads ? h.first_line[head + 1] : nline;
            fill_visit(archive, &h, w, c, head, stay_method, &visit[k]);
            fill_codes(a, &h, w, c, head, &visit[k]);
            fill_lines(&h, &l, w, charge, head, end, line, &visit[k]);
            if (goods && goods->first[chunk] < goods->first[chunk + 1])
                fill_goods(a, goods, chunk, h.first_line[head], end, &visit[k]);
            out->lines += visit[k].nline;
        }
        out->visits += n;
        out->row[out->n] = p;
        out->person[out->n++] =
            (struct yh_mon_person){ .grp = YH_ARC(c, person, grp, p),
                                    .sex = sex_word(YH_ARC(c, person, sex, p)),
                                    .born = (yh_day)YH_ARC(c, person, born, p),
                                    .died = (yh_day)YH_ARC(c, person, died, p),
                                    .visit = visit + at[p],
                                    .n = (int)n };
    }
}

static yh_str text(struct yh_arena *a, const struct yh_arc_chunk *c, int64_t value)
{
    char buf[24];
    return yh_dup(a, yh_arc_text(c, value, buf));
}

static void name_visit(struct yh_arena *a, const struct yh_arc_chunk *c, struct yh_mon_visit *v)
{
    if (v->visit.p)
        return;
    v->visit = text(a, c, YH_ARC(c, head, visit, v->ref));
    v->settlement = text(a, c, YH_ARC(c, head, settlement, v->ref));
}

void yh_audit_name(struct yh_arena *a, const struct yh_archive *archive,
                   const struct yh_arc_chunk *c, const struct yh_mon_hit *h, int64_t row,
                   struct yh_mon_person *p)
{
    /* The facts are this module's own, filled by yh_audit_facts: it may name them. */
    struct yh_mon_visit *v = (struct yh_mon_visit *)p->visit;
    if (!p->person.p) {
        p->person = text(a, c, YH_ARC(c, person, person, row));
        p->region = yh_fmt(a, "%06u", archive->about.region);
    }
    name_visit(a, c, &v[h->visit]);
    for (int i = 0; i < h->nmark; i++) {
        name_visit(a, c, &v[h->mark[i].visit]);
        struct yh_mon_visit *x = &v[h->mark[i].visit];
        struct yh_mon_line *l = (struct yh_mon_line *)&x->line[h->mark[i].line];
        int64_t first = YH_ARC(c, head, first_line, x->ref);
        if (!l->serial.p)
            l->serial = text(a, c, YH_ARC(c, line, serial, first + h->mark[i].line));
    }
}
