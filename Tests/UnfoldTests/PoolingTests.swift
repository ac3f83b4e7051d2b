import Testing
import UnfoldReference

@testable import Unfold

/// Results computed by hand, PyTorch's results, and finite differences.
@Suite struct PoolingTests {
  /// 0 to 15 in four rows.
  private func square() throws -> Tensor<Float> { try Tensor(shape: [1, 4, 4, 1]) { Float($0) } }

  @Test func twoByTwo() throws {
    let geometry = try PoolingGeometry(input: [1, 4, 4, 1], window: 2)
    let (output, saved) = try geometry.maximum(square())
    #expect(output.elements == [5, 7, 13, 15])
    #expect((0..<4).map { saved.inputOffset(of: $0) } == [5, 7, 13, 15])
    let mean = try geometry.mean(square(), countIncludesPadding: false)
    #expect(mean.elements == [2.5, 4.5, 10.5, 12.5])
    let gradient = try Tensor<Float>([1, 2, 3, 4], shape: [1, 2, 2, 1])
    let ofMaximum = try geometry.maximumInputGradient(gradient, saved: saved)
    #expect(ofMaximum.elements == [0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4])
    let ofMean = try geometry.meanInputGradient(gradient, countIncludesPadding: false)
    #expect(ofMean.elements == [0.25, 0.25, 0.5, 0.5, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1, 1, 0.75, 0.75, 1, 1])
  }

  /// The lecture's "+=": one element that is the maximum of four windows gets the gradients of all four.
  @Test func overlappingWindowsAccumulate() throws {
    let geometry = try PoolingGeometry(input: [1, 3, 3, 1], window: 2, stride: 1)
    let input = try Tensor<Float>([0, 0, 0, 0, 9, 0, 0, 0, 0], shape: [1, 3, 3, 1])
    let (output, saved) = try geometry.maximum(input)
    #expect(output.elements == [9, 9, 9, 9])
    let gradient = try Tensor<Float>([1, 2, 4, 8], shape: [1, 2, 2, 1])
    #expect(try geometry.maximumInputGradient(gradient, saved: saved).elements == [0, 0, 0, 0, 15, 0, 0, 0, 0])
    let ofMean = try geometry.meanInputGradient(gradient, countIncludesPadding: false)
    #expect(ofMean.elements == [0.25, 0.75, 0.5, 1.25, 3.75, 2.5, 1, 3, 2])
  }

  @Test func firstOfEqualMaximaWins() throws {
    for channels in [1, 8, 33] {
      let geometry = try PoolingGeometry(input: [1, 3, 3, channels], window: 3)
      let input = try Tensor<Float>(repeating: 0, shape: geometry.inputShape)
      let (_, saved) = try geometry.maximum(input)
      for c in 0..<channels { #expect(saved.inputOffset(of: c) == c) }
    }
    // Zero and minus zero are equal.
    let geometry = try PoolingGeometry(input: [1, 1, 2, 1], window: Extent(1, 2))
    let (_, saved) = try geometry.maximum(Tensor<Float>([-0.0, 0.0], shape: [1, 1, 2, 1]))
    #expect(saved.inputOffset(of: 0) == 0)
  }

  /// In every position of the window and for every lane of a vector.
  @Test func firstNaNWins() throws {
    for channels in [1, 19, 75] {
      for first in 0..<9 {
        let geometry = try PoolingGeometry(input: [1, 3, 3, channels], window: 3)
        let input = try Tensor<Double>(shape: geometry.inputShape) { index in
          let tap = index / channels
          return tap == first || tap == 7 ? .nan : tap == 4 ? .infinity : Double(tap)
        }
        let (output, saved) = try geometry.maximum(input)
        for c in 0..<channels {
          #expect(output[0, 0, 0, c].isNaN, "tap \(first)")
          #expect(saved.inputOffset(of: c) == min(first, 7) * channels + c, "tap \(first), \(channels) channels")
        }
        #expect(try geometry.mean(input, countIncludesPadding: true)[0, 0, 0, 0].isNaN)
      }
    }
    // A NaN in the output's gradient stays in its window.
    let geometry = try PoolingGeometry(input: [1, 2, 4, 1], window: 2)
    let (_, saved) = try geometry.maximum(Tensor<Float>([0, 1, 2, 3, 0, 0, 0, 0], shape: [1, 2, 4, 1]))
    let gradient = try geometry.maximumInputGradient(Tensor<Float>([.nan, 1], shape: [1, 1, 2, 1]), saved: saved)
    #expect(gradient.elements[1].isNaN && gradient.elements[3] == 1)
    #expect(gradient.elements.filter(\.isNaN).count == 1)
  }

  /// Padding is absent from a maximum, even where all values are negative infinity.
  @Test func paddingIsAbsent() throws {
    let geometry = try PoolingGeometry(input: [1, 2, 2, 1], window: 2, padding: 1)
    let input = try Tensor<Float>([-1, -2, -.infinity, -4], shape: [1, 2, 2, 1])
    let (output, saved) = try geometry.maximum(input)
    #expect(output.elements == [-1, -2, -.infinity, -4])
    #expect((0..<4).map { saved.inputOffset(of: $0) } == [0, 1, 2, 3])
    let finite = try Tensor<Float>([1, 2, 3, 4], shape: [1, 2, 2, 1])
    #expect(try geometry.mean(finite, countIncludesPadding: true).elements == [0.25, 0.5, 0.75, 1])
    #expect(try geometry.mean(finite, countIncludesPadding: false).elements == [1, 2, 3, 4])
  }

  /// Five in twos: floor drops the last, ceiling gives it a partial window.
  @Test func floorAndCeiling() throws {
    let input = try Tensor<Float>([1, 2, 3, 4, 5], shape: [1, 1, 5, 1])
    let floor = try PoolingGeometry(input: [1, 1, 5, 1], window: Extent(1, 2))
    let ceiling = try PoolingGeometry(input: [1, 1, 5, 1], window: Extent(1, 2), rounding: .ceiling)
    #expect(try floor.maximum(input).output.elements == [2, 4])
    #expect(try ceiling.maximum(input).output.elements == [2, 4, 5])
    #expect(try ceiling.mean(input, countIncludesPadding: true).elements == [1.5, 3.5, 5])
    #expect(
      try floor.maximumInputGradient(.init([7, 8], shape: [1, 1, 2, 1]), saved: floor.maximum(input).saved)
        .elements == [0, 7, 0, 8, 0])
  }

  /// A divisor of one's own: in every window, also at the borders.
  @Test func divisors() throws {
    let geometry = try PoolingGeometry(input: [1, 2, 2, 1], window: 2, stride: 1, padding: 1)
    let input = try Tensor<Float>([1, 2, 3, 4], shape: [1, 2, 2, 1])
    for counting in [false, true] {
      let sums = try geometry.mean(input, countIncludesPadding: counting, divisor: 1)
      #expect(sums.elements == [1, 3, 2, 4, 10, 6, 3, 7, 4])
      let halves = try geometry.mean(input, countIncludesPadding: counting, divisor: 2)
      #expect(halves.elements == [0.5, 1.5, 1, 2, 5, 3, 1.5, 3.5, 2])
      let gradient = try geometry.meanInputGradient(sums, countIncludesPadding: counting, divisor: 2)
      #expect(gradient.elements == [9, 10.5, 12, 13.5])
      #expect(try geometry.reference.mean(input, countIncludesPadding: counting, divisor: 2) == halves)
      #expect(
        try geometry.reference.meanInputGradient(sums, countIncludesPadding: counting, divisor: 2) == gradient)
    }
    for divisor in [0, -3] {
      expectRefusal("divisor of mean pooling") {
        _ = try geometry.mean(input, countIncludesPadding: true, divisor: divisor)
      }
      expectRefusal("divisor of mean pooling") {
        _ = try geometry.meanInputGradient(
          Tensor(zeros: geometry.outputShape) as Tensor<Float>, countIncludesPadding: true, divisor: divisor)
      }
    }
  }

  @Test func global() throws {
    let geometry = try PoolingGeometry.global(input: [2, 2, 3, 2])
    let input = try Tensor<Float>(shape: geometry.inputShape) { Float($0) }
    #expect(geometry.outputShape == [2, 1, 1, 2])
    #expect(try geometry.maximum(input).output.elements == [10, 11, 22, 23])
    #expect(try geometry.mean(input, countIncludesPadding: false).elements == [5, 6, 17, 18])
  }

  /// Positions are written in place, unless a copy holds them too.
  @Test func savedMemoryIsReused() throws {
    let geometry = try PoolingGeometry(input: [1, 4, 4, 3], window: 2)
    let other = try PoolingGeometry(input: [1, 2, 8, 3], window: 2)
    var saved = try MaximumPositions(for: geometry)
    let copy = saved
    let address = saved.base
    var output: Tensor<Float> = try .poisoned(geometry.outputShape)
    let input = try Tensor<Float>(shape: geometry.inputShape) { Float($0) }
    try geometry.maximum(input, into: &output, saved: &saved)
    #expect(saved.base != address)  // `copy` keeps its own.
    #expect(copy.inputOffset(of: 0) == 0 && saved.inputOffset(of: 0) == 15)
    let owned = saved.base
    try geometry.maximum(input, into: &output, saved: &saved)
    #expect(saved.base == owned)
    // As many positions, of another geometry: the same memory.
    var otherOutput: Tensor<Float> = try .poisoned(other.outputShape)
    try other.maximum(Tensor(repeating: 0, shape: other.inputShape), into: &otherOutput, saved: &saved)
    #expect(saved.base == owned && saved.geometry == other)
  }

  @Test func pyTorchAgrees() throws {
    let cases = try PoolingFixtures.load().pooling
    #expect(cases.count == 128 && cases.filter { $0.divisor != nil }.count == 48)
    for torch in cases {
      let geometry = try PoolingGeometry(
        input: Shape(torch.input), window: torch.extent(torch.window), stride: torch.extent(torch.stride),
        padding: .symmetric(torch.extent(torch.padding).height, torch.extent(torch.padding).width),
        dilation: torch.extent(torch.dilation), rounding: torch.ceiling == true ? .ceiling : .floor)
      guard geometry.outputShape == Shape(torch.output) else {
        Issue.record("\(torch): expected \(torch.output), found \(geometry.outputShape)")
        continue
      }
      let input: Tensor<Double> = try Fixture.elements(geometry.inputShape, salt: 0)
      let outputGradient: Tensor<Double> = try Fixture.elements(geometry.outputShape, salt: 5)
      let found: (output: Tensor<Double>, gradient: Tensor<Double>)
      if torch.kind == "maximum" {
        let (output, saved) = try geometry.maximum(input)
        found = (output, try geometry.maximumInputGradient(outputGradient, saved: saved))
      } else {
        let (counting, divisor) = (torch.countIncludesPadding == true, torch.divisor)
        found = (
          try geometry.mean(input, countIncludesPadding: counting, divisor: divisor),
          try geometry.meanInputGradient(outputGradient, countIncludesPadding: counting, divisor: divisor)
        )
      }
      let output = try Tensor(torch.values, shape: Shape(torch.output))
      let gradient = try Tensor(torch.gradient, shape: Shape(torch.input))
      #expect(found.output.largestDifference(to: output) < 1e-10, "\(torch)")
      #expect(found.gradient.largestDifference(to: gradient) < 1e-10, "\(torch)")
    }
  }

  /// Both poolings are linear around a point without ties, so that central differences are exact but for rounding.
  @Test func finiteDifferences() throws {
    var generator = SeededGenerator(seed: 5)
    let geometries = [
      try PoolingGeometry(input: [2, 5, 4, 3], window: 3, stride: 2, padding: 1),
      try PoolingGeometry(input: [1, 5, 6, 2], window: Extent(2, 3), stride: 1, dilation: 2),
      try PoolingGeometry(input: [1, 5, 5, 2], window: 2, padding: .same, rounding: .ceiling),
    ]
    for geometry in geometries {
      let input: Tensor<Double> = try Tensor(random: geometry.inputShape, &generator)
      let weights: Tensor<Double> = try Tensor(random: geometry.outputShape, &generator)
      let ofMaximum = try geometry.maximumInputGradient(weights, saved: geometry.maximum(input).saved).elements
      let ofMean = try geometry.meanInputGradient(weights, countIncludesPadding: false).elements
      for index in 0..<input.count {
        let maximum = try input.centralDifference(of: index, step: 1e-5, weights: weights) {
          try geometry.maximum($0).output
        }
        #expect(abs(maximum - ofMaximum[index]) <= 1e-6 * max(1, abs(maximum)), "\(geometry), element \(index)")
        let mean = try input.centralDifference(of: index, step: 1e-5, weights: weights) {
          try geometry.mean($0, countIncludesPadding: false)
        }
        #expect(abs(mean - ofMean[index]) <= 1e-6 * max(1, abs(mean)), "\(geometry), element \(index)")
      }
    }
  }
}
