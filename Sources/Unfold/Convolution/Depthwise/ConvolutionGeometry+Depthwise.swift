import CKernels

/// Depthwise convolutions (`groups == C`): one or several filters for each channel by itself. A column matrix would have
/// R S columns and a GEMM one filter, so they are computed directly, vectorised over the channels.
struct DepthwiseForward<Scalar: TensorScalar>: ConvolutionMethod {
  let geometry: ConvolutionGeometry
  var title: String { "taps added up where they lie, vectors along the channels" }
  var facts: [MethodExplanation.Fact] { [] }

  init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }
  func workspaceBytes(threads: Int) -> Int { 0 }
  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) {
    geometry.depthwiseForward(
      operands.source, operands.filter, operands.bias, operands.activation, operands.target, context)
  }
}

/// The input gradient of a depthwise convolution.
struct DepthwiseInputGradient<Scalar: TensorScalar>: ConvolutionMethod {
  let geometry: ConvolutionGeometry
  var title: String { "taps added up where they lie, vectors along the channels" }
  var facts: [MethodExplanation.Fact] { [] }

  init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }
  func workspaceBytes(threads: Int) -> Int { 0 }
  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) {
    geometry.depthwiseInputGradient(
      operands.source, operands.filter, operands.bias, operands.activation, operands.target, context)
  }
}

extension ConvolutionGeometry {
  /// The filters of one channel, K / C.
  var multiplier: Int { outputChannels / inputChannels }

  /// Forward: each output pixel sums what its taps meet.
  func depthwiseForward<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>, _ bias: UnsafePointer<Scalar>?,
    _ activation: Activation, _ output: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let rectangles = rectangles(of: .output, streams: activation == .identity && streams(.output, to: output))
    forEachBand(rectangles, activation, output, context) { image, band in
      rectangles.forEach(image: image, band: band) { rectangle, source, target in
        if multiplier == 1 {
          Scalar._kernels.sumTaps(
            rectangle, source: input + source, filter: filter, bias: bias, target: output + target)
        } else {
          sumTapsRepeating(rectangle, input + source, filter, startingAt: bias, into: output + target)
        }
      }
    }
  }

  /// Input gradient: each input pixel gathers from the output pixels that it entered.
  func depthwiseInputGradient<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>, _ bias: UnsafePointer<Scalar>?,
    _ activation: Activation, _ inputGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let rectangles = rectangles(of: .input, streams: activation == .identity && streams(.input, to: inputGradient))
    forEachBand(rectangles, activation, inputGradient, context) { image, band in
      rectangles.forEach(image: image, band: band) { rectangle, source, target in
        if multiplier == 1 {
          Scalar._kernels.sumTaps(
            rectangle, source: outputGradient + source, filter: filter, bias: bias, target: inputGradient + target)
        } else {
          sumTapsGathering(rectangle, outputGradient + source, filter, startingAt: bias, into: inputGradient + target)
        }
      }
    }
  }

  /// The pixels that the same taps meet.
  func rectangles(of target: PixelRectangles.Target, streams: Bool) -> PixelRectangles {
    PixelRectangles(
      target, vertical, horizontal, inputChannels: inputChannels, outputChannels: outputChannels,
      filterChannels: outputChannels, batch: batch, streams: streams)
  }

  /// Whether a tensor is written past the cache; an activation would read it again.
  private func streams<Scalar: TensorScalar>(
    _ target: PixelRectangles.Target, to memory: UnsafeMutablePointer<Scalar>
  ) -> Bool {
    let isOutput = target == .output
    let channels = isOutput ? outputChannels : inputChannels
    let pixels = isOutput ? vertical.output * horizontal.output : vertical.input * horizontal.input
    return StreamedStores.suit(memory, elements: channels, of: batch * pixels * channels)
  }

  /// Calls `body` for bands of rows of each image, and applies the activation to what it wrote while that is in the
  /// second-level cache. A band's source fits there too, so that the taps of several rows read it from memory once.
  @inline(__always)
  private func forEachBand<Scalar: TensorScalar>(
    _ rectangles: PixelRectangles, _ activation: Activation, _ target: UnsafeMutablePointer<Scalar>,
    _ context: ExecutionContext, _ body: (_ image: Int, _ band: Range<Int>) -> Void
  ) {
    let height = rectangles.targetHeight
    let rowLength = rectangles.targetWidth * rectangles.targetChannels
    let bands = ceilingDivision(height, max(1, 1 << 15 / rowLength))
    context.forEach(batch * bands) { task, _ in
      let (image, index) = (task / bands, task % bands)
      let band = height * index / bands..<height * (index + 1) / bands
      body(image, band)
      if rectangles.streams { StreamedStores.finish() }
      activation.apply(target + (image * height + band.lowerBound) * rowLength, count: band.count * rowLength)
    }
  }

  /// Where `multiplier` filters share each source channel.
  @inline(__always)
  private func sumTapsRepeating<Scalar: TensorScalar>(
    _ rectangle: _PixelRectangle, _ source: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>,
    startingAt start: UnsafePointer<Scalar>?, into target: UnsafeMutablePointer<Scalar>
  ) {
    forEachPixel(of: rectangle) { x, y in
      let (x, y) = (source + x, target + y)
      if rectangle.taps > Int(UNFOLD_SUM_TERMS) {
        for k in 0..<outputChannels {
          var sum = LongSum(startingAt: start.map { $0[k] } ?? 0)
          rectangle.forEachTap { sum.add(x[$0 + k / multiplier], filter[$1 + k]) }
          y[k] = sum.value
        }
        return
      }
      for k in 0..<outputChannels { y[k] = start.map { $0[k] } ?? 0 }
      rectangle.forEachTap { sourceTap, filterTap in
        for c in 0..<inputChannels {
          let value = x[sourceTap + c]
          for k in c * multiplier..<(c + 1) * multiplier { y[k] = y[k].addingProduct(value, filter[filterTap + k]) }
        }
      }
    }
  }

  /// Where each target channel gathers from `multiplier` source channels.
  @inline(__always)
  private func sumTapsGathering<Scalar: TensorScalar>(
    _ rectangle: _PixelRectangle, _ source: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>,
    startingAt start: UnsafePointer<Scalar>?, into target: UnsafeMutablePointer<Scalar>
  ) {
    forEachPixel(of: rectangle) { x, y in
      let (x, y) = (source + x, target + y)
      for c in 0..<inputChannels {
        if rectangle.taps * multiplier > Int(UNFOLD_SUM_TERMS) {
          var sum = LongSum(startingAt: start.map { $0[c] } ?? 0)
          rectangle.forEachTap { sourceTap, filterTap in
            for k in c * multiplier..<(c + 1) * multiplier { sum.add(x[sourceTap + k], filter[filterTap + k]) }
          }
          y[c] = sum.value
          continue
        }
        var sum = start.map { $0[c] } ?? 0
        rectangle.forEachTap { sourceTap, filterTap in
          for k in c * multiplier..<(c + 1) * multiplier {
            sum = sum.addingProduct(x[sourceTap + k], filter[filterTap + k])
          }
        }
        y[c] = sum
      }
    }
  }

  /// Calls `body` with the offsets of every pixel in the source and in the target.
  @inline(__always)
  private func forEachPixel(of rectangle: _PixelRectangle, _ body: (_ source: Int, _ target: Int) -> Void) {
    for line in 0..<rectangle.lines {
      for pixel in 0..<rectangle.pixels {
        body(
          line * rectangle.sourceLine + pixel * rectangle.sourcePixel,
          line * rectangle.targetLine + pixel * rectangle.targetPixel)
      }
    }
  }
}

/// A sum of products of any number: blocks of at most `UNFOLD_SUM_TERMS` are added up in `Scalar`, the blocks in double
/// precision.
private struct LongSum<Scalar: TensorScalar> {
  private var block: Scalar
  private var terms = 0
  private var blocks = 0.0

  @inline(__always)
  init(startingAt start: Scalar) { block = start }

  @inline(__always)
  mutating func add(_ a: Scalar, _ b: Scalar) {
    if terms == Int(UNFOLD_SUM_TERMS) {
      blocks += Double(block)
      (block, terms) = (0, 0)
    }
    block = block.addingProduct(a, b)
    terms &+= 1
  }

  /// A single block as it is: a zero keeps its sign.
  @inline(__always)
  var value: Scalar { blocks == 0 ? block : Scalar(blocks + Double(block)) }
}
