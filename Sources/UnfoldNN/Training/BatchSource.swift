import Unfold

/// The batches of one pass over a data set: what training and evaluation read.
///
/// A batch depends on its index only. An epoch in another order, or with other random changes, is another source.
public protocol BatchSource<Scalar> {
  /// The element type.
  associatedtype Scalar: TensorScalar

  /// The number of batches.
  var count: Int { get }

  /// Fills a batch. Its memory should be reused where the shapes are right.
  ///
  /// - Parameters:
  ///   - index: In `0..<count`.
  ///   - batch: Receives what the objective needs: samples, labels, boxes.
  /// - Throws: Any error of the source.
  func fill(_ index: Int, into batch: inout TrainingBatch<Scalar>) throws
}
