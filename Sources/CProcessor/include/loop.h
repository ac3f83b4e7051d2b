#pragma once

/// A Swift closure `(_ task: Int, _ worker: Int) -> Void` as the two words that it is passed as: code and context. Unlike
/// the closure, which only lives on its caller's stack, the words can be stored for the length of the call that made them,
/// and other threads can call them.
typedef struct {
  const void *code;
  const void *context;
} unfold_loop_body;

/// Calls the closure.
void unfold_run_loop_body(unfold_loop_body body, long task, long worker);
