import Unfold

/// The sum of two values of one shape, with relu where that follows; see `Addition`.
public struct AdditionLayer: SavedLayer {
  /// The activation that is applied to the sum in the same pass.
  public var addition = Addition.identity

  public static var savedName: String { "addition" }
  public var kind: String { "add" }
  public var label: String { "sum" }

  /// A layer.
  public init() {}

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape { try inputs.pair(of: self) }

  public var epilogue: Epilogue? { addition == .identity ? .sum : nil }

  public func fused(with epilogue: Epilogue, inputs: [Shape]) -> (any Layer)? {
    guard addition == .identity, case .activation(.relu) = epilogue else { return nil }
    var fused = self
    fused.addition = .relu
    return fused
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> { AdditionKernel<Scalar>(addition) }
}

final class AdditionKernel<Scalar: TensorScalar>: Kernel {
  private let addition: Addition

  init(_ addition: Addition) { self.addition = addition }

  var needs: BackwardNeeds { addition == .relu ? .output : [] }
  var worksInPlace: Bool { true }
  var differentiatesInPlace: Bool { true }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try addition.forward(pass.input(0), pass.input(1), into: &pass.output, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try addition.applyGradient(to: &pass.outputGradient, output: pass.output, context: pass.context)
    // The first input's gradient is the output's, in place; the second gets a copy.
    if pass.needsGradient(1) {
      try pass[inputGradient: 1].copyElements(of: pass.outputGradient, context: pass.context)
    }
  }
}

/// The product of two values of one shape; see `Multiplication`.
public struct MultiplicationLayer: SavedLayer {
  public static var savedName: String { "multiplication" }
  public var kind: String { "mul" }
  public var label: String { "product" }

  /// A layer.
  public init() {}

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape { try inputs.pair(of: self) }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> { MultiplicationKernel<Scalar>() }
}

final class MultiplicationKernel<Scalar: TensorScalar>: Kernel {
  private let multiplication = Multiplication()

  var needs: BackwardNeeds { .inputs }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try multiplication.forward(pass.input(0), pass.input(1), into: &pass.output, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    for index in 0...1 where pass.needsGradient(index) {
      try multiplication.forward(
        pass.outputGradient, pass.input(1 - index), into: &pass[inputGradient: index], context: pass.context)
    }
  }
}
