#include "base/test.h"
#include "shell/home/home.h"

/* The codes of a table of terms, its rows by level, scheme and day among them, and some that no table knows. */
enum { CODES = 400 };
static int codes_of(struct yh_arena *a, const char *path, yh_str code[CODES], int n)
{
    struct yh_tsv t;
    struct yh_err err;
    CHECK_OK(yh_tsv_open(&t, yh_test_file(a, path), &err), &err);
    while (n < CODES && yh_tsv_next(&t, &err) > 0)
        code[n++] = t.cell[0];
    return n;
}

static int64_t fen_of(const struct yh_json *o, const char *name)
{
    yh_fen v = 0;
    CHECK_OK(yh_json_dec(yh_json_get(o, yh_cstr(name)), 2, &v, NULL), NULL);
    return v;
}

/* Law: a bill given as arrays is paid what the same bill is paid as JSON, whatever was asked before. */
TEST(law_lines_in_arrays_are_paid_as_lines_in_json)
{
    static const char *const REGION[] = { "990101", "990102", "990100" };
    static const char *const SCHEME[] = { "390", "310" };
    static const char *const PERSON[] = { "成年居民", "在职" };
    static const char *const LEVEL[] = { "一级", "二级", "三级", "未定级" };
    struct yh_arena *a = yh_test_arena();
    struct yh_home home;
    struct yh_err err;
    yh_str code[CODES + 3];
    uint64_t s = 20261123;
    CHECK_OK(yh_home_open(".", &home, &err), &err);
    int n = codes_of(a, "catalogs/terms/990000.tsv", code, 0), unequal = 0, paid = 0;
    n = codes_of(a, "catalogs/terms/990101.tsv", code, n);
    code[n++] = YH_S("X1");
    code[n++] = YH_S("ZZ000000000000000000000000000000000001");
    code[n++] = YH_S("XA00000000000000000001");
    for (int k = 0, many = yh_law_count(10000) / 5; k < many; k++) {
        struct yh_arena keep = *a;
        struct yiheng_line l[40];
        struct yiheng_payment p;
        char error[320];
        int nline = (int)yh_test_between(&s, 1, 40), scheme = (int)yh_test_between(&s, 0, 1),
            ok;
        yh_day begin = (yh_day)(yh_day_of(2025, 12, 24) + yh_test_between(&s, 0, 12));
        char day[3][16];
        yh_str facts =
            yh_fmt(a,
                   "{\"region\":\"%s\",\"scheme\":\"%s\",\"begin\":\"%s\",\"end\":\"%s\","
                   "\"facts\":{\"就医类别\":\"住院\",\"人员\":\"%s\",\"身份\":[],\"级别\":\"%"
                   "s\",\"次数\":%d,\"年龄\":40}",
                   REGION[yh_test_between(&s, 0, 2)], SCHEME[scheme],
                   yh_zdup(a, yh_day_text(day[0], begin)),
                   yh_zdup(a, yh_day_text(day[1], (yh_day)(begin + 8))), PERSON[scheme],
                   LEVEL[yh_test_between(&s, 0, 3)], (int)yh_test_between(&s, 1, 3));
        struct yh_buf bill = yh_buf_in(a);
        yh_putf(&bill, "%.*s,\"lines\":[", YH_ARG(facts));
        for (int i = 0; i < nline; i++) {
            yh_str c = code[yh_test_between(&s, 0, n - 1)];
            int64_t fen = yh_test_between(&s, 1, 90000), many_of = yh_test_between(&s, 1, 9);
            yh_day on = (yh_day)(begin + yh_test_between(&s, 0, 8));
            l[i] =
                (struct yiheng_line){ c.p,           (size_t)c.n, fen * 10000, many_of * 10000,
                                      fen * many_of, on };
            yh_putf(&bill,
                    "%s{\"feedetl_sn\":\"%d\",\"med_list_codg\":\"%.*s\",\"pric\":%d.%02d,"
                    "\"cnt\":%d,"
                    "\"det_item_fee_sumamt\":%d.%02d,\"fee_ocur_time\":\"%.*s\"}",
                    i ? "," : "", i, YH_ARG(c), (int)(fen / 100), (int)(fen % 100),
                    (int)many_of, (int)(fen * many_of / 100), (int)(fen * many_of % 100),
                    YH_ARG(yh_day_text(day[2], on)));
        }
        yh_putz(&bill, "]}");
        facts = yh_fmt(a, "%.*s}", YH_ARG(facts));
        yh_str text = yh_buf_str(&bill);
        char *answer = yiheng_settle(home.engine, text.p, (size_t)text.n, 0, &ok);
        int good = yiheng_pay_lines(home.engine, facts.p, (size_t)facts.n, l, nline, NULL, 0,
                                    &p, error, sizeof error);
        CHECK_STR(yh_cstr(ok ? "" : answer), YH_S(""), "the JSON is settled");
        CHECK_STR(yh_cstr(good ? "" : error), YH_S(""), "and so are the arrays");
        struct yh_json *v;
        CHECK_OK(
            yh_json_read(a, yh_dup(a, yh_cstr(answer)), (struct yh_json_limits){ 0 }, &v, &err),
            &err);
        yiheng_free(answer);
        const struct yh_json *info = yh_json_get(v, YH_S("setlinfo"));
        unequal += fen_of(info, "medfee_sumamt") != p.total ||
                   fen_of(info, "fund_pay_sumamt") != p.fund ||
                   fen_of(info, "psn_part_amt") != p.person ||
                   fen_of(info, "hifp_pay") != p.hifp ||
                   fen_of(info, "act_pay_dedc") != p.deductible;
        paid += p.fund > 0;
        *a = keep;
    }
    CHECK_I64(unequal, 0, "bills that differ");
    CHECK(paid > 100);
    yh_home_close(&home);
}
