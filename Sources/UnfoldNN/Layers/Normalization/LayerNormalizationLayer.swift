import Unfold

/// Layer normalisation over the last axes; see `LayerNormalization`.
public struct LayerNormalizationLayer: SampleNormalizationLayer, SavedLayer {
  public var axes: Int
  public var epsilon: Double

  public static var savedName: String { "layer-normalization" }
  public var kind: String { "ln" }
  public var label: String { "layer norm" }

  /// A layer.
  public init(axes: Int = 1, epsilon: Double = 1e-5) {
    self.axes = axes
    self.epsilon = epsilon
  }

  /// The normalisation of a batch of samples of these shapes.
  public func normalization(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> LayerNormalization {
    let input = try inputs.single(of: self)
    guard 1...max(1, input.rank) ~= axes else {
      throw .invalidArgument(
        "axes of layer normalization", expected: "1 to the \(input.rank) of \(input)", found: "\(axes)")
    }
    return try LayerNormalization(input: input.batched(batch), axes: axes, epsilon: epsilon)
  }
}
