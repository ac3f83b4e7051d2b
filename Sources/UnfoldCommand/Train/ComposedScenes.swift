import Unfold
import UnfoldData
import UnfoldNN

/// Scenes composed on the fly from the images of a data set: each epoch has new ones; those of the evaluation are
/// always the same, and made of images that training does not see.
struct ComposedScenes: TrainingData {
  let isSegmentation: Bool
  let training, test: Scenes
  let names: [String]
  let trainingCount, testCount, batch: Int

  /// - Parameters:
  ///   - data: Where the items come from.
  ///   - isSegmentation: One to four items and a class for each pixel; otherwise one item, its class and its box.
  init(
    _ data: ImageClassificationData, isSegmentation: Bool, count: Int, testCount: Int = 1000, batch: Int, seed: UInt64
  ) throws(UnfoldError) {
    // A bound, so that the numbers of scenes over all epochs and the extents of a batch do not overflow.
    for (name, number) in [("batch size", batch), ("number of scenes", count)] {
      guard 1...Int(Int32.max) ~= number else {
        throw .invalidArgument(name, expected: "1 to \(Int32.max)", found: "\(number)")
      }
    }
    let items = isSegmentation ? 1...4 : 1...1
    self.isSegmentation = isSegmentation
    training = try Scenes(of: data.training, items: items, seed: seed)
    // The same for every training, so that trainings can be compared.
    test = try Scenes(of: data.test, items: items, seed: 0)
    names = isSegmentation ? ["ground"] + data.classNames : data.classNames
    (trainingCount, self.testCount, self.batch) = (count, testCount, batch)
  }

  var inputShape: Shape { [training.size, training.size, 1] }
  var classNames: [String] { names }
  var mean: [Double] { [Double(Scenes.mean)] }
  var standardDeviation: [Double] { [Double(Scenes.deviation)] }
  var trainingChecksum: Checksum { training.images.checksum }
  var testChecksum: Checksum { test.images.checksum }

  func batches(epoch: Int) -> any BatchSource<Float> {
    SceneBatches(
      scenes: training, isSegmentation: isSegmentation, first: (epoch - 1) * trainingCount, total: trainingCount,
      batch: batch)
  }

  func testBatches() -> any BatchSource<Float> {
    SceneBatches(scenes: test, isSegmentation: isSegmentation, first: 0, total: testCount, batch: batch)
  }
}

/// Consecutive scenes.
struct SceneBatches: BatchSource {
  let scenes: Scenes
  let isSegmentation: Bool
  /// The number of the first scene, the number of scenes and that of a batch.
  let first, total, batch: Int

  var count: Int { (total + batch - 1) / batch }

  func fill(_ index: Int, into target: inout TrainingBatch<Float>) throws {
    let numbers = first + index * batch..<first + min((index + 1) * batch, total)
    if isSegmentation {
      try scenes.fill(numbers, into: &target.samples, classes: &target.labels)
    } else {
      try scenes.fill(numbers, into: &target.samples, labels: &target.labels, boxes: &target.boxes)
    }
  }
}
