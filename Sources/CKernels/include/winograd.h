#ifndef UNFOLD_WINOGRAD_H
#define UNFOLD_WINOGRAD_H

#include <stddef.h>

// The transforms of Winograd's minimal filtering F(m x m, r x r): from pixels to n x n = (m + r - 1) x (m + r - 1) points,
// at each of which a convolution is a plain product, and back.
//
//             pixels                  points
//          +-----------+         +-------------+
//          |           |   L     |             |
//          |   X       |  --->   |  L X L^T    |         for each channel by itself
//          |           |         |             |
//          +-----------+         +-------------+
//
// L evaluates the polynomial whose coefficients are a row of pixels at n points: 0, a, -a, b, -b and infinity, or 0, 1, -1
// and infinity; or it is the transpose of such a map. See WinogradProduct for the algebra. Vectors run along the channels,
// of which there may be any number.

enum {
  // The n x n pixels of an input to as many points.
  UNFOLD_INPUT_4, UNFOLD_INPUT_6,
  // The taps of a filter, or the pixels of an output gradient, to points.
  UNFOLD_2_TO_4, UNFOLD_3_TO_4, UNFOLD_2_TO_6, UNFOLD_3_TO_6, UNFOLD_4_TO_6, UNFOLD_5_TO_6,
  // From points to the pixels of an output, or the taps of a filter gradient.
  UNFOLD_4_TO_2, UNFOLD_4_TO_3, UNFOLD_6_TO_2, UNFOLD_6_TO_3, UNFOLD_6_TO_4, UNFOLD_6_TO_5
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
