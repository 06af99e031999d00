/* A stay of 20,000 lines: uploaded in parts, tried and settled. */
#include <stdio.h>
#include <time.h>
#include "base/test.h"
#include "service/testing.h"
#include "service/town.h"

#define LINES 20000
#define UPLOAD 2500

struct upload {
    struct yh_charge_in *in;
    int n;
};

static enum yh_status do_upload(struct yh_ctx *c, void *user, struct yh_buf *reply,
                                struct yh_err *err)
{
    struct upload *u = user;
    yh_putz(reply, "ok");
    return yh_charges_add(c, u->in, u->n, err);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

TEST(a_stay_of_twenty_thousand_lines_is_settled_soon)
{
    struct yh_desk d;
    struct yh_settled s;
    yh_desk_open(&d, NULL);
    yh_str v = yh_desk_admit(&d, YH_TOWN_RESIDENT, "390", "21", d.now - 8 * 86400);
    struct yh_charge_in *in = YH_NEW(&d.arena, struct yh_charge_in, UPLOAD);
    for (int from = 0; from < LINES; from += UPLOAD) {
        for (int i = 0; i < UPLOAD; i++)
            in[i] = (struct yh_charge_in){ .person = YH_TOWN_RESIDENT,
                                           .visit = v,
                                           .line = {
                                               .serial = yh_fmt(&d.arena, "%d", from + i + 1),
                                               .code = i % 2 ? YH_S("002501010010000")
                                                             : YH_S("XA01ABD075A002010100483"),
                                               .time = d.now - (i % 7) * 86400,
                                               .price = 1000000,
                                               .qty = 10000,
                                               .amount = 100 } };
        struct upload u = { in, UPLOAD };
        CHECK_OK(yh_desk_write(&d, "2301", YH_TOWN_RESIDENT, NULL, do_upload, &u), &d.err);
    }
    struct yh_settle_in ask = { .person = YH_TOWN_RESIDENT, .visit = v };
    double from = seconds();
    CHECK_OK(yh_desk_settle(&d, "2303", &ask, NULL, &s), &d.err);
    double took = seconds() - from;
    if (took > 0.5) /* a loaded machine; the figure is for whoever looks */
        printf("    20,000 lines pre-settled in %.3f s\n", took);
    CHECK(took < 5);
    CHECK_I64(s.row.total, LINES * 100, "total");
    CHECK_I64(s.row.first, LINES / 2 * 10, "10 % of every second line");
    CHECK_OK(yh_desk_settle(&d, "2304", &ask, NULL, &s), &d.err);
    CHECK_I64(s.row.fund, (LINES * 100 - LINES / 2 * 10 - 80000) * 6 / 10,
              "(scope − 800) × 60 %");
    yh_desk_close(&d);
}
