/// Resampling, backward.
extension Resampling {
  /// The gradient of the input: each output gradient goes to the pixels that its output was made of, in the same parts,
  /// and sums up there. The gradient of dropping rows inserts zeros, that of inserting zeros drops rows.
  ///
  /// - Parameter outputGradient: `[N, P, Q, C]`.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N (H W + P Q) C), and O(Q) scratch memory.
  ///
  /// Source: the lecture's "* with resampling" and "Derivatives through a convolutional layer" with stride, where the
  /// derivative maps are upsampled.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShape)
    try self.inputGradient(outputGradient, into: &inputGradient, context: context)
    return inputGradient
  }

  /// As ``inputGradient(_:context:)``, written over `inputGradient`, whatever it held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(outputShape, "resampling output gradient")
    try inputGradient.requireShape(inputShape, "resampling input gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    let (source, target) = (outputGradient.base, try inputGradient.outputBase())
    try withColumns(context) { columns throws(UnfoldError) in gather(source, columns, into: target, context) }
  }

  private func gather<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>, _ columns: UnsafePointer<ResampledColumn<Scalar>>,
    into inputGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let bands = inputBands
    context.forEach(bands.tasks) { task, _ in
      let block = bands.channels(of: task)
      for row in bands.rows(of: task) {
        let (image, h) = row.quotientAndRemainder(dividingBy: vertical.input)
        let target = inputGradient + (row &* horizontal.input &* channels &+ block.lowerBound)
        clear(target, pixels: horizontal.input, channels: channels, block.count)
        for p in vertical.positions(with: h) {
          let outputRow = (image &* vertical.output &+ p) &* horizontal.output &* channels
          let source = outputGradient + (outputRow &+ block.lowerBound)
          if vertical.interpolates {
            let rows = vertical.sample(at: p)
            let part = (rows.low == h ? 1 - rows.fraction : 0) + (rows.high == h ? rows.fraction : 0)
            shareOut(source, times: Scalar(part), columns, to: target, block.count)
          } else {
            add(source, columns, to: target, block.count)
          }
        }
      }
    }
  }

  /// Adds a row of output gradients to the pixels that they were copied from.
  @inline(__always)
  private func add<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, _ columns: UnsafePointer<ResampledColumn<Scalar>>,
    to target: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    for q in 0..<horizontal.output where columns[q].low >= 0 {
      let (gradient, pixel) = (source + (q &* channels), target + (columns[q].low &* channels))
      for c in 0..<count { pixel[c] += gradient[c] }
    }
  }

  /// Adds a part of a row of output gradients to the pixels that they were interpolated from.
  @inline(__always)
  private func shareOut<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, times part: Scalar, _ columns: UnsafePointer<ResampledColumn<Scalar>>,
    to target: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    for q in 0..<horizontal.output {
      let column = columns[q]
      let gradient = source + (q &* channels)
      let (left, right) = (part * (1 - column.fraction), part * column.fraction)
      let (low, high) = (target + (column.low &* channels), target + (column.high &* channels))
      for c in 0..<count { low[c] = low[c].addingProduct(left, gradient[c]) }
      for c in 0..<count { high[c] = high[c].addingProduct(right, gradient[c]) }
    }
  }
}
