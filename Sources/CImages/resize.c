#include "resize.h"

#include <string.h>

// The inner loops of a resize, in C because Swift compiles conversions of SIMD vectors lane by lane.

typedef int32_t sums __attribute__((vector_size(32)));
typedef uint8_t bytes __attribute__((vector_size(8)));

// Sums begin with a half, so that the shift rounds.
static const int32_t half = 1 << (UNFOLD_RESIZE_BITS - 1);

static inline uint8_t byte_of(int32_t sum) {
  int32_t value = sum >> UNFOLD_RESIZE_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

static inline bytes bytes_of(sums sum) {
  sums value = sum >> UNFOLD_RESIZE_BITS;
  value = __builtin_elementwise_min(__builtin_elementwise_max(value, (sums){0}), (sums){0} + 255);
  return __builtin_convertvector(value, bytes);
}

// The pixels at the same place of two rows, with the bytes behind them.
static inline sums pixels_of(const uint8_t *first, const uint8_t *second) {
  bytes both;
  memcpy(&both, first, 4);
  memcpy((uint8_t *)&both + 4, second, 4);
  return __builtin_convertvector(both, sums);
}

void unfold_resize_colour4(
    const uint8_t *source, ptrdiff_t source_bytes, uint8_t *target, ptrdiff_t target_bytes,
    const unfold_resize_axis *axis) {
  for (int32_t output = 0; output < axis->outputs; output++) {
    const int32_t *weights = axis->weights + (ptrdiff_t)output * axis->stride;
    const uint8_t *pixel = source + 3 * (ptrdiff_t)axis->first[output];
    sums sum0 = (sums){0} + half, sum1 = sum0;
    for (int32_t tap = 0; tap < axis->counts[output]; tap++, pixel += 3) {
      sum0 += pixels_of(pixel, pixel + source_bytes) * weights[tap];
      sum1 += pixels_of(pixel + 2 * source_bytes, pixel + 3 * source_bytes) * weights[tap];
    }
    bytes rows01 = bytes_of(sum0), rows23 = bytes_of(sum1);
    uint8_t *place = target + 3 * (ptrdiff_t)output;
    memcpy(place, &rows01, 3);
    memcpy(place + target_bytes, (uint8_t *)&rows01 + 4, 3);
    memcpy(place + 2 * target_bytes, &rows23, 3);
    memcpy(place + 3 * target_bytes, (uint8_t *)&rows23 + 4, 3);
  }
}

void unfold_resize_grey(const uint8_t *source, uint8_t *target, const unfold_resize_axis *axis) {
  for (int32_t output = 0; output < axis->outputs; output++) {
    const int32_t *weights = axis->weights + (ptrdiff_t)output * axis->stride;
    const uint8_t *pixel = source + axis->first[output];
    int32_t sum = half;
    for (int32_t tap = 0; tap < axis->counts[output]; tap++) sum += pixel[tap] * weights[tap];
    target[output] = byte_of(sum);
  }
}

// 32 bytes at a time, in registers.
static inline void mix_block(
    const uint8_t *source, ptrdiff_t count, const int32_t *weights, int32_t taps, uint8_t *target) {
  sums sum[4];
  for (int part = 0; part < 4; part++) sum[part] = (sums){0} + half;
  for (int32_t tap = 0; tap < taps; tap++, source += count)
    for (int part = 0; part < 4; part++) {
      bytes row;
      memcpy(&row, source + 8 * part, 8);
      sum[part] += __builtin_convertvector(row, sums) * weights[tap];
    }
  for (int part = 0; part < 4; part++) {
    bytes result = bytes_of(sum[part]);
    memcpy(target + 8 * part, &result, 8);
  }
}

void unfold_resize_mix_rows(
    const uint8_t *source, ptrdiff_t count, const int32_t *weights, int32_t taps, uint8_t *target) {
  ptrdiff_t place = 0;
  for (; place + 32 <= count; place += 32) mix_block(source + place, count, weights, taps, target + place);
  for (; place < count; place++) {
    int32_t sum = half;
    for (int32_t tap = 0; tap < taps; tap++) sum += source[tap * count + place] * weights[tap];
    target[place] = byte_of(sum);
  }
}
