/* shell/cli/policy_log.c -- yiheng policy log: what was published in the pages, proved against its digests. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include "service/drafting/drafting.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"

static const char USAGE[] = "policy log --data 目录 [--out 目录]\n"
                            "  "
                            "列出在政策室发布的文件：号、时间、生效日、地区/"
                            "险种、标题、起草、审核、发布、正文摘要、记录摘要；\n"
                            "  每条记录含上一条的摘要，逐条核对，断了或改过就报错。\n"
                            "  --out 目录        把发布的原文写成 发布-号.md";

static enum yh_status write_out(const char *dir, const struct yh_policy_publication_row *r,
                                struct yh_err *err)
{
    char path[4200];
    if (mkdir(dir, 0777) && errno != EEXIST)
        return yh_fail(err, YH_IO, "建不了目录 %s", dir);
    (void)snprintf(path, sizeof path, "%.4000s/发布-%lld.md", dir, (long long)r->no);
    return yh_file_write(path, r->text, err);
}

static void print(const struct yh_policy_publication_row *r)
{
    char time[32], day[16];
    printf("%lld\t%.*s\t%.*s\t%.*s/%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n",
           (long long)r->no, YH_ARG(yh_time_text(time, r->time)),
           YH_ARG(yh_day_text(day, (yh_day)r->from_day)), YH_ARG(r->region), YH_ARG(r->scheme),
           YH_ARG(r->title), YH_ARG(r->author), YH_ARG(r->reviewer), YH_ARG(r->publisher),
           YH_ARG(r->digest), YH_ARG(r->entry));
}

int yh_cli_policy_log(int argc, char **argv)
{
    const char *data = NULL, *out = NULL, *value = NULL;
    for (int i = 2; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--data", &value) && value)
            data = value;
        else if (yh_cli_option(&i, argc, argv, "--out", &value) && value)
            out = value;
        else
            return yh_cli_usage(USAGE, argc, argv);
    }
    if (!data)
        return yh_cli_usage(USAGE, argc, argv);
    char url[4200];
    struct yh_arena a;
    struct yh_err err = { 0 };
    struct yh_policy_publication_row *row = NULL;
    struct yh_store *s = NULL;
    struct yh_txn view;
    struct yh_store_options opt = { .must_exist = true, .read_only = true };
    int n = 0;
    enum yh_status st = yh_arena_open(&a, (size_t)256 << 20, &err);
    if (st)
        return yh_cli_error(NULL, &err);
    if ((st = yh_store_open(yh_cstr(yh_cli_store(url, data)), &opt, &s, &err)) == YH_OK &&
        (st = yh_view_open(s, &a, &view, &err)) == YH_OK) {
        st = yh_publications(&view, &row, &n, &err);
        yh_view_close(&view);
    }
    for (int i = 0; st == YH_OK && i < n; i++) {
        print(&row[i]);
        if (out)
            st = write_out(out, &row[i], &err);
    }
    if (st == YH_OK)
        fprintf(stderr, "%d 份发布的文件，摘要相符，前后相连\n", n);
    yh_store_close(s);
    yh_arena_close(&a);
    return st ? yh_cli_error(NULL, &err) : 0;
}
