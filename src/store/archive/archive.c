#include "store/archive/archive.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER 256
#define ROW 48
static const char MAGIC[9] = "YIHENG-A";

/* The header's fields, in the order they lie; the rest up to HEADER is zero. */
struct header {
    char magic[8];
    uint32_t version, columns;
    uint8_t layout[32], catalog[32];
    uint64_t seed, at_dir, n_dir, at_dict, n_dict, at_prov, n_prov, at_about, n_about, persons,
        heads, lines, size;
    uint32_t region, nchunk;
    int32_t year;
    uint32_t tail_crc, crc;
};
_Static_assert(sizeof(struct header) <= HEADER, "the header has room");

/* Tables, columns and dictionaries by name: another list is another layout. */
static void layout(uint8_t out[32])
{
    struct yh_sha256 s;
    yh_sha256_start(&s);
    for (int i = 0; i < YH_ARC_COLUMNS; i++) {
        struct yh_arc_column_info c = yh_arc_column(i);
        yh_sha256_add(&s, yh_cstr(c.table));
        yh_sha256_add(&s, YH_S("."));
        yh_sha256_add(&s, yh_cstr(c.name));
        yh_sha256_add(&s, YH_S("\n"));
    }
    for (int i = 0; i < YH_DICTS; i++) {
        yh_sha256_add(&s, yh_cstr(yh_arc_dict_word((enum yh_arc_dict_id)i)));
        yh_sha256_add(&s, YH_S("\n"));
    }
    yh_sha256_end(&s, out);
}

/* ---- writing ---- */

struct yh_archive_writer {
    int fd;
    char path[1024], part[1032];
    uint64_t at;
    struct yh_archive_chunk_info *chunk;
    int nchunk, cap;
    int64_t grp;
};

static enum yh_status io(struct yh_err *err, const char *path, const char *step)
{
    return yh_fail(err, YH_IO, "%s：%s失败：%s", path, step, strerror(errno));
}

enum yh_status yh_archive_create(const char *path, struct yh_archive_writer **out,
                                 struct yh_err *err)
{
    struct yh_archive_writer *w = yh_heap(NULL, sizeof *w);
    *w = (struct yh_archive_writer){ .at = HEADER, .grp = INT64_MIN };
    if ((size_t)snprintf(w->path, sizeof w->path, "%s", path) >= sizeof w->path) {
        yh_heap(w, 0);
        return yh_fail(err, YH_BAD_INPUT, "路径太长：%.80s…", path);
    }
    snprintf(w->part, sizeof w->part, "%s.part", path);
    w->fd = open(w->part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (w->fd < 0) {
        enum yh_status st = io(err, w->part, "创建");
        yh_heap(w, 0);
        return st;
    }
    *out = w;
    return YH_OK;
}

static enum yh_status put(struct yh_archive_writer *w, uint64_t at, yh_str s,
                          struct yh_err *err)
{
    while (s.n > 0) {
        ssize_t n = pwrite(w->fd, s.p, (size_t)s.n, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return io(err, w->part, "写入");
        at += (uint64_t)n;
        s = yh_sub(s, n, s.n);
    }
    return YH_OK;
}

enum yh_status yh_archive_append(struct yh_archive_writer *w, yh_str bytes, struct yh_err *err)
{
    struct yh_arc_chunk c;
    enum yh_status st = yh_arc_chunk_open(bytes, &c, err);
    if (st)
        return st;
    uint32_t np = c.n[YH_ARC_person];
    if (!np)
        return yh_fail(err, YH_BAD_INPUT, "档案的块没有人员");
    int64_t first = YH_ARC(&c, person, grp, 0), last = YH_ARC(&c, person, grp, np - 1);
    if (first <= w->grp)
        return yh_fail(err, YH_BAD_INPUT, "档案的块次序错误：户组 %lld 已在前面的块中",
                       (long long)first);
    if (w->nchunk == w->cap) {
        w->cap = w->cap ? w->cap * 2 : 256;
        w->chunk = yh_heap(w->chunk, sizeof *w->chunk * (size_t)w->cap);
    }
    if ((st = put(w, w->at, bytes, err)) != YH_OK)
        return st;
    w->chunk[w->nchunk++] = (struct yh_archive_chunk_info){
        (int64_t)w->at, bytes.n, yh_crc32c(0, bytes), np, c.n[YH_ARC_head], c.n[YH_ARC_line],
        first,          last
    };
    w->at += (uint64_t)bytes.n;
    w->grp = last;
    return YH_OK;
}

static void free_writer(struct yh_archive_writer *w)
{
    if (w->fd >= 0)
        (void)close(w->fd);
    yh_heap(w->chunk, 0);
    yh_heap(w, 0);
}

void yh_archive_abandon(struct yh_archive_writer *w)
{
    if (!w)
        return;
    (void)unlink(w->part);
    free_writer(w);
}

static yh_str directory(struct yh_arena *a, const struct yh_archive_writer *w)
{
    char *p = yh_alloc(a, 1, 8, (size_t)w->nchunk * ROW);
    for (int i = 0; i < w->nchunk; i++) {
        _Static_assert(sizeof w->chunk[0] == ROW, "a row as it lies");
        memcpy(p + (ptrdiff_t)i * ROW, &w->chunk[i], ROW);
    }
    return (yh_str){ p, (ptrdiff_t)w->nchunk * ROW };
}

static enum yh_status put_tail(struct yh_archive_writer *w, yh_str s, uint64_t *at, uint64_t *n,
                               uint32_t *crc, struct yh_err *err)
{
    static const char ZERO[8];
    enum yh_status st = put(w, w->at, s, err);
    yh_str pad = { ZERO, (8 - s.n % 8) % 8 };
    if (st == YH_OK)
        st = put(w, w->at + (uint64_t)s.n, pad, err);
    *at = w->at;
    *n = (uint64_t)s.n;
    *crc = yh_crc32c(yh_crc32c(*crc, s), pad);
    w->at += (uint64_t)(s.n + pad.n);
    return st;
}

enum yh_status yh_archive_finish(struct yh_archive_writer *w, const struct yh_arc_dicts *dicts,
                                 yh_str providers, const struct yh_archive_about *about,
                                 struct yh_err *err)
{
    struct yh_arena a;
    enum yh_status st = yh_arena_open(&a, (size_t)1 << 32, err);
    if (st) {
        free_writer(w);
        return st;
    }
    struct header h = { .version = YH_ARCHIVE_VERSION,
                        .columns = YH_ARC_COLUMNS,
                        .seed = about->seed,
                        .region = about->region,
                        .year = about->year,
                        .nchunk = (uint32_t)w->nchunk };
    memcpy(h.magic, MAGIC, 8);
    memcpy(h.catalog, about->catalog, 32);
    layout(h.layout);
    for (int i = 0; i < w->nchunk; i++) {
        h.persons += w->chunk[i].persons;
        h.heads += w->chunk[i].heads;
        h.lines += w->chunk[i].lines;
    }
    st = put_tail(w, providers, &h.at_prov, &h.n_prov, &h.tail_crc, err);
    if (st == YH_OK)
        st = put_tail(w, yh_arc_dicts_pack(&a, dicts), &h.at_dict, &h.n_dict, &h.tail_crc, err);
    if (st == YH_OK)
        st = put_tail(w, about->text, &h.at_about, &h.n_about, &h.tail_crc, err);
    if (st == YH_OK)
        st = put_tail(w, directory(&a, w), &h.at_dir, &h.n_dir, &h.tail_crc, err);
    h.size = w->at;
    h.crc = yh_crc32c(0, (yh_str){ (const char *)&h, offsetof(struct header, crc) });
    char block[HEADER] = { 0 };
    memcpy(block, &h, sizeof h);
    if (st == YH_OK)
        st = put(w, 0, (yh_str){ block, HEADER }, err);
    if (st == YH_OK && fsync(w->fd))
        st = io(err, w->part, "同步");
    if (st == YH_OK && rename(w->part, w->path))
        st = io(err, w->path, "改名");
    yh_arena_close(&a);
    free_writer(w);
    return st;
}

/* ---- reading ---- */

static enum yh_status damaged(struct yh_err *err, const char *path, const char *what)
{
    return yh_fail(err, YH_BAD_TABLE,
                   "档案 %s 已损坏：%s；用 yiheng archive --rebuild 从数据目录重建", path,
                   what);
}

static enum yh_status read_header(const char *path, yh_str bytes, struct header *h,
                                  struct yh_err *err)
{
    if (bytes.n < HEADER || memcmp(bytes.p, MAGIC, 8))
        return yh_fail(err, YH_BAD_TABLE, "%s 不是年度档案", path);
    memcpy(h, bytes.p, sizeof *h);
    if (h->version != YH_ARCHIVE_VERSION)
        return yh_fail(err, YH_CONFLICT,
                       "档案 %s 是第 %u 版，本程序读写第 %d 版；用 yiheng archive --rebuild "
                       "从数据目录重建，或用写出它的程序 --export 导出后再导入",
                       path, h->version, YH_ARCHIVE_VERSION);
    if (yh_crc32c(0, (yh_str){ bytes.p, offsetof(struct header, crc) }) != h->crc)
        return damaged(err, path, "文件头校验和不符");
    uint8_t mine[32];
    layout(mine);
    if (h->columns != YH_ARC_COLUMNS || memcmp(mine, h->layout, 32))
        return yh_fail(err, YH_CONFLICT,
                       "档案 %s 的列与本程序的不同（%u 列，本程序 %d 列）；用 yiheng archive "
                       "--rebuild 从数据目录重建",
                       path, h->columns, YH_ARC_COLUMNS);
    if (h->size != (uint64_t)bytes.n)
        return damaged(err, path, "文件长度不符");
    const uint64_t part[][2] = { { h->at_prov, h->n_prov },
                                 { h->at_dict, h->n_dict },
                                 { h->at_about, h->n_about },
                                 { h->at_dir, h->n_dir } };
    for (int i = 0; i < YH_COUNT(part); i++)
        if (part[i][0] % 8 || part[i][0] > h->size || part[i][1] > h->size - part[i][0])
            return damaged(err, path, "目录越界");
    if (h->at_prov > h->at_dict || h->n_dir != (uint64_t)h->nchunk * ROW ||
        yh_crc32c(0, yh_sub(bytes, (ptrdiff_t)h->at_prov, bytes.n)) != h->tail_crc)
        return damaged(err, path, "目录校验和不符");
    return YH_OK;
}

static yh_str cut(yh_str bytes, uint64_t at, uint64_t n)
{
    return yh_sub(bytes, (ptrdiff_t)at, (ptrdiff_t)(at + n));
}

static enum yh_status fill(struct yh_archive *a, const struct header *h, struct yh_err *err)
{
    a->about = (struct yh_archive_about){ .region = h->region,
                                          .year = h->year,
                                          .seed = h->seed,
                                          .text = cut(a->bytes, h->at_about, h->n_about) };
    memcpy(a->about.catalog, h->catalog, 32);
    a->nchunk = (int)h->nchunk;
    a->persons = (int64_t)h->persons;
    a->heads = (int64_t)h->heads;
    a->lines = (int64_t)h->lines;
    a->chunk = YH_NEW(&a->arena, struct yh_archive_chunk_info, a->nchunk);
    yh_str dir = cut(a->bytes, h->at_dir, h->n_dir);
    if (dir.n)
        memcpy(a->chunk, dir.p, (size_t)dir.n);
    for (int i = 0; i < a->nchunk; i++) {
        const struct yh_archive_chunk_info *c = &a->chunk[i];
        if (c->at < HEADER || c->at % 8 || c->size < 0 || c->at > a->bytes.n ||
            c->size > a->bytes.n - c->at)
            return damaged(err, a->path, "块目录越界");
    }
    struct yh_sha256 s;
    yh_sha256_start(&s);
    yh_sha256_add(&s, yh_sub(a->bytes, 0, HEADER));
    yh_sha256_add(&s, dir);
    yh_sha256_end(&s, a->digest);
    yh_arc_dicts_open(&a->dicts, &a->arena);
    enum yh_status st =
        yh_arc_dicts_unpack(&a->dicts, cut(a->bytes, h->at_dict, h->n_dict), err);
    if (st == YH_OK)
        st = yh_arc_chunk_open(cut(a->bytes, h->at_prov, h->n_prov), &a->providers, err);
    return st;
}

enum yh_status yh_archive_open(const char *path, struct yh_archive *out, struct yh_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? yh_fail(err, YH_NOT_FOUND, "没有这份档案：%s", path)
                               : io(err, path, "打开");
    struct stat at;
    if (fstat(fd, &at) || !S_ISREG(at.st_mode)) {
        (void)close(fd);
        return yh_fail(err, YH_IO, "%s：不是普通文件", path);
    }
    void *map =
        at.st_size ? mmap(NULL, (size_t)at.st_size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    (void)close(fd);
    if (map == MAP_FAILED)
        return at.st_size ? io(err, path, "映射")
                          : yh_fail(err, YH_BAD_TABLE, "%s 不是年度档案", path);
    *out = (struct yh_archive){ .bytes = { map, (ptrdiff_t)at.st_size } };
    snprintf(out->path, sizeof out->path, "%s", path);
    struct header h;
    enum yh_status st = read_header(path, out->bytes, &h, err);
    if (st == YH_OK)
        st = yh_arena_open(&out->arena, (size_t)1 << 32, err);
    if (st == YH_OK)
        st = fill(out, &h, err);
    if (st)
        yh_archive_close(out);
    return st;
}

void yh_archive_close(struct yh_archive *a)
{
    if (a->bytes.p)
        (void)munmap((void *)(uintptr_t)a->bytes.p, (size_t)a->bytes.n);
    yh_arena_close(&a->arena);
    *a = (struct yh_archive){ 0 };
}

static enum yh_status open_chunk(const struct yh_archive *a, int i, bool check,
                                 struct yh_arc_chunk *out, struct yh_err *err)
{
    yh_assert(i >= 0 && i < a->nchunk);
    const struct yh_archive_chunk_info *c = &a->chunk[i];
    yh_str bytes = yh_sub(a->bytes, c->at, c->at + c->size);
    struct yh_err why;
    enum yh_status st = !check || yh_crc32c(0, bytes) == c->crc
                            ? yh_arc_chunk_open(bytes, out, &why)
                            : yh_fail(&why, YH_BAD_TABLE, "校验和不符");
    if (st)
        return yh_fail(err, st,
                       "档案 %s 的第 %d 块（户组 %lld 至 %lld）已损坏：%s；用 yiheng archive "
                       "--rebuild 从数据目录重建",
                       a->path, i + 1, (long long)c->grp_first, (long long)c->grp_last,
                       why.text);
    if (out->n[YH_ARC_head] != c->heads || out->n[YH_ARC_person] != c->persons)
        return yh_fail(err, YH_BAD_TABLE, "档案 %s 的第 %d 块与目录不符", a->path, i + 1);
    return YH_OK;
}

enum yh_status yh_archive_chunk(const struct yh_archive *a, int i, struct yh_arc_chunk *out,
                                struct yh_err *err)
{
    return open_chunk(a, i, true, out, err);
}

enum yh_status yh_archive_chunk_quick(const struct yh_archive *a, int i,
                                      struct yh_arc_chunk *out, struct yh_err *err)
{
    return open_chunk(a, i, false, out, err);
}

void yh_archive_drop(const struct yh_archive *a, int i)
{
    const struct yh_archive_chunk_info *c = &a->chunk[i];
    uintptr_t from = ((uintptr_t)a->bytes.p + (uintptr_t)c->at + 4095) & ~(uintptr_t)4095;
    uintptr_t to = ((uintptr_t)a->bytes.p + (uintptr_t)(c->at + c->size)) & ~(uintptr_t)4095;
    if (to > from)
        (void)madvise((void *)from, to - from, MADV_DONTNEED);
}

enum yh_status yh_archive_same_catalog(const struct yh_archive *a, const uint8_t digest[32],
                                       struct yh_err *err)
{
    if (!memcmp(a->about.catalog, digest, 32))
        return YH_OK;
    char is[17] = { 0 }, was[17] = { 0 };
    yh_hex(is, digest, 8);
    yh_hex(was, a->about.catalog, 8);
    return yh_fail(err, YH_CONFLICT,
                   "档案 %s 按另一套目录写成（%s…，现在是 %s…）；用 --catalogs 指明当时的目录，"
                   "或用 yiheng archive --rebuild 重建",
                   a->path, was, is);
}
