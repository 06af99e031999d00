/* service/casework/decide.c -- the decision: measures, approval by a second person, money, its end. */
#include "service/casework/inside.h"
#include "service/query.h"

/* ---- measures ---- */

struct asked {
    struct yh_measure m;
    yh_fen amount;
    int days;
    yh_str of;
};

static bool allowed(const struct yh_docket *k, const struct yh_measure *m)
{
    return yh_eq(m->power, YH_S("referral")) || yh_eq(m->power, k->f.procedure);
}

/* The loss that bounds a fine: what this case upholds, else the case that it comes from. */
static enum yh_status loss_of(struct yh_docket *k, yh_fen *out, struct yh_err *err)
{
    struct yh_case_file_row from;
    *out = k->f.upheld;
    if (*out || !k->f.source.n)
        return YH_OK;
    enum yh_status st = yh_case_get(k->x, k->f.source, &from, NULL);
    if (st == YH_OK)
        *out = from.upheld;
    return st == YH_NOT_FOUND ? YH_OK : st ? yh_fail(err, st, "读不到来源案件") : st;
}

static enum yh_status fine_fits(struct yh_docket *k, const struct asked *a, struct yh_err *err)
{
    yh_fen loss;
    enum yh_status st = loss_of(k, &loss, err);
    if (st || !a->m.times_max)
        return st;
    yh_fen least = yh_fen_scale(loss, a->m.times_min, YH_ROUND_UP),
           most = yh_fen_scale(loss, a->m.times_max, YH_ROUND_DOWN);
    if (a->amount < least || a->amount > most)
        return yh_refuse(err, YH_REFUSE_CASE_MEASURE, a->m.name,
                         "损失 %.*s 元，应在 %.*s 至 %.*s 元", YH_ARG(yh_fen_words(k->a, loss)),
                         YH_ARG(yh_fen_words(k->a, least)), YH_ARG(yh_fen_words(k->a, most)));
    return YH_OK;
}

/* "damages=1200.00", "suspend=30天", "to_police", "fine_person=500@PSN". */
static enum yh_status read_measure(struct yh_docket *k, yh_str text, struct asked *out,
                                   struct yh_err *err)
{
    yh_str rest = text, what = yh_trim(yh_cut(&rest, '@')), value = what,
           name = yh_trim(yh_cut(&value, '='));
    struct asked a = { .of = rest.n ? yh_trim(rest) : k->f.provider };
    struct yh_err why = { 0 };
    value = yh_trim(value);
    enum yh_status st = yh_casework_measure(k->w, k->a, name, k->today, &a.m, &why);
    if (st)
        return yh_refuse(err, YH_REFUSE_CASE_MEASURE, name, "%s", why.text);
    if (!allowed(k, &a.m))
        return yh_refuse(err, YH_REFUSE_CASE_POWER, name, "%.*s 属%s", YH_ARG(a.m.text),
                         yh_eq(a.m.power, YH_S("contract")) ? "协议处理" : "行政处罚");
    bool wants_money = yh_eq(a.m.money, YH_S("amount")), days = yh_ends(value, YH_S("天"));
    int64_t n = 0;
    if (days && (yh_int_parse(yh_sub(value, 0, value.n - 3), &n, NULL) || n < 1 || n > 3660 ||
                 (a.m.days_max && n > a.m.days_max)))
        return yh_refuse(err, YH_REFUSE_CASE_MEASURE, text, "天数应为 1 至 %d", a.m.days_max);
    a.days = (int)n;
    if (!days && value.n && (!wants_money || yh_fen_parse(value, &a.amount, NULL)))
        return yh_refuse(err, YH_REFUSE_CASE_MEASURE, text, NULL);
    if (yh_eq(a.m.name, YH_S("suspend")) && !a.days)
        return yh_refuse(err, YH_REFUSE_CASE_MEASURE, text, "须写明天数");
    if (wants_money && (a.amount <= 0 || a.amount > YH_FEN_MAX))
        return yh_refuse(err, YH_REFUSE_CASE_MEASURE, text, "须写明金额");
    if (!yh_eq(a.m.subject, YH_S("provider")) && !yh_eq(a.m.subject, YH_S("any")) && !rest.n)
        return yh_refuse(err, YH_REFUSE_CASE_MEASURE, text, "须用 @ 写明对象");
    *out = a;
    return wants_money ? fine_fits(k, &a, err) : YH_OK;
}

static enum yh_status measures_of(struct yh_docket *k, yh_str list, struct asked **out, int *n,
                                  struct yh_err *err)
{
    int cap = 0;
    bool loss = false;
    *out = NULL;
    *n = 0;
    for (yh_str rest = list; rest.n;) {
        yh_str one = yh_trim(yh_cut(&rest, ';'));
        struct asked a;
        if (!one.n)
            continue;
        enum yh_status st = read_measure(k, one, &a, err);
        if (st)
            return st;
        loss = loss || yh_eq(a.m.money, YH_S("loss"));
        YH_PUSH(k->a, *out, *n, cap) = a;
    }
    /* What was lost is taken back, whether or not the proposal says so. */
    if (k->f.upheld + k->f.person_back > 0 && !loss) {
        struct asked a;
        bool contract = yh_eq(k->f.procedure, YH_S("contract"));
        enum yh_status st =
            read_measure(k, contract ? YH_S("recover") : YH_S("order_refund"), &a, err);
        if (st)
            return st;
        YH_PUSH(k->a, *out, *n, cap) = a;
    }
    return YH_OK;
}

static yh_str measures_text(struct yh_docket *k, const struct asked *m, int n)
{
    struct yh_buf b = yh_buf_in(k->a);
    for (int i = 0; i < n; i++) {
        yh_putf(&b, "%s%d. %.*s", i ? "\n" : "", i + 1, YH_ARG(m[i].m.text));
        if (!yh_eq(m[i].of, k->f.provider))
            yh_putf(&b, "（%.*s）", YH_ARG(m[i].of));
        if (m[i].amount) {
            yh_putz(&b, " ");
            yh_put_fen(&b, m[i].amount);
            yh_putz(&b, " 元");
        }
        if (m[i].days)
            yh_putf(&b, " %d 天", m[i].days);
        yh_putf(&b, "；依据：%.*s（%.*s）", YH_ARG(m[i].m.basis),
                YH_ARG(yh_standing_text(m[i].m.standing)));
    }
    return yh_buf_str(&b);
}

/* ---- the proposal ---- */

static enum yh_status staff_ok(yh_str list, struct yh_err *err)
{
    while (list.n) {
        yh_str one = yh_trim(yh_cut(&list, ' ')), role = one, code = yh_cut(&role, ':');
        if (one.n &&
            (!code.n || (!yh_eq(role, YH_S("general")) && !yh_eq(role, YH_S("important")) &&
                         !yh_eq(role, YH_S("main")))))
            return yh_refuse(err, YH_REFUSE_CASE_STAFF, one, NULL);
    }
    return YH_OK;
}

/* Disputes that the provider may still bring before a panel. */
static bool may_still_ask(const struct yh_docket *k)
{
    if (k->state != YH_CASE_RECHECKED || yh_docket_over(k))
        return false;
    for (int i = 0; i < k->nhit; i++)
        if (k->hit[i].appealed && yh_eq(k->hit[i].state, YH_S("upheld")))
            return true;
    return false;
}

static bool all_accepted(const struct yh_docket *k)
{
    for (int i = 0; i < k->nhit; i++)
        if (k->hit[i].appealed || yh_eq(k->hit[i].state, YH_S("open")))
            return false;
    return true;
}

static enum yh_status answer(struct yh_act *t, const struct yh_docket *k)
{
    yh_putz(t->out, "#case\tstate\tprovider\tupheld\tperson_back\tdamages\tdue\n");
    yh_act_put(t, k->f.case_no, '\t');
    yh_act_put(t, k->f.state, '\t');
    yh_act_put(t, k->f.provider, '\t');
    yh_act_put_fen(t, k->f.upheld, '\t');
    yh_act_put_fen(t, k->f.person_back, '\t');
    yh_act_put_fen(t, k->f.damages, '\t');
    yh_act_put_day(t, k->f.due, '\n');
    return YH_OK;
}

enum yh_status yh_act_case_decide(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct asked *m = NULL;
    int n = 0;
    yh_fen loss;
    enum yh_status st = yh_docket_start(t, &k, YH_ACT_DECIDE, err);
    if (st == YH_OK)
        st = loss_of(&k, &loss, err);
    if (st)
        return st;
    yh_str nature = yh_act_text(t, "nature"), list = yh_act_text(t, "measures"),
           staff = yh_act_text(t, "staff"), persons = yh_act_text(t, "persons");
    if (loss + k.f.person_back == 0)
        return yh_refuse(err, YH_REFUSE_CASE_NOTHING, k.f.case_no, NULL);
    if (may_still_ask(&k)) {
        char day[16];
        return yh_refuse(err, YH_REFUSE_CASE_EARLY, k.f.case_no, "机构申请合议截至 %.*s",
                         YH_ARG(yh_day_text(day, (yh_day)k.f.due)));
    }
    if (!yh_case_nature_text(nature).n)
        return yh_refuse(err, YH_REFUSE_CASE_NATURE, nature, NULL);
    if (yh_eq(k.f.kind, YH_S("self")) && all_accepted(&k) && (list.n || staff.n || persons.n))
        return yh_refuse(err, YH_REFUSE_CASE_NOT_FOR_SELF, list, NULL);
    if ((st = staff_ok(staff, err)) != YH_OK ||
        (st = measures_of(&k, list, &m, &n, err)) != YH_OK)
        return st;
    k.f.nature = nature;
    k.f.proposer = k.officer;
    k.f.damages = 0;
    for (int i = 0; i < n; i++)
        if (yh_eq(m[i].m.name, YH_S("damages")))
            k.f.damages += m[i].amount;
    k.note = yh_fmt(k.a, "%.*s%s%.*s", YH_ARG(measures_text(&k, m, n)), k.note.n ? "\n" : "",
                    YH_ARG(k.note));
    st = yh_docket_done(&k, NULL, NULL, 0, err);
    return st ? st : answer(t, &k);
}

/* The proposal as it was made: the body of the last "decide" step. */
static enum yh_status proposal(struct yh_docket *k, struct yh_json **out, struct yh_err *err)
{
    struct yh_case_step_row like = { .case_no = k->f.case_no }, *row = NULL;
    int n = 0, at = -1;
    enum yh_status st = yh_list_case_step(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(row[i].act, YH_S("decide")))
            at = i;
    yh_assert(st || at >= 0);
    return st ? st : yh_json_read(k->a, row[at].body, (struct yh_json_limits){ 0 }, out, err);
}

/* ---- money ---- */

static enum yh_status book(struct yh_docket *k, yh_str region, int64_t grp, struct yh_booking b,
                           int64_t *seq, struct yh_err *err)
{
    yh_assert(yh_booking_balanced(b) && b.n > 0);
    yh_txn_group(k->x, (struct yh_group){ region, grp });
    enum yh_status st = yh_txn_next_seq(k->x, seq, err);
    for (int i = 0; st == YH_OK && i < b.n; i++) {
        struct yh_ledger_entry_row row = { .region = region,
                                           .grp = grp,
                                           .seq = *seq,
                                           .line = i,
                                           .account = b.entry[i].account,
                                           .debit = b.entry[i].debit,
                                           .credit = b.entry[i].credit,
                                           .time = k->now,
                                           .settlement = YH_S("") };
        st = yh_add_ledger_entry(k->x, &row, err);
    }
    return st;
}

static enum yh_status money_add(struct yh_docket *k, struct yh_case_money_row m,
                                struct yh_booking b, int *nth, struct yh_err *err)
{
    m.case_no = k->f.case_no;
    m.nth = ++*nth;
    m.provider = k->f.provider;
    m.time = k->now;
    enum yh_status st = book(k, m.region, m.grp, b, &m.seq, err);
    return st ? st : yh_add_case_money(k->x, &m, err);
}

/* What decisions in force took of a settlement before. */
static enum yh_status taken_before(struct yh_docket *k, yh_str settlement, yh_fen *fund,
                                   yh_fen *person, struct yh_err *err)
{
    struct yh_case_hit_row like = { .settlement = settlement }, *row = NULL;
    int n = 0;
    *fund = *person = 0;
    enum yh_status st = yh_list_case_hit(
        k->x, (struct yh_span){ .index = yh_case_hit_by_settlement, .same = 1 }, &like, &row,
        &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_case_file_row f;
        if ((st = yh_case_get(k->x, row[i].case_no, &f, err)) != YH_OK)
            break;
        enum yh_case_state s = yh_case_state_read(f.state);
        if (s == YH_CASE_DECIDED || s == YH_CASE_CLOSED) {
            *fund += row[i].fund;
            *person += row[i].person_back;
        }
    }
    return st;
}

/* A settlement that hits of this case stand on, and what decisions took of it, this one's hits so far
 * included. */
struct paid {
    struct yh_settlement_row *s;
    struct yh_settlement_fund_row *f;
    int nf;
    yh_fen fund, person;
};

struct books {
    struct paid *paid;
    int n, cap;
    struct yh_map map;
    int nth; /* rows of case_money */
};

static enum yh_status paid_of(struct yh_docket *k, struct books *b,
                              const struct yh_case_hit_row *h, struct paid **out,
                              struct yh_err *err)
{
    struct paid p = { NULL, NULL, 0, 0, 0 };
    int at = yh_map_get(&b->map, h->settlement, -1);
    if (at >= 0) {
        *out = &b->paid[at];
        return YH_OK;
    }
    p.s = YH_NEW(k->a, struct yh_settlement_row, 1);
    enum yh_status st = yh_settlement_with_id(k->x, h->region, h->grp, h->settlement, p.s, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    if (st || p.s->undone_by.n)
        return yh_refuse(err, YH_REFUSE_CASE_SETTLEMENT, h->settlement, NULL);
    struct yh_settlement_fund_row probe = { .region = p.s->region,
                                            .grp = p.s->grp,
                                            .seq = p.s->seq };
    st = yh_list_settlement_fund(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 },
                                 &probe, &p.f, &p.nf, err);
    if (st == YH_OK)
        st = taken_before(k, h->settlement, &p.fund, &p.person, err);
    if (st)
        return st;
    yh_map_set(&b->map, h->settlement, b->n);
    YH_PUSH(k->a, b->paid, b->n, b->cap) = p;
    *out = &b->paid[b->n - 1];
    return YH_OK;
}

static enum yh_status book_recovery(struct yh_docket *k, struct books *b,
                                    const struct yh_case_hit_row *h,
                                    const struct yh_fund_pay *pay, int n, struct yh_err *err)
{
    return money_add(k,
                     (struct yh_case_money_row){ .kind = YH_S("recover"),
                                                 .region = h->region,
                                                 .grp = h->grp,
                                                 .person = h->person,
                                                 .settlement = h->settlement,
                                                 .hit = h->hit,
                                                 .fund = h->fund,
                                                 .person_back = h->person_back },
                     yh_book_recovery(k->a, k->f.provider, h->person, pay, n, h->person_back),
                     &b->nth, err);
}

/* A settlement of an archived year is bounded by its hits alone, and its fund is the scheme's basic one:
 * the books that it was paid from are elsewhere. */
static enum yh_status recover_archived(struct yh_docket *k, struct books *b,
                                       const struct yh_case_hit_row *h, struct yh_err *err)
{
    struct yh_fund_pay pay = { yh_fmt(k->a, "%.*s100", YH_ARG(h->scheme)), h->fund, 0 };
    return book_recovery(k, b, h, &pay, 1, err);
}

static enum yh_status recover_hit(struct yh_docket *k, struct books *b,
                                  const struct yh_case_hit_row *h, struct yh_err *err)
{
    struct paid *p = NULL;
    if (h->archived)
        return recover_archived(k, b, h, err);
    enum yh_status st = paid_of(k, b, h, &p, err);
    if (st)
        return st;
    p->fund += h->fund;
    p->person += h->person_back;
    yh_fen *paid = YH_NEW(k->a, yh_fen, p->nf), *part = YH_NEW(k->a, yh_fen, p->nf);
    struct yh_fund_pay *pay = YH_NEW(k->a, struct yh_fund_pay, p->nf);
    for (int i = 0; i < p->nf; i++)
        paid[i] = yh_eq(p->f[i].fund, YH_S("310200")) ? 0 : p->f[i].amount;
    if (p->fund > p->s->fund || p->person > p->s->person_part ||
        !yh_loss_split(paid, p->nf, h->fund, part, *k->a))
        return yh_refuse(err, YH_REFUSE_CASE_OVER, h->settlement, "基金付 %.*s，个人付 %.*s",
                         YH_ARG(yh_fen_words(k->a, p->s->fund)),
                         YH_ARG(yh_fen_words(k->a, p->s->person_part)));
    for (int i = 0; i < p->nf; i++)
        pay[i] = (struct yh_fund_pay){ p->f[i].fund, part[i], 0 };
    return book_recovery(k, b, h, pay, p->nf, err);
}

static enum yh_status book_all(struct yh_docket *k, struct yh_err *err)
{
    struct books b = { .map = yh_map_in(k->a, k->nhit) };
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < k->nhit; i++)
        if (k->hit[i].fund + k->hit[i].person_back > 0)
            st = recover_hit(k, &b, &k->hit[i], err);
    if (st == YH_OK && k->f.damages > 0)
        st = money_add(
            k,
            (struct yh_case_money_row){
                .kind = YH_S("damages"), .region = k->f.region, .other = k->f.damages },
            yh_book_damages(k->a, k->f.provider, k->f.region, k->f.damages), &b.nth, err);
    return st;
}

/* ---- the approval ---- */

/* A suspension or the end of the contract, from tomorrow on: the registry says so, and the service refuses
 * the provider's calls on those days.  The row of a termination keeps the contract's old end. */
static enum yh_status take_effect(struct yh_docket *k, const struct asked *m,
                                  struct yh_case_measure_row *row, struct yh_err *err)
{
    bool ends = yh_eq(m->m.name, YH_S("terminate"));
    struct yh_provider_row p = { .provider = k->f.provider };
    char from[16], to[16];
    if (!ends && !yh_eq(m->m.name, YH_S("suspend")))
        return YH_OK;
    enum yh_status st = yh_get_provider(k->x, &p, err);
    if (st)
        return st;
    if (ends) {
        row->from_day = k->today + 1;
        row->to_day = p.to_day;
        p.to_day = yh_min(p.to_day, k->today + 1);
    } else {
        p.suspended =
            yh_fmt(k->a, "%.*s%s%.*s..%.*s", YH_ARG(p.suspended), p.suspended.n ? " " : "",
                   YH_ARG(yh_day_text(from, (yh_day)row->from_day)),
                   YH_ARG(yh_day_text(to, (yh_day)row->to_day - 1)));
    }
    return yh_put_provider(k->x, &p, err);
}

/* The registry as it was, when the decision is reversed. */
static enum yh_status lift_effect(struct yh_docket *k, struct yh_err *err)
{
    struct yh_case_measure_row like = { .case_no = k->f.case_no }, *m = NULL;
    struct yh_provider_row p = { .provider = k->f.provider };
    int n = 0;
    bool changed = false;
    enum yh_status st = yh_list_case_measure(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, &m, &n, err);
    if (st == YH_OK)
        st = yh_get_provider(k->x, &p, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        char from[16], to[16];
        if (yh_eq(m[i].measure, YH_S("terminate"))) {
            p.to_day = m[i].to_day;
            changed = true;
        }
        if (!yh_eq(m[i].measure, YH_S("suspend")))
            continue;
        yh_str period =
            yh_fmt(k->a, "%.*s..%.*s", YH_ARG(yh_day_text(from, (yh_day)m[i].from_day)),
                   YH_ARG(yh_day_text(to, (yh_day)m[i].to_day - 1)));
        struct yh_buf left = yh_buf_in(k->a);
        for (yh_str rest = p.suspended; rest.n;) {
            yh_str one = yh_trim(yh_cut(&rest, ' '));
            if (one.n && !yh_eq(one, period))
                yh_putf(&left, "%s%.*s", left.n ? " " : "", YH_ARG(one));
        }
        p.suspended = yh_dup(k->a, yh_buf_str(&left));
        changed = true;
    }
    return st || !changed ? st : yh_put_provider(k->x, &p, err);
}

/* Each referral is a letter of its own. */
static enum yh_status refer(struct yh_docket *k, const struct asked *m, int n,
                            struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (!yh_eq(m[i].m.power, YH_S("referral")))
            continue;
        struct yh_fill to = { "to",
                              yh_sub(m[i].m.text, 6, m[i].m.text.n) }; /* behind 移送, 移交 */
        k->act = yh_case_act_of(YH_ACT_REFER);
        k->note = yh_fmt(k->a, "%.*s；性质：%.*s", YH_ARG(m[i].m.text),
                         YH_ARG(yh_case_nature_text(k->f.nature)));
        st = yh_docket_done(k, NULL, &to, 1, err);
    }
    return st;
}

static enum yh_status keep_measures(struct yh_docket *k, const struct asked *m, int n,
                                    struct yh_err *err)
{
    enum yh_status st = YH_OK;
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_case_measure_row row = {
            .case_no = k->f.case_no,
            .nth = i + 1,
            .measure = m[i].m.name,
            .power = m[i].m.power,
            .subject = yh_eq(m[i].m.subject, YH_S("any")) ? YH_S("provider") : m[i].m.subject,
            .of = m[i].of,
            .amount = yh_eq(m[i].m.money, YH_S("loss")) ? k->f.upheld : m[i].amount,
            .from_day = m[i].days ? k->today + 1 : 0,
            .to_day = m[i].days ? k->today + 1 + m[i].days : 0,
            .note = m[i].m.basis,
        };
        st = take_effect(k, &m[i], &row, err);
        if (st == YH_OK)
            st = yh_add_case_measure(k->x, &row, err);
    }
    return st;
}

static enum yh_status points(struct yh_docket *k, yh_str staff, yh_str persons,
                             struct yh_err *err)
{
    /* Who found and gave back by itself is given no points. */
    if (yh_eq(k->f.kind, YH_S("self")) && all_accepted(k))
        return YH_OK;
    enum yh_status st = yh_credit_give(k, YH_S("provider"), k->f.provider, YH_S(""), err);
    while (st == YH_OK && staff.n) {
        yh_str one = yh_trim(yh_cut(&staff, ' ')), role = one, code = yh_cut(&role, ':');
        if (one.n)
            st = yh_credit_give(k, YH_S("staff"), code, role, err);
    }
    while (st == YH_OK && persons.n) {
        yh_str one = yh_trim(yh_cut(&persons, ' '));
        if (one.n)
            st = yh_credit_give(k, YH_S("person"), one, YH_S(""), err);
    }
    return st;
}

static enum yh_status decision_text(struct yh_docket *k, const struct asked *m, int n,
                                    struct yh_err *err)
{
    bool contract = yh_eq(k->f.procedure, YH_S("contract"));
    bool heard = false, panel = false;
    for (int i = 0; i < k->nhit; i++) {
        heard = heard || k->hit[i].appealed;
        panel = panel || k->hit[i].asked;
    }
    struct yh_fill words[] = {
        { "authority",
          contract ? YH_S("医保服务协议处理决定书") : YH_S("行政处罚决定书（送审稿）") },
        { "heard", panel   ? YH_S("听取申诉、复核并合议")
                   : heard ? YH_S("听取申诉并复核")
                           : YH_S("告知并复核") },
        { "measures", measures_text(k, m, n) },
        { "damages", k->f.damages ? yh_fmt(k->a, "另付违约金 %.*s 元。",
                                           YH_ARG(yh_fen_words(k->a, k->f.damages)))
                                  : YH_S("") },
        { "officer", k->f.proposer },
    };
    return yh_docket_done(k, NULL, words, YH_COUNT(words), err);
}

/* ---- the hearing (听证) ---- */

/* The heaviest reason why one must be offered; "" = none. */
static enum yh_status hearing_basis(struct yh_docket *k, const struct asked *m, int n,
                                    yh_str *basis, struct yh_err *err)
{
    *basis = YH_S("");
    for (int i = 0; i < n && !basis->n; i++) {
        yh_fen least = 0;
        yh_str why;
        enum yh_status st = yh_casework_hearing(k->w, k->a, k->f.region, m[i].m.name, k->today,
                                                &least, &why, err);
        if (st && st != YH_NOT_FOUND)
            return st;
        if (st == YH_OK && m[i].amount >= least)
            *basis = why;
    }
    return YH_OK;
}

/* What came of it since the proposal was made: told, and then waived, held, or its term has passed. */
static enum yh_status hearing_settled(struct yh_docket *k, struct yh_err *err)
{
    struct yh_case_step_row like = { .case_no = k->f.case_no }, *row = NULL;
    bool told = false, ended = false;
    int n = 0;
    enum yh_status st = yh_list_case_step(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (yh_eq(row[i].act, YH_S("decide")))
            told = ended = false;
        told = told || yh_eq(row[i].act, YH_S("hearing"));
        ended = ended ||
                (told && (yh_eq(row[i].act, YH_S("waive")) || yh_eq(row[i].act, YH_S("held"))));
    }
    if (st || (told && (ended || yh_docket_over(k))))
        return st;
    return yh_refuse(err, YH_REFUSE_CASE_HEARING, k->f.case_no,
                     told ? "期限未满" : "还没有告知");
}

enum yh_status yh_act_case_hearing(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_json *p;
    struct asked *m = NULL;
    yh_str basis;
    int n = 0;
    enum yh_status st = yh_docket_start(t, &k, YH_ACT_TELL, err);
    if (st == YH_OK)
        st = proposal(&k, &p, err);
    if (st)
        return st;
    struct yh_act was = { k.x, t->w, p, k.now, NULL };
    st = measures_of(&k, yh_act_text(&was, "measures"), &m, &n, err);
    if (st == YH_OK)
        st = hearing_basis(&k, m, n, &basis, err);
    if (st == YH_OK)
        st = yh_docket_term(&k, k.act->clock, err);
    struct yh_fill words[] = { { "measures", measures_text(&k, m, n) },
                               { "basis", basis.n ? basis : YH_S("经办机构认为应当告知") } };
    if (st == YH_OK)
        st = yh_docket_done(&k, NULL, words, 2, err);
    return st ? st : answer(t, &k);
}

enum yh_status yh_act_case_waive(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    enum yh_status st = yh_docket_start(t, &k, YH_ACT_WAIVE, err);
    if (st == YH_OK)
        st = yh_docket_done(&k, NULL, NULL, 0, err);
    return st ? st : answer(t, &k);
}

/* 行政处罚法 第六十四条: who presides has not investigated the case. */
enum yh_status yh_act_case_held(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    enum yh_status st = yh_docket_start(t, &k, YH_ACT_HELD, err);
    if (st == YH_OK && (yh_eq(k.officer, k.f.officer) || yh_eq(k.officer, k.f.rechecker) ||
                        yh_eq(k.officer, k.f.proposer)))
        return yh_refuse(err, YH_REFUSE_CASE_SECOND, k.officer, "听证主持人不能是本案调查人员");
    if (st == YH_OK)
        st = yh_docket_done(&k, NULL, NULL, 0, err);
    return st ? st : answer(t, &k);
}

enum yh_status yh_act_case_approve(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_json *p;
    struct asked *m = NULL;
    int n = 0;
    enum yh_status st = yh_docket_start(t, &k, YH_ACT_APPROVE, err);
    if (st)
        return st;
    if (yh_eq(k.officer, k.f.proposer))
        return yh_refuse(err, YH_REFUSE_CASE_SECOND, k.officer, "提出人不能审批");
    if ((st = proposal(&k, &p, err)) != YH_OK)
        return st;
    struct yh_act was = { k.x, t->w, p, k.now, NULL };
    yh_str hearing = YH_S("");
    st = measures_of(&k, yh_act_text(&was, "measures"), &m, &n, err);
    if (st == YH_OK)
        st = hearing_basis(&k, m, n, &hearing, err);
    if (st == YH_OK && hearing.n)
        st = hearing_settled(&k, err);
    if (st == YH_OK)
        st = book_all(&k, err);
    if (st == YH_OK)
        st = keep_measures(&k, m, n, err);
    if (st == YH_OK)
        st = points(&k, yh_act_text(&was, "staff"), yh_act_text(&was, "persons"), err);
    if (st == YH_OK)
        st = yh_tip_case_ended(&k, true, err);
    k.f.approver = k.officer;
    /* The decision names the last day for paying, so the term starts first. */
    if (st == YH_OK)
        st = yh_docket_term(&k, k.act->clock, err);
    if (st == YH_OK)
        st = decision_text(&k, m, n, err);
    if (st == YH_OK)
        st = refer(&k, m, n, err);
    return st ? st : answer(t, &k);
}

/* ---- recovery ---- */

static bool in_force(const struct yh_case_money_row *m)
{
    return !m->undone_by && !m->undoes;
}

static yh_fen owed(const struct yh_case_money_row *m)
{
    bool paid = yh_eq(m->kind, YH_S("paid"));
    return in_force(m) ? paid ? -m->other : m->fund + m->person_back + m->other : 0;
}

enum yh_status yh_case_cleared(struct yh_txn *x, const struct yh_case_money_row *row,
                               yh_str clearing, struct yh_err *err)
{
    struct yh_case_money_row m = *row;
    m.cleared = clearing;
    return yh_put_case_money(x, &m, err);
}

enum yh_status yh_case_open_money(struct yh_txn *x, yh_str provider,
                                  struct yh_case_money_row **rows, int *n, struct yh_err *err)
{
    struct yh_case_money_row like = { .provider = provider }, *all = NULL;
    int count = 0;
    *n = 0;
    enum yh_status st =
        yh_list_case_money(x, (struct yh_span){ .index = yh_case_money_by_provider, .same = 1 },
                           &like, &all, &count, err);
    for (int i = 0; st == YH_OK && i < count; i++)
        if (in_force(&all[i]) && !all[i].cleared.n)
            all[(*n)++] = all[i];
    *rows = all;
    return st;
}

enum yh_status yh_act_case_recover(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_case_money_row *m = NULL;
    yh_fen open = 0, amount = 0;
    int n = 0;
    enum yh_status st = yh_docket_start(t, &k, YH_ACT_RECOVER, err);
    if (st == YH_OK)
        st = yh_case_money_of(k.x, k.f.case_no, &m, &n, err);
    if (st)
        return st;
    yh_str clearing = yh_act_text(t, "clearing"), text = yh_act_text(t, "amount");
    for (int i = 0; i < n; i++)
        open += m[i].cleared.n ? 0 : owed(&m[i]);
    if (open <= 0)
        return yh_refuse(err, YH_REFUSE_CASE_DONE, k.f.case_no, NULL);
    if (!clearing.n == !text.n)
        return yh_refuse(err, YH_REFUSE_CASE_AMOUNT, text,
                         "写清算批次（--clearing）或缴回金额（--amount），二者取一");
    if (text.n && (yh_fen_parse(text, &amount, NULL) || amount <= 0 || amount > open))
        return yh_refuse(err, YH_REFUSE_CASE_AMOUNT, text, "尚余 %.*s 元",
                         YH_ARG(yh_fen_words(k.a, open)));
    if (clearing.n)
        amount = open;
    else
        st = money_add(&k,
                       (struct yh_case_money_row){
                           .kind = YH_S("paid"), .region = k.f.region, .other = amount },
                       yh_book_received(k.a, k.f.provider, k.f.region, amount), &n, err);
    if (st == YH_OK && amount == open) {
        st = yh_case_money_of(k.x, k.f.case_no, &m, &n, err);
        for (int i = 0; st == YH_OK && i < n; i++)
            if (in_force(&m[i]) && !m[i].cleared.n)
                st = yh_case_cleared(k.x, &m[i], clearing.n ? clearing : YH_S("paid"), err);
    }
    struct yh_fill words[] = { { "amount", yh_fen_words(k.a, amount) },
                               { "open", yh_fen_words(k.a, open - amount) } };
    k.note = clearing.n ? yh_fmt(k.a, "清算 %.*s 抵扣。%.*s", YH_ARG(clearing), YH_ARG(k.note))
                        : yh_fmt(k.a, "机构缴回。%.*s", YH_ARG(k.note));
    if (st == YH_OK)
        st = yh_docket_done(&k, "recover", words, 2, err);
    if (st == YH_OK && amount == open) {
        k.act = yh_case_act_of(YH_ACT_CLOSE);
        k.note = YH_S("");
        st = yh_docket_done(&k, NULL, NULL, 0, err);
    }
    return st ? st : answer(t, &k);
}

/* ---- dropped, reversed ---- */

enum yh_status yh_act_case_drop(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    enum yh_status st = yh_docket_start(t, &k, YH_ACT_DROP, err);
    if (st)
        return st;
    /* What stands after a recheck or a panel is not dropped by one hand. */
    if (k.f.upheld + k.f.person_back > 0 && yh_eq(k.officer, k.f.rechecker))
        return yh_refuse(err, YH_REFUSE_CASE_SECOND, k.officer, "复核人不能撤案");
    for (int i = 0; st == YH_OK && i < k.nhit; i++) {
        struct yh_case_hit_row *h = &k.hit[i];
        h->state = YH_S("dropped");
        h->fund = h->person_back = 0;
        st = yh_docket_hit_put(&k, h, err);
    }
    k.f.upheld = k.f.person_back = k.f.damages = 0;
    if (st == YH_OK)
        st = yh_tip_case_ended(&k, false, err);
    if (st == YH_OK)
        st = yh_docket_done(&k, NULL, NULL, 0, err);
    return st ? st : answer(t, &k);
}

static enum yh_status mirror(struct yh_docket *k, const struct yh_case_money_row *m, int *nth,
                             struct yh_err *err)
{
    struct yh_ledger_entry_row like = { .region = m->region, .grp = m->grp, .seq = m->seq }, *e;
    int n = 0;
    enum yh_status st = yh_list_ledger_entry(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, &e, &n, err);
    if (st)
        return st;
    struct yh_entry *entry = YH_NEW(k->a, struct yh_entry, n);
    for (int i = 0; i < n; i++)
        entry[i] = (struct yh_entry){ e[i].account, e[i].debit, e[i].credit };
    struct yh_case_money_row undo = *m, was = *m;
    undo.kind = YH_S("undo");
    undo.fund = -m->fund;
    undo.person_back = -m->person_back;
    undo.other = -m->other;
    undo.undoes = m->nth;
    undo.cleared = YH_S("");
    undo.undone_by = 0;
    st = money_add(k, undo, yh_book_undo(k->a, (struct yh_booking){ entry, n }), nth, err);
    was.undone_by = *nth;
    return st ? st : yh_put_case_money(k->x, &was, err);
}

enum yh_status yh_act_case_reverse(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_case_money_row *m = NULL;
    int n = 0;
    enum yh_status st = yh_docket_start(t, &k, YH_ACT_REVERSE, err);
    if (st)
        return st;
    if (yh_eq(k.officer, k.f.approver) || yh_eq(k.officer, k.f.proposer))
        return yh_refuse(err, YH_REFUSE_CASE_SECOND, k.officer,
                         "提出人、审批人不能撤销自己的决定");
    st = yh_case_money_of(k.x, k.f.case_no, &m, &n, err);
    /* What the provider paid in stays booked: it is owed to the provider now. */
    for (int i = 0, all = n; st == YH_OK && i < all; i++)
        if (in_force(&m[i]) && !yh_eq(m[i].kind, YH_S("paid")))
            st = mirror(&k, &m[i], &n, err);
    if (st == YH_OK)
        st = yh_credit_withdraw(&k, err);
    if (st == YH_OK)
        st = lift_effect(&k, err);
    for (int i = 0; st == YH_OK && i < k.nhit; i++) {
        struct yh_case_hit_row *h = &k.hit[i];
        h->state = YH_S("dropped");
        h->fund = h->person_back = 0;
        st = yh_docket_hit_put(&k, h, err);
    }
    k.f.upheld = k.f.person_back = k.f.damages = 0;
    k.f.approver = k.officer;
    if (st == YH_OK)
        st = yh_docket_done(&k, NULL, NULL, 0, err);
    return st ? st : answer(t, &k);
}

enum yh_status yh_case_free(struct yh_txn *x, yh_str settlement, struct yh_err *err)
{
    struct yh_case_hit_row like = { .settlement = settlement }, *row = NULL;
    int n = 0;
    enum yh_status st =
        yh_list_case_hit(x, (struct yh_span){ .index = yh_case_hit_by_settlement, .same = 1 },
                         &like, &row, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_case_file_row f;
        if (row[i].fund + row[i].person_back == 0)
            continue;
        if ((st = yh_case_get(x, row[i].case_no, &f, err)) != YH_OK)
            break;
        enum yh_case_state s = yh_case_state_read(f.state);
        if (s == YH_CASE_DECIDED || s == YH_CASE_CLOSED)
            return yh_refuse(err, YH_REFUSE_SETTLEMENT_IN_CASE, settlement, "案件 %.*s",
                             YH_ARG(f.case_no));
    }
    return st;
}

/* ---- set off by a clearing (service/clearing) ---- */

enum yh_status yh_case_set_off(struct yh_act *t, yh_str case_no, yh_str clearing,
                               yh_str officer, struct yh_err *err)
{
    struct yh_arena *a = t->x->arena;
    struct yh_buf text = yh_buf_in(a), ignored = yh_buf_in(a);
    struct yh_jsonw w = yh_jsonw_on(&text);
    struct yh_json *ask = NULL;
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "case", case_no);
    yh_jw_kv_str(&w, "clearing", clearing);
    yh_jw_kv_str(&w, "officer", officer);
    yh_jw_end(&w, '}');
    enum yh_status st =
        yh_json_read(a, yh_buf_str(&text), (struct yh_json_limits){ 0 }, &ask, err);
    struct yh_act step = { t->x, t->w, ask, t->now, &ignored };
    return st ? st : yh_act_case_recover(&step, err);
}

enum yh_status yh_case_reopen(struct yh_act *t, yh_str case_no, yh_str note, struct yh_err *err)
{
    struct yh_docket k;
    enum yh_status st = yh_docket_open(t, &k, err);
    if (st == YH_OK)
        st = yh_docket_take(&k, case_no, YH_ACT_REOPEN, err);
    if (st)
        return st;
    k.note = note;
    return yh_docket_done(&k, NULL, NULL, 0, err);
}
