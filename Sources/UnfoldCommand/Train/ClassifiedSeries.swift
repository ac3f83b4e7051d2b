import Unfold
import UnfoldData
import UnfoldNN

/// Series of one class each.
struct ClassifiedSeries: TrainingData {
  let data: SeriesClassificationData
  /// The training series.
  let training: Tensor<Float>
  let trainingLabels: [Int]
  let batch: Int
  let seed: UInt64

  /// - Parameter limit: How many of the first series are trained with; nil for all.
  /// - Throws: `UnfoldError` where memory is short.
  init(_ data: SeriesClassificationData, limit: Int? = nil, batch: Int, seed: UInt64) throws(UnfoldError) {
    self.data = data
    self.batch = batch
    self.seed = seed
    let count = min(limit ?? data.trainingLabels.count, data.trainingLabels.count)
    trainingLabels = Array(data.trainingLabels.prefix(count))
    if count < data.trainingLabels.count {
      var shape = data.training.shape
      shape[0] = count
      training = try Tensor(data.training.elements.prefix(shape.elementCount()), shape: shape)
    } else {
      training = data.training
    }
  }

  var inputShape: Shape { Shape(Array(training.shape.extents.dropFirst())) }
  var classNames: [String] { data.classNames }
  var mean: [Double] { data.mean }
  var standardDeviation: [Double] { data.standardDeviation }
  var trainingCount: Int { trainingLabels.count }
  var testCount: Int { data.testLabels.count }
  var trainingChecksum: Checksum { Checksum(of: training, trainingLabels) }
  var testChecksum: Checksum { Checksum(of: data.test, data.testLabels) }

  func batches(epoch: Int) throws -> any BatchSource<Float> {
    try TensorBatches(training, labels: trainingLabels, size: batch, shuffledBy: seed, epoch: epoch)
  }

  func testBatches() throws -> any BatchSource<Float> {
    try TensorBatches(data.test, labels: data.testLabels, size: batch)
  }
}

extension Checksum {
  /// The checksum of samples and their labels.
  fileprivate init(of samples: Tensor<Float>, _ labels: [Int]) {
    self.init()
    add(samples.shape.extents)
    samples.withUnsafeBufferPointer { add(UnsafeRawBufferPointer($0)) }
    add(labels)
  }
}
