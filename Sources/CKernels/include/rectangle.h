#ifndef UNFOLD_RECTANGLE_H
#define UNFOLD_RECTANGLE_H

#include <stddef.h>

// A rectangle of pixels that the same taps meet, for depthwise convolutions and pooling: inside one there is nothing to
// ask about the border. Every tap reads a rectangle of the source, as large as the target's and shifted:
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
// The address of line i, pixel j, tap t and channel c is
//     source[i * source_line + j * source_pixel + source_tap[t] + c]
//     target[i * target_line + j * target_pixel + c]
//     filter[filter_tap[t] + c]
// The filter of pooling has no elements; there, filter_tap[t] is the tap's number within the window.
typedef struct {
  size_t lines, pixels, taps, channels;
  size_t source_line, source_pixel, target_line, target_pixel;
  const ptrdiff_t *source_tap, *filter_tap;
  // Whether the source comes from memory, so that it is asked for before its time.
  int is_far;
  // Whether the target is written past the cache; its pixels and channels then fill lines of it. See stream.h.
  int streams;
} unfold_rectangle;

#endif
