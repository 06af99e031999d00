/* bench/base.c -- JSON, hashing and digests, beside the machine's own memcpy. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/base.h"

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* A settlement request of about 3.4 KB, shaped as those of the national interface. */
static yh_str message(struct yh_arena *a)
{
    struct yh_buf b = yh_buf_in(a);
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "infno", YH_S("2204"));
    yh_jw_kv_str(&w, "msgid", YH_S("H99010000001202603180930000001"));
    yh_jw_kv_object(&w, "input");
    yh_jw_kv_array(&w, "feedetail");
    for (int i = 0; i < 9; i++) {
        yh_jw_object(&w);
        yh_jw_kv_str(&w, "feedetl_sn", yh_fmt(a, "20260318%06d", i));
        yh_jw_kv_str(&w, "mdtrt_id", YH_S("99010020260318000001"));
        yh_jw_kv_str(&w, "psn_no", YH_S("99010000000000000000000001"));
        yh_jw_kv_str(&w, "med_list_codg", YH_S("XA02BCA228A001010101234"));
        yh_jw_kv_str(&w, "medins_list_name", YH_S("示例药品注射剂"));
        yh_jw_kv_fen(&w, "det_item_fee_sumamt", 12345 + i);
        yh_jw_key(&w, YH_S("cnt"));
        yh_jw_dec(&w, 30000, 4, 4);
        yh_jw_key(&w, YH_S("pric"));
        yh_jw_dec(&w, 41150000, 6, 6);
        yh_jw_kv_str(&w, "fee_ocur_time", YH_S("2026-03-18 09:30:00"));
        yh_jw_kv_str(&w, "bilg_dept_name", YH_S("普通内科"));
        yh_jw_kv_str(&w, "hosp_appr_flag", YH_S("1"));
        yh_jw_end(&w, '}');
    }
    yh_jw_end(&w, ']');
    yh_jw_end(&w, '}');
    yh_jw_end(&w, '}');
    return yh_buf_str(&b);
}

static int by_value(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

enum { ROUNDS = 11 };

/* The median of ROUNDS in nanoseconds for one of `times`. */
#define MEDIAN(ns, times, work)                              \
    do {                                                     \
        uint64_t round_ns[ROUNDS];                           \
        for (int round = 0; round < ROUNDS; round++) {       \
            uint64_t from = now_ns();                        \
            for (int k = 0; k < (times); k++) {              \
                work;                                        \
            }                                                \
            round_ns[round] = now_ns() - from;               \
        }                                                    \
        qsort(round_ns, ROUNDS, sizeof *round_ns, by_value); \
        ns = round_ns[ROUNDS / 2] / (uint64_t)(times);       \
    } while (0)

int main(void)
{
    struct yh_arena a;
    struct yh_err err;
    if (yh_arena_open(&a, (size_t)1 << 28, &err))
        return 1;
    yh_str text = message(&a);
    uint64_t ns, sum = 0;
    MEDIAN(ns, 20000, {
        struct yh_arena scratch = a;
        struct yh_json *v;
        if (yh_json_read(&scratch, text, (struct yh_json_limits){ 0 }, &v, &err))
            return 1;
        sum += (uint64_t)v->count;
    });
    printf("json read      %8" PRIu64 " ns for %td bytes\n", ns, text.n);
    MEDIAN(ns, 20000, {
        struct yh_arena scratch = a;
        sum += (uint64_t)message(&scratch).n;
    });
    printf("json write     %8" PRIu64 " ns\n", ns);
    MEDIAN(ns, 2000, {
        uint8_t d[32];
        yh_sha256_of(text, d);
        sum += d[0];
    });
    printf("sha256         %8" PRIu64 " ns\n", ns);
    MEDIAN(ns, 2000, sum += yh_crc32c(0, text));
    printf("crc32c         %8" PRIu64 " ns\n", ns);
    MEDIAN(ns, 20000, sum += yh_hash64(text, (uint64_t)k));
    printf("hash64         %8" PRIu64 " ns\n", ns);
    size_t big = (size_t)32 << 20;
    char *x = YH_NEW(&a, char, big), *y = YH_NEW(&a, char, big);
    MEDIAN(ns, 4, {
        x[k] = (char)sum;
        memcpy(y, x, big);
        sum += (uint64_t)y[k];
    });
    printf("memcpy         %8" PRIu64 " MB/s (the machine)\n",
           (uint64_t)big * 1000 / (ns ? ns : 1));
    return sum == 42;
}
