import Unfold

/// A family of operations that is summarised together. Convolutions with and without groups are different work, and the
/// time of tiny ones is the cost of a call.
struct Family: Hashable {
  /// For a table's row: `convolution`, `grouped convolution`, `maximum pooling`.
  let title: String

  init(title: String) { self.title = title }

  static let convolution = Family(title: "convolution")
  static let groupedConvolution = Family(title: "grouped and depthwise")
  static let tinyConvolution = Family(title: "tiny convolution")
  static let training = Family(title: "training step")
  static let inference = Family(title: "inference")

  /// Whether whole networks run, whose speed is given in images a second.
  var isNetwork: Bool { [.training, .inference].contains(self) }
}

extension Comparison.Cell {
  /// Whether it is one, ordinary or transposed.
  var isConvolution: Bool {
    [ConvolutionGeometry.operation, TransposedConvolutionGeometry.operation].contains(operation)
  }

  var family: Family {
    switch operation {
    case "convolution" where suite == "awkward": .tinyConvolution
    case "convolution": groups == 1 ? .convolution : .groupedConvolution
    case "training": .training
    case "inference": .inference
    case "nearest", "linear": Family(title: "\(operation) resampling")
    default: Family(title: operation.split(separator: "-").joined(separator: " "))
    }
  }

  /// The direction in words; with and without bias are the same pass.
  var pass: String {
    switch direction {
    case "FWD_B", "FWD_D": "forward"
    case "BWD_D": "input gradient"
    case "BWD_W", "BWD_WB": "filter gradient"
    case "STEP": "step"
    default: direction
    }
  }

  /// The passes in the order in which a network runs them; others come last.
  static func order(ofPass pass: String) -> Int {
    ["forward", "input gradient", "filter gradient", "step"].firstIndex(of: pass) ?? .max
  }
}
