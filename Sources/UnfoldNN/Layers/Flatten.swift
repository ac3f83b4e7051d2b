import Unfold

/// The elements of a map as one vector, in the order in which they lie: row, column, channel. No element is copied.
///
/// PyTorch flattens in the order channel, row, column; a saved file takes that into account, see
/// ``Parameter/Role/weights(map:)``.
public final class Flatten<Scalar: TensorScalar>: Layer {
  /// The map's shape.
  public let inputShape: Shape
  /// `[D]`, D the number of the map's elements.
  public let outputShape: Shape
  private var batch: Int?

  /// A layer for maps of a shape.
  ///
  /// - Throws: ``UnfoldError`` for a shape that has no elements.
  public init(input: Shape) throws(UnfoldError) {
    let count = try input.elementCount()
    guard count >= 1 else {
      throw .invalidArgument("input to be flattened", expected: "extents of 1 or more", found: "\(input)")
    }
    inputShape = input
    outputShape = [count]
  }

  /// None.
  public var parameters: [Parameter<Scalar>] { [] }

  /// See ``Layer/forward(_:mode:context:)``.
  public func forward(
    _ input: Tensor<Scalar>, mode: ForwardMode = .inference, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    let batch = try batchSize(of: input)
    self.batch = mode == .training ? batch : nil
    return try input.reshaped(to: outputShape.batched(batch))
  }

  /// See ``Layer/backward(_:needsInputGradient:context:)``.
  public func backward(
    _ outputGradient: Tensor<Scalar>, needsInputGradient: Bool = true, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar>? {
    guard let batch = batch.take() else { throw .noForwardPass }
    guard outputGradient.shape == outputShape.batched(batch) else {
      throw .shapeMismatch(
        of: "output gradient", expected: outputShape.batched(batch), found: outputGradient.shape)
    }
    return needsInputGradient ? try outputGradient.reshaped(to: inputShape.batched(batch)) : nil
  }
}
