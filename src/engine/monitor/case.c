/* engine/monitor/case.c -- the cases of a rule file, run. */
#include <stdio.h>
#include <string.h>

#include "engine/monitor/monitor.h"

#define VISITS_MAX 40
#define LINES_MAX 200 /* of one visit */

struct writer {
    struct yh_arena *a;
    struct yh_monitor *m;
    struct yh_mon_person person;
    struct yh_mon_visit visit[VISITS_MAX];
    struct yh_mon_line *line[VISITS_MAX];
    struct yh_mon_goods *goods[VISITS_MAX];
    int n;
    yh_fen want;
    int64_t hits;
    bool has_want;
    const struct yh_rule_case *at;
    struct yh_err *err;
};

static enum yh_status wrong(struct writer *w, yh_str met, const char *what)
{
    char text[96];
    snprintf(text, sizeof text, "%.*s", (int)yh_min(met.n, 80), met.n ? met.p : "");
    enum yh_status s = yh_fail_field(w->err, YH_BAD_TABLE, "case", text, "%s", what);
    if (w->err)
        w->err->line = w->at->at;
    return s;
}

static yh_str word(yh_str *rest)
{
    *rest = yh_trim(*rest);
    yh_str out = yh_cut(rest, ' ');
    *rest = yh_trim(*rest);
    return out;
}

static bool starts(yh_str w, const char *head, yh_str *tail)
{
    bool is = yh_starts(w, yh_cstr(head));
    if (is)
        *tail = yh_sub(w, (ptrdiff_t)strlen(head), w.n);
    return is;
}

static enum yh_status read_person(struct writer *w, yh_str rest)
{
    yh_str sex = word(&rest);
    w->person.sex = yh_eq(sex, YH_S("男"))   ? YH_FW_SEX_MALE
                    : yh_eq(sex, YH_S("女")) ? YH_FW_SEX_FEMALE
                                             : YH_FW_SEX_UNKNOWN;
    yh_str born = word(&rest);
    if (born.n && yh_day_parse(born, &w->person.born, NULL))
        return wrong(w, born, "写成 人 女 2000-05-01");
    if (yh_eq(word(&rest), YH_S("死亡")) && yh_day_parse(word(&rest), &w->person.died, NULL))
        return wrong(w, rest, "死亡之后写日期");
    return YH_OK;
}

static int kind_word(yh_str w, int from, int to)
{
    for (int i = from; i <= to; i++)
        if (yh_eq(yh_fw_word(i), w))
            return i;
    return -1;
}

static enum yh_status read_days(struct writer *w, yh_str text, struct yh_mon_visit *v)
{
    ptrdiff_t dots = yh_find(text, YH_S(".."));
    yh_str a = dots < 0 ? text : yh_sub(text, 0, dots);
    yh_str b = dots < 0 ? text : yh_sub(text, dots + 2, text.n);
    if (yh_day_parse(a, &v->begin, NULL) || yh_day_parse(b, &v->end, NULL) || v->end < v->begin)
        return wrong(w, text, "日期写成 2026-03-01 或 2026-03-01..2026-03-05");
    v->time = yh_day_time(v->begin);
    return YH_OK;
}

static enum yh_status read_diagnoses(struct writer *w, yh_str list, struct yh_mon_visit *v)
{
    uint32_t *dx = YH_NEW(w->a, uint32_t, 20);
    while (list.n && v->ndx < 20) {
        ptrdiff_t comma = yh_find(list, YH_S("、"));
        yh_str one = comma < 0 ? list : yh_sub(list, 0, comma);
        list = comma < 0 ? YH_S("") : yh_sub(list, comma + 3, list.n);
        bool code = one.n && one.p[0] >= 'A' && one.p[0] <= 'Z';
        dx[v->ndx++] = yh_monitor_dx(w->m, code ? one : YH_S(""), code ? YH_S("") : one);
    }
    v->dx = dx;
    return YH_OK;
}

static enum yh_status visit_word(struct writer *w, struct yh_mon_visit *v,
                                 struct yh_mon_provider *at, yh_str x, yh_str *rest)
{
    static const char *const METHOD[] = { "按项目", "按病组", "按床日", "按人头" };
    int k = kind_word(x, YH_FW_SCHEME_EMPLOYEE, YH_FW_SCHEME_OTHER);
    if (k >= 0) {
        v->scheme_word = (uint8_t)k;
        return YH_OK;
    }
    for (int i = 0; i < YH_COUNT(METHOD); i++)
        if (yh_eq(x, yh_cstr(METHOD[i]))) {
            v->method = (uint8_t)i;
            return YH_OK;
        }
    if (yh_eq(x, YH_S("诊断")))
        return read_diagnoses(w, word(rest), v);
    if (yh_eq(x, YH_S("科室"))) {
        yh_str name = word(rest);
        v->department = yh_monitor_name(w->m, name, name);
    } else if (yh_eq(x, YH_S("医师"))) {
        yh_str name = word(rest);
        v->doctor = yh_monitor_name(w->m, name, name);
    } else if (yh_eq(x, YH_S("互联网"))) {
        v->channel = YH_FW_CHANNEL_INTERNET;
    } else if (yh_eq(x, YH_S("急诊入院"))) {
        v->emergency = true;
    } else if (yh_eq(x, YH_S("慢特病"))) {
        v->chronic = true;
    } else if (yh_eq(x, YH_S("县"))) {
        at->office = word(rest);
    } else if (yh_eq(x, YH_S("日间"))) {
        v->day_care = true;
    } else if (yh_eq(x, YH_S("基金"))) {
        if (yh_fen_parse(word(rest), &v->fund, NULL))
            return wrong(w, x, "基金之后写金额");
    } else if (yh_eq(x, YH_S("一级")) || yh_eq(x, YH_S("二级")) || yh_eq(x, YH_S("三级"))) {
        at->level = yh_eq(x, YH_S("一级")) ? 1 : yh_eq(x, YH_S("二级")) ? 2 : 3;
    } else {
        return wrong(w, x, "诊 一行里看不懂的词");
    }
    return YH_OK;
}

static enum yh_status read_visit(struct writer *w, yh_str rest)
{
    if (w->n == VISITS_MAX)
        return wrong(w, rest, "一个例子至多 40 次就诊");
    struct yh_mon_visit v = { .fund = -1,
                              .kind = YH_FW_KIND_OUTPATIENT,
                              .scheme_word = YH_FW_SCHEME_RESIDENT,
                              .channel = YH_FW_CHANNEL_OFFLINE };
    yh_str first = word(&rest);
    int k = kind_word(first, YH_FW_KIND_INPATIENT, YH_FW_KIND_PHARMACY);
    if (k < 0)
        return wrong(w, first, "诊 之后写 住院、急诊、门诊 或 药店");
    v.kind = (uint8_t)k;
    struct yh_mon_provider at = { .code = YH_S("H1"), .pharmacy = k == YH_FW_KIND_PHARMACY };
    bool days = false;
    for (yh_str x = word(&rest); x.n; x = word(&rest)) {
        enum yh_status bad = YH_OK;
        if (x.p[0] == 'H') {
            at.code = x;
        } else if (x.p[0] >= '0' && x.p[0] <= '9') {
            bad = read_days(w, x, &v);
            days = true;
        } else {
            bad = visit_word(w, &v, &at, x, &rest);
        }
        if (bad)
            return bad;
    }
    if (!days)
        return wrong(w, first, "诊 一行要有日期");
    at.name = at.code;
    v.provider = yh_monitor_provider(w->m, &at);
    v.visit = yh_fmt(w->a, "V%d", w->n + 1);
    w->line[w->n] = YH_NEW(w->a, struct yh_mon_line, LINES_MAX);
    w->goods[w->n] = YH_NEW(w->a, struct yh_mon_goods, LINES_MAX);
    w->visit[w->n++] = v;
    return YH_OK;
}

static enum yh_status read_line(struct writer *w, yh_str rest)
{
    if (!w->n)
        return wrong(w, rest, "行 之前要有 诊");
    struct yh_mon_visit *v = &w->visit[w->n - 1];
    if (v->nline == LINES_MAX)
        return wrong(w, rest, "一次就诊至多 200 行");
    struct yh_mon_line l = { .outside = -1, .covered = true, .qty = 10000, .price = 10000000 };
    yh_str day = word(&rest), code, name = YH_S(""), tail;
    if (yh_time_parse(day, &l.time, NULL))
        return wrong(w, day, "行 之后写日期");
    code = word(&rest);
    if (code.n == 5 && code.p[2] == ':') {
        yh_time t;
        if (yh_time_parse(yh_fmt(w->a, "%.*s %.*s:00", YH_ARG(day), YH_ARG(code)), &t, NULL))
            return wrong(w, code, "时刻写成 08:30");
        l.time = t;
        code = word(&rest);
    }
    int64_t n;
    yh_price list = 0;
    struct yh_mon_goods goods = { .line = v->nline };
    bool told = false;
    for (yh_str x = word(&rest); x.n; x = word(&rest)) {
        bool ok = true;
        if (starts(x, "×", &tail)) {
            ok = !yh_dec_parse(tail, 4, &l.qty, NULL);
        } else if (starts(x, "@", &tail)) {
            ok = !yh_dec_parse(tail, 6, &l.price, NULL);
        } else if (yh_eq(x, YH_S("处方"))) {
            ok = !yh_int_parse(word(&rest), &n, NULL);
            l.rx = (int32_t)n;
        } else if (yh_eq(x, YH_S("类"))) {
            ok = !yh_int_parse(word(&rest), &n, NULL) && n >= 0 && n < 20;
            l.charge = (uint8_t)n;
        } else if (yh_eq(x, YH_S("退"))) {
            ok = !yh_int_parse(word(&rest), &n, NULL);
            l.init = (int32_t)n;
        } else if (yh_eq(x, YH_S("标准价"))) {
            ok = !yh_dec_parse(word(&rest), 6, &list, NULL);
        } else if (yh_eq(x, YH_S("缺货"))) {
            ok = told = !yh_dec_parse(word(&rest), 4, &goods.unstocked, NULL);
        } else if (yh_eq(x, YH_S("可供"))) {
            ok = !yh_dec_parse(word(&rest), 4, &goods.supplied, NULL);
        } else if (yh_eq(x, YH_S("已结"))) {
            ok = !yh_dec_parse(word(&rest), 4, &goods.billed, NULL);
        } else if (yh_eq(x, YH_S("无出库"))) {
            ok = told = !yh_dec_parse(word(&rest), 4, &goods.unsold, NULL);
        } else if (yh_eq(x, YH_S("码已售"))) {
            ok = told = !yh_dec_parse(word(&rest), 4, &goods.trace_qty, NULL);
            goods.trace_sold = 1;
        } else if (yh_eq(x, YH_S("科室"))) {
            yh_str d = word(&rest);
            l.department = yh_monitor_name(w->m, d, d);
        } else if (yh_eq(x, YH_S("自费"))) {
            l.covered = false;
        } else if (yh_eq(x, YH_S("一线"))) {
            l.first_line = true;
        } else if (!name.n) {
            name = x;
        } else {
            ok = false;
        }
        if (!ok)
            return wrong(w, x, "行 里看不懂的词");
    }
    if (!code.n)
        return wrong(w, day, "行 里要有项目代码");
    if (l.qty > 10000000000 || l.qty < -10000000000 || l.price > 10000000000000 || l.price < 0)
        return wrong(w, code, "数量或单价太大");
    if (!v->nline)
        v->time = l.time;
    l.item = yh_monitor_item(w->m, code, name);
    if (list)
        yh_monitor_price(w->m, l.item, list);
    l.amount = yh_line_amount(l.price, l.qty, YH_ROUND_HALF_UP);
    l.serial = yh_fmt(w->a, "%d", v->nline + 1);
    if (told)
        w->goods[w->n - 1][v->ngoods++] = goods;
    w->line[w->n - 1][v->nline++] = l;
    v->total += l.amount;
    if (!l.covered)
        v->outside += l.amount;
    return YH_OK;
}

static enum yh_status read_want(struct writer *w, yh_str rest)
{
    w->has_want = true;
    w->hits = -1;
    if (yh_fen_parse(word(&rest), &w->want, NULL))
        return wrong(w, rest, "得 之后写金额");
    yh_str n = word(&rest);
    if (n.n && (yh_int_parse(n, &w->hits, NULL) || !yh_eq(word(&rest), YH_S("处"))))
        return wrong(w, n, "写成 得 64.00 2 处");
    return YH_OK;
}

static enum yh_status read_case(struct writer *w)
{
    for (int i = 0; i < w->at->nline; i++) {
        yh_str rest = w->at->line[i], what = word(&rest);
        enum yh_status bad;
        if (yh_eq(what, YH_S("人")))
            bad = read_person(w, rest);
        else if (yh_eq(what, YH_S("诊")))
            bad = read_visit(w, rest);
        else if (yh_eq(what, YH_S("行")))
            bad = read_line(w, rest);
        else if (yh_eq(what, YH_S("得")))
            bad = read_want(w, rest);
        else
            bad = wrong(w, what, "例子的行以 人、诊、行、得 开头");
        if (bad)
            return bad;
    }
    for (int i = 0; i < w->n; i++) {
        w->visit[i].line = w->line[i];
        w->visit[i].goods = w->goods[i];
        if (i && w->visit[i].begin < w->visit[i - 1].begin)
            return wrong(w, YH_S(""), "就诊按开始日排列");
    }
    w->person.visit = w->visit;
    w->person.n = w->n;
    return w->n ? YH_OK : wrong(w, YH_S(""), "例子里没有就诊");
}

enum yh_status yh_monitor_case(struct yh_arena *a, const struct yh_rules *rules, int rule,
                               int index, struct yh_mon_case *out, struct yh_err *err)
{
    const struct yh_mon_rule *q = &rules->rule[rule];
    struct writer *w = YH_NEW(a, struct writer, 1);
    w->a = a;
    w->m = yh_monitor_open(a, rules);
    w->at = &q->cases[index];
    w->err = err;
    w->person = (struct yh_mon_person){ .region = YH_S("990100"),
                                        .person = YH_S("P1"),
                                        .grp = 1,
                                        .sex = YH_FW_SEX_UNKNOWN,
                                        .born = YH_DAY_MIN,
                                        .died = YH_DAY_MAX };
    enum yh_status bad = read_case(w);
    if (bad)
        return bad;
    yh_monitor_just(w->m, rule);
    struct yh_mon_hit *h;
    int n = yh_monitor_run(w->m, a, &w->person, -1, YH_STAGE_AFTER, &h), mine = 0;
    if (!(q->stages & YH_STAGE_BIT(YH_STAGE_AFTER)))
        n = yh_monitor_run(w->m, a, &w->person, -1, YH_STAGE_BILL, &h);
    yh_fen money = 0;
    for (int i = 0; i < n; i++)
        if (h[i].rule == rule) {
            mine++;
            for (int k = 0; k < h[i].nmark; k++)
                money += h[i].mark[k].stake ? h[i].mark[k].claimed : 0;
        }
    char got[32], want[32];
    *out = (struct yh_mon_case){ .rule = rule, .index = index, .line = w->at->at };
    out->right = w->at->hit ? mine > 0 && (!w->has_want || money == w->want) &&
                                  (w->hits < 0 || !w->has_want || mine == w->hits)
                            : mine == 0;
    if (!out->right)
        out->said = yh_fmt(
            a, "查到 %d 处 %.*s 元，应为 %s%.*s%s", mine, YH_ARG(yh_dec_text(got, money, 2, 2)),
            w->at->hit ? "命中 " : "不命中",
            YH_ARG(w->at->hit && w->has_want ? yh_dec_text(want, w->want, 2, 2) : YH_S("")),
            w->at->hit && w->has_want ? " 元" : "");
    return YH_OK;
}
