/// What the command says of its own accord; the modules below it have errors of their own.
enum CommandError: Error, Equatable {
  /// An argument or a file's content is not what was expected.
  case unexpected(_ what: String, expected: String, found: String)
  /// The system refused something with a file.
  case file(path: String, reason: String)
  /// The engine differs from the reference.
  case mismatches(Int, of: Int)
  /// Somebody pressed Control-C, or asked the process to end; what was done is saved in a folder.
  case interrupted(signal: Int32, saved: String?)
}

extension CommandError: CustomStringConvertible {
  var description: String {
    switch self {
    case .unexpected(let what, let expected, let found): "\(what): expected \(expected), found \(found)"
    case .file(let path, let reason): "\(path): \(reason)"
    case .mismatches(let count, let total): "\(count) of \(total) results differ from the reference"
    case .interrupted(_, let saved):
      saved.map { "interrupted; what was done is saved in \($0), go on with --resume" } ?? "interrupted"
    }
  }
}

extension CommandError {
  /// The status that the process ends with: 128 and the signal's number is what shells report of a program that a signal
  /// ended, 130 for Control-C.
  var exitStatus: Int32 {
    if case .interrupted(let signal, _) = self { 128 + signal } else { 1 }
  }
}
