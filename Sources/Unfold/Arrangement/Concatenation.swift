/// Tensors joined along one axis, by default the channels: what a dense block does with the outputs of its layers and a
/// U-Net with its shortcuts. Shapes validated once and shared by the forward pass and the gradients.
///
/// ```swift
/// let concatenation = try Concatenation(inputs: [[8, 28, 28, 64], [8, 28, 28, 32]])
/// let output = try concatenation.forward([x, y])                            // [8, 28, 28, 96]
/// let ofY = try concatenation.inputGradient(outputGradient, of: 1)          // [8, 28, 28, 32]
/// ```
///
/// Of every tensor `rows` runs of adjacent elements (the extents from the axis on) go one behind the other into the
/// runs of the output:
///
/// ```
/// output    | run of input 0 | run of input 1 | ... |      `rows` times, rows = product of the extents before the axis
/// ```
///
/// Source: Huang, Liu, van der Maaten and Weinberger, "Densely Connected Convolutional Networks" (2017), equation 2.
public struct Concatenation: Hashable, Sendable {
  /// The shapes to join, equal but for the axis.
  public let inputShapes: [Shape]
  /// The shape of the whole.
  public let outputShape: Shape
  /// The axis along which they are joined.
  public let axis: Int

  /// Where the run of each input begins in a run of the output, and, last, where it ends.
  private let offsets: [Int]
  let rows: Int

  /// A validated concatenation.
  ///
  /// - Parameters:
  ///   - inputs: The shapes, at least one, of the same rank and equal but for the axis.
  ///   - axis: 0 for the outermost; the last axis (the channels) if nil.
  /// - Throws: ``UnfoldError`` for no input, an axis that is none, extents that differ, an extent below 1, and sizes
  ///   that leave `Int32` for an axis or the 47 bits of an address in bytes.
  public init(inputs: [Shape], axis: Int? = nil) throws(UnfoldError) {
    guard let first = inputs.first, first.rank > 0 else {
      throw .invalidArgument(
        "inputs of the concatenation", expected: "at least one, of rank 1 or more", found: "\(inputs)")
    }
    let axis = axis ?? first.rank - 1
    try require("axis of the concatenation", axis, in: 0...first.rank - 1, or: "0 to \(first.rank - 1)")
    var extents = first.extents
    extents[axis] = 0
    for (number, shape) in inputs.enumerated() {
      _ = try shape.requireExtents("concatenation input \(number)")
      var expected = first.extents
      if shape.rank == first.rank { expected[axis] = shape[axis] }
      guard shape.extents == expected else {
        throw .shapeMismatch(of: "concatenation input \(number)", expected: Shape(expected), found: shape)
      }
      extents[axis] += shape[axis]
    }
    let output = Shape(extents)
    let count = try output.requireExtents("concatenation output")
    // The product is at most that of the whole shape, which has been checked.
    let inner = first.extents.dropFirst(axis + 1).reduce(1, *)
    var offsets = [0]
    for shape in inputs { offsets.append(offsets[offsets.count - 1] + shape[axis] * inner) }
    rows = count / (extents[axis] * inner)
    outputShape = output
    inputShapes = inputs
    self.axis = axis
    self.offsets = offsets
  }

  /// The rows of one input: where they lie in the output.
  func block(_ index: Int) -> (offset: Int, pitch: Int, pieces: RowPieces) {
    let length = offsets[index + 1] - offsets[index]
    return (offsets[index], offsets[inputShapes.count], RowPieces(rows: rows, length: length))
  }

  /// Throws unless there is an input of that number.
  func requireInput(_ index: Int) throws(UnfoldError) {
    try require(
      "number of the concatenation's input", index, in: 0...inputShapes.count - 1, or: "0 to \(inputShapes.count - 1)")
  }
}
