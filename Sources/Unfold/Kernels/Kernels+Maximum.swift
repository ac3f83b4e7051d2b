import CKernels

extension _Kernels {
  /// The maxima of a rectangle of windows, the first of several, and the numbers of their taps, in one byte each if
  /// `isNarrow` and else in four. A NaN is larger than any number.
  @inline(__always)
  func takeMaxima(
    _ rectangle: PixelRectangle, source: UnsafePointer<Scalar>, target: UnsafeMutablePointer<Scalar>,
    places: UnsafeMutableRawPointer, isNarrow: Bool
  ) {
    withUnsafePointer(to: rectangle) {
      table.pointee.take_maxima($0, source, target, places, isNarrow ? 1 : 0)
    }
  }

  /// `target[pixel, c] = sum over taps of source[pixel, tap, c]`, where `places[pixel, tap, c]` is that tap; from the
  /// last tap to the first.
  @inline(__always)
  func routeToMaxima(
    _ rectangle: PixelRectangle, source: UnsafePointer<Scalar>, places: UnsafeRawPointer, isNarrow: Bool,
    target: UnsafeMutablePointer<Scalar>
  ) {
    withUnsafePointer(to: rectangle) {
      table.pointee.route_to_maxima($0, source, places, isNarrow ? 1 : 0, target)
    }
  }
}
