import Unfold

/// Group normalisation; see `GroupNormalization`.
public struct GroupNormalizationLayer: SampleNormalizationLayer, SavedLayer {
  public var groups: Int
  public var epsilon: Double

  public static var savedName: String { "group-normalization" }
  public var kind: String { "gn" }
  public var label: String { "group norm, \(groups)" }

  /// A layer.
  public init(groups: Int, epsilon: Double = 1e-5) {
    self.groups = groups
    self.epsilon = epsilon
  }

  /// The normalisation of a batch of samples of these shapes.
  public func normalization(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> GroupNormalization {
    try GroupNormalization(input: inputs.single(of: self).batched(batch), groups: groups, epsilon: epsilon)
  }
}
