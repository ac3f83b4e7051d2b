#include "png_reader.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// The file in memory, and where libpng's error goes to.
typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t position;
  char *message;
  jmp_buf jump;
  png_structp png;
  png_infop info;
} source;

static void fail(png_structp png, png_const_charp text) {
  source *from = png_get_error_ptr(png);
  strncpy(from->message, text, UNFOLD_PNG_MESSAGE - 1);
  from->message[UNFOLD_PNG_MESSAGE - 1] = 0;
  longjmp(from->jump, 1);
}

static void ignore(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  source *from = png_get_io_ptr(png);
  if (count > from->count - from->position) png_error(png, "the file ends too early");
  memcpy(target, from->bytes + from->position, count);
  from->position += count;
}

// Creates the reader. Errors come back by longjmp, here too.
static void begin(source *from) {
  from->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, from, fail, ignore);
  if (from->png) from->info = png_create_info_struct(from->png);
  if (!from->info) {
    strcpy(from->message, "no memory");
    longjmp(from->jump, 1);
  }
  png_set_read_fn(from->png, from, read_bytes);
  // The caller limits the number of pixels.
  png_set_user_limits(from->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // Texts, profiles and the like may be compressed bombs. None of them changes the pixels that are read.
  png_set_keep_unknown_chunks(from->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(from->png, from->info);
}

static int channels(const source *from) {
  return png_get_color_type(from->png, from->info) & PNG_COLOR_MASK_COLOR ? 3 : 1;
}

// The variables of a function that calls setjmp are uncertain after longjmp: `from` belongs to the caller.
static int read_header(source *from, unfold_png_header *header) {
  if (setjmp(from->jump)) return 1;
  begin(from);
  header->height = png_get_image_height(from->png, from->info);
  header->width = png_get_image_width(from->png, from->info);
  header->channels = channels(from);
  return 0;
}

static int read_pixels(source *from, uint8_t *pixels) {
  if (setjmp(from->jump)) return 1;
  begin(from);
  png_structp png = from->png;
  png_set_strip_16(png);
  png_set_expand_gray_1_2_4_to_8(png);
  png_set_palette_to_rgb(png);
  png_set_strip_alpha(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, from->info);
  uint32_t height = png_get_image_height(png, from->info);
  size_t row_bytes = png_get_rowbytes(png, from->info);
  if (row_bytes != (size_t)png_get_image_width(png, from->info) * channels(from))
    png_error(png, "a row has another length than its pixels");
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t y = 0; y < height; y++) png_read_row(png, pixels + y * row_bytes, NULL);
  png_read_end(png, NULL);
  return 0;
}

int unfold_png_read_header(
    const uint8_t *bytes, size_t count, unfold_png_header *header, char message[UNFOLD_PNG_MESSAGE]) {
  source from = {.bytes = bytes, .count = count, .message = message};
  int status = read_header(&from, header);
  png_destroy_read_struct(&from.png, &from.info, NULL);
  return status;
}

int unfold_png_read_pixels(
    const uint8_t *bytes, size_t count, uint8_t *pixels, char message[UNFOLD_PNG_MESSAGE]) {
  source from = {.bytes = bytes, .count = count, .message = message};
  int status = read_pixels(&from, pixels);
  png_destroy_read_struct(&from.png, &from.info, NULL);
  return status;
}
