/* engine/monitor/tell.c -- a hit in full: money, words, proof. */
#include "engine/monitor/work.h"

static void put_number(struct yh_buf *b, int64_t v)
{
    char text[32];
    yh_str s = yh_dec_text(text, v, 4, 4);
    while (yh_ends(s, YH_S("0")))
        s.n--;
    if (yh_ends(s, YH_S(".")))
        s.n--;
    yh_put(b, s);
}

/* ---- facts ---- */

struct telling {
    const struct yh_monitor *m;
    struct yh_arena *a;
    const struct yh_mon_person *p;
    const struct yh_mon_hit *h;
    const struct yh_mon_rule *q;
    const struct yh_rule_row *row;
    struct yh_hit *out;
    struct yh_tsv table; /* the knowledge row, split */
    bool has_row;
};

static yh_str cell(const struct telling *t, yh_str column)
{
    int i = t->has_row ? yh_tsv_col(&t->table, column) : -1;
    return i < 0 ? YH_S("") : t->table.cell[i];
}

static void put_diagnoses(struct yh_buf *b, const struct telling *t)
{
    const struct yh_mon_visit *v = &t->p->visit[t->h->visit];
    for (int i = 0; i < v->ndx; i++) {
        const struct dx *d = &t->m->dx[v->dx[i]];
        if (i)
            yh_putz(b, "、");
        yh_put(b, d->code);
        if (d->name.n) {
            if (d->code.n)
                yh_putc(b, ' ');
            yh_put(b, d->name);
        }
    }
    if (!v->ndx)
        yh_putz(b, "无");
}

static void put_department(struct yh_buf *b, const struct telling *t)
{
    const struct yh_mon_visit *v = &t->p->visit[t->h->visit];
    uint32_t at = t->h->line >= 0 && v->line[t->h->line].department
                      ? v->line[t->h->line].department
                      : v->department;
    const struct name *n = &t->m->name[at];
    yh_put(b, n->text.n ? n->text : n->code);
}

static bool put_fact(struct yh_buf *b, const struct telling *t, enum yh_mon_fact f)
{
    int64_t v = t->h->fact[f];
    enum yh_fact_type type = yh_fact_type(f);
    if (type == YH_FT_DX) {
        put_diagnoses(b, t);
        return true;
    }
    if (type == YH_FT_TEXT) {
        put_department(b, t);
        return true;
    }
    if (v == YH_RULE_MISSING)
        return false;
    if (type == YH_FT_NUM)
        put_number(b, v);
    else if (type == YH_FT_FLAG)
        yh_putz(b, v ? "是" : "否");
    else
        yh_put(b, yh_fw_word((enum yh_fact_word)v));
    return true;
}

static void add_fact(struct telling *t, int *cap, yh_str name, yh_str value)
{
    for (int i = 0; i < t->out->nfact; i++)
        if (yh_eq(t->out->fact[i].name, name))
            return;
    YH_PUSH(t->a, t->out->fact, t->out->nfact, *cap) =
        (struct yh_hit_fact){ .name = name, .value = value };
}

static void add_columns(struct telling *t, int *cap)
{
    static const char *const DX[] = { "dx_keywords", "dx_prefixes" };
    for (int i = 0; i < t->q->nslot; i++) {
        yh_str name = yh_rule_column(t->q, i);
        if (yh_eq(name, YH_S("dx"))) {
            for (int k = 0; k < 2; k++) {
                yh_str v = cell(t, yh_cstr(DX[k]));
                if (v.n)
                    add_fact(t, cap, yh_cstr(DX[k]), v);
            }
            continue;
        }
        yh_str v = cell(t, name);
        if (v.n)
            add_fact(t, cap, name, v);
    }
}

static void add_facts(struct telling *t)
{
    int cap = 0;
    for (int i = 0; i < t->q->nnode; i++) {
        const struct yh_rule_node *n = &t->q->node[i];
        bool asks = n->op == YH_OP_FACT || n->op == YH_OP_FLAG || n->op == YH_OP_WORD ||
                    n->op == YH_OP_WORD_COL || n->op == YH_OP_DX || n->op == YH_OP_DX_COL ||
                    n->op == YH_OP_TEXT || n->op == YH_OP_TEXT_COL;
        enum yh_mon_fact f = n->op == YH_OP_AGE_COL ? YH_FACT_AGE : (enum yh_mon_fact)n->fact;
        struct yh_buf b = yh_buf_in(t->a);
        if ((asks || n->op == YH_OP_AGE_COL) && put_fact(&b, t, f))
            add_fact(t, &cap, yh_fact_word(f), yh_buf_str(&b));
    }
    add_columns(t, &cap);
    const struct yh_mon_visit *v = &t->p->visit[t->h->visit];
    for (int i = 0; i < v->ngoods; i++)
        if (v->goods[i].line == t->h->line && v->goods[i].trace.n &&
            (t->q->needs >> YH_NEED_STOCK & 1))
            add_fact(t, &cap, YH_S("追溯码去向"), v->goods[i].trace);
}

/* ---- words ---- */

static void put_word(struct yh_buf *b, const struct telling *t, yh_str name)
{
    const struct yh_hit *o = t->out;
    char day[16];
    if (yh_eq(name, YH_S("项目"))) {
        yh_put(b, o->item_name.n ? o->item_name : o->item);
    } else if (yh_eq(name, YH_S("数量"))) {
        put_number(b, o->qty);
    } else if (yh_eq(name, YH_S("金额"))) {
        yh_put_fen(b, o->item_money);
    } else if (yh_eq(name, YH_S("日期"))) {
        yh_put(b, yh_day_text(day, o->day));
        if (o->day_to != o->day) {
            yh_putz(b, " 至 ");
            yh_put(b, yh_day_text(day, o->day_to));
        }
    } else if (yh_eq(name, YH_S("机构"))) {
        const struct yh_mon_provider *p = &t->m->provider[t->p->visit[t->h->visit].provider];
        yh_put(b, p->name.n ? p->name : p->code);
    } else if (yh_eq(name, YH_S("医师"))) {
        yh_put(b, o->doctor);
    } else if (yh_eq(name, YH_S("还剩天数"))) {
        /* Of a rolling window: days until the earlier one falls out of it. */
        int32_t n = t->q->window.n;
        if (t->q->window.col >= 0 && t->row->param[t->q->window.col] != YH_RULE_MISSING)
            n = (int32_t)(t->row->param[t->q->window.col] / YH_RULE_ONE);
        yh_put_i64(b, yh_max(n - ((int64_t)t->h->to - t->h->from), 0));
    } else if (yh_eq(name, YH_S("次"))) {
        yh_put_i64(b, t->h->nmark);
    } else {
        for (int f = 0; f < YH_FACT_N; f++)
            if (yh_eq(yh_fact_word(f), name)) {
                if (!put_fact(b, t, f))
                    yh_putz(b, "—");
                return;
            }
        yh_put(b, cell(t, name));
    }
}

static yh_str fill(const struct telling *t, yh_str text)
{
    struct yh_buf b = yh_buf_in(t->a);
    for (;;) {
        ptrdiff_t open = yh_find(text, YH_S("{"));
        ptrdiff_t close = open < 0 ? -1 : yh_find(text, YH_S("}"));
        if (open < 0 || close < open)
            break;
        yh_put(&b, yh_sub(text, 0, open));
        put_word(&b, t, yh_sub(text, open + 1, close));
        text = yh_sub(text, close + 1, text.n);
    }
    yh_put(&b, text);
    /* A text over several lines of the file is one line here. */
    struct yh_buf one = yh_buf_in(t->a);
    yh_str rest = yh_buf_str(&b);
    for (bool first = true; rest.n; first = false) {
        yh_str l = yh_trim(yh_cut(&rest, '\n'));
        if (!first && l.n && one.n && (unsigned char)one.p[one.n - 1] < 0x80 &&
            (unsigned char)l.p[0] < 0x80)
            yh_putc(&one, ' ');
        yh_put(&one, l);
    }
    return yh_buf_str(&one);
}

static yh_str basis_of(const struct telling *t)
{
    yh_str own = fill(t, t->q->basis);
    if (t->q->table < 0)
        return own;
    yh_str row = cell(t, YH_S("basis"));
    yh_str batch = cell(t, YH_S("batch"));
    if (!row.n)
        return own;
    return yh_fmt(t->a, "%.*s；%.*s%s%.*s%s", YH_ARG(own), YH_ARG(row), batch.n ? "（" : "",
                  YH_ARG(batch), batch.n ? "）" : "");
}

/* ---- money ---- */

/* Who paid the claimed part of a line, by the settlement's own shares, each rounded half up to a
 * fen; before a settlement nobody has paid, and what insurance would be asked for stands as the
 * fund's. */
static void add_money(struct telling *t, const struct yh_mon_mark *k)
{
    const struct yh_mon_visit *v = &t->p->visit[k->visit];
    const struct yh_mon_line *l = &v->line[k->line];
    yh_fen c = k->claimed, out = 0;
    if (!l->covered)
        out = c;
    else if (l->outside >= 0 && l->amount > 0)
        out = yh_muldiv(c, yh_min(l->outside, l->amount), l->amount, YH_ROUND_HALF_UP);
    else if (v->total > 0)
        out = yh_muldiv(c, yh_clamp(v->outside, 0, v->total), v->total, YH_ROUND_HALF_UP);
    yh_fen in = c - out, payable = v->total - yh_clamp(v->outside, 0, v->total);
    yh_fen fund = in;
    if (v->fund >= 0)
        fund = payable > 0
                   ? yh_muldiv(in, yh_clamp(v->fund, 0, payable), payable, YH_ROUND_HALF_UP)
                   : 0;
    t->out->item_money += c;
    t->out->outside_item += out;
    t->out->fund_item += fund;
    t->out->person_item += in - fund;
}

static void add_lines(struct telling *t)
{
    struct yh_hit *o = t->out;
    o->line = YH_NEW(t->a, struct yh_hit_line, t->h->nmark);
    for (int i = 0; i < t->h->nmark; i++) {
        const struct yh_mon_mark *k = &t->h->mark[i];
        const struct yh_mon_visit *v = &t->p->visit[k->visit];
        const struct yh_mon_line *l = &v->line[k->line];
        const struct item *it = &t->m->item[l->item];
        if (k->stake)
            add_money(t, k);
        if (k->stake && !o->item.n && t->q->subject == YH_SUBJECT_LINES) {
            o->item = it->code;
            o->item_name = it->name;
            if (l->doctor)
                o->doctor = t->m->name[l->doctor].code;
            if (l->department)
                o->department = t->m->name[l->department].code;
        }
        o->line[o->nline++] = (struct yh_hit_line){ .visit = v->visit,
                                                    .serial = l->serial,
                                                    .code = it->code,
                                                    .name = it->name,
                                                    .day = yh_time_day(l->time),
                                                    .qty = k->qty,
                                                    .excess = k->excess,
                                                    .amount = k->amount,
                                                    .claimed = k->claimed,
                                                    .at_stake = k->stake };
    }
    if (!o->item.n && t->h->nmark && t->q->subject == YH_SUBJECT_LINES) {
        const struct yh_mon_mark *k = &t->h->mark[0];
        const struct item *it = &t->m->item[t->p->visit[k->visit].line[k->line].item];
        o->item = it->code;
        o->item_name = it->name;
    }
}

static void add_id(struct telling *t)
{
    struct yh_hit *o = t->out;
    struct yh_sha256 s;
    uint8_t digest[32];
    yh_str part[] = { o->rule, o->knowledge, o->region, o->person, o->visit };
    yh_sha256_start(&s);
    for (int i = 0; i < YH_COUNT(part); i++) {
        yh_sha256_add(&s, part[i]);
        yh_sha256_add(&s, YH_S("\n"));
    }
    for (int i = 0; i < o->nline; i++) {
        char text[64];
        yh_sha256_add(&s, o->line[i].visit);
        yh_sha256_add(&s, YH_S("\t"));
        yh_sha256_add(&s, o->line[i].serial);
        yh_sha256_add(&s, YH_S("\t"));
        yh_sha256_add(&s, o->line[i].code);
        yh_sha256_add(&s, yh_day_text(text, o->line[i].day));
    }
    yh_sha256_end(&s, digest);
    char *hex = YH_NEW(t->a, char, 20);
    yh_hex(hex, digest, 10);
    o->id = (yh_str){ hex, 20 };
    /* The rule as it stood: its text, and the knowledge row it read. */
    yh_sha256_start(&s);
    yh_sha256_add(&s, yh_cstr(t->q->digest));
    yh_sha256_add(&s, t->row->raw);
    yh_sha256_end(&s, digest);
    hex = YH_NEW(t->a, char, 12);
    yh_hex(hex, digest, 6);
    o->version = (yh_str){ hex, 12 };
}

void yh_monitor_tell(const struct yh_monitor *m, struct yh_arena *a,
                     const struct yh_mon_person *p, const struct yh_mon_hit *h,
                     enum yh_mon_stage stage, struct yh_hit *out)
{
    *out = (struct yh_hit){ 0 };
    struct telling t;
    t.m = m;
    t.a = a;
    t.p = p;
    t.h = h;
    t.out = out;
    t.q = &m->rules->rule[h->rule];
    t.row = &m->rules->row[h->row];
    t.has_row = yh_rules_row(m->rules, t.row, &t.table);
    const struct yh_mon_visit *v = &p->visit[h->visit];
    const struct yh_mon_provider *at = &m->provider[v->provider];
    out->rule = t.q->id;
    out->kind = t.q->name;
    out->knowledge = t.row->knowledge;
    out->verdict = t.q->verdict[stage];
    out->standing = t.q->standing;
    out->region = p->region;
    out->grp = p->grp;
    out->person = p->person;
    out->provider = at->code;
    out->office = at->office;
    out->visit = v->visit;
    out->settlement = v->settlement;
    out->scheme = v->scheme;
    out->med_type = v->med_type;
    out->method = v->method;
    out->day = h->nmark ? h->from : v->begin;
    out->day_to = h->nmark ? h->to : v->end;
    out->qty = h->qty;
    out->doctor = m->name[v->doctor].code;
    out->department = m->name[v->department].code;
    out->blocks = yh_rules_blocks(m->rules, h->rule, p->region, out->day_to);
    add_lines(&t);
    out->fund_method =
        out->method == YH_METHOD_ITEM || t.q->money == YH_MONEY_STAY ? out->fund_item : 0;
    add_facts(&t);
    add_id(&t);
    out->message = fill(&t, t.q->message);
    out->advice = fill(&t, t.q->advice);
    out->basis = basis_of(&t);
}
