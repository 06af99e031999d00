/* yiheng.h -- the benefit engine as a C library: texts in, JSON out; needs nothing but libc.
 *
 *     cc client.c -Iinclude -Lbuild -lyiheng
 *
 * An engine holds policy documents, kinds of fact, item terms and regions, all given as text; it
 * keeps copies.  It settles one bill at a time; use it from one thread at a time, or open one a
 * thread.  Formats: docs/settle.md (bills, settlements), docs/policy-language.md (documents),
 * catalogs/kinds.tsv, catalogs/terms/ and catalogs/regions.tsv (tables). */
#ifndef YIHENG_H
#define YIHENG_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif

struct yiheng_text {
    const char *name; /* a file's name for messages; of terms: the region's code, "990100" */
    const char *text; /* UTF-8 */
    size_t size;
};

struct yiheng_sources {
    const struct yiheng_text *policy; /* documents, with all that they include or amend */
    size_t npolicy;
    struct yiheng_text kinds; /* catalogs/kinds.tsv */
    const struct yiheng_text
        *terms; /* item terms by region; may be none: lines then bring their own */
    size_t nterms;
    struct yiheng_text
        regions; /* catalogs/regions.tsv; text NULL: regions are what bills call them */
};

struct yiheng; /* an engine */

/* NULL on failure; why is then in error[0 .. size), NUL-terminated. */
struct yiheng *yiheng_open(const struct yiheng_sources *sources, char *error, size_t size);
void yiheng_close(struct yiheng *engine); /* NULL is fine */

enum { YIHENG_EXPLAIN = 1, YIHENG_TEXT = 2 };

/* Settles one bill.  The answer is JSON: the settlement, with "explain" where how has
 * YIHENG_EXPLAIN; with YIHENG_TEXT the page a patient reads instead.  A refused bill answers
 * {"status","field","met","err_msg"} and *ok is 0.  NUL-terminated, to be freed by yiheng_free;
 * never NULL. */
char *yiheng_settle(struct yiheng *engine, const char *bill, size_t size, int how, int *ok);
void yiheng_free(char *answer);

const char *yiheng_version(void);

#ifdef __cplusplus
}
#endif
#endif
