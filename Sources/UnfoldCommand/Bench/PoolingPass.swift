import Unfold

/// One pass of one pooling with tensors of random numbers, which can be run many times into the same results.
struct PoolingPass: MeasuredPass {
  /// The value of each window.
  enum Statistic {
    /// The largest value; its position is written too, as a training needs it.
    case maximum
    /// The mean of the values on the input, without those on the padding.
    case mean
    /// The mean of a whole window, the padding counting as zeros.
    case meanCountingPadding
  }

  static let directions: [PassDirection] = [.forward, .inputGradient]

  let geometry: PoolingGeometry
  let statistic: Statistic
  let direction: PassDirection

  /// The input, or for the gradient the output gradient.
  private let source: Tensor<Float>
  /// The output, or the gradient with respect to the input. NaN until the first run.
  private(set) var result: Tensor<Float>
  private var positions: MaximumPositions?

  /// The tensors of a pass.
  ///
  /// - Parameter direction: One of ``directions``.
  /// - Throws: `UnfoldError` where memory is refused.
  init(_ geometry: PoolingGeometry, _ statistic: Statistic, _ direction: PassDirection) throws(UnfoldError) {
    self.geometry = geometry
    self.statistic = statistic
    self.direction = direction
    var generator = SeededGenerator(seed: 0)
    let isForward = direction == .forward
    source = try .random(isForward ? geometry.inputShape : geometry.outputShape, using: &generator)
    result = try Tensor(repeating: .nan, shape: isForward ? geometry.outputShape : geometry.inputShape)
    guard statistic == .maximum else { return }
    var positions = try MaximumPositions(for: geometry)
    if !isForward {
      // The gradient goes where the maxima of a random input lie, not always to the same tap.
      var output = try Tensor<Float>(uninitialized: geometry.outputShape)
      try geometry.maximum(
        try .random(geometry.inputShape, using: &generator), into: &output, saved: &positions,
        context: ExecutionContext(threads: 1))
    }
    self.positions = positions
  }

  /// 0, because pooling is memory-bandwidth bound.
  var operations: Double { 0 }
  var tensorBytes: Int { source.byteCount + result.byteCount + (positions?.byteCount ?? 0) }

  mutating func run(context: ExecutionContext) throws(UnfoldError) {
    switch (statistic, direction) {
    case (.maximum, .forward):
      guard var saved = positions.take() else { return }
      try geometry.maximum(source, into: &result, saved: &saved, context: context)
      positions = saved
    case (.maximum, _):
      guard let positions else { return }
      try geometry.maximumInputGradient(source, saved: positions, into: &result, context: context)
    case (_, .forward):
      try geometry.mean(
        source, countIncludesPadding: statistic == .meanCountingPadding, into: &result, context: context)
    case (_, _):
      try geometry.meanInputGradient(
        source, countIncludesPadding: statistic == .meanCountingPadding, into: &result, context: context)
    }
  }
}
