import Glibc

/// A lock with two conditions on which threads wait: that there is work, and that some is finished.
final class Monitor: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let result = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    for condition in [work, result] {
      condition.initialize(to: pthread_cond_t())
      pthread_cond_init(condition, nil)
    }
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    for condition in [work, result] {
      pthread_cond_destroy(condition)
      condition.deallocate()
    }
  }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }
  /// Releases the lock while it waits.
  func waitForWork() { pthread_cond_wait(work, mutex) }
  func waitForResult() { pthread_cond_wait(result, mutex) }
  func announceWork() { pthread_cond_broadcast(work) }
  func announceResult() { pthread_cond_broadcast(result) }

  /// Calls `body` with the lock.
  func locked<Result>(_ body: () -> Result) -> Result {
    lock()
    defer { unlock() }
    return body()
  }
}

/// A thread that runs a function until it returns.
final class WorkerThread: @unchecked Sendable {
  private var thread = pthread_t()
  private let isRunning: Bool

  /// Nil if the system has no thread left.
  init?(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Body(body))
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    isRunning = status == 0
    if status != 0 {
      box.release()
      return nil
    }
  }

  /// Waits for the end of the function. Called once.
  func join() { if isRunning { pthread_join(thread, nil) } }

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}

/// Seconds of a clock that never goes back.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
