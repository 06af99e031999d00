#include "shell/sim/sim.h"
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "service/replay/replay.h"
#include "shell/casemix/tables.h"
#include "shell/file/file.h"
#include "shell/sim/goods.h"
#include "shell/sim/load.h"
#include "shell/sim/settle.h"
#include "shell/world/world.h"

/* Households of a chunk: about 16,000 settlements.  Fixed, so that threads do not change the file. */
#define HOUSES 1600
#define THREADS_MAX 64
#define NATIONAL "chs_drg_11"

/* Everything that is made before the first household. */
struct town {
    struct yh_sim_options opt;
    struct yh_arena arena;
    struct yh_loaded loaded;
    struct yh_tables casemix;
    struct yh_arc_dicts dicts;
    struct yh_sim_tables tables;
    struct yh_sim_people people;
    struct yh_sim_places places;
    struct yh_sim_rates rates;
    struct yh_sim_plants plants;
    struct yh_sim_words words;
    struct yh_sim_world world;
    struct yh_lens lens;
    struct yh_lens_plans plans;
    yh_str provider_block, capital, province;
    struct yh_sim_preset preset;
    char archive[1100], labels[1100];
    bool opened, grouped;
};

static enum yh_status folder(const char *path, struct yh_err *err)
{
    if (mkdir(path, 0755) && errno != EEXIST)
        return yh_fail(err, YH_IO, "不能建立目录 %s", path);
    return YH_OK;
}

/* What the preset says, where the options do not. */
static enum yh_status settle_options(struct town *t, const char *catalogs, struct yh_err *err)
{
    struct yh_sim_preset *p = NULL;
    int n = 0;
    struct yh_sim_options *o = &t->opt;
    enum yh_status st = yh_sim_presets(&t->arena, catalogs, &p, &n, err);
    if (st)
        return st;
    bool found = false;
    char region[16];
    snprintf(region, sizeof region, "%06u", o->region);
    for (int i = 0; i < n && !found; i++)
        if (o->preset ? yh_eq(p[i].name, yh_cstr(o->preset))
                      : yh_eq(p[i].region, yh_cstr(region))) {
            t->preset = p[i];
            found = true;
        }
    if (o->preset && !found) {
        struct yh_buf b = yh_buf_in(&t->arena);
        for (int i = 0; i < n; i++)
            yh_putf(&b, "%s%.*s（%.*s）", i ? "、" : "", YH_ARG(p[i].name), YH_ARG(p[i].title));
        return yh_fail_field(err, YH_NOT_FOUND, "--preset", o->preset,
                             "没有“%s”这个预设，有：%.*s", o->preset, YH_ARG(yh_buf_str(&b)));
    }
    if (found) {
        int64_t code = 0;
        if (yh_int_parse(t->preset.region, &code, err))
            return YH_BAD_TABLE;
        if (o->region && o->region != (uint32_t)code)
            return yh_fail_field(err, YH_BAD_INPUT, "--region", region,
                                 "预设 %s 是 %.*s，与 --region %s 不同；只写其中一个",
                                 o->preset, YH_ARG(t->preset.region), region);
        o->region = (uint32_t)code;
        if (!o->people)
            o->people = t->preset.people;
        if (!o->employees)
            o->employees =
                (int64_t)((__int128)o->people * t->preset.employees / t->preset.people);
        o->year = o->year ? o->year : t->preset.year;
        o->seed = o->seed ? o->seed : (uint64_t)t->preset.seed;
        t->capital = t->preset.capital;
        t->province = t->preset.province;
    } else {
        t->province = yh_fmt(&t->arena, "%.2s0000", region);
    }
    if (!o->region)
        return yh_fail_field(err, YH_BAD_INPUT, "--region", "", "没有写 --region 或 --preset");
    if (!o->people)
        return yh_fail_field(err, YH_BAD_INPUT, "--people", "", "没有写 --people");
    /* Nationwide in 2023: 37,095 of 133,389 (万). */
    if (!o->employees)
        o->employees = o->people * 278 / 1000;
    o->year = o->year ? o->year : 2024;
    if (o->people < 100 || o->people > 20000000)
        return yh_fail_field(err, YH_BAD_INPUT, "--people", "",
                             "人数应在 100 至 20000000 之间");
    if (o->year < 2015 || o->year > 2060)
        return yh_fail_field(err, YH_BAD_INPUT, "--year", "", "年份应在 2015 至 2060 之间");
    return YH_OK;
}

static enum yh_status provider_block(struct town *t, struct yh_err *err)
{
    struct yh_arena a;
    enum yh_status st = yh_arena_open(&a, (size_t)256 << 20, err);
    if (st)
        return st;
    struct yh_arc_builder b;
    yh_arc_open(&b, &a);
    yh_sim_providers_add(&b, &t->dicts, &t->places);
    t->provider_block = yh_arc_encode(&b, &t->arena);
    yh_arena_close(&a);
    return YH_OK;
}

/* The documents that govern, and what booking by them writes into the dictionaries. */
static enum yh_status documents(struct town *t, struct yh_err *err)
{
    struct yh_arc_chunk providers;
    enum yh_status st = yh_arc_chunk_open(t->provider_block, &providers, err);
    if (st)
        return st;
    yh_lens_open(&t->arena, &t->dicts, &providers, t->loaded.catalogs.catalog,
                 &t->loaded.catalogs.terms, &t->loaded.catalogs.regions, t->tables.first_day,
                 &t->lens);
    struct yh_archive *like = YH_NEW(&t->arena, struct yh_archive, 1);
    like->about.region = t->opt.region;
    like->about.year = t->opt.year;
    like->dicts = t->dicts;
    struct yh_lens_plan *plan = NULL;
    int n = 0;
    st = yh_replay_plans(&t->arena, like, &t->lens, &t->loaded.plans, &plan, &n, err);
    if (st)
        return st;
    for (int s = 0; s < YH_SIM_SCHEMES; s++) {
        bool whole = false;
        for (int i = 0; i < n; i++)
            whole |= plan[i].pool == t->opt.region && plan[i].scheme == t->words.scheme[s] &&
                     yh_in_period(plan[i].period, t->tables.first_day);
        if (!whole)
            return yh_fail(
                err, YH_NOT_FOUND,
                "统筹区 %06u 在 %d 年初没有险种 %s 的待遇文件；yiheng policy list 列出有的",
                t->opt.region, t->opt.year, s ? "390" : "310");
    }
    for (int i = 0; i < n; i++)
        yh_lens_texts(&t->dicts, plan[i].plan);
    yh_lens_plans_open(&t->arena, &t->lens, plan, n, &t->plans);
    return YH_OK;
}

static void town_close(struct town *t)
{
    if (t->grouped)
        yh_tables_close(&t->casemix);
    if (t->opened)
        yh_loaded_close(&t->loaded);
    yh_arena_close(&t->arena);
}

static enum yh_status town_open(struct town *t, struct yh_err *err)
{
    enum yh_status st = yh_arena_open(&t->arena, (size_t)4 << 30, err);
    if (st)
        return st;
    const char *catalogs = yh_catalogs_dir(&t->arena, t->opt.catalogs);
    if ((st = settle_options(t, catalogs, err)))
        return st;
    if ((st = yh_loaded_open(t->opt.catalogs, NULL, 0, false, &t->loaded, err)))
        return st;
    t->opened = true;
    const struct yh_scheme *scheme = NULL;
    const char *groups = yh_zdup(&t->arena, yh_fmt(&t->arena, "%s/chs-drg", catalogs));
    if ((st = yh_tables_open(&t->casemix, groups, err)))
        return st;
    t->grouped = true;
    if ((st = yh_tables_scheme(&t->casemix, YH_S(NATIONAL), &scheme, err)))
        return st;
    yh_arc_dicts_open(&t->dicts, &t->arena);
    if ((st = yh_sim_tables_load(&t->arena, catalogs, t->loaded.catalogs.catalog, scheme,
                                 t->opt.year, &t->dicts, &t->tables, err)))
        return st;
    t->people = (struct yh_sim_people){ .seed = t->opt.seed,
                                        .year = t->opt.year,
                                        .people = t->opt.people,
                                        .employees = t->opt.employees };
    if ((st = yh_sim_places_build(&t->arena, &t->loaded.catalogs.regions, t->opt.region,
                                  t->capital, t->province, t->tables.first_day, &t->people,
                                  &t->places, err)))
        return st;
    yh_sim_people_plan(&t->tables, &t->people, t->opt.threads);
    yh_sim_rates_plan(&t->tables, &t->people, &t->rates);
    t->plants = yh_sim_plants_of(&t->tables);
    yh_sim_words_add(&t->dicts, &t->tables, &t->places, t->opt.year, &t->words);
    t->world =
        (struct yh_sim_world){ &t->tables, &t->people, &t->places, &t->rates, &t->plants };
    if ((st = provider_block(t, err)))
        return st;
    return documents(t, err);
}

/* ---- making ---- */

struct shared {
    struct town *t;
    struct yh_archive_writer *archive;
    struct yh_sim_load *load; /* NULL: archive only */
    FILE *labels;
    pthread_mutex_t lock;
    pthread_cond_t turn;
    struct yh_sim_day day[YH_SIM_DAYS];
    int64_t next, done, chunks; /* chunk to be taken; chunk to be written */
    enum yh_status st;
    struct yh_err err;
};

static void fail(struct shared *s, enum yh_status st, const struct yh_err *err)
{
    if (s->st)
        return;
    s->st = st;
    s->err = *err;
    (void)pthread_cond_broadcast(&s->turn);
}

static enum yh_status maker_open(struct yh_sim_maker *m, struct town *t, struct yh_err *err)
{
    *m = (struct yh_sim_maker){
        .world = &t->world, .words = &t->words, .dicts = &t->dicts, .lens = &t->lens
    };
    enum yh_status st = yh_arena_open(&m->chunk_arena, (size_t)2 << 30, err);
    if (st == YH_OK)
        st = yh_arena_open(&m->year_arena, (size_t)64 << 20, err);
    if (st == YH_OK)
        st = yh_arena_open(&m->label_arena, (size_t)256 << 20, err);
    if (st == YH_OK)
        st = yh_walk_open(&m->walk, &t->lens, &t->plans, t->opt.region, err);
    m->walk.booking = true;
    return st;
}

static void maker_close(struct yh_sim_maker *m)
{
    yh_walk_close(&m->walk);
    yh_arena_close(&m->chunk_arena);
    yh_arena_close(&m->year_arena);
    yh_arena_close(&m->label_arena);
}

/* A chunk's rows, its labels, and what the store is to have. */
static enum yh_status make_chunk(struct shared *s, struct yh_sim_maker *m, int64_t k,
                                 struct yh_sim_batch *batch, struct yh_err *err)
{
    yh_arc_open(&m->chunk, &m->chunk_arena);
    yh_arena_reset(&m->label_arena);
    m->labels = yh_buf_in(&m->label_arena);
    int64_t from = k * HOUSES, to = yh_min(s->t->people.houses, from + HOUSES);
    for (int64_t i = from; i < to; i++) {
        struct yh_sim_house h;
        yh_sim_house(&s->t->tables, &s->t->people, i, &h);
        enum yh_status st = yh_sim_household(m, &h, err);
        if (st)
            return st;
        if (s->load)
            yh_sim_batch_add(batch, m, &h);
    }
    return YH_OK;
}

static enum yh_status write_chunk(struct shared *s, struct yh_sim_maker *m, yh_str bytes,
                                  struct yh_sim_batch *batch, struct yh_err *err)
{
    enum yh_status st = yh_archive_append(s->archive, bytes, err);
    yh_str labels = yh_buf_str(&m->labels);
    if (st == YH_OK && labels.n &&
        fwrite(labels.p, 1, (size_t)labels.n, s->labels) != (size_t)labels.n)
        st = yh_fail(err, YH_IO, "写 labels.tsv 失败");
    if (st == YH_OK && s->load)
        st = yh_sim_load_batch(s->load, batch, err);
    return st;
}

/* Whole numbers: the sum is the same whoever adds first.  Under the lock. */
static void add_days(struct shared *s, const struct yh_sim_maker *m)
{
    for (int i = 0; i < YH_SIM_DAYS; i++) {
        struct yh_sim_day *to = &s->day[i];
        const struct yh_sim_day *d = &m->day[i];
        to->settlements += d->settlements;
        to->total += d->total;
        to->fund += d->fund;
        to->account += d->account;
        to->cash += d->cash;
        to->hospital += d->hospital;
    }
}

static void *work(void *ctx)
{
    struct shared *s = ctx;
    struct yh_sim_maker m;
    struct yh_sim_batch batch = { 0 };
    struct yh_arena bytes_arena;
    struct yh_err err = { 0 };
    enum yh_status st = yh_arena_open(&bytes_arena, (size_t)1 << 30, &err);
    if (st == YH_OK)
        st = maker_open(&m, s->t, &err);
    if (st == YH_OK)
        st = yh_sim_batch_open(&batch, s->t->opt.region, s->t->opt.year, &err);
    (void)pthread_mutex_lock(&s->lock);
    if (st)
        fail(s, st, &err);
    while (!s->st && s->next < s->chunks) {
        int64_t k = s->next++;
        (void)pthread_mutex_unlock(&s->lock);
        yh_arena_reset(&bytes_arena);
        yh_sim_batch_reset(&batch);
        st = make_chunk(s, &m, k, &batch, &err);
        yh_str bytes = { 0 };
        if (st == YH_OK)
            bytes = yh_arc_encode(&m.chunk, &bytes_arena);
        (void)pthread_mutex_lock(&s->lock);
        if (st)
            fail(s, st, &err);
        while (!s->st && s->done != k)
            (void)pthread_cond_wait(&s->turn, &s->lock);
        if (s->st)
            break;
        (void)pthread_mutex_unlock(&s->lock);
        st = write_chunk(s, &m, bytes, &batch, &err);
        (void)pthread_mutex_lock(&s->lock);
        if (st)
            fail(s, st, &err);
        s->done = k + 1;
        if (s->t->opt.progress)
            s->t->opt.progress(s->t->opt.ctx, yh_min(s->done * HOUSES, s->t->people.houses),
                               s->t->people.houses);
        (void)pthread_cond_broadcast(&s->turn);
    }
    add_days(s, &m);
    (void)pthread_mutex_unlock(&s->lock);
    yh_sim_batch_close(&batch);
    maker_close(&m);
    yh_arena_close(&bytes_arena);
    return NULL;
}

static void run_threads(struct shared *s)
{
    pthread_t id[THREADS_MAX];
    int n = 0, want = s->t->opt.threads;
    for (int i = 1; i < want && i < THREADS_MAX; i++)
        if (!pthread_create(&id[n], NULL, work, s))
            n++;
    (void)work(s);
    for (int i = 0; i < n; i++)
        (void)pthread_join(id[i], NULL);
}

static enum yh_status finish(struct town *t, struct shared *s, struct yh_err *err)
{
    struct yh_archive_about about = { .region = t->opt.region,
                                      .year = t->opt.year,
                                      .seed = t->opt.seed };
    yh_terms_digest(&t->loaded.catalogs.terms, t->loaded.catalogs.catalog, about.catalog);
    about.text =
        yh_fmt(&t->arena,
               "source 虚构（yiheng synth）\nregion %06u\nyear %d\npeople %" PRId64
               "\nemployees %" PRId64 "\nseed %" PRIu64 "\n",
               t->opt.region, t->opt.year, t->opt.people, t->opt.employees, t->opt.seed);
    enum yh_status st =
        yh_archive_finish(s->archive, &t->dicts, t->provider_block, &about, err);
    s->archive = NULL;
    if (st == YH_OK)
        st = yh_sim_goods(t->archive, s->labels, err);
    if (fclose(s->labels) && st == YH_OK)
        st = yh_fail(err, YH_IO, "写 labels.tsv 失败");
    s->labels = NULL;
    return st;
}

static enum yh_status make(struct town *t, struct yh_buf *summary, struct yh_err *err)
{
    struct shared s = { .t = t,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .turn = PTHREAD_COND_INITIALIZER };
    s.chunks = (t->people.houses + HOUSES - 1) / HOUSES;
    char dir[1100];
    snprintf(dir, sizeof dir, "%s/archive", t->opt.data);
    enum yh_status st = folder(t->opt.data, err);
    if (st == YH_OK)
        st = folder(dir, err);
    if (st)
        return st;
    snprintf(t->archive, sizeof t->archive, "%.900s/%06u-%d.yha", dir, t->opt.region,
             t->opt.year);
    snprintf(t->labels, sizeof t->labels, "%.900s/labels.tsv", t->opt.data);
    if (access(t->archive, F_OK) == 0)
        return yh_fail(err, YH_CONFLICT, "%s 已经有了；换一个 --data，或先删去它", t->archive);
    if (!t->opt.archive_only && (st = yh_sim_load_open(&s.load, t->opt.data, t->opt.region,
                                                       &t->places, t->opt.year, err)))
        return st;
    s.labels = fopen(t->labels, "w");
    if (!s.labels)
        st = yh_fail(err, YH_IO, "不能写 %s", t->labels);
    if (st == YH_OK) {
        fputs("settlement\tperson\tmisuse\trule\tlabel\n", s.labels);
        st = yh_archive_create(t->archive, &s.archive, err);
    }
    if (st == YH_OK) {
        run_threads(&s);
        if (s.st && err)
            *err = s.err;
        st = s.st;
    }
    if (st == YH_OK)
        st = finish(t, &s, err);
    if (st == YH_OK && s.load)
        st = yh_sim_load_year(s.load, t->archive, t->archive + strlen(t->opt.data) + 1,
                              t->opt.year, s.day, err);
    if (s.archive)
        yh_archive_abandon(s.archive);
    if (s.labels)
        (void)fclose(s.labels);
    enum yh_status closed = yh_sim_load_close(s.load, st == YH_OK, st ? NULL : err);
    st = st ? st : closed;
    if (st == YH_OK)
        yh_putf(summary, "虚构统筹区 %06u：%" PRId64 " 人，%" PRId64 " 户，机构 %d 家，%d 年\n",
                t->opt.region, t->people.people, t->people.houses, t->places.n, t->opt.year);
    return st;
}

enum yh_status yh_sim_make(const struct yh_sim_options *opt, struct yh_buf *summary,
                           struct yh_err *err)
{
    struct town *t = yh_heap(NULL, sizeof *t);
    memset(t, 0, sizeof *t);
    t->opt = *opt;
    if (t->opt.threads < 1) {
        long n = sysconf(_SC_NPROCESSORS_ONLN);
        t->opt.threads = (int)yh_clamp(n, 1, THREADS_MAX);
    }
    enum yh_status st = town_open(t, err);
    if (st == YH_OK)
        st = make(t, summary, err);
    town_close(t);
    yh_heap(t, 0);
    return st;
}
