import CKernels

// The kernels of matrix products with a few filters, in C for the same reason as the micro-kernels; see dot.h.

extension Float {
  public static var _dotLanes: Int { unfold_dot_lanes_float() }

  @inline(__always)
  public static func _dot(
    _ source: UnsafePointer<UnsafePointer<Float>>, stride: Int, segments: Int, run: Int, filter: UnsafePointer<Float>,
    start: UnsafePointer<Float>, target: UnsafePointer<UnsafeMutablePointer<Float>>, rows: Int, columns: Int
  ) {
    source.withMemoryRebound(to: Optional<UnsafePointer<Float>>.self, capacity: 1) { source in
      target.withMemoryRebound(to: Optional<UnsafeMutablePointer<Float>>.self, capacity: 1) { target in
        unfold_dot_float(source, stride, segments, run, filter, start, target, rows, columns)
      }
    }
  }
}

extension Double {
  public static var _dotLanes: Int { unfold_dot_lanes_double() }

  @inline(__always)
  public static func _dot(
    _ source: UnsafePointer<UnsafePointer<Double>>, stride: Int, segments: Int, run: Int, filter: UnsafePointer<Double>,
    start: UnsafePointer<Double>, target: UnsafePointer<UnsafeMutablePointer<Double>>, rows: Int, columns: Int
  ) {
    source.withMemoryRebound(to: Optional<UnsafePointer<Double>>.self, capacity: 1) { source in
      target.withMemoryRebound(to: Optional<UnsafeMutablePointer<Double>>.self, capacity: 1) { target in
        unfold_dot_double(source, stride, segments, run, filter, start, target, rows, columns)
      }
    }
  }
}
