import Synchronization
import Unfold

extension Tensor {
  /// The largest magnitude of the elements, 0 for none; NaN where an element is infinite or NaN.
  ///
  /// - Complexity: One pass, on all threads; bound by memory.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func largestMagnitude(context: ExecutionContext) -> Scalar {
    // Magnitudes are in the order of their bits, and NaN comes last: a maximum of integers does not depend on who is first.
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
      elements.firstIndex { !$0.isFinite }.map { "\(elements[$0]) at element \($0)" } ?? "none"
    }
  }
}

/// The largest magnitude of some elements, NaN where one is infinite or NaN.
@inline(__always)
private func magnitude<Scalar: TensorScalar>(_ x: UnsafePointer<Scalar>, _ count: Int) -> Scalar {
  typealias Lanes = SIMD16<Scalar>
  var (a, b) = (Lanes(repeating: 0), Lanes(repeating: 0))
  // A finite number minus itself is 0, anything else NaN.
  var (poison, poison2) = (Lanes(repeating: 0), Lanes(repeating: 0))
  var i = 0
  while i &+ 32 <= count {
    let p = UnsafeRawPointer(x + i).loadUnaligned(as: Lanes.self)
    let q = UnsafeRawPointer(x + (i &+ 16)).loadUnaligned(as: Lanes.self)
    poison += p - p
    poison2 += q - q
    a.replace(with: p, where: p .> a)
    b.replace(with: -p, where: -p .> b)
    a.replace(with: q, where: q .> a)
    b.replace(with: -q, where: -q .> b)
    i = i &+ 32
  }
  var (largest, rest) = (Scalar(0), Scalar(0))
  for lane in 0..<16 {
    largest = a[lane] > largest ? a[lane] : largest
    largest = b[lane] > largest ? b[lane] : largest
    rest += poison[lane] + poison2[lane]
  }
  while i < count {
    rest += x[i] - x[i]
    largest = x[i].magnitude > largest ? x[i].magnitude : largest
    i = i &+ 1
  }
  return rest == 0 ? largest : .nan
}

extension Array {
  /// Throws unless every parameter has a gradient of its shape, of finite numbers.
  ///
  /// - Complexity: One pass over the gradients that nobody has measured yet.
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
