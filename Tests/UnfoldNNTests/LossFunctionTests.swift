import Testing
import Unfold

@testable import UnfoldNN

/// Losses of one's own, and the weights of the best epoch.
@Suite struct LossFunctionTests {
  /// Samples with targets, in batches of two.
  private struct Pairs: BatchSource {
    let samples, targets: Tensor<Double>
    var labels: [Int] = []
    var count: Int { samples.shape[0] / 2 }

    func fill(_ index: Int, into batch: inout TrainingBatch<Double>) throws {
      func rows(_ tensor: Tensor<Double>) throws -> Tensor<Double> {
        let width = tensor.count / tensor.shape[0]
        return try Tensor(Array(tensor.elements[2 * index * width..<2 * (index + 1) * width]), shape: [2, width])
      }
      (batch.samples, batch.targets) = (try rows(samples), try rows(targets))
      batch.labels = labels.isEmpty ? [] : Array(labels[2 * index..<2 * index + 2])
    }
  }

  private func network(outputs: Int = 1) throws -> Network<Double> {
    var generator = SeededGenerator(seed: 4)
    return try Network(Graph(input: [2]) { try $0.dense(outputs) }, using: &generator)
  }

  private struct Distance: LossFunction {
    func valueAndGradient(
      _ output: Tensor<Double>, batch: TrainingBatch<Double>, into gradient: inout Tensor<Double>,
      context: ExecutionContext
    ) throws(UnfoldError) -> Double {
      var sum = 0.0
      for sample in 0..<output.shape[0] {
        let distance = output[sample, 0] - batch.targets[sample, 0]
        sum += distance * distance
        gradient[sample, 0] = 2 * distance / Double(output.shape[0])
      }
      return sum / Double(output.shape[0])
    }
  }

  /// y = w x + b with w = (1, -1), b = 0; samples (1, 2) and (3, 1), targets 1 and 0. Outputs -1 and 2, distances -2 and 2,
  /// the loss (4 + 4) / 2. Gradients of the outputs -2 and 2; of w: -2 (1, 2) + 2 (3, 1) = (4, -2), of b 0.
  @Test func aStepFollowsTheGradientOfALossOfOnesOwn() throws {
    let network = try network()
    network.parameters[0].value = try Tensor([1, -1], shape: [2, 1])
    network.parameters[1].value = try Tensor([0], shape: [1])
    let source = Pairs(
      samples: try Tensor([1, 2, 3, 1], shape: [2, 2]), targets: try Tensor([1, 0], shape: [2, 1]))
    let trainer = try Trainer(
      network, loss: Distance(), optimizer: GradientDescent(momentum: 0), schedule: Schedule(rate: 0.25))
    let report = try #require(try trainer.train(on: source))
    #expect(report.loss == 4 && report.accuracy == 0)
    #expect(network.parameters[0].value.elements == [0, -0.5])
    #expect(network.parameters[1].value.elements == [0])
    // Outputs -1 and -0.5, distances -2 and -0.5.
    #expect(try trainer.evaluate(on: source).loss == 2.125)
  }

  @Test func theEnginesLossForTargetsIsThatOfTheObjective() throws {
    var generator = SeededGenerator(seed: 8)
    let samples = try Tensor<Double>(shape: [6, 2]) { _ in generator.normal() }
    let labels = [0, 2, 1, 1, 0, 2]
    let targets = try Tensor<Double>(shape: [6, 3]) { labels[$0 / 3] == $0 % 3 ? 1 : 0 }
    let (own, known) = (try network(outputs: 3), try network(outputs: 3))
    let schedule = try Schedule(rate: 0.1)
    let trainer = try Trainer(own, loss: TargetLoss(.softmaxCrossEntropy), optimizer: Adam(), schedule: schedule)
    let found = try #require(try trainer.train(on: Pairs(samples: samples, targets: targets, labels: labels)))
    let expected = try #require(
      try Trainer(known, optimizer: Adam(), schedule: schedule).train(
        on: TensorBatches(samples, labels: labels, size: 2)))
    #expect(abs(found.loss - expected.loss) < 1e-14 && found.accuracy == expected.accuracy)
    for (one, other) in zip(own.parameters, known.parameters) {
      for (found, expected) in zip(one.value.elements, other.value.elements) { #expect(abs(found - expected) < 1e-12) }
    }
  }

  @Test func targetsThatDoNotFitAndSeveralOutputsAreRefused() throws {
    let source = Pairs(samples: try Tensor(zeros: [2, 2]), targets: try Tensor(zeros: [2, 5]))
    let trainer = try Trainer(
      network(outputs: 3), loss: TargetLoss(.meanSquaredError), optimizer: GradientDescent(),
      schedule: Schedule(rate: 0.1))
    #expect(throws: UnfoldError.shapeMismatch(of: "targets of a batch", expected: [2, 3], found: [2, 5])) {
      try trainer.train(on: source)
    }
    var generator = SeededGenerator(seed: 4)
    let builder = GraphBuilder()
    let x = try builder.input([2])
    let two = try Network<Double>(builder.graph(outputs: [x.dense(1), x.dense(2)]), using: &generator)
    #expect(throws: UnfoldError.self) {
      try Trainer(
        two, loss: TargetLoss(.meanSquaredError), optimizer: GradientDescent(), schedule: Schedule(rate: 0.1))
    }
  }

  @Test func theWeightsOfTheBestEpochAreKept() throws {
    let network = try network()
    var best = try BestWeights(of: network, patience: 2)
    var values: [[Double]] = []
    let exhausted = try [0.5, 0.75, .nan, 0.75, 0.25].enumerated().map { index, score in
      network.parameters[0].value = try Tensor([Double(index), -1], shape: [2, 1])
      values.append(network.parameters[0].value.elements)
      try best.record(score: score, epoch: index + 1)
      return best.isExhausted
    }
    #expect(exhausted == [false, false, false, true, true])
    #expect(best.epoch == 2 && best.score == 0.75 && best.epochsSince == 3)
    try best.restore()
    #expect(network.parameters[0].value.elements == values[1])
    #expect(throws: UnfoldError.self) { try BestWeights(of: network, patience: 0) }
  }
}
