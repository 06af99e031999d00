#include <ctype.h>
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

/* Does the text name the word, by itself and not within another? */
static bool named(const char *text, const char *word, size_t n)
{
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += n) {
        bool begins = at == text || strchr(" [|(（、，；;-", at[-1]) || (at[-1] & 0x80);
        if (begins && !isalnum((unsigned char)at[n]) && at[n] != '-')
            return true;
    }
    return false;
}

int yh_cli_unknown(const char *command, const char *word)
{
    fprintf(stderr, "错误：不认识的选项 %.*s（yiheng %s --help 列出可用的）\n",
            (int)strcspn(word, "="), word, command);
    return 2;
}

int yh_cli_wrong(const char *option, const char *value, const char *want)
{
    fprintf(stderr, "错误：%s “%s”应为%s\n", option, value ? value : "", want);
    return 2;
}

/* Those lines of the page that are ways to call, of `sub` alone where some are. */
static void put_ways(const char *page, const char *sub)
{
    bool any = false;
    for (int pass = sub ? 0 : 1; pass < 2 && !any; pass++)
        for (const char *at = page; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
            if (at != page && strncmp(at, YH_USAGE_MORE, strlen(YH_USAGE_MORE)) != 0)
                continue;
            char line[1024], *options;
            (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
            if ((options = strstr(line, "--")) != NULL)
                *options = 0;
            if (pass || named(line, sub, strlen(sub))) {
                const char *from = at == page ? at : at + strlen(YH_USAGE_MORE);
                fprintf(stderr, "%s%.*s\n", any ? YH_USAGE_MORE : "用法：yiheng ",
                        (int)strcspn(from, "\n"), from);
                any = true;
            }
        }
}

int yh_cli_usage(const char *usage, int argc, char **argv)
{
    const char *last = argv[argc - 1];
    if (!strcmp(last, "--help") || !strcmp(last, "-h")) {
        fprintf(stderr, "用法：yiheng %s\n", usage); /* main.c sends it to standard output */
        return 2;
    }
    /* A subcommand with a page of its own is named with it. */
    char page[64];
    const char *sub = argc > 1 && argv[1][0] != '-' ? argv[1] : NULL;
    int n = snprintf(page, sizeof page, "%s %s", argv[0], sub ? sub : "");
    if (!sub || strncmp(usage, page, (size_t)yh_min(n, 63)) != 0 ||
        strstr(usage, YH_USAGE_MORE))
        (void)snprintf(page, sizeof page, "%s", argv[0]);
    for (int i = 1; i < argc; i++) {
        char word[64];
        (void)snprintf(word, sizeof word, "%.*s", (int)strcspn(argv[i], "="), argv[i]);
        if (word[0] == '-' && (word[1] == '-' || isalpha((unsigned char)word[1])) && word[2] &&
            strcmp(word, "--store") != 0 && !named(usage, word, strlen(word)))
            return yh_cli_unknown(page, word);
    }
    put_ways(usage, sub);
    fprintf(stderr, "（yiheng %s --help 说明每一项）\n", page);
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
    if (!*value)
        fprintf(stderr, "错误：选项 %s 后面要写它的值\n", word);
    return true;
}
