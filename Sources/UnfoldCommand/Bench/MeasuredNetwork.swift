import Unfold
import UnfoldNN

/// A network with fresh weights and a random batch: samples of the size that the network is made for, and labels.
struct MeasuredNetwork {
  let network: Network<Float>
  let samples: Tensor<Float>
  /// One class a sample, or for segmentation one a pixel.
  let labels: [Int]

  /// - Throws: ``CommandError`` for a batch below 1 and for a network that is not measured, `UnfoldError` where memory
  ///   is refused, `GraphError`.
  init(_ architecture: Architecture, batch: Int) throws {
    guard batch >= 1 else { throw CommandError.unexpected("batch", expected: "1 or more", found: "\(batch)") }
    let (input, classes) = try architecture.measuredTask()
    var generator = SeededGenerator(seed: 0)
    network = try architecture.network(input: input, classes: classes, using: &generator)
    samples = try .random(Shape([batch] + input.extents), using: &generator)
    let places = network.outputShape.extents.dropLast().reduce(batch, *)
    labels = (0..<places).map { _ in Int.random(in: 0..<classes, using: &generator) }
  }

  /// The multiplications and additions of one forward pass.
  var forwardOperations: Double { network.graph.summary.operations * Double(samples.shape[0]) }

  /// The bytes of all parameters, the running averages of normalisations among them.
  var parameterBytes: Int { network.parameters.reduce(0) { $0 + $1.value.byteCount } }
}

extension Architecture {
  /// The networks that `MeasuredNetwork` takes.
  static var measured: [Architecture] {
    allCases.filter { (try? $0.measuredTask()) != nil }
  }

  /// The samples of a batch, where nothing else is said: of large images as many as their memory allows.
  ///
  /// - Throws: As ``measuredTask()``.
  func measuredBatch() throws(CommandError) -> Int { try measuredTask().input[0] > 64 ? 8 : 64 }

  /// The shape of one sample and the number of classes that a network is measured with: those of Fashion-MNIST or, for
  /// large images, of ImageNet or Pascal VOC; for segmentation those of the scenes of `unfold train`.
  ///
  /// - Throws: `CommandError.unexpected(_:expected:found:)` for a network that gives something else than classes of
  ///   images or pixels.
  func measuredTask() throws(CommandError) -> (input: Shape, classes: Int) {
    if usualInput[0] >= 224 { return (usualInput, usualClasses) }
    switch task {
    case .imageClassification: return ([28, 28, 1], 10)
    case .segmentation: return ([64, 64, 1], 11)
    case .localization, .seriesClassification:
      throw .unexpected(
        "model", expected: "one that gives a class for each image or pixel", found: "\"\(rawValue)\"")
    }
  }
}
