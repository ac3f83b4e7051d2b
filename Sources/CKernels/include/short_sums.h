#ifndef UNFOLD_SHORT_SUMS_H
#define UNFOLD_SHORT_SUMS_H

#include <stddef.h>

// A matrix product whose sums have so few terms that its time is that of writing the result:
//
//               terms                panel   panel                    columns
//            +---------+           +-------+-------+            +-----------------+
//     rows   | source  |  * terms  | ----> | ----> |     ->     | --------------> |  rows
//            +---------+           +-------+-------+            +-----------------+
//
// The rows are written one after another, each from end to end, in the order of memory: the hardware then prefetches
// the lines before they are written. Blocks of several rows and some columns (product.h) multiply faster, but wait
// longer for memory.

// The most terms of such a sum: each stays in a register in the loop over the columns.
enum { UNFOLD_SHORT_TERMS = 4 };

// target[i * columns + j] = bias[j] + sum over k < terms of source[i * terms + k] * right[k][j] for i < rows, j <
// columns, which are whole vectors: a multiple of half the panels' width. `right` is in panels of NR columns, the last
// of which may be half as wide. The epilogue is UNFOLD_RELU or 0: non-temporal stores were no faster up to 67 MB, and
// above that only for cores of two chiplets.
typedef struct {
  size_t terms, rows, columns;
  unsigned epilogue;
} unfold_short_sums;

#endif
