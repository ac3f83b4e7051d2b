import Unfold

/// The network of Sandler et al. 2018 for phones: inverted residuals with linear bottlenecks and relu6.
///
/// ```
/// [224, 224, 3] -3x3, stride 2-> [112, 112, 32] -17 blocks-> [7, 7, 320] -1x1-> [7, 7, 1280] -mean-> classes
/// ```
///
/// Nodes and parameters have the names of torchvision. 3.5 million parameters with 1000 classes.
public struct MobileNetV2: Hashable, Sendable {
  /// Blocks of the same kind, of which the first has the stride.
  public struct Stage: Hashable, Sendable {
    /// The channels between the 1x1 convolutions of a block, divided by those of its input.
    public var expansion: Int
    public var filters, count, stride: Int

    /// Some blocks.
    public init(expansion: Int, filters: Int, count: Int, stride: Int) {
      (self.expansion, self.filters) = (expansion, filters)
      (self.count, self.stride) = (count, stride)
    }
  }

  public var stages: [Stage]
  /// The probability of dropout before the last layer.
  public var dropout: Double

  /// A network; the stages of the paper's table 2 unless others are given.
  public init(stages: [Stage] = Self.paper, dropout: Double = 0.2) {
    self.stages = stages
    self.dropout = dropout
  }

  /// Table 2 of the paper.
  public static let paper = [
    Stage(expansion: 1, filters: 16, count: 1, stride: 1), Stage(expansion: 6, filters: 24, count: 2, stride: 2),
    Stage(expansion: 6, filters: 32, count: 3, stride: 2), Stage(expansion: 6, filters: 64, count: 4, stride: 2),
    Stage(expansion: 6, filters: 96, count: 3, stride: 1), Stage(expansion: 6, filters: 160, count: 3, stride: 2),
    Stage(expansion: 6, filters: 320, count: 1, stride: 1),
  ]

  /// The graph.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`.
  ///   - classes: The number of logits.
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    try Graph(input: input) { x throws(GraphError) in
      try x.scope("features") { x throws(GraphError) in
        var y = try x.unit(32, window: 3, stride: 2, activation: .relu6, name: "0")
        var place = 1
        for stage in stages {
          for block in 0..<max(0, stage.count) {
            let residual = InvertedResidual(
              expanded: y.shape[2] &* stage.expansion, outputs: stage.filters, stride: block == 0 ? stage.stride : 1,
              activation: .relu6, isOfVersion2: true)
            y = try y.scope("\(place)") { x throws(GraphError) in try residual(x) }
            place += 1
          }
        }
        return try y.unit(1280, activation: .relu6, name: "\(place)")
      }.globalMeanPooling().scope("classifier") { x throws(GraphError) in
        try x.dropout(dropout, name: "0").dense(classes, initializer: .logits, name: "1")
      }
    }
  }
}
