/* shell/casemix/room.h -- cases grouped one by one with their reasons, and their hospitals beside each
 * other: what the grouping room shows. */
#ifndef YH_SHELL_CASEMIX_ROOM_H
#define YH_SHELL_CASEMIX_ROOM_H
#include "model/casemix/case.h"
#include "service/lists.h"

#define YH_ROOM_CASES_MOST 500 /* of one table */
#define YH_ROOM_FAULTS_MOST 50 /* told of one table */

struct yh_room; /* in the arena */

/* Begins an object; region: six digits, an office or its pool; day: for cases that name no day. */
struct yh_room *yh_room_open(struct yh_arena *a, const struct yh_casebook *book, yh_str region,
                             yh_day day, struct yh_jsonw *w);
/* One case more: its DRG with weight, standard and reasons, its DIP group and points where the region has
 * a catalogue.  Texts are borrowed until yh_room_close. */
void yh_room_case(struct yh_room *r, const struct yh_case *c);
/* A whole table (docs/casemix-guide.md, section 1), TSV under its header or one JSON object a line.  A bad
 * row is a fault with line, column and cure, and the others go on.  YH_BAD_INPUT: no header, no case;
 * YH_LIMIT: more than YH_ROOM_CASES_MOST. */
YH_MUST_USE
enum yh_status yh_room_table(struct yh_room *r, yh_str text, struct yh_err *err);
/* Ends the object with the hospitals and the faults. */
void yh_room_close(struct yh_room *r);
#endif
