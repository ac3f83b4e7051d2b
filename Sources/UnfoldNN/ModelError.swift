import Unfold

/// Why a model cannot be made.
public enum ModelError: Error, Hashable, Sendable {
  /// There is no model of this name.
  case unknownModel(String, known: [String])
}

extension ModelError: CustomStringConvertible {
  /// One line: what was expected and what was found.
  public var description: String {
    switch self {
    case .unknownModel(let name, let known):
      "model: expected one of \(known.joined(separator: ", ")), found \(name)"
    }
  }
}
