import Unfold
import UnfoldNN

extension AccuracyCase {
  /// The test images of a training step whose numbers are taken: enough for the statistics of a batch normalisation.
  static let modelBatch = 8

  /// The 3x3 convolutions of stride 1 of a trained model, with the numbers that a training step on its first test images
  /// gives them: its weights, the activations that reach them, and the gradients that come back from the loss.
  ///
  /// - Parameters:
  ///   - path: A safetensors file that `unfold train` wrote.
  ///   - data: Where its images come from.
  /// - Throws: `ModelFileError` for a file that is no model, `DataError` for images that cannot be read, ``CommandError``
  ///   for a model without such convolutions.
  static func cases(ofModel path: String, data: DataOptions, context: ExecutionContext) throws -> [AccuracyCase] {
    let file = try SafetensorsFile(path: path)
    let model = try TrainedModel<Float>(file: file)
    let graph = model.network.graph
    let convolutions = graph.nodes.compactMap { node -> (name: String, layer: ConvolutionLayer)? in
      guard let layer = node.layer as? ConvolutionLayer, let source = node.inputs.first,
        let geometry = try? layer.geometry(input: Shape([1] + graph.nodes[source].shape.extents)),
        AccuracyFamily(geometry) == .winograd
      else { return nil }
      return (node.name, layer)
    }
    guard !convolutions.isEmpty else {
      throw CommandError.file(path: path, reason: "expected 3x3 convolutions of stride 1 in the model, found none")
    }

    let recorder = ConvolutionRecorder()
    var generator = SeededGenerator(seed: 0)
    let network = try Network<Float>(
      RecordedConvolution.graph(graph, recording: Set(convolutions.map(\.name)), by: recorder), using: &generator)
    try network.load(file)
    // A rate of 0 leaves the weights as they are.
    let trainer = try Trainer(
      network, objective: model.card.task.objective(), optimizer: GradientDescent<Float>(),
      schedule: Schedule(rate: 0), context: context)
    try trainer.train(on: FirstBatch(batches: try data.testBatches(for: model.card, batch: modelBatch)))

    let name = path.split(separator: "/").last.map(String.init) ?? path
    let source = "\(TrainingFiles.stem(of: name)), trained"
    return try convolutions.compactMap { name, layer in
      try recorder[name].map { tensors in
        AccuracyCase(data: source, name: name, geometry: try layer.geometry(input: tensors.input.shape)) { tensors }
      }
    }
  }
}

extension ConvolutionLayer {
  /// The geometry for an input `[N, H, W, C]`.
  fileprivate func geometry(input: Shape) throws(UnfoldError) -> ConvolutionGeometry {
    try ConvolutionGeometry(
      input: input, filters: filters, window: window, stride: stride, padding: padding, dilation: dilation,
      groups: groups)
  }
}

/// The first batch of a source.
private struct FirstBatch: BatchSource {
  let batches: any BatchSource<Float>

  var count: Int { min(1, batches.count) }

  func fill(_ index: Int, into batch: inout TrainingBatch<Float>) throws { try batches.fill(index, into: &batch) }
}
