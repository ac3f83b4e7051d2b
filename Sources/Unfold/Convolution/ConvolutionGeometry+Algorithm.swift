extension ConvolutionGeometry {
  /// What computes convolutions as matrix products: the engine's micro-kernels, or BLAS on processors for which the engine has
  /// none with wide vectors. With the same instruction set the engine's are as fast or faster, see `docs/algorithms.md`.
  private static var matrixProducts: ConvolutionAlgorithm {
    #if arch(x86_64)
      .im2col
    #else
      .blas
    #endif
  }

  /// The algorithm of a pass: the one that was chosen by the caller, or what ``ConvolutionAlgorithm/automatic`` stands for.
  ///
  /// - Parameters:
  ///   - direction: Which pass.
  ///   - context: The accuracy of the context, for a geometry without an ``accuracy`` of its own.
  ///   - type: The element type. `Double`, which judges, always adds up the products of the definition.
  /// - Complexity: O(1).
  public func algorithm<Scalar: TensorScalar>(
    for direction: ConvolutionDirection, accuracy context: ConvolutionAccuracy = .fast,
    of type: Scalar.Type = Float.self
  ) -> ConvolutionAlgorithm {
    guard algorithm == .automatic else { return algorithm }
    if isDepthwise || sumsGroups(direction) || direction == .biasGradient { return .direct }
    guard type == Float.self, accuracy ?? context == .fast else { return Self.matrixProducts }
    return winogradTile(for: direction).map { .winograd($0) } ?? Self.matrixProducts
  }
}
