import Glibc

/// One of the process's output streams, and what is known of the screen behind it.
struct Terminal: Sendable {
  /// Results go here.
  static let output = ResultStream(terminal: Terminal(descriptor: STDOUT_FILENO, name: "standard output"))
  /// Progress and errors go here, so that results can be piped. If it cannot be written, the error is ignored, because
  /// there is no other place to report it.
  static let error = Terminal(descriptor: STDERR_FILENO, name: "standard error")

  let descriptor: Int32
  /// For messages.
  let name: String

  /// Whether it is a terminal, where a line can be redrawn.
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

  /// Writes a line, in which nothing can move the cursor, see `String.printable`.
  func writeLine(_ text: String = "") { try? send(text.printable + "\n") }

  /// Writes text that redraws a line; what comes from elsewhere in it has to be `String.printable`.
  func draw(_ text: String) { try? send(text) }

  /// Writes all of a text as it is, at once and unbuffered: a progress line and an error message keep their order.
  /// Waits while a pipe that does not block has no room.
  ///
  /// - Throws: ``CommandError/outputClosed`` where the reader has gone, ``CommandError/file(path:reason:)`` for any
  ///   other error.
  func send(_ text: String) throws(CommandError) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written > 0 {
        bytes = bytes.dropFirst(written)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&room, 1, -1)
      case EPIPE: throw .outputClosed
      case let code: throw .file(path: name, reason: strerror(code).map { String(cString: $0) } ?? "error \(code)")
      }
    }
  }

  /// Opens `/dev/null` for the standard streams that the process was started without (`>&-`), so that no file gets
  /// their numbers. It is opened so that its use fails.
  static func occupyClosedStreams() {
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is this one: those below have just been occupied.
      _ = open("/dev/null", mode)
    }
  }
}

/// Standard output. A result that cannot be written is an error, so every call throws.
struct ResultStream: Sendable {
  let terminal: Terminal

  /// The columns that tables may take.
  var width: Int { terminal.width }

  /// Writes a line, in which nothing can move the cursor, see `String.printable`.
  ///
  /// - Throws: As ``Terminal/send(_:)``.
  func writeLine(_ text: String = "") throws(CommandError) { try terminal.send(text.printable + "\n") }

  /// Writes lines at once.
  ///
  /// - Throws: As ``Terminal/send(_:)``.
  func writeLines(_ lines: [String]) throws(CommandError) {
    try terminal.send(lines.map { $0.printable + "\n" }.joined())
  }

  /// Writes sentences, broken at spaces into lines that the screen has room for.
  ///
  /// - Throws: As ``Terminal/send(_:)``.
  func writeParagraph(_ text: String) throws(CommandError) { try writeLines(text.wrapped(to: width)) }

  /// Writes a value as JSON, for programs: every character as it is.
  ///
  /// - Throws: As ``Terminal/send(_:)`` and ``jsonText(_:pretty:)``.
  func writeJSON(_ value: some Encodable, pretty: Bool = true) throws(CommandError) {
    try terminal.send(try jsonText(value, pretty: pretty) + "\n")
  }
}

/// The value of an environment variable, nil where it is not set.
func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
