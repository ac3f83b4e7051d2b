import Unfold

/// Why a network cannot be built.
public enum ModelError: Error, Hashable, Sendable {
  /// A layer does not fit the shape that reaches it; layers are counted from 0.
  case layer(index: Int, name: String, input: Shape, reason: UnfoldError)
  /// A network needs at least one layer.
  case noLayers
  /// There is no model of this name.
  case unknownModel(String, known: [String])
}

extension ModelError: CustomStringConvertible {
  /// One line: what was expected and what was found.
  public var description: String {
    switch self {
    case .layer(let index, let name, let input, let reason):
      "layer \(index) (\(name)), whose input is \(input): \(reason)"
    case .noLayers:
      "network: expected at least one layer, found none"
    case .unknownModel(let name, let known):
      "model: expected \(known.joined(separator: " or ")), found \(name)"
    }
  }
}
