#include "winograd.h"

#include "product.h"

// The interpolation points besides 0 and infinity come in pairs p and -p; these are the p. With six points, Lavin and
// Gray 2016 have 1 and 2; 3/4 and 3/2 keep the magnitudes of the added numbers closer together, which makes the error
// five times smaller, and all sums of their products are exact. 1/2, 1 and 2 are the best of eight points for tiles of
// two and seven taps.
#define PAIR(n, k) \
  ((n) == 4 ? (SCALAR)1 : (n) == 6 ? (SCALAR)0.75 * ((k) + 1) : (SCALAR)0.5 * (1 << (k)))
#define PAIRS(map) ((POINTS(map) - 2) / 2)

// The parts of a map's code.
#define KIND(map) ((map) & 0xF00)
#define POINTS(map) ((map) >> 4 & 0xF)
#define PIXELS(map) ((map) & 0xF)
#define IS_LINE(map) (((map) & UNFOLD_LINE) != 0)
// The pixels of a tile.
#define AREA(map) (IS_LINE(map) ? PIXELS(map) : PIXELS(map) * PIXELS(map))

// Applies a macro to every map to the Winograd domain, and to every map from it.
#define MAPS_TO_POINTS(DO)                                                                              \
  DO(UNFOLD_INPUT + 0x44) DO(UNFOLD_INPUT + 0x66) DO(UNFOLD_TO_POINTS + 0x42) DO(UNFOLD_TO_POINTS + 0x43) \
  DO(UNFOLD_TO_POINTS + 0x62) DO(UNFOLD_TO_POINTS + 0x63) DO(UNFOLD_TO_POINTS + 0x64)                    \
  DO(UNFOLD_TO_POINTS + 0x65)
#define MAPS_FROM_POINTS(DO)                                                                               \
  DO(UNFOLD_FROM_POINTS + 0x42) DO(UNFOLD_FROM_POINTS + 0x43) DO(UNFOLD_FROM_POINTS + 0x62)                \
  DO(UNFOLD_FROM_POINTS + 0x63) DO(UNFOLD_FROM_POINTS + 0x64) DO(UNFOLD_FROM_POINTS + 0x65)
#define LINES_TO_POINTS(DO)                                                                              \
  DO(UNFOLD_INPUT + 0x88) DO(UNFOLD_TO_POINTS + 0x82) DO(UNFOLD_TO_POINTS + 0x84) DO(UNFOLD_TO_POINTS + 0x85) \
  DO(UNFOLD_TO_POINTS + 0x87)
#define LINES_FROM_POINTS(DO)                                                                            \
  DO(UNFOLD_FROM_POINTS + 0x82) DO(UNFOLD_FROM_POINTS + 0x84) DO(UNFOLD_FROM_POINTS + 0x85)              \
  DO(UNFOLD_FROM_POINTS + 0x87)

#define FAMILY "winograd.inc"
#define NARROW_LANES 1
#include "kernels.def"
