#ifndef UNFOLD_INSTRUCTION_SET_H
#define UNFOLD_INSTRUCTION_SET_H

// The instruction sets that each kernel is compiled for, in the order of the tables in kernels.c and the files beside
// it.
typedef enum { UNFOLD_BASELINE, UNFOLD_AVX2, UNFOLD_AVX512 } unfold_instruction_set;

// The widest one that this processor has, chosen before `main`, so that a call has nothing to check.
// UNFOLD_KERNELS=avx2 or baseline in the environment selects a narrower one, for tests and comparisons.
extern unfold_instruction_set unfold_kernels;

// "AVX-512", "AVX2" or "baseline".
const char *unfold_kernels_name(void);

#endif
