/// Depthwise convolutions (`groups == C`): one or several filters for each channel by itself. A column matrix would have
/// R S columns and a GEMM one filter, so they are computed directly, vectorised over the channels.
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
          Scalar._sumTaps(rectangle, source: input + source, filter: filter, start: bias, target: output + target)
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
          Scalar._sumTaps(
            rectangle, source: outputGradient + source, filter: filter, start: bias, target: inputGradient + target)
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
    for line in 0..<rectangle.lines {
      for pixel in 0..<rectangle.pixels {
        let x = source + line * rectangle.sourceLine + pixel * rectangle.sourcePixel
        let y = target + line * rectangle.targetLine + pixel * rectangle.targetPixel
        for k in 0..<outputChannels { y[k] = start.map { $0[k] } ?? 0 }
        for tap in 0..<rectangle.taps {
          for c in 0..<inputChannels {
            let value = x[rectangle.sourceTaps[tap] + c]
            for k in c * multiplier..<(c + 1) * multiplier {
              y[k] = y[k].addingProduct(value, filter[rectangle.filterTaps[tap] + k])
            }
          }
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
    for line in 0..<rectangle.lines {
      for pixel in 0..<rectangle.pixels {
        let x = source + line * rectangle.sourceLine + pixel * rectangle.sourcePixel
        let y = target + line * rectangle.targetLine + pixel * rectangle.targetPixel
        for c in 0..<inputChannels {
          var sum = start.map { $0[c] } ?? 0
          for tap in 0..<rectangle.taps {
            for k in c * multiplier..<(c + 1) * multiplier {
              sum = sum.addingProduct(x[rectangle.sourceTaps[tap] + k], filter[rectangle.filterTaps[tap] + k])
            }
          }
          y[c] = sum
        }
      }
    }
  }
}

extension WindowAxis {
  /// The window positions at which tap `tap` meets the input and not the padding.
  @inline(__always)
  func outputPositions(tap: Int) -> Range<Int> {
    let first = max(0, ceilingDivision(low - tap * dilation, stride))
    let end = min(output, ceilingDivision(input + low - tap * dilation, stride))
    return first..<max(first, end)
  }
}
