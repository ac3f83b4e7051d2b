#pragma once

#include <pthread.h>

/// The instruction sets of the processor that runs this, as `enum unfold_instruction_set` bits.
unsigned unfold_processor_instruction_sets(void);

/// The bits that this build's engine was compiled for.
unsigned unfold_required_instruction_sets(void);

/// The name of the instruction set with this single bit, for example "AVX2"; NULL for an unknown bit.
const char *unfold_instruction_set_name(unsigned bit);

/// The number of processors in the affinity mask of this process.
int unfold_affinity_count(void);

/// The number of the core that the calling thread runs on; -1 where the system does not tell.
int unfold_current_core(void);

/// Lets threads run on every core that the calling thread may use, but `core`. Where there are not more cores than
/// threads, or the system refuses, the threads stay as they are.
void unfold_keep_off_core(const pthread_t *threads, long count, int core);

/// Prefetches memory that another core may have written, with the intent to write (`prefetchw`): this core then owns
/// the lines. Where cores do not share a cache, a line that several caches hold is written at a tenth of the rate (29
/// ns a line, measured on Zen 4).
static inline void unfold_claim(const void *memory, long bytes) {
#if defined(__x86_64__)
  for (long at = 0; at < bytes; at += 64) __asm__ volatile("prefetchw %0" : : "m"(((const char *)memory)[at]));
#endif
}

/// Prefetches memory that is read soon, into the second-level cache.
static inline void unfold_prefetch(const void *memory) { __builtin_prefetch(memory, 0, 2); }

/// Tells the core that a loop is waiting for another thread's store, so that it saves power and leaves the loop fast.
static inline void unfold_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
