import Unfold
import UnfoldNN

/// A misclassified test image.
struct Mistake {
  let number: Int
  let truth: Int
  let prediction: Int
  /// The probability that the network gave to its prediction.
  let confidence: Float
  let image: PixelImage
}

extension ModelPictures {
  /// The test images that the network is most sure about and wrong, the surest first.
  func mistakeSheet(report: (Double) -> Void) throws -> ContactSheet {
    let limit = selection.count ?? 40
    let batches = try data.testBatches(for: model.card, batch: 64)
    var batch = try TrainingBatch<Float>()
    var (mistakes, wrong, seen) = ([Mistake](), 0, 0)
    for index in 0..<batches.count {
      try Interruption.check()
      report(Double(index) / Double(batches.count))
      try batches.fill(index, into: &batch)
      let probabilities = try Softmax.probabilities.forward(
        try model.network.forward(batch.samples, context: context), context: context)
      for (row, truth) in batch.labels.enumerated() {
        let (prediction, confidence) = probabilities.largest(inRow: row)
        guard prediction != truth else { continue }
        wrong += 1
        mistakes.append(
          Mistake(
            number: seen + row, truth: truth, prediction: prediction, confidence: confidence,
            image: PixelImage(batch.samples, at: row, card: model.card)))
      }
      seen += batch.labels.count
      // The images of all mistakes of a large set would not fit in memory.
      if mistakes.count > 4 * limit { mistakes = Self.surest(mistakes, limit) }
    }
    mistakes = Self.surest(mistakes, limit)
    return ContactSheet(
      title: "The mistakes that \(model.card.name) is surest of",
      detail: "\(mistakes.count.groupedText) of \(counted(wrong, "mistake")) in \(counted(seen, "test image"))"
        + "; red: what the network says",
      columns: 8,
      frames: mistakes.map { mistake in
        ContactSheet.Frame(
          image: mistake.image.enlarged(to: 112),
          captions: [
            .init(
              text: "\(name(mistake.prediction)), \(Double(mistake.confidence).percentText(places: 0))", style: "worse"),
            .init(text: "is \(name(mistake.truth))", style: ""), .init(text: "image \(mistake.number)"),
          ])
      })
  }

  private static func surest(_ mistakes: [Mistake], _ limit: Int) -> [Mistake] {
    Array(mistakes.sorted { ($0.confidence, $1.number) > ($1.confidence, $0.number) }.prefix(limit))
  }

  /// The name of a class.
  func name(_ label: Int) -> String {
    model.card.classes.indices.contains(label) ? model.card.classes[label] : "\(label)"
  }
}

extension Tensor<Float> {
  /// The largest value of a row, which is the last axis, and its index; the first of several.
  func largest(inRow row: Int) -> (index: Int, value: Float) {
    let length = shape[shape.rank - 1]
    return withUnsafeBufferPointer { elements in
      var best = 0
      for index in 0..<length where elements[row * length + index] > elements[row * length + best] { best = index }
      return (best, elements[row * length + best])
    }
  }
}
