/* shell/portal/rule_replay.c -- 监管规则: a rule's text checked while it is written, and run over a year's archive
 * before it is switched on.  The figures are those of `yiheng rules replay` (shell/rules/replay.h).
 *
 * The row keeps what was found whole; what is told of it depends on who asks.  Examples and providers of
 * offices out of the area are only counted.  A supervisor sees visit, settlement and doctor, and each person
 * shown is noted as looked at; who makes policy sees what was charged, and no number of anybody. */
#include <stdio.h>
#include "shell/portal/inside.h"
#include "shell/replay/load.h"
#include "shell/rules/goods.h"
#include "shell/rules/replay.h"

#define TEXT_MOST (64 << 10)
#define DRAWN 5      /* examples of the rule and of each look-alike */
#define PROVIDERS 20 /* told */

enum { HITS, PERSONS, HOUSES, ITEM, METHOD, ALIKE, BEFORE, FRESH };

static const struct yh_rule_book *loaded(struct yh_portal *p)
{
    return &p->config.realm->rules;
}

/* The text that was asked for as a book of its one rule. */
static enum yh_status book_of(struct yh_portal *p, yh_str text, struct yh_rule_book *out,
                              struct yh_err *err)
{
    if (text.n > TEXT_MOST)
        return yh_fail_field(err, YH_BAD_INPUT, "text", "",
                             "text：规则最长 64 KiB，写的是 %lld 字节", (long long)text.n);
    return yh_rule_book_text(loaded(p), YH_S("规则"), text, out, err);
}

/* ---- the check ---- */

static void put_findings_of(const struct yh_rule_book *b, struct yh_jsonw *w)
{
    yh_jw_array(w);
    for (int i = 0; i < b->findings.n; i++)
        put_finding(&b->findings.item[i], w);
    yh_jw_end(w, ']');
}

/* A text without a rule says so as a finding, so that the page has one way to tell. */
static void settle_findings(struct yh_rule_book *b)
{
    yh_findings_sort(&b->findings);
    if (b->rules->n == 1 || b->findings.count[YH_ERROR])
        return;
    b->findings.item[b->findings.n++ % YH_FINDINGS_MAX] = (struct yh_finding){
        .severity = YH_ERROR,
        .doc = YH_S("规则"),
        .line = 1,
        .col = 1,
        .text = b->rules->n ? YH_S("一次只试一条规则") : YH_S("这段文字里没有规则"),
        .cure = YH_S("第一行写 rule 标识 名称；写法见 docs/rule-guide.md"),
    };
    b->findings.count[YH_ERROR]++;
}

enum yh_status portal_rule_check(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_rule_book b;
    enum yh_status st = book_of(c->p, in_text(c, "text"), &b, err);
    if (st)
        return st;
    settle_findings(&b);
    bool ok = !b.findings.count[YH_ERROR];
    struct yh_rule_case_fail *fail = NULL;
    int nfail = 0, right = 0;
    const struct yh_mon_rule *q = b.rules->n ? &b.rules->rule[0] : NULL, *now = NULL;
    int at = q ? yh_rules_find(loaded(c->p)->rules, q->id) : -1;
    if (at >= 0)
        now = &loaded(c->p)->rules->rule[at];
    if (ok)
        right = yh_rule_cases(&b.arena, b.rules, 0, &fail, &nfail);
    yh_jw_object(w);
    yh_jw_kv_bool(w, "ok", ok);
    yh_jw_kv_str(w, "rule", q ? q->id : YH_S(""));
    yh_jw_kv_str(w, "name", q ? q->name : YH_S(""));
    yh_jw_kv_str(w, "kind", q ? q->cls : YH_S(""));
    yh_jw_kv_bool(w, "loaded", now != NULL);
    yh_jw_kv_bool(w, "same", now && !strcmp(now->digest, q->digest));
    yh_jw_kv_i64(w, "rows", q ? q->nrow : 0);
    yh_jw_kv_i64(w, "skipped", q ? q->skipped : 0);
    yh_jw_key(w, YH_S("findings"));
    put_findings_of(&b, w);
    yh_jw_kv_i64(w, "right", right);
    yh_jw_kv_i64(w, "wrong", nfail);
    yh_jw_kv_array(w, "fails");
    for (int i = 0; i < nfail; i++) {
        yh_jw_object(w);
        yh_jw_kv_i64(w, "line", fail[i].line);
        yh_jw_kv_str(w, "why", fail[i].why);
        yh_jw_kv_str(w, "said", fail[i].said);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    yh_rule_book_close(&b);
    return YH_OK;
}

/* ---- running: the report as the row keeps it ---- */

static void put_samples(struct yh_jsonw *w, const struct yh_rule_tally *t, const char *as,
                        yh_str why)
{
    for (int i = 0; i < t->n; i++) {
        yh_jw_object(w);
        yh_jw_kv_str(w, "as", yh_cstr(as));
        yh_jw_kv_str(w, "why", why);
        yh_jw_kv_raw(w, "found", t->drawn[i].text);
        yh_jw_end(w, '}');
    }
}

static void put_months(struct yh_jsonw *w, const struct yh_rule_replay *r)
{
    yh_jw_kv_array(w, "months");
    for (int m = 0; m < YH_RULE_MONTHS; m++) {
        const struct yh_rule_month *x = &r->month[m];
        char text[24];
        if (!x->hits)
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "month", yh_rule_month_text(text, m));
        yh_jw_kv_i64(w, "hits", x->hits);
        yh_jw_kv_i64(w, "item", x->item);
        yh_jw_kv_i64(w, "method", x->method);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static int64_t put_near(struct yh_jsonw *w, const struct yh_rule_replay *r)
{
    int64_t all = 0;
    yh_jw_kv_array(w, "near");
    for (int i = 0; i < r->nnear; i++) {
        const struct yh_rule_tally *x = &r->alike[i];
        yh_jw_object(w);
        yh_jw_kv_bool(w, "exempt", r->near[i].exempt);
        yh_jw_kv_str(w, "why", r->near[i].words);
        yh_jw_kv_bool(w, "ran", r->near[i].variant >= 0);
        yh_jw_kv_i64(w, "hits", x->hits);
        yh_jw_kv_i64(w, "persons", x->persons);
        yh_jw_kv_i64(w, "lines", x->lines);
        yh_jw_end(w, '}');
        all += x->hits;
    }
    yh_jw_end(w, ']');
    return all;
}

static void put_providers(struct yh_jsonw *w, struct yh_arena *a,
                          const struct yh_archive *archive, const struct yh_regions *regions,
                          const struct yh_rule_replay *r)
{
    const struct yh_arc_chunk *p = &archive->providers;
    int *place, n = yh_rule_replay_providers(a, r, &place);
    yh_jw_kv_array(w, "providers");
    for (int i = 0; i < n && i < PROVIDERS; i++) {
        const struct yh_audit_sum *s = &r->sum.provider[place[i]];
        char text[24];
        yh_str office = yh_arc_dict_text(&archive->dicts, YH_DICT_OFFICE,
                                         YH_ARC(p, provider, office, place[i]));
        struct yh_place at;
        bool known = !yh_region_locate(regions, office, yh_day_of(archive->about.year, 12, 31),
                                       &at, NULL);
        yh_jw_object(w);
        yh_jw_kv_str(w, "provider", yh_arc_text(p, YH_ARC(p, provider, code, place[i]), text));
        yh_jw_kv_str(w, "name", yh_arc_text(p, YH_ARC(p, provider, name, place[i]), text));
        yh_jw_kv_str(w, "office", office);
        yh_jw_kv_str(w, "office_name", known && at.office ? at.office->name : office);
        yh_jw_kv_i64(w, "hits", s->hits);
        yh_jw_kv_i64(w, "item", s->item);
        yh_jw_kv_i64(w, "method", s->method);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

struct job {
    struct yh_rule_book book, before;
    struct yh_archive archive;
    struct yh_audit_goods goods;
    struct yh_terms terms;
    bool changed;
};

/* The rule, its archive, and the loaded rule of that name where the text changes it. */
static enum yh_status open_job(struct yh_portal *p, const struct turn *t, struct yh_arena *a,
                               struct job *j, struct yh_err *err)
{
    enum yh_status st = book_of(p, t->text, &j->book, err);
    if (st == YH_OK && (j->book.findings.count[YH_ERROR] || j->book.rules->n != 1))
        st = yh_fail(err, YH_BAD_INPUT, "规则有错误，没有试跑");
    if (st == YH_OK)
        st = yh_replay_find(p->config.data, 0, &j->archive, err);
    if (st == YH_NOT_FOUND && !j->archive.path[0])
        return yh_fail(err, st, "%s", NO_ARCHIVE);
    if (st)
        return st;
    const struct yh_rules *now = loaded(p)->rules;
    int at = yh_rules_find(now, j->book.rules->rule[0].id);
    j->changed = at >= 0 && strcmp(now->rule[at].digest, j->book.rules->rule[0].digest) != 0;
    if (j->changed)
        st = book_of(p, now->rule[at].text, &j->before, err);
    return st ? st : yh_goods_beside(a, &j->archive, &j->goods, err);
}

/* As report and figures of its row. */
static void put_found(const struct yh_rule_replay *r, const struct job *j,
                      const struct yh_regions *regions, struct yh_arena *a, struct turn_end *e)
{
    struct yh_buf out = yh_buf_in(a);
    struct yh_jsonw w = yh_jsonw_on(&out);
    char name[32];
    (void)snprintf(name, sizeof name, "%06u-%d", j->archive.about.region,
                   j->archive.about.year);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "archive", yh_cstr(name));
    yh_jw_kv_i64(&w, "persons", r->sum.persons);
    yh_jw_kv_i64(&w, "visits", r->sum.visits);
    yh_jw_kv_i64(&w, "lines", r->sum.lines);
    yh_jw_kv_i64(&w, "rows", r->rules->rule[0].nrow);
    yh_jw_kv_i64(&w, "skipped", r->rules->rule[0].skipped);
    yh_jw_kv_i64(&w, "fund", r->hit[0].fund);
    yh_jw_kv_i64(&w, "person", r->hit[0].person);
    yh_jw_kv_i64(&w, "item_before", r->change[0].item_before);
    yh_jw_kv_i64(&w, "method_before", r->change[0].method_before);
    yh_jw_kv_i64(&w, "kept", r->change[0].kept);
    yh_jw_kv_i64(&w, "gone", r->change[0].gone);
    put_months(&w, r);
    e->figure[ALIKE] = put_near(&w, r);
    put_providers(&w, a, &j->archive, regions, r);
    yh_jw_kv_array(&w, "samples");
    put_samples(&w, &r->hit[0], "命中", YH_S(""));
    for (int i = 0; i < r->nnear; i++)
        put_samples(&w, &r->alike[i], r->near[i].exempt ? "除外" : "差一步", r->near[i].words);
    yh_jw_end(&w, ']');
    yh_jw_end(&w, '}');
    e->report = yh_buf_str(&out);
    e->figure[HITS] = r->hit[0].hits;
    e->figure[PERSONS] = r->hit[0].persons;
    e->figure[HOUSES] = r->hit[0].providers;
    e->figure[ITEM] = r->hit[0].item;
    e->figure[METHOD] = r->hit[0].method;
    e->figure[BEFORE] = r->change[0].before;
    e->figure[FRESH] = j->changed ? r->change[0].fresh : 0;
}

static enum yh_status carry_out(struct yh_portal *p, struct turn *t, struct yh_arena *a,
                                struct job *j, struct turn_end *e, struct yh_err *err)
{
    const struct yh_realm *realm = p->config.realm;
    enum yh_status st = open_job(p, t, a, j, err);
    if (st)
        return st;
    bool priced = yh_prices_beside(&realm->catalogs, &j->archive, &j->terms);
    struct yh_rule_replay r;
    struct yh_rule_replay_options opt = { .book = &j->book,
                                          .before = j->changed ? &j->before : NULL,
                                          .archive = &j->archive,
                                          .goods = &j->goods,
                                          .catalog = realm->catalogs.catalog,
                                          .terms = priced ? &j->terms : NULL,
                                          .threads = 1,
                                          .draw = DRAWN,
                                          .json = true,
                                          .stay_method = YH_METHOD_ITEM,
                                          .stop = &t->stop,
                                          .progress = turn_progress,
                                          .user = t };
    if ((st = yh_rule_replay_run(a, &opt, &r, err)) == YH_OK)
        put_found(&r, j, &realm->catalogs.regions, a, e);
    return st;
}

static enum yh_status work(struct yh_portal *p, struct turn *t, struct yh_arena *a,
                           struct turn_end *e, struct yh_err *err)
{
    struct job *j = yh_heap(NULL, sizeof *j);
    memset(j, 0, sizeof *j);
    enum yh_status st = carry_out(p, t, a, j, e, err);
    yh_archive_close(&j->archive);
    yh_rule_book_close(&j->book);
    yh_rule_book_close(&j->before);
    (void)yh_heap(j, 0);
    return st;
}

static enum yh_status keep(struct yh_txn *x, const struct turn_end *e, struct yh_err *err)
{
    struct yh_rule_replay_row row = { .replay = e->id };
    enum yh_status st = yh_get_rule_replay(x, &row, err);
    if (st)
        return st;
    row.state = yh_cstr(e->state);
    row.message = yh_cstr(e->message);
    row.report = e->report;
    row.done = e->done;
    row.all = e->all;
    row.hits = e->figure[HITS];
    row.persons = e->figure[PERSONS];
    row.providers = e->figure[HOUSES];
    row.item = e->figure[ITEM];
    row.method = e->figure[METHOD];
    row.alike = e->figure[ALIKE];
    row.before = e->figure[BEFORE];
    row.fresh = e->figure[FRESH];
    row.ended = portal_now();
    return yh_put_rule_replay(x, &row, err);
}

static const struct turn_kind KIND = { "规则试跑", work, keep };

/* ---- what is told ---- */

static bool in_area(const struct call *c, yh_str office)
{
    return within_area(yh_cstr(c->who.area), office, office);
}

static void put_lines(const struct yh_hit *h, struct yh_jsonw *w)
{
    char text[32];
    yh_jw_kv_array(w, "lines");
    for (int i = 0; i < h->nline; i++) {
        const struct yh_hit_line *l = &h->line[i];
        yh_jw_object(w);
        yh_jw_kv_str(w, "code", l->code);
        yh_jw_kv_str(w, "name", l->name);
        yh_jw_kv_day(w, "day", l->day);
        yh_jw_kv_str(w, "qty", yh_dec_text(text, l->qty, 4, 4));
        yh_jw_kv_str(w, "excess", l->excess ? yh_dec_text(text, l->excess, 4, 4) : YH_S(""));
        yh_jw_kv_i64(w, "amount", l->amount);
        yh_jw_kv_i64(w, "claimed", l->claimed);
        yh_jw_kv_bool(w, "at_stake", l->at_stake);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "facts");
    for (int i = 0; i < h->nfact; i++) {
        yh_jw_object(w);
        yh_jw_kv_str(w, "name", h->fact[i].name);
        yh_jw_kv_str(w, "value", h->fact[i].value);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

static yh_str member(const struct yh_json *o, const char *key)
{
    return yh_json_text(yh_json_get(o, yh_cstr(key)));
}

static int64_t whole(const struct yh_json *o, const char *key)
{
    int64_t v = 0;
    return yh_json_dec(yh_json_get(o, yh_cstr(key)), 0, &v, NULL) ? 0 : v;
}

/* Who is shown is noted; one who is not among these books cannot sign in to read of it. */
static enum yh_status note(struct call *c, yh_str person, yh_str rule, struct yh_err *err)
{
    struct yh_look_place at;
    if (yh_look_place(&c->look, person, &at, NULL) ||
        note_look(c, at.region, at.grp, person, rule))
        return YH_OK;
    return yh_fail(err, YH_RETRY, "查阅记录来不及写入");
}

static yh_str house_name(const struct call *c, const struct yh_json *houses, yh_str provider)
{
    for (const struct yh_json *p = houses->first; p; p = p->next)
        if (yh_eq(member(p, "provider"), provider))
            return member(p, "name");
    return yh_look_provider_name(&c->look, provider);
}

static enum yh_status put_sample(struct call *c, const struct yh_json *s, yh_str rule,
                                 const struct yh_json *houses, int64_t *elsewhere,
                                 struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_hit h;
    enum yh_status st = yh_hit_read(&c->arena, yh_json_get(s, YH_S("found")), &h, err);
    if (st)
        return st;
    if (!in_area(c, h.office)) {
        ++*elsewhere;
        return YH_OK;
    }
    bool full = c->who.role == BIT_SUPERVISOR;
    if (full && (st = note(c, h.person, rule, err)) != YH_OK)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "as", member(s, "as"));
    yh_jw_kv_str(w, "why", member(s, "why"));
    yh_jw_kv_str(w, "hit", h.id);
    yh_jw_kv_str(w, "person", full ? yh_mask_number(&c->arena, h.person, 6, 4) : YH_S(""));
    yh_jw_kv_str(w, "settlement", full ? h.settlement : YH_S(""));
    yh_jw_kv_str(w, "visit", full ? h.visit : YH_S(""));
    yh_jw_kv_str(w, "doctor", full ? h.doctor : YH_S(""));
    yh_jw_kv_str(w, "provider", h.provider);
    yh_jw_kv_str(w, "provider_name", house_name(c, houses, h.provider));
    yh_jw_kv_str(w, "office", h.office);
    yh_jw_kv_day(w, "day", h.day);
    yh_jw_kv_day(w, "day_to", h.day_to);
    yh_jw_kv_str(w, "item", h.item_name);
    yh_jw_kv_i64(w, "item_money", h.item_money);
    yh_jw_kv_i64(w, "fund_item", h.fund_item);
    yh_jw_kv_i64(w, "fund_method", h.fund_method);
    yh_jw_kv_str(w, "message", h.message);
    yh_jw_kv_str(w, "advice", h.advice);
    yh_jw_kv_str(w, "basis", h.basis);
    put_lines(&h, w);
    yh_jw_end(w, '}');
    return YH_OK;
}

/* The kept report, with what this reader may see. */
static enum yh_status put_report(struct call *c, const struct yh_rule_replay_row *row,
                                 struct yh_jsonw *w, struct yh_err *err)
{
    static const char *const SUM[] = { "persons",       "visits", "lines",  "rows",
                                       "skipped",       "fund",   "person", "item_before",
                                       "method_before", "kept",   "gone" };
    struct yh_json *r;
    enum yh_status st =
        yh_json_read(&c->arena, row->report, (struct yh_json_limits){ 0 }, &r, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_str(w, "archive", member(r, "archive"));
    for (int i = 0; i < YH_COUNT(SUM); i++)
        yh_jw_kv_i64(w, SUM[i], whole(r, SUM[i]));
    static const char *const AS_IS[] = { "months", "near" };
    for (int i = 0; i < YH_COUNT(AS_IS); i++) {
        yh_jw_kv_raw(w, AS_IS[i], yh_json_get(r, yh_cstr(AS_IS[i]))->text);
    }
    int64_t elsewhere = 0;
    yh_jw_kv_array(w, "providers");
    const struct yh_json *houses = yh_json_get(r, YH_S("providers")), *list;
    for (const struct yh_json *p = houses->first; p; p = p->next) {
        if (!in_area(c, member(p, "office"))) {
            elsewhere++;
            continue;
        }
        yh_jw_raw(w, p->text);
    }
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "samples");
    list = yh_json_get(r, YH_S("samples"));
    for (const struct yh_json *s = list->first; st == YH_OK && s; s = s->next)
        st = put_sample(c, s, row->rule, houses, &elsewhere, w, err);
    yh_jw_end(w, ']');
    yh_jw_kv_i64(w, "elsewhere", elsewhere);
    yh_jw_end(w, '}');
    return st;
}

static enum yh_status put_run(struct call *c, const struct yh_rule_replay_row *row,
                              const struct turn *live, bool full, struct yh_jsonw *w,
                              struct yh_err *err)
{
    struct turn_row is = {
        row->state, row->message, row->done, row->all, row->began, row->ended
    };
    enum yh_status st = YH_OK;
    yh_jw_object(w);
    yh_jw_kv_i64(w, "id", row->replay);
    yh_jw_kv_str(w, "rule", row->rule);
    yh_jw_kv_str(w, "name", row->name);
    if (full)
        yh_jw_kv_str(w, "text", row->text);
    yh_jw_kv_str(w, "digest", row->digest);
    yh_jw_kv_i64(w, "changed", row->changed);
    yh_jw_kv_str(w, "user_name", row->user_name);
    put_turn(live, &is, w);
    yh_jw_kv_i64(w, "hits", row->hits);
    yh_jw_kv_i64(w, "persons", row->persons);
    yh_jw_kv_i64(w, "providers", row->providers);
    yh_jw_kv_i64(w, "item", row->item);
    yh_jw_kv_i64(w, "method", row->method);
    yh_jw_kv_i64(w, "alike", row->alike);
    yh_jw_kv_i64(w, "before", row->before);
    yh_jw_kv_i64(w, "fresh", row->fresh);
    if (full) {
        yh_jw_key(w, YH_S("report"));
        if (row->report.n)
            st = put_report(c, row, w, err);
        else
            yh_jw_null(w);
    }
    yh_jw_end(w, '}');
    return st;
}

/* ---- the routes ---- */

static enum yh_status ask_write(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_rule_replay_row *row = c->state;
    enum yh_status st = yh_txn_next(c->look.x, YH_S("rule"), YH_S("replay"), &row->replay, err);
    if (st == YH_OK)
        st = yh_add_rule_replay(c->look.x, row, err);
    c->turn->id = row->replay;
    return st ? st : put_run(c, row, c->turn, true, w, err);
}

enum yh_status portal_rule_replay_open(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w;
    const struct yh_rules *now = loaded(c->p)->rules;
    yh_str text = in_text(c, "text"), rule = yh_trim(in_text(c, "rule"));
    int at = rule.n ? yh_rules_find(now, rule) : -1;
    if (!yh_trim(text).n && at < 0)
        return rule.n ? yh_fail_field(err, YH_NOT_FOUND, "rule", "",
                                      "rule：没有装入规则“%.*s”，请从列表里选", YH_ARG(rule))
                      : yh_fail_field(err, YH_BAD_INPUT, "rule", "",
                                      "rule：写明哪一条规则，或在 text 里给出规则文字");
    text = yh_trim(text).n ? text : now->rule[at].text;
    struct yh_rule_book b;
    enum yh_status st = turns_room(c, err);
    if (st == YH_OK)
        st = book_of(c->p, text, &b, err);
    if (st)
        return st;
    settle_findings(&b);
    if (b.findings.count[YH_ERROR]) {
        const struct yh_finding *f = &b.findings.item[0];
        for (int i = 0; i < b.findings.n && f->severity != YH_ERROR; i++)
            f = &b.findings.item[i];
        st = yh_fail_field(err, YH_BAD_INPUT, "text", "", "text：第 %d 行第 %d 列 %.*s —— %.*s",
                           f->line, f->col, YH_ARG(f->text), YH_ARG(f->cure));
        yh_rule_book_close(&b);
        return st;
    }
    const struct yh_mon_rule *q = &b.rules->rule[0];
    at = yh_rules_find(now, q->id);
    struct yh_rule_replay_row *asked = YH_NEW(&c->arena, struct yh_rule_replay_row, 1);
    *asked = (struct yh_rule_replay_row){
        .rule = yh_dup(&c->arena, q->id),
        .name = yh_dup(&c->arena, q->name),
        .text = text,
        .digest = yh_dup(&c->arena, yh_cstr(q->digest)),
        .changed = at < 0 ? 2 : strcmp(now->rule[at].digest, q->digest) != 0,
        .user = yh_cstr(c->who.user),
        .user_name = yh_cstr(c->who.name),
        .area = yh_cstr(c->who.area),
        .state = YH_S("waiting"),
        .message = YH_S(""),
        .report = YH_S(""),
        .began = c->look.now
    };
    yh_rule_book_close(&b);
    c->state = asked;
    c->write = ask_write;
    turn_ask(c, &KIND, text, 0);
    return YH_OK;
}

/* Whoever asked may look, and colleagues of the same area. */
static bool may_look(const struct call *c, const struct yh_rule_replay_row *row)
{
    return yh_eq(row->user, yh_cstr(c->who.user)) || yh_eq(row->area, yh_cstr(c->who.area));
}

static enum yh_status row_asked(struct call *c, struct yh_rule_replay_row *row,
                                struct yh_err *err)
{
    *row = (struct yh_rule_replay_row){ .replay = param_no(c) };
    enum yh_status st = yh_get_rule_replay(c->look.x, row, err);
    if (st == YH_OK && !may_look(c, row))
        st = YH_NOT_FOUND;
    return st == YH_NOT_FOUND ? yh_fail(err, st, "没有这次试跑") : st;
}

enum yh_status portal_rule_replay_get(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct turn *live;
    struct yh_rule_replay_row row;
    /* Asked for before the row is: what ends in between has its row. */
    int n = turns_live(c, &KIND, &live);
    enum yh_status st = row_asked(c, &row, err);
    return st ? st : put_run(c, &row, turn_of(live, n, row.replay), true, w, err);
}

static bool shown(void *call, const void *row)
{
    return may_look(call, row);
}

enum yh_status portal_rule_replays(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    yh_str rule = yh_trim(in_text(c, "rule"));
    struct yh_rule_replay_row like = { .rule = rule }, *row = NULL;
    struct turn *live;
    int n = 0, nlive = turns_live(c, &KIND, &live);
    struct yh_span span = { .index = rule.n ? (int)yh_rule_replay_by_rule : YH_BY_KEY,
                            .same = rule.n != 0,
                            .down = true,
                            .most = 100 };
    enum yh_status st = yh_pick_rule_replay(c->look.x, span, &like, shown, c, &row, &n, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; st == YH_OK && i < n; i++)
        st = put_run(c, &row[i], turn_of(live, nlive, row[i].replay), false, w, err);
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return st;
}

enum yh_status portal_rule_replay_stop(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_rule_replay_row row;
    enum yh_status st = row_asked(c, &row, err);
    if (st == YH_OK)
        st = turn_stop(c, &KIND, row.replay, err);
    return st ? st : put_done(w);
}
