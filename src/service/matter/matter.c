/* service/matter/matter.c -- a matter and its steps. */
#include "service/matter/inside.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NOTE_MAX 1500 /* bytes: 500 characters */
#define TEXT_MAX 600  /* bytes of a field: 200 characters */
#define PAPERS_MAX 16

void yh_hand_ctx(struct yh_hand *h, yh_str person)
{
    const struct yh_matter_desk *d = h->d;
    h->call = (struct yh_call){ .infno = YH_S("desk"),
                                .person = person,
                                .operator_no = d->officer,
                                .operator_name = d->name,
                                .now = d->now };
    memcpy(h->call.salt, d->salt, sizeof h->call.salt);
    h->c = (struct yh_ctx){ .world = d->world,
                            .x = d->x,
                            .arena = d->arena,
                            .call = &h->call,
                            .now = d->now,
                            .today = yh_time_day(d->now),
                            .writes = true,
                            .made = YH_S(""),
                            .warn = yh_buf_in(d->arena) };
}

const struct yh_json *yh_hand_json(struct yh_arena *a, yh_str text)
{
    struct yh_json *v = NULL;
    if (!text.n || yh_json_read(a, text, (struct yh_json_limits){ 0 }, &v, NULL))
        return NULL;
    return v;
}

yh_str yh_hand_field(const struct yh_hand *h, enum yh_matter_field_id f)
{
    const struct yh_json *v = yh_hand_json(h->d->arena, h->m.fields);
    return yh_json_text(yh_json_get(v, yh_cstr(yh_matter_field_of(f)->word)));
}

/* ---- what is filled in ---- */

static enum yh_status bad_field(struct yh_err *err, enum yh_matter_field_id f, yh_str met,
                                const char *why)
{
    enum yh_status st =
        yh_refuse(err, YH_REFUSE_MATTER_FIELD, met, "%s：%s", yh_matter_field_of(f)->text, why);
    if (err)
        (void)snprintf(err->field, sizeof err->field, "%s", yh_matter_field_of(f)->word);
    return st;
}

static bool digits(yh_str s, int least, int most)
{
    bool ok = least <= s.n && s.n <= most;
    for (ptrdiff_t i = 0; ok && i < s.n; i++)
        ok = '0' <= s.p[i] && s.p[i] <= '9';
    return ok;
}

static bool has_controls(yh_str s)
{
    ptrdiff_t i = 0;
    while (i < s.n && (unsigned char)s.p[i] >= ' ' && s.p[i] != 0x7f)
        i++;
    return i < s.n;
}

static enum yh_status check_field(struct yh_hand *h, enum yh_matter_field_id f, yh_str v,
                                  struct yh_err *err)
{
    struct yh_place place;
    struct yh_provider_row p = { .provider = v };
    yh_str kind = yh_cstr(yh_matter_field_of(f)->kind);
    yh_day day;
    enum yh_status st;
    if (v.n > TEXT_MAX || !yh_utf8_ok(v))
        return bad_field(err, f, YH_S(""), "至多 200 字");
    if (yh_eq(kind, YH_S("day")) && yh_day_parse(v, &day, NULL))
        return bad_field(err, f, v, "应为日期，如 2026-03-18");
    if (yh_eq(kind, YH_S("place")) &&
        yh_region_locate(h->d->world->regions, v, h->c.today, &place, NULL))
        return bad_field(err, f, v, "没有这个医保区划");
    if (yh_eq(kind, YH_S("yesno")) && !yh_eq(v, YH_S("0")) && !yh_eq(v, YH_S("1")))
        return bad_field(err, f, v, "1 应支付，0 不支付");
    if (yh_eq(kind, YH_S("bank")) && !digits(v, 8, 32))
        return bad_field(err, f, v, "应为 8 至 32 位数字");
    /* They stand in the bank's file: a spreadsheet that opens it must find names, not formulas. */
    bool name = f == YH_FIELD_PAYEE || f == YH_FIELD_BANK;
    if (name && (strchr("=+-@", v.p[0]) || has_controls(v)))
        return bad_field(err, f, v, "应为名称，不以 = + - @ 开头");
    if (yh_eq(kind, YH_S("provider"))) {
        st = yh_get_provider(h->d->x, &p, err);
        if (st == YH_NOT_FOUND)
            return bad_field(err, f, v, "没有这家定点机构");
        if (st)
            return st;
    }
    return YH_OK;
}

/* The fields of the kind, checked, as one JSON object in their order. */
static enum yh_status take_fields(struct yh_hand *h, const struct yh_json *in, unsigned asks,
                                  unsigned must, struct yh_err *err)
{
    struct yh_buf out = yh_buf_in(h->d->arena);
    struct yh_jsonw w = yh_jsonw_on(&out);
    yh_jw_object(&w);
    for (int i = 0; i < YH_MATTER_FIELDS; i++) {
        const struct yh_matter_field_row *row = yh_matter_field_of((enum yh_matter_field_id)i);
        yh_str v = yh_trim(yh_json_text(yh_json_get(in, yh_cstr(row->word))));
        if (!(asks >> i & 1))
            continue;
        if (!v.n && must >> i & 1)
            return bad_field(err, (enum yh_matter_field_id)i, v, "必填");
        if (!v.n)
            continue;
        enum yh_status st = check_field(h, (enum yh_matter_field_id)i, v, err);
        if (st)
            return st;
        yh_jw_kv_str(&w, row->word, v);
    }
    yh_jw_end(&w, '}');
    h->m.fields = yh_buf_str(&out);
    return YH_OK;
}

static bool named(const struct yh_json *list, yh_str what)
{
    for (const struct yh_json *v = list ? list->first : NULL; v; v = v->next)
        if (yh_eq(yh_json_text(v), what))
            return true;
    return false;
}

/* Which papers are in hand or promised, and which are still to be brought. */
static void take_papers(struct yh_hand *h, const struct yh_json *in)
{
    const struct yh_json *have = yh_json_get(in, YH_S("have"));
    const struct yh_json *promised = yh_json_get(in, YH_S("promised"));
    const struct yh_json *before = yh_hand_json(h->d->arena, h->m.papers);
    const struct yh_json *old_have = yh_json_get(before, YH_S("have"));
    const struct yh_json *old_promised = yh_json_get(before, YH_S("promised"));
    struct yh_buf out = yh_buf_in(h->d->arena), missing = yh_buf_in(h->d->arena);
    struct yh_jsonw w = yh_jsonw_on(&out);
    yh_str paper[PAPERS_MAX], rest = h->kind->papers;
    int how[PAPERS_MAX], n = 0; /* 0 missing, 1 in hand, 2 promised */
    while (rest.n && n < PAPERS_MAX) {
        ptrdiff_t at = yh_find(rest, YH_S("；"));
        yh_str one = at < 0 ? rest : yh_sub(rest, 0, at);
        rest = at < 0 ? YH_S("") : yh_sub(rest, at + 3, rest.n);
        bool may = yh_starts(one, YH_S("承诺:"));
        paper[n] = may ? yh_sub(one, YH_S("承诺:").n, one.n) : one;
        bool here =
            named(have, paper[n]) || named(old_have, paper[n]) || (n == 0 && !h->d->officer.n);
        bool word = may && (named(promised, paper[n]) || named(old_promised, paper[n]));
        how[n] = here ? 1 : word ? 2 : 0;
        if (!how[n]) {
            if (missing.n)
                yh_putz(&missing, "；");
            yh_put(&missing, paper[n]);
        }
        n++;
    }
    yh_jw_object(&w);
    for (int k = 1; k <= 2; k++) {
        yh_jw_key(&w, k == 1 ? YH_S("have") : YH_S("promised"));
        yh_jw_array(&w);
        for (int i = 0; i < n; i++)
            if (how[i] == k)
                yh_jw_str(&w, paper[i]);
        yh_jw_end(&w, ']');
    }
    yh_jw_end(&w, '}');
    h->m.papers = yh_buf_str(&out);
    h->m.missing = yh_buf_str(&missing);
}

static enum yh_status take_deputy(struct yh_hand *h, const struct yh_json *in,
                                  struct yh_err *err)
{
    static const char *const WORD[] = { "name", "cert_no", "phone", "relation" };
    if (!in || in->kind != YH_JSON_OBJECT || !in->first)
        return YH_OK;
    struct yh_buf out = yh_buf_in(h->d->arena);
    struct yh_jsonw w = yh_jsonw_on(&out);
    yh_jw_object(&w);
    for (int i = 0; i < YH_COUNT(WORD); i++) {
        yh_str v = yh_trim(yh_json_text(yh_json_get(in, yh_cstr(WORD[i]))));
        if ((!v.n && i != 2) || v.n > 120)
            return yh_refuse(err, YH_REFUSE_MATTER_DEPUTY, v, NULL);
        yh_jw_kv_str(&w, WORD[i], v);
    }
    yh_jw_end(&w, '}');
    h->m.deputy = yh_buf_str(&out);
    return YH_OK;
}

/* ---- the clock ---- */

static const struct yh_workdays *workdays(const struct yh_hand *h)
{
    return &h->d->world->casework->workdays;
}

static struct yh_clock clock_of(const struct yh_hand *h)
{
    return (struct yh_clock){ (int)h->m.clock_days, (int)h->m.clock_used,
                              (yh_day)h->m.clock_since, h->m.clock_stopped != 0 };
}

static void set_clock(struct yh_hand *h, struct yh_clock k)
{
    bool known = true;
    h->m.clock_days = k.days;
    h->m.clock_used = k.used;
    h->m.clock_since = k.since;
    h->m.clock_stopped = k.stopped;
    h->m.due = yh_clock_due(workdays(h), k, &known);
    h->m.due_known = known;
}

static bool awaits(enum yh_matter_state s)
{
    return s == YH_MATTER_PAPERS || s == YH_MATTER_RETURNED;
}

enum yh_status yh_matter_keep(struct yh_hand *h, enum yh_matter_act_id act,
                              enum yh_matter_state to, struct yh_err *err)
{
    struct yh_matter_row *m = &h->m;
    bool over = yh_matter_state_over(to);
    m->state = yh_cstr(yh_matter_state_word(to));
    m->changed = h->d->now;
    if (over) {
        m->due = YH_DAY_MAX;
        m->due_known = 1;
        m->closed = m->closed ? m->closed : h->d->now;
    } else {
        m->closed = 0;
        set_clock(h, awaits(to) ? yh_clock_stop(workdays(h), clock_of(h), h->c.today)
                                : yh_clock_go(clock_of(h), h->c.today));
    }
    struct yh_matter_step_row step = { .region = m->region,
                                       .grp = m->grp,
                                       .matter = m->matter,
                                       .nth = ++m->steps,
                                       .act = yh_cstr(yh_matter_act_of(act)->word),
                                       .state = m->state,
                                       .officer = h->d->officer,
                                       .name = h->d->name,
                                       .note = h->note,
                                       .due = m->due,
                                       .time = h->d->now };
    enum yh_status st = yh_put_matter(h->d->x, m, err);
    if (st == YH_OK)
        st = yh_scans_until(h, err);
    return st ? st : yh_add_matter_step(h->d->x, &step, err);
}

/* ---- finishing ---- */

static bool papers_there(const struct yh_hand *h)
{
    return !h->m.missing.n;
}

/* It is granted: the effect, and what is owed waits for the bank. */
static enum yh_status grant(struct yh_hand *h, enum yh_matter_act_id act, struct yh_err *err)
{
    bool pays = false;
    enum yh_status st = yh_effect_now(h, &pays, err);
    h->m.closer = h->d->officer;
    if (st == YH_OK && pays)
        st = yh_pay_add(h, err);
    return st ? st : yh_matter_keep(h, act, pays ? YH_MATTER_PAYING : YH_MATTER_DONE, err);
}

static enum yh_status finish(struct yh_hand *h, enum yh_matter_act_id act, struct yh_err *err)
{
    if (!papers_there(h))
        return yh_refuse(err, YH_REFUSE_MATTER_PAPERS, h->m.missing, NULL);
    h->m.handler = h->d->officer;
    h->m.reviewer = h->m.second = YH_S("");
    bool late =
        yh_eq(yh_json_text(yh_json_get(yh_hand_json(h->d->arena, h->m.claim), YH_S("late"))),
              YH_S("1"));
    if (late || (h->kind->review >= 0 && h->m.amount >= h->kind->review))
        return yh_matter_keep(h, act, YH_MATTER_REVIEW, err);
    return grant(h, act, err);
}

static enum yh_status approve(struct yh_hand *h, struct yh_err *err)
{
    struct yh_matter_row *m = &h->m;
    yh_str who = h->d->officer;
    bool first = yh_eq(m->state, YH_S("review"));
    if (yh_eq(who, m->handler) || (!first && yh_eq(who, m->reviewer)))
        return yh_refuse(err, YH_REFUSE_MATTER_SECOND, who, NULL);
    *(first ? &m->reviewer : &m->second) = who;
    if (first && h->kind->second >= 0 && m->amount >= h->kind->second)
        return yh_matter_keep(h, YH_MATTER_ACT_APPROVE, YH_MATTER_SECOND, err);
    return grant(h, YH_MATTER_ACT_APPROVE, err);
}

/* ---- start ---- */

static enum yh_status open_kind(struct yh_hand *h, yh_str kind, struct yh_err *err)
{
    const struct yh_world *w = h->d->world;
    if (!w->matters || !w->casework)
        return yh_refuse(err, YH_REFUSE_MATTER_TABLES, kind, NULL);
    /* The row in force when it was taken in; a matter outlives an amendment. */
    yh_day day = h->m.opened ? yh_time_day(h->m.opened) : h->c.today;
    h->kind = yh_matter_kind_at(w->matters, h->m.region, kind, day);
    return h->kind ? YH_OK : yh_refuse(err, YH_REFUSE_MATTER_KIND, kind, NULL);
}

static enum yh_status number(struct yh_hand *h, struct yh_err *err)
{
    int64_t n = 0;
    struct yh_matter_row *m = &h->m;
    yh_str scope = yh_fmt(h->d->arena, "%.*s %" PRId64, YH_ARG(m->region), m->grp);
    enum yh_status st = yh_txn_next(h->d->x, scope, YH_S("matter"), &n, err);
    m->matter =
        yh_fmt(h->d->arena, "%.*sB%08" PRId64 "%06" PRId64, YH_ARG(m->region), m->grp, n);
    return st;
}

static struct yh_matter_row blank(const struct yh_hand *h, const struct yh_member *m,
                                  const struct yh_matter_ask *in)
{
    yh_str none = YH_S("");
    return (struct yh_matter_row){
        .region = m->person->region,
        .grp = m->person->grp,
        .matter = none,
        .person = m->person->person,
        .kind = in->kind,
        .scheme = in->scheme.n || !m->enrolment ? in->scheme : m->enrolment->scheme,
        .office = m->enrolment ? m->enrolment->office : m->person->region,
        .channel = h->d->officer.n ? YH_S("window") : YH_S("web"),
        .state = none,
        .officer = h->d->officer,
        .handler = none,
        .reviewer = none,
        .second = none,
        .closer = none,
        .deputy = none,
        .fields = none,
        .claim = none,
        .papers = none,
        .missing = none,
        .result = none,
        .made = none,
        .words = none,
    };
}

static bool weighs(void *hand, const void *row)
{
    const struct yh_hand *h = hand;
    const struct yh_matter_row *m = row;
    return yh_eq(m->person, h->m.person) && yh_eq(m->channel, YH_S("web")) &&
           (!yh_matter_state_over(yh_matter_state_read(m->state)) ||
            yh_time_day(m->opened) == h->c.today);
}

static enum yh_status not_many(struct yh_hand *h, struct yh_err *err)
{
    struct yh_matter_row *m = NULL;
    struct yh_span span = { .index = YH_BY_KEY, .same = 2, .most = YH_MATTERS_ONLINE };
    int n = 0;
    enum yh_status st = yh_pick_matter(h->d->x, span, &h->m, weighs, h, &m, &n, err);
    return st || n < YH_MATTERS_ONLINE ? st
                                       : yh_refuse(err, YH_REFUSE_MATTER_MANY, YH_S(""), NULL);
}

enum yh_status yh_matter_start(const struct yh_matter_desk *d, const struct yh_matter_ask *in,
                               struct yh_matter_row *out, struct yh_err *err)
{
    struct yh_hand *h = YH_NEW(d->arena, struct yh_hand, 1);
    struct yh_member m;
    *h = (struct yh_hand){ .d = d, .note = in->note };
    yh_hand_ctx(h, in->person);
    enum yh_status st = yh_member_open(&h->c, in->person, in->scheme, h->c.today, &m, err);
    if (st)
        return st;
    h->m = blank(h, &m, in);
    if ((st = open_kind(h, in->kind, err)) != YH_OK)
        return st;
    bool self = !d->officer.n;
    if (self && h->kind->online == YH_ONLINE_NO)
        return yh_refuse(err, YH_REFUSE_MATTER_ONLINE, in->kind, NULL);
    if (in->note.n > NOTE_MAX)
        return yh_refuse(err, YH_REFUSE_MATTER_NOTE, YH_S(""), NULL);
    if (self && (st = not_many(h, err)) != YH_OK)
        return st;
    h->m.opened = d->now;
    st = take_fields(h, in->fields, h->kind->asks, h->kind->must, err);
    if (st == YH_OK)
        st = take_deputy(h, in->deputy, err);
    if (st == YH_OK)
        st = number(h, err);
    if (st == YH_OK)
        st = yh_effect_before(h, in->claim, err);
    if (st)
        return st;
    take_papers(h, in->papers);
    bool commit = self && h->kind->online == YH_ONLINE_COMMIT;
    if (commit && !papers_there(h))
        return yh_refuse(err, YH_REFUSE_MATTER_PAPERS, h->m.missing, NULL);
    set_clock(h, yh_clock_start(h->c.today, h->kind->days));
    st = yh_matter_keep(h, YH_MATTER_ACT_START,
                        papers_there(h) ? YH_MATTER_ACCEPTED : YH_MATTER_PAPERS, err);
    if (st == YH_OK && commit)
        st = finish(h, YH_MATTER_ACT_FINISH, err);
    if (st == YH_OK)
        *out = h->m;
    return st;
}

/* ---- steps ---- */

/* "990100B00000003000001": pool, group, number. */
static bool place_of(yh_str no, struct yh_matter_row *key)
{
    if (no.n != 21 || no.p[6] != 'B' || yh_int_parse(yh_sub(no, 7, 15), &key->grp, NULL))
        return false;
    key->region = yh_sub(no, 0, 6);
    key->matter = no;
    return true;
}

enum yh_status yh_matter_get(struct yh_txn *x, yh_str matter, struct yh_matter_row *out,
                             struct yh_err *err)
{
    struct yh_matter_row m = { .grp = 0 };
    if (!place_of(matter, &m))
        return yh_refuse(err, YH_REFUSE_MATTER_UNKNOWN, matter, NULL);
    yh_txn_group(x, (struct yh_group){ m.region, m.grp });
    enum yh_status st = yh_get_matter(x, &m, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_MATTER_UNKNOWN, matter, NULL);
    if (st == YH_OK)
        *out = m;
    return st;
}

enum yh_status yh_matter_steps(struct yh_txn *x, const struct yh_matter_row *m,
                               struct yh_matter_step_row **row, int *n, struct yh_err *err)
{
    struct yh_matter_step_row like = { .region = m->region,
                                       .grp = m->grp,
                                       .matter = m->matter };
    return yh_list_matter_step(x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, row,
                               n, err);
}

static enum yh_status rate(struct yh_hand *h, int64_t stars, struct yh_err *err)
{
    char text[32];
    struct yh_matter_row *m = &h->m;
    if (m->stars)
        return yh_refuse(err, YH_REFUSE_MATTER_RATED, yh_dec_text(text, m->stars, 0, 0), NULL);
    if (stars < 1 || stars > 5 || (stars < 3 && !h->note.n))
        return yh_refuse(err, YH_REFUSE_MATTER_STARS, yh_dec_text(text, stars, 0, 0), NULL);
    m->stars = stars;
    m->words = h->note;
    struct yh_matter_step_row step = { .region = m->region,
                                       .grp = m->grp,
                                       .matter = m->matter,
                                       .nth = ++m->steps,
                                       .act = YH_S("rate"),
                                       .state = m->state,
                                       .officer = h->d->officer,
                                       .name = h->d->name,
                                       .note = h->note,
                                       .due = m->due,
                                       .time = h->d->now };
    enum yh_status st = yh_put_matter(h->d->x, m, err);
    return st ? st : yh_add_matter_step(h->d->x, &step, err);
}

/* Back to where it was before it was ended by mistake. */
static enum yh_status undo(struct yh_hand *h, struct yh_err *err)
{
    struct yh_matter_row *m = &h->m;
    bool granted = m->made.n || m->made_seq || yh_eq(m->state, YH_S("done"));
    yh_time ended = m->closed ? m->closed : m->changed;
    enum yh_status bad;
    if (!yh_eq(m->closer, h->d->officer) || yh_time_day(ended) != h->c.today)
        return yh_refuse(err, YH_REFUSE_MATTER_OWN, h->d->officer, NULL);
    m->closer = YH_S("");
    m->result = YH_S("");
    if (!granted && (bad = yh_claim_hold(h, err)) != YH_OK)
        return bad;
    if (!granted) /* refused or withdrawn: it goes on */
        return yh_matter_keep(h, YH_MATTER_ACT_UNDO,
                              papers_there(h) ? YH_MATTER_ACCEPTED : YH_MATTER_PAPERS, err);
    enum yh_status st = yh_pay_drop(h, err);
    if (st == YH_OK)
        st = yh_effect_back(h, err);
    m->closed = h->d->now;
    return st ? st : yh_matter_keep(h, YH_MATTER_ACT_UNDO, YH_MATTER_UNDONE, err);
}

static enum yh_status end(struct yh_hand *h, enum yh_matter_act_id act, enum yh_matter_state to,
                          struct yh_err *err)
{
    h->m.closer = h->d->officer;
    h->m.result = h->note;
    enum yh_status st = yh_claim_free(h, err);
    return st ? st : yh_matter_keep(h, act, to, err);
}

/* Where the money goes, corrected; what came back from the bank waits again. */
static enum yh_status account(struct yh_hand *h, const struct yh_json *fields,
                              struct yh_err *err)
{
    const unsigned bank =
        1u << YH_FIELD_PAYEE | 1u << YH_FIELD_BANK | 1u << YH_FIELD_BANK_ACCOUNT;
    yh_str before = h->m.fields;
    enum yh_status st = take_fields(h, fields, bank, bank, err);
    yh_str now = h->m.fields;
    h->m.fields = before;
    if (st)
        return st;
    /* The other fields stay as they were. */
    struct yh_buf out = yh_buf_in(h->d->arena);
    struct yh_jsonw w = yh_jsonw_on(&out);
    const struct yh_json *old = yh_hand_json(h->d->arena, before);
    const struct yh_json *fresh = yh_hand_json(h->d->arena, now);
    yh_jw_object(&w);
    for (int i = 0; i < YH_MATTER_FIELDS; i++) {
        const char *word = yh_matter_field_of((enum yh_matter_field_id)i)->word;
        const struct yh_json *v = yh_json_get(bank >> i & 1 ? fresh : old, yh_cstr(word));
        if (v)
            yh_jw_kv_str(&w, word, yh_json_text(v));
    }
    yh_jw_end(&w, '}');
    h->m.fields = yh_buf_str(&out);
    struct yh_bank_item_row last;
    st = yh_pay_last(h->d->x, &h->m, &last, err);
    if (st == YH_OK && yh_eq(last.state, YH_S("waiting")))
        st = yh_pay_drop(h, err);
    else if (st == YH_OK && !yh_eq(last.state, YH_S("returned")))
        return yh_refuse(err, YH_REFUSE_MATTER_PAID, h->m.matter, NULL);
    if (st == YH_OK)
        st = yh_pay_add(h, err);
    return st ? st : yh_matter_keep(h, YH_MATTER_ACT_ACCOUNT, YH_MATTER_PAYING, err);
}

static enum yh_status given(struct yh_hand *h, const struct yh_json *papers, struct yh_err *err)
{
    take_papers(h, papers);
    return yh_matter_keep(h, YH_MATTER_ACT_GIVEN,
                          papers_there(h) ? YH_MATTER_ACCEPTED : YH_MATTER_PAPERS, err);
}

/* May this one do this now? */
static enum yh_status may(struct yh_hand *h, const struct yh_matter_do *in, struct yh_err *err)
{
    const struct yh_matter_act_row *act = yh_matter_act_of(in->act);
    enum yh_matter_state at = yh_matter_state_read(h->m.state);
    yh_assert(at != YH_MATTER_STATES);
    if (h->d->officer.n ? !act->clerk : !act->person)
        return yh_refuse(err, YH_REFUSE_MATTER_ONLINE, yh_cstr(act->word), NULL);
    if (!(act->from >> at & 1))
        return yh_refuse(err, YH_REFUSE_MATTER_STATE, yh_cstr(act->word), "现为“%s”，不能“%s”",
                         yh_matter_state_text(at), act->text);
    if ((act->note && !h->note.n) || h->note.n > NOTE_MAX || !yh_utf8_ok(h->note))
        return yh_refuse(err, YH_REFUSE_MATTER_NOTE, YH_S(""), NULL);
    return YH_OK;
}

static enum yh_status run(struct yh_hand *h, const struct yh_matter_do *in, struct yh_err *err)
{
    switch (in->act) {
    case YH_MATTER_ACT_ASK:
        h->m.missing = h->note;
        return yh_matter_keep(h, in->act, YH_MATTER_PAPERS, err);
    case YH_MATTER_ACT_GIVEN: return given(h, in->papers, err);
    case YH_MATTER_ACT_FINISH: return finish(h, in->act, err);
    case YH_MATTER_ACT_APPROVE: return approve(h, err);
    case YH_MATTER_ACT_BACK: return yh_matter_keep(h, in->act, YH_MATTER_ACCEPTED, err);
    case YH_MATTER_ACT_REFUSE: return end(h, in->act, YH_MATTER_REFUSED, err);
    case YH_MATTER_ACT_WITHDRAW: return end(h, in->act, YH_MATTER_WITHDRAWN, err);
    case YH_MATTER_ACT_ACCOUNT: return account(h, in->fields, err);
    case YH_MATTER_ACT_UNDO: return undo(h, err);
    case YH_MATTER_ACT_RATE: return rate(h, in->stars, err);
    case YH_MATTER_ACT_START:
    case YH_MATTER_ACT_PAID:
    case YH_MATTER_ACT_BOUNCED:
    case YH_MATTER_ACTS: break;
    }
    return yh_refuse(err, YH_REFUSE_MATTER_STATE, YH_S(""), NULL);
}

enum yh_status yh_matter_act(const struct yh_matter_desk *d, const struct yh_matter_do *in,
                             struct yh_matter_row *out, struct yh_err *err)
{
    struct yh_hand *h = YH_NEW(d->arena, struct yh_hand, 1);
    *h = (struct yh_hand){ .d = d, .note = yh_trim(in->note) };
    if (in->act >= YH_MATTER_ACTS)
        return yh_refuse(err, YH_REFUSE_MATTER_STATE, YH_S(""), "没有这一步");
    enum yh_status st = yh_matter_get(d->x, in->matter, &h->m, err);
    if (st)
        return st;
    yh_hand_ctx(h, h->m.person);
    if ((st = open_kind(h, h->m.kind, err)) != YH_OK)
        return st;
    if ((st = may(h, in, err)) == YH_OK)
        st = run(h, in, err);
    if (st == YH_OK)
        *out = h->m;
    return st;
}
