import Glibc

/// One of the process's output streams, and what is known of the screen behind it.
struct Terminal: Sendable {
  /// Results go here.
  static let output = Terminal(descriptor: STDOUT_FILENO)
  /// Progress and complaints go here, so that results can be piped.
  static let error = Terminal(descriptor: STDERR_FILENO)

  let descriptor: Int32

  /// Whether a person watches who can see a line redrawn.
  var isInteractive: Bool {
    guard isatty(descriptor) == 1 else { return false }
    return environment("TERM") != "dumb"
  }

  /// The columns of the screen: what the terminal says, else `COLUMNS`, else 80.
  var width: Int {
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return environment("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 80
  }

  /// Writes all of `text` at once, unbuffered: a progress line and an error message keep their order.
  func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      // A reader that has gone away is no reason to lose a model that is being trained.
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }

  /// Writes `text` and ends the line.
  func writeLine(_ text: String = "") { write(text + "\n") }
}

/// The value of an environment variable, nil where it is not set.
func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
