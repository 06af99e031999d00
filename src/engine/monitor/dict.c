/* engine/monitor/dict.c -- codes to numbers, and what each means to the rules. */
#include "engine/monitor/work.h"

#define SETS_MAX 512 /* of one item */

static bool on_line(const struct yh_rules *r, int row)
{
    const struct yh_mon_rule *q = &r->rule[r->row[row].rule];
    enum yh_win span = q->window.span;
    if (span == YH_WIN_BY_ROW)
        span = (enum yh_win)(r->row[row].param[q->window.col] & 0xFFFF);
    return span == YH_WIN_LINE;
}

static void collect_rules(struct yh_monitor *m)
{
    const struct yh_rules *r = m->rules;
    m->any = YH_NEW(m->arena, int32_t, r->n);
    m->visits = YH_NEW(m->arena, int32_t, r->n);
    for (int goods = 0; goods < 2; goods++)
        for (int i = 0; i < r->n; i++) {
            const struct yh_mon_rule *q = &r->rule[i];
            if ((int)(q->needs >> YH_NEED_STOCK & 1) != goods)
                continue;
            if (q->subject == YH_SUBJECT_VISITS)
                m->visits[m->nvisits++] = i;
            else if (q->subject == YH_SUBJECT_LINES && q->table < 0) {
                m->any[m->nany++] = q->first_row;
                m->nany_goods += goods;
            }
        }
}

struct yh_monitor *yh_monitor_open(struct yh_arena *arena, const struct yh_rules *rules)
{
    struct yh_monitor *m = YH_NEW(arena, struct yh_monitor, 1);
    m->arena = arena;
    m->rules = rules;
    m->just = -1;
    m->items = yh_map_in(arena, 64);
    m->dxs = yh_map_in(arena, 32);
    m->names = yh_map_in(arena, 16);
    m->classes = yh_map_in(arena, 16);
    m->providers = yh_map_in(arena, 16);
    m->stamp = YH_NEW(arena, uint32_t, rules->nset);
    /* Number 0 is "not said" everywhere. */
    YH_PUSH(arena, m->item, m->nitem, m->item_cap) = (struct item){ 0 };
    YH_PUSH(arena, m->dx, m->ndx, m->dx_cap) = (struct dx){ 0 };
    YH_PUSH(arena, m->name, m->nname, m->name_cap) = (struct name){ 0 };
    collect_rules(m);
    return m;
}

const struct yh_rules *yh_monitor_rules(const struct yh_monitor *m)
{
    return m->rules;
}

static uint32_t class_of(struct yh_monitor *m, yh_str code)
{
    if (code.n < 5 || (code.p[0] != 'X' && code.p[0] != 'Z'))
        return 0;
    yh_str head = yh_sub(code, 0, 5);
    int32_t at = yh_map_get(&m->classes, head, 0);
    if (!at) {
        at = ++m->nclass;
        yh_map_add(&m->classes, head, at);
    }
    return (uint32_t)at;
}

/* The rows that look at the item: those of single lines first. */
static void find_rows(struct yh_monitor *m, struct item *it)
{
    const struct yh_rules *r = m->rules;
    int32_t set[SETS_MAX];
    int n = yh_rules_sets(r, it->code, it->name, set, SETS_MAX), rows = 0;
    for (int i = 0; i < n; i++)
        rows += r->set[set[i]].nrow;
    it->row = YH_NEW(m->arena, int32_t, rows);
    it->set = YH_NEW(m->arena, int32_t, n);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < n; i++)
            for (int k = 0; k < r->set[set[i]].nrow; k++) {
                int32_t row = r->set_row[r->set[set[i]].first_row + k];
                if (on_line(r, row) == (pass == 0))
                    it->row[it->nrow++] = row;
            }
    for (int i = 0; i < it->nrow && on_line(r, it->row[i]); i++)
        it->nline++;
    for (int i = 0; i < n; i++)
        if (r->set[set[i]].wanted)
            it->set[it->nset++] = set[i];
}

uint32_t yh_monitor_item(struct yh_monitor *m, yh_str code, yh_str name)
{
    if (!code.n)
        return 0;
    int32_t at = yh_map_get(&m->items, code, 0);
    if (at)
        return (uint32_t)at;
    struct item it = { .code = yh_dup(m->arena, code), .name = yh_dup(m->arena, name) };
    it.class = class_of(m, it.code);
    find_rows(m, &it);
    yh_map_add(&m->items, it.code, m->nitem);
    YH_PUSH(m->arena, m->item, m->nitem, m->item_cap) = it;
    return (uint32_t)m->nitem - 1;
}

uint32_t yh_monitor_dx(struct yh_monitor *m, yh_str code, yh_str name)
{
    /* A hospital may send a name without a code. */
    yh_str key = code.n ? code : name;
    if (!key.n)
        return 0;
    int32_t at = yh_map_get(&m->dxs, key, 0);
    if (at)
        return (uint32_t)at;
    struct dx d = { .code = yh_dup(m->arena, code), .name = yh_dup(m->arena, name) };
    yh_map_add(&m->dxs, code.n ? d.code : d.name, m->ndx);
    YH_PUSH(m->arena, m->dx, m->ndx, m->dx_cap) = d;
    return (uint32_t)m->ndx - 1;
}

uint32_t yh_monitor_name(struct yh_monitor *m, yh_str code, yh_str text)
{
    yh_str key = code.n ? code : text;
    if (!key.n)
        return 0;
    int32_t at = yh_map_get(&m->names, key, 0);
    if (at)
        return (uint32_t)at;
    struct name x = { .code = yh_dup(m->arena, code), .text = yh_dup(m->arena, text) };
    yh_map_add(&m->names, code.n ? x.code : x.text, m->nname);
    YH_PUSH(m->arena, m->name, m->nname, m->name_cap) = x;
    return (uint32_t)m->nname - 1;
}

uint32_t yh_monitor_provider(struct yh_monitor *m, const struct yh_mon_provider *p)
{
    int32_t at = yh_map_get(&m->providers, p->code, -1);
    if (at >= 0)
        return (uint32_t)at;
    struct yh_mon_provider copy = *p;
    copy.code = yh_dup(m->arena, p->code);
    copy.name = yh_dup(m->arena, p->name);
    copy.office = yh_dup(m->arena, p->office);
    yh_map_add(&m->providers, copy.code, m->nprovider);
    YH_PUSH(m->arena, m->provider, m->nprovider, m->provider_cap) = copy;
    return (uint32_t)m->nprovider - 1;
}

void yh_monitor_price(struct yh_monitor *m, uint32_t item, yh_price price)
{
    yh_assert(item < (uint32_t)m->nitem);
    m->item[item].price = price;
}

void yh_monitor_terms(struct yh_monitor *m, const struct yh_terms *terms,
                      const struct yh_catalog *catalog)
{
    m->terms = catalog ? terms : NULL;
    m->catalog = catalog;
    for (int i = 0; i < m->nitem; i++)
        m->item[i].looked_up = false;
}

yh_str yh_monitor_item_code(const struct yh_monitor *m, uint32_t item)
{
    yh_assert(item < (uint32_t)m->nitem);
    return m->item[item].code;
}

void yh_monitor_just(struct yh_monitor *m, int rule)
{
    m->just = rule;
}
