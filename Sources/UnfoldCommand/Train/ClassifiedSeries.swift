import Unfold
import UnfoldData
import UnfoldNN

/// Series of one class each.
struct ClassifiedSeries: TrainingData {
  let data: SeriesClassificationData
  let batch: Int
  let seed: UInt64

  var inputShape: Shape { Shape(Array(data.training.shape.extents.dropFirst())) }
  var classNames: [String] { data.classNames }
  var mean: [Double] { data.mean }
  var standardDeviation: [Double] { data.standardDeviation }
  var trainingCount: Int { data.trainingLabels.count }
  var testCount: Int { data.testLabels.count }

  func batches(epoch: Int) throws -> any BatchSource<Float> {
    try TensorBatches(data.training, labels: data.trainingLabels, size: batch, shuffledBy: seed, epoch: epoch)
  }

  func testBatches() throws -> any BatchSource<Float> {
    try TensorBatches(data.test, labels: data.testLabels, size: batch)
  }
}
