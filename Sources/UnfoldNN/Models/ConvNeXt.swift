import Unfold

/// The networks of Liu et al. 2022 ("A ConvNet for the 2020s"): large depthwise windows, layer normalisation and gelu in
/// residual blocks that begin near zero.
///
/// ```
/// x --.-- depthwise 7x7 -- layer norm -- 1x1, 4 C -- gelu -- 1x1, C -- layer scale --(+)--
///     '--------------------------------------------------------------------------------'
/// [224, 224, 3] -4x4, stride 4-> [56, 56, 96] -3 blocks, halve-> [28, 28, 192] -3, halve-> [14, 14, 384] -9, halve->
/// [7, 7, 768] -3-> mean -> layer norm -> classes
/// ```
///
/// Each pixel is normalised over its channels. Nodes and parameters have the names of torchvision; the 1x1 convolutions of a
/// block are dense layers in its files. Its training also leaves out whole blocks at random (stochastic depth), which the
/// engine does not have.
public struct ConvNeXt: Hashable, Sendable {
  /// The blocks of each stage; every stage but the first begins with half the map.
  public var blocks: [Int]
  /// The channels of each stage.
  public var filters: [Int]
  /// The first value of every factor of a layer scale.
  public var firstScale: Double

  /// A network.
  public init(blocks: [Int], filters: [Int], firstScale: Double = 1e-6) {
    self.blocks = blocks
    self.filters = filters
    self.firstScale = firstScale
  }

  /// ConvNeXt-T: 28.6 million parameters with 1000 classes.
  public static let tiny = ConvNeXt(blocks: [3, 3, 9, 3], filters: [96, 192, 384, 768])

  /// What is added to every variance.
  private static let epsilon = 1e-6

  /// The graph.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`, H and W at least 32 with four stages.
  ///   - classes: The number of logits.
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    try Graph(input: input) { x throws(GraphError) in
      try x.scope("features") { x throws(GraphError) in
        var y = x
        for (stage, (count, filters)) in zip(blocks, filters).enumerated() {
          y = try y.scope("\(2 * stage)") { x throws(GraphError) in
            if stage == 0 {
              return try x.convolution(filters, window: 4, stride: 4, name: "0")
                .layerNorm(epsilon: Self.epsilon, name: "1")
            }
            return try x.layerNorm(epsilon: Self.epsilon, name: "0")
              .convolution(filters, window: 2, stride: 2, name: "1")
          }
          for place in 0..<max(0, count) {
            y = try y.scope("\(2 * stage + 1)") { x throws(GraphError) in try block(x, name: "\(place)") }
          }
        }
        return y
      }.globalMeanPooling().scope("classifier") { x throws(GraphError) in
        try x.layerNorm(epsilon: Self.epsilon, name: "0").dense(classes, initializer: .logits, name: "2")
      }
    }
  }

  private func block(_ x: Value, name: String) throws(GraphError) -> Value {
    let channels = x.shape[2]
    let y = try x.scope("\(name).block") { x throws(GraphError) in
      try x.convolution(channels, window: 7, padding: 3, groups: channels, name: "0")
        .layerNorm(epsilon: Self.epsilon, name: "2")
        .pixelwiseDense(4 &* channels, name: "3").activation(.gelu, name: "4")
        .pixelwiseDense(channels, name: "5")
    }
    // The factors belong to the block itself in torchvision's files.
    return try y.layerScale(start: firstScale, name: name) + x
  }
}
