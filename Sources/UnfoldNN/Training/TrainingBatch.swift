import Unfold

/// A batch: samples with what is known of them.
public struct TrainingBatch<Scalar: TensorScalar> {
  /// `[N, ...]`.
  public var samples: Tensor<Scalar>
  /// Class numbers: one a sample, or, for segmentation, one a pixel in row-major order.
  public var labels: [Int]
  /// For localisation the box of each sample, `[N, 4]`: left, top, right, bottom as parts of the image's extents.
  public var boxes: Tensor<Scalar>

  /// For a loss of one's own what the outputs should be, as ``TargetLoss`` reads it: `[N, ...]`.
  public var targets: Tensor<Scalar>

  /// A batch without samples.
  public init() throws(UnfoldError) {
    samples = try Tensor(uninitialized: [0])
    labels = []
    boxes = try Tensor(uninitialized: [0, 4])
    targets = try Tensor(uninitialized: [0])
  }
}
