#include "stream.h"

typedef char vector __attribute__((vector_size(16), aligned(1), may_alias));
typedef char aligned_vector __attribute__((vector_size(16), may_alias));

void unfold_stream_lines(void *target, const void *source, size_t lines) {
  char *to = target;
  const char *from = source;
  for (size_t i = 0; i < lines * UNFOLD_LINE_BYTES; i += sizeof(vector)) {
    __builtin_nontemporal_store((aligned_vector)(*(const vector *)(from + i)), (aligned_vector *)(to + i));
  }
}

void unfold_finish_streams(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#endif
}
