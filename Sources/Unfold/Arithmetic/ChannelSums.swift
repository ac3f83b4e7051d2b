/// The sum of every channel over the pixels: `[pixels, channels] -> Shape(channels)`, which is what a bias gradient is.
///
/// ```
/// pixels, 3 channels   abc abc abc abc abc abc abc        fold 2, 6 lanes   abcabc    slice 0
///                                                                           abcabc
///                                                                           abcabc    slice 1
///                                                         rest              abc
/// ```
///
/// A row holds several pixels where channels are few, so that loops are long. Blocks of 32 rows are accumulated in
/// `Scalar`, the blocks in double precision, and last the partial sums of a channel: the error of a sum does not grow
/// with the number of pixels. Rows are cut into slices, and long rows into spans, by the shapes alone.
///
/// Source: Higham, "The Accuracy of Floating Point Summation" (1993): blocked and pairwise sums.
struct ChannelSums {
  private let shape: Shape
  let pixels, channels: Int
  /// The pixels of a row.
  private let fold, rows, slices, spans: Int

  /// The lanes whose sums stay in the first-level cache.
  private static let spanLanes = 1024
  private static let blockRows = 32
  private static let mostTasks = 16
  /// The fewest additions of a task: a smaller one is not worth handing to another thread.
  private static let taskElements = 1 << 16

  /// - Parameter shape: `[..., channels]`, that of what is summed.
  init(of shape: Shape) {
    self.shape = shape
    channels = shape[shape.rank - 1]
    pixels = shape.elements / channels
    fold = max(1, min(pixels, 256 / channels))
    rows = pixels / fold
    spans = ceilingDivision(fold * channels, Self.spanLanes)
    let tasks = max(1, min(Self.mostTasks, pixels * channels / Self.taskElements))
    slices = max(1, min(ceilingDivision(tasks, spans), rows))
  }

  private var lanes: Int { fold * channels }
  private var totalBytes: Int { slices * lanes * MemoryLayout<Double>.stride }

  /// The scratch memory: sums of every slice in double precision, and those of a block for each thread.
  func bytes<Scalar: TensorScalar>(threads: Int, _ scalar: Scalar.Type) -> Int {
    totalBytes + threads * min(lanes, Self.spanLanes) * MemoryLayout<Scalar>.stride
  }

  /// Writes the sums to `target`, which is overwritten.
  @inline(__always)
  func write<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    try context.withScratch(bytes: bytes(threads: context.threads, Scalar.self)) { (scratch) throws(UnfoldError) in
      let totals = scratch.assumingMemoryBound(to: Double.self)
      let works = (scratch + totalBytes).assumingMemoryBound(to: Scalar.self)
      context.forEach(slices * spans) { task, worker in
        let (slice, span) = task.quotientAndRemainder(dividingBy: spans)
        let first = span * Self.spanLanes
        sum(
          source + first, slice: slice, first: first, into: totals + (slice * lanes + first),
          work: works + worker * min(lanes, Self.spanLanes))
      }
      let chunk = 1 << 12
      context.forEach(ceilingDivision(channels, chunk)) { task, _ in
        let (first, count) = (task * chunk, min(chunk, channels - task * chunk))
        let total = totals + first
        for partial in 1..<max(1, slices * fold) {
          let other = total + partial * channels
          for c in 0..<count { total[c] += other[c] }
        }
        for c in 0..<count { target[first + c] = Scalar(total[c]) }
      }
    }
  }

  /// The sums of a span's lanes over the rows of a slice, and over the rest with the last slice.
  @inline(__always)
  private func sum<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, slice: Int, first: Int, into total: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Scalar>
  ) {
    let count = min(Self.spanLanes, lanes - first)
    total.update(repeating: 0, count: count)
    var row = rows * slice / slices
    let end = rows * (slice + 1) / slices
    while row < end {
      let height = min(Self.blockRows, end - row)
      sumRows(source + row * lanes, apart: lanes, height, into: work, count)
      for i in 0..<count { total[i] += Double(work[i]) }
      row += height
    }
    if slice < slices - 1 { return }
    let rest = source + rows * lanes
    for i in 0..<max(0, min(count, (pixels - rows * fold) * channels - first)) { total[i] += Double(rest[i]) }
  }

  /// The sums of a few rows, four at a time.
  @inline(__always)
  private func sumRows<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, apart: Int, _ height: Int, into work: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    var row = 0
    while row &+ 4 <= height {
      let a = source + row &* apart
      let (b, c, d) = (a + apart, a + 2 &* apart, a + 3 &* apart)
      if row == 0 {
        for i in 0..<count { work[i] = (a[i] + b[i]) + (c[i] + d[i]) }
      } else {
        for i in 0..<count { work[i] += (a[i] + b[i]) + (c[i] + d[i]) }
      }
      row = row &+ 4
    }
    while row < height {
      let a = source + row &* apart
      if row == 0 {
        for i in 0..<count { work[i] = a[i] }
      } else {
        for i in 0..<count { work[i] += a[i] }
      }
      row = row &+ 1
    }
  }

  /// The bias gradient of a convolution or a dense layer, from its output gradient.
  @inline(__always)
  func biasGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var biasGradient = try Tensor<Scalar>(uninitialized: Shape(channels))
    try write(outputGradient, to: &biasGradient, context)
    return biasGradient
  }

  /// As ``biasGradient(_:_:)``, to memory of the caller's.
  @inline(__always)
  func write<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, to biasGradient: inout Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    try outputGradient.requireShape(shape, "output gradient")
    try biasGradient.requireShape(Shape(channels), "bias gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    try write(outputGradient.base, to: try biasGradient.outputBase(), context)
  }
}
