/* service/visit.c -- visits and stays: opened, described, ended, cancelled (2201-2203, 2401-2405). */
#include "service/visit.h"
#include <inttypes.h>
#include <stdio.h>
#include "service/inside.h"

enum yh_status yh_visits_of(struct yh_ctx *c, const struct yh_person_row *p,
                            struct yh_visit_row **rows, int *n, struct yh_err *err)
{
    struct yh_visit_row like = { .region = p->region, .grp = p->grp, .person = p->person };
    return yh_list_visit(c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, rows,
                         n, err);
}

enum yh_status yh_batches_of(struct yh_ctx *c, const struct yh_visit_row *v,
                             struct yh_charge_batch_row **rows, int *n, struct yh_err *err)
{
    struct yh_charge_batch_row like = { .region = v->region, .grp = v->grp, .visit = v->visit };
    return yh_list_charge_batch(c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like,
                                rows, n, err);
}

enum yh_status yh_visit_new(struct yh_ctx *c, const struct yh_member *m,
                            const struct yh_visit_row *in, struct yh_visit_row *out,
                            struct yh_err *err)
{
    yh_str region = m->person->region;
    yh_str scope = yh_fmt(c->arena, "%.*s %" PRId64, YH_ARG(region), m->person->grp);
    int64_t n = 0;
    enum yh_status st = yh_txn_next(c->x, scope, YH_S("visit"), &n, err);
    if (st)
        return st;
    struct yh_visit_row v = *in;
    v.region = region;
    v.grp = m->person->grp;
    v.person = m->person->person;
    v.visit = yh_fmt(c->arena, "%.*sM%08" PRId64 "%04" PRId64, YH_ARG(region), v.grp, n);
    v.provider = c->call->provider;
    v.status = YH_S("open");
    v.batches = v.interims = v.stay_count = 0;
    v.office = m->enrolment ? m->enrolment->office : region;
    v.place = c->call->place.n ? c->call->place : c->provider->office;
    v.operator_no = c->call->operator_no;
    if ((st = yh_add_visit(c->x, &v, err)) != YH_OK)
        return st;
    struct yh_visit_key_row key = { v.visit, v.region, v.grp, v.person };
    if ((st = yh_add_visit_key(c->x, &key, err)) != YH_OK)
        return st;
    *out = v;
    return YH_OK;
}

/* What registration and admission have in common before anything is written. */
static enum yh_status may_begin(struct yh_ctx *c, const struct yh_visit_row *in,
                                struct yh_member *m, struct yh_err *err)
{
    yh_day day = yh_time_day(in->begin_time);
    char text[32];
    if (day > c->today)
        return yh_refuse(err, YH_REFUSE_VISIT_FUTURE, yh_time_text(text, in->begin_time), NULL);
    enum yh_status st = yh_member_enrolled(c, in->person, in->scheme, day, m, err);
    if (st == YH_OK)
        st = yh_member_entitled(c, m, day, true, err);
    if (st == YH_OK)
        st = yh_service_opened(c, in->med_type, err);
    return st;
}

enum yh_status yh_visit_register(struct yh_ctx *c, const struct yh_visit_row *in,
                                 struct yh_visit_row *out, struct yh_err *err)
{
    if (yh_eq(c->provider->kind, YH_S("2")))
        return yh_refuse(err, YH_REFUSE_PROVIDER_KIND, c->call->provider, NULL);
    struct yh_member m;
    enum yh_status st = may_begin(c, in, &m, err);
    if (st)
        return st;
    if (yh_is_stay(in->med_type))
        return yh_refuse(err, YH_REFUSE_MED_TYPE_BAD, in->med_type, NULL);
    return yh_visit_new(c, &m, in, out, err);
}

static enum yh_status still_open(const struct yh_visit_row *v, struct yh_err *err)
{
    if (yh_eq(v->status, YH_S("cancelled")))
        return yh_refuse(err, YH_REFUSE_VISIT_CANCELLED, v->visit, NULL);
    if (yh_eq(v->status, YH_S("settled")))
        return yh_refuse(err, YH_REFUSE_VISIT_SETTLED, v->visit, NULL);
    return YH_OK;
}

/* Cancelling needs a visit without charges or settlements in force. */
static enum yh_status cancel(struct yh_ctx *c, struct yh_visit_row *v, struct yh_err *err)
{
    enum yh_status st = still_open(v, err);
    if (st)
        return st;
    struct yh_charge_batch_row *b = NULL;
    int n = 0;
    if ((st = yh_batches_of(c, v, &b, &n, err)) != YH_OK)
        return st;
    for (int i = 0; i < n; i++) {
        if (b[i].settlement.n)
            return yh_refuse(err, YH_REFUSE_VISIT_HAS_SETTLEMENT, v->visit, "结算 %.*s",
                             YH_ARG(b[i].settlement));
        if (b[i].lines)
            return yh_refuse(err, YH_REFUSE_VISIT_HAS_CHARGES, v->visit,
                             "批次 %.*s 有 %d 条明细", YH_ARG(b[i].batch), (int)b[i].lines);
    }
    v->status = YH_S("cancelled");
    return yh_put_visit(c->x, v, err);
}

enum yh_status yh_visit_cancel(struct yh_ctx *c, yh_str person, yh_str visit, yh_str number,
                               struct yh_err *err)
{
    struct yh_visit_row v;
    enum yh_status st = yh_visit_open(c, person, visit, &v, err);
    if (st)
        return st;
    if (yh_is_stay(v.med_type))
        return yh_refuse(err, YH_REFUSE_VISIT_KIND, visit, "这是一次住院");
    if (number.n && !yh_eq(number, v.number))
        return yh_refuse(err, YH_REFUSE_VISIT_NUMBER, number, "登记为 %.*s", YH_ARG(v.number));
    return cancel(c, &v, err);
}

enum yh_status yh_diagnoses_put(struct yh_ctx *c, const struct yh_visit_row *v,
                                const struct yh_diagnosis_row *d, int n, yh_day day,
                                struct yh_err *err)
{
    for (int i = 0; i < n; i++) {
        struct yh_diagnosis_row row = d[i];
        bool tcm = yh_eq(row.kind, YH_S("2")) || yh_eq(row.kind, YH_S("3"));
        uint32_t id = YH_CODE_NONE;
        switch (yh_catalog_find(c->world->catalog, tcm ? YH_SPACE_TCM : YH_SPACE_DIAGNOSIS,
                                row.code, day, &id)) {
        case YH_FOUND:
        case YH_UNKNOWN: break;
        case YH_EXPIRED:
            return yh_refuse(err, YH_REFUSE_DIAGNOSIS_EXPIRED, row.code, "%.*s",
                             YH_ARG(row.name));
        case YH_MALFORMED:
            return yh_refuse(err, YH_REFUSE_DIAGNOSIS_BAD, row.code, "%.*s", YH_ARG(row.name));
        }
        row.region = v->region;
        row.grp = v->grp;
        row.visit = v->visit;
        enum yh_status st = yh_put_diagnosis(c->x, &row, err);
        if (st)
            return st;
    }
    return YH_OK;
}

enum yh_status yh_visit_describe(struct yh_ctx *c, const struct yh_visit_row *in,
                                 const struct yh_diagnosis_row *d, int n, struct yh_err *err)
{
    struct yh_visit_row v;
    enum yh_status st = yh_visit_open(c, in->person, in->visit, &v, err);
    if (st == YH_OK)
        st = still_open(&v, err);
    if (st)
        return st;
    if (yh_is_stay(in->med_type) || yh_is_stay(v.med_type))
        return yh_refuse(err, YH_REFUSE_MED_TYPE_BAD, in->med_type, "2203 用于门诊");
    if (v.med_type.n && !yh_eq(v.med_type, in->med_type))
        return yh_refuse(err, YH_REFUSE_MED_TYPE_OTHER, in->med_type, "已登记为 %.*s",
                         YH_ARG(v.med_type));
    if ((st = yh_service_opened(c, in->med_type, err)) != YH_OK)
        return st;
    yh_day day = yh_time_day(in->begin_time ? in->begin_time : v.begin_time);
    if (day > c->today || day < yh_time_day(v.begin_time)) {
        char text[32];
        return yh_refuse(err, YH_REFUSE_VISIT_FUTURE, yh_time_text(text, in->begin_time),
                         "应在登记日与今天之间");
    }
    v.med_type = in->med_type;
    v.disease = in->disease;
    v.disease_name = in->disease_name;
    v.delivery = in->delivery;
    v.external_cause |= in->external_cause;
    v.third_party |= in->third_party;
    if (in->extra.n)
        v.extra = in->extra;
    for (int i = 0; i < n; i++)
        if (d[i].valid && (d[i].sort == 1 || !v.main_diagnosis.n)) {
            v.main_diagnosis = d[i].code;
            v.main_diagnosis_name = d[i].name;
        }
    if ((st = yh_diagnoses_put(c, &v, d, n, day, err)) != YH_OK)
        return st;
    return yh_put_visit(c->x, &v, err);
}

/* ---- stays ---- */

static bool stay_in_force(const struct yh_visit_row *v)
{
    return yh_is_stay(v->med_type) && !yh_eq(v->status, YH_S("cancelled"));
}

/* A stay that begins then may stand beside the person's other ones; `self` "" is a new one. */
static enum yh_status apart_from_others(struct yh_ctx *c, const struct yh_person_row *p,
                                        yh_str self, yh_time begin, struct yh_err *err)
{
    struct yh_visit_row *all = NULL;
    int n = 0;
    enum yh_status st = yh_visits_of(c, p, &all, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (!stay_in_force(&all[i]) || yh_eq(all[i].visit, self))
            continue;
        if (!all[i].end_time && !self.n)
            return yh_refuse(err, YH_REFUSE_IN_HOSPITAL, p->person, "就诊 %.*s，机构 %.*s",
                             YH_ARG(all[i].visit), YH_ARG(all[i].provider));
        yh_day end = all[i].end_time ? yh_time_day(all[i].end_time) : YH_DAY_MAX;
        if (yh_time_day(begin) < end && yh_time_day(all[i].begin_time) <= yh_time_day(begin)) {
            char text[32];
            return yh_refuse(err, YH_REFUSE_STAY_OVERLAP, yh_time_text(text, begin),
                             "就诊 %.*s", YH_ARG(all[i].visit));
        }
    }
    return st;
}

enum yh_status yh_stay_ends_before_others(struct yh_ctx *c, const struct yh_visit_row *v,
                                          yh_time end, struct yh_err *err)
{
    struct yh_person_row p = { .region = v->region, .grp = v->grp, .person = v->person };
    struct yh_visit_row *all = NULL;
    int n = 0;
    char text[32];
    enum yh_status st = yh_visits_of(c, &p, &all, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (stay_in_force(&all[i]) && !yh_eq(all[i].visit, v->visit) &&
            yh_time_day(v->begin_time) < yh_time_day(all[i].begin_time) &&
            yh_time_day(all[i].begin_time) < yh_time_day(end))
            return yh_refuse(err, YH_REFUSE_STAY_ENDS_IN_OTHER, yh_time_text(text, end),
                             "就诊 %.*s", YH_ARG(all[i].visit));
    return st;
}

enum yh_status yh_stay_admit(struct yh_ctx *c, const struct yh_visit_row *in,
                             const struct yh_diagnosis_row *d, int n, struct yh_visit_row *out,
                             struct yh_err *err)
{
    if (yh_eq(c->provider->kind, YH_S("2")))
        return yh_refuse(err, YH_REFUSE_PROVIDER_KIND, c->call->provider, NULL);
    if (!yh_is_stay(in->med_type))
        return yh_refuse(err, YH_REFUSE_MED_TYPE_BAD, in->med_type, "2401 用于住院");
    struct yh_member m;
    enum yh_status st = may_begin(c, in, &m, err);
    if (st)
        return st;
    if ((st = apart_from_others(c, m.person, YH_S(""), in->begin_time, err)) != YH_OK)
        return st;
    struct yh_visit_row made;
    if ((st = yh_visit_new(c, &m, in, &made, err)) != YH_OK)
        return st;
    if ((st = yh_diagnoses_put(c, &made, d, n, yh_time_day(in->begin_time), err)) != YH_OK)
        return st;
    c->made = made.visit;
    *out = made;
    return YH_OK;
}

static enum yh_status open_stay(struct yh_ctx *c, yh_str person, yh_str visit,
                                struct yh_visit_row *v, struct yh_err *err)
{
    enum yh_status st = yh_visit_open(c, person, visit, v, err);
    if (st)
        return st;
    if (!yh_is_stay(v->med_type))
        return yh_refuse(err, YH_REFUSE_VISIT_KIND, visit, "这不是一次住院");
    if (yh_eq(v->status, YH_S("cancelled")))
        return yh_refuse(err, YH_REFUSE_VISIT_CANCELLED, visit, NULL);
    return YH_OK;
}

static void take(yh_str *to, yh_str from)
{
    if (from.n)
        *to = from;
}

/* A stay moved to another first day must be one that could have begun then, and keeps its lines. */
static enum yh_status may_move(struct yh_ctx *c, const struct yh_visit_row *v, yh_time begin,
                               struct yh_err *err)
{
    struct yh_visit_row in = {
        .person = v->person, .scheme = v->scheme, .begin_time = begin, .med_type = v->med_type
    };
    struct yh_member m;
    struct yh_charge_batch_row *row = NULL;
    struct yh_charge_line *line = NULL;
    int *from = NULL, n = 0, nline = 0;
    char text[32];
    if (v->end_time && begin > v->end_time) {
        char end[32];
        return yh_refuse(err, YH_REFUSE_BEGIN_AFTER_END, yh_time_text(text, begin),
                         "出院时间 %.*s", YH_ARG(yh_time_text(end, v->end_time)));
    }
    enum yh_status st = may_begin(c, &in, &m, err);
    if (st == YH_OK)
        st = apart_from_others(c, m.person, v->visit, begin, err);
    struct yh_visit_row moved = *v;
    moved.begin_time = begin;
    if (st == YH_OK && v->end_time)
        st = yh_stay_ends_before_others(c, &moved, v->end_time, err);
    if (st == YH_OK)
        st = yh_batches_of(c, v, &row, &n, err);
    if (st == YH_OK)
        st = yh_batch_lines(c, row, n, &line, &from, &nline, err);
    for (int i = 0; st == YH_OK && i < nline; i++)
        if (yh_time_day(line[i].time) < yh_time_day(begin))
            return yh_refuse(err, YH_REFUSE_LINE_DAY, yh_time_text(text, line[i].time),
                             "明细 %.*s 早于新的入院日期", YH_ARG(line[i].serial));
    return st;
}

enum yh_status yh_stay_change(struct yh_ctx *c, const struct yh_visit_row *in,
                              const struct yh_diagnosis_row *d, int n, struct yh_err *err)
{
    struct yh_visit_row v;
    enum yh_status st = open_stay(c, in->person, in->visit, &v, err);
    if (st == YH_OK)
        st = still_open(&v, err);
    if (st)
        return st;
    if (in->med_type.n && !yh_is_stay(in->med_type))
        return yh_refuse(err, YH_REFUSE_MED_TYPE_BAD, in->med_type,
                         "住院只能改为另一种住院类别");
    if ((st = yh_service_opened(c, in->med_type, err)) != YH_OK)
        return st;
    if (in->begin_time && in->begin_time != v.begin_time &&
        (st = may_move(c, &v, in->begin_time, err)) != YH_OK)
        return st;
    if (in->begin_time)
        v.begin_time = in->begin_time;
    take(&v.med_type, in->med_type);
    take(&v.number, in->number);
    take(&v.disease, in->disease);
    take(&v.disease_name, in->disease_name);
    take(&v.setlway, in->setlway);
    take(&v.main_diagnosis, in->main_diagnosis);
    take(&v.main_diagnosis_name, in->main_diagnosis_name);
    take(&v.doctor, in->doctor);
    take(&v.doctor_name, in->doctor_name);
    take(&v.department, in->department);
    take(&v.department_name, in->department_name);
    take(&v.bed, in->bed);
    take(&v.delivery, in->delivery);
    take(&v.extra, in->extra);
    if (in->fetuses)
        v.fetuses = in->fetuses;
    v.external_cause |= in->external_cause;
    v.third_party |= in->third_party;
    if ((st = yh_diagnoses_put(c, &v, d, n, yh_time_day(v.begin_time), err)) != YH_OK)
        return st;
    return yh_put_visit(c->x, &v, err);
}

enum yh_status yh_stay_discharge(struct yh_ctx *c, const struct yh_visit_row *in,
                                 const struct yh_diagnosis_row *d, int n, struct yh_err *err)
{
    struct yh_visit_row v;
    char text[32];
    enum yh_status st = open_stay(c, in->person, in->visit, &v, err);
    if (st)
        return st;
    /* No order between 2402 and 2304 is stated: a stay settled before its discharge may still be
     * discharged. */
    bool settled = yh_eq(v.status, YH_S("settled"));
    if (yh_eq(v.status, YH_S("discharged")) || (settled && v.end_time))
        return yh_refuse(err, YH_REFUSE_VISIT_DISCHARGED, v.visit, NULL);
    if (in->end_time < v.begin_time)
        return yh_refuse(err, YH_REFUSE_END_BEFORE_BEGIN, yh_time_text(text, in->end_time),
                         NULL);
    if (yh_time_day(in->end_time) > c->today)
        return yh_refuse(err, YH_REFUSE_END_FUTURE, yh_time_text(text, in->end_time), NULL);
    if ((st = yh_stay_ends_before_others(c, &v, in->end_time, err)) != YH_OK)
        return st;
    v.end_time = in->end_time;
    take(&v.disease, in->disease);
    take(&v.disease_name, in->disease_name);
    take(&v.delivery, in->delivery);
    take(&v.department, in->department);
    take(&v.department_name, in->department_name);
    take(&v.bed, in->bed);
    take(&v.extra, in->extra);
    if (in->fetuses)
        v.fetuses = in->fetuses;
    for (int i = 0; i < n; i++)
        if (d[i].main && d[i].code.n) {
            v.main_diagnosis = d[i].code;
            v.main_diagnosis_name = d[i].name;
        }
    if (!settled)
        v.status = YH_S("discharged");
    if ((st = yh_diagnoses_put(c, &v, d, n, yh_time_day(v.begin_time), err)) != YH_OK)
        return st;
    return yh_put_visit(c->x, &v, err);
}

enum yh_status yh_stay_reopen(struct yh_ctx *c, yh_str person, yh_str visit, struct yh_err *err)
{
    struct yh_visit_row v;
    enum yh_status st = open_stay(c, person, visit, &v, err);
    if (st)
        return st;
    if (yh_eq(v.status, YH_S("settled")))
        return yh_refuse(err, YH_REFUSE_VISIT_HAS_SETTLEMENT, visit, NULL);
    if (!v.end_time)
        return yh_refuse(err, YH_REFUSE_VISIT_NOT_DISCHARGED, visit, NULL);
    v.end_time = 0;
    v.status = YH_S("open");
    return yh_put_visit(c->x, &v, err);
}

enum yh_status yh_stay_cancel(struct yh_ctx *c, yh_str person, yh_str visit, struct yh_err *err)
{
    struct yh_visit_row v;
    enum yh_status st = open_stay(c, person, visit, &v, err);
    if (st)
        return st;
    if (v.interims)
        return yh_refuse(err, YH_REFUSE_VISIT_HAS_SETTLEMENT, visit, NULL);
    return cancel(c, &v, err);
}
