#include "winograd.h"

#include "instruction_set.h"
#include "kernels.h"
#include "stream.h"
#include "targets.h"

// The interpolation points besides 0 and infinity come in pairs p and -p; these are the p. With six points, Lavin and
// Gray 2016 have 1 and 2; 3/4 and 3/2 keep the magnitudes of the added numbers closer together, which makes the error
// five times smaller, and all sums of their products are exact. 1/2, 1 and 2 are the best of eight points for tiles of
// two and seven taps.
#define PAIR(n, k) \
  ((n) == 4 ? (SCALAR)1 : (n) == 6 ? (SCALAR)0.75 * ((k) + 1) : (SCALAR)0.5 * (1 << (k)))
#define PAIRS(map) ((POINTS(map) - 2) / 2)

// The parts of a map's code.
#define KIND(map) ((map) & 0xF00)
#define POINTS(map) ((map) >> 4 & 0xF)
#define PIXELS(map) ((map) & 0xF)
#define IS_LINE(map) (((map) & UNFOLD_LINE) != 0)
// The pixels of a tile.
#define AREA(map) (IS_LINE(map) ? PIXELS(map) : PIXELS(map) * PIXELS(map))

// Applies a macro to every map to the Winograd domain, and to every map from it.
#define MAPS_TO_POINTS(DO)                                                                              \
  DO(UNFOLD_INPUT + 0x44) DO(UNFOLD_INPUT + 0x66) DO(UNFOLD_TO_POINTS + 0x42) DO(UNFOLD_TO_POINTS + 0x43) \
  DO(UNFOLD_TO_POINTS + 0x62) DO(UNFOLD_TO_POINTS + 0x63) DO(UNFOLD_TO_POINTS + 0x64)                    \
  DO(UNFOLD_TO_POINTS + 0x65)
#define MAPS_FROM_POINTS(DO)                                                                               \
  DO(UNFOLD_FROM_POINTS + 0x42) DO(UNFOLD_FROM_POINTS + 0x43) DO(UNFOLD_FROM_POINTS + 0x62)                \
  DO(UNFOLD_FROM_POINTS + 0x63) DO(UNFOLD_FROM_POINTS + 0x64) DO(UNFOLD_FROM_POINTS + 0x65)
#define LINES_TO_POINTS(DO)                                                                              \
  DO(UNFOLD_INPUT + 0x88) DO(UNFOLD_TO_POINTS + 0x82) DO(UNFOLD_TO_POINTS + 0x84) DO(UNFOLD_TO_POINTS + 0x85) \
  DO(UNFOLD_TO_POINTS + 0x87)
#define LINES_FROM_POINTS(DO)                                                                            \
  DO(UNFOLD_FROM_POINTS + 0x82) DO(UNFOLD_FROM_POINTS + 0x84) DO(UNFOLD_FROM_POINTS + 0x85)              \
  DO(UNFOLD_FROM_POINTS + 0x87)

#if defined(__x86_64__)

#define SCALAR float
#define LANES 1
#define TARGET AVX2
#define NAME(x) x##_float_avx2_one
#define IS_ONE
#include "winograd.inc"

#define SCALAR double
#define LANES 1
#define TARGET AVX2
#define NAME(x) x##_double_avx2_one
#define IS_ONE
#include "winograd.inc"

#define SCALAR float
#define LANES 16
#define TARGET AVX512
#define NAME(x) x##_float_avx512
#define ONE(x) x##_float_avx2_one
#include "winograd.inc"

#define SCALAR double
#define LANES 8
#define TARGET AVX512
#define NAME(x) x##_double_avx512
#define ONE(x) x##_double_avx2_one
#include "winograd.inc"

#define SCALAR float
#define LANES 8
#define TARGET AVX2
#define NAME(x) x##_float_avx2
#define ONE(x) x##_float_avx2_one
#include "winograd.inc"

#define SCALAR double
#define LANES 4
#define TARGET AVX2
#define NAME(x) x##_double_avx2
#define ONE(x) x##_double_avx2_one
#include "winograd.inc"

#endif

#define SCALAR float
#define LANES 1
#define TARGET BASELINE
#define NAME(x) x##_float_baseline_one
#define IS_ONE
#include "winograd.inc"

#define SCALAR double
#define LANES 1
#define TARGET BASELINE
#define NAME(x) x##_double_baseline_one
#define IS_ONE
#include "winograd.inc"

#define SCALAR float
#define LANES 4
#define TARGET BASELINE
#define NAME(x) x##_float_baseline
#define ONE(x) x##_float_baseline_one
#include "winograd.inc"

#define SCALAR double
#define LANES 2
#define TARGET BASELINE
#define NAME(x) x##_double_baseline
#define ONE(x) x##_double_baseline_one
#include "winograd.inc"

static const struct {
  void (*to_points)(
      unsigned, const float *const *, size_t, float *, size_t, size_t, size_t, size_t, int);
  void (*from_points)(
      unsigned, const float *, size_t, size_t, float *const *, size_t, const float *, size_t, size_t, unsigned);
} float_kernels[] = {
    [UNFOLD_BASELINE] = {to_points_float_baseline, from_points_float_baseline},
#if defined(__x86_64__)
    [UNFOLD_AVX2] = {to_points_float_avx2, from_points_float_avx2},
    [UNFOLD_AVX512] = {to_points_float_avx512, from_points_float_avx512},
#endif
};

static const struct {
  void (*to_points)(
      unsigned, const double *const *, size_t, double *, size_t, size_t, size_t, size_t, int);
  void (*from_points)(
      unsigned, const double *, size_t, size_t, double *const *, size_t, const double *, size_t, size_t, unsigned);
} double_kernels[] = {
    [UNFOLD_BASELINE] = {to_points_double_baseline, from_points_double_baseline},
#if defined(__x86_64__)
    [UNFOLD_AVX2] = {to_points_double_avx2, from_points_double_avx2},
    [UNFOLD_AVX512] = {to_points_double_avx512, from_points_double_avx512},
#endif
};

void unfold_to_points_float(
    unsigned map, const float *const *pixels, size_t offset, float *points, size_t stride, size_t tile_stride,
    size_t tiles, size_t channels, int streams) {
  float_kernels[unfold_kernels].to_points(map, pixels, offset, points, stride, tile_stride, tiles, channels, streams);
}

void unfold_to_points_double(
    unsigned map, const double *const *pixels, size_t offset, double *points, size_t stride, size_t tile_stride,
    size_t tiles, size_t channels, int streams) {
  double_kernels[unfold_kernels].to_points(
      map, pixels, offset, points, stride, tile_stride, tiles, channels, streams);
}

void unfold_from_points_float(
    unsigned map, const float *points, size_t stride, size_t tile_stride, float *const *pixels, size_t offset,
    const float *start, size_t tiles, size_t channels, unsigned finish) {
  float_kernels[unfold_kernels].from_points(
      map, points, stride, tile_stride, pixels, offset, start, tiles, channels, finish);
}

void unfold_from_points_double(
    unsigned map, const double *points, size_t stride, size_t tile_stride, double *const *pixels, size_t offset,
    const double *start, size_t tiles, size_t channels, unsigned finish) {
  double_kernels[unfold_kernels].from_points(
      map, points, stride, tile_stride, pixels, offset, start, tiles, channels, finish);
}
