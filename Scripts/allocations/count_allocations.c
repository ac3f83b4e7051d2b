// Counts a process's heap allocations on all its threads, for Scripts/count-allocations. It is preloaded between the program
// and the C library. At the end it writes the count to the file that ALLOCATIONS_FILE names, and, where
// ALLOCATIONS_TRACE is set, every call stack with its count.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

enum { FRAMES = 14, STACKS = 1 << 16 };

static atomic_long count;

struct stack {
  long count;
  int depth;
  void *frames[FRAMES];
};

static int traces;
static struct stack stacks[STACKS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
// Set during the counter's own allocations, such as those of backtrace() in its first call, which do not count.
static __thread int is_busy __attribute__((tls_model("initial-exec")));

static void trace(void) {
  if (is_busy) return;
  is_busy = 1;
  void *frames[FRAMES + 2];
  int depth = backtrace(frames, FRAMES + 2) - 2;
  if (depth < 0) depth = 0;
  unsigned long hash = 14695981039346656037UL;
  for (int i = 0; i < depth; i++) hash = (hash ^ (unsigned long)frames[i + 2]) * 1099511628211UL;
  pthread_mutex_lock(&lock);
  for (unsigned long place = hash % STACKS;; place = (place + 1) % STACKS) {
    struct stack *stack = &stacks[place];
    if (stack->count == 0) {
      stack->depth = depth;
      memcpy(stack->frames, frames + 2, depth * sizeof *frames);
    } else if (stack->depth != depth || memcmp(stack->frames, frames + 2, depth * sizeof *frames)) {
      continue;
    }
    stack->count++;
    break;
  }
  pthread_mutex_unlock(&lock);
  is_busy = 0;
}

static void note(void) {
  atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
  if (traces) trace();
}

void *malloc(size_t size) {
  note();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  note();
  return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
  note();
  return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
  note();
  void *made = __libc_memalign(alignment, size);
  if (made == NULL) return ENOMEM;
  *memory = made;
  return 0;
}

__attribute__((constructor)) static void begin(void) {
  // The first call loads the unwinder, which allocates.
  void *frame[1];
  backtrace(frame, 1);
  traces = getenv("ALLOCATIONS_TRACE") != NULL;
  // Programs that this one starts are not counted.
  unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void end(void) {
  long total = atomic_load(&count);
  is_busy = 1;
  const char *path = getenv("ALLOCATIONS_FILE");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (file == NULL) return;
  fprintf(file, "%ld\n", total);
  // A line a stack: its count, then the callers, innermost first, each with its place in its file.
  for (int i = 0; traces && i < STACKS; i++) {
    if (stacks[i].count == 0) continue;
    fprintf(file, "%ld", stacks[i].count);
    for (int k = 0; k < stacks[i].depth; k++) {
      Dl_info info;
      if (dladdr(stacks[i].frames[k], &info) && info.dli_fname)
        fprintf(file, " %s+%#lx", info.dli_fname,
                (unsigned long)((char *)stacks[i].frames[k] - (char *)info.dli_fbase) - 1);
    }
    fputc('\n', file);
  }
  fclose(file);
}
