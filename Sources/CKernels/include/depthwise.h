#ifndef UNFOLD_DEPTHWISE_H
#define UNFOLD_DEPTHWISE_H

#include "rectangle.h"

// The kernels of depthwise convolutions, on rectangles of pixels; see rectangle.h.

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
