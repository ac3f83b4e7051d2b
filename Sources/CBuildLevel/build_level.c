#include "build_level.h"

const unsigned unfold_build_instruction_sets = 0
#ifdef __SSE4_2__
    | UNFOLD_SSE42
#endif
#ifdef __AVX__
    | UNFOLD_AVX
#endif
#ifdef __AVX2__
    | UNFOLD_AVX2
#endif
#ifdef __FMA__
    | UNFOLD_FMA
#endif
#ifdef __BMI2__
    | UNFOLD_BMI2
#endif
#ifdef __F16C__
    | UNFOLD_F16C
#endif
#ifdef __AVX512F__
    | UNFOLD_AVX512F
#endif
#ifdef __AVX512BW__
    | UNFOLD_AVX512BW
#endif
#ifdef __AVX512DQ__
    | UNFOLD_AVX512DQ
#endif
#ifdef __AVX512VL__
    | UNFOLD_AVX512VL
#endif
#ifdef __AVX512CD__
    | UNFOLD_AVX512CD
#endif
#ifdef __AVX512VNNI__
    | UNFOLD_AVX512VNNI
#endif
#ifdef __AVX512BF16__
    | UNFOLD_AVX512BF16
#endif
    ;
