/// Mean pooling, forward.
extension PoolingGeometry {
  /// The mean of each window.
  ///
  /// ```
  /// output(n, p, q, c) = sum over r, s of input(n, p stride - top + dilation r, q stride - left + dilation s, c) / D
  /// ```
  ///
  /// D is the number of the window's taps that lie on the input; if `countIncludesPadding`, those on the padding count
  /// too (as zeros), but never those that a last, partial window of ``OutputRounding/ceiling`` has beyond the padding.
  /// These are PyTorch's rules (`count_include_pad`, there true by default). A `divisor` takes D's place in every
  /// window (`divisor_override`): with 1 the output is the sums.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - countIncludesPadding: Whether taps on the padding count.
  ///   - divisor: D, 1 or more, if it is not to be the number of taps.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N, P, Q, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``,
  ///   ``UnfoldError/invalidArgument(_:expected:found:)`` for a divisor below 1.
  /// - Complexity: O(N P Q R S C); scratch memory of `8 max(C, 2048)` bytes a thread for windows of more than 128 taps.
  ///
  /// Source: the lecture's "Mean Pooling layer at layer l".
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func mean<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, countIncludesPadding: Bool, divisor: Int? = nil, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    try mean(
      input, countIncludesPadding: countIncludesPadding, divisor: divisor, into: &output, context: context)
    return output
  }

  /// As ``mean(_:countIncludesPadding:divisor:context:)``, but writes the result to `output`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func mean<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, countIncludesPadding: Bool, divisor: Int? = nil, into output: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "pooling input")
    try output.requireShape(outputShape, "pooling output")
    defer { withExtendedLifetime(input) {} }
    let rule = try MeanDivisor(countIncludesPadding: countIncludesPadding, divisor: divisor)
    let target = try output.outputBase()
    if taps <= BlockSum.terms {
      poolMeans(input.base, rule, into: target, context)
    } else {
      try poolMeansOfMany(input.base, rule, into: target, context)
    }
  }

  private func poolMeans<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ rule: MeanDivisor, into output: UnsafeMutablePointer<Scalar>,
    _ context: ExecutionContext
  ) {
    let bands = outputBands
    context.forEach(bands.tasks) { task, _ in
      let block = bands.channels(of: task)
      for row in bands.rows(of: task) {
        let (image, p) = row.quotientAndRemainder(dividingBy: vertical.output)
        var range = WindowRange(self, image: image, p: p, channels: block)
        while range.isInside {
          let means = output + range.outputOffset
          var offsets = range.tapOffsets
          var tap = 0
          while tap < range.taps {
            let isFirst = tap == 0
            if range.taps &- tap >= 4 {
              let (a, b, c, d) = (offsets.next(), offsets.next(), offsets.next(), offsets.next())
              sum(input + a, input + b, input + c, input + d, means, range, isFirst)
              tap &+= 4
            } else {
              sum(input + offsets.next(), means, range, isFirst)
              tap &+= 1
            }
          }
          divide(means, by: Scalar(divisor(p, range.q, rule)), range)
          range.advance()
        }
      }
    }
  }

  /// Windows with so many taps that their sums are made in double precision, see ``BlockSum``: some windows at a time,
  /// eight taps at once.
  private func poolMeansOfMany<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ rule: MeanDivisor, into output: UnsafeMutablePointer<Scalar>,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    let bands = outputBands
    let most = max(bands.blockChannels, Self.totalsAtOnce)
    try context.withScratch(bytes: context.threads * most * MemoryLayout<Double>.stride) { scratch in
      context.forEach(bands.tasks) { task, worker in
        let totals = scratch.assumingMemoryBound(to: Double.self) + worker &* most
        let block = bands.channels(of: task)
        for row in bands.rows(of: task) {
          let (image, p) = row.quotientAndRemainder(dividingBy: vertical.output)
          var range = WindowRange(self, image: image, p: p, channels: block, limit: most / block.count)
          while range.isInside {
            let means = output + range.outputOffset
            var offsets = range.tapOffsets
            var tap = 0
            while tap < range.taps {
              let isFirst = tap % BlockSum.terms == 0
              if range.taps &- tap >= 8 {
                let (a, b, c, d) = (offsets.next(), offsets.next(), offsets.next(), offsets.next())
                let (e, f, g, h) = (offsets.next(), offsets.next(), offsets.next(), offsets.next())
                sum(
                  (input + a, input + b, input + c, input + d), (input + e, input + f, input + g, input + h), means,
                  range, isFirst)
                tap &+= 8
              } else {
                sum(input + offsets.next(), means, range, isFirst)
                tap &+= 1
              }
              if tap % BlockSum.terms == 0 || tap == range.taps {
                addBlocks(means, range, to: totals, isFirst: tap <= BlockSum.terms)
              }
            }
            divide(totals, by: Double(divisor(p, range.q, rule)), into: means, range)
            range.advance()
          }
        }
      }
    }
  }

  /// The sums in double precision that a thread keeps; more if one window has more.
  private static var totalsAtOnce: Int { 2048 }
}

/// Adds four taps to a range's sums, one after the other.
@inline(__always)
private func sum<Scalar: TensorScalar>(
  _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ c: UnsafePointer<Scalar>, _ d: UnsafePointer<Scalar>,
  _ sums: UnsafeMutablePointer<Scalar>, _ range: WindowRange, _ isFirst: Bool
) {
  if isFirst {
    for pixel in 0..<range.pixels {
      let (x, y) = (pixel &* range.inputStep, pixel &* range.outputStep)
      for channel in 0..<range.channels {
        let i = x &+ channel
        sums[y &+ channel] = a[i] + b[i] + c[i] + d[i]
      }
    }
  } else {
    for pixel in 0..<range.pixels {
      let (x, y) = (pixel &* range.inputStep, pixel &* range.outputStep)
      for channel in 0..<range.channels {
        let i = x &+ channel
        sums[y &+ channel] = sums[y &+ channel] + a[i] + b[i] + c[i] + d[i]
      }
    }
  }
}

/// Adds one tap to a range's sums.
@inline(__always)
private func sum<Scalar: TensorScalar>(
  _ a: UnsafePointer<Scalar>, _ sums: UnsafeMutablePointer<Scalar>, _ range: WindowRange, _ isFirst: Bool
) {
  for pixel in 0..<range.pixels {
    let (x, y) = (pixel &* range.inputStep, pixel &* range.outputStep)
    if isFirst {
      for channel in 0..<range.channels { sums[y &+ channel] = a[x &+ channel] }
    } else {
      for channel in 0..<range.channels { sums[y &+ channel] += a[x &+ channel] }
    }
  }
}

/// Makes a range's sums its means.
@inline(__always)
private func divide<Scalar: TensorScalar>(
  _ sums: UnsafeMutablePointer<Scalar>, by divisor: Scalar, _ range: WindowRange
) {
  for pixel in 0..<range.pixels {
    let y = pixel &* range.outputStep
    for channel in 0..<range.channels { sums[y &+ channel] /= divisor }
  }
}

/// Adds eight taps to a range's sums, in pairs, or is the first to write them.
@inline(__always)
private func sum<Scalar: TensorScalar>(
  _ low: (UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafePointer<Scalar>),
  _ high: (UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafePointer<Scalar>),
  _ sums: UnsafeMutablePointer<Scalar>, _ range: WindowRange, _ isFirst: Bool
) {
  let ((a, b, c, d), (e, f, g, h)) = (low, high)
  for pixel in 0..<range.pixels {
    let (x, y) = (pixel &* range.inputStep, pixel &* range.outputStep)
    if isFirst {
      for channel in 0..<range.channels {
        let i = x &+ channel
        sums[y &+ channel] = ((a[i] + b[i]) + (c[i] + d[i])) + ((e[i] + f[i]) + (g[i] + h[i]))
      }
    } else {
      for channel in 0..<range.channels {
        let i = x &+ channel
        sums[y &+ channel] += ((a[i] + b[i]) + (c[i] + d[i])) + ((e[i] + f[i]) + (g[i] + h[i]))
      }
    }
  }
}

/// Adds a range's sums, of a block of taps, to its totals, which lie densely.
@inline(__always)
private func addBlocks<Scalar: TensorScalar>(
  _ sums: UnsafePointer<Scalar>, _ range: WindowRange, to totals: UnsafeMutablePointer<Double>, isFirst: Bool
) {
  for pixel in 0..<range.pixels {
    addBlock(sums + pixel &* range.outputStep, to: totals + pixel &* range.channels, isFirst: isFirst, range.channels)
  }
}

/// Makes a range's totals its means.
@inline(__always)
private func divide<Scalar: TensorScalar>(
  _ totals: UnsafePointer<Double>, by divisor: Double, into means: UnsafeMutablePointer<Scalar>, _ range: WindowRange
) {
  for pixel in 0..<range.pixels {
    let (x, y) = (pixel &* range.channels, pixel &* range.outputStep)
    for channel in 0..<range.channels { means[y &+ channel] = Scalar(totals[x &+ channel] / divisor) }
  }
}
