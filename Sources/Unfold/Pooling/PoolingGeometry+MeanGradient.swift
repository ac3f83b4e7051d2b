/// Mean pooling, backward.
extension PoolingGeometry {
  /// The gradient of the input: each output gradient is shared out evenly over its window, and windows that overlap sum
  /// up.
  ///
  /// ```
  /// inputGradient(n, p stride - top + dilation r, q stride - left + dilation s, c) += outputGradient(n, p, q, c) / D
  /// ```
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, P, Q, C]`.
  ///   - countIncludesPadding: What ``mean(_:countIncludesPadding:divisor:context:)`` was told; it determines D.
  ///   - divisor: Likewise.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``,
  ///   ``UnfoldError/invalidArgument(_:expected:found:)`` for a divisor below 1.
  /// - Complexity: O(N (H W + P Q R S) C).
  ///
  /// Source: the lecture's "Derivative of mean pooling layer at layer l".
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
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

  /// As ``meanInputGradient(_:countIncludesPadding:divisor:context:)``, written over `inputGradient`, whatever it held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func meanInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, countIncludesPadding: Bool, divisor: Int? = nil,
    into inputGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(outputShape, "pooling output gradient")
    try inputGradient.requireShape(inputShape, "pooling input gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    let rule = try MeanDivisor(countIncludesPadding: countIncludesPadding, divisor: divisor)
    let target = try inputGradient.outputBase()
    shareOut(outputGradient.base, rule, into: target, context)
  }

  private func shareOut<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>, _ rule: MeanDivisor,
    into inputGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let bands = inputBands
    context.forEach(bands.tasks) { task, _ in
      let block = bands.channels(of: task)
      for row in bands.rows(of: task) {
        let (image, h) = row.quotientAndRemainder(dividingBy: vertical.input)
        let target = inputGradient + (inputOffset(image, h) &+ block.lowerBound)
        clear(target, pixels: horizontal.input, channels: channels, block.count)
        let windows = vertical.positions(over: h)
        for p in windows.first..<windows.end where vertical.tap(on: h, at: p) != nil {
          var run = WindowRun(self, image: image, p: p, channels: block)
          while run.isInside {
            let share = 1 / Scalar(divisor(p, run.q, rule))
            // From the last tap to the first, so that an element hears from its windows in their order.
            for s in (run.columnTaps.first..<run.columnTaps.end).reversed() {
              add(
                outputGradient + run.outputOffset, times: share,
                to: target + (horizontal.inputPosition(run.q, tap: s) &* channels), run)
            }
            run.advance()
          }
        }
      }
    }
  }
}

/// Adds a share of each gradient to one tap.
@inline(__always)
private func add<Scalar: TensorScalar>(
  _ gradients: UnsafePointer<Scalar>, times share: Scalar, to target: UnsafeMutablePointer<Scalar>, _ run: WindowRun
) {
  for pixel in 0..<run.pixels {
    let (x, y) = (pixel &* run.inputStep, pixel &* run.outputStep)
    for channel in 0..<run.channels {
      target[x &+ channel] = target[x &+ channel].addingProduct(share, gradients[y &+ channel])
    }
  }
}
