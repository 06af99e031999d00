#include "service/verify/verify.h"

#include "base/test.h"
#include "service/verify/testing.h"
#include "store/lines.h"

/* A store in memory with a few hundred settlements, a third of them undone. */
struct books {
    struct yh_store *s;
    struct yh_trial t;
    struct yh_txn x;
    struct yh_err err;
};

static void fill(struct books *b, int n)
{
    struct yh_store_options opt = { .region = YH_S("990101"), .now = 1774000000 };
    *b = (struct books){ .t = { .seed = 5, .persons = 12 } };
    CHECK_OK(yh_store_open(YH_S("memory:"), &opt, &b->s, &b->err), &b->err);
    CHECK_OK(yh_store_batch_begin(b->s, &b->err), &b->err);
    for (int i = 0; i < n; i++) {
        struct yh_settlement_row made;
        CHECK_OK(
            yh_txn_begin(b->s, (struct yh_group){ { 0 }, 0 }, yh_test_arena(), &b->x, &b->err),
            &b->err);
        CHECK_OK(yh_trial_settle(&b->t, &b->x, &made, &b->err), &b->err);
        struct yh_group g = { made.region, made.grp };
        if (i % 3 == 0)
            CHECK_OK(yh_trial_undo(&b->t, &b->x, g, made.seq, &b->err), &b->err);
        CHECK_OK(yh_txn_keep(&b->x, &b->err), &b->err);
    }
    CHECK_OK(yh_store_batch_commit(b->s, &b->err), &b->err);
}

static void verify(struct books *b, struct yh_verify_report *r)
{
    struct yh_txn view;
    CHECK_OK(yh_view_open(b->s, yh_test_arena(), &view, &b->err), &b->err);
    CHECK_OK(yh_verify(&view, yh_test_arena(), r, &b->err), &b->err);
    yh_view_close(&view);
}

TEST(consistent_books_are_found_clean)
{
    static struct yh_verify_report r;
    struct books b;
    fill(&b, 200);
    verify(&b, &r);
    for (int i = 0; i < r.problems && i < YH_VERIFY_SHOWN; i++)
        CHECK_STR(yh_cstr(r.problem[i].what), YH_S(""), r.problem[i].where);
    CHECK_I64(r.problems, 0, "clean");
    CHECK_I64(r.settlements, 267, "200, and 67 undoings");
    CHECK_I64(r.undoings, 67, "a third");
    CHECK_I64(r.lines, 2400, "twelve each");
    CHECK_I64(r.debit, r.credit, "balance");
    CHECK(r.debit > 0 && r.fund > 0);
    CHECK_I64(r.payable, r.fund + r.account + r.relative, "owed to providers");
    CHECK_I64(r.total, r.fund + r.account + r.relative + r.cash + r.hospital,
              "nothing is lost");
    struct yh_buf text = yh_buf_in(yh_test_arena());
    yh_verify_text(&r, &text);
    CHECK(yh_find(yh_buf_str(&text), YH_S("账目相符")) > 0);
    struct yh_buf json = yh_buf_in(yh_test_arena());
    yh_verify_json(&r, &json);
    struct yh_json *tree = NULL;
    CHECK_OK(yh_json_read(yh_test_arena(), yh_trim(yh_buf_str(&json)),
                          (struct yh_json_limits){ 0 }, &tree, &b.err),
             &b.err);
    CHECK(yh_json_get(tree, YH_S("clean"))->truth);
    yh_store_close(b.s);
}

/* ---- each kind of damage is found ---- */

enum damage {
    BALANCE_OFF,
    ACCUMULATOR_OFF,
    ACCUMULATOR_LOST,
    BATCH_SUM_OFF,
    BATCH_BYTE_OFF,
    BATCH_MOVED,
    ENTRY_ADDED,
    ONE_SIDED_ENTRY,
    STRANGE_ACCOUNT,
    FUND_ADDED,
    LINK_CUT,
    LINK_FALSE,
    LEAF_FALSE,
    SUM_FALSE,
    TWICE,
    SEQ_BEHIND,
    GROUP_LOST,
    HOLD_WITHOUT_TRANSIT,
    MONEY_OF_NO_GROUP,
    MONEY_UNBOOKED,
};
static const struct {
    enum damage kind;
    const char *says;
} DAMAGE[] = {
    { BALANCE_OFF, "账户余额" },
    { ACCUMULATOR_OFF, "年累计" },
    { ACCUMULATOR_LOST, "没有记下" },
    { BATCH_SUM_OFF, "所含费用批次之和" },
    { BATCH_BYTE_OFF, "校验和不符" },
    { BATCH_MOVED, "不存在或已冲销" },
    { ENTRY_ADDED, "分录" },
    { ONE_SIDED_ENTRY, "借贷之差" },
    { STRANGE_ACCOUNT, "不在科目表" },
    { FUND_ADDED, "基金明细之和" },
    { LINK_CUT, "记的冲销是" },
    { LINK_FALSE, "没有那笔冲销" },
    { LEAF_FALSE, "叶哈希" },
    { SUM_FALSE, "全自费+超限价" },
    { TWICE, "结算了两次" },
    { SEQ_BEHIND, "超出本组已发的" },
    { GROUP_LOST, "不属于任何账户组" },
    { HOLD_WITHOUT_TRANSIT, "共济在途" },
    { MONEY_OF_NO_GROUP, "共 1 行，其中 1 行不属于任何账户组" },
    { MONEY_UNBOOKED, "追回基金" },
};

/* A settlement like `s`, changed, under the group's next number. */
static void add_like(struct books *b, struct yh_settlement_row s, yh_str id, bool leaf)
{
    static uint8_t hash[32];
    s.settlement = id;
    s.undone_by = s.undoes = YH_S("");
    s.kind = YH_S("settle");
    CHECK_OK(yh_txn_next_seq(&b->x, &s.seq, &b->err), &b->err);
    yh_settlement_leaf(&s, hash);
    hash[0] ^= !leaf;
    s.leaf = (yh_str){ (const char *)hash, 32 };
    CHECK_OK(yh_add_settlement(&b->x, &s, &b->err), &b->err);
}

static void harm(struct books *b, enum damage kind)
{
    struct yh_err *e = &b->err;
    struct yh_group g = { YH_S("990101"), 7 };
    CHECK_OK(yh_store_batch_begin(b->s, e), e);
    CHECK_OK(yh_txn_begin(b->s, g, yh_test_arena(), &b->x, e), e);
    struct yh_span of_group = { .index = YH_BY_KEY, .same = 2 };
    struct yh_settlement_row zs = { .region = g.region, .grp = 7 }, *s, *undone = NULL,
                             *live = NULL;
    struct yh_accumulator_row za = { .region = g.region, .grp = 7 }, *acc;
    struct yh_charge_batch_row zb = { .region = g.region, .grp = 7 }, *batch;
    struct yh_account_row account = { .region = g.region,
                                      .grp = 7,
                                      .person = YH_S("P000000007") };
    struct yh_account_group_row group = { .region = g.region, .grp = 7 };
    int ns, na, nb, settled = -1;
    CHECK_OK(yh_list_settlement(&b->x, of_group, &zs, &s, &ns, e), e);
    CHECK_OK(yh_list_accumulator(&b->x, of_group, &za, &acc, &na, e), e);
    CHECK_OK(yh_list_charge_batch(&b->x, of_group, &zb, &batch, &nb, e), e);
    CHECK_OK(yh_get_account(&b->x, &account, e), e);
    CHECK_OK(yh_get_account_group(&b->x, &group, e), e);
    for (int i = 0; i < ns; i++) {
        if (s[i].undone_by.n)
            undone = &s[i];
        else if (!s[i].undoes.n)
            live = &s[i];
    }
    for (int i = 0; i < nb; i++)
        if (batch[i].settlement.n)
            settled = i;
    CHECK(undone && live && na > 0 && settled >= 0);
    struct yh_ledger_entry_row entry = { .region = g.region,
                                         .grp = 7,
                                         .seq = live->seq,
                                         .line = 90,
                                         .account = YH_S("transit"),
                                         .debit = 5,
                                         .settlement = live->settlement };
    struct yh_ledger_entry_row other = entry;
    other.line = 91;
    other.debit = 0;
    other.credit = 5;
    struct yh_settlement_fund_row fund = {
        .region = g.region, .grp = 7, .seq = live->seq, .fund = YH_S("510100"), .amount = 1
    };
    struct yh_hold_row hold = {
        .region = g.region, .grp = 7, .hold = YH_S("X"), .amount = 9, .state = YH_S("held")
    };
    struct yh_case_money_row money = { .case_no = YH_S("C1"),
                                       .nth = 1,
                                       .kind = YH_S("recover"),
                                       .region = g.region,
                                       .seq = 1,
                                       .fund = 1 };
    struct yh_settlement_row copy = *live;
    copy.msgid = YH_S("另一报文");
    copy.total = copy.outside = copy.over = copy.first = copy.scope = copy.basic = 0;
    copy.assist = copy.fund = copy.person_part = copy.account = copy.cash = 0;
    copy.deltas = YH_S("");
    switch (kind) {
    case BALANCE_OFF:
        account.balance++;
        CHECK_OK(yh_put_account(&b->x, &account, e), e);
        break;
    case ACCUMULATOR_OFF:
        acc[0].value++;
        CHECK_OK(yh_put_accumulator(&b->x, &acc[0], e), e);
        break;
    case ACCUMULATOR_LOST: CHECK_OK(yh_drop_accumulator(&b->x, &acc[0], e), e); break;
    case BATCH_SUM_OFF:
        CHECK_OK(yh_drop_charge_batch(&b->x, &batch[settled], e), e);
        batch[settled].batch = YH_S("B2");
        batch[settled].packed = yh_lines_pack(yh_test_arena(), NULL, 0);
        batch[settled].lines = batch[settled].total = batch[settled].outside = 0;
        batch[settled].first = batch[settled].scope = 0;
        CHECK_OK(yh_put_charge_batch(&b->x, &batch[settled], e), e);
        break;
    case BATCH_BYTE_OFF: {
        char *byte = yh_zdup(yh_test_arena(), batch[settled].packed);
        byte[batch[settled].packed.n / 2] ^= 1;
        batch[settled].packed.p = byte;
        CHECK_OK(yh_put_charge_batch(&b->x, &batch[settled], e), e);
        break;
    }
    case BATCH_MOVED:
        batch[settled].settlement = undone->settlement;
        CHECK_OK(yh_put_charge_batch(&b->x, &batch[settled], e), e);
        break;
    case ENTRY_ADDED:
        entry.account = YH_S("payable:H1");
        CHECK_OK(yh_add_ledger_entry(&b->x, &entry, e), e);
        other.account = YH_S("person:P1");
        CHECK_OK(yh_add_ledger_entry(&b->x, &other, e), e);
        break;
    case ONE_SIDED_ENTRY: CHECK_OK(yh_add_ledger_entry(&b->x, &entry, e), e); break;
    case STRANGE_ACCOUNT:
        entry.account = other.account = YH_S("cash:P1");
        CHECK_OK(yh_add_ledger_entry(&b->x, &entry, e), e);
        CHECK_OK(yh_add_ledger_entry(&b->x, &other, e), e);
        break;
    case FUND_ADDED: CHECK_OK(yh_add_settlement_fund(&b->x, &fund, e), e); break;
    case LINK_CUT:
        undone->undone_by = YH_S("");
        CHECK_OK(yh_put_settlement(&b->x, undone, e), e);
        break;
    case LINK_FALSE:
        live->undone_by = live->settlement;
        CHECK_OK(yh_put_settlement(&b->x, live, e), e);
        break;
    case LEAF_FALSE: add_like(b, copy, YH_S("X1"), false); break;
    case SUM_FALSE:
        copy.scope = 1;
        add_like(b, copy, YH_S("X1"), true);
        break;
    case TWICE:
        copy.msgid = live->msgid;
        add_like(b, copy, YH_S("X1"), true);
        break;
    case SEQ_BEHIND:
        group.seq--;
        CHECK_OK(yh_put_account_group(&b->x, &group, e), e);
        break;
    case GROUP_LOST: CHECK_OK(yh_drop_account_group(&b->x, &group, e), e); break;
    case HOLD_WITHOUT_TRANSIT: CHECK_OK(yh_add_hold(&b->x, &hold, e), e); break;
    case MONEY_OF_NO_GROUP: CHECK_OK(yh_add_case_money(&b->x, &money, e), e); break;
    case MONEY_UNBOOKED: /* behind one of no group, and before one of another */
        CHECK_OK(yh_add_case_money(&b->x, &money, e), e);
        for (money.nth = 2; money.nth < 4; money.nth++) {
            money.grp = 15 - 4 * money.nth;
            CHECK_OK(yh_add_case_money(&b->x, &money, e), e);
        }
        break;
    }
    CHECK_OK(yh_txn_keep(&b->x, e), e);
    CHECK_OK(yh_store_batch_commit(b->s, e), e);
}

TEST(each_kind_of_damage_to_the_books_is_found_and_named)
{
    static struct yh_verify_report r;
    for (int i = 0; i < YH_COUNT(DAMAGE); i++) {
        struct books b;
        fill(&b, 120);
        harm(&b, DAMAGE[i].kind);
        verify(&b, &r);
        bool said = false;
        for (int k = 0; k < r.problems && k < YH_VERIFY_SHOWN; k++)
            said = said || yh_find(yh_cstr(r.problem[k].what), yh_cstr(DAMAGE[i].says)) >= 0;
        CHECK_I64(said, 1, DAMAGE[i].says);
        yh_store_close(b.s);
        yh_arena_reset(yh_test_arena());
    }
}
