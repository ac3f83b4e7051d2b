/// Mean pooling, backward.
extension PoolingGeometry {
  /// The gradient of the input: each output gradient is shared out evenly over its window, and the shares of windows
  /// that overlap are added up.
  ///
  /// ```
  /// inputGradient(n, p stride - top + dilation r, q stride - left + dilation s, c) += outputGradient(n, p, q, c) / D
  /// ```
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, P, Q, C]`.
  ///   - countIncludesPadding: As given to ``mean(_:countIncludesPadding:divisor:context:)``; it determines D.
  ///   - divisor: Likewise.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``,
  ///   ``UnfoldError/invalidArgument(_:expected:found:)`` for a divisor below 1.
  /// - Complexity: O(N (H W + P Q R S) C); scratch memory of `8 W C` bytes a thread where more than 128 windows
  ///   overlap.
  ///
  /// Source: the lecture's "Derivative of mean pooling layer at layer l".
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func meanInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, countIncludesPadding: Bool, divisor: Int? = nil,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShape)
    try meanInputGradient(
      outputGradient, countIncludesPadding: countIncludesPadding, divisor: divisor, into: &inputGradient,
      context: context)
    return inputGradient
  }

  /// As ``meanInputGradient(_:countIncludesPadding:divisor:context:)``, but writes the result to `inputGradient`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func meanInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, countIncludesPadding: Bool, divisor: Int? = nil,
    into inputGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(outputShape, "pooling output gradient")
    try inputGradient.requireShape(inputShape, "pooling input gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    let rule = try MeanDivisor(countIncludesPadding: countIncludesPadding, divisor: divisor)
    let target = try inputGradient.outputBase()
    let bands = inputBands
    let totals = windowsOverElement > BlockSum.terms ? horizontal.input * bands.blockChannels : 0
    if totals == 0 {
      shareOut(outputGradient.base, rule, into: target, totals: nil, bands, context)
    } else {
      let bytes = context.threads * totals * MemoryLayout<Double>.stride
      try context.withScratch(bytes: bytes) { scratch in
        let memory = scratch.assumingMemoryBound(to: Double.self)
        shareOut(outputGradient.base, rule, into: target, totals: (memory, totals), bands, context)
      }
    }
  }

  /// The most windows that have a tap on an element of the input.
  private var windowsOverElement: Int { vertical.mostPositionsOverElement * horizontal.mostPositionsOverElement }

  /// - Parameter totals: Memory for a row's totals for each thread, where an element's sum has so many gradients that
  ///   it is made in double precision; see ``BlockSum``.
  private func shareOut<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>, _ rule: MeanDivisor,
    into inputGradient: UnsafeMutablePointer<Scalar>, totals: (base: UnsafeMutablePointer<Double>, elements: Int)?,
    _ bands: RowBands, _ context: ExecutionContext
  ) {
    // Where windows lie side by side, as most do, an element's only share is written, not added.
    let isWritten = vertical.coversEachOnce && horizontal.coversEachOnce
    context.forEach(bands.tasks) { task, worker in
      let block = bands.channels(of: task)
      for row in bands.rows(of: task) {
        let (image, h) = row.quotientAndRemainder(dividingBy: vertical.input)
        let target = inputGradient + (inputOffset(image, h) &+ block.lowerBound)
        if !isWritten { clear(target, pixels: horizontal.input, channels: channels, block.count) }
        // The most gradients that an element of the row has received since the last block was complete.
        var (terms, hasTotals) = (0, false)
        func count() {
          terms &+= 1
          guard terms == BlockSum.terms, let totals else { return }
          moveRow(target, to: totals.base + worker &* totals.elements, isFirst: !hasTotals, block.count)
          (terms, hasTotals) = (0, true)
        }
        let windows = vertical.positions(over: h)
        for p in windows.first..<windows.end where vertical.tap(on: h, at: p) != nil {
          var range = WindowRange(self, image: image, p: p, channels: block)
          while range.isInside {
            let share = 1 / Scalar(divisor(p, range.q, rule))
            // From the last tap to the first, so that the gradients of an element's windows are added in the order of
            // the windows.
            for s in (range.columnTaps.first..<range.columnTaps.end).reversed() {
              let tap = target + (horizontal.inputPosition(range.q, tap: s) &* channels)
              if isWritten {
                write(outputGradient + range.outputOffset, times: share, to: tap, range)
              } else {
                add(outputGradient + range.outputOffset, times: share, to: tap, range)
              }
              if range.pixels > 1 { count() }
            }
            // The taps of one window lie on elements of their own.
            if range.pixels == 1 { count() }
            range.advance()
          }
        }
        if hasTotals, let totals {
          finishRow(target, totals.base + worker &* totals.elements, block.count)
        }
      }
    }
  }

  /// Adds a row of the gradient to its totals, and begins anew.
  @inline(__always)
  private func moveRow<Scalar: TensorScalar>(
    _ row: UnsafeMutablePointer<Scalar>, to totals: UnsafeMutablePointer<Double>, isFirst: Bool, _ count: Int
  ) {
    for pixel in 0..<horizontal.input {
      addBlock(row + pixel &* channels, to: totals + pixel &* count, isFirst: isFirst, count)
    }
    clear(row, pixels: horizontal.input, channels: channels, count)
  }

  @inline(__always)
  private func finishRow<Scalar: TensorScalar>(
    _ row: UnsafeMutablePointer<Scalar>, _ totals: UnsafePointer<Double>, _ count: Int
  ) {
    for pixel in 0..<horizontal.input { finishBlocks(row + pixel &* channels, totals + pixel &* count, count) }
  }
}

/// Adds a share of each gradient to one tap.
@inline(__always)
private func add<Scalar: TensorScalar>(
  _ gradients: UnsafePointer<Scalar>, times share: Scalar, to target: UnsafeMutablePointer<Scalar>, _ range: WindowRange
) {
  for pixel in 0..<range.pixels {
    let (x, y) = (pixel &* range.inputStep, pixel &* range.outputStep)
    for channel in 0..<range.channels {
      target[x &+ channel] = target[x &+ channel].addingProduct(share, gradients[y &+ channel])
    }
  }
}

/// As `add` to zeros, whose sign the sum of two zeros has.
@inline(__always)
private func write<Scalar: TensorScalar>(
  _ gradients: UnsafePointer<Scalar>, times share: Scalar, to target: UnsafeMutablePointer<Scalar>, _ range: WindowRange
) {
  for pixel in 0..<range.pixels {
    let (x, y) = (pixel &* range.inputStep, pixel &* range.outputStep)
    for channel in 0..<range.channels {
      target[x &+ channel] = Scalar(0).addingProduct(share, gradients[y &+ channel])
    }
  }
}
