/// A weight for each index of the last axis, repeated so that every block of elements finds its weights side by side,
/// wherever it begins. So a loop over the block vectorises.
struct ClassWeights<Scalar: TensorScalar> {
  /// K, after which the weights repeat.
  let period: Int
  /// The weights of K + ``ElementRuns/blockLength`` elements.
  let table: [Scalar]

  /// The weights of K classes, or a 1 for each of them.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for another number of weights, and for one that is
  ///   negative or not finite.
  init(_ weights: [Double]?, classes: Int, _ name: String) throws(UnfoldError) {
    guard let weights else {
      period = 1
      table = [Scalar](repeating: 1, count: 1 + ElementRuns.blockLength)
      return
    }
    guard weights.count == classes else {
      throw .invalidArgument(
        name, expected: "\(classes), one for each index of the last axis", found: "\(weights.count)")
    }
    for (index, weight) in weights.enumerated() {
      try require(
        "number \(index) of the \(name)", weight, in: 0...Double(Scalar.greatestFiniteMagnitude),
        or: "a finite number, 0 or more")
    }
    period = classes
    table = (0..<classes + ElementRuns.blockLength).map { Scalar(weights[$0 % classes]) }
  }
}
