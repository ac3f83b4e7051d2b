import Testing
import UnfoldReference

@testable import Unfold

/// Pooling to a given size: by hand, PyTorch's values, the definition, and its transpose.
@Suite struct AdaptivePoolingTests {
  private static let sizes = [
    Extent(1, 1), Extent(2, 3), Extent(3, 2), Extent(5, 5), Extent(7, 6), Extent(11, 4), Extent(13, 17),
  ]
  private static let shapes: [Shape] = [[1, 1, 1, 1], [2, 7, 6, 3], [1, 5, 11, 37], [3, 1, 9, 2], [1, 12, 10, 70]]

  /// Five elements in three windows: 0 to 1, 1 to 3, 3 to 4; and three in five: 0, 0 to 1, 1, 1 to 2, 2.
  @Test func byHand() throws {
    let five = try AdaptivePooling(input: [1, 1, 5, 1], output: Extent(1, 3))
    let input = try Tensor<Float>([1, 5, 3, 2, 8], shape: [1, 1, 5, 1])
    let (output, saved) = try five.maximum(input)
    #expect(output.elements == [5, 5, 8])
    #expect((0..<3).map { saved.inputOffset(of: $0) } == [1, 1, 4])
    let gradient = try Tensor<Float>([6, 30, 600], shape: [1, 1, 3, 1])
    #expect(try five.maximumInputGradient(gradient, saved: saved).elements == [0, 36, 0, 0, 600])
    #expect(try five.mean(input).elements == [3, Float(10.0 / 3), 5])
    #expect(try five.meanInputGradient(gradient).elements == [3, 13, 10, 310, 300])

    let three = try AdaptivePooling(input: [1, 3, 1, 1], output: Extent(5, 1))
    let upright = try Tensor<Float>([2, 6, 4], shape: [1, 3, 1, 1])
    #expect(try three.mean(upright).elements == [2, 4, 6, 5, 4])
    #expect(try three.maximum(upright).output.elements == [2, 6, 6, 6, 4])
  }

  @Test func pyTorchAgrees() throws {
    let cases = try PoolingFixtures.load().adaptive
    #expect(cases.count == 36)
    for torch in cases {
      let pooling = try AdaptivePooling(input: Shape(torch.input), output: Extent(torch.output[1], torch.output[2]))
      #expect(pooling.outputShape == Shape(torch.output), "\(torch)")
      let input: Tensor<Double> = try Fixture.elements(pooling.inputShape, salt: 0)
      let outputGradient: Tensor<Double> = try Fixture.elements(pooling.outputShape, salt: 5)
      let found: (output: Tensor<Double>, gradient: Tensor<Double>)
      if torch.kind == "maximum" {
        let (output, saved) = try pooling.maximum(input)
        found = (output, try pooling.maximumInputGradient(outputGradient, saved: saved))
      } else {
        found = (try pooling.mean(input), try pooling.meanInputGradient(outputGradient))
      }
      let output = try Tensor(torch.values, shape: Shape(torch.output))
      let gradient = try Tensor(torch.gradient, shape: Shape(torch.input))
      #expect(found.output.largestDifference(to: output) < 1e-10, "\(torch) to \(torch.output)")
      #expect(found.gradient.largestDifference(to: gradient) < 1e-10, "\(torch) to \(torch.output)")
    }
  }

  @Test func matchesReference() throws {
    try check(Float.self, within: 2 * Double(Float.ulpOfOne))
    try check(Double.self, within: 16 * Double.ulpOfOne)
  }

  private func check<Scalar: TensorScalar>(_ type: Scalar.Type, within tolerance: Double) throws {
    var generator = SeededGenerator(seed: 61)
    for shape in Self.shapes {
      for size in Self.sizes {
        let pooling = try AdaptivePooling(input: shape, output: size)
        let name = "\(shape) to \(size), \(Scalar.self)"
        // Levels, so that windows hold ties.
        let input = try Tensor<Scalar>(shape: shape) { _ in Scalar(Int.random(in: -4...4, using: &generator)) / 4 }
        let outputGradient: Tensor<Scalar> = try Tensor(random: pooling.outputShape, &generator)
        let expected = try pooling.reference.maximum(input)
        let found = try pooling.maximumOverNaN(input, outputGradient)
        #expect(found.output == expected.output, "\(name)")
        #expect((0..<found.output.count).map { found.saved.inputOffset(of: $0) } == expected.saved, "\(name)")
        let exact = try pooling.reference.maximumInputGradient(
          outputGradient.converted(to: Double.self), saved: expected.saved)
        #expect(
          try found.inputGradient.converted(to: Double.self).largestDifference(to: exact) <= tolerance, "\(name)")

        var (output, gradient): (Tensor<Scalar>, Tensor<Scalar>) = (
          try .poisoned(pooling.outputShape), try .poisoned(shape)
        )
        try pooling.mean(input, into: &output)
        try pooling.meanInputGradient(outputGradient, into: &gradient)
        let mean = try pooling.reference.mean(input.converted(to: Double.self))
        let share = try pooling.reference.meanInputGradient(outputGradient.converted(to: Double.self))
        #expect(try output.converted(to: Double.self).largestDifference(to: mean) <= tolerance, "\(name)")
        #expect(try gradient.converted(to: Double.self).largestDifference(to: share) <= tolerance, "\(name)")
      }
    }
  }

  /// Where the sizes divide, it is pooling side by side.
  @Test func isPoolingWhereSizesDivide() throws {
    var generator = SeededGenerator(seed: 62)
    let pooling = try AdaptivePooling(input: [2, 12, 10, 19], output: Extent(4, 5))
    let geometry = try PoolingGeometry(input: [2, 12, 10, 19], window: Extent(3, 2))
    let input: Tensor<Float> = try Tensor(random: pooling.inputShape, &generator)
    let outputGradient: Tensor<Float> = try Tensor(random: pooling.outputShape, &generator)
    let (one, other) = (try pooling.maximum(input), try geometry.maximum(input))
    #expect(one.output == other.output)
    #expect(
      try pooling.maximumInputGradient(outputGradient, saved: one.saved)
        == geometry.maximumInputGradient(outputGradient, saved: other.saved))
    let mean = try geometry.mean(input, countIncludesPadding: false)
    #expect(try pooling.mean(input).largestDifference(to: mean) < 1e-6)
  }

  @Test func firstNaNWins() throws {
    for channels in [1, 19] {
      for first in 0..<9 {
        let pooling = try AdaptivePooling(input: [1, 3, 3, channels], output: 1)
        let input = try Tensor<Float>(shape: pooling.inputShape) { index in
          let pixel = index / channels
          return pixel == first || pixel == 7 ? .nan : pixel == 4 ? .infinity : Float(pixel)
        }
        let (output, saved) = try pooling.maximum(input)
        for c in 0..<channels {
          #expect(output.elements[c].isNaN, "pixel \(first)")
          #expect(saved.inputOffset(of: c) == min(first, 7) * channels + c, "pixel \(first), \(channels) channels")
        }
        #expect(try pooling.mean(input).elements.allSatisfy(\.isNaN))
      }
    }
  }

  /// A million equal elements in one window, and ten thousand windows over one element.
  @Test func largeWindowsKeepTheirDigits() throws {
    let tenth = Double(Float(0.1))
    let down = try AdaptivePooling(input: [1, 1_000, 1_000, 1], output: 1)
    let mean = try down.mean(Tensor<Float>(repeating: 0.1, shape: down.inputShape)).elements[0]
    #expect(abs(Double(mean) / tenth - 1) < 1e-7, "\(mean)")
    let up = try AdaptivePooling(input: [1, 1, 1, 1], output: 100)
    let gradient = try Tensor<Float>(repeating: 0.1, shape: up.outputShape)
    let (_, saved) = try up.maximum(Tensor<Float>(zeros: up.inputShape))
    for sum in [
      try up.meanInputGradient(gradient).elements[0], try up.maximumInputGradient(gradient, saved: saved).elements[0],
    ] {
      #expect(abs(Double(sum) / (10_000 * tenth) - 1) < 1e-7, "\(sum)")
    }
  }

  @Test func threadsChangeNothing() throws {
    var generator = SeededGenerator(seed: 63)
    for (shape, size) in [([3, 45, 43, 37], 7), ([1, 40, 41, 200], 1), ([1, 64, 5, 20], 90)] as [(Shape, Extent)] {
      let pooling = try AdaptivePooling(input: shape, output: size)
      #expect(pooling.inputBands.tasks > 2 && pooling.outputBands.tasks > 2, "\(shape)")
      let input: Tensor<Float> = try Tensor(random: shape, &generator)
      let outputGradient: Tensor<Float> = try Tensor(random: pooling.outputShape, &generator)
      try expectSameBitsForAllThreads("\(shape) to \(size)") { context in
        let (output, saved) = try pooling.maximum(input, context: context)
        return [
          output, try pooling.maximumInputGradient(outputGradient, saved: saved, context: context),
          try pooling.mean(input, context: context), try pooling.meanInputGradient(outputGradient, context: context),
        ]
      }
    }
  }

  @Test func badShapes() throws {
    expectRefusal("adaptive pooling input") { _ = try AdaptivePooling(input: [4, 4, 1], output: 2) }
    expectRefusal("axis 1 of the adaptive pooling input") { _ = try AdaptivePooling(input: [1, 0, 4, 1], output: 2) }
    expectRefusal("axis 2 of the adaptive pooling output") {
      _ = try AdaptivePooling(input: [1, 4, 4, 1], output: Extent(2, 0))
    }
    expectRefusal("pixels of an image (H W)") { _ = try AdaptivePooling(input: [1, 1 << 16, 1 << 16, 1], output: 1) }
    let pooling = try AdaptivePooling(input: [1, 4, 5, 2], output: 2)
    let (small, large) = (try Tensor<Float>(zeros: pooling.outputShape), try Tensor<Float>(zeros: pooling.inputShape))
    var (inner, outer) = (small, large)
    let (_, saved) = try pooling.maximum(large)
    var other = try AdaptiveMaximumPositions(for: AdaptivePooling(input: [1, 5, 4, 2], output: 2))
    expectRefusal("adaptive pooling input") { _ = try pooling.mean(small) }
    expectRefusal("adaptive pooling input") { _ = try pooling.maximum(small) }
    expectRefusal("adaptive pooling output") { try pooling.mean(large, into: &outer) }
    expectRefusal("adaptive pooling output") { try pooling.maximum(large, into: &outer, saved: &other) }
    expectRefusal("adaptive pooling output gradient") { _ = try pooling.meanInputGradient(large) }
    expectRefusal("adaptive pooling output gradient") { _ = try pooling.maximumInputGradient(large, saved: saved) }
    expectRefusal("adaptive pooling input gradient") { try pooling.meanInputGradient(small, into: &inner) }
    expectRefusal("saved positions") { _ = try pooling.maximumInputGradient(small, saved: other) }
  }
}
