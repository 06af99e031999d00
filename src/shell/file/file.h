/* shell/file/file.h -- files whole, and what lies below a directory. */
#ifndef YH_SHELL_FILE_FILE_H
#define YH_SHELL_FILE_FILE_H
#include "base/base.h"

/* The whole file, at most `limit` bytes, in the arena; a NUL stands behind it (not counted).
 * YH_NOT_FOUND: no such file; YH_LIMIT: larger; YH_IO: cannot be read, or is a directory. */
YH_MUST_USE
enum yh_status yh_file_read(struct yh_arena *a, const char *path, size_t limit, yh_str *out,
                            struct yh_err *err);

struct yh_file_list {
    const char **path; /* begins with the directory as given; sorted bytewise */
    int n;
};

/* Every regular file below `dir` whose name ends in `suffix` ("" = all), links to files followed,
 * names that begin with '.' passed over.  YH_NOT_FOUND: no such directory; YH_LIMIT: deeper than
 * 32 directories or more than a million files; YH_IO. */
YH_MUST_USE
enum yh_status yh_file_find(struct yh_arena *a, const char *dir, const char *suffix,
                            struct yh_file_list *out, struct yh_err *err);

/* Writes the whole file beside `path`, syncs it and renames it into place, so that a reader sees
 * the old one or the new one.  YH_IO names the step. */
YH_MUST_USE
enum yh_status yh_file_write(const char *path, yh_str text, struct yh_err *err);
#endif
