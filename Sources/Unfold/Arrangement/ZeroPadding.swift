/// Rows and columns of zeros around maps, each side by itself. Shapes validated once and shared by the forward pass and
/// the gradient, which is ``Cropping`` by the same amounts.
///
/// ```swift
/// let padding = try ZeroPadding(input: [8, 28, 28, 64], by: .sides(top: 0, bottom: 1, left: 0, right: 1))
/// let output = try padding.forward(input)                             // [8, 29, 29, 64]
/// let inputGradient = try padding.inputGradient(outputGradient)       // [8, 28, 28, 64]
/// ```
///
/// ```
/// output[n, h + top, w + left, c] = input[n, h, w, c], and 0 elsewhere
/// ```
///
/// Convolutions and poolings pad by themselves and write no padded copy; this is for maps that must fit others.
public struct ZeroPadding: Hashable, Sendable {
  private let rectangle: InnerRectangle

  /// `[N, H, W, C]`.
  public var inputShape: Shape { rectangle.innerShape }
  /// `[N, top + H + bottom, left + W + right, C]`.
  public var outputShape: Shape { rectangle.outerShape }

  /// A validated padding.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - amounts: The rows and columns for each side; not ``Padding/same``, which needs a window.
  /// - Throws: ``UnfoldError`` for an extent below 1, a negative amount, and sizes that leave `Int32` for an axis or `Int`
  ///   in bytes.
  public init(input: Shape, by amounts: Padding) throws(UnfoldError) {
    guard input.rank == 4 else {
      throw .invalidArgument("padding input", expected: "[N, H, W, C]", found: "\(input)")
    }
    _ = try input.requireExtents("padding input")
    let (top, bottom, left, right) = try amounts.amounts("padding")
    let output: Shape = [input[0], top + input[1] + bottom, left + input[2] + right, input[3]]
    _ = try output.requireExtents("padding output")
    rectangle = InnerRectangle(outerShape: output, innerShape: input, top: top, left: left)
  }

  /// The padded maps.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - context: Whose threads to use.
  /// - Returns: ``outputShape``.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count` of the output).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    try forward(input, into: &output, context: context)
    return output
  }

  /// As ``forward(_:context:)``, written over `output`, whatever it held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "padding input")
    try output.requireShape(outputShape, "padding output")
    defer { withExtendedLifetime(input) {} }
    rectangle.embed(input.base, into: try output.outputBase(), context)
  }

  /// The gradient of the input: the output gradient without its border.
  ///
  /// - Parameters:
  ///   - outputGradient: ``outputShape``.
  ///   - context: Whose threads to use.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count` of the input).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShape)
    try self.inputGradient(outputGradient, into: &inputGradient, context: context)
    return inputGradient
  }

  /// As ``inputGradient(_:context:)``, written over `inputGradient`, whatever it held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(outputShape, "padding output gradient")
    try inputGradient.requireShape(inputShape, "padding input gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    rectangle.extract(from: outputGradient.base, into: try inputGradient.outputBase(), context)
  }
}
