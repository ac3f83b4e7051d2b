import Testing
import UnfoldReference

@testable import Unfold

/// The symmetries of maps against results written by hand, the definition and the group's laws.
@Suite struct SymmetryTests {
  /// ```
  /// 0 1 2
  /// 3 4 5
  /// ```
  @Test func byHand() throws {
    let input = try Tensor<Float>(shape: [1, 2, 3, 1]) { Float($0) }
    let expected: [Symmetry: [Float]] = [
      .identity: [0, 1, 2, 3, 4, 5], .horizontalReflection: [2, 1, 0, 5, 4, 3],
      .verticalReflection: [3, 4, 5, 0, 1, 2], .rotation180: [5, 4, 3, 2, 1, 0],
      .transposition: [0, 3, 1, 4, 2, 5], .antitransposition: [5, 2, 4, 1, 3, 0],
      .rotation90: [2, 5, 1, 4, 0, 3], .rotation270: [3, 0, 4, 1, 5, 2],
    ]
    for symmetry in Symmetry.allCases {
      let output = try symmetry.forward(input)
      #expect(output.shape == (symmetry.transposes ? [1, 3, 2, 1] : [1, 2, 3, 1]), "\(symmetry)")
      #expect(output.elements == expected[symmetry], "\(symmetry)")
    }
  }

  @Test(arguments: Symmetry.allCases) func reference(_ symmetry: Symmetry) throws {
    var generator = SeededGenerator(seed: 71)
    for shape: Shape in [
      [1, 1, 1, 1], [2, 1, 7, 1], [2, 5, 3, 2], [1, 70, 67, 1], [1, 9, 33, 8], [3, 17, 5, 9], [1, 6, 7, 130],
    ] {
      let reference = try symmetry.reference(input: shape)
      let input: Tensor<Float> = try Tensor(random: shape, &generator)
      let dy: Tensor<Float> = try Tensor(random: reference.outputShape, &generator)
      var output: Tensor<Float> = try .poisoned(reference.outputShape)
      var gradient: Tensor<Float> = try .poisoned(shape)
      try symmetry.forward(input, into: &output)
      try symmetry.inputGradient(dy, into: &gradient)
      #expect(try output == reference.forward(input), "\(symmetry) \(shape)")
      #expect(try gradient == reference.inputGradient(dy), "\(symmetry) \(shape)")
      #expect(try symmetry.inverse.forward(output) == input, "\(symmetry) \(shape)")
    }
  }

  @Test func quarterTurnsAddUp() throws {
    var generator = SeededGenerator(seed: 72)
    let input: Tensor<Float> = try Tensor(random: [2, 5, 8, 3], &generator)
    let turned = try Symmetry.rotation90.forward(input)
    #expect(try Symmetry.rotation90.forward(turned) == Symmetry.rotation180.forward(input))
    #expect(try Symmetry.rotation90.forward(Symmetry.rotation180.forward(input)) == Symmetry.rotation270.forward(input))
    #expect(try Symmetry.verticalReflection.forward(Symmetry.transposition.forward(input)) == turned)
    #expect(
      try Symmetry.rotation180.forward(Symmetry.transposition.forward(input))
        == Symmetry.antitransposition.forward(input))
  }

  @Test(arguments: Symmetry.allCases) func threadsChangeNothing(_ symmetry: Symmetry) throws {
    var generator = SeededGenerator(seed: 73)
    let input: Tensor<Float> = try Tensor(random: [1, 301, 307, 5], &generator)
    #expect(try symmetry.forward(input) == symmetry.reference(input: input.shape).forward(input))
    try expectSameBitsForAllThreads("\(symmetry)") { [try symmetry.forward(input, context: $0)] }
  }

  @Test func badShapes() throws {
    let input = try Tensor<Float>(zeros: [1, 2, 3, 1])
    var output = input
    expectRefusal("symmetry input") { _ = try Symmetry.rotation90.forward(input.reshaped(to: [2, 3])) }
    expectRefusal("symmetry output") { try Symmetry.rotation90.forward(input, into: &output) }
    expectRefusal("symmetry output") { try Symmetry.transposition.inputGradient(input, into: &output) }
    try Symmetry.identity.forward(input, into: &output)
    expectRefusal("axis 0 of the symmetry input") {
      _ = try Symmetry.rotation90.forward(Tensor<Float>(zeros: [0, 2, 3, 1]))
    }
  }
}
