/* store/archive/archive.h -- a year's archive as one file: streamed out chunk by chunk, mapped in.
 *
 * The file: a header of 256 bytes; the chunks (model/archive), each at a multiple of 8; the block of
 * providers; the dictionaries; a text `about`; the directory, one row a chunk with its place, its
 * CRC-32C and its counts.  Little-endian.  Header and directory have checksums of their own.  Nothing
 * in it comes from a clock or a random source: the same rows in the same chunks give the same file.
 *
 * A file is written under the name PATH.part and renamed when whole and synced, so a reader meets a
 * finished archive or none.  A file of another version or layout is refused with the cure; a damaged
 * chunk is refused when it is opened, and named.
 *
 * Place: DATA/archive/REGION-YEAR.yha. */
#ifndef YH_STORE_ARCHIVE_ARCHIVE_H
#define YH_STORE_ARCHIVE_ARCHIVE_H
#include "model/archive/archive.h"

/* Whose year it is. */
struct yh_archive_about {
    uint32_t region;     /* pooling area: 532500 */
    int32_t year;        /* accumulator year that most of it belongs to */
    uint64_t seed;       /* of an invented prefecture; 0 = none */
    uint8_t catalog[32]; /* digest of the catalogues that its item numbers were made with */
    yh_str text;         /* lines "name value": source, engine, policies … */
};

/* ---- writing ---- */

struct yh_archive_writer; /* opaque */

/* Starts PATH.part, replacing one left behind.  YH_IO. */
YH_MUST_USE
enum yh_status yh_archive_create(const char *path, struct yh_archive_writer **out,
                                 struct yh_err *err);
/* Appends a chunk of yh_arc_encode.  Groups must rise from chunk to chunk.  One caller at a time.
 * YH_IO; YH_BAD_INPUT: no chunk, or groups out of order. */
YH_MUST_USE
enum yh_status yh_archive_append(struct yh_archive_writer *w, yh_str chunk, struct yh_err *err);
/* Writes what remains, syncs, renames into place and frees the writer, also on failure (the .part
 * stays then).  providers: a chunk that holds the provider table alone. */
YH_MUST_USE
enum yh_status yh_archive_finish(struct yh_archive_writer *w, const struct yh_arc_dicts *dicts,
                                 yh_str providers, const struct yh_archive_about *about,
                                 struct yh_err *err);
void yh_archive_abandon(struct yh_archive_writer *w); /* removes the .part; NULL is fine */

/* ---- reading ---- */

struct yh_archive_chunk_info {
    int64_t at, size;
    uint32_t crc, persons, heads, lines;
    int64_t grp_first, grp_last;
};
/* Read-only once opened: any number of threads may read it. */
struct yh_archive {
    yh_str bytes; /* the mapping */
    struct yh_archive_about about;
    struct yh_arc_dicts dicts;
    struct yh_arc_chunk providers; /* its provider table */
    struct yh_archive_chunk_info *chunk;
    int nchunk;
    int64_t persons, heads, lines;
    uint8_t digest[32]; /* of header and directory: names this archive */
    struct yh_arena arena;
    char path[1024];
};
/* Maps the file and reads header, directory, dictionaries, providers.  Do not copy *out.
 * YH_NOT_FOUND; YH_CONFLICT: another version or layout; YH_BAD_TABLE: damaged; YH_IO. */
YH_MUST_USE
enum yh_status yh_archive_open(const char *path, struct yh_archive *out, struct yh_err *err);
void yh_archive_close(struct yh_archive *a); /* idempotent */

/* Chunk i: checks its CRC-32C and opens it.  YH_BAD_TABLE names file, chunk and groups. */
YH_MUST_USE
enum yh_status yh_archive_chunk(const struct yh_archive *a, int i, struct yh_arc_chunk *out,
                                struct yh_err *err);
/* The same without the checksum, for a sample: rows are still checked to lie within the chunk. */
YH_MUST_USE
enum yh_status yh_archive_chunk_quick(const struct yh_archive *a, int i,
                                      struct yh_arc_chunk *out, struct yh_err *err);
/* Tells the system that chunk i is not needed soon: keeps the resident part of a long walk small. */
void yh_archive_drop(const struct yh_archive *a, int i);
/* YH_CONFLICT when the catalogues are others than those the archive was made with; says which. */
YH_MUST_USE
enum yh_status yh_archive_same_catalog(const struct yh_archive *a, const uint8_t digest[32],
                                       struct yh_err *err);
#endif
