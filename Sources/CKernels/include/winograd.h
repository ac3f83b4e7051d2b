#ifndef UNFOLD_WINOGRAD_H
#define UNFOLD_WINOGRAD_H

#include <stddef.h>

// The transforms of Winograd's minimal filtering F(m x m, 3 x 3): from pixels to n x n = (m + 2) x (m + 2) points, at each
// of which a convolution is a plain product, and back.
//
//             pixels                  points
//          +-----------+         +-------------+
//          |           |   L     |             |
//          |   X       |  --->   |  L X L^T    |         for each channel by itself
//          |           |         |             |
//          +-----------+         +-------------+
//
// L evaluates the polynomial whose coefficients are a row of pixels at the points 0, a, -a, b, -b and infinity (m = 4),
// or 0, 1, -1 and infinity (m = 2), or is the transpose of such a map. See ConvolutionGeometry+Winograd for the algebra.
// Vectors run along the channels, of which there may be any number.

// From pixels to points; the number is that of m.
enum {
  // (m + 2) x (m + 2) pixels of an input.
  UNFOLD_INPUT_2, UNFOLD_INPUT_4,
  // 3 x 3 taps of a filter.
  UNFOLD_FILTER_2, UNFOLD_FILTER_4,
  // m x m pixels of an output gradient.
  UNFOLD_GRADIENT_2, UNFOLD_GRADIENT_4,
  // And back: m x m pixels of an output.
  UNFOLD_OUTPUT_2, UNFOLD_OUTPUT_4,
  // 3 x 3 taps of a filter gradient.
  UNFOLD_TAPS_2, UNFOLD_TAPS_4
};

// points[t * tile_stride + point * stride + c] = (L X L^T)[point] of X[i] = pixels[t * count + i][offset + c]
// for t < tiles, c < channels; `count` is the number of pixels of the map.
void unfold_to_points_float(
    unsigned map, const float *const *pixels, size_t offset, float *points, size_t stride, size_t tile_stride,
    size_t tiles, size_t channels);
void unfold_to_points_double(
    unsigned map, const double *const *pixels, size_t offset, double *points, size_t stride, size_t tile_stride,
    size_t tiles, size_t channels);

// pixels[t * count + i][offset + c] = start[c] + (L X L^T)[i] of X[point] = points[t * tile_stride + point * stride + c].
// Without `start`, from 0. `finish` is as for the products, without UNFOLD_STREAM.
void unfold_from_points_float(
    unsigned map, const float *points, size_t stride, size_t tile_stride, float *const *pixels, size_t offset,
    const float *start, size_t tiles, size_t channels, unsigned finish);
void unfold_from_points_double(
    unsigned map, const double *points, size_t stride, size_t tile_stride, double *const *pixels, size_t offset,
    const double *start, size_t tiles, size_t channels, unsigned finish);

#endif
