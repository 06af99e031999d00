/* shell/cli/conform.c -- yiheng conform URL: grades a server of the national interface. */
#include <stdio.h>
#include <time.h>
#include "shell/cli/cli.h"
#include "shell/conform/conform.h"

static const char USAGE[] =
    "conform URL [选项]\n"
    "扮演一家医院，逐条检验一个医保接口服务：流程、金额恒等、重发与冲正、顺序、容量、跨年。\n"
    "所做的结算最后全部撤回，可反复运行。全部通过退出码为 0，否则为 1。\n"
    "\n"
    "  --provider CODE     定点医院（缺省 H99010100001）\n"
    "  --pharmacy CODE     定点药店（缺省由 1201 查得）\n"
    "  --office CODE       就医地与参保地区划（缺省 990101）\n"
    "  --employee NO       门诊患者证件号（缺省为演示数据的测试甲）\n"
    "  --inpatient NO      住院患者证件号（缺省为演示数据的测试乙）\n"
    "  --lines N           长住院的明细条数（缺省 20000）\n"
    "  --json              以 JSON 输出";

static void print_table(const struct yh_conform_result *r)
{
    struct yh_arena a;
    struct yh_err err;
    if (yh_arena_open(&a, 16 << 20, &err))
        return;
    struct yh_buf b = yh_buf_in(&a);
    const char *part = "";
    for (int i = 0; i < YH_CLAUSE_N; i++) {
        const struct yh_conform_mark *m = &r->mark[i];
        enum yh_conform_clause c = (enum yh_conform_clause)i;
        yh_put_pad(&b, yh_cstr(strcmp(part, yh_clause_part(c)) ? yh_clause_part(c) : ""), 6);
        part = yh_clause_part(c);
        yh_put_pad(&b, yh_clause_passed(m) ? YH_S("通过") : YH_S("未通过"), 8);
        yh_put_pad(&b, yh_cstr(yh_clause_text(c)), 66);
        yh_putf(&b, "%5d/%d\n", m->held, m->looked);
        if (!yh_clause_passed(m))
            yh_putf(&b, "              └ %s\n",
                    m->looked ? m->first_fault : "没有进行到这一步");
    }
    yh_putf(&b, "\n得分 %d / %d（%d 次调用；长住院预结算 %lld 毫秒）\n", r->passed,
            (int)YH_CLAUSE_N, r->calls, (long long)r->long_stay_ms);
    fwrite(b.p, 1, (size_t)b.n, stdout);
    yh_arena_close(&a);
}

static void print_json(const struct yh_conform_result *r)
{
    static const char *const ID[] = {
#define R(id, part, text) #id,
#include "shell/conform/clause.def"
#undef R
    };
    struct yh_arena a;
    struct yh_err err;
    if (yh_arena_open(&a, 16 << 20, &err))
        return;
    struct yh_buf b = yh_buf_in(&a);
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_jw_object(&w);
    yh_jw_kv_i64(&w, "passed", r->passed);
    yh_jw_kv_i64(&w, "clauses", YH_CLAUSE_N);
    yh_jw_kv_i64(&w, "calls", r->calls);
    yh_jw_kv_i64(&w, "long_stay_ms", r->long_stay_ms);
    yh_jw_kv_array(&w, "clause");
    for (int i = 0; i < YH_CLAUSE_N; i++) {
        const struct yh_conform_mark *m = &r->mark[i];
        yh_jw_object(&w);
        yh_jw_kv_str(&w, "id", yh_cstr(ID[i]));
        yh_jw_kv_str(&w, "part", yh_cstr(yh_clause_part((enum yh_conform_clause)i)));
        yh_jw_kv_str(&w, "text", yh_cstr(yh_clause_text((enum yh_conform_clause)i)));
        yh_jw_kv_bool(&w, "passed", yh_clause_passed(m));
        yh_jw_kv_i64(&w, "looked", m->looked);
        yh_jw_kv_i64(&w, "held", m->held);
        yh_jw_kv_str(&w, "fault", yh_cstr(m->first_fault));
        yh_jw_end(&w, '}');
    }
    yh_jw_end(&w, ']');
    yh_jw_end(&w, '}');
    yh_putc(&b, '\n');
    fwrite(b.p, 1, (size_t)b.n, stdout);
    yh_arena_close(&a);
}

int yh_cmd_conform(int argc, char **argv)
{
    struct yh_conform_cast cast = yh_conform_defaults();
    const char *url = NULL, *value, *lines = NULL;
    bool json = false;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--json"))
            json = true;
        else if (yh_cli_option(&i, argc, argv, "--provider", &value))
            cast.hospital = value;
        else if (yh_cli_option(&i, argc, argv, "--pharmacy", &value))
            cast.pharmacy = value;
        else if (yh_cli_option(&i, argc, argv, "--office", &value))
            cast.office = value;
        else if (yh_cli_option(&i, argc, argv, "--employee", &value))
            cast.employee = value;
        else if (yh_cli_option(&i, argc, argv, "--inpatient", &value))
            cast.inpatient = value;
        else if (yh_cli_option(&i, argc, argv, "--lines", &lines))
            continue;
        else if (argv[i][0] != '-' && !url)
            url = argv[i];
        else
            return yh_cli_usage(USAGE, argc, argv);
    }
    int64_t n = cast.lines;
    if (!url || !cast.hospital || !cast.office || !cast.employee || !cast.inpatient)
        return yh_cli_usage(USAGE, argc, argv);
    if (lines && (yh_int_parse(yh_cstr(lines), &n, NULL) || n < 1 || n > 1000000))
        return yh_cli_wrong("--lines", lines, " 1 到 1000000 的整数");
    cast.lines = (int)n;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    cast.tag = yh_mix64((uint64_t)t.tv_sec * 1000000007u + (uint64_t)t.tv_nsec);
    cast.now = (yh_time)t.tv_sec + 8 * 3600;
    struct yh_client client;
    struct yh_arena a;
    struct yh_err err = { 0 };
    if (yh_client_open(&client, url, &err) || yh_arena_open(&a, (size_t)4 << 30, &err))
        return yh_cli_error(NULL, &err);
    struct yh_client_answer hello;
    if (yh_client_call(&client, &a, "GET", NULL, NULL, NULL, 0, YH_S(""), &hello, &err))
        return yh_cli_error(NULL, &err);
    struct yh_conform_result r;
    yh_conform_run(&cast, yh_conform_http, &client, &a, &r);
    yh_client_close(&client);
    if (json)
        print_json(&r);
    else
        print_table(&r);
    yh_arena_close(&a);
    return r.passed == YH_CLAUSE_N ? 0 : 1;
}
