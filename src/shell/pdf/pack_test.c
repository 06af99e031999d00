#include "shell/pdf/pack.h"
#include "base/test.h"
#include "model/monitor/hit.h"

static int pages(yh_str pdf)
{
    int n = 0;
    for (ptrdiff_t at; (at = yh_find(pdf, YH_S("/Type /Page\n"))) >= 0 ||
                       (at = yh_find(pdf, YH_S("/Type /Page %"))) >= 0;
         n++)
        pdf = yh_sub(pdf, at + 12, pdf.n);
    return n;
}

/* A pack of `n` hits, as casework writes it; `says`: what the provider said of each. */
static yh_str pack(struct yh_arena *a, int n, const char *says)
{
    struct yh_hit_line line = { .visit = YH_S("V1"),
                                .serial = YH_S("2"),
                                .code = YH_S("002501010010000"),
                                .name = YH_S("血红蛋白测定"),
                                .day = yh_day_of(2026, 3, 2),
                                .qty = 20000,
                                .excess = 10000,
                                .amount = 1000,
                                .claimed = 1000,
                                .at_stake = true };
    struct yh_hit_fact fact = { YH_S("当日次数"), YH_S("2") };
    struct yh_buf b = yh_buf_in(a);
    yh_putz(&b, "{\"pack\":\"990100-2026-00001-E3\",\"sha256\":\"");
    for (int i = 0; i < 64; i++)
        yh_putc(&b, 'a');
    yh_putz(&b, "\",\"content\":{\"case\":\"990100-2026-00001\",\"provider\":\"H1\","
                "\"procedure\":\"contract\",\"state\":\"checking\",\"nature\":\"\","
                "\"claimed\":6.00,\"upheld\":0.00,\"person_back\":0.00,\"hits\":[");
    for (int i = 0; i < n; i++) {
        struct yh_hit h = { .id = yh_fmt(a, "%020d", i + 1),
                            .rule = YH_S("frequency"),
                            .version = YH_S("abcdefabcdef"),
                            .kind = YH_S("超限定频次"),
                            .verdict = YH_VERDICT_DENY,
                            .region = YH_S("990100"),
                            .grp = 1,
                            .person = YH_S("P1"),
                            .provider = YH_S("H1"),
                            .visit = YH_S("V1"),
                            .settlement = YH_S("S1"),
                            .day = line.day,
                            .day_to = line.day,
                            .item_money = 1000,
                            .fund_item = 600,
                            .person_item = 400,
                            .fund_method = 600,
                            .message = YH_S("当日 2 次，限 1 次"),
                            .basis = YH_S("演示规则"),
                            .line = &line,
                            .nline = 1,
                            .fact = &fact,
                            .nfact = 1 };
        yh_putz(&b, i ? ",{\"hit\":" : "{\"hit\":");
        struct yh_jsonw one = yh_jsonw_on(&b);
        yh_hit_json(&one, &h);
        yh_putf(&b,
                ",\"state\":\"open\",\"fund\":0.00,\"person_back\":0.00,"
                "\"provider_says\":{\"reason\":\"%s\",\"amount\":10.00,\"papers\":\"\","
                "\"panel\":\"\"},\"recheck\":\"\",\"panel\":\"\"}",
                says);
    }
    yh_putz(&b,
            "],\"rules\":[{\"rule\":\"frequency\",\"version\":\"abcdefabcdef\",\"knowledge\":"
            "\"\",\"digest\":\"ab\",\"text\":\"规则：当日至多一次\\n依据：演示\"}],"
            "\"counter_evidence\":[{\"visit\":\"V1\",\"diagnoses\":[\"J18.900 肺炎\"]}],"
            "\"papers\":[],\"law\":[],\"steps\":[{\"nth\":1,\"act\":\"open\",\"state\":"
            "\"opened\",\"officer\":\"O1\",\"others\":\"\",\"time\":\"2026-03-18 10:00:00\","
            "\"due\":\"\",\"note\":\"\",\"document\":\"\"}]}}\n");
    return yh_buf_str(&b);
}

TEST(an_evidence_pack_is_one_paper_whenever_it_is_made)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_err err;
    yh_str one, two, more, other;
    CHECK_OK(yh_paper_pack(a, pack(a, 2, "病情需要"), &one, &err), &err);
    CHECK_OK(yh_paper_pack(a, pack(a, 2, "病情需要"), &two, &err), &err);
    CHECK(yh_starts(one, YH_S("%PDF-")));
    CHECK(yh_eq(one, two));
    /* Dated by its last step, not by the day on which it is printed. */
    CHECK(yh_find(one, YH_S("CreationDate (20260318100000+08'00")) >= 0);
    CHECK_OK(yh_paper_pack(a, pack(a, 60, "病情需要"), &more, &err), &err);
    CHECK(pages(one) >= 1 && pages(more) > pages(one) + 10);
    /* What the provider said stands in it. */
    CHECK_OK(yh_paper_pack(a, pack(a, 2, "另有医嘱"), &other, &err), &err);
    CHECK(!yh_eq(one, other));
}

TEST(what_is_no_pack_makes_no_paper)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_err err;
    yh_str pdf = YH_S("");
    CHECK_I64(yh_paper_pack(a, YH_S("{\"pack\":\"x\"}"), &pdf, &err), YH_BAD_INPUT,
              "no content");
    CHECK(yh_find(yh_cstr(err.text), YH_S("不是证据包")) >= 0);
    CHECK_I64(yh_paper_pack(a, YH_S("not JSON"), &pdf, &err), YH_BAD_INPUT, "no JSON");
    CHECK_I64(pdf.n, 0, "nothing written");
}
