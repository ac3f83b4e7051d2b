import Testing
import UnfoldReference

@testable import Unfold

/// Batch normalisation by running averages that are constants, and its gradients.
@Suite struct FrozenNormalizationTests {
  private func running<Scalar: TensorScalar>(_ channels: Int) throws -> RunningMoments<Scalar> {
    RunningMoments(
      mean: try Tensor(shape: [channels]) { Scalar($0 % 5) / 2 - 1 },
      variance: try Tensor(shape: [channels]) { Scalar(1 + $0 % 7) / 4 })
  }

  /// d = 1 / √(3.75 + 0.25) = 1/2, scale 3: the input gradient is 3/2 of the output's; (x - 1) d is 0, 1, 2.
  @Test func byHand() throws {
    let batch = try BatchNormalization(input: [3, 1], epsilon: 0.25)
    let running = RunningMoments(
      mean: try Tensor<Float>([1], shape: [1]), variance: try Tensor<Float>([3.75], shape: [1]))
    let (scale, shift) = (try Tensor<Float>([3], shape: [1]), try Tensor<Float>([0.5], shape: [1]))
    let input = try Tensor<Float>([1, 3, 5], shape: [3, 1])
    let gradients = try batch.gradients(
      Tensor([1, 10, 100], shape: [3, 1]), input: input, scale: scale, shift: shift, moments: .running(running))
    #expect(gradients.input.elements == [1.5, 15, 150])
    #expect(gradients.scale.elements == [210] && gradients.shift.elements == [111])
    // With relu and shift -2 the first output is negative.
    let rectified = try BatchNormalization(input: [3, 1], epsilon: 0.25, activation: .relu)
    let masked = try rectified.gradients(
      Tensor([1, 10, 100], shape: [3, 1]), input: input, scale: scale, shift: Tensor([-2], shape: [1]),
      moments: .running(running))
    #expect(masked.input.elements == [0, 15, 150])
    #expect(masked.scale.elements == [210] && masked.shift.elements == [110])
  }

  private func results<Scalar: TensorScalar>(
    _ batch: BatchNormalization, _ x: NormalizationOperands<Scalar>, _ context: ExecutionContext = .shared
  ) throws -> [Tensor<Scalar>] {
    var gradients = NormalizationGradients<Scalar>(
      input: try .poisoned(batch.inputShape), scale: try .poisoned(batch.parameterShape),
      shift: try .poisoned(batch.parameterShape))
    try batch.gradients(
      x.outputGradient, input: x.input, scale: x.scale, shift: x.shift, moments: .running(running(batch.channels)),
      into: &gradients.input, scaleGradient: &gradients.scale, shiftGradient: &gradients.shift, context: context)
    return [gradients.input, gradients.scale, gradients.shift]
  }

  @Test func matchesReference() throws {
    for (index, shape) in NormalizationReferenceTests.batchShapes.enumerated() {
      for activation in [Activation.identity, .relu, .relu6, .silu] {
        let batch = try BatchNormalization(
          input: shape, epsilon: index % 2 == 0 ? 1e-5 : 0.1, activation: activation)
        let x = try NormalizationOperands<Double>(shape, parameters: batch.parameterShape, seed: UInt64(index))
        let expected = try batch.reference.frozenGradients(
          x.outputGradient, input: x.input, scale: x.scale, shift: x.shift, running: running(batch.channels))
        for (found, truth) in zip(try results(batch, x), [expected.input, expected.scale, expected.shift]) {
          #expect(found.largestDifference(to: truth) <= 1e-11, "\(shape) \(activation)")
        }
        guard activation == .identity else { continue }
        let small = try NormalizationOperands<Float>(shape, parameters: batch.parameterShape, seed: UInt64(index))
        let wide = try small.doubles()
        let exact = try batch.reference.frozenGradients(
          wide.outputGradient, input: wide.input, scale: wide.scale, shift: wide.shift, running: running(batch.channels)
        )
        for (found, truth) in zip(try results(batch, small), [exact.input, exact.scale, exact.shift]) {
          let size = truth.elements.reduce(1) { max($0, abs($1)) }
          let difference = try found.converted(to: Double.self).largestDifference(to: truth)
          #expect(difference <= 1e-5 * size, "\(shape) Float: \(difference)")
        }
      }
    }
  }

  @Test func finiteDifferences() throws {
    for shape in [[3, 3], [2, 3, 2, 5]] as [Shape] {
      // Made of straight lines: their differences are exact.
      for activation in [Activation.identity, .relu, .relu6] {
        let batch = try BatchNormalization(input: shape, epsilon: 0.01, activation: activation)
        let x = try NormalizationOperands<Double>(shape, parameters: batch.parameterShape, seed: 6)
        let found = try results(batch, x)
        let moments: RunningMoments<Double> = try running(batch.channels)
        let test = "\(shape) \(activation)"
        try expectDerivative(found[0], of: x.input, weights: x.outputGradient, "\(test) input") {
          try batch.inferenceForward($0, scale: x.scale, shift: x.shift, running: moments)
        }
        try expectDerivative(found[1], of: x.scale, weights: x.outputGradient, "\(test) scale") {
          try batch.inferenceForward(x.input, scale: $0, shift: x.shift, running: moments)
        }
        try expectDerivative(found[2], of: x.shift, weights: x.outputGradient, "\(test) shift") {
          try batch.inferenceForward(x.input, scale: x.scale, shift: $0, running: moments)
        }
      }
    }
  }

  /// In place of the output gradient, added to other gradients, and on any number of threads.
  @Test func otherFormsHaveTheSameBits() throws {
    for shape in [[2, 3], [3, 9, 7, 20], [5, 61, 53, 24]] as [Shape] {
      for activation in [Activation.identity, .relu, .relu6, .silu] {
        let batch = try BatchNormalization(input: shape, activation: activation)
        let x = try NormalizationOperands<Float>(shape, parameters: batch.parameterShape, seed: 8)
        let expected = try results(batch, x)
        try expectSameBitsForAllThreads("\(shape) \(activation)") { try results(batch, x, $0) }
        var (gradient, ofScale) = (x.outputGradient, try Tensor<Float>.poisoned(batch.parameterShape))
        var ofShift = ofScale
        try batch.applyGradients(
          to: &gradient, input: x.input, scale: x.scale, shift: x.shift, moments: .running(running(batch.channels)),
          scaleGradient: &ofScale, shiftGradient: &ofShift)
        for (found, truth) in zip([gradient, ofScale, ofShift], expected) {
          #expect(found.hasSameBits(as: truth), "\(shape) \(activation) in place")
        }
        var added = x.input
        try batch.gradients(
          x.outputGradient, input: x.input, scale: x.scale, shift: x.shift, moments: .running(running(batch.channels)),
          adding: true, into: &added, scaleGradient: &ofScale, shiftGradient: &ofShift, context: .shared)
        let (before, gradients) = (x.input.elements, expected[0].elements)
        let sums = try Tensor<Float>(shape: shape) { before[$0] + gradients[$0] }
        #expect(added.hasSameBits(as: sums), "\(shape) \(activation) added")
      }
    }
  }

  /// Constants do not carry a NaN or an infinity from one value to others.
  @Test func oneValueSpoilsOneGradient() throws {
    let batch = try BatchNormalization(input: [4, 3, 5, 7])
    for bad in [Float.nan, .infinity] {
      var x = try NormalizationOperands<Float>(batch.inputShape, parameters: [7], seed: 3)
      var input = x.input
      input.withUnsafeMutableBufferPointer { $0[30] = bad }
      x = NormalizationOperands(input: input, outputGradient: x.outputGradient, scale: x.scale, shift: x.shift)
      let found = try results(batch, x)
      #expect(found[0].elements.allSatisfy { $0.isFinite }, "\(bad)")
      #expect(found[1].elements.indices.allSatisfy { found[1].elements[$0].isFinite == ($0 != 30 % 7) }, "\(bad)")
      #expect(found[2].elements.allSatisfy { $0.isFinite }, "\(bad)")
    }
  }

  @Test func refusesTensorsOfOtherShapes() throws {
    let batch = try BatchNormalization(input: [2, 3])
    let x = try NormalizationOperands<Float>([2, 3], parameters: [3], seed: 1)
    let wrong = try Tensor<Float>(zeros: [4])
    let moments: RunningMoments<Float> = try running(3)
    expectRefusal("batch normalization output gradient") {
      _ = try batch.gradients(wrong, input: x.input, scale: x.scale, shift: x.shift, moments: .running(moments))
    }
    expectRefusal("batch normalization input") {
      _ = try batch.gradients(
        x.outputGradient, input: wrong, scale: x.scale, shift: x.shift, moments: .running(moments))
    }
    expectRefusal("scale") {
      _ = try batch.gradients(
        x.outputGradient, input: x.input, scale: wrong, shift: x.shift, moments: .running(moments))
    }
    expectRefusal("running mean") {
      _ = try batch.gradients(
        x.outputGradient, input: x.input, scale: x.scale, shift: x.shift, moments: .running(running(4)))
    }
  }
}
