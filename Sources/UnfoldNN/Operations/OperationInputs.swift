import Unfold

extension [Shape] {
  /// The only input.
  func single(of operation: some Operation) throws(UnfoldError) -> Shape {
    guard count == 1 else {
      throw .invalidArgument("inputs of \(operation.kind)", expected: "1", found: "\(count)")
    }
    return self[0]
  }

  /// The shape of two inputs of one shape.
  func pair(of operation: some Operation) throws(UnfoldError) -> Shape {
    guard count == 2 else {
      throw .invalidArgument("inputs of \(operation.kind)", expected: "2", found: "\(count)")
    }
    guard self[0] == self[1] else {
      throw .shapeMismatch(of: "second input of \(operation.kind)", expected: self[0], found: self[1])
    }
    return self[0]
  }

  /// The only input, a map `[H, W, C]`.
  func map(of operation: some Operation) throws(UnfoldError) -> Shape {
    let input = try single(of: operation)
    guard input.rank == 3 else {
      throw .invalidArgument("input of \(operation.kind)", expected: "[H, W, C]", found: "\(input)")
    }
    return input
  }
}

extension Operation {
  /// The end of a label, which does not mention a stride of 1.
  func suffix(stride: Extent) -> String { stride == 1 ? "" : ", stride \(stride.shortest)" }
}

extension Extent {
  /// One number where both are equal.
  var shortest: String { height == width ? "\(height)" : description }
}
