import Testing
import Unfold

@testable import UnfoldNN

/// Which epoch a call trains.
@Suite struct EpochTests {
  private func trainer() throws -> Trainer<Float> {
    var generator = SeededGenerator(seed: 3)
    let graph = try Graph(input: [3]) { x in try x.dense(2) }
    return try Trainer(
      Network(graph, using: &generator), optimizer: Adam(), schedule: Schedule(rate: 0.01), averageDecay: 0.9)
  }

  private func source(_ steps: Int) throws -> TensorBatches<Float> {
    var generator = SeededGenerator(seed: 6)
    let samples = try Tensor<Float>(shape: [2 * steps, 3]) { _ in generator.normal() }
    return try TensorBatches(samples, labels: (0..<2 * steps).map { $0 % 2 }, size: 2)
  }

  private struct Stop: Error {}

  @Test func withoutANumberTheNextEpochIsTrained() throws {
    let (trainer, source) = (try trainer(), try source(3))
    var weights: [Tensor<Float>] = []
    for epoch in 1...3 {
      let report = try trainer.train(on: source)
      #expect(report?.epoch == epoch && report?.step == 3 && trainer.steps == 3 * epoch)
      let now = trainer.network.parameters.map(\.value)
      #expect(now != weights, "epoch \(epoch) changes the weights")
      weights = now
    }
    // A source with more batches is a whole epoch of them.
    #expect(try trainer.train(on: self.source(5))?.step == 5)
    #expect(trainer.state.epoch == 4 && trainer.steps == 14 && trainer.state.samples == 10)
    #expect(try trainer.train(on: source, epoch: 9)?.epoch == 9)
    #expect(try trainer.train(on: source)?.epoch == 10)
  }

  @Test func anEpochIsTrainedOnce() throws {
    let (trainer, source) = (try trainer(), try source(3))
    for epoch in 1...3 { try trainer.train(on: source, epoch: epoch) }
    let (before, state) = (trainer.network.parameters.map(\.value), trainer.state)
    for epoch in 1...3 {
      #expect(trainer.hasFinished(epoch, steps: 3))
      #expect(throws: TrainingError.epochFinished(epoch: epoch, last: 3)) {
        try trainer.train(on: source, epoch: epoch)
      }
    }
    #expect("\(TrainingError.epochFinished(epoch: 2, last: 3))".contains("the next being 4, found 2"))
    for epoch in [0, -1, Int.min, Int.max] {
      #expect(throws: (any Error).self, "\(epoch)") { try trainer.train(on: source, epoch: epoch) }
    }
    #expect(trainer.network.parameters.map(\.value) == before && trainer.state == state)
    #expect(!trainer.hasFinished(4, steps: 3))
    try trainer.train(on: source, epoch: 4)
    #expect(trainer.steps == 12)
  }

  @Test func anInterruptedEpochGoesOn() throws {
    let undisturbed = try trainer()
    for _ in 1...3 { try undisturbed.train(on: source(4)) }
    for number in [Int?.none, 2] {
      for last in 5...8 {
        var trainer = try trainer()
        try trainer.train(on: source(4))
        #expect(throws: Stop.self) {
          try trainer.train(on: source(4), epoch: number) { _ in if trainer.steps == last { throw Stop() } }
        }
        let file = try SafetensorsFile(bytes: trainer.checkpoint().bytes())
        trainer = try self.trainer()
        try trainer.restore(file)
        // Of the whole epoch nothing is left but its evaluation.
        #expect(trainer.hasFinished(2, steps: 4) == (last == 8))
        if last < 8 { #expect(try trainer.train(on: source(4), epoch: number)?.step == 4) }
        #expect(trainer.state.epoch == 2 && trainer.steps == 8)
        try trainer.train(on: source(4))
        #expect(trainer.state.epoch == 3 && trainer.steps == 12)
        let values = undisturbed.network.parameters.map(\.value)
        #expect(trainer.network.parameters.map(\.value) == values, "\(String(describing: number)), \(last)")
      }
    }
  }

  @Test func anEpochWithoutBatchesIsOver() throws {
    struct Empty: BatchSource {
      var count = 0
      func fill(_ index: Int, into batch: inout TrainingBatch<Float>) throws { throw Stop() }
    }
    let trainer = try trainer()
    #expect(try trainer.train(on: Empty()) == nil && trainer.state.epoch == 1)
    #expect(try trainer.train(on: Empty(count: -3)) == nil && trainer.state.epoch == 2)
    #expect(try trainer.evaluate(on: Empty(count: -3)).samples == 0)
    #expect(throws: TrainingError.self) { try trainer.train(on: Empty(), epoch: 2) }
    #expect(try trainer.train(on: source(2))?.epoch == 3)
  }
}
