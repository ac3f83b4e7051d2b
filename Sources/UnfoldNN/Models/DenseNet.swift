import Unfold

/// The densely connected networks of Huang et al. 2017: every layer of a block reads the outputs of all before it.
///
/// ```
/// x0 --.-- bn relu 1x1 bn relu 3x3 --> x1       next input: [x0, x1] side by side, then [x0, x1, x2], ...
///      '------------------------------------'
/// ```
///
/// Between two blocks a 1x1 convolution halves the channels and a mean halves the map. Nodes and parameters have the names
/// of torchvision.
public struct DenseNet: Hashable, Sendable {
  /// The layers of each block.
  public var layers: [Int]
  /// The channels that each layer adds.
  public var growth: Int
  /// The filters before the first block.
  public var filters: Int
  /// Whether images are of about 224 pixels: a 7x7 convolution and a maximum, both of stride 2, come first.
  public var hasLargeStem: Bool

  /// A network.
  public init(layers: [Int], growth: Int, filters: Int, hasLargeStem: Bool) {
    self.layers = layers
    self.growth = growth
    self.filters = filters
    self.hasLargeStem = hasLargeStem
  }

  /// Three blocks of six layers for small images: about 310,000 parameters.
  public static let small = DenseNet(layers: [6, 6, 6], growth: 16, filters: 32, hasLargeStem: false)
  /// 121 layers, 8.0 million parameters with 1000 classes.
  public static let denseNet121 = DenseNet(layers: [6, 12, 24, 16], growth: 32, filters: 64, hasLargeStem: true)

  /// The graph.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`.
  ///   - classes: The number of logits.
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    try Graph(input: input) { x throws(GraphError) in
      let features = try x.scope("features") { x throws(GraphError) in
        var y = try stem(x)
        for (index, count) in layers.enumerated() {
          y = try y.scope("denseblock\(index + 1)") { x throws(GraphError) in try block(x, layers: count) }
          if index + 1 < layers.count {
            y = try y.scope("transition\(index + 1)") { x throws(GraphError) in
              try x.batchNorm(name: "norm").relu()
                .convolution(x.shape[2] / 2, window: 1, hasBias: false, name: "conv").meanPooling(2)
            }
          }
        }
        return try y.batchNorm(name: "norm\(layers.count + 1)").relu()
      }
      return try features.globalMeanPooling().dense(classes, initializer: .logits, name: "classifier")
    }
  }

  private func stem(_ x: Value) throws(GraphError) -> Value {
    guard hasLargeStem else {
      return try x.convolution(filters, window: 3, padding: .same, hasBias: false, name: "conv0")
    }
    return try x.convolution(filters, window: 7, stride: 2, padding: 3, hasBias: false, name: "conv0")
      .batchNorm(name: "norm0").relu().maximumPooling(3, stride: 2, padding: 1)
  }

  private func block(_ x: Value, layers: Int) throws(GraphError) -> Value {
    var features = x
    for layer in 1...max(1, layers) {
      let new = try features.scope("denselayer\(layer)") { x throws(GraphError) in
        try x.batchNorm(name: "norm1").relu()
          .convolution(4 &* growth, window: 1, hasBias: false, name: "conv1").batchNorm(name: "norm2").relu()
          .convolution(growth, window: 3, padding: .same, hasBias: false, name: "conv2")
      }
      features = try concatenate([features, new])
    }
    return features
  }
}
