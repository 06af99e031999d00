#include "shell/casemix/room.h"
#include "shell/casemix/explain_text.h"

struct fault {
    int line;
    yh_str column, text;
};
struct house {
    yh_str name;
    int64_t cases, grouped, priced, days;
    yh_fen cost,
        expected; /* expected: Σ of the weight table's mean of its group, where it has one */
    yh_fen compared; /* cost of those cases */
    yh_micro weight;
};
struct yh_room {
    struct yh_arena *a;
    const struct yh_casebook *book;
    yh_str region;
    yh_day day;
    struct yh_jsonw *w;
    struct house *house;
    int nhouse, cap_house;
    struct yh_map by_name;
    struct fault *fault;
    int nfault, cap_fault, faults, cases;
};

struct yh_room *yh_room_open(struct yh_arena *a, const struct yh_casebook *book, yh_str region,
                             yh_day day, struct yh_jsonw *w)
{
    struct yh_room *r = YH_NEW(a, struct yh_room, 1);
    *r = (struct yh_room){ .a = a, .book = book, .region = region, .day = day, .w = w };
    r->by_name = yh_map_in(a, 64);
    yh_jw_object(w);
    yh_jw_kv_str(w, "region", region);
    yh_jw_kv_array(w, "cases");
    return r;
}

/* ---- what holds at the place on the day ---- */

static yh_str named(const struct yh_room *r, yh_str regions, yh_day day)
{
    yh_str name = YH_S("");
    return !regions.n || yh_scheme_of_region(regions, r->region, day, &name, NULL) ? YH_S("")
                                                                                   : name;
}

/* NULL: none in force, or it cannot be read. */
static const struct yh_scheme *scheme_at(const struct yh_room *r, yh_day day)
{
    const struct yh_scheme *s = NULL;
    struct yh_err err;
    yh_str name = named(r, r->book->regions, day);
    if (!name.n || !r->book->scheme || r->book->scheme(r->book->of, name, &s, &err))
        return NULL;
    return s;
}

static const struct yh_drg_pay *pay_at(const struct yh_room *r, yh_day day)
{
    yh_str name = named(r, r->book->drg_pay_regions, day);
    for (int i = 0; name.n && i < r->book->ndrg_pay; i++)
        if (yh_eq(r->book->drg_pay[i].name, name))
            return r->book->drg_pay[i].pay;
    return NULL;
}

static const struct yh_dip_loaded *dip_at(const struct yh_room *r, yh_day day)
{
    yh_str name = named(r, r->book->dip_regions, day);
    for (int i = 0; name.n && i < r->book->ndip; i++)
        if (yh_eq(r->book->dip[i].name, name))
            return &r->book->dip[i];
    return NULL;
}

/* ---- one case ---- */

static struct house *house_of(struct yh_room *r, yh_str name)
{
    int at = yh_map_get(&r->by_name, name, -1);
    if (at < 0) {
        at = r->nhouse;
        yh_map_add(&r->by_name, name, at);
        YH_PUSH(r->a, r->house, r->nhouse, r->cap_house) = (struct house){ .name = name };
    }
    return &r->house[at];
}

static void put_reasons(struct yh_room *r, const struct yh_explanation *ex,
                        const struct yh_case *c)
{
    struct yh_buf text = yh_buf_in(r->a);
    yh_explain_text(&text, ex, c);
    yh_str rest = yh_buf_str(&text);
    (void)yh_cut(&rest, '\n'); /* the head says the group again */
    yh_jw_key(r->w, YH_S("reasons"));
    yh_jw_array(r->w);
    while (rest.n) {
        yh_str line = yh_trim(yh_cut(&rest, '\n'));
        if (line.n)
            yh_jw_str(r->w, line);
    }
    yh_jw_end(r->w, ']');
}

static void put_dip(struct yh_room *r, const struct yh_case *c, yh_day day)
{
    const struct yh_dip_loaded *d = dip_at(r, day);
    yh_str code = YH_S("");
    struct yh_dip_points points = { .deviation = YH_DIP_NORMAL };
    if (d && c->cost >= 0 && c->cost <= 100000000000) {
        struct yh_dip_facts *f = YH_NEW(r->a, struct yh_dip_facts, 1);
        struct yh_dip_group *g = YH_NEW(r->a, struct yh_dip_group, 1);
        yh_dip_facts_of(d->rules, c, f);
        yh_dip_group(d->rules, d->catalogue, f, c->cost, g);
        yh_dip_points(d->rules, d->catalogue, g, c->cost, YH_ONE, &points);
        code = g->tcm >= 0   ? d->rules->tcm[g->tcm].code
               : g->row >= 0 ? d->catalogue->row[g->row].code
                             : d->rules->blank_code;
    }
    yh_jw_kv_str(r->w, "dip", code);
    yh_jw_key(r->w, YH_S("points"));
    if (code.n)
        yh_jw_i64(r->w, points.score);
    else
        yh_jw_null(r->w);
}

void yh_room_case(struct yh_room *r, const struct yh_case *c)
{
    yh_day day = c->discharged == YH_DAY_MIN ? r->day : c->discharged;
    const struct yh_scheme *s = scheme_at(r, day);
    const struct yh_drg_pay *pay = pay_at(r, day);
    struct house *h = house_of(r, c->hospital);
    struct yh_jsonw *w = r->w;
    yh_micro weight = 0;
    yh_fen mean = 0, standard = 0;
    r->cases++;
    h->cases++;
    h->cost += c->cost;
    h->days += c->los;
    yh_jw_object(w);
    yh_jw_kv_str(w, "id", c->id);
    yh_jw_kv_str(w, "hospital", c->hospital);
    yh_jw_kv_i64(w, "cost", c->cost);
    yh_jw_kv_i64(w, "days", c->los);
    yh_jw_kv_str(w, "diagnosis", c->dx[0]);
    yh_jw_kv_str(w, "scheme", s ? s->name : YH_S(""));
    if (s) {
        struct yh_explanation *ex = YH_NEW(r->a, struct yh_explanation, 1);
        yh_explain(s, c, r->a, ex);
        const struct yh_drg_group *g = &ex->group;
        bool priced = pay && yh_drg_standard(pay, g->name.drg, &weight, &mean, &standard);
        yh_jw_kv_str(w, "mdc", g->name.mdc);
        yh_jw_kv_str(w, "adrg", g->name.adrg);
        yh_jw_kv_str(w, "drg", g->name.drg);
        yh_jw_kv_str(w, "title",
                     g->drg >= 0    ? s->drg[g->drg].title
                     : g->adrg >= 0 ? s->adrg[g->adrg].title
                                    : YH_S("未入组"));
        yh_jw_key(w, YH_S("weight"));
        if (priced)
            yh_jw_i64(w, weight);
        else
            yh_jw_null(w);
        yh_jw_kv_i64(w, "standard", priced ? standard : 0);
        yh_jw_kv_i64(w, "mean", mean);
        put_reasons(r, ex, c);
        h->grouped += g->adrg >= 0;
        h->priced += priced;
        h->weight += priced ? weight : 0;
        if (mean > 0 && c->cost > 0) {
            h->expected += mean;
            h->compared += c->cost;
        }
    } else {
        static const char *const EMPTY[] = { "mdc", "adrg", "drg" };
        for (int i = 0; i < YH_COUNT(EMPTY); i++)
            yh_jw_kv_str(w, EMPTY[i], YH_S(""));
        yh_jw_kv_str(w, "title", YH_S("这个地方在出院日没有分组方案"));
        yh_jw_key(w, YH_S("weight"));
        yh_jw_null(w);
        yh_jw_kv_i64(w, "standard", 0);
        yh_jw_kv_i64(w, "mean", 0);
        yh_jw_kv_array(w, "reasons");
        yh_jw_end(w, ']');
    }
    put_dip(r, c, day);
    yh_jw_end(w, '}');
}

/* ---- a table ---- */

static void add_fault(struct yh_room *r, int line, const struct yh_err *e)
{
    if (r->faults++ < YH_ROOM_FAULTS_MOST)
        YH_PUSH(r->a, r->fault, r->nfault, r->cap_fault) =
            (struct fault){ line, yh_dup(r->a, yh_cstr(e->field)),
                            yh_dup(r->a, yh_cstr(e->text)) };
}

enum yh_status yh_room_table(struct yh_room *r, yh_str text, struct yh_err *err)
{
    struct yh_case_columns cols;
    struct yh_case *c = YH_NEW(r->a, struct yh_case, 1);
    bool json = false, headed = false;
    int line = 0;
    while (text.n) {
        yh_str row = yh_cut(&text, '\n');
        struct yh_err e = { 0 };
        line++;
        if (yh_ends(row, YH_S("\r")))
            row.n--;
        if (!yh_trim(row).n || (headed && row.p[0] == '#'))
            continue;
        if (!headed) {
            headed = true;
            json = yh_starts(yh_trim(row), YH_S("{"));
            if (!json) {
                if (yh_case_header(row, &cols, &e))
                    return yh_fail_field(err, YH_BAD_INPUT, "text", "", "第 %d 行表头：%s",
                                         line, e.text);
                continue;
            }
        }
        if (r->cases >= YH_ROOM_CASES_MOST)
            return yh_fail_field(err, YH_LIMIT, "text", "",
                                 "一次最多 %d 例；更多的请用 yiheng group（每秒百万例）",
                                 YH_ROOM_CASES_MOST);
        if (json ? yh_case_json(r->a, row, c, &e) : yh_case_row(&cols, row, c, &e))
            add_fault(r, line, &e);
        else
            yh_room_case(r, c);
    }
    return r->cases || r->faults
               ? YH_OK
               : yh_fail_field(
                     err, YH_BAD_INPUT, "text", "",
                     "没有病例：首行是列名（id、sex、age_years、dx …），下面一行一例");
}

void yh_room_close(struct yh_room *r)
{
    struct yh_jsonw *w = r->w;
    yh_jw_end(w, ']');
    yh_jw_kv_array(w, "hospitals");
    for (int i = 0; i < r->nhouse; i++) {
        const struct house *h = &r->house[i];
        yh_jw_object(w);
        yh_jw_kv_str(w, "hospital", h->name);
        yh_jw_kv_i64(w, "cases", h->cases);
        yh_jw_kv_i64(w, "grouped", h->grouped);
        yh_jw_kv_i64(w, "mean", h->cases ? (h->cost + h->cases / 2) / h->cases : 0);
        yh_jw_key(w, YH_S("cmi"));
        if (h->priced)
            yh_jw_i64(w, (h->weight + h->priced / 2) / h->priced);
        else
            yh_jw_null(w);
        yh_jw_key(w, YH_S("cost_index"));
        if (h->expected > 0)
            yh_jw_i64(w, (int64_t)((__int128)h->compared * YH_ONE / h->expected));
        else
            yh_jw_null(w);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_kv_i64(w, "faults_all", r->faults);
    yh_jw_kv_array(w, "faults");
    for (int i = 0; i < r->nfault; i++) {
        yh_jw_object(w);
        yh_jw_kv_i64(w, "line", r->fault[i].line);
        yh_jw_kv_str(w, "column", r->fault[i].column);
        yh_jw_kv_str(w, "text", r->fault[i].text);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
}
