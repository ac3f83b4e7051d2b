import Unfold

/// The executable form of a layer, for a certain number of samples.
///
/// A kernel may keep what its backward pass needs (positions of maxima, batch statistics); everything else lies in the
/// memory that the network plans. It allocates only when it is made, never when it runs.
public protocol Kernel<Scalar>: AnyObject {
  /// The element type.
  associatedtype Scalar: TensorScalar

  /// The tensors of the forward pass that the backward pass reads.
  var needs: BackwardNeeds { get }
  /// Whether the output may be written over the first input.
  var worksInPlace: Bool { get }
  /// Whether the first input's gradient may be written over the output's gradient.
  var differentiatesInPlace: Bool { get }
  /// Whether the first input's gradient can be added to what its memory holds; see ``NodePass/addsInputGradient``.
  var addsInputGradient: Bool { get }
  /// The bytes that the kernel itself keeps.
  var keptBytes: Int { get }

  /// Packs the parameters once for all passes of a network for inference only. Afterwards the parameters may be
  /// released, and passes come without them. Returns false for a kernel that reads the parameters themselves.
  func pack(_ parameters: [Parameter<Scalar>], context: ExecutionContext) throws(UnfoldError) -> Bool

  /// Writes ``NodePass/output``.
  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError)

  /// Reads ``NodePass/outputGradient``, which may be overwritten, and writes the gradients of the parameters and of
  /// those inputs that ``NodePass/needsGradient(_:)``.
  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError)
}

extension Kernel {
  public var worksInPlace: Bool { false }
  public var differentiatesInPlace: Bool { false }
  public var addsInputGradient: Bool { false }
  public var keptBytes: Int { 0 }
  /// False: the parameters are read as they are.
  public func pack(_ parameters: [Parameter<Scalar>], context: ExecutionContext) throws(UnfoldError) -> Bool { false }
}

/// The tensors of a forward pass that its backward pass reads.
public struct BackwardNeeds: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The inputs.
  public static let inputs = BackwardNeeds(rawValue: 1)
  /// The output.
  public static let output = BackwardNeeds(rawValue: 2)
}

/// A node's part of a pass: its tensors and parameters.
public final class NodePass<Scalar: TensorScalar> {
  /// The tensors of all nodes: values, then gradients.
  let table: UnsafeMutablePointer<Tensor<Scalar>>
  let inputs: [Int]
  let outputIndex: Int
  let outputGradientIndex: Int?
  /// Nil where no gradient is needed.
  let inputGradientIndices: [Int?]
  /// Whether the first input's gradient is to be added to what its memory holds, because other nodes read that input
  /// too. Only for a kernel that supports it.
  public let addsInputGradient: Bool
  /// The node's parameters; none where the kernel has packed them.
  public internal(set) var parameters: [Parameter<Scalar>]
  /// Whether a backward pass follows. Of a node whose statistics are frozen it is `inference` in training too: a
  /// backward pass may follow then.
  public internal(set) var mode = ForwardMode.inference
  /// The number of the training step, for what is random in it.
  public internal(set) var step: UInt64 = 0
  /// The seed for what is random in a step, drawn when the network was made.
  public internal(set) var seed: UInt64 = 0
  /// The threads and the scratch memory.
  public internal(set) var context = ExecutionContext.shared
  /// Where the times of the parts of a backward pass go, if they are measured.
  var profile: PassProfile?
  /// For kernels that write gradients which nobody wants, made where there are any: one an input, and the output's.
  private var unseen: UnsafeMutablePointer<Tensor<Scalar>>?

  init(
    table: UnsafeMutablePointer<Tensor<Scalar>>, inputs: [Int], output: Int, outputGradient: Int?,
    inputGradients: [Int?], addsInputGradient: Bool, parameters: [Parameter<Scalar>]
  ) {
    self.table = table
    self.inputs = inputs
    outputIndex = output
    outputGradientIndex = outputGradient
    inputGradientIndices = inputGradients
    self.addsInputGradient = addsInputGradient
    self.parameters = parameters
  }

  /// Whether the node has statistics that must not change.
  var hasFrozenStatistics: Bool {
    for parameter in parameters where parameter.isFrozen && parameter.role == .statistic { return true }
    return false
  }

  /// The number of inputs.
  public var inputCount: Int { inputs.count }

  /// An input, `[N]` and the shape of a sample.
  public func input(_ index: Int = 0) -> Tensor<Scalar> { table[inputs[index]] }

  /// The output, to be written in full.
  public var output: Tensor<Scalar> {
    get { table[outputIndex] }
    _modify { yield &table[outputIndex] }
  }

  /// The loss's gradient with respect to the output. It is not read afterwards. In a forward pass there is none: then
  /// it is a tensor that nobody else sees.
  public var outputGradient: Tensor<Scalar> {
    get { gradient(at: outputGradientIndex, like: outputIndex, inputs.count).pointee }
    _modify { yield &gradient(at: outputGradientIndex, like: outputIndex, inputs.count).pointee }
  }

  /// Whether the gradient of an input is wanted.
  public func needsGradient(_ index: Int = 0) -> Bool { inputGradientIndices[index] != nil }

  /// The gradient of an input, to be written in full, unless ``addsInputGradient``. Where ``needsGradient(_:)`` says
  /// no, it is a tensor that nobody else sees: a kernel that does not ask loses time and memory, and spoils nothing.
  public subscript(inputGradient index: Int) -> Tensor<Scalar> {
    get { gradient(at: inputGradientIndices[index], like: inputs[index], index).pointee }
    _modify { yield &gradient(at: inputGradientIndices[index], like: inputs[index], index).pointee }
  }

  /// The place of a gradient in the table, or, where there is none, an unseen tensor of the shape of the value.
  private func gradient(at place: Int?, like value: Int, _ number: Int) -> UnsafeMutablePointer<Tensor<Scalar>> {
    if let place { return table + place }
    return unseenGradient(like: table[value].shape, number)
  }

  @inline(never)
  private func unseenGradient(like shape: Shape, _ number: Int) -> UnsafeMutablePointer<Tensor<Scalar>> {
    // A place for each, because a kernel may write several at once.
    if unseen == nil, let empty = try? Tensor<Scalar>(uninitialized: [0]) {
      unseen = .allocate(capacity: inputs.count + 1)
      unseen?.initialize(repeating: empty, count: inputs.count + 1)
    }
    guard let unseen else { preconditionFailure("\(UnfoldError.outOfMemory(bytes: 64))") }
    if unseen[number].shape != shape {
      guard let zeros = try? Tensor<Scalar>(zeros: shape) else {
        preconditionFailure("\(UnfoldError.outOfMemory(bytes: shape.elements * MemoryLayout<Scalar>.stride))")
      }
      unseen[number] = zeros
    }
    return unseen + number
  }

  deinit {
    unseen?.deinitialize(count: inputs.count + 1)
    unseen?.deallocate()
  }
}
