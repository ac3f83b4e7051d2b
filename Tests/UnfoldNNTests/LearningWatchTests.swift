import Glibc
import Testing
import Unfold

@testable import UnfoldNN

@Suite struct LearningWatchTests {
  /// Eight numbers a sample; the class is the place of the largest of the first K.
  private func batches(classes: Int = 4, samples: Int = 160) throws -> TensorBatches<Float> {
    var generator = SeededGenerator(seed: 11)
    let labels = (0..<samples).map { _ in generator.integer(in: 0...classes - 1) }
    let values = try Tensor<Float>(shape: [samples, 8]) { index in
      (labels[index / 8] == index % 8 ? 2 : 0) + 0.3 * generator.normal(as: Float.self)
    }
    return try TensorBatches(values, labels: labels, size: 16)
  }

  private func trainer(hidden: Int = 5, rate: Double, warmUp: Int = 0) throws -> Trainer<Float> {
    var generator = SeededGenerator(seed: 2)
    let graph = try Graph(input: [8]) { x in
      try x.dense(hidden).relu().dense(4, initializer: .lecunNormal(gain: 0.01))
    }
    return try Trainer(
      Network(graph, using: &generator), optimizer: Adam(), schedule: Schedule(rate: rate, warmUp: warmUp))
  }

  /// Biases so low that no sample opens the unit.
  private func kill(_ units: Int, of trainer: Trainer<Float>) throws {
    let bias = try #require(trainer.network.parameters.first { $0.name == "fc1.bias" })
    bias.value = try Tensor(shape: bias.value.shape) { $0 < units ? -1000 : 0.5 }
  }

  @Test func theLossOfGuessingIsTheEntropyOfTheFrequencies() {
    // Computed to 20 digits: -0.75 ln 0.75 - 0.25 ln 0.25 and -0.7 ln 0.7 - 0.3 ln 0.3.
    for (labels, smoothing, expected) in [
      ([3, 1], 0, 0.56233514461880830 + 1.0 / 8), ([3, 1], 0.2, 0.61086430205489346 + 1.0 / 8),
      ([2, 2, 0], 0, 0.69314718055994531 + 1.0 / 8), ([5, 0], 0, 0), ([0, 0], 0, 0), ([], 0, 0),
      ([200, 200, 200, 200, 200], 0, 1.6094379124341004 + 4.0 / 2000),
    ] as [([Int], Double, Double)] {
      let found = lossOfGuessing(labels: labels, smoothing: smoothing)
      #expect(abs(found - expected) < 1e-14, "\(labels), smoothing \(smoothing): \(found)")
    }
  }

  @Test func aNetworkThatLearnsIsNotBlamed() throws {
    for warmUp in [0, 10] {
      let trainer = try trainer(hidden: 32, rate: 0.01, warmUp: warmUp)
      for epoch in 1...20 {
        try trainer.train(on: batches(), epoch: epoch)
        #expect(trainer.watch.findings == [], "epoch \(epoch), warm-up \(warmUp)")
      }
    }
  }

  @Test func aNetworkOfDeadUnitsIsFound() throws {
    let trainer = try trainer(rate: 0.001)
    try kill(5, of: trainer)
    try trainer.train(on: batches(), epoch: 1)
    #expect(trainer.watch.findings == [], "ten steps prove nothing")
    for epoch in 2...5 { try trainer.train(on: batches(), epoch: epoch) }
    let findings = trainer.watch.findings
    #expect(findings.count == 2, "\(findings)")
    guard case .lossStands(let loss, let guess, 50)? = findings.first else {
      Issue.record("\(findings)")
      return
    }
    #expect(abs(loss - log(4)) < 0.02 && abs(guess - log(4)) < 0.02, "\(findings)")
    #expect(findings.last == .deadUnits(layer: "fc1", dead: 5, units: 5, steps: 50))
    #expect(
      "\(findings)".contains("5 of the 5 units of fc1 are dead: no sample of the last 50 steps gave them a gradient"))
  }

  @Test(arguments: [(17, false), (18, true)]) func nineOfTenUnitsHaveToBeDead(dead: Int, isFound: Bool) throws {
    let trainer = try trainer(hidden: 20, rate: 0)
    try kill(dead, of: trainer)
    let finding = LearningWatch<Float>.Finding.deadUnits(layer: "fc1", dead: dead, units: 20, steps: 40)
    for epoch in 1...4 {
      #expect(!trainer.watch.findings.contains { if case .deadUnits = $0 { true } else { false } }, "too few steps")
      try trainer.train(on: batches(), epoch: epoch)
    }
    #expect(trainer.watch.findings.contains(finding) == isFound, "\(trainer.watch.findings)")
  }

  @Test func theWarmUpIsNotJudged() throws {
    let trainer = try trainer(rate: 0, warmUp: 30)
    for epoch in 1...4 { try trainer.train(on: batches(), epoch: epoch) }
    #expect(trainer.watch.findings == [], "10 of 40 steps came after the warm-up")
    try trainer.train(on: batches(), epoch: 5)
    #expect(trainer.watch.findings.count == 1)
  }

  /// What is found where a training has these losses.
  private func findings(_ losses: (Int) -> Double, labels: [Int]) throws -> [LearningWatch<Float>.Finding] {
    let watch = LearningWatch(try trainer(rate: 0).network)
    // No backward pass: gradients are empty, and no layer is judged.
    for step in 0..<50 { watch.record(loss: losses(step), labels: labels) }
    return watch.findings
  }

  @Test func guessingByFrequenciesIsTheMark() throws {
    // Nine of ten labels are 0: the entropy is 0.3251, much below ln 4.
    let labels = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    let standing = try findings({ _ in 0.325 }, labels: labels)
    #expect(standing.count == 1, "\(standing)")
    #expect(try findings({ _ in 0.30 }, labels: labels) == [])
    // Above it, but falling by a tenth from the first half to the second.
    #expect(try findings({ $0 < 25 ? 1 : 0.9 }, labels: labels) == [])
    #expect(try findings({ $0 < 25 ? 0.9 : 1 }, labels: labels).count == 1)
    // Labels that are no class do not count, and one class leaves nothing to learn.
    #expect(try findings({ _ in 0.325 }, labels: labels + [-1, -1, 4, 9]).count == 1)
    #expect(try findings({ _ in 0.01 }, labels: [0, 0, 0]) == [])
  }

  @Test func aPerfectNetworkHasNoDeadUnits() throws {
    let trainer = try trainer(rate: 0)
    try kill(5, of: trainer)
    let watch = LearningWatch(trainer.network)
    try trainer.train(on: batches(), epoch: 1)
    // All gradients of fc1 are zero, and the loss nearly: so it is where every sample is certain.
    for _ in 0..<50 { watch.record(loss: 0.01, labels: [0, 1, 2, 3]) }
    #expect(watch.findings == [])
    for _ in 0..<50 { watch.record(loss: 1, labels: [0, 1, 2, 3]) }
    #expect(watch.findings == [.deadUnits(layer: "fc1", dead: 5, units: 5, steps: 50)])
  }

  @Test func boxesAreNoPartOfTheLossOfClasses() throws {
    var generator = SeededGenerator(seed: 4)
    let network: Network<Float> = try Architecture.detector.network(input: [16, 16, 1], classes: 3, using: &generator)
    for parameter in network.parameters where parameter.name.hasPrefix("class.") {
      parameter.value = try Tensor(zeros: parameter.value.shape)
    }
    struct Boxes: BatchSource {
      let count = 20
      func fill(_ index: Int, into batch: inout TrainingBatch<Float>) throws {
        batch.samples = try Tensor(shape: [6, 16, 16, 1]) { Float(($0 * 7 + index * 13) % 11) }
        batch.labels = [0, 1, 2, 0, 1, 2]
        batch.boxes = try Tensor(shape: [6, 4]) { $0 % 4 < 2 ? 0 : 1 }
      }
    }
    let trainer = try Trainer(
      network, objective: .localization(), optimizer: GradientDescent(), schedule: Schedule(rate: 0))
    let last = try #require(try trainer.train(on: Boxes()))
    #expect(last.loss > 2, "boxes of the whole image are half an image away: \(last.loss)")
    guard case .lossStands(let loss, _, 20)? = trainer.watch.findings.first else {
      Issue.record("\(trainer.watch.findings)")
      return
    }
    #expect(abs(loss - log(3)) < 1e-6, "\(loss)")
  }
}
