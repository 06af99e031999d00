#include "service/enrol/enrol.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ROWS_A_BATCH 5000
#define CELL_MAX 200 /* bytes; the interface's longest text of these */
#define MUST true
#define MAY false

enum column {
#define T(t, mark, doc)
#define C(t, c, need, doc) C_##t##_##c,
#include "service/enrol/column.def"
    COLUMNS
};

static const struct {
    enum yh_enrol_table table;
    const char *name;
    bool need;
    const char *doc;
} COLUMN[] = {
#define T(t, mark, doc)
#define C(t, c, need, doc) { YH_ENROL_##t, #c, need, doc },
#include "service/enrol/column.def"
};

static const struct {
    const char *name, *mark, *doc;
} TABLE_OF[] = {
#define T(t, mark, doc) { #t, #mark, doc },
#define C(t, c, need, doc)
#include "service/enrol/column.def"
};

/* Each pass reads all rows: by themselves, against the store, into it. */
enum pass { READ, MEET, WRITE };

struct span {
    yh_day from, to;
    int line;
    int next; /* of the same person and scheme; -1 = none */
};

struct run {
    const struct yh_enrol_ask *ask;
    struct yh_enrol *out;
    struct yh_store *store; /* NULL: not there yet */
    struct yh_arena *keep, scratch;
    enum pass pass;
    yh_day today;
    struct yh_map codes;                 /* "gend:1"; "psn_type:*" where others are taken too */
    struct yh_map seen[YH_ENROL_TABLES]; /* key to line */
    struct yh_map cards, certs, schemes; /* schemes: person and scheme to a span */
    struct span *span;
    int nspan, span_cap;
    int64_t next_group, rows;
    struct yh_txn x;
    bool open; /* x is */

    /* the file and the row at hand */
    const struct yh_enrol_file *file;
    enum yh_enrol_table table;
    struct yh_tsv tsv;
    int at[COLUMNS];          /* -1: not in this file */
    bool bad, found, differs; /* of this row: refused; there already, and not the same */
};

/* ---- cells ---- */

static yh_str cell(const struct run *r, enum column c)
{
    return r->at[c] < 0 ? YH_S("") : yh_trim(r->tsv.cell[r->at[c]]);
}

static bool has(const struct run *r, enum column c)
{
    return r->at[c] >= 0;
}

/* Notes the row's first fault: value, what is wrong, cure.  Always false. */
static bool wrong(struct run *r, const char *field, yh_str value, const char *cure, ...)
    YH_PRINTF(4, 5);
static bool wrong(struct run *r, const char *field, yh_str value, const char *cure, ...)
{
    char text[256];
    va_list args;
    if (r->bad)
        return false;
    r->bad = true;
    va_start(args, cure);
    (void)vsnprintf(text, sizeof text, cure, args);
    va_end(args);
    if (r->out->bad++ >= YH_ENROL_SHOWN)
        return false;
    struct yh_enrol_bad *b = &r->out->shown[r->out->bad - 1];
    b->file = r->file->name;
    if (field)
        (void)yh_fail_field(&b->what, YH_BAD_INPUT, field, "", "%s “%.*s”：%s", field,
                            YH_ARG(yh_sub(value, 0, 60)), text);
    else
        (void)yh_fail(&b->what, YH_BAD_INPUT, "%s", text);
    b->what.line = r->tsv.line;
    return false;
}

static bool wrong_cell(struct run *r, enum column c, const char *cure)
{
    return wrong(r, COLUMN[c].name, cell(r, c), "%s", cure);
}

/* The codes of a dictionary, as many as fit. */
static const char *known_codes(struct run *r, const char *type, char text[160])
{
    yh_str all = yh_world_text_of(r->ask->world, YH_S("interface/dictionaries.tsv"));
    size_t n = 0;
    text[0] = 0;
    while (all.n && n < 100) {
        yh_str line = yh_cut(&all, '\n'), of = yh_cut(&line, '\t');
        (void)yh_cut(&line, '\t');
        yh_str code = yh_cut(&line, '\t');
        if (yh_eq(of, yh_cstr(type)))
            n += (size_t)snprintf(text + n, 160 - n, "%s%.*s", n ? "、" : "",
                                  (int)yh_min(code.n, 20), code.p);
    }
    if (n >= 100)
        (void)snprintf(text + n, 160 - n, " …");
    return text;
}

static bool code_ok(struct run *r, enum column c, const char *type, yh_str code)
{
    char key[64], open[64], codes[160];
    int n = snprintf(key, sizeof key, "%s:%.*s", type, (int)yh_min(code.n, 20), code.p);
    int m = snprintf(open, sizeof open, "%s:*", type);
    bool plain = code.n > 0 && code.n <= 20;
    for (ptrdiff_t i = 0; i < code.n; i++)
        plain = plain && ((code.p[i] >= '0' && code.p[i] <= '9') ||
                          (code.p[i] >= 'A' && code.p[i] <= 'Z') ||
                          (code.p[i] >= 'a' && code.p[i] <= 'z'));
    if (plain && (yh_map_get(&r->codes, (yh_str){ key, n }, 0) ||
                  yh_map_get(&r->codes, (yh_str){ open, m }, 0)))
        return true;
    return wrong(r, COLUMN[c].name, code, "不在字典 %s 里，应是 %s 之一", type,
                 known_codes(r, type, codes));
}

/* Empty where it may be: `absent`. */
static bool day_of(struct run *r, enum column c, yh_day absent, yh_day *out)
{
    yh_str s = cell(r, c);
    *out = absent;
    if (!s.n && !COLUMN[c].need)
        return true;
    if (s.n != 10 || yh_day_parse(s, out, NULL))
        return wrong_cell(r, c, "不是日期，写成 2026-03-01");
    return *out >= yh_day_of(1850, 1, 1) || wrong_cell(r, c, "早于 1850 年，核对这个日期");
}

/* A number of letters and digits, as psn_no and fixmedins_code are. */
static bool number_ok(struct run *r, enum column c)
{
    yh_str s = cell(r, c);
    bool good = s.n > 0 && s.n <= 30;
    for (ptrdiff_t i = 0; i < s.n; i++)
        good = good && ((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
                        (s.p[i] >= 'a' && s.p[i] <= 'z'));
    return good || wrong_cell(r, c, "编号是 1 到 30 个字母或数字");
}

/* A known leaf or pool of the region tree today. */
static bool place_of(struct run *r, enum column c, struct yh_place *out)
{
    yh_str s = cell(r, c);
    if (yh_region_locate(r->ask->world->regions, s, r->today, out, NULL) || out->leaf_unknown)
        return wrong_cell(r, c, "不在区划树里，核对这六位代码（catalogs/regions.tsv）");
    return true;
}

/* The same key in the file before?  In the first pass alone. */
static bool once(struct run *r, struct yh_map *m, enum column c, yh_str key)
{
    if (r->pass != READ || yh_map_add(m, key, r->tsv.line))
        return true;
    return wrong(r, COLUMN[c].name, cell(r, c), "与第 %d 行重复，只留一行",
                 yh_map_get(m, key, 0));
}

/* ---- what the file has against what is there ---- */

/* May this field become that?  Notes that the row differs. */
static bool may_differ(struct run *r, enum column c, yh_str was)
{
    r->differs = true;
    return r->ask->update || wrong(r, COLUMN[c].name, cell(r, c),
                                   "库中已有这一行，那里是“%.*s”；确要改动，加 --update",
                                   YH_ARG(yh_sub(was, 0, 60)));
}

static bool never_differs(struct run *r, enum column c, yh_str was)
{
    return wrong(r, COLUMN[c].name, cell(r, c),
                 "库中已有这一行，那里是“%.*s”，这一栏装入后不能改；核对文件",
                 YH_ARG(yh_sub(was, 0, 60)));
}

static bool set_text(struct run *r, enum column c, yh_str *was, yh_str now)
{
    if (!has(r, c) && r->found)
        return true;
    if (r->found && !yh_eq(*was, now) && !may_differ(r, c, *was))
        return false;
    *was = now;
    return true;
}

static bool set_i64(struct run *r, enum column c, int64_t *was, int64_t now, bool day)
{
    char text[32];
    if (!has(r, c) && r->found)
        return true;
    if (r->found && *was != now) {
        yh_str said = !day                 ? yh_dec_text(text, *was, 0, 0)
                      : *was == YH_DAY_MAX ? YH_S("")
                                           : yh_day_text(text, (yh_day)*was);
        if (!may_differ(r, c, said))
            return false;
    }
    *was = now;
    return true;
}

/* Found, not found, or the store fails. */
static bool there(struct run *r, enum yh_status st, enum yh_status *out)
{
    r->found = st == YH_OK;
    *out = st == YH_NOT_FOUND ? YH_OK : st;
    return *out == YH_OK;
}

static void tell(struct run *r)
{
    if (r->bad || r->pass == READ)
        return;
    if (!r->found)
        r->out->count[r->table].added++;
    else if (r->differs)
        r->out->count[r->table].changed++;
    else
        r->out->count[r->table].same++;
}

static bool writes(const struct run *r)
{
    return r->pass == WRITE && !r->bad && (!r->found || r->differs);
}

/* ---- providers ---- */

static bool services_ok(struct run *r)
{
    yh_str rest = cell(r, C_provider_med_type);
    while (rest.n) {
        yh_str one = yh_trim(yh_cut(&rest, ' '));
        if (one.n && !code_ok(r, C_provider_med_type, "med_type", one))
            return false;
    }
    return true;
}

static bool level_kind_ok(struct run *r)
{
    yh_str s = cell(r, C_provider_level_kind);
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (s.p[i] == '"' || s.p[i] == '\\' || (unsigned char)s.p[i] < ' ')
            return wrong_cell(r, C_provider_level_kind, "不能有引号和反斜线");
    return true;
}

static bool provider_read(struct run *r, yh_day *from, yh_day *to)
{
    struct yh_place place;
    yh_str kind = cell(r, C_provider_fixmedins_type), level = cell(r, C_provider_hosp_lv);
    if (!number_ok(r, C_provider_fixmedins_code) ||
        !once(r, &r->seen[YH_ENROL_provider], C_provider_fixmedins_code,
              cell(r, C_provider_fixmedins_code)) ||
        !code_ok(r, C_provider_fixmedins_type, "fixmedins_type", kind))
        return false;
    if (!level.n && yh_eq(kind, YH_S("1")))
        return wrong_cell(r, C_provider_hosp_lv, "医疗机构要写医院等级，无等级写 11");
    if ((level.n && !code_ok(r, C_provider_hosp_lv, "hosp_lv", level)) ||
        !place_of(r, C_provider_admdvs, &place) || !day_of(r, C_provider_begndate, 0, from) ||
        !day_of(r, C_provider_enddate, YH_DAY_MAX, to) || !services_ok(r) || !level_kind_ok(r))
        return false;
    return *from < *to || wrong_cell(r, C_provider_enddate, "应晚于 begndate");
}

static yh_str extra_of(struct run *r, yh_str kind)
{
    return kind.n ? yh_fmt(&r->scratch, "{\"level_kind\":\"%.*s\"}", YH_ARG(kind)) : YH_S("");
}

/* One member of `extra`; what else stands there is not of this file. */
static bool set_level_kind(struct run *r, struct yh_provider_row *p)
{
    struct yh_json *v = NULL;
    yh_str now = cell(r, C_provider_level_kind), was = YH_S("");
    if (p->extra.n &&
        yh_json_read(&r->scratch, p->extra, (struct yh_json_limits){ 0 }, &v, NULL) == YH_OK)
        was = yh_json_text(yh_json_get(v, YH_S("level_kind")));
    if (p->extra.n && !yh_eq(p->extra, extra_of(r, was)) && has(r, C_provider_level_kind) &&
        !yh_eq(was, now))
        return never_differs(r, C_provider_level_kind, was);
    bool kept = r->found && (!has(r, C_provider_level_kind) || yh_eq(was, now));
    if (!set_text(r, C_provider_level_kind, &was, now))
        return false;
    if (!kept)
        p->extra = extra_of(r, now);
    return true;
}

static enum yh_status provider_row(struct run *r, struct yh_err *err)
{
    yh_day from, to;
    enum yh_status st = YH_OK;
    if (!provider_read(r, &from, &to) || r->pass == READ)
        return YH_OK;
    struct yh_provider_row p = { .provider = cell(r, C_provider_fixmedins_code),
                                 .status = YH_S("1"),
                                 .auth = YH_S("off") };
    if (r->open && !there(r, yh_get_provider(&r->x, &p, err), &st))
        return st;
    if (set_text(r, C_provider_fixmedins_name, &p.name, cell(r, C_provider_fixmedins_name)) &&
        set_text(r, C_provider_fixmedins_type, &p.kind, cell(r, C_provider_fixmedins_type)) &&
        set_text(r, C_provider_hosp_lv, &p.level, cell(r, C_provider_hosp_lv)) &&
        set_text(r, C_provider_admdvs, &p.office, cell(r, C_provider_admdvs)) &&
        set_i64(r, C_provider_begndate, &p.from_day, from, true) &&
        set_i64(r, C_provider_enddate, &p.to_day, to, true) &&
        set_text(r, C_provider_med_type, &p.services, cell(r, C_provider_med_type)))
        (void)set_level_kind(r, &p);
    return writes(r) ? yh_put_provider(&r->x, &p, err) : YH_OK;
}

/* ---- persons ---- */

static bool cert_ok(struct run *r, yh_day born)
{
    yh_str no = cell(r, C_person_certno);
    char text[16];
    if (!yh_eq(cell(r, C_person_psn_cert_type), YH_S("01")))
        return no.n <= 50 || wrong_cell(r, C_person_certno, "证件号码最多 50 个字符");
    bool good = no.n == 18;
    for (int i = 0; good && i < 17; i++)
        good = no.p[i] >= '0' && no.p[i] <= '9';
    if (!good)
        return wrong_cell(r, C_person_certno, "居民身份证号码是 18 位，前 17 位是数字");
    if (no.p[17] != yh_mod11_2(no.p, 17))
        return wrong_cell(r, C_person_certno, "校验位不对，核对号码（末位的 X 要大写）");
    yh_str d = yh_day_text(text, born);
    bool same = !memcmp(no.p + 6, d.p, 4) && !memcmp(no.p + 10, d.p + 5, 2) &&
                !memcmp(no.p + 12, d.p + 8, 2);
    return same || wrong_cell(r, C_person_brdy, "与身份证号码里的出生日期不同，核对两者");
}

static bool person_read(struct run *r, yh_day *born, yh_fen *balance)
{
    yh_str card = cell(r, C_person_card_no), nation = cell(r, C_person_naty);
    yh_str money = cell(r, C_person_balc), cert = cell(r, C_person_certno);
    *balance = -1;
    if (!number_ok(r, C_person_psn_no) ||
        !once(r, &r->seen[YH_ENROL_person], C_person_psn_no, cell(r, C_person_psn_no)) ||
        !code_ok(r, C_person_psn_cert_type, "psn_cert_type", cell(r, C_person_psn_cert_type)) ||
        !code_ok(r, C_person_gend, "gend", cell(r, C_person_gend)) ||
        !day_of(r, C_person_brdy, 0, born))
        return false;
    if (*born > r->today)
        return wrong_cell(r, C_person_brdy, "出生日期在今天之后，核对");
    if (!cert_ok(r, *born) ||
        (nation.n &&
         !code_ok(r, C_person_naty, "naty",
                  nation.n == 2 && nation.p[0] == '0' ? yh_sub(nation, 1, 2) : nation)) ||
        (money.n &&
         (yh_fen_parse(money, balance, NULL) || *balance < 0 || *balance > YH_FEN_MAX) &&
         !wrong_cell(r, C_person_balc, "应是不小于 0 的元，最多两位小数")))
        return false;
    if (r->pass != READ)
        return true;
    yh_str key = cert;
    if (!yh_eq(cell(r, C_person_psn_cert_type), YH_S("01")))
        key =
            yh_fmt(r->keep, "%.*s:%.*s", YH_ARG(cell(r, C_person_psn_cert_type)), YH_ARG(cert));
    return once(r, &r->certs, C_person_certno, key) &&
           (!card.n || once(r, &r->cards, C_person_card_no, card));
}

/* Nobody else is found by this number. */
static enum yh_status key_free(struct run *r, enum column c, yh_str kind, yh_str value,
                               bool *mine, struct yh_err *err)
{
    struct yh_person_key_row probe = { .kind = kind, .value = value }, *key = NULL;
    int n = 0;
    enum yh_status st = yh_list_person_key(
        &r->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &probe, &key, &n, err);
    *mine = false;
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (!yh_eq(key[i].person, cell(r, C_person_psn_no)))
            (void)wrong(r, COLUMN[c].name, cell(r, c),
                        "库中已属于 psn_no %.*s，核对是不是同一个人", YH_ARG(key[i].person));
        else if (yh_eq(key[i].region, r->out->region))
            *mine = true;
    }
    return st;
}

/* The person's group in this region; 0: nobody here is called so. */
static enum yh_status group_of(struct run *r, yh_str person, int64_t *grp, struct yh_err *err)
{
    struct yh_person_key_row probe = { .kind = YH_S("psn"), .value = person }, *key = NULL;
    int n = 0;
    *grp = 0;
    if (!r->open)
        return YH_OK;
    enum yh_status st = yh_list_person_key(
        &r->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &probe, &key, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (yh_eq(key[i].region, r->out->region))
            *grp = key[i].grp;
    if (*grp)
        yh_txn_group(&r->x, (struct yh_group){ r->out->region, *grp });
    return st;
}

static enum yh_status add_key(struct run *r, const struct yh_person_row *p, yh_str kind,
                              yh_str value, struct yh_err *err)
{
    struct yh_person_key_row k = { kind, value, p->region, p->grp, p->person, 0 };
    return yh_add_person_key(&r->x, &k, err);
}

/* The account is opened once; then its balance is moved by bookings alone. */
static enum yh_status account(struct run *r, const struct yh_person_row *p, yh_fen balance,
                              bool *opens, struct yh_err *err)
{
    struct yh_account_row a = { .region = p->region, .grp = p->grp, .person = p->person };
    char text[32];
    *opens = balance >= 0;
    if (!*opens || !r->found)
        return YH_OK;
    enum yh_status st = yh_get_account(&r->x, &a, err);
    if (st == YH_NOT_FOUND) {
        (void)may_differ(r, C_person_balc, YH_S(""));
        return YH_OK;
    }
    *opens = false;
    if (st == YH_OK && a.opening != balance)
        (void)never_differs(r, C_person_balc, yh_dec_text(text, a.opening, 2, 2));
    return st;
}

static bool person_set(struct run *r, struct yh_person_row *p, yh_day born)
{
    yh_str nation = cell(r, C_person_naty);
    if (nation.n == 2 && nation.p[0] == '0')
        nation = yh_sub(nation, 1, 2);
    if (r->found && !yh_eq(p->cert_type, cell(r, C_person_psn_cert_type)))
        return never_differs(r, C_person_psn_cert_type, p->cert_type);
    if (r->found && !yh_eq(p->cert_no, cell(r, C_person_certno)))
        return never_differs(r, C_person_certno, p->cert_no);
    p->cert_type = cell(r, C_person_psn_cert_type);
    p->cert_no = cell(r, C_person_certno);
    return set_text(r, C_person_psn_name, &p->name, cell(r, C_person_psn_name)) &&
           set_text(r, C_person_gend, &p->sex, cell(r, C_person_gend)) &&
           set_i64(r, C_person_brdy, &p->born, born, true) &&
           set_text(r, C_person_naty, &p->nation, nation) &&
           set_text(r, C_person_tel, &p->phone, cell(r, C_person_tel)) &&
           set_text(r, C_person_addr, &p->address, cell(r, C_person_addr));
}

static enum yh_status person_write(struct run *r, const struct yh_person_row *p, yh_str cert,
                                   bool card, bool opens, yh_fen balance, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    yh_txn_group(&r->x, (struct yh_group){ p->region, p->grp });
    if (!r->found) {
        struct yh_account_group_row g = { p->region, p->grp, 0 };
        st = yh_add_account_group(&r->x, &g, err);
        if (st == YH_OK)
            st = yh_add_person(&r->x, p, err);
        if (st == YH_OK)
            st = add_key(r, p, YH_S("psn"), p->person, err);
        if (st == YH_OK)
            st = add_key(r, p, YH_S("cert"), cert, err);
    } else {
        st = yh_put_person(&r->x, p, err);
    }
    if (st == YH_OK && card)
        st = add_key(r, p, YH_S("card"), cell(r, C_person_card_no), err);
    struct yh_account_row a = { .region = p->region,
                                .grp = p->grp,
                                .person = p->person,
                                .balance = balance,
                                .opening = balance };
    return st || !opens ? st : yh_add_account(&r->x, &a, err);
}

static enum yh_status person_row(struct run *r, struct yh_err *err)
{
    yh_day born;
    yh_fen balance;
    yh_str card = cell(r, C_person_card_no);
    bool mine = false, opens = false, new_card = card.n > 0;
    if (!person_read(r, &born, &balance) || r->pass == READ)
        return YH_OK;
    struct yh_person_row p = { .region = r->out->region,
                               .person = cell(r, C_person_psn_no),
                               .died = YH_DAY_MAX };
    yh_str cert = yh_fmt(&r->scratch, "%.*s:%.*s", YH_ARG(cell(r, C_person_psn_cert_type)),
                         YH_ARG(cell(r, C_person_certno)));
    enum yh_status st = group_of(r, p.person, &p.grp, err);
    if (st == YH_OK && p.grp && !there(r, yh_get_person(&r->x, &p, err), &st))
        return st;
    if (st == YH_OK && r->open)
        st = key_free(r, C_person_certno, YH_S("cert"), cert, &mine, err);
    if (st == YH_OK && r->open && card.n) {
        st = key_free(r, C_person_card_no, YH_S("card"), card, &mine, err);
        new_card = !mine;
    }
    if (st || !person_set(r, &p, born))
        return st;
    if (r->found && new_card && !may_differ(r, C_person_card_no, YH_S("")))
        return YH_OK;
    st = account(r, &p, balance, &opens, err);
    if (st || !writes(r))
        return st;
    if (!r->found)
        p.grp = r->next_group++;
    return person_write(r, &p, cert, new_card, opens, balance, err);
}

/* ---- enrolments ---- */

static bool enrolment_read(struct run *r, yh_day *from, yh_day *to)
{
    struct yh_place place;
    char pool[16];
    yh_str flag = cell(r, C_enrolment_cvlserv_flag), state = cell(r, C_enrolment_psn_insu_stas);
    if (!number_ok(r, C_enrolment_psn_no) ||
        !code_ok(r, C_enrolment_insutype, "insutype", cell(r, C_enrolment_insutype)) ||
        !place_of(r, C_enrolment_insuplc_admdvs, &place) ||
        !code_ok(r, C_enrolment_psn_type, "psn_type", cell(r, C_enrolment_psn_type)) ||
        !day_of(r, C_enrolment_psn_insu_date, 0, from) ||
        !day_of(r, C_enrolment_paus_insu_date, YH_DAY_MAX, to) ||
        (state.n && !code_ok(r, C_enrolment_psn_insu_stas, "psn_insu_stas", state)))
        return false;
    (void)snprintf(pool, sizeof pool, "%06" PRIu32, place.pool->code);
    if (!yh_eq(yh_cstr(pool), r->out->region))
        return wrong(r, "insuplc_admdvs", cell(r, C_enrolment_insuplc_admdvs),
                     "属于统筹区 %s，不是这个库的 %.*s；各统筹区分开装", pool,
                     YH_ARG(r->out->region));
    if (flag.n && !yh_eq(flag, YH_S("0")) && !yh_eq(flag, YH_S("1")))
        return wrong_cell(r, C_enrolment_cvlserv_flag, "应是 0 或 1");
    return *from < *to || wrong_cell(r, C_enrolment_paus_insu_date, "应晚于 psn_insu_date");
}

/* The row's period among those of the same person and scheme in the files: in the first pass kept, if it
 * overlaps none. */
static bool period_ok(struct run *r, yh_day from, yh_day to)
{
    yh_str key = yh_fmt(r->keep, "%.*s %.*s", YH_ARG(cell(r, C_enrolment_psn_no)),
                        YH_ARG(cell(r, C_enrolment_insutype)));
    int first = yh_map_get(&r->schemes, key, -1);
    for (int i = first; i >= 0; i = r->span[i].next)
        if (from < r->span[i].to && r->span[i].from < to)
            return wrong(r, "psn_insu_date", cell(r, C_enrolment_psn_insu_date),
                         "与第 %d 行同一人、同一险种的参保期间重叠；前一段要写 paus_insu_date",
                         r->span[i].line);
    int here = r->nspan;
    YH_PUSH(r->keep, r->span, r->nspan, r->span_cap) =
        (struct span){ from, to, r->tsv.line, first };
    yh_map_set(&r->schemes, key, here);
    return true;
}

/* Has the file a row of its own for the period that begins there? */
static bool told_of(struct run *r, yh_day from)
{
    yh_str key = yh_fmt(&r->scratch, "%.*s %.*s", YH_ARG(cell(r, C_enrolment_psn_no)),
                        YH_ARG(cell(r, C_enrolment_insutype)));
    for (int i = yh_map_get(&r->schemes, key, -1); i >= 0; i = r->span[i].next)
        if (r->span[i].from == from)
            return true;
    return false;
}

/* The person is in a file or in the store. */
static enum yh_status owner(struct run *r, enum column c, int64_t *grp, struct yh_err *err)
{
    enum yh_status st = group_of(r, cell(r, c), grp, err);
    if (st == YH_OK && !*grp && !yh_map_get(&r->seen[YH_ENROL_person], cell(r, c), 0))
        (void)wrong_cell(r, c, "没有这个人：参保人的文件和库里都没有，先给出这个人的一行");
    return st;
}

/* Its periods in the store, save those that the file tells anew. */
static enum yh_status apart(struct run *r, const struct yh_enrolment_row *e, yh_day to,
                            struct yh_err *err)
{
    struct yh_enrolment_row *old = NULL;
    char text[16];
    int n = 0;
    enum yh_status st = yh_list_enrolment(
        &r->x, (struct yh_span){ .index = YH_BY_KEY, .same = 4 }, e, &old, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (old[i].from_day < to && e->from_day < old[i].to_day &&
            !told_of(r, (yh_day)old[i].from_day))
            (void)wrong(r, "psn_insu_date", cell(r, C_enrolment_psn_insu_date),
                        "与库中 %.*s 起的同一险种重叠；把那一段也写进文件，写上 paus_insu_date",
                        YH_ARG(yh_day_text(text, (yh_day)old[i].from_day)));
    return st;
}

static enum yh_status enrolment_row(struct run *r, struct yh_err *err)
{
    yh_day from, to;
    enum yh_status st = YH_OK;
    if (!enrolment_read(r, &from, &to))
        return YH_OK;
    if (r->pass == READ) {
        (void)period_ok(r, from, to);
        return YH_OK;
    }
    struct yh_enrolment_row e = { .region = r->out->region,
                                  .person = cell(r, C_enrolment_psn_no),
                                  .scheme = cell(r, C_enrolment_insutype),
                                  .from_day = from,
                                  .frozen_from = YH_DAY_MAX,
                                  .frozen_until = YH_DAY_MAX,
                                  .as_of = from };
    if ((st = owner(r, C_enrolment_psn_no, &e.grp, err)) != YH_OK || r->bad)
        return st;
    if (e.grp && ((st = apart(r, &e, to, err)) != YH_OK || r->bad ||
                  !there(r, yh_get_enrolment(&r->x, &e, err), &st)))
        return st;
    /* Where the file does not say: as it was, until the file moves the pause. */
    yh_str state = cell(r, C_enrolment_psn_insu_stas);
    if (!state.n)
        state = r->found && e.to_day == to ? e.status : to <= r->today ? YH_S("2") : YH_S("1");
    enum column states = has(r, C_enrolment_psn_insu_stas) ? C_enrolment_psn_insu_stas
                                                           : C_enrolment_paus_insu_date;
    if (set_text(r, C_enrolment_insuplc_admdvs, &e.office,
                 cell(r, C_enrolment_insuplc_admdvs)) &&
        set_text(r, C_enrolment_psn_type, &e.kind, cell(r, C_enrolment_psn_type)) &&
        set_i64(r, C_enrolment_paus_insu_date, &e.to_day, to, true) &&
        set_text(r, states, &e.status, state) &&
        set_i64(r, C_enrolment_cvlserv_flag, &e.civil_servant,
                yh_eq(cell(r, C_enrolment_cvlserv_flag), YH_S("1")), false) &&
        set_text(r, C_enrolment_emp_name, &e.employer, cell(r, C_enrolment_emp_name)))
        (void)set_text(r, C_enrolment_emp_no, &e.employer_no, cell(r, C_enrolment_emp_no));
    return writes(r) ? yh_put_enrolment(&r->x, &e, err) : YH_OK;
}

/* ---- identities ---- */

static enum yh_status identity_row(struct run *r, struct yh_err *err)
{
    yh_day from, to;
    enum yh_status st = YH_OK;
    if (!number_ok(r, C_identity_psn_no) ||
        !code_ok(r, C_identity_psn_idet_type, "psn_idet_type",
                 cell(r, C_identity_psn_idet_type)) ||
        !day_of(r, C_identity_begntime, 0, &from) ||
        !day_of(r, C_identity_endtime, YH_DAY_MAX, &to) ||
        (from >= to && !wrong_cell(r, C_identity_endtime, "应晚于 begntime")))
        return YH_OK;
    if (r->pass == READ) {
        yh_str key = yh_fmt(r->keep, "%.*s %.*s %d", YH_ARG(cell(r, C_identity_psn_no)),
                            YH_ARG(cell(r, C_identity_psn_idet_type)), from);
        (void)once(r, &r->seen[YH_ENROL_identity], C_identity_psn_idet_type, key);
        return YH_OK;
    }
    struct yh_identity_row id = { .region = r->out->region,
                                  .person = cell(r, C_identity_psn_no),
                                  .kind = cell(r, C_identity_psn_idet_type),
                                  .from_day = from };
    if ((st = owner(r, C_identity_psn_no, &id.grp, err)) != YH_OK || r->bad)
        return st;
    if (id.grp && !there(r, yh_get_identity(&r->x, &id, err), &st))
        return st;
    if (set_i64(r, C_identity_endtime, &id.to_day, to, true) &&
        set_text(r, C_identity_psn_type_lv, &id.level, cell(r, C_identity_psn_type_lv)))
        (void)set_text(r, C_identity_memo, &id.source, cell(r, C_identity_memo));
    return writes(r) ? yh_put_identity(&r->x, &id, err) : YH_OK;
}

/* ---- files ---- */

/* Every cell that must be there is, and none is too long. */
static bool cells_ok(struct run *r)
{
    for (int c = 0; c < COLUMNS; c++) {
        if (r->at[c] < 0)
            continue;
        yh_str s = cell(r, (enum column)c);
        if (!s.n && COLUMN[c].need)
            return wrong_cell(r, (enum column)c, "必填，没有写");
        if (s.n > CELL_MAX)
            return wrong_cell(r, (enum column)c, "太长，最多 200 个字节");
    }
    return true;
}

static enum yh_status header(struct run *r, struct yh_err *err)
{
    enum yh_status st = yh_tsv_open(&r->tsv, r->file->text, err);
    if (st)
        return st;
    int t = 0;
    while (t < YH_ENROL_TABLES && yh_tsv_col(&r->tsv, yh_cstr(TABLE_OF[t].mark)) < 0)
        t++;
    if (t == YH_ENROL_TABLES)
        return yh_fail_at(err, YH_BAD_TABLE, r->tsv.line, 0,
                          "看不出是哪种表：参保人要有列 certno，参保 insutype，身份 "
                          "psn_idet_type，机构 fixmedins_code");
    r->table = (enum yh_enrol_table)t;
    int known = 0;
    for (int c = 0; c < COLUMNS; c++) {
        r->at[c] =
            (int)COLUMN[c].table == t ? yh_tsv_col(&r->tsv, yh_cstr(COLUMN[c].name)) : -1;
        known += r->at[c] >= 0;
        if ((int)COLUMN[c].table == t && r->at[c] < 0 && COLUMN[c].need)
            return yh_fail_at(err, YH_BAD_TABLE, r->tsv.line, 0,
                              "%s的表缺少必有的列 %s（%s）；补上这一列", TABLE_OF[t].doc,
                              COLUMN[c].name, COLUMN[c].doc);
    }
    for (int i = 0; known < r->tsv.ncol && i < r->tsv.ncol; i++) {
        bool here = false;
        for (int c = 0; c < COLUMNS; c++)
            here = here || r->at[c] == i;
        if (!here)
            return yh_fail_at(
                err, YH_BAD_TABLE, r->tsv.line, 0,
                "%s的表没有列“%.*s”；改成 yiheng enrol --columns 里的名字，或删去",
                TABLE_OF[t].doc, YH_ARG(yh_sub(r->tsv.name[i], 0, 60)));
    }
    return YH_OK;
}

static enum yh_status one_row(struct run *r, struct yh_err *err)
{
    r->bad = r->found = r->differs = false;
    if (!cells_ok(r))
        return YH_OK;
    enum yh_status st = YH_OK;
    switch (r->table) {
    case YH_ENROL_provider: st = provider_row(r, err); break;
    case YH_ENROL_enrolment: st = enrolment_row(r, err); break;
    case YH_ENROL_identity: st = identity_row(r, err); break;
    case YH_ENROL_person: st = person_row(r, err); break;
    case YH_ENROL_TABLES: yh_assert(false);
    }
    if (st == YH_OK)
        tell(r);
    return st;
}

static enum yh_status batch_begin(struct run *r, struct yh_err *err)
{
    yh_arena_reset(&r->scratch);
    if (r->pass == READ || !r->store)
        return YH_OK;
    enum yh_status st = r->pass == WRITE
                            ? yh_store_solo_begin(r->store, &r->scratch, &r->x, err)
                            : yh_view_open(r->store, &r->scratch, &r->x, err);
    r->open = st == YH_OK;
    return st;
}

static enum yh_status batch_end(struct run *r, enum yh_status st, struct yh_err *err)
{
    static const char *const DOING[] = { "核对文件", "与库比较", "写入" };
    if (r->open) {
        r->open = false;
        if (r->pass == WRITE)
            st = yh_store_solo_end(r->store, &r->x, st, err);
        else
            yh_view_close(&r->x);
    }
    if (st == YH_OK && r->ask->progress)
        r->ask->progress(r->ask->user, DOING[r->pass], r->rows);
    return st;
}

static enum yh_status one_file(struct run *r, struct yh_err *err)
{
    int got = 1;
    while (got) {
        enum yh_status st = batch_begin(r, err);
        if (st)
            return st;
        for (int i = 0; st == YH_OK && got && i < ROWS_A_BATCH; i++) {
            struct yh_err what = { 0 };
            got = yh_tsv_next(&r->tsv, &what);
            r->rows += got != 0;
            r->bad = false;
            if (got < 0)
                (void)wrong(r, NULL, YH_S(""), "%s", what.text);
            else if (got > 0)
                st = one_row(r, err);
            if (st == YH_OK && r->bad && r->pass == WRITE) { /* it was good a moment ago */
                st = yh_fail(err, YH_CONFLICT, "写入时库里的数据被别人改动：%.180s；再运行一次",
                             r->out->shown[0].what.text);
                r->out->bad = 0;
            }
        }
        if ((st = batch_end(r, st, err)) != YH_OK)
            return st;
    }
    return YH_OK;
}

/* All files once, persons first: what is theirs finds them. */
static enum yh_status pass(struct run *r, enum pass p, const struct yh_enrol_file *file, int n,
                           struct yh_err *err)
{
    r->pass = p;
    r->rows = 0;
    for (int persons = 1; persons >= 0; persons--)
        for (int i = 0; i < n; i++) {
            r->file = &file[i];
            enum yh_status st = header(r, err);
            if (st == YH_OK && (r->table == YH_ENROL_person) == persons)
                st = one_file(r, err);
            if (st == YH_BAD_TABLE) {
                struct yh_err why = *err;
                return yh_fail_at(err, st, 0, 0, "%.*s:%d %s", YH_ARG(file[i].name),
                                  why.line ? why.line : 1, why.text);
            }
            if (st)
                return st;
        }
    return YH_OK;
}

/* ---- all ---- */

static enum yh_status load_codes(struct run *r, struct yh_err *err)
{
    static const char *const NEED[] = { "type", "code" };
    int at[YH_COUNT(NEED)];
    enum yh_status st = yh_tsv_open_with(
        &r->tsv, yh_world_text_of(r->ask->world, YH_S("interface/dictionaries.tsv")), NEED,
        YH_COUNT(NEED), at, err);
    r->codes = yh_map_in(r->keep, 4096);
    while (st == YH_OK && yh_tsv_next(&r->tsv, NULL) == 1)
        (void)yh_map_add(&r->codes,
                         yh_fmt(r->keep, "%.*s:%.*s", YH_ARG(r->tsv.cell[at[0]]),
                                YH_ARG(r->tsv.cell[at[1]])),
                         1);
    return st;
}

/* The store as it is; r->store stays NULL where there is none. */
static enum yh_status open_old(struct run *r, yh_str url, struct yh_err *err)
{
    struct yh_store_options opt = { .region = r->ask->region,
                                    .now = r->ask->now,
                                    .must_exist = true,
                                    .read_only = r->ask->check };
    struct yh_err why = { 0 };
    enum yh_status st = yh_store_open(url, &opt, &r->store, &why);
    if (st == YH_NOT_FOUND)
        return YH_OK;
    if (st == YH_CONFLICT && !opt.read_only) {
        struct yh_store *other = NULL;
        opt.read_only = true;
        if (yh_store_open(url, &opt, &other, NULL) == YH_OK) /* so it is the lock */
            return yh_store_close(other),
                   yh_fail(err, st,
                           "%.200s；服务在写就先停下它（SIGTERM），装完再起；只核对加 --check",
                           why.text);
    }
    if (st) {
        if (err)
            *err = why;
        return st;
    }
    r->pass = MEET;
    if ((st = batch_begin(r, err)) != YH_OK)
        return st;
    struct yh_meta_row m = { .name = YH_S("region") };
    st = yh_get_meta(&r->x, &m, err);
    if (st == YH_OK)
        r->out->region = yh_dup(r->keep, m.value);
    struct yh_account_group_row like = { .region = r->out->region }, *last = NULL;
    int n = 0;
    if (st == YH_OK)
        st = yh_list_account_group(
            &r->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1, .down = true, .most = 1 },
            &like, &last, &n, err);
    if (st == YH_OK && n)
        r->next_group = last[0].grp + 1;
    yh_view_close(&r->x);
    r->open = false;
    return st;
}

static enum yh_status open_new(struct run *r, yh_str url, struct yh_err *err)
{
    struct yh_store_options opt = { .region = r->out->region, .now = r->ask->now };
    return yh_store_open(url, &opt, &r->store, err);
}

static enum yh_status region_ok(const struct run *r, struct yh_err *err)
{
    uint32_t code = 0;
    yh_str s = r->out->region;
    if (!s.n)
        return yh_fail_field(err, YH_BAD_INPUT, "region", "",
                             "还没有这个库：建新的要写明统筹区，--region 六位代码");
    if (yh_region_code(s, &code, NULL) ||
        !yh_region_get(r->ask->world->regions, code, YH_REGION_POOL, r->today))
        return yh_fail_field(err, YH_BAD_INPUT, "region", "",
                             "--region “%.*s”不是区划树里的统筹区；核对 catalogs/regions.tsv",
                             YH_ARG(yh_sub(s, 0, 40)));
    return YH_OK;
}

static enum yh_status all(struct run *r, yh_str url, const struct yh_enrol_file *file, int n,
                          struct yh_err *err)
{
    enum yh_status st = load_codes(r, err);
    if (st == YH_OK)
        st = open_old(r, url, err);
    if (st == YH_OK)
        st = region_ok(r, err);
    if (st == YH_OK)
        st = pass(r, READ, file, n, err);
    if (st == YH_OK && !r->out->bad)
        st = pass(r, MEET, file, n, err);
    if (st == YH_OK && r->out->bad)
        return yh_fail(err, YH_BAD_INPUT, "%" PRId64 " 行不对，什么也没有写入", r->out->bad);
    if (st || r->ask->check)
        return st;
    int64_t new_or_changed = 0;
    for (int t = 0; t < YH_ENROL_TABLES; t++)
        new_or_changed += r->out->count[t].added + r->out->count[t].changed;
    if (!new_or_changed && r->store)
        return YH_OK;
    memset(r->out->count, 0, sizeof r->out->count);
    if (!r->store)
        st = open_new(r, url, err);
    return st ? st : pass(r, WRITE, file, n, err);
}

enum yh_status yh_enrol(yh_str store, const struct yh_enrol_ask *ask,
                        const struct yh_enrol_file *file, int n, struct yh_arena *keep,
                        struct yh_enrol *out, struct yh_err *err)
{
    struct run *r = YH_NEW(keep, struct run, 1);
    *out = (struct yh_enrol){ .region = ask->region };
    *r = (struct run){
        .ask = ask, .out = out, .keep = keep, .today = yh_time_day(ask->now), .next_group = 1
    };
    r->cards = r->certs = r->schemes = yh_map_in(keep, 0);
    for (int t = 0; t < YH_ENROL_TABLES; t++)
        r->seen[t] = yh_map_in(keep, 0);
    enum yh_status st = yh_arena_open(&r->scratch, (size_t)1 << 30, err);
    if (st)
        return st;
    st = all(r, store, file, n, err);
    yh_store_close(r->store);
    yh_arena_close(&r->scratch);
    return st;
}

void yh_enrol_columns(struct yh_buf *b)
{
    for (int t = 0; t < YH_ENROL_TABLES; t++) {
        yh_putf(b, "%s（认列 %s）\n", TABLE_OF[t].doc, TABLE_OF[t].mark);
        for (int c = 0; c < COLUMNS; c++)
            if ((int)COLUMN[c].table == t)
                yh_putf(b, "  %-16s %s  %s\n", COLUMN[c].name, COLUMN[c].need ? "必填" : "可空",
                        COLUMN[c].doc);
    }
}
