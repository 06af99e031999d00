/* model/casemix/lists.c -- the shared tables: code lists, complication levels, exclusions. */
#include "model/casemix/build.h"

/* The next line without its end; false at the end of the text. */
static bool next_line(yh_str *rest, yh_str *line)
{
    if (!rest->p || rest->n == 0)
        return false;
    *line = yh_cut(rest, '\n');
    if (line->n && line->p[line->n - 1] == '\r')
        line->n--;
    return true;
}

static bool code_ok(yh_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '|')
            return false;
    return s.n > 0 && s.n <= 64;
}

enum yh_status yh_lists_load(struct yh_arena *arena, yh_str text, const char *file,
                             struct yh_codes *codes, struct yh_code_lists *out,
                             struct yh_err *err)
{
    out->by_name = yh_map_in(arena, 2048);
    yh_str rest = text, line;
    int at = 0;
    int64_t left = 0;
    struct yh_code_list *l = NULL;
    while (next_line(&rest, &line)) {
        at++;
        if (line.n && line.p[0] == '@') {
            yh_str head = yh_sub(line, 1, line.n);
            yh_str name = yh_cut(&head, ' ');
            if (left)
                return yh_fail_at(err, YH_BAD_TABLE, at, 0,
                                  "%s 第 %d 行：上一名单还缺 %d 个编码", file, at, (int)left);
            if (!code_ok(name) || yh_int_parse(head, &left, NULL) || left < 0 || left > 1000000)
                return yh_fail_at(err, YH_BAD_TABLE, at, 0, "%s 第 %d 行：应为 @名单 个数",
                                  file, at);
            if (!yh_map_add(&out->by_name, name, out->n))
                return yh_fail_at(err, YH_BAD_TABLE, at, 0, "%s 第 %d 行：名单 %.*s 重复", file,
                                  at, YH_ARG(name));
            /* A count that the text cannot hold is refused before memory is taken for it. */
            if (left > rest.n + 1)
                return yh_fail_at(err, YH_BAD_TABLE, at, 0, "%s 第 %d 行：文件没有这么多编码",
                                  file, at);
            YH_PUSH(arena, out->list, out->n, out->cap) = (struct yh_code_list){ .name = name };
            l = &out->list[out->n - 1];
            l->id = YH_NEW(arena, uint32_t, left);
        } else if (line.n) {
            if (!l || left == 0 || !code_ok(line))
                return yh_fail_at(err, YH_BAD_TABLE, at, 0,
                                  "%s 第 %d 行：名单之外的编码或坏编码", file, at);
            l->id[l->n++] = yh_codes_add(codes, line);
            left--;
        }
    }
    if (left)
        return yh_fail_at(err, YH_BAD_TABLE, at, 0, "%s：最后的名单还缺 %d 个编码", file,
                          (int)left);
    return YH_OK;
}

static int excl_id(struct yh_casemix *cm, yh_str name)
{
    if (name.n == 0 || yh_eq(name, YH_S("-")))
        return 0;
    int32_t id = yh_map_get(&cm->excl_id, name, 0);
    if (id)
        return id;
    if (cm->nexcl == 0)
        YH_PUSH(cm->arena, cm->excl_name, cm->nexcl, cm->excl_cap) = YH_S("");
    id = cm->nexcl;
    YH_PUSH(cm->arena, cm->excl_name, cm->nexcl, cm->excl_cap) = name;
    yh_map_add(&cm->excl_id, name, id);
    return id;
}

/* Fills a table whose arrays hold `room` ids. */
static enum yh_status fill(struct yh_casemix *cm, struct yh_tsv *t, const char *path,
                           struct yh_cc_table *out, struct yh_err *err)
{
    bool levels = out->level;
    static const char *const CC[] = { "code", "level", "excl" }, *const EXCL[] = { "pdx",
                                                                                   "excl" };
    int col[3];
    enum yh_status bad =
        levels ? yh_tsv_want(t, CC, 3, col, err) : yh_tsv_want(t, EXCL, 2, col, err);
    if (bad)
        return bad;
    for (int more; (more = yh_tsv_next(t, err)) != 0;) {
        if (more < 0)
            return YH_BAD_TABLE;
        yh_str code = t->cell[col[0]], level = levels ? t->cell[col[1]] : YH_S("");
        bool mcc = yh_eq(level, YH_S("MCC"));
        if (!code_ok(code) || (levels && !mcc && !yh_eq(level, YH_S("CC"))))
            return yh_fail_at(err, YH_BAD_TABLE, t->line, 0,
                              "%s 第 %d 行：应为编码和 MCC 或 CC", path, t->line);
        int excl = excl_id(cm, t->cell[col[levels ? 2 : 1]]);
        if (excl > UINT16_MAX)
            return yh_fail(err, YH_LIMIT, "%s：排除表多于 65,535 个", path);
        uint32_t id = yh_codes_add(&cm->dx, code);
        out->excl[id] = (uint16_t)excl;
        if (levels)
            out->level[id] = mcc ? YH_LEVEL_MCC : YH_LEVEL_CC;
        if ((int)id >= out->n)
            out->n = (int)id + 1;
    }
    return YH_OK;
}

enum yh_status yh_table_load(struct yh_casemix *cm, yh_str name, bool levels,
                             const struct yh_cc_table **out, struct yh_err *err)
{
    for (int i = 0; i < cm->ntable; i++)
        if (yh_eq(cm->table[i].name, name) && levels == !!cm->table[i].level) {
            *out = &cm->table[i];
            return YH_OK;
        }
    if (cm->ntable == cm->table_cap)
        return yh_fail(err, YH_LIMIT, "并发症表与排除表多于 %d 张", cm->table_cap);
    yh_str text;
    const char *path = yh_zdup(cm->arena, yh_fmt(cm->arena, "_shared/%.*s.tsv", YH_ARG(name)));
    enum yh_status bad = cm->source.read(cm->source.ctx, path, &text, err);
    if (bad)
        return bad;
    struct yh_tsv *t = YH_NEW(cm->arena, struct yh_tsv, 1);
    bad = yh_tsv_open(t, text, err);
    if (bad)
        return bad;
    /* Every row may name one new code. */
    size_t room = (size_t)cm->dx.n + 1;
    for (ptrdiff_t i = 0; i < text.n; i++)
        room += text.p[i] == '\n';
    struct yh_cc_table table = { .name = yh_dup(cm->arena, name) };
    table.excl = YH_NEW(cm->arena, uint16_t, room + 1);
    table.level = levels ? YH_NEW(cm->arena, uint8_t, room + 1) : NULL;
    bad = fill(cm, t, path, &table, err);
    if (bad)
        return bad;
    cm->table[cm->ntable] = table;
    *out = &cm->table[cm->ntable++];
    return YH_OK;
}

static enum yh_status read_names(struct yh_casemix *cm, const char *path,
                                 struct yh_codes *codes, yh_str **name, int *n,
                                 struct yh_err *err)
{
    yh_str text;
    enum yh_status bad = cm->source.read(cm->source.ctx, path, &text, err);
    if (bad)
        return bad;
    yh_str rest = text, line;
    while (next_line(&rest, &line)) {
        yh_str code = yh_cut(&line, '\t');
        if (code_ok(code) && code.p[0] != '#')
            yh_codes_add(codes, code);
    }
    *n = codes->n;
    *name = YH_NEW(cm->arena, yh_str, codes->n);
    rest = text;
    while (next_line(&rest, &line)) {
        yh_str code = yh_cut(&line, '\t');
        if (code_ok(code) && code.p[0] != '#')
            (*name)[yh_codes_get(codes, code)] = line;
    }
    return YH_OK;
}

enum yh_status yh_casemix_names(struct yh_casemix *cm, struct yh_err *err)
{
    if (cm->named)
        return YH_OK;
    enum yh_status bad =
        read_names(cm, "_shared/icd10.tsv", &cm->dx, &cm->dx_name, &cm->ndx_name, err);
    if (!bad)
        bad = read_names(cm, "_shared/icd9cm3.tsv", &cm->px, &cm->px_name, &cm->npx_name, err);
    cm->named = !bad;
    return bad;
}

yh_str yh_dx_name(const struct yh_casemix *cm, yh_str code)
{
    int id = (int)yh_codes_get(&cm->dx, code);
    return id < cm->ndx_name ? cm->dx_name[id] : YH_S("");
}

yh_str yh_px_name(const struct yh_casemix *cm, yh_str code)
{
    int id = (int)yh_codes_get(&cm->px, code);
    return id < cm->npx_name ? cm->px_name[id] : YH_S("");
}
