#ifndef UNFOLD_STREAM_H
#define UNFOLD_STREAM_H

#include <stddef.h>

// Stores past the cache. What they fill are whole lines of it, each at once and from its boundary on.

// Copies lines of 64 bytes. The target begins on such a boundary, the source anywhere.
void unfold_stream_lines(void *target, const void *source, size_t lines);

// Makes what this thread wrote past the cache visible to others.
void unfold_finish_streams(void);

#endif
