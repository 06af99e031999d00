#include <stdio.h>
#include "engine/bill/bill.h"
#include "model/policy/policy.h"

/* ---- fields ---- */

/* What may stand in a bill; anything else is refused, so that a misspelt name is not passed over. */
static const char *const FIELDS[] = {
    "id",
    "setl_id",
    "mdtrt_id",
    "psn_no",
    "psn_name",
    "region",
    "insuplc_admdvs",
    "place",
    "mdtrtarea_admvs",
    "scheme",
    "insutype",
    "begin",
    "begntime",
    "end",
    "endtime",
    "dscgTime",
    "day",
    "setl_time",
    "facts",
    "med_type",
    "psn_type",
    "psn_idet_type",
    "hosp_lv",
    "dedc_hosp_lv",
    "out_type",
    "matn_type",
    "dise_codg",
    "brdy",
    "lines",
    "feedetail",
    "medfee_sumamt",
    "fulamt_ownpay_amt",
    "overlmt_selfpay",
    "preselfpay_amt",
    "inscp_scp_amt",
    "standing",
    "acct_used_flag",
    "balc",
    "relative_balc",
    "psn_setlway",
    "pended",
    "liable_share",
    "deduct_waived",
    "joined_deduct",
    "note",
};

/* What may stand in a fee line: first what is looked at, then what 2204, 2301 and 5204 have besides,
 * which is passed over. */
static const char *const LINE_FIELDS[] = {
    // clang-format off
    "feedetl_sn", "med_list_codg", "fee_ocur_time", "pric", "cnt", "det_item_fee_sumamt",
    "chrgitm_lv", "class", "selfpay_prop", "pric_uplmt_amt", "lmt_used_flag", "tag",
    "hosp_appr_flag", "init_feedetl_sn", "provider_fault", "provider_fault_amt",
    "acord_dept_codg", "acord_dept_name", "bas_medn_flag", "bilg_dept_codg", "bilg_dept_name",
    "bilg_dr_codg", "bilg_dr_name", "chld_medc_flag", "chrg_bchno", "comb_no", "dise_codg",
    "dosform_name", "drord_no", "drt_reim_flag", "dscg_tkdrug_flag", "er_flag", "etip_flag",
    "etip_hosp_code", "expContent", "exp_content", "fulamt_ownpay_amt", "hi_nego_drug_flag",
    "hilist_code", "hilist_name", "hosp_prep_flag", "inscp_scp_amt", "list_sp_item_flag",
    "list_type", "matn_fee_flag", "mdtrt_id", "med_chrgitm_type", "med_type", "medc_way_dscr",
    "medins_list_codg", "medins_list_name", "memo", "opt_time", "opt_timeP", "opter_id",
    "opter_name", "orders_dr_code", "orders_dr_name", "overlmt_amt", "prd_days",
    "preselfpay_amt", "prodname", "prodplac_type", "psn_no", "rx_circ_flag", "rx_drord_no",
    "rxno", "setl_id", "sin_dos_dscr", "spec", "tcmdrug_used_way", "used_frqu_dscr",
    // clang-format on
};

/* National fields that state a fact. */
static const struct {
    const char *field;
    enum yh_dim dim;
    const char *prefix;
} FACTS[] = {
    { "med_type", YH_DIM_VISIT, "" },      { "psn_type", YH_DIM_PERSON, "" },
    { "psn_idet_type", YH_DIM_IDENT, "" }, { "hosp_lv", YH_DIM_LEVEL, "hosp_lv:" },
    { "dedc_hosp_lv", YH_DIM_LEVEL, "" },  { "out_type", YH_DIM_PLACE, "" },
    { "matn_type", YH_DIM_DELIVERY, "" },  { "dise_codg", YH_DIM_DISEASE, "" },
};

static enum yh_status refuse(struct yh_err *err, const struct yh_json *v, yh_str field,
                             const char *why)
{
    char name[64], met[96];
    yh_str m =
        v && (v->kind == YH_JSON_STRING || v->kind == YH_JSON_NUMBER) ? v->text : YH_S("");
    snprintf(name, sizeof name, "%.*s", (int)yh_min(field.n, 60), field.n ? field.p : "");
    snprintf(met, sizeof met, "%.*s", (int)yh_min(m.n, 90), m.n ? m.p : "");
    return yh_fail_field(err, YH_BAD_INPUT, name, met, "%s%s%s%s：%s", name, m.n ? "=“" : "",
                         met, m.n ? "”" : "", why);
}

static const struct yh_json *get(const struct yh_json *o, const char *key)
{
    const struct yh_json *v = yh_json_get(o, yh_cstr(key));
    return v && v->kind == YH_JSON_NULL ? NULL : v;
}
static const struct yh_json *either(const struct yh_json *o, const char *a, const char *b)
{
    const struct yh_json *v = get(o, a);
    return v ? v : get(o, b);
}

static enum yh_status check_names(const struct yh_json *v, const char *const *name, int n,
                                  struct yh_err *err)
{
    for (const struct yh_json *x = v->first; x; x = x->next) {
        int i = 0;
        while (i < n && !yh_eq(x->key, yh_cstr(name[i])))
            i++;
        if (i == n)
            return refuse(err, x, x->key, "没有这个字段（docs/settle.md）");
    }
    return YH_OK;
}

static enum yh_status read_day(const struct yh_json *v, yh_day *out, struct yh_err *err)
{
    yh_str s = yh_json_text(v);
    if (!v || !s.n)
        return YH_OK;
    struct yh_err why;
    if (yh_day_parse(s, out, &why))
        return refuse(err, v, v->key, "不是日期，应写 2026-03-18");
    return YH_OK;
}

static enum yh_status read_dec(const struct yh_json *o, const char *key, int scale,
                               int64_t *out, struct yh_err *err)
{
    const struct yh_json *v = get(o, key);
    if (!v || (v->kind == YH_JSON_STRING && !v->text.n))
        return YH_OK;
    struct yh_err why;
    if (yh_json_dec(v, scale, out, &why))
        return refuse(err, v, v->key, scale == 2 ? "不是金额（至多两位小数）" : "不是数字");
    return YH_OK;
}

static enum yh_status read_truth(const struct yh_json *o, const char *key, bool *out,
                                 struct yh_err *err)
{
    const struct yh_json *v = get(o, key);
    yh_str s = yh_json_text(v);
    *out = v &&
           (v->kind == YH_JSON_BOOL ? v->truth : yh_eq(s, YH_S("1")) || yh_eq(s, YH_S("true")));
    if (!v || v->kind == YH_JSON_BOOL || *out || yh_eq(s, YH_S("0")) ||
        yh_eq(s, YH_S("false")) || (v->kind == YH_JSON_STRING && !s.n))
        return YH_OK;
    return refuse(err, v, v->key, "应为 0 或 1");
}

/* One of the words, counted from 0; what is not said is the first. */
static enum yh_status read_choice(const struct yh_json *o, const char *key,
                                  const char *const *word, int n, const char *why, int *out,
                                  struct yh_err *err)
{
    const struct yh_json *v = get(o, key);
    yh_str s = yh_json_text(v);
    *out = 0;
    if (!v || (v->kind == YH_JSON_STRING && !s.n))
        return YH_OK;
    while (*out < n && !yh_eq(s, yh_cstr(word[*out])))
        ++*out;
    return *out < n ? YH_OK : refuse(err, v, v->key, why);
}

enum yh_status yh_bill_address_read(const struct yh_json *v, struct yh_bill_address *out,
                                    struct yh_err *err)
{
    if (!v || v->kind != YH_JSON_OBJECT)
        return yh_fail(err, YH_BAD_INPUT, "一行应是一个 JSON 对象");
    struct yh_bill_address r = { .region = yh_json_text(either(v, "region", "insuplc_admdvs")),
                                 .scheme = yh_json_text(either(v, "scheme", "insutype")),
                                 .place = yh_json_text(either(v, "place", "mdtrtarea_admvs")) };
    const struct yh_json *id = get(v, "id");
    r.id = yh_json_text(id ? id : either(v, "setl_id", "mdtrt_id"));
    enum yh_status bad = read_day(either(v, "begin", "begntime"), &r.begin, err);
    if (!bad)
        bad = read_day(get(v, "end") ? get(v, "end") : either(v, "endtime", "dscgTime"), &r.end,
                       err);
    if (!bad)
        bad = read_day(either(v, "day", "setl_time"), &r.settle_day, err);
    if (bad)
        return bad;
    if (!r.settle_day)
        r.settle_day = r.end ? r.end : r.begin;
    if (!r.settle_day)
        return yh_fail_field(err, YH_BAD_INPUT, "day", "", "day：缺少结算日（或 begin、end）");
    if (!r.end)
        r.end = r.settle_day;
    if (!r.begin)
        r.begin = r.end;
    if (r.begin > r.end || r.end > r.settle_day) {
        char one[16], two[16];
        bool stay = r.begin > r.end;
        yh_str a = yh_day_text(one, stay ? r.begin : r.end);
        yh_str b = yh_day_text(two, stay ? r.end : r.settle_day);
        return yh_fail_field(err, YH_BAD_INPUT, stay ? "begin" : "end", one,
                             "%s=“%.*s”：晚于%s %.*s，请核对日期", stay ? "begin" : "end",
                             YH_ARG(a), stay ? "出院日 end" : "结算日 day", YH_ARG(b));
    }
    *out = r;
    return YH_OK;
}

/* ---- what a plan looks at ---- */

static void look(const struct yh_cells *t, uint32_t *asks)
{
    for (int i = 0; i < t->naxis; i++)
        if (t->axis[i].dim >= YH_DIM_NUMERIC)
            *asks |= UINT32_C(1) << t->axis[i].dim;
}

struct yh_bill_plan yh_bill_plan_of(const struct yh_plan *p)
{
    uint32_t asks = 0;
    look(&p->entitled, &asks);
    look(&p->fixed_price, &asks);
    look(&p->account.parts, &asks);
    look(&p->account.family, &asks);
    look(&p->split.first_pay, &asks);
    look(&p->split.pre_self, &asks);
    for (int i = 0; i < p->nlayer; i++) {
        const struct yh_layer *l = &p->layer[i];
        look(&l->when, &asks);
        look(&l->deduct.amount, &asks);
        look(&l->deduct.ceiling, &asks);
        look(&l->deduct.step, &asks);
        look(&l->lump, &asks);
        look(&l->per_day, &asks);
        for (int k = 0; k < l->nband; k++) {
            look(&l->band[k].from, &asks);
            look(&l->band[k].rate, &asks);
        }
        for (int k = 0; k < l->nadjust; k++)
            look(&l->adjust[k].by, &asks);
        for (int k = 0; k < l->ncap; k++) {
            look(&l->cap[k].amount, &asks);
            for (int n = 0; n < l->cap[k].nbonus; n++)
                asks |= UINT32_C(1) << l->cap[k].bonus[n].dim;
        }
    }
    return (struct yh_bill_plan){ p, asks };
}

/* ---- facts ---- */

static enum yh_status put_fact(const struct yh_plan *p, enum yh_dim dim,
                               const struct yh_json *v, const char *prefix, struct yh_facts *f,
                               uint32_t *seen, struct yh_err *err)
{
    *seen |= UINT32_C(1) << dim;
    if (dim >= YH_DIM_NUMERIC) {
        int64_t n;
        struct yh_err why;
        if (yh_json_dec(v, 0, &n, &why) || n < 0)
            return refuse(err, v, v->key, "应为不小于零的整数");
        f->v[dim] = n;
        return YH_OK;
    }
    char code[96];
    yh_str s = yh_json_text(v);
    if (!s.n)
        return YH_OK;
    snprintf(code, sizeof code, "%s%.*s", prefix, (int)yh_min(s.n, 80), s.p);
    int k = yh_plan_kind(p, dim, yh_cstr(code));
    if (k < 0 && dim == YH_DIM_VISIT && !*prefix) {
        /* An unknown med_type counts by its first digit (reference §11). */
        const char *by = s.p[0] == '1'   ? "门诊"
                         : s.p[0] == '2' ? "住院"
                         : s.p[0] == '4' ? "药店"
                         : s.p[0] == '5' ? "生育住院"
                                         : "";
        k = yh_plan_kind(p, dim, yh_cstr(by));
    }
    if (k < 0)
        return refuse(err, v, v->key.n ? v->key : yh_dim_word(dim), "文件中没有这个值");
    if (dim == YH_DIM_IDENT)
        f->idents |= UINT64_C(1) << k;
    else
        f->v[dim] = k;
    return YH_OK;
}

static enum yh_status read_facts(const struct yh_bill_plan *bp, const struct yh_json *v,
                                 const struct yh_bill_address *at, struct yh_facts *f,
                                 struct yh_err *err)
{
    uint32_t seen = 0;
    enum yh_status bad;
    for (int i = 0; i < YH_COUNT(FACTS); i++) {
        const struct yh_json *x = get(v, FACTS[i].field);
        if (!x || !yh_json_text(x).n)
            continue;
        if (FACTS[i].dim == YH_DIM_DISEASE &&
            yh_plan_kind(bp->plan, YH_DIM_DISEASE, yh_json_text(x)) < 0)
            continue; /* a disease that no table names is none of the document's */
        if ((bad = put_fact(bp->plan, FACTS[i].dim, x, FACTS[i].prefix, f, &seen, err)))
            return bad;
    }
    const struct yh_json *facts = get(v, "facts");
    if (facts && facts->kind != YH_JSON_OBJECT)
        return refuse(err, facts, YH_S("facts"), "应是对象，如 {\"就医类别\":\"住院\"}");
    for (const struct yh_json *x = facts ? facts->first : NULL; x; x = x->next) {
        int dim = yh_dim_of(x->key);
        if (dim < 0)
            return refuse(err, x, x->key, "没有这种事实");
        if (x->kind != YH_JSON_ARRAY) {
            if ((bad = put_fact(bp->plan, (enum yh_dim)dim, x, "", f, &seen, err)))
                return bad;
            continue;
        }
        if (dim != YH_DIM_IDENT && x->count > 1)
            return refuse(err, NULL, x->key, "只有身份可以有几个");
        for (const struct yh_json *y = x->first; y; y = y->next)
            if ((bad = put_fact(bp->plan, (enum yh_dim)dim, y, "", f, &seen, err)))
                return bad;
    }
    yh_day born = 0;
    if ((bad = read_day(get(v, "brdy"), &born, err)))
        return bad;
    if (born && !(seen >> YH_DIM_AGE & 1)) {
        f->v[YH_DIM_AGE] = born <= at->begin ? yh_age_years(born, at->begin) : 0;
        seen |= UINT32_C(1) << YH_DIM_AGE;
    }
    static const struct {
        enum yh_dim dim;
        int64_t absent;
    } DEFAULT[] = {
        { YH_DIM_COUNT, 1 },
        { YH_DIM_CLEAN, 0 },
        { YH_DIM_FETUSES, 1 },
        { YH_DIM_GAP, 9999 },
    };
    for (int i = 0; i < YH_COUNT(DEFAULT); i++)
        if (!(seen >> DEFAULT[i].dim & 1)) {
            f->v[DEFAULT[i].dim] = DEFAULT[i].absent;
            seen |= UINT32_C(1) << DEFAULT[i].dim;
        }
    if (!(seen >> YH_DIM_DAYS & 1))
        f->v[YH_DIM_DAYS] = yh_max(1, at->end - at->begin);
    seen |= UINT32_C(1) << YH_DIM_DAYS;
    uint32_t must = UINT32_C(1) << YH_DIM_VISIT | UINT32_C(1) << YH_DIM_PERSON |
                    UINT32_C(1) << YH_DIM_LEVEL | bp->asks;
    for (int d = 0; d < YH_DIM_N; d++)
        if ((must & ~seen) >> d & 1)
            return refuse(err, NULL, yh_dim_word((enum yh_dim)d), "缺少，文件按它规定待遇");
    return YH_OK;
}

/* ---- lines ---- */

/* A line may bring its own terms: class, share, limit. */
static enum yh_status own_term(struct yh_arena *a, const struct yh_json *v, struct yh_line *l,
                               struct yh_err *err)
{
    const struct yh_json *cls = either(v, "chrgitm_lv", "class");
    if (!cls || !yh_json_text(cls).n)
        return YH_OK;
    struct yh_item_term *t = YH_NEW(a, struct yh_item_term, 1);
    enum yh_item_class k;
    struct yh_err why;
    if (yh_class_parse(yh_json_text(cls), &k, &why))
        return refuse(err, cls, cls->key, "类别应是 甲 乙 丙 或 01 02 03");
    int64_t share = k == YH_CLASS_A ? 0 : k == YH_CLASS_B ? YH_FIRST_PAY_BY_DOCUMENT : YH_ONE;
    enum yh_status bad = read_dec(v, "selfpay_prop", 6, &share, err);
    if (!bad)
        bad = read_dec(v, "pric_uplmt_amt", 6, &t->limit, err);
    if (bad)
        return bad;
    if (share != YH_FIRST_PAY_BY_DOCUMENT && (share < 0 || share > YH_ONE))
        return refuse(err, get(v, "selfpay_prop"), YH_S("selfpay_prop"), "应在 0 与 1 之间");
    if (t->limit < 0)
        return refuse(err, get(v, "pric_uplmt_amt"), YH_S("pric_uplmt_amt"), "不能为负");
    t->cls = (uint8_t)k;
    t->first_pay = share;
    if ((bad = read_truth(v, "lmt_used_flag", &t->restricted, err)))
        return bad;
    const struct yh_json *tag = get(v, "tag");
    if (tag && yh_json_text(tag).n && !yh_eq(yh_json_text(tag), YH_S("普通"))) {
        enum yh_tag g;
        if (yh_tag_parse(yh_json_text(tag), &g, &why))
            return refuse(err, tag, tag->key, "没有这种费用标记");
        t->tags = YH_TAG_BIT(g);
    }
    l->term = t;
    return YH_OK;
}

static enum yh_status read_line(struct yh_arena *a, const struct yh_catalog *catalog,
                                const struct yh_bill_address *at, const struct yh_json *v,
                                struct yh_line *l, struct yh_err *err)
{
    if (v->kind != YH_JSON_OBJECT)
        return refuse(err, v, YH_S("lines"), "每条明细应是一个对象");
    *l = (struct yh_line){ .day = at->begin,
                           .code = yh_json_text(get(v, "med_list_codg")),
                           .serial = yh_json_text(get(v, "feedetl_sn")),
                           .init = yh_json_text(get(v, "init_feedetl_sn")) };
    enum yh_status bad = check_names(v, LINE_FIELDS, YH_COUNT(LINE_FIELDS), err);
    if (!bad)
        bad = read_day(get(v, "fee_ocur_time"), &l->day, err);
    if (!bad)
        bad = read_dec(v, "pric", 6, &l->price, err);
    if (!bad)
        bad = read_dec(v, "cnt", 4, &l->qty, err);
    if (!bad)
        bad = read_dec(v, "det_item_fee_sumamt", 2, &l->amount, err);
    if (bad)
        return bad;
    if (!get(v, "det_item_fee_sumamt"))
        l->amount =
            yh_line_amount(yh_min(l->price, 1000000000000),
                           yh_clamp(l->qty, -1000000000000, 1000000000000), YH_ROUND_HALF_UP);
    if (!get(v, "cnt"))
        l->qty = l->amount < 0 ? -10000 : 10000;
    if (!get(v, "pric") && l->amount >= -YH_CLAIM_MAX && l->amount <= YH_CLAIM_MAX)
        l->price = (l->amount < 0 ? -l->amount : l->amount) * 10000;
    static const char *const APPROVAL[] = { "0", "1", "2" };
    int approval = 0;
    bad = read_choice(v, "hosp_appr_flag", APPROVAL, 3, "应为 0、1 或 2", &approval, err);
    if (!bad)
        bad = read_truth(v, "provider_fault", &l->provider_fault, err);
    if (!bad)
        bad = read_dec(v, "provider_fault_amt", 2, &l->fault_part, err);
    if (bad)
        return bad;
    l->approval = (uint8_t)approval;
    if (catalog && l->code.n)
        yh_catalog_item(catalog, l->code, l->day, &l->item);
    return own_term(a, v, l, err);
}

static enum yh_status read_cost(struct yh_arena *a, const struct yh_catalog *catalog,
                                const struct yh_json *v, struct yh_bill_read *r,
                                struct yh_err *err)
{
    struct yh_sums s = { 0 };
    static const char *const NAME[] = { "medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay",
                                        "preselfpay_amt", "inscp_scp_amt" };
    yh_fen *const to[] = { &s.total, &s.outside, &s.over, &s.first, &s.scope };
    enum yh_status bad;
    for (int i = 0; i < 5; i++)
        if ((bad = read_dec(v, NAME[i], 2, to[i], err)))
            return bad;
    const struct yh_json *lines = either(v, "lines", "feedetail");
    if (lines && lines->kind != YH_JSON_ARRAY)
        return refuse(err, lines, YH_S("lines"), "应是数组");
    if (!lines || !lines->count) {
        bool four = get(v, "inscp_scp_amt") || get(v, "fulamt_ownpay_amt");
        if (!four)
            return refuse(err, NULL, YH_S("lines"),
                          "缺少费用明细，或四项合计（inscp_scp_amt …）");
        if (!get(v, "medfee_sumamt"))
            s.total = s.outside + s.over + s.first + s.scope;
        r->bill.sums = s;
        return YH_OK;
    }
    struct yh_line *l =
        yh_alloc_raw(a, sizeof *l, _Alignof(struct yh_line), (size_t)lines->count);
    int n = 0;
    yh_fen total = 0;
    struct yh_map serials = yh_map_in(a, lines->count);
    for (const struct yh_json *x = lines->first; x; x = x->next, n++) {
        bad = read_line(a, catalog, &r->address, x, &l[n], err);
        /* A refund names its charge by it. */
        if (!bad && l[n].serial.n && !yh_map_add(&serials, l[n].serial, n))
            bad = refuse(err, get(x, "feedetl_sn"), YH_S("feedetl_sn"),
                         "与前面的明细重复，每条明细的流水号应不同");
        if (bad && err) {
            struct yh_err why = *err;
            (void)yh_fail_field(err, bad, why.field, why.met, "第%d条明细：%s", n + 1,
                                why.text);
            err->row = n;
        }
        if (bad)
            return bad;
        total += yh_clamp(l[n].amount, -YH_CLAIM_MAX, YH_CLAIM_MAX);
    }
    /* Totals sent with lines are checked only where they are not zero (HN). */
    if (s.total && s.total != total)
        return refuse(err, get(v, "medfee_sumamt"), YH_S("medfee_sumamt"), "与明细合计不符");
    r->bill.line = l;
    r->bill.nline = n;
    return YH_OK;
}

static enum yh_status read_standing(struct yh_arena *a, const struct yh_plan *p,
                                    const struct yh_json *v, const int64_t **out,
                                    struct yh_err *err)
{
    int64_t *s = YH_NEW(a, int64_t, p->nacc);
    *out = s;
    if (!v)
        return YH_OK;
    if (v->kind != YH_JSON_OBJECT)
        return refuse(err, v, YH_S("standing"), "应是对象，如 {\"大病保险.累计\":6000}");
    for (const struct yh_json *x = v->first; x; x = x->next) {
        int i = yh_plan_acc(p, x->key);
        if (i < 0)
            return refuse(err, x, x->key, "文件没有这个累计");
        struct yh_err why;
        if (yh_json_dec(x, 2, &s[i], &why))
            return refuse(err, x, x->key, "不是金额（至多两位小数）");
        if (s[i] < 0)
            return refuse(err, x, x->key, "累计不能为负");
    }
    return YH_OK;
}

static bool has_price(const struct yh_cells *t, const struct yh_facts *f)
{
    const struct yh_cell *c = !t->ncell ? NULL : t->naxis ? yh_cell_at(t, f) : t->cell;
    return c && c->value != YH_NONE && c->value != YH_UNLIMITED;
}

enum yh_status yh_bill_read(struct yh_arena *a, const struct yh_bill_plan *bp,
                            const struct yh_catalog *catalog, const struct yh_json *v,
                            struct yh_bill_read *out, struct yh_err *err)
{
    struct yh_bill_read r = { .json = v };
    struct yh_bill *b = &r.bill;
    enum yh_status bad = yh_bill_address_read(v, &r.address, err);
    if (!bad)
        bad = check_names(v, FIELDS, YH_COUNT(FIELDS), err);
    if (!bad)
        bad = read_facts(bp, v, &r.address, &b->facts, err);
    if (!bad)
        bad = read_cost(a, catalog, v, &r, err);
    if (!bad)
        bad = read_standing(a, bp->plan, get(v, "standing"), &b->standing, err);
    if (!bad)
        bad = read_dec(v, "balc", 2, &b->account_balance, err);
    if (!bad)
        bad = read_dec(v, "relative_balc", 2, &b->relative_balance, err);
    if (!bad)
        bad = read_dec(v, "liable_share", 6, &b->liable_share, err);
    if (!bad && (b->liable_share < 0 || b->liable_share > YH_ONE))
        bad = refuse(err, get(v, "liable_share"), YH_S("liable_share"), "应在 0 与 1 之间");
    if (!bad)
        bad = read_dec(v, "joined_deduct", 2, &b->joined_deduct, err);
    static const char *const ACCOUNT[] = { "0", "1", "2" }, *const WAY[] = { "01", "02" };
    int account = 0, way = 0;
    if (!bad)
        bad = read_choice(v, "acct_used_flag", ACCOUNT, 3,
                          "应为 0（不用）、1（先用本人）或 2（先用亲属）", &account, err);
    if (!bad)
        bad = read_choice(v, "psn_setlway", WAY, 2, "应为 01（按项目）或 02（按病种）", &way,
                          err);
    if (!bad)
        bad = read_truth(v, "pended", &b->pended, err);
    if (!bad)
        bad = read_truth(v, "deduct_waived", &b->deduct_waived, err);
    if (bad)
        return bad;
    b->account_flag = (uint8_t)account;
    b->fixed_price = way == 1;
    if (b->fixed_price && !has_price(&bp->plan->fixed_price, &b->facts))
        return refuse(err, get(v, "dise_codg"), YH_S("dise_codg"),
                      "文件没有它的按病种付费标准；请改为 psn_setlway 01，或核对病种");
    b->joined = get(v, "joined_deduct") != NULL;
    b->begin = r.address.begin;
    b->end = r.address.end;
    b->settle_day = r.address.settle_day;
    /* Price limits know three levels; what refines a level counts as it. */
    yh_str level = YH_S("");
    for (int i = 0; i < bp->plan->nkind; i++)
        if (bp->plan->kind[i].dim == YH_DIM_LEVEL &&
            bp->plan->kind[i].ordinal == b->facts.v[YH_DIM_LEVEL]) {
            int k = i;
            while (bp->plan->kind[k].parent >= 0)
                k = bp->plan->kind[k].parent;
            level = bp->plan->kind[k].name;
        }
    b->term_level = yh_eq(level, YH_S("三级"))   ? YH_LEVEL_3
                    : yh_eq(level, YH_S("二级")) ? YH_LEVEL_2
                    : yh_eq(level, YH_S("一级")) ? YH_LEVEL_1
                                                 : YH_LEVEL_ANY;
    *out = r;
    return YH_OK;
}

/* ---- out ---- */

yh_str yh_fund_name(yh_str code, yh_str otherwise)
{
    static const struct {
        yh_str code, name;
    } FUND[] = {
#define R(code, name) { YH_S_INIT(code), YH_S_INIT(name) },
#include "engine/bill/fund.def"
#undef R
    };
    for (int i = 0; i < YH_COUNT(FUND); i++)
        if (yh_eq(FUND[i].code, code))
            return FUND[i].name;
    return otherwise;
}

static void kv_rate(struct yh_jsonw *w, const char *key, yh_micro v)
{
    yh_jw_key(w, yh_cstr(key));
    yh_jw_dec(w, yh_muldiv(v, 1, 100, YH_ROUND_HALF_UP), 4, 4);
}

static void setlinfo(struct yh_jsonw *w, const struct yh_bill_read *b,
                     const struct yh_decision *d)
{
    static const char *const ECHO[] = { "mdtrt_id", "setl_id",  "psn_no",
                                        "psn_name", "psn_type", "med_type" };
    char text[32];
    yh_jw_object(w);
    for (int i = 0; i < YH_COUNT(ECHO); i++)
        if (get(b->json, ECHO[i]))
            yh_jw_kv_str(w, ECHO[i], yh_json_text(get(b->json, ECHO[i])));
    yh_jw_kv_str(w, "insutype", b->address.scheme);
    yh_jw_kv_str(w, "setl_time", yh_time_text(text, yh_day_time(b->address.settle_day)));
    const struct {
        const char *key;
        yh_fen v;
    } M[] = { { "medfee_sumamt", d->sums.total },  { "fulamt_ownpay_amt", d->sums.outside },
              { "overlmt_selfpay", d->sums.over }, { "preselfpay_amt", d->sums.first },
              { "inscp_scp_amt", d->sums.scope },  { "act_pay_dedc", d->deductible },
              { "hifp_pay", d->pay[YH_PAY_BASIC] } };
    for (int i = 0; i < YH_COUNT(M); i++)
        yh_jw_kv_fen(w, M[i].key, M[i].v);
    kv_rate(w, "pool_prop_selfpay", d->basic_rate);
    const struct {
        const char *key;
        yh_fen v;
    } P[] = { { "cvlserv_pay", d->pay[YH_PAY_CIVIL] },
              { "hifes_pay", d->pay[YH_PAY_ENTERPRISE] },
              { "hifmi_pay", d->pay[YH_PAY_SERIOUS] },
              { "hifob_pay", d->pay[YH_PAY_LARGE] },
              { "maf_pay", d->pay[YH_PAY_ASSIST] },
              { "hifdm_pay", d->pay[YH_PAY_DISABLED] },
              { "oth_pay", d->pay[YH_PAY_OTHER] },
              { "fund_pay_sumamt", d->fund },
              { "psn_part_amt", d->person },
              { "acct_pay", d->account + d->relative },
              { "psn_cash_pay", d->cash },
              { "hosp_part_amt", d->hospital },
              { "balc", d->account_after },
              { "acct_mulaid_pay", d->relative } };
    for (int i = 0; i < YH_COUNT(P); i++)
        yh_jw_kv_fen(w, P[i].key, P[i].v);
    if (d->to_person)
        yh_jw_kv_fen(w, "to_person", d->to_person);
    yh_jw_end(w, '}');
}

static void fund_row(struct yh_jsonw *w, yh_str code, yh_str name, yh_fen base, yh_fen left,
                     yh_fen paid)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "fund_pay_type", code);
    yh_jw_kv_fen(w, "inscp_scp_amt", base);
    yh_jw_kv_fen(w, "crt_payb_lmt_amt", left == YH_UNLIMITED ? 0 : left);
    yh_jw_kv_fen(w, "fund_payamt", paid);
    yh_jw_kv_str(w, "fund_pay_type_name", name);
    yh_jw_kv_str(w, "setl_proc_info", YH_S(""));
    yh_jw_end(w, '}');
}

/* One row a fund; layers of one fund are one row, told apart in the reasons. */
static void setldetail(struct yh_jsonw *w, const struct yh_plan *p, const struct yh_decision *d)
{
    yh_jw_array(w);
    for (int i = 0; i < d->nlayer; i++) {
        bool first = p->layer[i].payer != YH_PAY_WAIVER;
        for (int k = 0; k < i; k++)
            first = first && (p->layer[k].payer == YH_PAY_WAIVER ||
                              !yh_eq(p->layer[k].fund, p->layer[i].fund));
        if (!first)
            continue;
        yh_fen base = 0, left = YH_UNLIMITED, paid = 0;
        for (int k = i; k < d->nlayer; k++)
            if (yh_eq(p->layer[k].fund, p->layer[i].fund) &&
                p->layer[k].payer != YH_PAY_WAIVER) {
                base += d->layer[k].base;
                paid += d->layer[k].paid;
                if (d->layer[k].base)
                    left = yh_min(left, d->layer[k].cap_left);
            }
        if (paid)
            fund_row(w, p->layer[i].fund, yh_fund_name(p->layer[i].fund, p->layer[i].name),
                     base, left, paid);
    }
    if (d->account + d->relative)
        fund_row(w, YH_S("310200"), yh_fund_name(YH_S("310200"), YH_S("")), 0, YH_UNLIMITED,
                 d->account + d->relative);
    yh_jw_end(w, ']');
}

static void detlcutinfo(struct yh_jsonw *w, const struct yh_bill *b,
                        const struct yh_decision *d)
{
    yh_jw_array(w);
    for (int i = 0; i < d->nline; i++) {
        const struct yh_line *l = &b->line[i];
        const struct yh_line_split *s = &d->split[i];
        yh_jw_object(w);
        yh_jw_kv_str(w, "feedetl_sn", l->serial);
        yh_jw_kv_fen(w, "det_item_fee_sumamt", l->amount);
        yh_jw_key(w, YH_S("cnt"));
        yh_jw_dec(w, l->qty, 4, 4);
        yh_jw_key(w, YH_S("pric"));
        yh_jw_dec(w, l->price, 6, 6);
        yh_jw_key(w, YH_S("pric_uplmt_amt"));
        yh_jw_dec(w, s->limit, 6, 6);
        kv_rate(w, "selfpay_prop", s->first_rate);
        yh_jw_kv_fen(w, "fulamt_ownpay_amt", s->outside);
        yh_jw_kv_fen(w, "overlmt_amt", s->over);
        yh_jw_kv_fen(w, "preselfpay_amt", s->first);
        yh_jw_kv_fen(w, "inscp_scp_amt", s->scope);
        yh_jw_kv_fen(w, "hosp_part_amt", s->hosp);
        yh_jw_kv_str(w, "chrgitm_lv", yh_class_code((enum yh_item_class)s->item_class));
        yh_jw_kv_str(w, "memo",
                     s->reason ? yh_reason_text((enum yh_reason_kind)s->reason).words
                               : YH_S(""));
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

void yh_settlement_write(struct yh_jsonw *w, const struct yh_plan *p,
                         const struct yh_bill_read *b, const struct yh_decision *d,
                         const struct yh_explain *explain)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "id", b->address.id);
    yh_jw_kv_str(w, "document", p->id);
    yh_jw_key(w, YH_S("setlinfo"));
    setlinfo(w, b, d);
    yh_jw_key(w, YH_S("setldetail"));
    setldetail(w, p, d);
    if (d->nline) {
        yh_jw_key(w, YH_S("detlcutinfo"));
        detlcutinfo(w, &b->bill, d);
    }
    yh_jw_kv_object(w, "standing");
    for (int i = 0; i < d->nacc; i++)
        if (b->bill.standing[i] + d->delta[i]) {
            yh_jw_key(w, p->acc[i].name);
            yh_jw_fen(w, b->bill.standing[i] + d->delta[i]);
        }
    yh_jw_end(w, '}');
    if (explain) {
        yh_jw_key(w, YH_S("explain"));
        yh_explain_bill_json(explain, w);
    }
    yh_jw_end(w, '}');
}
