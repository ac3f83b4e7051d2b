/// The methods of an input gradient, and the choice between them.
enum InputGradientMethod<Scalar: TensorScalar>: MethodChoice {
  case blas(BLASInputGradient<Scalar>)
  case blasFolded(BLASFoldedInputGradient<Scalar>)
  case direct(DirectMethod<Scalar>)
  case winograd(WinogradProduct<Scalar>)
  case folded(FoldedInputGradient<Scalar>)
  case phases(PhasedInputGradient<Scalar>)

  @inline(__always)
  init(_ geometry: ConvolutionGeometry, _ accuracy: ConvolutionAccuracy) {
    switch geometry.algorithm(for: .inputGradient, accuracy: accuracy, of: Scalar.self) {
    case .blas:
      if BLASFoldedInputGradient<Scalar>.suits(geometry) {
        self = .blasFolded(BLASFoldedInputGradient(geometry))
      } else {
        self = .blas(BLASInputGradient(geometry))
      }
    case .direct: self = .direct(DirectMethod(geometry, .input))
    case .winograd(let tile):
      self = .winograd(geometry.winogradInputGradient(tile))
    case .im2col, .automatic:
      if FoldedInputGradient<Scalar>.suits(geometry) {
        self = .folded(FoldedInputGradient(geometry))
      } else {
        self = .phases(PhasedInputGradient(geometry))
      }
    }
  }

  var chosen: any ConvolutionMethod<ImageOperands<Scalar>> {
    switch self {
    case .blas(let method): method
    case .blasFolded(let method): method
    case .direct(let method): method.chosen
    case .winograd(let method): method
    case .folded(let method): method
    case .phases(let method): method
    }
  }

  @inline(__always)
  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    switch self {
    case .blas(let method): try method.run(operands, context)
    case .blasFolded(let method): try method.run(operands, context)
    case .direct(let method): try method.run(operands, context)
    case .winograd(let method): try method.run(operands, context)
    case .folded(let method): try method.run(operands, context)
    case .phases(let method): try method.run(operands, context)
    }
  }
}
