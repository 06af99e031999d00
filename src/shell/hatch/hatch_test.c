/* What is asked through the hatch comes back; nobody there is told apart from a refusal. */
#include "shell/hatch/hatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test.h"

static enum yh_status echo(void *user, yh_str ask, struct yh_arena *a, yh_str *text,
                           struct yh_err *err)
{
    int *asked = user;
    ++*asked;
    if (yh_eq(ask, YH_S("no")))
        return yh_fail(err, YH_CONFLICT, "不行");
    *text = yh_fmt(a, "%.*s\n%.*s", YH_ARG(ask), YH_ARG(ask));
    return YH_OK;
}

TEST(the_hatch_brings_an_act_in_and_its_answer_out)
{
    char dir[] = "/tmp/yiheng-hatch-XXXXXX", path[64];
    struct yh_hatch *h = NULL;
    struct yh_arena a;
    struct yh_err err = { 0 };
    struct stat st;
    yh_str text = YH_S("");
    int asked = 0;
    CHECK(mkdtemp(dir) != NULL);
    CHECK_OK(yh_arena_open(&a, (size_t)64 << 20, &err), &err);
    CHECK_I64(yh_hatch_ask(dir, YH_S("x"), &a, &text, &err), YH_NOT_FOUND, "nobody listens");
    CHECK(!err.text[0]);
    snprintf(path, sizeof path, "%s/agency.sock", dir);
    FILE *stale = fopen(path, "w");
    CHECK(stale && !fclose(stale));
    CHECK_OK(yh_hatch_open(dir, echo, &asked, &h, &err), &err);
    CHECK(!stat(path, &st) && S_ISSOCK(st.st_mode));
    CHECK_I64(st.st_mode & 0777, 0600, "for the server's own user");
    for (int i = 0; i < 20; i++) {
        CHECK_OK(yh_hatch_ask(dir, YH_S("锁定 2026-03"), &a, &text, &err), &err);
        CHECK_STR(text, YH_S("锁定 2026-03\n锁定 2026-03"), "whole, line ends too");
    }
    CHECK_I64(yh_hatch_ask(dir, YH_S("no"), &a, &text, &err), YH_CONFLICT, "as the act says");
    CHECK_STR(yh_cstr(err.text), YH_S("不行"), "in its words");
    CHECK_I64(asked, 21, "each act once");
    char *long_one = yh_alloc(&a, 1, 1, YH_HATCH_BYTES_MAX + 1);
    memset(long_one, 'x', YH_HATCH_BYTES_MAX + 1);
    CHECK_I64(yh_hatch_ask(dir, (yh_str){ long_one, YH_HATCH_BYTES_MAX + 1 }, &a, &text, &err),
              YH_IO, "too long an act is not done");
    CHECK_I64(asked, 21, "nor half done");
    yh_hatch_close(h);
    CHECK(stat(path, &st) != 0);
    CHECK(!rmdir(dir));
    yh_arena_close(&a);
}
