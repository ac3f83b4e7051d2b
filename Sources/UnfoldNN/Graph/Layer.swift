import Unfold

/// What a node of a graph computes: a function of its inputs with one output, and its parameters.
///
/// A layer knows shapes of single samples; the batch size stays free until a ``Kernel`` is made for one. A
/// layer of your own conforms to this and to ``Kernel`` and is added with ``Value/applying(_:to:name:)``.
public protocol Layer: Sendable {
  /// The stem of the node's name, PyTorch's where it has one: the first `conv` of a graph is `conv1`.
  var kind: String { get }
  /// What it is in a few words, for tables and drawings: `conv 3x3, stride 2`.
  var label: String { get }

  /// The shape of one sample's output.
  ///
  /// - Throws: `UnfoldError` where the inputs do not fit the layer or each other.
  func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape

  /// What the layer learns or keeps, in a fixed order; the names are local, as in `weight`.
  func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription]

  /// The multiplications and additions of a forward pass for one sample: two for each weight and output that it takes
  /// part in. That is `2 P Q K R S C/groups` for a convolution and `2 D K` for a dense layer; biases and activations do
  /// not count. 0 for layers that are memory-bandwidth bound.
  func operationCount(_ inputs: [Shape]) -> Double

  /// Whether each element of the output is made of the element of the first input in the same place.
  var keepsOrder: Bool { get }

  /// What this layer is, if a layer before it could do that in its own pass; nil where none could.
  var epilogue: Epilogue? { get }

  /// Whether the backward pass computes again what an activation fused into this layer read, so that in training, too, it
  /// may be one whose gradient does not follow from its output.
  var computesActivationAgain: Bool { get }

  /// This layer and the one after it in one; nil where they stay two.
  ///
  /// - Parameters:
  ///   - epilogue: What the next layer does, the only one that reads this one's output.
  ///   - inputs: The shapes of this layer's inputs.
  /// - Returns: A layer with the next one's output. It reads the next one's other inputs and then this one's.
  func fused(with epilogue: Epilogue, inputs: [Shape]) -> (any Layer)?

  /// The layer that takes the place of this one in inference, with the same inputs and parameters: one that packs the
  /// parameters for example.
  var forInference: any Layer { get }

  /// The layer for a number of samples.
  ///
  /// - Throws: `UnfoldError` for sizes that the machine cannot hold.
  func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar>
}

extension Layer {
  /// The kind.
  public var label: String { kind }
  /// None.
  public func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription] { [] }
  /// None.
  public func operationCount(_ inputs: [Shape]) -> Double { 0 }
  /// Not kept.
  public var keepsOrder: Bool { false }
  /// None.
  public var epilogue: Epilogue? { nil }
  /// Not computed again.
  public var computesActivationAgain: Bool { false }
  /// Not fused.
  public func fused(with epilogue: Epilogue, inputs: [Shape]) -> (any Layer)? { nil }
  /// The layer itself.
  public var forInference: any Layer { self }
}

/// A parameter before its network exists.
public struct ParameterDescription: Sendable {
  /// How its first value is made.
  public enum Start: Sendable {
    /// Every element the same.
    case constant(Double)
    /// Drawn, with the numbers of inputs of an output and of outputs of an input.
    case drawn(Initializer, fanIn: Int, fanOut: Int)
  }

  /// The name within its node, as in `weight`.
  public let name: String
  /// What it is.
  public let role: ParameterRole
  /// Its shape.
  public let shape: Shape
  /// Its first value.
  public let start: Start

  /// A description.
  public init(_ name: String, role: ParameterRole, shape: Shape, start: Start) {
    self.name = name
    self.role = role
    self.shape = shape
    self.start = start
  }
}
