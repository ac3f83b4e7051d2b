/// Depthwise convolutions (`groups == C`) of one filter a channel, forward and the input gradient. A column matrix would have
/// R S columns and a GEMM one filter, so they are computed directly, vectorised over the channels. Each pixel of the target
/// sums what its taps meet in the source. For several filters a channel see ``RepeatedDepthwisePass``.
struct DepthwisePass<Scalar: TensorScalar>: ConvolutionMethod {
  let geometry: ConvolutionGeometry
  let target: PixelRectangles.Target

  var title: String { "taps added up where they lie, vectors along the channels" }
  var facts: [MethodExplanation.Fact] { [] }
  func workspaceBytes(threads: Int) -> Int { 0 }

  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) {
    let (filter, bias) = (operands.filter, operands.bias)
    let rectangles = geometry.rectangles(of: target)
    rectangles.forEach(into: operands.target, operands.activation, groupWidth: 1, context) { rectangle, from, to in
      Scalar._kernels.sumTaps(
        rectangle, source: operands.source + from, filter: filter, bias: bias, target: operands.target + to)
    }
  }
}

extension ConvolutionGeometry {
  /// The filters of one channel, K / C.
  var multiplier: Int { outputChannels == inputChannels ? 1 : outputChannels / inputChannels }

  /// The pixels that the same taps meet.
  @inline(__always)
  func rectangles(of target: PixelRectangles.Target) -> PixelRectangles {
    PixelRectangles(
      target, vertical, horizontal, inputChannels: inputChannels, outputChannels: outputChannels,
      filterChannels: (isDepthwise ? 1 : inputChannels / groups) * outputChannels, batch: batch)
  }
}
