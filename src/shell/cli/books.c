#include "shell/cli/books.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/cli/cli.h"
#include "shell/file/file.h"
#include "shell/realm/realm.h"
#include "shell/rules/goods.h"

bool yh_cli_books_meant(const char *data)
{
    return yh_cli_served(data) || !strncmp(data, "sqlite:", 7);
}

/* What providers told of their goods, beside the archive. */
static enum yh_status goods(yh_str store, int64_t year, const char *path,
                            struct yh_goods_report *r, struct yh_err *err)
{
    struct yh_arena a = { 0 };
    enum yh_status st = yh_arena_open(&a, (size_t)16 << 30, err);
    if (st)
        return st;
    struct yh_buf b = yh_buf_in(&a);
    st = yh_goods_collect(store, (int)year, &a, &b, r, err);
    if (st == YH_OK)
        st = yh_file_write(yh_goods_path(&a, path), yh_buf_str(&b), err);
    yh_arena_close(&a);
    return st;
}

int yh_cli_books_make(const struct yh_cli_books *b, const char *path,
                      struct yh_rebuild_report *out, struct yh_goods_report *told)
{
    struct yh_err err = { 0 };
    char url[4200];
    struct yh_realm *realm = yh_heap(NULL, sizeof *realm);
    enum yh_status st = yh_realm_open(b->catalogs, b->policy, NULL, realm, &err);
    if (st == YH_OK) {
        yh_str store = yh_cstr(yh_cli_store(url, b->data));
        st = yh_realm_follow_data(realm, store, &err);
        if (st == YH_OK)
            st = yh_archive_rebuild(store, &realm->world, (uint32_t)b->region, (int)b->year,
                                    path, b->stop, out, &err);
        if (st == YH_OK && told)
            st = goods(store, b->year, path, told, &err);
        yh_realm_close(realm);
    }
    yh_heap(realm, 0);
    if (st == YH_RETRY) {
        fprintf(stderr, "%s\n", err.text);
        return 130;
    }
    return st ? yh_cli_error(NULL, &err) : 0;
}

/* The region that the store was made for. */
static enum yh_status own_region(const char *data, int64_t *out, struct yh_err *err)
{
    char url[4200];
    struct yh_arena a;
    struct yh_store *s = NULL;
    struct yh_store_options opt = { .must_exist = true, .read_only = true };
    struct yh_txn x;
    enum yh_status st = yh_arena_open(&a, (size_t)1 << 24, err);
    if (st)
        return st;
    st = yh_store_open(yh_cstr(yh_cli_store(url, data)), &opt, &s, err);
    if (st == YH_OK && (st = yh_view_open(s, &a, &x, err)) == YH_OK) {
        struct yh_meta_row m = { .name = YH_S("region") };
        st = yh_get_meta(&x, &m, err);
        if (st == YH_OK)
            st = yh_int_parse(m.value, out, err);
        yh_view_close(&x);
    }
    yh_store_close(s);
    yh_arena_close(&a);
    return st;
}

int yh_cli_books_region(struct yh_cli_books *b)
{
    struct yh_err err = { 0 };
    return !b->region && own_region(b->data, &b->region, &err) ? yh_cli_error(NULL, &err) : 0;
}

/* The folder that the archive is made in. */
static int prepare(struct yh_cli_books *b, char dir[1000], struct yh_err *err)
{
    const char *tmp = getenv("TMPDIR");
    if (b->folder) {
        if (snprintf(dir, 1000, "%s/archive", b->folder) < 960) {
            (void)mkdir(b->folder, 0777);
            if (!mkdir(dir, 0777) || errno == EEXIST)
                return 0;
        }
        yh_fail(err, YH_IO, "建不了目录 %.200s/archive", b->folder);
        return yh_cli_error(NULL, err);
    }
    if (snprintf(dir, 1000, "%s/yiheng-XXXXXX", tmp && *tmp ? tmp : "/tmp") < 960 &&
        mkdtemp(dir)) {
        memcpy(b->dir, dir, 1000);
        return 0;
    }
    yh_fail(err, YH_IO, "建不了临时目录（TMPDIR，缺省 /tmp）");
    return yh_cli_error(NULL, err);
}

static void path_of(const struct yh_cli_books *b, const char *dir, const char *tail,
                    char path[1024])
{
    snprintf(path, 1024, "%.980s/%06" PRId64 "-%" PRId64 ".%s", dir, b->region, b->year, tail);
}

void yh_cli_books_close(struct yh_cli_books *b)
{
    static const char *const TAIL[] = { "yha", "goods.tsv" };
    char path[1024];
    if (!b->dir[0])
        return;
    for (int i = 0; i < YH_COUNT(TAIL); i++) {
        path_of(b, b->dir, TAIL[i], path);
        (void)unlink(path);
    }
    (void)rmdir(b->dir);
    b->dir[0] = 0;
}

static void say(const struct yh_rebuild_report *r)
{
    fprintf(stderr,
            "账上：%" PRId64 " 个户组，%" PRId64 " 人，%" PRId64 " 笔结算，%" PRId64
            " 条明细\n",
            r->groups, r->persons, r->heads, r->lines);
    if (r->differ)
        fprintf(stderr, "其中 %" PRId64 " 笔按今天的文件与事实重算，与账面不同，按账面\n",
                r->differ);
    if (!r->same)
        fprintf(stderr, "错误：%d 项合计与账面不符\n", r->nsum);
}

int yh_cli_books_open(struct yh_cli_books *b, struct yh_archive *out)
{
    struct yh_rebuild_report r;
    struct yh_goods_report told;
    struct yh_err err = { 0 };
    char dir[1000], path[1024];
    if (!b->year) {
        yh_fail_field(&err, YH_BAD_INPUT, "year", "", "从账上读要写明哪一年：--year 年");
        yh_cli_error(NULL, &err);
        return 2;
    }
    int code = yh_cli_books_region(b);
    code = code ? code : prepare(b, dir, &err);
    if (code)
        return code;
    path_of(b, dir, "yha", path);
    code = yh_cli_books_make(b, path, &r, b->goods ? &told : NULL);
    if (!code) {
        say(&r);
        code = r.same ? 0 : 1;
    }
    if (!code && yh_archive_open(path, out, &err))
        code = yh_cli_error(NULL, &err);
    if (b->dir[0]) /* it stays mapped */
        (void)unlink(path);
    if (code)
        yh_cli_books_close(b);
    return code;
}
