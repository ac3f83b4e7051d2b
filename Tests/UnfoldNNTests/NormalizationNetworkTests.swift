import Testing
import Unfold

@testable import UnfoldNN

/// Networks with frozen batch normalisation, for fine-tuning, and with instance normalisation that keeps running averages.
@Suite struct NormalizationNetworkTests {
  /// One before an activation, one whose input others read too, and one at the end.
  private func frozenNetwork() throws -> Network<Double> {
    let graph = try Graph(input: [6, 5, 2]) { x in
      let y = try x.convolution(4, window: 3, padding: .same).batchNorm(isFrozen: true).relu()
      let z = try y.convolution(4, window: 1).batchNorm(isFrozen: true) + y
      return try (z.batchNorm(isFrozen: true) + z).activation(.tanh).flatten().dense(3).batchNorm(isFrozen: true)
    }
    var generator = SeededGenerator(seed: 21)
    let network = try Network<Double>(graph, needsInputGradients: true, using: &generator)
    for parameter in network.parameters {
      let count = parameter.value.count
      switch parameter.role {
      case .bias: parameter.value = try Tensor(shape: [count]) { _ in 0.3 * generator.normal() }
      case .scale: parameter.value = try Tensor(shape: [count]) { _ in 1 + 0.3 * generator.normal() }
      case .statistic:
        parameter.value = try Tensor(shape: [count]) { _ in
          parameter.name.hasSuffix("var") ? 0.5 + abs(generator.normal()) : 0.2 * generator.normal()
        }
      default: break
      }
    }
    return network
  }

  private func difference(_ found: Tensor<Double>, _ expected: Tensor<Double>) -> Double {
    zip(found.elements, expected.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test func frozenAveragesStayAndGradientsAreSlopes() throws {
    let network = try frozenNetwork()
    var generator = SeededGenerator(seed: 5)
    let input = try Tensor<Double>(shape: [3, 6, 5, 2]) { _ in generator.normal() }
    let labels = [2, 0, 1]
    let statistics = network.parameters.filter { $0.role == .statistic }
    #expect(statistics.count == 8)
    let before = statistics.map(\.value)
    let logits = try network.forward(input, mode: .training)
    #expect(zip(statistics, before).allSatisfy { $0.value == $1 })
    // Inference folds most of them into convolutions.
    #expect(try difference(network.forward(input), logits) < 1e-12)

    var gradient = try Tensor<Double>(zeros: [3, 3])
    func loss() throws -> Double {
      try LabelCrossEntropy().valueAndGradient(network.forward(input), labels: labels, into: &gradient)
    }
    _ = try network.forward(input, mode: .training)
    _ = try LabelCrossEntropy().valueAndGradient(logits, labels: labels, into: &gradient)
    try network.backward(gradient)
    for parameter in network.parameters where parameter.role.isTrained {
      let (value, found) = (parameter.value, parameter.gradient.elements)
      let size = found.reduce(0) { max($0, abs($1)) }
      #expect(size > 0, "\(parameter.name)")
      for element in 0..<value.count {
        func moved(_ change: Double) throws -> Double {
          defer { parameter.value = value }
          parameter.value.withUnsafeMutableBufferPointer { $0[element] += change }
          return try loss()
        }
        let slope = try (moved(1e-6) - moved(-1e-6)) / 2e-6
        #expect(
          abs(found[element] - slope) <= 1e-6 * max(size, 0.01),
          "\(parameter.name)[\(element)]: \(found[element]), \(slope)")
      }
    }
  }

  /// With the same averages, a frozen network and one that is not differ in training only.
  @Test func frozenIsInferenceInTraining() throws {
    func network(_ isFrozen: Bool) throws -> Network<Float> {
      var generator = SeededGenerator(seed: 3)
      let graph = try Graph(input: [5, 5, 3]) { x in
        try x.convolution(8, window: 3, padding: .same).batchNorm(isFrozen: isFrozen).relu().globalMeanPooling().dense(
          2)
      }
      return try Network(graph, using: &generator)
    }
    var generator = SeededGenerator(seed: 8)
    let images = try Tensor<Float>(shape: [4, 5, 5, 3]) { _ in 3 + generator.normal() }
    let (frozen, free) = (try network(true), try network(false))
    #expect(try frozen.forward(images) == free.forward(images))
    #expect(try frozen.forward(images, mode: .training) != free.forward(images, mode: .training))
    #expect(frozen.graph.summary.layers.contains { $0.label == "batch norm, frozen" })
  }

  @Test func instanceNormalizationKeepsAverages() throws {
    let graph = try Graph(input: [4, 3, 2]) { x in
      try x.instanceNorm(epsilon: 0.01, momentum: 0.25).activation(.tanh).convolution(3, window: 2, padding: .same)
        .instanceNorm(epsilon: 0.01).flatten().dense(2)
    }
    var generator = SeededGenerator(seed: 4)
    let network = try Network<Double>(graph, needsInputGradients: true, using: &generator)
    for parameter in network.parameters where parameter.role == .scale {
      parameter.value = try Tensor(shape: parameter.value.shape) { _ in 1 + 0.3 * generator.normal() }
    }
    let input = try Tensor<Double>(shape: [3, 4, 3, 2]) { _ in 1 + generator.normal() }
    let labels = [1, 0, 1]
    let instance = try InstanceNormalization(input: input.shape, epsilon: 0.01, momentum: 0.25)
    var running = try RunningMoments<Double>(channels: 2)
    let (scale, shift) = (network.parameters[0].value, network.parameters[1].value)
    _ = try instance.trainingForward(input, scale: scale, shift: shift, updating: &running)
    let logits = try network.forward(input, mode: .training)
    #expect(
      network.parameters.map(\.name).prefix(4) == ["in1.weight", "in1.bias", "in1.running_mean", "in1.running_var"])
    #expect(network.parameters[2].value == running.mean && network.parameters[3].value == running.variance)
    // Inference reads the averages: it differs from training, and does not change them.
    #expect(try difference(network.forward(input), logits) > 1e-3)
    #expect(network.parameters[2].value == running.mean)

    var gradient = try Tensor<Double>(zeros: [3, 2])
    _ = try network.forward(input, mode: .training)
    _ = try LabelCrossEntropy().valueAndGradient(logits, labels: labels, into: &gradient)
    try network.backward(gradient)
    let found = try network.inputGradient().elements
    let size = found.reduce(0) { max($0, abs($1)) }
    #expect(size > 1e-4)
    for element in 0..<input.count {
      func moved(_ change: Double) throws -> Double {
        var moved = input
        moved.withUnsafeMutableBufferPointer { $0[element] += change }
        var ignored = gradient
        return try LabelCrossEntropy().valueAndGradient(
          network.forward(moved, mode: .training), labels: labels, into: &ignored)
      }
      let slope = try (moved(1e-6) - moved(-1e-6)) / 2e-6
      #expect(abs(found[element] - slope) <= 1e-6 * size + 1e-9, "\(element): \(found[element]), \(slope)")
    }
  }

  @Test func vectorsHaveNoInstances() {
    #expect(throws: GraphError.self) {
      try Graph(input: [7]) { x in try x.dense(4).instanceNorm() }
    }
  }
}
