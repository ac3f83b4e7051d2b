import CKernels

extension _Kernels {
  /// A rectangle of pixels of a grouped convolution whose groups have `width` channels and as many filters:
  ///
  /// `target[pixel, k] = bias[k] + sum over taps, c < width of source[pixel, tap, g + c] * filter[tap, c, k]`, where g is
  /// the first channel of k's group, and filters of two c lie `channels` elements apart; without `bias`, from 0.
  @inline(__always)
  func sumGroupTaps(
    _ rectangle: PixelRectangle, width: Int, channels: Int, source: UnsafePointer<Scalar>,
    filter: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>?, target: UnsafeMutablePointer<Scalar>
  ) {
    let shape = unfold_grouped(rectangle: rectangle, width: width, filter_channel: channels)
    withUnsafePointer(to: shape) { table.pointee.sum_group_taps($0, source, filter, bias, target) }
  }

  /// The filter gradient of such a rectangle, added to `filter`:
  ///
  /// `filter[tap, c, k] += sum over pixels of source[pixel, tap, g + c] * target[pixel, k]`.
  @inline(__always)
  func sumGroupPixels(
    _ rectangle: PixelRectangle, width: Int, channels: Int, source: UnsafePointer<Scalar>,
    target: UnsafePointer<Scalar>, filter: UnsafeMutablePointer<Scalar>
  ) {
    let shape = unfold_grouped(rectangle: rectangle, width: width, filter_channel: channels)
    withUnsafePointer(to: shape) { table.pointee.sum_group_pixels($0, source, target, filter) }
  }
}
