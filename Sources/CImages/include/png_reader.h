#pragma once

#include <stddef.h>
#include <stdint.h>

/// What the header of a PNG file says.
typedef struct {
  uint32_t height;
  uint32_t width;
  /// Channels after decoding: 1 for grey, 3 for colour. Alpha is dropped.
  int channels;
} unfold_png_header;

/// The length of a message, with its zero.
#define UNFOLD_PNG_MESSAGE 128

/// Reads the header of a PNG file in memory.
///
/// libpng reports errors by longjmp, which must not cross Swift's frames: it stays within this file.
///
/// @return 0, or 1 with a message.
int unfold_png_read_header(
    const uint8_t *bytes, size_t count, unfold_png_header *header, char message[UNFOLD_PNG_MESSAGE]);

/// Decodes a PNG file in memory to rows of height x width x channels bytes: palettes are expanded, 16 bits are cut to the
/// upper 8, alpha is dropped. All checksums are verified, and the file must have its end.
///
/// @param pixels Memory for the extents that unfold_png_read_header found in the same bytes.
/// @return 0, or 1 with a message.
int unfold_png_read_pixels(
    const uint8_t *bytes, size_t count, uint8_t *pixels, char message[UNFOLD_PNG_MESSAGE]);
