#include "loop.h"

typedef __attribute__((swiftcall)) void (*swift_closure)(
    long task, long worker, __attribute__((swift_context)) const void *context);

void unfold_run_loop_body(unfold_loop_body body, long task, long worker) {
  ((swift_closure)body.code)(task, worker, body.context);
}

/// Calls a function with a closure as two words. Called from Swift, which passes the closure as the first two
/// arguments; declared in Workers.swift.
__attribute__((swiftcall)) void unfold_with_loop_body(
    const void *code, const void *context, void (*body)(unfold_loop_body, const void *), const void *argument);

void unfold_with_loop_body(
    const void *code, const void *context, void (*body)(unfold_loop_body, const void *), const void *argument) {
  body((unfold_loop_body){code, context}, argument);
}
