/// The methods that add up taps without a product of matrices, forward and the input gradient, and the choice between them.
enum DirectMethod<Scalar: TensorScalar>: MethodChoice {
  case strips(StripPass<Scalar>)
  case depthwise(DepthwisePass<Scalar>)
  case repeated(RepeatedDepthwisePass<Scalar>)
  case grouped(GroupedPass<Scalar>)

  @inline(__always)
  init(_ geometry: ConvolutionGeometry, _ target: PixelRectangles.Target) {
    if StripPass<Scalar>.suitsChannels(of: geometry), let strips = StripPass<Scalar>(geometry, target) {
      self = .strips(strips)
    } else if geometry.isDepthwise {
      if geometry.inputChannels == geometry.outputChannels {
        self = .depthwise(DepthwisePass(geometry: geometry, target: target))
      } else {
        self = .repeated(RepeatedDepthwisePass(geometry, target))
      }
    } else {
      self = .grouped(GroupedPass(geometry, target))
    }
  }

  var chosen: any ConvolutionMethod<ImageOperands<Scalar>> {
    switch self {
    case .strips(let method): method
    case .depthwise(let method): method
    case .repeated(let method): method
    case .grouped(let method): method
    }
  }

  @inline(__always)
  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    switch self {
    case .strips(let method): try method.run(operands, context)
    case .depthwise(let method): method.run(operands, context)
    case .repeated(let method): try method.run(operands, context)
    case .grouped(let method): try method.run(operands, context)
    }
  }
}
