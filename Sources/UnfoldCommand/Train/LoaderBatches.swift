import Unfold
import UnfoldImages
import UnfoldNN

/// The batches of one epoch of a loader, as the trainer reads them.
struct LoaderBatches: BatchSource {
  let loader: ImageLoader
  let epoch: Int

  var count: Int { loader.batchCount }

  func fill(_ index: Int, into batch: inout TrainingBatch<Float>) throws {
    guard (0..<count).contains(index) else {
      throw UnfoldError.invalidArgument("batch", expected: "0 to \(count - 1)", found: "\(index)")
    }
    let options = loader.options
    let shape = Shape([
      loader.count(ofBatch: index), options.size.height, options.size.width, options.mode.channels,
    ])
    if batch.samples.shape != shape { batch.samples = try Tensor(uninitialized: shape) }
    var labels = batch.labels
    try batch.samples.withUnsafeMutableBufferPointer { (samples) throws(ImageError) in
      try loader.fill(index, epoch: epoch, samples: samples, labels: &labels)
    }
    batch.labels = labels
  }
}
