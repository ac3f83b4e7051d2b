import Synchronization
import Unfold

extension Tensor {
  /// The largest magnitude of the elements, 0 for none; NaN where an element is infinite or NaN.
  ///
  /// - Complexity: One pass, on all threads; memory-bandwidth bound.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func largestMagnitude(context: ExecutionContext) -> Scalar {
    // Magnitudes have the order of their bits, with NaN last: a maximum of integers does not depend on the order of the
    // comparisons.
    let largest = Atomic<UInt64>(0)
    withUnsafeBufferPointer { elements in
      guard let x = elements.baseAddress else { return }
      forEachChunk(of: elements.count, context: context) { range in
        let found = magnitude(x + range.lowerBound, range.count)
        largest.max(Double(found).bitPattern, ordering: .relaxed)
      }
    }
    return Scalar(Double(bitPattern: largest.load(ordering: .relaxed)))
  }

  /// The first element that is infinite or NaN, and its place, for a message.
  func firstNotFinite() -> String {
    withUnsafeBufferPointer { elements in
      elements.firstIndex { !$0.isFinite }.map { "\(elements[$0].messageText) at element \($0)" } ?? "none"
    }
  }
}

/// The largest magnitude of some elements, NaN where one is infinite or NaN.
@inline(__always)
private func magnitude<Scalar: TensorScalar>(_ x: UnsafePointer<Scalar>, _ count: Int) -> Scalar {
  let largest =
    Scalar.self == Float.self
    ? x.withMemoryRebound(to: UInt32.self, capacity: count) {
      Scalar(Float(bitPattern: largestBits($0, count, .max / 2)))
    }
    : x.withMemoryRebound(to: UInt64.self, capacity: count) {
      Scalar(Double(bitPattern: largestBits($0, count, .max / 2)))
    }
  return largest.isFinite ? largest : .nan
}

/// The largest of some numbers as integers, masked by `mask`. Compilers vectorise a maximum of integers, but not that
/// of numbers that may be NaN.
@inline(__always)
private func largestBits<Bits: FixedWidthInteger>(_ x: UnsafePointer<Bits>, _ count: Int, _ mask: Bits) -> Bits {
  var largest = Bits(0)
  for i in 0..<count { largest = max(largest, x[i] & mask) }
  return largest
}

extension Array {
  /// Throws unless every parameter has a gradient of its shape, of finite numbers.
  ///
  /// - Complexity: One pass over the gradients that have not been measured yet.
  func requireGradients<Scalar>(context: ExecutionContext) throws(UnfoldError) where Element == Parameter<Scalar> {
    for parameter in self {
      guard parameter.gradient.shape == parameter.value.shape else {
        throw .shapeMismatch(
          of: "gradient of \(parameter.name)", expected: parameter.value.shape, found: parameter.gradient.shape)
      }
      guard !parameter.largestGradient(context: context).isFinite else { continue }
      throw .notFinite("gradient of \(parameter.name)", found: parameter.gradient.firstNotFinite())
    }
  }
}
