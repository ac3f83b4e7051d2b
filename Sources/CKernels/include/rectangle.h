#ifndef UNFOLD_RECTANGLE_H
#define UNFOLD_RECTANGLE_H

#include <stddef.h>

// A rectangle of pixels that read the source by the same taps, for depthwise convolutions and pooling: inside it there
// are no border tests. Every tap reads a rectangle of the source, as large as the target's and shifted:
//
//            source                          target
//     +----------------------+          +----------------+
//     |  +----------------+  |          |                |  lines
//     |  | tap 0          |-+|  ->      |                |
//     |  |                | ||          |                |
//     |  +----------------+ ||          +----------------+
//     |    +----------------+|                pixels
//     +----------------------+
//
// The taps are rows and columns of a grid; no table of them is kept, however many they are. The address of line i,
// pixel j, the tap of row r and column s, and channel c is
//     source[i * source_line + j * source_pixel + r * source_tap_row + s * source_tap + c]
//     target[i * target_line + j * target_pixel + c]
//     filter[filter_first + r * filter_tap_row + s * filter_tap + c]
// The filter of pooling has no elements; there, the place in the filter is the tap's number within the window.
typedef struct {
  size_t lines, pixels, channels;
  size_t tap_rows, tap_columns;
  size_t source_line, source_pixel, target_line, target_pixel;
  ptrdiff_t source_tap_row, source_tap;
  ptrdiff_t filter_first, filter_tap_row, filter_tap;
  // Whether the source is not in the cache, so that it is prefetched.
  int is_far;
  // Whether the target is written by non-temporal stores; its pixels and channels then fill whole cache lines. See
  // stream.h.
  int streams;
} unfold_rectangle;

// The most terms that are accumulated one after another in single precision. The sums of such blocks are accumulated in
// double precision, so that the error of a sum does not grow with its number of terms.
#define UNFOLD_SUM_TERMS 128

#endif
