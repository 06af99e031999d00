/* shell/gateway/door_test.c -- before any work: who has not signed learns nothing, and a call that
 * needs more memory than it may have is refused, not fatal. */
#include "shell/gateway/window_test.h"

static void send_to(struct window *w, struct yh_arena *arena, yh_str body)
{
    struct yh_gateway_ask ask = { .type = YH_S("application/json"), .body = body };
    yh_gateway_answer(w->gateway, &ask, arena, &w->reply);
}

TEST(who_has_not_signed_is_not_told_whether_a_visit_exists)
{
    struct window w;
    struct yh_err err = { 0 };
    window_open(&w);
    CHECK_OK(yh_access_load(&w.arena,
                            yh_fmt(&w.arena,
                                   "provider\tscheme\tid\tsecret\tpublic_key\n"
                                   "%.*s\tx-tif\tpaas\ttoken\t\n",
                                   YH_ARG(w.provider)),
                            true, &w.access, &err),
             &err);
    static const char BODY[] =
        "{\"infno\":\"2207\",%s\"fixmedins_code\":\"%.*s\","
        "\"inf_time\":\"2026-03-18 10:00:00\",\"input\":{\"data\":{\"psn_no\":\"%.*s\","
        "\"mdtrt_id\":\"990100M000000010001\"}}}";
    static const char *const ENVELOPE[] = { "", "\"msgid\":\"\",", "\"msgid\":\"M1\"," };
    for (int i = 0; i < YH_COUNT(ENVELOPE); i++) {
        send_to(
            &w, &w.arena,
            yh_fmt(&w.arena, BODY, ENVELOPE[i], YH_ARG(w.provider), YH_ARG(YH_TOWN_WORKER)));
        CHECK_I64(yh_find(w.reply.body, YH_S("就诊")) < 0, 1, w.reply.body.p);
        CHECK_I64(yh_find(w.reply.body, YH_S("mdtrt_id")) < 0, 1, w.reply.body.p);
    }
    send_to(&w, &w.arena,
            yh_fmt(&w.arena, BODY, ENVELOPE[2], YH_ARG(w.provider), YH_ARG(YH_TOWN_WORKER)));
    CHECK(yh_starts(w.reply.body, YH_S("{\"code\":401")));
    window_close(&w);
}

TEST(a_call_that_outgrows_its_memory_is_refused_wherever_it_ends)
{
    struct window w;
    struct yh_err err = { 0 };
    window_open(&w);
    WINDOW_OK(&w, "2201",
              window_fmt(&w,
                         "{'data':{'psn_no':'%.*s','insutype':'310',"
                         "'begntime':'2026-03-18 09:00:00','mdtrt_cert_type':'02',"
                         "'mdtrt_cert_no':'990101198001010014','ipt_otp_no':'MZ1',"
                         "'atddr_no':'D1','dr_name':'测试医师','dept_code':'A03',"
                         "'dept_name':'内科','caty':'A03'}}",
                         YH_ARG(YH_TOWN_WORKER)));
    yh_str visit = window_at(&w, "data.mdtrt_id");
    struct yh_buf rows = yh_buf_in(&w.arena);
    for (int i = 0; i < 40; i++)
        yh_putf(&rows,
                "%s{\"feedetl_sn\":\"%d\",\"mdtrt_id\":\"%.*s\",\"psn_no\":\"%.*s\","
                "\"chrg_bchno\":\"A\",\"rxno\":\"1\",\"rx_circ_flag\":\"0\","
                "\"fee_ocur_time\":\"2026-03-18 09:30:00\","
                "\"med_list_codg\":\"002501010010000-250101001\",\"medins_list_codg\":\"X\","
                "\"det_item_fee_sumamt\":80,\"cnt\":1,\"pric\":80,\"bilg_dept_codg\":\"A03\","
                "\"bilg_dept_name\":\"内科\",\"bilg_dr_codg\":\"D1\",\"bilg_dr_name\":\"医师\","
                "\"hosp_appr_flag\":\"1\"}",
                i ? "," : "", i, YH_ARG(visit), YH_ARG(YH_TOWN_WORKER));
    int refused = 0, done = 0;
    for (size_t room = 24 << 10; room < 4 << 20 && !done; room += 1501) {
        struct yh_arena small;
        CHECK_OK(yh_arena_open(&small, room, &err), &err);
        yh_str body = yh_fmt(
            &w.arena,
            "{\"infno\":\"2204\",\"msgid\":\"R%zu\",\"inf_time\":\"2026-03-18 10:00:00\","
            "\"opter\":\"0001\",\"opter_type\":\"1\",\"opter_name\":\"测试操作员\","
            "\"fixmedins_code\":\"%.*s\",\"input\":{\"feedetail\":[%.*s]}}",
            room, YH_ARG(w.provider), YH_ARG(yh_buf_str(&rows)));
        send_to(&w, &small, body);
        CHECK_I64(w.reply.status, 200, "answered");
        bool ok = yh_starts(w.reply.body, YH_S("{\"infcode\":\"0\""));
        if (!ok && yh_find(w.reply.body, YH_S("分批上传")) < 0)
            yh_test_stop(__FILE__, __LINE__, yh_zdup(&w.arena, w.reply.body));
        done += ok;
        refused += !ok;
        yh_arena_close(&small);
    }
    CHECK(done == 1 && refused > 20);
    window_close(&w);
}
