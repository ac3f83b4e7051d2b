import CKernels

extension _Kernels {
  /// A rectangle of pixels of a depthwise convolution, which all read the source by the same taps:
  ///
  /// `target[pixel, c] = bias[c] + sum over taps of source[pixel, tap, c] * filter[tap, c]`; without `bias`, from 0.
  @inline(__always)
  func sumTaps(
    _ rectangle: PixelRectangle, source: UnsafePointer<Scalar>, filter: UnsafePointer<Scalar>,
    bias: UnsafePointer<Scalar>?, target: UnsafeMutablePointer<Scalar>
  ) {
    withUnsafePointer(to: rectangle) { table.pointee.sum_taps($0, source, filter, bias, target) }
  }

  /// The filter gradient of a rectangle of pixels, added to `filter`:
  ///
  /// `filter[tap, c] += sum over pixels of source[pixel, tap, c] * target[pixel, c]`.
  @inline(__always)
  func sumPixels(
    _ rectangle: PixelRectangle, source: UnsafePointer<Scalar>, target: UnsafePointer<Scalar>,
    filter: UnsafeMutablePointer<Scalar>
  ) {
    withUnsafePointer(to: rectangle) { table.pointee.sum_pixels($0, source, target, filter) }
  }
}
