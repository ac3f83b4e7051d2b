extension AdaptivePooling {
  /// A window over an input pixel, and a block of channels.
  struct WindowOverPixel {
    /// p and q.
    let row, column: Int
    /// Where the block begins in the output.
    let offset: Int
    /// The channels of the block.
    let channels: Int
    /// The input pixel within its image.
    let pixel: Int
  }

  /// Writes an input gradient: each pixel is the sum, in double precision, of the terms that `add` adds for each window
  /// over it, in the order of the windows.
  @inline(__always)
  func gather<Scalar: TensorScalar>(
    into target: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext,
    _ add: (_ sums: UnsafeMutablePointer<Double>, _ window: WindowOverPixel) -> Void
  ) throws(UnfoldError) {
    let (bands, channels) = (inputBands, channels)
    try context.withScratch(bytes: context.threads * bands.blockChannels * MemoryLayout<Double>.stride) { scratch in
      context.forEach(bands.tasks) { task, worker in
        let block = bands.channels(of: task)
        let sums = scratch.assumingMemoryBound(to: Double.self) + worker &* bands.blockChannels
        for row in bands.rows(of: task) {
          let (image, h) = row.quotientAndRemainder(dividingBy: vertical.input)
          let rows = vertical.windows(over: h)
          for w in 0..<horizontal.input {
            let columns = horizontal.windows(over: w)
            sums.update(repeating: 0, count: block.count)
            for p in rows {
              for q in columns {
                let place = (image &* vertical.output &+ p) &* horizontal.output &+ q
                add(
                  sums,
                  WindowOverPixel(
                    row: p, column: q, offset: place &* channels &+ block.lowerBound, channels: block.count,
                    pixel: h &* horizontal.input &+ w))
              }
            }
            write(
              sums, times: 1, to: target + ((row &* horizontal.input &+ w) &* channels &+ block.lowerBound), block.count
            )
          }
        }
      }
    }
  }

  /// `pixel = sums * factor`.
  @inline(__always)
  func write<Scalar: TensorScalar>(
    _ sums: UnsafePointer<Double>, times factor: Double, to pixel: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    for i in 0..<count { pixel[i] = Scalar(sums[i] * factor) }
  }
}
