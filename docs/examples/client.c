/* docs/examples/client.c -- bills, one JSON object a line, settled by the library (include/yiheng.h).
 *
 *     cc docs/examples/client.c -lyiheng -o client
 *     head -1 docs/examples/bills.jsonl | ./client policy/990101/???-2026.md
 *
 * Run where catalogs/ lies.  Settlements go to standard output, the page a patient reads to standard
 * error; the exit code is 1 when a bill was refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yiheng.h"

/* A file as a text; one engine keeps its own copy. */
static struct yiheng_text text_of(const char *name, const char *path)
{
    size_t most = 1 << 20, n;
    char *p = malloc(most);
    FILE *f = fopen(path, "rb");
    if (!f || !p) {
        perror(path);
        exit(2);
    }
    n = fread(p, 1, most, f);
    fclose(f);
    return (struct yiheng_text){ name, p, n };
}

int main(int argc, char **argv)
{
    struct yiheng_text policy[64], terms = text_of("990100", "catalogs/terms/990100.tsv");
    struct yiheng_sources sources = { policy, 0,   text_of("kinds", "catalogs/kinds.tsv"),
                                      &terms, 1,   text_of("regions", "catalogs/regions.tsv"),
                                      NULL,   NULL };
    char error[400], line[65536], *answer;
    int ok, all = 1;
    for (int i = 1; i < argc && i <= 64; i++)
        policy[sources.npolicy++] = text_of(argv[i], argv[i]);
    struct yiheng *engine = yiheng_open(&sources, error, sizeof error);
    if (!engine) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    while (fgets(line, sizeof line, stdin)) {
        answer = yiheng_settle(engine, line, strlen(line), 0, &ok);
        puts(answer);
        yiheng_free(answer);
        all &= ok;
        answer = yiheng_settle(engine, line, strlen(line), YIHENG_TEXT, NULL);
        fputs(answer, stderr);
        yiheng_free(answer);
    }
    yiheng_close(engine);
    return !all;
}
