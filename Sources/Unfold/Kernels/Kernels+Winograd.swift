import CKernels

/// A transform of a tile to the Winograd domain or from it: `L X L^T`, or on a line `L X`.
struct WinogradMap: Hashable {
  let rawValue: UInt32

  /// Source pixels of a tile, to the Winograd domain.
  init(inputPoints points: Int, isLine: Bool) { self.init(UNFOLD_INPUT, pixels: points, points: points, isLine) }
  /// Taps of a filter, or pixels of an output gradient, to the Winograd domain.
  init(from pixels: Int, toPoints points: Int, isLine: Bool) {
    self.init(UNFOLD_TO_POINTS, pixels: pixels, points: points, isLine)
  }
  /// From the Winograd domain to the pixels of an output, or the taps of a filter gradient.
  init(fromPoints points: Int, to pixels: Int, isLine: Bool) {
    self.init(UNFOLD_FROM_POINTS, pixels: pixels, points: points, isLine)
  }

  private init(_ kind: Int, pixels: Int, points: Int, _ isLine: Bool) {
    rawValue = UInt32(kind + (isLine ? UNFOLD_LINE : 0) + 16 * points + pixels)
  }
}

extension _Kernels {
  /// Transforms tiles of pixels, given by their addresses, to the Winograd domain:
  ///
  /// `transformed[t * tileStride + point * stride + c] = (L X L^T)[point]` of `X[i] = pixels[t * count + i][offset + c]`;
  /// if `streams`, by non-temporal stores where vectors are whole cache lines: for values that all threads read and one
  /// thread will overwrite.
  @inline(__always)
  func toPoints(
    _ map: WinogradMap, _ pixels: UnsafePointer<UnsafePointer<Scalar>>, offset: Int,
    transformed: UnsafeMutablePointer<Scalar>, stride: Int, tileStride: Int, tiles: Int, channels: Int, streams: Bool
  ) {
    let shape = unfold_transform(
      map: map.rawValue, offset: offset, point_stride: stride, tile_stride: tileStride, tiles: tiles,
      channels: channels, epilogue: 0, streams: streams ? 1 : 0)
    withUnsafePointer(to: shape) { table.pointee.to_points($0, pixels, transformed) }
  }

  /// The inverse: `pixels[t * count + i][offset + c] = bias[c] + (L X L^T)[i]`; without `bias`, from 0.
  @inline(__always)
  func fromPoints(
    _ map: WinogradMap, _ transformed: UnsafePointer<Scalar>, stride: Int, tileStride: Int,
    pixels: UnsafePointer<UnsafeMutablePointer<Scalar>>, offset: Int, bias: UnsafePointer<Scalar>?, tiles: Int,
    channels: Int, epilogue: Epilogue
  ) {
    let shape = unfold_transform(
      map: map.rawValue, offset: offset, point_stride: stride, tile_stride: tileStride, tiles: tiles,
      channels: channels, epilogue: epilogue.rawValue, streams: 0)
    withUnsafePointer(to: shape) { table.pointee.from_points($0, transformed, bias, pixels) }
  }
}
