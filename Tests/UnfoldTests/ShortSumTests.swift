import Testing
import UnfoldReference

@testable import Unfold

/// Pointwise convolutions of few channels, and input gradients of few filters.
@Suite struct ShortSumTests {
  /// More than any tile, and no multiple of one.
  private static let image: Shape = [2, 29, 37]
  /// Whole panels of every kernel, one and a half, and some that are whole vectors for no AVX-512.
  private static let widths = [1, 8, 16, 24, 32, 48, 64, 80, 96, 160]

  @Test(arguments: 1...5, widths) func floatMatchesTheLoops(terms: Int, width: Int) throws {
    try check(Float.self, terms: terms, width: width)
  }

  @Test(arguments: 1...5, widths) func doubleMatchesTheLoops(terms: Int, width: Int) throws {
    try check(Double.self, terms: terms, width: width)
  }

  private func geometry(_ image: Shape, channels: Int, filters: Int) throws -> ConvolutionGeometry {
    try ConvolutionGeometry(input: [image[0], image[1], image[2], channels], filters: filters, window: 1)
  }

  private func check<Scalar: TensorScalar>(_ type: Scalar.Type, terms: Int, width: Int) throws {
    let name = "\(Scalar.self) \(terms) terms, \(width) columns"
    var generator = SeededGenerator(seed: UInt64(terms * 1000 + width))
    let context = try ExecutionContext(threads: 2)
    let allowed = 2 * allowedUlps(terms: terms)

    let wide = try geometry(Self.image, channels: terms, filters: width)
    let input = try Tensor<Scalar>(random: wide.inputShape, &generator)
    let filter = try Tensor<Scalar>(random: wide.filterShape, &generator)
    let bias = try Tensor<Scalar>(random: wide.biasShape, &generator)
    let (x, w, b) = try (
      input.converted(to: Double.self), filter.converted(to: Double.self), bias.converted(to: Double.self)
    )
    let expected = try wide.reference.forward(x, filter: w, bias: b)
    let magnitude = try wide.reference.forward(x.magnitudes(), filter: w.magnitudes(), bias: b.magnitudes())
    for activation in [Activation.identity, .relu, .tanh] {
      var output = try Tensor<Scalar>.poisoned(wide.outputShape)
      try wide.forward(input, filter: filter, bias: bias, activation: activation, into: &output, context: context)
      #expect(
        output.worstUlps(against: try activation.forward(expected), magnitude: magnitude) <= allowed,
        "\(name), \(activation)")
    }

    // One tile goes through blocks of registers, and adds up in the same order.
    let output = try wide.forward(input, filter: filter, bias: bias, context: context)
    let row = try geometry([1, 1, 20], channels: terms, filters: width)
    let first = try Tensor(Array(input.elements.prefix(20 * terms)), shape: row.inputShape)
    #expect(PanelForward<Scalar>(row).plan.packsPanels, "\(name)")
    #expect(
      try row.forward(first, filter: filter, bias: bias, context: context).elements
        == Array(output.elements.prefix(20 * width)), "\(name), one tile")

    let deep = try geometry(Self.image, channels: width, filters: terms)
    let outputGradient = try Tensor<Scalar>(random: deep.outputShape, &generator)
    let transposed = try Tensor<Scalar>(random: deep.filterShape, &generator)
    let (dz, v) = try (outputGradient.converted(to: Double.self), transposed.converted(to: Double.self))
    var inputGradient = try Tensor<Scalar>.poisoned(deep.inputShape)
    try deep.inputGradient(outputGradient, filter: transposed, into: &inputGradient, context: context)
    #expect(
      inputGradient.worstUlps(
        against: try deep.reference.inputGradient(dz, filter: v),
        magnitude: try deep.reference.inputGradient(dz.magnitudes(), filter: v.magnitudes())) <= allowed,
      "\(name), input gradient")
  }

  @Test func theyAreTaken() throws {
    for width in Self.widths {
      for terms in 1...5 {
        let geometry = try geometry(Self.image, channels: terms, filters: width)
        let isTaken = PanelProduct<Float>.areShort(
          Lowering(input: geometry, group: 0), PanelForward<Float>(geometry).layout)
        #expect(isTaken == (terms < 5 && width % (Float._kernels.nr / 2) == 0), "\(terms) terms, \(width) columns")
        #expect(!PanelForward<Float>(geometry).plan.packsPanels, "\(terms) terms, \(width) columns")
      }
    }
  }

  /// A NaN stays one, as after any other sum.
  @Test func reluKeepsNaN() throws {
    let geometry = try geometry(Self.image, channels: 2, filters: 64)
    var generator = SeededGenerator(seed: 3)
    var input = try Tensor<Float>(random: geometry.inputShape, &generator)
    input.withUnsafeMutableBufferPointer { $0[2 * 1000] = .nan }
    let filter = try Tensor<Float>(random: geometry.filterShape, &generator)
    let output = try geometry.forward(input, filter: filter, bias: nil, activation: .relu)
    let areNaN = output.elements.enumerated().filter { $0.element.isNaN }.map(\.offset)
    #expect(areNaN == Array(1000 * 64..<1001 * 64))
  }
}
