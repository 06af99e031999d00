/* shell/portal/openapi.c -- the description of the portal's API, from its lists. */
#include "shell/portal/inside.h"

static const struct {
    const char *name, *fields;
} SHAPE[] = {
#define S(name, fields) { #name, fields },
#include "shell/portal/shape.def"
};

static const struct {
    const char *word, *schema;
} KIND[] = {
    { "text", "{\"type\":\"string\"}" },
    { "fen", "{\"type\":\"integer\",\"description\":\"分\"}" },
    { "int", "{\"type\":\"integer\"}" },
    { "day", "{\"type\":\"string\",\"description\":\"yyyy-MM-dd；空为不限\"}" },
    { "time", "{\"type\":\"string\",\"description\":\"yyyy-MM-dd HH:mm:ss，+08:00\"}" },
    { "flag", "{\"type\":\"boolean\"}" },
    { "json", "{\"type\":\"object\"}" },
    { "any", "{}" },
};

static void put_kind(struct yh_jsonw *w, struct yh_arena *a, yh_str kind)
{
    if (yh_ends(kind, YH_S("?"))) {
        yh_jw_object(w);
        yh_jw_kv_array(w, "anyOf");
        put_kind(w, a, yh_sub(kind, 0, kind.n - 1));
        yh_jw_raw(w, YH_S("{\"type\":\"null\"}"));
        yh_jw_end(w, ']');
        yh_jw_end(w, '}');
        return;
    }
    if (yh_starts(kind, YH_S("["))) {
        yh_jw_object(w);
        yh_jw_kv_str(w, "type", YH_S("array"));
        yh_jw_key(w, YH_S("items"));
        put_kind(w, a, yh_sub(kind, 1, kind.n - 1));
        yh_jw_end(w, '}');
        return;
    }
    for (int i = 0; i < YH_COUNT(KIND); i++)
        if (yh_eq(kind, yh_cstr(KIND[i].word))) {
            yh_jw_raw(w, yh_cstr(KIND[i].schema));
            return;
        }
    yh_jw_object(w);
    yh_jw_kv_str(w, "$ref", yh_fmt(a, "#/components/schemas/%.*s", YH_ARG(kind)));
    yh_jw_end(w, '}');
}

/* An object schema of "name:type …"; `must`: only those marked ! are required, else all. */
static void put_object(struct yh_jsonw *w, struct yh_arena *a, yh_str fields, bool marked)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "type", YH_S("object"));
    yh_jw_kv_array(w, "required");
    for (yh_str rest = fields; rest.n;) {
        yh_str one = yh_cut(&rest, ' ');
        if (one.n && (!marked || yh_ends(one, YH_S("!"))))
            yh_jw_str(w, yh_cut(&one, ':'));
    }
    yh_jw_end(w, ']');
    yh_jw_kv_object(w, "properties");
    for (yh_str rest = fields; rest.n;) {
        yh_str kind = yh_cut(&rest, ' ');
        if (!kind.n)
            continue;
        yh_str name = yh_cut(&kind, ':');
        yh_jw_key(w, name);
        put_kind(w, a, yh_ends(kind, YH_S("!")) ? yh_sub(kind, 0, kind.n - 1) : kind);
    }
    yh_jw_end(w, '}');
    yh_jw_kv_bool(w, "additionalProperties", false);
    yh_jw_end(w, '}');
}

static void put_parameter(struct yh_jsonw *w, struct yh_arena *a, yh_str name, const char *in,
                          bool must, yh_str kind)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "name", name);
    yh_jw_kv_str(w, "in", yh_cstr(in));
    yh_jw_kv_bool(w, "required", must);
    yh_jw_key(w, YH_S("schema"));
    put_kind(w, a, kind);
    yh_jw_end(w, '}');
}

/* A body that is a file has its other fields in the query. */
static bool is_file(const struct route *r)
{
    return yh_find(yh_cstr(r->in), YH_S("file:bytes!")) >= 0;
}

static void put_parameters(struct yh_jsonw *w, struct yh_arena *a, const struct route *r)
{
    yh_jw_kv_array(w, "parameters");
    for (yh_str rest = yh_cstr(r->path); rest.p;) {
        yh_str step = yh_cut(&rest, '/');
        if (step.n && step.p[0] == '{')
            put_parameter(w, a, yh_sub(step, 1, step.n - 1), "path", true, YH_S("text"));
    }
    for (yh_str rest = yh_cstr(r->in); (is_file(r) || !strcmp(r->method, "GET")) && rest.n;) {
        yh_str kind = yh_cut(&rest, ' ');
        if (!kind.n || yh_eq(kind, YH_S("file:bytes!")))
            continue;
        yh_str name = yh_cut(&kind, ':');
        bool must = yh_ends(kind, YH_S("!"));
        put_parameter(w, a, name, "query", must, must ? yh_sub(kind, 0, kind.n - 1) : kind);
    }
    if (strcmp(r->method, "GET") && r->roles != ANYONE)
        put_parameter(w, a, YH_S("X-CSRF"), "header", true, YH_S("text"));
    yh_jw_end(w, ']');
}

static void put_reply(struct yh_jsonw *w, struct yh_arena *a, const char *about,
                      const char *shape)
{
    yh_jw_object(w);
    yh_jw_kv_str(w, "description", yh_cstr(about));
    yh_jw_kv_object(w, "content");
    bool pdf = !strcmp(shape, "pdf"), tsv = !strcmp(shape, "tsv"),
         file = !strcmp(shape, "file");
    yh_jw_key(w, pdf    ? YH_S("application/pdf")
                 : tsv  ? YH_S("text/tab-separated-values")
                 : file ? YH_S("application/octet-stream")
                        : YH_S("application/json"));
    if (pdf || tsv || file) {
        yh_jw_raw(w, YH_S("{}"));
    } else {
        yh_jw_object(w);
        yh_jw_key(w, YH_S("schema"));
        put_kind(w, a, yh_cstr(shape));
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, '}');
    yh_jw_end(w, '}');
}

static void put_operation(struct yh_jsonw *w, struct yh_arena *a, const struct route *r)
{
    static const char *const AREA_WORD[] = { "none", "own", "area", "found" };
    yh_str method = yh_eq(yh_cstr(r->method), YH_S("GET"))      ? YH_S("get")
                    : yh_eq(yh_cstr(r->method), YH_S("POST"))   ? YH_S("post")
                    : yh_eq(yh_cstr(r->method), YH_S("DELETE")) ? YH_S("delete")
                                                                : YH_S("put");
    yh_jw_key(w, method);
    yh_jw_object(w);
    yh_jw_kv_str(w, "operationId", yh_cstr(r->name));
    yh_jw_kv_str(w, "summary", yh_cstr(r->doc));
    yh_jw_kv_array(w, "x-roles");
    for (int i = 0; i < BIT_N && r->roles != ANYONE; i++)
        if (r->roles & (1 << i))
            yh_jw_str(w, yh_cstr(role_word((enum role)i)));
    yh_jw_end(w, ']');
    yh_jw_kv_str(w, "x-area", yh_cstr(AREA_WORD[r->area]));
    yh_jw_kv_str(w, "x-purpose", r->purpose == STATED ? YH_S("stated") : YH_S("free"));
    put_parameters(w, a, r);
    if (strcmp(r->method, "GET") && r->in[0]) {
        yh_jw_kv_object(w, "requestBody");
        yh_jw_kv_object(w, "content");
        if (is_file(r)) {
            yh_jw_kv_raw(w, "application/octet-stream", YH_S("{}"));
        } else {
            yh_jw_kv_object(w, "application/json");
            yh_jw_key(w, YH_S("schema"));
            put_object(w, a, yh_cstr(r->in), true);
            yh_jw_end(w, '}');
        }
        yh_jw_end(w, '}');
        yh_jw_end(w, '}');
    }
    if (r->roles != ANYONE)
        yh_jw_kv_str(w, "x-session", YH_S("cookie yiheng"));
    yh_jw_kv_object(w, "responses");
    yh_jw_key(w, YH_S("200"));
    put_reply(w, a, r->doc, r->out);
    yh_jw_kv_raw(w, "default", YH_S("{\"$ref\":\"#/components/responses/error\"}"));
    yh_jw_end(w, '}');
    yh_jw_end(w, '}');
}

void yh_portal_openapi(struct yh_buf *out)
{
    struct yh_jsonw w = yh_jsonw_on(out);
    struct yh_arena *a = out->arena;
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "openapi", YH_S("3.1.0"));
    yh_jw_key(&w, YH_S("info"));
    yh_jw_raw(&w,
              YH_S("{\"title\":\"医衡 Yiheng portal\",\"version\":\"1\",\"description\":\"由 "
                   "src/shell/portal/route.def 与 shape.def 生成\"}"));
    yh_jw_kv_object(&w, "paths");
    for (int i = 0; i < NROUTE; i++) {
        bool before = false;
        for (int k = 0; k < i; k++)
            before = before || !strcmp(ROUTE[k].path, ROUTE[i].path);
        if (before)
            continue;
        yh_jw_kv_object(&w, ROUTE[i].path);
        for (int k = i; k < NROUTE; k++)
            if (!strcmp(ROUTE[k].path, ROUTE[i].path))
                put_operation(&w, a, &ROUTE[k]);
        yh_jw_end(&w, '}');
    }
    yh_jw_end(&w, '}');
    yh_jw_kv_object(&w, "components");
    yh_jw_kv_object(&w, "responses");
    yh_jw_kv_object(&w, "error");
    yh_jw_kv_str(&w, "description", YH_S("400 401 403 404 405 409 413 429 503"));
    yh_jw_key(&w, YH_S("content"));
    yh_jw_raw(
        &w,
        YH_S("{\"application/json\":{\"schema\":{\"type\":\"object\",\"required\":[\"error\"],"
             "\"properties\":{\"error\":{\"$ref\":\"#/components/schemas/error\"}}}}}"));
    yh_jw_end(&w, '}');
    yh_jw_end(&w, '}');
    yh_jw_kv_object(&w, "schemas");
    for (int i = 0; i < YH_COUNT(SHAPE); i++) {
        yh_jw_key(&w, yh_cstr(SHAPE[i].name));
        put_object(&w, a, yh_cstr(SHAPE[i].fields), false);
    }
    yh_jw_end(&w, '}');
    yh_jw_end(&w, '}');
    yh_jw_end(&w, '}');
}

enum yh_status portal_openapi(struct call *c, struct yh_jsonw *w, struct yh_err *err)
{
    (void)w, (void)err;
    c->reply.n = 0;
    yh_portal_openapi(&c->reply);
    return YH_OK;
}
