#include "shell/gateway/window_test.h"
#include <stdio.h>
#include <stdlib.h>
#include "shell/gateway/testing.h"
#include "shell/gateway/tx.h"
#include "shell/gateway/zip.h"
#include "shell/realm/realm.h"

/* The catalogues and documents are read once for all tests. */
static const struct yh_world *realm(void)
{
    static struct yh_realm opened;
    static bool done;
    struct yh_err err = { 0 };
    if (!done)
        CHECK_OK(yh_realm_open(NULL, NULL, "990100 990200", &opened, &err), &err);
    done = true;
    return &opened.world;
}

void window_open(struct window *w)
{
    *w = (struct window){ .provider = YH_TOWN_HOSPITAL, .time = "2026-03-18 10:00:00" };
    struct yh_err err = { 0 };
    yh_time now = 0;
    const struct yh_world *world = realm();
    CHECK_OK(yh_time_parse(yh_cstr(w->time), &now, &err), &err);
    CHECK_OK(yh_arena_open(&w->arena, (size_t)1 << 30, &err), &err);
    CHECK_OK(yh_access_load(&w->arena, YH_S(""), true, &w->access, &err), &err);
    yh_testing_gateway("memory:", NULL, world, now, &w->access, &w->arena, &w->service,
                       &w->gateway);
}

void window_close(struct window *w)
{
    yh_gateway_close(w->gateway);
    yh_service_close(w->service);
    yh_arena_close(&w->arena);
}

const char *window_fmt(struct window *w, const char *fmt, ...)
{
    char text[8192];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    CHECK(n >= 0 && n < (int)sizeof text);
    return yh_zdup(&w->arena, (yh_str){ text, n });
}

static yh_str text_of(const struct yh_json *o, const char *key)
{
    return yh_json_text(yh_json_get(o, yh_cstr(key)));
}

bool window_ask(struct window *w, const char *infno, const char *input)
{
    char *body = yh_zdup(&w->arena, yh_cstr(input));
    for (char *p = body; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    w->body =
        yh_fmt(&w->arena,
               "{\"infno\":\"%s\",\"msgid\":\"%.*sT%06d\",\"inf_time\":\"%s\","
               "\"opter\":\"0001\",\"opter_type\":\"1\",\"opter_name\":\"测试操作员\","
               "\"fixmedins_code\":\"%.*s\",\"insuplc_admdvs\":\"\",\"input\":%s}",
               infno, YH_ARG(w->provider), ++w->calls, w->time, YH_ARG(w->provider), body);
    struct yh_gateway_ask ask = { .type = YH_S("application/json"), .body = w->body };
    yh_gateway_answer(w->gateway, &ask, &w->arena, &w->reply);
    CHECK_I64(w->reply.status, 200, infno);
    w->output = NULL;
    w->code = w->error = w->warn = YH_S("");
    if (!yh_starts(w->reply.type, YH_S("application/json")))
        return true;
    struct yh_json *reply = NULL;
    struct yh_err err = { 0 };
    /* The reader refuses a key that comes twice. */
    CHECK_OK(yh_json_read(&w->arena, w->reply.body, (struct yh_json_limits){ 0 }, &reply, &err),
             &err);
    w->code = text_of(reply, "infcode");
    w->error = text_of(reply, "err_msg");
    w->warn = text_of(reply, "warn_msg");
    w->output = yh_json_get(reply, YH_S("output"));
    return yh_eq(w->code, YH_S("0"));
}

void window_ok(const char *file, int line, struct window *w, const char *infno,
               const char *input)
{
    if (window_ask(w, infno, input))
        return;
    yh_test_stop(file, line, window_fmt(w, "%s 应被接受：%.*s", infno, YH_ARG(w->error)));
}

void window_bad(const char *file, int line, struct window *w, const char *infno,
                const char *input, const char *part)
{
    if (window_ask(w, infno, input))
        yh_test_stop(file, line, window_fmt(w, "%s 应被拒绝：%s", infno, part));
    if (yh_find(w->error, yh_cstr(part)) < 0)
        yh_test_stop(file, line,
                     window_fmt(w, "%s 应说“%s”，说的是：%.*s", infno, part, YH_ARG(w->error)));
}

/* ---- looking at a reply ---- */

static const struct yh_json *child(const struct yh_json *v, yh_str name, int64_t at)
{
    if (name.n)
        v = yh_json_get(v, name);
    if (at < 0)
        return v;
    if (!v || v->kind != YH_JSON_ARRAY)
        return NULL;
    v = v->first;
    for (; v && at > 0; at--)
        v = v->next;
    return v;
}

static const struct yh_json *look(const struct window *w, const char *path)
{
    const struct yh_json *v = w->output;
    yh_str rest = yh_cstr(path);
    while (v && rest.n) {
        yh_str step = yh_cut(&rest, '.');
        ptrdiff_t open = yh_find(step, YH_S("["));
        int64_t at = -1;
        if (open >= 0 && yh_int_parse(yh_sub(step, open + 1, step.n - 1), &at, NULL))
            return NULL;
        v = child(v, open >= 0 ? yh_sub(step, 0, open) : step, at);
    }
    return v;
}

yh_str window_at(const struct window *w, const char *path)
{
    return yh_json_text(look(w, path));
}

int window_rows(const struct window *w, const char *node)
{
    const struct yh_json *v = look(w, node);
    return v && v->kind == YH_JSON_ARRAY ? v->count : 0;
}

void window_whole(const char *file, int line, struct window *w, const char *infno)
{
    const struct yh_message *m = yh_interface_message(yh_testing_interface(), yh_cstr(infno));
    CHECK(m && m->nout > 0);
    for (int i = 0; i < m->nout; i++) {
        const struct yh_node *node = &m->out[i];
        bool bare = yh_eq(node->path, YH_S("(none)"));
        const struct yh_json *o = bare ? w->output : look(w, yh_zdup(&w->arena, node->path));
        if (o && o->kind == YH_JSON_ARRAY)
            o = o->first;
        for (int k = 0; k < node->count; k++) {
            const struct yh_field *f = &yh_testing_interface()->field[node->first + k];
            if (f->core && !yh_json_get(o, f->name))
                yh_test_stop(file, line,
                             window_fmt(w, "%s 的应答缺少 %.*s.%.*s", infno, YH_ARG(node->path),
                                        YH_ARG(f->name)));
        }
    }
}

yh_str window_file(struct window *w)
{
    yh_str text = YH_S("");
    struct yh_err err = { 0 };
    CHECK(yh_starts(w->reply.type, YH_S("application/octet-stream")));
    CHECK_OK(yh_zip_read(&w->arena, w->reply.body, YH_ZIP_LIMITS, &text, &err), &err);
    return text;
}

/* ---- a visit ---- */

static yh_str kept(struct window *w, const char *path)
{
    yh_str s = window_at(w, path);
    CHECK(s.n > 0);
    return s;
}

void window_show(struct window *w, const char *person)
{
    WINDOW_OK(w, "1101",
              window_fmt(w,
                         "{'data':{'mdtrt_cert_type':'01','mdtrt_cert_no':'T%s','card_sn':'',"
                         "'begntime':'','psn_cert_type':'','certno':'','psn_name':''}}",
                         person));
}

struct window_visit window_settle(struct window *w, const char *person, const char *scheme)
{
    static const char *const ITEM[][4] = {
        { "XA01ABD075A002010100483", "2", "12.5", "25" },
        { "002501010010000-250101001", "1", "80", "80" },
        { "001102000030000-110200003", "1", "15", "15" },
    };
    struct window_visit v = { .undoing = YH_S("") };
    WINDOW_OK(w, "2201",
              window_fmt(w,
                         "{'data':{'psn_no':'%s','insutype':'%s','begntime':'%.10s 08:10:00',"
                         "'mdtrt_cert_type':'02','mdtrt_cert_no':'1','ipt_otp_no':'MZ%d',"
                         "'atddr_no':'D1','dr_name':'测试医师','dept_code':'A03',"
                         "'dept_name':'内科','caty':'A03'}}",
                         person, scheme, w->time, w->calls));
    v.visit = kept(w, "data.mdtrt_id");
    WINDOW_OK(
        w, "2203",
        window_fmt(w,
                   "{'mdtrtinfo':{'mdtrt_id':'%.*s','psn_no':'%s','med_type':'11',"
                   "'begntime':'%.10s 08:10:00'},'diseinfo':[{'diag_type':'1',"
                   "'diag_srt_no':'1','diag_code':'J06.900','diag_name':'急性上呼吸道感染',"
                   "'diag_dept':'内科','dise_dor_no':'D1','dise_dor_name':'测试医师',"
                   "'diag_time':'%.10s 08:30:00','vali_flag':'1'}]}",
                   YH_ARG(v.visit), person, w->time, w->time));
    struct yh_buf b = yh_buf_in(&w->arena);
    for (int i = 0; i < YH_COUNT(ITEM); i++)
        yh_putf(&b,
                "%s{'feedetl_sn':'%d','mdtrt_id':'%.*s','psn_no':'%s','chrg_bchno':'B1',"
                "'rxno':'RX1','rx_circ_flag':'0','fee_ocur_time':'%.10s 08:38:00',"
                "'med_list_codg':'%s','medins_list_codg':'OWN%d','medins_list_name':'本院%d',"
                "'det_item_fee_sumamt':%s,'cnt':%s,'pric':%s,'bilg_dept_codg':'A03',"
                "'bilg_dept_name':'内科','bilg_dr_codg':'D1','bilg_dr_name':'测试医师',"
                "'hosp_appr_flag':'0'}",
                i ? "," : "", i + 1, YH_ARG(v.visit), person, w->time, ITEM[i][0], i + 1, i + 1,
                ITEM[i][3], ITEM[i][1], ITEM[i][2]);
    WINDOW_OK(w, "2204", window_fmt(w, "{'feedetail':[%.*s]}", YH_ARG(yh_buf_str(&b))));
    WINDOW_OK(w, "2207",
              window_fmt(w,
                         "{'data':{'psn_no':'%s','mdtrt_cert_type':'02','mdtrt_cert_no':'1',"
                         "'med_type':'11','medfee_sumamt':120,'psn_setlway':'01',"
                         "'mdtrt_id':'%.*s','chrg_bchno':'B1','insutype':'%s',"
                         "'acct_used_flag':'1','invono':'','fulamt_ownpay_amt':0,"
                         "'overlmt_selfpay':0,'preselfpay_amt':0,'inscp_scp_amt':0}}",
                         person, YH_ARG(v.visit), scheme));
    v.settlement = kept(w, "setlinfo.setl_id");
    return v;
}

void window_undo(struct window *w, const char *person, struct window_visit *v)
{
    WINDOW_OK(w, "2208",
              window_fmt(w, "{'data':{'setl_id':'%.*s','mdtrt_id':'%.*s','psn_no':'%s'}}",
                         YH_ARG(v->settlement), YH_ARG(v->visit), person));
    v->undoing = kept(w, "setlinfo.setl_id");
}

/* ---- the samples ---- */

TEST(every_served_number_has_a_row_in_the_national_table)
{
    struct window w;
    window_open(&w);
    int n;
    const struct yh_tx *tx = yh_tx_all(&n);
    for (int i = 0; i < n; i++) {
        const struct yh_message *m =
            yh_interface_message(yh_testing_interface(), yh_cstr(tx[i].number));
        if (!m || !m->from_provider)
            yh_test_stop(__FILE__, __LINE__, tx[i].number);
    }
    window_close(&w);
}
