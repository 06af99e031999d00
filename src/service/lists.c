#include "service/lists.h"

#include "engine/casemix/explain.h"
#include "service/list_facts.h"
#include "service/query.h"
#include "service/whose.h"

/* ---- finding ---- */

static struct yh_json *read_body(struct yh_ctx *c, yh_str body)
{
    struct yh_json *v = NULL;
    return yh_json_read(c->arena, body, (struct yh_json_limits){ 0 }, &v, NULL) ? NULL : v;
}

static const struct yh_json *setlinfo(const struct yh_json *body)
{
    const struct yh_json *n = yh_json_get(body, YH_S("setlinfo"));
    return n && n->kind == YH_JSON_ARRAY ? n->first : n;
}

static yh_str text(const struct yh_json *o, const char *name)
{
    return yh_trim(yh_json_text(yh_json_get(o, yh_cstr(name))));
}

static yh_str month_of(struct yh_ctx *c, const struct yh_list_found *l)
{
    yh_str end = text(setlinfo(l->body), "setl_end_date");
    char day[16];
    if (end.n < 10)
        end = yh_day_text(day, yh_time_day(l->settled ? l->settlement.time : l->document.time));
    return yh_fmt(c->arena, "%.4s%.2s", end.p, end.p + 5);
}

/* One list for one whole stay: its interim settlements are added to the last one. */
static enum yh_status whole_stay(struct yh_ctx *c, struct yh_list_found *l, struct yh_err *err)
{
    struct yh_settlement_row *own = &l->settlement, *s = NULL;
    struct yh_visit_row v = {
        .region = own->region, .grp = own->grp, .person = own->person, .visit = own->visit
    };
    struct yh_settlement_row like = { .region = own->region, .grp = own->grp };
    int n = 0;
    enum yh_status st = yh_get_visit(c->x, &v, err);
    if (st || !v.interims)
        return st;
    st = yh_list_settlement(c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like, &s,
                            &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (!yh_eq(s[i].visit, own->visit) || !yh_eq(s[i].person, own->person) ||
            s[i].undone_by.n || s[i].undoes.n || yh_eq(s[i].settlement, own->settlement))
            continue;
        own->total += s[i].total;
        own->fund += s[i].fund;
        own->begin_day = yh_min(own->begin_day, s[i].begin_day);
        l->parts++;
    }
    return st;
}

/* The rest of a list from its document; a list of a person who is gone is passed over. */
static enum yh_status complete(struct yh_ctx *c, struct yh_list_found *l, struct yh_err *err)
{
    struct yh_enrolment_row enrolment;
    l->body = read_body(c, l->document.body);
    enum yh_status st =
        yh_person_get(c, l->document.person, YH_S(""), &l->person, &enrolment, err);
    if (st)
        return st;
    st = yh_settlement_find(c, l->document.person, l->document.settlement, &l->settlement, err);
    if (st && st != YH_NOT_FOUND)
        return st;
    l->settled =
        st == YH_OK && !l->settlement.undone_by.n && !yh_eq(l->settlement.kind, YH_S("undo"));
    if (l->settled && (st = whole_stay(c, l, err)) != YH_OK)
        return st;
    l->month = month_of(c, l);
    return YH_OK;
}

static enum yh_status find(struct yh_ctx *c, yh_str person, yh_str settlement, yh_str month,
                           int most, struct yh_list_found **rows, int *n, struct yh_err *err)
{
    struct yh_document_row like = { .provider = c->call->provider, .infno = YH_S("4101") },
                           *doc = NULL;
    struct yh_span span = {
        .index = yh_document_by_provider, .same = 2, .down = true, .most = 4 * most
    };
    int found = 0, cap = 0;
    *n = 0;
    *rows = NULL;
    enum yh_status st = yh_list_document(c->x, span, &like, &doc, &found, err);
    struct yh_map seen = yh_map_in(c->arena, found);
    for (int i = 0; st == YH_OK && i < found && *n < most; i++) {
        /* The newest comes first; of one time, the higher version is found by its own reading. */
        if (!yh_map_add(&seen, doc[i].own_key, i))
            continue;
        if ((person.n && !yh_eq(doc[i].person, person)) ||
            (settlement.n && !yh_eq(doc[i].settlement, settlement)))
            continue;
        struct yh_list_found l = { .document = doc[i] };
        for (int k = i + 1; k < found; k++)
            if (yh_eq(doc[k].own_key, doc[i].own_key) && doc[k].version > l.document.version)
                l.document = doc[k];
        st = complete(c, &l, err);
        if (st == YH_NOT_FOUND) {
            st = YH_OK;
            continue;
        }
        if (st == YH_OK && (!month.n || yh_eq(month, l.month)))
            YH_PUSH(c->arena, *rows, *n, cap) = l;
    }
    return st;
}

enum yh_status yh_list_open_found(struct yh_ctx *c, const struct yh_document_row *d,
                                  struct yh_list_found *out, struct yh_err *err)
{
    struct yh_list_found l = { .document = *d };
    enum yh_status st = complete(c, &l, err);
    if (st == YH_OK)
        *out = l;
    return st;
}

enum yh_status yh_lists_find(struct yh_ctx *c, yh_str person, yh_str settlement, yh_str month,
                             struct yh_list_found **rows, int *n, struct yh_err *err)
{
    return find(c, person, settlement, month, YH_LISTS_MOST, rows, n, err);
}

/* ---- the group ---- */

static bool flag(const struct yh_json *row, const char *name)
{
    return yh_eq(text(row, name), YH_S("1"));
}

/* Codes of a node, those flagged as main first. */
static int codes(const struct yh_json *body, const char *node, const char *code,
                 const char *main_flag, bool western, yh_str *out)
{
    int n = 0;
    const struct yh_json *list = yh_json_get(body, yh_cstr(node));
    for (int pass = 0; list && pass < 2; pass++)
        for (const struct yh_json *row = list->kind == YH_JSON_ARRAY ? list->first : list; row;
             row = list->kind == YH_JSON_ARRAY ? row->next : NULL) {
            yh_str type = text(row, "diag_type"), v = text(row, code);
            bool ours = !western || !type.n || yh_eq(type, YH_S("1"));
            if (ours && v.n && flag(row, main_flag) == (pass == 0) && n < YH_CASE_CODES_MAX)
                out[n++] = v;
        }
    return n;
}

int yh_list_codes(struct yh_arena *a, yh_str body, bool px, yh_str *out)
{
    struct yh_json *v = NULL;
    if (yh_json_read(a, body, (struct yh_json_limits){ 0 }, &v, NULL))
        return 0;
    return px ? codes(v, "oprninfo", "oprn_oprt_code", "oprn_oprt_type", false, out)
              : codes(v, "diseinfo", "diag_code", "maindiag_flag", true, out);
}

static int32_t whole(yh_str s)
{
    int64_t v;
    yh_str digits = yh_cut(&s, '.');
    return yh_int_parse(digits, &v, NULL) || v < 0 || v > 1000000 ? 0 : (int32_t)v;
}

/* Full hours between two times of each row of icuinfo. */
static int32_t icu_hours(const struct yh_json *body)
{
    int64_t sum = 0;
    const struct yh_json *list = yh_json_get(body, YH_S("icuinfo"));
    for (const struct yh_json *row = list ? list->first : NULL; row; row = row->next) {
        yh_time in, out;
        if (!yh_time_parse(text(row, "scs_cutd_inpool_time"), &in, NULL) &&
            !yh_time_parse(text(row, "scs_cutd_exit_time"), &out, NULL) && out > in)
            sum += out - in;
    }
    return (int32_t)yh_min(sum / 3600, 1000000);
}

static yh_day day_of(const struct yh_json *o, const char *name, yh_day otherwise)
{
    yh_time t;
    return yh_time_parse(text(o, name), &t, NULL) ? otherwise : yh_time_day(t);
}

static void to_case(struct yh_list_found const *l, struct yh_case *out)
{
    const struct yh_json *s = setlinfo(l->body);
    const struct yh_settlement_row *b = &l->settlement;
    yh_day in = day_of(s, "adm_time",
                       l->settled ? (yh_day)b->begin_day : day_of(s, "setl_begn_date", 0));
    yh_day to = day_of(s, "dscg_time",
                       l->settled ? (yh_day)b->end_day : day_of(s, "setl_end_date", in));
    yh_day born = day_of(s, "brdy", (yh_day)l->person.born);
    *out = (struct yh_case){ .id = l->document.settlement,
                             .dept = text(s, "dscg_caty"),
                             .hospital = l->document.provider,
                             .discharged = to,
                             .sex = whole(text(s, "gend").n ? text(s, "gend") : l->person.sex),
                             .age = born < in ? yh_age_years(born, in) : 0,
                             .age_days = born < in ? in - born : 0,
                             .weight = whole(text(s, "nwb_bir_wt")),
                             .los = (int32_t)yh_max(to - in, 1),
                             .discharge = whole(text(s, "dscg_way")),
                             .icu_hours = icu_hours(l->body),
                             .cost = l->settled ? b->total : 0 };
    out->ndx = codes(l->body, "diseinfo", "diag_code", "maindiag_flag", true, out->dx);
    out->npx = codes(l->body, "oprninfo", "oprn_oprt_code", "oprn_oprt_type", false, out->px);
}

void yh_list_case(const struct yh_list_found *l, struct yh_case *out)
{
    to_case(l, out);
}

yh_str yh_named_for_place(struct yh_ctx *c, yh_str regions, yh_day day)
{
    yh_str region =
               yh_fmt(c->arena, "%06u", c->provider ? c->provider_place.code % 1000000u : 0),
           name = YH_S("");
    if (!regions.n || yh_scheme_of_region(regions, region, day, &name, NULL))
        return YH_S("");
    return name;
}

static bool dated(yh_str from, yh_str to, yh_day day)
{
    yh_day a, b = YH_DAY_MAX;
    return !yh_day_parse(from, &a, NULL) && (!to.n || !yh_day_parse(to, &b, NULL)) &&
           day >= a && day < b;
}

enum yh_status yh_place_value(struct yh_ctx *c, yh_str table, const char *column, yh_day day,
                              int scale, int64_t *out, struct yh_err *err)
{
    const char *const WANT[] = { "region", "from", "to", column };
    enum { REGION, FROM, TO, VALUE, N };
    struct yh_tsv *t = YH_NEW(c->arena, struct yh_tsv, 1);
    uint32_t code = c->provider ? c->provider_place.code % 1000000u : 0;
    int col[N], more, best = -1;
    *out = -1;
    if (!table.n)
        return YH_OK;
    enum yh_status st = yh_tsv_open_with(t, table, WANT, N, col, err);
    while (st == YH_OK && (more = yh_tsv_next(t, err)) != 0) {
        int64_t region;
        if (more < 0)
            return YH_BAD_TABLE;
        if (!dated(t->cell[col[FROM]], t->cell[col[TO]], day) ||
            (st = yh_int_parse(t->cell[col[REGION]], &region, err)) != YH_OK)
            continue;
        int near = region == code                   ? 3
                   : region == code / 100 * 100     ? 2
                   : region == code / 10000 * 10000 ? 1
                   : region == 0                    ? 0
                                                    : -1;
        if (near > best) {
            best = near;
            st = yh_dec_parse(t->cell[col[VALUE]], scale, out, err);
        }
    }
    return st;
}

/* *out NULL: the place has none on that day. */
static enum yh_status scheme_of(struct yh_ctx *c, yh_day day, const struct yh_scheme **out,
                                struct yh_err *err)
{
    const struct yh_casebook *book = c->world->casebook;
    yh_str name = book && book->scheme ? yh_named_for_place(c, book->regions, day) : YH_S("");
    *out = NULL;
    return name.n ? book->scheme(book->of, name, out, err) : YH_OK;
}

static const struct yh_drg_pay *pay_of(struct yh_ctx *c, yh_day day)
{
    const struct yh_casebook *book = c->world->casebook;
    yh_str name = book ? yh_named_for_place(c, book->drg_pay_regions, day) : YH_S("");
    for (int i = 0; name.n && i < book->ndrg_pay; i++)
        if (yh_eq(book->drg_pay[i].name, name))
            return book->drg_pay[i].pay;
    return NULL;
}

/* The complications that count, as the explanation lists them. */
static yh_str levels(struct yh_ctx *c, const struct yh_scheme *s, const struct yh_case *one)
{
    struct yh_explanation ex;
    yh_explain(s, one, c->arena, &ex);
    struct yh_buf b = yh_buf_in(c->arena);
    for (int i = 0; i < ex.ncomplication; i++) {
        const struct yh_complication *k = &ex.complication[i];
        if (k->excluded)
            continue;
        if (b.n)
            yh_putc(&b, ',');
        yh_put(&b, one->dx[k->dx]);
        yh_putz(&b, k->level == YH_LEVEL_MCC ? ":MCC" : ":CC");
    }
    return yh_buf_str(&b);
}

enum yh_status yh_list_group(struct yh_ctx *c, const struct yh_list_found *l,
                             struct yh_list_grouped *out, struct yh_err *err)
{
    struct yh_case *one = YH_NEW(c->arena, struct yh_case, 1);
    struct yh_list_grouped g = { .why = YH_S("") };
    to_case(l, one);
    g.total = one->cost;
    enum yh_status st = YH_OK;
    if (!l->settled)
        g.why = YH_S("结算已撤销，清单作废");
    else if (one->ndx == 0)
        g.why = YH_S("清单没有主要诊断");
    else if ((st = scheme_of(c, one->discharged, &g.scheme, err)) != YH_OK)
        return st;
    else if (!g.scheme)
        g.why = YH_S("就医地在出院日没有适用的分组方案");
    if (!g.why.n) {
        yh_drg_group(g.scheme, one, &g.group);
        g.level = levels(c, g.scheme, one);
        if (g.group.adrg < 0)
            g.why = YH_S("没有一个 ADRG 符合：未入组");
        const struct yh_drg_pay *pay = pay_of(c, one->discharged);
        g.priced = pay && !g.why.n &&
                   yh_drg_standard(pay, g.group.name.drg, &g.weight, &g.mean, &g.standard);
    }
    *out = g;
    return YH_OK;
}

/* ---- the DIP group ---- */

static const struct yh_dip_loaded *dip_of(struct yh_ctx *c, yh_day day)
{
    const struct yh_casebook *book = c->world->casebook;
    yh_str name = book ? yh_named_for_place(c, book->dip_regions, day) : YH_S("");
    for (int i = 0; name.n && i < book->ndip; i++)
        if (yh_eq(book->dip[i].name, name))
            return &book->dip[i];
    return NULL;
}

/* Days since the person's last stay of the same disease (the first five characters), as far as this
 * region's books know; 0 = none. */
static enum yh_status since_last(struct yh_ctx *c, const struct yh_list_found *l,
                                 const struct yh_case *one, int32_t *out, struct yh_err *err)
{
    const struct yh_settlement_row *own = &l->settlement;
    struct yh_settlement_row like = { .region = own->region, .grp = own->grp }, *s = NULL;
    int n = 0;
    *out = 0;
    enum yh_status st = yh_list_settlement(
        c->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2, .down = true, .most = 200 },
        &like, &s, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_visit_row v = {
            .region = s[i].region, .grp = s[i].grp, .person = s[i].person, .visit = s[i].visit
        };
        if (!yh_eq(s[i].person, own->person) || yh_eq(s[i].visit, own->visit) ||
            s[i].undone_by.n || s[i].undoes.n || !yh_is_stay(s[i].med_type) ||
            s[i].end_day > own->begin_day)
            continue;
        st = yh_get_visit(c->x, &v, err);
        int64_t days = yh_clamp(own->begin_day - s[i].end_day, 1, 60000);
        if (st == YH_OK && yh_eq(yh_sub(v.main_diagnosis, 0, 5), yh_sub(one->dx[0], 0, 5)) &&
            (*out == 0 || days < *out))
            *out = (int32_t)days;
    }
    return st;
}

enum yh_status yh_list_dip(struct yh_ctx *c, const struct yh_list_found *l,
                           struct yh_list_dip *out, struct yh_err *err)
{
    struct yh_case *one = YH_NEW(c->arena, struct yh_case, 1);
    struct yh_list_dip g = { .why = YH_S("") };
    const struct yh_dip_loaded *book = NULL;
    to_case(l, one);
    if (!l->settled)
        g.why = YH_S("结算已撤销，清单作废");
    else if (one->ndx == 0)
        g.why = YH_S("清单没有主要诊断");
    else if (one->cost > 100000000000) /* what yh_dip_points takes: 10^9 yuan */
        g.why = YH_S("总费用超过十亿元，不能计分");
    else if (!(book = dip_of(c, one->discharged)))
        g.why = YH_S("本统筹区没有装载 DIP 病种目录");
    if (book) {
        const struct yh_dip_rules *rules = book->rules;
        g.rules = rules;
        g.catalogue = book->catalogue;
        enum yh_status st = since_last(c, l, one, &one->since_last, err);
        if (st)
            return st;
        yh_dip_facts_of(rules, one, &g.facts);
        yh_dip_group(rules, g.catalogue, &g.facts, one->cost, &g.group);
        yh_dip_points(rules, g.catalogue, &g.group, one->cost, YH_ONE, &g.points);
        g.code = g.group.tcm >= 0   ? rules->tcm[g.group.tcm].code
                 : g.group.row >= 0 ? g.catalogue->row[g.group.row].code
                                    : rules->blank_code;
    }
    *out = g;
    return YH_OK;
}

/* ---- statistics ---- */

static enum yh_status stat_of(struct yh_ctx *c, const struct yh_list_found *l, bool dip,
                              struct yh_list_stat *out, bool *grouped, struct yh_err *err)
{
    struct yh_list_stat r = { .month = l->month, .cases = 1, .cost = l->settlement.total };
    r.days = yh_max(l->settlement.end_day - l->settlement.begin_day, 1);
    enum yh_status st;
    r.code = r.name = r.dx = r.px = YH_S("");
    if (dip) {
        struct yh_list_dip *g = YH_NEW(c->arena, struct yh_list_dip, 1);
        st = yh_list_dip(c, l, g, err);
        *grouped = st == YH_OK && g->catalogue;
        if (*grouped) {
            r.code = g->code;
            if (g->group.row >= 0) {
                r.dx = g->catalogue->row[g->group.row].dx;
                r.px = g->catalogue->row[g->group.row].px;
            }
        }
    } else {
        struct yh_list_grouped g;
        st = yh_list_group(c, l, &g, err);
        *grouped = st == YH_OK && g.scheme && g.group.adrg >= 0;
        if (*grouped) {
            r.code = g.group.name.drg;
            r.weight = g.priced ? g.weight : 0;
            r.priced = g.priced;
            r.name = g.group.drg >= 0 ? g.scheme->drg[g.group.drg].title
                                      : g.scheme->adrg[g.group.adrg].title;
        }
    }
    *out = r;
    return st;
}

enum yh_status yh_lists_stat(struct yh_ctx *c, yh_str month, bool dip,
                             struct yh_list_stat **rows, int *n, struct yh_err *err)
{
    struct yh_list_found *l = NULL;
    int found = 0, cap = 0;
    *rows = NULL;
    *n = 0;
    enum yh_status st = find(c, YH_S(""), YH_S(""), month, YH_STAT_MOST, &l, &found, err);
    struct yh_map at = yh_map_in(c->arena, 1024);
    for (int i = 0; st == YH_OK && i < found; i++) {
        struct yh_list_stat one;
        bool grouped = false;
        st = stat_of(c, &l[i], dip, &one, &grouped, err);
        if (st || !grouped)
            continue;
        yh_str key = yh_fmt(c->arena, "%.*s %.*s", YH_ARG(one.month), YH_ARG(one.code));
        int32_t k = yh_map_get(&at, key, -1);
        if (k >= 0) {
            (*rows)[k].cases++;
            (*rows)[k].cost += one.cost;
            (*rows)[k].days += one.days;
            (*rows)[k].weight += one.weight;
            (*rows)[k].priced += one.priced;
            continue;
        }
        yh_map_add(&at, key, *n);
        YH_PUSH(c->arena, *rows, *n, cap) = one;
    }
    for (int i = 1; i < *n; i++)
        for (int k = i; k > 0; k--) {
            struct yh_list_stat *a = &(*rows)[k - 1], *b = &(*rows)[k], swap = *a;
            int order = yh_cmp(a->month, b->month);
            if (order < 0 || (order == 0 && yh_cmp(a->code, b->code) <= 0))
                break;
            *a = *b;
            *b = swap;
        }
    if (found == YH_STAT_MOST)
        yh_warn(c, "清单超过 %d 份，只统计了最近的；请按月查询", YH_STAT_MOST);
    return st;
}

/* ---- the checks ---- */

/* Takes the member "facts" that came with the list away and puts ours in its place. */
static void replace_facts(struct yh_json *body, struct yh_json *ours)
{
    struct yh_json **at = &body->first;
    while (*at) {
        if (yh_eq((*at)->key, YH_S("facts")))
            *at = (*at)->next;
        else
            at = &(*at)->next;
    }
    ours->key = YH_S("facts");
    ours->next = NULL;
    *at = ours;
}

enum yh_status yh_list_judge(struct yh_ctx *c, struct yh_list_found *l,
                             struct yh_list_findings *out, struct yh_err *err)
{
    if (!c->world->casebook)
        return yh_fail(err, YH_NOT_FOUND, "没有装载结算清单的检查表");
    struct yh_buf b = yh_buf_in(c->arena);
    struct yh_jsonw w = yh_jsonw_on(&b);
    enum yh_status st = yh_list_facts(c, l, &w, err);
    struct yh_json *facts = st ? NULL : read_body(c, yh_buf_str(&b));
    if (st)
        return st;
    if (facts && l->body && l->body->kind == YH_JSON_OBJECT)
        replace_facts(l->body, facts);
    yh_list_check_all(c->world->casebook->checks, l->body, c->arena, out);
    return YH_OK;
}

/* ---- counting ---- */

enum yh_status yh_lists_count(struct yh_ctx *c, yh_time from, yh_time to, int64_t *needed,
                              int64_t *uploaded, struct yh_err *err)
{
    struct yh_settlement_row like = { .provider = c->call->provider }, *row = NULL;
    struct yh_document_row doc = { .provider = c->call->provider, .infno = YH_S("4101") },
                           *have = NULL;
    struct yh_span span = { .index = yh_settlement_by_provider,
                            .same = 1,
                            .ranged = true,
                            .from = from,
                            .to = to,
                            .most = 100000 };
    struct yh_span lists = { .index = yh_document_by_provider, .same = 2, .most = 100000 };
    int n = 0, nlist = 0;
    enum yh_status st = yh_list_settlement(c->x, span, &like, &row, &n, err);
    if (st == YH_OK)
        st = yh_list_document(c->x, lists, &doc, &have, &nlist, err);
    if (st)
        return st;
    struct yh_map listed = yh_map_in(c->arena, nlist);
    for (int i = 0; i < nlist; i++)
        yh_map_add(&listed, have[i].settlement, i);
    *needed = *uploaded = 0;
    for (int i = 0; i < n; i++) {
        if (!yh_is_stay(row[i].med_type) || row[i].undone_by.n ||
            yh_eq(row[i].kind, YH_S("undo")) || row[i].interim || yh_is_manual(&row[i]))
            continue;
        ++*needed;
        *uploaded += yh_map_get(&listed, row[i].settlement, -1) >= 0;
    }
    return YH_OK;
}
