/* A consent holds from the owner's own act until its last day or its withdrawal, and for its scope alone. */
#include "base/test.h"
#include "service/consent.h"

#define OWNER YH_S("1")
#define MEMBER YH_S("2")

struct room {
    struct yh_arena arena;
    struct yh_store *store;
    struct yh_txn x;
    struct yh_err err;
    yh_time now;
};

static void open(struct room *r)
{
    struct yh_store_options opt = { .now = 0 };
    *r = (struct room){ .now = yh_day_time(yh_day_of(2026, 3, 18)) + 36000 };
    CHECK(yh_arena_open(&r->arena, 1 << 24, NULL) == YH_OK);
    CHECK(yh_store_open(YH_S("memory:"), &opt, &r->store, NULL) == YH_OK);
    CHECK(yh_store_batch_begin(r->store, NULL) == YH_OK);
    CHECK(yh_txn_begin(r->store, (struct yh_group){ YH_S(""), 0 }, &r->arena, &r->x, NULL) ==
          YH_OK);
}

static void close(struct room *r)
{
    CHECK(yh_txn_keep(&r->x, NULL) == YH_OK);
    CHECK(yh_store_batch_commit(r->store, NULL) == YH_OK);
    yh_store_close(r->store);
    yh_arena_close(&r->arena);
}

static enum yh_status holds(struct room *r, yh_day day, int scope)
{
    return yh_consent_holds(&r->x, day, OWNER, MEMBER, scope, &r->err);
}

TEST(a_consent_holds_for_its_days_and_its_scope)
{
    struct room r;
    open(&r);
    yh_day today = yh_time_day(r.now), last = today + 30;
    CHECK(holds(&r, today, YH_CONSENT_BILLS) == YH_DENIED);
    CHECK_OK(yh_consent_ask(&r.x, r.now, OWNER, MEMBER, YH_S("子女"),
                            YH_CONSENT_BILLS | YH_CONSENT_ACT, YH_S("我来帮您办"), &r.err),
             &r.err);
    CHECK(holds(&r, today, YH_CONSENT_BILLS) == YH_DENIED); /* asking gives nothing */
    CHECK_OK(
        yh_consent_give(&r.x, r.now, OWNER, MEMBER, YH_S(""), YH_CONSENT_BILLS, last, &r.err),
        &r.err);
    CHECK(holds(&r, today, YH_CONSENT_BILLS) == YH_OK);
    CHECK(holds(&r, last, YH_CONSENT_BILLS) == YH_OK);         /* the last day is in */
    CHECK(holds(&r, last + 1, YH_CONSENT_BILLS) == YH_DENIED); /* the next is not */
    CHECK(holds(&r, today - 1, YH_CONSENT_BILLS) == YH_DENIED);
    CHECK(holds(&r, today, YH_CONSENT_ACT) == YH_DENIED); /* asked, not given */
    CHECK(holds(&r, today, YH_CONSENT_BILLS | YH_CONSENT_YEAR) == YH_DENIED);
    CHECK(holds(&r, today, YH_CONSENT_ANY) == YH_OK);
    /* The other way round it is nothing: who may look is not looked at. */
    CHECK(yh_consent_holds(&r.x, today, MEMBER, OWNER, YH_CONSENT_BILLS, &r.err) == YH_DENIED);
    CHECK_OK(yh_consent_withdraw(&r.x, r.now + 60, OWNER, MEMBER, OWNER, &r.err), &r.err);
    CHECK(holds(&r, today, YH_CONSENT_ANY) == YH_DENIED);
    CHECK(yh_consent_withdraw(&r.x, r.now + 61, OWNER, MEMBER, OWNER, &r.err) == YH_NOT_FOUND);
    struct yh_consent_step_row like = { .owner = OWNER, .member = MEMBER }, *s = NULL;
    int n = 0;
    CHECK(yh_list_consent_step(&r.x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like,
                               &s, &n, NULL) == YH_OK);
    CHECK_I64(n, 3, "asked, given, withdrawn: each on record");
    CHECK_STR(s[0].act, YH_S("ask"), "first");
    CHECK_STR(s[2].by_person, OWNER, "who took it back");
    close(&r);
}

TEST(a_refusal_is_quiet_for_a_month)
{
    struct room r;
    open(&r);
    yh_time day = 86400;
    CHECK_OK(
        yh_consent_ask(&r.x, r.now, OWNER, MEMBER, YH_S(""), YH_CONSENT_YEAR, YH_S(""), &r.err),
        &r.err);
    CHECK_OK(yh_consent_refuse(&r.x, r.now, OWNER, MEMBER, &r.err), &r.err);
    CHECK(yh_consent_refuse(&r.x, r.now, OWNER, MEMBER, &r.err) == YH_NOT_FOUND);
    CHECK(yh_consent_ask(&r.x, r.now + 29 * day, OWNER, MEMBER, YH_S(""), YH_CONSENT_YEAR,
                         YH_S(""), &r.err) == YH_CONFLICT);
    CHECK_OK(yh_consent_ask(&r.x, r.now + 30 * day, OWNER, MEMBER, YH_S(""), YH_CONSENT_YEAR,
                            YH_S(""), &r.err),
             &r.err);
    CHECK(holds(&r, yh_time_day(r.now) + 30, YH_CONSENT_YEAR) == YH_DENIED);
    close(&r);
}

TEST(what_cannot_be_given_is_told_at_its_field)
{
    struct room r;
    int scope;
    open(&r);
    yh_day today = yh_time_day(r.now);
    CHECK(yh_consent_scope_read(YH_S("bills act"), &scope, &r.err) == YH_OK);
    CHECK_I64(scope, YH_CONSENT_BILLS | YH_CONSENT_ACT, "two words");
    CHECK(yh_consent_scope_read(YH_S("bills everything"), &scope, &r.err) == YH_BAD_INPUT);
    CHECK(yh_consent_scope_read(YH_S(" "), &scope, &r.err) == YH_BAD_INPUT);
    CHECK(yh_consent_give(&r.x, r.now, OWNER, MEMBER, YH_S(""), 1, today - 1, &r.err) ==
          YH_BAD_INPUT);
    CHECK_STR(yh_cstr(r.err.field), YH_S("to"), "a day that has passed");
    CHECK(yh_consent_give(&r.x, r.now, OWNER, MEMBER, YH_S(""), 1,
                          today + YH_CONSENT_DAYS_MAX + 1, &r.err) == YH_BAD_INPUT);
    CHECK(yh_consent_give(&r.x, r.now, OWNER, OWNER, YH_S(""), 1, today, &r.err) ==
          YH_BAD_INPUT);
    CHECK_OK(yh_consent_give(&r.x, r.now, OWNER, MEMBER, YH_S(""), 1,
                             today + YH_CONSENT_DAYS_MAX, &r.err),
             &r.err);
    close(&r);
}

static void born(struct room *r, yh_str person, yh_day day)
{
    struct yh_person_row p = {
        .region = YH_S("990100"), .grp = 1, .person = person, .born = day
    };
    struct yh_person_key_row key = {
        .kind = YH_S("psn"), .value = person, .region = p.region, .grp = 1, .person = person
    };
    yh_txn_group(&r->x, (struct yh_group){ p.region, p.grp });
    CHECK_OK(yh_put_person(&r->x, &p, &r->err), &r->err);
    CHECK_OK(yh_put_person_key(&r->x, &key, &r->err), &r->err);
}

TEST(a_guardian_may_all_until_the_eighteenth_birthday)
{
    struct room r;
    open(&r);
    yh_day today = yh_time_day(r.now), eighteen = today + 10;
    CHECK_I64(yh_guard_ends(yh_day_of(2008, 2, 29)), yh_day_of(2026, 3, 1),
              "born on 29 February");
    CHECK_I64(yh_guard_ends(yh_day_of(2008, 3, 18)), today, "that day is no longer a minor's");
    born(&r, OWNER, yh_day_of(2008, 3, 28));
    CHECK_I64(yh_guard_enter(&r.x, r.now, OWNER, MEMBER, YH_S("母亲"), &r.err), YH_NOT_FOUND,
              "nobody");
    born(&r, MEMBER, yh_day_of(2010, 1, 1));
    CHECK_I64(yh_guard_enter(&r.x, r.now, OWNER, MEMBER, YH_S("母亲"), &r.err), YH_CONFLICT,
              "a minor guards nobody");
    born(&r, MEMBER, yh_day_of(1980, 1, 1));
    CHECK_OK(yh_guard_enter(&r.x, r.now, OWNER, MEMBER, YH_S("母亲"), &r.err), &r.err);
    CHECK_I64(holds(&r, today, YH_CONSENT_ACT | YH_CONSENT_ACCOUNT), YH_OK, "every scope");
    CHECK_I64(holds(&r, eighteen - 1, YH_CONSENT_ACT), YH_OK, "the last day");
    CHECK_I64(holds(&r, eighteen, YH_CONSENT_ACT), YH_DENIED, "the birthday");
    CHECK_I64(yh_consent_withdraw(&r.x, r.now, OWNER, MEMBER, OWNER, &r.err), YH_DENIED,
              "not the child's to end");
    CHECK_I64(yh_consent_give(&r.x, r.now, OWNER, MEMBER, YH_S(""), YH_CONSENT_BILLS,
                              today + 300, &r.err),
              YH_CONFLICT, "nor to narrow");
    /* The record said the wrong year. */
    born(&r, OWNER, yh_day_of(2006, 3, 28));
    CHECK_I64(holds(&r, today, YH_CONSENT_BILLS), YH_DENIED, "as it is known now");
    born(&r, OWNER, yh_day_of(2008, 3, 28));
    CHECK_OK(yh_guard_end(&r.x, r.now, OWNER, MEMBER, &r.err), &r.err);
    CHECK_I64(holds(&r, today, YH_CONSENT_BILLS), YH_DENIED, "ended at the desk");
    CHECK_I64(yh_guard_end(&r.x, r.now, OWNER, MEMBER, &r.err), YH_NOT_FOUND, "once");
    /* Of age, they consent themselves. */
    r.now += 20 * 86400;
    CHECK_I64(yh_guard_enter(&r.x, r.now, OWNER, MEMBER, YH_S("母亲"), &r.err), YH_CONFLICT,
              "eighteen");
    CHECK_OK(yh_consent_give(&r.x, r.now, OWNER, MEMBER, YH_S("母亲"), YH_CONSENT_BILLS,
                             yh_time_day(r.now) + 30, &r.err),
             &r.err);
    close(&r);
}
