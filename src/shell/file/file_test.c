#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test.h"
#include "shell/file/file.h"

TEST(files_are_written_read_and_found)
{
    struct yh_arena *a = yh_test_arena();
    struct yh_err err;
    char dir[] = "/tmp/yiheng-test-XXXXXX";
    CHECK(mkdtemp(dir));
    const char *one = yh_fmt(a, "%s/b.tsv%c", dir, 0).p, *sub = yh_fmt(a, "%s/a%c", dir, 0).p;
    const char *two = yh_fmt(a, "%s/a/x.tsv%c", dir, 0).p,
               *txt = yh_fmt(a, "%s/a/x.txt%c", dir, 0).p;
    CHECK(!mkdir(sub, 0700));
    CHECK_OK(yh_file_write(one, YH_S("医\n"), &err), &err);
    CHECK_OK(yh_file_write(two, YH_S("old"), &err), &err);
    CHECK_OK(yh_file_write(two, YH_S(""), &err), &err);
    CHECK_OK(yh_file_write(txt, YH_S("t"), &err), &err);
    yh_str s = YH_S("untouched");
    CHECK_OK(yh_file_read(a, one, 4, &s, &err), &err);
    CHECK_STR(s, YH_S("医\n"), "what was written");
    CHECK(s.p[s.n] == 0);
    CHECK_I64(yh_file_read(a, one, 3, &s, &err), YH_LIMIT, "one byte over the limit");
    CHECK_STR(s, YH_S("医\n"), "and the output untouched");
    CHECK_OK(yh_file_read(a, two, 4, &s, &err), &err);
    CHECK_STR(s, YH_S(""), "empty");
    CHECK_I64(yh_file_read(a, sub, 10, &s, &err), YH_IO, "a directory");
    CHECK_I64(yh_file_read(a, "/nowhere/at/all", 10, &s, &err), YH_NOT_FOUND, "absent");
    CHECK_OK(yh_file_read(a, "/proc/self/status", 1 << 20, &s, &err), &err);
    CHECK(s.n > 0);

    struct yh_file_list l;
    CHECK_OK(yh_file_find(a, dir, ".tsv", &l, &err), &err);
    CHECK_I64(l.n, 2, "two tables");
    CHECK_STR(yh_cstr(l.path[0]), yh_cstr(two), "sorted");
    CHECK_OK(yh_file_find(a, dir, "", &l, &err), &err);
    CHECK_I64(l.n, 3, "and nothing left over from writing");
    CHECK_I64(yh_file_find(a, "/nowhere/at/all", "", &l, &err), YH_NOT_FOUND, "absent");
    CHECK_I64(yh_file_write("/nowhere/at/all", YH_S(""), &err), YH_NOT_FOUND, "no such place");
    unlink(one), unlink(two), unlink(txt), rmdir(sub), rmdir(dir);
}
