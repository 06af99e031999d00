/* shell/cli/catalog.c -- yiheng catalog: what the code tables hold, and an agency's own brought in. */
#include <stdio.h>
#include <time.h>

#include "model/catalog/import.h"
#include "shell/catalogs/catalogs.h"
#include "shell/cli/cli.h"
#include "shell/file/file.h"

#define USAGE                                                                                                 \
    "catalog 子命令 [--catalogs 目录]\n"                                                                 \
    "  list [--json]                          各表：行数、依据等级、来源\n"                      \
    "  find 代码|文字 [--region 区划] [--on 日期] [--insutype 险种] [--level 1|2|3] "               \
    "[--json]\n"                                                                                              \
    "                                         查代码或名称；给区划时列出该地的支付条款\n" \
    "  region 区划 [--on 日期] [--json]       经办区、统筹区、省\n"                              \
    "  check                                  按编码标准核对全部代码，计数\n"                   \
    "  import --region 区划 --1312 文件 [--1318 文件] [--1319 文件] [--standing 依据] [-o "         \
    "文件]\n"                                                                                               \
    "                                         由国家接口的目录下载生成支付条款表"

#define SHOWN_MAX 20 /* of what a search finds */

struct catalog_args {
    const char *catalogs, *region, *on, *insutype, *level, *standing, *out, *file[3], *word;
    bool json;
};

static bool read_args(struct catalog_args *a, int argc, char **argv)
{
    for (int i = 2; i < argc; i++) {
        if (yh_cli_option(&i, argc, argv, "--catalogs", &a->catalogs) ||
            yh_cli_option(&i, argc, argv, "--region", &a->region) ||
            yh_cli_option(&i, argc, argv, "--on", &a->on) ||
            yh_cli_option(&i, argc, argv, "--insutype", &a->insutype) ||
            yh_cli_option(&i, argc, argv, "--level", &a->level) ||
            yh_cli_option(&i, argc, argv, "--standing", &a->standing) ||
            yh_cli_option(&i, argc, argv, "--1312", &a->file[0]) ||
            yh_cli_option(&i, argc, argv, "--1318", &a->file[1]) ||
            yh_cli_option(&i, argc, argv, "--1319", &a->file[2]) ||
            yh_cli_option(&i, argc, argv, "-o", &a->out))
            continue;
        if (!strcmp(argv[i], "--json"))
            a->json = true;
        else if (!a->word && argv[i][0] != '-')
            a->word = argv[i];
        else
            return false;
    }
    return true;
}

static yh_day today(void)
{
    return (yh_day)(((int64_t)time(NULL) + 8 * 3600) / 86400);
}

static int say(struct yh_buf *b)
{
    yh_str s = yh_buf_str(b);
    size_t done = s.n ? fwrite(s.p, 1, (size_t)s.n, stdout) : 0;
    return fflush(stdout) || done != (size_t)s.n ? 1 : 0;
}

/* ---- list ---- */

static int list(struct yh_catalogs *c, const struct catalog_args *a)
{
    struct yh_buf b = yh_buf_in(&c->arena);
    struct yh_jsonw w = yh_jsonw_on(&b);
    if (a->json)
        yh_jw_array(&w);
    else
        yh_putz(&b, "#表\t用途\t行数\t依据\t来源\t许可\t名称\t说明\n");
    for (int i = 0; i < yh_catalog_tables(c->catalog); i++) {
        const struct yh_catalog_table *t = yh_catalog_table(c->catalog, i);
        if (!a->json) {
            yh_putf(&b, "%.*s\t%.*s\t%d\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", YH_ARG(t->path),
                    YH_ARG(t->role), t->rows, YH_ARG(yh_standing_text(t->standing)),
                    YH_ARG(t->source), YH_ARG(t->licence), YH_ARG(t->title), YH_ARG(t->note));
            continue;
        }
        yh_jw_object(&w);
        yh_jw_kv_str(&w, "path", t->path);
        yh_jw_kv_str(&w, "role", t->role);
        yh_jw_kv_str(&w, "title", t->title);
        yh_jw_kv_i64(&w, "rows", t->rows);
        yh_jw_kv_str(&w, "standing", yh_standing_word(t->standing));
        yh_jw_kv_str(&w, "source", t->source);
        yh_jw_kv_str(&w, "licence", t->licence);
        yh_jw_kv_str(&w, "note", t->note);
        yh_jw_end(&w, '}');
    }
    if (a->json) {
        yh_jw_end(&w, ']');
        yh_putc(&b, '\n');
        return say(&b);
    }
    yh_putf(&b, "regions.tsv\tregions\t%d\t\t\t\t区划树\t\n", c->regions.n);
    for (int i = 0; i < c->regions.n; i++) {
        int n;
        if ((!i || c->regions.row[i - 1].code != c->regions.row[i].code) &&
            yh_terms_rows(&c->terms, c->regions.row[i].code, &n))
            yh_putf(&b, "terms/%u.tsv\tterms\t%d\t\t\t\t%.*s支付条款\t\n",
                    c->regions.row[i].code, n, YH_ARG(c->regions.row[i].name));
    }
    return say(&b);
}

/* ---- find ---- */

struct search {
    struct yh_catalogs *c;
    bool located;
    struct yh_terms terms;
    yh_day day;
    enum yh_level level;
    struct yh_buf *out;
    struct yh_jsonw w;
    bool json;
};

static yh_str number(char text[32], int64_t v, int scale)
{
    yh_str s = yh_dec_text(text, v, scale, scale);
    while (s.n > 1 && s.p[s.n - 1] == '0')
        s.n--;
    s.n -= s.p[s.n - 1] == '.';
    return s;
}

static void put_tags(struct yh_buf *b, uint32_t tags)
{
    const char *sep = "";
    for (int i = 0; i < YH_TAG_COUNT; i++)
        if (tags & YH_TAG_BIT(i)) {
            yh_putf(b, "%s%.*s", sep, YH_ARG(yh_tag_word((enum yh_tag)i)));
            sep = "、";
        }
}

static void term_text(struct yh_buf *b, const struct yh_item_term *t)
{
    char text[32];
    if (t->cls == YH_CLASS_UNKNOWN) {
        yh_putz(b, "  未定：该地没有这个项目的支付条款，全自费\n");
        return;
    }
    yh_putf(b, "  %.*s类", YH_ARG(yh_class_text((enum yh_item_class)t->cls)));
    if (t->first_pay == YH_FIRST_PAY_BY_DOCUMENT)
        yh_putz(b, "，先行自付按政策文件");
    else if (t->first_pay)
        yh_putf(b, "，先行自付 %.*s%%", YH_ARG(number(text, t->first_pay * 100, 6)));
    if (t->limit)
        yh_putf(b, "，限价 %.*s 元", YH_ARG(number(text, t->limit, 6)));
    if (t->charge[0])
        yh_putf(b, "，收费类别 %s", t->charge);
    if (t->restricted)
        yh_putf(b, "，限定支付：%.*s", YH_ARG(t->restriction));
    if (t->tags) {
        yh_putz(b, "，标记 ");
        put_tags(b, t->tags);
    }
    yh_putf(b, "（%u 第 %d 行，%.*s）\n", t->region, t->line,
            YH_ARG(yh_standing_text((enum yh_standing)t->standing)));
}

static void term_json(struct yh_jsonw *w, const struct yh_item_term *t)
{
    char day[16];
    yh_jw_kv_object(w, "term");
    yh_jw_kv_str(w, "class", yh_class_text((enum yh_item_class)t->cls));
    if (t->cls != YH_CLASS_UNKNOWN) {
        yh_jw_key(w, YH_S("first_pay"));
        if (t->first_pay == YH_FIRST_PAY_BY_DOCUMENT)
            yh_jw_null(w);
        else
            yh_jw_dec(w, t->first_pay, 6, 6);
        yh_jw_key(w, YH_S("limit"));
        if (t->limit)
            yh_jw_dec(w, t->limit, 6, 6);
        else
            yh_jw_null(w);
        yh_jw_kv_str(w, "charge", yh_cstr(t->charge));
        yh_jw_kv_bool(w, "restricted", t->restricted);
        yh_jw_kv_str(w, "restriction", t->restriction);
        yh_jw_kv_array(w, "tags");
        for (int i = 0; i < YH_TAG_COUNT; i++)
            if (t->tags & YH_TAG_BIT(i))
                yh_jw_str(w, yh_tag_word((enum yh_tag)i));
        yh_jw_end(w, ']');
        yh_jw_kv_i64(w, "region", t->region);
        yh_jw_kv_i64(w, "line", t->line);
        yh_jw_kv_str(w, "valid_from",
                     t->period.from == YH_DAY_MIN ? YH_S("")
                                                  : yh_day_text(day, t->period.from));
        yh_jw_kv_str(w, "valid_to",
                     t->period.to == YH_DAY_MAX ? YH_S("") : yh_day_text(day, t->period.to));
        yh_jw_kv_str(w, "standing", yh_standing_word((enum yh_standing)t->standing));
    }
    yh_jw_end(w, '}');
}

static void show(struct search *s, uint32_t id)
{
    struct yh_code code = yh_catalog_code(s->c->catalog, id);
    yh_str table =
        code.table < 0 ? YH_S("terms/") : yh_catalog_table(s->c->catalog, code.table)->path;
    bool priced = s->located && yh_kind_space(code.kind) == YH_SPACE_ITEM;
    const struct yh_item_term *term =
        priced ? yh_term_get(&s->terms, id, s->day, s->level) : NULL;
    bool expired = !yh_in_period(code.period, s->day);
    if (!s->json) {
        yh_putf(s->out, "%.*s  %.*s  %.*s%s%s · %.*s · %.*s\n", YH_ARG(code.code),
                YH_ARG(code.name), YH_ARG(yh_kind_text(code.kind)), code.grey ? " · 灰码" : "",
                expired ? " · 当日无效" : "", YH_ARG(yh_standing_text(code.standing)),
                YH_ARG(table));
        if (term)
            term_text(s->out, term);
        return;
    }
    yh_jw_object(&s->w);
    yh_jw_kv_str(&s->w, "code", code.code);
    yh_jw_kv_str(&s->w, "name", code.name);
    yh_jw_kv_str(&s->w, "kind", yh_kind_word(code.kind));
    yh_jw_kv_str(&s->w, "standing", yh_standing_word(code.standing));
    yh_jw_kv_str(&s->w, "table", table);
    yh_jw_key(&s->w, YH_S("grey"));
    yh_jw_bool(&s->w, code.grey);
    yh_jw_key(&s->w, YH_S("valid"));
    yh_jw_bool(&s->w, !expired);
    if (term)
        term_json(&s->w, term);
    yh_jw_end(&s->w, '}');
}

/* Exact codes of any space first; a fee line's code also by its parts. */
static int show_exact(struct search *s, yh_str word)
{
    int found = 0;
    uint32_t item;
    for (int space = YH_SPACE_DIAGNOSIS; space <= YH_SPACE_CHRONIC; space++) {
        uint32_t id = yh_catalog_id(s->c->catalog, (enum yh_code_space)space, word);
        if (id)
            show(s, id);
        found += id != YH_CODE_NONE;
    }
    (void)yh_catalog_item(s->c->catalog, word, s->day, &item);
    if (!found && item) {
        show(s, item);
        found = 1;
    }
    return found;
}

static int show_matches(struct search *s, yh_str word)
{
    int found = 0;
    for (uint32_t id = 1; id <= yh_catalog_count(s->c->catalog); id++) {
        struct yh_code code = yh_catalog_code(s->c->catalog, id);
        if (!yh_starts(code.code, word) && yh_find(code.name, word) < 0)
            continue;
        if (found++ < SHOWN_MAX)
            show(s, id);
    }
    return found;
}

static enum yh_status locate(struct search *s, const struct catalog_args *a, struct yh_err *err)
{
    struct yh_place place;
    int64_t insutype = 0, level = 0;
    if (!a->region)
        return YH_OK;
    enum yh_status bad =
        yh_region_locate(&s->c->regions, yh_cstr(a->region), s->day, &place, err);
    if (!bad && a->insutype)
        bad = yh_int_parse(yh_cstr(a->insutype), &insutype, err);
    if (!bad && a->level)
        bad = yh_int_parse(yh_cstr(a->level), &level, err);
    if (!bad && (level < YH_LEVEL_ANY || level > YH_LEVEL_3))
        bad = yh_fail(err, YH_BAD_INPUT, "--level 应为 1、2 或 3");
    if (bad)
        return bad;
    s->located = true;
    s->level = (enum yh_level)level;
    s->terms = yh_terms_at(&s->c->terms, &place, (int)insutype);
    return YH_OK;
}

static int find(struct yh_catalogs *c, const struct catalog_args *a)
{
    struct yh_err err;
    struct yh_buf b = yh_buf_in(&c->arena);
    struct search s = {
        .c = c, .day = today(), .out = &b, .w = yh_jsonw_on(&b), .json = a->json
    };
    enum yh_status bad = a->on ? yh_day_parse(yh_cstr(a->on), &s.day, &err) : YH_OK;
    if (!bad)
        bad = locate(&s, a, &err);
    if (bad)
        return yh_cli_error(NULL, &err);
    if (s.json)
        yh_jw_array(&s.w);
    int found = show_exact(&s, yh_cstr(a->word));
    if (!found)
        found = show_matches(&s, yh_cstr(a->word));
    if (s.json) {
        yh_jw_end(&s.w, ']');
        yh_putc(&b, '\n');
    } else if (found > SHOWN_MAX) {
        yh_putf(&b, "共 %d 条，只列出前 %d 条\n", found, SHOWN_MAX);
    }
    if (!found)
        fprintf(stderr, "没有找到「%s」\n", a->word);
    return say(&b) || !found;
}

/* ---- region ---- */

static int region(struct yh_catalogs *c, const struct catalog_args *a)
{
    struct yh_err err;
    struct yh_place p;
    yh_day day = today();
    enum yh_status bad = a->on ? yh_day_parse(yh_cstr(a->on), &day, &err) : YH_OK;
    if (!bad)
        bad = yh_region_locate(&c->regions, yh_cstr(a->word), day, &p, &err);
    if (bad)
        return yh_cli_error(NULL, &err);
    const struct {
        const char *key, *text;
        const struct yh_region *row;
    } AT[] = { { "office", "经办", p.office },
               { "pool", "统筹区", p.pool },
               { "province", "省", p.province } };
    struct yh_buf b = yh_buf_in(&c->arena);
    struct yh_jsonw w = yh_jsonw_on(&b);
    if (a->json)
        yh_jw_object(&w);
    for (int i = 0; i < YH_COUNT(AT); i++) {
        const struct yh_region *r = AT[i].row;
        if (!a->json) {
            yh_putf(&b, "%s\t%u\t%.*s\t%.*s\t%.*s\n", AT[i].text, r->code, YH_ARG(r->name),
                    YH_ARG(yh_standing_text(r->standing)), YH_ARG(r->note));
            continue;
        }
        yh_jw_kv_object(&w, AT[i].key);
        yh_jw_kv_i64(&w, "code", r->code);
        yh_jw_kv_str(&w, "name", r->name);
        yh_jw_kv_str(&w, "standing", yh_standing_word(r->standing));
        yh_jw_end(&w, '}');
    }
    if (a->json) {
        yh_jw_kv_bool(&w, "leaf_unknown", p.leaf_unknown);
        yh_jw_end(&w, '}');
        yh_putc(&b, '\n');
    } else if (p.leaf_unknown) {
        yh_putf(&b, "提示：%s 不在区划表中，按所在统筹区办理\n", a->word);
    }
    return say(&b);
}

/* ---- check ---- */

struct tally {
    int ok, warn, bad, none;
};

static void count(struct tally *t, enum yh_form form)
{
    t->ok += form == YH_FORM_OK;
    t->warn += form == YH_FORM_WARN;
    t->bad += form == YH_FORM_BAD;
    t->none += form == YH_FORM_NONE;
}

static void put_tally(struct yh_buf *b, yh_str what, const struct tally *t)
{
    yh_put_pad(b, what, 16);
    yh_putf(b, "%8d %8d %8d %8d\n", t->ok, t->bad, t->warn, t->none);
}

/* Codes that break a standard are said, not refused: the tables are copies of what was published. */
static int check(struct yh_catalogs *c)
{
    struct yh_buf b = yh_buf_in(&c->arena), broken = yh_buf_in(&c->arena);
    struct tally all = { 0 }, kind[YH_KIND_COUNT] = { { 0 } };
    for (uint32_t id = 1; id <= yh_catalog_count(c->catalog); id++) {
        struct yh_code code = yh_catalog_code(c->catalog, id);
        enum yh_form form = yh_catalog_form(c->catalog, yh_kind_word(code.kind), code.code);
        count(&kind[code.kind], form);
        count(&all, form);
        if (form == YH_FORM_BAD && all.bad <= SHOWN_MAX)
            yh_putf(&broken, "  %.*s %.*s（%.*s）\n", YH_ARG(code.code), YH_ARG(code.name),
                    YH_ARG(code.table < 0 ? YH_S("terms/")
                                          : yh_catalog_table(c->catalog, code.table)->path));
    }
    yh_putz(&b, "种类                合结构   不合   未核实  无标准\n");
    for (int k = 0; k < YH_KIND_COUNT; k++)
        put_tally(&b, yh_kind_text((enum yh_code_kind)k), &kind[k]);
    put_tally(&b, YH_S("合计"), &all);
    yh_putf(&b, "区划 %d 行，父子与日期相符\n", c->regions.n);
    if (all.bad)
        yh_putf(&b, "不合结构的代码（只提示，不拒收）：\n%.*s", YH_ARG(yh_buf_str(&broken)));
    return say(&b);
}

/* ---- import ---- */

static enum yh_status read_import(struct yh_catalogs *c, const struct catalog_args *a,
                                  struct yh_import *in, struct yh_err *err)
{
    yh_str *text[] = { &in->f1312, &in->f1318, &in->f1319 };
    in->standing = YH_UNVERIFIED;
    enum yh_status bad = yh_region_code(yh_cstr(a->region), &in->region, err);
    if (!bad && a->standing)
        bad = yh_standing_parse(yh_cstr(a->standing), &in->standing, err);
    for (int i = 0; !bad && i < YH_COUNT(text); i++) {
        *text[i] = YH_S("");
        if (a->file[i])
            bad = yh_file_read(&c->arena, a->file[i], (size_t)1 << 30, text[i], err);
    }
    return bad;
}

static int import(struct yh_catalogs *c, const struct catalog_args *a)
{
    struct yh_err err;
    struct yh_import in = { 0 };
    struct yh_imported got;
    enum yh_status bad = read_import(c, a, &in, &err);
    if (!bad)
        bad = yh_terms_import(&in, c->catalog, &c->arena, &got, &err);
    if (bad)
        return yh_cli_error(NULL, &err);
    for (int i = 0; i < got.problems; i++)
        fprintf(stderr, "%s\n", got.problem[i].text);
    struct yh_buf b = yh_buf_in(&c->arena);
    yh_terms_write(got.row, got.n, c->catalog, &b);
    fprintf(stderr,
            "读入 1312 %d 行、1318 %d 行、1319 %d 行；作废 %d 行，医疗不可用 %d 行，有错 %d "
            "行；写出 %d 行\n",
            got.read[0], got.read[1], got.read[2], got.voided, got.unusable, got.problems,
            got.n);
    if (a->out) {
        bad = yh_file_write(a->out, yh_buf_str(&b), &err);
        return bad ? yh_cli_error(a->out, &err) : got.problems > 0;
    }
    return say(&b) || got.problems > 0;
}

int yh_cmd_catalog(int argc, char **argv)
{
    struct catalog_args a = { 0 };
    const char *verb = argc > 1 ? argv[1] : "";
    bool list_it = !strcmp(verb, "list"), find_it = !strcmp(verb, "find");
    bool check_it = !strcmp(verb, "check"), import_it = !strcmp(verb, "import");
    bool region_it = !strcmp(verb, "region");
    if ((!list_it && !find_it && !check_it && !import_it && !region_it) ||
        !read_args(&a, argc, argv) || ((find_it || region_it) && (!a.word || !*a.word)) ||
        (import_it && (!a.region || !a.file[0])))
        return yh_cli_usage(USAGE, argc, argv);
    struct yh_catalogs c;
    struct yh_err err;
    if (yh_catalogs_open(a.catalogs, &c, &err))
        return yh_cli_error(NULL, &err);
    int code = list_it     ? list(&c, &a)
               : find_it   ? find(&c, &a)
               : region_it ? region(&c, &a)
               : check_it  ? check(&c)
                           : import(&c, &a);
    yh_catalogs_close(&c);
    return code;
}
