/* The lists held against docs/openapi.json, and the locks of the door: passwords, codes, areas. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/test.h"
#include "shell/file/file.h"
#include "shell/gateway/testing.h"
#include "shell/portal/inside.h"

#define DESCRIPTION "docs/openapi.json"

TEST(openapi_follows_the_routes)
{
    struct yh_arena a;
    struct yh_err err = { 0 };
    struct yh_json *v = NULL;
    yh_str kept;
    CHECK(yh_arena_open(&a, 1 << 24, NULL) == YH_OK);
    struct yh_buf b = yh_buf_in(&a);
    yh_portal_openapi(&b);
    const char *golden = getenv("YH_GOLDEN");
    if (golden && !strcmp(golden, "record")) {
        FILE *f = fopen(DESCRIPTION, "wb");
        CHECK(f && fwrite(b.p, 1, (size_t)b.n, f) == (size_t)b.n && fputc('\n', f) == '\n');
        CHECK(fclose(f) == 0);
    }
    CHECK(yh_file_read(&a, DESCRIPTION, 1 << 20, &kept, &err) == YH_OK);
    CHECK(yh_eq(yh_trim(kept), yh_buf_str(&b)));
    CHECK(yh_json_read(&a, kept, (struct yh_json_limits){ 0 }, &v, &err) == YH_OK);
    CHECK_STR(yh_json_text(yh_json_get(v, YH_S("openapi"))), YH_S("3.1.0"), "OpenAPI 3.1");
    /* Every shape that is named is there, and every row's path is described. */
    const struct yh_json *shape =
        yh_json_get(yh_json_get(v, YH_S("components")), YH_S("schemas"));
    const struct yh_json *path = yh_json_get(v, YH_S("paths"));
    yh_str rest = kept;
    for (ptrdiff_t at; (at = yh_find(rest, YH_S("#/components/schemas/"))) >= 0;) {
        rest = yh_sub(rest, at + 21, rest.n);
        yh_str tail = rest, name = yh_cut(&tail, '"');
        CHECK(yh_json_get(shape, name) != NULL);
    }
    for (int i = 0; i < NROUTE; i++) {
        CHECK(yh_json_get(path, yh_cstr(ROUTE[i].path)) != NULL);
        bool person = strstr(ROUTE[i].path, "{person}") && ROUTE[i].area == AREA;
        CHECK(!person || ROUTE[i].purpose == STATED); /* nobody looks without saying why */
        CHECK(ROUTE[i].area == NONE || ROUTE[i].roles != ANYONE);
    }
    yh_arena_close(&a);
}

static struct heard heard_of(int64_t no, const char *infno, const char *person,
                             const char *message)
{
    struct heard h = { .no = no, .ok = !message };
    (void)snprintf(h.infno, sizeof h.infno, "%s", infno);
    (void)snprintf(h.person, sizeof h.person, "%s", person);
    (void)snprintf(h.provider, sizeof h.provider, "H1");
    (void)snprintf(h.msgid, sizeof h.msgid, "%lld", (long long)no);
    (void)snprintf(h.message, sizeof h.message, "%s", message ? message : "");
    return h;
}

static const struct yh_json *clause_of(const struct yh_json *score, const char *id)
{
    const struct yh_json *c = yh_json_get(score, YH_S("clauses"));
    for (c = c ? c->first : NULL; c; c = c->next)
        if (yh_eq(yh_json_text(yh_json_get(c, YH_S("id"))), yh_cstr(id)))
            return c;
    return NULL;
}

/* A chain is one person's; a step that was refused is told, and one that is left out is missed. */
TEST(a_client_is_scored_by_what_its_own_calls_have_shown)
{
    struct heard h[] = {
        heard_of(1, "2201", "甲", NULL),
        heard_of(2, "2203", "甲", NULL),
        heard_of(3, "2204", "甲", "明细：必填，未填写"),
        heard_of(4, "2204", "乙", NULL), /* of somebody who has no visit: no step of 甲's */
        heard_of(5, "1101", "", NULL),
        heard_of(6, "2204", "甲", NULL),
        heard_of(7, "2207", "甲", NULL), /* 2206 was left out */
        heard_of(7, "2207", "甲", NULL), /* sent again */
    };
    static const struct {
        int n;
        const char *id, *state, *next;
        const char *why;
    } ROW[] = {
        { 8, "PERSON", "shown", "", "one call" },
        { 2, "OUTPATIENT", "begun", "2204", "two steps of five" },
        { 8, "OUTPATIENT", "begun", "2206|2206A", "the trial is missing" },
        { 8, "INPATIENT", "none", "2401", "never begun" },
        { 8, "RETRY", "shown", "", "the same msgid again" },
        { 7, "RETRY", "none", "把刚发过的一笔原样再发一次", "not yet" },
        { 3, "MENDED", "wrong", "2204", "refused and left" },
        { 6, "MENDED", "shown", "", "mended" },
        { 8, "FIELDS", "wrong", "", "one of eight" },
        { 2, "FIELDS", "shown", "", "none of two" },
    };
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        struct yh_arena a;
        struct yh_err err;
        struct yh_json *v = NULL;
        CHECK(yh_arena_open(&a, 1 << 24, NULL) == YH_OK);
        struct yh_buf b = yh_buf_in(&a);
        struct yh_jsonw w = yh_jsonw_on(&b);
        put_score(&a, YH_S("H1"), h, ROW[i].n, &w);
        CHECK_OK(yh_json_read(&a, yh_buf_str(&b), (struct yh_json_limits){ 0 }, &v, &err),
                 &err);
        const struct yh_json *c = clause_of(v, ROW[i].id);
        CHECK_STR(yh_json_text(yh_json_get(c, YH_S("state"))), yh_cstr(ROW[i].state),
                  ROW[i].why);
        CHECK_STR(yh_json_text(yh_json_get(c, YH_S("next"))), yh_cstr(ROW[i].next), ROW[i].why);
        b.n = 0;
        w = yh_jsonw_on(&b);
        put_score(&a, YH_S("H2"), h, ROW[i].n, &w);
        CHECK_OK(yh_json_read(&a, yh_buf_str(&b), (struct yh_json_limits){ 0 }, &v, &err),
                 &err);
        CHECK_STR(yh_json_text(yh_json_get(v, YH_S("shown"))), YH_S("0"), "another's calls");
        yh_arena_close(&a);
    }
}

/* RFC 6238, Appendix B, SHA-1: the last six of the eight digits printed there. */
TEST(one_time_codes_are_those_of_rfc_6238)
{
    static const struct {
        int64_t at;
        const char *code;
    } ROW[] = { { 59, "287082" },         { 1111111109, "081804" }, { 1111111111, "050471" },
                { 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" } };
    const uint8_t *key = (const uint8_t *)"12345678901234567890";
    char text[40];
    for (int i = 0; i < YH_COUNT(ROW); i++) {
        CHECK_I64(totp_step(key, 20, yh_cstr(ROW[i].code), ROW[i].at), ROW[i].at / 30,
                  "the step");
        CHECK_I64(totp_step(key, 20, yh_cstr(ROW[i].code), ROW[i].at + 90), 0, "too late");
    }
    base32(text, key, 20);
    CHECK_STR(yh_cstr(text), YH_S("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "RFC 4648");
}

TEST(a_password_is_kept_as_argon2id_and_found_again)
{
    char secret[SECRET_MAX], one[17], two[17];
    struct yh_err err;
    CHECK(password_hash(YH_S("correct horse"), secret, &err) == YH_OK);
    CHECK(!strncmp(secret, "$argon2id$v=19$m=19456,t=2,p=1$", 31));
    CHECK(password_is(YH_S("correct horse"), secret));
    CHECK(!password_is(YH_S("correct horsf"), secret));
    CHECK(!password_is(YH_S(""), secret));
    random_password(one);
    random_password(two);
    CHECK(strcmp(one, two) != 0 && strlen(one) == 16);
    CHECK(password_fit(YH_S("short"), YH_S("zhang"), &err) == YH_BAD_INPUT);
    CHECK(password_fit(YH_S("my zhang word"), YH_S("zhang"), &err) == YH_BAD_INPUT);
    CHECK(password_fit(YH_S("aaaaaaaaaaaa"), YH_S("zhang"), &err) == YH_BAD_INPUT);
    CHECK(password_fit(YH_S("a quiet evening"), YH_S("zhang"), &err) == YH_OK);
}

TEST(a_sealed_key_opens_under_its_own_key_alone)
{
    char room[4096];
    struct yh_arena a = { .at = room, .end = room + sizeof room };
    uint8_t key[32] = { 1 }, other[32] = { 2 }, out[20];
    yh_str box = seal(&a, key, (const uint8_t *)"12345678901234567890", 20);
    CHECK(unseal(key, box, out, 20) && !memcmp(out, "12345678901234567890", 20));
    CHECK(!unseal(other, box, out, 20));
    ((char *)(uintptr_t)box.p)[70] ^= 1; /* one bit of the text */
    CHECK(!unseal(key, box, out, 20));
}

/* Words of a caller may stand in an error, each byte as six. */
TEST(the_longest_error_fits_its_room)
{
    char *room = yh_alloc_raw(yh_test_arena(), 1, 1, ERROR_ROOM);
    struct yh_err e;
    char words[400];
    memset(words, 1, sizeof words - 1);
    words[sizeof words - 1] = 0;
    (void)yh_fail_field(&e, YH_BAD_INPUT, words, words, "%s", words);
    yh_str text = error_text(room, "bad input", yh_cstr(e.field), yh_cstr(e.text));
    CHECK(yh_starts(text, YH_S("{\"error\":")) && yh_ends(text, YH_S("}}")));
    CHECK(text.n > 6 * 320);
}

TEST(an_area_holds_its_offices)
{
    static const struct {
        const char *area, *region, *office;
        bool in;
        const char *why;
    } ROW[] = {
        { "990100", "990100", "990121", true, "a pool stands for its offices" },
        { "990121", "990100", "990121", true, "an office" },
        { "990121", "990100", "990102", false, "another office of the pool" },
        { "990200 990100", "990100", "990101", true, "the second of two" },
        { "990000", "990100", "990101", true, "a province" },
        { "990200", "990100", "990101", false, "another pool" },
        { "", "990100", "990101", false, "no area" },
        { "9901", "990100", "990101", false, "not six digits" },
    };
    for (int i = 0; i < YH_COUNT(ROW); i++)
        CHECK_I64(
            within_area(yh_cstr(ROW[i].area), yh_cstr(ROW[i].region), yh_cstr(ROW[i].office)),
            ROW[i].in, ROW[i].why);
}

/* ---- kept answers ---- */

static enum yh_status make_long(struct yh_portal *p, struct yh_look *k, yh_str key,
                                const atomic_bool *stop, struct yh_jsonw *w, struct yh_err *err)
{
    int64_t n = 0;
    (void)p, (void)stop, (void)err;
    CHECK(yh_int_parse(key, &n, NULL) == YH_OK);
    char *text = yh_alloc_raw(k->arena, 1, 1, (size_t)n);
    memset(text, 'x', (size_t)n);
    yh_jw_str(w, (yh_str){ text, n });
    return YH_OK;
}

/* As the door does: a call that outgrows its arena is abandoned with YH_LIMIT. */
static enum yh_status ask_once(struct yh_portal *p, yh_str key, ptrdiff_t *n)
{
    struct yh_err err;
    struct call c = { .p = p, .look = { .now = portal_now() } };
    jmp_buf full;
    enum yh_status st;
    CHECK(yh_arena_open(&c.arena, (size_t)64 << 20, NULL) == YH_OK);
    c.reply = yh_buf_in(&c.arena);
    struct yh_jsonw w = yh_jsonw_on(&c.reply);
    c.arena.guard = &full;
    if (setjmp(full))
        st = YH_LIMIT;
    else
        st = keep_put(&c, make_long, key, 60, &w, &err);
    *n = c.reply.n;
    bool ready = yh_starts(yh_buf_str(&c.reply), YH_S("{\"state\":\"ready\""));
    yh_arena_close(&c.arena);
    return st || ready ? st : YH_RETRY;
}

static enum yh_status ask_kept(struct yh_portal *p, yh_str key, ptrdiff_t *n)
{
    enum yh_status st = YH_RETRY;
    for (int i = 0; i < 6000 && st == YH_RETRY; i++) {
        st = ask_once(p, key, n);
        if (st == YH_RETRY)
            (void)usleep(10000);
    }
    return st;
}

/* Too long a one fails its own caller, and nobody else waits for it. */
TEST(a_kept_answer_that_is_too_long_holds_up_nobody)
{
    static struct yh_portal p;
    static struct yh_realm realm;
    struct yh_counter town;
    ptrdiff_t n = 0;
    yh_counter_open(&town);
    p.config.service = town.service;
    p.config.realm = &realm;
    p.keep = keep_open(&p);
    CHECK_I64(ask_kept(&p, YH_S("1000"), &n), YH_OK, "a short one");
    CHECK(n > 1000 && n < 1200);
    CHECK_I64(ask_kept(&p, YH_S("50000000"), &n), YH_LIMIT, "50 MB");
    CHECK_I64(ask_kept(&p, YH_S("15000000"), &n), YH_OK, "another, of 15 MB");
    CHECK(n > 15000000);
    keep_stop(p.keep);
    keep_close(p.keep);
    yh_counter_close(&town);
}
