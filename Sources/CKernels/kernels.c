#include "kernels.h"

#include <string.h>

#include "instruction_set.h"
#include "targets.h"

#if defined(__x86_64__)

#define SCALAR float
#define LANES 8
#define ROWS 8
#define TARGET AVX512
#define NAME(x) x##_float_avx512_narrow
#define IS_NARROW
#include "block.inc"

#define SCALAR float
#define LANES 16
#define ROWS 8
#define TARGET AVX512
#define NAME(x) x##_float_avx512
#define NARROW(x) x##_float_avx512_narrow
#include "block.inc"

#define SCALAR double
#define LANES 4
#define ROWS 8
#define TARGET AVX512
#define NAME(x) x##_double_avx512_narrow
#define IS_NARROW
#include "block.inc"

#define SCALAR double
#define LANES 8
#define ROWS 8
#define TARGET AVX512
#define NAME(x) x##_double_avx512
#define NARROW(x) x##_double_avx512_narrow
#include "block.inc"

#define SCALAR float
#define LANES 4
#define ROWS 6
#define TARGET AVX2
#define NAME(x) x##_float_avx2_narrow
#define IS_NARROW
#include "block.inc"

#define SCALAR float
#define LANES 8
#define ROWS 6
#define TARGET AVX2
#define NAME(x) x##_float_avx2
#define NARROW(x) x##_float_avx2_narrow
#include "block.inc"

#define SCALAR double
#define LANES 2
#define ROWS 6
#define TARGET AVX2
#define NAME(x) x##_double_avx2_narrow
#define IS_NARROW
#include "block.inc"

#define SCALAR double
#define LANES 4
#define ROWS 6
#define TARGET AVX2
#define NAME(x) x##_double_avx2
#define NARROW(x) x##_double_avx2_narrow
#include "block.inc"

#endif

#define SCALAR float
#define LANES 4
#define ROWS 6
#define TARGET BASELINE
#define NAME(x) x##_float_baseline
#include "block.inc"

#define SCALAR double
#define LANES 2
#define ROWS 6
#define TARGET BASELINE
#define NAME(x) x##_double_baseline
#include "block.inc"

static const struct {
  size_t rows, width, narrowest;
  void (*product)(
      const float *const *, size_t, size_t, size_t, size_t, const float *, size_t, const float *, float *const *,
      size_t, size_t, size_t, unsigned, const void *);
  void (*outer)(
      const float *const *, size_t, size_t, const float *, size_t, size_t, float *, size_t, size_t, size_t,
      const void *);
  void (*gathered_outer)(
      const float *, size_t, const float *, size_t, size_t, float *, size_t, size_t, size_t, const void *);
  void (*gather)(const float *const *, size_t, size_t, size_t, float *);
} float_kernels[] = {
    [UNFOLD_BASELINE] =
        {6, 8, 4, product_float_baseline, outer_float_baseline, gathered_outer_float_baseline,
         gather_float_baseline},
#if defined(__x86_64__)
    [UNFOLD_AVX2] =
        {6, 16, 4, product_float_avx2, outer_float_avx2, gathered_outer_float_avx2,
         gather_float_avx2},
    [UNFOLD_AVX512] =
        {8, 32, 8, product_float_avx512, outer_float_avx512, gathered_outer_float_avx512,
         gather_float_avx512},
#endif
};

static const struct {
  size_t rows, width, narrowest;
  void (*product)(
      const double *const *, size_t, size_t, size_t, size_t, const double *, size_t, const double *, double *const *,
      size_t, size_t, size_t, unsigned, const void *);
  void (*outer)(
      const double *const *, size_t, size_t, const double *, size_t, size_t, double *, size_t, size_t, size_t,
      const void *);
  void (*gathered_outer)(
      const double *, size_t, const double *, size_t, size_t, double *, size_t, size_t, size_t, const void *);
  void (*gather)(const double *const *, size_t, size_t, size_t, double *);
} double_kernels[] = {
    [UNFOLD_BASELINE] =
        {6, 4, 2, product_double_baseline, outer_double_baseline, gathered_outer_double_baseline,
         gather_double_baseline},
#if defined(__x86_64__)
    [UNFOLD_AVX2] =
        {6, 8, 2, product_double_avx2, outer_double_avx2, gathered_outer_double_avx2,
         gather_double_avx2},
    [UNFOLD_AVX512] =
        {8, 16, 4, product_double_avx512, outer_double_avx512, gathered_outer_double_avx512,
         gather_double_avx512},
#endif
};

size_t unfold_block_rows_float(void) { return float_kernels[unfold_kernels].rows; }
size_t unfold_block_rows_double(void) { return double_kernels[unfold_kernels].rows; }
size_t unfold_panel_width_float(void) { return float_kernels[unfold_kernels].width; }
size_t unfold_narrowest_panel_float(void) { return float_kernels[unfold_kernels].narrowest; }
size_t unfold_panel_width_double(void) { return double_kernels[unfold_kernels].width; }
size_t unfold_narrowest_panel_double(void) { return double_kernels[unfold_kernels].narrowest; }

void unfold_product_float(
    const float *const *source, size_t stride, size_t segments, size_t offset, size_t run, const float *panel,
    size_t width, const float *start, float *const *target, size_t column, size_t rows, size_t columns,
    unsigned finish, const void *ahead) {
  float_kernels[unfold_kernels].product(
      source, stride, segments, offset, run, panel, width, start, target, column, rows, columns, finish, ahead);
}

void unfold_product_double(
    const double *const *source, size_t stride, size_t segments, size_t offset, size_t run, const double *panel,
    size_t width, const double *start, double *const *target, size_t column, size_t rows, size_t columns,
    unsigned finish, const void *ahead) {
  double_kernels[unfold_kernels].product(
      source, stride, segments, offset, run, panel, width, start, target, column, rows, columns, finish, ahead);
}

void unfold_outer_float(
    const float *const *source, size_t count, size_t offset, const float *panel, size_t width, size_t pitch,
    float *target, size_t stride, size_t rows, size_t columns, const void *ahead) {
  float_kernels[unfold_kernels].outer(
      source, count, offset, panel, width, pitch, target, stride, rows, columns, ahead);
}

void unfold_outer_double(
    const double *const *source, size_t count, size_t offset, const double *panel, size_t width, size_t pitch,
    double *target, size_t stride, size_t rows, size_t columns, const void *ahead) {
  double_kernels[unfold_kernels].outer(
      source, count, offset, panel, width, pitch, target, stride, rows, columns, ahead);
}

void unfold_gathered_outer_float(
    const float *source, size_t count, const float *panel, size_t width, size_t pitch, float *target, size_t stride,
    size_t rows, size_t columns, const void *ahead) {
  float_kernels[unfold_kernels].gathered_outer(
      source, count, panel, width, pitch, target, stride, rows, columns, ahead);
}

void unfold_gather_float(const float *const *source, size_t count, size_t offset, size_t rows, float *target) {
  float_kernels[unfold_kernels].gather(source, count, offset, rows, target);
}

void unfold_gathered_outer_double(
    const double *source, size_t count, const double *panel, size_t width, size_t pitch, double *target, size_t stride,
    size_t rows, size_t columns, const void *ahead) {
  double_kernels[unfold_kernels].gathered_outer(
      source, count, panel, width, pitch, target, stride, rows, columns, ahead);
}

void unfold_gather_double(const double *const *source, size_t count, size_t offset, size_t rows, double *target) {
  double_kernels[unfold_kernels].gather(source, count, offset, rows, target);
}
