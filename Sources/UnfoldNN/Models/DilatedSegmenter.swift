import Unfold

/// Classes for every pixel from a residual network whose last stages dilate their windows instead of halving the map: FCN
/// and DeepLab v3.
///
/// ```
/// [H, W, C] -ResNet-50, two stages dilated-> [H/8, W/8, 2048] -head-> [H/8, W/8, classes] -bilinear-> [H, W, classes]
/// ```
///
/// Nodes and parameters have the names of torchvision, without the second head in the middle that its training may have
/// (`aux_loss`).
///
/// Sources: Long, Shelhamer and Darrell, "Fully Convolutional Networks for Semantic Segmentation" (2015); Chen, Papandreou,
/// Schroff and Adam, "Rethinking Atrous Convolution for Semantic Image Segmentation" (2017).
public struct DilatedSegmenter: Hashable, Sendable {
  /// What makes classes of the maps.
  public enum Head: Hashable, Sendable {
    /// A 3x3 and a 1x1 convolution.
    case convolutions
    /// Windows of several dilations side by side, and the mean of the map: atrous spatial pyramid pooling.
    case pyramid(dilations: [Int])
  }

  public var head: Head
  /// The residual network.
  public var backbone: ResNet
  /// Whether some outputs of the head are dropped in training.
  public var drops: Bool

  /// A network; a ResNet-50 with two dilated stages unless another is given.
  public init(head: Head, backbone: ResNet? = nil, drops: Bool = true) {
    self.head = head
    self.drops = drops
    var dilated = ResNet.resNet50
    dilated.dilatedStages = 2
    self.backbone = backbone ?? dilated
  }

  /// FCN with ResNet-50: 33.0 million parameters with 21 classes.
  public static let fcn = DilatedSegmenter(head: .convolutions)
  /// DeepLab v3 with ResNet-50: 39.6 million parameters with 21 classes.
  public static let deepLabV3 = DilatedSegmenter(head: .pyramid(dilations: [12, 24, 36]))

  /// The graph; its output is `[H, W, classes]`, logits.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`.
  ///   - classes: The number of logits of a pixel.
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    try Graph(input: input) { x throws(GraphError) in
      let maps = try x.scope("backbone") { x throws(GraphError) in try backbone.trunk(x) }
      let scores = try maps.scope("classifier") { x throws(GraphError) in
        switch head {
        case .convolutions:
          let y = try x.unit(x.shape[2] / 4, window: 3, first: 0)
          return try (drops ? y.dropout(0.1, name: "3") : y)
            .convolution(classes, window: 1, initializer: .logits, name: "4")
        case .pyramid(let dilations):
          return try x.scope("0") { x throws(GraphError) in try pyramid(x, dilations) }
            .unit(256, window: 3, first: 1).convolution(classes, window: 1, initializer: .logits, name: "4")
        }
      }
      return try scores.resampled(.bilinear(to: Extent(x.shape[0], x.shape[1]), alignsCorners: false))
    }
  }

  private func pyramid(_ x: Value, _ dilations: [Int]) throws(GraphError) -> Value {
    let size = Extent(x.shape[0], x.shape[1])
    var levels = [try x.scope("convs.0") { x throws(GraphError) in try x.unit(256, window: 1, first: 0) }]
    for (number, dilation) in dilations.enumerated() {
      levels.append(
        try x.scope("convs.\(number + 1)") { x throws(GraphError) in
          try x.unit(256, window: 3, dilation: dilation, first: 0)
        })
    }
    levels.append(
      try x.scope("convs.\(dilations.count + 1)") { x throws(GraphError) in
        try x.applying(PoolingLayer(.mean(countIncludesPadding: false), window: nil), name: "0")
          .unit(256, window: 1, first: 1).resampled(.bilinear(to: size, alignsCorners: false))
      })
    let y = try concatenate(levels).scope("project") { x throws(GraphError) in
      try x.unit(256, window: 1, first: 0)
    }
    return drops ? try y.dropout(0.5) : y
  }
}

extension Value {
  /// A convolution that keeps the size, its normalisation and relu, named by three numbers from `first` on.
  fileprivate func unit(_ filters: Int, window: Int, dilation: Int = 1, first: Int) throws(GraphError) -> Value {
    let border = window / 2 &* dilation
    return try convolution(
      filters, window: Extent(window, window), padding: .symmetric(border, border),
      dilation: Extent(dilation, dilation), hasBias: false, name: "\(first)"
    ).batchNorm(name: "\(first + 1)").activation(.relu, name: "\(first + 2)")
  }
}
