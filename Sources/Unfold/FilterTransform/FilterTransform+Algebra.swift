extension FilterTransform {
  /// The transpose: from the target's window to the source's, with the same weights. Its forward pass is this map's
  /// gradient.
  public var transposed: FilterTransform {
    FilterTransform(transposing: self)
  }

  private init(transposing other: FilterTransform) {
    source = other.target
    target = other.source
    entries = other.entries
      .map { Entry(target: $0.source, source: $0.target, weight: $0.weight) }
      .sorted { ($0.target, $0.source) < ($1.target, $1.source) }
    sumsOfTargets = other.sumsOfSources
    sumsOfSources = other.sumsOfTargets
  }

  /// This map and then another, as one.
  ///
  /// Interpolation blurs: two rotations by 45 degrees are not the rotation by 90.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` unless the other takes what this one gives.
  /// - Complexity: O(m log m) for m pairs of entries that share a tap.
  public func followed(by next: FilterTransform) throws(UnfoldError) -> FilterTransform {
    guard next.source == target else {
      throw .invalidArgument(
        "source window of the next transform", expected: "\(target)", found: "\(next.source)")
    }
    var products: [Entry] = []
    for outer in next.entries {
      for index in sumsOfTargets.starts[outer.source]..<sumsOfTargets.starts[outer.source + 1] {
        products.append(
          Entry(
            target: outer.target, source: sumsOfTargets.taps[index], weight: outer.weight * sumsOfTargets.weights[index]
          ))
      }
    }
    return try FilterTransform(from: source, to: next.target, entries: products)
  }
}
