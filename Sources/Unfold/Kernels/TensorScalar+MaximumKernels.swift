import CKernels

// The kernels of max pooling, in C for the same reason as the micro-kernels; see maximum.h.

extension Float {
  @inline(__always)
  public static func _takeMaxima(
    _ rectangle: _PixelRectangle, source: UnsafePointer<Float>, target: UnsafeMutablePointer<Float>,
    places: UnsafeMutableRawPointer, isNarrow: Bool
  ) {
    withUnsafePointer(to: unfold_rectangle(rectangle)) {
      unfold_take_maxima_float($0, source, target, places, isNarrow ? 1 : 0)
    }
  }

  @inline(__always)
  public static func _routeToMaxima(
    _ rectangle: _PixelRectangle, source: UnsafePointer<Float>, places: UnsafeRawPointer, isNarrow: Bool,
    target: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: unfold_rectangle(rectangle)) {
      unfold_route_to_maxima_float($0, source, places, isNarrow ? 1 : 0, target)
    }
  }
}

extension Double {
  @inline(__always)
  public static func _takeMaxima(
    _ rectangle: _PixelRectangle, source: UnsafePointer<Double>, target: UnsafeMutablePointer<Double>,
    places: UnsafeMutableRawPointer, isNarrow: Bool
  ) {
    withUnsafePointer(to: unfold_rectangle(rectangle)) {
      unfold_take_maxima_double($0, source, target, places, isNarrow ? 1 : 0)
    }
  }

  @inline(__always)
  public static func _routeToMaxima(
    _ rectangle: _PixelRectangle, source: UnsafePointer<Double>, places: UnsafeRawPointer, isNarrow: Bool,
    target: UnsafeMutablePointer<Double>
  ) {
    withUnsafePointer(to: unfold_rectangle(rectangle)) {
      unfold_route_to_maxima_double($0, source, places, isNarrow ? 1 : 0, target)
    }
  }
}
