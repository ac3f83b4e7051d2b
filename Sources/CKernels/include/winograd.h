#ifndef UNFOLD_WINOGRAD_H
#define UNFOLD_WINOGRAD_H

#include <stddef.h>

// The transforms of Winograd's minimal filtering F(m x m, r x r) to the Winograd domain and from it. A tile has n x n =
// (m + r - 1) x (m + r - 1) values there ("points" in the names below), for each of which a convolution is a plain
// matrix product. F(m, r) works along one axis, on a line of pixels with n values.
//
//             pixels               Winograd domain
//          +-----------+         +-------------+
//          |           |   L     |             |
//          |   X       |  --->   |  L X L^T    |         for each channel by itself; on a line, L X
//          |           |         |             |
//          +-----------+         +-------------+
//
// L evaluates the polynomial whose coefficients are a row of pixels at n = 4, 6 or 8 interpolation points: 0, some
// pairs a and -a, and infinity; or it is the transpose of such a map. See WinogradProduct for the algebra. Vectors run
// along the channels, of which there may be any number.

// A map is encoded as the sum of its kind, 16 times its n points, and its pixels along one axis. There are:
//   input     4, 6 and 8 pixels to as many points
//   other     2 and 3 pixels from and to 4 points; 2, 3, 4 and 5 from and to 6; on a line also 2, 4, 5 and 7 from and
//             to 8
enum {
  // From the pixels of an input to the Winograd domain, as many values as pixels.
  UNFOLD_INPUT = 0x000,
  // From the taps of a filter, or the pixels of an output gradient, to the Winograd domain.
  UNFOLD_TO_POINTS = 0x100,
  // From the Winograd domain to the pixels of an output, or the taps of a filter gradient.
  UNFOLD_FROM_POINTS = 0x200,
  // Added to any of these: along one axis only.
  UNFOLD_LINE = 0x1000
};

//   to_points    points[place] = (L X L^T)[point] of X[i] = pixels[t * count + i][offset + c]
//   from_points  pixels[t * count + i][offset + c] = bias[c] + (L X L^T)[i] of X[point] = points[place]
// for t < tiles, c < channels, with place = t * tile_stride + point * point_stride + c. `count` is the number of pixels
// of the map, and `pixels` are their addresses, tile by tile. Without a bias, from 0.
typedef struct {
  unsigned map;
  size_t offset, point_stride, tile_stride, tiles, channels;
  // Of from_points: UNFOLD_RELU or 0.
  unsigned epilogue;
  // Of to_points: whether the result is written by non-temporal stores, where vectors are whole cache lines: for values
  // that all threads read and one thread will overwrite. A line that several caches hold is slow to write, 29 ns where
  // cores do not share a cache (Zen 4).
  int streams;
} unfold_transform;

#endif
