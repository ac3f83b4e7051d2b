import Unfold

/// The network of Iandola et al. 2016 with few parameters, in its version 1.1: blocks that squeeze the channels before they
/// expand them, and no dense layer.
///
/// ```
///                .-- 1x1 relu --.
/// x -- 1x1 relu -|              |- side by side --        a fire module
///                '-- 3x3 relu --'
/// [224, 224, 3] -3x3, stride 2, pool-> [55, 55, 64] -2 fires, pool, 2 fires, pool, 4 fires-> [13, 13, 512] -1x1-> mean
/// ```
///
/// Nodes and parameters have the names of torchvision. 1.2 million parameters with 1000 classes.
public struct SqueezeNet: Hashable, Sendable {
  /// The filters of each fire module: of the 1x1 before, and of each of the two behind; nil for a maximum that halves the
  /// map.
  public var fires: [Fire?]
  /// The probability of dropout before the last convolution.
  public var dropout: Double

  /// The filters of a fire module.
  public struct Fire: Hashable, Sendable {
    public var squeezed, expanded: Int

    /// A module.
    public init(_ squeezed: Int, _ expanded: Int) { (self.squeezed, self.expanded) = (squeezed, expanded) }
  }

  /// A network; that of version 1.1 unless other modules are given.
  public init(fires: [Fire?] = Self.version11, dropout: Double = 0.5) {
    self.fires = fires
    self.dropout = dropout
  }

  /// The modules of version 1.1.
  public static let version11: [Fire?] = [
    Fire(16, 64), Fire(16, 64), nil, Fire(32, 128), Fire(32, 128), nil, Fire(48, 192), Fire(48, 192), Fire(64, 256),
    Fire(64, 256),
  ]

  /// The graph.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`, H and W at least 17.
  ///   - classes: The number of logits.
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    try Graph(input: input) { x throws(GraphError) in
      try x.scope("features") { x throws(GraphError) in
        var y = try x.convolution(64, window: 3, stride: 2, name: "0").activation(.relu, name: "1")
          .maximumPooling(3, stride: 2, rounding: .ceiling, name: "2")
        for (place, fire) in fires.enumerated() {
          if let fire {
            y = try y.scope("\(place + 3)") { x throws(GraphError) in try module(x, fire) }
          } else {
            y = try y.maximumPooling(3, stride: 2, rounding: .ceiling, name: "\(place + 3)")
          }
        }
        return y
      }.scope("classifier") { x throws(GraphError) in
        try x.dropout(dropout, name: "0").convolution(classes, window: 1, initializer: .logits, name: "1")
          .activation(.relu, name: "2")
      }.globalMeanPooling()
    }
  }

  private func module(_ x: Value, _ fire: Fire) throws(GraphError) -> Value {
    let y = try x.convolution(fire.squeezed, window: 1, name: "squeeze").activation(.relu, name: "squeeze_activation")
    return try concatenate([
      y.convolution(fire.expanded, window: 1, name: "expand1x1").activation(.relu, name: "expand1x1_activation"),
      y.convolution(fire.expanded, window: 3, padding: 1, name: "expand3x3")
        .activation(.relu, name: "expand3x3_activation"),
    ])
  }
}
