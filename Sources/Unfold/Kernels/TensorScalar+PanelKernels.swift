import CKernels

// The micro-kernels of the two matrix products. They are in C, where each is compiled for several instruction sets; see
// kernels.h for their drawings.

/// The epilogue of a product: what is done to its sums before they are stored; see kernels.h.
public struct _SumFinish: OptionSet, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  static let relu = _SumFinish(rawValue: 1)
  /// Non-temporal stores, which ``StreamedStores/finish()`` must follow.
  static let streams = _SumFinish(rawValue: 2)
  /// The target's own values are added, besides what the sums start from.
  static let adds = _SumFinish(rawValue: 4)
}

extension Float {
  public static var _blockRows: Int { unfold_block_rows_float() }
  public static var _panelWidth: Int { unfold_panel_width_float() }
  public static var _narrowestPanel: Int { unfold_narrowest_panel_float() }

  @inline(__always)
  public static func _product(
    _ source: UnsafePointer<UnsafePointer<Float>>, stride: Int, segments: Int, offset: Int, run: Int,
    panel: UnsafePointer<Float>, width: Int, start: UnsafePointer<Float>?,
    target: UnsafePointer<UnsafeMutablePointer<Float>>, column: Int, rows: Int, columns: Int, finish: _SumFinish,
    ahead: UnsafeRawPointer?
  ) {
    source.withMemoryRebound(to: Optional<UnsafePointer<Float>>.self, capacity: 1) { source in
      target.withMemoryRebound(to: Optional<UnsafeMutablePointer<Float>>.self, capacity: 1) { target in
        unfold_product_float(
          source, stride, segments, offset, run, panel, width, start, target, column, rows, columns, finish.rawValue,
          ahead)
      }
    }
  }

  @inline(__always)
  public static func _outer(
    _ source: UnsafePointer<UnsafePointer<Float>>, count: Int, offset: Int, panel: UnsafePointer<Float>, width: Int,
    pitch: Int, target: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int, ahead: UnsafeRawPointer?
  ) {
    source.withMemoryRebound(to: Optional<UnsafePointer<Float>>.self, capacity: 1) { source in
      unfold_outer_float(source, count, offset, panel, width, pitch, target, stride, rows, columns, ahead)
    }
  }

  @inline(__always)
  public static func _gatheredOuter(
    _ source: UnsafePointer<Float>, count: Int, panel: UnsafePointer<Float>, width: Int, pitch: Int,
    target: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int, ahead: UnsafeRawPointer?
  ) {
    unfold_gathered_outer_float(source, count, panel, width, pitch, target, stride, rows, columns, ahead)
  }

  @inline(__always)
  public static func _gather(
    _ source: UnsafePointer<UnsafePointer<Float>>, count: Int, offset: Int, rows: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    source.withMemoryRebound(to: Optional<UnsafePointer<Float>>.self, capacity: 1) { source in
      unfold_gather_float(source, count, offset, rows, target)
    }
  }
}

extension Double {
  public static var _blockRows: Int { unfold_block_rows_double() }
  public static var _panelWidth: Int { unfold_panel_width_double() }
  public static var _narrowestPanel: Int { unfold_narrowest_panel_double() }

  @inline(__always)
  public static func _product(
    _ source: UnsafePointer<UnsafePointer<Double>>, stride: Int, segments: Int, offset: Int, run: Int,
    panel: UnsafePointer<Double>, width: Int, start: UnsafePointer<Double>?,
    target: UnsafePointer<UnsafeMutablePointer<Double>>, column: Int, rows: Int, columns: Int, finish: _SumFinish,
    ahead: UnsafeRawPointer?
  ) {
    source.withMemoryRebound(to: Optional<UnsafePointer<Double>>.self, capacity: 1) { source in
      target.withMemoryRebound(to: Optional<UnsafeMutablePointer<Double>>.self, capacity: 1) { target in
        unfold_product_double(
          source, stride, segments, offset, run, panel, width, start, target, column, rows, columns, finish.rawValue,
          ahead)
      }
    }
  }

  @inline(__always)
  public static func _outer(
    _ source: UnsafePointer<UnsafePointer<Double>>, count: Int, offset: Int, panel: UnsafePointer<Double>, width: Int,
    pitch: Int, target: UnsafeMutablePointer<Double>, stride: Int, rows: Int, columns: Int, ahead: UnsafeRawPointer?
  ) {
    source.withMemoryRebound(to: Optional<UnsafePointer<Double>>.self, capacity: 1) { source in
      unfold_outer_double(source, count, offset, panel, width, pitch, target, stride, rows, columns, ahead)
    }
  }

  @inline(__always)
  public static func _gatheredOuter(
    _ source: UnsafePointer<Double>, count: Int, panel: UnsafePointer<Double>, width: Int, pitch: Int,
    target: UnsafeMutablePointer<Double>, stride: Int, rows: Int, columns: Int, ahead: UnsafeRawPointer?
  ) {
    unfold_gathered_outer_double(source, count, panel, width, pitch, target, stride, rows, columns, ahead)
  }

  @inline(__always)
  public static func _gather(
    _ source: UnsafePointer<UnsafePointer<Double>>, count: Int, offset: Int, rows: Int,
    into target: UnsafeMutablePointer<Double>
  ) {
    source.withMemoryRebound(to: Optional<UnsafePointer<Double>>.self, capacity: 1) { source in
      unfold_gather_double(source, count, offset, rows, target)
    }
  }
}
