/* service/archive/sums.c -- the year's amounts, once from the books and once from the file made of them. */
#include "service/archive/inside.h"

static const char *const SUM[] = { "hifp_pay",        "hifmi_pay",       "hifob_pay",
                                   "hifes_pay",       "cvlserv_pay",     "maf_pay",
                                   "hifdm_pay",       "oth_pay",         "hosp_part_amt",
                                   "acct_pay",        "acct_mulaid_pay", "to_person",
                                   "act_pay_dedc",    "medfee_sumamt",   "fulamt_ownpay_amt",
                                   "overlmt_selfpay", "preselfpay_amt",  "inscp_scp_amt" };
_Static_assert(YH_COUNT(SUM) == YH_REBUILD_SUMS, "one name an amount");

void yh_rebuild_sum(const struct yh_settlement_row *s, yh_fen books[YH_REBUILD_SUMS])
{
    const yh_fen v[] = { s->basic,    s->serious,   s->large,      s->enterprise, s->civil,
                         s->assist,   s->disabled,  s->other,      s->hospital,   s->account,
                         s->relative, s->to_person, s->deductible, s->total,      s->outside,
                         s->over,     s->first,     s->scope };
    _Static_assert(YH_COUNT(v) == YH_REBUILD_SUMS, "one amount a name");
    for (int i = 0; i < YH_COUNT(v); i++)
        books[i] += v[i];
}

/* The parts' counts together; the bills shown are the first, in the order of groups. */
static void report(const struct yh_rebuild_part *part, int n, struct yh_rebuild_report *out)
{
    int at[YH_REBUILD_PARTS] = { 0 };
    for (int i = 0; i < n; i++) {
        const struct yh_rebuild_report *r = &part[i].r;
        out->groups += r->groups;
        out->persons += r->persons;
        out->heads += r->heads;
        out->lines += r->lines;
        out->left_out += r->left_out;
        out->differ += r->differ;
    }
    while (out->nshown < YH_REBUILD_SHOWN) {
        int first = -1;
        for (int i = 0; i < n; i++)
            if (at[i] < part[i].r.nshown &&
                (first < 0 || part[i].shown_grp[at[i]] < part[first].shown_grp[at[first]]))
                first = i;
        if (first < 0)
            break;
        out->shown[out->nshown++] = part[first].r.shown[at[first]++];
    }
}

static void add_chunk(const struct yh_arc_chunk *c, yh_fen file[YH_REBUILD_SUMS])
{
    for (int64_t h = 0; h < c->n[YH_ARC_head]; h++) {
        struct yh_arc_head x;
        yh_arc_get_head(c, h, &x);
        const yh_fen v[] = { x.basic,    x.serious,   x.large,     x.enterprise, x.civil_pay,
                             x.assist,   x.disabled,  x.other,     x.hospital,   x.account,
                             x.relative, x.to_person, x.deductible };
        for (int k = 0; k < YH_COUNT(v); k++)
            file[k] += v[k];
    }
    /* A cut of a part is of the whole stay so far: what a stay costs is its last cut. */
    for (int64_t h = 0; h < c->n[YH_ARC_head]; h++) {
        bool last = true;
        char x[24], y[24];
        if (YH_ARC(c, head, part, h))
            for (int64_t k = h + 1; last && k < c->n[YH_ARC_head]; k++)
                last = !(YH_ARC(c, head, part, k) &&
                         YH_ARC(c, head, person, k) == YH_ARC(c, head, person, h) &&
                         yh_eq(yh_arc_text(c, YH_ARC(c, head, visit, k), x),
                               yh_arc_text(c, YH_ARC(c, head, visit, h), y)));
        int64_t from, to;
        YH_ARC_SPAN(c, head, cut, h, &from, &to);
        for (int64_t k = from; last && k < to; k++) {
            struct yh_arc_cut cut;
            yh_arc_get_cut(c, k, &cut);
            file[13] += cut.outside + cut.over + cut.first + cut.scope;
            file[14] += cut.outside;
            file[15] += cut.over;
            file[16] += cut.first;
            file[17] += cut.scope;
        }
    }
}

enum yh_status yh_rebuild_check(const struct yh_rebuild_part *part, int n, const char *path,
                                struct yh_rebuild_report *out, struct yh_err *err)
{
    yh_fen file[YH_REBUILD_SUMS] = { 0 };
    struct yh_archive a;
    report(part, n, out);
    enum yh_status st = yh_archive_open(path, &a, err);
    if (st)
        return st;
    for (int i = 0; st == YH_OK && i < a.nchunk; i++) {
        struct yh_arc_chunk c;
        if ((st = yh_archive_chunk(&a, i, &c, err)) == YH_OK)
            add_chunk(&c, file);
    }
    yh_archive_close(&a);
    out->same = st == YH_OK;
    for (int k = 0; k < YH_REBUILD_SUMS; k++) {
        out->sum[k].name = SUM[k];
        for (int i = 0; i < n; i++)
            out->sum[k].books += part[i].books[k];
        out->sum[k].archive = file[k];
        out->same = out->same && out->sum[k].books == file[k];
    }
    out->nsum = YH_REBUILD_SUMS;
    return st;
}
