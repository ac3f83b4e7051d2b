import Testing
import Unfold

@testable import UnfoldNN

/// Finite differences in Double through whole networks: every parameter, and the input.
@Suite struct NetworkGradientTests {
  private static let networks: [(String, [LayerDescription<Double>])] = [
    (
      "every kind of layer",
      [
        .convolution(filters: 4, window: 3, padding: .same, activation: .tanh),
        .maximumPooling(window: 2),
        .convolution(filters: 6, window: 2, stride: 1, padding: 1, groups: 2, activation: .sigmoid),
        .meanPooling(window: 3, stride: 2, padding: 1, countIncludesPadding: false),
        .activation(.softplus),
        .flatten,
        .dense(5, activation: .tanh),
        .dense(3),
      ]
    ),
    (
      "activations whose gradient needs their input",
      [
        .convolution(filters: 3, window: Extent(2, 3), stride: Extent(1, 2), dilation: 2, activation: .gelu),
        .activation(.silu),
        .meanPooling(window: 2, rounding: .ceiling),
        .flatten,
        .dense(4, activation: .silu),
        .dense(3, activation: .gelu),
      ]
    ),
    (
      "without biases",
      [
        .convolution(filters: 2, window: 3, activation: .elu(alpha: 0.5), hasBias: false),
        .convolution(filters: 2, window: 1, activation: .leakyRelu(slope: 0.1)),
        .flatten,
        .activation(.gelu),
        .dense(3, hasBias: false),
      ]
    ),
  ]

  @Test(arguments: 0..<networks.count) func gradientsAreTheSlopesOfTheLoss(index: Int) throws {
    let (name, layers) = Self.networks[index]
    var generator = SeededGenerator(seed: 11)
    let network = try Sequential(input: [6, 7, 2], layers: layers, using: &generator)
    // Biases of zero would hide a bias that is added twice.
    for parameter in network.parameters where parameter.role == .bias {
      parameter.value = try Tensor(shape: parameter.value.shape) { _ in 0.3 * generator.normal() }
    }
    let input = try Tensor<Double>(shape: [3, 6, 7, 2]) { _ in generator.normal() }
    let labels = [2, 0, 1]
    var gradient = try Tensor<Double>(zeros: [3, 3])

    func loss(_ input: Tensor<Double>) throws -> Double {
      let logits = try network.forward(input)
      return try Loss.softmaxCrossEntropy.valueAndGradient(logits, labels: labels, into: &gradient)
    }

    let logits = try network.forward(input, mode: .training)
    _ = try Loss.softmaxCrossEntropy.valueAndGradient(logits, labels: labels, into: &gradient)
    let inputGradient = try #require(try network.backward(gradient, needsInputGradient: true))

    for parameter in network.parameters {
      let value = parameter.value
      try compare("\(name), \(parameter.name)", parameter.gradient) { element, change in
        defer { parameter.value = value }
        parameter.value.withUnsafeMutableBufferPointer { $0[element] += change }
        return try loss(input)
      }
    }
    try compare("\(name), input", inputGradient) { element, change in
      var moved = input
      moved.withUnsafeMutableBufferPointer { $0[element] += change }
      return try loss(moved)
    }
  }

  /// Compares a gradient with central differences of fourth order, whose error is far below the tolerance: the step's
  /// fourth power (1e-16) times a derivative, and the rounding of the loss divided by the step (1e-12).
  private func compare(_ name: String, _ gradient: Tensor<Double>, loss: (Int, Double) throws -> Double) throws {
    let step = 1e-4
    let scale = gradient.elements.reduce(0) { max($0, abs($1)) }
    #expect(scale > 0, "\(name): a gradient of zeros would prove nothing")
    for element in 0..<gradient.count {
      let near = try loss(element, step) - loss(element, -step)
      let far = try loss(element, 2 * step) - loss(element, -2 * step)
      let slope = (8 * near - far) / (12 * step)
      let found = gradient.elements[element]
      #expect(abs(found - slope) <= 1e-6 * max(scale, abs(slope)), "\(name)[\(element)]: \(found), slope \(slope)")
    }
  }

  @Test func theFirstLayerComputesNoInputGradient() throws {
    var generator = SeededGenerator(seed: 1)
    let network = try Sequential<Float>(input: [3], layers: [.dense(2)], using: &generator)
    _ = try network.forward(Tensor(zeros: [1, 3]), mode: .training)
    #expect(try network.backward(Tensor(zeros: [1, 2])) == nil)
  }

  @Test func aBackwardPassNeedsATrainingPass() throws {
    for (name, layers) in Self.networks {
      var generator = SeededGenerator(seed: 1)
      let network = try Sequential(input: [6, 7, 2], layers: layers, using: &generator)
      let input = try Tensor<Double>(zeros: [1, 6, 7, 2])
      let gradient = try Tensor<Double>(zeros: [1, 3])
      #expect(throws: UnfoldError.noForwardPass, "\(name)") { try network.backward(gradient) }
      _ = try network.forward(input, mode: .inference)
      #expect(throws: UnfoldError.noForwardPass, "\(name)") { try network.backward(gradient) }
      _ = try network.forward(input, mode: .training)
      try network.backward(gradient)
      #expect(throws: UnfoldError.noForwardPass, "\(name)") { try network.backward(gradient) }
    }
    // Each layer by itself refuses too.
    var generator = SeededGenerator(seed: 1)
    for (_, layers) in Self.networks {
      let network = try Sequential(input: [6, 7, 2], layers: layers, using: &generator)
      for layer in network.layers {
        let gradient = try Tensor<Double>(zeros: Shape([1] + layer.outputShape.extents))
        #expect(throws: UnfoldError.noForwardPass) {
          try layer.backward(gradient, needsInputGradient: true, context: .shared)
        }
      }
    }
  }

  @Test func whatTheCallerHoldsIsNotOverwritten() throws {
    var generator = SeededGenerator(seed: 4)
    let network = try Sequential<Double>(
      input: [4], layers: [.dense(3, activation: .tanh), .dense(2, activation: .gelu)], using: &generator)
    let input = try Tensor<Double>([1, 2, 3, 4], shape: [1, 4])
    let output = try network.forward(input, mode: .training)
    let elements = output.elements
    let gradient = try Tensor<Double>([1, -1], shape: [1, 2])
    let inputGradient = try #require(try network.backward(gradient, needsInputGradient: true))
    let slopes = inputGradient.elements
    _ = try network.forward(Tensor(repeating: 7, shape: [1, 4]), mode: .training)
    try network.backward(Tensor([5, 5], shape: [1, 2]), needsInputGradient: true)
    #expect(output.elements == elements)
    #expect(inputGradient.elements == slopes)
    #expect(gradient.elements == [1, -1])
    #expect(input.elements == [1, 2, 3, 4])
  }
}
