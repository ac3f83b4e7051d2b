import Unfold

extension Tensor where Scalar == Float {
  /// Numbers for a measurement, uniform in -1 ..< 1: none is denormal or zero often enough to change a speed.
  static func random(_ shape: Shape, using generator: inout SeededGenerator) throws(UnfoldError) -> Tensor<Float> {
    try Tensor(shape: shape) { _ in 2 * generator.uniform(as: Float.self) - 1 }
  }

  /// The bytes of all elements.
  var byteCount: Int { count * MemoryLayout<Float>.stride }
}
