/* shell/cli/move.c -- yiheng move: all data from one store into another. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "service/move/move.h"
#include "shell/cli/cli.h"

#define MEMORY ((size_t)2 << 30)

static const char USAGE[] =
    "move --from 来源 --to 目标 [--quiet]\n"
    "把全部数据从一处搬到另一处：数据目录（SQLite）与 PostgreSQL 之间，哪个方向都行。\n"
    "\n"
    "  --from、--to   数据目录，或 postgresql://用户@主机/库名\n"
    "  --quiet        不显示进度\n"
    "\n"
    "先停止来源上的服务：来源不会改动，但搬的是开始那一刻的数据。目标须是空的（库要先建好，\n"
    "编码 "
    "UTF8）。中断后用同样的参数再运行一次，从停下的地方继续；没搬完的目标，服务不会打开。\n"
    "搬完后逐表比对两端的摘要，再在两端各核对一次账目（verify）；全部相符才启用目标，\n"
    "退出码 0，否则 1。";

struct said {
    bool quiet, tty;
};

static void progress(void *user, const char *table, int64_t rows)
{
    const struct said *s = user;
    if (!s->quiet && s->tty)
        fprintf(stderr, "\r\033[K%s %lld", table, (long long)rows);
}

static void print(const struct yh_move *m)
{
    char hex[16];
    printf("%-18s %12s %12s  %s\n", "表", "行", "本次搬", "摘要（两端相同）");
    for (int i = 0; i < m->ntable; i++) {
        const struct yh_move_table *t = &m->table[i];
        if (!t->from.rows && t->same)
            continue;
        yh_hex(hex, t->from.sum, 8);
        printf("%-18s %12lld %12lld  %.16s%s\n", t->name, (long long)t->from.rows,
               (long long)t->copied, hex, t->same ? "" : "  不同！");
    }
}

int yh_cmd_move(int argc, char **argv)
{
    const char *from = NULL, *to = NULL;
    struct said said = { .tty = isatty(2) };
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--quiet"))
            said.quiet = true;
        else if (!yh_cli_option(&i, argc, argv, "--from", &from) &&
                 !yh_cli_option(&i, argc, argv, "--to", &to))
            return yh_cli_usage(USAGE, argc, argv);
    }
    if (!from || !to)
        return yh_cli_usage(USAGE, argc, argv);
    char a[4200], b[4200];
    struct yh_arena arena;
    struct yh_err err = { 0 };
    if (yh_arena_open(&arena, MEMORY, &err))
        return yh_cli_error(NULL, &err);
    static struct yh_move moved; /* too large for comfort on the stack */
    struct timespec t0, t1;
    (void)clock_gettime(CLOCK_MONOTONIC, &t0);
    enum yh_status bad =
        yh_move(yh_cstr(yh_cli_store(a, from)), yh_cstr(yh_cli_store(b, to)),
                (yh_time)time(NULL) + 8 * 3600, &arena, progress, &said, &moved, &err);
    (void)clock_gettime(CLOCK_MONOTONIC, &t1);
    if (!said.quiet && said.tty)
        fprintf(stderr, "\r\033[K");
    if (moved.ntable && (!bad || moved.differ))
        print(&moved);
    int code = 0;
    if (bad) {
        code = yh_cli_error(NULL, &err);
        fwrite(moved.report.p, 1, (size_t)moved.report.n, stderr);
    } else {
        printf("两端各表相同，两端账目相符，用时 %lld 秒。启用：yiheng serve --store %s\n",
               (long long)(t1.tv_sec - t0.tv_sec), yh_cli_said(a, to));
    }
    yh_arena_close(&arena);
    return code;
}
