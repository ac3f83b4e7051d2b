// Compares the results of the chosen kernels with those of plain loops in double precision, over a grid of sizes.
// Prints a line; exits with 1 if a result differs. See Scripts/check-neon.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"
#include "rectangle.h"

// The kernels under test, and the bytes of their element type.
static const unfold_kernel_table *kernels;
static size_t bytes;

static size_t compared, different;
static double largest;

enum { ELEMENTS = 1 << 17, ADDRESSES = 1 << 12, MOST_ROWS = 32 };

static void *memory(void) { return aligned_alloc(64, ELEMENTS * sizeof(double)); }
static void *at(const void *elements, size_t i) { return (char *)elements + i * bytes; }
static double get(const void *elements, size_t i) {
  return bytes == sizeof(float) ? ((const float *)elements)[i] : ((const double *)elements)[i];
}
static void set(void *elements, size_t i, double value) {
  if (bytes == sizeof(float)) {
    ((float *)elements)[i] = (float)value;
  } else {
    ((double *)elements)[i] = value;
  }
}
static void fill(void *elements, size_t count) {
  static unsigned state = 1;
  for (size_t i = 0; i < count; ++i) {
    state = state * 1664525 + 1013904223;
    set(elements, i, (double)(state >> 8) / (1 << 23) - 1);
  }
}

// `magnitude` is the sum of the magnitudes of what was added up.
static void compare(const char *kernel, double found, double expected, double magnitude) {
  const double error = fabs(found - expected) / (magnitude + 1e-30);
  const double limit = bytes == sizeof(float) ? 2e-6 : 4e-15;
  ++compared;
  if (error / limit > largest) largest = error / limit;
  if (error <= limit) return;
  if (++different <= 10) {
    fprintf(
        stderr, "%s %s of %zu bytes: expected %.17g, found %.17g\n", kernels->set_name, kernel, bytes, expected, found);
  }
}

static double relu(double sum, unsigned epilogue) { return epilogue & UNFOLD_RELU && sum < 0 ? 0 : sum; }

// The narrowest width of a panel with so many columns.
static size_t panel_width(size_t columns) {
  size_t width = kernels->nr;
  while (width > kernels->narrowest_panel && columns <= width / 2) width /= 2;
  return width;
}

static void check_product(void) {
  void *source = memory(), *panel = memory(), *bias = memory(), *target = memory(), *before = memory();
  const void *rows[ADDRESSES];
  void *targets[MOST_ROWS];
  fill(source, ELEMENTS);
  fill(panel, ELEMENTS);
  fill(bias, 64);
  fill(before, ELEMENTS);
  const size_t mr = kernels->mr, nr = kernels->nr, stride = 64;
  static const unsigned epilogues[] = {0, UNFOLD_RELU, UNFOLD_ADD, UNFOLD_ADD | UNFOLD_RELU, UNFOLD_STREAM};
  static const size_t sizes[][2] = {{0, 3}, {1, 1}, {1, 19}, {3, 5}};
  for (size_t size = 0; size < 4; ++size) {
    const size_t taps = sizes[size][0], terms = sizes[size][1];
    for (size_t columns = 1; columns <= nr; ++columns) {
      for (size_t count = 1; count <= (columns == nr ? 2 * mr + 1 : mr); ++count) {
        for (size_t e = 0; e < 2 * sizeof(epilogues) / sizeof(*epilogues); ++e) {
          const unsigned epilogue = epilogues[e / 2];
          const int has_bias = e % 2;
          if (epilogue & UNFOLD_STREAM && columns * 2 % nr != 0) continue;
          const size_t column = epilogue & UNFOLD_STREAM ? 0 : 3, width = panel_width(columns);
          memcpy(target, before, count * stride * bytes);
          for (size_t i = 0; i < count; ++i) {
            for (size_t t = 0; t < taps; ++t) rows[t * count + i] = at(source, 31 * i + 1000 * t);
            targets[i] = at(target, i * stride);
          }
          // The second tap is left out of the first block.
          const int leaves_out = taps == 3 && e % 2;
          if (leaves_out) rows[count] = NULL;
          const unfold_product shape = {
              .tap_stride = count, .taps = taps, .offset = 2, .terms = terms, .width = width, .column = column,
              .rows = count, .columns = columns, .epilogue = epilogue};
          kernels->product(&shape, rows, panel, has_bias ? bias : NULL, targets, e % 3 ? source : NULL);
          for (size_t i = 0; i < count; ++i) {
            for (size_t j = 0; j < stride; ++j) {
              const double old = get(before, i * stride + j);
              double sum = old, magnitude = fabs(old);
              if (j >= column && j < column + columns) {
                const double first = has_bias ? get(bias, j - column) : 0;
                sum = first + (!has_bias || epilogue & UNFOLD_ADD ? old : 0);
                magnitude += fabs(first);
                for (size_t t = 0; t < taps; ++t) {
                  if (leaves_out && t == 1 && i < mr) continue;
                  for (size_t k = 0; k < terms; ++k) {
                    const double x = get(rows[t * count + i], 2 + k) *
                                     get(panel, (t * terms + k) * width + j - column);
                    sum += x;
                    magnitude += fabs(x);
                  }
                }
                sum = relu(sum, epilogue);
              }
              compare("product", get(target, i * stride + j), sum, magnitude);
            }
          }
        }
      }
    }
  }
  free(source), free(panel), free(bias), free(target), free(before);
}

static void check_outer(void) {
  void *source = memory(), *packed = memory(), *panel = memory(), *target = memory(), *before = memory();
  const void *rows[ADDRESSES];
  fill(source, ELEMENTS);
  fill(panel, ELEMENTS);
  fill(before, ELEMENTS);
  const size_t mr = kernels->mr, nr = kernels->nr, stride = 67;
  static const size_t sizes[] = {1, 7, 40};
  for (size_t size = 0; size < 3; ++size) {
    const size_t terms = sizes[size];
    for (size_t t = 0; t < terms; ++t) rows[t] = at(source, 37 * t);
    for (size_t count = 1; count <= 2 * mr; ++count) {
      if (count > mr && count < 2 * mr) continue;
      const unfold_row_packing packing = {.terms = terms, .offset = 5, .rows = count};
      kernels->pack_rows(&packing, rows, packed);
      for (size_t i = 0; i < count; ++i) {
        for (size_t t = 0; t < terms; ++t) {
          const double expected = get(rows[t], 5 + i);
          compare("pack_rows", get(packed, (i / mr * terms + t) * mr + i % mr), expected, fabs(expected));
        }
      }
      if (count > mr) continue;
      for (size_t columns = 1; columns <= nr; ++columns) {
        for (int is_packed = 0; is_packed < 2; ++is_packed) {
          const size_t width = panel_width(columns);
          memcpy(target, before, count * stride * bytes);
          const unfold_outer shape = {
              .terms = terms, .offset = is_packed ? 0 : 5, .width = width, .panel_stride = width + 3,
              .target_stride = stride, .rows = count, .columns = columns};
          (is_packed ? kernels->packed_outer : kernels->outer)(
              &shape, is_packed ? packed : (const void *)rows, panel, target, columns % 2 ? source : NULL);
          for (size_t i = 0; i < count; ++i) {
            for (size_t j = 0; j < stride; ++j) {
              double sum = get(before, i * stride + j), magnitude = fabs(sum);
              for (size_t t = 0; t < terms && j < columns; ++t) {
                const double x = get(rows[t], 5 + i) * get(panel, t * (width + 3) + j);
                sum += x;
                magnitude += fabs(x);
              }
              compare(is_packed ? "packed_outer" : "outer", get(target, i * stride + j), sum, magnitude);
            }
          }
        }
      }
    }
  }
  free(source), free(packed), free(panel), free(target), free(before);
}

static void check_short_sums(void) {
  void *source = memory(), *panels = memory(), *bias = memory(), *target = memory();
  fill(source, ELEMENTS);
  fill(panels, ELEMENTS);
  fill(bias, 512);
  const size_t nr = kernels->nr, rows = 7;
  for (size_t terms = 1; terms <= UNFOLD_SHORT_TERMS; ++terms) {
    for (size_t columns = nr / 2; columns <= 3 * nr; columns += nr / 2) {
      for (unsigned epilogue = 0; epilogue <= UNFOLD_RELU; ++epilogue) {
        const unfold_short_sums shape = {.terms = terms, .rows = rows, .columns = columns, .epilogue = epilogue};
        kernels->short_sums(&shape, source, panels, bias, target);
        for (size_t i = 0; i < rows; ++i) {
          for (size_t j = 0; j < columns; ++j) {
            const size_t panel = j / nr * nr, width = columns - panel < nr ? nr / 2 : nr;
            double sum = get(bias, j), magnitude = fabs(sum);
            for (size_t k = 0; k < terms; ++k) {
              const double x = get(source, i * terms + k) * get(panels, panel * terms + k * width + j - panel);
              sum += x;
              magnitude += fabs(x);
            }
            compare("short_sums", get(target, i * columns + j), relu(sum, epilogue), magnitude);
          }
        }
      }
    }
  }
  free(source), free(panels), free(bias), free(target);
}

static void check_dot(void) {
  void *source = memory(), *filter = memory(), *bias = memory(), *target = memory();
  const void *rows[ADDRESSES];
  void *targets[MOST_ROWS];
  fill(source, ELEMENTS);
  fill(filter, ELEMENTS);
  fill(bias, 4);
  // Of the last two, the sums are made part by part.
  const size_t lanes = kernels->lanes;
  const size_t sizes[][2] = {{1, lanes}, {3, 3 * lanes}, {5, 300 * lanes}, {2, 1000 * lanes}};
  for (size_t size = 0; size < 4; ++size) {
    const size_t taps = sizes[size][0], terms = sizes[size][1];
    for (size_t columns = 1; columns <= 4; ++columns) {
      for (size_t count = 1; count <= 11; ++count) {
        for (size_t i = 0; i < count; ++i) {
          for (size_t t = 0; t < taps; ++t) rows[t * count + i] = at(source, 97 * i + 500 * t);
          targets[i] = at(target, i * 5);
        }
        const unfold_dot shape = {.tap_stride = count, .taps = taps, .terms = terms, .rows = count, .columns = columns};
        kernels->dot(&shape, rows, filter, bias, targets);
        for (size_t i = 0; i < count; ++i) {
          for (size_t j = 0; j < columns; ++j) {
            double sum = get(bias, j), magnitude = fabs(sum);
            for (size_t t = 0; t < taps; ++t) {
              for (size_t k = 0; k < terms; ++k) {
                const double x = get(rows[t * count + i], k) * get(filter, (j * taps + t) * terms + k);
                sum += x;
                magnitude += fabs(x);
              }
            }
            compare("dot", get(targets[i], j), sum, magnitude);
          }
        }
      }
    }
  }
  free(source), free(filter), free(bias), free(target);
}

static void check_depthwise(void) {
  void *source = memory(), *filter = memory(), *bias = memory(), *target = memory(), *gradient = memory();
  fill(source, ELEMENTS);
  fill(filter, ELEMENTS);
  fill(bias, 512);
  const size_t lanes = kernels->lanes, line = 64 / bytes;
  const size_t all_channels[] = {1, lanes - 1, lanes, lanes + 1, 5 * lanes, 4 * line, 9 * line};
  // The last have more taps than a sum in single precision may.
  static const size_t windows[][2] = {{1, 1}, {3, 3}, {2, 5}, {12, 11}};
  static const size_t sizes[][2] = {{1, 1}, {2, 8}, {3, 13}};
  for (size_t c0 = 0; c0 < sizeof(all_channels) / sizeof(*all_channels); ++c0) {
    const size_t channels = all_channels[c0];
    for (size_t window = 0; channels > 0 && window < 4; ++window) {
      for (size_t size = 0; size < 3; ++size) {
        const size_t lines = sizes[size][0], pixels = sizes[size][1];
        const size_t width = pixels + windows[window][1] - 1;
        const unfold_rectangle rectangle = {
            .lines = lines, .pixels = pixels, .channels = channels, .tap_rows = windows[window][0],
            .tap_columns = windows[window][1], .source_line = width * channels, .source_pixel = channels,
            .target_line = pixels * channels, .target_pixel = channels,
            .source_tap_row = (ptrdiff_t)(width * channels), .source_tap = (ptrdiff_t)channels,
            .filter_first = (ptrdiff_t)channels, .filter_tap_row = (ptrdiff_t)(windows[window][1] * channels),
            .filter_tap = (ptrdiff_t)channels, .is_far = size == 2, .streams = channels % line == 0};
        const int has_bias = size != 1;
        kernels->sum_taps(&rectangle, source, filter, has_bias ? bias : NULL, target);
        const size_t taps = windows[window][0] * windows[window][1];
#define SOURCE(i, j, r, s, c) get(source, ((i + r) * width + j + s) * channels + c)
        for (size_t i = 0; i < lines; ++i) {
          for (size_t j = 0; j < pixels; ++j) {
            for (size_t c = 0; c < channels; ++c) {
              double sum = has_bias ? get(bias, c) : 0, magnitude = fabs(sum);
              for (size_t t = 0; t < taps; ++t) {
                const size_t r = t / windows[window][1], s = t % windows[window][1];
                const double x = SOURCE(i, j, r, s, c) * get(filter, (1 + t) * channels + c);
                sum += x;
                magnitude += fabs(x);
              }
              compare("sum_taps", get(target, (i * pixels + j) * channels + c), sum, magnitude);
            }
          }
        }
        for (size_t i = 0; i < (1 + taps) * channels; ++i) set(gradient, i, 1);
        kernels->sum_pixels(&rectangle, source, target, gradient);
        for (size_t t = 0; t < taps; ++t) {
          const size_t r = t / windows[window][1], s = t % windows[window][1];
          for (size_t c = 0; c < channels; ++c) {
            double sum = 1, magnitude = 1;
            for (size_t i = 0; i < lines; ++i) {
              for (size_t j = 0; j < pixels; ++j) {
                const double x = SOURCE(i, j, r, s, c) * get(target, (i * pixels + j) * channels + c);
                sum += x;
                magnitude += fabs(x);
              }
            }
            compare("sum_pixels", get(gradient, (1 + t) * channels + c), sum, magnitude);
          }
        }
      }
    }
  }
  free(source), free(filter), free(bias), free(target), free(gradient);
}

// Grouped convolutions of all widths, of one stride or two, in both directions of the taps of a row.
static void check_grouped(void) {
  void *source = memory(), *filter = memory(), *bias = memory(), *target = memory(), *gradient = memory();
  const size_t lanes = kernels->lanes, lines = 2;
  const size_t group_widths[] = {2, 4, 8, lanes, 2 * lanes, 3 * lanes, 24};
  static const size_t windows[][2] = {{3, 3}, {1, 2}, {3, 1}, {2, 5}}, sizes[] = {1, 6, 14, 17};
  fill(bias, 512);
  for (size_t w = 0; w < 7; ++w) {
    const size_t group = group_widths[w];
    const size_t all_channels[] = {group < lanes ? lanes : group, group < lanes ? 3 * lanes + group : 3 * group};
    for (size_t trial = 0; trial < 2 * 4 * 4 * 2 * 2; ++trial) {
      const size_t channels = all_channels[trial % 2], *window = windows[trial / 2 % 4], pixels = sizes[trial / 8 % 4];
      const size_t stride = 1 + trial / 32 % 2, taps = window[0] * window[1];
      const int is_reversed = trial / 64 % 2;
      const size_t width = (pixels - 1) * stride + window[1], count = (lines * stride + window[0]) * width * channels;
      const ptrdiff_t row = (ptrdiff_t)(group * channels), first = is_reversed ? (ptrdiff_t)(window[1] - 1) : 0;
      fill(source, count);
      fill(filter, (1 + taps) * group * channels);
      const unfold_grouped shape = {
          .rectangle =
              {.lines = lines, .pixels = pixels, .channels = channels, .tap_rows = window[0],
               .tap_columns = window[1], .source_line = stride * width * channels, .source_pixel = stride * channels,
               .target_line = pixels * channels, .target_pixel = channels,
               .source_tap_row = (ptrdiff_t)(width * channels),
               .source_tap = (is_reversed ? -1 : 1) * (ptrdiff_t)channels, .filter_first = row,
               .filter_tap_row = (ptrdiff_t)window[1] * row, .filter_tap = row},
          .width = group, .filter_channel = channels};
      const void *from = at(source, (size_t)first * channels);
      const int has_bias = trial % 3 != 0;
      kernels->sum_group_taps(&shape, from, filter, has_bias ? bias : NULL, target);
#define PLACE(i, j, r, s) (((i)*stride + (r)) * width + (j)*stride + (is_reversed ? window[1] - 1 - (s) : (s)))
      for (size_t p = 0; p < lines * pixels * channels; ++p) {
        const size_t k = p % channels, i = p / channels / pixels, j = p / channels % pixels;
        double sum = has_bias ? get(bias, k) : 0, magnitude = fabs(sum);
        for (size_t t = 0; t < taps * group; ++t) {
          const size_t tap = t / group, c = t % group, place = PLACE(i, j, tap / window[1], tap % window[1]);
          const double x = get(source, place * channels + k / group * group + c) *
                           get(filter, ((1 + tap) * group + c) * channels + k);
          sum += x;
          magnitude += fabs(x);
        }
        compare("sum_group_taps", get(target, p), sum, magnitude);
      }
      for (size_t i = 0; i < (1 + taps) * group * channels; ++i) set(gradient, i, 1);
      kernels->sum_group_pixels(&shape, from, target, gradient);
      for (size_t f = 0; f < taps * group * channels; ++f) {
        const size_t k = f % channels, c = f / channels % group, tap = f / channels / group;
        double sum = 1, magnitude = 1;
        for (size_t p = 0; p < lines * pixels; ++p) {
          const size_t place = PLACE(p / pixels, p % pixels, tap / window[1], tap % window[1]);
          const double x = get(source, place * channels + k / group * group + c) * get(target, p * channels + k);
          sum += x;
          magnitude += fabs(x);
        }
        compare("sum_group_pixels", get(gradient, group * channels + f), sum, magnitude);
      }
#undef PLACE
    }
  }
  free(source), free(filter), free(bias), free(target), free(gradient);
}

// Windows of 3 x 3 taps, one to the next of two lines of pixels: the maxima, then the gradients that each of the same
// taps would get if the maxima lay where the places say.
static void check_maxima(void) {
  enum { LINES = 2, PIXELS = 3, WINDOW = 3, WIDTH = PIXELS + WINDOW - 1 };
  void *source = memory(), *target = memory(), *places = memory();
  const size_t lanes = kernels->lanes;
  const size_t all_channels[] = {1, 2, lanes, lanes + 1, 4 * lanes, 9 * lanes + 3};
  for (size_t trial = 0; trial < 2 * sizeof(all_channels) / sizeof(*all_channels); ++trial) {
    const size_t channels = all_channels[trial / 2];
    const int is_narrow = trial % 2;
    const unfold_rectangle rectangle = {
        .lines = LINES, .pixels = PIXELS, .channels = channels, .tap_rows = WINDOW, .tap_columns = WINDOW,
        .source_line = WIDTH * channels, .source_pixel = channels, .target_line = PIXELS * channels,
        .target_pixel = channels, .source_tap_row = (ptrdiff_t)(WIDTH * channels), .source_tap = (ptrdiff_t)channels,
        .filter_first = 1, .filter_tap_row = WINDOW, .filter_tap = 1};
    const size_t count = (LINES + WINDOW - 1) * WIDTH * channels;
    fill(source, count);
    kernels->take_maxima(&rectangle, source, target, places, is_narrow);
    for (size_t i = 0; i < LINES * PIXELS * channels; ++i) {
      const size_t first = (i / channels / PIXELS * WIDTH + i / channels % PIXELS) * channels + i % channels;
      size_t best = 0;
      for (size_t t = 0; t < WINDOW * WINDOW; ++t) {
        const size_t tap = (t / WINDOW * WIDTH + t % WINDOW) * channels;
        const size_t largest_tap = (best / WINDOW * WIDTH + best % WINDOW) * channels;
        if (get(source, first + tap) > get(source, first + largest_tap)) best = t;
      }
      const double maximum = get(source, first + (best / WINDOW * WIDTH + best % WINDOW) * channels);
      compare("take_maxima", get(target, i), maximum, fabs(maximum));
      const size_t place = is_narrow ? ((const unsigned char *)places)[i] : ((const unsigned *)places)[i];
      compare("places of take_maxima", (double)place, (double)best + 1, 1);
    }
    for (size_t i = 0; i < count; ++i) {
      if (is_narrow) {
        ((unsigned char *)places)[i] = (unsigned char)(1 + i * 7 % 11 % 9);
      } else {
        ((unsigned *)places)[i] = (unsigned)(1 + i * 7 % 11 % 9);
      }
    }
    kernels->route_to_maxima(&rectangle, source, places, is_narrow, target);
    for (size_t i = 0; i < LINES * PIXELS * channels; ++i) {
      const size_t first = (i / channels / PIXELS * WIDTH + i / channels % PIXELS) * channels + i % channels;
      double sum = 0, magnitude = 0;
      for (size_t t = 0; t < WINDOW * WINDOW; ++t) {
        const size_t tap = first + (t / WINDOW * WIDTH + t % WINDOW) * channels;
        if (tap * 7 % 11 % 9 != t) continue;
        sum += get(source, tap);
        magnitude += fabs(get(source, tap));
      }
      compare("route_to_maxima", get(target, i), sum, magnitude);
    }
  }
  free(source), free(target), free(places);
}

// Addresses of so many elements each, tile by tile.
static void refer(void *elements, size_t count, size_t apart, const void **addresses) {
  for (size_t i = 0; i < count; ++i) addresses[i] = at(elements, i * apart + 3);
}

// Convolves tiles of n x n pixels, or lines of n, with r x r or r taps: by both transforms, products and the transform
// from the Winograd domain.
static void check_transforms_of(size_t n, size_t r, int is_line, size_t channels) {
  const size_t m = n - r + 1, tiles = 3, apart = channels + 5, offset = 2;
  const size_t points = is_line ? n : n * n, taps = is_line ? r : r * r, outputs = is_line ? m : m * m;
  void *pixels = memory(), *filter = memory(), *bias = memory(), *result = memory();
  void *source_points = memory(), *filter_points = memory();
  const void *table[ADDRESSES];
  fill(pixels, tiles * points * apart + 8);
  fill(filter, tiles * taps * apart + 8);
  fill(bias, channels);
  const unsigned line = is_line ? UNFOLD_LINE : 0;
  const size_t stride = channels + 1;
  unfold_transform shape = {
      .map = (unsigned)(UNFOLD_INPUT + line + 16 * n + n), .offset = offset, .point_stride = stride,
      .tile_stride = points * stride, .tiles = tiles, .channels = channels};
  refer(pixels, tiles * points, apart, table);
  kernels->to_points(&shape, table, source_points);
  shape.map = (unsigned)(UNFOLD_TO_POINTS + line + 16 * n + r);
  refer(filter, tiles * taps, apart, table);
  kernels->to_points(&shape, table, filter_points);
  for (size_t i = 0; i < tiles * points * stride; ++i) {
    if (i % stride < channels) set(source_points, i, get(source_points, i) * get(filter_points, i));
  }
  for (int has_bias = 0; has_bias < 2; ++has_bias) {
    shape.map = (unsigned)(UNFOLD_FROM_POINTS + line + 16 * n + m);
    shape.epilogue = has_bias ? UNFOLD_RELU : 0;
    refer(result, tiles * outputs, apart, table);
    kernels->from_points(&shape, source_points, has_bias ? bias : NULL, table);
    for (size_t t = 0; t < tiles; ++t) {
      for (size_t output = 0; output < outputs; ++output) {
        const size_t across = is_line ? 1 : m, p = output / across, q = output % across;
        for (size_t c = 0; c < channels; ++c) {
          double sum = has_bias ? get(bias, c) : 0;
          for (size_t tap = 0; tap < taps; ++tap) {
            const size_t u = is_line ? tap : tap / r, v = is_line ? 0 : tap % r;
            const size_t pixel = (p + u) * (is_line ? 1 : n) + q + v;
            sum += get(pixels, (t * points + pixel) * apart + 3 + offset + c) *
                   get(filter, (t * taps + tap) * apart + 3 + offset + c);
          }
          // Numbers of the Winograd domain are some hundred times as large.
          const double found = get(table[t * outputs + output], offset + c);
          compare("transforms", found, relu(sum, shape.epilogue), 200.0 * (double)taps);
        }
      }
    }
  }
  free(pixels), free(filter), free(bias), free(result), free(source_points), free(filter_points);
}

static void check_transforms(void) {
  static const size_t maps[][2] = {{4, 2}, {4, 3}, {6, 2}, {6, 3}, {6, 4}, {6, 5}, {8, 2}, {8, 4}, {8, 5}, {8, 7}};
  const size_t lanes = kernels->lanes, all_channels[] = {1, lanes - 1, lanes, lanes + 1, 4 * lanes + 1};
  for (size_t map = 0; map < sizeof(maps) / sizeof(*maps); ++map) {
    for (int is_line = maps[map][0] == 8; is_line < 2; ++is_line) {
      for (size_t c = 0; c < 5; ++c) {
        if (all_channels[c] > 0) check_transforms_of(maps[map][0], maps[map][1], is_line, all_channels[c]);
      }
    }
  }
}

int main(void) {
  for (int is_double = 0; is_double < 2; ++is_double) {
    kernels = is_double ? unfold_double_kernels() : unfold_float_kernels();
    bytes = is_double ? sizeof(double) : sizeof(float);
    check_product();
    check_outer();
    check_short_sums();
    check_dot();
    check_depthwise();
    check_grouped();
    check_transforms();
    check_maxima();
  }
  printf(
      "check_kernels: %s, %zu x %zu floats: %zu results, %zu differ from plain loops; largest error %.2f of the "
      "allowed\n", kernels->set_name, unfold_float_kernels()->mr, unfold_float_kernels()->nr, compared, different,
      largest);
  return different > 0;
}
