/// Max pooling, forward.
extension PoolingGeometry {
  /// The largest value of each window, and where it was.
  ///
  /// ```
  /// output(n, p, q, c) = max over r, s of input(n, p stride - top + dilation r, q stride - left + dilation s, c)
  /// ```
  ///
  /// Of equal maxima the first in row-major order wins. A NaN is larger than any number, and the first NaN wins.
  ///
  /// - Parameter input: `[N, H, W, C]`.
  /// - Returns: `[N, P, Q, C]`, and the positions that ``maximumInputGradient(_:saved:context:)`` needs.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N P Q R S C).
  ///
  /// Source: the lecture's "Max Pooling layer at layer l".
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func maximum<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: MaximumPositions) {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    var saved = try MaximumPositions(for: self)
    try maximum(input, into: &output, saved: &saved, context: context)
    return (output, saved)
  }

  /// As ``maximum(_:context:)``, written over `output` and `saved`, whatever they held. Positions of another geometry
  /// are replaced.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func maximum<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, saved: inout MaximumPositions,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "pooling input")
    try output.requireShape(outputShape, "pooling output")
    defer { withExtendedLifetime(input) {} }
    let target = try output.outputBase()
    let positions = try saved.outputBase(for: self)
    if MaximumPositions.isNarrow(self) {
      poolMaxima(input.base, into: target, positions.assumingMemoryBound(to: UInt8.self), context)
    } else {
      poolMaxima(input.base, into: target, positions.assumingMemoryBound(to: UInt32.self), context)
    }
  }

  private func poolMaxima<Scalar: TensorScalar, Position: FixedWidthInteger>(
    _ input: UnsafePointer<Scalar>, into output: UnsafeMutablePointer<Scalar>,
    _ positions: UnsafeMutablePointer<Position>, _ context: ExecutionContext
  ) {
    let bands = outputBands
    context.forEach(bands.tasks) { task, _ in
      let block = bands.channels(of: task)
      for row in bands.rows(of: task) {
        let (image, p) = row.quotientAndRemainder(dividingBy: vertical.output)
        var run = WindowRun(self, image: image, p: p, channels: block)
        while run.isInside {
          let (maxima, places) = (output + run.outputOffset, positions + run.outputOffset)
          var tap = 0
          while tap < run.taps {
            let isFirst = tap == 0
            if run.taps &- tap >= 4 {
              let (a, b) = (run.place(of: tap), run.place(of: tap &+ 1))
              let (c, d) = (run.place(of: tap &+ 2), run.place(of: tap &+ 3))
              takeLargest(
                input + a.inputOffset, input + b.inputOffset, input + c.inputOffset, input + d.inputOffset,
                at: (a.number, b.number, c.number, d.number), maxima, places, run, isFirst)
              tap &+= 4
            } else {
              let place = run.place(of: tap)
              takeLargest(input + place.inputOffset, at: place.number, maxima, places, run, isFirst)
              tap &+= 1
            }
          }
          run.advance()
        }
      }
    }
  }
}

/// The larger of a maximum and a later value; "not less or equal" holds for a NaN too, which then stays. Nested choices
/// and not one condition, because `&&` is a branch, with which a loop over this would not vectorise.
@inline(__always)
private func take<Scalar: TensorScalar>(
  _ value: Scalar, at place: UInt32, _ maximum: inout Scalar, _ known: inout UInt32
) {
  let better = value <= maximum ? maximum : value
  let improved = value <= maximum ? known : place
  known = maximum == maximum ? improved : known
  maximum = maximum == maximum ? better : maximum
}

/// Lets four taps compete for a run's maxima, in registers.
@inline(__always)
private func takeLargest<Scalar: TensorScalar, Position: FixedWidthInteger>(
  _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ c: UnsafePointer<Scalar>, _ d: UnsafePointer<Scalar>,
  at numbers: (UInt32, UInt32, UInt32, UInt32), _ maxima: UnsafeMutablePointer<Scalar>,
  _ places: UnsafeMutablePointer<Position>, _ run: WindowRun, _ isFirst: Bool
) {
  if isFirst {
    for pixel in 0..<run.pixels {
      let (x, y) = (pixel &* run.inputStep, pixel &* run.outputStep)
      for channel in 0..<run.channels {
        var maximum = a[x &+ channel]
        var place = numbers.0
        take(b[x &+ channel], at: numbers.1, &maximum, &place)
        take(c[x &+ channel], at: numbers.2, &maximum, &place)
        take(d[x &+ channel], at: numbers.3, &maximum, &place)
        maxima[y &+ channel] = maximum
        places[y &+ channel] = Position(truncatingIfNeeded: place)
      }
    }
  } else {
    for pixel in 0..<run.pixels {
      let (x, y) = (pixel &* run.inputStep, pixel &* run.outputStep)
      for channel in 0..<run.channels {
        var maximum = maxima[y &+ channel]
        var place = UInt32(truncatingIfNeeded: places[y &+ channel])
        take(a[x &+ channel], at: numbers.0, &maximum, &place)
        take(b[x &+ channel], at: numbers.1, &maximum, &place)
        take(c[x &+ channel], at: numbers.2, &maximum, &place)
        take(d[x &+ channel], at: numbers.3, &maximum, &place)
        maxima[y &+ channel] = maximum
        places[y &+ channel] = Position(truncatingIfNeeded: place)
      }
    }
  }
}

/// Lets one tap compete for a run's maxima.
@inline(__always)
private func takeLargest<Scalar: TensorScalar, Position: FixedWidthInteger>(
  _ a: UnsafePointer<Scalar>, at number: UInt32, _ maxima: UnsafeMutablePointer<Scalar>,
  _ places: UnsafeMutablePointer<Position>, _ run: WindowRun, _ isFirst: Bool
) {
  if isFirst {
    for pixel in 0..<run.pixels {
      let (x, y) = (pixel &* run.inputStep, pixel &* run.outputStep)
      for channel in 0..<run.channels {
        maxima[y &+ channel] = a[x &+ channel]
        places[y &+ channel] = Position(truncatingIfNeeded: number)
      }
    }
  } else {
    for pixel in 0..<run.pixels {
      let (x, y) = (pixel &* run.inputStep, pixel &* run.outputStep)
      for channel in 0..<run.channels {
        var maximum = maxima[y &+ channel]
        var place = UInt32(truncatingIfNeeded: places[y &+ channel])
        take(a[x &+ channel], at: number, &maximum, &place)
        maxima[y &+ channel] = maximum
        places[y &+ channel] = Position(truncatingIfNeeded: place)
      }
    }
  }
}
