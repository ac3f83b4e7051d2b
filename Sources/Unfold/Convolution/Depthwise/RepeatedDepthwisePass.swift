/// Depthwise convolutions of several filters a channel, forward and the input gradient, by the kernels of one filter a
/// channel, see ``RepeatedRows``. Forward the input's channels are repeated before; of an input gradient those of the result
/// are added up after. A task is a band of rows, all blocks of channels.
struct RepeatedDepthwisePass<Scalar: TensorScalar>: ConvolutionMethod {
  private let geometry: ConvolutionGeometry
  private let target: PixelRectangles.Target
  private let rows: RepeatedRows<Scalar>
  /// The rows of the target that are a band.
  private let bandRows: Int
  /// The repeated rows of each worker.
  private let copy: ScratchRegion<Scalar>
  private var layout = ScratchLayout()

  init(_ geometry: ConvolutionGeometry, _ target: PixelRectangles.Target) {
    (self.geometry, self.target, rows) = (geometry, target, RepeatedRows(geometry))
    let isForward = target == .output
    bandRows = isForward ? rows.outputRows : min(rows.inputRows, geometry.vertical.input)
    let elements =
      isForward
      ? rows.elements(outputRows: bandRows) : bandRows * geometry.horizontal.input * rows.blockFilters
    copy = layout.own.reserve(elements, of: Scalar.self)
  }

  var title: String { "taps added up where they lie, each channel repeated for each of its filters" }
  var facts: [MethodExplanation.Fact] {
    [.init("band", "\(bandRows) rows, \(rows.blocks) blocks of \(rows.blockFilters) filters")]
  }
  func workspaceBytes(threads: Int) -> Int { layout.bytes(threads: threads) }

  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    let height = target == .output ? geometry.vertical.output : geometry.vertical.input
    let bands = ceilingDivision(height, bandRows)
    // The repeated pixels are those of a block.
    let (inputs, outputs) = (rows.blockFilters, geometry.outputChannels)
    let rectangles = PixelRectangles(
      target, geometry.vertical, geometry.horizontal, inputChannels: inputs, outputChannels: outputs,
      filterChannels: outputs, batch: geometry.batch)
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { scratch in
      context.forEach(geometry.batch * bands) { task, worker in
        let (image, index) = task.quotientAndRemainder(dividingBy: bands)
        let band = height * index / bands..<height * (index + 1) / bands
        let repeated = copy.base(in: layout.worker(worker, in: scratch))
        for block in 0..<rows.blocks {
          let channels = rows.channels(ofBlock: block)
          if target == .output {
            forward(rectangles, image: image, band: band, channels, operands, by: repeated)
          } else {
            inputGradient(rectangles, image: image, band: band, channels, operands, by: repeated)
          }
        }
        let rowLength = rectangles.targetWidth * (target == .output ? outputs : geometry.inputChannels)
        operands.activation.apply(
          operands.target + (image * height + band.lowerBound) * rowLength, count: band.count * rowLength)
      }
    }
  }

  @inline(__always)
  private func forward(
    _ rectangles: PixelRectangles, image: Int, band: Range<Int>, _ channels: Range<Int>,
    _ operands: ImageOperands<Scalar>, by repeated: UnsafeMutablePointer<Scalar>
  ) {
    let (vertical, horizontal) = (geometry.vertical, geometry.horizontal)
    let (multiplier, inputRows) = (geometry.multiplier, rows.inputRows(meeting: band))
    let first = channels.lowerBound * multiplier
    let images = operands.source + image * vertical.input * horizontal.input * geometry.inputChannels
    rows.fill(repeated, from: images, rows: inputRows, channels: channels)
    // Offsets are those of whole images.
    let begin = (image * vertical.input + inputRows.lowerBound) * horizontal.input * rows.blockFilters
    rectangles.forEach(image: image, band: band, streams: false) { rectangle, from, to in
      Scalar._kernels.sumTaps(
        rectangle.channels(channels.count * multiplier), source: repeated + (from - begin),
        filter: operands.filter + first, bias: operands.bias.map { $0 + first }, target: operands.target + to + first)
    }
  }

  @inline(__always)
  private func inputGradient(
    _ rectangles: PixelRectangles, image: Int, band: Range<Int>, _ channels: Range<Int>,
    _ operands: ImageOperands<Scalar>, by repeated: UnsafeMutablePointer<Scalar>
  ) {
    let row = image * geometry.vertical.input + band.lowerBound
    let (multiplier, width) = (geometry.multiplier, geometry.horizontal.input)
    let (first, begin) = (channels.lowerBound * multiplier, row * width * rows.blockFilters)
    rectangles.forEach(image: image, band: band, streams: false) { rectangle, from, to in
      Scalar._kernels.sumTaps(
        rectangle.channels(channels.count * multiplier), source: operands.source + from + first,
        filter: operands.filter + first, bias: nil, target: repeated + (to - begin))
    }
    rows.sum(
      repeated, rows: band.count, channels: channels, startingAt: operands.bias,
      into: operands.target + row * width * geometry.inputChannels + channels.lowerBound)
  }
}
