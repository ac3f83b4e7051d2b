#include "instruction_set.h"

#include <stdlib.h>
#include <string.h>

unfold_instruction_set unfold_kernels = UNFOLD_BASELINE;

#if defined(__x86_64__)
__attribute__((constructor)) static void choose_kernels(void) {
  __builtin_cpu_init();
  const int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const int has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  unfold_kernels = has_avx512 ? UNFOLD_AVX512 : has_avx2 ? UNFOLD_AVX2 : UNFOLD_BASELINE;
  const char *wanted = getenv("UNFOLD_KERNELS");
  if (wanted && strcmp(wanted, "baseline") == 0) unfold_kernels = UNFOLD_BASELINE;
  if (wanted && strcmp(wanted, "avx2") == 0 && has_avx2) unfold_kernels = UNFOLD_AVX2;
}
#endif

const char *unfold_kernels_name(void) {
  static const char *const names[] = {"baseline", "AVX2", "AVX-512"};
  return names[unfold_kernels];
}
