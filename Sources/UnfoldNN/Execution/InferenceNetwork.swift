import Unfold

/// A network for inference only, on batches of one size. It keeps the filters of its convolutions and dense layers only
/// in packed form, with batch normalisation folded in.
///
/// ```swift
/// let classifier = try InferenceNetwork(TrainedModel<Float>(path: "resnet.safetensors").network, batch: 1)
/// let logits = try classifier.forward(image)     // [1, classes]
/// ```
///
/// Inference by a ``Network`` is as fast, for batches of any size, and the network can still be trained; for that it
/// keeps its parameters beside their packed copies. Here the parameters are packed step by step, and each is released
/// once it is packed. So there are never two full copies in memory, provided that there is no other reference to the
/// network. If there is one, the network may be trained: this one does not change.
public final class InferenceNetwork<Scalar: TensorScalar> {
  private let execution: Execution<Scalar>

  /// Packs the parameters of a network, which is consumed.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - batch: The number of samples of every batch.
  ///   - context: The threads that pack, and the accuracy of the convolutions, which packing decides. All else follows
  ///     the context of each call.
  /// - Throws: `UnfoldError` for a batch below 1, and where memory is short.
  /// - Complexity: Linear in the parameters. In memory the parameters, the largest of them twice more (folded, and
  ///   packed), four times the filters that `PackedFilter` keeps in the Winograd domain, and what the passes need:
  ///   ``Graph/arenaBytes(batch:mode:needsInputGradients:of:)`` and the scratch memory of the context.
  public init(
    _ network: consuming Network<Scalar>, batch: Int, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    execution = try network.makeExecution(batch: batch, .inference)
    _ = consume network
    try execution.packParameters(context)
  }

  /// Where the time of each step goes, if it is measured; nil reads no clock.
  package var profile: PassProfile? {
    get { execution.profile }
    set { execution.profile = newValue }
  }

  /// The number of samples of every batch.
  public var batch: Int { execution.batch }

  /// The outputs of the graph, copied out of the network's memory.
  ///
  /// - Parameters:
  ///   - inputs: ``batch`` samples each, in the order of the graph's inputs.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N]` and the shape of a sample each.
  /// - Throws: `UnfoldError` for another shape, and where memory is short.
  public func forward(
    _ inputs: [Tensor<Scalar>], context: ExecutionContext = .shared
  ) throws(UnfoldError) -> [Tensor<Scalar>] {
    try execution.forward(inputs, step: RandomStep(seed: 0), context: context)
    return try execution.copiedOutputs()
  }

  /// The first output for one input.
  ///
  /// - Throws: As ``forward(_:context:)-([Tensor<Scalar>],_)``.
  public func forward(
    _ input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try run(input, context: context)
    return try execution.output(0).copied()
  }

  /// Runs forward and leaves the outputs where they are: see `withOutput`. Allocates nothing once the context
  /// has the scratch memory, but for a batch that is cut into micro-batches, whose views take a few hundred bytes.
  ///
  /// - Throws: `UnfoldError` for another shape, and where memory is short.
  public func run(_ input: Tensor<Scalar>, context: ExecutionContext = .shared) throws(UnfoldError) {
    try execution.forward(input, step: RandomStep(seed: 0), context: context)
  }

  /// Calls `body` with an output of the last pass, which must not be kept.
  ///
  /// - Throws: `UnfoldError` before the first pass and after one that failed, and what `body` throws.
  public func withOutput<Value>(_ index: Int = 0, _ body: (Tensor<Scalar>) throws -> Value) throws -> Value {
    try body(execution.output(index))
  }

  /// The same for a body that throws nothing but `UnfoldError`.
  public func withOutput<Value>(
    _ index: Int = 0, _ body: (Tensor<Scalar>) throws(UnfoldError) -> Value
  ) throws(UnfoldError) -> Value {
    try body(execution.output(index))
  }
}
