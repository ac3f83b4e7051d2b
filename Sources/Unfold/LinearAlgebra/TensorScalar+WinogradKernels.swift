import CKernels

// The transforms of Winograd's convolution, in C for the same reason as the register blocks; see winograd.h.

/// From pixels to points: `L X L^T`.
public enum _PointsMap: UInt32, Sendable {
  /// All source pixels of a tile.
  case input4, input6
  /// Taps of a filter, or pixels of an output gradient.
  case from2To4, from3To4, from2To6, from3To6, from4To6, from5To6
}

/// From points back to pixels.
public enum _PixelsMap: UInt32, Sendable {
  case from4To2 = 8
  case from4To3, from6To2, from6To3, from6To4, from6To5
}

extension Float {
  @inline(__always)
  public static func _toPoints(
    _ map: _PointsMap, _ pixels: UnsafePointer<UnsafePointer<Float>>, offset: Int,
    points: UnsafeMutablePointer<Float>, stride: Int, tileStride: Int, tiles: Int, channels: Int
  ) {
    pixels.withMemoryRebound(to: Optional<UnsafePointer<Float>>.self, capacity: 1) {
      unfold_to_points_float(map.rawValue, $0, offset, points, stride, tileStride, tiles, channels)
    }
  }

  @inline(__always)
  public static func _fromPoints(
    _ map: _PixelsMap, _ points: UnsafePointer<Float>, stride: Int, tileStride: Int,
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
    _ map: _PointsMap, _ pixels: UnsafePointer<UnsafePointer<Double>>, offset: Int,
    points: UnsafeMutablePointer<Double>, stride: Int, tileStride: Int, tiles: Int, channels: Int
  ) {
    pixels.withMemoryRebound(to: Optional<UnsafePointer<Double>>.self, capacity: 1) {
      unfold_to_points_double(map.rawValue, $0, offset, points, stride, tileStride, tiles, channels)
    }
  }

  @inline(__always)
  public static func _fromPoints(
    _ map: _PixelsMap, _ points: UnsafePointer<Double>, stride: Int, tileStride: Int,
    pixels: UnsafePointer<UnsafeMutablePointer<Double>>, offset: Int, start: UnsafePointer<Double>?, tiles: Int,
    channels: Int, finish: _SumFinish
  ) {
    pixels.withMemoryRebound(to: Optional<UnsafeMutablePointer<Double>>.self, capacity: 1) {
      unfold_from_points_double(
        map.rawValue, points, stride, tileStride, $0, offset, start, tiles, channels, finish.rawValue)
    }
  }
}
