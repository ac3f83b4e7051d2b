#include <stdint.h>

#include "kernels.h"
#include "taps.h"

// The bytes of a pixel from which on taps are read one after another, not interleaved, unless they are in the cache.
#define LONG_BYTES 512

#define FAMILY "maximum_lengths.inc"
#include "kernels.def"
