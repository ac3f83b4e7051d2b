#include "maximum.h"

#include <stdint.h>

#include "instruction_set.h"
#include "taps.h"
#include "targets.h"

// The bytes of a pixel from which on taps are read one after another, not interleaved, unless they are in the cache.
#define LONG_BYTES 512

// One channel at a time.
#define SCALAR float
#define INTEGER int32_t
#define LANES 1
#define TARGET BASELINE
#define NAME(x) x##_float_single
#include "maximum.inc"

#define SCALAR double
#define INTEGER int64_t
#define LANES 1
#define TARGET BASELINE
#define NAME(x) x##_double_single
#include "maximum.inc"

#define SCALAR float
#define INTEGER int32_t
#define LANES 4
#define TARGET BASELINE
#define NAME(x) x##_float_baseline
#define NARROW(x) x##_float_single
#include "maximum.inc"

#define SCALAR double
#define INTEGER int64_t
#define LANES 2
#define TARGET BASELINE
#define NAME(x) x##_double_baseline
#define NARROW(x) x##_double_single
#include "maximum.inc"

#if defined(__x86_64__)

#define SCALAR float
#define INTEGER int32_t
#define LANES 8
#define TARGET AVX2
#define NAME(x) x##_float_avx2
#define NARROW(x) x##_float_baseline
#include "maximum.inc"

#define SCALAR double
#define INTEGER int64_t
#define LANES 4
#define TARGET AVX2
#define NAME(x) x##_double_avx2
#define NARROW(x) x##_double_baseline
#include "maximum.inc"

#define SCALAR float
#define INTEGER int32_t
#define LANES 16
#define TARGET AVX512
#define NAME(x) x##_float_avx512
#define NARROW(x) x##_float_avx2
#include "maximum.inc"

#define SCALAR double
#define INTEGER int64_t
#define LANES 8
#define TARGET AVX512
#define NAME(x) x##_double_avx512
#define NARROW(x) x##_double_avx2
#include "maximum.inc"

#endif

static const struct {
  void (*take_maxima)(const unfold_rectangle *, const float *, float *, void *, int);
  void (*route_to_maxima)(const unfold_rectangle *, const float *, const void *, int, float *);
} float_kernels[] = {
    [UNFOLD_BASELINE] = {take_maxima_float_baseline, route_to_maxima_float_baseline},
#if defined(__x86_64__)
    [UNFOLD_AVX2] = {take_maxima_float_avx2, route_to_maxima_float_avx2},
    [UNFOLD_AVX512] = {take_maxima_float_avx512, route_to_maxima_float_avx512},
#endif
};

static const struct {
  void (*take_maxima)(const unfold_rectangle *, const double *, double *, void *, int);
  void (*route_to_maxima)(const unfold_rectangle *, const double *, const void *, int, double *);
} double_kernels[] = {
    [UNFOLD_BASELINE] = {take_maxima_double_baseline, route_to_maxima_double_baseline},
#if defined(__x86_64__)
    [UNFOLD_AVX2] = {take_maxima_double_avx2, route_to_maxima_double_avx2},
    [UNFOLD_AVX512] = {take_maxima_double_avx512, route_to_maxima_double_avx512},
#endif
};

void unfold_take_maxima_float(
    const unfold_rectangle *rectangle, const float *source, float *target, void *places, int is_narrow) {
  float_kernels[unfold_kernels].take_maxima(rectangle, source, target, places, is_narrow);
}

void unfold_route_to_maxima_float(
    const unfold_rectangle *rectangle, const float *source, const void *places, int is_narrow, float *target) {
  float_kernels[unfold_kernels].route_to_maxima(rectangle, source, places, is_narrow, target);
}

void unfold_take_maxima_double(
    const unfold_rectangle *rectangle, const double *source, double *target, void *places, int is_narrow) {
  double_kernels[unfold_kernels].take_maxima(rectangle, source, target, places, is_narrow);
}

void unfold_route_to_maxima_double(
    const unfold_rectangle *rectangle, const double *source, const void *places, int is_narrow, double *target) {
  double_kernels[unfold_kernels].route_to_maxima(rectangle, source, places, is_narrow, target);
}
