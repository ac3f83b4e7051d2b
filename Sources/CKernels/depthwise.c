#include "depthwise.h"

// Products and sums are fused where the processor can, as in kernels.c.
#pragma clang fp contract(fast)

#define BLOCK_PIXELS 8
#define BLOCK_TAPS 9

#if defined(__x86_64__)

#define AVX512 __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")))
#define AVX2 __attribute__((target("avx2,fma")))

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
#define TARGET
#define NAME(x) x##_float_baseline
#include "depthwise.inc"

#define SCALAR double
#define LANES 2
#define VECTORS 1
#define TARGET
#define NAME(x) x##_double_baseline
#include "depthwise.inc"

static struct {
  void (*sum_taps)(const unfold_rectangle *, const float *, const float *, const float *, float *);
  void (*sum_pixels)(const unfold_rectangle *, const float *, const float *, float *);
} float_kernels = {sum_taps_float_baseline, sum_pixels_float_baseline};

static struct {
  void (*sum_taps)(const unfold_rectangle *, const double *, const double *, const double *, double *);
  void (*sum_pixels)(const unfold_rectangle *, const double *, const double *, double *);
} double_kernels = {sum_taps_double_baseline, sum_pixels_double_baseline};

#if defined(__x86_64__)
// Before `main`, so that nothing has to be checked in a call.
__attribute__((constructor)) static void choose_depthwise_kernels(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw")) {
    float_kernels.sum_taps = sum_taps_float_avx512;
    float_kernels.sum_pixels = sum_pixels_float_avx512;
    double_kernels.sum_taps = sum_taps_double_avx512;
    double_kernels.sum_pixels = sum_pixels_double_avx512;
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    float_kernels.sum_taps = sum_taps_float_avx2;
    float_kernels.sum_pixels = sum_pixels_float_avx2;
    double_kernels.sum_taps = sum_taps_double_avx2;
    double_kernels.sum_pixels = sum_pixels_double_avx2;
  }
}
#endif

void unfold_sum_taps_float(
    const unfold_rectangle *rectangle, const float *source, const float *filter, const float *start, float *target) {
  float_kernels.sum_taps(rectangle, source, filter, start, target);
}

void unfold_sum_taps_double(
    const unfold_rectangle *rectangle, const double *source, const double *filter, const double *start,
    double *target) {
  double_kernels.sum_taps(rectangle, source, filter, start, target);
}

void unfold_sum_pixels_float(
    const unfold_rectangle *rectangle, const float *source, const float *target, float *filter) {
  float_kernels.sum_pixels(rectangle, source, target, filter);
}

void unfold_sum_pixels_double(
    const unfold_rectangle *rectangle, const double *source, const double *target, double *filter) {
  double_kernels.sum_pixels(rectangle, source, target, filter);
}
