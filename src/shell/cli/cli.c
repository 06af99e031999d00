#include <stdio.h>

#include "model/policy/policy.h"
#include "shell/cli/cli.h"

int yh_cli_error(const char *file, const struct yh_err *err)
{
    fprintf(stderr, "错误：");
    char said[4200];
    if (file)
        fprintf(stderr, "%s:", yh_cli_said(said, file));
    if (err->line)
        fprintf(stderr, "%d:", err->line);
    if (err->line && err->col)
        fprintf(stderr, "%d:", err->col);
    fprintf(stderr, "%s%s\n", file || err->line ? " " : "", err->text);
    return 1;
}

int yh_cli_rules_wrong(const struct yh_findings *found, const char *consequence)
{
    const struct yh_finding *x = &found->item[0];
    struct yh_err err = { 0 };
    fprintf(stderr, "%.*s:%d:%d: %.*s —— %.*s\n", YH_ARG(x->doc), x->line, x->col,
            YH_ARG(x->text), YH_ARG(x->cure));
    yh_fail(&err, YH_BAD_TABLE, "规则有 %d 处错误，%s：先用 yiheng rules check",
            found->count[YH_ERROR], consequence);
    return yh_cli_error(NULL, &err);
}

int yh_cli_usage(const char *usage)
{
    fprintf(stderr, "用法：yiheng %s\n", usage);
    return 2;
}

bool yh_cli_served(const char *data)
{
    return !strncmp(data, "postgres://", 11) || !strncmp(data, "postgresql://", 13) ||
           !strncmp(data, "postgresql+shards:", 18);
}

const char *yh_cli_store(char out[4200], const char *data)
{
    bool address =
        yh_cli_served(data) || !strncmp(data, "sqlite:", 7) || !strcmp(data, "memory:");
    snprintf(out, 4200, "%s%s", address ? "" : "sqlite:", data);
    return out;
}

/* A password stands between a colon and the @ before the host, or in password=. */
const char *yh_cli_said(char out[4200], const char *data)
{
    snprintf(out, 4200, "%s", data);
    if (!yh_cli_served(data) || !strstr(out, "//"))
        return out;
    char *from = strstr(out, "//") + 2, *at = strchr(from, '@'), *slash = strchr(from, '/');
    char *colon = strchr(from, ':');
    if (at && colon && colon < at && (!slash || at < slash))
        memmove(colon, at, strlen(at) + 1);
    if ((at = strstr(out, "password=")))
        memmove(at + 9, at + strcspn(at, "&"), strlen(at + strcspn(at, "&")) + 1);
    return out;
}

bool yh_cli_option(int *i, int argc, char **argv, const char *name, const char **value)
{
    const char *word = argv[*i];
    if (!strcmp(name, "--data") && !strncmp(word, "--store", 7))
        name = "--store";
    size_t n = strlen(name);
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
