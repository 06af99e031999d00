/* engine/casemix/facts.h -- what a case is in a scheme's terms: classes, levels, sites; and the
 * value of one atom.  Private to engine/casemix. */
#ifndef YH_ENGINE_CASEMIX_FACTS_H
#define YH_ENGINE_CASEMIX_FACTS_H
#include "engine/casemix/group.h"

struct yh_facts {
    const struct yh_scheme *s;
    const struct yh_case *c;
    int ndx, npx; /* npx is what this round sees (retry_each_px) */
    int px_from;  /* the first procedure of this round */
    bool leveled, sited;
    uint8_t levels; /* bit YH_LEVEL_CC, bit YH_LEVEL_MCC: some secondary diagnosis has it */
    int32_t sites;  /* distinct body sites hit */
    uint32_t dx_id[YH_CASE_CODES_MAX];
    uint16_t dx_class[YH_CASE_CODES_MAX], px_class[YH_CASE_CODES_MAX];
};

void yh_facts_of(struct yh_facts *f, const struct yh_scheme *s, const struct yh_case *c);
/* The value of one atom.  *where (may be NULL): the position of the code that made it true, in
 * dx or px; -1 when it is false or no code made it so. */
bool yh_atom_true(struct yh_facts *f, const struct yh_atom *a, int *where);
bool yh_rule_true(struct yh_facts *f, struct yh_rule rule);

/* The level of secondary diagnosis i, and the exclusion tables that met: *excluded is the table
 * when it is the principal diagnosis's too, else 0. */
uint8_t yh_level_of(const struct yh_facts *f, int i, uint16_t *excluded);

/* Does some DRG row of this ADRG row hold whatever the case is?  Then it has no result of its own. */
bool yh_adrg_always_drg(const struct yh_scheme *s, const struct yh_adrg_row *row);
#endif
