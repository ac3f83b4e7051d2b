import Glibc
import Synchronization

/// Control-C during a long run: it is noticed between two batches, so that no file is left half written. A second
/// Control-C ends the process at once.
enum Interruption {
  private static let isRequested = Atomic<Bool>(false)

  /// Takes notice of Control-C from now on, in place of the system's way, which ends the process anywhere.
  static func watch() {
    // The handler must find the variable made: making it is nothing for a handler to do.
    isRequested.store(false, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in Interruption.isRequested.store(true, ordering: .relaxed) }
    action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
    sigaction(SIGINT, &action, nil)
  }

  /// - Throws: ``CommandError/interrupted`` once Control-C was pressed.
  static func check() throws(CommandError) {
    if isRequested.load(ordering: .relaxed) { throw .interrupted }
  }
}
