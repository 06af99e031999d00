#include "shell/gateway/testing.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/test.h"
#include "service/testing.h"
#include "service/town.h"
#include "shell/conform/conform.h"
#include "shell/gateway/tx.h"
#include "store/sqlite/powercut.h"

/* ---- the counter ---- */

static struct yh_interface TABLE;
static struct yh_arena TABLE_ARENA;

const struct yh_interface *yh_testing_interface(void)
{
    if (!TABLE.nmessage) {
        struct yh_arena *a = &TABLE_ARENA;
        struct yh_err err = { 0 };
        CHECK_OK(yh_arena_open(a, 64 << 20, &err), &err);
        CHECK_OK(yh_interface_load(a, yh_test_file(a, "catalogs/interface/transactions.tsv"),
                                   yh_test_file(a, "catalogs/interface/fields.tsv"),
                                   yh_test_file(a, "catalogs/interface/dictionaries.tsv"),
                                   &TABLE, &err),
                 &err);
    }
    return &TABLE;
}

static const struct yh_accesses SANDBOX = { .sandbox = true };

void yh_testing_gateway(const char *url, const char *vfs, const struct yh_world *world,
                        yh_time now, const struct yh_accesses *access, struct yh_arena *scratch,
                        struct yh_service **service, struct yh_gateway **gateway)
{
    struct yh_err err = { 0 };
    struct yh_service_options opt = {
        .store = { .region = YH_S("990100"), .now = now, .vfs = vfs }, .world = world
    };
    CHECK_OK(yh_service_open(yh_cstr(url), &opt, service, &err), &err);
    CHECK_OK(yh_town_build(yh_service_store(*service), scratch, now, &err), &err);
    struct yh_gateway_config g = { .table = yh_testing_interface(),
                                   .service = *service,
                                   .access = access,
                                   .clock = YH_CLOCK_INF_TIME };
    CHECK_OK(yh_gateway_open(&g, gateway, &err), &err);
}

static void open_on(struct yh_counter *c, const char *url, const char *vfs)
{
    struct yh_err err = { 0 };
    *c = (struct yh_counter){ 0 };
    CHECK_OK(yh_arena_open(&c->town, (size_t)64 << 20, &err), &err);
    CHECK_OK(yh_arena_open(&c->arena, (size_t)4 << 30, &err), &err);
    yh_testing_gateway(url, vfs, yh_desk_world(), yh_day_time(yh_day_of(2026, 3, 1)), &SANDBOX,
                       &c->town, &c->service, &c->gateway);
}

void yh_counter_open(struct yh_counter *c)
{
    open_on(c, "memory:", NULL);
}

void yh_counter_close(struct yh_counter *c)
{
    yh_gateway_close(c->gateway);
    yh_service_close(c->service);
    yh_arena_close(&c->arena);
    yh_arena_close(&c->town);
}

bool yh_counter_send(struct yh_counter *c, yh_str body)
{
    struct yh_gateway_ask ask = { .type = YH_S("application/json"), .body = body };
    struct yh_json *root = NULL;
    yh_gateway_answer(c->gateway, &ask, &c->arena, &c->reply);
    c->root = c->output = NULL;
    c->err_msg = YH_S("");
    if (yh_json_read(&c->arena, c->reply.body, (struct yh_json_limits){ 0 }, &root, NULL))
        return false;
    c->root = root;
    c->output = yh_json_get(root, YH_S("output"));
    c->err_msg = yh_json_text(yh_json_get(root, YH_S("err_msg")));
    return c->ok = yh_eq(yh_json_text(yh_json_get(root, YH_S("infcode"))), YH_S("0"));
}

yh_str yh_counter_sample(struct yh_counter *c, const char *name)
{
    return yh_test_file(&c->arena, yh_fmt(&c->arena, "tests/interface/%s.json", name).p);
}

/* ---- changing a message ---- */

struct change {
    yh_str path, value;
    bool add, used;
};

static void put_changed(struct yh_arena *a, struct yh_jsonw *w, const struct yh_json *v,
                        yh_str path, struct change *ch, int n);

static void put_children(struct yh_arena *a, struct yh_jsonw *w, const struct yh_json *v,
                         yh_str path, struct change *ch, int n)
{
    bool object = v->kind == YH_JSON_OBJECT;
    int row = 0;
    for (const struct yh_json *m = v->first; m; m = m->next) {
        yh_str name = object ? m->key : yh_fmt(a, "%d", ++row);
        yh_str here = path.n ? yh_fmt(a, "%.*s.%.*s", YH_ARG(path), YH_ARG(name)) : name;
        struct change *mine = NULL;
        for (int i = 0; i < n; i++)
            if (!ch[i].add && yh_eq(ch[i].path, here))
                mine = &ch[i];
        if (mine)
            mine->used = true;
        if (mine && yh_eq(mine->value, YH_S("-")))
            continue;
        if (object)
            yh_jw_key(w, m->key);
        if (mine)
            yh_jw_raw(w, mine->value);
        else
            put_changed(a, w, m, here, ch, n);
    }
    for (int i = 0; i < n; i++) { /* what was not there before */
        yh_str p = ch[i].path;
        bool below =
            yh_starts(p, path) && (path.n == 0 || (p.n > path.n && p.p[path.n] == '.'));
        yh_str rest = below ? yh_sub(p, path.n ? path.n + 1 : 0, p.n) : YH_S("");
        if (ch[i].add && yh_eq(p, path) && !object) {
            yh_jw_raw(w, ch[i].value);
            ch[i].used = true;
        } else if (!ch[i].add && !ch[i].used && object && rest.n &&
                   yh_find(rest, YH_S(".")) < 0) {
            ch[i].used = true;
            if (yh_eq(ch[i].value, YH_S("-")))
                continue;
            yh_jw_key(w, rest);
            yh_jw_raw(w, ch[i].value);
        }
    }
}

static void put_changed(struct yh_arena *a, struct yh_jsonw *w, const struct yh_json *v,
                        yh_str path, struct change *ch, int n)
{
    switch (v->kind) {
    case YH_JSON_OBJECT:
        yh_jw_object(w);
        put_children(a, w, v, path, ch, n);
        yh_jw_end(w, '}');
        return;
    case YH_JSON_ARRAY:
        yh_jw_array(w);
        put_children(a, w, v, path, ch, n);
        yh_jw_end(w, ']');
        return;
    case YH_JSON_STRING: yh_jw_str(w, v->text); return;
    case YH_JSON_NUMBER: yh_jw_raw(w, v->text); return;
    case YH_JSON_BOOL: yh_jw_bool(w, v->truth); return;
    case YH_JSON_NULL: yh_jw_null(w); return;
    }
}

yh_str yh_counter_change(struct yh_counter *c, yh_str body, yh_str changes)
{
    struct yh_arena *a = &c->arena;
    struct change ch[32];
    int n = 0;
    struct yh_json *v;
    struct yh_err err = { 0 };
    while (changes.n) {
        ptrdiff_t end = yh_find(changes, YH_S(" ; "));
        yh_str one = end < 0 ? changes : yh_sub(changes, 0, end);
        changes = end < 0 ? YH_S("") : yh_sub(changes, end + 3, changes.n);
        ptrdiff_t eq = yh_find(one, YH_S("="));
        CHECK(eq > 0 && n < YH_COUNT(ch));
        bool add = one.p[eq - 1] == '+';
        ch[n++] = (struct change){ yh_sub(one, 0, add ? eq - 1 : eq),
                                   yh_sub(one, eq + 1, one.n), add, false };
    }
    if (!n)
        return body;
    CHECK_OK(yh_json_read(a, body, (struct yh_json_limits){ 0 }, &v, &err), &err);
    struct yh_buf b = yh_buf_in(a);
    struct yh_jsonw w = yh_jsonw_on(&b);
    put_changed(a, &w, v, YH_S(""), ch, n);
    for (int i = 0; i < n; i++)
        if (!ch[i].used)
            yh_test_stop(__FILE__, __LINE__,
                         yh_fmt(a, "no such place: %.*s", YH_ARG(ch[i].path)).p);
    return yh_buf_str(&b);
}

/* ---- chains of samples ---- */

static yh_str replace(struct yh_arena *a, yh_str s, yh_str old, yh_str now)
{
    struct yh_buf b = yh_buf_in(a);
    ptrdiff_t at;
    while ((at = yh_find(s, old)) >= 0) {
        yh_put(&b, yh_sub(s, 0, at));
        yh_put(&b, now);
        s = yh_sub(s, at + old.n, s.n);
    }
    yh_put(&b, s);
    return yh_buf_str(&b);
}

yh_str yh_counter_with_ids(struct yh_counter *c, yh_str body, const struct yh_counter_ids *ids)
{
    for (int i = 0; i < ids->n; i++)
        body = replace(&c->arena, body, ids->old[i], ids->now[i]);
    return body;
}

yh_str yh_counter_without_ids(struct yh_counter *c, yh_str text,
                              const struct yh_counter_ids *ids)
{
    for (int i = 0; i < ids->n; i++)
        text = replace(&c->arena, text, ids->now[i], ids->old[i]);
    return text;
}

void yh_counter_id(struct yh_counter_ids *ids, const char *old, yh_str now)
{
    if (!now.n)
        return;
    for (int i = 0; i < ids->n; i++)
        if (yh_eq(ids->old[i], yh_cstr(old))) {
            ids->now[i] = now;
            return;
        }
    CHECK(ids->n < YH_COUNTER_IDS);
    ids->old[ids->n] = yh_cstr(old);
    ids->now[ids->n++] = now;
}

yh_str yh_counter_text(const struct yh_counter *c, const char *node, const char *field)
{
    return yh_json_text(yh_json_get(yh_json_get(c->output, yh_cstr(node)), yh_cstr(field)));
}

/* Which number of the samples a reply of `name` gives. */
static const struct {
    const char *name, *node, *field, *old;
} GIVES[] = {
    { "9001", "signinoutb", "sign_no", "990101S2026030100000001" },
    { "2201", "data", "mdtrt_id", "990101M0000000001" },
    { "2207", "setlinfo", "setl_id", "990101S0000000001" },
    { "2401", "result", "mdtrt_id", "990101M0000000002" },
    { "2304", "setlinfo", "setl_id", "990101S0000000002" },
    { "2102", "setlinfo", "setl_id", "990101S0000000004" },
    { "2102", "setlinfo", "mdtrt_id", "990101M0000000003" },
    { "2501", "result", "trt_dcla_detl_sn", "\"T1\"" },
    { "2503", "result", "trt_dcla_detl_sn", "\"T1\"" },
    { "2505", "result", "trt_dcla_detl_sn", "\"T1\"" },
    { "3202", "fileinfo", "file_qury_no", "catalog-1301" },
};

void yh_counter_play(struct yh_counter *c, const char *name, const char *changes,
                     struct yh_counter_ids *ids)
{
    yh_str body = yh_counter_with_ids(
        c, yh_counter_change(c, yh_counter_sample(c, name), yh_cstr(changes)), ids);
    if (!yh_counter_send(c, body))
        yh_test_stop(__FILE__, __LINE__,
                     yh_fmt(&c->arena, "%s was refused: %.*s", name, YH_ARG(c->err_msg)).p);
    for (int i = 0; i < YH_COUNT(GIVES); i++)
        if (!strcmp(GIVES[i].name, name)) {
            yh_str now = yh_counter_text(c, GIVES[i].node, GIVES[i].field);
            if (GIVES[i].old[0] == '"')
                now = yh_fmt(&c->arena, "\"%.*s\"", YH_ARG(now));
            yh_counter_id(ids, GIVES[i].old, now);
        }
    if (!strcmp(name, "9101"))
        yh_counter_id(
            ids, "\"F1\"",
            yh_fmt(&c->arena, "\"%.*s\"",
                   YH_ARG(yh_json_text(yh_json_get(c->output, YH_S("file_qury_no"))))));
}

/* ---- tests ---- */

TEST(every_served_number_has_a_row_of_the_tables_and_its_nodes)
{
    int n;
    const struct yh_tx *tx = yh_tx_all(&n);
    for (int i = 0; i < n; i++) {
        const struct yh_message *m =
            yh_interface_message(yh_testing_interface(), yh_cstr(tx[i].number));
        if (!m || !m->from_provider)
            yh_test_stop(__FILE__, __LINE__, tx[i].number);
        yh_str nodes = yh_cstr(tx[i].nodes);
        while (nodes.n) {
            yh_str node = yh_cut(&nodes, ',');
            bool there = yh_interface_node(m, node) != NULL;
            for (int k = 0; !there && k < m->nnode; k++) /* data of data.stastinfo */
                there = yh_starts(m->node[k].path, node) && m->node[k].path.p[node.n] == '.';
            if (!there)
                yh_test_stop(__FILE__, __LINE__, tx[i].number);
        }
    }
}

static yh_fen money(const struct yh_counter *c, const char *field)
{
    yh_fen v = 0;
    CHECK(!yh_json_dec(yh_json_get(yh_json_get(c->output, YH_S("setlinfo")), yh_cstr(field)), 2,
                       &v, NULL));
    return v;
}

/* The samples of the interface in the order of their times; what a sample does not bring (the rest of
 * the stay's lines, a discharge) is added. */
TEST(every_sample_is_accepted_after_the_calls_it_needs)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    yh_counter_open(&c);
    static const char *const OUTPATIENT[] = { "9001", "1101", "2201", "2203",
                                              "2204", "2206", "2207" };
    for (int i = 0; i < YH_COUNT(OUTPATIENT); i++)
        yh_counter_play(&c, OUTPATIENT[i], "", &ids);
    /* 102.50 in scope, 50.00 deducted, the rest at 60 %: 31.50; account pays what it may. */
    CHECK_I64(money(&c, "medfee_sumamt"), 12000, "total");
    CHECK_I64(money(&c, "inscp_scp_amt"), 10250, "in scope");
    CHECK_I64(money(&c, "act_pay_dedc"), 5000, "deductible");
    CHECK_I64(money(&c, "hifp_pay"), 3150, "basic fund");
    CHECK_I64(money(&c, "psn_part_amt"), 8850, "own part");
    yh_counter_play(&c, "2601", "", &ids);
    yh_counter_play(
        &c, "2207",
        "msgid=\"H99010100001202603020910000907\" ; inf_time=\"2026-03-02 09:10:00\"", &ids);
    yh_counter_play(&c, "2208", "", &ids);
    CHECK_I64(money(&c, "hifp_pay"), -3150, "negated");
    CHECK_I64(money(&c, "pdn_cash_pay"), money(&c, "psn_cash_pay"), "both spellings");
    yh_counter_send(&c, yh_counter_sample(&c, "error-business"));
    CHECK(!c.ok);
    CHECK(yh_find(c.err_msg, YH_S("data.mdtrt_id（就诊ID）=990101M9999999999")) >= 0);

    yh_counter_play(&c, "2401", "", &ids);
    yh_counter_play(&c, "2301", "", &ids);
    /* With the sample's 80.00 these make 8600.00 = 320.00 + 60.00 + 420.00 + 7800.00. */
    static const char *const LINE[][4] = {
        { "2", "003205000010000", "3260.000000", "1" },
        { "3", "XA02BCA348X006010104145", "50.000000", "20" },
        { "4", "C14141019400002", "32.000000", "10" },
        { "5", "001109000030100", "250.000000", "10" },
        { "6", "001201000010000", "144.000000", "10" },
    };
    for (int i = 0; i < YH_COUNT(LINE); i++) {
        yh_price price;
        int64_t count;
        CHECK(!yh_dec_parse(yh_cstr(LINE[i][2]), 6, &price, NULL) &&
              !yh_int_parse(yh_cstr(LINE[i][3]), &count, NULL));
        char amount[32], msg[200];
        yh_str sum =
            yh_dec_text(amount, yh_line_amount(price, count * 10000, YH_ROUND_HALF_UP), 2, 2);
        snprintf(msg, sizeof msg,
                 "msgid=\"M%d\" ; input.feedetail.1.feedetl_sn=\"%s\" ; "
                 "input.feedetail.1.med_list_codg=\"%s\" ; "
                 "input.feedetail.1.pric=%s",
                 i, LINE[i][0], LINE[i][1], LINE[i][2]);
        yh_str more =
            yh_fmt(&c.arena,
                   "%s ; input.feedetail.1.cnt=%s ; input.feedetail.1.det_item_fee_sumamt=%.*s",
                   msg, LINE[i][3], YH_ARG(sum));
        yh_counter_play(&c, "2301", more.p, &ids);
    }
    yh_counter_play(&c, "2303", "", &ids);
    yh_counter_play(&c, "2402", "", &ids);
    yh_counter_play(&c, "2304", "", &ids);
    CHECK_I64(money(&c, "medfee_sumamt"), 860000, "total");
    CHECK_I64(money(&c, "inscp_scp_amt"), 780000, "in scope");
    CHECK_I64(money(&c, "act_pay_dedc"), 80000, "deductible");
    CHECK_I64(money(&c, "hifp_pay"), 595000, "(7800.00 - 800.00) × 85 %");
    yh_counter_play(&c, "3201", "", &ids);
    yh_counter_close(&c);
}

/* The samples that are not the interface's own, each once, in an order that allows them. */
TEST(every_served_family_accepts_its_message)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    yh_counter_open(&c);
    static const char *const ORDER[] = {
        "9001", "1201", "1301", "1312", "1318", "1319", "1901", "1101", "2001", "2501",
        "5304", "2502", "2503", "5301", "2504", "2505", "5302", "2506", "2507", "3301",
        "3302", "3401", "5101", "3402", "3403", "3501", "3502", "3503", "3504", "3505",
        "3506", "2101", "2102", "2103", "2201", "2203", "2204", "2207", "5201", "5202",
        "5203", "5204", "5205", "5206", "2208", "2205", "2202", "2401", "2301", "2403",
        "5303", "2302", "2404", "9101", "9102", "5102",
    };
    for (int i = 0; i < YH_COUNT(ORDER); i++) {
        yh_str want = yh_cstr(ORDER[i]);
        if (yh_eq(want, YH_S("9102"))) {
            CHECK(!yh_counter_send(&c, yh_counter_sample(&c, "9102")));
            CHECK_STR(c.reply.type, YH_S("application/octet-stream"), "a file comes as bytes");
            CHECK(yh_starts(c.reply.body, YH_S("PK")));
            continue;
        }
        yh_counter_play(&c, ORDER[i], "", &ids);
    }
    CHECK(!yh_counter_send(
        &c, yh_counter_change(&c, yh_counter_sample(&c, "9102"),
                              YH_S("input.fsDownloadIn.file_qury_no=\"nothing\""))));
    CHECK(yh_find(c.reply.type, YH_S("application/json")) == 0 && c.err_msg.n);
    yh_counter_close(&c);
}

TEST(a_repeated_call_is_answered_byte_for_byte)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    yh_counter_open(&c);
    yh_counter_play(&c, "9001", "", &ids);
    yh_counter_play(&c, "2201", "", &ids);
    yh_str first = c.reply.body;
    yh_counter_play(&c, "2201", "inf_time=\"2026-03-02 08:10:30\"", &ids);
    CHECK_STR(c.reply.body, first, "the time of sending is no part of what is asked");
    CHECK(!yh_counter_send(&c, yh_counter_change(&c, yh_counter_sample(&c, "2201"),
                                                 YH_S("input.data.dept_name=\"外科\""))));
    yh_counter_close(&c);
}

/* A front-end machine sends little more than the number, the key and the input, and the provider
 * as medins_code. */
TEST(the_barest_envelope_is_accepted)
{
    struct yh_counter c;
    yh_counter_open(&c);
    CHECK(yh_counter_send(
        &c, YH_S("{\"infno\":\"1101\",\"insuplc_admdvs\":\"\",\"mdtrtarea_admvs\":\"990101\","
                 "\"msgid\":\"x\",\"medins_code\":\"H99010100001\",\"insur_code\":\"990101\","
                 "\"input\":{\"data\":{\"mdtrt_cert_type\":\"02\","
                 "\"mdtrt_cert_no\":\"990101198001010014\"}}}")));
    CHECK_STR(yh_counter_text(&c, "baseinfo", "psn_no"), YH_S("99010100000000000000000001"),
              "the person");
    yh_counter_close(&c);
}

TEST(a_trace_code_within_a_line_is_sold_once)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    const char *trace = "input.drugdetail.1.durg_trac_info=[{\"drug_trac_codg\":\"8100\"}]";
    yh_counter_open(&c);
    yh_counter_play(&c, "2102", trace, &ids);
    yh_str again = yh_fmt(&c.arena, "msgid=\"M2\" ; %s", trace);
    CHECK(!yh_counter_send(&c, yh_counter_change(&c, yh_counter_sample(&c, "2102"), again)));
    CHECK(yh_find(c.err_msg, YH_S("该药品追溯码已售出 drug_trac_codg=8100")) >= 0);
    yh_counter_close(&c);
}

TEST(a_multipart_file_is_kept_and_is_part_of_what_is_asked)
{
    struct yh_counter c;
    yh_counter_open(&c);
    static const char FORM[] =
        "--b\r\nContent-Disposition: form-data; name=\"jsonStr\"\r\n\r\n"
        "{\"infno\":\"9101\",\"msgid\":\"F1\",\"fixmedins_code\":\"H99010100001\","
        "\"inf_time\":\"2026-03-02 "
        "08:00:00\",\"input\":{\"fsUploadIn\":{\"filename\":\"a.txt\","
        "\"fixmedins_code\":\"H99010100001\"}}}\r\n"
        "--b\r\nContent-Disposition: form-data; name=\"file\"; "
        "filename=\"a.txt\"\r\n\r\n%s\r\n--b--\r\n";
    static const struct {
        const char *file;
        bool ok;
    } SEND[] = { { "one", true }, { "one", true }, { "two", false } };
    yh_str number = YH_S("");
    for (int i = 0; i < YH_COUNT(SEND); i++) {
        yh_str body = replace(&c.arena, yh_cstr(FORM), YH_S("%s"), yh_cstr(SEND[i].file));
        struct yh_gateway_ask ask = { .type = YH_S("multipart/form-data; boundary=b"),
                                      .body = body };
        yh_gateway_answer(c.gateway, &ask, &c.arena, &c.reply);
        struct yh_json *root;
        CHECK(!yh_json_read(&c.arena, c.reply.body, (struct yh_json_limits){ 0 }, &root, NULL));
        yh_str code = yh_json_text(yh_json_get(root, YH_S("infcode")));
        CHECK_STR(code, SEND[i].ok ? YH_S("0") : YH_S("-1"), SEND[i].file);
        yh_str file =
            yh_json_text(yh_json_get(yh_json_get(root, YH_S("output")), YH_S("file_qury_no")));
        CHECK(!SEND[i].ok || !i || yh_eq(file, number));
        number = i ? number : file;
    }
    yh_str change = yh_fmt(&c.arena,
                           "inf_time=\"2026-03-02 09:00:00\" ; "
                           "input.fsDownloadIn.file_qury_no=\"%.*s\"",
                           YH_ARG(number));
    yh_counter_send(&c, yh_counter_change(&c, yh_counter_sample(&c, "9102"), change));
    CHECK_STR(c.reply.body, YH_S("one"), "fetched as it was sent");
    yh_counter_close(&c);
}

/* The disk is full for a while: everyone is told to ask again with the same key, and then it is
 * done once. */
TEST(a_failed_commit_is_told_as_such_and_the_same_call_succeeds_later)
{
    struct yh_counter c;
    struct yh_counter_ids ids = { 0 };
    struct yh_powercut *disk = yh_powercut_start();
    char dir[] = "/tmp/yiheng-gateway-XXXXXX", command[100];
    CHECK(mkdtemp(dir));
    open_on(&c, yh_fmt(yh_test_arena(), "sqlite:%s", dir).p, YH_POWERCUT_VFS);
    static const char *const BEFORE[] = { "9001", "2201", "2203", "2204" };
    for (int i = 0; i < YH_COUNT(BEFORE); i++)
        yh_counter_play(&c, BEFORE[i], "", &ids);
    disk->fail_at = disk->op + 1;
    disk->fail_more = 1000;
    disk->code = 13; /* SQLITE_FULL */
    yh_str body = yh_counter_with_ids(&c, yh_counter_sample(&c, "2207"), &ids);
    CHECK(!yh_counter_send(&c, body));
    CHECK(yh_find(c.err_msg, YH_S("系统繁忙，本次未受理，请以同一 msgid 重发")) >= 0);
    disk->fail_at = 0;
    disk->fail_more = 0;
    CHECK(yh_counter_send(&c, body));
    CHECK_I64(money(&c, "hifp_pay"), 3150, "settled once");
    yh_str first = c.reply.body;
    CHECK(yh_counter_send(&c, body));
    CHECK_STR(c.reply.body, first, "and only once");
    yh_counter_close(&c);
    yh_powercut_forget(disk);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    CHECK(!system(command));
}

/* The door goes on while the gateway is drained: what comes then is not taken. */
TEST(a_call_that_cannot_be_queued_is_told_so_before_any_work)
{
    struct yh_counter c;
    struct yh_http *door = NULL;
    struct yh_client client;
    struct yh_client_answer answer;
    struct yh_err err = { 0 };
    struct yh_http_config config = yh_http_defaults();
    config.port = 0;
    yh_counter_open(&c);
    CHECK_OK(yh_http_start(&door, &config, yh_gateway_http, c.gateway, &err), &err);
    yh_str url = yh_fmt(&c.arena, "http://127.0.0.1:%d/any/path", yh_http_port(door));
    CHECK_OK(yh_client_open(&client, url.p, &err), &err);
    for (int i = 0; i < 2; i++) {
        yh_str body = yh_counter_sample(&c, "9001");
        int64_t kept = yh_store_stats_of(yh_service_store(c.service)).kept;
        CHECK_OK(yh_client_call(&client, &c.arena, "POST", NULL, "text/plain", NULL, 0, body,
                                &answer, &err),
                 &err);
        CHECK_I64(answer.status, i ? 503 : 200, "taken, then not");
        CHECK_I64(yh_store_stats_of(yh_service_store(c.service)).kept - kept, !i,
                  "transactions kept");
        yh_gateway_drain(c.gateway);
    }
    CHECK(yh_starts(answer.body, YH_S("{\"code\":503,")));
    yh_client_close(&client);
    yh_http_stop(door, 1000);
    yh_counter_close(&c);
}

/* ---- conform against ourselves ---- */

static enum yh_status send_here(void *user, struct yh_arena *a, const char *path,
                                const char *type, yh_str body, bool lose,
                                struct yh_client_answer *out, struct yh_err *err)
{
    (void)path, (void)err;
    struct yh_counter *c = user;
    struct yh_gateway_ask ask = { .type = yh_cstr(type ? type : "application/json"),
                                  .body = body };
    struct yh_gateway_reply r;
    yh_gateway_answer(c->gateway, &ask, a, &r);
    if (!lose)
        *out = (struct yh_client_answer){ r.status, r.type, r.body };
    return YH_OK;
}

TEST(conform_gives_us_full_marks)
{
    struct yh_counter c;
    struct yh_conform_cast cast = yh_conform_defaults();
    struct yh_conform_result r;
    yh_counter_open(&c);
    cast.lines = 2000; /* 20,000 in tests/conform.sh */
    cast.tag = 17;
    yh_conform_run(&cast, send_here, &c, &c.arena, &r);
    for (int i = 0; i < YH_CLAUSE_N; i++)
        if (!yh_clause_passed(&r.mark[i]))
            fprintf(stderr, "%s: %s\n", yh_clause_text((enum yh_conform_clause)i),
                    r.mark[i].first_fault);
    CHECK_I64(r.passed, YH_CLAUSE_N, "clauses passed");
    yh_counter_close(&c);
}
