#include "service/consent.h"
#include <stdlib.h>

/* The row of a psn_no; YH_NOT_FOUND. */
static enum yh_status person_of(struct yh_txn *x, yh_str person, struct yh_person_row *out,
                                struct yh_err *err)
{
    struct yh_person_key_row like = { .kind = YH_S("psn"), .value = person }, *key = NULL;
    int n = 0;
    enum yh_status st = yh_list_person_key(
        x, (struct yh_span){ .index = YH_BY_KEY, .same = 2, .most = 1 }, &like, &key, &n, err);
    if (st || !n)
        return st ? st : yh_fail_field(err, YH_NOT_FOUND, "person", "", "没有这个参保人");
    struct yh_person_row p = { .region = key->region, .grp = key->grp, .person = person };
    if ((st = yh_get_person(x, &p, err)) == YH_OK)
        *out = p;
    return st;
}

static const struct {
    const char *word, *text;
} SCOPE[] = {
#define S(name, word, text) { word, text },
#include "service/consent.def"
};

#define WORDS_MAX 200
#define RELATION_MAX 10

enum yh_status yh_consent_scope_read(yh_str words, int *out, struct yh_err *err)
{
    int bits = 0;
    for (yh_str rest = yh_trim(words); rest.n;) {
        yh_str one = yh_trim(yh_cut(&rest, ' '));
        int i = 0;
        while (i < YH_COUNT(SCOPE) && !yh_eq(one, yh_cstr(SCOPE[i].word)))
            i++;
        if (one.n && i == YH_COUNT(SCOPE))
            return yh_fail_field(err, YH_BAD_INPUT, "scope", "",
                                 "scope：没有“%.*s”这一项，可选 bills、year、account、act",
                                 YH_ARG(one));
        if (one.n)
            bits |= 1 << i;
    }
    if (!bits)
        return yh_fail_field(err, YH_BAD_INPUT, "scope", "", "请至少选一项允许查看的内容");
    *out = bits;
    return YH_OK;
}

static enum yh_status step(struct yh_txn *x, const struct yh_consent_row *r, const char *act,
                           yh_str by, int64_t scope, yh_str words, struct yh_err *err)
{
    struct yh_consent_step_row s = { .owner = r->owner,
                                     .member = r->member,
                                     .nth = r->steps,
                                     .act = yh_cstr(act),
                                     .by_person = by,
                                     .scope = scope,
                                     .to_day = r->to_day,
                                     .words = words,
                                     .time = r->changed };
    enum yh_status st = yh_put_consent(x, r, err);
    return st ? st : yh_add_consent_step(x, &s, err);
}

/* The pair's row; an empty one when there is none. */
static enum yh_status take(struct yh_txn *x, yh_time now, yh_str owner, yh_str member,
                           struct yh_consent_row *out, struct yh_err *err)
{
    *out = (struct yh_consent_row){ .owner = owner, .member = member };
    enum yh_status st = yh_get_consent(x, out, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    if (st)
        *out = (struct yh_consent_row){
            .owner = owner, .member = member, .relation = YH_S(""), .words = YH_S("")
        };
    out->changed = now;
    out->steps++;
    return YH_OK;
}

static enum yh_status may_begin(struct yh_txn *x, yh_str owner, yh_str member, yh_str relation,
                                yh_str words, struct yh_err *err)
{
    struct yh_consent_row *row = NULL;
    int n = 0;
    if (yh_eq(owner, member))
        return yh_fail_field(err, YH_BAD_INPUT, "name", "", "这是您自己，不需要授权");
    if (yh_utf8_count(words) > WORDS_MAX)
        return yh_fail_field(err, YH_BAD_INPUT, "words", "", "留言最多 200 个字");
    if (yh_utf8_count(relation) > RELATION_MAX)
        return yh_fail_field(err, YH_BAD_INPUT, "relation", "", "关系最多 10 个字，如 子女");
    enum yh_status st = yh_consents_of(x, member, true, &row, &n, err);
    if (st == YH_OK && n >= YH_CONSENT_MOST)
        return yh_fail(err, YH_LIMIT, "一个人最多与 %d 位家人建立授权", YH_CONSENT_MOST);
    return st;
}

enum yh_status yh_consent_ask(struct yh_txn *x, yh_time now, yh_str owner, yh_str member,
                              yh_str relation, int scope, yh_str words, struct yh_err *err)
{
    struct yh_consent_row r;
    enum yh_status st = may_begin(x, owner, member, relation, words, err);
    if (st == YH_OK)
        st = take(x, now, owner, member, &r, err);
    if (st)
        return st;
    if (r.refused && yh_time_day(now) < yh_time_day(r.refused) + YH_CONSENT_QUIET_DAYS)
        return yh_fail_field(err, YH_CONFLICT, "name", "",
                             "对方不久前没有同意，%d 天内不能再请求", YH_CONSENT_QUIET_DAYS);
    r.asked = scope;
    r.relation = relation;
    r.words = words;
    return step(x, &r, "ask", member, scope, words, err);
}

enum yh_status yh_consent_give(struct yh_txn *x, yh_time now, yh_str owner, yh_str member,
                               yh_str relation, int scope, yh_day last, struct yh_err *err)
{
    struct yh_consent_row r;
    yh_day today = yh_time_day(now);
    if (last < today || last - today > YH_CONSENT_DAYS_MAX)
        return yh_fail_field(err, YH_BAD_INPUT, "to", "",
                             "截止日期应在今天与三年之内，如 2027-01-01");
    enum yh_status st = may_begin(x, owner, member, relation, YH_S(""), err);
    if (st == YH_OK)
        st = take(x, now, owner, member, &r, err);
    if (st)
        return st;
    if (r.guard && today < r.to_day)
        return yh_fail_field(err, YH_CONFLICT, "name", "",
                             "对方是监护人，已能查看和代办，十八周岁时自动终止");
    r.guard = 0;
    r.given = scope;
    r.asked = 0;
    r.refused = 0;
    r.from_day = today;
    r.to_day = last + 1;
    if (relation.n)
        r.relation = relation;
    return step(x, &r, "give", owner, scope, YH_S(""), err);
}

enum yh_status yh_consent_refuse(struct yh_txn *x, yh_time now, yh_str owner, yh_str member,
                                 struct yh_err *err)
{
    struct yh_consent_row r;
    enum yh_status st = take(x, now, owner, member, &r, err);
    if (st)
        return st;
    if (!r.asked)
        return yh_fail_field(err, YH_NOT_FOUND, "person", "", "没有待答复的请求");
    r.asked = 0;
    r.refused = now;
    return step(x, &r, "refuse", owner, r.given, YH_S(""), err);
}

enum yh_status yh_consent_withdraw(struct yh_txn *x, yh_time now, yh_str owner, yh_str member,
                                   yh_str by, struct yh_err *err)
{
    struct yh_consent_row r;
    enum yh_status st = take(x, now, owner, member, &r, err);
    if (st)
        return st;
    if (!r.given && !r.asked)
        return yh_fail_field(err, YH_NOT_FOUND, "person", "", "没有可以收回的授权");
    if (r.guard && yh_eq(by, owner) && yh_time_day(now) < r.to_day)
        return yh_fail_field(err, YH_DENIED, "person", "",
                             "监护关系到十八周岁自动终止；有变更的请到窗口办理");
    r.given = r.asked = r.guard = 0;
    r.to_day = yh_time_day(now);
    return step(x, &r, "withdraw", by, 0, YH_S(""), err);
}

/* ---- guardians ---- */

yh_day yh_guard_ends(yh_day born)
{
    yh_day day = yh_add_months(born, 18 * 12);
    return yh_age_years(born, day) < 18 ? (yh_day)(day + 1) : day; /* of 29 February: 1 March */
}

bool yh_guard_holds(struct yh_txn *x, yh_day day, yh_str owner, yh_str member)
{
    struct yh_consent_row r = { .owner = owner, .member = member };
    struct yh_person_row child;
    return yh_get_consent(x, &r, NULL) == YH_OK && r.guard && r.from_day <= day &&
           day < r.to_day && person_of(x, owner, &child, NULL) == YH_OK &&
           day < yh_guard_ends((yh_day)child.born);
}

enum yh_status yh_guard_enter(struct yh_txn *x, yh_time now, yh_str child, yh_str guardian,
                              yh_str relation, struct yh_err *err)
{
    struct yh_person_row minor, adult;
    struct yh_consent_row r;
    yh_day today = yh_time_day(now);
    enum yh_status st = may_begin(x, child, guardian, relation, YH_S(""), err);
    if (st == YH_OK)
        st = person_of(x, child, &minor, err);
    if (st == YH_OK)
        st = person_of(x, guardian, &adult, err);
    if (st)
        return st;
    if (today >= yh_guard_ends((yh_day)minor.born))
        return yh_fail_field(err, YH_CONFLICT, "ward", "",
                             "已满十八周岁，不需要监护人；由本人在“家人”里同意");
    if (yh_age_years((yh_day)adult.born, today) < 18)
        return yh_fail_field(err, YH_CONFLICT, "person", "", "监护人应已满十八周岁");
    if ((st = take(x, now, child, guardian, &r, err)) != YH_OK)
        return st;
    r.given = YH_CONSENT_ANY;
    r.asked = 0;
    r.refused = 0;
    r.guard = 1;
    r.from_day = today;
    r.to_day = yh_guard_ends((yh_day)minor.born);
    r.relation = relation;
    return step(x, &r, "guard", guardian, r.given, YH_S(""), err);
}

enum yh_status yh_guard_end(struct yh_txn *x, yh_time now, yh_str child, yh_str guardian,
                            struct yh_err *err)
{
    struct yh_consent_row r;
    enum yh_status st = take(x, now, child, guardian, &r, err);
    if (st)
        return st;
    if (!r.guard)
        return yh_fail_field(err, YH_NOT_FOUND, "ward", "", "没有登记这一监护关系");
    r.given = r.asked = r.guard = 0;
    r.to_day = yh_time_day(now);
    return step(x, &r, "unguard", guardian, 0, YH_S(""), err);
}

enum yh_status yh_consent_holds(struct yh_txn *x, yh_day day, yh_str owner, yh_str member,
                                int scope, struct yh_err *err)
{
    struct yh_consent_row r = { .owner = owner, .member = member };
    enum yh_status st = yh_get_consent(x, &r, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    bool holds = st == YH_OK && r.from_day <= day && day < r.to_day && r.given;
    /* A birth date that was corrected since counts as it is now. */
    if (holds && r.guard)
        holds = yh_guard_holds(x, day, owner, member);
    if (holds && (scope == YH_CONSENT_ANY || (r.given & scope) == scope))
        return YH_OK;
    if (!holds)
        return yh_fail(err, YH_DENIED, "没有这位家人的授权，或授权已到期、已收回");
    for (int i = 0; i < YH_COUNT(SCOPE); i++)
        if ((scope & ~r.given) >> i & 1)
            return yh_fail(err, YH_DENIED, "家人没有授权这一项：%s", SCOPE[i].text);
    return YH_OK;
}

static int by_change(const void *a, const void *b)
{
    const struct yh_consent_row *p = a, *q = b;
    return (q->changed > p->changed) - (q->changed < p->changed);
}

enum yh_status yh_consents_of(struct yh_txn *x, yh_str person, bool member,
                              struct yh_consent_row **row, int *n, struct yh_err *err)
{
    struct yh_consent_row like = { .owner = member ? YH_S("") : person,
                                   .member = member ? person : YH_S("") };
    struct yh_span span = { .index = member ? (int)yh_consent_by_member : YH_BY_KEY,
                            .same = 1,
                            .most = 4 * YH_CONSENT_MOST };
    enum yh_status st = yh_list_consent(x, span, &like, row, n, err);
    if (st == YH_OK && *n > 1)
        qsort(*row, (size_t)*n, sizeof **row, by_change);
    return st;
}
