import Testing
import UnfoldReference

@testable import Unfold

/// Maxout against its definition: numbers are chosen, not computed, so that equality is exact.
@Suite struct MaxoutTests {
  @Test func byHand() throws {
    let maxout = try Maxout(input: [1, 2, 6], blocks: 3)
    let input = try Tensor<Float>([1, 5, 2, 4, 3, 3, -1, 7, -1, 8, -1, 8], shape: [1, 2, 6])
    let (output, positions) = try maxout.forward(input)
    #expect(output.elements == [3, 5, -1, 8] && output.shape == [1, 2, 2])
    // Of equal numbers the first counts.
    #expect(Array(UnsafeBufferPointer(start: positions.base, count: positions.byteCount)) == [2, 0, 0, 1])
    let gradient = try maxout.inputGradient(Tensor([10, 20, 30, 40], shape: [1, 2, 2]), positions: positions)
    #expect(gradient.elements == [0, 20, 0, 0, 10, 0, 30, 0, 0, 40, 0, 0])
  }

  @Test func reference() throws {
    var generator = SeededGenerator(seed: 51)
    for (pixels, channels, blocks) in [(1, 1, 1), (7, 3, 2), (100, 33, 8), (5000, 16, 4), (3, 1, 256), (2, 1000, 5)] {
      let maxout = try Maxout(input: [pixels, blocks * channels], blocks: blocks)
      // Few different numbers, so that many are equal, and some that are none.
      let input = try Tensor<Float>(shape: maxout.inputShape) { _ in
        let number = generator.integer(in: -4...4)
        return number == 4 && generator.integer(in: 0...20) == 0 ? .nan : Float(number)
      }
      let dy: Tensor<Float> = try Tensor(random: maxout.outputShape, &generator)
      let expected = try maxout.reference.forward(input)
      let expectedGradient = try maxout.reference.inputGradient(dy, input: input)
      for threads in [1, 2, 3, 8] {
        let context = try ExecutionContext(threads: threads)
        var output: Tensor<Float> = try .poisoned(maxout.outputShape)
        var positions = try MaxoutPositions(for: maxout)
        try maxout.forward(input, into: &output, positions: &positions, context: context)
        for (found, expected) in zip(output.elements, expected.elements) {
          #expect(found == expected || found.isNaN && expected.isNaN, "\(maxout), \(threads) threads")
        }
        var gradient: Tensor<Float> = try .poisoned(maxout.inputShape)
        try maxout.inputGradient(dy, positions: positions, into: &gradient, context: context)
        #expect(gradient == expectedGradient, "\(maxout), \(threads) threads")
      }
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    for (shape, blocks): (Shape, Int) in [([4], 0), ([4], 3), ([], 1), ([0, 4], 2), ([4, 512], 257)] {
      #expect(throws: UnfoldError.self, "\(shape), \(blocks)") { try Maxout(input: shape, blocks: blocks) }
    }
    let maxout = try Maxout(input: [2, 4], blocks: 2)
    #expect(throws: UnfoldError.self) { try maxout.forward(Tensor<Float>(zeros: [4, 2])) }
    let other = try MaxoutPositions(for: Maxout(input: [3, 4], blocks: 2))
    #expect(throws: UnfoldError.self) { try maxout.inputGradient(Tensor<Float>(zeros: [2, 2]), positions: other) }
  }
}
