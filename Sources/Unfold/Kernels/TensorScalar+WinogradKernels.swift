import CKernels

// The transforms of Winograd's convolution, in C for the same reason as the micro-kernels; see winograd.h.

/// A transform of a tile to the Winograd domain or from it: `L X L^T`, or on a line `L X`.
public struct _WinogradMap: Hashable, Sendable {
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

extension Float {
  @inline(__always)
  public static func _toPoints(
    _ map: _WinogradMap, _ pixels: UnsafePointer<UnsafePointer<Float>>, offset: Int,
    points: UnsafeMutablePointer<Float>, stride: Int, tileStride: Int, tiles: Int, channels: Int, streams: Bool
  ) {
    pixels.withMemoryRebound(to: Optional<UnsafePointer<Float>>.self, capacity: 1) {
      unfold_to_points_float(map.rawValue, $0, offset, points, stride, tileStride, tiles, channels, streams ? 1 : 0)
    }
  }

  @inline(__always)
  public static func _fromPoints(
    _ map: _WinogradMap, _ points: UnsafePointer<Float>, stride: Int, tileStride: Int,
    pixels: UnsafePointer<UnsafeMutablePointer<Float>>, offset: Int, start: UnsafePointer<Float>?, tiles: Int,
    channels: Int, finish: _SumFinish
  ) {
    pixels.withMemoryRebound(to: Optional<UnsafeMutablePointer<Float>>.self, capacity: 1) {
      unfold_from_points_float(
        map.rawValue, points, stride, tileStride, $0, offset, start, tiles, channels, finish.rawValue)
    }
  }
}

extension Double {
  @inline(__always)
  public static func _toPoints(
    _ map: _WinogradMap, _ pixels: UnsafePointer<UnsafePointer<Double>>, offset: Int,
    points: UnsafeMutablePointer<Double>, stride: Int, tileStride: Int, tiles: Int, channels: Int, streams: Bool
  ) {
    pixels.withMemoryRebound(to: Optional<UnsafePointer<Double>>.self, capacity: 1) {
      unfold_to_points_double(map.rawValue, $0, offset, points, stride, tileStride, tiles, channels, streams ? 1 : 0)
    }
  }

  @inline(__always)
  public static func _fromPoints(
    _ map: _WinogradMap, _ points: UnsafePointer<Double>, stride: Int, tileStride: Int,
    pixels: UnsafePointer<UnsafeMutablePointer<Double>>, offset: Int, start: UnsafePointer<Double>?, tiles: Int,
    channels: Int, finish: _SumFinish
  ) {
    pixels.withMemoryRebound(to: Optional<UnsafeMutablePointer<Double>>.self, capacity: 1) {
      unfold_from_points_double(
        map.rawValue, points, stride, tileStride, $0, offset, start, tiles, channels, finish.rawValue)
    }
  }
}
