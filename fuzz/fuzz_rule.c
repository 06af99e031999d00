/* Whatever bytes come as a rule file, they are read and checked over a small knowledge table; what is
 * wrong has a place and words; what is right runs its own cases and tells its hits; nothing crashes. */
#include <setjmp.h>

#include "engine/monitor/monitor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char TABLE[] =
    "rule_kind\tknowledge_id\titem_code\tcode_match\titem_name\twindow\tprimary_item_"
    "code\tprimary_item_name\tsex\t"
    "age_group\tmax_qty\tmax_course_days\tperiod_days\tdx_keywords\tdx_prefixes\tgroup_"
    "zh\tdiscount_rate\tspecialty_zh\tbasis\tbatch\tstatus\n"
    "k\tB1\t001102000050000\texact\t诊查\tday\t001103000010000\t监护\tM\tchild\t1\t2\t7\t骨折\t"
    "S42-S72\t甲组\t0.5\t骨科\t依据\tB01\tcurrent\n"
    "k\tB1\t001102000060000\texact\t诊察\t6h\t001103000010000\t监护\tM\tchild\t1\t2\t7\t骨折\tS"
    "42-S72\t甲组\t0.5\t骨科\t依据\tB01\tcurrent\n"
    "k\tB2\tXA01\texact\t药\tvisit\tC\t支架\tF\tnewborn\t\t3\t\t\t\t乙组\t0."
    "5\t内科\t依据\tB01\tsuperseded\n";
static const char AGES[] = "age_group\tlabel_zh\tmin_days\tmax_days\tmin_years\tmax_years\n"
                           "newborn\t新生儿\t0\t29\t\t\nchild\t儿童\t\t\t0\t18\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct yh_arena arena;
    struct yh_err err;
    jmp_buf full;
    if (!arena.start && yh_arena_open(&arena, (size_t)256 << 20, &err))
        return 0;
    yh_arena_reset(&arena);
    arena.guard = &full;
    if (setjmp(full))
        return 0;
    struct yh_rule_text file = { YH_S("fuzz.rule"), { (const char *)data, (ptrdiff_t)size } };
    struct yh_rule_text table[] = { { YH_S("official/k"), YH_S("") },
                                    { YH_S("age_groups"), YH_S("") } };
    table[0].text = (yh_str){ TABLE, sizeof TABLE - 1 };
    table[1].text = (yh_str){ AGES, sizeof AGES - 1 };
    struct yh_findings *f = YH_NEW(&arena, struct yh_findings, 1);
    struct yh_rules *rules;
    if (yh_rules_read(&arena, &file, 1, table, 2, &rules, f, &err))
        __builtin_trap(); /* the tables are fine */
    yh_assert(rules->n <= 1 &&
              (rules->n == 0) <= (f->count[YH_ERROR] > 0 || rules->nlocal >= 0));
    for (int i = 0; i < f->n; i++)
        yh_assert(f->item[i].line >= 1 && f->item[i].col >= 1 && f->item[i].text.n > 0);
    for (int c = 0; rules->n && c < rules->rule[0].ncase && c < 8; c++) {
        struct yh_mon_case one;
        if (yh_monitor_case(&arena, rules, 0, c, &one, &err) == YH_OK)
            yh_assert(one.right || one.said.n > 0);
    }
    return 0;
}
