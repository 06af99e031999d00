/* fuzz/fuzz_envelope.c -- any bytes as a request body: read, digested, checked from the tables. */
#include <stdio.h>
#include <stdlib.h>
#include "shell/file/file.h"
#include "shell/gateway/envelope.h"
#include "shell/gateway/multipart.h"
#include "shell/gateway/tx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct yh_arena tables, request;
static struct yh_interface table;

static yh_str file(const char *path)
{
    yh_str s;
    struct yh_err err;
    if (yh_file_read(&tables, path, 1 << 24, &s, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        exit(1);
    }
    return s;
}

static void load(void)
{
    struct yh_err err;
    if (yh_arena_open(&tables, 64 << 20, &err) || yh_arena_open(&request, 256 << 20, &err))
        exit(1);
    yh_str tx = file("catalogs/interface/transactions.tsv"),
           fields = file("catalogs/interface/fields.tsv");
    if (yh_interface_load(&tables, tx, fields, file("catalogs/interface/dictionaries.tsv"),
                          &table, &err))
        exit(1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!table.nmessage)
        load();
    yh_arena_reset(&request);
    yh_str body = yh_dup(&request, (yh_str){ (const char *)data, (ptrdiff_t)size });
    struct yh_envelope e;
    struct yh_err err = { 0 };
    struct yh_part_view part[YH_PARTS_MAX];
    uint8_t digest[32];
    int n;
    (void)!yh_multipart_read(YH_S("multipart/form-data; boundary=b"), body, part, &n, &err);
    if (yh_envelope_read(&request, body, &e, &err)) {
        yh_assert(err.text[0]);
        return 0;
    }
    yh_envelope_digest(request, &e, digest);
    (void)!yh_interface_check_envelope(&table, e.root, request, &err);
    const struct yh_message *m = yh_interface_message(&table, e.infno);
    const struct yh_tx *tx = yh_tx_find(e.infno);
    if (m && e.input &&
        yh_interface_check(&table, m, tx ? tx->nodes : "", false, e.input, request, &err))
        yh_assert(err.text[0] && err.field[0] && yh_utf8_ok(yh_cstr(err.text)));
    return 0;
}
