#ifndef UNFOLD_STREAM_H
#define UNFOLD_STREAM_H

#include <stddef.h>

// The bytes of a cache line.
#define UNFOLD_LINE_BYTES 64

// Non-temporal stores, which bypass the cache. They fill whole cache lines, each at once and from its boundary on.

// Copies lines of 64 bytes. The target begins on such a boundary, the source anywhere.
void unfold_stream_lines(void *target, const void *source, size_t lines);

// Makes this thread's non-temporal stores visible to other threads.
void unfold_finish_streams(void);

#endif
