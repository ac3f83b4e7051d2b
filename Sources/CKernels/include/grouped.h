#ifndef UNFOLD_GROUPED_H
#define UNFOLD_GROUPED_H

#include "rectangle.h"

// A rectangle of pixels of a grouped convolution whose groups have as many channels as filters, their width:
//
//     source, 12 channels      | a b c d | e f g h | i j k l |            width 4, 3 groups
//                                  \|/       \|/       \|/
//     target, 12 channels      | . . . . | . . . . | . . . . |
//
// The filter has `width` rows of all channels for each tap: that of channel c of each group begins at
//     filter[filter_first + r * filter_tap_row + s * filter_tap + c * filter_channel]
// The kernels take widths of 2, 4 and multiples of 8, rectangles of at least 16 channels, and at most LISTED_TAPS taps,
// see taps.h.
typedef struct {
  unfold_rectangle rectangle;
  size_t width, filter_channel;
} unfold_grouped;

#endif
