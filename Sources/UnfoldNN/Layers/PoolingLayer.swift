import Unfold

/// Maximum or mean of each window; see `PoolingGeometry`.
public struct PoolingLayer: SavedLayer {
  /// The value of a window: its maximum or mean.
  public enum Measure: Hashable, Sendable, Codable {
    case maximum
    /// See `PoolingGeometry.mean(_:countIncludesPadding:divisor:context:)`.
    case mean(countIncludesPadding: Bool, divisor: Int? = nil)
  }

  public var measure: Measure
  /// Nil for the whole map.
  public var window: Extent?
  /// Nil for windows side by side.
  public var stride: Extent?
  public var padding: Padding
  public var dilation: Extent
  public var rounding: OutputRounding

  public static var savedName: String { "pooling" }
  public var kind: String { "pool" }
  public var label: String {
    let name = measure == .maximum ? "maximum" : "mean"
    guard let window else { return "global \(name)" }
    return "\(name) \(window)" + (stride == nil || stride == window ? "" : suffix(stride: stride ?? window))
  }

  /// A layer.
  public init(
    _ measure: Measure, window: Extent?, stride: Extent? = nil, padding: Padding = .valid, dilation: Extent = 1,
    rounding: OutputRounding = .floor
  ) {
    self.measure = measure
    (self.window, self.stride, self.dilation) = (window, stride, dilation)
    (self.padding, self.rounding) = (padding, rounding)
  }

  private func geometry(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> PoolingGeometry {
    let input = try inputs.map(of: self).batched(batch)
    guard let window else { return try .global(input: input) }
    return try PoolingGeometry(
      input: input, window: window, stride: stride, padding: padding, dilation: dilation, rounding: rounding)
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    if case .mean(_, let divisor?) = measure, divisor < 1 {
      throw .invalidArgument("divisor of mean pooling", expected: "1 or more", found: "\(divisor)")
    }
    return try geometry(inputs, batch: 1).outputShape.sample
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    let geometry = try geometry(inputs, batch: batch)
    switch measure {
    case .maximum: return MaximumPoolingKernel<Scalar>(geometry)
    case .mean(let countIncludesPadding, let divisor):
      let mean = MeanPooling(geometry: geometry, countIncludesPadding: countIncludesPadding, divisor: divisor)
      return mean.kernel(of: type)
    }
  }
}

final class MaximumPoolingKernel<Scalar: TensorScalar>: Kernel {
  private let geometry: PoolingGeometry
  /// Made by the first pass, so that a plan for more samples than the machine can hold is possible.
  private var positions: MaximumPositions?

  init(_ geometry: PoolingGeometry) { self.geometry = geometry }

  var needs: BackwardNeeds { [] }
  var keptBytes: Int { positions?.byteCount ?? 0 }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    var saved = try positions.takeOrMake { () throws(UnfoldError) in try MaximumPositions(for: geometry) }
    defer { positions = saved }
    try geometry.maximum(pass.input(), into: &pass.output, saved: &saved, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    guard pass.needsGradient() else { return }
    guard let positions else { throw .noForwardPass }
    try geometry.maximumInputGradient(
      pass.outputGradient, saved: positions, into: &pass[inputGradient: 0], context: pass.context)
  }
}

/// The means, as an operator.
private struct MeanPooling: UnaryOperator {
  let geometry: PoolingGeometry
  let countIncludesPadding: Bool
  let divisor: Int?

  var inputShape: Shape { geometry.inputShape }
  var outputShape: Shape { geometry.outputShape }

  func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) {
    try geometry.mean(
      input, countIncludesPadding: countIncludesPadding, divisor: divisor, into: &output, context: context)
  }

  func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) {
    try geometry.meanInputGradient(
      outputGradient, countIncludesPadding: countIncludesPadding, divisor: divisor, into: &inputGradient,
      context: context)
  }
}
