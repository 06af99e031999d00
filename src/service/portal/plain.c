/* service/portal/plain.c -- a document in plain figures, a bill that is only supposed. */
#include "engine/explain/explain.h"
#include "service/portal/inside.h"

static const char *const VISIT[] = { "门诊", "门诊两病", "门诊慢特病", "住院", "药店" };
static const char *const LEVEL[] = { "一级", "二级", "三级", "定点药店" };
static const char *const PERSON[] = { "在职", "退休", "成年居民", "学生儿童" };

static struct yh_facts usual(const struct yh_plan *p, int visit, int person, int level)
{
    struct yh_facts f = { .v = { [YH_DIM_COUNT] = 1,
                                 [YH_DIM_AGE] = 40,
                                 [YH_DIM_MONTHS] = 120,
                                 [YH_DIM_YEARS] = 10,
                                 [YH_DIM_DAYS] = 1,
                                 [YH_DIM_FETUSES] = 1,
                                 [YH_DIM_GAP] = 9999 } };
    static const struct {
        enum yh_dim dim;
        const char *word;
    } USUAL[] = { { YH_DIM_PLACE, "本地" },
                  { YH_DIM_FILING, "无需备案" },
                  { YH_DIM_REFERRAL, "未转诊" },
                  { YH_DIM_STATUS, "正常" },
                  { YH_DIM_TAG, "普通" } };
    for (int i = 0; i < YH_COUNT(USUAL); i++) {
        int o = yh_plan_kind(p, USUAL[i].dim, yh_cstr(USUAL[i].word));
        f.v[USUAL[i].dim] = o < 0 ? 0 : o;
    }
    f.v[YH_DIM_VISIT] = visit;
    f.v[YH_DIM_PERSON] = person;
    f.v[YH_DIM_LEVEL] = level;
    return f;
}

static int64_t cell(const struct yh_cells *t, const struct yh_facts *f, int32_t *clause)
{
    const struct yh_cell *c = yh_cell_at(t, f);
    if (c && c->value != YH_NONE && clause)
        *clause = c->clause;
    return c ? c->value : YH_NONE;
}

static void put_amount(struct yh_jsonw *w, const char *key, int64_t v)
{
    yh_jw_key(w, yh_cstr(key));
    if (v == YH_NONE || v == YH_UNLIMITED)
        yh_jw_null(w);
    else
        yh_jw_i64(w, v);
}

/* One layer for one usual case; false when it pays nothing there. */
static bool put_layer(const struct yh_plan *p, const struct yh_layer *l,
                      const struct yh_facts *f, const char *visit, const char *person,
                      const char *level, struct yh_jsonw *w)
{
    int32_t clause = l->clause;
    int64_t lump = cell(&l->lump, f, &clause), best = 0;
    for (int i = 0; i < l->nband; i++)
        best = yh_max(best, cell(&l->band[i].rate, f, NULL));
    if (best <= 0 && lump <= 0)
        return false;
    yh_jw_object(w);
    yh_jw_kv_str(w, "layer", l->name);
    yh_jw_kv_str(w, "visit_kind", yh_cstr(visit));
    yh_jw_kv_str(w, "person_kind", yh_cstr(person));
    yh_jw_kv_str(w, "level", yh_cstr(level));
    yh_jw_kv_bool(w, "year_sum", l->cumulative);
    put_amount(w, "deductible", cell(&l->deduct.amount, f, &clause));
    yh_jw_kv_bool(w, "per_year", l->deduct.mode != YH_DEDUCT_PER_BILL || l->cumulative);
    yh_jw_kv_array(w, "bands");
    for (int i = 0; i < l->nband; i++) {
        int64_t rate = cell(&l->band[i].rate, f, &clause);
        if (rate == YH_NONE)
            continue;
        yh_jw_object(w);
        put_amount(w, "from", cell(&l->band[i].from, f, NULL));
        yh_jw_kv_i64(w, "rate", rate);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    put_amount(w, "lump", lump);
    int64_t cap = YH_NONE;
    for (int i = 0; i < l->ncap; i++)
        if (l->cap[i].span == YH_SPAN_YEAR)
            cap = cell(&l->cap[i].amount, f, NULL);
    put_amount(w, "cap", cap);
    yh_jw_kv_i64(w, "clause", clause);
    yh_jw_end(w, '}');
    (void)p;
    return true;
}

void yh_look_plain(struct yh_arena *a, const struct yh_plan *p, struct yh_jsonw *w)
{
    (void)a;
    yh_jw_array(w);
    for (int v = 0; v < YH_COUNT(VISIT); v++) {
        int visit = yh_plan_kind(p, YH_DIM_VISIT, yh_cstr(VISIT[v]));
        bool shop = !strcmp(VISIT[v], "药店");
        for (int i = 0; visit >= 0 && i < p->nlayer; i++) {
            const struct yh_layer *l = &p->layer[i];
            if (!(l->visits[visit / 64] >> (visit % 64) & 1))
                continue;
            for (int k = 0; k < YH_COUNT(PERSON); k++) {
                bool worker = k < 2;
                int person = yh_plan_kind(p, YH_DIM_PERSON, yh_cstr(PERSON[k]));
                if (person < 0 || worker != yh_eq(p->scheme, YH_S("310")))
                    continue;
                for (int g = 0; g < YH_COUNT(LEVEL); g++) {
                    int level = yh_plan_kind(p, YH_DIM_LEVEL, yh_cstr(LEVEL[g]));
                    if (level < 0 || (g == 3) != shop)
                        continue;
                    struct yh_facts f = usual(p, visit, person, level);
                    (void)put_layer(p, l, &f, VISIT[v], PERSON[k], LEVEL[g], w);
                }
            }
        }
    }
    yh_jw_end(w, ']');
}

void yh_look_decided(const struct yh_look *k, const struct yh_plan *plan,
                     const struct yh_bill *bill, const struct yh_decision *d,
                     struct yh_jsonw *w)
{
    struct yh_explain e = yh_explain_bill(k->arena, plan, bill, d, k->lang);
    yh_jw_kv_str(w, "head", e.head);
    yh_jw_kv_str(w, "document", plan->id);
    yh_jw_kv_str(w, "title", plan->title);
    yh_jw_kv_i64(w, "total", d->sums.total);
    yh_jw_kv_i64(w, "fund", d->fund);
    yh_jw_kv_i64(w, "person_part", d->person);
    yh_jw_kv_i64(w, "hospital", d->hospital);
    yh_jw_kv_i64(w, "to_person", d->to_person);
    yh_jw_kv_bool(w, "sums", e.sums);
    yh_look_reasons(&e, plan, w);
}

enum yh_status yh_look_calculate(const struct yh_look *k, const struct yh_bill_plan *plan,
                                 const struct yh_json *bill, struct yh_jsonw *w,
                                 struct yh_err *err)
{
    struct yh_bill_read b;
    struct yh_decision d;
    enum yh_status st = yh_bill_read(k->arena, plan, k->world->catalog, bill, &b, err);
    if (st == YH_OK)
        st = yh_benefit_settle(k->arena, plan->plan, NULL, &b.bill,
                               (struct yh_settle_how){ .reasons = true }, &d, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_look_decided(k, plan->plan, &b.bill, &d, w);
    yh_jw_end(w, '}');
    return YH_OK;
}
