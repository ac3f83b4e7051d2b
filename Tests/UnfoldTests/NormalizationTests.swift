import Testing
import UnfoldReference

@testable import Unfold

/// Results computed by hand, PyTorch's results, finite differences, and the effects of rounding.
@Suite struct NormalizationTests {
  /// Channel 0 is 1, 3: mean 2, variance 1. Channel 1 is 10, 30: mean 20, variance 100.
  @Test func byHand() throws {
    let batch = try BatchNormalization(input: [2, 2], epsilon: 0, momentum: 0.25)
    let input = try Tensor<Float>([1, 10, 3, 30], shape: [2, 2])
    let (scale, shift) = (try Tensor<Float>([2, 3], shape: [2]), try Tensor<Float>([0.5, 1], shape: [2]))
    var running = try RunningMoments<Float>(channels: 2)
    let (output, saved) = try batch.trainingForward(input, scale: scale, shift: shift, updating: &running)
    #expect(output.elements == [-1.5, -2, 2.5, 4])
    #expect(saved.mean.elements == [2, 20] && saved.inverseDeviation.elements == [1, 0.1])
    // 3/4 of 0 and 1, 1/4 of the mean and of the unbiased variances 2 and 200.
    #expect(running.mean.elements == [0.5, 5] && running.variance.elements == [1.25, 50.75])
    // Two values: whatever comes in, the input's gradient is 0, because the output is always -1 and 1.
    let gradients = try batch.gradients(
      Tensor([1, 2, 3, 5], shape: [2, 2]), input: input, scale: scale, shift: shift, moments: .saved(saved))
    #expect(gradients.shift.elements == [4, 7] && gradients.scale.elements == [2, 3])
    #expect(gradients.input.elements.allSatisfy { abs($0) < 1e-6 })

    let layer = try LayerNormalization(input: [2, 2], epsilon: 0)
    let rows = try layer.forward(input, scale: scale, shift: shift)
    #expect(rows.saved.mean.elements == [5.5, 16.5])
    #expect(rows.output.elements.elementsEqual([-1.5, 4, -1.5, 4]) { abs($0 - $1) < 1e-6 })
    let group = try GroupNormalization(input: [2, 2], groups: 1, epsilon: 0)
    let same = try group.forward(input, scale: scale, shift: shift)
    #expect(same.output.largestDifference(to: rows.output) < 1e-6)
  }

  @Test(arguments: ActivationCase.all) func activations(_ test: ActivationCase) throws {
    let activation = test.activation
    let plain = try BatchNormalization(input: [3, 5, 5, 7])
    let fused = try BatchNormalization(input: [3, 5, 5, 7], activation: activation)
    let x = try NormalizationOperands<Float>(plain.inputShape, parameters: [7], seed: 3)
    var running = try RunningMoments<Float>(channels: 7)
    let affine = try plain.trainingForward(x.input, scale: x.scale, shift: x.shift, updating: &running)
    let output = try fused.trainingForward(x.input, scale: x.scale, shift: x.shift, updating: &running)
    #expect(output.output.hasSameBits(as: try activation.forward(affine.output)), "\(test)")
    #expect(affine.output.elements.contains { $0 < 0 } && affine.output.elements.contains { $0 > 0 })
    // As two operators after each other.
    let masked = try activation.inputGradient(x.outputGradient, input: affine.output)
    let expected = try plain.gradients(
      masked, input: x.input, scale: x.scale, shift: x.shift, moments: .saved(affine.saved))
    let found = try fused.gradients(
      x.outputGradient, input: x.input, scale: x.scale, shift: x.shift, moments: .saved(output.saved))
    #expect(found.input.hasSameBits(as: expected.input), "\(test)")
    #expect(found.scale.hasSameBits(as: expected.scale) && found.shift.hasSameBits(as: expected.shift), "\(test)")
  }

  /// Written over the output gradient, the input gradient has the same bits.
  @Test func inPlace() throws {
    for shape in [[2, 3], [3, 9, 7, 20], [5, 61, 53, 24]] as [Shape] {
      let channels = shape[shape.rank - 1]
      for activation in [Activation.identity, .relu, .relu6, .silu] {
        let batch = try BatchNormalization(input: shape, activation: activation)
        let x = try NormalizationOperands<Float>(shape, parameters: [channels], seed: 8)
        var running = try RunningMoments<Float>(channels: channels)
        let saved = try batch.trainingForward(x.input, scale: x.scale, shift: x.shift, updating: &running).saved
        let expected = try batch.gradients(
          x.outputGradient, input: x.input, scale: x.scale, shift: x.shift, moments: .saved(saved))
        var (gradient, ofScale) = (x.outputGradient, try Tensor<Float>.poisoned([channels]))
        var ofShift = ofScale
        try batch.applyGradients(
          to: &gradient, input: x.input, scale: x.scale, shift: x.shift, moments: .saved(saved),
          scaleGradient: &ofScale,
          shiftGradient: &ofShift)
        #expect(gradient.hasSameBits(as: expected.input), "\(shape) \(activation)")
        #expect(ofScale.hasSameBits(as: expected.scale) && ofShift.hasSameBits(as: expected.shift))
      }
      let group = try GroupNormalization(input: shape, groups: channels % 2 == 0 ? 2 : 1)
      let x = try NormalizationOperands<Float>(shape, parameters: [channels], seed: 8)
      let saved = try group.forward(x.input, scale: x.scale, shift: x.shift).saved
      let expected = try group.gradients(x.outputGradient, input: x.input, scale: x.scale, saved: saved)
      var (gradient, ofScale) = (x.outputGradient, try Tensor<Float>.poisoned([channels]))
      var ofShift = ofScale
      try group.applyGradients(
        to: &gradient, input: x.input, scale: x.scale, saved: saved, scaleGradient: &ofScale, shiftGradient: &ofShift)
      #expect(gradient.hasSameBits(as: expected.input), "\(shape) group")
      #expect(ofScale.hasSameBits(as: expected.scale) && ofShift.hasSameBits(as: expected.shift))
      for axes in 1...shape.rank {
        let layer = try LayerNormalization(input: shape, axes: axes)
        let x = try NormalizationOperands<Float>(shape, parameters: layer.parameterShape, seed: 8)
        let saved = try layer.forward(x.input, scale: x.scale, shift: x.shift).saved
        let expected = try layer.gradients(x.outputGradient, input: x.input, scale: x.scale, saved: saved)
        var (gradient, ofScale) = (x.outputGradient, try Tensor<Float>.poisoned(layer.parameterShape))
        var ofShift = ofScale
        try layer.applyGradients(
          to: &gradient, input: x.input, scale: x.scale, saved: saved, scaleGradient: &ofScale,
          shiftGradient: &ofShift)
        #expect(gradient.hasSameBits(as: expected.input), "\(shape) layer \(axes)")
        #expect(ofScale.hasSameBits(as: expected.scale) && ofShift.hasSameBits(as: expected.shift))
      }
    }
  }

  /// A mean that is 10^4 times the deviation: sums of squares in Float would leave no digit of the variance.
  @Test func farFromZero() throws {
    var generator = SeededGenerator(seed: 2)
    for shape in [[64, 9, 9, 5], [40, 30, 30, 33], [4, 300]] as [Shape] {
      // Multiples of 2^-10 around 8192: exact in Float.
      let input = try Tensor<Float>(shape: shape) { _ in
        8192 + (Float.random(in: -1...1, using: &generator) * 1024).rounded() / 1024
      }
      let elements = input.elements
      let truth = try Tensor<Double>(shape: shape) { Double(elements[$0]) }
      let channels = shape[shape.rank - 1]
      let geometry = try BatchNormalization(input: shape, epsilon: 0)
      let layer = try LayerNormalization(input: shape, axes: shape.rank - 1, epsilon: 0)
      let group = try GroupNormalization(input: shape, groups: 1, epsilon: 0)
      func inverses<Scalar: TensorScalar>(_ input: Tensor<Scalar>) throws -> [[Scalar]] {
        let (one, zero) = (try Tensor<Scalar>(repeating: 1, shape: [channels]), try Tensor<Scalar>(zeros: [channels]))
        var running = try RunningMoments<Scalar>(channels: channels)
        let ones = try Tensor<Scalar>(repeating: 1, shape: layer.parameterShape)
        return [
          try geometry.trainingForward(input, scale: one, shift: zero, updating: &running).saved.inverseDeviation
            .elements,
          try layer.forward(input, scale: ones, shift: ones).saved.inverseDeviation.elements,
          try group.forward(input, scale: one, shift: zero).saved.inverseDeviation.elements,
        ]
      }
      for (found, expected) in zip(try inverses(input), try inverses(truth)) {
        for (a, b) in zip(found, expected) { #expect(abs(Double(a) - b) < 1e-5 * b, "\(shape): \(a), expected \(b)") }
      }
    }
  }

  @Test func pyTorchAgrees() throws {
    let fixtures = try NormalizationFixtures.load()
    #expect(fixtures.batch.count >= 20 && fixtures.layer.count >= 12 && fixtures.group.count >= 14)
    func check(_ found: Tensor<Double>, _ expected: [Double], _ test: String) throws {
      let difference = found.largestDifference(to: try Tensor(expected, shape: found.shape))
      #expect(difference < 1e-10, "\(test): \(difference)")
    }
    func check(
      _ torch: NormalizationFixtures.Case, _ output: Tensor<Double>, _ gradients: NormalizationGradients<Double>
    ) throws {
      try check(output, torch.values, "\(torch) output")
      try check(gradients.input, torch.inputGradient, "\(torch) input gradient")
      try check(gradients.scale, torch.scaleGradient, "\(torch) scale gradient")
      try check(gradients.shift, torch.shiftGradient, "\(torch) shift gradient")
    }
    for torch in fixtures.batch {
      let geometry = try BatchNormalization(
        input: Shape(torch.input), epsilon: torch.epsilon, momentum: try #require(torch.momentum),
        activation: torch.relu == true ? .relu : .identity)
      let x = try NormalizationOperands<Double>(fixture: geometry.inputShape, parameters: geometry.parameterShape)
      var running = try RunningMoments<Double>(channels: geometry.channels)
      let (output, saved) = try geometry.trainingForward(x.input, scale: x.scale, shift: x.shift, updating: &running)
      try check(
        torch, output,
        geometry.gradients(x.outputGradient, input: x.input, scale: x.scale, shift: x.shift, moments: .saved(saved)))
      let next: Tensor<Double> = try Fixture.elements(geometry.inputShape, salt: 3)
      _ = try geometry.trainingForward(next, scale: x.scale, shift: x.shift, updating: &running)
      try check(running.mean, try #require(torch.runningMean), "\(torch) running mean")
      try check(running.variance, try #require(torch.runningVariance), "\(torch) running variance")
      let inference = try geometry.inferenceForward(next, scale: x.scale, shift: x.shift, running: running)
      try check(inference, try #require(torch.inference), "\(torch) inference")
      let frozen = try geometry.gradients(
        x.outputGradient, input: next, scale: x.scale, shift: x.shift, moments: .running(running))
      try check(frozen.input, try #require(torch.frozenInputGradient), "\(torch) frozen input gradient")
      try check(frozen.scale, try #require(torch.frozenScaleGradient), "\(torch) frozen scale gradient")
      try check(frozen.shift, try #require(torch.frozenShiftGradient), "\(torch) frozen shift gradient")
    }
    func check(_ torch: NormalizationFixtures.Case, _ geometry: some SampleNormalization) throws {
      let x = try NormalizationOperands<Double>(fixture: geometry.inputShape, parameters: geometry.parameterShape)
      let (output, saved) = try geometry.forward(x.input, scale: x.scale, shift: x.shift)
      try check(torch, output, geometry.gradients(x.outputGradient, input: x.input, scale: x.scale, saved: saved))
    }
    for torch in fixtures.layer {
      let axes = try #require(torch.axes)
      try check(torch, LayerNormalization(input: Shape(torch.input), axes: axes, epsilon: torch.epsilon))
    }
    for torch in fixtures.group {
      let groups = try #require(torch.groups)
      try check(torch, GroupNormalization(input: Shape(torch.input), groups: groups, epsilon: torch.epsilon))
    }
  }

  /// The derivative of `sum of weights * output` for every element of input, scale and shift.
  @Test func finiteDifferences() throws {
    func check(
      _ x: NormalizationOperands<Double>, _ gradients: NormalizationGradients<Double>, _ test: String,
      _ output: (_ input: Tensor<Double>, _ scale: Tensor<Double>, _ shift: Tensor<Double>) throws -> Tensor<Double>
    ) throws {
      func check(
        _ tensor: Tensor<Double>, _ gradient: Tensor<Double>, _ name: String,
        _ operation: (Tensor<Double>) throws -> Tensor<Double>
      ) throws {
        for index in 0..<tensor.count {
          let difference = try tensor.centralDifference(
            of: index, step: 1e-5, weights: x.outputGradient, operation)
          let found = gradient.elements[index]
          #expect(
            abs(difference - found) <= 1e-6 * max(1, abs(difference)),
            "\(test), \(name) \(index): \(found), expected \(difference)")
        }
      }
      try check(x.input, gradients.input, "input") { try output($0, x.scale, x.shift) }
      try check(x.scale, gradients.scale, "scale") { try output(x.input, $0, x.shift) }
      try check(x.shift, gradients.shift, "shift") { try output(x.input, x.scale, $0) }
    }
    for shape in [[3, 3], [2, 3, 2, 5], [1, 4, 3, 2], [5, 4, 3]] as [Shape] {
      let channels = shape[shape.rank - 1]
      let x = try NormalizationOperands<Double>(shape, parameters: [channels], seed: 6)
      for activation in [Activation.identity, .relu, .relu6, .silu] {
        let batch = try BatchNormalization(input: shape, epsilon: 0.01, activation: activation)
        var running = try RunningMoments<Double>(channels: channels)
        let saved = try batch.trainingForward(x.input, scale: x.scale, shift: x.shift, updating: &running).saved
        let gradients = try batch.gradients(
          x.outputGradient, input: x.input, scale: x.scale, shift: x.shift, moments: .saved(saved))
        try check(x, gradients, "batch \(shape) \(activation)") { input, scale, shift in
          try batch.trainingForward(input, scale: scale, shift: shift, updating: &running).output
        }
      }
      for groups in [1, channels] {
        let group = try GroupNormalization(input: shape, groups: groups, epsilon: 0.01)
        let saved = try group.forward(x.input, scale: x.scale, shift: x.shift).saved
        let gradients = try group.gradients(x.outputGradient, input: x.input, scale: x.scale, saved: saved)
        try check(x, gradients, "group \(shape) \(groups)") { try group.forward($0, scale: $1, shift: $2).output }
      }
      for axes in 1...shape.rank {
        let layer = try LayerNormalization(input: shape, axes: axes, epsilon: 0.01)
        let x = try NormalizationOperands<Double>(shape, parameters: layer.parameterShape, seed: 7)
        let saved = try layer.forward(x.input, scale: x.scale, shift: x.shift).saved
        let gradients = try layer.gradients(x.outputGradient, input: x.input, scale: x.scale, saved: saved)
        try check(x, gradients, "layer \(shape) \(axes)") { try layer.forward($0, scale: $1, shift: $2).output }
      }
    }
  }
}
