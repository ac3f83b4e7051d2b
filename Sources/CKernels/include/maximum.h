#ifndef UNFOLD_MAXIMUM_H
#define UNFOLD_MAXIMUM_H

#include "rectangle.h"

// Max pooling, on rectangles of pixels; see rectangle.h. A place is the number of the tap that the maximum lay on: a byte
// if `is_narrow`, else 32 bits.

// target[i, j, c] = the largest over t of source[i, j, t, c], the first of several, a NaN larger than any number;
// places[i, j, c] = the number of that tap. There is a tap.
void unfold_take_maxima_float(
    const unfold_rectangle *rectangle, const float *source, float *target, void *places, int is_narrow);
void unfold_take_maxima_double(
    const unfold_rectangle *rectangle, const double *source, double *target, void *places, int is_narrow);

// target[i, j, c] = the sum of the source[i, j, t, c] whose places[i, j, t, c] is the number of tap t, from the last
// tap to the first; the places lie as the source does.
void unfold_route_to_maxima_float(
    const unfold_rectangle *rectangle, const float *source, const void *places, int is_narrow, float *target);
void unfold_route_to_maxima_double(
    const unfold_rectangle *rectangle, const double *source, const void *places, int is_narrow, double *target);

#endif
