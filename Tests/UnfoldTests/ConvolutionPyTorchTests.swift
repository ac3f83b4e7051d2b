import Testing
import Unfold

/// The engine against `torch.nn.functional.conv2d` and `conv_transpose2d`, see `Tests/Fixtures/generate_convolutions.py`.
@Suite struct ConvolutionPyTorchTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let input, filter, output: [Int]
    let filters, groups: Int
    let window, stride, padding, dilation: [Int]
    let outputPadding: [Int]?
    let values, inputGradient, filterGradient, biasGradient: [Double]

    var sides: Padding { .sides(top: padding[0], bottom: padding[1], left: padding[2], right: padding[3]) }
    var testDescription: String {
      "\(input) window \(window) stride \(stride) padding \(padding) + \(outputPadding ?? []) dilation \(dilation) groups \(groups)"
    }
  }

  struct Cases: Decodable {
    let convolutions, transposed: [Case]
  }

  @Test func convolutionsAgree() throws {
    let cases = try Fixture.load("convolutions", as: Cases.self).convolutions
    #expect(cases.count == 15)
    for (item, algorithm) in cases.flatMap({ [($0, ConvolutionAlgorithm.automatic), ($0, .blas)] }) {
      let geometry = try ConvolutionGeometry(
        input: Shape(item.input), filters: item.filters, window: Extent(item.window[0], item.window[1]),
        stride: Extent(item.stride[0], item.stride[1]), padding: item.sides,
        dilation: Extent(item.dilation[0], item.dilation[1]), groups: item.groups, algorithm: algorithm)
      try compare(geometry, item)
    }
  }

  @Test func transposedConvolutionsAgree() throws {
    let cases = try Fixture.load("convolutions", as: Cases.self).transposed
    #expect(cases.count == 11)
    for item in cases {
      let extra = item.outputPadding ?? [0, 0]
      let geometry = try TransposedConvolutionGeometry(
        input: Shape(item.input), filters: item.filters, window: Extent(item.window[0], item.window[1]),
        stride: Extent(item.stride[0], item.stride[1]), padding: item.sides,
        outputPadding: Extent(extra[0], extra[1]), dilation: Extent(item.dilation[0], item.dilation[1]),
        groups: item.groups)
      try compare(geometry, item)
    }
  }

  private func compare(_ geometry: some FilterGeometry, _ item: Case) throws {
    #expect(geometry.outputShape == Shape(item.output), "\(item.testDescription)")
    let x: Tensor<Double> = try Fixture.elements(Shape(item.input), salt: 0)
    let w: Tensor<Double> = try Fixture.elements(Shape(item.filter), salt: 3)
    let b: Tensor<Double> = try Fixture.elements([item.filters], salt: 11)
    let dz: Tensor<Double> = try Fixture.elements(Shape(item.output), salt: 5)
    let z = try geometry.forward(x, filter: w, bias: b, activation: .identity, context: .shared)
    expectClose(z, item.values, item)
    expectClose(try geometry.inputGradient(dz, filter: w, context: .shared), item.inputGradient, item)
    expectClose(try geometry.filterGradient(x, outputGradient: dz, context: .shared), item.filterGradient, item)
    expectClose(try geometry.biasGradient(dz, context: .shared), item.biasGradient, item)
  }

  /// The agreed elements are multiples of 1/64, so that every product and every sum is exact in Double.
  private func expectClose(_ tensor: Tensor<Double>, _ expected: [Double], _ item: Case) {
    #expect(tensor.elements == expected, "\(item.testDescription)")
  }
}
