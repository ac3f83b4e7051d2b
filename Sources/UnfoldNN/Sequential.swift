import Unfold

/// A network whose layers follow one another.
///
/// ```swift
/// var generator = SeededGenerator(seed: 1)
/// let network = try Sequential<Float>(
///   input: [28, 28, 1], layers: [.flatten, .dense(128, activation: .relu), .dense(10)], using: &generator)
/// let logits = try network.forward(images)
/// ```
///
/// Shapes are inferred, and checked, when the network is built. Names are those that PyTorch users give: `conv1`,
/// `pool1`, `fc1`, counted per kind from 1.
public final class Sequential<Scalar: TensorScalar> {
  /// The shape of one sample.
  public let inputShape: Shape
  /// The layers, first to last.
  public let layers: [any Layer<Scalar>]
  /// Their names.
  public let names: [String]
  /// All parameters, with their names in the network, as in `conv1.weight`.
  public let parameters: [Parameter<Scalar>]

  /// A network for samples of a shape, its weights drawn from a generator, layer by layer.
  ///
  /// - Parameters:
  ///   - input: The shape of one sample, without the batch.
  ///   - layers: First to last.
  ///   - generator: Where the first weights come from.
  /// - Throws: ``ModelError``, which names the first layer that does not fit.
  public init(
    input: Shape, layers descriptions: [LayerDescription<Scalar>], using generator: inout SeededGenerator
  ) throws(ModelError) {
    guard !descriptions.isEmpty else { throw .noLayers }
    var (layers, names, parameters) = ([any Layer<Scalar>](), [String](), [Parameter<Scalar>]())
    var shape = input
    var counts: [String: Int] = [:]
    // The map that the vector at hand is the flattened form of, if it is one.
    var map: Shape?
    for (index, description) in descriptions.enumerated() {
      counts[description.kind, default: 0] += 1
      let name = "\(description.kind)\(counts[description.kind] ?? 1)"
      let layer: any Layer<Scalar>
      do {
        layer = try description.make(shape, &generator)
      } catch {
        throw .layer(index: index, name: name, input: shape, reason: error)
      }
      for parameter in layer.parameters {
        parameter.name = "\(name).\(parameter.name)"
        if case .weights = parameter.role { parameter.role = .weights(map: map) }
        parameters.append(parameter)
      }
      if layer is Flatten<Scalar> {
        map = shape.rank == 3 ? shape : nil
      } else if !(layer is ActivationLayer<Scalar>) {
        map = nil
      }
      layers.append(layer)
      names.append(name)
      shape = layer.outputShape
    }
    self.inputShape = input
    self.layers = layers
    self.names = names
    self.parameters = parameters
  }

  /// The shape of one sample's output.
  public var outputShape: Shape { layers.last?.outputShape ?? inputShape }

  /// The number of numbers that the network learns.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// The output of the last layer.
  ///
  /// - Parameters:
  ///   - input: `[N]` and ``inputShape``; N may differ from pass to pass. Memory is kept for the two batch sizes used
  ///     last.
  ///   - mode: Whether a backward pass follows.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N]` and ``outputShape``. Let go of it before the next pass, so that its memory can be reused.
  /// - Throws: ``UnfoldError`` for another shape, and where memory is short.
  public func forward(
    _ input: Tensor<Scalar>, mode: ForwardMode = .inference, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var activations = input
    for layer in layers { activations = try layer.forward(activations, mode: mode, context: context) }
    return activations
  }

  /// Computes the gradient of every parameter.
  ///
  /// - Parameters:
  ///   - outputGradient: The loss's gradient with respect to the output of the last training forward pass.
  ///   - needsInputGradient: Whether the gradient with respect to the network's input is wanted too.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The gradient with respect to the input, nil where it is not wanted.
  /// - Throws: ``UnfoldError`` for another shape, without a training forward pass before, and where memory is short.
  @discardableResult
  public func backward(
    _ outputGradient: Tensor<Scalar>, needsInputGradient: Bool = false, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar>? {
    var gradient: Tensor<Scalar>? = outputGradient
    for (index, layer) in layers.enumerated().reversed() {
      guard let outputGradient = gradient.take() else { throw .noForwardPass }
      gradient = try layer.backward(
        outputGradient, needsInputGradient: index > 0 || needsInputGradient, context: context)
    }
    return gradient
  }
}
