#pragma once

/// The instruction sets that the engine of this build may use, as bits. They are read from the compiler's own
/// macros, so `-march=native` is described as exactly as a named level.
enum unfold_instruction_set {
  UNFOLD_SSE42 = 1 << 0,
  UNFOLD_AVX = 1 << 1,
  UNFOLD_AVX2 = 1 << 2,
  UNFOLD_FMA = 1 << 3,
  UNFOLD_BMI2 = 1 << 4,
  UNFOLD_F16C = 1 << 5,
  UNFOLD_AVX512F = 1 << 6,
  UNFOLD_AVX512BW = 1 << 7,
  UNFOLD_AVX512DQ = 1 << 8,
  UNFOLD_AVX512VL = 1 << 9,
  UNFOLD_AVX512CD = 1 << 10,
  UNFOLD_AVX512VNNI = 1 << 11,
  UNFOLD_AVX512BF16 = 1 << 12,
};

/// A constant and not a function: reading it can run no instruction that the processor may lack.
extern const unsigned unfold_build_instruction_sets;
