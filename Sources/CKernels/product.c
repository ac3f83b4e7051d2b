#include "product.h"

#include <string.h>

#define FAMILY "product.inc"
#define NARROW_LANES (HALVES_VECTORS ? VECTOR_LANES / 2 : 0)
#include "kernels.def"
