import Unfold

extension Trainer {
  /// Trains with rising rates to find a learning rate, and restores everything afterwards, even if it throws:
  /// parameters, the optimiser's state and the number of steps. Only gradients are not restored.
  ///
  /// ```swift
  /// let curve = try trainer.searchRate(RateSearch(highest: 10), on: batches)
  /// ```
  ///
  /// ``proposeRate(_:on:progress:)`` does the same, and tries the rate that it proposes.
  ///
  /// - Parameters:
  ///   - search: The rates.
  ///   - source: The batches; begun again where the search has more steps.
  ///   - progress: Called after every step; what it throws ends the search.
  /// - Returns: The losses. A loss that diverges, or a step that would leave numbers that are not finite, ends the
  ///   search and is no error.
  /// - Throws: `UnfoldError` for a source without batches, and as ``train(on:epoch:progress:)``.
  /// - Complexity: At most `search.steps` training steps, and a copy of the parameters and the optimiser's state.
  public func searchRate(
    _ search: RateSearch, on source: some BatchSource<Scalar>, progress: (RateCurve.Point) throws -> Void = { _ in }
  ) throws -> RateCurve {
    var curve = RateCurve(of: search)
    let isFinite = try rehearse(search.steps, on: source, rate: { search.rate(at: $0) }) { loss in
      let goesOn = curve.append(loss: loss)
      if let point = curve.points.last { try progress(point) }
      return goesOn
    }
    if !isFinite { curve.diverge() }
    return curve
  }

  /// Runs steps after which everything is restored.
  ///
  /// - Parameters:
  ///   - rate: The learning rate of each step.
  ///   - record: Called with the loss of each step's batch, before the weights change; says whether to go on.
  ///   - didDifferentiate: Called after each backward pass with the loss of the classes.
  /// - Returns: False where a step would have left numbers that are not finite, with which the steps end.
  @discardableResult
  func rehearse(
    _ steps: Int, on source: some BatchSource<Scalar>, rate: (Int) -> Double, record: (Double) throws -> Bool,
    didDifferentiate: (_ classLoss: Double) -> Void = { _ in }
  ) throws -> Bool {
    guard source.count > 0 else {
      throw UnfoldError.invalidArgument("batches of a rate search", expected: "1 or more", found: "0")
    }
    let (values, memory, number) = (network.parameters.map(\.value), optimizer.memory, network.steps)
    defer {
      for (parameter, value) in zip(network.parameters, values) { parameter.value = value }
      optimizer.memory = memory
      network.steps = number
    }
    var tally = Tally(classes: network.outputShape.extents.last ?? 0)
    for step in 0..<steps {
      try read(step % source.count, of: source)
      guard try record(try computeLoss(.training, &tally)) else { return true }
      guard try isFinite({ () throws(UnfoldError) in try differentiate() }) else { return false }
      didDifferentiate(tally.classLoss)
      guard try isFinite({ () throws(UnfoldError) in try changeWeights(rate(step)) }) else { return false }
    }
    return true
  }

  private func isFinite(_ body: () throws(UnfoldError) -> Void) throws(UnfoldError) -> Bool {
    do {
      try body()
      return true
    } catch {
      guard case .notFinite = error else { throw error }
      return false
    }
  }
}
