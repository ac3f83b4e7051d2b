/// The methods of a filter gradient, and the choice between them.
enum FilterGradientMethod<Scalar: TensorScalar>: MethodChoice {
  case blas(BLASFilterGradient<Scalar>)
  case depthwise(DepthwiseFilterGradient<Scalar>)
  case strips(StripFilterGradient<Scalar>)
  case winograd(WinogradFilterGradient<Scalar>)
  case panels(PanelFilterGradient<Scalar>)

  @inline(__always)
  init(_ geometry: ConvolutionGeometry, _ accuracy: ConvolutionAccuracy) {
    switch geometry.algorithm(for: .filterGradient, accuracy: accuracy, of: Scalar.self) {
    case .blas: self = .blas(BLASFilterGradient(geometry))
    case .direct:
      if let strips = StripFilterGradient<Scalar>(geometry) {
        self = .strips(strips)
      } else {
        self = .depthwise(DepthwiseFilterGradient(geometry))
      }
    case .winograd(let tile): self = .winograd(geometry.winogradFilterGradient(tile))
    case .im2col, .automatic: self = .panels(PanelFilterGradient(geometry))
    }
  }

  var chosen: any ConvolutionMethod<FilterGradientOperands<Scalar>> {
    switch self {
    case .blas(let method): method
    case .depthwise(let method): method
    case .strips(let method): method
    case .winograd(let method): method
    case .panels(let method): method
    }
  }

  @inline(__always)
  func run(_ operands: FilterGradientOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    switch self {
    case .blas(let method): try method.run(operands, context)
    case .depthwise(let method): try method.run(operands, context)
    case .strips(let method): try method.run(operands, context)
    case .winograd(let method): try method.run(operands, context)
    case .panels(let method): try method.run(operands, context)
    }
  }
}
