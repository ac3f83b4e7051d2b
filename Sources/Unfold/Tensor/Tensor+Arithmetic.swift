/// Arithmetic element by element, on all threads. With a context, an output or an activation of your own it is
/// ``Addition`` and ``Multiplication``.
///
/// ```swift
/// let error = try a - b
/// let squares = try error * error
/// ```
extension Tensor {
  /// The sum of two tensors of one shape.
  ///
  /// - Throws: ``UnfoldError`` where the shapes differ, an extent is 0, or memory is refused.
  /// - Complexity: O(`count`).
  public static func + (left: Tensor, right: Tensor) throws(UnfoldError) -> Tensor {
    try Addition.identity.forward(left, right)
  }

  /// The difference of two tensors of one shape.
  ///
  /// - Throws: ``UnfoldError`` where the shapes differ, an extent is 0, or memory is refused.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public static func - (left: Tensor, right: Tensor) throws(UnfoldError) -> Tensor {
    try right.requireShape(left.shape, "second term")
    let runs = try ElementRuns(of: left, "first term")
    var difference = try Tensor(uninitialized: left.shape)
    defer { withExtendedLifetime((left, right)) {} }
    let (a, b, y) = (left.base, right.base, try difference.outputBase())
    ExecutionContext.shared.forEach(runs.tasks) { task, _ in
      for i in runs.range(of: task) { y[i] = a[i] - b[i] }
    }
    return difference
  }

  /// The product of two tensors of one shape, element by element.
  ///
  /// - Throws: ``UnfoldError`` where the shapes differ, an extent is 0, or memory is refused.
  /// - Complexity: O(`count`).
  public static func * (left: Tensor, right: Tensor) throws(UnfoldError) -> Tensor {
    try Multiplication().forward(left, right)
  }
}
