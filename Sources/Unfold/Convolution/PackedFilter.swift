/// A convolution's filter in the order in which its forward pass reads it: packed once, for inference on many inputs.
///
/// ```swift
/// let packed = try PackedFilter(filter, for: geometry)
/// let output = try geometry.forward(images, packed: packed, bias: bias, activation: .relu)
/// ```
///
/// A pass that is given a filter `[R, S, C/groups, K]` packs it anew each time, which costs little beside many images, and
/// a fifth of the time with one. A value: a copy is independent.
public struct PackedFilter<Scalar: TensorScalar>: Sendable {
  /// The convolution that it belongs to.
  public let geometry: ConvolutionGeometry
  /// What the pass may be computed by: the geometry's, or what was given instead; that of a call's context does not matter
  /// any more.
  public let accuracy: ConvolutionAccuracy
  var elements: Tensor<Scalar>

  /// Packs a filter.
  ///
  /// - Parameters:
  ///   - filter: `[R, S, C/groups, K]`.
  ///   - geometry: The convolution.
  ///   - context: Whose threads to use, and whose accuracy where the geometry has none.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(R S C K), in memory too; four times that where a pass is computed by `winograd4`, tile by tile.
  public init(
    _ filter: Tensor<Scalar>, for geometry: ConvolutionGeometry, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try self.init(for: geometry, accuracy: context.accuracy)
    try pack(filter, context: context)
  }

  /// Room for a packed filter, with no defined value yet. The accuracy is for a geometry that has none of its own.
  ///
  /// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
  public init(for geometry: ConvolutionGeometry, accuracy: ConvolutionAccuracy) throws(UnfoldError) {
    self.geometry = geometry
    self.accuracy = geometry.accuracy ?? accuracy
    elements = try Tensor(uninitialized: [ForwardMethod<Scalar>(geometry, accuracy).packedElements(of: geometry)])
  }

  /// Packs another filter in the place of this one.
  ///
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public mutating func pack(_ filter: Tensor<Scalar>, context: ExecutionContext = .shared) throws(UnfoldError) {
    try filter.requireShape(geometry.filterShape, "filter")
    defer { withExtendedLifetime(filter) {} }
    try ForwardMethod<Scalar>(geometry, accuracy).pack(filter, into: elements.outputBase(), context)
  }

  /// The bytes that it takes.
  public var byteCount: Int { elements.count * MemoryLayout<Scalar>.stride }
}
