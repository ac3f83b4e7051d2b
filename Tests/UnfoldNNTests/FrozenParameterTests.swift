import Foundation
import Testing
import Unfold

@testable import UnfoldNN

/// Training a part of a network: with parameters that are frozen, and with an optimiser that leaves some out.
@Suite struct FrozenParameterTests {
  private func network(_ seed: UInt64 = 3) throws -> Network<Float> {
    var generator = SeededGenerator(seed: seed)
    let graph = try Graph(input: [6, 6, 2]) { x in
      try x.convolution(4, window: 3, padding: .same, hasBias: false).batchNorm().relu().convolution(
        5, window: 3, padding: .same
      )
      .relu()
      .globalMeanPooling().dense(3)
    }
    return try Network(graph, using: &generator)
  }

  private func source() throws -> TensorBatches<Float> {
    var generator = SeededGenerator(seed: 6)
    let images = try Tensor<Float>(shape: [24, 6, 6, 2]) { _ in generator.normal() }
    return try TensorBatches(images, labels: (0..<24).map { $0 % 3 }, size: 8)
  }

  /// Trains the head, or whatever it is told to.
  private final class Chosen: Optimizer {
    let inner: any Optimizer<Float>
    var prefixes = ["fc"]
    var isReversed = false
    init(_ inner: any Optimizer<Float>) { self.inner = inner }
    var memory: OptimizerMemory<Float> {
      get { inner.memory }
      set { inner.memory = newValue }
    }
    func step(_ parameters: [Parameter<Float>], learningRate: Double, context: ExecutionContext) throws(UnfoldError) {
      var chosen = parameters.filter { parameter in prefixes.contains { parameter.name.hasPrefix($0) } }
      if isReversed { chosen.reverse() }
      try inner.step(chosen, learningRate: learningRate, context: context)
    }
  }

  private static let optimizers: [@Sendable () throws -> any Optimizer<Float>] = [
    { try Adam<Float>() }, { try GradientDescent<Float>(momentum: 0.9) }, { try GradientDescent<Float>() },
  ]

  @Test(arguments: 0..<3) func aCheckpointOfAPartIsRestored(kind: Int) throws {
    for isReversed in [false, true] {
      func trainer() throws -> Trainer<Float> {
        let optimizer = Chosen(try Self.optimizers[kind]())
        optimizer.isReversed = isReversed
        return try Trainer(network(), optimizer: optimizer, schedule: Schedule(rate: 0.05))
      }
      let undisturbed = try trainer()
      for _ in 0..<3 { try undisturbed.train(on: source()) }
      var stopped = try trainer()
      try stopped.train(on: source())
      let file = try SafetensorsFile(bytes: stopped.checkpoint().bytes())
      #expect(file.names.filter { $0.hasPrefix("optimizer.") }.allSatisfy { $0.contains(".fc1.") })
      #expect(file.names.filter { $0.hasPrefix("optimizer.") }.count == [4, 2, 0][kind])
      stopped = try trainer()
      try stopped.restore(file)
      for _ in 0..<2 { try stopped.train(on: source()) }
      for (one, other) in zip(stopped.network.parameters, undisturbed.network.parameters) {
        #expect(one.value == other.value, "\(one.name), reversed \(isReversed)")
      }
      #expect(stopped.optimizer.memory == undisturbed.optimizer.memory)
    }
  }

  /// Files of before the optimiser's memory had names hold that of all trained parameters.
  @Test func olderCheckpointsAreRestored() throws {
    for kind in 0..<3 {
      let make = { try Trainer(self.network(), optimizer: Self.optimizers[kind](), schedule: Schedule(rate: 0.05)) }
      let undisturbed = try make()
      for _ in 0..<2 { try undisturbed.train(on: source()) }
      let first = try make()
      try first.train(on: source())
      var file = try first.checkpoint()
      let key = "unfold.trainer"
      let text = try #require(file.metadata[key])
      var state = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(state.removeValue(forKey: "optimizerParameters") != nil)
      var position = try #require(state["trainer"] as? [String: Any])
      #expect(position.removeValue(forKey: "isFinished") != nil)
      state["trainer"] = position
      file.metadata[key] = String(decoding: try JSONSerialization.data(withJSONObject: state), as: UTF8.self)
      let second = try make()
      try second.restore(file)
      #expect(second.hasFinished(1, steps: 3))
      try second.train(on: source())
      #expect(second.network.parameters.map(\.value) == undisturbed.network.parameters.map(\.value), "\(kind)")
    }
  }

  @Test func theMemoryOfAnotherKindIsRefused() throws {
    let trainers = try Self.optimizers.map {
      try Trainer(network(), optimizer: $0(), schedule: Schedule(rate: 0.05))
    }
    for trainer in trainers { try trainer.train(on: source()) }
    for (i, one) in trainers.enumerated() {
      for (j, other) in trainers.enumerated() where i != j {
        let (values, memory) = (one.network.parameters.map(\.value), one.optimizer.memory)
        // What remembers nothing fits in everything.
        if j < 2 { #expect(throws: ModelFileError.self, "\(i) \(j)") { try one.restore(other.checkpoint()) } }
        if j < 2 { #expect(one.network.parameters.map(\.value) == values && one.optimizer.memory == memory) }
      }
    }
  }

  @Test func frozenParametersAndStatisticsStay() throws {
    let network = try network()
    // Statistics that say something, as of a trained body.
    try Trainer(network, optimizer: Adam(), schedule: Schedule(rate: 0.01)).train(on: source())
    for parameter in network.parameters { parameter.isFrozen = !parameter.name.hasPrefix("fc") }
    #expect(network.trainedParameters.map(\.name) == ["fc1.weight", "fc1.bias"])
    let before = Dictionary(uniqueKeysWithValues: network.parameters.map { ($0.name, $0.value) })
    let expected = try network.part(endingIn: ["act1"]).forward(source().samples).elements
    let trainer = try Trainer(network, optimizer: Adam(), schedule: Schedule(rate: 0.01), averageDecay: 0.5)
    for _ in 0..<2 { try trainer.train(on: source()) }
    for parameter in network.parameters {
      let isSame = parameter.value == before[parameter.name]
      #expect(isSame == parameter.isFrozen, "\(parameter.name)")
    }
    // In training, too, the body computes what it computes in inference.
    let trained = try network.part(endingIn: ["act1"]).forward(source().samples, mode: .training).elements
    for (one, other) in zip(trained, expected) { #expect(abs(one - other) < 1e-5) }
    // And the whole is restored, body and all.
    let restored = try Trainer(
      self.network(9), optimizer: Adam(), schedule: Schedule(rate: 0.01), averageDecay: 0.5)
    for parameter in restored.network.parameters { parameter.isFrozen = !parameter.name.hasPrefix("fc") }
    try restored.restore(SafetensorsFile(bytes: trainer.checkpoint().bytes()))
    for other in [trainer, restored] { try other.train(on: source()) }
    #expect(restored.network.parameters.map(\.value) == network.parameters.map(\.value))
  }

  @Test func aFrozenBodyCostsNoGradients() throws {
    let network = try network()
    for parameter in network.parameters { parameter.isFrozen = !parameter.name.hasPrefix("fc") }
    let trainer = try Trainer(network, optimizer: GradientDescent(), schedule: Schedule(rate: 0.1))
    try trainer.train(on: source())
    for parameter in network.parameters {
      #expect(
        parameter.gradient.count == (parameter.name.hasPrefix("fc") ? parameter.value.count : 0), "\(parameter.name)")
    }
    // Freed, it is trained by the next step; frozen as a whole, nothing is.
    let body = network.parameters.map(\.value)
    for parameter in network.parameters { parameter.isFrozen = false }
    try trainer.train(on: source())
    for (parameter, before) in zip(network.parameters, body) { #expect(parameter.value != before, "\(parameter.name)") }
    for parameter in network.parameters { parameter.isFrozen = true }
    let all = network.parameters.map(\.value)
    #expect(network.trainedParameters.isEmpty)
    try trainer.train(on: source())
    #expect(network.parameters.map(\.value) == all)
  }

  /// The first step of a parameter that was freed later is as long as that of any other: PyTorch counts steps by parameter.
  @Test func parametersThatComeLaterBeginAtTheirBeginning() throws {
    let optimizer = try Adam<Double>()
    let early = try Parameter<Double>("early", role: .weights(), value: Tensor([1, 1], shape: [2]))
    let late = try Parameter<Double>("late", role: .weights(), value: Tensor([1, 1], shape: [2]))
    for parameter in [early, late] { parameter.gradient = try Tensor([0.5, -2], shape: [2]) }
    for _ in 0..<50 { try optimizer.step([early], learningRate: 0.01) }
    try optimizer.step([late, early], learningRate: 0.01)
    // m / (1 - β1) = g and v / (1 - β2) = g²: one rate long, whatever the gradient.
    for (found, expected) in zip(late.value.elements, [0.99, 1.01]) { #expect(abs(found - expected) < 1e-9) }
    #expect(optimizer.memory.entries.map(\.parameter) == ["early", "late"])
    #expect(optimizer.memory.entries.map(\.steps) == [51, 1])
    let before = early.value.elements
    try optimizer.step([late], learningRate: 0.01)
    #expect(early.value.elements == before && optimizer.memory.entries.map(\.steps) == [51, 2])
    #expect(throws: UnfoldError.self, "two of one name") { try optimizer.step([late, late], learningRate: 0.01) }
  }

  /// Slopes of the loss, by central differences, before and in normalisations whose statistics are frozen.
  @Test func gradientsPassFrozenStatistics() throws {
    var generator = SeededGenerator(seed: 8)
    let graph = try Graph(input: [4, 5, 2]) { x in
      let y = try x.convolution(3, window: 3, padding: .same).batchNorm().activation(.tanh)
      return try (y + y.convolution(3, window: 1).instanceNorm()).batchNorm().activation(.tanh).flatten().dense(2)
    }
    let network = try Network<Double>(graph, using: &generator)
    for parameter in network.parameters where parameter.role == .statistic {
      parameter.value = try Tensor(shape: parameter.value.shape) { _ in 0.5 + generator.uniform(as: Double.self) }
      parameter.isFrozen = true
    }
    let statistics = network.parameters.filter { $0.isFrozen }.map(\.value)
    let input = try Tensor<Double>(shape: [3, 4, 5, 2]) { _ in generator.normal() }
    let weights = try Tensor<Double>(shape: [3, 2]) { _ in generator.normal() }
    func loss() throws -> Double {
      let output = try network.forward(input, mode: .training)
      return zip(output.elements, weights.elements).reduce(0) { $0 + $1.0 * $1.1 }
    }
    _ = try loss()
    try network.backward(weights)
    #expect(network.trainedParameters.count == 12)
    for parameter in network.trainedParameters {
      let (gradient, value) = (parameter.gradient.elements, parameter.value)
      let scale = gradient.map { abs($0) }.max() ?? 0
      #expect(scale > 0, "\(parameter.name)")
      for element in gradient.indices {
        func moved(_ step: Double) throws -> Double {
          defer { parameter.value = value }
          parameter.value.withUnsafeMutableBufferPointer { $0[element] += step }
          return try loss()
        }
        let slope = try (8 * (moved(1e-4) - moved(-1e-4)) - (moved(2e-4) - moved(-2e-4))) / 12e-4
        #expect(abs(gradient[element] - slope) < 1e-7 * max(1, scale), "\(parameter.name)[\(element)]")
      }
    }
    #expect(network.parameters.filter { $0.isFrozen }.map(\.value) == statistics)
  }
}
