#include "service/service.h"
#include <stdio.h>

static const struct {
    enum yh_status status;
    const char *field, *what, *cure;
} ROW[] = {
#define R(name, status, field, what, cure) { YH_##status, field, what, cure },
#include "service/refuse.def"
#undef R
};

/* "未找到就诊信息 mdtrt_id=990100M…：detail；请核对…" -- hospitals show it to the clerk as it is. */
enum yh_status yh_refuse(struct yh_err *err, enum yh_refusal why, yh_str met,
                         const char *detail, ...)
{
    char more[160] = "";
    if (detail) {
        va_list ap;
        va_start(ap, detail);
        (void)vsnprintf(more, sizeof more, detail, ap);
        va_end(ap);
    }
    char value[64];
    int n = met.n > 60 ? 60 : (int)met.n;
    while (n > 0 && n < met.n && ((unsigned char)met.p[n] & 0xC0) == 0x80)
        n--;
    (void)snprintf(value, sizeof value, "%.*s", n, n ? met.p : "");
    return yh_fail_field(err, ROW[why].status, ROW[why].field, value, "%s %s=%s%s%s；%s",
                         ROW[why].what, ROW[why].field, value, more[0] ? "：" : "", more,
                         ROW[why].cure);
}
