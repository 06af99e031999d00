/* Whatever bytes come, the reader answers; what it takes, it takes again after writing. */
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(struct yh_jsonw *w, const struct yh_json *v)
{
    if (v->kind == YH_JSON_STRING) {
        yh_jw_str(w, v->text);
    } else if (v->kind != YH_JSON_ARRAY && v->kind != YH_JSON_OBJECT) {
        yh_jw_raw(w, v->kind == YH_JSON_NUMBER ? v->text
                     : v->kind == YH_JSON_NULL ? YH_S("null")
                     : v->truth                ? YH_S("true")
                                               : YH_S("false"));
    } else {
        bool object = v->kind == YH_JSON_OBJECT;
        object ? yh_jw_object(w) : yh_jw_array(w);
        for (const struct yh_json *m = v->first; m; m = m->next) {
            if (object)
                yh_jw_key(w, m->key);
            again(w, m);
        }
        yh_jw_end(w, object ? '}' : ']');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct yh_arena arena;
    struct yh_json *v, *back;
    struct yh_err err;
    if (!arena.start && yh_arena_open(&arena, (size_t)1 << 28, NULL))
        return 0;
    yh_arena_reset(&arena);
    if (yh_json_read(&arena, (yh_str){ (const char *)data, (ptrdiff_t)size },
                     (struct yh_json_limits){ 0 }, &v, &err)) {
        yh_assert(err.text[0] && err.line > 0 && err.col > 0 && yh_utf8_ok(yh_cstr(err.text)));
        return 0;
    }
    struct yh_buf b = yh_buf_in(&arena), c = yh_buf_in(&arena);
    struct yh_jsonw w = yh_jsonw_on(&b);
    again(&w, v);
    yh_assert(yh_json_read(&arena, yh_buf_str(&b), (struct yh_json_limits){ 0 }, &back, &err) ==
              YH_OK);
    w = yh_jsonw_on(&c);
    again(&w, back);
    yh_assert(yh_eq(yh_buf_str(&b), yh_buf_str(&c)));
    return 0;
}
