#include "kernels.h"

#include <string.h>

// Products and sums are fused where the processor can: one rounding less, and the same in every kernel.
#pragma clang fp contract(fast)

#if defined(__x86_64__)

#define AVX512 __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")))
#define AVX2 __attribute__((target("avx2,fma")))

#define SCALAR float
#define LANES 16
#define ROWS 8
#define TARGET AVX512
#define NAME(x) x##_float_avx512
#include "block.inc"

#define SCALAR double
#define LANES 8
#define ROWS 8
#define TARGET AVX512
#define NAME(x) x##_double_avx512
#include "block.inc"

#define SCALAR float
#define LANES 8
#define ROWS 6
#define TARGET AVX2
#define NAME(x) x##_float_avx2
#include "block.inc"

#define SCALAR double
#define LANES 4
#define ROWS 6
#define TARGET AVX2
#define NAME(x) x##_double_avx2
#include "block.inc"

#endif

#define SCALAR float
#define LANES 4
#define ROWS 6
#define TARGET
#define NAME(x) x##_float_baseline
#include "block.inc"

#define SCALAR double
#define LANES 2
#define ROWS 6
#define TARGET
#define NAME(x) x##_double_baseline
#include "block.inc"

struct kernels_float {
  size_t rows, width;
  void (*product)(
      const float *const *, size_t, size_t, size_t, size_t, const float *, size_t, const float *, float *const *, size_t, size_t,
      size_t);
  void (*outer)(const float *const *, size_t, size_t, const float *, size_t, size_t, float *, size_t, size_t, size_t);
  void (*gathered_outer)(
      const float *, size_t, const float *, size_t, size_t, float *, size_t, size_t, size_t);
  void (*gather)(const float *const *, size_t, size_t, size_t, float *);
};

struct kernels_double {
  size_t rows, width;
  void (*product)(
      const double *const *, size_t, size_t, size_t, size_t, const double *, size_t, const double *, double *const *, size_t, size_t,
      size_t);
  void (*outer)(const double *const *, size_t, size_t, const double *, size_t, size_t, double *, size_t, size_t, size_t);
  void (*gathered_outer)(
      const double *, size_t, const double *, size_t, size_t, double *, size_t, size_t, size_t);
  void (*gather)(const double *const *, size_t, size_t, size_t, double *);
};

static struct kernels_float kernels_float = {6, 8, product_float_baseline, outer_float_baseline, gathered_outer_float_baseline, gather_float_baseline};
static struct kernels_double kernels_double = {6, 4, product_double_baseline, outer_double_baseline, gathered_outer_double_baseline, gather_double_baseline};

#if defined(__x86_64__)
// Before `main`, so that nothing has to be checked in a call.
__attribute__((constructor)) static void choose_kernels(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw")) {
    kernels_float = (struct kernels_float){8, 32, product_float_avx512, outer_float_avx512, gathered_outer_float_avx512, gather_float_avx512};
    kernels_double = (struct kernels_double){8, 16, product_double_avx512, outer_double_avx512, gathered_outer_double_avx512, gather_double_avx512};
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    kernels_float = (struct kernels_float){6, 16, product_float_avx2, outer_float_avx2, gathered_outer_float_avx2, gather_float_avx2};
    kernels_double = (struct kernels_double){6, 8, product_double_avx2, outer_double_avx2, gathered_outer_double_avx2, gather_double_avx2};
  }
}
#endif

size_t unfold_block_rows_float(void) { return kernels_float.rows; }
size_t unfold_block_rows_double(void) { return kernels_double.rows; }
size_t unfold_panel_width_float(void) { return kernels_float.width; }
size_t unfold_panel_width_double(void) { return kernels_double.width; }

void unfold_product_float(
    const float *const *source, size_t stride, size_t segments, size_t offset, size_t run, const float *panel,
    size_t width, const float *start, float *const *target, size_t column, size_t rows, size_t columns) {
  kernels_float.product(
      source, stride, segments, offset, run, panel, width, start, target, column, rows, columns);
}

void unfold_product_double(
    const double *const *source, size_t stride, size_t segments, size_t offset, size_t run, const double *panel,
    size_t width, const double *start, double *const *target, size_t column, size_t rows, size_t columns) {
  kernels_double.product(
      source, stride, segments, offset, run, panel, width, start, target, column, rows, columns);
}

void unfold_outer_float(
    const float *const *source, size_t count, size_t offset, const float *panel, size_t width, size_t pitch,
    float *target, size_t stride, size_t rows, size_t columns) {
  kernels_float.outer(source, count, offset, panel, width, pitch, target, stride, rows, columns);
}

void unfold_outer_double(
    const double *const *source, size_t count, size_t offset, const double *panel, size_t width, size_t pitch,
    double *target, size_t stride, size_t rows, size_t columns) {
  kernels_double.outer(source, count, offset, panel, width, pitch, target, stride, rows, columns);
}

void unfold_gathered_outer_float(
    const float *source, size_t count, const float *panel, size_t width, size_t pitch, float *target, size_t stride,
    size_t rows, size_t columns) {
  kernels_float.gathered_outer(source, count, panel, width, pitch, target, stride, rows, columns);
}

void unfold_gather_float(const float *const *source, size_t count, size_t offset, size_t rows, float *target) {
  kernels_float.gather(source, count, offset, rows, target);
}

void unfold_gathered_outer_double(
    const double *source, size_t count, const double *panel, size_t width, size_t pitch, double *target, size_t stride,
    size_t rows, size_t columns) {
  kernels_double.gathered_outer(source, count, panel, width, pitch, target, stride, rows, columns);
}

void unfold_gather_double(const double *const *source, size_t count, size_t offset, size_t rows, double *target) {
  kernels_double.gather(source, count, offset, rows, target);
}
