import Glibc
import Testing
import Unfold

@testable import UnfoldNN

/// A layer that passes everything on and notes where in memory it lies.
private final class Observer: Layer {
  let inputShape: Shape
  var outputShape: Shape { inputShape }
  var parameters: [Parameter<Float>] { [] }
  var addresses: [UnsafePointer<Float>?] = []

  init(_ input: Shape) { inputShape = input }

  func forward(_ input: Tensor<Float>, mode: ForwardMode, context: ExecutionContext) -> Tensor<Float> {
    addresses.append(input.withUnsafeBufferPointer { $0.baseAddress })
    return input
  }

  func backward(_ outputGradient: Tensor<Float>, needsInputGradient: Bool, context: ExecutionContext) -> Tensor<Float>?
  {
    addresses.append(outputGradient.withUnsafeBufferPointer { $0.baseAddress })
    return outputGradient
  }
}

@Suite(.serialized) struct LayerMemoryTests {
  private static let layers: [LayerDescription<Float>] = [
    .convolution(filters: 8, window: 3, padding: .same, activation: .relu),
    .maximumPooling(window: 2),
    .convolution(filters: 8, window: 3, activation: .gelu),
    .activation(.tanh),
    .meanPooling(window: 2),
    .activation(.silu),
    .flatten,
    .dense(16, activation: .relu),
    .dense(10),
  ]

  /// The network with an observer after every layer.
  private func observed(_ observers: inout [Observer]) throws -> Sequential<Float> {
    final class Collector: @unchecked Sendable { var observers: [Observer] = [] }
    let collector = Collector()
    let observer = LayerDescription<Float>(kind: "observer") { (input, _) throws(UnfoldError) in
      collector.observers.append(Observer(input))
      return collector.observers[collector.observers.count - 1]
    }
    var generator = SeededGenerator(seed: 1)
    let network = try Sequential(
      input: [16, 16, 3], layers: Self.layers.flatMap { [$0, observer] }, using: &generator)
    observers = collector.observers
    return network
  }

  private func source(_ samples: Int, size: Int) throws -> TensorBatches<Float> {
    var generator = SeededGenerator(seed: 2)
    let images = try Tensor<Float>(shape: [samples, 16, 16, 3]) { _ in generator.normal() }
    return try TensorBatches(images, labels: (0..<samples).map { $0 % 10 }, size: size)
  }

  @Test func buffersStayWhereTheyAreFromStepToStep() throws {
    var observers: [Observer] = []
    let network = try observed(&observers)
    let trainer = try Trainer(network, optimizer: Adam(), schedule: Schedule(rate: 1e-3))
    let parameters = network.parameters.map { parameter in
      parameter.value.withUnsafeBufferPointer { $0.baseAddress }
    }
    var gradients: [UnsafePointer<Float>?] = []
    try trainer.train(on: source(32, size: 8)) { progress in
      let addresses = network.parameters.map { $0.gradient.withUnsafeBufferPointer { $0.baseAddress } }
      if progress.step > 1 { #expect(addresses == gradients, "step \(progress.step)") }
      gradients = addresses
    }
    for (layer, observer) in zip(0..., observers) {
      #expect(observer.addresses.count == 8)
      for step in 1..<4 {
        #expect(observer.addresses[2 * step] == observer.addresses[0], "output of layer \(layer), step \(step)")
        #expect(observer.addresses[2 * step + 1] == observer.addresses[1], "gradient of layer \(layer), step \(step)")
      }
    }
    #expect(network.parameters.map { $0.value.withUnsafeBufferPointer { $0.baseAddress } } == parameters)
  }

  @Test func aShorterLastBatchAndEvaluationsDoNotMoveThem() throws {
    var observers: [Observer] = []
    let network = try observed(&observers)
    let trainer = try Trainer(network, optimizer: GradientDescent(), schedule: Schedule(rate: 1e-3))
    let source = try source(20, size: 8)
    var epochs: [[UnsafePointer<Float>?]] = []
    for epoch in 1...4 {
      try trainer.train(on: source, epoch: epoch)
      _ = try trainer.evaluate(on: source)
      // The last one sees the gradient of the loss, which is the trainer's and a few numbers long.
      epochs.append(observers.dropLast().flatMap(\.addresses))
      for observer in observers { observer.addresses = [] }
    }
    for epoch in 1..<4 { #expect(epochs[epoch] == epochs[0], "epoch \(epoch)") }
  }

  @Test func layersLetGoOfTheirInput() throws {
    var generator = SeededGenerator(seed: 1)
    let network = try Sequential<Float>(input: [16, 16, 3], layers: Self.layers, using: &generator)
    var images = try Tensor<Float>(repeating: 0.5, shape: [4, 16, 16, 3])
    func address() -> UnsafeMutablePointer<Float>? { images.withUnsafeMutableBufferPointer { $0.baseAddress } }
    let first = address()
    _ = try network.forward(images, mode: .inference)
    #expect(address() == first, "an inference pass keeps nothing")
    _ = try network.forward(images, mode: .training)
    try network.backward(Tensor(zeros: [4, 10]))
    #expect(address() == first, "the backward pass lets go")
    _ = try network.forward(images, mode: .training)
    #expect(address() != first, "between the two the input is kept, and writing to it copies")
  }
}
