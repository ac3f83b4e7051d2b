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

  /// The algorithm of a pass: the one that was asked for, or what ``ConvolutionAlgorithm/automatic`` stands for.
  ///
  /// - Parameters:
  ///   - direction: Which pass.
  ///   - accuracy: That of the context.
  ///   - scalarBytes: 4 for `Float` and 8 for `Double`, which judges and always adds up the products of the definition.
  public func algorithm(
    for direction: ConvolutionDirection, accuracy: ConvolutionAccuracy = .fast, scalarBytes: Int = 4
  ) -> ConvolutionAlgorithm {
    guard algorithm == .automatic else { return algorithm }
    if isDepthwise || direction == .biasGradient { return .direct }
    guard scalarBytes == MemoryLayout<Float>.stride, accuracy == .fast else { return Self.matrixProducts }
    return winogradTile(for: direction).map { .winograd($0) } ?? Self.matrixProducts
  }
}
