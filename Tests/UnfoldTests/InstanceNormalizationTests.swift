import Testing
import UnfoldReference

@testable import Unfold

/// Instance normalisation with running averages.
@Suite struct InstanceNormalizationTests {
  /// Two images of one channel: 1, 3 and 10, 30, of means 2 and 20 and unbiased variances 2 and 200.
  @Test func byHand() throws {
    let instance = try InstanceNormalization(input: [2, 2, 1], epsilon: 0, momentum: 0.25)
    let input = try Tensor<Float>([1, 3, 10, 30], shape: [2, 2, 1])
    let (scale, shift) = (try Tensor<Float>([2], shape: [1]), try Tensor<Float>([0.5], shape: [1]))
    var running = try RunningMoments<Float>(channels: 1)
    let (output, saved) = try instance.trainingForward(input, scale: scale, shift: shift, updating: &running)
    #expect(output.elements == [-1.5, 2.5, -1.5, 2.5])
    #expect(saved.mean.elements == [2, 20] && saved.inverseDeviation.elements == [1, 0.1])
    #expect(running.mean.elements == [0.75 * 0 + 0.25 * 11] && running.variance.elements == [0.75 * 1 + 0.25 * 101])
    let fixed = RunningMoments(
      mean: try Tensor<Float>([2], shape: [1]), variance: try Tensor<Float>([16], shape: [1]))
    let prediction = try instance.inferenceForward(input, scale: scale, shift: shift, running: fixed)
    #expect(prediction.elements == [0, 1, 4.5, 14.5])
  }

  private func results<Scalar: TensorScalar>(
    _ instance: InstanceNormalization, _ x: NormalizationOperands<Scalar>, _ context: ExecutionContext = .shared
  ) throws -> [Tensor<Scalar>] {
    var running = try RunningMoments<Scalar>(channels: instance.channels)
    var output: Tensor<Scalar> = try .poisoned(instance.inputShape)
    var saved: SavedMoments<Scalar> = try .poisoned(instance.savedShape)
    try instance.trainingForward(
      x.input, scale: x.scale, shift: x.shift, updating: &running, into: &output, saved: &saved, context: context)
    let gradients = try instance.gradients(
      x.outputGradient, input: x.input, scale: x.scale, saved: saved, context: context)
    return [output, running.mean, running.variance, gradients.input, gradients.scale, gradients.shift]
  }

  @Test func matchesReference() throws {
    let shapes: [Shape] = [
      [1, 2, 1], [3, 5, 2], [2, 3, 3, 7], [17, 9, 7, 12], [2, 67, 71, 16], [3, 300, 300, 3], [5, 2, 300],
    ]
    for shape in shapes {
      let instance = try InstanceNormalization(input: shape, epsilon: 0.01, momentum: 0.3)
      let x = try NormalizationOperands<Double>(shape, parameters: instance.parameterShape, seed: 2)
      var running = try RunningMoments<Double>(channels: instance.channels)
      let (output, saved) = try instance.reference.trainingForward(
        x.input, scale: x.scale, shift: x.shift, updating: &running)
      let gradients = try instance.reference.gradients(
        x.outputGradient, input: x.input, scale: x.scale, saved: saved)
      let expected = [output, running.mean, running.variance, gradients.input, gradients.scale, gradients.shift]
      for (index, (found, truth)) in zip(try results(instance, x), expected).enumerated() {
        #expect(found.largestDifference(to: truth) <= 1e-11, "\(shape), result \(index)")
      }
      let small = try NormalizationOperands<Float>(shape, parameters: instance.parameterShape, seed: 2)
      try expectSameBitsForAllThreads("\(shape)") { try results(instance, small, $0) }
      // Without running averages it is group normalisation, bit by bit.
      let group = try GroupNormalization(input: shape, groups: instance.channels, epsilon: 0.01)
      let same = try group.forward(small.input, scale: small.scale, shift: small.shift)
      #expect(try results(instance, small)[0].hasSameBits(as: same.output), "\(shape)")
    }
  }

  /// Two training steps, inference and its gradients, as `torch.nn.InstanceNorm*d(affine=True, track_running_stats=True)`.
  @Test func pyTorchAgrees() throws {
    let fixtures = try NormalizationFixtures.load()
    #expect(fixtures.instance.count >= 6)
    for torch in fixtures.instance {
      func check(_ found: Tensor<Double>, _ expected: [Double]?, _ name: String) throws {
        let difference = found.largestDifference(to: try Tensor(try #require(expected), shape: found.shape))
        #expect(difference < 1e-10, "\(torch) \(name): \(difference)")
      }
      let instance = try InstanceNormalization(
        input: Shape(torch.input), epsilon: torch.epsilon, momentum: try #require(torch.momentum))
      let x = try NormalizationOperands<Double>(fixture: instance.inputShape, parameters: instance.parameterShape)
      var running = try RunningMoments<Double>(channels: instance.channels)
      let (output, saved) = try instance.trainingForward(x.input, scale: x.scale, shift: x.shift, updating: &running)
      let gradients = try instance.gradients(x.outputGradient, input: x.input, scale: x.scale, saved: saved)
      try check(output, torch.values, "output")
      try check(gradients.input, torch.inputGradient, "input gradient")
      try check(gradients.scale, torch.scaleGradient, "scale gradient")
      try check(gradients.shift, torch.shiftGradient, "shift gradient")
      let next: Tensor<Double> = try Fixture.elements(instance.inputShape, salt: 3)
      _ = try instance.trainingForward(next, scale: x.scale, shift: x.shift, updating: &running)
      try check(running.mean, torch.runningMean, "running mean")
      try check(running.variance, torch.runningVariance, "running variance")
      try check(
        instance.inferenceForward(next, scale: x.scale, shift: x.shift, running: running), torch.inference, "inference")
      let frozen = try instance.frozenGradients(
        x.outputGradient, input: next, scale: x.scale, shift: x.shift, running: running)
      try check(frozen.input, torch.frozenInputGradient, "frozen input gradient")
      try check(frozen.scale, torch.frozenScaleGradient, "frozen scale gradient")
      try check(frozen.shift, torch.frozenShiftGradient, "frozen shift gradient")
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    expectRefusal("instance normalization input") { _ = try InstanceNormalization(input: [3, 4]) }
    expectRefusal("momentum") { _ = try InstanceNormalization(input: [3, 4, 2], momentum: 2) }
    expectRefusal("epsilon") { _ = try InstanceNormalization(input: [3, 4, 2], epsilon: -1) }
    // One pixel has no variance to train with, but inference takes it.
    let one = try InstanceNormalization(input: [8, 1, 1, 4])
    let (pixels, four) = (try Tensor<Float>(zeros: [8, 1, 1, 4]), try Tensor<Float>(zeros: [4]))
    var running = try RunningMoments<Float>(channels: 4)
    expectRefusal("instance normalization input") {
      _ = try one.trainingForward(pixels, scale: four, shift: four, updating: &running)
    }
    _ = try one.inferenceForward(pixels, scale: four, shift: four, running: running)
    var short = try RunningMoments<Float>(channels: 3)
    let two = try InstanceNormalization(input: [1, 2, 4])
    expectRefusal("running mean") {
      _ = try two.trainingForward(Tensor(zeros: [1, 2, 4]), scale: four, shift: four, updating: &short)
    }
  }
}
