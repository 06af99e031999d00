/* shell/casemix/stream.h -- lines in, lines out, in order, on two threads.
 *
 * Each thread in turn takes the next block of whole lines from the file, works on it alone, and
 * waits for its turn to write.  Memory is a few blocks, however long the file. */
#ifndef YH_SHELL_CASEMIX_STREAM_H
#define YH_SHELL_CASEMIX_STREAM_H
#include "base/base.h"

/* What one line becomes: appends to *out.  A status other than YH_OK is reported with the line's
 * number and text, and the run goes on; what was appended for that line is taken back.
 * `worker` is 0 or 1: state that threads must not share is the caller's, by worker.  `scratch`
 * falls back after each line. */
typedef enum yh_status yh_line_work(void *ctx, int worker, struct yh_arena scratch, yh_str line,
                                    struct yh_buf *out, struct yh_err *err);
/* The first line that is not empty, before any thread starts; *used answers whether it was a
 * header, and so is no row.  A status other than YH_OK ends the run. */
typedef enum yh_status yh_line_first(void *ctx, yh_str line, bool *used, struct yh_err *err);

struct yh_stream {
    int in, out;      /* file descriptors */
    const char *name; /* of the input, for reports */
    int threads;      /* 1 or 2 */
    bool progress;    /* say how far it is, on stderr, once a second */
    yh_line_first *first;
    yh_line_work *work;
    void *ctx;
    int64_t rows, bad; /* results: rows given to work, and those refused */
};

/* Runs to the end of the input.  Lines that start with '#' and empty ones are passed over.
 * YH_IO: reading or writing fails; YH_LIMIT: a line of more than 64 MB. */
YH_MUST_USE
enum yh_status yh_stream_run(struct yh_stream *s, struct yh_err *err);
#endif
