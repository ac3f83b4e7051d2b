import CKernels

// The kernels of depthwise convolutions, in C for the same reason as the micro-kernels; see depthwise.h.

extension Float {
  @inline(__always)
  public static func _sumTaps(
    _ rectangle: _PixelRectangle, source: UnsafePointer<Float>, filter: UnsafePointer<Float>,
    start: UnsafePointer<Float>?, target: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: unfold_rectangle(rectangle)) { unfold_sum_taps_float($0, source, filter, start, target) }
  }

  @inline(__always)
  public static func _sumPixels(
    _ rectangle: _PixelRectangle, source: UnsafePointer<Float>, target: UnsafePointer<Float>,
    filter: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: unfold_rectangle(rectangle)) { unfold_sum_pixels_float($0, source, target, filter) }
  }
}

extension Double {
  @inline(__always)
  public static func _sumTaps(
    _ rectangle: _PixelRectangle, source: UnsafePointer<Double>, filter: UnsafePointer<Double>,
    start: UnsafePointer<Double>?, target: UnsafeMutablePointer<Double>
  ) {
    withUnsafePointer(to: unfold_rectangle(rectangle)) { unfold_sum_taps_double($0, source, filter, start, target) }
  }

  @inline(__always)
  public static func _sumPixels(
    _ rectangle: _PixelRectangle, source: UnsafePointer<Double>, target: UnsafePointer<Double>,
    filter: UnsafeMutablePointer<Double>
  ) {
    withUnsafePointer(to: unfold_rectangle(rectangle)) { unfold_sum_pixels_double($0, source, target, filter) }
  }
}
