/// The methods of an input gradient, and the choice between them.
enum InputGradientMethod<Scalar: TensorScalar>: MethodChoice {
  case blas(BLASInputGradient<Scalar>)
  case blasFolded(BLASFoldedInputGradient<Scalar>)
  case depthwise(DepthwisePass<Scalar>)
  case strips(StripPass<Scalar>)
  case winograd(WinogradProduct<Scalar>)
  case folded(FoldedInputGradient<Scalar>)
  case grouped(GroupedPass<Scalar>)
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
    case .direct:
      if let strips = StripPass<Scalar>(geometry, .input) {
        self = .strips(strips)
      } else if geometry.isDepthwise {
        self = .depthwise(DepthwisePass(geometry: geometry, target: .input))
      } else {
        self = .grouped(GroupedPass(geometry, .input))
      }
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
    case .depthwise(let method): method
    case .strips(let method): method
    case .winograd(let method): method
    case .folded(let method): method
    case .grouped(let method): method
    case .phases(let method): method
    }
  }

  @inline(__always)
  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    switch self {
    case .blas(let method): try method.run(operands, context)
    case .blasFolded(let method): try method.run(operands, context)
    case .depthwise(let method): method.run(operands, context)
    case .strips(let method): try method.run(operands, context)
    case .winograd(let method): try method.run(operands, context)
    case .folded(let method): try method.run(operands, context)
    case .grouped(let method): try method.run(operands, context)
    case .phases(let method): try method.run(operands, context)
    }
  }
}
