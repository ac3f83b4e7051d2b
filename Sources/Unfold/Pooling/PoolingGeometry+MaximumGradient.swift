/// Max pooling, backward.
extension PoolingGeometry {
  /// The gradient of the input: each output gradient goes to the element that was its window's maximum, and elements
  /// that several windows chose sum up.
  ///
  /// ```
  /// inputGradient(saved(n, p, q, c)) += outputGradient(n, p, q, c)
  /// ```
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, P, Q, C]`.
  ///   - saved: What ``maximum(_:context:)`` of the same geometry returned.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``, and
  ///   ``UnfoldError/invalidArgument(_:expected:found:)`` for positions of another geometry.
  /// - Complexity: O(N (H W + P Q R S) C).
  ///
  /// Source: the lecture's "Derivative of max pooling layer at layer l".
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func maximumInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, saved: MaximumPositions, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShape)
    try maximumInputGradient(outputGradient, saved: saved, into: &inputGradient, context: context)
    return inputGradient
  }

  /// As ``maximumInputGradient(_:saved:context:)``, written over `inputGradient`, whatever it held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func maximumInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, saved: MaximumPositions, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(outputShape, "pooling output gradient")
    try inputGradient.requireShape(inputShape, "pooling input gradient")
    guard saved.geometry == self else {
      throw .invalidArgument(
        "saved positions", expected: "those of this pooling, \(inputShape) to \(outputShape)",
        found: "those of another, \(saved.geometry.inputShape) to \(saved.geometry.outputShape)")
    }
    defer { withExtendedLifetime((outputGradient, saved)) {} }
    let target = try inputGradient.outputBase()
    if MaximumPositions.isNarrow(self) {
      routeToMaxima(outputGradient.base, saved.base(as: UInt8.self), into: target, context)
    } else {
      routeToMaxima(outputGradient.base, saved.base(as: UInt32.self), into: target, context)
    }
  }

  private func routeToMaxima<Scalar: TensorScalar, Position: FixedWidthInteger>(
    _ outputGradient: UnsafePointer<Scalar>, _ positions: UnsafePointer<Position>,
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
        for p in windows.first..<windows.end {
          guard let r = vertical.tap(on: h, at: p) else { continue }
          var run = WindowRun(self, image: image, p: p, channels: block)
          while run.isInside {
            // From the last tap to the first, so that an element hears from its windows in their order.
            for s in (run.columnTaps.first..<run.columnTaps.end).reversed() {
              add(
                outputGradient + run.outputOffset, where: positions + run.outputOffset,
                are: Position(truncatingIfNeeded: r &* horizontal.window &+ s),
                to: target + (horizontal.inputPosition(run.q, tap: s) &* channels), run)
            }
            run.advance()
          }
        }
      }
    }
  }
}

/// Adds the gradients whose maximum lay on this tap.
@inline(__always)
private func add<Scalar: TensorScalar, Position: FixedWidthInteger>(
  _ gradients: UnsafePointer<Scalar>, where places: UnsafePointer<Position>, are place: Position,
  to target: UnsafeMutablePointer<Scalar>, _ run: WindowRun
) {
  for pixel in 0..<run.pixels {
    let (x, y) = (pixel &* run.inputStep, pixel &* run.outputStep)
    for channel in 0..<run.channels {
      target[x &+ channel] += places[y &+ channel] == place ? gradients[y &+ channel] : 0
    }
  }
}
