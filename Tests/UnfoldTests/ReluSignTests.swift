import Testing
import UnfoldReference

@testable import Unfold

/// Relu leaves -0 as it is, as PyTorch's does: by itself, in the same pass as something else, and in the reference.
@Suite struct ReluSignTests {
  private let numbers: [Double] = [-0.0, 0, -1, 1, -.infinity, .infinity, -.leastNonzeroMagnitude, -0.0]
  private let expected: [Double] = [-0.0, 0, 0, 1, 0, .infinity, 0, -0.0]

  private func check<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
    // Float has no such subnormal number: it is -0 there, and stays.
    let numbers = numbers.map { Scalar($0) }
    let expected = zip(expected, numbers).map { $1 == 0 ? $1 : Scalar($0) }
    for count in 1..<67 {
      let z = try Tensor<Scalar>(shape: [count]) { numbers[$0 % numbers.count] }
      let truth = try Tensor<Scalar>(shape: [count]) { expected[$0 % expected.count] }
      #expect(try Activation.relu.forward(z).hasSameBits(as: truth), "\(Scalar.self) \(count)")
      #expect(try Activation.relu.reference.forward(z).hasSameBits(as: truth), "\(Scalar.self) \(count), reference")
      let minus = try Tensor<Scalar>(repeating: -0.0, shape: [count])
      #expect(try Addition.relu.forward(minus, minus).hasSameBits(as: minus), "\(Scalar.self) \(count), sum")
    }
  }

  @Test func byItself() throws {
    try check(Float.self)
    try check(Double.self)
  }

  /// A bias of -0 and products of -0: the sum is -0. One geometry for each kind of kernel: panels, sums of few terms, dot
  /// products with few filters, depthwise, grouped, Winograd and strided.
  private static let geometries: [(input: Shape, filters: Int, window: Int, stride: Int, groups: Int)] = [
    ([2, 9, 9, 16], 40, 1, 1, 1), ([1, 5, 7, 3], 32, 1, 1, 1), ([2, 9, 9, 32], 2, 3, 1, 1),
    ([2, 11, 9, 24], 24, 3, 1, 24),
    ([1, 12, 12, 8], 8, 3, 1, 2), ([2, 20, 20, 32], 32, 3, 1, 1), ([2, 15, 13, 5], 19, 3, 2, 1),
    ([1, 1, 1, 64], 33, 1, 1, 1),
  ]

  private func fused<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
    var zeros = 0
    for test in Self.geometries {
      let geometry = try ConvolutionGeometry(
        input: test.input, filters: test.filters, window: Extent(test.window, test.window),
        stride: Extent(test.stride, test.stride), padding: .valid, groups: test.groups)
      let images = try Tensor<Scalar>(zeros: geometry.inputShape)
      let bias = try Tensor<Scalar>(repeating: -0.0, shape: [test.filters])
      for element in [-1, -0.0, 1] as [Scalar] {
        let filter = try Tensor<Scalar>(repeating: element, shape: geometry.filterShape)
        let affine = try geometry.forward(images, filter: filter, bias: bias)
        let separate = try Activation.relu.forward(affine)
        let fused = try geometry.forward(images, filter: filter, bias: bias, activation: .relu)
        #expect(fused.hasSameBits(as: separate), "\(Scalar.self) \(test), filter \(element)")
        #expect(separate.hasSameBits(as: affine), "\(Scalar.self) \(test): relu changed a zero")
        zeros += affine.elements.count { $0.sign == .minus }
        let packed = try PackedFilter(filter, for: geometry)
        let inference = try geometry.forward(images, packed: packed, bias: bias, activation: .relu)
        let plain = try geometry.forward(images, packed: packed, bias: bias)
        #expect(inference.hasSameBits(as: plain), "\(Scalar.self) \(test), packed")
      }
    }
    #expect(zeros > 10_000, "\(Scalar.self): the kernels made \(zeros) zeros with a sign")
  }

  @Test func inTheSamePassAsAConvolution() throws {
    try fused(Float.self)
    try fused(Double.self)
  }
}
