import Unfold
import UnfoldNN

extension ModelPictures {
  /// The first test scenes with what the network finds in them.
  func sceneSheet() throws -> ContactSheet {
    let batches = try data.testBatches(for: model.card, batch: 1)
    let isSegmentation = model.card.task == .segmentation
    let numbers = 0..<min(selection.count ?? (isSegmentation ? 12 : 24), batches.count)
    var (frames, overlaps) = ([ContactSheet.Frame](), [Double]())
    for number in numbers {
      try Interruption.check()
      let scene = try sample(number, of: batches, "scene")
      let outputs = try model.network.forward([scene.samples], context: context)
      let image = PixelImage(scene.samples, card: model.card)
      let (made, overlap) =
        isSegmentation
        ? try segmented(scene, outputs[0], image, number) : try located(scene, outputs, image, number)
      frames += made
      overlaps.append(overlap)
    }
    let mean = overlaps.reduce(0, +) / Double(max(1, overlaps.count))
    let name = model.card.name
    return ContactSheet(
      title: isSegmentation ? "\(name): a class for each pixel" : "\(name): what it is and where",
      detail: "the first \(counted(numbers.count, "test scene")), mean IoU \(mean.text(places: 3))"
        + (isSegmentation ? "; without a colour: \(self.name(0))" : ""),
      keys: isSegmentation
        ? model.card.classes.indices.dropFirst().map { .init(name: self.name($0), colour: .ofClass($0 - 1)) }
        : [.init(name: "true box", colour: Self.truthColour), .init(name: "found box", colour: Self.foundColour)],
      columns: 6, group: isSegmentation ? 3 : 1, frames: frames)
  }

  private static let truthColour = Colour(0x2DA44E)
  private static let foundColour = Colour(0xF28E2B)

  /// The scene, the true classes and the found ones, and the mean intersection over union of the latter.
  private func segmented(
    _ scene: TrainingBatch<Float>, _ logits: Tensor<Float>, _ image: PixelImage, _ number: Int
  ) throws -> (frames: [ContactSheet.Frame], overlap: Double) {
    let found = scene.labels.indices.map { logits.largest(inRow: $0).index }
    var confusion = try ConfusionMatrix(classes: model.card.classes.count)
    for (truth, prediction) in zip(scene.labels, found) { confusion.add(actual: truth, predicted: prediction) }
    let pictures = [
      (image, "scene \(number)"), (image.tinted(by: scene.labels), "truth"),
      (image.tinted(by: found), "found: IoU \(confusion.meanOverlap.text(places: 2))"),
    ]
    return (
      pictures.map { .init(image: $0.enlarged(to: Self.sceneSide), captions: [.init(text: $1)]) }, confusion.meanOverlap
    )
  }

  /// The scene with the true box and the found one, and their intersection over union.
  private func located(
    _ scene: TrainingBatch<Float>, _ outputs: [Tensor<Float>], _ image: PixelImage, _ number: Int
  ) throws -> (frames: [ContactSheet.Frame], overlap: Double) {
    let (found, confidence) = try Softmax.probabilities.forward(outputs[0], context: context).largest(inRow: 0)
    let boxes = [scene.boxes, outputs[1]].map { $0.elements.map(Double.init) }
    let overlap = boxOverlap(SIMD4(boxes[0]), SIMD4(boxes[1]))
    let truth = scene.labels.first ?? 0
    let frame = ContactSheet.Frame(
      image: image.enlarged(to: Self.sceneSide),
      boxes: [
        .init(sides: boxes[0], colour: Self.truthColour),
        .init(sides: boxes[1], colour: Self.foundColour, isDashed: true),
      ],
      captions: [
        .init(
          text: "\(name(found)), \(Double(confidence).percentText(places: 0))",
          style: found == truth ? "better" : "worse"),
        .init(text: "is \(name(truth)), IoU \(overlap.text(places: 2)), scene \(number)"),
      ])
    return ([frame], overlap)
  }

  private static let sceneSide = 192
}

extension PixelImage {
  /// The image under the colours of its pixels' classes; class 0 is the ground, which stays as it is.
  func tinted(by labels: [Int]) -> PixelImage {
    PixelImage(height: height, width: width) { y, x in
      let label = labels[y * width + x]
      return label == 0 ? self[y, x] : self[y, x].mixed(with: .ofClass(label - 1), share: 0.65)
    }
  }
}
