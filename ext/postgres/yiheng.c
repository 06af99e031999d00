/* ext/postgres/yiheng.c -- the engine as functions of PostgreSQL.
 *
 * One engine a backend, opened from the folder that the setting yiheng.home names when a function
 * is first called (about 50 ms); with shared_preload_libraries = 'yiheng' the postmaster opens it
 * once and all backends share the pages.  A refused bill is an SQL error with our text; so is an
 * assertion, which must never abort() a backend: that would restart the whole cluster. */
#include <postgres.h>

#include <access/htup_details.h>
#include <access/tupmacs.h>
#include <catalog/pg_type.h>
#include <datatype/timestamp.h>
#include <fmgr.h>
#include <funcapi.h>
#include <miscadmin.h>
#include <utils/array.h>
#include <utils/builtins.h>
#include <utils/date.h>
#include <utils/guc.h>
#include <utils/typcache.h>

#include "shell/home/home.h"
#include "store/lines.h"

PG_MODULE_MAGIC;

static char *home_dir;
static struct yh_home home;

/* An assertion of ours is a bug: this statement fails, and the engine is not used again as it was. */
static void assertion(const char *file, int line, const char *what)
{
    home = (struct yh_home){ 0 }; /* may be half changed: opened anew by the next call */
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
                    errmsg("医衡内部错误 %s:%d: %s", file, line, what)));
}

static void open_home(int level)
{
    struct yh_err err = { 0 };
    yh_assert_set(assertion);
    if (home.engine)
        return;
    if (yh_home_open(home_dir, &home, &err))
        ereport(level, (errcode(ERRCODE_CONFIG_FILE_ERROR),
                        errmsg("医衡不能打开 %s：%s", home_dir, err.text),
                        errhint("yiheng.home 应指向含 policy 与 catalogs 的目录。")));
}

void _PG_init(void);
void _PG_init(void)
{
    char share[MAXPGPATH];
    get_share_path(my_exec_path, share);
    strlcat(share, "/yiheng", sizeof share);
    DefineCustomStringVariable(
        "yiheng.home", "含 policy 与 catalogs 的目录。", NULL, &home_dir, share,
        PGC_POSTMASTER * process_shared_preload_libraries_in_progress +
            PGC_SU_BACKEND * !process_shared_preload_libraries_in_progress,
        0, NULL, NULL, NULL);
    MarkGUCPrefixReserved("yiheng");
    if (process_shared_preload_libraries_in_progress)
        open_home(WARNING);
}

/* The engine of the version asked for; another is an error, never another answer. */
static struct yiheng *engine_of(text *version)
{
    open_home(ERROR);
    if (VARSIZE_ANY_EXHDR(version) != 16 || memcmp(VARDATA_ANY(version), home.version, 16))
        ereport(ERROR,
                (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                 errmsg("要的是版本 %s，本库所装为 %s", text_to_cstring(version), home.version),
                 errhint("用 yiheng_version() 取当前版本，或装上所要的版本。")));
    return home.engine;
}

static void refuse(const char *text) pg_attribute_noreturn();
static void refuse(const char *text)
{
    ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION), errmsg("%s", text)));
    pg_unreachable();
}

/* The library's answer as a text of this memory context; a refusal becomes an error. */
static text *take(char *answer, int ok, bool refusal_is_answer)
{
    text *t = cstring_to_text(answer);
    yiheng_free(answer);
    if (ok || refusal_is_answer)
        return t;
    struct yh_arena a;
    struct yh_json *v;
    char *why = text_to_cstring(t);
    if (!yh_arena_open(&a, 1 << 20, NULL)) {
        if (!yh_json_read(&a, yh_cstr(why), (struct yh_json_limits){ 0 }, &v, NULL)) {
            yh_str s = yh_json_text(yh_json_get(v, YH_S("err_msg")));
            if (s.n)
                why = pnstrdup(s.p, (Size)s.n);
        }
        yh_arena_close(&a);
    }
    refuse(why);
}

PG_FUNCTION_INFO_V1(yiheng_version_sql);
Datum yiheng_version_sql(PG_FUNCTION_ARGS)
{
    open_home(ERROR);
    PG_RETURN_TEXT_P(cstring_to_text(home.version));
}

static Datum settle(FunctionCallInfo fcinfo, int how)
{
    struct yiheng *e = engine_of(PG_GETARG_TEXT_PP(0));
    text *bill = PG_GETARG_TEXT_PP(1);
    int ok;
    char *answer = yiheng_settle(e, VARDATA_ANY(bill), VARSIZE_ANY_EXHDR(bill), how, &ok);
    return PointerGetDatum(take(answer, ok, false));
}

PG_FUNCTION_INFO_V1(yiheng_settle_sql);
Datum yiheng_settle_sql(PG_FUNCTION_ARGS)
{
    return settle(fcinfo, 0);
}

PG_FUNCTION_INFO_V1(yiheng_explain_sql);
Datum yiheng_explain_sql(PG_FUNCTION_ARGS)
{
    return settle(fcinfo, YIHENG_TEXT);
}

/* What one place in a statement keeps from row to row. */
struct place {
    TupleDesc shape; /* of yiheng_payment */
    int nstanding;   /* of the row in `row`; -1: none yet */
    HeapTupleHeader row;
    Size size;
    uintptr_t facts; /* where the row before had them, and how far the next row is from there */
    intptr_t stride;
};

static struct place *place_of(FunctionCallInfo fcinfo)
{
    struct place *k = fcinfo->flinfo->fn_extra;
    if (k)
        return k;
    MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
    TupleDesc shape;
    k = palloc0(sizeof *k);
    if (get_call_result_type(fcinfo, NULL, &shape) != TYPEFUNC_COMPOSITE)
        refuse("结果应为 yiheng_payment");
    k->shape = BlessTupleDesc(CreateTupleDescCopy(shape));
    k->nstanding = -1;
    fcinfo->flinfo->fn_extra = k;
    MemoryContextSwitchTo(old);
    return k;
}

enum { AMOUNTS = 14 }; /* of yiheng_payment, before standing */

/* A row with that many accumulators, formed as PostgreSQL forms it; the numbers are filled in later. */
static void form_row(FunctionCallInfo fcinfo, struct place *k, int nstanding)
{
    Datum value[AMOUNTS + 1] = { 0 };
    bool null[AMOUNTS + 1] = { 0 };
    Size size = ARR_OVERHEAD_NONULLS(1) + sizeof(int64_t) * (Size)nstanding;
    ArrayType *after = palloc0(size);
    SET_VARSIZE(after, size);
    after->ndim = 1;
    after->elemtype = INT8OID;
    ARR_DIMS(after)[0] = nstanding;
    ARR_LBOUND(after)[0] = 1;
    value[AMOUNTS] = PointerGetDatum(after);
    HeapTuple t = heap_form_tuple(k->shape, value, null);
    HeapTupleHeader row = (HeapTupleHeader)DatumGetPointer(HeapTupleGetDatum(t));
    k->size = HeapTupleHeaderGetDatumLength(row);
    if (k->row)
        pfree(k->row);
    k->row = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, k->size);
    memcpy(k->row, row, k->size);
    k->nstanding = nstanding;
}

/* One payment as a row of yiheng_payment.  The rows of a statement differ in their numbers alone: the
 * amounts stand first, eight bytes each, the accumulators last. */
static Datum give(FunctionCallInfo fcinfo, struct place *k, const struct yiheng_payment *p)
{
    if (k->nstanding != p->nstanding)
        form_row(fcinfo, k, p->nstanding);
    const int64_t v[AMOUNTS] = { p->total,  p->fund,     p->hifp,       p->cvlserv,  p->hifes,
                                 p->hifmi,  p->hifob,    p->maf,        p->hifdm,    p->other,
                                 p->person, p->hospital, p->deductible, p->to_person };
    char *row = palloc(k->size);
    Size after = sizeof(int64_t) * (Size)p->nstanding;
    memcpy(row, k->row, k->size - after);
    memcpy(row + k->row->t_hoff, v, sizeof v);
    memcpy(row + k->size - after, p->standing, after);
    return PointerGetDatum(row);
}

/* The text of an argument, without a copy where it is stored short. */
static yh_str text_of(text *t)
{
    return (yh_str){ VARDATA_ANY(t), (ptrdiff_t)VARSIZE_ANY_EXHDR(t) };
}

/* Rows of a page lie at even distances, and a scan waits for the memory of each: the next one's is asked
 * for now, `size` bytes from its facts on and a little before them.  A wrong guess costs nothing but the
 * asking: what is not there is not read. */
static void expect_next(struct place *k, const char *facts, ptrdiff_t size)
{
    intptr_t stride = (intptr_t)((uintptr_t)facts - k->facts);
    if (stride > -BLCKSZ && stride < BLCKSZ)
        k->stride = stride;
    k->facts = (uintptr_t)facts;
    if (k->stride && size < BLCKSZ / 2)
        for (intptr_t i = -256; i < size; i += 64)
            __builtin_prefetch((const void *)(k->facts + (uintptr_t)(k->stride + i)));
}

/* An array of one dimension without nulls, read where it lies: short ones are stored unaligned, and a
 * copy of each would cost more than the reading. */
struct vector {
    int32 n;
    const char *data;
};
StaticAssertDecl(ARR_OVERHEAD_NONULLS(1) == VARHDRSZ + 5 * sizeof(int32), "an array's head");

static inline struct vector vector_of(FunctionCallInfo fcinfo, int arg, Oid type,
                                      const char *otherwise)
{
    enum { NDIM, NULLS, TYPE, LENGTH, LOWER, HEAD };
    struct varlena *v = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(arg));
    const char *at = VARDATA_ANY(v);
    int32 head[HEAD] = { 0 };
    if (VARSIZE_ANY_EXHDR(v) >= sizeof head)
        memcpy(head, at, sizeof head);
    else
        memcpy(head, at, sizeof head[NDIM]);
    if (head[NDIM] == 0)
        return (struct vector){ 0, NULL };
    if (head[NDIM] != 1 || head[NULLS] || (Oid)head[TYPE] != type)
        refuse(otherwise);
    return (struct vector){ head[LENGTH], at + sizeof head };
}

static int64_t i64_at(const struct vector *v, int i)
{
    int64_t n;
    memcpy(&n, v->data + sizeof n * (size_t)i, sizeof n);
    return n;
}

/* The accumulators given: few, and copied where they are read as numbers. */
enum { STANDING = 256 };
static const int64_t *standing_of(FunctionCallInfo fcinfo, int arg, int64_t few[STANDING],
                                  int *n)
{
    *n = 0;
    if (PG_ARGISNULL(arg))
        return NULL;
    struct vector v =
        vector_of(fcinfo, arg, INT8OID, "standing 应为一维、不含空值的 bigint 数组");
    int64_t *s = v.n > STANDING ? palloc(sizeof *s * (Size)v.n) : few;
    memcpy(s, v.data, sizeof *s * (size_t)v.n);
    *n = v.n;
    return s;
}

PG_FUNCTION_INFO_V1(yiheng_pay_sql);
Datum yiheng_pay_sql(PG_FUNCTION_ARGS)
{
    int64_t few[STANDING];
    struct yiheng_payment p;
    char error[320];
    int nstanding;
    for (int i = 0; i < 6; i++)
        if (PG_ARGISNULL(i))
            PG_RETURN_NULL();
    struct yiheng *e = engine_of(PG_GETARG_TEXT_PP(0));
    yh_str facts = text_of(PG_GETARG_TEXT_PP(1));
    struct place *k = place_of(fcinfo);
    expect_next(k, facts.p, facts.n + 256);
    const int64_t *standing = standing_of(fcinfo, 6, few, &nstanding);
    struct yiheng_cost cost = { PG_GETARG_INT64(2), PG_GETARG_INT64(3), PG_GETARG_INT64(4),
                                PG_GETARG_INT64(5) };
    if (!yiheng_pay(e, facts.p, (size_t)facts.n, &cost, standing, nstanding, &p, error,
                    sizeof error))
        refuse(error);
    PG_RETURN_DATUM(give(fcinfo, k, &p));
}

PG_FUNCTION_INFO_V1(yiheng_pay_lines_sql);
Datum yiheng_pay_lines_sql(PG_FUNCTION_ARGS)
{
    static const char BAD[] = "明细的各数组应为一维、同样长、不含空值";
    enum { FEW = 64 };
    struct yiheng_line few_lines[FEW], *line = few_lines;
    int64_t few[STANDING];
    struct yiheng_payment p;
    char error[320];
    int nstanding;
    for (int i = 0; i < 6; i++)
        if (PG_ARGISNULL(i))
            PG_RETURN_NULL();
    struct yiheng *e = engine_of(PG_GETARG_TEXT_PP(0));
    yh_str facts = text_of(PG_GETARG_TEXT_PP(1));
    /* Texts stand aligned to four bytes in the array, so this one must be too. */
    ArrayType *codes = PG_GETARG_ARRAYTYPE_P(2);
    if (ARR_NDIM(codes) > 1 || ARR_HASNULL(codes))
        refuse(BAD);
    int n = ARR_NDIM(codes) ? ARR_DIMS(codes)[0] : 0;
    struct place *k = place_of(fcinfo);
    expect_next(k, facts.p, facts.n + 256 + (ptrdiff_t)VARSIZE(codes) + n * 28);
    struct vector price = vector_of(fcinfo, 3, INT8OID, BAD), day = { n, NULL },
                  quantity = vector_of(fcinfo, 4, INT8OID, BAD),
                  amount = vector_of(fcinfo, 5, INT8OID, BAD);
    if (!PG_ARGISNULL(6))
        day = vector_of(fcinfo, 6, DATEOID, BAD);
    if (price.n != n || quantity.n != n || amount.n != n || day.n != n)
        refuse(BAD);
    const int64_t *standing = standing_of(fcinfo, 7, few, &nstanding);
    const char *code = ARR_DATA_PTR(codes);
    if (n > FEW)
        line = palloc(sizeof *line * (Size)n);
    for (int i = 0; i < n; i++) {
        DateADT on = 0;
        if (day.data)
            memcpy(&on, day.data + sizeof on * (size_t)i, sizeof on);
        if (DATE_NOT_FINITE(on))
            refuse("费用日应为一个日期");
        code = (const char *)att_align_pointer(code, TYPALIGN_INT, -1, code);
        line[i] = (struct yiheng_line){
            .code = VARDATA_ANY(code),
            .code_size = VARSIZE_ANY_EXHDR(code),
            .price = i64_at(&price, i),
            .quantity = i64_at(&quantity, i),
            .amount = i64_at(&amount, i),
            .day =
                day.data ? on + (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) : YIHENG_DAY_OF_BILL,
        };
        code += VARSIZE_ANY(code);
    }
    if (!yiheng_pay_lines(e, facts.p, (size_t)facts.n, line, n, standing, nstanding, &p, error,
                          sizeof error))
        refuse(error);
    PG_RETURN_DATUM(give(fcinfo, k, &p));
}

PG_FUNCTION_INFO_V1(yiheng_standing_sql);
Datum yiheng_standing_sql(PG_FUNCTION_ARGS)
{
    struct yiheng *e = engine_of(PG_GETARG_TEXT_PP(0));
    text *facts = PG_GETARG_TEXT_PP(1);
    int ok;
    char *answer = yiheng_standing(e, VARDATA_ANY(facts), VARSIZE_ANY_EXHDR(facts), &ok);
    return PointerGetDatum(take(answer, ok, false));
}

PG_FUNCTION_INFO_V1(yiheng_check_sql);
Datum yiheng_check_sql(PG_FUNCTION_ARGS)
{
    struct yiheng *e = engine_of(PG_GETARG_TEXT_PP(0));
    text *page = PG_GETARG_TEXT_PP(1);
    int ok;
    char *answer = yiheng_check(e, VARDATA_ANY(page), VARSIZE_ANY_EXHDR(page), &ok);
    return PointerGetDatum(take(answer, ok, answer[0] == '['));
}

PG_FUNCTION_INFO_V1(yiheng_group_sql);
Datum yiheng_group_sql(PG_FUNCTION_ARGS)
{
    struct yiheng *e = engine_of(PG_GETARG_TEXT_PP(0));
    text *discharge = PG_GETARG_TEXT_PP(2);
    char drg[32];
    int ok;
    char *answer = yiheng_group(e, text_to_cstring(PG_GETARG_TEXT_PP(1)),
                                VARDATA_ANY(discharge), VARSIZE_ANY_EXHDR(discharge), &ok);
    const char *at = ok ? strstr(answer, "\"drg\":\"") : NULL;
    if (!at)
        return PointerGetDatum(take(answer, 0, false));
    at += 7;
    Size n = strcspn(at, "\"");
    n = n < sizeof drg ? n : sizeof drg - 1;
    memcpy(drg, at, n);
    yiheng_free(answer);
    PG_RETURN_TEXT_P(cstring_to_text_with_len(drg, (int)n));
}

PG_FUNCTION_INFO_V1(yiheng_charge_lines);
Datum yiheng_charge_lines(PG_FUNCTION_ARGS)
{
    bytea *packed = PG_GETARG_BYTEA_PP(0);
    ReturnSetInfo *result = (ReturnSetInfo *)fcinfo->resultinfo;
    struct yh_arena a;
    struct yh_err err = { 0 };
    struct yh_charge_line *line;
    int n;
    yh_assert_set(assertion);
    InitMaterializedSRF(fcinfo, 0);
    if (yh_arena_open(&a, (size_t)256 << 20, &err))
        refuse(err.text);
    yh_str blob = { VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed) };
    if (yh_lines_unpack(&a, blob, &line, &n, &err)) {
        yh_arena_close(&a);
        refuse(err.text);
    }
    PG_TRY();
    {
        for (int i = 0; i < n; i++) {
            const struct yh_charge_line *l = &line[i];
            Datum value[] = {
#define I64(c, doc) Int64GetDatum(l->c),
#define TEXT(c, doc) \
    PointerGetDatum(cstring_to_text_with_len(l->c.n ? l->c.p : "", (int)l->c.n)),
#include "store/lines.def"
#undef I64
#undef TEXT
            };
            bool null[lengthof(value)] = { 0 };
            tuplestore_putvalues(result->setResult, result->setDesc, value, null);
        }
    }
    PG_FINALLY();
    {
        yh_arena_close(&a);
    }
    PG_END_TRY();
    PG_RETURN_NULL();
}
