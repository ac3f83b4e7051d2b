import Unfold

/// The network of Szegedy et al. 2016 ("Rethinking the Inception Architecture for Computer Vision"): blocks of branches with
/// windows of several shapes, side by side.
///
/// ```
/// [299, 299, 3] -5 convolutions, 2 maxima-> [35, 35, 192] -3 blocks-> [35, 35, 288] -5 blocks-> [17, 17, 768] -3 blocks->
/// [8, 8, 2048] -mean-> classes
/// ```
///
/// Windows of 7x7 are made of 1x7 and 7x1. Nodes and parameters have the names of torchvision, without the second classifier
/// in the middle, `AuxLogits`, that its training has. 23.8 million parameters with 1000 classes.
public struct InceptionV3: Hashable, Sendable {
  /// The probability of dropout before the last layer.
  public var dropout: Double

  /// A network.
  public init(dropout: Double = 0.5) { self.dropout = dropout }

  /// The graph.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`, H and W at least 75.
  ///   - classes: The number of logits.
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    try Graph(input: input) { x throws(GraphError) in
      var y = try x.unit("Conv2d_1a_3x3", 32, 3, stride: 2, pads: false).unit("Conv2d_2a_3x3", 32, 3, pads: false)
        .unit("Conv2d_2b_3x3", 64, 3).maximumPooling(3, stride: 2)
        .unit("Conv2d_3b_1x1", 80).unit("Conv2d_4a_3x3", 192, 3, pads: false).maximumPooling(3, stride: 2)
      for (name, pooled) in [("Mixed_5b", 32), ("Mixed_5c", 64), ("Mixed_5d", 64)] {
        y = try y.scope(name) { x throws(GraphError) in try square(x, pooled: pooled) }
      }
      y = try y.scope("Mixed_6a") { x throws(GraphError) in try halved(x) }
      for (name, width) in [("Mixed_6b", 128), ("Mixed_6c", 160), ("Mixed_6d", 160), ("Mixed_6e", 192)] {
        y = try y.scope(name) { x throws(GraphError) in try long(x, width: width) }
      }
      y = try y.scope("Mixed_7a") { x throws(GraphError) in try halvedAgain(x) }
      for name in ["Mixed_7b", "Mixed_7c"] { y = try y.scope(name) { x throws(GraphError) in try wide(x) } }
      return try y.globalMeanPooling().dropout(dropout).dense(classes, initializer: .logits, name: "fc")
    }
  }

  /// Windows of 1x1, 5x5 and twice 3x3 (figure 5).
  private func square(_ x: Value, pooled: Int) throws(GraphError) -> Value {
    try concatenate([
      x.unit("branch1x1", 64),
      x.unit("branch5x5_1", 48).unit("branch5x5_2", 64, 5),
      x.unit("branch3x3dbl_1", 64).unit("branch3x3dbl_2", 96, 3).unit("branch3x3dbl_3", 96, 3),
      x.means().unit("branch_pool", pooled),
    ])
  }

  /// The first halving (figure 10).
  private func halved(_ x: Value) throws(GraphError) -> Value {
    try concatenate([
      x.unit("branch3x3", 384, 3, stride: 2, pads: false),
      x.unit("branch3x3dbl_1", 64).unit("branch3x3dbl_2", 96, 3)
        .unit("branch3x3dbl_3", 96, 3, stride: 2, pads: false),
      x.maximumPooling(3, stride: 2),
    ])
  }

  /// Windows of 1x7 and 7x1, one and two pairs of them (figure 6).
  private func long(_ x: Value, width: Int) throws(GraphError) -> Value {
    let (row, column) = (Extent(1, 7), Extent(7, 1))
    return try concatenate([
      x.unit("branch1x1", 192),
      x.unit("branch7x7_1", width).unit("branch7x7_2", width, row).unit("branch7x7_3", 192, column),
      x.unit("branch7x7dbl_1", width).unit("branch7x7dbl_2", width, column).unit("branch7x7dbl_3", width, row)
        .unit("branch7x7dbl_4", width, column).unit("branch7x7dbl_5", 192, row),
      x.means().unit("branch_pool", 192),
    ])
  }

  /// The second halving.
  private func halvedAgain(_ x: Value) throws(GraphError) -> Value {
    try concatenate([
      x.unit("branch3x3_1", 192).unit("branch3x3_2", 320, 3, stride: 2, pads: false),
      x.unit("branch7x7x3_1", 192).unit("branch7x7x3_2", 192, Extent(1, 7)).unit("branch7x7x3_3", 192, Extent(7, 1))
        .unit("branch7x7x3_4", 192, 3, stride: 2, pads: false),
      x.maximumPooling(3, stride: 2),
    ])
  }

  /// Windows of 1x3 beside 3x1 (figure 7).
  private func wide(_ x: Value) throws(GraphError) -> Value {
    let (row, column) = (Extent(1, 3), Extent(3, 1))
    let single = try x.unit("branch3x3_1", 384)
    let double = try x.unit("branch3x3dbl_1", 448).unit("branch3x3dbl_2", 384, 3)
    return try concatenate([
      x.unit("branch1x1", 320), single.unit("branch3x3_2a", 384, row), single.unit("branch3x3_2b", 384, column),
      double.unit("branch3x3dbl_3a", 384, row), double.unit("branch3x3dbl_3b", 384, column),
      x.means().unit("branch_pool", 192),
    ])
  }
}

extension Value {
  /// A convolution, its normalisation and relu, named `conv` and `bn` within `name`.
  fileprivate func unit(
    _ name: String, _ filters: Int, _ window: Extent = 1, stride: Extent = 1, pads: Bool = true
  ) throws(GraphError) -> Value {
    try scope(name) { x throws(GraphError) in
      let padding = pads ? Padding.symmetric(window.height / 2, window.width / 2) : .valid
      return try x.convolution(
        filters, window: window, stride: stride, padding: padding, hasBias: false, name: "conv"
      ).batchNorm(epsilon: 1e-3, name: "bn").relu()
    }
  }

  /// The mean around each pixel, with zeros behind the borders.
  fileprivate func means() throws(GraphError) -> Value { try meanPooling(3, stride: 1, padding: 1) }
}
