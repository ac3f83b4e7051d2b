import CKernels

// The transforms of Winograd's convolution, in C for the same reason as the register blocks; see winograd.h.

/// From pixels to points: `L X L^T`.
public enum _PointsMap: UInt32, Sendable {
  case input2, input4, filter2, filter4, gradient2, gradient4
}

/// From points back to pixels.
public enum _PixelsMap: UInt32, Sendable {
  case output2 = 6
  case output4, taps2, taps4
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
