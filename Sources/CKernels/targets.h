// What a function is compiled for, whatever the rest of its file is.
#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")))
#define AVX2 __attribute__((target("avx2,fma")))
#endif
#define BASELINE

// Products and sums are fused where the processor can: one rounding less, and the same in every kernel.
#pragma clang fp contract(fast)

// The bytes of a line of the cache.
#define LINE_BYTES 64
