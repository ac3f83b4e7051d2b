import Unfold
import UnfoldData
import UnfoldNN

/// The batches of a data set as the trainer reads them; each one is an occasion to report and to stop.
struct WatchedBatches: BatchSource {
  let batches: Batches
  /// Called before each batch with its index.
  var willFill: (Int) -> Void = { _ in }

  var count: Int { batches.count }

  func fill(_ index: Int, into tensor: inout Tensor<Float>, labels: inout [Int]) throws {
    try Interruption.check()
    willFill(index)
    try batches.fill(index, into: &tensor, labels: &labels)
  }
}
