import Benchmark
import Unfold

/// A pass from a tensor of random numbers to one result. The engine writes to the same tensor again and again, the naive
/// loops make a new one.
func pass(
  _ implementation: Implementation, from source: Shape, to target: Shape, seed: UInt64 = 0,
  engine: @escaping (Tensor<Float>, inout Tensor<Float>) throws -> Void,
  naive: @escaping (Tensor<Float>) throws -> Tensor<Float>
) throws -> () throws -> Void {
  let input = try Tensor.random(source, seed: seed)
  switch implementation {
  case .engine:
    var output = try Tensor<Float>(zeros: target)
    return { try engine(input, &output) }
  case .naive:
    return { blackHole(try naive(input)) }
  }
}
