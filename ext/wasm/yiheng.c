/* ext/wasm/yiheng.c -- the benefit engine in a browser: the very code that settles at the window, compiled for
 * WebAssembly, for the calculator of a public handbook.
 *
 * One instance holds one plan.  Texts go in and out as UTF-8 in the module's memory:
 *     at = yw_room(n)        room for an input of n bytes; the next call of any function takes it away
 *     yw_open(at, n)         {"kinds":"…","pages":[{"name","text"}],"region","scheme","on","drafts"}
 *     yw_settle(at, n)       a supposed bill (docs/settle.md)
 * Each answers a NUL-terminated JSON text; {"error":"…"} when it cannot.  The answer stays until the next
 * call. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "engine/bill/bill.h"
#include "engine/explain/explain.h"
#include "model/policy/policy.h"

#define EXPORT(name) __attribute__((export_name(#name))) name

const char *yw_open(char *at, uint32_t n);
const char *yw_settle(char *at, uint32_t n);
char *yw_room(uint32_t n);

/* The pure layers ask for address space and use little of it: here space is memory that grows, so the
 * arenas are small ones. */
#define KEPT_BYTES ((size_t)48 << 20)
#define CALL_BYTES ((size_t)16 << 20)

void *mmap(void *near, size_t n, int prot, int flags, int fd, off_t from)
{
    (void)near, (void)prot, (void)flags, (void)fd, (void)from;
    void *p = malloc(n);
    return p ? p : MAP_FAILED;
}

int munmap(void *p, size_t n)
{
    (void)n;
    free(p);
    return 0;
}

static struct {
    struct yh_arena kept, call;
    struct yh_bill_plan plan;
    char *input;
} W;

static const char *answer(struct yh_buf *b)
{
    yh_putc(b, 0);
    return b->p;
}

static const char *refuse(struct yh_arena *a, const char *text)
{
    struct yh_buf b = yh_buf_in(a);
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "error", yh_cstr(text));
    yh_jw_end(&w, '}');
    return answer(&b);
}

char *EXPORT(yw_room)(uint32_t n)
{
    free(W.input);
    W.input = malloc((size_t)n + 1);
    return W.input;
}

static yh_str member(const struct yh_json *o, const char *name)
{
    return yh_json_text(yh_json_get(o, yh_cstr(name)));
}

static enum yh_status compile(const struct yh_json *in, struct yh_plan **plan,
                              struct yh_err *err)
{
    struct yh_arena *a = &W.kept;
    const struct yh_kinds *kinds;
    const struct yh_json *pages = yh_json_get(in, YH_S("pages"));
    struct yh_policy_text *page = YH_NEW(a, struct yh_policy_text, pages ? pages->count : 0);
    struct yh_policy_set set;
    struct yh_findings *f = YH_NEW(a, struct yh_findings, 1);
    yh_day on;
    int n = 0;
    for (const struct yh_json *p = pages ? pages->first : NULL; p; p = p->next)
        page[n++] = (struct yh_policy_text){ member(p, "name"), member(p, "text") };
    enum yh_status st = yh_kinds_load(a, member(in, "kinds"), &kinds, err);
    if (st == YH_OK)
        st = yh_day_parse(member(in, "on"), &on, err);
    if (st)
        return st;
    yh_policy_read(a, kinds, page, n, &set, f);
    struct yh_policy_how how = { .drafts = yh_eq(member(in, "drafts"), YH_S("1")) };
    return yh_policy_compile(a, &set, member(in, "region"), member(in, "scheme"), on, how, plan,
                             f, err);
}

const char *EXPORT(yw_open)(char *at, uint32_t n)
{
    struct yh_err err = { 0 };
    struct yh_json *in = NULL;
    struct yh_plan *plan = NULL;
    yh_arena_close(&W.kept);
    yh_arena_close(&W.call);
    W.plan.plan = NULL;
    if (yh_arena_open(&W.kept, KEPT_BYTES, &err) || yh_arena_open(&W.call, CALL_BYTES, &err))
        return "{\"error\":\"内存不够\"}";
    /* The plan borrows the texts, and the input goes with the next call. */
    yh_str text = yh_dup(&W.kept, (yh_str){ at, (ptrdiff_t)n });
    if (yh_json_read(&W.kept, text, (struct yh_json_limits){ 0 }, &in, &err) ||
        compile(in, &plan, &err))
        return refuse(&W.call, err.text);
    W.plan = yh_bill_plan_of(plan);
    char digest[64];
    yh_hex(digest, plan->digest, 32);
    struct yh_buf b = yh_buf_in(&W.call);
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "document", plan->id);
    yh_jw_kv_str(&w, "digest", (yh_str){ digest, 64 });
    yh_jw_kv_array(&w, "kinds");
    for (int i = 0; i < plan->nkind; i++) {
        yh_jw_array(&w);
        yh_jw_str(&w, yh_dim_word(plan->kind[i].dim));
        yh_jw_str(&w, plan->kind[i].name);
        yh_jw_end(&w, ']');
    }
    yh_jw_end(&w, ']');
    yh_jw_end(&w, '}');
    return answer(&b);
}

const char *EXPORT(yw_settle)(char *at, uint32_t n)
{
    struct yh_arena *a = &W.call;
    struct yh_err err = { 0 };
    struct yh_json *in = NULL;
    struct yh_bill_read bill;
    struct yh_decision d;
    yh_arena_reset(a);
    yh_str text = yh_dup(a, (yh_str){ at, (ptrdiff_t)n });
    if (!W.plan.plan)
        return refuse(a, "没有打开政策");
    if (yh_json_read(a, text, (struct yh_json_limits){ 0 }, &in, &err) ||
        yh_bill_read(a, &W.plan, NULL, in, &bill, &err) ||
        yh_benefit_settle(a, W.plan.plan, NULL, &bill.bill,
                          (struct yh_settle_how){ .reasons = true }, &d, &err))
        return refuse(a, err.text);
    struct yh_explain e = yh_explain_bill(a, W.plan.plan, &bill.bill, &d, YH_ZH);
    struct yh_buf b = yh_buf_in(a);
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "head", e.head);
    yh_jw_kv_i64(&w, "total", d.sums.total);
    yh_jw_kv_i64(&w, "fund", d.fund);
    yh_jw_kv_i64(&w, "person", d.person);
    yh_jw_kv_i64(&w, "hospital", d.hospital);
    yh_jw_kv_i64(&w, "to_person", d.to_person);
    yh_jw_kv_array(&w, "rows");
    for (int i = 0; i < e.nrow; i++)
        yh_explain_row_json(&e.row[i], &w);
    yh_jw_end(&w, ']');
    yh_jw_end(&w, '}');
    return answer(&b);
}
