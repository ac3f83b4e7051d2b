#include "kernels.h"

#include <stdlib.h>
#include <string.h>

#define FAMILY "table.inc"
#include "kernels.def"

const unfold_kernel_table *unfold_chosen_float, *unfold_chosen_double;

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
}
