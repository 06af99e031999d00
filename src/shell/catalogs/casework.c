#include "shell/catalogs/casework.h"

#include "shell/file/file.h"

enum yh_status yh_catalogs_casework(const char *dir, struct yh_arena *a,
                                    const struct yh_casework **out, struct yh_err *err)
{
    struct yh_casework_texts t;
    struct yh_casework *w = YH_NEW(a, struct yh_casework, 1);
    const struct {
        const char *path;
        yh_str *text;
    } FILE_OF[] = {
        { "holidays.tsv", &t.holidays },
        { "casework/clocks.tsv", &t.clocks },
        { "casework/measures.tsv", &t.measures },
        { "casework/credit.tsv", &t.credit },
        { "casework/credit-levels.tsv", &t.levels },
        { "casework/credit-repair.tsv", &t.repair },
        { "casework/rewards.tsv", &t.rewards },
        { "casework/margins.tsv", &t.margins },
        { "casework/hearings.tsv", &t.hearings },
        { "casework/templates.md", &t.templates },
    };
    for (int i = 0; i < YH_COUNT(FILE_OF); i++) {
        enum yh_status st =
            yh_file_read(a, yh_zdup(a, yh_fmt(a, "%s/%s", dir, FILE_OF[i].path)),
                         (size_t)16 << 20, FILE_OF[i].text, err);
        if (st)
            return st;
    }
    enum yh_status st = yh_casework_load(a, &t, w, err);
    if (st == YH_OK)
        *out = w;
    return st;
}
