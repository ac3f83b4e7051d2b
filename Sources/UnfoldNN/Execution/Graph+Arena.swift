import Unfold

extension Graph {
  /// The bytes in which all values and gradients of a pass lie: as they are laid out, and the largest sum of buffers that
  /// are alive at one time, below which no layout comes. They are worked out; neither the memory nor weights are made.
  ///
  /// - Parameters:
  ///   - batch: The number of samples.
  ///   - mode: Training keeps what the backward pass reads, and has gradients.
  ///   - needsInputGradients: Whether the backward pass computes the gradients of the graph's inputs too.
  ///   - type: The element type.
  /// - Throws: ``UnfoldError`` for a batch below 1 and for sizes that the machine cannot hold.
  public func arenaBytes<Scalar: TensorScalar>(
    batch: Int, mode: ForwardMode, needsInputGradients: Bool = false, of type: Scalar.Type = Float.self
  ) throws(UnfoldError) -> (planned: Int, lowerBound: Int) {
    let plan = try ExecutionPlan<Scalar>(self, batch: batch, mode: mode, needsInputGradients: needsInputGradients)
    return (plan.memory.bytes, plan.memory.lowerBound)
  }
}
