import Testing
import Unfold

@testable import UnfoldNN

/// Networks that have released their parameters give the same results as those that have them.
@Suite struct InferenceNetworkTests {
  /// Everything that packs its parameters (convolutions with and without bias, normalisation and sum; dense layers with
  /// and without bias), and some that do not (a normalisation by itself, a transposed convolution).
  private func network<Scalar: TensorScalar>(_ type: Scalar.Type, seed: UInt64 = 1) throws -> Network<Scalar> {
    var generator = SeededGenerator(seed: seed)
    let graph = try Graph(input: [20, 20, 3]) { x in
      let y = try x.convolution(16, window: 3, padding: .same, hasBias: false).batchNorm().relu()
      let z = try (y.convolution(16, window: 1).batchNorm() + y).relu()
        .convolution(24, window: 3, stride: 2, padding: .same).batchNorm()
      let u = try z.activation(.tanh).batchNorm().transposedConvolution(8, window: 2, stride: 2, padding: .same)
      return try u.meanPooling(2).flatten().dense(12, hasBias: false).relu().dense(5)
    }
    let network = try Network<Scalar>(graph, using: &generator)
    for parameter in network.parameters {
      // No weight is 0, and no variance below it, so that nothing that is left out goes unseen.
      let isStatistic = parameter.role == .statistic
      parameter.value = try Tensor(shape: parameter.value.shape) { _ in
        isStatistic ? 0.5 + generator.uniform(as: Scalar.self) : 0.3 * generator.normal(as: Scalar.self)
      }
    }
    return network
  }

  private func images<Scalar: TensorScalar>(_ count: Int, _ type: Scalar.Type) throws -> Tensor<Scalar> {
    var generator = SeededGenerator(seed: 2)
    return try Tensor(shape: [count, 20, 20, 3]) { _ in generator.normal(as: Scalar.self) }
  }

  private func compare<Scalar: TensorScalar>(_ type: Scalar.Type, batch: Int) throws {
    let images = try images(batch, type)
    let expected = try network(type).forward(images)
    let inference = try InferenceNetwork(network(type), batch: batch)
    for time in 1...2 {
      #expect(try inference.forward(images).elements == expected.elements, "\(type), \(batch), time \(time)")
      #expect(try inference.forward([images])[0].elements == expected.elements, "\(type), \(batch), time \(time)")
    }
    let largest = expected.elements.map { abs($0) }.max() ?? 0
    #expect(largest > 0.01 && largest.isFinite, "results that are not trivial")
  }

  @Test(arguments: [1, 3, 64]) func resultsAreThoseOfTheNetwork(batch: Int) throws {
    try compare(Float.self, batch: batch)
    try compare(Double.self, batch: batch)
  }

  /// Without an owner a parameter's memory is free.
  @Test func parametersAreGivenUp() throws {
    final class Observer {
      weak var parameter: Parameter<Float>?
      let name: String
      init(_ parameter: Parameter<Float>) { (self.parameter, name) = (parameter, parameter.name) }
    }
    func make() throws -> (InferenceNetwork<Float>, [Observer]) {
      let network = try network(Float.self)
      let observers = network.parameters.map { Observer($0) }
      return (try InferenceNetwork(consume network, batch: 2), observers)
    }
    let (inference, observers) = try make()
    #expect(observers.count == 26)
    #expect(observers.filter { $0.parameter != nil }.map(\.name).isEmpty)
    let images = try images(2, Float.self)
    #expect(try inference.forward(images).elements == network(Float.self).forward(images).elements)
  }

  @Test func aNetworkWithAnotherReferenceStaysUsable() throws {
    let network = try network(Float.self)
    let images = try images(2, Float.self)
    let before = try network.forward(images)
    let inference = try InferenceNetwork(network, batch: 2)
    for parameter in network.parameters where parameter.role != .statistic {
      parameter.value = try Tensor(zeros: parameter.value.shape)
    }
    #expect(try inference.forward(images).elements == before.elements, "taken before the change")
    #expect(try network.forward(images).elements.allSatisfy { $0 == 0 })
  }

  @Test func theAccuracyIsThatOfTheContextItWasMadeWith() throws {
    let images = try images(2, Float.self)
    let strict = try ExecutionContext(threads: 1)
    strict.accuracy = .strict
    let expected = try network(Float.self).forward(images, context: strict)
    let inference = try InferenceNetwork(network(Float.self), batch: 2, context: strict)
    #expect(try inference.forward(images).elements == expected.elements)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    #expect(throws: UnfoldError.invalidArgument("batch", expected: "1 or more", found: "0")) {
      try InferenceNetwork(network(Float.self), batch: 0)
    }
    let inference = try InferenceNetwork(network(Float.self), batch: 2)
    #expect(inference.batch == 2)
    #expect(throws: UnfoldError.noOutputs) { try inference.withOutput { $0.count } }
    #expect(throws: UnfoldError.self) { try inference.forward(images(3, Float.self)) }
    #expect(throws: UnfoldError.noOutputs) { try inference.withOutput { $0.count } }
    let two = try images(2, Float.self)
    try inference.run(two)
    let expected = try network(Float.self).forward(two)
    try inference.withOutput { (output) in #expect(output.elements == expected.elements) }
  }
}
