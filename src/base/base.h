/* base/base.h -- the ground: memory, text, numbers, days, errors, JSON, tables, digests.
 *
 * Knows nothing of insurance.  No clock, file, socket, locale, environment or random source:
 * whatever changes from run to run is an argument. */
#ifndef YH_BASE_BASE_H
#define YH_BASE_BASE_H
#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "base/tsv.h"
#endif
