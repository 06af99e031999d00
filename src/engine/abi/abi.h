/* engine/abi/abi.h -- the flat C face of the library; include/yiheng.h is its manual. */
#ifndef YH_ENGINE_ABI_H
#define YH_ENGINE_ABI_H
#include <yiheng.h>
#endif
