import Glibc
import Synchronization

/// Control-C, a polite end (SIGTERM), a terminal that is closed (SIGHUP), and the processor time that is used up
/// (SIGXCPU: `ulimit -t`, batch systems).
///
/// From the process's start on, the process says that it was interrupted and ends. During a long run the signal is noticed
/// between two batches, so that a step is finished and its result saved; a second one ends the process at once, unless it
/// comes together with the first, as from programs that send to a process and to its group (`timeout`).
enum Interruption {
  private static let requested = Atomic<Int32>(0)
  private static let requestTime = Atomic<Int>(0)
  /// Of one request: milliseconds within which a signal comes more than once.
  private static let echo = 500
  private static let isWatched = Atomic<Bool>(false)
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGXCPU]

  /// Takes notice in place of the system, which ends the process without a word. A process that was told to ignore a
  /// signal, as shells tell those in the background and `nohup` those that outlive a terminal, goes on doing so.
  static func announce() {
    // The handler must find the variables made: making them is nothing for a handler to do.
    requested.store(0, ordering: .relaxed)
    requestTime.store(0, ordering: .relaxed)
    isWatched.store(false, ordering: .relaxed)
    for signal in signals { handle(signal) }
  }

  /// From now on signals wait for ``check()``.
  static func watch() { isWatched.store(true, ordering: .relaxed) }

  private static func handle(_ signal: Int32) {
    var previous = sigaction()
    sigaction(signal, nil, &previous)
    // C functions cannot be compared, their addresses can.
    let handler = unsafeBitCast(previous.__sigaction_handler.sa_handler, to: Int.self)
    guard handler != unsafeBitCast(SIG_IGN, to: Int.self) else { return }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { signal in
      // Only what a handler may do: no memory is allocated.
      if Interruption.isWatched.load(ordering: .relaxed) {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = time.tv_sec &* 1000 &+ time.tv_nsec / 1_000_000
        let isFirst = Interruption.requested.exchange(signal, ordering: .relaxed) == 0
        if isFirst { Interruption.requestTime.store(now, ordering: .relaxed) }
        // The system repeats this one every second, up to the hard limit: no reason to end in the middle of saving.
        guard signal != SIGXCPU else { return }
        guard now &- Interruption.requestTime.load(ordering: .relaxed) > Interruption.echo else { return }
      }
      let message: StaticString =
        isatty(STDERR_FILENO) == 1 ? "\nunfold: error: interrupted\n" : "unfold: error: interrupted\n"
      _ = Glibc.write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
      _exit(128 + signal)
    }
    action.sa_flags = SA_RESTART
    sigaction(signal, &action, nil)
    // A process inherits from the thread that started it which signals are held back.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, signal)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// - Throws: ``CommandError/interrupted(signal:)`` once a signal has come.
  static func check() throws(CommandError) {
    let signal = requested.load(ordering: .relaxed)
    if signal != 0 { throw .interrupted(signal: signal) }
  }
}
