/// The errors of event files: every case names the file or the argument, and what was expected or found there.
public enum EventFileError: Error, Hashable, Sendable {
  /// The folder or the file cannot be made.
  case cannotCreate(path: String, reason: String)
  /// The system refused to write, as a full disk does.
  case cannotWrite(path: String, reason: String)
  /// The file was closed before.
  case closed(path: String)
  /// An argument has a value that it cannot have.
  case invalidArgument(name: String, expected: String, found: String)
}

extension EventFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotCreate(let path, let reason):
      "\(quoted(path)): cannot be made: \(reason)"
    case .cannotWrite(let path, let reason):
      "\(quoted(path)): cannot be written: \(reason)"
    case .closed(let path):
      "\(quoted(path)): expected an open event file, found one that was closed"
    case .invalidArgument(let name, let expected, let found):
      "\(name): expected \(expected), found \(quoted(found))"
    }
  }
}

/// A text on one line: control characters, such as a newline in a name, are written as escapes.
private func quoted(_ text: String) -> String {
  text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? $0.escaped(asASCII: true) : String($0) }.joined()
}
