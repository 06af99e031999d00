/* service/matter/scan.c -- scans kept with a matter: taken in, looked at, removed, deleted in time. */
#include "service/inside.h"
#include "service/matter/inside.h"

#define NAME_MAX_BYTES 120

enum yh_status yh_scans_of(struct yh_txn *x, const struct yh_matter_row *m,
                           struct yh_scan_row **row, int *n, struct yh_err *err)
{
    struct yh_scan_row like = { .region = m->region, .grp = m->grp, .matter = m->matter };
    return yh_list_scan(x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like, row, n,
                        err);
}

/* The person sends while the matter is not yet in work for good; a clerk while it is open. */
static enum yh_status may(const struct yh_matter_desk *d, const struct yh_matter_row *m,
                          struct yh_err *err)
{
    enum yh_matter_state at = yh_matter_state_read(m->state);
    bool open = d->officer.n ? !yh_matter_state_over(at)
                             : at == YH_MATTER_ACCEPTED || at == YH_MATTER_PAPERS;
    return open ? YH_OK
                : yh_refuse(err, YH_REFUSE_SCAN_STATE, m->matter, "现为“%s”",
                            yh_matter_state_text(at));
}

static enum yh_status fits(const struct yh_scan_row *all, int n, const struct yh_scan_in *in,
                           struct yh_err *err)
{
    int there = 0;
    if (in->name.n > NAME_MAX_BYTES || in->paper.n > 300 || !yh_utf8_ok(in->name) ||
        !yh_utf8_ok(in->paper))
        return yh_refuse(err, YH_REFUSE_SCAN_NAME, YH_S(""), NULL);
    for (int i = 0; i < n; i++) {
        there += !all[i].removed;
        if (!all[i].removed && yh_eq(all[i].digest, in->digest))
            return yh_refuse(err, YH_REFUSE_SCAN_TWICE, all[i].name, NULL);
    }
    /* A removed one keeps its row: who sends and drops the whole day comes to an end too. */
    return there < YH_SCANS_MAX && n < 10 * YH_SCANS_MAX
               ? YH_OK
               : yh_refuse(err, YH_REFUSE_SCAN_MANY, YH_S(""), "已有 %d 份", there);
}

enum yh_status yh_scan_add(const struct yh_matter_desk *d, const struct yh_matter_row *m,
                           const struct yh_scan_in *in, struct yh_err *err)
{
    struct yh_scan_row *all = NULL;
    int n = 0;
    enum yh_status st = may(d, m, err);
    if (st == YH_OK)
        st = yh_scans_of(d->x, m, &all, &n, err);
    if (st == YH_OK)
        st = fits(all, n, in, err);
    if (st)
        return st;
    struct yh_scan_row s = { .region = m->region,
                             .grp = m->grp,
                             .matter = m->matter,
                             .nth = n + 1, /* no row of them is ever dropped */
                             .person = m->person,
                             .paper = in->paper,
                             .name = in->name,
                             .type = in->type,
                             .bytes = in->bytes,
                             .digest = in->digest,
                             .officer = d->officer,
                             .officer_name = d->name,
                             .time = d->now,
                             .until = YH_DAY_MAX,
                             .removed_by = YH_S(""),
                             .removed_why = YH_S("") };
    struct yh_scan_body_row body = { s.region, s.grp, s.matter, s.nth, in->sealed };
    st = yh_add_scan(d->x, &s, err);
    return st ? st : yh_add_scan_body(d->x, &body, err);
}

enum yh_status yh_scan_get(struct yh_txn *x, const struct yh_matter_row *m, int64_t nth,
                           struct yh_scan_row *out, yh_str *sealed, struct yh_err *err)
{
    char text[32];
    struct yh_scan_row s = {
        .region = m->region, .grp = m->grp, .matter = m->matter, .nth = nth
    };
    enum yh_status st = yh_get_scan(x, &s, err);
    if (st == YH_NOT_FOUND)
        return yh_refuse(err, YH_REFUSE_SCAN_UNKNOWN, yh_dec_text(text, nth, 0, 0), NULL);
    if (st)
        return st;
    if (s.removed)
        return yh_refuse(err, YH_REFUSE_SCAN_GONE, s.name, "%.*s", YH_ARG(s.removed_why));
    struct yh_scan_body_row body = { s.region, s.grp, s.matter, s.nth, YH_S("") };
    st = yh_get_scan_body(x, &body, err);
    if (st == YH_OK) {
        *out = s;
        *sealed = body.sealed;
    }
    return st;
}

static enum yh_status take_away(struct yh_txn *x, struct yh_scan_row *s, yh_time now, yh_str by,
                                yh_str why, struct yh_err *err)
{
    struct yh_scan_body_row body = { s->region, s->grp, s->matter, s->nth, YH_S("") };
    s->removed = now;
    s->removed_by = by;
    s->removed_why = why;
    s->until = YH_DAY_MAX;
    enum yh_status st = yh_put_scan(x, s, err);
    return st ? st : yh_drop_scan_body(x, &body, err);
}

enum yh_status yh_scan_remove(const struct yh_matter_desk *d, const struct yh_matter_row *m,
                              int64_t nth, yh_str why, struct yh_err *err)
{
    struct yh_scan_row s;
    yh_str sealed;
    enum yh_status st = may(d, m, err);
    if (st == YH_OK)
        st = yh_scan_get(d->x, m, nth, &s, &sealed, err);
    if (st)
        return st;
    if (!d->officer.n && s.officer.n)
        return yh_refuse(err, YH_REFUSE_SCAN_OWN, s.name, NULL);
    if (d->officer.n && !why.n)
        return yh_refuse(err, YH_REFUSE_SCAN_WHY, YH_S(""), NULL);
    return take_away(d->x, &s, d->now, d->officer, why.n ? why : YH_S("本人删除"), err);
}

enum yh_status yh_scans_until(struct yh_hand *h, struct yh_err *err)
{
    struct yh_scan_row *s = NULL;
    int n = 0;
    enum yh_status st = yh_scans_of(h->d->x, &h->m, &s, &n, err);
    enum yh_matter_state at = yh_matter_state_read(h->m.state);
    yh_str outcome = at != YH_MATTER_DONE ? YH_S("nothing")
                     : h->m.made_seq      ? YH_S("paid")
                                          : YH_S("done");
    yh_day until = yh_matter_state_over(at)
                       ? yh_matter_keep_until(h->d->world->matters, h->m.region, outcome,
                                              yh_time_day(h->m.closed))
                       : YH_DAY_MAX;
    for (int i = 0; st == YH_OK && i < n; i++)
        if (!s[i].removed && s[i].until != until) {
            s[i].until = until;
            st = yh_put_scan(h->d->x, &s[i], err);
        }
    return st;
}

enum yh_status yh_scans_sweep(struct yh_txn *x, struct yh_arena *a, yh_time now, int most,
                              int *gone, struct yh_err *err)
{
    struct yh_scan_row *s = NULL;
    struct yh_span due = { .index = yh_scan_by_until,
                           .ranged = true,
                           .from = 0,
                           .to = yh_time_day(now),
                           .most = most };
    int n = 0;
    *gone = 0;
    enum yh_status st = yh_list_scan(x, due, NULL, &s, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        char day[16];
        yh_str why =
            yh_fmt(a, "保管期满（%.*s）", YH_ARG(yh_day_text(day, (yh_day)s[i].until)));
        yh_txn_group(x, (struct yh_group){ s[i].region, s[i].grp });
        /* It may have been removed since, or its matter opened again. */
        struct yh_scan_row now_there = s[i];
        st = yh_get_scan(x, &now_there, err);
        if (st == YH_OK && !now_there.removed && now_there.until < yh_time_day(now)) {
            st = take_away(x, &now_there, now, YH_S("#"), why, err);
            ++*gone;
        }
    }
    return st;
}
