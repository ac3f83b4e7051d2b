// The instruction sets that max pooling is compiled for.
#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")))
#define AVX2 __attribute__((target("avx2,fma")))
#endif
#define BASELINE

// Multiply-adds are fused where the processor can: one rounding less, and the same in every kernel.
#pragma clang fp contract(fast)

// The bytes of a cache line.
#define LINE_BYTES 64
