import Synchronization
import Unfold
import UnfoldNN

/// A convolution of a network that records its tensors in a training step: its input, its filter, and the loss's
/// gradient with respect to its output, unchanged.
struct RecordedConvolution: Layer {
  let convolution: ConvolutionLayer
  let name: String
  let recorder: ConvolutionRecorder

  var kind: String { convolution.kind }

  func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape { try convolution.outputShape(inputs) }

  func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription] {
    try convolution.parameters(inputs)
  }

  func operationCount(_ inputs: [Shape]) -> Double { convolution.operationCount(inputs) }

  func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    RecordingKernel(try convolution.kernel(inputs, batch: batch, of: type), name, recorder)
  }

  /// The same network in which the convolutions of some nodes are recorded.
  static func graph(_ graph: Graph, recording names: Set<String>, by recorder: ConvolutionRecorder) throws(GraphError)
    -> Graph
  {
    let definitions = graph.nodes.compactMap { node in
      node.layer.map { layer in
        var layer = layer
        if names.contains(node.name), let convolution = layer as? ConvolutionLayer {
          layer = RecordedConvolution(convolution: convolution, name: node.name, recorder: recorder)
        }
        return Graph.Definition(node.name, layer, inputs: node.inputs.map { graph.nodes[$0].name })
      }
    }
    return try Graph(
      inputs: graph.inputs.map { (graph.nodes[$0].name, graph.nodes[$0].shape) }, nodes: definitions,
      outputs: graph.outputs.map { graph.nodes[$0].name })
  }
}

/// What was recorded, by the names of the nodes.
final class ConvolutionRecorder: Sendable {
  private let recorded = Mutex<[String: ConvolutionTensors<Float>]>([:])

  subscript(name: String) -> ConvolutionTensors<Float>? {
    get { recorded.withLock { $0[name] } }
    set { recorded.withLock { $0[name] = newValue } }
  }
}

private final class RecordingKernel<Scalar: TensorScalar>: Kernel {
  private let kernel: any Kernel<Scalar>
  private let name: String
  private let recorder: ConvolutionRecorder

  init(_ kernel: any Kernel<Scalar>, _ name: String, _ recorder: ConvolutionRecorder) {
    self.kernel = kernel
    self.name = name
    self.recorder = recorder
  }

  var needs: BackwardNeeds { kernel.needs.union(.inputs) }
  var worksInPlace: Bool { kernel.worksInPlace }
  var differentiatesInPlace: Bool { kernel.differentiatesInPlace }
  var keptBytes: Int { kernel.keptBytes }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) { try kernel.forward(pass) }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    // Converted tensors have memory of their own, because that of the pass is reused.
    let tensors = ConvolutionTensors(
      input: pass.input(), filter: pass.parameters[0].value, outputGradient: pass.outputGradient)
    recorder[name] = try tensors.converted(to: Float.self)
    try kernel.backward(pass)
  }
}
