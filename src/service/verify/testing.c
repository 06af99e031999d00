#include "service/verify/testing.h"

#include "engine/ledger/ledger.h"
#include "store/deltas.h"
#include "store/lines.h"

#define REGION YH_S("990101")
#define SCHEME YH_S("390")
#define ACC_PAID YH_S("基本统筹.已付")
#define ACC_SCOPE YH_S("范围内.累计")

static int64_t draw(struct yh_trial *t, int64_t lo, int64_t hi)
{
    return lo + (int64_t)(yh_mix64(t->seed++) % (uint64_t)(hi - lo + 1));
}

/* Passes the first failure on. */
#define TRY(step)                       \
    do {                                \
        enum yh_status try_st = (step); \
        if (try_st)                     \
            return try_st;              \
    } while (0)

static enum yh_status enrol(struct yh_txn *x, yh_str person, struct yh_account_row *account,
                            struct yh_err *err)
{
    struct yh_group g = x->group;
    struct yh_person_row p = { .region = g.region,
                               .grp = g.id,
                               .person = person,
                               .name = YH_S("测试甲"),
                               .died = YH_DAY_MAX };
    struct yh_person_key_row k = {
        .kind = YH_S("psn"), .value = person, .region = g.region, .grp = g.id, .person = person
    };
    struct yh_enrolment_row e = { .region = g.region,
                                  .grp = g.id,
                                  .person = person,
                                  .scheme = SCHEME,
                                  .to_day = YH_DAY_MAX,
                                  .status = YH_S("1") };
    *account = (struct yh_account_row){
        .region = g.region, .grp = g.id, .person = person, .balance = 20000, .opening = 20000
    };
    TRY(yh_add_person(x, &p, err));
    TRY(yh_add_person_key(x, &k, err));
    TRY(yh_add_enrolment(x, &e, err));
    return yh_add_account(x, account, err);
}

static struct yh_charge_batch_row bill(struct yh_trial *t, struct yh_txn *x, yh_str visit)
{
    struct yh_arena *a = x->arena;
    int n = t->lines ? t->lines : 12;
    struct yh_charge_line *line = YH_NEW(a, struct yh_charge_line, n);
    struct yh_charge_batch_row b = { .region = x->group.region,
                                     .grp = x->group.id,
                                     .visit = visit,
                                     .batch = YH_S("B1"),
                                     .part = 1,
                                     .lines = n };
    for (int i = 0; i < n; i++) {
        struct yh_charge_line *l = &line[i];
        *l = (struct yh_charge_line){
            .serial = yh_fmt(a, "%.*s%04d", YH_ARG(visit), i),
            .code = yh_fmt(a, "XA%08lld", (long long)draw(t, 1, 20000)),
            .own_code = yh_fmt(a, "Y%05lld", (long long)draw(t, 1, 20000)),
            .time = 1773800000 + draw(t, 0, 86400),
            .qty = draw(t, 1, 9) * 10000,
            .amount = draw(t, 1, 9000),
            .item_class = YH_S("01"),
        };
        l->outside = l->amount / 10;
        l->first = l->amount / 20;
        l->scope = l->amount - l->outside - l->first;
        b.total += l->amount;
        b.outside += l->outside;
        b.first += l->first;
        b.scope += l->scope;
    }
    b.packed = yh_lines_pack(a, line, n);
    return b;
}

static enum yh_status add_delta(struct yh_txn *x, yh_str person, const struct yh_delta *d,
                                struct yh_err *err)
{
    struct yh_accumulator_row r = { .region = x->group.region,
                                    .grp = x->group.id,
                                    .person = person,
                                    .scheme = d->scheme,
                                    .year = d->year,
                                    .name = d->name,
                                    .sub = d->sub };
    enum yh_status st = yh_get_accumulator(x, &r, NULL);
    if (st && st != YH_NOT_FOUND)
        return st;
    r.value += d->amount;
    return yh_put_accumulator(x, &r, err);
}

/* The settlement's own rows: itself, its funds, its entries. */
static enum yh_status book(struct yh_trial *t, struct yh_txn *x, struct yh_settlement_row *s,
                           const struct yh_settlement_fund_row *fund, int nfund,
                           struct yh_booking b, struct yh_err *err)
{
    char *salt = yh_alloc(x->arena, 1, 1, 16);
    uint8_t *leaf = yh_alloc(x->arena, 1, 1, 32);
    uint64_t random[2] = { yh_mix64(t->seed++), yh_mix64(t->seed++) };
    memcpy(salt, random, 16);
    s->salt = (yh_str){ salt, 16 };
    yh_settlement_leaf(s, leaf);
    s->leaf = (yh_str){ (const char *)leaf, 32 };
    TRY(yh_add_settlement(x, s, err));
    for (int i = 0; i < nfund; i++)
        TRY(yh_add_settlement_fund(x, &fund[i], err));
    for (int i = 0; i < b.n; i++) {
        struct yh_ledger_entry_row e = { .region = s->region,
                                         .grp = s->grp,
                                         .seq = s->seq,
                                         .line = i,
                                         .account = b.entry[i].account,
                                         .debit = b.entry[i].debit,
                                         .credit = b.entry[i].credit,
                                         .time = s->time,
                                         .settlement = s->settlement };
        TRY(yh_add_ledger_entry(x, &e, err));
    }
    return YH_OK;
}

enum yh_status yh_trial_settle(struct yh_trial *t, struct yh_txn *x,
                               struct yh_settlement_row *made, struct yh_err *err)
{
    struct yh_arena *a = x->arena;
    int64_t k = draw(t, 1, t->persons), n = ++t->n;
    yh_txn_group(x, (struct yh_group){ REGION, k });
    yh_str person = yh_fmt(a, "P%09lld", (long long)k),
           visit = yh_fmt(a, "V%012lld", (long long)n);
    yh_str provider = yh_fmt(a, "H9901010%04lld", (long long)draw(t, 1, 40));
    struct yh_account_row account = { .region = REGION, .grp = k, .person = person };
    struct yh_accumulator_row held = { .region = REGION, .grp = k, .person = person };
    struct yh_span of_person = { .index = YH_BY_KEY, .same = 3 };
    yh_txn_ahead(x, YH_TABLE_account, NULL, &account);
    yh_txn_ahead(x, YH_TABLE_accumulator, &of_person, &held);
    enum yh_status st = yh_get_account(x, &account, NULL);
    if (st == YH_NOT_FOUND)
        st = enrol(x, person, &account, err);
    if (st)
        return st;
    struct yh_charge_batch_row b = bill(t, x, visit);
    struct yh_visit_row v = { .region = REGION,
                              .grp = k,
                              .person = person,
                              .visit = visit,
                              .provider = provider,
                              .scheme = SCHEME,
                              .med_type = YH_S("11"),
                              .begin_time = 1773800000 + n,
                              .status = YH_S("settled") };
    struct yh_visit_key_row vk = { visit, REGION, k, person };
    struct yh_settlement_row s = {
        .region = REGION,
        .grp = k,
        .settlement = yh_fmt(a, "S%012lld", (long long)n),
        .kind = YH_S("settle"),
        .person = person,
        .visit = visit,
        .provider = provider,
        .scheme = SCHEME,
        .med_type = YH_S("11"),
        .time = 1773800000 + n,
        .year = 2026,
        .msgid = yh_fmt(a, "%.*s%018lld", YH_ARG(provider), (long long)n),
        .document = YH_S("990101/390/2026-01-01"),
        .total = b.total,
        .outside = b.outside,
        .first = b.first,
        .scope = b.scope,
    };
    s.basic = yh_fen_scale(s.scope, 600000, YH_ROUND_HALF_UP);
    s.assist = yh_fen_scale(s.scope, 100000, YH_ROUND_HALF_UP);
    s.fund = s.basic + s.assist;
    s.person_part = s.total - s.fund;
    s.account = yh_min(account.balance, s.person_part / 2);
    s.cash = s.person_part - s.account;
    s.balance = account.balance -= s.account;
    TRY(yh_txn_next_seq(x, &s.seq, err));
    struct yh_delta delta[] = { { SCHEME, 2026, ACC_PAID, YH_S(""), s.basic },
                                { SCHEME, 2026, ACC_SCOPE, YH_S(""), s.scope } };
    s.deltas = yh_deltas_pack(a, delta, 2);
    s.reasons = YH_S("[{\"条\":\"第九条\",\"层\":\"基本统筹\",\"式\":\"范围内 × 60%\"}]");
    struct yh_fund_pay pay[] = { { YH_S("390100"), s.basic, 0 },
                                 { YH_S("610100"), s.assist, 0 } };
    struct yh_settling settling = {
        .person = person, .provider = provider, .fund = pay, .nfund = 2, .account = s.account
    };
    struct yh_settlement_fund_row fund[] = {
        { .region = REGION,
          .grp = k,
          .seq = s.seq,
          .fund = pay[0].fund,
          .sort = 1,
          .amount = s.basic },
        { .region = REGION,
          .grp = k,
          .seq = s.seq,
          .fund = pay[1].fund,
          .sort = 2,
          .amount = s.assist },
        { .region = REGION,
          .grp = k,
          .seq = s.seq,
          .fund = YH_S("310200"),
          .sort = 3,
          .amount = s.account },
    };
    b.settlement = s.settlement;
    struct yh_request_row r = { .region = REGION,
                                .grp = k,
                                .provider = provider,
                                .msgid = s.msgid,
                                .infno = YH_S("2207"),
                                .state = YH_S("done"),
                                .settlement = s.settlement,
                                .digest = YH_S("0123456789abcdef"),
                                .reply =
                                    YH_S("{\"infcode\":\"0\",\"output\":{\"setlinfo\":{}}}") };
    TRY(yh_add_visit(x, &v, err));
    TRY(yh_add_visit_key(x, &vk, err));
    TRY(yh_add_charge_batch(x, &b, err));
    TRY(book(t, x, &s, fund, YH_COUNT(fund), yh_book_settlement(a, &settling), err));
    for (int i = 0; i < 2; i++)
        TRY(add_delta(x, person, &delta[i], err));
    TRY(yh_put_account(x, &account, err));
    TRY(yh_add_request(x, &r, err));
    *made = s;
    return YH_OK;
}

static void negate(struct yh_settlement_row *u)
{
    int64_t *amount[] = { &u->total,       &u->outside, &u->over,   &u->first,
                          &u->scope,       &u->basic,   &u->assist, &u->fund,
                          &u->person_part, &u->account, &u->cash };
    for (int i = 0; i < YH_COUNT(amount); i++)
        *amount[i] = -*amount[i];
}

enum yh_status yh_trial_undo(struct yh_trial *t, struct yh_txn *x, struct yh_group group,
                             int64_t seq, struct yh_err *err)
{
    yh_txn_group(x, group);
    struct yh_arena *a = x->arena;
    struct yh_settlement_row s = { .region = group.region, .grp = group.id, .seq = seq }, u;
    TRY(yh_get_settlement(x, &s, err));
    if (s.undone_by.n || s.undoes.n)
        return yh_fail(err, YH_CONFLICT, "已冲销");
    u = s;
    negate(&u);
    u.kind = YH_S("undo");
    u.undoes = s.settlement;
    u.settlement = yh_fmt(a, "U%.*s", YH_ARG(s.settlement));
    u.msgid = yh_fmt(a, "U%.*s", YH_ARG(s.msgid));
    TRY(yh_txn_next_seq(x, &u.seq, err));
    struct yh_delta *delta;
    int nd, nf, ne, nb;
    TRY(yh_deltas_unpack(a, s.deltas, &delta, &nd, err));
    for (int i = 0; i < nd; i++) {
        delta[i].amount = -delta[i].amount;
        TRY(add_delta(x, s.person, &delta[i], err));
    }
    u.deltas = yh_deltas_pack(a, delta, nd);
    struct yh_span of_seq = { .index = YH_BY_KEY, .same = 3 };
    struct yh_settlement_fund_row of_fund = { .region = s.region, .grp = s.grp, .seq = seq },
                                  *fund;
    struct yh_ledger_entry_row of_entry = { .region = s.region, .grp = s.grp, .seq = seq },
                               *row;
    struct yh_charge_batch_row of_batch = { .region = s.region,
                                            .grp = s.grp,
                                            .visit = s.visit },
                               *batch;
    TRY(yh_list_settlement_fund(x, of_seq, &of_fund, &fund, &nf, err));
    TRY(yh_list_ledger_entry(x, of_seq, &of_entry, &row, &ne, err));
    TRY(yh_list_charge_batch(x, of_seq, &of_batch, &batch, &nb, err));
    for (int i = 0; i < nf; i++) {
        fund[i].seq = u.seq;
        fund[i].amount = -fund[i].amount;
    }
    struct yh_entry *entry = YH_NEW(a, struct yh_entry, ne);
    for (int i = 0; i < ne; i++)
        entry[i] = (struct yh_entry){ row[i].account, row[i].debit, row[i].credit };
    TRY(book(t, x, &u, fund, nf, yh_book_undo(a, (struct yh_booking){ entry, ne }), err));
    s.undone_by = u.settlement;
    TRY(yh_put_settlement(x, &s, err));
    struct yh_account_row account = { .region = s.region, .grp = s.grp, .person = s.person };
    TRY(yh_get_account(x, &account, err));
    account.balance += s.account;
    TRY(yh_put_account(x, &account, err));
    for (int i = 0; i < nb; i++) {
        batch[i].settlement = YH_S("");
        TRY(yh_put_charge_batch(x, &batch[i], err));
    }
    return YH_OK;
}
