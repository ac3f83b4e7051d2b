#ifndef UNFOLD_KERNELS_H
#define UNFOLD_KERNELS_H

#include <stddef.h>

// The micro-kernels of the two matrix products that every convolution consists of. A block of MR x NR sums (rows x
// panel width) stays in registers; `run` and `count` are the GEMM's K:
//
//   product          run                       panel width              panel width
//            +---------------+             +-------------+          +-------------+
//     rows   | source[s][i]  |  *   run    |  panel      |   ->     | target[i]   |  rows
//            +---------------+             +-------------+          +-------------+
//            for each segment s, one after another
//
//   outer            count                     panel width              panel width
//            +---------------+             +-------------+          +-------------+
//     rows   | source[t]^T   |  *   count  |  panel      |   +=     | target      |  rows
//            +---------------+             +-------------+          +-------------+
//
// The rows of the left-hand matrix are given by an indirection buffer of their addresses: nothing has to be copied to
// form it (Dukhan, "The Indirect Convolution Algorithm", 2019). The panels of the right-hand matrix are packed.
//
// The kernels are C, where a function can be compiled for an instruction set of its own. The same source is compiled
// for AVX-512, for AVX2 and for the baseline; the process chooses one when it starts.

// MR, the most rows of one block.
size_t unfold_block_rows_float(void);
size_t unfold_block_rows_double(void);

// NR, the width of a packed panel: the number of columns of the right-hand matrix that lie side by side. `width` below
// is NR, or for a last panel with fewer columns its half, the half of that and so on, down to the narrowest.
size_t unfold_panel_width_float(void);
size_t unfold_panel_width_double(void);
size_t unfold_narrowest_panel_float(void);
size_t unfold_narrowest_panel_double(void);

// The epilogue: what is done to the sums of a product before they are stored.
enum {
  // Negative sums become 0.
  UNFOLD_RELU = 1,
  // The sums are written by non-temporal stores, for outputs that are larger than the cache. The target's rows begin on
  // a boundary of 64 bytes and `columns` are whole vectors. See stream.h.
  UNFOLD_STREAM = 2,
  // The target's own values are added, besides `start`.
  UNFOLD_ADD = 4
};

// target[i][column + j] = start[j] + sum over s < segments, k < run of
//     source[s * stride + i][offset + k] * panel[(s * run + k) * width + j]
// for i < rows, j < columns <= width. `start` holds `width` values; without it, the target's own values are added to.
// There may be more rows than a block has if `columns` is NR. Memory from `ahead` on, unless that is null, is prefetched at
// the same time: for each block one line for each of the segments * run products.
void unfold_product_float(
    const float *const *source, size_t stride, size_t segments, size_t offset, size_t run, const float *panel,
    size_t width, const float *start, float *const *target, size_t column, size_t rows, size_t columns, unsigned finish,
    const void *ahead);
void unfold_product_double(
    const double *const *source, size_t stride, size_t segments, size_t offset, size_t run, const double *panel,
    size_t width, const double *start, double *const *target, size_t column, size_t rows, size_t columns, unsigned finish,
    const void *ahead);

// target[i * stride + j] += sum over t < count of source[t][offset + i] * panel[t * pitch + j]
// for i < rows, j < columns <= width <= pitch. Memory from `ahead` on, unless that is null, is prefetched at the same time:
// one line for each of the `count` products.
void unfold_outer_float(
    const float *const *source, size_t count, size_t offset, const float *panel, size_t width, size_t pitch,
    float *target, size_t stride, size_t rows, size_t columns, const void *ahead);
void unfold_outer_double(
    const double *const *source, size_t count, size_t offset, const double *panel, size_t width, size_t pitch,
    double *target, size_t stride, size_t rows, size_t columns, const void *ahead);

// The same with the rows of the left-hand matrix gathered beforehand, block rows apart: source[t * block rows + i].
// With many panels, that is cheaper than to read short pieces of rows that lie far apart again for each.
void unfold_gathered_outer_float(
    const float *source, size_t count, const float *panel, size_t width, size_t pitch, float *target, size_t stride,
    size_t rows, size_t columns, const void *ahead);
void unfold_gathered_outer_double(
    const double *source, size_t count, const double *panel, size_t width, size_t pitch, double *target, size_t stride,
    size_t rows, size_t columns, const void *ahead);

// target[t * block rows + i] = source[t][offset + i] for t < count, i < rows. `rows` may be 2 MR too, for pieces of a whole
// cache line; the second block follows the first.
void unfold_gather_float(const float *const *source, size_t count, size_t offset, size_t rows, float *target);
void unfold_gather_double(const double *const *source, size_t count, size_t offset, size_t rows, double *target);

#endif
