import Testing
import Unfold

@testable import UnfoldNN

@Suite struct NetworkMemoryTests {
  private func network() throws -> Network<Float> {
    let graph = try Graph(input: [16, 16, 3]) { x in
      try x.convolution(8, window: 3, padding: .same).relu().maximumPooling(2).convolution(8, window: 3, padding: .same)
        .activation(
          .gelu
        )
        .activation(.tanh).meanPooling(2).activation(.silu).flatten().dense(16).relu().dense(10)
    }
    var generator = SeededGenerator(seed: 1)
    return try Network(graph, using: &generator)
  }

  @Test func buffersThatLiveTogetherDoNotOverlap() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let buffers = (0..<generator.integer(in: 1...40)).map { _ in
        let first = generator.integer(in: 0...30)
        return MemoryPlan.Buffer(
          bytes: generator.integer(in: 0...5000), life: first...first + generator.integer(in: 0...12))
      }
      let plan = MemoryPlan(buffers)
      #expect(plan.bytes >= plan.lowerBound)
      for (i, one) in buffers.enumerated() {
        #expect(plan.offsets[i] % MemoryPlan.alignment == 0 && plan.offsets[i] + one.bytes <= plan.bytes)
        for (j, two) in buffers.enumerated() where i < j && one.life.overlaps(two.life) {
          let (a, b) = (plan.offsets[i], plan.offsets[j])
          #expect(a + one.bytes <= b || b + two.bytes <= a, "\(buffers)")
        }
      }
    }
  }

  @Test func inferenceNeedsLessThanTraining() throws {
    let network = try network()
    let training = try network.arenaBytes(batch: 8, mode: .training)
    let inference = try network.arenaBytes(batch: 8, mode: .inference)
    #expect(inference.planned == inference.lowerBound)
    #expect(inference.planned < training.planned)
    // Input and output of the first pooling, 8 channels of 16 x 16 and 8 x 8, are alive together; the convolution's
    // output is the largest by far.
    #expect(inference.lowerBound == 8 * (16 * 16 + 8 * 8) * 8 * 4)
    #expect(training.planned < training.lowerBound * 11 / 10)
  }

  @Test func aSampleDoesNotDependOnItsBatch() throws {
    var generator = SeededGenerator(seed: 2)
    let network = try network()
    let input = try Tensor<Float>(shape: [7, 16, 16, 3]) { _ in generator.normal() }
    let whole = try network.forward(input).elements
    for batches in [[7], [3, 4], [1, 2, 4], [1, 1, 1, 1, 1, 1, 1], [5, 2]] {
      var (found, first) = ([Float](), 0)
      for batch in batches {
        let part = input.elements[first * 768..<(first + batch) * 768]
        found += try network.forward(Tensor(part, shape: [batch, 16, 16, 3]), mode: .training).elements
        first += batch
      }
      for (found, expected) in zip(found, whole) { #expect(abs(found - expected) < 1e-5, "\(batches)") }
    }
  }

  @Test func inputsOfOtherShapesAreRefused() throws {
    let network = try network()
    for shape: Shape in [[16, 16, 3], [1, 16, 15, 3], [1, 16, 16, 2], [0, 16, 16, 3], [1, 768], []] {
      #expect(throws: UnfoldError.self, "\(shape)") { try network.forward(Tensor(zeros: shape)) }
    }
    _ = try network.forward(Tensor(zeros: [2, 16, 16, 3]), mode: .training)
    #expect(throws: UnfoldError.self) { try network.backward(Tensor(zeros: [1, 10])) }
  }

  @Test func passesLetGoOfTheirInput() throws {
    let network = try network()
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
