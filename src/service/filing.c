#include "service/filing.h"
#include <inttypes.h>
#include "service/whose.h"

static bool is(const struct yh_filing_row *f, const char *kind)
{
    return yh_eq(f->kind, yh_cstr(kind));
}

static bool alive(const struct yh_filing_row *f)
{
    return yh_eq(f->state, YH_S("filed")) || yh_eq(f->state, YH_S("approved"));
}

/* ---- what is filed must make sense ---- */

static enum yh_status check_code(struct yh_ctx *c, enum yh_code_space space,
                                 enum yh_refusal bad, yh_str code, yh_day day,
                                 struct yh_err *err)
{
    uint32_t id = YH_CODE_NONE;
    switch (yh_catalog_find(c->world->catalog, space, code, day, &id)) {
    case YH_FOUND: return YH_OK;
    case YH_UNKNOWN:
        yh_warn(c, "编码 %.*s 不在本系统目录中，已受理", YH_ARG(code));
        return YH_OK;
    case YH_EXPIRED: return yh_refuse(err, bad, code, "编码当日无效");
    case YH_MALFORMED: return yh_refuse(err, bad, code, "不符合编码规则");
    }
    return YH_OK;
}

static enum yh_status check_provider(struct yh_ctx *c, const struct yh_filing_row *f,
                                     struct yh_err *err)
{
    if (!f->provider.n)
        return YH_OK;
    struct yh_provider_row p = { .provider = f->provider };
    enum yh_status st = yh_get_provider(c->x, &p, err);
    if (st == YH_NOT_FOUND && is(f, "2505"))
        return yh_refuse(err, YH_REFUSE_PROVIDER_UNKNOWN, f->provider, NULL);
    if (st == YH_NOT_FOUND) {
        yh_warn(c, "机构 %.*s 未在本系统登记，已受理", YH_ARG(f->provider));
        return YH_OK;
    }
    return st;
}

static enum yh_status check(struct yh_ctx *c, const struct yh_filing_row *f, struct yh_err *err)
{
    char day[16];
    if (f->to_day <= f->from_day)
        return yh_refuse(err, YH_REFUSE_FILING_PERIOD,
                         yh_day_text(day, (yh_day)(f->to_day - 1)), NULL);
    enum yh_status st = YH_OK;
    if (is(f, "2503"))
        st = check_code(c, YH_SPACE_CHRONIC, YH_REFUSE_FILING_CODE, f->code,
                        (yh_day)f->from_day, err);
    yh_str diagnosis = is(f, "2501") ? yh_json_member(c, f->body, YH_S("diag_code")) : YH_S("");
    if (diagnosis.n)
        st = check_code(c, YH_SPACE_DIAGNOSIS, YH_REFUSE_DIAGNOSIS_BAD, diagnosis,
                        (yh_day)f->from_day, err);
    return st ? st : check_provider(c, f, err);
}

/* ---- the same filing twice ---- */

static bool same_matter(struct yh_ctx *c, const struct yh_filing_row *a,
                        const struct yh_filing_row *b)
{
    if (!yh_eq(a->code, b->code))
        return false;
    if (is(a, "2503"))
        return yh_eq(a->scheme, b->scheme);
    if (is(a, "2505")) {
        yh_str rank = YH_S("fix_srt_no");
        return yh_eq(a->provider, b->provider) ||
               yh_eq(yh_json_member(c, a->body, rank), yh_json_member(c, b->body, rank));
    }
    return yh_eq(a->provider, b->provider);
}

static enum yh_status check_twice(struct yh_ctx *c, const struct yh_filing_row *f,
                                  struct yh_err *err)
{
    struct yh_filing_row *row = NULL;
    int n = 0;
    struct yh_span span = { .index = YH_BY_KEY, .same = 4 };
    enum yh_status st = yh_list_filing(c->x, span, f, &row, &n, err);
    char day[16];
    for (int i = 0; st == YH_OK && i < n; i++)
        if (alive(&row[i]) && row[i].from_day < f->to_day && f->from_day < row[i].to_day &&
            same_matter(c, &row[i], f))
            return yh_refuse(err, YH_REFUSE_FILING_EXISTS,
                             yh_day_text(day, (yh_day)f->from_day), "备案 %.*s",
                             YH_ARG(row[i].serial));
    return st;
}

enum yh_status yh_file_make(struct yh_ctx *c, const struct yh_filing_row *in,
                            struct yh_filing_row *out, struct yh_err *err)
{
    struct yh_member m;
    yh_day from = (yh_day)in->from_day;
    enum yh_status st = yh_member_open(c, in->person, in->scheme, from, &m, err);
    if (st == YH_OK)
        st = yh_member_entitled(c, &m, from, false, err);
    if (st)
        return st;
    struct yh_filing_row f = *in;
    f.region = m.person->region;
    f.grp = m.person->grp;
    f.person = m.person->person;
    f.scheme = f.scheme.n || !m.enrolment ? f.scheme : m.enrolment->scheme;
    f.to_day = yh_day_after(in->to_day);
    f.state = YH_S("filed");
    f.time = c->now;
    f.filed_by = c->call->provider;
    f.memo = YH_S("");
    if ((st = check(c, &f, err)) != YH_OK || (st = check_twice(c, &f, err)) != YH_OK)
        return st;
    int64_t n = 0;
    yh_str scope = yh_fmt(c->arena, "%.*s %" PRId64, YH_ARG(f.region), f.grp);
    if ((st = yh_txn_next(c->x, scope, YH_S("filing"), &n, err)) != YH_OK)
        return st;
    f.serial = yh_fmt(c->arena, "%.*sT%08" PRId64 "%04" PRId64, YH_ARG(f.region), f.grp, n);
    if ((st = yh_add_filing(c->x, &f, err)) == YH_OK)
        *out = f;
    return st;
}

/* ---- afterwards ---- */

static enum yh_status find(struct yh_ctx *c, yh_str person, yh_str kind, yh_str serial,
                           struct yh_filing_row *out, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    int n = 0;
    enum yh_status st = yh_groups_of(c, person, &key, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_filing_row row = { .region = key[i].region,
                                     .grp = key[i].grp,
                                     .person = key[i].person,
                                     .kind = kind,
                                     .serial = serial };
        st = yh_get_filing(c->x, &row, err);
        if (st == YH_OK) {
            yh_group_enter(c, &key[i]);
            *out = row;
            return YH_OK;
        }
        st = st == YH_NOT_FOUND ? YH_OK : st;
    }
    return st ? st : yh_refuse(err, YH_REFUSE_FILING_UNKNOWN, serial, NULL);
}

enum yh_status yh_file_undo(struct yh_ctx *c, yh_str person, yh_str kind, yh_str serial,
                            yh_str memo, struct yh_err *err)
{
    struct yh_filing_row f;
    enum yh_status st = find(c, person, kind, serial, &f, err);
    if (st)
        return st;
    if (yh_eq(f.state, YH_S("undone")))
        return yh_refuse(err, YH_REFUSE_FILING_UNDONE, serial, NULL);
    if (!yh_eq(f.state, YH_S("filed")))
        return yh_refuse(err, YH_REFUSE_FILING_REVIEWED, serial, NULL);
    if (f.filed_by.n && !yh_eq(f.filed_by, c->call->provider))
        return yh_refuse(err, YH_REFUSE_FILING_OTHER, serial, NULL);
    f.state = YH_S("undone");
    f.memo = memo;
    return yh_put_filing(c->x, &f, err);
}
