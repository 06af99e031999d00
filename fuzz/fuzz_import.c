/* Three files of any bytes, parted by NULs: each row is taken or named, and what is taken is a
 * term table that loads again with as many rows. */
#include "model/catalog/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static yh_str next_text(yh_str *rest)
{
    yh_str s = yh_cut(rest, '\0');
    return s.p ? s : YH_S("");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct yh_arena arena;
    struct yh_err err;
    if (!arena.start && yh_arena_open(&arena, (size_t)1 << 30, &err))
        return 0;
    yh_arena_reset(&arena);
    struct yh_catalog *catalog;
    enum yh_status bad =
        yh_catalog_load(YH_S("path\trole\ttitle\tstanding\tsource\tlicence\tnote\n"), NULL, 0,
                        &arena, &catalog, &err);
    yh_assert(!bad);
    yh_str rest = { (const char *)data, (ptrdiff_t)size };
    struct yh_import in = { .region = 990101, .standing = YH_INVENTED };
    in.f1312 = next_text(&rest);
    in.f1318 = next_text(&rest);
    in.f1319 = next_text(&rest);
    struct yh_imported got;
    if (yh_terms_import(&in, catalog, &arena, &got, &err)) {
        yh_assert(err.status == YH_BAD_TABLE && err.text[0]);
        return 0;
    }
    for (int i = 0; i < got.problems; i++)
        yh_assert(got.problem[i].line > 1 && got.problem[i].text[0]);
    struct yh_buf b = yh_buf_in(&arena);
    yh_terms_write(got.row, got.n, catalog, &b);
    struct yh_term_text text = { 990101, yh_buf_str(&b) };
    struct yh_term_tables terms;
    bad = yh_terms_load(&text, 1, catalog, &arena, &terms, &err);
    yh_assert(!bad);
    int n;
    (void)yh_terms_rows(&terms, 990101, &n);
    yh_assert(n == got.n);
    return 0;
}
