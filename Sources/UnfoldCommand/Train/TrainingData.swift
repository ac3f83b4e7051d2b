import Unfold
import UnfoldData
import UnfoldNN

/// The data of a training, for any task: batches for training and batches for evaluation.
protocol TrainingData {
  /// The shape of one sample.
  var inputShape: Shape { get }
  /// The names of the classes.
  var classNames: [String] { get }
  /// The mean, which is subtracted from each channel, and the standard deviation, by which it is then divided.
  var mean: [Double] { get }
  var standardDeviation: [Double] { get }
  /// The samples of an epoch.
  var trainingCount: Int { get }
  /// Those of an evaluation.
  var testCount: Int { get }
  /// Checksums of the data that the samples are made of.
  var trainingChecksum: Checksum { get }
  var testChecksum: Checksum { get }

  /// The seconds that the training has waited for its batches; nil where they are made in no time.
  var secondsWaited: Double? { get }
  /// What is left out of the data, in a line each.
  var leftOut: [String] { get }
  /// See `ModelCard.preparation`.
  var preparation: String? { get }

  /// The batches of an epoch: a function of its number and the seed.
  func batches(epoch: Int) throws -> any BatchSource<Float>
  /// The batches of an evaluation.
  func testBatches() throws -> any BatchSource<Float>
}

extension TrainingData {
  var secondsWaited: Double? { nil }
  var leftOut: [String] { [] }
  var preparation: String? { nil }
}

/// Images of one class each.
struct ClassificationImages: TrainingData {
  let data: ImageClassificationData
  let training: LabelledImages
  let augmentation: Augmentation
  let batch: Int
  let seed: UInt64

  var inputShape: Shape { Shape(Array(training.batchShape(1).extents.dropFirst())) }
  var classNames: [String] { data.classNames }
  var mean: [Double] { data.normalization.mean }
  var standardDeviation: [Double] { data.normalization.standardDeviation }
  var trainingCount: Int { training.count }
  var testCount: Int { data.test.count }
  var trainingChecksum: Checksum { training.checksum }
  var testChecksum: Checksum { data.test.checksum }

  func batches(epoch: Int) throws -> any BatchSource<Float> {
    ImageBatches(
      batches: try Batches(
        training, size: batch, shuffledBy: seed, epoch: epoch, normalization: data.normalization,
        augmentation: augmentation, remainder: .kept))
  }

  func testBatches() throws -> any BatchSource<Float> {
    ImageBatches(batches: try Batches(data.test, size: batch, normalization: data.normalization))
  }
}

/// Batches of images as the trainer reads them.
struct ImageBatches: BatchSource {
  let batches: Batches

  var count: Int { batches.count }

  func fill(_ index: Int, into batch: inout TrainingBatch<Float>) throws {
    try batches.fill(index, into: &batch.samples, labels: &batch.labels)
  }
}
