/* model/standing/standing.h -- how far a fact may be trusted.
 *
 * Every table and every row that says something about law, money or codes carries one.  Nothing
 * below `press` may be shown as law; `invented` belongs to demonstrations alone, `draft` to rules
 * that are proposed and not in force. */
#ifndef YH_MODEL_STANDING_H
#define YH_MODEL_STANDING_H
#include "base/base.h"

enum yh_standing {
#define R(name, word, text) YH_##name,
#include "model/standing/standing.def"
#undef R
    YH_STANDING_COUNT
};

/* Reads the word in files or the Chinese word.
 * YH_BAD_INPUT names the words that are known; *out is then untouched. */
YH_MUST_USE
enum yh_status yh_standing_parse(yh_str word, enum yh_standing *out, struct yh_err *err);
/* The word in files ("third-party") and the word for people ("第三方"). */
yh_str yh_standing_word(enum yh_standing s);
yh_str yh_standing_text(enum yh_standing s);
#endif
