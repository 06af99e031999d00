/* Two persons, one version, one log. */
#include "service/drafting/drafting.h"
#include <stdio.h>
#include "base/test.h"

struct room {
    struct yh_store *store;
    struct yh_arena arena;
    struct yh_txn x;
    yh_time now;
    struct yh_err err;
};

static void open_room(struct room *r)
{
    *r = (struct room){ .now = yh_day_time(yh_day_of(2026, 3, 18)) };
    CHECK_OK(yh_arena_open(&r->arena, (size_t)64 << 20, &r->err), &r->err);
    struct yh_store_options opt = { .region = YH_S("990100"), .now = r->now };
    CHECK_OK(yh_store_open(YH_S("memory:"), &opt, &r->store, &r->err), &r->err);
    CHECK_OK(yh_store_batch_begin(r->store, &r->err), &r->err);
    CHECK_OK(
        yh_txn_begin(r->store, (struct yh_group){ YH_S(""), 0 }, &r->arena, &r->x, &r->err),
        &r->err);
}

static void close_room(struct room *r)
{
    CHECK_OK(yh_txn_keep(&r->x, &r->err), &r->err);
    CHECK_OK(yh_store_batch_commit(r->store, &r->err), &r->err);
    yh_store_close(r->store);
    yh_arena_close(&r->arena);
}

static struct yh_drafter who(struct room *r, const char *user)
{
    return (struct yh_drafter){ &r->x, &r->arena, yh_cstr(user), yh_cstr(user), r->now };
}

static struct yh_draft_text page(const char *text, const char *base)
{
    return (struct yh_draft_text){ .text = yh_cstr(text),
                                   .region = YH_S("990100"),
                                   .scheme = YH_S("390"),
                                   .title = YH_S("测试修订"),
                                   .amends = YH_S("990100/390/2026-01-01"),
                                   .from = yh_day_of(2027, 1, 1),
                                   .base = yh_cstr(base) };
}

static enum yh_status save(struct room *r, const char *user, int64_t draft, int64_t seen,
                           const char *text, struct yh_policy_draft_row *out)
{
    struct yh_drafter d = who(r, user);
    struct yh_draft_text t = page(text, "aa");
    return yh_draft_save(&d, draft, seen, &t, out, &r->err);
}

static enum yh_status take(struct room *r, const char *user, int64_t draft, int64_t version,
                           enum yh_draft_step step, const char *remark)
{
    struct yh_drafter d = who(r, user);
    struct yh_policy_draft_row row;
    return yh_draft_take(&d, draft, version, step, yh_cstr(remark), &row, &r->err);
}

static enum yh_status publish(struct room *r, const char *user, int64_t draft, int64_t version,
                              const char *base, int64_t after,
                              struct yh_policy_publication_row *out)
{
    struct yh_drafter d = who(r, user);
    struct yh_publish p = { draft, version, YH_S("# 正式的正文\n"), yh_cstr(base), after };
    return yh_draft_publish(&d, &p, out, &r->err);
}

TEST(who_wrote_a_draft_never_approves_it)
{
    struct room r;
    struct yh_policy_draft_row row;
    open_room(&r);
    CHECK_OK(save(&r, "jia", 0, 0, "一", &row), &r.err);
    CHECK_OK(save(&r, "yi", row.draft, 1, "二", &row), &r.err);
    CHECK_I64(row.version, 2, "two persons have written");
    CHECK_I64(take(&r, "bing", row.draft, 2, YH_STEP_SEND, ""), YH_DENIED,
              "sent by one who wrote");
    CHECK_OK(take(&r, "yi", row.draft, 2, YH_STEP_SEND, ""), &r.err);
    CHECK_I64(take(&r, "jia", row.draft, 2, YH_STEP_APPROVE, ""), YH_DENIED, "the author");
    CHECK_I64(take(&r, "yi", row.draft, 2, YH_STEP_APPROVE, ""), YH_DENIED, "the last editor");
    CHECK_I64(take(&r, "bing", row.draft, 1, YH_STEP_APPROVE, ""), YH_CONFLICT,
              "not the version that was sent");
    CHECK_I64(take(&r, "bing", row.draft, 2, YH_STEP_RETURN, "  "), YH_BAD_INPUT,
              "a return says why");
    CHECK_OK(take(&r, "bing", row.draft, 2, YH_STEP_RETURN, "第九条要写依据"), &r.err);
    CHECK_I64(take(&r, "bing", row.draft, 2, YH_STEP_APPROVE, ""), YH_CONFLICT, "not sent");
    CHECK_OK(save(&r, "jia", row.draft, 2, "三", &row), &r.err);
    CHECK_STR(row.remark, YH_S("第九条要写依据"), "kept until it is said again");
    CHECK_OK(take(&r, "jia", row.draft, 3, YH_STEP_SEND, ""), &r.err);
    CHECK_I64(save(&r, "jia", row.draft, 3, "四", &row), YH_CONFLICT,
              "what is sent does not change under the reviewer");
    CHECK_OK(take(&r, "bing", row.draft, 3, YH_STEP_APPROVE, ""), &r.err);
    CHECK_OK(take(&r, "jia", row.draft, 3, YH_STEP_RECALL, ""), &r.err);
    CHECK_OK(save(&r, "jia", row.draft, 3, "四", &row), &r.err);
    CHECK_I64(publish(&r, "bing", row.draft, 4, "aa", 0, NULL), YH_CONFLICT,
              "the approval was of another version");
    CHECK_I64(take(&r, "yi", row.draft, 4, YH_STEP_WITHDRAW, ""), YH_DENIED, "not the author");
    CHECK_OK(take(&r, "jia", row.draft, 4, YH_STEP_WITHDRAW, ""), &r.err);
    CHECK_I64(save(&r, "jia", row.draft, 4, "五", &row), YH_CONFLICT, "over");
    close_room(&r);
}

TEST(two_who_save_at_once_do_not_lose_each_others_words)
{
    struct room r;
    struct yh_policy_draft_row row;
    open_room(&r);
    CHECK_OK(save(&r, "jia", 0, 0, "一", &row), &r.err);
    CHECK_OK(save(&r, "jia", row.draft, 1, "二", &row), &r.err);
    CHECK_I64(save(&r, "yi", row.draft, 1, "别的二", &row), YH_CONFLICT, "began from 1");
    struct yh_drafter d = who(&r, "jia");
    struct yh_policy_version_row v;
    CHECK_OK(yh_draft_version(&d, row.draft, 1, &v, &r.err), &r.err);
    CHECK_STR(v.text, YH_S("一"), "the first version stands");
    CHECK_I64(yh_draft_version(&d, row.draft, 3, &v, &r.err), YH_NOT_FOUND, "no third");
    CHECK_I64(save(&r, "jia", 99, 1, "无", &row), YH_NOT_FOUND, "no such draft");
    close_room(&r);
}

static int64_t approved(struct room *r, const char *text)
{
    struct yh_policy_draft_row row;
    CHECK_OK(save(r, "jia", 0, 0, text, &row), &r->err);
    CHECK_OK(take(r, "jia", row.draft, 1, YH_STEP_SEND, ""), &r->err);
    CHECK_OK(take(r, "bing", row.draft, 1, YH_STEP_APPROVE, ""), &r->err);
    return row.draft;
}

TEST(a_publication_is_one_entry_of_a_chain)
{
    struct room r;
    struct yh_policy_publication_row k, *all = NULL;
    int n = 0;
    open_room(&r);
    int64_t one = approved(&r, "一"), two = approved(&r, "二");
    CHECK_I64(publish(&r, "bing", one, 1, "bb", 0, &k), YH_CONFLICT, "its base is stale");
    CHECK(strstr(r.err.text, "现行规定已经变了") != NULL);
    /* A failed one would have been dropped; here the number is given back by hand. */
    struct yh_sequence_row s = { .scope = YH_S("policy"), .name = YH_S("publication") };
    CHECK_OK(yh_drop_sequence(&r.x, &s, &r.err), &r.err);
    CHECK_OK(publish(&r, "jia", one, 1, "aa", 0, &k), &r.err);
    CHECK_I64(k.no, 1, "the first");
    CHECK_STR(k.reviewer, YH_S("bing"), "who approved");
    CHECK_I64(publish(&r, "jia", one, 1, "aa", 1, &k), YH_CONFLICT, "published already");
    s.value = 1;
    CHECK_OK(yh_put_sequence(&r.x, &s, &r.err), &r.err);
    CHECK_I64(publish(&r, "jia", two, 1, "aa", 0, &k), YH_CONFLICT,
              "another came between the trial and this");
    CHECK_OK(yh_put_sequence(&r.x, &s, &r.err), &r.err);
    r.now = yh_day_time(yh_day_of(2027, 1, 1));
    CHECK_I64(publish(&r, "jia", two, 1, "aa", 1, &k), YH_BAD_INPUT, "its first day has begun");
    CHECK_OK(yh_put_sequence(&r.x, &s, &r.err), &r.err);
    r.now -= 86400;
    CHECK_OK(publish(&r, "jia", two, 1, "aa", 1, &k), &r.err);
    CHECK_OK(yh_publications(&r.x, &all, &n, &r.err), &r.err);
    CHECK_I64(n, 2, "two");
    CHECK_STR(all[1].before, all[0].entry, "joined");
    /* A changed word, a missing row: the next look finds it. */
    all[1].text = YH_S("# 改过\n");
    CHECK_I64(yh_put_policy_publication(&r.x, &all[1], &r.err), YH_CONFLICT, "sealed");
    close_room(&r);
}

TEST(the_page_is_published_with_nothing_changed_but_its_standing_and_source)
{
    struct yh_arena a;
    struct yh_err err;
    CHECK(yh_arena_open(&a, (size_t)1 << 24, &err) == YH_OK);
    static const struct {
        const char *text, *want, *why;
    } ROW[] = {
        { "# 甲\n\namends x/390/2026-01-01   from 2027-01-01   standing draft\nsource "
          "征求意见稿\n\n"
          "## 第一条\nstanding draft 不动\n",
          "# 甲\n\namends x/390/2026-01-01   from 2027-01-01   standing official\nsource "
          "示医保发〔2026〕9号\n\n"
          "## 第一条\nstanding draft 不动\n",
          "standing first" },
        { "# 乙\namends x/390/2026-01-01   from 2027-01-01\nsource 意见   standing draft\n\n## "
          "一\n字\n",
          "# 乙\namends x/390/2026-01-01   from 2027-01-01\nsource 示医保发〔2026〕9号   "
          "standing official\n\n## 一\n字\n",
          "source first" },
    };
    struct yh_kinds *kinds = NULL;
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        struct yh_policy_text t = { YH_S("草案"), yh_cstr(ROW[i].text) };
        struct yh_policy_set set;
        struct yh_findings f = { .n = 0 };
        yh_str out = YH_S("");
        yh_policy_read(&a, kinds, &t, 1, &set, &f);
        CHECK_OK(yh_draft_final(&a, &set.doc[0], YH_S("official"),
                                YH_S(" 示医保发〔2026〕9号 "), &out, &err),
                 &err);
        CHECK_STR(out, yh_cstr(ROW[i].want), ROW[i].why);
        CHECK_I64(yh_draft_final(&a, &set.doc[0], YH_S("draft"), YH_S("x"), &out, &err),
                  YH_BAD_INPUT, "still a draft");
        CHECK_I64(yh_draft_final(&a, &set.doc[0], YH_S("official"), YH_S("a\nb"), &out, &err),
                  YH_BAD_INPUT, "two lines");
        CHECK_I64(yh_draft_final(&a, &set.doc[0], YH_S("official"), YH_S(""), &out, &err),
                  YH_BAD_INPUT, "no number");
    }
    yh_arena_close(&a);
}
