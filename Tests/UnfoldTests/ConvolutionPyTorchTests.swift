import Testing
import Unfold

/// The engine against `torch.nn.functional.conv2d` and `conv_transpose2d`, see `Tests/Fixtures/generate_convolutions.py`.
@Suite struct ConvolutionPyTorchTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let input: [Int]
    let filters: Int
    let window: [Int]
    let stride: [Int]
    let padding: [Int]
    let outputPadding: [Int]?
    let dilation: [Int]
    let groups: Int
    let filter: [Int]
    let output: [Int]
    let values: [Double]
    let inputGradient: [Double]
    let filterGradient: [Double]
    let biasGradient: [Double]

    var sides: Padding { .sides(top: padding[0], bottom: padding[1], left: padding[2], right: padding[3]) }
    var testDescription: String {
      "\(input) window \(window) stride \(stride) padding \(padding) + \(outputPadding ?? []) dilation \(dilation) groups \(groups)"
    }
  }

  struct Cases: Decodable {
    let convolutions: [Case]
    let transposed: [Case]
  }

  @Test func convolutionsAgree() throws {
    let cases = try Fixture.load("convolutions", as: Cases.self).convolutions
    #expect(cases.count == 15)
    for (item, algorithm) in cases.flatMap({ [($0, ConvolutionAlgorithm.automatic), ($0, .blas)] }) {
      let geometry = try ConvolutionGeometry(
        input: Shape(item.input), filters: item.filters, window: Extent(item.window[0], item.window[1]),
        stride: Extent(item.stride[0], item.stride[1]), padding: item.sides,
        dilation: Extent(item.dilation[0], item.dilation[1]), groups: item.groups, algorithm: algorithm)
      #expect(geometry.outputShape == Shape(item.output), "\(item.testDescription)")
      let (x, w, b, dz) = try operands(item)
      expectClose(try geometry.forward(x, filter: w, bias: b), item.values, item)
      expectClose(try geometry.inputGradient(dz, filter: w), item.inputGradient, item)
      expectClose(try geometry.filterGradient(x, outputGradient: dz), item.filterGradient, item)
      expectClose(try geometry.biasGradient(dz), item.biasGradient, item)
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
      #expect(geometry.outputShape == Shape(item.output), "\(item.testDescription)")
      let (x, w, b, dz) = try operands(item)
      expectClose(try geometry.forward(x, filter: w, bias: b), item.values, item)
      expectClose(try geometry.inputGradient(dz, filter: w), item.inputGradient, item)
      expectClose(try geometry.filterGradient(x, outputGradient: dz), item.filterGradient, item)
      expectClose(try geometry.biasGradient(dz), item.biasGradient, item)
    }
  }

  private func operands(
    _ item: Case
  ) throws -> (Tensor<Double>, Tensor<Double>, Tensor<Double>, Tensor<Double>) {
    try (
      Fixture.elements(Shape(item.input), salt: 0), Fixture.elements(Shape(item.filter), salt: 3),
      Fixture.elements([item.filters], salt: 11), Fixture.elements(Shape(item.output), salt: 5)
    )
  }

  /// The agreed elements are multiples of 1/64, so that every product and every sum is exact in Double.
  private func expectClose(_ tensor: Tensor<Double>, _ expected: [Double], _ item: Case) {
    #expect(tensor.elements == expected, "\(item.testDescription)")
  }
}
