/// Reductions of all elements to one number, with the same bits for any number of threads.
///
/// ```swift
/// let rootMeanSquare = try (a * a).mean().squareRoot()
/// ```
extension Tensor {
  /// The sum of all elements, accumulated in double precision.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for an empty tensor, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`).
  public func sum(context: ExecutionContext = .shared) throws(UnfoldError) -> Scalar { Scalar(try total(context)) }

  /// The mean of all elements, accumulated in double precision.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for an empty tensor, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`).
  public func mean(context: ExecutionContext = .shared) throws(UnfoldError) -> Scalar {
    Scalar(try total(context) / Double(count))
  }

  /// The largest element; NaN where there is one.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for an empty tensor, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func max(context: ExecutionContext = .shared) throws(UnfoldError) -> Scalar {
    let runs = try ElementRuns(of: self, "tensor")
    defer { withExtendedLifetime(self) {} }
    let elements = base
    return try context.withScratch(bytes: runs.tasks * MemoryLayout<Scalar>.stride) { scratch in
      let partials = scratch.assumingMemoryBound(to: Scalar.self)
      context.forEach(runs.tasks) { task, _ in
        let range = runs.range(of: task)
        partials[task] = maximumOrNaN(elements + range.lowerBound, range.count)
      }
      return maximumOrNaN(partials, runs.tasks)
    }
  }

  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  private func total(_ context: ExecutionContext) throws(UnfoldError) -> Double {
    let runs = try ElementRuns(of: self, "tensor")
    defer { withExtendedLifetime(self) {} }
    let elements = base
    return try Unfold.sum(overTasks: runs.tasks, context) { task in
      let range = runs.range(of: task)
      let first = elements + range.lowerBound
      return doubleSum(range.count) { Double(first[$0]) }
    }
  }
}

/// The largest of some numbers; NaN where there is one. Two loops, because one that did both would not vectorise.
@inline(__always)
private func maximumOrNaN<Scalar: TensorScalar>(_ numbers: UnsafePointer<Scalar>, _ count: Int) -> Scalar {
  var isNaN = 0
  for i in 0..<count { isNaN |= numbers[i] == numbers[i] ? 0 : 1 }
  return isNaN == 0 ? maximum(numbers, count) : .nan
}
