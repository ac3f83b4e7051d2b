import Unfold

extension Graph {
  /// The bytes of the memory for all values and gradients of a pass: those of the planned layout, and the largest sum
  /// of buffers that are alive at one time, which no layout can go below. They are only computed: neither the memory
  /// nor weights are allocated.
  ///
  /// - Parameters:
  ///   - batch: The number of samples.
  ///   - mode: Training keeps what the backward pass reads, and has gradients.
  ///   - needsInputGradients: Whether the backward pass computes the gradients of the graph's inputs too.
  ///   - type: The element type.
  /// - Throws: `UnfoldError` for a batch below 1 and for sizes that the machine cannot hold.
  public func arenaBytes<Scalar: TensorScalar>(
    batch: Int, mode: ForwardMode, needsInputGradients: Bool = false, of type: Scalar.Type = Float.self
  ) throws(UnfoldError) -> (planned: Int, lowerBound: Int) {
    let plan = try ExecutionPlan<Scalar>(self, batch: batch, mode: mode, needsInputGradients: needsInputGradients)
    return (plan.memory.bytes, plan.memory.lowerBound)
  }
}
