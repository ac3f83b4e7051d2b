import Unfold

/// A layer before the shape of its input is known: an element of the list that ``Sequential`` is built from.
///
/// ```swift
/// let layers: [LayerDescription<Float>] = [
///   .convolution(filters: 32, window: 5, padding: .same, activation: .relu),
///   .maximumPooling(window: 2), .flatten, .dense(10),
/// ]
/// ```
///
/// A layer of your own is `LayerDescription(kind: "norm") { input, generator in try MyLayer(input: input) }`.
public struct LayerDescription<Scalar: TensorScalar>: Sendable {
  /// Makes a layer for samples of a shape, drawing its first weights from the generator.
  public typealias Maker = @Sendable (Shape, inout SeededGenerator) throws(UnfoldError) -> any Layer<Scalar>

  /// The stem of the layer's name, PyTorch's where it has one: the first `conv` of a network is `conv1`.
  public let kind: String
  let make: Maker

  /// A description of a layer of any type.
  public init(kind: String, make: @escaping Maker) {
    self.kind = kind
    self.make = make
  }
}

extension LayerDescription {
  /// A ``Convolution``, named `conv`.
  public static func convolution(
    filters: Int, window: Extent, stride: Extent = 1, padding: Padding = .valid, dilation: Extent = 1, groups: Int = 1,
    activation: Activation = .identity, hasBias: Bool = true, initializer: Initializer = .heNormal
  ) -> LayerDescription {
    LayerDescription(kind: "conv") { (input, generator) throws(UnfoldError) in
      try Convolution(
        input: input, filters: filters, window: window, stride: stride, padding: padding, dilation: dilation,
        groups: groups, activation: activation, hasBias: hasBias, initializer: initializer, using: &generator)
    }
  }

  /// A ``MaximumPooling``, named `pool`.
  public static func maximumPooling(
    window: Extent, stride: Extent? = nil, padding: Padding = .valid, dilation: Extent = 1,
    rounding: OutputRounding = .floor
  ) -> LayerDescription {
    LayerDescription(kind: "pool") { (input, _) throws(UnfoldError) in
      try MaximumPooling(
        input: input, window: window, stride: stride, padding: padding, dilation: dilation, rounding: rounding)
    }
  }

  /// A ``MeanPooling``, named `pool`.
  public static func meanPooling(
    window: Extent, stride: Extent? = nil, padding: Padding = .valid, dilation: Extent = 1,
    rounding: OutputRounding = .floor, countIncludesPadding: Bool = true
  ) -> LayerDescription {
    LayerDescription(kind: "pool") { (input, _) throws(UnfoldError) in
      try MeanPooling(
        input: input, window: window, stride: stride, padding: padding, dilation: dilation, rounding: rounding,
        countIncludesPadding: countIncludesPadding)
    }
  }

  /// An ``ActivationLayer``, named `act`.
  public static func activation(_ activation: Activation) -> LayerDescription {
    LayerDescription(kind: "act") { (input, _) throws(UnfoldError) in try ActivationLayer(activation, input: input) }
  }

  /// A ``Flatten``, named `flatten`.
  public static var flatten: LayerDescription {
    LayerDescription(kind: "flatten") { (input, _) throws(UnfoldError) in try Flatten(input: input) }
  }

  /// A ``Dense`` layer, named `fc`.
  public static func dense(
    _ outputs: Int, activation: Activation = .identity, hasBias: Bool = true, initializer: Initializer = .heNormal
  ) -> LayerDescription {
    LayerDescription(kind: "fc") { (input, generator) throws(UnfoldError) in
      try Dense(
        input: input, outputs: outputs, activation: activation, hasBias: hasBias, initializer: initializer,
        using: &generator)
    }
  }
}
