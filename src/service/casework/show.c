/* service/casework/show.c -- cases read back: a list, one case, its evidence pack, the year's ledger. */
#include "model/monitor/hit.h"
#include "service/casework/inside.h"

#define MOST 100000

static void put_head(struct yh_act *t)
{
    yh_putz(
        t->out,
        "#case\tprovider\tkind\tprocedure\tstate\tofficer\thits\tclaimed\tupheld\tclock\tdue"
        "\tleft\topened\n");
}

static void put_file(struct yh_act *t, const struct yh_casework *w,
                     const struct yh_case_file_row *f)
{
    yh_day today = yh_time_day(t->now);
    yh_act_put(t, f->case_no, '\t');
    yh_act_put(t, f->provider, '\t');
    yh_act_put(t, f->kind, '\t');
    yh_act_put(t, f->procedure, '\t');
    yh_act_put(t, f->state, '\t');
    yh_act_put(t, f->officer, '\t');
    yh_putf(t->out, "%lld\t", (long long)f->hits);
    yh_act_put_fen(t, f->claimed, '\t');
    yh_act_put_fen(t, f->upheld, '\t');
    yh_act_put(t, f->clock, '\t');
    if (f->clock_stopped)
        yh_act_put(t, YH_S("停（待材料）"), '\t');
    else
        yh_act_put_day(t, f->due, '\t');
    if (f->clock.n) {
        struct yh_clock c = { (int)f->clock_days, (int)f->clock_used, (yh_day)f->clock_since,
                              f->clock_stopped != 0 };
        yh_putf(t->out, "%d%s\t", yh_clock_left(&w->workdays, c, today),
                f->due_known ? "" : "（缺放假安排）");
    } else {
        yh_putz(t->out, "\t");
    }
    yh_act_put_time(t, f->opened, '\n');
}

enum yh_status yh_act_case_list(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_case_file_row like = { .provider = yh_act_text(t, "provider"),
                                     .state = yh_act_text(t, "state") },
                            *row = NULL;
    yh_str whose = yh_act_text(t, "to");
    bool late = yh_eq(yh_act_text(t, "late"), YH_S("1"));
    int n = 0, shown = 0;
    struct yh_span span = { .index = like.provider.n ? (int)yh_case_file_by_provider
                                     : like.state.n  ? (int)yh_case_file_by_state
                                                     : YH_BY_KEY,
                            .same = like.provider.n || like.state.n ? 1 : 0,
                            .most = MOST };
    enum yh_status st = yh_docket_open(t, &k, err);
    if (st == YH_OK)
        st = yh_list_case_file(k.x, span, &like, &row, &n, err);
    if (st)
        return st;
    put_head(t);
    for (int i = 0; i < n; i++) {
        bool over = row[i].clock.n && !row[i].clock_stopped && row[i].due < k.today;
        if ((like.state.n && !yh_eq(like.state, row[i].state)) || (late && !over) ||
            (whose.n && !yh_eq(whose, row[i].officer)))
            continue;
        put_file(t, k.w, &row[i]);
        shown++;
    }
    yh_putf(t->out, "# %d 件\n", shown);
    return YH_OK;
}

static enum yh_status take(struct yh_act *t, struct yh_docket *k, struct yh_err *err)
{
    enum yh_status st = yh_docket_open(t, k, err);
    if (st == YH_OK)
        st = yh_case_get(k->x, yh_act_text(t, "case"), &k->f, err);
    return st ? st : yh_case_hits_of(k->x, k->f.case_no, &k->hit, &k->nhit, err);
}

static enum yh_status steps_of(struct yh_docket *k, struct yh_case_step_row **row, int *n,
                               struct yh_err *err)
{
    struct yh_case_step_row like = { .case_no = k->f.case_no };
    return yh_list_case_step(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like,
                             row, n, err);
}

static enum yh_status measures_of(struct yh_docket *k, struct yh_case_measure_row **row, int *n,
                                  struct yh_err *err)
{
    struct yh_case_measure_row like = { .case_no = k->f.case_no };
    return yh_list_case_measure(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 1 }, &like,
                                row, n, err);
}

enum yh_status yh_act_case_show(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_case_step_row *step = NULL;
    struct yh_case_money_row *money = NULL;
    struct yh_case_measure_row *measure = NULL;
    int nstep = 0, nmoney = 0, nmeasure = 0;
    enum yh_status st = take(t, &k, err);
    if (st == YH_OK)
        st = steps_of(&k, &step, &nstep, err);
    if (st == YH_OK)
        st = yh_case_money_of(k.x, k.f.case_no, &money, &nmoney, err);
    if (st == YH_OK)
        st = measures_of(&k, &measure, &nmeasure, err);
    if (st)
        return st;
    put_head(t);
    put_file(t, k.w, &k.f);
    yh_putz(
        t->out,
        "#hit\trule\tsettlement\tstate\tfund_method\tupheld\tperson_back\tmessage\tappeal\n");
    for (int i = 0; i < k.nhit; i++) {
        const struct yh_case_hit_row *h = &k.hit[i];
        yh_act_put(t, h->hit, '\t');
        yh_act_put(t, h->rule, '\t');
        yh_act_put(t, h->settlement, '\t');
        yh_act_put(t, h->state, '\t');
        yh_act_put_fen(t, h->fund_method, '\t');
        yh_act_put_fen(t, h->fund, '\t');
        yh_act_put_fen(t, h->person_back, '\t');
        yh_act_put(t, h->message, '\t');
        yh_act_put(t, h->appeal_reason, '\n');
    }
    yh_putz(t->out, "#step\tact\tstate\tofficer\ttime\tdue\tnote\n");
    for (int i = 0; i < nstep; i++) {
        yh_putf(t->out, "%lld\t", (long long)step[i].nth);
        yh_act_put(t, step[i].act, '\t');
        yh_act_put(t, step[i].state, '\t');
        yh_act_put(t, step[i].officer, '\t');
        yh_act_put_time(t, step[i].time, '\t');
        yh_act_put_day(t, step[i].due, '\t');
        yh_act_put(t, step[i].note, '\n');
    }
    yh_putz(t->out, "#measure\tpower\tof\tamount\tfrom\tto\n");
    for (int i = 0; i < nmeasure; i++) {
        yh_act_put(t, measure[i].measure, '\t');
        yh_act_put(t, measure[i].power, '\t');
        yh_act_put(t, measure[i].of, '\t');
        yh_act_put_fen(t, measure[i].amount, '\t');
        yh_act_put_day(t, measure[i].from_day, '\t');
        yh_act_put_day(t, measure[i].to_day, '\n');
    }
    yh_putz(t->out, "#money\tkind\tgroup\tseq\tfund\tperson_back\tother\tcleared\tundone_by\n");
    for (int i = 0; i < nmoney; i++) {
        const struct yh_case_money_row *m = &money[i];
        yh_putf(t->out, "%lld\t", (long long)m->nth);
        yh_act_put(t, m->kind, '\t');
        yh_putf(t->out, "%lld\t%lld\t", (long long)m->grp, (long long)m->seq);
        yh_act_put_fen(t, m->fund, '\t');
        yh_act_put_fen(t, m->person_back, '\t');
        yh_act_put_fen(t, m->other, '\t');
        yh_act_put(t, m->cleared, '\t');
        yh_putf(t->out, "%lld\n", (long long)m->undone_by);
    }
    return YH_OK;
}

/* The documents that its steps made. */
enum yh_status yh_act_case_text(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_case_step_row *step = NULL;
    yh_str nth = yh_act_text(t, "nth");
    int64_t which = 0;
    int n = 0;
    enum yh_status st = take(t, &k, err);
    if (st == YH_OK && nth.n)
        st = yh_int_parse(nth, &which, err);
    if (st == YH_OK)
        st = steps_of(&k, &step, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++)
        if (step[i].document.n && (!which || step[i].nth == which)) {
            yh_putf(t->out, "—— %.*s 第 %lld 步 %.*s ——\n\n", YH_ARG(k.f.case_no),
                    (long long)step[i].nth, YH_ARG(step[i].act));
            yh_put(t->out, step[i].document);
            yh_putc(t->out, '\n');
        }
    return st;
}

/* ---- the evidence pack ---- */

static enum yh_status put_rules(struct yh_docket *k, struct yh_jsonw *w, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    yh_jw_kv_array(w, "rules");
    for (int i = 0; i < k->nhit && !st; i++) {
        const struct yh_case_hit_row *h = &k->hit[i];
        bool seen = false;
        for (int j = 0; j < i && !seen; j++)
            seen = yh_eq(k->hit[j].rule, h->rule) && yh_eq(k->hit[j].version, h->version);
        if (seen)
            continue;
        struct yh_rule_text_row r = { .rule = h->rule, .version = h->version };
        st = yh_get_rule_text(k->x, &r, err);
        if (st == YH_NOT_FOUND) {
            r.text = r.digest = YH_S("");
            st = YH_OK;
        }
        yh_jw_object(w);
        yh_jw_kv_str(w, "rule", h->rule);
        yh_jw_kv_str(w, "version", h->version);
        yh_jw_kv_str(w, "knowledge", h->knowledge);
        yh_jw_kv_str(w, "digest", r.digest);
        yh_jw_kv_str(w, "text", r.text);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    return st;
}

static void put_hits(struct yh_docket *k, struct yh_jsonw *w)
{
    yh_jw_kv_array(w, "hits");
    for (int i = 0; i < k->nhit; i++) {
        const struct yh_case_hit_row *h = &k->hit[i];
        yh_jw_object(w);
        yh_jw_kv_raw(w, "hit", h->body);
        yh_jw_kv_str(w, "state", h->state);
        yh_jw_kv_fen(w, "fund", h->fund);
        yh_jw_kv_fen(w, "person_back", h->person_back);
        yh_jw_kv_object(w, "provider_says");
        yh_jw_kv_str(w, "reason", h->appeal_reason);
        yh_jw_kv_fen(w, "amount", h->appeal_amount);
        yh_jw_kv_str(w, "papers", h->appeal_papers);
        yh_jw_kv_str(w, "panel", h->ask_reason);
        yh_jw_end(w, '}');
        yh_jw_kv_str(w, "recheck", h->recheck_note);
        yh_jw_kv_str(w, "panel", h->panel_note);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

/* Lines at the same settlements that are not at stake: what speaks for the provider is not left out. */
static enum yh_status put_counter(struct yh_docket *k, struct yh_jsonw *w, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    yh_jw_kv_array(w, "counter_evidence");
    for (int i = 0; i < k->nhit && !st; i++) {
        const struct yh_case_hit_row *h = &k->hit[i];
        struct yh_diagnosis_row like = { .region = h->region,
                                         .grp = h->grp,
                                         .visit = h->visit },
                                *d = NULL;
        bool seen = false;
        int n = 0;
        for (int j = 0; j < i && !seen; j++)
            seen = yh_eq(k->hit[j].visit, h->visit);
        if (seen || !h->visit.n)
            continue;
        st = yh_list_diagnosis(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 3 }, &like,
                               &d, &n, err);
        yh_jw_object(w);
        yh_jw_kv_str(w, "visit", h->visit);
        yh_jw_kv_array(w, "diagnoses");
        for (int j = 0; j < n; j++)
            if (d[j].valid)
                yh_jw_str(w, yh_fmt(k->a, "%.*s %.*s", YH_ARG(d[j].code), YH_ARG(d[j].name)));
        yh_jw_end(w, ']');
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
    return st;
}

static enum yh_status put_papers(struct yh_docket *k, struct yh_jsonw *w, struct yh_err *err)
{
    enum yh_status st = YH_OK;
    yh_jw_kv_array(w, "papers");
    for (int i = 0; i < k->nhit && !st; i++) {
        struct yh_case_paper_row like = { .provider = k->f.provider,
                                          .papers = k->hit[i].appeal_papers },
                                 *p = NULL;
        bool seen = false;
        int n = 0;
        for (int j = 0; j < i && !seen; j++)
            seen = yh_eq(k->hit[j].appeal_papers, like.papers);
        if (seen || !like.papers.n)
            continue;
        st = yh_list_case_paper(k->x, (struct yh_span){ .index = YH_BY_KEY, .same = 2 }, &like,
                                &p, &n, err);
        for (int j = 0; j < n; j++) {
            yh_jw_object(w);
            yh_jw_kv_str(w, "papers", p[j].papers);
            yh_jw_kv_str(w, "name", p[j].name);
            yh_jw_kv_str(w, "sha256", p[j].digest);
            yh_jw_kv_i64(w, "bytes", p[j].bytes.n);
            yh_jw_end(w, '}');
        }
    }
    yh_jw_end(w, ']');
    return st;
}

static void put_steps(struct yh_jsonw *w, const struct yh_case_step_row *s, int n)
{
    char when[32], due[16];
    yh_jw_kv_array(w, "steps");
    for (int i = 0; i < n; i++) {
        yh_jw_object(w);
        yh_jw_kv_i64(w, "nth", s[i].nth);
        yh_jw_kv_str(w, "act", s[i].act);
        yh_jw_kv_str(w, "state", s[i].state);
        yh_jw_kv_str(w, "officer", s[i].officer);
        yh_jw_kv_str(w, "others", s[i].others);
        yh_jw_kv_str(w, "time", yh_time_text(when, s[i].time));
        yh_jw_kv_str(w, "due",
                     s[i].due < YH_DAY_MAX ? yh_day_text(due, (yh_day)s[i].due) : YH_S(""));
        yh_jw_kv_str(w, "note", s[i].note);
        yh_jw_kv_str(w, "document", s[i].document);
        yh_jw_end(w, '}');
    }
    yh_jw_end(w, ']');
}

/* {"pack":"CASE-E1","sha256":"…","content":{…}}: the digest is of the content's bytes. */
enum yh_status yh_act_case_pack(struct yh_act *t, struct yh_err *err)
{
    struct yh_docket k;
    struct yh_case_step_row *step = NULL;
    struct yh_case_measure_row *measure = NULL;
    int nstep = 0, nmeasure = 0;
    enum yh_status st = take(t, &k, err);
    if (st == YH_OK)
        st = steps_of(&k, &step, &nstep, err);
    if (st == YH_OK)
        st = measures_of(&k, &measure, &nmeasure, err);
    if (st)
        return st;
    struct yh_buf b = yh_buf_in(k.a);
    struct yh_jsonw w = yh_jsonw_on(&b);
    yh_jw_object(&w);
    yh_jw_kv_str(&w, "case", k.f.case_no);
    yh_jw_kv_str(&w, "provider", k.f.provider);
    yh_jw_kv_str(&w, "procedure", k.f.procedure);
    yh_jw_kv_str(&w, "state", k.f.state);
    yh_jw_kv_str(&w, "nature", k.f.nature);
    yh_jw_kv_fen(&w, "claimed", k.f.claimed);
    yh_jw_kv_fen(&w, "upheld", k.f.upheld);
    yh_jw_kv_fen(&w, "person_back", k.f.person_back);
    put_hits(&k, &w);
    if ((st = put_rules(&k, &w, err)) == YH_OK && (st = put_counter(&k, &w, err)) == YH_OK)
        st = put_papers(&k, &w, err);
    yh_jw_kv_array(&w, "law");
    for (int i = 0; i < nmeasure; i++)
        yh_jw_str(&w, measure[i].note);
    yh_jw_end(&w, ']');
    put_steps(&w, step, nstep);
    yh_jw_end(&w, '}');
    uint8_t digest[32];
    char hex[64];
    yh_sha256_of(yh_buf_str(&b), digest);
    yh_hex(hex, digest, 32);
    yh_putf(t->out,
            "{\"pack\":\"%.*s-E%d\",\"sha256\":\"%.64s\",\"content\":", YH_ARG(k.f.case_no),
            nstep, hex);
    yh_put(t->out, yh_buf_str(&b));
    yh_putz(t->out, "}\n");
    return st;
}

/* ---- the year's ledger, as the documents report it ---- */

struct outcome {
    int64_t n;
    yh_fen amount;
};

/* The year's decided cases: those approved in it, whatever became of their recovery. */
struct year {
    int64_t opened, decided, closed, dropped, letters;
    yh_fen upheld, back;
};

static enum yh_status look_at(struct yh_docket *k, int64_t year, struct year *y, bool *counts,
                              struct yh_err *err)
{
    struct yh_case_step_row *step = NULL;
    int n = 0;
    enum yh_case_state s = yh_case_state_read(k->f.state);
    enum yh_status st = steps_of(k, &step, &n, err);
    *counts = false;
    y->opened += yh_civil_of(yh_time_day(k->f.opened)).year == year;
    for (int i = 0; st == YH_OK && i < n; i++) {
        if (yh_civil_of(yh_time_day(step[i].time)).year != year)
            continue;
        y->letters += step[i].document.n > 0;
        y->dropped += yh_eq(step[i].act, YH_S("drop")) || yh_eq(step[i].act, YH_S("reverse"));
        y->closed += yh_eq(step[i].act, YH_S("close"));
        *counts = *counts || yh_eq(step[i].act, YH_S("approve"));
    }
    *counts = *counts && (s == YH_CASE_DECIDED || s == YH_CASE_CLOSED);
    return st;
}

enum yh_status yh_act_case_outcomes(struct yh_act *t, struct yh_err *err)
{
    static const char *const NAME[] = { "talk",          "suspend",     "terminate",
                                        "refuse",        "recover",     "order_refund",
                                        "damages",       "fine",        "fine_fraud",
                                        "fine_person",   "halt_person", "to_police",
                                        "to_discipline", "to_health",   "to_drug",
                                        "correct" };
    struct yh_docket k;
    struct outcome sum[YH_COUNT(NAME)] = { { 0 } };
    struct yh_case_file_row none = { .case_no = YH_S("") }, *f = NULL;
    struct year y = { 0 };
    int64_t year;
    int n = 0;
    enum yh_status st = yh_docket_open(t, &k, err);
    if (st == YH_OK && yh_int_parse(yh_act_text(t, "year"), &year, NULL))
        year = yh_civil_of(k.today).year;
    if (st == YH_OK)
        st = yh_list_case_file(k.x, (struct yh_span){ .index = YH_BY_KEY }, &none, &f, &n, err);
    for (int i = 0; st == YH_OK && i < n; i++) {
        struct yh_case_measure_row *m = NULL;
        bool counts;
        int nm = 0;
        k.f = f[i];
        st = look_at(&k, year, &y, &counts, err);
        if (st || !counts)
            continue;
        y.decided++;
        y.upheld += f[i].upheld;
        y.back += f[i].person_back;
        st = measures_of(&k, &m, &nm, err);
        for (int j = 0; j < nm; j++)
            for (int q = 0; q < YH_COUNT(NAME); q++)
                if (yh_eq(m[j].measure, yh_cstr(NAME[q]))) {
                    sum[q].n++;
                    sum[q].amount += m[j].amount;
                }
    }
    if (st)
        return st;
    yh_putz(t->out, "#outcome\ttext\tpower\tcases\tamount\n");
    for (int q = 0; q < YH_COUNT(NAME); q++) {
        struct yh_measure m;
        if (yh_casework_measure(k.w, k.a, yh_cstr(NAME[q]), k.today, &m, NULL))
            continue;
        yh_act_put(t, m.name, '\t');
        yh_act_put(t, m.text, '\t');
        yh_act_put(t, m.power, '\t');
        yh_putf(t->out, "%lld\t", (long long)sum[q].n);
        yh_act_put_fen(t, sum[q].amount, '\n');
    }
    yh_putf(t->out,
            "# %lld 年：立案 %lld 件，发出文书 %lld 份，作出决定 %lld 件，追回结案 %lld "
            "件，撤案或撤销 "
            "%lld 件；基金 ",
            (long long)year, (long long)y.opened, (long long)y.letters, (long long)y.decided,
            (long long)y.closed, (long long)y.dropped);
    yh_put_money(t->out, y.upheld);
    yh_putz(t->out, " 元，退还个人 ");
    yh_put_money(t->out, y.back);
    yh_putz(t->out, " 元\n");
    return YH_OK;
}
