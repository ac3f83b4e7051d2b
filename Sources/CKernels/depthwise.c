#include "taps.h"

#define BLOCK_PIXELS 8
#define BLOCK_TAPS 9
// The most pixels whose products are accumulated in registers before they are added to the filter gradient.
#define SUM_PIXELS 1024

// The place in the source that lies farthest from the first tap in a direction, 1 or -1.
static ptrdiff_t farthest_tap(const unfold_rectangle *rectangle, int direction) {
  if (taps_of(rectangle) == 0) return 0;
  const ptrdiff_t row = (ptrdiff_t)(rectangle->tap_rows - 1) * rectangle->source_tap_row;
  const ptrdiff_t column = (ptrdiff_t)(rectangle->tap_columns - 1) * rectangle->source_tap;
  return (direction * row > 0 ? row : 0) + (direction * column > 0 ? column : 0);
}

// Whether two lines are better summed at once, in narrower blocks: where both read the same lines of the source, those
// are loaded once. Pixels of few channels are better read along one line, in the order of memory.
static int share_source_lines(const unfold_rectangle *rectangle) {
  return rectangle->source_pixel >= 128 && taps_of(rectangle) > 0 &&
         farthest_tap(rectangle, 1) - farthest_tap(rectangle, -1) >= 2 * (ptrdiff_t)rectangle->source_line;
}

// Where the source begins that the second line reads and the first does not; -1 where that need not be known, or lines
// do not follow one another in memory.
static ptrdiff_t source_after_first_line(const unfold_rectangle *rectangle) {
  const size_t width = rectangle->pixels * rectangle->source_pixel;
  if (!rectangle->is_far || rectangle->lines < 2 || rectangle->source_line < width) return -1;
  return farthest_tap(rectangle, 1) + width;
}

#define FAMILY "depthwise.inc"
#include "kernels.def"
