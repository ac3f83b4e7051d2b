/// Depthwise convolutions of large windows and grouped convolutions, forward and the input gradient: a few channels of an
/// image at a time, copied next to each other with their padding, see ``ChannelStrip``. Each copied element is then read
/// many times, from the first-level cache, and every pixel of a row meets the same taps.
///
/// ```
///    source, C channels          strip              filter of the strip          target
///    +-----+--+-------+         +--+            +-- channels of a group --+    +-----+--+-------+
///    |     |##|       |   ->    |##|     *      |  of each tap            |  = |     |##|       |
///    +-----+--+-------+         +--+            +-------------------------+    +-----+--+-------+
/// ```
struct StripPass<Scalar: TensorScalar>: ConvolutionMethod {
  private let geometry: ConvolutionGeometry
  private let target: PixelRectangles.Target
  private let strip: ChannelStrip<Scalar>
  /// The channels of a group, 1 of a depthwise convolution.
  private let width: Int
  /// The filter of groups: that of a strip lies together.
  private let packedFilter: ScratchRegion<Scalar>
  /// A strip of each worker.
  private let copy: ScratchRegion<Scalar>
  private var layout = ScratchLayout()

  /// Nil where copying costs more than it saves: for few taps of a channel by itself, for groups of less than a vector, and
  /// for the input gradient of a stride, whose phases have few taps each, for groups of less than two.
  init?(_ geometry: ConvolutionGeometry, _ target: PixelRectangles.Target) {
    guard Self.suitsChannels(of: geometry) else { return nil }
    let (vertical, horizontal) = (geometry.vertical, geometry.horizontal)
    let (isForward, all) = (target == .output, geometry.inputChannels)
    let taps = vertical.window * horizontal.window
    width = all / geometry.groups
    guard
      width >= ChannelStrip<Scalar>.usualChannels / 2 || width == 1,
      isForward || width >= ChannelStrip<Scalar>.usualChannels || (vertical.stride == 1 && horizontal.stride == 1),
      let strip = ChannelStrip<Scalar>(
        isForward ? .init(forward: vertical) : .init(inputGradient: vertical),
        isForward ? .init(forward: horizontal) : .init(inputGradient: horizontal), of: all,
        channels: ChannelStrip<Scalar>.channels(ofGroups: width), cacheBytes: Self.cacheBytes)
    else { return nil }
    if width == 1 {
      // The taps that read an element, and whether it stays in the first-level cache for them.
      let uses = taps / (vertical.stride * horizontal.stride)
      let isNear = strip.elements * MemoryLayout<Scalar>.stride <= Self.nearBytes
      guard uses >= (isNear ? Self.fewestUses : Self.fewestFarUses) else { return nil }
    }
    (self.geometry, self.target, self.strip) = (geometry, target, strip)
    packedFilter = layout.shared.reserve(width > 1 ? geometry.filterShape.elements : 0, of: Scalar.self)
    copy = layout.own.reserve(strip.elements, of: Scalar.self)
  }

  /// Whether the channels fill a strip and the window has rows and columns: asked before anything else, because the smallest
  /// convolutions take a quarter of a microsecond.
  @inline(__always)
  static func suitsChannels(of geometry: ConvolutionGeometry) -> Bool {
    geometry.inputChannels == geometry.outputChannels
      && geometry.inputChannels >= ChannelStrip<Scalar>.usualChannels
      && min(geometry.vertical.window, geometry.horizontal.window) > 1
  }

  /// The taps for each copied element from which on strips of a depthwise convolution are faster.
  private static var fewestUses: Int { 25 }
  private static var fewestFarUses: Int { 100 }
  /// A strip of about the first-level cache.
  private static var nearBytes: Int { 1 << 16 }
  /// A band of a strip: a part of the second-level cache.
  private static var cacheBytes: Int { 1 << 19 }
  /// The fewest products of a task.
  private static var taskProducts: Int { 1 << 20 }

  var title: String {
    width > 1
      ? "sums over taps and the channels of a group in strips of the image, vectors along the filters"
      : "taps added up in strips of the image, vectors along the channels"
  }
  var facts: [MethodExplanation.Fact] {
    [
      .init("groups", "\(geometry.groups) of \(width) channels"),
      .init("strip", "\(strip.rows) rows of \(strip.channels) channels"),
    ]
  }

  private var taps: Int { geometry.vertical.window * geometry.horizontal.window }

  func workspaceBytes(threads: Int) -> Int { layout.bytes(threads: threads) }

  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    let (strips, bands) = (strip.count(of: strip.allChannels), strip.bands)
    // As many strips a task as are worth one.
    let products =
      ceilingDivision(strip.vertical.target, bands) * strip.horizontal.target * taps * strip.channels * width
    let stripTasks = ceilingDivision(strips, min(strips, ceilingDivision(Self.taskProducts, products)))
    let streams =
      operands.activation == .identity
      && geometry.rectangles(of: target).streams(to: operands.target, groupWidth: width)
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { scratch in
      let packed = packedFilter.base(in: scratch)
      if width > 1 { pack(operands.filter, into: packed, context) }
      let filter = width > 1 ? UnsafePointer(packed) : operands.filter
      context.forEach(geometry.batch * bands * stripTasks) { task, thread in
        let (place, stripTask) = task.quotientAndRemainder(dividingBy: stripTasks)
        let (image, index) = place.quotientAndRemainder(dividingBy: bands)
        let memory = copy.base(in: layout.worker(thread, in: scratch))
        for number in strips * stripTask / stripTasks..<strips * (stripTask + 1) / stripTasks {
          sum(
            strip.channels(ofStrip: number, of: strip.allChannels), image: image, band: strip.band(index),
            operands, filter, streams: streams, in: memory)
        }
        if streams { StreamedStores.finish() }
      }
    }
  }

  /// Writes the filter strip by strip, `[strip][tap, channel of a group, filter]`, for the input gradient with channels and
  /// filters of each group exchanged.
  private func pack(
    _ filter: UnsafePointer<Scalar>, into packed: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let all = strip.allChannels
    context.forEach(strip.count(of: all)) { number, _ in
      let channels = strip.channels(ofStrip: number, of: all)
      let to = packed + channels.lowerBound * taps * width
      for tap in 0..<taps {
        let (from, to) = (filter + tap * width * all + channels.lowerBound, to + tap * width * channels.count)
        if target == .output {
          for c in 0..<width { (to + c * channels.count).update(from: from + c * all, count: channels.count) }
        } else {
          for group in stride(from: 0, to: channels.count, by: width) {
            transpose(
              from: from + group, stride: all, rows: width, columns: width, into: to + group, stride: channels.count)
          }
        }
      }
    }
  }

  /// Some channels of a band of the target, phase by phase.
  @inline(__always)
  private func sum(
    _ channels: Range<Int>, image: Int, band: Range<Int>, _ operands: ImageOperands<Scalar>,
    _ filter: UnsafePointer<Scalar>, streams: Bool, in memory: UnsafeMutablePointer<Scalar>
  ) {
    let source = operands.source + image * strip.vertical.source * strip.horizontal.source * strip.allChannels
    strip.fill(memory, from: source + channels.lowerBound, band: band, channels: channels.count)
    let (rows, columns) = (geometry.vertical, geometry.horizontal)
    if target == .output {
      let (vertical, horizontal) = (StripPhase(forward: rows), StripPhase(forward: columns))
      return sum(vertical, horizontal, channels, image, band, operands, filter, streams: streams, in: memory)
    }
    for row in 0..<rows.stride {
      for column in 0..<columns.stride {
        sum(
          StripPhase(inputGradient: rows, phase: row), StripPhase(inputGradient: columns, phase: column), channels,
          image, band, operands, filter, streams: streams, in: memory)
      }
    }
  }

  /// The pixels of a phase.
  @inline(__always)
  private func sum(
    _ vertical: StripPhase, _ horizontal: StripPhase, _ channels: Range<Int>, _ image: Int, _ band: Range<Int>,
    _ operands: ImageOperands<Scalar>, _ filter: UnsafePointer<Scalar>, streams: Bool,
    in memory: UnsafeMutablePointer<Scalar>
  ) {
    let lines = vertical.positions(in: band)
    if lines.isEmpty || horizontal.count == 0 { return }
    let (all, step) = (strip.allChannels, strip.steps(channels: channels.count))
    let (height, width) =
      target == .output
      ? (geometry.vertical.output, geometry.horizontal.output) : (geometry.vertical.input, geometry.horizontal.input)
    // The channels of one tap and channel of a group, and where the strip's filter begins.
    let filterChannels = self.width > 1 ? channels.count : all
    let ownFilter = filter + (self.width > 1 ? channels.lowerBound * taps * self.width : channels.lowerBound)
    let tapElements = self.width * filterChannels
    let bias = operands.bias.map { $0 + channels.lowerBound }
    var line = lines.lowerBound
    while line < lines.upperBound {
      // Lines that meet the same rows of taps.
      let rows = vertical.tapsInside(at: line, of: strip.vertical)
      var end = line + 1
      while end < lines.upperBound, vertical.tapsInside(at: end, of: strip.vertical) == rows { end += 1 }
      let firstRow = vertical.firstTap + rows.lowerBound * vertical.tapStep
      let rectangle = PixelRectangle(
        lines: end - line, pixels: horizontal.count, channels: channels.count, tap_rows: rows.count,
        tap_columns: horizontal.taps, source_line: vertical.stride * step.line,
        source_pixel: horizontal.stride * step.pixel, target_line: vertical.step * width * all,
        target_pixel: horizontal.step * all, source_tap_row: vertical.dilation * step.line,
        source_tap: horizontal.dilation * step.pixel,
        filter_first: (firstRow * geometry.horizontal.window + horizontal.firstTap) * tapElements,
        filter_tap_row: vertical.tapStep * geometry.horizontal.window * tapElements,
        filter_tap: horizontal.tapStep * tapElements, is_far: 0, streams: streams ? 1 : 0)
      let top = vertical.start(of: line) - strip.vertical.stride * band.lowerBound + rows.lowerBound * vertical.dilation
      let x = memory + top * step.line + horizontal.start(of: 0) * step.pixel
      let row = image * height + vertical.first + line * vertical.step
      let y = operands.target + (row * width + horizontal.first) * all + channels.lowerBound
      if self.width > 1 {
        Scalar._kernels.sumGroupTaps(
          rectangle, width: self.width, channels: filterChannels, source: x, filter: ownFilter, bias: bias, target: y)
      } else {
        Scalar._kernels.sumTaps(rectangle, source: x, filter: ownFilter, bias: bias, target: y)
      }
      if operands.activation != .identity {
        for line in 0..<end - line {
          for pixel in 0..<horizontal.count {
            let place = line * rectangle.target_line + pixel * rectangle.target_pixel
            operands.activation.apply(y + place, count: channels.count)
          }
        }
      }
      line = end
    }
  }
}
