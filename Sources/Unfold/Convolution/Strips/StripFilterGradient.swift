/// The filter gradient of groups of a vector and more: for a few channels of an image at a time, the input with its padding and
/// the output gradient are copied next to each other, see ``ChannelStrip``. Each is then read many times, from the cache:
///
/// ```
///    strip of the input^T         strip of the output gradient        filter gradient
///      width x pixels       *          pixels x width           +=     width x width      for each tap and group
/// ```
struct StripFilterGradient<Scalar: TensorScalar>: ConvolutionMethod {
  private let geometry: ConvolutionGeometry
  private let input, outputGradient: ChannelStrip<Scalar>
  private let width: Int
  /// Each with a sum of its own, whose first is the filter gradient itself.
  private let slices: Int
  private let partials: ScratchRegion<Scalar>
  /// Of each worker.
  private let inputCopy, gradientCopy: ScratchRegion<Scalar>
  private var layout = ScratchLayout()

  /// Nil for narrower groups, see ``DepthwiseFilterGradient``.
  init?(_ geometry: ConvolutionGeometry) {
    let (vertical, horizontal, all) = (geometry.vertical, geometry.horizontal, geometry.inputChannels)
    width = all / geometry.groups
    let channels = ChannelStrip<Scalar>.channels(ofGroups: width)
    guard
      width >= ChannelStrip<Scalar>.usualChannels / 2, all == geometry.outputChannels, all >= channels,
      let input = ChannelStrip<Scalar>(
        .init(forward: vertical), .init(forward: horizontal), of: all, channels: channels, cacheBytes: Self.cacheBytes),
      let outputGradient = ChannelStrip<Scalar>(
        .init(extent: vertical.output), .init(extent: horizontal.output), of: all, channels: channels, cacheBytes: .max)
    else { return nil }
    (self.geometry, self.input, self.outputGradient) = (geometry, input, outputGradient)
    slices = Self.slices(of: geometry, input)
    partials = layout.shared.reserve((slices - 1) * geometry.filterShape.elements, of: Scalar.self)
    inputCopy = layout.own.reserve(input.elements, of: Scalar.self)
    gradientCopy = layout.own.reserve(outputGradient.elements(rows: input.rows), of: Scalar.self)
  }

  /// A band of the input's strip.
  private static var cacheBytes: Int { 1 << 16 }

  var title: String { "products added up in strips of the image, vectors along the filters" }
  var facts: [MethodExplanation.Fact] {
    [
      .init("groups", "\(geometry.groups) of \(width) channels"),
      .init("strip", "\(input.rows) rows of \(input.channels) channels"),
      .init("slices", "\(slices) of the rows, each with a sum of its own"),
    ]
  }

  private var elements: Int { geometry.filterShape.elements }

  /// The slices of all images' bands: a function of the shapes alone, each with a strip worth a task, and no more than
  /// give some threads enough tasks.
  private static func slices(of geometry: ConvolutionGeometry, _ input: ChannelStrip<Scalar>) -> Int {
    let wanted = max(1, min(wantedTasks, Int(min(geometry.operations, 1e12)) >> 19))
    let most = min(geometry.batch * input.bands, partialElements / geometry.filterShape.elements)
    let strips = input.count(of: input.allChannels)
    var slices = 1
    while slices * strips < wanted, 2 * slices <= most { slices *= 2 }
    return slices
  }

  private static var wantedTasks: Int { 16 }
  private static var partialElements: Int { 1 << 20 }

  func workspaceBytes(threads: Int) -> Int { layout.bytes(threads: threads) }

  func run(_ operands: FilterGradientOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    let (all, bands, elements) = (input.allChannels, input.bands, elements)
    let strips = input.count(of: all)
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { (scratch) throws(UnfoldError) in
      let partials = partials.base(in: scratch)
      context.forEach(slices * strips) { task, thread in
        let (slice, number) = task.quotientAndRemainder(dividingBy: strips)
        let channels = input.channels(ofStrip: number, of: all)
        let sum = (slice == 0 ? operands.filterGradient : partials + (slice - 1) * elements) + channels.lowerBound
        for row in 0..<elements / all { (sum + row * all).update(repeating: 0, count: channels.count) }
        let count = geometry.batch * bands
        for place in count * slice / slices..<count * (slice + 1) / slices {
          let (image, band) = place.quotientAndRemainder(dividingBy: bands)
          add(image, input.band(band), channels, operands, into: sum, in: layout.worker(thread, in: scratch))
        }
      }
      addPartials(
        partials, count: slices - 1, elements: elements, to: operands.filterGradient, .identity, context)
    }
  }

  /// Adds the products of a band of an image.
  @inline(__always)
  private func add(
    _ image: Int, _ band: Range<Int>, _ channels: Range<Int>, _ operands: FilterGradientOperands<Scalar>,
    into sum: UnsafeMutablePointer<Scalar>, in memory: UnsafeMutableRawPointer
  ) {
    let (vertical, horizontal, all) = (input.vertical, input.horizontal, input.allChannels)
    let (x, y) = (inputCopy.base(in: memory), gradientCopy.base(in: memory))
    let first = channels.lowerBound
    input.fill(
      x, from: operands.input + image * vertical.source * horizontal.source * all + first, band: band,
      channels: channels.count)
    outputGradient.fill(
      y, from: operands.outputGradient + image * vertical.target * horizontal.target * all + first, band: band,
      channels: channels.count)
    let pixels = outputGradient.rectangle(lines: band.count, channels: channels.count)
    for r in 0..<vertical.window {
      let lines = vertical.positions(meeting: r).clamped(to: band)
      if lines.isEmpty { continue }
      var rectangle = input.rectangle(lines: lines.count, channels: channels.count)
      let line = lines.lowerBound - band.lowerBound
      let source = line * rectangle.source_line + r * rectangle.source_tap_row
      (rectangle.tap_rows, rectangle.filter_tap) = (1, width * all)
      (rectangle.target_line, rectangle.target_pixel) = (pixels.source_line, pixels.source_pixel)
      Scalar._kernels.sumGroupPixels(
        rectangle, width: width, channels: all, source: x + source, target: y + line * pixels.source_line,
        filter: sum + r * horizontal.window * width * all)
    }
  }
}
