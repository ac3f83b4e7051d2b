import Unfold

/// What a forward pass is for.
public enum ForwardMode: Hashable, Sendable {
  /// A backward pass follows: layers keep what it needs.
  case training
  /// Nothing follows, and nothing is kept.
  case inference
}

/// One stage of a network: a function of a batch, its gradients, and the parameters that it learns.
///
/// A layer knows the shape of its input and nothing of its neighbours. Shapes are those of one sample, without the batch;
/// every pass may have another batch size.
///
/// **Memory.** A layer writes its outputs and gradients to the same memory at every step, because a fresh buffer costs
/// more than the work that fills it. Tensors are values, so nobody can be hurt by that: memory that somebody still holds
/// is left alone and replaced. For it to be reused, a layer lets go of its input at the end of the backward pass, and
/// the caller lets go of the results before the next step.
public protocol Layer<Scalar>: AnyObject {
  /// The element type.
  associatedtype Scalar: TensorScalar

  /// The shape of one sample's input.
  var inputShape: Shape { get }
  /// The shape of one sample's output.
  var outputShape: Shape { get }
  /// What the layer learns, in a fixed order; the names are local, as in `weight`.
  var parameters: [Parameter<Scalar>] { get }

  /// The output for a batch.
  ///
  /// - Parameters:
  ///   - input: `[N]` and ``inputShape``.
  ///   - mode: Whether a backward pass follows.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N]` and ``outputShape``.
  /// - Throws: ``UnfoldError`` for another shape, and where memory is short.
  func forward(_ input: Tensor<Scalar>, mode: ForwardMode, context: ExecutionContext) throws(UnfoldError)
    -> Tensor<Scalar>

  /// The gradients of a loss, given its gradient with respect to the output of the last training forward pass. Those of
  /// the parameters are left in ``Parameter/gradient``.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N]` and ``outputShape``.
  ///   - needsInputGradient: False for the first layer of a network, which saves it a third of its work.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The gradient with respect to the input, nil where it is not needed.
  /// - Throws: ``UnfoldError`` for another shape, without a training forward pass before, and where memory is short.
  func backward(_ outputGradient: Tensor<Scalar>, needsInputGradient: Bool, context: ExecutionContext)
    throws(UnfoldError) -> Tensor<Scalar>?
}

extension Layer {
  /// The number of samples in a batch of inputs.
  func batchSize(of input: Tensor<Scalar>) throws(UnfoldError) -> Int {
    guard input.shape.rank == inputShape.rank + 1, Shape(Array(input.shape.extents.dropFirst())) == inputShape,
      input.shape[0] >= 1
    else {
      throw .shapeMismatch(
        of: "input of a layer", expected: inputShape.batched(max(input.shape.extents.first ?? 1, 1)),
        found: input.shape)
    }
    return input.shape[0]
  }
}

extension Shape {
  /// The shape of `count` samples of this shape.
  func batched(_ count: Int) -> Shape { Shape([count] + extents) }
}

extension UnfoldError {
  /// A backward pass without the forward pass that it belongs to.
  static var noForwardPass: UnfoldError {
    .invalidArgument("backward pass", expected: "one training forward pass before it", found: "none")
  }
}
