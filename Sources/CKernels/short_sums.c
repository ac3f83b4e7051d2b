#include "short_sums.h"

#include "instruction_set.h"
#include "kernels.h"
#include "targets.h"

#define SCALAR float
#define LANES 4
#define TARGET BASELINE
#define NAME(x) x##_float_baseline
#include "short_sums.inc"

#define SCALAR double
#define LANES 2
#define TARGET BASELINE
#define NAME(x) x##_double_baseline
#include "short_sums.inc"

#if defined(__x86_64__)

#define SCALAR float
#define LANES 8
#define TARGET AVX2
#define NAME(x) x##_float_avx2
#include "short_sums.inc"

#define SCALAR double
#define LANES 4
#define TARGET AVX2
#define NAME(x) x##_double_avx2
#include "short_sums.inc"

#define SCALAR float
#define LANES 16
#define TARGET AVX512
#define NAME(x) x##_float_avx512
#include "short_sums.inc"

#define SCALAR double
#define LANES 8
#define TARGET AVX512
#define NAME(x) x##_double_avx512
#include "short_sums.inc"

#endif

static void (*const float_kernels[])(
    const float *, size_t, const float *, const float *, float *, size_t, size_t, unsigned) = {
    [UNFOLD_BASELINE] = short_sums_float_baseline,
#if defined(__x86_64__)
    [UNFOLD_AVX2] = short_sums_float_avx2,
    [UNFOLD_AVX512] = short_sums_float_avx512,
#endif
};

static void (*const double_kernels[])(
    const double *, size_t, const double *, const double *, double *, size_t, size_t, unsigned) = {
    [UNFOLD_BASELINE] = short_sums_double_baseline,
#if defined(__x86_64__)
    [UNFOLD_AVX2] = short_sums_double_avx2,
    [UNFOLD_AVX512] = short_sums_double_avx512,
#endif
};

void unfold_short_sums_float(
    const float *source, size_t terms, const float *panels, const float *start, float *target, size_t rows,
    size_t columns, unsigned finish) {
  float_kernels[unfold_kernels](source, terms, panels, start, target, rows, columns, finish);
}

void unfold_short_sums_double(
    const double *source, size_t terms, const double *panels, const double *start, double *target, size_t rows,
    size_t columns, unsigned finish) {
  double_kernels[unfold_kernels](source, terms, panels, start, target, rows, columns, finish);
}
