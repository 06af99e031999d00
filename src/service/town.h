/* service/town.h -- the invented town: providers and people of the demonstration, tests and benchmarks.
 *
 * Region 990100 (示例市), 990200 (样例市) and 980100 (邻市) do not exist; every name is 测试某.
 * The rows are such that the interface's own samples are accepted. */
#ifndef YH_SERVICE_TOWN_H
#define YH_SERVICE_TOWN_H
#include "service/service.h"

#define YH_TOWN_HOSPITAL YH_S("H99010100001")  /* 示例市第一人民医院, 三级甲等 */
#define YH_TOWN_SECOND YH_S("H99010100002")    /* 示例市第二人民医院, 二级甲等 */
#define YH_TOWN_COMMUNITY YH_S("H99010100003") /* 示例市城区社区卫生服务中心 */
#define YH_TOWN_PHARMACY YH_S("P99010100001")  /* 示例大药房 */
#define YH_TOWN_OTHER YH_S("H99020100001")     /* 样例市人民医院 */
#define YH_TOWN_NARROW YH_S("H99010100007")    /* opened for 11 only */
#define YH_TOWN_SUSPENDED YH_S("H99010100008") /* suspended */

#define YH_TOWN_WORKER YH_S("99010100000000000000000001") /* 测试甲 在职, account 200.00 */
#define YH_TOWN_RETIRED YH_S("99010100000000000000000002") /* 测试乙 退休, account 2000.00 */
#define YH_TOWN_LOW_INCOME \
    YH_S("99010100000000000000000003") /* 测试丙 居民 低保, 6000.00 behind */
#define YH_TOWN_CHILD YH_S("99010100000000000000000004")   /* 测试丁 居民 child of 甲 */
#define YH_TOWN_VISITOR YH_S("99020100000000000000000001") /* 测试戊 of 990201, 职工 */
#define YH_TOWN_FROZEN YH_S("99010100000000000000000005")
#define YH_TOWN_WAITING YH_S("99010100000000000000000006")
#define YH_TOWN_PAUSED YH_S("99010100000000000000000007")
#define YH_TOWN_RESIDENT YH_S("99010100000000000000000008") /* 测试壬 居民, no identity */
#define YH_TOWN_CIVIL YH_S("99010100000000000000000009")    /* 测试癸 公务员 */

/* Writes them in one batch of an empty store.  YH_CONFLICT: they are there already. */
YH_MUST_USE
enum yh_status yh_town_build(struct yh_store *s, struct yh_arena *scratch, yh_time now,
                             struct yh_err *err);
/* And n random people behind them, in account groups of `family` each (1: nobody draws on another's
 * account; else everybody may draw on a relative's in the group, and on two in other groups where
 * those are employees), psn_no from yh_town_person(i), i in
 * [0, n); four in ten are employees with an account.  Everything follows from the seed.
 * `scratch` is reset between batches. */
YH_MUST_USE
enum yh_status yh_town_people(struct yh_store *s, struct yh_arena *scratch, int64_t n,
                              int64_t family, uint64_t seed, struct yh_err *err);
/* A data folder ("sqlite:DIR") with the town and `people` random people in it.  YH_CONFLICT: there
 * is a town already, or it is another region's folder.  Fails as yh_store_open. */
YH_MUST_USE
enum yh_status yh_town_init(yh_str data, yh_time now, int64_t people, int64_t family,
                            uint64_t seed, struct yh_err *err);
/* The psn_no of random person i, into out[>= 32]; and whether an employee (310) or resident (390). */
yh_str yh_town_person(char out[32], int64_t i);
bool yh_town_employee(uint64_t seed, int64_t i);
#endif
