/* service/casework/credit.c -- credit points: given by decisions, taken off by repair. */
#include "service/casework/inside.h"

static bool kind_ok(yh_str kind)
{
    return yh_eq(kind, YH_S("provider")) || yh_eq(kind, YH_S("staff")) ||
           yh_eq(kind, YH_S("person"));
}

static enum yh_status rows_of(struct yh_txn *x, yh_str kind, yh_str subject,
                              struct yh_credit_point_row **row, int *n, struct yh_err *err)
{
    struct yh_credit_point_row like = { .kind = kind, .subject = subject };
    return yh_list_credit_point(x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like,
                                row, n, err);
}

static enum yh_status add(struct yh_docket *k, struct yh_credit_point_row r, struct yh_err *err)
{
    struct yh_credit_point_row *row = NULL;
    int n = 0;
    enum yh_status st = rows_of(k->x, r.kind, r.subject, &row, &n, err);
    r.nth = n + 1;
    r.day = k->today;
    r.officer = k->officer;
    return st ? st : yh_add_credit_point(k->x, &r, err);
}

enum yh_status yh_credit_give(struct yh_docket *k, yh_str kind, yh_str subject, yh_str role,
                              struct yh_err *err)
{
    struct yh_credit_row row;
    enum yh_status st = yh_casework_points(k->w, k->a, k->f.region, kind, k->f.nature, role,
                                           k->today, &row, NULL);
    if (st == YH_NOT_FOUND) /* no row: this nature carries no points for such a subject */
        return YH_OK;
    if (st)
        return yh_fail(err, st, "catalogs/casework/credit.tsv 读不通");
    return add(k,
               (struct yh_credit_point_row){
                   .kind = kind,
                   .subject = subject,
                   .points = row.points,
                   .case_no = k->f.case_no,
                   .row = row.row,
                   .reason = yh_fmt(k->a, "%.*s；%.*s（%.*s）",
                                    YH_ARG(yh_case_nature_text(k->f.nature)), YH_ARG(row.basis),
                                    YH_ARG(yh_standing_text(row.standing))) },
               err);
}

enum yh_status yh_credit_withdraw(struct yh_docket *k, struct yh_err *err)
{
    struct yh_credit_point_row like = { .case_no = k->f.case_no }, *row = NULL;
    int n = 0;
    enum yh_status st = yh_list_credit_point(
        k->x, (struct yh_span){ .index = yh_credit_point_by_case, .same = 1 }, &like, &row, &n,
        err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (row[i].points > 0)
            st = add(k,
                     (struct yh_credit_point_row){ .kind = row[i].kind,
                                                   .subject = row[i].subject,
                                                   .points = -row[i].points,
                                                   .case_no = k->f.case_no,
                                                   .row = row[i].row,
                                                   .reason = YH_S("决定已撤销") },
                     err);
    return st;
}

/* Points of the calendar year of `day`, and when points were last given. */
static int sum_of(const struct yh_credit_point_row *row, int n, yh_day day, yh_day *last,
                  int *repaired)
{
    int year = yh_civil_of(day).year, sum = 0;
    *last = 0;
    *repaired = 0;
    for (int i = 0; i < n; i++) {
        if (yh_civil_of((yh_day)row[i].day).year != year)
            continue;
        sum += (int)row[i].points;
        if (row[i].points > 0)
            *last = (yh_day)row[i].day;
        else if (yh_eq(row[i].row, YH_S("repair")))
            *repaired -= (int)row[i].points;
    }
    return sum;
}

enum yh_status yh_act_credit_show(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_credit_point_row *row = NULL;
    int n = 0, repaired;
    yh_day last;
    yh_str kind = yh_act_text(t, "kind"), subject = yh_act_text(t, "subject");
    enum yh_status st = yh_docket_open(t, &k, err);
    if (st)
        return st;
    if (!kind_ok(kind))
        return yh_refuse(err, YH_REFUSE_CREDIT_KIND, kind, NULL);
    if ((st = rows_of(k.x, kind, subject, &row, &n, err)) != YH_OK)
        return st;
    yh_putz(t->out, "#day\tpoints\tcase\trow\tofficer\treason\n");
    for (int i = 0; i < n; i++) {
        yh_act_put_day(t, row[i].day, '\t');
        yh_putf(t->out, "%lld\t", (long long)row[i].points);
        yh_act_put(t, row[i].case_no, '\t');
        yh_act_put(t, row[i].row, '\t');
        yh_act_put(t, row[i].officer, '\t');
        yh_act_put(t, row[i].reason, '\n');
    }
    int sum = sum_of(row, n, k.today, &last, &repaired);
    struct yh_credit_level l;
    yh_putf(t->out, "# %d 年累计 %d 分", yh_civil_of(k.today).year, sum);
    if (yh_casework_level(k.w, k.a, yh_act_text(t, "region"), kind, sum, k.today, &l, NULL) ==
        YH_OK)
        yh_putf(t->out, "：%.*s（%d 分线，%.*s）", YH_ARG(l.consequence), l.points,
                YH_ARG(yh_standing_text(l.standing)));
    yh_putz(t->out, "\n");
    return YH_OK;
}

enum yh_status yh_act_credit_repair(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_credit_point_row *row = NULL;
    struct yh_credit_repair rule;
    yh_str kind = yh_act_text(t, "kind"), subject = yh_act_text(t, "subject"),
           points = yh_act_text(t, "points");
    int n = 0, repaired;
    int64_t take = 0;
    yh_day last;
    enum yh_status st = yh_docket_open(t, &k, err);
    if (st == YH_OK)
        st = yh_docket_officer(&k, true, err);
    if (st)
        return st;
    if (!kind_ok(kind))
        return yh_refuse(err, YH_REFUSE_CREDIT_KIND, kind, NULL);
    if ((st = yh_casework_repair(k.w, k.a, yh_act_text(t, "region"), kind, k.today, &rule,
                                 err)) != YH_OK ||
        (st = rows_of(k.x, kind, subject, &row, &n, err)) != YH_OK)
        return st;
    int sum = sum_of(row, n, k.today, &last, &repaired);
    if (yh_int_parse(points, &take, NULL) || take < 1 || take > sum)
        return yh_refuse(err, YH_REFUSE_CREDIT_REPAIR, points, "本年现有 %d 分", sum);
    if (repaired + take > rule.points_max)
        return yh_refuse(err, YH_REFUSE_CREDIT_REPAIR, points, "本年已修复 %d 分，至多 %d 分",
                         repaired, rule.points_max);
    if (k.today < last + rule.after_days) {
        char day[16];
        return yh_refuse(err, YH_REFUSE_CREDIT_REPAIR, points,
                         "最近一次记分后 %d 天起，即 %.*s", rule.after_days,
                         YH_ARG(yh_day_text(day, last + rule.after_days)));
    }
    st = add(&k,
             (struct yh_credit_point_row){ .kind = kind,
                                           .subject = subject,
                                           .points = -take,
                                           .row = YH_S("repair"),
                                           .reason = k.note },
             err);
    return st ? st : yh_act_credit_show(t, err);
}
