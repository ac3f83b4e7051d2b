#include "dot.h"

#define FAMILY "dot.inc"
#include "kernels.def"
