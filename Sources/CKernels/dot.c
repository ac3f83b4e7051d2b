#include "dot.h"

#include "instruction_set.h"
#include "targets.h"

#if defined(__x86_64__)

#define SCALAR float
#define LANES 16
#define TARGET AVX512
#define NAME(x) x##_float_avx512
#include "dot.inc"

#define SCALAR double
#define LANES 8
#define TARGET AVX512
#define NAME(x) x##_double_avx512
#include "dot.inc"

#define SCALAR float
#define LANES 8
#define TARGET AVX2
#define NAME(x) x##_float_avx2
#include "dot.inc"

#define SCALAR double
#define LANES 4
#define TARGET AVX2
#define NAME(x) x##_double_avx2
#include "dot.inc"

#endif

#define SCALAR float
#define LANES 4
#define TARGET BASELINE
#define NAME(x) x##_float_baseline
#include "dot.inc"

#define SCALAR double
#define LANES 2
#define TARGET BASELINE
#define NAME(x) x##_double_baseline
#include "dot.inc"

static const struct {
  size_t lanes;
  void (*dot)(
      const float *const *, size_t, size_t, size_t, const float *, const float *, float *const *, size_t, size_t);
} float_kernels[] = {
    [UNFOLD_BASELINE] = {4, dot_float_baseline},
#if defined(__x86_64__)
    [UNFOLD_AVX2] = {8, dot_float_avx2},
    [UNFOLD_AVX512] = {16, dot_float_avx512},
#endif
};

static const struct {
  size_t lanes;
  void (*dot)(
      const double *const *, size_t, size_t, size_t, const double *, const double *, double *const *, size_t, size_t);
} double_kernels[] = {
    [UNFOLD_BASELINE] = {2, dot_double_baseline},
#if defined(__x86_64__)
    [UNFOLD_AVX2] = {4, dot_double_avx2},
    [UNFOLD_AVX512] = {8, dot_double_avx512},
#endif
};

size_t unfold_dot_lanes_float(void) { return float_kernels[unfold_kernels].lanes; }
size_t unfold_dot_lanes_double(void) { return double_kernels[unfold_kernels].lanes; }

void unfold_dot_float(
    const float *const *source, size_t stride, size_t segments, size_t run, const float *filter, const float *start,
    float *const *target, size_t rows, size_t columns) {
  float_kernels[unfold_kernels].dot(source, stride, segments, run, filter, start, target, rows, columns);
}

void unfold_dot_double(
    const double *const *source, size_t stride, size_t segments, size_t run, const double *filter, const double *start,
    double *const *target, size_t rows, size_t columns) {
  double_kernels[unfold_kernels].dot(source, stride, segments, run, filter, start, target, rows, columns);
}
