/* service/portal/inspect.c -- an inspector on site: the plan, what is known of the provider, notes. */
#include "service/portal/inside.h"

#define PLANS_MOST 5000
#define NOTE_MOST 2000 /* bytes */
#define SHOWN_MOST 200

static bool named(yh_str officers, yh_str officer)
{
    while (officers.n)
        if (yh_eq(yh_cut(&officers, ' '), officer))
            return true;
    return false;
}

static enum yh_status put_notes(const struct yh_look *k, const struct yh_inspection_row *i,
                                struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_inspection_note_row like = { .plan = i->plan, .provider = i->provider },
                                  *n = NULL;
    int count = 0;
    enum yh_status st = yh_list_inspection_note(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like, &n, &count, err);
    yh_jw_kv_array(w, "notes");
    for (int j = 0; st == YH_OK && j < count; j++) {
        yh_jw_object(w);
        yh_jw_kv_i64(w, "nth", n[j].nth);
        yh_jw_kv_str(w, "officer", n[j].officer);
        yh_jw_kv_time(w, "time", n[j].time);
        yh_jw_kv_str(w, "note", n[j].note);
        yh_jw_kv_str(w, "photo", n[j].photo);
        yh_jw_kv_str(w, "digest", n[j].digest);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    return st;
}

static enum yh_status put_cases(const struct yh_look *k, yh_str provider, struct yh_jsonw *w,
                                struct yh_err *err)
{
    struct yh_case_file_row like = { .provider = provider }, *f = NULL;
    int n = 0;
    enum yh_status st = yh_list_case_file(
        k->x,
        (struct yh_span){
            .index = (int)yh_case_file_by_provider, .same = 1, .down = true, .most = 50 },
        &like, &f, &n, err);
    yh_jw_kv_array(w, "cases");
    for (int j = 0; st == YH_OK && j < n; j++) {
        enum yh_case_state s = yh_case_state_read(f[j].state);
        if (yh_case_state_over(s))
            continue;
        yh_jw_object(w);
        yh_jw_kv_str(w, "case", f[j].case_no);
        yh_jw_kv_str(w, "title", f[j].title);
        yh_jw_kv_str(w, "state", yh_cstr(yh_case_state_text(s)));
        yh_jw_kv_i64(w, "hits", f[j].hits);
        yh_jw_kv_i64(w, "claimed", f[j].claimed);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    return st;
}

enum yh_status yh_look_inspections(const struct yh_look *k, yh_str officer,
                                   bool (*within)(void *user, yh_str region, yh_str office),
                                   void *user, struct yh_jsonw *w, struct yh_err *err)
{
    struct yh_inspection_row like = { .plan = YH_S("") }, *row = NULL;
    int n = 0, shown = 0;
    enum yh_status st = yh_list_inspection(
        k->x, (struct yh_span){ .index = YH_BY_KEY, .most = PLANS_MOST }, &like, &row, &n, err);
    if (st)
        return st;
    yh_jw_object(w);
    yh_jw_kv_array(w, "rows");
    for (int i = 0; st == YH_OK && i < n && shown < SHOWN_MOST; i++) {
        struct yh_provider_row p = { .provider = row[i].provider };
        st = yh_get_provider(k->x, &p, err);
        if (st == YH_NOT_FOUND) {
            st = YH_OK;
            continue;
        }
        if (st || !within(user, p.office, p.office))
            continue;
        shown++;
        yh_jw_object(w);
        yh_jw_kv_str(w, "plan", row[i].plan);
        yh_jw_kv_str(w, "provider", row[i].provider);
        yh_jw_kv_str(w, "name", p.name);
        yh_jw_kv_str(w, "office", p.office);
        yh_jw_kv_str(w, "kind", row[i].kind);
        yh_jw_kv_str(w, "state", row[i].state);
        yh_jw_kv_str(w, "officers", row[i].officers);
        yh_jw_kv_bool(w, "mine", named(row[i].officers, officer));
        yh_jw_kv_time(w, "planned", row[i].planned);
        yh_jw_kv_str(w, "result", row[i].result);
        st = put_cases(k, row[i].provider, w, err);
        if (st == YH_OK)
            st = put_notes(k, &row[i], w, err);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    yh_jw_end(w, '}');
    return st;
}

static bool is_digest(yh_str s)
{
    bool ok = s.n == 64;
    for (ptrdiff_t i = 0; ok && i < s.n; i++)
        ok = (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f');
    return ok;
}

enum yh_status yh_inspection_note(const struct yh_look *k,
                                  const struct yh_inspection_note_row *in, struct yh_err *err)
{
    struct yh_inspection_row plan = { .plan = in->plan, .provider = in->provider };
    struct yh_inspection_note_row row = *in, *old = NULL;
    int n = 0;
    if (!in->note.n && !in->digest.n)
        return yh_fail_field(err, YH_BAD_INPUT, "note", "", "note：写一句看到的，或拍一张照片");
    if (in->note.n > NOTE_MOST)
        return yh_fail_field(err, YH_BAD_INPUT, "note", "", "note：太长，分几条记");
    if (in->digest.n && !is_digest(in->digest))
        return yh_fail_field(err, YH_BAD_INPUT, "digest", "",
                             "digest：应为照片的 SHA-256，64 个小写十六进制字符");
    enum yh_status st = yh_get_inspection(k->x, &plan, err);
    if (st)
        return st == YH_NOT_FOUND
                   ? yh_fail_field(err, YH_NOT_FOUND, "provider", "", "检查计划里没有这家机构")
                   : st;
    st = yh_list_inspection_note(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &row,
                                 &old, &n, err);
    row.nth = n + 1;
    row.time = k->now;
    return st ? st : yh_add_inspection_note(k->x, &row, err);
}
