/// The gradient written over what it is computed from. A layer keeps its output until the backward pass; after it, that
/// memory is free and of the right size, while the output gradient still belongs to the layer that made it.
extension Activation {
  /// `output = outputGradient * f'(z)`, where `output` holds f(z). Memory that another tensor shares is copied first.
  ///
  /// - Throws: ``UnfoldError`` unless ``gradientFollowsFromOutput``, for a parameter that is not finite and where the
  ///   shapes differ.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func replaceOutput<Scalar: TensorScalar>(
    _ output: inout Tensor<Scalar>, byInputGradientOf outputGradient: Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) {
    try requireOutputForm()
    try replace(&output, outputGradient, context) { applyGradient($0, output: $1, count: $2) }
  }

  /// `input = outputGradient * f'(z)`, where `input` holds z. Memory that another tensor shares is copied first.
  ///
  /// - Throws: ``UnfoldError`` for a parameter that is not finite and where the shapes differ.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func replaceInput<Scalar: TensorScalar>(
    _ input: inout Tensor<Scalar>, byInputGradientOf outputGradient: Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) {
    try validate()
    try replace(&input, outputGradient, context) { applyGradient($0, input: $1, count: $2) }
  }

  /// Block by block: the saved values move to a scratch block, and the gradient is written in their place and
  /// multiplied there.
  @inline(__always)
  private func replace<Scalar: TensorScalar>(
    _ saved: inout Tensor<Scalar>, _ outputGradient: Tensor<Scalar>, _ context: ExecutionContext,
    _ multiply: (_ gradient: UnsafeMutablePointer<Scalar>, _ saved: UnsafePointer<Scalar>, _ count: Int) -> Void
  ) throws(UnfoldError) {
    try outputGradient.requireShape(saved.shape, "activation output gradient")
    let (target, source) = (saved.mutableBase(), outputGradient.base)
    defer { withExtendedLifetime(outputGradient) {} }
    let runs = try ElementRuns(of: saved, "activation output")
    try context.withScratch(
      bytes: context.threads * ElementRuns.blockLength * MemoryLayout<Scalar>.stride
    ) { (scratch) throws(UnfoldError) in
      let blocks = scratch.assumingMemoryBound(to: Scalar.self)
      context.forEach(runs.tasks) { task, worker in
        let block = blocks + worker &* ElementRuns.blockLength
        runs.forEachBlock(of: task) { first, length in
          block.update(from: target + first, count: length)
          (target + first).update(from: source + first, count: length)
          multiply(target + first, UnsafePointer(block), length)
        }
      }
    }
  }
}
