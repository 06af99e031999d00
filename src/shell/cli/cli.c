#include <stdio.h>

#include "shell/cli/cli.h"

int yh_cli_error(const char *file, const struct yh_err *err)
{
    fprintf(stderr, "错误：");
    if (file)
        fprintf(stderr, "%s:", file);
    if (err->line)
        fprintf(stderr, "%d:", err->line);
    if (err->line && err->col)
        fprintf(stderr, "%d:", err->col);
    fprintf(stderr, "%s%s\n", file || err->line ? " " : "", err->text);
    return 1;
}

int yh_cli_usage(const char *usage)
{
    fprintf(stderr, "用法：yiheng %s\n", usage);
    return 2;
}

bool yh_cli_option(int *i, int argc, char **argv, const char *name, const char **value)
{
    size_t n = strlen(name);
    const char *word = argv[*i];
    if (strncmp(word, name, n))
        return false;
    if (word[n] == '=') {
        *value = word + n + 1;
        return true;
    }
    if (word[n])
        return false;
    *value = *i + 1 < argc ? argv[++*i] : NULL;
    return true;
}
