/* shell/cli/main.c -- finds the command and runs it. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "shell/cli/cli.h"

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help, *example, *codes;
} COMMANDS[] = {
#define CMD(name, function, help, example, codes) { name, function, help, example, codes },
#include "shell/cli/command.def"
#undef CMD
};

int yh_cmd_help(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("医衡 yiheng " YH_VERSION "：医疗保障的开放系统\n\n用法：yiheng 命令 [参数]\n\n");
    for (int i = 0; i < YH_COUNT(COMMANDS); i++)
        printf("  %-12s %s\n", COMMANDS[i].name, COMMANDS[i].help);
    printf("\nyiheng 命令 --help 说明每一项，并给一个例子\n");
    return fflush(stdout) ? 1 : 0;
}

/* Who asks for help is not wrong: what a wrong call is told goes to standard output, and is no failure.
 * A command's own page ends with its example and its exit codes. */
static int run(const struct command *c, int argc, char **argv)
{
    const char *last = argv[argc - 1];
    bool asked = argc > 1 && (!strcmp(last, "--help") || !strcmp(last, "-h"));
    if (asked)
        (void)dup2(STDOUT_FILENO, STDERR_FILENO);
    int code = c->run(argc, argv);
    if (!asked || code != 2)
        return code;
    if (argc == 2)
        printf("例：yiheng %s\n退出码：%s\n", c->example, c->codes);
    return fflush(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
        return yh_cmd_help(0, NULL);
    if (!strcmp(argv[1], "--version")) {
        printf("yiheng " YH_VERSION "\n");
        return 0;
    }
    for (int i = 0; i < YH_COUNT(COMMANDS); i++)
        if (!strcmp(argv[1], COMMANDS[i].name))
            return run(&COMMANDS[i], argc - 1, argv + 1);
    fprintf(stderr, "错误：没有命令“%s”，yiheng --help 列出所有命令\n", argv[1]);
    return 2;
}
