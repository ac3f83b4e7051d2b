import Testing
import UnfoldReference

@testable import Unfold

/// Padding and cropping against their definitions: they move elements, so that equality is exact but for sums.
@Suite struct BorderPaddingTests {
  /// Each side by itself, all together, none.
  static let amounts: [(top: Int, bottom: Int, left: Int, right: Int)] = [
    (0, 0, 0, 0), (1, 0, 0, 0), (0, 2, 0, 0), (0, 0, 3, 0), (0, 0, 0, 1), (1, 2, 3, 4), (5, 0, 2, 1),
  ]
  static let shapes: [Shape] = [[1, 1, 1, 1], [2, 3, 5, 1], [1, 7, 4, 3], [3, 5, 5, 33]]

  @Test func byHand() throws {
    let input = try Tensor<Float>([1, 2, 3, 4], shape: [1, 2, 2, 1])
    let padding = try BorderPadding(input: input.shape, by: .sides(top: 1, bottom: 0, left: 0, right: 2))
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

  /// Each border by hand, forward and backward: a row `1 2 3` between two elements at the left and one at the right.
  @Test func bordersByHand() throws {
    let shape: Shape = [1, 1, 3, 1]
    let input = try Tensor<Double>([1, 2, 3], shape: shape)
    let ones = try Tensor<Double>([1, 10, 100, 1_000, 10_000, 100_000], shape: [1, 1, 6, 1])
    for (border, output, gradient) in [
      (.constant(-7), [-7, -7, 1, 2, 3, -7], [100, 1_000, 10_000]),
      (.reflected, [3, 2, 1, 2, 3, 2], [100, 101_010, 10_001]),
      (.replicated, [1, 1, 1, 2, 3, 3], [111, 1_000, 110_000]),
      (.circular, [2, 3, 1, 2, 3, 1], [100_100, 1_001, 10_010]),
    ] as [(BorderPadding.Border, [Double], [Double])] {
      let sides = Padding.sides(top: 0, bottom: 0, left: 2, right: 1)
      let padding = try BorderPadding(input: shape, by: sides, with: border)
      #expect(try padding.forward(input).elements == output, "\(border)")
      #expect(try padding.inputGradient(ones).elements == gradient, "\(border)")
      // The same along the other axis.
      let upright = try BorderPadding(
        input: [1, 3, 1, 1], by: .sides(top: 2, bottom: 1, left: 0, right: 0), with: border)
      #expect(try upright.forward(input.reshaped(to: [1, 3, 1, 1])).elements == output, "\(border)")
      #expect(try upright.inputGradient(ones.reshaped(to: [1, 6, 1, 1])).elements == gradient, "\(border)")
    }
  }

  @Test func pyTorchAgrees() throws {
    let cases = try PoolingFixtures.load().padding
    #expect(cases.count == 49)
    for torch in cases {
      let sides = try #require(torch.sides)
      let border: BorderPadding.Border
      switch torch.kind {
      case "constant": border = .constant(try #require(torch.value))
      case "reflect": border = .reflected
      case "replicate": border = .replicated
      default: border = .circular
      }
      let padding = try BorderPadding(
        input: Shape(torch.input),
        by: .sides(top: sides[2], bottom: sides[3], left: sides[0], right: sides[1]), with: border)
      guard padding.outputShape == Shape(torch.output) else {
        Issue.record("\(torch): expected \(torch.output), found \(padding.outputShape)")
        continue
      }
      let input: Tensor<Double> = try Fixture.elements(padding.inputShape, salt: 0)
      let outputGradient: Tensor<Double> = try Fixture.elements(padding.outputShape, salt: 5)
      let (output, gradient) = (try padding.forward(input), try padding.inputGradient(outputGradient))
      #expect(try output == Tensor(torch.values, shape: output.shape), "\(torch)")
      #expect(gradient.largestDifference(to: try Tensor(torch.gradient, shape: gradient.shape)) < 1e-12, "\(torch)")
    }
  }

  @Test func bordersMatchReference() throws {
    try checkBorders(Float.self, within: 2 * Double(Float.ulpOfOne))
    try checkBorders(Double.self, within: 8 * Double.ulpOfOne)
  }

  private func checkBorders<Scalar: TensorScalar>(_ type: Scalar.Type, within tolerance: Double) throws {
    var generator = SeededGenerator(seed: 53)
    for shape in [[1, 1, 1, 1], [2, 3, 5, 1], [1, 7, 4, 3], [2, 6, 6, 70], [1, 1, 40, 300]] as [Shape] {
      for (top, bottom, left, right) in Self.amounts + [(2, 2, 4, 4), (0, 0, 3, 3), (6, 5, 0, 0), (7, 3, 4, 2)] {
        for border in [BorderPadding.Border.constant(2.5), .reflected, .replicated, .circular] {
          let sides = Padding.sides(top: top, bottom: bottom, left: left, right: right)
          guard let padding = try? BorderPadding(input: shape, by: sides, with: border) else { continue }
          let name = "\(shape) \(sides) \(border) \(Scalar.self)"
          let input: Tensor<Scalar> = try Tensor(random: shape, &generator)
          let outputGradient: Tensor<Scalar> = try Tensor(random: padding.outputShape, &generator)
          let (output, gradient) = try padding.overNaN(input, outputGradient)
          let reference = padding.reference(top: top, left: left)
          #expect(try output == reference.forward(input), "\(name)")
          let exact = try reference.inputGradient(outputGradient.converted(to: Double.self))
          #expect(try gradient.converted(to: Double.self).largestDifference(to: exact) <= tolerance, "\(name)")
        }
      }
    }
  }

  /// The outermost element of a wide border sums up thousands of equal numbers.
  @Test func wideBordersKeepTheirDigits() throws {
    let padding = try BorderPadding(input: [1, 1, 2, 1], by: .symmetric(100, 1_000), with: .replicated)
    let ones = try Tensor<Float>(repeating: 0.1, shape: padding.outputShape)
    let expected = 201 * 1_001 * Double(Float(0.1))
    for sum in try padding.inputGradient(ones).elements {
      #expect(abs(Double(sum) / expected - 1) < 1e-7, "\(sum) for \(expected)")
    }
  }

  @Test func reference() throws {
    var generator = SeededGenerator(seed: 51)
    for shape in Self.shapes {
      for (top, bottom, left, right) in Self.amounts {
        let sides = Padding.sides(top: top, bottom: bottom, left: left, right: right)
        let name = "\(shape) \(sides)"
        let padding = try BorderPadding(input: shape, by: sides)
        let cropping = try Cropping(input: padding.outputShape, by: sides)
        #expect(cropping.outputShape == shape, "\(name)")
        let small: Tensor<Float> = try Tensor(random: shape, &generator)
        let large: Tensor<Float> = try Tensor(random: padding.outputShape, &generator)
        var (outer, inner) = try padding.overNaN(small, large)
        #expect(try outer == padding.reference(top: top, left: left).forward(small), "\(name)")
        #expect(try inner == padding.reference(top: top, left: left).inputGradient(large), "\(name)")
        (inner, outer) = try cropping.overNaN(large, small)
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
      let padding = try BorderPadding(input: shape, by: sides)
      let input: Tensor<Float> = try Tensor(random: shape, &generator)
      guard case .sides(let top, _, let left, _) = sides else { continue }
      let replicated = try BorderPadding(input: shape, by: sides, with: .replicated)
      #expect(
        try replicated.forward(input) == replicated.reference(top: top, left: left).forward(input), "\(shape)")
      try expectSameBitsForAllThreads("\(shape), replicated") { context in
        let output = try replicated.forward(input, context: context)
        return [output, try replicated.inputGradient(output, context: context)]
      }
      #expect(try padding.forward(input) == padding.reference(top: top, left: left).forward(input), "\(shape)")
      try expectSameBitsForAllThreads("\(shape)") { context in
        let output = try padding.forward(input, context: context)
        return [output, try padding.inputGradient(output, context: context)]
      }
    }
  }

  @Test func badShapes() throws {
    let shape: Shape = [1, 4, 5, 2]
    expectRefusal("padding input") { _ = try BorderPadding(input: [4, 5, 2], by: 1) }
    expectRefusal("axis 2 of the padding input") { _ = try BorderPadding(input: [1, 4, 0, 2], by: 1) }
    expectRefusal("padding") { _ = try BorderPadding(input: shape, by: .same) }
    expectRefusal("padding at the left") {
      _ = try BorderPadding(input: shape, by: .sides(top: 0, bottom: 0, left: -1, right: 0))
    }
    expectRefusal("axis 1 of the padding output") {
      _ = try BorderPadding(input: shape, by: .symmetric(Int(Int32.max), 0))
    }
    expectRefusal("padding at the top") { _ = try BorderPadding(input: shape, by: .symmetric(Int.max, 0)) }
    for (side, amounts) in [
      ("top", Padding.sides(top: 4, bottom: 0, left: 0, right: 0)),
      ("bottom", .sides(top: 0, bottom: 9, left: 0, right: 0)),
      ("left", .sides(top: 0, bottom: 0, left: 5, right: 0)), ("right", .sides(top: 0, bottom: 0, left: 0, right: 6)),
    ] {
      expectRefusal("reflected padding at the \(side)") {
        _ = try BorderPadding(input: shape, by: amounts, with: .reflected)
      }
    }
    expectRefusal("circular padding at the right") {
      _ = try BorderPadding(input: shape, by: .sides(top: 4, bottom: 4, left: 5, right: 6), with: .circular)
    }
    _ = try BorderPadding(input: shape, by: .symmetric(3, 4), with: .reflected)
    _ = try BorderPadding(input: shape, by: .symmetric(4, 5), with: .circular)
    expectRefusal("cropping input") { _ = try Cropping(input: [4, 5, 2], by: 1) }
    expectRefusal("cropping") { _ = try Cropping(input: shape, by: .same) }
    expectRefusal("cropping at the bottom") {
      _ = try Cropping(input: shape, by: .sides(top: 0, bottom: -2, left: 0, right: 0))
    }
    expectRefusal("cropping of the height") { _ = try Cropping(input: shape, by: .symmetric(2, 0)) }
    expectRefusal("cropping of the width") {
      _ = try Cropping(input: shape, by: .sides(top: 0, bottom: 0, left: 2, right: 3))
    }
    let padding = try BorderPadding(input: shape, by: 1)
    let cropping = try Cropping(input: padding.outputShape, by: 1)
    try expectRefusals(by: padding, "padding")
    try expectRefusals(by: cropping, "cropping")
  }
}
