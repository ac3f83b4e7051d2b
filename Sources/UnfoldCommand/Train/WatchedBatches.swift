import Unfold
import UnfoldNN

/// The batches of a data set, with a closure that is called before each, to report progress and to stop.
struct WatchedBatches: BatchSource {
  let batches: any BatchSource<Float>
  /// Called before each batch with its index.
  var willFill: (Int) -> Void = { _ in }

  var count: Int { batches.count }

  func fill(_ index: Int, into batch: inout TrainingBatch<Float>) throws {
    try Interruption.check()
    willFill(index)
    try batches.fill(index, into: &batch)
  }
}
