/* service/archive/words.c -- a part's first reading: its groups, its words, the year's sums. */
#include <stdio.h>
#include <stdlib.h>
#include "service/archive/inside.h"
#include "service/lists.h"

static void add_word(struct yh_rebuild_part *m, enum yh_arc_dict_id d, yh_str s)
{
    (void)yh_arc_dict_add(&m->words, d, s);
}

static bool note_group(void *user, const void *row)
{
    struct yh_rebuild_part *m = user;
    if (m->ngrp == m->grp_cap) {
        m->grp_cap = m->grp_cap ? 2 * m->grp_cap : 1024;
        m->grp = yh_heap(m->grp, (size_t)m->grp_cap * sizeof *m->grp);
    }
    m->grp[m->ngrp++] = ((const struct yh_account_group_row *)row)->grp;
    return true;
}

static bool words_of_enrolment(void *user, const void *row)
{
    const struct yh_enrolment_row *e = row;
    add_word(user, YH_DICT_SCHEME, e->scheme);
    add_word(user, YH_DICT_PSN_KIND, e->kind);
    add_word(user, YH_DICT_OFFICE, e->office);
    return true;
}

static bool words_of_identity(void *user, const void *row)
{
    add_word(user, YH_DICT_IDENT, ((const struct yh_identity_row *)row)->kind);
    return true;
}

static bool words_of_accumulator(void *user, const void *row)
{
    struct yh_rebuild_part *m = user;
    const struct yh_accumulator_row *a = row;
    if ((a->year != m->y->year && a->year != 0) || yh_starts(a->name, YH_S("#")))
        return true;
    add_word(m, YH_DICT_SCHEME, a->scheme);
    add_word(m, YH_DICT_ACC, a->name);
    add_word(m, YH_DICT_SUB, a->sub);
    return true;
}

static bool words_of_visit(void *user, const void *row)
{
    const struct yh_visit_row *v = row;
    add_word(user, YH_DICT_DEPARTMENT, v->department);
    add_word(user, YH_DICT_DOCTOR, v->doctor);
    add_word(user, YH_DICT_DISEASE, v->disease);
    add_word(user, YH_DICT_DELIVERY, v->delivery);
    return true;
}

static bool words_of_diagnosis(void *user, const void *row)
{
    add_word(user, YH_DICT_DIAGNOSIS, ((const struct yh_diagnosis_row *)row)->code);
    return true;
}

static bool words_of_list(void *user, const void *row)
{
    struct yh_rebuild_part *m = user;
    const struct yh_document_row *d = row;
    yh_str code[YH_CASE_CODES_MAX];
    if (!yh_eq(d->infno, YH_S("4101")))
        return true;
    yh_arena_reset(&m->group);
    for (int px = 0; px < 2; px++) {
        int n = yh_list_codes(&m->group, d->body, px, code);
        for (int i = 0; i < n; i++)
            add_word(m, px ? YH_DICT_PROCEDURE : YH_DICT_DIAGNOSIS, code[i]);
    }
    return true;
}

static bool words_of_fund(void *user, const void *row)
{
    add_word(user, YH_DICT_FUND, ((const struct yh_settlement_fund_row *)row)->fund);
    return true;
}

static bool words_of_batch(void *user, const void *row)
{
    struct yh_rebuild_part *m = user;
    const struct yh_charge_batch_row *b = row;
    struct yh_charge_line *l = NULL;
    int n = 0;
    if (!b->settlement.n)
        return true;
    yh_arena_reset(&m->group);
    m->st = yh_lines_unpack(&m->group, b->packed, &l, &n, &m->err);
    for (int i = 0; m->st == YH_OK && i < n; i++) {
        add_word(m, YH_DICT_ITEM, l[i].code);
        add_word(m, YH_DICT_CHARGE, l[i].charge_kind);
        add_word(m, YH_DICT_DEPARTMENT, l[i].department);
        add_word(m, YH_DICT_DOCTOR, l[i].doctor);
    }
    if (yh_rebuild_asked(m))
        m->st = yh_rebuild_stopped(&m->err);
    return m->st == YH_OK;
}

static bool add_settlement(void *user, const void *row)
{
    struct yh_rebuild_part *m = user;
    const struct yh_settlement_row *s = row;
    if (s->year != m->y->year)
        return true;
    yh_rebuild_sum(s, m->books);
    if (!yh_rebuild_in_year(m, s))
        return true;
    char document[400];
    snprintf(document, sizeof document, "%.*s %.*s", YH_ARG(s->document), YH_ARG(s->digest));
    m->bills++;
    add_word(m, YH_DICT_SCHEME, s->scheme);
    add_word(m, YH_DICT_PSN_KIND, s->psn_kind);
    add_word(m, YH_DICT_OFFICE, s->office);
    add_word(m, YH_DICT_OFFICE, s->place);
    add_word(m, YH_DICT_MED_TYPE, s->med_type);
    add_word(m, YH_DICT_DOCUMENT, yh_cstr(document));
    return true;
}

enum yh_status yh_rebuild_words(struct yh_rebuild_part *m, struct yh_err *err)
{
    yh_str region = { m->y->region_text, 6 };
    struct yh_span same = { .index = YH_BY_KEY, .same = 1 };
    struct yh_arena *keep = m->x.arena;
    enum yh_status st = YH_OK;
    yh_arc_dicts_open(&m->words, &m->names);
#define EACH(t, fn)                                         \
    if (st == YH_OK && m->st == YH_OK) {                    \
        struct yh_##t##_row like = { .region = region };    \
        st = yh_each_##t(&m->x, same, &like, (fn), m, err); \
    }
    EACH(account_group, note_group)
    EACH(enrolment, words_of_enrolment)
    EACH(identity, words_of_identity)
    EACH(accumulator, words_of_accumulator)
    EACH(visit, words_of_visit)
    EACH(diagnosis, words_of_diagnosis)
    EACH(document, words_of_list)
    EACH(settlement_fund, words_of_fund)
    EACH(charge_batch, words_of_batch)
    EACH(settlement, add_settlement)
#undef EACH
    m->x.arena = keep;
    return st ? st : m->st;
}

/* ---- all parts' words ---- */

static int cmp_text(const void *a, const void *b)
{
    return yh_cmp(*(const yh_str *)a, *(const yh_str *)b);
}

/* The words of all parts, numbered in the order of their bytes: which part met them is forgotten. */
static void number_words(struct yh_rebuild_year *y, const struct yh_arc_dicts *words, int n)
{
    for (int d = 0; d < YH_DICTS; d++) {
        int all = 0, k = 0;
        for (int i = 0; i < n; i++)
            all += words[i].of[d].n;
        yh_str *text = YH_NEW(&y->tables, yh_str, all);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < words[i].of[d].n; j++)
                text[k++] = words[i].of[d].text[j];
        qsort(text, (size_t)all, sizeof *text, cmp_text);
        for (int i = 0; i < all; i++)
            (void)yh_arc_dict_add(&y->dicts, (enum yh_arc_dict_id)d, text[i]);
    }
}

/* Words that no part's own rows say: of providers, and of the documents' kinds. */
static void common_words(struct yh_rebuild_year *y, struct yh_arc_dicts *out)
{
    static const struct {
        enum yh_dim dim;
        enum yh_arc_dict_id dict;
    } KIND[] = { { YH_DIM_FILING, YH_DICT_FILING },
                 { YH_DIM_REFERRAL, YH_DICT_REFERRAL },
                 { YH_DIM_STATUS, YH_DICT_STATUS } };
    yh_arc_dicts_open(out, &y->tables);
    for (int i = 0; i < y->nprovider; i++) {
        (void)yh_arc_dict_add(out, YH_DICT_LEVEL, y->provider[i].level);
        (void)yh_arc_dict_add(out, YH_DICT_LEVEL_KIND, yh_rebuild_level(y, &y->provider[i]));
        (void)yh_arc_dict_add(out, YH_DICT_OFFICE, y->provider[i].office);
    }
    struct yh_plan_list all = yh_world_plans(y->world);
    for (int i = 0; i < all.n; i++) {
        const struct yh_plan *p = all.plan[i].plan;
        for (int k = 0; k < p->nkind; k++)
            for (int j = 0; j < YH_COUNT(KIND); j++)
                if (p->kind[k].dim == KIND[j].dim)
                    (void)yh_arc_dict_add(out, KIND[j].dict, p->kind[k].name);
    }
}

void yh_rebuild_number(struct yh_rebuild_year *y, const struct yh_rebuild_part *part, int n)
{
    struct yh_arc_dicts words[YH_REBUILD_PARTS + 1];
    for (int i = 0; i < n; i++)
        words[i] = part[i].words;
    yh_arc_dicts_open(&y->dicts, &y->tables);
    common_words(y, &words[n]);
    number_words(y, words, n + 1);
}
