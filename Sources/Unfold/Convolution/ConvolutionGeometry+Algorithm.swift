extension ConvolutionGeometry {
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
    guard scalarBytes == MemoryLayout<Float>.stride, accuracy == .fast else { return .im2col }
    return winogradTile(for: direction).map { .winograd($0) } ?? .im2col
  }

  /// The scheme of a pass that is computed by Winograd's minimal filtering.
  @inline(__always)
  func winograd<Scalar: TensorScalar>(
    _ direction: ConvolutionDirection, _ accuracy: ConvolutionAccuracy, _ scalar: Scalar.Type
  ) -> WinogradScheme? {
    guard
      case .winograd(let tile) = algorithm(
        for: direction, accuracy: accuracy, scalarBytes: MemoryLayout<Scalar>.stride)
    else { return nil }
    return winogradScheme(tile)
  }

  /// Whether the taps are added up where they lie.
  @inline(__always)
  var isDirect: Bool { algorithm == .direct || algorithm == .automatic && isDepthwise }
}
