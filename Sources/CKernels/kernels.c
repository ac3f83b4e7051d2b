#include "kernels.h"

#include <stdlib.h>
#include <string.h>

#include "instruction_set.h"

#define FAMILY "table.inc"
#include "kernels.def"

const unfold_kernel_table *unfold_chosen_float, *unfold_chosen_double;
unfold_instruction_set unfold_kernels = UNFOLD_BASELINE;

// The instances come narrower ones first: the last that is supported is chosen, unless one was that is wanted.
static void choose(const unfold_kernel_table **chosen, const unfold_kernel_table *kernels, const char *wanted) {
  if (!*chosen || !wanted || strcmp((*chosen)->set, wanted) != 0) *chosen = kernels;
}

__attribute__((constructor)) static void choose_kernels(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  const char *wanted = getenv("UNFOLD_KERNELS");
#define FAMILY "choice.inc"
#include "kernels.def"
#if defined(__x86_64__)
  const size_t bytes = unfold_chosen_float->lanes * sizeof(float);
  unfold_kernels = bytes == 64 ? UNFOLD_AVX512 : bytes == 32 ? UNFOLD_AVX2 : UNFOLD_BASELINE;
#endif
}
