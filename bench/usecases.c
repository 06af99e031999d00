/* bench/usecases.c -- complete outpatient visits through the service, without HTTP: 2201 2203 2204 2206
 * 2207 of random people, three lines a visit, 64 calls a commit.  What the use cases and SQLite cost.
 *
 * People: YH_PERSONS (100,000), seconds a measure: YH_SECONDS (3), folder: YH_BENCH_DIR (/tmp). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "limits.h"
#include "service/settle.h"
#include "service/town.h"
#include "shell/realm/realm.h"

#define TOGETHER 64 /* visits that go side by side, so 64 calls a commit */

struct visit_of {
    char person[32];
    yh_str psn, scheme, visit;
    struct yh_visit_row row;
    struct yh_diagnosis_row diagnosis;
    struct yh_charge_in line[3];
    struct yh_settle_in in;
    struct yh_settled out;
};

static void die(const struct yh_err *err)
{
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static enum yh_status work(struct yh_ctx *c, void *user, struct yh_buf *reply,
                           struct yh_err *err)
{
    struct visit_of *v = user;
    struct yh_visit_row made;
    enum yh_status st = YH_OK;
    char step = c->call->infno.p[3], kind = c->call->infno.p[2];
    yh_putz(reply, "{\"infcode\":\"0\"}");
    if (kind == '0' && step == '1') {
        st = yh_visit_register(c, &v->row, &made, err);
        if (st == YH_OK)
            v->visit = made.visit;
    } else if (step == '3') {
        st = yh_visit_describe(c, &v->row, &v->diagnosis, 1, err);
    } else if (step == '4') {
        st = yh_charges_add(c, v->line, 3, err);
    } else if (step == '6') {
        st = yh_presettle(c, &v->in, &v->out, err);
    } else {
        st = yh_settle(c, &v->in, &v->out, err);
    }
    return st;
}

static struct yh_charge_in charge(const char *serial, const char *code, yh_price price,
                                  yh_time now)
{
    return (struct yh_charge_in){ .batch = YH_S("1"),
                                  .line = { .serial = yh_cstr(serial),
                                            .code = yh_cstr(code),
                                            .time = now,
                                            .price = price,
                                            .qty = 10000,
                                            .amount = price / 10000 } };
}

int main(void)
{
    static const char *const STEP[] = { "2201", "2203", "2204", "2206", "2207" };
    const char *dir = getenv("YH_BENCH_DIR") ? getenv("YH_BENCH_DIR") : "/tmp";
    int64_t people = getenv("YH_PERSONS") ? atoll(getenv("YH_PERSONS")) : 100000;
    double seconds = getenv("YH_SECONDS") ? atof(getenv("YH_SECONDS")) : 3;
    char url[512], rm[600];
    snprintf(url, sizeof url, "sqlite:%s/yiheng-usecases", dir);
    snprintf(rm, sizeof rm, "rm -rf '%s/yiheng-usecases'", dir);
    if (system(rm))
        return 1;
    static struct yh_realm realm;
    struct yh_err err = { 0 };
    yh_time now = yh_day_time(yh_day_of(2026, 3, 18)) + 36000;
    if (yh_realm_open(NULL, NULL, "990100", &realm, &err) ||
        yh_town_init(yh_cstr(url), now, people, 1, 1, &err))
        die(&err);
    struct yh_service_options opt = { .store = { .must_exist = true }, .world = &realm.world };
    struct yh_service *s = NULL;
    struct yh_arena arena, keep;
    if (yh_service_open(yh_cstr(url), &opt, &s, &err) ||
        yh_arena_open(&arena, (size_t)64 << 20, &err) ||
        yh_arena_open(&keep, (size_t)64 << 20, &err))
        die(&err);
    static struct visit_of v[TOGETHER];
    uint64_t seed = 42;
    int64_t visits = 0, msg = 0;
    double spent[5] = { 0 }, begun = bench_now(), commit = 0;
    while (bench_now() - begun < seconds) {
        yh_arena_reset(&keep);
        for (int i = 0; i < TOGETHER; i++) {
            int64_t who = (int64_t)(yh_mix64(seed++) % (uint64_t)people);
            v[i] = (struct visit_of){ .scheme = yh_town_employee(1, who) ? YH_S("310")
                                                                         : YH_S("390") };
            v[i].psn = yh_town_person(v[i].person, who);
        }
        for (int k = 0; k < 5; k++) {
            double from = bench_now();
            if (k != 3 && yh_service_batch_begin(s, &err))
                die(&err);
            for (int i = 0; i < TOGETHER; i++) {
                char id[32];
                struct visit_of *p = &v[i];
                p->row = (struct yh_visit_row){ .person = p->psn,
                                                .scheme = p->scheme,
                                                .begin_time = now,
                                                .visit = p->visit,
                                                .med_type = k ? YH_S("11") : YH_S(""),
                                                .cert_type = YH_S("02"),
                                                .number = YH_S("1") };
                p->diagnosis = (struct yh_diagnosis_row){
                    .kind = YH_S("1"), .sort = 1, .main = 1, .code = YH_S("J06.900"), .valid = 1
                };
                p->line[0] = charge("1", "XA01ABD075A002010100483", 12500000, now);
                p->line[1] = charge("2", "002501010010000", 80000000, now);
                p->line[2] = charge("3", "001102000030000", 15000000, now);
                for (int l = 0; l < 3; l++) {
                    p->line[l].person = p->psn;
                    p->line[l].visit = p->visit;
                }
                p->in = (struct yh_settle_in){ .person = p->psn,
                                               .visit = p->visit,
                                               .batch = YH_S("1"),
                                               .account_flag = YH_S("1") };
                struct yh_call call = { .infno = yh_cstr(STEP[k]),
                                        .provider = YH_TOWN_HOSPITAL,
                                        .office = YH_S("990101"),
                                        .person = p->psn,
                                        .body = YH_S("{}"),
                                        .now = now };
                call.msgid =
                    (yh_str){ id, snprintf(id, sizeof id, "H99010100001%018" PRId64, ++msg) };
                struct yh_answer answer;
                yh_arena_reset(&arena);
                if ((k == 3 ? yh_service_read : yh_service_write)(s, &call, &arena, work, p,
                                                                  &answer, &err))
                    die(&err);
                if (k == 0)
                    p->visit = yh_dup(&keep, p->visit);
            }
            double mid = bench_now();
            if (k != 3 && yh_service_batch_commit(s, &err))
                die(&err);
            spent[k] += mid - from;
            commit += bench_now() - mid;
        }
        visits += TOGETHER;
    }
    double all = bench_now() - begun;
    printf("%" PRId64 " people, %" PRId64 " visits in %.1f s: %.0f visits/s on one thread\n",
           people, visits, all, (double)visits / all);
    for (int k = 0; k < 5; k++)
        printf("  %s %6.1f us a call\n", STEP[k], spent[k] / (double)visits * 1e6);
    printf("  commits %.1f us a visit; fdatasync here %.0f/s\n", commit / (double)visits * 1e6,
           bench_fdatasync(dir));
    yh_service_close(s);
    yh_realm_close(&realm);
    return system(rm) ? 1 : 0;
}
