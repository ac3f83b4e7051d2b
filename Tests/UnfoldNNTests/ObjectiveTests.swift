import Testing
import Unfold

@testable import UnfoldNN

/// What objectives pass on to the loss: weights of classes and labels to ignore.
@Suite struct ObjectiveTests {
  private func trainer(_ objective: Objective) throws -> Trainer<Double> {
    var generator = SeededGenerator(seed: 5)
    let graph = try Graph(input: [2, 3, 1]) { x in try x.flatten().dense(3) }
    return try Trainer(
      Network(graph, using: &generator), objective: objective, optimizer: GradientDescent(),
      schedule: Schedule(rate: 0.1))
  }

  @Test func weightsAndIgnoredLabelsReachTheLoss() throws {
    var generator = SeededGenerator(seed: 6)
    let images = try Tensor<Double>(shape: [6, 2, 3, 1]) { _ in generator.normal() }
    let labels = [0, 2, -1, 1, 2, -1]
    let weights = [1.0, 5, 0.5]
    let trainer = try trainer(.classification(smoothing: 0.1, classWeights: weights, ignoring: -1))
    let logits = try trainer.network.forward(images)
    let expected = try LabelCrossEntropy(smoothing: 0.1, classWeights: weights, ignoring: -1, averaging: .weights)
      .valueAndGradient(logits, labels: labels).value
    // Not what it would be without them.
    let plain = try LabelCrossEntropy(smoothing: 0.1, ignoring: -1, averaging: .weights).valueAndGradient(
      logits, labels: labels
    ).value
    #expect(abs(expected - plain) > 0.01)
    let evaluation = try trainer.evaluate(on: TensorBatches(images, labels: labels, size: 6))
    #expect(abs(evaluation.loss - expected) < 1e-12, "\(evaluation.loss) for \(expected)")
    #expect(evaluation.confusion.total == 4)

    // A gradient step along the ignored samples' own direction would move the weights; they alone leave them as they are.
    let before = trainer.network.parameters.map(\.value)
    let ignored = try TensorBatches(images, labels: Array(repeating: -1, count: 6), size: 6)
    let epoch = try #require(try trainer.train(on: ignored, epoch: 1))
    #expect(epoch.loss == 0)
    #expect(zip(trainer.network.parameters, before).allSatisfy { $0.value == $1 })
  }

  /// A batch whose samples have several labels each.
  private struct OneBatch: BatchSource {
    let samples: Tensor<Float>
    let labels: [Int]
    var count: Int { 1 }

    func fill(_ index: Int, into batch: inout TrainingBatch<Float>) {
      batch.samples = samples
      batch.labels = labels
    }
  }

  @Test func pixelsAreIgnored() throws {
    var generator = SeededGenerator(seed: 7)
    let graph = try Graph(input: [2, 2, 1]) { x in try x.convolution(3, window: 1) }
    let network = try Network<Float>(graph, using: &generator)
    let trainer = try Trainer(
      network, objective: .segmentation(ignoring: 255), optimizer: GradientDescent(), schedule: Schedule(rate: 0.1))
    let images = try Tensor<Float>(shape: [2, 2, 2, 1]) { _ in generator.normal() }
    let labels = [0, 255, 1, 2, 255, 255, 2, 0]
    let logits = try network.forward(images)
    let rows = try LabelCrossEntropy(ignoring: 255).termsAndGradient(logits, labels: labels).terms.elements
    let evaluation = try trainer.evaluate(on: OneBatch(samples: images, labels: labels))
    #expect(abs(evaluation.loss - Double(rows.reduce(0, +)) / 5) < 1e-6, "\(evaluation.loss)")
    #expect(evaluation.confusion.total == 5)
  }
}
