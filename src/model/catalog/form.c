#include "model/catalog/catalog.h"

/* What still has to fit when the pattern in hand is used up. */
struct then {
    yh_str pattern;
    const struct then *next;
};

static bool in_class(char class, char c)
{
    bool digit = '0' <= c && c <= '9', capital = 'A' <= c && c <= 'Z';
    switch (class) {
    case '9': return digit;
    case 'A': return capital;
    case '#': return digit || capital;
    case '?': return digit || capital || c == '.';
    }
    return class == c;
}

/* Index of the sign that closes the group opened at 0; -1 = there is none. */
static ptrdiff_t closing(yh_str p)
{
    int depth = 0;
    for (ptrdiff_t i = 0; i < p.n; i++) {
        depth += p.p[i] == '[' || p.p[i] == '(';
        depth -= p.p[i] == ']' || p.p[i] == ')';
        if (depth == 0)
            return i;
    }
    return -1;
}

/* Reads "{3}" or "{1,30}" behind a sign; without one both are 1.  False: malformed. */
static bool repeat(yh_str *rest, int64_t *least, int64_t *most)
{
    *least = *most = 1;
    if (!rest->n || rest->p[0] != '{')
        return true;
    yh_str inside = yh_sub(*rest, 1, rest->n);
    ptrdiff_t end = yh_find(inside, YH_S("}"));
    if (end < 0)
        return false;
    *rest = yh_sub(inside, end + 1, inside.n);
    yh_str high = yh_sub(inside, 0, end), low = yh_cut(&high, ',');
    if (yh_int_parse(low, least, NULL))
        return false;
    *most = *least;
    return !high.p || !yh_int_parse(high, most, NULL);
}

static bool fits(yh_str p, const struct then *then, yh_str s);

static bool fits_then(const struct then *then, yh_str s)
{
    return then ? fits(then->pattern, then->next, s) : s.n == 0;
}

static bool fits_choice(yh_str p, const struct then *then, yh_str s)
{
    ptrdiff_t end = closing(p), start = 1;
    if (end < 0)
        return false;
    struct then behind = { yh_sub(p, end + 1, p.n), then };
    int depth = 0;
    for (ptrdiff_t i = 1; i <= end; i++) {
        bool ends = depth == 0 && (p.p[i] == '|' || i == end);
        if (ends && fits(yh_sub(p, start, i), &behind, s))
            return true;
        start = ends ? i + 1 : start;
        depth += p.p[i] == '[' || p.p[i] == '(';
        depth -= p.p[i] == ']' || p.p[i] == ')';
    }
    return false;
}

static bool fits_sign(yh_str p, const struct then *then, yh_str s)
{
    yh_str rest = yh_sub(p, 1, p.n);
    int64_t least, most;
    if (!repeat(&rest, &least, &most))
        return false;
    for (int64_t i = 0; i <= most; i++) {
        if (i >= least && fits(rest, then, yh_sub(s, i, s.n)))
            return true;
        if (i >= s.n || !in_class(p.p[0], s.p[i]))
            return false;
    }
    return false;
}

static bool fits(yh_str p, const struct then *then, yh_str s)
{
    if (!p.n)
        return fits_then(then, s);
    if (p.p[0] == '(')
        return fits_choice(p, then, s);
    if (p.p[0] != '[')
        return fits_sign(p, then, s);
    ptrdiff_t end = closing(p);
    if (end < 0)
        return false;
    struct then behind = { yh_sub(p, end + 1, p.n), then };
    return fits(yh_sub(p, 1, end), &behind, s) || fits_then(&behind, s);
}

bool yh_form_fits(yh_str pattern, yh_str code)
{
    return fits(pattern, NULL, code);
}
