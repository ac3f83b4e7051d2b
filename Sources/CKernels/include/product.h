#ifndef UNFOLD_PRODUCT_H
#define UNFOLD_PRODUCT_H

#include <stddef.h>

// The micro-kernels of the two matrix products that every convolution consists of. A block of MR x NR sums (rows x
// panel width) stays in registers:
//
//   product         terms                     panel width              panel width
//            +---------------+             +-------------+          +-------------+
//     rows   |     rows      |  *  terms   |    panel    |    ->    |   target    |  rows
//            +---------------+             +-------------+          +-------------+
//            for each tap, one after another: the GEMM's K is taps x terms
//
//   outer           terms                     panel width              panel width
//            +---------------+             +-------------+          +-------------+
//     rows   |    rows^T     |  *  terms   |    panel    |    +=    |   target    |  rows
//            +---------------+             +-------------+          +-------------+
//
// The left-hand matrix is given by an indirection buffer, the addresses of its rows: nothing has to be copied to form
// it (Dukhan, "The Indirect Convolution Algorithm", 2019). The panels of the right-hand matrix are packed.

// The epilogue: what is done to the sums of a product before they are stored.
enum {
  // Negative sums become 0.
  UNFOLD_RELU = 1,
  // The sums are written by non-temporal stores, for outputs that are larger than the cache. The target's rows begin on
  // a boundary of 64 bytes and `columns` are whole vectors. See stream.h.
  UNFOLD_STREAM = 2,
  // The target's own values are added, besides the bias.
  UNFOLD_ADD = 4
};

// target[i][column + j] = bias[j] + sum over t < taps, k < terms of
//     indirection[t * tap_stride + i][offset + k] * panel[(t * terms + k) * width + j]
// for i < rows, j < columns. The indirection buffer has the addresses of the left-hand matrix's rows, tap by tap; taps
// whose elements lie side by side count as one. A tap is left out of a block of MR rows whose first address is NULL.
// `target` has the addresses of the result's rows. There may be more rows than MR if `columns` is NR. `bias` has `width` values; without it, the target's own values are added to.
typedef struct {
  size_t tap_stride, taps, offset, terms;
  // The panel's own width, at least `columns`.
  size_t width;
  size_t column, rows, columns;
  unsigned epilogue;
} unfold_product;

// target[i * target_stride + j] += sum over t < terms of left[t][offset + i] * panel[t * panel_stride + j]
// for i < rows <= MR, j < columns <= width <= panel_stride. `left` has the addresses of the rows.
//
// `packed_outer` has packed rows, left[t * MR + i], instead: with many panels, it is cheaper to pack the rows
// beforehand than to read short pieces of them, which lie far apart, again for each panel.
typedef struct {
  size_t terms, offset, width, panel_stride, target_stride, rows, columns;
} unfold_outer;

// target[t * MR + i] = indirection[t][offset + i] for t < terms, i < rows. `rows` may be 2 MR too, for pieces of a
// whole cache line; the second block follows the first.
typedef struct {
  size_t terms, offset, rows;
} unfold_row_packing;

#endif
