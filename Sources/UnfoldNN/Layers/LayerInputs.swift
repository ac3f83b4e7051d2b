import Unfold

extension [Shape] {
  /// The only input.
  func single(of layer: some Layer) throws(UnfoldError) -> Shape {
    guard count == 1 else {
      throw .invalidArgument("inputs of \(layer.kind)", expected: "1", found: "\(count)")
    }
    return self[0]
  }

  /// The shape of two inputs of one shape.
  func pair(of layer: some Layer) throws(UnfoldError) -> Shape {
    guard count == 2 else {
      throw .invalidArgument("inputs of \(layer.kind)", expected: "2", found: "\(count)")
    }
    guard self[0] == self[1] else {
      throw .shapeMismatch(of: "second input of \(layer.kind)", expected: self[0], found: self[1])
    }
    return self[0]
  }

  /// The only input, a map `[H, W, C]`.
  func map(of layer: some Layer) throws(UnfoldError) -> Shape {
    let input = try single(of: layer)
    guard input.rank == 3 else {
      throw .invalidArgument("input of \(layer.kind)", expected: "[H, W, C]", found: "\(input)")
    }
    return input
  }
}

extension Layer {
  /// The end of a label, which does not mention a stride of 1.
  func suffix(stride: Extent) -> String { stride == 1 ? "" : ", stride \(stride.shortest)" }
}

extension Extent {
  /// One number where both are equal.
  var shortest: String { height == width ? "\(height)" : description }
}
