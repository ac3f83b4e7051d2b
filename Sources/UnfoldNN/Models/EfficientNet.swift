import Unfold

/// The networks of Tan and Le 2019: inverted residuals with squeeze and excitation and silu, found by a search.
///
/// ```
/// [224, 224, 3] -3x3, stride 2-> [112, 112, 32] -16 blocks-> [7, 7, 320] -1x1-> [7, 7, 1280] -mean-> classes
/// ```
///
/// Nodes and parameters have the names of torchvision. Its training also leaves out whole blocks at random (stochastic
/// depth), which the engine does not have.
public struct EfficientNet: Hashable, Sendable {
  /// Blocks of the same kind, of which the first has the stride.
  public struct Stage: Hashable, Sendable {
    /// The channels between the 1x1 convolutions of a block, divided by those of its input.
    public var expansion: Int
    /// The depthwise window.
    public var window: Int
    public var stride, filters, count: Int

    /// Some blocks.
    public init(expansion: Int, window: Int, stride: Int, filters: Int, count: Int) {
      (self.expansion, self.window, self.stride) = (expansion, window, stride)
      (self.filters, self.count) = (filters, count)
    }
  }

  public var stages: [Stage]
  /// The filters before the first block and after the last.
  public var firstFilters, lastFilters: Int
  /// The probability of dropout before the last layer.
  public var dropout: Double

  /// A network.
  public init(stages: [Stage], firstFilters: Int = 32, lastFilters: Int = 1280, dropout: Double = 0.2) {
    self.stages = stages
    (self.firstFilters, self.lastFilters) = (firstFilters, lastFilters)
    self.dropout = dropout
  }

  /// EfficientNet-B0, table 1 of the paper: 5.3 million parameters with 1000 classes.
  public static let b0 = EfficientNet(stages: [
    Stage(expansion: 1, window: 3, stride: 1, filters: 16, count: 1),
    Stage(expansion: 6, window: 3, stride: 2, filters: 24, count: 2),
    Stage(expansion: 6, window: 5, stride: 2, filters: 40, count: 2),
    Stage(expansion: 6, window: 3, stride: 2, filters: 80, count: 3),
    Stage(expansion: 6, window: 5, stride: 1, filters: 112, count: 3),
    Stage(expansion: 6, window: 5, stride: 2, filters: 192, count: 4),
    Stage(expansion: 6, window: 3, stride: 1, filters: 320, count: 1),
  ])

  /// The graph.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`.
  ///   - classes: The number of logits.
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    try Graph(input: input) { x throws(GraphError) in
      try x.scope("features") { x throws(GraphError) in
        var y = try x.unit(firstFilters, window: 3, stride: 2, activation: .silu, name: "0")
        for (number, stage) in stages.enumerated() {
          for block in 0..<max(0, stage.count) {
            // A quarter of the channels that enter the block, not of those that are weighted.
            let channels = y.shape[2]
            let residual = InvertedResidual(
              expanded: channels &* stage.expansion, outputs: stage.filters, window: stage.window,
              stride: block == 0 ? stage.stride : 1, activation: .silu,
              excitation: (width: max(1, channels / 4), activation: .silu, gate: .sigmoid))
            y = try y.scope("\(number + 1).\(block)") { x throws(GraphError) in try residual(x) }
          }
        }
        return try y.unit(lastFilters, activation: .silu, name: "\(stages.count + 1)")
      }.globalMeanPooling().scope("classifier") { x throws(GraphError) in
        try x.dropout(dropout, name: "0").dense(classes, initializer: .logits, name: "1")
      }
    }
  }
}
