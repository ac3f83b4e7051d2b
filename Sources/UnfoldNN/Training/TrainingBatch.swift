import Unfold

/// A batch: samples with their labels and boxes.
public struct TrainingBatch<Scalar: TensorScalar> {
  /// `[N, ...]`.
  public var samples: Tensor<Scalar>
  /// Class numbers: one a sample, or, for segmentation, one a pixel in row-major order.
  public var labels: [Int]
  /// For localisation the box of each sample, `[N, 4]`: left, top, right, bottom as parts of the image's extents.
  public var boxes: Tensor<Scalar>

  /// A batch without samples.
  public init() throws(UnfoldError) {
    samples = try Tensor(uninitialized: [0])
    labels = []
    boxes = try Tensor(uninitialized: [0, 4])
  }
}
