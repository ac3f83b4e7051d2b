/// The methods of a forward pass, and the choice between them.
enum ForwardMethod<Scalar: TensorScalar>: MethodChoice {
  case blas(BLASForward<Scalar>)
  case direct(DirectMethod<Scalar>)
  case winograd(WinogradProduct<Scalar>)
  case fewFilters(FewFiltersForward<Scalar>)
  case panels(PanelForward<Scalar>)

  /// - Parameter isPacked: Whether the filter will be in the order of ``pack(_:into:_:)``.
  @inline(__always)
  init(_ geometry: ConvolutionGeometry, _ accuracy: ConvolutionAccuracy, isPacked: Bool = false) {
    switch geometry.algorithm(for: .forward, accuracy: accuracy, of: Scalar.self) {
    case .blas:
      self = .blas(BLASForward(geometry))
    case .direct: self = .direct(DirectMethod(geometry, .output))
    case .winograd(let tile):
      self = .winograd(geometry.winogradForward(tile, isPacked: isPacked))
    case .im2col, .automatic:
      if let fewFilters = FewFiltersForward<Scalar>(geometry) {
        self = .fewFilters(fewFilters)
      } else {
        self = .panels(PanelForward(geometry, isPacked: isPacked))
      }
    }
  }

  var chosen: any ConvolutionMethod<ImageOperands<Scalar>> {
    switch self {
    case .blas(let method): method
    case .direct(let method): method.chosen
    case .winograd(let method): method
    case .fewFilters(let method): method
    case .panels(let method): method
    }
  }

  @inline(__always)
  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    switch self {
    case .blas(let method): try method.run(operands, context)
    case .direct(let method): try method.run(operands, context)
    case .winograd(let method): try method.run(operands, context)
    case .fewFilters(let method): try method.run(operands, context)
    case .panels(let method): try method.run(operands, context)
    }
  }
}

extension ForwardMethod {
  /// The elements of a packed filter.
  func packedElements(of geometry: ConvolutionGeometry) -> Int {
    switch self {
    case .blas, .direct, .fewFilters: geometry.filterShape.elements
    case .winograd(let method): method.packedElements
    case .panels(let method): method.packedElements
    }
  }

  /// Writes a filter, `[R, S, C/g, K]`, in the order in which the method reads it.
  func pack(
    _ filter: Tensor<Scalar>, into packed: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    switch self {
    case .blas, .direct, .fewFilters: packed.update(from: filter.base, count: filter.count)
    case .winograd(let method): try method.packFilter(filter.base, into: packed, context)
    case .panels(let method): method.pack(filter.base, into: packed, context)
    }
  }
}
