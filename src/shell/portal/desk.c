/* shell/portal/desk.c -- 柜台: matters, reimbursement by hand, papers, payments through the bank. */
#include <stdio.h>
#include "service/portal/matters.h"
#include "shell/pdf/papers.h"
#include "shell/portal/inside.h"

static bool within(void *call, yh_str region, yh_str office)
{
    const struct call *c = call;
    return within_area(yh_cstr(c->who.area), region, office);
}

static struct yh_matter_desk desk_of(struct call *c)
{
    struct yh_matter_desk d =
        yh_matter_desk_of(&c->look, yh_cstr(c->who.user), yh_cstr(c->who.name));
    random_bytes(d.salt, sizeof d.salt);
    return d;
}

static enum yh_status noted(struct call *c, const struct yh_matter_row *m, struct yh_err *err)
{
    return note_look(c, m->region, m->grp, m->person, m->matter)
               ? YH_OK
               : yh_fail(err, YH_RETRY, "查阅记录来不及写入");
}

/* The matter, if it is within the user's area; another's is answered as one that is not there. */
static enum yh_status take(struct call *c, struct yh_matter_row *out, struct yh_err *err)
{
    enum yh_status st = yh_matter_get(c->look.x, c->param[0], out, err);
    if (st == YH_OK && !within(c, out->region, out->office))
        return yh_fail_field(err, YH_NOT_FOUND, "matter", "", "没有这个办件");
    return st;
}

/* ---- a person's ---- */

enum yh_status portal_person_kinds(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_matter_kinds(&c->look, c->param[0], false, w, err);
}

enum yh_status portal_person_matters(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_matters_of(&c->look, c->param[0], in_page(c), w, err);
}

static enum yh_status start_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_matter_desk d = desk_of(c);
    struct yh_matter_row m;
    struct yh_matter_ask in = { .person = c->param[0],
                                .kind = in_text(c, "kind"),
                                .scheme = in_text(c, "scheme"),
                                .fields = in_json(c, "fields"),
                                .claim = in_json(c, "claim"),
                                .papers = in_json(c, "papers"),
                                .deputy = in_json(c, "deputy"),
                                .note = in_text(c, "note") };
    enum yh_status st = yh_matter_start(&d, &in, &m, err);
    return st ? st : yh_look_matter(&c->look, &m, d.officer, w, err);
}

enum yh_status portal_matter_start(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w, (void)err;
    c->write = start_write;
    return YH_OK;
}

enum yh_status portal_claim_quote(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_matter_desk d = desk_of(c);
    struct yh_claim_result q;
    enum yh_status st = yh_claim_quote(&d, c->param[0], in_text(c, "scheme"), in_text(c, "of"),
                                       in_json(c, "claim"), &q, err);
    if (st == YH_OK)
        yh_look_quote(&c->look, &q, w);
    return st;
}

static enum yh_status paper(struct call *c, enum yh_status st, yh_str pdf, yh_str name)
{
    if (st == YH_OK)
        reply_file(c, pdf, "application/pdf", name, "pdf");
    return st;
}

enum yh_status portal_person_statement(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    yh_str pdf = YH_S("");
    enum yh_status st = yh_paper_statement(&c->look, c->param[0], c->param[1], &pdf, err);
    return paper(c, st, pdf, c->param[1]);
}

enum yh_status portal_person_certificate(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    yh_str pdf = YH_S("");
    enum yh_status st =
        yh_paper_certificate(&c->look, c->param[0], YH_S(""), YH_S(""), &pdf, err);
    return paper(c, st, pdf, c->param[0]);
}

/* ---- one matter ---- */

enum yh_status portal_matter(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_matter_row m;
    enum yh_status st = take(c, &m, err);
    if (st == YH_OK)
        st = noted(c, &m, err);
    return st ? st
              : yh_look_matter_at_desk(&c->look, &m, yh_cstr(c->who.user), c->unmask, w, err);
}

static enum yh_status act_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_matter_desk d = desk_of(c);
    struct yh_matter_row m;
    struct yh_matter_do in = { .matter = c->param[0],
                               .act = yh_matter_act_read(in_text(c, "act")),
                               .note = in_text(c, "note"),
                               .papers = in_json(c, "papers"),
                               .fields = in_json(c, "fields"),
                               .stars = in_int(c, "stars", 0) };
    enum yh_status st = yh_matter_act(&d, &in, &m, err);
    return st ? st : yh_look_matter(&c->look, &m, d.officer, w, err);
}

enum yh_status portal_matter_act(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    struct yh_matter_row m;
    enum yh_status st = take(c, &m, err);
    if (st == YH_OK)
        st = noted(c, &m, err);
    c->write = st ? NULL : act_write;
    return st;
}

typedef enum yh_status matter_print(const struct yh_look *k, const struct yh_matter_row *m,
                                    yh_str *pdf, struct yh_err *err);

/* Paper of a matter: what its officer hands out. */
static enum yh_status matter_paper(struct call *c, matter_print *print, struct yh_err *err)
{
    struct yh_matter_row m;
    yh_str pdf = YH_S("");
    enum yh_status st = take(c, &m, err);
    if (st == YH_OK)
        st = noted(c, &m, err);
    if (st == YH_OK)
        st = print(&c->look, &m, &pdf, err);
    return paper(c, st, pdf, c->param[0]);
}

enum yh_status portal_matter_receipt(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    return matter_paper(c, yh_paper_receipt, err);
}

enum yh_status portal_matter_notice(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    return matter_paper(c, yh_paper_notice, err);
}

/* ---- the queue and what people say of it ---- */

static bool note_matter(void *call, const struct yh_matter_row *m)
{
    return note_look(call, m->region, m->grp, m->person, m->matter);
}

enum yh_status portal_matters(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_look_queue ask = { in_text(c, "state"), in_flag(c, "due"), within, note_matter,
                                 c };
    return yh_look_matter_queue(&c->look, &ask, in_page(c), w, err);
}

enum yh_status portal_ratings(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_look_queue ask = { YH_S(""), false, within, NULL, c };
    yh_day since = (yh_day)(yh_time_day(c->look.now) - 365);
    yh_str said = in_text(c, "since");
    if (said.n && yh_day_parse(said, &since, NULL))
        return yh_fail_field(err, YH_BAD_INPUT, "since", "", "since：应为日期，如 2026-03-01");
    return yh_look_ratings(&c->look, &ask, since, w, err);
}

/* ---- the bank ---- */

enum yh_status portal_batches(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_look_queue ask = { YH_S(""), false, within, NULL, c };
    return yh_look_batches(&c->look, &ask, in_page(c), w, err);
}

/* The pool of the user's first area. */
static enum yh_status own_pool(struct call *c, char text[16], struct yh_err *err)
{
    yh_str area = yh_cstr(c->who.area), first = yh_trim(yh_cut(&area, ' '));
    struct yh_place at;
    enum yh_status st =
        yh_region_locate(c->look.world->regions, first, yh_time_day(c->look.now), &at, err);
    if (st == YH_OK)
        (void)snprintf(text, 16, "%06u", at.pool->code);
    return st;
}

static enum yh_status batch_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_matter_desk d = desk_of(c);
    struct yh_bank_batch_row b;
    char pool[16];
    yh_str region = in_text(c, "region");
    enum yh_status st = region.n ? YH_OK : own_pool(c, pool, err);
    if (st)
        return st;
    st = yh_bank_batch(&d, region.n ? region : yh_cstr(pool), within, c, &b, err);
    return st ? st : yh_look_batch(&c->look, b.batch, w, err);
}

enum yh_status portal_batch_make(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w, (void)err;
    c->write = batch_write;
    return YH_OK;
}

/* The batch, if all of its payments are within the area; each person in it is looked at. */
static enum yh_status take_batch(struct call *c, struct yh_err *err)
{
    struct yh_bank_batch_row b;
    struct yh_bank_item_row *item = NULL;
    int n = 0;
    enum yh_status st = yh_bank_items(c->look.x, c->param[0], &b, &item, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (!within(c, item[i].region, item[i].office))
            return yh_fail_field(err, YH_NOT_FOUND, "batch", "", "没有这个付款批次");
        if (!note_look(c, item[i].region, item[i].grp, item[i].person, item[i].matter))
            return yh_fail(err, YH_RETRY, "查阅记录来不及写入");
    }
    return st;
}

enum yh_status portal_batch_get(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    enum yh_status st = take_batch(c, err);
    return st ? st : yh_look_batch(&c->look, c->param[0], w, err);
}

enum yh_status portal_batch_file(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    yh_str tsv = YH_S("");
    enum yh_status st = take_batch(c, err);
    if (st == YH_OK)
        st = yh_bank_file(c->look.x, c->param[0], &tsv, err);
    if (st == YH_OK)
        reply_file(c, tsv, "text/tab-separated-values;charset=UTF-8", c->param[0], "tsv");
    return st;
}

static enum yh_status answer_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_matter_desk d = desk_of(c);
    struct yh_bank_batch_row b;
    enum yh_status st = yh_bank_answer(&d, c->param[0], in_text(c, "file"), &b, err);
    return st ? st : yh_look_batch(&c->look, b.batch, w, err);
}

enum yh_status portal_batch_answer(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    enum yh_status st = take_batch(c, err);
    c->write = st ? NULL : answer_write;
    return st;
}
