#ifndef UNFOLD_SHORT_SUMS_H
#define UNFOLD_SHORT_SUMS_H

#include <stddef.h>

// A product of so few terms that what it takes is to write its results:
//
//               terms                panel   panel                    columns
//            +---------+           +-------+-------+            +-----------------+
//     rows   | source  |  * terms  | ----> | ----> |     ->     | --------------> |  rows
//            +---------+           +-------+-------+            +-----------------+
//
// One row after the other is written from end to end, as all of them lie in memory: a processor foresees that, and has the
// lines there before they are written. Blocks of several rows and some columns (kernels.h) multiply faster and wait longer.

// The most terms of such a sum: each stays in a register while all columns go by.
enum { UNFOLD_SHORT_TERMS = 4 };

// target[i * columns + j] = start[j] + sum over k < terms of source[i * terms + k] * right[k][j]
// for i < rows, j < columns, which are whole vectors: a multiple of half the panels' width. `right` is in panels as wide as
// those of kernels.h, the last of which may be half as wide. `finish` is UNFOLD_RELU or 0:
// stores past the cache were no faster up to 67 MB, and beyond it only for cores of two chiplets.
void unfold_short_sums_float(
    const float *source, size_t terms, const float *panels, const float *start, float *target, size_t rows,
    size_t columns, unsigned finish);
void unfold_short_sums_double(
    const double *source, size_t terms, const double *panels, const double *start, double *target, size_t rows,
    size_t columns, unsigned finish);

#endif
