#ifndef UNFOLD_DOT_H
#define UNFOLD_DOT_H

#include <stddef.h>

// The product of rows, given by an indirection buffer, with at most 4 filters, whose packed panel would be mostly
// zeros. The vectors go along the terms of a sum, not along the filters:
//
//             terms                                  columns
//          +---------------+            terms        +----+
//   rows   |     rows      |  *  +-------------+  -> |    |  rows
//          +---------------+     | filter[j]   |     +----+
//                                +-------------+
//
// target[i][j] = bias[j] + sum over t < taps, k < terms of
//     indirection[t * tap_stride + i][k] * filter[(j * taps + t) * terms + k]
// for i < rows, j < columns <= 4. `terms` is a multiple of the lanes.
typedef struct {
  size_t tap_stride, taps, terms, rows, columns;
} unfold_dot;

#endif
