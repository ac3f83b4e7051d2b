import CKernels

// The kernels of matrix products whose sums have few terms, in C for the same reason as the micro-kernels; see
// short_sums.h.

extension Float {
  @inline(__always)
  public static func _shortSums(
    _ source: UnsafePointer<Float>, terms: Int, panels: UnsafePointer<Float>, start: UnsafePointer<Float>,
    target: UnsafeMutablePointer<Float>, rows: Int, columns: Int, finish: _SumFinish
  ) {
    unfold_short_sums_float(source, terms, panels, start, target, rows, columns, finish.rawValue)
  }
}

extension Double {
  @inline(__always)
  public static func _shortSums(
    _ source: UnsafePointer<Double>, terms: Int, panels: UnsafePointer<Double>, start: UnsafePointer<Double>,
    target: UnsafeMutablePointer<Double>, rows: Int, columns: Int, finish: _SumFinish
  ) {
    unfold_short_sums_double(source, terms, panels, start, target, rows, columns, finish.rawValue)
  }
}
