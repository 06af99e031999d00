#include "service/price.h"

#include "service/lists.h"

enum yh_status yh_price_of_disease(struct yh_ctx *c, yh_str disease, yh_str main_diagnosis,
                                   int level, yh_day day, yh_fen *out, struct yh_err *err)
{
    const struct yh_casebook *book = c->world->casebook;
    const struct yh_disease_price *p = NULL;
    yh_str name = book ? yh_named_for_place(c, book->tariff_regions, day) : YH_S("");
    for (int i = 0; name.n && i < book->ntariff; i++)
        if (yh_eq(book->tariff[i].name, name))
            p = yh_disease_price_named(book->tariff[i].tariff, disease, level);
    if (!disease.n)
        return yh_refuse(err, YH_REFUSE_FIXED_PRICE_UNSAID, disease, NULL);
    if (!p)
        return yh_refuse(err, YH_REFUSE_FIXED_PRICE_NONE, disease, NULL);
    if (!yh_starts(main_diagnosis, p->dx))
        return yh_refuse(err, YH_REFUSE_FIXED_PRICE_OTHER, disease,
                         "主要诊断 %.*s，%.*s 的诊断为 %.*s", YH_ARG(main_diagnosis),
                         YH_ARG(p->name), YH_ARG(p->dx));
    *out = p->price;
    return YH_OK;
}
