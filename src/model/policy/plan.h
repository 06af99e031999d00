/* model/policy/plan.h -- a policy document, compiled: flat integer tables that an engine walks.
 *
 * The compiler (model/policy/policy.h) has resolved amendments, exceptions, refinements and
 * `otherwise`; a plan holds no text that decides anything and no rule that is not a table.  A plan
 * is read-only, position-independent of people and bills, and shared by all threads. */
#ifndef YH_MODEL_POLICY_PLAN_H
#define YH_MODEL_POLICY_PLAN_H
#include "base/base.h"
#include "model/standing/standing.h"

/* What a table can look at.  Categorical facts are ids of the plan's kinds; numbers are integers
 * in the unit given. */
enum yh_dim {
    YH_DIM_VISIT, /* 就医类别: 住院, 门诊, 门诊慢特病, 药店, 生育住院 … */
    YH_DIM_PERSON, /* 人员类别: 在职, 退休, 成年居民, 学生儿童, 居民一档 … */
    YH_DIM_IDENT, /* 身份, a SET: 特困, 低保, 返贫致贫, 优抚, 公务员 … in order of precedence */
    YH_DIM_LEVEL, /* 医院级别: 三级, 二级, 一级, 未定级, 药店; refined: 省属 < 三级 */
    YH_DIM_PLACE,    /* 就医地 seen from home: 本地, 省内, 省外 */
    YH_DIM_FILING,   /* 备案: 无需, 长期, 转诊, 急诊, 临时, 未备案 */
    YH_DIM_REFERRAL, /* 转诊或签约: 无, 基层首诊, 签约, 转诊 */
    YH_DIM_DISEASE, /* 病种 (慢特病、单病种、两病): the document's list; 0 = none */
    YH_DIM_TAG, /* 费用标记 of a line: 普通, 双通道, 国谈, 大型检查, 中医, 基药 … */
    YH_DIM_CLASS,                  /* 项目类别 of a line: 甲, 乙, 丙, 未定 */
    YH_DIM_DELIVERY,               /* 分娩方式: 顺产, 剖宫产, 难产, 流产 … */
    YH_DIM_STATUS,                 /* 待遇状态: 正常, 等待期, 冻结, 中断 */
    YH_DIM_NUMERIC,                /* ---- numbers from here ---- */
    YH_DIM_COUNT = YH_DIM_NUMERIC, /* 次数: this stay is the nth of the year (1 …) */
    YH_DIM_AGE,                    /* 年龄, full years on the governing day */
    YH_DIM_MONTHS,                 /* 连续参保月数 */
    YH_DIM_YEARS,                  /* 连续参保年数 */
    YH_DIM_CLEAN,                  /* 连续零报销年数 */
    YH_DIM_DAYS,                   /* 住院天数 */
    YH_DIM_FETUSES,                /* 胎数 */
    YH_DIM_GAP,                    /* 距上次出院天数 (large when none) */
    YH_DIM_N
};
#define YH_KINDS_MAX 256 /* values of one categorical dim, national and refined */

/* One fact value, its national code and what it refines. */
struct yh_kind {
    enum yh_dim dim;
    yh_str name;
    int parent;  /* id (index in plan->kind) of what it refines; -1 */
    int ordinal; /* dense within its dim, 0 …; the id that facts carry */
};

/* A table cell.  value: fen, micro, points or 0/1, as its table says. */
#define YH_NONE INT64_MIN /* no row covers this case (only where the table may be partial) */
#define YH_UNLIMITED INT64_MAX
struct yh_cell {
    int64_t value;
    int32_t clause; /* index in plan->clause that states it; the reason quotes it */
    int32_t under;  /* 1 + the clause whose figure an exception raised or lowered; 0: none */
};

/* A cell of YH_NONE where a table must answer (rate, deductible, cap) means that no row covers the
 * case; the checker lets that pass only for facts that cannot occur (a pharmacy's level in a
 * table for stays, a scheme's foreign person class).  An engine then pays nothing and says so. */
/* One axis of a table: which bucket a fact falls in. */
struct yh_axis {
    uint8_t dim;     /* enum yh_dim */
    uint16_t stride; /* in cells */
    uint16_t n; /* categorical: entries of bucket[]; IDENT: entries of order[]; numeric: cuts */
    const uint16_t *bucket; /* categorical: by ordinal */
    const uint16_t *order;  /* IDENT: ordinals, strongest first; bucket = index + 1, none = 0 */
    const int64_t *cut;     /* numeric: ascending; bucket = how many cuts are <= the value */
};
struct yh_cells {
    const struct yh_axis *axis;
    int naxis;
    const struct yh_cell *cell; /* naxis == 0: exactly one */
    int ncell;                  /* 0 = the table is absent */
};

/* Money a layer can look at.  The six of the interface (README §6) and what follows from them. */
enum yh_money {
    YH_M_TOTAL,   /* 总费用 */
    YH_M_OUTSIDE, /* 全自费 */
    YH_M_OVER,    /* 超限价 */
    YH_M_FIRST,   /* 先行自付 */
    YH_M_SCOPE,   /* 范围内 */
    YH_M_CATALOG, /* 目录内 = 范围内 + 先行自付 */
    YH_M_BURDEN,  /* 范围内自付: what is left of 范围内 when this layer's turn comes */
    YH_M_PAID,    /* 已付(L) */
    YH_M_LEFT,    /* 剩余(L): L's base less what L paid, deductible included */
    YH_M_UNCONSUMED, /* 封顶以上(L): cost of L's base above the point where L's cap bit */
    YH_M_DEDUCTED,   /* 起付(L): the deductible L applied */
    YH_M_N
};
struct yh_base_term {
    enum yh_money money;
    int layer;      /* for the (L) ones; else -1 */
    yh_micro share; /* YH_ONE, negative subtracts */
};
struct yh_base {
    const struct yh_base_term *term;
    int n;
};

/* Accumulators: what a person's year (or stay, disease year …) already holds.  The standing that
 * comes in and the deltas that go out are int64 arrays in this order. */
enum yh_acc_span {
    YH_SPAN_YEAR,
    YH_SPAN_STAY,
    YH_SPAN_DISEASE_YEAR,
    YH_SPAN_MONTH,
    YH_SPAN_DAY,
    YH_SPAN_LIFE,
    YH_SPAN_BILL
};
struct yh_acc {
    yh_str
        name; /* stable across versions of the document: "基本统筹.已付", "大病保险.累计" … */
    enum yh_acc_span span;
};

enum yh_deduct_mode {
    YH_DEDUCT_PER_BILL, /* the cell each time (per stay; per visit) */
    YH_DEDUCT_PER_SPAN, /* the cell is due once per span: cell − used so far, not below 0 */
    YH_DEDUCT_HIGHEST,  /* per year at the highest level used, topping up */
};
/* In a cumulative layer the deductible is part of F: it is taken once from the year's sum. */
struct yh_deductible {
    struct yh_cells amount; /* fen */
    enum yh_deduct_mode mode;
    int acc; /* used so far; -1 when PER_BILL without a ceiling */
    struct yh_cells
        ceiling;           /* fen: most that all bills of the span may deduct; absent = none */
    struct yh_cells step;  /* fen per further stay of the year, negative falls; absent = none */
    struct yh_cells floor; /* fen: the step stops here; absent = 0 */
    struct yh_cells
        transfer; /* 1: a stay joined by transfer pays only the difference up; absent = no rule */
};

enum yh_adjust_op { YH_ADJUST_FACTOR, YH_ADJUST_POINTS }; /* rate × micro; rate + micro */
struct yh_adjust {
    enum yh_adjust_op op;
    struct yh_cells by;
};

enum yh_cap_on {
    YH_CAP_PAID,
    YH_CAP_BASE
}; /* caps what is paid, or the cost that is looked at */
struct yh_cap {
    struct yh_cells amount; /* fen, YH_UNLIMITED allowed */
    enum yh_acc_span span;
    enum yh_cap_on on;
    int acc; /* used so far; -1 for YH_SPAN_BILL */
    /* 激励: amount + step × max(0, fact − after) …, all steps together at most limit × amount */
    struct {
        enum yh_dim dim;
        int64_t after;
        yh_fen step;
    } bonus[2];
    int nbonus;
    yh_micro bonus_limit; /* of amount; 0 = no lid */
};

/* One band: from `from` (fen, by cells) to the next band's from, the layer pays `rate`. */
struct yh_band {
    struct yh_cells from, rate;
};

enum yh_payer {                    /* which national amount a layer's money is */
                YH_PAY_BASIC,      /* hifp_pay */
                YH_PAY_SERIOUS,    /* hifmi_pay 居民大病 */
                YH_PAY_LARGE,      /* hifob_pay 职工大额 */
                YH_PAY_ENTERPRISE, /* hifes_pay */
                YH_PAY_CIVIL,      /* cvlserv_pay */
                YH_PAY_ASSIST,     /* maf_pay */
                YH_PAY_DISABLED,   /* hifdm_pay */
                YH_PAY_OTHER,      /* oth_pay: 优抚, 生育, 惠民保 … */
                YH_PAY_WAIVER,     /* the provider's own: hosp_part_amt */
                YH_PAY_N
};

struct yh_layer {
    yh_str name;
    yh_str fund; /* fund_pay_type, "390100" */
    enum yh_payer payer;
    uint64_t visits[YH_KINDS_MAX / 64]; /* bit per VISIT ordinal: `for` */
    struct yh_cells when;               /* 0/1 further condition; absent = always */
    uint32_t tags;             /* bit per TAG ordinal (at most 32): lines it looks at */
    uint32_t skip_tags;        /* of these it does not look at those lines … */
    struct yh_cells skip_when; /* … where this is 1 (`skip 基药 at 一级`); absent = never */
    struct yh_base of;
    bool cumulative;             /* of the year's sum: pays F(after) − F(before) */
    bool to_date;                /* settle to date: F(after) − paid so far */
    int acc_base, acc_paid;      /* the year's sum of `of`; the year's paid; -1 = not kept */
    struct yh_deductible deduct; /* amount.ncell == 0: none */
    bool bands_above;            /* edges count from the deductible, not from zero */
    const struct yh_band *band;
    int nband; /* 0: the layer pays by lump or day only */
    const struct yh_adjust *adjust;
    int nadjust;
    struct yh_cells lump; /* fen: a fixed sum (定额补助); not more than `of` unless `beyond` */
    struct yh_cells per_day; /* fen a day × DAYS */
    bool
        beyond; /* lump or per-day may exceed the bill (paid to the person, not the provider) */
    const struct yh_cap *cap;
    int ncap;
    uint64_t excludes; /* bit per layer index: if one of these paid, this one does not */
    yh_fen round_unit; /* fen; 1 = 分 */
    enum yh_round round_mode;
    int clause; /* that names the layer */
};

/* Line split.  Item terms (class, first-pay share, limit, restriction) come from the catalogue;
 * the document may override by class, tag, person and so on; YH_NONE = as the catalogue says. */
struct yh_split {
    struct yh_cells
        first_pay; /* micro by CLASS, TAG, PERSON, LEVEL, PLACE …; YH_ONE = 全自费 */
    struct yh_cells lift_limit; /* 1: the price limit is not applied (应急) */
    struct yh_cells
        over_hosp; /* 1: what is over the limit is the provider's, not the patient's */
    struct yh_cells
        pre_self; /* micro: pre-self-pay on the whole in-scope (外地就医先自付); absent = none */
    enum yh_round round_mode;
};

/* Which personal parts the account may pay, at which visits: bit per part. */
enum yh_part {
    YH_PART_DEDUCT,
    YH_PART_SHARE,
    YH_PART_FIRST,
    YH_PART_OVER,
    YH_PART_OUTSIDE,
    YH_PART_N
};
struct yh_account_rule {
    struct yh_cells parts;
    struct yh_cells family;
    int clause;
}; /* value: bit set of enum yh_part */

enum yh_day_rule { YH_DAY_BEGIN, YH_DAY_DISCHARGE, YH_DAY_SETTLE, YH_DAY_LINE };
enum yh_cross_year { YH_CROSS_DISCHARGE, YH_CROSS_FORCED, YH_CROSS_SPLIT };

struct yh_clause {
    yh_str title; /* "第九条 支付比例与年度限额" */
    yh_str text;  /* the regulation's words */
    yh_str source;
    enum yh_standing standing;
    yh_str document; /* id of the document (an amendment's own) */
    int line;
};

struct yh_plan {
    yh_str id; /* "990101/390/2026-01-01" */
    yh_str region, scheme, title;
    struct yh_period period;
    uint8_t digest[32]; /* SHA-256 of all source texts, in order */
    const struct yh_kind *kind;
    int nkind;
    struct yh_map kind_map; /* "dim:name" and "dim:code:<national code>" -> index in kind */
    int dim_n[YH_DIM_N];    /* how many ordinals each categorical dim has */
    const struct yh_clause *clause;
    int nclause;
    const struct yh_acc *acc;
    int nacc;
    const struct yh_layer *layer;
    int nlayer; /* in paying order */
    struct yh_split split;
    struct yh_account_rule account;
    struct yh_cells entitled;    /* 0/1 by STATUS, MONTHS …; absent = always 1 */
    struct yh_cells fixed_price; /* fen by DISEASE, LEVEL: 收付费; absent = none */
    enum yh_day_rule version_day, entitle_day, term_day;
    enum yh_cross_year cross_year;
    int year_start_month, year_start_day; /* 1, 1 = calendar */
    bool year_by_admission;               /* else by discharge/settlement */
    bool interim_resets;                  /* interim parts restart deductible and bands */
    bool
        undo_readjudicates; /* undo of an earlier settlement: re-adjudicate the later ones; else refuse */
    const uint8_t *tag_order;
    int ntag_order; /* TAG ordinals the document speaks of: a line is taken by
                                               * the first it carries, else by 普通 (0) */
};

/* Facts of one case, indexed by dim: ordinals for categorical dims (0 … dim_n), numbers for the
 * others; idents is the set for YH_DIM_IDENT. */
struct yh_facts {
    int64_t v[YH_DIM_N];
    uint64_t idents; /* bit per IDENT ordinal (at most 64) */
};

/* The cell of a table for these facts; NULL when the table is absent. */
const struct yh_cell *yh_cell_at(const struct yh_cells *t, const struct yh_facts *f);
/* The ordinal of a kind by its name ("低保") or national code; -1 = the plan does not know it. */
int yh_plan_kind(const struct yh_plan *p, enum yh_dim dim, yh_str name);
int yh_plan_acc(const struct yh_plan *p, yh_str name); /* index, -1 = none */
#endif
