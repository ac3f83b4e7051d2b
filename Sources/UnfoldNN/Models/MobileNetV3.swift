import Unfold

/// The large network of Howard et al. 2019 ("Searching for MobileNetV3"): inverted residuals, some with squeeze and
/// excitation, of relu in the first half and hard swish in the second.
///
/// ```
/// [224, 224, 3] -3x3, stride 2-> [112, 112, 16] -15 blocks-> [7, 7, 160] -1x1-> [7, 7, 960] -mean-> 1280 -> classes
/// ```
///
/// Nodes and parameters have the names of torchvision. 5.5 million parameters with 1000 classes.
public struct MobileNetV3: Hashable, Sendable {
  /// A row of the paper's table 1.
  public struct Block: Hashable, Sendable {
    /// The depthwise window.
    public var window: Int
    /// The channels between the 1x1 convolutions, and those of the output.
    public var expanded, filters: Int
    /// Whether it has squeeze and excitation.
    public var excites: Bool
    /// Hard swish or relu.
    public var isSwish: Bool
    public var stride: Int

    /// A block.
    public init(_ window: Int, _ expanded: Int, _ filters: Int, excites: Bool, isSwish: Bool, stride: Int = 1) {
      (self.window, self.expanded, self.filters) = (window, expanded, filters)
      (self.excites, self.isSwish, self.stride) = (excites, isSwish, stride)
    }

    /// A quarter of the channels that are weighted, as a multiple of 8 that is not below nine tenths of it.
    var squeezedWidth: Int {
      let quarter = expanded / 4
      let rounded = max(8, (quarter + 4) / 8 * 8)
      return 10 * rounded < 9 * quarter ? rounded + 8 : rounded
    }
  }

  public var blocks: [Block]
  /// The width of the dense layer before the last.
  public var width: Int
  /// The probability of dropout before the last layer.
  public var dropout: Double

  /// A network.
  public init(blocks: [Block], width: Int = 1280, dropout: Double = 0.2) {
    self.blocks = blocks
    self.width = width
    self.dropout = dropout
  }

  /// MobileNetV3-Large.
  public static let large = MobileNetV3(blocks: [
    Block(3, 16, 16, excites: false, isSwish: false), Block(3, 64, 24, excites: false, isSwish: false, stride: 2),
    Block(3, 72, 24, excites: false, isSwish: false), Block(5, 72, 40, excites: true, isSwish: false, stride: 2),
    Block(5, 120, 40, excites: true, isSwish: false), Block(5, 120, 40, excites: true, isSwish: false),
    Block(3, 240, 80, excites: false, isSwish: true, stride: 2), Block(3, 200, 80, excites: false, isSwish: true),
    Block(3, 184, 80, excites: false, isSwish: true), Block(3, 184, 80, excites: false, isSwish: true),
    Block(3, 480, 112, excites: true, isSwish: true), Block(3, 672, 112, excites: true, isSwish: true),
    Block(5, 672, 160, excites: true, isSwish: true, stride: 2), Block(5, 960, 160, excites: true, isSwish: true),
    Block(5, 960, 160, excites: true, isSwish: true),
  ])

  /// The graph.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`.
  ///   - classes: The number of logits.
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    // The averages move slowly, and the variances are bounded by more than elsewhere.
    let normalization = BatchNormalizationLayer(epsilon: 1e-3, momentum: 0.01)
    return try Graph(input: input) { x throws(GraphError) in
      try x.scope("features") { x throws(GraphError) in
        var y = try x.unit(16, window: 3, stride: 2, activation: .hardSwish, normalization, name: "0")
        for (number, block) in blocks.enumerated() {
          let residual = InvertedResidual(
            expanded: block.expanded, outputs: block.filters, window: block.window, stride: block.stride,
            activation: block.isSwish ? .hardSwish : .relu,
            excitation: block.excites ? (width: block.squeezedWidth, activation: .relu, gate: .hardSigmoid) : nil,
            normalization: normalization)
          y = try y.scope("\(number + 1)") { x throws(GraphError) in try residual(x) }
        }
        let filters = 6 &* y.shape[2]
        return try y.unit(filters, activation: .hardSwish, normalization, name: "\(blocks.count + 1)")
      }.globalMeanPooling().scope("classifier") { x throws(GraphError) in
        try x.dense(width, name: "0").activation(.hardSwish, name: "1").dropout(dropout, name: "2")
          .dense(classes, initializer: .logits, name: "3")
      }
    }
  }
}
