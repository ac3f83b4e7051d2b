import CProcessor

/// Adds `count` partial sums of `elements` elements each to `target`, in their order, and applies an activation to the
/// whole sum. Does nothing where there is no partial sum.
@inline(__always)
func addPartials<Scalar: TensorScalar>(
  _ partials: UnsafePointer<Scalar>, count: Int, elements: Int, to target: UnsafeMutablePointer<Scalar>,
  _ activation: Activation, _ context: ExecutionContext
) {
  guard count > 0 else { return }
  let chunk = 1 << 13
  context.forEach(ceilingDivision(elements, chunk)) { task, _ in
    let first = task * chunk
    let length = min(chunk, elements - first)
    addPartials(partials + first, count: count, stride: elements, length: length, to: target + first)
    activation.apply(target + first, count: length)
  }
}

/// Adds some elements of `count` partial sums, `stride` elements apart, on this thread.
///
/// Each of them has been written by one core, which will write it again, and is read by this one alone: it is claimed.
@inline(__always)
func addPartials<Scalar: TensorScalar>(
  _ partials: UnsafePointer<Scalar>, count: Int, stride: Int, length: Int, to sum: UnsafeMutablePointer<Scalar>
) {
  let block = 4096 / MemoryLayout<Scalar>.stride
  for first in Swift.stride(from: 0, to: length, by: block) {
    let (target, size) = (sum + first, min(block, length - first))
    unfold_claim(target, size * MemoryLayout<Scalar>.stride)
    for partial in 0..<count {
      let source = partials + partial * stride + first
      unfold_claim(source, size * MemoryLayout<Scalar>.stride)
      for i in 0..<size { target[i] += source[i] }
    }
  }
}
