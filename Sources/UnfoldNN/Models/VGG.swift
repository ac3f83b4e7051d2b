import Unfold

/// The networks of Simonyan and Zisserman 2015: 3x3 convolutions between poolings, then dense layers.
///
/// Nodes and parameters have the names of torchvision, `features.0.weight` to `classifier.6.bias`, so that files can be
/// exchanged: for images of 224 x 224 pixels, where torchvision's mean over 7x7 maps changes nothing. As there,
/// convolutions have a bias even before a normalisation, which does not need it.
public enum VGG: Int, CaseIterable, Sendable {
  case vgg11 = 11
  case vgg13 = 13
  case vgg16 = 16
  case vgg19 = 19

  /// The convolutions of each block.
  private var convolutions: [Int] {
    switch self {
    case .vgg11: [1, 1, 2, 2, 2]
    case .vgg13: [2, 2, 2, 2, 2]
    case .vgg16: [2, 2, 3, 3, 3]
    case .vgg19: [2, 2, 4, 4, 4]
    }
  }

  /// The graph: five blocks of 64 to 512 filters, each halving the map, and three dense layers.
  ///
  /// ```
  /// [224, 224, 3] -> [112, 112, 64] -> [56, 56, 128] -> [28, 28, 256] -> [14, 14, 512] -> [7, 7, 512] -> 4096 -> 4096 -> K
  /// ```
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`, H and W at least 32.
  ///   - classes: K.
  ///   - isNormalized: Whether a batch normalisation follows each convolution.
  ///   - dropout: The probability after the first two dense layers.
  /// - Throws: ``GraphError``.
  public func graph(
    input: Shape, classes: Int, isNormalized: Bool = false, dropout: Double = 0.5
  ) throws(GraphError) -> Graph {
    try Graph(input: input) { x throws(GraphError) in
      try x.scope("features") { x throws(GraphError) in
        var (y, place) = (x, 0)
        /// The name of the next layer: its place among all, as in PyTorch's `Sequential`.
        func name() -> String {
          defer { place += 1 }
          return "\(place)"
        }
        for (block, count) in convolutions.enumerated() {
          for _ in 0..<count {
            y = try y.convolution(min(64 << block, 512), window: 3, padding: .same, name: name())
            if isNormalized { y = try y.batchNorm(name: name()) }
            y = try y.activation(.relu, name: name())
          }
          y = try y.maximumPooling(2, name: name())
        }
        return y
      }.flatten().scope("classifier") { x throws(GraphError) in
        // Max pooling makes values larger, and nothing normalises them: so the first logits are scaled down more than
        // in other networks.
        try x.dense(4096, name: "0").activation(.relu, name: "1").dropout(dropout, name: "2")
          .dense(4096, name: "3").activation(.relu, name: "4").dropout(dropout, name: "5")
          .dense(classes, initializer: .lecunNormal(gain: 0.02), name: "6")
      }
    }
  }

  /// The current names of parameters by those in files of earlier versions of Unfold, which numbered convolutions and
  /// dense layers separately: `conv1.weight` to `fc3.bias`.
  static func namesSinceRenaming(of parameters: [String]) -> [FileName: String] {
    var (names, counts, last) = ([FileName: String](), [String: Int](), "")
    for parameter in parameters {
      let parts = parameter.split(separator: ".").map(String.init)
      guard parts.count == 3 else { continue }
      let kind = parts[0] == "features" ? "conv" : "fc"
      if parts[0] + parts[1] != last { counts[kind, default: 0] += 1 }
      last = parts[0] + parts[1]
      names[FileName("\(kind)\(counts[kind] ?? 0).\(parts[2])")] = parameter
    }
    return names
  }
}

/// A small network in their style: pairs of 3x3 convolutions between poolings. About 1.9 million parameters for images
/// of 28 x 28 pixels and 10 classes.
///
/// ```
/// [28, 28, 1] -2 conv 3x3-> [28, 28, 64] -pool-> [14, 14, 64] -2 conv 3x3-> [14, 14, 128] -pool-> [7, 7, 128] -> 256 -> 10
/// ```
///
/// - Throws: ``GraphError`` for images of less than 4 x 4 pixels.
public func vgg(input: Shape, classes: Int) throws(GraphError) -> Graph {
  try Graph(input: input) { x throws(GraphError) in
    var y = x
    for filters in [64, 128] {
      y = try y.convolution(filters, window: 3, padding: .same).relu().convolution(filters, window: 3, padding: .same)
        .relu()
        .maximumPooling(2)
    }
    return try y.flatten().dense(256).relu().dense(classes, initializer: .logits)
  }
}
