import Unfold

extension Tensor where Scalar == Float {
  /// Numbers uniform in -1 ..< 1, the same in every run.
  static func random(_ shape: Shape, seed: UInt64 = 0) throws(UnfoldError) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    return try Tensor(shape: shape) { _ in 2 * generator.uniform(as: Float.self) - 1 }
  }
}
