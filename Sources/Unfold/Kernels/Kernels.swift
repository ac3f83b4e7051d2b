import CKernels

/// The kernels of an element type, in C, where each is compiled for several instruction sets: Swift's one door to them. The
/// sums that they compute, with drawings, are in the headers of CKernels.
public struct _Kernels<Scalar> {
  let table: UnsafePointer<unfold_kernel_table>

  /// MR, the rows of a micro-kernel's block of sums.
  @inline(__always) var mr: Int { table.pointee.mr }
  /// NR, the columns of a packed panel; see ``PanelLayout``.
  @inline(__always) var nr: Int { table.pointee.nr }
  /// The width of the narrowest last panel: NR halved once or twice.
  @inline(__always) var narrowestPanel: Int { table.pointee.narrowest_panel }
  /// The elements of a vector.
  @inline(__always) var lanes: Int { table.pointee.lanes }
}

extension Float {
  @inline(__always) public static var _kernels: _Kernels<Float> { _Kernels(table: unfold_float_kernels()) }
}

extension Double {
  @inline(__always) public static var _kernels: _Kernels<Double> { _Kernels(table: unfold_double_kernels()) }
}
