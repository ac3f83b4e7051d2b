/// Resampling, forward.
extension Resampling {
  /// The resampled maps.
  ///
  /// - Parameter input: `[N, H, W, C]`.
  /// - Returns: `[N, P, Q, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N P Q C), and O(Q) scratch memory.
  ///
  /// Source: the lecture's "The Downsampling Layer" and "The Upsampling Layer".
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    try forward(input, into: &output, context: context)
    return output
  }

  /// As ``forward(_:context:)``, written over `output`, whatever it held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "resampling input")
    try output.requireShape(outputShape, "resampling output")
    defer { withExtendedLifetime(input) {} }
    let (source, target) = (input.base, try output.outputBase())
    try withColumns(context) { columns throws(UnfoldError) in
      if vertical.interpolates {
        interpolate(source, columns, into: target, context)
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
    let streams = StreamedStores.suit(
      output, elements: channels, of: batch * vertical.output * horizontal.output * channels)
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

  private func interpolate<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ columns: UnsafePointer<ResampledColumn<Scalar>>,
    into output: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let bands = outputBands
    context.forEach(bands.tasks) { task, _ in
      let block = bands.channels(of: task)
      for row in bands.rows(of: task) {
        let (image, p) = row.quotientAndRemainder(dividingBy: vertical.output)
        let target = output + (row &* horizontal.output &* channels &+ block.lowerBound)
        let rows = vertical.sample(at: p)
        let below = Scalar(rows.fraction)
        let above = 1 - below
        let image0 = image &* vertical.input
        let top = input + ((image0 &+ rows.low) &* horizontal.input &* channels &+ block.lowerBound)
        let bottom = input + ((image0 &+ rows.high) &* horizontal.input &* channels &+ block.lowerBound)
        for q in 0..<horizontal.output {
          let column = columns[q]
          let (low, high) = (column.low &* channels, column.high &* channels)
          let (left, right) = (1 - column.fraction, column.fraction)
          let pixel = target + (q &* channels)
          let (topLeft, topRight) = (top + low, top + high)
          let (bottomLeft, bottomRight) = (bottom + low, bottom + high)
          for c in 0..<block.count {
            pixel[c] =
              above * (left * topLeft[c] + right * topRight[c])
              + below * (left * bottomLeft[c] + right * bottomRight[c])
          }
        }
      }
    }
  }
}

/// What a column of the output is made of, with the weight in the tensor's own type.
struct ResampledColumn<Scalar: TensorScalar> {
  let low: Int
  let high: Int
  let fraction: Scalar
}

extension Resampling {
  /// Calls `body` with the columns of the output, worked out once for all rows, in scratch memory.
  func withColumns<Scalar: TensorScalar>(
    _ context: ExecutionContext, _ body: (UnsafePointer<ResampledColumn<Scalar>>) throws(UnfoldError) -> Void
  ) throws(UnfoldError) {
    let bytes = horizontal.output * MemoryLayout<ResampledColumn<Scalar>>.stride
    try context.withScratch(bytes: bytes) { memory throws(UnfoldError) in
      let columns = memory.bindMemory(to: ResampledColumn<Scalar>.self, capacity: horizontal.output)
      for q in 0..<horizontal.output {
        let sample = horizontal.sample(at: q)
        (columns + q).initialize(
          to: ResampledColumn(low: sample.low, high: sample.high, fraction: Scalar(sample.fraction)))
      }
      try body(columns)
    }
  }

  /// The tasks of the forward pass: rows of the output.
  var outputBands: RowBands {
    RowBands(
      rows: batch * vertical.output, channels: channels,
      elementsPerRow: Double(horizontal.output) * Double(channels) * (vertical.interpolates ? 4 : 1))
  }

  /// The tasks of the gradient: rows of the input, each of which gathers what the output's rows give it.
  var inputBands: RowBands {
    let outputRows = max(Double(vertical.output) / Double(vertical.input), 1) * (vertical.interpolates ? 4 : 1)
    return RowBands(
      rows: batch * vertical.input, channels: channels,
      elementsPerRow: Double(channels) * (Double(horizontal.input) + Double(horizontal.output) * outputRows))
  }
}
