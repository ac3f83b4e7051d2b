import Unfold

/// The passes of an operator of one tensor without parameters.
final class UnaryKernel<Scalar: TensorScalar, Operator: UnaryOperator>: Kernel {
  private let unary: Operator

  init(_ unary: Operator) { self.unary = unary }

  var needs: BackwardNeeds { [] }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try unary.forward(pass.input(), into: &pass.output, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    guard pass.needsGradient() else { return }
    try unary.inputGradient(pass.outputGradient, into: &pass[inputGradient: 0], context: pass.context)
  }
}

extension UnaryOperator {
  /// The kernel of this operator.
  func kernel<Scalar: TensorScalar>(of type: Scalar.Type) -> any Kernel<Scalar> { UnaryKernel<Scalar, Self>(self) }
}
