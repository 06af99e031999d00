#include "shell/gateway/statement.h"

enum { COLUMNS = 7, SETTLEMENT = 0, VISIT, PERSON, TOTAL, FUND, ACCOUNT, REFUND };

static enum yh_status read_row(yh_str line, int number, struct yh_their_row *out,
                               struct yh_err *err)
{
    yh_str cell[COLUMNS], rest = line;
    int n = 0;
    while (rest.p && n < COLUMNS) {
        cell[n] = yh_trim(yh_cut(&rest, '\t'));
        if (yh_eq(cell[n], YH_S("null")))
            cell[n] = YH_S("");
        n++;
    }
    if (n != COLUMNS || yh_trim(rest).n)
        return yh_fail_at(err, YH_BAD_INPUT, number, 1,
                          "对账文件第%d行应有7列（TAB 分隔），现有%s列", number,
                          n < COLUMNS ? "更少的" : "更多的");
    struct yh_their_row r = {
        cell[SETTLEMENT], cell[VISIT], cell[PERSON], cell[REFUND], 0, 0, 0
    };
    yh_fen *sum[] = { &r.total, &r.fund, &r.account };
    for (int i = 0; i < YH_COUNT(sum); i++)
        if (cell[TOTAL + i].n && yh_fen_parse(cell[TOTAL + i], sum[i], NULL))
            return yh_fail_at(err, YH_BAD_INPUT, number, 1,
                              "对账文件第%d行第%d列“%.*s”不是金额", number, TOTAL + i + 1,
                              YH_ARG(yh_sub(cell[TOTAL + i], 0, 30)));
    *out = r;
    return YH_OK;
}

enum yh_status yh_statement_read(struct yh_arena *a, yh_str text, struct yh_their_row **rows,
                                 int *n, struct yh_err *err)
{
    struct yh_their_row *list = NULL;
    int count = 0, cap = 0, line = 0;
    if (!yh_utf8_ok(text))
        return yh_fail(err, YH_BAD_INPUT, "对账文件不是 UTF-8 文本，请转换编码后重新上传");
    if (yh_starts(text, YH_S("\xEF\xBB\xBF")))
        text = yh_sub(text, 3, text.n);
    while (text.n) {
        yh_str row = yh_cut(&text, '\n');
        struct yh_their_row r;
        line++;
        if (!yh_trim(row).n)
            continue;
        enum yh_status bad = read_row(row, line, &r, err);
        if (bad)
            return bad;
        YH_PUSH(a, list, count, cap) = r;
    }
    *rows = list;
    *n = count;
    return YH_OK;
}

static void put_cell(struct yh_buf *b, yh_str s)
{
    yh_put(b, s.n ? s : YH_S("null"));
    yh_putc(b, '\t');
}

void yh_statement_write(struct yh_buf *out, const struct yh_diff_row *row, int n)
{
    for (int i = 0; i < n; i++) {
        const struct yh_diff_row *r = &row[i];
        put_cell(out, r->person);
        put_cell(out, r->visit);
        put_cell(out, r->settlement);
        put_cell(out, r->msgid);
        put_cell(out, yh_eq(r->result, YH_S("0")) ? YH_S("0") : YH_S("1"));
        put_cell(out, r->refund);
        put_cell(out, r->memo);
        yh_put_fen(out, r->total);
        yh_putc(out, '\t');
        yh_put_fen(out, r->fund);
        yh_putc(out, '\t');
        yh_put_fen(out, r->account);
        yh_putc(out, '\n');
    }
}
