/// What the command says of its own accord; the modules below it have errors of their own.
enum CommandError: Error, Equatable {
  /// An argument or a file's content is not what was expected.
  case unexpected(_ what: String, expected: String, found: String)
  /// The system refused something with a file.
  case file(path: String, reason: String)
  /// The engine differs from the reference.
  case mismatches(Int, of: Int)
  /// Somebody pressed Control-C.
  case interrupted
}

extension CommandError: CustomStringConvertible {
  var description: String {
    switch self {
    case .unexpected(let what, let expected, let found): "\(what): expected \(expected), found \(found)"
    case .file(let path, let reason): "\(path): \(reason)"
    case .mismatches(let count, let total): "\(count) of \(total) results differ from the reference"
    case .interrupted: "interrupted"
    }
  }
}

extension CommandError {
  /// The status that the process ends with: 130 is what shells report of a program that Control-C ended.
  var exitStatus: Int32 {
    if case .interrupted = self { 130 } else { 1 }
  }
}
