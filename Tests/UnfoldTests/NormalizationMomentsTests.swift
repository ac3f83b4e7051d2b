import Testing
import UnfoldReference

@testable import Unfold

/// What mean and deviation must be: those of the `Float` inputs in double precision, wherever the numbers lie.
@Suite struct NormalizationMomentsTests {
  /// By hand: the mean of 2^24 and 2^24 + 2 is no `Float`, the squares of 1e30 are infinite, those of 1e-30 are 0.
  @Test func twoNumbers() throws {
    for (low, high) in [(0x1p24, 0x1p24 + 2), (-1e30, 1e30), (1e-30, 3e-30), (0, 2e19), (-3e37, 1e38)]
      as [(Float, Float)]
    {
      for (name, output) in try outputs([low, high], epsilon: 0) {
        #expect(
          output.count == 2 && output.elementsEqual([-1, 1]) { abs($0 - $1) < 1e-6 }, "\(name) \(low): \(output)")
      }
    }
  }

  /// 10,000 and 15 steps of 0.001, of which `Float` makes 15 of its own steps. The value was computed in double precision.
  @Test func aRowFarFromZero() throws {
    let row = (0..<16).map { Float(10_000 + Double($0) / 1000) }
    for (name, output) in try outputs(row, epsilon: 1e-5) {
      #expect(
        abs(output[0] + 1.3313333517322157) < 1e-6 && abs(output[15] - 1.3313333517322157) < 1e-6, "\(name): \(output)")
    }
  }

  /// One row or channel through every normalisation, with scale 1 and shift 0.
  private func outputs(_ row: [Float], epsilon: Double) throws -> [(String, [Float])] {
    let (one, zero) = (try Tensor<Float>(repeating: 1, shape: [1]), try Tensor<Float>(zeros: [1]))
    let (ones, zeros) = (try Tensor<Float>(repeating: 1, shape: [row.count]), try Tensor<Float>(zeros: [row.count]))
    let pixels = try Tensor(row, shape: [1, row.count, 1])
    var running = try RunningMoments<Float>(channels: 1)
    let layer = try LayerNormalization(input: [row.count], epsilon: epsilon)
    let batch = try BatchNormalization(input: pixels.shape, epsilon: epsilon, momentum: 1)
    let group = try GroupNormalization(input: pixels.shape, groups: 1, epsilon: epsilon)
    let instance = try InstanceNormalization(input: pixels.shape, epsilon: epsilon, momentum: 1)
    return [
      ("layer", try layer.forward(Tensor(row, shape: [row.count]), scale: ones, shift: zeros).output.elements),
      ("batch", try batch.trainingForward(pixels, scale: one, shift: zero, updating: &running).output.elements),
      ("group", try group.forward(pixels, scale: one, shift: zero).output.elements),
      ("instance", try instance.trainingForward(pixels, scale: one, shift: zero, updating: &running).output.elements),
    ]
  }

  /// Around large means in steps of `Float`, and where squares overflow or vanish: small and large shapes, with a rest, of
  /// several blocks, cut into tasks, and long rows. What all gradients add up does not cancel.
  @Test func anywhere() throws {
    let shapes: [Shape] = [[1, 40, 3], [5, 17, 6], [3, 67, 71, 8], [2, 9, 300], [2, 20_000, 2], [70, 3, 5, 64]]
    let places: [(centre: Float, step: Float, epsilon: Double)] = [
      (10_000, 0x1p-10, 1e-5), (-0x1p24, 2, 1e-5), (0x1p20 - 3, 0.125, 0), (1000, 1, 1e-5), (1e20, 1e15, 1e-5),
      (1e22, 1e21, 1e-5), (-2e37, 3e36, 1e-5), (1e-12, 1e-16, 0), (0, 1e-28, 0), (3e-25, 1e-26, 1e-60),
    ]
    for (centre, step, epsilon) in places {
      for shape in shapes {
        let channels = shape[shape.rank - 1]
        let input = try Tensor<Float>(shape: shape) { i in
          centre + Float((i / channels * 7 + i % channels) % 5 - 1) * step
        }
        let outputGradient = try Tensor<Float>(shape: shape) { i in 0.5 + Float(i * 5 % 11) / 16 }
        let test = "\(shape) at \(centre) + \(step)"
        func parameter(_ shape: Shape, _ first: Float) throws -> Tensor<Float> {
          try Tensor(shape: shape) { first + Float($0 % 4) / 4 }
        }
        func check(_ found: NormalizationResults<Float>, _ expected: NormalizationResults<Double>, _ name: String) {
          for (found, truth) in zip(found, expected) {
            #expect(found.name == truth.name)
            // Float may hold no such variance.
            if found.name == "running variance" && !(1e-18...1e18).contains(step) { continue }
            // What the numbers are made of: sums of gradients times normalised values may cancel.
            let inverse = expected.first { $0.name == "inverse deviation" }?.tensor.elements.max() ?? 0
            let natural =
              switch found.name {
              case "scale gradient": Double(input.count / truth.tensor.count) / 2
              case "input gradient": inverse / 2
              default: 0.0
              }
            let size = truth.tensor.elements.reduce(natural) { max($0, abs($1)) }
            var worst = 0.0
            for (a, b) in zip(found.tensor.elements, truth.tensor.elements) {
              let error = abs(Double(a) - b) / size
              worst = error <= worst ? worst : error
            }
            #expect(worst < 4e-6, "\(name) \(test), \(found.name): \(worst) of \(size)")
          }
        }
        let x = NormalizationOperands(
          input: input, outputGradient: outputGradient, scale: try parameter([channels], 0.5),
          shift: try parameter([channels], -0.55))
        let truth = try x.doubles()
        for activation in [Activation.identity, .relu] {
          let batch = try BatchNormalization(input: shape, epsilon: epsilon, momentum: 1, activation: activation)
          let found = try batch.results(x)
          // Inference is judged by itself: by the running averages as Float holds them.
          check(Array(found.dropLast()), Array(try batch.expected(truth).dropLast()), "batch \(activation)")
          guard (1e-18...1e18).contains(step) else { continue }
          let running = RunningMoments(
            mean: try found[3].tensor.converted(to: Double.self),
            variance: try found[4].tensor.converted(to: Double.self))
          let inference = try batch.reference.inferenceForward(
            truth.input, scale: truth.scale, shift: truth.shift, running: running)
          check([found[8]], [("inference", inference)], "batch \(activation)")
        }
        for groups in Set([1, channels]) {
          let group = try GroupNormalization(input: shape, groups: groups, epsilon: epsilon)
          check(try group.results(x), try group.expected(truth), "group \(groups)")
        }
        for axes in Set([1, shape.rank - 1]) {
          let layer = try LayerNormalization(input: shape, axes: axes, epsilon: epsilon)
          let x = NormalizationOperands(
            input: input, outputGradient: outputGradient, scale: try parameter(layer.parameterShape, 0.5),
            shift: try parameter(layer.parameterShape, -1))
          check(try layer.results(x), try layer.expected(x.doubles()), "layer \(axes)")
        }
      }
    }
  }

  /// Equal gradients of 0.1: sums in Float, one after the other, would be off by 1e-4 and more.
  @Test func sumsOfManyEqualGradients() throws {
    for (shape, axes) in [([8, 112, 112, 3], 1), ([200_000, 2], 1), ([900, 16_400], 1)] as [(Shape, Int)] {
      let channels = shape[shape.rank - 1]
      let input = try Tensor<Float>(shape: shape) { Float($0 % 7) }
      let tenth = try Tensor<Float>(repeating: 0.1, shape: shape)
      let ones = try Tensor<Float>(repeating: 1, shape: [channels])
      let layer = try LayerNormalization(input: shape, axes: axes)
      let saved = try layer.forward(input, scale: ones, shift: ones).saved
      let expected = Double(Float(0.1)) * Double(input.count / channels)
      let ofLayer = try layer.gradients(tenth, input: input, scale: ones, saved: saved).shift
      let batch = try BatchNormalization(input: shape)
      var running = try RunningMoments<Float>(channels: channels)
      let moments = try batch.trainingForward(input, scale: ones, shift: ones, updating: &running).saved
      let ofBatch = try batch.gradients(tenth, input: input, scale: ones, shift: ones, moments: .saved(moments)).shift
      for (name, sums) in [("layer", ofLayer.elements), ("batch", ofBatch.elements)] {
        let worst = sums.reduce(0) { max($0, abs(Double($1) - expected) / expected) }
        #expect(worst < 1e-6, "\(name) \(shape): \(worst)")
      }
    }
  }

  /// A channel that is constant has deviation 0 also where its number has no exact mean in Float.
  @Test func constantRows() throws {
    for number in [0.1, 1e30, -3e-30, 16_777_218] as [Float] {
      for (name, output) in try outputs([Float](repeating: number, count: 37), epsilon: 1e-5) {
        #expect(output.allSatisfy { $0 == 0 }, "\(name) \(number): \(output)")
      }
    }
  }
}
