/* service/replay/inside.h -- what the files of the replay share.  Private to the folder. */
#ifndef YH_SERVICE_REPLAY_INSIDE_H
#define YH_SERVICE_REPLAY_INSIDE_H
#include "service/replay/replay.h"

/* The documents in force with a draft laid over them.  YH_BAD_INPUT: no bill is of its scheme. */
YH_MUST_USE
enum yh_status yh_replay_lay_over(struct yh_arena *a, const struct yh_archive *archive,
                                  const struct yh_lens *lens, const struct yh_lens_plans *base,
                                  const struct yh_replay_draft *draft,
                                  struct yh_lens_plans *out, struct yh_err *err);

/* One account group of a chunk: persons [p0, p1), heads [h0, h1). */
struct yh_replay_group {
    int64_t p0, p1, h0, h1;
};
/* The group that begins at person p0 and head h0. */
struct yh_replay_group yh_replay_group_at(const struct yh_arc_chunk *c, int64_t p0, int64_t h0);

/* A head as a case of the walk.  Arrays live in `a`. */
struct yh_replay_case {
    struct yh_walk_case c;
    struct yh_arc_head head;
    struct yh_arc_identity identity[16];
    struct yh_tag_sums cut[32];
};
/* row: of the head in the chunk.  with_lines: its lines; full: with codes and serials.  Else the caller
 * fills c.cut by yh_walk_cut. */
void yh_replay_case_at(const struct yh_lens *lens, const struct yh_arc_chunk *chunk,
                       const struct yh_replay_group *g, int64_t row, bool with_lines, bool full,
                       struct yh_arena *a, struct yh_replay_case *out);
/* The four sums of the head itself: of a part, what it added; of an undoing, the mirror. */
struct yh_sums yh_replay_sums(const struct yh_arc_chunk *c, const struct yh_replay_group *g,
                              int64_t row, const struct yh_arc_head *h);
/* Begins a group in a walk, with what its persons' accumulators held before. */
void yh_replay_group_open(struct yh_walk *w, const struct yh_arc_chunk *c,
                          const struct yh_replay_group *g);
#endif
