/// Grouped convolutions of narrow groups, forward and the input gradient: as many channels as filters a group, so few that a
/// product of matrices would leave most of a vector empty. Vectors run along the filters of several groups:
///
/// ```
///   source, a pixel   | a b c d | e f g h | ...        target   | k0 .. k3 | k4 .. k7 | ...
///                       \ each channel of a group times its row of the filter /
/// ```
///
/// The pixels are cut as a depthwise convolution's are, see ``DepthwisePass``. The input gradient is the forward pass of the
/// output gradient with the filter of each group transposed, which is done first.
struct GroupedPass<Scalar: TensorScalar>: ConvolutionMethod {
  private let geometry: ConvolutionGeometry
  private let target: PixelRectangles.Target
  private let width: Int

  init(_ geometry: ConvolutionGeometry, _ target: PixelRectangles.Target) {
    (self.geometry, self.target, width) = (geometry, target, geometry.inputChannels / geometry.groups)
  }

  var title: String { "sums over taps and the channels of a group, vectors along several groups" }
  var facts: [MethodExplanation.Fact] { [.init("groups", "\(geometry.groups) of \(width) channels")] }

  func workspaceBytes(threads: Int) -> Int {
    target == .output ? 0 : geometry.filterShape.elements * MemoryLayout<Scalar>.stride
  }

  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    if target == .output { return sum(operands, operands.filter, context) }
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { scratch in
      let transposed = scratch.assumingMemoryBound(to: Scalar.self)
      transposeGroups(operands.filter, into: transposed, context)
      sum(operands, transposed, context)
    }
  }

  /// Sums up every pixel of the target from a filter `[taps, width, channels]`.
  @inline(__always)
  private func sum(_ operands: ImageOperands<Scalar>, _ filter: UnsafePointer<Scalar>, _ context: ExecutionContext) {
    let (bias, channels) = (operands.bias, geometry.inputChannels)
    let rectangles = geometry.rectangles(of: target)
    rectangles.forEach(into: operands.target, operands.activation, groupWidth: width, context) { rectangle, from, to in
      Scalar._kernels.sumGroupTaps(
        rectangle, width: width, channels: channels, source: operands.source + from, filter: filter, bias: bias,
        target: operands.target + to)
    }
  }

  /// Exchanges channels and filters within each group: `transposed[tap, k, g + c] = filter[tap, c, g + k]`.
  private func transposeGroups(
    _ filter: UnsafePointer<Scalar>, into transposed: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let channels = geometry.inputChannels
    context.forEach(geometry.vertical.window * geometry.horizontal.window) { tap, _ in
      for group in stride(from: tap * width * channels, to: (tap * width + 1) * channels, by: width) {
        transpose(
          from: filter + group, stride: channels, rows: width, columns: width, into: transposed + group,
          stride: channels)
      }
    }
  }
}

extension ConvolutionGeometry {
  /// Whether the kernels of grouped convolutions are faster than products of matrices. Wide groups are read from strips,
  /// see ``StripPass``; without them, a stride of the input gradient costs more than a product.
  func sumsGroups(_ direction: ConvolutionDirection) -> Bool {
    guard hasNarrowGroups else { return false }
    let isStrided = vertical.stride > 1 || horizontal.stride > 1
    let hasStrips = min(vertical.window, horizontal.window) > 1
    return direction != .inputGradient || !isStrided || hasStrips || inputChannels / groups <= 32
  }

  /// Whether the kernels of grouped convolutions are made for these groups.
  var hasNarrowGroups: Bool {
    let (width, taps) = (inputChannels / groups, vertical.window * horizontal.window)
    guard groups > 1, inputChannels == outputChannels, inputChannels >= 16, taps <= 128 else { return false }
    return width == 2 || width == 4 || width % 8 == 0 && width <= 64
  }
}
