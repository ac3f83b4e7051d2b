import CKernels

/// The filter gradient of a depthwise convolution, or of narrow groups, see ``GroupedPass``. A task sums a slice of the
/// output rows for a block of channels; the slices' partial sums are added in order.
struct DepthwiseFilterGradient<Scalar: TensorScalar>: ConvolutionMethod {
  private let geometry: ConvolutionGeometry
  /// The channels of a group, 1 of a depthwise convolution, and the filters of a channel.
  private let width, multiplier: Int
  private let slices, blocks, blockChannels: Int
  /// What is copied of the input before it is read, if anything: a strip of its channels, or channels of several filters.
  private let strip: ChannelStrip<Scalar>?
  private let repeated: RepeatedRows<Scalar>?
  private let partials: ScratchRegion<Scalar>
  /// Of each worker.
  private let copy: ScratchRegion<Scalar>
  private var layout = ScratchLayout()

  @inline(__always)
  init(_ geometry: ConvolutionGeometry) {
    (self.geometry, multiplier) = (geometry, geometry.multiplier)
    width = geometry.isDepthwise ? 1 : geometry.inputChannels / geometry.groups
    let unit = ceilingDivision(64, width) * width
    (slices, blocks) = Self.tasks(of: geometry, width: width, blockUnit: unit)
    let share = ceilingDivision(geometry.inputChannels, blocks)
    blockChannels = width > 1 && blocks > 1 ? ceilingDivision(share, unit) * unit : share
    strip = width == 1 && multiplier == 1 ? Self.strip(of: geometry) : nil
    partials = layout.shared.reserve((slices - 1) * geometry.filterShape.elements, of: Scalar.self)
    repeated = multiplier > 1 ? RepeatedRows(geometry) : nil
    copy = layout.own.reserve(
      strip?.elements ?? repeated.map { $0.elements(outputRows: $0.outputRows) } ?? 0, of: Scalar.self)
  }

  /// The slices of the output rows and the blocks of channels: a function of the shapes alone, each pair worth a task.
  /// Channels are cut only where the filter is so large that partial sums of many slices would be too.
  ///
  /// - Parameter unit: The fewest channels of a block: whole groups, and where they are narrow, whole vectors.
  private static func tasks(
    of geometry: ConvolutionGeometry, width: Int, blockUnit unit: Int
  ) -> (slices: Int, blocks: Int) {
    let wanted = max(1, min(32, Int(min(geometry.operations, 1e12)) >> 19))
    guard wanted > 1 else { return (1, 1) }
    let most = min(wanted, geometry.batch * geometry.vertical.output, 1 << 19 / geometry.filterShape.elements)
    var slices = 1
    while 2 * slices <= most { slices *= 2 }
    if width > 1, geometry.inputChannels % unit != 0 { return (slices, 1) }
    return (slices, max(1, min(wanted / slices, geometry.inputChannels / unit)))
  }

  /// Nil where the channels are few, or less than 4 taps meet a pixel on average. A band stays in the first-level cache.
  private static func strip(of geometry: ConvolutionGeometry) -> ChannelStrip<Scalar>? {
    let (vertical, horizontal) = (geometry.vertical, geometry.horizontal)
    guard
      geometry.inputChannels * MemoryLayout<Scalar>.stride >= 1 << 10,
      vertical.window * horizontal.window >= 4 * vertical.stride * horizontal.stride
    else { return nil }
    return ChannelStrip(
      .init(forward: vertical), .init(forward: horizontal), of: geometry.inputChannels, cacheBytes: 1 << 15)
  }

  var title: String { "products added up where they lie, vectors along the channels" }
  var facts: [MethodExplanation.Fact] { [] }
  func workspaceBytes(threads: Int) -> Int { layout.bytes(threads: threads) }

  func run(_ operands: FilterGradientOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    let (height, elements) = (geometry.vertical.output, geometry.filterShape.elements)
    let rows = geometry.batch * height
    let rectangles = geometry.rectangles(of: .output)
    let bandRows = self.bandRows
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { scratch in
      let partials = partials.base(in: scratch)
      context.forEach(slices * blocks) { task, thread in
        let (slice, block) = (task / blocks, task % blocks)
        let channels = blockOfChannels(block)
        let sum = slice == 0 ? operands.filterGradient : partials + (slice - 1) * elements
        clear(sum, channels: channels)
        let own = layout.worker(thread, in: scratch)
        var line = rows * slice / slices
        let end = rows * (slice + 1) / slices
        while line < end {
          let (image, row) = (line / height, line % height)
          let band = row..<min(row + bandRows, height, row + end - line)
          if let strip {
            addProducts(
              strip, in: copy.base(in: own), operands, image: image, band: band, channels: channels, into: sum)
          } else if let repeated {
            addProducts(
              repeated, in: copy.base(in: own), operands, image: image, band: band, channels: channels, into: sum)
          } else {
            rectangles.forEach(image: image, band: band, streams: false) { rectangle, source, target in
              addProducts(
                of: rectangle.channels(channels.count), operands.input + source + channels.lowerBound,
                operands.outputGradient + target + channels.lowerBound, into: sum + channels.lowerBound)
            }
          }
          line += band.count
        }
      }
      addPartials(partials, count: slices - 1, elements: elements, to: operands.filterGradient, .identity, context)
    }
  }

  /// The rows that a block of channels goes over before the next does: few enough that both tensors stay in the cache, and
  /// enough pixels that the sums, which stay in registers, are worth their way to memory.
  private var bandRows: Int {
    if let strip { return strip.rows }
    if let repeated { return repeated.outputRows }
    let columns = geometry.horizontal.output
    return max(1, 1 << 14 / (columns * geometry.outputChannels), (width > 1 ? 256 : 64) / columns)
  }

  /// The channels of a block.
  @inline(__always)
  private func blockOfChannels(_ block: Int) -> Range<Int> {
    let all = geometry.inputChannels
    return min(block * blockChannels, all)..<min((block + 1) * blockChannels, all)
  }

  /// Sets the sums of some channels to zero.
  @inline(__always)
  private func clear(_ sum: UnsafeMutablePointer<Scalar>, channels: Range<Int>) {
    for row in 0..<geometry.vertical.window * geometry.horizontal.window * width {
      (sum + row * geometry.outputChannels + channels.lowerBound * multiplier)
        .update(repeating: 0, count: channels.count * multiplier)
    }
  }

  /// The products of a band of output rows: a strip of the input for every few channels.
  @inline(__always)
  private func addProducts(
    _ strip: ChannelStrip<Scalar>, in memory: UnsafeMutablePointer<Scalar>, _ operands: FilterGradientOperands<Scalar>,
    image: Int, band: Range<Int>, channels: Range<Int>, into sum: UnsafeMutablePointer<Scalar>
  ) {
    let (vertical, horizontal, all) = (geometry.vertical, geometry.horizontal, geometry.inputChannels)
    let input = operands.input + image * vertical.input * horizontal.input * all
    let line = image * vertical.output + band.lowerBound
    let outputGradient = operands.outputGradient + line * horizontal.output * all
    for index in 0..<strip.count(of: channels.count) {
      let range = strip.channels(ofStrip: index, of: channels.count)
      let first = channels.lowerBound + range.lowerBound
      strip.fill(memory, from: input + first, band: band, channels: range.count)
      Scalar._kernels.sumPixels(
        strip.rectangle(lines: band.count, channels: range.count), source: memory, target: outputGradient + first,
        filter: sum + first)
    }
  }

  /// The products of a band of output rows: the input's channels, a block of those at a time, repeated for their filters.
  private func addProducts(
    _ repeated: RepeatedRows<Scalar>, in memory: UnsafeMutablePointer<Scalar>,
    _ operands: FilterGradientOperands<Scalar>, image: Int, band: Range<Int>, channels: Range<Int>,
    into sum: UnsafeMutablePointer<Scalar>
  ) {
    let (vertical, horizontal) = (geometry.vertical, geometry.horizontal)
    let input = operands.input + image * vertical.input * horizontal.input * geometry.inputChannels
    let rows = repeated.inputRows(meeting: band)
    let begin = (image * vertical.input + rows.lowerBound) * horizontal.input * repeated.blockFilters
    let rectangles = PixelRectangles(
      .output, vertical, horizontal, inputChannels: repeated.blockFilters, outputChannels: geometry.outputChannels,
      filterChannels: geometry.outputChannels, batch: geometry.batch)
    for first in stride(from: channels.lowerBound, to: channels.upperBound, by: repeated.blockChannels) {
      let range = first..<min(first + repeated.blockChannels, channels.upperBound)
      repeated.fill(memory, from: input, rows: rows, channels: range)
      rectangles.forEach(image: image, band: band, streams: false) { rectangle, source, target in
        Scalar._kernels.sumPixels(
          rectangle.channels(range.count * multiplier), source: memory + (source - begin),
          target: operands.outputGradient + target + first * multiplier, filter: sum + first * multiplier)
      }
    }
  }

  /// The products of a rectangle.
  @inline(__always)
  private func addProducts(
    of rectangle: PixelRectangle, _ source: UnsafePointer<Scalar>, _ target: UnsafePointer<Scalar>,
    into sum: UnsafeMutablePointer<Scalar>
  ) {
    if width > 1 {
      Scalar._kernels.sumGroupPixels(
        rectangle, width: width, channels: geometry.inputChannels, source: source, target: target, filter: sum)
    } else {
      Scalar._kernels.sumPixels(rectangle, source: source, target: target, filter: sum)
    }
  }
}
