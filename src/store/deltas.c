#include "store/deltas.h"

#include "store/pack.h"

yh_str yh_deltas_pack(struct yh_arena *a, const struct yh_delta *d, int n)
{
    struct yh_packer p;
    struct yh_delta before = { 0 };
    size_t room = YH_VARINT_MAX;
    for (int i = 0; i < n; i++)
        room += 5 * YH_VARINT_MAX + (size_t)(d[i].scheme.n + d[i].name.n + d[i].sub.n);
    yh_pack_start(&p, a, room);
    yh_pack_u64(&p, (uint64_t)n);
    for (int i = 0; i < n; i++) {
        yh_pack_text(&p, d[i].scheme, before.scheme);
        yh_pack_i64(&p, d[i].year);
        yh_pack_text(&p, d[i].name, before.name);
        yh_pack_text(&p, d[i].sub, before.sub);
        yh_pack_i64(&p, d[i].amount);
        before = d[i];
    }
    return yh_pack_end(&p);
}

enum yh_status yh_deltas_unpack(struct yh_arena *a, yh_str packed, struct yh_delta **d, int *n,
                                struct yh_err *err)
{
    struct yh_unpacker u = { 0 };
    if (packed.n == 0) {
        *d = NULL;
        *n = 0;
        return YH_OK;
    }
    enum yh_status st = yh_unpack_start(&u, packed, "累计变动", err);
    if (st)
        return st;
    uint64_t count = yh_unpack_u64(&u);
    if (u.bad || count > (uint64_t)(u.end - u.at) / 5)
        return yh_fail(err, YH_BAD_TABLE, "累计变动的行数不可能");
    struct yh_delta *all = YH_NEW(a, struct yh_delta, count), none = { 0 };
    for (uint64_t i = 0; i < count; i++) {
        const struct yh_delta *before = i ? &all[i - 1] : &none;
        all[i].scheme = yh_unpack_text(&u, before->scheme);
        all[i].year = yh_unpack_i64(&u);
        all[i].name = yh_unpack_text(&u, before->name);
        all[i].sub = yh_unpack_text(&u, before->sub);
        all[i].amount = yh_unpack_i64(&u);
    }
    if (u.bad || u.at != u.end)
        return yh_fail(err, YH_BAD_TABLE, "累计变动长度与行数不符");
    *d = all;
    *n = (int)count;
    return YH_OK;
}
