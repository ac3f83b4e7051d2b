#ifndef UNFOLD_TAPS_H
#define UNFOLD_TAPS_H

#include "rectangle.h"

static inline size_t taps_of(const unfold_rectangle *rectangle) { return rectangle->tap_rows * rectangle->tap_columns; }

// The most taps that a kernel lists; for more it loops over rows and columns.
#define LISTED_TAPS (2 * UNFOLD_SUM_TERMS)

// The places of few taps in the source and in the filter, row by row. The list is on the kernel's stack, and one loop
// over it is cheaper than two over rows and columns.
typedef struct {
  size_t count;
  ptrdiff_t source[LISTED_TAPS], filter[LISTED_TAPS];
} unfold_taps;

static inline void list_taps(const unfold_rectangle *rectangle, unfold_taps *taps) {
  size_t count = 0;
  for (size_t r = 0; r < rectangle->tap_rows; ++r) {
    for (size_t s = 0; s < rectangle->tap_columns; ++s) {
      taps->source[count] = (ptrdiff_t)r * rectangle->source_tap_row + (ptrdiff_t)s * rectangle->source_tap;
      taps->filter[count] = rectangle->filter_first + (ptrdiff_t)r * rectangle->filter_tap_row +
                            (ptrdiff_t)s * rectangle->filter_tap;
      ++count;
    }
  }
  taps->count = count;
}

// The taps of a row from `first` on that still belong to a block of which `pending` taps have been accumulated.
static inline size_t taps_of_block(size_t first, size_t columns, size_t pending) {
  const size_t rest = UNFOLD_SUM_TERMS - pending;
  return columns - first < rest ? columns - first : rest;
}

#endif
