/* service/audit/inside.h -- what the files of this folder share; nobody else includes it. */
#ifndef YH_SERVICE_AUDIT_INSIDE_H
#define YH_SERVICE_AUDIT_INSIDE_H
#include "service/audit/audit.h"

/* A hit into the sums by rule, provider and county. */
void yh_audit_add(const struct yh_archive *archive, struct yh_audit_result *out, int64_t rule,
                  int64_t provider, const struct yh_hit *h);
/* The pattern rules, after all chunks are done. */
YH_MUST_USE
enum yh_status yh_audit_patterns(const struct yh_archive *archive,
                                 const struct yh_audit_options *opt,
                                 struct yh_audit_result *out, struct yh_err *err);
#endif
