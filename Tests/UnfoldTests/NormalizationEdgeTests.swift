import Testing

@testable import Unfold

/// NaN, thread counts, and arguments that are refused.
@Suite struct NormalizationEdgeTests {
  @Test func theNumberOfThreadsChangesNothing() throws {
    let contexts = try [1, 2, 3, 8].map { try ExecutionContext(threads: $0) }
    func check(_ test: String, _ results: (ExecutionContext) throws -> NormalizationResults<Float>) throws {
      let expected = try results(contexts[0])
      for context in contexts.dropFirst() {
        for (found, truth) in zip(try results(context), expected) {
          #expect(found.tensor.hasSameBits(as: truth.tensor), "\(test), \(context.threads) threads: \(found.name)")
        }
      }
    }
    for shape in [[2, 3], [700, 513], [5, 57, 61, 24], [3, 200, 190, 3], [40, 9, 9, 100], [1, 40, 40, 200]] as [Shape] {
      let channels = shape[shape.rank - 1]
      let x = try NormalizationOperands<Float>(shape, parameters: [channels], seed: 1)
      for activation in [Activation.identity, .relu, .relu6, .silu] {
        let batch = try BatchNormalization(input: shape, activation: activation)
        try check("batch \(shape) \(activation)") { try batch.results(x, context: $0) }
      }
      let group = try GroupNormalization(input: shape, groups: channels % 4 == 0 ? 4 : 1)
      try check("group \(shape)") { try group.results(x, context: $0) }
      for axes in 1...shape.rank {
        let layer = try LayerNormalization(input: shape, axes: axes)
        let x = try NormalizationOperands<Float>(shape, parameters: layer.parameterShape, seed: 1)
        try check("layer \(shape) \(axes)") { try layer.results(x, context: $0) }
      }
    }
  }

  /// A NaN in the input spoils what is normalised with it, and nothing else.
  @Test func nanPropagates() throws {
    for shape in [[4, 3, 5, 7], [3, 70, 71, 12]] as [Shape] {
      let channels = shape[3]
      let x = try NormalizationOperands<Float>(shape, parameters: [channels], seed: 2)
      let imageLength = shape[1] * shape[2] * channels
      for place in [0, 17, imageLength + 5, x.input.count - 1] {
        var input = x.input
        input.withUnsafeMutableBufferPointer { $0[place] = .nan }
        for activation in [Activation.identity, .relu, .relu6, .silu] {
          let batch = try BatchNormalization(input: shape, activation: activation)
          var running = try RunningMoments<Float>(channels: channels)
          let (output, saved) = try batch.trainingForward(
            input, scale: x.scale, shift: x.shift, updating: &running)
          let gradients = try batch.gradients(
            x.outputGradient, input: input, scale: x.scale, shift: x.shift, moments: .saved(saved))
          for tensor in [output, gradients.input, gradients.scale, running.mean, running.variance] {
            let wrong = tensor.elements.enumerated().filter {
              $0.element.isNaN != ($0.offset % channels == place % channels)
            }
            #expect(wrong.isEmpty, "batch \(shape) \(activation), NaN at \(place)")
          }
          let plain = try RunningMoments<Float>(channels: channels)
          let inference = try batch.inferenceForward(input, scale: x.scale, shift: x.shift, running: plain).elements
          #expect(inference.indices.filter { inference[$0].isNaN } == [place], "\(shape) \(activation) inference")
        }
        let groups = channels % 3 == 0 ? 3 : 7
        let group = try GroupNormalization(input: shape, groups: groups)
        let (output, saved) = try group.forward(input, scale: x.scale, shift: x.shift)
        let gradient = try group.gradients(x.outputGradient, input: input, scale: x.scale, saved: saved).input
        func set(_ i: Int) -> Int { i / imageLength * groups + i % channels / (channels / groups) }
        for elements in [output.elements, gradient.elements] {
          #expect(elements.indices.allSatisfy { elements[$0].isNaN == (set($0) == set(place)) }, "group \(place)")
        }
        let layer = try LayerNormalization(input: shape, axes: 2)
        let y = try NormalizationOperands<Float>(shape, parameters: layer.parameterShape, seed: 2)
        let rows = try layer.forward(input, scale: y.scale, shift: y.shift)
        let rowGradient = try layer.gradients(y.outputGradient, input: input, scale: y.scale, saved: rows.saved).input
        for elements in [rows.output.elements, rowGradient.elements] {
          #expect(
            elements.indices.allSatisfy { elements[$0].isNaN == ($0 / layer.length == place / layer.length) },
            "layer \(place)")
        }
      }
    }
  }

  /// A gradient that is NaN reaches its channel, also where relu shows 0, as for `Activation`.
  @Test func nanGradients() throws {
    let batch = try BatchNormalization(input: [3, 4, 5, 6], activation: .relu)
    let x = try NormalizationOperands<Float>(batch.inputShape, parameters: [6], seed: 3)
    var running = try RunningMoments<Float>(channels: 6)
    let (output, saved) = try batch.trainingForward(x.input, scale: x.scale, shift: x.shift, updating: &running)
    for place in [output.elements.firstIndex(of: 0), output.elements.firstIndex { $0 > 0 }] {
      let place = try #require(place)
      var gradient = x.outputGradient
      gradient.withUnsafeMutableBufferPointer { $0[place] = .nan }
      let found = try batch.gradients(gradient, input: x.input, scale: x.scale, shift: x.shift, moments: .saved(saved))
      for tensor in [found.input, found.scale, found.shift] {
        #expect(tensor.elements.indices.allSatisfy { tensor.elements[$0].isNaN == ($0 % 6 == place % 6) }, "\(place)")
      }
    }
  }

  /// A constant channel becomes its shift: epsilon keeps the division finite.
  @Test func constantChannels() throws {
    let batch = try BatchNormalization(input: [50, 3, 3, 2])
    let input = try Tensor<Float>(repeating: 0.1, shape: batch.inputShape)
    let (scale, shift) = (try Tensor<Float>([2, 3], shape: [2]), try Tensor<Float>([5, -7], shape: [2]))
    var running = try RunningMoments<Float>(channels: 2)
    let output = try batch.trainingForward(input, scale: scale, shift: shift, updating: &running).output.elements
    #expect(output.indices.allSatisfy { abs(output[$0] - ($0 % 2 == 0 ? 5 : -7)) < 1e-4 })
  }

  /// The least epsilon that is accepted does so too: its inverse deviation is nearly the largest `Float`.
  @Test func constantChannelsWithTheLeastEpsilon() throws {
    let (epsilon, shape) = (8.64e-78, Shape(5, 3, 3, 2))
    let input = try Tensor<Float>(repeating: 0.5, shape: shape)
    let (scale, shift) = (try Tensor<Float>(repeating: 0.5, shape: [2]), try Tensor<Float>([5, -7], shape: [2]))
    let expected = (0..<input.count).map { $0 % 2 == 0 ? 5 : -7 as Float }
    var running = try RunningMoments<Float>(channels: 2)
    let batch = try BatchNormalization(input: shape, epsilon: epsilon)
      .trainingForward(input, scale: scale, shift: shift, updating: &running)
    #expect(batch.output.elements == expected && batch.saved.inverseDeviation.elements.allSatisfy(\.isFinite))
    let instance = try InstanceNormalization(input: shape, epsilon: epsilon)
      .trainingForward(input, scale: scale, shift: shift, updating: &running)
    #expect(instance.output.elements == expected)
    let group = try GroupNormalization(input: shape, groups: 1, epsilon: epsilon)
      .forward(input, scale: scale, shift: shift)
    #expect(group.output.elements == expected)
    let layer = try LayerNormalization(input: shape, epsilon: epsilon).forward(input, scale: scale, shift: shift)
    #expect(layer.output.elements == expected)
  }

  @Test func refusesWhatDoesNotFit() throws {
    typealias Failure = UnfoldError
    expectInvalid("batch normalization input") { () throws(Failure) in _ = try BatchNormalization(input: [3]) }
    expectInvalid("extent 1 of the batch normalization input [3, 0]") { () throws(Failure) in
      _ = try BatchNormalization(input: [3, 0])
    }
    for epsilon in [-1e-9, .nan, .infinity, 1e-78, 5e-324] {
      expectInvalid("epsilon") { () throws(Failure) in _ = try BatchNormalization(input: [3, 4], epsilon: epsilon) }
      expectInvalid("epsilon") { () throws(Failure) in _ = try LayerNormalization(input: [3, 4], epsilon: epsilon) }
      expectInvalid("epsilon") { () throws(Failure) in
        _ = try GroupNormalization(input: [3, 4], groups: 2, epsilon: epsilon)
      }
      expectInvalid("epsilon") { () throws(Failure) in
        _ = try InstanceNormalization(input: [3, 4, 2], epsilon: epsilon)
      }
    }
    for momentum in [-0.1, 1.1, .nan] {
      expectInvalid("momentum") { () throws(Failure) in _ = try BatchNormalization(input: [3, 4], momentum: momentum) }
    }
    expectInvalid("alpha of elu") { () throws(Failure) in
      _ = try BatchNormalization(input: [3, 4], activation: .elu(alpha: .nan))
    }
    for (shape, axes) in [([], 1), ([3, 4], 0), ([3, 4], 3), ([3, 4], -1)] as [(Shape, Int)] {
      expectInvalid("axes of layer normalization") { () throws(Failure) in
        _ = try LayerNormalization(input: shape, axes: axes)
      }
    }
    expectInvalid("extent 0 of the layer normalization input [-1, 4]") { () throws(Failure) in
      _ = try LayerNormalization(input: [-1, 4])
    }
    expectInvalid("group normalization input") { () throws(Failure) in
      _ = try GroupNormalization(input: [4], groups: 2)
    }
    expectInvalid("groups") { () throws(Failure) in _ = try GroupNormalization(input: [3, 4], groups: 0) }
    #expect(throws: UnfoldError.groupsDoNotDivide(groups: 3, channels: 4, of: "channels")) {
      try GroupNormalization(input: [3, 4], groups: 3)
    }
    let limit = Int(Int32.max)
    #expect(throws: UnfoldError.self) { try BatchNormalization(input: [limit, limit, limit]) }
    // One value has no variance to train with, but inference takes it.
    let one = try BatchNormalization(input: [1, 1, 1, 4])
    let (pixel, four) = (try Tensor<Float>(zeros: [1, 1, 1, 4]), try Tensor<Float>(zeros: [4]))
    var running = try RunningMoments<Float>(channels: 4)
    expectInvalid("batch normalization input") { () throws(Failure) in
      _ = try one.trainingForward(pixel, scale: four, shift: four, updating: &running)
    }
    _ = try one.inferenceForward(pixel, scale: four, shift: four, running: running)
  }

  @Test func refusesTensorsOfOtherShapes() throws {
    func mismatch(_ what: String, _ expected: Shape, _ found: Shape) -> UnfoldError {
      .shapeMismatch(of: what, expected: expected, found: found)
    }
    let batch = try BatchNormalization(input: [2, 3])
    let x = try NormalizationOperands<Float>([2, 3], parameters: [3], seed: 1)
    let wrong = try Tensor<Float>(zeros: [4])
    var running = try RunningMoments<Float>(channels: 3)
    var short = try RunningMoments<Float>(channels: 4)
    let saved = try batch.trainingForward(x.input, scale: x.scale, shift: x.shift, updating: &running).saved
    #expect(throws: mismatch("batch normalization input", [2, 3], [4])) {
      try batch.trainingForward(wrong, scale: x.scale, shift: x.shift, updating: &running)
    }
    #expect(throws: mismatch("scale", [3], [4])) {
      try batch.trainingForward(x.input, scale: wrong, shift: x.shift, updating: &running)
    }
    #expect(throws: mismatch("shift", [3], [4])) {
      try batch.inferenceForward(x.input, scale: x.scale, shift: wrong, running: running)
    }
    #expect(throws: mismatch("running mean", [3], [4])) {
      try batch.trainingForward(x.input, scale: x.scale, shift: x.shift, updating: &short)
    }
    #expect(throws: mismatch("batch normalization output gradient", [2, 3], [4])) {
      try batch.gradients(wrong, input: x.input, scale: x.scale, shift: x.shift, moments: .saved(saved))
    }
    #expect(throws: mismatch("saved mean", [3], [2])) {
      try batch.gradients(
        x.outputGradient, input: x.input, scale: x.scale, shift: x.shift,
        moments: .saved(SavedMoments(uninitialized: [2])))
    }
    let refusal = UnfoldError.invalidArgument("filter before batch normalization", expected: "[..., 3]", found: "[4]")
    #expect(throws: refusal) {
      try batch.folded(filter: wrong, bias: nil, scale: x.scale, shift: x.shift, running: running)
    }
    let layer = try LayerNormalization(input: [2, 3])
    #expect(throws: mismatch("layer normalization input", [2, 3], [4])) {
      try layer.forward(wrong, scale: x.scale, shift: x.shift)
    }
    #expect(throws: mismatch("scale", [3], [4])) { try layer.forward(x.input, scale: wrong, shift: x.shift) }
    let group = try GroupNormalization(input: [2, 3], groups: 3)
    #expect(throws: mismatch("group normalization input", [2, 3], [4])) {
      try group.forward(wrong, scale: x.scale, shift: x.shift)
    }
    #expect(throws: mismatch("saved mean", [2, 3], [3])) {
      try group.gradients(x.outputGradient, input: x.input, scale: x.scale, saved: saved)
    }
  }
}
