import Unfold

/// One pass of a convolution, in benchdnn's words.
enum PassDirection: String, CaseIterable, Codable, Sendable {
  /// Forward without bias.
  case forward = "FWD_D"
  /// Forward with bias.
  case forwardWithBias = "FWD_B"
  /// The gradient with respect to the input.
  case inputGradient = "BWD_D"
  /// The gradient with respect to the filter.
  case filterGradient = "BWD_W"
  /// The gradients with respect to the filter and the bias.
  case filterAndBiasGradient = "BWD_WB"

  /// The directions of a list such as `FWD_B,BWD_D`, each once, in the order of the list.
  ///
  /// - Throws: ``CommandError/usage(_:expected:found:)`` for an unknown or an empty one.
  static func list(_ text: String) throws(CommandError) -> [PassDirection] {
    var directions: [PassDirection] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let direction = PassDirection(rawValue: word.uppercased()) else {
        let known = allCases.map(\.rawValue).joined(separator: ", ")
        throw .usage("direction", expected: "a list of \(known)", found: "\"\(word)\"")
      }
      if !directions.contains(direction) { directions.append(direction) }
    }
    return directions
  }

  /// Its name in tables.
  var title: String {
    switch self {
    case .forward, .forwardWithBias: "forward"
    case .inputGradient: "input gradient"
    case .filterGradient, .filterAndBiasGradient: "filter gradient"
    }
  }

  /// Its name in the engine.
  var convolution: ConvolutionDirection {
    switch self {
    case .forward, .forwardWithBias: .forward
    case .inputGradient: .inputGradient
    case .filterGradient, .filterAndBiasGradient: .filterGradient
    }
  }
}
