#include "short_sums.h"

#include "product.h"

#define FAMILY "short_sums.inc"
#include "kernels.def"
