import Testing
import Unfold

@testable import UnfoldNN

@Suite struct SequentialTests {
  private func network(_ input: Shape, _ layers: [LayerDescription<Float>]) throws -> Sequential<Float> {
    var generator = SeededGenerator(seed: 1)
    return try Sequential(input: input, layers: layers, using: &generator)
  }

  @Test func shapesAndNamesAreInferred() throws {
    let network = try network([28, 28, 1], leNet(classes: 10))
    #expect(network.names == ["conv1", "pool1", "conv2", "pool2", "flatten1", "fc1", "fc2"])
    #expect(
      network.layers.map(\.outputShape) == [
        [28, 28, 32], [14, 14, 32], [14, 14, 64], [7, 7, 64], [3136], [128], [10],
      ])
    #expect(
      network.parameters.map(\.name) == [
        "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias",
      ])
    // 5*5*32 + 32, 5*5*32*64 + 64, 3136*128 + 128, 128*10 + 10.
    #expect(network.parameterCount == 832 + 51_264 + 401_536 + 1_290)
    #expect(network.parameters[4].role == .weights(map: [7, 7, 64]))
    #expect(network.parameters[6].role == .weights())
    #expect(network.outputShape == [10])
  }

  @Test func vggHasItsShapes() throws {
    let network = try network([28, 28, 1], vgg(classes: 10))
    #expect(network.layers.map(\.outputShape).prefix(6).last == [7, 7, 128])
    #expect(
      network.parameterCount == 640 + 36_928 + 73_856 + 147_584 + 7 * 7 * 128 * 256 + 256 + 2_570)
    #expect(try network.forward(Tensor(zeros: [2, 28, 28, 1])).shape == [2, 10])
  }

  @Test func theLayerThatDoesNotFitIsNamed() throws {
    func expectError(_ input: Shape, _ layers: [LayerDescription<Float>], _ index: Int, _ name: String, _ found: Shape)
    {
      #expect("\(name)") {
        try network(input, layers)
      } throws: { error in
        guard case .layer(index, name, found, _)? = error as? ModelError else {
          Issue.record("\(error)")
          return false
        }
        return "\(error)".contains("layer \(index) (\(name))")
      }
    }
    expectError([28, 28, 1], [.convolution(filters: 3, window: 3), .dense(10)], 1, "fc1", [26, 26, 3])
    expectError([28, 28, 1], [.flatten, .convolution(filters: 3, window: 3)], 1, "conv1", [784])
    expectError([4, 4, 1], [.maximumPooling(window: 2), .maximumPooling(window: 3)], 1, "pool2", [2, 2, 1])
    expectError([4, 4, 3], [.convolution(filters: 4, window: 3, groups: 2)], 0, "conv1", [4, 4, 3])
    expectError([4, 4, 3], [.convolution(filters: 0, window: 3)], 0, "conv1", [4, 4, 3])
    expectError([4, 4, 3], [.convolution(filters: 1, window: 5)], 0, "conv1", [4, 4, 3])
    expectError([0, 4, 3], [.flatten], 0, "flatten1", [0, 4, 3])
    expectError([4], [.dense(-1)], 0, "fc1", [4])
    expectError([4], [.dense(4), .activation(.elu(alpha: .nan))], 1, "act1", [4])
    expectError([4], [.meanPooling(window: 2)], 0, "pool1", [4])
    expectError([.max, 4, 4], [.convolution(filters: 4, window: 3)], 0, "conv1", [.max, 4, 4])
    #expect(throws: ModelError.noLayers) { try network([4], []) }
    #expect(throws: ModelError.unknownModel("alexnet", known: ["lenet", "vgg"])) { try Architecture(named: "alexnet") }
  }

  @Test func inputsOfOtherShapesAreRefused() throws {
    let network = try network([8, 8, 1], [.convolution(filters: 2, window: 3), .maximumPooling(window: 2), .flatten])
    for shape: Shape in [[8, 8, 1], [1, 8, 8], [1, 8, 7, 1], [1, 8, 8, 2], [0, 8, 8, 1], [1, 64], []] {
      #expect(throws: UnfoldError.self, "\(shape)") { try network.forward(Tensor(zeros: shape)) }
    }
    _ = try network.forward(Tensor(zeros: [2, 8, 8, 1]), mode: .training)
    #expect(throws: UnfoldError.self) { try network.backward(Tensor(zeros: [1, 18])) }
  }

  @Test func aSampleDoesNotDependOnItsBatch() throws {
    let network = try network([8, 9, 2], leNet(classes: 4))
    var generator = SeededGenerator(seed: 2)
    let input = try Tensor<Float>(shape: [7, 8, 9, 2]) { _ in generator.normal() }
    let whole = try network.forward(input).elements
    for batches in [[7], [3, 4], [1, 2, 4], [1, 1, 1, 1, 1, 1, 1], [5, 2]] {
      var (found, first) = ([Float](), 0)
      for batch in batches {
        let part = input.elements[first * 144..<(first + batch) * 144]
        found += try network.forward(Tensor(part, shape: [batch, 8, 9, 2]), mode: .training).elements
        first += batch
      }
      // The kernels of BLAS round differently for other numbers of rows.
      for (found, expected) in zip(found, whole) { #expect(abs(found - expected) < 1e-5, "\(batches)") }
    }
  }

  @Test func twoBatchSizesAreKeptAndNoMore() throws {
    final class State {}
    var batches = RecentBatches<State>()
    var made = 0
    func state(_ batch: Int) throws -> State {
      try batches.state(for: batch) { () throws(UnfoldError) in
        made += 1
        return State()
      }
    }
    let (first, second) = (try state(64), try state(16))
    for _ in 0..<3 {
      #expect(try state(64) === first)
      #expect(try state(16) === second)
    }
    #expect(made == 2)
    for batch in 1...100 { _ = try state(batch) }
    #expect(batches.count == 2)
    #expect(made == 102)
    // 99 has been used last, so 100 is the one that goes.
    let kept = try state(99)
    _ = try state(7)
    #expect(try state(99) === kept)
    #expect(made == 103)
  }
}
