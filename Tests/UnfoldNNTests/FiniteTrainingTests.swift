import Testing
import Unfold

@testable import UnfoldNN

/// A training whose numbers leave the finite ones stops before anything is lost, and says where.
@Suite struct FiniteTrainingTests {
  /// One batch of four samples, given as often as `count` says; the last ones of `broken` are others.
  private struct Source: BatchSource {
    let count: Int
    let samples: [Float]
    var broken: (from: Int, samples: [Float])?

    func fill(_ index: Int, into batch: inout TrainingBatch<Float>) throws {
      let samples = broken.map { index >= $0.from ? $0.samples : self.samples } ?? samples
      batch.samples = try Tensor(samples, shape: [4, 1, 1, samples.count / 4])
      batch.labels = [0, 1, 0, 1]
    }
  }

  /// Two dense layers, of which the first has tiny and the second huge weights: the outputs are of ordinary size, and so is
  /// the loss, but the gradient of the first is beyond Float where the input is 1e20.
  private func network() throws -> Network<Float> {
    var generator = SeededGenerator(seed: 3)
    let graph = try Graph(input: [1, 1, 2]) { x in
      try x.flatten().dense(2, hasBias: false).dense(2, hasBias: false)
    }
    let network = try Network<Float>(graph, using: &generator)
    network.parameters[0].value = try Tensor([1e-39, 0, 0, 1e-39], shape: [2, 2])
    network.parameters[1].value = try Tensor([1e19, -1e19, -1e19, 1e19], shape: [2, 2])
    return network
  }

  private let ordinary: [Float] = [1, 0, 0, 1, 1, 0, 0, 1]
  private let huge: [Float] = [-1e20, 0, 0, -1e20, -1e20, 0, 0, -1e20]

  @Test func aFiniteLossWithAnInfiniteGradientKeepsTheWeights() throws {
    for clipping in [nil, try GradientClipping(1)] {
      for optimizer: any Optimizer<Float> in [try GradientDescent(momentum: 0.9), try Adam(), Careless()] {
        let network = try network()
        let trainer = try Trainer(
          network, optimizer: optimizer, schedule: Schedule(rate: 1e-60), clipping: clipping, averageDecay: 0.9)
        try network.run(Tensor(huge, shape: [4, 1, 1, 2]), mode: .inference)
        try network.withOutput { (output) in #expect(output.elements.allSatisfy { $0.isFinite }) }
        let source = Source(count: 3, samples: ordinary, broken: (2, huge))
        var weights: [Tensor<Float>] = []
        var (state, steps, memory) = (TrainerState(), UInt64(0), optimizer.memory)
        #expect {
          try trainer.train(on: source, epoch: 4) { _ in
            weights = network.parameters.map(\.value)
            (state, steps, memory) = (trainer.state, network.steps, optimizer.memory)
          }
        } throws: { error in
          guard case .stepNotFinite(4, 3, "gradient of fc1.weight", _, 1e-60)? = error as? TrainingError else {
            return false
          }
          return "\(error)".contains("gradient of fc1.weight") && "\(error)".contains("epoch 4, step 3")
        }
        #expect(state.epochSteps == 2 && trainer.state == state && network.steps == steps)
        #expect(network.parameters.map(\.value) == weights && optimizer.memory == memory)
        _ = try trainer.checkpoint()
        try trainer.train(on: Source(count: 3, samples: ordinary), epoch: 4)
        #expect(trainer.steps == 3, "and goes on with another batch")
      }
    }
  }

  /// An optimiser that judges nothing.
  private final class Careless: Optimizer {
    var memory = OptimizerMemory<Float>()
    func step(_ parameters: [Parameter<Float>], learningRate: Double, context: ExecutionContext) {
      for parameter in parameters {
        for i in 0..<parameter.value.count {
          let gradient = parameter.gradient.withUnsafeBufferPointer { $0[i] }
          parameter.value.withUnsafeMutableBufferPointer { $0[i] -= Float(learningRate) * gradient }
        }
      }
    }
  }

  /// The running averages are changed by the forward pass, before anything can be judged.
  @Test func statisticsAreThoseOfBefore() throws {
    for bad in [Float.nan, .infinity, 3e38] {
      var generator = SeededGenerator(seed: 3)
      let graph = try Graph(input: [1, 1, 2]) { x in
        try x.batchNorm().flatten().dropout(0.5).dense(2)
      }
      let network = try Network<Float>(graph, using: &generator)
      let trainer = try Trainer(network, optimizer: GradientDescent(), schedule: Schedule(rate: 0.1))
      let source = Source(count: 2, samples: [1, 2, 3, 4, 5, 6, 7, 9], broken: (1, [1, 2, 3, bad, 5, 6, -bad, 9]))
      var before: [Tensor<Float>] = []
      #expect(throws: TrainingError.self, "\(bad)") {
        try trainer.train(on: source) { _ in before = network.parameters.map(\.value) }
      }
      #expect(network.parameters.map(\.value) == before && trainer.steps == 1 && network.steps == 1, "\(bad)")
      _ = try trainer.checkpoint()
    }
  }

  @Test func aRateSearchEndsThere() throws {
    let trainer = try Trainer(network(), optimizer: Adam(), schedule: Schedule(rate: 1e-3))
    let before = trainer.network.parameters.map(\.value)
    let curve = try trainer.searchRate(
      RateSearch(lowest: 1e-60, highest: 1e-50), on: Source(count: 5, samples: ordinary, broken: (3, huge)))
    #expect(curve.hasDiverged && curve.points.count == 4)
    #expect(trainer.network.parameters.map(\.value) == before && trainer.optimizer.memory.entries.isEmpty)
    // Rates that are infinite in Float.
    let rates = try RateSearch(lowest: 1e-300, highest: 1e300, steps: 20)
    let wide = try trainer.searchRate(rates, on: Source(count: 5, samples: ordinary))
    #expect(wide.hasDiverged && wide.points.allSatisfy { $0.loss.isFinite && $0.rate.isFinite })
    #expect(trainer.network.parameters.map(\.value) == before)
  }
}
