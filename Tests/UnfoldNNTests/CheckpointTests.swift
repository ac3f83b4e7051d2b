import Testing
import Unfold

@testable import UnfoldNN

/// A training that is stopped and goes on is the training that was never stopped.
@Suite struct CheckpointTests {
  private struct Recipe: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let optimizer: @Sendable () throws -> any Optimizer<Float>
    var average: Double?
    var clipping: Double?
  }

  private static let recipes = [
    Recipe(testDescription: "plain descent") { try GradientDescent<Float>() },
    Recipe(testDescription: "momentum", optimizer: { try GradientDescent<Float>(momentum: 0.9) }, clipping: 0.5),
    Recipe(testDescription: "Adam", optimizer: { try Adam<Float>() }, average: 0.9),
  ]

  private func trainer(_ recipe: Recipe) throws -> Trainer<Float> {
    var generator = SeededGenerator(seed: 5)
    let graph = try Graph(input: [8, 8, 1]) { x in
      try x.convolution(6, window: 3, padding: .same, hasBias: false).batchNorm().relu().maximumPooling(2).flatten()
        .dropout(0.3)
        .dense(12).relu().dense(4)
    }
    return try Trainer(
      Network(graph, using: &generator), objective: .classification(smoothing: 0.1), optimizer: recipe.optimizer(),
      schedule: Schedule(rate: 0.05, decay: .cosine(total: 24)),
      clipping: recipe.clipping.map { try GradientClipping($0) },
      averageDecay: recipe.average)
  }

  private func source(epoch: Int) throws -> TensorBatches<Float> {
    var generator = SeededGenerator(seed: 6)
    let images = try Tensor<Float>(shape: [60, 8, 8, 1]) { _ in generator.normal() }
    return try TensorBatches(images, labels: (0..<60).map { $0 % 4 }, size: 8, shuffledBy: 1, epoch: epoch)
  }

  private struct Stop: Error {}

  /// Trains up to three epochs of eight steps; stops after a number of steps.
  private func run(_ trainer: Trainer<Float>, until last: Int = .max) throws {
    for epoch in 1...3 where !trainer.hasFinished(epoch, steps: 8) {
      try trainer.train(on: source(epoch: epoch), epoch: epoch) { _ in if trainer.steps >= last { throw Stop() } }
    }
  }

  @Test(arguments: recipes) private func goesOnBitByBit(_ recipe: Recipe) throws {
    let undisturbed = try trainer(recipe)
    try run(undisturbed)
    #expect(undisturbed.steps == 24)
    for stops in [[1], [8], [7, 9], [3, 16, 17, 23]] {
      var trainer = try trainer(recipe)
      for stop in stops {
        #expect(throws: Stop.self) { try run(trainer, until: stop) }
        let bytes = try trainer.checkpoint(metadata: ["mine": "too"]).bytes()
        trainer = try self.trainer(recipe)
        let file = try SafetensorsFile(bytes: bytes)
        #expect(file.metadata["mine"] == "too")
        try trainer.restore(file)
        #expect(trainer.steps == stop)
      }
      try run(trainer)
      #expect(trainer.steps == 24 && trainer.state.lossSum == undisturbed.state.lossSum, "\(stops)")
      for (one, other) in zip(trainer.network.parameters, undisturbed.network.parameters) {
        #expect(one.value == other.value, "\(stops), \(one.name)")
      }
      for (one, other) in zip(trainer.average?.values ?? [], undisturbed.average?.values ?? []) {
        #expect(one == other, "\(stops), average")
      }
    }
  }

  @Test func otherTrainingsAreRefused() throws {
    let plain = try trainer(Self.recipes[0])
    try run(plain)
    let before = plain.network.parameters.map(\.value)
    let averaged = try trainer(Self.recipes[2])
    try run(averaged, until: .max)
    #expect(throws: ModelFileError.self) { try plain.restore(averaged.checkpoint()) }
    #expect(throws: ModelFileError.self) { try averaged.restore(plain.checkpoint()) }
    #expect(throws: ModelFileError.self) { try plain.restore(SafetensorsFile()) }
    var foreign = try plain.checkpoint()
    try foreign.append("other", Tensor<Float>(zeros: [1]))
    #expect(throws: ModelFileError.self) { try plain.restore(foreign) }
    #expect(plain.network.parameters.map(\.value) == before && plain.steps == 24)
  }

  @Test func longGradientsAreShortened() throws {
    let parameters = try [[3.0, 0], [0, 4, 0]].map { elements in
      let parameter = try Parameter<Double>("p", role: .bias, value: Tensor(zeros: [elements.count]))
      parameter.gradient = try Tensor(elements, shape: [elements.count])
      return parameter
    }
    #expect(try GradientClipping(6).apply(to: parameters, context: .shared) == 5)
    #expect(parameters.map(\.gradient.elements) == [[3, 0], [0, 4, 0]])
    #expect(try GradientClipping(2.5).apply(to: parameters, context: .shared) == 5)
    #expect(parameters.map(\.gradient.elements) == [[1.5, 0], [0, 2, 0]])
    for bound in [0, -1, Double.nan, .infinity] {
      #expect(throws: UnfoldError.self) { try GradientClipping(bound) }
    }
  }

  @Test func averagesFollowTheWeights() throws {
    var generator = SeededGenerator(seed: 1)
    let network = try Network<Double>(
      Graph(input: [1]) { x in try x.dense(1, hasBias: false) }, using: &generator)
    network.parameters[0].value = try Tensor([8], shape: [1, 1])
    let average = try WeightAverage(of: network, decay: 0.5)
    var expected = 8.0
    for (step, value) in [4.0, 2, 10].enumerated() {
      network.parameters[0].value = try Tensor([value], shape: [1, 1])
      average.update(context: .shared)
      let decay = min(0.5, Double(2 + step) / Double(11 + step))
      expected = decay * expected + (1 - decay) * value
      #expect(abs(average.values[0].elements[0] - expected) < 1e-14)
    }
    average.withAverages { #expect(abs(network.parameters[0].value.elements[0] - expected) < 1e-14) }
    #expect(network.parameters[0].value.elements == [10])
    #expect(throws: UnfoldError.self) { try WeightAverage(of: network, decay: 1) }
  }

  @Test func overlapsAreHandComputed() throws {
    #expect(boxOverlap([0, 0, 2, 2], [1, 1, 3, 3]) == 1.0 / 7)
    #expect(boxOverlap([0, 0, 1, 1], [0, 0, 1, 1]) == 1)
    #expect(boxOverlap([0, 0, 1, 1], [1, 0, 2, 1]) == 0)
    #expect(boxOverlap([1, 1, 0, 0], [0, 0, 1, 1]) == 0)
    var confusion = try ConfusionMatrix(classes: 3)
    for (actual, predicted, count) in [(0, 0, 3), (0, 1, 1), (1, 1, 2), (1, 0, 2)] {
      for _ in 0..<count { confusion.add(actual: actual, predicted: predicted) }
    }
    // 3 / (3 + 1 + 2) and 2 / (2 + 2 + 1); the third class does not occur.
    #expect(abs(confusion.meanOverlap - (0.5 + 0.4) / 2) < 1e-15)
  }
}
