#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/file/file.h"

enum { DEPTH_MAX = 32, FILES_MAX = 1000000, READ_STEP = 65536 };

static enum yh_status io(struct yh_err *err, const char *path, const char *what)
{
    int e = errno;
    char why[128];
    const char *text = strerror_r(e, why, sizeof why);
    return yh_fail_field(err, e == ENOENT ? YH_NOT_FOUND : YH_IO, NULL, path, "%s：%s（%s）",
                         path, e == ENOENT ? "不存在" : what, text);
}

/* The descriptor's bytes to its end.  Pipes and /proc tell no size, so it grows as it reads. */
static enum yh_status read_all(struct yh_arena *a, int fd, const char *path, size_t limit,
                               yh_str *out, struct yh_err *err)
{
    struct yh_buf b = yh_buf_in(a);
    struct stat st;
    if (!fstat(fd, &st) && S_ISREG(st.st_mode)) {
        if ((uint64_t)st.st_size > limit)
            return yh_fail_field(err, YH_LIMIT, NULL, path, "%s：超过 %zu 字节", path, limit);
        b.cap = (ptrdiff_t)st.st_size + 1;
        b.p = yh_alloc_raw(a, 1, 1, (size_t)b.cap);
    }
    for (;;) {
        char step[READ_STEP], *to = step;
        size_t room = sizeof step;
        bool direct = b.cap - b.n > 1;
        if (direct)
            to = b.p + b.n, room = (size_t)(b.cap - b.n - 1);
        ssize_t got = read(fd, to, room);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return io(err, path, "读不出");
        if (!got)
            break;
        if ((size_t)b.n + (size_t)got > limit)
            return yh_fail_field(err, YH_LIMIT, NULL, path, "%s：超过 %zu 字节", path, limit);
        if (direct)
            b.n += got;
        else
            yh_put(&b, (yh_str){ step, got });
    }
    yh_putc(&b, 0);
    *out = (yh_str){ b.p, b.n - 1 };
    return YH_OK;
}

enum yh_status yh_file_read(struct yh_arena *a, const char *path, size_t limit, yh_str *out,
                            struct yh_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return io(err, path, "打不开");
    enum yh_status s = read_all(a, fd, path, limit, out, err);
    close(fd);
    return s;
}

struct find {
    struct yh_arena *arena;
    const char *suffix;
    const char **path;
    int n, cap;
    struct yh_err *err;
};

static enum yh_status find_in(struct find *f, const char *dir, int depth)
{
    if (depth > DEPTH_MAX)
        return yh_fail_field(f->err, YH_LIMIT, NULL, dir, "%s：目录超过 %d 层", dir, DEPTH_MAX);
    DIR *d = opendir(dir);
    if (!d)
        return io(f->err, dir, "打不开");
    enum yh_status s = YH_OK;
    struct dirent *e;
    while (!s && (errno = 0, e = readdir(d))) {
        if (e->d_name[0] == '.')
            continue;
        yh_str path = yh_fmt(f->arena, "%s/%s", dir, e->d_name);
        struct stat st;
        if (stat(path.p, &st))
            continue; /* gone meanwhile, or a link to nothing */
        if (S_ISDIR(st.st_mode)) {
            s = find_in(f, path.p, depth + 1);
        } else if (S_ISREG(st.st_mode) && yh_ends(path, yh_cstr(f->suffix))) {
            if (f->n == FILES_MAX)
                s = yh_fail_field(f->err, YH_LIMIT, NULL, dir, "%s：文件超过 %d 个", dir,
                                  FILES_MAX);
            else
                YH_PUSH(f->arena, f->path, f->n, f->cap) = path.p;
        }
    }
    closedir(d);
    return s;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum yh_status yh_file_find(struct yh_arena *a, const char *dir, const char *suffix,
                            struct yh_file_list *out, struct yh_err *err)
{
    struct find f = { .arena = a, .suffix = suffix, .err = err };
    enum yh_status s = find_in(&f, dir, 1);
    if (s)
        return s;
    if (f.n)
        qsort(f.path, (size_t)f.n, sizeof *f.path, by_bytes);
    *out = (struct yh_file_list){ f.path, f.n };
    return YH_OK;
}

static bool write_all(int fd, yh_str text)
{
    while (text.n) {
        ssize_t put = write(fd, text.p, (size_t)text.n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        text.p += put, text.n -= put;
    }
    return true;
}

enum yh_status yh_file_write(const char *path, yh_str text, struct yh_err *err)
{
    char aside[4096];
    if (snprintf(aside, sizeof aside, "%s.%d.new", path, (int)getpid()) >= (int)sizeof aside)
        return yh_fail_field(err, YH_IO, NULL, path, "%s：路径过长", path);
    int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return io(err, path, "不能写");
    bool ok = write_all(fd, text) && !fsync(fd);
    int e = errno;
    ok = !close(fd) && ok;
    if (ok && !rename(aside, path))
        return YH_OK;
    e = ok ? errno : e;
    unlink(aside);
    errno = e;
    return io(err, path, "写不进");
}
