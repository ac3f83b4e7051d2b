import Unfold

/// The block of the mobile networks: a 1x1 convolution to more channels, a depthwise convolution, and a 1x1 convolution to
/// few channels without an activation, between which the shortcut runs.
///
/// ```
///    .----------------------- if the stride is 1 and the channels stay -----------------------.
/// x -- 1x1 bn f -- depthwise bn f (-- squeeze and excitation) -- 1x1 bn -----------------------(+)--
///      only if it adds channels
/// ```
///
/// Source: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks" (2018), figure 4; Tan et al., "MnasNet"
/// (2019) for the squeeze and excitation.
struct InvertedResidual {
  /// The channels between the 1x1 convolutions.
  var expanded: Int
  var outputs: Int
  var window = 3
  var stride = 1
  /// f.
  var activation: Activation
  /// The width of the squeeze and excitation, if there is one, and its functions.
  var excitation: (width: Int, activation: Activation, gate: Activation)?
  var normalization = BatchNormalizationLayer()
  /// Whether the names are those of torchvision's MobileNetV2, `conv.1.0`, where the last convolution has no number of its
  /// own; otherwise those of its later networks, `block.1.0`.
  var isOfVersion2 = false

  func callAsFunction(_ x: Value) throws(GraphError) -> Value {
    let y = try x.scope(isOfVersion2 ? "conv" : "block") { x throws(GraphError) in
      var (y, place) = (x, 0)
      func name() -> String {
        defer { place += 1 }
        return "\(place)"
      }
      if expanded != x.shape.extents.last {
        y = try y.unit(expanded, activation: activation, normalization, name: name())
      }
      y = try y.unit(
        expanded, window: window, stride: stride, groups: expanded, activation: activation, normalization, name: name())
      if let (width, activation, gate) = excitation {
        y = try y.scope(name()) { y throws(GraphError) in
          try y.squeezeExcite(width: width, activation: activation, gate: gate)
        }
      }
      guard isOfVersion2 else { return try y.unit(outputs, activation: .identity, normalization, name: name()) }
      return try y.convolution(outputs, window: 1, hasBias: false, name: name())
        .applying(normalization, name: name())
    }
    return stride == 1 && outputs == x.shape.extents.last ? try y + x : y
  }
}

extension Value {
  /// A convolution, its normalisation and an activation, named `0`, `1` and `2` within `name`; padded so that stride 1
  /// keeps the size.
  func unit(
    _ filters: Int, window: Int = 1, stride: Int = 1, groups: Int = 1, activation: Activation,
    _ normalization: BatchNormalizationLayer = BatchNormalizationLayer(), name: String
  ) throws(GraphError) -> Value {
    try scope(name) { x throws(GraphError) in
      let border = window / 2
      let y = try x.convolution(
        filters, window: Extent(window, window), stride: Extent(stride, stride), padding: .symmetric(border, border),
        groups: groups, hasBias: false, name: "0"
      ).applying(normalization, name: "1")
      return activation == .identity ? y : try y.activation(activation, name: "2")
    }
  }
}
