#ifndef UNFOLD_KERNELS_H
#define UNFOLD_KERNELS_H

#include "dot.h"
#include "grouped.h"
#include "product.h"
#include "rectangle.h"
#include "short_sums.h"
#include "winograd.h"

#pragma clang assume_nonnull begin

// The kernels of one element type and one instruction set. They are C, where a function can be compiled for an
// instruction set of its own. The same source is compiled for each instance of kernels.def; the process chooses one
// when it starts.
//
// A kernel's extents and strides are a struct, and its operands are arguments, in registers. C has no generic types, so
// that operands are `void`: elements of the type of the table, or `rows` and `pixels`, which are addresses of such
// elements. A micro-kernel prefetches memory from `prefetch` on meanwhile: for each block one line for each of its
// products.
typedef struct {
  // The instruction set's word in UNFOLD_KERNELS, and its name.
  const char *set, *set_name;
  // MR, the rows of a block of sums. NR, the width of a packed panel: the columns of the right-hand matrix that lie
  // side by side. A last panel of fewer columns is half as wide, or the half of that and so on, down to the narrowest.
  size_t mr, nr, narrowest_panel;
  // The elements of a vector.
  size_t lanes;
  // See product.h.
  void (*product)(
      const unfold_product *, const void *indirection, const void *panel, const void *_Nullable bias,
      const void *target, const void *_Nullable prefetch);
  void (*outer)(
      const unfold_outer *, const void *left, const void *panel, void *target, const void *_Nullable prefetch);
  void (*packed_outer)(
      const unfold_outer *, const void *left, const void *panel, void *target, const void *_Nullable prefetch);
  void (*pack_rows)(const unfold_row_packing *, const void *indirection, void *target);
  // See short_sums.h and dot.h.
  void (*short_sums)(
      const unfold_short_sums *, const void *source, const void *panels, const void *bias, void *target);
  void (*dot)(
      const unfold_dot *, const void *indirection, const void *filter, const void *bias, const void *target);
  // See winograd.h.
  void (*to_points)(const unfold_transform *, const void *pixels, void *points);
  void (*from_points)(
      const unfold_transform *, const void *points, const void *_Nullable bias, const void *pixels);
  // Depthwise convolutions of a rectangle's pixels; see rectangle.h. Without a bias, from 0:
  //     target[i, j, c] = bias[c] + sum over t of source[i, j, t, c] * filter[t, c]
  //     filter[t, c] += sum over i, j of source[i, j, t, c] * target[i, j, c]
  void (*sum_taps)(
      const unfold_rectangle *, const void *source, const void *filter, const void *_Nullable bias, void *target);
  void (*sum_pixels)(const unfold_rectangle *, const void *source, const void *target, void *filter);
  // Grouped convolutions of a rectangle's pixels; see grouped.h. g(k) is the first channel of k's group:
  //     target[i, j, k] = bias[k] + sum over t, c < width of source[i, j, t, g(k) + c] * filter[t, c, k]
  //     filter[t, c, k] += sum over i, j of source[i, j, t, g(k) + c] * target[i, j, k]
  void (*sum_group_taps)(
      const unfold_grouped *, const void *source, const void *filter, const void *_Nullable bias, void *target);
  void (*sum_group_pixels)(const unfold_grouped *, const void *source, const void *target, void *filter);
  // Max pooling of a rectangle's pixels. A place is the number of the tap that the maximum lay on: a byte if
  // `is_narrow`, else 32 bits. There is a tap; the first of several maxima counts, and a NaN is larger than any number.
  //     target[i, j, c] = the largest over t of source[i, j, t, c]       places[i, j, c] = the number of that tap
  void (*take_maxima)(const unfold_rectangle *, const void *source, void *target, void *places, int is_narrow);
  // Its gradient, from the last tap to the first; the places lie as the source does:
  //     target[i, j, c] = the sum of the source[i, j, t, c] whose places[i, j, t, c] is the number of tap t
  void (*route_to_maxima)(
      const unfold_rectangle *, const void *source, const void *places, int is_narrow, void *target);
} unfold_kernel_table;

// The kernels of the widest instruction set that this processor has, chosen before `main`, so that a call has nothing
// to check. UNFOLD_KERNELS=avx2 or baseline in the environment selects narrower ones, for tests and comparisons.
extern const unfold_kernel_table *unfold_chosen_float, *unfold_chosen_double;

static inline const unfold_kernel_table *unfold_float_kernels(void) { return unfold_chosen_float; }
static inline const unfold_kernel_table *unfold_double_kernels(void) { return unfold_chosen_double; }

#pragma clang assume_nonnull end

#endif
