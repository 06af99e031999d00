/* service/casework/file.c -- a case from its opening to the recheck and the panel. */
#include "model/monitor/hit.h"
#include "service/casework/inside.h"
#include "service/query.h"
#include "service/settle.h"

/* ---- hits come in ---- */

/* Is the hit in a case that still counts? */
static enum yh_status taken(struct yh_docket *k, yh_str hit, yh_str *by, struct yh_err *err)
{
    struct yh_case_hit_row like = { .hit = hit }, *row = NULL;
    int n = 0;
    *by = YH_S("");
    enum yh_status st = yh_list_case_hit(
        k->x, (struct yh_span){ .index = yh_case_hit_by_hit, .same = 1 }, &like, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_case_file_row f;
        st = yh_case_get(k->x, row[i].case_no, &f, err);
        /* A dropped or reversed case leaves the hit decided: it is not tried twice. */
        if (st == YH_OK)
            *by = f.case_no;
    }
    return st;
}

static enum yh_status settlement_of(struct yh_docket *k, yh_str region, int64_t grp, yh_str no,
                                    struct yh_settlement_row *out, struct yh_err *err)
{
    struct yh_settlement_row row;
    enum yh_status st = yh_settlement_with_id(k->x, region, grp, no, &row, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    if (st || row.undone_by.n || row.undoes.n)
        return yh_refuse(err, YH_REFUSE_CASE_SETTLEMENT, no, NULL);
    if (yh_is_manual(&row)) /* the provider got nothing of it that could be taken back */
        return yh_refuse(err, YH_REFUSE_CASE_MANUAL, no, NULL);
    *out = row;
    return YH_OK;
}

static enum yh_status add_hit(struct yh_docket *k, const struct yh_json *o, bool archived,
                              struct yh_err *err)
{
    struct yh_hit h;
    struct yh_err why = { 0 };
    yh_str by;
    if (yh_hit_read(k->a, o, &h, &why))
        return yh_refuse(err, YH_REFUSE_CASE_HITS, YH_S(""), "%s", why.text);
    if (!yh_eq(h.provider, k->f.provider) || !yh_eq(h.region, k->f.region))
        return yh_refuse(err, YH_REFUSE_CASE_HITS, h.id, "属机构 %.*s 统筹区 %.*s",
                         YH_ARG(h.provider), YH_ARG(h.region));
    enum yh_status st = taken(k, h.id, &by, err);
    if (st == YH_OK && by.n)
        return yh_refuse(err, YH_REFUSE_CASE_HIT_TAKEN, h.id, "%.*s", YH_ARG(by));
    struct yh_settlement_row s = { .settlement = YH_S("") };
    if (st == YH_OK && !archived && (h.fund_method || h.person_item || h.settlement.n))
        st = settlement_of(k, h.region, h.grp, h.settlement, &s, err);
    if (st)
        return st;
    if (s.settlement.n && (!yh_eq(s.provider, k->f.provider) || !yh_eq(s.person, h.person)))
        return yh_refuse(err, YH_REFUSE_CASE_SETTLEMENT, h.settlement, NULL);
    struct yh_case_hit_row row = { .case_no = k->f.case_no,
                                   .hit = h.id,
                                   .rule = h.rule,
                                   .version = h.version,
                                   .knowledge = h.knowledge,
                                   .rule_kind = h.kind,
                                   .provider = h.provider,
                                   .region = h.region,
                                   .grp = h.grp,
                                   .person = h.person,
                                   .visit = h.visit,
                                   .settlement = h.settlement,
                                   .doctor = h.doctor,
                                   .scheme = h.scheme,
                                   .archived = archived,
                                   .day = h.day,
                                   .item_money = h.item_money,
                                   .fund_item = h.fund_item,
                                   .fund_method = h.fund_method,
                                   .person_item = h.person_item,
                                   .message = h.message,
                                   .state = YH_S("open"),
                                   .time = k->now,
                                   .body = o->text };
    k->f.hits++;
    k->f.claimed += h.fund_method;
    return yh_add_case_hit(k->x, &row, err);
}

/* The rules' texts as they are today; one that is kept already stays. */
static enum yh_status add_rules(struct yh_docket *k, const struct yh_json *rules,
                                struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (const struct yh_json *r = rules ? rules->first : NULL; r && !st; r = r->next) {
        struct yh_rule_text_row row = {
            .rule = yh_json_text(yh_json_get(r, YH_S("rule"))),
            .version = yh_json_text(yh_json_get(r, YH_S("version"))),
        };
        uint8_t digest[32];
        char hex[64];
        st = yh_get_rule_text(k->x, &row, err);
        if (st != YH_NOT_FOUND)
            continue;
        row.text = yh_json_text(yh_json_get(r, YH_S("text")));
        yh_sha256_of(row.text, digest);
        yh_hex(hex, digest, 32);
        row.digest = yh_dup(k->a, (yh_str){ hex, 64 });
        row.time = k->now;
        st = yh_add_rule_text(k->x, &row, err);
    }
    return st;
}

static enum yh_status add_all(struct yh_act *t, struct yh_docket *k, struct yh_err *err)
{
    const struct yh_json *hits = yh_json_get(t->ask, YH_S("hits"));
    bool archived = yh_eq(yh_act_text(t, "archived"), YH_S("1"));
    enum yh_status st = YH_OK;
    if (hits && hits->kind != YH_JSON_ARRAY)
        return yh_refuse(err, YH_REFUSE_CASE_HITS, YH_S(""), "hits 应为数组");
    for (const struct yh_json *o = hits ? hits->first : NULL; o && !st; o = o->next)
        st = add_hit(k, o, archived, err);
    if (st == YH_OK)
        st = add_rules(k, yh_json_get(t->ask, YH_S("rules")), err);
    /* What is kept of the act is short: the hits have rows of their own. */
    k->body = YH_S("");
    if (st == YH_OK)
        st = yh_case_hits_of(k->x, k->f.case_no, &k->hit, &k->nhit, err);
    return st;
}

static enum yh_status answer_case(struct yh_act *t, const struct yh_docket *k)
{
    yh_putz(t->out, "#case\tstate\tprovider\thits\tclaimed\tupheld\tclock\tdue\tofficer\n");
    yh_act_put(t, k->f.case_no, '\t');
    yh_act_put(t, k->f.state, '\t');
    yh_act_put(t, k->f.provider, '\t');
    yh_putf(t->out, "%lld\t", (long long)k->f.hits);
    yh_act_put_fen(t, k->f.claimed, '\t');
    yh_act_put_fen(t, k->f.upheld, '\t');
    yh_act_put(t, k->f.clock, '\t');
    yh_act_put_day(t, k->f.due, '\t');
    yh_act_put(t, k->f.officer, '\n');
    return YH_OK;
}

static bool one_of(yh_str word, const char *const *list, int n)
{
    for (int i = 0; i < n; i++)
        if (yh_eq(word, yh_cstr(list[i])))
            return true;
    return false;
}

enum yh_status yh_act_case_open(struct yh_act *t, struct yh_err *err)
{
    static const char *const KIND[] = { "hits", "tip", "inspection", "self" };
    static const char *const PROCEDURE[] = { "contract", "administrative" };
    struct yh_docket k;
    int64_t nth;
    enum yh_status st = yh_docket_open(t, &k, err);
    if (st == YH_OK)
        st = yh_docket_officer(&k, false, err);
    if (st)
        return st;
    k.f = (struct yh_case_file_row){ .region = yh_act_text(t, "region"),
                                     .provider = yh_act_text(t, "provider"),
                                     .kind = yh_act_text(t, "kind"),
                                     .procedure = yh_act_text(t, "procedure"),
                                     .title = yh_act_text(t, "title"),
                                     .source = yh_act_text(t, "source"),
                                     .opened = k.now };
    if (!k.f.kind.n)
        k.f.kind = YH_S("hits");
    if (!k.f.procedure.n)
        k.f.procedure = YH_S("contract");
    if (!one_of(k.f.kind, KIND, YH_COUNT(KIND)) ||
        !one_of(k.f.procedure, PROCEDURE, YH_COUNT(PROCEDURE)) || k.f.region.n != 6)
        return yh_refuse(
            err, YH_REFUSE_CASE_HITS, k.f.kind,
            "种类 hits、tip、inspection、self；程序 contract、administrative；统筹区六位");
    struct yh_provider_row p = { .provider = k.f.provider };
    st = yh_get_provider(k.x, &p, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_PROVIDER_UNKNOWN, k.f.provider, NULL);
    int year = yh_civil_of(k.today).year;
    if (st == YH_OK)
        st = yh_txn_next(k.x, yh_fmt(k.a, "%.*s %d", YH_ARG(k.f.region), year), YH_S("case"),
                         &nth, err);
    if (st)
        return st;
    k.provider_name = p.name;
    k.f.case_no = yh_fmt(k.a, "%.*s-%d-%05lld", YH_ARG(k.f.region), year, (long long)nth);
    k.act = yh_case_act_of(YH_ACT_OPEN);
    st = add_all(t, &k, err);
    if (st == YH_OK && k.nhit == 0 && !k.f.source.n)
        return yh_refuse(err, YH_REFUSE_CASE_HITS, YH_S(""),
                         "没有疑点，也没有写明举报或检查来源");
    if (st == YH_OK)
        st = yh_docket_done(&k, NULL, NULL, 0, err);
    return st ? st : answer_case(t, &k);
}

enum yh_status yh_act_case_add(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    enum yh_status st = yh_docket_start(t, &k, YH_ACT_ADD, err);
    if (st == YH_OK)
        st = add_all(t, &k, err);
    if (st == YH_OK)
        st = yh_docket_done(&k, NULL, NULL, 0, err);
    return st ? st : answer_case(t, &k);
}

enum yh_status yh_act_case_assign(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    enum yh_status st = yh_docket_start(t, &k, YH_ACT_ASSIGN, err);
    if (st)
        return st;
    k.f.officer = yh_act_text(t, "to");
    if (!k.f.officer.n)
        st = yh_grid_of(k.x, k.f.provider, k.today, &k.f.officer, err);
    if (st == YH_OK && !k.f.officer.n)
        return yh_refuse(err, YH_REFUSE_CASE_OFFICER, YH_S(""),
                         "该机构没有网格责任人，请用 --to 指定");
    k.others = k.f.officer;
    if (st == YH_OK)
        st = yh_docket_done(&k, NULL, NULL, 0, err);
    return st ? st : answer_case(t, &k);
}

enum yh_status yh_act_case_notice(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    enum yh_status st = yh_docket_start(t, &k, YH_ACT_NOTICE, err);
    if (st)
        return st;
    if (!yh_eq(k.officer, k.f.officer))
        return yh_refuse(err, YH_REFUSE_CASE_SECOND, k.officer, "告知由核查人 %.*s 发出",
                         YH_ARG(k.f.officer));
    if (k.nhit == 0 && yh_eq(k.f.procedure, YH_S("contract")))
        return yh_refuse(err, YH_REFUSE_CASE_HITS, YH_S(""),
                         "还没有疑点，请先用 case add 并入");
    bool self = yh_eq(k.f.kind, YH_S("self"));
    k.f.unanswered = k.f.hits;
    /* The act's own row names the term of an appeal; the provider's own check has a longer one. */
    struct yh_case_act_row row = *k.act;
    row.clock = self ? "self" : row.clock;
    k.act = &row;
    /* The document names the last day, so the term starts first. */
    st = yh_docket_term(&k, row.clock, err);
    if (st == YH_OK)
        st = yh_docket_done(&k, self ? "self" : NULL, NULL, 0, err);
    return st ? st : answer_case(t, &k);
}

static enum yh_status papers(struct yh_act *t, bool stop, struct yh_err *err)
{
    struct yh_docket k;
    enum yh_status st = yh_docket_start(t, &k, stop ? YH_ACT_PAPERS : YH_ACT_ARRIVED, err);
    if (st)
        return st;
    struct yh_clock c = yh_docket_clock(&k);
    yh_docket_set_clock(&k, stop ? yh_clock_stop(&k.w->workdays, c, k.today)
                                 : yh_clock_go(c, k.today));
    st = yh_docket_done(&k, NULL, NULL, 0, err);
    return st ? st : answer_case(t, &k);
}

enum yh_status yh_act_case_papers(struct yh_act *t, struct yh_err *err)
{
    return papers(t, true, err);
}

enum yh_status yh_act_case_arrived(struct yh_act *t, struct yh_err *err)
{
    return papers(t, false, err);
}

/* ---- the provider answers ---- */

static enum yh_status paper_there(struct yh_docket *k, yh_str provider, yh_str papers,
                                  struct yh_err *err)
{
    struct yh_case_paper_row like = { .provider = provider, .papers = papers }, *row = NULL;
    int n = 0;
    if (!papers.n)
        return YH_OK;
    enum yh_status st =
        yh_list_case_paper(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2, .most = 1 },
                           &like, &row, &n, err);
    return st || n ? st : yh_refuse(err, YH_REFUSE_CASE_PAPERS, papers, NULL);
}

static enum yh_status answer(struct yh_docket *k, const struct yh_case_answer *in,
                             struct yh_err *err)
{
    struct yh_case_hit_row *h = yh_docket_hit(k, in->hit);
    if (!h)
        return yh_refuse(err, YH_REFUSE_CASE_HIT_UNKNOWN, in->hit, NULL);
    if (yh_docket_over(k)) {
        char day[16];
        return yh_refuse(err, YH_REFUSE_CASE_LATE, k->f.case_no, "申诉截至 %.*s",
                         YH_ARG(yh_day_text(day, (yh_day)k->f.due)));
    }
    if (!yh_eq(h->state, YH_S("open")))
        return yh_refuse(err, YH_REFUSE_CASE_STATE, k->f.case_no, "疑点 %.*s 已经答复",
                         YH_ARG(h->hit));
    if (in->appeals && !yh_trim(in->reason).n)
        return yh_refuse(err, YH_REFUSE_CASE_NOTE, in->reason, "申诉须写明理由（疑点 %.*s）",
                         YH_ARG(h->hit));
    if (in->amount < 0 || in->amount > h->item_money)
        return yh_refuse(err, YH_REFUSE_CASE_AMOUNT, yh_fen_words(k->a, in->amount), NULL);
    enum yh_status st = paper_there(k, k->f.provider, in->papers, err);
    if (st)
        return st;
    h->state = in->appeals ? YH_S("appealed") : YH_S("accepted");
    h->appeal_amount = in->appeals ? (in->amount ? in->amount : h->item_money) : 0;
    h->appeal_reason = in->reason;
    h->appeal_papers = in->papers;
    h->appealed_by = k->officer;
    h->appealed = in->appeals ? k->now : 0;
    k->note = yh_fmt(k->a, "疑点 %.*s：%s%.*s", YH_ARG(h->hit),
                     in->appeals ? "申诉，" : "无异议", YH_ARG(in->reason));
    k->f.unanswered--;
    if ((st = yh_docket_hit_put(k, h, err)) != YH_OK ||
        (st = yh_docket_done(k, NULL, NULL, 0, err)) != YH_OK)
        return st;
    if (k->f.unanswered)
        return YH_OK;
    k->act = yh_case_act_of(YH_ACT_ANSWERED);
    k->note = k->body = YH_S("");
    return yh_docket_done(k, NULL, NULL, 0, err);
}

/* The open case that a provider's hit is in. */
static enum yh_status desk_of_hit(struct yh_ctx *c, yh_str hit, enum yh_case_act_id act,
                                  struct yh_docket *k, struct yh_err *err)
{
    struct yh_case_hit_row like = { .hit = hit }, *row = NULL;
    int n = 0, at = -1;
    if (!c->world->casework)
        return yh_refuse(err, YH_REFUSE_CASE_TABLES, c->call->infno, NULL);
    enum yh_status st = yh_list_case_hit(
        c->x, (struct yh_span){ .index = yh_case_hit_by_hit, .same = 1 }, &like, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(row[i].provider, c->call->provider))
            at = i;
    if (st == YH_OK && at < 0)
        return yh_refuse(err, YH_REFUSE_CASE_HIT_UNKNOWN, hit, NULL);
    if (st)
        return st;
    *k = (struct yh_docket){ .x = c->x,
                             .w = c->world->casework,
                             .a = c->arena,
                             .now = c->now,
                             .today = c->today,
                             .officer = c->call->operator_no,
                             .others = YH_S(""),
                             .body = YH_S("") };
    return yh_docket_take_hit(k, row[at].case_no, hit, act, err);
}

enum yh_status yh_case_answered(struct yh_ctx *c, const struct yh_case_answer *a,
                                struct yh_err *err)
{
    struct yh_docket k;
    enum yh_status st = desk_of_hit(c, a->hit, YH_ACT_APPEAL, &k, err);
    return st ? st : answer(&k, a, err);
}

enum yh_status yh_act_case_answer(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    yh_str amount = yh_act_text(t, "amount");
    struct yh_case_answer in = { .hit = yh_act_text(t, "hit"),
                                 .appeals = yh_eq(yh_act_text(t, "appeals"), YH_S("1")),
                                 .reason = yh_act_text(t, "note"),
                                 .papers = yh_act_text(t, "papers") };
    enum yh_status st = yh_docket_open(t, &k, err);
    if (st == YH_OK)
        st = yh_docket_take_hit(&k, yh_act_text(t, "case"), in.hit, YH_ACT_APPEAL, err);
    if (st == YH_OK)
        st = yh_docket_officer(&k, false, err);
    if (st == YH_OK && amount.n && yh_fen_parse(amount, &in.amount, NULL))
        return yh_refuse(err, YH_REFUSE_CASE_AMOUNT, amount, NULL);
    if (st == YH_OK)
        st = answer(&k, &in, err);
    return st ? st : answer_case(t, &k);
}

/* The last day on which a panel may be asked for: it was set by the recheck. */
static enum yh_status ask_until(struct yh_docket *k, yh_day *out, struct yh_err *err)
{
    struct yh_case_step_row like = { .case_no = k->f.case_no }, *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_case_step(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, &row, &n, err);
    *out = (yh_day)k->f.due;
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(row[i].act, YH_S("recheck")))
            *out = (yh_day)row[i].due;
    return st;
}

enum yh_status yh_case_ask(struct yh_ctx *c, yh_str hit, yh_str reason, struct yh_err *err)
{
    struct yh_docket k;
    yh_day until;
    enum yh_status st = desk_of_hit(c, hit, YH_ACT_ASK, &k, err);
    if (st == YH_OK)
        st = ask_until(&k, &until, err);
    if (st)
        return st;
    struct yh_case_hit_row *h = yh_docket_hit(&k, hit);
    if (!yh_trim(reason).n)
        return yh_refuse(err, YH_REFUSE_CASE_NOTE, reason, NULL);
    if (k.today > until) {
        char day[16];
        return yh_refuse(err, YH_REFUSE_CASE_LATE, k.f.case_no, "申请合议截至 %.*s",
                         YH_ARG(yh_day_text(day, until)));
    }
    if (!yh_eq(h->state, YH_S("upheld")) || !h->appealed || h->asked)
        return yh_refuse(err, YH_REFUSE_CASE_STATE, k.f.case_no,
                         "疑点 %.*s：申诉过、复核仍成立、未申请过合议的才可申请", YH_ARG(hit));
    /* A second hit joins the panel that is called already, whose term goes on. */
    struct yh_case_act_row row = *k.act;
    row.clock = k.state == YH_CASE_PANEL ? "=" : row.clock;
    k.act = &row;
    h->ask_reason = reason;
    h->asked = c->now;
    k.note = yh_fmt(k.a, "疑点 %.*s：%.*s", YH_ARG(hit), YH_ARG(reason));
    st = yh_docket_hit_put(&k, h, err);
    return st ? st : yh_docket_done(&k, NULL, NULL, 0, err);
}

enum yh_status yh_case_paper(struct yh_ctx *c, yh_str id, yh_str name, yh_str bytes,
                             yh_str *out, struct yh_err *err)
{
    struct yh_case_paper_row like = { .provider = c->call->provider, .papers = id },
                             *row = NULL;
    uint8_t digest[32];
    char hex[64];
    int64_t next;
    int n = 0;
    enum yh_status st = YH_OK;
    yh_sha256_of(bytes, digest);
    yh_hex(hex, digest, 32);
    if (!id.n) {
        st = yh_txn_next(c->x, c->call->provider, YH_S("papers"), &next, err);
        if (st)
            return st;
        like.papers =
            yh_fmt(c->arena, "%.*sA%06lld", YH_ARG(c->call->provider), (long long)next);
    }
    st = yh_list_case_paper(c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like,
                            &row, &n, err);
    if (st)
        return st;
    *out = like.papers;
    for (int i = 0; i < n; i++)
        if (yh_eq(row[i].digest, (yh_str){ hex, 64 }))
            return YH_OK;
    like.nth = n + 1;
    like.name = name;
    like.digest = yh_dup(c->arena, (yh_str){ hex, 64 });
    like.time = c->now;
    like.bytes = bytes;
    return yh_add_case_paper(c->x, &like, err);
}

enum yh_status yh_case_query(struct yh_ctx *c, yh_time from, yh_time to, yh_str state,
                             struct yh_case_found **rows, int *n, struct yh_err *err)
{
    struct yh_case_hit_row like = { .provider = c->call->provider }, *row = NULL;
    int all = 0, cap = 0;
    *rows = NULL;
    *n = 0;
    enum yh_status st =
        yh_list_case_hit(c->x, (struct yh_span){ .index = yh_case_hit_by_provider, .same = 1 },
                         &like, &row, &all, err);
    for (int i = 0; st == YH_OK && i < all && *n < YH_CASE_MOST; i++) {
        struct yh_case_found f = { .hit = row[i] };
        st = yh_case_get(c->x, row[i].case_no, &f.file, err);
        enum yh_case_state s = st == YH_OK ? yh_case_state_read(f.file.state) : YH_CASE_SAME;
        /* What is still being looked into is not the provider's to see. */
        if (st || s == YH_CASE_OPENED || s == YH_CASE_CHECKING || f.file.changed < from ||
            f.file.changed >= to || (state.n && !yh_eq(state, f.file.state)))
            continue;
        YH_PUSH(c->arena, *rows, *n, cap) = f;
    }
    return st;
}

/* ---- recheck and panel ---- */

static bool word_in(yh_str list, yh_str word)
{
    while (list.n)
        if (yh_eq(yh_trim(yh_cut(&list, ' ')), word))
            return true;
    return false;
}

/* "hit=12.50 hit=3" : the amount upheld of a hit; -1: not among them. */
static enum yh_status partial_of(struct yh_docket *k, yh_str list,
                                 const struct yh_case_hit_row *h, yh_fen *out,
                                 struct yh_err *err)
{
    *out = -1;
    while (list.n) {
        yh_str one = yh_trim(yh_cut(&list, ' ')), hit = yh_cut(&one, '=');
        if (!yh_eq(hit, h->hit))
            continue;
        if (yh_fen_parse(one, out, NULL) || *out < 0 || *out > h->fund_method)
            return yh_refuse(err, YH_REFUSE_CASE_AMOUNT, one, "疑点 %.*s 至多 %.*s 元",
                             YH_ARG(h->hit), YH_ARG(yh_fen_words(k->a, h->fund_method)));
    }
    return YH_OK;
}

static enum yh_status all_known(struct yh_docket *k, yh_str list, struct yh_err *err)
{
    while (list.n) {
        yh_str one = yh_trim(yh_cut(&list, ' ')), hit = yh_cut(&one, '=');
        if (hit.n && !yh_eq(hit, YH_S("all")) && !yh_docket_hit(k, hit))
            return yh_refuse(err, YH_REFUSE_CASE_HIT_UNKNOWN, hit, NULL);
    }
    return YH_OK;
}

/* What is upheld of a hit; the patient's share follows in proportion, half a fen up. */
static void uphold(struct yh_case_hit_row *h, yh_fen fund)
{
    h->state = YH_S("upheld");
    h->fund = fund;
    h->person_back = h->fund_method == 0
                         ? h->person_item
                         : yh_muldiv(h->person_item, fund, h->fund_method, YH_ROUND_HALF_UP);
}

static void drop(struct yh_case_hit_row *h)
{
    h->state = YH_S("dropped");
    h->fund = h->person_back = 0;
}

static enum yh_status judge(struct yh_act *t, struct yh_docket *k, bool panel,
                            struct yh_err *err)
{
    yh_str dropped = yh_act_text(t, "dropped"), partial = yh_act_text(t, "partial");
    bool all = yh_eq(dropped, YH_S("all"));
    enum yh_status st = all_known(k, dropped, err);
    if (st == YH_OK)
        st = all_known(k, partial, err);
    k->f.upheld = k->f.person_back = 0;
    for (int i = 0; st == YH_OK && i < k->nhit; i++) {
        struct yh_case_hit_row *h = &k->hit[i];
        yh_fen part;
        /* A panel hears what it was asked about; an accepted hit stays accepted. */
        bool mine = panel ? h->asked != 0 : true;
        bool accepted = !panel && yh_eq(h->state, YH_S("accepted"));
        st = partial_of(k, partial, h, &part, err);
        if (st == YH_OK && mine) {
            if (!accepted && (all || word_in(dropped, h->hit)))
                drop(h);
            else if (panel && yh_eq(h->state, YH_S("upheld")) && part < 0)
                uphold(h, h->recheck_fund);
            else
                uphold(h, part < 0 ? h->fund_method : part);
            if (panel) {
                h->panel_fund = h->fund;
                h->panel_note = k->note;
            } else {
                h->recheck_fund = h->fund;
                h->recheck_note = accepted ? YH_S("机构无异议") : k->note;
            }
            st = yh_docket_hit_put(k, h, err);
        }
        k->f.upheld += h->fund;
        k->f.person_back += h->person_back;
    }
    return st;
}

enum yh_status yh_act_case_recheck(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    enum yh_status st = yh_docket_start(t, &k, YH_ACT_RECHECK, err);
    if (st)
        return st;
    if (yh_eq(k.officer, k.f.officer))
        return yh_refuse(err, YH_REFUSE_CASE_SECOND, k.officer, "核查人不能复核");
    if (k.state == YH_CASE_NOTICED && !yh_docket_over(&k)) {
        char day[16];
        return yh_refuse(err, YH_REFUSE_CASE_EARLY, k.f.case_no,
                         k.f.clock_stopped ? "等待材料，期限停止" : "申诉截至 %.*s",
                         YH_ARG(yh_day_text(day, (yh_day)k.f.due)));
    }
    k.f.rechecker = k.officer;
    st = judge(t, &k, false, err);
    /* The document names the day until which a panel may be asked for. */
    if (st == YH_OK)
        st = yh_docket_term(&k, k.act->clock, err);
    if (st == YH_OK)
        st = yh_docket_done(&k, NULL, NULL, 0, err);
    return st ? st : answer_case(t, &k);
}

enum yh_status yh_act_case_panel(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    yh_str members = yh_act_text(t, "members"), rest = members;
    int n = 0;
    enum yh_status st = yh_docket_start(t, &k, YH_ACT_HEAR, err);
    if (st)
        return st;
    for (yh_str before = YH_S(""); rest.n; n++) {
        yh_str one = yh_cut(&rest, ' ');
        if (!one.n || word_in(before, one) || yh_eq(one, k.f.officer) ||
            yh_eq(one, k.f.rechecker))
            return yh_refuse(err, YH_REFUSE_CASE_PANEL, one, NULL);
        before = (yh_str){ members.p, one.p + one.n - members.p };
    }
    if (n < 3 || n % 2 == 0)
        return yh_refuse(err, YH_REFUSE_CASE_PANEL, members, NULL);
    k.others = members;
    st = judge(t, &k, true, err);
    if (st == YH_OK)
        st = yh_docket_done(&k, NULL, NULL, 0, err);
    return st ? st : answer_case(t, &k);
}
