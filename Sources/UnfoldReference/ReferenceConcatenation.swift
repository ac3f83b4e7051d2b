import Unfold

/// Concatenation by its definition: index by index. The methods have the names and parameters of `Concatenation`'s own.
public struct ReferenceConcatenation: Sendable {
  let concatenation: Concatenation

  /// output[..., position of the inputs before + i, ...] = input[..., i, ...].
  public func forward<Scalar: TensorScalar>(_ inputs: [Tensor<Scalar>]) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(zeros: concatenation.outputShape).elements
    for (number, input) in inputs.enumerated() {
      try expect(input, concatenation.inputShapes[number], "concatenation input")
      let elements = input.elements
      for i in elements.indices { output[place(of: i, in: number)] = elements[i] }
    }
    return try Tensor(output, shape: concatenation.outputShape)
  }

  /// The part of the output gradient that an input made.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, of index: Int
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, concatenation.outputShape, "concatenation output gradient")
    let dy = outputGradient.elements
    return try Tensor(shape: concatenation.inputShapes[index]) { i in dy[place(of: i, in: index)] }
  }

  /// Where an element of an input lies in the output: its index along every axis, shifted along the one.
  private func place(of element: Int, in number: Int) -> Int {
    let extents = concatenation.inputShapes[number].extents
    var index = [Int](repeating: 0, count: extents.count)
    var rest = element
    for axis in extents.indices.reversed() {
      index[axis] = rest % extents[axis]
      rest /= extents[axis]
    }
    for before in concatenation.inputShapes[..<number] { index[concatenation.axis] += before[concatenation.axis] }
    var place = 0
    for (axis, extent) in concatenation.outputShape.extents.enumerated() { place = place * extent + index[axis] }
    return place
  }
}

extension Concatenation {
  /// The same concatenation, index by index.
  public var reference: ReferenceConcatenation { ReferenceConcatenation(concatenation: self) }
}
