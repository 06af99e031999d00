/* A bill in JSON: whatever it says, it is refused by a field or settled whole. */
#include <stdio.h>

#include "base/base.h"
#include "engine/bill/plans.h"
#include "engine/explain/explain.h"

static char kinds_text[1 << 16], page_text[4][1 << 16];

static yh_str load(const char *path, char *to, size_t cap)
{
    FILE *f = fopen(path, "rb");
    yh_assert(f);
    size_t n = fread(to, 1, cap, f);
    fclose(f);
    return (yh_str){ to, (ptrdiff_t)n };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct yh_arena kept, bill;
    static struct yh_bill_plan plan[2];
    if (!kept.start) {
        static const char *const PAGE[] = { "policy/990101/310-2026.md",
                                            "policy/990101/390-2026.md",
                                            "policy/990101/392-2026.md",
                                            "policy/990101/610-2026.md" };
        struct yh_policy_text text[4];
        const struct yh_kinds *kinds;
        struct yh_plan *p;
        yh_assert(!yh_arena_open(&kept, (size_t)1 << 28, NULL) &&
                  !yh_arena_open(&bill, (size_t)1 << 28, NULL));
        yh_assert(!yh_kinds_load(
            &kept, load("catalogs/kinds.tsv", kinds_text, sizeof kinds_text), &kinds, NULL));
        for (int i = 0; i < 4; i++)
            text[i] = (struct yh_policy_text){ yh_cstr(PAGE[i]), load(PAGE[i], page_text[i],
                                                                      sizeof page_text[i]) };
        for (int i = 0; i < 2; i++) {
            struct yh_findings *f = YH_NEW(&kept, struct yh_findings, 1);
            yh_assert(!yh_policy_load(&kept, text, 4, kinds, YH_S("990100"),
                                      i ? YH_S("390") : YH_S("310"), yh_day_of(2026, 3, 18), &p,
                                      f, NULL));
            plan[i] = yh_bill_plan_of(p);
        }
    }
    yh_arena_reset(&bill);
    struct yh_json *v;
    struct yh_bill_read b;
    struct yh_decision d;
    struct yh_err err;
    if (size > 1 << 16 || yh_json_read(&bill, (yh_str){ (const char *)data, (ptrdiff_t)size },
                                       (struct yh_json_limits){ 0 }, &v, &err))
        return 0;
    for (int i = 0; i < 2; i++) {
        if (yh_bill_read(&bill, &plan[i], NULL, v, &b, &err) ||
            yh_benefit_settle(&bill, plan[i].plan, NULL, &b.bill,
                              (struct yh_settle_how){ true }, &d, &err))
            continue;
        for (int k = 0; k < d.nreason; k++) {
            int64_t again;
            yh_assert(yh_reason_recompute(&d.reason[k], &again) && again == d.reason[k].result);
        }
        struct yh_buf out = yh_buf_in(&bill);
        struct yh_explain e = yh_explain_bill(&bill, plan[i].plan, &b.bill, &d, YH_ZH);
        yh_explain_bill_text(&e, &out);
        struct yh_jsonw w = yh_jsonw_on(&out);
        yh_settlement_write(&w, plan[i].plan, &b, &d, &e);
    }
    return 0;
}
