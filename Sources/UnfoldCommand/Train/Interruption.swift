import Glibc
import Synchronization

/// The handling of signals that end the process: Control-C (SIGINT), SIGTERM, a closed terminal (SIGHUP), and used-up
/// processor time (SIGXCPU: `ulimit -t`, batch systems).
///
/// From the process's start on, the process says that it was interrupted and ends. During a long run the signal is
/// handled between two batches, so that a step is finished and its result saved. A second signal ends the process at
/// once, unless it comes together with the first: some programs send to a process and to its group (`timeout`).
enum Interruption {
  private static let requested = Atomic<Int32>(0)
  private static let requestTime = Atomic<Int>(0)
  /// The milliseconds within which repeated signals count as one.
  private static let echo = 500
  private static let isWatched = Atomic<Bool>(false)
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGXCPU]

  /// Installs the handlers; without them the system ends the process silently. A signal that the process was started to
  /// ignore stays ignored, as shells do for background jobs and `nohup` for the terminal's end.
  static func announce() {
    // Initialises the variables that the handler reads, because a handler must not do it.
    requested.store(0, ordering: .relaxed)
    requestTime.store(0, ordering: .relaxed)
    isWatched.store(false, ordering: .relaxed)
    for signal in signals { handle(signal) }
  }

  /// From now on signals are only noted, until ``check()``.
  static func watch() { isWatched.store(true, ordering: .relaxed) }

  private static func handle(_ signal: Int32) {
    var previous = sigaction()
    sigaction(signal, nil, &previous)
    // C functions cannot be compared, but their addresses can.
    let handler = unsafeBitCast(previous.__sigaction_handler.sa_handler, to: Int.self)
    guard handler != unsafeBitCast(SIG_IGN, to: Int.self) else { return }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { signal in
      // Only async-signal-safe calls: no memory is allocated.
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
    // Unblocks the signals: a process inherits blocked signals from the thread that started it.
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
