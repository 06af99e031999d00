#include "service/drafting/drafting.h"
#include <stdio.h>

enum who { EDITOR, OTHER, AUTHOR, ANYBODY };

static const struct {
    const char *word, *text;
} STATE_ROW[] = {
#define STATE(id, word, text) { word, text },
#include "service/drafting/state.def"
};
/* Their bits, under the words that step.def joins. */
enum {
#define STATE(id, word, text) id = 1 << YH_DRAFT_##id,
#include "service/drafting/state.def"
};
static const struct {
    const char *word;
    int from, to;
    enum who who;
    const char *text, *why;
} STEP_ROW[] = {
#define STEP(id, word, from, to, who, text, why) { word, from, to, who, text, why },
#include "service/drafting/step.def"
};

static int state_of(yh_str word)
{
    for (int i = 0; i < YH_DRAFT_STATES; i++)
        if (yh_eq(word, yh_cstr(STATE_ROW[i].word)))
            return i;
    return -1;
}

const char *yh_draft_state_text(yh_str word)
{
    int i = state_of(word);
    return i < 0 ? "" : STATE_ROW[i].text;
}

const char *yh_draft_step_word(enum yh_draft_step s)
{
    return STEP_ROW[s].word;
}

const char *yh_draft_step_text(enum yh_draft_step s)
{
    return STEP_ROW[s].text;
}

bool yh_draft_step_read(yh_str word, enum yh_draft_step *out)
{
    for (int i = 0; i < YH_STEPS; i++)
        if (yh_eq(word, yh_cstr(STEP_ROW[i].word))) {
            *out = (enum yh_draft_step)i;
            return true;
        }
    return false;
}

static const char *state_word(int bit)
{
    int i = 0;
    while (1 << i != bit)
        i++;
    return STATE_ROW[i].word;
}

static yh_str digest_of(struct yh_arena *a, yh_str text)
{
    uint8_t d[32];
    char *hex = yh_alloc_raw(a, 1, 1, 64);
    yh_sha256_of(text, d);
    yh_hex(hex, d, 32);
    return (yh_str){ hex, 64 };
}

/* ---- looking ---- */

enum yh_status yh_draft_get(const struct yh_drafter *d, int64_t draft,
                            struct yh_policy_draft_row *out, struct yh_err *err)
{
    struct yh_policy_draft_row r = { .draft = draft };
    enum yh_status st = yh_get_policy_draft(d->x, &r, err);
    if (st == YH_NOT_FOUND)
        return yh_fail_field(err, YH_NOT_FOUND, "draft", "", "没有这份草案");
    if (st == YH_OK)
        *out = r;
    return st;
}

enum yh_status yh_draft_version(const struct yh_drafter *d, int64_t draft, int64_t version,
                                struct yh_policy_version_row *out, struct yh_err *err)
{
    struct yh_policy_version_row r = { .draft = draft, .version = version };
    enum yh_status st = yh_get_policy_version(d->x, &r, err);
    if (st == YH_NOT_FOUND)
        return yh_fail_field(err, YH_NOT_FOUND, "version", "", "这份草案没有第 %lld 版",
                             (long long)version);
    if (st == YH_OK)
        *out = r;
    return st;
}

enum yh_status yh_draft_list(const struct yh_drafter *d, struct yh_policy_draft_row **row,
                             int *n, struct yh_err *err)
{
    struct yh_policy_draft_row like = { 0 };
    enum yh_status st =
        yh_list_policy_draft(d->x, (struct yh_span){ .index = YH_BY_KEY }, &like, row, n, err);
    /* The last changed first; drafts are few. */
    for (int i = 1; st == YH_OK && i < *n; i++)
        for (int k = i; k > 0 && (*row)[k].changed >= (*row)[k - 1].changed; k--) {
            struct yh_policy_draft_row t = (*row)[k];
            (*row)[k] = (*row)[k - 1];
            (*row)[k - 1] = t;
        }
    return st;
}

enum yh_status yh_draft_history(const struct yh_drafter *d, int64_t draft,
                                struct yh_policy_step_row **step, int *nstep,
                                struct yh_policy_version_row **version, int *nversion,
                                struct yh_err *err)
{
    struct yh_span span = { .index = YH_BY_KEY, .same = 1 };
    struct yh_policy_step_row s = { .draft = draft };
    struct yh_policy_version_row v = { .draft = draft };
    enum yh_status st = yh_list_policy_step(d->x, span, &s, step, nstep, err);
    return st ? st : yh_list_policy_version(d->x, span, &v, version, nversion, err);
}

/* ---- doing ---- */

static enum yh_status add_step(const struct yh_drafter *d, const struct yh_policy_draft_row *r,
                               const char *act, yh_str remark, struct yh_err *err)
{
    struct yh_policy_step_row s = { .draft = r->draft,
                                    .act = yh_cstr(act),
                                    .version = r->version,
                                    .user = d->user,
                                    .user_name = d->name,
                                    .remark = remark,
                                    .time = d->now };
    yh_str scope = yh_fmt(d->arena, "policy %lld", (long long)r->draft);
    enum yh_status st = yh_txn_next(d->x, scope, YH_S("step"), &s.nth, err);
    return st ? st : yh_add_policy_step(d->x, &s, err);
}

static enum yh_status may_save(const struct yh_policy_draft_row *r, int64_t seen,
                               const struct yh_draft_text *t, struct yh_err *err)
{
    int state = state_of(r->state);
    if (state != YH_DRAFT_DRAFT && state != YH_DRAFT_RETURNED)
        return yh_fail(err, YH_CONFLICT, "这份草案%s，不能再改；送审中的先撤回修改",
                       yh_draft_state_text(r->state));
    if (r->version != seen)
        return yh_fail_field(
            err, YH_CONFLICT, "version", "",
            "您看的是第 %lld 版，别人已经存了第 %lld 版；请重新打开，把改动合进去再存",
            (long long)seen, (long long)r->version);
    if (!yh_eq(r->region, t->region) || !yh_eq(r->scheme, t->scheme))
        return yh_fail(err, YH_CONFLICT, "这份草案是 %.*s/%.*s 的，不能改成别处的；请另起一份",
                       YH_ARG(r->region), YH_ARG(r->scheme));
    return YH_OK;
}

enum yh_status yh_draft_save(const struct yh_drafter *d, int64_t draft, int64_t seen,
                             const struct yh_draft_text *t, struct yh_policy_draft_row *out,
                             struct yh_err *err)
{
    struct yh_policy_draft_row r = { .draft = draft,
                                     .author = d->user,
                                     .author_name = d->name,
                                     .region = t->region,
                                     .scheme = t->scheme,
                                     .created = d->now };
    enum yh_status st;
    if (t->text.n > YH_DRAFT_BYTES_MAX)
        return yh_fail_field(err, YH_LIMIT, "text", "", "草案太长，最多 %d KB",
                             YH_DRAFT_BYTES_MAX >> 10);
    if (draft) {
        st = yh_draft_get(d, draft, &r, err);
        if (st == YH_OK)
            st = may_save(&r, seen, t, err);
    } else {
        st = yh_txn_next(d->x, YH_S("policy"), YH_S("draft"), &r.draft, err);
    }
    if (st)
        return st;
    r.version++;
    r.title = t->title;
    r.amends = t->amends;
    r.from_day = t->from;
    r.state = yh_cstr(state_word(DRAFT));
    r.changed = d->now;
    struct yh_policy_version_row v = { .draft = r.draft,
                                       .version = r.version,
                                       .text = t->text,
                                       .digest = digest_of(d->arena, t->text),
                                       .base = t->base,
                                       .editor = d->user,
                                       .editor_name = d->name,
                                       .time = d->now };
    if ((st = yh_add_policy_version(d->x, &v, err)) != YH_OK ||
        (st = yh_put_policy_draft(d->x, &r, err)) != YH_OK ||
        (st = add_step(d, &r, "save", YH_S(""), err)) != YH_OK)
        return st;
    *out = r;
    return YH_OK;
}

/* Did this person save one of its versions? */
static enum yh_status edited(const struct yh_drafter *d, int64_t draft, bool *out,
                             struct yh_err *err)
{
    struct yh_policy_version_row like = { .draft = draft }, *v = NULL;
    int n = 0;
    enum yh_status st = yh_list_policy_version(
        d->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, &v, &n, err);
    *out = false;
    for (int i = 0; i < n; i++)
        *out = *out || yh_eq(v[i].editor, d->user);
    return st;
}

enum yh_status yh_draft_may(const struct yh_drafter *d, const struct yh_policy_draft_row *row,
                            enum yh_draft_step step, struct yh_err *err)
{
    int state = state_of(row->state);
    bool mine = false;
    if (state < 0 || !(STEP_ROW[step].from & (1 << state)))
        return yh_fail(err, YH_CONFLICT, "%s；现在是“%s”", STEP_ROW[step].why,
                       yh_draft_state_text(row->state));
    enum yh_status st = edited(d, row->draft, &mine, err);
    if (st)
        return st;
    switch (STEP_ROW[step].who) {
    case EDITOR:
        return mine
                   ? YH_OK
                   : yh_fail(err, YH_DENIED, "%s要由写过这份草案的人来做", STEP_ROW[step].text);
    case OTHER:
        return !mine ? YH_OK
                     : yh_fail(err, YH_DENIED,
                               "您起草或修改过这份草案，不能再由您%s；审核要换一个人",
                               STEP_ROW[step].text);
    case AUTHOR:
        return yh_eq(row->author, d->user)
                   ? YH_OK
                   : yh_fail(err, YH_DENIED, "%s要由起草人来做", STEP_ROW[step].text);
    case ANYBODY: break;
    }
    return YH_OK;
}

static enum yh_status same_version(const struct yh_policy_draft_row *r, int64_t version,
                                   struct yh_err *err)
{
    return r->version == version
               ? YH_OK
               : yh_fail_field(err, YH_CONFLICT, "version", "",
                               "您看的是第 %lld 版，现在已是第 %lld 版；请重新打开再定",
                               (long long)version, (long long)r->version);
}

enum yh_status yh_draft_take(const struct yh_drafter *d, int64_t draft, int64_t version,
                             enum yh_draft_step step, yh_str remark,
                             struct yh_policy_draft_row *out, struct yh_err *err)
{
    struct yh_policy_draft_row r;
    enum yh_status st = yh_draft_get(d, draft, &r, err);
    if (st == YH_OK)
        st = yh_draft_may(d, &r, step, err);
    if (st == YH_OK)
        st = same_version(&r, version, err);
    if (st)
        return st;
    remark = yh_trim(remark);
    yh_assert(step != YH_STEP_PUBLISH);
    if (step == YH_STEP_RETURN && !remark.n)
        return yh_fail_field(err, YH_BAD_INPUT, "remark", "",
                             "退回请写明意见，起草人才知道改什么");
    if (remark.n > 2000)
        return yh_fail_field(err, YH_BAD_INPUT, "remark", "", "意见太长，最多 2000 字节");
    r.state = yh_cstr(state_word(STEP_ROW[step].to));
    r.changed = d->now;
    if (STEP_ROW[step].who == OTHER) {
        r.reviewer = d->user;
        r.reviewer_name = d->name;
        r.remark = remark;
    }
    if ((st = yh_put_policy_draft(d->x, &r, err)) != YH_OK ||
        (st = add_step(d, &r, STEP_ROW[step].word, remark, err)) != YH_OK)
        return st;
    *out = r;
    return YH_OK;
}

/* ---- the page as it will be published ---- */

enum yh_status yh_draft_final(struct yh_arena *a, const struct yh_policy_doc *doc,
                              yh_str standing, yh_str source, yh_str *out, struct yh_err *err)
{
    yh_str text = doc->text;
    source = yh_trim(source);
    if (!yh_eq(standing, YH_S("official")) && !yh_eq(standing, YH_S("invented")))
        return yh_fail_field(err, YH_BAD_INPUT, "standing", "",
                             "standing：正式文件写 official，虚构的示例写 invented");
    if (!source.n || source.n > 300 || yh_find(source, YH_S("\n")) >= 0 ||
        yh_find(source, YH_S("  ")) >= 0)
        return yh_fail_field(err, YH_BAD_INPUT, "source", "",
                             "source：请写发文文号，如 示医保发〔2026〕9号（一行）");
    if (!doc->source.n || doc->source.p < text.p || doc->source.p >= text.p + text.n)
        return yh_fail(err, YH_BAD_INPUT, "草案的开头要有一行 source");
    /* The head ends at the first clause; "standing draft" stands there as two words. */
    ptrdiff_t end = yh_find(text, YH_S("\n## ")), at = -1;
    yh_str head = yh_sub(text, 0, end < 0 ? text.n : end);
    for (ptrdiff_t i = 0; i < head.n && at < 0;) {
        ptrdiff_t k = yh_find(yh_sub(head, i, head.n), YH_S("standing"));
        if (k < 0)
            break;
        yh_str v = yh_trim(yh_sub(head, i + k + 8, head.n));
        if (yh_starts(v, YH_S("draft")))
            at = v.p - text.p;
        i += k + 8;
    }
    if (doc->standing != YH_DRAFT || at < 0)
        return yh_fail(err, YH_BAD_INPUT,
                       "草案的开头要写 standing draft；发布时才换成正式的依据");
    ptrdiff_t from = doc->source.p - text.p;
    struct yh_buf b = yh_buf_in(a);
    const struct {
        ptrdiff_t at, n;
        yh_str by;
    } one = { at, 5, standing }, two = { from, doc->source.n, source },
      first = one.at < two.at ? one : two, last = one.at < two.at ? two : one;
    yh_put(&b, yh_sub(text, 0, first.at));
    yh_put(&b, first.by);
    yh_put(&b, yh_sub(text, first.at + first.n, last.at));
    yh_put(&b, last.by);
    yh_put(&b, yh_sub(text, last.at + last.n, text.n));
    *out = yh_buf_str(&b);
    return YH_OK;
}

/* ---- the log ---- */

static yh_str entry_of(struct yh_arena *a, const struct yh_policy_publication_row *r)
{
    struct yh_buf b = yh_buf_in(a);
    const struct {
        const char *name;
        yh_str text;
        int64_t n;
    } ROW[] = {
        { "no", { 0 }, r->no },           { "document", r->document, 0 },
        { "region", r->region, 0 },       { "scheme", r->scheme, 0 },
        { "title", r->title, 0 },         { "from_day", { 0 }, r->from_day },
        { "draft", { 0 }, r->draft },     { "version", { 0 }, r->version },
        { "reviewed", r->reviewed, 0 },   { "digest", r->digest, 0 },
        { "author", r->author, 0 },       { "reviewer", r->reviewer, 0 },
        { "publisher", r->publisher, 0 }, { "time", { 0 }, r->time },
        { "before", r->before, 0 },
    };
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        yh_put(&b, yh_cstr(ROW[i].name));
        yh_putc(&b, '=');
        yh_put(&b, ROW[i].text.p ? ROW[i].text : yh_fmt(a, "%lld", (long long)ROW[i].n));
        yh_putc(&b, '\n');
    }
    return digest_of(a, yh_buf_str(&b));
}

enum yh_status yh_publication_last(struct yh_txn *x, int64_t *out, struct yh_err *err)
{
    struct yh_policy_publication_row like = { 0 }, *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_policy_publication(
        x, (struct yh_span){ .index = YH_BY_KEY, .down = true, .most = 1 }, &like, &row, &n,
        err);
    if (st == YH_OK)
        *out = n ? row[0].no : 0;
    return st;
}

enum yh_status yh_draft_publish(const struct yh_drafter *d, const struct yh_publish *p,
                                struct yh_policy_publication_row *out, struct yh_err *err)
{
    struct yh_policy_draft_row r;
    struct yh_policy_version_row v;
    struct yh_policy_publication_row k = { .publisher = d->user, .time = d->now };
    /* The number first: of processes that publish at once, the second waits here for the first's
     * commit, and then sees what it did. */
    enum yh_status st = yh_txn_next(d->x, YH_S("policy"), YH_S("publication"), &k.no, err);
    int64_t last = 0;
    if (st == YH_OK)
        st = yh_draft_get(d, p->draft, &r, err);
    if (st == YH_OK)
        st = yh_draft_may(d, &r, YH_STEP_PUBLISH, err);
    if (st == YH_OK)
        st = same_version(&r, p->version, err);
    if (st == YH_OK)
        st = yh_draft_version(d, p->draft, p->version, &v, err);
    if (st == YH_OK)
        st = yh_publication_last(d->x, &last, err);
    if (st)
        return st;
    if (r.from_day <= yh_time_day(d->now))
        return yh_fail_field(err, YH_BAD_INPUT, "from", "",
                             "生效日要晚于今天；已经开始的日子要用追溯重算，不能靠发布改变");
    if (last != p->after || last != k.no - 1)
        return yh_fail(err, YH_CONFLICT,
                       "刚刚有另一份文件发布（第 %lld 号），请重新打开，看清现行规定再发布",
                       (long long)last);
    if (!yh_eq(v.base, p->base))
        return yh_fail(err, YH_CONFLICT,
                       "审核之后现行规定已经变了（起草时的依据是 %.12s…，现在是 %.12s…）；"
                       "请撤回修改，核对后重新送审",
                       yh_zdup(d->arena, v.base), yh_zdup(d->arena, p->base));
    char first_day[16];
    k.document = r.amends.n
                     ? r.amends
                     : yh_fmt(d->arena, "%.*s/%.*s/%.*s", YH_ARG(r.region), YH_ARG(r.scheme),
                              YH_ARG(yh_day_text(first_day, (yh_day)r.from_day)));
    k.region = r.region;
    k.scheme = r.scheme;
    k.title = r.title;
    k.from_day = r.from_day;
    k.draft = r.draft;
    k.version = r.version;
    k.reviewed = v.digest;
    k.text = p->text;
    k.digest = digest_of(d->arena, p->text);
    k.author = v.editor;
    k.reviewer = r.reviewer;
    k.before = YH_S("");
    if (last) {
        struct yh_policy_publication_row b = { .no = last };
        if ((st = yh_get_policy_publication(d->x, &b, err)) != YH_OK)
            return st;
        k.before = b.entry;
    }
    k.entry = entry_of(d->arena, &k);
    r.state = yh_cstr(state_word(PUBLISHED));
    r.publication = k.no;
    r.changed = d->now;
    if ((st = yh_add_policy_publication(d->x, &k, err)) != YH_OK ||
        (st = yh_put_policy_draft(d->x, &r, err)) != YH_OK ||
        (st = add_step(d, &r, STEP_ROW[YH_STEP_PUBLISH].word, YH_S(""), err)) != YH_OK)
        return st;
    *out = k;
    return YH_OK;
}

enum yh_status yh_publications(struct yh_txn *x, struct yh_policy_publication_row **row, int *n,
                               struct yh_err *err)
{
    struct yh_policy_publication_row like = { 0 }, *r = NULL;
    int nr = 0;
    enum yh_status st = yh_list_policy_publication(x, (struct yh_span){ .index = YH_BY_KEY },
                                                   &like, &r, &nr, err);
    for (int i = 0; st == YH_OK && i < nr; i++) {
        if (r[i].no != i + 1)
            st = yh_fail(err, YH_BAD_TABLE, "发布记录少了第 %d 号", i + 1);
        else if (!yh_eq(r[i].digest, digest_of(x->arena, r[i].text)))
            st = yh_fail(err, YH_BAD_TABLE, "发布记录第 %d 号的正文与它的摘要不符", i + 1);
        else if (!yh_eq(r[i].before, i ? r[i - 1].entry : YH_S("")) ||
                 !yh_eq(r[i].entry, entry_of(x->arena, &r[i])))
            st = yh_fail(err, YH_BAD_TABLE, "发布记录第 %d 号与前后不连，记录被改动过", i + 1);
    }
    if (st)
        return st;
    *row = r;
    *n = nr;
    return YH_OK;
}

yh_str yh_published_name(struct yh_arena *a, int64_t no)
{
    return yh_fmt(a, "发布/%lld", (long long)no);
}

enum yh_status yh_published(yh_str data, struct yh_arena *a, struct yh_policy_text **text,
                            int *n, struct yh_err *err)
{
    struct yh_store_options opt = { .must_exist = true, .read_only = true };
    struct yh_store *s = NULL;
    struct yh_txn view;
    struct yh_policy_publication_row *row = NULL;
    *text = NULL;
    *n = 0;
    enum yh_status st = yh_store_open(data, &opt, &s, err);
    if (st)
        return st == YH_NOT_FOUND ? YH_OK : st;
    if ((st = yh_view_open(s, a, &view, err)) == YH_OK) {
        st = yh_publications(&view, &row, n, err);
        yh_view_close(&view);
    }
    yh_store_close(s);
    if (st)
        return st;
    *text = YH_NEW(a, struct yh_policy_text, *n);
    for (int i = 0; i < *n; i++)
        (*text)[i] = (struct yh_policy_text){ yh_published_name(a, row[i].no), row[i].text };
    return YH_OK;
}
