import Testing
import Unfold

@testable import UnfoldNN

/// Layers that a user writes.
@Suite struct OwnLayerTests {
  private func compare(_ network: Network<Double>, _ other: Network<Double>, _ images: Tensor<Double>) throws {
    for (own, known) in zip(network.parameters, other.parameters) { known.value = own.value }
    #expect(try network.forward(images) == other.forward(images))
    for network in [network, other] { _ = try network.forward(images, mode: .training) }
    let gradient = try Tensor(shape: network.outputShape.batched(images.shape[0])) { Double($0 % 5) - 2 }
    for network in [network, other] { try network.backward(gradient) }
    for (own, known) in zip(network.parameters, other.parameters) {
      #expect(own.gradient == known.gradient, "\(own.name)")
    }
  }

  private func network(_ body: (Value) throws -> Value) throws -> Network<Double> {
    var generator = SeededGenerator(seed: 3)
    return try Network(Graph(input: [6, 6, 8], body), using: &generator)
  }

  private let images = try? Tensor<Double>(shape: [3, 6, 6, 8]) { Double($0 % 7) - 3 }

  @Test func anActivationOfOnesOwnIsFused() throws {
    let images = try #require(images)
    let own = try network {
      try $0.convolution(5, window: 3).applying(OwnRelu()).flatten().dense(3).applying(OwnRelu())
    }
    for mode in [ForwardMode.training, .inference] {
      #expect(ExecutionStep.all(of: own.graph, mode: mode).count == 3, "\(mode)")
    }
    try compare(own, network { try $0.convolution(5, window: 3).relu().flatten().dense(3).relu() }, images)
  }

  /// Pairs of an own convolution with an activation, a normalisation and a sum of the library, and the other way round.
  @Test func aLayerOfOnesOwnTakesOverWhatFollows() throws {
    let images = try #require(images)
    let own = try network { x in
      let y = try x.applying(OwnConvolution(filters: 8)).batchNorm()
      return try (y + x).applying(OwnRelu())
    }
    #expect(ExecutionStep.all(of: own.graph, mode: .inference).count == 1)
    #expect(ExecutionStep.all(of: own.graph, mode: .training).count == 3)
    let known = try network { x in try (x.convolution(8, window: 1).batchNorm() + x).relu() }
    try compare(own, known, images)
  }

  /// The input has no gradient. A kernel that writes one all the same must not write it over its output, or beyond.
  @Test func aKernelThatDoesNotAskSpoilsNothing() throws {
    let x = try Tensor<Double>([1, -2, 3, 4, 5, 6], shape: [3, 2])
    func gradient(asks: Bool) throws -> (weights: Tensor<Double>, seen: Forgetful.Seen) {
      let seen = Forgetful.Seen()
      var generator = SeededGenerator(seed: 4)
      let graph = try Graph(input: [2]) { x in
        try Value.applying(Forgetful(asks: asks, seen: seen), to: [x, x.dense(2)]).dense(2)
      }
      let network = try Network<Double>(graph, using: &generator)
      _ = try network.forward(x, mode: .training)
      try network.backward(Tensor(repeating: 1, shape: [3, 2]))
      return (network.parameters[0].gradient, seen)
    }
    let (weights, seen) = try gradient(asks: false)
    #expect(seen.shape == [3, 2] && seen.outputBefore == seen.outputAfter && !seen.outputBefore.isEmpty)
    #expect(try weights == gradient(asks: true).weights)
  }
}

/// Relu by another name.
private struct OwnRelu: Layer {
  var kind: String { "own" }
  var epilogue: Epilogue? { .activation(.relu) }
  func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape { inputs[0] }
  func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    try ActivationLayer(.relu).kernel(inputs, batch: batch, of: type)
  }
}

/// A pointwise convolution that knows the library's fusions.
private struct OwnConvolution: Layer {
  var filters: Int

  private var known: ConvolutionLayer { ConvolutionLayer(filters: filters, window: 1) }
  var kind: String { "own" }
  var forInference: any Layer { known.forInference }
  func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape { try known.outputShape(inputs) }
  func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription] { try known.parameters(inputs) }
  func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> { try known.kernel(inputs, batch: batch, of: type) }
}

/// The sum of two values, with a backward pass that may write both gradients without asking.
private struct Forgetful: Layer {
  final class Seen: @unchecked Sendable {
    var shape: Shape?
    var outputBefore: [Double] = []
    var outputAfter: [Double] = []
  }

  let asks: Bool
  let seen: Seen

  var kind: String { "forgetful" }
  func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape { inputs[0] }
  func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> { ForgetfulKernel(asks, seen) }
}

private final class ForgetfulKernel<Scalar: TensorScalar>: Kernel {
  private let asks: Bool
  private let seen: Forgetful.Seen

  init(_ asks: Bool, _ seen: Forgetful.Seen) { (self.asks, self.seen) = (asks, seen) }

  var needs: BackwardNeeds { .output }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try Addition.identity.forward(pass.input(0), pass.input(1), into: &pass.output)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    seen.outputBefore = pass.output.elements.map { Double($0) }
    for index in 0...1 where !asks || pass.needsGradient(index) {
      seen.shape = seen.shape ?? pass[inputGradient: index].shape
      let gradient = pass.outputGradient.elements
      pass[inputGradient: index].withUnsafeMutableBufferPointer { target in
        for i in target.indices { target[i] = gradient[i] }
      }
    }
    seen.outputAfter = pass.output.elements.map { Double($0) }
  }
}
