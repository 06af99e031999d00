/* service/portal/matters.c -- the desk: kinds, one matter, a person's, the queue, ratings, batches. */
#include "service/portal/matters.h"
#include <inttypes.h>
#include <stdlib.h>
#include "service/portal/inside.h"

#define LOOK_MOST 5000

struct yh_matter_desk yh_matter_desk_of(const struct yh_look *k, yh_str officer, yh_str name)
{
    return (struct yh_matter_desk){ .x = k->x,
                                    .world = k->world,
                                    .arena = k->arena,
                                    .now = k->now,
                                    .officer = officer,
                                    .name = name };
}

static const struct yh_json *json_of(const struct yh_look *k, yh_str text)
{
    struct yh_json *v = NULL;
    if (!text.n || yh_json_read(k->arena, text, (struct yh_json_limits){ 0 }, &v, NULL))
        return NULL;
    return v;
}

/* ---- kinds ---- */

static const struct yh_matter_kind *kind_of(const struct yh_look *k,
                                            const struct yh_matter_row *m)
{
    return k->world->matters ? yh_matter_kind_at(k->world->matters, m->region, m->kind,
                                                 yh_time_day(m->opened))
                             : NULL;
}

static void put_papers(yh_str papers, struct yh_jsonw *w)
{
    yh_jw_array(w);
    while (papers.n) {
        ptrdiff_t at = yh_find(papers, YH_S("；"));
        yh_str one = at < 0 ? papers : yh_sub(papers, 0, at);
        papers = at < 0 ? YH_S("") : yh_sub(papers, at + 3, papers.n);
        bool may = yh_starts(one, YH_S("承诺:"));
        yh_jw_object(w);
        yh_jw_kv_str(w, "text", may ? yh_sub(one, YH_S("承诺:").n, one.n) : one);
        yh_jw_kv_bool(w, "promise", may);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static void put_kind(const struct yh_matter_kind *kind, struct yh_jsonw *w)
{
    static const char *const ONLINE[] = { "no", "apply", "commit" };
    static const char *const EFFECT[] = {
#define R(name, word, text) word,
#include "model/matter/effect.def"
#undef R
    };
    yh_jw_object(w);
    yh_jw_kv_str(w, "kind", kind->kind);
    yh_jw_kv_str(w, "group", kind->group);
    yh_jw_kv_str(w, "name", kind->name);
    yh_jw_kv_str(w, "online", yh_cstr(ONLINE[kind->online]));
    yh_jw_kv_i64(w, "days", kind->days);
    yh_jw_kv_i64(w, "review", kind->review);
    yh_jw_kv_i64(w, "second", kind->second);
    yh_jw_kv_str(w, "effect", yh_cstr(EFFECT[kind->effect]));
    yh_jw_kv_str(w, "of", kind->of);
    yh_jw_kv_array(w, "fields");
    for (int i = 0; i < YH_MATTER_FIELDS; i++) {
        const struct yh_matter_field_row *f = yh_matter_field_of((enum yh_matter_field_id)i);
        if (!(kind->asks >> i & 1))
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "word", yh_cstr(f->word));
        yh_jw_kv_str(w, "text", yh_cstr(f->text));
        yh_jw_kv_str(w, "kind", yh_cstr(f->kind));
        yh_jw_kv_bool(w, "must", kind->must >> i & 1);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_key(w, YH_S("papers"));
    put_papers(kind->papers, w);
    yh_jw_kv_str(w, "basis", kind->basis);
    yh_jw_kv_str(w, "standing", yh_standing_word(kind->standing));
    yh_jw_end(w, '}');
}

enum yh_status yh_look_matter_kinds(const struct yh_look *k, yh_str person, bool online,
                                    struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_look_place at;
    const struct yh_matters *m = k->world->matters;
    enum yh_status st = yh_look_place(k, person, &at, err);
    if (st)
        return st;
    const struct yh_matter_kind **row =
        YH_NEW(k->arena, const struct yh_matter_kind *, m ? m->nkind : 0);
    int n = m ? yh_matter_kinds_at(m, at.region, yh_time_day(k->now), row) : 0;
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; i < n; i++)
        if (!online || row[i]->online != YH_ONLINE_NO)
            put_kind(row[i], w);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- one matter ---- */

static yh_str person_name(const struct yh_look *k, const struct yh_matter_row *m, bool full)
{
    struct yh_person_row p = { .region = m->region, .grp = m->grp, .person = m->person };
    if (yh_get_person(k->x, &p, NULL))
        return YH_S("");
    return full ? p.name : yh_mask_name(k->arena, p.name);
}

static void put_row(const struct yh_look *k, const struct yh_matter_row *m, bool full,
                    struct yh_jsonw *w)
{
    const struct yh_matter_kind *kind = kind_of(k, m);
    enum yh_matter_state state = yh_matter_state_read(m->state);
    const struct yh_workdays *days = k->world->casework ? &k->world->casework->workdays : NULL;
    yh_day today = yh_time_day(k->now);
    bool open = m->due < YH_DAY_MAX;
    yh_jw_kv_str(w, "matter", m->matter);
    yh_jw_kv_str(w, "person", m->person);
    yh_jw_kv_str(w, "person_name", person_name(k, m, full));
    yh_jw_kv_str(w, "kind", m->kind);
    yh_jw_kv_str(w, "name", kind ? kind->name : m->kind);
    yh_jw_kv_str(w, "office", m->office);
    yh_jw_kv_str(w, "channel", m->channel);
    yh_jw_kv_str(w, "state", m->state);
    yh_jw_kv_str(w, "state_text",
                 state < YH_MATTER_STATES ? yh_cstr(yh_matter_state_text(state)) : m->state);
    yh_jw_kv_bool(w, "over", state < YH_MATTER_STATES && yh_matter_state_over(state));
    yh_jw_kv_i64(w, "amount", m->amount);
    yh_jw_kv_day(w, "due", m->due);
    yh_jw_kv_bool(w, "due_known", m->due_known);
    yh_jw_key(w, YH_S("left"));
    if (open && days)
        yh_jw_i64(w, yh_workday_between(days, today, (yh_day)m->due));
    else
        yh_jw_null(w);
    yh_jw_kv_bool(w, "late", open && m->due < today);
    yh_jw_kv_bool(w, "stopped", m->clock_stopped);
    yh_jw_kv_str(w, "missing", m->missing);
    yh_jw_kv_str(w, "result", m->result);
    yh_jw_kv_time(w, "opened", m->opened);
    yh_jw_kv_time(w, "closed", m->closed);
    yh_jw_kv_i64(w, "stars", m->stars);
}

static void put_steps(const struct yh_look *k, const struct yh_matter_step_row *s, int n,
                      struct yh_jsonw *w)
{
    (void)k;
    yh_jw_array(w);
    for (int i = 0; i < n; i++) {
        enum yh_matter_act_id act = yh_matter_act_read(s[i].act);
        enum yh_matter_state state = yh_matter_state_read(s[i].state);
        yh_jw_object(w);
        yh_jw_kv_i64(w, "nth", s[i].nth);
        yh_jw_kv_str(w, "act", s[i].act);
        yh_jw_kv_str(w, "text",
                     act < YH_MATTER_ACTS ? yh_cstr(yh_matter_act_of(act)->text) : s[i].act);
        yh_jw_kv_str(w, "state_text",
                     state < YH_MATTER_STATES ? yh_cstr(yh_matter_state_text(state))
                                              : s[i].state);
        yh_jw_kv_str(w, "officer", s[i].officer.n ? s[i].name : YH_S("本人"));
        yh_jw_kv_str(w, "note", s[i].note);
        yh_jw_kv_day(w, "due", s[i].due);
        yh_jw_kv_time(w, "time", s[i].time);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

/* Of what could be done in this state: what this one may do. */
static bool may(const struct yh_look *k, const struct yh_matter_row *m, yh_str officer,
                enum yh_matter_act_id act)
{
    const struct yh_matter_act_row *row = yh_matter_act_of(act);
    enum yh_matter_state at = yh_matter_state_read(m->state);
    yh_time ended = m->closed ? m->closed : m->changed;
    if (at == YH_MATTER_STATES || !(row->from >> at & 1) ||
        !(officer.n ? row->clerk : row->person))
        return false;
    switch (act) {
    case YH_MATTER_ACT_APPROVE:
        return !yh_eq(officer, m->handler) &&
               !(at == YH_MATTER_SECOND && yh_eq(officer, m->reviewer));
    case YH_MATTER_ACT_UNDO:
        return yh_eq(officer, m->closer) && yh_time_day(ended) == yh_time_day(k->now);
    case YH_MATTER_ACT_RATE: return !m->stars;
    case YH_MATTER_ACT_FINISH: return !m->missing.n;
    case YH_MATTER_ACT_START:
    case YH_MATTER_ACT_ASK:
    case YH_MATTER_ACT_GIVEN:
    case YH_MATTER_ACT_BACK:
    case YH_MATTER_ACT_REFUSE:
    case YH_MATTER_ACT_WITHDRAW:
    case YH_MATTER_ACT_ACCOUNT:
    case YH_MATTER_ACT_PAID:
    case YH_MATTER_ACT_BOUNCED:
    case YH_MATTER_ACTS: break;
    }
    return true;
}

static void put_may(const struct yh_look *k, const struct yh_matter_row *m, yh_str officer,
                    struct yh_jsonw *w)
{
    yh_jw_array(w);
    for (int i = 0; i < YH_MATTER_ACTS; i++) {
        const struct yh_matter_act_row *act = yh_matter_act_of((enum yh_matter_act_id)i);
        if (!may(k, m, officer, (enum yh_matter_act_id)i))
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "act", yh_cstr(act->word));
        yh_jw_kv_str(w, "text", yh_cstr(act->text));
        yh_jw_kv_bool(w, "note", act->note);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static void put_item(const struct yh_look *k, const struct yh_bank_item_row *r, bool full,
                     struct yh_jsonw *w)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "item", yh_fmt(k->arena, "%.*s-%" PRId64, YH_ARG(r->matter), r->nth));
    yh_jw_kv_str(w, "matter", r->matter);
    yh_jw_kv_str(w, "payee", full ? r->payee : yh_mask_name(k->arena, r->payee));
    yh_jw_kv_str(w, "bank", r->bank);
    yh_jw_kv_str(w, "bank_account", yh_mask_number(k->arena, r->bank_account, 4, 4));
    yh_jw_kv_i64(w, "amount", r->amount);
    yh_jw_kv_str(w, "state", r->state);
    yh_jw_kv_str(w, "batch", r->batch);
    yh_jw_kv_str(w, "reason", r->reason);
    yh_jw_kv_time(w, "time", r->time);
    yh_jw_end(w, '}');
}

/* What a field says, with what tells of a person masked. */
static yh_str masked(const struct yh_look *k, enum yh_matter_field_id f, yh_str value)
{
    switch (f) {
    case YH_FIELD_PHONE: return yh_mask_number(k->arena, value, 3, 4);
    case YH_FIELD_BANK_ACCOUNT: return yh_mask_number(k->arena, value, 4, 4);
    case YH_FIELD_PAYEE: return yh_mask_name(k->arena, value);
    case YH_FIELD_ADDRESS: return yh_mask_name(k->arena, value);
    case YH_FIELD_WARD: return yh_mask_name(k->arena, value);
    case YH_FIELD_WARD_CERT: return yh_mask_number(k->arena, value, 6, 4);
    case YH_FIELD_RELATION:
    case YH_FIELD_PLACE:
    case YH_FIELD_PROVIDER:
    case YH_FIELD_DISEASE:
    case YH_FIELD_FILING:
    case YH_FIELD_FROM:
    case YH_FIELD_TO:
    case YH_FIELD_PAYABLE:
    case YH_FIELD_REASON:
    case YH_FIELD_BANK:
    case YH_MATTER_FIELDS: break;
    }
    return value;
}

static void put_fields(const struct yh_look *k, const struct yh_matter_row *m, bool full,
                       struct yh_jsonw *w)
{
    const struct yh_json *v = json_of(k, m->fields);
    yh_jw_array(w);
    for (int i = 0; i < YH_MATTER_FIELDS; i++) {
        const struct yh_matter_field_row *f = yh_matter_field_of((enum yh_matter_field_id)i);
        yh_str value = yh_json_text(yh_json_get(v, yh_cstr(f->word)));
        if (!value.n)
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "word", yh_cstr(f->word));
        yh_jw_kv_str(w, "text", yh_cstr(f->text));
        yh_jw_kv_str(w, "value", full ? value : masked(k, (enum yh_matter_field_id)i, value));
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static void put_deputy(const struct yh_look *k, const struct yh_matter_row *m, bool full,
                       struct yh_jsonw *w)
{
    const struct yh_json *v = json_of(k, m->deputy);
    yh_str name = yh_json_text(yh_json_get(v, YH_S("name")));
    yh_str cert = yh_json_text(yh_json_get(v, YH_S("cert_no")));
    yh_str phone = yh_json_text(yh_json_get(v, YH_S("phone")));
    if (!v) {
        yh_jw_null(w);
        return;
    }
    yh_jw_object(w);
    yh_jw_kv_str(w, "name", full ? name : yh_mask_name(k->arena, name));
    yh_jw_kv_str(w, "cert_no", full ? cert : yh_mask_number(k->arena, cert, 6, 4));
    yh_jw_kv_str(w, "phone", full ? phone : yh_mask_number(k->arena, phone, 3, 4));
    yh_jw_kv_str(w, "relation", yh_json_text(yh_json_get(v, YH_S("relation"))));
    yh_jw_end(w, '}');
}

static enum yh_status put_scans(const struct yh_look *k, const struct yh_matter_row *m,
                                yh_str officer, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_scan_row *s = NULL;
    int n = 0;
    enum yh_matter_state at = yh_matter_state_read(m->state);
    enum yh_status st = yh_scans_of(k->x, m, &s, &n, err);
    if (st)
        return st;
    yh_jw_kv_array(w, "scans");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        yh_jw_kv_i64(w, "nth", s[i].nth);
        yh_jw_kv_str(w, "paper", s[i].paper);
        yh_jw_kv_str(w, "name", s[i].name);
        yh_jw_kv_str(w, "type", s[i].type);
        yh_jw_kv_i64(w, "bytes", s[i].bytes);
        yh_jw_kv_str(w, "digest", s[i].digest);
        yh_jw_kv_str(w, "officer_name", s[i].officer_name);
        yh_jw_kv_time(w, "time", s[i].time);
        if (s[i].until < YH_DAY_MAX)
            yh_jw_kv_day(w, "until", (yh_day)s[i].until);
        else
            yh_jw_kv_str(w, "until", YH_S(""));
        if (s[i].removed)
            yh_jw_kv_time(w, "removed", s[i].removed);
        else
            yh_jw_kv_str(w, "removed", YH_S(""));
        yh_jw_kv_str(w, "removed_by", s[i].removed_by);
        yh_jw_kv_str(w, "removed_why", s[i].removed_why);
        yh_jw_kv_bool(w, "mine", !officer.n && !s[i].officer.n);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_bool(w, "scan_may",
                  officer.n ? !yh_matter_state_over(at)
                            : at == YH_MATTER_ACCEPTED || at == YH_MATTER_PAPERS);
    return YH_OK;
}

enum yh_status yh_look_matter(const struct yh_look *k, const struct yh_matter_row *m,
                              yh_str officer, struct yh_jsonw *w, struct yh_err *err)
{
    return yh_look_matter_at_desk(k, m, officer, !officer.n, w, err);
}

enum yh_status yh_look_matter_at_desk(const struct yh_look *k, const struct yh_matter_row *m,
                                      yh_str officer, bool full, struct yh_jsonw *w,
                                      struct yh_err *err)
{
    struct yh_matter_step_row *step = NULL;
    struct yh_bank_item_row like = { .region = m->region, .grp = m->grp, .matter = m->matter },
                            *item = NULL;
    int nstep = 0, nitem = 0;
    enum yh_status st = yh_matter_steps(k->x, m, &step, &nstep, err);
    if (st == YH_OK)
        st = yh_list_bank_item(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like,
                               &item, &nitem, err);
    if (st)
        return st;
    const struct yh_matter_kind *kind = kind_of(k, m);
    yh_jw_object(w);
    yh_jw_kv_object(w, "head");
    put_row(k, m, full, w);
    yh_jw_end(w, '}');
    yh_jw_kv_str(w, "scheme", m->scheme);
    yh_jw_kv_str(w, "settlement", m->claim.n && m->made_seq ? m->made : YH_S(""));
    yh_jw_key(w, YH_S("fields"));
    put_fields(k, m, full, w);
    yh_jw_key(w, YH_S("papers"));
    if (m->papers.n)
        yh_jw_raw(w, m->papers);
    else
        yh_jw_null(w);
    yh_jw_key(w, YH_S("wanted"));
    put_papers(kind ? kind->papers : YH_S(""), w);
    yh_jw_key(w, YH_S("deputy"));
    put_deputy(k, m, full, w);
    yh_jw_key(w, YH_S("claim"));
    if (m->claim.n)
        yh_jw_raw(w, m->claim);
    else
        yh_jw_null(w);
    yh_jw_kv_str(w, "words", m->words);
    yh_jw_key(w, YH_S("may"));
    put_may(k, m, officer, w);
    yh_jw_key(w, YH_S("steps"));
    put_steps(k, step, nstep, w);
    yh_jw_kv_array(w, "payments");
    for (int i = 0; i < nitem; i++)
        put_item(k, &item[i], full, w);
    yh_jw_end(w, ']');
    st = put_scans(k, m, officer, w, err);
    yh_jw_end(w, '}');
    return st;
}

/* ---- many ---- */

static int newer(const void *x, const void *y)
{
    const struct yh_matter_row *a = x, *b = y;
    if (a->opened != b->opened)
        return a->opened > b->opened ? -1 : 1;
    return yh_cmp(b->matter, a->matter);
}

static int sooner(const void *x, const void *y)
{
    const struct yh_matter_row *a = x, *b = y;
    if (a->due != b->due)
        return a->due < b->due ? -1 : 1;
    return yh_cmp(a->matter, b->matter);
}

static void put_list(const struct yh_look *k, const struct yh_matter_row *m, int n, bool full,
                     struct yh_look_page p, struct yh_jsonw *w)
{
    int64_t from, to;
    yh_page_open(w, p, n, &from, &to);
    for (int64_t i = from; i < to; i++) {
        yh_jw_object(w);
        put_row(k, &m[i], full, w);
        yh_jw_end(w, '}');
    }
    yh_page_close(w, p, n);
}

enum yh_status yh_look_matters_of(const struct yh_look *k, yh_str person, struct yh_look_page p,
                                  struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_person_key_row *key = NULL;
    struct yh_matter_row *all = NULL;
    int nkey = 0, n = 0, cap = 0;
    enum yh_status st = yh_look_keys(k, person, &key, &nkey, err);
    for (int i = 0; st == YH_OK && i < nkey; i++) {
        struct yh_matter_row like = { .region = key[i].region, .grp = key[i].grp }, *m = NULL;
        int nm = 0;
        st = yh_list_matter(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like, &m,
                            &nm, err);
        for (int j = 0; st == YH_OK && j < nm; j++)
            if (yh_eq(m[j].person, person))
                YH_PUSH(k->arena, all, n, cap) = m[j];
    }
    if (st)
        return st;
    if (n)
        qsort(all, (size_t)n, sizeof *all, newer);
    put_list(k, all, n, true, p, w);
    return YH_OK;
}

static bool matter_within(void *ctx, const void *row)
{
    const struct yh_look_queue *ask = ctx;
    const struct yh_matter_row *m = row;
    return ask->within(ask->user, m->region, m->office);
}

static bool item_within(void *ctx, const void *row)
{
    const struct yh_look_queue *ask = ctx;
    const struct yh_bank_item_row *i = row;
    return ask->within(ask->user, i->region, i->office);
}

static bool batch_within(void *ctx, const void *row)
{
    const struct yh_look_queue *ask = ctx;
    const struct yh_bank_batch_row *b = row;
    return ask->within(ask->user, b->region, b->region);
}

/* Matters in a state within the area, by due day. */
static enum yh_status in_state(const struct yh_look *k, const struct yh_look_queue *ask,
                               enum yh_matter_state s, struct yh_matter_row **out, int *n,
                               struct yh_err *err)
{
    struct yh_matter_row like = { .state = yh_cstr(yh_matter_state_word(s)) };
    struct yh_span span = { .index = yh_matter_by_state, .same = 1, .most = LOOK_MOST };
    struct yh_look_queue own = *ask;
    return yh_pick_matter(k->x, span, &like, matter_within, &own, out, n, err);
}

enum yh_status yh_look_matter_queue(const struct yh_look *k, const struct yh_look_queue *ask,
                                    struct yh_look_page p, struct yh_jsonw *w,
                                    struct yh_err *err)
{
    struct yh_matter_row *all = NULL;
    int n = 0, cap = 0;
    yh_day today = yh_time_day(k->now);
    yh_jw_object(w);
    yh_jw_kv_array(w, "states");
    for (int s = 0; s < YH_MATTER_STATES; s++) {
        enum yh_matter_state state = (enum yh_matter_state)s;
        struct yh_matter_row *m = NULL;
        int nm = 0, due = 0;
        bool asked = ask->state.n ? yh_eq(ask->state, yh_cstr(yh_matter_state_word(state)))
                                  : !yh_matter_state_over(state);
        if (yh_matter_state_over(state) && !asked)
            continue;
        enum yh_status st = in_state(k, ask, state, &m, &nm, err);
        if (st)
            return st;
        for (int i = 0; i < nm; i++) {
            due += m[i].due <= today;
            if (asked && (!ask->due || m[i].due <= today))
                YH_PUSH(k->arena, all, n, cap) = m[i];
        }
        yh_jw_object(w);
        yh_jw_kv_str(w, "state", yh_cstr(yh_matter_state_word(state)));
        yh_jw_kv_str(w, "text", yh_cstr(yh_matter_state_text(state)));
        yh_jw_kv_i64(w, "n", nm);
        yh_jw_kv_i64(w, "due", due);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    if (n)
        qsort(all, (size_t)n, sizeof *all, sooner);
    int64_t from = yh_min((p.page - 1) * p.size, n), to = yh_min(from + p.size, n);
    for (int64_t i = from; i < to; i++)
        if (ask->note && !ask->note(ask->user, &all[i]))
            return yh_fail(err, YH_RETRY, "查阅记录来不及写入");
    yh_jw_key(w, YH_S("list"));
    put_list(k, all, n, false, p, w);
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- ratings ---- */

struct rating {
    yh_str kind, name;
    int64_t n, stars, poor, asked;
};

enum yh_status yh_look_ratings(const struct yh_look *k, const struct yh_look_queue *ask,
                               yh_day since, struct yh_jsonw *w, struct yh_err *err)
{
    struct rating *r = NULL;
    struct yh_matter_row *poor = NULL;
    int n = 0, cap = 0, npoor = 0, cappoor = 0;
    static const enum yh_matter_state ENDED[] = { YH_MATTER_PAYING, YH_MATTER_RETURNED,
                                                  YH_MATTER_DONE, YH_MATTER_REFUSED };
    for (int s = 0; s < YH_COUNT(ENDED); s++) {
        struct yh_matter_row *m = NULL;
        int nm = 0;
        enum yh_status st = in_state(k, ask, ENDED[s], &m, &nm, err);
        if (st)
            return st;
        for (int i = 0; i < nm; i++) {
            int at = 0;
            if (yh_time_day(m[i].changed) < since)
                continue;
            while (at < n && !yh_eq(r[at].kind, m[i].kind))
                at++;
            if (at == n) {
                const struct yh_matter_kind *kind = kind_of(k, &m[i]);
                YH_PUSH(k->arena, r, n, cap) =
                    (struct rating){ m[i].kind, kind ? kind->name : m[i].kind, 0, 0, 0, 0 };
            }
            r[at].asked++;
            r[at].n += m[i].stars > 0;
            r[at].stars += m[i].stars;
            if (m[i].stars > 0 && m[i].stars < 3) {
                r[at].poor++;
                YH_PUSH(k->arena, poor, npoor, cappoor) = m[i];
            }
        }
    }
    yh_jw_object(w);
    yh_jw_kv_day(w, "since", since);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; i < n; i++) {
        char text[32];
        yh_jw_object(w);
        yh_jw_kv_str(w, "kind", r[i].kind);
        yh_jw_kv_str(w, "name", r[i].name);
        yh_jw_kv_i64(w, "finished", r[i].asked);
        yh_jw_kv_i64(w, "rated", r[i].n);
        yh_jw_kv_str(
            w, "stars",
            r[i].n
                ? yh_dec_text(text, yh_muldiv(r[i].stars, 100, r[i].n, YH_ROUND_HALF_UP), 2, 2)
                : YH_S(""));
        yh_jw_kv_i64(w, "poor", r[i].poor);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "poor");
    if (npoor)
        qsort(poor, (size_t)npoor, sizeof *poor, newer);
    for (int i = 0; i < npoor && i < 50; i++) {
        const struct yh_matter_kind *kind = kind_of(k, &poor[i]);
        yh_jw_object(w);
        yh_jw_kv_str(w, "matter", poor[i].matter);
        yh_jw_kv_str(w, "name", kind ? kind->name : poor[i].kind);
        yh_jw_kv_i64(w, "stars", poor[i].stars);
        yh_jw_kv_str(w, "words", poor[i].words);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}

/* ---- a quote ---- */

void yh_look_quote(const struct yh_look *k, const struct yh_claim_result *q, struct yh_jsonw *w)
{
    const struct yh_settled *s = &q->settled;
    char text[32];
    yh_jw_object(w);
    yh_jw_kv_array(w, "faults");
    for (int i = 0; i < q->nfault; i++) {
        const struct yh_claim_fault *f = &q->fault[i];
        yh_jw_object(w);
        yh_jw_kv_i64(w, "line", f->line);
        yh_jw_kv_str(w, "field", f->field);
        yh_jw_kv_str(w, "met", f->met);
        yh_jw_kv_str(w, "what", f->what);
        yh_jw_kv_str(w, "cure", f->cure);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_i64(w, "payable", q->payable);
    if (q->last)
        yh_jw_kv_day(w, "last", q->last);
    else
        yh_jw_kv_str(w, "last", YH_S(""));
    yh_jw_kv_bool(w, "late", q->late);
    yh_jw_kv_str(w, "basis", q->basis);
    yh_jw_kv_str(w, "standing", q->last ? yh_standing_word(q->standing) : YH_S(""));
    yh_jw_key(w, YH_S("result"));
    if (q->nfault) {
        yh_jw_null(w);
    } else {
        yh_jw_object(w);
        yh_look_decided(k, s->plan, s->bill, s->decision, w);
        yh_jw_end(w, '}');
    }
    yh_jw_kv_array(w, "lines");
    for (int i = 0; i < s->nline; i++) {
        const struct yh_charge_line *l = &s->line[i];
        yh_jw_object(w);
        yh_jw_kv_str(w, "serial", l->serial);
        yh_jw_kv_str(w, "code", l->code);
        yh_jw_kv_str(w, "name", l->name);
        yh_jw_kv_i64(w, "amount", l->amount);
        yh_jw_kv_i64(w, "outside", l->outside);
        yh_jw_kv_i64(w, "over", l->over);
        yh_jw_kv_i64(w, "first", l->first);
        yh_jw_kv_i64(w, "scope", l->scope);
        yh_jw_kv_str(w, "first_rate", yh_dec_text(text, l->first_rate, 6, 6));
        yh_jw_kv_str(w, "class", l->item_class);
        yh_jw_kv_str(w, "note", l->note);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}

/* ---- batches ---- */

static void put_batch(const struct yh_bank_batch_row *b, struct yh_jsonw *w)
{
    yh_jw_kv_str(w, "batch", b->batch);
    yh_jw_kv_str(w, "state", b->state);
    yh_jw_kv_i64(w, "items", b->items);
    yh_jw_kv_i64(w, "amount", b->amount);
    yh_jw_kv_i64(w, "paid", b->paid);
    yh_jw_kv_i64(w, "returned", b->returned);
    yh_jw_kv_str(w, "officer", b->officer);
    yh_jw_kv_str(w, "approver", b->approver);
    yh_jw_kv_time(w, "time", b->time);
    yh_jw_kv_time(w, "answered", b->answered);
}

enum yh_status yh_look_batches(const struct yh_look *k, const struct yh_look_queue *ask,
                               struct yh_look_page p, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_bank_batch_row *b = NULL;
    struct yh_bank_item_row like = { .state = YH_S("waiting") }, *item = NULL;
    struct yh_look_queue own = *ask;
    int n = 0, nitem = 0;
    struct yh_span all = { .index = yh_bank_batch_by_region, .down = true, .most = LOOK_MOST };
    struct yh_span waiting = { .index = yh_bank_item_by_state, .same = 1, .most = LOOK_MOST };
    enum yh_status st = yh_pick_bank_batch(k->x, all, NULL, batch_within, &own, &b, &n, err);
    if (st == YH_OK)
        st = yh_pick_bank_item(k->x, waiting, &like, item_within, &own, &item, &nitem, err);
    if (st)
        return st;
    yh_fen sum = 0;
    for (int i = 0; i < nitem; i++)
        sum += item[i].amount;
    yh_jw_object(w);
    yh_jw_kv_i64(w, "waiting", nitem);
    yh_jw_kv_i64(w, "waiting_amount", sum);
    yh_jw_key(w, YH_S("list"));
    int64_t from, to;
    yh_page_open(w, p, n, &from, &to);
    for (int64_t i = from; i < to; i++) {
        yh_jw_object(w);
        put_batch(&b[i], w);
        yh_jw_end(w, '}');
    }
    yh_page_close(w, p, n);
    yh_jw_end(w, '}');
    return YH_OK;
}

enum yh_status yh_look_batch(const struct yh_look *k, yh_str batch, struct yh_jsonw *w,
                             struct yh_err *err)
{
    struct yh_bank_batch_row b;
    struct yh_bank_item_row *item = NULL;
    int n = 0;
    enum yh_status st = yh_bank_items(k->x, batch, &b, &item, &n, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_object(w, "head");
    put_batch(&b, w);
    yh_jw_end(w, '}');
    yh_jw_kv_array(w, "items");
    for (int i = 0; i < n; i++)
        put_item(k, &item[i], false, w);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return YH_OK;
}
