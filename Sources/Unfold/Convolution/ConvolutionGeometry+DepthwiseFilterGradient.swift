extension ConvolutionGeometry {
  /// Filter gradient of a depthwise convolution: a task sums a segment of the output rows for a block of channels; the
  /// segments' partial sums are added in order.
  func depthwiseFilterGradient<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>,
    _ filterGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let taps = vertical.window * horizontal.window
    let elements = taps * outputChannels
    let (segments, blocks) = depthwiseTasks
    let blockChannels = ceilingDivision(inputChannels, blocks)
    let rectangles = DepthwiseRectangles.output(self)
    let height = vertical.output
    // The rows that a block of channels goes over before the next does: few enough that both tensors stay in the cache,
    // and enough pixels that the sums, which stay in registers, are worth their way to memory.
    let bandRows = max(1, 1 << 14 / (horizontal.output * outputChannels), 64 / horizontal.output)
    try context.withScratch(
      bytes: depthwisePartialElements * MemoryLayout<Scalar>.stride
    ) { (scratch) throws(UnfoldError) in
      let partials = scratch.assumingMemoryBound(to: Scalar.self)
      context.forEach(segments * blocks) { task, _ in
        let (segment, block) = (task / blocks, task % blocks)
        let channels = min(block * blockChannels, inputChannels)..<min((block + 1) * blockChannels, inputChannels)
        let sum =
          (segment == 0 ? filterGradient : partials + (segment - 1) * elements)
          + channels.lowerBound * multiplier
        for tap in 0..<taps {
          (sum + tap * outputChannels).update(repeating: 0, count: channels.count * multiplier)
        }
        var line = batch * height * segment / segments
        let end = batch * height * (segment + 1) / segments
        while line < end {
          let (image, row) = (line / height, line % height)
          let band = row..<min(row + bandRows, height, row + end - line)
          rectangles.forEach(image: image, band: band) { rectangle, source, target in
            let x = input + source + channels.lowerBound
            let y = outputGradient + target + channels.lowerBound * multiplier
            let part = rectangle.channels(channels.count)
            if multiplier == 1 {
              Scalar._sumPixels(part, source: x, target: y, filter: sum)
            } else {
              sumPixelsRepeating(part, x, y, into: sum)
            }
          }
          line += band.count
        }
      }
      addPartials(partials, count: segments - 1, elements: elements, to: filterGradient, .identity, context)
    }
  }

  /// Where `multiplier` filters share each source channel; the rectangle counts the source's channels.
  @inline(__always)
  private func sumPixelsRepeating<Scalar: TensorScalar>(
    _ rectangle: _DepthwiseRectangle, _ source: UnsafePointer<Scalar>, _ target: UnsafePointer<Scalar>,
    into filter: UnsafeMutablePointer<Scalar>
  ) {
    for line in 0..<rectangle.lines {
      for pixel in 0..<rectangle.pixels {
        let x = source + line * rectangle.sourceLine + pixel * rectangle.sourcePixel
        let y = target + line * rectangle.targetLine + pixel * rectangle.targetPixel
        for tap in 0..<rectangle.taps {
          let sum = filter + rectangle.filterTaps[tap]
          for c in 0..<rectangle.channels {
            let value = x[rectangle.sourceTaps[tap] + c]
            for k in c * multiplier..<(c + 1) * multiplier { sum[k] = sum[k].addingProduct(value, y[k]) }
          }
        }
      }
    }
  }

  /// The segments of the output rows and the blocks of channels: a function of the shapes alone, each pair worth a task.
  /// Channels are cut only where the filter is so large that partial sums of many segments would be too.
  private var depthwiseTasks: (segments: Int, blocks: Int) {
    let elements = vertical.window * horizontal.window * outputChannels
    let wanted = max(1, min(32, Int(min(operations, 1e12)) >> 19))
    var segments = 1
    while 2 * segments <= min(wanted, batch * vertical.output, 1 << 19 / elements) { segments *= 2 }
    return (segments, max(1, min(wanted / segments, inputChannels / 64)))
  }

  /// The elements of all segments' partial sums but the first's.
  var depthwisePartialElements: Int {
    (depthwiseTasks.segments - 1) * vertical.window * horizontal.window * outputChannels
  }
}
