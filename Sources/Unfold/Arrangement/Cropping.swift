/// Rows and columns cut off the borders of maps, each side by itself. Shapes validated once and shared by the forward
/// pass and the gradient, which is ``BorderPadding`` of zeros by the same amounts.
///
/// ```swift
/// let cropping = try Cropping(input: [8, 64, 64, 32], by: .symmetric(4, 4))
/// let output = try cropping.forward(input)                            // [8, 56, 56, 32]
/// let inputGradient = try cropping.inputGradient(outputGradient)      // [8, 64, 64, 32]
/// ```
///
/// ```
/// output[n, p, q, c] = input[n, p + top, q + left, c]
/// ```
public struct Cropping: UnaryOperator, Hashable {
  /// The padding that it undoes: each one's forward pass is the other's gradient.
  private let padding: BorderPadding

  /// `[N, H, W, C]`.
  public var inputShape: Shape { padding.outputShape }
  /// `[N, H - top - bottom, W - left - right, C]`.
  public var outputShape: Shape { padding.inputShape }

  /// A validated cropping.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - amounts: The rows and columns for each side; not ``Padding/same``.
  /// - Throws: ``UnfoldError`` for an extent below 1, a negative amount, amounts that leave no row or column, and sizes
  ///   that leave `Int32` for an axis or the 47 bits of an address in bytes.
  public init(input: Shape, by amounts: Padding) throws(UnfoldError) {
    guard input.rank == 4 else {
      throw .invalidArgument("cropping input", expected: "[N, H, W, C]", found: "\(input)")
    }
    _ = try input.requireExtents("cropping input")
    let (top, bottom, left, right) = try amounts.amounts("cropping")
    for (axis, extent, cut) in [("height", input[1], top + bottom), ("width", input[2], left + right)] {
      try require("cropping of the \(axis)", cut, in: 0...extent - 1, or: "less than the \(axis) (\(extent))")
    }
    padding = try BorderPadding(
      input: [input[0], input[1] - top - bottom, input[2] - left - right, input[3]], by: amounts)
  }

  /// The cropped maps.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - output: Is overwritten: ``outputShape``.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count` of the output).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try padding.gather(input, "cropping input", into: &output, "cropping output", context)
  }

  /// The gradient of the input: the output gradient with zeros around it.
  ///
  /// - Parameters:
  ///   - outputGradient: ``outputShape``.
  ///   - inputGradient: Is overwritten: `[N, H, W, C]`.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count` of the input).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try padding.pad(
      outputGradient, "cropping output gradient", into: &inputGradient, "cropping input gradient", context)
  }
}
