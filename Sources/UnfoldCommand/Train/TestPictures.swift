import Unfold
import UnfoldNN

extension TrainedModel<Float> {
  /// Test images as one picture: those that a classifier gets wrong, at most 64; or, of a segmentation, scenes with the
  /// true classes and those found, at most 8. Nil for other tasks and where there are none.
  func testPictures(_ batches: any BatchSource<Float>, context: ExecutionContext) throws -> PixelImage? {
    guard card.task == .imageClassification || card.task == .segmentation else { return nil }
    let isSegmentation = card.task == .segmentation
    let most = isSegmentation ? 3 * 8 : 64
    var tiles: [PixelImage] = []
    var batch = try TrainingBatch<Float>()
    for index in 0..<batches.count where tiles.count < most {
      try Interruption.check()
      try batches.fill(index, into: &batch)
      let logits = try network.forward(batch.samples, context: context)
      let pixels = batch.labels.count / batch.samples.shape[0]
      for sample in 0..<batch.samples.shape[0] where tiles.count < most {
        let truth = Array(batch.labels[sample * pixels..<(sample + 1) * pixels])
        let found = truth.indices.map { logits.largest(inRow: sample * pixels + $0).index }
        let image = PixelImage(batch.samples, at: sample, card: card)
        if isSegmentation {
          tiles += [image, image.tinted(by: truth), image.tinted(by: found)]
        } else if truth != found {
          tiles.append(image)
        }
      }
    }
    return tiles.isEmpty ? nil : .grid(tiles.map { $0.enlarged(to: 96) }, columns: isSegmentation ? 6 : 8)
  }
}
