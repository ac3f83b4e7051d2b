#define _GNU_SOURCE  // sched_getaffinity, pthread_setaffinity_np
#include "processor.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "build_level.h"

static const struct {
  unsigned bit;
  const char *name;
} names[] = {
#define SET(set, feature, name) {UNFOLD_##set, name},
    UNFOLD_INSTRUCTION_SETS(SET)
#undef SET
};

const char *unfold_instruction_set_name(unsigned bit) {
  for (unsigned i = 0; i < sizeof names / sizeof names[0]; ++i) {
    if (names[i].bit == bit) return names[i].name;
  }
  return 0;
}

unsigned unfold_required_instruction_sets(void) { return unfold_build_instruction_sets; }

unsigned unfold_processor_instruction_sets(void) {
  unsigned sets = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
#define SET(set, feature, name) \
  if (__builtin_cpu_supports(feature)) sets |= UNFOLD_##set;
  UNFOLD_INSTRUCTION_SETS(SET)
#undef SET
#endif
  return sets;
}

int unfold_affinity_count(void) {
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) return CPU_COUNT(&mask);
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}

int unfold_current_core(void) { return sched_getcpu(); }

void unfold_keep_off_core(const pthread_t *threads, long count, int core) {
  cpu_set_t mask;
  if (core < 0 || core >= CPU_SETSIZE || sched_getaffinity(0, sizeof mask, &mask) != 0) return;
  if (CPU_COUNT(&mask) <= count) return;
  CPU_CLR(core, &mask);
  for (long i = 0; i < count; ++i) pthread_setaffinity_np(threads[i], sizeof mask, &mask);
}

// Runs before any Swift code: afterwards a missing instruction could only be a SIGILL. This file is compiled for the
// architecture's baseline, whatever the engine is compiled for.
__attribute__((constructor)) static void refuse_an_older_processor(void) {
#if defined(__x86_64__)
  unsigned missing = unfold_build_instruction_sets & ~unfold_processor_instruction_sets();
  if (!missing) return;
  fputs("unfold: this build needs a processor with", stderr);
  for (unsigned bit = 1; bit; bit <<= 1) {
    if (missing & bit) fprintf(stderr, " %s", unfold_instruction_set_name(bit));
  }
  fputs(", which this one lacks; rebuild with UNFOLD_MARCH=none\n", stderr);
  fflush(stderr);
  _exit(78);  // EX_CONFIG of sysexits.h
#endif
}
