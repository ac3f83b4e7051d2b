import Unfold

/// A convolution with every filter under every transform of a set: K filters and T transforms give T K maps, block by
/// block. The copies share their weights. Followed by the maximum over the blocks it is the lecture's
/// transform-invariant scan.
///
/// ```
/// weight [R, S, C, K] --transform t--> bank [R', S', C, T K], columns t K ... t K + K - 1
///
/// columns [N P Q, R' S' C] x bank [R' S' C, T K] = scores [N P Q, T K]       one GEMM for all transforms
/// ```
///
/// A transform is a fixed linear map of the filter's taps, so that the gradient flows back through its transpose:
/// `weightGradient = sum over t of transposed(t) (bankGradient of t)`; see `FilterTransform`.
public struct TransformedConvolutionLayer: SavedLayer {
  /// K.
  public var filters: Int
  /// The transforms; all take filters of one window and give filters of one window.
  public var transforms: [FilterTransform]
  public var stride: Extent
  public var padding: Padding
  public var hasBias: Bool
  public var initializer: Initializer

  public static var savedName: String { "transformed-convolution" }
  public var kind: String { "conv" }
  public var label: String {
    "conv \(transforms.first?.target ?? 0)" + suffix(stride: stride) + ", \(transforms.count) transforms"
  }

  /// A layer.
  public init(
    filters: Int, transforms: [FilterTransform], stride: Extent = 1, padding: Padding = .valid, hasBias: Bool = true,
    initializer: Initializer = .heNormal
  ) {
    (self.filters, self.transforms) = (filters, transforms)
    (self.stride, self.padding) = (stride, padding)
    self.hasBias = hasBias
    self.initializer = initializer
  }

  /// The convolution with the whole bank, and the window of the weights.
  private func geometry(
    _ inputs: [Shape], batch: Int
  ) throws(UnfoldError) -> (convolution: ConvolutionGeometry, window: Extent) {
    let input = try inputs.map(of: self).batched(batch)
    guard let first = transforms.first,
      transforms.allSatisfy({ $0.source == first.source && $0.target == first.target })
    else {
      throw .invalidArgument(
        "transforms", expected: "one or more, all between the same windows", found: "\(transforms.count)")
    }
    let (maps, overflows) = filters.multipliedReportingOverflow(by: transforms.count)
    guard filters >= 1, !overflows else {
      throw .invalidArgument("filters", expected: "1 or more", found: "\(filters)")
    }
    return (
      try ConvolutionGeometry(input: input, filters: maps, window: first.target, stride: stride, padding: padding),
      first.source
    )
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try geometry(inputs, batch: 1).convolution.outputShape.sample
  }

  public func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription] {
    let (convolution, window) = try geometry(inputs, batch: 1)
    let taps = window.height * window.width
    return .filter(
      [window.height, window.width, convolution.inputChannels, filters],
      start: .drawn(initializer, fanIn: taps * convolution.inputChannels, fanOut: taps * filters),
      bias: hasBias ? [filters] : nil)
  }

  public func operationCount(_ inputs: [Shape]) -> Double {
    (try? geometry(inputs, batch: 1).convolution.operations) ?? 0
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    try TransformedConvolutionKernel<Scalar>(
      geometry(inputs, batch: batch).convolution, transforms, filters: filters, hasBias: hasBias)
  }
}

/// Parameters: weight, bias if there is one.
final class TransformedConvolutionKernel<Scalar: TensorScalar>: Kernel {
  private let geometry: ConvolutionGeometry
  private let transforms: [FilterTransform]
  private let filters: Int
  /// The weights and the biases under all transforms, and the gradients with respect to them.
  private var bank: Tensor<Scalar>
  private var bankGradient: Tensor<Scalar>
  private var biases: Tensor<Scalar>?
  private var biasesGradient: Tensor<Scalar>
  /// One block of the bank, by itself.
  private var block: Tensor<Scalar>

  init(
    _ geometry: ConvolutionGeometry, _ transforms: [FilterTransform], filters: Int, hasBias: Bool
  ) throws(UnfoldError) {
    self.geometry = geometry
    self.transforms = transforms
    self.filters = filters
    let shape = geometry.filterShape
    bank = try Tensor(uninitialized: shape)
    bankGradient = try Tensor(uninitialized: shape)
    biases = hasBias ? try Tensor(uninitialized: geometry.biasShape) : nil
    biasesGradient = try Tensor(uninitialized: geometry.biasShape)
    block = try Tensor(uninitialized: [shape[0], shape[1], shape[2], filters])
  }

  var needs: BackwardNeeds { .inputs }
  var keptBytes: Int {
    (2 * bank.count + 2 * biasesGradient.count + block.count) * MemoryLayout<Scalar>.stride
  }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    for (number, transform) in transforms.enumerated() {
      try transform.forward(pass.parameters[0].value, into: &block, context: pass.context)
      bank.copyColumns(of: block, at: number * filters)
      if pass.parameters.count > 1 { biases?.copyColumns(of: pass.parameters[1].value, at: number * filters) }
    }
    try geometry.forward(
      pass.input(), filter: bank, bias: biases, activation: .identity, into: &pass.output, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try geometry.filterGradient(
      pass.input(), outputGradient: pass.outputGradient, into: &bankGradient, context: pass.context)
    for (number, transform) in transforms.enumerated() {
      block.takeColumns(of: bankGradient, at: number * filters)
      try transform.filterGradient(
        block, into: &pass.parameters[0].gradient, accumulating: number > 0, context: pass.context)
    }
    if pass.parameters.count > 1 {
      try geometry.biasGradient(pass.outputGradient, into: &biasesGradient, context: pass.context)
      pass.parameters[1].gradient.sumBlocks(of: biasesGradient)
    }
    if pass.needsGradient() {
      try geometry.inputGradient(
        pass.outputGradient, filter: bank, into: &pass[inputGradient: 0], context: pass.context)
    }
  }
}

/// Columns of matrices whose rows are all axes but the last. Filters are small: nothing here takes time.
extension Tensor {
  private var columns: Int { shape[shape.rank - 1] }

  /// Writes all of `other` over the columns from `first` on.
  fileprivate mutating func copyColumns(of other: Tensor, at first: Int) {
    let (width, part) = (columns, other.columns)
    withUnsafeMutableBufferPointer { target in
      other.withUnsafeBufferPointer { source in
        for row in 0..<source.count / part {
          for k in 0..<part { target[row * width + first + k] = source[row * part + k] }
        }
      }
    }
  }

  /// Copies the columns of `other` from `first` on to this matrix.
  fileprivate mutating func takeColumns(of other: Tensor, at first: Int) {
    let (width, part) = (other.columns, columns)
    withUnsafeMutableBufferPointer { target in
      other.withUnsafeBufferPointer { source in
        for row in 0..<target.count / part {
          for k in 0..<part { target[row * part + k] = source[row * width + first + k] }
        }
      }
    }
  }

  /// Writes the sum of the blocks of `other` to this matrix.
  fileprivate mutating func sumBlocks(of other: Tensor) {
    withUnsafeMutableBufferPointer { target in
      other.withUnsafeBufferPointer { source in
        for k in target.indices {
          target[k] = 0
          for first in stride(from: 0, to: source.count, by: target.count) { target[k] += source[first + k] }
        }
      }
    }
  }
}
