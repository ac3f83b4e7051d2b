/// A normalisation in which nothing depends on the batch, so that training and inference are one function:
/// ``GroupNormalization`` and ``LayerNormalization``.
///
/// A conforming type checks shapes and computes; the other forms follow.
public protocol SampleNormalization: Sendable {
  /// The shape of input and output.
  var inputShape: Shape { get }
  /// The shape of scale, shift and their gradients.
  var parameterShape: Shape { get }
  /// The shape of mean and inverse deviation.
  var savedShape: Shape { get }
  /// What messages call it.
  static var name: String { get }

  /// Writes the output and what the gradients need.
  func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, into output: inout Tensor<Scalar>,
    saved: inout SavedMoments<Scalar>, context: ExecutionContext
  ) throws(UnfoldError)

  /// The gradients, for the engine: `outputGradient` is nil where `inputGradient` holds it. The shapes of scale, saved
  /// moments and input have been checked.
  func _differentiate<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>?, _ input: UnsafePointer<Scalar>, _ scale: UnsafePointer<Scalar>,
    _ saved: SavedMoments<Scalar>, into inputGradient: UnsafeMutablePointer<Scalar>,
    scaleGradient: UnsafeMutablePointer<Scalar>, shiftGradient: UnsafeMutablePointer<Scalar>,
    _ context: ExecutionContext
  ) throws(UnfoldError)
}

extension SampleNormalization {
  /// The normalised input.
  ///
  /// - Parameters:
  ///   - input: Of shape ``inputShape``.
  ///   - scale: Of shape ``parameterShape``.
  ///   - shift: Of shape ``parameterShape``.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The output, of the input's shape, and what ``gradients(_:input:scale:saved:context:)`` needs. Mean and
  ///   variance are those of the input's numbers in double precision, as for
  ///   ``BatchNormalization/trainingForward(_:scale:shift:updating:context:)``.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: SavedMoments<Scalar>) {
    var output = try Tensor<Scalar>(uninitialized: inputShape)
    var saved = try SavedMoments<Scalar>(uninitialized: savedShape)
    try forward(input, scale: scale, shift: shift, into: &output, saved: &saved, context: context)
    return (output, saved)
  }

  /// The gradients of a loss with respect to input, scale and shift.
  ///
  /// With d = 1 / √(variance + epsilon), n = (x - mean) d and g = outputGradient, means over the values that are
  /// normalised together:
  ///
  /// ```
  /// shiftGradient = sum of g over all that one shift was added to        scaleGradient = sum of g n likewise
  /// inputGradient = d (scale g - mean of scale g - n (mean of scale g n))
  /// ```
  ///
  /// - Parameters:
  ///   - outputGradient: Of shape ``inputShape``.
  ///   - input: What the forward pass was given.
  ///   - scale: What the forward pass was given.
  ///   - saved: What ``forward(_:scale:shift:context:)`` returned.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The three gradients.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`): what is normalised together is read from memory once, or twice if it is large.
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> NormalizationGradients<Scalar> {
    var gradients = NormalizationGradients<Scalar>(
      input: try Tensor(uninitialized: inputShape), scale: try Tensor(uninitialized: parameterShape),
      shift: try Tensor(uninitialized: parameterShape))
    try self.gradients(
      outputGradient, input: input, scale: scale, saved: saved, into: &gradients.input,
      scaleGradient: &gradients.scale, shiftGradient: &gradients.shift, context: context)
    return gradients
  }

  /// As ``gradients(_:input:scale:saved:context:)``, but writes the results to the three tensors.
  @specialized(where Self == GroupNormalization, Scalar == Float)
  @specialized(where Self == GroupNormalization, Scalar == Double)
  @specialized(where Self == LayerNormalization, Scalar == Float)
  @specialized(where Self == LayerNormalization, Scalar == Double)
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>,
    into inputGradient: inout Tensor<Scalar>, scaleGradient: inout Tensor<Scalar>,
    shiftGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(inputShape, "\(Self.name) output gradient")
    try inputGradient.requireShape(inputShape, "\(Self.name) input gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    try differentiate(
      outputGradient.base, input, scale, saved, into: try inputGradient.outputBase(), &scaleGradient, &shiftGradient,
      context)
  }

  /// As ``gradients(_:input:scale:saved:context:)``, the input gradient in place of the output gradient.
  ///
  /// - Parameters:
  ///   - gradient: Of shape ``inputShape``, the output gradient before and the input gradient after the call.
  ///   - input: What the forward pass was given.
  ///   - scale: What the forward pass was given.
  ///   - saved: What the forward pass returned.
  ///   - scaleGradient: Is overwritten with the gradient of the scale.
  ///   - shiftGradient: Is overwritten with the gradient of the shift.
  ///   - context: The threads and the scratch memory.
  @specialized(where Self == GroupNormalization, Scalar == Float)
  @specialized(where Self == GroupNormalization, Scalar == Double)
  @specialized(where Self == LayerNormalization, Scalar == Float)
  @specialized(where Self == LayerNormalization, Scalar == Double)
  public func applyGradients<Scalar: TensorScalar>(
    to gradient: inout Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>,
    scaleGradient: inout Tensor<Scalar>, shiftGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try gradient.requireShape(inputShape, "\(Self.name) output gradient")
    try differentiate(
      nil, input, scale, saved, into: gradient.mutableBase(), &scaleGradient, &shiftGradient, context)
  }

  /// Throws unless all shapes of a forward pass are the normalisation's.
  func requireShapes<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, _ scale: Tensor<Scalar>, _ shift: Tensor<Scalar>, _ saved: SavedMoments<Scalar>,
    _ output: Tensor<Scalar>
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "\(Self.name) input")
    try scale.requireShape(parameterShape, "scale")
    try shift.requireShape(parameterShape, "shift")
    try saved.requireShape(savedShape)
    try output.requireShape(inputShape, "\(Self.name) output")
  }

  @inline(__always)
  private func differentiate<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>?, _ input: Tensor<Scalar>, _ scale: Tensor<Scalar>,
    _ saved: SavedMoments<Scalar>, into inputGradient: UnsafeMutablePointer<Scalar>,
    _ scaleGradient: inout Tensor<Scalar>, _ shiftGradient: inout Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "\(Self.name) input")
    try scale.requireShape(parameterShape, "scale")
    try saved.requireShape(savedShape)
    try scaleGradient.requireShape(parameterShape, "scale gradient")
    try shiftGradient.requireShape(parameterShape, "shift gradient")
    defer { withExtendedLifetime((input, scale, saved)) {} }
    try _differentiate(
      outputGradient, input.base, scale.base, saved, into: inputGradient,
      scaleGradient: try scaleGradient.outputBase(), shiftGradient: try shiftGradient.outputBase(), context)
  }
}
