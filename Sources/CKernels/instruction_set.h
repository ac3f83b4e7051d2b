#ifndef UNFOLD_INSTRUCTION_SET_H
#define UNFOLD_INSTRUCTION_SET_H

// The instruction sets in the order of the tables in maximum.c, the only file that needs them.
typedef enum { UNFOLD_BASELINE, UNFOLD_AVX2, UNFOLD_AVX512 } unfold_instruction_set;

// That of the chosen kernels; see kernels.h.
extern unfold_instruction_set unfold_kernels;

#endif
