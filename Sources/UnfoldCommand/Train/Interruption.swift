import Glibc
import Synchronization

/// Control-C during a long run: it is noticed between two batches, so that no file is left half written. A second
/// Control-C ends the process at once.
enum Interruption {
  private static let isRequested = Atomic<Bool>(false)

  /// Takes notice of Control-C from now on, in place of the system's way, which ends the process anywhere. A process that
  /// was told to ignore it, as shells tell those in the background, goes on doing so.
  static func watch() {
    var previous = sigaction()
    sigaction(SIGINT, nil, &previous)
    // C functions cannot be compared, their addresses can.
    let handler = unsafeBitCast(previous.__sigaction_handler.sa_handler, to: Int.self)
    guard handler != unsafeBitCast(SIG_IGN, to: Int.self) else { return }
    // The handler must find the variable made: making it is nothing for a handler to do.
    isRequested.store(false, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in Interruption.isRequested.store(true, ordering: .relaxed) }
    action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
    sigaction(SIGINT, &action, nil)
    // A process inherits from the thread that started it which signals are held back.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// - Throws: ``CommandError/interrupted`` once Control-C was pressed.
  static func check() throws(CommandError) {
    if isRequested.load(ordering: .relaxed) { throw .interrupted }
  }
}
