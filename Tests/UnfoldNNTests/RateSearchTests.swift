import Foundation
import Testing
import Unfold

@testable import UnfoldNN

@Suite struct RateSearchTests {
  @Test func ratesRiseByOneFactor() throws {
    let search = try RateSearch(lowest: 1e-4, highest: 1, steps: 41)
    for (step, rate) in [(0, 1e-4), (10, 1e-3), (20, 1e-2), (40, 1.0), (99, 1.0)] {
      #expect(abs(search.rate(at: step) / rate - 1) < 1e-12, "step \(step)")
    }
  }

  @Test func numbersThatAreNoSearchAreRefused() {
    for (lowest, highest, steps, smoothing, divergence) in [
      (0, 1, 100, 0.9, 4), (1, 1, 100, 0.9, 4), (1e-3, .infinity, 100, 0.9, 4), (1e-3, 1, 9, 0.9, 4),
      (1e-3, 1, 100, 1, 4), (1e-3, 1, 100, -0.1, 4), (1e-3, 1, 100, 0.9, 1), (.nan, 1, 100, 0.9, 4),
    ] as [(Double, Double, Int, Double, Double)] {
      #expect(throws: UnfoldError.self, "\(lowest) \(highest) \(steps) \(smoothing) \(divergence)") {
        try RateSearch(
          lowest: lowest, highest: highest, steps: steps, smoothing: smoothing, divergence: divergence)
      }
    }
  }

  @Test func averagesAreCorrectedForTheirBeginning() throws {
    var curve = RateCurve(of: try RateSearch(smoothing: 0.5))
    for loss in [1.0, 3, 2] {
      let goesOn = curve.append(loss: loss)
      #expect(goesOn)
    }
    // (0.5 * 0.5 * 1 + 0.5 * 3) / (1 - 0.25), then (0.125 * 1 + 0.25 * 3 + 0.5 * 2) / (1 - 0.125).
    let expected = [1, 1.75 / 0.75, 1.875 / 0.875]
    for (point, expected) in zip(curve.points, expected) { #expect(abs(point.smoothedLoss - expected) < 1e-15) }
  }

  @Test func theSteepestPlaceOfAKnownCurveIsFound() throws {
    // A step down around 10^-3 over one power of ten, a rise from 10^-1 on.
    let search = try RateSearch(lowest: 1e-6, highest: 1, steps: 241, smoothing: 0)
    var curve = RateCurve(of: search)
    for step in 0..<search.steps {
      let power = log10(search.rate(at: step))
      if !curve.append(loss: 2 - tanh(2 * (power + 3)) + max(0, power + 1) * 20) { break }
    }
    #expect(curve.hasDiverged && curve.points.count < 241)
    let proposed = try #require(curve.proposedRate)
    #expect(abs(log10(proposed) + 3) < 0.03, "\(proposed)")
  }

  @Test func gradientDescentOnAQuadraticDivergesWhereItMust() throws {
    // loss = 10 w² / 2: w <- (1 - 10 rate) w grows where the rate is above 2 / 10, and nowhere else.
    let search = try RateSearch(lowest: 1e-5, highest: 10, steps: 300)
    var (curve, w) = (RateCurve(of: search), 1.0)
    for step in 0..<search.steps {
      if !curve.append(loss: 5 * w * w) { break }
      w -= search.rate(at: step) * 10 * w
    }
    #expect(curve.hasDiverged)
    let last = try #require(curve.points.last?.rate)
    #expect(last > 0.2, "\(last)")
    let proposed = try #require(curve.proposedRate)
    #expect(proposed > 1e-3 && proposed < 0.2, "\(proposed)")
  }

  @Test func lossesThatOnlyRiseOrAreNoNumbersGiveNoRate() throws {
    var rising = RateCurve(of: try RateSearch())
    for step in 0..<200 where rising.append(loss: 1 + Double(step) / 200) {}
    #expect(rising.proposedRate == nil && !rising.hasDiverged && rising.points.count == 200)
    var broken = RateCurve(of: try RateSearch())
    let results = [broken.append(loss: 1), broken.append(loss: .nan), broken.append(loss: 1)]
    #expect(results == [true, false, false] && broken.hasDiverged)
    #expect(broken.points.count == 1 && broken.proposedRate == nil)
    #expect(RateCurve(of: try RateSearch()).proposedRate == nil)
  }

  /// The brighter half of 4x4 pixels is the class.
  private func trainer(_ optimizer: any Optimizer<Float>) throws -> (Trainer<Float>, TensorBatches<Float>) {
    var generator = SeededGenerator(seed: 5)
    let labels = (0..<60).map { _ in generator.integer(in: 0...1) }
    let images = try Tensor<Float>(shape: [60, 4, 4, 1]) { index in
      (labels[index / 16] == index / 8 % 2 ? 1 : 0) + 0.3 * generator.normal(as: Float.self)
    }
    let graph = try Graph(input: [4, 4, 1]) { x in
      try x.convolution(4, window: 3, padding: .same, hasBias: false).batchNorm().relu().flatten().dropout(0.2).dense(2)
    }
    let trainer = try Trainer(Network(graph, using: &generator), optimizer: optimizer, schedule: Schedule(rate: 0.01))
    return (trainer, try TensorBatches(images, labels: labels, size: 16))
  }

  private struct Stop: Error {}

  @Test func everythingIsPutBack() throws {
    let optimizers = { () throws(UnfoldError) -> [any Optimizer<Float>] in
      [try GradientDescent(momentum: 0.9), try Adam()]
    }
    for index in 0..<2 {
      let (trainer, batches) = try trainer(optimizers()[index])
      let (undisturbed, _) = try self.trainer(optimizers()[index])
      for epoch in 1...3 {
        let before = trainer.network.parameters.map(\.value)
        let (steps, memory) = (trainer.network.steps, trainer.optimizer.memory)
        let curve = try trainer.searchRate(RateSearch(highest: 100, steps: 60), on: batches)
        #expect(curve.points.count > 10 && curve.points[0].rate == 1e-6)
        #expect(trainer.network.parameters.map(\.value) == before, "optimiser \(index), epoch \(epoch)")
        #expect(trainer.network.steps == steps && trainer.optimizer.memory == memory)
        #expect(throws: Stop.self) {
          try trainer.searchRate(RateSearch(), on: batches) { if $0.rate > 1e-3 { throw Stop() } }
        }
        #expect(trainer.network.parameters.map(\.value) == before, "optimiser \(index), epoch \(epoch), stopped")
        try trainer.train(on: batches, epoch: epoch)
        try undisturbed.train(on: batches, epoch: epoch)
      }
      let values = undisturbed.network.parameters.map(\.value)
      #expect(trainer.network.parameters.map(\.value) == values, "optimiser \(index)")
    }
  }

  @Test func aTenthOfTheLowestPlaceBoundsTheProposal() throws {
    // Flat until 10^-2, then a fall that grows steeper up to the end of the valley at 10^-1.
    let search = try RateSearch(lowest: 1e-6, highest: 1, steps: 241, smoothing: 0)
    var curve = RateCurve(of: search)
    for step in 0..<search.steps {
      let power = log10(search.rate(at: step))
      let fall = max(0, power + 2)
      if !curve.append(loss: power <= -1 ? 2 - fall * fall : 1 + 20 * (power + 1)) { break }
    }
    let proposed = try #require(curve.proposedRate)
    #expect(abs(log10(proposed) + 2) < 1e-9, "\(proposed)")
  }

  /// A dense layer of many positive inputs: Adam's steps add up, and kill its units where the rate is too high.
  private func wideTrainer(_ labels: (Int) -> Int, isConstant: Bool = false) throws -> (
    Trainer<Float>, TensorBatches<Float>
  ) {
    var generator = SeededGenerator(seed: 8)
    let classes = (0..<96).map(labels)
    let samples = try Tensor<Float>(shape: [96, 4000]) { index in
      let (sample, place) = (index / 4000, index % 4000)
      let signal: Float = place % 4 == classes[sample] ? 0.3 : 0
      return isConstant ? 1 : abs(generator.normal(as: Float.self)) + signal
    }
    let graph = try Graph(input: [4000]) { x in
      try x.dense(32).relu().dense(4, initializer: .logits)
    }
    let trainer = try Trainer<Float>(
      Network(graph, using: &generator), optimizer: Adam(), schedule: Schedule(rate: 0))
    return (trainer, try TensorBatches(samples, labels: classes, size: 16))
  }

  /// What a training at a constant rate, after the usual warm-up, ends with.
  private func lastLoss(rate: Double, epochs: Int) throws -> Double {
    let (trainer, batches) = try wideTrainer { $0 % 4 }
    let warmUp = Schedule.usualWarmUp(steps: batches.count * epochs)
    let training = try Trainer<Float>(
      trainer.network, optimizer: Adam(), schedule: Schedule(rate: rate, warmUp: warmUp))
    var loss = Double.infinity
    for epoch in 1...epochs { loss = try #require(try training.train(on: batches, epoch: epoch)).loss }
    return loss
  }

  @Test func whatIsProposedLearns() throws {
    let (trainer, batches) = try wideTrainer { $0 % 4 }
    let before = trainer.network.parameters.map(\.value)
    let proposal = try trainer.proposeRate(RateSearch(steps: 80), on: batches)
    #expect(trainer.network.parameters.map(\.value) == before && trainer.network.steps == 0)
    #expect(trainer.optimizer.memory.entries.isEmpty)
    let rate = try #require(proposal.rate)
    #expect(proposal.trials.first?.rate == proposal.curve.proposedRate)
    for (trial, next) in zip(proposal.trials, proposal.trials.dropFirst()) {
      #expect(!trial.learns && abs(next.rate * 10.0.squareRoot() / trial.rate - 1) < 1e-12, "\(proposal.trials)")
    }
    let loss = try lastLoss(rate: rate, epochs: 10)
    #expect(loss < 0.9 * log(4), "\(loss) at \(rate)")
  }

  @Test func aRateThatKillsFailsItsTrial() throws {
    // The search begins where every unit dies at the first steps.
    let (trainer, batches) = try wideTrainer { $0 % 4 }
    #expect(try lastLoss(rate: 1, epochs: 10) > 0.95 * log(4))
    let curve = try trainer.searchRate(RateSearch(steps: 80), on: batches)
    let (deadly, healthy) = (
      try trainer.trial(1, after: curve, steps: 60, on: batches),
      try trainer.trial(1e-4, after: curve, steps: 60, on: batches)
    )
    #expect(!deadly.learns, "\(deadly)")
    #expect(healthy.learns && healthy.deadLayer == nil && healthy.loss < log(4), "\(healthy)")
  }

  @Test func whereNothingCanBeLearntNoRateIsProposed() throws {
    let (trainer, batches) = try wideTrainer({ $0 % 4 }, isConstant: true)
    let proposal = try trainer.proposeRate(RateSearch(highest: 1e-2, steps: 60), on: batches)
    #expect(proposal.rate == nil, "\(proposal.trials)")
    #expect(proposal.trials.allSatisfy { !$0.learns } && proposal.trials.count <= 6)
  }
}
