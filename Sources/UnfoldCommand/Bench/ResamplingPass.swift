import Unfold

/// One pass of one resampling with tensors of random numbers, which can be run many times into the same results.
struct ResamplingPass: MeasuredPass {
  static let directions: [PassDirection] = [.forward, .inputGradient]

  let resampling: Resampling
  let direction: PassDirection

  /// The input, or for the gradient the output gradient.
  private let source: Tensor<Float>
  /// The output, or the gradient with respect to the input. NaN until the first run.
  private(set) var result: Tensor<Float>

  /// The tensors of a pass.
  ///
  /// - Parameter direction: One of ``directions``.
  /// - Throws: `UnfoldError` where memory is refused.
  init(_ resampling: Resampling, _ direction: PassDirection) throws(UnfoldError) {
    self.resampling = resampling
    self.direction = direction
    var generator = SeededGenerator(seed: 0)
    let isForward = direction == .forward
    source = try .random(isForward ? resampling.inputShape : resampling.outputShape, using: &generator)
    result = try Tensor(repeating: .nan, shape: isForward ? resampling.outputShape : resampling.inputShape)
  }

  /// 0, because resampling is memory-bandwidth bound.
  var operations: Double { 0 }
  var tensorBytes: Int { source.byteCount + result.byteCount }

  mutating func run(context: ExecutionContext) throws(UnfoldError) {
    if direction == .forward {
      try resampling.forward(source, into: &result, context: context)
    } else {
      try resampling.inputGradient(source, into: &result, context: context)
    }
  }
}
