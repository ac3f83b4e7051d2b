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
    let sum = target + first
    for partial in 0..<count {
      let source = partials + partial * elements + first
      for i in 0..<length { sum[i] += source[i] }
    }
    activation.apply(sum, count: length)
  }
}
