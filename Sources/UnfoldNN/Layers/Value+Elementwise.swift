import Unfold

/// Activations and arithmetic.
extension Value {
  /// max(x, 0).
  public func relu() throws(GraphError) -> Value { try activation(.relu) }

  /// Any activation.
  public func activation(_ activation: Activation, name: String? = nil) throws(GraphError) -> Value {
    try applying(ActivationLayer(activation), name: name)
  }

  /// The sum of two values of one shape: a shortcut.
  public static func + (one: Value, other: Value) throws(GraphError) -> Value {
    try .applying(AdditionLayer(), to: [one, other])
  }

  /// The product of two values of one shape; or of each pixel of a map `[H, W, C]` with a vector `[C]`.
  public static func * (one: Value, other: Value) throws(GraphError) -> Value {
    if one.shape.rank == 3, other.shape.rank == 1 {
      return try .applying(ChannelScalingLayer(), to: [one, other])
    }
    return try .applying(MultiplicationLayer(), to: [one, other])
  }

  /// Squeeze and excitation: each channel times a number from 0 to 1 that two dense layers compute from the means of
  /// all channels.
  ///
  /// ```
  /// y = x sigmoid(W2 relu(W1 mean(x)))         [H, W, C] times [C]
  /// ```
  ///
  /// - Parameter reduction: C divided by the width between the two layers, which is 1 at least.
  ///
  /// Source: Hu, Shen and Sun, "Squeeze-and-Excitation Networks" (2018).
  public func squeezeExcite(reduction: Int = 16) throws(GraphError) -> Value {
    let channels = shape.extents.last ?? 1
    let gate = try globalMeanPooling().dense(max(1, channels / max(1, reduction))).relu()
      .dense(channels, initializer: .glorotUniform).activation(.sigmoid)
    return try self * gate
  }

  /// Squeeze and excitation with the width between the two layers and both functions given. The layers are 1x1
  /// convolutions named `fc1` and `fc2`, as torchvision's, so that a graph with several needs a scope for each.
  ///
  /// ```
  /// y = x gate(W2 activation(W1 mean(x)))      [H, W, C] times [C]
  /// ```
  ///
  /// - Throws: ``GraphError/node(name:inputs:reason:)``.
  public func squeezeExcite(
    width: Int, activation: Activation = .relu, gate: Activation = .sigmoid
  ) throws(GraphError) -> Value {
    let means = try applying(PoolingLayer(.mean(countIncludesPadding: false), window: nil))
    let factors = try means.convolution(width, window: 1, name: "fc1").activation(activation)
      .convolution(shape.extents.last ?? 1, window: 1, initializer: .glorotUniform, name: "fc2").activation(gate)
    return try self * factors.flatten()
  }

  /// The map `[H, W, C]` times a learned factor for each channel.
  ///
  /// - Parameters:
  ///   - start: The first value of every factor.
  ///   - name: The node's name; nil for the kind and a number.
  /// - Throws: ``GraphError/node(name:inputs:reason:)``.
  public func layerScale(start: Double, name: String? = nil) throws(GraphError) -> Value {
    try applying(LayerScaleLayer(start: start), name: name)
  }
}

/// Values side by side along their last axis, the channels, or another.
///
/// - Throws: ``GraphError/node(name:inputs:reason:)`` where the other extents differ, ``GraphError/noInputs`` for none.
public func concatenate(_ values: [Value], axis: Int? = nil, name: String? = nil) throws(GraphError) -> Value {
  try .applying(ConcatenationLayer(axis: axis), to: values, name: name)
}
