import Testing
import UnfoldReference

@testable import Unfold

/// Zero padding and cropping against their definitions: they move elements, so that equality is exact.
@Suite struct ZeroPaddingTests {
  /// Each side by itself, all together, none.
  static let amounts: [(top: Int, bottom: Int, left: Int, right: Int)] = [
    (0, 0, 0, 0), (1, 0, 0, 0), (0, 2, 0, 0), (0, 0, 3, 0), (0, 0, 0, 1), (1, 2, 3, 4), (5, 0, 2, 1),
  ]
  static let shapes: [Shape] = [[1, 1, 1, 1], [2, 3, 5, 1], [1, 7, 4, 3], [3, 5, 5, 33]]

  @Test func byHand() throws {
    let input = try Tensor<Float>([1, 2, 3, 4], shape: [1, 2, 2, 1])
    let padding = try ZeroPadding(input: input.shape, by: .sides(top: 1, bottom: 0, left: 0, right: 2))
    #expect(padding.outputShape == [1, 3, 4, 1])
    let padded = try padding.forward(input)
    #expect(padded.elements == [0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0])
    let cropping = try Cropping(input: padded.shape, by: .sides(top: 1, bottom: 1, left: 1, right: 2))
    #expect(cropping.outputShape == [1, 1, 1, 1])
    #expect(try cropping.forward(padded).elements == [2])
    #expect(
      try cropping.inputGradient(Tensor<Float>([7], shape: [1, 1, 1, 1])).elements == [
        0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0,
      ])
  }

  @Test func reference() throws {
    var generator = SeededGenerator(seed: 51)
    for shape in Self.shapes {
      for (top, bottom, left, right) in Self.amounts {
        let sides = Padding.sides(top: top, bottom: bottom, left: left, right: right)
        let name = "\(shape) \(sides)"
        let padding = try ZeroPadding(input: shape, by: sides)
        let cropping = try Cropping(input: padding.outputShape, by: sides)
        #expect(cropping.outputShape == shape, "\(name)")
        let small: Tensor<Float> = try Tensor(random: shape, &generator)
        let large: Tensor<Float> = try Tensor(random: padding.outputShape, &generator)
        var (outer, inner): (Tensor<Float>, Tensor<Float>) = (try .poisoned(large.shape), try .poisoned(shape))
        try padding.forward(small, into: &outer)
        try padding.inputGradient(large, into: &inner)
        #expect(try outer == padding.reference(top: top, left: left).forward(small), "\(name)")
        #expect(try inner == padding.reference(top: top, left: left).inputGradient(large), "\(name)")
        (outer, inner) = (try .poisoned(large.shape), try .poisoned(shape))
        try cropping.forward(large, into: &inner)
        try cropping.inputGradient(small, into: &outer)
        #expect(try inner == cropping.reference(top: top, left: left).forward(large), "\(name)")
        #expect(try outer == cropping.reference(top: top, left: left).inputGradient(small), "\(name)")
        #expect(try cropping.forward(padding.forward(small)) == small, "\(name)")
      }
    }
  }

  /// Also rows long enough to be cut into pieces that begin and end before, in and behind the input.
  @Test func threadsChangeNothing() throws {
    var generator = SeededGenerator(seed: 52)
    for (shape, sides): (Shape, Padding) in [
      ([3, 60, 61, 24], .sides(top: 1, bottom: 2, left: 3, right: 4)),
      ([1, 1, 100_000, 3], .sides(top: 1, bottom: 0, left: 30_000, right: 70_000)),
    ] {
      let padding = try ZeroPadding(input: shape, by: sides)
      let input: Tensor<Float> = try Tensor(random: shape, &generator)
      guard case .sides(let top, _, let left, _) = sides else { continue }
      #expect(try padding.forward(input) == padding.reference(top: top, left: left).forward(input), "\(shape)")
      try expectSameBitsForAllThreads("\(shape)") { context in
        let output = try padding.forward(input, context: context)
        return [output, try padding.inputGradient(output, context: context)]
      }
    }
  }

  @Test func badShapes() throws {
    let shape: Shape = [1, 4, 5, 2]
    expectRefusal("padding input") { _ = try ZeroPadding(input: [4, 5, 2], by: 1) }
    expectRefusal("axis 2 of the padding input") { _ = try ZeroPadding(input: [1, 4, 0, 2], by: 1) }
    expectRefusal("padding") { _ = try ZeroPadding(input: shape, by: .same) }
    expectRefusal("padding at the left") {
      _ = try ZeroPadding(input: shape, by: .sides(top: 0, bottom: 0, left: -1, right: 0))
    }
    expectRefusal("axis 1 of the padding output") {
      _ = try ZeroPadding(input: shape, by: .symmetric(Int(Int32.max), 0))
    }
    expectRefusal("padding at the top") { _ = try ZeroPadding(input: shape, by: .symmetric(Int.max, 0)) }
    expectRefusal("cropping input") { _ = try Cropping(input: [4, 5, 2], by: 1) }
    expectRefusal("cropping") { _ = try Cropping(input: shape, by: .same) }
    expectRefusal("cropping at the bottom") {
      _ = try Cropping(input: shape, by: .sides(top: 0, bottom: -2, left: 0, right: 0))
    }
    expectRefusal("cropping of the height") { _ = try Cropping(input: shape, by: .symmetric(2, 0)) }
    expectRefusal("cropping of the width") {
      _ = try Cropping(input: shape, by: .sides(top: 0, bottom: 0, left: 2, right: 3))
    }
    let padding = try ZeroPadding(input: shape, by: 1)
    let cropping = try Cropping(input: padding.outputShape, by: 1)
    let (small, large) = (try Tensor<Float>(zeros: shape), try Tensor<Float>(zeros: padding.outputShape))
    var (inner, outer) = (small, large)
    expectRefusal("padding input") { _ = try padding.forward(large) }
    expectRefusal("padding output") { try padding.forward(small, into: &inner) }
    expectRefusal("padding output gradient") { _ = try padding.inputGradient(small) }
    expectRefusal("padding input gradient") { try padding.inputGradient(large, into: &outer) }
    expectRefusal("cropping input") { _ = try cropping.forward(small) }
    expectRefusal("cropping output") { try cropping.forward(large, into: &outer) }
    expectRefusal("cropping output gradient") { _ = try cropping.inputGradient(large) }
    expectRefusal("cropping input gradient") { try cropping.inputGradient(small, into: &inner) }
  }
}
