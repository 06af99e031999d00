/* engine/score/score.h -- who stands out in a table of figures, and by which figure (无监督评分).
 *
 * Rows are providers or persons, columns are figures; nothing is known of guilt.  A row is compared
 * with its peers of like size, robustly, so that the odd ones do not hide themselves:
 *
 *   1. A column without negative values is taken as y = log2(x), so that twice as much counts the
 *      same at every level; where zeros occur, x + half of the smallest positive value.
 *   2. Size: with s = log2(size column), the trend of y over s is a line whose slope is the median of
 *      the slopes of the pairs (i, i + half) in order of size (Theil 1950, the incomplete method);
 *      r = y - slope * s.  So a large provider is not odd for being large.
 *   3. r is compared with median and MAD of the rows nearest in size (all rows where there is no size
 *      or fewer than YH_SCORE_LOCAL): small providers scatter more and are judged among small ones
 *      (the funnel plot's point, Spiegelhalter 2005).  z = (r - median) / (1.4826 MAD), the robust z
 *      of Iglewicz and Hoaglin (1993); where MAD is 0, mean absolute deviation times 1.2533; where
 *      that is 0 too, the column says nothing and z is 0.  |z| is cut at 50.
 *   4. score = sqrt(sum of z² over the columns), the distance of Rousseeuw and van Zomeren (1990) with a
 *      diagonal scale; each column's share of z² is what drove it.  |z| >= 3.5 is flagged.
 *
 * Where it fails is in docs/score.md.  Integers only: values in millionths, logarithms in 2^-30. */
#ifndef YH_ENGINE_SCORE_SCORE_H
#define YH_ENGINE_SCORE_SCORE_H
#include "base/base.h"

#define YH_SCORE_NONE INT64_MIN /* a cell without a value */
#define YH_SCORE_FEW 5          /* fewer values of a column among peers: not compared */
#define YH_SCORE_LOCAL 40       /* from here on the spread is that of the nearest in size */
#define YH_SCORE_FLAG ((yh_micro)3500000)

enum yh_score_side { YH_SCORE_BOTH, YH_SCORE_HIGH, YH_SCORE_LOW };

struct yh_score_table {
    int rows, columns;
    const yh_micro *cell; /* rows * columns, row by row; YH_SCORE_NONE: no value */
    const int32_t *peer;  /* group of each row, 0 … peers - 1; NULL: all are peers */
    int peers;
};

struct yh_score_how {
    int size; /* the size column; -1: none */
    enum yh_score_side side;
};

struct yh_score_cell {
    yh_micro z;     /* 0 where not compared or on the side not asked for */
    yh_micro ratio; /* value over what peers of its size have; 0: column taken linearly or not
                       compared */
    bool compared;
};

struct yh_score_row {
    int32_t row; /* of the table */
    yh_micro score;
    int flagged, compared; /* columns */
};

struct yh_score_result {
    struct yh_score_row *order; /* rows, highest score first, ties in table order */
    struct yh_score_cell *cell; /* rows * columns */
    int64_t *slope; /* columns: of the first group of peers, 2^-30; 0 without size */
};

/* YH_BAD_INPUT: err->row has no size or a size of 0 or less; a size column that is not there. */
YH_MUST_USE
enum yh_status yh_score(const struct yh_score_table *t, struct yh_score_how how,
                        struct yh_arena *a, struct yh_score_result *out, struct yh_err *err);

/* The column that most others rise with (Spearman's rho >= 0.5 with at least half of them and at
 * least two, all its values positive); -1: none, the table has no common size. */
int yh_score_size(const struct yh_score_table *t, struct yh_arena scratch);

/* log2 of v > 0, in 2^-30; and 2^x in millionths, x in 2^-30, cut at 10^12. */
int64_t yh_score_log2(int64_t v);
yh_micro yh_score_exp2(int64_t x);
#endif
