import Foundation
import Testing
import Unfold
import UnfoldData
import UnfoldNN

@testable import UnfoldCommand

/// Trainings in which something goes wrong on the way.
@Suite struct TrainingPlanTests {
  private struct Fault: Error {}

  /// 40 samples of two classes, in five batches, one of which may throw.
  private struct Samples: TrainingData {
    let samples: Tensor<Float>
    let labels: [Int]
    var damage: (epoch: Int, batch: Int, error: any Error)?

    init() throws {
      var generator = SeededGenerator(seed: 5)
      samples = try Tensor(shape: [40, 2, 2, 1]) { _ in generator.normal(as: Float.self) }
      labels = (0..<40).map { $0 % 2 }
    }

    var inputShape: Shape { [2, 2, 1] }
    var classNames: [String] { ["a", "b"] }
    var mean: [Double] { [0] }
    var standardDeviation: [Double] { [1] }
    var trainingCount: Int { 40 }
    var testCount: Int { 40 }
    var trainingChecksum: Checksum { Checksum() }
    var testChecksum: Checksum { Checksum() }

    func batches(epoch: Int) throws -> any BatchSource<Float> {
      let batches = try TensorBatches(samples, labels: labels, size: 8, shuffledBy: 3, epoch: epoch)
      guard let damage, damage.epoch == epoch else { return batches }
      return Damaged(batches: batches, index: damage.batch, error: damage.error)
    }

    func testBatches() throws -> any BatchSource<Float> { try TensorBatches(samples, labels: labels, size: 8) }
  }

  private struct Damaged: BatchSource {
    let batches: TensorBatches<Float>
    let index: Int
    let error: any Error
    var count: Int { batches.count }

    func fill(_ index: Int, into batch: inout TrainingBatch<Float>) throws {
      if index == self.index { throw error }
      try batches.fill(index, into: &batch)
    }
  }

  private struct Watcher: TrainingJournal {
    var recorded: (TrainingEpoch) throws -> Void = { _ in }
    func begin(_ start: TrainingStart) {}
    func record(_ epoch: TrainingEpoch) throws { try recorded(epoch) }
    func end(_ end: TrainingEnd) {}
  }

  private func trainer() throws -> Trainer<Float> {
    let graph = try Graph(input: [2, 2, 1]) { x in
      try x.flatten().dense(6).batchNorm().relu().dense(2)
    }
    var generator = SeededGenerator(seed: 1)
    return try Trainer(
      Network(graph, using: &generator), optimizer: GradientDescent(momentum: 0.9), schedule: Schedule(rate: 0.05),
      averageDecay: 0.9)
  }

  private func plan(
    _ data: Samples, in folder: URL, epochs: Int = 4, checkpointSteps: Int = 1000
  ) throws -> TrainingPlan {
    TrainingPlan(
      task: .imageClassification, data: data, epochs: epochs,
      checkpoints: try CheckpointFolder(path: folder.path + "/checkpoints"), checkpointSteps: checkpointSteps,
      fingerprint: TrainingFingerprint(options: [:], facts: data.identity),
      curves: try OutputFile(folder.path + "/curves.svg"), title: "toy")
  }

  private func values(of trainer: Trainer<Float>) -> [[Float]] {
    (trainer.network.parameters.map(\.value) + (trainer.average?.values ?? [])).map { Array($0.elements) }
  }

  private func undisturbed() throws -> [[Float]] {
    try withFolder { folder in
      let trainer = try trainer()
      var plan = try plan(Samples(), in: folder)
      try plan.run(trainer, journal: Watcher()) { _ in }
      #expect(trainer.steps == 20)
      #expect(try contents(of: folder).keys.sorted() == ["curves.svg"])
      return values(of: trainer)
    }
  }

  @Test func aCheckpointThatFailsIsTriedAgainAndEndsNothing() throws {
    try withFolder { folder in
      let (path, away) = (folder.path + "/checkpoints", folder.path + "/away")
      let trainer = try trainer()
      var plan = try plan(Samples(), in: folder, checkpointSteps: 2)
      let checkpoints = plan.checkpoints
      try plan.run(
        trainer,
        journal: Watcher { epoch in
          switch epoch.epoch {
          case 1:
            #expect(checkpoints.names.map(\.step) == [2, 4, 5])
            try FileManager.default.moveItem(atPath: path, toPath: away)
            try Data("in the way".utf8).write(to: URL(fileURLWithPath: path))
          case 2:
            // Those of before are as they were.
            #expect(CheckpointFolder.names(in: away).map(\.step) == [2, 4, 5])
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: away, toPath: path)
          case 3: #expect(checkpoints.names.map(\.step) == [12, 14, 15])
          default: break
          }
        }
      ) { _ in }
      #expect(try values(of: trainer) == undisturbed())
    }
  }

  @Test func anErrorSavesWhatWasDone() throws {
    try withFolder { folder in
      var data = try Samples()
      data.damage = (epoch: 3, batch: 3, error: Fault())
      do {
        let trainer = try trainer()
        var plan = try plan(data, in: folder)
        let error = #expect(throws: CommandError.self) { try plan.run(trainer, journal: Watcher()) { _ in } }
        let path = folder.path + "/checkpoints"
        #expect(
          error
            == .stopped(reason: "Fault()", status: 1, kept: "what was done is saved in \(path), continue with --resume")
        )
        #expect(plan.checkpoints.names.map(\.step) == [5, 10, 13])
      }
      // A training of fewer epochs has nothing to go on from.
      do {
        let trainer = try trainer()
        var plan = try plan(Samples(), in: folder, epochs: 2)
        let refusal = #expect(throws: CommandError.self) { try plan.resume(trainer) }
        #expect(refusal.map { "\($0)".hasSuffix("expected an epoch from 1 to 2, found 3") } == true)
      }
      let trainer = try trainer()
      var plan = try plan(Samples(), in: folder)
      try plan.resume(trainer)
      #expect(trainer.state.epoch == 3 && trainer.state.epochSteps == 3)
      try plan.run(trainer, journal: Watcher()) { _ in }
      #expect(plan.history.epochs.map(\.epoch) == [1, 2, 3, 4])
      #expect(try values(of: trainer) == undisturbed())
    }
  }

  @Test func anErrorWhileResultsAreWrittenLosesNothing() throws {
    try withFolder { folder in
      do {
        let trainer = try trainer()
        var plan = try plan(Samples(), in: folder)
        #expect(throws: CommandError.self) {
          try plan.run(trainer, journal: Watcher()) { (_: Evaluation) throws -> Void in throw Fault() }
        }
      }
      let trainer = try trainer()
      var plan = try plan(Samples(), in: folder)
      try plan.resume(trainer)
      #expect(trainer.steps == 20)
      let evaluation = try plan.run(trainer, journal: Watcher()) { $0 }
      #expect(evaluation.samples == 40)
      #expect(try values(of: trainer) == undisturbed())
      #expect(try contents(of: folder).keys.sorted() == ["curves.svg"])
    }
  }

  @Test func nothingIsSavedOfWeightsThatAreOfNoUse() throws {
    for (epoch, kept) in [(1, "nothing is saved"), (2, "the newest checkpoint, of step 5, is in ")] {
      try withFolder { folder in
        var data = try Samples()
        let fault = TrainingError.lossNotFinite(epoch: epoch, step: 3, loss: .nan, learningRate: 1)
        data.damage = (epoch: epoch, batch: 2, error: fault)
        let trainer = try trainer()
        var plan = try plan(data, in: folder)
        let error = #expect(throws: CommandError.self) { try plan.run(trainer, journal: Watcher()) { _ in } }
        let text = try "\(#require(error))"
        #expect(text.hasPrefix("\(fault); \(kept)"), "\(text)")
        #expect(!text.contains("--resume"))
        plan.checkpoints.leave()
        #expect(try contents(of: folder).keys.sorted() == (epoch == 1 ? [] : ["checkpoints", "curves.svg"]))
      }
    }
  }

  @Test func nothingIsSavedBeforeTheFirstStep() throws {
    try withFolder { folder in
      var data = try Samples()
      data.damage = (epoch: 1, batch: 0, error: Fault())
      let trainer = try trainer()
      var plan = try plan(data, in: folder)
      #expect(throws: Fault.self) { try plan.run(trainer, journal: Watcher()) { _ in } }
      plan.checkpoints.leave()
      #expect(try contents(of: folder).isEmpty)
    }
  }
}
