// Multiply-adds are fused where the processor can: one rounding less, and the same in every kernel.
#pragma clang fp contract(fast)

// The bytes of a cache line.
#define LINE_BYTES 64
