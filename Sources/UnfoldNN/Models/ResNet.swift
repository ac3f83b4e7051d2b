import Unfold

/// The residual networks of He et al. 2016: blocks that add their result to their input. With groups, the ResNeXt of Xie
/// et al. 2017 ("Aggregated Residual Transformations for Deep Neural Networks").
///
/// ```
///         .--------------(conv 1x1, stride 2)--.            .--------------------------------------------.
/// basic  x -conv 3x3-> bn relu -conv 3x3-> bn -(+)- relu    x -1x1-> bn relu -3x3-> bn relu -1x1-> bn -(+)- relu
///                                                           bottleneck: the last has four times the filters
/// ```
///
/// The 3x3 convolution of a bottleneck has `filters groupWidth groups / 64` filters: with one group of width 64 those of
/// the stage, with 32 groups of width 4 twice as many.
///
/// Nodes and parameters have the names of torchvision, so that files can be exchanged.
public struct ResNet: Hashable, Sendable {
  /// The first layers.
  public enum Stem: Hashable, Sendable {
    /// One 3x3 convolution: for images of about 32 pixels (section 4.2 of the paper).
    case small
    /// A 7x7 convolution of stride 2 and a 3x3 maximum of stride 2: for images of about 224 pixels.
    case large
  }

  /// The number of blocks of each stage; every stage but the first halves the map.
  public var blocks: [Int]
  /// The filters of each stage.
  public var filters: [Int]
  /// Whether blocks are bottlenecks of three convolutions.
  public var hasBottlenecks: Bool
  /// The groups of a bottleneck's 3x3 convolutions.
  public var groups: Int
  /// The filters of one group where the stage has 64; in proportion where it has more.
  public var groupWidth: Int
  /// How many of the last stages keep the size of the map: they double the dilation of the blocks behind their first
  /// instead, so that windows still see as much of the image. Of bottlenecks only.
  public var dilatedStages = 0
  public var stem: Stem

  /// A network.
  public init(
    blocks: [Int], filters: [Int], hasBottlenecks: Bool = false, groups: Int = 1, groupWidth: Int = 64, stem: Stem
  ) {
    self.blocks = blocks
    self.filters = filters
    self.hasBottlenecks = hasBottlenecks
    (self.groups, self.groupWidth) = (groups, groupWidth)
    self.stem = stem
  }

  /// 32, 64 and 128 filters, two blocks each, for small images: about 700,000 parameters.
  public static let small = ResNet(blocks: [2, 2, 2], filters: [32, 64, 128], stem: .small)
  /// 18 layers, 11.7 million parameters with 1000 classes.
  public static let resNet18 = ResNet(blocks: [2, 2, 2, 2], filters: [64, 128, 256, 512], stem: .large)
  /// 34 layers, 21.8 million parameters with 1000 classes.
  public static let resNet34 = ResNet(blocks: [3, 4, 6, 3], filters: [64, 128, 256, 512], stem: .large)
  /// 50 layers, 25.6 million parameters with 1000 classes.
  public static let resNet50 = ResNet(
    blocks: [3, 4, 6, 3], filters: [64, 128, 256, 512], hasBottlenecks: true, stem: .large)
  /// ResNeXt-50 32x4d: 32 groups of 4 filters and more, 25.0 million parameters with 1000 classes.
  public static let resNeXt50 = ResNet(
    blocks: [3, 4, 6, 3], filters: [64, 128, 256, 512], hasBottlenecks: true, groups: 32, groupWidth: 4, stem: .large)

  /// The graph.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`.
  ///   - classes: The number of logits.
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    try Graph(input: input) { x throws(GraphError) in
      try trunk(x).globalMeanPooling().dense(classes, initializer: .logits, name: "fc")
    }
  }

  /// The maps of the last stage.
  func trunk(_ x: Value) throws(GraphError) -> Value {
    var y = try stem(x)
    var dilation = 1
    for (stage, (count, filters)) in zip(blocks, filters).enumerated() {
      let isDilated = stage > 0 && stage >= blocks.count - dilatedStages
      for block in 0..<max(0, count) {
        let stride = stage > 0 && block == 0 && !isDilated ? 2 : 1
        y = try y.scope("layer\(stage + 1).\(block)") { x throws(GraphError) in
          try self.block(x, filters: filters, stride: stride, dilation: dilation)
        }
        // The first block still has the windows of the stage before, whose map it reads.
        if isDilated && block == 0 { dilation &*= 2 }
      }
    }
    return y
  }

  private func stem(_ x: Value) throws(GraphError) -> Value {
    switch stem {
    case .small:
      try x.convolution(filters.first ?? 1, window: 3, padding: .same, hasBias: false).batchNorm().relu()
    case .large:
      try x.convolution(filters.first ?? 1, window: 7, stride: 2, padding: 3, hasBias: false).batchNorm().relu()
        .maximumPooling(3, stride: 2, padding: 1)
    }
  }

  private func block(_ x: Value, filters: Int, stride: Int, dilation: Int) throws(GraphError) -> Value {
    let step = Extent(stride, stride)
    // With too many filters the product wraps around, and the first convolution throws the error.
    let outputs = hasBottlenecks ? 4 &* filters : filters
    var y = x
    if hasBottlenecks {
      let width = filters &* groupWidth / 64 &* groups
      y = try y.convolution(width, window: 1, hasBias: false).batchNorm().relu()
      y = try y.convolution(
        width, window: 3, stride: step, padding: .symmetric(dilation, dilation), dilation: Extent(dilation, dilation),
        groups: groups, hasBias: false
      ).batchNorm().relu()
      y = try y.convolution(outputs, window: 1, hasBias: false).batchNorm()
    } else {
      y = try y.convolution(filters, window: 3, stride: step, padding: 1, hasBias: false).batchNorm().relu()
      y = try y.convolution(outputs, window: 3, padding: .same, hasBias: false).batchNorm()
    }
    var shortcut = x
    if y.shape != x.shape {
      shortcut = try x.convolution(
        outputs, window: 1, stride: step, padding: .valid, hasBias: false, name: "downsample.0"
      ).batchNorm(name: "downsample.1")
    }
    return try (y + shortcut).relu()
  }
}
