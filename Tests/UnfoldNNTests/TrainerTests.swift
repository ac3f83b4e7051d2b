import Testing
import Unfold

@testable import UnfoldNN

@Suite struct TrainerTests {
  /// Noisy images of one bright quarter each; the quarter is the class.
  private func quarters<Scalar: TensorScalar>(_ samples: Int, seed: UInt64 = 7) throws -> (Tensor<Scalar>, [Int]) {
    var generator = SeededGenerator(seed: seed)
    let labels = (0..<samples).map { _ in generator.integer(in: 0...3) }
    let images = try Tensor<Scalar>(shape: [samples, 8, 8, 1]) { index in
      let (sample, row, column) = (index / 64, index / 8 % 8, index % 8)
      let noise = 0.2 * generator.normal(as: Double.self)
      return Scalar((labels[sample] == row / 4 * 2 + column / 4 ? 1 : 0) + noise)
    }
    return (images, labels)
  }

  private func network(_ generator: inout SeededGenerator) throws -> Network<Float> {
    let graph = try Graph(input: [8, 8, 1]) { x in
      try x.convolution(4, window: 3, padding: .same).relu().maximumPooling(2).flatten().dense(16).relu()
        .dense(4, initializer: .glorotUniform)
    }
    return try Network(graph, using: &generator)
  }

  private func train(_ optimizer: any Optimizer<Float>, rate: Double, epochs: Int, context: ExecutionContext = .shared)
    throws -> (trainer: Trainer<Float>, first: Double, last: Double)
  {
    var generator = SeededGenerator(seed: 3)
    let network = try network(&generator)
    let (images, labels): (Tensor<Float>, [Int]) = try quarters(90)
    let trainer = try Trainer(
      network, optimizer: optimizer,
      schedule: Schedule(rate: rate, warmUp: 5, decay: .cosine(total: 6 * epochs)), context: context)
    var losses: [Double] = []
    for epoch in 1...epochs {
      let source = try TensorBatches(images, labels: labels, size: 16, shuffledBy: 1, epoch: epoch)
      losses.append(try #require(try trainer.train(on: source, epoch: epoch)).loss)
    }
    return (trainer, losses[0], losses[epochs - 1])
  }

  @Test func aTinyTaskIsLearnt() throws {
    let optimizers: [(any Optimizer<Float>, Double)] = [
      (try GradientDescent(momentum: 0.9), 0.05), (try GradientDescent(momentum: 0.9, isNesterov: true), 0.05),
      (try Adam(), 0.01), (try Adam(decay: 0.01, coupling: .decoupled), 0.01),
    ]
    for (index, (optimizer, rate)) in optimizers.enumerated() {
      let (trainer, first, last) = try train(optimizer, rate: rate, epochs: 15)
      #expect(first > 0.3 && last < 0.01, "optimiser \(index): from \(first) to \(last)")
      let (images, labels): (Tensor<Float>, [Int]) = try quarters(50, seed: 8)
      let evaluation = try trainer.evaluate(on: TensorBatches(images, labels: labels, size: 16))
      #expect(evaluation.accuracy >= 0.96, "optimiser \(index): \(evaluation.accuracy)")
      #expect(evaluation.confusion.total == 50)
      #expect(evaluation.confusion.counts.reduce(0, +) == 50)
    }
  }

  @Test func threadsDoNotChangeABitOfTheWeights() throws {
    var expected: [[Float]]?
    for threads in [1, 1, 2, 3, 8] {
      let context = try ExecutionContext(threads: threads)
      let trainer = try train(Adam(decay: 0.01), rate: 0.01, epochs: 2, context: context).trainer
      let weights = trainer.network.parameters.map(\.value.elements)
      #expect(weights == expected ?? weights, "\(threads) threads")
      expected = weights
    }
  }

  @Test func floatAndDoubleBeginAlike() throws {
    var (one, two) = (SeededGenerator(seed: 3), SeededGenerator(seed: 3))
    let float: Network<Float> = try Architecture.lenet.network(input: [8, 8, 1], classes: 4, using: &one)
    let double: Network<Double> = try Architecture.lenet.network(input: [8, 8, 1], classes: 4, using: &two)
    for (float, double) in zip(float.parameters, double.parameters) {
      #expect(float.value.elements == double.value.elements.map { Float($0) }, "\(float.name)")
    }
  }

  @Test func progressCountsStepsAndSamples() throws {
    let (images, labels): (Tensor<Float>, [Int]) = try quarters(40)
    var generator = SeededGenerator(seed: 3)
    let network = try network(&generator)
    let trainer = try Trainer(network, optimizer: GradientDescent(), schedule: Schedule(rate: 0.2, warmUp: 4))
    var reports: [TrainingProgress] = []
    try trainer.train(on: TensorBatches(images, labels: labels, size: 16), epoch: 2) { reports.append($0) }
    #expect(reports.map(\.step) == [1, 2, 3])
    #expect(reports.map(\.steps) == [3, 3, 3])
    #expect(reports.map(\.epoch) == [2, 2, 2])
    #expect(reports.map(\.samples) == [16, 32, 40])
    #expect(reports.map(\.learningRate) == [0.05, 0.1, 0.2 * 3 / 4])
    // The mean over samples, in which the last batch of 8 counts half.
    let mean = (16 * reports[0].batchLoss + 16 * reports[1].batchLoss + 8 * reports[2].batchLoss) / 40
    #expect(abs(reports[2].loss - mean) < 1e-12)
    #expect(reports.allSatisfy { $0.imagesPerSecond > 0 && (0...1).contains($0.accuracy) })
    #expect(trainer.steps == 3)
  }

  @Test func aLossThatIsNotFiniteEndsTheTraining() throws {
    var (images, labels): (Tensor<Float>, [Int]) = try quarters(40)
    images[20, 3, 3, 0] = .nan
    var generator = SeededGenerator(seed: 3)
    let network = try network(&generator)
    let trainer = try Trainer(network, optimizer: GradientDescent(), schedule: Schedule(rate: 0.125))
    let source = try TensorBatches(images, labels: labels, size: 16)
    #expect {
      try trainer.train(on: source, epoch: 3)
    } throws: { error in
      guard case .lossNotFinite(3, 2, let loss, 0.125)? = error as? TrainingError else { return false }
      return loss.isNaN && "\(error)".contains("epoch 3, step 2, at learning rate 0.125")
    }
    // The step that failed has changed nothing.
    #expect(trainer.steps == 1)
    for parameter in network.parameters { #expect(parameter.value.isFinite, "\(parameter.name)") }
    #expect(throws: TrainingError.self) { try trainer.evaluate(on: source) }
  }

  @Test func batchesThatDoNotFitAreErrors() throws {
    struct Wrong: BatchSource {
      let count = 1
      let shape: Shape
      let classes: [Int]
      func fill(_ index: Int, into batch: inout TrainingBatch<Float>) throws {
        batch.samples = try Tensor(zeros: shape)
        batch.labels = classes
      }
    }
    var generator = SeededGenerator(seed: 3)
    let network = try network(&generator)
    let trainer = try Trainer(network, optimizer: GradientDescent(), schedule: Schedule(rate: 0.1))
    for (shape, classes): (Shape, [Int]) in [
      ([2, 8, 8, 1], [0]), ([1, 8, 9, 1], [0]), ([0, 8, 8, 1], []), ([1, 8, 8, 1], [4]), ([1, 8, 8, 1], [-1]), ([], []),
    ] {
      let source = Wrong(shape: shape, classes: classes)
      #expect(throws: UnfoldError.self, "\(shape) \(classes)") { try trainer.train(on: source) }
      #expect(throws: UnfoldError.self, "\(shape) \(classes)") { try trainer.evaluate(on: source) }
    }
    #expect(try trainer.train(on: Wrong(shape: [1, 8, 8, 1], classes: [3]))?.samples == 1)
  }

  @Test func epochsShuffleDifferentlyAndCompletely() throws {
    let images = try Tensor<Float>(shape: [10, 1]) { Float($0) }
    var orders: [[Float]] = []
    for epoch in 1...3 {
      let source = try TensorBatches(images, labels: Array(0..<10), size: 4, shuffledBy: 5, epoch: epoch)
      var (batch, seen) = (try TrainingBatch<Float>(), [Float]())
      for index in 0..<source.count {
        try source.fill(index, into: &batch)
        #expect(batch.samples.elements == batch.labels.map { Float($0) })
        seen += batch.samples.elements
      }
      #expect(seen.sorted() == (0..<10).map { Float($0) })
      orders.append(seen)
    }
    #expect(Set(orders).count == 3)
    #expect(throws: UnfoldError.self) { try TensorBatches(images, labels: [1], size: 4) }
    #expect(throws: UnfoldError.self) { try TensorBatches(images, labels: Array(0..<10), size: 0) }
  }

  @Test func confusionIsCountedByClass() throws {
    var matrix = try ConfusionMatrix(classes: 3)
    for (actual, predicted) in [(0, 0), (0, 1), (1, 1), (2, 0), (2, 0), (3, 0), (0, -1)] {
      matrix.add(actual: actual, predicted: predicted)
    }
    #expect(matrix.counts == [1, 1, 0, 0, 1, 0, 2, 0, 0])
    #expect(matrix[actual: 2, predicted: 0] == 2)
    #expect(matrix[actual: 3, predicted: 0] == 0)
    #expect(matrix.total == 5)
    #expect(matrix.correct == 2)
    #expect(matrix.accuracy == 0.4)
    #expect(try ConfusionMatrix(classes: 2).accuracy == 0)
  }
}
