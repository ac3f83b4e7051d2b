#include "peak.h"

// What a core can multiply and add at most is measured with the widest vectors that the processor has, whatever the
// engine of this build is compiled for: OpenBLAS picks its kernels at run time too. Hence C, where a function can be
// compiled for an instruction set of its own.

// Two units with a latency of four or five cycles need ten chains in flight; twelve leave room for the factors in the
// sixteen registers of AVX2. The chains start from different values, or the compiler would keep only one of
// them; and not from 1, which 0.999 * 1 + 0.001 is again: a compiler that sees that leaves the chain out.
#define CHAINS 12

static volatile float sink;

#define RUN_CHAINS(LANES, MULTIPLY_ADD)                                           \
  typedef float vector __attribute__((vector_size(4 * LANES)));                   \
  vector chains[CHAINS];                                                          \
  vector factor = (vector){} + 0.999f;                                            \
  vector summand = (vector){} + 0.001f;                                           \
  for (int i = 0; i < CHAINS; ++i) chains[i] = (vector){} + (float)(i + 2);       \
  for (long round = 0; round < rounds; ++round) {                                 \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; ++i) {         \
      chains[i] = MULTIPLY_ADD(chains[i], factor, summand);                       \
    }                                                                             \
  }                                                                               \
  vector sum = chains[0];                                                         \
  for (int i = 1; i < CHAINS; ++i) sum += chains[i];                              \
  for (int i = 0; i < LANES; ++i) sink = sum[i];                                  \
  return 2.0 * LANES * CHAINS * (double)rounds

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx512f"))) static double run_avx512(long rounds) { RUN_CHAINS(16, _mm512_fmadd_ps); }

__attribute__((target("avx2,fma"))) static double run_avx2(long rounds) { RUN_CHAINS(8, _mm256_fmadd_ps); }

#define MULTIPLY_THEN_ADD(a, b, c) ((a) * (b) + (c))
static double run_baseline(long rounds) { RUN_CHAINS(4, MULTIPLY_THEN_ADD); }

unsigned unfold_widest_vector(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return 16;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 8 : 4;
}

double unfold_run_multiply_adds(unsigned lanes, long rounds) {
  return lanes == 16 ? run_avx512(rounds) : lanes == 8 ? run_avx2(rounds) : run_baseline(rounds);
}

#else

#if defined(__aarch64__)
#include <arm_neon.h>
#define MULTIPLY_ADD(a, b, c) (vector) vfmaq_f32((float32x4_t)(c), (float32x4_t)(a), (float32x4_t)(b))
#else
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

static double run_baseline(long rounds) { RUN_CHAINS(4, MULTIPLY_ADD); }

unsigned unfold_widest_vector(void) { return 4; }

double unfold_run_multiply_adds(unsigned lanes, long rounds) {
  (void)lanes;
  return run_baseline(rounds);
}

#endif
