#pragma once

/// The instruction sets of the processor that runs this, as `enum unfold_instruction_set` bits.
unsigned unfold_processor_instruction_sets(void);

/// The bits that this build's engine was compiled for.
unsigned unfold_required_instruction_sets(void);

/// The name of the instruction set with this single bit, for example "AVX2"; NULL for an unknown bit.
const char *unfold_instruction_set_name(unsigned bit);

/// The number of processors in the affinity mask of this process.
int unfold_affinity_count(void);

/// Tells the core that a loop is waiting for another thread's store, so that it saves power and leaves the loop fast.
static inline void unfold_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
