#ifndef UNFOLD_DOT_H
#define UNFOLD_DOT_H

#include <stddef.h>

// The product of rows, given by their addresses, with at most 4 filters, whose packed panel would be mostly zeros. The
// vectors go along the terms of a sum, not along the filters:
//
//              run                                   columns
//          +---------------+             run         +----+
//   rows   | source[s][i]  |  *  +-------------+  -> |    |  rows
//          +---------------+     | filter[j]   |     +----+
//                                +-------------+
// target[i][j] = start[j] + sum over s < segments, k < run of
//     source[s * stride + i][k] * filter[(j * segments + s) * run + k]
// for i < rows, j < columns <= 4. `run` is a multiple of the lanes.
void unfold_dot_float(
    const float *const *source, size_t stride, size_t segments, size_t run, const float *filter, const float *start,
    float *const *target, size_t rows, size_t columns);
void unfold_dot_double(
    const double *const *source, size_t stride, size_t segments, size_t run, const double *filter, const double *start,
    double *const *target, size_t rows, size_t columns);

// The elements of a vector.
size_t unfold_dot_lanes_float(void);
size_t unfold_dot_lanes_double(void);

#endif
