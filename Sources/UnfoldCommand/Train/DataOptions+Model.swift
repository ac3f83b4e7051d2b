import Unfold
import UnfoldData
import UnfoldImages
import UnfoldNN

extension DataOptions {
  /// The test data for a saved model, in its normalisation: images, scenes composed of them, or series.
  ///
  /// - Parameters:
  ///   - card: The model's description.
  ///   - batch: The samples of a batch.
  /// - Throws: `DataError`, and ``CommandError/unexpected(_:expected:found:)`` for samples or classes that are not the
  ///   model's.
  func testBatches(for card: ModelCard, batch: Int) throws -> any BatchSource<Float> {
    let task = card.task
    try requireUse(for: task, of: card.name)
    switch task {
    case .imageClassification where hasImageFiles:
      return try validationBatches(for: card, batch: batch)
    case .imageClassification:
      let test = try load(classNames: card.classes).test
      try card.require(Shape(Array(test.batchShape(1).extents.dropFirst())))
      let normalization = try PixelNormalization(mean: card.mean, standardDeviation: card.standardDeviation)
      return ImageBatches(batches: try Batches(test, size: batch, normalization: normalization))
    case .segmentation, .localization:
      let isSegmentation = task == .segmentation
      let images = try load(classNames: isSegmentation ? Array(card.classes.dropFirst()) : card.classes)
      let scenes = try ComposedScenes(images, isSegmentation: isSegmentation, count: 1, batch: batch, seed: 0)
      try card.require(scenes)
      return scenes.testBatches()
    case .seriesClassification:
      let series = try ClassifiedSeries(loadSeries(), batch: batch, seed: 0)
      try card.require(series)
      return try series.testBatches()
    }
  }
}

extension ModelCard {
  fileprivate func require(_ data: some TrainingData) throws(CommandError) {
    try require(data.inputShape)
    guard data.classNames.count == classes.count else {
      throw .unexpected("classes", expected: "\(classes.count), as in the model", found: "\(data.classNames.count)")
    }
  }

  fileprivate func require(_ shape: Shape) throws(CommandError) {
    guard shape == inputShape else {
      throw .unexpected("images", expected: "\(inputShape), as in the model", found: "\(shape)")
    }
  }
}
