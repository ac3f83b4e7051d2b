import CKernels

/// Depthwise convolutions (`groups == C`), forward and the input gradient: one or several filters for each channel by
/// itself. A column matrix would have R S columns and a GEMM one filter, so they are computed directly, vectorised over the
/// channels. Each pixel of the target sums what its taps meet in the source.
struct DepthwisePass<Scalar: TensorScalar>: ConvolutionMethod {
  let geometry: ConvolutionGeometry
  let target: PixelRectangles.Target

  var title: String { "taps added up where they lie, vectors along the channels" }
  var facts: [MethodExplanation.Fact] { [] }
  func workspaceBytes(threads: Int) -> Int { 0 }

  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) {
    let (filter, bias, multiplier) = (operands.filter, operands.bias, geometry.multiplier)
    geometry.rectangles(of: target).forEach(into: operands.target, operands.activation, groupWidth: 1, context) {
      rectangle, from, to in
      let (x, y) = (operands.source + from, operands.target + to)
      if multiplier == 1 {
        Scalar._kernels.sumTaps(rectangle, source: x, filter: filter, bias: bias, target: y)
      } else if target == .output {
        sumTapsRepeating(rectangle, multiplier, x, filter, startingAt: bias, into: y)
      } else {
        sumTapsGathering(rectangle, multiplier, x, filter, startingAt: bias, into: y)
      }
    }
  }

  /// Where `multiplier` filters share each source channel.
  @inline(__always)
  private func sumTapsRepeating(
    _ rectangle: PixelRectangle, _ multiplier: Int, _ source: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>,
    startingAt start: UnsafePointer<Scalar>?, into target: UnsafeMutablePointer<Scalar>
  ) {
    let sourceChannels = geometry.inputChannels
    forEachPixel(of: rectangle) { x, y in
      let (x, y) = (source + x, target + y)
      if rectangle.taps > Int(UNFOLD_SUM_TERMS) {
        for k in 0..<rectangle.channels {
          var sum = LongSum(startingAt: start.map { $0[k] } ?? 0)
          rectangle.forEachTap { sum.add(x[$0 + k / multiplier], filter[$1 + k]) }
          y[k] = sum.value
        }
        return
      }
      for k in 0..<rectangle.channels { y[k] = start.map { $0[k] } ?? 0 }
      rectangle.forEachTap { sourceTap, filterTap in
        for c in 0..<sourceChannels {
          let value = x[sourceTap + c]
          for k in c * multiplier..<(c + 1) * multiplier { y[k] = y[k].addingProduct(value, filter[filterTap + k]) }
        }
      }
    }
  }

  /// Where each target channel gathers from `multiplier` source channels.
  @inline(__always)
  private func sumTapsGathering(
    _ rectangle: PixelRectangle, _ multiplier: Int, _ source: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>,
    startingAt start: UnsafePointer<Scalar>?, into target: UnsafeMutablePointer<Scalar>
  ) {
    forEachPixel(of: rectangle) { x, y in
      let (x, y) = (source + x, target + y)
      for c in 0..<rectangle.channels {
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
  private func forEachPixel(of rectangle: PixelRectangle, _ body: (_ source: Int, _ target: Int) -> Void) {
    for line in 0..<rectangle.lines {
      for pixel in 0..<rectangle.pixels {
        body(
          line * rectangle.source_line + pixel * rectangle.source_pixel,
          line * rectangle.target_line + pixel * rectangle.target_pixel)
      }
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

/// A sum of products of any number: blocks of at most `UNFOLD_SUM_TERMS` are added up in `Scalar`, the blocks in double
/// precision.
private struct LongSum<Scalar: TensorScalar> {
  private var block: Scalar
  private var terms = 0
  private var blocks = 0.0

  @inline(__always) init(startingAt start: Scalar) { block = start }

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
  @inline(__always) var value: Scalar { blocks == 0 ? block : Scalar(blocks + Double(block)) }
}
