/* engine/list/check.c -- one function a kind; yh_list_check_all stands last. */
#include "engine/list/check.h"

struct run {
    const struct yh_list_tables *t;
    const struct yh_json *list, *main, *facts; /* main: setlinfo */
    const struct yh_list_check *check;
    struct yh_arena *a;
    struct yh_list_findings *out;
    bool open; /* this check wanted a fact that is not there */
};

/* ---- reading ---- */

static void found(struct run *r, int row, yh_str met)
{
    const struct yh_list_check *c = r->check;
    YH_PUSH(r->a, r->out->item, r->out->n, r->out->cap) =
        (struct yh_list_finding){ .check = c, .row = row, .field = c->field, .met = met };
    r->out->errors += c->severity == YH_LIST_ERROR;
    r->out->warnings += c->severity == YH_LIST_WARN;
}

/* "a|b#2": the first that is not empty; #k is the k-th part of "days/hours/minutes". */
static yh_str get(const struct yh_json *row, yh_str spec)
{
    while (spec.p) {
        yh_str name = yh_cut(&spec, '|');
        yh_str part = name, field = yh_cut(&part, '#');
        yh_str v = yh_trim(yh_json_text(yh_json_get(row, field)));
        for (int64_t k = part.p && part.n == 1 ? part.p[0] - '0' : 0; k > 0; k--) {
            yh_str one = yh_cut(&v, '/');
            if (k == 1)
                v = one;
        }
        v = yh_trim(v);
        if (v.n)
            return v;
    }
    return YH_S("");
}

/* The rows of a node, whether sent as an array or as one object. */
static const struct yh_json *first_row(const struct run *r, yh_str node)
{
    const struct yh_json *n = yh_json_get(r->list, node);
    if (n && n->kind == YH_JSON_ARRAY)
        return n->first;
    return n && n->kind == YH_JSON_OBJECT ? n : NULL;
}

static const struct yh_json *next_row(const struct run *r, yh_str node,
                                      const struct yh_json *row)
{
    const struct yh_json *n = yh_json_get(r->list, node);
    return n && n->kind == YH_JSON_ARRAY ? row->next : NULL;
}

#define EACH(r, node, row, i) \
    int i = 0;                \
    for (const struct yh_json *row = first_row(r, node); row; row = next_row(r, node, row), i++)

static yh_str value(const struct run *r, const char *field)
{
    return get(r->main, yh_cstr(field));
}

static bool number(yh_str s, int scale, int64_t *out)
{
    return s.n && yh_dec_parse(s, scale, out, NULL) == YH_OK;
}

/* A fact as text; notes when it is not there. */
static yh_str fact(struct run *r, const char *name)
{
    yh_str s = yh_trim(yh_json_text(yh_json_get(r->facts, yh_cstr(name))));
    if (!s.n)
        r->open = true;
    return s;
}

static bool fact_fen(struct run *r, const char *name, yh_fen *out)
{
    return number(fact(r, name), 2, out);
}

static bool time_of(yh_str s, yh_time *out)
{
    return s.n >= 10 && yh_time_parse(s, out, NULL) == YH_OK;
}

static bool date_of(yh_str s, yh_day *out)
{
    yh_time t;
    if (!time_of(s, &t))
        return false;
    *out = yh_time_day(t);
    return true;
}

/* Days old at admission; -1 = not known. */
static int64_t age_days(const struct run *r)
{
    yh_day born, adm;
    if (date_of(value(r, "brdy"), &born) && date_of(value(r, "adm_time"), &adm))
        return adm - born;
    int64_t days;
    return number(value(r, "age_days|nwb_age"), 0, &days) ? days : -1;
}

static bool ventilated(const struct run *r)
{
    if (value(r, "vent_used_days|vent_used_h_cnt|vent_used_m_cnt|vent_used_dura").n)
        return true;
    EACH(r, YH_S("oprninfo"), row, i)
    if (yh_starts(get(row, YH_S("oprn_oprt_code")), YH_S("96.7")))
        return true;
    (void)i;
    return false;
}

/* The check's condition: "", a word of ours, a field that must be filled, or field=value. */
static bool applies(const struct run *r, const struct yh_json *row)
{
    yh_str w = r->check->when;
    if (!w.n)
        return true;
    if (yh_eq(w, YH_S("newborn"))) {
        int64_t days = age_days(r);
        return days >= 0 && days <= 28;
    }
    if (yh_eq(w, YH_S("ventilated")))
        return ventilated(r);
    yh_str want = w, field = yh_cut(&want, '=');
    yh_str v = get(row, field);
    if (!v.n)
        v = get(r->main, field);
    return want.p ? yh_eq(v, want) : v.n > 0;
}

static bool is_main(const struct yh_json *row)
{
    return yh_eq(get(row, YH_S("maindiag_flag")), YH_S("1"));
}

/* Western diagnoses: the type is 1 or not said. */
static bool western(const struct yh_json *row)
{
    yh_str type = get(row, YH_S("diag_type"));
    return type.n == 0 || yh_eq(type, YH_S("1"));
}

static const yh_str DX = YH_S_INIT("diseinfo"), PX = YH_S_INIT("oprninfo"),
                    ITEM = YH_S_INIT("iteminfo");

static yh_str main_code(const struct run *r)
{
    EACH(r, DX, row, i)
    if (is_main(row) && western(row))
        return get(row, YH_S("diag_code"));
    (void)i;
    return YH_S("");
}

/* Sums stop at the largest amount there is, so that no list can overflow them. */
static yh_fen add(yh_fen a, yh_fen b)
{
    return yh_clamp(a + yh_clamp(b, -YH_FEN_MAX, YH_FEN_MAX), -100 * YH_FEN_MAX,
                    100 * YH_FEN_MAX);
}

/* Σ of an amount over the rows of a node. */
static yh_fen sum(const struct run *r, yh_str node, const char *field)
{
    yh_fen all = 0, one;
    EACH(r, node, row, i)
    if (number(get(row, yh_cstr(field)), 2, &one))
        all = add(all, one);
    (void)i;
    return all;
}

/* Σ amt of the fee categories named "06+08". */
static yh_fen fees(const struct run *r, yh_str categories)
{
    yh_fen all = 0, one;
    EACH(r, ITEM, row, i)
    {
        yh_str c = get(row, YH_S("med_chrgitm|med_chrgitm_type"));
        for (yh_str rest = categories; rest.p;)
            if (yh_eq(yh_cut(&rest, '+'), c) && number(get(row, YH_S("amt")), 2, &one))
                all = add(all, one);
    }
    (void)i;
    return all;
}

/* ---- the kinds ---- */

static void kind_required(struct run *r)
{
    EACH(r, r->check->node, row, i)
    if (applies(r, row) && !get(row, r->check->field).n)
        found(r, i, YH_S(""));
}

static void kind_values(struct run *r)
{
    yh_str arg = r->check->arg;
    EACH(r, r->check->node, row, i)
    {
        yh_str v = get(row, r->check->field);
        bool in = !v.n;
        if (v.n && yh_starts(arg, YH_S("@")))
            in = yh_list_has_value(r->t, yh_sub(arg, 1, arg.n), v);
        else
            for (yh_str rest = arg; !in && rest.p;)
                in = yh_eq(yh_cut(&rest, ','), v);
        if (!in)
            found(r, i, v);
    }
}

static void kind_digits(struct run *r)
{
    yh_str v = get(r->main, r->check->field);
    for (ptrdiff_t i = 0; i < v.n; i++)
        if (v.p[i] < '0' || v.p[i] > '9') {
            found(r, -1, v);
            return;
        }
}

static void kind_length(struct run *r)
{
    yh_str v = get(r->main, r->check->field);
    int64_t want;
    if (v.n && number(r->check->arg, 0, &want) && yh_utf8_count(v) != want)
        found(r, -1, v);
}

static void kind_numbers(struct run *r)
{
    yh_str v = get(r->main, r->check->field), rest = v;
    int64_t n;
    while (v.n && rest.p)
        if (!number(yh_trim(yh_cut(&rest, ',')), 2, &n)) {
            found(r, -1, v);
            return;
        }
}

static void kind_range(struct run *r)
{
    yh_str hi = r->check->arg, lo = yh_sub(hi, 0, yh_find(hi, YH_S("..")));
    int64_t from, to, n;
    hi = yh_sub(hi, lo.n + 2, hi.n);
    if (!number(lo, 2, &from) || !number(hi, 2, &to))
        return;
    for (yh_str fields = r->check->field; fields.p;) {
        yh_str v = get(r->main, yh_cut(&fields, ';')), rest = v;
        while (v.n && rest.p)
            if (number(yh_trim(yh_cut(&rest, ',')), 2, &n) && (n < from || n > to))
                found(r, -1, v);
    }
}

/* Days >= 0, hours and minutes within the bounds of arg. */
static void kind_duration(struct run *r)
{
    for (yh_str sets = r->check->field; sets.p;) {
        yh_str set = yh_cut(&sets, ';'), bounds = r->check->arg;
        for (int i = 0; set.p; i++) {
            yh_str v = get(r->main, yh_cut(&set, ','));
            int64_t n, most = INT64_MAX;
            if (i > 0 && !number(yh_cut(&bounds, ','), 0, &most))
                return;
            if (v.n && (!number(v, 0, &n) || n < 0 || n > most))
                found(r, -1, v);
        }
    }
}

/* "a<=b<c": fields in time order; those that are empty are passed over. */
static void kind_order(struct run *r)
{
    bool days = yh_eq(r->check->arg, YH_S("day")), loose = yh_eq(r->check->arg, YH_S("loose"));
    EACH(r, r->check->node, row, i)
    {
        yh_str spec = r->check->field;
        yh_time last = 0;
        bool have = false, strict = false, last_date = false;
        while (spec.n) {
            ptrdiff_t at = yh_find(spec, YH_S("<"));
            yh_str name = at < 0 ? spec : yh_sub(spec, 0, at);
            bool next_strict = at >= 0 && !yh_starts(yh_sub(spec, at, spec.n), YH_S("<="));
            spec = at < 0 ? YH_S("") : yh_sub(spec, at + (next_strict ? 1 : 2), spec.n);
            yh_time shift = 0, t;
            if (yh_ends(name, YH_S("-24h"))) {
                name = yh_sub(name, 0, name.n - 4);
                shift = 86400;
            }
            yh_str v = get(row, name);
            if (!v.n)
                v = get(r->main, name);
            if (!time_of(v, &t)) {
                if (v.n)
                    found(r, i, v);
                continue;
            }
            t -= shift;
            bool date = days || (loose && v.n == 10);
            yh_time x = last, y = t;
            if (date || last_date)
                x = yh_day_time(yh_time_day(x)), y = yh_day_time(yh_time_day(y));
            if (have && (strict ? x >= y : x > y)) {
                found(r, i, v);
                break;
            }
            last = t, have = true, strict = next_strict, last_date = date;
        }
    }
}

static void kind_one_main(struct run *r)
{
    int n = 0;
    EACH(r, r->check->node, row, i)
    n += is_main(row) && western(row);
    (void)i;
    if (n != 1)
        found(r, -1, n ? YH_S("多于一个") : YH_S("没有"));
}

static void kind_px_exists(struct run *r)
{
    EACH(r, r->check->node, row, i)
    {
        yh_str v = get(row, r->check->field);
        if (v.n && !yh_list_code(&r->t->px, v))
            found(r, i, v);
    }
}

static void kind_dx_exists(struct run *r)
{
    yh_str v = get(r->main, r->check->field);
    if (v.n && !yh_list_code(&r->t->dx, v))
        found(r, -1, v);
}

static void kind_stay_days(struct run *r)
{
    yh_day adm, dscg;
    int64_t days;
    if (date_of(value(r, "adm_time"), &adm) && date_of(value(r, "dscg_time"), &dscg) &&
        number(get(r->main, r->check->field), 0, &days) && days != yh_max(dscg - adm, 1))
        found(r, -1, get(r->main, r->check->field));
}

static void kind_age(struct run *r)
{
    yh_day born, adm;
    int64_t age;
    if (date_of(value(r, "brdy"), &born) && date_of(value(r, "adm_time"), &adm) &&
        born <= adm && number(get(r->main, r->check->field), 0, &age) &&
        age != yh_age_years(born, adm))
        found(r, -1, get(r->main, r->check->field));
}

/* An identity number of 18 characters; "" for other papers. */
static yh_str identity(const struct run *r)
{
    yh_str type = value(r, "patn_cert_type"), no = get(r->main, r->check->field);
    bool ours = (!type.n || yh_eq(type, YH_S("01"))) && no.n == 18;
    for (ptrdiff_t i = 0; ours && i < 17; i++)
        ours = no.p[i] >= '0' && no.p[i] <= '9';
    return ours ? no : YH_S("");
}

static void kind_id_birth(struct run *r)
{
    yh_str no = identity(r), born = value(r, "brdy");
    if (!no.n || born.n < 10)
        return;
    char digits[8] = { born.p[0], born.p[1], born.p[2], born.p[3],
                       born.p[5], born.p[6], born.p[8], born.p[9] };
    if (!yh_eq(yh_sub(no, 6, 14), (yh_str){ digits, 8 }))
        found(r, -1, born);
}

static void kind_id_sex(struct run *r)
{
    yh_str no = identity(r), sex = value(r, "gend");
    bool known = yh_eq(sex, YH_S("1")) || yh_eq(sex, YH_S("2"));
    if (no.n && known && (no.p[16] - '0') % 2 != (sex.p[0] == '1'))
        found(r, -1, sex);
}

static void kind_id_check(struct run *r)
{
    yh_str no = identity(r);
    if (!no.n)
        return;
    char want = yh_mod11_2(no.p, 17), got = no.p[17] == 'x' ? 'X' : no.p[17];
    if (got != want)
        found(r, -1, YH_S("校验位"));
}

/* A fact that must not have the value in arg. */
static void kind_fact(struct run *r)
{
    char name[32] = "";
    yh_str f = yh_sub(r->check->field, 0, 31);
    memcpy(name, f.p, (size_t)f.n);
    yh_str v = fact(r, name);
    if (v.n && yh_eq(v, r->check->arg))
        found(r, -1, v);
}

static void kind_fact_text(struct run *r)
{
    kind_fact(r);
}

static void names(struct run *r, const struct yh_list_codes *codes, const char *code_field)
{
    EACH(r, r->check->node, row, i)
    {
        const struct yh_list_code *c = yh_list_code(codes, get(row, yh_cstr(code_field)));
        yh_str name = get(row, r->check->field);
        if (c && name.n && !yh_eq(name, c->name))
            found(r, i, name);
    }
}

static void kind_dx_name(struct run *r)
{
    names(r, &r->t->dx, "diag_code");
}

static void kind_px_name(struct run *r)
{
    names(r, &r->t->px, "oprn_oprt_code");
}

static void grey_of(struct run *r, yh_str node, const char *field,
                    const struct yh_list_codes *codes)
{
    EACH(r, node, row, i)
    {
        yh_str v = get(row, yh_cstr(field));
        const struct yh_list_code *c = yh_list_code(codes, v);
        if (c && c->grey)
            found(r, i, v);
    }
}

static void kind_grey(struct run *r)
{
    grey_of(r, DX, "diag_code", &r->t->dx);
    grey_of(r, PX, "oprn_oprt_code", &r->t->px);
}

/* The main diagnosis starts with an entry of the list and of no list "<name>_allowed". */
static void kind_main_prefix(struct run *r)
{
    char allowed[64];
    yh_str code = main_code(r), list = yh_sub(r->check->arg, 0, 50);
    memcpy(allowed, list.p, (size_t)list.n);
    memcpy(allowed + list.n, "_allowed", 8);
    if (code.n && yh_list_has_prefix(r->t, list, code, NULL) &&
        !yh_list_has_prefix(r->t, (yh_str){ allowed, list.n + 8 }, code, NULL))
        found(r, -1, code);
}

/* "a>b": the main diagnosis is in list a while another one is in list b. */
static void kind_main_with_other(struct run *r)
{
    yh_str other = r->check->arg, first = yh_cut(&other, '>'), code = main_code(r);
    if (!code.n || !yh_list_has_prefix(r->t, first, code, NULL))
        return;
    EACH(r, DX, row, i)
    {
        yh_str v = get(row, YH_S("diag_code"));
        if (!is_main(row) && western(row) && v.n && yh_list_has_prefix(r->t, other, v, NULL)) {
            found(r, i, code);
            return;
        }
    }
}

static void kind_main_field(struct run *r)
{
    EACH(r, DX, row, i)
    if (is_main(row) && yh_eq(get(row, r->check->field), r->check->arg))
        found(r, i, r->check->arg);
}

static void kind_duplicate(struct run *r)
{
    EACH(r, r->check->node, row, i)
    {
        yh_str v = get(row, r->check->field);
        EACH(r, r->check->node, other, k)
        {
            if (k >= i)
                break;
            if (v.n && yh_eq(v, get(other, r->check->field))) {
                found(r, i, v);
                break;
            }
        }
    }
}

static void kind_at_most(struct run *r)
{
    int64_t n = 0, most = 0;
    EACH(r, r->check->node, row, i)
    n += western(row);
    (void)i;
    if (number(r->check->arg, 0, &most) && n > most)
        found(r, -1, r->check->arg);
}

static void kind_main_px(struct run *r)
{
    int all = 0, mains = 0;
    EACH(r, r->check->node, row, i)
    {
        all++;
        mains += yh_eq(get(row, r->check->field), YH_S("1"));
    }
    (void)i;
    if (all && mains != 1)
        found(r, -1, mains ? YH_S("多于一个") : YH_S("没有"));
}

/* What was taken out earlier (facts.removed, comma-separated) is operated again. */
static void kind_removed(struct run *r)
{
    if (!yh_json_get(r->facts, YH_S("removed"))) {
        r->open = true;
        return;
    }
    for (yh_str rest = yh_json_text(yh_json_get(r->facts, YH_S("removed")));
         rest.p && rest.n;) {
        yh_str earlier = yh_cut(&rest, ','), again;
        if (!yh_list_has_prefix(r->t, r->check->arg, earlier, &again))
            continue;
        EACH(r, r->check->node, row, i)
        if (yh_starts(get(row, r->check->field), again))
            found(r, i, get(row, r->check->field));
    }
}

/* An asterisk code without its dagger: "G01*" alone, not "A01.002+G01*". */
static void kind_asterisk(struct run *r)
{
    EACH(r, r->check->node, row, i)
    {
        yh_str v = get(row, r->check->field);
        if (yh_ends(v, YH_S("*")) && yh_find(v, YH_S("+")) < 0)
            found(r, i, v);
    }
}

/* "male list,female list" */
static void kind_sex(struct run *r)
{
    yh_str female = r->check->arg, male = yh_cut(&female, ','), sex = value(r, "gend");
    yh_str wrong = yh_eq(sex, YH_S("1")) ? female : yh_eq(sex, YH_S("2")) ? male : YH_S("");
    EACH(r, r->check->node, row, i)
    {
        yh_str v = get(row, r->check->field);
        if (wrong.n && v.n && yh_list_has_prefix(r->t, wrong, v, NULL))
            found(r, i, v);
    }
}

static void kind_newborn_dx(struct run *r)
{
    int64_t days = age_days(r);
    EACH(r, r->check->node, row, i)
    {
        yh_str v = get(row, r->check->field);
        if (days > 28 && v.n && yh_list_has_prefix(r->t, r->check->arg, v, NULL))
            found(r, i, v);
    }
}

static void kind_death(struct run *r)
{
    yh_str way = get(r->main, r->check->field), later = fact(r, "later_encounter");
    bool died = yh_eq(way, YH_S("5"));
    if (died && yh_eq(later, YH_S("1")))
        found(r, -1, way);
    EACH(r, DX, row, i)
    {
        yh_str v = get(row, YH_S("diag_code"));
        if (!died && way.n && v.n && yh_list_has_prefix(r->t, r->check->arg, v, NULL))
            found(r, i, v);
    }
}

/* "value,fact,threshold": the value is used, and the institution's share of it is above. */
static void kind_share(struct run *r)
{
    yh_str rest = r->check->arg, want = yh_cut(&rest, ','), name = yh_cut(&rest, ',');
    char z[32] = "";
    int64_t share, most;
    if (!yh_eq(get(r->main, r->check->field), want))
        return;
    name = yh_sub(name, 0, 31);
    memcpy(z, name.p, (size_t)name.n);
    if (number(fact(r, z), 6, &share) && number(rest, 6, &most) && share > most)
        found(r, -1, want);
}

/* Minutes of ventilation; -1 = none given. */
static int64_t vent_minutes(const struct run *r)
{
    static const char *const FIELD[] = { "vent_used_days|vent_used_dura#1",
                                         "vent_used_h_cnt|vent_used_dura#2",
                                         "vent_used_m_cnt|vent_used_dura#3" };
    static const int MINUTES[] = { 1440, 60, 1 };
    int64_t all = 0, n;
    bool any = false;
    for (int i = 0; i < 3; i++)
        if (number(value(r, FIELD[i]), 0, &n) && n >= 0 && n < 100000) {
            all += n * MINUTES[i];
            any = true;
        }
    return any ? all : -1;
}

static void kind_vent_stay(struct run *r)
{
    yh_time adm, dscg;
    if (time_of(value(r, "adm_time"), &adm) && time_of(value(r, "dscg_time"), &dscg) &&
        adm <= dscg && vent_minutes(r) * 60 > dscg - adm)
        found(r, -1, value(r, "vent_used_dura|vent_used_days"));
}

/* Coded without a time; or over 96 hours and not coded as such (the last code of arg). */
static void kind_vent_code(struct run *r)
{
    bool coded = false, longest = false;
    EACH(r, PX, row, i)
    {
        yh_str v = get(row, YH_S("oprn_oprt_code"));
        for (yh_str rest = r->check->arg; rest.p;) {
            yh_str prefix = yh_cut(&rest, ',');
            bool hit = yh_starts(v, prefix);
            coded |= hit;
            longest |= hit && !rest.p;
        }
    }
    (void)i;
    int64_t minutes = vent_minutes(r);
    if ((coded && minutes < 0) || (minutes > 96 * 60 && !longest))
        found(r, -1, value(r, "vent_used_dura|vent_used_days"));
}

/* Lines of that list were billed, and the node has no row. */
static void kind_billed(struct run *r)
{
    const struct yh_json *lines = yh_json_get(r->facts, YH_S("lines"));
    if (!lines)
        r->open = true;
    if (!lines || first_row(r, r->check->node))
        return;
    for (const struct yh_json *line = lines->first; line; line = line->next)
        for (int i = 0; i < r->t->nprefix; i++) {
            const struct yh_list_prefix *p = &r->t->prefix[i];
            if (yh_eq(p->list, r->check->arg) &&
                yh_find(get(line, YH_S("name")), p->prefix) >= 0) {
                found(r, -1, get(line, YH_S("name")));
                return;
            }
        }
}

static void kind_fee_without(struct run *r)
{
    if (!first_row(r, r->check->node) && fees(r, r->check->arg) > 0)
        found(r, -1, YH_S(""));
}

static void kind_code_without(struct run *r)
{
    yh_str rest = r->check->arg;
    yh_fen all = 0;
    while (rest.p)
        all += fees(r, yh_cut(&rest, ','));
    if (first_row(r, r->check->node) && first_row(r, ITEM) && all == 0)
        found(r, -1, get(first_row(r, r->check->node), YH_S("oprn_oprt_code")));
}

static void kind_readmission(struct run *r)
{
    if (yh_eq(fact(r, "readmitted_31"), YH_S("1")) &&
        yh_eq(get(r->main, r->check->field), r->check->arg))
        found(r, -1, r->check->arg);
}

/* Σ of the categories against a total that the facts name. */
static void kind_total(struct run *r)
{
    char name[32] = "";
    yh_fen total;
    yh_str f = yh_sub(r->check->arg, 0, 31);
    memcpy(name, f.p, (size_t)f.n);
    if (fact_fen(r, name, &total) && sum(r, ITEM, "amt") != total)
        found(r, -1, fact(r, name));
}

/* Fund parts + account + cash = the categories' sum. */
static void kind_parts(struct run *r)
{
    yh_fen acct = 0, cash = 0;
    if (!first_row(r, ITEM) || !number(value(r, "psn_cashpay"), 2, &cash))
        return;
    (void)number(value(r, "acct_pay"), 2, &acct);
    if (sum(r, r->check->node, "fund_payamt") + acct + cash != sum(r, ITEM, "amt"))
        found(r, -1, value(r, "psn_cashpay"));
}

static void kind_classes(struct run *r)
{
    static const char *const PART[] = { "claa_sumfee", "clab_amt", "fulamt_ownpay_amt",
                                        "oth_amt" };
    EACH(r, r->check->node, row, i)
    {
        yh_fen all = 0, amt, one;
        bool any = false;
        for (int k = 0; k < YH_COUNT(PART); k++)
            if (number(get(row, yh_cstr(PART[k])), 2, &one)) {
                all += one;
                any = true;
            }
        if (any && number(get(row, YH_S("amt")), 2, &amt) && all != amt)
            found(r, i, get(row, YH_S("amt")));
    }
}

/* Σ of the lines of each category against the category. */
static void kind_lines(struct run *r)
{
    const struct yh_json *lines = yh_json_get(r->facts, YH_S("lines"));
    if (!lines)
        r->open = true;
    EACH(r, r->check->node, row, i)
    {
        yh_str category = get(row, YH_S("med_chrgitm|med_chrgitm_type"));
        yh_fen all = 0, one, amt;
        for (const struct yh_json *line = lines ? lines->first : NULL; line; line = line->next)
            if (yh_eq(get(line, YH_S("med_chrgitm_type")), category) &&
                number(get(line, YH_S("amt")), 2, &one))
                all = add(all, one);
        if (lines && number(get(row, YH_S("amt")), 2, &amt) && amt != all)
            found(r, i, category);
    }
}

static void kind_settled(struct run *r)
{
    yh_fen fund, total;
    bool differs =
        fact_fen(r, "fund_pay_sumamt", &fund) && sum(r, r->check->node, "fund_payamt") != fund;
    differs |= fact_fen(r, "medfee_sumamt", &total) && first_row(r, ITEM) &&
               sum(r, ITEM, "amt") != total;
    if (differs)
        found(r, -1, fact(r, "fund_pay_sumamt"));
}

static void kind_negative(struct run *r)
{
    EACH(r, r->check->node, row, i)
    {
        yh_fen amt;
        if (number(get(row, r->check->field), 2, &amt) && amt < 0)
            found(r, i, get(row, r->check->field));
    }
}

static void kind_zero(struct run *r)
{
    if (sum(r, r->check->node, "amt") == 0)
        found(r, -1, YH_S("0.00"));
}

/* "low,high": the sum against the group's mean. */
static void kind_outlier(struct run *r)
{
    yh_str high = r->check->arg, low = yh_cut(&high, ',');
    yh_micro lo, hi;
    yh_fen mean, all = sum(r, r->check->node, "amt");
    if (!fact_fen(r, "group_mean", &mean) || mean <= 0 || mean > YH_FEN_MAX / 1000000 ||
        all < 0 || all > YH_FEN_MAX / 1000000 || !number(low, 6, &lo) ||
        !number(high, 6, &hi) || lo < 0 || lo > hi || hi > 1000 * YH_ONE)
        return;
    /* both bounded above by 10^10 fen × 10^9: within int64 */
    if (all * YH_ONE < mean * lo || all > yh_muldiv(mean, hi, YH_ONE, YH_ROUND_DOWN))
        found(r, -1, fact(r, "group_mean"));
}

static void kind_shares(struct run *r)
{
    yh_str limit = r->check->arg, categories = yh_cut(&limit, ',');
    yh_micro most;
    yh_fen all = sum(r, ITEM, "amt"), part = fees(r, categories);
    if (number(limit, 6, &most) && most <= YH_ONE && all > 0 && part >= 0 && part <= all &&
        yh_ratio(part, all, YH_ROUND_DOWN) > most)
        found(r, -1, categories);
}

static void kind_late(struct run *r)
{
    int64_t days, most;
    if (number(fact(r, "uploaded_days"), 0, &days) && number(fact(r, "list_days"), 0, &most) &&
        days > most)
        found(r, -1, fact(r, "uploaded_days"));
}

static void kind_more(struct run *r)
{
    char name[32] = "";
    yh_str f = yh_sub(r->check->field, 0, 31);
    int64_t n, most;
    memcpy(name, f.p, (size_t)f.n);
    if (number(fact(r, name), 0, &n) && number(r->check->arg, 0, &most) && n > most)
        found(r, -1, fact(r, name));
}

static const struct {
    yh_str word;
    void (*run)(struct run *r);
} KIND[] = {
#define K(word) { YH_S_INIT(#word), kind_##word },
#include "engine/list/kind.def"
#undef K
};

enum yh_status yh_list_kinds(struct yh_list_tables *t, struct yh_err *err)
{
    for (int i = 0; i < t->ncheck; i++) {
        int k = 0;
        while (k < YH_COUNT(KIND) && !yh_eq(KIND[k].word, t->check[i].kind))
            k++;
        if (k == YH_COUNT(KIND))
            return yh_fail(err, YH_BAD_TABLE, "list-checks.tsv 的 %.*s：没有种类 %.*s",
                           YH_ARG(t->check[i].id), YH_ARG(yh_sub(t->check[i].kind, 0, 40)));
        t->check[i].kind_no = k;
    }
    return YH_OK;
}

void yh_list_check_all(const struct yh_list_tables *t, const struct yh_json *list,
                       struct yh_arena *a, struct yh_list_findings *out)
{
    struct run r = { .t = t, .list = list, .a = a, .out = out };
    *out = (struct yh_list_findings){ .n = 0 };
    r.main = first_row(&r, YH_S("setlinfo"));
    r.facts = yh_json_get(list, YH_S("facts"));
    for (int i = 0; i < t->ncheck; i++) {
        int before = out->n;
        r.check = &t->check[i];
        r.open = false;
        yh_assert(r.check->kind_no >= 0 && r.check->kind_no < YH_COUNT(KIND));
        KIND[r.check->kind_no].run(&r);
        out->open += r.open && out->n == before;
    }
}
