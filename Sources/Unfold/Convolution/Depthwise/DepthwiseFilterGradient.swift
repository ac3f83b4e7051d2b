import CKernels

/// The filter gradient of a depthwise convolution, or of narrow groups, see ``GroupedPass``.
struct DepthwiseFilterGradient<Scalar: TensorScalar>: ConvolutionMethod {
  let geometry: ConvolutionGeometry
  var title: String { "products added up where they lie, vectors along the channels" }
  var facts: [MethodExplanation.Fact] { [] }

  init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }
  func workspaceBytes(threads: Int) -> Int { geometry.depthwiseFilterGradientBytes(threads: threads, Scalar.self) }
  func run(_ operands: FilterGradientOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    try geometry.depthwiseFilterGradient(
      operands.input, operands.outputGradient, operands.filterGradient, context)
  }
}

extension ConvolutionGeometry {
  /// The channels of a group, 1 of a depthwise convolution.
  private var width: Int { inputChannels / groups }

  /// Filter gradient: a task sums a segment of the output rows for a block of channels; the segments' partial sums are added
  /// in order.
  func depthwiseFilterGradient<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>,
    _ filterGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let taps = vertical.window * horizontal.window
    let elements = taps * width * outputChannels
    let (segments, blocks) = depthwiseTasks
    let share = ceilingDivision(inputChannels, blocks)
    let blockChannels = width > 1 && blocks > 1 ? ceilingDivision(share, blockUnit) * blockUnit : share
    let rectangles = rectangles(of: .output, streams: false)
    let strip = filterGradientStrip(Scalar.self)
    let height = vertical.output
    // The rows that a block of channels goes over before the next does: few enough that both tensors stay in the cache,
    // and enough pixels that the sums, which stay in registers, are worth their way to memory.
    let bandRows =
      strip?.rows ?? max(1, 1 << 14 / (horizontal.output * outputChannels), (width > 1 ? 256 : 64) / horizontal.output)
    try context.withScratch(
      bytes: depthwiseFilterGradientBytes(threads: context.threads, Scalar.self)
    ) { (scratch) throws(UnfoldError) in
      let stripElements = strip?.elements ?? 0
      let strips = scratch.assumingMemoryBound(to: Scalar.self)
      let works = strips + context.threads * stripElements
      let workElements = self.workElements
      let partials = works + context.threads * workElements
      context.forEach(segments * blocks) { task, thread in
        let (segment, block) = (task / blocks, task % blocks)
        let channels = min(block * blockChannels, inputChannels)..<min((block + 1) * blockChannels, inputChannels)
        let sum = segment == 0 ? filterGradient : partials + (segment - 1) * elements
        for row in 0..<taps * width {
          (sum + row * outputChannels + channels.lowerBound * multiplier)
            .update(repeating: 0, count: channels.count * multiplier)
        }
        var line = batch * height * segment / segments
        let end = batch * height * (segment + 1) / segments
        while line < end {
          let (image, row) = (line / height, line % height)
          let band = row..<min(row + bandRows, height, row + end - line)
          if let strip {
            addProducts(
              strip, in: strips + thread * stripElements,
              input + image * vertical.input * horizontal.input * inputChannels,
              outputGradient + line * horizontal.output * outputChannels, band: band, channels: channels, into: sum)
          } else {
            rectangles.forEach(image: image, band: band) { rectangle, source, target in
              let x = input + source + channels.lowerBound
              let y = outputGradient + target + channels.lowerBound * multiplier
              let filter = sum + channels.lowerBound * multiplier
              let part = rectangle.channels(channels.count)
              if width > 1 {
                Scalar._kernels.sumGroupPixels(
                  part, width: width, channels: inputChannels, source: x, target: y, filter: filter)
              } else if multiplier == 1 {
                Scalar._kernels.sumPixels(part, source: x, target: y, filter: filter)
              } else {
                sumPixelsRepeating(part, x, y, work: works + thread * workElements, into: filter)
              }
            }
          }
          line += band.count
        }
      }
      addPartials(partials, count: segments - 1, elements: elements, to: filterGradient, .identity, context)
    }
  }

  /// The products of a band of output rows: a strip of the input for every few channels.
  @inline(__always)
  private func addProducts<Scalar: TensorScalar>(
    _ strip: ChannelStrip<Scalar>, in memory: UnsafeMutablePointer<Scalar>, _ image: UnsafePointer<Scalar>,
    _ outputGradient: UnsafePointer<Scalar>, band: Range<Int>, channels: Range<Int>,
    into filterGradient: UnsafeMutablePointer<Scalar>
  ) {
    for index in 0..<strip.count(of: channels.count) {
      let part = strip.channels(ofStrip: index, of: channels.count)
      let first = channels.lowerBound + part.lowerBound
      strip.fill(memory, from: image + first, band: band, channels: part.count)
      Scalar._kernels.sumPixels(
        strip.rectangle(lines: band.count, channels: part.count), source: memory, target: outputGradient + first,
        filter: filterGradient + first)
    }
  }

  /// Nil where the channels are few, or less than 4 taps meet a pixel on average. A band stays in the first-level cache.
  private func filterGradientStrip<Scalar: TensorScalar>(_ scalar: Scalar.Type) -> ChannelStrip<Scalar>? {
    guard
      isDepthwise, multiplier == 1, inputChannels * MemoryLayout<Scalar>.stride >= 1 << 10,
      vertical.window * horizontal.window >= 4 * vertical.stride * horizontal.stride
    else { return nil }
    return ChannelStrip(
      .init(forward: vertical), .init(forward: horizontal), of: inputChannels, cacheBytes: 1 << 15)
  }

  /// Where `multiplier` filters share each source channel; the rectangle counts the source's channels. The products of some
  /// pixels are added up by themselves, in `work`, as the kernels do in registers.
  @inline(__always)
  private func sumPixelsRepeating<Scalar: TensorScalar>(
    _ rectangle: PixelRectangle, _ source: UnsafePointer<Scalar>, _ target: UnsafePointer<Scalar>,
    work: UnsafeMutablePointer<Scalar>, into filter: UnsafeMutablePointer<Scalar>
  ) {
    let (pixels, length) = (rectangle.lines * rectangle.pixels, rectangle.channels * multiplier)
    for first in stride(from: 0, to: pixels, by: Int(UNFOLD_SUM_TERMS)) {
      rectangle.forEachTap { sourceTap, filterTap in
        work.update(repeating: 0, count: length)
        var (line, pixel) = first.quotientAndRemainder(dividingBy: rectangle.pixels)
        for _ in 0..<min(Int(UNFOLD_SUM_TERMS), pixels - first) {
          let x = source + line * rectangle.source_line + pixel * rectangle.source_pixel + sourceTap
          let y = target + line * rectangle.target_line + pixel * rectangle.target_pixel
          for c in 0..<rectangle.channels {
            for k in c * multiplier..<(c + 1) * multiplier { work[k] = work[k].addingProduct(x[c], y[k]) }
          }
          pixel += 1
          if pixel == rectangle.pixels { (line, pixel) = (line + 1, 0) }
        }
        let sum = filter + filterTap
        for k in 0..<length { sum[k] += work[k] }
      }
    }
  }

  /// The segments of the output rows and the blocks of channels: a function of the shapes alone, each pair worth a task.
  /// Channels are cut only where the filter is so large that partial sums of many segments would be too.
  private var depthwiseTasks: (segments: Int, blocks: Int) {
    let elements = vertical.window * horizontal.window * width * outputChannels
    let wanted = max(1, min(32, Int(min(operations, 1e12)) >> 19))
    var segments = 1
    while 2 * segments <= min(wanted, batch * vertical.output, 1 << 19 / elements) { segments *= 2 }
    if width > 1, inputChannels % blockUnit != 0 { return (segments, 1) }
    return (segments, max(1, min(wanted / segments, inputChannels / blockUnit)))
  }

  /// The fewest channels of a block: whole groups, and where they are narrow, whole vectors.
  private var blockUnit: Int { ceilingDivision(64, width) * width }

  /// The products of one tap that `sumPixelsRepeating` adds up.
  private var workElements: Int { multiplier == 1 ? 0 : outputChannels }

  /// The memory of all segments' partial sums but the first's, and of each thread's strip or products of a tap.
  func depthwiseFilterGradientBytes<Scalar: TensorScalar>(threads: Int, _ scalar: Scalar.Type) -> Int {
    let elements = (depthwiseTasks.segments - 1) * vertical.window * horizontal.window * width * outputChannels
    let strips = threads * (filterGradientStrip(scalar)?.elements ?? 0)
    return (strips + threads * workElements + elements) * MemoryLayout<Scalar>.stride
  }
}
