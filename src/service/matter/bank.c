/* service/matter/bank.c -- what is owed to persons, paid through the bank in batches. */
#include <inttypes.h>
#include "engine/ledger/ledger.h"
#include "service/inside.h"
#include "service/matter/inside.h"

/* ---- one payment ---- */

static enum yh_status items_of(struct yh_txn *x, const struct yh_matter_row *m,
                               struct yh_bank_item_row **row, int *n, struct yh_err *err)
{
    struct yh_bank_item_row like = { .region = m->region, .grp = m->grp, .matter = m->matter };
    return yh_list_bank_item(x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, row,
                             n, err);
}

enum yh_status yh_pay_last(struct yh_txn *x, const struct yh_matter_row *m,
                           struct yh_bank_item_row *out, struct yh_err *err)
{
    struct yh_bank_item_row *row = NULL;
    int n = 0;
    enum yh_status st = items_of(x, m, &row, &n, err);
    if (st == YH_OK && !n)
        return yh_fail(err, YH_NOT_FOUND, "没有付款");
    if (st == YH_OK)
        *out = row[n - 1];
    return st;
}

enum yh_status yh_pay_add(struct yh_hand *h, struct yh_err *err)
{
    struct yh_bank_item_row *old = NULL;
    int n = 0;
    enum yh_status st = items_of(h->d->x, &h->m, &old, &n, err);
    if (st)
        return st;
    struct yh_bank_item_row row = { .region = h->m.region,
                                    .grp = h->m.grp,
                                    .matter = h->m.matter,
                                    .nth = n + 1,
                                    .person = h->m.person,
                                    .office = h->m.office,
                                    .payee = yh_hand_field(h, YH_FIELD_PAYEE),
                                    .bank = yh_hand_field(h, YH_FIELD_BANK),
                                    .bank_account = yh_hand_field(h, YH_FIELD_BANK_ACCOUNT),
                                    .amount = h->m.amount,
                                    .state = YH_S("waiting"),
                                    .batch = YH_S(""),
                                    .reason = YH_S(""),
                                    .time = h->d->now };
    return yh_add_bank_item(h->d->x, &row, err);
}

enum yh_status yh_pay_drop(struct yh_hand *h, struct yh_err *err)
{
    struct yh_bank_item_row row;
    enum yh_status st = yh_pay_last(h->d->x, &h->m, &row, err);
    if (st == YH_NOT_FOUND)
        return YH_OK;
    if (st)
        return st;
    if (yh_eq(row.state, YH_S("sent")) || yh_eq(row.state, YH_S("paid")))
        return yh_refuse(err, YH_REFUSE_MATTER_PAID, h->m.matter, NULL);
    if (yh_eq(row.state, YH_S("waiting")))
        row.state = YH_S("dropped");
    row.time = h->d->now;
    return yh_put_bank_item(h->d->x, &row, err);
}

/* ---- a batch ---- */

static enum yh_status batch_of(struct yh_txn *x, yh_str no, struct yh_bank_batch_row *out,
                               struct yh_err *err)
{
    struct yh_bank_batch_row b = { .batch = no };
    enum yh_status st = yh_get_bank_batch(x, &b, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_BANK_UNKNOWN, no, NULL);
    if (st == YH_OK)
        *out = b;
    return st;
}

struct whose {
    yh_str region;
    bool (*within)(void *user, yh_str region, yh_str office);
    void *user;
};

static bool item_of(void *ctx, const void *row)
{
    const struct whose *o = ctx;
    const struct yh_bank_item_row *i = row;
    return yh_eq(i->region, o->region) &&
           (!o->within || o->within(o->user, i->region, i->office));
}

enum yh_status yh_bank_batch(const struct yh_matter_desk *d, yh_str region,
                             bool (*within)(void *user, yh_str region, yh_str office),
                             void *user, struct yh_bank_batch_row *out, struct yh_err *err)
{
    struct yh_bank_item_row like = { .state = YH_S("waiting") }, *row = NULL;
    int n = 0;
    struct whose own = { region, within, user };
    struct yh_span waiting = { .index = yh_bank_item_by_state, .same = 1, .most = 5000 };
    enum yh_status st = yh_pick_bank_item(d->x, waiting, &like, item_of, &own, &row, &n, err);
    struct yh_bank_batch_row b = { .region = region,
                                   .state = YH_S("sent"),
                                   .officer = d->officer,
                                   .approver = YH_S(""),
                                   .time = d->now };
    for (int i = 0; i < n; i++)
        b.amount += row[i].amount;
    if (st)
        return st;
    if (!n)
        return yh_refuse(err, YH_REFUSE_BANK_EMPTY, region, NULL);
    int64_t nth = 0;
    char day[16];
    yh_str today = yh_day_text(day, yh_time_day(d->now));
    yh_str scope = yh_fmt(d->arena, "%.*s %.*s", YH_ARG(region), YH_ARG(today));
    if ((st = yh_txn_next(d->x, scope, YH_S("bank"), &nth, err)) != YH_OK)
        return st;
    b.items = n;
    b.batch = yh_fmt(d->arena, "%.*sP%.4s%.2s%.2s%03" PRId64, YH_ARG(region), today.p,
                     today.p + 5, today.p + 8, nth);
    for (int i = 0; st == YH_OK && i < n; i++) {
        row[i].state = YH_S("sent");
        row[i].batch = b.batch;
        row[i].time = d->now;
        yh_txn_group(d->x, (struct yh_group){ row[i].region, row[i].grp });
        st = yh_put_bank_item(d->x, &row[i], err);
    }
    if (st == YH_OK)
        st = yh_add_bank_batch(d->x, &b, err);
    if (st == YH_OK)
        *out = b;
    return st;
}

enum yh_status yh_bank_items(struct yh_txn *x, yh_str batch, struct yh_bank_batch_row *b,
                             struct yh_bank_item_row **row, int *n, struct yh_err *err)
{
    struct yh_bank_item_row like = { .batch = batch };
    enum yh_status st = batch_of(x, batch, b, err);
    return st ? st
              : yh_list_bank_item(x,
                                  (struct yh_span){ .index = yh_bank_item_by_batch, .same = 1 },
                                  &like, row, n, err);
}

static yh_str item_no(struct yh_arena *a, const struct yh_bank_item_row *r)
{
    return yh_fmt(a, "%.*s-%" PRId64, YH_ARG(r->matter), r->nth);
}

static void cell(struct yh_buf *b, yh_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        yh_putc(b, (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
    yh_putc(b, '\t');
}

enum yh_status yh_bank_file(struct yh_txn *x, yh_str batch, yh_str *tsv, struct yh_err *err)
{
    struct yh_bank_batch_row b;
    struct yh_bank_item_row *row = NULL;
    int n = 0;
    char text[32];
    enum yh_status st = yh_bank_items(x, batch, &b, &row, &n, err);
    if (st)
        return st;
    struct yh_buf out = yh_buf_in(x->arena);
    yh_putz(&out, "#item\tpayee\tbank\tbank_account\tamount\tpurpose\n");
    for (int i = 0; i < n; i++) {
        cell(&out, item_no(x->arena, &row[i]));
        cell(&out, row[i].payee);
        cell(&out, row[i].bank);
        cell(&out, row[i].bank_account);
        cell(&out, yh_dec_text(text, row[i].amount, 2, 2));
        yh_putz(&out, "医疗保障待遇\n");
    }
    *tsv = yh_buf_str(&out);
    return YH_OK;
}

/* ---- the bank's answer ---- */

struct answer {
    struct yh_bank_item_row *item;
    bool paid;
    yh_str reason;
};

static enum yh_status bad_line(struct yh_err *err, int line, yh_str met, const char *why)
{
    enum yh_status st = yh_refuse(err, YH_REFUSE_BANK_ANSWER, met, "第 %d 行 %s", line, why);
    if (err)
        err->line = line;
    return st;
}

static enum yh_status read_answer(struct yh_arena *a, yh_str tsv, struct yh_bank_item_row *item,
                                  int nitem, struct answer *out, int *n, struct yh_err *err)
{
    static const char *const WANT[] = { "item", "result", "reason" };
    struct yh_tsv *t = YH_NEW(a, struct yh_tsv, 1);
    int col[3], more;
    *n = 0;
    if (yh_tsv_open_with(t, tsv, WANT, 3, col, err))
        return yh_refuse(err, YH_REFUSE_BANK_ANSWER, YH_S(""),
                         "第 1 行应为列名 item、result、reason");
    while ((more = yh_tsv_next(t, err)) != 0) {
        if (more < 0)
            return bad_line(err, t->line, YH_S(""), "列数不对");
        yh_str no = yh_trim(t->cell[col[0]]), result = yh_trim(t->cell[col[1]]);
        struct answer one = { .paid = yh_eq(result, YH_S("成功")),
                              .reason = yh_trim(t->cell[col[2]]) };
        for (int i = 0; i < nitem; i++)
            if (yh_eq(no, item_no(a, &item[i])))
                one.item = &item[i];
        if (!one.item)
            return bad_line(err, t->line, no, "不在本批次中");
        if (!yh_eq(one.item->state, YH_S("sent")))
            return bad_line(err, t->line, no, "已经回盘");
        if (!one.paid && !yh_eq(result, YH_S("失败")))
            return bad_line(err, t->line, result, "结果应为 成功 或 失败");
        if (!one.paid && !one.reason.n)
            return bad_line(err, t->line, no, "失败没有写原因");
        for (int i = 0; i < *n; i++)
            if (out[i].item == one.item)
                return bad_line(err, t->line, no, "出现两次");
        out[(*n)++] = one;
    }
    return *n ? YH_OK : yh_refuse(err, YH_REFUSE_BANK_ANSWER, YH_S(""), "文件中没有一笔");
}

static enum yh_status apply(const struct yh_matter_desk *d, const struct answer *a,
                            struct yh_err *err)
{
    struct yh_hand *h = YH_NEW(d->arena, struct yh_hand, 1);
    struct yh_bank_item_row item = *a->item;
    *h = (struct yh_hand){ .d = d, .note = a->paid ? YH_S("") : a->reason };
    enum yh_status st = yh_matter_get(d->x, item.matter, &h->m, err);
    if (st)
        return st;
    yh_hand_ctx(h, h->m.person);
    if (a->paid) {
        struct yh_booking b = yh_book_payout(d->arena, item.person, item.region, item.amount);
        if ((st = yh_txn_next_seq(d->x, &item.seq, err)) != YH_OK ||
            (st = yh_entries_add(&h->c, item.region, item.grp, item.seq, YH_S(""), b, err)) !=
                YH_OK)
            return st;
    }
    item.state = a->paid ? YH_S("paid") : YH_S("returned");
    item.reason = a->reason;
    item.time = d->now;
    if ((st = yh_put_bank_item(d->x, &item, err)) != YH_OK)
        return st;
    return yh_matter_keep(h, a->paid ? YH_MATTER_ACT_PAID : YH_MATTER_ACT_BOUNCED,
                          a->paid ? YH_MATTER_DONE : YH_MATTER_RETURNED, err);
}

enum yh_status yh_bank_answer(const struct yh_matter_desk *d, yh_str batch, yh_str tsv,
                              struct yh_bank_batch_row *out, struct yh_err *err)
{
    struct yh_bank_batch_row b;
    struct yh_bank_item_row *item = NULL;
    int nitem = 0, n = 0;
    enum yh_status st = yh_bank_items(d->x, batch, &b, &item, &nitem, err);
    if (st)
        return st;
    if (yh_eq(b.officer, d->officer))
        return yh_refuse(err, YH_REFUSE_MATTER_SECOND, d->officer, NULL);
    struct answer *a = YH_NEW(d->arena, struct answer, nitem);
    if ((st = read_answer(d->arena, tsv, item, nitem, a, &n, err)) != YH_OK)
        return st;
    for (int i = 0; st == YH_OK && i < n; i++) {
        st = apply(d, &a[i], err);
        *(a[i].paid ? &b.paid : &b.returned) += 1;
    }
    b.approver = d->officer;
    b.answered = d->now;
    if (b.paid + b.returned == b.items)
        b.state = YH_S("settled");
    if (st == YH_OK)
        st = yh_put_bank_batch(d->x, &b, err);
    if (st == YH_OK)
        *out = b;
    return st;
}
