/* engine/list/check_test.c -- every check has a list that fails it and a twin that passes. */
#include <stdio.h>

#include "base/test.h"
#include "engine/list/check.h"

static struct yh_list_tables *load(struct yh_arena *a)
{
    struct yh_list_texts x = { .checks =
                                   yh_test_file(a, "catalogs/settlement-list/list-checks.tsv"),
                               .lists = yh_test_file(a, "catalogs/settlement-list/lists.tsv"),
                               .diagnosis = yh_test_file(a, "catalogs/icd10/diagnosis.tsv"),
                               .procedures = yh_test_file(a, "catalogs/icd9cm3/procedures.tsv"),
                               .dictionaries =
                                   yh_test_file(a, "catalogs/interface/dictionaries.tsv") };
    struct yh_list_tables *t;
    struct yh_err err;
    CHECK_OK(yh_list_tables_load(a, &x, &t, &err), &err);
    CHECK_OK(yh_list_kinds(t, &err), &err);
    return t;
}

static struct yh_json *read_json(struct yh_arena *a, yh_str text)
{
    struct yh_json *v;
    struct yh_err err;
    CHECK_OK(yh_json_read(a, text, (struct yh_json_limits){ 0 }, &v, &err), &err);
    return v;
}

/* The link that holds child `name` (a key, or an index of an array); where it would be appended when
 * it is not there. */
static struct yh_json **child(struct yh_json *o, yh_str name)
{
    struct yh_json **at = &o->first;
    int64_t index = -1;
    if (o->kind == YH_JSON_ARRAY)
        CHECK_OK(yh_int_parse(name, &index, NULL), NULL);
    for (int i = 0; *at; at = &(*at)->next, i++)
        if (index >= 0 ? i == index : yh_eq((*at)->key, name))
            break;
    return at;
}

/* [["setlinfo.ntly", "X"], …]: sets, appends, or with null takes away. */
static void patch(struct yh_json *list, const struct yh_json *changes)
{
    for (struct yh_json *one = changes->first; one; one = one->next) {
        yh_str path = one->first->text, name = yh_cut(&path, '.');
        struct yh_json *o = list, *v = one->first->next;
        for (; path.p; name = yh_cut(&path, '.')) {
            o = *child(o, name);
            CHECK(o != NULL);
        }
        struct yh_json **at = child(o, name), *behind = *at ? (*at)->next : NULL;
        if (v->kind == YH_JSON_NULL) {
            *at = behind;
            continue;
        }
        /* The value moves from the patch into the list. */
        v->key = name;
        v->next = behind;
        *at = v;
    }
}

static bool has(const struct yh_list_findings *f, yh_str id)
{
    for (int i = 0; i < f->n; i++)
        if (yh_eq(f->item[i].check->id, id))
            return true;
    return false;
}

TEST(the_base_list_passes_every_check)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_list_tables *t = load(a);
    struct yh_list_findings f;
    yh_list_check_all(t, read_json(a, yh_test_file(a, "tests/settlement-list/base.json")), a,
                      &f);
    for (int i = 0; i < f.n; i++)
        CHECK_STR(f.item[i].check->id, YH_S("none"), "a finding");
    CHECK_I64(f.n, 0, "findings");
    CHECK_I64(f.open, 0, "checks left open");
}

TEST(every_check_has_a_failing_and_a_passing_twin)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_list_tables *t = load(a);
    yh_str base = yh_test_file(a, "tests/settlement-list/base.json");
    struct yh_tsv *rows = YH_NEW(a, struct yh_tsv, 1);
    struct yh_err err;
    struct yh_map twins = yh_map_in(a, 256);
    CHECK_OK(yh_tsv_open(rows, yh_test_file(a, "tests/settlement-list/cases.tsv"), &err), &err);
    for (int more; (more = yh_tsv_next(rows, &err)) != 0;) {
        CHECK(more > 0);
        bool fails = yh_eq(rows->cell[1], YH_S("fail"));
        struct yh_json *list = read_json(a, base);
        struct yh_list_findings f;
        char why[80];
        patch(list, read_json(a, rows->cell[2]));
        yh_list_check_all(t, list, a, &f);
        snprintf(why, sizeof why, "%.*s %.*s", YH_ARG(rows->cell[0]), YH_ARG(rows->cell[1]));
        CHECK_I64(has(&f, rows->cell[0]), fails, why);
        int32_t seen = yh_map_get(&twins, rows->cell[0], 0);
        yh_map_set(&twins, rows->cell[0], seen | (fails ? 1 : 2));
    }
    CHECK_I64(t->ncheck, 105, "checks");
    for (int i = 0; i < t->ncheck; i++) {
        char why[40];
        snprintf(why, sizeof why, "%.*s", YH_ARG(t->check[i].id));
        CHECK_I64(yh_map_get(&twins, t->check[i].id, 0), 3, why);
    }
}

TEST(all_52_checks_of_the_second_source_have_their_row)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_list_tables *t = load(a);
    bool seen[53] = { false };
    for (int i = 0; i < t->ncheck; i++)
        for (yh_str rest = t->check[i].also; rest.p && rest.n;) {
            int64_t n;
            yh_str id = yh_cut(&rest, ',');
            CHECK_OK(yh_int_parse(yh_sub(id, 3, id.n), &n, NULL), NULL);
            CHECK(n >= 1 && n <= 52 && !seen[n]);
            seen[n] = true;
        }
    for (int n = 1; n <= 52; n++)
        CHECK_I64(seen[n], 1, "SL check");
}

TEST(a_check_without_its_fact_is_left_open)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_list_tables *t = load(a);
    struct yh_list_findings f;
    struct yh_json *list = read_json(a, yh_test_file(a, "tests/settlement-list/base.json"));
    struct yh_json **facts = child(list, YH_S("facts"));
    *facts = (*facts)->next;
    yh_list_check_all(t, list, a, &f);
    CHECK_I64(f.n, 0, "findings");
    CHECK(f.open >= 10);
}
