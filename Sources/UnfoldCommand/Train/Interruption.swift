import Glibc
import Synchronization

/// Control-C, or a polite end (SIGTERM), during a long run: it is noticed between two batches, so that a step is finished
/// and its result saved. A second one ends the process at once.
enum Interruption {
  private static let requested = Atomic<Int32>(0)

  /// Takes notice from now on, in place of the system's way, which ends the process anywhere. A process that was told to
  /// ignore Control-C, as shells tell those in the background, goes on doing so.
  static func watch() {
    // The handler must find the variable made: making it is nothing for a handler to do.
    requested.store(0, ordering: .relaxed)
    watch(SIGINT)
    watch(SIGTERM)
  }

  private static func watch(_ signal: Int32) {
    var previous = sigaction()
    sigaction(signal, nil, &previous)
    // C functions cannot be compared, their addresses can.
    let handler = unsafeBitCast(previous.__sigaction_handler.sa_handler, to: Int.self)
    guard handler != unsafeBitCast(SIG_IGN, to: Int.self) else { return }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { Interruption.requested.store($0, ordering: .relaxed) }
    action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
    sigaction(signal, &action, nil)
    // A process inherits from the thread that started it which signals are held back.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, signal)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// - Throws: ``CommandError/interrupted(signal:saved:)`` once a signal has come.
  static func check() throws(CommandError) {
    let signal = requested.load(ordering: .relaxed)
    if signal != 0 { throw .interrupted(signal: signal, saved: nil) }
  }
}
