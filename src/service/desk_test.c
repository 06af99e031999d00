#include "service/testing.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/test.h"
#include "service/town.h"
#include "service/verify/verify.h"
#include "shell/realm/realm.h"

static struct yh_realm WORLD;
static bool opened;

const struct yh_world *yh_desk_world(void)
{
    if (!opened) {
        struct yh_err err = { 0 };
        CHECK_OK(yh_realm_open(NULL, NULL, "990100 990200", &WORLD, &err), &err);
        opened = true;
    }
    return &WORLD.world;
}

void yh_desk_open(struct yh_desk *d, const char *data)
{
    *d = (struct yh_desk){ .provider = YH_TOWN_HOSPITAL,
                           .office = YH_S("990101"),
                           .operator_no = YH_S("0001"),
                           .now = yh_day_time(yh_day_of(2026, 3, 18)) + 36000 };
    CHECK_OK(yh_arena_open(&d->arena, (size_t)1 << 30, &d->err), &d->err);
    /* A year for other programs to read (rebuild_test.c) is thrown away when it is not whole. */
    struct yh_service_options opt = { .store = { .region = YH_S("990100"),
                                                 .now = d->now,
                                                 .bulk = getenv("YH_TEST_YEAR") != NULL },
                                      .world = yh_desk_world() };
    CHECK_OK(yh_service_open(yh_cstr(data ? data : "memory:"), &opt, &d->service, &d->err),
             &d->err);
    CHECK_OK(yh_town_build(yh_service_store(d->service), &d->arena, d->now, &d->err), &d->err);
}

void yh_desk_close(struct yh_desk *d)
{
    yh_service_close(d->service);
    yh_arena_close(&d->arena);
}

static struct yh_call call_of(struct yh_desk *d, const char *infno, yh_str person,
                              const char *msgid)
{
    struct yh_call k = { .infno = yh_cstr(infno),
                         .provider = d->provider,
                         .office = d->office,
                         .operator_no = d->operator_no,
                         .person = person,
                         .body = yh_cstr(infno),
                         .now = d->now };
    k.msgid = msgid
                  ? yh_dup(&d->arena, yh_cstr(msgid))
                  : yh_fmt(&d->arena, "%.*s%06lld", YH_ARG(d->provider), (long long)++d->calls);
    for (int i = 0; i < 16; i++)
        k.salt[i] = (uint8_t)(d->calls + i);
    return k;
}

enum yh_status yh_desk_write(struct yh_desk *d, const char *infno, yh_str person,
                             const char *msgid, yh_work_fn *work, void *user)
{
    struct yh_call k = call_of(d, infno, person, msgid);
    struct yh_answer a = { .repeated = false };
    d->err = (struct yh_err){ 0 };
    enum yh_status st = yh_service_batch_begin(d->service, &d->err);
    if (st)
        return st;
    enum yh_status made = yh_service_write(d->service, &k, &d->arena, work, user, &a, &d->err);
    struct yh_err err;
    CHECK_OK(yh_service_batch_commit(d->service, &err), &err);
    d->warn = a.warn;
    d->repeated = a.repeated;
    return made;
}

enum yh_status yh_desk_read(struct yh_desk *d, const char *infno, yh_str person,
                            yh_work_fn *work, void *user)
{
    struct yh_call k = call_of(d, infno, person, NULL);
    struct yh_answer a;
    d->err = (struct yh_err){ 0 };
    return yh_service_read(d->service, &k, &d->arena, work, user, &a, &d->err);
}

void yh_desk_prove(struct yh_desk *d)
{
    struct yh_verify_report *r = yh_heap(NULL, sizeof *r);
    *r = (struct yh_verify_report){ .groups = 0 };
    struct yh_txn view;
    CHECK_OK(yh_view_open(yh_service_store(d->service), &d->arena, &view, &d->err), &d->err);
    CHECK_OK(yh_verify(&view, &d->arena, r, &d->err), &d->err);
    yh_view_close(&view);
    for (int i = 0; i < r->problems && i < YH_VERIFY_SHOWN; i++)
        printf("    %s：%s\n", r->problem[i].where, r->problem[i].what);
    int64_t problems = r->problems;
    yh_heap(r, 0);
    CHECK_I64(problems, 0, "the books are proved");
}

/* ---- calls ---- */

struct visit_call {
    struct yh_visit_row in, out;
    struct yh_diagnosis_row d[2];
    int nd;
};

static enum yh_status do_register(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                  struct yh_err *err)
{
    struct visit_call *k = user;
    yh_putz(reply, "ok");
    return yh_visit_register(c, &k->in, &k->out, err);
}

static enum yh_status do_describe(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                  struct yh_err *err)
{
    struct visit_call *k = user;
    yh_putz(reply, "ok");
    return yh_visit_describe(c, &k->in, k->d, k->nd, err);
}

static enum yh_status do_admit(struct yh_ctx *c, void *user, struct yh_buf *reply,
                               struct yh_err *err)
{
    struct visit_call *k = user;
    yh_putz(reply, "ok");
    return yh_stay_admit(c, &k->in, k->d, k->nd, &k->out, err);
}

static enum yh_status do_discharge(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                   struct yh_err *err)
{
    struct visit_call *k = user;
    yh_putz(reply, "ok");
    return yh_stay_discharge(c, &k->in, k->d, k->nd, err);
}

static struct yh_diagnosis_row diagnosis(const struct yh_desk *d, yh_time t)
{
    return (struct yh_diagnosis_row){ .kind = YH_S("1"),
                                      .sort = 1,
                                      .main = 1,
                                      .code = d->diagnosis.n ? d->diagnosis : YH_S("J18.900"),
                                      .name = YH_S("肺炎"),
                                      .time = t,
                                      .valid = 1 };
}

yh_str yh_desk_register(struct yh_desk *d, yh_str person, const char *scheme,
                        const char *med_type)
{
    struct visit_call k = { .in = { .person = person,
                                    .scheme = yh_cstr(scheme),
                                    .begin_time = d->now,
                                    .cert_type = YH_S("02"),
                                    .number = YH_S("MZ1") } };
    if (yh_desk_write(d, "2201", person, NULL, do_register, &k))
        return YH_S("");
    k.in.visit = k.out.visit;
    k.in.med_type = yh_cstr(med_type);
    k.d[0] = diagnosis(d, d->now);
    k.nd = 1;
    if (yh_desk_write(d, "2203", person, NULL, do_describe, &k))
        return YH_S("");
    return k.out.visit;
}

yh_str yh_desk_admit(struct yh_desk *d, yh_str person, const char *scheme, const char *med_type,
                     yh_time begin)
{
    struct visit_call k = { .in = { .person = person,
                                    .scheme = yh_cstr(scheme),
                                    .med_type = yh_cstr(med_type),
                                    .begin_time = begin,
                                    .cert_type = YH_S("02"),
                                    .number = YH_S("ZY1"),
                                    .external_cause = d->injury },
                            .nd = 1 };
    k.d[0] = diagnosis(d, begin);
    return yh_desk_write(d, "2401", person, NULL, do_admit, &k) ? YH_S("") : k.out.visit;
}

enum yh_status yh_desk_discharge(struct yh_desk *d, yh_str person, yh_str visit, yh_time end)
{
    struct visit_call k = { .in = { .person = person, .visit = visit, .end_time = end } };
    return yh_desk_write(d, "2402", person, NULL, do_discharge, &k);
}

static enum yh_status do_charge(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                struct yh_err *err)
{
    yh_putz(reply, "ok");
    return yh_charges_add(c, user, 1, err);
}

enum yh_status yh_desk_charge(struct yh_desk *d, yh_str person, yh_str visit, const char *batch,
                              const char *serial, const char *code, yh_price price, yh_qty qty,
                              const char *undoes)
{
    struct yh_charge_in in = { .person = person,
                               .visit = visit,
                               .batch = yh_cstr(batch),
                               .line = { .serial = yh_cstr(serial),
                                         .undoes = yh_cstr(undoes),
                                         .code = yh_cstr(code),
                                         .time = d->now,
                                         .price = price,
                                         .qty = qty,
                                         .amount =
                                             yh_line_amount(price, qty, YH_ROUND_HALF_UP) } };
    return yh_desk_write(d, "2204", person, NULL, do_charge, &in);
}

struct settle_call {
    const struct yh_settle_in *in;
    struct yh_settled out;
    yh_str person, visit, settlement;
    bool trial;
    const char *number;
};

static enum yh_status do_settle(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                struct yh_err *err)
{
    struct settle_call *k = user;
    yh_putz(reply, "ok");
    return (k->trial ? yh_presettle : yh_settle)(c, k->in, &k->out, err);
}

enum yh_status yh_desk_settle(struct yh_desk *d, const char *infno,
                              const struct yh_settle_in *in, const char *msgid,
                              struct yh_settled *out)
{
    yh_str no = yh_cstr(infno);
    struct settle_call k = { .in = in,
                             .trial = yh_eq(no, YH_S("2206")) || yh_eq(no, YH_S("2303")) };
    enum yh_status st = k.trial ? yh_desk_read(d, infno, in->person, do_settle, &k)
                                : yh_desk_write(d, infno, in->person, msgid, do_settle, &k);
    if (st == YH_OK)
        *out = k.out;
    return st;
}

static enum yh_status do_undo(struct yh_ctx *c, void *user, struct yh_buf *reply,
                              struct yh_err *err)
{
    struct settle_call *k = user;
    yh_putz(reply, "ok");
    return yh_settle_undo(c, k->person, k->visit, k->settlement, &k->out, err);
}

enum yh_status yh_desk_undo(struct yh_desk *d, const char *infno, yh_str person, yh_str visit,
                            yh_str settlement, struct yh_settled *out)
{
    struct settle_call k = { .person = person, .visit = visit, .settlement = settlement };
    enum yh_status st = yh_desk_write(d, infno, person, NULL, do_undo, &k);
    if (st == YH_OK)
        *out = k.out;
    return st;
}

static enum yh_status do_reverse(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                 struct yh_err *err)
{
    struct settle_call *k = user;
    yh_putz(reply, "ok");
    return yh_reverse(c, k->person, k->settlement, yh_cstr(k->number), err);
}

enum yh_status yh_desk_reverse(struct yh_desk *d, yh_str person, const char *omsgid,
                               const char *number)
{
    struct settle_call k = { .person = person,
                             .settlement = yh_cstr(omsgid),
                             .number = number };
    return yh_desk_write(d, "2601", person, NULL, do_reverse, &k);
}
