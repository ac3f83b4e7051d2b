import Unfold

/// The batches of one pass over a data set: what training and evaluation read.
///
/// A batch depends on its index only. An epoch in another order, or with other random changes, is another source.
public protocol BatchSource<Scalar> {
  /// The element type.
  associatedtype Scalar: TensorScalar

  /// The number of batches.
  var count: Int { get }

  /// Overwrites a tensor and the labels with one batch.
  ///
  /// - Parameters:
  ///   - index: In `0..<count`.
  ///   - tensor: `[N, ...]`, N the batch's number of samples. Its memory should be used again where the shape is right.
  ///   - labels: N class numbers.
  /// - Throws: Whatever hinders it.
  func fill(_ index: Int, into tensor: inout Tensor<Scalar>, labels: inout [Int]) throws
}
