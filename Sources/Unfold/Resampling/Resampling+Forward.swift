/// Resampling, forward.
extension Resampling {
  /// The resampled maps.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - output: Is overwritten: `[N, P, Q, C]`.
  ///   - context: The threads and the scratch memory.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N P Q C); scratch memory of O(Q), and O(W C) a thread where it interpolates.
  ///
  /// Source: the lecture's "The Downsampling Layer" and "The Upsampling Layer".
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    defer { withExtendedLifetime(input) {} }
    let (source, target) = try output.outputBase(
      outputShape, "resampling output", from: input, inputShape, "resampling input")
    try withColumns(context, rowElements: vertical.interpolates ? (horizontal.input + 1) * channels : 0) {
      columns, rows throws(UnfoldError) in
      if vertical.interpolates {
        interpolate(source, columns, rows, into: target, context)
      } else {
        copy(source, columns, into: target, context)
      }
    }
  }

  private func copy<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ columns: UnsafePointer<ResampledColumn<Scalar>>,
    into output: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let bands = outputBands
    let streams = streams(to: output)
    context.forEach(bands.tasks) { task, _ in
      let block = bands.channels(of: task)
      for row in bands.rows(of: task) {
        let (image, p) = row.quotientAndRemainder(dividingBy: vertical.output)
        let target = output + (row &* horizontal.output &* channels &+ block.lowerBound)
        let h = vertical.source(of: p)
        guard h >= 0 else {
          clear(target, pixels: horizontal.output, channels: channels, block.count)
          continue
        }
        let source = input + ((image &* vertical.input &+ h) &* horizontal.input &* channels &+ block.lowerBound)
        for q in 0..<horizontal.output {
          let (pixel, w) = (target + (q &* channels), columns[q].low)
          if w < 0 {
            for c in 0..<block.count { pixel[c] = 0 }
          } else {
            let value = source + (w &* channels)
            if streams {
              StreamedStores.copy(value, to: pixel, count: block.count)
            } else {
              for c in 0..<block.count { pixel[c] = value[c] }
            }
          }
        }
      }
      if streams { StreamedStores.finish() }
    }
  }

  /// Along the columns first, for a whole row of the input at once; its pixels then along the row.
  private func interpolate<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ columns: UnsafePointer<ResampledColumn<Scalar>>, _ rowMemory: RowMemory<Scalar>,
    into output: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let bands = outputBands
    let streams = streams(to: output)
    // Where most columns are skipped, only the others.
    let mixesRows = horizontal.input <= 2 * horizontal.output
    context.forEach(bands.tasks) { task, worker in
      let block = bands.channels(of: task)
      let count = block.count
      let between = rowMemory.row(of: worker)
      let finished = between + horizontal.input &* count
      for row in bands.rows(of: task) {
        let (image, p) = row.quotientAndRemainder(dividingBy: vertical.output)
        let target = output + (row &* horizontal.output &* channels &+ block.lowerBound)
        let sample = vertical.sample(at: p)
        let image0 = image &* vertical.input
        let top = input + ((image0 &+ sample.low) &* horizontal.input &* channels &+ block.lowerBound)
        let bottom = input + ((image0 &+ sample.high) &* horizontal.input &* channels &+ block.lowerBound)
        let fraction = Scalar(sample.fraction)
        if mixesRows {
          forEachRun(pixels: horizontal.input, count) { run, place, length in
            mix(top + run, bottom + run, fraction, into: between + place, length)
          }
        }
        if mixesRows && !streams {
          mixColumns(between, columns, into: target, count)
          continue
        }
        for q in 0..<horizontal.output {
          let column = columns[q]
          let pixel = target + (q &* channels)
          var (low, high) = (between + column.low &* count, between + column.high &* count)
          if !mixesRows {
            (low, high) = (between, between + count)
            mix(top + column.low &* channels, bottom + column.low &* channels, fraction, into: low, count)
            mix(top + column.high &* channels, bottom + column.high &* channels, fraction, into: high, count)
          }
          mix(low, high, column.fraction, into: streams ? finished : pixel, count)
          if streams { StreamedStores.copy(finished, to: pixel, count: count) }
        }
      }
      if streams { StreamedStores.finish() }
    }
  }

  /// A row of the output from a row that is mixed of two already.
  ///
  /// Pictures have one or three channels, maps of scores a few dozen: there the loop over the channels of a pixel takes
  /// longer than its work, so that they have code of their own.
  @inline(__always)
  private func mixColumns<Scalar: TensorScalar>(
    _ row: UnsafePointer<Scalar>, _ columns: UnsafePointer<ResampledColumn<Scalar>>,
    into target: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    @inline(__always)
    func mixAll(
      _ count: Int,
      by mix: (UnsafePointer<Scalar>, UnsafePointer<Scalar>, Scalar, UnsafeMutablePointer<Scalar>, Int) -> Void
    ) {
      for q in 0..<horizontal.output {
        let column = columns[q]
        mix(row + column.low &* count, row + column.high &* count, column.fraction, target + q &* channels, count)
      }
    }
    switch count {
    case 1: mixAll(1) { mix($0, $1, $2, into: $3, $4) }
    case 3: mixAll(3) { mix($0, $1, $2, into: $3, $4) }
    case 8..<64: mixAll(count) { mixVectors($0, $1, $2, into: $3, $4) }
    default: mixAll(count) { mix($0, $1, $2, into: $3, $4) }
    }
  }

  /// Whether the output is written by non-temporal stores.
  private func streams<Scalar: TensorScalar>(to output: UnsafeMutablePointer<Scalar>) -> Bool {
    StreamedStores.suit(output, elements: channels, of: batch * vertical.output * horizontal.output * channels)
  }
}

/// One run with weight `1 - fraction` and another with weight `fraction`.
@inline(__always)
private func mix<Scalar: TensorScalar>(
  _ low: UnsafePointer<Scalar>, _ high: UnsafePointer<Scalar>, _ fraction: Scalar,
  into target: UnsafeMutablePointer<Scalar>, _ count: Int
) {
  let rest = 1 - fraction
  for i in 0..<count { target[i] = rest * low[i] + fraction * high[i] }
}

/// The same for eight channels and more: the last vector overlaps the one before.
@inline(__always)
private func mixVectors<Scalar: TensorScalar>(
  _ low: UnsafePointer<Scalar>, _ high: UnsafePointer<Scalar>, _ fraction: Scalar,
  into target: UnsafeMutablePointer<Scalar>, _ count: Int
) {
  typealias Vector = SIMD8<Scalar>
  let (rest, fraction) = (Vector(repeating: 1 - fraction), Vector(repeating: fraction))
  var next = 0
  while next < count {
    let i = min(next, count - 8)
    store(rest * load(low + i, as: Vector.self) + fraction * load(high + i, as: Vector.self), to: target + i)
    next += 8
  }
}

/// The two input columns of an output column, with the weight in the tensor's own type.
struct ResampledColumn<Scalar: TensorScalar> {
  let low, high: Int
  let fraction: Scalar
}

/// The scratch memory of each thread: a row, and totals in double precision.
struct RowMemory<Scalar: TensorScalar> {
  let base: UnsafeMutableRawPointer
  let layout: ScratchLayout
  let row: ScratchRegion<Scalar>
  let totals: ScratchRegion<Double>

  func row(of worker: Int) -> UnsafeMutablePointer<Scalar> { row.base(in: layout.worker(worker, in: base)) }

  func totals(of worker: Int) -> UnsafeMutablePointer<Double> { totals.base(in: layout.worker(worker, in: base)) }
}

extension Resampling {
  /// Calls `body` with the columns of the output, computed once for all rows, and a row and totals for each thread, in
  /// scratch memory.
  func withColumns<Scalar: TensorScalar>(
    _ context: ExecutionContext, rowElements: Int, totals: Int = 0,
    _ body: (UnsafePointer<ResampledColumn<Scalar>>, RowMemory<Scalar>) throws(UnfoldError) -> Void
  ) throws(UnfoldError) {
    var layout = ScratchLayout()
    let columnRegion = layout.shared.reserve(horizontal.output, of: ResampledColumn<Scalar>.self)
    let rowRegion = layout.own.reserve(rowElements, of: Scalar.self)
    let totalRegion = layout.own.reserve(totals, of: Double.self)
    try context.withScratch(bytes: layout.bytes(threads: context.threads)) { memory throws(UnfoldError) in
      let columns = columnRegion.base(in: memory)
      for q in 0..<horizontal.output {
        let sample = horizontal.sample(at: q)
        (columns + q).initialize(
          to: ResampledColumn(low: sample.low, high: sample.high, fraction: Scalar(sample.fraction)))
      }
      try body(columns, RowMemory(base: memory, layout: layout, row: rowRegion, totals: totalRegion))
    }
  }

  /// Calls `body` for the runs of a block of channels in a row of pixels: where they begin in the row, and in a row
  /// that holds nothing else. All channels are a single run.
  @inline(__always)
  func forEachRun(pixels: Int, _ count: Int, _ body: (_ run: Int, _ place: Int, _ length: Int) -> Void) {
    if count == channels {
      body(0, 0, pixels &* count)
    } else {
      for pixel in 0..<pixels { body(pixel &* channels, pixel &* count, count) }
    }
  }

  /// The tasks of the forward pass: rows of the output.
  var outputBands: RowBands {
    RowBands(
      rows: batch * vertical.output, channels: channels,
      elementsPerRow: Double(horizontal.output) * Double(channels) * (vertical.interpolates ? 4 : 1))
  }

  /// The tasks of the gradient: rows of the input, each of which gathers its gradient from rows of the output.
  var inputBands: RowBands {
    let outputRows = max(Double(vertical.output) / Double(vertical.input), 1) * (vertical.interpolates ? 4 : 1)
    return RowBands(
      rows: batch * vertical.input, channels: channels,
      elementsPerRow: Double(channels) * (Double(horizontal.input) + Double(horizontal.output) * outputRows))
  }
}
