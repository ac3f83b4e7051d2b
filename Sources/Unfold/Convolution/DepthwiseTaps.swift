/// The taps that meet one pixel of a depthwise convolution or of its input gradient: where each lies in the source and
/// in the filter.
struct DepthwiseTap {
  let source: Int
  let filter: Int
}

/// The channels that a depthwise kernel keeps in registers at once.
let depthwiseLanes = 16

/// `target[c] = start[c] + sum over taps of source[tap.source + c] * filter[tap.filter + c]`, vectors of channels at a
/// time, each sum in a register.
@inline(__always)
func sumTaps<Scalar: TensorScalar>(
  _ taps: UnsafeBufferPointer<DepthwiseTap>, _ source: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>,
  startingAt start: UnsafePointer<Scalar>?, channels: Int, into target: UnsafeMutablePointer<Scalar>
) {
  typealias Vector = SIMD16<Scalar>
  var c = 0
  while c + depthwiseLanes <= channels {
    var sum = start.map { load($0 + c, as: Vector.self) } ?? Vector(repeating: 0)
    for tap in taps {
      sum = sum.addingProduct(
        load(source + tap.source + c, as: Vector.self), load(filter + tap.filter + c, as: Vector.self))
    }
    store(sum, to: target + c)
    c += depthwiseLanes
  }
  while c < channels {
    var sum = start.map { $0[c] } ?? 0
    for tap in taps { sum = sum.addingProduct(source[tap.source + c], filter[tap.filter + c]) }
    target[c] = sum
    c += 1
  }
}

/// A vector from memory of any alignment.
@inline(__always)
func load<Scalar, Vector>(_ address: UnsafePointer<Scalar>, as type: Vector.Type) -> Vector {
  UnsafeRawPointer(address).loadUnaligned(as: type)
}

/// A vector to memory of any alignment.
@inline(__always)
func store<Scalar, Vector>(_ vector: Vector, to address: UnsafeMutablePointer<Scalar>) {
  UnsafeMutableRawPointer(address).storeBytes(of: vector, as: Vector.self)
}
