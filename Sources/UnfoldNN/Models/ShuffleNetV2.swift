import Unfold

/// The network of Ma et al. 2018 ("ShuffleNet V2"): blocks that compute with half of the channels and leave the other half,
/// then interleave them.
///
/// ```
/// stride 1    x -.- half ------------------------------------------------.
///                '- half -- 1x1 bn relu -- depthwise bn -- 1x1 bn relu -- side by side -- shuffle of 2 groups
/// stride 2    x -.- depthwise, stride 2, bn -- 1x1 bn relu --------------.
///                '- 1x1 bn relu -- depthwise, stride 2, bn -- 1x1 bn relu -- side by side -- shuffle of 2 groups
/// ```
///
/// Nodes and parameters have the names of torchvision.
public struct ShuffleNetV2: Hashable, Sendable {
  /// The blocks of each stage, of which the first halves the map.
  public var blocks: [Int]
  /// The channels of each stage, even numbers.
  public var filters: [Int]
  /// The filters before the first stage and after the last.
  public var firstFilters, lastFilters: Int

  /// A network.
  public init(blocks: [Int] = [4, 8, 4], filters: [Int], firstFilters: Int = 24, lastFilters: Int = 1024) {
    (self.blocks, self.filters) = (blocks, filters)
    (self.firstFilters, self.lastFilters) = (firstFilters, lastFilters)
  }

  /// The network of the width 1.0, 2.3 million parameters with 1000 classes.
  public static let width1 = ShuffleNetV2(filters: [116, 232, 464])

  /// The graph.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`.
  ///   - classes: The number of logits.
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    try Graph(input: input) { x throws(GraphError) in
      var y = try x.unit(firstFilters, window: 3, stride: 2, activation: .relu, name: "conv1")
        .maximumPooling(3, stride: 2, padding: 1)
      for (stage, (count, filters)) in zip(blocks, filters).enumerated() {
        for block in 0..<max(0, count) {
          y = try y.scope("stage\(stage + 2).\(block)") { x throws(GraphError) in
            try self.block(x, filters: filters / 2, halves: block == 0)
          }
        }
      }
      return try y.unit(lastFilters, activation: .relu, name: "conv5")
        .globalMeanPooling().dense(classes, initializer: .logits, name: "fc")
    }
  }

  private func block(_ x: Value, filters: Int, halves: Bool) throws(GraphError) -> Value {
    let half = x.shape[2] / 2
    let kept = halves ? x : try x.channels(0..<half)
    let first =
      halves
      ? try kept.scope("branch1") { x throws(GraphError) in
        try depthwise(x, stride: 2, name: 0).pointwise(filters, name: 2)
      } : kept
    let second = try (halves ? x : x.channels(half..<x.shape[2])).scope("branch2") { x throws(GraphError) in
      try depthwise(x.pointwise(filters, name: 0), stride: halves ? 2 : 1, name: 3).pointwise(filters, name: 5)
    }
    return try concatenate([first, second]).channelShuffle(2)
  }

  private func depthwise(_ x: Value, stride: Int, name: Int) throws(GraphError) -> Value {
    try x.convolution(
      x.shape[2], window: 3, stride: Extent(stride, stride), padding: 1, groups: x.shape[2], hasBias: false,
      name: "\(name)"
    ).batchNorm(name: "\(name + 1)")
  }
}

extension Value {
  /// A 1x1 convolution, its normalisation and relu, with three names that follow each other.
  fileprivate func pointwise(_ filters: Int, name: Int) throws(GraphError) -> Value {
    try convolution(filters, window: 1, hasBias: false, name: "\(name)").batchNorm(name: "\(name + 1)")
      .activation(.relu, name: "\(name + 2)")
  }
}
