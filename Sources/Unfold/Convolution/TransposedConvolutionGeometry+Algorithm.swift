extension TransposedConvolutionGeometry {
  /// How it is computed: by the algorithm of the adjoint convolution.
  public var algorithm: ConvolutionAlgorithm { adjoint.algorithm }

  /// The same transposed convolution, computed in another way.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for an algorithm that does not apply to the adjoint.
  public func computed(by algorithm: ConvolutionAlgorithm) throws(UnfoldError) -> TransposedConvolutionGeometry {
    TransposedConvolutionGeometry(adjoint: try adjoint.computed(by: algorithm))
  }

  private init(adjoint: ConvolutionGeometry) { self.adjoint = adjoint }

  /// The algorithm of a pass, see ``ConvolutionGeometry/algorithm(for:accuracy:of:)``.
  public func algorithm<Scalar: TensorScalar>(
    for direction: ConvolutionDirection, accuracy context: ConvolutionAccuracy = .fast,
    of type: Scalar.Type = Float.self
  ) -> ConvolutionAlgorithm {
    adjoint.algorithm(for: direction.ofAdjoint, accuracy: context, of: type)
  }

  /// What computes a pass in single precision, how it is cut, and why.
  package func explanation(
    for direction: ConvolutionDirection, accuracy: ConvolutionAccuracy, threads: Int
  ) -> MethodExplanation {
    adjoint.explanation(for: direction.ofAdjoint, accuracy: accuracy, threads: threads)
  }
}

extension ConvolutionDirection {
  /// The pass of the adjoint convolution that computes this pass of a transposed one.
  fileprivate var ofAdjoint: ConvolutionDirection {
    switch self {
    case .forward: .inputGradient
    case .inputGradient: .forward
    case .filterGradient, .biasGradient: self
    }
  }
}
