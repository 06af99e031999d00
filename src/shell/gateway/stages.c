#include "shell/gateway/stages.h"

#include <time.h>

int64_t yh_stage_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The first step whose end is not below µs. */
static int step_of(int64_t us)
{
    if (us < 4)
        return us < 1 ? 0 : (int)us - 1;
    int octave = 63 - __builtin_clzll((unsigned long long)us);
    int step = 4 * (octave - 2) + (int)((us >> (octave - 2)) & 3) + 3;
    return step < YH_STAGES_STEPS ? step : YH_STAGES_STEPS - 1;
}

/* The longest that is counted there. */
static int64_t end_of(int step)
{
    if (step < 3)
        return step + 1;
    return ((int64_t)(5 + (step - 3) % 4) << ((step - 3) / 4)) - 1;
}

void yh_stages_add(struct yh_stages *s, const int64_t at[YH_SPENT_N])
{
    for (int i = 0; i < YH_SPENT_WHOLE; i++)
        atomic_fetch_add_explicit(&s->n[i][step_of(at[i + 1] - at[i])], 1,
                                  memory_order_relaxed);
    atomic_fetch_add_explicit(&s->n[YH_SPENT_WHOLE][step_of(at[YH_SPENT_WHOLE] - at[0])], 1,
                              memory_order_relaxed);
}

int64_t yh_stages_at(struct yh_stages *s, enum yh_spent stage, int permille)
{
    int64_t all = 0, seen = 0;
    for (int i = 0; i < YH_STAGES_STEPS; i++)
        all += atomic_load_explicit(&s->n[stage][i], memory_order_relaxed);
    for (int i = 0; all && i < YH_STAGES_STEPS; i++) {
        seen += atomic_load_explicit(&s->n[stage][i], memory_order_relaxed);
        if (seen * 1000 >= all * permille)
            return end_of(i);
    }
    return 0;
}

yh_str yh_stages_text(struct yh_stages *s, struct yh_arena *a)
{
    static const char *const name[YH_SPENT_N] = {
        "排队", "办理", "提交", "落盘", "答复", "合计"
    };
    static const int permille[] = { 500, 990, 1000 };
    struct yh_buf b = yh_buf_in(a);
    for (int i = 0; i < YH_SPENT_N; i++) {
        yh_putf(&b, "%s%s ", i ? "，" : "", name[i]);
        for (int k = 0; k < YH_COUNT(permille); k++) {
            int64_t tenths = (yh_stages_at(s, (enum yh_spent)i, permille[k]) + 99) / 100;
            yh_putf(&b, "%s%lld.%lld", k ? "/" : "", (long long)tenths / 10,
                    (long long)tenths % 10);
        }
    }
    return yh_buf_str(&b);
}
