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
#include <stdint.h>
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
    /* The grouping catalogue: gives the text of "_shared/dx.lst", "chs_drg_11/mdc.tsv" … (the
     * paths below catalogs/chs-drg), 0 when it did; the text must outlive the engine.  NULL: no
     * grouping. */
    int (*scheme)(void *ctx, const char *path, struct yiheng_text *out);
    void *scheme_ctx;
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

/* 16 hex digits that stand for all the texts given at the opening, whatever their order, and for
 * the program's version: the same digits, the same answers.  The grouping catalogue, which is read
 * when it is asked for, is not among them. */
const char *yiheng_digest(const struct yiheng *engine);

/* What one kind of bill with these totals is paid, all in fen.  The national names are those of
 * 2304 setlinfo. */
struct yiheng_payment {
    int64_t total;                          /* medfee_sumamt */
    int64_t fund;                           /* fund_pay_sumamt: the sum of the eight below */
    int64_t hifp, cvlserv, hifes;           /* hifp_pay, cvlserv_pay, hifes_pay */
    int64_t hifmi, hifob, maf, hifdm, other; /* hifmi_pay, hifob_pay, maf_pay, hifdm_pay, oth_pay */
    int64_t person;                         /* psn_part_amt */
    int64_t hospital;                       /* hosp_part_amt */
    int64_t deductible;                     /* act_pay_dedc */
    int64_t to_person;                      /* paid beside the bill */
    const int64_t *standing; /* the accumulators afterwards; until the next call */
    int nstanding;
};
/* The cost of a bill: outside the benefit (fulamt_ownpay_amt), over the limit (overlmt_selfpay),
 * first-pay share (preselfpay_amt), in scope (inscp_scp_amt).  Fen, none negative. */
struct yiheng_cost {
    int64_t outside, over, first, scope;
};
/* Settles totals, without a word of JSON for each bill: `facts` is a bill without amounts, lines,
 * standing and accounts; the engine remembers the last 4,096 of them that it read, so many
 * bills under few facts cost little more than the arithmetic.  standing: the accumulators before,
 * in the order of yiheng_standing; NULL or fewer than there are: the rest is 0; more are refused.
 * 1 when settled; 0 when refused, and why stands in error[0 .. size). */
int yiheng_pay(struct yiheng *engine, const char *facts, size_t facts_size,
               const struct yiheng_cost *cost, const int64_t *standing, int nstanding,
               struct yiheng_payment *out, char *error, size_t size);
/* A fee line: its national code, unit price in millionths of a yuan, quantity in 1/10,000, amount in fen
 * (0 .. with its quantity's sign), and day as a count from 1970-01-01. */
struct yiheng_line {
    const char *code;
    size_t code_size;
    int64_t price, quantity, amount;
    int32_t day; /* YIHENG_DAY_OF_BILL: the bill's first */
};
#define YIHENG_DAY_OF_BILL INT32_MIN
/* The same for a bill of lines, which the terms of the treating place split (class, first-pay share,
 * price limit); a code without terms is all self-pay.  No line is approved (hosp_appr_flag), none takes
 * another back: for those yiheng_settle. */
int yiheng_pay_lines(struct yiheng *engine, const char *facts, size_t facts_size,
                     const struct yiheng_line *line, int nline, const int64_t *standing,
                     int nstanding, struct yiheng_payment *out, char *error, size_t size);
/* The names of the accumulators under these facts, as a JSON array; else as yiheng_settle. */
char *yiheng_standing(struct yiheng *engine, const char *facts, size_t size, int *ok);

/* A policy document checked, together with those it leans on: a JSON array of {"severity",
 * "line","column","text","cure"}; [] when there is nothing to say.  *ok is 0 where one is an
 * error or a missing parameter. */
char *yiheng_check(struct yiheng *engine, const char *document, size_t size, int *ok);

/* The DRG of one discharge under a scheme ("chs_drg_11"): {"mdc","adrg","drg"}.  The case
 * is a JSON object with the fields of `yiheng group` (docs/casemix-guide.md).  A refusal as
 * yiheng_settle's. */
char *yiheng_group(struct yiheng *engine, const char *scheme, const char *discharge, size_t size,
                   int *ok);

const char *yiheng_version(void);

#ifdef __cplusplus
}
#endif
#endif
