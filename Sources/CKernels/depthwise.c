#include "depthwise.h"

#include "instruction_set.h"
#include "taps.h"
#include "targets.h"

#define BLOCK_PIXELS 8
#define BLOCK_TAPS 9
// The most pixels whose products are accumulated in registers before they are added to the filter gradient.
#define SUM_PIXELS 1024

// The place in the source that lies farthest from the first tap in a direction, 1 or -1.
static ptrdiff_t farthest_tap(const unfold_rectangle *rectangle, int direction) {
  if (taps_of(rectangle) == 0) return 0;
  const ptrdiff_t row = (ptrdiff_t)(rectangle->tap_rows - 1) * rectangle->source_tap_row;
  const ptrdiff_t column = (ptrdiff_t)(rectangle->tap_columns - 1) * rectangle->source_tap;
  return (direction * row > 0 ? row : 0) + (direction * column > 0 ? column : 0);
}

// Whether two lines are better summed at once, in narrower blocks: where both read the same lines of the source, those
// are loaded once. Pixels of few channels are better read along one line, in the order of memory.
static int share_source_lines(const unfold_rectangle *rectangle) {
  return rectangle->source_pixel >= 128 && taps_of(rectangle) > 0 &&
         farthest_tap(rectangle, 1) - farthest_tap(rectangle, -1) >= 2 * (ptrdiff_t)rectangle->source_line;
}

// Where the source begins that the second line reads and the first does not; -1 where that need not be known, or lines
// do not follow one another in memory.
static ptrdiff_t source_after_first_line(const unfold_rectangle *rectangle) {
  const size_t width = rectangle->pixels * rectangle->source_pixel;
  if (!rectangle->is_far || rectangle->lines < 2 || rectangle->source_line < width) return -1;
  return farthest_tap(rectangle, 1) + width;
}

#if defined(__x86_64__)

#define SCALAR float
#define LANES 16
#define VECTORS 2
#define TARGET AVX512
#define NAME(x) x##_float_avx512
#include "depthwise.inc"

#define SCALAR double
#define LANES 8
#define VECTORS 2
#define TARGET AVX512
#define NAME(x) x##_double_avx512
#include "depthwise.inc"

#define SCALAR float
#define LANES 8
#define VECTORS 1
#define TARGET AVX2
#define NAME(x) x##_float_avx2
#include "depthwise.inc"

#define SCALAR double
#define LANES 4
#define VECTORS 1
#define TARGET AVX2
#define NAME(x) x##_double_avx2
#include "depthwise.inc"

#endif

#define SCALAR float
#define LANES 4
#define VECTORS 1
#define TARGET BASELINE
#define NAME(x) x##_float_baseline
#include "depthwise.inc"

#define SCALAR double
#define LANES 2
#define VECTORS 1
#define TARGET BASELINE
#define NAME(x) x##_double_baseline
#include "depthwise.inc"

static const struct {
  void (*sum_taps)(const unfold_rectangle *, const float *, const float *, const float *, float *);
  void (*sum_pixels)(const unfold_rectangle *, const float *, const float *, float *);
} float_kernels[] = {
    [UNFOLD_BASELINE] = {sum_taps_float_baseline, sum_pixels_float_baseline},
#if defined(__x86_64__)
    [UNFOLD_AVX2] = {sum_taps_float_avx2, sum_pixels_float_avx2},
    [UNFOLD_AVX512] = {sum_taps_float_avx512, sum_pixels_float_avx512},
#endif
};

static const struct {
  void (*sum_taps)(const unfold_rectangle *, const double *, const double *, const double *, double *);
  void (*sum_pixels)(const unfold_rectangle *, const double *, const double *, double *);
} double_kernels[] = {
    [UNFOLD_BASELINE] = {sum_taps_double_baseline, sum_pixels_double_baseline},
#if defined(__x86_64__)
    [UNFOLD_AVX2] = {sum_taps_double_avx2, sum_pixels_double_avx2},
    [UNFOLD_AVX512] = {sum_taps_double_avx512, sum_pixels_double_avx512},
#endif
};

void unfold_sum_taps_float(
    const unfold_rectangle *rectangle, const float *source, const float *filter, const float *start, float *target) {
  float_kernels[unfold_kernels].sum_taps(rectangle, source, filter, start, target);
}

void unfold_sum_taps_double(
    const unfold_rectangle *rectangle, const double *source, const double *filter, const double *start,
    double *target) {
  double_kernels[unfold_kernels].sum_taps(rectangle, source, filter, start, target);
}

void unfold_sum_pixels_float(
    const unfold_rectangle *rectangle, const float *source, const float *target, float *filter) {
  float_kernels[unfold_kernels].sum_pixels(rectangle, source, target, filter);
}

void unfold_sum_pixels_double(
    const unfold_rectangle *rectangle, const double *source, const double *target, double *filter) {
  double_kernels[unfold_kernels].sum_pixels(rectangle, source, target, filter);
}
