#include "dot.h"

#include "targets.h"

#define FAMILY "dot.inc"
#include "kernels.def"
