/* service/relative.c -- a relative draws on the owner's account (共济): hold and capture, or give back. */
#include "engine/ledger/ledger.h"
#include "service/inside.h"

/* What this user has drawn from that owner in the calendar year of `day`. */
static enum yh_status used_this_year(struct yh_ctx *c, const struct yh_binding_row *b,
                                     yh_day day, yh_fen *out, struct yh_err *err)
{
    struct yh_hold_row like = { .region = b->owner_region, .grp = b->owner_grp }, *h = NULL;
    int n = 0;
    enum yh_status st = yh_list_hold(c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 },
                                     &like, &h, &n, err);
    yh_fen sum = 0;
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(h[i].user, b->person) && yh_eq(h[i].person, b->owner) &&
            !yh_eq(h[i].state, YH_S("released")) &&
            yh_civil_of(yh_time_day(h[i].time)).year == yh_civil_of(day).year)
            sum += h[i].amount;
    if (st == YH_OK)
        *out = sum;
    return st;
}

enum yh_status yh_relative_find(struct yh_ctx *c, const struct yh_member *m,
                                yh_str account_flag, struct yh_relative *out,
                                struct yh_err *err)
{
    struct yh_relative none = { .region = YH_S(""), .owner = YH_S("") };
    *out = none;
    if (!account_flag.n || yh_eq(account_flag, YH_S("0")))
        return YH_OK;
    struct yh_binding_row like = { .region = m->person->region,
                                   .grp = m->person->grp,
                                   .person = m->person->person },
                          *b = NULL;
    int n = 0;
    struct yh_span span = { .index = YH_BY_KEY, .same = 3 };
    enum yh_status st = yh_list_binding(c->x, span, &like, &b, &n, err);
    for (int i = 0; st == YH_OK && i < n && out->available == 0; i++) {
        if (c->today < b[i].from_day || c->today >= b[i].to_day)
            continue;
        struct yh_account_row a = { .region = b[i].owner_region,
                                    .grp = b[i].owner_grp,
                                    .person = b[i].owner };
        st = yh_get_account(c->x, &a, err);
        if (st == YH_NOT_FOUND) {
            st = YH_OK;
            continue;
        }
        yh_fen left = st == YH_OK && !a.frozen ? a.balance - a.held : 0, used = 0;
        if (st == YH_OK && b[i].limit_fen) {
            st = used_this_year(c, &b[i], c->today, &used, err);
            left = yh_min(left, b[i].limit_fen - used);
        }
        if (st || left <= 0)
            continue;
        *out = (struct yh_relative){ .region = b[i].owner_region,
                                     .grp = b[i].owner_grp,
                                     .owner = b[i].owner,
                                     .user = m->person->person,
                                     .user_region = m->person->region,
                                     .user_grp = m->person->grp,
                                     .same_group = b[i].owner_grp == m->person->grp &&
                                                   yh_eq(b[i].owner_region, m->person->region),
                                     .available = left };
    }
    return st;
}

static enum yh_status owner_account(struct yh_ctx *c, yh_str region, int64_t grp, yh_str owner,
                                    yh_fen change, struct yh_err *err)
{
    struct yh_account_row a = { .region = region, .grp = grp, .person = owner };
    enum yh_status st = yh_get_account(c->x, &a, err);
    if (st)
        return st == YH_NOT_FOUND ? yh_refuse(err, YH_REFUSE_UNDO_ACCOUNT, owner, NULL) : st;
    a.balance += change;
    yh_assert(a.balance >= 0);
    return yh_put_account(c->x, &a, err);
}

/* Entries in the owner's group under its own commit number; the settlement's are the user's. */
static enum yh_status owner_entries(struct yh_ctx *c, yh_str region, int64_t grp,
                                    struct yh_booking b, struct yh_err *err)
{
    int64_t seq = 0;
    enum yh_status st = yh_txn_next_seq(c->x, &seq, err);
    return st ? st : yh_entries_add(c, region, grp, seq, YH_S(""), b, err);
}

enum yh_status yh_relative_draw(struct yh_ctx *c, const struct yh_relative *r,
                                const struct yh_settlement_row *s, struct yh_err *err)
{
    struct yh_group home = c->x->group;
    yh_assert(s->relative <= r->available);
    yh_txn_group(c->x, (struct yh_group){ r->region, r->grp });
    enum yh_status st = owner_account(c, r->region, r->grp, r->owner, -s->relative, err);
    if (st == YH_OK && !r->same_group)
        st = owner_entries(c, r->region, r->grp, yh_book_hold(c->arena, r->owner, s->relative),
                           err);
    struct yh_hold_row h = { .region = r->region,
                             .grp = r->grp,
                             .hold = s->settlement,
                             .person = r->owner,
                             .user_region = r->user_region,
                             .user_grp = r->user_grp,
                             .user = r->user,
                             .amount = s->relative,
                             .state = YH_S("captured"),
                             .settlement = s->settlement,
                             .time = c->now };
    if (st == YH_OK)
        st = yh_add_hold(c->x, &h, err);
    yh_txn_group(c->x, home);
    return st;
}

enum yh_status yh_relative_return(struct yh_ctx *c, const struct yh_settlement_row *s,
                                  struct yh_err *err)
{
    struct yh_group home = c->x->group;
    struct yh_binding_row like = { .region = s->region, .grp = s->grp, .person = s->person };
    struct yh_binding_row *b = NULL;
    int n = 0;
    struct yh_span span = { .index = YH_BY_KEY, .same = 3 };
    enum yh_status st = yh_list_binding(c->x, span, &like, &b, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_hold_row h = { .region = b[i].owner_region,
                                 .grp = b[i].owner_grp,
                                 .hold = s->settlement };
        st = yh_get_hold(c->x, &h, err);
        if (st == YH_NOT_FOUND) {
            st = YH_OK;
            continue;
        }
        if (st)
            break;
        yh_txn_group(c->x, (struct yh_group){ h.region, h.grp });
        h.state = YH_S("released");
        st = yh_put_hold(c->x, &h, err);
        if (st == YH_OK)
            st = owner_account(c, h.region, h.grp, h.person, h.amount, err);
        bool same = h.grp == s->grp && yh_eq(h.region, s->region);
        if (st == YH_OK && !same)
            st = owner_entries(c, h.region, h.grp,
                               yh_book_release(c->arena, h.person, h.amount), err);
        yh_txn_group(c->x, home);
        return st;
    }
    return st ? st : yh_refuse(err, YH_REFUSE_UNDO_ACCOUNT, s->settlement, NULL);
}
