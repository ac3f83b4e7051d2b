/// A way to compute one pass of a convolution: made for a geometry, with all the plans and layouts that it needs.
///
/// ```
/// ConvolutionGeometry.forward(...)            checks the tensors' shapes
///   -> ForwardMethod(geometry, accuracy)      chooses the method: the only place where that is decided
///     -> PanelForward(geometry)               a ConvolutionMethod: cuts tiles, lays out the scratch memory
///       -> run(operands, context)             shares the tiles out to the workers
/// ```
///
/// There are ``ForwardMethod``, ``InputGradientMethod`` and ``FilterGradientMethod``, each an enumeration of the methods of its
/// pass. The folders beside this file hold a kind of method each: `BLAS`, `Panels`, `Winograd`, and
/// `Depthwise`, `Grouped` and `Strips` for what ``DirectMethod`` chooses from.
protocol ConvolutionMethod<Operands> {
  /// The tensors of a call.
  associatedtype Operands

  /// What it does, in a few words.
  var title: String { get }

  /// How the work is cut.
  var facts: [MethodExplanation.Fact] { get }

  /// The scratch memory that ``run(_:_:)`` takes from a context of so many threads.
  func workspaceBytes(threads: Int) -> Int

  /// Computes the pass. The target's old values are ignored unless the operands accumulate.
  ///
  /// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
  func run(_ operands: Operands, _ context: ExecutionContext) throws(UnfoldError)
}

/// The choice of a pass: an enumeration of its methods. It runs by a `switch`; what need not be fast asks the method itself.
protocol MethodChoice<Operands>: ConvolutionMethod {
  /// The method that was chosen.
  var chosen: any ConvolutionMethod<Operands> { get }
}

extension MethodChoice {
  var title: String { chosen.title }
  var facts: [MethodExplanation.Fact] { chosen.facts }
  func workspaceBytes(threads: Int) -> Int { chosen.workspaceBytes(threads: threads) }
}

/// The tensors of a forward pass; or those of an input gradient, whose source is the output gradient.
struct ImageOperands<Scalar: TensorScalar> {
  /// `[N, H, W, C]` forward.
  let source: UnsafePointer<Scalar>
  /// `[R, S, C/g, K]`, or packed by ``ForwardMethod/pack(_:into:_:)``.
  let filter: UnsafePointer<Scalar>
  /// An element for each channel of the target, or nil for none.
  let bias: UnsafePointer<Scalar>?
  let activation: Activation
  /// `[N, P, Q, K]` forward.
  let target: UnsafeMutablePointer<Scalar>
  /// Whether the target's own values are added to; for pointwise convolutions only.
  var accumulates = false
}

/// The tensors of a filter gradient.
struct FilterGradientOperands<Scalar: TensorScalar> {
  /// `[N, H, W, C]`.
  let input: UnsafePointer<Scalar>
  /// `[N, P, Q, K]`.
  let outputGradient: UnsafePointer<Scalar>
  /// `[R, S, C/g, K]`.
  let filterGradient: UnsafeMutablePointer<Scalar>
}
