extension PixelRectangles {
  /// Calls `body` for every rectangle of all images, shared out to the workers in bands of rows, and applies the activation
  /// to a band while that is in the second-level cache. A band's source fits there too, so that the taps of several rows
  /// read it from memory once.
  ///
  /// - Parameters:
  ///   - target: The memory that `body` writes to.
  ///   - groupWidth: The channels of a group, whose vectors the kernels store.
  @inline(__always)
  func forEach<Scalar: TensorScalar>(
    into target: UnsafeMutablePointer<Scalar>, _ activation: Activation, groupWidth: Int, _ context: ExecutionContext,
    _ body: (_ rectangle: PixelRectangle, _ source: Int, _ target: Int) -> Void
  ) {
    let rowLength = targetWidth * targetChannels
    let bands =
      targetHeight * rowLength <= Self.bandElements
      ? 1 : ceilingDivision(targetHeight, max(1, Self.bandElements / rowLength))
    let streams = activation == .identity && self.streams(to: target, groupWidth: groupWidth)
    context.forEach(batch * bands) { task, _ in
      let (image, index) = (task / bands, task % bands)
      let band = targetHeight * index / bands..<targetHeight * (index + 1) / bands
      forEach(image: image, band: band, streams: streams, body)
      if streams { StreamedStores.finish() }
      activation.apply(target + (image * targetHeight + band.lowerBound) * rowLength, count: band.count * rowLength)
    }
  }

  private static var bandElements: Int { 1 << 15 }

  /// Whether the target is written by non-temporal stores. The kernels store whole lines then, which must not reach into
  /// the next group's; and an activation would read the target again.
  @inline(__always)
  func streams<Scalar: TensorScalar>(to target: UnsafeMutablePointer<Scalar>, groupWidth: Int) -> Bool {
    let count = batch * targetHeight * targetWidth * targetChannels
    guard StreamedStores.suit(target, elements: targetChannels, of: count) else { return false }
    let line = StreamedStores.lineBytes / MemoryLayout<Scalar>.stride
    return groupWidth % line == 0 || line % groupWidth == 0
  }
}
