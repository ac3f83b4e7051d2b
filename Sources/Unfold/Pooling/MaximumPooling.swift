/// Max pooling, by windows of one size (``PoolingGeometry``) or of a size that follows from the output's
/// (``AdaptivePooling``).
///
/// A conforming type writes to memory of the caller's; the forms that return their result follow.
public protocol MaximumPooling: Sendable {
  /// What the forward pass keeps for the gradient: where each maximum was.
  associatedtype Positions: Sendable
  /// `[N, H, W, C]`.
  var inputShape: Shape { get }
  /// `[N, P, Q, C]`.
  var outputShape: Shape { get }

  /// Room for the positions of this pooling.
  func emptyPositions() throws(UnfoldError) -> Positions

  /// Writes the maxima and where they were.
  func maximum<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, saved: inout Positions, context: ExecutionContext
  ) throws(UnfoldError)

  /// Writes the gradient of the input.
  func maximumInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, saved: Positions, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext
  ) throws(UnfoldError)
}

extension MaximumPooling {
  /// The largest value of each window, and where it was.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - context: The threads to use.
  /// - Returns: `[N, P, Q, C]`, and the positions that ``maximumInputGradient(_:saved:context:)`` needs.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  public func maximum<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: Positions) {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    var saved = try emptyPositions()
    try maximum(input, into: &output, saved: &saved, context: context)
    return (output, saved)
  }

  /// The gradient of the input: each output gradient goes to the element that was its window's maximum, and the
  /// gradients of an element that several windows chose are added up.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, P, Q, C]`.
  ///   - saved: What ``maximum(_:context:)`` of the same pooling returned.
  ///   - context: The threads to use.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``, and
  ///   ``UnfoldError/invalidArgument(_:expected:found:)`` for positions of another pooling.
  public func maximumInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, saved: Positions, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShape)
    try maximumInputGradient(outputGradient, saved: saved, into: &inputGradient, context: context)
    return inputGradient
  }
}

extension MaximumPooling where Self: Equatable {
  /// Throws unless saved positions are those of this pooling.
  func requireSame(_ saved: Self) throws(UnfoldError) {
    guard saved != self else { return }
    throw .invalidArgument(
      "saved positions", expected: "those of this pooling, \(inputShape) to \(outputShape)",
      found: "those of another, \(saved.inputShape) to \(saved.outputShape)")
  }
}
