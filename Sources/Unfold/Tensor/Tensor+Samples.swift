extension Tensor {
  /// Some samples of a batch, `[N, ...]`: a tensor with a copy of their elements.
  ///
  /// ```swift
  /// let validation = try images[samples: 0..<64]        // [64, 28, 28, 1]
  /// ```
  ///
  /// - Parameter range: Positions on the first axis; none gives a tensor `[0, ...]`.
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for a tensor without axes and for a range that leaves
  ///   0 to N; ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`) of the result.
  public subscript(samples range: Range<Int>) -> Tensor {
    get throws(UnfoldError) {
      guard let batch = shape.first else {
        throw .invalidArgument("tensor of samples", expected: "[N, ...]", found: "\(shape)")
      }
      guard range.lowerBound >= 0, range.upperBound <= batch else {
        throw .invalidArgument("samples", expected: "a range in 0..<\(batch)", found: "\(range)")
      }
      return try samples(range).copied()
    }
  }
}
