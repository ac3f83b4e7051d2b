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
  /// These are PyTorch's rules (`count_include_pad`, there true by default). A `divisor` takes D's place in every window
  /// (`divisor_override`): with 1 the output is the sums.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - countIncludesPadding: Whether taps on the padding count.
  ///   - divisor: D, 1 or more, if it is not to be the number of taps.
  /// - Returns: `[N, P, Q, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``,
  ///   ``UnfoldError/invalidArgument(_:expected:found:)`` for a divisor below 1.
  /// - Complexity: O(N P Q R S C).
  ///
  /// Source: the lecture's "Mean Pooling layer at layer l".
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func mean<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, countIncludesPadding: Bool, divisor: Int? = nil, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    try mean(
      input, countIncludesPadding: countIncludesPadding, divisor: divisor, into: &output, context: context)
    return output
  }

  /// As ``mean(_:countIncludesPadding:divisor:context:)``, written over `output`, whatever it held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func mean<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, countIncludesPadding: Bool, divisor: Int? = nil, into output: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "pooling input")
    try output.requireShape(outputShape, "pooling output")
    defer { withExtendedLifetime(input) {} }
    let rule = try MeanDivisor(countIncludesPadding: countIncludesPadding, divisor: divisor)
    let target = try output.outputBase()
    poolMeans(input.base, rule, into: target, context)
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
        var run = WindowRun(self, image: image, p: p, channels: block)
        while run.isInside {
          let means = output + run.outputOffset
          var tap = 0
          while tap < run.taps {
            let isFirst = tap == 0
            if run.taps &- tap >= 4 {
              let (a, b) = (run.inputOffset(of: tap), run.inputOffset(of: tap &+ 1))
              let (c, d) = (run.inputOffset(of: tap &+ 2), run.inputOffset(of: tap &+ 3))
              sum(input + a, input + b, input + c, input + d, means, run, isFirst)
              tap &+= 4
            } else {
              sum(input + run.inputOffset(of: tap), means, run, isFirst)
              tap &+= 1
            }
          }
          divide(means, by: Scalar(divisor(p, run.q, rule)), run)
          run.advance()
        }
      }
    }
  }
}

/// Adds four taps to a run's sums, one after the other.
@inline(__always)
private func sum<Scalar: TensorScalar>(
  _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ c: UnsafePointer<Scalar>, _ d: UnsafePointer<Scalar>,
  _ sums: UnsafeMutablePointer<Scalar>, _ run: WindowRun, _ isFirst: Bool
) {
  if isFirst {
    for pixel in 0..<run.pixels {
      let (x, y) = (pixel &* run.inputStep, pixel &* run.outputStep)
      for channel in 0..<run.channels {
        let i = x &+ channel
        sums[y &+ channel] = a[i] + b[i] + c[i] + d[i]
      }
    }
  } else {
    for pixel in 0..<run.pixels {
      let (x, y) = (pixel &* run.inputStep, pixel &* run.outputStep)
      for channel in 0..<run.channels {
        let i = x &+ channel
        sums[y &+ channel] = sums[y &+ channel] + a[i] + b[i] + c[i] + d[i]
      }
    }
  }
}

/// Adds one tap to a run's sums.
@inline(__always)
private func sum<Scalar: TensorScalar>(
  _ a: UnsafePointer<Scalar>, _ sums: UnsafeMutablePointer<Scalar>, _ run: WindowRun, _ isFirst: Bool
) {
  for pixel in 0..<run.pixels {
    let (x, y) = (pixel &* run.inputStep, pixel &* run.outputStep)
    if isFirst {
      for channel in 0..<run.channels { sums[y &+ channel] = a[x &+ channel] }
    } else {
      for channel in 0..<run.channels { sums[y &+ channel] += a[x &+ channel] }
    }
  }
}

/// Makes a run's sums its means.
@inline(__always)
private func divide<Scalar: TensorScalar>(_ sums: UnsafeMutablePointer<Scalar>, by divisor: Scalar, _ run: WindowRun) {
  for pixel in 0..<run.pixels {
    let y = pixel &* run.outputStep
    for channel in 0..<run.channels { sums[y &+ channel] /= divisor }
  }
}
