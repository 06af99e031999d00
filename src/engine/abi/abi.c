#include <stdio.h>

#include "engine/abi/inside.h"

#define KEPT_MAX ((size_t)4 << 30) /* reserved, not used */
#define BILL_MAX ((size_t)1 << 30)

static yh_str copy(struct yh_arena *a, const struct yiheng_text *t)
{
    return t->text ? yh_dup(a, (yh_str){ t->text, (ptrdiff_t)t->size }) : YH_S("");
}

static enum yh_status load_terms(struct yiheng *e, const struct yiheng_sources *s,
                                 struct yh_err *err)
{
    static const yh_str NO_TABLES =
        YH_S_INIT("path\trole\ttitle\tsource\tlicence\tstanding\tnote\n");
    enum yh_status bad = yh_catalog_load(NO_TABLES, NULL, 0, &e->kept, &e->catalog, err);
    if (bad || !s->nterms)
        return bad;
    struct yh_term_text *text = YH_NEW(&e->kept, struct yh_term_text, s->nterms);
    for (size_t i = 0; i < s->nterms; i++) {
        int64_t region;
        bad = yh_int_parse(yh_cstr(s->terms[i].name), &region, err);
        if (bad)
            return bad;
        text[i] = (struct yh_term_text){ (uint32_t)region, copy(&e->kept, &s->terms[i]) };
    }
    return yh_terms_load(text, (int)s->nterms, e->catalog, &e->kept, &e->terms, err);
}

/* Sum of the digests of all texts, each under its name: order does not matter. */
static void add_digest(uint8_t sum[32], const char *what, const struct yiheng_text *t)
{
    struct yh_sha256 h;
    uint8_t one[32];
    if (!t->text)
        return;
    yh_sha256_start(&h);
    yh_sha256_add(&h, yh_cstr(what));
    yh_sha256_add(&h, (yh_str){ t->text, (ptrdiff_t)t->size });
    yh_sha256_end(&h, one);
    for (int i = 0, carry = 0; i < 32; i++) {
        carry += sum[i] + one[i];
        sum[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

/* Policy pages count by what they say, terms by the region too. */
static void digest_of(const struct yiheng_sources *s, char out[17])
{
    uint8_t sum[32] = { 0 };
    struct yiheng_text version = { "", yiheng_version(), strlen(yiheng_version()) };
    add_digest(sum, "version", &version);
    add_digest(sum, "kinds", &s->kinds);
    add_digest(sum, "regions", &s->regions);
    for (size_t i = 0; i < s->npolicy; i++)
        add_digest(sum, "policy", &s->policy[i]);
    for (size_t i = 0; i < s->nterms; i++)
        add_digest(sum, s->terms[i].name, &s->terms[i]);
    yh_hex(out, sum, 8);
    out[16] = 0;
}

static enum yh_status load(struct yiheng *e, const struct yiheng_sources *s, struct yh_err *err)
{
    const struct yh_kinds *kinds;
    enum yh_status bad = yh_kinds_load(&e->kept, copy(&e->kept, &s->kinds), &kinds, err);
    if (!bad)
        bad = load_terms(e, s, err);
    e->has_regions = s->regions.text != NULL;
    if (!bad && e->has_regions)
        bad = yh_regions_load(copy(&e->kept, &s->regions), &e->kept, &e->regions, err);
    if (bad)
        return bad;
    struct yh_policy_text *page = YH_NEW(&e->kept, struct yh_policy_text, s->npolicy);
    e->kinds = kinds;
    e->page = page;
    e->npage = (int)s->npolicy;
    e->source = (struct yh_scheme_source){ s->scheme, s->scheme_ctx };
    digest_of(s, e->digest);
    for (size_t i = 0; i < s->npolicy; i++)
        page[i] = (struct yh_policy_text){ yh_dup(&e->kept, yh_cstr(s->policy[i].name)),
                                           copy(&e->kept, &s->policy[i]) };
    struct yh_findings *f = YH_NEW(&e->kept, struct yh_findings, 1);
    yh_policy_read(&e->kept, kinds, page, (int)s->npolicy, &e->set, f);
    for (int i = 0; i < f->n; i++)
        if (f->item[i].severity == YH_ERROR)
            return yh_fail_at(err, YH_BAD_TABLE, f->item[i].line, f->item[i].col,
                              "%.*s:%d:%d: %.*s", YH_ARG(f->item[i].doc), f->item[i].line,
                              f->item[i].col, YH_ARG(f->item[i].text));
    yh_plans_open(&e->plans, &e->kept, &e->set, e->has_regions ? &e->regions : NULL, false);
    return YH_OK;
}

struct yiheng *yiheng_open(const struct yiheng_sources *sources, char *error, size_t size)
{
    struct yh_err err = { 0 };
    struct yiheng *e = yh_heap(NULL, sizeof *e);
    memset(e, 0, sizeof *e);
    enum yh_status bad = yh_arena_open(&e->kept, KEPT_MAX, &err);
    if (!bad)
        bad = yh_arena_open(&e->bill, BILL_MAX, &err);
    if (!bad) {
        e->kept.guard = e->bill.guard = &e->full;
        bad = setjmp(e->full) ? yh_fail(&err, YH_LIMIT, "内存不够") : load(e, sources, &err);
    }
    if (!bad)
        return e;
    yiheng_close(e);
    if (size)
        snprintf(error, size, "%s", err.text);
    return NULL;
}

void yiheng_close(struct yiheng *e)
{
    if (!e)
        return;
    yh_arena_close(&e->bill);
    yh_arena_close(&e->kept);
    yh_arena_close(&e->bound);
    yh_arena_close(&e->casemix);
    yh_heap(e, 0);
}

/* Terms of the place that treated: by the tree, or by its very code where there is none. */
struct yh_terms yh_abi_terms(const struct yiheng *e, yh_str place, yh_str scheme, yh_day day)
{
    struct yh_place at = { 0 };
    struct yh_region alone = { 0 };
    int64_t code = 0, insutype = 0;
    if (e->has_regions) {
        if (yh_region_locate(&e->regions, place, day, &at, NULL))
            return (struct yh_terms){ 0 };
    } else {
        if (yh_int_parse(place, &code, NULL))
            return (struct yh_terms){ 0 };
        alone.code = (uint32_t)code;
        at = (struct yh_place){
            .office = &alone, .pool = &alone, .province = &alone, .code = alone.code
        };
    }
    if (yh_int_parse(scheme, &insutype, NULL) || insutype < 0 || insutype > 999)
        insutype = 0;
    return yh_terms_at(&e->terms, &at, (int)insutype);
}

static enum yh_status settle(struct yiheng *e, yh_str text, int how, struct yh_buf *out,
                             struct yh_err *err)
{
    struct yh_json *v;
    struct yh_bill_address at;
    const struct yh_dated *p;
    struct yh_bill_read b;
    struct yh_decision d;
    enum yh_status bad = yh_json_read(&e->bill, text, (struct yh_json_limits){ 0 }, &v, err);
    if (!bad)
        bad = yh_bill_address_read(v, &at, err);
    if (!bad)
        bad = yh_plans_for(&e->plans, &at, &p, err);
    if (!bad)
        bad = yh_bill_read(&e->bill, &p->bill, e->catalog, v, &b, err);
    if (bad)
        return bad;
    struct yh_terms terms =
        yh_abi_terms(e, at.place.n ? at.place : at.region, at.scheme, at.end);
    bad = yh_benefit_settle(&e->bill, p->bill.plan, &terms, &b.bill,
                            (struct yh_settle_how){ .reasons = how != 0 }, &d, err);
    if (bad)
        return bad;
    struct yh_explain x;
    if (how)
        x = yh_explain_bill(&e->bill, p->bill.plan, &b.bill, &d, YH_ZH);
    if (how & YIHENG_TEXT) {
        yh_explain_bill_text(&x, out);
        return YH_OK;
    }
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_settlement_write(&w, p->bill.plan, &b, &d, how & YIHENG_EXPLAIN ? &x : NULL);
    return YH_OK;
}

static void refusal(struct yh_buf *out, enum yh_status bad, const struct yh_err *err)
{
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "status", yh_cstr(yh_status_word(bad)));
    yh_jw_kv_str(&w, "field", yh_cstr(err->field));
    yh_jw_kv_str(&w, "met", yh_cstr(err->met));
    yh_jw_kv_str(&w, "err_msg", yh_cstr(err->text));
    yh_jw_end(&w, '}');
}

char *yh_abi_answer(struct yiheng *e, yh_abi_work *work, const void *what, int *ok)
{
    struct yh_err err = { 0 };
    struct yh_buf out;
    enum yh_status bad;
    bool good = true;
    yh_arena_reset(&e->bill);
    e->kept.guard = e->bill.guard = &e->full;
    if (setjmp(e->full)) {
        yh_arena_reset(&e->bill);
        bad = yh_fail(&err, YH_LIMIT, "太大，内存不够");
    } else {
        out = yh_buf_in(&e->bill);
        bad = work(e, what, &out, &good, &err);
    }
    if (bad) {
        out = yh_buf_in(&e->bill);
        refusal(&out, bad, &err);
    }
    yh_str s = yh_buf_str(&out);
    char *answer = yh_heap(NULL, (size_t)s.n + 1);
    memcpy(answer, s.p, (size_t)s.n);
    answer[s.n] = 0;
    if (ok)
        *ok = !bad && good;
    return answer;
}

struct bill_asked {
    yh_str text;
    int how;
};

static enum yh_status settle_asked(struct yiheng *e, const void *what, struct yh_buf *out,
                                   bool *good, struct yh_err *err)
{
    const struct bill_asked *b = what;
    (void)good;
    return settle(e, b->text, b->how, out, err);
}

char *yiheng_settle(struct yiheng *e, const char *bill, size_t size, int how, int *ok)
{
    struct bill_asked b = { { bill, (ptrdiff_t)size }, how };
    return yh_abi_answer(e, settle_asked, &b, ok);
}

void yiheng_free(char *answer)
{
    yh_heap(answer, 0);
}

const char *yiheng_digest(const struct yiheng *e)
{
    return e->digest;
}

const char *yiheng_version(void)
{
    return "0.1.0";
}
