import Unfold

/// The networks of Simonyan and Zisserman 2015: 3x3 convolutions between poolings, then dense layers.
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
      var y = x
      for (block, count) in convolutions.enumerated() {
        for _ in 0..<count {
          y = try y.convolution(min(64 << block, 512), window: 3, hasBias: !isNormalized)
          if isNormalized { y = try y.batchNorm() }
          y = try y.relu()
        }
        y = try y.maximumPooling(2)
      }
      return try y.flatten().dense(4096).relu().dropout(dropout).dense(4096).relu().dropout(dropout)
        .dense(classes, initializer: .glorotUniform)
    }
  }
}

/// A small network in their style: pairs of 3x3 convolutions between poolings. About 1.9 million parameters for images of
/// 28 x 28 pixels and 10 classes.
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
      y = try y.convolution(filters, window: 3).relu().convolution(filters, window: 3).relu().maximumPooling(2)
    }
    return try y.flatten().dense(256).relu().dense(classes, initializer: .glorotUniform)
  }
}
