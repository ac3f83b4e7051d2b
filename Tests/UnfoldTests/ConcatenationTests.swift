import Testing
import UnfoldReference

@testable import Unfold

/// Concatenation against its definition: a permutation, so that equality is exact.
@Suite struct ConcatenationTests {
  static let grid: [Concatenation] = {
    var grid: [Concatenation] = []
    for base: [Int] in [[2, 5, 3, 4], [1, 1, 1, 1], [3, 7, 9, 33]] {
      for axis in 0..<4 {
        for extents in [[base[axis]], [1, 2], [8, 9], [3, 1, 16, 7], [40, 1, 129]] {
          let inputs = extents.map { extent in
            var shape = base
            shape[axis] = extent
            return Shape(shape)
          }
          grid += [try? Concatenation(inputs: inputs, axis: axis)].compactMap(\.self)
        }
      }
    }
    for inputs: [Shape] in [
      [[3], [4]], [[2, 3], [2, 1]], [[1, 2, 1, 2, 5], [1, 2, 1, 2, 1]], [[1, 100_000], [1, 7]],
    ] {
      grid += [try? Concatenation(inputs: inputs)].compactMap(\.self)
    }
    return grid
  }()

  @Test func byHand() throws {
    let a = try Tensor<Float>([1, 2, 3, 4], shape: [1, 2, 1, 2])
    let b = try Tensor<Float>([5, 6], shape: [1, 2, 1, 1])
    let channels = try Concatenation(inputs: [a.shape, b.shape])
    #expect(channels.outputShape == [1, 2, 1, 3] && channels.axis == 3)
    #expect(try channels.forward([a, b]).elements == [1, 2, 5, 3, 4, 6])
    let rows = try Concatenation(inputs: [a.shape, a.shape], axis: 1)
    #expect(rows.outputShape == [1, 4, 1, 2])
    #expect(try rows.forward([a, a]).elements == [1, 2, 3, 4, 1, 2, 3, 4])
  }

  @Test func reference() throws {
    var generator = SeededGenerator(seed: 41)
    #expect(Self.grid.count == 64)
    for concatenation in Self.grid {
      let inputs: [Tensor<Float>] = try concatenation.inputShapes.map { try Tensor(random: $0, &generator) }
      let dy: Tensor<Float> = try Tensor(random: concatenation.outputShape, &generator)
      let expected = try concatenation.reference.forward(inputs)
      var output: Tensor<Float> = try .poisoned(concatenation.outputShape)
      try concatenation.forward(inputs, into: &output)
      #expect(output == expected, "\(concatenation)")

      // One by one, in another order, none touching what the others wrote.
      output = try .poisoned(concatenation.outputShape)
      for index in inputs.indices.reversed() { try concatenation.forward(inputs[index], at: index, into: &output) }
      #expect(output == expected, "\(concatenation)")

      for index in inputs.indices {
        let expected = try concatenation.reference.inputGradient(dy, of: index)
        var gradient: Tensor<Float> = try .poisoned(concatenation.inputShapes[index])
        try concatenation.inputGradient(dy, of: index, into: &gradient)
        #expect(gradient == expected, "\(concatenation), input \(index)")
        #expect(try concatenation.inputGradient(output, of: index) == inputs[index], "\(concatenation)")
        var sum = inputs[index]
        try concatenation.inputGradient(dy, of: index, into: &sum, accumulating: true)
        let both = try Addition.identity.reference.forward(inputs[index], expected)
        #expect(sum == both, "\(concatenation), input \(index), accumulating")
      }
    }
  }

  @Test func threadsChangeNothing() throws {
    var generator = SeededGenerator(seed: 42)
    let concatenations = [
      try Concatenation(inputs: [[2, 60, 61, 24], [2, 60, 61, 7], [2, 60, 61, 64]]),
      try Concatenation(inputs: [[1, 300, 301, 1], [5, 300, 301, 1]], axis: 0),
    ]
    for concatenation in concatenations {
      let inputs: [Tensor<Float>] = try concatenation.inputShapes.map { try Tensor(random: $0, &generator) }
      #expect(concatenation.block(1).pieces.tasks > 1, "\(concatenation)")
      try expectSameBitsForAllThreads("\(concatenation)") { context in
        let output = try concatenation.forward(inputs, context: context)
        var sum = inputs[1]
        try concatenation.inputGradient(output, of: 1, into: &sum, accumulating: true, context: context)
        return [output, try concatenation.inputGradient(output, of: 0, context: context), sum]
      }
    }
  }

  @Test func badShapes() throws {
    let inputs: [Shape] = [[1, 4, 4, 2], [1, 4, 4, 3]]
    expectRefusal("inputs of the concatenation") { _ = try Concatenation(inputs: []) }
    expectRefusal("inputs of the concatenation") { _ = try Concatenation(inputs: [[]]) }
    expectRefusal("axis of the concatenation") { _ = try Concatenation(inputs: inputs, axis: 4) }
    expectRefusal("axis of the concatenation") { _ = try Concatenation(inputs: inputs, axis: -1) }
    expectRefusal("concatenation input 1") { _ = try Concatenation(inputs: inputs, axis: 1) }
    expectRefusal("concatenation input 1") { _ = try Concatenation(inputs: [inputs[0], [1, 4, 4]]) }
    expectRefusal("axis 1 of the concatenation input 0") { _ = try Concatenation(inputs: [[1, 0, 4, 2]]) }
    let limit = Int(Int32.max)
    expectRefusal("axis 1 of the concatenation output") {
      _ = try Concatenation(inputs: [[1, limit], [1, limit]])
    }
    #expect(
      throws: UnfoldError.shapeMismatch(of: "concatenation input 1", expected: [1, 4, 4, 3], found: [1, 5, 4, 3])
    ) {
      try Concatenation(inputs: [inputs[0], [1, 5, 4, 3]])
    }

    let concatenation = try Concatenation(inputs: inputs)
    let (x, y) = (try Tensor<Float>(zeros: inputs[0]), try Tensor<Float>(zeros: inputs[1]))
    var output = try Tensor<Float>(zeros: [1, 4, 4, 5])
    var wrong = x
    expectRefusal("inputs of the concatenation") { _ = try concatenation.forward([x]) }
    expectRefusal("concatenation input") { _ = try concatenation.forward([y, x]) }
    expectRefusal("concatenation output") { try concatenation.forward([x, y], into: &wrong) }
    expectRefusal("number of the concatenation's input") { try concatenation.forward(x, at: 2, into: &output) }
    expectRefusal("concatenation input") { try concatenation.forward(x, at: 1, into: &output) }
    expectRefusal("concatenation output") { try concatenation.forward(x, at: 0, into: &wrong) }
    expectRefusal("number of the concatenation's input") { _ = try concatenation.inputGradient(output, of: -1) }
    expectRefusal("concatenation output gradient") { _ = try concatenation.inputGradient(x, of: 0) }
    expectRefusal("concatenation input gradient") { try concatenation.inputGradient(output, of: 1, into: &wrong) }
  }
}
