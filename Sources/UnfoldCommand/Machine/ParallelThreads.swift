import Glibc

/// Calls `body(index)` for every index below `count`, each on a thread of its own and all at the same time, and returns
/// when all are done. For measurements and reference runs, which must not go through what they judge: the engine's
/// workers.
///
/// - Throws: ``CommandError/unexpected(_:expected:found:)`` where the system gives no more threads; the others have then
///   finished all the same.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws(CommandError) {
  var threads: [pthread_t] = []
  var refused = 0
  for index in 1..<max(count, 1) {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(ThreadBody { body(index) }).toOpaque()
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, argument)
    if status == 0 {
      threads.append(thread)
    } else {
      Unmanaged<ThreadBody>.fromOpaque(argument).release()
      refused += 1
    }
  }
  body(0)
  for thread in threads { pthread_join(thread, nil) }
  guard refused == 0 else {
    throw .unexpected("threads", expected: "\(count) from the system", found: "\(count - refused)")
  }
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
