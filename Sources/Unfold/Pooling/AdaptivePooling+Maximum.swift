/// Adaptive max pooling.
extension AdaptivePooling: MaximumPooling {
  /// Room for the positions of this pooling.
  ///
  /// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
  public func emptyPositions() throws(UnfoldError) -> AdaptiveMaximumPositions {
    try AdaptiveMaximumPositions(for: self)
  }

  /// The largest value of each window, and where it was.
  ///
  /// Of equal maxima the first in row-major order wins. A NaN is larger than any number, and the first NaN wins.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - output: Is overwritten: `[N, P, Q, C]`.
  ///   - saved: Is overwritten: the positions that the gradient needs. Those of another pooling are replaced.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N (H + P) (W + Q) C).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func maximum<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, saved: inout AdaptiveMaximumPositions,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    defer { withExtendedLifetime(input) {} }
    let (source, target) = try output.outputBase(
      outputShape, "adaptive pooling output", from: input, inputShape, "adaptive pooling input")
    let places = try saved.outputBase(for: self)
    let (bands, channels) = (outputBands, channels)
    context.forEach(bands.tasks) { task, _ in
      let block = bands.channels(of: task)
      for row in bands.rows(of: task) {
        let (image, p) = row.quotientAndRemainder(dividingBy: vertical.output)
        let rows = vertical.window(p)
        for q in 0..<horizontal.output {
          let offset = (row &* horizontal.output &+ q) &* channels &+ block.lowerBound
          var isFirst = true
          for h in rows {
            for w in horizontal.window(q) {
              let pixel = h &* horizontal.input &+ w
              let place = image &* vertical.input &* horizontal.input &+ pixel
              take(
                source + (place &* channels &+ block.lowerBound), UInt32(truncatingIfNeeded: pixel), isFirst: isFirst,
                target + offset, places + offset, block.count)
              isFirst = false
            }
          }
        }
      }
    }
  }

  /// The gradient of the input: each output gradient goes to the element that was its window's maximum, and the
  /// gradients of an element that several windows chose are added up, in double precision.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, P, Q, C]`.
  ///   - saved: What ``maximum(_:context:)`` of the same pooling returned.
  ///   - inputGradient: Is overwritten: `[N, H, W, C]`.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``, and
  ///   ``UnfoldError/invalidArgument(_:expected:found:)`` for positions of another pooling.
  /// - Complexity: O(N (H + P) (W + Q) C). Scratch memory: C doubles a thread.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func maximumInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, saved: AdaptiveMaximumPositions, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try saved.require(self)
    defer { withExtendedLifetime((outputGradient, saved)) {} }
    let (source, target) = try inputGradient.outputBase(
      inputShape, "adaptive pooling input gradient", from: outputGradient, outputShape,
      "adaptive pooling output gradient")
    let places = saved.base
    try gather(into: target, context) { sums, window in
      let (gradients, places) = (source + window.offset, places + window.offset)
      let pixel = UInt32(truncatingIfNeeded: window.pixel)
      for c in 0..<window.channels { sums[c] += places[c] == pixel ? Double(gradients[c]) : 0 }
    }
  }
}

/// Takes a pixel's channels where they are larger than the maxima so far; all of them from the first pixel.
@inline(__always)
private func take<Scalar: TensorScalar>(
  _ pixel: UnsafePointer<Scalar>, _ place: UInt32, isFirst: Bool, _ maxima: UnsafeMutablePointer<Scalar>,
  _ places: UnsafeMutablePointer<UInt32>, _ count: Int
) {
  if isFirst {
    maxima.update(from: pixel, count: count)
    places.update(repeating: place, count: count)
  } else {
    for c in 0..<count {
      let (x, largest) = (pixel[c], maxima[c])
      // "Not less or equal" is true for a new NaN, and a NaN that is the maximum already is not replaced.
      let isLarger = largest == largest ? !(x <= largest) : false
      maxima[c] = isLarger ? x : largest
      places[c] = isLarger ? place : places[c]
    }
  }
}

/// The positions that adaptive max pooling saves for its gradient: for every output element the pixel of its image that
/// held the maximum, four bytes each. A value: copies are independent.
public struct AdaptiveMaximumPositions: Sendable {
  /// The pooling that it belongs to.
  public private(set) var pooling: AdaptivePooling
  private var storage: ByteStorage

  /// Room for the positions of one pooling. All of them name the first pixel until
  /// ``AdaptivePooling/maximum(_:into:saved:context:)`` writes them.
  ///
  /// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
  public init(for pooling: AdaptivePooling) throws(UnfoldError) {
    self.pooling = pooling
    storage = try ByteStorage(zeros: Self.byteCount(for: pooling))
  }

  /// The memory that the positions take.
  public var byteCount: Int { storage.byteCount }

  /// The place in the input, in row-major order, of the maximum that became output element `offset`. Checked: an offset
  /// outside the output is a precondition failure, as it is for `Array`.
  public func inputOffset(of offset: Int) -> Int {
    precondition(0 <= offset && offset < pooling.outputShape.elements, "offset \(offset) is outside the output")
    let image = offset / (pooling.outputShape.elements / pooling.outputShape[0])
    let pixels = pooling.vertical.input * pooling.horizontal.input
    return (image * pixels + Int(base[offset])) * pooling.channels + offset % pooling.channels
  }

  /// The first place, for kernels.
  @inline(__always) var base: UnsafePointer<UInt32> { storage.base.assumingMemoryBound(to: UInt32.self) }

  /// Memory for writing every position of `pooling`.
  mutating func outputBase(for pooling: AdaptivePooling) throws(UnfoldError) -> UnsafeMutablePointer<UInt32> {
    let base = try storage.outputBase(byteCount: Self.byteCount(for: pooling))
    self.pooling = pooling
    return base.assumingMemoryBound(to: UInt32.self)
  }

  /// Throws unless the positions are those of `pooling`.
  func require(_ pooling: AdaptivePooling) throws(UnfoldError) { try pooling.requireSame(self.pooling) }

  private static func byteCount(for pooling: AdaptivePooling) -> Int {
    pooling.outputShape.elements * MemoryLayout<UInt32>.stride
  }
}
