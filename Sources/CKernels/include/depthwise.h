#ifndef UNFOLD_DEPTHWISE_H
#define UNFOLD_DEPTHWISE_H

#include <stddef.h>

// The two products of a depthwise convolution, on rectangles of pixels that the same taps meet: inside one there is
// nothing to ask about the border. Every tap reads a rectangle of the source, as large as the target's and shifted:
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
typedef struct {
  size_t lines, pixels, taps, channels;
  size_t source_line, source_pixel, target_line, target_pixel;
  const ptrdiff_t *source_tap, *filter_tap;
} unfold_rectangle;

// target[i, j, c] = start[c] + sum over t of source[i, j, t, c] * filter[t, c]; `start` may be NULL for 0.
void unfold_sum_taps_float(
    const unfold_rectangle *rectangle, const float *source, const float *filter, const float *start, float *target);
void unfold_sum_taps_double(
    const unfold_rectangle *rectangle, const double *source, const double *filter, const double *start,
    double *target);

// filter[t, c] += sum over i, j of source[i, j, t, c] * target[i, j, c].
void unfold_sum_pixels_float(
    const unfold_rectangle *rectangle, const float *source, const float *target, float *filter);
void unfold_sum_pixels_double(
    const unfold_rectangle *rectangle, const double *source, const double *target, double *filter);

#endif
