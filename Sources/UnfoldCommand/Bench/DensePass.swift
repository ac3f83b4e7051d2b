import Unfold
import UnfoldData

/// One pass of one dense layer with tensors of random numbers, which can be run many times into the same results.
struct DensePass: MeasuredPass {
  static let directions: [PassDirection] = [.forward, .forwardWithBias, .inputGradient, .filterGradient]

  let geometry: DenseGeometry
  let direction: PassDirection

  /// The input, or for the input gradient the output gradient.
  private let first: Tensor<Float>
  /// The weights, or for their gradient the output gradient.
  private let second: Tensor<Float>
  private let bias: Tensor<Float>?
  /// The output, or the gradient with respect to the input or the weights. NaN until the first run.
  private(set) var result: Tensor<Float>

  /// The tensors of a pass.
  ///
  /// - Parameter direction: One of ``directions``, with the weights in the place of a convolution's filter.
  /// - Throws: `UnfoldError` where memory is refused.
  init(_ geometry: DenseGeometry, _ direction: PassDirection) throws(UnfoldError) {
    self.geometry = geometry
    self.direction = direction
    var generator = SeededGenerator(seed: 0)
    let shapes: (first: Shape, second: Shape, result: Shape) =
      switch direction {
      case .forward, .forwardWithBias: (geometry.inputShape, geometry.weightsShape, geometry.outputShape)
      case .inputGradient: (geometry.outputShape, geometry.weightsShape, geometry.inputShape)
      case .filterGradient, .filterAndBiasGradient: (geometry.inputShape, geometry.outputShape, geometry.weightsShape)
      }
    first = try .random(shapes.first, using: &generator)
    second = try .random(shapes.second, using: &generator)
    bias = direction == .forwardWithBias ? try .random(geometry.biasShape, using: &generator) : nil
    result = try Tensor(repeating: .nan, shape: shapes.result)
  }

  var operations: Double { geometry.operations }
  var tensorBytes: Int { first.byteCount + second.byteCount + result.byteCount + (bias?.byteCount ?? 0) }

  mutating func run(context: ExecutionContext) throws(UnfoldError) {
    switch direction {
    case .forward, .forwardWithBias:
      try geometry.forward(first, weights: second, bias: bias, into: &result, context: context)
    case .inputGradient:
      try geometry.inputGradient(first, weights: second, into: &result, context: context)
    case .filterGradient, .filterAndBiasGradient:
      try geometry.weightsGradient(first, outputGradient: second, into: &result, context: context)
    }
  }
}

extension DenseGeometry {
  /// The dense layer of a 1x1 convolution of one pixel, which is its form in a descriptor: `mb64ic784ih1oc128oh1kh1`.
  ///
  /// - Throws: `CommandError.unexpected(_:expected:found:)` for any other convolution, `UnfoldError` for sizes beyond
  ///   `Int32`.
  init(_ descriptor: ConvolutionDescriptor) throws {
    let axes = [descriptor.vertical, descriptor.horizontal].compactMap(\.self)
    guard descriptor.groups == 1, axes.allSatisfy({ $0.input == 1 && $0.output == 1 && $0.window == 1 }) else {
      throw CommandError.unexpected(
        "dense layer", expected: "one group, one pixel and a window of one, as in mb64ic784ih1oc128oh1kh1",
        found: "\(descriptor)")
    }
    try self.init(
      batch: descriptor.batch, inputs: descriptor.inputChannels, outputs: descriptor.outputChannels)
  }
}
