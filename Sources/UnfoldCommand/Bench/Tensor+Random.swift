import Unfold

extension Tensor where Scalar == Float {
  /// Uniform numbers for a measurement: too few are denormal or zero to change the speed.
  static func random(
    _ shape: Shape, in numbers: Range<Float> = -1..<1, using generator: inout SeededGenerator
  ) throws(UnfoldError) -> Tensor<Float> {
    let width = numbers.upperBound - numbers.lowerBound
    return try Tensor(shape: shape) { _ in width * generator.uniform(as: Float.self) + numbers.lowerBound }
  }

  /// The bytes of all elements.
  var byteCount: Int { count * MemoryLayout<Float>.stride }
}
