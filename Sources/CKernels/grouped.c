#include "grouped.h"

#include "taps.h"

// The pixels of a block of sums: of narrow groups, with TAP_VECTORS vectors each, and of whole vectors. At most 16 registers
// hold sums, or 8 of 16.
#define BLOCK_PIXELS 8
#define WIDE_PIXELS (TAP_VECTORS == 2 ? 14 : 8)
// The taps of a row that share the spread channels of a source pixel, and the taps of a filter gradient's block.
#define ROW_TAPS 3
// The channels of a wide group that a loop takes at once.
#define WIDE_CHANNELS (LANES < 4 ? LANES : 4)
// Keeps an address in a register: the compiler would otherwise compute it from another one again and again.
#define KEEP_ADDRESS(address) __asm__("" : "+r"(address))
// Keeps the compiler from loading what comes later before: registers that hold sums would be stored for it.
#define LOAD_LATER __asm__ volatile("" : : : "memory")
// The channels of a wide group whose products a block of a filter gradient holds, of a single vector.
#define BLOCK_CHANNELS (LANES < 4 * TAP_VECTORS ? LANES : 4 * TAP_VECTORS)
// The most pixels whose products are accumulated in registers before they are added to the filter gradient.
#define SUM_PIXELS 1024

// Whether a row has ROW_TAPS taps, which read neighbouring pixels of the source as neighbouring pixels of the target do.
static int has_sliding_taps(const unfold_rectangle *rectangle) {
  const ptrdiff_t tap = rectangle->source_tap, pixel = (ptrdiff_t)rectangle->source_pixel;
  return rectangle->tap_columns == ROW_TAPS && (tap == pixel || tap == -pixel);
}

#define FAMILY "grouped.inc"
#include "kernels.def"
