/* shell/casemix/explain_text.c */
#include "shell/casemix/explain_text.h"

#define NEAR_MAX 12

static const char *level_word(uint8_t level)
{
    return level == YH_LEVEL_MCC ? "MCC（严重）" : "CC（一般）";
}

static void put_code(struct yh_buf *out, const struct yh_casemix *cm, yh_str code, bool px)
{
    yh_str name = px ? yh_px_name(cm, code) : yh_dx_name(cm, code);
    yh_put(out, code);
    if (name.n) {
        yh_putc(out, ' ');
        yh_put(out, name);
    }
}

static bool of_px(enum yh_atom_kind kind)
{
    return kind == YH_ATOM_PPX || kind == YH_ATOM_PX || kind == YH_ATOM_SPX;
}

/* For a level that holds: the first complication that counts towards it. */
static bool put_counted(struct yh_buf *out, const struct yh_explanation *ex,
                        enum yh_atom_kind kind, const struct yh_case *c)
{
    for (int i = 0; i < ex->ncomplication; i++) {
        const struct yh_complication *k = &ex->complication[i];
        bool mcc = k->level == YH_LEVEL_MCC;
        if (k->excluded || (kind != YH_ATOM_ANYCC && kind != (mcc ? YH_ATOM_MCC : YH_ATOM_CC)))
            continue;
        yh_putf(out, "有%s ", mcc ? "严重并发症或合并症" : "一般并发症或合并症");
        put_code(out, ex->scheme->shared, c->dx[k->dx], false);
        return true;
    }
    return false;
}

/* "主要诊断 I21.000 … 在名单 MDCF.dx", "年龄（岁） age<17" */
static void put_fact(struct yh_buf *out, const struct yh_explanation *ex,
                     const struct yh_fact *f, const struct yh_case *c)
{
    const struct yh_atom *a = &ex->scheme->atom[f->atom];
    bool px = of_px(a->kind);
    if (f->value && f->where >= 0) {
        yh_put(out, px ? (f->where == 0 ? YH_S("主要手术操作") : YH_S("手术操作"))
                       : (f->where == 0 ? YH_S("主要诊断") : YH_S("其他诊断")));
        yh_putc(out, ' ');
        put_code(out, ex->scheme->shared, px ? c->px[f->where] : c->dx[f->where], px);
        yh_putz(out, " 在 ");
        yh_put(out, a->arg);
        return;
    }
    if (f->value && put_counted(out, ex, a->kind, c))
        return;
    yh_put(out, yh_atom_chinese(a->kind));
    if (a->list >= 0) {
        yh_putz(out, f->value ? "在 " : "不在 ");
        yh_put(out, a->arg);
    } else if (a->kind != YH_ATOM_ALWAYS && a->kind != YH_ATOM_NEVER) {
        yh_putz(out, f->value ? "：符合 " : "：不符合 ");
        yh_put(out, a->text);
    }
}

static void put_facts(struct yh_buf *out, const struct yh_explanation *ex,
                      const struct yh_step *step, const struct yh_case *c)
{
    for (int i = step->fact; i < step->fact + step->nfact; i++) {
        if (i > step->fact)
            yh_putz(out, "；");
        put_fact(out, ex, &ex->fact[i], c);
    }
}

static void put_row(struct yh_buf *out, const struct yh_scheme *s, const struct yh_step *step)
{
    switch (step->kind) {
    case YH_STEP_MDC:
        yh_put(out, s->mdc[step->row].name);
        yh_putc(out, ' ');
        yh_put(out, s->mdc[step->row].title);
        break;
    case YH_STEP_ADRG:
        yh_put(out, s->adrg[step->row].id);
        yh_putc(out, ' ');
        yh_put(out, s->adrg[step->row].title);
        break;
    case YH_STEP_DRG:
        yh_put(out, s->drg[step->row].name.drg);
        yh_putc(out, ' ');
        yh_put(out, s->drg[step->row].title);
        break;
    case YH_STEP_ROUND: break;
    }
}

static void put_complications(struct yh_buf *out, const struct yh_explanation *ex,
                              const struct yh_case *c)
{
    const struct yh_scheme *s = ex->scheme;
    if (ex->ncomplication == 0 && c->ndx > 1)
        yh_putz(out, "  并发症  其他诊断都不在并发症表 ");
    else if (ex->ncomplication == 0)
        yh_putz(out, "  并发症  没有其他诊断（并发症表 ");
    if (ex->ncomplication == 0) {
        yh_put(out, s->cc->name);
        yh_putz(out, c->ndx > 1 ? " 中\n" : "）\n");
    }
    for (int i = 0; i < ex->ncomplication; i++) {
        const struct yh_complication *k = &ex->complication[i];
        yh_putz(out, "  并发症  ");
        put_code(out, s->shared, c->dx[k->dx], false);
        yh_putf(out, "：%s，", level_word(k->level));
        if (k->excluded) {
            yh_putz(out, "被排除：与主要诊断同在排除表 ");
            yh_put(out, s->shared->excl_name[k->excluded]);
            yh_putc(out, '\n');
        } else {
            yh_putz(out, "计入\n");
        }
    }
}

static void put_near(struct yh_buf *out, const struct yh_explanation *ex,
                     const struct yh_case *c)
{
    struct yh_near near[NEAR_MAX];
    int n = yh_explain_near(ex, c, near, NEAR_MAX);
    for (int i = 0; i < n; i++) {
        const struct yh_fact *f = &ex->fact[near[i].fact];
        const struct yh_atom *a = &ex->scheme->atom[f->atom];
        yh_putz(out, "  近邻    ");
        put_row(out, ex->scheme, &ex->step[near[i].step]);
        yh_putz(out, "：未进，只因");
        put_fact(out, ex, f, c);
        if (near[i].other >= 0) {
            bool px = of_px(a->kind);
            yh_putz(out, px ? "（名单中有本例的手术操作 " : "（名单中有本例的诊断 ");
            put_code(out, ex->scheme->shared, px ? c->px[near[i].other] : c->dx[near[i].other],
                     px);
            yh_putz(out, "，但位置不符）");
        }
        yh_putc(out, '\n');
    }
}

void yh_explain_text(struct yh_buf *out, const struct yh_explanation *ex,
                     const struct yh_case *c)
{
    const struct yh_scheme *s = ex->scheme;
    const struct yh_drg_group *g = &ex->group;
    yh_put(out, c->id);
    yh_putz(out, "  ");
    yh_put(out, g->name.mdc);
    yh_putc(out, ' ');
    yh_put(out, g->name.adrg);
    yh_putc(out, ' ');
    yh_put(out, g->name.drg);
    yh_putz(out, "  （方案 ");
    yh_put(out, s->name);
    yh_putc(out, ' ');
    yh_put(out, s->label);
    yh_putz(out, "）\n  诊断    ");
    put_code(out, s->shared, c->dx[0], false);
    yh_putf(out, "；其他诊断 %d 个\n  手术    ", c->ndx - 1);
    if (c->npx) {
        put_code(out, s->shared, c->px[0], true);
        yh_putf(out, "；其他手术操作 %d 个\n", c->npx - 1);
    } else {
        yh_putz(out, "无\n");
    }
    for (int i = 0; i < ex->nstep; i++) {
        const struct yh_step *step = &ex->step[i];
        static const char *const WORD[] = { "  再试    ", "  MDC     ", "  ADRG    ",
                                            "  DRG     " };
        if (step->kind == YH_STEP_ROUND && step->row < 0)
            continue;
        if (step->kind != YH_STEP_ROUND && !step->truth)
            continue;
        yh_putz(out, WORD[step->kind]);
        if (step->kind == YH_STEP_ROUND) {
            yh_putz(out, "前面没有结果，把 ");
            put_code(out, s->shared, c->px[step->row], true);
            yh_putz(out, " 当作唯一的手术操作重新分组\n");
            continue;
        }
        put_row(out, s, step);
        yh_putz(out, "：");
        put_facts(out, ex, step, c);
        if (step->kind == YH_STEP_ADRG && step->row != g->adrg)
            yh_putz(out, "；其下没有符合的 DRG，继续");
        yh_putc(out, '\n');
    }
    put_complications(out, ex, c);
    if (g->mdc < 0)
        yh_putz(out, "  结果    没有一个 ADRG 符合：未入组\n");
    else if (s->adrg[g->adrg].kind == YH_ADRG_QY)
        yh_putz(out, "  结果    手术与主要诊断不符：歧义组\n");
    put_near(out, ex, c);
}

void yh_explain_json(struct yh_buf *out, const struct yh_explanation *ex,
                     const struct yh_case *c)
{
    static const char *const KIND[] = { "round", "mdc", "adrg", "drg" };
    const struct yh_scheme *s = ex->scheme;
    struct yh_jsonw w = yh_jsonw_on(out);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "id", c->id);
    yh_jw_kv_str(&w, "mdc", ex->group.name.mdc);
    yh_jw_kv_str(&w, "adrg", ex->group.name.adrg);
    yh_jw_kv_str(&w, "drg", ex->group.name.drg);
    yh_jw_kv_str(&w, "scheme", s->name);
    yh_jw_kv_array(&w, "steps");
    for (int i = 0; i < ex->nstep; i++) {
        const struct yh_step *step = &ex->step[i];
        yh_jw_object(&w);
        yh_jw_kv_str(&w, "kind", yh_cstr(KIND[step->kind]));
        if (step->kind == YH_STEP_ROUND) {
            yh_jw_kv_i64(&w, "only_px", step->row);
        } else {
            yh_jw_kv_str(&w, "row",
                         step->kind == YH_STEP_MDC    ? s->mdc[step->row].name
                         : step->kind == YH_STEP_ADRG ? s->adrg[step->row].id
                                                      : s->drg[step->row].name.drg);
            yh_jw_kv_bool(&w, "true", step->truth);
            yh_jw_kv_array(&w, "facts");
            for (int k = step->fact; k < step->fact + step->nfact; k++) {
                const struct yh_fact *f = &ex->fact[k];
                yh_jw_object(&w);
                yh_jw_kv_str(&w, "if", s->atom[f->atom].text);
                yh_jw_kv_bool(&w, "is", f->value);
                if (f->where >= 0)
                    yh_jw_kv_str(&w, "by",
                                 of_px(s->atom[f->atom].kind) ? c->px[f->where]
                                                              : c->dx[f->where]);
                yh_jw_end(&w, '}');
            }
            yh_jw_end(&w, ']');
        }
        yh_jw_end(&w, '}');
    }
    yh_jw_end(&w, ']');
    yh_jw_kv_array(&w, "complications");
    for (int i = 0; i < ex->ncomplication; i++) {
        const struct yh_complication *k = &ex->complication[i];
        yh_jw_object(&w);
        yh_jw_kv_str(&w, "code", c->dx[k->dx]);
        yh_jw_kv_str(&w, "level", k->level == YH_LEVEL_MCC ? YH_S("MCC") : YH_S("CC"));
        if (k->excluded)
            yh_jw_kv_str(&w, "excluded_by", s->shared->excl_name[k->excluded]);
        yh_jw_end(&w, '}');
    }
    yh_jw_end(&w, ']');
    struct yh_near near[NEAR_MAX];
    int n = yh_explain_near(ex, c, near, NEAR_MAX);
    yh_jw_kv_array(&w, "near");
    for (int i = 0; i < n; i++) {
        const struct yh_step *step = &ex->step[near[i].step];
        yh_jw_object(&w);
        yh_jw_kv_str(&w, "row",
                     step->kind == YH_STEP_MDC    ? s->mdc[step->row].name
                     : step->kind == YH_STEP_ADRG ? s->adrg[step->row].id
                                                  : s->drg[step->row].name.drg);
        yh_jw_kv_str(&w, "missed", s->atom[ex->fact[near[i].fact].atom].text);
        yh_jw_end(&w, '}');
    }
    yh_jw_end(&w, ']');
    yh_jw_end(&w, '}');
}
