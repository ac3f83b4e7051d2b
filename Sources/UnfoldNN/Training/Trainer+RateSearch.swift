import Unfold

extension Trainer {
  /// Trains with rising rates to find one to train with, and puts everything back: parameters, the optimiser's memory and
  /// the number of steps are afterwards what they were, also where it throws. Only gradients are not.
  ///
  /// ```swift
  /// let curve = try trainer.searchRate(RateSearch(highest: 10), on: batches)
  /// print(curve.proposedRate ?? "the loss does not fall")
  /// ```
  ///
  /// - Parameters:
  ///   - search: The rates.
  ///   - source: The batches; begun again where the search has more steps.
  ///   - progress: Called after every step; what it throws ends the search.
  /// - Returns: The losses. A loss that diverges ends the search and is no error.
  /// - Throws: ``UnfoldError`` for a source without batches, and as ``train(on:epoch:progress:)``.
  /// - Complexity: At most `search.steps` training steps, and a copy of the parameters and the optimiser's memory.
  public func searchRate(
    _ search: RateSearch, on source: some BatchSource<Scalar>, progress: (RateCurve.Point) throws -> Void = { _ in }
  ) throws -> RateCurve {
    guard source.count > 0 else {
      throw UnfoldError.invalidArgument("batches of a rate search", expected: "1 or more", found: "0")
    }
    let (values, memory, steps) = (network.parameters.map(\.value), optimizer.memory, network.steps)
    defer {
      for (parameter, value) in zip(network.parameters, values) { parameter.value = value }
      optimizer.memory = memory
      network.steps = steps
    }
    var curve = RateCurve(of: search)
    var tally = Tally(classes: network.outputShape.extents.last ?? 0)
    for step in 0..<search.steps {
      try read(step % source.count, of: source)
      let goesOn = curve.append(loss: try computeLoss(.training, &tally))
      if let point = curve.points.last { try progress(point) }
      guard goesOn else { break }
      try network.backward(context: context)
      clipping?.apply(to: network.trainedParameters, context: context)
      try optimizer.step(network.trainedParameters, learningRate: search.rate(at: step), context: context)
    }
    return curve
  }
}
