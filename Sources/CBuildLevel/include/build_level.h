#pragma once

/// Every instruction set: its name here, that of the compiler, and the one that people read.
#define UNFOLD_INSTRUCTION_SETS(SET)            \
  SET(SSE42, "sse4.2", "SSE4.2")                \
  SET(AVX, "avx", "AVX")                        \
  SET(AVX2, "avx2", "AVX2")                     \
  SET(FMA, "fma", "FMA")                        \
  SET(BMI2, "bmi2", "BMI2")                     \
  SET(F16C, "f16c", "F16C")                     \
  SET(AVX512F, "avx512f", "AVX512F")            \
  SET(AVX512BW, "avx512bw", "AVX512BW")         \
  SET(AVX512DQ, "avx512dq", "AVX512DQ")         \
  SET(AVX512VL, "avx512vl", "AVX512VL")         \
  SET(AVX512CD, "avx512cd", "AVX512CD")         \
  SET(AVX512VNNI, "avx512vnni", "AVX512VNNI")   \
  SET(AVX512BF16, "avx512bf16", "AVX512BF16")

/// Their numbers, in the order of the list.
enum unfold_instruction_set_number {
#define SET(set, feature, name) UNFOLD_##set##_NUMBER,
  UNFOLD_INSTRUCTION_SETS(SET)
#undef SET
};

/// Their bits, for sets of instruction sets.
enum unfold_instruction_set {
#define SET(set, feature, name) UNFOLD_##set = 1 << UNFOLD_##set##_NUMBER,
  UNFOLD_INSTRUCTION_SETS(SET)
#undef SET
};

/// The instruction sets that the engine of this build may use, as bits. They are read from the compiler's own
/// macros, so `-march=native` is described as exactly as a named level.
///
/// A constant and not a function: reading it can run no instruction that the processor may lack.
extern const unsigned unfold_build_instruction_sets;
