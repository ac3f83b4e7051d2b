import Foundation
import Testing
import Unfold

@testable import UnfoldNN

/// Numbers of users and of files that are as large as they can be, or as small.
@Suite struct ExtremeNumberTests {
  private func trainer() throws -> Trainer<Float> {
    var generator = SeededGenerator(seed: 3)
    let graph = try Graph(input: [3]) { x in try x.dropout(0.5).dense(2) }
    return try Trainer(
      Network(graph, using: &generator), optimizer: Adam(), schedule: Schedule(rate: 0.01), averageDecay: 0.9)
  }

  private func source() throws -> TensorBatches<Float> {
    var generator = SeededGenerator(seed: 6)
    let samples = try Tensor<Float>(shape: [4, 3]) { _ in generator.normal() }
    return try TensorBatches(samples, labels: [0, 1, 0, 1], size: 2)
  }

  @Test func countersAtTheirEndStayThere() throws {
    for optimizer: any Optimizer<Float> in [try Adam(), try GradientDescent(momentum: 0.9)] {
      let weights = try Parameter<Float>("w", role: .weights(), value: Tensor([1, 1], shape: [2]))
      weights.gradient = try Tensor([1, 1], shape: [2])
      try optimizer.step([weights], learningRate: 0.1, context: .shared)
      for steps in [Int.max, .max - 1, .min, -1] {
        optimizer.memory.entries[0].steps = steps
        try optimizer.step([weights], learningRate: 0.1, context: .shared)
        try optimizer.step([weights], learningRate: 0.1, context: .shared)
        #expect(optimizer.memory.entries[0].steps == (steps < 0 ? 2 : .max), "\(steps)")
        #expect(weights.value.elements.allSatisfy { $0.isFinite }, "\(steps)")
      }
    }
    let trainer = try trainer()
    trainer.average?.steps = .max
    trainer.network.steps = .max
    try trainer.train(on: source())
    #expect(trainer.average?.steps == .max && trainer.network.steps == 1)
    for value in trainer.average?.values ?? [] { #expect(value.elements.allSatisfy { $0.isFinite }) }
  }

  @Test func checkpointsOfImpossibleCountersAreRefused() throws {
    let trainer = try trainer()
    try trainer.train(on: source())
    let file = try trainer.checkpoint()
    let key = "unfold.trainer"
    let text = try #require(file.metadata[key])
    let (before, state) = (trainer.network.parameters.map(\.value), trainer.state)
    func changed(_ number: String, _ path: [String]) throws -> SafetensorsFile {
      var root = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let marker = 123_454_321
      if path.count == 1 {
        #expect(root[path[0]] != nil)
        root[path[0]] = marker
      } else if path[0] == "trainer" {
        var inner = try #require(root["trainer"] as? [String: Any])
        #expect(inner[path[1]] != nil)
        inner[path[1]] = marker
        root["trainer"] = inner
      } else {
        root["optimizerParameters"] = [["name": "fc1.weight", "steps": marker], ["name": "fc1.bias", "steps": 2]]
      }
      var copy = file
      let changed = String(decoding: try JSONSerialization.data(withJSONObject: root), as: UTF8.self)
      copy.metadata[key] = changed.replacing("\(marker)", with: number)
      return copy
    }
    let paths =
      ["steps", "epoch", "epochSteps", "samples", "labels", "correct"].map { ["trainer", $0] }
      + [["optimizerSteps"], ["averageSteps"], ["optimizerParameters", "steps"]]
    for path in paths {
      for number in [
        "9223372036854775807", "9223372036854775806", "-1", "-9223372036854775808", "1e300", "1e18", "null",
      ] {
        let file = try changed(number, path)
        #expect(throws: ModelFileError.self, "\(path) \(number)") { try trainer.restore(file) }
      }
    }
    for field in ["lossSum", "seconds"] {
      for number in ["1e999", "-1e999", "null", "\"NaN\""] {
        let file = try changed(number, ["trainer", field])
        #expect(throws: ModelFileError.self, "\(field) \(number)") { try trainer.restore(file) }
      }
      // Large, small and odd, and yet numbers.
      for number in ["1e308", "1e-308", "0.1"] {
        try trainer.restore(changed(number, ["trainer", field]))
        try trainer.train(on: source())
        #expect(trainer.state.lossSum.isFinite)
        try trainer.restore(file)
      }
    }
    try trainer.restore(changed("18446744073709551615", ["networkSteps"]))
    #expect(trainer.network.steps == .max)
    try trainer.restore(file)
    #expect(trainer.network.parameters.map(\.value) == before && trainer.state == state)
  }

  @Test func ratesAreFinite() throws {
    let largest = Double.greatestFiniteMagnitude
    let schedules = try [
      Schedule(rate: largest, warmUp: .max), Schedule(rate: 0, decay: .step(every: 1, factor: 2)),
      Schedule(rate: 1, decay: .step(every: 1, factor: largest)), Schedule(rate: 1, decay: .step(every: 1, factor: 0)),
      Schedule(rate: largest, decay: .cosine(total: .max)), Schedule(rate: 0, decay: .cosine(total: 3, final: largest)),
      Schedule(rate: largest, decay: .cosine(total: 3, final: largest)),
      Schedule(rate: 1, warmUp: .max - 1, decay: .cosine(total: .max)),
    ]
    for schedule in schedules {
      for step in [Int.min, -1, 0, 1, 2, 3, 1 << 40, .max / 2, .max - 2, .max - 1, .max] {
        let rate = schedule.rate(at: step)
        #expect(rate.isFinite && rate >= 0, "\(schedule) at \(step): \(rate)")
      }
    }
    #expect(schedules[0].rate(at: .max / 2) / largest - 0.5 < 1e-15)
    #expect(schedules[1].rate(at: .max) == 0)
    #expect(schedules[2].rate(at: .max) == largest && schedules[3].rate(at: .max) == 0)
    #expect(schedules[4].rate(at: .max) == 0 && schedules[4].rate(at: .max / 2) / largest - 0.5 < 1e-15)
  }

  @Test func ratesOfASearchLieBetweenItsEnds() throws {
    let smallest = Double.leastNonzeroMagnitude
    for (lowest, highest) in [
      (smallest, Double.greatestFiniteMagnitude), (1e-300, 1e300), (1, 1.0.nextUp),
      (2.0.nextDown.nextDown, 2.0.nextDown),
      (smallest, 2 * smallest), (1e-6, 1.0),
    ] {
      for steps in [10, 1_000_000] {
        let search = try RateSearch(lowest: lowest, highest: highest, steps: steps)
        for step in [Int.min, 0, 1, steps / 2, steps - 1, .max] {
          let rate = search.rate(at: step)
          #expect(rate >= lowest * 0.999 && rate <= highest * 1.001 && rate.isFinite, "\(search) at \(step): \(rate)")
        }
        var curve = RateCurve(of: search)
        for step in 0..<200 { if !curve.append(loss: 1 / Double(step + 1)) { break } }
        let proposed = curve.proposedRate
        #expect(proposed.map { $0 >= lowest && $0 <= highest } ?? true, "\(search): \(String(describing: proposed))")
      }
    }
    // The middle of 1e-300 and 1e300.
    #expect(abs(log10(try RateSearch(lowest: 1e-300, highest: 1e300, steps: 11).rate(at: 5))) < 1e-9)
    // Infinite patience is patience, also with a loss of 0.
    var curve = RateCurve(of: try RateSearch(divergence: .infinity))
    #expect([0, 1, 1e300].map { curve.append(loss: $0) } == [true, true, true])
    let goesOn = curve.append(loss: .infinity)
    #expect(!goesOn && curve.hasDiverged)
  }

  @Test func batchesOfEverything() throws {
    let samples = try Tensor<Float>(zeros: [3, 2])
    for size in [3, 4, Int.max - 1, Int.max] {
      let batches = try TensorBatches(samples, labels: [0, 1, 0], size: size)
      var batch = try TrainingBatch<Float>()
      #expect(batches.count == 1)
      try batches.fill(0, into: &batch)
      #expect(batch.labels == [0, 1, 0])
    }
  }

  /// Laid out, not run: what does not fit is an error, and nothing of it is touched.
  @Test(arguments: Architecture.allCases) func batchesThatNoMachineHoldsAreErrors(architecture: Architecture) throws {
    let graph = try architecture.graph(input: architecture.usualInput, classes: architecture.usualClasses)
    for batch in [1 << 31 - 1, 1 << 31, 1 << 40, 1 << 62, .max] {
      for mode in [ForwardMode.training, .inference] {
        do {
          let bytes = try graph.arenaBytes(batch: batch, mode: mode)
          #expect(bytes.planned >= bytes.lowerBound && bytes.lowerBound > batch, "\(batch) \(mode)")
        } catch {
          #expect(batch > 1 << 31 - 1 || "\(error)".contains("expected at most"), "\(batch) \(mode): \(error)")
        }
      }
    }
  }

  @Test func networksForBatchesThatNoMachineHoldsAreErrors() throws {
    var generator = SeededGenerator(seed: 1)
    let graph = try Graph(input: [8, 8, 3]) { x in
      let y = try x.convolution(8, window: 3, padding: .same).batchNorm().relu().maximumPooling(2).groupNorm(2)
        .layerNorm()
      let z = try concatenate([y, y.maxout(2).convolution(8, window: 1)]).dropout(0.1)
      return try (z + z.activation(.gelu)).resampled(.nearest(to: Extent(8, 8))).flatten().dense(4)
    }
    for batch in [1 << 31 - 1, 1 << 31, 1 << 45, .max] {
      let network = try Network<Float>(graph, using: &generator)
      #expect(throws: UnfoldError.self, "\(batch)") { try InferenceNetwork(network, batch: batch) }
    }
    // Operations that have no geometry to check their sizes.
    let plain = try Graph(input: [1 << 20]) { x in
      try (x.relu() + x.activation(.tanh)).dropout(0.5).reshaped(to: [1 << 10, 1 << 10, 1])
    }
    for batch in [1 << 41, 1 << 50, .max] {
      for mode in [ForwardMode.training, .inference] {
        #expect(throws: UnfoldError.self, "\(batch)") { try plain.arenaBytes(batch: batch, mode: mode) }
      }
    }
  }

  @Test func graphsBeyondIntAreErrors() throws {
    for shape: Shape in [[.max, 2], [.max, .max]] {
      let relu = Graph.Definition("y", ActivationLayer(.relu), inputs: ["x"])
      #expect(throws: (any Error).self, "\(shape)") {
        try Graph(inputs: [("x", shape)], nodes: [relu], outputs: ["y"]).arenaBytes(batch: 1, mode: .inference)
      }
    }
    for axis in [-1, 3, Int.max, Int.min] {
      #expect(throws: GraphError.self, "axis \(axis)") {
        try Graph(input: [2, 2, 1]) { x in try concatenate([x, x], axis: axis) }
      }
    }
    #expect(throws: GraphError.self) {
      try Graph(input: [1, 1, 1 << 29]) { x in try x.flatten().dense(1 << 29) }
    }
    // The largest weights that have an address.
    let large = try Graph(input: [1, 1, 1 << 22]) { x in
      var y = try x.flatten()
      for _ in 0..<40 { y = try y.dense(1 << 22) }
      return y
    }
    #expect(large.summary.parameters == 40 * (1 << 44 + 1 << 22) && large.summary.statistics == 0)
    for number in [Int.max, .max / 2, 1 << 62 + 1, 1 << 40, 0, -1, .min] {
      #expect(throws: GraphError.self, "\(number)") {
        try ResNet(blocks: [1], filters: [number], hasBottlenecks: true, stem: .small).graph(
          input: [8, 8, 1], classes: 2)
      }
      #expect(throws: GraphError.self, "\(number)") {
        try DenseNet(layers: [1], growth: number, filters: 4, hasLargeStem: false).graph(input: [8, 8, 1], classes: 2)
      }
    }
    #expect(throws: Never.self) {
      try ResNet(blocks: [-1], filters: [4], stem: .small).graph(input: [8, 8, 1], classes: 2)
      try UNet(filters: []).graph(input: [8, 8, 1], classes: 2)
    }
  }

  @Test func countsOfManyClassesAreErrors() throws {
    for classes in [Int.max, 1 << 32, 1 << 31, 1 << 28] {
      #expect(throws: UnfoldError.self, "\(classes)") { try ConfusionMatrix(classes: classes) }
    }
    #expect(try ConfusionMatrix(classes: -1).counts.isEmpty)
  }
}
