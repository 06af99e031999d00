/* service/verify/report.c -- what was found, told to people and to programs. */
#include <stdio.h>
#include "service/verify/verify.h"

void yh_verify_text(const struct yh_verify_report *r, struct yh_buf *out)
{
    const struct {
        const char *name;
        int64_t n;
    } count[] = {
        { "账户组", r->groups },     { "结算", r->settlements },
        { "其中冲销", r->undoings }, { "记账（提交）", r->commits },
        { "分录", r->entries },      { "基金明细", r->funds },
        { "累计", r->accumulators }, { "个人账户", r->accounts },
        { "费用批次", r->batches },  { "费用明细", r->lines },
        { "违规案件", r->cases },
        { "机构清算", r->clearings },
    }, sum[] = {
        { "总费用", r->total },      { "基金支付", r->fund },
        { "个人账户", r->account },  { "共济", r->relative },
        { "现金", r->cash },         { "医院负担", r->hospital },
        { "借方合计", r->debit },    { "贷方合计", r->credit },
        { "账户余额", r->balance },  { "应付机构", r->payable },
        { "共济在途", r->transit },  { "追回基金", r->recovered },
        { "退还个人", r->person_back },
    };
    yh_putf(out, "账目核对  统筹区 %.*s\n\n", YH_ARG(r->region));
    for (int i = 0; i < YH_COUNT(count); i++) {
        char n[32];
        snprintf(n, sizeof n, "%lld", (long long)count[i].n);
        yh_putz(out, "  ");
        yh_put_pad(out, yh_cstr(count[i].name), 14);
        yh_put_pad(out, yh_cstr(n), -20);
        yh_putz(out, "\n");
    }
    yh_putz(out, "\n  金额（元，冲销已减去；记账口径）\n");
    for (int i = 0; i < YH_COUNT(sum); i++) {
        yh_putz(out, "  ");
        yh_put_pad(out, yh_cstr(sum[i].name), 14);
        struct yh_buf b = yh_buf_in(out->arena);
        yh_put_money(&b, sum[i].n);
        yh_put_pad(out, yh_buf_str(&b), -20);
        yh_putz(out, "\n");
    }
    for (int i = 0; i < r->nfund; i++) {
        yh_putz(out, "  基金 ");
        yh_put_pad(out, r->by_fund[i].fund, 9);
        struct yh_buf b = yh_buf_in(out->arena);
        yh_put_money(&b, r->by_fund[i].amount);
        yh_put_pad(out, yh_buf_str(&b), -20);
        yh_putz(out, "\n");
    }
    if (!r->problems) {
        yh_putz(out, "\n账目相符。\n");
        return;
    }
    yh_putf(out, "\n发现 %lld 处不符：\n", (long long)r->problems);
    for (int64_t i = 0; i < r->problems && i < YH_VERIFY_SHOWN; i++)
        yh_putf(out, "%4lld. %s：%s\n", (long long)i + 1, r->problem[i].where,
                r->problem[i].what);
    if (r->problems > YH_VERIFY_SHOWN)
        yh_putf(out, "      …… 其余 %lld 处未列出\n",
                (long long)(r->problems - YH_VERIFY_SHOWN));
}

void yh_verify_json(const struct yh_verify_report *r, struct yh_buf *out)
{
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "region", r->region);
    yh_jw_kv_bool(&w, "clean", r->problems == 0);
    yh_jw_kv_i64(&w, "groups", r->groups);
    yh_jw_kv_i64(&w, "settlements", r->settlements);
    yh_jw_kv_i64(&w, "undoings", r->undoings);
    yh_jw_kv_i64(&w, "commits", r->commits);
    yh_jw_kv_i64(&w, "entries", r->entries);
    yh_jw_kv_i64(&w, "funds", r->funds);
    yh_jw_kv_i64(&w, "accumulators", r->accumulators);
    yh_jw_kv_i64(&w, "accounts", r->accounts);
    yh_jw_kv_i64(&w, "holds", r->holds);
    yh_jw_kv_i64(&w, "batches", r->batches);
    yh_jw_kv_i64(&w, "lines", r->lines);
    yh_jw_kv_i64(&w, "problems", r->problems);
    yh_jw_kv_fen(&w, "total", r->total);
    yh_jw_kv_fen(&w, "fund", r->fund);
    yh_jw_kv_fen(&w, "account", r->account);
    yh_jw_kv_fen(&w, "relative", r->relative);
    yh_jw_kv_fen(&w, "cash", r->cash);
    yh_jw_kv_fen(&w, "hospital", r->hospital);
    yh_jw_kv_fen(&w, "debit", r->debit);
    yh_jw_kv_fen(&w, "credit", r->credit);
    yh_jw_kv_fen(&w, "balance", r->balance);
    yh_jw_kv_fen(&w, "payable", r->payable);
    yh_jw_kv_fen(&w, "transit", r->transit);
    yh_jw_kv_i64(&w, "cases", r->cases);
    yh_jw_kv_i64(&w, "clearings", r->clearings);
    yh_jw_kv_fen(&w, "recovered", r->recovered);
    yh_jw_kv_fen(&w, "person_back", r->person_back);
    yh_jw_kv_object(&w, "by_fund");
    for (int i = 0; i < r->nfund; i++) {
        yh_jw_key(&w, r->by_fund[i].fund);
        yh_jw_fen(&w, r->by_fund[i].amount);
    }
    yh_jw_end(&w, '}');
    yh_jw_kv_array(&w, "problem");
    for (int64_t i = 0; i < r->problems && i < YH_VERIFY_SHOWN; i++) {
        yh_jw_object(&w);
        yh_jw_kv_str(&w, "where", yh_cstr(r->problem[i].where));
        yh_jw_kv_str(&w, "what", yh_cstr(r->problem[i].what));
        yh_jw_end(&w, '}');
    }
    yh_jw_end(&w, ']');
    yh_jw_end(&w, '}');
    yh_putz(out, "\n");
}
