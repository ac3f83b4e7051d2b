#pragma once

#include <stddef.h>
#include <stdint.h>

/// The weights of a resize's axis: output i is the sum over t of weights[i * stride + t] * input[first[i] + t], for t
/// below counts[i], in fixed point.
typedef struct {
  const int32_t *first;
  const int32_t *counts;
  const int32_t *weights;
  int32_t stride;
  /// The number of outputs.
  int32_t outputs;
} unfold_resize_axis;

/// The bits behind the point: with 8 bits of a pixel, and weights whose sizes add up to at most 2, sums have 32.
enum { UNFOLD_RESIZE_BITS = 22 };

/// Resizes the columns of four rows of coloured pixels.
///
/// @param source The first row and, `source_bytes` apart, three more; the byte behind the last pixel is read too.
/// @param target Receives the rows, `target_bytes` apart.
void unfold_resize_colour4(
    const uint8_t *source, ptrdiff_t source_bytes, uint8_t *target, ptrdiff_t target_bytes,
    const unfold_resize_axis *axis);

/// Resizes the columns of one row of grey pixels.
void unfold_resize_grey(const uint8_t *source, uint8_t *target, const unfold_resize_axis *axis);

/// Resizes rows: writes the weighted sum of some rows of `count` bytes each.
///
/// @param source The first of the rows, which lie one behind the other.
/// @param weights One for each of the `taps` rows.
void unfold_resize_mix_rows(
    const uint8_t *source, ptrdiff_t count, const int32_t *weights, int32_t taps, uint8_t *target);
