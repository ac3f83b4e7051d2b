@testable import Unfold

extension Tensor {
  /// Uniform elements, by default in [-1, 1).
  init(random shape: Shape, in numbers: Range<Double> = -1..<1, _ generator: inout SeededGenerator) throws {
    try self.init(shape: shape) { _ in Scalar(Double.random(in: numbers, using: &generator)) }
  }

  /// An output that has not been written: every element that a kernel forgets is a NaN in the result.
  static func poisoned(_ shape: Shape) throws -> Tensor { try Tensor(repeating: .nan, shape: shape) }

  /// The absolute values, as in the bound of a sum of products.
  func magnitudes() throws -> Tensor {
    let elements = elements
    return try Tensor(shape: shape) { abs(elements[$0]) }
  }

  /// Bits and not values, so that -0 differs from 0 and a NaN equals itself.
  func hasSameBits(as other: Tensor) -> Bool {
    shape == other.shape
      && withUnsafeBufferPointer { left in
        other.withUnsafeBufferPointer { right in
          UnsafeRawBufferPointer(left).elementsEqual(UnsafeRawBufferPointer(right))
        }
      }
  }

  /// The largest error against `truth`, element by element in units of the last place of `magnitude`: the sum of the
  /// absolute values of the terms that the element adds up. NaN and infinities count as infinite errors.
  func worstUlps(against truth: Tensor<Double>, magnitude: Tensor<Double>) -> Double {
    precondition(shape == truth.shape && shape == magnitude.shape)
    var worst = 0.0
    for (element, (value, size)) in zip(elements, zip(truth.elements, magnitude.elements)) {
      let error = abs(Double(element) - value)
      guard error.isFinite else { return .infinity }
      if error > 0 { worst = Swift.max(worst, error / (size * Double(Scalar.ulpOfOne))) }
    }
    return worst
  }
}

/// How far a sum of `terms` products may lie from the exact one, in units of the last place of the terms' absolute sum.
///
/// Each of the additions rounds by at most half such a unit. They add up to terms / 2 in the worst case of all errors
/// with one sign; rounding errors are random, so that the sum grows with the root: Higham and Mary (2019) show
/// lambda sqrt(terms) half units with a probability of failure of about 2 exp(-lambda² / 2). Lambda 6 makes that
/// 3e-8 for each element, and one more product, the bias, adds a term.
func allowedUlps(terms: Int) -> Double { 6 * Double(terms + 1).squareRoot() / 2 }

/// Scratch memory that is read before it is written shows as a NaN too.
func poisonScratch<Scalar: TensorScalar>(
  of context: ExecutionContext, _ geometry: ConvolutionGeometry, _ type: Scalar.Type
) throws {
  let bytes = ConvolutionDirection.allCases.map {
    geometry.workspaceBytes(for: $0, threads: context.threads, of: Scalar.self)
  }.max()
  let count = (bytes ?? 0) / MemoryLayout<Scalar>.stride
  try context.withScratch(bytes: count * MemoryLayout<Scalar>.stride) { (scratch) throws(UnfoldError) in
    scratch.bindMemory(to: Scalar.self, capacity: count).initialize(repeating: .nan, count: count)
  }
}
