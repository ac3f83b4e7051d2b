import Testing
import Unfold

@testable import UnfoldNN

/// Finite differences in Double through whole networks: every parameter, and the input.
@Suite struct NetworkGradientTests {
  private static let graphs: [(String, @Sendable (Value) throws -> Value)] = [
    (
      "every kind of node",
      { x in
        try x.convolution(4, window: 3, padding: .same).activation(.tanh).maximumPooling(2)
          .convolution(6, window: 2, padding: 1, groups: 2).activation(.sigmoid)
          .meanPooling(3, stride: 2, padding: 1, countIncludesPadding: false).activation(.softplus)
          .flatten().dense(5).activation(.tanh).dense(3)
      }
    ),
    (
      "activations whose gradient needs their input",
      { x in
        try x.convolution(3, window: Extent(2, 3), stride: Extent(1, 2), padding: .valid, dilation: 2).activation(.gelu)
          .activation(.silu).meanPooling(2, rounding: .ceiling).flatten().dense(4).activation(.silu).dense(3)
          .activation(.gelu)
      }
    ),
    (
      "without biases",
      { x in
        try x.convolution(2, window: 3, padding: .same, hasBias: false).activation(.elu(alpha: 0.5))
          .convolution(2, window: 1).activation(.leakyRelu(slope: 0.1)).flatten().activation(.gelu)
          .dense(3, hasBias: false)
      }
    ),
    (
      "maps that grow",
      { x in
        try x.transposedConvolution(3, window: 3, stride: 2, padding: .same).activation(.tanh)
          .resampled(.bilinear(to: Extent(5, 6), alignsCorners: false))
          .transposedConvolution(2, window: 2, padding: .valid, groups: 1).reshaped(to: [84]).dense(3)
      }
    ),
    (
      "normalisations of single samples, gates and shortcuts",
      { x in
        let y = try x.convolution(4, window: 3, padding: .same).groupNorm(2).activation(.tanh)
        let gated = try (y + y.layerNorm(axes: 2).activation(.silu)).squeezeExcite(reduction: 2)
        return try concatenate([gated * y, y.layerNorm(), x]).globalMeanPooling().dense(3)
      }
    ),
    (
      "blocks of mobile networks: channels in other places, gates of straight lines, factors",
      { x in
        let y = try x.convolution(6, window: 3, padding: .same).activation(.hardSwish)
        let mixed = try concatenate([y.channels(0..<2), y.channels(2..<6).activation(.relu6)]).channelShuffle(3)
        let gated = try mixed.scope("gate") { x throws(GraphError) in
          try x.squeezeExcite(width: 3, activation: .hardSwish, gate: .hardSigmoid)
        }
        return try (gated.pixelwiseDense(6).layerScale(start: 0.5) + y).globalMeanPooling().dense(3)
      }
    ),
    (
      "filters under transforms",
      { x in
        try x.invariantConvolution(4, transforms: rotations, padding: .same).activation(.tanh)
          .invariantConvolution(3, transforms: transpositions, stride: 2, padding: .same)
          .flatten().dense(3)
      }
    ),
    (
      "pixels in other places",
      { x in
        let wide = try x.padded(by: .sides(top: 1, bottom: 1, left: 0, right: 1)).turned(.transposition)
        let deep = try wide.pixelUnshuffle(2).convolution(8, window: 1).activation(.tanh).pixelShuffle(2)
        let rows = try concatenate(
          [
            wide,
            deep.cropped(by: .sides(top: 1, bottom: 2, left: 3, right: 0))
              .padded(by: .sides(top: 0, bottom: 0, left: 3, right: 0)),
          ], axis: 0)
        return try rows.convolution(2, window: 3, padding: .same).activation(.tanh).flatten().dense(3)
      }
    ),
    (
      "borders, and pooling to a size",
      { x in
        let y = try x.padded(by: .sides(top: 2, bottom: 1, left: 0, right: 3), with: .reflected)
          .convolution(3, window: 3, padding: .valid).activation(.tanh)
          .padded(by: 1, with: .replicated).padded(by: .symmetric(0, 2), with: .circular)
          .padded(by: .symmetric(1, 0), with: .constant(0.5))
        let pooled = try concatenate([
          y.adaptiveMeanPooling(to: Extent(4, 5)), y.adaptiveMaximumPooling(to: Extent(4, 5)),
        ])
        return try pooled.meanPooling(3, stride: 1, padding: 1, divisor: 4).convolution(2, window: 2, padding: .same)
          .flatten().dense(3)
      }
    ),
  ]

  // Without transforms the graph could not be built.
  private static let rotations = (try? FilterTransform.rotations(of: 5, count: 6)) ?? []
  private static let transpositions = [
    try? FilterTransform.identity(of: 3), try? FilterTransform.symmetry(.transposition, of: 3),
  ].compactMap(\.self)

  private func network(_ index: Int, _ generator: inout SeededGenerator) throws -> Network<Double> {
    try Network(Graph(input: [6, 7, 2], Self.graphs[index].1), needsInputGradients: true, using: &generator)
  }

  @Test(arguments: 0..<graphs.count) func gradientsAreTheSlopesOfTheLoss(index: Int) throws {
    let name = Self.graphs[index].0
    var generator = SeededGenerator(seed: 11)
    let network = try network(index, &generator)
    // Biases of zero would hide a bias that is added twice.
    for parameter in network.parameters where parameter.role == .bias {
      parameter.value = try Tensor(shape: parameter.value.shape) { _ in 0.3 * generator.normal() }
    }
    let input = try Tensor<Double>(shape: [3, 6, 7, 2]) { _ in generator.normal() }
    let labels = [2, 0, 1]
    var gradient = try Tensor<Double>(zeros: [3, 3])

    func loss(_ input: Tensor<Double>) throws -> Double {
      let logits = try network.forward(input)
      return try LabelCrossEntropy().valueAndGradient(logits, labels: labels, into: &gradient)
    }

    let logits = try network.forward(input, mode: .training)
    _ = try LabelCrossEntropy().valueAndGradient(logits, labels: labels, into: &gradient)
    try network.backward(gradient)
    let inputGradient = try network.inputGradient()

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
  /// fourth power times a derivative, and the rounding of the loss divided by the step (1e-10). The step is so short
  /// because a maximum must not change its mind on the way.
  private func compare(_ name: String, _ gradient: Tensor<Double>, loss: (Int, Double) throws -> Double) throws {
    let step = 1e-6
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

  @Test func aBackwardPassNeedsATrainingPass() throws {
    for (index, (name, _)) in Self.graphs.enumerated() {
      var generator = SeededGenerator(seed: 1)
      let network = try network(index, &generator)
      let input = try Tensor<Double>(zeros: [1, 6, 7, 2])
      let gradient = try Tensor<Double>(zeros: [1, 3])
      #expect(throws: UnfoldError.noForwardPass, "\(name)") { try network.backward(gradient) }
      _ = try network.forward(input, mode: .inference)
      #expect(throws: UnfoldError.noForwardPass, "\(name)") { try network.backward(gradient) }
      _ = try network.forward(input, mode: .training)
      try network.backward(gradient)
      #expect(throws: UnfoldError.noForwardPass, "\(name)") { try network.backward(gradient) }
    }
  }

  @Test func whatTheCallerHoldsIsNotOverwritten() throws {
    var generator = SeededGenerator(seed: 4)
    let graph = try Graph(input: [4]) { x in
      try x.dense(3).activation(.tanh).dense(2).activation(.gelu)
    }
    let network = try Network<Double>(graph, needsInputGradients: true, using: &generator)
    let input = try Tensor<Double>([1, 2, 3, 4], shape: [1, 4])
    let output = try network.forward(input, mode: .training)
    let elements = output.elements
    let gradient = try Tensor<Double>([1, -1], shape: [1, 2])
    try network.backward(gradient)
    let inputGradient = try network.inputGradient()
    let slopes = inputGradient.elements
    _ = try network.forward(Tensor(repeating: 7, shape: [1, 4]), mode: .training)
    try network.backward(Tensor([5, 5], shape: [1, 2]))
    #expect(output.elements == elements)
    #expect(inputGradient.elements == slopes)
    #expect(gradient.elements == [1, -1])
    #expect(input.elements == [1, 2, 3, 4])
  }
}
